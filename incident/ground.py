"""The verbs of the ground: zones drawn by hand, facilities, landmarks. Each writes rows and, last, its journal entry.

A zone is never deleted: it is struck through with a reason, or its time runs out. A facility is closed, a landmark
forgotten; their rows stay.
"""

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import insert, select, update

from gis.database import point_columns
from gis.models import Facility, Landmark, Zone
from gis.spelling import fold_name
from gis.tables import FACILITIES, LANDMARKS, Row
from gis.zones import Drawn
from incident import ground_queries as queries
from incident.errors import BadReport, NotFound, WrongState
from incident.post import Act, Post, uid_from
from incident.queries import find_incident

BY = "relay"
_facility = Facility.__table__
_landmark = Landmark.__table__


# zones


def draw_zone(
    act: Act,
    kind: str,
    drawn: Drawn,
    words: str = "",
    incident_id: int | None = None,
    expires_at: dt.datetime | None = None,
) -> dict[str, Any]:
    """Put a checked shape on every screen, for an incident or for itself, until it is struck or `expires_at`."""
    if earlier := act.earlier("zone.drawn"):
        return earlier.told()
    if incident_id is not None and find_incident(act.conn, incident_id) is None:
        raise NotFound("Kejadian itu tidak ada.", "incident_id")
    if expires_at is not None and expires_at <= act.now:
        raise BadReport("Waktu berakhirnya sudah lewat.", "expires_at")
    row = {
        "kind": kind,
        "words": words,
        "incident_id": incident_id,
        "expires_at": expires_at,
        "drawn_by": act.by,
        "drawn_at": act.now,
        "shape": f"SRID=4326;{drawn.wkt}",
    }
    zone_id = act.conn.execute(insert(Zone).returning(Zone.id), row).scalar_one()
    return _tell_zone(act, "zone.drawn", zone_id, {"mended": drawn.mended} if drawn.mended else {})


def strike_zone(act: Act, zone_id: int, why: str) -> dict[str, Any]:
    """Strike a zone through: it leaves the screens and stays in the record."""
    if earlier := act.earlier("zone.struck"):
        return earlier.told()
    _require_standing(queries.find_zone(act.conn, zone_id))
    _change_zone(act, zone_id, struck_by=act.by, struck_at=act.now, struck_why=why)
    return _tell_zone(act, "zone.struck", zone_id, {"text": why})


def expire_zone(act: Act, zone_id: int) -> bool:
    """Take a zone off the screens because its time is over; answers whether it still stood."""
    zone = queries.find_zone(act.conn, zone_id)
    if zone is None or _is_over(zone) or zone["expires_at"] is None or zone["expires_at"] > act.now:
        return False
    _change_zone(act, zone_id, expired_at=act.now)
    _tell_zone(act, "zone.expired", zone_id, {})
    return True


def step(post: Post) -> bool:
    """End the zones whose time is over: a step of the relay, never of a web request."""
    with post.database.read() as conn:
        over = queries.zones_that_ran_out(conn, post.clock())
    for zone_id in over:
        post.do(expire_zone, BY, None, zone_id)
    return bool(over)


def _require_standing(zone: Mapping[Any, Any] | None) -> None:
    if zone is None:
        raise NotFound("Area itu tidak ada.")
    if _is_over(zone):
        raise WrongState("Area itu sudah dicoret atau habis waktunya.", allowed=[])


def _is_over(zone: Mapping[Any, Any]) -> bool:
    return zone["struck_at"] is not None or zone["expired_at"] is not None


def _change_zone(act: Act, zone_id: int, **changes: Any) -> None:
    act.conn.execute(update(Zone).where(Zone.id == zone_id).values(**changes))


def _tell_zone(act: Act, kind: str, zone_id: int, facts: dict[str, Any]) -> dict[str, Any]:
    row = queries.find_zone(act.conn, zone_id)
    assert row is not None
    body = {"zone": zone_id, "zone_kind": row["kind"], **facts, "cards": {"zones": [queries.zone_card(row)]}}
    return act.append(kind, body, row["incident_id"]).told()


# facilities


def add_facility(act: Act, lon: float, lat: float, **said: Any) -> dict[str, Any]:
    """Put a facility on the map; `said` are kind, name and, where known, capacity, occupied, area_code and note."""
    if earlier := act.earlier("facility.added"):
        return earlier.told()
    named = {name: said.get(name) for name in ("kind", "name", "capacity", "occupied", "area_code", "note")}
    row = {**named, **_by_hand(act, "facility"), **_changed(act), **point_columns(lon, lat)}
    facility_id = act.conn.execute(insert(Facility).returning(Facility.id), row).scalar_one()
    return _tell_facility(act, "facility.added", facility_id, {})


