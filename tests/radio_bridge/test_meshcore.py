"""MeshCore's KISS firmware is used for all it says; a TNC that only speaks KISS notices nothing of that."""

import struct
import time
from collections.abc import Iterator
from pathlib import Path
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from radio_bridge.devices import Device, Quality, is_done, make_device, quality_of, trouble_of
from radio_bridge.devices.kiss import Kiss
from radio_bridge.framing import kiss, meshcore
from radio_bridge.link import Link, Outgoing, Transmit
from radio_bridge.lora import Lora
from radio_bridge.radiogram import Text
from radio_bridge.rig import link_config
from tests.radio_bridge.fake_meshcore import MeshCoreBoard, MobilinkdTnc
from tests.radio_bridge.far_ends import FarEnd, KissOnCable, KissOnSocket
from tests.radio_bridge.rigs import KEY, centre, wait_for
from tests.radio_bridge.test_devices import FRAME, settle, turn


@pytest.fixture
def board(tmp_path: Path) -> Iterator[MeshCoreBoard]:
    made = MeshCoreBoard("kiss+serial", tmp_path)
    made.plug()
    yield made
    made.close()


def opened(far_end: FarEnd, tmp_path: Path, more: str = "") -> Kiss:
    device = make_device(far_end.url + more, tmp_path)
    assert isinstance(device, Kiss)
    device.open()
    if isinstance(far_end, MeshCoreBoard):
        turn(device, lambda _: meshcore.GET_AIRTIME in [word for word, _ in far_end.words])
    settle(device)
    return device


@pytest.fixture
def device(board: MeshCoreBoard, tmp_path: Path) -> Iterator[Kiss]:
    made = opened(board, tmp_path)
    yield made
    made.close()


def heard_one(device: Device) -> list[bytes]:
    return turn(device, lambda frames: frames)


def test_it_is_asked_by_a_word_that_does_nothing_and_answers(device: Kiss, board: MeshCoreBoard) -> None:
    assert device.is_meshcore
    assert board.words[0] == (meshcore.PING, b"")
    assert board.on_air == []


def test_a_frame_that_is_off_the_air_is_told_once(device: Kiss, board: MeshCoreBoard) -> None:
    assert not is_done(device)
    device.write(FRAME)
    turn(device, lambda _: device._done)
    assert board.on_air == [FRAME]
    assert is_done(device)
    assert not is_done(device)


def test_a_second_frame_waits_until_the_first_is_off_the_air(device: Kiss, board: MeshCoreBoard) -> None:
    board.says_done = False
    device.write(FRAME)
    device.write(FRAME[::-1])
    wait_for(lambda: board.on_air)
    settle(device, 0.05)
    assert (board.on_air, board.dropped) == ([FRAME], 0)
    board.done()
    turn(device, lambda _: len(board.on_air) == 2)
    assert (board.on_air, board.dropped) == ([FRAME, FRAME[::-1]], 0)


def test_a_board_that_forgets_to_say_done_does_not_hold_us_up_for_ever(device: Kiss, board: MeshCoreBoard) -> None:
    board.says_done = False
    device.write(FRAME)
    device.write(FRAME[::-1])
    wait_for(lambda: board.is_busy)
    board.is_busy = False
    device._busy_until = time.monotonic() - 1
    device.check()
    wait_for(lambda: board.on_air == [FRAME, FRAME[::-1]])


def test_how_well_each_frame_was_heard_is_known(device: Kiss, board: MeshCoreBoard) -> None:
    assert quality_of(device) is None
    board.give(b"".join(board.say(FRAME)))
    assert heard_one(device) == [FRAME]
    turn(device, lambda _: quality_of(device))
    first = quality_of(device)
    assert first == Quality(-97, -6.25)
    board.rssi_dbm = -80
    board.give(b"".join(board.say(FRAME)))
    assert heard_one(device) == [FRAME]
    turn(device, lambda _: quality_of(device) == Quality(-80, -6.25))
    second = quality_of(device)
    board.give(b"".join(board.say(FRAME)))
    turn(device, lambda _: quality_of(device) is not second)
    assert quality_of(device) == second != first


@pytest.mark.slow
def test_the_law_of_the_channel_limits_the_power(board: MeshCoreBoard, tmp_path: Path) -> None:
    opened(board, tmp_path).close()
    assert board.power_dbm == 20
    opened(board, tmp_path, "&dbm=14").close()
    assert board.power_dbm == 14
    opened(board, tmp_path, "&dbm=30").close()
    assert board.power_dbm == 20


def test_frequency_and_modulation_are_set_when_the_address_names_them(board: MeshCoreBoard, tmp_path: Path) -> None:
    opened(board, tmp_path).close()
    assert board.hz == 869_618_000
    opened(board, tmp_path, "&mhz=921.5&cr=8").close()
    assert (board.hz, board.bandwidth_hz, board.spreading, board.coding) == (921_500_000, 125_000, 9, 8)


def test_a_board_that_needs_more_time_than_our_slots_have_is_named(board: MeshCoreBoard, tmp_path: Path) -> None:
    fits = opened(board, tmp_path)
    assert trouble_of(fits) == ""
    fits.close()
    board.airtime_ms = 412
    differs = opened(board, tmp_path)
    assert "0.41 s" in trouble_of(differs) and "samakan sf" in trouble_of(differs)
    differs.close()


