"""What was kept beside: messages that became no call (too many of one sender, or broken), until a person decides.

A person makes one a call, sets it aside, or sets aside all that waits of its sender; what was set aside can be taken
back, all of one deed at once. After `POSKO_KEEP_MESSAGES_DAYS` the words, the addresses of those who
wrote and the answers to them are forgotten, whether or not anybody decided; the journal says how many.
"""

import datetime as dt
import json
import time
from collections.abc import Mapping
from typing import Any

from sqlalchemy import Connection, func, or_, select, update

from alerts.book_queries import masked
from alerts.channels import Incoming
from alerts.models import Note
from alerts.webhooks import actions, answers
from alerts.webhooks.models import MessageIn, Reporter
from incident import actions as calls
from incident import journal
from incident.errors import NotFound, WrongState
from incident.models import Lamp
from incident.post import Act, Post
from incident.queries import iso

journal.declare(
    {
        "message.settled": "A person decided about a message that was kept beside: a call, or set aside.",
        "message.sender_aside": "All that waited of one sender was set aside in one deed: how many.",
        "message.reopened": "What was set aside waits for a decision again: how many.",
        "message.forgotten": "Words kept beside, addresses of reporters and answers to them were forgotten: how many.",
    }
)
NONE_WAITS = "tidak ada pesan yang menunggu"
KEPT = ("limited", "broken")
DECISIONS = ("call", "aside")
SHOWN_ASIDE = 5
ASIDE_SHOWN_H = 24  # what was set aside in the last hours can be taken back where it is seen
FORGOTTEN = "x:"  # begins what stands for an address or a key that is forgotten
PART = 500
EACH_S = 3600.0
LAMP = "kept_messages"
LOOK_S = 10.0  # a flood changes the lamp at most so often
DIGEST = 42  # characters of what stands for something forgotten
_message, _reporter, _note = MessageIn.__table__, Reporter.__table__, Note.__table__
_waiting = (_message.c.became.in_(KEPT), _message.c.decided.is_(None), _message.c.text.is_not(None))
_columns = select(_message, _reporter.c.address, _reporter.c.stopped_at).join(
    _reporter, _reporter.c.id == _message.c.reporter_id
)
_GONE = {"text": None, "lon": None, "lat": None, "files": None}


def listed(conn: Connection, limit: int, now: dt.datetime) -> dict[str, Any]:
    """What waits for a person, the newest of each sender first; senders are masked. `total` is how many wait.

    Each sender's newest comes before anybody's second: who floods us hides nobody else. `of_sender`: how many wait of
    the same one. `aside`: the newest deeds that set something aside, each with the message that takes it back.
    """
    of_sender = func.count().over(partition_by=_message.c.reporter_id).label("of_sender")
    turn = func.row_number().over(partition_by=_message.c.reporter_id, order_by=_message.c.id.desc())
    shown = select(_message.c.id, turn.label("turn"), of_sender).where(*_waiting).subquery()
    found = _columns.add_columns(shown.c.of_sender).join(shown, shown.c.id == _message.c.id)
    rows = conn.execute(found.order_by(shown.c.turn, _message.c.id.desc()).limit(limit)).mappings()
    return {"messages": [_card(row) for row in rows], "total": _count(conn), "aside": _aside_lately(conn, now)}


def _aside_lately(conn: Connection, now: dt.datetime) -> list[dict[str, Any]]:
    """[{id, channel, sender, many, by, at}], the newest first; what was forgotten cannot come back."""
    since = now - dt.timedelta(hours=ASIDE_SHOWN_H)
    deed = (_message.c.reporter_id, _message.c.decided_at, _message.c.decided_by)
    mine = select(func.max(_message.c.id).label("id"), func.count().label("many"), *deed).where(
        _message.c.decided == "aside", _message.c.text.is_not(None), _message.c.decided_at > since
    )
    newest = mine.group_by(*deed).order_by(_message.c.decided_at.desc()).limit(SHOWN_ASIDE).subquery()
    rows = select(newest, _reporter.c.channel, _reporter.c.address).join(
        _reporter, _reporter.c.id == newest.c.reporter_id
    )
    return [_deed(row) for row in conn.execute(rows.order_by(newest.c.decided_at.desc())).mappings()]


