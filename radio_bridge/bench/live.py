"""For `posko bench radio live`: one alert to many stations, every one of them behind a real direwolf on one channel."""

import contextlib
import os
import time
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory
from typing import Any

from incident.bench.figures import Sheet, percentile
from radio_bridge.bench.air import LiveAir, find_direwolf
from radio_bridge.bench.frames import quietly
from radio_bridge.devices import make_device
from radio_bridge.link import Outgoing
from radio_bridge.radiogram import Alert, Place
from radio_bridge.rig import Rig, link_config
from radio_bridge.simulator import floor_s
from radio_bridge.spool import Spool

KEY = bytes(range(16)).hex()
ALERT = Alert(4711, 0, 1, 4, 3, 30, Place(116.5421, -8.6512))
UP_WITHIN_S = 60.0
ANSWERED_WITHIN_S = 60.0
SETTLE_S = 1.5
"""direwolf looks at a new KISS client once a second."""


@dataclass(frozen=True)
class Run:
    """One alert: how many of the stations the centre knew to have it, and what it took."""

    known: int
    took_s: float
    """From the order in the centre's spool to the last answer heard; to the end of patience where some are missing."""
    collided_s: float
    busy_s: float
    processor_s: float
    """Of all the TNC programs together."""


class NoDirewolf(RuntimeError):
    """The programs are not there or do not start; the message says what to do."""


def run_live(stations: int, folder: Path, number: int = 0) -> Run:
    """Start `stations` + 1 TNCs, send one alert, wait for all answers, end everything. Raises NoDirewolf."""
    if find_direwolf() is None:
        raise NoDirewolf("direwolf is not on this machine: apt-get install direwolf, or script/setup --tests.")
    air = LiveAir(folder, stations + 1)
    air.start()
    try:
        _wait(air.are_up, UP_WITHIN_S)
        with _rigs(air, folder) as (centre, spool):
            return _alert(air, centre, spool, stations, number)
    except TimeoutError:
        raise NoDirewolf(f"{stations + 1} TNCs were not up within {UP_WITHIN_S:.0f} s: too much else runs.") from None
    finally:
        air.stop()


@contextlib.contextmanager
def _rigs(air: LiveAir, folder: Path) -> Iterator[tuple[Rig, Spool]]:
    """The centre's rig and spool; the field's run beside it in this process."""
    kept = [_rig(air, number, folder) for number in range(len(air.tncs))]
    threads = [rig.start() for rig, _ in kept]
    try:
        _wait(lambda: all(rig.port.is_open for rig, _ in kept), UP_WITHIN_S)
        time.sleep(SETTLE_S)
        yield kept[0]
    finally:
        for rig, _ in kept:
            rig.stop()
        for thread in threads:
            thread.join(5)
        for _, spool in kept:
            spool.close()


def _rig(air: LiveAir, number: int, folder: Path) -> tuple[Rig, Spool]:
    device, spool = make_device(air.url(number), folder), Spool(folder / f"spool{number}.db")
    config = link_config(KEY, number, f"LIVE-{number}" if number < 16 else f"LIVF-{number - 16}", device)
    return Rig(device, config, spool, random=Random(number)), spool


def _alert(air: LiveAir, centre: Rig, spool: Spool, stations: int, number: int) -> Run:
    to = tuple(range(1, stations + 1))
    collided_s, busy_s, worked_s = air.collided_s, air.busy_s, air.cpu_s()
    began = time.time()
    spool.order(Outgoing(f"live-{number}", ALERT, to, 1, began + 1800), began)
    centre.wake()
    with contextlib.suppress(TimeoutError):
        _wait(lambda: len(_answers(spool)) == stations, ANSWERED_WITHIN_S)
    answers = _answers(spool)
    took_s = (max(answers.values()) if len(answers) == stations else time.time()) - began
    return Run(len(answers), took_s, air.collided_s - collided_s, air.busy_s - busy_s, air.cpu_s() - worked_s)


def _answers(spool: Spool) -> dict[int, float]:
    """station -> when its answer was first heard, in seconds since 1970."""
    answers: dict[int, float] = {}
    for one in spool.happenings(1000):
        if one.kind == "acked":
            answers.setdefault(one.body["station"], one.at)
    return answers


def _wait(is_true: Any, within_s: float) -> None:
    deadline = time.monotonic() + within_s
    while not is_true():
        if time.monotonic() > deadline:
            raise TimeoutError
        time.sleep(0.02)


def measure_live(sheet: Sheet, stations: int, runs: int) -> None:
    """Goal 2 on real modems. Raises NoDirewolf."""
    with quietly():
        done = [_one_run(stations, number) for number in range(runs)]
    _tell(sheet, done, stations)


def _one_run(stations: int, number: int) -> Run:
    with TemporaryDirectory(prefix="posko-live-") as name:
        return run_live(stations, Path(name), number)


def _tell(sheet: Sheet, done: list[Run], stations: int) -> None:
    device = make_device("kiss+socket:127.0.0.1:8001", Path())
    config = link_config(KEY, 0, "POSKO", device)
    words = replace(ALERT, roster=tuple(range(1, stations + 1)), slot_ms=540)
    floor, took = floor_s(config, words, stations), [run.took_s for run in done]
    whole = sum(run.known == stations for run in done)
    sheet.add(f"runs in which all {stations} of {stations} answered", whole, f"of {len(done)}", goal=f"{len(done)}")
    sheet.add("alert and all acks, p50", percentile(took, 0.5), "s", floor, "s of bare frames", "<= 11.5 s")
    sheet.add("alert and all acks, slowest", max(took), "s", floor, "s of bare frames", "<= 11.5 s")
    share = percentile([run.busy_s / run.took_s for run in done], 0.5)
    sheet.add("of that time, share with a carrier on the air", share, "", goal=">= 0.85")
    sheet.add("two carriers at once, all runs", sum(run.collided_s for run in done), "s", goal="0")
    per_run = sum(run.processor_s for run in done) / len(done)
    sheet.add(f"processor of {stations + 1} TNC programs, a run", per_run, "s")
    sheet.add("load of the machine", os.getloadavg()[0], f"on {os.cpu_count()} cores")
    sheet.raw["runs"] = [vars(run) for run in done]
