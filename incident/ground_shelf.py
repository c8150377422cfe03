"""The shelf of files that came in for the map: each with its order, how far its import is, and what came of it.

A file lies in a folder of its own under POSKO_DATA until it is in or forgotten. Whoever works on it holds a lock there,
so that an import whose process died is known as such by every process, also after a restart.
"""

import fcntl
import os
import shutil
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any
from uuid import UUID

import orjson

from incident.errors import BadReport, NotFound, WrongState

FOLDER = Path("gis") / "imports"
KEPT = 12  # orders that are remembered
MOST_AT_ONCE = 3
KEEP_FREE = 200_000_000  # bytes left on the disk: the journal goes on being written
GRACE_S = 30.0  # until a process that was started must have taken its lock
WAITING, RUNNING, DONE, REFUSED, LOST = "waiting", "running", "done", "refused", "lost"
WORKER = "worker"  # the lock of whoever works on the file
Facts = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Order:
    """What is to be done with a file: `what` it holds, what it is called, who brought it (`at` epoch seconds), how."""

    uid: str
    what: str
    name: str
    by: str
    at: float
    wish: Facts = field(default_factory=dict)


class Shelf:
    """The files under one POSKO_DATA."""

    def __init__(self, data: Path):
        self._folder = data / FOLDER

    def folder_of(self, uid: str) -> Path:
        """The folder of an import; its name is a UUID, so that no path leads out of the shelf. Raises NotFound."""
        try:
            return self._folder / str(UUID(uid))
        except ValueError:
            raise NotFound("Pemasukan itu tidak ada.") from None

    # coming in

    def open(self, order: Order, most: int, pieces: Iterator[bytes]) -> bool:
        """Write a file of at most `most` bytes with its order, whole or not at all; false when it is here already."""
        folder = self.folder_of(order.uid)
        if folder.exists():
            self._require_same(order)
            return False
        self._require_room()
        draft = self._draft(order.uid)
        try:
            _write(draft / "upload", pieces, most)
            self._settle(draft, order)
            os.rename(draft, folder)
        finally:
            shutil.rmtree(draft, ignore_errors=True)
        return True

    def _require_same(self, order: Order) -> None:
        known = self.order(order.uid)
        if (known.what, known.by) != (order.what, order.by):
            raise BadReport("Kunci (uid) ini sudah dipakai untuk hal lain; kirim dengan kunci baru.", "uid")

    def _require_room(self) -> None:
        """A few may wait their turn; each is a process and a file on the disk."""
        under_way = sum(one["state"] in (WAITING, RUNNING) for one in self.listing())
        if under_way >= MOST_AT_ONCE:
            raise WrongState(f"Masih ada {under_way} berkas yang sedang dimasukkan; tunggu sampai selesai.", allowed=[])

    @staticmethod
    def _settle(folder: Path, order: Order) -> None:
        (folder / "order.json").write_bytes(orjson.dumps(asdict(order)))
        say(folder, WAITING)

    def again(self, uid: str, key: str, by: str, at: float, wish: Facts) -> bool:
        """The file of an import that was refused or lost, once more under another key; false when that is here."""
        if self.folder_of(key).exists():
            return False
        known, old = self.order(uid), self.folder_of(uid)
        if not self.state(uid)["can_repeat"]:
            raise NotFound("Berkas itu tidak disimpan lagi; unggah sekali lagi.")
        self._require_room()
        draft = self._draft(key)
        os.rename(old / "upload", draft / "upload")
        self._settle(draft, Order(key, known.what, known.name, by, at, {**known.wish, **wish}))
        os.rename(draft, self.folder_of(key))
        shutil.rmtree(old, ignore_errors=True)
        return True

    def _draft(self, uid: str) -> Path:
        """A fresh folder that nobody sees until it is renamed."""
        draft = self._folder / f".{UUID(uid)}"
        shutil.rmtree(draft, ignore_errors=True)
        draft.mkdir(mode=0o700, parents=True)
        return draft

    # what is here

    def order(self, uid: str) -> Order:
        """What was asked; raises NotFound."""
        try:
            return Order(**orjson.loads((self.folder_of(uid) / "order.json").read_bytes()))
        except (OSError, ValueError, TypeError):
            raise NotFound("Pemasukan itu tidak ada.") from None

    def state(self, uid: str) -> Facts:
        """How far it is: `state`, `done` and `of` while it runs, and what came of it."""
        order, folder = self.order(uid), self.folder_of(uid)
        told: Facts = orjson.loads((folder / "state.json").read_bytes())
        if told["state"] in (WAITING, RUNNING) and _is_orphan(folder):
            told = {"state": LOST}
        kept = (folder / "upload").exists()
        words = {"uid": order.uid, "what": order.what, "name": order.name, "by": order.by, "at": order.at}
        return {**words, **told, "can_repeat": kept and told["state"] in (REFUSED, LOST)}

    def listing(self) -> list[Facts]:
        """Every import that is remembered, the newest first; the oldest of those that are over are forgotten."""
        found = sorted((self.state(uid) for uid in self._uids()), key=lambda one: -one["at"])
        for one in found[KEPT:]:
            if one["state"] not in (WAITING, RUNNING):
                shutil.rmtree(self.folder_of(one["uid"]), ignore_errors=True)
        return found[:KEPT]

    def _uids(self) -> list[str]:
        folders = self._folder.iterdir() if self._folder.is_dir() else []
        return [one.name for one in folders if not one.name.startswith(".") and (one / "order.json").exists()]


