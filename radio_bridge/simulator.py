"""A net played in virtual time: who has which alert when, how full the channel is. Same seed, same bytes.

Pure: no clock, no port; the stations are the real links, only the ether between them is made up.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from random import Random
from typing import Any

from radio_bridge.errors import CannotSend
from radio_bridge.ether import Bursts, Ether
from radio_bridge.link import Acked, Event, Failed, Link, LinkConfig, Outgoing, Received, Rejected
from radio_bridge.profiles import get_profile
from radio_bridge.radiogram import STATION_LAST, Ack, Alert, Level, Place, Status

NET_STEP = 1000
"""Stations of net n are known to the ether as n x 1000 + station."""

LAYOUTS = ("open", "hidden", "line", "valley")
FIELD_STATUSES = (2, 3, 4, 7, 9)
REPORT_VALID_S = 1800.0
MOST_RELAYS = 8
"""As many as a frame can name on its way."""
_WIDE = (115.8, 117.0, -9.0, -8.2)  # west, east, south, north: where the made-up alerts happen


@dataclass(frozen=True)
class Scenario:
    """What is played. Rates are per hour; loss 0..1 for each listener and frame."""

    teams: int = 20
    nets: int = 1
    minutes: float = 60.0
    seed: int = 1
    loss: float = 0.1
    bursts: Bursts | None = None
    layout: str = "open"
    """open: all hear all. hidden: teams hear the centre only. line: each hears its two neighbours on either side
    and the centre hears all. valley: the centre stands at its mouth, and each hears its next neighbours only."""
    relays: tuple[int, ...] = ()
    """Teams of each net that repeat for others, in the order in which they speak."""
    senses: bool = True
    """Whether modems wait while they hear somebody."""
    service: str = "dinas"
    baud: int = 1200
    txdelay_ms: int = 200
    guard_ms: int = 60
    alerts: float = 4.0
    reports: float = 4.0
    """By each team."""
    press_s: float = 30.0
    """Seconds until a person presses the key, on average; 0: nobody ever does."""
    valid_min: float = 30.0
    urgent: float = 0.25
    """Share of the alerts that are of the highest priority."""

    def checked(self) -> Scenario:
        """Itself; CannotSend with a sentence when it cannot be played."""
        if not (1 <= self.teams <= STATION_LAST and 1 <= self.nets <= 255):
            raise CannotSend(f"A net has 1 to {STATION_LAST} teams, and there are 1 to 255 nets.")
        if self.layout not in LAYOUTS:
            raise CannotSend(f"{self.layout!r} is no layout; known are {', '.join(LAYOUTS)}.")
        teams_named = all(1 <= one <= self.teams for one in self.relays)
        if not teams_named or len(set(self.relays)) < len(self.relays) or len(self.relays) > MOST_RELAYS:
            raise CannotSend(f"Relays are at most {MOST_RELAYS} of the teams 1 to {self.teams}, each named once.")
        if get_profile(self.service).content == "voice":
            raise CannotSend(f"On {get_profile(self.service).words} only people speak; there is nothing to simulate.")
        return self


@dataclass
class Sent:
    """One alert of the scenario: when it was sent, and when each station had it, in seconds of virtual time."""

    net: int
    uid: str
    priority: int
    at: float
    rang: dict[int, float] = field(default_factory=dict)
    """station -> when the alert rang there; only the simulator can know."""
    heard: dict[int, float] = field(default_factory=dict)
    """station -> when the centre knew that the device has it."""
    seen: dict[int, float] = field(default_factory=dict)
    """station -> when the centre knew that a person saw it."""


class Play:
    """A scenario being played; run() to the end, then look at `sent` or story()."""

    def __init__(self, scenario: Scenario) -> None:
        self.scenario = scenario.checked()
        self._random = Random(scenario.seed)
        self.ether = Ether(
            Random(self._random.random()),
            scenario.loss,
            _deaf(scenario),
            bursts=scenario.bursts,
            senses=scenario.senses,
        )
        self.ether.listener = self._told
        self.sent: list[Sent] = []
        self._known: dict[tuple[int, str], Sent] = {}
        self.counts = {"reports": 0, "reports_arrived": 0, "rejected": 0, "unknown": 0, "refused": 0}
        for net in range(scenario.nets):
            self._join(net)
            self._plan(net)

    def run(self) -> None:
        """To the end of the last minute."""
        self.ether.run(60 * self.scenario.minutes)

    def _join(self, net: int) -> None:
        for station in range(self.scenario.teams + 1):
            link = Link(_config(self.scenario, net, station), None, Random(self._random.random()))
            self.ether.links[net * NET_STEP + station] = link

    def _plan(self, net: int) -> None:
        scenario = self.scenario
        for number, at in enumerate(self._moments(scenario.alerts)):
            self.ether.at(at, lambda n=number, t=at: self._alert(net, n, t))  # type: ignore[misc]
        for station in range(1, scenario.teams + 1):
            for number, at in enumerate(self._moments(scenario.reports)):
                self.ether.at(at, lambda s=station, n=number, t=at: self._report(net, s, n, t))  # type: ignore[misc]

    def _moments(self, per_hour: float) -> list[float]:
        """When something happens that comes by chance."""
        moments, at, end = [], 0.0, 60 * self.scenario.minutes
        while per_hour and (at := at + self._random.expovariate(per_hour / 3600)) < end:
            moments.append(at)
        return moments

    def _alert(self, net: int, number: int, at: float) -> None:
        west, east, south, north = _WIDE
        place = Place(round(self._random.uniform(west, east), 4), round(self._random.uniform(south, north), 4))
        priority = 0 if self._random.random() < self.scenario.urgent else self._random.choice((1, 1, 2))
        alert = Alert(number % (1 << 11), 0, priority, self._random.randrange(28), 2, 1, place)
        one = Sent(net, f"{net}/{number}", priority, at)
        teams = tuple(range(1, self.scenario.teams + 1))
        self.sent.append(one)
        self._known[net, one.uid] = self._known[net, f"0a{alert.ref}.0"] = one
        self._send(net, 0, Outgoing(one.uid, alert, teams, priority, at + 60 * self.scenario.valid_min))

    def _report(self, net: int, station: int, number: int, at: float) -> None:
        self.counts["reports"] += 1
        words = Status(self._random.choice(FIELD_STATUSES))
        self._send(net, station, Outgoing(f"{station}/{number}", words, (0,), 2, at + REPORT_VALID_S))

    def _send(self, net: int, station: int, outgoing: Outgoing) -> None:
        try:
            self.ether.do(net * NET_STEP + station, lambda link: link.send(outgoing, self.ether.now))
        except CannotSend:
            self.counts["refused"] += 1

    def _told(self, now: float, place: int, event: Event) -> None:
        net, station = divmod(place, NET_STEP)
        if isinstance(event, Received) and event.key:
            self._known[net, event.key].rang.setdefault(station, now)
            self._person(place, event.key)
        elif isinstance(event, Received):
            self.counts["reports_arrived"] += 1
        elif isinstance(event, Acked) and (one := self._known.get((net, event.uid))):
            one.heard.setdefault(event.station, now)
            if event.level >= Level.SEEN:
                one.seen.setdefault(event.station, now)
        elif isinstance(event, Failed):
            self.counts["unknown"] += 1
        elif isinstance(event, Rejected):
            self.counts["rejected"] += 1

    def _person(self, place: int, key: str) -> None:
        if self.scenario.press_s:
            at = self.ether.now + self._random.expovariate(1 / self.scenario.press_s)
            self.ether.at(at, lambda: self._press(place, key))

    def _press(self, place: int, key: str) -> None:
        try:
            self.ether.do(place, lambda link: link.acknowledge(key, Level.SEEN, self.ether.now))
        except CannotSend:  # replaced or forgotten meanwhile: the screen would say so
            self.counts["refused"] += 1

    # what it came to

    def story(self) -> dict[str, Any]:
        """All that happened as JSON-able values; seconds are rounded to milliseconds."""
        return {
            "seed": self.scenario.seed,
            "minutes": self.scenario.minutes,
            "alerts": [self._alert_story(one) for one in self.sent],
            "channel": self._channel_story(),
            "airtime_s": {str(place): round(s, 3) for place, s in sorted(self.airtimes().items())},
            "counts": dict(self.counts),
        }

    def _alert_story(self, one: Sent) -> dict[str, Any]:
        missing = [station for station in range(1, self.scenario.teams + 1) if station not in one.heard]
        return {
            "net": one.net,
            "uid": one.uid,
            "priority": one.priority,
            "at_s": round(one.at, 3),
            "rang_after_s": _after(one.rang, one.at),
            "heard_after_s": _after(one.heard, one.at),
            "seen_after_s": _after(one.seen, one.at),
            "missing": missing,
            "states": {str(station): state for station, state in self._states(one).items()},
        }

    def _states(self, one: Sent) -> dict[int, str]:
        return self.ether.links[one.net * NET_STEP].progress(one.uid)

    def _channel_story(self) -> dict[str, Any]:
        busy_s = self.ether.busy_s()
        return {
            "frames": len(self.ether.flights),
            "collisions": self.ether.collisions(),
            "busy_s": round(busy_s, 3),
            "busy_share": round(busy_s / (60 * self.scenario.minutes), 4),
        }

    def airtimes(self) -> dict[int, float]:
        """Place in the ether -> seconds on the air."""
        total = dict.fromkeys(self.ether.links, 0.0)
        for flight in self.ether.flights:
            total[flight.source] += flight.ends - flight.begins
        return total


def floor_s(config: LinkConfig, alert: Alert, teams: int) -> float:
    """The least time in which an alert and an ack of each team can be on one channel: their frames, and no gap."""
    return config.radiogram_s(alert) + teams * config.radiogram_s(Ack(alert.ref, alert.revision, Level.HEARD))


def key_of(net: int) -> bytes:
    """A key for a net that exists nowhere."""
    return bytes([net]) * 16


def _after(when: dict[int, float], since: float) -> dict[str, float]:
    return {str(station): round(at - since, 3) for station, at in sorted(when.items())}


def _config(scenario: Scenario, net: int, station: int) -> LinkConfig:
    return LinkConfig(
        net=net,
        station=station,
        callsign=f"SIM{net}-{station % 16}" if station % 16 else f"SIM{net}",
        keys={net: key_of(net)},
        epoch=1,
        baud=scenario.baud,
        txdelay_ms=scenario.txdelay_ms,
        guard_ms=scenario.guard_ms,
        profile=get_profile(scenario.service),
        relay=station in scenario.relays,
        relays=scenario.relays,
    )


def _deaf(scenario: Scenario) -> frozenset[tuple[int, int]]:
    """Who does not hear whom, in every net."""
    if scenario.layout == "open":
        return frozenset()
    in_valley = scenario.layout == "valley"
    stations = range(0 if in_valley else 1, scenario.teams + 1)
    nets: Iterable[int] = range(scenario.nets)
    reach = {"hidden": 0, "line": 2, "valley": 1}[scenario.layout]
    apart = [(a, b) for a in stations for b in stations if abs(a - b) > reach]
    return frozenset((n * NET_STEP + a, m * NET_STEP + b) for a, b in apart for n in nets for m in nets)
