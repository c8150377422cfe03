"""Whether the net was told of a change of keys: what a channel can carry, and what the radio's spool says of it. Pure.

The register changes at once; the net follows when the notice is on the air. Between the two a person must know.
"""

import math
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from radio_bridge.cost import channel_of
from radio_bridge.devices import take_apart
from radio_bridge.errors import CannotSend
from radio_bridge.ledger import Ledger
from radio_bridge.notices import PRIORITY
from radio_bridge.ports import BadPort
from radio_bridge.radiogram import Key
from radio_bridge.spool import FILE, Card, SpoolFault, peek_cards

KIND = "keys"
ASKED, REFUSED = "asked", "refused"
"""Cards in the spool: which order carries the newest change, and that the radio refused it."""


@dataclass(frozen=True)
class Notice:
    """A change of keys as the desk handed it to the radio. radio: the address it was to go out by."""

    uid: str
    epoch: int
    radio: str
    why: str = ""
    """Why it was refused."""

    def card(self) -> Card:
        """Where the spool keeps it."""
        return card_of(asdict(self))


def card_of(notice: Mapping[str, Any]) -> Card:
    """The same of its fields."""
    return Card(KIND, REFUSED if notice["why"] else ASKED, notice)


def barred(radio: str, key: Key) -> str:
    """Why the channel of this radio can never carry the notice, as a sentence for the page; "" where it can."""
    channel = channel_of(radio)
    if channel.profile.content == "voice" or _is_voice(radio):
        return "Di kanal ini hanya orang yang bicara."
    try:
        lasts_s = channel.radiogram_s(key)
    except CannotSend:
        return "Pengumumannya lebih panjang dari bingkai modem ini."
    if lasts_s > channel.profile.longest_key_up_s or _never_fits(lasts_s, channel.profile):
        return f"Pengumumannya {lasts_s:.1f} detik di udara, lebih lama dari yang boleh di kanal ini."
    return ""


def _is_voice(radio: str) -> bool:
    """At a voice device only people speak, whatever the service allows to data."""
    try:
        return take_apart(radio).name == "voice"
    except BadPort:
        return False


def _never_fits(lasts_s: float, profile: Any) -> bool:
    return Ledger(profile).free_at(lasts_s, PRIORITY, 0.0) == math.inf


def refused(folder: Path, epoch: int, radio: str) -> str:
    """Why the radio refused to say this epoch at this address; "" where it did not, or nobody knows."""
    try:
        card = peek_cards(folder / FILE, KIND).get(REFUSED)
    except SpoolFault:
        return ""
    return why_of(card, epoch, radio)


def why_of(card: Mapping[str, Any] | None, epoch: int, radio: str) -> str:
    """The same, of the card itself."""
    return str(card["why"]) if card and (card["epoch"], card["radio"]) == (epoch, radio) else ""
