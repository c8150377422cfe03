"""Copies of what the map stands on beside the database: layers of the site, its outline, and where asked the tiles.

They lie in files under POSKO_DATA. A backup writes them into one tar beside the copy of the database; a restore puts
them back from there.
"""

import os
import shutil
import tarfile
import tempfile
from pathlib import Path, PurePosixPath

from gis import outline, overlays, tiles
from gis.database import DatabaseUnusable

SUFFIX = ".ground.tar"
_SMALL = (str(overlays.FOLDER), str(outline.FILE))


def beside(file: Path) -> Path:
    """Where the ground of a copy of the database lies."""
    return file.with_name(file.name + SUFFIX)


def keep(data: Path, file: Path, with_tiles: bool = False) -> Path | None:
    """Write the files of the ground beside a copy; answers where, None when there are none. Never half a file."""
    parts = [*_SMALL, *([tiles.FOLDER] if with_tiles else [])]
    found = [path for part in parts for path in _files(data / part)]
    if not found:
        return None
    target = beside(file)
    part = target.with_name(target.name + ".part")
    with tarfile.open(part, "w") as bundle:
        for path in found:
            bundle.add(path, path.relative_to(data).as_posix())
    os.replace(part, target)
    return target


def _files(path: Path) -> list[Path]:
    """The file, or the whole files of the folder; what is half written begins with a dot or ends in .new."""
    if path.is_file():
        return [path]
    inner = sorted(path.iterdir()) if path.is_dir() else []
    return [one for one in inner if one.is_file() and not one.name.startswith(".") and one.suffix != ".new"]


def left_out(data: Path) -> list[tuple[str, int]]:
    """The installed base maps, which a plain backup does not hold: name and bytes."""
    return [(path.name, path.stat().st_size) for path in _files(data / tiles.FOLDER) if tiles.find(data, path.name)]


def put_back(data: Path, file: Path) -> list[str]:
    """Put the ground beside a copy back, each file whole; answers their names. Raises DatabaseUnusable."""
    source = beside(file)
    if not source.exists():
        return []
    with tempfile.TemporaryDirectory(dir=_made(data), prefix=".ground-") as folder:
        try:
            with tarfile.open(source) as bundle:
                names = [_checked(one) for one in bundle]
                bundle.extractall(folder, filter="data")
        except (tarfile.TarError, EOFError, OSError) as fault:
            raise DatabaseUnusable(f"{source} is broken; nothing of the map was put back.") from fault
        for name in names:
            _made((data / name).parent)
            shutil.move(Path(folder) / name, data / name)
    return names


def _made(folder: Path) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def _checked(member: tarfile.TarInfo) -> str:
    """Only plain files where the ground lies; raises TarError."""
    path = PurePosixPath(member.name)
    inside = member.name == str(outline.FILE) or str(path.parent) in (str(overlays.FOLDER), tiles.FOLDER)
    if not member.isreg() or not inside or ".." in path.parts:
        raise tarfile.TarError(member.name)
    return member.name
