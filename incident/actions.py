"""The verbs of the room. Each writes rows and, last, its journal entries, in one transaction.

An action takes an `Act` (transaction, time, who, the sender's key) and answers with facts. Done twice
with one key it writes once and answers the same. Entries carry whole cards, so a screen never asks back.
"""

import datetime as dt
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import orjson
from sqlalchemy import insert, select, update

from gis.coordinates import Position
from gis.database import point_columns
from gis.prepared import Prepared
from incident import failpoints, intake, queries, rules
from incident.casework import stale, tasks
from incident.desk import arrivals, heard
from incident.duty import alarms, words
from incident.errors import BadReport, NotFound, WrongState
from incident.journal import Line
from incident.models import Assignment, Call, Incident, Lamp, Unit
from incident.post import Act

_POINT = ("lon", "lat", "point")
_insert_incident = Prepared(
    insert(Incident).returning(Incident.id),
    *("type", "priority", "priority_reason", "state", "place", "area_code", "method", "radius_m", "calls"),
    *("disposition", "obstacle", "opened_at", "changed_at", *_POINT),
)
_insert_call = Prepared(
    insert(Call).returning(Call.id),
    *("uid", "class", "type", "priority", "narrative", "caller_name", "caller_phone", "channel", "place", "method"),
    *("radius_m", "area_code", "incident_id", "received_at", "recorded_at", "taken_by", "source", "answers", "rt"),
    *("rang_at", "answered_at", "classified_at", "located_at", "written_at", *_POINT),
)
_insert_assignment = insert(Assignment).returning(Assignment.id)
_insert_unit = insert(Unit).returning(Unit.id)


# a call


def record_call(act: Act, report: intake.Report) -> dict[str, Any]:
    """Store a call; a normal one opens an incident or is linked to the one named. Answers the call's facts."""
    if earlier := act.earlier("call.recorded"):
        return _call_answer(earlier.seq, earlier.body) | {"again": True}
    facts = _open_incident(act, report) if report.class_ == "normal" else _keep_call(act, report)
    if report.ring_id is not None:
        arrivals.connect(act, report.ring_id, facts["call"], report.received_at)
    return facts


def _keep_call(act: Act, report: intake.Report) -> dict[str, Any]:
    call_id = _store_call(act, report, None, report.priority)
    line = act.append("call.recorded", _call_facts(act, report, call_id, None, []))
    return _call_answer(line.seq, line.body)


def _open_incident(act: Act, report: intake.Report) -> dict[str, Any]:
    kind = _type_of(act, report.type)
    report = replace(report, type=kind["code"])
    repeats = find_repeats(act, report, kind["family"])
    if report.incident_id is not None:
        return _link_call(act, report, repeats, kind)
    judged = heard.judged(act.post, report, kind)
    priority, reason = intake.priority_of(report, kind["priority"], judged)
    row = _incident_row(act, report, priority, reason)
    row["id"] = _insert_incident.first(act.conn, **row).id
    call_id = _store_call(act, report, row["id"], priority)
    failpoints.reach("row")
    card = queries.incident_card(row, [], _site(act))
    line = act.append("call.recorded", _call_facts(act, report, call_id, row["id"], repeats), row["id"])
    decided = heard.opened(report, reason, judged)
    act.append("incident.opened", {**decided, "cards": {"incidents": [card]}}, row["id"])
    return _call_answer(line.seq, line.body)


def _link_call(
    act: Act, report: intake.Report, repeats: list[dict[str, Any]], kind: Mapping[Any, Any]
) -> dict[str, Any]:
    incident = _incident_of(act, _led_on(act, report.incident_id))
    if incident["state"] == "closed":
        raise WrongState("Kejadian itu sudah ditutup; buka kembali dahulu atau catat sebagai kejadian baru.")
    raised, changes = heard.raised(act.post, report, incident, kind)
    call_id = _store_call(act, report, incident["id"], changes.get("priority", incident["priority"]))
    failpoints.reach("row")
    card = _change_incident(act, incident, calls=incident["calls"] + 1, **changes)
    line = act.append("call.recorded", _call_facts(act, report, call_id, incident["id"], repeats), incident["id"])
    act.append("call.linked", {"call": call_id, **raised, "cards": {"incidents": [card]}}, incident["id"])
    return _call_answer(line.seq, line.body)


