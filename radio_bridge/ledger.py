"""How long this station was on the air in the last hour, and how long it still may be. Pure; time is an argument.

The law speaks of any hour, so it is a rolling one. A part of it is kept for the highest priority: a mayday must never
wait because the weather was chatted about.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

from radio_bridge.profiles import Profile

WINDOW_S = 3600.0
HELD_BACK_S = 60.0
"""A modem may hold a frame back this long while the channel is busy, so the airtime counts for that much longer."""

KEPT_FOR_P0 = 0.3
GRAIN_S = 60.0
"""Frames that end within this time count as one, until the last of them is an hour old: never too kind."""


class Ledger:
    """The book of one transmitter. `priority` 0 may use the whole hour, everybody else what is not kept for it."""

    def __init__(self, profile: Profile) -> None:
        self._hour_s = profile.hour_s
        self._spans: list[list[float]] = []  # [first end, last end, seconds on the air], oldest first
        self._used_s = 0.0
        self._as_of = -math.inf

    def may_key(self, duration_s: float, priority: int, now: float) -> bool:
        """Whether a frame of `duration_s` may go on the air now."""
        self._look(now)
        return self._used_s + duration_s <= self._limit_s(priority)

    def take(self, duration_s: float, priority: int, now: float) -> bool:
        """Write a frame into the book before it is keyed; False, and nothing written, when it may not be."""
        if not self.may_key(duration_s, priority, now):
            return False
        self._write(now + duration_s, duration_s)
        return True

    def free_at(self, duration_s: float, priority: int, now: float) -> float:
        """When a frame of `duration_s` may go if nothing else does meanwhile; infinity when never."""
        if self.may_key(duration_s, priority, now):
            return now
        limit_s, used_s = self._limit_s(priority), self._used_s
        for _, last, seconds in self._spans:
            used_s -= seconds
            if used_s + duration_s <= limit_s:
                # a hair later, so that whoever wakes then is not a rounding error too early
                return max(now, last + WINDOW_S + HELD_BACK_S) + 1e-3
        return math.inf

    def left_s(self, now: float, priority: int = 0) -> float:
        """Seconds on the air that are left to this priority just now."""
        self._look(now)
        return max(0.0, self._limit_s(priority) - self._used_s)

    def state(self) -> dict[str, Any]:
        """JSON-able; kept together with the counters, before a frame is keyed."""
        return {"as_of": None if self._as_of == -math.inf else self._as_of, "spans": self._spans}

    @classmethod
    def restored(cls, profile: Profile, state: Mapping[str, Any] | None, move_s: float = 0.0) -> Ledger:
        """The book that state() wrote, with every instant moved by `move_s`: how far a clock that began anew is off.

        Move so that no more time has passed than is certain: what a wall clock says of an absence is not.
        """
        ledger = cls(profile)
        if state and state["as_of"] is not None:
            ledger._as_of = state["as_of"]
            ledger._spans = [list(span) for span in state["spans"]]
            ledger._move(move_s)
        return ledger

    def _limit_s(self, priority: int) -> float:
        return self._hour_s * (1.0 if priority == 0 else 1.0 - KEPT_FOR_P0)

    def _look(self, now: float) -> None:
        """Forget what is older than an hour. A clock set back takes the book with it: no time has passed."""
        if now < self._as_of:
            self._move(now - self._as_of)
        self._as_of = now
        before = now - WINDOW_S - HELD_BACK_S
        old = sum(1 for span in self._spans if span[1] <= before)
        if old:
            self._spans = self._spans[old:]
            self._add_up()

    def _write(self, ends_at: float, duration_s: float) -> None:
        if self._spans and 0 <= ends_at - self._spans[-1][0] < GRAIN_S:
            span = self._spans[-1]
            span[1], span[2] = max(span[1], ends_at), span[2] + duration_s
        else:
            self._spans.append([ends_at, ends_at, duration_s])
        self._add_up()

    def _add_up(self) -> None:
        self._used_s = math.fsum(seconds for _, _, seconds in self._spans)

    def _move(self, by_s: float) -> None:
        self._as_of += by_s
        self._spans = [[first + by_s, last + by_s, seconds] for first, last, seconds in self._spans]
        self._add_up()
