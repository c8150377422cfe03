"""Messages of our own: every few minutes one by each cheap way, morning and evening one by each way; who comes home.

A way whose message does not come home in time is an alarm: a lamp, and the score on the page of channels.
"""

import datetime as dt
from collections.abc import Sequence
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from sqlalchemy import func, select, update

from alerts import channel_actions, rules
from alerts.channels import outside
from alerts.models import ChannelHealth, ChannelSetting, ChannelTrial, Note
from incident.actions import set_lamp
from incident.post import Act, Post

LOOP_S = 300.0
COSTS = frozenset({*rules.PHONE, *rules.SIREN, "whatsapp"})  # each message is paid for, or heard by everybody: no loop
HOURS = {"morning": 7, "evening": 17}  # of the site's own zone
LATE_H = 3  # a post that was off at seven tries at ten at the latest
LAMP = "channel_loop"
_trial, _note, _setting = ChannelTrial.__table__, Note.__table__, ChannelSetting.__table__


class Due(NamedTuple):
    kind: str
    channels: list[tuple[str, str]]  # (name, our own address)


def step(post: Post) -> bool:
    """Begin the trials that are due and judge those that are out; answers whether anything was done."""
    with post.database.read() as conn:
        is_open = conn.scalar(select(_trial.c.id).where(_trial.c.state.in_(("waiting", "sent"))).limit(1))
        due = _due(conn, post)
    for one in due:
        post.do(_begin, "relay", None, one)
    is_judged = bool(is_open) and post.do(judge, "relay", None)
    return is_judged or bool(due)


def _due(conn: Any, post: Post) -> list[Due]:
    listed = outside(post.settings.exercise)
    rows = conn.execute(
        select(_setting.c.name, _setting.c.loop_address).where(
            _setting.c.is_on.is_(True), _setting.c.loop_address.is_not(None), _setting.c.loop_address != ""
        )
    ).all()
    ways = [(row.name, row.loop_address) for row in rows if row.name in listed and row.name not in rules.SIREN]
    if not ways:
        return []
    now = post.clock()
    cheap = [one for one in ways if one[0] not in COSTS]
    found = [Due("loop", cheap)] if cheap and _age_s(conn, "loop", now) >= LOOP_S else []
    return found + [Due(kind, ways) for kind in HOURS if _is_hour(conn, kind, now, post.settings.site.zone)]


def _age_s(conn: Any, kind: str, now: dt.datetime) -> float:
    last = conn.scalar(select(func.max(_trial.c.asked_at)).where(_trial.c.kind == kind))
    return (now - last).total_seconds() if last else float("inf")


def _is_hour(conn: Any, kind: str, now: dt.datetime, zone: str) -> bool:
    """Whether it is time for the morning's or the evening's trial and today's was not made yet."""
    local = now.astimezone(ZoneInfo(zone))
    if not HOURS[kind] <= local.hour < HOURS[kind] + LATE_H:
        return False
    begins = local.replace(hour=HOURS[kind], minute=0, second=0, microsecond=0).astimezone(dt.UTC)
    since = select(_trial.c.id).where(_trial.c.kind == kind, _trial.c.asked_at >= begins).limit(1)
    return conn.scalar(since) is None


def _begin(act: Act, due: Due) -> None:
    for name, address in due.channels:
        channel_actions.begin_trial(act, name, address, due.kind)


# coming home


def judge(act: Act) -> bool:
    """Say of each open trial whether it is home or lost; answers whether any was settled."""
    rows = act.conn.execute(
        select(_trial, _note.c.state.label("note_state"), _note.c.reason.label("note_reason"))
        .outerjoin(_note, _note.c.uid == _trial.c.uid)
        .where(_trial.c.state.in_(("waiting", "sent")))
        .order_by(_trial.c.id)
    ).mappings()
    settled = [(row, state) for row in list(rows) if (state := _state_of(row, act.now))]
    for row, state in settled:
        reason = None if state == "home" else row["note_reason"] or "tidak kembali pada waktunya"
        told = {"state": state, "ended_at": act.now, "reason": reason}
        act.conn.execute(update(ChannelTrial).where(ChannelTrial.id == row["id"]).values(**told))
    if settled:
        _show(act)
        _score(act, {row["kind"] for row, _ in settled} & set(HOURS))
    return bool(settled)


def _state_of(row: Any, now: dt.datetime) -> str | None:
    """home | lost | None (still out). Of a way that tells of each arrival, leaving us is not enough."""
    enough = ("heard", "seen") if row["channel"] in rules.SHOWS_ARRIVAL else ("sent", "heard", "seen")
    if row["note_state"] in enough:
        return "home"
    late = (now - row["asked_at"]).total_seconds() > channel_actions.TRIAL_S
    return "lost" if late or row["note_state"] in ("failed", "expired") else None


def _show(act: Act) -> None:
    """The lamp of the loop: whose newest trial did not come home."""
    newest = select(func.max(_trial.c.id)).where(_trial.c.state.in_(("home", "lost"))).group_by(_trial.c.channel)
    on = select(ChannelHealth.name).where(ChannelHealth.state != "off")
    lost = list(
        act.conn.scalars(
            select(_trial.c.channel).where(_trial.c.id.in_(newest), _trial.c.state == "lost", _trial.c.channel.in_(on))
        )
    )
    words = f"uji tidak kembali: {', '.join(sorted(lost))}" if lost else "semua uji kembali"
    set_lamp(act, LAMP, "warn" if lost else "ok", words[:120])


def _score(act: Act, kinds: set[str]) -> None:
    """When the last of a morning's or an evening's trials is settled, the score is written down."""
    for kind in sorted(kinds):
        newest = act.conn.scalar(select(func.max(_trial.c.asked_at)).where(_trial.c.kind == kind))
        rows = _of_round(act, kind, newest)
        if newest and all(row["state"] in ("home", "lost") for row in rows):
            lost = sorted(row["channel"] for row in rows if row["state"] == "lost")
            facts = {"kind": kind, "sent": len(rows), "home": len(rows) - len(lost), "lost": lost}
            act.append("channel.tried", facts)


def _of_round(act: Act, kind: str, newest: dt.datetime | None) -> Sequence[Any]:
    if newest is None:
        return ()
    near = newest - dt.timedelta(minutes=1)
    return act.conn.execute(select(_trial).where(_trial.c.kind == kind, _trial.c.asked_at >= near)).mappings().all()
