"""What Posko lends to other programs: the collections of /ogc, each its rows as features, through the reader's lens.

The lens is said twice: as conditions of the question, so that pages and counts are right, and once more on every card,
so that a condition gone wrong shows less, never more.
"""

import datetime as dt
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import shapely
from flask_babel import lazy_gettext
from shapely.geometry import mapping
from sqlalchemy import (
    Connection,
    Float,
    LargeBinary,
    Select,
    and_,
    case,
    exists,
    false,
    func,
    literal,
    not_,
    null,
    or_,
    select,
    true,
    union_all,
)
from sqlalchemy.engine import RowMapping

from gis import ogc, ogc_query
from gis.database import Database
from gis.models import Area, Boundary, Facility, Track, Zone
from gis.ogc import Page
from gis.ogc_query import Box, Query, Span
from incident import lens, queries, rules
from incident.models import Assignment, Call, Incident, Unit

Feature = dict[str, Any]
GROUND: Box = (94.0, -12.0, 142.0, 7.0)  # every village of Indonesia lies in it
_incident, _call, _unit, _assignment = (one.__table__ for one in (Incident, Call, Unit, Assignment))
_zone, _facility, _track = Zone.__table__, Facility.__table__, Track.__table__
_area, _boundary = Area.__table__, Boundary.__table__
TEXT, WHOLE, NUMBER, TRUTH, TIME = "string", "integer", "number", "boolean", "date-time"


@dataclass(frozen=True, slots=True)
class Reader:
    """Who borrows: the open read transaction, the lens, and the room they look at."""

    conn: Connection
    database: Database
    viewer: lens.Viewer
    now: dt.datetime
    site_name: str
    site_code: str
    exercise: bool


@dataclass(frozen=True, slots=True)
class Shelf:
    """One collection. `rows` is its question without order; `key` orders it and names a feature for ever.

    `place` is the table and column whose spatial index answers a box; `during` what must hold for a span of time;
    `seen` what must hold for a viewer; `cards` turns rows into cards that the lens (`sees`) knows.
    """

    id: str
    title: Any
    about: Any
    verb: str
    fields: Mapping[str, str]
    rows: Select[Any]
    key: Any
    place: tuple[str, str]
    seen: Callable[[lens.Viewer], Any]
    cards: Callable[[Reader, list[RowMapping]], list[dict[str, Any]]]
    sees: str = ""
    during: Callable[[Span], Any] | None = None
    standing: Callable[[dt.datetime], Any] | None = None
    begins: Any = None
    is_text_id: bool = False
    is_point: bool = True


def open_to(role: str) -> list[Shelf]:
    """The collections whose verb the role has."""
    return [shelf for shelf in SHELVES.values() if rules.may(role, shelf.verb)]


# asking


def page(reader: Reader, shelf: Shelf, query: Query) -> Page:
    """One page of features in the order of their ids, and how many there are in all."""
    wanted = _wanted(reader, shelf, query)
    matched = reader.conn.scalar(select(func.count()).select_from(wanted.subquery()))
    following = _ordered(reader, shelf, wanted, query.cursor).limit(query.limit + 1)
    rows = list(reader.conn.execute(following).mappings())
    more = str(rows[query.limit - 1]["id"]) if len(rows) > query.limit else None
    return Page(list(_features(reader, shelf, rows[: query.limit])), int(matched or 0), more)


def one(reader: Reader, shelf: Shelf, key: str) -> Feature | None:
    """The feature of that id, or None where there is none for this viewer."""
    wanted: Any = key if shelf.is_text_id else int(key) if key.isdecimal() and len(key) < 17 else None
    if wanted is None:
        return None
    rows = list(reader.conn.execute(_shown(reader, shelf).where(shelf.key == wanted)).mappings())
    return next(_features(reader, shelf, rows), None)


def _shown(reader: Reader, shelf: Shelf) -> Select[Any]:
    return shelf.rows.where(shelf.seen(reader.viewer))


