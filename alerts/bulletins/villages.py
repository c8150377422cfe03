"""The villages of the site as points, to say where something is and whom it may reach. Read once for each import."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple

import numpy as np
import shapely
from shapely.geometry import shape
from sqlalchemy import Connection, func, select

from alerts.bulletins import places
from gis import boundaries
from gis.codes import full_name
from gis.models import Area, Boundary, Gazetteer
from gis.queries import names_above

VILLAGE = 4
_EARTH_KM = 6371.0088


class Near(NamedTuple):
    """The nearest village: its code and full name, how far it is, and where the place lies seen from it."""

    code: str
    name: str
    km: float
    words: str


@dataclass(frozen=True)
class Villages:
    """Codes, names and points (degrees) of the villages of a site, row by row; `above` names what they lie in."""

    codes: list[str]
    names: list[str]
    lons: Any
    lats: Any
    above: Mapping[str, str] = field(default_factory=dict)

    def __len__(self) -> int:
        return len(self.codes)

    def near(self, lon: float, lat: float) -> Near | None:
        """The nearest village, None where none is known."""
        if not self.codes:
            return None
        away = self._km(lon, lat)
        row = int(away.argmin())
        name = self._name(row)
        direction = places.wind(float(self.lons[row]), float(self.lats[row]), lon, lat)
        return Near(self.codes[row], name, float(away[row]), places.seen_from(name, float(away[row]), direction))

    def _name(self, row: int) -> str:
        """A third of the names are not unique: never without its district; the regency is the site's own."""
        code = self.codes[row]
        return full_name(code, self.names[row], {one: name for one, name in self.above.items() if len(one) > 5})

    def within(self, lon: float, lat: float, km: float) -> list[str]:
        """The codes of the villages so near."""
        return [self.codes[row] for row in np.flatnonzero(self._km(lon, lat) <= km)] if self.codes else []

    def inside(self, area: Mapping[str, Any]) -> list[str]:
        """The codes of the villages whose point lies in the area (GeoJSON)."""
        if not self.codes:
            return []
        ground = shape(area)
        shapely.prepare(ground)
        return [self.codes[row] for row in np.flatnonzero(shapely.intersects_xy(ground, self.lons, self.lats))]

    def km_to(self, area: Mapping[str, Any]) -> float | None:
        """Kilometres from the area to the nearest village's point, 0 where it holds one; None where none is known."""
        if not self.codes:
            return None
        ground, points = shape(area), shapely.points(self.lons, self.lats)
        row = int(shapely.distance(ground, points).argmin())
        nearest = shapely.shortest_line(ground, points[row])
        lon, lat = shapely.get_coordinates(nearest)[0]
        return float(self._km(lon, lat)[row])

    def _km(self, lon: float, lat: float) -> Any:
        """Great-circle kilometres from each village (haversine)."""
        lons, lats = np.radians(self.lons), np.radians(self.lats)
        d_lon, d_lat = lons - np.radians(lon), lats - np.radians(lat)
        chord = np.sin(d_lat / 2) ** 2 + np.cos(lats) * np.cos(np.radians(lat)) * np.sin(d_lon / 2) ** 2
        return 2 * _EARTH_KM * np.arcsin(np.sqrt(np.minimum(1.0, chord)))


_kept: dict[Any, Villages] = {}


def villages_of(conn: Connection, area_code: str) -> Villages:
    """The villages of a site; none for a site without a code: what is near it cannot be said."""
    stamp = (str(conn.engine.url), area_code, *boundaries.stamp_of(conn), *_gazetteer(conn))
    if stamp not in _kept:
        found = _read(conn, area_code)
        _kept.clear()
        _kept[stamp] = found
    return _kept[stamp]


def _gazetteer(conn: Connection) -> tuple[Any, ...]:
    return tuple(conn.execute(select(func.count(Gazetteer.source), func.max(Gazetteer.loaded_at))).one())


def _read(conn: Connection, area_code: str) -> Villages:
    rows = (_points(conn, area_code) or _drawn(conn, area_code)) if area_code else []
    codes = [row[0] for row in rows]
    lons, lats = (np.array([row[at] for row in rows], dtype=float) for at in (2, 3))
    return Villages(codes, [row[1] for row in rows], lons, lats, names_above(conn, codes) if codes else {})


Point = tuple[str, str, float, float]


def _points(conn: Connection, area_code: str) -> list[Point]:
    """The published points of the gazetteer."""
    mine = (Area.code == area_code) | Area.code.startswith(f"{area_code}.")
    placed = select(Area.code, Area.name, Area.lon, Area.lat).where(Area.level == VILLAGE, mine, Area.lon.is_not(None))
    return [(row.code, row.name, row.lon, row.lat) for row in conn.execute(placed.order_by(Area.code))]


def _drawn(conn: Connection, area_code: str) -> list[Point]:
    """Without a gazetteer, a point inside each boundary that was imported."""
    shapes = boundaries.shapes_within(conn, area_code, VILLAGE)
    names = {row.code: row.name for row in conn.execute(select(Boundary.code, Boundary.name))}
    inside = {code: ground.representative_point() for code, ground in sorted(shapes.items())}
    return [(code, names.get(code, code), where.x, where.y) for code, where in inside.items()]
