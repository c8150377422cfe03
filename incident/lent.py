"""What Posko lends at /ogc: incidents, calls, units and their tracks, areas, facilities, villages; each one shelf."""

import datetime as dt
from collections.abc import Callable, Mapping
from typing import Any

from flask_babel import lazy_gettext
from sqlalchemy import and_, exists, false, func, or_, select, true
from sqlalchemy.engine import RowMapping

from gis.models import Facility, Track, Zone
from incident import lens, queries, rules
from incident.catalogue import NUMBER, TEXT, TIME, TRUTH, WHOLE, Reader, Shelf, as_cards, at, binary, columns, overlaps
from incident.lent_villages import VILLAGES
from incident.models import Assignment, Call, Incident, Unit

_incident, _call, _unit, _assignment = (one.__table__ for one in (Incident, Call, Unit, Assignment))
_zone, _facility, _track = Zone.__table__, Facility.__table__, Track.__table__


# incidents


def _incidents_seen(viewer: lens.Viewer) -> Any:
    rule = rules.ROLE_SEES[viewer.role]["incidents"]
    if rule != "own":
        return true() if rule == "all" else false()
    if viewer.role == "village":
        mine = bool(viewer.area_code)
        return _incident.c.area_code.startswith(viewer.area_code, autoescape=True) if mine else false()
    active = _assignment.c.state.in_(rules.ACTIVE_STATES)
    working = exists().where(_assignment.c.incident_id == _incident.c.id, active)
    if viewer.role == "field":
        return working.where(_assignment.c.unit_id == viewer.unit_id)
    return working.where(_unit.c.id == _assignment.c.unit_id, _unit.c.agency_code == viewer.agency_code)


def _incident_cards(reader: Reader, rows: list[RowMapping]) -> list[dict[str, Any]]:
    active = queries.active_of_incidents(reader.conn, [row["id"] for row in rows])
    return [_incident_card(reader, row, active[row["id"]]) for row in rows]


def _incident_card(reader: Reader, row: RowMapping, active: list[RowMapping]) -> dict[str, Any]:
    card = queries.incident_card(row, active, reader.site_name)
    times = {name: row[name] for name in ("opened_at", "under_control_at", "closed_at", "changed_at")}
    return {**card, **times, "units": [one["call_sign"] for one in active]}


# calls


_CALL_FIELDS = {
    "class": TEXT,
    "type": TEXT,
    "priority": TEXT,
    "channel": TEXT,
    "method": TEXT,
    "radius_m": NUMBER,
    "area_code": TEXT,
    "incident_id": WHOLE,
    "received_at": TIME,
    "recorded_at": TIME,
}


# units and their tracks


def _units_seen(viewer: lens.Viewer) -> Any:
    rule = rules.ROLE_SEES[viewer.role]["units"]
    if rule != "own":
        return true() if rule == "all" else false()
    if viewer.role == "field":
        return _unit.c.id == viewer.unit_id
    return _unit.c.agency_code == viewer.agency_code if viewer.agency_code else false()


def _unit_cards(reader: Reader, rows: list[RowMapping]) -> list[dict[str, Any]]:
    active = queries.active_by_unit(reader.conn)
    return [_unit_card(reader, row, active[row["id"]]) for row in rows]


def _unit_card(reader: Reader, row: RowMapping, active: list[RowMapping]) -> dict[str, Any]:
    card = queries.unit_card(row, active)
    age = (reader.now - row["position_at"]).total_seconds() if row["position_at"] else None
    return {**card, "position_age_s": None if age is None else max(0, round(age)), "incidents": card["incident_ids"]}


# areas drawn by hand, facilities


def _by_rule(collection: str) -> Callable[[lens.Viewer], Any]:
    """All or none, by the table of roles; what is own is left to the lens."""

    def seen(viewer: lens.Viewer) -> Any:
        return false() if rules.ROLE_SEES[viewer.role].get(collection, "none") == "none" else true()

    return seen


def _zone_cards(reader: Reader, rows: list[RowMapping]) -> list[dict[str, Any]]:
    return [{**row, "state": _state_of_zone(row, reader.now), "struck": bool(row["struck_at"])} for row in rows]


def _state_of_zone(row: RowMapping, now: dt.datetime) -> str:
    if row["struck_at"]:
        return "struck"
    return "expired" if row["expires_at"] and row["expires_at"] <= now else "standing"


def _zone_stands(now: dt.datetime) -> Any:
    return and_(_zone.c.struck_at.is_(None), or_(_zone.c.expires_at.is_(None), _zone.c.expires_at > now))


_zone_ends = func.coalesce(_zone.c.struck_at, _zone.c.expires_at, type_=_zone.c.struck_at.type)


# the shelves


