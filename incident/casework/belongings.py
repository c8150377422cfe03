"""What belongs to an incident and goes along when it is merged or split: one line for each table that names one.

A room to the right, or another piece of this one, adds its table with `belongs(...)`; it needs `id` and `incident_id`.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Table, insert, select, update

from gis.models import Zone
from incident import ground_queries, queries
from incident.casework import queries as casework
from incident.casework.models import Regrouped, Task
from incident.models import Assignment, Call

Ids = Sequence[int]


@dataclass(frozen=True)
class Belonging:
    """A table of things of an incident: the cards of those on the board, and why they may not move now (a sentence)."""

    table: Any
    cards: Callable[[Connection, Ids], list[dict[str, Any]]] = lambda conn, ids: []
    why_not: Callable[[Connection, Ids], str | None] = lambda conn, ids: None


BELONGINGS: dict[str, Belonging] = {}


def belongs(name: str, one: Belonging) -> None:
    """Let the rows of a table go along; `name` is their collection on the screens."""
    BELONGINGS[name] = one


def _assignment_cards(conn: Connection, ids: Ids) -> list[dict[str, Any]]:
    found = (queries.find_assignment(conn, one) for one in ids)
    cards = [queries.assignment_card(row) for row in found if row is not None]
    return [card for card in cards if not card.get("gone")]


def _why_not_assignments(conn: Connection, ids: Ids) -> str | None:
    """A unit that calls for help must be found where it is looked for."""
    calling = [card["call_sign"] for card in _assignment_cards(conn, ids) if card["state"] == "mayday"]
    return f"{', '.join(calling)} sedang DARURAT; selesaikan dahulu." if calling else None


def _zone_cards(conn: Connection, ids: Ids) -> list[dict[str, Any]]:
    return ground_queries.zone_cards(conn, Zone.id.in_(ids))


def _task_cards(conn: Connection, ids: Ids) -> list[dict[str, Any]]:
    return casework.open_tasks(conn, Task.id.in_(ids))


belongs("calls", Belonging(Call.__table__))
belongs("assignments", Belonging(Assignment.__table__, _assignment_cards, _why_not_assignments))
belongs("zones", Belonging(Zone.__table__, _zone_cards))
belongs("tasks", Belonging(Task.__table__, _task_cards))

Moved = dict[str, list[int]]


def of_incident(conn: Connection, incident_id: int) -> Moved:
    """The ids of everything an incident has, by what it is."""
    return {name: _ids(conn, one.table, incident_id) for name, one in BELONGINGS.items()}


def _ids(conn: Connection, table: Table, incident_id: int) -> list[int]:
    return list(conn.scalars(select(table.c.id).where(table.c.incident_id == incident_id).order_by(table.c.id)))


def why_not(conn: Connection, moved: Moved) -> str | None:
    """The first sentence against moving these rows now, or None."""
    return next((said for name, ids in moved.items() if ids and (said := BELONGINGS[name].why_not(conn, ids))), None)


def move(conn: Connection, moved: Moved, from_id: int, to_id: int) -> None:
    """Let these rows belong to another incident; those that left `from_id` meanwhile stay where they are."""
    for name, ids in moved.items():
        table = BELONGINGS[name].table
        mine = (table.c.id.in_(ids), table.c.incident_id == from_id)
        conn.execute(update(table).where(*mine).values(incident_id=to_id))


def remember(conn: Connection, regrouping_id: int, moved: Moved) -> None:
    """Keep what moved, so that it can be moved back and its origin is known."""
    rows = [{"regrouping_id": regrouping_id, "what": name, "row_id": one} for name, ids in moved.items() for one in ids]
    if rows:
        conn.execute(insert(Regrouped), rows)


def cards(conn: Connection, moved: Moved) -> dict[str, list[dict[str, Any]]]:
    """The cards of what moved and stands on the board, with those of the units at work."""
    found = {name: BELONGINGS[name].cards(conn, ids) for name, ids in moved.items() if ids}
    units = sorted({card["unit_id"] for card in found.get("assignments", [])})
    found["units"] = [_unit_card(conn, one) for one in units]
    return {name: told for name, told in found.items() if told}


def _unit_card(conn: Connection, unit_id: int) -> dict[str, Any]:
    row = queries.find_unit(conn, unit_id)
    assert row is not None
    return queries.unit_card(row, queries.active_of_unit(conn, unit_id))
