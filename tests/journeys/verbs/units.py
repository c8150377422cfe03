"""What units say without a task, their alarms and welfare checks, crews and shifts."""

import datetime as dt
from collections.abc import Callable
from typing import Any

from incident import actions
from incident.duty import alarms, roster, rounds, sending
from incident.duty import status as unit_status
from incident.duty import words as unit_words
from incident.duty.unit_facts import change_unit
from tests.journeys.verbs.incidents import unit_says
from tests.journeys.verbs.steps import Step, Verbs, an_incident, nothing, two_units_at_work
from tests.room import START, Room


def _digit(digit: int) -> Step:
    return lambda room: room.do(unit_status.say_digit, room.units["TRC-1"], digit)


def _unit_verb(action: Callable[..., Any], *given: Any) -> Step:
    return lambda room: room.do(action, room.units["TRC-1"], *given)


def _silent(seconds: float) -> Step:
    """A unit is on scene, and so long nothing is heard of it."""

    def step(room: Room) -> None:
        if "first" not in room.known:
            two_units_at_work(room)
            room.do(actions.change_assignment, room.known["second"], "clear")
            room.do(actions.change_assignment, room.known["first"], "arrive")
        for _ in range(int(seconds // 100)):
            room.clock.on(100)
            rounds.step(room.post)

    return step


def _acknowledge_alarm(room: Room) -> None:
    with room.post.database.read() as conn:
        alarm = alarms.duty.board_cards(conn)["alarms"][0]["id"]
    room.do(alarms.acknowledge, alarm, by="dewi")


def _by_hand(room: Room) -> None:
    room.do(actions.move_unit, room.units["TRC-1"], 116.58, -8.51, by_hand=True)


_SHIFT = (START, START + dt.timedelta(hours=8))
VERBS: Verbs = {
    "unit: ready in the field": (nothing, _digit(8)),
    "unit: ready at its base": (_digit(8), _digit(1)),
    "unit: mayday without a task": (nothing, _digit(0)),
    "unit: mayday ends by its word": (_digit(0), _digit(1)),
    "unit: mayday is calmed": (_digit(0), _unit_verb(unit_status.calm, "Salah tekan")),
    "unit: out for a reason": (nothing, _unit_verb(unit_status.change_service, False, "ban pecah")),
    "unit: known otherwise": (nothing, lambda room: room.do(change_unit, room.units["TRC-1"], base="Selong")),
    "unit: mayday on its first task": (two_units_at_work, unit_says("mayday")),
    "unit: too long without a word": (two_units_at_work, lambda room: _silent(400)(room)),
    "unit: an alarm is taken on": (_silent(1500), _acknowledge_alarm),
    "unit: asked whether it is safe": (_silent(1100), _silent(200)),
    "unit: asked again": (_silent(1300), _silent(200)),
    "unit: silent": (_silent(1400), _silent(400)),
    "unit: safe again": (_silent(1900), _unit_verb(unit_status.say_safe, "voice")),
    "unit: safe in time": (_silent(1300), _unit_verb(unit_status.say_safe, "phone")),
    "unit: safe unasked": (nothing, _unit_verb(unit_status.say_safe, "phone")),
    "unit: a position by hand": (_silent(1300), lambda room: _by_hand(room)),
    "a person joins a crew": (nothing, _unit_verb(roster.join_crew, "Made", "driver")),
    "a person leaves a crew": (
        _unit_verb(roster.join_crew, "Made", "driver"),
        lambda room: room.do(roster.leave_crew, 1),
    ),
    "plan a shift": (nothing, _unit_verb(roster.plan_shift, *_SHIFT)),
    "strike a shift": (
        _unit_verb(roster.plan_shift, *_SHIFT),
        lambda room: room.do(roster.strike_shift, 1, "Salah hari"),
    ),
    "a kind of unit": (
        nothing,
        lambda room: room.do(unit_words.keep_kind, "drone", "Regu drone", "Drone team", None, 2),
    ),
    "a capability": (nothing, lambda room: room.do(unit_words.keep_capability, "fly", "terbang", "fly", ["sar"])),
    "send all": (
        an_incident,
        lambda room: room.do(sending.send_all, room.known["incident"], list(room.units.values())),
    ),
}
