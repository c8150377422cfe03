"""What a call says, judged: priority, likely repeats, and the words of a place. Pure."""

import datetime as dt
import re
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Any, NamedTuple

from gis.coordinates import Position, distance_m
from incident.desk.cards import Judgement

REPEAT_WINDOW = dt.timedelta(minutes=60)
REPEAT_REACH_M = 1500.0
FRESH_S = 600.0
# metres that still are "here", and metres beyond which it is elsewhere: a street in town, a village in the country
TOWN_M = (80.0, 500.0)
COUNTRY_M = (500.0, REPEAT_REACH_M)
VALID_REPEAT_SCORE = 0.5
PHONE_WEIGHT, WORDS_WEIGHT = 0.6, 0.4  # how much of the doubt that is left they take away


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
class Times:
    """When it rang (t0), was answered (t1), classified (t2), located (t3), and written on a paper form (t4)."""

    rang_at: dt.datetime | None = None
    answered_at: dt.datetime | None = None
    classified_at: dt.datetime | None = None
    located_at: dt.datetime | None = None
    written_at: dt.datetime | None = None


@dataclass(frozen=True, slots=True)
class Report:
    """One call as it was told; `incident_id` when the call taker links it.

    `answers` are the codes of its question card (question -> answer), `suggested` the priority the desk derived from
    them, `source` is live, or paper for a form that is entered later.
    """

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
    ring_id: int | None = None
    times: Times = Times()
    answers: Mapping[str, str] = field(default_factory=dict)
    suggested: str | None = None
    source: str = "live"


def priority_of(report: Report, usual: str, judged: Judgement | None = None) -> tuple[str, str]:
    """The priority and why: the call taker's reason or word, else the answers', else the type's usual one."""
    if report.priority:
        return report.priority, report.priority_reason or "call_taker"
    if judged and (judged.because or judged.priority != usual):
        return judged.priority, judged.why()[:200] or "card"
    return usual, "type"


def who_decided(report: Report, reason: str) -> str:
    """Whose word the priority is: call_taker, card or type."""
    if report.priority:
        return "call_taker"
    return "type" if reason == "type" else "card"


class Candidate(NamedTuple):
    """An open incident a call may be about; lon/lat in degrees (None: nobody knows), `radius_m` its doubt.

    `narrative` is what its first caller said; it is compared here and goes nowhere.
    """

    id: int
    type: str
    place: str
    calls: int
    lon: float | None
    lat: float | None
    radius_m: float | None
    area_code: str | None
    opened_at: dt.datetime
    family: str
    narrative: str | None = None


class Clue(NamedTuple):
    """What a call brings that an earlier one may have brought too; `phoned` are the incidents of the same number."""

    where: Position | None
    family: str | None = None
    radius_m: float | None = None
    area_code: str | None = None
    narrative: str | None = None
    phoned: Collection[int] = ()


class _Likeness(NamedTuple):
    score: float
    reasons: list[str]
    away_m: float | None
    age_s: float
    one: Candidate


def likely_repeats(
    clue: Clue, now: dt.datetime, candidates: Iterable[Candidate], site_name: str
) -> list[dict[str, Any]]:
    """The five open incidents this call is most likely about, best first, each with a score (0..1) and its reasons.

    Place, time and family of the type weigh 45, 25 and 30; what is not known is left out of the mean. The same number
    and like words take away part of the doubt that is left: they speak for a repeat, their absence not against it.
    """
    found = [likeness for one in candidates if (likeness := _likeness(clue, now, one))]
    found.sort(key=lambda likeness: (-likeness.score, -likeness.one.id))
    return [_described(likeness, site_name) for likeness in found[:5]]


def _likeness(clue: Clue, now: dt.datetime, one: Candidate) -> _Likeness | None:
    age_s = max(0.0, (now - one.opened_at).total_seconds())
    away_m = _away_m(clue.where, one)
    has_phoned = one.id in clue.phoned
    if age_s > REPEAT_WINDOW.total_seconds() or not (has_phoned or _is_in_reach(away_m, one)):
        return None
    same = None if clue.family is None else clue.family == one.family
    alike = words_alike(clue.narrative, one.narrative)
    doubt = 1 - _mean((_nearness(clue, away_m, one), 0.45), (_freshness(age_s), 0.25), (same, 0.30))
    doubt *= (1 - PHONE_WEIGHT * has_phoned) * (1 - WORDS_WEIGHT * alike)
    if 1 - doubt < VALID_REPEAT_SCORE:
        return None
    reasons = [*_place_reasons(clue, away_m, one), f"{age_s / 60:.0f} menit lalu"]
    facts = ((same, "jenis sama"), (has_phoned, "nomor penelepon sama"), (alike, "kata-kata mirip"))
    return _Likeness(1 - doubt, reasons + [words for is_so, words in facts if is_so], away_m, age_s, one)


def _mean(*parts: tuple[float | None, float]) -> float:
    """The weighted mean of what is known."""
    known = [(value, weight) for value, weight in parts if value is not None]
    return sum(value * weight for value, weight in known) / sum(weight for _, weight in known)


