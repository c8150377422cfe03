"""Reads an RSS 2.0, RSS 1.0 or Atom index: forgiving of shape, merciless to hostile XML. Pure.

No document type, so no entity and nothing from outside; too large is refused before a byte is parsed, too deep or too
many while it is read.
"""

import datetime as dt
from collections.abc import Mapping
from email.utils import parsedate_to_datetime
from typing import NamedTuple
from xml.etree.ElementTree import Element, ParseError, TreeBuilder

from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import DefusedXMLParser

from alerts.cap_in import BadBulletin

MAX_BYTES = 4_000_000
MAX_DEPTH = 16
MAX_ELEMENTS = 60_000
CHUNK = 65_536


class Item(NamedTuple):
    """One item: the words of its children by local name, and the attributes of each."""

    words: Mapping[str, str]
    attributes: Mapping[str, Mapping[str, str]]

    @property
    def link(self) -> str:
        """Its address, as RSS writes it or as Atom does."""
        return self.words.get("link") or self.attributes.get("link", {}).get("href", "")

    def moment(self, *names: str) -> dt.datetime:
        """The first of these times that is there, in UTC; raises BadBulletin."""
        given = next((self.words[one] for one in names if self.words.get(one)), "")
        try:
            found = dt.datetime.fromisoformat(given) if given[:4].isdigit() else parsedate_to_datetime(given)
            return (found if found.tzinfo else found.replace(tzinfo=dt.UTC)).astimezone(dt.UTC)
        except (TypeError, ValueError, IndexError, OverflowError):
            raise BadBulletin("waktu tidak terbaca") from None


def read_items(data: bytes) -> list[Item]:
    """The items of an index; raises BadBulletin for what is none."""
    root = _parse(data)
    if _local(root.tag) not in ("rss", "RDF", "feed"):
        raise BadBulletin("Jawaban sumber bukan RSS atau Atom.")
    return [_item(one) for one in root.iter() if _local(one.tag) in ("item", "entry")]


def _item(element: Element) -> Item:
    words: dict[str, str] = {}
    attributes: dict[str, Mapping[str, str]] = {}
    for one in element.iter():
        name = _local(one.tag)
        if one is not element and name not in attributes:  # the first of a name: the item's own come before nested ones
            words[name], attributes[name] = "".join(one.itertext()).strip(), one.attrib
    return Item(words, attributes)


def _local(tag: str) -> str:
    return tag.rpartition("}")[2]


def _parse(data: bytes) -> Element:
    if len(data) > MAX_BYTES:
        raise BadBulletin("Jawaban sumber terlalu besar.")
    parser = DefusedXMLParser(target=_Builder(), forbid_dtd=True, forbid_entities=True, forbid_external=True)
    try:
        for begin in range(0, len(data), CHUNK):
            parser.feed(data[begin : begin + CHUNK])
        root: Element = parser.close()
        return root
    except DefusedXmlException:
        raise BadBulletin("Jawaban sumber memuat DTD atau entitas; itu tidak diterima.") from None
    except BadBulletin:
        raise
    except (ParseError, ValueError, LookupError):
        raise BadBulletin("Jawaban sumber bukan XML yang utuh.") from None


class _Builder(TreeBuilder):
    """Builds the tree and stops where it grows too deep or too large."""

    def __init__(self) -> None:
        super().__init__()
        self._depth = self._elements = 0

    def start(self, tag: str, attributes: dict[str, str], /) -> Element:
        self._depth += 1
        self._elements += 1
        if self._depth > MAX_DEPTH or self._elements > MAX_ELEMENTS:
            raise BadBulletin("Jawaban sumber terlalu dalam atau terlalu banyak bagiannya.")
        return super().start(tag, attributes)

    def end(self, tag: str, /) -> Element:
        self._depth -= 1
        return super().end(tag)
