"""Questions about what everybody may know."""

import datetime as dt
from collections.abc import Iterable, Mapping
from typing import Any

from sqlalchemy import Connection, func, select
from sqlalchemy.engine import RowMapping

from alerts.models import Alert
from alerts.public.models import CapMessage
from gis.codes import full_name
from gis.models import Area
from incident.models import Incident

MAX_FEED = 100
_message = CapMessage.__table__


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


def public_alerts(conn: Connection, now: dt.datetime) -> list[RowMapping]:
    """Alerts to the public that hold now, the gravest and newest first."""
    alert = Alert.__table__
    found = select(alert).where(alert.c.state == "active", alert.c.audience_kind == "public", alert.c.expires_at > now)
    return list(conn.execute(found.order_by(alert.c.priority, alert.c.approved_at.desc(), alert.c.id)).mappings())
