"""Gathers the picture for people without Posko: what the viewer may see, without a caller's name, number or words."""

import datetime as dt
import re
from collections.abc import Iterable, Mapping
from functools import cache
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from babel.support import Translations
from sqlalchemy import Connection, func, select

from gis import boundaries, outline
from gis.backdrop import backdrop
from gis.models import Boundary
from incident import ground_queries, journal, lens, queries, rules
from incident.models import Assignment, Incident
from incident.post import Post

ROOT = Path(__file__).parent.parent
HOURS = 24
OPENED = 5  # where a row says when the incident was opened
MOST_VILLAGES = 2000  # more lines than a screen can show: a province is drawn by its districts
PLACE_LENGTH = 120
DISCREET = frozenset({"kdrt", "odgj"})  # violence at home, a mind in crisis: the village, never the house (UU 27/2022)
DISCREET_DEG = 0.02  # some 2 km
PHONE = re.compile(r"(?:\+?62|0)[\s.\-]?8(?:[\s.\-]?\d){7,12}")
_incident = Incident.__table__
_assignment = Assignment.__table__
Card = Mapping[str, Any]


def gather(conn: Connection, post: Post, viewer: lens.Viewer, language: str) -> dict[str, Any]:
    """The picture as the file holds it: rows of values, times in seconds from this moment. One read transaction."""
    now = post.clock()
    seq = journal.head(conn)
    cards = _seen(conn, post, viewer)
    kinds = queries.types(conn)
    incidents = [*cards["incidents"], *_closed(conn, post, viewer, now)]
    rows = _Rows(now, [one["code"] for one in kinds], _times(conn, now))
    written = [rows.incident(one) for one in incidents]
    return {
        "made": _made(post, now, seq, language),
        "from": -_reach_s(-row[OPENED] for row in written),
        "types": [[one["code"], one["name_id"], one["name_en"]] for one in kinds],
        "states": list(rules.INCIDENT_STATES),
        "incidents": written,
        "unplaced": sum(one["lon"] is None for one in cards["incidents"]),
        "units": [rows.unit(one) for one in cards["units"] if one["lon"] is not None],
        "zones": [rows.zone(one) for one in cards["zones"]],
        "facilities": [rows.facility(one) for one in cards["facilities"]],
        "ground": _ground(conn, post, incidents),
        "words": english(),
    }


