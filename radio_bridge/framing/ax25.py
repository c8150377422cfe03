"""AX.25 UI frames: the carrier that names its sender, so that every frame of ours identifies its station."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from radio_bridge.errors import BadFrame, CannotSend

DESTINATION = "POSKO"
"""Where every frame of ours is addressed; other nets and APRS on the channel are told apart by it."""

OVERHEAD = 16
"""Two addresses of 7, control, PID; the check sequence and flags are the TNC's."""

ADDRESS = 7
"""Bytes of each digipeater in the path."""

VIA_MOST = 3
"""Digipeaters on the way of a frame of ours: each makes every slot longer by a frame."""

_UI, _NO_LAYER_3 = 0x03, 0xF0
_LAST, _RESERVED, _COMMAND = 0x01, 0x60, 0x80
_PATH_MAX = 8
_CALLSIGN = re.compile(r"([A-Z0-9]{1,6})(?:-([0-9]|1[0-5]))?")


@dataclass(frozen=True)
class Ui:
    """An unnumbered information frame. A path entry that has been repeated ends in "*"."""

    source: str
    destination: str
    path: tuple[str, ...]
    content: bytes


def ui(source: str, destination: str, payload: bytes, path: Sequence[str] = ()) -> bytes:
    """The frame as KISS carries it: no flags, no check sequence (AX.25 2.2, sections 3.12 and 4.3.3.6).

    A path entry that ends in "*" has repeated it already. Raises CannotSend for a call sign the air has no room for.
    """
    if len(path) > _PATH_MAX:
        raise CannotSend(f"At most {_PATH_MAX} digipeaters fit a frame; the path has {len(path)}.")
    stations = (destination, source, *path)
    marked = [at == 0 or callsign.endswith("*") for at, callsign in enumerate(stations)]
    addresses = [_address(name.removesuffix("*"), mark) for name, mark in zip(stations, marked, strict=True)]
    addresses[-1] = addresses[-1][:6] + bytes((addresses[-1][6] | _LAST,))
    return b"".join(addresses) + bytes((_UI, _NO_LAYER_3)) + payload


@lru_cache(maxsize=64)  # fifty stations hear one frame
def parse(frame: bytes) -> Ui:
    """The UI frame in `frame`; BadFrame("carrier") when it is anything else."""
    stations, rest = _addresses(frame)
    if rest[:2] != bytes((_UI, _NO_LAYER_3)):
        raise BadFrame("carrier", "An AX.25 frame that is not plain UI.")
    destination, source, *path = (_callsign(address) for address in stations)
    repeated = (address[6] & _COMMAND for address in stations[2:])
    marked = tuple(callsign + "*" * bool(h) for callsign, h in zip(path, repeated, strict=True))
    return Ui(source, destination, marked, rest[2:])


def check_callsign(callsign: str) -> str:
    """The call sign in capitals; CannotSend unless it is 1 to 6 letters or digits and an SSID -0 to -15."""
    if not _CALLSIGN.fullmatch(callsign.upper()):
        raise CannotSend(f"{callsign!r} is no call sign for the air: up to 6 letters or digits, then -0 to -15.")
    return callsign.upper()


def _address(callsign: str, command: bool) -> bytes:
    found = _CALLSIGN.fullmatch(check_callsign(callsign))
    assert found is not None
    letters = bytes(ord(letter) << 1 for letter in found[1].ljust(6))
    # A command frame has C set in the destination and clear in the source (AX.25 2.2, section 6.1.2).
    return letters + bytes((_RESERVED | int(found[2] or 0) << 1 | _COMMAND * command,))


def _addresses(frame: bytes) -> tuple[list[bytes], bytes]:
    for end in range(7, min(len(frame), 7 * (2 + _PATH_MAX)) + 1, 7):
        if frame[end - 1] & _LAST:
            return _checked([frame[at : at + 7] for at in range(0, end, 7)]), frame[end:]
    raise BadFrame("carrier", "The AX.25 address field does not end.")


def _checked(stations: list[bytes]) -> list[bytes]:
    if len(stations) < 2:
        raise BadFrame("carrier", "An AX.25 frame without a sender.")
    return stations


def _callsign(address: bytes) -> str:
    letters = bytes(byte >> 1 for byte in address[:6]).decode("ascii").rstrip(" ")
    ssid = address[6] >> 1 & 0x0F
    callsign = f"{letters}-{ssid}" if ssid else letters
    if any(byte & 1 for byte in address[:6]) or not _CALLSIGN.fullmatch(callsign):
        raise BadFrame("carrier", "An AX.25 address that is no call sign.")
    return callsign
