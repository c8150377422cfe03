"""A link without frames: the rig runs it as every other, and all that it keys is speech. No I/O.

What was queued as frames before the channel became one of people is given up aloud by the link beneath.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from random import Random
from typing import Any

from radio_bridge.errors import CannotSend
from radio_bridge.link import Link
from radio_bridge.profiles import Profile
from radio_bridge.radiogram import Level
from radio_bridge.traffic import Event, LinkConfig, Outgoing, Rejected, Transmit
from radio_bridge.voice.dtmf import answer_of
from radio_bridge.voice.net import VoiceNet


class VoiceLink(Link):
    """The centre's end of a net of handhelds. config.profile is the law of the channel, whatever it allows to data."""

    voice: VoiceNet

    @classmethod
    def begin(
        cls,
        config: LinkConfig,
        counters_state: Mapping[str, int] | None,
        random: Random,
        measure: Callable[[str], float],
        law: Profile | None = None,
    ) -> VoiceLink:
        """A link of a station without a past. measure: seconds of words; law: the channel's own profile."""
        link = cls(config, counters_state, random)
        link.voice = VoiceNet(config.callsign, law or config.profile, measure)
        return link

    @classmethod
    def on(
        cls,
        config: LinkConfig,
        state: Mapping[str, Any] | None,
        random: Random,
        measure: Callable[[str], float],
        law: Profile | None = None,
        now: float | None = None,
        away_s: float = 0.0,
        surely_s: float = 0.0,
    ) -> VoiceLink:
        """As Link.restore(). config: with a profile that lets nobody but people speak; law: the channel's own."""
        link = cls.restore(config, state, random, now, away_s, surely_s)
        assert isinstance(link, cls) and config.profile.content == "voice"
        link.voice = VoiceNet(config.callsign, law or config.profile, measure)
        if state and "voice" in state:
            by_s = 0.0 if now is None else now - away_s - state["as_of"]
            since_s = 0.0 if now is None else now - min(away_s, surely_s) - state["as_of"]
            link.voice.recall(state["voice"], state.get("ledger"), by_s, since_s)
        return link

    def state(self) -> dict[str, Any]:
        return {**super().state(), "voice": self.voice.state(), "ledger": self.voice.ledger_state()}

    def airtime_left_s(self, now: float, priority: int = 3) -> float:
        return self.voice.left_s(now, priority)

    def send(self, outgoing: Outgoing, now: float) -> list[Event]:
        return self.voice.send(outgoing, now)

    def acknowledge(self, key: str, level: Level, now: float) -> list[Event]:
        raise CannotSend("On this channel a person answers with the keys of a handheld.")

    def heard(self, frame: bytes, now: float) -> list[Event]:
        """An answer as the voice device reads it, `*12#1` or `*12#01`; anything else is nobody's."""
        answer = answer_of(frame.decode("ascii", "replace"))
        return [Rejected("foreign")] if answer is None else self.voice.heard(answer, now)

    def tick(self, now: float) -> list[Event]:
        """The link beneath has no voice: of what it says, nothing that would be keyed is passed on."""
        before = [event for event in super().tick(now) if not isinstance(event, Transmit)]
        return [*before, *self.voice.tick(now)]

    def keyed(self, now: float) -> list[Event]:
        self.voice.over(now)
        return []

    def begun(self, transmit: Transmit, now: float) -> None:
        """Speech is over when the device says so."""

    def next_wake(self, now: float) -> float | None:
        wakes = [wake for wake in (super().next_wake(now), self.voice.next_wake(now)) if wake is not None]
        return min(wakes, default=None)

    def progress(self, uid: str) -> dict[int, str]:
        one = self.voice.messages.get(uid)
        return dict(one.states) if one else super().progress(uid)
