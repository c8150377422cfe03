"""Reports of people by PetaBencana: GeoJSON where we ask for it, quantised TopoJSON where it answers that. Pure.

A citizen's own words, pictures and account are left out: what stays is what happens, where and how deep.
TopoJSON: github.com/topojson/topojson-specification, section 2.1.2 (transforms): positions are whole numbers, in arcs
and only there each relative to the one before.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from alerts.feeds.shape import (
    N_,
    Bulletin,
    Feed,
    Reading,
    digest,
    each,
    fixed,
    maybe_number,
    moment,
    number,
    place,
    read_json,
    within,
    words_of,
)
from alerts.xml_in import BadBulletin

URL = "https://data.petabencana.id/reports?geoformat=geojson&timeperiod=21600"
_KINDS = {
    "flood": ("flood", "banjir"),
    "earthquake": ("quake", "gempa"),
    "wind": ("weather", "angin kencang"),
    "haze": ("fire", "kabut asap"),
    "volcano": ("volcano", "gunung api"),
    "fire": ("fire", "kebakaran"),
}
_DEEP_CM = (
    (150, "extreme"),
    (70, "severe"),
    (10, "moderate"),
    (0, "minor"),
)  # to the chest, to the knee, above the foot


def read(data: bytes) -> Reading:
    """The reports of an answer, whichever of the two shapes it came in."""
    given = read_json(data)
    given = given["result"] if isinstance(given, Mapping) and "result" in given else given
    if within(given, "type") == "Topology":
        return each(_decoded(given), _report)
    features = within(given, "features")
    if not isinstance(features, list):
        raise BadBulletin("Jawaban PetaBencana tanpa daftar laporan.")
    return each(features, _report)


def _report(feature: Mapping[str, Any]) -> Bulletin | None:
    about = feature["properties"]
    if feature["geometry"]["type"] != "Point":
        return None
    lon, lat = place(*feature["geometry"]["coordinates"][:2])
    kind, words = _KINDS.get(str(about.get("disaster_type")), ("other", "bencana"))
    depth = maybe_number((about.get("report_data") or {}).get("flood_depth"), "kedalaman banjir")
    key, is_confirmed = words_of(str(about["pkey"]), 80), about.get("status") == "confirmed"
    return Bulletin(
        source="petabencana",
        key=key,
        kind=kind,
        title=f"Laporan warga: {words}" + (f", air {depth:.0f} cm" if depth is not None else ""),
        at=moment(about["created_at"]),
        digest=digest([key, lon, lat, depth, is_confirmed]),
        lon=lon,
        lat=lat,
        severity=next((name for deep, name in _DEEP_CM if depth >= deep), None) if depth is not None else None,
        url="https://petabencana.id/map",
        facts={
            "confirmed": is_confirmed,
            "by": words_of(about.get("source"), 20),
            **({"depth_cm": depth} if depth is not None else {}),
        },
    )


# TopoJSON


def _decoded(topology: Mapping[str, Any]) -> Iterator[Any]:
    """The points of a topology as GeoJSON features; what is no geometry is handed on as None."""
    objects = within(topology, "objects")
    for one in objects.values() if isinstance(objects, Mapping) else [None]:
        found = one.get("geometries", [one]) if isinstance(one, Mapping) else None
        for geometry in found if isinstance(found, list) else [None]:
            yield _feature(topology, geometry)


def _feature(topology: Mapping[str, Any], geometry: Any) -> Any:
    if not isinstance(geometry, Mapping):
        return None
    where = geometry.get("coordinates")
    if geometry.get("type") == "Point" and isinstance(where, Sequence):
        where = _unquantised(topology.get("transform"), where)
    return {
        "properties": geometry.get("properties") or {},
        "geometry": {"type": geometry.get("type"), "coordinates": where},
    }


def _unquantised(transform: Any, where: Sequence[Any]) -> Sequence[Any]:
    """Degrees of whole numbers: times the scale, plus the corner; without a transform they are degrees already."""
    if transform is None:
        return where
    try:
        (dx, dy), (x, y) = transform["scale"], transform["translate"]
        return [number(where[0], "bujur") * dx + x, number(where[1], "lintang") * dy + y]
    except (TypeError, KeyError, ValueError, IndexError):
        return ()  # judged with the others: no place


FEED = Feed(
    name="petabencana",
    words=N_("Laporan warga PetaBencana"),
    credit="PetaBencana.id",
    credit_url="https://petabencana.id/",
    interval_s=300.0,
    targets=fixed(URL),
    read=read,
)
