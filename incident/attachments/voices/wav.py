"""WAV (RIFF, "Multimedia Programming Interface and Data Specifications 1.0"): a new head, and the samples."""

import struct
from collections.abc import Iterator

from incident.attachments.faults import BadFile

PLAIN = {1: (8, 16, 24, 32), 3: (32, 64), 6: (8,), 7: (8,)}  # PCM, float, A-law, mu-law: bits of a sample
EXTENSIBLE = 0xFFFE
GUID_TAIL = bytes.fromhex("000000001000800000aa00389b71")
BROKEN = "Rekaman WAV ini rusak atau terpotong; rekam atau kirim sekali lagi."


def rewrite(content: bytes) -> tuple[bytes, float | None]:
    """Only how it sounds and the samples; names, places and remarks of the recorder are left behind."""
    chunks = dict(_chunks(content))
    if b"fmt " not in chunks or not chunks.get(b"data"):
        raise BadFile(BROKEN)
    form = _form(chunks[b"fmt "])
    code, channels, rate, _, width, _ = form
    samples = chunks[b"data"]
    samples = samples[: len(samples) // width * width]
    head = struct.pack("<4s4sI", b"WAVE", b"fmt ", 16) + struct.pack("<HHIIHH", *form)
    fact = struct.pack("<4sII", b"fact", 4, len(samples) // width) if code != 1 else b""
    body = head + fact + struct.pack("<4sI", b"data", len(samples)) + samples + b"\0" * (len(samples) % 2)
    return struct.pack("<4sI", b"RIFF", len(body)) + body, len(samples) / width / rate


def _chunks(content: bytes) -> Iterator[tuple[bytes, bytes]]:
    place = 12
    while place + 8 <= len(content):
        name, size = struct.unpack_from("<4sI", content, place)
        place += 8
        if name == b"data" and size in (0, 0xFFFFFFFF):  # a recorder that was cut off wrote no size
            size = len(content) - place
        if place + size > len(content):
            raise BadFile(BROKEN)
        yield name, content[place : place + size]
        place += size + size % 2


def _form(chunk: bytes) -> tuple[int, int, int, int, int, int]:
    """Code, channels, samples a second, bytes a second, bytes of a frame, bits of a sample; checked."""
    if len(chunk) < 16:
        raise BadFile(BROKEN)
    code, channels, rate, _, width, bits = struct.unpack_from("<HHIIHH", chunk)
    if code == EXTENSIBLE and len(chunk) >= 40 and chunk[26:40] == GUID_TAIL:
        code = struct.unpack_from("<H", chunk, 24)[0]
    if bits not in PLAIN.get(code, ()) or channels not in (1, 2) or not 4000 <= rate <= 192_000:
        raise BadFile("Bentuk rekaman WAV ini tidak dikenal; simpan sebagai WAV PCM biasa.")
    if width != channels * bits // 8:
        raise BadFile(BROKEN)
    return code, channels, rate, rate * width, width, bits
