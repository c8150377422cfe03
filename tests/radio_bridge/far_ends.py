"""What sits at the other end of each device of the register: it records all it is given and says what it is told to.

A new device needs a far end here, by its name in the register; the conformance suite (test_devices.py) then tests it.
"""

import contextlib
import os
import socket
import threading
import time
from pathlib import Path
from typing import Protocol

from radio_bridge.devices import Device, make_device
from radio_bridge.framing import kiss
from tests.radio_bridge.rigs import FAST, LONG_S, Cable, wait_for


class FarEnd(Protocol):
    """A modem with its radio."""

    url: str
    raw: bytearray
    """Every byte it was ever given."""

    def plug(self) -> None:
        """Be there."""

    def unplug(self) -> float:
        """Be gone; answers when (time.monotonic)."""

    def keyed(self) -> list[bytes]:
        """The frames it would have put on the air by now."""

    def say(self, *frames: bytes) -> list[bytes]:
        """The bytes with which it tells that it heard these frames, to be given in pieces."""

    def give(self, some: bytes) -> None:
        """Give bytes to our port."""

    def close(self) -> None:
        """End."""


class OnCable:
    """Behind a serial cable; a thread takes what comes. Subclasses answer in `heard`."""

    options = f"{FAST}&baud=9600"

    def __init__(self, name: str, folder: Path) -> None:
        self.cable = Cable(folder / "usb-radio")
        self.url = f"{name}:{self.cable.link}{self.options}"
        self.raw = bytearray()
        self.is_stuck = False
        self._is_over = False
        self._thread = threading.Thread(target=self._take, daemon=True)
        self._thread.start()

    def plug(self) -> None:
        self.cable.plug()

    def unplug(self) -> float:
        self.cable.unplug()
        return self.cable.unplugged_at

    def give(self, some: bytes) -> None:
        self.cable.write(some)

    def heard(self, some: bytes) -> None:
        """Bytes came from Posko."""

    def _take(self) -> None:
        while not self._is_over:
            some = b"" if self.is_stuck or self.cable.master < 0 else self.cable.read()
            if some:
                self.raw += some
                self.heard(some)
            else:
                time.sleep(0.003)

    def close(self) -> None:
        self._is_over = True
        self._thread.join(LONG_S)
        if self.cable.master >= 0:
            self.cable.unplug()


class KissOnCable(OnCable):
    """A plain TNC: it keys data frames and never says a word of its own."""

    def keyed(self) -> list[bytes]:
        return kiss.KissDecoder().feed(bytes(self.raw))

    def say(self, *frames: bytes) -> list[bytes]:
        return [kiss.encode(frame) for frame in frames]


class KissOnSocket:
    """A TNC program."""

    def __init__(self, name: str, folder: Path) -> None:
        self._door = socket.create_server(("127.0.0.1", 0), reuse_port=True)
        self._port = self._door.getsockname()[1]
        self.url = f"{name}:127.0.0.1:{self._port}{FAST}"
        self.raw = bytearray()
        self._joined: socket.socket | None = None
        self._is_over = False
        self._thread = threading.Thread(target=self._take, daemon=True)
        self._thread.start()
        self._door.close()
        self._listens: socket.socket | None = None

    def plug(self) -> None:
        self._listens = socket.create_server(("127.0.0.1", self._port), reuse_port=True)
        self._listens.setblocking(False)

    def unplug(self) -> float:
        gone = time.monotonic()
        for end in (self._listens, self._joined):
            if end is not None:
                end.close()
        self._listens = self._joined = None
        return gone

    def _take(self) -> None:
        while not self._is_over:
            with contextlib.suppress(OSError, AttributeError):
                if self._joined is None:
                    joined, _ = self._listens.accept()
                    joined.settimeout(0.005)
                    self._joined = joined
                else:
                    self._take_some(self._joined)
                    continue
            time.sleep(0.001)

    def _take_some(self, joined: socket.socket) -> None:
        some = joined.recv(4096)
        self.raw += some
        self.heard(some)
        if not some:
            joined.close()
            self._joined = None

    def heard(self, some: bytes) -> None:
        """Bytes came from Posko."""

    def keyed(self) -> list[bytes]:
        return kiss.KissDecoder().feed(bytes(self.raw))

    def say(self, *frames: bytes) -> list[bytes]:
        return [kiss.encode(frame) for frame in frames]

    def give(self, some: bytes) -> None:
        wait_for(lambda: self._joined)
        assert self._joined is not None
        self._joined.sendall(some)

    def close(self) -> None:
        self._is_over = True
        self._thread.join(LONG_S)
        self.unplug()


class DirewolfOnSocket(KissOnSocket):
    """direwolf, which answers two questions about itself."""

    def heard(self, some: bytes) -> None:
        if b"\x06TNC:" in some:
            self.give(b"\xc0\x06DIREWOLF 1.6\xc0")
        if b"\x06TXBUF:" in some:
            self.give(b"\xc0\x06TXBUF:0\xc0")


class Channel:
    """The virtual channel, with another station on it."""

    def __init__(self, name: str, folder: Path) -> None:
        self.url = f"{name}:{folder}/air{FAST}&time=0"
        self.raw = bytearray()
        self._folder = folder
        self._other: Device | None = None
        self._keyed: list[bytes] = []

    def plug(self) -> None:
        self._other = make_device(self.url, self._folder)
        self._other.open()

    def unplug(self) -> float:
        gone = time.monotonic()
        if self._other is not None:
            self._other.end()  # type: ignore[attr-defined]
        self._other = None
        return gone

    def keyed(self) -> list[bytes]:
        if self._other is not None:
            self._keyed += self._other.read()
        return self._keyed

    def say(self, *frames: bytes) -> list[bytes]:
        return [kiss.encode(frame) for frame in frames]

    def give(self, some: bytes) -> None:
        assert self._other is not None
        self._other._opened().write_all(some)  # type: ignore[attr-defined]

    def close(self) -> None:
        self.unplug()


def far_ends() -> dict[str, type]:
    """name in the register -> what sits behind it"""
    from tests.radio_bridge.fake_meshtastic import MeshtasticBoard
    from tests.radio_bridge.fake_rylr import RylrModule

    return {
        "direwolf": DirewolfOnSocket,
        "kiss+serial": KissOnCable,
        "kiss+socket": KissOnSocket,
        "loopback": Channel,
        "meshtastic": MeshtasticBoard,
        "rylr": RylrModule,
    }


def in_pieces(some: bytes, sizes: list[int]) -> list[bytes]:
    """`some` cut up: the sizes are used in turn."""
    pieces, at = [], 0
    while at < len(some):
        size = max(1, sizes[len(pieces) % len(sizes)])
        pieces.append(some[at : at + size])
        at += size
    return pieces


def open_files() -> int:
    """How many files this process has open."""
    return len(os.listdir("/proc/self/fd"))
