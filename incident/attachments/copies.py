"""Copies of the attachments beside the database: one tar, each file checked by its digest when it is put back."""

import hashlib
import os
import tarfile
from pathlib import Path

from gis.database import DatabaseUnusable
from incident.attachments.shelf import DIGEST, Shelf

SUFFIX = ".attachments.tar"


def beside(file: Path) -> Path:
    """Where the attachments of a copy of the database lie."""
    return file.with_name(file.name + SUFFIX)


def keep(data: Path, file: Path) -> Path | None:
    """Write every kept file beside a copy taken before; None when there is none. Never half a file."""
    shelf = Shelf(data)
    digests = shelf.digests()
    if not digests:
        return None
    target = beside(file)
    part = target.with_name(target.name + ".part")
    with tarfile.open(part, "w") as bundle:
        for digest in digests:
            bundle.add(shelf.path_of(digest), digest)
    os.replace(part, target)
    return target


def put_back(data: Path, file: Path) -> int:
    """Put the files beside a copy back; answers how many. Raises DatabaseUnusable, nothing half."""
    source = beside(file)
    if not source.exists():
        return 0
    shelf = Shelf(data, keep_free=0)
    with shelf.receiving() as folder:
        try:
            digests = _unpacked(source, folder)
        except (tarfile.TarError, EOFError) as fault:
            raise DatabaseUnusable(f"{source} is broken; no attachment was put back.") from fault
        for digest in digests:
            shelf.keep(folder / digest, digest)
    return len(digests)


def _unpacked(source: Path, folder: Path) -> list[str]:
    digests = []
    with tarfile.open(source) as bundle:
        for member in bundle:
            if not member.isreg() or not DIGEST.fullmatch(member.name):
                raise tarfile.TarError(member.name)
            bundle.extract(member, folder, filter="data")
            _require_whole(folder / member.name)
            digests.append(member.name)
    return digests


def _require_whole(path: Path) -> None:
    with path.open("rb") as content:
        if hashlib.file_digest(content, "sha256").hexdigest() != path.name:
            raise tarfile.TarError(path.name)
