"""Questions about the feeds: each with what was chosen and how it fares; asking one by hand."""

from typing import Any

import orjson
from sqlalchemy import Connection

from alerts.bulletins import queries
from alerts.bulletins.villages import villages_of
from alerts.feeds import REGISTER, get_feed
from alerts.feeds.shape import Reading, Wanted
from incident.config import Settings
from incident.errors import BadReport, WrongState
from incident.post import Post
from incident.queries import iso


def listed(conn: Connection, settings: Settings) -> list[dict[str, Any]]:
    """Every feed of the register; none in an exercise, where their files are not even read."""
    if settings.exercise:
        return []
    rows, counts = queries.feed_rows(conn), queries.count_by_source(conn)
    return [_listed(name, rows.get(name), counts.get(name, 0)) for name in REGISTER]


def missing(conn: Connection, settings: Settings) -> str | None:
    """Why no news is near and nothing is ever proposed: no `area_code`, no `villages` known; None where all is well."""
    if not settings.site.area_code:
        return "area_code"
    return None if len(villages_of(conn, settings.site.area_code)) else "villages"


def _listed(name: str, row: Any, count: int) -> dict[str, Any]:
    feed, chosen = get_feed(name), wanted(row)
    return {
        "name": name,
        "label": feed.words,
        "credit": feed.credit,
        "credit_url": feed.credit_url,
        "interval_s": feed.interval_s,
        "needs": feed.needs,
        "is_on": bool(row and row["is_on"]),
        "state": row["state"] if row else "off",
        "words": row["words"] if row else "",
        "count": count,
        "villages": list(chosen.villages),
        "addresses": list(chosen.addresses),
        **{name: iso(row[name]) if row else None for name in ("asked_at", "answered_at", "due_at")},
    }


def wanted(row: Any) -> Wanted:
    """What the room chose for a feed."""
    chosen = orjson.loads(row["chosen"]) if row else {}
    return Wanted(*(tuple(chosen.get(name, ())) for name in Wanted._fields))


def ask_once(post: Post, name: str) -> Reading:
    """Ask a feed now, keeping nothing; raises NoSuchFeed, WireError, BadBulletin or a refusal."""
    from alerts.bulletins.runner import AGENT, open_wire

    if post.settings.exercise:
        raise WrongState("Latihan tidak bertanya kepada sumber di luar.", allowed=[])
    feed = get_feed(name)
    with post.database.read() as conn:
        targets = feed.targets(wanted(queries.find_feed(conn, name)))
    if not targets:
        raise BadReport("Pilih dahulu apa yang ditanyakan kepada sumber ini.", feed.needs)
    wire = open_wire(targets[0].hosts, feed.largest_bytes)
    try:
        answer = wire.ask("GET", targets[0].url, {"User-Agent": AGENT})
    finally:
        wire.close()
    if answer.status != 200:
        raise BadReport(f"Sumber menjawab {answer.status}.", "name")
    return feed.read(answer.body)
