"""An alert, its slots and a person's answer over each kind of modem, and through an unplug in the middle."""

import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from radio_bridge.link import Outgoing
from radio_bridge.radiogram import Alert, Text
from radio_bridge.spool import Spool
from tests.radio_bridge.fake_meshcore import MeshCoreBoard
from tests.radio_bridge.fake_meshtastic import MeshtasticBoard
from tests.radio_bridge.fake_rylr import RylrModule
from tests.radio_bridge.far_ends import FarEnd, KissOnCable
from tests.radio_bridge.rigs import LONG_S, centre, team, wait_for

QUICK = "&sf=7&bw=500"
KINDS = {
    "kiss+serial": (KissOnCable, ""),
    "meshcore": (MeshCoreBoard, QUICK),
    "meshtastic": (MeshtasticBoard, f"{QUICK}&guard=100"),
    "rylr": (RylrModule, QUICK),
}


class Air:
    """What one modem keys, all others hear; nobody is on the air for any time."""

    def __init__(self, *ends: Any) -> None:
        self._ends: tuple[FarEnd, ...] = ends
        self._done = [0] * len(ends)
        self._is_over = False
        self._thread = threading.Thread(target=self._carry, daemon=True)
        self._thread.start()

    def _carry(self) -> None:
        while not self._is_over:
            for at, end in enumerate(self._ends):
                frames = list(end.keyed())[self._done[at] :]
                self._done[at] += len(frames)
                for other in self._ends:
                    if other is not end and frames:
                        other.give(b"".join(other.say(*frames)))
            time.sleep(0.002)

    def stop(self) -> None:
        self._is_over = True
        self._thread.join(LONG_S)


@pytest.fixture(params=KINDS)
def ends(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[list[Any]]:
    kind, more = KINDS[request.param]
    name = "kiss+serial" if request.param == "meshcore" else request.param
    made = []
    for folder in (tmp_path / "here", tmp_path / "there"):
        folder.mkdir()
        made.append(kind(name, folder))
        made[-1].url += more
        made[-1].plug()
    air = Air(*made)
    yield made
    air.stop()
    for end in made:
        end.close()


def acks(spool: Spool) -> set[tuple[str, int]]:
    return {(one.body["uid"], one.body["level"]) for one in spool.happenings() if one.kind == "acked"}


@pytest.mark.slow
def test_an_alert_is_heard_by_the_device_and_seen_by_a_person(ends: list[Any], tmp_path: Path) -> None:
    alert = Alert(7, 0, 0, 4, 2, 60, text="Banjir, warga di atap")
    with centre(ends[0].url, tmp_path) as (rig, spool), team(ends[1].url, tmp_path) as (station, told):
        wait_for(lambda: rig.port.is_open and station.rig.port.is_open)
        spool.order(Outgoing("a1", alert, (1,), 0, time.time() + 600), time.time())
        rig.wake()
        wait_for(lambda: ("a1", 1) in acks(spool))
        (alarm,) = wait_for(lambda: [one for one in told if one["event"] == "alert"])
        assert station.acknowledge(alarm["key"])
        wait_for(lambda: ("a1", 2) in acks(spool))
        assert len([one for one in told if one["event"] == "alert"]) == 1


@pytest.mark.slow
def test_what_is_given_while_the_cable_is_out_goes_once_when_it_is_back(ends: list[Any], tmp_path: Path) -> None:
    with centre(ends[0].url, tmp_path) as (rig, spool), team(ends[1].url, tmp_path) as (station, told):
        wait_for(lambda: rig.port.is_open and station.rig.port.is_open)
        ends[0].unplug()
        wait_for(lambda: not rig.port.is_open)
        spool.order(Outgoing("t1", Text("Jembatan putus"), (1,), 1, time.time() + 600), time.time())
        rig.wake()
        ends[0].plug()
        wait_for(lambda: [one for one in told if one["event"] == "text"])
        wait_for(lambda: ("t1", 1) in acks(spool) or ("t1", 2) in acks(spool))
        time.sleep(0.5)
        assert [one["text"] for one in told if one["event"] == "text"] == ["Jembatan putus"]
