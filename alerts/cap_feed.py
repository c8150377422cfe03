"""Writes the public feeds of our CAP messages: Atom (RFC 4287) and RSS 2.0. Pure."""

import datetime as dt
from collections.abc import Sequence
from email.utils import format_datetime
from typing import NamedTuple
from uuid import UUID, uuid5
from xml.etree.ElementTree import Element, SubElement, tostring

from alerts.cap import MIME, clean

ATOM = "http://www.w3.org/2005/Atom"
SPACE = UUID("6f0e3c0e-5112-4f0e-9b1d-0000000000ca")


class Item(NamedTuple):
    """One line of a feed: `path` is where it is read, from the root of the site."""

    key: str
    title: str
    words: str
    at: dt.datetime
    path: str
    kind: str


class Feed(NamedTuple):
    """A feed: its own key and title, the site's address ("" when it has none: links are then relative)."""

    key: str
    title: str
    author: str
    site: str
    path: str
    changed_at: dt.datetime


def urn(key: str) -> str:
    """A name for a key that never changes (RFC 4122, version 5)."""
    return f"urn:uuid:{uuid5(SPACE, key)}"


def write_atom(feed: Feed, items: Sequence[Item]) -> bytes:
    """An Atom feed; each entry leads to its CAP message."""
    root = Element("feed", {"xmlns": ATOM, "xml:lang": "id"})
    _add(root, "id", urn(feed.key))
    _add(root, "title", feed.title)
    _add(root, "updated", _moment(feed.changed_at))
    _add(SubElement(root, "author"), "name", feed.author)
    SubElement(root, "link", {"rel": "self", "type": "application/atom+xml", "href": feed.site + feed.path})
    for item in items:
        _entry(SubElement(root, "entry"), feed, item)
    return tostring(root, encoding="UTF-8", xml_declaration=True)


def _entry(inner: Element, feed: Feed, item: Item) -> None:
    _add(inner, "id", urn(item.key))
    _add(inner, "title", item.title)
    _add(inner, "updated", _moment(item.at))
    _add(inner, "published", _moment(item.at))
    SubElement(inner, "category", {"term": item.kind})
    SubElement(inner, "link", {"rel": "alternate", "type": MIME, "href": feed.site + item.path})
    _add(inner, "summary", item.words)


def write_rss(feed: Feed, items: Sequence[Item], language: str) -> bytes:
    """An RSS 2.0 channel: what is new on the public page."""
    root = Element("rss", {"version": "2.0"})
    channel = SubElement(root, "channel")
    _add(channel, "title", feed.title)
    _add(channel, "link", f"{feed.site}/info")
    _add(channel, "description", f"{feed.title}, {feed.author}")
    _add(channel, "language", language)
    _add(channel, "lastBuildDate", format_datetime(feed.changed_at))
    for item in items:
        _item(SubElement(channel, "item"), feed, item)
    return tostring(root, encoding="UTF-8", xml_declaration=True)


def _item(inner: Element, feed: Feed, item: Item) -> None:
    _add(inner, "title", item.title)
    _add(inner, "link", feed.site + item.path)
    _add(inner, "description", item.words)
    _add(inner, "category", item.kind)
    _add(inner, "pubDate", format_datetime(item.at))
    # unlike any other line's, of another site too, and also after the database began anew
    own = f"{feed.key} {item.key} {_moment(item.at)}"
    SubElement(inner, "guid", {"isPermaLink": "false"}).text = urn(own)


def _moment(at: dt.datetime) -> str:
    return at.astimezone(dt.UTC).replace(microsecond=0).isoformat().replace("+00:00", "Z")


def _add(parent: Element, name: str, words: str) -> None:
    SubElement(parent, name).text = clean(words)