def _incident_row(act: Act, report: intake.Report, priority: str, reason: str) -> dict[str, Any]:
    place = report.place
    return {
        "type": report.type,
        "priority": priority,
        "priority_reason": reason,
        "state": "new",
        "place": place.text or "",
        "area_code": place.area_code,
        "method": place.method,
        "radius_m": place.radius_m,
        "calls": 1,
        "disposition": None,
        "obstacle": None,
        "opened_at": act.now,
        "changed_at": act.now,
        **point_columns(place.lon, place.lat),
    }


def _store_call(act: Act, report: intake.Report, incident_id: int | None, priority: str | None) -> int:
    place = report.place
    row = {
        "uid": report.uid,
        "class": report.class_,
        "type": report.type if report.class_ == "normal" else None,
        "priority": priority,
        "narrative": report.narrative,
        "caller_name": report.caller_name,
        "caller_phone": intake.dialled(report.caller_phone),
        "channel": report.channel,
        "place": place.text,
        "method": place.method,
        "radius_m": place.radius_m,
        "area_code": place.area_code,
        "incident_id": incident_id,
        "received_at": report.received_at,
        "recorded_at": act.now,
        "taken_by": act.by,
        **_times_of(report),
        "answers": orjson.dumps(report.answers, option=orjson.OPT_SORT_KEYS).decode() if report.answers else None,
        "rt": intake.rt_of(place.text),
        **point_columns(place.lon, place.lat),
    }
    return int(_insert_call.first(act.conn, **row).id)


def _times_of(report: intake.Report) -> dict[str, Any]:
    """t0 to t3 as they were noted; t4 is `recorded_at`, but for a paper form the time that stands on it."""
    times = report.times
    return {
        "source": report.source,
        "rang_at": times.rang_at,
        "answered_at": times.answered_at,
        "classified_at": times.classified_at,
        "located_at": times.located_at if report.place.lon is not None else None,
        "written_at": times.written_at if report.source == "paper" else None,
    }


def _call_facts(
    act: Act, report: intake.Report, call_id: int, incident_id: int | None, repeats: list[dict[str, Any]]
) -> dict[str, Any]:
    """What the journal may know of a call: no name, no phone, no words of the caller."""
    return heard.told(act.post, report) | {
        "call": call_id,
        "incident": incident_id,
        "class": report.class_,
        "channel": report.channel,
        "received_at": queries.iso(report.received_at),
        "repeats": repeats,
    }


def _call_answer(seq: int, body: Mapping[Any, Any]) -> dict[str, Any]:
    return {"call": body["call"], "incident": body["incident"], "seq": seq, "repeats": body["repeats"]}


def find_repeats(act: Act, report: intake.Report, family: str) -> list[dict[str, Any]]:
    """Open incidents this call may be about, by place, time, family, number and words."""
    place, since = report.place, act.now - intake.REPEAT_WINDOW
    where = None if place.lon is None or place.lat is None else Position(place.lon, place.lat)
    phoned = queries.phoned_incidents(act.conn, intake.dialled(report.caller_phone), since)
    if where is None and not phoned:
        return []
    candidates = queries.repeat_candidates(act.conn, act.post.database, where, since, phoned)
    clue = intake.Clue(where, family, place.radius_m, place.area_code, report.narrative, phoned)
    return intake.likely_repeats(clue, act.now, candidates, _site(act))


def _type_of(act: Act, word: str | None) -> Mapping[Any, Any]:
    kind = queries.find_type(act.conn, act.post, word)
    if kind is None:
        raise BadReport("Jenis kejadian tidak dikenal; pilih salah satu dari daftar.", "type")
    return kind


