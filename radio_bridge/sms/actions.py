"""The verbs of the GSM modem: queue a message, take its next part, say what became of it, hand on what came in.

A number and the words of a person stand in the rows alone: never in an entry, never in a log.
"""

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, and_, func, insert, or_, select, update
from sqlalchemy.engine import RowMapping

from incident.post import Act, uid_from
from radio_bridge import hearing
from radio_bridge.errors import CannotSend
from radio_bridge.sms import outcomes as sms_outcomes
from radio_bridge.sms.models import ShortHeard, ShortMessage, ShortPart
from radio_bridge.sms.parts import measure, split
from radio_bridge.sms.pdu import Deliver, StatusReport, Submit, check_number, joined, submits

CHANNEL = "sms_modem"
REPORTS_COUNT_FOR = dt.timedelta(days=3)
"""A report that comes later may quote a number the modem has used again."""
JOINED_WITHIN = dt.timedelta(hours=1)
"""A long message of which a part is still missing is handed on with what there is."""
STALE = dt.timedelta(hours=24)
"""What was said longer ago (a SIM with old messages in it) is kept to read, and is no call for help now."""
FIRST_WAIT_S, LONGEST_WAIT_S = 5.0, 300.0

_message, _part, _heard = (table.__table__ for table in (ShortMessage, ShortPart, ShortHeard))
Row = Mapping[Any, Any]


# queueing


def queue(
    act: Act, uid: str, kind: str, address: str, text: str, priority: int, expires_at: dt.datetime, **of: int | None
) -> str:
    """Queue one SMS, once for each uid. of: alert_id, delivery_id, note_id.

    Raises CannotSend for what is no number, or too long; nothing is ever cut.
    """
    check_number(address)
    _, pieces = split(text)
    _insert(act, [{"uid": uid, "kind": kind, "address": address, "priority": priority, "expires_at": expires_at, **of}],
            text, len(pieces))  # fmt: skip
    return uid


def queue_deliveries(act: Act, alert: Row, deliveries: Sequence[Row], text: str) -> None:
    """Queue an alert to many. What can never be sent is kept as refused, with a sentence, until the desk says so."""
    common = {"kind": "alert", "alert_id": alert["id"], "expires_at": alert["expires_at"]}
    common |= {"priority": int(alert["priority"][1])}
    rows = [
        {**common, "uid": one["uid"], "delivery_id": one["id"], "address": one["address"] or ""} for one in deliveries
    ]
    refused = {row["uid"]: why for row in rows if (why := _why_not(row["address"], text))}
    if good := [row for row in rows if row["uid"] not in refused]:
        _insert(act, good, text, len(split(text)[1]))
    bad = [{**row, "address": "", "state": "refused", "reason": refused[row["uid"]]} for row in rows if row not in good]
    _insert(act, bad, "", 0)


def _why_not(address: str, text: str) -> str | None:
    try:
        check_number(address)
        split(text)
    except CannotSend as refusal:
        return str(refusal)[:200]
    return None


def _insert(act: Act, rows: Sequence[dict[str, Any]], text: str, parts: int) -> None:
    """All these messages and their parts, in a handful of statements; a uid that is known is left alone."""
    known = set(act.conn.scalars(select(_message.c.uid).where(_message.c.uid.in_([row["uid"] for row in rows]))))
    fresh = [row for row in rows if row["uid"] not in known]
    if not fresh:
        return
    first = (act.conn.scalar(select(func.max(_message.c.id))) or 0) % 256
    usual = {
        "text": text, "parts": parts, "attempts": 0, "state": "queued", "reason": None, "alert_id": None,
        "delivery_id": None, "note_id": None, "queued_at": act.now, "due_at": act.now,
    }  # fmt: skip
    messages = [{**usual, **row, "reference": (first + at) % 256} for at, row in enumerate(fresh)]
    ids = act.conn.scalars(insert(ShortMessage).returning(ShortMessage.id), messages).all()
    each = [{"message_id": one, "part": part, "state": "queued"} for one in ids for part in range(1, parts + 1)]
    if each:
        act.conn.execute(insert(ShortPart), each)


