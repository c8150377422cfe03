"""Real parts for the radio tests: a modem on a pty with a plug that can be pulled, and stations on one channel."""

import contextlib
import fcntl
import json
import os
import pty
import select
import subprocess
import sys
import termios
import threading
import time
import tty
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import sqlalchemy

from incident.models import Lamp
from incident.post import Post
from radio_bridge.devices import make_device
from radio_bridge.rig import Rig, link_config
from radio_bridge.spool import Spool
from radio_bridge.team import FieldStation

KEY = "000102030405060708090a0b0c0d0e0f"
FAST = "?air=9600&txdelay=20&guard=20"


LONG_S = 60.0
"""For what comes at once on a quick machine: a slow one takes its time, and nobody waits for it when all is well."""


def wait_for(is_true: Callable[[], Any], within_s: float = LONG_S, what: str = "") -> Any:
    """What `is_true` answers once it is true; AssertionError after within_s.

    It is asked less and less often: each question to a database takes from those who work on the answer.
    """
    deadline, pause_s = time.monotonic() + within_s, 0.005
    while time.monotonic() < deadline:
        if answer := is_true():
            return answer
        time.sleep(pause_s)
        pause_s = min(1.1 * pause_s, 0.05)
    raise AssertionError(f"not within {within_s} s: {what or is_true}")


def lamp_of(post: Post, name: str = "radio") -> tuple[str, str]:
    """(state, words) of a lamp; empty before it was ever lit."""
    with post.database.read() as conn:
        row = conn.execute(sqlalchemy.select(Lamp.state, Lamp.words).where(Lamp.id == name)).first()
    return (row.state, row.words) if row else ("", "")


class Cable:
    """A USB serial cable: a stable link to the slave side of a pty, which vanishes when it is unplugged."""

    def __init__(self, link: Path) -> None:
        self.link = link
        self.plugged_at = self.unplugged_at = 0.0
        self.master = -1
        self._using = threading.Lock()  # a number that was closed is given to the next file that is opened

    def plug(self) -> None:
        self.master, slave = pty.openpty()
        tty.setraw(slave)
        self.name = os.ttyname(slave)
        os.close(slave)
        # without this a pty whose slave is closed reads as an error at once; packet mode is not wanted either
        fcntl.fcntl(self.master, fcntl.F_SETFL, os.O_NONBLOCK)
        self.link.unlink(missing_ok=True)
        self.link.symlink_to(self.name)
        self.plugged_at = time.monotonic()

    def unplug(self) -> None:
        self.unplugged_at = time.monotonic()
        self.link.unlink(missing_ok=True)
        with self._using:
            master, self.master = self.master, -1
            os.close(master)

    def read(self) -> bytes:
        with self._using, contextlib.suppress(BlockingIOError, OSError):
            return os.read(self.master, 4096)
        return b""

    def write(self, received: bytes) -> None:
        with self._using, contextlib.suppress(BlockingIOError, OSError):
            os.write(self.master, received)


class Wire:
    """Joins two cables: what one station's modem is given, the other's hears; cut() stops mid-frame."""

    def __init__(self, *cables: Cable) -> None:
        self.cables = cables
        self.pumped = 0
        self.cut_after: int | None = None
        self.on_cut: Callable[[], None] = lambda: None
        self._stopping = False
        self._thread = threading.Thread(target=self._pump, daemon=True)
        self._thread.start()

    def _pump(self) -> None:
        while not self._stopping:
            open_ones = [cable for cable in self.cables if cable.master >= 0]
            with contextlib.suppress(OSError, ValueError):
                select.select([cable.master for cable in open_ones], [], [], 0.005)
            pieces = [(cable, cable.read()) for cable in open_ones]
            for cable, received in pieces:
                self._carry(cable, received)
            time.sleep(0.001 if any(received for _, received in pieces) else 0.005)

    def _carry(self, cable: Cable, received: bytes) -> None:
        if received and self.cut_after is not None and len(received) > self.cut_after:
            received, self.cut_after = received[: self.cut_after], None
            self._pass(cable, received)
            self.on_cut()
            return
        self._pass(cable, received)

    def _pass(self, cable: Cable, received: bytes) -> None:
        self.pumped += len(received)
        for other in self.cables:
            if other is not cable and received and other.master >= 0:
                other.write(received)

    def stop(self) -> None:
        self._stopping = True
        self._thread.join(LONG_S)


@contextlib.contextmanager
def centre(url: str, folder: Path, **more: Any) -> Iterator[tuple[Rig, Spool]]:
    """A centre's rig without a desk."""
    folder.mkdir(parents=True, exist_ok=True)
    device, spool = make_device(url, folder), Spool(folder / "centre.db")
    rig = Rig(device, link_config(KEY, 0, "POSKO", device), spool, **more)
    thread = rig.start()
    try:
        yield rig, spool
    finally:
        rig.stop()
        thread.join(LONG_S)
        spool.close()
        if hasattr(device, "end"):
            device.end()


@contextlib.contextmanager
def team(
    url: str, folder: Path, number: int = 1, name: str = "TRC-1", key: str = KEY
) -> Iterator[tuple[FieldStation, list[dict]]]:
    """A field station in this process, and what it told."""
    folder.mkdir(parents=True, exist_ok=True)
    device, spool = make_device(url, folder), Spool(folder / f"{name}.db")
    told: list[dict[str, Any]] = []
    station = FieldStation(device, link_config(key, number, name, device), spool, told.append)
    station.start()
    try:
        yield station, told
    finally:
        station.stop()
        spool.close()


class FieldProcess:
    """`posko field --headless` as a program runs it."""

    def __init__(self, url: str, folder: Path, number: int = 1, name: str = "TRC-1") -> None:
        command = [sys.executable, "-m", "incident.cli", "field", "--headless", "--port", url, "--callsign", name]
        command += ["--number", str(number), "--key", KEY, "--data", str(folder / name)]
        environment = {**os.environ, "POSKO_DATA": str(folder)}
        pipe = subprocess.PIPE
        self.process = subprocess.Popen(command, stdin=pipe, stdout=pipe, env=environment, text=True, bufsize=1)
        self.told: list[dict[str, Any]] = []
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def _read(self) -> None:
        assert self.process.stdout
        for line in self.process.stdout:
            self.told.append(json.loads(line))

    def say(self, command: str) -> None:
        assert self.process.stdin
        self.process.stdin.write(command + "\n")
        self.process.stdin.flush()

    def find(self, event: str, **facts: Any) -> dict[str, Any] | None:
        matching = (one for one in self.told if one["event"] == event)
        return next((one for one in matching if all(one.get(name) == fact for name, fact in facts.items())), None)

    def wait(self, event: str, within_s: float = LONG_S, **facts: Any) -> dict[str, Any]:
        return wait_for(lambda: self.find(event, **facts), within_s, f"{event} {facts} in {self.told}")

    def stop(self) -> None:
        if self.process.poll() is None:
            self.process.terminate()
        self.process.wait(LONG_S)
        self._reader.join(LONG_S)
        for pipe in (self.process.stdin, self.process.stdout):
            if pipe:
                pipe.close()


@contextlib.contextmanager
def field_process(*args: Any, **more: Any) -> Iterator[FieldProcess]:
    running = FieldProcess(*args, **more)
    try:
        yield running
    finally:
        running.stop()


def is_raw(number: int) -> bool:
    """Whether the line of a pty is raw: no echo, no line editing."""
    return not termios.tcgetattr(number)[3] & (termios.ECHO | termios.ICANON)
