"""The report of a period: figures by group, calls by class, and everything one must know to check them."""

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any
from zoneinfo import ZoneInfo

from flask_babel import gettext
from sqlalchemy import Connection, select

from gis.codes import full_name
from gis.models import Area, Boundary
from gis.queries import names_above
from incident import queries
from incident.duty.hours import SHIFT_STARTS_H
from incident.errors import BadReport
from incident.figures import raw, rules
from incident.figures.raw import Wanted
from incident.models import Agency
from incident.post import Post

MOST_DAYS = 366
USUAL_DAYS = 30
MOST_GROUPS = 400  # villages of a regency; more than that is not read by anybody


@dataclass(frozen=True, slots=True)
class Asked:
    """What somebody wants to know: dates of the site's calendar, both counted in, and how to group."""

    first: dt.date
    last: dt.date
    by: str = "type"
    type: str | None = None
    priority: str | None = None
    agency: str | None = None
    area: str | None = None


def asked(post: Post, given: Mapping[str, Any], own_agency: str | None = None) -> Asked:
    """Check what was asked for; raises BadReport. Without dates: the last 30 days, today included."""
    today = post.clock().astimezone(ZoneInfo(post.settings.site.zone)).date()
    last = given.get("until") or max(today, given.get("since") or today)
    first = given.get("since") or last - dt.timedelta(days=USUAL_DAYS - 1)
    if first > last:
        raise BadReport("Tanggal awal harus sebelum tanggal akhir.", "from")
    if (last - first).days >= MOST_DAYS:
        raise BadReport(f"Paling lama {MOST_DAYS} hari; persempit tanggalnya.", "from")
    more = {name: given.get(name) or None for name in ("type", "priority", "agency", "area")}
    if own_agency is not None:
        more["agency"] = own_agency
    return Asked(first, last, given.get("by") or "type", **more)


def wanted(post: Post, one: Asked) -> Wanted:
    """The same in moments: from the first midnight up to, but without, the one after the last day."""
    zone = ZoneInfo(post.settings.site.zone)
    since = dt.datetime.combine(one.first, dt.time(), zone).astimezone(dt.UTC)
    until = dt.datetime.combine(one.last + dt.timedelta(days=1), dt.time(), zone).astimezone(dt.UTC)
    about = {name: getattr(one, name) for name in ("type", "priority", "agency", "area")}
    return Wanted(since, until, **about, is_exercise=post.settings.exercise)


def report(conn: Connection, post: Post, one: Asked) -> dict[str, Any]:
    """Everything of the period, from one read transaction."""
    period, site = wanted(post, one), post.settings.site
    book, keys = rules.Book(), rules.keys_of(one.by, ZoneInfo(site.zone), SHIFT_STARTS_H)
    for case in raw.cases(conn, period):
        book.add(case, keys(case))
    return {
        "from": one.first.isoformat(),
        "to": one.last.isoformat(),
        "zone": site.zone_label,
        "site": site.name,
        "made_at": queries.iso(post.clock()),
        "by": one.by,
        "filters": {name: getattr(one, name) for name in ("type", "priority", "agency", "area")},
        "exercise": post.settings.exercise,
        "method": rules.METHOD,
        "measures": [measure_told(measure) for measure in rules.MEASURES],
        "total": rules.told(book.total),
        **_groups(conn, one.by, book),
        "calls": calls(conn, period),
    }


def measure_told(measure: rules.Measure) -> dict[str, Any]:
    return {"code": measure.code, "of": measure.of, "starts": list(measure.starts), "end": measure.end}


def calls(conn: Connection, period: Wanted) -> dict[str, Any]:
    """Calls by class and of what rang; played ones apart. What rang has no type or agency: of a part it is not said."""
    classes = raw.classes(conn, period)
    played = classes.pop("exercise")
    is_part = any((period.type, period.priority, period.agency, period.area))
    rung = None if is_part else raw.rung(conn, period)
    shares = rules.shares_of_calls(classes, rung["lost"] if rung else 0)
    return {"classes": classes, "exercise": played, "rung": rung, **shares}


# the names of groups


def _groups(conn: Connection, by: str, book: rules.Book) -> dict[str, Any]:
    """The groups in the order one reads them; of very many the largest, and how many more there are."""
    names = names_of(conn, by, book.groups)
    keys = sorted(book.groups, key=lambda key: _order(by, key, book, names))
    shown = [{"key": key, "name": names[key], "measures": rules.told(book.groups[key])} for key in keys[:MOST_GROUPS]]
    return {"groups": shown, "groups_left_out": max(0, len(keys) - MOST_GROUPS)}


def _order(by: str, key: str, book: rules.Book, names: Mapping[str, str]) -> tuple[Any, ...]:
    """Times in their order, the rest by how much there was; what has no group stands last."""
    if by in ("shift", "hour", "day", "month", "priority"):
        return (key == rules.NONE, key)
    page = book.groups[key]
    size = sum(len(tally.seconds) + tally.excluded.total() for tally in page.values())
    return (key == rules.NONE, -size, names[key])


def names_of(conn: Connection, by: str, keys: Iterable[str]) -> dict[str, str]:
    """What each group is called on the screen."""
    found = {"type": _types, "agency": _agencies, "district": _areas, "village": _areas}.get(by)
    known = found(conn, [key for key in keys if key]) if found else {}
    return {key: known.get(key, key) if key else _nameless(by) for key in keys}


def _nameless(by: str) -> str:
    words = {"agency": gettext("tanpa satuan"), "type": gettext("tanpa jenis"), "priority": gettext("tanpa prioritas")}
    return words.get(by) or gettext("wilayah belum jelas")


def _types(conn: Connection, keys: list[str]) -> dict[str, str]:
    from incident.words import language

    name = f"name_{language()}"
    return {row["code"]: row[name] for row in queries.types(conn)}


def _agencies(conn: Connection, keys: list[str]) -> dict[str, str]:
    return {row.code: row.name for row in conn.execute(select(Agency.code, Agency.name))}


def _areas(conn: Connection, keys: list[str]) -> dict[str, str]:
    """`Desa X, Kec. Y, Kab. Z` of each code the gazetteer or an imported boundary knows."""
    names: dict[str, str] = {}
    for start in range(0, len(keys), raw.CHUNK):
        some = keys[start : start + raw.CHUNK]
        for table in (Boundary.__table__, Area.__table__):
            names |= {
                row.code: row.name
                for row in conn.execute(select(table.c.code, table.c.name).where(table.c.code.in_(some)))
            }
    above = names_above(conn, names) if names else {}
    return {code: full_name(code, name, above) for code, name in names.items()}