# an incident

_KIND_OF_VERB = {
    "verify": "incident.verified",
    "respond": "incident.responding",
    "obstruct": "incident.obstructed",
    "resume": "incident.responding",
    "control": "incident.controlled",
    "close": "incident.closed",
    "reopen": "incident.reopened",
    "note": "incident.noted",
    "correct": "incident.corrected",
    "feedback": "incident.answered",
}


def change_incident(
    act: Act, incident_id: int, verb: str, seen: dt.datetime | None = None, **said: Any
) -> dict[str, Any]:
    """Do a verb of the table to an incident; raises WrongState with the verbs that are allowed, or what changed.

    `seen` is `changed_at` of the card the writer had before them; without it nothing written meanwhile is in the way.
    """
    if earlier := act.earlier(_KIND_OF_VERB[verb], incident_id):
        return earlier.told()
    incident = _incident_of(act, incident_id)
    if verb != "note":
        stale.require_fresh(act, verb, incident, seen)
        require_not_merged(act, incident)
    state = rules.next_state(rules.INCIDENT_LIFE, incident["state"], verb)
    if state is None:
        raise WrongState(
            "Langkah itu tidak mungkin dalam keadaan kejadian sekarang.",
            allowed=rules.allowed_verbs(rules.INCIDENT_LIFE, incident["state"]),
        )
    facts, changes = _CONSEQUENCES.get(verb, _plainly)(act, incident, said)
    card = _change_incident(act, incident, state=state, **changes)
    body = {"verb": verb, **facts, "cards": {"incidents": [card], **facts.get("cards", {})}}
    return act.append(_KIND_OF_VERB[verb], body, incident_id).told()


Consequence = tuple[dict[str, Any], dict[str, Any]]


def _plainly(act: Act, incident: Mapping[Any, Any], said: Mapping[Any, Any]) -> Consequence:
    return ({"text": said["text"]} if said.get("text") else {}), {}


def _note(act: Act, incident: Mapping[Any, Any], said: Mapping[Any, Any]) -> Consequence:
    return {"text": _required(said, "text", "Tulis catatannya.")}, {}


def _obstruct(act: Act, incident: Mapping[Any, Any], said: Mapping[Any, Any]) -> Consequence:
    reason = _required(said, "reason", "Kendala perlu sebabnya.")
    words = _required(said, "text", "Kendala perlu satu kalimat penjelasan.")
    who = _required(said, "unblock_by", "Sebut siapa yang dapat mengatasi kendala ini.")
    when = _required(said, "next_word_at", "Sebut kapan pelapor diberi kabar lagi.")
    facts = {"reason": reason, "text": words, "unblock_by": who, "next_word_at": queries.iso(when)}
    cards, counts = tasks.told(act, incident["id"], [tasks.promise_word(act, incident["id"], when)])
    return facts | {"cards": cards}, {"obstacle": words, **counts}


def _feedback(act: Act, incident: Mapping[Any, Any], said: Mapping[Any, Any]) -> Consequence:
    """The reporter was told (t13): what was promised is done; another word may be promised."""
    words = _required(said, "text", "Tulis apa yang dikabarkan kepada pelapor.")
    ended = tasks.keep_word(act, incident["id"])
    if when := said.get("next_word_at"):
        ended.append(tasks.promise_word(act, incident["id"], when))
    cards, counts = tasks.told(act, incident["id"], ended)
    facts = {"text": words, **({"next_word_at": queries.iso(when)} if when else {})}
    return facts | {"cards": cards}, {"feedback_at": act.now, **counts}


def _resume(act: Act, incident: Mapping[Any, Any], said: Mapping[Any, Any]) -> Consequence:
    return _plainly(act, incident, said)[0], {"obstacle": None}


def _control(act: Act, incident: Mapping[Any, Any], said: Mapping[Any, Any]) -> Consequence:
    return _plainly(act, incident, said)[0], {"under_control_at": act.now, "obstacle": None}


