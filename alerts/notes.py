"""Words to one address that are no delivery of an alert: the cancel of one, an answer to a reporter, a trial."""

import datetime as dt
from collections.abc import Mapping
from typing import Any

from sqlalchemy import insert, select

from alerts import queries, rules
from alerts.channels import INSIDE
from alerts.models import Note
from incident.post import Act, uid_from

CANCEL_LASTS = dt.timedelta(hours=6)  # who was told to run must learn that they may come back, also late
BLANK = {"priority": "P2", "order": "inform", "alert_id": None, "revision": 0, "attempts": 0, "state": "waiting"}


def queue(act: Act, kind: str, channel: str, address: str, text: str, uid: str, **more: Any) -> None:
    """Put words in line for one address; `more`: headline, expires_at, alert_id... One uid is written once."""
    if act.conn.scalar(select(Note.id).where(Note.uid == uid)):
        return
    act.conn.execute(insert(Note), {**_row(act, kind, channel, address, text, uid), **more})


def _row(act: Act, kind: str, channel: str, address: str, text: str, uid: str) -> dict[str, Any]:
    words = {"kind": kind, "channel": channel, "address": address, "headline": text[:80], "text": text, "uid": uid}
    times = {"made_at": act.now, "due_at": act.now, "expires_at": act.now + CANCEL_LASTS}
    return {**BLANK, **words, **times, "exercise": act.post.settings.exercise}


def queue_cancels(act: Act, alert: Mapping[Any, Any]) -> int:
    """Follow an alert with its frozen retraction, to every outside address it went to; answers how many."""
    if alert["approved_at"] is None:
        return 0
    went = queries.ways_out(act.conn, alert["id"], [name for name in rules.CHANNELS if name not in INSIDE])
    text = alert["retraction"] or ""
    of = {"headline": alert["headline"], "priority": alert["priority"], "order": "stand_down"}
    of |= {"alert_id": alert["id"], "revision": alert["revision"], "exercise": alert["exercise"]}
    rows = [
        {**_row(act, "cancel", one["channel"], one["address"], text, uid_from("cancel", one["uid"])), **of}
        for one in went
    ]
    known = set(act.conn.scalars(select(Note.uid).where(Note.alert_id == alert["id"])))
    fresh = [row for row in rows if row["uid"] not in known]
    if fresh:
        act.conn.execute(insert(Note), fresh)
    return len(fresh)
