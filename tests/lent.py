"""Something on every shelf lent at /ogc: areas drawn by hand, facilities, tracks, villages with and without lines."""

import datetime as dt
from typing import Any

from sqlalchemy import Connection, insert

from gis.database import point_columns
from gis.models import Area, Boundary, Facility, Track, Zone

NOON = dt.datetime(2026, 11, 22, 4, tzinfo=dt.UTC)
SQUARE = "SRID=4326;POLYGON((116.5 -8.6, 116.6 -8.6, 116.6 -8.5, 116.5 -8.5, 116.5 -8.6))"


def hours(count: float) -> dt.datetime:
    return NOON + dt.timedelta(hours=count)


def fill(conn: Connection, units: dict[str, int]) -> None:
    """Four areas (two stand), three facilities (two are open), a track of each unit, five villages (two have lines)."""
    zone = {"kind": "affected", "words": "Banjir", "incident_id": None, "drawn_by": "dewi", "shape": SQUARE}
    for begins, expires, struck in ((0, None, None), (1, 2, None), (3, 900_000, None), (4, None, 5)):
        times = {"expires_at": expires and hours(expires), "struck_at": struck and hours(struck)}
        why = {"struck_by": "dewi", "struck_why": "salah"} if struck else {"struck_by": None, "struck_why": None}
        conn.execute(insert(Zone), {**zone, "drawn_at": hours(begins), **times, **why})
    shelter = {"kind": "shelter", "capacity": 200, "occupied": 40, "source": "test", "changed_by": "ayu"}
    for number, (lon, lat, closed) in enumerate([(116.5, -8.5, None), (116.6, -8.6, None), (116.7, -8.7, NOON)]):
        more = {"key": f"k{number}", "name": f"Lapangan {number}", "area_code": None, "note": None}
        row = {**shelter, **more, "changed_at": NOON, "closed_at": closed, **point_columns(lon, lat)}
        conn.execute(insert(Facility), row)
    line = "SRID=4326;MULTILINESTRING((116.5 -8.5, 116.51 -8.51, 116.52 -8.5))"
    times = {"began_at": NOON, "ended_at": hours(1), "imported_at": hours(2)}
    for call_sign in ("TRC-1", "PSC-1"):
        row = {"unit_id": units[call_sign], "name": "pagi", "imported_by": "tono", "path": line}
        conn.execute(insert(Track), {**row, **times})
    for code, name, lon, lat in VILLAGES:
        conn.execute(insert(Area), {"code": code, "level": 4, "name": name, "folded": name.lower()} | _at(lon, lat))
    outline = SQUARE.replace("POLYGON((", "MULTIPOLYGON(((").replace("))", ")))")
    for code in ("52.03.01.2001", "52.03.09.2009"):
        row = {"code": code, "level": 4, "name": "Labuhan", "source": "test", "area_m2": 1.0, "imported_at": NOON}
        conn.execute(insert(Boundary), {**row, "outline": outline})


def _at(lon: float | None, lat: float | None) -> dict[str, Any]:
    return {"lon": lon, "lat": lat, "postcode": "83654"}


VILLAGES = [
    ("11.01.01.2001", "Keude Bakongan", 97.4, 2.9),
    ("52.03.01.2001", "Labuhan", 116.55, -8.55),
    ("52.03.01.2002", "Pringgabaya", 116.62, -8.56),
    ("52.04.01.2001", "Tanpa Titik", None, None),
]
