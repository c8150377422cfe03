"""The verbs of bulletins: take what a source told, let it end, decide about a proposal, write a volcano's level."""

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import orjson
from sqlalchemy import insert, update

from alerts.bulletins import proposing, queries, rules
from alerts.bulletins.models import Bulletin, Proposal
from alerts.bulletins.villages import Villages, villages_of
from alerts.feeds import shape
from incident import journal
from incident.errors import BadReport, NotFound, WrongState
from incident.post import Act
from incident.rules import allowed_verbs, next_state

journal.declare(
    {
        "bulletin.received": "A source outside told something new or otherwise: which source, how much, the cards.",
        "bulletin.over": "Bulletins are over; they left the board, and open proposals because of them with them.",
        "volcano.written": "A person wrote down the level of a volcano.",
        "proposal.made": "A rule proposes something because of a bulletin; a person decides.",
        "proposal.changed": "What a proposal is about was told otherwise, or it does not hold any more.",
        "proposal.accepted": "A person accepted a proposal; what follows from it they do themselves.",
        "proposal.declined": "A person declined a proposal, with a reason.",
    }
)
FAR_KM = 1000.0  # what happens farther away is not kept,
STRONG = 7.5  # unless it is a quake so strong
MOST_PLACE = 160


# taking what was told


def take(act: Act, source: str, told: Sequence[shape.Bulletin], attribution: str) -> dict[str, int]:
    """Keep what a source told: what is new or told otherwise. Answers how many were new, changed, elsewhere."""
    counts = {"new": 0, "changed": 0, "elsewhere": 0}
    if not told:
        return counts
    ground = villages_of(act.conn, act.post.settings.site.area_code)
    touched: list[int] = []
    known = Known(act, source, told)
    for one in sorted(told, key=lambda one: one.revision):  # an index names the newest first: the end before its begin
        what, lead_id = _take_one(act, one, known.before(one), attribution, ground)
        known.forget(one, what)
        if what:
            counts[what] += 1
            touched += _withdraw_others(act, one, lead_id)
        touched += [lead_id] if lead_id else []
    leads = list(dict.fromkeys(touched))
    shown = _settle(act, leads)
    if counts["new"] or counts["changed"]:
        act.append("bulletin.received", {"source": source, **counts, **_with("bulletins", shown)})
    _propose(act, leads, ground)
    return counts


def _withdraw_others(act: Act, one: shape.Bulletin, lead_id: int | None) -> list[int]:
    """Withdraw the earlier ones it names beside the one whose place it took: it speaks of them all. Answers them."""
    if len(one.follows) < 2:
        return []
    named = queries.told_before(act.conn, one.source, one.follows).values()
    others = {row["id"]: row for row in named if row["id"] != lead_id and not queries.is_withdrawn(row)}
    for bulletin_id, row in others.items():
        facts = orjson.dumps({**orjson.loads(row["facts"]), "withdrawn": True}).decode()
        act.conn.execute(update(Bulletin).where(Bulletin.id == bulletin_id).values(facts=facts))
    return list(others)


def _with(name: str, cards: list[dict[str, Any]]) -> dict[str, Any]:
    return {"cards": {name: cards}} if cards else {}


class Known:
    """What a source told before, asked for once for all it tells now: a list is mostly what it was a minute ago."""

    def __init__(self, act: Act, source: str, told: Sequence[shape.Bulletin]):
        self._conn, self._source = act.conn, source
        self._rows = queries.told_before(act.conn, source, (key for one in told for key in (one.key, *one.follows)))
        self._stale: set[str] = set()

    def before(self, one: shape.Bulletin) -> Mapping[Any, Any] | None:
        """The newest telling of it so far, None where there is none."""
        keys = (one.key, *one.follows)
        if one.source != self._source or not self._stale.isdisjoint(keys):
            return queries.find_told(self._conn, one.source, keys)
        rows = [self._rows[key] for key in keys if key in self._rows]
        return max(rows, key=lambda row: row["revision"], default=None)

    def forget(self, one: shape.Bulletin, what: str) -> None:
        """It was written: whoever names it next in the same telling is looked up anew."""
        if what in ("new", "changed"):
            self._stale |= {one.key, *one.follows}