def _deed(row: Mapping[Any, Any]) -> dict[str, Any]:
    sender = masked(answers.kind_of(row["channel"]), row["address"])
    shown = {"id": row["id"], "channel": row["channel"], "sender": sender, "many": row["many"]}
    return {**shown, "by": row["decided_by"], "at": iso(row["decided_at"])}


def _count(conn: Connection) -> int:
    return conn.scalar(select(func.count()).select_from(_message).where(*_waiting)) or 0


def _card(row: Mapping[Any, Any]) -> dict[str, Any]:
    kind = answers.kind_of(row["channel"])
    shown = {name: row[name] for name in ("id", "channel", "became", "text", "of_sender")}
    came = {"has_place": row["lon"] is not None, "has_files": row["files"] is not None}
    return {**shown, **came, "sender": masked(kind, row["address"]), "said_at": iso(row["said_at"])}


def decide(act: Act, message_id: int, decision: str) -> dict[str, Any]:
    """Make a message a call (with what the same person reported a while ago, if that stands), or set it aside."""
    if earlier := act.earlier("message.settled"):
        return earlier.told()
    row = _undecided(act, message_id)
    made = _make_call(act, row) if decision == "call" else {}
    settled = {"decided": decision, "decided_by": act.by, "decided_at": act.now, "call_id": made.get("call")}
    gone = _GONE if made else {}  # they stand in the call now
    act.conn.execute(update(MessageIn).where(MessageIn.id == message_id).values(**settled, **gone))
    facts = {"channel": row["channel"], "decided": decision, **({"call": made["call"]} if made else {})}
    return act.append("message.settled", facts, made.get("incident")).told()


def set_aside_sender(act: Act, message_id: int) -> dict[str, Any]:
    """Set aside all that waits of who wrote this message; what comes later waits again."""
    if earlier := act.earlier("message.sender_aside"):
        return earlier.told()
    row = _undecided(act, message_id)
    theirs = update(MessageIn).where(*_waiting, _message.c.reporter_id == row["reporter_id"])
    settled = {"decided": "aside", "decided_by": act.by, "decided_at": act.now}
    many = int(act.conn.execute(theirs.values(**settled)).rowcount)
    return act.append("message.sender_aside", {"channel": row["channel"], "many": many}).told()


def reopen(act: Act, message_id: int) -> dict[str, Any]:
    """Take back that this message was set aside, and all that the same deed set aside with it."""
    if earlier := act.earlier("message.reopened"):
        return earlier.told()
    row = _kept(act, message_id)
    if row["decided"] != "aside" or row["text"] is None:
        raise WrongState("Pesan ini tidak dikesampingkan, atau sudah dihapus.", allowed=[])
    same = [_message.c[name] == row[name] for name in ("decided", "decided_by", "decided_at", "reporter_id")]
    again = update(MessageIn).where(*same, _message.c.text.is_not(None))
    many = int(act.conn.execute(again.values(decided=None, decided_by=None, decided_at=None)).rowcount)
    return act.append("message.reopened", {"channel": row["channel"], "many": many}).told()


def _kept(act: Act, message_id: int) -> Mapping[Any, Any]:
    row = act.conn.execute(_columns.where(_message.c.id == message_id)).mappings().first()
    if row is None or row["became"] not in KEPT:
        raise NotFound("Pesan itu tidak ada.")
    return row


def _undecided(act: Act, message_id: int) -> Mapping[Any, Any]:
    row = _kept(act, message_id)
    if row["decided"] or row["text"] is None:
        raise WrongState("Pesan ini sudah diputuskan atau sudah dihapus.", allowed=[])
    return row


