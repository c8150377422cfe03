"""Positions on the ground: checks, distances and the wording of a doubtful place. Pure."""

from math import asin, cos, isfinite, radians, sin, sqrt
from typing import NamedTuple

EARTH_RADIUS_M = 6_371_008.8  # mean radius, IUGG
INDONESIA = (94.0, -12.0, 142.0, 7.0)  # lon/lat box with some sea around it


class BadPosition(ValueError):
    """A position nobody can stand on; the message is a sentence for the operator."""


class Position(NamedTuple):
    """A point in WGS 84, degrees, longitude first as in GeoJSON (RFC 7946 section 3.1.1)."""

    lon: float
    lat: float


def position(lon: object, lat: object) -> Position:
    """Return a checked Position; raises BadPosition for what is no number or lies off the globe."""
    found = Position(_degrees(lon, "Bujur (lon)"), _degrees(lat, "Lintang (lat)"))
    if abs(found.lon) > 180 or abs(found.lat) > 90:
        hint = " Apakah lintang dan bujur tertukar?" if abs(found.lat) <= 180 and abs(found.lon) <= 90 else ""
        raise BadPosition(f"Posisi {found.lon}, {found.lat} tidak ada di bumi.{hint}")
    return found


def _degrees(number: object, name: str) -> float:
    if isinstance(number, bool) or not isinstance(number, int | float) or not isfinite(number):
        raise BadPosition(f"{name} harus berupa angka derajat.")
    return float(number)


def is_in_indonesia(where: Position) -> bool:
    """Whether the point lies in the box around Indonesia."""
    west, south, east, north = INDONESIA
    return west <= where.lon <= east and south <= where.lat <= north


def distance_m(a: Position, b: Position) -> float:
    """Great-circle distance in metres (haversine; error against the ellipsoid below 0.6 %)."""
    d_lat, d_lon = radians(b.lat - a.lat), radians(b.lon - a.lon)
    chord = sin(d_lat / 2) ** 2 + cos(radians(a.lat)) * cos(radians(b.lat)) * sin(d_lon / 2) ** 2
    return 2 * EARTH_RADIUS_M * asin(min(1.0, sqrt(chord)))


def box_around(where: Position, radius_m: float) -> tuple[float, float, float, float]:
    """The lon/lat box (west, south, east, north) that holds every point within radius_m."""
    d_lat = radius_m / 111_195
    d_lon = d_lat / max(0.01, cos(radians(where.lat)))
    return (where.lon - d_lon, where.lat - d_lat, where.lon + d_lon, where.lat + d_lat)