def _take_one(
    act: Act, one: shape.Bulletin, before: Mapping[Any, Any] | None, attribution: str, ground: Villages
) -> tuple[str, int | None]:
    """What became of it (new, changed, elsewhere, nothing) and the lead of its happening where something did."""
    if before is not None and not _is_newer(one, before):
        return "", None
    row = _row(act, one, attribution, ground)
    if before is None:
        return _insert(act, one, row)
    kept = {name: value for name, value in row.items() if name not in ("key", "received_at", "state", "until")}
    act.conn.execute(update(Bulletin).where(Bulletin.id == before["id"]).values(**kept))
    return "changed", before["lead_id"] or before["id"]


def _is_newer(one: shape.Bulletin, before: Mapping[Any, Any]) -> bool:
    return one.revision > before["revision"] or (
        one.revision == before["revision"] and one.digest != before["digest"] and one.key == before["alias"]
    )


def _insert(act: Act, one: shape.Bulletin, row: dict[str, Any]) -> tuple[str, int | None]:
    if one.is_over:
        return "", None  # the end of what we never heard of
    if _is_elsewhere(act, row):
        return "elsewhere", None
    row |= {"lead_id": _find_lead(act, row), "state": "stored", "until": None}
    bulletin_id = int(act.conn.execute(insert(Bulletin).returning(Bulletin.id), row).scalar_one())
    return "new", row["lead_id"] or bulletin_id


def _is_elsewhere(act: Act, row: Mapping[str, Any]) -> bool:
    """Whether it happened too far away to be kept; without a site's villages everything is near."""
    if row["near_km"] is None:
        return False
    return row["near_km"] > FAR_KM and (row["magnitude"] or 0) < STRONG


def _row(act: Act, one: shape.Bulletin, attribution: str, ground: Villages) -> dict[str, Any]:
    near = ground.near(one.lon, one.lat) if one.lon is not None and one.lat is not None else None
    near_km = ground.km_to(one.area) if one.area else near.km if near else None
    names = ("source", "key", "revision", "kind", "at", "lon", "lat", "magnitude", "depth_km", "severity", "digest")
    return {
        **{name: getattr(one, name) for name in (*names, "expires_at", "url")},
        "alias": one.key,
        "title": one.title[: shape.TITLE],
        "words": one.words,
        "area": orjson.dumps(one.area).decode() if one.area else None,
        "attribution": attribution[:120],
        "facts": orjson.dumps({**one.facts, **({"withdrawn": True} if one.is_over else {})}).decode(),
        "place": (near.words if near else "")[:MOST_PLACE],
        "near_km": round(near_km, 1) if near_km is not None else None,
        "received_at": act.now,
        "changed_at": act.now,
    }


def _find_lead(act: Act, row: Mapping[str, Any]) -> int | None:
    """The quake another source told of already; None when it is the first of it, or no quake."""
    mine = _quake(row)
    if mine is None:
        return None
    seconds = max(rules.table().other_agency.seconds, rules.table().same_agency.seconds)
    around = queries.quakes_around(act.conn, mine.at, seconds)
    fitting = [(far, one) for one in around if (far := _apart(mine, one, around)) is not None]
    if not fitting:
        return None
    _, nearest = min(fitting, key=lambda pair: (pair[0], pair[1]["id"]))
    return int(nearest["lead_id"] or nearest["id"])


def _apart(mine: rules.Quake, other: Mapping[Any, Any], around: Iterable[Mapping[Any, Any]]) -> float | None:
    """How far apart, None where it is another quake or its happening has been told by this source already."""
    lead_id = other["lead_id"] or other["id"]
    sources = {one["source"] for one in around if (one["lead_id"] or one["id"]) == lead_id}
    theirs = _quake(other)
    return rules.apart(mine, theirs) if theirs and mine.source not in sources else None


def _quake(row: Mapping[Any, Any]) -> rules.Quake | None:
    if row["kind"] != "quake" or row["magnitude"] is None or row["lon"] is None or row["lat"] is None:
        return None
    source = row["source"]
    where = (row["lon"], row["lat"], row["magnitude"])
    return rules.Quake(source, rules.agency_of(source), row["at"], *where)


