"""The doors of a browser that wants to hear alerts while it is closed."""

import json
from typing import Any

from flask import Response
from flask_smorest import Api
from marshmallow import fields, validate

from alerts import push
from incident import schemas as s
from incident.api import Door, answer, me, post, rule

api = Door("push", __name__, url_prefix="/api/v1", description="Alerts to a browser that is closed")


class PushIn(s.Strict):
    """A subscription as the browser gives it: where to, its public point and its secret, base64url."""

    uid = s.sender_key()
    endpoint = fields.String(required=True, validate=[validate.Length(max=600), validate.Regexp(r"^https?://[^\s]+$")])
    p256dh = fields.String(required=True, validate=validate.Regexp(r"^[A-Za-z0-9_-]{80,90}={0,2}$"))
    auth = fields.String(required=True, validate=validate.Regexp(r"^[A-Za-z0-9_-]{20,24}={0,2}$"))


class PushStopIn(s.Strict):
    uid = s.sender_key()


@api.get("/push")
@rule(api, "alert.acknowledge")
@api.response(200, s.Anything)
def ask_key() -> Response:
    """The key a browser subscribes with, null while the channel is off; and whether one of mine hears already."""
    with post().database.read() as conn:
        owner = push.find_owner(conn, me())
        is_heard = owner is not None and push.has_browser(conn, owner)
        return answer({"key": push.public_key(conn, post()), "is_heard": is_heard, "may": owner is not None})


@api.post("/push")
@rule(api, "alert.acknowledge", 404, 409)
@api.response(200, s.EntryOut)
@api.arguments(PushIn)
def subscribe(given: dict[str, Any]) -> Response:
    """Let this browser hear; it takes the place of the one before."""
    someone, keys = me(), {"p256dh": given["p256dh"], "auth": given["auth"]}
    address = json.dumps({"endpoint": given["endpoint"], "keys": keys})
    return answer(post().do(push.set_browser, someone.name, str(given["uid"]), someone, address))


@api.post("/push/stop")
@rule(api, "alert.acknowledge", 404, 409)
@api.response(200, s.EntryOut)
@api.arguments(PushStopIn)
def unsubscribe(given: dict[str, Any]) -> Response:
    """Let no browser of mine hear any more."""
    someone = me()
    return answer(post().do(push.set_browser, someone.name, str(given["uid"]), someone, None))


def join(rooms: Api) -> None:
    """Add the doors."""
    rooms.register_blueprint(api)
