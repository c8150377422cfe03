"""Every device of the register keeps the manners: a newcomer is tested the moment it is listed."""

import errno
import fcntl
import os
import signal
import subprocess
import sys
import termios
import threading
import time
from collections.abc import Callable, Iterator
from importlib import import_module
from pathlib import Path

import pytest
import serial

from radio_bridge import ports
from radio_bridge.devices import REGISTER, Device, figures_of, make_device, take_apart
from radio_bridge.errors import CannotSend
from radio_bridge.lora import Lora
from radio_bridge.ports import BadPort, LinkLost, PortTaken
from radio_bridge.profiles import get_profile
from tests.radio_bridge.far_ends import FarEnd, OnCable, far_ends, in_pieces, open_files
from tests.radio_bridge.rigs import LONG_S, wait_for

pytestmark = pytest.mark.slow

FRAME = bytes.fromhex("110100ff11712672060d8b1a08d1d00000c0db5f00aabbccdd0d0a2c")
"""As long as an alert, with every byte that some modem's framing or line ends may trip over."""
FAR_ENDS = far_ends()


def speaks(name: str) -> bool:
    """No modem but a device of people: no frame may ever pass it (it says so itself)."""
    module, _, kind = REGISTER[name].partition(":")
    return getattr(getattr(import_module(module), kind), "speaks", False)


ALL = [name for name in REGISTER if not speaks(name)]


