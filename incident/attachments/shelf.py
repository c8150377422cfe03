"""The files under POSKO_DATA/attachments: each named by the SHA-256 of what is in it, whole or not there.

What comes in lies in a folder of its own below `incoming` until it was examined; what is kept is renamed into place
before any row tells of it. A file no row tells of is an orphan, and swept after an hour.
"""

import os
import re
import secrets
import shutil
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from incident.attachments import rules
from incident.attachments.faults import is_full
from incident.errors import NotFound, Refused

FOLDER = "attachments"
INCOMING = "incoming"
DIGEST = re.compile(r"[0-9a-f]{64}")
FULL = "Disk server penuh: berkas ini tidak tersimpan. Laporan dan catatan tetap jalan; kirim lagi setelah ada ruang."


class NoRoom(Refused):
    """The disk is full: nothing of the file was kept, and the sender may try again."""

    status = 503


class Shelf:
    """The files of one installation."""

    def __init__(self, data: Path, keep_free: int = rules.KEEP_FREE):
        self.folder = data / FOLDER
        self.incoming = self.folder / INCOMING
        self.keep_free = keep_free

    # coming in

    @contextmanager
    def receiving(self) -> Iterator[Path]:
        """A folder for one file on its way, gone afterwards; raises NoRoom."""
        with full_said():
            self._require_room()
            path = self.incoming / secrets.token_hex(16)
            path.mkdir(mode=0o700, parents=True)
        try:
            with full_said():
                yield path
        finally:
            shutil.rmtree(path, ignore_errors=True)

    def _require_room(self) -> None:
        self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        if shutil.disk_usage(self.folder).free < self.keep_free:
            raise NoRoom(FULL)

    def keep(self, part: Path, digest: str) -> None:
        """Put a whole, synced file in its place; the same content again renews it."""
        target = self.path_of(digest)
        target.parent.mkdir(mode=0o700, exist_ok=True)
        os.chmod(part, 0o600)
        os.utime(part)  # its age counts from now
        os.replace(part, target)
        _sync(target.parent)

    # looking

    def path_of(self, digest: str) -> Path:
        """Where the content of this digest lies; raises NotFound for what is no digest."""
        if not DIGEST.fullmatch(digest):
            raise NotFound("Lampiran itu tidak ada.")
        return self.folder / digest[:2] / digest

    def find(self, digest: str) -> Path:
        """Where the content lies; raises NotFound where the file is gone."""
        path = self.path_of(digest)
        if not path.exists():
            raise NotFound("Berkas lampiran ini tidak ada lagi di server; cari di cadangan.")
        return path

    def digests(self) -> list[str]:
        """Of every file that is kept."""
        return sorted(path.name for path in self.folder.glob("??/*") if DIGEST.fullmatch(path.name))

    # sweeping

    def sweep(self, is_known: Callable[[str], bool], older_than_s: float = rules.ORPHAN_S) -> int:
        """Remove what no row tells of and what was left on its way; answers how many."""
        before = time.time() - older_than_s
        lost = [one for one in self.digests() if _is_old(self.path_of(one), before) and not is_known(one)]
        swept = sum(self._remove(one, is_known, before) for one in lost)
        return swept + sum(_remove_left(path, before) for path in self._left())

    def _remove(self, digest: str, is_known: Callable[[str], bool], before: float) -> bool:
        """Taken aside first: one that came again in this moment is put back."""
        path = self.path_of(digest)
        aside = path.with_name(f".{digest}")
        try:
            os.replace(path, aside)
        except FileNotFoundError:
            return False
        if is_known(digest) or not _is_old(aside, before):
            os.replace(aside, path)
            return False
        aside.unlink()
        return True

    def _left(self) -> list[Path]:
        return [*self.incoming.glob("*"), *self.folder.glob("??/.*")]


def _is_old(path: Path, before: float) -> bool:
    try:
        return path.stat().st_mtime < before
    except FileNotFoundError:
        return False


def _remove_left(path: Path, before: float) -> bool:
    if not _is_old(path, before):
        return False
    with suppress(FileNotFoundError):
        shutil.rmtree(path) if path.is_dir() else path.unlink()
    return True


def _sync(folder: Path) -> None:
    """The name of a file is on the disk only when its folder is."""
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


@contextmanager
def full_said() -> Iterator[None]:
    """A full disk as a sentence; raises NoRoom."""
    try:
        yield
    except OSError as fault:
        if not is_full(fault):
            raise
        raise NoRoom(FULL) from fault
