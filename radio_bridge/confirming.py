"""A person's answer is confirmed, so that the station of whoever pressed the key need not repeat it. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from radio_bridge.keying import Keying
from radio_bridge.message import VERBS, Message
from radio_bridge.radiogram import ALL, Ack, Level
from radio_bridge.traffic import Event, ref_of, revision_of


class Confirming:
    """Which persons' acks we owe a word about: those of one alert and one level go out in one frame."""

    def __init__(self, keying: Keying, messages: Mapping[str, Message]) -> None:
        self._keying, self._config, self._messages = keying, keying.config, messages
        self._owed: dict[str, dict[int, Level]] = {}
        """uid of the message -> station -> how far its person said it has come."""
        self._due = 0.0

    def owe(self, message: Message, station: int, level: Level, now: float) -> None:
        """A person's ack came."""
        # where many press, one frame confirms those of a while; each would take from what is kept for maydays
        gathers_s = self._config.call_pause_s if self._is_called(message) else self._config.confirm_s
        due = now + gathers_s  # sooner than one that waits for the law: this may be a mayday's
        self._due = min(self._due, due) if self._owed else due
        self._owed.setdefault(message.uid, {})[station] = level

    def frame(self, now: float) -> list[Event]:
        """All persons' acks of one alert and one level in one frame."""
        if not self._owed or now < max(self._due, self._keying.quiet_until):
            return []
        uid = min(self._owed, key=self._urgency)
        levels = self._owed[uid]
        level = max(levels.values())
        stations = tuple(sorted(station for station, reached in levels.items() if reached == level))
        if uid in self._messages and not self._may_go(uid, level, stations, now):
            return []
        self._owed[uid] = {station: reached for station, reached in levels.items() if reached != level}
        if not self._owed[uid]:
            del self._owed[uid]
        if uid not in self._messages:
            return []
        priority = self._messages[uid].priority
        return self._keying.transmit(*self._ack(uid, level, stations), now, priority=priority)

    def _urgency(self, uid: str) -> int:
        """A mayday's answers never wait behind others, for which the hour may have no room any more."""
        return self._messages[uid].priority if uid in self._messages else -1

    def _may_go(self, uid: str, level: Level, stations: tuple[int, ...], now: float) -> bool:
        ack, priority = self._ack(uid, level, stations)[0], self._messages[uid].priority
        if self._keying.lawful(ack, priority, now):
            return True
        self._due = self._keying.lawful_at(ack, priority, now)
        return False

    def _ack(self, uid: str, level: Level, stations: tuple[int, ...]) -> tuple[Ack, int]:
        """(the ack, its destination)"""
        message = self._messages[uid]
        radiogram = message.radiogram
        if self._is_called(message):  # somebody may have missed the last one; the bitmap has room for all
            reached = VERBS[level]
            stations = tuple(sorted({*stations, *(one for one, state in message.states.items() if state == reached)}))
        several = len(stations) > 1
        ack = Ack(ref_of(radiogram), revision_of(radiogram), level, stations if several else ())
        return ack, ALL if several else stations[0]

    def _is_called(self, message: Message) -> bool:
        return message.is_called(self._config.calls_above)

    def wakes(self) -> Iterator[float]:
        """When something of this side could be keyed."""
        if self._owed:
            yield max(self._due, self._keying.quiet_until)
