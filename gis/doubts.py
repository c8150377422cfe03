"""Places that can be, but hardly are meant: outside Indonesia, or far from the site. To be confirmed. Pure."""

from collections.abc import Sequence

from gis.coordinates import INDONESIA, Position, distance_m

MARGIN_M = 50_000.0  # how far beyond its outline a site still works without asking
Box = Sequence[float]  # west, south, east, north in degrees


def doubt(box: Box, site: Box | None = None) -> str | None:
    """Why a place (its box, degrees) should be confirmed, as a sentence; None when it is where one would expect.

    `site` is the box of the site's outline, None while nobody has imported one.
    """
    if not _holds(INDONESIA, box):
        return "Tempat itu di luar Indonesia. Periksa bujur dan lintangnya; bila memang benar di sana, tegaskan."
    away_m = _farthest_m(box, site) if site else 0.0
    if away_m > MARGIN_M:
        return f"Tempat itu sekitar {away_m / 1000:.0f} km di luar wilayah ini. Bila memang benar di sana, tegaskan."
    return None


def doubt_at(lon: float, lat: float, site: Box | None = None) -> str | None:
    """The same of a point."""
    return doubt((lon, lat, lon, lat), site)


def is_swapped(lon: object, lat: object) -> bool:
    """Whether the two are no place in Indonesia as they stand, and one when they change places."""
    if not (isinstance(lon, int | float) and isinstance(lat, int | float)):
        return False
    return not _holds(INDONESIA, (lon, lat, lon, lat)) and _holds(INDONESIA, (lat, lon, lat, lon))


def _holds(outer: Box, box: Box) -> bool:
    return outer[0] <= box[0] and outer[1] <= box[1] and box[2] <= outer[2] and box[3] <= outer[3]


def _farthest_m(box: Box, site: Box) -> float:
    """From the site's box to the corner of `box` that is farthest from it."""
    corners = [Position(lon, lat) for lon in (box[0], box[2]) for lat in (box[1], box[3])]
    return max(distance_m(corner, _nearest(corner, site)) for corner in corners)


def _nearest(where: Position, site: Box) -> Position:
    return Position(min(max(where.lon, site[0]), site[2]), min(max(where.lat, site[1]), site[3]))
