"""The verbs of numbers held back: by a supervisor, with a reason, for at most a day; it ends by itself."""

import datetime as dt
from collections.abc import Mapping
from typing import Any

from sqlalchemy import insert, select, update

from incident import intake
from incident.desk import holding
from incident.desk import incoming_queries as queries
from incident.desk.incoming_models import Hold, Ring
from incident.errors import BadReport, NotFound, WrongState
from incident.journal import declare
from incident.models import Call
from incident.post import Act

declare(
    {
        "hold.placed": "A supervisor holds a number back for at most a day: why, until when.",
        "hold.lifted": "A supervisor ended a hold before its time.",
        "hold.lapsed": "The time of a hold was over.",
    }
)


def keeps_back(act: Act, phone: str | None, rang_at: dt.datetime) -> bool:
    """Whether a call of this number that rings now stays out of the way. `phone` is as dialled."""
    if phone is None or not is_held(act, phone):
        return False
    calls = 1 + queries.rings_since(act.conn, phone, rang_at - holding.PRESSING_WITHIN)
    return holding.is_kept_back(True, queries.find_standing_status(act.conn) is not None, calls)


def is_held(act: Act, phone: str) -> bool:
    return queries.find_standing_hold(act.conn, _key(act, phone), act.now) is not None


def place(
    act: Act,
    reason: str,
    hours: float,
    phone: str | None = None,
    ring_id: int | None = None,
    call_id: int | None = None,
) -> dict[str, Any]:
    """Hold back a number, given itself or by a ring or a call it came with; raises BadReport where there is none."""
    if earlier := act.earlier("hold.placed"):
        return earlier.told()
    number = _number_of(act, phone, ring_id, call_id)
    lasts = dt.timedelta(hours=hours)
    if not dt.timedelta(0) < lasts <= holding.LONGEST_HOLD:
        raise BadReport("Nomor ditahan paling lama 24 jam.", "hours")
    if is_held(act, number):
        raise WrongState("Nomor itu sudah ditahan.", allowed=["lift"])
    until = act.now + lasts
    row = {
        "number_key": _key(act, number),
        "masked": intake.mask(number),
        "reason": reason,
        "held_by": act.by,
        "held_at": act.now,
        "until": until,
    }
    hold_id = act.conn.execute(insert(Hold).returning(Hold.id), row).scalar_one()
    return act.append("hold.placed", {"hold": hold_id, "text": reason, "until": queries.iso(until)}).told()


def _number_of(act: Act, phone: str | None, ring_id: int | None, call_id: int | None) -> str:
    if phone is None and ring_id is not None:
        phone = act.conn.scalar(select(Ring.phone).where(Ring.id == ring_id))
    if phone is None and call_id is not None:
        phone = act.conn.scalar(select(Call.caller_phone).where(Call.id == call_id))
    number = intake.dialled(phone)
    if number is None or not intake.is_telling(number):
        raise BadReport("Tidak ada nomor lengkap yang dapat ditahan.", "phone")
    return number


def lift(act: Act, hold_id: int, why: str) -> dict[str, Any]:
    """End a hold before its time; what it kept back shows again."""
    if earlier := act.earlier("hold.lifted"):
        return earlier.told()
    hold = queries.find_hold(act.conn, hold_id)
    if hold is None:
        raise NotFound("Penahanan itu tidak ada.")
    if hold["over_at"] is not None:
        raise WrongState("Penahanan itu sudah berakhir.", allowed=[])
    return _end(act, hold, "hold.lifted", {"text": why}, lifted_by=act.by, lifted_why=why).told()


def lapse(act: Act, hold_id: int) -> bool:
    """End a hold whose time is over; answers whether it still stood."""
    hold = queries.find_hold(act.conn, hold_id)
    if hold is None or hold["over_at"] is not None or not holding.is_over(hold["until"], act.now):
        return False
    _end(act, hold, "hold.lapsed", {})
    return True


def _end(act: Act, hold: Mapping[Any, Any], kind: str, facts: dict[str, Any], **changes: Any) -> Any:
    act.conn.execute(update(Hold).where(Hold.id == hold["id"]).values(over_at=act.now, **changes))
    rows = [row for row in queries.kept_back(act.conn) if _key(act, row["phone"]) == hold["number_key"]]
    return act.append(kind, {"hold": hold["id"], **facts, **shown_again(act, rows)})


def shown_again(act: Act, rings: list[Any]) -> dict[str, Any]:
    """Rings that are not kept back any more, as cards for an entry; nothing where there are none."""
    ids = [row["id"] for row in rings]
    if not ids:
        return {}
    act.conn.execute(update(Ring).where(Ring.id.in_(ids)).values(held=False))
    return {"cards": {"rings": queries.ring_cards(act.conn, ids)}}


def _key(act: Act, phone: str) -> str:
    return holding.number_key(act.post.settings.secret_key, phone)
