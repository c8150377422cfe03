"""The API of the alert room."""

from collections.abc import Mapping
from typing import Any

from flask import Flask, Response
from flask_smorest import Api

from alerts import (
    ack_routes,
    actions,
    book_routes,
    cap_routes,
    channel_routes,
    lists,
    pages,
    push_routes,
    queries,
    reach,
    speech_routes,
    templates,
)
from alerts import schemas as a
from alerts.audience import To
from alerts.bulletins import routes as bulletin_routes
from alerts.public import routes as public_routes
from alerts.webhooks import routes as webhook_routes
from incident import board, lens
from incident import schemas as s
from incident.api import Door, answer, me, post, rule
from incident.errors import BadReport, NotFound
from incident.routes import s_id
from incident.rules import ROLE_SEES

api = Door("alerts", __name__, url_prefix="/api/v1", description="Alerts, their ladder, who has seen them")


@api.get("/alerts")
@rule(api, "alert.read")
@api.response(200, s.Anything)
@api.arguments(a.AlertsQuery, location="query")
def list_alerts(given: dict[str, Any]) -> Response:
    """The newest alerts, also those that are over, everybody counted by state; `cursor` asks for older ones."""
    with post().database.read() as conn:
        found = lists.alerts(conn, given.get("cursor"), given["limit"], is_draft_shown=_sees_drafts())
    return answer(found)


def _sees_drafts() -> bool:
    return ROLE_SEES[me().role]["alerts"] == "all"


@api.post("/alerts")
@rule(api, "alert.write", 404, 409)
@api.response(201, s.EntryOut)
@api.arguments(a.AlertIn)
def write_alert(given: dict[str, Any]) -> Response:
    """Write an alert; it starts at once unless a second person must approve it."""
    plain = {name: given[name] for name in ("order", "text", "priority", "expires_in_min")}
    plain |= {name: given.get(name) for name in ("incident_id", "headline")}
    kind = "public" if given["public"] else given["audience"]
    told = post().do(
        actions.write_alert, me().name, str(given["uid"]), **plain, audience=kind, to=_to(given), more=_more(given)
    )
    return answer(told, 201)


def _to(given: Mapping[str, Any]) -> To:
    lists_of = {name: tuple(given[name]) for name in To._fields if isinstance(given[name], list)}
    return To(heads_in_area=given["heads_in_area"], **lists_of)


def _more(given: Mapping[str, Any]) -> dict[str, Any]:
    """The CAP words, area and languages that were said."""
    names = (*templates.PLAIN, *templates.PACKED, "retraction", "language")
    return {name: given[name] for name in names if given.get(name)}


@api.post("/alerts/reach")
@rule(api, "alert.write")
@api.response(200, s.Anything)
@api.arguments(a.ReachIn)
def ask_reach(given: dict[str, Any]) -> Response:
    """What it would reach before it is sent: how many by which ways, bytes on the air, who has no address."""
    words = {"priority": given["priority"], "order": given["order"], "text": given.get("text") or ""}
    words |= {name: given.get(name) for name in ("area", "area_codes")}
    is_public = given["public"] or given["audience"] == "public"
    with post().database.read() as conn:
        if place := queries.find_place(conn, given["incident_id"]) if given.get("incident_id") else None:
            words |= {name: place[name] for name in ("place", "lon", "lat")}
        return answer(reach.reach_of(conn, post(), words, _to(given), is_public))


@api.get("/alerts/templates")
@rule(api, "alert.write")
@api.response(200, s.Anything)
def list_templates() -> Response:
    """The templates, and what each begins with."""
    return answer({"templates": templates.listed()})


@api.post("/alerts/compose")
@rule(api, "alert.write")
@api.response(200, s.Anything)
@api.arguments(a.ComposeIn)
def compose(given: dict[str, Any]) -> Response:
    """The words of an alert from a template, in Bahasa Indonesia and English; nothing is written."""
    sender = given.get("sender") or post().settings.site.name
    return answer(templates.compose(given.pop("template"), {**given, "sender": sender}))


@api.post("/alerts/<int:alert_id>/approve")
@rule(api, "alert.approve", 404, 409)
@api.response(200, s.EntryOut)
@api.arguments(a.ApproveIn)
def approve_alert(given: dict[str, Any], alert_id: int) -> Response:
    """Approve the frozen text as a second, different person."""
    uid = str(given["uid"])
    return answer(post().do(actions.approve_alert, me().name, uid, s_id(alert_id), given.get("text_hash")))


@api.post("/alerts/<int:alert_id>/update")
@rule(api, "alert.write", 404, 409)
@api.response(201, s.EntryOut)
@api.arguments(a.UpdateIn)
def update_alert(given: dict[str, Any], alert_id: int) -> Response:
    """Write the next revision; the older one ends when it begins."""
    more = {name: given[name] for name in ("instruction", "retraction", "english") if given.get(name)}
    plain: dict[str, Any] = {name: given.get(name) for name in ("text", "expires_in_min", "order", "headline")}
    uid = str(given["uid"])
    return answer(post().do(actions.update_alert, me().name, uid, s_id(alert_id), **plain, more=more), 201)


@api.post("/alerts/<int:alert_id>/cancel")
@rule(api, "alert.cancel", 404, 409)
@api.response(200, s.EntryOut)
@api.arguments(a.CancelIn)
def cancel_alert(given: dict[str, Any], alert_id: int) -> Response:
    """Take an alert back, with the words that were frozen for that."""
    uid = str(given["uid"])
    return answer(post().do(actions.cancel_alert, me().name, uid, s_id(alert_id), given.get("text")))


