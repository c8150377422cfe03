"""A serial cable pulled out and put back a thousand times, while messages go through it: seen, healed, none lost."""

from __future__ import annotations

import contextlib
import os
import pty
import select
import threading
import time
import tty
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from incident.bench.figures import Sheet, percentile
from radio_bridge.bench.frames import quietly
from radio_bridge.devices import make_device
from radio_bridge.link import Outgoing
from radio_bridge.radiogram import Text
from radio_bridge.rig import Rig, link_config
from radio_bridge.spool import Spool
from radio_bridge.team import FieldStation

CYCLES, CYCLES_LONG = 12, 1000
FAST = "?air=9600&txdelay=20&guard=20&baud=115200"
KEY = "000102030405060708090a0b0c0d0e0f"
VALID_S, GRACE_S = 120.0, 5.0
"""Short, so that a thousand messages that are over do not all stay in the link's memory."""
PATIENCE_S = 30.0


class Cable:
    """A stable name for the slave side of a pty, which is gone when it is unplugged."""

    def __init__(self, link: Path) -> None:
        self.link, self.master = link, -1
        self._lock = threading.Lock()

    def plug(self) -> None:
        master, slave = pty.openpty()
        tty.setraw(slave)
        os.set_blocking(master, False)
        self.link.symlink_to(os.ttyname(slave))
        os.close(slave)
        self.master = master

    def unplug(self) -> None:
        with self._lock:
            self.link.unlink()
            master, self.master = self.master, -1
            os.close(master)

    def read(self) -> bytes:
        with self._lock, contextlib.suppress(OSError):
            return os.read(self.master, 4096) if self.master >= 0 else b""
        return b""

    def write(self, some: bytes) -> None:
        with self._lock, contextlib.suppress(OSError):
            if self.master >= 0:
                os.write(self.master, some)


class Wire:
    """Joins two cables: what the one station's modem is given, the other's hears."""

    def __init__(self, *cables: Cable) -> None:
        self._cables = cables
        self._is_over = False
        self._thread = threading.Thread(target=self._pump, name="wire", daemon=True)
        self._thread.start()

    def _pump(self) -> None:
        while not self._is_over:
            with contextlib.suppress(OSError, ValueError):
                select.select([cable.master for cable in self._cables if cable.master >= 0], [], [], 0.005)
            for cable, other in (self._cables, self._cables[::-1]):
                if some := cable.read():
                    other.write(some)
            time.sleep(0.001)  # a slave that nobody has open is readable all the time

    def stop(self) -> None:
        self._is_over = True
        self._thread.join()


@dataclass
class Outcome:
    """What was measured: milliseconds for each cycle, and of the messages how many arrived how often."""

    seen_ms: list[float] = field(default_factory=list)
    back_ms: list[float] = field(default_factory=list)
    sent: int = 0
    arrived: list[str] = field(default_factory=list)

    @property
    def lost(self) -> int:
        return self.sent - len(set(self.arrived))

    @property
    def doubled(self) -> int:
        return len(self.arrived) - len(set(self.arrived))


def pull(cycles: int) -> Outcome:
    """So many times: a message is given, the centre's cable goes at a moment of it, and comes back."""
    outcome = Outcome()
    with quietly(), TemporaryDirectory(prefix="posko-bench-") as name, _net(Path(name), outcome) as (cable, rig, spool):
        for cycle in range(cycles):
            _one(cycle, cable, rig, spool, outcome)
        _until(lambda: len(set(outcome.arrived)) == outcome.sent, 2 * PATIENCE_S)
        time.sleep(0.5)  # time for what would arrive twice
    return outcome


