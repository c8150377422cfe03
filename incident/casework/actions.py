"""The verbs of casework beside merging: tasks, lines struck through, a caller's number looked at."""

import datetime as dt
from collections.abc import Mapping
from typing import Any

from sqlalchemy import insert, select

from incident import actions, queries
from incident import rules as room
from incident.casework import kinds, rules, tasks
from incident.casework import queries as casework
from incident.casework.models import Strike
from incident.errors import BadReport, NotAllowed, NotFound, WrongState
from incident.models import Agency, Person, Unit
from incident.post import Act

assert kinds


# tasks

_KIND_OF_VERB = {
    "take": "task.taken",
    "hand_over": "task.handed_over",
    "done": "task.done",
    "drop": "task.dropped",
    "reopen": "task.reopened",
}


def add_task(
    act: Act,
    words: str,
    incident_id: int | None = None,
    due_at: dt.datetime | None = None,
    owner_kind: str | None = None,
    owner: str | None = None,
) -> dict[str, Any]:
    """Write a task down, for an incident or for itself, with whose it is and until when where that is known."""
    if earlier := act.earlier("task.added"):
        return earlier.told()
    if incident_id is not None:
        incident_id = actions._led_on(act, incident_id)
        actions._incident_of(act, incident_id)
    mine = _owner(act, owner_kind, owner)
    task_id = tasks.insert_task(act, words=words, incident_id=incident_id, due_at=due_at, **mine)
    return _tell_task(act, "task.added", task_id, {})


def change_task(act: Act, task_id: int, verb: str, by_owner: Mapping[str, Any] | None = None, **said: Any) -> Any:
    """Do a verb of a task's table; `by_owner` are the columns a task must have for one who may only do their own."""
    if earlier := act.earlier(_KIND_OF_VERB[verb]):
        return earlier.told()
    task = casework.find_task(act.conn, task_id)
    if task is None or by_owner is not None and not _is_of(task, by_owner):
        raise NotFound("Tugas itu tidak ada.")
    state = room.next_state(rules.TASK_LIFE, task["state"], verb)
    if state is None:
        raise WrongState(_why_ended(task), allowed=room.allowed_verbs(rules.TASK_LIFE, task["state"]))
    changes, facts = _CONSEQUENCES[verb](act, task, said)
    tasks.change_task(act, task_id, **{"state": state, **changes})
    return _tell_task(act, _KIND_OF_VERB[verb], task_id, facts)


def _is_of(task: Mapping[Any, Any], owner: Mapping[str, Any]) -> bool:
    return any(value is not None and task[name] == value for name, value in owner.items())


def _why_ended(task: Mapping[Any, Any]) -> str:
    if task["state"] == "open":
        return "Tugas itu masih terbuka."
    word = "diselesaikan" if task["state"] == "done" else "dilepas"
    return f"Tugas itu sudah {word} oleh {task['ended_by']}."


Consequence = tuple[dict[str, Any], dict[str, Any]]


def _take(act: Act, task: Mapping[Any, Any], said: Mapping[str, Any]) -> Consequence:
    if task["owner"] is not None:
        is_mine = (task["owner_kind"], task["owner"]) == ("person", act.by)
        raise WrongState(
            "Tugas itu sudah milik Anda." if is_mine else f"Tugas itu sudah diambil {task['owner']}; minta diserahkan.",
            allowed=["hand_over", "done", "drop"],
        )
    return tasks.owner_columns("person", act.by), {}


def _hand_over(act: Act, task: Mapping[Any, Any], said: Mapping[str, Any]) -> Consequence:
    mine = _owner(act, said.get("owner_kind"), said.get("owner"))
    if mine["owner"] is None:
        raise BadReport("Sebut kepada siapa tugas diserahkan.", "owner")
    return mine, {"was": task["owner"]}


def _done(act: Act, task: Mapping[Any, Any], said: Mapping[str, Any]) -> Consequence:
    return tasks.end_columns(act, "done", said.get("text")), _words(said)


def _drop(act: Act, task: Mapping[Any, Any], said: Mapping[str, Any]) -> Consequence:
    if not said.get("text"):
        raise BadReport("Melepas tugas perlu alasan.", "text")
    return tasks.end_columns(act, "dropped", said["text"]), _words(said)


def _reopen(act: Act, task: Mapping[Any, Any], said: Mapping[str, Any]) -> Consequence:
    return {"ended_by": None, "ended_at": None, "why": None}, _words(said)


_CONSEQUENCES = {"take": _take, "hand_over": _hand_over, "done": _done, "drop": _drop, "reopen": _reopen}


