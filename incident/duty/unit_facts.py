"""What is known of a unit beside what it does: its kind, what it can do, whose it is, where it stands by."""

from typing import Any

from sqlalchemy import update

from incident import actions, people, queries
from incident.duty import stale, words
from incident.errors import BadReport, NotFound
from incident.models import Unit
from incident.post import Act


def change_unit(act: Act, unit_id: int, seen: int | None = None, **said: Any) -> dict[str, Any]:
    """Change only the fields that are given; the call sign stays, it is what the unit is known by on the air."""
    if earlier := act.earlier("unit.changed"):
        return earlier.told()
    unit = queries.find_unit(act.conn, unit_id)
    if unit is None:
        raise NotFound("Satuan itu tidak ada.", "unit_id")
    if not said:
        raise BadReport("Tidak ada yang diubah.", "kind")
    stale.require_fresh(act, "facts", unit["call_sign"], seen)
    people.check_agency(act.conn, said.get("agency_code"))
    able = said.pop("capabilities", None)
    told = words.known(
        act, said.pop("kind", unit["kind"]), (unit["capabilities"] or "").split(",") if able is None else able
    )
    act.conn.execute(update(Unit).where(Unit.id == unit_id).values(**said, **told))
    return actions.tell_unit(act, "unit.changed", unit_id)
