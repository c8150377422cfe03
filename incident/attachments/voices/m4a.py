"""M4A (ISO/IEC 14496-12): boxes that are not needed to hear it are blanked where they stand, so that no offset moves.

The box of the samples (mdat) is kept byte by byte: what lies in it between two samples is not proven to be sound.
"""

import struct
from collections.abc import Iterator

from incident.attachments.faults import BadFile

BROKEN = "Rekaman M4A ini rusak atau terpotong; rekam atau kirim sekali lagi."
NO_VIDEO = "Berkas ini bukan rekaman suara saja; video tidak diterima."
SOUND = b"soun"
OUTER = frozenset({b"moov", b"trak", b"mdia", b"minf", b"stbl", b"dinf", b"edts", b"mvex", b"moof", b"traf"})
KEPT = OUTER | frozenset(
    {b"ftyp", b"mdat", b"mvhd", b"tkhd", b"mdhd", b"hdlr", b"smhd", b"dref", b"stsd", b"stts", b"stsc", b"stsz"}
    | {b"stco", b"co64", b"ctts", b"stss", b"sgpd", b"sbgp", b"elst", b"mehd", b"trex"}
    | {b"mfhd", b"tfhd", b"tfdt", b"trun", b"saiz", b"saio"}
)
TIMED = (b"mvhd", b"tkhd", b"mdhd")
BRANDS = (
    b"M4A ",
    b"M4B ",
    b"mp42",
    b"mp41",
    b"isom",
    b"iso2",
    b"iso4",
    b"iso5",
    b"iso6",
    b"iso8",
    b"qt  ",
    b"dash",
    b"3gp4",
    b"3gp5",
)


def rewrite(content: bytes) -> tuple[bytes, float | None]:
    """The same boxes with names, places, times of making and everything unknown turned to zeros."""
    if content[8:12] not in BRANDS:
        raise BadFile(BROKEN)
    told = bytearray(content)
    handlers: list[bytes] = []
    names = [name for name, *_ in _boxes(content, 0, len(content))]
    if b"moov" not in names or b"mdat" not in names:
        raise BadFile(BROKEN)
    seconds = _clean(told, 0, len(told), handlers)
    if not handlers or set(handlers) != {SOUND}:
        raise BadFile(NO_VIDEO)
    return bytes(told), seconds


def _boxes(content: bytes | bytearray, place: int, to: int) -> Iterator[tuple[bytes, int, int, int]]:
    """(name, first byte, first byte inside, byte behind) of the boxes in a stretch, to its last byte."""
    while place < to:
        if place + 8 > to:
            raise BadFile(BROKEN)
        size, name = struct.unpack_from(">I4s", content, place)
        inside = place + 8
        if size == 1 and place + 16 <= to:
            size, inside = struct.unpack_from(">Q", content, place + 8)[0], place + 16
        elif size == 0:
            size = to - place
        if size < inside - place or place + size > to:
            raise BadFile(BROKEN)
        yield name, place, inside, place + size
        place += size


def _clean(told: bytearray, from_: int, to: int, handlers: list[bytes]) -> float | None:
    """Blank what is not kept; answers the length in seconds where a box said it."""
    seconds = None
    for name, start, inside, end in list(_boxes(told, from_, to)):
        if name not in KEPT:
            told[start + 4 : start + 8] = b"free"
            told[inside:end] = bytes(end - inside)
        elif name in OUTER:
            said = _clean(told, inside, end, handlers)
            seconds = seconds if said is None else said
        elif name in TIMED:
            said = _forget_times(told, inside, end, name)
            seconds = seconds if said is None else said
        elif name == b"hdlr":
            handlers.append(_handler(told, inside, end))
        elif name == b"dref":
            _require_own(told, inside, end)
        elif name == b"stsd":
            _require_sound(told, inside, end)
    return seconds


def _forget_times(told: bytearray, inside: int, end: int, name: bytes) -> float | None:
    """When it was made and changed become zero; the length of the whole stays."""
    is_long = told[inside] == 1 if inside < end else False
    width = 8 if is_long else 4
    if inside + 4 + 2 * width > end:
        raise BadFile(BROKEN)
    told[inside + 4 : inside + 4 + 2 * width] = bytes(2 * width)
    if name != b"mvhd" or inside + 8 + 3 * width > end:
        return None
    scale, length = struct.unpack_from(">IQ" if is_long else ">II", told, inside + 4 + 2 * width)
    return length / scale if scale and length else None


def _handler(told: bytearray, inside: int, end: int) -> bytes:
    """What the track is for; its name is blanked."""
    if inside + 24 > end:
        raise BadFile(BROKEN)
    told[inside + 12 : end] = bytes(end - inside - 12)
    return bytes(told[inside + 8 : inside + 12])


def _require_own(told: bytearray, inside: int, end: int) -> None:
    """The samples lie in this file: an address of another is none of it."""
    for name, start, inner, behind in _boxes(told, inside + 8, end):
        if name != b"url " or told[start + 11] != 1 or any(told[inner + 4 : behind]):
            raise BadFile(BROKEN)


def _require_sound(told: bytearray, inside: int, end: int) -> None:
    names = [name for name, *_ in _boxes(told, inside + 8, end)]
    if not names or set(names) - {b"mp4a", b"alac", b"Opus", b"samr", b"sawb"}:
        raise BadFile(NO_VIDEO)
