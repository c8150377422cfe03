"""Questions the room asks: cards for the screens, one incident whole, what is near."""

import datetime as dt
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from functools import lru_cache
from typing import Any

from sqlalchemy import Connection, bindparam, func, literal_column, select
from sqlalchemy.engine import RowMapping

from gis.coordinates import Position, box_around
from gis.database import Database
from gis.prepared import Prepared
from incident import intake, journal, rules
from incident.models import Agency, Assignment, Call, Incident, IncidentType, Lamp, Unit
from incident.post import Post

_incident = Incident.__table__
_unit = Unit.__table__
_assignment = Assignment.__table__
_call = Call.__table__
_TIMES = ("assigned_at", *dict.fromkeys(rules.TIME_OF_VERB.values()))
INCIDENT_COLUMNS = [column for column in _incident.c if column.name != "point"]
UNIT_COLUMNS = [column for column in _unit.c if column.name != "point"]


def iso(at: dt.datetime | None) -> str | None:
    """RFC 3339 in UTC, or None."""
    return journal.stamp(at) if at else None


# cards: the rows screens hold, whole after every change


def incident_card(row: Mapping[Any, Any], active: Iterable[Mapping[Any, Any]], site_name: str) -> dict[str, Any]:
    """An incident on the board; `active` are its assignments still running, with the unit's agency."""
    active = list(active)
    card = {  # one by one: a board of ten thousand makes as many
        "id": row["id"],
        "number": intake.number_of(row["id"], site_name),
        "type": row["type"],
        "priority": row["priority"],
        "state": row["state"],
        "place": row["place"],
        "area_code": row["area_code"],
        "method": row["method"],
        "radius_m": row["radius_m"],
        "lon": row["lon"],
        "lat": row["lat"],
        "calls": row["calls"],
        "disposition": row["disposition"],
        "obstacle": row["obstacle"],
        "unit_ids": sorted({one["unit_id"] for one in active}) if active else [],
        "agencies": sorted({one["agency_code"] for one in active if one["agency_code"]}) if active else [],
        "opened_at": iso(row["opened_at"]),
        "changed_at": iso(row["changed_at"]),
    }
    return _gone(card | _aside(row, site_name), row["state"] == "closed")


def _aside(row: Mapping[Any, Any], site_name: str) -> dict[str, Any]:
    """What most incidents have not: who heard a P1, open tasks, a word to the reporter, where it was merged into."""
    said: dict[str, Any] = {}
    if row.get("open_tasks"):
        said |= {"open_tasks": row["open_tasks"], "next_due_at": iso(row["next_due_at"])}
    if row.get("heard_by"):
        said["heard_by"] = row["heard_by"]
    if row.get("feedback_at"):
        said["feedback_at"] = iso(row["feedback_at"])
    if into := row.get("merged_into"):
        said |= {"merged_into": into, "merged_number": intake.number_of(into, site_name)}
    return said


def unit_card(row: Mapping[Any, Any], active: Iterable[Mapping[Any, Any]]) -> dict[str, Any]:
    """A unit on the strip, its status derived from its active assignments."""
    active = list(active)
    state = rules.unit_state(active, row["in_service"], row["posture"], row["mayday_at"] is not None)
    card = {
        **{name: row[name] for name in ("id", "call_sign", "kind", "agency_code", "base", "in_service", "lon", "lat")},
        "capabilities": [word for word in (row["capabilities"] or "").split(",") if word],
        "state": state,
        "since": iso(unit_since(row, active)),
        "position_at": iso(row["position_at"]),
        "incident_ids": sorted({one["incident_id"] for one in active}),
    }
    aside = {"mayday_why": row["mayday_why"], "out_reason": None if row["in_service"] else row["out_reason"]}
    return card | {name: said for name, said in aside.items() if said}


def unit_since(row: Mapping[Any, Any], active: list[Mapping[Any, Any]]) -> dt.datetime:
    """Since when a unit is in its status."""
    calling = [one["state_since"] for one in active if one["state"] == "mayday"]
    if row["mayday_at"] or calling:
        return min([*calling, *([row["mayday_at"]] if row["mayday_at"] else [])])
    if active:
        return max(active, key=lambda one: (one["assigned_at"], one["id"]))["state_since"]
    stood = row["posture_since"] if row["in_service"] else None
    return max(stood, row["in_service_since"]) if stood else row["in_service_since"]


