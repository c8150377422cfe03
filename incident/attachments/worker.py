"""Examines one file in a process of its own: bounded in memory, time and what it may write, gone when it is done.

Called as `python -m incident.attachments.worker SOURCE FOLDER`; writes FOLDER/kept and FOLDER/thumb, and prints what
it found as JSON: the facts, or `{"refused": sentence}`, or `{"full": true}`.
"""

import contextlib
import hashlib
import json
import os
import resource
import sys
from pathlib import Path
from typing import Any

from incident.attachments import documents, photos, rules, voices
from incident.attachments.faults import BadFile, is_full

Facts = dict[str, Any]
MEMORY = 700_000_000  # bytes of address, libraries included
SECONDS = 30  # of the processor
LARGEST = 32_000_000  # bytes of a file it writes
HEAD = 64
KEPT, THUMB = "kept", "thumb"


def main(words: list[str]) -> None:
    """Examine the file and say what was found."""
    _bind()
    source, folder = Path(words[0]), Path(words[1])
    try:
        told = examine(source, folder)
    except BadFile as fault:
        told = {"refused": str(fault)}
    except MemoryError:
        told = {"refused": "Berkas ini terlalu besar untuk diperiksa; perkecil dahulu."}
    except OSError as fault:
        if not is_full(fault):
            raise
        told = {"full": True}
    sys.stdout.write(json.dumps(told))


def _bind() -> None:
    """A hostile file gets no more of the machine than these."""
    os.nice(5)
    for what, most in (
        (resource.RLIMIT_AS, MEMORY),
        (resource.RLIMIT_CPU, SECONDS),
        (resource.RLIMIT_FSIZE, LARGEST),
        (resource.RLIMIT_CORE, 0),
    ):
        soft, hard = resource.getrlimit(what)
        known = [one for one in (soft, hard, most) if one != resource.RLIM_INFINITY]
        with contextlib.suppress(ValueError):
            resource.setrlimit(what, (min(known), hard))


def examine(source: Path, folder: Path) -> Facts:
    """What the file is, by its content alone, and the file made anew in `folder`; raises BadFile, OSError (full)."""
    kept, thumb = folder / KEPT, folder / THUMB
    size = source.stat().st_size
    if not size:
        raise BadFile("Berkas ini kosong.")
    facts = _made(source, size, kept, thumb)
    return {**facts, **_facts_of(kept, ""), **(_facts_of(thumb, "thumb_") if thumb.exists() else {})}


def _made(source: Path, size: int, kept: Path, thumb: Path) -> Facts:
    with source.open("rb") as file:
        head = file.read(HEAD)
    if form := photos.form_of(head):
        _require_small(size, "photo")
        return photos.make_anew(source, form, kept, thumb)
    if voice := voices.form_of(head):
        _require_small(size, "voice")
        return _voice(voice[0], *voice[1](source.read_bytes()), kept)
    _require_small(size, "document")
    if b"%PDF-" in head[:1024]:
        return documents.keep_pdf(source.read_bytes(), kept)
    return documents.keep_text(source.read_bytes(), kept)


def _voice(type_: str, content: bytes, seconds: float | None, kept: Path) -> Facts:
    if seconds is not None and seconds > rules.MOST_SECONDS:
        raise BadFile(f"Rekaman ini terlalu panjang; paling lama {rules.MOST_SECONDS / 60:.0f} menit.")
    kept.write_bytes(content)
    return {"kind": "voice", "type": type_, "seconds": None if seconds is None else round(seconds, 1)}


def _require_small(size: int, kind: str) -> None:
    most = rules.MOST_BYTES_OF[kind]
    if size > most:
        raise BadFile(f"Berkas ini terlalu besar; paling banyak {most // 1_000_000} MB.")


def _facts_of(path: Path, before: str) -> Facts:
    """The file's digest and size, once it is on the disk."""
    with path.open("rb") as file:
        os.fsync(file.fileno())
        digest = hashlib.file_digest(file, "sha256").hexdigest()
    return {f"{before}digest": digest, f"{before}bytes": path.stat().st_size}


if __name__ == "__main__":
    main(sys.argv[1:])
