"""A LoRa board with MeshCore's KISS firmware, made from its protocol's description."""

import struct
from pathlib import Path

from radio_bridge.framing import kiss
from tests.radio_bridge.far_ends import KissOnCable


class MeshCoreBoard(KissOnCable):
    """Takes one packet at a time and drops the next with an error; tells when one is done and how one was heard."""

    options = "?carrier=bare&service=lora_free&baud=115200&sf=9&bw=125"

    def __init__(self, name: str, folder: Path) -> None:
        self.decoder = kiss.KissDecoder()
        self.words: list[tuple[int, bytes]] = []
        self.on_air: list[bytes] = []
        self.dropped = 0
        self.hz, self.bandwidth_hz, self.spreading, self.coding = 869_618_000, 125_000, 9, 5
        self.power_dbm = 22
        self.airtime_ms = 228
        self.says_done = True
        self.is_busy = False
        self.rssi_dbm, self.snr_db = -97, -6.25
        super().__init__(name, folder)

    def plug(self) -> None:
        self.decoder, self.is_busy = kiss.KissDecoder(), False
        super().plug()

    def heard(self, some: bytes) -> None:
        for number, content in self.decoder.feed_all(some):
            if number == kiss.DATA:
                self._transmit(content)
            elif number == kiss.SETHARDWARE:
                self.words.append((content[0], content[1:]))
                self._answer(content[0], content[1:])

    def _transmit(self, frame: bytes) -> None:
        if self.is_busy:
            self.dropped += 1
            self.tell(0xF1, b"\x07")
            return
        self.on_air.append(frame)
        if self.says_done:
            self.done()
        else:
            self.is_busy = True

    def done(self) -> None:
        """The frame is off the air."""
        self.is_busy = False
        self.tell(0xF8, b"\x01")

    def _answer(self, word: int, content: bytes) -> None:
        if word == 0x17:
            self.tell(0x97)
        elif word == 0x11:
            self.tell(0x91, b"\x02\x00")
        elif word == 0x09:
            self.hz, self.bandwidth_hz, self.spreading, self.coding = struct.unpack("<IIBB", content)
            self.tell(0xF0)
        elif word == 0x0A:
            self.power_dbm = content[0]
            self.tell(0xF0)
        elif word == 0x0B:
            self.tell(0x8B, struct.pack("<IIBB", self.hz, self.bandwidth_hz, self.spreading, self.coding))
        elif word == 0x0F:
            self.tell(0x8F, struct.pack("<I", self.airtime_ms))
        elif word == 0x19:
            self.tell(0x9A, content)
        else:
            self.tell(0xF1, b"\x05")

    def tell(self, word: int, content: bytes = b"") -> None:
        self.give(kiss.command(kiss.SETHARDWARE, bytes((word,)) + content))

    def keyed(self) -> list[bytes]:
        return self.on_air

    def say(self, *frames: bytes) -> list[bytes]:
        meta = struct.pack("bb", round(4 * self.snr_db), self.rssi_dbm)
        told = kiss.command(kiss.SETHARDWARE, b"\xf9" + meta)
        return [part for frame in frames for part in (kiss.encode(frame), told)]


class MobilinkdTnc(KissOnCable):
    """A TNC to which the numbers of MeshCore mean other things: 7, 8 and 9 key it with a tone (KissHardware.hpp)."""

    def __init__(self, name: str, folder: Path) -> None:
        self.decoder = kiss.KissDecoder()
        self.tones: list[int] = []
        self.resets = 0
        super().__init__(name, folder)

    options = "?baud=115200"

    def heard(self, some: bytes) -> None:
        for number, content in self.decoder.feed_all(some):
            if number == kiss.SETHARDWARE:
                self.tones += [content[0]] * (content[0] in (7, 8, 9))
                self.resets += content[0] == 11
                self.give(kiss.command(kiss.SETHARDWARE, content[:1] + b"\x01"))