def _away_m(where: Position | None, one: Candidate) -> float | None:
    if where is None or one.lon is None or one.lat is None:
        return None
    return distance_m(where, Position(one.lon, one.lat))


def _is_in_reach(away_m: float | None, one: Candidate) -> bool:
    return away_m is not None and away_m <= max(REPEAT_REACH_M, one.radius_m or 0)


def _nearness(clue: Clue, away_m: float | None, one: Candidate) -> float | None:
    """1 for here, 0 for elsewhere; half of what both places are in doubt about is forgiven."""
    if away_m is None:
        return None
    here, elsewhere = TOWN_M if is_town(clue.area_code or one.area_code) else COUNTRY_M
    gap_m = away_m - ((clue.radius_m or 0) + (one.radius_m or 0)) / 2
    return min(1.0, max(0.0, (elsewhere - gap_m) / (elsewhere - here)))


def _freshness(age_s: float) -> float:
    """1 in the first ten minutes, 0 after an hour."""
    whole_s = REPEAT_WINDOW.total_seconds()
    return min(1.0, max(0.0, (whole_s - age_s) / (whole_s - FRESH_S)))


def is_town(area_code: str | None) -> bool:
    """Whether the code is that of a kelurahan (fourth part 1xxx); a desa, or a code not that long, is country."""
    return area_code is not None and len(area_code) == 13 and area_code[9] == "1"


def _place_reasons(clue: Clue, away_m: float | None, one: Candidate) -> list[str]:
    said = [] if away_m is None else [_metres(away_m)]
    is_same = len(one.area_code or "") == 13 and clue.area_code == one.area_code
    return said + (["desa sama"] if is_same else [])


def _metres(away_m: float) -> str:
    return f"{away_m:.0f} m" if away_m < 1000 else f"{away_m / 1000:.1f} km".replace(".", ",")


def _described(found: _Likeness, site_name: str) -> dict[str, Any]:
    one = found.one
    return {
        "incident": one.id,
        "number": number_of(one.id, site_name),
        "type": one.type,
        "place": one.place,
        "calls": one.calls,
        "distance_m": None if found.away_m is None else round(found.away_m),
        "age_s": round(found.age_s),
        "score": round(found.score, 2),
        "reasons": found.reasons,
    }


# words that every caller says
_COMMON = frozenset(
    re.findall(
        r"\w+",
        "yang dari dengan untuk pada dalam juga akan sudah belum masih tidak bukan bisa harus adalah saya "
        "kami kita mereka orang tolong mohon segera cepat bantuan bantu sini situ sana disini disana dekat "
        "depan belakang samping desa dusun jalan kampung rumah banyak sekali sangat telah sedang lagi seperti "
        "karena jadi lalu bapak mbak terjadi kejadian lapor laporan petugas sekarang tadi baru",
    )
)


def words_alike(some: str | None, others: str | None) -> float:
    """How much of the shorter of two narratives stands in the other (0..1); a single shared word says nothing."""
    if not some or not others:
        return 0.0
    mine, theirs = _telling(some), _telling(others)
    shared = len(mine & theirs)
    return shared / min(len(mine), len(theirs)) if shared > 1 else 0.0


def _telling(narrative: str) -> set[str]:
    """The words of a narrative that tell it from another."""
    words = re.findall(r"[^\W\d_]{4,}", narrative[:1000].lower())
    return {word for word in words if word not in _COMMON}


def dialled(phone: str | None) -> str | None:
    """A number as it is dialled here, so that the same one is written the same: `+62 812-3456` is `08123456`."""
    if not phone:
        return None
    kept = re.sub(r"[^0-9+*#]", "", phone)
    return re.sub(r"^(\+62|0062|62(?=8))0?", "0", kept) or None


def is_telling(phone: str | None) -> bool:
    """Whether a number belongs to somebody: a short code or a hidden one is everybody's."""
    return phone is not None and len(phone) >= 8


_RT_FIRST = re.compile(r"\brt\W{0,3}(\d{1,3})(?:\W{0,3}rw\W{0,3}(\d{1,3})|\s*/\s*(\d{1,3}))?(?!\d)", re.IGNORECASE)
_RW_FIRST = re.compile(r"\brw\W{0,3}(\d{1,3})\W{0,3}rt\W{0,3}(\d{1,3})(?!\d)", re.IGNORECASE)


def rt_of(words: str | None) -> str | None:
    """RT and RW of a place's words as `02/01` (`RT 2 RW 1`, `rt 02/01`, `RW 1 RT 2`), `02/` without an RW, or None."""
    if found := _RW_FIRST.search(words or ""):
        return f"{int(found[2]):02}/{int(found[1]):02}" if int(found[2]) else None
    found = _RT_FIRST.search(words or "")
    if not found or not int(found[1]):
        return None
    rw = found[2] or found[3]
    return f"{int(found[1]):02}/" + (f"{int(rw):02}" if rw and int(rw) else "")


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
