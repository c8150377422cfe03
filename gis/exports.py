"""Features as files that other programs open: GeoPackage, KML, GPX, CSV, GeoJSON.

Text formats are written here, word for word safe: XML 1.0 without the characters it forbids, CSV without formulas. A
GeoPackage is written by GDAL in a process of its own (`python -m gis.exports`), so that the server never loads it.
"""

import csv
import datetime as dt
import io
import re
import subprocess
import sys
import tempfile
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any
from xml.sax.saxutils import escape, quoteattr

import orjson

Feature = Mapping[str, Any]
MOST_FEATURES = 30_000  # SQLite takes 32,766 values in one question
MOST_BYTES = 100_000_000
GDAL_S = 120
_FORBIDDEN = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")  # XML 1.0, section 2.2
_MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)")
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "\uff1d", "\uff0b", "\uff0d", "\uff20")  # the wide ones too
_TITLES = ("name", "number", "call_sign", "words", "code", "type", "kind")
_TIMES = ("opened_at", "received_at", "position_at", "drawn_at", "began_at", "changed_at")
COLOURS = {"P1": "ff5c5cff", "P2": "ff3cb1fb", "P3": "ff88c935", "P4": "ffb8a28f", "other": "ffff9d5a"}  # aabbggrr


class CannotExport(RuntimeError):
    """The file could not be made; the message is a sentence for who asked."""


@dataclass(frozen=True, slots=True)
class Sheet:
    """What a file says of itself: which layer, whose, when it was true (`zone_label` names the clock), and thanks."""

    name: str
    title: str
    site: str
    made_at: dt.datetime
    zone_label: str = "UTC"
    exercise: bool = False
    attribution: str = ""

    @property
    def headline(self) -> str:
        """The title; in an exercise it begins and ends with the word that says so."""
        words = f"{self.title}, {self.site}, {self.made_at:%Y-%m-%d %H.%M} {self.zone_label}"
        return f"LATIHAN {words} LATIHAN" if self.exercise else words


def file_name(sheet: Sheet, form: str) -> str:
    """`posko-LATIHAN-lombok-timur-incidents-20261122-1104-WITA.gpkg`: letters that every disk can keep."""
    drill = ["LATIHAN"] if sheet.exercise else []
    parts = [*drill, _slug(sheet.site), _slug(sheet.name), f"{sheet.made_at:%Y%m%d-%H%M}", sheet.zone_label]
    return "-".join(part for part in ["posko", *parts] if part) + f".{form}"


def _slug(words: str) -> str:
    plain = unicodedata.normalize("NFKD", words).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9]+", "-", plain).strip("-")[:60]


def write(form: str, features: Iterable[Feature], sheet: Sheet) -> bytes:
    """The features as a file of that form; raises KeyError for a form there is not, CannotExport when it fails."""
    found = [_flat(one, sheet.exercise) for one in features]
    content = FORMS[form][1](found, sheet)
    if len(content) > MOST_BYTES:
        raise CannotExport("Berkasnya terlalu besar; persempit wilayahnya dengan bbox.")
    return content


def _flat(feature: Feature, exercise: bool) -> dict[str, Any]:
    """The feature with properties every format has: numbers, truths, words; in an exercise each row says so."""
    properties = {name: _plain(value) for name, value in feature["properties"].items()}
    if exercise:
        properties["exercise"] = "LATIHAN"
    return {**feature, "properties": properties}


def _plain(value: Any) -> Any:
    if isinstance(value, list) and all(isinstance(one, str | int | float) for one in value):
        return ",".join(str(one) for one in value)
    if isinstance(value, list | dict):
        return orjson.dumps(value).decode()
    return value


def _columns(features: Iterable[Feature]) -> list[str]:
    """Every property that any feature has, in the order they were met."""
    return list(dict.fromkeys(name for one in features for name in one["properties"]))


def _title(feature: Feature, sheet: Sheet) -> str:
    properties = feature["properties"]
    words = next((str(properties[name]) for name in _TITLES if properties.get(name)), str(feature["id"]))
    return f"LATIHAN {words}" if sheet.exercise else words


# GeoJSON


