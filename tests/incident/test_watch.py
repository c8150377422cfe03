"""A process that hangs and a disk that fills light a lamp by somebody else's hand."""

import shutil
from types import SimpleNamespace

from incident import pulse, queries, watch
from incident.watch import Watch


def lamps(post):
    with post.database.read() as conn:
        return {card["id"]: (card["state"], card["words"]) for card in queries.lamp_cards(conn)}


def test_a_relay_without_a_pulse_lights_its_lamp_and_a_new_pulse_puts_it_out(post, monkeypatch):
    looking = Watch(post)
    pulse.beat(post.settings.data, "relay")
    looking.look()
    assert "relay" not in lamps(post)
    now = pulse._boot_s()
    monkeypatch.setattr(pulse, "_boot_s", lambda: now + watch.STILL_S + 1)
    looking.look()
    assert lamps(post)["relay"] == ("off", "penerus tidak menjawab")
    pulse.beat(post.settings.data, "relay")
    looking.look()
    assert lamps(post)["relay"] == ("ok", "berjalan")


def test_a_disk_that_fills_is_said_while_something_can_still_be_written(post, monkeypatch):
    looking = Watch(post)
    monkeypatch.setattr(shutil, "disk_usage", lambda _: SimpleNamespace(free=200_000_000))
    looking.look()
    assert lamps(post)["database"] == ("warn", "sisa ruang 0.2 GB")
