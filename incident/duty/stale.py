"""Refuses a write to a unit by somebody who could not know what another wrote meanwhile, and says what that was.

A verb may carry `seen`: the number of the journal entry at which the writer's screen stood. Without it nothing is
asked. Mayday is never asked: who calls for help is heard.
"""

from collections.abc import Mapping
from zoneinfo import ZoneInfo

from incident import journal
from incident.casework.stale import MOST, StaleWrite
from incident.journal import Line
from incident.post import Act

LOOKED_AT = 2000  # entries back; a screen that is farther behind has long said that it is frozen
_SENT = frozenset({"assignment.created"})
_SAID = frozenset({"assignment.changed", "unit.posted", "unit.mayday", "unit.calmed"})
CONFLICTS: Mapping[str, frozenset[str]] = {
    "digit": _SENT | _SAID | {"unit.service_changed"},
    "service": _SENT | {"unit.mayday", "unit.service_changed"},
    "facts": frozenset({"unit.changed"}),
    "calm": frozenset({"unit.mayday", "unit.calmed"}),
}
_WORDS = {
    "assignment.created": "mengirim satuan ini",
    "assignment.changed": "menyebut status satuan ini",
    "unit.posted": "menyebut status satuan ini",
    "unit.mayday": "menyebut DARURAT satuan ini",
    "unit.calmed": "menyatakan DARURAT satuan ini berakhir",
    "unit.service_changed": "mengubah dinas satuan ini",
    "unit.changed": "mengubah keterangan satuan ini",
}


def require_fresh(act: Act, verb: str, call_sign: str, seen: int | None) -> None:
    """Raise StaleWrite when another wrote of this unit, after entry `seen`, what conflicts with the verb."""
    if seen is None:
        return
    since = [line for line in journal.after(act.conn, seen, LOOKED_AT) if _conflicts(act, verb, call_sign, line)]
    if since:
        newest = since[::-1]
        changed = [line.told() for line in newest[:MOST]]
        raise StaleWrite(_sentence(act, newest[0]), allowed=[], changed=changed, fresh=newest[0].seq)


def _conflicts(act: Act, verb: str, call_sign: str, line: Line) -> bool:
    return line.by != act.by and line.kind in CONFLICTS[verb] and line.body.get("unit") == call_sign


def _sentence(act: Act, line: Line) -> str:
    at = line.at.astimezone(ZoneInfo(act.post.settings.site.zone)).strftime("%H.%M.%S")
    return f"Sementara itu {line.by} {_WORDS[line.kind]} pukul {at}. Periksa, lalu simpan lagi bila tetap perlu."
