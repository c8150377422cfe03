"""The rules of bulletins: which are the same quake, how long one stands, what it proposes. Pure; the table is TOML."""

import datetime as dt
import tomllib
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

from gis.coordinates import Position, distance_m

TABLE = Path(__file__).with_name("rules.toml")
SEVERITIES = ("minor", "moderate", "severe", "extreme")
STATES = ("stored", "standing", "over")
ASKS = ("status", "alert")
# (state, verb) -> state of a proposal; `lapse` when its bulletin is over, `withdraw` when it no longer holds
PROPOSAL_LIFE = {
    ("open", "accept"): "accepted",
    ("open", "decline"): "declined",
    ("open", "lapse"): "lapsed",
    ("open", "withdraw"): "withdrawn",
    ("withdrawn", "propose"): "open",
}
# level of a volcano (PVMBG) -> severity
VOLCANO_LEVELS: dict[str, str | None] = {"normal": None, "waspada": "moderate", "siaga": "severe", "awas": "extreme"}
# who is believed first about the same quake: BMKG is the authority in Indonesia
FIRST_BELIEVED = ("bmkg_latest", "bmkg_felt", "bmkg_strong", "usgs", "gdacs")


class Thing(NamedTuple):
    """What the rules look at: degrees, `near_km` to the nearest village of the site, None where unknown."""

    kind: str
    at: dt.datetime
    lon: float | None
    lat: float | None
    magnitude: float | None = None
    depth_km: float | None = None
    severity: str | None = None
    near_km: float | None = None
    facts: Mapping[str, Any] = {}


class Same(NamedTuple):
    """How far two tellings of one quake may lie apart."""

    seconds: float
    km: float
    magnitude: float


class Line(NamedTuple):
    """One line of a list: what it asks of a bulletin, and what follows (`then`)."""

    limits: Mapping[str, Any]
    then: Mapping[str, Any]

    @property
    def name(self) -> str:
        return str(self.then.get("name", ""))


class Table(NamedTuple):
    """The whole table."""

    other_agency: Same
    same_agency: Same
    stands: tuple[Line, ...]
    propose: tuple[Line, ...]
    fresh: dt.timedelta


class BadTable(ValueError):
    """The table cannot be used; the message says which line and why."""


_LIMITS = ("kind", "magnitude_from", "within_km", "depth_to_km", "severity_from", "felt", "tsunami", "forecast")
_STANDS = ("hours",)
_PROPOSES = ("name", "words", "asks", "order", "priority")
_MAY = ("reach", "reach_km", "quiet_hours", "quiet_km")


@cache
def table() -> Table:
    """The table as it was shipped."""
    return read_table(TABLE.read_text(encoding="utf-8"))


def read_table(words: str) -> Table:
    """The table of these words; raises BadTable."""
    try:
        given = tomllib.loads(words)
        same = given["same_quake"]
        return Table(
            Same(**same["other_agency"]),
            Same(**same["same_agency"]),
            _lines(given["stands"], _STANDS, ()),
            _lines(given["propose"], _PROPOSES, _MAY),
            dt.timedelta(hours=given["proposing"]["fresh_hours"]),
        )
    except (tomllib.TOMLDecodeError, KeyError, TypeError) as fault:
        raise BadTable(f"Tabel aturan tidak terbaca: {fault}") from None


def _lines(given: Sequence[Mapping[str, Any]], must: Sequence[str], may: Sequence[str]) -> tuple[Line, ...]:
    return tuple(_line(one, place, must, may) for place, one in enumerate(given, 1))


def _line(given: Mapping[str, Any], place: int, must: Sequence[str], may: Sequence[str]) -> Line:
    missing = [name for name in must if name not in given]
    foreign = [name for name in given if name not in (*_LIMITS, *must, *may)]
    if missing or foreign:
        raise BadTable(f"Baris ke-{place}: kurang {missing}, tidak dikenal {foreign}.")
    if given.get("severity_from", SEVERITIES[0]) not in SEVERITIES:
        raise BadTable(f"Baris ke-{place}: severity_from tidak dikenal.")
    limits = {name: given[name] for name in _LIMITS if name in given}
    return Line(limits, {name: given[name] for name in given if name not in _LIMITS})


# which line fits


def fits(limits: Mapping[str, Any], one: Thing) -> bool:
    """Whether a bulletin keeps within the limits; what is unknown of it keeps within none that asks for it."""
    return all(_CHECKS[name](one, limit) for name, limit in limits.items())


def _at_least(known: float | None, limit: float) -> bool:
    return known is not None and known >= limit


def _at_most(known: float | None, limit: float) -> bool:
    return known is not None and known <= limit


def _as_severe(one: Thing, limit: str) -> bool:
    return one.severity in SEVERITIES and SEVERITIES.index(one.severity) >= SEVERITIES.index(limit)