def _wanted(reader: Reader, shelf: Shelf, query: Query) -> Select[Any]:
    found = _shown(reader, shelf)
    if query.box:
        found = found.where(_inside(reader.database, shelf, query.box))
    if query.span and shelf.during:
        found = found.where(shelf.during(query.span))
    elif shelf.standing:
        found = found.where(shelf.standing(reader.now))
    return found


def _inside(database: Database, shelf: Shelf, box: Box) -> Any:
    if shelf.id == "villages":
        return _villages_inside(database, box)
    return _meets(database, *shelf.place, box, shelf.rows.selected_columns if shelf.is_point else None)


def _meets(database: Database, table: str, column: str, box: Box, point: Any = None) -> Any:
    """By the index, then exactly: SQLite's index keeps its boxes in four-byte numbers, rounded outward."""
    west, south, east, north = box
    near = database.near(table, column).bindparams(west=west, south=south, east=east, north=north)
    if point is not None:
        return and_(near, point.lon.between(west, east), point.lat.between(south, north))
    ring = f"{west} {south}, {east} {south}, {east} {north}, {west} {north}, {west} {south}"
    shape = literal_shape(table, column)
    return and_(near, func.ST_Intersects(shape, func.ST_GeomFromText(f"POLYGON(({ring}))", 4326)))


def literal_shape(table: str, column: str) -> Any:
    """A geometry column as it is, without the wrapping that GeoAlchemy2 gives to a selected one."""
    return {("zone", "shape"): _zone.c.shape, ("track", "path"): _track.c.path}.get(
        (table, column), _boundary.c.outline
    )


def _ordered(reader: Reader, shelf: Shelf, found: Select[Any], cursor: str | None) -> Select[Any]:
    """By id, after the cursor; villages of the site before all others."""
    if shelf.id == "villages":
        return _site_first(reader.site_code, found, cursor)
    if cursor is not None:
        found = found.where(shelf.key > _number(cursor))
    return found.order_by(shelf.key)


def _number(cursor: str) -> int:
    if not cursor.isdecimal() or len(cursor) > 15:
        raise ogc_query.BadParameter("cursor", "cursor diambil dari tautan next, tidak dibuat sendiri.")
    return int(cursor)


def _features(reader: Reader, shelf: Shelf, rows: list[RowMapping]) -> Iterator[Feature]:
    for row, card in zip(rows, shelf.cards(reader, rows), strict=True):
        if not shelf.sees or lens.sees(reader.viewer, shelf.sees, {**card, "gone": False}):
            yield _feature(reader, shelf, row, card)


def _feature(reader: Reader, shelf: Shelf, row: RowMapping, card: Mapping[str, Any]) -> Feature:
    properties = {name: _plain(card[name]) for name in shelf.fields if name != "exercise"}
    if reader.exercise:
        properties["exercise"] = "LATIHAN"
    return {"type": "Feature", "id": row["id"], "geometry": _geometry(row), "properties": properties}


def _plain(value: Any) -> Any:
    """What every program has a column for: a list becomes words with commas between, a time RFC 3339."""
    if isinstance(value, list):
        return ",".join(str(part) for part in value)
    return queries.iso(value) if isinstance(value, dt.datetime) else value


def _geometry(row: RowMapping) -> dict[str, Any] | None:
    shape = row.get("wkb")
    if shape is not None:
        return dict(mapping(shapely.from_wkb(bytes(shape))))
    lon, lat = row.get("lon"), row.get("lat")
    return None if lon is None or lat is None else {"type": "Point", "coordinates": [lon, lat]}


# what is told of a collection


def extent(reader: Reader, shelf: Shelf) -> tuple[Box | None, dt.datetime | None]:
    """Where and since when this viewer has features in a collection; None for what is not known or has no end."""
    shown = _shown(reader, shelf)
    box = GROUND if shelf.id == "villages" else _extent(reader.conn, shelf, shown)
    return box, _since(reader.conn, shelf, shown)


