"""Holds a relay closed for a bounded time, in a process of its own: it opens it again whatever becomes of the sender.

A pin is one of the Linux GPIO character device, `/dev/gpiochip0:17`, asked for by the kernel's own interface
(linux/gpio.h, version 2) with nothing but the standard library; or, on old boards, the value file of a pin in sysfs.
Run as `python -I -S siren_hold.py PIN SECONDS LOW STOP`.
"""

import array
import contextlib
import errno
import fcntl
import os
import signal
import struct
import sys
import time
from collections.abc import Callable
from pathlib import Path

GET_LINE, SET_VALUES, GET_INFO = 0xC250B407, 0xC010B40F, 0xC100B405  # GPIO_V2_…_IOCTL
OUTPUT, ACTIVE_LOW, USED = 1 << 3, 1 << 1, 1 << 0  # GPIO_V2_LINE_FLAG_…
WHO = b"posko-siren"
CLOSED = b"1"
LOOK_S = 0.05


class Line:
    """A pin that is ours: switch(True) closes the relay, switch(False) opens it, close() lets the pin go."""

    def __init__(self, switch: Callable[[bool], None], number: int | None = None) -> None:
        self.switch, self._number = switch, number

    def close(self) -> None:
        if self._number is not None:
            os.close(self._number)
            self._number = None


def is_of_chip(pin: str) -> bool:
    """Whether it is a line of a GPIO chip (`/dev/gpiochip0:17`), and no file."""
    return pin.startswith("/dev/") and pin.rpartition(":")[2].isdigit()


def is_used(pin: str) -> bool:
    """Whether a program holds the pin just now; a file has no holder. Raises OSError where there is none to be had."""
    if not is_of_chip(pin):
        _writable(pin)
        return False
    told = bytearray(256)  # struct gpio_v2_line_info: name, consumer, offset, how many attributes, flags, …
    chip, line = _parts(pin)
    struct.pack_into("I", told, 64, line)
    _with_chip(chip, GET_INFO, told)
    return bool(struct.unpack_from("Q", told, 72)[0] & USED)


def taken(pin: str, is_low: bool) -> Line:
    """The pin, with the relay open. Raises OSError, EBUSY where another program holds it."""
    return _of_chip(pin, is_low) if is_of_chip(pin) else _of_file(pin, is_low)


def _of_chip(pin: str, is_low: bool) -> Line:
    chip, line = _parts(pin)
    # struct gpio_v2_line_request: 64 offsets, consumer, config (flags, attributes), how many lines, buffer, padding, fd
    asked = bytearray(592)
    struct.pack_into("I", asked, 0, line)
    asked[256 : 256 + len(WHO)] = WHO
    struct.pack_into("Q", asked, 288, OUTPUT | (ACTIVE_LOW if is_low else 0))
    struct.pack_into("I", asked, 560, 1)
    _with_chip(chip, GET_LINE, asked)
    held = struct.unpack_from("i", asked, 588)[0]

    def switch(is_on: bool) -> None:
        fcntl.ioctl(held, SET_VALUES, array.array("Q", (int(is_on), 1)))  # struct gpio_v2_line_values: bits, mask

    return Line(switch, held)


def _with_chip(chip: str, request: int, told: bytearray) -> None:
    number = os.open(chip, os.O_RDWR | os.O_CLOEXEC)
    try:
        fcntl.ioctl(number, request, told)
    finally:
        os.close(number)


def _parts(pin: str) -> tuple[str, int]:
    chip, _, line = pin.rpartition(":")
    return chip, int(line)


def _of_file(path: str, is_low: bool) -> Line:
    _writable(path)

    def switch(is_on: bool) -> None:
        Path(path).write_text("1" if is_on is not is_low else "0")

    return Line(switch)


def _writable(path: str) -> None:
    """Raises OSError for a file that is not there, which is never made, and for one we may not write."""
    os.stat(path)
    if not os.access(path, os.W_OK):
        raise PermissionError(errno.EACCES, "The pin cannot be written", path)


def release(pin: str, is_low: bool) -> None:
    """Open the relay and let the pin go."""
    line = taken(pin, is_low)
    try:
        line.switch(False)
    finally:
        line.close()


def hold(line: Line, seconds: float, stop: Path) -> None:
    """Close, wait until the time is over or somebody leaves the file `stop`, open; a signal to end opens at once."""
    for name in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        signal.signal(name, _end)
    ends = time.monotonic() + seconds
    try:
        line.switch(True)
        _tell()
        while time.monotonic() < ends and not stop.exists():
            time.sleep(LOOK_S)
    finally:
        line.switch(False)
        line.close()


def _tell() -> None:
    """Say to whoever began us that the relay is closed; that he is dead meanwhile changes nothing."""
    with contextlib.suppress(OSError):
        os.write(1, CLOSED)


def _end(*_: object) -> None:
    raise SystemExit(0)


def main(pin: str, seconds: str, is_low: str, stop: str) -> None:
    """Wait a moment for whoever still holds the pin, then hold it."""
    for _ in range(40):
        try:
            line = taken(pin, is_low == "low")
            break
        except OSError as fault:
            if fault.errno != errno.EBUSY:
                raise
            time.sleep(LOOK_S)
    else:
        raise SystemExit("the pin is held by another program")
    hold(line, float(seconds), Path(stop))


if __name__ == "__main__":
    main(*sys.argv[1:5])
