"""Shapes: measures and mends polygons, and melts villages into the one outline of a site. Pure."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np
import shapely
from shapely import MultiPolygon, Polygon, get_parts, line_merge, make_valid, set_precision, union_all
from shapely.errors import ShapelyError
from shapely.geometry import mapping
from shapely.geometry.base import BaseGeometry

SIMPLE_DEG = 0.0009  # some 100 m at the equator: a line on the map of a whole regency needs no more
INDONESIA = (95.0, -11.5, 141.5, 6.5)  # west, south, east, north, with a little sea
SLIVER_DEG2 = 1e-4  # some 1.2 km2: smaller holes are gaps between villages drawn by different hands, not lakes
AXIS_M, ECCENTRICITY = 6_378_137.0, 0.0818191908426  # WGS 84
Box = tuple[float, float, float, float]


class BadLayer(ValueError):
    """A file of shapes cannot be used; the message says what is wrong with it.

    `way` is what would help: `swap` (exchange the axes), `skip` (leave out what is refused) or `layer` (choose one of
    `choices`); empty when nothing does but another file.
    """

    def __init__(self, sentence: str, way: str = "", choices: Iterable[str] = ()):
        super().__init__(sentence)
        self.way, self.choices = way, list(choices)


@dataclass(frozen=True, slots=True)
class Melted:
    """A site's ground: its outline and the lines between its villages as GeoJSON, and of how many it is made."""

    outline: dict[str, Any]
    lines: dict[str, Any]
    bounds: Box
    villages: int


def melt(shapes: Iterable[BaseGeometry], simple_deg: float = SIMPLE_DEG) -> Melted:
    """Union sound polygons into one outline, closing the gaps between them; raises BadLayer when they cannot be."""
    sound = list(shapes)
    try:
        whole = _without_gaps(areas_of(union_all(sound)))
    except ShapelyError:
        raise BadLayer("Wilayahnya tidak dapat disatukan menjadi batas peta.") from None
    outline = areas_of(whole.simplify(simple_deg))
    lines = line_merge(union_all([one.boundary for one in sound])).simplify(simple_deg)
    return Melted(_written(outline), _written(lines), _box(outline.bounds), len(sound))


def mend(one: BaseGeometry) -> BaseGeometry:
    """The same area without crossing itself; what overlaps counts once, loose lines and points are left out."""
    return areas_of(one if one.is_valid else make_valid(one, method="structure", keep_collapsed=False))


def areas_of(one: BaseGeometry) -> BaseGeometry:
    """Only what has an area: mending may leave loose lines and points behind."""
    parts = [part for part in get_parts(get_parts([one])) if isinstance(part, Polygon) and not part.is_empty]
    return parts[0] if len(parts) == 1 else MultiPolygon(parts)


def area_m2(one: BaseGeometry) -> float:
    """The area on the WGS 84 ellipsoid in square metres (authalic cylinder, Snyder 1987, equations 3-12 and 10-15)."""
    return float(shapely.transform(one, _on_cylinder).area)


def _on_cylinder(lonlat: Any) -> Any:
    sine = np.sin(np.radians(lonlat[:, 1]))
    e = ECCENTRICITY
    q = (1 - e * e) * (sine / (1 - (e * sine) ** 2) + np.arctanh(e * sine) / e)
    return np.column_stack([AXIS_M * np.radians(lonlat[:, 0]), AXIS_M * q / 2])


def is_inside_indonesia(bounds: Box) -> bool:
    """Whether a box of degrees lies in Indonesia."""
    west, south, east, north = INDONESIA
    return bool(west <= bounds[0] <= bounds[2] <= east and south <= bounds[1] <= bounds[3] <= north)


def swapped(one: BaseGeometry) -> BaseGeometry:
    """The shape with longitude and latitude exchanged."""
    return shapely.transform(one, lambda pairs: pairs[:, ::-1])


def _without_gaps(one: BaseGeometry) -> BaseGeometry:
    return areas_of(MultiPolygon([_filled(part) for part in get_parts(one)]))


def _filled(part: Polygon) -> Polygon:
    return Polygon(part.exterior, [hole for hole in part.interiors if Polygon(hole).area >= SLIVER_DEG2])


def _written(one: BaseGeometry) -> dict[str, Any]:
    """As GeoJSON, to the metre: more digits only make the file longer."""
    return dict(mapping(set_precision(one, 1e-5)))


def _box(bounds: Box) -> Box:
    west, south, east, north = (round(one, 5) for one in bounds)
    return west, south, east, north
