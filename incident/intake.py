"""What a call says, judged: priority, likely repeats, and the words of a place. Pure."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from typing import Any, NamedTuple

from gis.coordinates import Position, distance_m

REPEAT_WINDOW = dt.timedelta(minutes=60)
REPEAT_REACH_M = 1500.0
TOWN_REACH_M = 80.0
VALID_REPEAT_SCORE = 0.5


@dataclass(frozen=True, slots=True)
class Place:
    """Where the caller says it is; lon/lat in degrees, `radius_m` is the doubt."""

    method: str
    lon: float | None = None
    lat: float | None = None
    radius_m: float | None = None
    text: str | None = None
    area_code: str | None = None


@dataclass(frozen=True, slots=True)
class Report:
    """One call as it was told; `incident_id` when the call taker links it."""

    uid: str
    class_: str
    channel: str
    place: Place
    received_at: dt.datetime
    type: str | None = None
    priority: str | None = None
    priority_reason: str | None = None
    narrative: str | None = None
    caller_name: str | None = None
    caller_phone: str | None = None
    incident_id: int | None = None


def priority_of(report: Report, usual: str) -> tuple[str, str]:
    """The priority and why: the call taker's reason or word, else the type's usual one."""
    if report.priority:
        return report.priority, report.priority_reason or "call_taker"
    return usual, "type"


class Candidate(NamedTuple):
    """An open incident a call may be about; lon/lat in degrees, `radius_m` its doubt."""

    id: int
    type: str
    place: str
    calls: int
    lon: float
    lat: float
    radius_m: float | None
    opened_at: dt.datetime
    family: str


class _Likeness(NamedTuple):
    score: float
    away_m: float
    age_s: float
    same: bool
    one: Candidate


def likely_repeats(
    where: Position, family: str | None, now: dt.datetime, candidates: Iterable[Candidate], site_name: str
) -> list[dict[str, Any]]:
    """The five open incidents this call is most likely about, best first, each with a score (0..1) and its reasons."""
    found = [likeness for one in candidates if (likeness := _likeness(where, family, now, one))]
    found.sort(key=lambda likeness: -likeness.score)
    return [_described(likeness, site_name) for likeness in found[:5]]


def _likeness(where: Position, family: str | None, now: dt.datetime, one: Candidate) -> _Likeness | None:
    age_s = max(0.0, (now - one.opened_at).total_seconds())
    away_m = distance_m(where, Position(one.lon, one.lat))
    if away_m > max(REPEAT_REACH_M, one.radius_m or 0) or age_s > REPEAT_WINDOW.total_seconds():
        return None
    same = family is not None and family == one.family
    near = 1.0 if away_m <= TOWN_REACH_M else max(0.0, 1 - away_m / REPEAT_REACH_M)
    score = 0.45 * near + 0.25 * (1 - age_s / REPEAT_WINDOW.total_seconds()) + (0.3 if same else 0)
    return _Likeness(score, away_m, age_s, same, one) if score >= VALID_REPEAT_SCORE else None


def _described(found: _Likeness, site_name: str) -> dict[str, Any]:
    one = found.one
    reasons = [f"{found.away_m:.0f} m", f"{found.age_s / 60:.0f} menit lalu"] + (["jenis sama"] if found.same else [])
    return {
        "incident": one.id,
        "number": number_of(one.id, site_name),
        "type": one.type,
        "place": one.place,
        "calls": one.calls,
        "distance_m": round(found.away_m),
        "age_s": round(found.age_s),
        "score": round(found.score, 2),
        "reasons": reasons,
    }


def mask(phone: str | None) -> str | None:
    """`0812****321`: enough to recognise, too little to ring (UU PDP 27/2022)."""
    if not phone:
        return None
    return phone[:4] + "****" + phone[-3:] if len(phone) >= 9 else "****"


def number_of(incident_id: int, site_name: str) -> str:
    """The spoken number: initials of the place and the running number, `LT-0142`."""
    return f"{_initials(site_name)}-{incident_id:04d}"


@cache
def _initials(site_name: str) -> str:
    words = [word for word in site_name.split() if word.lower() not in ("kabupaten", "kab.", "kota", "posko")]
    return "".join(word[0] for word in words).upper()[:3] or "K"