def described(
    shelf: Shelf, exercise: bool, box: Box | None = None, begins: dt.datetime | None = None
) -> ogc.Collection:
    """A collection as strangers are told of it, in the language of who asks."""
    fields = {**shelf.fields, **({"exercise": TEXT} if exercise else {})}
    title, about = str(shelf.title), str(shelf.about)
    return ogc.Collection(shelf.id, title, about, fields, shelf.is_text_id, box, begins, shelf.begins is not None)


def _extent(conn: Connection, shelf: Shelf, shown: Select[Any]) -> Box | None:
    if not shelf.is_point:
        return _extent_of_shapes(conn, shelf, shown)
    columns = shown.subquery().c
    ends = (func.min(columns.lon), func.min(columns.lat), func.max(columns.lon), func.max(columns.lat))
    found = conn.execute(select(*ends)).one()
    return None if found[0] is None else (found[0], found[1], found[2], found[3])


def _extent_of_shapes(conn: Connection, shelf: Shelf, shown: Select[Any]) -> Box | None:
    envelope = func.ST_AsBinary(func.ST_Envelope(literal_shape(*shelf.place)), type_=LargeBinary)
    found = [bytes(shape) for shape in conn.scalars(shown.with_only_columns(envelope))]
    if not found:
        return None
    west, south, east, north = (float(edge) for edge in shapely.total_bounds(shapely.from_wkb(found)))
    return west, south, east, north


def _since(conn: Connection, shelf: Shelf, shown: Select[Any]) -> dt.datetime | None:
    if shelf.begins is None:
        return None
    return conn.scalar(shown.with_only_columns(func.min(shelf.begins, type_=shelf.begins.type)))


# time


def _overlaps(begins: Any, ends: Any) -> Callable[[Span], Any]:
    """What began before the end of the span and had not ended before its beginning (no end: it goes on)."""

    def during(span: Span) -> Any:
        before = begins <= span.ends if span.ends else true()
        after = or_(ends.is_(None), ends >= span.begins) if span.begins else true()
        return and_(before, after)

    return during


def _at(moment: Any) -> Callable[[Span], Any]:
    """What has a moment, and has it within the span."""

    def during(span: Span) -> Any:
        before = moment <= span.ends if span.ends else moment.is_not(None)
        return and_(before, moment >= span.begins if span.begins else moment.is_not(None))

    return during


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


def _call_cards(_reader: Reader, rows: list[RowMapping]) -> list[dict[str, Any]]:
    return [dict(row) for row in rows]


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


def _track_cards(_reader: Reader, rows: list[RowMapping]) -> list[dict[str, Any]]:
    return [dict(row) for row in rows]


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


def _facility_cards(_reader: Reader, rows: list[RowMapping]) -> list[dict[str, Any]]:
    return [dict(row) for row in rows]


# villages


def _binary(column: Any) -> Any:
    return func.ST_AsBinary(column, type_=LargeBinary).label("wkb")


_named = union_all(
    select(_area.c.code, _area.c.name, _area.c.postcode, _area.c.lon, _area.c.lat).where(_area.c.level == 4),
    select(_boundary.c.code, _boundary.c.name, null(), literal(None, Float), literal(None, Float)).where(
        _boundary.c.level == 4, _boundary.c.code.not_in(select(_area.c.code))
    ),
).subquery("village")
_village = _named.c


def _village_cards(_reader: Reader, rows: list[RowMapping]) -> list[dict[str, Any]]:
    return [{**row, "has_boundary": row["wkb"] is not None} for row in rows]


def _villages_inside(database: Database, box: Box) -> Any:
    """Its boundary meets the box; where none was imported, its point lies in it."""
    west, south, east, north = box
    bounded = select(_boundary.c.code).where(_meets(database, "boundary", "outline", box))
    point = and_(_village.lat.between(south, north), _village.lon.between(west, east), _boundary.c.code.is_(None))
    return or_(_village.code.in_(bounded), point)


