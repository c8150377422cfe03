"""Bringing in where a unit went: a GPX or KML file from its receiver, as a form's file or as the body itself."""

import hashlib
from typing import Any

from flask import Response, current_app, request
from marshmallow import EXCLUDE, Schema, fields

from gis import tracks
from gis.doubts import doubt
from gis.tracks import BadTrack, Trail
from incident import schemas as s
from incident.api import Door, answer, me, post, rule
from incident.doubtful import site_box
from incident.errors import BadReport, NotFound
from incident.post import uid_from
from incident.routes import s_id
from incident.tracks import add_track

api = Door("tracks", __name__, url_prefix="/api/v1", description="Where units went")
MAX_BODY = tracks.MAX_BYTES + 100_000  # the file, and what a form puts around it
XML = {"schema": {"type": "string", "format": "binary"}}
FORM = {"schema": {"type": "object", "properties": {"file": {"type": "string", "format": "binary"}}}}
BODIES = {"multipart/form-data": FORM, "application/gpx+xml": XML, "application/vnd.google-earth.kml+xml": XML}


class TrackQuery(Schema):
    """`uid` is the sender's key, without one the file itself; `confirm` says that a strange place is meant."""

    class Meta:
        unknown = EXCLUDE

    uid = fields.UUID()
    name = s.words(120)
    confirm = fields.Boolean(load_default=False)


@api.post("/units/<int:unit_id>/tracks")
@rule(api, "unit.move", 404, 409, 413)
@api.response(201, s.EntryOut)
@api.doc(requestBody={"required": True, "content": BODIES})
@api.arguments(TrackQuery, location="query")
def import_track(given: dict[str, Any], unit_id: int) -> Response:
    """Keep a unit's track from a GPX or KML file of up to 5 MB; a field team may only do it for itself."""
    someone = me()
    if someone.role == "field" and unit_id != someone.unit_id:
        raise NotFound("Satuan itu tidak ada.")
    content = _content()
    trail = _read(content)
    _require_meant(trail, given["confirm"])
    uid = str(given.get("uid") or uid_from("track", unit_id, hashlib.sha256(content).hexdigest()))
    return answer(post().do(add_track, someone.name, uid, s_id(unit_id), trail, given.get("name")), 201)


def _content() -> bytes:
    """The file of a form, or else the body."""
    if sent := next(iter(request.files.values()), None):
        return sent.read()
    return request.get_data()


def _read(content: bytes) -> Trail:
    """Read it off the event loop: a large one takes a second."""
    try:
        trail: Trail = current_app.extensions["run_apart"](lambda: tracks.read(content))
    except BadTrack as fault:
        raise BadReport(str(fault), "file") from None
    return trail


def _require_meant(trail: Trail, confirmed: bool) -> None:
    """A track that leaves Indonesia or the site at any point is asked about once."""
    if not confirmed and (why := doubt(trail.box, site_box(post()))):
        raise BadReport(why, "confirm", confirm=True)


@api.before_app_request
def _allow_a_large_file() -> None:
    """A track is larger than any call: this one route takes more, from those who may."""
    if request.endpoint == "tracks.import_track":
        request.max_content_length = MAX_BODY
