"""One broadcast to many screens: by the short way every screen hears exactly what it would hear by the ordinary one."""

import contextlib
import json
import socket
import subprocess
import sys
import threading
import urllib.request
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from wsproto.connection import Connection, ConnectionType
from wsproto.events import TextMessage

from incident import fanout
from incident.bench import wire
from tests.incident.broadcaster import event

EVENTS = 70
PATIENCE_S = 60.0


@contextlib.contextmanager
def server(way: str) -> Iterator[int]:
    """Its port; the door is opened here and handed over, so that nobody can take it meanwhile."""
    with socket.create_server(("127.0.0.1", 0), backlog=100) as door:
        command = [sys.executable, "-m", "tests.incident.broadcaster", f"fd://{door.fileno()}", way]
        running = subprocess.Popen(command, pass_fds=[door.fileno()])
        port = int(door.getsockname()[1])
        try:
            urllib.request.urlopen(f"http://127.0.0.1:{port}/healthz", timeout=PATIENCE_S).close()
            yield port
        finally:
            running.kill()
            running.wait(PATIENCE_S)


@pytest.fixture(scope="module")
def short() -> Iterator[int]:
    """The port of a server that broadcasts by the short way."""
    with server("short") as port:
        yield port


@pytest.fixture(scope="module")
def plain() -> Iterator[int]:
    """The port of one that broadcasts by python-socketio's own."""
    with server("plain") as port:
        yield port


class Screen:
    """A websocket that reads when it is told to; `buffer` is the kernel's for what it has not read."""

    def __init__(self, port: int, buffer: int | None = None):
        self.joined = socket.socket()
        if buffer:
            self.joined.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, buffer)
        self.joined.settimeout(PATIENCE_S)
        self.joined.connect(("127.0.0.1", port))
        self.joined.sendall(wire.upgrade(port))
        self.frames, self.heard = wire.Frames(), list[Any]()
        while not self._listen(b"0"):
            pass
        self.joined.sendall(wire.hello(""))
        while not self._listen(b"40"):
            pass

    def _listen(self, awaited: bytes) -> bool:
        texts = self.frames.feed(self.joined.recv(65536))
        for text in texts:
            if text == b"2":
                self.joined.sendall(wire.frame("3"))
            elif told := wire.event(text):
                self.heard.append(told[1])
        return any(text.startswith(awaited) for text in texts)

    def read(self, count: int) -> None:
        while len(self.heard) < count:
            self._listen(b"42")

    def close(self) -> None:
        self.joined.close()


class Poller:
    """A screen behind a proxy that knows no websockets."""

    def __init__(self, port: int):
        self.url = f"http://127.0.0.1:{port}/socket.io/?EIO=4&transport=polling"
        self.url += f"&sid={json.loads(self._ask(None)[1:])['sid']}"
        self._ask(b"40")
        self.heard: list[Any] = []

    def _ask(self, said: bytes | None) -> bytes:
        with urllib.request.urlopen(urllib.request.Request(self.url, data=said), timeout=PATIENCE_S) as answer:
            return bytes(answer.read())

    def read(self, count: int) -> None:
        while len(self.heard) < count:
            for text in self._ask(None).split(b"\x1e"):
                if text == b"2":
                    self._ask(b"3")
                elif told := wire.event(text):
                    self.heard.append(told[1])


def emit(port: int, first: int, count: int) -> None:
    asked = urllib.request.Request(f"http://127.0.0.1:{port}/emit?from={first}&count={count}", data=b"")
    urllib.request.urlopen(asked, timeout=PATIENCE_S).close()


@pytest.mark.slow
@pytest.mark.parametrize("way", ["short", "plain"])
def test_every_screen_hears_every_event_once_and_in_order(way: str, request: pytest.FixtureRequest):
    """Quick screens, one that reads nothing until the end, one that polls, one that comes in the middle."""
    port = request.getfixturevalue(way)
    with contextlib.ExitStack() as opened:

        def screen(buffer: int | None = None) -> Screen:
            return opened.enter_context(contextlib.closing(Screen(port, buffer)))

        slow, quick, poller = screen(4096), [screen() for _ in range(3)], Poller(port)
        readers = [threading.Thread(target=one.read, args=(EVENTS,)) for one in (*quick, poller)]
        for reader in readers:
            reader.start()
        emit(port, 0, EVENTS // 2)
        late = screen()
        emit(port, EVENTS // 2, EVENTS // 2)
        slow.read(EVENTS)
        late.read(EVENTS // 2)
        for reader in readers:
            reader.join(PATIENCE_S)
        wanted = [event(number) for number in range(EVENTS)]
        for one in (slow, *quick, poller):
            assert [told["n"] for told in one.heard] == list(range(EVENTS))
            assert one.heard == wanted
        assert late.heard == wanted[EVENTS // 2 :]


def test_a_screen_that_vanishes_in_the_middle_costs_the_others_nothing(short: int):
    port = short
    with contextlib.closing(Screen(port)) as stays:
        goes = Screen(port, 4096)
        reader = threading.Thread(target=stays.read, args=(EVENTS,))
        reader.start()
        emit(port, 0, EVENTS // 2)
        goes.joined.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")  # no farewell: a reset
        goes.joined.close()
        emit(port, EVENTS // 2, EVENTS // 2)
        reader.join(PATIENCE_S)
        assert [told["n"] for told in stays.heard] == list(range(EVENTS))


@given(st.one_of(st.text(max_size=200), st.integers(120, 130).map("é".__mul__), st.just("a" * 70_000)))
def test_a_frame_is_what_another_implementation_reads(words: str):
    reader = Connection(ConnectionType.CLIENT)
    reader.receive_data(fanout.frame(words))
    read = "".join(one.data for one in reader.events() if isinstance(one, TextMessage))
    assert read == words