def assignment_card(row: Mapping[Any, Any]) -> dict[str, Any]:
    """A unit on an incident with its own times; `row` carries the unit's agency_code and call_sign."""
    card = {
        **{name: row[name] for name in ("id", "incident_id", "unit_id", "state", "agency_code", "call_sign")},
        "state_since": iso(row["state_since"]),
        **{name: iso(row[name]) for name in _TIMES},
    }
    return _gone(card, row["state"] not in rules.ACTIVE_STATES)


def _gone(card: dict[str, Any], is_gone: bool) -> dict[str, Any]:
    return {**card, "gone": True} if is_gone else card


_assignment_rows = select(_assignment, _unit.c.agency_code, _unit.c.call_sign).join(
    _unit, _unit.c.id == _assignment.c.unit_id
)
_active_rows = _assignment_rows.where(_assignment.c.state.not_in(("cleared", "cancelled"))).order_by(_assignment.c.id)
# built once: the hot verbs ask these every time
_active_of_incident = _active_rows.where(_assignment.c.incident_id == bindparam("id"))
_active_of_unit = _active_rows.where(_assignment.c.unit_id == bindparam("id"))
_one_assignment = _assignment_rows.where(_assignment.c.id == bindparam("id"))
_one_incident = select(*INCIDENT_COLUMNS).where(_incident.c.id == bindparam("id"))
_one_unit = select(*UNIT_COLUMNS).where(_unit.c.id == bindparam("id"))


def active_of_incident(conn: Connection, incident_id: int) -> list[RowMapping]:
    return list(conn.execute(_active_of_incident, {"id": incident_id}).mappings())


def active_of_incidents(conn: Connection, incident_ids: list[int]) -> defaultdict[Any, list[RowMapping]]:
    """The running assignments of each of these incidents, in one question."""
    rows = conn.execute(_active_rows.where(_assignment.c.incident_id.in_(incident_ids))).mappings()
    return _grouped(rows, "incident_id")


def active_of_unit(conn: Connection, unit_id: int) -> list[RowMapping]:
    return list(conn.execute(_active_of_unit, {"id": unit_id}).mappings())


def active_by_unit(conn: Connection) -> defaultdict[Any, list[RowMapping]]:
    """The running assignments of every unit, in one question."""
    return _grouped(conn.execute(_active_rows).mappings(), "unit_id")


def find_incident(conn: Connection, incident_id: int) -> RowMapping | None:
    return conn.execute(_one_incident, {"id": incident_id}).mappings().first()


def lead_on(conn: Connection, incident_id: int) -> int:
    """Where an incident's address leads: itself, or what it was merged into at last."""
    into = select(_incident.c.merged_into)
    while further := conn.scalar(into.where(_incident.c.id == incident_id)):
        incident_id = further
    return incident_id


def find_unit(conn: Connection, unit_id: int) -> RowMapping | None:
    return conn.execute(_one_unit, {"id": unit_id}).mappings().first()


def find_assignment(conn: Connection, assignment_id: int) -> RowMapping | None:
    return conn.execute(_one_assignment, {"id": assignment_id}).mappings().first()


def find_type(conn: Connection, post: Post, word: str | None) -> RowMapping | None:
    """The type by its code, its name in either language, or another word for it; remembered by the post."""
    wanted = (word or "").lower()
    if wanted not in post.types:
        post.types = {name: row for row in types(conn) for name in _names_of(row)}
    return post.types.get(wanted)


def words_of(kind: Mapping[Any, Any]) -> set[str]:
    """What a unit's capabilities are held against: the type's code, family and other words."""
    return {kind["code"], kind["family"], *kind["also"].split()}


def _names_of(row: RowMapping) -> list[str]:
    return [row["code"], row["name_id"].lower(), row["name_en"].lower(), *row["also"].split()]


