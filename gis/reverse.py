"""Which village is this? A point's village from boundaries held in memory; the nearest one where no boundary says.

Published boundaries overlap and leave gaps. Where two hold a point the smaller wins, then the lower code. Where none
does, the nearest boundary within REACH_M answers, then the nearest published point of a village, both marked
approximate; a district or regency that holds the point answers before a village of another one does.
"""

import threading
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
import shapely
import structlog
from sqlalchemy import Connection, Row, bindparam, func, select

from gis.boundaries import WKB, Stamp, stamp_of
from gis.codes import full_name
from gis.coordinates import Position, box_around, distance_m
from gis.database import UNREACHABLE, Database
from gis.models import Area, Boundary, Gazetteer
from gis.queries import names_above

REACH_M = 2_000.0  # a village may be so far from a point in a gap or off the coast
METRES_PER_DEGREE = 111_195.0  # of latitude; of longitude up to 2 % less in Indonesia, which is neglected here
REACH_DEG = REACH_M / METRES_PER_DEGREE
FAR_M = 50_000.0  # a published point farther away says nothing
FIRST_BOX_M = 5_000.0
LOOK_S = 5.0
FEW = 50  # points asked of the database one by one; more are worth reading all villages for
PIECE = 20_000  # points looked up at once: bounds the memory of a large question
VILLAGE = 4
_log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Here:
    """Where a point lies: `full` is "Desa X, Kec. Y, Kab. Z"; `distance_m` is 0 inside a boundary.

    `how` is `boundary` (inside), `near` (the nearest boundary) or `point` (the nearest published point).
    """

    code: str
    name: str
    full: str
    level: int
    approximate: bool
    distance_m: float
    how: str


class Many(NamedTuple):
    """The answer for many points, by row: the code or None, whether it is approximate, metres away (NaN for None)."""

    codes: list[str | None]
    approximate: Any
    distance_m: Any


class Sheet:
    """Boundaries that do not change any more: a tree of prepared shapes, those that win ties first."""

    def __init__(self, rows: Iterable[tuple[str, str, float, bytes]]):
        """Of (code, name, area_m2, WKB)."""
        ordered = sorted(rows, key=lambda row: (row[2], row[0]))
        self.codes = [row[0] for row in ordered]
        self.names = [row[1] for row in ordered]
        self.shapes = shapely.from_wkb(np.array([row[3] for row in ordered], dtype=object))
        shapely.prepare(self.shapes)
        self.tree = shapely.STRtree(self.shapes)
        self.tree.query(shapely.Point(0, 0))  # the tree is built by its first question

    def inside(self, lon: float, lat: float) -> int:
        """The row of the boundary that holds the point, -1 for none."""
        near = self.tree.query(shapely.Point(lon, lat))
        held = near[shapely.intersects_xy(self.shapes[near], lon, lat)] if near.size else near
        return int(held.min()) if held.size else -1

    def inside_many(self, lons: Any, lats: Any) -> Any:
        """The row for each point, -1 for none."""
        at, row = self.tree.query(shapely.points(lons, lats))
        order = np.argsort(row, kind="stable")  # shape after shape: each stays in the processor's cache
        at, row = at[order], row[order]
        held = shapely.intersects_xy(self.shapes[row], lons[at], lats[at])
        return _lowest(len(lons), at[held], row[held])

    def nearest_many(self, lons: Any, lats: Any) -> tuple[Any, Any]:
        """The row of the nearest boundary within REACH_M, -1 for none, and how far it is in metres."""
        points = shapely.points(lons, lats)
        (at, row), away_deg = self.tree.query_nearest(points, max_distance=REACH_DEG, return_distance=True)
        found, away_m = _lowest(len(lons), at, row), np.full(len(lons), np.nan)
        away_m[at] = away_deg * METRES_PER_DEGREE
        found[~(away_m <= REACH_M)] = -1
        return found, away_m


def _lowest(count: int, at: Any, row: Any) -> Any:
    """For each of `count` points the lowest of its rows, -1 where it has none."""
    none = np.iinfo(np.int64).max
    best = np.full(count, none)
    np.minimum.at(best, at, row)
    return np.where(best == none, -1, best)


_NOTHING: list[tuple[str, str, float, bytes]] = []


