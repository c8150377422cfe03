"""What a caller was told: one line for every answer, written at once, for a checker that never met the caller."""

import json
import threading
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any


@dataclass(frozen=True)
class Told:
    """A submission that was acknowledged: what it was, its key, how many tries it took, and the answer."""

    what: str  # call | linked | prank | close | alert
    uid: str
    tries: int
    answer: dict[str, Any]


class History:
    """A file that many callers write, each line whole."""

    def __init__(self, path: Path):
        self._file = path.open("a", buffering=1)
        self._lock = threading.Lock()
        self.told = self.retries = 0

    def write(self, told: Told) -> None:
        with self._lock:
            self._file.write(json.dumps(asdict(told)) + "\n")
            self.told += 1
            self.retries += told.tries - 1

    def close(self) -> None:
        self._file.close()


def read(path: Path) -> Iterator[Told]:
    """Everything the callers were told, in the order they were told it."""
    with path.open() as lines:
        for line in lines:
            yield Told(**json.loads(line))
