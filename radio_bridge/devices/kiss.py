"""A TNC that speaks KISS over a cable or a socket: direwolf, NinoTNC, Mobilinkd, kv4p-HT, MeshCore's KISS firmware.

KISS never says whether anybody is there. MeshCore's firmware says more: when it answers its own ping, we use that a
frame is off the air, how well one was heard, and whether the airtime is what we reckon. All others stay plain KISS.
"""

import time
from collections import deque
from dataclasses import replace
from pathlib import Path
from typing import ClassVar

from radio_bridge.devices import BAUD_LEAST, BAUD_MOST, Address, Figures, Quality, figures_of
from radio_bridge.devices.on_port import OnPort
from radio_bridge.framing import kiss, meshcore
from radio_bridge.ports import BadPort, open_port
from radio_bridge.profiles import get_profile

PERSIST_AT_ONCE = 255
SLOTTIME_MS = 10
MESHCORE_BAUD = 115_200
OTHER_WORDS = ("Mobilinkd", "MCP2221", "Nino")
"""In by-id names of TNCs that have other meanings for the words of MeshCore: some of theirs key the transmitter."""
DONE_WITHIN_S = 10.0
"""A modem that never says TxDone for a frame is not waited for longer."""
BOARD_DBM = 22
"""More than LoRa boards give by themselves."""
TRIED_WITH = 29  # bytes: an alert with its place
MAY_DIFFER = 0.1


class Kiss(OnPort):
    """Frames over a KISS port. The TNC keys at once: our slots decide who speaks, not its dice."""

    options: ClassVar[frozenset[str]] = frozenset(("baud", "lines", "mhz", "dbm", "meshcore"))

    def __init__(self, address: Address, folder: Path) -> None:
        self.figures = figures_of(address)
        self._baud = address.whole("baud", 9600, BAUD_LEAST, BAUD_MOST)
        lines = address.options.get("lines", "down")
        self._url = f"{address.name.partition('+')[2]}:{address.place}?baud={self._baud}&lines={lines}"
        self._decoder = kiss.KissDecoder()
        self._hz = round(1e6 * address.number("mhz", 0))
        self._power_dbm = _power_dbm(address, self.figures)
        self._may_ask = _may_ask(address, self._baud)
        self._forget()
        if not address.place:
            raise BadPort(f"{address.name} needs a place, such as {address.name}:127.0.0.1:8001 or a /dev/serial path.")

    def _forget(self) -> None:
        """What was true of the time before the unplug."""
        self._decoder = kiss.KissDecoder()
        self.is_meshcore = False
        self.quality: Quality | None = None
        self._trouble = ""
        self._done = False
        self._waiting: deque[bytes] = deque(maxlen=2)
        self._busy_until = 0.0

    def open(self) -> None:
        """Open and set up; what the decoder held of the time before the unplug is forgotten."""
        self.close()
        self._forget()
        self._port = open_port(self._url)
        self._port.write_all(self._setting_up())
        if self._may_ask:
            # of all words of MeshCore the one that does nothing; the others wait until it was answered
            self._port.write_all(meshcore.ask(meshcore.PING))

    def _setting_up(self) -> bytes:
        figures = self.figures
        # The leading FENDs end whatever half frame the modem was left with.
        return (
            bytes((kiss.FEND, kiss.FEND))
            + kiss.txdelay(figures.txdelay_ms)
            + kiss.txtail(figures.txtail_ms)
            + kiss.persistence(PERSIST_AT_ONCE)
            + kiss.slottime(SLOTTIME_MS)
            + kiss.full_duplex(False)
        )

    def fileno(self) -> int:
        return self._opened().fileno()

    def read(self) -> list[bytes]:
        found = self._decoder.feed_all(self._opened().read())
        for number, content in found:
            if number == kiss.SETHARDWARE:
                self._note(content[0], content[1:])
        return [content for number, content in found if number == kiss.DATA]

    def write(self, frame: bytes) -> None:
        if time.monotonic() < self._busy_until:
            self._waiting.append(frame)  # MeshCore drops a frame that comes while another is on the air
            return
        self._hand_over(frame)

    def check(self) -> None:
        self._opened().check()
        self._hand_over_waiting()

    def take_done(self) -> bool:
        """Did the modem say since the last question that a frame is off the air?"""
        done, self._done = self._done, False
        return done

    @property
    def trouble(self) -> str:
        """For the lamp, "" when nothing is known."""
        return self._trouble

    def _hand_over(self, frame: bytes) -> None:
        if self.is_meshcore:
            self._busy_until = time.monotonic() + DONE_WITHIN_S
        self._opened().write_all(kiss.encode(frame))

    def _hand_over_waiting(self) -> None:
        if self._waiting and time.monotonic() >= self._busy_until:
            self._hand_over(self._waiting.popleft())

    # what MeshCore's firmware says

    def _note(self, word: int, content: bytes) -> None:
        if word == meshcore.PING | meshcore.ANSWER and self._may_ask and not self.is_meshcore:
            self.is_meshcore = True
            self._opened().write_all(self._setting_up_meshcore())
        if not self.is_meshcore:
            return
        if word == meshcore.TX_DONE:
            self._busy_until, self._done = 0.0, True
            self._hand_over_waiting()
        elif word == meshcore.RX_META and (meta := meshcore.meta_of(content)):
            self.quality = Quality(meta[1], meta[0])
        elif word == meshcore.GET_AIRTIME | meshcore.ANSWER:
            self._compare(meshcore.airtime_ms_of(content))

    def _setting_up_meshcore(self) -> bytes:
        lora = self.figures.lora
        tuned = meshcore.set_radio(self._hz, lora) if lora and self._hz else b""
        power = b"" if self._power_dbm is None else meshcore.ask(meshcore.SET_POWER, bytes((self._power_dbm,)))
        return (
            tuned
            + power
            + meshcore.ask(meshcore.SET_SIGNAL_REPORT, b"\x01")
            + meshcore.ask(meshcore.GET_AIRTIME, bytes((TRIED_WITH,)))
        )

    def _compare(self, told_ms: int | None) -> None:
        """Slots that are too short destroy every answer: say so before the first alert."""
        reckoned_s = replace(self.figures, txdelay_ms=0).lasts_s(TRIED_WITH)
        if told_ms is not None and abs(told_ms / 1000 - reckoned_s) > MAY_DIFFER * reckoned_s:
            self._trouble = (
                f"modem butuh {told_ms / 1000:.2f} s, Posko menghitung {reckoned_s:.2f} s: samakan sf, bw, cr"
            )


def _power_dbm(address: Address, figures: Figures) -> int | None:
    """What the address asks for and never more than the law of the channel; None leaves it to the board."""
    allowed = int(get_profile(figures.service).power_dbm)
    if "dbm" not in address.options and allowed >= BOARD_DBM:
        return None
    return max(0, min(int(address.number("dbm", allowed)), allowed))


def _may_ask(address: Address, baud: int) -> bool:
    """SetHardware means something else to every maker: only what may be a MeshCore board is asked, by a cable."""
    said = address.options.get("meshcore", "")
    if said in ("yes", "no"):
        return said == "yes"
    is_other = any(word in address.place for word in OTHER_WORDS)
    return address.name == "kiss+serial" and baud == MESHCORE_BAUD and not is_other