@api.post("/alerts/<int:alert_id>/resend")
@rule(api, "alert.write", 404, 409)
@api.response(200, s.EntryOut)
@api.arguments(s.UidIn)
def resend(given: dict[str, Any], alert_id: int) -> Response:
    """Send it once more to those who are missing, and to nobody else."""
    return answer(post().do(actions.resend, me().name, str(given["uid"]), s_id(alert_id)))


@api.post("/alerts/<int:alert_id>/acknowledge")
@rule(api, "alert.acknowledge", 404, 409)
@api.response(200, s.EntryOut)
@api.arguments(a.AcknowledgeIn)
def acknowledge(given: dict[str, Any], alert_id: int) -> Response:
    """A person has seen it: the field team itself, or the room for someone on the telephone."""
    someone = me()
    unit_id, recipient_id = _who(someone, given)
    via = "screen" if someone.role == "field" else "phone"
    uid = str(given["uid"])
    told = (s_id(alert_id), unit_id, someone.name, via, recipient_id)
    return answer(post().do(actions.acknowledge, someone.name, uid, *told))


@api.post("/alerts/<int:alert_id>/read-back")
@rule(api, "alert.acknowledge", 404, 409)
@api.response(200, s.EntryOut)
@api.arguments(a.ReadBackIn)
def read_back(given: dict[str, Any], alert_id: int) -> Response:
    """The words somebody read back by voice; they stand with the recipient."""
    someone = me()
    unit_id, recipient_id = _who(someone, given)
    told = (s_id(alert_id), given["words"], someone.name, unit_id, recipient_id)
    return answer(post().do(actions.read_back, someone.name, str(given["uid"]), *told))


def _who(someone: Any, given: Mapping[str, Any]) -> tuple[int | None, int | None]:
    """(unit, recipient) that is meant; a field team speaks for itself alone."""
    if someone.role == "field":
        return someone.unit_id, None
    if given.get("unit_id") is None and given.get("recipient_id") is None:
        raise BadReport("Sebut satuan mana yang sudah melihat siaran ini.", "unit_id")
    return given.get("unit_id"), given.get("recipient_id")


@api.get("/alerts/<int:alert_id>/deliveries")
@rule(api, "alert.read", 404)
@api.response(200, s.Anything)
def list_deliveries(alert_id: int) -> Response:
    """The alert whole, and the true state of every way out to each of its units; contacts are counted."""
    with post().database.read() as conn:
        alert = _shown_alert(conn, alert_id)
        cards = queries.unit_cards(conn, alert_id, None)
        whole = queries.whole_alert(conn, alert)
    shown = [card for card in cards if lens.sees(me().viewer, "recipients", {**card, "gone": False})]
    return answer({"alert": whole, "recipients": shown})


def _shown_alert(conn: Any, alert_id: int) -> Any:
    """Raises NotFound for one that is not there, or is a draft that is not for this role."""
    alert = queries.find_alert(conn, s_id(alert_id))
    if alert is None or (alert["state"] == "draft" and not _sees_drafts()):
        raise NotFound("Siaran itu tidak ada.")
    return alert


@api.get("/alerts/<int:alert_id>/recipients")
@rule(api, "contact.read", 404)
@api.response(200, s.Anything)
@api.arguments(a.RecipientsQuery, location="query")
def list_recipients(given: dict[str, Any], alert_id: int) -> Response:
    """Units and contacts by name with what is known of each, a page at a time."""
    states = tuple(one for one in (given.get("state") or "").split(",") if one)
    with post().database.read() as conn:
        _shown_alert(conn, alert_id)
        page = (given.get("q") or "", given.get("cursor"), given["limit"])
        return answer(lists.recipients(conn, alert_id, states, *page))


@api.get("/alerts/<int:alert_id>/missing")
@rule(api, "contact.unmask", 404)
@api.response(200, s.Anything)
def list_missing(alert_id: int) -> Response:
    """Those of whom no person has it, with their numbers, to be telephoned; that they were shown is journaled."""
    return answer(post().do(lists.show_missing, me().name, None, s_id(alert_id)))


@api.get("/alerts/<int:alert_id>/export.csv")
@rule(api, "contact.read", 404)
@api.response(200, content_type="text/csv")
def export_alert(alert_id: int) -> Response:
    """Who had it when, by which way, as CSV without any address."""
    with post().database.read() as conn:
        _shown_alert(conn, alert_id)
        text = lists.as_csv(conn, alert_id, post().settings.site.zone)
    name = f"siaran-{alert_id}.csv"
    headers = {"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "no-store"}
    return Response(text.encode("utf-8-sig"), mimetype="text/csv", headers=headers)


def join(app: Flask, rooms: Api) -> None:
    """Add the room's routes and its part of the board."""
    for door in (api, book_routes.api, channel_routes.api, speech_routes.api):
        rooms.register_blueprint(door)
    app.register_blueprint(ack_routes.pages)
    app.register_blueprint(pages.pages)
    cap_routes.join(app)
    public_routes.join(app, rooms)
    board.join(queries.board_cards, queries.incident_cards)
    bulletin_routes.join(app, rooms)
    webhook_routes.join(rooms)
    push_routes.join(rooms)
