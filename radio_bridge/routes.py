"""The API of the air: the radio log, and a text to say."""

from typing import Any

from flask import Flask, Response
from flask_smorest import Api
from sqlalchemy import Connection

from alerts import reach
from incident import health, sayings
from incident import routes as incident_routes
from incident import schemas as s
from incident.api import Door, answer, me, post, rule
from incident.post import Act, Post
from radio_bridge import actions, channel, metrics, queries
from radio_bridge.airtime import airtime_of
from radio_bridge.card import routes as fieldcard_routes
from radio_bridge.keys import queries as key_queries
from radio_bridge.net import meter, on_air, relays
from radio_bridge.net import routes as net_routes
from radio_bridge.net.stations import add_station
from radio_bridge.profiles import profile_of
from radio_bridge.quality import with_quality
from radio_bridge.sms import channel as sms_channel

api = Door("radio", __name__, url_prefix="/api/v1", description="The radio log")


WORDS_MOST = 400
"""Signs that may be typed; what then fits the air, in parts if need be, the meter and the verb say alike."""


class TextIn(s.Strict):
    """A text; without `to` it is for every station of ours."""

    uid = s.sender_key()
    text = s.words(WORDS_MOST, required=True)
    to = s.words(30)


@api.get("/radio/log")
@rule(api, "radio.read")
@api.response(200, s.Anything)
@api.arguments(s.LimitQuery, location="query")
def read_log(given: dict[str, Any]) -> Response:
    """The newest transmissions with who has them, what was heard, our stations, and the airtime left in this hour.

    `airtime` is {service, limit_s, left_s, kept_s} in seconds, of which `kept_s` are for priority 0 alone; the three
    are null where the service has no limit, and `airtime` itself where the radio's spool cannot be read. `round` is
    what is on the air now, {uid, round, asked, slot_ms, begins_at, ends_at, calling}, or null. A station's `quality` is
    how well its last frame was heard, {rssi_dbm, snr_db, at}, null where the modem does not say; `relay` is its place
    in the register's order of relays. `relays` is {order, said_by, old_cards}: what the centre's radio works with, and
    who needs a new card to know it. `keys` counts who follows the change of keys, {epoch, is_told, cards, newest,
    behind, unheard, out, problem}; `problem` is why the radio cannot tell the net of it, or null.
    """
    with post().database.read() as conn:
        log, stations, keys = queries.radio_log(conn, given["limit"]), queries.station_cards(conn), _keys(conn)
        relaying = relays.relays_card(conn, post().settings)
    told = {**_parted(log), "stations": with_quality(stations, post().settings.data), "keys": keys, "relays": relaying}
    return answer({**told, "airtime": _airtime(post()), "round": _round(post())})


def _keys(conn: Connection) -> dict[str, Any]:
    told = key_queries.state(conn, post().settings)
    return {**told, "problem": told["problem"] and sayings.here(told["problem"])}


def _round(of: Post) -> dict[str, Any] | None:
    return on_air.round_now(of.settings.data, of.settings.radio, of.clock())


def _airtime(of: Post) -> dict[str, Any] | None:
    return airtime_of(of.settings.data, profile_of(of.settings.radio))


def _parted(log: list[dict[str, Any]]) -> dict[str, list[dict[str, Any]]]:
    return {
        "transmissions": [one for one in log if one["direction"] == "out"],
        "heard": [one for one in log if one["direction"] == "in"],
    }


class WordsIn(s.Strict):
    """Words that are still being typed; nothing of them is kept."""

    text = s.words(WORDS_MOST, required=True)
    to = s.words(30)


@api.post("/radio/measure")
@rule(api, "radio.say", 404)
@api.response(200, s.Anything)
@api.arguments(WordsIn)
def measure(given: dict[str, Any]) -> Response:
    """What these words would cost on the air: {bytes, seconds, answers_s, problem}. Sends nothing, keeps nothing."""
    here = post()
    with here.database.read() as conn:
        roster = queries.addressed(conn, given.get("to"))
    told = meter.measure(here.settings, given["text"], roster, to_one=bool(given.get("to")))
    return answer({**told, "problem": told["problem"] and sayings.here(told["problem"])})


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
        add_station(act, unit["call_sign"], unit["id"], station)


def join(app: Flask, rooms: Api) -> None:
    """Add the room's routes."""
    rooms.register_blueprint(api)
    rooms.register_blueprint(net_routes.api)
    rooms.register_blueprint(fieldcard_routes.api)
    if _give_station not in incident_routes.after_unit_added:
        incident_routes.after_unit_added.append(_give_station)
    if metrics.figures not in health.more_figures:
        health.more_figures.append(metrics.figures)
    reach.meters["radio"] = lambda alert: channel.alert_cost(alert, post().settings.radio)
    reach.meters["sms_modem"] = sms_channel.cost_of_sms
