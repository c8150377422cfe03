"""The queue where it is longer than a screen: its head, its next pages, and how many there are.

The order is priority, what is under control last, the longest wait first: as the screens sort what no unit is at work
on. What a unit is at work on belongs to every head, wherever it stands. See docs/decisions/0011.
"""

import datetime as dt
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from sqlalchemy import Connection, and_, false, func, or_, select
from sqlalchemy.engine import RowMapping

from incident import lens, queries, rules
from incident.casework.models import Task
from incident.errors import BadReport
from incident.models import Assignment, Incident, Unit

MOST = 300  # incidents of a head, besides those with units at work
SHOWS = ("open", "waiting", "late", "obstructed", "mine")
_AT_ONCE = 5_000  # ids in one statement; SQLite takes 32,766

_incident, _assignment, _unit = Incident.__table__, Assignment.__table__, Unit.__table__
_task = Task.__table__
_is_open = _incident.c.state.in_(rules.OPEN_STATES)
_UNSETTLED = tuple(state for state in rules.OPEN_STATES if state != "controlled")
_running = select(_assignment.c.incident_id).where(_assignment.c.state.in_(rules.ACTIVE_STATES))


class Place(NamedTuple):
    """Where an incident stands in the queue; places compare as the queue is sorted."""

    priority: str
    is_settled: bool
    opened_at: dt.datetime
    id: int

    def __str__(self) -> str:
        return f"{self.priority}~{int(self.is_settled)}~{queries.iso(self.opened_at)}~{self.id}"


FRONT = Place("P0", False, dt.datetime.min.replace(tzinfo=dt.UTC), 0)
_WRITTEN = re.compile(r"(P[0-4])~([01])~(\d{4}-\d\d-\d\dT[\d:.]{8,15}Z)~(\d{1,16})")


def place_of(row: Any) -> Place:
    return Place(row["priority"], row["state"] == "controlled", row["opened_at"], row["id"])


def read_place(words: str) -> Place:
    """A place as `until` wrote it; raises BadReport."""
    found = _WRITTEN.fullmatch(words)
    try:
        if found is None:
            raise ValueError(words)
        at = dt.datetime.fromisoformat(found[3])
    except ValueError:
        raise BadReport("after adalah nilai until dari jawaban sebelumnya, apa adanya.", "after") from None
    return Place(found[1], found[2] == "1", at, int(found[4]))


@dataclass(frozen=True, slots=True)
class Part:
    """Rows of the queue up to `until` (None: to its end); with a head, how many are `open` for the viewer in all."""

    rows: list[RowMapping]
    until: Place | None
    open: int = 0


# the head


def head(conn: Connection, viewer: lens.Viewer, most: int = MOST) -> Part:
    """The worst and longest waiting, and all that a unit is at work on. Who sees only their own gets all of it."""
    if not sees_every(viewer):
        return _whole(conn, own_incidents(viewer))
    places = _places(conn, FRONT, most + 1)
    if len(places) <= most:
        return _whole(conn)
    first = places[:most]
    ids = {one.id for one in first} | set(conn.scalars(_running))
    return Part(_rows(conn, ids), first[-1] if first else FRONT, _count(conn))


def sees_every(viewer: lens.Viewer) -> bool:
    """Whether no incident is hidden from the viewer: the kinds of entries tell them how many are open."""
    return rules.ROLE_SEES[viewer.role]["incidents"] == "all"


def _whole(conn: Connection, *conditions: Any) -> Part:
    wanted = select(*queries.INCIDENT_COLUMNS).where(_is_open, *conditions).order_by(_incident.c.id)
    rows = list(conn.execute(wanted).mappings())
    return Part(rows, None, len(rows))


def _count(conn: Connection) -> int:
    return int(conn.scalar(select(func.count()).select_from(_incident).where(_is_open)) or 0)


def _rows(conn: Connection, ids: Iterable[int]) -> list[RowMapping]:
    """The open incidents among these, by id."""
    wanted, found = sorted(ids), list[RowMapping]()
    for start in range(0, len(wanted), _AT_ONCE):
        some = _incident.c.id.in_(wanted[start : start + _AT_ONCE])
        query = select(*queries.INCIDENT_COLUMNS).where(some, _is_open).order_by(_incident.c.id)
        found += conn.execute(query).mappings()
    return found


def own_incidents(viewer: lens.Viewer) -> Any:
    """The condition under which an incident is a viewer's own: the lens, as SQL."""
    if viewer.role == "village":
        return _incident.c.area_code.startswith(viewer.area_code, autoescape=True) if viewer.area_code else false()
    if viewer.role == "field":
        return _incident.c.id.in_(_running.where(_assignment.c.unit_id == viewer.unit_id))
    theirs = _running.join(_unit, _unit.c.id == _assignment.c.unit_id)
    return _incident.c.id.in_(theirs.where(_unit.c.agency_code == viewer.agency_code))


