"""Says where something happens as people there would: so far and in which direction from a village. Pure."""

import math

WINDS = ("utara", "timur laut", "timur", "tenggara", "selatan", "barat daya", "barat", "barat laut")
AT_KM = 1.5  # so near it is the village itself
EXACT_TO_KM = 100  # beyond, kilometres are told in tens


def wind(from_lon: float, from_lat: float, lon: float, lat: float) -> str:
    """The direction of the second place seen from the first, one of eight."""
    east = math.radians(lon - from_lon) * math.cos(math.radians((lat + from_lat) / 2))
    bearing = math.degrees(math.atan2(east, math.radians(lat - from_lat))) % 360
    return WINDS[round(bearing / 45) % 8]


def seen_from(name: str, km: float, direction: str) -> str:
    """Such as "12 km barat laut Sembalun", or the name alone where it is there."""
    if km < AT_KM:
        return name
    return f"{rounded(km)} km {direction} {name}"


def rounded(km: float) -> int:
    return round(km) if km < EXACT_TO_KM else round(km / 10) * 10


def with_comma(number: float) -> str:
    """A number with one decimal as Indonesian writes it."""
    return f"{number:.1f}".replace(".", ",")