def fail_refused(act: Act) -> int:
    """Say of each refused message that it failed, and why; answers how many."""
    ids = list(act.conn.scalars(select(_message.c.id).where(_message.c.state == "refused")))
    for message_id in ids:
        _settle(act, message_id, "failed")
    return len(ids)


def queue_notes(act: Act) -> int:
    """Queue the words other rooms left for this channel; answers how many."""
    waiting = sms_outcomes.waiting_notes(CHANNEL, act.now)
    notes = list(act.conn.execute(waiting.limit(50)).mappings())
    for note in notes:
        _queue_note(act, note)
    return len(notes)


def _queue_note(act: Act, note: Row) -> None:
    priority, of = int(note["priority"][1]), {"note_id": note["id"], "alert_id": note["alert_id"]}
    try:
        queue(act, note["uid"], "note", note["address"], note["text"], priority, note["expires_at"], **of)
    except CannotSend as refusal:
        sms_outcomes.refuse_note(act, note, str(refusal))
        return
    sms_outcomes.claim_note(act, note)


def take_back(act: Act, alert: Row, text: str, valid: dt.timedelta) -> None:
    """What of an alert has not left never will; whoever was sent it, or may have been, is sent `text`."""
    mine = (_message.c.alert_id == alert["id"], _message.c.kind == "alert")
    perhaps = and_(_part.c.state == "queued", _part.c.sent_at.is_not(None))
    left = select(_part.c.message_id).where(or_(_part.c.state.in_(("sending", "sent", "heard")), perhaps))
    gone = select(_message.c.uid, _message.c.address, _message.c.priority).where(*mine, _message.c.id.in_(left))
    rows = list(act.conn.execute(gone.order_by(_message.c.id)).mappings())
    waiting = update(ShortMessage).where(*mine, _message.c.state == "queued")
    act.conn.execute(waiting.values(state="superseded"))
    common = {"kind": "cancel", "alert_id": alert["id"], "expires_at": act.now + valid}
    cancels = [{**common, **row, "uid": uid_from("sms cancel", row["uid"])} for row in rows]
    if cancels and _why_not(cancels[0]["address"], text) is None:
        _insert(act, cancels, text, len(split(text)[1]))


# sending


def due(conn: Connection, now: dt.datetime) -> RowMapping:
    """Whether there is a part to send, a note to fetch, a message that is late, a long one that never came whole."""
    open_one = select(_message.c.id).where(_message.c.state == "queued")
    broken = select(_heard.c.id).where(_heard.c.state == "waiting", _heard.c.came_at < now - JOINED_WITHIN)
    asked = select(
        open_one.where(_message.c.due_at <= now, _message.c.expires_at > now).exists().label("part"),
        open_one.where(_message.c.expires_at <= now).exists().label("late"),
        broken.exists().label("broken"),
        select(_message.c.id).where(_message.c.state == "refused").exists().label("refused"),
        sms_outcomes.waiting_notes(CHANNEL, now).exists().label("note"),
    )
    return conn.execute(asked).mappings().one()


def take_part(act: Act) -> tuple[str, Submit] | None:
    """(key, part) that goes out next, marked as being sent; None when nothing is due."""
    waiting = (
        select(_part.c.id.label("part_id"), _part.c.part, _message)
        .join(_message, _message.c.id == _part.c.message_id)
        .where(_part.c.state == "queued", _message.c.state == "queued", _message.c.due_at <= act.now)
        .where(_message.c.expires_at > act.now)
        .order_by(_message.c.priority, _message.c.id, _part.c.part)
        .limit(1)
    )
    row = act.conn.execute(waiting).mappings().first()
    if row is None:
        return None
    act.conn.execute(update(ShortPart).where(ShortPart.id == row["part_id"]).values(state="sending"))
    parts = submits(row["address"], row["text"], row["expires_at"] - act.now, row["reference"])
    return str(row["part_id"]), parts[row["part"] - 1]


