"""A fault of the disk or of the machine's clock costs no alert."""

import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from radio_bridge import rig as rigs
from radio_bridge.devices import Device, make_device
from radio_bridge.link import Outgoing
from radio_bridge.radiogram import Alert
from radio_bridge.rig import Rig, link_config
from radio_bridge.spool import Spool, SpoolFault
from tests.radio_bridge.rigs import FAST, KEY

ALERT = Alert(7, 0, 0, 18, 3, 60, text="lari")


@pytest.fixture(autouse=True)
def _no_pause(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rigs, "REPAIR_PAUSE_S", 0.0)


@pytest.fixture
def device(tmp_path: Path) -> Iterator[Device]:
    made = make_device(f"loopback:{tmp_path}/air{FAST}", tmp_path)
    yield made
    made.close()
    getattr(made, "end", made.close)()


@pytest.fixture
def spool(tmp_path: Path) -> Iterator[Spool]:
    made = Spool(tmp_path / "spool.db")
    yield made
    made.close()


@pytest.fixture
def rig(device: Device, spool: Spool) -> Iterator[Rig]:
    made = Rig(device, link_config(KEY, 0, "POSKO", device), spool)
    yield made
    made._bell.close()


def order(spool: Spool, uid: str = "p0", lasts_s: float = 3600) -> None:
    spool.order(Outgoing(uid, ALERT, (3,), 0, time.time() + lasts_s), time.time())


def failing(times: int, fault: Exception, real: Any) -> Any:
    left = [fault] * times

    def call(*given: Any, **more: Any) -> Any:
        if left:
            raise left.pop()
        return real(*given, **more)

    return call


def turn(rig: Rig, times: int) -> list[str]:
    """What the rig told after so many turns."""
    for _ in range(times):
        rig._turn_safely()
    return [one.kind for one in rig._spool.happenings()]


@pytest.mark.slow
def test_an_error_of_the_disk_refuses_no_alert(rig: Rig, spool: Spool, monkeypatch: pytest.MonkeyPatch) -> None:
    order(spool)
    monkeypatch.setattr(spool, "keep", failing(5, SpoolFault("disk I/O error"), spool.keep))
    assert "keyed" in turn(rig, 7)
    assert "refused" not in turn(rig, 0)
    assert rig._link.progress("p0") == {3: "keyed"}


@pytest.mark.slow
def test_an_order_that_breaks_the_link_is_refused_at_the_third_time_and_not_before(
    rig: Rig, spool: Spool, monkeypatch: pytest.MonkeyPatch
) -> None:
    order(spool)
    monkeypatch.setattr(rig, "_obey", failing(99, ValueError("no"), rig._obey))
    assert turn(rig, 3) == []
    assert turn(rig, 1) == ["refused"]
    assert spool.waiting() == []


@pytest.mark.slow
def test_an_order_that_fails_once_goes_out(rig: Rig, spool: Spool, monkeypatch: pytest.MonkeyPatch) -> None:
    order(spool)
    monkeypatch.setattr(rig, "_obey", failing(2, ValueError("no"), rig._obey))
    assert "keyed" in turn(rig, 5)


@pytest.mark.slow
def test_a_corrected_clock_ends_what_was_too_late_when_the_machine_came_back(
    rig: Rig, device: Device, spool: Spool, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Off for six hours, and it boots with the hour of its last shutdown; then the network puts the clock right."""
    order(spool)
    turn(rig, 3)
    monkeypatch.setattr(rigs, "this_boot", lambda: "another")
    off_s = [0.0]
    back = Rig(device, link_config(KEY, 0, "POSKO", device), spool, wall=lambda: time.time() + off_s[0])
    assert turn(back, 2).count("expired") == 0
    off_s[0] = 6 * 3600.0
    assert turn(back, 3)[-1] == "expired"
    back._bell.close()


@pytest.mark.slow
def test_a_clock_that_is_set_while_the_machine_runs_ends_nothing(device: Device, spool: Spool) -> None:
    off_s = [0.0]
    rig = Rig(device, link_config(KEY, 0, "POSKO", device), spool, wall=lambda: time.time() + off_s[0])
    order(spool)
    turn(rig, 3)
    off_s[0] = 6 * 3600.0
    assert "expired" not in turn(rig, 3)
    rig._bell.close()
