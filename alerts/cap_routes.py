"""CAP for the world: `/cap`, an Atom feed of what holds now, and `/cap/{identifier}.xml`, each message as it went out.

Only alerts to the public have a message, and only from the moment a second person approved them.
"""

import datetime as dt
from collections.abc import Mapping
from typing import Any

from flask import Blueprint, Flask, Response, current_app, request
from werkzeug.wrappers import Response as Answer

from alerts.cap import MIME
from alerts.cap_feed import Feed, Item, write_atom
from alerts.public import queries
from alerts.public.kept import FOR_EVER, Kept
from alerts.public.publishing import sender_of_site
from incident.api import post
from incident.errors import NotFound
from incident.people import public

cap = Blueprint("cap", __name__)
ATOM_MIME = "application/atom+xml"
MAX_SHELF = 256  # messages kept in memory: they never change
BEFORE_ALL = dt.datetime(2026, 1, 1, tzinfo=dt.UTC)  # when a feed that was always empty last changed


@cap.get("/cap")
@public
def show_feed() -> Answer:
    """The messages that hold now, newest first."""
    return current_app.extensions["cap_feed"].answer(request)


@cap.get("/cap/<identifier>.xml")
@public
def show_message(identifier: str) -> Answer:
    """One message, the same bytes for ever."""
    shelf: dict[str, bytes] = current_app.extensions["cap_shelf"]
    xml = shelf.get(identifier) or _fetch(identifier)
    if len(shelf) < MAX_SHELF:
        shelf[identifier] = xml
    given = Response(xml, mimetype=MIME)
    given.headers["Cache-Control"] = FOR_EVER
    given.set_etag(identifier)
    return given.make_conditional(request)


def _fetch(identifier: str) -> bytes:
    with post().database.read() as conn:
        row = queries.find_message(conn, identifier)
    if row is None:
        raise NotFound("Pesan CAP itu tidak ada.")
    return str(row["xml"]).encode()


def write_feed() -> bytes:
    """The Atom feed as it is now."""
    settings, now = post().settings, post().clock()
    with post().database.read() as conn:
        rows, changed_at = queries.messages_in_force(conn, now), queries.feed_changed_at(conn, now)
    title = f"{settings.site.name}: peringatan untuk masyarakat" + (" (LATIHAN)" if settings.exercise else "")
    key = f"{sender_of_site(settings).id} cap"
    feed = Feed(key, title, settings.site.name, settings.public_url, "/cap", changed_at or BEFORE_ALL)
    return write_atom(feed, [_item(row) for row in rows])


def _item(row: Mapping[Any, Any]) -> Item:
    path = f"/cap/{row['identifier']}.xml"
    return Item(row["identifier"], row["headline"], row["headline"], row["sent_at"], path, row["message_type"])


def join(app: Flask) -> None:
    """Add the doors of CAP."""
    app.extensions["cap_feed"] = Kept(write_feed, ATOM_MIME)
    app.extensions["cap_shelf"] = {}
    app.register_blueprint(cap)
