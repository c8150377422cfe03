"""What the map of this installation stands on: areas, boundaries, landmarks, facilities, tiles, layers of the site."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, func, select

from gis import population, tiles
from gis.models import Area, Boundary, Facility, Gazetteer, Landmark
from gis.tiles_cli import facts
from incident import online, overlays
from incident.queries import iso

MOST_SOURCES = 8  # files named for each level or list; the rest are counted
Facts = dict[str, Any]
_gazetteer = Gazetteer.__table__


def installed(conn: Connection, data: Path) -> Facts:
    """Each of them with its count, its sources and when it came."""
    return {
        "areas": _areas(conn),
        "boundaries": _boundaries(conn),
        "landmarks": _list(conn, Landmark, Landmark.remembered_at, Landmark.gone_at),
        "facilities": _list(conn, Facility, Facility.changed_at, Facility.closed_at) | {"kinds": _kinds(conn)},
        "population": _people(conn),
        "tiles": [facts(one) for one in tiles.listing(data)],
        "overlays": overlays.every(conn),
        "online": online.offered(conn),
    }


def _people(conn: Connection) -> Facts:
    """How many areas have their people counted, how many people, from which files and of which years."""
    sources = [
        {"name": row["source"], **{name: row[name] for name in ("count", "from_year", "to_year")}, "at": iso(row["at"])}
        | {"people": int(row["people"])}
        for row in population.summed(conn)
    ]
    return {**_summed(sources), "people": sum(one["people"] for one in sources)}


def _areas(conn: Connection) -> Facts:
    """Places with a code, by level, and the lists they were loaded from."""
    levels = {str(level): count for level, count in conn.execute(_BY_LEVEL)}
    loaded = conn.execute(select(_gazetteer).where(_gazetteer.c.source != "mark").order_by(_gazetteer.c.source))
    sources = [{**_source(row), "version": row["version"]} for row in loaded.mappings()]
    return {"count": sum(levels.values()), "levels": levels, "sources": sources}


_BY_LEVEL = select(Area.level, func.count()).group_by(Area.level).order_by(Area.level)


def _source(row: Mapping[Any, Any]) -> Facts:
    return {"name": row["source"], "count": row["rows"], "at": iso(row["loaded_at"])}


def _boundaries(conn: Connection) -> list[Facts]:
    """For each level how many, and from which files, the newest first."""
    level, source = Boundary.level, Boundary.source
    found = select(level, source, func.count().label("count"), func.max(Boundary.imported_at).label("at"))
    by_level: dict[int, list[Facts]] = {}
    for row in conn.execute(found.group_by(level, source).order_by(level, func.max(Boundary.imported_at).desc())):
        by_level.setdefault(row.level, []).append({"name": row.source, "count": row.count, "at": iso(row.at)})
    return [{"level": level, **_summed(sources)} for level, sources in by_level.items()]


def _list(conn: Connection, table: Any, stamp: Any, farewell: Any) -> Facts:
    """How many are there, how many were taken off, and from where they came."""
    found = select(table.source, func.count().label("count"), func.max(stamp).label("at")).where(farewell.is_(None))
    rows = conn.execute(found.group_by(table.source).order_by(func.max(stamp).desc()))
    sources = [{"name": row.source, "count": row.count, "at": iso(row.at)} for row in rows]
    gone = conn.scalar(select(func.count()).select_from(table).where(farewell.is_not(None)))
    return {**_summed(sources), "gone": gone}


def _summed(sources: list[Facts]) -> Facts:
    more = len(sources) - MOST_SOURCES
    return {"count": sum(one["count"] for one in sources), "sources": sources[:MOST_SOURCES], "more": max(0, more)}


def _kinds(conn: Connection) -> Facts:
    found = select(Facility.kind, func.count()).where(Facility.closed_at.is_(None)).group_by(Facility.kind)
    return {str(kind): count for kind, count in conn.execute(found.order_by(Facility.kind))}
