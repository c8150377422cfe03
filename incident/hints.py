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
        self.path = folder / FOLDER / f"{name}-{os.getpid()}"
        self.path.parent.mkdir(parents=True, exist_ok=True)
        self.path.unlink(missing_ok=True)
        self.ear = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self.ear.setblocking(False)
        self.ear.bind(str(self.path))

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


def listen(folder: Path, name: str) -> Listener:
    """Open an ear in the folder of this installation."""
    return Listener(folder, name)


def tell(folder: Path) -> None:
    """Wake everyone who listens; an ear that is gone is removed, a full one is awake anyway."""
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as mouth:
        mouth.setblocking(False)
        for path in _ears(folder):
            _nudge(mouth, path)


def _ears(folder: Path) -> list[str]:
    try:
        return [entry.path for entry in os.scandir(folder / FOLDER)]
    except FileNotFoundError:
        return []


def _nudge(mouth: socket.socket, path: str) -> None:
    try:
        mouth.sendto(b"look", path)
    except ConnectionRefusedError:
        with contextlib.suppress(FileNotFoundError):
            os.unlink(path)
    except (BlockingIOError, FileNotFoundError, OSError):
        return
