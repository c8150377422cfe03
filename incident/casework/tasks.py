"""The rows of tasks: written by casework's own verbs and by those of an incident that promise or keep a word."""

import datetime as dt
from collections.abc import Mapping
from typing import Any

from sqlalchemy import insert, select, update

from incident.casework import kinds, queries
from incident.casework.models import Task
from incident.post import Act

NEXT_WORD = "next_word"
_task = Task.__table__
assert kinds


def insert_task(act: Act, **said: Any) -> int:
    """A new open task; `said` are its words and, where known, incident_id, kind, due_at and the owner's columns."""
    nobody = dict.fromkeys(("incident_id", "due_at", "owner_kind", "owner", "unit_id", "agency_code"))
    row = {**nobody, "kind": "task", **said, "state": "open", "made_by": act.by, "made_at": act.now}
    return int(act.conn.execute(insert(Task).returning(Task.id), row).scalar_one())


def change_task(act: Act, task_id: int, **changes: Any) -> None:
    act.conn.execute(update(Task).where(Task.id == task_id).values(**changes))


def end_columns(act: Act, state: str, why: str | None = None) -> dict[str, Any]:
    return {"state": state, "ended_by": act.by, "ended_at": act.now, "why": why}


def promise_word(act: Act, incident_id: int, due_at: dt.datetime) -> int:
    """The reporter shall hear by then: one open task of an incident says so, the newest promise counts."""
    standing = _next_words(act, incident_id)
    if standing:
        change_task(act, standing[-1], due_at=due_at)
        return standing[-1]
    return insert_task(act, kind=NEXT_WORD, words="Kabari pelapor", incident_id=incident_id, due_at=due_at)


def keep_word(act: Act, incident_id: int) -> list[int]:
    """The reporter was told: what was promised is done; answers the tasks that ended."""
    standing = _next_words(act, incident_id)
    for task_id in standing:
        change_task(act, task_id, **end_columns(act, "done"))
    return standing


def _next_words(act: Act, incident_id: int) -> list[int]:
    wanted = (_task.c.incident_id == incident_id, _task.c.kind == NEXT_WORD, _task.c.state == "open")
    return list(act.conn.scalars(select(_task.c.id).where(*wanted).order_by(_task.c.id)))


def cards(act: Act, task_ids: list[int]) -> list[dict[str, Any]]:
    return queries.task_cards(act.conn, _task.c.id.in_(task_ids)) if task_ids else []


def told(act: Act, incident_id: int, task_ids: list[int]) -> tuple[dict[str, Any], dict[str, Any]]:
    """(the cards of these tasks for an entry, the columns of their incident's row that count them)."""
    changed = {"tasks": cards(act, task_ids)} if task_ids else {}
    return changed, queries.task_counts(act.conn, incident_id)


def owner_columns(kind: str | None, owner: str | None, unit: Mapping[Any, Any] | None = None) -> dict[str, Any]:
    """The columns that say whose a task is; a unit's also says which agency's."""
    agency = owner if kind == "agency" else unit["agency_code"] if unit else None
    return {"owner_kind": kind, "owner": owner, "unit_id": unit["id"] if unit else None, "agency_code": agency}
