"""Reads files of shapes: GeoJSON, GeoPackage, Shapefile (also zipped), the SQL of wilayah_boundaries.

A file is known by its content, not by its name. Nothing in it is executed, nothing is fetched, and every size is
capped before it is believed. GDAL (pyogrio) is loaded when a file needs it.
"""

import os
import re
import struct
import warnings
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NoReturn
from xml.sax.saxutils import escape

import numpy as np
import orjson
import shapely
from shapely.errors import ShapelyError
from shapely.geometry.base import BaseGeometry

from gis.boundary_sql import inserted, shape_of_path
from gis.geometry import BadLayer
from gis.zips import unpacked

MAX_FILE_BYTES = 500_000_000  # GeoPackage, Shapefile, zip
MAX_TEXT_BYTES = 200_000_000  # GeoJSON, SQL: they take several times their size in memory
MAX_FEATURES = 100_000  # Indonesia has 83,763 villages
_LONLAT = ("EPSG:4326", "OGC:CRS84")
_LONLAT_NAME = re.compile(r"urn:ogc:def:crs:(OGC:1\.3:CRS84|EPSG::4326)|EPSG:4326|OGC:CRS84", re.IGNORECASE)
UNREADABLE = "koordinatnya tidak dapat dibaca"
_HALF = "terpotong atau rusak; salin sekali lagi dari sumbernya."


@dataclass(slots=True)
class Layer:
    """What a file holds: a row of properties for each shape, in WGS 84 lon/lat; None where a shape cannot be read.

    `faults` says why, by row; `crs` is the system the file was in when it had to be turned, `is_placed` false when
    the file names none.
    """

    rows: list[dict[str, Any]]
    shapes: list[BaseGeometry | None]
    faults: dict[int, str] = field(default_factory=dict)
    crs: str | None = None
    is_placed: bool = True


def read_layer(path: Path, layer: str | None = None) -> Layer:
    """The shapes of a file; raises BadLayer with a sentence when it is none, broken, half, or too large."""
    with open(path, "rb") as file:
        head = file.read(4)
    if head == b"PK\x03\x04":
        with unpacked(_capped(path, MAX_FILE_BYTES)) as inner:
            return _read(inner, layer)
    return _read(path, layer)


def _read(path: Path, layer: str | None) -> Layer:
    with open(path, "rb") as file:
        head = file.read(1024)
    found = _read_by(path, head, layer)
    if len(found.rows) > MAX_FEATURES:
        _too_many(len(found.rows))
    return found


def _read_by(path: Path, head: bytes, layer: str | None) -> Layer:
    if not head.strip():
        raise BadLayer("kosong.")
    if head.startswith(b"SQLite format 3\0"):
        return _read_geopackage(_capped(path, MAX_FILE_BYTES), head, layer)
    if head.startswith(struct.pack(">i", 9994)):
        return _read_shapefile(_capped(path, MAX_FILE_BYTES))
    if head.lstrip(b"\xef\xbb\xbf \t\r\n").startswith((b"{", b"[")):
        return _read_geojson(_capped(path, MAX_TEXT_BYTES))
    if path.suffix.lower() == ".sql" or re.search(rb"insert\s+into|/\*|^\s*--", head, re.IGNORECASE):
        return _read_sql(_capped(path, MAX_TEXT_BYTES))
    raise BadLayer("bukan GeoJSON, GeoPackage, Shapefile, atau SQL wilayah_boundaries.")


def _capped(path: Path, most: int) -> Path:
    if path.stat().st_size > most:
        raise BadLayer(f"lebih besar dari {most // 1_000_000} MB; bagi per kabupaten atau provinsi.")
    return path


def _too_many(count: int) -> NoReturn:
    raise BadLayer(f"berisi {count} wilayah, lebih dari {MAX_FEATURES}; bagi per provinsi.")


# GeoJSON