class Ground:
    """The boundaries of this post in memory, read again when an import changed them, in this process or another."""

    def __init__(self, database: Database, run_apart: Callable[[Callable[[], Any]], Any] | None = None):
        """`run_apart` runs a function off the event loop: building the tree takes a while."""
        self._database = database
        self._run_apart = run_apart or (lambda work: work())
        self._lock = threading.Lock()
        self._stamp: Stamp | None = None
        self._looked_s = 0.0
        self._villages: Sheet | None = None
        self._wider = Sheet(_NOTHING)
        self._above: Mapping[str, str] = {}
        self._stopped: threading.Event | None = None

    # being kept up to date

    def start(self) -> None:
        """Look for changes from now on, in the background."""
        self._stopped = threading.Event()
        threading.Thread(target=self._watch, args=(self._stopped,), name="ground", daemon=True).start()

    def stop(self) -> None:
        """Look no more."""
        if self._stopped:
            self._stopped.set()

    def _watch(self, stopped: threading.Event) -> None:
        while not stopped.wait(LOOK_S if self.is_ready else 0.5):
            try:
                self.look()
            except UNREACHABLE as failure:
                _log.warning("ground.database_away", failure=type(failure).__name__)

    @property
    def is_ready(self) -> bool:
        """Whether the boundaries are in memory."""
        return self._villages is not None

    def changed(self) -> bool:
        """Whether the boundaries in the database are not those in memory."""
        with self._database.read() as conn:
            return _stamp(conn) != self._stamp

    def look(self) -> bool:
        """Read the boundaries if they are not those in memory; answers whether they changed."""
        with self._lock:
            self._looked_s = time.monotonic()
            with self._database.read() as conn:
                if (stamp := _stamp(conn)) == self._stamp:
                    return False
                rows, above = list(_rows(conn)), _names_above(conn)
            self._lay(rows, above)
            self._stamp = stamp
            return True

    def _lay(self, rows: list[Any], above: Mapping[str, str]) -> None:
        def build() -> tuple[Sheet, Sheet]:
            return Sheet(_of(rows, VILLAGE, VILLAGE)), Sheet(_of(rows, 2, 3))

        self._above = above
        self._villages, self._wider = self._run_apart(build)

    def _sheet(self) -> Sheet:
        """The villages; who asks without a watcher looks for changes every few seconds."""
        if self._villages is None or (self._stopped is None and time.monotonic() - self._looked_s > LOOK_S):
            self.look()
        assert self._villages is not None
        return self._villages

    # questions

    def code_at(self, lon: float, lat: float) -> str | None:
        """The code of the village whose boundary holds the point, or lies within REACH_M of it; never waits.

        None while the boundaries are not in memory: who saves a call must not wait for them.
        """
        if (sheet := self._villages) is None or not sheet.codes:
            return None
        row = sheet.inside(lon, lat)
        if row < 0:
            row = int(sheet.nearest_many(np.array([lon]), np.array([lat]))[0][0])
        return sheet.codes[row] if row >= 0 else None

    def at(self, lon: float, lat: float) -> Here | None:
        """Where the point lies; None where nothing known is near. Lon and lat in degrees."""
        sheet = self._sheet()
        if (row := sheet.inside(lon, lat)) >= 0:
            return self._here(sheet.codes[row], sheet.names[row], "boundary")
        rows, away_m = sheet.nearest_many(np.array([lon], dtype=float), np.array([lat], dtype=float))
        if (row := int(rows[0])) >= 0:
            return self._here(sheet.codes[row], sheet.names[row], "near", float(away_m[0]))
        return self._farther(lon, lat)

    def _farther(self, lon: float, lat: float) -> Here | None:
        """Without a village's boundary near: the nearest published point, or the district that holds this one."""
        wide = self._wider.inside(lon, lat)
        with self._database.read() as conn:
            point = _nearest_point(conn, Position(lon, lat))
            names = names_above(conn, [point.code]) if point else {}
        if wide >= 0 and not (point and point.code.startswith(self._wider.codes[wide])):
            return self._here(self._wider.codes[wide], self._wider.names[wide], "boundary")
        return self._here(point.code, point.name, "point", point.away_m, names) if point else None

    def _here(
        self, code: str, name: str, how: str, away_m: float = 0.0, names: Mapping[str, str] | None = None
    ) -> Here:
        full = full_name(code, name, {**self._above, **(names or {})})
        return Here(code, name, full, code.count(".") + 1, how != "boundary", round(away_m, 1), how)

    def at_many(self, lons: Any, lats: Any) -> Many:
        """The village of each of many points (two arrays of degrees), by the rules of `at`."""
        lons, lats = np.asarray(lons, dtype=float), np.asarray(lats, dtype=float)
        parts = [self._at_some(lons[one : one + PIECE], lats[one : one + PIECE]) for one in range(0, len(lons), PIECE)]
        codes = [code for part in parts for code in part.codes]
        return Many(codes, *(np.concatenate([part[at] for part in parts] or [[]]) for at in (1, 2)))

    def _at_some(self, lons: Any, lats: Any) -> Many:
        sheet, good = self._sheet(), np.isfinite(lons) & np.isfinite(lats)
        rows, away_m = sheet.inside_many(lons, lats), np.zeros(len(lons))
        lost = np.flatnonzero((rows < 0) & good)
        rows[lost], away_m[lost] = sheet.nearest_many(lons[lost], lats[lost])
        away_m[rows < 0] = np.nan
        approximate = np.zeros(len(lons), dtype=bool)
        approximate[lost] = rows[lost] >= 0
        named = np.array([*sheet.codes, None], dtype=object)[rows]  # the last stands for -1
        found = Many(named.tolist(), approximate, away_m)
        self._fill_farther(lost[rows[lost] < 0], lons, lats, found)
        return found

    def _fill_farther(self, lost: Any, lons: Any, lats: Any, found: Many) -> None:
        if len(lost) == 0:
            return
        wide = self._wider.inside_many(lons[lost], lats[lost])
        with self._database.read() as conn:
            points = _nearest_points(conn, lons[lost], lats[lost])
        for at, row, point in zip(lost, wide, points, strict=True):
            if row >= 0 and not (point and point.code.startswith(self._wider.codes[row])):
                found.codes[at], found.distance_m[at] = self._wider.codes[row], 0.0
            elif point:
                found.codes[at], found.approximate[at], found.distance_m[at] = point.code, True, point.away_m

    def boxes(self) -> Any:
        """West, south, east, north of every village with a boundary, an (n, 4) array of degrees."""
        return shapely.bounds(self._sheet().shapes).reshape(-1, 4)

    def vertices(self) -> int:
        """How many corners the boundaries of the villages have."""
        return int(shapely.get_num_coordinates(self._sheet().shapes).sum())


