"""A far end on this machine: an HTTP server that writes down what it is asked and answers as it is told."""

import json
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qsl, urlsplit


@dataclass
class Asked:
    """One request as it arrived. Header names are lower case."""

    method: str
    path: str
    headers: dict[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.body)

    @property
    def form(self) -> dict[str, str]:
        return dict(parse_qsl(self.body.decode()))

    @property
    def query(self) -> dict[str, str]:
        return dict(parse_qsl(urlsplit(self.path).query))


@dataclass
class Said:
    """One answer: how late it begins, and how long the server waits after every byte (a drip)."""

    status: int = 200
    body: Any = b""  # bytes, text, or anything that becomes JSON
    headers: dict[str, str] = field(default_factory=dict)
    after_s: float = 0.0
    drip_s: float = 0.0

    @property
    def octets(self) -> bytes:
        if isinstance(self.body, bytes | str):
            return self.body if isinstance(self.body, bytes) else self.body.encode()
        return json.dumps(self.body).encode()


class FarEnd:
    """`say(...)` lines answers up; the last one stands for all that follow. `answer` may be a function instead."""

    def __init__(self) -> None:
        self.asked: list[Asked] = []
        self.answer: Callable[[Asked], Said] | None = None
        self._lined_up: list[Said] = [Said()]
        self._lock, self._ended = threading.Lock(), threading.Event()
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self._server.daemon_threads = True
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True)
        self._thread.start()

    @property
    def host(self) -> str:
        """ "127.0.0.1:port", as a wire's allow-list wants it."""
        return f"127.0.0.1:{self._server.server_address[1]}"

    @property
    def url(self) -> str:
        return f"http://{self.host}"

    def say(self, *answers: Said) -> None:
        with self._lock:
            self._lined_up = list(answers)

    def wait_for(self, count: int, within_s: float = 60.0) -> list[Asked]:
        """The requests, as soon as there are so many; fails when they do not come."""
        until = time.monotonic() + within_s
        while len(self.asked) < count:
            assert time.monotonic() < until, f"{len(self.asked)} of {count} requests came"
            time.sleep(0.01)
        return self.asked

    def close(self) -> None:
        self._ended.set()
        self._server.shutdown()
        self._server.server_close()
        self._thread.join(60)

    def _next(self, asked: Asked) -> Said:
        with self._lock:
            self.asked.append(asked)
            if self.answer is not None:
                return self.answer(asked)
            return self._lined_up.pop(0) if len(self._lined_up) > 1 else self._lined_up[0]

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        far = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"
            disable_nagle_algorithm = True  # head and body are two writes: else each answer waits 40 ms for an ACK

            def _take(self) -> None:
                size = int(self.headers.get("Content-Length") or 0)
                headers = {name.lower(): value for name, value in self.headers.items()}
                body = self.rfile.read(size)
                if len(body) < size:  # the asker went away in the middle
                    self.close_connection = True
                    return
                said = far._next(Asked(self.command, self.path, headers, body))
                far._ended.wait(said.after_s)
                try:
                    self._give(said)
                except OSError:  # the asker went away
                    self.close_connection = True

            def _give(self, said: Said) -> None:
                self.send_response(said.status)
                for name, value in said.headers.items():
                    self.send_header(name, value)
                self.send_header("Content-Length", str(len(said.octets)))
                self.end_headers()
                if not said.drip_s:
                    self.wfile.write(said.octets)
                    return
                for octet in said.octets:
                    self.wfile.write(bytes([octet]))
                    self.wfile.flush()
                    if far._ended.wait(said.drip_s):
                        return

            do_GET = do_POST = do_PUT = do_PATCH = do_DELETE = do_HEAD = _take

            def log_message(self, *_: Any) -> None:
                """A test says enough."""

        return Handler


@contextmanager
def far_end(*answers: Said) -> Iterator[FarEnd]:
    """A far end for the length of a test."""
    far = FarEnd()
    try:
        if answers:
            far.say(*answers)
        yield far
    finally:
        far.close()
