"""WebM with sound alone (RFC 8794 EBML, RFC 9559 Matroska): a list of what is kept; every other element is left out.

A browser that records writes segments and clusters without a size; they end where an element of their own level or
above begins.
"""

import struct
from collections.abc import Iterator

from incident.attachments.faults import BadFile

BROKEN = "Rekaman WebM ini rusak atau terpotong; rekam atau kirim sekali lagi."
HEAD, SEGMENT, INFO, TRACKS, CLUSTER, TRACK = 0x1A45DFA3, 0x18538067, 0x1549A966, 0x1654AE6B, 0x1F43B675, 0xAE
TYPE, CODEC, AUDIO, GROUP, SIMPLE, BLOCK = 0x83, 0x86, 0xE1, 0xA0, 0xA3, 0xA1
SCALE, LENGTH, TIME = 0x2AD7B1, 0x4489, 0xE7
# what is inside an element and kept, as it is or looked into in turn
KEPT: dict[int, frozenset[int]] = {
    HEAD: frozenset({0x4286, 0x42F7, 0x42F2, 0x42F3, 0x4282, 0x4287, 0x4285}),
    SEGMENT: frozenset({INFO, TRACKS, CLUSTER}),
    INFO: frozenset({SCALE, LENGTH}),
    TRACKS: frozenset({TRACK}),
    TRACK: frozenset({0xD7, 0x73C5, TYPE, 0xB9, 0x88, 0x9C, CODEC, 0x63A2, 0x56AA, 0x56BB, AUDIO, 0x23E383}),
    AUDIO: frozenset({0xB5, 0x78B5, 0x9F, 0x6264}),
    CLUSTER: frozenset({TIME, SIMPLE, GROUP}),
    GROUP: frozenset({BLOCK, 0x9B, 0xFB, 0x75A2}),
}
ENDS_UNSIZED = {SEGMENT: frozenset({HEAD, SEGMENT}), CLUSTER: frozenset({HEAD, SEGMENT, CLUSTER, INFO, TRACKS})}
AFTER_CLUSTERS = frozenset({0x1C53BB6B, 0x1254C367, 0x1941A469, 0x1043A770, 0x114D9B74})  # cues, tags, ...
SOUND = 2
CODECS = (b"A_OPUS", b"A_VORBIS")
MOST_PRIVATE = 64_000  # bytes of a codec's own head
MUXED = ((0x4D80, b"Posko"), (0x5741, b"Posko"))  # the standard wants both; they name nobody
UNKNOWN_SIZE = -1


def rewrite(content: bytes) -> tuple[bytes, float | None]:
    """The same sound with the elements that are needed to hear it, and no other."""
    top = list(_elements(content, 0, len(content), None))
    if [name for name, _, _ in top if name in KEPT] != [HEAD, SEGMENT]:
        raise BadFile(BROKEN)
    (_, head_from, head_to), (_, from_, to) = (one for one in top if one[0] in KEPT)
    if b"webm" not in content[head_from:head_to] and b"matroska" not in content[head_from:head_to]:
        raise BadFile(BROKEN)
    found = _Found()
    body = _inside(content, SEGMENT, from_, to, found)
    found.require_sound()
    return _sized(HEAD, _inside(content, HEAD, head_from, head_to, found)) + _sized(SEGMENT, body), found.seconds()