def test_unplugged_it_is_asked_anew(device: Kiss, board: MeshCoreBoard) -> None:
    board.unplug()
    device.close()
    board.plug()
    device.open()
    assert not device.is_meshcore
    turn(device, lambda _: device.is_meshcore)


def test_a_plain_tnc_gets_one_harmless_word_and_stays_plain(tmp_path: Path) -> None:
    tnc = KissOnCable("kiss+serial", tmp_path)
    tnc.url = tnc.url.replace("baud=9600", "baud=115200")
    tnc.plug()
    device = opened(tnc, tmp_path)
    assert not device.is_meshcore
    wait_for(lambda: tnc.raw.endswith(b"\x06\x17\xc0"))
    said = kiss.KissDecoder().feed_all(bytes(tnc.raw))
    assert [content for number, content in said if number == kiss.SETHARDWARE] == [bytes((meshcore.PING,))]
    device.write(FRAME)
    device.write(FRAME)
    wait_for(lambda: tnc.keyed() == [FRAME, FRAME])
    device.close()
    tnc.close()


def test_a_tnc_whose_tones_have_our_numbers_is_never_keyed(tmp_path: Path) -> None:
    """SetRadio is 9 to MeshCore and a test tone to Mobilinkd; GetRadio is 11, and a reset."""
    tnc = MobilinkdTnc("kiss+serial", tmp_path)
    tnc.plug()
    device = opened(tnc, tmp_path, "&sf=9&mhz=921.5&service=lora_free")
    tnc.give(kiss.command(kiss.SETHARDWARE, b"\xf8\x01"))
    settle(device)
    assert (tnc.tones, tnc.resets, device.is_meshcore, is_done(device)) == ([], 0, False, False)
    device.close()
    tnc.close()


@pytest.mark.parametrize("more", ["&meshcore=no", ""])
def test_who_is_certainly_no_board_is_not_even_asked(more: str, tmp_path: Path) -> None:
    """A NinoTNC takes any such word for another modulation: it is told by its speed, its name, or the address."""
    tnc = KissOnCable("kiss+serial", tmp_path)
    if more:
        tnc.url = tnc.url.replace("baud=9600", "baud=115200")
    tnc.plug()
    opened(tnc, tmp_path, more).close()
    program = KissOnSocket("kiss+socket", tmp_path)
    program.plug()
    opened(program, tmp_path).close()
    for end in (tnc, program):
        assert all(number != kiss.SETHARDWARE for number, _ in kiss.KissDecoder().feed_all(bytes(end.raw)))
        end.close()


def test_names_of_other_makers_are_enough() -> None:
    name = "usb-Microchip_Technology_Inc._MCP2221_USB-I2C_UART_Combo-if00"
    device = make_device(f"kiss+serial:/dev/serial/by-id/{name}?baud=115200", Path())
    assert isinstance(device, Kiss) and not device._may_ask


@given(st.integers(0, 2**32 - 1), st.integers(1, 2**32 - 1), st.integers(5, 12), st.integers(5, 8))
def test_radio_settings_come_back(hz: int, bandwidth_hz: int, spreading: int, coding: int) -> None:
    lora = Lora(spreading, bandwidth_hz, coding)
    ((_, content),) = kiss.KissDecoder().feed_all(b"\xc0" + meshcore.set_radio(hz, lora))
    assert meshcore.radio_of(content[1:]) == meshcore.Radio(hz, lora)


@given(st.binary(max_size=12))
def test_answers_that_make_no_sense_are_none(content: bytes) -> None:
    radio, airtime, meta = meshcore.radio_of(content), meshcore.airtime_ms_of(content), meshcore.meta_of(content)
    assert (radio is None or len(content) == 10) and (airtime is None) == (len(content) != 4)
    assert (meta is None) == (len(content) != 2)
    if meta:
        assert meta == (struct.unpack("b", content[:1])[0] / 4, struct.unpack("b", content[1:])[0])


def test_the_rig_keeps_how_well_each_station_was_heard_and_hears_that_a_frame_is_off_the_air(
    board: MeshCoreBoard, tmp_path: Path
) -> None:
    with centre(board.url, tmp_path) as (rig, spool):
        wait_for(lambda: rig.port.is_open and board.words)
        board.give(b"".join(board.say(genuine_frame(17))))
        wait_for(lambda: spool.card("quality", "17"))
        card = spool.card("quality", "17")
        assert card is not None and (card["rssi_dbm"], card["snr_db"]) == (-97, -6.25)
        forged = bytearray(genuine_frame(18))
        forged[-1] ^= 1
        board.give(b"".join(board.say(bytes(forged))))
        wait_for(lambda: spool.tallies().get("rejected.mac"))
        assert spool.card("quality", "18") is None


def genuine_frame(station: int) -> bytes:
    """What a field station of the same net would key."""
    device = make_device("kiss+serial:/dev/null?carrier=bare&service=lora_free&sf=9", Path())
    link = Link(link_config(KEY, station, f"TRC-{station % 10}", device), None, Random(1))
    events = link.send(Outgoing("u1", Text("Air naik"), (0,), 0, 600), 0.0) + link.tick(5.0)
    return next(event.frame for event in events if isinstance(event, Transmit))
