"""When what happened: t0 to t15 gathered from calls, units, the journal and marks, for one incident or for many.

Where each time lives: t0 to t3 and a paper's t4 in the call's own row, t4 otherwise `recorded_at`; t6 to t9 and t11 in
the assignments; t10 and t13 in the incident; t14 and t15 in the journal (an incident may be closed twice). t5 is the
first of: a dispatcher opened the incident (a mark), it was verified, a unit was assigned. t12 is the first kaji cepat
or note of a field team. A correction is a mark too: it stands above all of them and changes no row.
"""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, func, insert, select

from incident import journal, queries
from incident.desk import times
from incident.desk.form_models import TimeMark
from incident.desk.times import Time
from incident.errors import BadReport, NotFound
from incident.models import Assignment, Call, Entry, Incident, Person
from incident.post import Act
from incident.queries import iso

_mark, _call, _incident = TimeMark.__table__, Call.__table__, Incident.__table__
_assignment, _entry, _person = Assignment.__table__, Entry.__table__, Person.__table__
_OF_CALL = {"rang_at": "t0", "answered_at": "t1", "classified_at": "t2", "located_at": "t3"}
_OF_KIND = {
    "incident.verified": "t5",
    "assessment.recorded": "t12",
    "incident.noted": "t12",
    "incident.closed": "t14",
    "incident.reopened": "t15",
}
_LAST_COUNTS = frozenset({"t14", "t15"})

journal.declare(
    {
        "incident.handed": "A dispatcher had the incident before their eyes for the first time (t5).",
        "time.corrected": "One of the times t0 to t15 was corrected: which, what it was, why.",
    }
)


# gathering


def of_incident(conn: Connection, incident_id: int) -> dict[str, Time]:
    """The times of one incident that are known, t0 to t15 in order."""
    return of_incidents(conn, [incident_id])[incident_id]


def of_incidents(conn: Connection, ids: Sequence[int]) -> dict[int, dict[str, Time]]:
    """The times of many incidents, in five questions whatever their number."""
    found: dict[int, list[Time]] = {one: [] for one in ids}
    for call in _first_calls(conn, ids):
        found[call.incident_id] += call_times(call)
    for gather in (_from_units, _from_incidents, _from_journal):
        for incident_id, time in gather(conn, ids):
            found[incident_id].append(time)
    marks = _marks(conn, ids)
    return {one: times.corrected(_held(found[one]), marks[one]) for one in ids}


def _held(some: Iterable[Time]) -> dict[str, Time]:
    """The earliest of each name; of closing and reopening the latest."""
    held: dict[str, Time] = {}
    for one in some:
        known = held.get(one.which)
        if known is None or (one.at > known.at if one.which in _LAST_COUNTS else one.at < known.at):
            held[one.which] = one
    return held


def _first_calls(conn: Connection, ids: Sequence[int]) -> list[Any]:
    """The call that opened each incident."""
    names = ("id", "incident_id", "received_at", "recorded_at", "written_at", "source", "taken_by", *_OF_CALL)
    firsts = select(func.min(_call.c.id)).where(_call.c.incident_id.in_(ids)).group_by(_call.c.incident_id)
    return list(conn.execute(select(*(_call.c[name] for name in names)).where(_call.c.id.in_(firsts))))


def call_times(call: Any) -> list[Time]:
    """t0 to t4 of a call's row."""
    known = [(which, getattr(call, name)) for name, which in _OF_CALL.items()]
    known.append(("t4", call.written_at or call.recorded_at))
    if call.answered_at is None and call.source == "paper":
        known.append(("t1", call.received_at))
    return [Time(which, at, call.source, call.taken_by) for which, at in known if at is not None]


def _from_units(conn: Connection, ids: Sequence[int]) -> Iterable[tuple[int, Time]]:
    names = ("incident_id", "state", "assigned_at", "acknowledged_at", "en_route_at", "on_scene_at", "cleared_at")
    rows = list(conn.execute(select(*(_assignment.c[one] for one in names)).where(_assignment.c.incident_id.in_(ids))))
    stamps = {"assigned_at": "t6", "acknowledged_at": "t7", "en_route_at": "t8", "on_scene_at": "t9"}
    for row in rows:
        yield row.incident_id, Time("t5", row.assigned_at)
        for name, which in stamps.items():
            if at := getattr(row, name):
                yield row.incident_id, Time(which, at)
    by_incident = defaultdict(list)
    for row in rows:
        by_incident[row.incident_id].append(row)
    for incident_id, group in by_incident.items():
        cleared = [row.cleared_at for row in group if row.state == "cleared" and row.cleared_at]
        if cleared and all(row.state in ("cleared", "cancelled") for row in group):
            yield incident_id, Time("t11", max(cleared))


