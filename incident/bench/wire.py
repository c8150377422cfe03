"""The bytes of HTTP and of a screen's socket, with as little work as possible: it must cost less than it measures."""

import base64
import json
import os
import socket
from collections.abc import Mapping
from typing import Any

import orjson

TEXT, CLOSE, PING = 1, 8, 9


class BadAnswer(ConnectionError):
    """The server said something that is not what the protocol promises."""


def request(
    method: str,
    path: str,
    token: str,
    body: Any = None,
    host: str = "127.0.0.1",
    headers: Mapping[str, str] | None = None,
) -> bytes:
    """A whole HTTP request, ready to be written; without a token nobody in particular asks."""
    content = body if isinstance(body, bytes) else b"" if body is None else orjson.dumps(body)
    who = {"Authorization": f"Bearer {token}"} if token else {}
    said = "".join(f"{name}: {value}\r\n" for name, value in {**who, **(headers or {})}.items())
    head = f"{method} {path} HTTP/1.1\r\nHost: {host}\r\n{said}"
    if body is not None:
        head += f"Content-Type: application/json\r\nContent-Length: {len(content)}\r\n"
    return head.encode() + b"\r\n" + content


class Answers:
    """Takes an HTTP answer stream apart: feed bytes, get (status, body) pairs."""

    def __init__(self) -> None:
        self._rest = b""
        self.is_last = False
        """Whether the server said that it will hang up."""

    def feed(self, received: bytes) -> list[tuple[int, bytes]]:
        self._rest += received
        found = []
        while (one := self._next()) is not None:
            found.append(one)
        return found

    def _next(self) -> tuple[int, bytes] | None:
        head, mark, rest = self._rest.partition(b"\r\n\r\n")
        if not mark:
            return None
        length = 0 if head[9:12] == b"304" else _length(head)
        if len(rest) < length:
            return None
        self._rest = rest[length:]
        self.is_last = b"connection: close" in head.lower()
        return int(head[9:12]), rest[:length]


def _length(head: bytes) -> int:
    for line in head.split(b"\r\n"):
        if line[:15].lower() == b"content-length:":
            return int(line[15:])
    raise BadAnswer("An answer without a length.")


class Line:
    """One keep-alive connection to a server; it connects when it is first needed and after every failure."""

    def __init__(self, port: int, timeout_s: float = 10.0):
        self.port, self.timeout_s = port, timeout_s
        self._joined: socket.socket | None = None
        self._answers = Answers()

    def ask(self, method: str, path: str, token: str, body: Any = None) -> tuple[int, Any]:
        """(status, decoded body); raises OSError when no whole answer came."""
        return self.send(request(method, path, token, body))

    def exchange(self, method: str, path: str, token: str, body: Any = None) -> tuple[int, bytes]:
        """(status, body as it came); raises OSError when no whole answer came."""
        return self._exchange(request(method, path, token, body))

    def send(self, wanted: bytes) -> tuple[int, Any]:
        """Write a prebuilt request and wait for its answer; raises OSError."""
        try:
            status, content = self._exchange(wanted)
        except OSError:
            self.close()
            raise
        return status, orjson.loads(content) if content[:1] in (b"{", b"[") else content

    def _exchange(self, wanted: bytes) -> tuple[int, bytes]:
        if self._joined is None:
            self._joined, self._answers = join(self.port, self.timeout_s), Answers()
        self._joined.sendall(wanted)
        while True:
            received = self._joined.recv(262_144)
            if not received:
                raise BadAnswer("The server hung up.")
            if found := self._answers.feed(received):
                if self._answers.is_last:
                    self.close()
                return found[0]

    def close(self) -> None:
        if self._joined is not None:
            self._joined.close()
            self._joined = None


def join(port: int, timeout_s: float) -> socket.socket:
    """A TCP connection without Nagle's 40 ms."""
    joined = socket.create_connection(("127.0.0.1", port), timeout=timeout_s)
    joined.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return joined


# the socket of a screen: WebSocket (RFC 6455), Engine.IO 4, Socket.IO 5


def upgrade(port: int) -> bytes:
    """The request that turns a connection into a screen's socket."""
    key = base64.b64encode(os.urandom(16)).decode()
    return (
        f"GET /socket.io/?EIO=4&transport=websocket HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nUpgrade: websocket\r\n"
        f"Connection: Upgrade\r\nSec-WebSocket-Key: {key}\r\nSec-WebSocket-Version: 13\r\n\r\n"
    ).encode()


def frame(words: str, kind: int = TEXT) -> bytes:
    """A client's frame; the mask is zero, which the standard allows and no server minds."""
    content = words.encode()
    size = bytes([0x80 | len(content)]) if len(content) < 126 else b"\xfe" + len(content).to_bytes(2, "big")
    return bytes([0x80 | kind]) + size + bytes(4) + content


class Frames:
    """Takes a server's stream apart: first the answer to the upgrade, then text frames (never masked)."""

    def __init__(self) -> None:
        self._rest = b""
        self._is_open = False

    def feed(self, received: bytes) -> list[bytes]:
        """The texts that are complete now; raises BadAnswer when the server refuses or closes."""
        self._rest += received
        if not self._is_open and not self._opened():
            return []
        texts = []
        while (one := self._next()) is not None:
            if one[0] == CLOSE:
                raise BadAnswer("The server closed the socket.")
            if one[0] == TEXT:
                texts.append(one[1])
        return texts

    def _opened(self) -> bool:
        head, mark, rest = self._rest.partition(b"\r\n\r\n")
        if mark and b" 101 " not in head[:15]:
            raise BadAnswer(f"No socket: {head[:60]!r}")
        if mark:
            self._is_open, self._rest = True, rest
        return self._is_open

    def _next(self) -> tuple[int, bytes] | None:
        rest = self._rest
        if len(rest) < 2:
            return None
        size, begins = rest[1] & 0x7F, 2
        if size >= 126:
            begins = 4 if size == 126 else 10
            size = int.from_bytes(rest[2:begins], "big")
        if len(rest) < begins + size:
            return None
        self._rest = rest[begins + size :]
        return rest[0] & 0x0F, rest[begins : begins + size]


def hello(token: str) -> bytes:
    """The Socket.IO connect packet with our token."""
    return frame("40" + json.dumps({"token": token}))


def event(text: bytes) -> tuple[str, Any] | None:
    """(name, content) of a Socket.IO event, or None for anything else."""
    if not text.startswith(b"42"):
        return None
    name, content = orjson.loads(text[2:])
    return name, content
