"""For `posko bench radio`: frames that must not be believed, and a radio with nothing to do."""

import contextlib
import logging
import time
from collections.abc import Iterator
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory

import structlog

from radio_bridge import wire
from radio_bridge.devices import make_device
from radio_bridge.framing import ax25
from radio_bridge.link import Link, LinkConfig, Outgoing, Rejected
from radio_bridge.profiles import Profile, get_profile
from radio_bridge.radiogram import Ack, Alert, Level, Place, Radiogram, Status, Text
from radio_bridge.rig import Rig, link_config
from radio_bridge.spool import Spool

KEY, EPOCH = bytes(range(16)), 1
GENUINE: tuple[Radiogram, ...] = (
    Ack(4711, 0, Level.SEEN),
    Status(4, 4711, number=7),
    Text("air naik, 3 warga luka", number=8),
    Alert(9, 0, 1, 4, 3, 30, Place(116.5421, -8.6512), roster=(0, 1), slot_ms=540),
)
RESTART_EVERY = 1000


def accepted(tries: int, service: str, seed: int = 1) -> int:
    """How many of `tries` altered, forged or replayed frames a centre believed; it is restarted again and again."""
    profile, random = get_profile(service), Random(seed)
    config = LinkConfig(1, 0, "POSKO", {1: KEY}, EPOCH, profile=profile)
    centre = Link(config, None, Random(seed))
    centre.send(Outgoing("u", Alert(4711, 0, 1, 4, 3, 30), (1, 2, 3), 1, 1e9), 0.0)
    heard = _frames(profile)
    for frame in heard:
        centre.heard(frame, 0.0)
    hostile, believed = _hostile(heard, profile, random), 0
    for number in range(tries):
        if number % RESTART_EVERY == 0:
            centre = Link.restore(config, centre.state(), Random(number))
        events = centre.heard(next(hostile), 1e-3 * number)
        believed += not (events and isinstance(events[0], Rejected))
    return believed


def _frames(profile: Profile) -> list[bytes]:
    """What station 2 really said."""
    return [_frame(profile, words, KEY, 1000 + at) for at, words in enumerate(GENUINE)]


def _frame(profile: Profile, words: Radiogram, key: bytes, counter: int, epoch: int = EPOCH) -> bytes:
    return ax25.ui("TRC-2", ax25.DESTINATION, wire.seal(profile, words, 1, 2, 0, key, epoch, counter))


def _hostile(heard: list[bytes], profile: Profile, random: Random) -> Iterator[bytes]:
    """Without end: replays, other people's keys, old epochs, altered bytes."""
    while True:
        kind, frame = random.randrange(8), random.choice(heard)
        words, counter = random.choice(GENUINE), random.randrange(1, 1 << 24)
        if kind == 0:
            yield frame
        elif kind == 1:
            yield _frame(profile, words, random.randbytes(16), counter)
        elif kind == 2:
            yield _frame(profile, words, KEY, counter, EPOCH + 1)
        else:
            yield _altered(frame, random)


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
