"""Meshtastic boards: our codec and the library of its makers read each other, and nothing half is passed up."""

import json
import os
import struct
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from radio_bridge.devices import Quality, make_device, quality_of, trouble_of
from radio_bridge.devices.meshtastic import Meshtastic
from radio_bridge.framing import meshtastic, protobuf
from radio_bridge.framing.meshtastic import PRIVATE_PORT, TEXT_PORT, Packet, Told
from radio_bridge.framing.protobuf import BadMessage
from radio_bridge.ports import BadPort, LinkLost
from tests.radio_bridge.fake_meshtastic import NODE, MeshtasticBoard
from tests.radio_bridge.far_ends import in_pieces
from tests.radio_bridge.rigs import wait_for
from tests.radio_bridge.test_devices import FRAME, settle, turn

LIBRARY = Path(sys.prefix) / "share/posko/meshtastic"
needs_library = pytest.mark.skipif(not LIBRARY.exists(), reason="the meshtastic library: script/setup --tests")


@pytest.fixture
def board(tmp_path: Path) -> Iterator[MeshtasticBoard]:
    made = MeshtasticBoard("meshtastic", tmp_path)
    made.plug()
    yield made
    made.close()


def opened(board: MeshtasticBoard, tmp_path: Path, more: str = "") -> Meshtastic:
    device = make_device(board.url + more, tmp_path)
    assert isinstance(device, Meshtastic)
    device.open()
    if not board.is_hung:
        turn(device, lambda _: device.is_ready)
    return device


@pytest.fixture
def device(board: MeshtasticBoard, tmp_path: Path) -> Iterator[Meshtastic]:
    made = opened(board, tmp_path)
    yield made
    made.close()


def test_the_board_is_asked_for_what_it_has_to_say_and_nothing_is_sent(
    device: Meshtastic, board: MeshtasticBoard
) -> None:
    assert device.is_ready
    assert board.configs_asked == [meshtastic.ONLY_CONFIG]
    assert board.packets == []


def test_a_frame_is_a_private_packet_to_everybody_without_repeats(device: Meshtastic, board: MeshtasticBoard) -> None:
    device.write(FRAME)
    wait_for(lambda: board.packets)
    (sent,) = board.packets
    assert sent.pop("id") != 0
    assert sent == {
        "to": 0xFFFF_FFFF,
        "channel": 0,
        "port": PRIVATE_PORT,
        "payload": FRAME,
        "hop_limit": 0,
        "want_ack": False,
    }


def test_hops_channel_and_acks_are_as_the_address_says(board: MeshtasticBoard, tmp_path: Path) -> None:
    device = opened(board, tmp_path, "&hops=3&channel=2&ack=1")
    device.write(FRAME)
    wait_for(lambda: board.packets)
    sent = board.packets[0]
    assert (sent["hop_limit"], sent["channel"], sent["want_ack"]) == (3, 2, True)
    assert device.figures.guard_ms == 400 + 3 * 1500
    board.answer(int(sent["id"]), 0)  # type: ignore[call-overload]
    turn(device, lambda _: list(device.acked) == [sent["id"]])
    device.close()


def test_plain_words_go_to_the_text_port_that_every_telephone_shows(board: MeshtasticBoard, tmp_path: Path) -> None:
    device = opened(board, tmp_path, "&service=amateur&callsign=YB9ZZZ")
    device.write(b"AWAS 1234 LAHAR")
    wait_for(lambda: board.packets)
    assert board.packets[0]["port"] == TEXT_PORT
    device.close()


def test_only_the_two_ports_of_ours_are_passed_up(device: Meshtastic, board: MeshtasticBoard) -> None:
    for port in (3, 4, 67, TEXT_PORT, PRIVATE_PORT):
        board.hear(bytes((port & 0xFF, 1)), port)
    board.hear(b"our own words come back", PRIVATE_PORT, NODE)
    assert turn(device, lambda frames: len(frames) > 1) + settle(device) == [b"\x01\x01", b"\x00\x01"]


def test_how_well_it_was_heard_is_known(device: Meshtastic, board: MeshtasticBoard) -> None:
    board.hear(FRAME)
    turn(device, lambda frames: frames)
    assert quality_of(device) == Quality(-87, 6.25)


def test_what_the_board_refuses_to_send_is_said(device: Meshtastic, board: MeshtasticBoard) -> None:
    device.write(FRAME)
    wait_for(lambda: board.packets)
    board.answer(int(board.packets[0]["id"]), 9)  # type: ignore[call-overload]
    turn(device, lambda _: device.refused)
    assert (trouble_of(device), device.refused) == ("papan menolak: batas waktu udara", 1)


