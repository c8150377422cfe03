"""The relay: repeats for stations that the asker does not hear, and tells it who answered. Pure; time is given.

A frame goes out again as it was sealed, once from each relay, with our call sign at the end of its AX.25 path. A round
is repeated after its own slots; who hears it for the first time answers in slots counted from our copy, and one ack of
ours names all of them to the asker. What these stations say later, and what is said to them, is passed on too.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from hashlib import blake2s

from radio_bridge import wire
from radio_bridge.framing import posko
from radio_bridge.keying import Keying
from radio_bridge.ledger import WINDOW_S
from radio_bridge.radiogram import ALL, Ack, Asking, Level, Radiogram, RollCall
from radio_bridge.radiogram.schema import CONTENT_MAX, FRAME_OVERHEAD
from radio_bridge.traffic import Event, alarm_key, quoted, revision_of

IN_VAIN = 6
"""Copies of a round that brought nothing new before only every fourth round is repeated, and the asker waits for that
only when it hears one begin."""
TOLD_TWICE = 2
"""The asker may have missed our report; when it asks for the same stations again and again, it wants to know more, and
every fourth time is told again: both reports may have been lost."""
REMEMBERED = 256
"""Frames kept in mind, so that none is repeated twice."""
GAP_S = 0.1
"""Between the frame of one and our copy: both ends have to turn round."""
UNOPENED_EVERY_S = 10.0
"""Between two frames of one source that we pass on without a key to know whether they are genuine."""
UNOPENED_SHARE = 0.1
"""Of the hour's airtime, the most that goes to such frames: whoever makes them up must not use up the relay."""
UNOPENED_BYTES = CONTENT_MAX + FRAME_OVERHEAD
"""A text frame: nothing that a station says to the centre is longer."""
WAITS = 8
"""Copies that wait at once; more than that is a storm, and the oldest is let go."""


@dataclass(frozen=True)
class AsHeard:
    """A frame as it came: its sealed content, the call sign it names as its sender, and the relays it came by."""

    sealed: bytes
    callsign: str = ""
    path: tuple[str, ...] = ()
    to_come: int = 0
    """Digipeaters on its path that have not repeated it yet."""

    @property
    def hops(self) -> int:
        """Stations named on its path."""
        return len(self.path) + self.to_come

    @property
    def digest(self) -> bytes:
        return blake2s(self.sealed, digest_size=8).digest()


@dataclass
class _Round:
    """A round of somebody else's, as far as we can help it."""

    source: int
    words: Asking
    frame: AsHeard
    due: float
    """When to report or to repeat."""
    may_repeat: bool = True
    heard: set[int] = field(default_factory=set)
    """Who we heard, or heard of, as having it."""
    told: set[int] = field(default_factory=set)
    """Those that we named to the asker since it asked last."""
    reports: int = 0
    """Since somebody new answered."""
    asks: int = 1
    """How often the asker was heard to ask."""
    again: bool = False
    """The asker asks for the second time at least."""
    in_vain: int = 0
    known_before: int = 0

    @property
    def asked(self) -> set[int]:
        return set(self.words.roster)


@dataclass
class _Copy:
    """One frame that waits to be repeated."""

    frame: AsHeard
    due: float


