"""Radio devices: a short name -> the class that turns a port's bytes into frames, imported on demand.

To add one: one file here and one line in REGISTER. The conformance tests run over the register.
"""

import math
from dataclasses import dataclass, replace
from importlib import import_module
from pathlib import Path
from typing import ClassVar, Protocol
from urllib.parse import parse_qsl

from radio_bridge import hdlc
from radio_bridge.errors import CannotSend
from radio_bridge.framing.ax25 import VIA_MOST, check_callsign
from radio_bridge.lora import Lora
from radio_bridge.ports import BadPort
from radio_bridge.profiles import USUAL, UnknownService, get_profile

REGISTER = {
    "direwolf": "radio_bridge.devices.direwolf:Direwolf",
    "kiss+serial": "radio_bridge.devices.kiss:Kiss",
    "kiss+socket": "radio_bridge.devices.kiss:Kiss",
    "loopback": "radio_bridge.devices.loopback:Loopback",
    "meshtastic": "radio_bridge.devices.meshtastic:Meshtastic",
    "rylr": "radio_bridge.devices.rylr:Rylr",
    "voice": "radio_bridge.devices.voice:Voice",
}


@dataclass(frozen=True)
class Figures:
    """How a modem behaves on the air; the link makes its slots from these. Set in the URL: ?air=1200&txdelay=200."""

    air_baud: int = 1200
    txdelay_ms: int = 200
    txtail_ms: int = 20
    """How long a TNC stays keyed after the last bit; left to itself it may take 100 ms, and answers collide."""
    guard_ms: int = 60
    carrier: str = "ax25"
    """"ax25", or "bare" for modems that bring their own frame."""
    callsign: str = ""
    """Call sign of this station on the air where the licence names one; empty: the station's own name."""
    service: str = USUAL
    """The radio service whose law holds on the channel (profiles/NAME.toml): ?service=amateur."""
    lora: Lora | None = None
    """How the modem is set where it is a LoRa one: ?sf=9&bw=125&cr=5&preamble=8; then `air_baud` says nothing."""
    around: int = 0
    """Bytes that a LoRa modem adds to each frame on the air."""
    swell: float = 1.0
    """Bytes on the air for each byte of ours, where the modem takes text only."""
    relay: bool | None = None
    """Whether this station repeats for those whom the centre does not hear: ?relay=yes. None: not said here."""
    relays: tuple[int, ...] | None = None
    """Numbers of the net's relays in the order in which they speak: ?relays=3,7. None: as register or card have it."""
    via: tuple[str, ...] = ()
    """Call signs of digipeaters that are not ours and key each frame of this station again: ?via=HILL-1."""
    longest: int = 255
    """Bytes of the longest frame the modem takes."""

    def lasts_s(self, n_bytes: int) -> float:
        """Seconds on the air of `n_bytes` handed to the modem; no check sequence of ours is in them."""
        if self.lora is None:
            return hdlc.airtime_s(n_bytes + hdlc.CHECK_SEQUENCE_AND_FLAGS, self.air_baud, self.txdelay_ms)
        return self.txdelay_ms / 1000 + self.lora.airtime_s(math.ceil(n_bytes * self.swell) + self.around)


@dataclass(frozen=True)
class Quality:
    """How the frame was heard that was read last; each frame brings an object of its own."""

    rssi_dbm: int
    snr_db: float | None = None


@dataclass(frozen=True)
class Address:
    """A device URL taken apart: `kiss+socket:127.0.0.1:8001?air=9600`."""

    name: str
    place: str
    options: dict[str, str]

    def number(self, option: str, default: float) -> float:
        """A numeric option; BadPort when it is no number."""
        try:
            said = float(self.options.get(option, default))
        except ValueError:
            said = math.nan
        if not math.isfinite(said):
            raise BadPort(f"{option} in the radio's address is a number, not {self.options[option]!r}.")
        return said

    def whole(self, option: str, default: int, least: int, most: int) -> int:
        """A whole number between bounds; BadPort where a modem could never be set so."""
        said = int(self.number(option, default))
        if not least <= said <= most:
            raise BadPort(f"{option} in the radio's address is {least} to {most}, not {self.options[option]!r}.")
        return said


class Device(Protocol):
    """A modem. Frames are whole and without its own framing; every call but close() may raise LinkLost.

    What only some modems know, quality_of(), is_done() and trouble_of() ask for.
    """

    figures: Figures
    options: ClassVar[frozenset[str]]
    """What its address may say beside OPTIONS."""

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


OPTIONS = frozenset(
    ("air", "txdelay", "tail", "guard", "carrier", "callsign", "service", "freq", "sf", "bw", "cr", "preamble")
    + ("relay", "relays", "via")
)
"""What every radio's address may say; a device names its own besides (`options` of its class)."""
BAUD_LEAST, BAUD_MOST = 50, 4_000_000
GUARD_MOST_MS = 60_000
KISS_MOST_MS = 2550
"""A byte of tens of milliseconds."""
_SHORT = {"serial": "kiss+serial", "socket": "kiss+socket"}
"""What people type -> the device meant."""


def take_apart(url: str) -> Address:
    """A URL in its parts; a bare /dev path is a KISS modem there. Raises BadPort for a device nobody registered."""
    name, _, rest = (f"serial:{url}" if url.startswith("/") else url).partition(":")
    name, rest = _SHORT.get(name, name), rest.removeprefix("//")
    if name not in REGISTER:
        raise BadPort(f"{url!r} names no radio device; known are {', '.join(sorted(REGISTER))}.")
    place, _, query = rest.partition("?")
    return Address(name, place, _options(query))