@pytest.fixture(params=ALL)
def far_end(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[FarEnd]:
    assert request.param in FAR_ENDS, f"{request.param} has no far end in far_ends.py: say what sits behind it"
    made = FAR_ENDS[request.param](request.param, tmp_path)
    made.plug()
    yield made
    made.close()


@pytest.fixture
def device(far_end: FarEnd, tmp_path: Path) -> Iterator[Device]:
    made = make_device(far_end.url, tmp_path)
    yield made
    made.close()
    getattr(made, "end", lambda: None)()


def settle(device: Device, seconds: float = 0.15) -> list[bytes]:
    """Read for a while, as the rig does."""
    frames, ends = [], time.monotonic() + seconds
    while time.monotonic() < ends:
        frames += device.read()
        time.sleep(0.002)
    return frames


def turn(device: Device, is_true: Callable[[list[bytes]], object], within_s: float = LONG_S) -> list[bytes]:
    """Read until it is true of all frames that came; answers them."""
    frames, ends = [], time.monotonic() + within_s
    while not is_true(frames):
        assert time.monotonic() < ends, f"not within {within_s} s; {len(frames)} frames came"
        frames += device.read()
        time.sleep(0.002)
    return frames


def test_it_knows_its_law_and_its_figures_before_it_is_opened(device: Device) -> None:
    figures = device.figures
    assert get_profile(figures.service).name == figures.service
    assert 0 < figures.lasts_s(29) < get_profile(figures.service).longest_key_up_s
    assert figures.longest >= 29
    assert figures.carrier in ("ax25", "bare")


def test_before_it_is_opened_every_call_is_linklost(device: Device) -> None:
    for call in (device.fileno, device.read, device.check, lambda: device.write(FRAME)):
        with pytest.raises(LinkLost):
            call()
    device.close()


def test_opening_looking_and_closing_key_nothing(device: Device, far_end: FarEnd) -> None:
    device.open()
    settle(device)
    device.check()
    device.close()
    time.sleep(0.05)
    assert far_end.keyed() == []


def test_a_frame_is_keyed_whole_and_once(device: Device, far_end: FarEnd) -> None:
    device.open()
    settle(device)
    device.write(FRAME)
    turn(device, lambda _: far_end.keyed())
    settle(device, 0.05)
    assert far_end.keyed() == [FRAME]


def test_frames_come_whole_however_the_bytes_are_cut(device: Device, far_end: FarEnd) -> None:
    device.open()
    settle(device)
    said = b"".join(far_end.say(FRAME, FRAME[::-1], FRAME[:20]))
    got: list[bytes] = []
    for piece in in_pieces(said, [1, 2, 3, 5, 8, 1]):
        far_end.give(piece)
        got += settle(device, 0.003)
    got += turn(device, lambda more: len(got) + len(more) >= 3)
    assert got == [FRAME, FRAME[::-1], FRAME[:20]]


def test_a_frame_that_the_unplug_cut_is_not_made_whole_by_the_next(device: Device, far_end: FarEnd) -> None:
    device.open()
    settle(device)
    said = b"".join(far_end.say(FRAME))
    far_end.give(said[: len(said) // 2])
    settle(device, 0.05)
    far_end.unplug()
    with pytest.raises(LinkLost):
        settle(device, LONG_S)
    device.close()
    far_end.plug()
    wait_for(lambda: opens(device))
    settle(device)
    far_end.give(b"".join(far_end.say(FRAME[:20])))
    assert turn(device, lambda frames: frames) == [FRAME[:20]]


def opens(device: Device) -> bool:
    try:
        device.open()
    except LinkLost:
        return False
    return True


def test_an_unplug_wakes_who_waits_and_is_linklost_at_once(device: Device, far_end: FarEnd) -> None:
    """Who waits for an hour is woken; `posko bench radio` prints how soon."""
    device.open()
    settle(device)
    seen: list[float] = []

    def listen() -> None:
        try:
            while True:
                ports.select.select([device.fileno()], [], [], 3600)
                device.read()
        except LinkLost:
            seen.append(time.monotonic())

    listener = threading.Thread(target=listen, daemon=True)
    listener.start()
    time.sleep(0.05)
    far_end.unplug()
    listener.join(LONG_S)
    assert seen


def test_after_the_unplug_it_writes_no_more_and_opens_again(device: Device, far_end: FarEnd) -> None:
    device.open()
    settle(device)
    far_end.unplug()
    with pytest.raises(LinkLost):
        settle(device, LONG_S)
    device.close()
    with pytest.raises(LinkLost):
        device.write(FRAME)
    if not hasattr(device, "_ether"):  # a channel of our own is never away
        assert not opens(device)
    far_end.plug()
    wait_for(lambda: opens(device))
    settle(device)
    device.write(FRAME)
    wait_for(lambda: settle(device, 0.01) == [] and FRAME in far_end.keyed())
    assert far_end.keyed().count(FRAME) == 1


def test_what_waited_before_the_unplug_is_not_keyed_after_it(device: Device, far_end: FarEnd) -> None:
    """Late is worse than never: the link says what is still worth saying."""
    device.open()
    settle(device)
    device.write(FRAME)
    settle(device, 0.05)
    before = len(far_end.keyed())
    far_end.unplug()
    device.close()
    far_end.plug()
    wait_for(lambda: opens(device))
    settle(device)
    assert len(far_end.keyed()) == before


def test_opening_again_and_again_leaks_no_file(device: Device, far_end: FarEnd) -> None:
    device.open()
    device.close()
    time.sleep(0.1)
    before = open_files()
    for _ in range(10):
        device.open()
        device.open()  # without a close between: harmless
        device.close()
        device.close()
    wait_for(lambda: open_files() <= before + 2)  # the far end, in this process too, lets go a little later


FAULTS = [
    serial.SerialException("gone"),
    OSError(errno.EIO, "Input/output error"),
    termios.error(5, "gone"),
    TypeError(),
]


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: type(fault).__name__)
def test_whatever_the_system_says_of_an_unplug_is_linklost_once(
    fault: Exception, device: Device, far_end: FarEnd, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Failing:
        """The system as the ports see it, after the plug was pulled."""

        def __getattr__(self, name: str) -> object:
            return getattr(os, name)

        def read(self, *_: object) -> bytes:
            raise fault

    device.open()
    settle(device)
    far_end.give(b"".join(far_end.say(FRAME)))
    monkeypatch.setattr(ports, "os", Failing())
    with pytest.raises(LinkLost) as lost:
        settle(device, LONG_S)
    assert lost.value.__cause__ is fault


def test_a_device_of_people_takes_no_frame_and_keys_nothing_by_being_opened(tmp_path: Path) -> None:
    """The rest of these manners is about frames; what it says and hears is held by test_voice_device.py."""
    ear, pin = tmp_path / "ear", tmp_path / "ptt"
    os.mkfifo(ear)
    pin.write_text("1")
    for name in filter(speaks, REGISTER):
        device = make_device(
            f"{name}:file?in={ear}&out={tmp_path}/mouth&ptt=file:{pin}&service=rapi&callsign=JZ21AB", tmp_path
        )
        with pytest.raises(LinkLost):
            device.read()
        device.open()
        assert (device.read(), pin.read_text()) == ([], "0")
        for frame in (FRAME, b"AWAS 1234 LAHAR"):
            with pytest.raises(CannotSend):
                device.write(frame)
        device.close()
        device.close()
        assert pin.read_text() == "0" and not (tmp_path / "mouth").exists()


# what a serial cable adds

SERIAL = [name for name in ALL if issubclass(FAR_ENDS.get(name, object), OnCable)]
on_cables = pytest.mark.parametrize("far_end", SERIAL, indirect=True)


@on_cables
def test_a_renamed_port_is_noticed(device: Device, far_end: OnCable) -> None:
    """ttyUSB0 comes back as ttyUSB1; the name by id points there, and our open file at nothing."""
    device.open()
    device.check()
    far_end.cable.link.unlink()
    with pytest.raises(LinkLost):
        device.check()


@on_cables
def test_a_modem_that_takes_nothing_holds_up_neither_reading_nor_closing(
    device: Device, far_end: OnCable, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ports, "WRITE_WITHIN_S", 0.1)
    device.open()
    settle(device)
    far_end.is_stuck = True
    began = time.monotonic()
    assert device.read() == []
    with pytest.raises(LinkLost, match="takes no bytes|answers nothing"):
        for _ in range(2000):
            device.write(FRAME)
            device.check()
            device._opened().write_all(bytes(100))  # type: ignore[attr-defined]
    device.close()
    assert time.monotonic() - began < 20  # the kernel would hold a close() up for half a minute


HOLDS_A_PORT = (
    "import os, sys, time; os.open(sys.argv[1], os.O_RDWR | os.O_NOCTTY); print('has', flush=True); time.sleep(60)"
)


@on_cables
def test_a_foreign_program_on_the_port_is_named(device: Device, far_end: OnCable) -> None:
    foreign = subprocess.Popen([sys.executable, "-c", HOLDS_A_PORT, far_end.cable.link], stdout=subprocess.PIPE)
    assert foreign.stdout
    foreign.stdout.readline()
    with pytest.raises(PortTaken, match=rf"dipakai program lain: python\S* \({foreign.pid}\)"):
        device.open()
    assert bytes(far_end.raw) == b""
    foreign.kill()
    foreign.communicate()
    device.open()


@on_cables
def test_our_lock_file_stands_while_the_port_is_open(
    device: Device, far_end: OnCable, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ports, "LOCKS", tmp_path)
    device.open()
    (lock,) = tmp_path.glob("LCK..*")
    assert int(lock.read_text()) == os.getpid()
    device.close()
    assert not lock.exists()


@on_cables
def test_the_lock_of_a_dead_program_is_no_obstacle(
    device: Device, far_end: OnCable, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ports, "LOCKS", tmp_path)
    gone = subprocess.Popen(["true"])
    gone.wait()
    name = os.path.realpath(far_end.cable.link).removeprefix("/dev/").replace("/", "_")
    (tmp_path / f"LCK..{name}").write_text(f"{gone.pid:10d}\n")
    device.open()


@on_cables
def test_a_machine_without_a_lock_folder_opens_all_the_same(
    device: Device, far_end: OnCable, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ports, "LOCKS", tmp_path / "nowhere")
    device.open()


OPENS_BY_RULE = """
import os, sys
os.setuid(65534)
try:
    os.open(sys.argv[1], os.O_RDWR | os.O_NOCTTY)
except OSError as fault:
    print(fault.errno)
"""


@on_cables
@pytest.mark.skipif(os.getuid() != 0, reason="only root may become somebody else")
def test_the_kernel_refuses_our_port_to_who_comes_later(device: Device, far_end: OnCable) -> None:
    device.open()
    os.chmod(far_end.cable.link, 0o666)
    asked = subprocess.run(
        [sys.executable, "-c", OPENS_BY_RULE, os.path.realpath(far_end.cable.link)], capture_output=True
    )
    assert asked.stdout.strip() == str(errno.EBUSY).encode()
    device.close()
    asked = subprocess.run(
        [sys.executable, "-c", OPENS_BY_RULE, os.path.realpath(far_end.cable.link)], capture_output=True
    )
    assert asked.stdout.strip() == b""


def test_what_a_stuck_modem_did_not_take_is_thrown_away_before_the_port_is_closed(tmp_path: Path) -> None:
    """On a real port close() waits half a minute for such bytes."""
    far_end = OnCable("kiss+serial", tmp_path)
    far_end.is_stuck = True
    far_end.plug()
    port = ports.open_port(f"serial:{far_end.cable.link}?baud=9600")
    number = os.dup(port.fileno())
    port.write_all(bytes(1000))
    waiting = bytearray(4)
    port.close()
    fcntl.ioctl(number, termios.TIOCOUTQ, waiting)
    assert int.from_bytes(waiting, "little") == 0
    os.close(number)
    far_end.close()


def test_two_processes_one_port(tmp_path: Path) -> None:
    far_end = OnCable("kiss+serial", tmp_path)
    far_end.plug()
    words = (
        "import sys, time; from radio_bridge.ports import open_port;"
        " port = open_port('serial:' + sys.argv[1]); print('has', flush=True); time.sleep(60)"
    )
    other = subprocess.Popen([sys.executable, "-c", words, far_end.cable.link], stdout=subprocess.PIPE)
    assert other.stdout
    other.stdout.readline()
    with pytest.raises(PortTaken, match=str(other.pid)):
        ports.open_port(f"serial:{far_end.cable.link}")
    other.send_signal(signal.SIGKILL)
    other.communicate()
    ports.open_port(f"serial:{far_end.cable.link}").close()  # its lock file died with it
    far_end.close()


# figures


@pytest.mark.parametrize(
    ("sf", "n", "ms"),
    # as the airtime tables of public LoRaWAN networks have them: 125 kHz, 4/5, preamble 8, header and CRC on
    [(7, 13, 46.3), (7, 23, 61.7), (12, 13, 1155.1), (12, 23, 1482.8)],
)
def test_lora_airtime_is_what_is_known_of_it(sf: int, n: int, ms: float) -> None:
    assert 1000 * Lora(sf).airtime_s(n) == pytest.approx(ms, abs=0.1)


def test_each_step_of_the_spreading_factor_costs_more() -> None:
    for n in (14, 29, 200):
        times = [Lora(sf).airtime_s(n) for sf in range(5, 13)]
        assert times == sorted(times) and times[-1] > 40 * times[0]


def test_the_url_sets_the_figures() -> None:
    plain = figures_of(take_apart("kiss+serial:/dev/x?air=9600&txdelay=50"))
    assert (plain.lora, plain.air_baud, plain.txdelay_ms, plain.carrier) == (None, 9600, 50, "ax25")
    lora = figures_of(take_apart("kiss+serial:/dev/x?sf=10&bw=62.5&cr=8&carrier=bare&service=lora_free"))
    assert (lora.lora, lora.txdelay_ms, lora.carrier) == (Lora(10, 62_500, 8), 0, "bare")
    assert lora.lasts_s(29) == pytest.approx(lora.lora.airtime_s(29))  # type: ignore[union-attr]


@pytest.mark.parametrize("words", ["sf=13", "sf=fast", "sf=9&cr=9", "sf=9&bw=0", "carrier=pigeon", "air=much", "air=0",
          "air=nan", "txdelay=-1", "txdelay=99999", "guard=inf", "relay=ya", "service="])  # fmt: skip
def test_figures_that_cannot_be_are_refused_with_a_sentence(words: str) -> None:
    with pytest.raises(BadPort):
        figures_of(take_apart(f"kiss+serial:/dev/x?{words}"))


@pytest.mark.parametrize("name", REGISTER)
def test_an_option_that_nobody_knows_stops_the_start(name: str, tmp_path: Path) -> None:
    with pytest.raises(BadPort, match="'servce'"):
        make_device(f"{name}:/dev/x?servce=rapi", tmp_path)


@pytest.mark.parametrize("baud", ["inf", "-5", "0", "12345678901"])
def test_a_speed_that_no_cable_has_stops_the_start(baud: str, tmp_path: Path) -> None:
    with pytest.raises(BadPort, match="baud"):
        make_device(f"kiss+serial:/dev/x?baud={baud}", tmp_path)


def test_an_unknown_device_is_named() -> None:
    with pytest.raises(BadPort, match="loopback"):
        take_apart("morse:key")
