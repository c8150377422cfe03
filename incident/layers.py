"""The room's layers of the map: each function answers features in a box, as the viewer may see them.

They read rows and cut by the lens, as the board does; nobody's name, number or words are in any of them.
"""

import datetime as dt
import math
from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Any

import orjson
from geoalchemy2.shape import to_shape
from shapely import Point, set_precision
from shapely.geometry import mapping, shape
from shapely.geometry.base import BaseGeometry
from sqlalchemy import or_, select, true

from gis import overlays as files
from gis.layers import N_, About, Ask, Collection, Sign, collection, feature, layer, meets, point
from gis.models import Boundary, Landmark, Track, Zone
from gis.plane import plane_at
from incident import ground_queries, lens, queries, queue, rules, view
from incident import overlays as site_overlays
from incident.models import Call, Incident, Unit
from incident.overview import some_incidents

NOW, GROUND, HAZARD = N_("keadaan"), N_("tempat"), N_("bahaya")
_incident, _unit, _call = Incident.__table__, Unit.__table__, Call.__table__
_zone, _boundary = Zone.__table__, Boundary.__table__
_landmark, _track = Landmark.__table__, Track.__table__
PRIORITY_SIGNS = (
    Sign("P1", N_("merah, nyawa")),
    Sign("P2", N_("segera")),
    Sign("P3", N_("dapat menunggu")),
    Sign("P4", N_("informasi")),
)
ZONE_SIGNS = (
    Sign("zone-affected", N_("terdampak")),
    Sign("zone-isolated", N_("terisolir")),
    Sign("zone-road_cut", N_("jalan putus")),
    Sign("zone-post", N_("posko lapangan")),
    Sign("zone-evacuation_route", N_("jalur evakuasi")),
    Sign("zone-assembly_point", N_("titik kumpul")),
)
FACILITY_SIGNS = (
    Sign("facility-puskesmas", N_("puskesmas")),
    Sign("facility-hospital", N_("rumah sakit")),
    Sign("facility-fire_post", N_("pos pemadam")),
    Sign("facility-police", N_("polisi")),
    Sign("facility-shelter", N_("pengungsian")),
    Sign("facility-school", N_("sekolah")),
    Sign("facility-government", N_("kantor pemerintah")),
    Sign("facility-water", N_("sumber air")),
    Sign("facility-other", N_("fasilitas lain")),
)


# what happens now


@layer(
    About(
        N_("Kejadian"),
        NOW,
        PRIORITY_SIGNS,
        verb="incident.read",
        is_default=True,
        cards="incidents",
        stale_after=("incident", "call", "assignment"),
    )
)
def incidents(ask: Ask) -> Collection:
    """Open incidents as the board holds them, the worst first."""
    found = select(*queries.INCIDENT_COLUMNS).where(_incident.c.state.in_(rules.OPEN_STATES))
    found = found.where(*ask.near("incident", "point")).order_by(_incident.c.priority, _incident.c.id)
    return _of_cards(_incident_cards(ask, found.limit(ask.limit + 1)), ask)


def _incident_cards(ask: Ask, found: Any) -> list[dict[str, Any]]:
    rows = list(ask.conn.execute(found).mappings())
    active = queries.active_of_incidents(ask.conn, [row["id"] for row in rows]) if rows else {}
    cards = [queries.incident_card(row, active[row["id"]], ask.site.name) for row in rows]
    return [card for card in cards if lens.sees(ask.viewer, "incidents", {**card, "gone": False})]


def _of_cards(cards: Iterable[Mapping[str, Any]], ask: Ask) -> Collection:
    return collection([feature(card["id"], point(card["lon"], card["lat"]), **card) for card in cards], ask.limit)


