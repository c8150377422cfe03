"""Writes a CAP 1.2 message as XML: every word escaped, nothing that XML forbids, the order of the schema. Pure.

OASIS Common Alerting Protocol 1.2, section 3.2 and its schema (section 3.4).
"""

import datetime as dt
import re
from xml.etree.ElementTree import Element, SubElement, tostring

from alerts import cap_area
from alerts.cap_form import CAP_SPACE, CapAlert, CapArea, CapInfo, CapReference

MIME = "application/cap+xml"
# what XML 1.0 (section 2.2) cannot carry at all, not even escaped, and the marks that turn the words around them
_UNWRITABLE = re.compile(r"[^\t\n\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]|[\u202a-\u202e\u2066-\u2069]")


def write_cap(alert: CapAlert, zone: dt.tzinfo = dt.UTC) -> bytes:
    """The message as XML, its times written in the zone."""
    return _Writing(zone).alert(alert)


def clean(words: str) -> str:
    """The words as XML can carry them: lines end in one way, nothing unwritable, no space around."""
    return _UNWRITABLE.sub("", words.replace("\r\n", "\n").replace("\r", "\n")).strip()


def reference(past: CapReference, zone: dt.tzinfo = dt.UTC) -> str:
    """An earlier message as <references> names it: sender,identifier,sent."""
    return f"{past.sender},{past.identifier},{write_moment(past.sent_at, zone)}"


def write_moment(moment: dt.datetime, zone: dt.tzinfo = dt.UTC) -> str:
    """A time as the schema's pattern wants it: whole seconds, the offset in digits, never "Z"."""
    return moment.astimezone(zone).replace(microsecond=0).isoformat()


class _Writing:
    """A message being written: elements come in the order in which they are added, empty ones not at all."""

    def __init__(self, zone: dt.tzinfo):
        self.zone = zone

    def alert(self, given: CapAlert) -> bytes:
        root = Element(_named("alert"))
        self._add(root, "identifier", given.identifier)
        self._add(root, "sender", given.sender)
        self._add(root, "sent", given.sent_at)
        self._add(root, "status", given.status)
        self._add(root, "msgType", given.message_type)
        self._add(root, "source", given.source)
        self._add(root, "scope", given.scope)
        self._add(root, "restriction", given.restriction)
        self._add(root, "addresses", given.addresses)
        self._add(root, "code", *given.codes)
        self._add(root, "note", given.note)
        self._add(root, "references", " ".join(reference(one, self.zone) for one in given.references))
        self._add(root, "incidents", given.incidents)
        for info in given.infos:
            self._info(SubElement(root, _named("info")), info)
        return tostring(root, encoding="UTF-8", xml_declaration=True, default_namespace=CAP_SPACE)

    def _info(self, inner: Element, given: CapInfo) -> None:
        self._add(inner, "language", given.language)
        self._add(inner, "category", *given.categories)
        self._add(inner, "event", given.event)
        self._add(inner, "responseType", *given.responses)
        self._add(inner, "urgency", given.urgency)
        self._add(inner, "severity", given.severity)
        self._add(inner, "certainty", given.certainty)
        self._add(inner, "audience", given.audience)
        self._pairs(inner, "eventCode", given.event_codes)
        self._add(inner, "effective", given.effective_at)
        self._add(inner, "onset", given.onset_at)
        self._add(inner, "expires", given.expires_at)
        self._add(inner, "senderName", given.sender_name)
        self._add(inner, "headline", given.headline)
        self._add(inner, "description", given.description)
        self._add(inner, "instruction", given.instruction)
        self._add(inner, "web", given.web)
        self._add(inner, "contact", given.contact)
        self._pairs(inner, "parameter", given.parameters)
        for area in given.areas:
            self._area(SubElement(inner, _named("area")), area)

    def _area(self, inner: Element, given: CapArea) -> None:
        self._add(inner, "areaDesc", given.words)
        if given.shape is not None:
            self._add(inner, "polygon", *cap_area.write_rings(given.shape))
        self._add(inner, "circle", *(cap_area.write_circle(one) for one in given.circles))
        self._pairs(inner, "geocode", given.geocodes)

    def _pairs(self, parent: Element, name: str, pairs: tuple[tuple[str, str], ...]) -> None:
        for value_name, value in pairs:
            inner = SubElement(parent, _named(name))
            self._add(inner, "valueName", value_name)
            self._add(inner, "value", value)

    def _add(self, parent: Element, name: str, *values: str | dt.datetime | None) -> None:
        for value in values:
            words = write_moment(value, self.zone) if isinstance(value, dt.datetime) else clean(value or "")
            if words:
                SubElement(parent, _named(name)).text = words


def _named(name: str) -> str:
    return f"{{{CAP_SPACE}}}{name}"
