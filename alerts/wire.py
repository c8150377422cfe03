"""The only door to HTTP: allow-listed hosts, one deadline for the whole answer, a size cap, no redirects.

What goes wrong is one of three errors whose words name the host and nothing else: an address may hold a token.
"""

import contextlib
import json as jsons
from collections.abc import Collection, Mapping
from typing import TYPE_CHECKING, Any, NamedTuple
from urllib.parse import SplitResult, urlencode, urlsplit

if TYPE_CHECKING:
    from alerts.wire_pool import Deadline, Line, Lines

LARGEST_BYTES = 2_000_000
CHUNK = 65536
PORTS = {"http": 80, "https": 443}


class WireError(Exception):
    """Nothing usable came back; the message is fit for a log and a screen."""


class Unreachable(WireError):
    """The far end could not be reached, fell silent or was slower than the deadline."""


class NotReached(Unreachable):
    """Nothing of the request left us: the far end cannot have taken it."""


class TooLarge(WireError):
    """The answer is larger than we are willing to read."""


class NotAllowedHost(WireError):
    """The address is not on the list this wire was made for."""


class Answer(NamedTuple):
    """What came back. Header names are lower case; a redirect is an answer like any other."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    def json(self) -> Any:
        """The body as JSON; raises ValueError."""
        return jsons.loads(self.body)


class Wire:
    """A way to ask some hosts, for one thread. `allowed_hosts` are "host" or "host:port", lower case."""

    def __init__(
        self, allowed_hosts: Collection[str], timeout_s: float = 20.0, largest_bytes: int = LARGEST_BYTES
    ) -> None:
        self.allowed_hosts = frozenset(host.lower() for host in allowed_hosts)
        self.timeout_s, self.largest_bytes = timeout_s, largest_bytes
        self._kept: Lines | None = None

    def ask(
        self,
        method: str,
        url: str,
        headers: Mapping[str, str] | None = None,
        body: bytes | None = None,
        json: Any = None,
        form: Mapping[str, str] | None = None,
    ) -> Answer:
        """Send one request and read the whole answer; raises Unreachable, TooLarge or NotAllowedHost."""
        at = self._allowed(url)
        told, sent = _in_words(dict(headers or {}), body, json, form)
        with self._lines.deadline(self.timeout_s) as deadline, _in_our_words(at.hostname, self.timeout_s, deadline):
            line = self._lines.open(method, url, told, sent)
            try:
                return Answer(line.status, line.headers, self._read(line, at.hostname))
            finally:
                line.close(is_over=deadline.is_over)

    def close(self) -> None:
        """Let go of kept connections."""
        if self._kept is not None:
            self._kept.close()
            self._kept = None

    @property
    def _lines(self) -> "Lines":
        if self._kept is None:
            from alerts.wire_pool import Lines  # the library comes with the first request

            self._kept = Lines()
        return self._kept

    def _allowed(self, url: str) -> SplitResult:
        try:
            at = urlsplit(url)
            host, port = (at.hostname or "").lower(), at.port or PORTS.get(at.scheme)
        except ValueError:
            raise NotAllowedHost("Alamat itu tidak dapat dibaca.") from None
        if at.scheme not in PORTS or at.username is not None or not {host, f"{host}:{port}"} & self.allowed_hosts:
            raise NotAllowedHost(f"Alamat di luar daftar: {host[:80] or 'tanpa nama'}.")
        return at

    def _read(self, line: "Line", host: str | None) -> bytes:
        parts, size = [], 0
        while chunk := line.read(CHUNK):
            size += len(chunk)
            if size > self.largest_bytes:
                raise TooLarge(f"Jawaban {host} lebih besar dari {self.largest_bytes} bita.")
            parts.append(chunk)
        return b"".join(parts)


def _in_words(
    headers: dict[str, str], body: bytes | None, json: Any, form: Mapping[str, str] | None
) -> tuple[dict[str, str], bytes | None]:
    """The headers and bytes of a request: raw bytes, JSON or a form, whichever is given."""
    if json is not None:
        return {"Content-Type": "application/json", **headers}, jsons.dumps(json, ensure_ascii=False).encode()
    if form is not None:
        return {"Content-Type": "application/x-www-form-urlencoded", **headers}, urlencode(form).encode()
    return headers, body


@contextlib.contextmanager
def _in_our_words(host: str | None, timeout_s: float, deadline: "Deadline") -> Any:
    """Turn what a library says, which may quote the address, into a sentence of ours."""
    from alerts.wire_pool import FAULTS, sentence_of

    try:
        yield
    except FAULTS as fault:
        if not deadline.is_asked:
            raise NotReached(f"{host}: {sentence_of(fault, timeout_s)}") from None
        raise Unreachable(f"{host}: {sentence_of(fault, timeout_s)}") from None
