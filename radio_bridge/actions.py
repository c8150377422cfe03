"""The verbs of the air: queue a message, say what became of it, write down what was heard.

Each writes rows and, last, its entry, in one transaction; done twice with one key it writes once. Nothing that names a
person, and no telephone number, ever goes on the air: an alert carries what, where and what to do.
"""

import datetime as dt
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import insert, select, update

import alerts.actions
from alerts.models import Alert as AlertRow
from alerts.models import Delivery
from incident import actions as incident_actions
from incident import failpoints, journal, rules
from incident.duty import alarms, distress
from incident.duty import status as unit_status
from incident.errors import BadReport, Refused
from incident.models import Incident, IncidentType
from incident.post import Act, uid_from
from incident.queries import active_of_unit
from radio_bridge import queries, radiogram
from radio_bridge.cost import channel_of, cost_on_air
from radio_bridge.errors import CannotSend
from radio_bridge.framing.ax25 import check_callsign
from radio_bridge.models import Heard, Reception, Station, Transmission
from radio_bridge.queries import Row
from radio_bridge.radiogram import Alert, Cancel, Level, Radiogram, RollCall, Status, Text, saying
from radio_bridge.spool import radiogram_body, radiogram_of
from radio_bridge.wording import alert_on_air, number_of, text_on_air

journal.declare(
    {
        "station.added": "A radio station of ours joined the net, with its number.",
        "station.revoked": "A radio station is not believed any more: lost or stolen.",
        "transmission.queued": "A message waits for the radio.",
        "transmission.keyed": "A message was on the air for the first time.",
        "transmission.heard": "A station's device has a message that belongs to no alert.",
        "transmission.failed": "A message could not be sent, or a station never answered.",
        "transmission.expired": "A message's time was over; it is never sent late.",
        "radio.heard": "A genuine message came in by radio.",
        "radio.rejected": "Forged, replayed or damaged frames were counted; they are never shown as text.",
    }
)

_STATE_OF_LEVEL = {Level.PRESENT: "heard", Level.HEARD: "heard", Level.SEEN: "seen", Level.READ_BACK: "read_back"}
_WEAKEST_FIRST = ("queued", "keyed", "unknown", "failed", "expired", "superseded", "heard", "seen", "read_back")
_NOTICE_VALID = dt.timedelta(hours=2)


MAYDAY = 0
"""The digit spoken for "darurat"."""


# stations


def add_station(act: Act, call_sign: str, unit_id: int | None = None, number: int | None = None) -> dict[str, Any]:
    """Let a radio join the net. Without `number` it gets number_of(call_sign), or the next free one.

    Raises BadReport for a call sign or number that is taken or not possible on the air.
    """
    if earlier := act.earlier("station.added"):
        return dict(earlier.body)
    name = _air_name(call_sign)
    taken = {row["number"]: row for row in queries.stations(act.conn)}
    if any(row["call_sign"] == name for row in taken.values()):
        raise BadReport(f"Nama panggilan {name} sudah dipakai.", "call_sign")
    chosen = _free_number(name, taken) if number is None else number
    if chosen in taken or not 1 <= chosen <= radiogram.STATION_LAST:
        raise BadReport(f"Nomor stasiun {chosen} tidak dapat dipakai; pilih 1 sampai 200 yang masih bebas.", "number")
    act.conn.execute(insert(Station), {"number": chosen, "call_sign": name, "unit_id": unit_id})
    return dict(act.append("station.added", {"station": chosen, "call_sign": name, "unit_id": unit_id}).body)


def _air_name(call_sign: str) -> str:
    try:
        return check_callsign(call_sign)
    except CannotSend:
        sentence = f"{call_sign} tidak dapat dipakai di udara: paling banyak 6 huruf atau angka, lalu -0 sampai -15."
        raise BadReport(sentence, "call_sign") from None


def _free_number(call_sign: str, taken: Mapping[int, object]) -> int:
    first = number_of(call_sign) - 1
    numbers = ((first + step) % radiogram.STATION_LAST + 1 for step in range(radiogram.STATION_LAST))
    free = next((number for number in numbers if number not in taken), None)
    if free is None:
        raise BadReport("Jaringan radio penuh: 200 stasiun.", "number")
    return free


def revoke_station(act: Act, number: int) -> None:
    """Stop believing a station: what it sends from now on is only counted."""
    changed = update(Station).where(Station.number == number, Station.revoked_at.is_(None)).values(revoked_at=act.now)
    if act.conn.execute(changed).rowcount:
        act.append("station.revoked", {"station": number})


