"""Puts recipients on the rungs of the ladder: their clocks, their deliveries, and in the end the runner."""

import datetime as dt
import secrets
from base64 import b32encode
from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from typing import Any, NamedTuple

from sqlalchemy import and_, exists, insert, or_, select, update

from alerts import queries, rules
from alerts.entries import tell
from alerts.models import Delivery, Recipient
from incident.casework import actions as casework
from incident.post import Act, uid_from

RUNNER_S = 900  # a runner is expected there within a quarter of an hour
_recipient = Recipient.__table__
_delivery = Delivery.__table__


class Clock(NamedTuple):
    """Where a recipient stands and what comes next."""

    rung: int
    next_rung_at: dt.datetime | None
    channel: str | None
    next_channel: str | None


class Climbed(NamedTuple):
    """What a rung was for those who entered it."""

    rungs: set[int]
    ways: list[str]
    skipped: list[str]
    for_runner: list[int]


def enter(act: Act, alert: Mapping[Any, Any], recipients: Sequence[Mapping[Any, Any]], rung: int) -> Climbed:
    """Put recipients (rows with id, unit_id, contact_id, contact_kind) on a rung, or on the first beyond with a way."""
    health = queries.channel_states(act.conn)
    reach = _reach(act, recipients)
    has_two = alert["approved_by"] not in (None, alert["written_by"])
    clocks, rows, found = [], [], Climbed(set(), [], [], [])
    waits = {
        one: rules.wait_s(alert["priority"], one, act.post.settings.ladder_s)
        for one in range(len(rules.LADDER[alert["priority"]]))
    }
    for one in recipients:
        kinds = reach[one["id"]]
        step = rules.walk(alert["priority"], rung, kinds, health, has_two)
        clocks.append(_clock_row(act, one, step, waits.get(step.rung)))
        rows += [_delivery_row(act, alert, one["id"], name, kinds) for name in step.ways]
        _note(found, one, step, len(waits))
    _set_clocks(act, clocks)
    _insert_new(act, rows, rung)
    return found


def _note(found: Climbed, one: Mapping[Any, Any], step: rules.Step, top: int) -> None:
    found.rungs.add(step.rung)
    found.ways.extend(name for name in step.ways if name not in found.ways)
    found.skipped.extend(name for name in step.skipped if name not in found.skipped)
    if step.rung == top and one["contact_kind"] != "outlet":
        found.for_runner.append(one["id"])


def _reach(act: Act, recipients: Sequence[Mapping[Any, Any]]) -> dict[int, dict[str, str | None]]:
    """recipient -> kind of address -> address (None where the channel needs none)."""
    of = {
        column: queries.addresses_of(act.conn, column, [one[column] for one in recipients if one[column]])
        for column in ("unit_id", "contact_id")
        if any(one[column] for one in recipients)
    }
    own: Mapping[str, str | None] = dict.fromkeys(rules.OF_UNITS)
    reach: dict[int, dict[str, str | None]] = {}
    for one in recipients:
        column = "unit_id" if one["unit_id"] else "contact_id"
        reach[one["id"]] = {**(own if column == "unit_id" else {}), **of[column].get(one[column], {})}
    return reach


def _set_clocks(act: Act, clocks: Sequence[tuple[int, Clock]]) -> None:
    """Those who stand alike are set by one statement."""
    alike: defaultdict[Clock, list[int]] = defaultdict(list)
    for recipient_id, clock in clocks:
        alike[clock].append(recipient_id)
    for clock, ids in alike.items():
        act.conn.execute(update(Recipient).where(Recipient.id.in_(ids)).values(**clock._asdict()))


def _clock_row(act: Act, one: Mapping[Any, Any], step: rules.Step, wait_s: float | None) -> tuple[int, Clock]:
    """An outlet has no clock: nobody there answers."""
    waits = wait_s is not None and one["contact_kind"] != "outlet"
    next_at = act.now + dt.timedelta(seconds=wait_s or 0) if waits else None
    return one["id"], Clock(step.rung, next_at, step.channel, step.next_channel if waits else None)


def _delivery_row(
    act: Act, alert: Mapping[Any, Any], recipient_id: int, channel: str, kinds: Mapping[str, str | None]
) -> dict[str, Any]:
    return {
        "recipient_id": recipient_id,
        "channel": channel,
        "uid": uid_from("delivery", alert["id"], alert["revision"], recipient_id, channel),
        "state": "waiting",
        "due_at": act.now,
        "attempts": 0,
        "changed_at": act.now,
        "address": kinds[rules.ADDRESS_KIND.get(channel, channel)] if channel != "screen" else None,
        "code": None if channel in ("screen", "radio") else new_code(),
    }


def new_code() -> str:
    """80 random bits, sixteen letters and digits without 0, 1, 8 and 9: what stands in an acknowledging link."""
    return b32encode(secrets.token_bytes(10)).decode().lower()


