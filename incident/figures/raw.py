"""Brings the raw rows of a period: calls, rings, incidents, assignments and what was corrected of their times.

No sum, no mean, no percentile is made in SQL: what leaves here are moments, and `rules` measures between them.
"""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, and_, false, func, or_, select

from incident import rules as house
from incident.desk import times
from incident.desk.form_models import TimeMark
from incident.desk.incoming_models import Ring
from incident.desk.times import Time
from incident.figures.rules import Case
from incident.models import Assignment, Call, Incident, Unit

_call, _incident, _assignment = Call.__table__, Incident.__table__, Assignment.__table__
_unit, _ring, _mark = Unit.__table__, Ring.__table__, TimeMark.__table__
CHUNK = 500  # names in one question
EXERCISE = "drill"  # the channel of a call that is played
UNANSWERED = ("missed", "dropped")
_OF_CALL = ("rang_at", "answered_at", "classified_at", "received_at", "recorded_at", "written_at", "source", "channel")
_STAMPS = {"t6": "assigned_at", "t8": "en_route_at", "t9": "on_scene_at"}
_MEASURED = ("t0", "t1", "t2", "t4", *_STAMPS)
Marks = Mapping[int, list[Time]]
Held = dict[str, dt.datetime | None]


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which period (from, up to but without), and of what; `agency` narrows to incidents its units were sent to."""

    since: dt.datetime
    until: dt.datetime
    type: str | None = None
    priority: str | None = None
    agency: str | None = None
    area: str | None = None
    is_exercise: bool = False  # the whole database is an exercise: then its played calls are what is measured


def cases(conn: Connection, wanted: Wanted) -> Iterator[Case]:
    """Everything that is measured in the period: calls by when they came in, the rest by when the incident opened."""
    marks = _marks(conn, wanted)
    sent = _assignments(conn, wanted)
    yield from _call_cases(conn, wanted, marks, sent)
    yield from _ring_cases(conn, wanted)
    for row in conn.execute(_incidents(wanted)):
        yield from _incident_cases(row, sent.get(row.id, []), marks.get(row.id, []), wanted)


# the questions


def _incidents(wanted: Wanted) -> Select[Any]:
    theirs = _call.alias("theirs")
    firsts = select(func.min(theirs.c.id)).where(theirs.c.incident_id == _incident.c.id).correlate(_incident)
    columns = [_incident.c[name] for name in ("id", "type", "priority", "area_code", "opened_at", "state")]
    found = select(*columns, *(_call.c[name] for name in _OF_CALL))
    found = found.select_from(_incident.outerjoin(_call, _call.c.id == firsts.scalar_subquery()))
    return found.where(*_opened(wanted), *_of_incident(wanted), _incident.c.merged_into.is_(None)).order_by(
        _incident.c.id
    )


def _opened(wanted: Wanted) -> tuple[ColumnElement[bool], ...]:
    return (_incident.c.opened_at >= wanted.since, _incident.c.opened_at < wanted.until)


def _of_incident(wanted: Wanted) -> list[ColumnElement[bool]]:
    """What an incident must be like to be among those asked for."""
    like = [_incident.c[name] == asked for name in ("type", "priority") if (asked := getattr(wanted, name))]
    like += [_incident.c.area_code.startswith(wanted.area, autoescape=True)] if wanted.area else []
    return like + ([_was_sent(wanted.agency, _incident.c.id)] if wanted.agency else [])


def _was_sent(agency: str, incident_id: Any) -> ColumnElement[bool]:
    """A unit of the agency was sent there, also when it was called off later."""
    mine = select(_assignment.c.incident_id).join(_unit, _unit.c.id == _assignment.c.unit_id)
    return incident_id.in_(mine.where(_unit.c.agency_code == agency))


def _calls(wanted: Wanted) -> Select[Any]:
    """Calls of the period with what is believed of them now: an incident's type before the caller's."""
    kind = func.coalesce(_incident.c.type, _call.c.type).label("type")
    priority = func.coalesce(_incident.c.priority, _call.c.priority).label("priority")
    area = func.coalesce(_incident.c.area_code, _call.c.area_code).label("area_code")
    columns = (_call.c.id, _call.c["class"], _call.c.incident_id, *(_call.c[name] for name in _OF_CALL))
    both = _call.outerjoin(_incident, _incident.c.id == _call.c.incident_id)
    found = select(*columns, kind, priority, area).select_from(both)
    like = [kind.element == wanted.type] if wanted.type else []
    like += [priority.element == wanted.priority] if wanted.priority else []
    like += [area.element.startswith(wanted.area, autoescape=True)] if wanted.area else []
    like += [_was_sent(wanted.agency, _call.c.incident_id)] if wanted.agency else []
    return found.where(*_received(wanted), *like).order_by(_call.c.id)


def _received(wanted: Wanted) -> tuple[ColumnElement[bool], ...]:
    return (_call.c.received_at >= wanted.since, _call.c.received_at < wanted.until)


def _assignments(conn: Connection, wanted: Wanted) -> dict[int, list[Any]]:
    """The assignments of the period's incidents, by incident; also of those the period's calls belong to."""
    columns = (_assignment.c.id, _assignment.c.incident_id, _assignment.c.state, _unit.c.agency_code)
    found = select(*columns, *(_assignment.c[name] for name in _STAMPS.values()))
    both = _assignment.join(_unit, _unit.c.id == _assignment.c.unit_id)
    found = found.select_from(both.join(_incident, _incident.c.id == _assignment.c.incident_id))
    found = found.where(_is_touched(wanted))
    sent = defaultdict(list)
    for row in conn.execute(found.order_by(_assignment.c.id)):
        sent[row.incident_id].append(row)
    return sent


def _is_touched(wanted: Wanted) -> ColumnElement[bool]:
    """The incident opened in the period, or one of its calls came in then."""
    called = select(_call.c.incident_id).where(*_received(wanted), _call.c.incident_id.is_not(None))
    return or_(and_(*_opened(wanted)), _incident.c.id.in_(called))


def _marks(conn: Connection, wanted: Wanted) -> Marks:
    """What was said or corrected of the times of the period's incidents, the oldest first."""
    found = select(_mark).join(_incident, _incident.c.id == _mark.c.incident_id)
    found = found.where(_is_touched(wanted), _mark.c.which.in_(_MEASURED))
    marks = defaultdict(list)
    for row in conn.execute(found.order_by(_mark.c.id)):
        marks[row.incident_id].append(Time(row.which, row.at, row.source))
    return marks


