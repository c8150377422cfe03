"""Wrong secrets are answered, but not fast: ten a minute from one address (OWASP ASVS 4.0.3, 2.2.1)."""

import math
import time
from collections.abc import Callable
from functools import wraps
from typing import Any

from flask import current_app, request
from limits import RateLimitItemPerMinute
from limits.storage import MemoryStorage
from limits.strategies import FixedWindowRateLimiter
from werkzeug.exceptions import TooManyRequests

PER_MINUTE = RateLimitItemPerMinute(10)
PROXIES = ("127.0.0.1", "::1")
LONGEST_ADDRESS = 45  # letters of an IPv6 address


class Guesses:
    """How many wrong secrets each address has sent in this minute."""

    def __init__(self) -> None:
        self._window = FixedWindowRateLimiter(MemoryStorage())

    def require_patience(self, address: str) -> None:
        """Raise TooManyRequests, with the seconds to wait, when the address has guessed too often."""
        if not self._window.test(PER_MINUTE, address):
            ends = self._window.get_window_stats(PER_MINUTE, address).reset_time
            wait_s = max(1, math.ceil(ends - time.time()))
            raise TooManyRequests(f"Terlalu sering salah. Tunggu {wait_s} detik, lalu coba lagi.", retry_after=wait_s)

    def note(self, address: str) -> None:
        """Count one wrong secret."""
        self._window.hit(PER_MINUTE, address)


def address() -> str:
    """Who knocks. A proxy on this machine says for whom it asks, and its last word counts; nobody else is believed.

    Without it ten wrong guesses of one stranger would shut the door for the whole room behind that proxy.
    """
    here = request.remote_addr or ""
    named = request.headers.get("X-Forwarded-For", "").rpartition(",")[2].strip()
    return named[:LONGEST_ADDRESS] if named and here in PROXIES else here


def bounded(view: Callable[[], Any]) -> Callable[[], Any]:
    """A log-in whose wrong answers (401) are counted for the address they came from."""

    @wraps(view)
    def guarded() -> Any:
        guesses: Guesses = current_app.extensions["guesses"]
        who = address()
        guesses.require_patience(who)
        answer = view()
        if isinstance(answer, tuple) and answer[1] == 401:
            guesses.note(who)
        return answer

    return guarded
