"""The pages of the alert room: the live picture of who knows, and the words before they go out."""

from typing import Any

from flask import Blueprint, redirect

from alerts import queries, rules
from alerts.channels import INSIDE
from incident import queries as known
from incident.api import post
from incident.pages import HOME, page
from incident.people import find_someone, may
from incident.words import ROLE_WORDS

pages = Blueprint("alert_pages", __name__)


def tables() -> dict[str, Any]:
    """What the pages of this room are told besides: the ladder, its time, the ways that are switched on."""
    ladder = {priority: [rung._asdict() for rung in rungs] for priority, rungs in rules.LADDER.items()}
    with post().database.read() as conn:
        states = queries.channel_states(conn)
    settings = post().settings
    inside = [name for name in INSIDE if name != "sms_modem" or settings.sms_modem]
    on = [*inside, *(name for name, state in states.items() if state != "off")]
    times = {"ladder_s": settings.ladder_s, "approval_s": rules.APPROVAL_S}
    return {"ladder": ladder, "done_at": rules.DONE_AT, "channels_on": on, **times}


@pages.get("/alerts")
@may("alert.read")
def alerts() -> Any:
    """Siaran: what stands, who knows, who misses a person."""
    someone = find_someone()
    if someone and someone.role in HOME:
        return redirect(HOME[someone.role])
    return page("alerts/alerts.html", page=tables())


@pages.get("/alerts/new")
@may("alert.write")
def compose() -> str:
    """Siaran baru: the words, the area, the audience, and what it will reach."""
    with post().database.read() as conn:
        agencies = [dict(row) for row in known.agencies(conn)]
    roles = {role: str(words) for role, words in ROLE_WORDS.items()}
    return page("alerts/compose.html", page={**tables(), "agencies": agencies, "role_words": roles})


@pages.get("/contacts")
@may("contact.read")
def contacts() -> str:
    """Buku telepon: who must be told beside the units."""
    with post().database.read() as conn:
        return page("alerts/contacts.html", page={"agencies": [dict(row) for row in known.agencies(conn)]})


@pages.get("/channels")
@may("channel.read")
def channels() -> str:
    """Jalan keluar: how each is, and its settings."""
    return page("alerts/channels.html")
