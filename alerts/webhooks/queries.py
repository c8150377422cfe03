"""Questions about what came in: is it known, who wrote it, what did they write before, where is it."""

import datetime as dt
from collections.abc import Collection, Mapping
from typing import Any

from sqlalchemy import Connection, func, select
from sqlalchemy.engine import RowMapping

from alerts.models import Note
from alerts.webhooks.models import MessageFile, MessageIn, Reporter
from gis.codes import full_name
from gis.coordinates import Position, box_around, distance_m
from gis.models import Area
from gis.queries import names_above
from incident.models import Call

Row = Mapping[Any, Any]
_message, _reporter, _file = MessageIn.__table__, Reporter.__table__, MessageFile.__table__
NEAR_M = 5_000.0
VILLAGE = 4
CALLS = ("report", "more", "question")  # what a message became that is a call


def find_message(conn: Connection, channel: str, foreign_id: str) -> RowMapping | None:
    """The message of this key, if it came before."""
    rows = select(_message).where(_message.c.channel == channel, _message.c.foreign_id == foreign_id)
    return conn.execute(rows).mappings().first()


def find_reporter(conn: Connection, channel: str, addresses: Collection[str]) -> RowMapping | None:
    """Who writes from one of these: the address itself, or what stands for it."""
    rows = select(_reporter).where(_reporter.c.channel == channel, _reporter.c.address.in_(addresses))
    return conn.execute(rows).mappings().first()


def last_call_of(conn: Connection, reporter_id: int, since: dt.datetime) -> RowMapping | None:
    """The newest call of this person since then that opened or joined an incident: `id`, `incident_id`."""
    mine = select(_message.c.call_id).where(_message.c.reporter_id == reporter_id, _message.c.came_at >= since)
    found = select(Call.id, Call.incident_id).where(Call.id.in_(mine), Call.incident_id.is_not(None))
    return conn.execute(found.order_by(Call.id.desc())).mappings().first()


def count_calls(conn: Connection, reporter_id: int, since: dt.datetime) -> int:
    """How many calls this person made since then; what was held back counts no more against them."""
    mine = _message.c.reporter_id == reporter_id, _message.c.came_at >= since, _message.c.became.in_(CALLS)
    return int(conn.scalar(select(func.count()).select_from(_message).where(*mine)) or 0)


def was_limited(conn: Connection, reporter_id: int, since: dt.datetime) -> bool:
    """Whether this person was held back since then already."""
    mine = _message.c.reporter_id == reporter_id, _message.c.came_at >= since, _message.c.became == "limited"
    return conn.scalar(select(_message.c.id).where(*mine).limit(1)) is not None


def said_by_us(conn: Connection, channel: str, address: str, since: dt.datetime) -> list[RowMapping]:
    """What went out to this address since then that is no alert: `kind`, `text`."""
    rows = select(Note.kind, Note.text).where(Note.channel == channel, Note.address == address, Note.made_at >= since)
    return list(conn.execute(rows.order_by(Note.id.desc()).limit(50)).mappings())


def village_near(conn: Connection, lon: float, lat: float) -> str | None:
    """The nearest village by its published point: "Pringgabaya, Kec. Pringgabaya"; None where none is near."""
    here = Position(lon, lat)
    west, south, east, north = box_around(here, NEAR_M)
    inside = Area.lon.between(west, east), Area.lat.between(south, north), Area.level == VILLAGE
    rows = conn.execute(select(Area.code, Area.name, Area.lon, Area.lat).where(*inside)).all()
    if not rows:
        return None
    nearest = min(rows, key=lambda row: distance_m(here, Position(row.lon, row.lat)))
    return full_name(nearest.code, nearest.name, names_above(conn, [nearest.code]))


def due_files(conn: Connection, channel: str, now: dt.datetime, limit: int = 5) -> list[RowMapping]:
    """Files that wait to be fetched from this channel."""
    rows = select(_file).where(_file.c.channel == channel, _file.c.state == "waiting", _file.c.due_at <= now)
    return list(conn.execute(rows.order_by(_file.c.due_at, _file.c.id).limit(limit)).mappings())


def channels_with_files(conn: Connection, now: dt.datetime) -> list[str]:
    """The channels that hold a file which is due."""
    rows = select(_file.c.channel).where(_file.c.state == "waiting", _file.c.due_at <= now).distinct()
    return sorted(conn.scalars(rows))
