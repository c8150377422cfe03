"""Ports: every way a plug can go is one LinkLost, quickly."""

import os
import socket
import threading
import time
from pathlib import Path

import pytest

from radio_bridge import ports
from radio_bridge.devices import take_apart
from radio_bridge.ports import BadPort, LinkLost
from tests.radio_bridge.rigs import LONG_S, Cable, is_raw


@pytest.fixture
def cable(tmp_path: Path) -> Cable:
    made = Cable(tmp_path / "usb-TNC")
    made.plug()
    return made


def test_bytes_go_through_a_serial_port_untouched(cable: Cable) -> None:
    port = ports.open_port(f"serial:{cable.link}?baud=9600")
    assert is_raw(port.fileno())
    every_byte = bytes(range(256))
    port.write_all(every_byte)
    got = b""
    while len(got) < 256:
        got += cable.read()
    assert got == every_byte
    cable.write(every_byte)
    got = b""
    while len(got) < 256:
        got += port.read(LONG_S)
    assert got == every_byte
    port.close()


def test_an_unplug_wakes_who_reads(cable: Cable) -> None:
    port = ports.open_port(f"serial:{cable.link}?baud=9600")
    seen: list[float] = []

    def listen() -> None:
        with pytest.raises(LinkLost):
            port.read(3600)
        seen.append(time.monotonic())

    listener = threading.Thread(target=listen, daemon=True)
    listener.start()
    time.sleep(0.1)
    cable.unplug()
    listener.join(LONG_S)
    assert seen
    port.close()


def test_writing_into_an_unplugged_port_is_linklost(cable: Cable) -> None:
    port = ports.open_port(f"serial:{cable.link}?baud=9600")
    cable.unplug()
    with pytest.raises(LinkLost):
        port.write_all(b"x")
    port.close()
    port.close()  # twice is harmless


def test_a_modem_that_takes_no_bytes_is_lost(cable: Cable, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ports, "WRITE_WITHIN_S", 0.1)
    port = ports.open_port(f"serial:{cable.link}?baud=9600")
    with pytest.raises(LinkLost, match="takes no bytes"):
        port.write_all(bytes(200_000))
    port.close()


def test_a_port_is_opened_once(cable: Cable) -> None:
    port = ports.open_port(f"serial:{cable.link}?baud=9600")
    with pytest.raises(LinkLost):
        ports.open_port(f"serial:{cable.link}?baud=9600")
    port.close()


def test_a_name_that_moved_to_another_device_is_noticed(cable: Cable, tmp_path: Path) -> None:
    port = ports.open_port(f"serial:{cable.link}?baud=9600")
    port.check()
    other = Cable(cable.link)
    other.plug()
    with pytest.raises(LinkLost, match="another device"):
        port.check()
    port.close()
    os.close(other.master)


def test_a_missing_device_and_a_refused_socket_are_linklost(tmp_path: Path) -> None:
    with pytest.raises(LinkLost):
        ports.open_port(f"serial:{tmp_path}/nothing")
    (tmp_path / "file").touch()  # what a redirection leaves where the plug was pulled
    with pytest.raises(LinkLost, match="no serial port"):
        ports.open_port(f"serial:{tmp_path}/file")
    with socket.socket() as door:
        door.bind(("127.0.0.1", 0))
        free = door.getsockname()[1]
    with pytest.raises(LinkLost):
        ports.open_port(f"socket:127.0.0.1:{free}")
    with pytest.raises(LinkLost):
        ports.open_port(f"unix:{tmp_path}/nothing")


@pytest.mark.parametrize(
    "url",
    [
        "",
        "serial:",
        "usb:/dev/x",
        "socket:here",
        "serial:/dev/x?baud=fast",
        "serial:/dev/x?baud=-5",
        "serial:/dev/x?baud=99999999999",
        "serial:/dev/x?lines=half",
    ],
)
def test_an_address_that_can_never_be_opened_is_our_fault(url: str) -> None:
    with pytest.raises(BadPort):
        ports.open_port(url)


def test_a_socket_that_hangs_up_is_linklost() -> None:
    with socket.create_server(("127.0.0.1", 0)) as door:
        port = ports.open_port(f"socket:127.0.0.1:{door.getsockname()[1]}")
        joined, _ = door.accept()
        joined.sendall(b"abc")
        assert port.read(1) == b"abc"
        joined.close()
        with pytest.raises(LinkLost):
            port.read(1)
        port.close()


def test_a_pair_in_memory() -> None:
    left, right = ports.pair()
    left.write_all(b"hello")
    assert right.read(1) == b"hello"
    assert right.read(0) == b""
    left.close()
    with pytest.raises(LinkLost):
        right.read(1)
    right.close()


def test_listing_plugs_opens_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ports.serial, "Serial", None)
    assert all(plug.path.startswith("/dev/") for plug in ports.plugs())


@pytest.mark.parametrize(
    ("url", "name", "place"),
    [
        ("kiss+serial:/dev/x?baud=9600", "kiss+serial", "/dev/x"),
        ("serial:///dev/x", "kiss+serial", "/dev/x"),
        ("/dev/ttyUSB0?baud=9600", "kiss+serial", "/dev/ttyUSB0"),
        ("socket://127.0.0.1:8001", "kiss+socket", "127.0.0.1:8001"),
        ("loopback:", "loopback", ""),
    ],
)
def test_what_people_type(url: str, name: str, place: str) -> None:
    address = take_apart(url)
    assert (address.name, address.place) == (name, place)