# calls


def _call_cases(conn: Connection, wanted: Wanted, marks: Marks, sent: Mapping[int, list[Any]]) -> Iterator[Case]:
    firsts = _first_calls(conn, list(marks))
    for row in conn.execute(_calls(wanted)):
        held = with_marks(call_times(row), marks[row.incident_id] if row.id in firsts else [])
        agencies = agencies_of(sent.get(row.incident_id, []))
        about = (row.type, row.priority, row.area_code, agencies)
        yield Case("call", row.received_at, held, *about, out=_out(row, wanted))


def _first_calls(conn: Connection, incident_ids: list[int]) -> set[int]:
    """The calls that opened these incidents: t0 to t4 of an incident are those of its first call."""
    found: set[int] = set()
    for start in range(0, len(incident_ids), CHUNK):
        some = incident_ids[start : start + CHUNK]
        found.update(
            conn.scalars(
                select(func.min(_call.c.id)).where(_call.c.incident_id.in_(some)).group_by(_call.c.incident_id)
            )
        )
    return found


def call_times(row: Any) -> Held:
    """t0, t1, t2 and t4 of a call's row; on paper the moment it came in is when it was answered."""
    answered = row.answered_at or (row.received_at if row.source == "paper" else None)
    written = row.written_at or row.recorded_at
    return {"t0": row.rang_at, "t1": answered, "t2": row.classified_at, "t4": written}


def _out(row: Any, wanted: Wanted) -> str | None:
    if row.channel == EXERCISE and not wanted.is_exercise:
        return "exercise"
    return "paper" if row.source == "paper" else None


def _ring_cases(conn: Connection, wanted: Wanted) -> Iterator[Case]:
    """What rang and became no call: answered all the same, or not. It has no type, no place and nobody was sent."""
    narrowed = (wanted.type, wanted.priority, wanted.area, wanted.agency)
    period = (_ring.c.rang_at >= wanted.since, _ring.c.rang_at < wanted.until)
    found = select(_ring.c.rang_at, _ring.c.answered_at, _ring.c.outcome).where(*period, _ring.c.call_id.is_(None))
    only = frozenset({"answer"})
    for row in conn.execute(found.where(false() if any(narrowed) else _ring.c.outcome.is_not(None))):
        out = "unanswered" if row.outcome in UNANSWERED else None
        yield Case("call", row.rang_at, {"t0": row.rang_at, "t1": row.answered_at}, out=out, only=only)


