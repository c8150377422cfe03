"""Our AX.25 frames through somebody else's modem, in a file: gen_packets speaks, atest listens (direwolf)."""

import re
import shutil
import subprocess
from collections.abc import Iterable
from pathlib import Path
from random import Random

import pytest

from radio_bridge.framing import ax25, posko
from radio_bridge.link import Link, LinkConfig, Outgoing, Received, Transmit
from radio_bridge.radiogram import Ack, Alert, Level, Place
from radio_bridge.radiogram.schema import encode

missing = [program for program in ("gen_packets", "atest") if not shutil.which(program)]
pytestmark = [
    pytest.mark.radio,
    pytest.mark.skipif(bool(missing), reason=f"direwolf's programs are missing: {', '.join(missing)}"),
]
KEY = bytes(range(32))


def monitor_line(frame: bytes) -> str:
    """The frame as direwolf's text format writes it, every byte of the content as <0xnn>."""
    ui = ax25.parse(frame)
    return f"{ui.source}>{ui.destination}:" + "".join(f"<0x{byte:02x}>" for byte in ui.content)


def through_the_modem(frames: Iterable[bytes], folder: Path, *modem: str) -> list[bytes]:
    """What atest decodes of the sound that gen_packets makes of `frames`, without AX.25's check sequence."""
    heard = []
    for at, frame in enumerate(frames):
        spoken, sound = folder / f"{at}.txt", folder / f"{at}.wav"
        spoken.write_text(monitor_line(frame))
        subprocess.run(["gen_packets", *modem, "-o", sound, spoken], check=True, capture_output=True, timeout=120)
        speed = [word for word in modem if word != "-X" and word != "16"]
        told = subprocess.run(["atest", "-h", *speed, sound], check=True, capture_output=True, timeout=120).stdout
        heard += dumped_frames(told.decode("latin-1"))
    return heard


def dumped_frames(told: str) -> list[bytes]:
    """The frames in atest's hexadecimal dump: lines of an offset and up to 16 bytes."""
    frames: list[bytes] = []
    for line in told.splitlines():
        found = re.match(r"  ([0-9a-f]{3}):  ((?:[0-9a-f]{2} ?){1,16})", line)
        if found and found[1] == "000":
            frames.append(b"")
        if found:
            frames[-1] += bytes.fromhex(found[2])
    return frames


def station(number: int) -> Link:
    return Link(LinkConfig(1, number, f"YB9ZZZ-{number}", {1: KEY}, 7), None, Random(number))


def alert_frame() -> bytes:
    alert = Alert(4711, 0, 0, 4, 3, 30, Place(116.5421, -8.6512), text="jalan putus, lewat utara")
    event = station(0).send(Outgoing("u", alert, tuple(range(1, 21)), 0, 1800.0), 0.0)[-1]
    assert isinstance(event, Transmit)
    return event.frame


def ack_frame() -> bytes:
    number, content = encode(Ack(4711, 0, Level.SEEN))
    return ax25.ui("YB9ZZZ-3", "POSKO", posko.seal(posko.Header(number, 1, 3, 0), content, KEY, 7, 77))


@pytest.mark.parametrize(
    "modem", [(), ("-B", "300"), ("-B", "9600"), ("-X", "16")], ids=lambda modem: " ".join(modem) or "1200"
)
def test_an_alert_and_an_ack_come_out_of_the_modem_as_they_went_in(modem: tuple[str, ...], tmp_path: Path) -> None:
    heard = through_the_modem([alert_frame(), ack_frame()], tmp_path, *modem)
    assert [ax25.parse(frame).content for frame in heard] == [
        ax25.parse(frame).content for frame in (alert_frame(), ack_frame())
    ]


def test_a_station_delivers_the_alert_it_heard_through_the_modem(tmp_path: Path) -> None:
    (frame,) = through_the_modem([alert_frame()], tmp_path)
    field = station(3)
    received = [event for event in field.heard(frame, 1.0) if isinstance(event, Received)]
    assert [event.radiogram.text for event in received if isinstance(event.radiogram, Alert)] == [
        "jalan putus, lewat utara"
    ]
    assert field.next_wake(1.0) is not None


def test_every_byte_value_survives_the_modem(tmp_path: Path) -> None:
    # gen_packets reads no more than about 380 characters of a line: 48 bytes in this notation.
    contents = [bytes(range(first, min(first + 48, 256))) for first in range(0, 256, 48)]
    heard = through_the_modem([ax25.ui("YB9ZZZ-1", "POSKO", content) for content in contents], tmp_path)
    assert [ax25.parse(frame).content for frame in heard] == contents
