"""What a feed is and what it tells: a `Bulletin` for each thing said, a fault for what cannot be read. Pure."""

import datetime as dt
import hashlib
import math
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple
from urllib.parse import urlsplit

import orjson

from alerts.xml_in import BadBulletin
from gis.layers import N_ as N_  # labels are translated when they are shown

KINDS = ("quake", "tsunami", "volcano", "weather", "flood", "cyclone", "fire", "drought", "landslide", "other")
SEVERITIES = ("minor", "moderate", "severe", "extreme")
MOST_ITEMS = 500  # of one answer; what a source says more of is counted as a fault
MOST_WORDS = 2000
TITLE = 200
KEY = 200
YEARS = range(1900, 2200)
LARGEST_WHOLE = 2**53
LARGEST_BYTES = 4_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Bulletin:
    """One thing a source said. `key` names it within its source, a higher `revision` is newer; positions in degrees.

    `area` is a GeoJSON polygon or multipolygon, `facts` small things of its kind, `digest` tells two tellings apart.
    """

    source: str
    key: str
    kind: str
    title: str
    at: dt.datetime
    digest: str
    revision: int = 0
    words: str = ""
    lon: float | None = None
    lat: float | None = None
    magnitude: float | None = None
    depth_km: float | None = None
    area: Mapping[str, Any] | None = None
    severity: str | None = None
    expires_at: dt.datetime | None = None
    url: str | None = None
    facts: Mapping[str, Any] = field(default_factory=dict)
    follows: tuple[str, ...] = ()  # keys of earlier ones of its source that it takes the place of
    is_over: bool = False


class Reading(NamedTuple):
    """What one answer held: bulletins, sentences for what could not be read, and addresses that hold the rest."""

    bulletins: list[Bulletin]
    faults: list[str]
    links: list[str]


class Target(NamedTuple):
    """One address to ask, and the hosts it and its links may lie on."""

    url: str
    hosts: tuple[str, ...]


class Wanted(NamedTuple):
    """What the room chose for a feed: village codes, addresses of its own."""

    villages: tuple[str, ...] = ()
    addresses: tuple[str, ...] = ()


