"""Questions about bulletins: what stands, what is the same quake, what is proposed, how the feeds fare."""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import orjson
from sqlalchemy import Connection, func, or_, select
from sqlalchemy.engine import RowMapping

from alerts.bulletins import rules
from alerts.bulletins.models import Bulletin, FeedState, Proposal
from incident.post import Post
from incident.queries import iso

_bulletin = Bulletin.__table__
_proposal = Proposal.__table__
_feed = FeedState.__table__
Row = Mapping[Any, Any]
MOST_KEYS = 400  # in one question: far below what either database takes


# bulletins


def find_bulletin(conn: Connection, bulletin_id: int) -> RowMapping | None:
    return conn.execute(select(_bulletin).where(_bulletin.c.id == bulletin_id)).mappings().first()


def find_told(conn: Connection, source: str, keys: Sequence[str]) -> RowMapping | None:
    """What a source told before under one of these names, the newest first."""
    named = or_(_bulletin.c.key.in_(keys), _bulletin.c.alias.in_(keys))
    found = select(_bulletin).where(_bulletin.c.source == source, named).order_by(_bulletin.c.revision.desc()).limit(1)
    return conn.execute(found).mappings().first()


def told_before(conn: Connection, source: str, keys: Iterable[str]) -> dict[str, RowMapping]:
    """Name -> the newest of what a source told under it, for many names in few questions; unknown ones are left out."""
    wanted, found = list(dict.fromkeys(keys)), dict[str, RowMapping]()
    for begin in range(0, len(wanted), MOST_KEYS):
        part = wanted[begin : begin + MOST_KEYS]
        named = or_(_bulletin.c.key.in_(part), _bulletin.c.alias.in_(part))
        rows = select(_bulletin).where(_bulletin.c.source == source, named).order_by(_bulletin.c.revision)
        for row in conn.execute(rows).mappings():
            found |= {row["key"]: row, row["alias"]: row}
    return found


def group_of(conn: Connection, lead_id: int) -> list[RowMapping]:
    """The tellings of one happening, those who are believed first before the others."""
    found = select(_bulletin).where(or_(_bulletin.c.id == lead_id, _bulletin.c.lead_id == lead_id))
    rows = conn.execute(found.order_by(_bulletin.c.id)).mappings()
    return sorted(rows, key=lambda row: (rules.belief(row["source"]), row["id"]))


def quakes_around(conn: Connection, at: dt.datetime, seconds: float) -> list[RowMapping]:
    """Quakes with a place and a magnitude that began so near in time."""
    reach = dt.timedelta(seconds=seconds)
    found = select(_bulletin).where(
        _bulletin.c.kind == "quake",
        _bulletin.c.at.between(at - reach, at + reach),
        _bulletin.c.magnitude.is_not(None),
        _bulletin.c.lon.is_not(None),
    )
    return list(conn.execute(found.order_by(_bulletin.c.id)).mappings())


def composed(group: Sequence[Row]) -> dict[str, Any]:
    """One happening of its tellings: each value of the first who says it, of those who are believed first."""
    group = believed(group)
    told = dict(group[0])
    for name in ("magnitude", "depth_km", "severity", "area", "expires_at", "url"):
        told[name] = next((one[name] for one in group if one[name] is not None), None)
    facts: dict[str, Any] = {}
    for one in reversed(group):
        facts |= orjson.loads(one["facts"])
    return {**told, "facts": facts}


def believed(group: Sequence[Row]) -> Sequence[Row]:
    """The tellings their sources still stand by; all of them where none does."""
    return [one for one in group if not is_withdrawn(one)] or group


def is_withdrawn(row: Row) -> bool:
    return bool(orjson.loads(row["facts"]).get("withdrawn"))


def card(group: Sequence[Row]) -> dict[str, Any]:
    """A happening as screens hold it; `id` is that of its lead, gone when it does not stand."""
    lead = next(one for one in group if one["lead_id"] is None)
    told = composed(group)
    names = ("kind", "title", "place", "lon", "lat", "magnitude", "depth_km", "severity", "near_km", "url")
    return {
        "id": lead["id"],
        **{name: told[name] for name in names},
        "at": iso(told["at"]),
        "until": iso(lead["until"]),
        "has_area": told["area"] is not None,
        "felt": told["facts"].get("felt"),
        "tsunami": bool(told["facts"].get("tsunami")),
        "level": told["facts"].get("level"),
        "sources": [source_of(one) for one in believed(group)],
        **({} if lead["state"] == "standing" else {"gone": True}),
    }


def source_of(row: Row) -> dict[str, Any]:
    """Who told it, to be named wherever it is shown."""
    names = ("source", "attribution", "magnitude", "url")
    return {**{name: row[name] for name in names}, "at": iso(row["at"])}


def cards_of(conn: Connection, lead_ids: Iterable[int]) -> list[dict[str, Any]]:
    """The cards of these happenings."""
    return [card(group) for one in lead_ids if (group := group_of(conn, one))]


def _groups(conn: Connection, leads: Any) -> list[list[RowMapping]]:
    """Happenings of a statement of their leads, with two questions for all of them, one where there is none."""
    rows = list(conn.execute(leads).mappings())
    if not rows:
        return []
    ids = [row["id"] for row in rows]
    others: defaultdict[int, list[RowMapping]] = defaultdict(list)
    for one in conn.execute(select(_bulletin).where(_bulletin.c.lead_id.in_(ids))).mappings():
        others[one["lead_id"]].append(one)
    return [sorted([row, *others[row["id"]]], key=lambda one: (rules.belief(one["source"]), one["id"])) for row in rows]