def _read_geojson(path: Path) -> Layer:
    given = _json(path)
    features = given.get("features") if isinstance(given, dict) else None
    if not isinstance(features, list) or not all(isinstance(one, dict) for one in features):
        raise BadLayer("bukan FeatureCollection GeoJSON.")
    if not features:
        raise BadLayer("tidak ada wilayah di dalamnya.")
    if _is_elsewhere(given.get("crs")):
        return _read_with_gdal(path, None)
    found = Layer([dict(one.get("properties") or {}) for one in features], [])
    for row, one in enumerate(features):
        _read_feature(found, row, one.get("geometry"))
    return found


def _json(path: Path) -> Any:
    try:
        return orjson.loads(path.read_bytes().removeprefix(b"\xef\xbb\xbf"))
    except orjson.JSONDecodeError as fault:
        if re.search(r"\b(NaN|-?Infinity)\b", fault.doc[max(0, fault.pos - 10) : fault.pos + 10]):
            raise BadLayer(f"koordinat di baris {fault.lineno} bukan angka (NaN); perbaiki di sumbernya.") from None
        if fault.pos >= len(fault.doc.rstrip()) - 1:
            raise BadLayer(_HALF) from None
        raise BadLayer(f"bukan GeoJSON yang dapat dibaca (baris {fault.lineno}).") from None


def _is_elsewhere(crs: Any) -> bool:
    """Whether the file names another system than WGS 84 lon/lat (the `crs` of GeoJSON 2008)."""
    if not isinstance(crs, dict):
        return False
    name = (crs.get("properties") or {}).get("name")
    return isinstance(name, str) and not _LONLAT_NAME.fullmatch(name.strip())


def _read_feature(found: Layer, row: int, given: Any) -> None:
    one = None
    try:
        one = shapely.force_2d(shapely.geometry.shape(given)) if isinstance(given, dict) else None
    except (ShapelyError, ValueError, TypeError, KeyError, IndexError, AttributeError):
        found.faults[row] = UNREADABLE
    found.shapes.append(one)


# GeoPackage and Shapefile, by GDAL


def _read_geopackage(path: Path, head: bytes, layer: str | None) -> Layer:
    if head[68:72] not in (b"GPKG", b"GP10", b"GP11"):
        raise BadLayer("basis data SQLite, tetapi bukan GeoPackage.")
    pages, size = struct.unpack(">I", head[28:32])[0], struct.unpack(">H", head[16:18])[0]
    if path.stat().st_size < pages * (65536 if size == 1 else size):
        raise BadLayer(f"GeoPackage {_HALF}")
    return _read_with_gdal(path, layer)


def _read_shapefile(path: Path) -> Layer:
    missing = [one for one in (".shx", ".dbf") if not path.with_suffix(one).exists()]
    if missing:
        raise BadLayer(f"shapefile tanpa {' dan '.join(missing)}; bungkus semua berkasnya dalam satu zip.")
    for one in (path, path.with_suffix(".shx")):
        if one.stat().st_size != 2 * _big_endian(one, 24):
            raise BadLayer(f"shapefile {_HALF}")
    if _dbf_bytes(path.with_suffix(".dbf")) > path.with_suffix(".dbf").stat().st_size:
        raise BadLayer(f"shapefile (.dbf) {_HALF}")
    return _read_with_gdal(path, None)


def _big_endian(path: Path, at: int) -> int:
    """The length in 16-bit words that a .shp or .shx states of itself (ESRI Shapefile, July 1998, page 4)."""
    with open(path, "rb") as file:
        head = file.read(at + 4)
    return int(struct.unpack_from(">i", head, at)[0]) if len(head) == at + 4 else -1


def _dbf_bytes(path: Path) -> int:
    """How long a dBASE table must be by its own header: records, length of the header, length of a record."""
    with open(path, "rb") as file:
        head = file.read(12)
    if len(head) < 12:
        return 1 << 40
    records, header, length = struct.unpack_from("<IHH", head, 4)
    return int(header + records * length)


