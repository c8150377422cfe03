"""The verbs of the rapid assessment: tell figures, strike one through, choose the official one."""

import datetime as dt
from collections.abc import Mapping
from typing import Any

from sqlalchemy import insert, update

from incident import journal
from incident.assessments import queries
from incident.assessments.models import Assessment
from incident.casework.belongings import Belonging, belongs
from incident.errors import NotFound, WrongState
from incident.post import Act
from incident.queries import find_incident, iso

journal.declare(
    {
        "assessment.recorded": "Figures of a rapid assessment were told, each a number, nihil or still being counted.",
        "assessment.struck": "A figure of a rapid assessment was struck through, with a reason.",
        "assessment.chosen": "A named person chose the official figure among those told.",
    }
)
belongs("assessments", Belonging(Assessment.__table__))
_insert = insert(Assessment).returning(Assessment.id)


def assess(
    act: Act,
    incident_id: int,
    figures: list[dict[str, Any]],
    source: str,
    method: str,
    at: dt.datetime | None = None,
    source_words: str = "",
) -> dict[str, Any]:
    """Tell figures of an incident, `{what, state, value}` each, as they were at `at` by one source and one method."""
    if earlier := act.earlier("assessment.recorded", incident_id):
        return earlier.told()
    if find_incident(act.conn, incident_id) is None:
        raise NotFound("Kejadian itu tidak ada.")
    counted_at = min(at or act.now, act.now)
    about = {"source": source, "source_words": source_words, "method": method, "at": counted_at}
    told = [_store(act, {**about, **_said(one), "incident_id": incident_id}) for one in figures]
    body = {"source": source, "method": method, "counted_at": iso(counted_at), "figures": told}
    return act.append("assessment.recorded", body, incident_id).told()


def _said(figure: dict[str, Any]) -> dict[str, Any]:
    return {"what": figure["what"], "state": figure["state"], "value": figure.get("value")}


def _store(act: Act, row: dict[str, Any]) -> dict[str, Any]:
    """Write one figure; answers what the journal may know of it."""
    row_id = act.conn.execute(_insert, {**row, "by": act.by, "recorded_at": act.now}).scalar_one()
    return {"id": row_id, **{name: row[name] for name in ("what", "state", "value")}}


def strike(act: Act, assessment_id: int, why: str) -> dict[str, Any]:
    """Strike a figure through: it no longer counts and stays in the record."""
    if earlier := act.earlier("assessment.struck"):
        return earlier.told()
    row = _standing(act, assessment_id)
    _change(act, assessment_id, struck_by=act.by, struck_at=act.now, struck_why=why)
    return act.append("assessment.struck", {**_facts(row), "text": why}, row["incident_id"]).told()


def choose(act: Act, assessment_id: int) -> dict[str, Any]:
    """Make a figure the official one of its matter, in the name of the person who says so."""
    if earlier := act.earlier("assessment.chosen"):
        return earlier.told()
    row = _standing(act, assessment_id)
    _change(act, assessment_id, official_by=act.by, official_at=act.now)
    return act.append("assessment.chosen", _facts(row), row["incident_id"]).told()


def _standing(act: Act, assessment_id: int) -> Mapping[Any, Any]:
    row = queries.find_assessment(act.conn, assessment_id)
    if row is None:
        raise NotFound("Angka itu tidak ada.")
    if row["struck_at"] is not None:
        raise WrongState("Angka itu sudah dicoret.", allowed=[])
    return row


def _facts(row: Mapping[Any, Any]) -> dict[str, Any]:
    names = ("what", "state", "value", "source", "method")
    return {"assessment": row["id"], **{name: row[name] for name in names}, "counted_at": iso(row["at"])}


def _change(act: Act, assessment_id: int, **changes: Any) -> None:
    act.conn.execute(update(Assessment).where(Assessment.id == assessment_id).values(**changes))
