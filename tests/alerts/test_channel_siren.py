"""The siren: it sounds for an evacuation alone, for a bounded time, and falls silent whatever dies."""

import datetime as dt
import os
import signal
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError

from alerts import rules
from alerts.channels import EXERCISE, siren_hold
from alerts.channels.siren import LONGEST_S, SirenChannel, SirenSettings
from alerts.wire import Wire, WireError
from tests.alerts.channel_fakes import gpio_kernel
from tests.alerts.channel_fakes.gpio_kernel import Kernel
from tests.alerts.channel_fakes.kit import message
from tests.alerts.fakes import FarEnd, Said, far_end

NO_PINS = (
    "/v",
    "/etc/passwd",
    "/sys/class/gpio/gpio17/../../../power/state",
    "/sys/class/gpio/gpio17/value\n",
    "/sys/class/gpio/gpiox/value",
    "/dev/sda:1",
    "/dev/gpiochip0:17/..",
    "/dev/gpiochip٣:17",
)
ENDS = dt.datetime(2030, 1, 1, tzinfo=dt.UTC)
SECRET = "sandi-relai-8842"


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("POSKO_DATA", str(tmp_path))


@pytest.fixture
def relay() -> Iterator[FarEnd]:
    """A relay in the network, such as a Shelly."""
    with far_end(Said(body={"ison": False})) as far:
        yield far


@pytest.fixture
def siren(relay: FarEnd) -> Iterator[SirenChannel]:
    settings = SirenSettings(
        on_url=f"{relay.url}/relay/0?turn=on&timer={{seconds}}",
        off_url=f"{relay.url}/relay/0?turn=off",
        check_url=f"{relay.url}/status",
        password=SECRET,
        seconds=45,
    )
    wire = Wire(SirenChannel.hosts(settings), 0.7)
    made = SirenChannel(settings, wire)
    yield made
    made.close()
    wire.close()