def _made(post: Post, now: dt.datetime, seq: int, language: str) -> dict[str, Any]:
    """What the head of the map says: whose picture, of which moment, exercise or not."""
    site = post.settings.site
    there = now.astimezone(ZoneInfo(site.zone))
    offset = there.utcoffset() or dt.timedelta()
    return {
        "site": site.name,
        "area_code": site.area_code,
        "at": queries.iso(now),
        "stamp": f"{there:%Y-%m-%d %H.%M} {site.zone_label}",
        "seq": seq,
        "zone_label": site.zone_label,
        "offset_min": int(offset.total_seconds() // 60),
        "exercise": post.settings.exercise,
        "language": language,
    }


def _reach_s(ages_s: Iterable[int]) -> int:
    """How far back the slider goes: to the first incident in whole hours, at least one, at most a day."""
    hours = -(-max(ages_s, default=0) // 3600)
    return min(HOURS, max(1, hours)) * 3600


# what the viewer sees


def _seen(conn: Connection, post: Post, viewer: lens.Viewer) -> dict[str, list[dict[str, Any]]]:
    cards = {**queries.board_cards(conn, post.settings.site.name), **ground_queries.board_cards(conn)}
    return {name: lens.pick(viewer, name, cards[name]) for name in ("incidents", "units", "zones", "facilities")}


def _closed(conn: Connection, post: Post, viewer: lens.Viewer, now: dt.datetime) -> list[dict[str, Any]]:
    """Incidents that were closed within the hours of the slider."""
    since = now - dt.timedelta(hours=HOURS)
    found = select(*queries.INCIDENT_COLUMNS).where(_incident.c.state == "closed", _incident.c.closed_at >= since)
    site_name = post.settings.site.name
    rows = conn.execute(found.order_by(_incident.c.id)).mappings()
    cards = [{**queries.incident_card(row, [], site_name), "gone": False} for row in rows]
    return lens.pick(viewer, "incidents", cards)


def _times(conn: Connection, now: dt.datetime) -> dict[int, tuple[Any, Any, Any]]:
    """By incident: when the first unit was sent, when it came under control, when it was closed."""
    since = now - dt.timedelta(hours=HOURS)
    shown = (_incident.c.state != "closed") | (_incident.c.closed_at >= since)
    sent = (
        select(_assignment.c.incident_id, func.min(_assignment.c.assigned_at).label("at"))
        .group_by(_assignment.c.incident_id)
        .subquery()
    )
    found = (
        select(_incident.c.id, sent.c.at, _incident.c.under_control_at, _incident.c.closed_at)
        .outerjoin(sent, sent.c.incident_id == _incident.c.id)
        .where(shown)
    )
    return {row[0]: (row[1], row[2], row[3]) for row in conn.execute(found)}


# rows of values: ten thousand incidents fit into some 1 MB


class _Rows:
    """Writes cards as rows; `FIELDS` in static/js/situation/picture.js reads them."""

    def __init__(self, now: dt.datetime, types: list[str], times: Mapping[int, tuple[Any, Any, Any]]):
        self._now = now
        self._types = {code: place for place, code in enumerate(types)}
        self._states = {state: place for place, state in enumerate(rules.INCIDENT_STATES)}
        self._times = times

    def incident(self, card: Card) -> list[Any]:
        """[lon, lat, priority, type, state, opened, sent, controlled, closed, number, place, calls, doubt in m]"""
        sent, controlled, closed = self._times.get(card["id"], (None, None, None))
        lon, lat, place, doubt = _where(card)
        return [
            *(lon, lat, int(card["priority"][1]), self._types[card["type"]], self._states[card["state"]]),
            *(self._seconds(card["opened_at"]), self._seconds(sent), self._seconds(controlled), self._seconds(closed)),
            *(card["number"], place, card["calls"], doubt),
        ]

    def unit(self, card: Card) -> list[Any]:
        """[call sign, lon, lat, state, seconds since the position]"""
        seconds = self._seconds(card["position_at"])
        age = None if seconds is None else max(0, -seconds)
        return [card["call_sign"], _round(card["lon"]), _round(card["lat"]), card["state"], age]

    def zone(self, card: Card) -> dict[str, Any]:
        """Kind, words, shape and times; who drew it stays inside."""
        return {
            "kind": card["kind"],
            "words": masked(card["words"]),
            "shape": _short(card["shape"]),
            "drawn": self._seconds(card["drawn_at"]),
            "expires": self._seconds(card["expires_at"]),
        }

    def facility(self, card: Card) -> list[Any]:
        """[kind, name, lon, lat, capacity, occupied]"""
        lon, lat = _round(card["lon"]), _round(card["lat"])
        return [card["kind"], masked(card["name"]), lon, lat, card["capacity"], card["occupied"]]

    def _seconds(self, moment: Any) -> int | None:
        """Seconds from the picture, negative before it; `moment` is RFC 3339 or a time."""
        if moment is None:
            return None
        at = dt.datetime.fromisoformat(moment) if isinstance(moment, str) else moment
        return round((at - self._now).total_seconds())


def _where(card: Card) -> tuple[float | None, float | None, str, int | None]:
    """lon, lat, words of the place, doubt in metres; coarse where the place alone would tell on a person."""
    doubt = round(card["radius_m"]) if card["radius_m"] else None
    if card["type"] not in DISCREET:
        return _round(card["lon"]), _round(card["lat"]), masked(card["place"] or "")[:PLACE_LENGTH], doubt
    return _coarse(card["lon"]), _coarse(card["lat"]), "", 2000


def _round(degrees: float | None) -> float | None:
    return None if degrees is None else round(degrees, 5)


def _coarse(degrees: float | None) -> float | None:
    return None if degrees is None else round(round(degrees / DISCREET_DEG) * DISCREET_DEG, 5)


def masked(words: str) -> str:
    """The words without a telephone number, should someone have written one into a place."""
    return PHONE.sub("08****", words)


def _short(shape: Any) -> Any:
    """The same shape with coordinates to the metre."""
    if isinstance(shape, float):
        return round(shape, 5)
    if isinstance(shape, list | tuple):
        return [_short(one) for one in shape]
    return {key: _short(one) for key, one in shape.items()} if isinstance(shape, dict) else shape


# the ground, worked out once for each import


_grounds: dict[Any, dict[str, Any]] = {}


def _ground(conn: Connection, post: Post, incidents: list[dict[str, Any]]) -> dict[str, Any]:
    site, known = post.settings.site, outline.ground(post)
    state = conn.execute(select(func.count(), func.max(Boundary.imported_at)).select_from(Boundary)).one()
    if not state[0] and not known["bounds"]:
        return {**_backdrop(conn, {}, known, incidents), "source": None}
    key = (str(post.settings.data), site.area_code, tuple(state), str(known["bounds"]))
    if key not in _grounds:
        areas = _areas(conn, site.area_code)
        made = {**_backdrop(conn, areas, known, []), "source": _source(conn, areas)}
        _grounds.clear()
        _grounds[key] = made
    return _grounds[key]


def _backdrop(conn: Connection, areas: dict[str, Any], known: Card, incidents: list[dict[str, Any]]) -> dict[str, Any]:
    points = [(one["lon"], one["lat"]) for one in incidents if one["lon"] is not None]
    return backdrop(areas, _names(conn, areas), known["outline"], known["bounds"], points)


def _areas(conn: Connection, area_code: str) -> dict[str, Any]:
    """The site's villages, or its districts where there are too many or none, or what lies above."""
    for level in (4, 3, 2):
        found = boundaries.shapes_within(conn, area_code, level)
        if found and (level < 4 or len(found) <= MOST_VILLAGES):
            return found
    return {}


def _names(conn: Connection, areas: Mapping[str, Any]) -> dict[str, str]:
    codes = {*areas, *(".".join(code.split(".")[:3]) for code in areas)}
    names = boundaries.known_names(conn, sorted(codes))
    drawn = conn.execute(select(Boundary.code, Boundary.name).where(Boundary.level >= 2))
    return {**{code: name for code, name in drawn if code in codes}, **names}


def _source(conn: Connection, areas: Mapping[str, Any]) -> str | None:
    """What the boundaries were imported from: to be named on the map."""
    first = next(iter(areas), None)
    return conn.scalar(select(Boundary.source).where(Boundary.code == first)) if first else None


# the words of the file in English


@cache
def english() -> dict[str, str]:
    """Sentence -> English for every sentence the scripts of the file may say."""
    said = "".join(path.read_text() for path in sorted((ROOT / "static" / "js" / "situation").glob("*.js")))
    catalogue = Translations.load(str(ROOT / "incident" / "translations"), ["en"])
    known: Mapping[Any, Any] = getattr(catalogue, "_catalog", {})
    spoken = {*re.findall(r'\bt\("([^"]+)"', said)}
    return {key: str(known[key]) for key in sorted(spoken) if known.get(key)}
