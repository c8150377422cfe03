"""The journal: one append-only, gapless, hash-chained table that everyone who must know reads.

Only actions append, as the last statements of the verb, inside the writer lane's transaction.
"""

import datetime as dt
import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import orjson
from sqlalchemy import Connection, bindparam, insert, literal_column, select

from gis.prepared import Prepared
from incident import failpoints
from incident.models import Entry, Reader

GENESIS = "0" * 64
KINDS: dict[str, str] = {}
_table = Entry.__table__
_insert = Prepared(insert(Entry), *_table.columns.keys())
_by_uid = Prepared(select(_table).where(Entry.uid == bindparam("uid")))
_after = Prepared(select(_table).where(Entry.seq > bindparam("seq")).order_by(Entry.seq).limit(bindparam("limit")))
_head = Prepared(select(Entry.seq, Entry.hash).order_by(Entry.seq.desc()).limit(literal_column("1")))


def declare(kinds: Mapping[str, str]) -> None:
    """Declare a room's kinds, each with a sentence; an undeclared kind cannot be written."""
    KINDS.update(kinds)


declare(
    {
        "call.recorded": "A call was taken and stored, whatever its class.",
        "call.linked": "A call was linked to an incident that was already open.",
        "incident.opened": "A normal call opened an incident.",
        "incident.verified": "Someone confirmed that the incident is real.",
        "incident.responding": "The first unit was assigned, or work goes on again.",
        "incident.obstructed": "Something stands in the way: reason, sentence, who can unblock it.",
        "incident.controlled": "The incident is under control.",
        "incident.closed": "The incident was closed with a disposition.",
        "incident.reopened": "A closed incident was opened again.",
        "incident.noted": "Someone wrote a note in the chronology.",
        "incident.corrected": "Type, priority or place was corrected, with a reason.",
        "unit.added": "A unit was added to those that can be sent.",
        "unit.moved": "A unit's position became known.",
        "unit.service_changed": "A unit went in or out of service.",
        "unit.tracked": "Where a unit went came in from a GPX or KML file.",
        "assignment.created": "A unit was assigned to an incident.",
        "assignment.changed": "A unit on an incident reported its next status.",
        "person.added": "Someone may log in now.",
        "person.revoked": "Someone's access ended; their screens are closed.",
        "basemap.removed": "An installed base map was taken out.",
        "basemap.switched": "An online base map was switched on or off for the site.",
        "population.imported": "How many people live in areas came in from a file: how many areas and people.",
        "boundary.imported": "Boundaries of areas came in from a file: how many, and of which levels.",
        "zone.drawn": "Someone drew an area, a line or a point on the map.",
        "zone.struck": "A zone was struck through, with a reason: it no longer holds.",
        "zone.expired": "A zone's time was over; it left every screen.",
        "facility.added": "A facility was put on the map.",
        "facility.changed": "A facility's name, place, capacity or occupancy changed.",
        "facility.closed": "A facility was closed and left the map.",
        "facility.imported": "Facilities came in from a file, or a part of them: how many, and their cards.",
        "landmark.remembered": "Someone had a place remembered as a landmark.",
        "landmark.forgotten": "A landmark is not searched any more.",
        "landmark.imported": "Landmarks came in from a file, or a part of them: how many.",
        "reader.parked": "A reader failed three times on an entry; it waits for a person.",
        "lamp.changed": "A lamp on the top bar changed.",
        "exercise.changed": "The exercise was started, paused, resumed, or its speed changed.",
    }
)


@dataclass(frozen=True, slots=True)
class Line:
    """One entry as read: `body` is decoded; `at` is aware UTC."""

    seq: int
    at: dt.datetime
    kind: str
    incident_id: int | None
    by: str
    uid: str | None
    body: dict[str, Any]

    def told(self) -> dict[str, Any]:
        """The entry as screens get it (CONTRACT: seq, at, kind, incident_id, by, body)."""
        return {
            "seq": self.seq,
            "at": stamp(self.at),
            "kind": self.kind,
            "incident_id": self.incident_id,
            "by": self.by,
            "body": self.body,
        }


def stamp(at: dt.datetime) -> str:
    """RFC 3339 in UTC with microseconds: one spelling, because it is hashed."""
    return at.astimezone(dt.UTC).isoformat(timespec="microseconds")[:26] + "Z"


def canonical(body: Mapping[str, Any]) -> str:
    """The JSON text that is stored and hashed: keys sorted, no spaces."""
    return orjson.dumps(body, option=orjson.OPT_SORT_KEYS).decode()


