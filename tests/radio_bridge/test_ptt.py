"""A transmitter is never held keyed: not by a long speech, not by a hang, not by kill -9 of either process."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from radio_bridge.ports import BadPort, LinkLost
from radio_bridge.ptt import KeyedTooLong, Ptt, ptt_of
from radio_bridge.ptt_hold import Hold
from tests.radio_bridge.rigs import LONG_S, Cable, wait_for


@pytest.fixture
def pin(tmp_path: Path) -> Path:
    """A pin as the kernel shows it in a file; somebody left it high."""
    made = tmp_path / "value"
    made.write_text("1")
    return made


@pytest.fixture
def ptt(pin: Path) -> Iterator[Ptt]:
    with Ptt(str(pin), "file", longest_s=2.0) as made:
        yield made


def test_it_begins_by_letting_go_of_what_somebody_left_keyed(ptt: Ptt, pin: Path) -> None:
    ptt.open()
    assert pin.read_text() == "0"


def test_it_keys_and_lets_go(ptt: Ptt, pin: Path) -> None:
    ptt.key()
    assert pin.read_text() == "1"
    ptt.unkey()
    assert pin.read_text() == "0"
    ptt.unkey()  # twice is harmless


def test_it_lets_go_by_itself_after_the_time_it_was_given(pin: Path) -> None:
    with Ptt(str(pin), "file", longest_s=4 * LONG_S) as ptt:
        ptt.key(0.1)
        wait_for(lambda: pin.read_text() == "0")
        ptt.key(LONG_S)  # its time was not the longest: it may speak again
        assert pin.read_text() == "1"


@pytest.mark.slow
def test_pressing_again_and_again_does_not_reach_beyond_the_longest_time(ptt: Ptt, pin: Path) -> None:
    began = time.monotonic()
    with pytest.raises(KeyedTooLong):
        while time.monotonic() < began + LONG_S:
            ptt.key(2.0)
            time.sleep(0.02)
    assert pin.read_text() == "0"
    assert time.monotonic() - began > 1.9
    ptt.unkey()
    ptt.key()
    assert pin.read_text() == "1"


KEYS_AND_SLEEPS = """
import sys, time
from radio_bridge.ptt import Ptt
ptt = Ptt(sys.argv[1], "file", longest_s=float(sys.argv[2]))
ptt.key()
print(ptt._holder.pid, flush=True)
time.sleep(60)
"""


@pytest.mark.slow
@pytest.mark.parametrize(
    ("how", "longest_s"),
    [(signal.SIGKILL, 4 * LONG_S), (signal.SIGTERM, 4 * LONG_S), (signal.SIGSTOP, 3.0)],
)
def test_who_keyed_dies_or_hangs_and_the_transmitter_is_let_go(
    how: signal.Signals, longest_s: float, pin: Path
) -> None:
    command = [sys.executable, "-c", KEYS_AND_SLEEPS, str(pin), str(longest_s)]
    speaker = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    assert speaker.stdout
    holder = int(speaker.stdout.readline())
    assert pin.read_text() == "1"
    os.kill(speaker.pid, how)
    wait_for(lambda: pin.read_text() == "0")
    speaker.kill()
    speaker.communicate()
    wait_for(lambda: not Path(f"/proc/{holder}").exists())  # nothing stays behind


def test_the_watchdog_itself_is_killed_and_the_next_one_lets_go(ptt: Ptt, pin: Path) -> None:
    ptt.key()
    assert ptt._holder
    ptt._holder.kill()
    ptt._holder.wait()
    ptt.unkey()
    assert pin.read_text() == "0"


@pytest.mark.slow
def test_a_watchdog_that_hangs_is_linklost_and_ended(ptt: Ptt, pin: Path) -> None:
    ptt.key()
    assert ptt._holder
    hung = ptt._holder.pid
    os.kill(hung, signal.SIGSTOP)
    with pytest.raises(LinkLost, match="does not answer"):
        ptt.unkey()
    assert not Path(f"/proc/{hung}").exists()
    ptt.unkey()
    assert pin.read_text() == "0"


def test_closing_lets_go(ptt: Ptt, pin: Path) -> None:
    ptt.key()
    ptt.close()
    assert pin.read_text() == "0"
    ptt.close()


def test_a_line_that_is_not_there_is_linklost(tmp_path: Path) -> None:
    for key in (Ptt(f"{tmp_path}/nothing", "rts"), Ptt(f"{tmp_path}/nothing", "gpio"), Ptt("/dev/null:1", "gpio")):
        with pytest.raises(LinkLost):
            key.key()


def test_a_port_without_such_lines_is_linklost_and_not_believed_keyed(tmp_path: Path) -> None:
    """A pty refuses RTS; so does a cable whose chip has none."""
    cable = Cable(tmp_path / "usb-radio")
    cable.plug()
    with Ptt(str(cable.link), "rts") as ptt, pytest.raises(LinkLost, match="[Ii]nappropriate"):
        ptt.key()
    cable.unplug()


def test_a_sound_card_is_told_pin_and_direction(tmp_path: Path) -> None:
    hidraw = tmp_path / "hidraw0"
    hidraw.write_bytes(b"")
    with Ptt(str(hidraw), "cm108") as ptt:
        ptt.key()
    assert hidraw.read_bytes() == bytes.fromhex("0000000400 0000040400 0000000400")


@pytest.mark.parametrize("url", ["", "rts:", "voice:/dev/x", "/dev/ttyUSB0"])
def test_a_key_that_can_never_be_one_is_our_fault(url: str) -> None:
    with pytest.raises(BadPort):
        ptt_of(url)


@pytest.mark.slow
@given(st.lists(st.tuples(st.floats(0, 3), st.sampled_from(("key 0.5", "key 9", "unkey", "key 100"))), max_size=30))
def test_whatever_is_asked_no_key_is_held_beyond_the_longest_time(asked: list[tuple[float, str]]) -> None:
    pressed: list[tuple[bool, float]] = []
    now = 0.0
    hold = Hold(lambda on: pressed.append((on, now)), 2.0)
    for pause_s, words in asked:
        ends = now + pause_s
        while (left := hold.patience_s(now)) is not None and now + left <= ends:
            now += left
            hold.tick(now)
        now = ends
        hold.obey(words.split(), now)
    began = None
    for on, at in pressed:
        began = (at if began is None else began) if on else None
        assert began is None or at - began <= 2.0