# queueing


def queue_alert(act: Act, alert: Row, deliveries: Iterable[Row]) -> str | None:
    """Queue one broadcast of an alert for all these deliveries; its uid, or None when no unit has a radio.

    deliveries: rows with id and unit_id. Those whose unit has no station get no reception; the desk fails them.
    """
    of_units = {one["unit_id"]: one["id"] for one in deliveries}
    numbers = queries.stations_of_units(act.conn, of_units)
    roster = {number: of_units[unit_id] for unit_id, number in numbers.items()}
    if not roster:
        return None
    uid = uid_from("transmission", alert["id"], alert["revision"], *sorted(of_units.values()))
    if queries.find_transmission(act.conn, uid):
        return uid
    names, channel = queries.callers_of(act.conn, alert["incident_id"]), channel_of(act.post.settings.radio)
    words, short_of = alert_on_air(alert, _type_name(act, alert), names, channel)
    ref = _ref_of(act, alert, set(roster), words.revision)
    row = _row(act, uid, "alert", words, alert["expires_at"], {"alert_id": alert["id"], "ref": ref, "reason": short_of})
    _store(act, row, roster)
    for went in _went_out(act, _older_revisions(act, alert)):
        if went.ref != ref and went.stations & set(roster):
            _cancel(act, alert, went)
    return uid


def _type_name(act: Act, alert: Row) -> str:
    """What the incident is, in Bahasa Indonesia; empty for an alert about none."""
    of_incident = select(IncidentType.name_id).join(Incident, Incident.type == IncidentType.code)
    return act.conn.scalar(of_incident.where(Incident.id == alert["incident_id"])) or ""


@dataclass(frozen=True)
class _Went:
    """What may be on the air under one number: of one alert, by several revisions."""

    ref: int
    uid: str
    """Of the newest ask."""
    revision: int
    stations: set[int]
    expires_at: dt.datetime


def _ref_of(act: Act, alert: Row, roster: set[int], revision: int) -> int | None:
    """The number an earlier revision went out with, so that the newer replaces it in the field; None for a new one.

    Only a number whose stations are all asked anew, and that nothing newer has: neither a cancel nor another ask.
    """
    older = _older_revisions(act, alert)
    used = queries.refs_of_alerts(act.conn, older, "cancel") | queries.refs_of_alerts(act.conn, [alert["id"]], "alert")
    for went in _numbered(act, queries.asks_of_alerts(act.conn, older)):
        if went.ref not in used and went.stations <= roster and went.revision < revision:
            return went.ref
    return None


def _went_out(act: Act, alert_ids: list[int]) -> list[_Went]:
    """What may have been on the air of these revisions; what has not gone out yet never does."""
    asks = queries.asks_of_alerts(act.conn, alert_ids)
    for ask in asks:
        if ask["state"] == "queued":
            record_superseded(act, ask["uid"])
    never = ("queued", "superseded", "failed")
    return _numbered(act, [ask for ask in asks if ask["keyed_at"] is not None or ask["state"] not in never])


def _numbered(act: Act, asks: Iterable[Row]) -> list[_Went]:
    """Asks, oldest first, put together by their number."""
    found: dict[int, _Went] = {}
    for ask in asks:
        stations = {one["station"] for one in queries.receptions_of(act.conn, ask["id"])}
        revision, before = int(json.loads(ask["radiogram"])["revision"]), found.get(ask["ref"])
        if before is not None:
            stations, revision = stations | before.stations, max(revision, before.revision)
        found[ask["ref"]] = _Went(ask["ref"], ask["uid"], revision, stations, ask["expires_at"])
    return list(found.values())


def _older_revisions(act: Act, alert: Row) -> list[int]:
    found, before = [], alert["supersedes_id"]
    while before is not None and before not in found:
        found.append(before)
        before = act.conn.scalar(select(AlertRow.supersedes_id).where(AlertRow.id == before))
    return found


def queue_cancel(act: Act, alert: Row) -> list[str]:
    """Take back on the air what went out of this alert and its older revisions; what has not gone out yet never does.

    Of one that a newer revision replaced, only what the newer does not itself replace on the air.
    """
    alert_ids = [alert["id"], *_older_revisions(act, alert)]
    newer = _newer_revisions(act, alert) if alert["state"] == "superseded" else []
    carried, coming = queries.refs_of_alerts(act.conn, newer, "alert"), queries.stations_to_come(act.conn, newer)
    gone = [one for one in _went_out(act, alert_ids) if one.ref not in carried and not one.stations <= coming]
    return [uid for one in gone if (uid := _cancel(act, alert, one))]


