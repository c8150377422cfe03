"""The scripts of docs/asterisk as they stand there, between an exchange that speaks AMI or ARI and a real Posko."""

import contextlib
import json
import os
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import simple_websocket
from werkzeug.serving import make_server

from incident.desk import incoming_queries
from tests.factories import on_spatialite

SCRIPTS = Path(__file__).parents[2] / "docs" / "asterisk"
PATIENCE_S = 40.0
pytestmark = on_spatialite


@pytest.fixture
def served(app: Any) -> Iterator[str]:
    """Posko at an address of its own."""
    server = make_server("127.0.0.1", 0, app, threaded=True)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join(PATIENCE_S)
    server.server_close()


@pytest.fixture
def run(served: str, cast: Any) -> Iterator[Callable[..., subprocess.Popen[str]]]:
    """Start a script of the docs with its settings."""
    started: list[subprocess.Popen[str]] = []
    secrets = dict.fromkeys(("AMI_USER", "ARI_USER"), "posko") | dict.fromkeys(("AMI_SECRET", "ARI_SECRET"), "rahasia")

    def begun(script: str, *words: str) -> subprocess.Popen[str]:
        settings = {**os.environ, **secrets, "POSKO_URL": served, "POSKO_TOKEN": cast.tokens["dispatcher"]}
        command = [sys.executable, str(SCRIPTS / script), *words]
        started.append(subprocess.Popen(command, env=settings, stderr=subprocess.PIPE, text=True))
        return started[-1]

    yield begun
    for one in started:
        one.terminate()
        one.communicate(timeout=PATIENCE_S)


class Manager:
    """An exchange's AMI port: greets, hears the log-in, then says what it is told to, in whatever pieces."""

    def __init__(self) -> None:
        self.door = socket.create_server(("127.0.0.1", 0))
        self.port = self.door.getsockname()[1]
        self.line: socket.socket | None = None

    def let_in(self) -> str:
        self.door.settimeout(PATIENCE_S)
        self.line, _ = self.door.accept()
        self.line.settimeout(PATIENCE_S)
        self.line.sendall(b"Asterisk Call Manager/9.0.0\r\n")
        asked = b""
        while not asked.endswith(b"\r\n\r\n"):
            asked += self.line.recv(4096)
        self.line.sendall(b"Response: Success\r\nMessage: Authentication accepted\r\n\r\n")
        return asked.decode()

    def say(self, kind: str, call: str, in_pieces_of: int = 10_000, **more: str) -> None:
        assert self.line is not None
        rows = {"Event": kind, "Privilege": "agent,all", "Uniqueid": call, **more}
        words = "".join(f"{name}: {value}\r\n" for name, value in rows.items()).encode() + b"\r\n"
        for start in range(0, len(words), in_pieces_of):
            self.line.sendall(words[start : start + in_pieces_of])

    def hang_up(self) -> None:
        if self.line is not None:
            self.line.close()


@pytest.fixture
def manager() -> Iterator[Manager]:
    one = Manager()
    yield one
    one.hang_up()
    one.door.close()


def rings(app: Any) -> list[Any]:
    from incident.desk.incoming_models import Ring

    with app.extensions["posko"].database.read() as conn:
        return list(conn.execute(Ring.__table__.select().order_by(Ring.id)).mappings())


def wait_for(app: Any, is_so: Callable[[list[Any]], bool]) -> list[Any]:
    ends = time.monotonic() + PATIENCE_S
    while not is_so(found := rings(app)):
        assert time.monotonic() < ends, [dict(row) for row in found]
        time.sleep(0.05)
    return found


def states(app: Any, *wanted: str) -> list[Any]:
    return wait_for(app, lambda found: [row["state"] for row in found] == list(wanted))


JOINS = {"Queue": "112", "CallerIDNum": "081234567321"}


def test_a_call_in_a_queue_rings_is_answered_and_ends(app, run, manager):
    run("ami.py", f"127.0.0.1:{manager.port}")
    login = manager.let_in()
    assert "Action: Login" in login and "Username: posko" in login and "Secret: rahasia" in login
    manager.say("QueueCallerJoin", "1700000000.1", in_pieces_of=7, **JOINS)
    row = states(app, "ringing")[0]
    assert (row["phone"], row["line"], row["source"]) == ("081234567321", "112", "asterisk")
    manager.say("AgentConnect", "1700000000.1", MemberName="sari")
    assert states(app, "answered")[0]["claimed_by"] == "sari"
    manager.say("Hangup", "1700000000.1")
    assert wait_for(app, lambda found: found[0]["ended_at"] is not None)[0]["state"] == "answered"


def test_a_caller_who_gives_up_is_dropped_and_one_we_let_ring_out_is_missed(app, run, manager):
    run("ami.py", f"127.0.0.1:{manager.port}")
    manager.let_in()
    for number, call in enumerate(("a.1", "a.2", "a.3")):
        manager.say("QueueCallerJoin", call, Queue="112", CallerIDNum=f"08190000000{number}")
    manager.say("QueueCallerAbandon", "a.1")
    manager.say("UserEvent", "a.2", UserEvent="PoskoMissed")
    for call in ("a.1", "a.2", "a.3"):
        manager.say("Hangup", call)
    assert [row["outcome"] for row in states(app, "dropped", "missed", "dropped")] == ["dropped", "missed", "dropped"]