def change_facility(act: Act, facility_id: int, **said: Any) -> dict[str, Any]:
    """Change what is said of a facility: only the fields that are given; a null takes a figure away."""
    if earlier := act.earlier("facility.changed"):
        return earlier.told()
    _require_open(queries.find_facility(act.conn, facility_id))
    if not said:
        raise BadReport("Tidak ada yang diubah.", "name")
    if "lon" in said:
        said |= point_columns(said["lon"], said["lat"])
    _change_facility(act, facility_id, **said)
    return _tell_facility(act, "facility.changed", facility_id, {"changed": sorted(said.keys() - {"point"})})


def close_facility(act: Act, facility_id: int, why: str | None = None) -> dict[str, Any]:
    """Take a facility off the map; its row stays, and an import does not open it again."""
    if earlier := act.earlier("facility.closed"):
        return earlier.told()
    _require_open(queries.find_facility(act.conn, facility_id))
    _change_facility(act, facility_id, closed_at=act.now)
    return _tell_facility(act, "facility.closed", facility_id, {"text": why} if why else {})


def _require_open(facility: Mapping[Any, Any] | None) -> None:
    if facility is None:
        raise NotFound("Fasilitas itu tidak ada.")
    if facility["closed_at"] is not None:
        raise WrongState("Fasilitas itu sudah ditutup.", allowed=[])


def _changed(act: Act) -> dict[str, Any]:
    return {"changed_by": act.by, "changed_at": act.now}


def _by_hand(act: Act, what: str) -> dict[str, Any]:
    """The key of what no file knows, made of the sender's; and that it came from a hand."""
    return {"key": uid_from(what, act.uid or act.now.isoformat(), act.by), "source": "manual"}


def _change_facility(act: Act, facility_id: int, **changes: Any) -> None:
    act.conn.execute(update(Facility).where(Facility.id == facility_id).values(**changes, **_changed(act)))


def _tell_facility(act: Act, kind: str, facility_id: int, facts: dict[str, Any]) -> dict[str, Any]:
    row = queries.find_facility(act.conn, facility_id)
    assert row is not None
    card = queries.facility_card(row)
    return act.append(kind, {"facility": facility_id, **facts, "cards": {"facilities": [card]}}).told()


# landmarks


def remember_landmark(act: Act, name: str, lon: float, lat: float, kind: str = "other", **said: Any) -> dict[str, Any]:
    """Remember a place people know, so that the search finds it; `said` may hold radius_m and area_code."""
    if earlier := act.earlier("landmark.remembered"):
        return earlier.told()
    row = {**_landmark_row(act, name, kind, lon, lat, **said), **_by_hand(act, "landmark")}
    landmark_id = act.conn.execute(insert(Landmark).returning(Landmark.id), row).scalar_one()
    return _tell_landmark(act, "landmark.remembered", landmark_id)


def forget_landmark(act: Act, landmark_id: int) -> dict[str, Any]:
    """Let the search find a landmark no more; its row stays, and an import does not bring it back."""
    if earlier := act.earlier("landmark.forgotten"):
        return earlier.told()
    row = queries.find_landmark(act.conn, landmark_id)
    if row is None:
        raise NotFound("Patokan itu tidak ada.")
    if row["gone_at"] is not None:
        raise WrongState("Patokan itu sudah dilupakan.", allowed=[])
    act.conn.execute(update(Landmark).where(Landmark.id == landmark_id).values(gone_at=act.now))
    return _tell_landmark(act, "landmark.forgotten", landmark_id)


def _landmark_row(
    act: Act, name: str, kind: str, lon: float, lat: float, radius_m: float = 50.0, area_code: str | None = None
) -> dict[str, Any]:
    return {
        "name": name,
        "folded": fold_name(name)[:120],
        "kind": kind,
        "area_code": area_code,
        "radius_m": radius_m,
        **_remembered(act),
        **point_columns(lon, lat),
    }


def _remembered(act: Act) -> dict[str, Any]:
    return {"remembered_by": act.by, "remembered_at": act.now}


def _tell_landmark(act: Act, kind: str, landmark_id: int) -> dict[str, Any]:
    """No collection of the board holds landmarks: the card stands among the facts."""
    row = queries.find_landmark(act.conn, landmark_id)
    assert row is not None
    return act.append(kind, {"landmark": queries.landmark_card(row)}).told()


# lists from a file

COUNTED = ("added", "changed", "same", "gone")
Counts = dict[str, int]


@dataclass(frozen=True, slots=True)
class _List:
    """What differs between the two kinds of lists: the entry, the table, what a row says, the column of a farewell."""

    entry: str
    table: Any
    says: Callable[[Row], dict[str, Any]]
    stamp: Callable[[Act], dict[str, Any]]
    gone: str
    cards: Callable[[Act, list[str]], dict[str, Any]]


