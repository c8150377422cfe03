"""Radio devices: a short name -> the class that turns a port's bytes into frames, imported on demand.

To add one: one file here and one line in REGISTER. The conformance tests run over the register.
"""

from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import Protocol
from urllib.parse import parse_qsl

from radio_bridge.ports import BadPort
from radio_bridge.profiles import USUAL, UnknownService, get_profile

REGISTER = {
    "direwolf": "radio_bridge.devices.direwolf:Direwolf",
    "kiss+serial": "radio_bridge.devices.kiss:Kiss",
    "kiss+socket": "radio_bridge.devices.kiss:Kiss",
    "loopback": "radio_bridge.devices.loopback:Loopback",
}


@dataclass(frozen=True)
class Figures:
    """How a modem behaves on the air; the link makes its slots from these. Set in the URL: ?air=1200&txdelay=200."""

    air_baud: int = 1200
    txdelay_ms: int = 200
    guard_ms: int = 80
    carrier: str = "ax25"
    """"ax25", or "bare" for modems that bring their own frame."""
    callsign: str = ""
    """Call sign of this station on the air where the licence names one; empty: the station's own name."""
    service: str = USUAL
    """The radio service whose law holds on the channel (profiles/NAME.toml): ?service=amateur."""


@dataclass(frozen=True)
class Address:
    """A device URL taken apart: `kiss+socket:127.0.0.1:8001?air=9600`."""

    name: str
    place: str
    options: dict[str, str]

    def number(self, option: str, default: float) -> float:
        """A numeric option; BadPort when it is no number."""
        try:
            return float(self.options.get(option, default))
        except ValueError:
            raise BadPort(f"{option} in the radio's address is a number, not {self.options[option]!r}.") from None


class Device(Protocol):
    """A modem. Frames are whole and without its own framing; every call but close() may raise LinkLost."""

    figures: Figures

    def open(self) -> None:
        """Open the port and set the modem up. Raises LinkLost; harmless to try again."""

    def fileno(self) -> int:
        """For select(): readable when something came or the plug was pulled."""

    def read(self) -> list[bytes]:
        """The frames that are complete now."""

    def write(self, frame: bytes) -> None:
        """Hand one frame to the modem."""

    def check(self) -> None:
        """LinkLost when the port has silently become another."""

    def close(self) -> None:
        """Give the port back."""


_SHORT = {"serial": "kiss+serial", "socket": "kiss+socket"}
"""What people type -> the device meant."""


def take_apart(url: str) -> Address:
    """A URL in its parts; a bare /dev path is a KISS modem there. Raises BadPort for a device nobody registered."""
    name, _, rest = (f"serial:{url}" if url.startswith("/") else url).partition(":")
    name, rest = _SHORT.get(name, name), rest.removeprefix("//")
    if name not in REGISTER:
        raise BadPort(f"{url!r} names no radio device; known are {', '.join(sorted(REGISTER))}.")
    place, _, query = rest.partition("?")
    return Address(name, place, dict(parse_qsl(query)))


def make_device(url: str, folder: Path) -> Device:
    """The device of a URL, not yet opened. `folder`: where this installation keeps its files."""
    address = take_apart(url)
    module, _, kind = REGISTER[address.name].partition(":")
    device: Device = getattr(import_module(module), kind)(address, folder)
    return device


def figures_of(address: Address) -> Figures:
    """What the URL says about the modem, the rest by default."""
    usual = Figures()
    return Figures(
        air_baud=int(address.number("air", usual.air_baud)),
        txdelay_ms=int(address.number("txdelay", usual.txdelay_ms)),
        guard_ms=int(address.number("guard", usual.guard_ms)),
        callsign=address.options.get("callsign", usual.callsign),
        service=_service(address.options.get("service", usual.service)),
    )


def _service(name: str) -> str:
    try:
        return get_profile(name).name
    except UnknownService as fault:
        raise BadPort(str(fault)) from None