# incidents and their assignments


def _incident_cases(row: Any, sent: list[Any], marks: list[Time], wanted: Wanted) -> Iterator[Case]:
    """The incident, then each unit that was sent there, with its own clock."""
    out, about = _out(row, wanted), (row.type, row.priority, row.area_code)
    stamps = corrected_stamps(sent, marks)
    held = with_marks(call_times(row) if row.received_at else {}, [one for one in marks if one.which not in _STAMPS])
    held |= {which: _earliest(stamps, which) for which in _STAMPS}
    unended = _unended(row.state, bool(sent))
    yield Case("incident", row.opened_at, held, *about, agencies_of(sent), out=out, unended=unended)
    for one, times_of_it in zip(sent, stamps, strict=True):
        if wanted.agency in (None, one.agency_code):
            why = _unended_assignment(one.state)
            mine = (one.agency_code,) if one.agency_code else ()
            yield Case("assignment", row.opened_at, times_of_it, *about, mine, out=out, unended=why)


def _unended(state: str, was_sent: bool) -> str:
    if state in house.OPEN_STATES:
        return "running"
    return "missing" if was_sent else "no_unit"


def _unended_assignment(state: str) -> str:
    return "cancelled" if state == "cancelled" else "running" if state in house.ACTIVE_STATES else "missing"


def agencies_of(sent: Iterable[Any]) -> tuple[str, ...]:
    """The agencies whose units were sent, also those called off later, each once."""
    return tuple(sorted({one.agency_code for one in sent if one.agency_code}))


def _earliest(stamps: Iterable[Held], which: str) -> dt.datetime | None:
    return min((at for one in stamps if (at := one[which])), default=None)


def corrected_stamps(sent: list[Any], marks: Iterable[Time]) -> list[Held]:
    """t6 to t9 of each assignment; a correction of the incident's is one of the assignment that was first there."""
    stamps: list[Held] = [{which: getattr(row, name) for which, name in _STAMPS.items()} for row in sent]
    for mark in marks:
        if mark.source == "corrected" and mark.which in _STAMPS and stamps:
            min(stamps, key=lambda one: (one[mark.which] is None, one[mark.which] or one["t6"]))[mark.which] = mark.at
    return stamps


def with_marks(held: Held, marks: Iterable[Time]) -> Held:
    """Times as they hold after what was said or corrected of them."""
    marks = list(marks)
    if not marks:
        return held
    known = {which: Time(which, at) for which, at in held.items() if at is not None}
    return {which: one.at for which, one in times.corrected(known, marks).items()}


# calls by class


def classes(conn: Connection, wanted: Wanted) -> dict[str, int]:
    """How many calls of each class were recorded; played ones are counted apart, as `exercise`."""
    counted: dict[str, int] = dict.fromkeys((*house.CLASSES, "exercise"), 0)
    by_class = (_call.c["class"], _call.c.channel, func.count())
    found = _calls(wanted).with_only_columns(*by_class).order_by(None).group_by(*by_class[:2])
    for name, channel, count in conn.execute(found):
        counted["exercise" if channel == EXERCISE and not wanted.is_exercise else name] += count
    return counted


def rung(conn: Connection, wanted: Wanted) -> dict[str, int]:
    """How many calls rang in the period and what became of them; `lost` were missed or dropped and never recorded."""
    period = (_ring.c.rang_at >= wanted.since, _ring.c.rang_at < wanted.until)
    was_recorded = _ring.c.call_id.is_not(None).label("was_recorded")
    counted = select(_ring.c.outcome, was_recorded, func.count().label("n")).where(*period)
    rows = list(conn.execute(counted.group_by(_ring.c.outcome, was_recorded)))
    of = {name: sum(row.n for row in rows if row.outcome == name) for name in ("answered", *UNANSWERED)}
    lost = sum(row.n for row in rows if row.outcome in UNANSWERED and not row.was_recorded)
    return {"rang": sum(row.n for row in rows), **of, "lost": lost}
