"""Sends several units to one incident at once: one transaction, each with an assignment of its own."""

from collections.abc import Sequence
from typing import Any

from incident import actions, queries, rules
from incident.duty import alarms
from incident.errors import NotFound, WrongState
from incident.post import Act


def send_all(act: Act, incident_id: int, unit_ids: Sequence[int]) -> dict[str, Any]:
    """Give these free units to an incident; those at it already are left as they are, so a second click is harmless.

    Raises WrongState, with nothing written, when one was sent elsewhere meanwhile: what was proposed is no longer so.
    """
    if earlier := act.earlier("assignment.created", incident_id):
        return {"sent": list(unit_ids), "entries": [earlier.told()], "again": True}
    going = [unit_id for unit_id in dict.fromkeys(unit_ids) if not _is_there(act, unit_id, incident_id)]
    if busy := [name for name in (_busy(act, unit_id) for unit_id in going) if name]:
        raise WrongState(f"Sementara itu {', '.join(busy)} tidak lagi bebas; usulan disusun lagi.", allowed=[])
    entries = [actions.give(act, incident_id, unit_id).told() for unit_id in going]
    for unit_id in going:
        alarms.refresh(act, unit_id)
    return {"sent": going, "entries": entries, "again": not going}


def _is_there(act: Act, unit_id: int, incident_id: int) -> bool:
    return any(one["incident_id"] == incident_id for one in queries.active_of_unit(act.conn, unit_id))


def _busy(act: Act, unit_id: int) -> str | None:
    """The call sign of a unit that is not free now."""
    unit = queries.find_unit(act.conn, unit_id)
    if unit is None:
        raise NotFound("Satuan itu tidak ada.", "unit_ids")
    card = queries.unit_card(unit, queries.active_of_unit(act.conn, unit_id))
    return None if card["state"] in rules.FREE_STATES else str(card["call_sign"])