def test_a_full_queue_is_waited_for(device: Meshtastic, board: MeshtasticBoard) -> None:
    board.free = 0
    device.write(FRAME)
    turn(device, lambda _: device._is_full)
    device.write(FRAME[::-1])
    settle(device, 0.05)
    assert board.keyed() == [FRAME]
    board.free = 4
    board.tell_queue()
    turn(device, lambda _: len(board.keyed()) == 2)
    assert board.keyed() == [FRAME, FRAME[::-1]]


def test_a_board_that_starts_anew_is_asked_again(device: Meshtastic, board: MeshtasticBoard) -> None:
    board.reboot()
    turn(device, lambda _: len(board.configs_asked) == 2 and device.is_ready)


def test_a_board_that_answers_nothing_is_linklost(board: MeshtasticBoard, tmp_path: Path) -> None:
    board.is_hung = True
    device = opened(board, tmp_path)
    device.check()
    device._asked_at -= 60
    with pytest.raises(LinkLost, match="no Meshtastic board answers"):
        device.check()
    device.close()


def test_a_board_that_falls_silent_later_is_noticed_by_its_heartbeat(
    device: Meshtastic, board: MeshtasticBoard
) -> None:
    device._said_at -= 100
    device.check()
    turn(device, lambda _: device._answers_heartbeats)
    assert (board.heartbeats, board.packets) == (1, [])
    board.is_hung = True
    device._said_at -= 100
    device.check()
    device._said_at, device._heard_at = device._said_at - 10, device._heard_at - 20
    with pytest.raises(LinkLost, match="answers nothing"):
        device.check()


def test_a_lost_byte_costs_one_message_and_not_what_stands_behind_it(
    device: Meshtastic, board: MeshtasticBoard
) -> None:
    told = board.packet_of(FRAME)
    board.give(told[:20] + told[21:])
    turn(device, lambda _: device._stream._pending)
    device._heard_at -= 1
    device.check()
    board.give(board.packet_of(FRAME[::-1]))
    assert turn(device, lambda frames: frames) == [FRAME[::-1]]


@pytest.mark.parametrize("url", ["meshtastic:", "meshtastic:/dev/x?hops=8", "meshtastic:/dev/x?channel=9"])
def test_an_address_that_can_never_be_right_is_refused(url: str) -> None:
    with pytest.raises(BadPort):
        make_device(url, Path())


# the codec alone


@given(st.binary(max_size=600))
def test_noise_is_survived_and_never_kept_for_ever(noise: bytes) -> None:
    stream = meshtastic.Stream()
    stream.feed(noise)
    assert len(stream._pending) <= meshtastic.MESSAGE_MAX + 4


@given(st.binary(max_size=60))
def test_any_message_is_read_or_refused_by_our_own_word(message: bytes) -> None:
    try:
        meshtastic.told(message)
    except BadMessage:
        return


@given(
    st.lists(st.binary(min_size=1, max_size=meshtastic.PAYLOAD_MAX), max_size=4),
    st.lists(st.integers(1, 50), min_size=1, max_size=5),
)
def test_packets_come_back_however_they_are_cut_and_with_log_between(frames: list[bytes], sizes: list[int]) -> None:
    board = object.__new__(MeshtasticBoard)
    board._ids, board._lock = 0, _NoLock()  # type: ignore[assignment]
    stream, got = meshtastic.Stream(), []
    for piece in in_pieces(b"".join(board.say(*frames)), sizes):
        got += stream.feed(piece)
    assert [one.packet.payload for one in got if one.packet] == frames


class _NoLock:
    def __enter__(self) -> None: ...
    def __exit__(self, *_: object) -> None: ...


@given(st.integers(0, 2**64 - 1))
def test_numbers_come_back(number: int) -> None:
    assert protobuf.read(protobuf.varint(3, number)) == {3: number}


# the library of Meshtastic's makers, in a process of its own


class Peer:
    """The library at the other end of two pipes."""

    def __init__(self, *words: str) -> None:
        command = [sys.executable, "-W", "ignore", str(Path(__file__).with_name("meshtastic_peer.py")), *words]
        pipe = subprocess.PIPE
        around = {**os.environ, "PYTHONPATH": str(LIBRARY)}
        self.process = subprocess.Popen(command, stdin=pipe, stdout=pipe, env=around, text=True, bufsize=1)

    def ask(self, **words: Any) -> dict[str, Any]:
        assert self.process.stdin
        self.process.stdin.write(json.dumps(words) + "\n")
        self.process.stdin.flush()
        return self.next()

    def next(self) -> dict[str, Any]:
        assert self.process.stdout
        line = self.process.stdout.readline()
        assert line, "the library ended"
        told: dict[str, Any] = json.loads(line)
        return told

    def until(self, is_it: Callable[[dict[str, Any]], Any]) -> dict[str, Any]:
        while not is_it(told := self.next()):
            pass
        return told

    def close(self) -> None:
        self.process.kill()
        self.process.communicate()


