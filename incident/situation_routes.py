"""The situation map by HTTP: one file to carry away, and its picture. Made off the event loop, kept for some seconds.

SQL, shapes and folium run in a thread of their own; Chromium is a process of its own, and only one at a time.
"""

import re
import threading
import time
from collections.abc import Callable
from typing import Any

from flask import Blueprint, Response, current_app, request
from flask_babel import gettext as _
from sqlalchemy import Connection

from gis.chromium import NoBrowser, photograph
from incident import journal
from incident.api import me, post
from incident.errors import BadReport, Refused
from incident.lens import Viewer
from incident.people import may
from incident.post import Post
from incident.situation import gather
from incident.situation_cli import LANGUAGES, SIZES, STILL, THEMES
from incident.words import language

situation = Blueprint("situation", __name__)
KEPT_S = 10.0
KEPT_AT_MOST = 4
Made = tuple[dict[str, Any], bytes]


class NoPicture(Refused):
    """A picture cannot be taken on this machine."""

    status = 501


class OtherShape(Refused):
    """Whoever asks wants neither a page nor a picture."""

    status = 406


class Shelf:
    """What was just made, for those who ask the same within seconds of it; one is made at a time."""

    def __init__(self) -> None:
        self._kept: dict[Any, tuple[float, Made]] = {}
        self._one = threading.Lock()

    def get(self, key: Any, make: Callable[[], Made]) -> Made:
        """The thing under this key if it is fresh, else a new one."""
        with self._one:
            self._forget_old()
            if key not in self._kept:
                made = make()
                self._kept[key] = (time.monotonic(), made)
            return self._kept[key][1]

    def _forget_old(self) -> None:
        oldest = time.monotonic() - KEPT_S
        fresh = [(key, kept) for key, kept in self._kept.items() if kept[0] > oldest]
        self._kept = dict(fresh[1 - KEPT_AT_MOST :])


@situation.get("/situation.html")
@may("board.read")
def situation_file() -> Response:
    """Peta situasi: one HTML file for people without Posko; `save=1` to keep it, else to look at it."""
    _require_wanted("text/html")
    where = "attachment" if _chosen("save", ("0", "1")) == "1" else "inline"
    made, page = _shelf("files").get(_key(), lambda: _drawn())
    response = _sent(made, page, "text/html; charset=utf-8", "html", where)
    response.headers["Content-Security-Policy"] = _policy()
    return response


@situation.get("/situation.png")
@may("board.read")
def situation_picture() -> Response:
    """The same as a picture: `size` wall (1920x1080) or a4, `theme` light or dark."""
    _require_wanted("image/png")
    size, theme = _chosen("size", tuple(SIZES)), _chosen("theme", THEMES)
    made, picture = _shelf("pictures").get((*_key(), size, theme), lambda: _taken(size, theme))
    return _sent(made, picture, "image/png", "png", "inline")


def _require_wanted(kind: str) -> None:
    wanted = request.accept_mimetypes
    if wanted and not wanted[kind]:  # who names nothing takes anything (RFC 9110 section 12.5.1)
        raise OtherShape(_("Peta situasi hanya ada sebagai halaman HTML dan gambar PNG."))


def _chosen(name: str, allowed: tuple[str, ...]) -> str:
    """A word of the query, the first of what is allowed where it is missing; raises BadReport."""
    word = request.args.get(name, allowed[0])
    if word not in allowed:
        raise BadReport(_("Pilihan itu tidak ada: {name}.").format(name=name), name)
    return word


def _language() -> str:
    return _chosen("lang", LANGUAGES) if "lang" in request.args else language()


def _key() -> tuple[Any, ...]:
    """Whoever sees the same shares one, until the journal goes on."""
    with post().database.read() as conn:
        return (me().viewer.room, _language(), journal.head(conn))


def _shelf(name: str) -> Shelf:
    shelf: Shelf = current_app.extensions.setdefault(f"situation.{name}", Shelf())
    return shelf


def _taken(size: str, theme: str) -> Made:
    made, page = _drawn(theme, STILL)
    try:
        return made, photograph(page, *SIZES[size])
    except NoBrowser as fault:
        raise NoPicture(str(fault)) from None


def _drawn(theme: str = "", classes: str = "") -> Made:
    """Gather and draw in a thread; the connection is taken here, where waiting for one holds nobody up."""
    here, viewer, chosen = post(), me().viewer, _language()
    apart, started = current_app.extensions["run_apart"], time.monotonic()
    with here.database.read() as conn:
        made: Made = apart(lambda: _gathered_and_drawn(conn, here, viewer, chosen, theme, classes))
    here.log.info("situation.drawn", bytes=len(made[1]), took_ms=round((time.monotonic() - started) * 1000))
    return made


def _gathered_and_drawn(conn: Connection, here: Post, viewer: Viewer, chosen: str, theme: str, classes: str) -> Made:
    from gis.snapshot import draw  # folium, some 14 MB: not before somebody wants a map

    picture = gather(conn, here, viewer, chosen)
    return picture["made"], draw(picture, theme, classes)


def _policy() -> str:
    from gis.snapshot import policy

    return f"{policy()}; frame-ancestors 'none'"


def _sent(made: dict[str, Any], body: bytes, kind: str, ending: str, where: str) -> Response:
    response = Response(body, content_type=kind)
    response.headers["Content-Disposition"] = f'{where}; filename="{file_name(made, ending)}"'
    response.headers["Cache-Control"] = "no-store"
    return response


def file_name(made: dict[str, Any], ending: str) -> str:
    """`latihan-peta-situasi-kabupaten-lombok-timur-2026-11-22-15.19-wita.html`: whose, of when, exercise or not."""
    words = f"{'latihan ' if made['exercise'] else ''}peta situasi {made['site']} {made['stamp']}"
    return re.sub(r"[^a-z0-9.]+", "-", words.lower()).strip("-.") + f".{ending}"
