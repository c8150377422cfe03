"""A GPS receiver on a serial port, read by a thread of its own: it may be unplugged, silent or talk nonsense."""

import contextlib
import threading
from collections.abc import Callable

from gis.coordinates import Position
from radio_bridge.field.nmea import LONGEST, fix_of
from radio_bridge.ports import LinkLost, open_port

AGAIN_S = 5.0
"""Between two tries to open a receiver that is not there."""
LISTEN_S = 0.5


class Gps:
    """Tells every fix it hears until stop()."""

    def __init__(self, url: str, told: Callable[[Position], None]) -> None:
        """url: `serial:/dev/serial/by-id/...?baud=9600` (also `socket:`, `unix:`, a bare path); told: from our thread.

        Raises BadPort here, where somebody reads it, and not in the thread.
        """
        self._url, self._told = f"serial:{url}" if url.startswith("/") else url, told
        with contextlib.suppress(LinkLost):
            open_port(self._url).close()
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name="gps", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        self._stopping.set()
        self._thread.join(2)

    def _run(self) -> None:
        while not self._stopping.is_set():
            try:
                self._follow()
            except LinkLost:
                self._stopping.wait(AGAIN_S)

    def _follow(self) -> None:
        port = open_port(self._url)
        try:
            rest = b""
            while not self._stopping.is_set():
                rest = self._take(rest + port.read(LISTEN_S))
        finally:
            port.close()

    def _take(self, heard: bytes) -> bytes:
        """Tell what the whole lines say; answers the half line at the end, bounded."""
        *lines, rest = heard.split(b"\n")
        fixes = [fix for line in lines if (fix := fix_of(line))]
        if fixes:
            self._told(fixes[-1])
        return rest[-LONGEST:]
