"""Connections for alerts/wire.py: urllib3 without retries and redirects, cut off at a deadline.

A read timeout bounds each silence, not the whole: a server that drips a byte now and then could hold a thread
for ever. So each request has a watch that shuts the socket at the deadline, from outside.
"""

import contextlib
import http.client
import logging
import socket
import threading
from collections.abc import Iterator, Mapping
from typing import Any

import urllib3
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool
from urllib3.exceptions import (
    ConnectTimeoutError,
    HTTPError,
    NameResolutionError,
    NewConnectionError,
    ReadTimeoutError,
    SSLError,
)

for _name in ("urllib3", "urllib3.connectionpool"):  # it logs whole addresses at debug, and some hold a token
    logging.getLogger(_name).setLevel(logging.WARNING)

FAULTS = (HTTPError, OSError, http.client.HTTPException)
_WORDS: tuple[tuple[type[BaseException], str], ...] = (
    (NameResolutionError, "nama tidak dikenal"),
    (NewConnectionError, "tidak dapat dihubungi"),  # which urllib3 makes a kind of the next
    (ConnectTimeoutError, "tidak menjawab"),
    (ReadTimeoutError, "diam terlalu lama"),
    (SSLError, "sertifikat tidak sah"),
)
_mine = threading.local()


def sentence_of(fault: BaseException, timeout_s: float) -> str:
    """What went wrong, in a sentence that quotes nothing."""
    if isinstance(fault, Late):
        return f"tidak selesai dalam {timeout_s:g} detik"
    return next((words for kind, words in _WORDS if isinstance(fault, kind)), "sambungan putus")


class Late(OSError):
    """The deadline came first."""


class Deadline:
    """Shuts the socket it watches when the time is over."""

    def __init__(self) -> None:
        self.is_over = False
        self.is_asked = False  # the far end may have read something of the request
        self._lock = threading.Lock()
        self._handle: socket.socket | None = None

    def watch(self, handle: socket.socket | None) -> None:
        with self._lock:
            self._handle = handle
        if self.is_over:
            self.cut()

    def cut(self) -> None:
        with self._lock:
            self.is_over = True
            if self._handle is not None:
                with contextlib.suppress(OSError):
                    self._handle.shutdown(socket.SHUT_RDWR)


class _Watched:
    """A connection that shows its socket to the deadline of the thread that uses it.

    The socket is shown as a duplicate: TLS takes the first one away in the middle of the handshake.
    """

    handle: socket.socket | None = None

    def _new_conn(self) -> socket.socket:
        made: socket.socket = super()._new_conn()  # type: ignore[misc]
        self.handle = made.dup()
        _mine.deadline.watch(self.handle)
        return made

    def connect(self) -> None:
        super().connect()  # type: ignore[misc]
        _mine.deadline.is_asked = True

    def request(self, *args: Any, **kwargs: Any) -> None:
        _mine.deadline.watch(self.handle)
        _mine.deadline.is_asked = self.handle is not None
        super().request(*args, **kwargs)  # type: ignore[misc]

    def close(self) -> None:
        super().close()  # type: ignore[misc]
        if self.handle is not None:
            self.handle.close()
            self.handle = None


class _Plain(_Watched, HTTPConnection):
    pass


class _Sealed(_Watched, HTTPSConnection):
    pass


class _PlainPool(HTTPConnectionPool):
    ConnectionCls = _Plain


class _SealedPool(HTTPSConnectionPool):
    ConnectionCls = _Sealed


class Line:
    """One open answer."""

    def __init__(self, answer: urllib3.BaseHTTPResponse, deadline: Deadline):
        self.status = answer.status
        self.headers: Mapping[str, str] = {name.lower(): value for name, value in answer.headers.items()}
        self._answer, self._deadline = answer, deadline

    def read(self, at_most: int) -> bytes:
        """The next bytes, unpacked; b"" at the end. An answer that was cut is no answer."""
        try:
            chunk = self._answer.read(at_most)
        except FAULTS:
            if self._deadline.is_over:
                raise Late from None
            raise
        if not chunk and self._deadline.is_over:
            raise Late
        return chunk

    def close(self, is_over: bool) -> None:
        """Give the connection back when all was read; drop it otherwise."""
        if is_over or not getattr(self._answer, "closed", True):
            self._answer.close()
        self._answer.release_conn()


class Lines:
    """The kept connections of one wire."""

    def __init__(self) -> None:
        self._pools = urllib3.PoolManager(num_pools=8, maxsize=1, retries=False)
        self._pools.pool_classes_by_scheme = {"http": _PlainPool, "https": _SealedPool}

    @contextlib.contextmanager
    def deadline(self, seconds: float) -> Iterator[Deadline]:
        """All that this thread asks inside ends when the time is over."""
        deadline = _mine.deadline = Deadline()
        self._seconds = seconds
        watch = threading.Timer(seconds, deadline.cut)
        watch.daemon = True
        watch.start()
        try:
            yield deadline
        finally:
            watch.cancel()
            deadline.watch(None)

    def open(self, method: str, url: str, headers: Mapping[str, str], body: bytes | None) -> Line:
        """Send and read the head of the answer."""
        deadline: Deadline = _mine.deadline
        headers = {"User-Agent": "Posko", "Accept-Encoding": "gzip", **headers}
        timeout = urllib3.Timeout(connect=self._seconds, read=self._seconds)
        try:
            answer = self._pools.urlopen(
                method, url, redirect=False, preload_content=False, headers=headers, body=body, timeout=timeout
            )
        except FAULTS:
            if deadline.is_over:
                raise Late from None
            raise
        return Line(answer, deadline)

    def close(self) -> None:
        self._pools.clear()
