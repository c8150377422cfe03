"""How long a frame takes through a packet modem: HDLC, bit by bit, as AX.25 and every TNC send it."""

from __future__ import annotations

CHECK_SEQUENCE_AND_FLAGS = 4
"""Bytes that a TNC adds to each frame on the air."""


def airtime_s(n_bytes: int, baud: int, keyed_ms: int) -> float:
    """Seconds the channel is busy with a frame of `n_bytes`, all that the TNC adds among them.

    One bit in sixty is stuffed on random bytes, so 1/60 is added; `keyed_ms` before and behind it is counted whole.
    """
    return keyed_ms / 1000 + n_bytes * 8 / baud * 61 / 60
