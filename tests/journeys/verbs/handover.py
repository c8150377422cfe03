"""Shifts of the room and decisions of the meeting."""

import datetime as dt

from incident.handover import actions as handover
from tests.journeys.verbs.steps import Step, Verbs, an_incident, nothing, remember
from tests.room import Room


def _a_shift(room: Room) -> None:
    an_incident(room)
    ends_at = room.clock.now + dt.timedelta(hours=8)
    remember(room, shift=room.do(handover.start_shift, "Siang", ends_at, by="dewi")["body"]["shift"])


def _leave(room: Room) -> None:
    room.do(handover.leave_shift, room.known["shift"], "Pompa 2 rusak", by="dewi")


def _a_shift_that_left(room: Room) -> None:
    _a_shift(room)
    _leave(room)


def _sign(room: Room) -> None:
    with room.post.database.read() as conn:
        shift = handover.queries.find_shift(conn, room.known["shift"])
    assert shift is not None
    ends_at = room.clock.now + dt.timedelta(hours=8)
    room.do(handover.sign_shift, shift["id"], shift["hash"], "Malam", ends_at, by="komang")


def _a_decision(room: Room) -> None:
    an_incident(room)
    said = {"owner": "Dinsos", "incident_id": room.known["incident"]}
    remember(room, decision=room.do(handover.make_decision, "Buka dapur umum", **said)["body"]["decision"])


def _decide(verb: str) -> Step:
    return lambda room: room.do(handover.change_decision, room.known["decision"], verb, "Air surut")


def _a_decision_done(room: Room) -> None:
    _a_decision(room)
    _decide("done")(room)


_OF_THE_TABLE = {f"decision: {verb}": (_a_decision, _decide(verb)) for verb in ("done", "drop", "strike")}
VERBS: Verbs = _OF_THE_TABLE | {
    "start a shift": (nothing, _a_shift),
    "leave a shift": (_a_shift, _leave),
    "leave a shift once more": (_a_shift_that_left, _leave),
    "sign a shift": (_a_shift_that_left, _sign),
    "make a decision": (nothing, _a_decision),
    "decision: reopen": (_a_decision_done, _decide("reopen")),
}
