"""Questions of the handover: the shift that runs, those before it, decisions by what is wanted."""

import datetime as dt
from collections.abc import Mapping
from typing import Any

import orjson
from sqlalchemy import Connection, select
from sqlalchemy.engine import RowMapping

from incident import intake
from incident.handover import rules
from incident.handover.models import Decision, RoomShift
from incident.post import Post
from incident.queries import iso

_shift, _decision = RoomShift.__table__, Decision.__table__
Cards = list[dict[str, Any]]


# shifts


def shift_card(row: Mapping[Any, Any]) -> dict[str, Any]:
    """A shift as every screen of the room holds it; gone once the next one signed."""
    card = {
        **{name: row[name] for name in ("id", "name", "led_by", "state", "left_by")},
        **{name: iso(row[name]) for name in ("starts_at", "ends_at", "left_at")},
        "red_at": iso(rules.red_at(row["state"], row["ends_at"], row["left_at"])),
    }
    return card if row["state"] != "signed" else {**card, "gone": True}


def whole_shift(row: Mapping[Any, Any]) -> dict[str, Any]:
    """A shift with what it handed over, who signed and whether the hash still fits."""
    more = {name: row[name] for name in ("words", "hash", "signed_by", "remark", "next_id")}
    handed = orjson.loads(row["frozen"]) if row["frozen"] else None
    fits = row["frozen"] is None or rules.hash_of(row["frozen"]) == row["hash"]
    return {**shift_card(row), **more, "signed_at": iso(row["signed_at"]), "handed": handed, "fits": fits}


def find_shift(conn: Connection, shift_id: int) -> RowMapping | None:
    return conn.execute(select(_shift).where(_shift.c.id == shift_id)).mappings().first()


def standing_shift(conn: Connection) -> RowMapping | None:
    """The shift that runs or waits for its signature; at most one does."""
    standing = select(_shift).where(_shift.c.state != "signed").order_by(_shift.c.id.desc()).limit(1)
    return conn.execute(standing).mappings().first()


def board_cards(conn: Connection, post: Post) -> dict[str, Cards]:
    """The handover's part of a snapshot."""
    standing = standing_shift(conn)
    return {"shifts": [shift_card(standing)] if standing else []}


def signed_shifts(conn: Connection, limit: int) -> Cards:
    """The newest shifts that were signed for, without their lists."""
    rows = conn.execute(select(_shift).where(_shift.c.state == "signed").order_by(_shift.c.id.desc()).limit(limit))
    return [_short(row) for row in rows.mappings()]


def _short(row: Mapping[Any, Any]) -> dict[str, Any]:
    signed = {"signed_by": row["signed_by"], "signed_at": iso(row["signed_at"]), "hash": row["hash"]}
    return {**shift_card(row), **signed}


# decisions


def decision_card(row: Mapping[Any, Any], now: dt.datetime, site_name: str) -> dict[str, Any]:
    """A decision as the log shows it."""
    names = (
        "id",
        "words",
        "basis",
        "meeting",
        "owner",
        "incident_id",
        "status_id",
        "state",
        "made_by",
        "ended_by",
        "why",
    )
    return {
        **{name: row[name] for name in names},
        **{name: iso(row[name]) for name in ("due_at", "decided_at", "made_at", "ended_at")},
        "number": intake.number_of(row["incident_id"], site_name) if row["incident_id"] else None,
        "late": rules.is_late(row["state"], row["due_at"], now),
    }


def find_decision(conn: Connection, decision_id: int) -> RowMapping | None:
    return conn.execute(select(_decision).where(_decision.c.id == decision_id)).mappings().first()


def decisions(conn: Connection, post: Post, limit: int = 500, **wanted: Any) -> Cards:
    """The newest decisions first; `wanted` are columns they must have, and `late`."""
    late = wanted.pop("late", False)
    query = select(_decision).where(*(_decision.c[name] == value for name, value in wanted.items()))
    now = post.clock()
    if late:
        query = query.where(_decision.c.state == "open", _decision.c.due_at < now)
    rows = conn.execute(query.order_by(_decision.c.decided_at.desc(), _decision.c.id.desc()).limit(limit))
    return [decision_card(row, now, post.settings.site.name) for row in rows.mappings()]
