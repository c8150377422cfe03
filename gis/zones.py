"""A shape drawn by hand, checked before anyone believes it: its kind, its place, its size, its crossings. Pure."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import orjson
from shapely import (
    LineString,
    MultiLineString,
    MultiPolygon,
    Point,
    Polygon,
    STRtree,
    get_coordinates,
    get_parts,
    get_rings,
    linestrings,
    make_valid,
    to_geojson,
    transform,
)
from shapely.geometry.base import BaseGeometry
from shapely.validation import explain_validity

from gis.doubts import Box, doubt, is_swapped

AREAS, LINES, POINTS = ("Polygon", "MultiPolygon"), ("LineString", "MultiLineString"), ("Point",)
KINDS: Mapping[str, tuple[str, ...]] = {  # what is drawn -> the GeoJSON types it may have
    "affected": AREAS,
    "isolated": AREAS,
    "road_cut": LINES,
    "post": POINTS,
    "evacuation_route": LINES,
    "assembly_point": POINTS,
}
MAX_VERTICES = 5_000
MAX_CROSSINGS = 100  # a hand that slipped crosses once or twice; mending a scrawl would take minutes
DIGITS = 6  # decimals of a degree that are kept: some 11 cm
LARGEST = 1e9
DEPTH = {"Point": 0, "LineString": 1, "MultiLineString": 2, "Polygon": 2, "MultiPolygon": 3}
_WORDS = {AREAS: "sebuah bidang (poligon)", LINES: "sebuah garis", POINTS: "sebuah titik"}
Pair = tuple[float, float]


class BadShape(ValueError):
    """A drawn shape cannot be taken as it is; the message is a sentence for the operator.

    `more` may hold `swapped` (the shape with longitude and latitude exchanged) or `confirm` (it may be meant so).
    """

    def __init__(self, sentence: str, **more: Any):
        super().__init__(sentence)
        self.more = more


@dataclass(frozen=True, slots=True)
class Drawn:
    """A sound shape: GeoJSON geometry, WKT for the database, and what was mended, as a sentence or nothing."""

    shape: dict[str, Any]
    wkt: str
    mended: str | None


def checked(kind: str, given: object, site: Box | None = None, confirmed: bool = False) -> Drawn:
    """A drawn GeoJSON geometry as it may be stored; raises BadShape.

    `site` is the box of the site's outline (degrees); what lies outside it, or outside Indonesia, needs `confirmed`.
    """
    named, coordinates = _geometry(kind, given)
    pairs = _pairs(coordinates, DEPTH[named])
    _check_globe(given, pairs)
    made, mended = _made(named, coordinates)
    sentence = None if confirmed else doubt(made.bounds, site)
    if sentence:
        raise BadShape(sentence, confirm=True)
    return Drawn(written(made), made.wkt, mended)


def _geometry(kind: str, given: object) -> tuple[str, Any]:
    """The GeoJSON type and coordinates, of a type that fits the kind."""
    allowed = KINDS[kind]
    if not isinstance(given, Mapping):
        raise BadShape("Bentuknya harus geometri GeoJSON.")
    named = str(given.get("type"))
    if named not in allowed:
        raise BadShape(f"Untuk ini gambarlah {_WORDS[allowed]}, bukan {named if named in DEPTH else 'bentuk lain'}.")
    return named, given.get("coordinates")


# the pairs


def _pairs(coordinates: Any, depth: int) -> list[Pair]:
    """Every pair of the shape; raises BadShape when there are none, too many, or what is no pair of numbers."""
    found: list[Pair] = []
    for one in _leaves(coordinates, depth):
        found.append(_pair(one, len(found) + 1))
        if len(found) > MAX_VERTICES:
            limit = f"{MAX_VERTICES:,}".replace(",", ".")
            raise BadShape(f"Bentuknya lebih dari {limit} titik; gambarlah lebih sederhana.")
    if not found:
        raise BadShape("Bentuknya kosong; gambarlah dahulu di peta.")
    return found


def _leaves(coordinates: Any, depth: int) -> Iterator[Any]:
    if depth == 0:
        yield coordinates
        return
    if not isinstance(coordinates, list | tuple):
        raise BadShape("Susunan koordinatnya bukan GeoJSON.")
    for inner in coordinates:
        yield from _leaves(inner, depth - 1)


def _pair(one: Any, number: int) -> Pair:
    """Longitude and latitude; a height behind them is left out."""
    if not isinstance(one, list | tuple):
        raise BadShape("Susunan koordinatnya bukan GeoJSON.")
    if not one:
        raise BadShape("Bentuknya kosong; gambarlah dahulu di peta.")
    if not 2 <= len(one) <= 4 or not all(_is_number(part) for part in one[:2]):
        raise BadShape(f"Titik ke-{number} bukan bujur dan lintang berupa angka.")
    return float(one[0]), float(one[1])


def _is_number(part: object) -> bool:
    """Not NaN, not endless, not true or false, and not so large that it is no float any more."""
    return not isinstance(part, bool) and isinstance(part, int | float) and abs(part) < LARGEST


def _check_globe(given: Any, pairs: Sequence[Pair]) -> None:
    if all(is_swapped(lon, lat) for lon, lat in pairs):
        sentence = "Lintang dan bujur tertukar; GeoJSON menulis bujur dahulu. Pakai bentuk yang sudah dibalik?"
        raise BadShape(sentence, swapped={"type": given["type"], "coordinates": _swapped(given["coordinates"])})
    for number, (lon, lat) in enumerate(pairs, 1):
        if abs(lon) > 180 or abs(lat) > 90:
            raise BadShape(f"Titik ke-{number} ({_number(lon)}, {_number(lat)}) tidak ada di bumi.")


def _number(degrees: float) -> str:
    return f"{degrees:.7g}"


def _swapped(coordinates: Any) -> Any:
    if coordinates and not isinstance(coordinates[0], list | tuple):
        return [coordinates[1], coordinates[0]]
    return [_swapped(inner) for inner in coordinates]


# the shape


def _made(named: str, coordinates: Any) -> tuple[BaseGeometry, str | None]:
    if named == "Point":
        return Point(_rounded(coordinates)), None
    if named in LINES:
        lines = [_line(one) for one in ([coordinates] if named == "LineString" else coordinates)]
        return (lines[0] if len(lines) == 1 else MultiLineString(lines)), None
    return _area([coordinates] if named == "Polygon" else coordinates)


def _rounded(pair: Sequence[float]) -> Pair:
    return round(float(pair[0]), DIGITS), round(float(pair[1]), DIGITS)


def _distinct(pairs: Sequence[Sequence[float]]) -> list[Pair]:
    """The rounded pairs without one that repeats the one before it (a double click)."""
    rounded = [_rounded(one) for one in pairs]
    return [one for at, one in enumerate(rounded) if at == 0 or one != rounded[at - 1]]


def _line(pairs: Sequence[Sequence[float]]) -> LineString:
    kept = _distinct(pairs)
    if len(kept) < 2:
        raise BadShape("Sebuah garis perlu paling sedikit dua titik yang berbeda.")
    return LineString(kept)


def _area(polygons: Sequence[Sequence[Sequence[Sequence[float]]]]) -> tuple[BaseGeometry, str | None]:
    parts = [Polygon(_ring(rings[0]), [_ring(hole) for hole in rings[1:]]) for rings in polygons if rings]
    if not parts:
        raise BadShape("Bentuknya kosong; gambarlah dahulu di peta.")
    drawn = parts[0] if len(parts) == 1 else MultiPolygon(parts)
    if drawn.is_valid:
        return drawn, None
    return _mended(drawn)


def _ring(pairs: Sequence[Sequence[float]]) -> list[Pair]:
    """A closed ring; one left open is closed."""
    kept = _distinct(pairs)
    if len(set(kept)) < 3:
        raise BadShape("Sebuah bidang perlu paling sedikit tiga titik yang berbeda.")
    return kept if kept[0] == kept[-1] else [*kept, kept[0]]


def _mended(drawn: BaseGeometry) -> tuple[BaseGeometry, str | None]:
    """What has an area of a shape that crosses itself, and where it did; raises BadShape when nothing has."""
    where = _where(explain_validity(drawn))
    if _is_scrawl(drawn):
        raise BadShape(f"Garis tepinya bersilang di banyak tempat, pertama{where}; gambarlah lebih sederhana.")
    areas = [part for part in get_parts(get_parts([_valid(drawn)])) if isinstance(part, Polygon) and part.area]
    if not areas:
        raise BadShape(f"Garis tepinya berimpit{where}, jadi tidak ada luasnya; gambarlah lagi.")
    whole = _sound(areas)
    return whole, f"Garis tepinya bersilang{where}; sudah dirapikan menjadi {len(areas)} bidang."


def _sound(areas: list[Polygon]) -> BaseGeometry:
    """Rounded as it is stored; rounding moves a crossing by centimetres and may undo it."""
    whole = transform(areas[0] if len(areas) == 1 else MultiPolygon(areas), lambda pairs: np.round(pairs, DIGITS))
    if whole.is_valid:
        return whole
    again = [part for part in get_parts(get_parts([_valid(whole)])) if isinstance(part, Polygon) and part.area]
    return again[0] if len(again) == 1 else MultiPolygon(again)


def _valid(drawn: BaseGeometry) -> BaseGeometry:
    """What is covered by any of its parts: where two overlap there is no hole."""
    return make_valid(drawn, method="structure", keep_collapsed=False)


def _is_scrawl(drawn: BaseGeometry) -> bool:
    """Whether its edges meet each other in more than MAX_CROSSINGS places; stops counting there."""
    edges = np.concatenate([_edges(ring) for ring in get_rings(get_parts(drawn))])
    tree, met = STRtree(edges), 0
    for few in np.array_split(edges, max(1, len(edges) // 50)):
        met += tree.query(few, predicate="intersects").shape[1] - 3 * len(few)  # itself and its two neighbours
        if met > 2 * MAX_CROSSINGS:  # each is met from both sides
            return True
    return False


def _edges(ring: BaseGeometry) -> Any:
    """Each stretch between two vertices as a line of its own."""
    pairs = get_coordinates(ring)
    return linestrings(np.stack([pairs[:-1], pairs[1:]], axis=1))


def _where(explained: str) -> str:
    """`Self-intersection[116.5 -8.5]` as words: where on the map."""
    _, _, place = explained.partition("[")
    numbers = place.rstrip("]").split()
    return f" di ({_number(float(numbers[0]))}, {_number(float(numbers[1]))})" if len(numbers) == 2 else ""


def written(one: BaseGeometry) -> dict[str, Any]:
    """A shape as a GeoJSON geometry with lists, the way it comes back from JSON."""
    geometry: dict[str, Any] = orjson.loads(to_geojson(one))
    return geometry
