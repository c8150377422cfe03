"""The words for units: their kinds and what they can do, each a row with its name in two languages.

A word that nobody knows yet becomes a row of its own, named as it was said: nothing a site wrote is refused or lost.
"""

from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import insert, select, update

from incident.duty import entries
from incident.duty.models import Capability, UnitKind
from incident.errors import BadReport
from incident.models import Agency
from incident.post import Act

assert entries
LAST = 1000  # the rank of a row that a person added


def known(act: Act, kind: str, capabilities: Iterable[str]) -> dict[str, str]:
    """A unit's columns `kind` and `capabilities` by their codes, whatever language they were said in."""
    kind = _code(act, UnitKind, kind)
    able = dict.fromkeys(_code(act, Capability, word) for word in capabilities if word.strip())
    return {"kind": kind, "capabilities": ",".join(able)}


def _code(act: Act, table: Any, word: str) -> str:
    word = word.strip().replace(",", " ")
    said = word.lower()
    for row in act.conn.execute(select(table.code, table.name_id, table.name_en).order_by(table.rank)):
        if said in (row.code.lower(), row.name_id.lower(), row.name_en.lower()):
            return row.code
    made = {"code": word, "name_id": word, "name_en": word, "rank": LAST}
    act.conn.execute(insert(table), made | ({"serves": said} if table is Capability else {}))
    return word


def keep_kind(act: Act, code: str, name_id: str, name_en: str, agency_code: str | None, least_crew: int) -> Any:
    """Add a kind of unit, or change what it is called, whose it is, how many people it takes."""
    if earlier := act.earlier("unit_kind.kept"):
        return earlier.told()
    if agency_code and act.conn.scalar(select(Agency.code).where(Agency.code == agency_code)) is None:
        raise BadReport("OPD itu tidak dikenal.", "agency_code")
    said = {"name_id": name_id, "name_en": name_en, "agency_code": agency_code, "least_crew": least_crew}
    _require_own_name(act, UnitKind, code, [name_id, name_en])
    return _keep(act, UnitKind, "unit_kind.kept", code, said)


def keep_capability(act: Act, code: str, name_id: str, name_en: str, serves: Sequence[str]) -> Any:
    """Add a capability, or change what it is called and which incidents it is good for."""
    if earlier := act.earlier("capability.kept"):
        return earlier.told()
    said = {"name_id": name_id, "name_en": name_en, "serves": " ".join(serves)}
    _require_own_name(act, Capability, code, [name_id, name_en])
    return _keep(act, Capability, "capability.kept", code, said)


def _require_own_name(act: Act, table: Any, code: str, names: Sequence[str]) -> None:
    wanted = {name.lower() for name in names}
    for row in _others(act, table, code):
        if wanted & {row.code.lower(), row.name_id.lower(), row.name_en.lower()}:
            raise BadReport(f"Nama itu sudah dipakai untuk {row.name_id} ({row.code}).", "name_id")


def _others(act: Act, table: Any, code: str) -> Any:
    return act.conn.execute(select(table.code, table.name_id, table.name_en).where(table.code != code))


def _keep(act: Act, table: Any, entry: str, code: str, said: dict[str, Any]) -> dict[str, Any]:
    if act.conn.scalar(select(table.code).where(table.code == code)) is None:
        act.conn.execute(insert(table), {"code": code, "rank": LAST, **said})
    else:
        act.conn.execute(update(table).where(table.code == code).values(**said))
    return act.append(entry, {"code": code, "name_id": said["name_id"], "name_en": said["name_en"]}).told()
