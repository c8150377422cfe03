"""How long a LoRa frame takes, by the maker's formula (Semtech AN1200.13, section 4; SX1276 data sheet, 4.1.1.7)."""

from __future__ import annotations

import math
from dataclasses import dataclass

SLOWEST_PLAIN_SYMBOL_S = 0.016
"""Longer symbols use the low data rate optimisation: two bits less in each."""


@dataclass(frozen=True)
class Lora:
    """How a LoRa modem is set. Both ends must be set alike."""

    spreading: int = 9
    """5 to 12: one step more is twice the airtime."""
    bandwidth_hz: int = 125_000
    coding: int = 5
    """5 to 8, the second number of the coding rate 4/5 to 4/8."""
    preamble: int = 8
    """Symbols."""

    def __post_init__(self) -> None:
        if not (5 <= self.spreading <= 12 and 5 <= self.coding <= 8 and self.bandwidth_hz > 0 and self.preamble > 0):
            raise ValueError("LoRa is set by sf=5 to 12, bw in kHz, cr=5 to 8 and a preamble in symbols.")

    @property
    def symbol_s(self) -> float:
        return (1 << self.spreading) / self.bandwidth_hz

    def airtime_s(self, n_bytes: int) -> float:
        """Seconds on the air of a frame of `n_bytes`, with header and check sequence, as every such modem sends it."""
        bits_each = self.spreading - 2 * (self.symbol_s >= SLOWEST_PLAIN_SYMBOL_S)
        if self.spreading < 7:  # SX126x data sheet, 6.1.4: SF5 and SF6 have a longer preamble and another first block
            blocks = math.ceil(max(0, 8 * n_bytes + 36 - 4 * self.spreading) / (4 * bits_each))
            return (self.preamble + 6.25 + 8 + blocks * self.coding) * self.symbol_s
        blocks = math.ceil(max(0, 8 * n_bytes - 4 * self.spreading + 44) / (4 * bits_each))
        return (self.preamble + 4.25 + 8 + blocks * self.coding) * self.symbol_s
