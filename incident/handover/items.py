"""What is open in the room: it lists itself, worst first, for the shift that leaves and the one that comes.

Nothing of a caller stands in it: an incident is its number, its type and its place; a call-back its line and its time.
"""

import datetime as dt
from collections.abc import Callable, Mapping
from typing import Any

from sqlalchemy import Connection, and_, select

from incident import board, intake, rules
from incident.casework.models import Task
from incident.desk import ringing
from incident.desk.incoming_models import Ring
from incident.handover.models import Decision
from incident.handover.rules import ITEM_KINDS, LONG_ON_SCENE, MOST_ROWS
from incident.models import Assignment, Incident, Lamp, Unit
from incident.post import Post
from incident.queries import iso

_incident, _assignment, _unit = Incident.__table__, Assignment.__table__, Unit.__table__
_task, _ring, _lamp, _decision = Task.__table__, Ring.__table__, Lamp.__table__, Decision.__table__
_CALL_BACKS = and_(_ring.c.state.in_(ringing.WAITING_STATES), _ring.c.same_as.is_(None))
Items = list[dict[str, Any]]


def open_items(conn: Connection, post: Post) -> list[dict[str, Any]]:
    """[{kind, count, rows}] of everything that is open, the kinds with nothing left out; 200 rows of each at most."""
    now = post.clock()
    found = {kind: _SOURCES[kind](conn, post, now) for kind in ITEM_KINDS}
    return [{"kind": kind, "count": len(rows), "rows": rows[:MOST_ROWS]} for kind, rows in found.items() if rows]


def _number(post: Post, incident_id: int | None) -> str | None:
    return intake.number_of(incident_id, post.settings.site.name) if incident_id else None


# incidents


def _incident_items(conn: Connection, post: Post, *conditions: Any) -> Items:
    names = ("id", "type", "priority", "state", "place", "obstacle", "opened_at")
    wanted = select(*(_incident.c[name] for name in names)).where(*conditions)
    rows = conn.execute(wanted.order_by(_incident.c.priority, _incident.c.opened_at)).mappings()
    return [_incident_item(row, post) for row in rows]


def _incident_item(row: Mapping[Any, Any], post: Post) -> dict[str, Any]:
    told = {name: row[name] for name in ("type", "priority", "state", "place")}
    number = _number(post, row["id"])
    return {"id": row["id"], "incident": row["id"], "number": number, **told, "since": iso(row["opened_at"])}


def _urgent(conn: Connection, post: Post, now: dt.datetime) -> Items:
    unsettled = [state for state in rules.OPEN_STATES if state != "obstructed"]
    return _incident_items(conn, post, _incident.c.priority.in_(("P1", "P2")), _incident.c.state.in_(unsettled))


def _obstructed(conn: Connection, post: Post, now: dt.datetime) -> Items:
    return _incident_items(conn, post, _incident.c.state == "obstructed")


# units


def _unit_items(conn: Connection, post: Post, *conditions: Any) -> Items:
    columns = (_assignment.c.id, _assignment.c.incident_id, _assignment.c.state_since, _unit.c.call_sign)
    wanted = select(*columns).join(_unit, _unit.c.id == _assignment.c.unit_id).where(*conditions)
    rows = conn.execute(wanted.order_by(_assignment.c.state_since)).mappings()
    return [_unit_item(row, post) for row in rows]


def _unit_item(row: Mapping[Any, Any], post: Post) -> dict[str, Any]:
    told = {"id": row["id"], "incident": row["incident_id"], "number": _number(post, row["incident_id"])}
    return {**told, "words": row["call_sign"], "since": iso(row["state_since"])}


def _mayday(conn: Connection, post: Post, now: dt.datetime) -> Items:
    return _unit_items(conn, post, _assignment.c.state == "mayday")


def _on_scene(conn: Connection, post: Post, now: dt.datetime) -> Items:
    return _unit_items(conn, post, _assignment.c.state == "on_scene", _assignment.c.state_since < now - LONG_ON_SCENE)


# what waits


def _tasks(conn: Connection, post: Post, now: dt.datetime) -> Items:
    wanted = select(_task).where(_task.c.state == "open", _task.c.due_at < now).order_by(_task.c.due_at)
    return [_task_item(row, post) for row in conn.execute(wanted).mappings()]


def _task_item(row: Mapping[Any, Any], post: Post) -> dict[str, Any]:
    told = {"id": row["id"], "incident": row["incident_id"], "number": _number(post, row["incident_id"])}
    return {**told, "words": row["words"], "who": row["owner"], "due": iso(row["due_at"]), "late": True}


def _call_backs(conn: Connection, post: Post, now: dt.datetime) -> Items:
    columns = (_ring.c.id, _ring.c.line, _ring.c.state, _ring.c.rang_at)
    rows = conn.execute(select(*columns).where(_CALL_BACKS).order_by(_ring.c.rang_at)).mappings()
    return [{"id": row["id"], "line": row["line"], "state": row["state"], "since": iso(row["rang_at"])} for row in rows]


def _decisions(conn: Connection, post: Post, now: dt.datetime) -> Items:
    undated_last = (_decision.c.due_at.is_(None), _decision.c.due_at, _decision.c.id)
    wanted = select(_decision).where(_decision.c.state == "open").order_by(*undated_last)
    return [_decision_item(row, post, now) for row in conn.execute(wanted).mappings()]


def _decision_item(row: Mapping[Any, Any], post: Post, now: dt.datetime) -> dict[str, Any]:
    told = {"id": row["id"], "incident": row["incident_id"], "number": _number(post, row["incident_id"])}
    late = row["due_at"] is not None and row["due_at"] < now
    return {**told, "words": row["words"], "who": row["owner"], "due": iso(row["due_at"]), "late": late}


def _lamps(conn: Connection, post: Post, now: dt.datetime) -> Items:
    rows = conn.execute(select(_lamp).where(_lamp.c.state != "ok").order_by(_lamp.c.id)).mappings()
    return [{"id": row["id"], "words": row["words"], "state": row["state"], "since": iso(row["since"])} for row in rows]


def _alerts(conn: Connection, post: Post, now: dt.datetime) -> Items:
    """Alerts on the board that somebody has not seen; the room of alerts adds its cards to the board's parts."""
    cards: dict[str, Any] = {}
    for part in board.parts:
        cards.update(part(conn, post))
    unseen: dict[int, list[str]] = {}
    for one in cards.get("recipients", ()):
        if one["seen_at"] is None:
            unseen.setdefault(one["alert_id"], []).append(one["call_sign"])
    return [_alert_item(card, unseen[card["id"]], post) for card in cards.get("alerts", ()) if card["id"] in unseen]


def _alert_item(card: Mapping[str, Any], unseen: list[str], post: Post) -> dict[str, Any]:
    told = {"id": card["id"], "incident": card["incident_id"], "number": _number(post, card["incident_id"])}
    return {**told, "words": card["headline"], "to": ", ".join(unseen), "since": card["written_at"]}


_SOURCES: Mapping[str, Callable[[Connection, Post, dt.datetime], Items]] = {
    "mayday": _mayday,
    "urgent": _urgent,
    "obstructed": _obstructed,
    "call_back": _call_backs,
    "task": _tasks,
    "on_scene": _on_scene,
    "alert": _alerts,
    "decision": _decisions,
    "lamp": _lamps,
}
