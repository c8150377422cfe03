"""From rows to leaves: what of each kind of thing is looked for, and which things an entry of the journal touched."""

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from typing import Any

import orjson
from sqlalchemy import Connection, select

from gis.models import Landmark
from incident import queries, rules
from incident.casework.models import Task
from incident.desk.form_models import PlaceNote
from incident.desk.incoming_models import Ring
from incident.finding import leaves
from incident.finding.leaves import Leaf, Number, leaf
from incident.handover.models import Decision, RoomShift
from incident.journal import Line
from incident.models import Call, Entry, Incident

_incident, _call, _entry = Incident.__table__, Call.__table__, Entry.__table__
_task, _ring = Task.__table__, Ring.__table__
_decision, _shift = Decision.__table__, RoomShift.__table__
_note, _landmark = PlaceNote.__table__, Landmark.__table__
OWN_LEAF = ("task.", "decision.", "shift.")  # their words stand in a row of their own

Ids = Mapping[str, Collection[int]]


def touched(lines: Iterable[Line]) -> dict[str, set[int]]:
    """source -> ids of what these entries made or changed."""
    found: dict[str, set[int]] = defaultdict(set)
    for line in lines:
        for name in ("call", "ring", "task", "decision", "shift", "note"):
            if isinstance(number := line.body.get(name), int):
                found[name].add(number)
        for collection, name in (("incidents", "incident"), ("tasks", "task"), ("rings", "ring")):
            found[name].update(card["id"] for card in line.body.get("cards", {}).get(collection, ()))
        found["landmark"].update(_landmarks_of(line))
        if is_said(line.kind, line.incident_id, line.body):
            found["line"].add(line.seq)
    return {name: ids for name, ids in found.items() if ids}


def _landmarks_of(line: Line) -> list[int]:
    """The landmarks an entry tells of: one with its card, or those of one part of a list."""
    card = line.body.get("landmark")
    return [card["id"]] if isinstance(card, dict) else list(line.body.get("landmarks", ()))


def is_said(kind: str, incident_id: int | None, body: Mapping[str, Any]) -> bool:
    """Whether an entry holds words of an incident's chronology."""
    return incident_id is not None and bool(body.get("text")) and not kind.startswith(OWN_LEAF)


def gather(conn: Connection, ids: Ids) -> tuple[list[Leaf], list[Number]]:
    """The leaves and numbers of these things as they are now."""
    found = [one for name, some in ids.items() if name in LEAVES for one in LEAVES[name](conn, sorted(some))]
    numbers = [one for name, some in ids.items() if name in NUMBERS for one in NUMBERS[name](conn, sorted(some))]
    return found, numbers


def _rows(conn: Connection, columns: Sequence[Any], key: Any, ids: Sequence[int]) -> Any:
    return conn.execute(select(*columns).where(key.in_(ids)).order_by(key)).mappings()


def _incidents(conn: Connection, ids: Sequence[int]) -> list[Leaf]:
    """Its type by every name, its place; an open one is found before those that are closed."""
    columns = (_incident.c.id, _incident.c.type, _incident.c.place, _incident.c.state)
    names = {row["code"]: [row[name] for name in _TYPE_NAMES] for row in queries.types(conn)}
    return [
        leaf(_letters(row["state"]), row["id"], row["place"], *names.get(row["type"], ()))
        for row in _rows(conn, columns, _incident.c.id, ids)
    ]


_TYPE_NAMES = ("code", "name_id", "name_en", "also")


def _letters(state: str) -> str:
    return leaves.INCIDENT + (leaves.OPEN if state in rules.OPEN_STATES else "")


def _calls(conn: Connection, ids: Sequence[int]) -> list[Leaf]:
    """Its words and its place, and the same once more with the caller's name where there is one."""
    columns = (_call.c.id, _call.c.narrative, _call.c.place, _call.c.rt, _call.c.caller_name)
    found = []
    for row in _rows(conn, columns, _call.c.id, ids):
        said = (row["narrative"], row["place"], row["rt"])
        found.append(leaf(leaves.CALL, row["id"], *said))
        if row["caller_name"]:
            found.append(leaf(leaves.CALLER, row["id"], row["caller_name"], *said))
    return found


