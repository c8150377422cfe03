"""The verbs of the public page: write, approve and withdraw a clarification; say whether a place is open.

What the public reads was seen by two different people. A clarification is never changed: a better one replaces it.
"""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import insert, select, update

from alerts.public import queries, rules
from alerts.public.models import Clarification, Opening
from incident import journal
from incident.errors import NotAllowed, NotFound, WrongState
from incident.models import Person
from incident.post import Act

journal.declare(
    {
        "clarification.written": "An answer to a rumour was written; it waits for a second person.",
        "clarification.approved": "A second person approved an answer to a rumour; it is on the public page.",
        "clarification.withdrawn": "An answer to a rumour left the public page, or was dropped before it was on it.",
        "opening.changed": "What the public is told of a post or shelter changed: open, full, closed, its hours.",
    }
)
WORDS = ("claim", "fact", "evidence", "link", "claim_en", "fact_en", "evidence_en")
MAX_CLAIM = 120  # of the claim in an entry


# clarifications


def write_clarification(act: Act, replaces_id: int | None = None, **words: str | None) -> dict[str, Any]:
    """Write an answer to a rumour; `words` are those of WORDS. Raises NotFound, WrongState for what it replaces."""
    if earlier := act.earlier("clarification.written"):
        return earlier.told()
    if replaces_id is not None:
        _require(queries.find_clarification(act.conn, replaces_id), "replace")
    said = {name: words.get(name) or None for name in WORDS}
    row = {
        **said,
        "state": "draft",
        "text_hash": rules.text_hash(said[name] for name in WORDS),
        "replaces_id": replaces_id,
        "written_by": act.by,
        "written_at": act.now,
    }
    new_id = act.conn.execute(insert(Clarification).returning(Clarification.id), row).scalar_one()
    return _tell(act, "clarification.written", new_id)


def approve_clarification(act: Act, clarification_id: int, text_hash: str) -> dict[str, Any]:
    """Approve the words that were read, as a second, different person; they are public from now on."""
    if earlier := act.earlier("clarification.approved"):
        return earlier.told()
    found = _require(queries.find_clarification(act.conn, clarification_id), "approve")
    if found["written_by"] == act.by:
        raise NotAllowed("Klarifikasi ini harus disetujui orang kedua, bukan penulisnya.")
    if found["text_hash"] != text_hash:
        raise WrongState("Isi klarifikasi bukan yang Anda baca; muat ulang lalu baca lagi.", allowed=["approve"])
    role = act.conn.scalar(select(Person.role).where(Person.name == act.by))
    approved = {"state": "published", "approved_by": act.by, "approved_role": role, "approved_at": act.now}
    _change(act, clarification_id, **approved)
    _replace_older(act, found["replaces_id"])
    return _tell(act, "clarification.approved", clarification_id)


def _replace_older(act: Act, older_id: int | None) -> None:
    """The one before leaves the page in the same moment; unless it left before."""
    older = queries.find_clarification(act.conn, older_id) if older_id is not None else None
    if older is not None and (older["state"], "replace") in rules.CLARIFICATION_LIFE:
        _change(act, older["id"], state="replaced", withdrawn_by=act.by, withdrawn_at=act.now)


def withdraw_clarification(act: Act, clarification_id: int, why: str) -> dict[str, Any]:
    """Take it off the page, or drop it before it was on it, with a reason. One person is enough."""
    if earlier := act.earlier("clarification.withdrawn"):
        return earlier.told()
    _require(queries.find_clarification(act.conn, clarification_id), "withdraw")
    gone = {"state": "withdrawn", "withdrawn_by": act.by, "withdrawn_at": act.now, "withdrawn_why": why}
    _change(act, clarification_id, **gone)
    return _tell(act, "clarification.withdrawn", clarification_id, {"text": why})


def _require(found: Mapping[Any, Any] | None, verb: str) -> Mapping[Any, Any]:
    if found is None:
        raise NotFound("Klarifikasi itu tidak ada.")
    if (found["state"], verb) not in rules.CLARIFICATION_LIFE:
        allowed = rules.verbs_of(found["state"])
        raise WrongState("Klarifikasi ini sudah tidak dalam keadaan yang Anda lihat; muat ulang.", allowed=allowed)
    return found


def _change(act: Act, clarification_id: int, **changes: Any) -> None:
    act.conn.execute(update(Clarification).where(Clarification.id == clarification_id).values(**changes))


def _tell(act: Act, kind: str, clarification_id: int, facts: Mapping[str, Any] | None = None) -> dict[str, Any]:
    found = queries.find_clarification(act.conn, clarification_id)
    assert found is not None
    body = {"clarification": clarification_id, "claim": found["claim"][:MAX_CLAIM], **(facts or {})}
    return act.append(kind, body).told()


# posts and shelters


def change_opening(
    act: Act, facility_id: int, state: str, hours: str = "", note: str = "", note_en: str = "", shown: bool = True
) -> dict[str, Any]:
    """Say whether a post or shelter is open, when, and whether the public is told of it at all."""
    if earlier := act.earlier("opening.changed"):
        return earlier.told()
    name = queries.find_facility_name(act.conn, facility_id)
    if name is None:
        raise NotFound("Pos atau fasilitas itu tidak ada di peta.", "facility_id")
    row = {"state": state, "hours": hours, "note": note, "note_en": note_en, "shown": shown}
    row |= {"changed_by": act.by, "changed_at": act.now}
    changed = act.conn.execute(update(Opening).where(Opening.facility_id == facility_id).values(**row))
    if not changed.rowcount:
        act.conn.execute(insert(Opening), {"facility_id": facility_id, **row})
    facts = {"facility": facility_id, "name": name, "state": state, "shown": shown}
    return act.append("opening.changed", facts | ({"text": note} if note else {})).told()
