"""Questions about what everybody may know."""

import datetime as dt
import json
from collections.abc import Iterable, Mapping
from typing import Any

from sqlalchemy import Connection, func, select
from sqlalchemy.engine import RowMapping

from alerts.cap_out import About
from alerts.models import Alert
from alerts.public import rules
from alerts.public.models import CapMessage, Clarification, Opening
from gis.codes import full_name
from gis.models import Area, Facility
from incident.models import Incident
from incident.queries import iso

MAX_FEED = 100
_message = CapMessage.__table__
_clarification = Clarification.__table__
_opening = Opening.__table__
_facility = Facility.__table__


# CAP messages


def find_message(conn: Connection, identifier: str) -> RowMapping | None:
    return conn.execute(select(_message).where(_message.c.identifier == identifier)).mappings().first()


def last_message_of(conn: Connection, alert_id: int | None) -> RowMapping | None:
    """The newest message of an alert, or None where it never went out to the public."""
    found = select(_message).where(_message.c.alert_id == alert_id).order_by(_message.c.id.desc()).limit(1)
    return conn.execute(found).mappings().first()


def messages_in_force(conn: Connection, now: dt.datetime) -> list[RowMapping]:
    """What the feed shows, newest first: every message whose time is not over, a Cancel until the alert's would be."""
    found = (
        select(_message).where(_message.c.expires_at > now).order_by(_message.c.sent_at.desc(), _message.c.id.desc())
    )
    return list(conn.execute(found.limit(MAX_FEED)).mappings())


def feed_changed_at(conn: Connection, now: dt.datetime) -> dt.datetime | None:
    """When the feed last became another: a message began, or the time of one was over. None while it was never."""
    sent = conn.scalar(select(func.max(_message.c.sent_at)))
    over = conn.scalar(select(func.max(_message.c.expires_at)).where(_message.c.expires_at <= now))
    return max((one for one in (sent, over) if one is not None), default=None)


def find_ground(conn: Connection, incident_id: int | None) -> Mapping[Any, Any]:
    """The type of an incident and the code of the area it lies in; empty without one."""
    found = select(Incident.type, Incident.area_code).where(Incident.id == incident_id)
    return conn.execute(found).mappings().first() or {"type": None, "area_code": None}


def area_names(conn: Connection, codes: Iterable[str]) -> dict[str, str]:
    """Codes to whole names: `Desa Labuhan Lombok, Kec. Pringgabaya, Kab. Lombok Timur`; unknown ones are left out."""
    wanted = sorted({one for one in codes if one})
    chain = {".".join(one.split(".")[:end]) for one in wanted for end in range(1, 5)}
    found = conn.execute(select(Area.code, Area.name).where(Area.code.in_(chain)))
    names: dict[str, str] = {row.code: row.name for row in found}
    return {one: full_name(one, names[one], names) for one in wanted if one in names}


# alerts


def about_alert(conn: Connection, alert: Mapping[Any, Any]) -> About:
    """What is known beside the alert's own row and may be said."""
    ground = find_ground(conn, alert["incident_id"])
    codes = json.loads(alert["area_codes"]) if alert["area_codes"] else []
    return About(ground["type"], ground["area_code"], area_names(conn, [*codes, ground["area_code"]]))


def public_alerts(conn: Connection, now: dt.datetime, is_exercise: bool) -> list[RowMapping]:
    """Alerts to the public that hold now, the gravest and newest first; an exercise's only in an exercise."""
    alert = Alert.__table__
    found = select(alert).where(alert.c.state == "active", alert.c.audience_kind == "public", alert.c.expires_at > now)
    found = found.where(alert.c.exercise.is_(is_exercise))
    return list(conn.execute(found.order_by(alert.c.priority, alert.c.approved_at.desc(), alert.c.id)).mappings())


# clarifications


def find_clarification(conn: Connection, clarification_id: int) -> RowMapping | None:
    return conn.execute(select(_clarification).where(_clarification.c.id == clarification_id)).mappings().first()


def published(conn: Connection, now: dt.datetime) -> list[RowMapping]:
    """The clarifications on the public page, newest first."""
    fresh = _clarification.c.approved_at > now - dt.timedelta(days=rules.SHOWN_DAYS)
    found = select(_clarification).where(_clarification.c.state == "published", fresh)
    return list(conn.execute(found.order_by(_clarification.c.approved_at.desc()).limit(MAX_FEED)).mappings())


def clarification_cards(conn: Connection) -> list[dict[str, Any]]:
    """What staff see: drafts first, then what is on the page, then what was on it; the newest of each first."""
    found = select(_clarification).order_by(_clarification.c.id.desc()).limit(MAX_FEED)
    order = ("draft", "published", "replaced", "withdrawn")
    cards = [clarification_card(row) for row in conn.execute(found).mappings()]
    return sorted(cards, key=lambda card: order.index(card["state"]))


def clarification_card(row: Mapping[Any, Any]) -> dict[str, Any]:
    names = ("id", "claim", "fact", "evidence", "link", "claim_en", "fact_en", "evidence_en", "state", "text_hash")
    by = ("replaces_id", "written_by", "approved_by", "withdrawn_by", "withdrawn_why")
    times = ("written_at", "approved_at", "withdrawn_at")
    return {name: row[name] for name in (*names, *by)} | {name: iso(row[name]) for name in times}


# posts and shelters


def find_facility_name(conn: Connection, facility_id: int) -> str | None:
    standing = (_facility.c.id == facility_id, _facility.c.closed_at.is_(None))
    return conn.scalar(select(_facility.c.name).where(*standing))


def openings(conn: Connection) -> list[dict[str, Any]]:
    """Every facility on the map with what the public is told of it; `state` is None where nothing was said yet."""
    names = ("id", "kind", "name", "area_code", "capacity", "occupied")
    told = ("state", "hours", "note", "note_en", "shown", "changed_by", "changed_at")
    columns = [_facility.c[name] for name in names] + [_opening.c[name] for name in told]
    found = select(*columns).select_from(_facility.outerjoin(_opening, _opening.c.facility_id == _facility.c.id))
    found = found.where(_facility.c.closed_at.is_(None)).order_by(_facility.c.kind, _facility.c.name, _facility.c.id)
    return [{**row, "changed_at": iso(row["changed_at"])} for row in conn.execute(found).mappings()]


def shown_openings(conn: Connection) -> list[dict[str, Any]]:
    """What the public page lists: the open ones first, then the full, then the closed."""
    shown = [one for one in openings(conn) if one["shown"] and one["state"] is not None]
    names = area_names(conn, [one["area_code"] for one in shown])
    order = rules.OPENING_STATES
    placed = [{**one, "where": names.get(one["area_code"], "")} for one in shown]
    return sorted(placed, key=lambda one: (order.index(one["state"]), one["name"]))
