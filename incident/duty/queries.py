"""Questions about units at work: what bears on one unit's clocks, alarms, crews, shifts, kinds."""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, func, or_, select
from sqlalchemy.engine import RowMapping

from incident import queries, rules
from incident.duty import limits
from incident.duty.models import Alarm, Capability, CrewMember, DutyShift, UnitKind
from incident.models import Assignment, Person, Unit
from incident.post import Post
from incident.queries import iso

Row = Mapping[Any, Any]
_alarm, _unit, _crew, _shift = Alarm.__table__, Unit.__table__, CrewMember.__table__, DutyShift.__table__
_alarm_rows = select(_alarm, _unit.c.call_sign, _unit.c.agency_code).join(_unit, _unit.c.id == _alarm.c.unit_id)
_open_alarms = _alarm_rows.where(_alarm.c.ended_at.is_(None)).order_by(_alarm.c.id)


# what bears on a unit's clocks


@dataclass(frozen=True, slots=True)
class Facts:
    """A unit with its running assignments and open alarms."""

    unit: Row
    active: Sequence[Row]
    alarms: Sequence[Row]

    @property
    def status(self) -> str:
        unit = self.unit
        return rules.unit_state(list(self.active), unit["in_service"], unit["posture"], unit["mayday_at"] is not None)

    @property
    def word_at(self) -> dt.datetime:
        """When its clock began: its last word, or its status where that is younger."""
        return limits.silent_since(queries.unit_since(self.unit, list(self.active)), self.unit["word_at"])

    @property
    def is_watched(self) -> bool:
        """Whether it is on scene anywhere: there the welfare check watches it."""
        return any(_is_on_scene(one) for one in self.active)

    @property
    def watch_at(self) -> dt.datetime:
        """When the twenty minutes of a unit on scene began: no new task given to it begins them anew."""
        there = [one["state_since"] for one in self.active if _is_on_scene(one)]
        return self.unit["word_at"] or min(there, default=self.word_at)

    @property
    def incident_id(self) -> int | None:
        """Where to look for it: where it is on scene, else its newest assignment."""
        there = [one for one in self.active if _is_on_scene(one)] or self.active
        newest = max(there, key=lambda one: (one["assigned_at"], one["id"]), default=None)
        return newest["incident_id"] if newest else None

    def find(self, kind: str) -> Row | None:
        return next((row for row in self.alarms if row["kind"] == kind), None)

    def has(self, kind: str) -> bool:
        return self.find(kind) is not None


def _is_on_scene(one: Row) -> bool:
    return one["state"] == "on_scene" or one["state"] == "obstructed" and one["on_scene_at"] is not None


def facts_of(conn: Connection, unit: Row) -> Facts:
    alarms = conn.execute(_open_alarms.where(_alarm.c.unit_id == unit["id"])).mappings()
    return Facts(unit, queries.active_of_unit(conn, unit["id"]), list(alarms))


def watched(conn: Connection) -> list[Facts]:
    """Every unit whose clocks run: at work, in the field, in distress, or with an open alarm."""
    active = queries.active_by_unit(conn)
    alarms: defaultdict[Any, list[RowMapping]] = defaultdict(list)
    for row in conn.execute(_open_alarms).mappings():
        alarms[row["unit_id"]].append(row)
    at_work = select(Assignment.unit_id).where(Assignment.state.not_in(("cleared", "cancelled")))
    wanted = or_(
        _unit.c.id.in_(at_work),
        _unit.c.posture != "base",
        _unit.c.mayday_at.is_not(None),
        _unit.c.id.in_(select(_alarm.c.unit_id).where(_alarm.c.ended_at.is_(None))),
    )
    rows = conn.execute(select(*queries.UNIT_COLUMNS).where(wanted).order_by(_unit.c.id)).mappings()
    return [Facts(row, active[row["id"]], alarms[row["id"]]) for row in rows]


# alarms


def alarm_card(row: Row) -> dict[str, Any]:
    """An alarm on the screens; `row` carries the unit's call_sign and agency_code. One that ended is gone."""
    names = ("id", "unit_id", "call_sign", "agency_code", "kind", "status", "why", "incident_id", "limit_s", "misses")
    times = ("since", "asked_at", "raised_at", "acknowledged_at")
    card = {name: row[name] for name in (*names, "acknowledged_by")} | {name: iso(row[name]) for name in times}
    return {**card, "gone": True} if row["ended_at"] else card


