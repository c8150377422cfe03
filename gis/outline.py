"""The site's own outline: what the map stands on before anyone has tiles. One file in POSKO_DATA, one reader."""

import json
import os
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any, Protocol

FILE = Path("gis") / "outline.json"
UNKNOWN: dict[str, Any] = {"outline": None, "bounds": None}


class _Placed(Protocol):
    """Settings that know the folder of this installation."""

    data: Path


class _Post(Protocol):
    """Whoever has settings: a room to the right."""

    @property
    def settings(self) -> _Placed: ...


def ground(post: _Post) -> dict[str, Any]:
    """The outline (a GeoJSON geometry) and bounds [west, south, east, north]; both None before an import."""
    path = post.settings.data / FILE
    try:
        return _read(path, path.stat().st_mtime_ns)
    except (OSError, ValueError, KeyError):
        return UNKNOWN


def level(folder: Path) -> int:
    """The level of the areas the outline was drawn from (4 villages, 2 a regency); 0 before an import."""
    try:
        return int(json.loads((folder / FILE).read_text())["features"][0]["properties"].get("level", 0))
    except (OSError, ValueError, KeyError, IndexError, TypeError):
        return 0


@lru_cache(maxsize=4)
def _read(path: Path, changed_ns: int) -> dict[str, Any]:
    """Read once for each time it was written: every screen that opens asks."""
    kept = json.loads(path.read_text())
    return {"outline": kept["features"][0]["geometry"], "bounds": kept["bbox"]}


def keep(folder: Path, outline: Mapping[str, Any], lines: Mapping[str, Any] | None, bounds: Any, **about: Any) -> Path:
    """Write the outline and the lines between villages as GeoJSON, whole or not at all."""
    features = [_feature("outline", outline, about)] + ([_feature("villages", lines, about)] if lines else [])
    path = folder / FILE
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_suffix(".new")
    with open(draft, "w") as file:
        json.dump({"type": "FeatureCollection", "bbox": list(bounds), "features": features}, file)
        file.flush()
        os.fsync(file.fileno())
    draft.replace(path)
    return path


def _feature(what: str, geometry: Mapping[str, Any], about: Mapping[str, Any]) -> dict[str, Any]:
    return {"type": "Feature", "properties": {"what": what, **about}, "geometry": geometry}