def test_a_hidden_number_rings_without_one_and_foreign_calls_do_not_ring(app, run, manager):
    run("ami.py", f"127.0.0.1:{manager.port}")
    manager.let_in()
    manager.say("Hangup", "of an extension")
    manager.say("Newchannel", "of an extension", CallerIDNum="4001")
    manager.say("QueueCallerJoin", "a.1", Queue="112", CallerIDNum="<unknown>")
    assert [row["phone"] for row in states(app, "ringing")] == [None]


def test_a_line_that_was_cut_is_taken_up_again_and_nothing_rings_twice(app, run, manager):
    run("ami.py", f"127.0.0.1:{manager.port}")
    manager.let_in()
    manager.say("QueueCallerJoin", "a.1", **JOINS)
    states(app, "ringing")
    manager.hang_up()
    manager.let_in()
    manager.say("QueueCallerJoin", "a.1", **JOINS)
    manager.say("QueueCallerJoin", "a.2", Queue="112", CallerIDNum="081900000001")
    manager.say("AgentConnect", "a.1", MemberName="")
    states(app, "answered", "ringing")


def test_a_wrong_secret_ends_the_script_with_a_sentence(run, manager):
    script = run("ami.py", f"127.0.0.1:{manager.port}")
    manager.door.settimeout(PATIENCE_S)
    line, _ = manager.door.accept()
    line.sendall(b"Asterisk Call Manager/9.0.0\r\nResponse: Error\r\nMessage: Authentication failed\r\n\r\n")
    assert script.wait(PATIENCE_S) == 1
    assert "Authentication failed" in script.stderr.read()
    line.close()


class Rest:
    """An exchange's ARI: one WebSocket of events."""

    def __init__(self) -> None:
        self.line: Any = None
        self.asked: list[str] = []
        self.came = threading.Event()
        self.over = threading.Event()
        self.server = make_server("127.0.0.1", 0, self._answer, threaded=True)
        self.thread = threading.Thread(target=self.server.serve_forever, daemon=True)
        self.thread.start()

    def _answer(self, environ: dict[str, Any], start: Any) -> list[bytes]:
        self.asked.append(f"{environ['PATH_INFO']}?{environ['QUERY_STRING']}")
        self.line = simple_websocket.Server.accept(environ)
        self.came.set()
        self.over.wait(2 * PATIENCE_S)
        start("200 OK", [("Content-Length", "0")])  # the server wants one; the line is closed by now
        return []

    def say(self, kind: str, **more: Any) -> None:
        assert self.came.wait(PATIENCE_S)
        self.line.send(json.dumps({"type": kind, **more}))

    def close(self) -> None:
        with contextlib.suppress(simple_websocket.ConnectionClosed):
            if self.line is not None:
                self.line.close()
        self.over.set()
        self.server.shutdown()
        self.thread.join(PATIENCE_S)
        self.server.server_close()


@pytest.fixture
def rest() -> Iterator[Rest]:
    one = Rest()
    yield one
    one.close()


def channel(call: str, number: str = "081234567321", context: str = "dari-112") -> dict[str, Any]:
    return {"id": call, "caller": {"number": number, "name": ""}, "dialplan": {"context": context, "exten": "112"}}


def test_a_call_of_the_context_rings_by_the_rest_interface(app, run, rest):
    run("ari.py", f"127.0.0.1:{rest.server.server_port}", "dari-112")
    rest.say("ChannelCreated", channel=channel("c.1"))
    rest.say("ChannelCreated", channel=channel("c.2", "4001", "internal"))
    row = states(app, "ringing")[0]
    assert (row["phone"], row["line"]) == ("081234567321", "112")
    assert "app=posko&subscribeAll=true&api_key=posko%3Arahasia" in rest.asked[0]
    rest.say("Dial", caller=channel("c.1"), peer={"caller": {"name": "sari"}}, dialstatus="ANSWER")
    assert states(app, "answered")[0]["answered_by"] == "sari"
    rest.say("ChannelCreated", channel=channel("c.3", "081900000001"))
    rest.say("Dial", caller=channel("c.3"), dialstatus="NOANSWER")
    for call in ("c.1", "c.3"):
        rest.say("ChannelDestroyed", channel=channel(call))
    states(app, "answered", "missed")


@pytest.mark.usefixtures("by_day")
def test_the_counts_of_the_night_are_those_of_the_exchange(app, run, manager, ask):
    run("ami.py", f"127.0.0.1:{manager.port}")
    manager.let_in()
    for number in range(6):
        manager.say("QueueCallerJoin", f"n.{number}", Queue="112", CallerIDNum=f"08190000000{number}")
    manager.say("AgentConnect", "n.0", MemberName="sari")
    for number in range(1, 5):
        manager.say("QueueCallerAbandon", f"n.{number}")
    states(app, "answered", "dropped", "dropped", "dropped", "dropped", "ringing")
    counted = ask("call_taker", "GET", "/calls/counts").json["day"]
    assert (counted["rang"], counted["answered"], counted["dropped"], counted["ringing"]) == (6, 1, 4, 1)
    with app.extensions["posko"].database.read() as conn:
        assert len(incoming_queries.board_cards(conn, app.extensions["posko"])["rings"]) == 6
