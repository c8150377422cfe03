"""The doors of the page "Peta & wilayah": what is installed, files that come in, how far their import is."""

import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from flask import Response, request
from marshmallow import EXCLUDE, Schema, fields, validate

from gis import layerfiles, overlays, population, tables
from incident import ground_installed, sayings
from incident import schemas as s
from incident.api import Door, answer, me, post, rule
from incident.config import Settings
from incident.ground_shelf import Facts, Order, Shelf
from incident.ground_worker import BOUNDARIES, WHAT

api = Door("ground_imports", __name__, url_prefix="/api/v1", description="Files for the map, and what is installed")
PIECE = 256 * 1024
MOST = {
    BOUNDARIES: layerfiles.MAX_TEXT_BYTES,
    "landmarks": tables.MAX_BYTES,
    "facilities": tables.MAX_BYTES,
    "population": population.MAX_BYTES,
}
FILE: dict[str, Any] = {"schema": {"type": "string", "format": "binary"}}


class WishIn(s.Strict):
    """How a file is taken a second time: axes exchanged, without what cannot be used, which layer, places meant so."""

    uid = s.sender_key()
    swap = fields.Boolean()
    skip = fields.Boolean()
    confirmed = fields.Boolean()
    layer = fields.String(validate=validate.Length(max=120))


class FileQuery(Schema):
    """What the file in the body holds, and what it is called."""

    class Meta:
        unknown = EXCLUDE

    uid = s.sender_key()
    what = s.one_of(WHAT, required=True)
    name = s.words(120, required=True)


class ImportOut(Schema):
    """An import: `state` is waiting, running, done, refused or lost; `way` is what would help one that was refused."""

    class Meta:
        unknown = EXCLUDE

    uid = fields.String(required=True)
    what = fields.String(required=True)
    name = fields.String(required=True)
    by = fields.String(required=True)
    at = fields.Float(required=True, metadata={"description": "Seconds since 1970"})
    state = fields.String(required=True)
    can_repeat = fields.Boolean(required=True)
    done = fields.Integer()
    of = fields.Integer()
    sentence = fields.String()
    way = fields.String()
    choices = fields.List(fields.String())
    count = fields.Integer(metadata={"description": "How many rows or areas were refused"})
    refused = fields.List(fields.Dict())
    told = fields.Dict(metadata={"description": "What came in, was mended, was left out"})
    told_at = fields.Float()


@api.get("/ground")
@rule(api, "ground.manage")
@api.response(200, s.Anything)
def list_ground() -> Response:
    """What the map stands on: areas, boundaries, landmarks, facilities, tiles, layers, with counts, times, sources."""
    here = post()
    with here.database.read() as conn:
        told = ground_installed.installed(conn, here.settings.data)
    return answer({**told, "imports": [_spoken(one) for one in _shelf().listing()], "limits": _limits()})


def _limits() -> dict[str, int]:
    return {**MOST, "overlay": overlays.MAX_BYTES, "unpacked": 600_000_000}


@api.post("/ground/imports")
@rule(api, "ground.manage", 409, 413)
@api.doc(requestBody={"required": True, "content": {"application/octet-stream": FILE}})
@api.response(202, ImportOut)
@api.arguments(FileQuery, location="query")
def bring_file(given: dict[str, Any]) -> Response:
    """Take a file (boundaries up to 200 MB, lists up to 5 MB) and begin its import; ask the import how far it is."""
    order = Order(str(given["uid"]), given["what"], given["name"], me().name, post().clock().timestamp())
    if _shelf().open(order, MOST[order.what], _pieces()):
        _start(order.uid)
    return answer(_spoken(_shelf().state(order.uid)), 202)


def _pieces() -> Iterator[bytes]:
    while piece := request.stream.read(PIECE):
        yield piece


@api.get("/ground/imports/<string:uid>")
@rule(api, "ground.manage", 404)
@api.response(200, ImportOut)
def show_import(uid: str) -> Response:
    """How far an import is, and what came of it."""
    return answer(_spoken(_shelf().state(uid)))


@api.post("/ground/imports/<string:uid>/again")
@rule(api, "ground.manage", 404, 409)
@api.response(202, ImportOut)
@api.arguments(WishIn)
def repeat_import(given: dict[str, Any], uid: str) -> Response:
    """Take a file that was refused once more, in another way; it need not be sent again."""
    key = str(given.pop("uid"))
    if _shelf().again(uid, key, me().name, post().clock().timestamp(), given):
        _start(key)
    return answer(_spoken(_shelf().state(key)), 202)


def _spoken(state: Facts) -> Facts:
    """An import in the language of the screen: it was written down by a process that has none."""
    told = {**state, "sentence": sayings.here(state["sentence"])} if state.get("sentence") else dict(state)
    for holder in (told, told.get("told") or {}):
        if holder.get("refused"):
            holder["refused"] = sayings.of_rows(holder["refused"], "area", "why")
    return told


def _shelf() -> Shelf:
    return Shelf(post().settings.data)


def _start(uid: str) -> None:
    """Begin the import in a process of its own; a thread waits for its end, so that nothing of it stays behind."""
    settings, folder = post().settings, _shelf().folder_of(uid)
    command = [sys.executable, "-m", "incident.ground_worker", str(folder)]
    log = post().log
    running = subprocess.Popen(command, env=_surroundings(settings), cwd=ROOT, stdin=subprocess.DEVNULL)

    def wait() -> None:
        if code := running.wait():
            log.error("ground.import_fell", uid=uid, code=code)

    threading.Thread(target=wait, name="ground-import", daemon=True).start()


ROOT = Path(__file__).parent.parent


def _surroundings(settings: Settings) -> dict[str, str]:
    """The environment of this process with the settings it really has."""
    known = {"POSKO_DATABASE": settings.database, "POSKO_DATA": str(settings.data)}
    return {**os.environ, **known, "POSKO_SITE": settings.site.model_dump_json()}


@api.before_app_request
def _allow_a_large_file() -> None:
    """A file of boundaries is larger than any call: this one route takes more, from those who may."""
    if request.endpoint == "ground_imports.bring_file":
        request.max_content_length = MOST.get(request.args.get("what", ""), MOST["landmarks"])
