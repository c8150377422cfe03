"""Questions of casework: cards of tasks, what was merged and split, which lines are struck."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, func, or_, select
from sqlalchemy.engine import RowMapping

from incident import intake, journal
from incident.casework.models import Regrouped, Regrouping, Strike, Task
from incident.models import Call, Entry, Incident
from incident.queries import iso

_task = Task.__table__
_regrouping = Regrouping.__table__
_regrouped = Regrouped.__table__
_strike = Strike.__table__
_incident = Incident.__table__
# said once in the host's own words; a guest's need not be said again
_SAID_BY_THE_HOST = ("incident.merged", "incident.separated", "incident.restored")
_is_live = _regrouping.c.undone_at.is_(None)
Cards = list[dict[str, Any]]


# tasks


def task_card(row: Mapping[Any, Any]) -> dict[str, Any]:
    """A task as screens hold it; gone when it was done or dropped."""
    names = ("id", "incident_id", "kind", "words", "owner_kind", "owner", "unit_id", "agency_code", "state")
    card = {
        **{name: row[name] for name in (*names, "made_by", "ended_by", "why")},
        **{name: iso(row[name]) for name in ("due_at", "made_at", "ended_at")},
    }
    return card if row["state"] == "open" else {**card, "gone": True}


def find_task(conn: Connection, task_id: int) -> RowMapping | None:
    return conn.execute(select(_task).where(_task.c.id == task_id)).mappings().first()


def task_cards(conn: Connection, *conditions: Any) -> Cards:
    """Tasks by id, whatever became of them."""
    return [task_card(row) for row in conn.execute(select(_task).where(*conditions).order_by(_task.c.id)).mappings()]


def open_tasks(conn: Connection, *conditions: Any) -> Cards:
    return task_cards(conn, _task.c.state == "open", *conditions)


def board_cards(conn: Connection) -> dict[str, Cards]:
    """Casework's part of a snapshot: the open tasks."""
    return {"tasks": open_tasks(conn)}


def task_counts(conn: Connection, incident_id: int) -> dict[str, Any]:
    """{open_tasks, next_due_at} of an incident, as its row keeps them."""
    is_mine = (_task.c.incident_id == incident_id, _task.c.state == "open")
    row = conn.execute(select(func.count(), func.min(_task.c.due_at, type_=_task.c.due_at.type)).where(*is_mine)).one()
    return {"open_tasks": row[0], "next_due_at": row[1]}


# what was merged and split


def guests_of(conn: Connection, incident_id: int) -> list[int]:
    """The incidents that were merged into this one, also through another."""
    found: list[int] = []
    layer = [incident_id]
    while layer:
        layer = list(conn.scalars(select(_incident.c.id).where(_incident.c.merged_into.in_(layer))))
        found += layer
    return found


def find_regrouping(conn: Connection, regrouping_id: int) -> RowMapping | None:
    return conn.execute(select(_regrouping).where(_regrouping.c.id == regrouping_id)).mappings().first()


def live_regroupings(conn: Connection, *incident_ids: int) -> list[RowMapping]:
    """The merges and splits of these incidents that were not taken back, oldest first."""
    mine = or_(_regrouping.c.from_id.in_(incident_ids), _regrouping.c.to_id.in_(incident_ids))
    return list(conn.execute(select(_regrouping).where(_is_live, mine).order_by(_regrouping.c.id)).mappings())


def moved_by(conn: Connection, regrouping_id: int) -> dict[str, list[int]]:
    """The rows a merge or a split moved, by what they are."""
    rows = conn.execute(
        select(_regrouped.c.what, _regrouped.c.row_id)
        .where(_regrouped.c.regrouping_id == regrouping_id)
        .order_by(_regrouped.c.id)
    )
    moved: dict[str, list[int]] = {}
    for row in rows:
        moved.setdefault(row.what, []).append(row.row_id)
    return moved


def regrouping_cards(conn: Connection, incident_id: int, site_name: str) -> Cards:
    """What was merged into an incident or split from it and still holds; only the newest can be taken back."""
    rows = live_regroupings(conn, incident_id)
    return [
        {
            **{name: row[name] for name in ("id", "kind", "from_id", "to_id", "why")},
            "by": row["done_by"],
            "at": iso(row["done_at"]),
            "from_number": intake.number_of(row["from_id"], site_name),
            "to_number": intake.number_of(row["to_id"], site_name),
            "is_newest": _is_newest(conn, row),
        }
        for row in rows
    ]


def _is_newest(conn: Connection, row: Mapping[Any, Any]) -> bool:
    return bool(live_regroupings(conn, row["from_id"], row["to_id"])[-1]["id"] == row["id"])


def origins_of(conn: Connection, incident_id: int, site_name: str) -> dict[str, dict[str, str]]:
    """What came here from another incident: `{"calls": {"12": "LT-0002"}}`; the last place it came from counts."""
    rows = conn.execute(
        select(_regrouped.c.what, _regrouped.c.row_id, _regrouping.c.from_id)
        .join(_regrouping, _regrouping.c.id == _regrouped.c.regrouping_id)
        .where(_is_live, _regrouping.c.to_id == incident_id)
        .order_by(_regrouping.c.id)
    )
    origins: dict[str, dict[str, str]] = {}
    for row in rows:
        origins.setdefault(row.what, {})[str(row.row_id)] = intake.number_of(row.from_id, site_name)
    return origins


# the chronology


def strikes_of(conn: Connection, incident_ids: Sequence[int]) -> dict[int, dict[str, Any]]:
    """seq -> who struck the line, when and why."""
    rows = conn.execute(select(_strike).where(_strike.c.incident_id.in_(incident_ids))).mappings()
    return {row["seq"]: {"by": row["struck_by"], "at": iso(row["struck_at"]), "why": row["why"]} for row in rows}


def chronology(conn: Connection, incident_id: int) -> Cards:
    """The entries of an incident and of those merged into it, in order, what is struck marked so."""
    guests = guests_of(conn, incident_id)
    lines = journal.of_incident(conn, incident_id)
    for guest in guests:
        lines += [line for line in journal.of_incident(conn, guest) if line.kind not in _SAID_BY_THE_HOST]
    struck = strikes_of(conn, [incident_id, *guests])
    told = [line.told() for line in sorted(lines, key=lambda line: line.seq)]
    for entry in told:
        if entry["seq"] in struck:
            entry["body"]["struck"] = struck[entry["seq"]]  # in the body: whoever may not read that, reads no reason
    return told


def find_line(conn: Connection, seq: int) -> RowMapping | None:
    return conn.execute(select(Entry.__table__).where(Entry.seq == seq)).mappings().first()


def is_struck(conn: Connection, seq: int) -> bool:
    return conn.scalar(select(_strike.c.seq).where(_strike.c.seq == seq)) is not None


def whole_cards(conn: Connection, incident_id: int, site_name: str) -> dict[str, Any]:
    """Casework's part of a whole incident."""
    return {
        "tasks": task_cards(conn, _task.c.incident_id == incident_id),
        "regroupings": regrouping_cards(conn, incident_id, site_name),
        "origins": origins_of(conn, incident_id, site_name),
        "chronology": chronology(conn, incident_id),
    }


def find_call(conn: Connection, call_id: int) -> RowMapping | None:
    """A call with the number of its caller, for those who may see it."""
    columns = (Call.id, Call.incident_id, Call.caller_phone, Call.caller_name)
    return conn.execute(select(*columns).where(Call.id == call_id)).mappings().first()
