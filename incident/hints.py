"""A wake-up between processes of one machine: a datagram that says "look", never what happened.

A lost hint costs at most a second, because every reader also looks by itself.
"""

import contextlib
import os
import select
import socket
import time
from pathlib import Path

FOLDER = "hints"
SETTLED_NS = 1_000_000_000


class Listener:
    """One process's ear; `wait` returns early when someone tells."""

    def __init__(self, folder: Path, name: str):
        self.path = folder / FOLDER / name_of(name)
        self.path.parent.mkdir(parents=True, exist_ok=True)
        self.path.unlink(missing_ok=True)
        self.ear = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self.ear.setblocking(False)
        place = os.open(self.path.parent, os.O_RDONLY | os.O_DIRECTORY)
        try:
            self.ear.bind(_short(place, self.path.name))
        finally:
            os.close(place)

    def wait(self, timeout_s: float) -> bool:
        """Wait for a hint, at most timeout_s; True when one came. Swallows all that are waiting."""
        if not select.select([self.ear], [], [], timeout_s)[0]:
            return False
        with contextlib.suppress(BlockingIOError):
            while self.ear.recv(16):
                pass
        return True

    def close(self) -> None:
        self.ear.close()
        self.path.unlink(missing_ok=True)


def name_of(name: str) -> str:
    """What the ear of this process is called."""
    return f"{name}-{os.getpid()}"


def listen(folder: Path, name: str) -> Listener:
    """Open an ear in the folder of this installation."""
    return Listener(folder, name)


class Mouth:
    """Wakes everyone who listens in a folder; keeps its socket and the list of ears: it speaks after every commit."""

    def __init__(self, folder: Path, besides: str = ""):
        """Speak to the ears of this folder, but not to the one named `besides`."""
        self.folder, self.besides = folder / FOLDER, besides
        self._socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self._socket.setblocking(False)
        self._place = -1
        self._seen = 0  # when the folder last changed, nanoseconds
        self._ears: list[tuple[str, str]] = []  # (name, address)

    def tell(self) -> None:
        """Say "look" to every ear; one that is gone is removed."""
        if self._socket.fileno() < 0 or not self._opened():
            return
        changed = os.fstat(self._place).st_mtime_ns
        if changed != self._seen:
            names = os.listdir(self._place)
            self._ears = [(name, _short(self._place, name)) for name in names if name != self.besides]
            if time.time_ns() - changed > SETTLED_NS:  # a later ear may bear the same time
                self._seen = changed
        for name, address in self._ears:
            self._nudge(name, address)

    def _opened(self) -> bool:
        """Whether there is a folder; one that was made anew (a restore) is opened anew."""
        if self._place >= 0 and os.fstat(self._place).st_nlink == 0:
            self._shut()
        if self._place < 0:
            with contextlib.suppress(FileNotFoundError):
                self._place = os.open(self.folder, os.O_RDONLY | os.O_DIRECTORY)
        return self._place >= 0

    def _nudge(self, name: str, address: str) -> None:
        """A full ear is awake anyway."""
        try:
            self._socket.sendto(b"look", address)
        except ConnectionRefusedError:
            with contextlib.suppress(FileNotFoundError):
                os.unlink(name, dir_fd=self._place)
        except (BlockingIOError, FileNotFoundError, OSError):
            return

    def _shut(self) -> None:
        os.close(self._place)
        self._place, self._seen, self._ears = -1, 0, []

    def close(self) -> None:
        self._socket.close()
        if self._place >= 0:
            self._shut()


def tell(folder: Path, besides: str = "") -> None:
    """Wake everyone who listens, once."""
    with contextlib.closing(Mouth(folder, besides)) as mouth:
        mouth.tell()


def _short(place: int, name: str) -> str:
    """A name that fits the kernel's 107 bytes however deep the folder is."""
    return f"/proc/self/fd/{place}/{name}"