Targets = Callable[[Wanted], list[Target]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Feed:
    """A source: whom to name, where and how often to ask (seconds), how to read an answer and what its links hold."""

    name: str
    words: str
    credit: str
    credit_url: str
    interval_s: float
    targets: Targets
    read: Callable[[bytes], Reading]
    read_link: Callable[[bytes], Reading] | None = None
    needs: str = ""  # what must be chosen before it can be asked: villages, addresses
    largest_bytes: int = LARGEST_BYTES
    agency: str = ""  # lists of one agency share their catalogue


def fixed(*urls: str) -> Targets:
    """The same addresses whatever the room chose."""
    found = [Target(url, (host_of(url),)) for url in urls]
    return lambda wanted: found


def host_of(url: str) -> str:
    """The host of an address, "" where it cannot be read."""
    try:
        return (urlsplit(url).hostname or "").lower()
    except ValueError:
        return ""


# reading item by item


def each(items: Iterable[Any], read: Callable[[Any], Bulletin | None]) -> Reading:
    """The bulletins of a list; one that cannot be read becomes a fault and the others stay."""
    found: list[Bulletin] = []
    faults: list[str] = []
    for place, item in enumerate(items):
        if place >= MOST_ITEMS:
            faults.append(f"hanya {MOST_ITEMS} butir pertama yang dibaca")
            break
        try:
            one = read(item)
        except (BadBulletin, LookupError, TypeError, ValueError, OverflowError, AttributeError) as fault:
            faults.append(_said(place, fault))
        else:
            found += [one] if one else []
    return Reading(found, faults, [])


def _said(place: int, fault: Exception) -> str:
    """Which item and why; of a slip in its shape only the kind of slip, never its words."""
    why = str(fault) if isinstance(fault, BadBulletin) else f"susunannya lain ({type(fault).__name__})"
    return f"butir ke-{place + 1}: {why}"[:200]


def read_json(data: bytes, largest: int = LARGEST_BYTES) -> Any:
    """The JSON of an answer; raises BadBulletin for what is none or too large."""
    if len(data) > largest:
        raise BadBulletin("Jawaban sumber terlalu besar.")
    try:
        return orjson.loads(data)
    except orjson.JSONDecodeError:
        raise BadBulletin("Jawaban sumber bukan JSON yang utuh.") from None


def within(thing: Any, *path: str) -> Any:
    """What lies at the path of an answer; raises BadBulletin where it is not."""
    for name in path:
        if not isinstance(thing, Mapping) or name not in thing:
            raise BadBulletin(f"Jawaban sumber tanpa {'.'.join(path)}.")
        thing = thing[name]
    return thing


def digest(item: Any) -> str:
    """Half of the SHA-256 of what was said, however its keys were ordered."""
    given = item if isinstance(item, bytes) else orjson.dumps(item, option=orjson.OPT_SORT_KEYS)
    return hashlib.sha256(given).hexdigest()[:32]


# values


def number(given: Any, what: str) -> float:
    """A finite number, of text or number, with a comma or a point; raises BadBulletin."""
    try:
        found = float(given.replace(",", ".") if isinstance(given, str) else given)
    except (TypeError, ValueError):
        raise BadBulletin(f"{what} bukan angka") from None
    if isinstance(given, bool) or not math.isfinite(found):
        raise BadBulletin(f"{what} bukan angka")
    return found


def whole(given: Any, what: str) -> int:
    """A whole number that both databases can keep; raises BadBulletin."""
    found = number(given, what)
    if abs(found) > LARGEST_WHOLE:
        raise BadBulletin(f"{what} terlalu besar")
    return int(found)


def magnitude(given: Any) -> float:
    """A magnitude that there can be; raises BadBulletin."""
    found = number(given, "magnitudo")
    if not -2 <= found <= 10.5:
        raise BadBulletin("magnitudo di luar yang mungkin")
    return found


def maybe_number(given: Any, what: str) -> float | None:
    """The same, None for what is missing."""
    return None if given in (None, "", "-") else number(given, what)


def moment(given: Any, what: str = "waktu", zone: dt.tzinfo | None = dt.UTC) -> dt.datetime:
    """An aware time in UTC of RFC 3339 words; one without a zone is read in `zone`. Raises BadBulletin."""
    try:
        found = dt.datetime.fromisoformat(given)
        found = found if found.tzinfo else found.replace(tzinfo=zone)
        return in_our_time(found.astimezone(dt.UTC))
    except (TypeError, ValueError, OverflowError):
        raise BadBulletin(f"{what} tidak terbaca") from None


def in_our_time(at: dt.datetime) -> dt.datetime:
    """The same; raises ValueError for a year that is a slip of its sender and could not be counted on from."""
    if at.year not in YEARS:
        raise ValueError
    return at


def moment_ms(given: Any, what: str = "waktu") -> dt.datetime:
    """A time given in milliseconds since 1970; raises BadBulletin."""
    try:
        return in_our_time(dt.datetime.fromtimestamp(number(given, what) / 1000, dt.UTC))
    except (OverflowError, OSError, ValueError):
        raise BadBulletin(f"{what} tidak terbaca") from None


def place(lon: Any, lat: Any) -> tuple[float, float]:
    """Degrees on the globe, lon first; raises BadBulletin. A pair of zeros is no place but a slip of a reader."""
    found = number(lon, "bujur"), number(lat, "lintang")
    if abs(found[0]) > 180 or abs(found[1]) > 90:
        raise BadBulletin("tempatnya tidak ada di bumi")
    if found == (0.0, 0.0):
        raise BadBulletin("tempatnya 0,0: belum dibaca benar")
    return found


def words_of(given: Any, most: int = MOST_WORDS) -> str:
    """Words on one line, of nothing else than text."""
    if not isinstance(given, str):
        return ""
    said = " ".join(given.split())
    return "".join(one for one in said if one.isprintable())[:most]  # no NUL, no mark that turns the words around it


def link_of(given: Any) -> str | None:
    """An address a person may open: http and https alone."""
    words = given.strip() if isinstance(given, str) else ""
    return words[:500] if words.startswith(("https://", "http://")) and words.isprintable() else None
