"""The base maps of this installation: files of tiles under POSKO_DATA, installed whole or not at all."""

import fcntl
import os
import re
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from gis import mbtiles, pmtiles
from gis.tile_words import About, BadTiles

FOLDER = "tiles"
NAME = re.compile(r"[a-z0-9][a-z0-9_-]{0,59}\.(pmtiles|mbtiles)")
KEEP_FREE = 200_000_000  # bytes left on the disk: the journal goes on being written
STEP = 4_000_000
_READERS = {b"PMTiles": pmtiles.about, b"SQLite ": mbtiles.about}


@dataclass(frozen=True, slots=True)
class BaseMap:
    """An installed file of tiles: its name, what it is, its size in bytes, and a mark that changes with the file."""

    name: str
    about: About
    size: int
    version: str


@dataclass(frozen=True, slots=True)
class Broken:
    """A file in the folder that is none, and why."""

    name: str
    fault: str


def folder_of(data: Path) -> Path:
    """Where the files lie."""
    return data / FOLDER


def inspect(path: Path) -> About:
    """What a file of tiles is, by its content whatever its name; raises BadTiles."""
    try:
        with open(path, "rb") as file:
            head = file.read(7)
        if not head:
            raise BadTiles("kosong.")
        if reader := _READERS.get(head):
            return reader(path)
    except OSError as fault:
        raise BadTiles(f"tidak dapat dibaca ({fault.strerror}).") from None
    raise BadTiles("bukan PMTiles dan bukan MBTiles.")


# what is here


def find(data: Path, name: str) -> Path | None:
    """The installed file of that name; None for a name that is none, so that no path leads out of the folder."""
    path = folder_of(data) / name
    return path if NAME.fullmatch(name) and path.is_file() and not path.is_symlink() else None


def known(path: Path) -> BaseMap:
    """The file with what it says of itself, read once for each time it was written; raises BadTiles, OSError."""
    stat = path.stat()
    return BaseMap(path.name, _inspected(path, stat.st_mtime_ns, stat.st_size), stat.st_size, version_of(stat))


def version_of(stat: os.stat_result) -> str:
    """A word that differs as soon as the file does."""
    return f"{stat.st_mtime_ns:x}-{stat.st_size:x}-{stat.st_ino:x}"


@lru_cache(maxsize=64)
def _inspected(path: Path, changed_ns: int, size: int) -> About:
    return inspect(path)


def listing(data: Path) -> list[BaseMap | Broken]:
    """Every file in the folder by name; one that someone else put there and that is broken says why."""
    folder = folder_of(data)
    names = sorted(one.name for one in folder.iterdir()) if folder.is_dir() else []
    return [_listed(path) for name in names if (path := find(data, name))]


def _listed(path: Path) -> BaseMap | Broken:
    try:
        return known(path)
    except (BadTiles, OSError) as fault:
        return Broken(path.name, str(fault))


# bringing in, taking out


def install(file: Path, data: Path, link: bool = False, step: Callable[[int], None] = lambda copied: None) -> BaseMap:
    """Copy (or hard-link) a file of tiles into the folder, in place of an earlier one of its name; raises BadTiles.

    `step` hears how many bytes were copied. The name appears only once the whole file is on the disk.
    """
    about = inspect(file)
    folder = folder_of(data)
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    target = folder / safe_name(file.stem, about.container)
    with _alone(folder):
        draft = folder / f".{target.name}.part"
        try:
            _bring(file, draft, link, step)
            os.replace(draft, target)
        finally:
            draft.unlink(missing_ok=True)
    _sync(folder)
    return known(target)


def safe_name(stem: str, container: str) -> str:
    """A name for the folder and the address, out of any file name: `Lombok Timur (2026)` -> `lombok-timur-2026`."""
    safe = re.sub(r"[^a-z0-9_]+", "-", stem.lower()).strip("-_")[:60].strip("-_")
    return f"{safe or 'peta'}.{container}"


@contextmanager
def _alone(folder: Path) -> Iterator[None]:
    """One who installs at a time; what a run that was cut off left behind goes."""
    with open(folder / ".lock", "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        for left in folder.glob(".*.part"):
            left.unlink(missing_ok=True)
        yield


def _bring(file: Path, draft: Path, link: bool, step: Callable[[int], None]) -> None:
    try:
        if link:
            os.link(file, draft)
        else:
            _require_room(file, draft.parent)
            _copy(file, draft, step)
    except OSError as fault:
        raise BadTiles(f"tidak dapat dipasang ({fault.strerror}).") from None
    if inspect(draft) != inspect(file):
        raise BadTiles("berubah selagi disalin; coba lagi setelah selesai ditulis.")


def _require_room(file: Path, folder: Path) -> None:
    size, free = file.stat().st_size, shutil.disk_usage(folder).free
    if size + KEEP_FREE > free:
        raise BadTiles(f"terlalu besar untuk disk ini: {megabytes(size)}, yang tersisa {megabytes(free)}.")


def _copy(file: Path, draft: Path, step: Callable[[int], None]) -> None:
    with open(file, "rb") as source, open(draft, "wb") as target:
        os.fchmod(target.fileno(), 0o600)
        while chunk := source.read(STEP):
            target.write(chunk)
            step(len(chunk))
        target.flush()
        os.fsync(target.fileno())


def _sync(folder: Path) -> None:
    """A name is on the disk once its folder is."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def remove(name: str, data: Path) -> None:
    """Take a base map out; raises BadTiles when there is none of that name."""
    path = find(data, name)
    if path is None:
        raise BadTiles(f"tidak ada peta dasar bernama {name}.")
    path.unlink()
    _sync(path.parent)


def megabytes(size: int) -> str:
    """38200000 -> `38,2 MB`."""
    return f"{size / 1e6:.1f} MB".replace(".", ",")
