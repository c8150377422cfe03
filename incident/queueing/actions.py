"""Verbs of the queue: say that a new P1 was heard, keep a view, let it go."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import Connection, delete, insert, select, update

from incident import journal, queries
from incident.errors import NotFound, WrongState
from incident.models import Incident
from incident.post import Act
from incident.queueing.models import SavedView
from incident.queueing.rules import canonical

journal.declare({"incident.heard": "Somebody of the room heard a new P1: it sounds no more, anywhere."})
_view = SavedView.__table__


def hear(act: Act, incident_id: int) -> dict[str, Any]:
    """Say for the whole room that a P1 was heard; of two people the first stands, and the second is told who it was."""
    if earlier := act.earlier("incident.heard", incident_id):
        return earlier.told()
    incident = queries.find_incident(act.conn, incident_id)
    if incident is None:
        raise NotFound("Kejadian itu tidak ada.", "incident")
    _require_unheard(incident)
    seen = {"heard_by": act.by, "heard_at": act.now}
    act.conn.execute(update(Incident).where(Incident.id == incident_id).values(**seen))
    active = queries.active_of_incident(act.conn, incident_id)
    card = queries.incident_card({**incident, **seen}, active, act.post.settings.site.name)
    return act.append("incident.heard", {"cards": {"incidents": [card]}}, incident_id).told()


def _require_unheard(incident: Mapping[Any, Any]) -> None:
    if incident["heard_by"]:
        raise WrongState(f"Sudah didengar {incident['heard_by']}.", allowed=[])
    if incident["priority"] != "P1" or incident["state"] == "closed":
        raise WrongState("Hanya P1 yang masih terbuka perlu dikatakan sudah didengar.", allowed=[])


# views: a person's own settings, never in the journal


def keep_view(act: Act, person_id: int, digit: int, name: str, query: str) -> dict[str, Any]:
    """Keep a view on a key; what was there before gives way."""
    row = {"person_id": person_id, "digit": digit, "name": name.strip(), "query": canonical(query), "made_at": act.now}
    drop_view(act, person_id, digit)
    act.conn.execute(insert(SavedView), row)
    return view_of(row)


def drop_view(act: Act, person_id: int, digit: int) -> None:
    """Let a view go; a second time is harmless."""
    act.conn.execute(delete(SavedView).where(SavedView.person_id == person_id, SavedView.digit == digit))


def views_of(conn: Connection, person_id: int) -> list[dict[str, Any]]:
    """A person's own views by their keys."""
    mine = select(_view).where(_view.c.person_id == person_id).order_by(_view.c.digit)
    return [view_of(row) for row in conn.execute(mine).mappings()]


def view_of(row: Mapping[Any, Any]) -> dict[str, Any]:
    """{name, query, digit, is_own}"""
    return {"name": row["name"], "query": row["query"], "digit": row["digit"], "is_own": True}
