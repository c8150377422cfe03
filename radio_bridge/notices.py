"""The change of keys as its commander tells it: said at once, said again, and to whoever still speaks in the old epoch.

Pure; time is an argument.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict
from typing import Any

from radio_bridge.errors import BadFrame, CannotSend
from radio_bridge.keying import Keying
from radio_bridge.radiogram import ALL, Key
from radio_bridge.traffic import Event

SAID_AFTER_S = (0.0, 10.0, 60.0, 300.0, 900.0, 3600.0)
"""Seconds after the change at which it is said: a station may be behind a hill for a while."""
BEHIND_EVERY_S = 60.0
"""A station that speaks in an old epoch is told, but no more often than this."""
REMIND_EVERY_S = 600.0
"""Before a round that asks stations of which we do not know that they followed, no more often than this."""
PRIORITY = 1


class Notices:
    """What the net is told about its keys, and in which epoch each station was heard last."""

    def __init__(self, keying: Keying) -> None:
        self._keying = keying
        self._key: Key | None = None
        self._due: list[float] = []
        self._said_at = -BEHIND_EVERY_S
        self.epochs: dict[int, int] = {}

    def begin(self, key: Key, now: float) -> None:
        """From the next free moment on the net speaks in this epoch.

        Raises CannotSend when it was not signed, and where this channel cannot carry it; then nothing was changed.
        """
        try:
            turned = self._keying.ring.turned(key)
        except BadFrame as bad:
            raise CannotSend(str(bad)) from None
        self._check_airtime(key, now)
        is_pending = key == self._key and bool(self._due)
        if turned != self._keying.ring and not is_pending:
            self._key, self._due = key, [now + after_s for after_s in SAID_AFTER_S]

    def _check_airtime(self, key: Key, now: float) -> None:
        config = self._keying.config
        lasts_s, longest_s = config.radiogram_s(key), config.profile.longest_key_up_s
        if lasts_s > longest_s or self._keying.lawful_at(key, PRIORITY, now) == math.inf:
            raise CannotSend(f"A change of keys would take {lasts_s:.1f} s on the air here, more than is allowed.")

    @property
    def leaving(self) -> tuple[int, ...]:
        """Stations that are put out by the newest change, from the moment it is known here, said or not."""
        return self._key.out if self._key else ()

    def heard(self, source: int, epoch: int, now: float) -> None:
        """A genuine frame of this station was sealed in this epoch."""
        self.epochs[source] = epoch
        if self._key and epoch < self._keying.ring.epoch and now - self._said_at >= BEHIND_EVERY_S:
            self._said_at = now
            self._due = [now, *self._due]

    def may_remind(self, now: float) -> bool:
        """Whether there was a change, and it was not said for a while."""
        return self._key is not None and now - self._said_at >= REMIND_EVERY_S

    def remind(self, asked: Iterable[int], now: float) -> None:
        """A round is about to ask these: whoever missed the change would be deaf to it, and to the next."""
        if any(self.epochs.get(station) != self._keying.ring.epoch for station in asked):
            self._said_at = now
            self._due = [now, *self._due]

    def frame(self, now: float) -> list[Event]:
        """The notice, when it is due and the slots of a round are over."""
        if self._key is None or not self._due or now < self._ready_at():
            return []
        try:
            self._check_airtime(self._key, now)
            return self._said(self._key, now)
        except CannotSend:  # the channel became another: it is carried here again where it can be said
            self._due = []
        except BadFrame:  # the root became another: the rest of the radio goes on
            self._key, self._due = None, []
        return []

    def _said(self, key: Key, now: float) -> list[Event]:
        if not self._keying.lawful(key, PRIORITY, now):
            self._due[0] = self._keying.lawful_at(key, PRIORITY, now)
            return []
        self._keying.ring = self._keying.ring.turned(key)
        self._due, self._said_at = self._due[1:], now
        return self._keying.transmit(key, ALL, now, priority=PRIORITY)

    def _ready_at(self) -> float:
        return max(self._due[0], self._keying.quiet_until)

    def wakes(self) -> Iterator[float]:
        """When there is something to say."""
        if self._due:
            yield self._ready_at()

    # the spool

    def state(self) -> dict[str, Any]:
        """JSON-able; nothing in it is secret."""
        key = asdict(self._key) if self._key else None
        told = {"key": key, "due": self._due, "said_at": self._said_at}
        return {"notices": told, "epochs": {str(source): epoch for source, epoch in self.epochs.items()}}

    def recall(self, state: Mapping[str, Any]) -> None:
        """As state() left it; states of older programs have nothing of it, and those of another root mean nothing."""
        if (state.get("ring") or {}).get("of") != self._keying.ring.state().get("of"):
            return
        self.epochs = {int(source): epoch for source, epoch in state.get("epochs", {}).items()}
        if told := state.get("notices"):
            self._key = _key_of(told["key"]) if told["key"] else None
            self._due, self._said_at = list(told["due"]), told["said_at"]

    def move_clock(self, by_s: float) -> None:
        """After a restart on a clock that began anew."""
        self._due, self._said_at = [due + by_s for due in self._due], self._said_at + by_s


def _key_of(saved: Mapping[str, Any]) -> Key:
    """JSON knows no tuples."""
    return Key(saved["epoch"], tuple(saved["out"]), tuple(saved["commanders"]), saved["signature"])