def standing(conn: Connection) -> list[list[RowMapping]]:
    """What stands on the board, the oldest first."""
    return _groups(conn, select(_bulletin).where(_bulletin.c.state == "standing").order_by(_bulletin.c.id))


def told_since(conn: Connection, since: dt.datetime, kind: str | None, limit: int) -> list[list[RowMapping]]:
    """What happened since then, the newest first."""
    leads = select(_bulletin).where(_bulletin.c.lead_id.is_(None), _bulletin.c.at >= since)
    leads = leads.where(_bulletin.c.kind == kind) if kind else leads
    return _groups(conn, leads.order_by(_bulletin.c.at.desc(), _bulletin.c.id.desc()).limit(limit))


def over_at(conn: Connection, now: dt.datetime) -> list[int]:
    """What stands although its time is over."""
    return list(conn.scalars(select(_bulletin.c.id).where(_bulletin.c.state == "standing", _bulletin.c.until <= now)))


# proposals


def find_proposal(conn: Connection, proposal_id: int) -> RowMapping | None:
    return conn.execute(select(_proposal).where(_proposal.c.id == proposal_id)).mappings().first()


def proposals_of(conn: Connection, bulletin_ids: Sequence[int]) -> list[RowMapping]:
    found = select(_proposal).where(_proposal.c.bulletin_id.in_(bulletin_ids)).order_by(_proposal.c.id)
    return list(conn.execute(found).mappings())


def earlier_proposals(conn: Connection, since: dt.datetime, but: int) -> list[rules.Earlier]:
    """What was proposed, and not withdrawn, because of other things that happened since then."""
    columns = (_bulletin.c.at, _bulletin.c.lon, _bulletin.c.lat, _bulletin.c.magnitude)
    found = select(_proposal.c.rule, *columns).join(_bulletin, _bulletin.c.id == _proposal.c.bulletin_id)
    others = (_bulletin.c.at >= since, _bulletin.c.id != but, _proposal.c.state != "withdrawn")
    return [rules.Earlier(*row) for row in conn.execute(found.where(*others))]


def proposal_card(row: Row, is_standing: bool) -> dict[str, Any]:
    """A proposal as screens hold it; it leaves the board with its bulletin."""
    names = ("id", "bulletin_id", "rule", "title", "villages", "heads", "state", "decided_by", "why")
    shown = {
        **{name: row[name] for name in names},
        "asks": row["asks"].split(","),
        "reasons": orjson.loads(row["reasons"]),
        "made_at": iso(row["made_at"]),
        "decided_at": iso(row["decided_at"]),
    }
    return shown if is_standing and row["state"] in ON_BOARD else {**shown, "gone": True}


ON_BOARD = ("open", "accepted", "declined")


def proposal_cards(conn: Connection, ids: Sequence[int]) -> list[dict[str, Any]]:
    """The cards of these proposals."""
    found = select(_proposal, (_bulletin.c.state == "standing").label("is_standing"))
    found = found.join(_bulletin, _bulletin.c.id == _proposal.c.bulletin_id).where(_proposal.c.id.in_(ids))
    return [proposal_card(row, row["is_standing"]) for row in conn.execute(found.order_by(_proposal.c.id)).mappings()]


def whole_proposal(conn: Connection, row: Row) -> dict[str, Any]:
    """A proposal with its villages and what an alert would begin with."""
    cards = proposal_cards(conn, [row["id"]])
    codes, draft = orjson.loads(row["area_codes"]), orjson.loads(row["draft"])
    return {**cards[0], "gone": False, "area_codes": codes, "draft": draft}


def proposals(conn: Connection, state: str | None, limit: int) -> list[dict[str, Any]]:
    """The newest proposals, also those that are over, the newest first."""
    found = select(_proposal.c.id).order_by(_proposal.c.id.desc()).limit(limit)
    ids = list(conn.scalars(found.where(_proposal.c.state == state) if state else found))
    return [{**one, "gone": False} for one in proposal_cards(conn, ids)[::-1]]


def board_cards(conn: Connection, post: Post) -> dict[str, list[dict[str, Any]]]:
    """The part of a snapshot: what stands, and what is proposed because of it."""
    groups = standing(conn)
    leads = [one["id"] for group in groups for one in group if one["lead_id"] is None]
    asked = proposals_of(conn, leads) if leads else []
    cards = [proposal_card(row, True) for row in asked]
    return {"bulletins": [card(group) for group in groups], "proposals": [one for one in cards if not one.get("gone")]}


# feeds


def find_feed(conn: Connection, name: str) -> RowMapping | None:
    return conn.execute(select(_feed).where(_feed.c.name == name)).mappings().first()


def feed_rows(conn: Connection) -> dict[str, RowMapping]:
    """What is kept of each feed that was ever switched."""
    return {row["name"]: row for row in conn.execute(select(_feed)).mappings()}


def count_by_source(conn: Connection) -> dict[str, int]:
    """How many bulletins each source told."""
    counted = select(_bulletin.c.source, func.count()).group_by(_bulletin.c.source)
    return {row[0]: row[1] for row in conn.execute(counted)}


def due_feeds(conn: Connection, now: dt.datetime) -> list[str]:
    """The feeds that are on and due, the longest waiting first."""
    due = or_(_feed.c.due_at.is_(None), _feed.c.due_at <= now)
    return list(conn.scalars(select(_feed.c.name).where(_feed.c.is_on, due).order_by(_feed.c.due_at, _feed.c.name)))


def incident_cards(conn: Connection, post: Post, incident_id: int) -> dict[str, list[dict[str, Any]]]:
    """Nothing from outside belongs to one incident."""
    return {}