def _newer_revisions(act: Act, alert: Row) -> list[int]:
    found, ids = [], [alert["id"]]
    while ids := list(act.conn.scalars(select(AlertRow.id).where(AlertRow.supersedes_id.in_(ids)))):
        found += ids
    return found


def _cancel(act: Act, alert: Row, went: _Went) -> str | None:
    uid = uid_from("cancel", went.uid)
    if queries.find_transmission(act.conn, uid):
        return uid
    if act.now >= went.expires_at:
        return None
    words = Cancel(went.ref, went.revision + 1, int(alert["priority"][1]), exercise=bool(alert["exercise"]))
    facts = {"alert_id": alert["id"], "ref": went.ref}
    _store(act, _row(act, uid, "cancel", words, went.expires_at, facts), dict.fromkeys(went.stations))
    return uid


def queue_text(
    act: Act, text: str, to: str | None = None, priority: int = 3, valid: dt.timedelta = _NOTICE_VALID
) -> dict[str, Any]:
    """Queue words to one station (its call sign) or to all. priority 0 (first) to 3.

    Raises NotFound for an unknown station, BadReport for words that do not fit a frame (nothing is cut).
    """
    if earlier := act.earlier("transmission.queued"):
        return {"uid": earlier.body["transmission"], "stations": earlier.body["stations"]}
    roster = queries.addressed(act.conn, to)
    settings = act.post.settings
    words = text_on_air(text, to is not None, priority, settings.exercise, channel_of(settings.radio))
    uid = act.uid or uid_from("text", act.by, act.now, text)
    _store(act, _row(act, uid, "text" if to else "notice", words, act.now + valid), dict.fromkeys(roster))
    return {"uid": uid, "stations": roster}


def queue_roll_call(act: Act, valid: dt.timedelta) -> tuple[int, list[int]]:
    """Ask every station of ours to say that it is there: (id of the transmission, its roster). Raises NotFound."""
    roster = queries.addressed(act.conn, None)
    uid = uid_from("rollcall", act.now)
    words = RollCall(0, roster=tuple(roster), exercise=act.post.settings.exercise)
    _store(act, _row(act, uid, "rollcall", words, act.now + valid), dict.fromkeys(roster))
    row = queries.find_transmission(act.conn, uid)
    assert row is not None
    return int(row["id"]), roster


def _row(
    act: Act, uid: str, kind: str, words: Radiogram, expires_at: dt.datetime, facts: Mapping[str, Any] | None = None
) -> dict[str, Any]:
    words = _valid_until(words, expires_at, act.now)
    cost = cost_on_air(words, channel_of(act.post.settings.radio))
    return {
        "uid": uid,
        "kind": kind,
        "text": saying.say(words),
        "priority": getattr(words, "priority", 3),
        "state": "queued",
        "rounds": 0,
        "radiogram": json.dumps(radiogram_body(words)),
        "bytes_on_air": cost.bytes,
        "airtime_s": round(cost.seconds, 3),
        "written_by": act.by,
        "queued_at": act.now,
        "expires_at": expires_at,
        **(facts or {}),
    }


