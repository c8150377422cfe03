"""The exercise is played whole by real processes: steered, killed, gone on with, and never near anything real."""

import contextlib
import json
import os
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs

import pytest
from sqlalchemy import func, select

from alerts.models import Recipient
from gis.database import Database
from incident import journal
from incident.drill.folder import CAST, MARK, PROGRESS, RUN, NotAnExercise, begin_anew, claim, environment, read
from incident.drill.scenario import load, loud
from incident.drill.stage import Stage
from incident.drill.steering import Steering, begin, steer
from incident.drill.valley import port_of
from incident.models import Call, Entry, Incident, Lamp, Person, Unit
from incident.rules import ASSIGNMENT_VERBS, CLASSES, INCIDENT_VERBS
from radio_bridge.bench.air import free_port

ROOT = Path(__file__).resolve().parents[2]
SPEED = 40
START_S = 240.0  # a busy machine takes its time; a quick one does not wait


# the script


def test_every_step_is_one_the_stage_can_do():
    steps = load().steps
    ways = Stage(None, None, None)._ways  # type: ignore[arg-type]
    assert {one.do for one in steps} == set(ways)
    assert len({one.name for one in steps}) == len(steps)
    assert [one.at_s for one in steps] == sorted(one.at_s for one in steps)


def test_the_night_has_its_twelve_calls_in_fifteen_minutes():
    calls = [one.said for one in load().steps if one.do == "call"]
    assert len(calls) == 12
    assert {one["class"] for one in calls} == set(CLASSES)
    assert sum("joins" in one for one in calls) == 2
    assert load().ends_s <= 900


def test_every_name_in_the_script_stands_somewhere():
    night = load()
    incidents, units, seen = set(), {one["call_sign"] for one in night.units}, set()
    for step in night.steps:
        said = step.said
        assert said.get("incident", "x") in incidents | {"x"}, step.name
        assert said.get("joins", "x") in incidents | {"x"}, step.name
        assert {said.get("unit", "TRC-1"), *said.get("units", ())} <= units, step.name
        assert said.get("verb", "note") in INCIDENT_VERBS + ASSIGNMENT_VERBS, step.name
        assert said.get("alert", "x") in seen | {"x"}, step.name
        incidents |= {step.name} if said.get("class") == "normal" else set()
        seen |= {step.name} if step.do == "alert" else set()


def test_every_place_lies_in_the_regency():
    spots = [one.said["place"] for one in load().steps if "place" in one.said] + [*load().units]
    assert all(116.3 < one["lon"] < 116.8 and -8.95 < one["lat"] < -8.2 for one in spots)


def test_call_signs_fit_the_air():
    assert all(re.fullmatch(r"[A-Z]{1,6}-\d{1,2}", one["call_sign"]) for one in load().units)


def test_every_text_is_loud_once():
    assert loud("Air naik.") == "LATIHAN. Air naik. LATIHAN"


# the folder


def test_does_not_touch_a_folder_that_is_not_an_exercise(tmp_path: Path):
    (tmp_path / "posko.db").write_text("a real night")
    with pytest.raises(NotAnExercise, match="bukan folder latihan"):
        claim(tmp_path)
    with pytest.raises(NotAnExercise):
        begin_anew(tmp_path)
    assert (tmp_path / "posko.db").read_text() == "a real night"


def test_throws_away_only_what_lies_in_its_own_folder(tmp_path: Path):
    outside = tmp_path / "real.db"
    outside.write_text("a real night")
    folder = tmp_path / "drill"
    claim(folder)
    (folder / "field").mkdir()
    (folder / "posko.db").symlink_to(outside)
    begin_anew(folder)
    assert outside.exists()
    assert {one.name for one in folder.iterdir()} == {MARK, RUN}


def test_reaches_no_real_database_and_no_real_radio():
    real = {
        "POSKO_DATABASE": "postgresql+psycopg://real",
        "POSKO_RADIO": "kiss+serial:/dev/x",
        "POSKO_RADIO_KEY": "ab" * 16,
    }
    given = environment(real, 1.0)
    assert (given["POSKO_DATABASE"], given["POSKO_RADIO"], given["POSKO_RADIO_KEY"]) == ("", "loopback:", "")
    assert given["POSKO_EXERCISE"] == "true"


