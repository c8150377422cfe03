"""How well each station was heard last, read by other processes from the radio's spool."""

from pathlib import Path
from typing import Any

from radio_bridge.spool import FILE, SpoolFault, peek_cards

KIND = "quality"


def with_quality(stations: list[dict[str, Any]], folder: Path) -> list[dict[str, Any]]:
    """Station cards, each with `quality`: {rssi_dbm, snr_db, at}, None where nobody knows."""
    try:
        known = peek_cards(folder / FILE, KIND)
    except SpoolFault:
        known = {}
    return [{**card, "quality": known.get(str(card["number"]))} for card in stations]
