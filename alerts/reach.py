"""What an alert would reach before it is sent: how many, by which ways, bytes on the air, whom nothing reaches."""

from collections import Counter
from collections.abc import Callable, Mapping
from typing import Any

from sqlalchemy import Connection, select

from alerts import audience, queries, rules
from alerts.audience import Reached, To
from alerts.models import Contact
from alerts.public.queries import area_names
from gis import population
from incident.models import Unit
from incident.post import Post

# A room to the right that knows what an alert costs on its way adds (alert as a row) -> {bytes, seconds} or {parts}.
meters: dict[str, Callable[[Mapping[str, Any]], dict[str, Any]]] = {}
NAMED = 50


def reach_of(conn: Connection, post: Post, words: Mapping[str, Any], to: To, is_public: bool) -> dict[str, Any]:
    """The whole answer. words: order, priority, text, area, area_codes, lon, lat, place."""
    reached = audience.resolve(conn, post.database, to, words.get("area"), words.get("area_codes") or ())
    kinds = _kinds(conn, reached)
    health = queries.channel_states(conn)
    two = rules.needs_second(words["order"], "public" if is_public else "units")
    counts, unreached = _ways(words["priority"], kinds, health, two)
    return {
        "units": len(reached.unit_ids),
        "contacts": len(reached.contact_ids),
        "public": is_public,
        "total": len(kinds),
        "needs_second": two,
        "channels": [{"name": name, "count": many, "state": health.get(name, "ok")} for name, many in counts],
        **_living(conn, post, words, to),
        "air": _air(post, words, dict(counts)),
        "sms": _sms(words, dict(counts)),
        "unreached": _names(conn, unreached[:NAMED]),
        "unreached_count": len(unreached),
    }


Who = tuple[str, int]  # ("unit" | "contact", id)


def _kinds(conn: Connection, reached: Reached) -> dict[Who, set[str]]:
    """Who is reached by which kinds of address."""
    units = queries.addresses_of(conn, "unit_id", reached.unit_ids)
    contacts = queries.addresses_of(conn, "contact_id", reached.contact_ids)
    found: dict[Who, set[str]] = {("unit", one): {*rules.OF_UNITS, *units.get(one, ())} for one in reached.unit_ids}
    return found | {("contact", one): set(contacts.get(one, ())) for one in reached.contact_ids}


def _ways(
    priority: str, kinds: Mapping[Who, set[str]], health: Mapping[str, str], two: bool
) -> tuple[list[tuple[str, int]], list[Who]]:
    """(how many each way has, on whatever rung, in the ladder's order; those whom no living way reaches)."""
    counts: Counter[str] = Counter()
    unreached: list[Who] = []
    for who, mine in kinds.items():
        ways = rules.all_ways(priority, mine, health, two)
        counts.update(ways)
        if not [name for name in ways if health.get(name) != "down"]:
            unreached.append(who)
    return [(name, counts[name]) for name in rules.CHANNELS if counts[name]], unreached


def _living(conn: Connection, post: Post, words: Mapping[str, Any], to: To) -> dict[str, Any]:
    """Which villages the alert is about, and about how many people live there; `people` is None where nobody knows.

    Of a village that the drawn area cuts through, as many as its share of the land.
    """
    area, codes = words.get("area"), words.get("area_codes") or (() if words.get("area") else to.village_heads)
    met = audience.villages_met(conn, post.database, area) if area else []
    drawn = {one.code: one.share if one.share is not None else 1.0 for one in met}
    named = population.villages_below(conn, codes)
    living = population.people_of(conn, {**drawn, **dict.fromkeys(named, 1.0)})
    names = {one.code: one.full for one in met} | area_names(conn, [*named, *codes])
    shown = [*drawn, *(code for code in named if code not in drawn)]
    return {
        "people": living.people,
        "people_of": living._asdict(),
        "villages": [names.get(code, code) for code in shown],
        "area_names": {code: names[code] for code in codes if code in names},
    }


def _air(post: Post, words: Mapping[str, Any], counts: Mapping[str, int]) -> dict[str, Any] | None:
    if "radio" not in counts or "radio" not in meters:
        return None
    row = {"revision": 0, "place": "", "lon": None, "lat": None, **words, "exercise": post.settings.exercise}
    return meters["radio"](row)


def _sms(words: Mapping[str, Any], counts: Mapping[str, int]) -> dict[str, Any] | None:
    """{alphabet, characters, parts, left, fits} of the text as an SMS; None where nobody gets one."""
    if not words.get("text") or "sms_modem" not in meters or not {"sms_modem", "sms_gateway"} & set(counts):
        return None
    return meters["sms_modem"](words)


def _names(conn: Connection, who: list[Who]) -> list[str]:
    of = {kind: [one for name, one in who if name == kind] for kind in ("unit", "contact")}
    calls = conn.execute(select(Unit.id, Unit.call_sign).where(Unit.id.in_(of["unit"]))).all()
    names = conn.execute(select(Contact.id, Contact.name).where(Contact.id.in_(of["contact"]))).all()
    return [row[1] for row in (*calls, *names)]
