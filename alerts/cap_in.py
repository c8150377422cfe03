"""Reads a CAP message from somebody else: forgiving of slips, merciless to hostile XML (xml_in.py). Pure.

OASIS CAP 1.2 (and 1.1 and 1.0, which differ by their name only as far as we read). What was wrong and could be borne
stands in `faults`, in words for the operator.
"""

import datetime as dt
from collections.abc import Callable, Mapping
from typing import TypeVar
from xml.etree.ElementTree import Element

from shapely.geometry.base import BaseGeometry

from alerts import cap_area
from alerts.cap_area import BadShape
from alerts.cap_form import (
    CERTAINTIES,
    MESSAGE_TYPES,
    SEVERITIES,
    STATUSES,
    URGENCIES,
    CapAlert,
    CapArea,
    CapInfo,
    CapReference,
)
from alerts.xml_in import BadBulletin, local, parse

MAX_INFOS = 50
MAX_FAULTS = 20
MAX_WORDS = 10_000  # of one description
Given = TypeVar("Given")
Read = TypeVar("Read")
WIB = dt.timezone(dt.timedelta(hours=7))  # what an Indonesian sender means who names no zone
CAP_SPACES = ("urn:oasis:names:tc:emergency:cap:", "http://www.incident.com/cap/")
CERTAINTIES_OF_OLD = {"very likely": "Likely"}  # CAP 1.0


def read_cap(data: bytes) -> CapAlert:
    """The message in these bytes; raises BadBulletin."""
    root = parse(data, "Pesan CAP")
    if local(root.tag) != "alert" or not _is_cap(root.tag):
        raise BadBulletin("Ini bukan pesan CAP.")
    return _Reading(root).alert()


def _is_cap(tag: str) -> bool:
    space = tag[1:].partition("}")[0] if tag.startswith("{") else ""
    return not space or space.startswith(CAP_SPACES)


# the words


