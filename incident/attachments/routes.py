"""The doors of attachments: bring one, list, strike, answer what a camera said; and the files themselves."""

import re
from collections.abc import Mapping
from typing import Any

from flask import Blueprint, Flask, Response, current_app, request, send_file

from incident import intake, journal
from incident import queries as find
from incident import rules as roles
from incident import schemas as s
from incident.api import Door, _load, answer, me, post, rule
from incident.attachments import actions, queries, receiving, rules, schemas
from incident.attachments.models import Attachment
from incident.attachments.shelf import Shelf
from incident.casework.belongings import Belonging, belongs
from incident.doubtful import require_meant
from incident.errors import NotAllowed, NotFound
from incident.people import Someone, may
from incident.routes import _not_ahead, _require_shown, s_id
from incident.whereabouts import with_area

api = Door("attachments", __name__, url_prefix="/api/v1", description="Photos, voice notes, documents")
files = Blueprint("attachment_files", __name__)
SANDBOX = "default-src 'none'; sandbox; frame-ancestors 'none'; base-uri 'none'; form-action 'none'"
RADIUS_M = 50  # of the doubt about a position a telephone wrote
_FORM = {
    "type": "object",
    "required": ["uid", "file"],
    "properties": {
        "uid": {"type": "string", "format": "uuid"},
        "file": {"type": "string", "format": "binary"},
        "incident_id": {"type": "integer"},
        "call_id": {"type": "integer"},
        "call_uid": {"type": "string", "format": "uuid"},
        "words": {"type": "string", "maxLength": 500},
        "taken_at": {"type": "string", "format": "date-time"},
    },
}


def join(app: Flask, rest: Any) -> None:
    """Add the doors; what an incident has goes along when it is merged."""
    rest.register_blueprint(api)
    app.register_blueprint(files)
    belongs("attachments", Belonging(Attachment.__table__))


def _shelf() -> Shelf:
    return Shelf(post().settings.data)


# bringing one


@api.post("/attachments")
@rule(api, "attachment.write", 404, 409, 413)
@api.doc(requestBody={"required": True, "content": {"multipart/form-data": {"schema": _FORM}}})
@api.response(201, s.EntryOut)
def bring() -> Response:
    """Bring a photo, a voice note or a document for an incident or a call, as a form with the file in `file`."""
    someone, shelf = me(), _shelf()
    with shelf.receiving() as folder:
        fields, source, name = receiving.take_form(request, folder)
        given = _load(schemas.AttachmentIn(), fields)
        uid = str(given["uid"])
        told = _told(given, name)
        _require_mine(someone, told)
        if (earlier := _earlier(someone, uid)) is not None:
            return answer(earlier, 200)
        facts = receiving.examined(source, folder)
        current_app.extensions["run_apart"](lambda: receiving.keep(shelf, folder, facts))
        row = receiving.row_of(facts, post().settings.site.zone)
        return answer(post().do(actions.add, someone.name, uid, told, row), 201)


def _told(given: Mapping[str, Any], name: str) -> actions.Told:
    call_uid = str(given["call_uid"]) if "call_uid" in given else None
    taken_at = _not_ahead(given["taken_at"]) if "taken_at" in given else None
    owner = {one: given.get(one) for one in ("incident_id", "call_id")}
    return actions.Told(
        call_uid=call_uid, name=bare_name(name), words=given.get("words", ""), taken_at=taken_at, **owner
    )


def bare_name(name: str) -> str:
    """The last part of what the sender called the file, on one line; it is shown, and never a path of ours."""
    last = re.split(r"[/\\]", name)[-1]
    plain = "".join(one for one in last if one.isprintable())
    return s._trimmed("name", plain)[:120]


def _require_mine(someone: Someone, told: actions.Told) -> None:
    """Whoever may not see the incident, or read calls, may not add to them."""
    if told.incident_id is not None:
        with post().database.read() as conn:  # what comes late goes where a merged incident went
            led_on = find.lead_on(conn, s_id(told.incident_id))
        return _require_shown(someone, led_on)
    if not roles.may(someone.role, "call.read"):
        raise NotAllowed("Peran Anda tidak boleh menambah lampiran laporan.")


def _earlier(someone: Someone, uid: str) -> dict[str, Any] | None:
    """What this key already brought; a second sending examines nothing."""
    with post().database.read() as conn:
        line = journal.find_by_uid(conn, uid)
    if line is None or line.kind != "attachment.added" or line.by != someone.name:
        return None  # a key of something else is refused by the verb
    return line.told()


# looking


@api.get("/incidents/<int:incident_id>/attachments")
@rule(api, "incident.read", 404)
@api.response(200, s.Anything)
def list_of_incident(incident_id: int) -> Response:
    """The attachments of an incident and, for those who read calls, of its calls."""
    someone = me()
    _require_shown(someone, incident_id)
    with post().database.read() as conn:
        rows = queries.of_incident(conn, s_id(incident_id))
        return answer({"attachments": queries.cards(conn, rows, someone.role, someone.name)})


