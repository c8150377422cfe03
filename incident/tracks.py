"""The verb that keeps where a unit went, from the file of its receiver."""

from typing import Any

from sqlalchemy import insert

from gis.models import Track
from gis.tracks import Trail
from incident import queries
from incident.errors import NotFound
from incident.post import Act


def add_track(act: Act, unit_id: int, trail: Trail, name: str | None = None) -> dict[str, Any]:
    """Keep a unit's track; the same file sent again is the same track."""
    if earlier := act.earlier("unit.tracked"):
        return earlier.told()
    unit = queries.find_unit(act.conn, unit_id)
    if unit is None:
        raise NotFound("Satuan itu tidak ada.", "unit_id")
    row: dict[str, Any] = {
        "unit_id": unit_id,
        "name": name or trail.name or unit["call_sign"],
        "began_at": trail.began_at,
        "ended_at": trail.ended_at,
        "imported_by": act.by,
        "imported_at": act.now,
        "path": f"SRID=4326;{trail.wkt}",
    }
    track_id = act.conn.execute(insert(Track).returning(Track.id), row).scalar_one()
    facts = {"track": track_id, "name": row["name"], "points": trail.points, "length_m": round(trail.length_m)}
    times = {name: queries.iso(row[name]) for name in ("began_at", "ended_at")}
    return act.append("unit.tracked", {"unit": unit["call_sign"], **facts, **times}).told()
