"""The API of the air: the radio log, and a text to say."""

from typing import Any

from flask import Flask, Response
from flask_smorest import Api

from alerts import reach
from incident import routes as incident_routes
from incident import schemas as s
from incident.api import Door, answer, me, post, rule
from incident.post import Act
from radio_bridge import actions, channel, queries, sms_channel

api = Door("radio", __name__, url_prefix="/api/v1", description="The radio log")


class TextIn(s.Strict):
    """A short text; without `to` it is for every station of ours."""

    uid = s.sender_key()
    text = s.words(160, required=True)
    to = s.words(30)


@api.get("/radio/log")
@rule(api, "radio.read")
@api.response(200, s.Anything)
@api.arguments(s.LimitQuery, location="query")
def read_log(given: dict[str, Any]) -> Response:
    """The newest transmissions with who has them, what was heard, and our stations."""
    with post().database.read() as conn:
        log = queries.radio_log(conn, given["limit"])
        return answer({**_parted(log), "stations": queries.station_cards(conn)})


def _parted(log: list[dict[str, Any]]) -> dict[str, list[dict[str, Any]]]:
    return {
        "transmissions": [one for one in log if one["direction"] == "out"],
        "heard": [one for one in log if one["direction"] == "in"],
    }


@api.post("/radio/texts")
@rule(api, "radio.say", 404, 409)
@api.response(201, s.Anything)
@api.arguments(TextIn)
def say(given: dict[str, Any]) -> Response:
    """Queue a text for the air; too long is refused with the length, never cut."""
    uid, text = str(given["uid"]), given["text"]
    said = post().do(actions.queue_text, me().name, uid, text, to=given.get("to"))
    return answer(said, 201)


def _give_station(act: Act, unit: dict[str, Any], station: int | None) -> None:
    """A new unit joins the net when it was given a station number."""
    if station is not None:
        actions.add_station(act, unit["call_sign"], unit["id"], station)


def join(app: Flask, rooms: Api) -> None:
    """Add the room's routes."""
    rooms.register_blueprint(api)
    if _give_station not in incident_routes.after_unit_added:
        incident_routes.after_unit_added.append(_give_station)
    reach.meters["radio"] = channel.cost_on_air
    reach.meters["sms_modem"] = sms_channel.cost_of_sms
