"""Who rides on a unit and when it is on duty: crews and shifts. Names stay in the tables, the journal knows roles."""

import datetime as dt
from typing import Any

from sqlalchemy import insert, select, update

from incident import queries
from incident.duty import entries
from incident.duty import queries as duty
from incident.duty.models import CrewMember, DutyShift
from incident.errors import BadReport, NotFound, WrongState
from incident.post import Act

ROLES = ("leader", "driver", "paramedic", "rescuer", "operator", "member")
LONGEST_SHIFT = dt.timedelta(hours=48)
assert entries


def join_crew(act: Act, unit_id: int, name: str, role: str) -> dict[str, Any]:
    """Somebody rides on a unit from now on; whoever rides on another leaves that one."""
    if earlier := act.earlier("crew.joined"):
        return earlier.told()
    call_sign = _call_sign(act, unit_id)
    table = CrewMember.__table__
    riding = select(table).where(table.c.name == name, table.c.left_at.is_(None))
    for row in act.conn.execute(riding).mappings().all():
        if row["unit_id"] == unit_id:
            raise BadReport(f"{name} sudah menjadi awak {call_sign}.", "name")
        act.conn.execute(update(CrewMember).where(CrewMember.id == row["id"]).values(left_at=act.now))
    act.conn.execute(insert(CrewMember), {"unit_id": unit_id, "name": name, "role": role, "joined_at": act.now})
    return act.append("crew.joined", {"unit": call_sign, "role": role, "crew": _size(act, unit_id)}).told()


def leave_crew(act: Act, member_id: int) -> dict[str, Any]:
    """Somebody no longer rides on a unit."""
    if earlier := act.earlier("crew.left"):
        return earlier.told()
    row = act.conn.execute(select(CrewMember.__table__).where(CrewMember.id == member_id)).mappings().first()
    if row is None:
        raise NotFound("Awak itu tidak ada.")
    if row["left_at"]:
        raise WrongState("Awak itu sudah turun.", allowed=[])
    act.conn.execute(update(CrewMember).where(CrewMember.id == member_id).values(left_at=act.now))
    facts = {"unit": _call_sign(act, row["unit_id"]), "role": row["role"], "crew": _size(act, row["unit_id"])}
    return act.append("crew.left", facts).told()


def _size(act: Act, unit_id: int) -> int:
    return len(duty.crew_of(act.conn, unit_id))


def plan_shift(act: Act, unit_id: int, starts_at: dt.datetime, ends_at: dt.datetime) -> dict[str, Any]:
    """A unit is on duty from then till then; two shifts of one unit never overlap."""
    if earlier := act.earlier("duty.planned"):
        return earlier.told()
    call_sign = _call_sign(act, unit_id)
    if not dt.timedelta(0) < ends_at - starts_at <= LONGEST_SHIFT:
        raise BadReport("Dinas berakhir sesudah mulai, paling lama 48 jam.", "ends_at")
    if any(one["unit_id"] == unit_id for one in duty.shifts_between(act.conn, starts_at, ends_at)):
        raise WrongState(f"{call_sign} sudah punya jadwal dinas pada waktu itu.", "starts_at", allowed=[])
    row = {"unit_id": unit_id, "starts_at": starts_at, "ends_at": ends_at, "made_by": act.by, "made_at": act.now}
    shift_id = act.conn.execute(insert(DutyShift).returning(DutyShift.id), row).scalar_one()
    span = {"starts_at": queries.iso(starts_at), "ends_at": queries.iso(ends_at)}
    return act.append("duty.planned", {"shift": shift_id, "unit": call_sign, **span}).told()


def strike_shift(act: Act, shift_id: int, why: str) -> dict[str, Any]:
    """A planned shift does not hold any more."""
    if earlier := act.earlier("duty.struck"):
        return earlier.told()
    row = act.conn.execute(select(DutyShift.__table__).where(DutyShift.id == shift_id)).mappings().first()
    if row is None:
        raise NotFound("Jadwal dinas itu tidak ada.")
    if row["struck_at"]:
        raise WrongState("Jadwal dinas itu sudah dicoret.", allowed=[])
    act.conn.execute(update(DutyShift).where(DutyShift.id == shift_id).values(struck_at=act.now, struck_why=why))
    return act.append("duty.struck", {"shift": shift_id, "unit": _call_sign(act, row["unit_id"]), "text": why}).told()


def _call_sign(act: Act, unit_id: int) -> str:
    unit = queries.find_unit(act.conn, unit_id)
    if unit is None:
        raise NotFound("Satuan itu tidak ada.", "unit_id")
    return str(unit["call_sign"])
