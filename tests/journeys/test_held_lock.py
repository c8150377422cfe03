"""Another program holds the database: a call waits for it, and nobody else does."""

import threading
from typing import Any

import pytest

from gis.database import sqlite_driver
from incident.bench.load import bodies
from incident.bench.stage import stage

READS = 10


@pytest.mark.slow
def test_a_call_waits_for_the_write_lock_and_the_pages_go_on(tmp_path, monkeypatch):
    monkeypatch.setenv("POSKO_DATA", str(tmp_path / "var"))
    with stage() as here:
        here.start("serve")
        here.wait_until_ready(120)
        other = sqlite_driver().connect(here.url.removeprefix("sqlite:///"), isolation_level=None)
        other.execute("BEGIN IMMEDIATE")
        answers: list[Any] = []
        body = bodies(1)[0]
        desk, pages = here.line(240), here.line(60)
        call = threading.Thread(
            target=lambda: answers.append(desk.ask("POST", "/api/v1/calls", here.tokens["call_taker"], body))
        )
        call.start()
        seen = [pages.ask("GET", "/api/v1/board", here.tokens["leader"])[0] for _ in range(READS)]
        waits = not answers
        other.execute("COMMIT")
        other.close()
        call.join(240)
        desk.close()
        pages.close()
    assert seen == [200] * READS
    assert waits, "nothing was written while another held the lock"
    assert answers[0][0] == 201
