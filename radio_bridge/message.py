"""Something of ours that others must have: who has it by now, and what goes on the air of it next. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import lru_cache
from typing import Any, get_args

from radio_bridge.radiogram import (
    EXPIRES_MAX_MIN,
    Alert,
    Asking,
    Cancel,
    Fragment,
    Level,
    Radiogram,
    Reporting,
    RollCall,
    Status,
)
from radio_bridge.radiogram.schema import TYPE_NUMBERS, decode
from radio_bridge.traffic import STATES, WAITING, quoted, ref_of, revision_of

VERBS = {Level.PRESENT: "heard", Level.HEARD: "heard", Level.SEEN: "seen", Level.READ_BACK: "read_back"}
"""What an answer does to the state; the state that follows has the same name."""

Reports = (*get_args(Reporting), Fragment)
"""What a receipt may be about."""


@dataclass
class Message:
    """An alert with its rounds, or a report with its tries."""

    uid: str
    type: int
    content: str
    """Hexadecimal, so that the spool can keep it."""
    destination: int
    states: dict[int, str]
    priority: int
    expires_at: float
    order: int
    due: float
    rounds: int = 0
    barren: int = 0
    """Rounds in a row that brought no new answer."""
    round_ends: float | None = None
    asked: list[int] = field(default_factory=list)
    """The roster of the round that is on."""
    slot_ms: int = 0
    closed: bool = False
    """Nothing more of it goes on the air; kept for late answers."""
    parts: list[str] = field(default_factory=list)
    """Of a text too long for one frame: the content of each part, hexadecimal. `content` is then the last of them."""
    parts_due: list[int] = field(default_factory=list)
    """Those that the addressee lacks, as far as we know, and that were not said since."""
    relayed: bool = False
    """The slots of this round are over, and the relays have their turn."""
    calling: bool = False
    """All devices have it or were given up; now persons are asked for."""

    @property
    def radiogram(self) -> Radiogram:
        """What goes on the air next."""
        return _radiogram(self.type, self.parts[self.parts_due[0]] if self.parts_due else self.content)

    @property
    def asks(self) -> bool:
        """Answered in slots by a roster?"""
        return self.type in (TYPE_NUMBERS[Alert], TYPE_NUMBERS[Cancel], TYPE_NUMBERS[RollCall])

    @property
    def waiting(self) -> tuple[int, ...]:
        return tuple(station for station, state in sorted(self.states.items()) if state in WAITING)

    @property
    def unseen(self) -> tuple[int, ...]:
        """Whose device has it, and no person that we know of."""
        return tuple(station for station, state in sorted(self.states.items()) if state == "heard")

    @property
    def rank(self) -> int:
        """Its priority in the queue: long texts and the question who has seen it break into nothing."""
        return 3 if self.is_patient else self.priority

    @property
    def is_patient(self) -> bool:
        """Goes after all others of its rank."""
        return self.calling or bool(self.parts)

    def step(self, station: int, verb: str) -> bool:
        """Did the state change?"""
        before = self.states[station]
        self.states[station] = STATES[before][verb]
        return self.states[station] != before

    def is_called(self, above: int) -> bool:
        """Whether persons are asked in rounds: to no more stations than `above` nobody needs to."""
        return len(self.states) > above and not isinstance(self.radiogram, RollCall)

    def kept(self) -> dict[str, Any]:
        """What a restart must not lose, as JSON-able values."""
        # by hand: asdict() takes 16 us a message, and this is written down before every frame
        return {**vars(self), "states": {**self.states}, "asked": [*self.asked]}


def recalled(kept: Mapping[str, Any]) -> Message:
    """What kept() wrote; JSON knows no numbers as keys."""
    return Message(**{**kept, "states": {int(station): state for station, state in kept["states"].items()}})


@lru_cache(maxsize=1024)
def _radiogram(type_number: int, content: str) -> Radiogram:
    """Every frame heard is compared with what we asked; with 500 queued, decoding anew each time costs seconds."""
    return decode(type_number, bytes.fromhex(content))


def with_time(radiogram: Asking, left_s: float) -> Asking:
    """Only time that is left goes on the air: field clocks are wrong."""
    if isinstance(radiogram, RollCall):
        return radiogram
    return replace(radiogram, expires_min=max(1, min(EXPIRES_MAX_MIN, int(left_s // 60))))


def outdates(newer: Message, older: Message) -> bool:
    """Two statuses of ours to the same station, of which the older must not arrive last."""
    said, before = newer.radiogram, older.radiogram
    if not isinstance(said, Status) or not isinstance(before, Status):
        return False
    return newer.destination == older.destination and said.outdates(before)


def replaces(newer: Radiogram, older: Radiogram) -> bool:
    """Whether the newer is a later revision of the same alert."""
    same = ref_of(older) == ref_of(newer)
    return not isinstance(older, RollCall) and same and revision_of(older) < revision_of(newer)


def gives_way(closed: Radiogram, newer: Radiogram) -> bool:
    """Would an answer to the one be taken for the other's, and is the newer no older revision of the same?"""
    same = ref_of(closed) == ref_of(newer) and quoted(closed) == quoted(newer)
    return same and revision_of(closed) <= revision_of(newer)
