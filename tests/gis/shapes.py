"""Small boundaries of our own, as files and in a database."""

import datetime as dt
import json
from pathlib import Path
from typing import Any

import shapely
from shapely.geometry import mapping
from shapely.geometry.base import BaseGeometry

from gis import boundaries
from gis.boundaries import Bound
from gis.database import Database
from gis.geometry import area_m2

REAL = Path(__file__).resolve().parents[3] / "shared" / "data" / "boundaries"
NOON = dt.datetime(2026, 11, 22, 5, 0, tzinfo=dt.UTC)


def box(west: float, south: float, size: float = 0.1) -> BaseGeometry:
    """A square of `size` degrees."""
    return shapely.box(west, south, west + size, south + size)


def bound(code: str, shape: BaseGeometry, name: str = "Coba") -> Bound:
    """An area as the import hands it to the table."""
    return Bound(code, code.count(".") + 1, name, shape, area_m2(shape))


def keep(database: Database, *bounds: Bound, now: dt.datetime = NOON) -> int:
    """Put areas into the table."""
    rows = [{**row, "imported_at": now} for row in boundaries.rows_of(bounds, "coba.geojson")]
    return database.write(lambda conn: boundaries.put(conn, rows))


def feature(code: Any, shape: BaseGeometry | dict[str, Any] | None, name: str = "Coba", **more: Any) -> dict[str, Any]:
    """A GeoJSON feature with `kode` and `nama`."""
    geometry = mapping(shape) if isinstance(shape, BaseGeometry) else shape
    return {"type": "Feature", "properties": {"kode": code, "nama": name, **more}, "geometry": geometry}


def geojson(path: Path, *features: dict[str, Any], **more: Any) -> Path:
    """A file of features."""
    path.write_text(json.dumps({"type": "FeatureCollection", "features": features, **more}))
    return path
