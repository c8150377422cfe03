"""What MeshCore's KISS firmware says beyond KISS (MeshCore, docs/kiss_modem_protocol.md): words inside SetHardware.

Numbers are little-endian. A request is answered with its own number and the high bit set.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass

from radio_bridge.framing import kiss
from radio_bridge.lora import Lora

SET_RADIO, SET_POWER, GET_RADIO, GET_AIRTIME, GET_VERSION, PING, SET_SIGNAL_REPORT = 9, 10, 11, 15, 17, 23, 25
ANSWER = 0x80
OK, ERROR, TX_DONE, RX_META = 0xF0, 0xF1, 0xF8, 0xF9
TX_BUSY = 7
PAYLOAD_MAX = 255
PONG = kiss.command(kiss.SETHARDWARE, bytes((PING | ANSWER,)))


@dataclass(frozen=True)
class Radio:
    """Where and how the modem sends."""

    hz: int
    lora: Lora


def ask(request: int, content: bytes = b"") -> bytes:
    """A request, ready for the wire."""
    return kiss.command(kiss.SETHARDWARE, bytes((request,)) + content)


def set_radio(hz: int, lora: Lora) -> bytes:
    """Ask for frequency and modulation."""
    return ask(SET_RADIO, struct.pack("<IIBB", hz, lora.bandwidth_hz, lora.spreading, lora.coding))


def radio_of(content: bytes) -> Radio | None:
    """The answer to GET_RADIO; None when it makes no sense. The preamble is not told."""
    if len(content) != 10:
        return None
    hz, bandwidth_hz, spreading, coding = struct.unpack("<IIBB", content)
    try:
        return Radio(hz, Lora(spreading, bandwidth_hz, coding))
    except ValueError:
        return None


def airtime_ms_of(content: bytes) -> int | None:
    """The answer to GET_AIRTIME."""
    return int(struct.unpack("<I", content)[0]) if len(content) == 4 else None


def meta_of(content: bytes) -> tuple[float, int] | None:
    """(SNR in dB, RSSI in dBm) of the frame before."""
    if len(content) != 2:
        return None
    snr, rssi = struct.unpack("bb", content)
    return snr / 4, rssi
