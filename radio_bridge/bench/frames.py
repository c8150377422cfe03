"""For `posko bench radio`: frames that must not be believed, and a radio with nothing to do."""

import contextlib
import json
import logging
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory
from threading import Thread

import structlog

from gis.database import Database
from incident.config import Settings
from incident.post import Post
from incident.upgrade import upgrade
from radio_bridge import wire
from radio_bridge.bridge import Bridge
from radio_bridge.devices import make_device
from radio_bridge.framing import ax25
from radio_bridge.keyring import Card, Keyring
from radio_bridge.link import Acked, Confirmed, Link, LinkConfig, Outgoing, Received
from radio_bridge.profiles import Profile, get_profile
from radio_bridge.radiogram import Ack, Alert, Key, Level, Place, Position, Radiogram, Status, Text, Time
from radio_bridge.rig import Rig, link_config
from radio_bridge.spool import Spool

KEY = bytes(range(16))
"""The root of the measured net."""
REPORTER, HEARER, STOLEN, PUT_OUT = 2, 3, 5, 7
GENUINE: tuple[Radiogram, ...] = (
    Ack(4711, 0, Level.SEEN),
    Status(4, 4711, number=7),
    Text("air naik, 3 warga luka", number=8),
    Position(Place(116.5421, -8.6512), number=9),
)
ORDERS: tuple[Radiogram, ...] = (
    Alert(9, 0, 1, 4, 3, 30, Place(116.5421, -8.6512), roster=(HEARER, 4), slot_ms=540),
    Text("Kembali ke pos", number=5),
    Time(1_700_000_000),
)
RESTART_EVERY = 1000

_ROOT = Card.of_root(KEY, 1, 0)
CENTRE = Keyring(_ROOT)
CHANGE = CENTRE.change((PUT_OUT,))


def ring(station: int) -> Keyring:
    """The keys of a station as its card holds them, before any change."""
    return CENTRE if station == 0 else Keyring(_ROOT.hand_out(station))


class Victim:
    """A station that hears hostile frames, restarted again and again; the keys of its net were changed meanwhile."""

    def __init__(self, station: int, profile: Profile, seed: int) -> None:
        self.config = LinkConfig(1, station, f"POS-{station}", {}, 1, profile=profile, ring=ring(station))
        self.link = Link(self.config, None, Random(seed))
        self.genuine = _frames(profile) if station == 0 else _orders(profile)
        if station == 0:
            self.link.send(Outgoing("u", Alert(4711, 0, 1, 4, 3, 30), (1, 2, 3), 1, 1e9), 0.0)
        for frame in self.genuine:
            self.link.heard(frame, 0.0)
        self.link.keying.ring = self.link.keying.ring.turned(CHANGE)

    def restart(self, seed: int) -> None:
        """As after kill -9: from what it had written down."""
        self.link = Link.restore(self.config, json.loads(json.dumps(self.link.state())), Random(seed))

    def believes(self, frame: bytes, now: float) -> bool:
        """Whether anything came of it, or its seal was taken for genuine."""
        before = self.link.keying.ring, self.link._window.to_dict()
        events = self.link.heard(frame, now)
        told = any(isinstance(event, Received | Acked | Confirmed) for event in events)
        return told or before != (self.link.keying.ring, self.link._window.to_dict())


def accepted(tries: int, service: str, seed: int = 1) -> int:
    """How many of `tries` altered, forged or replayed frames a centre and a team believed."""
    profile, random = get_profile(service), Random(seed)
    victims, believed = (Victim(0, profile, seed), Victim(HEARER, profile, seed)), 0
    hostile = [_hostile(victim.genuine, profile, random) for victim in victims]
    for number in range(tries):
        which = number % len(victims)
        if number % RESTART_EVERY < len(victims):
            victims[which].restart(number)
        believed += victims[which].believes(next(hostile[which]), 1e-3 * number)
    return believed


def _frames(profile: Profile) -> list[bytes]:
    """What station 2 really said, in the first epoch."""
    return [_frame(profile, words, ring(REPORTER), REPORTER, 1000 + at) for at, words in enumerate(GENUINE)]


def _orders(profile: Profile) -> list[bytes]:
    """What the centre really said, in the first epoch and the second."""
    turned = CENTRE.turned(CHANGE)
    old = [_frame(profile, words, CENTRE, 0, 1000 + at) for at, words in enumerate(ORDERS)]
    return [*old, _frame(profile, CHANGE, turned, 0, 1010), _frame(profile, ORDERS[2], turned, 0, 1011)]


