"""A hint wakes who listens, wherever the folder is, and never the one who gives it."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from incident import hints


@pytest.fixture
def deep(tmp_path: Path) -> Path:
    """Deeper than a Unix socket's name may be long."""
    folder = tmp_path / ("a" * 60) / ("b" * 60)
    folder.mkdir(parents=True)
    return folder


@pytest.fixture
def ear(deep: Path) -> Iterator[hints.Listener]:
    listening = hints.listen(deep, "relay")
    yield listening
    listening.close()


def test_a_hint_wakes_however_deep_the_folder_is(deep: Path, ear: hints.Listener) -> None:
    assert len(str(ear.path)) > 107
    hints.tell(deep)
    assert ear.wait(5)


def test_many_hints_wake_once(deep: Path, ear: hints.Listener) -> None:
    for _ in range(3):
        hints.tell(deep)
    assert ear.wait(5)
    assert not ear.wait(0)


def test_who_gives_the_hint_is_not_woken(deep: Path, ear: hints.Listener) -> None:
    hints.tell(deep, besides=hints.name_of("relay"))
    assert not ear.wait(0)


def test_an_ear_that_died_is_removed(deep: Path) -> None:
    gone = hints.listen(deep, "web")
    gone.ear.close()
    hints.tell(deep)
    assert not gone.path.exists()


def test_a_hint_nobody_hears_is_harmless(tmp_path: Path) -> None:
    hints.tell(tmp_path)