def _geojson(features: list[dict[str, Any]], sheet: Sheet) -> bytes:
    """RFC 7946; what the file says of itself stands in members of its own (section 6.1)."""
    about = {"site": sheet.site, "made_at": sheet.made_at, "exercise": sheet.exercise, "thanks": sheet.attribution}
    document = {"type": "FeatureCollection", "name": sheet.headline, "posko": about, "features": features}
    return orjson.dumps(document)


# CSV


def _csv(features: list[dict[str, Any]], sheet: Sheet) -> bytes:
    """RFC 4180: UTF-8 without a mark in front, commas, a decimal point; points as lon and lat, other shapes as WKT."""
    out = io.StringIO(newline="")
    is_points = all((one["geometry"] or {"type": "Point"})["type"] == "Point" for one in features)
    names = _columns(features)
    kept = [name for name in names if name not in ("id", "lon", "lat")]
    writer = csv.writer(out)
    writer.writerow(["id", *(_harmless(name) for name in kept), *(("lon", "lat") if is_points else ("WKT",))])
    for one in features:
        cells = [_cell(one["properties"].get(name)) for name in kept]
        writer.writerow([_cell(one["id"]), *cells, *_place_cells(one["geometry"], is_points)])
    return out.getvalue().encode("utf-8", "replace")


def _cell(value: Any) -> Any:
    if isinstance(value, bool):
        return "true" if value else "false"
    return _harmless(value) if isinstance(value, str) else value


def _harmless(words: str) -> str:
    """Words a spreadsheet would take for a formula get an apostrophe in front (CWE-1236); numbers are left alone."""
    return f"'{words}" if words.startswith(_FORMULA) else words


def _place_cells(geometry: Any, is_points: bool) -> list[Any]:
    if not is_points:
        return [_wkt(geometry) if geometry else None]
    return [repr(float(part)) for part in geometry["coordinates"][:2]] if geometry else [None, None]


def _wkt(geometry: Any) -> str:
    import shapely
    from shapely.geometry import shape

    return str(shapely.to_wkt(shape(geometry), rounding_precision=-1))


# KML


def _kml(features: list[dict[str, Any]], sheet: Sheet) -> bytes:
    """OGC KML 2.2: a placemark each, its properties as ExtendedData, nothing fetched from anywhere."""
    head = f"<name>{_xml(sheet.headline)}</name><description>{_xml(sheet.attribution)}</description>"
    styles = "".join(_kml_style(name, colour) for name, colour in COLOURS.items())
    marks = "\n".join(_placemark(one, sheet) for one in features)
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n<kml xmlns="http://www.opengis.net/kml/2.2">'
        f"<Document>{head}{styles}\n{marks}\n</Document></kml>\n"
    ).encode()


def _kml_style(name: str, colour: str) -> str:
    line = f"<LineStyle><color>{colour}</color><width>3</width></LineStyle>"
    fill = f"<PolyStyle><color>59{colour[2:]}</color></PolyStyle>"
    return f'<Style id="{name}"><IconStyle><color>{colour}</color></IconStyle>{line}{fill}</Style>'


def _placemark(feature: Feature, sheet: Sheet) -> str:
    properties = feature["properties"]
    at = next((properties[name] for name in _TIMES if properties.get(name)), None)
    when = f"<TimeStamp><when>{_xml(at)}</when></TimeStamp>" if at else ""
    style = properties.get("priority") if properties.get("priority") in COLOURS else "other"
    rows = "".join(_kml_datum(name, value) for name, value in properties.items() if value is not None)
    shape = _kml_shape(feature["geometry"]) if feature["geometry"] else ""
    return (
        f"<Placemark><name>{_xml(_title(feature, sheet))}</name>{when}<styleUrl>#{style}</styleUrl>"
        f"<ExtendedData>{rows}</ExtendedData>{shape}</Placemark>"
    )


def _kml_datum(name: str, value: Any) -> str:
    return f"<Data name={quoteattr(_legal(name))}><value>{_xml(value)}</value></Data>"


