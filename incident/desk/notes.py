"""Notes of places: what one should know before going there. Written and struck through; never deleted.

Their words may be about somebody (a patient, a code): the journal knows that there is a note, not what it says.
"""

import datetime as dt
from typing import Any

from sqlalchemy import Connection, insert, select, update

from gis.coordinates import Position
from gis.database import point_columns
from incident import journal
from incident.desk.clues import note_card
from incident.desk.form_models import PlaceNote
from incident.errors import BadReport, NotFound, WrongState
from incident.post import Act

KINDS = ("hazard", "access", "gate_code", "dog", "patient", "person", "other")
WIDEST_M = 2000.0
_table = PlaceNote.__table__
_COLUMNS = [column for column in _table.c if column.name != "point"]

journal.declare(
    {
        "place_note.added": "Someone wrote a note about a place: its kind, not its words.",
        "place_note.struck": "A note about a place was struck through.",
    }
)


def add(
    act: Act,
    kind: str,
    words: str,
    where: Position,
    radius_m: float = 50.0,
    expires_at: dt.datetime | None = None,
) -> dict[str, Any]:
    """Write a note that holds within `radius_m` of a place, until it is struck or `expires_at`."""
    if earlier := act.earlier("place_note.added"):
        return _answer(act, earlier.body["note"])
    if expires_at is not None and expires_at <= act.now:
        raise BadReport("Waktu berakhirnya sudah lewat.", "expires_at")
    row = {
        "kind": kind,
        "words": words,
        "radius_m": radius_m,
        "written_by": act.by,
        "written_at": act.now,
        "expires_at": expires_at,
        **point_columns(where.lon, where.lat),
    }
    note_id = act.conn.execute(insert(PlaceNote).returning(PlaceNote.id), row).scalar_one()
    act.append("place_note.added", {"note": note_id, "note_kind": kind})
    return _answer(act, note_id)


def strike(act: Act, note_id: int, why: str) -> dict[str, Any]:
    """Strike a note through, with a reason: it is not shown at the desk any more and stays in the record."""
    if earlier := act.earlier("place_note.struck"):
        return _answer(act, earlier.body["note"])
    row = _find(act.conn, note_id)
    if row is None:
        raise NotFound("Catatan tempat itu tidak ada.")
    if row.struck_at is not None:
        raise WrongState(f"Catatan ini sudah dicoret oleh {row.struck_by}.", allowed=[])
    changes = {"struck_by": act.by, "struck_at": act.now, "struck_why": why}
    act.conn.execute(update(PlaceNote).where(_table.c.id == note_id).values(**changes))
    act.append("place_note.struck", {"note": note_id, "note_kind": row.kind})
    return _answer(act, note_id)


def _find(conn: Connection, note_id: int) -> Any:
    return conn.execute(select(*_COLUMNS).where(_table.c.id == note_id)).first()


def _answer(act: Act, note_id: int) -> dict[str, Any]:
    return {"note": note_card(_find(act.conn, note_id))}


def every(conn: Connection, struck: bool, limit: int) -> list[dict[str, Any]]:
    """The newest notes; with `struck` also those that were struck through."""
    found = select(*_COLUMNS).order_by(_table.c.id.desc()).limit(limit)
    if not struck:
        found = found.where(_table.c.struck_at.is_(None))
    return [note_card(row) for row in conn.execute(found)]
