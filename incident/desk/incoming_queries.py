"""Questions about what comes in: cards of rings and of the declared status, numbers masked or whole, and the counts."""

import datetime as dt
from collections.abc import Iterable, Mapping
from typing import Any

from sqlalchemy import ColumnElement, Connection, and_, func, or_, select
from sqlalchemy.engine import RowMapping

from incident import intake, queries
from incident.desk import decree, ringing
from incident.desk.incoming_models import DeclaredStatus, Hold, Ring, RingAttempt
from incident.post import Post
from incident.queries import iso

_ring, _attempt = Ring.__table__, RingAttempt.__table__
_hold, _status = Hold.__table__, DeclaredStatus.__table__
_PLAIN = ("id", "line", "source", "state", "claimed_by", "answered_by", "held", "times_rung")
_TIMES = ("rang_at", "last_rang_at", "claimed_at", "answered_at", "ended_at")
Cards = list[dict[str, Any]]


# rings


def ring_card(row: Mapping[Any, Any], tries: Iterable[Mapping[Any, Any]]) -> dict[str, Any]:
    """A ring as the desks hold it, without its number; `tries` are its attempts to call back, oldest first."""
    tries = list(tries)
    card = {
        **{name: row[name] for name in _PLAIN},
        **{name: iso(row[name]) for name in _TIMES},
        "has_number": row["phone"] is not None,
        "tries": len(tries),
        "last_try": {"at": iso(tries[-1]["at"]), "by": tries[-1]["by"], "result": tries[-1]["result"]}
        if tries
        else None,
    }
    is_open = row["state"] in ringing.OPEN_STATES and row["same_as"] is None
    return card if is_open else {**card, "gone": True}


def find_ring(conn: Connection, ring_id: int) -> RowMapping | None:
    return conn.execute(select(_ring).where(_ring.c.id == ring_id)).mappings().first()


def tries_of(conn: Connection, ring_ids: list[int]) -> dict[int, list[RowMapping]]:
    """The attempts to call each of these back, oldest first."""
    found: dict[int, list[RowMapping]] = {one: [] for one in ring_ids}
    wanted = select(_attempt).where(_attempt.c.ring_id.in_(ring_ids)).order_by(_attempt.c.id)
    for row in conn.execute(wanted).mappings():
        found[row["ring_id"]].append(row)
    return found


def _cards(conn: Connection, rows: list[RowMapping]) -> Cards:
    tries = tries_of(conn, [row["id"] for row in rows])
    return [ring_card(row, tries[row["id"]]) for row in rows]


def ring_cards(conn: Connection, ring_ids: list[int]) -> Cards:
    return _cards(conn, list(conn.execute(select(_ring).where(_ring.c.id.in_(ring_ids))).mappings()))


_on_the_desks = select(_ring).where(_ring.c.state.in_(ringing.OPEN_STATES), _ring.c.same_as.is_(None))


def board_cards(conn: Connection, post: Post) -> dict[str, Cards]:
    """The desk's part of a snapshot: rings that are open, and the status that stands."""
    rings = list(conn.execute(_on_the_desks.order_by(_ring.c.id)).mappings())
    standing = find_standing_status(conn)
    return {"rings": _cards(conn, rings), "status": [status_card(standing)] if standing else []}


def numbers(conn: Connection, who: str) -> list[dict[str, Any]]:
    """The number of every open ring: masked, and whole for the one who holds it."""
    rows = conn.execute(_on_the_desks.order_by(_ring.c.id)).mappings()
    return [{"ring": row["id"], **shown_number(row, who)} for row in rows]


def shown_number(row: Mapping[Any, Any], who: str) -> dict[str, Any]:
    """`masked`, and `phone` where `who` holds the claim; both empty for a call without a number."""
    whole = row["phone"] if row["claimed_by"] == who else None
    return {"masked": intake.mask(row["phone"]), "phone": whole}


def settled_rings(conn: Connection, who: str, limit: int) -> Cards:
    """The newest rings that are off the desks, with masked numbers and what became of them."""
    done = or_(_ring.c.state.not_in(ringing.OPEN_STATES), _ring.c.same_as.is_not(None))
    rows = list(conn.execute(select(_ring).where(done).order_by(_ring.c.id.desc()).limit(limit)).mappings())
    more = [
        {
            "masked": intake.mask(row["phone"]),
            "outcome": row["outcome"],
            "call": row["call_id"],
            "same_as": row["same_as"],
            "why": row["settled_why"],
        }
        for row in rows
    ]
    return [card | told for card, told in zip(_cards(conn, rows), more, strict=True)]


def held_by(conn: Connection, who: str) -> list[RowMapping]:
    """The calls that ring and are claimed by this person."""
    mine = select(_ring).where(_ring.c.claimed_by == who, _ring.c.state == "ringing")
    return list(conn.execute(mine).mappings())


def waiting_with(conn: Connection, phone: str | None, but: int) -> list[RowMapping]:
    """Calls of the same number that wait to be called back, longest first; none for a number that tells nothing."""
    if not intake.is_telling(phone):
        return []
    same = (_ring.c.phone == phone, _ring.c.state.in_(ringing.WAITING_STATES), _ring.c.same_as.is_(None))
    return list(conn.execute(select(_ring).where(*same, _ring.c.id != but).order_by(_ring.c.rang_at)).mappings())