def _kml_shape(geometry: Mapping[str, Any]) -> str:
    kind, parts = geometry["type"], geometry.get("coordinates")
    if kind == "Point":
        return f"<Point><coordinates>{_kml_line([parts])}</coordinates></Point>"
    if kind == "LineString":
        return f"<LineString><tessellate>1</tessellate><coordinates>{_kml_line(parts)}</coordinates></LineString>"
    if kind == "Polygon":
        rings = [f"<LinearRing><coordinates>{_kml_line(ring)}</coordinates></LinearRing>" for ring in parts or []]
        holes = "".join(f"<innerBoundaryIs>{ring}</innerBoundaryIs>" for ring in rings[1:])
        return f"<Polygon><outerBoundaryIs>{rings[0]}</outerBoundaryIs>{holes}</Polygon>"
    return f"<MultiGeometry>{''.join(_kml_shape(one) for one in _singles(geometry))}</MultiGeometry>"


def _singles(geometry: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    """The single shapes of a collection or of a Multi shape."""
    if "geometries" in geometry:
        yield from geometry["geometries"]
        return
    for part in geometry["coordinates"]:
        yield {"type": geometry["type"].removeprefix("Multi"), "coordinates": part}


def _kml_line(positions: Any) -> str:
    return " ".join(",".join(repr(float(part)) for part in one[:2]) for one in positions)


def _xml(value: Any) -> str:
    words = ("true" if value else "false") if isinstance(value, bool) else str(value)
    return escape(_legal(words))


def _legal(words: str) -> str:
    return _FORBIDDEN.sub("\ufffd", words)


# GPX


def _gpx(features: list[dict[str, Any]], sheet: Sheet) -> bytes:
    """GPX 1.1: points as waypoints, lines and the edges of areas as tracks; what has no place is left out."""
    placed = [one for one in features if one["geometry"]]
    points = [one for one in placed if one["geometry"]["type"] == "Point"]
    lines = [one for one in placed if one["geometry"]["type"] != "Point"]
    about = f"<name>{_xml(sheet.headline)}</name><desc>{_xml(sheet.attribution)}</desc>"
    about += f"<time>{_utc(sheet.made_at)}</time>"
    body = "\n".join([*(_waypoint(one, sheet) for one in points), *(_gpx_track(one, sheet) for one in lines)])
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        '<gpx version="1.1" creator="Posko" xmlns="http://www.topografix.com/GPX/1/1">'
        f"<metadata>{about}</metadata>\n{body}\n</gpx>\n"
    ).encode()