@layer(
    About(
        N_("Laporan 24 jam"),
        NOW,
        (Sign("call", N_("laporan, tanpa nama dan nomor")),),
        verb="call.read",
        stale_after=("call",),
    )
)
def calls(ask: Ask) -> Collection:
    """Normal calls of the last hours by their place; no name, no number, no words of the caller."""
    names = ("id", "class", "type", "priority", "channel", "radius_m", "method", "incident_id", "lon", "lat")
    columns = [_call.c[name] for name in (*names, "received_at")]
    found = select(*columns).where(_call.c["class"] == "normal", _call.c.recorded_at >= _since(ask))
    found = found.where(*ask.near("call", "point")).order_by(_call.c.id.desc()).limit(ask.limit + 1)
    rows = ask.conn.execute(found).mappings()
    cards = [{**_plain(row), "received_at": queries.iso(row["received_at"])} for row in rows]
    return _of_cards(cards, ask)


def _plain(row: Mapping[Any, Any]) -> dict[str, Any]:
    """Its names as plain text: the column `class` has one of the database's own."""
    return {str(name): value for name, value in row.items()}


def _since(ask: Ask) -> dt.datetime:
    return ask.now - dt.timedelta(hours=ask.hours)


@layer(
    About(
        N_("Satuan"),
        NOW,
        (Sign("unit", N_("satuan")), Sign("unit-stale", N_("posisi lama"))),
        verb="unit.read",
        is_default=True,
        cards="units",
        stale_after=("unit", "assignment"),
    )
)
def units(ask: Ask) -> Collection:
    """Units by their last position, each with its age in seconds (null when nobody said where it is)."""
    rows = list(ask.conn.execute(select(*queries.UNIT_COLUMNS).where(*ask.near("unit", "point"))).mappings())
    active = queries.active_by_unit(ask.conn)
    cards = lens.pick(ask.viewer, "units", [queries.unit_card(row, active[row["id"]]) for row in rows])
    ages = {row["id"]: _age_s(ask.now, row["position_at"]) for row in rows}
    return _of_cards([{**card, "position_age_s": ages[card["id"]]} for card in cards], ask)


def _age_s(now: dt.datetime, at: dt.datetime | None) -> int | None:
    return None if at is None else max(0, int((now - at).total_seconds()))


# what people drew and know


@layer(
    About(
        N_("Area di peta"),
        NOW,
        ZONE_SIGNS,
        is_default=True,
        cards="zones",
        stale_after=("zone",),
    )
)
def zones(ask: Ask) -> Collection:
    """Areas drawn by hand that still hold: neither struck through nor expired."""
    holds = or_(_zone.c.expires_at.is_(None), _zone.c.expires_at > ask.now)
    cards = ground_queries.zone_cards(ask.conn, holds, *ask.near("zone", "shape"))
    return collection([_of_zone(card) for card in lens.pick(ask.viewer, "zones", cards)], ask.limit)


def _of_zone(card: dict[str, Any]) -> dict[str, Any]:
    return feature(card["id"], card["shape"], **{name: value for name, value in card.items() if name != "shape"})


@layer(
    About(
        N_("Fasilitas"),
        GROUND,
        FACILITY_SIGNS,
        is_default=True,
        cards="facilities",
        stale_after=("facility",),
    )
)
def facilities(ask: Ask) -> Collection:
    """Puskesmas, fire posts, shelters with their capacity: those that are not closed."""
    cards = ground_queries.facility_cards(ask.conn, *ask.near("facility", "point"))
    return _of_cards(lens.pick(ask.viewer, "facilities", cards), ask)


@layer(About(N_("Patokan"), GROUND, (Sign("landmark", N_("tempat yang dikenal orang")),), stale_after=("landmark",)))
def landmarks(ask: Ask) -> Collection:
    """Places people know, with the doubt of their point."""
    names = ("id", "name", "kind", "area_code", "radius_m", "lon", "lat")
    found = select(*(_landmark.c[name] for name in names)).where(_landmark.c.gone_at.is_(None))
    found = found.where(*ask.near("landmark", "point")).order_by(_landmark.c.id).limit(ask.limit + 1)
    return _of_cards([dict(row) for row in ask.conn.execute(found).mappings()], ask)


