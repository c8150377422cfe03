"""The verbs of calls that ring: announced, claimed, answered, ended, called back. Each writes rows and one entry.

A claim is a lock that nobody can be kept out by for more than a minute. All decide in the writer lane, one after the
other: two people can never hold one call.
"""

import datetime as dt
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import insert, select, update

from incident import intake, rules
from incident.desk import holds, ringing
from incident.desk import incoming_queries as queries
from incident.desk.incoming_models import Ring, RingAttempt
from incident.errors import BadReport, NotFound, WrongState
from incident.journal import Line, declare
from incident.models import Call, Person
from incident.post import Act, Post, uid_from

BY = "relay"
BY_HAND = "manual"
NOBODY = {"claimed_by": None, "claimed_at": None, "touched_at": None}
Row = Mapping[Any, Any]
Changes = dict[str, Any]

declare(
    {
        "ring.announced": "A call rings: the exchange or a person at a desk says so.",
        "ring.claimed": "Someone took a call that rings, or one to call back; nobody else can hold it.",
        "ring.released": "Whoever held a call let go of it.",
        "ring.lifted": "A supervisor took a claim away, with a reason.",
        "ring.lapsed": "A claim was not touched for a minute and holds no more.",
        "ring.answered": "A call that rang was answered.",
        "ring.ended": "The line went dead; a call that nobody had answered is missed or dropped, and is called back.",
        "ring.tried": "Someone tried to call back, with what result.",
        "ring.recorded": "A call that rang became a call that was taken.",
        "ring.closed": "Someone closed a call-back that was not reached, or an answered call without a record: why.",
        "ring.expired": "A call-back waited for a day and left the desks; it counts as not reached.",
        "ring.unmasked": "Someone who did not hold the call looked at its whole number.",
    }
)


@dataclass(frozen=True, slots=True)
class Said:
    """What came with a verb: when it happened, the result of a try, why, and who answered at the exchange."""

    at: dt.datetime | None = None
    result: str | None = None
    why: str | None = None
    agent: str | None = None
    is_supervisor: bool = False


def announce(
    act: Act,
    source: str,
    line: str | None = None,
    phone: str | None = None,
    rang_at: dt.datetime | None = None,
    claim: bool = False,
) -> dict[str, Any]:
    """A call rings; with `claim` whoever says so holds it at once. Answers the ring, and `again` for a known uid."""
    if earlier := act.earlier("ring.announced"):
        return _announced(earlier) | {"again": True}
    if claim:
        _require_no_other(act, None)
    number = intake.dialled(phone)
    row = {
        "uid": act.uid or uid_from("ring", act.now, act.by),
        "line": line,
        "source": source,
        "phone": number,
        "announced_by": act.by,
        "rang_at": rang_at or act.now,
        "last_rang_at": rang_at or act.now,
        "state": "ringing",
        "held": not claim and holds.keeps_back(act, number, rang_at or act.now),
        "times_rung": 1,
        **(_claim_by(act.by, act.now) if claim else {}),
    }
    ring_id = act.conn.execute(insert(Ring).returning(Ring.id), row).scalar_one()
    return _announced(_tell(act, "ring.announced", [ring_id], {"by_hand": source == BY_HAND}))


def _announced(line: Line) -> dict[str, Any]:
    return {"ring": line.body["ring"], "seq": line.seq, "held": line.body["cards"]["rings"][0]["held"]}


def change_ring(act: Act, ring_id: int, verb: str, said: Said | None = None) -> dict[str, Any]:
    """Do a verb of the table to a ring; raises WrongState with what is allowed instead. Answers the entry."""
    kind = KIND_OF_VERB[verb]
    if earlier := act.earlier(kind):
        return _same(earlier, ring_id).told()
    ring, said = _ring_of(act, ring_id), said or Said()
    state = rules.next_state(ringing.RING_LIFE, ring["state"], verb)
    if state is None:
        raise WrongState(
            "Langkah itu tidak mungkin untuk panggilan ini sekarang.",
            allowed=rules.allowed_verbs(ringing.RING_LIFE, ring["state"]),
        )
    changes = _DEEDS[verb](act, ring, said)
    _change(act, ring_id, **({"state": state} | changes))
    others = _consequences(act, ring, changes.get("state", state))
    facts = {name: value for name, value in (("verb", verb), ("text", said.why), ("result", said.result)) if value}
    return _tell(act, kind, [ring_id, *others], facts).told()