# standing on the board


def _settle(act: Act, leads: Sequence[int]) -> list[dict[str, Any]]:
    """Let happenings stand or end as the table says; answers the cards of those on the board, or just off it."""
    shown: list[dict[str, Any]] = []
    for lead_id in leads:
        group = queries.group_of(act.conn, lead_id)
        was = next(one["state"] for one in group if one["id"] == lead_id)
        state, until = _standing(act, was, group)
        act.conn.execute(update(Bulletin).where(Bulletin.id == lead_id).values(state=state, until=until))
        if state == "standing":
            shown.append(queries.card(queries.group_of(act.conn, lead_id)))
        elif was == "standing":
            _end(act, [lead_id])
    return shown


def _standing(act: Act, was: str, group: Sequence[Mapping[Any, Any]]) -> tuple[str, dt.datetime | None]:
    told = queries.composed(group)
    until = rules.stands_until(proposing.thing(told), told["expires_at"])
    if until is not None and until > act.now and not all(map(queries.is_withdrawn, group)):
        return "standing", until
    return ("stored" if was == "stored" else "over"), until


def end_over(act: Act) -> int:
    """Let what is past its time leave the board; answers how many did."""
    return _end(act, queries.over_at(act.conn, act.now))


def _end(act: Act, leads: Sequence[int]) -> int:
    """End happenings and lapse what is still open because of them."""
    if not leads:
        return 0
    act.conn.execute(update(Bulletin).where(Bulletin.id.in_(leads)).values(state="over"))
    asked = queries.proposals_of(act.conn, leads)
    waiting = [one["id"] for one in asked if next_state(rules.PROPOSAL_LIFE, one["state"], "lapse")]
    act.conn.execute(update(Proposal).where(Proposal.id.in_(waiting)).values(state="lapsed"))
    proposals = queries.proposal_cards(act.conn, [one["id"] for one in asked])
    cards = {"bulletins": queries.cards_of(act.conn, leads), **({"proposals": proposals} if proposals else {})}
    act.append("bulletin.over", {"count": len(leads), "cards": cards})
    return len(leads)


# proposing


def _propose(act: Act, leads: Sequence[int], ground: Villages) -> None:
    """Ask what the table says about what changed; what was asked and does not hold any more is taken back."""
    for lead_id in leads:
        group = queries.group_of(act.conn, lead_id)
        if next(one["state"] for one in group if one["id"] == lead_id) == "standing":
            _propose_one(act, lead_id, queries.composed(group), ground)


def _propose_one(act: Act, lead_id: int, told: Mapping[str, Any], ground: Villages) -> None:
    one = proposing.thing(told)
    line = rules.proposal_of(one, act.now)
    asked = queries.proposals_of(act.conn, [lead_id])
    _take_back(act, [row for row in asked if row["state"] == "open" and (line is None or row["rule"] != line.name)])
    same = next((row for row in asked if line and row["rule"] == line.name), None)
    if line is None or (same is not None and same["state"] not in ("open", "withdrawn")):
        return
    if same is None and _is_quiet(act, line, one, lead_id):
        return
    made = proposing.proposal(act.conn, line, told, ground, act.post.settings.site)
    if not made["villages"] and "status" not in line.then["asks"]:
        return  # it would reach nobody of ours
    if same is None:
        _insert_proposal(act, {**made, "bulletin_id": lead_id, "rule": line.name})
    elif same["state"] == "withdrawn" or same["title"] != made["title"]:
        _change_proposal(act, same["id"], "proposal.changed", {**made, "state": "open"})


def _is_quiet(act: Act, line: rules.Line, one: rules.Thing, lead_id: int) -> bool:
    since = one.at - dt.timedelta(hours=line.then.get("quiet_hours", 0))
    return rules.is_quiet(line, one, queries.earlier_proposals(act.conn, since, lead_id))


def _insert_proposal(act: Act, row: dict[str, Any]) -> None:
    whole = {**row, "state": "open", "made_at": act.now}
    proposal_id = int(act.conn.execute(insert(Proposal).returning(Proposal.id), whole).scalar_one())
    _tell(act, "proposal.made", proposal_id, {"title": row["title"]})


