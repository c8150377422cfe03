"""KISS finds every frame in whatever the port gives, and nothing else."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from radio_bridge.framing import kiss

FRAMES = st.lists(st.binary(min_size=1, max_size=60), max_size=6)


def wire_of(frames: list[bytes]) -> bytes:
    return b"".join(kiss.encode(frame) for frame in frames)


@given(FRAMES)
def test_frames_come_back_all_at_once(frames: list[bytes]) -> None:
    assert kiss.KissDecoder().feed(wire_of(frames)) == frames


@pytest.mark.slow
@given(FRAMES)
def test_frames_come_back_byte_by_byte(frames: list[bytes]) -> None:
    decoder = kiss.KissDecoder()
    found = [frame for byte in wire_of(frames) for frame in decoder.feed(bytes((byte,)))]
    assert found == frames


@given(FRAMES, st.binary(max_size=40))
def test_trailing_garbage_costs_no_frame(frames: list[bytes], garbage: bytes) -> None:
    assert kiss.KissDecoder().feed(wire_of(frames) + garbage)[: len(frames)] == frames


@given(FRAMES, st.binary(max_size=40).filter(lambda garbage: kiss.FEND not in garbage))
def test_what_stood_before_the_first_flag_is_no_frame(frames: list[bytes], garbage: bytes) -> None:
    assert kiss.KissDecoder().feed(garbage + wire_of(frames)) == frames


@given(st.binary(max_size=400))
def test_any_bytes_at_all_are_survived(noise: bytes) -> None:
    assert all(0 < len(frame) <= 50 for frame in kiss.KissDecoder(longest=50).feed(noise))


def test_frames_may_share_one_flag() -> None:
    assert kiss.KissDecoder().feed(b"\xc0\x00ab\xc0\x00cd\xc0") == [b"ab", b"cd"]


def test_flags_and_escapes_inside_a_frame_are_escaped() -> None:
    assert kiss.encode(b"\xc0\xdb") == b"\xc0\x00\xdb\xdc\xdb\xdd\xc0"


def test_port_twelve_does_not_look_like_a_flag() -> None:
    wire = kiss.encode(b"hello", port=12)
    assert wire == b"\xc0\xdb\xdchello\xc0"
    assert kiss.KissDecoder().feed(wire) == [b"hello"]


@pytest.mark.parametrize("damaged", [b"\xc0\x00a\xdbb\xc0", b"\xc0\x00a\xdb\xc0", b"\xc0\x06\x01\xc0", b"\xc0\x00\xc0"])
def test_a_damaged_frame_or_a_command_is_counted_not_passed_up(damaged: bytes) -> None:
    decoder = kiss.KissDecoder()
    assert decoder.feed(damaged) == []
    assert decoder.skipped == 1


@pytest.mark.parametrize("filler", [b"x", b"\xdb\xdc"])
def test_a_frame_without_end_does_not_fill_the_memory_and_is_not_cut(filler: bytes) -> None:
    decoder = kiss.KissDecoder(longest=100)
    assert decoder.feed(b"\xc0\x00" + filler * 5000) == []
    assert len(decoder._raw or b"") <= 203
    assert decoder.feed(b"\xc0" + kiss.encode(b"next")) == [b"next"]
    assert decoder.skipped == 1


def test_the_longest_frame_passes_even_if_every_byte_is_escaped() -> None:
    assert kiss.KissDecoder(longest=100).feed(kiss.encode(b"\xc0" * 100)) == [b"\xc0" * 100]


def test_modem_settings_are_kiss_commands() -> None:
    assert kiss.txdelay(200) == b"\xc0\x01\x14\xc0"
    assert kiss.persistence(255) == b"\xc0\x02\xff\xc0"
    assert kiss.slottime(10) == b"\xc0\x03\x01\xc0"
    assert kiss.txtail(50) == b"\xc0\x04\x05\xc0"
    assert kiss.full_duplex(False) == b"\xc0\x05\x00\xc0"
