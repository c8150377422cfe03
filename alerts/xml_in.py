"""Parses XML from somebody else: merciless to what is hostile. Pure.

No document type is allowed, so no entity and nothing from outside; too large is refused before a byte is parsed, too
deep or too many while it is read.
"""

from xml.etree.ElementTree import Element, ParseError, TreeBuilder

from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import DefusedXMLParser

MAX_BYTES = 4_000_000
MAX_DEPTH = 16  # CAP needs 5 (alert, info, area, geocode, value), a signature in it 7, an Atom index some more
MAX_ELEMENTS = 60_000
CHUNK = 65_536
PAGE_HEAD = 400  # bytes at the beginning in which a page on the web says that it is one


class BadBulletin(ValueError):
    """What a source sent cannot be used; the message is a sentence for the operator."""


def parse(data: bytes, what: str) -> Element:
    """The root of these bytes; raises BadBulletin with a sentence that begins with `what` they are."""
    if len(data) > MAX_BYTES:
        raise BadBulletin(f"{what} lebih besar dari {MAX_BYTES // 1_000_000} MB.")
    if data[:PAGE_HEAD].lstrip().lower().startswith((b"<!doctype html", b"<html")):
        raise BadBulletin(f"{what} adalah halaman web (HTML), bukan data yang diminta.")
    parser = DefusedXMLParser(target=_Builder(what), forbid_dtd=True, forbid_entities=True, forbid_external=True)
    try:
        for begin in range(0, len(data), CHUNK):
            parser.feed(data[begin : begin + CHUNK])
        root: Element = parser.close()
        return root
    except DefusedXmlException:
        raise BadBulletin(f"{what} memuat DTD atau entitas; itu tidak diterima.") from None
    except BadBulletin:
        raise
    except (ParseError, ValueError, LookupError):
        raise BadBulletin(f"{what} bukan XML yang utuh.") from None


def local(tag: str) -> str:
    """The name of an element without its namespace."""
    return tag.rpartition("}")[2]


class _Builder(TreeBuilder):
    """Builds the tree and stops where it grows too deep or too large."""

    def __init__(self, what: str) -> None:
        super().__init__()
        self._what, self._depth, self._elements = what, 0, 0

    def start(self, tag: str, attributes: dict[str, str], /) -> Element:
        self._depth += 1
        self._elements += 1
        if self._depth > MAX_DEPTH or self._elements > MAX_ELEMENTS:
            raise BadBulletin(f"{self._what} terlalu dalam susunannya atau terlalu banyak bagiannya.")
        return super().start(tag, attributes)

    def end(self, tag: str, /) -> Element:
        self._depth -= 1
        return super().end(tag)
