"""What a viewport, a heat map and a hot spot show of all incidents, as a viewer may see them.

The grid and its cells are gis.clusters', the points of all incidents are incident.overview's; what stands alone in its
cell is read from the database. An answer has at most some 800 features, however much lies in the viewport.
"""

import datetime as dt
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry
from sqlalchemy import Connection, false, select, true

from gis import clusters, hotspots
from gis import queries as spatial
from gis.clusters import Box, Grid
from gis.models import Facility
from gis.plane import plane_at, plane_of
from incident import intake, lens, queries, rules
from incident.models import Assignment, Call, Incident, Unit
from incident.overview import Overview, Table, some_incidents
from incident.post import Post
from incident.queue import own_incidents

LAYERS = ("incidents", "calls", "units", "facilities")
MOST = 640  # cells of one answer, shared by its layers
FEW = 200  # so many are shown one by one, wherever they lie
HOT_MOST = 20_000  # the newest, when the last hours brought more
HEAT_CELLS = 1_500
VILLAGE_EDGE_M = 100.0
UNIT_RANKS = ("", "mayday", "obstructed", "busy", "standby", "out_of_service")
PRIORITY_RANKS = ("", *rules.PRIORITIES)

_incident, _call, _assignment = Incident.__table__, Call.__table__, Assignment.__table__
UNITS, FACILITIES = Unit.__table__, Facility.__table__


@dataclass(frozen=True, slots=True)
class Question:
    """A viewport: its box in degrees, its zoom, and which incidents and calls count."""

    box: Box
    zoom: float
    layers: Sequence[str] = ("incidents",)
    state: str | None = None
    type: str | None = None
    priority: str | None = None
    since: dt.datetime | None = None


def view(conn: Connection, post: Post, overview: Overview, viewer: lens.Viewer, asked: Question) -> dict[str, Any]:
    """Clusters and points of a viewport: `total` is what lies in the cells that it touches."""
    most = MOST // len(asked.layers)
    parts = [_LAYERS[name](conn, post, overview, viewer, asked, most) for name in asked.layers]
    return {
        "clusters": [one for cells, _, _ in parts for one in cells],
        "points": [one for _, points, _ in parts for one in points],
        "total": sum(total for _, _, total in parts),
    }


Part = tuple[list[dict[str, Any]], list[dict[str, Any]], int]


def incidents_of(conn: Connection, overview: Overview, viewer: lens.Viewer) -> Table:
    """The incidents this viewer may see, closed ones too."""
    if rules.ROLE_SEES[viewer.role]["incidents"] == "all":
        return overview.incidents(conn)
    return some_incidents(conn, own_incidents(viewer))


def _incidents(
    conn: Connection, post: Post, overview: Overview, viewer: lens.Viewer, asked: Question, most: int
) -> Part:
    table = incidents_of(conn, overview, viewer)
    passes = table.chosen(asked.state, asked.type, asked.priority, changed_s=asked.since)
    cells, ids, total = _gathered("incidents", table, passes, asked, most)
    site = post.settings.site.name
    rows = _rows_of(conn, _incident, queries.INCIDENT_COLUMNS, ids)
    return cells, [incident_point(row, site) for row in rows], total


def _calls(conn: Connection, post: Post, overview: Overview, viewer: lens.Viewer, asked: Question, most: int) -> Part:
    table = overview.calls(conn)
    state = asked.state if asked.state in rules.CLASSES else None
    passes = table.chosen(state, asked.type, asked.priority, changed_s=asked.since)
    cells, ids, total = _gathered("calls", table, passes, asked, most)
    return cells, [call_point(row) for row in _rows_of(conn, _call, _CALL_COLUMNS, ids)], total


def _units(conn: Connection, post: Post, overview: Overview, viewer: lens.Viewer, asked: Question, most: int) -> Part:
    active = queries.active_by_unit(conn)
    wanted = spatial.in_box(post.database, UNITS, queries.UNIT_COLUMNS)
    grid = clusters.grid_of(asked.box, asked.zoom, most)
    rows = conn.execute(wanted, spatial.box_of(grid.whole())).mappings()
    cards = lens.pick(viewer, "units", [queries.unit_card(row, active[row["id"]]) for row in rows])
    return _few("units", [unit_point(card) for card in cards], [_unit_rank(card) for card in cards], grid, UNIT_RANKS)