@layer(
    About(N_("Jejak satuan"), NOW, (Sign("track", N_("jalan yang ditempuh")),), verb="unit.read", stale_after=("unit",))
)
def tracks(ask: Ask) -> Collection:
    """Where units went, from the files of their receivers; only of units the viewer sees."""
    columns = [_track.c[name] for name in ("id", "unit_id", "name", "began_at", "ended_at", "path")]
    found = select(*columns, _unit.c.call_sign, _unit.c.agency_code).join(_unit, _unit.c.id == _track.c.unit_id)
    found = found.where(*ask.near("track", "path")).order_by(_track.c.id.desc()).limit(ask.limit + 1)
    rows = ask.conn.execute(found).mappings()
    return collection([_of_track(row) for row in rows if lens.sees(ask.viewer, "units", _unit_of(row))], ask.limit)


def _unit_of(row: Mapping[Any, Any]) -> dict[str, Any]:
    return {"id": row["unit_id"], "agency_code": row["agency_code"]}


def _of_track(row: Mapping[Any, Any]) -> dict[str, Any]:
    times = {name: queries.iso(row[name]) for name in ("began_at", "ended_at")}
    facts = {name: row[name] for name in ("unit_id", "name", "call_sign")}
    return feature(row["id"], _written(to_shape(row["path"])), **facts, **times)


# the ground


@layer(
    About(
        N_("Batas wilayah"),
        GROUND,
        (
            Sign("boundary-2", N_("batas kabupaten")),
            Sign("boundary-3", N_("batas kecamatan")),
            Sign("boundary-4", N_("batas desa")),
        ),
        is_default=True,
        stale_after=("boundary",),
    )
)
def boundaries(ask: Ask) -> Collection:
    """Boundaries in the box, as fine as the zoom can show: regencies, then districts, then villages.

    Where nobody imported the level that the zoom asks for, the next finer one.
    """
    levels = range(_level_for(ask.zoom), VILLAGE + 1)
    found = (_whole(ask, level) if ask.zoom is None else _thinned(ask, level, ask.zoom) for level in levels)
    return next((one for one in found if one["features"] or one.get("more")), collection([]))


def _thinned(ask: Ask, level: int, zoom: float) -> Collection:
    """As the board draws them: written once for each zoom, for all who look."""
    assert ask.drawings is not None
    box = dict(zip(("west", "south", "east", "north"), ask.box, strict=True)) if ask.box else None
    found: Collection = orjson.loads(ask.drawings.collection(level, round(zoom), box))
    return collection(found["features"], ask.limit) | ({"more": True} if found["capped"] else {})


def _whole(ask: Ask, level: int) -> Collection:
    """As they were imported, for a file."""
    found = select(_boundary.c.code, _boundary.c.level, _boundary.c.name, _boundary.c.source, _boundary.c.outline)
    found = found.where(_boundary.c.level == level, *ask.near("boundary", "outline")).order_by(_boundary.c.code)
    return collection([_of_boundary(row) for row in ask.conn.execute(found.limit(ask.limit + 1)).mappings()], ask.limit)


VILLAGE = 4


def _level_for(zoom: float | None) -> int:
    """Regencies from afar, districts nearer, villages where their lines can be told apart."""
    if zoom is None or zoom >= 10:
        return VILLAGE
    return 3 if zoom >= 8.5 else 2


def _of_boundary(row: Mapping[Any, Any]) -> dict[str, Any]:
    facts = {name: row[name] for name in ("code", "level", "name", "source")}
    return feature(row["code"], _written(to_shape(row["outline"])), **facts)


def _written(drawn: BaseGeometry) -> dict[str, Any]:
    """As GeoJSON to the metre: more digits only make the answer longer."""
    return dict(mapping(set_precision(drawn, 1e-5, mode="pointwise")))


@layer(
    About(
        N_("Lapisan wilayah ini"), HAZARD, (Sign("overlay", N_("bahaya menurut sumbernya")),), stale_after=("overlay",)
    )
)
def overlays(ask: Ask) -> Collection:
    """The site's own GeoJSON layers, or the one that `which` names; what lies elsewhere has no features."""
    rows = [row for row in site_overlays.every(ask.conn) if row["kind"] == "geojson" and ask.which in ("", row["id"])]
    found = [_of_overlay(row, one) for row in rows for one in files.within(ask.data, row["id"], ask.box)]
    return collection(found, ask.limit)


