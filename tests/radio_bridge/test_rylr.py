"""AT LoRa modules: whole frames through a door for text, settings set once, and no word of strangers passed up."""

import time
from collections.abc import Iterator
from pathlib import Path
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from radio_bridge.devices import Quality, make_device, quality_of, trouble_of
from radio_bridge.devices.rylr import Rylr
from radio_bridge.errors import CannotSend
from radio_bridge.framing import rylr
from radio_bridge.link import Link, Outgoing, Transmit
from radio_bridge.ports import BadPort, LinkLost
from radio_bridge.radiogram import Alert
from radio_bridge.rig import link_config
from tests.radio_bridge.fake_rylr import RylrModule
from tests.radio_bridge.far_ends import in_pieces
from tests.radio_bridge.rigs import KEY, wait_for
from tests.radio_bridge.test_devices import FRAME, settle, turn


@pytest.fixture
def module(tmp_path: Path) -> Iterator[RylrModule]:
    made = RylrModule("rylr", tmp_path)
    made.plug()
    yield made
    made.close()


def opened(module: RylrModule, tmp_path: Path, more: str = "") -> Rylr:
    device = make_device(module.url + more, tmp_path)
    assert isinstance(device, Rylr)
    device.open()
    turn(device, lambda _: device._now is None and not device._queue)
    return device


@pytest.fixture
def device(module: RylrModule, tmp_path: Path) -> Iterator[Rylr]:
    made = opened(module, tmp_path)
    yield made
    made.close()


def test_only_what_differs_is_set(device: Rylr, module: RylrModule) -> None:
    """Its flash memory wears: the second start writes nothing."""
    assert module.settings["CRFOP"] == "20" and module.settings["ADDRESS"] == "1"
    assert module.sets == ["ADDRESS", "CRFOP"]
    device.open()
    turn(device, lambda _: device._now is None and not device._queue)
    assert module.sets == ["ADDRESS", "CRFOP"]


def test_what_the_address_says_is_set(module: RylrModule, tmp_path: Path) -> None:
    more = "&mhz=921.5&sf=10&bw=250&cr=8&preamble=24&network=6&dbm=10"
    opened(module, tmp_path, more).close()
    assert module.settings == {
        "NETWORKID": "6",
        "ADDRESS": "1",
        "BAND": "921500000",
        "PARAMETER": "10,8,4,24",
        "CRFOP": "10",
    }


def test_the_law_of_the_channel_limits_the_power(module: RylrModule, tmp_path: Path) -> None:
    opened(module, tmp_path, "&dbm=22").close()
    assert module.settings["CRFOP"] == "20"


def test_a_setting_the_module_refuses_is_named_and_the_rest_goes_on(module: RylrModule, tmp_path: Path) -> None:
    device = opened(module, tmp_path, "&sf=12")
    assert "AT+PARAMETER=12,7,1,12" in trouble_of(device) and "+ERR=15" in trouble_of(device)
    device.write(FRAME)
    wait_for(lambda: module.on_air == [FRAME])
    device.close()


def test_how_well_a_frame_was_heard_is_known(device: Rylr, module: RylrModule) -> None:
    module.give(b"".join(module.say(FRAME)))
    assert turn(device, lambda frames: frames) == [FRAME]
    assert quality_of(device) == Quality(-99, 40)


def test_one_frame_after_the_other(device: Rylr, module: RylrModule) -> None:
    module.is_slow = True
    device.write(FRAME)
    device.write(FRAME[::-1])
    wait_for(lambda: module.on_air)
    settle(device, 0.05)
    assert module.on_air == [FRAME]
    module.tell("+OK")
    turn(device, lambda _: len(module.on_air) == 2)
    assert module.on_air == [FRAME, FRAME[::-1]]


def test_a_refused_frame_is_not_said_again_late_and_the_next_goes_out(device: Rylr, module: RylrModule) -> None:
    module.refusals = [17]
    device.write(FRAME)
    turn(device, lambda _: device.refused)
    device.write(FRAME[::-1])
    turn(device, lambda _: module.on_air)
    settle(device, 0.05)
    assert (module.on_air, device.refused) == ([FRAME[::-1]], 1)


def test_a_module_that_answers_nothing_is_linklost(
    device: Rylr, module: RylrModule, monkeypatch: pytest.MonkeyPatch
) -> None:
    module.is_hung = True
    device.write(FRAME)
    settle(device, 0.05)
    device.check()
    assert device._now
    device._now.given_at -= 10
    with pytest.raises(LinkLost, match="answers nothing"):
        device.check()


