"""The base map's doors: which there are, the bytes of a .pmtiles by ranges, the tiles of an .mbtiles."""

import contextlib
import os
import secrets
from collections.abc import Iterator
from email.utils import formatdate
from pathlib import Path
from typing import Any, BinaryIO

from flask import Blueprint, Flask, Response, current_app, request
from flask_smorest import Api
from marshmallow import fields, validate
from werkzeug.http import is_resource_modified

from gis import mbtiles, tiles
from gis.pmtiles import unpack
from gis.tile_words import BadTiles
from incident import online, people, rules
from incident import schemas as s
from incident.api import Door, answer, me, post, problem, rule
from incident.app import CSP
from incident.errors import NotFound
from incident.people import may

api = Door("basemaps", __name__, url_prefix="/api/v1", description="Base maps, offline and online")
files = Blueprint("tiles", __name__)

PIECE = 256 * 1024  # read at once, off the event loop: a slow disk holds up no screen
MAX_RANGES = 16
LONG = "private, max-age=31536000, immutable"  # an address with the file's version in it
AGAIN = "private, no-cache"
MIME = {
    "mvt": "application/vnd.mapbox-vector-tile",
    "png": "image/png",
    "jpg": "image/jpeg",
    "webp": "image/webp",
}
Span = tuple[int, int]


class Unsatisfiable(ValueError):
    """None of the ranges asked for lies in the file, or they are too many (RFC 9110, section 15.5.17)."""


class SwitchIn(s.Strict):
    uid = s.sender_key()
    id = fields.String(required=True, validate=validate.Regexp(r"[a-z0-9][a-z0-9-]{0,38}\Z"))
    on = fields.Boolean(required=True)
    name = fields.String(validate=validate.Length(max=80))
    url = fields.String(validate=validate.Length(max=500))
    attribution = fields.String(validate=validate.Length(max=200))


def join(app: Flask, site_api: Api) -> None:
    """Add the doors, and let pages fetch from the online maps that are switched on."""
    site_api.register_blueprint(api)
    app.register_blueprint(files)
    app.after_request(admit)


def admit(response: Response) -> Response:
    """A page may fetch pictures from what is switched on, and from nobody while nothing is.

    A public page goes through caches: whoever asks, it is the same for everybody.
    """
    is_page = response.mimetype == "text/html" and response.status_code == 200 and not response.cache_control.public
    if is_page and people.find_someone():
        with post().database.read() as conn:
            admitted = online.origins(conn)
        response.headers.setdefault("Content-Security-Policy", online.policy(CSP, admitted))
    return response


# which there are


@api.get("/basemaps")
@rule(api, "place.read")
@api.response(200, s.Anything)
def list_basemaps() -> Response:
    """Installed base maps and the online ones that are switched on; who may switch is told of every one known."""
    here = post()
    found = current_app.extensions["run_apart"](lambda: tiles.listing(here.settings.data))
    with here.database.read() as conn:
        known = online.offered(conn)
    told: dict[str, Any] = {"tiles": [_told(one) for one in found if isinstance(one, tiles.BaseMap)]}
    told["online"] = [one for one in known if one["on"]]
    if rules.may(me().role, "ground.manage"):
        told["offered"] = known
    return answer(told)


def _told(one: tiles.BaseMap) -> dict[str, Any]:
    about = one.about
    names = ("container", "type", "minzoom", "maxzoom", "bounds", "title", "attribution", "layers")
    inner = "/{z}/{x}/{y}" if about.container == "mbtiles" else ""
    url = f"/tiles/{one.name}{inner}?v={one.version}"
    return {"name": one.name, "size": one.size, "url": url, **{name: getattr(about, name) for name in names}}


@api.post("/basemaps/online")
@rule(api, "ground.manage", 409)
@api.response(200, s.EntryOut)
@api.arguments(SwitchIn)
def switch_online(given: dict[str, Any]) -> Response:
    """Switch an online map on or off for the site: `osm`, or one of the site's own by its address."""
    uid, basemap = str(given.pop("uid")), given.pop("id")
    return answer(post().do(online.switch, me().name, uid, basemap, **given))