def test_in_the_valley_only_the_relay_and_the_team_behind_the_hill_hear_each_other():
    night, radio = load(), environment({}, 1.0, in_valley=True)["POSKO_RADIO"]
    assert parse_qs(radio.partition("?")[2]) == {"deaf": ["PMI-1"], "relays": ["11"]}
    ports = {one: port_of("loopback:x", radio, one, night) for one in ("TRC-1", "PMI-1", "TRC-2")}
    said = {one: parse_qs(port.partition("?")[2]) for one, port in ports.items()}
    assert said["TRC-1"] == {"relay": ["yes"], "relays": ["11"]}
    assert said["TRC-2"] == {"deaf": ["PMI-1"]}
    deaf = set(said["PMI-1"]["deaf"][0].split(","))
    assert deaf == {"POSKO", *(one["call_sign"] for one in night.units)} - {"TRC-1", "PMI-1"}
    assert port_of("loopback:x", "loopback:?air=9600", "PMI-1", night) == "loopback:x?air=9600"


def test_steers_by_a_small_file(tmp_path: Path):
    begin(tmp_path, 4.0)
    wheel = Steering(tmp_path)
    assert (wheel.speed, wheel.is_paused, wheel.look()) == (4.0, False, None)
    steer(tmp_path, "paused")
    assert (wheel.look(), wheel.is_paused, wheel.look()) == ("paused", True, None)
    steer(tmp_path, "sped", 10.0)
    assert (wheel.look(), wheel.speed, wheel.is_paused) == ("sped", 10.0, True)
    begin(tmp_path, None)
    assert Steering(tmp_path).is_paused


# the whole, with real processes


class Exercise:
    """`posko drill` on a folder and port of its own."""

    def __init__(self, folder: Path, bind: str):
        self.folder, self.bind, self.words = folder, bind, folder.with_suffix(".txt")
        self.running: subprocess.Popen[bytes] | None = None

    def environ(self) -> dict[str, str]:
        bare = {name: value for name, value in os.environ.items() if not name.startswith("POSKO_")}
        return bare | {"POSKO_DATA": str(self.folder), "POSKO_BIND": self.bind}

    def start(self, *words: str) -> None:
        with open(self.words, "ab") as out:
            self.running = subprocess.Popen(_posko(*words), cwd=ROOT, env=self.environ(), stdout=out, stderr=out)

    def control(self, *words: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            _posko(*words), cwd=ROOT, env=self.environ(), capture_output=True, text=True, timeout=START_S, check=False
        )

    def stop(self) -> None:
        if self.running is not None:
            with contextlib.suppress(ProcessLookupError):
                self.running.terminate()
            self.running.wait(timeout=START_S)

    def progress(self) -> dict[str, Any]:
        return read(self.folder / PROGRESS)

    def clock_s(self) -> float:
        return float(self.progress().get("clock_s", 0.0))

    def player(self) -> int:
        """The number of the player's process, found among the children of the watch."""
        assert self.running is not None
        children = Path(f"/proc/{self.running.pid}/task/{self.running.pid}/children").read_text().split()
        return next(int(one) for one in children if b"play" in Path(f"/proc/{one}/cmdline").read_bytes())


def _posko(*words: str) -> list[str]:
    return [sys.executable, "-m", "incident.cli", "drill", *words]


@pytest.fixture
def exercise(tmp_path: Path) -> Iterator[Exercise]:
    # begun anew, it wants its port a second time: one that the kernel gives to nobody else meanwhile
    made = Exercise(tmp_path / "drill", f"127.0.0.1:{free_port()}")
    yield made
    made.stop()


def eventually(is_so: Callable[[], Any], within_s: float, what: str) -> None:
    deadline = time.monotonic() + within_s
    while not is_so():
        assert time.monotonic() < deadline, f"it did not happen in {within_s:.0f} s: {what}"
        time.sleep(0.05)


@pytest.mark.slow(150)
def test_plays_the_night_through_a_pause_and_two_kills(exercise: Exercise):
    exercise.start("--speed", str(SPEED), "--once")
    eventually(lambda: exercise.clock_s() > 60, START_S, "the night began")

    assert exercise.control("--pause").returncode == 0
    eventually(lambda: _kinds(exercise, "paused"), START_S, "the pause is in the journal")
    paused_at = exercise.clock_s()
    time.sleep(1.5)
    assert exercise.clock_s() == paused_at
    assert exercise.control("--resume").returncode == 0

    for later_s in (120, 300):
        eventually(lambda until=later_s: exercise.clock_s() > until, START_S, "the night goes on")
        os.kill(exercise.player(), signal.SIGKILL)
        eventually(lambda until=later_s: exercise.clock_s() > until + 40, START_S, "a new player goes on")

    assert exercise.running is not None
    assert exercise.running.wait(timeout=START_S) == 0, exercise.words.read_text()
    _check_the_night(exercise)
    _check_what_was_printed(exercise)


