"""Ogg Opus (RFC 3533, RFC 7845): every page's checksum is proven, the comments are replaced by none."""

import struct
from collections.abc import Iterator
from dataclasses import dataclass

from incident.attachments.faults import BadFile

BROKEN = "Rekaman OGG ini rusak atau terpotong; rekam atau kirim sekali lagi."
FIRST, LAST = 2, 4  # flags of a page
NO_COMMENTS = b"OpusTags" + struct.pack("<I5sI", 5, b"Posko", 0)
RATE = 48_000  # of the positions, whatever was recorded (RFC 7845, section 4)


def _table() -> list[int]:
    """CRC-32 of Ogg: polynomial 0x04c11db7, not reflected (RFC 3533, section 6)."""
    table = []
    for byte in range(256):
        value = byte << 24
        for _ in range(8):
            value = (value << 1) ^ 0x04C11DB7 if value & 0x80000000 else value << 1
        table.append(value & 0xFFFFFFFF)
    return table


_TABLE = _table()


def checksum(page: bytes) -> int:
    """The checksum of a page whose own checksum stands as zeros."""
    value = 0
    for byte in page:
        value = ((value << 8) & 0xFFFFFFFF) ^ _TABLE[(value >> 24) ^ byte]
    return value


@dataclass(frozen=True, slots=True)
class Page:
    """One page: flags, the position after it (samples), its stream, the lengths of its segments, what is in them."""

    flags: int
    position: int
    stream: int
    lacing: bytes
    body: bytes

    @property
    def ends_packet(self) -> bool:
        return bool(self.lacing) and self.lacing[-1] < 255


def rewrite(content: bytes) -> tuple[bytes, float | None]:
    """The same sound in one stream, without a word about who, where or with what."""
    pages = list(_pages(content))
    skip = _head_of(pages)
    sound = pages[1 + _comment_pages(pages[1:]) :]
    if not sound or len({page.stream for page in pages}) != 1 or any(page.flags & FIRST for page in pages[1:]):
        raise BadFile(BROKEN)
    told = [_written(pages[0], 0), _written(_comments(pages[0].stream), 1)]
    told += [_written(page, number) for number, page in enumerate(sound, 2)]
    end = max(page.position for page in sound)
    return b"".join(told), max(0.0, (end - skip) / RATE)


def _pages(content: bytes) -> Iterator[Page]:
    """The pages one behind the other to the last byte; raises BadFile where one does not hold."""
    place = 0
    while place < len(content):
        if content[place : place + 5] != b"OggS\0" or place + 27 > len(content):
            raise BadFile(BROKEN)
        flags, position, stream, _, given, count = struct.unpack_from("<BqIIIB", content, place + 5)
        lacing = content[place + 27 : place + 27 + count]
        end = place + 27 + count + sum(lacing)
        page = content[place:end]
        if len(page) != 27 + count + sum(lacing) or checksum(page[:22] + bytes(4) + page[26:]) != given:
            raise BadFile(BROKEN)
        yield Page(flags, position, stream, lacing, page[27 + count :])
        place = end


def _head_of(pages: list[Page]) -> int:
    """Samples to skip at the start; raises BadFile for any other sound than Opus."""
    if not pages or not pages[0].flags & FIRST:
        raise BadFile(BROKEN)
    head = pages[0].body
    if not head.startswith(b"OpusHead") or len(head) < 19 or head[8] >> 4 or head[9] not in (1, 2) or head[18] != 0:
        raise BadFile("Rekaman OGG ini bukan suara Opus; rekam dengan telepon atau kirim sebagai WAV.")
    if len(head) != 19 or pages[0].lacing != b"\x13":
        raise BadFile(BROKEN)
    return int(struct.unpack_from("<H", head, 10)[0])


def _comment_pages(pages: list[Page]) -> int:
    """How many pages the comments fill: they end with a page of their own (RFC 7845, section 3)."""
    if not pages or not pages[0].body.startswith(b"OpusTags"):
        raise BadFile(BROKEN)
    for count, page in enumerate(pages, 1):
        ends = sum(one < 255 for one in page.lacing)
        if ends:
            if ends > 1 or not page.ends_packet:
                raise BadFile(BROKEN)
            return count
    raise BadFile(BROKEN)


def _comments(stream: int) -> Page:
    return Page(0, 0, stream, bytes([len(NO_COMMENTS)]), NO_COMMENTS)


def _written(page: Page, number: int) -> bytes:
    head = struct.pack("<5sBqII", b"OggS\0", page.flags, page.position, page.stream, number)
    rest = bytes([len(page.lacing)]) + page.lacing + page.body
    return head + struct.pack("<I", checksum(head + bytes(4) + rest)) + rest
