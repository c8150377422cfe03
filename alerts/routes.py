"""The API of the alert room."""

from typing import Any

from flask import Flask, Response
from flask_smorest import Api
from marshmallow import fields, validate

from alerts import actions, cap_routes, pages, queries, rules
from alerts.bulletins import routes as bulletin_routes
from incident import board, lens
from incident import schemas as s
from incident.api import Door, answer, me, post, rule
from incident.errors import BadReport, NotFound
from incident.routes import s_id

api = Door("alerts", __name__, url_prefix="/api/v1", description="Alerts, their ladder, who has seen them")


class AlertIn(s.Strict):
    """An alert to units: the order, the words, for whom, until when."""

    uid = s.sender_key()
    incident_id = s.some_id()
    priority = s.one_of(rules.PRIORITIES, required=True)
    order = s.one_of(rules.ORDERS, required=True)
    headline = s.words(120)
    text = s.words(500, required=True)
    unit_ids = fields.List(
        fields.Integer(strict=True, validate=validate.Range(1, 2**53)), validate=validate.Length(1, 300), required=True
    )
    expires_in_min = fields.Integer(load_default=60, strict=True, validate=validate.Range(1, 1440))
    audience = fields.String(load_default="units", validate=validate.OneOf(rules.AUDIENCES))


class ApproveIn(s.Strict):
    uid = s.sender_key()
    text_hash = s.words(64)


class UpdateIn(s.Strict):
    """The words of the next revision; units and priority stay, the order may change."""

    uid = s.sender_key()
    text = s.words(500, required=True)
    order = s.one_of(rules.ORDERS)
    expires_in_min = fields.Integer(load_default=60, strict=True, validate=validate.Range(1, 1440))


class CancelIn(s.Strict):
    uid = s.sender_key()
    text = s.words(300)


class AcknowledgeIn(s.Strict):
    """A person of the unit has seen it; `by` when the operator notes it for someone on the phone."""

    uid = s.sender_key()
    unit_id = s.some_id()


@api.post("/alerts")
@rule(api, "alert.write", 404, 409)
@api.response(201, s.EntryOut)
@api.arguments(AlertIn)
def write_alert(given: dict[str, Any]) -> Response:
    """Write an alert; it starts at once unless a second person must approve it."""
    uid = str(given.pop("uid"))
    return answer(post().do(actions.write_alert, me().name, uid, **given), 201)


@api.post("/alerts/<int:alert_id>/approve")
@rule(api, "alert.approve", 404, 409)
@api.response(200, s.EntryOut)
@api.arguments(ApproveIn)
def approve_alert(given: dict[str, Any], alert_id: int) -> Response:
    """Approve the frozen text as a second, different person."""
    uid = str(given["uid"])
    return answer(post().do(actions.approve_alert, me().name, uid, s_id(alert_id), given.get("text_hash")))


@api.post("/alerts/<int:alert_id>/update")
@rule(api, "alert.write", 404, 409)
@api.response(201, s.EntryOut)
@api.arguments(UpdateIn)
def update_alert(given: dict[str, Any], alert_id: int) -> Response:
    """Write the next revision; the older one ends when it begins."""
    uid = str(given.pop("uid"))
    return answer(post().do(actions.update_alert, me().name, uid, s_id(alert_id), **given), 201)


@api.post("/alerts/<int:alert_id>/cancel")
@rule(api, "alert.cancel", 404, 409)
@api.response(200, s.EntryOut)
@api.arguments(CancelIn)
def cancel_alert(given: dict[str, Any], alert_id: int) -> Response:
    """Take an alert back."""
    uid = str(given["uid"])
    return answer(post().do(actions.cancel_alert, me().name, uid, s_id(alert_id), given.get("text")))


@api.post("/alerts/<int:alert_id>/acknowledge")
@rule(api, "alert.acknowledge", 404, 409)
@api.response(200, s.EntryOut)
@api.arguments(AcknowledgeIn)
def acknowledge(given: dict[str, Any], alert_id: int) -> Response:
    """A person has seen it: the field team itself, or the room for someone on the telephone."""
    someone = me()
    unit_id = someone.unit_id if someone.role == "field" else given.get("unit_id")
    if unit_id is None:
        raise BadReport("Sebut satuan mana yang sudah melihat siaran ini.", "unit_id")
    via = "screen" if someone.role == "field" else "phone"
    entry = post().do(actions.acknowledge, someone.name, str(given["uid"]), s_id(alert_id), unit_id, someone.name, via)
    return answer(entry)


@api.get("/alerts/<int:alert_id>/deliveries")
@rule(api, "alert.read", 404)
@api.response(200, s.Anything)
def list_deliveries(alert_id: int) -> Response:
    """The true state of every way out, per recipient."""
    with post().database.read() as conn:
        alert = queries.find_alert(conn, s_id(alert_id))
        if alert is None:
            raise NotFound("Siaran itu tidak ada.")
        cards = queries.recipient_cards(conn, [row["id"] for row in queries.recipients_of(conn, alert_id)])
    shown = [card for card in cards if lens.sees(me().viewer, "recipients", {**card, "gone": False})]
    return answer({"alert": queries.alert_card(alert), "recipients": shown})


def join(app: Flask, rooms: Api) -> None:
    """Add the room's routes and its part of the board."""
    rooms.register_blueprint(api)
    app.register_blueprint(pages.pages)
    cap_routes.join(app)
    board.join(queries.board_cards, queries.incident_cards)
    bulletin_routes.join(app, rooms)
