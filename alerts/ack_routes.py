"""The acknowledging link: a public page with one button. It names nobody and needs no script."""

from typing import Any

from flask import Blueprint, Response, make_response, render_template

from alerts import actions, queries, rules
from alerts.models import Delivery
from incident.api import post
from incident.people import public
from incident.post import Act
from incident.words import language

pages = Blueprint("alert_acks", __name__)
BY = "tautan"


@pages.get("/t/<string:code>")
@public
def ack_page(code: str) -> Any:
    """The alert of a link and one button; looking is not acknowledging, because programs look too."""
    with post().database.read() as conn:
        found = _found(conn, code)
        alert = queries.find_alert(conn, found["alert_id"]) if found else None
        recipient = queries.find_recipient(conn, found["recipient_id"]) if found else None
    return _page(alert, recipient["state"] in rules.BY_A_PERSON if recipient else False)


@pages.post("/t/<string:code>")
@public
def acknowledge(code: str) -> Any:
    """The button was pressed: a person has seen it. Pressed again it changes nothing.

    A code nobody has is answered by a look: guesses from outside never stand in line with calls.
    """
    with post().database.read() as conn:
        if _found(conn, code) is None:
            return _page(None, is_seen=False)
    alert = post().do(_acknowledge, BY, None, code)
    return _page(alert, is_seen=alert is not None)


def _acknowledge(act: Act, code: str) -> Any:
    found = _found(act.conn, code)
    if found is None:
        return None
    recipient = queries.find_recipient(act.conn, found["recipient_id"])
    assert recipient is not None
    who = recipient["name"] or recipient["call_sign"] or BY
    actions.record_seen(act, recipient["id"], who, "link", way=found["channel"])
    return queries.find_alert(act.conn, found["alert_id"])


def _found(conn: Any, code: str) -> Any:
    word = code.lower()
    return queries.find_way(conn, Delivery.code == word) if len(word) == 16 and word.isalnum() else None


def _page(alert: Any, is_seen: bool) -> Response:
    html = render_template("alerts/ack.html", alert=alert, is_seen=is_seen, is_over=_is_over(alert), lang=language())
    response = make_response(html, 200 if alert else 404)
    response.headers["Cache-Control"] = "no-store"
    response.headers["Referrer-Policy"] = "no-referrer"
    response.headers["X-Robots-Tag"] = "noindex"
    return response


def _is_over(alert: Any) -> bool:
    """Ended, or its time is over and nobody has ended it yet."""
    return alert is not None and (alert["state"] != "active" or alert["expires_at"] <= post().clock())
