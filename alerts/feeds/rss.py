"""Reads an RSS 2.0, RSS 1.0 or Atom index: forgiving of shape, merciless to hostile XML (xml_in.py). Pure."""

import datetime as dt
from collections.abc import Mapping
from email.utils import parsedate_to_datetime
from typing import NamedTuple
from xml.etree.ElementTree import Element

from alerts.feeds.shape import in_our_time
from alerts.xml_in import BadBulletin, local, parse


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
            return in_our_time((found if found.tzinfo else found.replace(tzinfo=dt.UTC)).astimezone(dt.UTC))
        except (TypeError, ValueError, IndexError, OverflowError):
            raise BadBulletin("waktu tidak terbaca") from None


def read_items(data: bytes) -> list[Item]:
    """The items of an index; raises BadBulletin for what is none."""
    root = parse(data, "Jawaban sumber")
    if local(root.tag) not in ("rss", "RDF", "feed"):
        raise BadBulletin("Jawaban sumber bukan RSS atau Atom.")
    return [_item(one) for one in root.iter() if local(one.tag) in ("item", "entry")]


def _item(element: Element) -> Item:
    words: dict[str, str] = {}
    attributes: dict[str, Mapping[str, str]] = {}
    for one in element.iter():
        name = local(one.tag)
        if one is not element and name not in attributes:  # the first of a name: the item's own come before nested ones
            words[name], attributes[name] = "".join(one.itertext()).strip(), one.attrib
    return Item(words, attributes)