def _facilities(
    conn: Connection, post: Post, overview: Overview, viewer: lens.Viewer, asked: Question, most: int
) -> Part:
    if rules.ROLE_SEES[viewer.role].get("facilities", "none") == "none":
        return [], [], 0
    grid = clusters.grid_of(asked.box, asked.zoom, most)
    wanted = spatial.in_box(post.database, FACILITIES, FACILITY_COLUMNS).where(FACILITIES.c.closed_at.is_(None))
    rows = conn.execute(wanted, spatial.box_of(grid.whole())).mappings()
    points = [facility_point(row) for row in rows]
    return _few("facilities", points, [1] * len(points), grid, ("", None))


_LAYERS = {"incidents": _incidents, "calls": _calls, "units": _units, "facilities": _facilities}


# cells


def _gathered(layer: str, table: Table, passes: Any, asked: Question, most: int) -> tuple[list[Any], list[int], int]:
    """The clusters, the ids of what is shown singly, and how many there are in all."""
    x, y, rank = table["x"], table["y"], table["rank"]
    grid = clusters.grid_of(asked.box, asked.zoom, most)
    places = clusters.inside(x, y, rank, grid)
    places = places[passes[places]]
    ids = table["id"]
    if len(places) <= FEW:
        return [], ids[places].tolist(), len(places)
    found = clusters.gather(x, y, rank, grid, places)
    return _clusters(layer, found, grid, PRIORITY_RANKS), ids[found.alone].tolist(), found.total


def _few(layer: str, points: list[dict[str, Any]], ranks: list[int], grid: Grid, words: Sequence[str | None]) -> Part:
    """The same of points already read."""
    x = clusters.world_x([one["lon"] for one in points])
    y = clusters.world_y([one["lat"] for one in points])
    rank = np.array(ranks, dtype=np.uint8)
    places = clusters.inside(x, y, rank, grid)
    if len(places) <= FEW:
        return [], [points[at] for at in places], len(places)
    found = clusters.gather(x, y, rank, grid, places)
    return _clusters(layer, found, grid, words), [points[at] for at in found.alone], found.total


def _clusters(layer: str, found: clusters.Gathered, grid: Grid, words: Sequence[str | None]) -> list[dict[str, Any]]:
    columns = zip(
        found.columns.tolist(),
        found.rows.tolist(),
        found.lon.round(5).tolist(),
        found.lat.round(5).tolist(),
        found.counts.tolist(),
        found.worst.tolist(),
        strict=True,
    )
    return [
        {
            "layer": layer,
            "lon": lon,
            "lat": lat,
            "count": count,
            "worst": words[worst],
            "bbox": grid.box(column, row),
        }
        for column, row, lon, lat, count, worst in columns
    ]


# points: of a card, what a mark on the map needs


def incident_point(row: Mapping[Any, Any], site_name: str) -> dict[str, Any]:
    """An incident as a mark: what it is, how bad, and how sure its place is."""
    return {
        "layer": "incidents",
        "number": intake.number_of(row["id"], site_name),
        **{name: row[name] for name in ("id", "type", "priority", "state", "calls", "radius_m", "lon", "lat")},
        "opened_at": queries.iso(row["opened_at"]),
    }


def call_point(row: Mapping[Any, Any]) -> dict[str, Any]:
    """A call as a mark: nothing of who called or what they said."""
    return {
        "layer": "calls",
        **{name: row[name] for name in ("id", "class", "type", "priority", "incident_id", "radius_m", "lon", "lat")},
        "received_at": queries.iso(row["received_at"]),
    }


def unit_point(card: Mapping[str, Any]) -> dict[str, Any]:
    """A unit as a mark, with the age of its position."""
    names = ("id", "call_sign", "kind", "agency_code", "state", "in_service", "position_at", "lon", "lat")
    return {"layer": "units", **{name: card[name] for name in names}}


def facility_point(row: Mapping[Any, Any]) -> dict[str, Any]:
    """A facility as a mark."""
    return {"layer": "facilities", **{name: row[name] for name in _FACILITY_NAMES}}


_FACILITY_NAMES = ("id", "kind", "name", "capacity", "occupied", "area_code", "lon", "lat")
FACILITY_COLUMNS = [FACILITIES.c[name] for name in _FACILITY_NAMES]
_CALL_COLUMNS = [
    _call.c[name]
    for name in ("id", "class", "type", "priority", "incident_id", "radius_m", "lon", "lat", "received_at")
]


