"""Ports: bytes to and from a cable or a socket. The only file that knows pyserial, and the only I/O of the room."""

import contextlib
import fcntl
import os
import select
import socket
import stat
import struct
import termios
import time
from collections.abc import Callable, Iterable, Iterator
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
LOCKS = Path("/run/lock")
TAKEN = "dipakai program lain"
_LOWERED = {"up": 0, "dtr": termios.TIOCM_RTS, "down": termios.TIOCM_DTR | termios.TIOCM_RTS}
"""?lines= -> which of the lines that the kernel raises are lowered, at once."""
_GONE = select.POLLHUP | select.POLLERR | select.POLLNVAL
# What an unplugged cable raises, depending on the moment: termios.error is no OSError, and pyserial trips over
# its own closed number with a TypeError.
_UNPLUGGED = (serial.SerialException, OSError, termios.error, TypeError)


class LinkLost(Exception):
    """The port is gone or was never there: unplugged, refused, hung up. Try again later; the words say what."""


class PortTaken(LinkLost):
    """Another program has the port; the words name it where the system lets us see it."""


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
    baud = _baud_of(path, options.get("baud", "9600"))
    lowered = _LOWERED.get(options.get("lines", "down"))
    if lowered is None:
        raise BadPort(f"The lines of {path} are up, down or dtr, such as ?lines=up.")
    with _in_one_word(path):
        if not stat.S_ISCHR(os.stat(path).st_mode):  # a name without a device behind it needs no lock
            raise OSError("it is a file, no serial port")
    if "free" not in options and (taken_by := holders(path)):
        raise PortTaken(_taken(path, taken_by))  # before it is opened: that would move its lines
    lock = _locked(path)
    with contextlib.ExitStack() as undo:
        undo.callback(_unlock, lock)
        line = _opened_line(path, baud, lowered)
        undo.pop_all()
    return Port(line.fileno(), path, lambda: _give_back(line, lock), path)


def _baud_of(path: str, said: str) -> int:
    if not said.isdecimal() or not 0 < int(said) < 2**31:
        raise BadPort(f"The speed of {path} is a number, such as ?baud=9600.")
    return int(said)


def _opened_line(path: str, baud: int, lowered: int) -> serial.Serial:
    """Raw before the first byte. Raises LinkLost."""
    # The kernel raises DTR and RTS whenever a port is opened, and pyserial would lower them one by one: RTS alone
    # resets an ESP32 board, DTR alone keys some cables. Both up and both down is at rest for all: change both at once.
    line = serial.Serial(baudrate=baud, timeout=0, exclusive=True, dsrdtr=True)
    line.port = path
    with _in_one_word(path), contextlib.ExitStack() as undo:
        line.open()  # a pty refuses DTR and RTS, which pyserial forgives
        undo.callback(line.close)
        _make_ours(line, lowered)
        undo.pop_all()
    return line


def _make_ours(line: serial.Serial, lowered: int) -> None:
    """From now on the kernel refuses the port to everybody but root."""
    fcntl.ioctl(line.fileno(), termios.TIOCEXCL)
    with contextlib.suppress(OSError):  # a pty has no such lines
        fcntl.ioctl(line.fileno(), termios.TIOCMBIC, struct.pack("I", lowered))


def _give_back(line: serial.Serial, lock: Path | None) -> None:
    with contextlib.suppress(*_UNPLUGGED):
        # bytes that a stuck modem does not take would hold up close() for half a minute
        termios.tcflush(line.fileno(), termios.TCIOFLUSH)
        fcntl.ioctl(line.fileno(), termios.TIOCNXCL)
    with contextlib.suppress(*_UNPLUGGED):
        line.close()
    _unlock(lock)


# who has a port: exclusive use is only advice, so we give it and take it


def _locked(path: str) -> Path | None:
    """A lock file as terminal programs know it (FHS 3.0, 5.9); None where we may write none. Raises PortTaken."""
    lock = LOCKS / f"LCK..{os.path.realpath(path).removeprefix('/dev/').replace('/', '_')}"
    owner = _owner(lock)
    if owner is not None and owner != os.getpid() and _has(owner, path):
        raise PortTaken(_taken(path, [_program(owner)]))
    with contextlib.suppress(OSError):
        lock.unlink(missing_ok=True)
        with open(os.open(lock, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o644), "w") as file:
            file.write(f"{os.getpid():10d}\n")
        return lock
    return None


def _unlock(lock: Path | None) -> None:
    if lock is not None and _owner(lock) == os.getpid():
        with contextlib.suppress(OSError):
            lock.unlink()


def _owner(lock: Path) -> int | None:
    """The living process a lock file names."""
    try:
        pid = int(lock.read_text())
    except (OSError, ValueError):
        return None
    return pid if pid > 0 and Path(f"/proc/{pid}").exists() else None


def _has(pid: int, path: str) -> bool:
    """Whether a process has the device open; True where we may not look."""
    return not os.access(f"/proc/{pid}/fd", os.R_OK) or _device(path) in _open_in(pid)


def holders(path: str) -> list[str]:
    """The programs beside us that have a device open, as `name (pid)`, as far as we may see."""
    return holders_of([path])[path]


def holders_of(paths: Iterable[str]) -> dict[str, list[str]]:
    """path -> holders() of each, in one look at all programs: that costs some thousand questions to the kernel."""
    found: dict[str, list[str]] = {path: [] for path in paths}
    devices = {device: path for path in found if (device := _device(path)) is not None}
    for pid in _pids() if devices else ():
        for device in _open_in(pid) & devices.keys():
            found[devices[device]].append(_program(pid))
    return found


def _device(path: str) -> int | None:
    try:
        return os.stat(path).st_rdev
    except OSError:
        return None


def _pids() -> list[int]:
    return [int(name) for name in os.listdir("/proc") if name.isdigit() and int(name) != os.getpid()]


def _open_in(pid: int) -> set[int]:
    """The devices a process has open; none where we may not look."""
    found: set[int] = set()
    with contextlib.suppress(OSError):
        for one in os.scandir(f"/proc/{pid}/fd"):
            with contextlib.suppress(OSError):
                found.add(os.stat(one.path).st_rdev)
    return found


def _program(pid: int) -> str:
    try:
        return f"{Path(f'/proc/{pid}/comm').read_text().strip()} ({pid})"
    except OSError:
        return f"({pid})"


def _taken(path: str, who: list[str]) -> str:
    return f"{path} {TAKEN}: {', '.join(who)}. Tutup program itu."


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
    device: str = ""
    """The name of the moment, such as /dev/ttyUSB0."""
    usb: tuple[int, int] = (0, 0)
    """Vendor and product; (0, 0) for a port that is no USB device."""


def plugs() -> list[Plug]:
    """The serial ports of this machine. Only names are read: nothing is opened, no transmitter is touched."""
    lasting = {os.path.realpath(link): str(link) for link in (BY_ID.iterdir() if BY_ID.is_dir() else ())}
    found = sorted(list_ports.comports(), key=lambda port: port.device)
    return [
        Plug(lasting.get(port.device, port.device), _words_of(port), port.device, (port.vid or 0, port.pid or 0))
        for port in found
    ]


def _words_of(port: object) -> str:
    """Maker and product as the device calls itself."""
    named = [getattr(port, name, None) or "" for name in ("manufacturer", "description")]
    return " ".join(word for word in named if word and word != "n/a")