@api.post("/basemaps/<string:name>/remove")
@rule(api, "ground.manage", 404, 409)
@api.response(200, s.EntryOut)
@api.arguments(s.UidIn)
def remove_basemap(given: dict[str, Any], name: str) -> Response:
    """Take an installed base map out: its file is deleted, open maps stand on what is left."""
    return answer(post().do(online.remove_tiles, me().name, str(given["uid"]), name))


# the bytes of an archive


@files.get("/tiles/<string:name>")
@may("place.read")
def send_archive(name: str) -> Response:
    """A .pmtiles file, whole or by ranges (RFC 9110, section 14), never read into memory as a whole."""
    path = tiles.find(post().settings.data, name)
    if path is None or path.suffix != ".pmtiles":
        raise NotFound("Peta dasar itu tidak ada.")
    with contextlib.ExitStack() as opened:
        response = _archive(opened.enter_context(open(path, "rb")))
        response.call_on_close(opened.pop_all().close)  # open until the answer has gone out
    return response


def _archive(file: BinaryIO) -> Response:
    stat = os.fstat(file.fileno())
    tag, changed = tiles.version_of(stat), formatdate(int(stat.st_mtime), usegmt=True)
    if not is_resource_modified(request.environ, f'"{tag}"', last_modified=changed):
        return _marked(Response(status=304), tag, changed)
    try:
        spans = _asked(stat.st_size) if request.method == "GET" and _range_counts(tag, changed) else None
    except Unsatisfiable as fault:
        return _refused(str(fault), stat.st_size)
    return _marked(_sent(file, spans, stat.st_size), tag, changed)


def _refused(sentence: str, size: int) -> Response:
    response = problem(416, sentence)
    response.headers["Content-Range"] = f"bytes */{size}"
    return response


def _sent(file: BinaryIO, spans: list[Span] | None, size: int) -> Response:
    if spans is None:
        whole = b"" if request.method == "HEAD" else _body(file, (0, size))
        response = Response(whole, mimetype="application/octet-stream")
        response.content_length = size
        return response
    return _one_part(file, spans[0], size) if len(spans) == 1 else _parts(file, spans, size)


def _marked(response: Response, tag: str, changed: str) -> Response:
    response.set_etag(tag)
    response.headers["Last-Modified"] = changed
    response.headers["Accept-Ranges"] = "bytes"
    response.headers["Cache-Control"] = LONG if request.args.get("v") == tag else AGAIN
    return response


def _range_counts(tag: str, changed: str) -> bool:
    """Whether the range stands: with If-Range only for the very file the asker knows (RFC 9110, section 13.1.5)."""
    given = request.headers.get("If-Range")
    return given is None or given in (f'"{tag}"', changed)


def _asked(size: int) -> list[Span] | None:
    """The ranges asked for as (first, behind the last); None for the whole file; raises Unsatisfiable."""
    asked = request.range
    if asked is None or asked.units != "bytes":
        return None
    spans = [one for first, behind in asked.ranges if (one := _within(first, behind, size))]
    overlap = any(one[0] < before[1] for before, one in zip(sorted(spans), sorted(spans)[1:], strict=False))
    if not spans or overlap or len(asked.ranges) > MAX_RANGES:
        raise Unsatisfiable("Bagian itu tidak ada di berkas.")
    return spans


def _within(first: int, behind: int | None, size: int) -> Span | None:
    first = max(0, size + first) if first < 0 else first
    last = min(size, size if behind is None else behind)
    return (first, last) if first < last else None


def _one_part(file: BinaryIO, span: Span, size: int) -> Response:
    response = Response(_body(file, span), 206, mimetype="application/octet-stream")
    response.content_length = span[1] - span[0]
    response.headers["Content-Range"] = f"bytes {span[0]}-{span[1] - 1}/{size}"
    return response