@pytest.fixture
def pin(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The value file of a GPIO pin, in a sysfs of ours."""
    monkeypatch.setattr("alerts.channels.siren.SYSFS", str(tmp_path))
    path = tmp_path / "gpio17" / "value"
    path.parent.mkdir()
    path.write_text("0")
    return path


def of_file(pin: Path, seconds: int = 60) -> SirenChannel:
    return SirenChannel(SirenSettings(way="gpio", gpio_file=str(pin), seconds=seconds), None)  # type: ignore[arg-type]


def evacuate(**said: Any) -> Any:
    return message(**{"address": "sirene-posko", "order": "evacuate", "priority": "P0", "expires_at": ENDS, **said})


def paths(relay: FarEnd) -> list[str]:
    return [asked.path for asked in relay.asked]


def until(is_true: Callable[[], bool], within_s: float = 60.0) -> None:
    deadline = time.monotonic() + within_s
    while not is_true():
        assert time.monotonic() < deadline
        time.sleep(0.01)


def test_an_evacuation_sounds_for_the_time_that_was_set(siren: SirenChannel, relay: FarEnd) -> None:
    assert siren.deliver(evacuate()).state == "sent"
    assert paths(relay) == ["/relay/0?turn=on&timer=45"]
    assert relay.asked[0].headers["authorization"] == f"Bearer {SECRET}"


def test_it_sounds_once_for_each_revision_of_an_alert(siren: SirenChannel, relay: FarEnd) -> None:
    for number in range(3):
        assert siren.deliver(evacuate(uid=str(number), address=f"sirene-{number}")).state == "sent"
    siren.deliver(evacuate(revision=1))
    assert len(relay.asked) == 2


def test_a_person_who_sends_it_again_is_heard_and_a_repetition_is_not(siren: SirenChannel, relay: FarEnd) -> None:
    counts = []
    for key in ("u1", "u1", "u1 again", "u1 again", "u1"):
        assert siren.deliver(evacuate(uid=key)).state == "sent"
        counts.append(len(relay.asked))
    assert counts == [1, 1, 2, 2, 2]


@pytest.mark.parametrize("order", ["inform", "stand_by", "go", "stand_down"])
def test_nothing_but_an_evacuation_sounds(siren: SirenChannel, relay: FarEnd, order: str) -> None:
    receipt = siren.deliver(message("sirene-posko", order=order, priority="P0"))
    assert (receipt.state, relay.asked) == ("failed", [])
    assert "evakuasi" in receipt.reason


def test_an_exercise_never_sounds(siren: SirenChannel, relay: FarEnd) -> None:
    assert siren.deliver(evacuate(exercise=True)).state == "failed"
    assert relay.asked == []
    assert "siren" not in EXERCISE


def test_a_trial_and_the_probe_are_silent(siren: SirenChannel, relay: FarEnd) -> None:
    assert siren.deliver(evacuate(alert_id=0)).state == "sent"
    assert siren.check().state == "ok"
    assert paths(relay) == ["/status", "/status"]


def test_a_cancel_silences_at_once(siren: SirenChannel, relay: FarEnd) -> None:
    siren.deliver(evacuate())
    assert siren.deliver(evacuate(is_cancel=True)).state == "sent"
    assert paths(relay)[-1] == "/relay/0?turn=off"


def test_one_person_alone_never_sounds_it() -> None:
    for priority in rules.PRIORITIES:
        for rung in range(len(rules.LADDER[priority])):
            assert "siren" not in rules.walk(priority, rung, ("siren", "sms"), {}, has_two=False).ways
    assert "siren" in rules.walk("P0", 0, ("siren",), {}, has_two=True).ways


@pytest.mark.slow
def test_a_relay_that_fails_is_tried_again_and_one_that_is_gone_is_said(siren: SirenChannel, relay: FarEnd) -> None:
    relay.say(Said(503))
    assert siren.deliver(evacuate()).state == "again"
    assert siren.check().state == "down"
    relay.say(Said())
    assert siren.deliver(evacuate()).state == "sent"
    relay.say(Said(after_s=60))
    with pytest.raises(WireError):
        siren.deliver(evacuate(revision=2))


def test_the_password_stands_nowhere(siren: SirenChannel, relay: FarEnd, capsys: pytest.CaptureFixture[str]) -> None:
    relay.say(Said(401))
    receipt = siren.deliver(evacuate())
    assert SECRET not in repr([siren, siren._settings, receipt, siren.check(), *capsys.readouterr()])


@pytest.mark.slow
def test_a_pin_is_closed_and_opened_again(pin: Path) -> None:
    siren = of_file(pin, 3)
    assert siren.check().state == "ok"
    began = time.monotonic()
    assert siren.deliver(evacuate()).state == "sent"
    until(lambda: pin.read_text() == "1")
    until(lambda: pin.read_text() == "0")
    assert time.monotonic() - began > 2.5
    assert siren._holding is not None
    siren._holding.wait(60)


def test_a_cancel_opens_the_pin_at_once(pin: Path) -> None:
    siren = of_file(pin)
    siren.deliver(evacuate())
    until(lambda: pin.read_text() == "1")
    assert siren.deliver(evacuate(is_cancel=True)).state == "sent"
    assert pin.read_text() == "0"


@pytest.mark.slow
def test_the_pin_opens_even_when_whoever_closed_it_is_killed(pin: Path) -> None:
    """A child with a channel of its own dies by kill -9 right after the siren began."""
    child = os.fork()
    if child == 0:
        try:
            of_file(pin, 8).deliver(evacuate())  # longer than a busy machine needs for the kill
            time.sleep(600)
        finally:
            os._exit(1)
    until(lambda: pin.read_text() == "1")
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)
    assert pin.read_text() == "1"
    until(lambda: pin.read_text() == "0")


# the character device


@pytest.fixture
def kernel(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Kernel:
    """A chip /dev/gpiochip0, for this process and for the one that holds the pin."""
    made = Kernel(tmp_path / "chip")
    made.put_in(monkeypatch.setattr)
    monkeypatch.setenv("FAKE_GPIO", str(made.folder))
    monkeypatch.setenv("FAKE_GPIO_BELOW", siren_hold.__file__)
    monkeypatch.setattr("alerts.channels.siren.HOLDER", gpio_kernel.__file__)
    return made


def ended(siren: SirenChannel) -> None:
    """Whoever held the pin is gone."""
    assert siren._holding is not None
    siren._holding.wait(60)


def of_chip(**said: Any) -> SirenChannel:
    given = {"way": "gpio", "gpio_file": "/dev/gpiochip0:17", "seconds": 3, **said}
    return SirenChannel(SirenSettings(**given), None)  # type: ignore[arg-type]


def test_the_numbers_of_the_kernel_are_those_of_its_structures() -> None:
    ours = (siren_hold.GET_INFO, siren_hold.GET_LINE, siren_hold.SET_VALUES)
    assert ours == (gpio_kernel.GET_INFO, gpio_kernel.GET_LINE, gpio_kernel.SET_VALUES)


@pytest.mark.slow
@pytest.mark.parametrize("is_low", [False, True])
def test_a_line_of_a_chip_is_closed_and_opened_again(kernel: Kernel, is_low: bool) -> None:
    siren = of_chip(active_low=is_low)
    assert siren.check() == ("ok", "Relai siap.") and kernel.level(17) is None, "the probe drives nothing"
    assert siren.deliver(evacuate()).state == "sent"
    closed = int(not is_low)
    until(lambda: kernel.level(17) == closed)
    assert siren.check().state == "ok", "that we hold it ourselves is no fault"
    until(lambda: kernel.level(17) == 1 - closed, 8)
    ended(siren)


def test_a_cancel_opens_the_line_at_once(kernel: Kernel) -> None:
    siren = of_chip(seconds=60)
    siren.deliver(evacuate())
    until(lambda: kernel.level(17) == 1)
    assert siren.deliver(evacuate(is_cancel=True)).state == "sent"
    assert kernel.level(17) == 0 and not siren_hold.is_used("/dev/gpiochip0:17")


def test_a_sender_that_was_started_again_silences_what_the_one_before_began(kernel: Kernel) -> None:
    before = of_chip(seconds=60)
    before.deliver(evacuate())
    until(lambda: kernel.level(17) == 1)
    assert of_chip(seconds=60).deliver(evacuate(is_cancel=True)).state == "sent"
    assert kernel.level(17) == 0
    ended(before)


def test_a_new_revision_sounds_although_the_one_before_still_does(kernel: Kernel) -> None:
    siren = of_chip(seconds=60)
    siren.deliver(evacuate())
    until(lambda: kernel.level(17) == 1)
    assert siren.deliver(evacuate(revision=1)).state == "sent"
    until(lambda: kernel.level(17) == 1)
    siren.deliver(evacuate(is_cancel=True))


@pytest.mark.slow
def test_a_pin_another_program_holds_is_said_and_tried_again(kernel: Kernel) -> None:
    held = siren_hold.taken("/dev/gpiochip0:17", False)
    siren = of_chip()
    siren._stop.parent.mkdir(parents=True, exist_ok=True)
    assert siren.check().state == "warn" and "program lain" in siren.check().words
    assert siren.deliver(evacuate()).state == "again"
    held.close()
    assert siren.check().state == "ok"


@pytest.mark.parametrize("pin", ["/dev/gpiochip3:17", "/dev/gpiochip0:99"])
def test_a_chip_or_a_line_that_is_not_there_is_said(kernel: Kernel, pin: str) -> None:
    siren = of_chip(gpio_file=pin)
    assert siren.check().state == "down"
    assert siren.deliver(evacuate()).state == "again"


def test_a_pin_that_is_gone_is_said(pin: Path) -> None:
    pin.unlink()
    siren = of_file(pin)
    assert siren.check().state == "down"
    assert siren.deliver(evacuate()).state == "again"


def test_a_pin_we_may_not_write_is_said_and_nothing_is_called_sent(pin: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    siren = of_file(pin)
    monkeypatch.setattr(os, "access", lambda path, mode: not mode & os.W_OK)
    assert siren.check().state == "down" and "grup gpio" in siren.check().words
    assert siren.deliver(evacuate()).state == siren.deliver(evacuate(is_cancel=True)).state == "again"
    monkeypatch.undo()
    siren._stop.parent.mkdir(parents=True, exist_ok=True)
    pin.unlink()
    pin.mkdir()  # the kernel refuses each write
    for given in (evacuate(), evacuate(is_cancel=True)):
        receipt = siren.deliver(given)
        assert receipt.state == "again" and "Relai" in receipt.reason


def test_sent_is_said_after_the_relay_has_closed_and_again_when_its_holder_died(
    pin: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    siren = of_file(pin)
    dies = tmp_path / "dies.py"
    dies.write_text("raise SystemExit(1)")
    with monkeypatch.context() as patch:
        patch.setattr("alerts.channels.siren.HOLDER", str(dies))
        receipt = siren.deliver(evacuate(uid="u1"))
        assert receipt.state == "again" and "Relai" in receipt.reason and pin.read_text() == "0"
    assert siren.deliver(evacuate(uid="u1")).state == "sent"
    assert pin.read_text() == "1", "already, without waiting"
    siren.deliver(evacuate(is_cancel=True))


@pytest.mark.parametrize(
    "given",
    [
        {"on_url": "http://relay/on", "off_url": "http://relay/off", "check_url": "http://relay/"},
        {"on_url": "http://relay/on?t={seconds}", "check_url": "http://relay/"},
        {"on_url": "http://a:b@relay/on?t={seconds}", "off_url": "http://relay/off", "check_url": "http://relay/"},
        {"way": "gpio", "gpio_file": "value"},
        *({"way": "gpio", "gpio_file": one} for one in NO_PINS),
        {"way": "gpio", "gpio_file": "/dev/gpiochip0:17", "seconds": LONGEST_S + 1},
        {},
    ],
)
def test_a_siren_that_would_not_stop_by_itself_cannot_be_set_up(given: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        SirenSettings(**given)
