"""AX.25 names the sender of every frame, and only plain UI frames are read."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from radio_bridge.errors import BadFrame, CannotSend
from radio_bridge.framing import ax25

LETTERS = st.text("ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789", min_size=1, max_size=6)
CALLSIGNS = st.builds(lambda letters, ssid: f"{letters}-{ssid}" if ssid else letters, LETTERS, st.integers(0, 15))


@given(CALLSIGNS, CALLSIGNS, st.binary(max_size=256), st.lists(CALLSIGNS, max_size=8))
def test_a_frame_comes_back_as_it_was_sent(source: str, destination: str, content: bytes, path: list[str]) -> None:
    frame = ax25.ui(source, destination, content, path)
    assert ax25.parse(frame) == ax25.Ui(source, destination, tuple(path), content)


@given(st.binary(max_size=120))
def test_any_bytes_at_all_are_a_frame_or_a_bad_frame(noise: bytes) -> None:
    try:
        ax25.parse(noise)
    except BadFrame as bad:
        assert bad.kind == "carrier"


def test_the_addresses_are_those_of_the_standard() -> None:
    assert ax25.ui("YB9ZZZ-1", "POSKO", b"!").hex(" ") == "a0 9e a6 96 9e 40 e0 b2 84 72 b4 b4 b4 63 03 f0 21"


def test_a_digipeater_that_has_repeated_is_marked() -> None:
    frame = bytearray(ax25.ui("YB9ZZZ-1", "POSKO", b"!", ("YB9AAA",)))
    frame[20] |= 0x80
    assert ax25.parse(bytes(frame)).path == ("YB9AAA*",)


@pytest.mark.parametrize("callsign", ["", "TOOLONG", "TRC-16", "TRC 1", "TRC-1-2", "TRÇ"])
def test_a_call_sign_the_air_has_no_room_for_is_refused(callsign: str) -> None:
    with pytest.raises(CannotSend, match="call sign"):
        ax25.ui(callsign, "POSKO", b"")


def test_nine_digipeaters_are_refused() -> None:
    with pytest.raises(CannotSend, match="digipeaters"):
        ax25.ui("TRC-1", "POSKO", b"", ["YB9AAA"] * 9)
