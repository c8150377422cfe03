"""Where and when a camera says it took a picture (Exif 2.32, sections 4.6.5 and 4.6.6). Pure: tags in, facts out."""

import datetime as dt
import math
from collections.abc import Mapping
from typing import Any

# tags of the Exif part
TAKEN, OFFSET = 36867, 36881  # DateTimeOriginal, OffsetTimeOriginal
# tags of the GPS part
LAT_REF, LAT, LON_REF, LON, GPS_TIME, GPS_DATE = 1, 2, 3, 4, 7, 29
Tags = Mapping[int, Any]


def position(gps: Tags) -> tuple[float, float] | None:
    """lon, lat in degrees WGS 84, south and west negative; None for what is not there or cannot be."""
    lat = _degrees(gps.get(LAT), gps.get(LAT_REF), "N", "S", 90.0)
    lon = _degrees(gps.get(LON), gps.get(LON_REF), "E", "W", 180.0)
    if lon is None or lat is None or (lon, lat) == (0.0, 0.0):  # what a camera writes that has no fix
        return None
    return lon, lat


def _degrees(parts: Any, side: Any, plus: str, minus: str, limit: float) -> float | None:
    """Degrees from degrees, minutes and seconds; a side that is not named is no position."""
    try:
        degrees, minutes, seconds = (float(part) for part in parts)
        sign = {plus: 1.0, minus: -1.0}[_word(side).upper()]
    except (TypeError, ValueError, KeyError, ZeroDivisionError):
        return None
    if not all(math.isfinite(one) and one >= 0 for one in (degrees, minutes, seconds)):
        return None
    found = degrees + minutes / 60 + seconds / 3600
    return round(sign * found, 6) if found <= limit else None


def _word(tag: Any) -> str:
    text = tag.decode("ascii", "replace") if isinstance(tag, bytes) else str(tag or "")
    return text.strip("\x00 ")


def taken(exif: Tags, gps: Tags) -> str | None:
    """When it was taken, ISO 8601: with its zone where the camera or the satellites said one, else local time."""
    offset = _word(exif.get(OFFSET))
    local = _read(f"{_word(exif.get(TAKEN))}{offset}", "%Y:%m:%d %H:%M:%S%z" if offset else "%Y:%m:%d %H:%M:%S")
    if local is not None and local.tzinfo is not None:
        return local.isoformat()
    known = _by_satellite(gps) or local
    return known.isoformat() if known else None


def _by_satellite(gps: Tags) -> dt.datetime | None:
    try:
        hours, minutes, seconds = (int(float(part)) for part in gps.get(GPS_TIME, ()))
    except (TypeError, ValueError, OverflowError, ZeroDivisionError):
        return None
    return _read(f"{_word(gps.get(GPS_DATE))} {hours:02}:{minutes:02}:{seconds:02}+0000", "%Y:%m:%d %H:%M:%S%z")


def _read(words: str, form: str) -> dt.datetime | None:
    try:
        found = dt.datetime.strptime(words, form)  # noqa: DTZ007 - a camera without a zone has local time
    except ValueError:
        return None
    return found if 1990 < found.year < 2200 else None
