"""The three lists of earthquakes of BMKG (data.bmkg.go.id/gempabumi): one shape, `gempa` an object or an array. Pure.

Every value is text. `Jam` is always WIB, whatever the place: the time is read from `DateTime`, which says its zone.
"""

import re
from collections.abc import Mapping
from functools import partial
from typing import Any

from alerts.feeds.shape import (
    TITLE,
    Bulletin,
    Feed,
    Reading,
    digest,
    each,
    fixed,
    magnitude,
    maybe_number,
    moment,
    number,
    place,
    read_json,
    within,
    words_of,
)
from alerts.xml_in import BadBulletin

CREDIT = "BMKG (Badan Meteorologi, Klimatologi, dan Geofisika)"
CREDIT_URL = "https://data.bmkg.go.id/gempabumi/"
FOLDER = "https://data.bmkg.go.id/DataMKG/TEWS/"
_NUMBER = re.compile(r"-?\d+(?:[.,]\d+)?")
_DEGREES = re.compile(r"(\d+(?:[.,]\d+)?)\s*°?\s*(LU|LS|BT|BB)", re.IGNORECASE)
_NO_TSUNAMI = re.compile(r"tidak\s+berpotensi\s+tsunami", re.IGNORECASE)


def quakes(name: str, file: str, words: str, interval_s: float) -> Feed:
    """A feed of one of the lists."""
    return Feed(
        name=name,
        words=words,
        credit=CREDIT,
        credit_url=CREDIT_URL,
        interval_s=interval_s,
        targets=fixed(FOLDER + file),
        read=partial(read, name),
        agency="bmkg",
    )


def read(name: str, data: bytes) -> Reading:
    """The earthquakes of an answer; raises BadBulletin where it is none at all."""
    given = within(read_json(data), "Infogempa", "gempa")
    return each(given if isinstance(given, list) else [given], partial(quake, name))


def quake(name: str, given: Mapping[str, Any]) -> Bulletin:
    """One earthquake; its key is the second it began."""
    at, (lon, lat) = moment(given["DateTime"]), _place(given)
    size = magnitude(given["Magnitude"])
    region, felt, potential = (words_of(given.get(one)) for one in ("Wilayah", "Dirasakan", "Potensi"))
    return Bulletin(
        source=name,
        key=at.strftime("%Y-%m-%dT%H:%M:%SZ"),
        kind="quake",
        title=f"Gempa M{size:.1f}".replace(".", ",") + (f", {region}"[: TITLE - 20] if region else ""),
        at=at,
        digest=digest(given),
        words=" ".join(one if one.endswith(".") else f"{one}." for one in (region, potential) if one),
        lon=lon,
        lat=lat,
        magnitude=size,
        depth_km=_depth(given.get("Kedalaman")),
        url="https://www.bmkg.go.id/gempabumi/gempabumi-terkini",
        facts={name: value for name, value in (("felt", felt), ("tsunami", _tsunami(potential))) if value},
    )


def _place(given: Mapping[str, Any]) -> tuple[float, float]:
    """`Coordinates` is "lat,lon"; older answers say only Lintang and Bujur."""
    parts = str(given.get("Coordinates") or "").split(",")
    if len(parts) == 2:
        return place(parts[1], parts[0])
    return place(_degrees(given["Bujur"]), _degrees(given["Lintang"]))


def _degrees(given: Any) -> float:
    found = _DEGREES.search(str(given))
    if found is None:
        raise BadBulletin("lintang atau bujur tidak terbaca")
    degrees = number(found[1], "derajat")
    return -degrees if found[2].upper() in ("LS", "BB") else degrees


def _depth(given: Any) -> float | None:
    found = _NUMBER.search(given) if isinstance(given, str) else None
    return maybe_number(found[0] if found else None, "kedalaman")


def _tsunami(potential: str) -> bool:
    """Whether it says that a tsunami may come; most say that none will."""
    return "tsunami" in potential.lower() and not _NO_TSUNAMI.search(potential)
