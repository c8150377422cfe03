"""The door to HTTP: what it lets through, and what it refuses whatever the far end does."""

import gzip
import logging
import socket
import threading
import time

import pytest

from alerts.wire import NotAllowedHost, NotReached, TooLarge, Unreachable, Wire
from tests.alerts.fakes import Said, far_end


def test_asks_with_json_and_reads_the_answer() -> None:
    with far_end(Said(201, {"ok": True}, {"X-Seen": "ya"})) as far:
        answer = Wire([far.host]).ask("POST", f"{far.url}/kirim", json={"teks": "Banjir"})
        assert (answer.status, answer.json(), answer.headers["x-seen"]) == (201, {"ok": True}, "ya")
        assert (far.asked[0].json, far.asked[0].headers["content-type"]) == ({"teks": "Banjir"}, "application/json")


def test_sends_a_form_and_raw_bytes() -> None:
    with far_end() as far:
        wire = Wire([far.host])
        wire.ask("POST", far.url, form={"to": "+62 8", "text": "a&b"})
        wire.ask("PUT", far.url, body=b"\x00\xff", headers={"Content-Type": "application/octet-stream"})
        assert far.asked[0].form == {"to": "+62 8", "text": "a&b"}
        assert far.asked[1].body == b"\x00\xff"


def test_keeps_one_connection_for_many_questions() -> None:
    with far_end(Said(200, b"ya")) as far:
        wire = Wire([far.host])
        assert [wire.ask("GET", far.url).body for _ in range(3)] == [b"ya"] * 3
        assert wire._lines._pools.connection_from_url(far.url).num_connections == 1
        wire.close()


@pytest.mark.parametrize(
    "url",
    ["http://example.org/", "ftp://127.0.0.1/", "http://127.0.0.1:1/", "http://", "http://[", "http://x:y@127.0.0.1/"],
)
def test_refuses_hosts_that_are_not_on_its_list(url: str) -> None:
    with pytest.raises(NotAllowedHost):
        Wire(["127.0.0.1:9"]).ask("GET", url)


def test_does_not_follow_a_redirect() -> None:
    with far_end() as elsewhere, far_end(Said(302, b"", {"Location": "http://127.0.0.1:9/"})) as far:
        assert Wire([far.host, elsewhere.host]).ask("GET", far.url).status == 302
        assert not elsewhere.asked


def test_reads_no_more_than_it_is_willing_to() -> None:
    with far_end(Said(200, b"x" * 5000)) as far, pytest.raises(TooLarge):
        Wire([far.host], largest_bytes=4999).ask("GET", far.url)


def test_counts_what_a_packed_answer_becomes() -> None:
    packed = gzip.compress(bytes(20_000_000))
    with far_end(Said(200, packed, {"Content-Encoding": "gzip"})) as far, pytest.raises(TooLarge):
        Wire([far.host], largest_bytes=1_000_000).ask("GET", far.url)


@pytest.mark.parametrize("said", [Said(200, b"x" * 1200, drip_s=0.05), Said(200, b"late", after_s=60)])
def test_is_not_held_longer_than_its_deadline(said: Said) -> None:
    with far_end(said) as far:
        began = time.monotonic()
        with pytest.raises(Unreachable, match="0.4 detik|diam terlalu lama"):
            Wire([far.host], timeout_s=0.4).ask("GET", far.url)
        assert time.monotonic() - began < 30  # of sixty


def test_is_not_held_by_a_head_that_drips() -> None:
    with socket.create_server(("127.0.0.1", 0)) as door:
        threading.Thread(target=_drip_a_head, args=(door,), daemon=True).start()
        host = f"127.0.0.1:{door.getsockname()[1]}"
        began = time.monotonic()
        with pytest.raises(Unreachable):
            Wire([host], timeout_s=0.4).ask("GET", f"http://{host}/")
        assert time.monotonic() - began < 30  # of sixty


def _drip_a_head(door: socket.socket) -> None:
    line, _ = door.accept()
    try:
        for octet in b"HTTP/1.1 200 OK\r\n" + b"X-Slow: " + b"y" * 1200:
            line.sendall(bytes([octet]))
            time.sleep(0.05)
    except OSError:
        pass
    finally:
        line.close()


def test_is_not_held_by_a_handshake_that_never_ends() -> None:
    with socket.create_server(("127.0.0.1", 0)) as door:
        host = f"127.0.0.1:{door.getsockname()[1]}"
        began = time.monotonic()
        with pytest.raises(Unreachable):
            Wire([host], timeout_s=0.4).ask("GET", f"https://{host}/")
        assert time.monotonic() - began < 30  # of sixty


@pytest.mark.slow
def test_tells_a_far_end_that_was_never_reached_from_one_whose_answer_was_lost() -> None:
    with socket.create_server(("127.0.0.1", 0)) as door:
        host = f"127.0.0.1:{door.getsockname()[1]}"
        with pytest.raises(NotReached):
            Wire([host], timeout_s=0.3).ask("GET", f"https://{host}/")
    with pytest.raises(NotReached):
        Wire([host], timeout_s=0.3).ask("GET", f"http://{host}/")
    with far_end(Said(), Said(after_s=60), Said(after_s=60)) as far:
        wire = Wire([far.host], timeout_s=2)
        wire.ask("GET", far.url)
        for kept in (wire, Wire([far.host], timeout_s=2)):
            with pytest.raises(Unreachable) as lost:
                kept.ask("POST", far.url, body=b"Mengungsi")
            assert not isinstance(lost.value, NotReached)


@pytest.mark.slow
def test_can_be_asked_again_after_a_deadline() -> None:
    with far_end(Said(200, b"late", after_s=60), Said(200, b"soon")) as far:
        wire = Wire([far.host], timeout_s=2)
        with pytest.raises(Unreachable):
            wire.ask("GET", far.url)
        assert wire.ask("GET", far.url).body == b"soon"


def test_says_what_is_wrong_without_quoting_the_address(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    with socket.create_server(("127.0.0.1", 0)) as door:
        host = f"127.0.0.1:{door.getsockname()[1]}"
    with pytest.raises(Unreachable) as refused:
        Wire([host], timeout_s=1).ask("GET", f"http://{host}/botRAHASIA/send")
    assert "RAHASIA" not in str(refused.value) + repr(refused.value) + caplog.text
    assert refused.value.__cause__ is None
