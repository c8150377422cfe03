"""Calls, incidents and the units on them."""

import datetime as dt
from typing import Any

from incident import actions, intake, rules
from incident.queueing import actions as queueing
from tests.journeys.verbs.steps import PLACES, Step, Verbs, an_incident, nothing, remember, two_units_at_work
from tests.room import START, Room


def _raise_by_answers(room: Room) -> None:
    room.call(type="banjir", incident_id=room.known["incident"], answers={"trapped": "yes"})


def _a_p1(room: Room) -> None:
    remember(room, incident=room.open(place={"area_code": "52.03.01.2001"}, priority="P1"))


def _verb(verb: str, **said: Any) -> Step:
    return lambda room: room.do(actions.change_incident, room.known["incident"], verb, **said)


def unit_says(verb: str, which: str = "first", **said: Any) -> Step:
    return lambda room: room.do(actions.change_assignment, room.known[which], verb, **said)


def close_incident(room: Room) -> None:
    room.do(actions.change_incident, room.known["incident"], "close", disposition="handled")


def _both_clear(room: Room) -> None:
    two_units_at_work(room)
    for which in ("first", "second"):
        room.do(actions.change_assignment, room.known[which], "clear")


def _closed(room: Room) -> None:
    an_incident(room)
    close_incident(room)


OBSTRUCT = _verb(
    "obstruct", reason="access", text="Jembatan putus", unblock_by="PUPR", next_word_at=START + dt.timedelta(hours=1)
)


def _obstructed(room: Room) -> None:
    an_incident(room)
    OBSTRUCT(room)


def _move(room: Room) -> None:
    room.do(actions.move_unit, room.units["TRC-1"], 116.58, -8.51)


def _service(in_service: bool) -> Step:
    return lambda room: room.do(actions.change_service, room.units["PSC-1"], in_service)


def correct_area(room: Room) -> None:
    place = intake.Place("map", 116.49, -8.76, 30.0, "Keruak", "52.03.02.2004")
    room.do(actions.change_incident, room.known["incident"], "correct", text="Salah dengar", place=place)


VERBS: Verbs = {
    **{f"a {class_} call": (nothing, lambda room, c=class_: room.call(class_=c)) for class_ in rules.CLASSES},
    "a call without a point": (nothing, lambda room: room.call(place=PLACES[2])),
    "a linked call": (an_incident, lambda room: room.call(incident_id=room.known["incident"], priority="P1")),
    "verify": (an_incident, _verb("verify")),
    "a P1 is heard": (_a_p1, lambda room: room.do(queueing.hear, room.known["incident"])),
    "obstruct": (an_incident, OBSTRUCT),
    "resume": (_obstructed, _verb("resume")),
    "control": (two_units_at_work, _verb("control")),
    "close": (_both_clear, close_incident),
    "reopen": (_closed, _verb("reopen", text="Air naik lagi")),
    "note": (two_units_at_work, _verb("note", text="Perahu di jalan")),
    "note on a closed incident": (_closed, _verb("note", text="Laporan menyusul")),
    "correct": (two_units_at_work, _verb("correct", text="Bukan banjir", type="fire", priority="P1")),
    "correct the area": (an_incident, correct_area),
    "assign": (an_incident, lambda room: room.assign(room.known["incident"], "TRC-1")),
    "assign to an obstructed one": (_obstructed, lambda room: room.assign(room.known["incident"], "PSC-1")),
    **{f"unit: {verb}": (two_units_at_work, unit_says(verb)) for verb in rules.ASSIGNMENT_VERBS},
    "unit: clear with a note": (two_units_at_work, unit_says("clear", "second", note="Selesai")),
    "unit: arrived earlier": (two_units_at_work, unit_says("arrive", at=START + dt.timedelta(minutes=2))),
    "add a unit": (nothing, lambda room: room.do(actions.add_unit, "PMI-1", "ambulance", "PMI", ["medic"])),
    "move a unit": (nothing, _move),
    "a unit out of service": (nothing, _service(False)),
    "a lamp": (nothing, lambda room: room.do(actions.set_lamp, "radio", "warn", "pemancar diam")),
    "feedback": (_obstructed, _verb("feedback", text="Jalan dibuka jam tiga")),
    "feedback with a new promise": (
        _obstructed,
        _verb("feedback", text="Belum", next_word_at=START + dt.timedelta(hours=2)),
    ),
    "a repeat that raises the priority": (an_incident, _raise_by_answers),
}
