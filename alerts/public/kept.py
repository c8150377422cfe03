"""Answers that thousands ask for at once: made once every few seconds, handed out as bytes, with ETag and 304.

When the database is away the last answer goes on being given: an old page with its time on it is worth more to the
public than an error.
"""

import gzip
import hashlib
import threading
import time
from collections.abc import Callable
from typing import Any, NamedTuple

from flask import Request, Response
from werkzeug.wrappers import Response as Answer

from gis.database import UNREACHABLE

FRESH_S = 3.0  # how old an answer may be before it is made again
CONTROL = "public, max-age=5, stale-while-revalidate=30, stale-if-error=300"  # a withdrawn alert must not stand longer
FOR_EVER = "public, max-age=31536000, immutable"


class Copy(NamedTuple):
    """An answer as it is handed out, and when its content last became another."""

    plain: bytes
    packed: bytes
    tag: str
    made_at: float
    changed_at: float


class Kept:
    """One answer: `make` says it anew, at most once every `fresh_s` seconds, whoever and however many ask.

    `stamp` says, for one cheap question, what the answer is made of: while it says the same nothing is made.
    """

    def __init__(
        self, make: Callable[[], bytes], mime: str, fresh_s: float = FRESH_S, stamp: Callable[[], Any] | None = None
    ):
        self._make, self._mime, self._fresh_s, self._stamp = make, mime, fresh_s, stamp
        self._copy: Copy | None = None
        self._made_of: Any = None
        self._making = threading.Lock()

    def fresh(self) -> Copy | None:
        """What may be handed out without asking anybody; None when it is time to look."""
        copy = self._copy
        return copy if copy is not None and time.monotonic() - copy.made_at < self._fresh_s else None

    def answer(self, request: Request) -> Answer:
        """The answer, packed for those who read gzip, or 304 for those who have it."""
        copy = self._current()
        is_packed = "gzip" in request.accept_encodings
        given = Response(copy.packed if is_packed else copy.plain, mimetype=self._mime)
        given.headers["Vary"] = "Accept-Encoding"
        given.headers["Cache-Control"] = CONTROL
        given.set_etag(copy.tag + ("-gz" if is_packed else ""))
        given.last_modified = copy.changed_at  # type: ignore[assignment] # werkzeug takes a timestamp too
        if is_packed:
            given.headers["Content-Encoding"] = "gzip"
        return given.make_conditional(request)

    def _current(self) -> Copy:
        if (fresh := self.fresh()) is not None:
            return fresh
        copy = self._copy
        # nobody waits for the one who makes it: under gevent a wait would stop the very thread that makes it
        if not self._making.acquire(blocking=False):
            return copy or self._made(None)
        try:
            self._copy = self._made(copy)
        finally:
            self._making.release()
        return self._copy

    def _made(self, before: Copy | None) -> Copy:
        try:
            made_of = self._stamp() if self._stamp else None
            if before is not None and made_of is not None and made_of == self._made_of:
                return before._replace(made_at=time.monotonic())
            plain = self._make()
            self._made_of = made_of
        except UNREACHABLE:
            if before is None:
                raise
            return before._replace(made_at=time.monotonic())
        tag = hashlib.sha256(plain).hexdigest()[:24]
        is_same = before is not None and before.tag == tag
        changed_at = before.changed_at if before is not None and is_same else time.time()
        packed = before.packed if before is not None and is_same else gzip.compress(plain, 6, mtime=0)
        return Copy(plain, packed, tag, time.monotonic(), changed_at)
