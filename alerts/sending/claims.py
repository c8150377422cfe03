"""Takes due rows for a channel under a lease, and writes down what became of them. All that a sender knows is here.

A row that was taken and not settled (the process died) is due again when its lease is over, under the same uid: what
the far end may get twice is what was in flight, and it can tell by the uid.
"""

import datetime as dt
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from typing import Any, NamedTuple

from sqlalchemy import Connection, bindparam, func, or_, select, update

from alerts import actions, rules
from alerts.channels import Message, Receipt
from alerts.entries import tell
from alerts.models import Alert, Delivery, Note, Recipient
from incident.post import Act, Post

_alert, _delivery, _recipient, _note = Alert.__table__, Delivery.__table__, Recipient.__table__, Note.__table__
WORDS = ("priority", "order", "headline", "text", "revision", "expires_at", "exercise")
Luck = Callable[[], float]


class Job(NamedTuple):
    """One row in our hands."""

    table: str  # delivery | note
    id: int
    alert_id: int | None
    recipient_id: int | None
    attempts: int
    message: Message
    claimed_until: dt.datetime | None = None  # as we wrote it: another value is another's hand


class Done(NamedTuple):
    job: Job
    receipt: Receipt


def claim(act: Act, channel: str, limit: int, lease_s: float) -> list[Job]:
    """Up to `limit` due rows of this channel, cancels first, then by urgency, ours until the lease is over."""
    public_url = act.post.settings.public_url
    jobs = [_job_of_note(row) for row in act.conn.execute(_due_notes(channel, act.now, limit)).mappings()]
    rows = act.conn.execute(_due_deliveries(channel, act.now, limit)).mappings()
    jobs += [_job_of_delivery(row, public_url) for row in rows]
    jobs = sorted(jobs, key=lambda one: (not one.message.is_cancel, one.message.priority))[:limit]
    until = act.now + dt.timedelta(seconds=lease_s)
    for name, table in (("delivery", Delivery), ("note", Note)):
        if ids := [one.id for one in jobs if one.table == name]:
            _note_untold(act, table, table.id.in_(ids))
            act.conn.execute(update(table).where(table.id.in_(ids)).values(claimed_until=until))
    return [one._replace(claimed_until=until) for one in jobs]


def give_back(act: Act, jobs: Iterable[Job]) -> None:
    """Taken and not sent: due as before, unless it is in another's hand by now."""
    groups: defaultdict[tuple[str, dt.datetime | None], list[int]] = defaultdict(list)
    for job in jobs:
        groups[(job.table, job.claimed_until)].append(job.id)
    for (name, until), ids in groups.items():
        table = Delivery if name == "delivery" else Note
        mine = (table.id.in_(ids), table.claimed_until == until)
        act.conn.execute(update(table).where(*mine).values(claimed_until=None))


def _due_deliveries(channel: str, now: dt.datetime, limit: int) -> Any:
    free = or_(_delivery.c.claimed_until.is_(None), _delivery.c.claimed_until <= now)
    due = (_delivery.c.channel == channel, _delivery.c.state == "waiting", _delivery.c.due_at <= now, free)
    return (
        select(_delivery, _recipient.c.alert_id, *(_alert.c[name] for name in WORDS))
        .join(_recipient, _recipient.c.id == _delivery.c.recipient_id)
        .join(_alert, _alert.c.id == _recipient.c.alert_id)
        .where(*due, _alert.c.state == "active", _alert.c.expires_at > now, _delivery.c.address.is_not(None))
        .order_by(_alert.c.priority, _delivery.c.id)
        .limit(limit)
    )


def _due_notes(channel: str, now: dt.datetime, limit: int) -> Any:
    free = or_(_note.c.claimed_until.is_(None), _note.c.claimed_until <= now)
    due = (_note.c.channel == channel, _note.c.state == "waiting", _note.c.due_at <= now, free)
    return select(_note).where(*due, _note.c.expires_at > now).order_by(_note.c.priority, _note.c.id).limit(limit)


def _job_of_delivery(row: Any, public_url: str) -> Job:
    link = f"{public_url}/t/{row['code']}" if public_url and row["code"] else None
    words = {name: row[name] for name in (*WORDS, "uid", "address", "alert_id")}
    return Job(
        "delivery", row["id"], row["alert_id"], row["recipient_id"], row["attempts"], Message(**words, link=link)
    )


def _job_of_note(row: Any) -> Job:
    words = {name: row[name] for name in (*WORDS, "uid", "address")} | {"alert_id": row["alert_id"] or 0}
    is_cancel = row["kind"] == "cancel"
    return Job("note", row["id"], row["alert_id"], None, row["attempts"], Message(**words, is_cancel=is_cancel))


def is_wanted(conn: Connection, job: Job, now: dt.datetime) -> bool:
    """Whether a row in our hands is still to go, under the key we hold."""
    if job.table == "note":
        still = (_note.c.id == job.id, _note.c.state == "waiting", _note.c.due_at <= now, _note.c.expires_at > now)
        return conn.scalar(select(_note.c.id).where(*still)) is not None
    rows = select(_delivery.c.id).join(_recipient, _recipient.c.id == _delivery.c.recipient_id)
    mine = (_delivery.c.id == job.id, _delivery.c.uid == job.message.uid)
    due = (_delivery.c.state == "waiting", _delivery.c.due_at <= now)
    stands = (_alert.c.state == "active", _alert.c.expires_at > now)
    rows = rows.join(_alert, _alert.c.id == _recipient.c.alert_id).where(*mine, *due, *stands)
    return conn.scalar(rows) is not None


