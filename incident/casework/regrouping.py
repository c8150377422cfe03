"""Merging two incidents, splitting one, taking either back: rows change their incident, and none is lost.

Everything a merged incident has (calls, units with their clocks, zones, tasks, alerts) goes to the other; what moved is
written down, so that it can go back and its origin stays known. The merged one keeps its number, which leads on.
"""

import datetime as dt
import json
from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import func, insert, select, update

from gis.database import point_columns
from incident import actions, intake, queries
from incident.casework import belongings, kinds, rules, stale
from incident.casework import queries as casework
from incident.casework.belongings import Moved
from incident.casework.models import Regrouping
from incident.errors import BadReport, NotFound, WrongState
from incident.models import Call
from incident.post import Act

Row = Mapping[Any, Any]
_call = Call.__table__
assert kinds


def merge_incidents(
    act: Act,
    incident_id: int,
    into_id: int,
    why: str,
    seen: dt.datetime | None = None,
    seen_into: dt.datetime | None = None,
) -> dict[str, Any]:
    """Merge an incident into another; it leaves the board and its address leads there."""
    if earlier := act.earlier("incident.gathered", into_id):
        return earlier.told()
    guest, host = actions._incident_of(act, incident_id), actions._incident_of(act, into_id)
    if incident_id == into_id:
        raise BadReport("Kejadian tidak dapat digabung dengan dirinya sendiri.", "into")
    for one, as_seen in ((guest, seen), (host, seen_into)):
        stale.require_fresh(act, "merge", one, as_seen)
        _require_open(act, one)
    moved = belongings.of_incident(act.conn, incident_id)
    _require_movable(act, moved, belongings.of_incident(act.conn, into_id))
    has_units = bool(queries.active_of_incident(act.conn, incident_id))
    changes = rules.host_after(host, guest, has_units, _number(act, incident_id))
    regrouping = _write_down(act, "merge", guest, host, why, moved, changes)
    cards = [_show(act, into_id, **changes), _show(act, incident_id, **_gone_to(act, into_id))]
    facts = {"regrouping": regrouping, "text": why, "moved": _counts(moved), "guest": incident_id, "host": into_id}
    return _tell(act, ("incident.gathered", into_id), ("incident.merged", incident_id), facts, moved, cards)


def split_incident(
    act: Act,
    incident_id: int,
    calls: Sequence[int],
    assignments: Sequence[int],
    why: str,
    type: str | None = None,
    seen: dt.datetime | None = None,
) -> dict[str, Any]:
    """Make some calls and units of an incident one of its own; at least one call goes and one stays."""
    if earlier := act.earlier("incident.split", incident_id):
        return earlier.told()
    source = actions._incident_of(act, incident_id)
    stale.require_fresh(act, "split", source, seen)
    _require_open(act, source)
    moved = _chosen(act, incident_id, calls, assignments)
    _require_movable(act, moved)
    part_id = _open_part(act, source, moved, type)
    part = actions._incident_of(act, part_id)
    regrouping = _write_down(act, "split", source, part, why, moved, {})
    cards = [_show(act, incident_id), _show(act, part_id)]
    facts = {"regrouping": regrouping, "text": why, "moved": _counts(moved), "source": incident_id, "part": part_id}
    return _tell(act, ("incident.split", incident_id), ("incident.separated", part_id), facts, moved, cards)


def take_back(act: Act, regrouping_id: int) -> dict[str, Any]:
    """Undo a merge or a split: what moved goes back; what came since stays where it came."""
    row = casework.find_regrouping(act.conn, regrouping_id)
    if row is None:
        raise NotFound("Penggabungan atau pemisahan itu tidak ada.")
    if earlier := act.earlier("incident.restored"):
        return earlier.told()
    moved = casework.moved_by(act.conn, regrouping_id)
    _require_last(act, row)
    _require_movable(act, moved)
    came, went = actions._incident_of(act, row["from_id"]), actions._incident_of(act, row["to_id"])
    if row["kind"] == "split":
        _require_nothing_new(act, came, went, moved)
    belongings.move(act.conn, moved, row["to_id"], row["from_id"])
    undone = {"undone_by": act.by, "undone_at": act.now}
    act.conn.execute(update(Regrouping).where(Regrouping.id == regrouping_id).values(**undone))
    cards = _show_as_before(act, row, came, went)
    facts = {"regrouping": regrouping_id, "undone": row["kind"], "from": row["from_id"], "to": row["to_id"]}
    facts["opens"] = 1 if row["kind"] == "merge" else -1  # screens that hold a part of the queue count by it
    restored = "incident.restored"
    return _tell(act, (restored, row["from_id"]), (restored, row["to_id"]), facts, moved, cards)


# what must be so


def _require_open(act: Act, incident: Row) -> None:
    actions.require_not_merged(act, incident)
    if incident["state"] == "closed":
        number = _number(act, incident["id"])
        raise WrongState(f"{number} sudah ditutup; buka kembali dahulu.", allowed=["reopen"])


def _require_movable(act: Act, *several: Moved) -> None:
    for moved in several:
        if said := belongings.why_not(act.conn, moved):
            raise WrongState(said, allowed=[])


def _require_last(act: Act, row: Row) -> None:
    """Only the newest that touches either incident can be taken back: then each row is where it was put."""
    if row["undone_at"] is not None:
        raise WrongState(f"Sudah diurungkan oleh {row['undone_by']}.", allowed=[])
    newest = casework.live_regroupings(act.conn, row["from_id"], row["to_id"])[-1]
    if newest["id"] != row["id"]:
        a, b = _number(act, newest["from_id"]), _number(act, newest["to_id"])
        word = "penggabungan" if newest["kind"] == "merge" else "pemisahan"
        raise WrongState(f"Sesudah itu ada {word} {a} ke {b}; urungkan yang itu dahulu.", allowed=[])


