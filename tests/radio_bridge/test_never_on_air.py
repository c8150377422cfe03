"""What must never happen on the air: the table in docs/radio.md names a test for each, and those below fill it up."""

import re
import time
from dataclasses import replace
from pathlib import Path
from threading import Event, Thread

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from incident import pulse
from incident.config import Settings
from incident.post import Post
from radio_bridge import ports
from radio_bridge.bridge import Bridge
from radio_bridge.link import Outgoing
from radio_bridge.radiogram import Alert, Text
from radio_bridge.simulator import Play, Scenario
from tests.radio_bridge.rigs import FAST, KEY, LONG_S, Cable, lamp_of, wait_for

ROOT = Path(__file__).parents[2]
ROW = re.compile(r"^\| (?P<never>[^|]+) \| (?P<tests>`tests/[^|]+) \|$", re.M)
SENTENCES = 9
"""Of issue 6, "What must never happen"."""


def rows() -> dict[str, list[str]]:
    """sentence -> the tests named for it, `path::name`."""
    table = (ROOT / "docs/radio.md").read_text().partition("## 12. What must never happen")[2]
    return {found["never"]: re.findall(r"`([^`]+)`", found["tests"]) for found in ROW.finditer(table)}


def test_every_sentence_names_tests_and_every_test_named_is_there() -> None:
    named = rows()
    assert len(named) == SENTENCES
    for never, tests in named.items():
        assert tests, never
        for one in tests:
            path, _, name = one.partition("::")
            assert f"def {name}(" in (ROOT / path).read_text(), f"{never}: {one} is not there"


BAD = Scenario(teams=6, minutes=20, alerts=15, reports=10, valid_min=3, press_s=60)
WORLDS = st.builds(
    replace,
    st.just(BAD),
    seed=st.integers(1, 10_000),
    loss=st.sampled_from([0.0, 0.3, 0.6]),
    layout=st.sampled_from(["open", "hidden", "line"]),
    service=st.sampled_from(["dinas", "amateur", "lora_free"]),
    urgent=st.sampled_from([0.0, 0.5, 1.0]),
)


@pytest.mark.slow
@settings(max_examples=12, deadline=None)
@given(WORLDS)
def test_no_alert_begins_on_the_air_after_it_is_out_of_date(world: Scenario) -> None:
    """However full the channel, whatever is lost: too late is said in the room, not on the air."""
    play = Play(world)
    play.run()
    assert [uid for at, uid, written_at in keyed(play) if at > written_at + 60 * world.valid_min] == []


def keyed(play: Play) -> list[tuple[float, str, float]]:
    """(when it was keyed, the alert, when that was written)"""
    written = {one.uid: one.at for one in play.sent}
    frames = [(at, event.uid) for at, _, event in play.ether.log if type(event).__name__ == "Transmit"]
    return [(at, uid, written[uid]) for at, uid in frames if uid in written]


@pytest.mark.slow
@settings(max_examples=12, deadline=None)
@given(WORLDS)
def test_no_team_is_shown_as_having_seen_what_no_person_there_saw(world: Scenario) -> None:
    """Devices answer, overhear and pass on; a person's word comes from a key and from nothing else."""
    play = Play(replace(world, press_s=0))
    play.run()
    assert [one.seen for one in play.sent if one.seen] == []


def test_in_such_a_world_alerts_are_keyed_and_heard_by_devices() -> None:
    """Or the two above would prove nothing; in one of a hundred nobody happens to write an alert."""
    for service in ("dinas", "amateur", "lora_free"):
        play = Play(replace(BAD, press_s=0, service=service))
        play.run()
        assert keyed(play) and any(one.heard for one in play.sent), service


@pytest.mark.slow
def test_a_team_is_only_shown_as_having_what_rang_there() -> None:
    for seed in range(8):
        play = Play(replace(BAD, seed=seed, loss=0.5))
        play.run()
        for one in play.sent:
            assert set(one.heard) <= set(one.rang) and set(one.seen) <= set(one.rang)
            assert all(one.heard[team] >= one.rang[team] for team in one.heard)


@pytest.fixture
def cable(tmp_path: Path) -> Cable:
    made = Cable(tmp_path / "usb-TNC")
    made.plug()
    return made


def test_a_modem_that_takes_nothing_more_holds_up_neither_desk_nor_lamp(
    post: Post, settings: Settings, cable: Cable, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nobody empties the cable: the rig alone waits for it, here for an hour; pulse, lamp and database go on."""
    monkeypatch.setattr(ports, "WRITE_WITHIN_S", 3600.0)
    url = f"kiss+serial:{cable.link}{FAST}&baud=115200"
    post.settings = settings.model_copy(update={"radio": url, "radio_key": KEY})
    bridge = Bridge(post)
    running = Thread(target=bridge.run)
    running.start()
    is_stuck, beats = Event(), set[int]()

    def stick(frame: bytes) -> None:
        is_stuck.set()
        port.write_all(bytes(300_000))

    def has_beaten_on() -> bool:
        beats.add((post.settings.data / pulse.FOLDER / "radio").stat().st_mtime_ns)
        return len(beats) > 4

    try:
        wait_for(lambda: bridge.rig.port.is_open)
        port = bridge.device._opened()  # type: ignore[attr-defined]
        bridge.device.write = stick  # type: ignore[method-assign]
        bridge.spool.order(Outgoing("u", Text("Air naik"), (1,), 1, time.time() + 600), time.time())
        bridge.rig.wake()
        wait_for(is_stuck.is_set)
        wait_for(has_beaten_on)
        assert lamp_of(post) == ("ok", "tersambung")
        cable.unplug()
        wait_for(lambda: lamp_of(post)[0] == "off")
    finally:
        bridge.stop()
        running.join(LONG_S)
    assert not running.is_alive()


def test_an_alert_is_named_by_its_number_and_never_by_who_called() -> None:
    """The frame's own fields have no room for a person: only the text could name one, and test_personal.py holds it."""
    assert {field for field, kind in Alert.__annotations__.items() if kind in ("str", str)} == {"text"}
