"""Many screens in a process of their own: it says when all are connected, and when the last one heard each event."""

import datetime as dt
import json
import selectors
import socket
import subprocess
import sys
import time
from dataclasses import dataclass
from types import TracebackType
from typing import Any

import click

from incident.bench import wire


@dataclass(frozen=True)
class Heard:
    """When an event was begun at the server, and when the first and the last screen had it; seconds since 1970."""

    begun: float
    first: float
    last: float


class Crowd:
    """Our end: screens that follow a server until the crowd goes home."""

    def __init__(self, port: int, token: str, screens: int):
        order = json.dumps({"port": port, "token": token, "screens": screens})
        command = [sys.executable, "-m", "incident.bench.crowd", order]
        self._began = time.monotonic()
        self._process = subprocess.Popen(command, stdout=subprocess.PIPE)
        self.connected_s = 0.0

    def __enter__(self) -> "Crowd":
        """Wait until all are connected."""
        self.connected_s = self._line()["connected_s"]
        return self

    def __exit__(self, kind: type[BaseException] | None, fault: BaseException | None, at: TracebackType | None) -> None:
        assert self._process.stdout
        self._process.kill()
        self._process.wait(10)
        self._process.stdout.close()

    def hear(self) -> "Heard":
        """Wait until the last screen has the next event."""
        return Heard(**self._line())

    def _line(self) -> dict[str, Any]:
        assert self._process.stdout
        line = self._process.stdout.readline()
        if not line:
            raise click.ClickException("The screens lost their server.")
        return dict(json.loads(line))


# inside the process


class _Seat:
    """One screen: its socket and what has been read of it."""

    def __init__(self, port: int, token: str):
        self.token, self.frames = token, wire.Frames()
        self.joined: socket.socket = wire.join(port, 60)
        self.joined.sendall(wire.upgrade(port))

    def hear(self) -> list[bytes]:
        """The events that came; the protocol's own words are answered here."""
        received = self.joined.recv(1_048_576)
        if not received:
            raise wire.BadAnswer("The server hung up.")
        return [text for text in self.frames.feed(received) if not self._answered(text)]

    def _answered(self, text: bytes) -> bool:
        if text[:1] == b"0":
            self.joined.sendall(wire.hello(self.token))
        elif text[:1] == b"2":
            self.joined.sendall(wire.frame("3"))
        return text[:2] not in (b"42", b"40")


def _watch(port: int, token: str, screens: int) -> None:
    began = time.monotonic()
    ears = selectors.DefaultSelector()
    for _ in range(screens):
        seat = _Seat(port, token)
        ears.register(seat.joined, selectors.EVENT_READ, seat)
    heard: dict[bytes, list[float]] = {}
    connected = 0
    while True:
        for key, _ in ears.select():
            for text in key.data.hear():
                if text[:2] == b"40":
                    connected += 1
                    if connected == screens:
                        _tell(connected_s=time.monotonic() - began)
                elif text[:12] == b'42["entries"':
                    _count(heard, text, screens)


def _count(heard: dict[bytes, list[float]], text: bytes, screens: int) -> None:
    moments = heard.setdefault(text, [])
    moments.append(time.time())
    if len(moments) == screens:
        del heard[text]
        begun = dt.datetime.fromisoformat(json.loads(text[2:])[1]["entries"][0]["at"]).timestamp()
        _tell(begun=begun, first=moments[0], last=moments[-1])


def _tell(**said: float) -> None:
    sys.stdout.write(json.dumps(said) + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    _watch(**json.loads(sys.argv[1]))
