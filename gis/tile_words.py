"""What is known of a file of map tiles, whichever its container, and how what it says of itself is read. Pure."""

import html
import math
import re
from dataclasses import dataclass
from typing import Any

Box = tuple[float, float, float, float]
TYPES = ("mvt", "png", "jpg", "webp")
MAX_ZOOM = 22
MERCATOR_LAT = 85.0511287798066  # web Mercator ends here
SLACK_DEG = 0.001
MAX_WORDS = 200
_MAGIC = ((b"\x89PNG\r\n\x1a\n", "png"), (b"\xff\xd8\xff", "jpg"), (b"\x1f\x8b", "mvt"), (b"\x1a", "mvt"))


class BadTiles(ValueError):
    """A file cannot be used as a base map; the message says what is wrong with it."""


@dataclass(frozen=True, slots=True)
class About:
    """What a file of tiles is: container, type of its tiles, zooms, bounds in degrees, its own words as plain text."""

    container: str
    type: str
    minzoom: int
    maxzoom: int
    bounds: Box
    title: str
    attribution: str
    layers: tuple[str, ...]

    @property
    def is_vector(self) -> bool:
        return self.type == "mvt"


def kind_of(tile: bytes) -> str | None:
    """The type of a tile by its first bytes (mvt: gzip, or field 3 of the message); None when none of ours."""
    if tile[:4] == b"RIFF" and tile[8:12] == b"WEBP":
        return "webp"
    return next((kind for magic, kind in _MAGIC if tile.startswith(magic)), None)


def require_kind(tile: bytes, kind: str) -> None:
    """Raise BadTiles unless the tile is what the file says; an empty vector tile is one (MVT 2.1, section 4.1)."""
    if kind_of(tile) != kind and not (kind == "mvt" and not tile):
        raise BadTiles(f"isinya bukan ubin {kind}: berkas ini rusak atau tidak selesai disalin.")


def zooms(low: Any, high: Any) -> tuple[int, int]:
    """The two zooms as integers; raises BadTiles."""
    try:
        pair = int(low), int(high)
    except (TypeError, ValueError):
        raise BadTiles("tingkat zoomnya tidak terbaca.") from None
    if not 0 <= pair[0] <= pair[1] <= MAX_ZOOM:
        raise BadTiles(f"tingkat zoomnya {pair[0]} sampai {pair[1]}; yang sah 0 sampai {MAX_ZOOM}.")
    return pair


def box(west: float, south: float, east: float, north: float) -> Box:
    """The bounds, cut at the end of web Mercator; raises BadTiles when they are no box in this world."""
    given = (west, south, east, north)
    inside = all(math.isfinite(one) for one in given) and max(abs(west), abs(east)) <= 180 + SLACK_DEG
    if not (inside and max(abs(south), abs(north)) <= 90 + SLACK_DEG and west < east and south < north):
        raise BadTiles("batasnya (barat, selatan, timur, utara) bukan kotak di bumi ini.")
    lats = (max(south, -MERCATOR_LAT), min(north, MERCATOR_LAT))
    return (max(west, -180.0), lats[0], min(east, 180.0), lats[1])


def corner(z: int, x: int, y: int) -> tuple[float, float]:
    """Longitude and latitude of a tile's north-west corner, in degrees."""
    north = math.degrees(math.atan(math.sinh(math.pi * (1 - 2 * y / 2**z))))
    return x / 2**z * 360 - 180, north


def plain(words: Any) -> str:
    """Words out of a file as one plain line: no markup, no line breaks, at most 200 letters."""
    text = html.unescape(re.sub(r"<[^>]*>", "", words if isinstance(words, str) else ""))
    return " ".join("".join(one if one.isprintable() else " " for one in text).split())[:MAX_WORDS]


def layer_names(given: Any) -> tuple[str, ...]:
    """The ids of TileJSON's `vector_layers` (TileJSON 3.0, section 3.3)."""
    rows = given if isinstance(given, list) else []
    return tuple(str(one["id"])[:60] for one in rows[:100] if isinstance(one, dict) and one.get("id"))
