"""What was heard: a genuine report is written down once, and what it says is done."""

import datetime as dt
from collections.abc import Mapping
from typing import Any

from sqlalchemy import insert, select

from incident import actions as incident_actions
from incident import failpoints, rules
from incident.duty import alarms, distress
from incident.duty import status as unit_status
from incident.errors import Refused
from incident.post import Act, uid_from
from incident.queries import active_of_unit
from radio_bridge import entries, queries
from radio_bridge.models import Heard
from radio_bridge.net import stations
from radio_bridge.queries import Row
from radio_bridge.radiogram import Position, Radiogram, Status, Text, saying

assert entries

MAYDAY = 0
"""The digit spoken for "darurat"."""


def record_heard(act: Act, source: int, counter: int, words: Radiogram, at: dt.datetime) -> None:
    """A genuine report of a station: store it once, and do what it says (a status moves the unit's assignment)."""
    uid = act.uid or uid_from("heard", source, counter)
    if act.conn.execute(select(Heard.id).where(Heard.uid == uid)).first():
        return
    station = queries.station_of_number(act.conn, source)
    name = station["call_sign"] if station else f"stasiun {source}"
    text = saying.say(words)
    kind = type(words).__name__.lower()[:10]
    row = {"uid": uid, "station": source, "kind": kind, "text": text, "heard_at": at}
    act.conn.execute(insert(Heard), row)
    stations.was_heard(act, source, at)
    act.by = name
    facts = {"station": source, "call_sign": name, "kind": kind, "text": text[:200]}
    facts |= _consequence(act, station, words, at)
    failpoints.reach("row")
    act.append("radio.heard", facts)
    if station is not None and isinstance(words, Position):
        stations.located(act, source, words, at)
    if station is not None and station["unit_id"] is not None:
        alarms.heard(act, station["unit_id"], at)
    if isinstance(words, Status) and station is not None:
        _light_mayday(act, station["unit"] or name, words.digit)


def _light_mayday(act: Act, name: str, digit: int) -> None:
    """A mayday lights a lamp on every screen that names all in distress; the next status takes out its own."""
    if digit == MAYDAY:
        distress.show(act, calling=name)
    elif name in distress.named(act):
        distress.show(act, answering=name)


def _consequence(act: Act, station: Row | None, words: Radiogram, at: dt.datetime) -> dict[str, Any]:
    """What a report changes; a refusal is a fact in the entry, because the words were said all the same."""
    if station is None or station["unit_id"] is None:
        return {"applied": False}
    try:
        if isinstance(words, Status):
            return _status(act, station["unit_id"], words, at)
        if isinstance(words, Text):
            return _text(act, station, words)
        if isinstance(words, Position):
            return _position(act, station["unit_id"], words, at)
    except Refused as refusal:
        return {"applied": False, "reason": refusal.sentence}
    return {}


def _status(act: Act, unit_id: int, words: Status, at: dt.datetime) -> dict[str, Any]:
    assignment = _newest_assignment(act, unit_id)
    is_about_itself = words.digit in rules.POSTURE_OF_DIGIT or assignment is None and words.digit == MAYDAY
    if assignment is None and not is_about_itself:
        return {"digit": words.digit, "applied": False}
    unit_status.say_digit(act, unit_id, words.digit, at=at)
    about = {} if is_about_itself or assignment is None else {"incident": assignment["incident_id"]}
    return {"digit": words.digit, "applied": True, **about}


def _text(act: Act, station: Row, words: Text) -> dict[str, Any]:
    assignment = _newest_assignment(act, station["unit_id"])
    if assignment is None:
        return {"applied": False}
    incident_actions.add_note(act, assignment["incident_id"], f"Radio {station['call_sign']}: {words.text}")
    return {"applied": True, "incident": assignment["incident_id"]}


def _position(act: Act, unit_id: int, words: Position, at: dt.datetime) -> dict[str, Any]:
    was_at = at - dt.timedelta(minutes=words.age_min)
    incident_actions.move_unit(act, unit_id, words.place.lon, words.place.lat, was_at)
    return {"applied": True}


def _newest_assignment(act: Act, unit_id: int) -> Row | None:
    active = active_of_unit(act.conn, unit_id)
    return max(active, key=lambda one: (one["assigned_at"], one["id"]), default=None)


def record_rejected(act: Act, counts: Mapping[str, int]) -> None:
    """Frames that were not believed since the last entry, by kind; their content is never kept."""
    act.append("radio.rejected", {"counts": dict(counts)})