# the tables


def _stamp(conn: Connection) -> Stamp:
    """What changes when boundaries or the names of the gazetteer do."""
    loaded = conn.execute(select(func.count(Gazetteer.source), func.max(Gazetteer.loaded_at))).one()
    return (*stamp_of(conn), *loaded)


def _rows(conn: Connection) -> Iterator[Any]:
    """Every boundary, pausing now and then: under gevent the others go on meanwhile."""
    name = func.coalesce(Area.name, Boundary.name).label("name")
    wanted = select(Boundary.code, Boundary.level, name, Boundary.area_m2, WKB.label("wkb"))
    for part in conn.execute(wanted.outerjoin(Area, Area.code == Boundary.code)).partitions(100):
        yield from part
        time.sleep(0)


def _of(rows: list[Any], lowest: int, highest: int) -> Iterator[tuple[str, str, float, bytes]]:
    return ((row.code, row.name, row.area_m2, bytes(row.wkb)) for row in rows if lowest <= row.level <= highest)


def _names_above(conn: Connection) -> dict[str, str]:
    """The names of districts and regencies that have villages with boundaries: the gazetteer's before a file's."""
    known: dict[str, str] = {}
    for table in (Boundary, Area):
        district = func.substr(Boundary.code, 1, 8)
        villages = select(district).where(Boundary.level == VILLAGE)
        regencies = select(func.substr(Boundary.code, 1, 5))
        wanted = select(table.code, table.name).where(table.level.in_((2, 3)))
        rows = conn.execute(wanted.where(table.code.in_(villages) | table.code.in_(regencies)))
        known |= {row.code: row.name for row in rows}
    return known


# published points, where there is no boundary


class _Point(NamedTuple):
    """A village's published point, and how far it is in metres."""

    code: str
    name: str
    away_m: float


_POINTS = select(Area.code, Area.name, Area.lon, Area.lat).where(
    Area.level == VILLAGE,
    Area.lat.between(bindparam("south"), bindparam("north")),
    Area.lon.between(bindparam("west"), bindparam("east")),
)
_EVERYWHERE = {"west": -180.0, "south": -90.0, "east": 180.0, "north": 90.0}


def _nearest_point(conn: Connection, where: Position) -> _Point | None:
    """The nearest published point within FAR_M; two as near: the lower code."""
    for reach_m in (FIRST_BOX_M, FAR_M):
        west, south, east, north = box_around(where, reach_m)
        near = conn.execute(_POINTS, {"west": west, "south": south, "east": east, "north": north})
        found = [_Point(one.code, one.name, distance_m(where, Position(one.lon, one.lat))) for one in near]
        best = min(found, key=lambda one: (one.away_m, one.code), default=None)
        if best and best.away_m <= reach_m:
            return best
    return None


def _nearest_points(conn: Connection, lons: Any, lats: Any) -> list[_Point | None]:
    """The same for many points; more than a few are worth reading every published point once."""
    wheres = [Position(float(lon), float(lat)) for lon, lat in zip(lons, lats, strict=True)]
    if len(wheres) <= FEW:
        return [_nearest_point(conn, one) for one in wheres]
    rows = conn.execute(_POINTS.order_by(Area.code), _EVERYWHERE).all()
    if not rows:
        return [None] * len(wheres)
    tree = shapely.STRtree(shapely.points([(one.lon, one.lat) for one in rows]))
    at, row = tree.query_nearest(shapely.points(lons, lats), max_distance=FAR_M / 108_000)
    nearest = _lowest(len(wheres), at, row)
    return [_measured(rows[one], where) if one >= 0 else None for one, where in zip(nearest, wheres, strict=True)]


def _measured(row: Row[Any], where: Position) -> _Point | None:
    away_m = distance_m(where, Position(row.lon, row.lat))
    return _Point(row.code, row.name, away_m) if away_m <= FAR_M else None
