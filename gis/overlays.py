"""Layers a site brings itself: a hazard map as GeoJSON, kept as a file in POSKO_DATA, each feature with its bounds."""

import os
import re
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any

import orjson
from shapely import get_coordinates, is_valid, make_valid
from shapely.errors import ShapelyError
from shapely.geometry import mapping, shape
from shapely.geometry.base import BaseGeometry

from gis.geometry import BadLayer
from gis.layers import Box, meets
from gis.spelling import straightened

FOLDER = Path("gis") / "overlays"
MAX_BYTES = 20_000_000  # of the file as it comes
MOST_FEATURES = 20_000
MOST_VERTICES = 1_000_000
MOST_WORDS = 200  # of a property: a hazard class and a name, not an essay
Kept = tuple[Box, dict[str, Any]]
Checked = tuple[list[dict[str, Any]], Box, int]


def checked(given: Any) -> Checked:
    """The features of a GeoJSON collection, mended, their bounds, and how many needed mending; raises BadLayer."""
    found = given.get("features") if isinstance(given, Mapping) else None
    if not isinstance(found, list) or not found:
        raise BadLayer("Berkas itu bukan FeatureCollection GeoJSON, atau kosong.")
    if len(found) > MOST_FEATURES:
        raise BadLayer(f"Paling banyak {MOST_FEATURES} bentuk dalam satu lapisan; ini {len(found)}.")
    shapes = [_shape(one) for one in found]
    if sum(len(get_coordinates(one)) for one in shapes) > MOST_VERTICES:
        raise BadLayer(f"Paling banyak {MOST_VERTICES} titik sudut dalam satu lapisan; sederhanakan dahulu.")
    mended = sum(not is_valid(one) for one in shapes)
    kept = [_kept(n, one, make_valid(drawn)) for n, (one, drawn) in enumerate(zip(found, shapes, strict=True), 1)]
    return kept, _around([drawn.bounds for drawn in shapes]), mended


def _shape(feature: Any) -> BaseGeometry:
    try:
        drawn = shape(feature["geometry"])
        spots = get_coordinates(drawn)
    except (ShapelyError, ValueError, TypeError, KeyError, IndexError, AttributeError):
        raise BadLayer("Ada bentuk yang tidak dapat dibaca di dalamnya.") from None
    if drawn.is_empty or not (abs(spots[:, 0]).max() <= 180 and abs(spots[:, 1]).max() <= 90):
        raise BadLayer("Ada bentuk yang kosong atau di luar bumi; koordinat harus bujur lalu lintang, dalam derajat.")
    return drawn


def _kept(number: int, feature: Mapping[str, Any], drawn: BaseGeometry) -> dict[str, Any]:
    """A feature as it is kept: only properties a person can read, its shape sound."""
    said = feature.get("properties")
    facts = {
        straightened(str(name))[:60]: _plain(value)
        for name, value in (said if isinstance(said, Mapping) else {}).items()
    }
    return {"type": "Feature", "id": number, "geometry": dict(mapping(drawn)), "properties": facts}


def _plain(value: Any) -> Any:
    return value if isinstance(value, int | float | bool | None) else straightened(str(value))[:MOST_WORDS]


def _around(bounds: list[Box]) -> Box:
    wests, souths, easts, norths = zip(*bounds, strict=True)
    return min(wests), min(souths), max(easts), max(norths)


def path_of(data: Path, overlay_id: str) -> Path:
    """Where the overlay's file stands; raises LookupError for what cannot be an overlay's name."""
    if not re.fullmatch(r"[a-z0-9][a-z0-9-]{0,39}", overlay_id):
        raise LookupError(overlay_id)
    return data / FOLDER / f"{overlay_id}.geojson"


def keep(data: Path, overlay_id: str, features: list[dict[str, Any]]) -> Path:
    """Write the overlay's file, whole or not at all."""
    path = path_of(data, overlay_id)
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_suffix(".new")
    with open(draft, "wb") as file:
        file.write(orjson.dumps({"type": "FeatureCollection", "features": features}))
        file.flush()
        os.fsync(file.fileno())
    draft.replace(path)
    return path


def within(data: Path, overlay_id: str, box: Box | None) -> list[dict[str, Any]]:
    """The overlay's features that may touch the box; none when its file is gone or cannot be read."""
    path = path_of(data, overlay_id)
    try:
        kept = _read(path, path.stat().st_mtime_ns)
    except (OSError, ValueError, KeyError):
        return []
    return [feature for bounds, feature in kept if meets(box, bounds)]


@lru_cache(maxsize=2)
def _read(path: Path, changed_ns: int) -> list[Kept]:
    """Read once for each time it was written; two at most are held, a hazard map can be large."""
    features = orjson.loads(path.read_bytes())["features"]
    return [(shape(one["geometry"]).bounds, one) for one in features]
