"""Hands kept answers out before the application is asked: in a rush thousands want the same bytes.

What it gives is what the application gave for the same bytes, header by header; it learns them from its answers. For
whatever is out of the ordinary (another method, a range, a date, an answer that is not fresh) the application is asked.
"""

from collections.abc import Callable, Iterable, Mapping
from typing import Any, NamedTuple

from alerts.public.kept import Copy, Kept

Headers = list[tuple[str, str]]
Start = Callable[..., Any]
PLAIN_ONLY = ("HTTP_RANGE", "HTTP_IF_RANGE", "HTTP_IF_MATCH", "HTTP_IF_UNMODIFIED_SINCE")
BY_NAME = ("HTTP_COOKIE", "HTTP_AUTHORIZATION")
OF_BYTES = ("content-type", "content-length", "content-encoding")  # left out of a 304, as the application does


class Learned(NamedTuple):
    """The head of an answer, and the tag of the bytes it belonged to."""

    tag: str
    headers: Headers


class Rush:
    """A WSGI application around another. `kept` are (path, query) -> the answer kept for it."""

    def __init__(self, app: Callable[..., Iterable[bytes]], kept: Mapping[tuple[str, str], Kept]):
        self._app, self._kept = app, kept
        self._learned: dict[tuple[str, str, bool], Learned] = {}

    def __call__(self, environ: dict[str, Any], start: Start) -> Iterable[bytes]:
        kept = self._kept.get((environ["PATH_INFO"], environ["QUERY_STRING"])) if _is_ordinary(environ) else None
        if kept is None:
            return self._app(environ, start)
        key = (environ["PATH_INFO"], environ["QUERY_STRING"], _reads_gzip(environ))
        copy, learned = kept.fresh(), self._learned.get(key)
        if copy is None or learned is None or learned.tag != copy.tag:
            return self._app(environ, self._learning(key, kept, start) if _is_of_nobody(environ) else start)
        return _given(environ, start, copy, learned, key[2])

    def _learning(self, key: tuple[str, str, bool], kept: Kept, start: Start) -> Start:
        """Remember the head of a whole answer, if it is one for everybody and of the bytes that are kept now."""

        def learn(status: str, headers: Headers, *more: Any) -> Any:
            copy, names = kept.fresh(), {name.lower(): value for name, value in headers}
            is_for_all = status.startswith("200") and "set-cookie" not in names
            if is_for_all and copy is not None and names.get("etag") == _tag(copy, key[2]):
                self._learned[key] = Learned(copy.tag, list(headers))
            return start(status, headers, *more)

        return learn


def _is_of_nobody(environ: Mapping[str, Any]) -> bool:
    """Whether nothing in it says who asks: what is answered to a person is never learned for everybody."""
    return not any(name in environ for name in BY_NAME)


def _is_ordinary(environ: Mapping[str, Any]) -> bool:
    asks_by_date = "HTTP_IF_MODIFIED_SINCE" in environ and "HTTP_IF_NONE_MATCH" not in environ  # RFC 9110, 13.1.3
    return environ["REQUEST_METHOD"] == "GET" and not asks_by_date and not any(name in environ for name in PLAIN_ONLY)


def _reads_gzip(environ: Mapping[str, Any]) -> bool:
    asked = environ.get("HTTP_ACCEPT_ENCODING", "").lower().replace(" ", "")
    return any(one == "gzip" or one.startswith("gzip;q=") and one[7:] not in _NEVER for one in asked.split(","))


_NEVER = ("0", "0.0", "0.00", "0.000")


def _tag(copy: Copy, is_packed: bool) -> str:
    return f'"{copy.tag}-gz"' if is_packed else f'"{copy.tag}"'


def _given(environ: Mapping[str, Any], start: Start, copy: Copy, learned: Learned, is_packed: bool) -> Iterable[bytes]:
    if _tag(copy, is_packed) in environ.get("HTTP_IF_NONE_MATCH", ""):
        start("304 NOT MODIFIED", [one for one in learned.headers if one[0].lower() not in OF_BYTES])
        return []
    start("200 OK", learned.headers)
    return [copy.packed if is_packed else copy.plain]
