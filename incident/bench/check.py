"""Reads what the callers were told and what the database holds: nothing acknowledged is lost, nothing is doubled.

It knows neither the callers nor the servers: a history file and a database are enough.
"""

from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, text

from gis.database import Database
from incident import journal
from incident.bench.history import Told, read

CALLS = ("call", "linked", "prank")


def check(history: Path, database: Database) -> list[str]:
    """A sentence for everything that is lost, doubled or broken; empty when all holds."""
    told = list(read(history))
    with database.read() as conn:
        return [
            *journal.verify(conn),
            *_calls(conn, told),
            *_incidents(conn, told),
            *_closes(conn, told),
            *_alerts(conn, told),
            *_air(conn),
            *_parked(conn),
        ]


def _calls(conn: Connection, told: list[Told]) -> Iterator[str]:
    rows = _by_key(conn, "SELECT uid, id, incident_id FROM call")
    entries = _by_key(conn, "SELECT uid, seq, kind FROM journal WHERE uid IS NOT NULL")
    acknowledged = [one for one in told if one.what in CALLS]
    for one in acknowledged:
        row, entry = rows.get(one.uid), entries.get(one.uid)
        if row is None or entry is None:
            yield f"Call {one.uid} was acknowledged and is lost."
        elif (row.id, row.incident_id, entry.seq) != tuple(one.answer[name] for name in ("call", "incident", "seq")):
            yield f"Call {one.uid} is stored as something else than its sender was told."
    yield from _same("calls", len(rows), len({one.uid for one in acknowledged}))


def _incidents(conn: Connection, told: list[Told]) -> Iterator[str]:
    opened = Counter(conn.scalars(text("SELECT incident_id FROM journal WHERE kind = 'incident.opened'")))
    yield from _doubled("Incident {} was opened {} times.", opened)
    yield from _same("incidents", _count(conn, "incident"), sum(one.what == "call" for one in told))
    wrong = "SELECT i.id FROM incident i WHERE i.calls <> (SELECT count(*) FROM call c WHERE c.incident_id = i.id)"
    for number in conn.scalars(text(wrong)):
        yield f"Incident {number} does not have as many calls as it counts."


def _closes(conn: Connection, told: list[Told]) -> Iterator[str]:
    closed = Counter(conn.scalars(text("SELECT incident_id FROM journal WHERE kind = 'incident.closed'")))
    yield from _doubled("Incident {} was closed {} times.", closed)
    asked = {one.answer["incident_id"] for one in told if one.what == "close"}
    for number in asked - closed.keys():
        yield f"The closing of incident {number} was acknowledged and is lost."
    yield from _same("closed incidents", len(closed), len(asked))


def _alerts(conn: Connection, told: list[Told]) -> Iterator[str]:
    alerts = {one.answer["body"]["alert"] for one in told if one.what == "alert"}
    yield from _same("alerts", _count(conn, "alert"), len(alerts))
    ways = "SELECT r.alert_id, d.channel FROM delivery d JOIN recipient r ON r.id = d.recipient_id"
    yield from _once(conn, ways, {(alert, channel) for alert in alerts for channel in ("screen", "radio")}, "Delivery")
    sent = "SELECT alert_id FROM transmission WHERE kind = 'alert'"
    yield from _once(conn, sent, {(alert,) for alert in alerts}, "Transmission")
    yield from _once(conn, _OF_KIND.format("alert.seen"), None, "Seen entry")
    seen = "SELECT alert_id FROM recipient WHERE state = 'seen'"
    yield from _once(conn, seen, {(alert,) for alert in alerts}, "Seen recipient")


def _air(conn: Connection) -> Iterator[str]:
    """Each station once in a roster; each step of a delivery told once."""
    yield from _once(conn, "SELECT transmission_id, station FROM reception", None, "Reception")
    for kind in ("delivery.keyed", "delivery.heard"):
        yield from _once(conn, _OF_KIND.format(kind), None, kind)


_OF_KIND = "SELECT body FROM journal WHERE kind = '{}'"


def _parked(conn: Connection) -> Iterator[str]:
    if parked := _count(conn, "parked"):
        yield f"{parked} entries are parked."


def _once(conn: Connection, question: str, wanted: set[tuple[Any, ...]] | None, name: str) -> Iterator[str]:
    """Each row of the answer stands once, and the wanted ones are all there."""
    found = Counter(_key(row) for row in conn.execute(text(question)))
    yield from _doubled(name + " {} is there {} times.", found)
    for missing in sorted((wanted or set()) - found.keys(), key=str)[:5]:
        yield f"{name} {missing} is missing."


def _key(row: Any) -> Any:
    """A row, or for an entry the alert it is about (and what it says of it)."""
    if row._fields != ("body",):
        return tuple(row)
    return journal.orjson.loads(row.body)["alert"]


def _doubled(sentence: str, counted: Counter[Any]) -> Iterator[str]:
    for thing, times in counted.items():
        if times > 1:
            yield sentence.format(thing, times)


def _same(name: str, stored: int, acknowledged: int) -> Iterator[str]:
    if stored != acknowledged:
        yield f"{stored} {name} are stored, {acknowledged} were acknowledged."


def _by_key(conn: Connection, question: str) -> dict[str, Any]:
    return {row[0]: row for row in conn.execute(text(question))}


def _count(conn: Connection, table: str) -> int:
    return int(conn.scalar(text(f"SELECT count(*) FROM {table}")) or 0)