def _read_with_gdal(path: Path, layer: str | None) -> Layer:
    from pyogrio.errors import CRSError, DataLayerError, DataSourceError, FeatureError, FieldError, GeometryError

    faults = (CRSError, DataLayerError, DataSourceError, FeatureError, FieldError, GeometryError, ValueError)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # GDAL's remarks on single features: what matters is judged by us
            return _opened(path, layer)
    except BadLayer:
        raise
    except faults as fault:
        raise BadLayer(f"tidak dapat dibuka; {_HALF}") from fault


def _opened(path: Path, layer: str | None) -> Layer:
    from pyogrio import raw, read_info

    layer = _chosen_layer(path, layer)
    about = read_info(path, layer=layer, force_feature_count=True)
    if about["features"] > MAX_FEATURES:
        _too_many(about["features"])
    crs = about["crs"]
    turned = crs is not None and crs not in _LONLAT
    if turned:
        meta, _, wkb, columns = raw.read(_turned(path, layer), force_2d=True)
    else:
        meta, _, wkb, columns = raw.read(path, layer=layer, force_2d=True)
    if wkb is None or len(wkb) != about["features"]:
        raise BadLayer(_HALF if wkb is not None else "tabelnya tidak berisi bentuk.")
    return _layer_of(meta["fields"], columns, wkb, crs if turned else None, crs is not None)


def _chosen_layer(path: Path, wanted: str | None) -> str:
    from pyogrio import list_layers

    known = {str(name): str(kind) for name, kind in list_layers(path)}
    areas = [name for name, kind in known.items() if "Polygon" in kind or kind in ("Unknown", "GeometryCollection")]
    if wanted is not None and wanted not in known:
        raise BadLayer(f"tidak ada lapisan {wanted}; yang ada: {', '.join(known)}.")
    if wanted is None and not areas:
        raise BadLayer("tidak ada lapisan poligon di dalamnya.")
    if wanted is None and len(areas) > 1:
        raise BadLayer(f"ada {len(areas)} lapisan poligon: {', '.join(areas)}.", "layer", areas)
    return wanted or areas[0]


def _turned(path: Path, layer: str) -> str:
    """A description for GDAL of the layer turned into WGS 84 lon/lat (OGR VRT, warped layer)."""
    words = f"<SrcDataSource>{escape(os.path.abspath(path))}</SrcDataSource><SrcLayer>{escape(layer)}</SrcLayer>"
    inner = f'<OGRVRTLayer name="turned">{words}</OGRVRTLayer><TargetSRS>OGC:CRS84</TargetSRS>'
    return f"<OGRVRTDataSource><OGRVRTWarpedLayer>{inner}</OGRVRTWarpedLayer></OGRVRTDataSource>"


def _layer_of(names: Any, columns: Any, wkb: Any, crs: str | None, is_placed: bool) -> Layer:
    shapes = list(shapely.from_wkb(np.asarray(wkb, dtype=object), on_invalid="ignore"))
    rows = [dict(zip(map(str, names), values, strict=True)) for values in zip(*columns, strict=True)]
    faults = {
        row: UNREADABLE
        for row, (one, given) in enumerate(zip(shapes, wkb, strict=True))
        if one is None and given is not None
    }
    return Layer(rows or [{} for _ in shapes], shapes, faults, crs, is_placed)


# the SQL of wilayah_boundaries


def _read_sql(path: Path) -> Layer:
    found = Layer([], [])
    for row, one in enumerate(inserted(path.read_bytes().decode("utf-8-sig", errors="replace"))):
        path_words = next((one.pop(name) for name in list(one) if name in ("path", "polygon")), None)
        found.rows.append(one)
        found.shapes.append(_read_path(found, row, path_words))
    if not found.rows:
        raise BadLayer("tidak ada INSERT INTO wilayah_boundaries (kode, nama, lat, lng, path) di dalamnya.")
    return found


def _read_path(found: Layer, row: int, words: Any) -> BaseGeometry | None:
    try:
        return shape_of_path(words)
    except (ShapelyError, ValueError, TypeError, IndexError):
        found.faults[row] = UNREADABLE
        return None
