"""Disasters of the world by GDACS: its RSS or its GeoJSON. Pure.

The key is type and event; an event is told in episodes and the newest wins. Ground of the RSS is "lat lon", of the
GeoJSON lon, lat.
"""

import datetime as dt
from collections.abc import Mapping
from typing import Any

from alerts.feeds.rss import Item, read_items
from alerts.feeds.shape import (
    N_,
    TITLE,
    Bulletin,
    Feed,
    Reading,
    digest,
    each,
    fixed,
    link_of,
    magnitude,
    moment,
    place,
    read_json,
    whole,
    within,
    words_of,
)
from alerts.xml_in import BadBulletin

URL = "https://www.gdacs.org/xml/rss.xml"
_KINDS = {
    "EQ": "quake",
    "TS": "tsunami",
    "VO": "volcano",
    "FL": "flood",
    "TC": "cyclone",
    "WF": "fire",
    "DR": "drought",
}
_SEVERITY = {"green": "minor", "orange": "severe", "red": "extreme"}


def read(data: bytes) -> Reading:
    """The events of an answer, each once by its newest episode."""
    found = _features(data) if data.lstrip()[:1] == b"{" else each(read_items(data), _of_item)
    newest: dict[str, Bulletin] = {}
    for one in sorted(found.bulletins, key=lambda one: one.revision):
        newest[one.key] = one
    return Reading(list(newest.values()), found.faults, [])


def _features(data: bytes) -> Reading:
    features = within(read_json(data), "features")
    if not isinstance(features, list):
        raise BadBulletin("Jawaban GDACS tanpa daftar kejadian.")
    return each(features, _of_feature)


def _of_item(item: Item) -> Bulletin:
    said, severity = item.words, item.attributes.get("severity", {})
    lon, lat = _place(item)
    return _bulletin(
        said["eventtype"],
        said["eventid"],
        said.get("episodeid", "0"),
        title=said.get("title", ""),
        at=item.moment("fromdate", "pubDate"),
        lon=lon,
        lat=lat,
        level=said.get("alertlevel", ""),
        size=severity.get("value"),
        unit=severity.get("unit"),
        depth_words=said.get("severity", ""),
        url=item.link,
        is_current=said.get("iscurrent", "true"),
        facts={"country": words_of(said.get("country"), 80), "people": words_of(said.get("population"), 80)},
        what=dict(said),
    )


def _place(item: Item) -> tuple[float, float]:
    if "lat" in item.words and "long" in item.words:
        return place(item.words["long"], item.words["lat"])
    lat, lon = item.words["point"].replace(",", " ").split()[:2]
    return place(lon, lat)


def _of_feature(feature: Mapping[str, Any]) -> Bulletin | None:
    said, where = feature["properties"], feature["geometry"]
    if where["type"] != "Point":
        return None  # the footprint of an event whose point is told beside it
    size = said.get("severitydata") or {}
    lon, lat = place(*where["coordinates"][:2])
    return _bulletin(
        said["eventtype"],
        said["eventid"],
        said.get("episodeid", 0),
        title=said.get("name") or said.get("description") or "",
        at=moment(said["fromdate"]),
        lon=lon,
        lat=lat,
        level=said.get("alertlevel", ""),
        size=size.get("severity"),
        unit="M" if said["eventtype"] == "EQ" else size.get("severityunit"),
        depth_words=size.get("severitytext") or "",
        url=(said.get("url") or {}).get("report"),
        is_current=str(said.get("iscurrent", "true")),
        facts={"country": words_of(said.get("country"), 80)},
        what=dict(said),
    )


def _bulletin(
    event_type: str,
    event: Any,
    episode: Any,
    *,
    title: str,
    at: dt.datetime,
    lon: float,
    lat: float,
    level: str,
    size: Any,
    unit: Any,
    depth_words: str,
    url: Any,
    is_current: str,
    facts: Mapping[str, str],
    what: Mapping[str, Any],
) -> Bulletin:
    if event_type not in _KINDS:
        raise BadBulletin("jenis kejadian GDACS tidak dikenal")
    is_quake = event_type == "EQ" and str(unit) == "M"
    return Bulletin(
        source="gdacs",
        key=f"{event_type}{whole(event, 'nomor kejadian')}",
        revision=whole(episode, "nomor episode"),
        kind=_KINDS[event_type],
        title=words_of(title, TITLE) or f"GDACS {event_type}",
        at=at,
        digest=digest({name: str(value) for name, value in what.items()}),
        lon=lon,
        lat=lat,
        magnitude=magnitude(size) if is_quake and size not in (None, "") else None,
        depth_km=_depth(depth_words) if is_quake else None,
        severity=_SEVERITY.get(level.lower()),
        url=link_of(url),
        facts={name: value for name, value in facts.items() if value},
        is_over=is_current.lower() == "false" and event_type != "EQ",  # a quake is past when it is told
    )


def _depth(words: str) -> float | None:
    """Kilometres of "Magnitude 6.8M, Depth:10km"."""
    after = words.lower().partition("depth:")[2].partition("km")[0].strip()
    try:
        return float(after)
    except ValueError:
        return None


FEED = Feed(
    name="gdacs",
    words=N_("Bencana dunia GDACS"),
    credit="GDACS (PBB dan Komisi Eropa)",
    credit_url="https://www.gdacs.org/",
    interval_s=600.0,
    targets=fixed(URL),
    read=read,
    agency="gdacs",
)
