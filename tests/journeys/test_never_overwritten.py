"""What must never happen: a second assignment written over the first, however many press at once."""

import threading
from collections.abc import Callable
from typing import Any

import pytest

from gis.database import Database
from incident import actions
from incident.errors import Refused
from incident.post import Post
from tests.factories import report, uid
from tests.room import Room

PEOPLE = 8


@pytest.fixture
def at_once(room: Room, settings: Any) -> Any:
    """Real threads, each with connections of its own, as several web processes have: answers what came of each."""
    posts = [Post(settings, Database(settings.database), room.clock) for _ in range(PEOPLE)]

    def run(deed: Callable[[Post, int], Any]) -> list[Any]:
        start, came = threading.Barrier(PEOPLE), list[Any]()

        def press(number: int) -> None:
            start.wait()
            try:
                came.append(deed(posts[number], number))
            except Refused as refused:
                came.append(refused)

        threads = [threading.Thread(target=press, args=(number,)) for number in range(PEOPLE)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(60)
        return came

    yield run
    for one in posts:
        one.database.close()


def opened(room: Room) -> int:
    return int(room.do(actions.record_call, report(room.post))["incident"])


def test_many_who_send_one_unit_to_one_incident_send_it_once(room: Room, at_once: Any):
    incident, unit = opened(room), room.units["TRC-1"]
    came = at_once(lambda post, n: post.do(actions.create_assignment, f"p{n}", uid(), incident, unit))
    refused = [one for one in came if isinstance(one, Refused)]
    assert (len(came), len(refused)) == (PEOPLE, PEOPLE - 1)


def test_many_who_send_one_unit_to_many_incidents_leave_each_its_own_clock(room: Room, at_once: Any):
    incidents, unit = [opened(room) for _ in range(PEOPLE)], room.units["TRC-1"]
    first = room.do(actions.create_assignment, incidents[0], unit)["body"]["assignment"]
    came = at_once(lambda post, n: post.do(actions.create_assignment, f"p{n}", uid(), incidents[n], unit))
    made = {one["body"]["assignment"] for one in came if not isinstance(one, Refused)}
    assert len(made) == PEOPLE - 1 and first not in made


def test_the_same_press_sent_again_and_again_is_one_assignment(room: Room, at_once: Any):
    incident, unit, key = opened(room), room.units["PSC-1"], uid()
    came = at_once(lambda post, n: post.do(actions.create_assignment, "dewi", key, incident, unit))
    assert {one["body"]["assignment"] for one in came if not isinstance(one, Refused)} == {
        came[0]["body"]["assignment"]
    }
    assert not [one for one in came if isinstance(one, Refused)]