class Relaying:
    """What a station with the role of a relay does beside its own business; for all others nothing."""

    def __init__(self, keying: Keying) -> None:
        self._keying, self._config = keying, keying.config
        self._rounds: dict[str, _Round] = {}
        self._copies: list[_Copy] = []
        self._repeated: dict[bytes, float] = {}
        """Digest of a frame -> how long its slots keep the channel, in s."""
        self._unopened: dict[int, float] = {}
        """Source -> when we last passed on a frame of it that only its addressee can open."""
        self._unopened_spent: list[tuple[float, float]] = []
        """(when, seconds on the air) of all of those in the last hour."""
        self.lost: set[int] = set()
        """Stations that the centre hears through us only, learned from who answers whom."""

    # -- hearing -----------------------------------------------------------------------------------------------

    def take(self, opened: posko.Opened, words: Radiogram, frame: AsHeard, now: float) -> None:
        """A genuine frame was heard for the first time."""
        if isinstance(words, Asking):
            self._remember(frame, len(words.roster) * words.slot_ms / 1000 + self._config.guard_ms / 1000)
        if not self._keying.relay:
            return
        if isinstance(words, Asking):
            self._take_round(opened, words, frame, now)
        elif isinstance(words, Ack) and words.level < Level.SEEN:
            self._take_answer(opened.header, words, now)
        else:
            self.pass_on(opened.header, frame, now)

    def pass_on(self, header: posko.Header, frame: AsHeard, now: float) -> None:
        """Words of one of those we help, or to one of them."""
        if self._concerns(header):
            self._queue(frame, now)

    def pass_unopened(self, header: posko.Header, frame: AsHeard, now: float) -> None:
        """Words that only their addressee can open: passed on within bounds, for anybody could have made them up."""
        lasts_s = self._config.airtime_s(len(frame.sealed))
        if not self._concerns(header) or not self._may_spend(header.source, len(frame.sealed), lasts_s, now):
            return
        if self._queue(frame, now):
            self._unopened[header.source] = now
            self._unopened_spent.append((now, lasts_s))

    def _concerns(self, header: posko.Header) -> bool:
        if not self._keying.relay or self._config.station in (header.source, header.destination):
            return False
        concerns = header.source in self.lost or header.destination in self.lost
        return concerns or bool(self.lost) and header.destination == ALL

    def _may_spend(self, source: int, n_bytes: int, lasts_s: float, now: float) -> bool:
        self._unopened_spent = [spent for spent in self._unopened_spent if spent[0] > now - WINDOW_S]
        spent_s = sum(seconds for _, seconds in self._unopened_spent)
        has_room = spent_s + lasts_s <= UNOPENED_SHARE * self._config.profile.hour_s
        is_soon = now - self._unopened.get(source, -UNOPENED_EVERY_S) < UNOPENED_EVERY_S
        return has_room and not is_soon and n_bytes <= UNOPENED_BYTES

    def copy_heard(self, frame: AsHeard, now: float) -> bool:
        """A frame that we had before came again: was it a relay's copy? Then its slots begin anew."""
        slots_s = self._repeated.get(frame.digest)
        if slots_s is None:
            return False
        if slots_s:
            self._keying.keep_quiet(self._keying.settled(now) + slots_s, 3)
        return True

    def _remember(self, frame: AsHeard, slots_s: float = 0.0) -> bool:
        """Whether it is new to us."""
        digest = frame.digest
        is_new = digest not in self._repeated
        self._repeated[digest] = max(slots_s, self._repeated.pop(digest, 0.0))
        while len(self._repeated) > REMEMBERED:
            del self._repeated[next(iter(self._repeated))]
        return is_new

    def _queue(self, frame: AsHeard, now: float) -> bool:
        """Whether it will be repeated."""
        if not self._may_go_further(frame) or not self._remember(frame):
            return False
        due = max(now, self._keying.quiet_until) + GAP_S + self._turn() * self._config.airtime_s(len(frame.sealed))
        self._copies = [*self._copies, _Copy(frame, due)][-WAITS:]
        return True

    def _may_go_further(self, frame: AsHeard) -> bool:
        return len(frame.path) < self._config.hops and f"{self._config.callsign}*" not in frame.path

    def _turn(self) -> int:
        """Relays that may hear the same frame speak one after the other."""
        relays = self._keying.relays
        return relays.index(self._config.station) if self._config.station in relays else 0

    def _take_round(self, opened: posko.Opened, words: Asking, frame: AsHeard, now: float) -> None:
        key, source = alarm_key(opened.header.source, words), opened.header.source
        before = self._rounds.get(key)
        copy_s = self._config.airtime_s(wire.length(self._config.profile, opened))
        ends = now + copy_s * words.again + self._repeated[frame.digest]
        report_s = self._report_s(words) if frame.path else 0.0
        due = ends + report_s + GAP_S + self._turn() * (copy_s + GAP_S)
        fresh = _Round(source, words, frame, due, self._may_go_further(frame))
        if before is not None:
            fresh.heard, fresh.in_vain, fresh.known_before = before.heard, before.in_vain, before.known_before
            fresh.reports, fresh.again, fresh.asks = before.reports, True, before.asks + 1
        self._rounds = {**{one: kept for one, kept in self._rounds.items() if one != key}, key: fresh}
        for old in list(self._rounds)[:-WAITS]:
            del self._rounds[old]

    def _report_s(self, words: Asking) -> float:
        return self._config.slot_ms(Ack(0, 0, Level.HEARD, words.roster)) / 1000

    def _take_answer(self, header: posko.Header, ack: Ack, now: float) -> None:
        for one in self._rounds.values():
            if quoted(ack) != quoted(one.words) or header.destination != one.source:
                continue
            new = {header.source, *ack.also} - one.heard - {self._config.station}
            one.heard |= new
            one.reports = 0 if new else one.reports
            if new and not one.may_repeat:  # our copy is out: what answers now, answers to it
                self.lost |= new
                one.due = max(now, self._keying.quiet_until) + GAP_S

    # -- keying ------------------------------------------------------------------------------------------------

    def frame(self, now: float) -> list[Event]:
        """The report, the copy of a round, or the copy of a word that is due."""
        if not self._keying.relay or now < self._keying.quiet_until:
            return []
        for one in self._rounds.values():
            if one.due <= now and (events := self._help(one, now)):
                return events
        return self._next_copy(now)

    def _help(self, one: _Round, now: float) -> list[Event]:
        if self._has_news(one):
            return self._report(one, now)
        missing = one.asked - one.heard - {self._config.station}
        if one.may_repeat and missing and self._is_worth_it(one):
            return self._repeat_round(one, now)
        one.due = float("inf")
        return []

    def _has_news(self, one: _Round) -> bool:
        """Somebody answered to our copy, or the asker asks again for those we heard."""
        known = (one.heard & one.asked) - one.told
        may_lack = bool(known & self.lost) or one.reports < TOLD_TWICE or one.asks % 4 == 0
        return bool(known) and (one.again or not one.may_repeat) and may_lack

    def _is_worth_it(self, one: _Round) -> bool:
        one.in_vain = 0 if len(one.heard) > one.known_before else one.in_vain + 1
        one.known_before = len(one.heard)
        # what a relay before us found worth it, we pass on: each with a fourth of its own would never meet
        return bool(one.frame.path) or one.in_vain <= IN_VAIN or one.in_vain % 4 == 0

    def _report(self, one: _Round, now: float) -> list[Event]:
        """All of those asked that have it, in one ack of ours."""
        level = Level.PRESENT if isinstance(one.words, RollCall) else Level.HEARD
        named = tuple(sorted(one.heard & one.asked))
        report = Ack(one.words.ref, revision_of(one.words), level, named)
        one.told |= set(named)
        one.reports += 1
        one.due = now + self._report_s(one.words) + GAP_S
        priority = one.words.priority
        if not self._keying.lawful(report, priority, now):
            return []
        return self._keying.transmit(report, one.source, now, priority=priority)

    def _repeat_round(self, one: _Round, now: float) -> list[Event]:
        one.may_repeat = False
        events = self._keying.repeat(one.frame.sealed, one.frame.callsign, one.frame.path, one.words.priority, now)
        if events:
            ends = (self._keying.on_air_until or now) + self._repeated[one.frame.digest]
            self._keying.keep_quiet(ends, one.words.priority)
            one.due = ends + GAP_S
        return events

    def _next_copy(self, now: float) -> list[Event]:
        due = next((copy for copy in self._copies if copy.due <= now), None)
        if due is None:
            return []
        self._copies.remove(due)
        return self._keying.repeat(due.frame.sealed, due.frame.callsign, due.frame.path, 3, now)

    def wakes(self) -> Iterator[float]:
        """When something of this side could be keyed."""
        if self._keying.relay:
            yield from (max(one.due, self._keying.quiet_until) for one in self._rounds.values())
            yield from (max(copy.due, self._keying.quiet_until) for copy in self._copies)
