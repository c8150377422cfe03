"""Holds a transmitter's key for as long as it is told to and never longer, whatever becomes of who asked.

A process of its own, without our packages: it starts in hundredths of a second. It is told by lines on its input, `key
SECONDS` and `unkey`, and answers each; the end of its input is the death of who asked, and unkeys.
"""

import array
import contextlib
import fcntl
import os
import select
import signal
import struct
import sys
import termios
import time
from collections.abc import Callable

_GPIO_V2_GET_LINE, _GPIO_V2_SET_VALUES = 0xC250B407, 0xC010B40F  # linux/gpio.h
_GPIO_V2_OUTPUT = 1 << 3

Switch = Callable[[bool], None]


def open_line(port: str, line: str) -> Switch:
    """What keys (True) and unkeys (False). Raises OSError, also for a line nobody knows."""
    openers = {"rts": _of_modem, "dtr": _of_modem, "cm108": _of_cm108, "gpio": _of_gpio, "file": _of_file}
    if line not in openers:
        raise OSError(f"{line} is no line to key with; known are {', '.join(sorted(openers))}")
    return openers[line](port, line)


def _of_modem(port: str, line: str) -> Switch:
    """RTS or DTR of a serial port. Should we be killed, the kernel lowers both when it closes the port."""
    number = os.open(port, os.O_RDWR | os.O_NOCTTY | os.O_NONBLOCK)
    fcntl.flock(number, fcntl.LOCK_EX | fcntl.LOCK_NB)
    settings = termios.tcgetattr(number)
    settings[2] |= termios.HUPCL | termios.CLOCAL
    termios.tcsetattr(number, termios.TCSANOW, settings)
    bits = struct.pack("I", termios.TIOCM_RTS if line == "rts" else termios.TIOCM_DTR)
    fcntl.ioctl(number, termios.TIOCMBIC, struct.pack("I", termios.TIOCM_RTS | termios.TIOCM_DTR))
    return lambda on: _no_answer(fcntl.ioctl(number, termios.TIOCMBIS if on else termios.TIOCMBIC, bits))


def _of_cm108(port: str, line: str) -> Switch:
    """GPIO 3 of a C-Media sound card, by its hidraw file: report 0, then value and direction of the pins."""
    number = os.open(port, os.O_RDWR)
    pin = 1 << 2
    return lambda on: _no_answer(os.write(number, bytes((0, 0, pin if on else 0, pin, 0))))


def _of_gpio(port: str, line: str) -> Switch:
    """A pin such as /dev/gpiochip0:17. Should we be killed, the kernel takes the pin back."""
    chip, _, pin = port.rpartition(":")
    number = os.open(chip, os.O_RDWR)
    # struct gpio_v2_line_request: 64 offsets, consumer, config (flags, attributes), one line, buffer, padding, fd
    asked = bytearray(592)
    struct.pack_into("I", asked, 0, int(pin))
    asked[256:265] = b"posko-ptt"
    struct.pack_into("Q", asked, 288, _GPIO_V2_OUTPUT)
    struct.pack_into("I", asked, 560, 1)
    fcntl.ioctl(number, _GPIO_V2_GET_LINE, asked)
    held = struct.unpack_from("i", asked, 588)[0]
    return lambda on: _no_answer(fcntl.ioctl(held, _GPIO_V2_SET_VALUES, array.array("Q", (int(on), 1))))


def _of_file(port: str, line: str) -> Switch:
    """A file that takes 1 and 0, such as /sys/class/gpio/gpio17/value."""
    number = os.open(port, os.O_WRONLY)
    return lambda on: _no_answer(os.pwrite(number, b"1" if on else b"0", 0))


def _no_answer(_: object) -> None:
    """What a system call counted is of no use here."""


class Hold:
    """One line, and until when it may be keyed. now: seconds of a clock that nobody can set."""

    def __init__(self, switch: Switch, longest_s: float) -> None:
        self._switch, self._longest_s = switch, longest_s
        self._began: float | None = None
        self._ends = 0.0
        self._is_spent = False
        switch(False)

    def obey(self, words: list[str], now: float) -> str:
        """`key SECONDS` or `unkey`; what to answer."""
        if words[:1] == ["key"] and len(words) == 2:
            return self._key(float(words[1]), now)
        self.release()
        self._is_spent = False
        return "unkeyed"

    def _key(self, at_most_s: float, now: float) -> str:
        if self._is_spent:
            return "limit"  # keyed for as long as is allowed: it must be let go first
        began = now if self._began is None else self._began
        self._ends = min(now + at_most_s, began + self._longest_s)
        self._switch(True)
        self._began = began
        return "keyed"

    def release(self) -> None:
        self._switch(False)
        self._began = None

    def patience_s(self, now: float) -> float | None:
        """Until the key must be let go; None while it is not held."""
        return None if self._began is None else max(0.0, self._ends - now)

    def tick(self, now: float) -> None:
        if self._began is not None and now >= self._ends:
            self._is_spent = now >= self._began + self._longest_s
            self.release()


def serve(hold: Hold, ear: int, mouth: int) -> None:
    """Until the input ends."""
    pending = b""
    while True:
        if select.select([ear], [], [], hold.patience_s(time.monotonic()))[0]:
            received = os.read(ear, 256)
            if not received:
                return
            *lines, pending = (pending + received).split(b"\n")
            for line in lines:
                _tell(mouth, hold.obey(line.decode("ascii", "replace").split(), time.monotonic()))
        hold.tick(time.monotonic())


def _tell(mouth: int, words: str) -> None:
    with contextlib.suppress(OSError):  # nobody listens any more: the end of the input comes next
        os.write(mouth, words.encode() + b"\n")


def main(port: str, line: str, longest_s: float) -> int:
    for name in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        signal.signal(name, lambda *_: sys.exit(0))
    try:
        hold = Hold(open_line(port, line), longest_s)
    except (OSError, termios.error, ValueError) as fault:
        _tell(1, f"lost {fault}")
        return 1
    try:
        _tell(1, "ready")
        serve(hold, 0, 1)
    except (OSError, ValueError) as fault:
        _tell(1, f"lost {fault}")
        return 1
    finally:
        with contextlib.suppress(OSError):
            hold.release()
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1], sys.argv[2], float(sys.argv[3])))