def _require_nothing_new(act: Act, source: Row, part: Row, moved: Moved) -> None:
    """A part that lives a life of its own is not taken back, it is merged."""
    for one in (source, part):
        _require_open(act, one)
    now = belongings.of_incident(act.conn, part["id"])
    if any(set(ids) - set(moved.get(name, [])) for name, ids in now.items()):
        mine, there = _number(act, part["id"]), _number(act, source["id"])
        raise WrongState(f"Sejak dipisah {mine} mendapat isi baru; gabungkan {mine} ke {there}.", allowed=["merge"])


def _chosen(act: Act, incident_id: int, calls: Sequence[int], assignments: Sequence[int]) -> Moved:
    """The chosen rows, checked to be the incident's own."""
    mine = belongings.of_incident(act.conn, incident_id)
    chosen = {"calls": sorted(set(calls)), "assignments": sorted(set(assignments))}
    for name, ids in chosen.items():
        if not set(ids) <= set(mine[name]):
            raise BadReport("Ada pilihan yang bukan milik kejadian ini lagi; muat ulang.", name)
    if not chosen["calls"]:
        raise BadReport("Pilih paling sedikit satu laporan untuk kejadian yang baru.", "calls")
    if len(chosen["calls"]) == len(mine["calls"]):
        raise BadReport("Paling sedikit satu laporan harus tinggal di kejadian ini.", "calls")
    return {name: ids for name, ids in chosen.items() if ids}


# what is written


def _write_down(act: Act, kind: str, source: Row, target: Row, why: str, moved: Moved, changes: dict[str, Any]) -> int:
    """The regrouping's row and what moved; moves it. Answers its number."""
    was = {
        "source": {name: source[name] for name in rules.RESTORED},
        "target": {name: (target[name], after) for name, after in changes.items()},
    }
    row = {"kind": kind, "from_id": source["id"], "to_id": target["id"], "why": why, "was": json.dumps(was)}
    row |= {"done_by": act.by, "done_at": act.now}
    regrouping_id = int(act.conn.execute(insert(Regrouping).returning(Regrouping.id), row).scalar_one())
    belongings.remember(act.conn, regrouping_id, moved)
    belongings.move(act.conn, moved, source["id"], target["id"])
    return regrouping_id


def _gone_to(act: Act, into_id: int) -> dict[str, Any]:
    return {"state": "closed", "disposition": "duplicate", "closed_at": act.now, "merged_into": into_id}


def _show_as_before(act: Act, row: Row, came: Row, went: Row) -> list[dict[str, Any]]:
    """Both incidents as they were: a merged one comes back to the board, a part goes from it."""
    was = json.loads(row["was"])
    if row["kind"] == "split":
        return [_show(act, came["id"]), _show(act, went["id"], **_gone_to(act, came["id"]))]
    back = {"state": was["source"]["state"], "disposition": None, "closed_at": None, "merged_into": None}
    return [_show(act, came["id"], **back), _show(act, went["id"], **rules.restored(was["target"], went))]


def _show(act: Act, incident_id: int, **changes: Any) -> dict[str, Any]:
    """The incident's card after the changes, its calls and tasks counted anew."""
    calls = act.conn.scalar(select(func.count()).where(_call.c.incident_id == incident_id))
    counted = {"calls": calls, **casework.task_counts(act.conn, incident_id)}
    return actions._change_incident(act, actions._incident_of(act, incident_id), **counted, **changes)


def _open_part(act: Act, source: Row, moved: Moved, type: str | None) -> int:
    """A new incident for the part: where and since when its first call told of it."""
    columns = [column for column in _call.c if column.name != "point"]
    calls = list(
        act.conn.execute(select(*columns).where(_call.c.id.in_(moved["calls"])).order_by(_call.c.id)).mappings()
    )
    first, is_at_work = calls[0], any(_is_active(act, one) for one in moved.get("assignments", []))
    kind = actions._type_of(act, type)["code"] if type else first["type"] or source["type"]
    place = first if first["lon"] is not None or first["place"] else source
    row = {
        **{name: place[name] for name in ("method", "radius_m", "area_code")},
        **point_columns(place["lon"], place["lat"]),
        "type": kind,
        "place": place["place"] or "",
        "priority": min(call["priority"] or source["priority"] for call in calls),
        "priority_reason": f"dipisah dari {_number(act, source['id'])}",
        "state": "responding" if is_at_work else "new" if source["state"] == "new" else "verified",
        "calls": len(calls),
        **dict.fromkeys(("disposition", "obstacle")),
        "opened_at": first["recorded_at"],
        "changed_at": act.now,
    }
    return int(actions._insert_incident.first(act.conn, **row).id)


def _is_active(act: Act, assignment_id: int) -> bool:
    return bool(belongings.BELONGINGS["assignments"].cards(act.conn, [assignment_id]))


def _tell(
    act: Act,
    first: tuple[str, int],
    second: tuple[str, int],
    facts: dict[str, Any],
    moved: Moved,
    incidents: list[dict[str, Any]],
) -> dict[str, Any]:
    """One entry for each of the two; the first carries every card."""
    facts = facts | {
        f"{name}_number": _number(act, facts[name])
        for name in ("guest", "host", "source", "part", "from", "to")
        if name in facts
    }
    cards = {**belongings.cards(act.conn, moved), "incidents": incidents}
    line = act.append(first[0], {**facts, "cards": cards}, first[1])
    act.append(second[0], facts, second[1])
    return line.told()


def _counts(moved: Moved) -> dict[str, int]:
    return {name: len(ids) for name, ids in moved.items() if ids}


def _number(act: Act, incident_id: int) -> str:
    return intake.number_of(incident_id, act.post.settings.site.name)
