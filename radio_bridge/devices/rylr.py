"""A LoRa module that is spoken to in AT commands: REYAX RYLR998 and RYLR896, on a USB serial adapter.

What differs from the address is set, one command after the other; what agrees is left alone, for the module keeps its
settings in a flash memory that wears. A module that answers nothing is as good as unplugged.
"""

import time
from collections import deque
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar

from radio_bridge.devices import BAUD_LEAST, BAUD_MOST, Address, Figures, Quality, figures_of
from radio_bridge.devices.on_port import OnPort
from radio_bridge.framing import rylr
from radio_bridge.lora import Lora
from radio_bridge.ports import BadPort, LinkLost, open_port
from radio_bridge.profiles import get_profile

ANSWER_S = 2.0
USUAL_NETWORK = 18
MODULE_DBM = 22
_BANDWIDTHS = {125_000: 7, 250_000: 8, 500_000: 9}
USUAL = Figures(
    txdelay_ms=0,
    guard_ms=120,
    carrier="bare",
    service="lora_free",
    lora=Lora(9, 125_000, 5, 12),
    around=rylr.AROUND,
    swell=rylr.SWELL,
    longest=rylr.FRAME_MAX,
)


@dataclass
class _Command:
    """words: as written. wanted: what a question should bring; else `otherwise` is said. within_s: for the answer."""

    words: bytes
    wanted: bytes = b""
    otherwise: bytes = b""
    within_s: float = ANSWER_S
    is_frame: bool = False
    given_at: float = 0.0


class Rylr(OnPort):
    """Frames as text in AT commands; the module waits for nobody, our slots decide who speaks."""

    options: ClassVar[frozenset[str]] = frozenset(("baud", "mhz", "dbm", "network", "address"))

    def __init__(self, address: Address, folder: Path) -> None:
        if not address.place.startswith("/"):
            raise BadPort("rylr: needs a port, such as rylr:/dev/serial/by-id/NAME.")
        self.figures = figures_of(address, USUAL)
        self._url = f"serial:{address.place}?baud={address.whole('baud', 115_200, BAUD_LEAST, BAUD_MOST)}"
        self._settings = _settings(address, self.figures)
        self._forget()

    def _forget(self) -> None:
        self._lines = rylr.Lines()
        self._queue: deque[_Command] = deque()
        self._now: _Command | None = None
        self.quality: Quality | None = None
        self.trouble = ""
        self.refused = 0

    def open(self) -> None:
        """Open and begin to set up; the frames that are written meanwhile wait behind."""
        self.close()
        self._forget()
        self._port = open_port(self._url)
        self._port.write_all(b"\r\n")  # ends whatever half line the module was left with; it answers with an error
        self._begin()

    def _begin(self) -> None:
        self._now = None
        self._queue = deque((_Command(b"AT"), *map(_question, self._settings)))
        self._say_next()

    def fileno(self) -> int:
        return self._opened().fileno()

    def read(self) -> list[bytes]:
        lines = self._lines.feed(self._opened().read())
        return [frame for line in lines if (frame := self._take(line))]

    def write(self, frame: bytes) -> None:
        within_s = ANSWER_S + self.figures.lasts_s(len(frame))
        self._queue.append(_Command(rylr.send(frame).rstrip(), within_s=within_s, is_frame=True))
        self._say_next()

    def check(self) -> None:
        """LinkLost when the port became another, or the module answers nothing."""
        self._opened().check()
        if self._now and time.monotonic() - self._now.given_at > self._now.within_s:
            raise LinkLost(f"{self._opened().name}: the module answers nothing")

    def _say_next(self) -> None:
        port = self._opened()
        if self._now is None and self._queue:
            self._now = self._queue.popleft()
            self._now.given_at = time.monotonic()
            port.write_all(self._now.words + b"\r\n")

    def _take(self, line: bytes) -> bytes | None:
        """A frame, or None for an answer."""
        if heard := rylr.received(line):
            self.quality = Quality(heard.rssi_dbm, heard.snr_db)
            return heard.frame
        if line.startswith((b"+READY", b"+RESET")):
            self._begin()  # its supply broke down for a moment: what it was given is lost
        elif not line.startswith(b"+RCV="):
            self._answered(line)
        return None

    def _answered(self, line: bytes) -> None:
        command = self._now
        if command is None or (command.words == b"AT" and line != b"+OK"):
            return  # the error for the half line before us
        self._now = None
        if line.startswith(b"+ERR"):
            self._note_refusal(command, line)
        elif command.otherwise and line != command.wanted:
            self._queue.appendleft(_Command(command.otherwise))
        self._say_next()

    def _note_refusal(self, command: _Command, line: bytes) -> None:
        self.refused += 1
        if not command.is_frame:
            self.trouble = f"modul menolak {command.words.decode()}: {line.decode(errors='replace')}"


def _question(setting: tuple[bytes, bytes]) -> _Command:
    name, value = setting
    return _Command(b"AT+%s?" % name, b"+%s=%s" % (name, value), b"AT+%s=%s" % (name, value))


def _settings(address: Address, figures: Figures) -> list[tuple[bytes, bytes]]:
    """(name, value) of all that both ends must agree in, and of the power the law allows. Raises BadPort."""
    lora = figures.lora
    if lora is None or lora.bandwidth_hz not in _BANDWIDTHS:
        raise BadPort("An RYLR module has bw=125, 250 or 500.")
    band = round(1e6 * address.number("mhz", 0))
    allowed = int(min(get_profile(figures.service).power_dbm, MODULE_DBM))
    power = max(0, min(int(address.number("dbm", allowed)), allowed))
    parameter = f"{lora.spreading},{_BANDWIDTHS[lora.bandwidth_hz]},{lora.coding - 4},{lora.preamble}"
    named = {
        "NETWORKID": int(address.number("network", USUAL_NETWORK)),
        "ADDRESS": int(address.number("address", 1)),
        **({"BAND": band} if band else {}),
        "PARAMETER": parameter,
        "CRFOP": power,
    }
    return [(name.encode(), str(value).encode()) for name, value in named.items()]