@api.get("/calls/<int:call_id>/attachments")
@rule(api, "call.read", 404)
@api.response(200, s.Anything)
def list_of_call(call_id: int) -> Response:
    """The attachments of one call."""
    someone = me()
    with post().database.read() as conn:
        rows = queries.of_call(conn, s_id(call_id))
        return answer({"attachments": queries.cards(conn, rows, someone.role, someone.name)})


@api.get("/attachments/limits")
@rule(api, "attachment.write")
@api.response(200, s.Anything)
def list_limits() -> Response:
    """How large a file of each kind may be (bytes), how many an incident and a call may have, which types are kept."""
    many = {"incident": rules.MOST_OF_INCIDENT, "call": rules.MOST_OF_CALL}
    return answer({"bytes": rules.MOST_BYTES_OF, "most": many, "types": sorted(rules.TYPES)})


# changing


@api.post("/attachments/<int:attachment_id>/strike")
@rule(api, "attachment.write", 404, 409)
@api.response(200, s.EntryOut)
@api.arguments(schemas.AttachmentStrikeIn)
def strike(given: dict[str, Any], attachment_id: int) -> Response:
    """Strike an attachment through, with a reason: one's own, or any for a supervisor."""
    someone = me()
    _seen(someone, attachment_id)
    uid, why = str(given["uid"]), given["text"]
    return answer(post().do(actions.strike, someone.name, uid, s_id(attachment_id), why, someone.role))


@api.post("/attachments/<int:attachment_id>/offer")
@rule(api, "attachment.write", 404, 409)
@api.response(200, s.EntryOut)
@api.arguments(schemas.AttachmentOfferIn)
def answer_offer(given: dict[str, Any], attachment_id: int) -> Response:
    """Take or leave the position and the time a camera wrote; a position taken corrects the incident's place."""
    someone = me()
    row = _seen(someone, attachment_id)
    uid, confirmed = str(given.pop("uid")), given.pop("confirmed")
    place = _place(someone, row, confirmed) if given.get("position") else None
    return answer(post().do(actions.answer_offer, someone.name, uid, s_id(attachment_id), place=place, **given))


def _place(someone: Someone, row: Mapping[Any, Any], confirmed: bool) -> intake.Place | None:
    if not roles.may(someone.role, "incident.correct"):
        raise NotAllowed("Peran Anda tidak boleh memperbaiki tempat kejadian.")
    if row["camera_lon"] is None:
        return None
    lon, lat = row["camera_lon"], row["camera_lat"]
    require_meant(post(), lon, lat, confirmed, "position")
    return intake.Place(**with_area({"method": "device", "lon": lon, "lat": lat, "radius_m": RADIUS_M}))


def _seen(someone: Someone, attachment_id: int) -> Mapping[Any, Any]:
    """The row, for one who may see it; raises NotFound for everybody else."""
    with post().database.read() as conn:
        row = queries.find_attachment(conn, s_id(attachment_id))
    if row is None or not queries.may_see(someone.role, row):
        raise NotFound("Lampiran itu tidak ada.")
    if row["of_incident"] is not None:
        _require_shown(someone, row["of_incident"])
    return row


# the files


@files.get("/attachments/<int:attachment_id>")
@may("incident.read")
def show(attachment_id: int) -> Response:
    """The file: a photo or a voice note for the page, a document only to be saved; never anything that acts."""
    row = _opened(attachment_id)
    return _sent(row["digest"], row["type"], _named(row), row["kind"] not in rules.SHOWN_INLINE)


@files.get("/attachments/<int:attachment_id>/thumb")
@may("incident.read")
def show_small(attachment_id: int) -> Response:
    """The small copy of a photo."""
    row = _opened(attachment_id)
    if row["thumb_digest"] is None:
        raise NotFound("Lampiran ini tidak punya gambar kecil.")
    return _sent(row["thumb_digest"], "image/jpeg", _named(row), False)


def _opened(attachment_id: int) -> Mapping[Any, Any]:
    someone = me()
    row = _seen(someone, attachment_id)
    if not queries.may_open(someone.role, someone.name, row):
        raise NotFound("Lampiran ini dicoret; hanya pengirimnya dan koordinator dapat membukanya.")
    return row


def _named(row: Mapping[Any, Any]) -> str:
    """A name of ours: what the sender called it may be somebody's name."""
    number = intake.number_of(row["of_incident"], post().settings.site.name) if row["of_incident"] else "laporan"
    return f"{number}-{rules.KIND_WORDS[row['kind']]}-{row['id']}.{rules.TYPES[row['type']]}"


def _sent(digest: str, type_: str, name: str, is_saved: bool) -> Response:
    """The bytes, for nobody's cache, as what we made them and nothing else."""
    path = _shelf().find(digest)
    sent = send_file(path, mimetype=type_, as_attachment=is_saved, download_name=name, conditional=True, etag=digest)
    sent.headers["Cache-Control"] = "no-store"
    sent.headers["Content-Security-Policy"] = SANDBOX
    sent.headers["Cross-Origin-Resource-Policy"] = "same-origin"
    return sent


@api.before_app_request
def _allow_a_large_file() -> None:
    """A photograph is larger than any call: this one route takes more, from those who may."""
    if request.endpoint == "attachments.bring":
        request.max_content_length = rules.MOST_BYTES + rules.FORM_BYTES
