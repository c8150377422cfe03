"""Digipeaters that are not ours: which copies of a frame are still to come. Pure; time is given.

A plain digipeater keys a frame again as soon as it has heard it, in the order of the frame's AX.25 path, and marks
itself there. So every receiver sees how many copies will follow; until the last is off the air the channel is not free.
"""

from __future__ import annotations

from radio_bridge.framing.ax25 import VIA_MOST
from radio_bridge.keying import Keying
from radio_bridge.relaying import AsHeard

REMEMBERED = 64
"""Frames whose copies are still known for copies."""


class Digipeating:
    """What a station knows of the copies that others key at once; where no path names a digipeater, nothing."""

    def __init__(self, keying: Keying) -> None:
        self._keying, self._config = keying, keying.config
        self._repeated: dict[bytes, int] = {}
        """Digest of a frame -> how many of its digipeaters had repeated it when it was heard last."""

    def take(self, frame: AsHeard, now: float) -> None:
        """A frame of the net was heard, the first time or again: its copies come before anybody else speaks."""
        self._keying.settled_at = now + self._copies_s(frame)
        if frame.to_come or frame.digest in self._repeated:
            self._repeated[frame.digest] = len(frame.path)
            for old in list(self._repeated)[:-REMEMBERED]:
                del self._repeated[old]

    def is_copy(self, frame: AsHeard) -> bool:
        """Whether we heard it before, and it has come further on its path since. A recording has not."""
        return len(frame.path) > self._repeated.get(frame.digest, len(frame.path))

    def take_ours(self, frame: AsHeard, now: float) -> float | None:
        """Our last frame came back: when its last copy will be off the air, as is known now. None for any other."""
        if frame.sealed != self._keying.last_sealed or not self._config.path or not self._is_further(frame):
            return None
        self._keying.copies_s = self._copies_s(frame)
        return self._keying.keyed(now)

    def _is_further(self, frame: AsHeard) -> bool:
        before = self._repeated.get(frame.digest, 0)
        self._repeated[frame.digest] = max(before, len(frame.path))
        return len(frame.path) > before

    def _copies_s(self, frame: AsHeard) -> float:
        # a path is not sealed: whoever makes one up must not hush anybody for longer than an honest one
        return self._config.copies_s(len(frame.sealed), min(frame.to_come, VIA_MOST), min(frame.hops, VIA_MOST))