@contextlib.contextmanager
def _net(folder: Path, outcome: Outcome) -> Iterator[tuple[Cable, Rig, Spool]]:
    """A centre and a team on two cables that are joined; yields the centre's."""

    def told(event: dict[str, Any]) -> None:
        if event["event"] == "text":
            outcome.arrived.append(event["text"])

    cables = Cable(folder / "usb-centre"), Cable(folder / "usb-team")
    for cable in cables:
        cable.plug()
    devices = [make_device(f"kiss+serial:{cable.link}{FAST}", folder) for cable in cables]
    spools = Spool(folder / "centre.db"), Spool(folder / "team.db")
    stations = link_config(KEY, 0, "POSKO", devices[0]), link_config(KEY, 1, "TRC-1", devices[1])
    centre, field_team = (replace(config, grace_s=GRACE_S) for config in stations)
    rig = Rig(devices[0], centre, spools[0])
    team = FieldStation(devices[1], field_team, spools[1], told)
    wire, thread = Wire(*cables), rig.start()
    team.start()
    try:
        _until(lambda: rig.port.is_open and team.rig.port.is_open)
        yield cables[0], rig, spools[0]
    finally:
        rig.stop()
        thread.join(5)
        team.stop()
        wire.stop()
        for spool in spools:
            spool.close()


def _one(cycle: int, cable: Cable, rig: Rig, spool: Spool, outcome: Outcome) -> None:
    now = time.time()
    spool.order(Outgoing(f"t{cycle}", Text(f"pesan {cycle}"), (1,), 1, now + VALID_S), now)
    outcome.sent += 1
    rig.wake()
    time.sleep(0.01 * (cycle % 7))
    gone = time.monotonic()
    cable.unplug()
    _until(lambda: not rig.port.is_open)
    outcome.seen_ms.append(1000 * (time.monotonic() - gone))
    back = time.monotonic()
    cable.plug()
    _until(lambda: rig.port.is_open)
    outcome.back_ms.append(1000 * (time.monotonic() - back))
    _until(lambda: outcome.sent - len(set(outcome.arrived)) < 3)


def _until(is_true: Callable[[], bool], within_s: float = PATIENCE_S) -> None:
    """Wait, but not for ever: what is missing then is counted as lost."""
    ends = time.monotonic() + within_s
    while not is_true() and time.monotonic() < ends:
        time.sleep(0.0005)


def _bare_ms(times: int = 40) -> list[float]:
    """How long this machine, as busy as it is, takes to wake a thread that waits for nothing but the unplug."""
    took: list[float] = []
    with TemporaryDirectory(prefix="posko-bench-") as name:
        cable = Cable(Path(name) / "usb")
        for _ in range(times):
            cable.plug()
            number = os.open(cable.link, os.O_RDWR | os.O_NOCTTY)
            waiting = select.poll()
            waiting.register(number, select.POLLIN)
            waiter = threading.Thread(target=_wait, args=(waiting, took))
            waiter.start()
            time.sleep(0.01)
            gone = time.monotonic()
            cable.unplug()
            waiter.join()
            took[-1] = 1000 * (took[-1] - gone)
            os.close(number)
    return took


def _wait(waiting: select.poll, took: list[float]) -> None:
    waiting.poll(5000)
    took.append(time.monotonic())


def measure_plugs(sheet: Sheet, long: bool) -> None:
    """Goal 6: unplugged and put back, with a message on its way each time."""
    outcome = pull(CYCLES_LONG if long else CYCLES)
    sheet.raw["load"] = os.getloadavg()
    bare_ms = _bare_ms()
    for name, share in (("median", 0.5), ("p95", 0.95)):
        bare = percentile(bare_ms, share)
        sheet.add(f"unplug seen, {name}", percentile(outcome.seen_ms, share), "ms", bare, "a bare poll()", "<= 50")
    sheet.add("back after the plug, p95", percentile(outcome.back_ms, 0.95), "ms", goal="<= 500")
    sheet.add("back after the plug, worst", max(outcome.back_ms), "ms", goal="<= 500")
    sheet.add(f"of {outcome.sent} messages lost; doubled", outcome.lost + outcome.doubled, "messages", goal="0")
