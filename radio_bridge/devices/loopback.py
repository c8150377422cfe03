"""A virtual radio channel of this machine: every process that opens the same path hears the others.

Whoever comes first carries the channel; when it dies, the next to reconnect takes over. Stations speak KISS to it, as
to a real TNC, and it behaves like one half-duplex channel: frames take their time, two at once destroy each other.
"""

import contextlib
import fcntl
import os
import selectors
import socket
import threading
import time
from collections import deque
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from typing import ClassVar
from urllib.parse import urlencode

from radio_bridge.devices import Address, Figures, figures_of
from radio_bridge.devices.kiss import Kiss
from radio_bridge.errors import BadFrame
from radio_bridge.framing import ax25, kiss
from radio_bridge.ports import short_name

SOCKET = "radio.sock"


@dataclass(frozen=True)
class Conditions:
    """loss: share of frames each listener misses, 0..1. timed: frames take as long as on the air."""

    loss: float = 0.0
    timed: bool = True
    seed: int | None = None


class Loopback(Kiss):
    """`loopback:`, `loopback:PATH`, with ?air=1200&txdelay=200&loss=0.3&time=0&seed=1 (the first to open decides).

    deaf=POSKO,TRC-2: between these and us stands a hill; we do not hear what they key.
    """

    options: ClassVar[frozenset[str]] = Kiss.options | {"loss", "time", "seed", "deaf"}

    def __init__(self, address: Address, folder: Path) -> None:
        self.path = Path(address.place or folder / SOCKET).absolute()
        super().__init__(Address("kiss+unix", str(self.path), address.options), folder)
        self._ether = Ether(self.path, figures_of(address), conditions_of(address))
        self._deaf = frozenset(filter(None, address.options.get("deaf", "").upper().split(",")))

    def open(self) -> None:
        self._ether.carry_if_nobody_does()
        super().open()

    def read(self) -> list[bytes]:
        return [frame for frame in super().read() if not self._deaf or _keyed_by(frame) not in self._deaf]

    def end(self) -> None:
        """Leave, and stop carrying the channel for the others."""
        self.close()
        self._ether.stop()


def _keyed_by(frame: bytes) -> str:
    """The call sign of whom we really hear: the last relay, or the sender; "" where the frame names nobody."""
    try:
        carrier = ax25.parse(frame)
    except BadFrame:
        return ""
    relays = [name.removesuffix("*") for name in carrier.path if name.endswith("*")]
    return [carrier.source, *relays][-1]


def conditions_of(address: Address) -> Conditions:
    """What the URL says about the channel."""
    seed = int(address.number("seed", 0)) if "seed" in address.options else None
    return Conditions(address.number("loss", 0.0), bool(address.number("time", 1)), seed)


@dataclass(eq=False)
class Tnc:
    """One station's modem on the channel."""

    joined: socket.socket
    decoder: kiss.KissDecoder = field(default_factory=kiss.KissDecoder)
    waiting: deque[bytes] = field(default_factory=deque)


@dataclass(eq=False)
class OnAir:
    """A frame while it is sent; `spoiled` when another was sent over it."""

    sender: Tnc
    frame: bytes
    ends_at: float
    spoiled: bool = False


class Ether:
    """The channel itself: a thread in one of the processes that use it."""

    def __init__(self, path: Path, figures: Figures, conditions: Conditions) -> None:
        self.path, self.figures, self.conditions = path, figures, conditions
        self._random = Random(conditions.seed)
        self._tncs: list[Tnc] = []
        self._on_air: list[OnAir] = []
        self._lock: int | None = None
        self._thread: threading.Thread | None = None
        self._stopping = False

    def carry_if_nobody_does(self) -> bool:
        """Become the carrier unless a living process is; answers whether we carry it now."""
        if self._thread is not None:
            return True
        self.path.parent.mkdir(parents=True, exist_ok=True)
        self._lock = _lock(self.path.with_name(self.path.name + ".lock"))
        if self._lock is None:
            return False
        self._door = self._listening()
        self._thread = threading.Thread(target=self._carry, name="ether", daemon=True)
        self._thread.start()
        return True

    def stop(self) -> None:
        """Leave the channel to the next."""
        self._stopping = True
        if self._thread is not None:
            self._thread.join(2)
        if self._lock is not None:
            os.close(self._lock)
        self._lock = self._thread = None

    def _listening(self) -> socket.socket:
        self.path.unlink(missing_ok=True)
        door = socket.socket(socket.AF_UNIX)
        with short_name(self.path) as name:
            door.bind(name)
        self.path.chmod(0o600)
        door.listen(64)
        door.setblocking(False)
        return door

    def _carry(self) -> None:
        with selectors.DefaultSelector() as ears, self._door:
            ears.register(self._door, selectors.EVENT_READ, None)
            while not self._stopping:
                for key, _ in ears.select(self._patience()):
                    self._admit(ears) if key.data is None else self._hear(ears, key.data)
                self._end_those_over(time.monotonic())
                self._begin(time.monotonic())
            for tnc in self._tncs:
                tnc.joined.close()

    def _patience(self) -> float:
        if not self._on_air:
            return 0.0 if any(tnc.waiting for tnc in self._tncs) else 0.2
        return min(0.2, max(0.0, min(one.ends_at for one in self._on_air) - time.monotonic()))

    def _admit(self, ears: selectors.BaseSelector) -> None:
        joined, _ = self._door.accept()
        joined.setblocking(False)
        tnc = Tnc(joined)
        self._tncs.append(tnc)
        ears.register(joined, selectors.EVENT_READ, tnc)

    def _hear(self, ears: selectors.BaseSelector, tnc: Tnc) -> None:
        received = b""
        with contextlib.suppress(OSError):
            received = tnc.joined.recv(4096)
        if received:
            tnc.waiting.extend(tnc.decoder.feed(received))
            return
        ears.unregister(tnc.joined)
        tnc.joined.close()
        self._tncs.remove(tnc)

    def _begin(self, now: float) -> None:
        """Who waits for a free channel begins at once, and so destroys whoever else does (persist 255)."""
        if self._on_air:
            return
        starting = [tnc for tnc in self._tncs if tnc.waiting]
        for tnc in starting:
            frame = tnc.waiting.popleft()
            self._on_air.append(OnAir(tnc, frame, now + self._lasts_s(frame), len(starting) > 1))
        if not self.conditions.timed:
            self._end_those_over(now)

    def _lasts_s(self, frame: bytes) -> float:
        return self.figures.lasts_s(len(frame)) if self.conditions.timed else 0.0

    def _end_those_over(self, now: float) -> None:
        over = [one for one in self._on_air if one.ends_at <= now]
        for one in over:
            self._on_air.remove(one)
            if not one.spoiled or not self.conditions.timed:
                self._deliver(one)

    def _deliver(self, one: OnAir) -> None:
        for tnc in self._tncs:
            if tnc is not one.sender and self._random.random() >= self.conditions.loss:
                # who does not read misses it, as on the air
                with contextlib.suppress(OSError):
                    tnc.joined.send(kiss.encode(one.frame))


def _lock(path: Path) -> int | None:
    """A lock that the kernel drops when we die, or None when another process holds it."""
    number = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(number, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(number)
        return None
    return number


def url_of(path: Path, **options: object) -> str:
    """The URL of a channel, for those who start a station on it."""
    return f"loopback:{path}" + (f"?{urlencode(options)}" if options else "")
