"""`posko sender` dies by kill -9 at each step of a message, again and again, and the supervisor brings it back.

Nothing is lost; what the far end gets twice bears the same key, so that it can tell.
"""

import os
import re
import signal
import subprocess
import sys
import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from alerts.sending.process import step
from incident import failpoints
from incident.post import utc_now
from tests.alerts.fakes import Asked, FarEnd, Said, far_end
from tests.alerts.sending_room import alert_to, contacts, people, states, switch_on, wait_until
from tests.factories import on_spatialite
from tests.room import Room

ROOT = Path(__file__).parent.parent.parent
MANY = 60
# the supervisor's own watch over the real sender; each life of it takes twenty in hand
WATCH = """
import sys
from incident.supervisor import Watch
Watch({"sender": sys.argv[1:]}).keep()
"""
SENDER = """
import runpy, sys
from alerts.channels.webhook import WebhookChannel
from alerts.sending import lane
WebhookChannel.pace, lane.AHEAD_S, lane.FLUSH_S = 100.0, 0.2, 0.1
sys.argv = ["posko", "sender"]
runpy.run_module("incident.cli", run_name="__main__")
"""
DIES_AT = {"claimed": 3, "calling": 25, "receipt": 25, "noting": 3, "noted": 3}  # the n-th time in each of its lives


class Sink:
    """Counts every message by its key; what is told twice is told the same."""

    def __init__(self) -> None:
        self.got: Counter[str] = Counter()
        self.people: dict[str, set[str]] = {}
        self.lock = threading.Lock()

    def __call__(self, asked: Asked) -> Said:
        if asked.json["type"] == "alert":
            with self.lock:
                self.got[asked.json["uid"]] += 1
                self.people.setdefault(asked.json["to"], set()).add(asked.json["uid"])
        return Said()


@contextmanager
def kept_running(room: Room, log: Path, failpoint: str = "") -> Iterator[subprocess.Popen[bytes]]:
    """The sender under its supervisor, which starts it anew whenever it dies."""
    others = {name: word for name, word in os.environ.items() if not name.startswith("POSKO_")}
    settings = room.post.settings
    mine = {
        "POSKO_DATA": str(settings.data),
        "POSKO_DATABASE": settings.database,
        "POSKO_SECRET_KEY": settings.secret_key,
        "POSKO_FAILPOINT": failpoint,
        "PYTHONPATH": str(ROOT),
    }
    with open(log, "wb") as words:
        command = [sys.executable, "-u", "-c", WATCH, sys.executable, "-c", SENDER]
        watch = subprocess.Popen(command, env={**others, **mine}, stdout=words, stderr=subprocess.STDOUT)
    try:
        yield watch
    finally:
        watch.send_signal(signal.SIGTERM)
        watch.wait(60)


def falls(log: Path) -> int:
    return len(re.findall(r"sender was ended by SIGKILL; starting it again", log.read_text()))


def begun(room: Room, far: FarEnd) -> tuple[Sink, int]:
    """An alert to everybody, whose far end counts. The night's clock is today's: two processes share it."""
    room.post.clock = utc_now
    far.answer = sink = Sink()
    switch_on(room, far)
    alert = alert_to(room, contacts(room, MANY))
    room.relay()
    step(room.post)
    return sink, alert


@on_spatialite
@pytest.mark.slow
@pytest.mark.parametrize("name", DIES_AT)
def test_a_sender_killed_at_any_step_loses_nobody_and_doubles_only_under_the_same_key(
    room: Room, tmp_path: Path, name: str
) -> None:
    log = tmp_path / "watch.log"
    with far_end() as far:
        sink, alert = begun(room, far)
        with kept_running(room, log, f"sender.{name}:{DIES_AT[name]}"):
            wait_until(lambda: states(room, alert) == {"sent": MANY}, 240)
        known = people(room, alert)
        assert {one["deliveries"][0]["state"] for one in known.values()} == {"sent"}
        assert set(sink.people) == {f"webhook-{number}" for number in range(MANY)}, "nobody is lost"
        assert all(len(keys) == 1 for keys in sink.people.values()), "one key for each person, however often it came"
        assert falls(log) >= 1
        doubled = sum(times - 1 for times in sink.got.values())
        assert doubled <= falls(log) * 25, "no more than was in hand"
        assert "Traceback" not in log.read_text()


@on_spatialite
@pytest.mark.slow
def test_a_sender_killed_while_it_waits_for_an_answer_comes_back_and_tells_it_once_more(
    room: Room, tmp_path: Path
) -> None:
    """From outside, in the middle of a call; on the word of the process alone the message may or may not be there."""
    log = tmp_path / "watch.log"
    with far_end() as far:
        sink, alert = begun(room, far)
        slow = far.answer
        far.answer = lambda asked: Said(after_s=240) if asked.json["type"] == "alert" and sink(asked) else Said()
        with kept_running(room, log):
            wait_until(lambda: sum(sink.got.values()) == 1, 120)
            os.kill(_pid(room), signal.SIGKILL)
            far.answer = slow
            wait_until(lambda: states(room, alert) == {"sent": MANY}, 240)
        assert falls(log) == 1
        assert sorted(sink.got.values())[-2:] == [1, 2], "only the one that was on the line came twice"
        assert len(sink.got) == MANY


def _pid(room: Room) -> int:
    """The process that holds the sender's lock."""
    held = (room.post.settings.data / "sender.lock").stat().st_ino
    lines = Path("/proc/locks").read_text().splitlines()
    return next(int(line.split()[4]) for line in lines if line.split()[5].endswith(f":{held}"))


def test_every_step_of_a_message_has_its_kill() -> None:
    assert {f"sender.{name}" for name in DIES_AT} == set(failpoints.OF_SENDER)
