"""What the room knows that bears on a call still being typed: who called before, what was near, what to beware of.

Read in one transaction, each part bounded, so that a full house costs no more than an empty one. Numbers are compared
in the database; what comes out is masked or counted.
"""

import datetime as dt
from collections.abc import Collection, Mapping
from math import cos, radians
from typing import Any

from geoalchemy2.shape import to_shape
from sqlalchemy import Connection, bindparam, func, literal_column, select

from gis.coordinates import Position, box_around, distance_m
from gis.database import Database
from gis.models import Facility, Zone
from gis.prepared import Prepared
from incident import intake, queries, rules
from incident.desk.form_models import PlaceNote
from incident.duty import recommendation
from incident.models import Call
from incident.queries import iso

HERE_M = 100.0  # "the same house"
PRECISE_M = 200.0  # a call whose doubt is larger says nothing about a house
NOTE_REACH_M = 2000.0  # the widest note
ZONE_REACH_M = 500.0
FACILITY_REACH_M = 20_000.0
METRES_A_DEGREE = 111_195.0  # of latitude, on a sphere of 6,371 km
MOST_SHOWN, MOST_LOOKED_AT, MOST_COUNTED = 4, 60, 1000
_call, _note, _zone, _facility = Call.__table__, PlaceNote.__table__, Zone.__table__, Facility.__table__
_SAID = [_call.c[name] for name in ("id", "class", "type", "place", "received_at", "incident_id", "lon", "lat")]
_TOLD = ("normal", "info")  # what a call said about a place; a prank says nothing about it
Rows = list[dict[str, Any]]


# the number


_newest_of = (
    select(_call.c["class"])
    .where(_call.c.caller_phone == bindparam("phone", type_=_call.c.caller_phone.type))
    .order_by(_call.c.id.desc())
    .limit(literal_column(str(MOST_COUNTED)))
    .subquery()
)
_counted = Prepared(
    select(_newest_of.c["class"].label("kind"), func.count().label("n")).group_by(_newest_of.c["class"])
)
_phoned = Prepared(
    select(*_SAID)
    .where(_call.c.caller_phone == bindparam("phone", type_=_call.c.caller_phone.type))
    .order_by(_call.c.id.desc())
    .limit(literal_column(str(MOST_SHOWN)))
)


def of_phone(conn: Connection, phone: str | None, site_name: str) -> dict[str, Any] | None:
    """What this number told before: its last calls and how many of each class; None for a number that is nobody's."""
    if not intake.is_telling(phone):
        return None
    counts = {row.kind: row.n for row in _counted.all(conn, phone=phone)}
    last = [_told(row, site_name) for row in _phoned.all(conn, phone=phone)] if counts else []
    return {"masked": intake.mask(phone), "counts": dict.fromkeys(rules.CLASSES, 0) | counts, "last": last}


def _told(row: Any, site_name: str, where: Position | None = None) -> dict[str, Any]:
    """An earlier call as a line: no name, no number, no words but those of its place."""
    linked = row.incident_id
    away = distance_m(where, Position(row.lon, row.lat)) if where and row.lon is not None else None
    return {
        "call": row.id,
        "class": row[1],
        "type": row.type,
        "place": row.place,
        "at": iso(row.received_at),
        "incident": linked,
        "number": intake.number_of(linked, site_name) if linked else None,
        "away_m": None if away is None else round(away),
    }


# the place


def near_calls(conn: Connection, database: Database, where: Position, site_name: str) -> Rows:
    """The newest calls from within 100 m, whose own place was that sure."""
    precise = _call.c.radius_m.is_(None) | (_call.c.radius_m <= PRECISE_M)
    found = select(*_SAID).where(_in_box(database, "call"), _call.c["class"].in_(_TOLD), precise)
    rows = conn.execute(found.order_by(_call.c.id.desc()).limit(MOST_LOOKED_AT), _box(where, HERE_M))
    told = [_told(row, site_name, where) for row in rows]
    return [one for one in told if one["away_m"] <= HERE_M][:MOST_SHOWN]


def rt_calls(conn: Connection, area_code: str | None, words: str | None, site_name: str) -> dict[str, Any] | None:
    """The newest calls from the same RT (and RW, where both say it) of the same village; None where none is named."""
    rt = intake.rt_of(words)
    if rt is None or len(area_code or "") != 13:
        return None
    is_same = _call.c.rt.in_([rt, rt[: rt.index("/") + 1]]) if not rt.endswith("/") else _call.c.rt.startswith(rt)
    found = select(*_SAID).where(_call.c.area_code == area_code, _call.c.rt.is_not(None), is_same)
    rows = conn.execute(found.where(_call.c["class"].in_(_TOLD)).order_by(_call.c.id.desc()).limit(MOST_SHOWN))
    return {"rt": rt, "calls": [_told(row, site_name) for row in rows]}


def note_card(row: Any, where: Position | None = None) -> dict[str, Any]:
    """A note of a place as the desk shows it."""
    away = distance_m(where, Position(row.lon, row.lat)) if where else None
    return {
        **{name: getattr(row, name) for name in ("id", "kind", "words", "radius_m", "lon", "lat")},
        "by": row.written_by,
        "at": iso(row.written_at),
        "expires_at": iso(row.expires_at),
        "struck": row.struck_at is not None,
        "struck_by": row.struck_by,
        "struck_why": row.struck_why,
        "away_m": None if away is None else round(away),
    }


