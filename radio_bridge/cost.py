"""What words cost on a channel: frames, bytes, seconds. The meter, the rows and the link reckon alike."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from radio_bridge import wire
from radio_bridge.devices import Figures, figures_of, take_apart
from radio_bridge.ports import BadPort
from radio_bridge.profiles import Profile, get_profile, profile_of
from radio_bridge.radiogram import Radiogram
from radio_bridge.traffic import LinkConfig


@dataclass(frozen=True)
class Cost:
    """Of one message without its answers. frames: several for a long text in parts, none where people speak.

    seconds: for which it takes the channel, the copies of digipeaters among them.
    """

    frames: int
    bytes: int
    seconds: float


def cost_on_air(words: Radiogram, channel: LinkConfig) -> Cost:
    """As this channel writes and keys it. Raises CannotSend for what does not fit it."""
    if channel.profile.content == "voice":
        return Cost(0, 0, 0.0)
    frames = channel.frames(words)
    sizes = [wire.bytes_on_air(channel.profile, frame) for frame in frames]
    return Cost(len(frames), sum(sizes), sum(map(channel.channel_s, sizes)))


def channel_of(radio: str) -> LinkConfig:
    """What the radio at this address makes of a channel; keys and call signs are not in it. Nothing is opened.

    The usual modem where the address names none we know: for those who only look.
    """
    return _channel(_figures(radio), profile_of(radio))


def relays_said(radio: str) -> tuple[int, ...] | None:
    """The relays that the radio's address names; None where it leaves them to the register."""
    return _figures(radio).relays


def has_digipeaters(radio: str) -> bool:
    """Whether the radio's address names digipeaters, beside which relays of ours cannot work."""
    return bool(_figures(radio).via)


@lru_cache(maxsize=8)
def _figures(radio: str) -> Figures:
    try:
        return figures_of(take_apart(radio))
    except BadPort:
        return Figures()


def _channel(figures: Figures, profile: Profile) -> LinkConfig:
    nobody: dict[str, Any] = {"net": 0, "station": 0, "callsign": "POSKO", "keys": {}, "epoch": 0}
    return LinkConfig(**nobody, profile=profile, **modem_of(figures))


def modem_of(figures: Figures) -> dict[str, Any]:
    """The fields of a LinkConfig that tell how the modem behaves."""
    return {
        "baud": figures.air_baud,
        "txdelay_ms": figures.txdelay_ms,
        "txtail_ms": figures.txtail_ms,
        "guard_ms": figures.guard_ms,
        "carrier": figures.carrier,
        "lora": figures.lora,
        "around": figures.around,
        "swell": figures.swell,
        "longest": figures.longest,
        "relay": bool(figures.relay),
        "relays": figures.relays or (),
        "path": figures.via,
    }


USUAL_CHANNEL = _channel(Figures(), get_profile("dinas"))
