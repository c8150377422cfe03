"""The way to a place without a map: bearing, the word of the compass, and how far. Pure."""

from math import atan2, cos, degrees, radians, sin

from gis.coordinates import Position, distance_m

COMPASS = ("utara", "timur laut", "timur", "tenggara", "selatan", "barat daya", "barat", "barat laut")
HERE_M = 30.0
"""Nearer than this no bearing is said: a place on the air is itself up to 8 m off, a receiver more."""


def bearing_deg(start: Position, end: Position) -> float:
    """The first course of the great circle, 0 to 360 degrees, clockwise from true north."""
    lat, other = radians(start.lat), radians(end.lat)
    east = radians(end.lon - start.lon)
    ahead = cos(lat) * sin(other) - sin(lat) * cos(other) * cos(east)
    return degrees(atan2(sin(east) * cos(other), ahead)) % 360


def compass_word(bearing: float) -> str:
    """The nearest of eight points."""
    return COMPASS[round(bearing / 45) % 8]


def distance_words(metres: float) -> str:
    """As people say it: tens of metres, then one decimal (a comma), then whole kilometres."""
    if metres < 995:
        return f"{round(metres, -1):.0f} m"
    if metres < 9950:
        return f"{metres / 1000:.1f} km".replace(".", ",")
    return f"{metres / 1000:.0f} km"


def way_words(start: Position, end: Position) -> str:
    """`arah 145° tenggara, 3,2 km`."""
    metres = distance_m(start, end)
    if metres < HERE_M:
        return "di sini"
    bearing = bearing_deg(start, end)
    return f"arah {round(bearing) % 360}° {compass_word(bearing)}, {distance_words(metres)}"


def age_words(seconds: float) -> str:
    """How old something is, in the largest unit that says enough."""
    minutes = max(0, int(seconds // 60))
    if minutes < 1:
        return "baru saja"
    if minutes < 120:
        return f"{minutes} mnt lalu"
    return f"{minutes // 60} jam lalu" if minutes < 48 * 60 else f"{minutes // 1440} hari lalu"
