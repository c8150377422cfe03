"""A field team of one: the real `posko field`, with a person who presses the key as soon as an alert is shown."""

import json
import os
import subprocess
import sys
import threading
from collections import Counter
from pathlib import Path


class FieldTeam(threading.Thread):
    """Runs the terminal without a face, acknowledges every alert, counts how often each was shown as new."""

    def __init__(self, port: str, callsign: str, number: int, key: str, folder: Path):
        super().__init__(name="field", daemon=True)
        words = ["field", "--port", port, "--callsign", callsign, "--number", str(number), "--key", key]
        self._terminal = subprocess.Popen(
            [sys.executable, "-m", "incident.cli", *words, "--data", str(folder), "--headless"],
            cwd=folder,
            env={name: value for name, value in os.environ.items() if not name.startswith("POSKO_")},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
            bufsize=1,
        )
        self.shown: Counter[str] = Counter()
        self.is_ready = threading.Event()

    def run(self) -> None:
        assert self._terminal.stdout
        for line in self._terminal.stdout:
            self._hear(json.loads(line))

    def _hear(self, event: dict[str, object]) -> None:
        if event["event"] == "port" and event["open"]:
            self.is_ready.set()
        if event["event"] == "alert" and not event["again"]:
            self.shown[str(event["key"])] += 1
            self.say(f"ack {event['key']}")

    def say(self, words: str) -> None:
        """One command to the terminal."""
        assert self._terminal.stdin
        self._terminal.stdin.write(words + "\n")

    def close(self) -> None:
        """Leave the air."""
        self._terminal.kill()
        self._terminal.wait(10)
        self.join(10)
        for pipe in (self._terminal.stdin, self._terminal.stdout):
            if pipe:
                pipe.close()
