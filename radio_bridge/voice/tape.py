"""What was on the air lately, byte by byte, for the technician's monitor: a file that never grows large.

Only a hint of what happened: it is not synced, a full disk costs lines, and nothing is read back from it.
"""

import contextlib
import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

FILE = "radio_air.jsonl"
LARGEST = 256 * 1024
"""Bytes of the file before it makes room for the next; two of them are kept."""


class Tape:
    """Written by the process that owns the port; anybody may read along."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def note(self, way: str, frame: bytes, at: float) -> None:
        """way: "in" or "out". at: seconds since 1970. What goes wrong costs this line and nothing else."""
        with contextlib.suppress(OSError):
            with open(self.path, "a", opener=_private) as file:
                file.write(json.dumps({"at": round(at, 3), "way": way, "frame": frame.hex()}) + "\n")
                is_full = file.tell() > LARGEST
            if is_full:
                self.path.replace(_older(self.path))


class Follower:
    """Reads along: first what is there if asked for, then what comes."""

    def __init__(self, path: Path, from_start: bool = False) -> None:
        self.path, self._at, self._inode = path, 0, 0
        self._early = list(_lines(_older(path))) if from_start else []
        if not from_start:
            with contextlib.suppress(OSError):
                found = path.stat()
                self._at, self._inode = found.st_size, found.st_ino

    def read(self) -> list[dict[str, Any]]:
        """The whole lines that are new: {at, way, frame}; a line still being written waits for its end."""
        early, self._early = self._early, []
        return [*early, *self._new()]

    def _new(self) -> Iterator[dict[str, Any]]:
        try:
            with open(self.path, "rb") as file:
                number = os.fstat(file.fileno()).st_ino
                if number != self._inode:
                    self._at, self._inode = 0, number
                file.seek(self._at)
                whole, end, _ = file.read().rpartition(b"\n")
        except OSError:
            return
        self._at += len(whole) + len(end)
        yield from _read(whole)


def _older(path: Path) -> Path:
    return path.with_name(f"{path.name}.1")


def _lines(path: Path) -> Iterator[dict[str, Any]]:
    with contextlib.suppress(OSError):
        yield from _read(path.read_bytes())


def _read(lines: bytes) -> Iterator[dict[str, Any]]:
    """What is no whole line of ours is left out: the disk was full, or the power went."""
    for line in lines.splitlines():
        with contextlib.suppress(ValueError, KeyError, TypeError):
            told = json.loads(line)
            yield {"at": float(told["at"]), "way": str(told["way"]), "frame": bytes.fromhex(told["frame"])}


def _private(path: str, flags: int) -> int:
    return os.open(path, flags, 0o600)
