"""What a map for paper and USB stick stands on: the coast cut to size, lines between areas, names; all as GeoJSON.

Lines instead of polygons: a border between two villages is drawn once, and a regency fits into some 100 kB.
"""

import json
from collections.abc import Iterable, Mapping
from functools import cache, lru_cache
from pathlib import Path
from typing import Any

from shapely import MultiPolygon, Polygon, box, get_parts, line_merge, make_valid, set_precision, union_all
from shapely.errors import GEOSException
from shapely.geometry import mapping, shape
from shapely.geometry.base import BaseGeometry

COAST = Path(__file__).parent.parent / "static" / "vendor" / "coastline.json"
INDONESIA = (95.0, -11.0, 141.0, 6.0)
AROUND = 4  # how many times its own size the coast reaches beyond the site: as far as the map lets one look
FINE_DEG = 0.0006  # some 65 m: below the width of a line on a regency that fills a screen
GRID_DEG = 1e-4  # some 11 m
DISTRICT, VILLAGE = 3, 4
Box = tuple[float, float, float, float]
Line = dict[str, Any] | None


def backdrop(
    areas: Mapping[str, BaseGeometry],
    names: Mapping[str, str],
    outline: Line,
    bounds: Box | None,
    points: Iterable[Any],
) -> dict[str, Any]:
    """Everything under the marks, as GeoJSON geometries; None for what is not known.

    `areas` are polygons by code, all of one level (districts or villages); `outline` and `bounds` stand in where there
    are none; without either the box of `points` (lon, lat) does, and without those Indonesia.
    """
    seen = tuple(_bounds_of(areas) or bounds or _box_round(points) or INDONESIA)
    return {
        "bounds": [round(one, 4) for one in seen],
        **_coast(seen),
        **_lines(areas),
        "outline": _outline(areas) or outline,
        "names": [_name(code, area, names) for code, area in _named(areas) if names.get(code)],
    }


def _bounds_of(areas: Mapping[str, BaseGeometry]) -> Box | None:
    boxes = [one.bounds for one in areas.values() if not one.is_empty]
    return _around(boxes) if boxes else None


def _around(boxes: list[Box]) -> Box:
    west, south, east, north = zip(*boxes, strict=True)
    return min(west), min(south), max(east), max(north)


def _box_round(points: Iterable[Any], margin_deg: float = 0.05) -> Box | None:
    found = [(lon - margin_deg, lat - margin_deg, lon + margin_deg, lat + margin_deg) for lon, lat in points]
    return _around(found) if found else None


# the coast


@lru_cache(maxsize=4)
def _coast(seen: tuple[float, ...]) -> dict[str, Line]:
    """Land and borders near the site, no more: the archipelago whole is four times as long."""
    west, south, east, north = seen
    reach = AROUND * max(0.3, east - west, north - south)
    window = box(west - reach, south - reach, east + reach, north + reach)
    return {name: _written(window.intersection(one)) for name, one in _atlas().items()}


@cache
def _atlas() -> dict[str, BaseGeometry]:
    """The coast as setup cut it out of the world atlas; empty before setup."""
    try:
        features = json.loads(COAST.read_text())["features"]
    except OSError:
        return {}
    keys = {"land": "coast", "border": "borders"}
    return {keys[one["properties"]["kind"]]: make_valid(shape(one["geometry"])) for one in features}


# the areas


def _lines(areas: Mapping[str, BaseGeometry]) -> dict[str, Line]:
    villages = {code: one for code, one in areas.items() if _level(code) == VILLAGE}
    return {"villages": _borders(villages.values()), "districts": _borders(_districts(areas).values())}


def _level(code: str) -> int:
    return code.count(".") + 1


def _districts(areas: Mapping[str, BaseGeometry]) -> dict[str, BaseGeometry]:
    """Districts as they are, or melted from their villages."""
    groups: dict[str, list[BaseGeometry]] = {}
    for code, one in areas.items():
        if _level(code) >= DISTRICT:
            groups.setdefault(".".join(code.split(".")[:DISTRICT]), []).append(one)
    return {code: _melted(parts) for code, parts in groups.items()}


def _melted(parts: list[BaseGeometry]) -> BaseGeometry:
    """One shape of many; on a grid, so that edges drawn by different hands meet."""
    try:
        return union_all(parts, grid_size=GRID_DEG)
    except GEOSException:  # a shape the database kept from before it was mended
        return union_all([make_valid(one) for one in parts])


def _borders(shapes: Iterable[BaseGeometry]) -> Line:
    lines = [one.boundary for one in shapes if not one.is_empty]
    if not lines:
        return None
    merged = line_merge(union_all(lines, grid_size=GRID_DEG))
    return _written(merged.simplify(FINE_DEG))


def _outline(areas: Mapping[str, BaseGeometry]) -> Line:
    """The site as one shape without the slivers between its areas."""
    if not areas:
        return None
    parts = [one for one in get_parts(get_parts([_melted(list(areas.values()))])) if isinstance(one, Polygon)]
    return _written(MultiPolygon([Polygon(one.exterior) for one in parts]).simplify(FINE_DEG))


def _named(areas: Mapping[str, BaseGeometry]) -> Iterable[tuple[str, BaseGeometry]]:
    return [*_districts(areas).items(), *((code, one) for code, one in areas.items() if _level(code) == VILLAGE)]


def _name(code: str, area: BaseGeometry, names: Mapping[str, str]) -> list[Any]:
    """[lon, lat, level, name] where the name stands: inside the area, whatever its shape."""
    spot = area.representative_point()
    return [round(spot.x, 4), round(spot.y, 4), _level(code), names[code]]


def _written(one: BaseGeometry) -> Line:
    """As GeoJSON to 11 m, or None when nothing is left."""
    found = set_precision(one, GRID_DEG, mode="pointwise") if not one.is_empty else one
    return None if found.is_empty else _rounded(dict(mapping(found)))


def _rounded(geometry: Line) -> Line:
    """Without the tails of binary fractions."""
    text = json.dumps(geometry)
    loaded: Line = json.loads(text, parse_float=lambda digits: round(float(digits), 4))
    return loaded
