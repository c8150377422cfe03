"""What the modem's news means in the alert room: one place that knows the names of its verbs."""

import datetime as dt
from collections.abc import Mapping
from typing import Any

from sqlalchemy import Select, select, update

import alerts.actions
from alerts import queries, rules
from alerts.channels import Incoming
from alerts.models import Note
from incident.post import Act, uid_from

Row = Mapping[Any, Any]


def tell(act: Act, message: Row, state: str, reason: str) -> None:
    """A message (a row) is now sent (left us), heard (the telephone has it) or failed: so is what it carries."""
    if message["delivery_id"] is not None:
        _tell_delivery(act, message, state, reason)
    if message["note_id"] is not None:
        weaker = ("waiting", "sent") if state == "heard" else ("waiting",) if state == "sent" else ("waiting", "sent")
        mine = update(Note).where(Note.id == message["note_id"], Note.state.in_(weaker))
        act.conn.execute(mine.values(state=state, reason=reason[:200] if state == "failed" else None))


def _tell_delivery(act: Act, message: Row, state: str, reason: str) -> None:
    if state == "failed":
        alerts.actions.record_failed(act, [message["delivery_id"]], reason[:200])
    elif state == "heard":
        alerts.actions.record_heard(act, message["delivery_id"])
    else:
        _tell_sent(act, message)


def _tell_sent(act: Act, message: Row) -> None:
    """It left us, which takes back nothing that is known already."""
    delivery = queries.find_delivery(act.conn, message["delivery_id"])
    if delivery is not None and rules.stronger(delivery["state"], "sent"):
        alerts.actions.hand_over(act, message["alert_id"], delivery["channel"], [delivery["id"]], "sent")


def waiting_notes(channel: str, now: dt.datetime) -> Select[Any]:
    """Words that are no alert and go out by this channel: a cancel, an answer to a reporter, a test."""
    waiting = select(Note.__table__).where(Note.channel == channel, Note.state == "waiting", Note.due_at <= now)
    free = Note.claimed_until.is_(None) | (Note.claimed_until < now)
    return waiting.where(free, Note.expires_at > now).order_by(Note.id)


def claim_note(act: Act, note: Row) -> None:
    """From here on the modem's own rows know what becomes of it."""
    claimed = {"claimed_until": note["expires_at"], "foreign_id": note["uid"]}
    act.conn.execute(update(Note).where(Note.id == note["id"]).values(**claimed))


def refuse_note(act: Act, note: Row, reason: str) -> None:
    """It can never be sent; the reason is a sentence."""
    act.conn.execute(update(Note).where(Note.id == note["id"]).values(state="failed", reason=reason[:200]))


def hand_on(act: Act, channel: str, uid: str, sender: str, text: str, at: dt.datetime) -> None:
    """Somebody wrote to us: an answer to an alert, a stop, or a report of theirs. By the door of every channel."""
    from alerts.webhooks import actions as messages

    act.by, act.uid = channel, uid_from("message", channel, uid)
    messages.receive(act, Incoming(channel, uid, sender, text, at))
