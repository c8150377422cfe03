"""Reads a PMTiles archive: one file of tiles that a browser reads by ranges.

Numbers and layout are those of the PMTiles version 3 specification: header (section 3), directories (4), metadata (5).
"""

import json
import os
import struct
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO

from gis.tile_words import About, BadTiles, box, layer_names, plain, require_kind, zooms

MAGIC = b"PMTiles"
HEADER = struct.Struct("<7sB11QBBBBBB4iB2i")
ROOT_ENDS = 16_384  # the root directory lies in the first 16 KiB, so that one request finds it
MAX_UNPACKED = 32_000_000
MAX_TILE = 20_000_000
MAX_DEPTH = 4
COMPRESSIONS = {0: "unknown", 1: "none", 2: "gzip", 3: "brotli", 4: "zstd"}
TYPES = {1: "mvt", 2: "png", 3: "jpg", 4: "webp"}


@dataclass(frozen=True, slots=True)
class Header:
    """The first 127 bytes."""

    root: tuple[int, int]
    metadata: tuple[int, int]
    leaves: tuple[int, int]
    tiles: tuple[int, int]
    internal: str
    packed: str
    type: str
    zooms: tuple[int, int]
    e7: tuple[int, int, int, int]


@dataclass(frozen=True, slots=True)
class Place:
    """An entry of a directory: from which tile on, how many share it (0: a leaf directory), where its bytes are."""

    tile_id: int
    run: int
    length: int
    offset: int


def about(path: Path) -> About:
    """What the archive is, with its first and its last tile looked at; raises BadTiles."""
    with open(path, "rb") as file:
        header = read_header(file, os.fstat(file.fileno()).st_size)
        said = _metadata(file, header)
        for first in (True, False):
            require_kind(unpack(_tile_at_end(file, header, first), header.packed), header.type)
    bounds = box(*(one / 1e7 for one in header.e7))
    layers = layer_names(said.get("vector_layers"))
    title, attribution = plain(said.get("name")), plain(said.get("attribution"))
    return About("pmtiles", header.type, *header.zooms, bounds, title, attribution, layers)


def read_header(file: BinaryIO, size: int) -> Header:
    """The header, checked against the size of the file; raises BadTiles."""
    raw = file.read(HEADER.size)
    if not raw.startswith(MAGIC):
        raise BadTiles("bukan berkas PMTiles.")
    if len(raw) < HEADER.size:
        raise BadTiles("terpotong di kepalanya.")
    _require_version(raw[7])
    words = HEADER.unpack(raw)
    spans = [(words[2 + 2 * one], words[3 + 2 * one]) for one in range(4)]
    _require_whole(spans, size)
    return Header(spans[0], spans[1], spans[2], spans[3], *_codings(*words[14:17]), zooms(*words[17:19]), words[19:23])


def _require_version(version: int) -> None:
    if version != 3:
        raise BadTiles(f"PMTiles versi {version}; Posko membaca versi 3. Ubah dengan `pmtiles convert`.")


def _require_whole(spans: list[tuple[int, int]], size: int) -> None:
    ends = max(offset + length for offset, length in spans)
    if ends > size:
        raise BadTiles(f"terpotong: seharusnya paling sedikit {ends} byte, yang ada {size}. Salin sekali lagi.")
    if not spans[0][1] or sum(spans[0]) > ROOT_ENDS:
        raise BadTiles("direktori akarnya tidak di tempatnya.")


def _codings(internal: int, packed: int, kind: int) -> tuple[str, str, str]:
    """How directories and tiles are packed, and the type of the tiles, where a browser can read them."""
    if kind not in TYPES:
        raise BadTiles("jenis ubinnya tidak dikenal; yang dapat dipakai mvt, png, jpg, webp.")
    for code in (internal, packed):
        if COMPRESSIONS.get(code, "?") in ("brotli", "zstd", "?"):
            raise BadTiles("dimampatkan dengan cara yang tidak dibaca peramban; buat ulang dengan gzip.")
    return COMPRESSIONS[internal], COMPRESSIONS[packed], TYPES[kind]


def _metadata(file: BinaryIO, header: Header) -> dict[str, Any]:
    if not header.metadata[1]:
        return {}
    raw = unpack(_read(file, *header.metadata), header.internal)
    try:
        said = json.loads(raw)
    except (ValueError, RecursionError):
        raise BadTiles("metadatanya bukan JSON.") from None
    return said if isinstance(said, dict) else {}


def _read(file: BinaryIO, offset: int, length: int) -> bytes:
    if length > MAX_TILE:
        raise BadTiles("satu bagiannya lebih dari 20 MB.")
    file.seek(offset)
    found = file.read(length)
    if len(found) < length:
        raise BadTiles("terpotong.")
    return found


def unpack(packed: bytes, how: str) -> bytes:
    """The bytes unpacked; raises BadTiles for broken ones and for what swells beyond 32 MB."""
    if how != "gzip":
        return packed
    reader = zlib.decompressobj(31)
    try:
        plain_bytes = reader.decompress(packed, MAX_UNPACKED)
    except zlib.error:
        raise BadTiles("satu bagiannya rusak (gzip).") from None
    if not reader.eof:
        raise BadTiles("satu bagiannya terpotong, atau mengembang lebih dari 32 MB.")
    return plain_bytes


def read_directory(raw: bytes) -> list[Place]:
    """The entries of an unpacked directory: columns of varints, ids as differences; raises BadTiles."""
    numbers = _varints(raw)
    try:
        count = next(numbers)
        if not 0 < count <= len(raw):
            raise BadTiles("satu direktorinya kosong atau rusak.")
        columns = [[next(numbers) for _ in range(count)] for _ in range(4)]
    except StopIteration:
        raise BadTiles("satu direktorinya terpotong.") from None
    return list(_places(*columns))


def _places(steps: list[int], runs: list[int], lengths: list[int], offsets: list[int]) -> Iterator[Place]:
    tile_id, ends = 0, 0
    for step, run, length, offset in zip(steps, runs, lengths, offsets, strict=True):
        tile_id += step
        starts = offset - 1 if offset else ends  # 0: right behind the one before
        yield Place(tile_id, run, length, starts)
        ends = starts + length


def _varints(raw: bytes) -> Iterator[int]:
    value = shift = 0
    for byte in raw:
        value |= (byte & 0x7F) << shift
        shift += 7
        if shift > 70:
            raise BadTiles("satu direktorinya rusak.")
        if byte < 0x80:
            yield value
            value = shift = 0


def _tile_at_end(file: BinaryIO, header: Header, first: bool) -> bytes:
    """The first or the last tile: a file that was not copied to its end fails here."""
    span = header.root
    for _ in range(MAX_DEPTH):
        places = read_directory(unpack(_read(file, *span), header.internal))
        place = places[0 if first else -1]
        within = header.tiles if place.run else header.leaves
        if place.offset + place.length > within[1]:
            raise BadTiles("direktorinya menunjuk ke luar berkas.")
        span = (within[0] + place.offset, place.length)
        if place.run:
            return _read(file, *span)
    raise BadTiles("direktorinya bertingkat terlalu dalam.")
