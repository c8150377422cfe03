"""What stands on the public page, in one language: alerts that hold, answers to rumours, which places are open.

Nothing of it is about a person: of who approved the public learns the role, of an incident the name of its area.
"""

import datetime as dt
from collections.abc import Mapping
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from babel.dates import format_datetime
from sqlalchemy import Connection

from alerts import cap_out
from alerts.cap_feed import Item
from alerts.cap_in import read_cap
from alerts.public import queries
from alerts.public.publishing import sender_of_site
from incident.config import Settings
from incident.post import Post

WITHDRAWN_SHOWN = dt.timedelta(hours=24)


class Shown(NamedTuple):
    """One alert as the page shows it, in its language; `cap` is the path of its message, "" until it went out."""

    id: int
    priority: str
    order: str
    headline: str
    text: str
    instruction: str
    areas: list[str]
    sender: str
    revision: int
    began: str
    ends: str
    began_at: dt.datetime
    cap: str


def gather(post: Post, language: str) -> dict[str, Any]:
    """Everything the page shows now."""
    now, settings = post.clock(), post.settings
    with post.database.read() as conn:
        return {
            "alerts": [_alert(conn, row, settings, language) for row in _rows(conn, now, settings)],
            "withdrawn": _withdrawn(conn, now, settings, language),
            "clarifications": [_clarification(row, settings, language) for row in queries.published(conn, now)],
            "places": [_place(one, language) for one in queries.shown_openings(conn)],
            "now": when(now, settings, language),
        }


def _rows(conn: Connection, now: dt.datetime, settings: Settings) -> list[Any]:
    return queries.public_alerts(conn, now, settings.exercise)


def when(at: dt.datetime, settings: Settings, language: str) -> str:
    """A moment in the time of the site: `22 November 2026, 10.42 WITA`; one zone and one spelling for everybody."""
    local = at.astimezone(ZoneInfo(settings.site.zone))
    clock = "HH.mm" if language == "id" else "HH:mm"
    return f"{format_datetime(local, f'd MMMM y, {clock}', locale=language)} {settings.site.zone_label}"


def _alert(conn: Connection, row: Mapping[Any, Any], settings: Settings, language: str) -> Shown:
    """The same words as in its CAP message, because they are made by the same hand."""
    about = queries.about_alert(conn, row)
    message = cap_out.message(row, "Alert", sender_of_site(settings), row["approved_at"], (), about)
    info = message.infos[0 if language == "id" else 1]
    sent = queries.last_message_of(conn, row["id"])
    return Shown(
        id=row["id"],
        priority=row["priority"],
        order=row["order"],
        headline=info.headline,
        text=info.description,
        instruction=info.instruction,
        areas=[one.words for one in info.areas],
        sender=info.sender_name,
        revision=row["revision"],
        began=when(row["approved_at"], settings, language),
        ends=when(row["expires_at"], settings, language),
        began_at=row["approved_at"],
        cap=f"/cap/{sent['identifier']}.xml" if sent else "",
    )


def _withdrawn(conn: Connection, now: dt.datetime, settings: Settings, language: str) -> list[dict[str, Any]]:
    """What was taken back in the last day and would still hold: who read it must learn that it is over."""
    found = [one for one in queries.messages_in_force(conn, now) if one["message_type"] == "Cancel"]
    return [_taken_back(one, settings, language) for one in found if now - one["sent_at"] < WITHDRAWN_SHOWN]


def _taken_back(row: Mapping[Any, Any], settings: Settings, language: str) -> dict[str, Any]:
    """As the message that took it back says it in this language."""
    info = read_cap(str(row["xml"]).encode()).info(language)
    headline, text = (info.headline, info.description) if info else (row["headline"], "")
    at = when(row["sent_at"], settings, language)
    return {"alert": row["alert_id"], "headline": headline, "text": text, "at": at, "sent_at": row["sent_at"]}


def _clarification(row: Mapping[Any, Any], settings: Settings, language: str) -> dict[str, Any]:
    in_english = language == "en"
    said = {name: in_english and row[f"{name}_en"] or row[name] for name in ("claim", "fact", "evidence")}
    is_foreign = in_english and not (row["claim_en"] and row["fact_en"])
    at = when(row["approved_at"], settings, language)
    more = {"id": row["id"], "link": row["link"], "role": row["approved_role"], "at": at}
    return {**said, **more, "approved_at": row["approved_at"], "is_foreign": is_foreign}


def _place(one: Mapping[str, Any], language: str) -> dict[str, Any]:
    names = ("id", "kind", "name", "where", "state", "hours", "capacity", "occupied")
    in_english = one["note_en"] if language == "en" else ""
    more = {"note": in_english or one["note"], "is_foreign": language == "en" and not in_english}
    return {**{name: one[name] for name in names}, **more}


def items(post: Post, language: str) -> list[Item]:
    """The lines of the RSS: alerts, what was taken back, answers to rumours; newest first."""
    told = gather(post, language)
    lang = "" if language == "id" else f"?lang={language}"
    found = [
        Item(f"alert {one.id}", one.headline, f"{one.text} {one.instruction}", one.began_at, f"/info{lang}", "alert")
        for one in told["alerts"]
    ]
    found += [
        Item(f"cancel {one['alert']}", one["headline"], one["text"], one["sent_at"], f"/info{lang}", "cancel")
        for one in told["withdrawn"]
    ]
    found += [
        Item(
            f"clarification {one['id']}",
            one["claim"],
            one["fact"],
            one["approved_at"],
            f"/info{lang}#clarification-{one['id']}",
            "clarification",
        )
        for one in told["clarifications"]
    ]
    return sorted(found, key=lambda one: one.at, reverse=True)