@pytest.fixture(scope="module")
def library() -> Iterator[Peer]:
    peer = Peer("codec")
    yield peer
    peer.close()


def inside(on_cable: bytes) -> str:
    assert on_cable[:2] == b"\x94\xc3" and int.from_bytes(on_cable[2:4], "big") == len(on_cable) - 4
    return on_cable[4:].hex()


@needs_library
def test_the_library_reads_what_we_write(library: Peer) -> None:
    assert library.ask(to_radio=inside(meshtastic.want_config(69420))) == {
        "kind": "want_config_id",
        "said": {"want_config_id": 69420},
    }
    assert library.ask(to_radio=inside(meshtastic.heartbeat()))["kind"] == "heartbeat"
    told = library.ask(to_radio=inside(meshtastic.send(FRAME, PRIVATE_PORT, 4_000_000_000, 2, 3, True)))
    packet = told["said"]["packet"]
    assert told["kind"] == "packet"
    assert (packet["to"], packet["id"], packet["channel"]) == (0xFFFF_FFFF, 4_000_000_000, 2)
    assert (packet["hop_limit"], packet["want_ack"]) == (3, True)
    assert packet["decoded"]["portnum"] == "PRIVATE_APP"
    plain = library.ask(to_radio=inside(meshtastic.send(b"AWAS", TEXT_PORT, 1)))["said"]["packet"]
    assert plain["decoded"] == {"portnum": "TEXT_MESSAGE_APP", "payload": "QVdBUw=="}


def said_by(library: Peer, **words: Any) -> Told:
    return meshtastic.told(bytes.fromhex(library.ask(from_radio=words)["hex"]))


@needs_library
def test_we_read_what_the_library_writes(library: Peer) -> None:
    heard = {"from": 0xF1234567, "id": 5, "rssi": -121, "snr": -18.25, "port": PRIVATE_PORT, "payload": FRAME.hex()}
    packet = Packet(0xF1234567, PRIVATE_PORT, FRAME, 5, 0, -121, -18.25)
    assert said_by(library, **heard) == Told(packet=packet)
    assert said_by(library, my_node_num=NODE) == Told(node=NODE)
    assert said_by(library, free=3, res=0) == Told(queue_free=3)
    assert said_by(library, free=0, res=-4) == Told(queue_free=0, queue_refusal=-4)
    assert said_by(library, rebooted=True) == Told(rebooted=True)


@needs_library
@pytest.mark.parametrize("error", [0, 5, 9, 38])
def test_we_read_the_librarys_routing_answers(error: int, library: Peer) -> None:
    answer = {"from": NODE, "id": 6, "rssi": 0, "snr": 0, "port": 5, "payload": "", "request_id": 77, "error": error}
    told = said_by(library, **answer)
    assert told.packet is not None and (told.packet.request_id, told.packet.error) == (77, error)


@pytest.mark.slow
@needs_library
def test_a_telephone_with_the_library_and_posko_hear_each_other(board: MeshtasticBoard, tmp_path: Path) -> None:
    """Two boards on one mesh: Posko on the one, the library on the other; both ways, both ports, through an unplug."""
    theirs = MeshtasticBoard("meshtastic", tmp_path / "theirs")
    (tmp_path / "theirs").mkdir()
    theirs.plug()
    board.heard_by, theirs.heard_by = [theirs], [board]
    device = opened(board, tmp_path)
    telephone = Peer("client", str(theirs.cable.link))
    try:
        assert telephone.until(lambda told: "connected" in told) == {"connected": NODE}
        for port in (PRIVATE_PORT, TEXT_PORT):
            telephone.ask(payload=FRAME.hex(), port=port)
            assert turn(device, lambda frames: frames) == [FRAME]
        device.write(FRAME[::-1])
        assert telephone.until(lambda told: "heard" in told)["heard"] == FRAME[::-1].hex()
        board.unplug()
        device.close()
        board.plug()
        device.open()
        turn(device, lambda _: device.is_ready)
        device.write(FRAME)
        assert telephone.until(lambda told: "heard" in told)["heard"] == FRAME.hex()
    finally:
        telephone.close()
        device.close()
        theirs.close()


def test_floats_and_signs_as_the_wire_has_them() -> None:
    assert protobuf.real(int.from_bytes(struct.pack("<f", -18.25), "little")) == -18.25
    assert protobuf.signed((1 << 64) - 87) == -87
