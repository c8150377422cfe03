"""Alarms of units: raised, ended and acknowledged. Pure rules decide what is due; here rows and entries are written.

`heard` is what every door calls when a unit says anything at all; `look` does whatever its clocks ask for. Whoever can
carry a welfare question to a unit adds a function to `ask_hooks`.
"""

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from sqlalchemy import insert, select, update

from incident import queries
from incident.duty import entries, limits, welfare
from incident.duty import queries as duty
from incident.duty.models import Alarm
from incident.errors import NotFound, WrongState
from incident.models import Unit
from incident.post import Act

assert entries
Row = Mapping[Any, Any]
ask_hooks: list[Callable[[Act, dict[str, Any]], None]] = []  # called with the card of the question, in its transaction


# what a unit said


def note_word(act: Act, unit_id: int, at: dt.datetime | None = None, calm: bool = False) -> bool:
    """Keep when a unit was last heard; answers whether that ended its mayday (`calm`: also one it called itself)."""
    unit = _unit_of(act, unit_id)
    when = min(at or act.now, act.now)
    changes: dict[str, Any] = {}
    if unit["word_at"] is None or when > unit["word_at"]:
        changes["word_at"] = when
    if unit["mayday_at"] and when >= unit["mayday_at"] and (calm or unit["mayday_why"] == "silence"):
        changes |= {"mayday_at": None, "mayday_why": None}
    if changes:
        act.conn.execute(update(Unit).where(Unit.id == unit_id).values(**changes))
    return "mayday_at" in changes


def heard(act: Act, unit_id: int, at: dt.datetime | None = None, how: str | None = None) -> None:
    """A unit said something: its clock begins anew, an open question is answered (`how`), silence is over."""
    is_calmed = note_word(act, unit_id, at)
    refresh(act, unit_id, unit_card(act, unit_id) if is_calmed else None, how)


def refresh(act: Act, unit_id: int, told: dict[str, Any] | None = None, how: str | None = None) -> None:
    """End the alarms that no longer hold and raise those that do; `told` is a unit's card that must go along."""
    facts = duty.facts_of(act.conn, _unit_of(act, unit_id))
    ended = [row for row in facts.alarms if not _holds(row, facts, act.now)]
    for row in ended:
        _end(act, row, told, how)
    if told and not ended:
        act.append("unit.calmed", {"unit": told["call_sign"], "cards": {"units": [told]}})
    if facts.status == "mayday" and not facts.has("mayday"):
        _raise(act, facts, "mayday")


def _holds(row: Row, facts: duty.Facts, now: dt.datetime) -> bool:
    if row["kind"] == "mayday":
        return facts.status == "mayday"
    if row["kind"] == "welfare":
        return facts.is_watched and facts.watch_at <= row["asked_at"]
    return row["status"] == facts.status and limits.is_over(facts.status, facts.unit["kind"], facts.word_at, now)


def _end(act: Act, row: Row, told: dict[str, Any] | None, how: str | None) -> None:
    cards = {"alarms": [close(act, row)], **({"units": [told]} if told else {})}
    is_answer = row["kind"] == "welfare"
    facts = {"unit": row["call_sign"], "kind": row["kind"], **({"how": how} if how and is_answer else {})}
    act.append("welfare.answered" if is_answer else "alarm.ended", {**facts, "cards": cards}, row["incident_id"])


def close(act: Act, row: Row) -> dict[str, Any]:
    """End an alarm; answers its card, for the entry that says why."""
    act.conn.execute(update(Alarm).where(Alarm.id == row["id"]).values(ended_at=act.now))
    return duty.alarm_card({**row, "ended_at": act.now})


def open_question(act: Act, unit_id: int) -> Row | None:
    """The welfare question a unit has not answered."""
    return duty.facts_of(act.conn, _unit_of(act, unit_id)).find("welfare")


def place_of(act: Act, unit_id: int) -> int | None:
    """The incident where one would look for a unit."""
    return duty.facts_of(act.conn, _unit_of(act, unit_id)).incident_id


# what its clocks ask for


def due(facts: duty.Facts, now: dt.datetime, awake_since: dt.datetime) -> bool:
    """Whether anything is to be done for a unit now."""
    if any(not _holds(row, facts, now) for row in facts.alarms):
        return True
    if facts.status == "mayday":
        return not facts.has("mayday")
    return _welfare_step(facts, now, awake_since)[0] is not None or _is_late(facts, now)


def look(act: Act, unit_id: int, awake_since: dt.datetime) -> None:
    """Do what is due for a unit, judged anew in the writer's lane."""
    refresh(act, unit_id)
    facts = duty.facts_of(act.conn, _unit_of(act, unit_id))
    if facts.status == "mayday":
        return
    step, _ = _welfare_step(facts, act.now, awake_since)
    if step in ("ask", "ask_again"):
        _ask(act, facts)
    elif step == "mayday":
        _go_silent(act, facts)
    elif _is_late(facts, act.now):
        _raise(act, facts, "late")


