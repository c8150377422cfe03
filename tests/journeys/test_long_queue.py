"""A queue longer than the screen: its head is told, the rest is read on, and no late page brings back what closed."""

import shutil

import pytest

from incident import actions, lens
from tests.room import Room
from tests.viewers import Reducer, Screen

pytestmark = pytest.mark.skipif(shutil.which("node") is None, reason="node is missing: apt-get install nodejs")


def test_a_queue_longer_than_the_screen_is_told_in_full_and_read_on_in_its_order(room: Room, reducer: Reducer):
    opened = [room.open(priority=priority) for priority in ("P3", "P1", "P2", "P1", "P4", "P3")]
    room.assign(opened[4], "TRC-1")
    screen = Screen(room.post, reducer, lens.Viewer("leader"), 2)
    assert screen.ids("incidents") == [opened[1], opened[3], opened[4]], "the worst, and what a unit is at work on"
    assert screen.picture["queue"]["open"] == 6
    told = [screen.read_on(2), None]
    screen.add(told[0])
    assert screen.ids("incidents") == [opened[at] for at in (0, 1, 2, 3, 4)]
    told[1] = screen.read_on(2)
    screen.add(told[1])
    assert screen.picture["queue"] == {"open": 6, "until": None}
    assert screen.read_on(2) is None and screen.faults() == {}


def test_a_page_that_was_read_before_something_closed_does_not_bring_it_back(room: Room, reducer: Reducer):
    opened = [room.open(priority=priority) for priority in ("P1", "P2", "P2", "P3")]
    screen = Screen(room.post, reducer, lens.Viewer("leader"), 1)
    page = screen.read_on(2)
    room.do(actions.change_incident, opened[1], "close", disposition="handled")
    room.do(actions.change_incident, opened[2], "correct", text="Lebih gawat", priority="P1")
    screen.catch_up()
    screen.add(page)
    assert screen.ids("incidents") == [opened[0], opened[2]]
    assert [card["priority"] for card in screen.picture["incidents"]] == ["P1", "P1"], "the page told what was"
    assert screen.picture["queue"]["open"] == 3 and screen.faults() == {}


def test_a_page_ahead_of_the_picture_waits_for_its_entries(room: Room, reducer: Reducer):
    for priority in ("P1", "P2", "P3"):
        room.open(priority=priority)
    screen = Screen(room.post, reducer, lens.Viewer("leader"), 1)
    room.open(priority="P2")
    page = screen.read_on(5)
    before = screen.picture
    screen.add(page)
    assert (screen.picture["incidents"], screen.picture["queue"]) == (before["incidents"], before["queue"])
    screen.catch_up()
    screen.add(page)
    assert screen.picture["queue"] == {"open": 4, "until": None} and screen.faults() == {}


def test_a_count_that_was_lost_would_be_noticed(room: Room, reducer: Reducer):
    for priority in ("P1", "P2", "P3"):
        room.open(priority=priority)
    screen = Screen(room.post, reducer, lens.Viewer("leader"), 1)
    screen.picture["queue"]["open"] = 2
    assert screen.faults() == {"queue": [2, 3]}
    screen.picture["queue"] = {"open": 3, "until": "P4~0~2026-11-22T03:00:00.000000Z~1"}
    assert set(screen.faults()) == {"incidents"}, "it says it has all up to there, and has not"