def _options(query: str) -> dict[str, str]:
    """An option that says nothing was meant to say something: service= is not the usual law. Raises BadPort."""
    options = dict(parse_qsl(query, keep_blank_values=True))
    if empty := [name for name, said in options.items() if not said.strip()]:
        raise BadPort(f"{empty[0]} in the radio's address says nothing: write {empty[0]}=... or leave it out.")
    return options


def make_device(url: str, folder: Path) -> Device:
    """The device of a URL, not yet opened. `folder`: where this installation keeps its files."""
    address = take_apart(url)
    module, _, kind = REGISTER[address.name].partition(":")
    made = getattr(import_module(module), kind)
    _check_known(address, OPTIONS | made.options)
    device: Device = made(address, folder)
    return device


def _check_known(address: Address, known: frozenset[str]) -> None:
    """A slip of the pen in service= must not put frames on a channel of people. Raises BadPort."""
    if strange := sorted(address.options.keys() - known):
        raise BadPort(f"{address.name} knows no option {strange[0]!r}; known are {', '.join(sorted(known))}.")


def quality_of(device: Device) -> Quality | None:
    """How the frame read last was heard, where the modem says so; it may say so a little later than the frame."""
    return getattr(device, "quality", None)


def is_done(device: Device) -> bool:
    """Whether the modem said since the last question that the frame it was given is off the air."""
    return bool(getattr(device, "take_done", lambda: False)())


def trouble_of(device: Device) -> str:
    """What is wrong though the port is open, for the lamp; "" when nothing is known."""
    return str(getattr(device, "trouble", ""))


def figures_of(address: Address, usual: Figures | None = None) -> Figures:
    """What the URL says about the modem, the rest as usual for it."""
    usual = usual or Figures()
    said = replace(
        usual,
        air_baud=address.whole("air", usual.air_baud, BAUD_LEAST, BAUD_MOST),
        callsign=address.options.get("callsign", usual.callsign),
        service=_service(address.options.get("service", usual.service)),
        carrier=_carrier(address.options.get("carrier", usual.carrier)),
        lora=_lora(address, usual.lora),
    )
    # a LoRa modem needs no time to key up
    txdelay_ms = usual.txdelay_ms if said.lora is None or usual.lora is not None else 0
    via = _digipeaters(address, said)
    return replace(
        said,
        via=via,
        txdelay_ms=address.whole("txdelay", txdelay_ms, 0, KISS_MOST_MS),
        relay=_yes_or_no(address, "relay") if "relay" in address.options else usual.relay,
        relays=_numbers(address.options["relays"]) if "relays" in address.options else () if via else usual.relays,
        txtail_ms=address.whole("tail", usual.txtail_ms, 0, KISS_MOST_MS),
        guard_ms=address.whole("guard", usual.guard_ms, 0, GUARD_MOST_MS),
    )


def _yes_or_no(address: Address, option: str) -> bool:
    said = address.options[option]
    if said not in ("yes", "no"):
        raise BadPort(f"{option} in the radio's address is yes or no, not {said!r}.")
    return said == "yes"


def _lora(address: Address, usual: Lora | None) -> Lora | None:
    if usual is None and "sf" not in address.options:
        return None
    like = usual or Lora()
    try:
        return Lora(
            int(address.number("sf", like.spreading)),
            round(1000 * address.number("bw", like.bandwidth_hz / 1000)),
            int(address.number("cr", like.coding)),
            int(address.number("preamble", like.preamble)),
        )
    except ValueError as fault:
        raise BadPort(str(fault)) from None


def _digipeaters(address: Address, said: Figures) -> tuple[str, ...]:
    """BadPort where nobody can digipeat, or where relays of ours would speak into the copies."""
    if "via" not in address.options:
        return ()
    if said.carrier != "ax25" or get_profile(said.service).content == "voice" or address.name == "voice":
        raise BadPort("via= in the radio's address names AX.25 digipeaters; this radio has no AX.25 frames to repeat.")
    if {"relay", "relays"} & address.options.keys():
        raise BadPort("via= and relays do not go together: a digipeater speaks at once, into what our relays wait for.")
    names = tuple(map(_on_air, address.options["via"].split(",")))
    if len(names) > VIA_MOST or len(set(names)) < len(names):
        raise BadPort(f"via= in the radio's address names one to {VIA_MOST} digipeaters, each of them once.")
    return names


def _on_air(callsign: str) -> str:
    try:
        return check_callsign(callsign)
    except CannotSend as fault:
        raise BadPort(f"via= in the radio's address: {fault}") from None


def _numbers(listed: str) -> tuple[int, ...]:
    try:
        return tuple(int(number) for number in listed.split(",") if number)
    except ValueError:
        raise BadPort(f"relays in the radio's address are station numbers like 3,7, not {listed!r}.") from None


def _carrier(name: str) -> str:
    if name not in ("ax25", "bare"):
        raise BadPort(f"carrier in the radio's address is ax25 or bare, not {name!r}.")
    return name


def _service(name: str) -> str:
    try:
        return get_profile(name).name
    except UnknownService as fault:
        raise BadPort(str(fault)) from None