def _words(said: Mapping[str, Any]) -> dict[str, Any]:
    return {"text": said["text"]} if said.get("text") else {}


def _owner(act: Act, kind: str | None, owner: str | None) -> dict[str, Any]:
    """The owner's columns; raises BadReport for one who is not here."""
    if not kind or not owner:
        return tasks.owner_columns(None, None)
    unit = _unit_called(act, owner) if kind == "unit" else None
    if kind == "unit" and unit is None or kind != "unit" and not _is_here(act, kind, owner):
        raise BadReport(f"{owner} tidak dikenal di sini.", "owner")
    return tasks.owner_columns(kind, owner, unit)


def _unit_called(act: Act, call_sign: str) -> Mapping[Any, Any] | None:
    columns = (Unit.id, Unit.agency_code)
    return act.conn.execute(select(*columns).where(Unit.call_sign == call_sign)).mappings().first()


def _is_here(act: Act, kind: str, owner: str) -> bool:
    if kind == "agency":
        return act.conn.scalar(select(Agency.code).where(Agency.code == owner)) is not None
    return act.conn.scalar(select(Person.id).where(Person.name == owner, Person.revoked_at.is_(None))) is not None


def _tell_task(act: Act, kind: str, task_id: int, facts: dict[str, Any]) -> dict[str, Any]:
    row = casework.find_task(act.conn, task_id)
    assert row is not None
    cards: dict[str, Any] = {"tasks": [casework.task_card(row)]}
    if (incident_id := row["incident_id"]) is not None:
        counts = casework.task_counts(act.conn, incident_id)
        cards["incidents"] = [actions._change_incident(act, actions._incident_of(act, incident_id), **counts)]
    return act.append(kind, {"task": task_id, **facts, "cards": cards}, incident_id).told()


# a line of the chronology


def strike_line(act: Act, incident_id: int, seq: int, why: str, role: str) -> dict[str, Any]:
    """Strike a line a person wrote: its writer or a supervisor may; the words stay and are read struck."""
    if earlier := act.earlier("incident.struck"):
        return earlier.told()
    line = casework.find_line(act.conn, seq)
    known = [incident_id, *casework.guests_of(act.conn, incident_id)]
    if line is None or line["incident_id"] not in known:
        raise NotFound("Baris itu tidak ada di kronologi kejadian ini.")
    _require_strikable(act, line, role)
    row = {"seq": seq, "incident_id": line["incident_id"], "why": why, "struck_by": act.by, "struck_at": act.now}
    act.conn.execute(insert(Strike), row)
    return act.append("incident.struck", {"line": seq, "written_by": line["by"], "text": why}, incident_id).told()


def _require_strikable(act: Act, line: Mapping[Any, Any], role: str) -> None:
    if line["kind"] not in rules.STRIKABLE:
        raise WrongState("Hanya kata-kata yang ditulis orang dapat dicoret; yang terjadi tetap terjadi.", allowed=[])
    if line["by"] != act.by and role not in rules.SUPERVISORS:
        raise NotAllowed(f"Hanya {line['by']} atau koordinator dapat mencoret baris ini.")
    if casework.is_struck(act.conn, line["seq"]):
        raise WrongState("Baris itu sudah dicoret.", allowed=[])


# a caller's number


def unmask_call(act: Act, call_id: int) -> dict[str, Any]:
    """Show a caller's number to one who may see it; the journal knows who looked at which call, never the number."""
    call = casework.find_call(act.conn, call_id)
    if call is None:
        raise NotFound("Laporan itu tidak ada.")
    if call["caller_phone"] is None:
        raise NotFound("Laporan ini tidak menyebut nomor telepon.")
    line = act.earlier("call.unmasked") or act.append("call.unmasked", {"call": call_id}, call["incident_id"])
    if line.body["call"] != call_id:
        raise WrongState("Kunci (uid) ini sudah dipakai untuk laporan lain.", "uid", allowed=[])
    return {"call": call_id, "phone": call["caller_phone"], "shown_s": SHOWN_S, "seq": line.seq}


SHOWN_S = 60  # then the screen masks it again


def owners(act_conn: Any) -> dict[str, list[dict[str, Any]]]:
    """Who a task may be given to: people who work here, agencies, units."""
    people = act_conn.execute(select(Person.name, Person.role).where(Person.revoked_at.is_(None)).order_by(Person.name))
    units = act_conn.execute(select(Unit.call_sign).where(Unit.in_service).order_by(Unit.call_sign))
    return {
        "people": [{"name": row.name, "role": row.role} for row in people],
        "agencies": queries.agencies(act_conn),
        "units": [{"call_sign": row.call_sign} for row in units],
    }
