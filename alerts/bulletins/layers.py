"""The layer of what sources outside told: points of quakes, areas of warnings. Public news; nobody's name is in it."""

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any

import orjson
from shapely.geometry import shape

from alerts.bulletins import queries
from gis.layers import N_, About, Ask, Collection, Sign, collection, feature, layer, meets, point

SIGNS = (
    Sign("bulletin-point", N_("kabar luar")),
    Sign("bulletin-area", N_("wilayah peringatan")),
)
LEAST = 4.0
CREDIT = "BMKG, USGS, GDACS, PetaBencana.id, MAGMA Indonesia"


@layer(
    About(
        N_("Peringatan dari luar"),
        N_("bahaya"),
        SIGNS,
        verb="bulletin.read",
        attribution=CREDIT,
        is_default=True,
        stale_after=("bulletin", "volcano"),
    )
)
def bulletins(ask: Ask) -> Collection:
    """What stands, and what happened in the last hours; a warning by its area, the rest by its point."""
    since = ask.now - dt.timedelta(hours=ask.hours)
    past = queries.told_since(ask.conn, since, None, ask.limit)
    groups = {_lead(group): group for group in past if _is_felt(group)}
    groups |= {_lead(group): group for group in queries.standing(ask.conn)}
    found = [one for group in groups.values() for one in _features(group) if _is_in(ask, one)]
    return collection(found, ask.limit)


def _is_felt(group: Sequence[Mapping[Any, Any]]) -> bool:
    """Whether it is worth a mark when it does not stand: an aftershock nobody feels is not."""
    magnitude = queries.composed(group)["magnitude"]
    return magnitude is None or magnitude >= LEAST


def _lead(group: Sequence[Mapping[Any, Any]]) -> int:
    return int(group[0]["lead_id"] or group[0]["id"])


def _features(group: Sequence[Mapping[Any, Any]]) -> list[dict[str, Any]]:
    """The area and the point of a happening; what has neither is on no map."""
    card, told = queries.card(group), queries.composed(group)
    names = ("kind", "title", "magnitude", "depth_km", "severity", "at")
    facts = {name: card[name] for name in names} | {"stands": not card.get("gone"), "sources": len(card["sources"])}
    found = [feature(f"{card['id']}:area", orjson.loads(told["area"]), **facts)] if told["area"] else []
    place = point(card["lon"], card["lat"])
    return [*found, feature(card["id"], place, **facts)] if place else found


def _is_in(ask: Ask, one: dict[str, Any]) -> bool:
    return ask.box is None or meets(ask.box, shape(one["geometry"]).bounds)