def _same(earlier: Line, ring_id: int) -> Line:
    """What this submission wrote before; raises WrongState when it was about another call."""
    if earlier.body["ring"] != ring_id:
        raise WrongState("Kunci (uid) ini sudah dipakai untuk panggilan lain.", "uid", allowed=[])
    return earlier


KIND_OF_VERB = {
    "claim": "ring.claimed",
    "release": "ring.released",
    "lift": "ring.lifted",
    "answer": "ring.answered",
    "end": "ring.ended",
    "missed": "ring.ended",
    "dropped": "ring.ended",
    "callback": "ring.tried",
    "close": "ring.closed",
}


def _claim(act: Act, ring: Row, said: Said) -> Changes:
    _require_free(act, ring)
    if ring["state"] == "ringing":
        _require_no_other(act, ring["id"])
    return _claim_by(act.by, ring["claimed_at"] if ring["claimed_by"] == act.by else act.now, act.now)


def _release(act: Act, ring: Row, said: Said) -> Changes:
    if ring["claimed_by"] != act.by:
        raise WrongState("Panggilan ini tidak Anda pegang.", allowed=["claim"])
    return dict(NOBODY)


def _lift(act: Act, ring: Row, said: Said) -> Changes:
    if ring["claimed_by"] is None:
        raise WrongState("Panggilan ini tidak dipegang siapa pun.", allowed=["claim"])
    if not said.why:
        raise BadReport("Melepas kunci orang lain perlu alasan.", "why")
    return dict(NOBODY)


def _answer(act: Act, ring: Row, said: Said) -> Changes:
    """The exchange may say that it was answered, and by whom; a person who says so answered it themselves."""
    who = _agent_of(act, said.agent) if is_exchange(act, ring) else act.by
    if not is_exchange(act, ring):
        _require_free(act, ring)
    at = ring["answered_at"] or _within(ring["rang_at"], said.at, act.now)
    answered = {"answered_at": at, "answered_by": who or ring["answered_by"], "outcome": "answered", "held": False}
    return answered | (_claim_by(who, act.now) if who else {})


def is_exchange(act: Act, ring: Row) -> bool:
    """Whether this is the telephone exchange that announced the call, and not a person at a desk."""
    return ring["source"] != BY_HAND and ring["announced_by"] == act.by


def _agent_of(act: Act, name: str | None) -> str | None:
    """The person of this name who may take calls; the exchange may know others."""
    found = act.conn.execute(select(Person.name, Person.role).where(Person.name == name, Person.revoked_at.is_(None)))
    row = found.first() if name else None
    return row.name if row and rules.may(row.role, "ring.take") else None


def _end(act: Act, ring: Row, said: Said) -> Changes:
    ended = {"ended_at": ring["ended_at"] or _within(ring["rang_at"], said.at, act.now)}
    return ended | ({"outcome": "dropped", **NOBODY} if ring["state"] == "ringing" else {})


def _unanswered(outcome: str) -> Callable[[Act, Row, Said], Changes]:
    def ended(act: Act, ring: Row, said: Said) -> Changes:
        changes = _end(act, ring, said)
        return changes | ({"outcome": outcome} if ring["state"] == "ringing" else {})

    return ended


