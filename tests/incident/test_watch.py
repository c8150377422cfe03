"""A process that hangs and a disk that fills light a lamp by somebody else's hand."""

import shutil
from types import SimpleNamespace

from incident import pulse, queries
from incident.desk import deck
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
    monkeypatch.setattr(pulse, "_boot_s", lambda: now + pulse.STILL_S + 1)
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


def test_a_card_nobody_can_read_is_said_until_it_is_mended(post):
    looking, folder = Watch(post), post.settings.data / "cards"
    looking.look()
    assert "cards" not in lamps(post)
    folder.mkdir(parents=True)
    (folder / "banjir.toml").write_text('type = "banjir"\n[[question')
    deck.of(post.settings.data).forget()
    looking.look()
    assert lamps(post)["cards"] == ("warn", "1 kartu pertanyaan tidak terbaca")
    (folder / "banjir.toml").unlink()
    deck.of(post.settings.data).forget()
    looking.look()
    assert lamps(post)["cards"] == ("ok", "kartu terbaca")