class _Reading:
    """One message being read: its tree, what was wrong so far, and what is left of the limits."""

    def __init__(self, root: Element):
        self.root = root
        self.faults: list[str] = []
        self.mending = cap_area.Mending()
        self.polygons = self.points = 0
        self.children = _children(root)

    def alert(self) -> CapAlert:
        given, words = self.children, self._words
        sent = self._must(given, "sent")
        if (sent_at := self._moment(sent)) is None:
            raise BadBulletin(f"Waktu kirim pesan CAP tidak terbaca: {sent[:40]}.")
        return CapAlert(
            identifier=self._must(given, "identifier"),
            sender=self._must(given, "sender"),
            sent_at=sent_at,
            status=_listed(STATUSES, self._must(given, "status")),
            message_type=_listed(MESSAGE_TYPES, self._must(given, "msgType")),
            source=words(given, "source"),
            scope=words(given, "scope"),
            restriction=words(given, "restriction"),
            addresses=words(given, "addresses"),
            codes=_all(given, "code"),
            note=words(given, "note"),
            references=self._references(words(given, "references")),
            incidents=words(given, "incidents"),
            infos=self._infos(),
            is_signed="Signature" in given,
            faults=tuple(self.faults),
        )

    def _infos(self) -> tuple[CapInfo, ...]:
        found = self.children.get("info", [])
        if len(found) > MAX_INFOS:
            self._fault(f"hanya {MAX_INFOS} dari {len(found)} bagian info yang dibaca")
        return tuple(self._info(_children(one)) for one in found[:MAX_INFOS])

    def _info(self, given: Mapping[str, list[Element]]) -> CapInfo:
        words = self._words
        return CapInfo(
            language=words(given, "language") or "en-US",  # the default of the standard
            categories=_all(given, "category"),
            event=words(given, "event"),
            responses=_all(given, "responseType"),
            urgency=self._known(given, "urgency", URGENCIES),
            severity=self._known(given, "severity", SEVERITIES),
            certainty=self._known(given, "certainty", CERTAINTIES),
            audience=words(given, "audience"),
            event_codes=_pairs(given, "eventCode"),
            effective_at=self._moment(words(given, "effective")),
            onset_at=self._moment(words(given, "onset")),
            expires_at=self._moment(words(given, "expires")),
            sender_name=words(given, "senderName"),
            headline=words(given, "headline"),
            description=words(given, "description"),
            instruction=words(given, "instruction"),
            web=_address(words(given, "web")),
            contact=words(given, "contact"),
            parameters=_pairs(given, "parameter"),
            areas=tuple(self._area(_children(one)) for one in given.get("area", [])),
        )

    # areas

    def _area(self, given: Mapping[str, list[Element]]) -> CapArea:
        circles = tuple(filter(None, (self._try(cap_area.read_circle, one) for one in _all(given, "circle"))))
        rings = [self._polygon(one) for one in _all(given, "polygon")]
        shape = cap_area.together(one for one in rings if one is not None)
        if self.mending.was_wide:
            self._fault("poligon terlalu kusut; yang digambar adalah bungkusnya")
        return CapArea(self._words(given, "areaDesc"), shape, circles, _pairs(given, "geocode"))

    def _polygon(self, words: str) -> BaseGeometry | None:
        self.polygons += 1
        self.points += words.count(",")
        if self.polygons > cap_area.MAX_POLYGONS or self.points > cap_area.MAX_POINTS:
            self._fault("poligon terlalu banyak; sebagian wilayah tidak digambar")
            return None
        ring = self._try(cap_area.read_ring, words)
        return self._try(self.mending.sound, ring) if ring else None

    def _try(self, read: Callable[[Given], Read], given: Given) -> Read | None:
        """What was read, or None with a fault said."""
        try:
            return read(given)
        except BadShape as fault:
            self._fault(str(fault))
            return None

    # small things

    def _references(self, words: str) -> tuple[CapReference, ...]:
        return tuple(filter(None, (self._reference(one) for one in words.split())))

    def _reference(self, words: str) -> CapReference | None:
        parts = words.rsplit(",", 2)
        sent_at = self._moment(parts[2]) if len(parts) == 3 else None
        if sent_at is None:
            self._fault(f"rujukan tidak terbaca: {words[:60]}")
            return None
        return CapReference(parts[0], parts[1], sent_at)

    def _moment(self, words: str) -> dt.datetime | None:
        """A time in UTC; None, with a fault unless it is simply missing, where it cannot be read."""
        try:
            moment = dt.datetime.fromisoformat(words) if words else None
            if moment is not None and moment.tzinfo is None:
                self._fault("waktu tanpa zona dibaca sebagai WIB")
                moment = moment.replace(tzinfo=WIB)
            return _counted(moment.astimezone(dt.UTC)) if moment else None
        except (ValueError, OverflowError):
            self._fault(f"waktu tidak terbaca: {words[:40]}")
            return None

    def _known(self, given: Mapping[str, list[Element]], name: str, table: tuple[str, ...]) -> str:
        words = self._words(given, name)
        word = _listed(table, CERTAINTIES_OF_OLD.get(words.lower(), words))
        if word not in table:
            self._fault(f"{name} tidak disebut atau tidak dikenal")
        return word if word in table else "Unknown"

    def _must(self, given: Mapping[str, list[Element]], name: str) -> str:
        words = self._words(given, name)
        if not words:
            raise BadBulletin(f"Pesan CAP tanpa {name}.")
        return words

    def _words(self, given: Mapping[str, list[Element]], name: str) -> str:
        words = _text(given[name][0]) if name in given else ""
        if len(words) > MAX_WORDS:
            self._fault(f"{name} dipotong pada {MAX_WORDS} huruf")
        return words[:MAX_WORDS]

    def _fault(self, words: str) -> None:
        if words not in self.faults and len(self.faults) < MAX_FAULTS:
            self.faults.append(words)


def _children(element: Element) -> dict[str, list[Element]]:
    """The children by name, whatever their namespace is written as."""
    found: dict[str, list[Element]] = {}
    for one in element:
        found.setdefault(local(one.tag), []).append(one)
    return found


def _text(element: Element) -> str:
    return "".join(element.itertext()).strip()


def _all(given: Mapping[str, list[Element]], name: str) -> tuple[str, ...]:
    return tuple(words for one in given.get(name, []) if (words := _text(one)))


def _pairs(given: Mapping[str, list[Element]], name: str) -> tuple[tuple[str, str], ...]:
    """valueName and value of each."""
    found = [_children(one) for one in given.get(name, [])]
    return tuple((_first(one, "valueName"), _first(one, "value")) for one in found if _first(one, "value"))


def _first(given: Mapping[str, list[Element]], name: str) -> str:
    return _text(given[name][0]) if name in given else ""


def _listed(table: tuple[str, ...], words: str) -> str:
    """The word as the table spells it, or as it came."""
    return next((one for one in table if one.lower() == words.lower()), words)


def _counted(moment: dt.datetime) -> dt.datetime:
    """The same; raises ValueError for a year that is a slip of its sender: no end could be counted from it."""
    if not 1900 <= moment.year < 2200:
        raise ValueError
    return moment


def _address(words: str) -> str:
    """An address a person may be sent to: nothing but http and https."""
    return words if words.lower().startswith(("http://", "https://")) else ""