def _make_call(act: Act, row: Mapping[Any, Any]) -> dict[str, Any]:
    uid, act.uid = act.uid, None  # the sender's key belongs to the decision, not to the call it makes
    come = Incoming(row["channel"], row["foreign_id"], row["address"], row["text"], row["said_at"])
    come = come._replace(lon=row["lon"], lat=row["lat"], files=tuple(json.loads(row["files"] or "[]")))
    reporter = {"id": row["reporter_id"], "stopped_at": row["stopped_at"]}
    made = actions.make_call(act, come, reporter, row["id"])
    act.uid = uid
    return made


# the lamp


def show(act: Act) -> bool:
    """Light the lamp while something waits for a person; answers whether it changed."""
    many = _count(act.conn)
    return calls.set_lamp(act, LAMP, "warn" if many else "ok", _lamp_words(many))


def _lamp_words(many: int) -> str:
    return f"{many} pesan menunggu keputusan" if many else NONE_WAITS


# forgetting


class Rounds:
    """Shows what waits and forgets once an hour, a part at a time, by a clock that nobody can set."""

    def __init__(self) -> None:
        self.next_at = self.look_at = 0.0

    def step(self, post: Post) -> bool:
        """Show and forget when it is time; answers whether there was anything."""
        return any([self._show(post), self._forget(post)])

    def _show(self, post: Post) -> bool:
        if time.monotonic() < self.look_at:
            return False
        self.look_at = time.monotonic() + LOOK_S
        with post.database.read() as conn:
            words, told = _lamp_words(_count(conn)), conn.scalar(select(Lamp.words).where(Lamp.id == LAMP))
        if words == (told or NONE_WAITS):
            return False
        return post.do(show, "relay", None)

    def _forget(self, post: Post) -> bool:
        if time.monotonic() < self.next_at:
            return False
        found = post.do(forget, "relay", None)
        self.next_at = 0.0 if found else time.monotonic() + EACH_S
        return found


def forget(act: Act) -> bool:
    """A part of what is older than the site keeps it; answers whether there was anything."""
    before = act.now - dt.timedelta(days=act.post.settings.keep_messages_days)
    many = {
        "messages": _forget_words(act, before),
        "reporters": _forget_reporters(act, before),
        "replies": _forget_replies(act, before),
    }
    _forget_keys(act, before)
    if any(many.values()):
        act.append("message.forgotten", many)
    return any(many.values())


def _forget_words(act: Act, before: dt.datetime) -> int:
    old = (MessageIn.became.in_(KEPT), MessageIn.text.is_not(None), MessageIn.came_at < before)
    return int(act.conn.execute(update(MessageIn).where(*old).values(**_GONE)).rowcount)


def _forget_reporters(act: Act, before: dt.datetime) -> int:
    """The address gives way to a keyed digest: who wrote "stop" stays stopped, and nobody can read who it was."""
    old = (_reporter.c.last_at < before, _reporter.c.address.not_like(f"{FORGOTTEN}%"))
    rows = act.conn.execute(select(_reporter).where(*old).limit(PART)).mappings().all()
    for row in rows:
        digest = actions.digest_of(act.post, row["channel"], row["address"])
        act.conn.execute(update(Reporter).where(Reporter.id == row["id"]).values(address=digest))
    return len(rows)


def _forget_replies(act: Act, before: dt.datetime) -> int:
    old = (Note.kind == "reply", Note.made_at < before, Note.address != "", Note.state != "waiting")
    return int(act.conn.execute(update(Note).where(*old).values(address="", text="", foreign_id=None)).rowcount)


def _forget_keys(act: Act, before: dt.datetime) -> None:
    """The far end's own key of a message may hold a number, as those of WhatsApp do."""
    named = _message.c.foreign_id
    is_plain = or_(named.not_like(f"{FORGOTTEN}%"), func.length(named) != DIGEST)
    rows = select(_message.c.id, _message.c.channel, named).where(_message.c.came_at < before, is_plain)
    for row in act.conn.execute(rows.limit(PART)).all():
        digest = actions.digest_of(act.post, row.channel, row.foreign_id)
        act.conn.execute(update(MessageIn).where(MessageIn.id == row.id).values(foreign_id=digest))


step = Rounds().step
