"""Ports: bytes to and from a cable or a socket. The only file that knows pyserial, and the only I/O of the room."""

import contextlib
import os
import select
import socket
import termios
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import parse_qsl

import serial
from serial.tools import list_ports

BY_ID = Path("/dev/serial/by-id")
WRITE_WITHIN_S = 2.0
"""A modem that takes no byte for this long is as good as gone."""
CONNECT_WITHIN_S = 1.0
READ_AT_ONCE = 4096  # bytes
_GONE = select.POLLHUP | select.POLLERR | select.POLLNVAL
# What an unplugged cable raises, depending on the moment: termios.error is no OSError, and pyserial trips over
# its own closed number with a TypeError.
_UNPLUGGED = (serial.SerialException, OSError, termios.error, TypeError)


class LinkLost(Exception):
    """The port is gone or was never there: unplugged, refused, hung up. Try again later; the words say what."""


class BadPort(ValueError):
    """An address that can never be opened; the message says how one looks."""


@contextlib.contextmanager
def _in_one_word(name: str) -> Iterator[None]:
    try:
        yield
    except _UNPLUGGED as fault:
        raise LinkLost(f"{name}: {fault}") from fault


class Port:
    """An open stream of bytes. Every call raises LinkLost once the far end is gone."""

    def __init__(self, number: int, name: str, release: Callable[[], None], path: str | None = None) -> None:
        self._number, self.name = number, name
        self._release, self._path = release, path
        self._readable, self._writable = select.poll(), select.poll()
        self._readable.register(number, select.POLLIN)
        self._writable.register(number, select.POLLOUT)

    def fileno(self) -> int:
        """For select(): readable when bytes are waiting and when the plug was pulled."""
        return self._number

    def read(self, timeout_s: float = 0.0) -> bytes:
        """What is there now or within timeout_s; b"" when nothing came."""
        with _in_one_word(self.name):
            seen = self._readable.poll(timeout_s * 1000)
            if not seen:
                return b""
            received = os.read(self._number, READ_AT_ONCE) if seen[0][1] & select.POLLIN else b""
            if not received:
                raise OSError("the far end is gone")
            return received

    def write_all(self, wanted: bytes) -> None:
        """Hand over every byte; LinkLost when the far end takes none for two seconds."""
        left = memoryview(wanted)
        deadline = time.monotonic() + WRITE_WITHIN_S
        with _in_one_word(self.name):
            while left:
                left = left[self._write_some(left, deadline) :]

    def _write_some(self, left: memoryview, deadline: float) -> int:
        seen = self._writable.poll(max(0.0, deadline - time.monotonic()) * 1000)
        if not seen:
            raise OSError(f"it takes no bytes since {WRITE_WITHIN_S:.0f} s")
        if seen[0][1] & _GONE:
            raise OSError("the far end is gone")
        with contextlib.suppress(BlockingIOError):
            return os.write(self._number, left)
        return 0

    def check(self) -> None:
        """LinkLost when the name now means another device: a pts or ttyUSB number is given out again at once."""
        if self._path is None:
            return
        with _in_one_word(self.name):
            if os.stat(self._path).st_rdev != os.fstat(self._number).st_rdev:
                raise OSError("the name now belongs to another device")

    def close(self) -> None:
        """Give the port back; harmless when it is gone already."""
        with contextlib.suppress(*_UNPLUGGED):
            self._release()


def open_port(url: str) -> Port:
    """Open `serial:PATH?baud=9600`, `socket:HOST:PORT` or `unix:PATH`.

    Raises LinkLost when it is not there now, BadPort when it can never be.
    """
    scheme, _, rest = url.partition(":")
    if scheme not in _OPENERS or not rest:
        raise BadPort(f"{url!r} is no port: use serial:/dev/serial/by-id/...?baud=9600 or socket:127.0.0.1:8001.")
    address, _, query = rest.partition("?")
    return _OPENERS[scheme](address, dict(parse_qsl(query)))


def pair() -> tuple[Port, Port]:
    """Two ports joined in memory, for tests and loops."""
    left, right = socket.socketpair()
    return _socket_port(left, "left"), _socket_port(right, "right")


def _open_serial(path: str, options: dict[str, str]) -> Port:
    try:
        baud = int(options.get("baud", "9600"))
    except ValueError:
        raise BadPort(f"The speed of {path} is a number, such as ?baud=9600.") from None
    line = serial.Serial(baudrate=baud, timeout=0, exclusive=True)
    # Raised DTR or RTS resets an ESP32 board and keys some transmitters.
    line.dtr = line.rts = False
    line.port = path
    with _in_one_word(path):
        line.open()  # raw before the first byte; a pty refuses DTR and RTS, which pyserial forgives
        return Port(line.fileno(), path, line.close, path)


def _open_socket(address: str, options: dict[str, str]) -> Port:
    host, _, port = address.rpartition(":")
    if not host or not port.isdigit():
        raise BadPort(f"{address!r} is no address: use HOST:PORT, such as 127.0.0.1:8001.")
    with _in_one_word(address):
        joined = socket.create_connection((host.strip("[]"), int(port)), timeout=CONNECT_WITHIN_S)
        joined.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        _notice_silence(joined)
        return _socket_port(joined, address)


def _notice_silence(joined: socket.socket) -> None:
    """A cable pulled between two machines sends no goodbye: ask after 5 s, give up 6 s later."""
    joined.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
    joined.setsockopt(socket.IPPROTO_TCP, socket.TCP_KEEPIDLE, 5)
    joined.setsockopt(socket.IPPROTO_TCP, socket.TCP_KEEPINTVL, 2)
    joined.setsockopt(socket.IPPROTO_TCP, socket.TCP_KEEPCNT, 3)
    joined.setsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT, 11_000)


def _open_unix(path: str, options: dict[str, str]) -> Port:
    joined = socket.socket(socket.AF_UNIX)
    try:
        with _in_one_word(path), short_name(Path(path)) as name:
            joined.connect(name)
    except LinkLost:
        joined.close()
        raise
    return _socket_port(joined, path)


def _socket_port(joined: socket.socket, name: str) -> Port:
    joined.setblocking(False)
    return Port(joined.fileno(), name, joined.close)


@contextlib.contextmanager
def short_name(path: Path) -> Iterator[str]:
    """A name for a Unix socket that fits the kernel's 107 bytes however deep the folder is."""
    folder = os.open(path.parent, os.O_PATH | os.O_DIRECTORY)
    try:
        yield f"/proc/self/fd/{folder}/{path.name}"
    finally:
        os.close(folder)


_OPENERS: dict[str, Callable[[str, dict[str, str]], Port]] = {
    "serial": _open_serial,
    "socket": _open_socket,
    "unix": _open_unix,
}


@dataclass(frozen=True)
class Plug:
    """A serial port of this machine; `path` is the name that stays when it is plugged elsewhere."""

    path: str
    words: str


def plugs() -> list[Plug]:
    """The serial ports of this machine. Only names are read: nothing is opened, no transmitter is touched."""
    lasting = {os.path.realpath(link): str(link) for link in (BY_ID.iterdir() if BY_ID.is_dir() else ())}
    found = sorted(list_ports.comports(), key=lambda port: port.device)
    return [Plug(lasting.get(port.device, port.device), port.description or "") for port in found]