def _site_first(site_code: str, found: Select[Any], cursor: str | None) -> Select[Any]:
    ours = _village.code.startswith(site_code, autoescape=True) if site_code else true()
    if cursor is not None:
        later = _village.code > cursor
        is_ours = cursor.startswith(site_code)
        found = found.where(or_(and_(ours, later), not_(ours)) if is_ours else and_(not_(ours), later))
    return found.order_by(case((ours, 0), else_=1), _village.code)


# the shelves


def _columns(table: Any, *names: str) -> list[Any]:
    return [table.c[name] for name in names]


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
        during=_overlaps(_incident.c.opened_at, _incident.c.closed_at),
        begins=_incident.c.opened_at,
    ),
    Shelf(
        "calls",
        lazy_gettext("Laporan"),
        lazy_gettext("Laporan masuk tanpa data pribadi: tanpa nama, nomor, alamat dan isi laporan."),
        "call.read",
        _CALL_FIELDS,
        select(*_columns(_call, "id", "lon", "lat", *_CALL_FIELDS)),
        _call.c.id,
        ("call", "point"),
        lambda viewer: true(),
        _call_cards,
        during=_at(_call.c.received_at),
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
        during=_at(_unit.c.position_at),
        begins=_unit.c.position_at,
    ),
    Shelf(
        "tracks",
        lazy_gettext("Jejak satuan"),
        lazy_gettext("Jalan yang ditempuh satuan, dari berkas GPX atau KML."),
        "unit.read",
        {"call_sign": TEXT, "unit_id": WHOLE, "name": TEXT, "began_at": TIME, "ended_at": TIME, "imported_at": TIME},
        select(
            *_columns(_track, "id", "unit_id", "name", "began_at", "ended_at", "imported_at"),
            _unit.c.call_sign,
            _unit.c.agency_code,
            _binary(_track.c.path),
        ).join(_unit, _unit.c.id == _track.c.unit_id),
        _track.c.id,
        ("track", "path"),
        _units_seen,
        _track_cards,
        sees="units",
        during=_overlaps(func.coalesce(_track.c.began_at, _track.c.imported_at), _track.c.ended_at),
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
            *_columns(_zone, "id", "kind", "words", "incident_id", "drawn_by", "drawn_at", "expires_at"),
            *_columns(_zone, "struck_at", "struck_why"),
            _binary(_zone.c.shape),
        ),
        _zone.c.id,
        ("zone", "shape"),
        _by_rule("zones"),
        _zone_cards,
        sees="zones",
        during=_overlaps(_zone.c.drawn_at, _zone_ends),
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
            *_columns(_facility, "id", "kind", "name", "capacity", "occupied", "area_code", "note", "source"),
            *_columns(_facility, "changed_at", "lon", "lat"),
        ).where(_facility.c.closed_at.is_(None)),
        _facility.c.id,
        ("facility", "point"),
        _by_rule("facilities"),
        _facility_cards,
        sees="facilities",
        during=_at(_facility.c.changed_at),
        begins=_facility.c.changed_at,
    ),
    Shelf(
        "villages",
        lazy_gettext("Desa dan kelurahan"),
        lazy_gettext("Batas desa di mana diimpor, selain itu titiknya; yang di wilayah posko ini lebih dahulu."),
        "place.read",
        {"code": TEXT, "name": TEXT, "postcode": TEXT, "has_boundary": TRUTH},
        select(
            _village.code.label("id"),
            *(_village[name] for name in ("code", "name", "postcode", "lon", "lat")),
            _binary(_boundary.c.outline),
        ).select_from(_named.outerjoin(_boundary, and_(_boundary.c.code == _village.code, _boundary.c.level == 4))),
        _village.code,
        ("boundary", "outline"),
        lambda viewer: true(),
        _village_cards,
        is_text_id=True,
        is_point=False,
    ),
)
SHELVES: Mapping[str, Shelf] = {shelf.id: shelf for shelf in _SHELVES}