def test_a_module_whose_supply_broke_down_is_set_up_again(device: Rylr, module: RylrModule) -> None:
    module.settings["CRFOP"] = "22"
    module.tell("+READY")
    turn(device, lambda _: module.settings["CRFOP"] == "20")
    device.write(FRAME)
    turn(device, lambda _: module.on_air == [FRAME])


STRANGERS = [
    b"+RCV=50,5,HELLO,-99,40\r\n",
    b"+RCV=50,7,a,b\r\nc,,-99,40\r\n",
    b"+RCV=50,3,abcdef,-99,40\r\n",
    b"+RCV=50,1,A,-99,40\r\n",
    b"+RCV=\r\n",
    b"+RCV=99999999,1\r\n",
    b"\xff\xfe\x00\r\n",
]


@pytest.mark.parametrize("stranger", STRANGERS)
def test_what_strangers_say_is_no_frame_and_costs_none(stranger: bytes, device: Rylr, module: RylrModule) -> None:
    module.give(stranger + b"".join(module.say(FRAME)))
    assert turn(device, lambda frames: frames) == [FRAME]


@given(st.lists(st.binary(min_size=1, max_size=rylr.FRAME_MAX), max_size=4), st.lists(st.integers(1, 40), min_size=1))
def test_any_frames_come_back_however_they_are_cut(frames: list[bytes], sizes: list[int]) -> None:
    module = object.__new__(RylrModule)
    lines, got = rylr.Lines(), []
    for piece in in_pieces(b"".join(module.say(*frames)), sizes):
        got += [rylr.received(line) for line in lines.feed(piece)]
    assert [heard.frame for heard in got if heard] == frames


@given(st.binary(min_size=1, max_size=rylr.FRAME_MAX))
def test_the_cost_of_the_text_stands_in_the_figures(frame: bytes) -> None:
    text = rylr.send(frame).rstrip().split(b",")[2]
    assert len(text) <= rylr.TEXT_MAX
    assert len(text) - 1 <= len(frame) * rylr.SWELL <= len(text)


@given(st.binary(max_size=1200))
def test_any_noise_at_all_is_survived(noise: bytes) -> None:
    lines = rylr.Lines()
    for line in lines.feed(noise):
        rylr.received(line)
    assert len(lines._pending) <= rylr.LINE_MAX


@pytest.mark.parametrize("url", ["rylr:", "rylr:here", "rylr:/dev/x?bw=100", "rylr:/dev/x?dbm=much"])
def test_an_address_that_can_never_be_right_is_refused(url: str) -> None:
    with pytest.raises(BadPort):
        make_device(url, Path())


def test_the_wait_for_an_answer_is_as_long_as_the_frame(device: Rylr) -> None:
    device.write(bytes(180))
    assert device._now and device._now.within_s > 2 + device.figures.lasts_s(180) - 0.01
    assert time.monotonic() >= device._now.given_at


def test_an_alert_too_long_for_the_module_is_refused_with_a_sentence_and_never_cut() -> None:
    device = make_device("rylr:/dev/null", Path())
    link = Link(link_config(KEY, 0, "POSKO", device), None, Random(1))
    words = "zq" * 80
    with pytest.raises(CannotSend, match="bytes longer than the frames of this modem"):
        link.send(Outgoing("u1", Alert(7, 0, 0, 4, 2, 60, text=words), (1, 2), 0, 600), 0.0)
    events = link.send(Outgoing("u2", Alert(8, 0, 0, 4, 2, 60, text=words[:120]), (1, 2), 0, 600), 0.0)
    frame = next(event.frame for event in events + link.tick(1.0) if isinstance(event, Transmit))
    assert len(rylr.send(frame)) < 260 and len(frame) <= device.figures.longest


@pytest.mark.parametrize("url", ["rylr:/dev/null", "meshtastic:/dev/null", "kiss+serial:/dev/null?sf=9&bw=125"])
def test_the_link_reckons_with_what_the_modem_adds(url: str) -> None:
    device = make_device(url, Path())
    config = link_config(KEY, 0, "POSKO", device)
    carried = 29 + (16 if config.carrier == "ax25" else 0)
    assert config.airtime_s(29) == pytest.approx(device.figures.lasts_s(carried))
