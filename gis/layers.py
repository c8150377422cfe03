"""The register of the map's layers: a layer is one function in its room and one line here.

A function takes an `Ask` (who looks, at which box, when) and answers a GeoJSON FeatureCollection (RFC 7946). What the
panel, the legend and the exports must know of it stands beside it, in its `About`.
"""

import datetime as dt
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import cache
from importlib import import_module
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, TextClause

from gis.database import Database
from gis.drawn import Drawings

REGISTER: Mapping[str, str] = {
    "boundaries": "incident.layers:boundaries",
    "overlays": "incident.layers:overlays",
    "heat": "incident.layers:heat",
    "hotspots": "incident.layers:hotspots",
    "zones": "incident.layers:zones",
    "tracks": "incident.layers:tracks",
    "landmarks": "incident.layers:landmarks",
    "facilities": "incident.layers:facilities",
    "calls": "incident.layers:calls",
    "units": "incident.layers:units",
    "stations": "radio_bridge.net.layers:stations",
    "bulletins": "alerts.bulletins.layers:bulletins",
    "incidents": "incident.layers:incidents",
}
MOST_FEATURES = 5000  # in one answer: a map shows no more, a file asks by box
Box = tuple[float, float, float, float]
Collection = dict[str, Any]


def N_(words: str) -> str:
    """Words of a screen that are translated when they are shown: the mark by which the catalogue finds them."""
    return words


@dataclass(frozen=True, slots=True)
class Ask:
    """Who asks a layer for what: `box` is west, south, east, north in degrees, None for everything.

    `viewer` is the lens through which they look, `site` the place of this room, `data` its folder, `post` the room;
    `hours` is how far back a layer of happenings looks, `zoom` the web map zoom that shapes may be simplified for,
    `which` the overlay, `drawings` the boundaries thinned and written once (gis.drawn), where there is an application.
    """

    conn: Connection
    database: Database
    viewer: Any
    site: Any
    data: Path
    now: dt.datetime
    box: Box | None = None
    hours: float = 24.0
    zoom: float | None = None
    limit: int = MOST_FEATURES
    which: str = ""
    post: Any = None
    drawings: Drawings | None = None

    def near(self, table: str, column: str) -> list[TextClause]:
        """The condition that uses the spatial index, as a list to spread into `where`; empty without a box."""
        if self.box is None:
            return []
        west, south, east, north = self.box
        return [self.database.near(table, column).bindparams(west=west, south=south, east=east, north=north)]


@dataclass(frozen=True, slots=True)
class Sign:
    """A line of the legend: what is drawn (a code the screen knows how to draw) and what it means."""

    sign: str
    words: str


@dataclass(frozen=True, slots=True)
class About:
    """What a panel must know of a layer; `verb` is what a role must be allowed to see it.

    `cards` names the collection of the live picture that holds the same, `stale_after` the kinds of journal entries
    (by their first word) after which a screen asks again.
    """

    words: str
    group: str
    legend: tuple[Sign, ...]
    verb: str = "place.read"
    attribution: str = ""
    is_default: bool = False
    cards: str = ""
    stale_after: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Layer:
    """A layer of the register: its name, its function, and what is said of it."""

    name: str
    about: About
    answer: Callable[[Ask], Collection]


class NoSuchLayer(LookupError):
    """No layer has that name."""


def layer(about: About) -> Callable[[Callable[[Ask], Collection]], Callable[[Ask], Collection]]:
    """Say about a function what the panel must know of it."""

    def mark(answer: Callable[[Ask], Collection]) -> Callable[[Ask], Collection]:
        setattr(answer, "about", about)  # noqa: B010 - a mark that the register reads
        return answer

    return mark


@cache
def find_layer(name: str) -> Layer | None:
    """The layer of that name, imported now if it was not; None when nobody listed it."""
    if name not in REGISTER:
        return None
    module, _, function = REGISTER[name].partition(":")
    answer = getattr(import_module(module), function)
    return Layer(name, answer.about, answer)


def get_layer(name: str) -> Layer:
    """The layer of that name; raises NoSuchLayer."""
    found = find_layer(name)
    if found is None:
        raise NoSuchLayer(name)
    return found


def layers() -> list[Layer]:
    """Every layer of the register, the lowest on the map first."""
    return [get_layer(name) for name in REGISTER]


def answered(name: str, ask: Ask, **more: Any) -> Collection:
    """The features of a layer; `more` changes the question."""
    return get_layer(name).answer(replace(ask, **more))


def collection(features: list[dict[str, Any]], limit: int = MOST_FEATURES) -> Collection:
    """Features as a FeatureCollection of at most `limit`; `more` says that there would be others."""
    return {"type": "FeatureCollection", "features": features[:limit], "more": len(features) > limit}


def feature(key: Any, geometry: Mapping[str, Any] | None, **properties: Any) -> dict[str, Any]:
    return {"type": "Feature", "id": key, "geometry": geometry, "properties": properties}


def point(lon: float | None, lat: float | None) -> dict[str, Any] | None:
    """A GeoJSON point, or None for what has no place."""
    return None if lon is None or lat is None else {"type": "Point", "coordinates": [lon, lat]}


def meets(box: Box | None, bounds: Box) -> bool:
    """Whether a shape with these bounds may touch the box."""
    if box is None:
        return True
    west, south, east, north = box
    return bounds[0] <= east and bounds[2] >= west and bounds[1] <= north and bounds[3] >= south
