"""What is measured between t0 and t15, what is left out and why, and the percentiles of what remains. Pure.

Percentiles are the nearest rank: the smallest real interval that at least so many percent do not exceed (numpy calls
it `inverted_cdf`). Nothing is interpolated: a P90 of 812 s is a wait somebody had. Nothing is averaged twice: every
figure, of every group, comes from the raw intervals of that group.
"""

import datetime as dt
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from zoneinfo import ZoneInfo

P50, P90 = 50, 90
FEW = 10  # below this many, the P90 is the longest of them
METHOD = "nearest_rank"
NONE = ""  # the group of what has no type, no agency, no known area

# why an interval is not among those counted
REASONS = ("exercise", "paper", "unanswered", "running", "cancelled", "no_unit", "missing", "negative")


@dataclass(frozen=True, slots=True)
class Target:
    """So many percent within so many seconds, whose rule that is, and for which types (all where none is named)."""

    within_s: int
    percent: int | None
    source: str
    types: frozenset[str] = frozenset()

    def applies(self, kind: str | None) -> bool:
        return not self.types or kind in self.types


@dataclass(frozen=True, slots=True)
class Measure:
    """From one of t0 to t15 (the first known of `starts`) to another, of a call, an incident or an assignment."""

    code: str
    of: str
    starts: tuple[str, ...]
    end: str
    targets: tuple[Target, ...] = ()


FIRE = frozenset({"kebakaran"})
MEASURES = (
    Measure("answer", "call", ("t0",), "t1", (Target(10, 90, "NFPA 1225"), Target(15, 90, "NENA"))),
    Measure("classify", "call", ("t1",), "t2", (Target(60, None, "SOP Cilegon"),)),
    Measure("take", "call", ("t1",), "t4", (Target(60, None, "SOP Cilegon"),)),
    Measure("process", "incident", ("t1",), "t6", (Target(60, 90, "NFPA 1225"),)),
    Measure("dispatch", "incident", ("t4",), "t6"),
    Measure("turnout", "assignment", ("t6",), "t8"),
    Measure("travel", "assignment", ("t8",), "t9"),
    Measure("total", "incident", ("t0", "t1"), "t9", (Target(900, None, "Permendagri 114/2018", FIRE),)),
)
OF = {kind: tuple(one for one in MEASURES if one.of == kind) for kind in ("call", "incident", "assignment")}


@dataclass(slots=True)
class Case:
    """A call, an incident or an assignment as it is measured: its times, and where it belongs.

    `out` says why none of its intervals count; `unended` why one whose end is unknown does not.
    """

    of: str
    at: dt.datetime
    times: Mapping[str, dt.datetime | None]
    type: str | None = None
    priority: str | None = None
    area: str | None = None
    agencies: tuple[str, ...] = ()
    out: str | None = None
    unended: str = "missing"
    only: frozenset[str] | None = None  # the measures it has a part in, where not all of its kind


def interval(case: Case, measure: Measure) -> tuple[float | None, str | None]:
    """Seconds, or None and the reason (one of REASONS) it does not count."""
    if case.out:
        return None, case.out
    start = next((case.times[one] for one in measure.starts if case.times.get(one)), None)
    end = case.times.get(measure.end)
    if end is None:
        return None, case.unended
    if start is None:
        return None, "missing"
    seconds = (end - start).total_seconds()
    return (None, "negative") if seconds < 0 else (seconds, None)


