"""Whether and when this station may be on the air: the hour's book, the counters, the call sign, the others' slots.

Pure; time is an argument. Both sides of a link speak through transmit(), and nothing else reaches the air.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from random import Random
from typing import Any

from radio_bridge import plain, wire
from radio_bridge.errors import CannotSend
from radio_bridge.framing import ax25
from radio_bridge.ledger import Ledger
from radio_bridge.radiogram import Asking, Radiogram
from radio_bridge.traffic import Event, LinkConfig, Transmit

COUNTER_BLOCK = 256
"""Counters are reserved in blocks, so that a restart skips some and never uses one twice."""

_RETRY_MAX_S = 32.0
_RETRY_EACH_S = 4.0
"""Of the pause between two tries: the most in a small net, and for each station of a large one. Fifty people who press
a key at once must not keep on destroying each other's answers, and the next alert with them."""
_IDENTIFY_EARLY_S = 60.0
"""The call sign is said this much before it must be, so that it need not break into a round of answers."""
_SILENT_S = 20.0
"""After this much silence we have finished, and say who it was."""


class Keying:
    """The one transmitter of a station and what limits it."""

    def __init__(self, config: LinkConfig, counters_state: Mapping[str, int] | None, random: Random) -> None:
        self.config, self.random = config, random
        self.ring = config.key_ring
        self.counter = (counters_state or {}).get("reserved_until", 0)
        self.reserved_until = self.counter + COUNTER_BLOCK
        self.ledger = Ledger(config.profile)
        self.identify: tuple[float, float] | None = None
        """When to say our call sign: (better, at the latest); None when we said nothing since."""
        self.quiet_until, self.quiet_priority = -math.inf, 3
        """Until then the slots of a round of this priority belong to those it asked."""
        self.on_air_until: float | None = None
        self.copies_s = 0.0
        """How long digipeaters go on with the last frame, until the modem or they themselves say more about it."""
        self.settled_at = -math.inf
        """Until then digipeaters key what was heard last: the channel is not free."""
        self.last_sealed = b""
        """What we keyed last, to know it when it comes back."""
        self.uid: str | None = None
        """Of the message in the last frame keyed, if it was one."""
        self.second_copy: Asking | None = None
        """What the frame on the air promised to say again; any other frame ends that."""
        self.crowd = 0
        """The most stations ever asked at once."""
        self.relay, self.relays = config.relay, config.relays
        """Whether we repeat for others, and the net's relays in the order in which they speak."""

    # -- the only way to the air -------------------------------------------------------------------------------

    def transmit(
        self, radiogram: Radiogram, destination: int, now: float, uid: str | None = None, priority: int = 3
    ) -> list[Event]:
        """Seal it and key it; whoever calls has asked lawful() before. uid: of the message it carries, if any."""
        config = self.config
        sealed = wire.seal(config.profile, radiogram, self.ring, config.station, destination, self._next_counter())
        self.uid, self.second_copy, self.last_sealed = uid, None, sealed
        events = self._key(self._wrap(sealed, ax25.DESTINATION), len(sealed), priority, now)
        self._plan_identity(now)
        return events

    def repeat(self, sealed: bytes, callsign: str, path: tuple[str, ...], priority: int, now: float) -> list[Event]:
        """Key another station's frame as it was sealed, with our call sign at the end of its path where it has one.

        Nothing when the hour has no room for it: it is not ours, and nobody counts on it.
        """
        named = (*path, f"{self.config.callsign}*") if self.config.carrier == "ax25" else ()
        n_bytes = len(sealed) + 7 * len(named)
        if not self.ledger.may_key(self.config.airtime_s(n_bytes) + self.identity_s(), priority, now):
            return []
        self.uid, self.second_copy = None, None
        frame = ax25.ui(callsign, ax25.DESTINATION, sealed, named) if named else sealed
        events = self._key(frame, n_bytes, priority, now)
        self._plan_identity(now)
        return events

    def _key(self, frame: bytes, sealed_bytes: int, priority: int, now: float) -> list[Event]:
        """The only way to the air; what the book has no room for is not keyed, whatever went wrong before."""
        duration_s = self.config.airtime_s(sealed_bytes)
        if not self.ledger.take(duration_s, priority, now):
            raise CannotSend("The hour's airtime is used up.")
        self.copies_s = self.config.copies_s(sealed_bytes, len(self.config.path))
        self.on_air_until = now + duration_s + self.copies_s
        return [Transmit(frame, duration_s, self.uid, copies_s=self.copies_s)]

    def _wrap(self, sealed: bytes, destination: str) -> bytes:
        if self.config.carrier != "ax25":
            return sealed
        return ax25.ui(self.config.callsign, destination, sealed, self.config.path)

    def _next_counter(self) -> int:
        counter = self.counter
        self.counter += 1
        if self.counter >= self.reserved_until:
            self.reserved_until += COUNTER_BLOCK
        return counter

    def is_on_air(self, now: float) -> bool:
        """Whether the last frame is still going out, as far as we know."""
        if self.on_air_until is not None and self.on_air_until <= now:
            self.on_air_until = None
        return self.on_air_until is not None

    def keyed(self, now: float) -> float:
        """The last frame is off our air: when the last copy of it will be off the air too."""
        settled_at, self.copies_s = now + self.copies_s, 0.0
        self.on_air_until = settled_at if settled_at > now else None
        return settled_at

    def settled(self, now: float) -> float:
        """When what was heard last, just now, is off the air with all its copies."""
        return max(now, self.settled_at)

    # -- the law -----------------------------------------------------------------------------------------------

    def lawful(self, radiogram: Radiogram, priority: int, now: float, copies: int = 1) -> bool:
        """Whether the hour has room for it, and afterwards still for our call sign."""
        needed_s = copies * self.config.radiogram_s(radiogram) + self.identity_s()
        return self.ledger.may_key(needed_s, priority, now)

    def lawful_at(self, radiogram: Radiogram, priority: int, now: float) -> float:
        """When it will be; infinity for what never will."""
        return self.ledger.free_at(self.config.radiogram_s(radiogram) + self.identity_s(), priority, now)

    def identity_s(self) -> float:
        """Airtime of our call sign; nothing where it need not be said."""
        every_s = self.config.profile.identify_every_s
        return self.config.airtime_s(len(plain.identity(self.config.callsign))) if every_s else 0.0

    def _plan_identity(self, now: float) -> None:
        """Once after the last word, and before the law's minutes are over."""
        every_s = self.config.profile.identify_every_s
        if every_s:
            latest = self.identify[1] if self.identify else now + every_s - self.config.profile.longest_key_up_s
            at_the_end = now + _SILENT_S + self.random.uniform(0, 8 * self.identity_s())
            self.identify = (min(at_the_end, latest - _IDENTIFY_EARLY_S), latest)

    def must_identify(self, now: float) -> bool:
        """Whether the law's minutes are over."""
        return self.identify is not None and now >= self.identify[1]

    def identity_frame(self, now: float) -> list[Event]:
        """Our call sign, when it is due."""
        if self.identify is None or now < self._identity_due(*self.identify):
            return []
        self.identify, self.uid, self.second_copy = None, None, None
        name = plain.identity(self.config.callsign)
        return self._key(self._wrap(name, wire.IDENTITY_DESTINATION), len(name), 0, now)

    def _identity_due(self, better: float, latest: float) -> float:
        """Not into the slots of others, unless the minutes are over."""
        return min(max(better, self.quiet_until), latest)

    # -- waiting -----------------------------------------------------------------------------------------------

    def keep_quiet(self, until: float, priority: int) -> None:
        """A round of this priority is on until then."""
        if until > self.quiet_until:
            self.quiet_until, self.quiet_priority = until, priority

    def free_at(self, now: float, priority: int) -> float:
        """When to try an unplanned transmission. The centre and a mayday go at once, the field spreads out."""
        if priority == 0 or self.config.station == 0:
            return now
        busy = now < self.quiet_until
        spread_s = self.config.channel_s(20) * (8 if busy else 1)
        return max(now, self.quiet_until) + self.random.uniform(0, spread_s)

    def retry_s(self, tries: int) -> float:
        """Time for the answer, then a pause that doubles, never the same for two stations."""
        answer_s = 3 * self.config.channel_s(20) + self.config.confirm_s
        longest_s = max(_RETRY_MAX_S, _RETRY_EACH_S * self.crowd)
        return answer_s + min(longest_s, 2.0 ** min(tries, 10)) * self.random.uniform(0.5, 1.5)

    def wakes(self) -> Iterator[float]:
        """When something of ours is due by itself."""
        if self.identify is not None:
            yield self._identity_due(*self.identify)

    # -- the spool ---------------------------------------------------------------------------------------------

    def move_clock(self, by_s: float) -> None:
        """All instants by so many seconds, except those in the book, which the law counts by itself."""
        self.identify = self.identify and (self.identify[0] + by_s, self.identify[1] + by_s)

    def recall(self, state: Mapping[str, Any]) -> None:
        """What a restart must not lose beside counters and book."""
        self.identify = tuple(state["identify"]) if state.get("identify") else None
        self.ring = self.ring.at(state.get("ring"))