def _frame(profile: Profile, words: Radiogram, keys: Keyring, source: int, counter: int) -> bytes:
    return ax25.ui(f"TRC-{source}", ax25.DESTINATION, wire.seal(profile, words, keys, source, _to(source), counter))


def _to(source: int) -> int:
    return 0 if source else HEARER


def _hostile(heard: list[bytes], profile: Profile, random: Random) -> Iterator[bytes]:
    """Without end: recordings, altered bytes, and all that strangers and thieves can make."""
    forgers = [*_strangers(random), *_thieves()]
    while True:
        kind = random.randrange(8)
        if kind == 0:
            yield random.choice(heard)
        elif kind < 4:
            keys, sources = random.choice(forgers)
            source, counter = random.choice(sources), random.randrange(2000, 1 << 24)
            yield _frame(profile, _lie(keys, random), keys, source, counter)
        else:
            yield _altered(random.choice(heard), random)


Forger = tuple[Keyring, tuple[int, ...]]
"""The keys somebody has, and whom he pretends to be."""


def _strangers(random: Random) -> list[Forger]:
    """Nets of their own, with roots of their own."""
    everybody = (0, REPORTER, HEARER, STOLEN, PUT_OUT, 9)
    return [(Keyring(Card.of_root(random.randbytes(16), 1, 0)), everybody) for _ in range(20)]


def _thieves() -> list[Forger]:
    """A radio that was put out, in every epoch it can reckon; and one nobody misses yet, which speaks for others."""
    out = [(replace(ring(PUT_OUT), epoch=epoch), (REPORTER, PUT_OUT, STOLEN)) for epoch in (1, 2, 3)]
    commands = [(replace(keys, card=replace(keys.card, station=0)), (0,)) for keys, _ in out[1:]]
    missed = ring(STOLEN).turned(CHANGE)
    return [*out, *commands, (missed, (REPORTER, 9)), (replace(missed, commanders=(0, STOLEN)), (STOLEN,))]


def _lie(keys: Keyring, random: Random) -> Radiogram:
    """Something to say: an answer for others, a report, an order, a change of keys. Only a lie can be told by all."""
    if keys.card.station not in keys.commanders:
        return random.choice(GENUINE)
    return random.choice([*GENUINE, *ORDERS, Key(3, (), (0, keys.card.station), "5a" * 64), CHANGE])


def _altered(frame: bytes, random: Random) -> bytes:
    """Some bytes behind the addresses changed, added or taken away; never the same frame."""
    altered = bytearray(frame)
    while bytes(altered) == frame:
        for _ in range(random.randint(1, 4)):
            altered[random.randrange(ax25.OVERHEAD, len(altered))] ^= random.randint(1, 255)
        if random.random() < 0.1:
            altered = altered[: random.randrange(ax25.OVERHEAD, len(altered))] or altered
    return bytes(altered)


@contextlib.contextmanager
def quietly() -> Iterator[None]:
    """A port that opens is no news here."""
    before = structlog.get_config()
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.WARNING))
    try:
        yield
    finally:
        structlog.configure(**before)


def idle_percent(for_s: float) -> float:
    """Share of a processor that a radio with an open port and nothing to do takes, in percent."""
    with quietly(), TemporaryDirectory(prefix="posko-bench-") as name:
        folder = Path(name)
        device, spool = make_device("loopback:", folder), Spool(folder / "spool.db")
        rig = Rig(device, link_config(KEY.hex(), 0, "POSKO", device), spool)
        thread = rig.start()
        time.sleep(0.5)
        began, worked = time.perf_counter(), time.process_time()
        time.sleep(for_s)
        share = (time.process_time() - worked) / (time.perf_counter() - began)
        rig.stop()
        thread.join(5)
        getattr(device, "end", device.close)()
        spool.close()
    return 100 * share


def idle_bridge_percent(for_s: float) -> float:
    """The same of the whole bridge: the rig, and the desk that looks at the database twice a second."""
    with quietly(), TemporaryDirectory(prefix="posko-bench-") as name:
        settings = Settings(data=Path(name), radio="loopback:").filled()
        with contextlib.closing(Database(settings.database)) as database:
            upgrade(database)
            bridge = Bridge(Post(settings, database))
            thread = Thread(target=bridge.run)
            thread.start()
            time.sleep(2.0)
            began, worked = time.perf_counter(), time.process_time()
            time.sleep(for_s)
            share = (time.process_time() - worked) / (time.perf_counter() - began)
            bridge.stop()
            thread.join(10)
    return 100 * share
