"""Questions the room asks: who has what, what goes on the air, what was heard."""

import json
from collections.abc import Iterable, Mapping
from typing import Any

from sqlalchemy import Connection, func, select
from sqlalchemy.engine import RowMapping

from alerts.models import Delivery, Recipient
from incident.errors import NotFound
from incident.models import Call, Unit
from incident.queries import iso
from radio_bridge.models import Heard, Reception, Station, Transmission

Row = Mapping[Any, Any]
_station = Station.__table__
_transmission = Transmission.__table__
_reception = Reception.__table__
_heard = Heard.__table__
_unit = Unit.__table__
_delivery = Delivery.__table__
_recipient = Recipient.__table__

OPEN_STATES = ("queued", "spooled", "keyed")
"""States of a transmission that may still go on the air."""
HAS_IT = ("heard", "seen", "read_back")
"""States of a reception in which the station's device has the message."""

_stations = select(_station, _unit.c.call_sign.label("unit")).outerjoin(_unit, _unit.c.id == _station.c.unit_id)


def stations(conn: Connection) -> list[RowMapping]:
    """Every station with its unit's call sign, by number."""
    return list(conn.execute(_stations.order_by(_station.c.number)).mappings())


def find_station(conn: Connection, call_sign: str) -> RowMapping | None:
    return conn.execute(_stations.where(_station.c.call_sign == call_sign.upper())).mappings().first()


def addressed(conn: Connection, to: str | None) -> list[int]:
    """The numbers of one station by its call sign, or of all of ours. Raises NotFound for an unknown one, or none."""
    if to is None:
        numbers = [row["number"] for row in stations(conn) if row["revoked_at"] is None]
        if not numbers:
            raise NotFound("Belum ada stasiun radio terdaftar.")
        return numbers
    station = find_station(conn, to)
    if station is None or station["revoked_at"]:
        raise NotFound(f"Stasiun {to} tidak terdaftar.", "to")
    return [station["number"]]


def station_of_number(conn: Connection, number: int) -> RowMapping | None:
    return conn.execute(_stations.where(_station.c.number == number)).mappings().first()


def callers_of(conn: Connection, incident_id: int | None) -> list[str]:
    """The names of those who called about an incident: they never go on the air. None for no incident."""
    if incident_id is None:
        return []
    named = select(Call.caller_name).where(Call.incident_id == incident_id, Call.caller_name.is_not(None)).distinct()
    return [str(name) for name in conn.scalars(named)]


def stations_of_units(conn: Connection, unit_ids: Iterable[int]) -> dict[int, int]:
    """unit -> number of its station; a unit without one, or whose station was revoked, is missing."""
    of_units = _station.c.unit_id.in_(list(unit_ids))
    rows = conn.execute(select(_station.c.unit_id, _station.c.number).where(of_units, _station.c.revoked_at.is_(None)))
    return {row.unit_id: row.number for row in rows}


def relays(conn: Connection) -> tuple[int, ...]:
    """The numbers of the net's relays, in the order in which they speak."""
    named = select(_station.c.number).where(_station.c.relay_place.is_not(None), _station.c.revoked_at.is_(None))
    return tuple(conn.scalars(named.order_by(_station.c.relay_place, _station.c.number)))


def callsigns(conn: Connection) -> dict[int, str | None]:
    """number -> call sign, None for a revoked station."""
    return {row["number"]: None if row["revoked_at"] else row["call_sign"] for row in stations(conn)}


def find_transmission(conn: Connection, uid: str) -> RowMapping | None:
    return conn.execute(select(_transmission).where(_transmission.c.uid == uid)).mappings().first()


def receptions_of(conn: Connection, transmission_id: int) -> list[RowMapping]:
    """Who has one transmission, and how far."""
    rows = select(_reception, _station.c.call_sign).join(_station, _station.c.number == _reception.c.station)
    return list(conn.execute(rows.where(_reception.c.transmission_id == transmission_id)).mappings())


def taken(conn: Connection) -> list[str]:
    """uids of what belongs to the radio's spool and was not on the air yet."""
    return list(conn.scalars(select(_transmission.c.uid).where(_transmission.c.state == "spooled")))


def queued(conn: Connection, limit: int = 50, also: Iterable[str] = ()) -> list[dict[str, Any]]:
    """What waits for the radio, the urgent first: with its radiogram and roster. also: uids of more such rows."""
    mine = (_transmission.c.state == "queued") | _transmission.c.uid.in_(list(also))
    waiting = select(_transmission).where(mine)
    rows = conn.execute(waiting.order_by(_transmission.c.priority, _transmission.c.id).limit(limit)).mappings().all()
    rosters = _rosters(conn, [row["id"] for row in rows])
    return [{**row, "radiogram": json.loads(row["radiogram"]), "to": rosters.get(row["id"], [])} for row in rows]


def _rosters(conn: Connection, transmission_ids: list[int]) -> dict[int, list[int]]:
    columns = select(_reception.c.transmission_id, _reception.c.station)
    found: dict[int, list[int]] = {}
    for row in conn.execute(
        columns.where(_reception.c.transmission_id.in_(transmission_ids)).order_by(_reception.c.station)
    ):
        found.setdefault(row.transmission_id, []).append(row.station)
    return found