def _valid_until(words: Radiogram, expires_at: dt.datetime, now: dt.datetime) -> Radiogram:
    """With the minutes that are left; the link counts them down again when it keys."""
    if not isinstance(words, Alert | Cancel):
        return words
    left_min = int((expires_at - now).total_seconds() // 60)
    return replace(words, expires_min=max(1, min(radiogram.EXPIRES_MAX_MIN, left_min)))


def _store(act: Act, row: dict[str, Any], roster: Mapping[int, int | None]) -> None:
    """The message, one reception for each station, and the entry. roster: station -> its delivery."""
    row_id = act.conn.execute(insert(Transmission).returning(Transmission.id), row).scalar_one()
    if row.get("ref") is None and row["kind"] in ("alert", "notice", "rollcall"):
        # Row ids differ in the eleven bits an answer quotes for the next 2,048 messages.
        _number(act, row_id, row_id % 65_536, row["radiogram"])
    elif row.get("ref") is not None:
        _number(act, row_id, row["ref"], row["radiogram"])
    receptions = [
        {
            "transmission_id": row_id,
            "station": station,
            "delivery_id": delivery,
            "state": "queued",
            "changed_at": act.now,
        }
        for station, delivery in sorted(roster.items())
    ]
    act.conn.execute(insert(Reception), receptions)
    act.append("transmission.queued", _facts(row, stations=sorted(roster)), _incident_of(act, row))


def _number(act: Act, row_id: int, ref: int, body: str) -> None:
    numbered = json.dumps({**json.loads(body), "ref": ref})
    text = saying.say(radiogram_of(json.loads(numbered)))
    changed = {"ref": ref, "radiogram": numbered, "text": text}
    act.conn.execute(update(Transmission).where(Transmission.id == row_id).values(**changed))


def _facts(row: Row, **more: Any) -> dict[str, Any]:
    return {"transmission": row["uid"], "kind": row["kind"], "alert": row.get("alert_id"), **more}


def _incident_of(act: Act, row: Row) -> int | None:
    if row.get("alert_id") is None:
        return None
    return act.conn.scalar(select(AlertRow.incident_id).where(AlertRow.id == row["alert_id"]))


# what became of a message


def record_taken(act: Act, uid: str) -> bool:
    """It belongs to the radio's spool: a cancel must follow it from now on. False when it was taken back before."""
    mine = update(Transmission).where(Transmission.uid == uid, Transmission.state == "queued")
    return bool(act.conn.execute(mine.values(state="spooled")).rowcount)


def record_keyed(act: Act, uid: str, at: dt.datetime | None = None) -> None:
    """It was on the air for the first time; nobody is known to have it."""
    row = _open(act, uid)
    if row is None or row["keyed_at"] is not None:
        return
    changed = {"state": "keyed", "keyed_at": at or act.now, "rounds": max(row["rounds"], 1)}
    act.conn.execute(update(Transmission).where(Transmission.id == row["id"]).values(**changed))
    raised = _raise_all(act, row["id"], "keyed")
    act.append("transmission.keyed", _facts(row), _incident_of(act, row))
    if deliveries := [one["delivery_id"] for one in raised if one["delivery_id"]]:
        alerts.actions.record_keyed(act, deliveries)


def record_round(act: Act, uid: str, rounds: int) -> None:
    """It went out again, to those who are missing."""
    mine = update(Transmission).where(Transmission.uid == uid, Transmission.rounds < rounds)
    act.conn.execute(mine.values(rounds=rounds))


def record_ack(act: Act, uid: str, station: int, level: Level, at: dt.datetime, via: int | None = None) -> None:
    """A station has it: its device (HEARD), or a person there has seen or read it back.

    via: whose word it is; an overheard answer proves the message, not that the station was heard by us.
    """
    row = queries.find_transmission(act.conn, uid)
    reception = _reception(act, row["id"], station) if row else None
    if row is None or reception is None:
        return
    if via in (None, station):
        _touch(act, station, at)
    if not _raise(act, reception, _STATE_OF_LEVEL[level]):
        return
    _settle(act, row)
    if reception["delivery_id"] is None:
        state = _STATE_OF_LEVEL[level]
        act.append("transmission.heard", _facts(row, station=station, call_sign=reception["call_sign"], state=state))
    elif level >= Level.SEEN:
        of_delivery = select(Delivery.recipient_id).where(Delivery.id == reception["delivery_id"])
        recipient_id = act.conn.execute(of_delivery).scalar_one()
        alerts.actions.record_seen(act, recipient_id, by=reception["call_sign"], via="radio", at=at)
    else:
        alerts.actions.record_heard(act, reception["delivery_id"])


def record_silence(act: Act, uid: str, station: int, state: str, reason: str) -> None:
    """A station never answered. state: "unknown" (it was on the air, perhaps they have it) or "failed"."""
    row = queries.find_transmission(act.conn, uid)
    reception = _reception(act, row["id"], station) if row else None
    if row is None or reception is None or not _raise(act, reception, state):
        return
    _settle(act, row)
    facts = _facts(row, station=station, call_sign=reception["call_sign"], state=state, reason=reason[:200])
    act.append("transmission.failed", facts, _incident_of(act, row))
    if reception["delivery_id"]:
        alerts.actions.record_failed(act, [reception["delivery_id"]], reason[:200])


def record_expired(act: Act, uid: str) -> None:
    """Its time is over: those who have it have it, the others are never asked late."""
    row = _open(act, uid)
    if row is None:
        return
    for one in queries.receptions_of(act.conn, row["id"]):
        _raise(act, one, "unknown" if one["state"] == "keyed" else "expired")
    act.conn.execute(update(Transmission).where(Transmission.id == row["id"]).values(state="expired"))
    act.append("transmission.expired", _facts(row), _incident_of(act, row))


def record_refused(act: Act, uid: str, reason: str) -> None:
    """The link would not send it; the reason is a sentence for the operator."""
    row = _open(act, uid)
    if row is None:
        return
    changed = {"state": "failed", "reason": reason[:200]}
    act.conn.execute(update(Transmission).where(Transmission.id == row["id"]).values(**changed))
    raised = _raise_all(act, row["id"], "failed")
    act.append("transmission.failed", _facts(row, reason=reason[:200]), _incident_of(act, row))
    if deliveries := [one["delivery_id"] for one in raised if one["delivery_id"]]:
        alerts.actions.record_failed(act, deliveries, reason[:200])


def record_superseded(act: Act, uid: str) -> None:
    """A newer revision or a cancel took its place."""
    row = queries.find_transmission(act.conn, uid)
    if row is None or row["state"] == "superseded":
        return
    act.conn.execute(update(Transmission).where(Transmission.id == row["id"]).values(state="superseded"))
    _raise_all(act, row["id"], "superseded")


def fail_stationless(act: Act, delivery_ids: list[int]) -> None:
    """Deliveries by radio to units that have no radio: say so, instead of letting them look queued."""
    alerts.actions.record_failed(act, delivery_ids, "Satuan ini tidak punya stasiun radio.")


def _open(act: Act, uid: str) -> Row | None:
    row = queries.find_transmission(act.conn, uid)
    return row if row and row["state"] in queries.OPEN_STATES else None


def _reception(act: Act, transmission_id: int, station: int) -> Row | None:
    return next((one for one in queries.receptions_of(act.conn, transmission_id) if one["station"] == station), None)


def _raise(act: Act, reception: Row, state: str) -> bool:
    """Only ever towards knowing more: a late "keyed" never takes back a "seen"."""
    if _WEAKEST_FIRST.index(state) <= _WEAKEST_FIRST.index(reception["state"]):
        return False
    changed = {"state": state, "changed_at": act.now}
    act.conn.execute(update(Reception).where(Reception.id == reception["id"]).values(**changed))
    return True


def _raise_all(act: Act, transmission_id: int, state: str) -> list[Row]:
    return [one for one in queries.receptions_of(act.conn, transmission_id) if _raise(act, one, state)]


def _settle(act: Act, row: Row) -> None:
    """A message is done when every station has it, and failed when the last answer is a silence."""
    states = {one["state"] for one in queries.receptions_of(act.conn, row["id"])}
    if states & {"queued", "keyed"} or row["state"] == "superseded":
        return
    state = "done" if states <= set(queries.HAS_IT) else "expired" if row["state"] == "expired" else "failed"
    act.conn.execute(update(Transmission).where(Transmission.id == row["id"]).values(state=state))


# what was heard


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
    _touch(act, source, at)
    act.by = name
    facts = {"station": source, "call_sign": name, "kind": kind, "text": text[:200]}
    facts |= _consequence(act, station, words, at)
    failpoints.reach("row")
    act.append("radio.heard", facts)
    if station is not None and isinstance(words, radiogram.Position):
        _locate(act, source, words, at)
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
        if isinstance(words, radiogram.Position):
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


def _position(act: Act, unit_id: int, words: radiogram.Position, at: dt.datetime) -> dict[str, Any]:
    was_at = at - dt.timedelta(minutes=words.age_min)
    incident_actions.move_unit(act, unit_id, words.place.lon, words.place.lat, was_at)
    return {"applied": True}


def _newest_assignment(act: Act, unit_id: int) -> Row | None:
    active = active_of_unit(act.conn, unit_id)
    return max(active, key=lambda one: (one["assigned_at"], one["id"]), default=None)


def _touch(act: Act, number: int, at: dt.datetime) -> None:
    later = Station.last_heard_at.is_(None) | (Station.last_heard_at < at)
    act.conn.execute(update(Station).where(Station.number == number, later).values(last_heard_at=at))


def _locate(act: Act, number: int, words: radiogram.Position, at: dt.datetime) -> None:
    """Where a station said it was; an older word never takes the place of a newer one."""
    was_at = at - dt.timedelta(minutes=words.age_min)
    newer = Station.located_at.is_(None) | (Station.located_at < was_at)
    told = {"lon": words.place.lon, "lat": words.place.lat, "located_at": was_at}
    act.conn.execute(update(Station).where(Station.number == number, newer).values(**told))


def record_rejected(act: Act, counts: Mapping[str, int]) -> None:
    """Frames that were not believed since the last entry, by kind; their content is never kept."""
    act.append("radio.rejected", {"counts": dict(counts)})
