"""What a verb of any corner begins with: an incident, two units at work, time that passes."""

from collections.abc import Callable
from typing import Any

from tests.room import Room

Step = Callable[[Room], Any]
Verbs = dict[str, tuple[Step, Step]]
"""name -> what must be there before, and the verb itself"""

PLACES = (
    {"area_code": "52.03.01.2001"},
    {"area_code": "52.03.02.2004", "lon": 116.49, "lat": -8.76, "text": "Keruak"},
    {"lon": None, "lat": None, "radius_m": None, "method": "text", "text": "dekat masjid"},
)


def remember(room: Room, **known: int) -> None:
    room.known.update(known)


def nothing(room: Room) -> None:
    return None


def an_incident(room: Room) -> None:
    remember(room, incident=room.open(place={"area_code": "52.03.01.2001"}))


def two_units_at_work(room: Room) -> None:
    an_incident(room)
    remember(
        room, first=room.assign(room.known["incident"], "TRC-1"), second=room.assign(room.known["incident"], "PSC-1")
    )


def wait(seconds: float) -> Step:
    def step(room: Room) -> None:
        room.clock.on(seconds)
        room.relay()

    return step
