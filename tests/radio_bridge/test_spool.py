"""The spool: nothing lost, nothing doubled, whatever is cut off in between."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from radio_bridge.link import Outgoing
from radio_bridge.radiogram import Ack, Alert, Cancel, Level, Place, Position, Receipt, RollCall, Status, Text, Time
from radio_bridge.spool import Card, Note, Spool, SpoolFault, outgoing_body, outgoing_of, radiogram_body, radiogram_of

EVERY = [
    Alert(7, 1, 0, 4, 2, 60, Place(116.5, -8.6), True, "Banjir", (1, 2), 520),
    Cancel(7, 2, roster=(1,)),
    RollCall(3, roster=(1, 2, 3)),
    Ack(7, 1, Level.SEEN, (2,)),
    Receipt(9),
    Status(4),
    Position(Place(116.5, -8.6), 3),
    Text("Jembatan putus"),
    Time(1_800_000_000),
]


@pytest.fixture
def spool(tmp_path: Path) -> Spool:
    return Spool(tmp_path / "spool.db")


@pytest.mark.parametrize("words", EVERY, ids=lambda words: type(words).__name__)
def test_every_radiogram_comes_back_from_the_spool(words) -> None:  # type: ignore[no-untyped-def]
    assert radiogram_of(radiogram_body(words)) == words


def test_an_order_comes_back_whole_and_only_once(spool: Spool) -> None:
    order = Outgoing("u1", EVERY[0], (1, 2), 0, 1000.5)
    assert outgoing_of(outgoing_body(order)) == order
    assert spool.order(order, 1.0)
    assert not spool.order(order, 2.0)
    assert [one.uid for one in spool.waiting()] == ["u1"]
    assert spool.knows("u1")


def test_urgent_orders_come_first(spool: Spool) -> None:
    for uid, priority in (("slow", 3), ("mayday", 0), ("usual", 2)):
        spool.order(Outgoing(uid, Text("air naik"), (0,), priority, 9e9), 1.0)
    assert [one.uid for one in spool.waiting()] == ["mayday", "usual", "slow"]


@pytest.mark.parametrize(
    ("pressed", "waits"),
    [((3, 4, 0), (0,)), ((3, 4), (4,)), ((0, 4), (0, 4)), ((7, 8), (7, 8)), ((8, 3), (3,)), ((0, 0), (0,))],
)
def test_a_newer_status_closes_the_older_that_wait_and_none_closes_a_mayday(
    spool: Spool, pressed: tuple[int, ...], waits: tuple[int, ...]
) -> None:
    for at, digit in enumerate(pressed):
        spool.order(Outgoing(f"u{at}", Status(digit), (0,), 0 if digit == 0 else 2, 9e9), 1.0)
    assert not spool.order(Outgoing("u0", Status(pressed[0]), (0,), 2, 9e9), 2.0)  # a second click closes nothing
    assert tuple(one.body["radiogram"]["digit"] for one in spool.waiting()) == waits
    closed = [one.body["uid"] for one in spool.happenings() if one.kind == "superseded"]
    assert len(closed) == len(pressed) - len(waits)


def test_a_taken_order_stays_known_for_two_weeks(spool: Spool) -> None:
    spool.order(Outgoing("u1", Status(4), (0,), 2, 9e9), 1.0)
    spool.keep({"as_of": 1}, 1.0, "boot", taken=spool.waiting()[0].id)
    assert spool.waiting() == []
    assert not spool.order(Outgoing("u1", Status(4), (0,), 2, 9e9), 2.0)
    spool.order(Outgoing("u2", Status(4), (0,), 2, 9e9), 2.0)
    spool.keep({"as_of": 2}, 15 * 86_400.0, "boot", taken=spool.waiting()[0].id)
    assert not spool.knows("u1")


def test_the_link_and_what_it_told_are_written_together(spool: Spool) -> None:
    spool.keep({"as_of": 4.5}, 100.0, "b1", [Note("acked", {"uid": "u1"}, 99.0)], ["heard", "rejected.mac"])
    kept = spool.link()
    assert kept is not None and (kept.state, kept.wall, kept.boot) == ({"as_of": 4.5}, 100.0, "b1")
    assert [(one.kind, one.body, one.at) for one in spool.happenings()] == [("acked", {"uid": "u1"}, 99.0)]
    assert spool.tallies() == {"heard": 1, "rejected.mac": 1}


def test_a_failure_takes_the_whole_write_back(spool: Spool) -> None:
    spool.keep({"as_of": 1}, 1.0, "b")
    with pytest.raises(TypeError):
        spool.keep({"as_of": 2}, 2.0, "b", [Note("acked", {"uid": object()}, 2.0)], ["heard"])
    kept = spool.link()
    assert kept is not None and kept.state == {"as_of": 1}
    assert spool.tallies() == {}


def test_what_is_stored_is_forgotten_and_what_is_parked_is_counted(spool: Spool) -> None:
    spool.note([Note("a", {}, 1.0), Note("b", {}, 2.0), Note("c", {}, 3.0)])
    first, second, _ = spool.happenings()
    spool.stored([first.id], [Card("alert", "k", {"state": "new"})])
    spool.park(second.id, "broken")
    assert [one.kind for one in spool.happenings()] == ["c"]
    assert spool.parked() == 1
    assert spool.card("alert", "k") == {"state": "new"}


def test_cards_keep_their_place_when_they_change(spool: Spool) -> None:
    spool.put(Card("alert", "a", {"n": 1}), Card("alert", "b", {"n": 2}))
    spool.put(Card("alert", "a", {"n": 3}))
    assert spool.cards("alert") == [{"n": 3}, {"n": 2}]


def test_a_closed_spool_says_so(spool: Spool) -> None:
    spool.close()
    with pytest.raises(SpoolFault):
        spool.happenings()


WRITER = """
import sys
from pathlib import Path
from radio_bridge.link import Outgoing
from radio_bridge.radiogram import Status
from radio_bridge.spool import Note, Spool
spool = Spool(Path(sys.argv[1]))
for n in range(10_000):
    spool.order(Outgoing(f"u{n}", Status(4), (0,), 2, 9e9), 1.0)
    spool.keep({"n": n}, 1.0, "b", [Note("keyed", {"n": n}, 1.0)], ["sent"], spool.waiting()[0].id)
    print(n, flush=True)
"""


@pytest.mark.parametrize("after", [1, 7, 40])
def test_kill_9_loses_nothing_that_was_promised_and_doubles_nothing(tmp_path: Path, after: int) -> None:
    path = tmp_path / "spool.db"
    writer = subprocess.Popen([sys.executable, "-c", WRITER, str(path)], stdout=subprocess.PIPE, text=True)
    assert writer.stdout
    promised = [int(writer.stdout.readline()) for _ in range(after)][-1]
    os.kill(writer.pid, signal.SIGKILL)
    writer.wait()
    writer.stdout.close()
    spool = Spool(path)
    told = [one.body["n"] for one in spool.happenings(20_000)]
    kept = spool.link()
    assert told == list(range(len(told)))
    assert len(told) > promised
    assert kept is not None and kept.state == {"n": told[-1]}
    assert spool.tallies() == {"sent": len(told)}
    assert len(spool.waiting()) <= 1