def _says(word: str) -> Callable[[Thing, Any], bool]:
    """Whether its facts say so, or do not, as the limit wants."""
    return lambda one, limit: bool(one.facts.get(word)) is limit


_CHECKS: Mapping[str, Callable[[Thing, Any], bool]] = {
    "kind": lambda one, limit: one.kind == limit,
    "magnitude_from": lambda one, limit: _at_least(one.magnitude, limit),
    "within_km": lambda one, limit: _at_most(one.near_km, limit),
    "depth_to_km": lambda one, limit: one.depth_km is None or one.depth_km <= limit,  # unknown: be on the safe side
    "severity_from": _as_severe,
    **{word: _says(word) for word in ("felt", "tsunami", "forecast")},
}


def first_fitting(lines: Iterable[Line], one: Thing) -> Line | None:
    """The first line whose limits the bulletin keeps."""
    return next((line for line in lines if fits(line.limits, one)), None)


def stands_until(one: Thing, expires_at: dt.datetime | None, rules: Table | None = None) -> dt.datetime | None:
    """Until when it stands on the board: what its source said, at most what the table says; None for not at all."""
    line = first_fitting((rules or table()).stands, one)
    if line is None:
        return None
    ends = one.at + dt.timedelta(hours=line.then["hours"])
    return min(ends, expires_at) if expires_at else ends


def proposal_of(one: Thing, now: dt.datetime, rules: Table | None = None) -> Line | None:
    """The line by which it proposes something now; None for nothing."""
    rules = rules or table()
    line = first_fitting(rules.propose, one)
    is_lasting = one.kind in ("volcano", "cyclone", "weather")  # holds from then on: its beginning may be long ago
    return line if line and (is_lasting or now - one.at <= rules.fresh) else None


class Earlier(NamedTuple):
    """What was proposed before: by which line, when and where it happened, how strong it was."""

    rule: str
    at: dt.datetime
    lon: float | None
    lat: float | None
    magnitude: float | None


def is_quiet(line: Line, one: Thing, earlier: Iterable[Earlier], rules: Table | None = None) -> bool:
    """Whether the room was asked the like so shortly before and so near that it is not asked again."""
    return any(_covers(line, one, before, rules or table()) for before in earlier)


def _covers(line: Line, one: Thing, before: Earlier, rules: Table) -> bool:
    hours, km = line.then.get("quiet_hours"), line.then.get("quiet_km", 0)
    if hours is None or not _is_as_high(before.rule, line.name, rules):
        return False
    since = (one.at - before.at).total_seconds() / 3600
    if not 0 <= since <= hours or (one.magnitude or 0) > (before.magnitude or 0):
        return False
    away = km_between((one.lon, one.lat), (before.lon, before.lat))
    return away is not None and away <= km


def _is_as_high(rule: str, than: str, rules: Table) -> bool:
    """Whether a rule stands as high in the list as another and is of its kind."""
    lines = {line.name: (place, line.limits.get("kind")) for place, line in enumerate(rules.propose)}
    return rule in lines and lines[rule][0] <= lines[than][0] and lines[rule][1] == lines[than][1]


# the same quake


class Quake(NamedTuple):
    """A quake as one source told it."""

    source: str
    agency: str
    at: dt.datetime
    lon: float
    lat: float
    magnitude: float


def apart(a: Quake, b: Quake, rules: Table | None = None) -> float | None:
    """How far two tellings lie apart, 0 for alike and 1 for the most that is still one quake; None for two quakes.

    Two of one source are never one: it told them apart itself.
    """
    if a.source == b.source:
        return None
    limit = (rules or table()).same_agency if a.agency == b.agency else (rules or table()).other_agency
    shares = (
        abs((a.at - b.at).total_seconds()) / limit.seconds,
        distance_m(Position(a.lon, a.lat), Position(b.lon, b.lat)) / 1000 / limit.km,
        abs(a.magnitude - b.magnitude) / limit.magnitude - 1e-9,  # 0.6 itself is within, whatever floats make of it
    )
    return max(0.0, *shares) if max(shares) <= 1 else None


def agency_of(source: str) -> str:
    """Lists of one agency share their catalogue."""
    return source.partition("_")[0]


def belief(source: str) -> int:
    """Its place among those who are believed first; the unknown come last."""
    return FIRST_BELIEVED.index(source) if source in FIRST_BELIEVED else len(FIRST_BELIEVED)


def km_between(a: tuple[float | None, float | None], b: tuple[float | None, float | None]) -> float | None:
    """Kilometres between two places; None where one is unknown."""
    if a[0] is None or a[1] is None or b[0] is None or b[1] is None:
        return None
    return distance_m(Position(a[0], a[1]), Position(b[0], b[1])) / 1000