def _take_back(act: Act, rows: Iterable[Mapping[Any, Any]]) -> None:
    for row in rows:
        _change_proposal(act, row["id"], "proposal.changed", {"state": "withdrawn"})


def _change_proposal(act: Act, proposal_id: int, kind: str, changes: dict[str, Any], **facts: Any) -> dict[str, Any]:
    act.conn.execute(update(Proposal).where(Proposal.id == proposal_id).values(**changes))
    row = queries.find_proposal(act.conn, proposal_id)
    assert row is not None
    return _tell(act, kind, proposal_id, {"title": row["title"], **facts})


def _tell(act: Act, kind: str, proposal_id: int, facts: dict[str, Any]) -> dict[str, Any]:
    cards = queries.proposal_cards(act.conn, [proposal_id])
    return act.append(kind, {"proposal": proposal_id, **facts, "cards": {"proposals": cards}}).told()


# deciding


_KINDS = {"accept": "proposal.accepted", "decline": "proposal.declined"}
DECISIONS = tuple(_KINDS)


def decide(act: Act, proposal_id: int, verb: str, why: str | None = None) -> dict[str, Any]:
    """Accept or decline a proposal; declining needs a reason. Nothing else happens by it."""
    if earlier := act.earlier(_KINDS[verb]):
        return earlier.told()
    row = queries.find_proposal(act.conn, proposal_id)
    if row is None:
        raise NotFound("Usulan itu tidak ada.")
    state = next_state(rules.PROPOSAL_LIFE, row["state"], verb)
    if state is None:
        raise WrongState(_why_not(row), allowed=allowed_verbs(rules.PROPOSAL_LIFE, row["state"]))
    if verb == "decline" and not why:
        raise BadReport("Sebut alasan usulan ini ditolak.", "text")
    decided = {"state": state, "decided_by": act.by, "decided_at": act.now, "why": why}
    return _change_proposal(act, proposal_id, _KINDS[verb], decided, **({"text": why} if why else {}))


def _why_not(row: Mapping[Any, Any]) -> str:
    words = {"accepted": "sudah diterima", "declined": "sudah ditolak", "lapsed": "sudah lewat waktunya"}
    how, by = words.get(row["state"], "sudah dicabut"), row["decided_by"]
    return f"Usulan itu {how} oleh {by}." if by else f"Usulan itu {how}."


# by hand


def write_volcano(
    act: Act, name: str, level: str, lon: float, lat: float, basis: str, at: dt.datetime | None = None
) -> dict[str, Any]:
    """Write down the level of a volcano as MAGMA or the observatory's letter says it (`basis`)."""
    if earlier := act.earlier("volcano.written"):
        return earlier.told()
    said_at = at or act.now
    if said_at > act.now + dt.timedelta(minutes=5):
        raise BadReport("Waktu penetapan belum terjadi.", "at")
    ground = villages_of(act.conn, act.post.settings.site.area_code)
    told = _volcano(name, level, lon, lat, basis, said_at)
    before = queries.find_told(act.conn, told.source, [told.key, *told.follows])
    what, lead_id = _take_one(act, told, before, "MAGMA Indonesia (PVMBG), dicatat petugas", ground)
    if lead_id is None:
        raise WrongState(f"Tingkat {name} yang lebih baru sudah tercatat.", "at", allowed=[])
    shown = _settle(act, [lead_id])
    facts = {"bulletin": lead_id, "name": name, "level": level, **_with("bulletins", shown)}
    line = act.append("volcano.written", facts)
    _propose(act, [lead_id], ground)
    return line.told()


def _volcano(name: str, level: str, lon: float, lat: float, basis: str, at: dt.datetime) -> shape.Bulletin:
    return shape.Bulletin(
        source="magma",
        key=name.casefold(),
        revision=int(at.timestamp()),
        kind="volcano",
        title=f"Gunung {name}: {level.capitalize()}",
        at=at,
        digest=shape.digest([level, basis, lon, lat]),
        words=basis,
        lon=lon,
        lat=lat,
        severity=rules.VOLCANO_LEVELS[level],
        facts={"level": level, "name": name},
    )