def types(conn: Connection) -> list[RowMapping]:
    """Every type of incident, in the order people expect them."""
    table = IncidentType.__table__
    return list(conn.execute(select(table).order_by(table.c.rank)).mappings())


def agencies(conn: Connection) -> list[dict[str, str]]:
    """Every agency's code and name."""
    rows = conn.execute(select(Agency.code, Agency.name).order_by(Agency.code))
    return [{"code": row.code, "name": row.name} for row in rows]


def board_cards(
    conn: Connection, site_name: str, rows: Iterable[RowMapping] | None = None
) -> dict[str, list[dict[str, Any]]]:
    """The room's part of a snapshot: open incidents (or these `rows`), units, running assignments, lamps."""
    active = list(conn.execute(_active_rows).mappings())
    by_incident, by_unit = _grouped(active, "incident_id"), _grouped(active, "unit_id")
    shown = conn.execute(_open_incidents).mappings() if rows is None else rows
    units = conn.execute(_all_units).mappings()
    return {
        "incidents": [incident_card(row, by_incident[row["id"]], site_name) for row in shown],
        "units": [unit_card(row, by_unit[row["id"]]) for row in units],
        "assignments": [assignment_card(row) for row in active],
        "lamps": lamp_cards(conn),
    }


_open_incidents = select(*INCIDENT_COLUMNS).where(_incident.c.state.in_(rules.OPEN_STATES)).order_by(_incident.c.id)
_all_units = select(*UNIT_COLUMNS).order_by(_unit.c.id)


def unit_cards(conn: Connection) -> list[dict[str, Any]]:
    """Every unit with its derived status."""
    active = active_by_unit(conn)
    return [unit_card(row, active[row["id"]]) for row in conn.execute(_all_units).mappings()]


def lamp_cards(conn: Connection) -> list[dict[str, Any]]:
    table = Lamp.__table__
    rows = conn.execute(select(table).order_by(table.c.id)).mappings()
    return [lamp_card(row) for row in rows]


def lamp_card(row: Mapping[Any, Any]) -> dict[str, Any]:
    """A lamp: id, state (ok, warn, off, unknown), words, since when."""
    return {"id": row["id"], "state": row["state"], "words": row["words"], "since": iso(row["since"])}


def _grouped(rows: Iterable[RowMapping], name: str) -> defaultdict[Any, list[RowMapping]]:
    groups: defaultdict[Any, list[RowMapping]] = defaultdict(list)
    for row in rows:
        groups[row[name]].append(row)
    return groups


# one incident, whole


def calls_of(conn: Connection, incident_id: int) -> list[dict[str, Any]]:
    """The calls of an incident with masked numbers; never for roles without `call.read`."""
    columns = [column for column in _call.c if column.name != "point"]
    rows = conn.execute(select(*columns).where(_call.c.incident_id == incident_id).order_by(_call.c.id)).mappings()
    return [call_card(row) for row in rows]


def call_card(row: Mapping[Any, Any]) -> dict[str, Any]:
    """A call as the desk shows it: the phone masked."""
    return {
        **{name: row[name] for name in ("id", "class", "type", "priority", "narrative", "caller_name", "channel")},
        **{name: row[name] for name in ("place", "lon", "lat", "radius_m", "method", "incident_id", "taken_by")},
        "source": row["source"],
        "caller_phone": intake.mask(row["caller_phone"]),
        "received_at": iso(row["received_at"]),
        "recorded_at": iso(row["recorded_at"]),
    }


def latest_calls(conn: Connection, limit: int) -> list[dict[str, Any]]:
    """The newest calls, newest first."""
    columns = [column for column in _call.c if column.name != "point"]
    rows = conn.execute(select(*columns).order_by(_call.c.id.desc()).limit(limit)).mappings()
    return [call_card(row) for row in rows]


def call_counts(conn: Connection, since: dt.datetime) -> dict[str, int]:
    """How many calls of each class since a moment; every class is named, also with 0."""
    counted = select(_call.c["class"], func.count()).where(_call.c.recorded_at >= since).group_by(_call.c["class"])
    return dict.fromkeys(rules.CLASSES, 0) | {row[0]: row[1] for row in conn.execute(counted)}