# the bytes


def _write(path: Path, pieces: Iterator[bytes], most: int) -> None:
    left, free = most, shutil.disk_usage(path.parent).free - KEEP_FREE
    with open(path, "wb") as file:
        for piece in pieces:
            left, free = left - len(piece), free - len(piece)
            if left < 0:
                raise BadReport(f"Berkasnya lebih dari {megabytes(most)}; bagi menjadi beberapa berkas.", "file")
            if free < 0:
                raise BadReport("Disk server hampir penuh; tidak ada yang disimpan.", "file")
            file.write(piece)
    if left == most:
        raise BadReport("Berkasnya kosong.", "file")


def megabytes(size: int) -> str:
    """200000000 -> `200 MB`."""
    return f"{size // 1_000_000} MB"


# how far it is


def say(folder: Path, state: str, **facts: Any) -> None:
    """Write how far an import is, whole: a screen may read it at any moment."""
    draft = folder / ".state"
    draft.write_bytes(orjson.dumps({"state": state, "told_at": time.time(), **facts}))
    os.replace(draft, folder / "state.json")


def progress(folder: Path, every_s: float = 0.3) -> Callable[[int, int], None]:
    """A function that says how much is done of how much, but not more often than a screen asks."""
    last = 0.0

    def tell(done: int, of: int) -> None:
        nonlocal last
        if time.monotonic() - last >= every_s or done == of:
            last = time.monotonic()
            say(folder, RUNNING, done=done, of=of)

    return tell


@contextmanager
def held(folder: Path) -> Iterator[None]:
    """Hold the import as the one who works on it; and wait for whoever works on another, one goes in at a time.

    The lock is held before it has its name: a lock that lies there free is that of a process that died.
    """
    with open(folder / ".worker", "w") as mine, open(folder.parent / ".lock", "w") as turn:
        fcntl.flock(mine, fcntl.LOCK_EX)
        os.replace(folder / ".worker", folder / WORKER)
        fcntl.flock(turn, fcntl.LOCK_EX)
        yield


def _is_orphan(folder: Path) -> bool:
    """Whether nobody works on it any more, though nobody said that it is over."""
    try:
        with open(folder / WORKER) as lock:
            fcntl.flock(lock, fcntl.LOCK_SH | fcntl.LOCK_NB)
        return orjson.loads((folder / "state.json").read_bytes())["state"] in (WAITING, RUNNING)
    except FileNotFoundError:
        return time.time() - (folder / "order.json").stat().st_mtime > GRACE_S
    except BlockingIOError:
        return False