def find_alarm(conn: Connection, alarm_id: int) -> RowMapping | None:
    return conn.execute(_alarm_rows.where(_alarm.c.id == alarm_id)).mappings().first()


def board_cards(conn: Connection, post: Post | None = None) -> dict[str, list[dict[str, Any]]]:
    """The alarms of a snapshot."""
    return {"alarms": [alarm_card(row) for row in conn.execute(_open_alarms).mappings()]}


# kinds and capabilities


def kinds(conn: Connection) -> list[dict[str, Any]]:
    table = UnitKind.__table__
    return [dict(row) for row in conn.execute(select(table).order_by(table.c.rank, table.c.code)).mappings()]


def capabilities(conn: Connection) -> list[dict[str, Any]]:
    table = Capability.__table__
    return [dict(row) for row in conn.execute(select(table).order_by(table.c.rank, table.c.code)).mappings()]


def names_of_page(conn: Connection, language: str) -> dict[str, dict[str, str]]:
    """Code -> name in the page's language, of kinds and of capabilities."""
    name = "name_en" if language == "en" else "name_id"
    return {
        "kinds": {row["code"]: row[name] for row in kinds(conn)},
        "capabilities": {row["code"]: row[name] for row in capabilities(conn)},
    }


# crews and shifts


def crew_of(conn: Connection, unit_id: int | None = None) -> list[dict[str, Any]]:
    """Who rides now, on one unit or on all."""
    wanted = select(_crew).where(_crew.c.left_at.is_(None)).order_by(_crew.c.unit_id, _crew.c.id)
    if unit_id is not None:
        wanted = wanted.where(_crew.c.unit_id == unit_id)
    return [crew_line(row) for row in conn.execute(wanted).mappings()]


def crew_line(row: Row) -> dict[str, Any]:
    names = ("id", "unit_id", "name", "role")
    return {**{name: row[name] for name in names}, "joined_at": iso(row["joined_at"])}


def crew_counts(conn: Connection) -> dict[int, int]:
    counted = select(_crew.c.unit_id, func.count()).where(_crew.c.left_at.is_(None)).group_by(_crew.c.unit_id)
    return {row[0]: row[1] for row in conn.execute(counted)}


def log_ins(conn: Connection) -> list[dict[str, Any]]:
    """The people whose log-in is tied to a unit."""
    tied = select(Person.name, Person.unit_id, Person.role).where(Person.unit_id.is_not(None))
    rows = conn.execute(tied.where(Person.revoked_at.is_(None)).order_by(Person.name))
    return [{"name": row.name, "unit_id": row.unit_id, "role": row.role} for row in rows]


def shifts_between(conn: Connection, begins: dt.datetime, ends: dt.datetime) -> list[dict[str, Any]]:
    """The planned shifts that touch a span of time, by their start."""
    wanted = (_shift.c.struck_at.is_(None), _shift.c.ends_at > begins, _shift.c.starts_at < ends)
    rows = conn.execute(select(_shift).where(*wanted).order_by(_shift.c.starts_at, _shift.c.id)).mappings()
    return [shift_line(row) for row in rows]


def shift_line(row: Row) -> dict[str, Any]:
    names = ("id", "unit_id", "made_by")
    return {**{name: row[name] for name in names}, "starts_at": iso(row["starts_at"]), "ends_at": iso(row["ends_at"])}


def on_shift(conn: Connection, now: dt.datetime) -> dict[int, bool]:
    """Unit -> whether it is on duty now; a unit whose duty nobody plans is not in it (planned: within a month)."""
    span = dt.timedelta(days=31)
    rows = conn.execute(
        select(_shift.c.unit_id, _shift.c.starts_at, _shift.c.ends_at).where(
            _shift.c.struck_at.is_(None), _shift.c.ends_at > now - span, _shift.c.starts_at < now + span
        )
    )
    return now_on(((row.unit_id, row.starts_at, row.ends_at) for row in rows), now)


def now_on(shifts: Iterable[tuple[int, dt.datetime, dt.datetime]], now: dt.datetime) -> dict[int, bool]:
    """Of (unit, starts, ends): which units are on duty at this moment. Pure."""
    duty: dict[int, bool] = {}
    for unit_id, starts, ends in shifts:
        duty[unit_id] = duty.get(unit_id, False) or starts <= now < ends
    return duty


def words_at(conn: Connection) -> dict[int, str | None]:
    """Unit -> when anything was last heard from it."""
    return {row.id: iso(row.word_at) for row in conn.execute(select(Unit.id, Unit.word_at))}
