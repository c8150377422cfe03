"""Reads the positions people paste and dictate: decimal, degrees and minutes, map links, Plus Codes. Pure.

The browser reads the same spellings while somebody types (static/js/coordinates.js); here they are read for the place
search, with what only the server knows: where the site is, so that a short Plus Code is complete. A link is only read,
never followed: no request leaves this machine.
"""

import math
import re
from collections.abc import Sequence
from typing import NamedTuple
from urllib.parse import unquote

from openlocationcode import openlocationcode as plus

from gis.coordinates import Position, distance_m, is_in_indonesia

LONGEST = 400  # characters that are read
M_PER_DEGREE = 111_195.0
LEAST_RADIUS_M, MOST_RADIUS_M = 20.0, 50_000.0  # no telephone knows its place better

ABROAD, SWAPPED, HEMISPHERE = "abroad", "swapped", "hemisphere"


class Reading(NamedTuple):
    """A position that was read: `radius_m` is what the digits leave open, `rest` the words that stood beside it.

    `how` is coordinates, link or plus_code. `doubt` is "" or why somebody must confirm: swapped (the two changed
    places), hemisphere (a minus seems forgotten), abroad.
    """

    lon: float
    lat: float
    radius_m: float
    rest: str
    how: str
    doubt: str


class _Pair(NamedTuple):
    """Two numbers in the order they were written, or, where the words say which is which, latitude first."""

    first: float
    second: float
    radius_m: float
    rest: str
    how: str = "coordinates"
    is_named: bool = False


_NUMBER = r"\d{1,3}(?:[.,]\d{1,15})?"
_SIGNED = r"[-+]?\d{1,3}[.,]\d{2,15}"
_SIDE = r"(LS|LU|BT|BB|[NSEWUTB])"  # lintang selatan, lintang utara, bujur timur, bujur barat
_ANGLE = rf"({_NUMBER})\s*°?(?:\s*({_NUMBER})\s*'?)?(?:\s*({_NUMBER})\s*(?:\"|'')?)?"
_GAP = r"[\s,;/+]*"
_CALLED = r"(?:lat(?:itude)?|lintang|y)\s*[:=]?\s*"
_CALLED_LON = r"(?:lon(?:g(?:itude)?)?|lng|bujur|x)\s*[:=]?\s*"

_PIN = re.compile(rf"!3d({_SIGNED})!4d({_SIGNED})\S*")
_LINK = re.compile(
    rf"(?:geo:|@|[?&](?:q|query|ll|sll|center|destination|daddr)=(?:loc:)?)({_SIGNED}),\s*({_SIGNED})\S*", re.I
)
_AFTER = re.compile(rf"{_ANGLE}\s*{_SIDE}{_GAP}{_ANGLE}\s*{_SIDE}(?![a-z])", re.I)
_BEFORE = re.compile(rf"(?<![a-z]){_SIDE}\s*{_ANGLE}{_GAP}{_SIDE}\s*{_ANGLE}(?![\d.,]*\d)", re.I)
_LABELLED = re.compile(rf"(?<![a-z]){_CALLED}({_SIGNED})°?{_GAP}{_CALLED_LON}({_SIGNED})°?", re.I)
_DECIMAL = re.compile(rf"(?<![\d.,])({_SIGNED})°?[\s,;/]+({_SIGNED})°?(?!\d)")
_PLUS = re.compile(r"(?<![A-Za-z0-9])([23456789CFGHJMPQRVWX]{4,8}\+[23456789CFGHJMPQRVWX]{2,7})(?![A-Za-z0-9])", re.I)
_ADDRESS = re.compile(r"\S*://\S*")
_SHORT = re.compile(r"\b(?:maps\.app\.goo\.gl|goo\.gl|g\.co|bit\.ly|s\.id)/", re.I)
_SIGNS = str.maketrans(
    {"−": "-", "–": "-", "º": "°", "˚": "°", "′": "'", "’": "'", "‘": "'", "″": '"', "”": '"', "“": '"'}
)

_LATITUDES = {"LS", "LU", "S", "N", "U"}
_NEGATIVE = {"LS", "S", "BB", "W", "B"}  # a lone B is barat: bujur timur is T, BT or E


def read_positions(text: str, site: Position | None = None) -> list[Reading]:
    """The positions the words may mean, likeliest first; empty when they name none. Never raises.

    `site` is a point of the site: it completes short Plus Codes, and tells a forgotten minus from a place up north.
    """
    said = unquote(text[:LONGEST]).translate(_SIGNS).strip()
    found = _labelled(said) or _link(said) or _after(said) or _before(said) or _decimal(said) or _plus_code(said, site)
    return [one for one in _meanings(found, site) if _is_on_globe(one)] if found else []


def is_short_link(text: str) -> bool:
    """Whether the words are a shortened link, which says nothing until somebody opens it."""
    return bool(_SHORT.search(text[:LONGEST]))


# ---- what was written


def _labelled(said: str) -> _Pair | None:
    hit = _LABELLED.search(said)
    return _decimals(hit, said)._replace(is_named=True) if hit else None


def _link(said: str) -> _Pair | None:
    """The pin of a link before its camera: `@` is only what the map showed."""
    hit = _PIN.search(said) or _LINK.search(said)
    if not hit:
        return None
    rest = _ADDRESS.sub("", said[: hit.start()] + said[hit.end() :])
    return _decimals(hit, said)._replace(how="link", rest=_tidy(rest))