def _rows_of(conn: Connection, table: Any, columns: Iterable[Any], ids: list[int]) -> list[Any]:
    if not ids:
        return []
    return list(conn.execute(select(*columns).where(table.c.id.in_(ids)).order_by(table.c.id)).mappings())


def _unit_rank(card: Mapping[str, Any]) -> int:
    """Who is in trouble stands on top, then who is busy, who is free, who is away."""
    state = "standby" if card["state"] in rules.FREE_STATES else card["state"]
    return UNIT_RANKS.index(state if state in UNIT_RANKS else "busy")


# the last hours


def heat(table: Table, since: dt.datetime, box: Box | None, zoom: float) -> list[list[float]]:
    """Cells [lon, lat, how many incidents opened there since], four to a cell of the clusters of that zoom."""
    passes = np.flatnonzero(table.chosen(opened_s=since))
    box = box or _box_of(table, passes)
    if box is None:
        return []
    grid = clusters.grid_of(box, zoom + 1, HEAT_CELLS)
    places = clusters.inside(table["x"][passes], table["y"][passes], table["rank"][passes], grid)
    lon, lat, weight = clusters.weigh(table["x"], table["y"], grid, passes[places])
    columns = zip(lon.round(5).tolist(), lat.round(5).tolist(), weight.tolist(), strict=True)
    return [list(cell) for cell in columns]


def _box_of(table: Table, places: Any) -> Box | None:
    if not len(places):
        return None
    lon, lat = clusters.lon_of(table["x"][places]), clusters.lat_of(table["y"][places])
    return float(lon.min()), float(lat.min()), float(lon.max()), float(lat.max())


def hot_spots(
    conn: Connection, post: Post, table: Table, since: dt.datetime, reach_m: float, least: int
) -> dict[str, Any]:
    """Where incidents of the last hours crowd, the largest first: one disaster? A person decides."""
    places = np.flatnonzero(table.chosen(opened_s=since))
    newest = places[-HOT_MOST:]
    lon, lat = clusters.lon_of(table["x"][newest]), clusters.lat_of(table["y"][newest])
    if not len(newest):
        return {"hotspots": [], "considered": 0, "of": 0}
    plane = plane_at(float(lon.mean()), float(lat.mean()))
    metres = plane.metres(lon, lat)
    labels = hotspots.dbscan(metres, reach_m, least)
    families = {row["code"]: row["family"] for row in queries.types(conn)}
    found = [
        _hot_spot(conn, post, table, newest[labels == label], metres[labels == label], plane, families)
        for label in range(int(labels.max()) + 1)
    ]
    found.sort(key=lambda one: (-one["count"], one["worst"]))
    return {"hotspots": found, "considered": len(newest), "of": len(places)}


def _hot_spot(
    conn: Connection, post: Post, table: Table, places: Any, metres: Any, plane: Any, families: Mapping[str, str]
) -> dict[str, Any]:
    centre = metres.mean(axis=0)
    radius_m = float(np.hypot(*(metres - centre).T).max())
    lon, lat = plane.degrees(*centre).tolist()
    ground = plane.round(shapely.multipoints(metres).convex_hull.buffer(VILLAGE_EDGE_M))
    villages = spatial.villages_in(conn, post.database, ground)
    kinds = Counter(table.types[number] for number in table["type"][places].tolist())
    told = Counter({families.get(kind, kind): 0 for kind in kinds})
    for kind, count in kinds.items():
        told[families.get(kind, kind)] += count
    first, last = int(table["opened_s"][places].min()), int(table["opened_s"][places].max())
    return {
        "count": len(places),
        "open": int((table["state"][places] != table.states.index("closed")).sum()),
        "families": dict(told.most_common()),
        "types": dict(kinds.most_common()),
        "worst": PRIORITY_RANKS[int(table["rank"][places].min())],
        "lon": round(lon, 5),
        "lat": round(lat, 5),
        "radius_m": round(radius_m),
        "first_at": queries.iso(dt.datetime.fromtimestamp(first, dt.UTC)),
        "last_at": queries.iso(dt.datetime.fromtimestamp(last, dt.UTC)),
        "villages": [village_words(one) for one in villages],
        "incidents": table["id"][places].tolist()[-100:],
        "question": _question(len(places), last - first, villages),
    }