def import_part(act: Act, what: str, rows: Sequence[Row], **about: Any) -> Counts:
    """Add or change the `landmarks` or `facilities` of one part of a file, by their keys; answers how many of each.

    `about` says which file and which part. What was closed or forgotten here stays so, whatever the file says.
    """
    one = _LISTS[what]
    if earlier := act.earlier(one.entry):
        return {name: earlier.body[name] for name in COUNTED}
    known = _known(act, one.table, rows)
    added = [row for row in rows if row.key not in known]
    gone = [row for row in rows if row.key in known and known[row.key][one.gone]]
    changed = [row for row in rows if row.key in known and row not in gone and _differs(known[row.key], one.says(row))]
    _insert_rows(act, one, added, about["source"])
    for row in changed:
        _update_row(act, one, row)
    numbers = (len(added), len(changed), len(rows) - len(added) - len(changed) - len(gone), len(gone))
    counts = dict(zip(COUNTED, numbers, strict=True))
    if added or changed:
        act.append(one.entry, {**about, **counts, **one.cards(act, [row.key for row in (*added, *changed)])})
    return counts


def _known(act: Act, table: Any, rows: Sequence[Row]) -> dict[str, Mapping[Any, Any]]:
    columns = [column for column in table.c if column.name != "point"]
    found = act.conn.execute(select(*columns).where(table.c.key.in_([row.key for row in rows]))).mappings()
    return {row["key"]: row for row in found}


def _differs(known: Mapping[Any, Any], says: Mapping[str, Any]) -> bool:
    return any(known[name] != value for name, value in says.items())


def _insert_rows(act: Act, one: _List, rows: Sequence[Row], source: str) -> None:
    empty = {"area_code": None} | ({"capacity": None, "note": None} if one.table is _facility else {})
    made = [
        {
            **empty,
            **one.says(row),
            **one.stamp(act),
            **point_columns(row.lon, row.lat),
            "key": row.key,
            "source": source,
        }
        for row in rows
    ]
    if made:
        act.conn.execute(insert(one.table), made)


def _update_row(act: Act, one: _List, row: Row) -> None:
    changes = {**one.says(row), **one.stamp(act), **point_columns(row.lon, row.lat)}
    act.conn.execute(update(one.table).where(one.table.c.key == row.key).values(**changes))


def _facility_says(row: Row) -> dict[str, Any]:
    """What the file says of a facility; what it leaves open stays as it is known here."""
    told = {"capacity": row.capacity, "area_code": row.area_code, "note": row.note}
    sure = {"kind": row.kind, "name": row.name, "lon": row.lon, "lat": row.lat}
    return sure | {name: value for name, value in told.items() if value is not None}


def _landmark_says(row: Row) -> dict[str, Any]:
    sure = {"kind": row.kind, "name": row.name, "folded": fold_name(row.name)[:120], "lon": row.lon, "lat": row.lat}
    return sure | {"radius_m": row.radius_m} | ({"area_code": row.area_code} if row.area_code else {})


def _facility_cards(act: Act, keys: list[str]) -> dict[str, Any]:
    return {"cards": {"facilities": queries.facility_cards(act.conn, _facility.c.key.in_(keys))}}


def _landmark_ids(act: Act, keys: list[str]) -> dict[str, Any]:
    """Which they are: the search reads them by that."""
    found = act.conn.scalars(select(_landmark.c.id).where(_landmark.c.key.in_(keys)).order_by(_landmark.c.id))
    return {"landmarks": list(found)}


_LISTS = {
    FACILITIES: _List("facility.imported", _facility, _facility_says, _changed, "closed_at", _facility_cards),
    LANDMARKS: _List("landmark.imported", _landmark, _landmark_says, _remembered, "gone_at", _landmark_ids),
}
PART = 100  # rows in one transaction: some 20 ms, and an entry of less than 100 kB


def import_table(
    post: Post,
    by: str,
    uid: str,
    what: str,
    rows: Sequence[Row],
    source: str,
    tell: Callable[[int], None] = lambda rows: None,
) -> Counts:
    """Bring a whole list in, part by part, so that nobody waits long; sent again with the same uid it does nothing.

    `tell` hears after each part how many rows it had.
    """
    parts = [rows[start : start + PART] for start in range(0, len(rows), PART)]
    total = dict.fromkeys(COUNTED, 0)
    for number, part in enumerate(parts, 1):
        about = {"source": source, "part": number, "parts": len(parts)}
        counts = post.do(import_part, by, uid_from(uid, number), what, part, **about)
        total = {name: total[name] + counts[name] for name in COUNTED}
        tell(len(part))
    return total
