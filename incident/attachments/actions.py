"""The verbs of attachments: add one that was examined and kept, strike one, take or leave what its camera said."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import insert, update

from incident import actions, failpoints, intake, journal
from incident.attachments import queries, rules
from incident.attachments.models import Attachment
from incident.casework.belongings import Belonging, belongs
from incident.errors import BadReport, NotAllowed, NotFound, WrongState
from incident.post import Act

journal.declare(
    {
        "attachment.added": "A photo, a voice note or a document came; its name and words stay off the journal.",
        "attachment.struck": "An attachment was struck through, with a reason; it is kept.",
        "attachment.answered": "The position or the time a camera wrote was taken over, or left.",
    }
)
belongs("attachments", Belonging(Attachment.__table__))  # a call's go where the call goes
_insert = insert(Attachment).returning(Attachment.id)
USED, LEFT = "used", "left"


@dataclass(frozen=True, slots=True)
class Told:
    """What the sender said of a file: for which incident or call, its name, words, when it was taken."""

    incident_id: int | None = None
    call_id: int | None = None
    call_uid: str | None = None
    name: str = ""
    words: str = ""
    taken_at: dt.datetime | None = None


def add(act: Act, told: Told, facts: Mapping[str, Any]) -> dict[str, Any]:
    """Write the row of a file that lies in its place; the same key again answers the same."""
    if earlier := act.earlier("attachment.added"):
        return earlier.told()
    owner, incident_id = _owner(act, told)
    _require_place(act, owner)
    said = {"name": told.name, "words": told.words, "taken_at": told.taken_at}
    row = {**facts, **owner, **said, "sent_by": act.by, "sent_at": act.now}
    attachment_id = int(act.conn.execute(_insert, row).scalar_one())
    failpoints.reach("row")
    body = {"attachment": attachment_id, "kind": facts["kind"], "bytes": facts["bytes"]}
    body |= {"call": owner["call_id"]} if owner.get("call_id") else {}
    return act.append("attachment.added", body, incident_id).told()


def _owner(act: Act, told: Told) -> tuple[dict[str, int], int | None]:
    """The column that says whose it is, and the incident that hears of it; raises NotFound."""
    if told.incident_id is not None:
        incident_id = actions._led_on(act, told.incident_id)
        actions._incident_of(act, incident_id)
        assert incident_id is not None
        return {"incident_id": incident_id}, incident_id
    call = queries.call_of(act.conn, told.call_id, told.call_uid)
    if call is None:
        raise NotFound("Laporan itu tidak ada.", "call_id")
    return {"call_id": call["id"]}, call["incident_id"]


def _require_place(act: Act, owner: dict[str, int]) -> None:
    most = rules.MOST_OF_CALL if "call_id" in owner else rules.MOST_OF_INCIDENT
    if queries.count(act.conn, **owner) >= most:
        raise WrongState(f"Sudah ada {most} lampiran di sini; lebih dari itu tidak diterima.", allowed=[])


def strike(act: Act, attachment_id: int, why: str, role: str) -> dict[str, Any]:
    """Strike an attachment through: its sender or a supervisor may; the file is kept."""
    if earlier := act.earlier("attachment.struck"):
        return earlier.told()
    row = _standing(act, attachment_id)
    if row["sent_by"] != act.by and role not in rules.SUPERVISORS:
        raise NotAllowed(f"Hanya {row['sent_by']} atau koordinator dapat mencoret lampiran ini.")
    _change(act, attachment_id, struck_by=act.by, struck_at=act.now, struck_why=why)
    body = {"attachment": attachment_id, "kind": row["kind"], "text": why}
    return act.append("attachment.struck", body, row["of_incident"]).told()


def answer_offer(
    act: Act,
    attachment_id: int,
    position: bool | None = None,
    time: bool | None = None,
    place: intake.Place | None = None,
    seen: dt.datetime | None = None,
) -> dict[str, Any]:
    """Take (True) or leave (False) what the camera said; a position that is taken corrects the incident's place."""
    if earlier := act.earlier("attachment.answered"):
        return earlier.told()
    row = _standing(act, attachment_id)
    said = _offered(row, position, time)
    _change(act, attachment_id, **said, **({"taken_at": row["camera_at"]} if time else {}))
    facts = {name.removesuffix("_said"): word for name, word in said.items()}
    line = act.append("attachment.answered", {"attachment": attachment_id, **facts}, row["of_incident"])
    if position and place is not None:
        words = f"Posisi dari foto (lampiran {attachment_id})"
        actions.change_incident(act, row["of_incident"], "correct", seen, text=words, place=place)
    return line.told()


def _offered(row: Mapping[Any, Any], position: bool | None, time: bool | None) -> dict[str, str]:
    """The columns of the answer; raises WrongState for what is not offered (any more)."""
    said = {"position_said": position, "time_said": time}
    there = {"position_said": row["camera_lon"], "time_said": row["camera_at"]}
    told = {name: USED if word else LEFT for name, word in said.items() if word is not None}
    if not told:
        raise BadReport("Sebut apa yang dipakai: posisi, waktu, atau keduanya.", "position")
    if any(there[name] is None or row[name] is not None for name in told):
        raise WrongState("Tawaran itu sudah dijawab atau tidak ada.", allowed=[])
    return told


def _standing(act: Act, attachment_id: int) -> Mapping[Any, Any]:
    row = queries.find_attachment(act.conn, attachment_id)
    if row is None:
        raise NotFound("Lampiran itu tidak ada.")
    if row["struck_at"] is not None:
        raise WrongState("Lampiran itu sudah dicoret.", allowed=[])
    return row


def _change(act: Act, attachment_id: int, **changes: Any) -> None:
    act.conn.execute(update(Attachment).where(Attachment.id == attachment_id).values(**changes))
