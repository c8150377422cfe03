"""The parameters of OGC API - Features, read: what is asked of a collection. Pure.

Part 1 core (OGC 17-069r4), and the coordinate systems of Part 2 (OGC 18-058r1): CRS84 (longitude first) and EPSG:4326
(latitude first). Both are WGS 84, so only the axes change places.
"""

import datetime as dt
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from math import isfinite

CRS84 = "http://www.opengis.net/def/crs/OGC/1.3/CRS84"
EPSG4326 = "http://www.opengis.net/def/crs/EPSG/0/4326"
CRS = (CRS84, EPSG4326)
_SPOKEN = {"crs84": CRS84, "ogc:crs84": CRS84, "epsg:4326": EPSG4326, **{uri.lower(): uri for uri in CRS}}
FEW, USUAL, MOST = 100, 1000, 10_000  # features of a page for a reader, of a page for a program, of any page
ALWAYS = ("f", "token")
OF_ITEM = ("crs", *ALWAYS)
OF_ITEMS = ("bbox", "bbox-crs", "datetime", "limit", "cursor", *OF_ITEM)
Box = tuple[float, float, float, float]


class BadParameter(ValueError):
    """A parameter of the query cannot be used: `name` says which, the message what is wrong with it."""

    def __init__(self, name: str, sentence: str):
        super().__init__(sentence)
        self.name = name


@dataclass(frozen=True, slots=True)
class Span:
    """A stretch of time, both ends in it, UTC; None is an open end."""

    begins: dt.datetime | None = None
    ends: dt.datetime | None = None


@dataclass(frozen=True, slots=True)
class Query:
    """What is asked of a collection: `box` is west, south, east, north in degrees whatever `bbox-crs` said."""

    box: Box | None = None
    span: Span | None = None
    limit: int = USUAL
    cursor: str | None = None
    crs: str = CRS84


def read_query(given: Mapping[str, list[str]], usual: int = USUAL) -> Query:
    """The question of an items request; raises BadParameter."""
    one = read_parameters(given, OF_ITEMS)
    bbox_crs = read_crs(one.get("bbox-crs"), "bbox-crs")
    return Query(
        box=read_box(one["bbox"], bbox_crs) if "bbox" in one else None,
        span=read_span(one["datetime"]) if "datetime" in one else None,
        limit=read_limit(one["limit"]) if "limit" in one else usual,
        cursor=_read_cursor(one["cursor"]) if "cursor" in one else None,
        crs=read_crs(one.get("crs"), "crs"),
    )


def read_parameters(given: Mapping[str, list[str]], known: Iterable[str]) -> dict[str, str]:
    """One value each; raises BadParameter for a name nobody documented (17-069r4, 7.6) and for two different values."""
    known = tuple(known)
    for name, values in given.items():
        if name not in known:
            raise BadParameter(name[:40], f"Parameter {name[:40]} tidak dikenal; yang ada: {', '.join(known)}.")
        if len(set(values)) > 1:
            raise BadParameter(name, f"Parameter {name} hanya boleh satu.")
    return {name: values[0] for name, values in given.items()}


def read_box(words: str, crs: str = CRS84) -> Box:
    """The `bbox` of four or six numbers, in the axis order of `crs`; heights are left aside. Raises BadParameter."""
    numbers = _numbers(words)
    if len(numbers) == 6:
        numbers = [numbers[0], numbers[1], numbers[3], numbers[4]]
    if len(numbers) != 4:
        raise BadParameter("bbox", "bbox adalah empat angka (atau enam dengan ketinggian): barat,selatan,timur,utara.")
    if crs == EPSG4326:
        numbers = [numbers[1], numbers[0], numbers[3], numbers[2]]
    return _checked(*numbers)


def _numbers(words: str) -> list[float]:
    try:
        numbers = [float(part) for part in words.split(",")]
    except ValueError:
        raise BadParameter("bbox", "bbox hanya berisi angka, dipisah koma.") from None
    if not all(isfinite(number) for number in numbers):
        raise BadParameter("bbox", "bbox hanya berisi angka biasa, dipisah koma.")
    return numbers


def _checked(west: float, south: float, east: float, north: float) -> Box:
    if abs(west) > 180 or abs(east) > 180 or abs(south) > 90 or abs(north) > 90:
        hint = " Apakah lintang dan bujur tertukar?" if max(abs(south), abs(north)) <= 180 else ""
        raise BadParameter("bbox", f"bbox keluar dari bumi.{hint}")
    if south > north:
        raise BadParameter("bbox", "Selatan bbox lebih tinggi daripada utaranya.")
    if west > east:
        raise BadParameter("bbox", "bbox yang melewati bujur 180 tidak dilayani; Indonesia tidak melewatinya.")
    return west, south, east, north


def read_span(words: str) -> Span:
    """`datetime`: a moment, or two with `/` between them of which one may be open (`..` or nothing)."""
    begins, slash, ends = words.partition("/")
    if not slash:
        return Span(_moment(begins, False), _moment(begins, True))
    span = Span(_open_moment(begins, False), _open_moment(ends, True))
    if span.begins and span.ends and span.begins > span.ends:
        raise BadParameter("datetime", "Awal datetime lebih lambat daripada akhirnya.")
    return span


def _open_moment(words: str, is_end: bool) -> dt.datetime | None:
    return None if words in ("", "..") else _moment(words, is_end)


def _moment(words: str, is_end: bool) -> dt.datetime:
    """RFC 3339, with its zone; a bare date is the whole day in UTC."""
    try:
        if re.fullmatch(r"(19[789]\d|2[01]\d\d)-\d\d-\d\d", words):
            clock = dt.time.max if is_end else dt.time.min
            return dt.datetime.combine(dt.date.fromisoformat(words), clock, dt.UTC)
        at = dt.datetime.fromisoformat(words.replace(" ", "+"))  # a plus in a query is a space
        if at.tzinfo and 1970 < at.year < 2200:
            return at.astimezone(dt.UTC)
    except ValueError:
        pass
    raise BadParameter(
        "datetime", "datetime adalah waktu RFC 3339 dengan zonanya, misalnya 2026-11-22T03:00:00Z, atau awal/akhir."
    )


def read_limit(words: str) -> int:
    """`limit`: at least 1; more than the most is the most, not an error (17-069r4, 7.15.2). Raises BadParameter."""
    if not re.fullmatch(r"\d{1,12}", words) or int(words) < 1:
        raise BadParameter("limit", f"limit adalah bilangan bulat dari 1 sampai {MOST}.")
    return min(int(words), MOST)


def _read_cursor(words: str) -> str:
    if not re.fullmatch(r"[\d.]{1,20}", words):
        raise BadParameter("cursor", "cursor diambil dari tautan next, tidak dibuat sendiri.")
    return words


def read_crs(words: str | None, name: str) -> str:
    """The URI of a coordinate system we serve, CRS84 when none is named; raises BadParameter."""
    if words is None:
        return CRS84
    found = _SPOKEN.get(words.strip("[]<>").lower())
    if found is None:
        raise BadParameter(name, f"{name} yang dilayani: {CRS84} (bujur,lintang) dan {EPSG4326} (lintang,bujur).")
    return found
