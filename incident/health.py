"""Whether Posko is alive and ready, and its figures for Prometheus."""

from collections.abc import Callable
from typing import Any

from flask import Blueprint, Response
from prometheus_client import CollectorRegistry, Gauge, generate_latest
from sqlalchemy import func, select

from gis.database import UNREACHABLE
from incident import journal, pulse
from incident.api import answer, post
from incident.models import Call, Incident, Parked
from incident.people import public
from incident.post import Post
from incident.upgrade import is_current

health = Blueprint("health", __name__)

Figure = tuple[str, str, float]
"""Name of a gauge, what it counts, its value."""

more_figures: list[Callable[[Post], list[Figure]]] = []
"""What the rooms to the right add to /metrics."""


@health.get("/healthz")
@public
def alive() -> Response:
    """This process answers."""
    return answer({"alive": True})


@health.get("/readyz")
@public
def ready() -> Response:
    """Database, journal, relay and radio, each named; 503 when one is not well."""
    parts = {"database": _database(), "relay": _pulse("relay"), "radio": _pulse("radio")}
    parts["journal"] = _journal() if parts["database"]["ok"] else {"ok": False, "why": "the database is away"}
    well = all(part["ok"] for part in parts.values())
    return answer({"ready": well, **parts}, 200 if well else 503)


def _database() -> dict[str, Any]:
    try:
        current = is_current(post().database)
    except UNREACHABLE:
        return {"ok": False, "why": "it cannot be reached"}
    return {"ok": current} if current else {"ok": False, "why": "it is not migrated: run `posko db upgrade`"}


def _journal() -> dict[str, Any]:
    with post().database.read() as conn:
        parked = conn.scalar(select(func.count()).select_from(Parked).where(Parked.settled_at.is_(None)))
        return {"ok": True, "head": journal.head(conn), "parked": parked}


def _pulse(name: str) -> dict[str, Any]:
    age_s = pulse.age_s(post().settings.data, name)
    if age_s is None:
        return {"ok": False, "why": "it is not running"}
    return {"ok": age_s < pulse.STILL_S, "age_s": round(age_s, 1)}


@health.get("/metrics")
@public
def metrics() -> Response:
    """Figures in Prometheus' text format; counts only, nobody's words."""
    registry = CollectorRegistry()
    for name, words, value in _figures():
        Gauge(name, words, registry=registry).set(value)
    return Response(generate_latest(registry), mimetype="text/plain; version=0.0.4")


def _figures() -> list[Figure]:
    lane = post().database.lane
    with post().database.read() as conn:
        rows = [
            ("posko_journal_head", "Number of the newest entry", journal.head(conn)),
            ("posko_calls", "Calls kept", conn.scalar(select(func.count()).select_from(Call)) or 0),
            ("posko_incidents_open", "Open incidents", conn.scalar(_open_incidents()) or 0),
            ("posko_parked", "Entries a reader could not apply", conn.scalar(select(func.count(Parked.id))) or 0),
        ]
    rows += [("posko_lane_commits", "Commits of the writer lane", lane.commits)]
    rows += [("posko_lane_actions", "Actions committed by the writer lane", lane.actions)]
    ages = ((name, pulse.age_s(post().settings.data, name)) for name in ("relay", "radio"))
    rows += [(f"posko_{name}_pulse_age_seconds", f"Age of the {name}'s pulse", age) for name, age in ages if age]
    return rows + [figure for more in more_figures for figure in more(post())]


def _open_incidents() -> Any:
    return select(func.count()).select_from(Incident).where(Incident.state != "closed")
