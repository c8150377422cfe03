"""A radio channel in virtual time: loss, bursts, collisions, hidden stations. Same seed, same events."""

from __future__ import annotations

import heapq
import math
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from random import Random

from radio_bridge.link import Event, Link, Transmit

LOOK_BACK = 64
"""Flights that may still overlap one that ends: at most one for each of as many stations."""


@dataclass
class Flight:
    """One frame on the air, from key-up to the last bit, in seconds of virtual time."""

    source: int
    begins: float
    ends: float
    frame: bytes


@dataclass(frozen=True)
class Bursts:
    """Fading by Gilbert and Elliott: each path is good or bad for a while, and loses more when it is bad.

    good_s, bad_s: how long a path stays so on average. loss_bad: 0..1; while good the ether's own loss holds.
    """

    good_s: float = 8.0
    bad_s: float = 2.0
    loss_bad: float = 0.9

    @property
    def share_bad(self) -> float:
        """Of all time."""
        return self.bad_s / (self.good_s + self.bad_s)

    def chance_bad(self, was_bad: bool | None, since_s: float) -> float:
        """That a path is bad now, given how it was `since_s` ago; None when it was never looked at."""
        if was_bad is None:
            return self.share_bad
        forgotten = math.exp(-since_s * (1 / self.good_s + 1 / self.bad_s))
        return self.share_bad + (was_bad - self.share_bad) * forgotten


@dataclass
class Ether:
    """Stations that share one half-duplex channel.

    loss: chance 0..1 that a receiver misses a frame that nothing disturbed. deaf: pairs (speaker, listener) without
    a path. senses: whether a station that hears another waits until it is silent, as a real modem does.
    """

    random: Random
    loss: float = 0.0
    deaf: frozenset[tuple[int, int]] = frozenset()
    now: float = 0.0
    links: dict[int, Link] = field(default_factory=dict)
    log: list[tuple[float, int, Event]] = field(default_factory=list)
    flights: list[Flight] = field(default_factory=list)
    listener: Callable[[float, int, Event], None] | None = None
    bursts: Bursts | None = None
    senses: bool = False
    _agenda: list[tuple[float, int, Callable[[], None]]] = field(default_factory=list)
    _planned: int = 0
    _wakes: dict[int, tuple[Link, float]] = field(default_factory=dict)
    """station -> (whose wake this is, when); asked anew only after something happened to it."""
    _paths: dict[tuple[int, int], tuple[float, bool]] = field(default_factory=dict)
    """(speaker, listener) -> (when, whether it was bad)."""

    def at(self, when: float, act: Callable[[], None]) -> None:
        """Do something at a moment: a person presses a key, a station loses power."""
        self._planned += 1
        heapq.heappush(self._agenda, (when, self._planned, act))

    def do(self, station: int, act: Callable[[Link], list[Event]]) -> None:
        """Let `station` act now, and put on the air what it transmits."""
        self._wakes.pop(station, None)
        for event in act(self.links[station]):
            self.log.append((self.now, station, event))
            if isinstance(event, Transmit):
                self._key(station, event)
            elif self.listener:
                self.listener(self.now, station, event)

    def run(self, until: float) -> None:
        """Play until virtual time `until`."""
        while (moment := self._next_moment()) <= until:
            self.now = max(self.now, moment)
            if self._agenda and self._agenda[0][0] <= self.now:
                heapq.heappop(self._agenda)[2]()
            else:
                self._wake()
        self.now = until

    def collisions(self) -> int:
        """Pairs of frames that overlapped, one after the other by their beginning."""
        flights = sorted(self.flights, key=lambda flight: flight.begins)
        pairs = zip(flights, flights[1:], strict=False)
        return sum(later.begins < earlier.ends for earlier, later in pairs)

    def busy_s(self) -> float:
        """Seconds in which at least one station was on the air."""
        total = until = 0.0
        for flight in sorted(self.flights, key=lambda flight: flight.begins):
            total += max(0.0, flight.ends - max(flight.begins, until))
            until = max(until, flight.ends)
        return total

    def _next_moment(self) -> float:
        planned = self._agenda[0][0] if self._agenda else math.inf
        return min(planned, min((self._wake_of(station) for station in self.links), default=math.inf))

    def _wake_of(self, station: int) -> float:
        link, known = self.links[station], self._wakes.get(station)
        if known is None or known[0] is not link:
            wake = link.next_wake(self.now)
            known = self._wakes[station] = (link, math.inf if wake is None else wake)
        return known[1]

    def _wake(self) -> None:
        for station in list(self.links):
            if self._wake_of(station) <= self.now:
                self.do(station, lambda link: link.tick(self.now))

    def _key(self, station: int, transmit: Transmit) -> None:
        begins = self._free_at(station) if self.senses else self.now
        flight = Flight(station, begins, begins + transmit.airtime_s, transmit.frame)
        self.flights.append(flight)
        self.at(flight.ends, lambda: self._land(flight))

    def _free_at(self, station: int) -> float:
        """When what this station hears is over. Who begins within the same moment still collides."""
        heard = (one for one in self.flights[-LOOK_BACK:] if (one.source, station) not in self.deaf)
        return max([self.now, *(one.ends for one in heard if one.begins < self.now)])

    def _land(self, flight: Flight) -> None:
        overlapping = [other for other in self.flights[-LOOK_BACK:] if _overlap(flight, other)]
        for station in [station for station in self.links if self._reaches(flight, station, overlapping)]:
            self.do(station, lambda link: link.heard(flight.frame, self.now))
        self.do(flight.source, lambda link: link.keyed(self.now))

    def _reaches(self, flight: Flight, station: int, others: Iterable[Flight]) -> bool:
        if station == flight.source or (flight.source, station) in self.deaf:
            return False
        if any(other.source == station or (other.source, station) not in self.deaf for other in others):
            return False
        return self.random.random() >= self._loss_now(flight.source, station)

    def _loss_now(self, source: int, station: int) -> float:
        if self.bursts is None:
            return self.loss
        before = self._paths.get((source, station))
        chance = self.bursts.chance_bad(before and before[1], self.now - (before[0] if before else 0.0))
        is_bad = self.random.random() < chance
        self._paths[source, station] = (self.now, is_bad)
        return self.bursts.loss_bad if is_bad else self.loss


def _overlap(flight: Flight, other: Flight) -> bool:
    return other is not flight and other.begins < flight.ends and flight.begins < other.ends