def _close(act: Act, incident: Mapping[Any, Any], said: Mapping[Any, Any]) -> Consequence:
    disposition = _required(said, "disposition", "Menutup kejadian perlu disposisi.")
    if active := queries.active_of_incident(act.conn, incident["id"]):
        names = ", ".join(one["call_sign"] for one in active)
        raise WrongState(f"Masih ada satuan bertugas di kejadian ini: {names}. Selesaikan dahulu.", allowed=["note"])
    facts = {"disposition": disposition, **_plainly(act, incident, said)[0]}
    return facts, {"disposition": disposition, "closed_at": act.now}


def _reopen(act: Act, incident: Mapping[Any, Any], said: Mapping[Any, Any]) -> Consequence:
    return {"text": _required(said, "text", "Membuka kembali perlu alasan.")}, {"disposition": None, "closed_at": None}


def _correct(act: Act, incident: Mapping[Any, Any], said: Mapping[Any, Any]) -> Consequence:
    why = _required(said, "text", "Perbaikan perlu alasan.")
    changes = {name: said[name] for name in ("type", "priority") if said.get(name)}
    if "type" in changes:
        changes["type"] = _type_of(act, changes["type"])["code"]
    place: intake.Place | None = said.get("place")
    if place:
        changes |= {"method": place.method, "radius_m": place.radius_m, **point_columns(place.lon, place.lat)}
        changes |= {"place": place.text or incident["place"], "area_code": place.area_code or incident["area_code"]}
    if not changes:
        raise BadReport("Tidak ada yang diperbaiki: beri jenis, prioritas atau tempat yang baru.", "type")
    was = {name: incident[name] for name in ("type", "priority", "place") if name in changes}
    return {"text": why, "was": was}, changes


_CONSEQUENCES = {
    "note": _note,
    "obstruct": _obstruct,
    "resume": _resume,
    "control": _control,
    "close": _close,
    "reopen": _reopen,
    "correct": _correct,
    "feedback": _feedback,
}


def _required(said: Mapping[Any, Any], name: str, sentence: str) -> Any:
    if not said.get(name):
        raise BadReport(sentence, name)
    return said[name]


def _incident_of(act: Act, incident_id: int | None) -> Mapping[Any, Any]:
    incident = queries.find_incident(act.conn, incident_id) if incident_id is not None else None
    if incident is None:
        raise NotFound("Kejadian itu tidak ada.", "incident")
    return incident


def _led_on(act: Act, incident_id: int | None) -> int | None:
    """A call for an incident that was merged meanwhile goes where that one went."""
    return None if incident_id is None else queries.lead_on(act.conn, incident_id)


def require_not_merged(act: Act, incident: Mapping[Any, Any]) -> None:
    """What was merged is worked on where it went; raises WrongState with `leads_to`."""
    if incident["merged_into"] is None:
        return
    further = queries.lead_on(act.conn, incident["id"])
    mine, there = (intake.number_of(one, _site(act)) for one in (incident["id"], further))
    raise WrongState(f"{mine} sudah digabung ke {there}; teruskan di sana.", allowed=["note"], leads_to=further)


def _change_incident(act: Act, incident: Mapping[Any, Any], **changes: Any) -> dict[str, Any]:
    """Write the changes and return the whole card after them."""
    changes["changed_at"] = act.now
    act.conn.execute(update(Incident).where(Incident.id == incident["id"]).values(**changes))
    active = queries.active_of_incident(act.conn, incident["id"])
    return queries.incident_card({**incident, **changes}, active, _site(act))


def _site(act: Act) -> str:
    return act.post.settings.site.name


# a unit on an incident


def create_assignment(act: Act, incident_id: int, unit_id: int, at: dt.datetime | None = None) -> dict[str, Any]:
    """Give a unit to an incident; a unit on another incident keeps that one and its times.

    `at` when it was told earlier than it is written.
    """
    if earlier := act.earlier("assignment.created", incident_id):
        return earlier.told()
    entry = give(act, incident_id, unit_id, at).told()
    alarms.refresh(act, unit_id)
    return entry