def _decimal(said: str) -> _Pair | None:
    hit = _DECIMAL.search(said)
    return _decimals(hit, said) if hit else None


def _decimals(hit: re.Match[str], said: str) -> _Pair:
    radius_m = max(_decimal_doubt(hit[1]), _decimal_doubt(hit[2]))
    return _Pair(_number(hit[1]), _number(hit[2]), radius_m, _beside(hit, said))


def _after(said: str) -> _Pair | None:
    hit = _AFTER.search(said)
    return _named(hit.group(1, 2, 3), hit[4], hit.group(5, 6, 7), hit[8], _beside(hit, said)) if hit else None


def _before(said: str) -> _Pair | None:
    hit = _BEFORE.search(said)
    return _named(hit.group(2, 3, 4), hit[1], hit.group(6, 7, 8), hit[5], _beside(hit, said)) if hit else None


def _named(one: Sequence[str | None], side: str, two: Sequence[str | None], other: str, rest: str) -> _Pair | None:
    """Two angles with their hemispheres: which is the latitude is said, not guessed."""
    a, b = _angle(one, side), _angle(two, other)
    is_latitude = side.upper() in _LATITUDES
    if a is None or b is None or is_latitude == (other.upper() in _LATITUDES):
        return None
    first, second = (a, b) if is_latitude else (b, a)
    return _Pair(first, second, max(_angle_doubt(one), _angle_doubt(two)), rest, is_named=True)


def _angle(parts: Sequence[str | None], side: str) -> float | None:
    """Degrees of `8°39'12"` with its hemisphere; None when minutes or seconds reach 60."""
    degrees, minutes, seconds = (_number(one) if one else 0.0 for one in parts)
    if minutes >= 60 or seconds >= 60:
        return None
    size = degrees + minutes / 60 + seconds / 3600
    return -size if side.upper() in _NEGATIVE else size


def _plus_code(said: str, site: Position | None) -> _Pair | None:
    """The middle of a Plus Code's cell; a short code is the nearest such cell to the site."""
    hit = _PLUS.search(said)
    code = hit[1].upper() if hit else ""
    if hit and plus.isShort(code) and site:
        code = plus.recoverNearest(code, site.lat, site.lon)
    if not hit or not plus.isFull(code):
        return None
    cell = plus.decode(code)
    radius_m = _capped((cell.latitudeHi - cell.latitudeLo) * M_PER_DEGREE / 2)
    return _Pair(cell.latitudeCenter, cell.longitudeCenter, radius_m, _beside(hit, said), "plus_code", True)


def _beside(hit: re.Match[str], said: str) -> str:
    return _tidy(f"{said[: hit.start()]} {said[hit.end() :]}")


def _tidy(words: str) -> str:
    return " ".join(words.split()).strip(" ,;.()")


def _number(words: str) -> float:
    return float(words.replace(",", "."))


# ---- what the digits leave open


def _decimal_doubt(words: str) -> float:
    return _capped(M_PER_DEGREE / 10 ** _decimal_places(words))


def _angle_doubt(parts: Sequence[str | None]) -> float:
    """One unit of the last part that was said: a second is 31 m, a minute 1,853 m."""
    last = max(place for place, one in enumerate(parts) if one)
    return _capped(M_PER_DEGREE / 60**last / 10 ** _decimal_places(parts[last] or ""))


def _decimal_places(words: str) -> int:
    _, _, digits = words.replace(",", ".").partition(".")
    return len(digits)


def _capped(radius_m: float) -> float:
    return float(min(MOST_RADIUS_M, max(LEAST_RADIUS_M, math.ceil(radius_m))))


# ---- what may have been meant


def _meanings(pair: _Pair, site: Position | None) -> list[Reading]:
    """As written if that is in Indonesia; else with the two swapped, else with a minus, and as written all the same."""
    straight = _reading(pair, pair.second, pair.first)
    turned = _reading(pair, pair.first, pair.second)._replace(doubt=SWAPPED)
    south = straight._replace(lat=-straight.lat, doubt=HEMISPHERE)
    if _is_inside(straight):
        return [south, straight] if not pair.is_named and _is_far_north(straight, site) else [straight]
    likelier = [] if pair.is_named else [one for one in (turned, south) if _is_inside(one)]
    return [*likelier, straight._replace(doubt=ABROAD)]


def _reading(pair: _Pair, lon: float, lat: float) -> Reading:
    return Reading(round(lon, 6), round(lat, 6), pair.radius_m, pair.rest, pair.how, "")


def _is_inside(one: Reading) -> bool:
    return is_in_indonesia(Position(one.lon, one.lat))


def _is_far_north(one: Reading, site: Position | None) -> bool:
    """Whether the same point south of the equator would be far nearer to the site."""
    if site is None or one.lat <= 0 or site.lat >= 0:
        return False
    here, south = Position(one.lon, one.lat), Position(one.lon, -one.lat)
    return is_in_indonesia(south) and distance_m(site, south) * 4 < distance_m(site, here)


def _is_on_globe(one: Reading) -> bool:
    return abs(one.lon) <= 180 and abs(one.lat) <= 90
