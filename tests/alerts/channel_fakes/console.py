"""The console's far end: a file."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from alerts.channels.console import ConsoleChannel, ConsoleSettings
from tests.alerts.channel_fakes.kit import Fake


@contextmanager
def fake(folder: Path) -> Iterator[Fake]:
    """A console that writes to a file of this test."""
    path = folder / "siaran.jsonl"
    settings = ConsoleSettings(path=str(path))

    def taken() -> list[str]:
        return [json.loads(line)["text"] for line in path.read_text().splitlines()] if path.exists() else []

    def turn(mood: str) -> None:
        if mood == "down" and not path.is_dir():
            path.mkdir()
        if mood == "ok" and path.is_dir():
            path.rmdir()

    yield Fake(ConsoleChannel(settings), "budi-5521", (), turn, taken, settings=settings)
