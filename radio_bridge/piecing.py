"""Long texts to us, part by part: what is lacking is asked for when their sender pauses. Pure; time is an argument."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from radio_bridge import wire
from radio_bridge.answering import AnsweringSide
from radio_bridge.fragments import Gathering
from radio_bridge.framing import posko
from radio_bridge.keying import Keying
from radio_bridge.radiogram import Fragment, Missing
from radio_bridge.traffic import Event

PRIORITY = 3
AFTER_THE_LAST_S = 0.2
"""The last part ends what its sender had to say: it waits for us."""


class Piecing:
    """Unfinished texts, and to whom we owe a word about what is lacking."""

    def __init__(self, keying: Keying, answering: AnsweringSide) -> None:
        self._keying, self._answering, self._config = keying, answering, keying.config
        self._gathering = Gathering()
        self._asks: dict[tuple[int, int, int], float] = {}
        """(source, number, mark) -> when to say what is lacking."""

    def take(self, opened: posko.Opened, part: Fragment, now: float) -> list[Event]:
        """A part came: the whole text if it was the last one lacking, a receipt if we have it all already."""
        source = opened.header.source
        if opened.header.destination != self._config.station:
            return []
        taken, asks_for = self._gathering.take(source, part, now), (source, part.number, part.mark)
        self._asks.pop(asks_for, None)
        if taken.text is not None:
            return self._answering.take_report(opened, taken.text, now)
        if taken.missing:
            self._asks[asks_for] = now + self._patience_s(opened, part)
        elif self._gathering.has(source, part):
            self._answering.owe_receipt(source, part.number)
        return []

    def _patience_s(self, opened: posko.Opened, part: Fragment) -> float:
        """While a sender goes on, the next part is heard within this time."""
        if part.part == part.last:
            return AFTER_THE_LAST_S
        part_s = self._config.channel_s(wire.length(self._config.profile, opened))
        return 2 * (part_s + self._config.between_parts_s())

    def frame(self, now: float) -> list[Event]:
        """What a text still lacks, said to its sender."""
        due = [one for one, at in self._asks.items() if at <= now]
        if not due or now < self._keying.quiet_until:
            return []
        source, number, mark = due[0]
        parts = self._gathering.missing(source, number).get(mark)
        if not parts:
            del self._asks[due[0]]
            return self.frame(now)
        lacking = Missing(number, mark, parts)
        if not self._keying.lawful(lacking, PRIORITY, now):
            self._asks[due[0]] = self._keying.lawful_at(lacking, PRIORITY, now)
            return []
        del self._asks[due[0]]
        return self._keying.transmit(lacking, source, now, priority=PRIORITY)

    def overdue(self, now: float) -> list[Event]:
        """Texts that will not be whole any more."""
        return list(self._gathering.overdue(now))

    def deadlines(self) -> Iterator[float]:
        """What is to be told also while a frame is on the air."""
        if (at := self._gathering.next_overdue()) is not None:
            yield at

    def wakes(self) -> Iterator[float]:
        """When something of this side could be keyed."""
        yield from (max(at, self._keying.quiet_until) for at in self._asks.values())

    # -- the spool ---------------------------------------------------------------------------------------------

    def move_clock(self, by_s: float) -> None:
        """All instants by so many seconds."""
        self._gathering.move_clock(by_s)

    def state(self) -> dict[str, Any]:
        """JSON-able. Whom we owe a word is not kept: the sender asks again."""
        return {"texts": self._gathering.state()}

    def recall(self, state: Mapping[str, Any]) -> None:
        """What state() wrote; states of older programs have nothing of it."""
        self._gathering = Gathering.restored(state.get("texts"))