def record_sent(act: Act, key: str, reference: int) -> None:
    """The network took a part. With the last one the message has left us; nobody is known to have it."""
    changed = {"state": "sent", "reference": reference, "sent_at": act.now}
    sending = update(ShortPart).where(ShortPart.id == int(key), ShortPart.state == "sending")
    if act.conn.execute(sending.values(**changed)).rowcount:
        _look_at_whole(act, _message_of(act, int(key)))


def record_not_sent(act: Act, key: str, words: str, again: bool, is_sure: bool = True) -> None:
    """A part did not leave: it is tried again a little later, or the message has failed for good.

    Of one that nobody is sure of the time is kept: if it is taken back, its cancel follows it.
    """
    message = _message_of(act, int(key))
    state = "queued" if again else "failed"
    sending = update(ShortPart).where(ShortPart.id == int(key), ShortPart.state == "sending")
    perhaps = {} if is_sure else {"sent_at": act.now}
    if not act.conn.execute(sending.values(state=state, **perhaps)).rowcount:
        return
    wait_s = min(LONGEST_WAIT_S, FIRST_WAIT_S * 2 ** min(message["attempts"], 6))
    later = {"attempts": message["attempts"] + 1, "due_at": act.now + dt.timedelta(seconds=wait_s), "reason": words}
    act.conn.execute(update(ShortMessage).where(ShortMessage.id == message["id"]).values(**later))
    if not again:
        _look_at_whole(act, message)


def record_report(act: Act, report: StatusReport) -> None:
    """The network says what became of a part; "pending" says nothing new, a report for nothing of ours is dropped."""
    if report.state == "pending":
        return
    sent = (
        select(_part.c.id, _message.c.address)
        .join(_message, _message.c.id == _part.c.message_id)
        .where(_part.c.reference == report.reference, _part.c.state == "sent")
        .where(_part.c.sent_at > act.now - REPORTS_COUNT_FOR)
        .order_by(_part.c.sent_at.desc(), _part.c.id.desc())
    )
    mine = next((row for row in act.conn.execute(sent) if same_number(row.address, report.number)), None)
    if mine is None:
        return
    act.conn.execute(update(ShortPart).where(ShortPart.id == mine.id).values(state=report.state))
    message = _message_of(act, mine.id)
    if report.state == "failed":
        act.conn.execute(update(ShortMessage).where(ShortMessage.id == message["id"]).values(reason=report.reason))
    _look_at_whole(act, message)


def _look_at_whole(act: Act, message: Row) -> None:
    """A message is what its weakest part is; one failed part and it never arrives whole."""
    states = set(act.conn.scalars(select(_part.c.state).where(_part.c.message_id == message["id"])))
    if "failed" in states:
        _settle(act, message["id"], "failed")
    elif states == {"heard"}:
        _settle(act, message["id"], "heard")
    elif states <= {"sent", "heard"}:
        _settle(act, message["id"], "sent")


_NEXT = {
    "refused": ("failed",),
    "queued": ("sent", "heard", "failed"),
    "sent": ("heard", "failed"),
}


def _settle(act: Act, message_id: int, state: str) -> None:
    """What is over stays over: a report after the expiry raises nothing from the dead."""
    message = _row(act, message_id)
    if state not in _NEXT.get(message["state"], ()):
        return
    changed = {"state": state} | ({"sent_at": act.now} if state == "sent" else {})
    act.conn.execute(update(ShortMessage).where(ShortMessage.id == message_id).values(**changed))
    if state in ("sent", "heard", "failed"):
        sms_outcomes.tell(act, message, state, message["reason"] or "SMS gagal.")


def expire(act: Act) -> int:
    """End what did not leave in time; it is never sent late. Answers how many there were."""
    late = update(ShortMessage).where(ShortMessage.state == "queued", ShortMessage.expires_at <= act.now)
    return act.conn.execute(late.values(state="expired")).rowcount


