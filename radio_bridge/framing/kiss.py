"""KISS: frames to and from a modem over a byte stream (Chepponis and Karn, 1987). Every TNC speaks it."""

from __future__ import annotations

FEND, FESC, TFEND, TFESC = 0xC0, 0xDB, 0xDC, 0xDD
DATA, TXDELAY, PERSISTENCE, SLOTTIME, TXTAIL, FULLDUPLEX, SETHARDWARE = range(7)

FRAME_MAX = 1024
"""Longer than any frame of ours; garbage without a FEND must not fill the memory."""

_ESCAPED = {FEND: bytes((FESC, TFEND)), FESC: bytes((FESC, TFESC))}
_UNESCAPED = {TFEND: FEND, TFESC: FESC}


def encode(frame: bytes, port: int = 0) -> bytes:
    """A data frame for TNC port 0..15, ready for the wire."""
    return _wrap(port, DATA, frame)


def txdelay(ms: int, port: int = 0) -> bytes:
    """Key-up delay before the first flag; 10 ms steps on the wire."""
    return _wrap(port, TXDELAY, bytes((_byte(ms // 10),)))


def persistence(p: int, port: int = 0) -> bytes:
    """Chance 0..255 to key in a free slot; 255 for slots of our own making (roll-call)."""
    return _wrap(port, PERSISTENCE, bytes((_byte(p),)))


def slottime(ms: int, port: int = 0) -> bytes:
    """The TNC's own CSMA slot; 10 ms steps on the wire."""
    return _wrap(port, SLOTTIME, bytes((_byte(ms // 10),)))


def txtail(ms: int, port: int = 0) -> bytes:
    """Time the TNC stays keyed after the last flag; 10 ms steps on the wire."""
    return _wrap(port, TXTAIL, bytes((_byte(ms // 10),)))


def full_duplex(on: bool, port: int = 0) -> bytes:
    """False on every radio channel; True only on wires without a carrier to listen for."""
    return _wrap(port, FULLDUPLEX, bytes((int(on),)))


def command(number: int, content: bytes, port: int = 0) -> bytes:
    """Any other command, such as SETHARDWARE, whose content each modem has its own words for."""
    return _wrap(port, number, content)


class KissDecoder:
    """Finds data frames in whatever the port gives: split, joined, or with garbage between.

    `skipped` counts what was not a well-formed data frame (bad escape, too long, command); line noise is normal.
    """

    def __init__(self, longest: int = FRAME_MAX) -> None:
        self.longest = longest
        self.skipped = 0
        self._raw: bytearray | None = None

    def feed(self, received: bytes) -> list[bytes]:
        """The data frames (without command byte) completed by these bytes, in order."""
        found = self.feed_all(received)
        self.skipped += sum(number != DATA for number, _ in found)
        return [content for number, content in found if number == DATA]

    def feed_all(self, received: bytes) -> list[tuple[int, bytes]]:
        """(command, content) of every frame completed by these bytes, what a modem says of itself too, in order."""
        found = []
        for piece, closed in _pieces(received):
            self._gather(piece)
            if closed and (frame := self._close()):
                found.append((frame[0] & 0x0F, frame[1:]))
        return found

    def _gather(self, piece: bytes) -> None:
        """Bytes before the first FEND are the tail of something we did not see begin: they do not count."""
        if self._raw is None:
            return
        room = 2 * self.longest + 3 - len(self._raw)
        self._raw += piece[: max(room, 0)]

    def _close(self) -> bytes:
        raw, self._raw = self._raw, bytearray()
        if not raw:
            return b""
        frame = _unescape(raw)
        if frame is None or not 2 <= len(frame) <= self.longest + 1:
            self.skipped += 1
            return b""
        return frame


def _pieces(received: bytes) -> list[tuple[bytes, bool]]:
    """The stretches between FENDs; True where a FEND ended the stretch."""
    stretches = received.split(bytes((FEND,)))
    return [(stretch, at < len(stretches) - 1) for at, stretch in enumerate(stretches)]


def _unescape(raw: bytes | bytearray) -> bytes | None:
    """None for an escape that KISS does not know: the frame was damaged on the wire."""
    first, *parts = bytes(raw).split(bytes((FESC,)))
    if any(part[:1] and part[0] not in _UNESCAPED or not part for part in parts):
        return None
    return first + b"".join(bytes((_UNESCAPED[part[0]],)) + part[1:] for part in parts)


def _wrap(port: int, command: int, content: bytes) -> bytes:
    inside = bytes(((port & 0x0F) << 4 | command,)) + content
    # The command byte is escaped too: port 12 with command 0 is 0xC0, a FEND (KISS, section 3).
    return bytes((FEND,)) + b"".join(_ESCAPED.get(byte) or bytes((byte,)) for byte in inside) + bytes((FEND,))


def _byte(steps: int) -> int:
    return max(0, min(255, steps))