def _insert_new(act: Act, rows: list[dict[str, Any]], rung: int) -> None:
    """On a later rung a way may have been begun before, when a rung of dead channels was left at once."""
    if rung and rows:
        mine = {row["recipient_id"] for row in rows}
        begun = select(_delivery.c.recipient_id, _delivery.c.channel).where(_delivery.c.recipient_id.in_(mine))
        known = {tuple(row) for row in act.conn.execute(begun)}
        rows = [row for row in rows if (row["recipient_id"], row["channel"]) not in known]
    if rows:
        act.conn.execute(insert(Delivery), rows)


# climbing


def climb(act: Act, alert_id: int, recipient_ids: list[int]) -> bool:
    """Put recipients whose time is over on their next rung; answers whether anything moved."""
    alert = queries.find_alert(act.conn, alert_id)
    if alert is None or alert["state"] != "active":
        return False
    done = rules.done_states(alert["priority"])
    due = [
        one
        for one in queries.find_recipients(act.conn, recipient_ids)
        if one["next_rung_at"] and one["next_rung_at"] <= act.now and one["state"] not in done
    ]
    by_rung: defaultdict[int, list[Any]] = defaultdict(list)
    for one in due:
        by_rung[one["rung"]].append(one)
    for rung, standing in sorted(by_rung.items()):
        _climb_from(act, alert, rung, standing)
    return bool(due)


def _climb_from(act: Act, alert: Mapping[Any, Any], rung: int, standing: list[Any]) -> None:
    ids = [one["id"] for one in standing]
    found = enter(act, alert, standing, rung + 1)
    if rung >= 0 and (found.ways or found.rungs != {len(rules.LADDER[alert["priority"]])}):
        facts = {"rung": min(found.rungs), "channels": found.ways, "skipped": found.skipped, "many": len(ids)}
        tell(act, "alert.climbed", alert["id"], ids, facts)
    elif rung < 0:
        tell(act, "alert.begun", alert["id"], ids, {"channels": found.ways, "many": len(ids)})
    send_runner(act, alert, found.for_runner)


def hurry(act: Act, recipient_ids: Collection[int]) -> None:
    """All ways of their rung failed for good: do not wait for the clock."""
    if recipient_ids:
        mine = _recipient.c.id.in_(recipient_ids)
        act.conn.execute(
            update(Recipient).where(mine, _recipient.c.next_rung_at > act.now).values(next_rung_at=act.now)
        )


def leave_dead(act: Act, channel: str) -> int:
    """Whoever waits for nothing but dead channels goes on at once; answers how many."""
    dead = [name for name, state in queries.channel_states(act.conn).items() if state == "down"]
    other = _delivery.alias()
    hopes = (
        exists()
        .where(other.c.recipient_id == _recipient.c.id)
        .where(
            or_(
                other.c.state.in_(("queued", "sent", "keyed", "heard")),
                and_(other.c.state == "waiting", other.c.channel.not_in(dead)),
            )
        )
    )
    waits = select(_delivery.c.recipient_id).where(_delivery.c.channel == channel, _delivery.c.state == "waiting")
    stuck = (_recipient.c.next_rung_at > act.now, _recipient.c.id.in_(waits), ~hopes)
    return int(act.conn.execute(update(Recipient).where(*stuck).values(next_rung_at=act.now)).rowcount)


# the runner


def send_runner(act: Act, alert: Mapping[Any, Any], recipient_ids: list[int]) -> None:
    """Somebody must go there: one task for all who came to the top together."""
    rows = [row for row in queries.find_recipients(act.conn, recipient_ids) if row["runner_task_id"] is None]
    if not rows:
        return
    words = _runner_words(alert, rows)
    due_at = act.now + dt.timedelta(seconds=RUNNER_S)
    task = casework.add_task(act, words, alert["incident_id"], due_at)["body"]["task"]
    sent = {"runner_task_id": task, "next_rung_at": None, "next_channel": None}
    act.conn.execute(update(Recipient).where(_recipient.c.id.in_(recipient_ids)).values(**sent))
    tell(act, "alert.runner", alert["id"], recipient_ids, {"task": task, "many": len(recipient_ids)})


def _runner_words(alert: Mapping[Any, Any], rows: Sequence[Mapping[Any, Any]]) -> str:
    """What the runner must do, without names: units by call sign, the others are counted; the list is on the page."""
    calls = [row["call_sign"] for row in rows if row["call_sign"]]
    others = len(rows) - len(calls)
    to = ", ".join(calls[:8] + ([f"{len(calls) - 8} satuan lain"] if len(calls) > 8 else []))
    who = " dan ".join(part for part in (to, f"{others} kontak (daftar di halaman Siaran)" if others else "") if part)
    return f"Kurir: sampaikan langsung siaran “{alert['headline']}” kepada {who}."[:500]