def _question(count: int, took_s: float, villages: Sequence[Any]) -> str:
    where = f" di {len(villages)} desa" if villages else ""
    hours = "1 jam" if took_s <= 3600 else f"{took_s / 3600:.1f} jam".replace(".", ",")
    return f"{count} kejadian dalam {hours}{where}: satu bencana?"


def village_words(one: spatial.Village) -> dict[str, Any]:
    """A village as the API says it; `approximate` when only its published point is known."""
    return {**one._asdict(), "approximate": one.share is None}


# near and within


def unit_conditions(viewer: lens.Viewer, now: dt.datetime, asked: Mapping[str, Any]) -> list[Any]:
    """Which units count: those the viewer sees, in service, able, free, and seen not too long ago."""
    found: list[Any] = [_seen_units(viewer)]
    if asked.get("in_service", True):
        found.append(UNITS.c.in_service)
    if word := asked.get("capability"):
        found.append(("," + UNITS.c.capabilities + ",").contains(f",{word},", autoescape=True))
    if age_s := asked.get("max_age_s"):
        found.append(UNITS.c.position_at >= now - dt.timedelta(seconds=age_s))
    if asked.get("free"):
        running = select(_assignment.c.unit_id).where(_assignment.c.state.in_(rules.ACTIVE_STATES))
        found.append(UNITS.c.id.not_in(running))
    return found


def _seen_units(viewer: lens.Viewer) -> Any:
    """The condition under which a viewer sees a unit: the lens, as SQL."""
    rule = rules.ROLE_SEES[viewer.role].get("units", "none")
    if rule == "all":
        return true()
    if rule == "none":
        return false()
    return UNITS.c.id == viewer.unit_id if viewer.role == "field" else UNITS.c.agency_code == viewer.agency_code


def facility_conditions(asked: Mapping[str, Any]) -> list[Any]:
    """Which facilities count: open ones, of a kind, with room."""
    found: list[Any] = [FACILITIES.c.closed_at.is_(None)]
    if kind := asked.get("type"):
        found.append(FACILITIES.c.kind == kind)
    if asked.get("free"):
        found.append(FACILITIES.c.capacity > FACILITIES.c.occupied)
    return found


@dataclass(frozen=True, slots=True)
class Held:
    """What a shape (degrees) and `margin_m` round it hold, as a viewer may see it."""

    conn: Connection
    post: Post
    viewer: lens.Viewer
    shape: BaseGeometry
    margin_m: float

    def _rows(self, table: Any, columns: Iterable[Any], *conditions: Any) -> list[Any]:
        database, margin_m = self.post.database, self.margin_m
        return spatial.within(self.conn, database, table, columns, self.shape, *conditions, margin_m=margin_m)

    def villages(self) -> list[spatial.Village]:
        """The villages touched, the margin counted."""
        plane = plane_of(self.shape)
        ground = plane.round(plane.flat(self.shape).buffer(self.margin_m)) if self.margin_m else self.shape
        return spatial.villages_in(self.conn, self.post.database, ground)

    def incidents(self, state: str, most: int) -> dict[str, Any]:
        """How many, by priority and type, and the newest `most` as points."""
        wanted = _incident.c.state != "closed" if state == "open" else _incident.c.state == state
        seen = rules.ROLE_SEES[self.viewer.role]["incidents"] == "all"
        conditions = [wanted] if seen else [wanted, own_incidents(self.viewer)]
        rows = self._rows(_incident, queries.INCIDENT_COLUMNS, *conditions)
        newest = sorted(rows, key=lambda row: -row["id"])[:most]
        return {
            "total": len(rows),
            "by_priority": dict(sorted(Counter(row["priority"] for row in rows).items())),
            "by_type": dict(Counter(row["type"] for row in rows).most_common()),
            "points": [incident_point(row, self.post.settings.site.name) for row in newest],
        }

    def units(self) -> list[dict[str, Any]]:
        """The units there that the viewer sees."""
        active = queries.active_by_unit(self.conn)
        rows = self._rows(UNITS, queries.UNIT_COLUMNS, _seen_units(self.viewer))
        return [unit_point(queries.unit_card(row, active[row["id"]])) for row in rows]

    def facilities(self) -> list[dict[str, Any]]:
        """The open facilities there."""
        if rules.ROLE_SEES[self.viewer.role].get("facilities", "none") == "none":
            return []
        return [facility_point(row) for row in self._rows(FACILITIES, FACILITY_COLUMNS, *facility_conditions({}))]
