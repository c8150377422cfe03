"""Rows in bulk for a measurement: incidents, calls and units by plain SQL, not through the verbs."""

import datetime as dt
import random
from collections.abc import Iterator
from itertools import islice
from typing import Any

from sqlalchemy import Connection, TextClause, bindparam, text

from gis.database import Database, UtcDateTime

MONTH = dt.timedelta(days=30)
VILLAGES = 250
CHUNK = 5_000
CENTRE = (116.55, -8.6)
TYPES = ("banjir", "kebakaran", "medis", "laka", "longsor", "pohon")
STATES = ("new", "verified", "responding", "controlled", "closed", "closed", "closed")
WORDS = (
    "air naik cepat di pemukiman",
    "api besar di gudang kayu",
    "mobil terguling masuk parit",
    "pohon menutup badan",
)

_POINT = "ST_GeomFromText(:wkt, 4326)"


def _timed(words: str) -> TextClause:
    """A statement whose times go in as times on both databases."""
    names = [name for name in ("opened_at", "at") if f":{name}," in words]
    return text(words).bindparams(*(bindparam(name, type_=UtcDateTime()) for name in names))


_INCIDENT = _timed(
    "INSERT INTO incident (id, type, priority, state, place, calls, radius_m, opened_at, changed_at, lon, lat, point)"
    f" VALUES (:id, :type, :priority, :state, :place, 1, 50, :opened_at, :opened_at, :lon, :lat, {_POINT})"
)
_CALL = _timed(
    "INSERT INTO call (id, uid, class, type, priority, narrative, caller_phone, channel, place, method, radius_m,"
    " incident_id, received_at, recorded_at, taken_by, lon, lat, point) VALUES (:id, :uid, 'normal', :type, :priority,"
    " :narrative, :phone, '112', :place, 'map', 50, :id, :opened_at, :opened_at, 'bench', :lon, :lat,"
    f" {_POINT})"
)
_UNIT = _timed(
    "INSERT INTO unit (call_sign, kind, capabilities, base, in_service, in_service_since, position_at, lon, lat, point)"
    f" VALUES (:call_sign, 'trc', :capabilities, '', :in_service, :at, :at, :lon, :lat, {_POINT})"
)


def places(count: int, seed: int = 1) -> Iterator[tuple[float, float]]:
    """Points round the villages of a regency: crowded here, empty there."""
    chance = random.Random(seed)
    villages = [(chance.uniform(116.35, 116.75), chance.uniform(-8.9, -8.3)) for _ in range(VILLAGES)]
    for _ in range(count):
        lon, lat = villages[chance.randrange(VILLAGES)]
        yield round(chance.gauss(lon, 0.01), 6), round(chance.gauss(lat, 0.01), 6)


def incidents(database: Database, first: int, count: int, is_open: bool = False, with_calls: bool = False) -> None:
    """Incidents numbered from `first` over the last month; all open, or as a month leaves them."""
    rows = _incident_rows(first, count, is_open, dt.datetime.now(dt.UTC))
    statements = (_INCIDENT, _CALL) if with_calls else (_INCIDENT,)
    while chunk := list(islice(rows, CHUNK)):
        _write(database, chunk, *statements)


def _write(database: Database, rows: list[dict[str, Any]], *statements: TextClause) -> None:
    def put(conn: Connection) -> None:
        for statement in statements:
            conn.execute(statement, rows)

    database.write(put)


def _incident_rows(first: int, count: int, is_open: bool, now: dt.datetime) -> Iterator[dict[str, Any]]:
    chance = random.Random(first)
    for number, (lon, lat) in enumerate(places(count, first)):
        at = now - MONTH * (count - number) / count
        yield {
            "id": first + number,
            "uid": f"bench-{first + number}",
            "type": chance.choice(TYPES),
            "priority": f"P{chance.choice((1, 2, 2, 3, 3, 3, 4))}",
            "state": chance.choice(STATES[:4] if is_open else STATES),
            "place": f"Desa {number % VILLAGES}, Kec. Pringgabaya",
            "narrative": chance.choice(WORDS),
            "phone": f"0813{number:08d}",
            "opened_at": at,
            **_point(lon, lat),
        }


def units(database: Database, count: int) -> None:
    """Units all over the regency, a third of them able to rescue."""
    now = dt.datetime.now(dt.UTC)
    rows = [
        {
            "call_sign": f"UNIT-{number}",
            "capabilities": "rescue" if number % 3 == 0 else "medis",
            "in_service": number % 10 > 0,
            "at": now,
            **_point(lon, lat),
        }
        for number, (lon, lat) in enumerate(places(count, 9))
    ]
    _write(database, rows, _UNIT)


def _point(lon: float, lat: float) -> dict[str, Any]:
    return {"lon": lon, "lat": lat, "wkt": f"POINT({lon!r} {lat!r})"}
