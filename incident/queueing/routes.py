"""The API of the queue's own deeds: a P1 was heard, saved views."""

from typing import Any

from flask import Response
from flask_smorest import Api
from marshmallow import fields, validate

from incident import schemas as s
from incident.api import Door, answer, me, post, rule
from incident.errors import NotFound
from incident.people import Someone
from incident.queueing import actions
from incident.queueing.rules import DIGITS, role_views
from incident.routes import s_id

api = Door("queueing", __name__, url_prefix="/api/v1", description="A P1 that was heard, saved views of the queue")


class ViewIn(s.Strict):
    """A view: its name and the filters as they stand in the URL."""

    uid = s.sender_key()
    name = fields.String(required=True, validate=[validate.Length(1, 40), validate.Regexp(r"\s*\S")])
    query = fields.String(load_default="", validate=validate.Length(max=300))


def join(rooms: Api) -> None:
    """Add the routes."""
    rooms.register_blueprint(api)


@api.post("/incidents/<int:incident_id>/heard")
@rule(api, "incident.hear", 404, 409)
@api.response(200, s.EntryOut)
@api.arguments(s.UidIn)
def hear(given: dict[str, Any], incident_id: int) -> Response:
    """Say that a new P1 was heard: it sounds no more on any screen of the room."""
    return answer(post().do(actions.hear, me().name, str(given["uid"]), s_id(incident_id)))


@api.get("/queue/views")
@rule(api, "board.read")
@api.response(200, s.Anything)
def list_views() -> Response:
    """The caller's views by key: their own, and below them those their role begins with."""
    return _views(me())


def _views(someone: Someone) -> Response:
    with post().database.read() as conn:
        own = actions.views_of(conn, someone.id)
    taken = {view["digit"] for view in own}
    given = [{**view, "is_own": False} for view in role_views(someone.role) if view["digit"] not in taken]
    return answer({"views": sorted(own + given, key=lambda view: view["digit"])})


@api.post("/queue/views/<int:digit>")
@rule(api, "board.read", 404, 422, 409)
@api.response(200, s.Anything)
@api.arguments(ViewIn)
def keep_view(given: dict[str, Any], digit: int) -> Response:
    """Keep a view on a key from 1 to 9; what was there before gives way."""
    someone = me()
    said = someone.id, _digit(digit), given["name"], given["query"]
    return answer(post().do(actions.keep_view, someone.name, str(given["uid"]), *said))


@api.post("/queue/views/<int:digit>/drop")
@rule(api, "board.read", 404, 409)
@api.response(200, s.Anything)
@api.arguments(s.UidIn)
def drop_view(given: dict[str, Any], digit: int) -> Response:
    """Let a view of one's own go; the role's comes back to its key."""
    someone = me()
    post().do(actions.drop_view, someone.name, str(given["uid"]), someone.id, _digit(digit))
    return _views(someone)


def _digit(digit: int) -> int:
    if digit not in DIGITS:
        raise NotFound("Tampilan berada pada angka 1 sampai 9.")
    return digit
