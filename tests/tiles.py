"""Tiny files of map tiles, written here byte by byte: PMTiles 3, MBTiles 1.3, vector tiles 2.1, PNG."""

import gzip
import json
import struct
import zlib
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from gis.database import sqlite_driver
from gis.pmtiles import HEADER, MAGIC

EXTENT = 4096
WHOLE = [(0, 0), (EXTENT, 0), (EXTENT, EXTENT), (0, EXTENT)]
LOMBOK = (116.0, -9.0, 117.0, -8.0)
Tiles = Mapping[tuple[int, int, int], bytes]


def png(colour: tuple[int, int, int], side: int = 256) -> bytes:
    """A square of one colour."""
    rows = (b"\x00" + bytes(colour) * side) * side
    head = struct.pack(">2I5B", side, side, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + _chunk(b"IHDR", head) + _chunk(b"IDAT", zlib.compress(rows)) + _chunk(b"IEND", b"")


def _chunk(kind: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))


def vector(layers: Mapping[str, Mapping[str, str]], ring: Iterable[tuple[int, int]] = WHOLE) -> bytes:
    """A vector tile: in each layer one polygon with these properties."""
    return b"".join(_field(3, _layer(name, properties, list(ring))) for name, properties in layers.items())


def _layer(name: str, properties: Mapping[str, str], ring: list[tuple[int, int]]) -> bytes:
    tags = b"".join(varint(at) + varint(at) for at in range(len(properties)))
    feature = _field(2, tags) + b"\x18" + varint(3) + _field(4, _polygon(ring))
    keys = b"".join(_field(3, key.encode()) for key in properties)
    values = b"".join(_field(4, _field(1, value.encode())) for value in properties.values())
    return b"\x78\x02" + _field(1, name.encode()) + _field(2, feature) + keys + values + b"\x28" + varint(EXTENT)


def _polygon(ring: list[tuple[int, int]]) -> bytes:
    """MoveTo, LineTo the rest, ClosePath; each point as the zigzag of its step (MVT 2.1, section 4.3)."""
    points = [(0, 0), *ring]
    steps = [
        varint(_zigzag(b - a))
        for (ax, ay), (bx, by) in zip(points, points[1:], strict=False)
        for a, b in ((ax, bx), (ay, by))
    ]
    return varint(9) + b"".join(steps[:2]) + varint((len(ring) - 1) << 3 | 2) + b"".join(steps[2:]) + varint(15)


def _zigzag(number: int) -> int:
    return number << 1 if number >= 0 else (-number << 1) - 1


def _field(number: int, body: bytes) -> bytes:
    return varint(number << 3 | 2) + varint(len(body)) + body


def varint(number: int) -> bytes:
    out = bytearray()
    while number > 0x7F:
        out.append(number & 0x7F | 0x80)
        number >>= 7
    return bytes([*out, number])


def tile_at(z: int, lon: float, lat: float) -> tuple[int, int, int]:
    """The tile of a place."""
    from math import asinh, pi, radians, tan

    return z, int((lon + 180) / 360 * 2**z), int((1 - asinh(tan(radians(lat))) / pi) / 2 * 2**z)


def covering(box: tuple[float, float, float, float], zooms: Iterable[int]) -> list[tuple[int, int, int]]:
    """Every tile that touches the box."""
    west, south, east, north = box
    found = []
    for zoom in zooms:
        (_, left, top), (_, right, bottom) = tile_at(zoom, west, north), tile_at(zoom, east, south)
        found += [(zoom, x, y) for x in range(left, right + 1) for y in range(top, bottom + 1)]
    return found


def tile_id(z: int, x: int, y: int) -> int:
    """Its number along the Hilbert curve, behind those of the zooms above (PMTiles 3, section 4.1)."""
    number, side = (4**z - 1) // 3, 1 << z >> 1
    while side:
        right, low = int(bool(x & side)), int(bool(y & side))
        number += side * side * (3 * right ^ low)
        if not low:
            if right:
                x, y = side - 1 - (x & side - 1), side - 1 - (y & side - 1)
            x, y = y, x
        side >>= 1
    return number


def directory(places: list[tuple[int, int, int, int]]) -> bytes:
    """(id, run, length, offset) of each entry, as the columns of a directory."""
    ids = [one[0] for one in places]
    steps = [b - a for a, b in zip([0, *ids], ids, strict=False)]
    columns = [steps, [one[1] for one in places], [one[2] for one in places], [one[3] + 1 for one in places]]
    return varint(len(places)) + b"".join(varint(number) for column in columns for number in column)


def pmtiles(path: Path, tiles: Tiles, kind: int = 2, box: Any = LOMBOK, with_leaf: bool = False, **said: Any) -> Path:
    """Write an archive of these tiles (kind: 1 mvt, packed here; 2 png, 3 jpg, 4 webp); said is its metadata."""
    is_vector = kind == 1
    places, body = [], b""
    for key in sorted(tiles, key=lambda one: tile_id(*one)):
        packed = gzip.compress(tiles[key]) if is_vector else tiles[key]
        places.append((tile_id(*key), 1, len(packed), len(body)))
        body += packed
    root, leaves = gzip.compress(directory(places)), b""
    if with_leaf:
        leaves, root = root, gzip.compress(directory([(places[0][0], 0, len(root), 0)]))
    metadata = gzip.compress(json.dumps(said).encode())
    spans, at = [], HEADER.size
    for part in (root, metadata, leaves, body):
        spans += [at, len(part)]
        at += len(part)
    zooms = [key[0] for key in tiles]
    e7 = [round(one * 1e7) for one in box]
    counts = [len(tiles)] * 3
    coding = (1, 2, 2 if is_vector else 1, kind, min(zooms), max(zooms))
    head = HEADER.pack(MAGIC, 3, *spans, *counts, *coding, *e7, min(zooms), e7[0], e7[1])
    path.write_bytes(head + root + metadata + leaves + body)
    return path


def mbtiles(path: Path, tiles: Tiles, index: bool = True, **said: Any) -> Path:
    """Write a SQLite file of these tiles; said is its metadata (format, bounds, minzoom...)."""
    conn = sqlite_driver().connect(path)
    conn.execute("CREATE TABLE metadata (name text, value text)")
    conn.execute("CREATE TABLE tiles (zoom_level integer, tile_column integer, tile_row integer, tile_data blob)")
    if index:
        conn.execute("CREATE UNIQUE INDEX tile_index ON tiles (zoom_level, tile_column, tile_row)")
    conn.executemany("INSERT INTO metadata VALUES (?, ?)", said.items())
    rows = [(z, x, 2**z - 1 - y, data) for (z, x, y), data in tiles.items()]
    conn.executemany("INSERT INTO tiles VALUES (?, ?, ?, ?)", rows)
    conn.commit()
    conn.close()
    return path
