"""Every port is named soon, and what keys a transmitter is never said to it."""

import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from radio_bridge import autodetect
from radio_bridge.autodetect import QUESTIONS, Found, look, look_at_all, recognise
from radio_bridge.devices import REGISTER, make_device
from radio_bridge.framing import ax25, kiss
from radio_bridge.ports import Plug
from tests.radio_bridge.fake_meshcore import MeshCoreBoard, MobilinkdTnc
from tests.radio_bridge.fake_meshtastic import MeshtasticBoard
from tests.radio_bridge.fake_rylr import RylrModule
from tests.radio_bridge.far_ends import FarEnd, KissOnCable, OnCable, far_ends
from tests.radio_bridge.rigs import LONG_S


class OldTnc(OnCable):
    """A TNC-2: what is typed in converse mode is sent with Enter; Ctrl-C ends that mode. It has no KISS on."""

    options = ""

    def __init__(self, name: str, folder: Path) -> None:
        self.sent: list[bytes] = []
        self.converses = True
        self._typed = b""
        super().__init__(name, folder)

    def heard(self, some: bytes) -> None:
        for byte in some:
            if byte == 3:
                self.converses, self._typed = False, b""
                self.give(b"\r\ncmd:")
            elif byte == 13:
                self._enter()
            else:
                self._typed += bytes((byte,))

    def _enter(self) -> None:
        typed, self._typed = self._typed.strip(), b""
        if self.converses:
            self.sent.append(typed)
        else:
            self.give(b"?EH\r\ncmd:" if typed else b"cmd:")

    def keyed(self) -> list[bytes]:
        return self.sent

    def say(self, *frames: bytes) -> list[bytes]:
        return []


class Gsm(OldTnc):
    """A GSM modem, with echo."""

    def heard(self, some: bytes) -> None:
        self._typed += some
        if self._typed.endswith(b"AT\r\n"):
            self.give(b"\r\nAT\r\r\nOK\r\n")


class Silent(KissOnCable):
    """A plain TNC, which never says a word of its own."""


class Receiver(Silent):
    """A GPS receiver at 9600."""

    def heard(self, some: bytes) -> None:
        self.give(b"$GPGGA,,,,,,0,00,,,M,,M,,*66\r\n")


class TalkingTnc(Silent):
    """A plain TNC on a busy channel."""

    def heard(self, some: bytes) -> None:
        self.give(kiss.encode(ax25.ui("YB9ZZZ-9", "APRS", b"!0839.00S/11632.00E>")))