def _utc(at: dt.datetime) -> str:
    return at.astimezone(dt.UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _gpx_words(feature: Feature, sheet: Sheet) -> str:
    known = {name: value for name, value in feature["properties"].items() if value is not None}
    desc = "; ".join(f"{name}: {value}" for name, value in known.items())
    return f"<name>{_xml(_title(feature, sheet))}</name><desc>{_xml(desc)}</desc>"


def _waypoint(feature: Feature, sheet: Sheet) -> str:
    at = next((feature["properties"][name] for name in _TIMES if feature["properties"].get(name)), None)
    time = f"<time>{_xml(at)}</time>" if at else ""
    kind = f"<type>{_xml(sheet.name)}</type>"
    return f"<wpt {_gpx_position(feature['geometry']['coordinates'])}>{time}{_gpx_words(feature, sheet)}{kind}</wpt>"


def _gpx_position(position: Any) -> str:
    return f'lat="{float(position[1])!r}" lon="{float(position[0])!r}"'


def _gpx_track(feature: Feature, sheet: Sheet) -> str:
    segments = "".join(f"<trkseg>{_gpx_points(line)}</trkseg>" for line in _edges(feature["geometry"]))
    return f"<trk>{_gpx_words(feature, sheet)}<type>{_xml(sheet.name)}</type>{segments}</trk>"


def _gpx_points(line: Any) -> str:
    return "".join(f"<trkpt {_gpx_position(one)}/>" for one in line)


def _edges(geometry: Mapping[str, Any]) -> Iterator[Any]:
    """Every line of a shape: itself, its rings, or those of its parts; a point among them is a line of one."""
    kind = geometry["type"]
    if kind == "Polygon":
        yield from geometry["coordinates"]
    elif kind in ("LineString", "Point"):
        yield geometry["coordinates"] if kind == "LineString" else [geometry["coordinates"]]
    else:
        for one in _singles(geometry):
            yield from _edges(one)


# GeoPackage, in a process of its own


def _gpkg(features: list[dict[str, Any]], sheet: Sheet) -> bytes:
    """OGC GeoPackage, made by GDAL beside the server; raises CannotExport with what to do."""
    told = orjson.dumps({"features": features, "sheet": asdict(sheet)})
    command = [sys.executable, "-m", "gis.exports"]
    try:
        done = subprocess.run(command, input=told, capture_output=True, timeout=GDAL_S, cwd=Path(__file__).parents[1])
    except subprocess.TimeoutExpired:
        raise CannotExport("GeoPackage tidak selesai pada waktunya; persempit wilayahnya dengan bbox.") from None
    if done.returncode:
        raise CannotExport("GeoPackage tidak dapat dibuat di mesin ini; pilih GeoJSON, KML, GPX atau CSV.")
    return done.stdout


IN_A_PROCESS = ("gpkg",)  # asked from the loop itself: its waiting freezes nobody
FORMS: Mapping[str, tuple[str, Callable[[list[dict[str, Any]], Sheet], bytes]]] = {
    "gpkg": ("application/geopackage+sqlite3", _gpkg),
    "kml": ("application/vnd.google-earth.kml+xml", _kml),
    "gpx": ("application/gpx+xml", _gpx),
    "csv": ("text/csv", _csv),
    "geojson": ("application/geo+json", _geojson),
}


def _write_gpkg(told: dict[str, Any]) -> bytes:
    """What the process of its own does: GDAL is loaded here and nowhere else."""
    import numpy as np
    import pyogrio.raw
    import shapely
    from shapely.geometry import shape

    features = told["features"]
    sheet = Sheet(**{**told["sheet"], "made_at": dt.datetime.fromisoformat(told["sheet"]["made_at"])})
    shapes = np.array([shape(one["geometry"]) if one["geometry"] else None for one in features], dtype=object)
    kinds = {one["geometry"]["type"] for one in features if one["geometry"]}
    names = [name for name in _columns(features) if name.lower() not in ("fid", "geom")]
    columns = [_typed([one["properties"].get(name) for one in features]) for name in names]
    in_utc = np.full(len(features), 100)  # as GDAL numbers zones
    with tempfile.TemporaryDirectory(prefix="posko-") as folder:
        path = f"{folder}/out.gpkg"
        pyogrio.raw.write(
            path,
            shapely.to_wkb(shapes),
            [values for values, _, _ in columns],
            names,
            field_mask=[mask for _, mask, _ in columns],
            layer=f"LATIHAN_{sheet.name}" if sheet.exercise else sheet.name,
            driver="GPKG",
            geometry_type=kinds.pop() if len(kinds) == 1 else "Unknown",
            crs="EPSG:4326",
            dataset_options={"VERSION": "1.2"},  # what the oldest QGIS in the offices still reads
            gdal_tz_offsets={name: in_utc for name, (_, _, is_time) in zip(names, columns, strict=True) if is_time},
            dataset_metadata={"TITLE": sheet.headline, "ATTRIBUTION": sheet.attribution or "Posko"},
            layer_metadata={"IDENTIFIER": sheet.headline, "DESCRIPTION": sheet.headline},
        )
        return Path(path).read_bytes()


def _typed(values: list[Any]) -> tuple[Any, Any, bool]:
    """A column as numpy wants it, where it is null, and whether it is of moments (UTC)."""
    import numpy as np

    mask = np.array([value is None for value in values], dtype=bool)
    known = [value for value in values if value is not None]
    if known and all(isinstance(value, str) and _MOMENT.fullmatch(value) for value in known):
        moments = [np.datetime64("NaT") if value is None else _naive_utc(value) for value in values]
        return np.array(moments, dtype="datetime64[ms]"), mask, True
    for kinds, dtype in (((bool,), bool), ((int,), np.int64), ((int, float), np.float64)):
        if known and all(type(value) in kinds for value in known):  # exactly: a truth is a number to Python
            return np.array([0 if value is None else value for value in values], dtype=dtype), mask, False
    return np.array([None if value is None else _legal(str(value)) for value in values], dtype=object), mask, False


def _naive_utc(words: str) -> dt.datetime:
    return dt.datetime.fromisoformat(words).astimezone(dt.UTC).replace(tzinfo=None)


if __name__ == "__main__":
    sys.stdout.buffer.write(_write_gpkg(orjson.loads(sys.stdin.buffer.read())))
