"""Shapes: mends polygons and melts villages into the one outline of a site. Pure."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from shapely import MultiPolygon, Polygon, get_parts, line_merge, make_valid, set_precision, union_all
from shapely.errors import ShapelyError
from shapely.geometry import mapping, shape
from shapely.geometry.base import BaseGeometry

SIMPLE_DEG = 0.0009  # some 100 m at the equator: a line on the map of a whole regency needs no more
INDONESIA = (95.0, -11.5, 141.5, 6.5)  # west, south, east, north, with a little sea
SLIVER_DEG2 = 1e-4  # some 1.2 km2: smaller holes are gaps between villages drawn by different hands, not lakes
Box = tuple[float, float, float, float]


class BadLayer(ValueError):
    """A file of shapes cannot be used; the message says what is wrong with it."""


@dataclass(frozen=True, slots=True)
class Melted:
    """A site's ground: its outline and the lines between its villages as GeoJSON, and how many needed mending."""

    outline: dict[str, Any]
    lines: dict[str, Any]
    bounds: Box
    villages: int
    mended: int


def melt(features: Iterable[Mapping[str, Any]], simple_deg: float = SIMPLE_DEG) -> Melted:
    """Union the polygons of GeoJSON features; raises BadLayer when one is no polygon or lies outside Indonesia."""
    shapes = [_polygon(one) for one in features]
    if not shapes:
        raise BadLayer("Tidak ada poligon di dalamnya.")
    sound = [_sound(one) for one in shapes]
    whole = _without_gaps(_areas(union_all(sound)))
    _check_place(whole.bounds)
    outline = _areas(whole.simplify(simple_deg))
    lines = line_merge(union_all([one.boundary for one in sound])).simplify(simple_deg)
    mended = sum(not one.is_valid for one in shapes)
    return Melted(_written(outline), _written(lines), _box(outline.bounds), len(shapes), mended)


def _polygon(feature: Mapping[str, Any]) -> BaseGeometry:
    given = feature.get("geometry") or {}
    if given.get("type") not in ("Polygon", "MultiPolygon"):
        raise BadLayer(f"{_name(feature)} bukan poligon.")
    try:
        return shape(given)
    except (ShapelyError, ValueError, TypeError, KeyError, IndexError):
        raise BadLayer(f"Koordinat {_name(feature)} tidak dapat dibaca.") from None


def _name(feature: Mapping[str, Any]) -> str:
    return str((feature.get("properties") or {}).get("nama") or "Sebuah wilayah")


def _sound(one: BaseGeometry) -> BaseGeometry:
    return one if one.is_valid else _areas(make_valid(one))


def _areas(one: BaseGeometry) -> BaseGeometry:
    """Only what has an area: mending may leave loose lines and points behind."""
    parts = [part for part in get_parts(get_parts([one])) if isinstance(part, Polygon) and not part.is_empty]
    return parts[0] if len(parts) == 1 else MultiPolygon(parts)


def _without_gaps(one: BaseGeometry) -> BaseGeometry:
    return _areas(MultiPolygon([_filled(part) for part in get_parts(one)]))


def _filled(part: Polygon) -> Polygon:
    return Polygon(part.exterior, [hole for hole in part.interiors if Polygon(hole).area >= SLIVER_DEG2])


def _check_place(bounds: Box) -> None:
    west, south, east, north = INDONESIA
    if not (bounds and west <= bounds[0] <= bounds[2] <= east and south <= bounds[1] <= bounds[3] <= north):
        raise BadLayer("Wilayahnya di luar Indonesia; koordinat harus bujur lalu lintang, dalam derajat (WGS 84).")


def _written(one: BaseGeometry) -> dict[str, Any]:
    """As GeoJSON, to the metre: more digits only make the file longer."""
    return dict(mapping(set_precision(one, 1e-5)))


def _box(bounds: Box) -> Box:
    west, south, east, north = (round(one, 5) for one in bounds)
    return west, south, east, north
