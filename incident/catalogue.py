"""What Posko lends to other programs: the collections of /ogc, each its rows as features, through the reader's lens.

The lens is said twice: as conditions of the question, so that pages and counts are right, and once more on every card,
so that a condition gone wrong shows less, never more.
"""

import datetime as dt
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import shapely
from shapely.geometry import mapping
from sqlalchemy import (
    Connection,
    LargeBinary,
    Select,
    and_,
    func,
    or_,
    select,
    true,
)
from sqlalchemy.engine import RowMapping

from gis import ogc, ogc_query
from gis.database import Database
from gis.models import Boundary, Track, Zone
from gis.ogc import Page
from gis.ogc_query import Box, Query, Span
from incident import lens, queries

Feature = dict[str, Any]
_zone, _track, _boundary = Zone.__table__, Track.__table__, Boundary.__table__
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
    `seen` what must hold for a viewer; `cards` turns rows into cards that the lens (`sees`) knows. Where a box or the
    order of the pages is not that simple, `inside` and `order` say it; `ground` is an extent that need not be asked.
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
    inside: Callable[[Database, Box], Any] | None = None
    order: Callable[[str, Select[Any], str | None], Select[Any]] | None = None
    ground: Box | None = None


# asking


def page(reader: Reader, shelf: Shelf, query: Query) -> Page:
    """One page of features in the order of their ids, and how many there are in all."""
    found = wanted(reader, shelf, query)
    matched = reader.conn.scalar(select(func.count()).select_from(found.subquery()))
    following = _ordered(reader, shelf, found, query.cursor).limit(query.limit + 1)
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


def wanted(reader: Reader, shelf: Shelf, query: Query) -> Select[Any]:
    """The question for what this viewer may see in a box and a span, without order."""
    found = _shown(reader, shelf)
    if query.box:
        found = found.where(_inside(reader.database, shelf, query.box))
    if query.span and shelf.during:
        found = found.where(shelf.during(query.span))
    elif shelf.standing:
        found = found.where(shelf.standing(reader.now))
    return found


def _inside(database: Database, shelf: Shelf, box: Box) -> Any:
    if shelf.inside:
        return shelf.inside(database, box)
    return meets(database, *shelf.place, box, shelf.rows.selected_columns if shelf.is_point else None)


def meets(database: Database, table: str, column: str, box: Box, point: Any = None) -> Any:
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
    """By id, after the cursor, unless the shelf has an order of its own."""
    if shelf.order:
        return shelf.order(reader.site_code, found, cursor)
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
    box = shelf.ground or _extent(reader.conn, shelf, shown)
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


def overlaps(begins: Any, ends: Any) -> Callable[[Span], Any]:
    """What began before the end of the span and had not ended before its beginning (no end: it goes on)."""

    def during(span: Span) -> Any:
        before = begins <= span.ends if span.ends else true()
        after = or_(ends.is_(None), ends >= span.begins) if span.begins else true()
        return and_(before, after)

    return during


def at(moment: Any) -> Callable[[Span], Any]:
    """What has a moment, and has it within the span."""

    def during(span: Span) -> Any:
        before = moment <= span.ends if span.ends else moment.is_not(None)
        return and_(before, moment >= span.begins if span.begins else moment.is_not(None))

    return during


# for those who fill a shelf


def as_cards(_reader: Reader, rows: list[RowMapping]) -> list[dict[str, Any]]:
    """Rows that are cards already."""
    return [dict(row) for row in rows]


def columns(table: Any, *names: str) -> list[Any]:
    return [table.c[name] for name in names]


def binary(column: Any) -> Any:
    """A geometry column as WKB, under the name by which a feature finds its shape."""
    return func.ST_AsBinary(column, type_=LargeBinary).label("wkb")
