"""The browser that takes the picture: found by name, never waited for without an end, gone afterwards."""

import os
import time
from pathlib import Path

import pytest

from gis import chromium

HANGS = """#!/bin/sh
sleep 300 & echo $! > "{folder}/child"
echo $$ > "{folder}/self"
wait
"""
SILENT = "#!/bin/sh\nexit 0\n"


@pytest.fixture
def alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A PATH where only what the test puts there is found, and the shell."""
    monkeypatch.setenv("PATH", f"{tmp_path}:/bin:/usr/sbin")
    monkeypatch.setattr(chromium, "NAMES", ("chromium-of-the-test",))
    return tmp_path


def hire(folder: Path, words: str) -> None:
    program = folder / "chromium-of-the-test"
    program.write_text(words.format(folder=folder))
    program.chmod(0o755)


def is_alive(folder: Path, name: str) -> bool:
    try:
        state = Path(f"/proc/{(folder / name).read_text().strip()}/stat").read_text().rsplit(")", 1)[1].split()[0]
    except FileNotFoundError:
        return False
    return state != "Z"


def test_a_machine_without_it_is_told_what_to_do(alone: Path) -> None:
    assert chromium.find_chromium() is None
    with pytest.raises(chromium.NoBrowser, match="apt-get install chromium"):
        chromium.photograph(b"<p>", 100, 100)


@pytest.mark.slow
def test_one_that_hangs_is_ended_with_its_children(alone: Path) -> None:
    hire(alone, HANGS)
    began = time.monotonic()
    with pytest.raises(chromium.NoBrowser, match="tidak selesai"):
        chromium.photograph(b"<p>", 100, 100, timeout_s=1)
    assert time.monotonic() - began < 150, "it would sleep for five minutes"
    deadline = time.monotonic() + 40
    while (is_alive(alone, "child") or is_alive(alone, "self")) and time.monotonic() < deadline:
        time.sleep(0.05)
    assert not is_alive(alone, "child") and not is_alive(alone, "self")


def test_one_that_draws_nothing_is_said_so(alone: Path) -> None:
    hire(alone, SILENT)
    with pytest.raises(chromium.NoBrowser, match="tidak menghasilkan gambar"):
        chromium.photograph(b"<p>", 100, 100)


def test_nothing_stays_in_the_folder_for_passing_things(alone: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (alone / "scratch").mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(alone / "scratch"))
    hire(alone, SILENT)
    with pytest.raises(chromium.NoBrowser):
        chromium.photograph(b"<p>Selong</p>", 100, 100)
    assert os.listdir(alone / "scratch") == []
