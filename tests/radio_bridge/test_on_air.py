"""The round that is on, as anybody beside the radio may read it from its spool."""

import datetime as dt
from pathlib import Path

import pytest

from incident.queries import iso
from radio_bridge.net.on_air import newest_round, round_now
from radio_bridge.radiogram import RollCall
from radio_bridge.traffic import Outgoing
from tests.radio_bridge.rigs import FAST, centre, wait_for

NOW = dt.datetime(2026, 11, 22, 3, 0, tzinfo=dt.UTC)


def message(uid: str, ends: float | None, asked: tuple[int, ...] = (3, 7)) -> dict[str, object]:
    return {"uid": uid, "round_ends": ends, "asked": list(asked), "slot_ms": 500, "rounds": 2}


def test_the_slots_are_counted_back_from_the_end_of_the_round() -> None:
    told = newest_round([message("a", 101.08)], 98.0, NOW, 80)
    assert told == {
        "uid": "a",
        "round": 2,
        "asked": [3, 7],
        "slot_ms": 500,
        "calling": False,
        "begins_at": iso(NOW + dt.timedelta(seconds=2)),
        "ends_at": iso(NOW + dt.timedelta(seconds=3.08)),
    }


@pytest.mark.parametrize("messages", [[], [message("a", None)], [message("a", 97.9)]])
def test_what_is_over_or_never_asked_is_no_round(messages: list[dict[str, object]]) -> None:
    assert newest_round(messages, 98.0, NOW, 80) is None


def test_a_round_that_asks_for_persons_says_so() -> None:
    told = newest_round([message("a", 99.0) | {"calling": True}], 98.0, NOW, 80)
    assert told and told["calling"]


def test_where_an_urgent_alert_broke_in_the_later_end_is_shown() -> None:
    told = newest_round([message("a", 99.0), message("b", 105.0), message("c", None)], 98.0, NOW, 80)
    assert told and told["uid"] == "b"


def test_a_round_stands_in_the_spool_while_it_is_on_and_no_longer(tmp_path: Path) -> None:
    url = f"loopback:{tmp_path}/air{FAST}&time=0"
    assert round_now(tmp_path, url, NOW) is None  # no radio ran here yet
    with centre(url, tmp_path) as (rig, spool):
        (tmp_path / "radio_spool.db").symlink_to(tmp_path / "centre.db")
        wait_for(lambda: rig.port.is_open)
        spool.order(Outgoing("call", RollCall(1), (1, 2, 3), 3, NOW.timestamp() + 10**9), 0.0)
        rig.wake()
        told = wait_for(lambda: round_now(tmp_path, url, NOW), what="a round")
    assert (told["uid"], told["asked"]) == ("call", [1, 2, 3])
    assert told["begins_at"] < told["ends_at"]


def test_a_radio_that_nobody_can_read_has_no_round(tmp_path: Path) -> None:
    (tmp_path / "radio_spool.db").write_bytes(b"x" * 4096)
    assert round_now(tmp_path, "loopback:", NOW) is None
    assert round_now(tmp_path, "telegraf:", NOW) is None
