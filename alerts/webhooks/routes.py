"""The doors other systems knock at: WhatsApp, Telegram, an SMS gateway, a signed webhook of anybody's.

Who speaks is proved by a signature or a secret before a byte is believed; what is not proved learns nothing. Nothing
here asks the network: pictures are fetched and words are sent back by the sender process.
"""

from collections.abc import Callable, Mapping
from typing import Any

from flask import Response, request
from flask_smorest import Api
from marshmallow import fields, validate
from pydantic import BaseModel

from alerts.channels import BadSignature, outside_class
from alerts.secrets import Unreadable, find_settings
from alerts.webhooks import actions, kept
from incident import schemas as s
from incident.api import Door, answer, me, post, rule
from incident.errors import NotFound, NotKnown, Refused
from incident.routes import s_id

api = Door("webhooks", __name__, url_prefix="/api/v1", description="What other systems tell us")
DOORS = {"whatsapp": "whatsapp", "telegram": "telegram", "sms": "sms_gateway", "generic": "webhook"}
LARGEST = 256_000  # bytes of one batch
SHUT = "Pintu ini tidak dibuka di sini."
STRANGER = "Tanda tangan tidak cocok."
_BODY = {"required": True, "content": {"application/json": {"schema": {"type": "object"}}}}


class NotReady(Refused):
    """The channel's settings cannot be read: the far end tries again when somebody has mended them."""

    status = 503


@api.post("/webhooks/<string:door>")
@rule(api, "public", 404, 413)
@api.doc(requestBody=_BODY)
@api.response(200, s.Anything)
def hear(door: str) -> Response:
    """Take what whatsapp, telegram, sms or generic sends, once each; answered as soon as it is written down."""
    request.max_content_length = LARGEST
    body = request.get_data()
    name, settings = _open(door)
    items = _believed(lambda: _kind(name).webhook(settings, dict(request.headers), body))
    return answer({"taken": actions.take(post(), name, items)})


@api.get("/webhooks/whatsapp")
@rule(api, "public", 404)
@api.doc(
    parameters=[
        {"in": "query", "name": f"hub.{name}", "schema": {"type": "string"}}
        for name in ("mode", "verify_token", "challenge")
    ]
)
@api.response(200, content_type="text/plain", schema={"type": "string"})
def challenge() -> Response:
    """Prove to Meta that this door is ours, once, when it is set up."""
    name, settings = _open("whatsapp")
    words = _believed(lambda: _kind(name).challenge(settings, _query()))
    return Response(words, mimetype="text/plain")


def _query() -> Mapping[str, str]:
    return request.args.to_dict()


def _kind(name: str) -> Any:
    return outside_class(name, post().settings.exercise)


def _open(door: str) -> tuple[str, BaseModel]:
    """The channel behind a door and its settings; raises NotFound for one that is shut, NotReady."""
    name = DOORS.get(door)
    if name is None:
        raise NotFound(SHUT)
    try:
        with post().database.read() as conn:
            settings = find_settings(conn, post(), name)
    except Unreadable as fault:
        raise NotReady(str(fault)) from None
    if settings is None:
        raise NotFound(SHUT)
    return name, settings


def _believed(read: Callable[[], Any]) -> Any:
    try:
        return read()
    except BadSignature:
        raise NotKnown(STRANGER) from None


# what was kept beside


class KeptQuery(s.Strict):
    """How many of the oldest."""

    limit = fields.Integer(load_default=50, validate=validate.Range(1, 200))


class KeptVerbIn(s.Strict):
    """A decision bears a key of its sender."""

    uid = s.sender_key()


_WHOLE_DEEDS = {"aside_all": kept.set_aside_sender, "reopen": kept.reopen}


@api.get("/messages")
@rule(api, "message.settle")
@api.response(200, s.Anything)
@api.arguments(KeptQuery, location="query")
def list_kept(given: dict[str, Any]) -> Response:
    """Messages that became no call and wait for a person; senders are masked."""
    with post().database.read() as conn:
        return answer(kept.listed(conn, given["limit"], post().clock()))


@api.post("/messages/<int:message_id>/<string:decision>")
@rule(api, "message.settle", 404, 409)
@api.response(200, s.EntryOut)
@api.arguments(KeptVerbIn)
def decide(given: dict[str, Any], message_id: int, decision: str) -> Response:
    """Make it a call; set it aside, alone or (`aside_all`) with all that waits of its sender; `reopen` such a deed."""
    uid, number = str(given["uid"]), s_id(message_id)
    if decision in kept.DECISIONS:
        return answer(post().do(kept.decide, me().name, uid, number, decision))
    if decision not in _WHOLE_DEEDS:
        raise NotFound(f"Langkah itu tidak ada; yang ada: {', '.join((*kept.DECISIONS, *_WHOLE_DEEDS))}.")
    return answer(post().do(_WHOLE_DEEDS[decision], me().name, uid, number))


def join(rooms: Api) -> None:
    """Add the doors."""
    rooms.register_blueprint(api)
