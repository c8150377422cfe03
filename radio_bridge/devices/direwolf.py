"""A direwolf that is watched: one we start ourselves (`direwolf:/etc/posko/direwolf.conf`) or somebody else's.

KISS never says whether anybody is there. direwolf answers two questions (`TNC:` and `TXBUF:`, command 6 of KISS), so a
link that outlived its program, a program that hangs and a frame that never leaves are told from a quiet channel.
"""

import re
import time
from pathlib import Path

from radio_bridge.devices import Address
from radio_bridge.devices.kiss import Kiss
from radio_bridge.direwolf import SILENT, Program, kiss_port
from radio_bridge.ports import BadPort, LinkLost

ASK_EVERY_S = 5.0
SILENT_S = 12.0
"""Without an answer for so long it hangs, or the link has outlived it."""
WEDGED_S = 90.0
"""direwolf itself gives a frame up after 60 s of busy channel; one that lies longer than this never leaves."""
BUSY_SHOWN_S = 120.0
BUSY = "kanal sibuk lebih dari satu menit"

ASK_NAME, ASK_WAITING = b"\xc0\x06TNC:\xc0", b"\xc0\x06TXBUF:\xc0"
_ANSWER = re.compile(rb"\xc0\x06(?:DIREWOLF[^\xc0]*|TXBUF:(\d+))(?=\xc0)")
_LONGEST_ANSWER = 64  # bytes


class Direwolf(Kiss):
    """`direwolf:FILE.conf` is started and kept; `direwolf:HOST:PORT` and `direwolf:/tmp/kisstnc` are only watched."""

    def __init__(self, address: Address, folder: Path) -> None:
        if not address.place:
            raise BadPort("direwolf: needs its file, such as direwolf:/etc/posko/direwolf.conf, or HOST:PORT.")
        self._place = address.place
        self._program = Program(Path(address.place), folder) if address.place.endswith(".conf") else None
        super().__init__(Address(_kiss_of(address.place), address.place, address.options), folder)

    def open(self) -> None:
        """Start the program when it is due, then connect. LinkLost until both stand."""
        if self._program is not None:
            self._program.require()
            self._url = f"socket:127.0.0.1:{kiss_port(self._program.config)}"
        super().open()
        self._tail = b""
        self._answered_at = self._asked_at = time.monotonic()
        self._stuck_since: float | None = None
        self._opened().write_all(ASK_NAME)

    def read(self) -> list[bytes]:
        received = self._opened().read()
        self._note_answers(received)
        return self._decoder.feed(received)

    def check(self) -> None:
        """LinkLost when it ended, does not answer, or keeps a frame for ever; the one we run is started again."""
        super().check()
        if self._program is not None:
            self._program.check()
        now = time.monotonic()
        if now - self._answered_at > SILENT_S or now - (self._stuck_since or now) > WEDGED_S:
            self._lose()
        if now - self._asked_at >= ASK_EVERY_S:
            self._asked_at = now
            self._opened().write_all(ASK_WAITING)

    @property
    def trouble(self) -> str:
        """For the lamp, "" when all is well."""
        if self._program is None:
            return ""
        busy_at = self._program.busy_at
        is_busy = busy_at is not None and time.monotonic() - busy_at < BUSY_SHOWN_S
        return self._program.trouble or (BUSY if is_busy else "")

    @property
    def starts(self) -> int:
        """How often we started it."""
        return self._program.starts if self._program else 0

    def end(self) -> None:
        """Close, and end the program we started."""
        self.close()
        if self._program is not None:
            self._program.end()

    def _lose(self) -> None:
        if self._program is not None:
            self._program.end(SILENT)
        raise LinkLost(f"{self._place}: no direwolf answers there")

    def _note_answers(self, received: bytes) -> None:
        """An answer may come in two pieces."""
        text = self._tail + received
        for found in _ANSWER.finditer(text):
            self._answered_at = time.monotonic()
            waits = found[1] is not None and int(found[1]) > 0
            self._stuck_since = (self._stuck_since or self._answered_at) if waits else None
        self._tail = text[text.rfind(b"\xc0") :][:_LONGEST_ANSWER] if b"\xc0" in text else b""


def _kiss_of(place: str) -> str:
    return "kiss+serial" if place.startswith("/") and not place.endswith(".conf") else "kiss+socket"