def give(act: Act, incident_id: int, unit_id: int, at: dt.datetime | None = None) -> Line:
    """The one unit to the one incident, as its entry; raises WrongState where it cannot go."""
    incident, unit = _incident_of(act, incident_id), _unit_of(act, unit_id)
    require_not_merged(act, incident)
    if rules.next_state(rules.INCIDENT_LIFE, incident["state"], "respond") is None:
        raise WrongState(
            "Satuan tidak dapat dikirim ke kejadian yang sudah ditutup.",
            allowed=rules.allowed_verbs(rules.INCIDENT_LIFE, incident["state"]),
        )
    if not unit["in_service"]:
        raise WrongState(f"{unit['call_sign']} sedang tidak bertugas.", "unit", allowed=[])
    if any(one["incident_id"] == incident_id for one in queries.active_of_unit(act.conn, unit_id)):
        raise WrongState(f"{unit['call_sign']} sudah bertugas di kejadian ini.", "unit", allowed=[])
    row = {
        "incident_id": incident_id,
        "unit_id": unit_id,
        "state": "assigned",
        "state_since": at or act.now,
        "assigned_at": at or act.now,
    }
    assignment_id = act.conn.execute(_insert_assignment, row).scalar_one()
    card = _change_incident(act, incident, state="responding", obstacle=None)
    return _tell_assignment(act, "assignment.created", assignment_id, card, {})


def change_assignment(
    act: Act, assignment_id: int, verb: str, at: dt.datetime | None = None, note: str | None = None
) -> dict[str, Any]:
    """A unit's next status on one incident; `at` when it was said earlier than it is written."""
    if earlier := act.earlier("assignment.changed"):
        return earlier.told()
    row = queries.find_assignment(act.conn, assignment_id)
    if row is None:
        raise NotFound("Penugasan itu tidak ada.")
    state = rules.next_state(rules.ASSIGNMENT_LIFE, row["state"], verb)
    if state is None:
        raise WrongState(
            "Status itu tidak mungkin dari status satuan sekarang.",
            allowed=rules.allowed_verbs(rules.ASSIGNMENT_LIFE, row["state"]),
        )
    changes: dict[str, Any] = {"state": state, "state_since": at or act.now}
    if stamped := rules.TIME_OF_VERB.get(verb):
        changes[stamped] = at or act.now
    if note:
        changes["note"] = note
    act.conn.execute(update(Assignment).where(Assignment.id == assignment_id).values(**changes))
    if verb != "cancel":  # that is the room's word, every other one the unit's
        alarms.note_word(act, row["unit_id"], at, calm=verb != "mayday")
    card = _change_incident(act, _incident_of(act, row["incident_id"]))
    facts = {"verb": verb, **({"text": note} if note else {})}
    entry = _tell_assignment(act, "assignment.changed", assignment_id, card, facts).told()
    alarms.refresh(act, row["unit_id"])
    return entry


def _tell_assignment(act: Act, kind: str, assignment_id: int, incident: dict[str, Any], facts: dict[str, Any]) -> Line:
    row = queries.find_assignment(act.conn, assignment_id)
    assert row is not None
    unit = queries.unit_card(_unit_of(act, row["unit_id"]), queries.active_of_unit(act.conn, row["unit_id"]))
    cards = {"incidents": [incident], "units": [unit], "assignments": [queries.assignment_card(row)]}
    facts = {"assignment": assignment_id, "unit": row["call_sign"], "state": row["state"], **facts}
    return act.append(kind, {**facts, "cards": cards}, row["incident_id"])


def add_note(act: Act, incident_id: int, text: str) -> dict[str, Any]:
    """Write a note in an incident's chronology."""
    return change_incident(act, incident_id, "note", text=text)


# units