def chain_hash(
    seq: int, at: dt.datetime, kind: str, incident_id: int | None, by: str, uid: str | None, body: str, prev: str
) -> str:
    """SHA-256 over every column of the entry and the hash of the one before it."""
    line = orjson.dumps([seq, stamp(at), kind, incident_id, by, uid, body, prev])
    return hashlib.sha256(line).hexdigest()


def append(
    conn: Connection,
    now: dt.datetime,
    kind: str,
    by: str,
    body: dict[str, Any],
    incident_id: int | None = None,
    uid: str | None = None,
) -> Line:
    """Append one entry in the writer lane's transaction; raises LookupError for an undeclared kind."""
    if kind not in KINDS:
        raise LookupError(f"The kind {kind!r} is not declared by any room.")
    seq, prev = _next(conn)
    words = canonical(body)
    digest = chain_hash(seq, now, kind, incident_id, by, uid, words, prev)
    _insert.do(
        conn,
        seq=seq,
        at=now,
        kind=kind,
        incident_id=incident_id,
        by=by,
        uid=uid,
        body=words,
        prev_hash=prev,
        hash=digest,
    )
    failpoints.reach("entry")
    conn.info["head"] = (seq, digest)
    line = Line(seq, now, kind, incident_id, by, uid, orjson.loads(words))
    conn.info["entries"].append(line)
    return line


def _next(conn: Connection) -> tuple[int, str]:
    """The next seq and the hash before it; asked once per commit, then remembered on the connection."""
    if not conn.info.get("head"):
        row = _head.first(conn)
        conn.info["head"] = (row.seq, row.hash) if row else (0, GENESIS)
    seq, digest = conn.info["head"]
    return seq + 1, digest


def find_by_uid(conn: Connection, uid: str | None) -> Line | None:
    """The entry a submission already made, so that a repeated one is harmless."""
    if uid is None:
        return None
    row = _by_uid.first(conn, uid=uid)
    return _line(row) if row else None


def head(conn: Connection) -> int:
    """The number of the newest entry; 0 for an empty journal."""
    row = _head.first(conn)
    return int(row.seq) if row else 0


def first(conn: Connection) -> int:
    """The oldest number still kept; 1 until the journal is trimmed."""
    return int(conn.scalar(select(Entry.seq).order_by(Entry.seq).limit(1)) or 1)


def after(conn: Connection, seq: int, limit: int = 500) -> list[Line]:
    """Up to `limit` entries with a number above `seq`, in order."""
    return [_line(row) for row in _after.all(conn, seq=seq, limit=limit)]


def of_incident(conn: Connection, incident_id: int, limit: int = 1000) -> list[Line]:
    """The chronology of one incident, oldest first."""
    newest = select(_table).where(Entry.incident_id == incident_id).order_by(Entry.seq.desc()).limit(limit)
    return [_line(row) for row in conn.execute(newest)][::-1]


def _line(row: Any) -> Line:
    return Line(row.seq, row.at, row.kind, row.incident_id, row.by, row.uid, orjson.loads(row.body))


def verify(conn: Connection, since: int = 0) -> Iterator[str]:
    """Yield a sentence for each break of the chain: a changed, missing, swapped or doubled entry, an end cut off."""
    expected, prev = since + 1, _hash_of(conn, since)
    wanted = select(_table).where(Entry.seq > since).order_by(Entry.seq).execution_options(yield_per=1000)
    with conn.execute(wanted) as rows:
        for row in rows:
            if row.seq != expected:
                yield f"Entry {expected} is missing: after {expected - 1} comes {row.seq}."
            elif row.prev_hash != prev:
                yield f"Entry {row.seq} does not follow {row.seq - 1}: its chain is broken."
            if _hash_row(row) != row.hash:
                yield f"Entry {row.seq} was changed after it was written."
            expected, prev = row.seq + 1, row.hash
    for reader in conn.execute(select(Reader.name, Reader.seq).where(Reader.seq >= expected).order_by(Reader.name)):
        yield f"The end is missing: {reader.name} had read up to {reader.seq}, the journal ends at {expected - 1}."


def _hash_of(conn: Connection, seq: int) -> str:
    return conn.scalar(select(Entry.hash).where(Entry.seq == seq)) or GENESIS


def _hash_row(row: Any) -> str:
    return chain_hash(row.seq, row.at, row.kind, row.incident_id, row.by, row.uid, row.body, row.prev_hash)