def rings_since(conn: Connection, phone: str, since: dt.datetime) -> int:
    """How many calls this number made since a moment."""
    counted = select(func.count()).select_from(Ring).where(_ring.c.phone == phone, _ring.c.rang_at >= since)
    return int(conn.scalar(counted) or 0)


def kept_back(conn: Connection) -> list[RowMapping]:
    """Open rings that are held back."""
    return list(conn.execute(_on_the_desks.where(_ring.c.held)).mappings())


def rings_to_look_at(conn: Connection, now: dt.datetime) -> list[RowMapping]:
    """Rings the clock has something to say about: a claim that lapsed, a ring without an end, a day gone by."""
    lapsed = and_(_ring.c.claimed_by.is_not(None), _ring.c.touched_at <= now - ringing.CLAIM_LASTS)
    due: tuple[ColumnElement[bool], ...] = (
        and_(lapsed, _ring.c.state.in_(("ringing", *ringing.WAITING_STATES))),
        and_(_ring.c.state == "ringing", _ring.c.rang_at <= now - ringing.RINGS_LASTS),
        _ring.c.last_rang_at <= now - ringing.CALL_BACK_LASTS,
    )
    return list(conn.execute(_on_the_desks.where(or_(*due)).order_by(_ring.c.id).limit(100)).mappings())


# counts


def counts(conn: Connection, since: dt.datetime) -> dict[str, Any]:
    """What came in since a moment: calls by class, and of what rang: how many, missed, dropped, held, and so on.

    A call-back that was reached stays counted as missed or dropped: it was not answered when it rang.
    """
    rung = select(_ring.c.state, _ring.c.outcome, _ring.c.held, func.count()).where(_ring.c.rang_at >= since)
    rows = list(conn.execute(rung.group_by(_ring.c.state, _ring.c.outcome, _ring.c.held)))
    of = {name: sum(row[3] for row in rows if row.outcome == name) for name in ringing.OUTCOMES}
    return {
        "since": iso(since),
        "classes": queries.call_counts(conn, since),
        "rang": sum(row[3] for row in rows),
        **of,
        "ringing": sum(row[3] for row in rows if row.state == "ringing"),
        "reached": sum(row[3] for row in rows if row.state == "reached"),
        "not_reached": sum(row[3] for row in rows if row.state in ("closed", "expired") and row.outcome != "answered"),
        "held": sum(row[3] for row in rows if row.held),
    }


# holds


def hold_shown(row: Mapping[Any, Any]) -> dict[str, Any]:
    """A hold as a supervisor reads it."""
    plain = {name: row[name] for name in ("id", "masked", "reason", "held_by", "lifted_by", "lifted_why")}
    return plain | {name: iso(row[name]) for name in ("held_at", "until", "over_at")}


def find_hold(conn: Connection, hold_id: int) -> RowMapping | None:
    return conn.execute(select(_hold).where(_hold.c.id == hold_id)).mappings().first()


def find_standing_hold(conn: Connection, number_key: str, now: dt.datetime) -> RowMapping | None:
    wanted = select(_hold).where(_hold.c.number_key == number_key, _hold.c.over_at.is_(None), _hold.c.until > now)
    return conn.execute(wanted).mappings().first()


def holds(conn: Connection, limit: int) -> list[dict[str, Any]]:
    """Holds, the newest first; those that stand have no `over_at`."""
    return [hold_shown(row) for row in conn.execute(select(_hold).order_by(_hold.c.id.desc()).limit(limit)).mappings()]


def holds_run_out(conn: Connection, now: dt.datetime) -> list[int]:
    return list(conn.scalars(select(_hold.c.id).where(_hold.c.over_at.is_(None), _hold.c.until <= now)))


# the declared status


def status_card(row: Mapping[Any, Any]) -> dict[str, Any]:
    """The declared status as every screen holds it; gone when it was ended."""
    days = row["days"] + row["extended_days"]
    card = {
        **{name: row[name] for name in ("id", "kind", "decree", "extension_decree", "extended_days")},
        "starts_on": row["starts_on"].isoformat(),
        "days": days,
        "last_day": decree.last_day(row["starts_on"], days).isoformat(),
        "declared_by": row["declared_by"],
        "declared_at": iso(row["declared_at"]),
    }
    return card if row["ended_at"] is None else {**card, "gone": True}


def find_status(conn: Connection, status_id: int) -> RowMapping | None:
    return conn.execute(select(_status).where(_status.c.id == status_id)).mappings().first()


def find_standing_status(conn: Connection) -> RowMapping | None:
    """The status that is declared now; at most one stands."""
    standing = select(_status).where(_status.c.ended_at.is_(None)).order_by(_status.c.id.desc())
    return conn.execute(standing).mappings().first()


def statuses(conn: Connection, limit: int) -> list[dict[str, Any]]:
    """The statuses that were declared, the newest first, with how they ended."""
    rows = conn.execute(select(_status).order_by(_status.c.id.desc()).limit(limit)).mappings()
    return [
        status_card(row) | {"ended_at": iso(row["ended_at"]), "ended_by": row["ended_by"], "why": row["ended_why"]}
        for row in rows
    ]
