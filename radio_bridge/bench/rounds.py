"""For `posko bench radio rounds`: numbers far apart, people who press at once, a valley with relays. Virtual time."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from functools import partial
from random import Random

from incident.bench.figures import Sheet, percentile
from radio_bridge.ether import Ether
from radio_bridge.link import Acked, Event, Link, LinkConfig, Outgoing, Received
from radio_bridge.radiogram import Alert, Level, Place

KEY = bytes(range(16))
ALERT = Alert(4711, 0, 1, 4, 3, 30, Place(116.5421, -8.6512))
VALID_S = 1800.0
WITHIN_S = 60.0
"""Every person presses the key within this time."""


class Rounds(Ether):
    """One alert from the centre to these teams; when the centre knew of each device and of each person."""

    def __init__(
        self, seed: int, loss: float, teams: Iterable[int], relays: tuple[int, ...] = (), reach: int = 1000
    ) -> None:
        self.teams = tuple(sorted(teams))
        everybody = (0, *self.teams)
        apart = frozenset((a, b) for a in everybody for b in everybody if abs(a - b) > reach)
        super().__init__(Random(seed), loss, apart, senses=bool(relays))
        self.heard: dict[int, float] = {}
        self.seen: dict[int, float] = {}
        self.pressed: dict[int, float] = {}
        self.presses = False
        self.listener = self._told
        for station in everybody:
            config = LinkConfig(1, station, f"SIM-{station % 16}", {1: KEY}, 1, relays=relays)
            self.links[station] = Link(replace(config, relay=station in relays), None, Random(f"{seed}/{station}"))

    def play(self, for_s: float) -> None:
        """Send it and let `for_s` pass."""
        self.do(0, lambda link: link.send(Outgoing("u", ALERT, self.teams, 1, VALID_S), 0.0))
        self.run(for_s)

    def _told(self, now: float, station: int, event: Event) -> None:
        if station == 0 and isinstance(event, Acked):
            (self.seen if event.level >= Level.SEEN else self.heard).setdefault(event.station, now)
        elif self.presses and isinstance(event, Received) and event.key:
            self.at(now + self.random.uniform(0, WITHIN_S), partial(self._press, station, event.key))

    def _press(self, station: int, key: str) -> None:
        self.pressed[station] = self.now
        self.do(station, lambda link: link.acknowledge(key, Level.SEEN, self.now))


def measure_rounds(sheet: Sheet, long: bool) -> None:
    """What the other parts do not ask: real numbers, real people, real valleys."""
    seeds = 300 if long else 30
    _far_apart(sheet, seeds)
    _persons(sheet, seeds)
    _valley(sheet, seeds)


def _far_apart(sheet: Sheet, seeds: int) -> None:
    for loss, goal in ((0.0, "<= 11.5 s"), (0.3, "<= 27 s"), (0.5, "<= 43 s")):
        took = []
        for seed in range(seeds):
            net = Rounds(seed, loss, Random(seed).sample(range(1, 201), 20))
            net.play(400)
            took.append(max(net.heard.values()) if len(net.heard) == 20 else VALID_S)
        sheet.add(
            f"twenty numbers far apart, {loss:.0%} loss: all confirmed, p95", percentile(took, 0.95), "s", goal=goal
        )


def _persons(sheet: Sheet, seeds: int) -> None:
    for name, is_open in (("all hear all", True), ("nobody hears another team", False)):
        waits: list[float] = []
        collisions = missing = 0
        for seed in range(seeds):
            net = Rounds(seed, 0.0, range(1, 21))
            net.deaf = frozenset() if is_open else frozenset((a, b) for a in net.teams for b in net.teams)
            net.presses = True
            net.play(300)
            waits += [net.seen[one] - net.pressed[one] for one in net.seen]
            collisions, missing = collisions + net.collisions(), missing + 20 - len(net.seen)
        told = f"twenty keys within a minute, {name}"
        sheet.add(f"{told}: known after, p95", percentile(waits, 0.95), "s")
        sheet.add(f"{told}: frames that overlapped; persons not known", collisions + missing, "", goal="0")


def _valley(sheet: Sheet, seeds: int) -> None:
    for loss, goal in ((0.0, "0"), (0.1, "0"), (0.2, "<= 0.01")):
        took, missing = [], 0
        for seed in range(seeds):
            net = Rounds(seed, loss, range(1, 6), relays=(1, 2, 3, 4), reach=1)
            net.play(VALID_S)
            missing += 5 - len(net.heard)
            took.append(max(net.heard.values()))
        told = f"five in a valley, each hears its neighbours, {loss:.0%} loss"
        sheet.add(f"{told}: all confirmed, p95", percentile(took, 0.95), "s")
        sheet.add(f"{told}: teams not confirmed", missing / (5 * seeds), "of all", goal=goal)
