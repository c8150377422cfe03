"""The words of REYAX RYLR998 and RYLR896 (LoRa AT Command Guide): text lines, and text only inside them.

Frames go as base64url without padding: four letters for three bytes, none of which a line can trip over.
"""

from __future__ import annotations

import base64
import binascii
import re
from dataclasses import dataclass

TEXT_MAX = 240
FRAME_MAX = TEXT_MAX * 3 // 4
AROUND = 8
"""Bytes the module adds to the payload on the air, as its guide says."""
SWELL = 4 / 3
BROADCAST = 0
LINE_MAX = 512

_RECEIVED = re.compile(rb"\+RCV=(\d{1,5}),(\d{1,3}),")
_QUALITY = re.compile(rb",(-?\d{1,4}),(-?\d{1,4})\r?$")


@dataclass(frozen=True)
class Received:
    """A frame from the air."""

    address: int
    frame: bytes
    rssi_dbm: int
    snr_db: int


def send(frame: bytes) -> bytes:
    """The command that sends a frame to every module of the same network."""
    text = base64.urlsafe_b64encode(frame).rstrip(b"=")
    return b"AT+SEND=%d,%d,%s\r\n" % (BROADCAST, len(text), text)


def received(line: bytes) -> Received | None:
    """The frame in a `+RCV=` line; None when it is none of ours."""
    head, tail = _RECEIVED.match(line), _QUALITY.search(line)
    if head is None or tail is None or tail.start() - head.end() != int(head[2]):
        return None
    try:
        frame = _frame_of(line[head.end() : tail.start()])
    except (binascii.Error, ValueError):
        return None
    return Received(int(head[1]), frame, int(tail[1]), int(tail[2]))


def _frame_of(text: bytes) -> bytes:
    """Raises ValueError unless the text is exactly what send() would write of the frame."""
    frame = base64.b64decode(text + b"=" * (-len(text) % 4), altchars=b"-_", validate=True)
    if not frame or base64.urlsafe_b64encode(frame).rstrip(b"=") != text:
        raise ValueError("Text of somebody else's.")
    return frame


class Lines:
    """Cuts what the port gives into lines. What others sent may hold line ends itself: its length is believed."""

    def __init__(self) -> None:
        self._pending = b""

    def feed(self, some: bytes) -> list[bytes]:
        """The lines completed by these bytes, without their ends."""
        self._pending += some
        found = []
        while (end := self._end()) >= 0:
            line, self._pending = self._pending[:end], self._pending[end + 1 :]
            found.append(line.rstrip(b"\r"))
        if len(self._pending) > LINE_MAX:
            self._pending = b""
        return [line for line in found if line]

    def _end(self) -> int:
        head = _RECEIVED.match(self._pending)
        return self._pending.find(b"\n", head.end() + int(head[2]) if head else 0)
