"""Turns the areas of a CAP message into sound shapes and back. CAP writes lat,lon; shapes are lon, lat. Pure.

OASIS CAP 1.2, section 3.2.4: a polygon is at least four pairs "lat,lon", the last equal to the first; a circle is
"lat,lon radius" with the radius in kilometres.
"""

import math
import re
from collections.abc import Iterable
from itertools import pairwise
from typing import Any, NamedTuple

from shapely import Polygon, STRtree, get_parts, linestrings, union_all
from shapely.errors import ShapelyError
from shapely.geometry.base import BaseGeometry

from gis.geometry import areas_of, mend

MAX_POLYGONS = 500  # BMKG has sent 150 in one message
MAX_POINTS = 50_000  # of all polygons together
MAX_CROSSINGS = 10_000  # of all rings together: what mending costs, some 30 us each
SIDES_AT_ONCE = 50  # counted against all others, so that a hostile count stays small in memory
MAX_RADIUS_KM = 20_000.0  # half way round
CIRCLE_CORNERS = 48
KM_A_DEGREE = 111.32
Ring = list[tuple[float, float]]
_PAIR = re.compile(r"\s*,\s*")


class BadShape(ValueError):
    """A polygon or circle cannot be read; the message says why, in words for the operator."""


class Circle(NamedTuple):
    """A centre in degrees and a radius in kilometres; a radius of 0 is a point (CAP 1.2, section 3.2.4)."""

    lon: float
    lat: float
    radius_km: float


def read_ring(words: str) -> Ring:
    """The corners of a polygon as lon, lat, closed; raises BadShape."""
    pairs = [_read_pair(one) for one in _PAIR.sub(",", words.strip()).split()]
    if len(set(pairs)) < 3:
        raise BadShape("poligon punya kurang dari tiga sudut")
    return pairs if pairs[0] == pairs[-1] else [*pairs, pairs[0]]


def read_circle(words: str) -> Circle:
    """A circle; raises BadShape."""
    where, _, radius = _PAIR.sub(",", words.strip()).partition(" ")
    lon, lat = _read_pair(where)
    radius_km = _number(radius or "0")
    if not 0 <= radius_km <= MAX_RADIUS_KM:
        raise BadShape("jari-jari lingkaran di luar bumi")
    return Circle(lon, lat, radius_km)


def _read_pair(words: str) -> tuple[float, float]:
    """lon, lat of "lat,lon"; a pair that can only be lon,lat (some senders exchange them) is turned."""
    parts = words.split(",")
    if len(parts) < 2:
        raise BadShape("sudut tanpa lintang dan bujur")
    lat, lon = _number(parts[0]), _number(parts[1])
    if abs(lat) > 90 >= abs(lon):
        lat, lon = lon, lat
    if abs(lat) > 90 or abs(lon) > 180:
        raise BadShape("sudut di luar bumi")
    return lon, lat


def _number(words: str) -> float:
    try:
        number = float(words)
    except ValueError:
        raise BadShape("sudut bukan angka") from None
    if not math.isfinite(number):
        raise BadShape("sudut bukan angka")
    return number


class Mending:
    """Makes rings sound within a budget: beyond it a crooked ring becomes its hull, which covers all of it.

    A ring may cross itself as often as the square of its corners, so a hostile message could buy minutes with a few
    kilobytes. A warning may be too wide, never too narrow.
    """

    def __init__(self, crossings: int = MAX_CROSSINGS):
        self._left = crossings
        self.was_wide = False

    def sound(self, ring: Ring) -> BaseGeometry:
        """The area of a closed ring, valid; raises BadShape when there is none."""
        shape = Polygon(ring)
        if not shape.is_valid:
            shape = self._mended(shape, ring)
        if shape.is_empty or not shape.area:
            raise BadShape("poligon tidak punya luas")
        return shape

    def _mended(self, shape: Polygon, ring: Ring) -> BaseGeometry:
        try:
            if self._pays(ring):
                return mend(shape)
        except ShapelyError:
            pass
        self.was_wide = True
        return shape.convex_hull

    def _pays(self, ring: Ring) -> bool:
        """Whether the budget bears this ring."""
        if self._left > 0:
            self._left -= crossings(list(pairwise(ring)), self._left + 1)
        return self._left >= 0


def crossings(sides: list[Any], most: int) -> int:
    """How many pairs of sides meet that are not neighbours, about; counting ends soon after `most`."""
    lines = linestrings(sides)
    tree, met = STRtree(lines), 0
    for begin in range(0, len(lines), SIDES_AT_ONCE):
        some = lines[begin : begin + SIDES_AT_ONCE]
        met += len(tree.query(some, predicate="intersects")[0]) - 3 * len(some)  # itself and both neighbours
        if met // 2 > most:
            break
    return max(met // 2, 0)


def round_shape(circle: Circle) -> BaseGeometry | None:
    """The circle as a polygon, good to some per cent; None for a point."""
    if not circle.radius_km:
        return None
    high = circle.radius_km / KM_A_DEGREE
    wide = high / max(math.cos(math.radians(circle.lat)), 0.01)
    turns = [2 * math.pi * corner / CIRCLE_CORNERS for corner in range(CIRCLE_CORNERS)]
    return Polygon([(circle.lon + wide * math.cos(one), circle.lat + high * math.sin(one)) for one in turns])


def together(shapes: Iterable[BaseGeometry]) -> BaseGeometry | None:
    """One sound shape of many, or None of none; where they cross too often to be worth it, of their hulls."""
    parts = list(shapes)
    if len(parts) < 2:
        return parts[0] if parts else None
    sides = [side for one in parts for part in get_parts(one) for side in pairwise(part.exterior.coords)]
    if crossings(sides, MAX_CROSSINGS) > MAX_CROSSINGS:
        parts = [one.convex_hull for one in parts]
    try:
        return areas_of(union_all(parts))
    except ShapelyError:
        return areas_of(union_all([one.convex_hull for one in parts]))


def write_rings(shape: BaseGeometry) -> list[str]:
    """Each part's outline as "lat,lon lat,lon …", closed. CAP knows no holes: a warning covers them."""
    return [" ".join(f"{lat:.5f},{lon:.5f}" for lon, lat, *_ in part.exterior.coords) for part in get_parts(shape)]


def write_circle(circle: Circle) -> str:
    return f"{circle.lat:.5f},{circle.lon:.5f} {circle.radius_km:.3f}"
