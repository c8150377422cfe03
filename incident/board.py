"""The snapshot a screen starts from, put together from every room; both it and its seq from one read transaction."""

from collections.abc import Callable, Mapping
from typing import Any

from sqlalchemy import Connection

from incident import ground_queries, journal, lens, queries, queue
from incident.casework import queries as casework
from incident.desk import incoming_queries
from incident.duty import queries as duty
from incident.handover import queries as handover
from incident.post import Post

Cards = Mapping[str, list[dict[str, Any]]]
parts: list[Callable[[Connection, Post], Cards]] = [incoming_queries.board_cards, duty.board_cards]
parts.append(handover.board_cards)
details: list[Callable[[Connection, Post, int], Cards]] = []


def join(part: Callable[[Connection, Post], Cards], detail: Callable[[Connection, Post, int], Cards]) -> None:
    """A room to the right adds its cards to the snapshot and to the whole incident."""
    if part not in parts:
        parts.append(part)
        details.append(detail)


def snapshot(post: Post, viewer: lens.Viewer, most: int = queue.MOST) -> dict[str, Any]:
    """What this viewer's board holds now, with the number of the newest entry in it; of a long queue its head."""
    site_name = post.settings.site.name
    with post.database.read() as conn:
        seq, head = journal.head(conn), queue.head(conn, viewer, most)
        cards = {**queries.board_cards(conn, site_name, head.rows), **ground_queries.board_cards(conn)}
        cards |= casework.board_cards(conn)
        for part in parts:
            cards.update(part(conn, post))
    shown = {name: lens.pick(viewer, name, rows) for name, rows in cards.items()}
    length = {"open": head.open, "until": _said(head.until)}
    return {"seq": seq, "at": queries.iso(post.clock()), "queue": length, **shown}


def more(
    post: Post, viewer: lens.Viewer, after: queue.Place, limit: int, wanted: queue.Filter | None = None
) -> dict[str, Any]:
    """The next cards of the viewer's queue behind a place, with the number of the newest entry in them."""
    wanted = wanted or queue.Filter()
    with post.database.read() as conn:
        seq, part = journal.head(conn), queue.page(conn, viewer, after, limit, wanted, post.clock())
        active = queries.active_of_incidents(conn, [row["id"] for row in part.rows])
    cards = [queries.incident_card(row, active[row["id"]], post.settings.site.name) for row in part.rows]
    shown = lens.pick(viewer, "incidents", cards)
    return {"seq": seq, "after": str(after), "until": _said(part.until), "incidents": shown}


def _said(place: queue.Place | None) -> str | None:
    return None if place is None else str(place)


def whole(post: Post, viewer: lens.Viewer, incident_id: int) -> dict[str, Any] | None:
    """One incident with everything the viewer may see of it, or None."""
    with post.database.read() as conn:
        seq = journal.head(conn)
        found = queries.whole_incident(conn, incident_id, post.settings.site.name)
        if found is None or not _is_shown(viewer, found["incident"]):
            return None
        found.update(ground_queries.incident_cards(conn, incident_id))
        found.update(casework.whole_cards(conn, incident_id, post.settings.site.name))
        for detail in details:
            found.update(detail(conn, post, incident_id))
    for name in ("assignments", "alerts", "recipients", "zones", "tasks"):
        found[name] = _seen(viewer, name, found.get(name, []))
    if not viewer.sees_all:  # names and reasons of the room
        found["regroupings"] = []
    found["chronology"] = [lens.told(viewer, entry) for entry in found["chronology"]]
    return {"seq": seq, **found}


def _is_shown(viewer: lens.Viewer, card: dict[str, Any]) -> bool:
    return lens.sees(viewer, "incidents", {**card, "gone": False})


def _seen(viewer: lens.Viewer, collection: str, cards: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Cards of a whole incident: also those that have left the board."""
    return [card for card in cards if lens.sees(viewer, collection, {**card, "gone": False})]
