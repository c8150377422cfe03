"""The verbs of the handover: start, leave and sign a shift; write, end and strike a decision."""

import datetime as dt
from collections.abc import Mapping
from typing import Any

from sqlalchemy import insert, update

from incident import journal
from incident import rules as room
from incident.errors import BadReport, NotAllowed, NotFound, WrongState
from incident.handover import items, queries, rules
from incident.handover.models import Decision, RoomShift
from incident.post import Act
from incident.queries import find_incident, iso

journal.declare(
    {
        "shift.started": "A shift of the room began: its name, who leads it, until when.",
        "shift.left": "A shift froze its list of open items for the next, with the hash that will be signed.",
        "shift.signed": "The next shift signed that list; it runs from then on.",
        "decision.made": "A coordination meeting decided: what, who does it, until when.",
        "decision.done": "What a meeting decided was done.",
        "decision.dropped": "What a meeting decided was dropped, with a reason.",
        "decision.reopened": "A decision that had ended is open again.",
        "decision.struck": "A decision was struck through, with a reason; its words stay readable.",
    }
)


# shifts


def start_shift(act: Act, name: str, ends_at: dt.datetime) -> dict[str, Any]:
    """Begin the first shift, or the next one where the last was signed; the one who says so leads it."""
    if earlier := act.earlier("shift.started"):
        return earlier.told()
    if standing := queries.standing_shift(act.conn):
        verbs = room.allowed_verbs(rules.SHIFT_LIFE, standing["state"])
        raise WrongState(f"Piket {standing['name']} belum diserahterimakan.", allowed=verbs)
    shift_id = _insert_shift(act, name, ends_at)
    return _tell_shift(act, "shift.started", shift_id, {})


def _insert_shift(act: Act, name: str, ends_at: dt.datetime) -> int:
    if ends_at <= act.now:
        raise BadReport("Piket berakhir setelah sekarang.", "ends_at")
    row = {"name": name, "led_by": act.by, "starts_at": act.now, "ends_at": ends_at, "state": "running"}
    return int(act.conn.execute(insert(RoomShift).returning(RoomShift.id), row).scalar_one())


def leave_shift(act: Act, shift_id: int, words: str) -> dict[str, Any]:
    """The shift leaves: what is open now and its own words are frozen; once more freezes anew, until it is signed."""
    if earlier := act.earlier("shift.left"):
        return earlier.told()
    shift = _shift_before(act, shift_id, "leave")
    facts = _handed(act, shift, words)
    text, digest = rules.frozen(facts)
    left = {"state": "left", "left_at": act.now, "left_by": act.by, "words": words}
    _change_shift(act, shift_id, **left, frozen=text, hash=digest)
    counts = {group["kind"]: group["count"] for group in facts["items"]}
    return _tell_shift(act, "shift.left", shift_id, {"hash": digest, "items": counts})


def _handed(act: Act, shift: Mapping[Any, Any], words: str) -> dict[str, Any]:
    """What is signed, and nothing else."""
    return {
        "shift": shift["id"],
        "name": shift["name"],
        "led_by": shift["led_by"],
        "site": act.post.settings.site.name,
        "starts_at": iso(shift["starts_at"]),
        "left_at": iso(act.now),
        "left_by": act.by,
        "words": words,
        "items": items.open_items(act.conn, act.post),
    }


def sign_shift(
    act: Act, shift_id: int, digest: str, name: str, ends_at: dt.datetime, remark: str | None = None
) -> dict[str, Any]:
    """The next shift signs the list it has read (`digest` is its hash) and runs; nobody signs what they left."""
    if earlier := act.earlier("shift.signed"):
        return earlier.told()
    shift = _shift_before(act, shift_id, "sign")
    if shift["left_by"] == act.by:
        raise NotAllowed("Piket yang menyerahkan tidak menandatangani sendiri; minta piket berikutnya.")
    if shift["hash"] != digest:
        raise WrongState(
            "Daftarnya berubah sejak Anda membacanya; baca lagi, lalu tanda tangani.", "hash", allowed=["sign"]
        )
    next_id = _insert_shift(act, name, ends_at)
    signed = {"signed_at": act.now, "signed_by": act.by, "remark": remark, "next_id": next_id}
    _change_shift(act, shift_id, state="signed", **signed)
    return _tell_shift(act, "shift.signed", shift_id, {"hash": digest, "next": next_id}, next_id)


