"""Spatial questions in metres, through the spatial index of either database.

A question asks the index for a lon/lat box that surely holds the answer (`Database.near`), and measures what comes back
in metres: the same rows and the same metres on SpatiaLite and on PostGIS.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any, NamedTuple

from sqlalchemy import Connection, Select, func, select
from sqlalchemy.engine import RowMapping

from gis.codes import full_name
from gis.coordinates import Position, box_around, distance_m
from gis.database import Database
from gis.models import Area, Boundary

if TYPE_CHECKING:  # shapely is loaded by the question that needs it: some processes never ask one
    from shapely.geometry.base import BaseGeometry

FIRST_REACH_M = 5_000.0
GROWTH = 3.0
HALF_WORLD_M = 20_100_000.0
VILLAGE = 4
TOUCH_SHARE = 1e-6  # of an area, a smaller share is two neighbours' common border

Columns = Iterable[Any]


class Found(NamedTuple):
    """A row and how far it is, in metres."""

    row: RowMapping
    away_m: float


def in_box(database: Database, table: Any, columns: Columns, point: str = "point") -> Select[Any]:
    """The rows of a table whose point meets a box; executed with `west`, `south`, `east`, `north` in degrees."""
    return select(*columns).where(database.near(table.name, point))


def box_of(bounds: Any) -> dict[str, float]:
    """West, south, east, north as the statement wants them."""
    return dict(zip(("west", "south", "east", "north"), map(float, bounds), strict=True))


def nearest(
    conn: Connection,
    database: Database,
    table: Any,
    columns: Columns,
    where: Position,
    count: int,
    *conditions: Any,
) -> list[Found]:
    """The `count` nearest rows, nearest first, each with its metres; `columns` hold lon and lat.

    The box grows until it surely holds that many: what is farther than its reach waits for the next.
    """
    statement = in_box(database, table, columns).where(*conditions)
    reach_m = FIRST_REACH_M
    while True:
        found = _within_reach(conn, statement, where, reach_m)
        if len(found) >= count or reach_m > HALF_WORLD_M:
            return found[:count]
        reach_m *= GROWTH


def _within_reach(conn: Connection, statement: Select[Any], where: Position, reach_m: float) -> list[Found]:
    rows = conn.execute(statement, box_of(_box_of_reach(where, reach_m))).mappings()
    measured = [Found(row, distance_m(where, Position(row["lon"], row["lat"]))) for row in rows]
    return sorted((one for one in measured if one.away_m <= reach_m), key=lambda one: one.away_m)


def _box_of_reach(where: Position, reach_m: float) -> tuple[float, float, float, float]:
    """Past a quarter of the globe a box of degrees says nothing any more: take all of it."""
    if reach_m > HALF_WORLD_M / 4:
        return -180.0, -90.0, 180.0, 90.0
    return box_around(where, reach_m)


def within(
    conn: Connection,
    database: Database,
    table: Any,
    columns: Columns,
    shape: BaseGeometry,
    *conditions: Any,
    margin_m: float = 0.0,
) -> list[RowMapping]:
    """The rows whose point lies in a shape (degrees), on its edge, or within `margin_m`; `columns` hold lon, lat."""
    import shapely

    from gis.plane import plane_of

    plane = plane_of(shape)
    flat = plane.flat(shape)
    shapely.prepare(flat)
    statement = in_box(database, table, columns).where(*conditions)
    rows = list(conn.execute(statement, box_of(_widened(shape, margin_m))).mappings())
    points = shapely.points(plane.metres([row["lon"] for row in rows], [row["lat"] for row in rows]).reshape(-1, 2))
    meets = shapely.dwithin(flat, points, margin_m) if margin_m else shapely.intersects(flat, points)
    return [row for row, is_in in zip(rows, meets, strict=True) if is_in]


def _widened(shape: BaseGeometry, margin_m: float) -> tuple[float, float, float, float]:
    west, south, east, north = shape.bounds
    lower, upper = box_around(Position(west, south), margin_m), box_around(Position(east, north), margin_m)
    return lower[0], lower[1], upper[2], upper[3]


class Village(NamedTuple):
    """A village a shape touches: `share` (0..1) of its ground inside; None where only its published point is known."""

    code: str
    name: str
    full: str
    share: float | None


def villages_in(conn: Connection, database: Database, shape: BaseGeometry) -> list[Village]:
    """The villages whose boundary a shape meets, and those without a boundary whose point lies in it; by code.

    A shape that crosses itself covers what it covers.
    """
    import shapely

    sound = shape if shape.is_valid else shapely.make_valid(shape)
    found = [*_bounded(conn, database, sound), *_pointed(conn, sound)]
    names = names_above(conn, [code for code, _, _ in found])
    return [Village(code, name, full_name(code, name, names), share) for code, name, share in sorted(found)]


def villages_statement(database: Database) -> Select[Any]:
    """The boundaries of villages that meet a box, with their outlines as WKB."""
    outline = func.ST_AsBinary(Boundary.__table__.c.outline, type_=None).label("wkb")
    wanted = select(Boundary.code, Boundary.name, outline).where(Boundary.level == VILLAGE)
    return wanted.where(database.near("boundary", "outline"))


def _bounded(conn: Connection, database: Database, shape: BaseGeometry) -> list[tuple[str, str, float | None]]:
    import shapely

    rows = list(conn.execute(villages_statement(database), box_of(shape.bounds)))
    outlines = shapely.make_valid(shapely.from_wkb([bytes(row.wkb) for row in rows]))
    shapely.prepare(shape)
    touched = shapely.intersects(shape, outlines)
    shared = [
        (row.code, row.name, _share(outline, shape))
        for row, outline, is_touched in zip(rows, outlines, touched, strict=True)
        if is_touched
    ]
    return [(code, name, round(share, 3)) for code, name, share in shared if not shape.area or share > TOUCH_SHARE]


def _share(outline: BaseGeometry, shape: BaseGeometry) -> float:
    """How much of the village lies inside; both in degrees, whose stretch cancels out."""
    return float(outline.intersection(shape).area / outline.area) if outline.area else 0.0


def _pointed(conn: Connection, shape: BaseGeometry) -> list[tuple[str, str, None]]:
    """The villages whose published point lies in the shape; one that has a boundary is where that says."""
    import shapely

    west, south, east, north = shape.bounds
    in_bounds = Area.lat.between(south, north) & Area.lon.between(west, east) & (Area.level == VILLAGE)
    drawn = select(Boundary.code).where(Boundary.code == Area.code).exists()
    rows = conn.execute(select(Area.code, Area.name, Area.lon, Area.lat).where(in_bounds, ~drawn))
    return [(row.code, row.name, None) for row in rows if shapely.intersects_xy(shape, row.lon, row.lat)]


def names_above(conn: Connection, codes: Iterable[str]) -> dict[str, str]:
    """The names of the districts and regencies of these villages: the gazetteer's before a file's."""
    above = sorted({code[:length] for code in codes for length in (5, 8)})
    names: dict[str, str] = {}
    for table in (Boundary.__table__, Area.__table__):
        rows = conn.execute(select(table.c.code, table.c.name).where(table.c.code.in_(above)))
        names |= {row.code: row.name for row in rows}
    return names
