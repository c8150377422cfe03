"""A TNC that speaks KISS over a cable or a socket: direwolf, NinoTNC, Mobilinkd, kv4p-HT, MeshCore's KISS firmware."""

from pathlib import Path

from radio_bridge.devices import Address, figures_of
from radio_bridge.framing import kiss
from radio_bridge.ports import BadPort, LinkLost, Port, open_port

PERSIST_AT_ONCE = 255
SLOTTIME_MS = 10


class Kiss:
    """Frames over a KISS port. The TNC keys at once: our slots decide who speaks, not its dice."""

    def __init__(self, address: Address, folder: Path) -> None:
        self.figures = figures_of(address)
        self._url = f"{address.name.partition('+')[2]}:{address.place}?baud={int(address.number('baud', 9600))}"
        self._port: Port | None = None
        self._decoder = kiss.KissDecoder()
        if not address.place:
            raise BadPort(f"{address.name} needs a place, such as {address.name}:127.0.0.1:8001 or a /dev/serial path.")

    def open(self) -> None:
        """Open and set up; what the decoder held of the time before the unplug is forgotten."""
        self.close()
        self._decoder = kiss.KissDecoder()
        self._port = open_port(self._url)
        self._port.write_all(self._setting_up())

    def _setting_up(self) -> bytes:
        figures = self.figures
        # The leading FENDs end whatever half frame the modem was left with.
        return (
            bytes((kiss.FEND, kiss.FEND))
            + kiss.txdelay(figures.txdelay_ms)
            + kiss.persistence(PERSIST_AT_ONCE)
            + kiss.slottime(SLOTTIME_MS)
            + kiss.full_duplex(False)
        )

    def fileno(self) -> int:
        return self._opened().fileno()

    def read(self) -> list[bytes]:
        return self._decoder.feed(self._opened().read())

    def write(self, frame: bytes) -> None:
        self._opened().write_all(kiss.encode(frame))

    def check(self) -> None:
        self._opened().check()

    def close(self) -> None:
        if self._port is not None:
            self._port.close()
        self._port = None

    def _opened(self) -> Port:
        if self._port is None:
            raise LinkLost("the port is not open")
        return self._port