def _kinds(exercise: Exercise, change: str) -> int:
    return len(_clocks(exercise, change))


def _clocks(exercise: Exercise, change: str) -> list[int]:
    """The story's second at each such change."""
    with _reading(exercise) as conn:
        bodies = map(json.loads, conn.scalars(select(Entry.body).where(Entry.kind == "exercise.changed")))
        return [body["clock_s"] for body in bodies if body["change"] == change]


@contextlib.contextmanager
def _reading(exercise: Exercise) -> Iterator[Any]:
    database = Database(f"sqlite:///{exercise.folder}/posko.db")
    try:
        with database.read() as conn:
            yield conn
    finally:
        database.close()


def _check_the_night(exercise: Exercise) -> None:
    with _reading(exercise) as conn:
        assert not list(journal.verify(conn))
        classes = conn.execute(select(Call.class_, func.count()).group_by(Call.class_)).all()
        assert dict(map(tuple, classes)) == {"normal": 8, "ghost": 1, "prank": 2, "info": 1}
        assert conn.scalar(select(func.count()).select_from(Incident)) == 6
        assert sorted(conn.scalars(select(Incident.calls))) == [1, 1, 1, 1, 2, 2]
        assert conn.scalar(select(func.count()).select_from(Unit)) == 10
        assert conn.scalar(select(func.count()).select_from(Person)) == 11
        assert conn.scalar(select(Lamp.state).where(Lamp.id == "internet")) == "ok"
        for narrative in conn.scalars(select(Call.narrative)):
            assert narrative.startswith("LATIHAN") and narrative.endswith("LATIHAN")
        first = select(Recipient.state, Recipient.seen_by, Recipient.seen_via, Unit.call_sign).join(
            Unit, Unit.id == Recipient.unit_id
        )
        seen = {row.call_sign: row for row in conn.execute(first.where(Recipient.alert_id == 1))}
    assert tuple(seen["TRC-1"])[:3] == ("seen", "TRC-1", "radio")
    assert seen["PSC-1"].state == "heard"
    assert seen["DMK-2"].seen_by is None
    assert (_kinds(exercise, "started"), _kinds(exercise, "paused"), _kinds(exercise, "ended")) == (1, 1, 1)


def _check_what_was_printed(exercise: Exercise) -> None:
    words = exercise.words.read_text()
    kept = read(exercise.folder / CAST)
    assert (exercise.folder / CAST).stat().st_mode & 0o077 == 0
    assert all(secret in words for secret in kept["secrets"].values())
    assert not any(token in words for token in kept["tokens"].values())
    assert "--callsign TRC-2" in words
    assert f"http://{exercise.bind}/login" in words


@pytest.mark.slow(70)
def test_begins_anew_when_asked_and_leaves_nothing_behind(exercise: Exercise):
    exercise.start("--speed", str(SPEED))
    eventually(lambda: exercise.clock_s() > 30, START_S, "the night began")
    first = read(exercise.folder / RUN)["run"]
    assert exercise.control("--restart").returncode == 0
    eventually(lambda: exercise.progress().get("run") not in (None, first), START_S, "another night began")
    eventually(lambda: _kinds(exercise, "started"), START_S, "the other night began")
    assert _clocks(exercise, "started") == [0]
    exercise.stop()
    host, _, port = exercise.bind.rpartition(":")
    with pytest.raises(OSError), socket.create_connection((host, int(port)), 1):
        pass
    refused = exercise.control("--pause")
    assert refused.returncode == 1
    assert "Tidak ada latihan yang berjalan" in refused.stderr


def test_refuses_a_folder_with_something_real_in_it(exercise: Exercise):
    exercise.folder.mkdir()
    (exercise.folder / "posko.db").write_text("a real night")
    refused = exercise.control("--once")
    assert refused.returncode == 1
    assert "bukan folder latihan" in refused.stderr
    assert [one.name for one in exercise.folder.iterdir()] == ["posko.db"]
