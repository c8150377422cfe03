"""What a GPS receiver says on its serial line (NMEA 0183, sentences GGA and RMC): where we are. Pure."""

import re
from functools import reduce

from gis.coordinates import Position

LONGEST = 120
"""Bytes of a line that is looked at; a sentence has at most 82."""
FIXES = ("1", "2", "3", "4", "5")
_SENTENCE = re.compile(r"\$([A-Z]{2}(?:GGA|RMC),[^*$]*)\*([0-9A-F]{2})\s*$")
_ANGLE = re.compile(r"(\d{2,3})(\d{2}(?:\.\d+)?)")


def fix_of(line: bytes) -> Position | None:
    """The position of a sentence with a right checksum and a valid fix; None for every other line."""
    found = _SENTENCE.search(line[-LONGEST:].decode("ascii", "replace"))
    if found is None or checksum(found[1]) != int(found[2], 16):
        return None
    fields = found[1].split(",")
    return _gga(fields) if fields[0].endswith("GGA") else _rmc(fields)


def checksum(words: str) -> int:
    """All characters between $ and * by exclusive or."""
    return reduce(lambda sum_so_far, sign: sum_so_far ^ ord(sign), words, 0)


def _gga(fields: list[str]) -> Position | None:
    """GGA,time,lat,N,lon,E,quality,...; quality 0 is no fix, 6 to 8 are reckoned, typed in or simulated."""
    return _position(fields[2:6]) if len(fields) > 6 and fields[6] in FIXES else None


def _rmc(fields: list[str]) -> Position | None:
    """RMC,time,status,lat,N,lon,E,...; status A is valid."""
    return _position(fields[3:7]) if len(fields) > 6 and fields[2] == "A" else None


def _position(parts: list[str]) -> Position | None:
    lat, lon = _degrees(parts[0], parts[1], "NS"), _degrees(parts[2], parts[3], "EW")
    return None if lat is None or lon is None or abs(lat) > 90 or abs(lon) > 180 else Position(lon, lat)


def _degrees(angle: str, side: str, sides: str) -> float | None:
    """`0839.1234` and its half of the globe -> degrees."""
    found = _ANGLE.fullmatch(angle)
    if found is None or side not in sides or not side or float(found[2]) >= 60:
        return None
    value = int(found[1]) + float(found[2]) / 60
    return -value if side in "SW" else value