def free_all(act: Act, channels: Iterable[str]) -> int:
    """A new sender takes over what an earlier one left in its hands; each of these may have been given already."""
    freed = 0
    for table in (Delivery, Note):
        mine = (table.channel.in_(list(channels)), table.state == "waiting")
        _note_untold(act, table, *mine)
        left = update(table).where(*mine, table.claimed_until.is_not(None))
        freed += act.conn.execute(left.values(claimed_until=None)).rowcount
    return freed


def _note_untold(act: Act, table: Any, *which: Any) -> None:
    """What somebody took and never told of was a try that may have left us: a cancel follows it, an answer counts."""
    tried: dict[str, Any] = {"attempts": table.attempts + 1}
    if table is Delivery:
        tried |= {"sent_at": func.coalesce(Delivery.sent_at, act.now)}
    act.conn.execute(update(table).where(*which, table.claimed_until.is_not(None)).values(**tried))


# settling


def settle(act: Act, channel: str, done: Sequence[Done], luck: Luck) -> None:
    """Write down what became of rows; one entry for each alert and outcome, however many recipients."""
    groups: defaultdict[tuple[str, str], list[Done]] = defaultdict(list)
    for one in _of_this_sending(act.conn, done):
        groups[(one.job.table, one.receipt.state)].append(one)
    for (table, state), some in groups.items():
        if state == "again":
            _again(act, table, some, luck)
        elif table == "note":
            _settle_notes(act, state, some)
        elif state == "failed":
            _failed(act, some)
        else:
            _went_out(act, channel, state, some)


def _of_this_sending(conn: Connection, done: Sequence[Done]) -> list[Done]:
    """Without the late receipts of a sending that a person has begun anew since: the row has another key now."""
    uids = [one.job.message.uid for one in done if one.job.table == "delivery"]
    known = set(conn.scalars(select(_delivery.c.uid).where(_delivery.c.uid.in_(uids)))) if uids else set()
    return [one for one in done if one.job.table == "note" or one.job.message.uid in known]


_gone = (
    update(Delivery)
    .where(_delivery.c.id == bindparam("b_id"), _delivery.c.uid == bindparam("b_uid"))
    .values(
        {
            "foreign_id": bindparam("b_foreign"),
            "sent_at": bindparam("b_at"),
            "attempts": _delivery.c.attempts + 1,
            "claimed_until": None,
        }
    )
)


def _went_out(act: Act, channel: str, state: str, some: Sequence[Done]) -> None:
    """They left us (sent), and where the far end says so at once a device or a person has them."""
    rows = [
        {"b_id": one.job.id, "b_uid": one.job.message.uid, "b_foreign": one.receipt.foreign_id, "b_at": act.now}
        for one in some
    ]
    act.conn.execute(_gone, rows)
    ids = [one.job.id for one in some]
    weaker = Delivery.state.in_(rules.weaker_than("sent"))
    sent = {"state": "sent", "changed_at": act.now}
    act.conn.execute(update(Delivery).where(Delivery.id.in_(ids), weaker).values(**sent))
    for alert_id, people in _by_alert(some).items():
        actions.strengthen(act, alert_id, people, "sent")
        tell(act, "delivery.handed", alert_id, people, {"channel": channel, "state": "sent", "many": len(people)})
    if state == "heard":
        actions.record_all_heard(act, ids)
    elif state == "seen":
        for one in some:
            actions.record_seen(act, one.job.recipient_id or 0, channel, channel)


def _by_alert(some: Sequence[Done]) -> dict[int, list[int]]:
    people: defaultdict[int, list[int]] = defaultdict(list)
    for one in some:
        people[one.job.alert_id or 0].append(one.job.recipient_id or 0)
    return people


def _failed(act: Act, some: Sequence[Done]) -> None:
    by_reason: defaultdict[str, list[int]] = defaultdict(list)
    for one in some:
        by_reason[one.receipt.reason[:200] or "Saluran menolak pesan ini."].append(one.job.id)
    for reason, ids in by_reason.items():
        freed = {"claimed_until": None, "attempts": Delivery.attempts + 1}
        act.conn.execute(update(Delivery).where(Delivery.id.in_(ids)).values(**freed))
        actions.record_failed(act, ids, reason)


def _again(act: Act, table: str, some: Sequence[Done], luck: Luck) -> None:
    kind = Delivery if table == "delivery" else Note
    for one in some:
        wait_s = rules.retry_s(one.job.attempts, luck(), one.receipt.retry_s)
        due = {"due_at": act.now + dt.timedelta(seconds=wait_s), "claimed_until": None}
        tries: dict[str, Any] = {"attempts": one.job.attempts + 1, "reason": one.receipt.reason[:200] or None}
        if table == "delivery" and one.receipt.is_lost:
            tries |= {"sent_at": func.coalesce(Delivery.sent_at, act.now)}
        act.conn.execute(update(kind).where(kind.id == one.job.id).values(**due, **tries))


def _settle_notes(act: Act, state: str, some: Sequence[Done]) -> None:
    for one in some:
        told = {"state": state, "foreign_id": one.receipt.foreign_id, "reason": one.receipt.reason[:200] or None}
        tries = {"attempts": one.job.attempts + 1, "claimed_until": None}
        act.conn.execute(update(Note).where(Note.id == one.job.id, Note.state == "waiting").values(**told, **tries))


def expire_notes(post: Post) -> bool:
    """Words whose time is over never go out late; answers whether there were any."""
    now = post.clock()
    late = (_note.c.state == "waiting", _note.c.expires_at <= now)
    with post.database.read() as conn:
        if not conn.scalar(select(_note.c.id).where(*late).limit(1)):
            return False
    expired = update(Note).where(Note.state == "waiting", Note.expires_at <= now).values(state="expired")
    post.do(lambda act: act.conn.execute(expired), "sender", None)
    return True
