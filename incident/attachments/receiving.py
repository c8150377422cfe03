"""A file on its way in: off the wire into a folder of its own, examined in a process of its own, kept by its digest."""

import datetime as dt
import json
import subprocess
import sys
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any
from zoneinfo import ZoneInfo

import structlog
from flask import Request
from werkzeug.formparser import FormDataParser

from incident.attachments import rules, worker
from incident.attachments.shelf import FULL, NoRoom, Shelf
from incident.errors import BadReport, Refused

ROOT = Path(__file__).parent.parent.parent
GIVEN = "given"
FEW_WORDS = 300_000  # bytes of the fields in memory, and of what is between two reads
MOST_PARTS = 12
WAIT_S = 60.0  # for one's turn: one picture is unpacked at a time, so that memory is bounded
_turn = threading.BoundedSemaphore(1)
Facts = dict[str, Any]


class Busy(Refused):
    """Too many files are being examined: the sender tries again."""

    status = 503


def take_form(request: Request, folder: Path) -> tuple[Facts, Path, str]:
    """The fields of the form, where its file lies, and what the sender calls it; raises BadReport, NoRoom."""
    if request.mimetype != "multipart/form-data":
        raise BadReport("Kirim sebagai multipart/form-data dengan berkas di bidang file.", "file")
    opened: list[IO[bytes]] = []

    def stream_factory(*_: Any, **__: Any) -> IO[bytes]:
        if opened:
            raise BadReport("Kirim satu berkas setiap kali.", "file")
        opened.append((folder / GIVEN).open("w+b"))
        return opened[0]

    parser = FormDataParser(stream_factory, max_form_memory_size=FEW_WORDS, max_form_parts=MOST_PARTS, silent=False)
    try:
        _, form, files = _parsed(parser, request)
    finally:
        for one in opened:
            one.close()
    if "file" not in files:
        raise BadReport("Sertakan berkasnya di bidang file.", "file")
    return form.to_dict(), folder / GIVEN, files["file"].filename or ""


def _parsed(parser: FormDataParser, request: Request) -> Any:
    try:
        return parser.parse(request.stream, request.mimetype, request.content_length, request.mimetype_params)
    except ValueError as fault:
        raise BadReport("Kiriman ini terpotong; kirim sekali lagi.", "file") from fault


def examined(source: Path, folder: Path) -> Facts:
    """What the file is, made anew in `folder`; raises BadReport with the sentence, NoRoom, Busy."""
    with _my_turn():
        told = _told(source, folder)
    if "refused" in told:
        raise BadReport(told["refused"], "file")
    if "full" in told:
        raise NoRoom(FULL)
    return told


@contextmanager
def _my_turn() -> Iterator[None]:
    if not _turn.acquire(timeout=WAIT_S):
        raise Busy("Server sedang memeriksa banyak berkas; kirim lagi sebentar lagi.")
    try:
        yield
    finally:
        _turn.release()


def _told(source: Path, folder: Path) -> Facts:
    """What the examiner says; one that was stopped by its bounds, or fell, is a file that cannot be read."""
    command = [sys.executable, "-m", worker.__name__, str(source), str(folder)]
    try:
        done = subprocess.run(command, cwd=ROOT, capture_output=True, timeout=rules.WORK_S, check=False)
    except subprocess.TimeoutExpired:
        return {"refused": "Berkas ini terlalu lama diperiksa; perkecil atau kirim dalam bentuk lain."}
    if done.returncode:
        last = done.stderr.decode(errors="replace").strip().splitlines()[-1:]
        structlog.get_logger().error("attachment.examiner_fell", code=done.returncode, why=last[0][:80] if last else "")
        return {"refused": "Berkas ini tidak dapat dibaca; kirim dalam bentuk lain (foto JPEG, PDF, teks)."}
    return dict(json.loads(done.stdout))


def keep(shelf: Shelf, folder: Path, facts: Facts) -> None:
    """Put what was made into its place, before any row tells of it."""
    shelf.keep(folder / worker.KEPT, facts["digest"])
    if "thumb_digest" in facts:
        shelf.keep(folder / worker.THUMB, facts["thumb_digest"])


def row_of(facts: Mapping[str, Any], zone: str) -> Facts:
    """The facts as the columns of the table; what the camera said is only kept to be offered."""
    names = ("kind", "type", "digest", "bytes", "thumb_digest", "width", "height", "seconds")
    camera_at = _camera_time(facts.get("camera_at"), zone)
    camera = {"camera_lon": facts.get("lon"), "camera_lat": facts.get("lat"), "camera_at": camera_at}
    return {**{name: facts.get(name) for name in names}, **camera}


def _camera_time(words: str | None, zone: str) -> dt.datetime | None:
    """When the camera says it was; one without a zone goes by the clock of the site."""
    if words is None:
        return None
    at = dt.datetime.fromisoformat(words)
    return (at if at.tzinfo else at.replace(tzinfo=ZoneInfo(zone))).astimezone(dt.UTC)