def assignments_of(conn: Connection, incident_id: int) -> list[dict[str, Any]]:
    rows = conn.execute(_assignment_rows.where(_assignment.c.incident_id == incident_id).order_by(_assignment.c.id))
    return [assignment_card(row) for row in rows.mappings()]


def whole_incident(conn: Connection, incident_id: int, site_name: str) -> dict[str, Any] | None:
    """An incident with its assignments, chronology and what may be done to it."""
    row = find_incident(conn, incident_id)
    if row is None:
        return None
    return {
        "incident": incident_card(row, active_of_incident(conn, incident_id), site_name),
        "assignments": assignments_of(conn, incident_id),
        "chronology": [line.told() for line in journal.of_incident(conn, incident_id)],
        "allowed": rules.allowed_verbs(rules.INCIDENT_LIFE, row["state"]),
    }


# what is near


NEAR_MOST, PHONED_MOST = 50, 5


def repeat_candidates(
    conn: Connection, database: Database, where: Position | None, since: dt.datetime, phoned: Collection[int] = ()
) -> list[intake.Candidate]:
    """Open incidents not older than `since`: the newest 50 near a place, and those of the same number."""
    near: list[Any] = []
    if where is not None:
        west, south, east, north = box_around(where, intake.REPEAT_REACH_M)
        box = {"west": west, "south": south, "east": east, "north": north}
        near = _candidates(database).all(conn, **box, since=since, before=since)
    known = {one.id for one in near}
    for incident_id in phoned:
        if incident_id not in known and (one := _phoned_candidate.first(conn, id=incident_id, since=since)):
            near.append(one)
    return near


def _candidate_rows() -> Any:
    """Open incidents as candidates, with the family of their type and the words of their first caller."""
    kinds, columns = IncidentType.__table__, _incident.c
    words = (
        select(_call.c.narrative)
        .where(_call.c.incident_id == columns.id)
        .order_by(_call.c.id)
        .limit(literal_column("1"))
    )
    told = [columns[name] for name in intake.Candidate._fields if name not in ("family", "narrative")]
    return (
        select(*told, kinds.c.family, words.scalar_subquery().label("narrative"))
        .join(kinds, kinds.c.code == columns.type)
        .where(columns.state != "closed", columns.opened_at >= bindparam("since", type_=columns.opened_at.type))
    )


# Ids rise with time: a month of incidents round the corner need not be looked at one by one. Twenty rows of grace, in
# case a clock stood wrong for a while.
_LAST_TOO_OLD = (
    "SELECT coalesce((SELECT old.id FROM incident old WHERE old.opened_at < :before ORDER BY old.id DESC"
    " LIMIT 1 OFFSET 20), 0)"
)


@lru_cache(maxsize=4)
def _candidates(database: Database) -> Prepared:
    """The statement, made once: it is asked for every normal call."""
    before = bindparam("before", type_=_incident.c.opened_at.type)
    near = _candidate_rows().where(database.near("incident", "point", _LAST_TOO_OLD).bindparams(before))
    return Prepared(near.order_by(_incident.c.id.desc()).limit(literal_column(str(NEAR_MOST))))


_phoned_candidate = Prepared(_candidate_rows().where(_incident.c.id == bindparam("id", type_=_incident.c.id.type)))
_phoned = Prepared(
    select(_call.c.incident_id)
    .where(_call.c.caller_phone == bindparam("phone", type_=_call.c.caller_phone.type))
    .where(_call.c.recorded_at >= bindparam("since", type_=_call.c.recorded_at.type))
    .where(_call.c.incident_id.is_not(None))
    .order_by(_call.c.id.desc())
    .limit(literal_column(str(PHONED_MOST)))
)


def phoned_incidents(conn: Connection, phone: str | None, since: dt.datetime) -> set[int]:
    """The incidents of the newest calls of this number. It is compared in the database: only their ids come out."""
    if not intake.is_telling(phone):
        return set()
    return {row.incident_id for row in _phoned.all(conn, phone=phone, since=since)}
