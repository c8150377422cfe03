"""Earthquakes of the USGS: GeoJSON, times in milliseconds, depth as the third coordinate. Pure.

Shape: earthquake.usgs.gov/earthquakes/feed/v1.0/geojson.php.
"""

from collections.abc import Mapping
from typing import Any

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
    maybe_number,
    moment_ms,
    place,
    read_json,
    whole,
    within,
    words_of,
)
from alerts.xml_in import BadBulletin

URL = "https://earthquake.usgs.gov/earthquakes/feed/v1.0/summary/2.5_day.geojson"
_SEVERITY = {"green": "minor", "yellow": "moderate", "orange": "severe", "red": "extreme"}  # PAGER


def read(data: bytes) -> Reading:
    """The earthquakes of an answer; quarry blasts and the like are left out."""
    features = within(read_json(data), "features")
    if not isinstance(features, list):
        raise BadBulletin("Jawaban USGS tanpa daftar gempa.")
    return each(features, _quake)


def _quake(feature: Mapping[str, Any]) -> Bulletin | None:
    about, where = feature["properties"], feature["geometry"]["coordinates"]
    if about.get("type", "earthquake") != "earthquake":
        return None
    lon, lat = place(where[0], where[1])
    size, region = magnitude(about["mag"]), words_of(about.get("place"), TITLE - 20)
    return Bulletin(
        source="usgs",
        key=words_of(str(feature["id"]), 80),
        revision=whole(about.get("updated") or 0, "pembaruan"),
        kind="quake",
        title=f"Gempa M{size:.1f}".replace(".", ",") + (f", {region}" if region else ""),
        at=moment_ms(about["time"]),
        digest=digest([about.get("updated"), where, about["mag"], about.get("status")]),
        lon=lon,
        lat=lat,
        magnitude=size,
        depth_km=maybe_number(where[2] if len(where) > 2 else None, "kedalaman"),
        severity=_SEVERITY.get(str(about.get("alert") or "").lower()),
        url=link_of(about.get("url")),
        facts={"tsunami": True} if about.get("tsunami") == 1 else {},
        is_over=about.get("status") == "deleted",
    )


FEED = Feed(
    name="usgs",
    words=N_("Gempa USGS"),
    credit="U.S. Geological Survey",
    credit_url="https://earthquake.usgs.gov/",
    interval_s=120.0,
    targets=fixed(URL),
    read=read,
    agency="usgs",
)