def nearest_rank(ordered: Sequence[float], percent: int) -> float | None:
    """The smallest of these, in order, that at least so many percent do not exceed; None of nothing."""
    return ordered[-(-percent * len(ordered) // 100) - 1] if ordered else None


# groups


@dataclass(slots=True)
class Tally:
    """The raw intervals of one measure in one group, with what was left out."""

    measure: Measure
    seconds: list[float] = field(default_factory=list)
    excluded: Counter[str] = field(default_factory=Counter)
    within: dict[Target, list[int]] = field(default_factory=dict)  # of how many, how many within

    def add(self, seconds: float | None, reason: str | None, kind: str | None) -> None:
        if seconds is None:
            self.excluded[reason or "missing"] += 1
            return
        self.seconds.append(seconds)
        for target in self.measure.targets:
            if target.applies(kind):
                held = self.within.setdefault(target, [0, 0])
                held[0] += 1
                held[1] += seconds <= target.within_s

    def told(self) -> dict[str, Any]:
        """n, what was left out by reason, P50 and P90 in seconds, and the share within each target."""
        ordered = sorted(self.seconds)
        return {
            "n": len(ordered),
            "few": 0 < len(ordered) < FEW,
            "excluded": {one: self.excluded[one] for one in REASONS if self.excluded[one]},
            "left_out": self.excluded.total(),
            "p50_s": nearest_rank(ordered, P50),
            "p90_s": nearest_rank(ordered, P90),
            "within": [share_of(target, *self.within.get(target, (0, 0))) for target in self.measure.targets],
        }


def share_of(target: Target, of: int, count: int) -> dict[str, Any]:
    """How many met a target, of how many; `met` is None where the rule names no share or there was nothing."""
    share = 100 * count / of if of else None
    met = None if share is None or target.percent is None else share >= target.percent
    more = {"percent": target.percent, "source": target.source, "types": sorted(target.types)}
    return {"within_s": target.within_s, **more, "n": of, "count": count, "share": share, "met": met}


class Book:
    """Every measure of every group, and of all of them together."""

    def __init__(self) -> None:
        self.groups: dict[str, dict[str, Tally]] = {}
        self.total = _new_page()

    def add(self, case: Case, keys: Iterable[str]) -> None:
        pages = [self.total, *map(self._page, keys)]
        for measure in OF[case.of]:
            if case.only is None or measure.code in case.only:
                seconds, reason = interval(case, measure)
                for page in pages:
                    page[measure.code].add(seconds, reason, case.type)

    def _page(self, key: str) -> dict[str, Tally]:
        if key not in self.groups:
            self.groups[key] = _new_page()
        return self.groups[key]


def _new_page() -> dict[str, Tally]:
    return {measure.code: Tally(measure) for measure in MEASURES}


def told(page: Mapping[str, Tally]) -> dict[str, Any]:
    """A page of the book as the API says it: measure -> figures."""
    return {code: tally.told() for code, tally in page.items()}


# what a case is grouped by

Keys = Callable[[Case], tuple[str, ...]]


def keys_of(by: str, zone: ZoneInfo, shifts_h: Sequence[int] = (7, 15, 23)) -> Keys:
    """A function from a case to its groups: one, or of agencies each that was sent."""
    local: dict[str, Callable[[dt.datetime], str]] = {
        "hour": lambda at: f"{at:%H}",
        "day": lambda at: f"{at:%Y-%m-%d}",
        "month": lambda at: f"{at:%Y-%m}",
        "shift": lambda at: shift_of(at.hour, shifts_h),
    }
    plain: dict[str, Keys] = {
        "type": lambda case: (case.type or NONE,),
        "priority": lambda case: (case.priority or NONE,),
        "agency": lambda case: case.agencies or (NONE,),
        "district": lambda case: (area_of(case.area, 8),),
        "village": lambda case: (area_of(case.area, 13),),
    }
    if by in plain:
        return plain[by]
    return lambda case: (local[by](case.at.astimezone(zone)),)


BY = ("type", "priority", "agency", "district", "village", "shift", "hour", "day", "month")


def shift_of(hour: int, starts_h: Sequence[int]) -> str:
    """`07-15`: the shift an hour of the local clock belongs to."""
    ordered = sorted(starts_h)
    place = max((at for at, start in enumerate(ordered) if start <= hour), default=len(ordered) - 1)
    return f"{ordered[place]:02d}-{ordered[(place + 1) % len(ordered)]:02d}"


def area_of(code: str | None, length: int) -> str:
    """The district (8 characters) or village (13) of a Kemendagri code; NONE where it is not known so finely."""
    return code[:length] if code and len(code) >= length else NONE


# calls


def shares_of_calls(classes: Mapping[str, int], unanswered: int) -> dict[str, Any]:
    """Each class of the recorded calls, as a share of those recorded, and of all that came in, unanswered included.

    A call that nobody answered has no class: it is neither prank nor normal, and never counted as either.
    """
    recorded = sum(classes.values())
    all_in = recorded + unanswered
    return {
        "recorded": recorded,
        "unanswered": unanswered,
        "all": all_in,
        "shares": {
            name: {"count": count, "of_recorded": _percent(count, recorded), "of_all": _percent(count, all_in)}
            for name, count in classes.items()
        },
    }


def _percent(count: int, of: int) -> float | None:
    return 100 * count / of if of else None