# its order, read along the index (state, priority, opened_at)


def _places(conn: Connection, after: Place, most: int, *conditions: Any) -> list[Place]:
    """The first `most` places behind one, in the queue's order."""
    found: list[Place] = []
    for priority in rules.PRIORITIES:
        for is_settled in (False, True):
            if (priority, is_settled) < after[:2] or len(found) >= most:
                continue
            group = _group(priority, is_settled, after).where(*conditions).limit(most - len(found))
            found += [Place(priority, is_settled, row.opened_at, row.id) for row in conn.execute(group)]
    return found


def _group(priority: str, is_settled: bool, after: Place) -> Any:
    columns = _incident.c
    state = columns.state == "controlled" if is_settled else columns.state.in_(_UNSETTLED)
    group = select(columns.id, columns.opened_at).where(state, columns.priority == priority)
    if (priority, is_settled) == after[:2]:
        behind = and_(columns.opened_at == after.opened_at, columns.id > after.id)
        group = group.where(or_(columns.opened_at > after.opened_at, behind))
    return group.order_by(columns.opened_at, columns.id)


# a page of the rest


@dataclass(frozen=True, slots=True)
class Filter:
    """What of the queue is wanted: the chip, words, and what narrows it."""

    show: str = "open"
    priority: str | None = None
    q: str = ""
    state: str | None = None
    type: str | None = None
    agency: str | None = None
    area: str | None = None
    mine: str | None = None  # the name of who asks for their own


def page(conn: Connection, viewer: lens.Viewer, after: Place, limit: int, wanted: Filter, now: dt.datetime) -> Part:
    """The next `limit` of the queue behind a place that pass the filter."""
    conditions = _passing(conn, wanted, now)
    if not sees_every(viewer):
        conditions.append(own_incidents(viewer))
    places = _places(conn, after, limit + 1, *conditions)
    until = places[limit - 1] if len(places) > limit else None
    return Part(_rows(conn, [one.id for one in places[:limit]]), until)


def _passing(conn: Connection, wanted: Filter, now: dt.datetime) -> list[Any]:
    found = _SHOWN[wanted.show](now)
    for name in ("priority", "state", "type"):
        if said := getattr(wanted, name):
            found.append(_incident.c[name] == said)
    return [*found, *_narrowed(wanted)] + [_is_told(conn, word) for word in wanted.q.lower().split()]


def _narrowed(wanted: Filter) -> list[Any]:
    found: list[Any] = []
    if wanted.area:
        found.append(or_(_incident.c.area_code == wanted.area, _incident.c.area_code.startswith(f"{wanted.area}.")))
    if wanted.agency:
        theirs = _running.join(_unit, _unit.c.id == _assignment.c.unit_id)
        found.append(_incident.c.id.in_(theirs.where(_unit.c.agency_code == wanted.agency)))
    if wanted.mine:
        found.append(or_(_incident.c.heard_by == wanted.mine, _incident.c.id.in_(_tasks_of(wanted.mine))))
    return found


def _tasks_of(name: str) -> Any:
    own = (_task.c.owner_kind == "person", _task.c.owner == name, _task.c.state == "open")
    return select(_task.c.incident_id).where(*own, _task.c.incident_id.is_not(None))


def _waiting() -> list[Any]:
    return [_incident.c.state != "controlled", _incident.c.id.not_in(_running)]


def _late(now: dt.datetime) -> list[Any]:
    """No unit is on its way within the target. What a unit is at work on is on every screen, and judged there."""
    columns = _incident.c
    late = [
        and_(columns.priority == name, columns.opened_at < now - dt.timedelta(seconds=leave_s))
        for name, (leave_s, _) in rules.TARGETS_S.items()
    ]
    return [*_waiting(), columns.state != "obstructed", or_(*late)]


_SHOWN: dict[str, Any] = {
    "open": lambda now: [],
    "waiting": lambda now: _waiting(),
    "late": _late,
    "obstructed": lambda now: [_incident.c.state == "obstructed"],
    "mine": lambda now: [],
}


def _is_told(conn: Connection, word: str) -> Any:
    """Whether the word stands in the place or the type's name, or is the incident's number."""
    kinds = [row["code"] for row in queries.types(conn) if any(word in name for name in _names(row))]
    told = [func.lower(_incident.c.place).contains(word, autoescape=True), _incident.c.type.in_(kinds)]
    if number := re.fullmatch(r"(?:[a-z]{1,3}-)?0*(\d{1,15})", word):
        told.append(_incident.c.id == int(number[1]))
    return or_(*told)


def _names(row: RowMapping) -> Sequence[str]:
    return row["code"], row["name_id"].lower(), row["name_en"].lower()
