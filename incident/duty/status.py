"""What a unit says without naming a task: a digit, ready at the base or in the field, mayday, safe, out of service."""

import datetime as dt
from collections.abc import Mapping
from typing import Any

from sqlalchemy import update

from incident import actions, journal, queries, rules
from incident.duty import alarms, stale
from incident.errors import BadReport, NotFound, WrongState
from incident.models import Unit
from incident.post import Act

MAYDAY = 0
HOWS = ("phone", "voice")
_SAID = ("assignment.changed", "unit.posted", "unit.mayday")


def say_digit(
    act: Act, unit_id: int, digit: int, at: dt.datetime | None = None, note: str | None = None, seen: int | None = None
) -> dict[str, Any]:
    """A unit's status as the digit spoken on the radio: of its newest task where it is about one."""
    line = journal.find_by_uid(act.conn, act.uid)
    if line is not None and line.kind in _SAID:
        return act.earlier(line.kind).told()  # type: ignore[union-attr]  # it was said before, whatever came of it
    unit, newest = _unit_of(act, unit_id), newest_assignment(act, unit_id)
    if digit != MAYDAY:
        stale.require_fresh(act, "digit", unit["call_sign"], seen)
    if digit in rules.POSTURE_OF_DIGIT:
        return stand_by(act, unit_id, rules.POSTURE_OF_DIGIT[digit], at)
    if newest is not None:
        return actions.change_assignment(act, newest["id"], rules.VERB_OF_DIGIT[digit], at, note)
    if digit == MAYDAY:
        return call_mayday(act, unit_id, note, at)
    raise WrongState(f"{unit['call_sign']} tidak punya tugas; tanpa tugas sebut 1, 8 atau 0.", allowed=["1", "8", "0"])


def newest_assignment(act: Act, unit_id: int) -> Mapping[Any, Any] | None:
    active = queries.active_of_unit(act.conn, unit_id)
    return max(active, key=lambda one: (one["assigned_at"], one["id"]), default=None)


def stand_by(act: Act, unit_id: int, posture: str, at: dt.datetime | None = None) -> dict[str, Any]:
    """A unit without a task is ready: `base` at its base, `afield` in the field."""
    if earlier := act.earlier("unit.posted"):
        return earlier.told()
    unit = _unit_of(act, unit_id)
    if active := queries.active_of_unit(act.conn, unit_id):
        raise WrongState(
            f"{unit['call_sign']} masih bertugas; selesaikan {len(active)} tugasnya dahulu.", allowed=["7"]
        )
    if not unit["in_service"]:
        raise WrongState(f"{unit['call_sign']} sedang tidak dinas; masukkan dinas dahulu.", allowed=["in_service"])
    changes = {"posture": posture, "posture_since": min(at or act.now, act.now)}
    act.conn.execute(update(Unit).where(Unit.id == unit_id).values(**changes))
    alarms.note_word(act, unit_id, at, calm=True)
    entry = actions.tell_unit(act, "unit.posted", unit_id, posture=posture)
    alarms.refresh(act, unit_id)
    return entry


def call_mayday(act: Act, unit_id: int, note: str | None = None, at: dt.datetime | None = None) -> dict[str, Any]:
    """A unit calls for help without a task that could carry it; once more it only says so again."""
    if earlier := act.earlier("unit.mayday"):
        return earlier.told()
    unit = _unit_of(act, unit_id)
    since = unit["mayday_at"] or min(at or act.now, act.now)
    changes = {"mayday_at": since, "mayday_why": "said"}
    act.conn.execute(update(Unit).where(Unit.id == unit_id).values(**changes))
    alarms.note_word(act, unit_id, at)
    entry = actions.tell_unit(act, "unit.mayday", unit_id, text=note)
    alarms.refresh(act, unit_id)
    return entry


def calm(act: Act, unit_id: int, text: str, seen: int | None = None) -> dict[str, Any]:
    """A person says why a unit's mayday is over."""
    if earlier := act.earlier("unit.calmed"):
        return earlier.told()
    unit = _unit_of(act, unit_id)
    stale.require_fresh(act, "calm", unit["call_sign"], seen)
    calling = [one for one in queries.active_of_unit(act.conn, unit_id) if one["state"] == "mayday"]
    if calling:
        raise WrongState(f"{unit['call_sign']} menyebut DARURAT pada tugasnya; ubah status tugas itu.", allowed=[])
    if unit["mayday_at"] is None:
        raise WrongState(f"{unit['call_sign']} tidak dalam DARURAT.", allowed=[])
    changes = {"mayday_at": None, "mayday_why": None, "word_at": act.now}
    act.conn.execute(update(Unit).where(Unit.id == unit_id).values(**changes))
    entry = actions.tell_unit(act, "unit.calmed", unit_id, text=text)
    alarms.refresh(act, unit_id)
    return entry


def say_safe(act: Act, unit_id: int, how: str, text: str | None = None) -> dict[str, Any]:
    """A unit says that it is safe: on its own telephone, or by voice to whoever writes it down."""
    if earlier := act.earlier("welfare.answered"):
        return earlier.told()
    unit = _unit_of(act, unit_id)
    is_calmed = alarms.note_word(act, unit_id)
    open_ask = alarms.open_question(act, unit_id)
    body: dict[str, Any] = {"unit": unit["call_sign"], "how": how, **({"text": text} if text else {})}
    cards = {"units": [alarms.unit_card(act, unit_id)]} if is_calmed else {}
    if open_ask is not None:
        cards["alarms"] = [alarms.close(act, open_ask)]
    incident_id = open_ask["incident_id"] if open_ask else alarms.place_of(act, unit_id)
    entry = act.append("welfare.answered", body | ({"cards": cards} if cards else {}), incident_id).told()
    alarms.refresh(act, unit_id)
    return entry


def change_service(
    act: Act, unit_id: int, in_service: bool, reason: str | None = None, seen: int | None = None
) -> dict[str, Any]:
    """Put a unit in or out of service; out needs a reason, and no task that still runs."""
    if act.earlier("unit.service_changed"):
        return actions.change_service(act, unit_id, in_service, reason)
    unit = _unit_of(act, unit_id)
    stale.require_fresh(act, "service", unit["call_sign"], seen)
    if unit["in_service"] == in_service:
        raise WrongState(f"{unit['call_sign']} sudah {'dinas' if in_service else 'tidak dinas'}.", allowed=[])
    if not in_service and not reason:
        raise BadReport("Mengeluarkan satuan dari dinas perlu alasan.", "reason")
    if not in_service and queries.active_of_unit(act.conn, unit_id):
        raise WrongState(f"{unit['call_sign']} masih bertugas; selesaikan tugasnya dahulu.", allowed=["7"])
    return actions.change_service(act, unit_id, in_service, reason)


def _unit_of(act: Act, unit_id: int) -> Mapping[Any, Any]:
    unit = queries.find_unit(act.conn, unit_id)
    if unit is None:
        raise NotFound("Satuan itu tidak ada.", "unit_id")
    return unit
