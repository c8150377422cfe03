"""A RYLR998 made from the words of its AT command guide: what it answers, refuses, and tells of the air."""

import base64
import re
from pathlib import Path

from tests.radio_bridge.far_ends import OnCable


class RylrModule(OnCable):
    """It sends what it is given and says +OK when that is off the air."""

    options = "?service=lora_free"

    def __init__(self, name: str, folder: Path) -> None:
        self.settings = {"NETWORKID": "18", "ADDRESS": "0", "BAND": "915000000", "PARAMETER": "9,7,1,12", "CRFOP": "22"}
        self.sets: list[str] = []
        self.lines: list[str] = []
        self.on_air: list[bytes] = []
        self.refusals: list[int] = []
        self.is_hung = False
        self.is_slow = False
        self._pending = b""
        super().__init__(name, folder)

    def plug(self) -> None:
        self._pending = b""
        super().plug()

    def heard(self, some: bytes) -> None:
        *lines, self._pending = (self._pending + some).split(b"\r\n")
        for line in lines:
            self.lines.append(line.decode("ascii", "replace"))
            if not self.is_hung:
                self.answer(line.decode("ascii", "replace"))

    def answer(self, line: str) -> None:
        if not line.startswith("AT"):
            self.tell("+ERR=2")
        elif line == "AT":
            self.tell("+OK")
        elif found := re.fullmatch(r"AT\+SEND=(\d+),(\d+),(.*)", line):
            self._send(int(found[2]), found[3])
        elif (found := re.fullmatch(r"AT\+(\w+)\?", line)) and found[1] in self.settings:
            self.tell(f"+{found[1]}={self.settings[found[1]]}")
        elif (found := re.fullmatch(r"AT\+(\w+)=(.+)", line)) and found[1] in self.settings:
            self._set(found[1], found[2])
        else:
            self.tell("+ERR=4")

    def _set(self, name: str, value: str) -> None:
        if name == "PARAMETER" and int(value.split(",")[0]) > 11:
            self.tell("+ERR=15")
            return
        self.settings[name] = value
        self.sets.append(name)
        self.tell("+OK")

    def _send(self, length: int, text: str) -> None:
        if self.refusals:
            self.tell(f"+ERR={self.refusals.pop(0)}")
        elif length != len(text):
            self.tell("+ERR=5")
        elif length > 240:
            self.tell("+ERR=13")
        else:
            self.on_air.append(base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)))
            if not self.is_slow:
                self.tell("+OK")

    def tell(self, words: str) -> None:
        self.give(words.encode() + b"\r\n")

    def keyed(self) -> list[bytes]:
        return self.on_air

    def say(self, *frames: bytes) -> list[bytes]:
        texts = [base64.urlsafe_b64encode(frame).rstrip(b"=") for frame in frames]
        return [b"+RCV=50,%d,%s,-99,40\r\n" % (len(text), text) for text in texts]