def requeue_lost(act: Act) -> int:
    """After a death in mid-send nobody knows whether the part left: an alert twice is better than none."""
    lost = update(ShortPart).where(ShortPart.state == "sending").values(state="queued", sent_at=act.now)
    return act.conn.execute(lost).rowcount


def _message_of(act: Act, part_id: int) -> RowMapping:
    return _row(act, act.conn.execute(select(_part.c.message_id).where(_part.c.id == part_id)).scalar_one())


def _row(act: Act, message_id: int) -> RowMapping:
    return act.conn.execute(select(_message).where(_message.c.id == message_id)).mappings().one()


def same_number(one: str, other: str) -> bool:
    """Whether two ways to write a number mean the same telephone: 0812... and +62812..."""
    left, right = ("".join(sign for sign in number if sign.isdigit()) for number in (one, other))
    return left == right or (len(left) > 8 and len(right) > 8 and left[-9:] == right[-9:])


# coming in


def record_arrived(act: Act, deliver: Deliver) -> None:
    """Store a part that came in, once, and hand the message on when it is whole."""
    joint = deliver.joint
    uid = uid_from("sms", deliver.sender, deliver.at, deliver.text, joint)
    if act.conn.scalar(select(_heard.c.id).where(_heard.c.uid == uid)):
        return
    is_kept = deliver.is_named or act.now - deliver.at > STALE
    row = {
        "uid": uid, "sender": deliver.sender, "text": deliver.text,
        "joint": uid_from("joint", deliver.sender, joint.reference, joint.parts) if joint else None,
        "part": joint.part if joint else 1, "parts": joint.parts if joint else 1,
        "state": "kept" if is_kept else "waiting", "said_at": deliver.at, "came_at": act.now,
    }  # fmt: skip
    act.conn.execute(insert(ShortHeard), row)
    if not is_kept:
        _join(act, row)


def _join(act: Act, row: Row) -> None:
    if row["parts"] == 1:
        _hand_on(act, [row])
        return
    parts = _waiting_parts(act, row["joint"])
    if len({one["part"] for one in parts}) == row["parts"]:
        _hand_on(act, parts)


def _waiting_parts(act: Act, joint: str) -> list[RowMapping]:
    rows = select(_heard).where(_heard.c.joint == joint, _heard.c.state == "waiting").order_by(_heard.c.part)
    return list(act.conn.execute(rows).mappings())


def hand_on_broken(act: Act) -> int:
    """Long messages of which a part never came: what there is, with a word about what is missing."""
    before = act.now - JOINED_WITHIN
    late = select(_heard.c.joint).where(_heard.c.state == "waiting", _heard.c.came_at < before).distinct()
    joints = [joint for joint in act.conn.scalars(late) if joint]
    for joint in joints:
        _hand_on(act, _waiting_parts(act, joint))
    return len(joints)


def _hand_on(act: Act, parts: list[Any]) -> None:
    pieces = {one["part"]: one["text"] for one in parts}
    whole = "".join(pieces.get(part, f" [bagian {part} tidak sampai] ") for part in range(1, parts[0]["parts"] + 1))
    first = parts[0]
    done = update(ShortHeard).where(ShortHeard.uid.in_([one["uid"] for one in parts]))
    act.conn.execute(done.values(state="done", text=""))
    sms_outcomes.hand_on(act, CHANNEL, first["uid"], first["sender"], joined(whole), first["said_at"])


def record_unreadable(act: Act, count: int) -> None:
    """Settings, ring tones and broken octets: counted, their content is never kept."""
    hearing.record_rejected(act, {"sms": count})


def length_of(text: str) -> dict[str, Any]:
    """What the meter shows before sending."""
    length = measure(text)
    return {
        "alphabet": length.alphabet, "characters": length.characters, "parts": length.parts,
        "left": length.room - length.used, "fits": length.fits,
    }  # fmt: skip