def _lines(conn: Connection, ids: Sequence[int]) -> list[Leaf]:
    columns = (_entry.c.seq, _entry.c.kind, _entry.c.incident_id, _entry.c.body)
    rows = [(row, orjson.loads(row["body"])) for row in _rows(conn, columns, _entry.c.seq, ids)]
    said = [(row, body) for row, body in rows if is_said(row["kind"], row["incident_id"], body)]
    return [leaf(leaves.LINE, row["seq"], str(body["text"])) for row, body in said]


def _tasks(conn: Connection, ids: Sequence[int]) -> list[Leaf]:
    columns = (_task.c.id, _task.c.words, _task.c.owner, _task.c.why)
    rows = _rows(conn, columns, _task.c.id, ids)
    return [leaf(leaves.TASK, row["id"], row["words"], row["owner"], row["why"]) for row in rows]


def _decisions(conn: Connection, ids: Sequence[int]) -> list[Leaf]:
    names = ("words", "basis", "owner", "meeting", "why")
    rows = _rows(conn, (_decision.c.id, *(_decision.c[name] for name in names)), _decision.c.id, ids)
    return [leaf(leaves.DECISION, row["id"], *(row[name] for name in names)) for row in rows]


def _shifts(conn: Connection, ids: Sequence[int]) -> list[Leaf]:
    columns = (_shift.c.id, _shift.c.words, _shift.c.remark)
    rows = _rows(conn, columns, _shift.c.id, ids)
    return [leaf(leaves.SHIFT, row["id"], row["words"], row["remark"]) for row in rows]


def _notes(conn: Connection, ids: Sequence[int]) -> list[Leaf]:
    """Notes of places that hold; one that was struck is found no more."""
    rows = _rows(conn, (_note.c.id, _note.c.words, _note.c.struck_at), _note.c.id, ids)
    return [leaf(leaves.NOTE, row["id"], None if row["struck_at"] else row["words"]) for row in rows]


def _landmarks(conn: Connection, ids: Sequence[int]) -> list[Leaf]:
    """What people call a place, until it is forgotten."""
    rows = _rows(conn, (_landmark.c.id, _landmark.c.name, _landmark.c.gone_at), _landmark.c.id, ids)
    return [leaf(leaves.LANDMARK, row["id"], None if row["gone_at"] else row["name"]) for row in rows]


def _call_numbers(conn: Connection, ids: Sequence[int]) -> list[Number]:
    rows = _rows(conn, (_call.c.id, _call.c.caller_phone), _call.c.id, ids)
    return [Number(leaves.CALL, row["id"], leaves.digits_of(row["caller_phone"])) for row in rows]


def _ring_numbers(conn: Connection, ids: Sequence[int]) -> list[Number]:
    rows = _rows(conn, (_ring.c.id, _ring.c.phone), _ring.c.id, ids)
    return [Number(leaves.RING, row["id"], leaves.digits_of(row["phone"])) for row in rows]


LEAVES: Mapping[str, Callable[[Connection, Sequence[int]], list[Leaf]]] = {
    "incident": _incidents,
    "call": _calls,
    "line": _lines,
    "task": _tasks,
    "decision": _decisions,
    "shift": _shifts,
    "note": _notes,
    "landmark": _landmarks,
}
NUMBERS: Mapping[str, Callable[[Connection, Sequence[int]], list[Number]]] = {
    "call": _call_numbers,
    "ring": _ring_numbers,
}
KEYS: Mapping[str, Any] = {
    "incident": _incident.c.id,
    "call": _call.c.id,
    "ring": _ring.c.id,
    "task": _task.c.id,
    "decision": _decision.c.id,
    "shift": _shift.c.id,
    "note": _note.c.id,
    "landmark": _landmark.c.id,
    "line": _entry.c.seq,
}
LETTERS: Mapping[str, tuple[str, ...]] = {
    "incident": (leaves.INCIDENT,),
    "call": (leaves.CALL, leaves.CALLER),
    "line": (leaves.LINE,),
    "task": (leaves.TASK,),
    "decision": (leaves.DECISION,),
    "shift": (leaves.SHIFT,),
    "note": (leaves.NOTE,),
    "landmark": (leaves.LANDMARK,),
}