class _Found:
    """What was met on the way: one track of sound, and the times of its blocks."""

    def __init__(self) -> None:
        self.types: list[int] = []
        self.codecs: list[bytes] = []
        self.scale, self.cluster, self.last, self.blocks = 1_000_000, 0, 0, 0

    def meet(self, name: int, value: bytes) -> None:
        if name == TYPE:
            self.types.append(int.from_bytes(value))
        elif name == CODEC:
            self.codecs.append(value.rstrip(b"\0"))
        elif name == SCALE:
            self.scale = int.from_bytes(value)
        elif name == TIME:
            self.cluster = int.from_bytes(value)
        elif name in (SIMPLE, BLOCK):
            self.blocks += 1
            self.last = max(self.last, self.cluster + _time_of(value))
        elif name == 0x63A2 and len(value) > MOST_PRIVATE:
            raise BadFile(BROKEN)

    def require_sound(self) -> None:
        if self.types != [SOUND] or len(self.codecs) != 1 or self.codecs[0] not in CODECS:
            raise BadFile("Berkas WebM ini bukan rekaman suara saja; video tidak diterima.")
        if not self.blocks:
            raise BadFile(BROKEN)

    def seconds(self) -> float:
        return self.last * self.scale / 1e9


def _time_of(block: bytes) -> int:
    """The time of a block within its cluster, in ticks: behind the number of its track."""
    try:
        _, size = _number(block, 0)
        return int(struct.unpack_from(">h", block, size)[0])
    except struct.error:
        raise BadFile(BROKEN) from None


def _inside(content: bytes, parent: int, from_: int, to: int, found: _Found) -> bytes:
    """The kept elements of a parent, each written anew with its size."""
    told = []
    for name, start, end in _elements(content, from_, to, parent):
        if name not in KEPT[parent]:
            continue
        if name in KEPT:
            told.append(_sized(name, _inside(content, name, start, end, found)))
        else:
            found.meet(name, content[start:end])
            told.append(_sized(name, content[start:end]))
    if parent == INFO:
        told += [_sized(name, words) for name, words in MUXED]
    return b"".join(told)


def _elements(content: bytes, place: int, to: int, parent: int | None) -> Iterator[tuple[int, int, int]]:
    """(name, first byte, byte behind) of the elements in a stretch; raises BadFile for what does not fit in it."""
    while place < to:
        name, size = _name(content, place)
        length, of_length = _number(content, place + size)
        start = place + size + of_length
        if length == UNKNOWN_SIZE:
            if name not in ENDS_UNSIZED:
                raise BadFile(BROKEN)
            end = _end_of_unsized(content, name, start, to)
        else:
            end = start + length
        if end > to or start > to:
            raise BadFile(BROKEN)
        yield name, start, end
        place = end


def _end_of_unsized(content: bytes, name: int, place: int, to: int) -> int:
    ends = ENDS_UNSIZED[name] | (AFTER_CLUSTERS if name == CLUSTER else frozenset())
    while place < to:
        inner, size = _name(content, place)
        if inner in ends:
            return place
        length, of_length = _number(content, place + size)
        if length == UNKNOWN_SIZE:
            place = _end_of_unsized(content, inner, place + size + of_length, to) if inner in ENDS_UNSIZED else to + 1
        else:
            place += size + of_length + length
    if place > to:
        raise BadFile(BROKEN)
    return place


def _name(content: bytes, place: int) -> tuple[int, int]:
    """An element's name with its marker, and how many bytes it takes (RFC 8794, section 5)."""
    first = content[place] if place < len(content) else 0
    size = 9 - first.bit_length()
    if not 1 <= size <= 4 or place + size > len(content):
        raise BadFile(BROKEN)
    return int.from_bytes(content[place : place + size]), size


def _number(content: bytes, place: int) -> tuple[int, int]:
    """A length without its marker, UNKNOWN_SIZE when all its bits are set, and how many bytes it takes (section 4)."""
    first = content[place] if place < len(content) else 0
    size = 9 - first.bit_length()
    if not 1 <= size <= 8 or place + size > len(content):
        raise BadFile(BROKEN)
    value = int.from_bytes(content[place : place + size]) & ((1 << 7 * size) - 1)
    return (UNKNOWN_SIZE if value == (1 << 7 * size) - 1 else value), size


def _sized(name: int, body: bytes) -> bytes:
    """An element with a length of eight bytes."""
    return name.to_bytes((name.bit_length() + 7) // 8) + (len(body) | 1 << 56).to_bytes(8) + body
