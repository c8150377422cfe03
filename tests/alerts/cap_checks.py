"""What a CAP message must be, checked without anybody's schema: order, vocabulary, forms (CAP 1.2, section 3.2)."""

import re
from typing import Any

import lxml.etree as lxml

from alerts.cap_form import (
    CAP_SPACE,
    CATEGORIES,
    CERTAINTIES,
    MESSAGE_TYPES,
    RESPONSES,
    SEVERITIES,
    STATUSES,
    URGENCIES,
)

MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d[+-]\d\d:\d\d")
PAIR = r"-?\d+(\.\d+)?,-?\d+(\.\d+)?"
RING = re.compile(rf"{PAIR}( {PAIR}){{3,}}")
CIRCLE = re.compile(rf"{PAIR} \d+(\.\d+)?")
ALERT = "identifier sender sent status msgType source scope restriction addresses code note references incidents info"
INFO = (
    "language category event responseType urgency severity certainty audience eventCode effective onset expires "
    "senderName headline description instruction web contact parameter resource area"
)
AREA = "areaDesc polygon circle geocode altitude ceiling"
MUST = {
    "alert": ("identifier", "sender", "sent", "status", "msgType", "scope"),
    "info": ("category", "event", "urgency", "severity", "certainty"),
    "area": ("areaDesc",),
}
WORDS = {
    "status": STATUSES,
    "msgType": MESSAGE_TYPES,
    "category": CATEGORIES,
    "responseType": RESPONSES,
    "urgency": URGENCIES,
    "severity": SEVERITIES,
    "certainty": CERTAINTIES,
    "scope": ("Public",),
}
FORMS = {
    **dict.fromkeys(("sent", "effective", "onset", "expires"), MOMENT),
    "identifier": re.compile(r"[^\s,<&]+"),
    "sender": re.compile(r"[^\s,<&]+"),
    "polygon": RING,
    "circle": CIRCLE,
    "language": re.compile(r"[a-z]{2}-[A-Z]{2}"),
}


def parsed(xml: bytes) -> Any:
    """The tree as a parser that is not ours reads it."""
    return lxml.fromstring(xml, lxml.XMLParser(resolve_entities=False, no_network=True))


def wrong(xml: bytes) -> list[str]:
    """What is wrong with a message; nothing with a good one."""
    root = parsed(xml)
    faults = [] if root.tag == f"{{{CAP_SPACE}}}alert" else [f"the root is {root.tag}"]
    faults += _element(root, "alert", ALERT)
    for info in _children(root, "info"):
        faults += _element(info, "info", INFO)
        for area in _children(info, "area"):
            faults += _element(area, "area", AREA)
    return faults


def _children(element: Any, name: str) -> list[Any]:
    return list(element.findall(f"{{{CAP_SPACE}}}{name}"))


def _element(element: Any, name: str, order: str) -> list[str]:
    names = [lxml.QName(one).localname for one in element]
    places = [order.split().index(one) for one in names if one in order.split()]
    faults = [f"{name} has {one}" for one in names if one not in order.split()]
    faults += [f"{name} lacks {one}" for one in MUST[name] if one not in names]
    faults += [f"{name} is out of order"] if places != sorted(places) else []
    return faults + [fault for one in element if (fault := _form(lxml.QName(one).localname, one.text or ""))]


def _form(name: str, words: str) -> str | None:
    if name in WORDS and words not in WORDS[name]:
        return f"{name} is {words!r}"
    if name in FORMS and not FORMS[name].fullmatch(words):
        return f"{name} is written {words!r}"
    return f"{name} is open" if name == "polygon" and words.split()[0] != words.split()[-1] else None
