"""Freezes an alert to the public as a CAP message the moment it begins or ends. Works in the relay.

What went out is kept as bytes: the same for ever, whatever becomes of the alert's row.
"""

import datetime as dt
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import insert

from alerts import cap, cap_out
from alerts.cap_form import CapAlert, CapReference
from alerts.public import queries
from alerts.public.models import CapMessage
from alerts.queries import find_alert
from incident import journal
from incident.config import Settings
from incident.journal import Line
from incident.post import Act

journal.declare({"cap.published": "An alert to the public went out as a CAP message, or its end did."})
MAX_PAST = 20


def publish_begun(act: Act, line: Line) -> None:
    """An alert to the public began: an Alert, or an Update of the messages before it. Never when its time is over."""
    alert = find_alert(act.conn, line.body["alert"])
    if alert is None or not _is_public(alert) or alert["approved_at"] is None or alert["expires_at"] <= act.now:
        return
    if queries.last_message_of(act.conn, alert["id"]) is not None:
        return  # the relay came late, and read of its writing when it was approved already
    before = queries.last_message_of(act.conn, alert["supersedes_id"]) if alert["supersedes_id"] else None
    _publish(act, alert, "Update" if before else "Alert", alert["approved_at"], before)


def publish_ended(act: Act, line: Line) -> None:
    """What the public was told and no longer holds is cancelled, as CAP does."""
    alert = find_alert(act.conn, line.body["alert"])
    before = queries.last_message_of(act.conn, line.body["alert"])
    if alert is None or before is None or before["message_type"] == "Cancel":
        return
    said = {"retraction": line.body["text"]} if line.body.get("text") else {}
    _publish(act, {**alert, **said}, "Cancel", line.at, before)


def _is_public(alert: Mapping[Any, Any]) -> bool:
    return bool(alert["audience_kind"] == "public")


def _publish(
    act: Act, alert: Mapping[Any, Any], message_type: str, sent_at: dt.datetime, before: Mapping[Any, Any] | None
) -> None:
    settings = act.post.settings
    past = _past(before)
    message = cap_out.message(
        alert, message_type, sender_of_site(settings), sent_at, past, queries.about_alert(act.conn, alert)
    )
    zone = ZoneInfo(settings.site.zone)
    row = {**_row(message, alert["id"], zone), "xml": _signed(act, cap.write_cap(message, zone)).decode()}
    act.conn.execute(insert(CapMessage), row)
    facts = {"alert": alert["id"], "identifier": message.identifier, "message_type": message_type}
    act.append("cap.published", facts, alert["incident_id"])


def _signed(act: Act, xml: bytes) -> bytes:
    """The message, signed where the site has a key: a warning goes out without one rather than not at all."""
    path = act.post.settings.cap_key
    if not path:
        return xml
    from alerts import cap_sign  # brings a library of its own along

    try:
        return cap_sign.signed(xml, Path(path).read_bytes())
    except (OSError, cap_sign.BadKey) as fault:
        act.post.log.error(
            "cap.unsigned", why=str(fault) if isinstance(fault, cap_sign.BadKey) else type(fault).__name__
        )
        return xml


def sender_of_site(settings: Settings) -> cap_out.Sender:
    """Who speaks for this site."""
    web = f"{settings.public_url}/info" if settings.public_url else ""
    return cap_out.sender_of(settings.site.name, settings.site.area_code, web)


def _past(before: Mapping[Any, Any] | None) -> tuple[CapReference, ...]:
    """The messages this one follows: the one before it and those that one followed."""
    if before is None:
        return ()
    kept = json.loads(before["past"] or "[]")
    older = [CapReference(by, name, dt.datetime.fromisoformat(sent)) for by, name, sent in kept]
    return (*older, CapReference(before["sender"], before["identifier"], before["sent_at"]))[-MAX_PAST:]


def _row(message: CapAlert, alert_id: int, zone: dt.tzinfo) -> dict[str, Any]:
    return {
        "alert_id": alert_id,
        "message_type": message.message_type,
        "identifier": message.identifier,
        "sender": message.sender,
        "sent_at": message.sent_at,
        "expires_at": message.expires_at,
        "headline": message.infos[0].headline[:200],
        "past": json.dumps([[one.sender, one.identifier, one.sent_at.isoformat()] for one in message.references]),
    }


LISTENERS = {
    "alert.written": (publish_begun,),
    "alert.approved": (publish_begun,),
    "alert.cancelled": (publish_ended,),
    "alert.ended": (publish_ended,),
}
