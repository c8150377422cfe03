"""What must never happen on the air: the table in docs/radio.md names a test for each, and those below fill it up."""

import re
import time
from dataclasses import replace
from pathlib import Path
from threading import Thread

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from incident import pulse
from incident.config import Settings
from incident.post import Post
from radio_bridge.bridge import Bridge
from radio_bridge.link import Outgoing
from radio_bridge.radiogram import Alert, Text
from radio_bridge.simulator import Play, Scenario
from tests.radio_bridge.rigs import FAST, KEY, Cable, wait_for

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


@settings(max_examples=12, deadline=None)
@given(WORLDS)
def test_no_alert_begins_on_the_air_after_it_is_out_of_date(world: Scenario) -> None:
    """However full the channel, whatever is lost: too late is said in the room, not on the air."""
    play = Play(world)
    play.run()
    written = {one.uid: one.at for one in play.sent}
    valid_s = 60 * world.valid_min
    keyed = [(at, event.uid) for at, station, event in play.ether.log if type(event).__name__ == "Transmit"]
    assert any(uid in written for _, uid in keyed)
    assert [uid for at, uid in keyed if uid in written and at > written[uid] + valid_s] == []


@settings(max_examples=12, deadline=None)
@given(WORLDS)
def test_no_team_is_shown_as_having_seen_what_no_person_there_saw(world: Scenario) -> None:
    """Devices answer, overhear and pass on; a person's word comes from a key and from nothing else."""
    play = Play(replace(world, press_s=0))
    play.run()
    assert any(one.heard for one in play.sent)
    assert [one.seen for one in play.sent if one.seen] == []


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
    post: Post, settings: Settings, cable: Cable
) -> None:
    """Nobody empties the cable: its two seconds pass in the rig alone; pulse, lamp and database go on."""
    url = f"kiss+serial:{cable.link}{FAST}&baud=115200"
    post.settings = settings.model_copy(update={"radio": url, "radio_key": KEY})
    bridge = Bridge(post)
    running = Thread(target=bridge.run)
    running.start()
    ages: list[float] = []
    try:
        wait_for(lambda: bridge.rig.port.is_open)
        port = bridge.device._opened()  # type: ignore[attr-defined]
        bridge.device.write = lambda frame: port.write_all(bytes(300_000))  # type: ignore[method-assign]
        bridge.spool.order(Outgoing("u", Text("Air naik"), (1,), 1, time.time() + 600), time.time())
        bridge.rig.wake()

        def is_lost() -> bool:
            ages.append(pulse.age_s(post.settings.data, "radio") or 0.0)
            return not bridge.rig.port.is_open

        wait_for(is_lost, 15)
    finally:
        bridge.stop()
        running.join(20)
    assert max(ages) < 5.0
    assert not running.is_alive()


def test_an_alert_is_named_by_its_number_and_never_by_who_called() -> None:
    """The frame's own fields have no room for a person: only the text could name one, and test_personal.py holds it."""
    assert {field for field, kind in Alert.__annotations__.items() if kind in ("str", str)} == {"text"}
