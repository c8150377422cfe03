"""Which filters a view may hold, and the views each role begins with. Pure."""

import re
from collections.abc import Mapping
from urllib.parse import parse_qsl, urlencode

from flask_babel import lazy_gettext

from incident import queue, rules
from incident.errors import BadReport

DIGITS = range(1, 10)
_SENSE = {
    "show": re.compile("|".join(queue.SHOWS)),
    "priority": re.compile("|".join(rules.PRIORITIES)),
    "state": re.compile("|".join(rules.OPEN_STATES)),
    "type": re.compile(r"[a-z0-9_]{1,30}"),
    "agency": re.compile(r"[A-Za-z0-9_ -]{1,20}"),
    "area": re.compile(r"\d\d(\.\d\d(\.\d\d(\.\d{4})?)?)?"),
}

ALL = (lazy_gettext("Semua yang terbuka"), "")
WORST = (lazy_gettext("Hanya P1"), "priority=P1")
WAITING = (lazy_gettext("Menunggu satuan"), "show=waiting")
LATE = (lazy_gettext("Lewat dari target"), "show=late")
STUCK = (lazy_gettext("Ada kendala"), "show=obstructed")
MINE = (lazy_gettext("Milik saya"), "show=mine")
# the first is what a role's board opens with; no role begins with less than all it may see
ROLE_VIEWS: Mapping[str, tuple[tuple[object, str], ...]] = {
    "dispatcher": (ALL, WAITING, LATE, MINE),
    "coordinator": (ALL, WORST, LATE, STUCK),
    "admin": (ALL, WORST, LATE, STUCK),
    "leader": (ALL, WORST, LATE, STUCK),
    "call_taker": (ALL, WAITING, WORST),
    "agency": (ALL, STUCK, MINE),
    "village": (ALL,),
}


def canonical(query: str) -> str:
    """The filters of a view in one spelling; raises BadReport for what no filter says. Words searched for stay out."""
    said = dict(parse_qsl(query.removeprefix("?"), keep_blank_values=False, max_num_fields=10))
    for name, value in said.items():
        if name not in _SENSE or not _SENSE[name].fullmatch(value):
            raise BadReport(
                "Tampilan hanya menyimpan saringan antrean: keadaan, prioritas, jenis, instansi, wilayah.", "query"
            )
    return urlencode(sorted((name, value) for name, value in said.items() if (name, value) != ("show", "open")))


def role_views(role: str) -> list[dict[str, object]]:
    """The views a role begins with, on the keys from 1: {name, query, digit}."""
    views = ROLE_VIEWS.get(role, (ALL,))
    return [{"name": str(name), "query": query, "digit": digit} for digit, (name, query) in enumerate(views, 1)]
