"""The desk: what rings, whom to call back, numbers held back, the declared status, cards and times."""

from typing import Any

from incident.desk import arrivals, card_actions, holds, moments, statuses
from incident.desk.arrivals import KIND_OF_VERB as RING_KINDS
from incident.desk.arrivals import Said
from incident.desk.deck import built_in_text
from tests.journeys.verbs.steps import Step, Verbs, an_incident, nothing, remember, wait
from tests.room import START, Room


def _a_ring(room: Room) -> None:
    room.do(holds.place, "iseng", 1, phone="081200000000", by="komang")
    for phone in ("081200000000", "081234567321"):
        remember(room, ring=room.do(arrivals.announce, "asterisk", "112-1", phone, by="pbx")["ring"])


def _a_claim(room: Room) -> None:
    _a_ring(room)
    _ring("claim")(room)


def _a_lost_ring(room: Room) -> None:
    for _ in range(2):
        _a_ring(room) if "ring" not in room.known else _ring_again(room)
        _ring("dropped", by="pbx")(room)


def _ring_again(room: Room) -> None:
    remember(room, again=room.known["ring"], ring=room.do(arrivals.announce, "asterisk", phone="081234567321")["ring"])


def _a_call_back(room: Room) -> None:
    _a_ring(room)
    _ring("missed", by="pbx")(room)


def _ring(verb: str, by: str = "sari", **said: Any) -> Step:
    return lambda room: room.do(arrivals.change_ring, room.known["ring"], verb, Said(**said), by=by)


def _a_status(room: Room) -> None:
    _a_ring(room)
    _declare("siaga_darurat")(room)


def _declare(kind: str) -> Step:
    def step(room: Room) -> None:
        given = (kind, "SK 188/1/2026", START.date(), 14)
        remember(room, status=room.do(statuses.declare, *given, by="komang")["body"]["status"])

    return step


_SAID: dict[str, dict[str, Any]] = {
    "lift": {"why": "Sakit"},
    "close": {"why": "Sudah", "is_supervisor": True},
    "callback": {"result": "busy"},
}
_BEFORE = {"release": _a_claim, "lift": _a_claim, "callback": _a_call_back, "close": _a_call_back}
_OF_THE_TABLE = {
    f"ring: {verb}": (_BEFORE.get(verb, _a_ring), _ring(verb, **_SAID.get(verb, {}))) for verb in RING_KINDS
}
VERBS: Verbs = _OF_THE_TABLE | {
    "a ring": (nothing, _a_ring),
    "the same number again": (_a_lost_ring, _ring_again),
    "the same number lost again": (_a_call_back, _a_lost_ring),
    "the same number gets through": (_a_lost_ring, lambda room: (_ring_again(room), _ring("answer")(room))),
    "reached": (_a_call_back, _ring("callback", result="reached")),
    "a ring becomes a call": (_a_claim, lambda room: room.call(ring_id=room.known["ring"])),
    "a claim lapses": (_a_claim, wait(56)),
    "a ring without an end": (_a_ring, wait(301)),
    "a call-back too old": (_a_call_back, wait(86_401)),
    "a number is looked at": (_a_ring, lambda room: room.do(arrivals.unmask, room.known["ring"])),
    "a hold is lifted": (_a_ring, lambda room: room.do(holds.lift, 1, "Bukan iseng", by="komang")),
    "a hold runs out": (_a_ring, wait(3_601)),
    "declare": (_a_ring, _declare("tanggap_darurat")),
    "declare the next": (_a_status, _declare("tanggap_darurat")),
    "extend": (_a_status, lambda room: room.do(statuses.extend, room.known["status"], 7, "SK 2", by="komang")),
    "end a status": (_a_status, lambda room: room.do(statuses.end, room.known["status"], "Surut", by="komang")),
    "hand over to dispatch": (an_incident, lambda room: room.do(moments.hand_over, room.known["incident"], by="dewi")),
    "correct a time": (
        an_incident,
        lambda room: room.do(moments.correct, room.known["incident"], "t1", START, "salah jam", by="komang"),
    ),
    "change a card": (
        nothing,
        lambda room: room.do(card_actions.change, "banjir", built_in_text("banjir"), by="komang"),
    ),
    "restore a card": (
        lambda room: room.do(card_actions.change, "banjir", built_in_text("banjir"), by="komang"),
        lambda room: room.do(card_actions.restore, "banjir", by="komang"),
    ),
}
