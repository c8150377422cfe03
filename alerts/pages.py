"""The pages of the alert room: the live picture of who knows, and the words before they go out."""

from typing import Any

from flask import Blueprint, redirect

from alerts import rules
from incident.api import post
from incident.pages import HOME, page
from incident.people import find_someone, may

pages = Blueprint("alert_pages", __name__)


def tables() -> dict[str, Any]:
    """What the pages of this room are told beside what every page is told: the ladder, and how long its time is."""
    ladder = {priority: [rung._asdict() for rung in rungs] for priority, rungs in rules.LADDER.items()}
    return {"ladder": ladder, "ladder_s": post().settings.ladder_s, "approval_s": rules.APPROVAL_S}


@pages.get("/alerts")
@may("alert.read")
def alerts() -> Any:
    """Siaran: what stands, who knows, who misses a person."""
    someone = find_someone()
    if someone and someone.role in HOME:
        return redirect(HOME[someone.role])
    return page("alerts/alerts.html", page=tables())