def _call_back(act: Act, ring: Row, said: Said) -> Changes:
    if said.result is None:
        raise BadReport(f"Sebut hasilnya: {', '.join(ringing.RESULTS)}.", "result")
    _require_free(act, ring)
    act.conn.execute(insert(RingAttempt), {"ring_id": ring["id"], "at": act.now, "by": act.by, "result": said.result})
    touched = _claim_by(act.by, ring["claimed_at"] or act.now, act.now)
    return touched | ({"state": "reached", **_settled(act, "reached")} if said.result == "reached" else {})


def _close(act: Act, ring: Row, said: Said) -> Changes:
    if not said.why:
        raise BadReport("Menutup tanpa menghubungi perlu alasan.", "why")
    tries = len(queries.tries_of(act.conn, [ring["id"]])[ring["id"]])
    is_unreached = ring["state"] in ringing.WAITING_STATES
    if is_unreached and not ringing.may_give_up(tries, ring["phone"] is not None, said.is_supervisor):
        raise WrongState(f"Coba hubungi {ringing.TRIES_BEFORE_GIVING_UP} kali dahulu.", allowed=["callback"])
    return _settled(act, said.why)


_DEEDS: Mapping[str, Callable[[Act, Row, Said], Changes]] = {
    "claim": _claim,
    "release": _release,
    "lift": _lift,
    "answer": _answer,
    "end": _end,
    "missed": _unanswered("missed"),
    "dropped": _unanswered("dropped"),
    "callback": _call_back,
    "close": _close,
}


def _consequences(act: Act, ring: Row, state: str) -> list[int]:
    """Other rings that change with it: the same number got through, or rang once more in vain."""
    if state == ring["state"]:
        return []
    same = queries.waiting_with(act.conn, ring["phone"], ring["id"])
    if state in ("answered", "reached"):
        return _settle(act, same, "got_through")
    if state in ringing.WAITING_STATES and same:
        return [_fold(act, ring, same[0])]
    return []


def _settle(act: Act, rings: Iterable[Row], why: str) -> list[int]:
    ids = [one["id"] for one in rings]
    for one in ids:
        _change(act, one, state="reached", **_settled(act, why))
    return ids


def _fold(act: Act, ring: Row, older: Row) -> int:
    """One row for each number to call back: the one that waits longest says how often it rang."""
    _change(act, ring["id"], same_as=older["id"])
    _change(act, older["id"], times_rung=older["times_rung"] + ring["times_rung"], last_rang_at=ring["rang_at"])
    return int(older["id"])


# with a call


def connect(act: Act, ring_id: int, call_id: int, received_at: dt.datetime) -> bool:
    """The call taken from a ring: the ring is answered and off the desks, and the call has its t0 and t1.

    A call is never refused for its ring: one that is not there, or became another call, is left as it is.
    """
    ring = queries.find_ring(act.conn, ring_id)
    if ring is None or ring["call_id"] is not None:
        return False
    at = ring["answered_at"] or _within(ring["rang_at"], received_at, act.now)
    settled = {"settled_at": act.now, "settled_why": "recorded"}
    answered = {} if ring["outcome"] in ringing.WAITING_STATES else {"answered_at": at}
    outcome = ring["outcome"] or "answered"  # a call that was lost when it rang stays so, whoever called back
    by = {"answered_by": ring["answered_by"] or act.by}
    _change(act, ring_id, state="recorded", call_id=call_id, outcome=outcome, **by, **answered, **settled)
    act.conn.execute(update(Call).where(Call.id == call_id).values(rang_at=ring["rang_at"], **answered))
    others = _settle(act, queries.waiting_with(act.conn, ring["phone"], ring_id), "got_through")
    _tell(act, "ring.recorded", [ring_id, *others], {"call": call_id})
    return True


def unmask(act: Act, ring_id: int) -> dict[str, Any]:
    """The whole number of a ring; written down unless it is asked by the one who holds the call."""
    ring = _ring_of(act, ring_id)
    if ring["claimed_by"] != act.by and not act.earlier("ring.unmasked"):
        act.append("ring.unmasked", {"ring": ring_id})
    return {"ring": ring_id, "phone": ring["phone"]}