def _parts(file: BinaryIO, spans: list[Span], size: int) -> Response:
    """Several ranges in one answer, each with a head of its own (RFC 9110, section 14.6)."""
    boundary = secrets.token_hex(12)
    bodies = [_body(file, span) for span in spans]
    heads = [_head_of_part(boundary, span, size) for span in spans]
    end = f"\r\n--{boundary}--\r\n".encode()
    response = Response(_in_turn(heads, bodies, end), 206)
    response.headers["Content-Type"] = f"multipart/byteranges; boundary={boundary}"
    response.content_length = sum(map(len, heads)) + sum(behind - first for first, behind in spans) + len(end)
    return response


def _head_of_part(boundary: str, span: Span, size: int) -> bytes:
    where = f"Content-Range: bytes {span[0]}-{span[1] - 1}/{size}"
    return f"\r\n--{boundary}\r\nContent-Type: application/octet-stream\r\n{where}\r\n\r\n".encode()


def _in_turn(heads: list[bytes], bodies: list[Iterator[bytes]], end: bytes) -> Iterator[bytes]:
    for head, body in zip(heads, bodies, strict=True):
        yield head
        yield from body
    yield end


def _body(file: BinaryIO, span: Span) -> Iterator[bytes]:
    """The bytes of a span, piece by piece as they go out; each is read off the event loop."""
    return _pieces(current_app.extensions["run_apart"], file, span)


def _pieces(run_apart: Any, file: BinaryIO, span: Span) -> Iterator[bytes]:
    at, behind = span
    while at < behind:
        piece = run_apart(lambda at=at: os.pread(file.fileno(), min(PIECE, behind - at), at))
        if not piece:
            raise OSError("The file became shorter while it was read.")
        yield piece
        at += len(piece)


# the tiles of a SQLite file


@files.get("/tiles/<string:name>/<int:z>/<int:x>/<int:y>")
@may("place.read")
def send_tile(name: str, z: int, x: int, y: int) -> Response:
    """A tile of an .mbtiles file; 204 where the file has none."""
    path = tiles.find(post().settings.data, name)
    if path is None or path.suffix != ".mbtiles":
        raise NotFound("Peta dasar itu tidak ada.")
    if z > 30 or max(x, y) >= 2**z:
        raise NotFound("Ubin itu di luar bumi.")
    tag = tiles.version_of(path.stat())
    if not is_resource_modified(request.environ, f'"{tag}"'):
        return _kept(Response(status=304), tag)
    return _kept(_tile(path, z, x, y), tag)


def _tile(path: Path, z: int, x: int, y: int) -> Response:
    try:
        about, found = current_app.extensions["run_apart"](lambda: _looked_up(path, z, x, y))
    except (BadTiles, OSError) as fault:
        post().log.error("tiles.unreadable", name=path.name, fault=str(fault))
        raise NotFound(f"Peta dasar {path.name} tidak terbaca: {fault}") from None
    if not found:
        return Response(status=204)
    response = Response(found, mimetype=MIME[about.type])
    return _packed(response, found) if found.startswith(b"\x1f\x8b") else response


def _looked_up(path: Path, z: int, x: int, y: int) -> Any:
    return tiles.known(path).about, mbtiles.tile(path, z, x, y)


def _packed(response: Response, found: bytes) -> Response:
    """Vector tiles lie in the file as gzip: sent as they are to who reads it."""
    response.headers["Vary"] = "Accept-Encoding"
    if "gzip" in request.accept_encodings:
        response.headers["Content-Encoding"] = "gzip"
    else:
        response.set_data(unpack(found, "gzip"))
    return response


def _kept(response: Response, tag: str) -> Response:
    response.set_etag(tag)
    response.headers["Cache-Control"] = LONG if request.args.get("v") == tag else AGAIN
    return response