def _from_incidents(conn: Connection, ids: Sequence[int]) -> Iterable[tuple[int, Time]]:
    stamps = {"under_control_at": "t10", "feedback_at": "t13"}
    found = select(_incident.c.id, *(_incident.c[name] for name in stamps)).where(_incident.c.id.in_(ids))
    for row in conn.execute(found):
        for name, which in stamps.items():
            if at := getattr(row, name):
                yield row.id, Time(which, at)


def _from_journal(conn: Connection, ids: Sequence[int]) -> Iterable[tuple[int, Time]]:
    """What only the journal knows; a note is a field report when it is a field team's."""
    is_told = (_entry.c.kind != "incident.noted") | (_person.c.role == "field")
    found = select(_entry.c.incident_id, _entry.c.kind, _entry.c.at, _entry.c.by)
    found = found.outerjoin(_person, _person.c.name == _entry.c.by)
    rows = conn.execute(found.where(_entry.c.incident_id.in_(ids), _entry.c.kind.in_(list(_OF_KIND)), is_told))
    for row in rows:
        yield row.incident_id, Time(_OF_KIND[row.kind], row.at, by=row.by)


def _marks(conn: Connection, ids: Sequence[int]) -> defaultdict[int, list[Time]]:
    """The marks of these incidents, the oldest first."""
    marks: defaultdict[int, list[Time]] = defaultdict(list)
    for row in conn.execute(select(_mark).where(_mark.c.incident_id.in_(ids)).order_by(_mark.c.id)):
        marks[row.incident_id].append(_time(row))
    return marks


def _time(row: Any) -> Time:
    return Time(row.which, row.at, row.source, row.by, row.why, row.was, row.written_at)


def told(held: Mapping[str, Time], now: dt.datetime) -> list[dict[str, Any]]:
    """The times as a screen gets them; `odd` names what a time stands oddly against."""
    wrong = times.odd({which: one.at for which, one in held.items()}, now)
    strange = {
        which: [one if other == which else other for one, other in wrong if which in (one, other)] for which in held
    }
    return [_card(one, strange[which]) for which, one in held.items()]


def _card(one: Time, strange: list[str]) -> dict[str, Any]:
    plain = {"which": one.which, "name": times.NAMES[one.which], "at": iso(one.at), "source": one.source, "by": one.by}
    more = {"why": one.why, "was": iso(one.was), "odd": strange or None}
    return plain | {name: value for name, value in more.items() if value is not None}


# the verbs


def hand_over(act: Act, incident_id: int) -> dict[str, Any]:
    """A dispatcher has opened an incident: t5, the first time only. Answers the times as they hold."""
    if queries.find_incident(act.conn, incident_id) is None:
        raise NotFound("Kejadian itu tidak ada.")
    if act.earlier("incident.handed", incident_id) is None and "t5" not in of_incident(act.conn, incident_id):
        mark(act, incident_id, "t5")
        act.append("incident.handed", {"which": "t5"}, incident_id)
    return _answer(act, incident_id)


def mark(act: Act, incident_id: int, which: str, at: dt.datetime | None = None) -> None:
    """Note that one of t5 to t13 happened now, where no row says it; the first mark of a name holds."""
    _write(act, {"incident_id": incident_id, "which": which, "at": at or act.now, "source": "live"})


def correct(
    act: Act, incident_id: int, which: str, at: dt.datetime, why: str, confirmed: bool = False
) -> dict[str, Any]:
    """Correct one of the times, with a reason; a line that then looks odd is asked about (`confirm`), never refused."""
    if act.earlier("time.corrected", incident_id):
        return _answer(act, incident_id)
    if queries.find_incident(act.conn, incident_id) is None:
        raise NotFound("Kejadian itu tidak ada.")
    held = of_incident(act.conn, incident_id)
    moments = {name: one.at for name, one in held.items()} | {which: at}
    if not confirmed and (question := times.doubt_about(moments, which, act.now)):
        raise BadReport(question, "at", confirm=True)
    before = held[which].at if which in held else None
    _write(
        act, {"incident_id": incident_id, "which": which, "at": at, "source": "corrected", "why": why, "was": before}
    )
    facts = {"which": which, "was": iso(before), "at": iso(at), "text": why}
    act.append("time.corrected", facts, incident_id)
    return _answer(act, incident_id)


def _write(act: Act, row: dict[str, Any]) -> None:
    act.conn.execute(insert(TimeMark), [{"why": None, "was": None, **row, "by": act.by, "written_at": act.now}])


def _answer(act: Act, incident_id: int) -> dict[str, Any]:
    return {"times": told(of_incident(act.conn, incident_id), act.now)}
