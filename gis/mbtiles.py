"""Reads MBTiles: a SQLite file of tiles (MBTiles specification 1.3), opened for reading alone."""

import json
import os
import struct
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import quote

from gis.database import sqlite_driver
from gis.tile_words import TYPES, About, BadTiles, box, corner, kind_of, layer_names, plain, require_kind, zooms

MAGIC = b"SQLite format 3\x00"
PATIENCE_S = 5.0  # for looking at a file as a whole
TILE_PATIENCE_S = 1.0  # for one tile: a view may be as slow as its author made it
STEPS = 5_000
MAX_WITHOUT_INDEX = 1_000
_driver = sqlite_driver()
_DATA = "CASE WHEN length(tile_data) <= 20000000 THEN tile_data END"  # 20 MB: no tile is that large
_TILE = f"SELECT {_DATA} FROM tiles WHERE zoom_level = ? AND tile_column = ? AND tile_row = ? LIMIT 1"
_SAMPLE = f"SELECT {_DATA} FROM tiles WHERE zoom_level = ? LIMIT 3"
_FORMATS = {"pbf": "mvt", "mvt": "mvt", "png": "png", "jpg": "jpg", "jpeg": "jpg", "webp": "webp"}


def about(path: Path) -> About:
    """What the file is, with some of its tiles looked at; raises BadTiles."""
    require_whole(path)
    try:
        with _opened(path, PATIENCE_S) as conn:
            return _about(conn)
    except _driver.Error as fault:
        raise BadTiles(f"bukan MBTiles yang dapat dibaca ({fault}).") from None


def require_whole(path: Path) -> None:
    """Compare the size with what the file says of its pages (SQLite file format, section 1.3); raises BadTiles."""
    with open(path, "rb") as file:
        head = file.read(100)
        size = os.fstat(file.fileno()).st_size
    if not head.startswith(MAGIC) or len(head) < 100:
        raise BadTiles("bukan berkas MBTiles (SQLite).")
    page, pages = struct.unpack(">H", head[16:18])[0], struct.unpack(">I", head[28:32])[0]
    if pages * (65_536 if page == 1 else page) > size:
        raise BadTiles("terpotong: sebagian berkas belum tersalin. Salin sekali lagi.")
    beside = path.with_name(f"{path.name}-wal")
    if beside.exists() and beside.stat().st_size:
        raise BadTiles("masih ditulis program lain (ada berkas -wal di sampingnya). Tutup program itu dahulu.")


def tile(path: Path, z: int, x: int, y: int) -> bytes | None:
    """The tile counted from the north as the web does, or None; raises BadTiles when the file cannot be read."""
    try:
        with _opened(path, TILE_PATIENCE_S) as conn:
            found = conn.execute(_TILE, (z, x, 2**z - 1 - y)).fetchone()
    except _driver.Error as fault:
        raise BadTiles(f"ubin tidak dapat dibaca ({fault}).") from None
    return bytes(found[0]) if found and found[0] is not None else None


@contextmanager
def _opened(path: Path, patience_s: float) -> Iterator[Any]:
    """The file for reading, its schema not trusted, each statement bounded in time."""
    conn = _driver.connect(f"file:{quote(str(path.absolute()))}?mode=ro&immutable=1", uri=True)
    ends = time.monotonic() + patience_s
    try:
        conn.execute("PRAGMA trusted_schema=OFF")
        conn.set_progress_handler(lambda: int(time.monotonic() > ends), STEPS)
        yield conn
    finally:
        conn.close()


def _about(conn: Any) -> About:
    said = _metadata(conn)
    low, high = _zooms(conn, said)
    _require_quick(conn)
    kind = _kind(conn, said, low, high)
    words = plain(said.get("name")), plain(said.get("attribution"))
    return About("mbtiles", kind, low, high, _bounds(conn, said, high), *words, _layers(said))


def _metadata(conn: Any) -> dict[str, Any]:
    rows = conn.execute("SELECT name, value FROM metadata LIMIT 1000").fetchall()
    return {str(name): value for name, value in rows}


def _zooms(conn: Any, said: dict[str, Any]) -> tuple[int, int]:
    """The zooms that are there: what the metadata says is believed only where it says it."""
    if "minzoom" in said and "maxzoom" in said:
        return zooms(said["minzoom"], said["maxzoom"])
    low, high = conn.execute("SELECT min(zoom_level), max(zoom_level) FROM tiles").fetchone()
    if low is None:
        raise BadTiles("tidak ada ubin di dalamnya.")
    return zooms(low, high)


def _require_quick(conn: Any) -> None:
    """A large file in which every tile is looked for from the start would hold up the room."""
    plan = " ".join(str(row[-1]) for row in conn.execute(f"EXPLAIN QUERY PLAN {_TILE}", (0, 0, 0)))
    if "SEARCH" in plan:
        return
    if len(conn.execute("SELECT 1 FROM tiles LIMIT ?", (MAX_WITHOUT_INDEX + 1,)).fetchall()) > MAX_WITHOUT_INDEX:
        raise BadTiles(
            "tanpa indeks, setiap ubin dicari dari awal. Buat dahulu: "
            "CREATE UNIQUE INDEX tile_index ON tiles (zoom_level, tile_column, tile_row)."
        )


def _kind(conn: Any, said: dict[str, Any], low: int, high: int) -> str:
    """The type of the tiles: what the metadata says, else what the first is; the ends of each must be it."""
    samples = [row[0] for zoom in {low, high} for row in conn.execute(_SAMPLE, (zoom,))]
    if not samples:
        raise BadTiles(f"tidak ada ubin di zoom {low} dan {high}.")
    kind = _FORMATS.get(str(said.get("format", "")).lower()) or kind_of(bytes(samples[0] or b""))
    if kind not in TYPES:
        raise BadTiles("jenis ubinnya tidak dikenal; yang dapat dipakai mvt, png, jpg, webp.")
    for one in (bytes(row or b"") for row in samples):
        if kind == "mvt" or kind_of(one) not in TYPES[1:]:  # pictures may be mixed: png where jpg cannot be clear
            require_kind(one, kind)
    return kind


def _bounds(conn: Any, said: dict[str, Any], zoom: int) -> Any:
    try:
        west, south, east, north = (float(part) for part in str(said["bounds"]).split(","))
    except (KeyError, ValueError):
        return _bounds_of_tiles(conn, zoom)
    return box(west, south, east, north)


def _bounds_of_tiles(conn: Any, zoom: int) -> Any:
    """The box round the tiles of the deepest zoom, for a file that does not say."""
    ends = "SELECT min(tile_column), min(tile_row), max(tile_column), max(tile_row) FROM tiles WHERE zoom_level = ?"
    left, low, right, high = conn.execute(ends, (zoom,)).fetchone()
    rows = 2**zoom
    west, north = corner(zoom, left, rows - 1 - high)
    east, south = corner(zoom, right + 1, rows - low)
    return box(west, south, east, north)


def _layers(said: dict[str, Any]) -> tuple[str, ...]:
    """The vector layers out of the metadata's `json` row."""
    try:
        inner = json.loads(str(said.get("json") or "{}"))
    except ValueError:
        return ()
    return layer_names(inner.get("vector_layers") if isinstance(inner, dict) else None)
