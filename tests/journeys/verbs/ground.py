"""The ground: zones, facilities, landmarks, boundaries, notes of a place."""

import datetime as dt
from collections.abc import Callable
from typing import Any

from gis.coordinates import Position
from gis.tables import FACILITIES, LANDMARKS, read
from gis.zones import KINDS
from incident import boundaries, ground
from incident.desk import notes
from tests.factories import uid
from tests.journeys.verbs.steps import Step, Verbs, an_incident, nothing, remember
from tests.room import Room

SHAPES: dict[str, Any] = {
    "Polygon": {"type": "Polygon", "coordinates": [[[116.5, -8.5], [116.7, -8.7], [116.7, -8.5], [116.5, -8.7]]]},
    "LineString": {"type": "LineString", "coordinates": [[116.5, -8.5], [116.512345678, -8.51]]},
    "Point": {"type": "Point", "coordinates": [116.5, -8.5]},
}

PLACES_OF_A_FILE = "nama,jenis,lon,lat,kapasitas\nSDN 1,sd,116.5,-8.5,300\nRSUD,rsud,116.6,-8.6,120\n"


def _a_place_note(room: Room) -> None:
    told = room.do(notes.add, "dog", "Anjing galak", Position(116.6, -8.5))
    remember(room, note=told["note"]["id"])


def _a_zone(room: Room) -> None:
    an_incident(room)
    remember(
        room, zone=room.zone(incident_id=room.known["incident"], expires_at=room.clock.now + dt.timedelta(minutes=10))
    )


def _draw(kind: str) -> Step:
    return lambda room: room.zone(kind, SHAPES[KINDS[kind][0]], words=f"Di sini {kind}")


def _run_out(room: Room) -> None:
    room.clock.on(601)
    room.relay()


def _a_facility(room: Room) -> None:
    remember(room, facility=room.facility())


def _facility(action: Callable[..., Any], **said: Any) -> Step:
    return lambda room: room.do(action, room.known["facility"], **said)


def _a_landmark(room: Room) -> None:
    entry = room.do(ground.remember_landmark, "Masjid Raya", 116.6, -8.5)
    remember(room, landmark=entry["body"]["landmark"]["id"])


def import_list(what: str, words: str) -> Step:
    rows = read(what, words.encode()).rows
    return lambda room: ground.import_table(room.post, "komang", uid(), what, rows, "daftar.csv")


VERBS: Verbs = {
    **{f"draw: {kind}": (nothing, _draw(kind)) for kind in KINDS},
    "draw for an incident": (an_incident, _a_zone),
    "strike": (_a_zone, lambda room: room.do(ground.strike_zone, room.known["zone"], "Air surut")),
    "run out": (_a_zone, _run_out),
    "add a facility": (nothing, _a_facility),
    "change a facility": (_a_facility, _facility(ground.change_facility, occupied=40, lon=116.61, lat=-8.51)),
    "close a facility": (_a_facility, _facility(ground.close_facility)),
    "import facilities": (_a_facility, import_list(FACILITIES, PLACES_OF_A_FILE)),
    "import facilities anew": (
        import_list(FACILITIES, PLACES_OF_A_FILE),
        import_list(FACILITIES, PLACES_OF_A_FILE.replace("300", "250")),
    ),
    "remember a landmark": (nothing, _a_landmark),
    "forget a landmark": (_a_landmark, lambda room: room.do(ground.forget_landmark, room.known["landmark"])),
    "import landmarks": (nothing, import_list(LANDMARKS, PLACES_OF_A_FILE)),
    "import boundaries": (nothing, lambda room: room.do(boundaries.import_boundaries, [], {"source": "desa.zip"})),
    "write a note of a place": (nothing, _a_place_note),
    "strike a note of a place": (_a_place_note, lambda room: room.do(notes.strike, room.known["note"], "Pindah")),
}