def notes(conn: Connection, database: Database, where: Position, doubt_m: float, now: dt.datetime) -> Rows:
    """The notes whose radius, and half of the doubt of the place, reach this far; nearest first."""
    columns = [column for column in _note.c if column.name != "point"]
    holds = _note.c.struck_at.is_(None), (_note.c.expires_at.is_(None) | (_note.c.expires_at > now))
    found = select(*columns).where(_in_box(database, "place_note"), *holds).order_by(_note.c.id.desc())
    rows = conn.execute(found.limit(MOST_LOOKED_AT), _box(where, NOTE_REACH_M))
    cards = [note_card(row, where) for row in rows]
    reach = min(doubt_m, PRECISE_M) / 2
    near = [one for one in cards if one["away_m"] <= one["radius_m"] + reach]
    return sorted(near, key=lambda one: one["away_m"])[: 2 * MOST_SHOWN]


def zones(conn: Connection, database: Database, where: Position) -> Rows:
    """Zones that cover the place or lie within 500 m: a road that is cut there, an area cut off; nearest first."""
    standing = _zone.c.struck_at.is_(None), _zone.c.expired_at.is_(None)
    found = select(_zone.c.id, _zone.c.kind, _zone.c.words, _zone.c.shape).where(
        _in_box(database, "zone", "shape"), *standing
    )
    rows = conn.execute(found.limit(MOST_LOOKED_AT), _box(where, ZONE_REACH_M))
    told = [
        {"id": row.id, "kind": row.kind, "words": row.words, "away_m": away_from(where, to_shape(row.shape))}
        for row in rows
    ]
    near = [one for one in told if one["away_m"] <= ZONE_REACH_M]
    return sorted(near, key=lambda one: one["away_m"])[:MOST_SHOWN]


def away_from(where: Position, shape: Any) -> int:
    """Metres from a place to a shape in degrees, 0 inside; on the plane that touches the earth there (some km)."""
    from shapely import Point, transform

    metres = [METRES_A_DEGREE * cos(radians(where.lat)), METRES_A_DEGREE]
    flat = transform(shape, lambda pairs: (pairs - [where.lon, where.lat]) * metres)
    return round(flat.distance(Point(0, 0)))


def hazards(data: Any, overlays: Collection[Mapping[str, Any]], where: Position) -> Rows:
    """What the site's own hazard maps say of the place: the layer's name and what its shape is called."""
    from shapely.geometry import Point, shape

    from gis import overlays as files

    spot, found = Point(where.lon, where.lat), []
    box = (where.lon, where.lat, where.lon, where.lat)
    for overlay in overlays:
        for feature in files.within(data, overlay["id"], box)[:MOST_LOOKED_AT]:
            if shape(feature["geometry"]).covers(spot):
                found.append({"layer": overlay["name"], "words": _called(feature.get("properties") or {})})
    return found[:MOST_SHOWN]


def _called(properties: Mapping[str, Any]) -> str:
    """The two properties a person reads first."""
    said = [str(value) for value in properties.values() if isinstance(value, str | int | float) and str(value).strip()]
    return " · ".join(said[:2])[:120]


def facilities(conn: Connection, database: Database, where: Position) -> Rows:
    """The nearest open facility of each kind within 20 km, the nearest four."""
    names = ("id", "kind", "name", "capacity", "occupied", "lon", "lat")
    found = select(*(_facility.c[name] for name in names)).where(
        _facility.c.closed_at.is_(None), _in_box(database, "facility")
    )
    nearest: dict[str, dict[str, Any]] = {}
    for row in conn.execute(found, _box(where, FACILITY_REACH_M)):
        away = distance_m(where, Position(row.lon, row.lat))
        if row.kind not in nearest or away < nearest[row.kind]["away_m"]:
            nearest[row.kind] = {**row._mapping, "away_m": round(away)}
    return sorted(nearest.values(), key=lambda one: one["away_m"])[:MOST_SHOWN]


def units(conn: Connection, where: Position, kind: Mapping[Any, Any] | None, now: dt.datetime) -> Rows:
    """The units one would send there, best first, each with its reasons and shortfalls; before there is an incident."""
    wanted = queries.words_of(kind) if kind else set()
    place = {"id": None, "lon": where.lon, "lat": where.lat}
    found = recommendation.recommend(conn, place, wanted, now)[:MOST_SHOWN]
    names = ("id", "call_sign", "kind", "state", "capabilities", "position_at")
    return [
        {
            **{name: one["unit"][name] for name in names},
            **{name: value for name, value in one.items() if name != "unit"},
        }
        for one in found
    ]


def _in_box(database: Database, table: str, column: str = "point") -> Any:
    return database.near(table, column)


def _box(where: Position, reach_m: float) -> dict[str, float]:
    west, south, east, north = box_around(where, reach_m)
    return {"west": west, "south": south, "east": east, "north": north}