# the clock


def step(post: Post) -> bool:
    """What time does to rings and holds: a step of the relay, never of a web request. Answers whether it did."""
    with post.database.read() as conn:
        due = [row["id"] for row in queries.rings_to_look_at(conn, post.clock())]
        over = queries.holds_run_out(conn, post.clock())
    done = [post.do(look_at, BY, None, ring_id) for ring_id in due]
    done += [post.do(holds.lapse, BY, None, hold_id) for hold_id in over]
    return any(done)


def look_at(act: Act, ring_id: int) -> bool:
    """End a ring that nobody ended, let go of a claim nobody touched, or let a day old one leave the desks."""
    ring = _ring_of(act, ring_id)
    if ring["state"] not in ringing.OPEN_STATES or ring["same_as"] is not None:
        return False
    if ring["last_rang_at"] <= act.now - ringing.CALL_BACK_LASTS:
        return _expire(act, ring)
    if ring["state"] == "ringing" and ring["rang_at"] <= act.now - ringing.RINGS_LASTS:
        change_ring(act, ring_id, "missed")
        return True
    return _lapse(act, ring)


def _expire(act: Act, ring: Row) -> bool:
    _change(act, ring["id"], state="expired", outcome=ring["outcome"] or "missed", **_settled(act, "too_old"))
    _tell(act, "ring.expired", [ring["id"]], {})
    return True


def _lapse(act: Act, ring: Row) -> bool:
    is_talked_to = ring["state"] == "answered"  # another may take it over; it is not taken from who talks
    if ring["claimed_by"] is None or is_talked_to or not ringing.has_lapsed(ring["touched_at"], act.now):
        return False
    _change(act, ring["id"], **NOBODY)
    _tell(act, "ring.lapsed", [ring["id"]], {"claimed_by": ring["claimed_by"]})
    return True


# shared


def _ring_of(act: Act, ring_id: int) -> Row:
    ring = queries.find_ring(act.conn, ring_id)
    if ring is None:
        raise NotFound("Panggilan masuk itu tidak ada.")
    return ring


def _require_free(act: Act, ring: Row) -> None:
    if not ringing.is_free(ring["claimed_by"], ring["touched_at"], act.by, act.now):
        raise WrongState(f"Panggilan ini sedang dipegang {ring['claimed_by']}.", held_by=ring["claimed_by"], allowed=[])


def _require_no_other(act: Act, but: int | None) -> None:
    """One person holds at most one call that rings."""
    mine = [one for one in queries.held_by(act.conn, act.by) if one["id"] != but]
    if any(not ringing.has_lapsed(one["touched_at"], act.now) for one in mine):
        raise WrongState("Anda masih memegang panggilan lain: jawab atau lepas dahulu.", allowed=["release", "answer"])


def _claim_by(who: str, since: dt.datetime, touched: dt.datetime | None = None) -> Changes:
    return {"claimed_by": who, "claimed_at": since, "touched_at": touched or since}


def _within(earliest: dt.datetime, said: dt.datetime | None, now: dt.datetime) -> dt.datetime:
    """A time that was said, not before the first ring and not ahead of our clock."""
    return max(earliest, min(said or now, now))


def _settled(act: Act, why: str) -> Changes:
    return {"settled_at": act.now, "settled_why": why, **NOBODY}


def _change(act: Act, ring_id: int, **changes: Any) -> None:
    act.conn.execute(update(Ring).where(Ring.id == ring_id).values(**changes))


def _tell(act: Act, kind: str, ring_ids: list[int], facts: dict[str, Any]) -> Line:
    """The entry carries the whole cards of every ring that changed, the first being what it is about."""
    cards = {card["id"]: card for card in queries.ring_cards(act.conn, ring_ids)}
    body = {"ring": ring_ids[0], **facts, "cards": {"rings": [cards[one] for one in ring_ids]}}
    return act.append(kind, body)