def _welfare_step(facts: duty.Facts, now: dt.datetime, awake_since: dt.datetime) -> tuple[str | None, Any]:
    row = facts.find("welfare")
    ask = welfare.Ask(row["asked_at"], row["misses"]) if row else None
    return welfare.next_step(ask, facts.is_watched, facts.watch_at, now, awake_since)


def _is_late(facts: duty.Facts, now: dt.datetime) -> bool:
    """Over its limit and not yet said; where the welfare check watches, its question is the alarm."""
    if facts.is_watched or facts.has("late"):
        return False
    return limits.is_over(facts.status, facts.unit["kind"], facts.word_at, now)


def _ask(act: Act, facts: duty.Facts) -> None:
    row = facts.find("welfare")
    if row is None:
        card = _insert(act, facts, "welfare", asked_at=act.now, limit_s=welfare.EVERY_S)
    else:
        again = {"asked_at": act.now, "misses": row["misses"] + 1, "acknowledged_by": None, "acknowledged_at": None}
        act.conn.execute(update(Alarm).where(Alarm.id == row["id"]).values(**again))
        card = duty.alarm_card({**row, **again})
    said = {"unit": card["call_sign"], "misses": card["misses"], "cards": {"alarms": [card]}}
    act.append("welfare.asked", said, card["incident_id"])
    for hook in ask_hooks:
        hook(act, card)


def _go_silent(act: Act, facts: duty.Facts) -> None:
    """Two misses: mayday is raised for it; the question ends in the alarm."""
    row = facts.find("welfare")
    assert row is not None
    ended = close(act, row)
    changes = {"mayday_at": act.now, "mayday_why": "silence"}
    act.conn.execute(update(Unit).where(Unit.id == facts.unit["id"]).values(**changes))
    card = _insert(act, facts, "mayday", why="silence", status="mayday")
    cards = {
        "alarms": [ended, card],
        "units": [unit_card(act, facts.unit["id"])],
    }
    body = {"unit": card["call_sign"], "since": card["since"], "cards": cards}
    act.append("unit.silent", body, card["incident_id"])


def _raise(act: Act, facts: duty.Facts, kind: str) -> None:
    more: dict[str, Any] = {"why": facts.unit["mayday_why"] or "said"} if kind == "mayday" else {}
    if kind == "late":
        more["limit_s"] = limits.limit_s(facts.status, facts.unit["kind"])
    card = _insert(act, facts, kind, **more)
    said = {"unit": card["call_sign"], "kind": kind, "status": card["status"], "limit_s": card["limit_s"]}
    act.append("alarm.raised", {**said, "cards": {"alarms": [card]}}, card["incident_id"])


def _insert(act: Act, facts: duty.Facts, kind: str, **more: Any) -> dict[str, Any]:
    blank = dict.fromkeys(("why", "limit_s", "asked_at", "acknowledged_by", "acknowledged_at", "ended_at"))
    row = {
        **blank,
        "unit_id": facts.unit["id"],
        "kind": kind,
        "status": facts.status,
        "incident_id": facts.incident_id,
        "since": facts.watch_at if facts.is_watched else facts.word_at,
        "misses": 0,
        "raised_at": act.now,
        **more,
    }
    row["id"] = act.conn.execute(insert(Alarm).returning(Alarm.id), row).scalar_one()
    return duty.alarm_card({**row, **{name: facts.unit[name] for name in ("call_sign", "agency_code")}})


# somebody saw it


def acknowledge(act: Act, alarm_id: int) -> dict[str, Any]:
    """Somebody takes an alarm on: it sounds no more, anywhere. Done twice by two people, the first stands."""
    if earlier := act.earlier("alarm.acknowledged"):
        return earlier.told()
    row = duty.find_alarm(act.conn, alarm_id)
    if row is None:
        raise NotFound("Peringatan itu tidak ada.")
    if row["ended_at"]:
        raise WrongState("Peringatan itu sudah berakhir.", allowed=[])
    if row["acknowledged_by"]:
        raise WrongState(f"Sudah ditangani {row['acknowledged_by']}.", allowed=[])
    seen = {"acknowledged_by": act.by, "acknowledged_at": act.now}
    act.conn.execute(update(Alarm).where(Alarm.id == alarm_id).values(**seen))
    card = duty.alarm_card({**row, **seen})
    body = {"unit": row["call_sign"], "kind": row["kind"], "cards": {"alarms": [card]}}
    return act.append("alarm.acknowledged", body, row["incident_id"]).told()


def in_mayday(act: Act) -> Sequence[str]:
    """The call signs of all units in distress."""
    table = Alarm.__table__
    open_maydays = select(Unit.call_sign).join(table, table.c.unit_id == Unit.id).where(table.c.ended_at.is_(None))
    return list(act.conn.scalars(open_maydays.where(table.c.kind == "mayday").order_by(Unit.call_sign)))


def _unit_of(act: Act, unit_id: int) -> Row:
    unit = queries.find_unit(act.conn, unit_id)
    if unit is None:
        raise NotFound("Satuan itu tidak ada.", "unit_id")
    return unit


def unit_card(act: Act, unit_id: int) -> dict[str, Any]:
    return queries.unit_card(_unit_of(act, unit_id), queries.active_of_unit(act.conn, unit_id))
