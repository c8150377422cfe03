"""The snapshot a screen starts from, put together from every room; both it and its seq from one read transaction."""

from collections.abc import Callable, Mapping
from typing import Any

from sqlalchemy import Connection

from incident import ground_queries, journal, lens, queries
from incident.post import Post

Cards = Mapping[str, list[dict[str, Any]]]
parts: list[Callable[[Connection, Post], Cards]] = []
details: list[Callable[[Connection, Post, int], Cards]] = []


def join(part: Callable[[Connection, Post], Cards], detail: Callable[[Connection, Post, int], Cards]) -> None:
    """A room to the right adds its cards to the snapshot and to the whole incident."""
    if part not in parts:
        parts.append(part)
        details.append(detail)


def snapshot(post: Post, viewer: lens.Viewer) -> dict[str, Any]:
    """What this viewer's board holds now, with the number of the newest entry in it."""
    with post.database.read() as conn:
        seq = journal.head(conn)
        cards = {**queries.board_cards(conn, post.settings.site.name), **ground_queries.board_cards(conn)}
        for part in parts:
            cards.update(part(conn, post))
    shown = {name: lens.pick(viewer, name, rows) for name, rows in cards.items()}
    return {"seq": seq, "at": queries.iso(post.clock()), **shown}


def whole(post: Post, viewer: lens.Viewer, incident_id: int) -> dict[str, Any] | None:
    """One incident with everything the viewer may see of it, or None."""
    with post.database.read() as conn:
        found = queries.whole_incident(conn, incident_id, post.settings.site.name)
        if found is None or not _is_shown(viewer, found["incident"]):
            return None
        found.update(ground_queries.incident_cards(conn, incident_id))
        for detail in details:
            found.update(detail(conn, post, incident_id))
    for name in ("assignments", "alerts", "recipients", "zones"):
        found[name] = _seen(viewer, name, found.get(name, []))
    found["chronology"] = [lens.told(viewer, entry) for entry in found["chronology"]]
    return found


def _is_shown(viewer: lens.Viewer, card: dict[str, Any]) -> bool:
    return lens.sees(viewer, "incidents", {**card, "gone": False})


def _seen(viewer: lens.Viewer, collection: str, cards: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Cards of a whole incident: also those that have left the board."""
    return [card for card in cards if lens.sees(viewer, collection, {**card, "gone": False})]