def _of_overlay(row: Mapping[str, Any], one: dict[str, Any]) -> dict[str, Any]:
    return {**one, "id": f"{row['id']}:{one['id']}", "properties": {**one["properties"], "overlay": row["id"]}}


# how it gathers

HEAT_STEPS = 5


@layer(
    About(
        N_("Kerapatan kejadian"),
        HAZARD,
        tuple(
            Sign(f"heat-{step}", words) for step, words in ((1, N_("sedikit")), (3, N_("sedang")), (5, N_("banyak")))
        ),
        verb="incident.read",
        stale_after=("incident",),
    )
)
def heat(ask: Ask) -> Collection:
    """How many incidents opened in the last hours, by cells of the ground; `step` 1 to 5 is its share of the most."""
    size = _cell_deg(ask.zoom)
    counted = Counter((math.floor(lon / size), math.floor(lat / size)) for lon, lat in _opened(ask))
    most = max(counted.values(), default=0)
    cells = counted.most_common(ask.limit + 1)
    return collection([_of_cell(x, y, size, count, most) for (x, y), count in cells], ask.limit)


def _opened(ask: Ask) -> list[tuple[float, float]]:
    """Where incidents opened since, closed ones too; a viewer of less gets those that are theirs."""
    recent: list[Any] = [
        _incident.c.opened_at >= _since(ask),
        _incident.c.lon.is_not(None),
        *ask.near("incident", "point"),
    ]
    if rules.ROLE_SEES[ask.viewer.role]["incidents"] == "all":
        return [(row.lon, row.lat) for row in ask.conn.execute(select(_incident.c.lon, _incident.c.lat).where(*recent))]
    cards = _incident_cards(ask, select(*queries.INCIDENT_COLUMNS).where(*recent).limit(ask.limit))
    return [(card["lon"], card["lat"]) for card in cards]


def _cell_deg(zoom: float | None) -> float:
    """A cell some 24 pixels wide, a power of two parts of a degree, so that cells lie still while one pans."""
    return 0.01 if zoom is None else 2.0 ** -round(zoom - 5.1)


def _of_cell(x: int, y: int, size: float, count: int, most: int) -> dict[str, Any]:
    west, south, east, north = x * size, y * size, (x + 1) * size, (y + 1) * size
    ring = [[west, south], [east, south], [east, north], [west, north], [west, south]]
    step = math.ceil(HEAT_STEPS * count / max(most, HEAT_STEPS))  # a few alone are not many
    return feature(f"{x}:{y}", {"type": "Polygon", "coordinates": [ring]}, count=count, step=step)


HOT_REACH_M, HOT_LEAST = 1_000.0, 5
HOT_EDGE_M = 150.0


@layer(
    About(
        N_("Dugaan satu bencana"),
        HAZARD,
        (Sign("hotspot", N_("banyak kejadian berdekatan")),),
        verb="incident.read",
        stale_after=("incident",),
    )
)
def hotspots(ask: Ask) -> Collection:
    """Where incidents of the last hours crowd (DBSCAN in metres): one disaster? A person decides."""
    mine = true() if rules.ROLE_SEES[ask.viewer.role]["incidents"] == "all" else queue.own_incidents(ask.viewer)
    table = some_incidents(ask.conn, _incident.c.opened_at >= _since(ask), mine)
    found = view.hot_spots(ask.conn, ask.post, table, _since(ask), HOT_REACH_M, HOT_LEAST)["hotspots"]
    shown = [_of_hot_spot(spot) for spot in found]
    return collection([one for one in shown if meets(ask.box, shape(one["geometry"]).bounds)], ask.limit)


def _of_hot_spot(spot: dict[str, Any]) -> dict[str, Any]:
    ground = plane_at(spot["lon"], spot["lat"])
    ring = ground.round(Point(0, 0).buffer(spot["radius_m"] + HOT_EDGE_M))
    facts = {name: spot[name] for name in ("count", "open", "worst", "radius_m", "first_at", "last_at", "question")}
    return feature(f"{spot['lon']}:{spot['lat']}", _written(ring), **facts)
