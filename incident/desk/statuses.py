"""The verbs of the declared status (Status Keadaan Darurat): declare, extend, end. At most one stands."""

import datetime as dt
from collections.abc import Mapping
from typing import Any

from sqlalchemy import insert, update

from incident.desk import decree, holds
from incident.desk import incoming_queries as queries
from incident.desk.incoming_models import DeclaredStatus
from incident.errors import BadReport, NotFound, WrongState
from incident.journal import declare as declare_kinds
from incident.post import Act

declare_kinds(
    {
        "status.declared": "A status of emergency was declared by decree; holds of numbers are suspended.",
        "status.extended": "The declared status was extended by a further decree.",
        "status.ended": "The declared status is over.",
    }
)
_SUCCEEDED = "digantikan status berikutnya"


def declare(act: Act, kind: str, decree_number: str, starts_on: dt.date, days: int) -> dict[str, Any]:
    """Write down that a status was declared by decree; it takes the place of one that stood. Suspends every hold."""
    if earlier := act.earlier("status.declared"):
        return earlier.told()
    before = queries.find_standing_status(act.conn)
    if before and before["kind"] == kind:
        raise WrongState("Status itu sudah berlaku; perpanjang atau akhiri.", allowed=["extend", "end"])
    if before:
        _change(act, before["id"], **_over(act, _SUCCEEDED))
    row = {
        "kind": kind,
        "decree": decree_number,
        "starts_on": starts_on,
        "days": days,
        "extended_days": 0,
        "declared_by": act.by,
        "declared_at": act.now,
    }
    status_id = act.conn.execute(insert(DeclaredStatus).returning(DeclaredStatus.id), row).scalar_one()
    ids = [status_id, before["id"]] if before else [status_id]
    shown = holds.shown_again(act, queries.kept_back(act.conn)).get("cards", {})
    return _tell(act, "status.declared", ids, {"status_kind": kind, "days": days}, shown)


def extend(act: Act, status_id: int, days: int, decree_number: str) -> dict[str, Any]:
    """Add days by a further decree."""
    if earlier := act.earlier("status.extended"):
        return earlier.told()
    status = _standing(act, status_id)
    extended = status["extended_days"] + days
    if status["days"] + extended > decree.MOST_DAYS:
        raise BadReport(f"Status berlaku paling lama {decree.MOST_DAYS} hari; nyatakan yang baru.", "days")
    _change(act, status_id, extended_days=extended, extension_decree=decree_number)
    return _tell(act, "status.extended", [status_id], {"status_kind": status["kind"], "days": days})


def end(act: Act, status_id: int, why: str) -> dict[str, Any]:
    """The status is over."""
    if earlier := act.earlier("status.ended"):
        return earlier.told()
    status = _standing(act, status_id)
    _change(act, status_id, **_over(act, why))
    return _tell(act, "status.ended", [status_id], {"status_kind": status["kind"], "text": why})


def _standing(act: Act, status_id: int) -> Mapping[Any, Any]:
    status = queries.find_status(act.conn, status_id)
    if status is None:
        raise NotFound("Status itu tidak ada.")
    if status["ended_at"] is not None:
        raise WrongState("Status itu sudah berakhir.", allowed=["declare"])
    return status


def _over(act: Act, why: str) -> dict[str, Any]:
    return {"ended_at": act.now, "ended_by": act.by, "ended_why": why}


def _change(act: Act, status_id: int, **changes: Any) -> None:
    act.conn.execute(update(DeclaredStatus).where(DeclaredStatus.id == status_id).values(**changes))


def _tell(
    act: Act, kind: str, ids: list[int], facts: dict[str, Any], cards: Mapping[str, Any] | None = None
) -> dict[str, Any]:
    found = [queries.find_status(act.conn, one) for one in ids]
    mine = {"status": [queries.status_card(row) for row in found if row is not None]}
    return act.append(kind, {"status": ids[0], **facts, "cards": {**(cards or {}), **mine}}).told()