_SHELVES = (
    Shelf(
        "incidents",
        lazy_gettext("Kejadian"),
        lazy_gettext("Kejadian, juga yang sudah ditutup (state: closed), dengan satuan yang sedang bertugas."),
        "incident.read",
        {
            "number": TEXT,
            **dict.fromkeys(("type", "priority", "state", "place", "area_code", "method"), TEXT),
            "radius_m": NUMBER,
            "calls": WHOLE,
            **dict.fromkeys(("disposition", "obstacle", "units", "agencies"), TEXT),
            **dict.fromkeys(("opened_at", "under_control_at", "closed_at", "changed_at"), TIME),
        },
        select(*queries.INCIDENT_COLUMNS),
        _incident.c.id,
        ("incident", "point"),
        _incidents_seen,
        _incident_cards,
        sees="incidents",
        during=overlaps(_incident.c.opened_at, _incident.c.closed_at),
        begins=_incident.c.opened_at,
    ),
    Shelf(
        "calls",
        lazy_gettext("Laporan"),
        lazy_gettext("Laporan masuk tanpa data pribadi: tanpa nama, nomor, alamat dan isi laporan."),
        "call.read",
        _CALL_FIELDS,
        select(*columns(_call, "id", "lon", "lat", *_CALL_FIELDS)),
        _call.c.id,
        ("call", "point"),
        lambda viewer: true(),
        as_cards,
        during=at(_call.c.received_at),
        begins=_call.c.received_at,
    ),
    Shelf(
        "units",
        lazy_gettext("Satuan"),
        lazy_gettext("Satuan di posisi terakhirnya; position_age_s adalah umur posisi itu dalam detik."),
        "unit.read",
        {
            **dict.fromkeys(("call_sign", "kind", "agency_code", "base", "capabilities"), TEXT),
            "in_service": TRUTH,
            "state": TEXT,
            "since": TIME,
            "position_at": TIME,
            "position_age_s": WHOLE,
            "incidents": TEXT,
        },
        select(*queries.UNIT_COLUMNS),
        _unit.c.id,
        ("unit", "point"),
        _units_seen,
        _unit_cards,
        sees="units",
        during=at(_unit.c.position_at),
        begins=_unit.c.position_at,
    ),
    Shelf(
        "tracks",
        lazy_gettext("Jejak satuan"),
        lazy_gettext("Jalan yang ditempuh satuan, dari berkas GPX atau KML."),
        "unit.read",
        {"call_sign": TEXT, "unit_id": WHOLE, "name": TEXT, "began_at": TIME, "ended_at": TIME, "imported_at": TIME},
        select(
            *columns(_track, "id", "unit_id", "name", "began_at", "ended_at", "imported_at"),
            _unit.c.call_sign,
            _unit.c.agency_code,
            binary(_track.c.path),
        ).join(_unit, _unit.c.id == _track.c.unit_id),
        _track.c.id,
        ("track", "path"),
        _units_seen,
        as_cards,
        sees="units",
        during=overlaps(func.coalesce(_track.c.began_at, _track.c.imported_at), _track.c.ended_at),
        begins=_track.c.imported_at,
        is_point=False,
    ),
    Shelf(
        "areas",
        lazy_gettext("Area di peta"),
        lazy_gettext("Area yang digambar tangan dan masih berlaku; dengan datetime juga yang berlaku pada waktu itu."),
        "place.read",
        {
            **dict.fromkeys(("kind", "words"), TEXT),
            "incident_id": WHOLE,
            "drawn_by": TEXT,
            "drawn_at": TIME,
            "expires_at": TIME,
            "state": TEXT,
            "struck_at": TIME,
            "struck_why": TEXT,
        },
        select(
            *columns(_zone, "id", "kind", "words", "incident_id", "drawn_by", "drawn_at", "expires_at"),
            *columns(_zone, "struck_at", "struck_why"),
            binary(_zone.c.shape),
        ),
        _zone.c.id,
        ("zone", "shape"),
        _by_rule("zones"),
        _zone_cards,
        sees="zones",
        during=overlaps(_zone.c.drawn_at, _zone_ends),
        standing=_zone_stands,
        begins=_zone.c.drawn_at,
        is_point=False,
    ),
    Shelf(
        "facilities",
        lazy_gettext("Fasilitas"),
        lazy_gettext("Puskesmas, pos pemadam, pengungsian dengan daya tampungnya, dan fasilitas lain yang dibuka."),
        "place.read",
        {
            **dict.fromkeys(("kind", "name"), TEXT),
            "capacity": WHOLE,
            "occupied": WHOLE,
            **dict.fromkeys(("area_code", "note", "source"), TEXT),
            "changed_at": TIME,
        },
        select(
            *columns(_facility, "id", "kind", "name", "capacity", "occupied", "area_code", "note", "source"),
            *columns(_facility, "changed_at", "lon", "lat"),
        ).where(_facility.c.closed_at.is_(None)),
        _facility.c.id,
        ("facility", "point"),
        _by_rule("facilities"),
        as_cards,
        sees="facilities",
        during=at(_facility.c.changed_at),
        begins=_facility.c.changed_at,
    ),
    VILLAGES,
)
SHELVES: Mapping[str, Shelf] = {shelf.id: shelf for shelf in _SHELVES}


def open_to(role: str) -> list[Shelf]:
    """The collections whose verb the role has."""
    return [shelf for shelf in SHELVES.values() if rules.may(role, shelf.verb)]