def overdue(conn: Connection, now: Any) -> list[str]:
    """uids of transmissions whose time is over though nobody has said so yet."""
    late = select(_transmission.c.uid).where(_transmission.c.state.in_(OPEN_STATES), _transmission.c.expires_at <= now)
    return [row.uid for row in conn.execute(late.limit(100))]


def stationless_deliveries(conn: Connection) -> list[int]:
    """Deliveries handed to the radio that no station will ever get, because their unit has none."""
    nobody = select(_reception.c.id).where(_reception.c.delivery_id == _delivery.c.id).exists()
    mine = (_delivery.c.channel == "radio") & (_delivery.c.state == "queued")
    return list(conn.scalars(select(_delivery.c.id).where(mine, ~nobody)))


def asks_of_alerts(conn: Connection, alert_ids: Iterable[int]) -> list[RowMapping]:
    """The transmissions that carried these revisions of an alert, oldest first."""
    about = _transmission.c.alert_id.in_(list(alert_ids)) & (_transmission.c.kind == "alert")
    return list(conn.execute(select(_transmission).where(about).order_by(_transmission.c.id)).mappings())


def refs_of_alerts(conn: Connection, alert_ids: Iterable[int], kind: str) -> set[int]:
    """The numbers that transmissions of a kind about these revisions of an alert have on the air."""
    about = _transmission.c.alert_id.in_(list(alert_ids)) & (_transmission.c.kind == kind)
    return {int(ref) for ref in conn.scalars(select(_transmission.c.ref).where(about)) if ref is not None}


def stations_to_come(conn: Connection, alert_ids: Iterable[int]) -> set[int]:
    """The stations that get these alerts by radio in a moment: their deliveries are written and not yet handed over."""
    waits = (_delivery.c.channel == "radio") & (_delivery.c.state == "waiting")
    rows = select(_recipient.c.unit_id).join(_delivery, _delivery.c.recipient_id == _recipient.c.id)
    mine = rows.where(_recipient.c.alert_id.in_(list(alert_ids)), waits, _recipient.c.unit_id.is_not(None))
    return set(stations_of_units(conn, conn.scalars(mine)).values())


def radio_log(conn: Connection, limit: int = 100) -> list[dict[str, Any]]:
    """The newest of what was sent and what was heard, newest first, as the radio page shows them."""
    sent = conn.execute(select(_transmission).order_by(_transmission.c.id.desc()).limit(limit)).mappings().all()
    heard = conn.execute(_heard_rows().order_by(_heard.c.id.desc()).limit(limit)).mappings().all()
    receptions = _receptions_of_all(conn, [row["id"] for row in sent])
    lines = [transmission_card(row, receptions.get(row["id"], [])) for row in sent] + [heard_card(row) for row in heard]
    return sorted(lines, key=lambda line: str(line["at"]), reverse=True)[:limit]


def _heard_rows() -> Any:
    return select(_heard, _station.c.call_sign).outerjoin(_station, _station.c.number == _heard.c.station)


def _receptions_of_all(conn: Connection, transmission_ids: list[int]) -> dict[int, list[RowMapping]]:
    rows = select(_reception, _station.c.call_sign).join(_station, _station.c.number == _reception.c.station)
    mine = rows.where(_reception.c.transmission_id.in_(transmission_ids)).order_by(_reception.c.station)
    found: dict[int, list[RowMapping]] = {}
    for row in conn.execute(mine).mappings():
        found.setdefault(row["transmission_id"], []).append(row)
    return found


def transmission_card(row: Row, receptions: Iterable[Row]) -> dict[str, Any]:
    """A message of ours with the state of each station it is for."""
    return {
        "direction": "out",
        **{name: row[name] for name in ("id", "uid", "alert_id", "kind", "text", "priority", "state", "reason")},
        **{name: row[name] for name in ("rounds", "written_by", "bytes_on_air", "airtime_s")},
        "at": iso(row["queued_at"]),
        "keyed_at": iso(row["keyed_at"]),
        "expires_at": iso(row["expires_at"]),
        "stations": [
            {
                "station": one["station"],
                "call_sign": one["call_sign"],
                "state": one["state"],
                "at": iso(one["changed_at"]),
            }
            for one in receptions
        ],
    }


def heard_card(row: Row) -> dict[str, Any]:
    """A genuine message from a station."""
    return {
        "direction": "in",
        **{name: row[name] for name in ("id", "uid", "kind", "text", "station", "call_sign")},
        "at": iso(row["heard_at"]),
    }


def station_cards(conn: Connection) -> list[dict[str, Any]]:
    """Stations with when they were last heard and how much waits for them."""
    missing = (
        select(_reception.c.station, func.count().label("n"))
        .join(_transmission, _transmission.c.id == _reception.c.transmission_id)
        .where(_reception.c.state.in_(("queued", "keyed")), _transmission.c.state.in_(OPEN_STATES))
        .group_by(_reception.c.station)
    )
    waits = {row.station: row.n for row in conn.execute(missing)}
    return [_station_card(row, waits.get(row["number"], 0)) for row in stations(conn)]


def _station_card(row: Row, waiting: int) -> dict[str, Any]:
    return {
        **{name: row[name] for name in ("number", "call_sign", "unit_id", "unit")},
        **{name: row[name] for name in ("lon", "lat")},
        "located_at": iso(row["located_at"]),
        "last_heard_at": iso(row["last_heard_at"]),
        "revoked_at": iso(row["revoked_at"]),
        "waiting": waiting,
        "relay": None if row["revoked_at"] else row["relay_place"],
    }
