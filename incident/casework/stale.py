"""Refuses a write by somebody who could not know what another wrote meanwhile, and says what that was.

A verb may carry `seen`: `changed_at` of the incident's card as the writer's screen had it. Without it nothing is asked.
"""

import datetime as dt
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import select

from incident import journal
from incident.casework.rules import CONFLICTS
from incident.errors import WrongState
from incident.journal import Line, stamp
from incident.models import Entry
from incident.post import Act

MOST = 5  # changes told
_table = Entry.__table__
_WORDS = {
    "incident.corrected": "memperbaiki jenis, prioritas atau tempat",
    "incident.closed": "menutup kejadian ini",
    "incident.reopened": "membuka kejadian ini kembali",
    "incident.obstructed": "mencatat kendala",
    "incident.responding": "melanjutkan penanganan",
    "incident.controlled": "menyatakan terkendali",
    "incident.gathered": "menggabungkan kejadian lain ke sini",
    "incident.merged": "menggabungkan kejadian ini ke yang lain",
    "incident.split": "memisahkan sebagian kejadian ini",
    "incident.restored": "mengurungkan penggabungan atau pemisahan",
    "call.linked": "menghubungkan laporan baru",
    "assignment.created": "mengirim satuan",
    "task.added": "menulis tugas",
}


class StaleWrite(WrongState):
    """Another wrote meanwhile what changes the matter: `more` has the entries as `changed`, what to send as `fresh`."""


def require_fresh(act: Act, verb: str, incident: Any, seen: dt.datetime | None) -> None:
    """Raise StaleWrite when another wrote, since `seen`, what conflicts with the verb."""
    if seen is None or seen >= incident["changed_at"]:
        return
    changed = [line for line in _since(act, incident["id"], seen) if _conflicts(act, verb, line)]
    if changed:
        fresh = stamp(incident["changed_at"])
        raise StaleWrite(
            _sentence(act, changed[0]), allowed=[], changed=[line.told() for line in changed[:MOST]], fresh=fresh
        )


def _since(act: Act, incident_id: int, seen: dt.datetime) -> list[Line]:
    """What was written about an incident after a moment, newest first."""
    newest = select(_table).where(_table.c.incident_id == incident_id, _table.c.at > seen).order_by(_table.c.seq.desc())
    return [journal._line(row) for row in act.conn.execute(newest.limit(200))]


def _conflicts(act: Act, verb: str, line: Line) -> bool:
    return line.by != act.by and line.kind in CONFLICTS.get(verb, ())


def _sentence(act: Act, line: Line) -> str:
    at = line.at.astimezone(ZoneInfo(act.post.settings.site.zone)).strftime("%H.%M.%S")
    return f"Sementara itu {line.by} {_WORDS[line.kind]} pukul {at}. Periksa, lalu simpan lagi bila tetap perlu."
