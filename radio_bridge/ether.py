"""A radio channel in virtual time: loss, collisions, stations that cannot hear each other. Same seed, same events."""

from __future__ import annotations

import heapq
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from random import Random

from radio_bridge.link import Event, Link, Transmit


@dataclass
class Flight:
    """One frame on the air, from key-up to the last bit, in seconds of virtual time."""

    source: int
    begins: float
    ends: float
    frame: bytes


@dataclass
class Ether:
    """Stations that share one half-duplex channel.

    loss: chance 0..1 that a receiver misses a frame that nothing disturbed. deaf: pairs (speaker, listener) without
    a path. No carrier sense: a real TNC does a little better.
    """

    random: Random
    loss: float = 0.0
    deaf: frozenset[tuple[int, int]] = frozenset()
    now: float = 0.0
    links: dict[int, Link] = field(default_factory=dict)
    log: list[tuple[float, int, Event]] = field(default_factory=list)
    flights: list[Flight] = field(default_factory=list)
    listener: Callable[[float, int, Event], None] | None = None
    _agenda: list[tuple[float, int, Callable[[], None]]] = field(default_factory=list)
    _planned: int = 0

    def at(self, when: float, act: Callable[[], None]) -> None:
        """Do something at a moment: a person presses a key, a station loses power."""
        self._planned += 1
        heapq.heappush(self._agenda, (when, self._planned, act))

    def do(self, station: int, act: Callable[[Link], list[Event]]) -> None:
        """Let `station` act now, and put on the air what it transmits."""
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
        """Pairs of frames that overlapped."""
        pairs = zip(self.flights, self.flights[1:], strict=False)
        return sum(later.begins < earlier.ends for earlier, later in pairs)

    def _next_moment(self) -> float:
        planned = self._agenda[0][0] if self._agenda else float("inf")
        wakes = (link.next_wake(self.now) for link in self.links.values())
        return min([planned, *(wake for wake in wakes if wake is not None)])

    def _wake(self) -> None:
        for station, link in list(self.links.items()):
            wake = link.next_wake(self.now)
            if wake is not None and wake <= self.now:
                self.do(station, lambda link: link.tick(self.now))

    def _key(self, station: int, transmit: Transmit) -> None:
        flight = Flight(station, self.now, self.now + transmit.airtime_s, transmit.frame)
        self.flights.append(flight)
        self.at(flight.ends, lambda: self._land(flight))

    def _land(self, flight: Flight) -> None:
        overlapping = [other for other in self.flights[-64:] if _overlap(flight, other)]
        for station in [station for station in self.links if self._reaches(flight, station, overlapping)]:
            self.do(station, lambda link: link.heard(flight.frame, self.now))
        self.do(flight.source, lambda link: link.keyed(self.now))

    def _reaches(self, flight: Flight, station: int, others: Iterable[Flight]) -> bool:
        if station == flight.source or (flight.source, station) in self.deaf:
            return False
        if any(other.source == station or (other.source, station) not in self.deaf for other in others):
            return False
        return self.random.random() >= self.loss


def _overlap(flight: Flight, other: Flight) -> bool:
    return other is not flight and other.begins < flight.ends and flight.begins < other.ends
