"""What comes to the port and is no request: refused with a sentence before the application sees it.

gunicorn answers such with a page of HTML and writes what it could not read to the log: a request line holds whatever
somebody typed into a search. Here the answer is a problem as everywhere else (RFC 9457), the log names the fault alone.
The process that watches the web process imports this too: nothing of the application stands here.
"""

import contextlib
import json
from http import HTTPStatus
from typing import Any

from gunicorn import util
from gunicorn.http import errors
from gunicorn.workers.ggevent import GeventWorker

TOO_LONG = (
    HTTPStatus.REQUEST_URI_TOO_LONG,
    "Terlalu besar",
    "Alamat yang diminta terlalu panjang (paling banyak 4.094 bita).",
)
TOO_LARGE = HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE, "Terlalu besar", "Kepala permintaan ini terlalu besar."
NO_REQUEST = HTTPStatus.BAD_REQUEST, "Permintaan tidak terbaca", "Ini bukan permintaan HTTP yang dapat dibaca."
OURS = (errors.ConfigurationProblem, errors.InvalidResponseHeader, errors.InvalidResponseHeaderName)


class Worker(GeventWorker):
    """gunicorn's worker, with our words for what it cannot read."""

    def handle_error(self, req: Any, client: Any, addr: Any, exc: BaseException) -> None:
        """Answer what is no request; anything else that fails here is gunicorn's to tell."""
        if not isinstance(exc, errors.ParseException) or isinstance(exc, OURS):
            super().handle_error(req, client, addr, exc)
            return
        self.log.warning("Not a request: %s", type(exc).__name__)
        with contextlib.suppress(OSError):  # who sent it may have gone
            util.write_nonblock(client, refusal(exc))


def refusal(fault: errors.ParseException) -> bytes:
    """The whole answer to what cannot be read, head and body."""
    kinds = {errors.LimitRequestLine: TOO_LONG, errors.LimitRequestHeaders: TOO_LARGE}
    status, title, sentence = kinds.get(type(fault), NO_REQUEST)
    body = json.dumps({"type": "about:blank", "title": title, "status": status, "detail": sentence}).encode()
    head = (
        f"HTTP/1.1 {status.value} {status.phrase}\r\nContent-Type: application/problem+json\r\n"
        f"Content-Length: {len(body)}\r\nX-Content-Type-Options: nosniff\r\nConnection: close\r\n\r\n"
    )
    return head.encode("ascii") + body
