"""Questions about the net: which roll-calls there were, how each station did, what a voice net's log says."""

import datetime as dt
from collections.abc import Iterable, Mapping
from statistics import median
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, select
from sqlalchemy.engine import RowMapping

from incident.queries import iso
from radio_bridge.models import Reception, Station, Transmission
from radio_bridge.net.models import RollCalled, VoiceLine, VoiceNet
from radio_bridge.queries import HAS_IT

_call, _net, _line = RollCalled.__table__, VoiceNet.__table__, VoiceLine.__table__
_transmission, _reception, _station = Transmission.__table__, Reception.__table__, Station.__table__
DAYS = 30
"""How far back a station's score looks."""
_with_its_message = select(
    _call, _transmission.c.uid, _transmission.c.state, _transmission.c.keyed_at, _transmission.c.rounds
).join(_transmission, _transmission.c.id == _call.c.transmission_id)


# roll-calls


def unjudged(conn: Connection) -> list[RowMapping]:
    """Roll-calls that are not over, with the state of their message."""
    return list(conn.execute(_with_its_message.where(_call.c.ended_at.is_(None)).order_by(_call.c.id)).mappings())


def find_call(conn: Connection, call_id: int) -> RowMapping | None:
    return conn.execute(_with_its_message.where(_call.c.id == call_id)).mappings().first()


def was_called(conn: Connection, kind: str, since: dt.datetime) -> bool:
    """Whether there was a roll-call of this kind since then."""
    found = select(_call.c.id).where(_call.c.kind == kind, _call.c.begun_at >= since).limit(1)
    return conn.scalar(found) is not None


def call_cards(conn: Connection, limit: int = 30) -> list[dict[str, Any]]:
    """The newest roll-calls, newest first, with the call signs that kept silent."""
    rows = conn.execute(_with_its_message.order_by(_call.c.id.desc()).limit(limit)).mappings().all()
    silent = _silent(conn, [row["transmission_id"] for row in rows if row["ended_at"]])
    return [_call_card(row, silent.get(row["transmission_id"], [])) for row in rows]


def _silent(conn: Connection, transmission_ids: list[int]) -> dict[int, list[str]]:
    rows = select(_reception.c.transmission_id, _station.c.call_sign).join(
        _station, _station.c.number == _reception.c.station
    )
    mine = _reception.c.transmission_id.in_(transmission_ids) & _reception.c.state.not_in(HAS_IT)
    found: dict[int, list[str]] = {}
    for row in conn.execute(rows.where(mine).order_by(_reception.c.station)):
        found.setdefault(row.transmission_id, []).append(row.call_sign)
    return found


def _call_card(row: Mapping[Any, Any], silent: list[str]) -> dict[str, Any]:
    return {
        **{name: row[name] for name in ("id", "uid", "kind", "begun_by", "asked", "answered", "was_on_air", "rounds")},
        "begun_at": iso(row["begun_at"]),
        "ended_at": iso(row["ended_at"]),
        "silent": silent,
    }


def scores(conn: Connection, now: dt.datetime, zone: str) -> dict[int, dict[str, Any]]:
    """station -> {days, days_answered, asked, answered, delay_s}: of the last 30 days; delay_s is the median or None.

    Only what went on the air counts, and of a day one answer is enough.
    """
    rows = select(
        _reception.c.station, _reception.c.state, _reception.c.changed_at, _transmission.c.keyed_at, _call.c.begun_at
    )
    rows = rows.join(_transmission, _transmission.c.id == _reception.c.transmission_id)
    rows = rows.join(_call, _call.c.transmission_id == _transmission.c.id)
    counted = (_call.c.was_on_air.is_(True), _call.c.begun_at >= now - dt.timedelta(days=DAYS))
    of_station: dict[int, list[RowMapping]] = {}
    for row in conn.execute(rows.where(*counted)).mappings():
        of_station.setdefault(row["station"], []).append(row)
    return {station: score_of(mine, zone) for station, mine in of_station.items()}


def score_of(rows: Iterable[Mapping[Any, Any]], zone: str) -> dict[str, Any]:
    """One station's score from its receptions of roll-calls: {state, changed_at, keyed_at, begun_at}."""
    asked = [(row["begun_at"].astimezone(ZoneInfo(zone)).date(), row) for row in rows]
    answered = [(day, row) for day, row in asked if row["state"] in HAS_IT]
    delays = [(row["changed_at"] - row["keyed_at"]).total_seconds() for _, row in answered if row["keyed_at"]]
    return {
        "days": len({day for day, _ in asked}),
        "days_answered": len({day for day, _ in answered}),
        "asked": len(asked),
        "answered": len(answered),
        "delay_s": round(median(delays), 1) if delays else None,
    }


# nets for voice


def standing_net(conn: Connection) -> RowMapping | None:
    """The voice net that is open, the newest if several are."""
    return conn.execute(_net.select().where(_net.c.closed_at.is_(None)).order_by(_net.c.id.desc())).mappings().first()


def find_net(conn: Connection, net_id: int) -> RowMapping | None:
    return conn.execute(_net.select().where(_net.c.id == net_id)).mappings().first()


def find_line(conn: Connection, line_id: int) -> RowMapping | None:
    return conn.execute(_line.select().where(_line.c.id == line_id)).mappings().first()


def lines_of(conn: Connection, net_id: int) -> list[RowMapping]:
    """The log of a net in the order in which things were said."""
    return list(
        conn.execute(_line.select().where(_line.c.net_id == net_id).order_by(_line.c.said_at, _line.c.id)).mappings()
    )


def net_cards(conn: Connection, limit: int = 20) -> list[dict[str, Any]]:
    """The newest voice nets, newest first, each with how many checked in."""
    rows = conn.execute(_net.select().order_by(_net.c.id.desc()).limit(limit)).mappings().all()
    return [net_card(row, lines_of(conn, row["id"])) for row in rows]


def net_card(row: Mapping[Any, Any], lines: Iterable[Mapping[Any, Any]]) -> dict[str, Any]:
    return {
        **{name: row[name] for name in ("id", "name", "channel", "traffic", "is_silent", "opened_by", "closed_by")},
        "opened_at": iso(row["opened_at"]),
        "closed_at": iso(row["closed_at"]),
        "checked_in": len(checked_in(lines)),
    }


def checked_in(lines: Iterable[Mapping[Any, Any]]) -> list[str]:
    """Call signs that checked in, in order; a struck line counts for nothing."""
    names = (one["call_sign"] for one in lines if one["kind"] == "check_in" and one["struck_at"] is None)
    return list(dict.fromkeys(names))


def line_card(row: Mapping[Any, Any]) -> dict[str, Any]:
    return {
        **{name: row[name] for name in ("id", "kind", "call_sign", "signal", "report", "written_by", "struck_by")},
        "said_at": iso(row["said_at"]),
        "written_at": iso(row["written_at"]),
        "struck_at": iso(row["struck_at"]),
    }


def expected(conn: Connection) -> list[str]:
    """Whom net control calls, in order: the stations of ours by number, then who checked in on the last nets."""
    ours = select(_station.c.call_sign).where(_station.c.revoked_at.is_(None)).order_by(_station.c.number)
    last = select(_net.c.id).order_by(_net.c.id.desc()).limit(5)
    came = select(_line.c.call_sign).where(
        _line.c.net_id.in_(last), _line.c.kind == "check_in", _line.c.struck_at.is_(None)
    )
    return list(dict.fromkeys([*conn.scalars(ours), *sorted(conn.scalars(came))]))
