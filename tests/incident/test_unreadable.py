"""Whatever is thrown at the port has a sentence for an answer, and leaves nothing of itself in the log."""

import json
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.browser.room import Room

SECRET = b"081234567321"
PROMISES = {
    "too long a line": (b"GET /api/v1/places?q=" + SECRET + b"x" * 5000 + b" HTTP/1.1\r\nHost: a\r\n\r\n", 414),
    "too many headers": (b"GET / HTTP/1.1\r\n" + b"X-A: " + SECRET + b"\r\n" * 1 + b"X-B: b\r\n" * 200 + b"\r\n", 431),
    "one long header": (b"GET / HTTP/1.1\r\nX-A: " + SECRET + b"x" * 9000 + b"\r\n\r\n", 431),
    "no method": (b"GET?" + SECRET + b" / HTTP/1.1\r\n\r\n", 400),
    "no version": (b"GET /?q=" + SECRET + b" HTTP/9\r\n\r\n", 400),
    "a folded header": (b"GET / HTTP/1.1\r\nHost: a\r\nX-A: b\r\n " + SECRET + b"\r\n\r\n", 400),
    "a modem": (b"AT+CMGS=" + SECRET + b"\r\n\r\n", 400),
    "a TLS greeting": (b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + bytes(200) + b"\r\n\r\n", 400),
}


@pytest.fixture(scope="module")
def room(template_file: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Room]:
    running = Room(tmp_path_factory.mktemp("room"), template_file, parts=("serve",))
    yield running
    running.close()


@pytest.mark.slow
@pytest.mark.parametrize("what", PROMISES)
def test_what_is_no_request_is_refused_with_a_sentence_and_its_words_stay_out_of_the_log(room: Room, what: str) -> None:
    said, status = PROMISES[what]
    head, _, body = answer(room, said).partition(b"\r\n\r\n")
    problem = json.loads(body)
    assert head.startswith(f"HTTP/1.1 {status} ".encode()) and b"application/problem+json" in head
    assert problem["status"] == status and problem["detail"].endswith(".")
    log = room.log_of("serve")
    assert "Not a request" in log and SECRET.decode() not in log and "Traceback" not in log


def answer(room: Room, said: bytes) -> bytes:
    """All that comes back until the line is closed."""
    with socket.create_connection(("127.0.0.1", room.port), timeout=30) as line:
        line.sendall(said)
        return b"".join(iter(lambda: line.recv(65536), b""))
