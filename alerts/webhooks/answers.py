"""Answers to alerts, and what the far end says became of them: matched to the delivery they are about."""

from collections.abc import Iterable, Mapping
from typing import Any

from sqlalchemy import Connection, and_, func, or_, select, update

from alerts import actions, rules
from alerts.channels import Incoming, Report
from alerts.models import Alert, Contact, ContactAddress, Delivery, Note, Recipient
from incident import intake
from incident.models import Unit
from incident.post import Act

Row = Mapping[Any, Any]
PHONES = ("sms", "whatsapp")
FORGED = ("email",)  # anybody can write anybody's address there: only an answer to a mail of ours counts
OPEN = ("sent", "keyed", "heard")  # of a delivery that went out and that nobody has answered
# the far end may have it although we never heard so: its answer was lost, the person was quicker, or it was told once
# and is to be told again; what was refused or reached nobody is not among these
TRIED = and_(Delivery.state == "waiting", or_(Delivery.sent_at.is_not(None), Delivery.claimed_until.is_not(None)))


def kind_of(channel: str) -> str:
    """The kind of address a channel writes to: both ways of SMS share one."""
    return rules.ADDRESS_KIND.get(channel, channel)


def forms_of(channel: str, address: str) -> list[str]:
    """The spellings of one address: a phone book has `0812…`, Meta says `62812…`, a gateway `+62812…`."""
    local = intake.dialled(address) if kind_of(channel) in PHONES else None
    if local is None or not local.startswith("0"):
        return [address]
    return list(dict.fromkeys([address, local, f"62{local[1:]}", f"+62{local[1:]}"]))


def channels_like(channel: str) -> list[str]:
    """The channels that write to the same kind of address: an SMS comes in by whichever way it can."""
    return [name for name in (*rules.CHANNELS, channel) if kind_of(name) == kind_of(channel)]


# answers


def acknowledge(act: Act, come: Incoming) -> bool:
    """Note that the person of this address has seen the alert they answer; False when no alert of ours waits for it."""
    found = _answered(act.conn, come)
    if found is None:
        return False
    by = found["name"] or found["call_sign"] or come.channel
    actions.record_seen(act, found["recipient_id"], by[:60], found["channel"], come.at)
    return True


def _answered(conn: Connection, come: Incoming) -> Row | None:
    """The delivery it replies to by name, else the newest open one to this address, else one that may have arrived."""
    if come.answers and (named := _first(conn, Delivery.channel == come.channel, Delivery.foreign_id == come.answers)):
        return named
    if come.channel in FORGED:
        return None
    here = Delivery.address.in_(forms_of(come.channel, come.sender))
    by_index = Delivery.id.in_(select(Delivery.id).where(here))
    mine = (by_index, Alert.state == "active", Delivery.channel.in_(channels_like(come.channel)))
    return _first(conn, *mine, Delivery.state.in_(OPEN)) or _first(conn, *mine, TRIED)


def _first(conn: Connection, *which: Any) -> Row | None:
    rows = (
        select(
            *(Delivery.id, Delivery.channel, Delivery.state, Delivery.foreign_id, Delivery.recipient_id),
            *(Contact.name, Unit.call_sign),
        )
        .join(Recipient, Recipient.id == Delivery.recipient_id)
        .join(Alert, Alert.id == Recipient.alert_id)
        .outerjoin(Contact, Contact.id == Recipient.contact_id)
        .outerjoin(Unit, Unit.id == Recipient.unit_id)
        .where(*which)
    )
    return conn.execute(rows.order_by(Delivery.id.desc()).limit(1)).mappings().first()


def set_stopped(act: Act, come: Incoming, is_stop: bool) -> None:
    """Whoever is in the phone book with this address is not written to there any more, or is again."""
    if come.channel in FORGED and not come.answers:
        return
    stopped_at = func.coalesce(ContactAddress.stopped_at, act.now) if is_stop else None
    mine = ContactAddress.address.in_(forms_of(come.channel, come.sender))
    act.conn.execute(
        update(ContactAddress)
        .where(ContactAddress.channel == kind_of(come.channel), mine)
        .values(stopped_at=stopped_at)
    )


# reports


def report(act: Act, channel: str, told: Report) -> bool:
    """What the far end says of a message we gave it; False when it is none of ours or says nothing new."""
    row = _first(act.conn, Delivery.channel == channel, Delivery.foreign_id == told.foreign_id)
    row = row or _first(
        act.conn, Delivery.uid == told.foreign_id, Delivery.channel == channel
    )  # it may be quicker than our own note
    if row is None:
        return _of_note(act, channel, told)
    if told.state == "seen":
        by = row["name"] or row["call_sign"] or channel
        return actions.record_seen(act, row["recipient_id"], by[:60], channel, min(told.at, act.now)) is not None
    if row["state"] == "waiting" and row["foreign_id"] == told.foreign_id:
        return False  # of an earlier sending: it is on its way once more, and must not be held back by that
    if told.state == "heard":
        actions.record_heard(act, row["id"])
    elif told.state == "failed":
        actions.record_failed(act, [row["id"]], told.reason or "Saluran melaporkan pesan tidak sampai.")
    return True


def _of_note(act: Act, channel: str, told: Report) -> bool:
    weaker: Iterable[str] = {"heard": ("sent",), "seen": ("sent", "heard"), "failed": ("sent",)}.get(told.state, ())
    mine = or_(Note.foreign_id == told.foreign_id, Note.uid == told.foreign_id), Note.channel == channel
    changed = act.conn.execute(
        update(Note)
        .where(*mine, Note.state.in_(list(weaker)))
        .values(state=told.state, reason=told.reason[:200] or None)
    )
    return bool(changed.rowcount)
