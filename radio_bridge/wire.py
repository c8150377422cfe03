"""How a radiogram is written on a channel: packed and sealed, or in plain words. The channel's law decides."""

from __future__ import annotations

from collections.abc import Mapping

from radio_bridge import plain, radiogram
from radio_bridge.errors import BadFrame, CannotSend
from radio_bridge.framing import ax25, posko
from radio_bridge.profiles import Profile
from radio_bridge.radiogram import Radiogram

IDENTITY_DESTINATION = "ID"
"""An AX.25 frame to this address only says who is there."""


def check_service(profile: Profile) -> None:
    """Raises CannotSend where only people may speak."""
    if profile.content == "voice":
        raise CannotSend(f"Only people speak on this channel ({profile.words}); read the message out.")


def seal(
    profile: Profile, words: Radiogram, net: int, source: int, destination: int, key: bytes, epoch: int, counter: int
) -> bytes:
    """The content of a carrier frame. Raises CannotSend."""
    check_service(profile)
    if profile.content == "plain":
        return plain.seal(words, net, source, destination, key, epoch, counter)
    number, content = radiogram.encode(words)
    return posko.seal(posko.Header(number, net, source, destination), content, key, epoch, counter)


def open_frame(
    profile: Profile, frame: bytes, keys: Mapping[int, bytes], window: posko.ReplayWindow
) -> tuple[posko.Opened, Radiogram]:
    """What a carrier frame says. Raises BadFrame."""
    if profile.content == "voice":
        raise BadFrame("foreign", "A frame on a channel where only people speak.")
    if profile.content == "plain":
        return plain.open_line(frame, keys, window)
    opened = posko.open_frame(frame, keys, window)
    return opened, radiogram.decode(opened.header.type, opened.content)


def bytes_on_air(profile: Profile, words: Radiogram) -> int:
    """Bytes in the carrier frame; in plain words the most it can take. Raises CannotSend when it does not fit."""
    check_service(profile)
    return plain.bytes_on_air(words) if profile.content == "plain" else radiogram.bytes_on_air(words)


def length(profile: Profile, opened: posko.Opened) -> int:
    """Bytes of the carrier frame that was opened."""
    around = plain.AROUND if profile.content == "plain" else radiogram.FRAME_OVERHEAD
    return around + len(opened.content)


def may_pass(profile: Profile, carrier: str, frame: bytes) -> bool:
    """The last look before the transmitter: whether these bytes may be keyed on this channel at all."""
    if profile.content != "plain":
        return profile.content == "binary"
    try:
        return plain.is_plain(ax25.parse(frame).content if carrier == "ax25" else frame)
    except BadFrame:
        return False