def add_unit(
    act: Act,
    call_sign: str,
    kind: str,
    agency_code: str | None = None,
    capabilities: list[str] | None = None,
    base: str = "",
    lon: float | None = None,
    lat: float | None = None,
) -> dict[str, Any]:
    """Add a unit that can be sent; raises BadReport when the call sign is taken."""
    if earlier := act.earlier("unit.added"):
        return earlier.told()
    if act.conn.execute(select(Unit.id).where(Unit.call_sign == call_sign)).first():
        raise BadReport(f"Nama panggilan {call_sign} sudah dipakai.", "call_sign")
    row = {
        "call_sign": call_sign,
        **words.known(act, kind, capabilities or []),
        "agency_code": agency_code,
        "base": base,
        "in_service": True,
        "in_service_since": act.now,
        "position_at": act.now if lon is not None else None,
        **point_columns(lon, lat),
    }
    unit_id = act.conn.execute(_insert_unit, row).scalar_one()
    return tell_unit(act, "unit.added", unit_id)


def move_unit(
    act: Act, unit_id: int, lon: float, lat: float, at: dt.datetime | None = None, by_hand: bool = False
) -> dict[str, Any]:
    """A unit's position became known; an older one than the last known is kept out. One sent `by_hand` is a word."""
    if earlier := act.earlier("unit.moved"):
        return earlier.told()
    unit = _unit_of(act, unit_id)
    when = min(at or act.now, act.now)
    if unit["position_at"] and when < unit["position_at"]:
        raise WrongState("Posisi yang lebih baru sudah tercatat.", "at", allowed=[])
    changes = {"position_at": when, **point_columns(lon, lat)}
    act.conn.execute(update(Unit).where(Unit.id == unit_id).values(**changes))
    entry = tell_unit(act, "unit.moved", unit_id)
    if by_hand:
        alarms.heard(act, unit_id, when)
    return entry


def change_service(act: Act, unit_id: int, in_service: bool, reason: str | None = None) -> dict[str, Any]:
    """Put a unit in or out of service; out with the reason why."""
    if earlier := act.earlier("unit.service_changed"):
        return earlier.told()
    _unit_of(act, unit_id)
    why = None if in_service else reason
    changes = {"in_service": in_service, "in_service_since": act.now, "out_reason": why, "posture": "base"}
    act.conn.execute(update(Unit).where(Unit.id == unit_id).values(**changes))
    entry = tell_unit(act, "unit.service_changed", unit_id, text=reason)
    alarms.refresh(act, unit_id)
    return entry


def tell_unit(act: Act, kind: str, unit_id: int, **facts: Any) -> dict[str, Any]:
    """An entry with the unit's whole card; facts that are None are left out."""
    card = queries.unit_card(_unit_of(act, unit_id), queries.active_of_unit(act.conn, unit_id))
    said = {name: value for name, value in facts.items() if value is not None}
    return act.append(kind, {"unit": card["call_sign"], **said, "cards": {"units": [card]}}).told()


def _unit_of(act: Act, unit_id: int) -> Mapping[Any, Any]:
    unit = queries.find_unit(act.conn, unit_id)
    if unit is None:
        raise NotFound("Satuan itu tidak ada.", "unit_id")
    return unit


# lamps


def set_lamp(act: Act, lamp_id: str, state: str, words: str) -> bool:
    """Set a lamp; writes an entry only when it changed, and answers whether it did."""
    table = Lamp.__table__
    row = act.conn.execute(select(table).where(table.c.id == lamp_id)).mappings().first()
    if row and (row["state"], row["words"]) == (state, words):
        return False
    since = row["since"] if row and row["state"] == state else act.now
    lamp = {"id": lamp_id, "state": state, "words": words, "since": since}
    if row:
        act.conn.execute(update(Lamp).where(Lamp.id == lamp_id).values(**lamp))
    else:
        act.conn.execute(insert(Lamp), lamp)
    act.append("lamp.changed", {"cards": {"lamps": [queries.lamp_card(lamp)]}})
    return True
