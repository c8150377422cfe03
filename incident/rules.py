"""The tables a fire chief could read: life cycles, who may do what, and what each role sees. Pure."""

from collections.abc import Mapping
from typing import Any

CLASSES = ("normal", "ghost", "prank", "info")
PRIORITIES = ("P1", "P2", "P3", "P4")

# (state, verb) -> state of an incident
INCIDENT_LIFE = {
    ("new", "verify"): "verified",
    ("new", "respond"): "responding",
    ("verified", "respond"): "responding",
    ("new", "obstruct"): "obstructed",
    ("verified", "obstruct"): "obstructed",
    ("responding", "obstruct"): "obstructed",
    ("obstructed", "resume"): "responding",
    ("obstructed", "respond"): "responding",
    ("responding", "control"): "controlled",
    ("obstructed", "control"): "controlled",
    ("controlled", "respond"): "responding",
    ("new", "close"): "closed",
    ("verified", "close"): "closed",
    ("responding", "close"): "closed",
    ("controlled", "close"): "closed",
    ("obstructed", "close"): "closed",
    ("closed", "reopen"): "verified",
    ("responding", "respond"): "responding",
    **{
        (state, verb): state
        for state in ("new", "verified", "responding", "obstructed", "controlled", "closed")
        for verb in ("note", "feedback")
    },
    **{(state, "correct"): state for state in ("new", "verified", "responding", "obstructed", "controlled")},
}
INCIDENT_STATES = ("new", "verified", "responding", "obstructed", "controlled", "closed")
INCIDENT_VERBS = ("verify", "obstruct", "resume", "control", "close", "reopen", "note", "correct", "feedback")
OWN_VERBS = ("note", "correct", "feedback")  # each needs incident.<verb>; the others need incident.verb
OPEN_STATES = tuple(state for state in INCIDENT_STATES if state != "closed")

# (state, verb) -> state of an assignment; the digit is the one spoken on the radio
ASSIGNMENT_STATES = (
    "assigned",
    "acknowledged",
    "en_route",
    "on_scene",
    "transporting",
    "at_referral",
    "obstructed",
    "mayday",
    "cleared",
    "cancelled",
)
ACTIVE_STATES = ASSIGNMENT_STATES[:8]
_VERB_LEADS_TO = {
    "acknowledge": "acknowledged",
    "depart": "en_route",
    "arrive": "on_scene",
    "transport": "transporting",
    "deliver": "at_referral",
    "obstruct": "obstructed",
    "mayday": "mayday",
    "clear": "cleared",
    "cancel": "cancelled",
}
ASSIGNMENT_VERBS = tuple(_VERB_LEADS_TO)
_FORWARD = ("acknowledge", "depart", "arrive", "transport", "deliver")


def _assignment_life() -> dict[tuple[str, str], str]:
    """Forward steps may be skipped (a radio was out of reach); trouble may come and go at any time."""
    life = {}
    for verb, target in _VERB_LEADS_TO.items():
        for state in ACTIVE_STATES:
            back = verb in _FORWARD and state in ASSIGNMENT_STATES[:6] and _is_not_after(target, state)
            if state != target and not back:
                life[(state, verb)] = target
    return life


def _is_not_after(target: str, state: str) -> bool:
    return ASSIGNMENT_STATES.index(target) <= ASSIGNMENT_STATES.index(state)


ASSIGNMENT_LIFE = _assignment_life()
TIME_OF_VERB = {
    "acknowledge": "acknowledged_at",
    "depart": "en_route_at",
    "arrive": "on_scene_at",
    "transport": "transporting_at",
    "deliver": "at_referral_at",
    "clear": "cleared_at",
    "cancel": "cleared_at",
}
VERB_OF_DIGIT = {
    2: "acknowledge",
    3: "depart",
    4: "arrive",
    5: "transport",
    6: "deliver",
    7: "clear",
    9: "obstruct",
    0: "mayday",
}
POSTURE_OF_DIGIT = {1: "base", 8: "afield"}  # said without a task: ready at the base, ready in the field
DIGIT_OF_STATE = {
    "standby": 1,
    "afield": 8,
    "assigned": 1,
    "acknowledged": 2,
    "en_route": 3,
    "on_scene": 4,
    "transporting": 5,
    "at_referral": 6,
    "cleared": 7,
    "obstructed": 9,
    "mayday": 0,
}

DISPOSITIONS = ("handled", "referred", "no_action", "false_alarm", "duplicate", "obstructed")
OBSTACLE_REASONS = ("access", "equipment", "people", "authority", "weather", "other_agency", "other")

