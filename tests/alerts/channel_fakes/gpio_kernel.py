"""The GPIO part of a Linux kernel, as linux/gpio.h (version 2) describes it, over a file that plays the chip.

The structures are written down once more as C lays them out, so that whoever packs its bytes by hand is checked. As in
the kernel a line has one holder, EBUSY for the next, and is free the moment its holder dies. Run as a script it puts
itself below `siren_hold.py`, whose arguments follow.
"""

import ctypes
import errno
import fcntl
import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

LINES = 54
_u32, _u64, _s32 = ctypes.c_uint32, ctypes.c_uint64, ctypes.c_int32


class Attribute(ctypes.Structure):
    _fields_ = [("id", _u32), ("padding", _u32), ("values", _u64)]


class ConfigAttribute(ctypes.Structure):
    _fields_ = [("attr", Attribute), ("mask", _u64)]


class Config(ctypes.Structure):
    _fields_ = [("flags", _u64), ("num_attrs", _u32), ("padding", _u32 * 5), ("attrs", ConfigAttribute * 10)]


class Request(ctypes.Structure):
    _fields_ = [
        ("offsets", _u32 * 64),
        ("consumer", ctypes.c_char * 32),
        ("config", Config),
        ("num_lines", _u32),
        ("event_buffer_size", _u32),
        ("padding", _u32 * 5),
        ("fd", _s32),
    ]


class Info(ctypes.Structure):
    _fields_ = [
        ("name", ctypes.c_char * 32),
        ("consumer", ctypes.c_char * 32),
        ("offset", _u32),
        ("num_attrs", _u32),
        ("flags", _u64),
        ("attrs", Attribute * 10),
        ("padding", _u32 * 4),
    ]


class Values(ctypes.Structure):
    _fields_ = [("bits", _u64), ("mask", _u64)]


def number_of(place: int, kind: type[ctypes.Structure]) -> int:
    """_IOWR(0xB4, place, kind): both directions, the size of the structure, the letter, the place."""
    return 3 << 30 | ctypes.sizeof(kind) << 16 | 0xB4 << 8 | place


GET_INFO, GET_LINE, SET_VALUES = number_of(0x05, Info), number_of(0x07, Request), number_of(0x0F, Values)
OUTPUT, ACTIVE_LOW, USED = 1 << 3, 1 << 1, 1 << 0


class Kernel:
    """Answers for one chip: `/dev/gpiochip0` of the program is `folder` here; `level(17)` is what a meter shows."""

    def __init__(self, folder: Path):
        self.folder = folder
        folder.mkdir(exist_ok=True)
        self._open, self._ioctl = os.open, fcntl.ioctl
        self._held: dict[int, tuple[int, bool]] = {}

    def put_in(self, patch: Callable[[Any, str, Any], None]) -> None:
        patch(os, "open", self.open)
        patch(fcntl, "ioctl", self.ioctl)

    def open(self, path: Any, flags: int, *more: Any, **named: Any) -> int:
        if str(path).startswith("/dev/gpiochip"):
            if str(path) != "/dev/gpiochip0":
                raise FileNotFoundError(errno.ENOENT, "No such file or directory", path)
            return self._open(self.folder, os.O_RDONLY | os.O_CLOEXEC)
        return self._open(path, flags, *more, **named)

    def ioctl(self, fd: int, request: int, given: Any = 0, *more: Any) -> Any:
        answers = {GET_INFO: self._info, GET_LINE: self._line, SET_VALUES: self._set}
        if request not in answers:
            return self._ioctl(fd, request, given, *more)
        answers[request](fd, given)
        return 0

    def _info(self, fd: int, given: bytearray) -> None:
        told = Info.from_buffer(given)
        if told.offset >= LINES:
            raise OSError(errno.EINVAL, "Invalid argument")
        told.flags = USED if self._is_held(told.offset) else 0
        told.consumer = b"somebody" if told.flags else b""

    def _is_held(self, line: int) -> bool:
        lock = self._open(self._lock(line), os.O_RDWR | os.O_CREAT, 0o600)
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return True
        finally:
            os.close(lock)
        return False

    def _lock(self, line: int) -> Path:
        return self.folder / f"{line}.lock"

    def _line(self, fd: int, given: bytearray) -> None:
        asked = Request.from_buffer(given)
        line, flags = asked.offsets[0], asked.config.flags
        if asked.num_lines != 1 or line >= LINES or not flags & OUTPUT or flags & ~(OUTPUT | ACTIVE_LOW):
            raise OSError(errno.EINVAL, "Invalid argument")
        assert asked.config.num_attrs == 0 and not any(asked.padding) and not any(asked.config.padding)
        lock = self._open(self._lock(line), os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(lock)
            raise OSError(errno.EBUSY, "Device or resource busy") from None
        asked.fd = lock
        self._held[lock] = (line, bool(flags & ACTIVE_LOW))
        self._drive(lock, False)

    def _set(self, fd: int, given: Any) -> None:
        values = Values.from_buffer(given)
        if fd not in self._held or values.mask != 1:
            raise OSError(errno.EINVAL, "Invalid argument")
        self._drive(fd, bool(values.bits & 1))

    def _drive(self, fd: int, is_active: bool) -> None:
        line, is_low = self._held[fd]
        draft = self.folder / f"{line}.draft"
        draft.write_text(json.dumps({"level": int(is_active is not is_low), "by": os.getpid()}))
        os.replace(draft, self.folder / str(line))

    def level(self, line: int) -> int | None:
        """0 or 1 at the pin; None where nobody drove it yet."""
        path = self.folder / str(line)
        return int(json.loads(path.read_text())["level"]) if path.exists() else None


if __name__ == "__main__":
    Kernel(Path(os.environ["FAKE_GPIO"])).put_in(setattr)
    import runpy

    runpy.run_path(os.environ["FAKE_GPIO_BELOW"], run_name="__main__")
