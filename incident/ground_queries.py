"""Questions about what lies on the ground: cards of zones and facilities for the screens, landmarks by box and name."""

from collections.abc import Iterable, Mapping
from typing import Any

from sqlalchemy import Connection, TextClause, select
from sqlalchemy.engine import RowMapping

from gis.models import Facility, Landmark, Zone
from incident.queries import iso

_zone = Zone.__table__
_facility = Facility.__table__
_landmark = Landmark.__table__
FACILITY_COLUMNS = [column for column in _facility.c if column.name != "point"]
LANDMARK_COLUMNS = [column for column in _landmark.c if column.name != "point"]
_standing = (_zone.c.struck_at.is_(None), _zone.c.expired_at.is_(None))
_NAMES = ("id", "kind", "name", "capacity", "occupied", "area_code", "note", "lon", "lat")
Cards = list[dict[str, Any]]
Conditions = Iterable[Any]


# zones


def zone_card(row: Mapping[Any, Any]) -> dict[str, Any]:
    """A zone as screens hold it; gone when it was struck through or its time is over."""
    from geoalchemy2.shape import to_shape  # with shapely, which some processes never need

    from gis.zones import written

    card = {
        **{name: row[name] for name in ("id", "kind", "words", "incident_id")},
        "by": row["drawn_by"],
        "drawn_at": iso(row["drawn_at"]),
        "expires_at": iso(row["expires_at"]),
        "struck": row["struck_at"] is not None,
        "struck_why": row["struck_why"],
        "shape": written(to_shape(row["shape"])),
    }
    return card if row["struck_at"] is None and row["expired_at"] is None else {**card, "gone": True}


def find_zone(conn: Connection, zone_id: int) -> RowMapping | None:
    return conn.execute(select(_zone).where(_zone.c.id == zone_id)).mappings().first()


def zone_cards(conn: Connection, *conditions: Any, standing: bool = True) -> Cards:
    """Zones by id; with `standing` only those that were not struck through and have not run out."""
    found = select(_zone).where(*(_standing if standing else ()), *conditions).order_by(_zone.c.id)
    return [zone_card(row) for row in conn.execute(found).mappings()]


def zones_that_ran_out(conn: Connection, now: Any) -> list[int]:
    """Zones that still stand though their time is over."""
    return list(conn.scalars(select(_zone.c.id).where(_zone.c.expires_at <= now, *_standing).order_by(_zone.c.id)))


# facilities


def facility_card(row: Mapping[Any, Any]) -> dict[str, Any]:
    """A facility as screens hold it; gone when it is closed."""
    card = {**{name: row[name] for name in _NAMES}, "changed_at": iso(row["changed_at"])}
    return card if row["closed_at"] is None else {**card, "gone": True}


def find_facility(conn: Connection, facility_id: int) -> RowMapping | None:
    return conn.execute(select(*FACILITY_COLUMNS).where(_facility.c.id == facility_id)).mappings().first()


def facility_cards(conn: Connection, *conditions: Any) -> Cards:
    """Facilities that are not closed, by id."""
    found = select(*FACILITY_COLUMNS).where(_facility.c.closed_at.is_(None), *conditions).order_by(_facility.c.id)
    return [facility_card(row) for row in conn.execute(found).mappings()]


# landmarks


def landmark_card(row: Mapping[Any, Any]) -> dict[str, Any]:
    """A landmark as the desk shows it; gone when it was forgotten."""
    names = ("id", "name", "kind", "area_code", "radius_m", "lon", "lat", "source")
    card = {
        **{name: row[name] for name in names},
        "by": row["remembered_by"],
        "remembered_at": iso(row["remembered_at"]),
    }
    return card if row["gone_at"] is None else {**card, "gone": True}


def find_landmark(conn: Connection, landmark_id: int) -> RowMapping | None:
    return conn.execute(select(*LANDMARK_COLUMNS).where(_landmark.c.id == landmark_id)).mappings().first()


def landmark_cards(conn: Connection, folded: str, limit: int, after: int = 0, box: TextClause | None = None) -> Cards:
    """Landmarks that are not forgotten and whose folded name holds `folded`, by id after `after`, in a box."""
    found = select(*LANDMARK_COLUMNS).where(_landmark.c.gone_at.is_(None), _landmark.c.id > after)
    if folded:
        found = found.where(_landmark.c.folded.contains(folded, autoescape=True))
    if box is not None:
        found = found.where(box)
    rows = conn.execute(found.order_by(_landmark.c.id).limit(limit)).mappings()
    return [landmark_card(row) for row in rows]


# the board


def board_cards(conn: Connection) -> dict[str, Cards]:
    """The ground's part of a snapshot: zones that stand, facilities that are open."""
    return {"zones": zone_cards(conn), "facilities": facility_cards(conn)}


def incident_cards(conn: Connection, incident_id: int) -> dict[str, Cards]:
    """All zones drawn for an incident, also those that are over."""
    return {"zones": zone_cards(conn, _zone.c.incident_id == incident_id, standing=False)}