# role -> verbs, for every room
_READ = {"board.read", "incident.read", "journal.read", "unit.read", "alert.read", "radio.read", "place.read"}
_UNIT = {"assignment.verb", "unit.move"}
_CALL = {"call.record", "call.read", "incident.note", "incident.correct", "landmark.remember", "assessment.write"}
_CALL |= {"ring.take", "place_note.write"}
_CALL |= {"call.unmask", "incident.feedback", "task.write", "task.do", "attachment.write"}
_DISPATCH = {"assignment.create", "incident.verb", "incident.note", "alert.write", "alert.cancel", "radio.say"}
_DISPATCH |= {"incident.regroup", "incident.feedback", "task.write", "task.do"}
_DISPATCH |= {"time.correct"}
_DISPATCH |= {"alarm.acknowledge", "duty.plan"}
_DISPATCH |= {"incident.hear"}
_READ |= {"handover.read", "bulletin.read", "proposal.read"}
_DISPATCH |= {"handover.write", "decision.write"}
_DISPATCH |= {"bulletin.write", "proposal.decide"}
_DISPATCH |= {"contact.read", "contact.unmask"}
_DISPATCH |= {"clarification.write", "opening.change"}
_GROUND = {"zone.draw", "facility.manage"}
_SUPERVISE = {
    "contact.manage",
    "channel.read",
    "ring.lift",
    "number.hold",
    "status.declare",
    "card.manage",
    "figures.read",
}
_SUPERVISE |= {"clarification.approve", "message.settle"}
ROLE_VERBS: Mapping[str, frozenset[str]] = {
    "admin": frozenset(
        _READ
        | _CALL
        | _UNIT
        | _DISPATCH
        | _GROUND
        | _SUPERVISE
        | {"feed.manage"}
        | {
            "channel.manage",
            "person.manage",
            "alert.approve",
            "alert.acknowledge",
            "unit.manage",
            "system.read",
            "ground.manage",
        }
        | {"assessment.judge"}
    ),
    "coordinator": frozenset(
        _READ
        | _CALL
        | _UNIT
        | _DISPATCH
        | _GROUND
        | _SUPERVISE
        | {"alert.approve", "alert.acknowledge", "unit.manage", "system.read", "ground.manage"}
        | {"assessment.judge"}
    ),
    "dispatcher": frozenset(_READ | _CALL | _UNIT | _DISPATCH | _GROUND | {"alert.acknowledge", "figures.read"}),
    "call_taker": frozenset(_READ | _CALL),
    "field": frozenset({"board.read", "incident.read", "journal.read", "unit.read", "alert.read", "place.read"})
    | frozenset({"assignment.verb", "unit.move", "incident.note", "alert.acknowledge", "assessment.write"})
    | frozenset({"task.do", "attachment.write", "bulletin.read"}),
    "agency": frozenset({"board.read", "incident.read", "incident.note", "journal.read", "unit.read", "place.read"})
    | frozenset({"figures.read"})
    | frozenset({"assessment.write", "task.do", "attachment.write", "bulletin.read"}),
    "village": frozenset({"board.read", "incident.read", "journal.read", "place.read", "bulletin.read"}),
    "leader": frozenset(_READ | {"figures.read"}),
}
ROLES = tuple(ROLE_VERBS)
PUBLIC_VERBS = frozenset({"public"})

# role -> collection -> which cards: all, own, sent (approved, not a draft), none
# (what is drawn on the ground and where one finds help is everybody's to know)
# (so are the declared status and the news from outside; what rings is the desk's)
_GROUND_SEEN = {"zones": "all", "facilities": "all", "status": "all", "bulletins": "all"}
_ROOM_SEES = ("incidents", "units", "assignments", "alerts", "recipients", "lamps", "rings", "tasks", "alarms")
_ALL = dict.fromkeys((*_ROOM_SEES, "shifts", "proposals"), "all") | _GROUND_SEEN
ROLE_SEES: Mapping[str, Mapping[str, str]] = {
    "admin": _ALL,
    "coordinator": _ALL,
    "dispatcher": _ALL,
    "call_taker": _ALL,
    "leader": _ALL,
    "field": {
        "incidents": "own",
        "units": "all",
        "assignments": "own",
        "alerts": "sent",
        "recipients": "own",
        "lamps": "all",
        "shifts": "none",
        "proposals": "none",
        "rings": "none",
        "tasks": "own",
        "alarms": "own",
        **_GROUND_SEEN,
    },
    "agency": {
        "incidents": "own",
        "units": "own",
        "assignments": "own",
        "alerts": "none",
        "recipients": "none",
        "lamps": "all",
        "shifts": "none",
        "proposals": "none",
        "rings": "none",
        "tasks": "own",
        "alarms": "own",
        **_GROUND_SEEN,
    },
    "village": {
        "incidents": "own",
        "units": "none",
        "assignments": "none",
        "alerts": "none",
        "recipients": "none",
        "lamps": "none",
        "shifts": "none",
        "proposals": "none",
        "rings": "none",
        "tasks": "none",
        "alarms": "none",
        **_GROUND_SEEN,
    },
}
COLLECTIONS = tuple(_ALL)


def may(role: str | None, verb: str) -> bool:
    """Whether the role may do the verb; nobody (None) may only do what is public."""
    return verb in PUBLIC_VERBS or (role is not None and verb in ROLE_VERBS.get(role, frozenset()))


def next_state(life: Mapping[tuple[str, str], str], state: str, verb: str) -> str | None:
    """The state the verb leads to, or None where the table forbids it."""
    return life.get((state, verb))


def allowed_verbs(life: Mapping[tuple[str, str], str], state: str) -> list[str]:
    """The verbs possible in a state, in the table's order."""
    return [verb for (at, verb) in life if at == state and verb != "respond"]


def unit_state(
    active: list[Mapping[str, Any]], in_service: bool, posture: str = "base", is_mayday: bool = False
) -> str:
    """A unit's status, derived: mayday above all, else the newest active assignment's state, else how it stands by."""
    if is_mayday or any(one["state"] == "mayday" for one in active):
        return "mayday"
    if active:
        return str(max(active, key=lambda one: (one["assigned_at"], one["id"]))["state"])
    if not in_service:
        return "out_of_service"
    return "afield" if posture == "afield" else "standby"


FREE_STATES = ("standby", "afield")


# priority -> seconds from opening until a unit must be on its way, then on scene (Permendagri 114/2018: fire 15 min)
TARGETS_S = {"P1": (60, 900), "P2": (180, 1800), "P3": (900, 7200), "P4": (3600, 86400)}
