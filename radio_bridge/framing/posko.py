"""Posko's own frame: short, in clear text, sealed so that nobody can forge, alter or replay it."""

from __future__ import annotations

import hmac
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from hashlib import blake2s
from typing import Any

from radio_bridge.errors import BadFrame

VERSION = 1
HEADER_BYTES, MAC_BYTES = 6, 6
WINDOW = 64
"""How far a frame may be overtaken by later ones of the same source and still count."""

NO_SERIES = -1
"""Of frames that may be heard again without harm, so that nobody can wear out their counters."""

_WRAPS_AHEAD = 32
"""Wraps of the 16-bit counter tried after a long silence: two million frames."""

_WRAPS_FIRST = 256
"""Wraps tried for a source never heard before: counters up to 16 million. Costs 128 us for a forged frame."""


@dataclass(frozen=True)
class Header:
    """type 0..15 (what radiogram), net, source and destination 0..255."""

    type: int
    net: int
    source: int
    destination: int

    def packed(self, counter: int) -> bytes:
        """version and type | net | source | destination | low 16 bits of the counter, big-endian."""
        first = VERSION << 4 | self.type
        return bytes((first, self.net, self.source, self.destination)) + (counter & 0xFFFF).to_bytes(2, "big")


@dataclass(frozen=True)
class Opened:
    """A frame whose seal was right and that was never seen before. `counter` is the full 32-bit counter."""

    header: Header
    counter: int
    content: bytes
    epoch: int = field(default=0, compare=False)
    """In which its sender believes the net to be."""


@dataclass
class ReplayWindow:
    """Which counters of which source were used up. Kept across restarts, or old recordings would sound new."""

    epoch: int
    _last: dict[int, int] = field(default_factory=dict)
    _seen: dict[int, int] = field(default_factory=dict)

    def fresh(self, source: int, counter: int) -> bool:
        """False for a counter already used, or so old that we cannot tell."""
        behind = self._last.get(source, -1) - counter
        return behind < 0 or (behind < WINDOW and not self._seen[source] >> behind & 1)

    def use(self, source: int, counter: int) -> None:
        """Mark a fresh counter as used."""
        last = self._last.get(source, counter)
        seen = self._seen.get(source, 0)
        ahead = counter - last
        self._seen[source] = (seen << ahead | 1 if ahead > 0 else seen | 1 << -ahead) & (1 << WINDOW) - 1
        self._last[source] = max(last, counter)

    def candidates(self, source: int, low: int) -> Iterator[int]:
        """Full counters that `low` (16 bits) may stand for, the most likely first."""
        last = self._last.get(source)
        if last is None:
            yield from (wrap << 16 | low for wrap in range(_WRAPS_FIRST))
            return
        nearest = (last & ~0xFFFF | low) + 0x10000 * _wraps(last & 0xFFFF, low)
        ahead = (nearest + 0x10000 * wrap for wrap in range(_WRAPS_AHEAD + 1))
        yield from (counter for counter in ahead if 0 <= counter <= 0xFFFFFFFF)

    def forget(self, series: Callable[[int], bool]) -> None:
        """Begin these anew: what was sealed before is no longer believed in any case."""
        for one in [one for one in self._last if series(one)]:
            del self._last[one], self._seen[one]

    def to_dict(self) -> dict[str, Any]:
        """JSON-able: source -> [last counter, bits of the window]."""
        sources = {str(source): [last, self._seen[source]] for source, last in self._last.items()}
        return {"epoch": self.epoch, "sources": sources}

    @classmethod
    def from_dict(cls, saved: Mapping[str, Any]) -> ReplayWindow:
        """The window that to_dict() wrote."""
        sources = {int(source): pair for source, pair in saved["sources"].items()}
        last = {source: pair[0] for source, pair in sources.items()}
        return cls(saved["epoch"], last, {source: pair[1] for source, pair in sources.items()})


def seal(header: Header, payload: bytes, key: bytes, epoch: int, counter: int) -> bytes:
    """The frame as it goes into the carrier. `counter` is never used twice with the same key and epoch."""
    packed = header.packed(counter)
    return packed + payload + _mac(packed, payload, key, epoch, counter)


def open_frame(frame: bytes, keys: Mapping[int, bytes], replay_window: ReplayWindow) -> Opened:
    """Check and open a frame sealed with a net's one key, and use up its counter. keys: net -> key.

    Raises BadFrame with kind short, version, net, mac or replay.
    """
    header = header_of(frame)
    if header.net not in keys:
        raise BadFrame("net", f"A frame of net {header.net}, for which this station has no key.")
    return open_sealed(frame, ((replay_window.epoch, keys[header.net]),), replay_window)


def open_sealed(
    frame: bytes, candidates: Sequence[tuple[int, bytes]], window: ReplayWindow, series: int | None = None
) -> Opened:
    """Check and open a frame sealed with one of these (epoch, key), and use up its counter.

    series: which window its counter is of; its source without. Raises BadFrame with kind short, version, mac or replay.
    """
    header = header_of(frame)
    series = header.source if series is None else series
    for epoch, key in candidates:
        if (counter := _counter(frame, key, series, epoch, window)) is not None:
            use_up(window, series, counter)
            return Opened(header, counter, content_of(frame), epoch)
    raise BadFrame("mac", f"The seal of a frame that names station {header.source} is wrong.")


def use_up(window: ReplayWindow, series: int, counter: int) -> None:
    """Raises BadFrame("replay") for a counter that was used before."""
    if series == NO_SERIES:
        return
    if not window.fresh(series, counter):
        raise BadFrame("replay", f"Frame {counter} of station {series % 256} was heard before.")
    window.use(series, counter)


def header_of(frame: bytes) -> Header:
    """What a frame says of itself. Raises BadFrame with kind short or version."""
    if len(frame) < HEADER_BYTES + MAC_BYTES:
        raise BadFrame("short", f"A frame of {len(frame)} bytes is too short to be sealed.")
    if frame[0] >> 4 != VERSION:
        raise BadFrame("version", f"A frame of version {frame[0] >> 4}; this station speaks {VERSION}.")
    return Header(frame[0] & 0x0F, *frame[1:4])


def content_of(frame: bytes) -> bytes:
    """What is between the header and the seal."""
    return frame[HEADER_BYTES:-MAC_BYTES]


def _counter(frame: bytes, key: bytes, source: int, epoch: int, window: ReplayWindow) -> int | None:
    """The full counter under which the seal is right."""
    packed, content, mac = frame[:HEADER_BYTES], content_of(frame), frame[-MAC_BYTES:]
    for counter in window.candidates(source, int.from_bytes(frame[4:6], "big")):
        if hmac.compare_digest(mac, _mac(packed, content, key, epoch, counter)):
            return counter
    return None


def _mac(packed: bytes, content: bytes, key: bytes, epoch: int, counter: int) -> bytes:
    full = epoch.to_bytes(4, "big") + counter.to_bytes(4, "big")
    return blake2s(full + packed + content, digest_size=MAC_BYTES, key=key).digest()


def _wraps(last: int, low: int) -> int:
    """-1, 0 or 1: the wrap that brings `low` nearest to `last`."""
    return (low < last - 0x8000) - (low > last + 0x8000)
