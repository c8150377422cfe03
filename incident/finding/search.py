"""Looks for everything at once: one question, answered in groups, as the one who asks may see it.

The index may lag a moment behind the journal; what it has not read yet is read here and looked through directly, so
that a call is found the moment it is saved.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import orjson
from sqlalchemy import ColumnElement, Connection, and_, select

from gis import fulltext
from gis.database import Database
from gis.models import Landmark
from incident import intake, journal, lens, queries, rules
from incident.casework.models import Strike, Task
from incident.casework.queries import task_card
from incident.desk.form_models import PlaceNote
from incident.desk.incoming_models import Ring
from incident.finding import index, leaves, sources
from incident.finding.models import FindLeaf, FindNumber
from incident.handover.models import Decision, RoomShift
from incident.models import Call, Entry, Incident, Unit
from incident.people import Someone
from incident.post import Post
from incident.queue import own_incidents

FRESH = 300  # entries behind the index that are read directly
FEW = 500  # incidents of one's own that are looked through without the index
_incident, _unit, _call, _entry = Incident.__table__, Unit.__table__, Call.__table__, Entry.__table__
_task, _strike, _ring = Task.__table__, Strike.__table__, Ring.__table__
_decision, _shift = Decision.__table__, RoomShift.__table__
_note, _landmark = PlaceNote.__table__, Landmark.__table__
_leaf, _number = FindLeaf.__table__, FindNumber.__table__
_ID = leaves.INCIDENT
Rows = list[dict[str, Any]]


@dataclass(frozen=True, slots=True)
class Question:
    """Who asks what, and what of it means something: tokens, digits of a number, the id of an incident."""

    someone: Someone
    words: str
    limit: int
    tokens: list[str]
    digits: list[str]
    incident_id: int | None

    @property
    def viewer(self) -> lens.Viewer:
        return self.someone.viewer

    def may(self, verb: str) -> bool:
        return rules.may(self.someone.role, verb)


def question(someone: Someone, words: str, limit: int) -> Question:
    """The question as it is understood; whoever may not read calls asks for no number."""
    digits = leaves.asked_digits(words) if rules.may(someone.role, "call.read") else []
    return Question(someone, words, limit, leaves.wanted(words), digits, leaves.incident_id(words))


@dataclass(slots=True)
class Found:
    """Ids by letter of their kind, the best first; how a call was found when not by its words."""

    ids: dict[str, list[int]] = field(default_factory=dict)
    by_number: set[tuple[str, int]] = field(default_factory=set)

    def add(self, kind: str, ids: Sequence[int]) -> None:
        self.ids[kind] = list(dict.fromkeys([*self.ids.get(kind, []), *ids]))


def find(post: Post, someone: Someone, words: str, limit: int) -> dict[str, Any]:
    """{groups: [{kind, rows, more}]}: what was found, the best of each kind first; `more`: there are others."""
    asked = question(someone, words, limit)
    with post.database.read() as conn:
        found = _look(conn, post.database, asked) if asked.tokens else Found()
        groups = [_group(kind, show(conn, post, asked, found), limit) for kind, show in _SHOWN.items()]
    return {"groups": [group for group in groups if group["rows"]]}


def _group(kind: str, rows: Rows, limit: int) -> dict[str, Any]:
    return {"kind": kind, "rows": rows[:limit], "more": len(rows) > limit}


# ids


def _look(conn: Connection, database: Database, asked: Question) -> Found:
    found = Found()
    if asked.incident_id is not None:
        found.add(_ID, [asked.incident_id])
    _look_fresh(conn, asked, found)
    if (few := _few_of_own(conn, asked)) is not None:
        found.add(_ID, few)
    for kind, into, among in _kinds(asked, few is None):
        if kind != _ID or len(found.ids.get(_ID, [])) <= asked.limit:
            found.add(into, _matching(conn, database, asked, kind, among))
    for digits in asked.digits:
        _look_for_number(conn, database, digits, asked.limit, found)
    return found


def _kinds(asked: Question, with_incidents: bool = True) -> list[tuple[str, str, tuple[Any, ...]]]:
    """(letter to look for, letter it is shown under, conditions) of what this viewer may find by words."""
    own = _own_incidents(asked.viewer)
    kinds: list[tuple[str, str, tuple[Any, ...]]] = [(leaves.OPEN, _ID, own), (_ID, _ID, own)] * with_incidents
    if asked.may("call.read"):
        kinds += [(leaves.CALLER, leaves.CALL, ()), (leaves.CALL, leaves.CALL, ())]
    if asked.viewer.sees_all:
        kinds += [(leaves.LINE, leaves.LINE, ())]
    if rules.ROLE_SEES[asked.viewer.role]["tasks"] != "none":
        kinds += [(leaves.TASK, leaves.TASK, _own_tasks(asked.viewer))]
    if asked.may("place_note.write"):
        kinds += [(leaves.NOTE, leaves.NOTE, ())]
    if asked.may("place.read"):
        kinds += [(leaves.LANDMARK, leaves.LANDMARK, ())]
    if asked.may("handover.read"):
        kinds += [(leaves.DECISION, leaves.DECISION, ()), (leaves.SHIFT, leaves.SHIFT, ())]
    return kinds


def _own_incidents(viewer: lens.Viewer) -> tuple[Any, ...]:
    """What the lens leaves of the incidents, as SQL; nothing for those who see all."""
    if rules.ROLE_SEES[viewer.role]["incidents"] == "all":
        return ()
    return (_leaf.c.ref.in_(select(_incident.c.id).where(own_incidents(viewer))),)


def _few_of_own(conn: Connection, asked: Question) -> list[int] | None:
    """Of who has few incidents those that hold the words, the newest first; None for who has many or sees all.

    A word of every row is asked of a handful of rows then, instead of a handful of rows of every row.
    """
    if rules.ROLE_SEES[asked.viewer.role]["incidents"] == "all":
        return None
    ids = list(conn.scalars(select(_incident.c.id).where(own_incidents(asked.viewer)).limit(FEW + 1)))
    if len(ids) > FEW:
        return None
    wanted = select(_leaf).where(_leaf.c.kind == _ID, _leaf.c.ref.in_(ids)).order_by(_leaf.c.ref.desc())
    rows = (leaves.Leaf(row.kind, row.ref, row.words) for row in conn.execute(wanted))
    return [one.ref for one in rows if leaves.meets(one, _ID, asked.tokens)]


def _own_tasks(viewer: lens.Viewer) -> tuple[Any, ...]:
    if rules.ROLE_SEES[viewer.role]["tasks"] == "all":
        return ()
    own = _task.c.unit_id == viewer.unit_id if viewer.role == "field" else _task.c.agency_code == viewer.agency_code
    return (_leaf.c.ref.in_(select(_task.c.id).where(own)),)


def _matching(conn: Connection, database: Database, asked: Question, kind: str, among: tuple[Any, ...]) -> list[int]:
    """The newest things of a kind that hold all words, then those where words begin so; one more than is shown.

    Whole words are asked for first: of a word that stands everywhere the newest rows are known at once, and who reads
    on through every word that begins so must gather them all before.
    """
    tokens = [kind + one for one in asked.tokens]
    wanted = fulltext.rows_with(database, _leaf, "words", True).where(*among).limit(asked.limit + 1)
    found = _refs(conn, wanted, fulltext.asked_quickly(database, tokens, leaves.LEAST + 1))
    if len(found) <= asked.limit:
        wanted = fulltext.rows_with(database, _leaf, "words").where(*among).limit(asked.limit + 1)
        found += _refs(conn, wanted, fulltext.asked(database, tokens, leaves.LEAST + 1))
    return found


def _refs(conn: Connection, wanted: Any, tokens: str) -> list[int]:
    return [row.ref for row in conn.execute(wanted, {"tokens": tokens})]


def _look_fresh(conn: Connection, asked: Question, found: Found) -> None:
    """What stands in the journal behind the index: nothing is lost for the moment until it is read."""
    lines = journal.after(conn, index.position(conn), FRESH)
    if not lines:
        return
    fresh, numbers = sources.gather(conn, sources.touched(lines))
    for kind, into, _ in _kinds(asked):
        found.add(
            into, [one.ref for one in reversed(fresh) if _is_of(kind, one) and leaves.meets(one, kind, asked.tokens)]
        )
    for number in numbers:
        if any(digits in number.digits for digits in asked.digits):
            found.add(number.kind, [number.ref])
            found.by_number.add((number.kind, number.ref))


def _is_of(kind: str, one: leaves.Leaf) -> bool:
    return one.kind == (leaves.INCIDENT if kind == leaves.OPEN else kind)


def _look_for_number(conn: Connection, database: Database, digits: str, limit: int, found: Found) -> None:
    """Numbers that begin or end so; where none does, those that have it in their middle."""
    met = _numbers(conn, _begins(_number.c.digits, digits), limit)
    met += _numbers(conn, _begins(_number.c.backwards, digits[::-1]), limit)
    for kind, ref in met or _numbers(conn, _number.c.digits.contains(digits), limit):
        found.add(kind, [ref])
        found.by_number.add((kind, ref))


def _begins(column: Any, digits: str) -> ColumnElement[bool]:
    """A range the index of the column answers; the character behind 9 ends it."""
    return and_(column >= digits, column < digits + ":")


def _numbers(conn: Connection, condition: ColumnElement[bool], limit: int) -> list[tuple[str, int]]:
    wanted = select(_number.c.kind, _number.c.ref).where(condition).order_by(_number.c.id.desc()).limit(limit + 1)
    return [(row.kind, row.ref) for row in conn.execute(wanted)]


# what is shown of them


def _incidents(conn: Connection, post: Post, asked: Question, found: Found) -> Rows:
    """Incidents as the viewer may see them, those that are open first."""
    ids = found.ids.get(_ID, [])
    rows = {row["id"]: row for row in _by_id(conn, queries.INCIDENT_COLUMNS, _incident.c.id, ids)}
    active = queries.active_of_incidents(conn, list(rows))
    cards = [queries.incident_card(rows[one], active[one], post.settings.site.name) for one in ids if one in rows]
    shown = [card for card in cards if lens.sees(asked.viewer, "incidents", {**card, "gone": False})]
    shown.sort(key=lambda card: (card["id"] != asked.incident_id, card["state"] == "closed"))
    return [_incident_row(card, asked) for card in shown]


def _incident_row(card: dict[str, Any], asked: Question) -> dict[str, Any]:
    names = ("id", "number", "type", "priority", "state", "opened_at")
    by = "number" if card["id"] == asked.incident_id else "words"
    told = {name: card[name] for name in names}
    return {**told, "incident": card["id"], "by": by, "words": leaves.snippet(card["place"], asked.tokens)}


def _by_id(conn: Connection, columns: Any, key: Any, ids: Sequence[int]) -> Any:
    return conn.execute(select(*columns).where(key.in_(ids))).mappings() if ids else ()


def _calls(conn: Connection, post: Post, asked: Question, found: Found) -> Rows:
    """Calls with masked numbers; what of them was met: the number, the name, the words."""
    by_number = [ref for kind, ref in found.by_number if kind == leaves.CALL]
    ids = sorted(found.ids.get(leaves.CALL, []), key=lambda one: (one not in by_number, -one))
    columns = [column for column in _call.c if column.name != "point"]
    rows = {row["id"]: queries.call_card(row) for row in _by_id(conn, columns, _call.c.id, ids)}
    return [_call_row(rows[one], post, asked, found) for one in ids if one in rows]


def _call_row(card: dict[str, Any], post: Post, asked: Question, found: Found) -> dict[str, Any]:
    by = "phone" if (leaves.CALL, card["id"]) in found.by_number else _met_by(card, asked)
    said = {"name": card["caller_name"], "words": card["narrative"]}.get(by) or card["narrative"] or card["place"]
    number = intake.number_of(card["incident_id"], post.settings.site.name) if card["incident_id"] else None
    told = {name: card[name] for name in ("id", "class", "type", "caller_name", "caller_phone", "received_at", "place")}
    return {**told, "incident": card["incident_id"], "number": number, "by": by} | _words(said, asked)


def _met_by(card: dict[str, Any], asked: Question) -> str:
    """The part of the call that holds a word asked for: its words before its place before the name."""
    parts = {"words": card["narrative"], "place": card["place"], "name": card["caller_name"]}
    met = [name for name, said in parts.items() if any(hit for _, hit in leaves.snippet(said, asked.tokens))]
    return met[0] if met else "words"


def _words(said: str | None, asked: Question) -> dict[str, Any]:
    return {"words": leaves.snippet(said, asked.tokens)}


def _rings(conn: Connection, post: Post, asked: Question, found: Found) -> Rows:
    """Calls that rang and are no call yet, by their number."""
    ids = found.ids.get(leaves.RING, [])
    rows = _by_id(conn, (_ring.c.id, _ring.c.phone, _ring.c.state, _ring.c.rang_at), _ring.c.id, ids)
    names = {row["id"]: row for row in rows if row["state"] != "recorded"}
    return [_ring_row(names[one]) for one in ids if one in names]


def _ring_row(row: Mapping[Any, Any]) -> dict[str, Any]:
    masked = intake.mask(row["phone"])
    told = {"id": row["id"], "state": row["state"], "rang_at": queries.iso(row["rang_at"]), "caller_phone": masked}
    return {**told, "incident": None, "by": "phone"}


def _lines(conn: Connection, post: Post, asked: Question, found: Found) -> Rows:
    """Lines of chronologies: who wrote them, when, of which incident; struck ones say so."""
    ids = found.ids.get(leaves.LINE, [])
    rows = {row["seq"]: row for row in _by_id(conn, tuple(_entry.c), _entry.c.seq, ids)}
    struck = {row["seq"] for row in _by_id(conn, (_strike.c.seq,), _strike.c.seq, ids)}
    return [_line_row(rows[one], post, asked, one in struck) for one in ids if one in rows]


def _line_row(row: Mapping[Any, Any], post: Post, asked: Question, is_struck: bool) -> dict[str, Any]:
    number = intake.number_of(row["incident_id"], post.settings.site.name)
    told = {"id": row["seq"], "kind": row["kind"], "person": row["by"], "at": queries.iso(row["at"])}
    said = _words(orjson.loads(row["body"]).get("text"), asked)
    return {**told, "incident": row["incident_id"], "number": number, "struck": is_struck, "by": "words", **said}


def _tasks(conn: Connection, post: Post, asked: Question, found: Found) -> Rows:
    ids = found.ids.get(leaves.TASK, [])
    rows = {row["id"]: task_card(row) for row in _by_id(conn, tuple(_task.c), _task.c.id, ids)}
    cards = [rows[one] for one in ids if one in rows]
    return [_task_row(card, post, asked) for card in cards if lens.sees(asked.viewer, "tasks", {**card, "gone": False})]


def _task_row(card: dict[str, Any], post: Post, asked: Question) -> dict[str, Any]:
    number = intake.number_of(card["incident_id"], post.settings.site.name) if card["incident_id"] else None
    told = {name: card[name] for name in ("id", "state", "owner", "due_at")}
    return {**told, "incident": card["incident_id"], "number": number, "by": "words"} | _words(card["words"], asked)


def _decisions(conn: Connection, post: Post, asked: Question, found: Found) -> Rows:
    ids = found.ids.get(leaves.DECISION, [])
    rows = {row["id"]: row for row in _by_id(conn, tuple(_decision.c), _decision.c.id, ids)}
    return [_decision_row(rows[one], asked) for one in ids if one in rows]


def _decision_row(row: Mapping[Any, Any], asked: Question) -> dict[str, Any]:
    told = {"id": row["id"], "state": row["state"], "owner": row["owner"], "due_at": queries.iso(row["due_at"])}
    return {**told, "incident": row["incident_id"], "by": "words"} | _words(row["words"], asked)


def _shifts(conn: Connection, post: Post, asked: Question, found: Found) -> Rows:
    ids = found.ids.get(leaves.SHIFT, [])
    rows = {row["id"]: row for row in _by_id(conn, tuple(_shift.c), _shift.c.id, ids)}
    return [_shift_row(rows[one], asked) for one in ids if one in rows]


def _shift_row(row: Mapping[Any, Any], asked: Question) -> dict[str, Any]:
    told = {
        "id": row["id"],
        "name": row["name"],
        "left_at": queries.iso(row["left_at"]),
        "incident": None,
        "by": "words",
    }
    return told | _words(row["words"], asked)


def _notes(conn: Connection, post: Post, asked: Question, found: Found) -> Rows:
    """Notes of places that still hold."""
    ids = found.ids.get(leaves.NOTE, [])
    columns = (_note.c.id, _note.c.kind, _note.c.words, _note.c.lon, _note.c.lat, _note.c.expires_at, _note.c.struck_at)
    rows = {row["id"]: row for row in _by_id(conn, columns, _note.c.id, ids) if _holds(row, post)}
    return [_place_row(rows[one], rows[one]["words"], asked) for one in ids if one in rows]


def _holds(row: Mapping[Any, Any], post: Post) -> bool:
    return row["struck_at"] is None and (row["expires_at"] is None or row["expires_at"] > post.clock())


def _landmarks(conn: Connection, post: Post, asked: Question, found: Found) -> Rows:
    """What people call a place, with where it is."""
    ids = found.ids.get(leaves.LANDMARK, [])
    columns = (
        _landmark.c.id,
        _landmark.c.kind,
        _landmark.c.name,
        _landmark.c.lon,
        _landmark.c.lat,
        _landmark.c.gone_at,
    )
    rows = {row["id"]: row for row in _by_id(conn, columns, _landmark.c.id, ids) if row["gone_at"] is None}
    return [_place_row(rows[one], rows[one]["name"], asked) for one in ids if one in rows]


def _place_row(row: Mapping[Any, Any], said: str, asked: Question) -> dict[str, Any]:
    told = {name: row[name] for name in ("id", "kind", "lon", "lat")}
    return {**told, "incident": None, "by": "words"} | _words(said, asked)


def _units(conn: Connection, post: Post, asked: Question, found: Found) -> Rows:
    """Units by their call sign: few enough to look at each."""
    columns = (_unit.c.id, _unit.c.call_sign, _unit.c.kind, _unit.c.agency_code, _unit.c.in_service)
    folded = "".join(asked.tokens)
    rows = conn.execute(select(*columns).order_by(_unit.c.call_sign)).mappings()
    met = [dict(row) for row in rows if _is_called(row, folded)]
    return [{**row, "incident": None, "by": "words"} for row in met if lens.sees(asked.viewer, "units", row)]


def _is_called(row: Mapping[Any, Any], folded: str) -> bool:
    return bool(folded) and folded in "".join(leaves.tokens(row["call_sign"]))


_SHOWN: Mapping[str, Callable[[Connection, Post, Question, Found], Rows]] = {
    "incidents": _incidents,
    "calls": _calls,
    "rings": _rings,
    "tasks": _tasks,
    "decisions": _decisions,
    "units": _units,
    "lines": _lines,
    "shifts": _shifts,
    "notes": _notes,
    "landmarks": _landmarks,
}
