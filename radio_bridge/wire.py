"""How a radiogram is written on a channel: packed and sealed, or in plain words. The channel's law decides."""

from __future__ import annotations

from radio_bridge import plain
from radio_bridge.errors import BadFrame, CannotSend
from radio_bridge.framing import ax25, posko
from radio_bridge.keyring import Ring
from radio_bridge.plain import writing
from radio_bridge.profiles import Profile
from radio_bridge.radiogram import Radiogram, schema

IDENTITY_DESTINATION = "ID"
"""An AX.25 frame to this address only says who is there."""


def check_service(profile: Profile) -> None:
    """Raises CannotSend where only people may speak."""
    if profile.content == "voice":
        raise CannotSend(f"Only people speak on this channel ({profile.words}); read the message out.")


def seal(profile: Profile, words: Radiogram, ring: Ring, source: int, destination: int, counter: int) -> bytes:
    """The content of a carrier frame. Raises CannotSend, also for what this station may not say."""
    check_service(profile)
    number, content = schema.encode(writing.without_text(words) if profile.content == "plain" else words)
    epoch, key = ring.sealing(number, content)
    if profile.content == "plain":
        return plain.seal(words, ring.net, source, destination, key, epoch, counter)
    return posko.seal(posko.Header(number, ring.net, source, destination), content, key, epoch, counter)


def check_right(words: Radiogram, ring: Ring) -> None:
    """Raises CannotSend when this station may not say such words on this net."""
    ring.sealing(schema.TYPE_NUMBERS[type(words)], b"")


def open_frame(
    profile: Profile, frame: bytes, ring: Ring, window: posko.ReplayWindow
) -> tuple[posko.Opened, Radiogram]:
    """What a carrier frame says. Raises BadFrame."""
    if profile.content == "voice":
        raise BadFrame("foreign", "A frame on a channel where only people speak.")
    if profile.content == "plain":
        return plain.open_sealed(frame, lambda *said: {ring.net: ring.opening(*said)}, window, ring.series)
    header = posko.header_of(frame)
    if header.net != ring.net:
        raise BadFrame("net", f"A frame of net {header.net}, for which this station has no key.")
    said = header.type, header.source, posko.content_of(frame)
    opened = posko.open_sealed(frame, ring.opening(*said), window, ring.series(*said))
    return opened, schema.decode(opened.header.type, opened.content)


def header_of(profile: Profile, frame: bytes) -> posko.Header:
    """What a carrier frame says of itself, before anything of it is believed. Raises BadFrame."""
    return plain.header_of(frame) if profile.content == "plain" else posko.header_of(frame)


def bytes_on_air(profile: Profile, words: Radiogram) -> int:
    """Bytes in the carrier frame; in plain words the most it can take. Raises CannotSend when it does not fit."""
    check_service(profile)
    return plain.bytes_on_air(words) if profile.content == "plain" else schema.bytes_on_air(words)


def length(profile: Profile, opened: posko.Opened) -> int:
    """Bytes of the carrier frame that was opened."""
    around = plain.AROUND if profile.content == "plain" else schema.FRAME_OVERHEAD
    return around + len(opened.content)


def may_pass(profile: Profile, carrier: str, frame: bytes) -> bool:
    """The last look before the transmitter: whether these bytes may be keyed on this channel at all."""
    if profile.content != "plain":
        return profile.content == "binary"
    try:
        return plain.is_plain(ax25.parse(frame).content if carrier == "ax25" else frame)
    except BadFrame:
        return False
