"""A wake-up between processes of one machine: a datagram that says "look", never what happened.

A lost hint costs at most a second, because every reader also looks by itself.
"""

import contextlib
import os
import select
import socket
from pathlib import Path

FOLDER = "hints"


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


def tell(folder: Path, besides: str = "") -> None:
    """Wake everyone who listens, but not the ear named `besides`; an ear that is gone is removed."""
    try:
        place = os.open(folder / FOLDER, os.O_RDONLY | os.O_DIRECTORY)
    except FileNotFoundError:
        return
    try:
        _nudge_all(place, besides)
    finally:
        os.close(place)


def _nudge_all(place: int, besides: str) -> None:
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as mouth:
        mouth.setblocking(False)
        for name in os.listdir(place):
            if name != besides:
                _nudge(mouth, place, name)


def _nudge(mouth: socket.socket, place: int, name: str) -> None:
    """A full ear is awake anyway."""
    try:
        mouth.sendto(b"look", _short(place, name))
    except ConnectionRefusedError:
        with contextlib.suppress(FileNotFoundError):
            os.unlink(name, dir_fd=place)
    except (BlockingIOError, FileNotFoundError, OSError):
        return


def _short(place: int, name: str) -> str:
    """A name that fits the kernel's 107 bytes however deep the folder is."""
    return f"/proc/self/fd/{place}/{name}"
