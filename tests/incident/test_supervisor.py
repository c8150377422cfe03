"""The watch brings back what falls, leaves nothing behind, and lets only one post run on a folder."""

import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from incident.supervisor import address_of, is_port_free, is_up, wait_s

ROOT = Path(__file__).resolve().parents[2]
PATIENCE_S = 40.0

# A post of two: one that writes its number and sleeps with a child of its own, one that falls at once. Both need no
# tables; that a post makes them first is seen below, where all of Posko starts.
POST = """
import sys
from pathlib import Path
from incident import supervisor
from incident.config import Settings
from incident.supervisor import CannotRun, run_post
supervisor._migrate = lambda settings: None
folder, bind = Path(sys.argv[1]), sys.argv[2]
steady = f"echo $$ >> {folder}/steady; sleep 300 & echo $! >> {folder}/below; wait"
falling = f"echo $$ >> {folder}/falling; exit 3"
try:
    run_post(Settings(data=folder, bind=bind), {"steady": ["sh", "-c", steady], "falling": ["sh", "-c", falling]})
except CannotRun as refusal:
    sys.exit(str(refusal))
"""


@pytest.fixture
def bind() -> str:
    """An address of this process alone (all of 127/8 is this machine), so that nobody takes the port meanwhile."""
    number = os.getpid()
    return f"127.{100 + (number >> 16) % 100}.{number >> 8 & 255}.{number & 255}:5112"


def start(folder: Path, bind: str) -> subprocess.Popen[str]:
    command = [sys.executable, "-c", POST, str(folder), bind]
    return subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)


@pytest.fixture
def post(tmp_path: Path, bind: str) -> Iterator[subprocess.Popen[str]]:
    running = start(tmp_path, bind)
    try:
        eventually(lambda: len(numbers(tmp_path / "below")) == 1)
        yield running
    finally:
        running.terminate()  # gently: it takes its parts with it
        running.communicate(timeout=PATIENCE_S)


def numbers(file: Path) -> list[int]:
    return [int(line) for line in file.read_text().split()] if file.exists() else []


def lives(number: int) -> bool:
    """Whether a process runs; one that only waits to be buried does not."""
    try:
        return (Path("/proc") / str(number) / "stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


def eventually(is_so: Callable[[], bool], within_s: float = PATIENCE_S) -> None:
    deadline = time.monotonic() + within_s
    while not is_so():
        assert time.monotonic() < deadline, "it did not happen in time"
        time.sleep(0.02)


@pytest.mark.slow
def test_back_off_doubles_and_ends_at_five_seconds():
    assert [wait_s(falls) for falls in (1, 2, 3)] == [0.2, 0.4, 0.8]
    assert wait_s(6) == wait_s(10_000) == 5.0


@pytest.mark.slow
def test_knocks_on_this_machine_when_bound_to_all():
    assert address_of("0.0.0.0:5112") == ("127.0.0.1", 5112)
    assert address_of(":5112") == ("127.0.0.1", 5112)
    assert address_of("[::]:80") == ("::1", 80)
    assert address_of("10.0.0.5:81") == ("10.0.0.5", 81)


@pytest.mark.slow
def test_brings_back_what_was_killed(post: subprocess.Popen[str], tmp_path: Path):
    os.kill(numbers(tmp_path / "steady")[0], signal.SIGKILL)
    eventually(lambda: len(numbers(tmp_path / "steady")) == 2)
    first_below, second_below = numbers(tmp_path / "below")[0], numbers(tmp_path / "steady")[1]
    eventually(lambda: not lives(first_below))  # what the fallen part had started was ended with it
    assert lives(second_below)


@pytest.mark.slow
def test_waits_longer_after_each_fall(post: subprocess.Popen[str], tmp_path: Path):
    eventually(lambda: len(numbers(tmp_path / "falling")) == 3)
    post.terminate()
    told = post.communicate(timeout=PATIENCE_S)[0]
    assert "falling stopped with exit code 3; starting it again in 0.2 s." in told
    assert "starting it again in 0.4 s." in told


@pytest.mark.slow
def test_a_part_whose_settings_are_wrong_stops_the_start_and_is_named(tmp_path: Path, template_file: Path, bind: str):
    """The radio alone knows which services there are; what it refuses must not become a start again and again."""
    shutil.copy(template_file, tmp_path / "posko.db")
    told = subprocess.run(
        [sys.executable, "-m", "incident.cli", "up"],
        cwd=ROOT,
        env={**os.environ, "POSKO_DATA": str(tmp_path), "POSKO_BIND": bind, "POSKO_RADIO": "loopback:?service=pirate"},
        capture_output=True,
        text=True,
        timeout=4 * PATIENCE_S,
        check=False,
    )
    assert told.returncode == 2
    assert "'pirate' is no radio service" in told.stderr
    assert "radio cannot start with these settings" in told.stderr
    assert not is_up(tmp_path) and is_port_free(bind)


@pytest.mark.slow
@pytest.mark.parametrize("how", [signal.SIGTERM, signal.SIGINT, signal.SIGHUP])
def test_leaves_nothing_behind(post: subprocess.Popen[str], tmp_path: Path, how: signal.Signals):
    started = numbers(tmp_path / "steady")
    post.send_signal(how)
    assert post.wait(timeout=PATIENCE_S) == 0
    eventually(lambda: not any(lives(number) for number in started + numbers(tmp_path / "below")))


@pytest.mark.slow
def test_its_parts_end_even_when_it_is_killed(post: subprocess.Popen[str], tmp_path: Path):
    post.kill()
    post.wait(timeout=PATIENCE_S)
    eventually(lambda: not any(lives(number) for number in numbers(tmp_path / "steady")))
    for number in numbers(tmp_path / "below"):  # a shell does not pass the signal on; gunicorn's master does
        os.kill(number, signal.SIGKILL)


@pytest.mark.slow
def test_a_second_post_on_the_same_folder_refuses(post: subprocess.Popen[str], tmp_path: Path, bind: str):
    assert is_up(tmp_path)
    second = start(tmp_path, bind)
    assert "Posko already runs on" in second.communicate(timeout=PATIENCE_S)[0]
    assert second.returncode == 1
    post.terminate()
    post.wait(timeout=PATIENCE_S)
    assert not is_up(tmp_path)


@pytest.mark.slow
def test_says_who_has_the_port(tmp_path: Path):
    with socket.socket() as door:
        door.bind(("127.0.0.1", 0))
        door.listen()
        bind = f"127.0.0.1:{door.getsockname()[1]}"
        assert not is_port_free(bind)
        refused = start(tmp_path, bind)
        assert "Another program listens on" in refused.communicate(timeout=PATIENCE_S)[0]
        assert refused.returncode == 1