def _shift_before(act: Act, shift_id: int, verb: str) -> Mapping[Any, Any]:
    shift = queries.find_shift(act.conn, shift_id)
    if shift is None:
        raise NotFound("Piket itu tidak ada.")
    if room.next_state(rules.SHIFT_LIFE, shift["state"], verb) is None:
        raise WrongState(_why_not(shift), allowed=room.allowed_verbs(rules.SHIFT_LIFE, shift["state"]))
    return shift


def _why_not(shift: Mapping[Any, Any]) -> str:
    if shift["state"] == "signed":
        return f"Serah terima ini sudah ditandatangani {shift['signed_by']}."
    return "Piket ini belum diserahkan; serahkan dahulu."


def _change_shift(act: Act, shift_id: int, **changes: Any) -> None:
    act.conn.execute(update(RoomShift).where(RoomShift.id == shift_id).values(**changes))


def _tell_shift(act: Act, kind: str, shift_id: int, facts: dict[str, Any], *others: int) -> dict[str, Any]:
    rows = [queries.find_shift(act.conn, one) for one in (shift_id, *others)]
    cards = {"shifts": [queries.shift_card(row) for row in rows if row is not None]}
    return act.append(kind, {"shift": shift_id, **facts, "cards": cards}).told()


# decisions

_KIND_OF_VERB = {
    "done": "decision.done",
    "drop": "decision.dropped",
    "reopen": "decision.reopened",
    "strike": "decision.struck",
}


def make_decision(act: Act, words: str, owner: str, **said: Any) -> dict[str, Any]:
    """Write down what a meeting decided; `said` may hold basis, meeting, due_at, decided_at, incident_id, status_id."""
    if earlier := act.earlier("decision.made"):
        return earlier.told()
    if said.get("incident_id") is not None and find_incident(act.conn, said["incident_id"]) is None:
        raise BadReport("Kejadian itu tidak ada.", "incident")
    nothing = dict.fromkeys(("basis", "meeting", "due_at", "incident_id", "status_id"))
    row = {**nothing, "decided_at": act.now, **said, "words": words, "owner": owner}
    made = {**row, "state": "open", "made_by": act.by, "made_at": act.now}
    decision_id = int(act.conn.execute(insert(Decision).returning(Decision.id), made).scalar_one())
    return _tell_decision(act, "decision.made", decision_id, {"words": words, "owner": owner})


def change_decision(act: Act, decision_id: int, verb: str, why: str | None = None) -> dict[str, Any]:
    """Do a verb of a decision's table; dropping, opening again and striking need a reason."""
    if earlier := act.earlier(_KIND_OF_VERB[verb]):
        return earlier.told()
    row = queries.find_decision(act.conn, decision_id)
    if row is None:
        raise NotFound("Keputusan itu tidak ada.")
    state = room.next_state(rules.DECISION_LIFE, row["state"], verb)
    if state is None:
        raise WrongState(_why_ended(row), allowed=room.allowed_verbs(rules.DECISION_LIFE, row["state"]))
    if verb != "done" and not why:
        raise BadReport("Ini perlu alasan.", "text")
    ended = {"ended_by": act.by, "ended_at": act.now, "why": why}
    over = ended if state != "open" else dict.fromkeys(ended)
    act.conn.execute(update(Decision).where(Decision.id == decision_id).values(state=state, **over))
    return _tell_decision(act, _KIND_OF_VERB[verb], decision_id, {"text": why} if why else {})


def _why_ended(row: Mapping[Any, Any]) -> str:
    words = {"done": "sudah selesai", "dropped": "sudah dilepas", "struck": "sudah dicoret", "open": "masih terbuka"}
    by = f" oleh {row['ended_by']}" if row["ended_by"] else ""
    return f"Keputusan itu {words[row['state']]}{by}."


def _tell_decision(act: Act, kind: str, decision_id: int, facts: dict[str, Any]) -> dict[str, Any]:
    row = queries.find_decision(act.conn, decision_id)
    assert row is not None
    told = {"decision": decision_id, "words": row["words"], **facts}
    return act.append(kind, told, row["incident_id"]).told()
