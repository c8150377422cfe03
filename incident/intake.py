"""What a call says, judged: priority, likely repeats, and the words of a place. Pure."""

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

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


def likely_repeats(
    where: Position | None, family: str | None, now: dt.datetime, candidates: Iterable[Mapping[Any, Any]]
) -> list[dict[str, Any]]:
    """Open incidents this call may be about, best first, each with a score (0..1) and its reasons."""
    scored = [_repeat(where, family, now, one) for one in candidates]
    return sorted((one for one in scored if one), key=lambda one: -one["score"])[:5]


def _repeat(
    where: Position | None, family: str | None, now: dt.datetime, one: Mapping[Any, Any]
) -> dict[str, Any] | None:
    if where is None or one["lon"] is None:
        return None
    away_m = distance_m(where, Position(one["lon"], one["lat"]))
    age_s = max(0.0, (now - one["opened_at"]).total_seconds())
    if away_m > max(REPEAT_REACH_M, one["radius_m"] or 0) or age_s > REPEAT_WINDOW.total_seconds():
        return None
    same = family is not None and family == one["family"]
    near = 1.0 if away_m <= TOWN_REACH_M else max(0.0, 1 - away_m / REPEAT_REACH_M)
    score = 0.45 * near + 0.25 * (1 - age_s / REPEAT_WINDOW.total_seconds()) + (0.3 if same else 0)
    if score < VALID_REPEAT_SCORE:
        return None
    reasons = [f"{away_m:.0f} m", f"{age_s / 60:.0f} menit lalu"] + (["jenis sama"] if same else [])
    return {
        "incident": one["id"],
        "number": one["number"],
        "type": one["type"],
        "place": one["place"],
        "calls": one["calls"],
        "distance_m": round(away_m),
        "age_s": round(age_s),
        "score": round(score, 2),
        "reasons": reasons,
    }


def mask(phone: str | None) -> str | None:
    """`0812****321`: enough to recognise, too little to ring (UU PDP 27/2022)."""
    if not phone:
        return None
    return phone[:4] + "****" + phone[-3:] if len(phone) >= 9 else "****"


def number_of(incident_id: int, site_name: str) -> str:
    """The spoken number: initials of the place and the running number, `LT-0142`."""
    words = [word for word in site_name.split() if word.lower() not in ("kabupaten", "kab.", "kota", "posko")]
    initials = "".join(word[0] for word in words).upper()[:3] or "K"
    return f"{initials}-{incident_id:04d}"