@pytest.fixture
def far_end(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[FarEnd]:
    made = request.param("x", tmp_path)
    made.plug()
    yield made
    made.close()


def plug_of(far_end: FarEnd) -> Plug:
    assert isinstance(far_end, OnCable)
    return Plug(str(far_end.cable.link), "USB serial")


CASES = [
    (MeshCoreBoard, "kiss+serial", "MeshCore"),
    (MeshtasticBoard, "meshtastic", "Meshtastic"),
    (RylrModule, "rylr", "REYAX"),
    (Gsm, "sms", "GSM"),
    (OldTnc, "tnc2", "mode perintah"),
    (Receiver, "gps", "NMEA"),
    (TalkingTnc, "kiss+serial", "AX.25"),
    (MobilinkdTnc, "kiss+serial", "KISS"),
    (Silent, "", "diam"),
]


@pytest.fixture
def patience(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever answers is heard on a busy machine too; who is silent is not waited for any longer."""
    if getattr(request, "param", True):
        monkeypatch.setattr(autodetect, "LISTEN_S", LONG_S)


def test_a_port_that_is_silent_at_every_speed_is_given_up_in_time() -> None:
    assert (len(autodetect.ROUNDS) + 0.5) * autodetect.LISTEN_S < autodetect.WITHIN_S


@pytest.mark.slow
@pytest.mark.parametrize(
    ("far_end", "kind", "why", "patience"),
    [(*case, case[0] is not Silent) for case in CASES],
    indirect=["far_end", "patience"],
)
def test_a_port_is_named_and_keys_nothing(far_end: FarEnd, kind: str, why: str, patience: None) -> None:
    found = look(plug_of(far_end))
    assert (found.kind, why in found.why) == (kind, True), found
    time.sleep(0.05)
    assert far_end.keyed() == []


def test_every_device_on_a_cable_is_among_the_cases() -> None:
    on_cables = {name for name, end in far_ends().items() if issubclass(end, OnCable)}
    assert on_cables <= {kind for _, kind, _ in CASES}


@pytest.mark.parametrize("far_end", [MeshCoreBoard, MeshtasticBoard, RylrModule], indirect=True)
def test_the_address_it_proposes_opens(far_end: FarEnd, patience: None, tmp_path: Path) -> None:
    found = look(plug_of(far_end))
    assert found.url.partition(":")[0] in REGISTER
    device = make_device(found.url, tmp_path)
    device.open()
    device.close()


@pytest.mark.parametrize("far_end", [MeshCoreBoard], indirect=True)
def test_a_board_that_said_who_it_is_is_asked_how_it_is_set(far_end: FarEnd, patience: None) -> None:
    assert look(plug_of(far_end)).url.endswith("&mhz=869.618&sf=9&bw=125&cr=5")


@pytest.mark.parametrize("far_end", [MobilinkdTnc], indirect=True)
def test_a_tnc_whose_tones_have_the_same_numbers_is_never_keyed(far_end: FarEnd, patience: None) -> None:
    look(plug_of(far_end))
    assert isinstance(far_end, MobilinkdTnc) and (far_end.tones, far_end.resets) == ([], 0)


@pytest.mark.parametrize("far_end", [Silent], indirect=True)
@pytest.mark.parametrize(
    "named",
    [
        Plug("", "Microchip MCP2221", usb=(0x04D8, 0x00DD)),
        Plug("", "Mobilinkd TNC3"),
        Plug("", "AIOC All-In-One-Cable", usb=(0x1209, 0x7388)),
    ],
    ids=lambda plug: plug.words,
)
def test_what_its_name_tells_is_not_opened(far_end: FarEnd, named: Plug) -> None:
    plug = Plug(plug_of(far_end).path, named.words, usb=named.usb)
    assert look(plug).kind in ("kiss+serial", "ptt")
    time.sleep(0.05)
    assert bytes(far_end.raw) == b""


@pytest.mark.parametrize("far_end", [Silent], indirect=True)
def test_without_asking_nothing_is_opened(far_end: FarEnd) -> None:
    (found,) = look_at_all([plug_of(far_end)], ask=False)
    assert found == Found(plug_of(far_end).path, "", "tidak ditanya", "", "USB serial")
    time.sleep(0.05)
    assert bytes(far_end.raw) == b""


@pytest.mark.parametrize("far_end", [Silent], indirect=True)
def test_a_port_that_is_in_use_is_left_alone_and_its_user_named(far_end: FarEnd) -> None:
    path = plug_of(far_end).path
    holds = "import os, sys, time; os.open(sys.argv[1], os.O_RDWR | os.O_NOCTTY); print(1, flush=True); time.sleep(600)"
    with subprocess.Popen([sys.executable, "-c", holds, path], stdout=subprocess.PIPE) as user:
        assert user.stdout
        user.stdout.readline()
        found = look(plug_of(far_end))
        user.kill()
    assert f"({user.pid})" in found.why and found.kind == ""
    assert bytes(far_end.raw) == b""


def test_a_port_that_is_gone_is_said(tmp_path: Path) -> None:
    assert "tidak dapat dibuka" in look(Plug(f"{tmp_path}/nothing", "")).why


@pytest.mark.slow
def test_ten_ports_are_asked_at_the_same_time(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    together, look_at_one = threading.Barrier(10), autodetect.look

    def look_together(*given: Any) -> Found:
        together.wait(LONG_S)
        return look_at_one(*given)

    monkeypatch.setattr(autodetect, "look", look_together)
    monkeypatch.setattr(autodetect, "LISTEN_S", 2.0)
    monkeypatch.setattr(autodetect, "WITHIN_S", 2 * LONG_S)
    ends = []
    for at in range(10):
        (tmp_path / str(at)).mkdir()
        ends.append((Silent if at % 2 else RylrModule)("x", tmp_path / str(at)))
        ends[-1].plug()
    found = look_at_all([plug_of(end) for end in ends])
    assert [one.kind for one in found] == ["rylr", ""] * 5
    for end in ends:
        end.close()


@pytest.mark.parametrize("noise", [b"", b"\x00\xff" * 50, b"\xc0\x00hello\xc0", b"OKAY\r\n", b"\x94\xc3\xff\xff"])
def test_noise_is_not_taken_for_a_radio(noise: bytes) -> None:
    assert recognise(noise, 9600) is None


def test_our_own_questions_said_back_are_no_answer() -> None:
    assert all(recognise(QUESTIONS[:end], 115_200) is None for end in range(len(QUESTIONS) + 1))
    assert (recognise(QUESTIONS + b"\r\nOK\r\n", 115_200) or ("",))[0] == "sms"
