"""The simulated field: teams with the real terminal, without a screen, on the virtual radio. Some answer."""

import contextlib
import json
import os
import queue
import subprocess
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import IO, Any

from incident.drill.progress import Progress
from incident.drill.scenario import Scenario, Team
from incident.supervisor import posko_command

AGAIN_S = 1.0  # between two starts of a terminal that fell
LEAVE_S = 3.0
SEEN = ("acknowledged", "confirmed")
Told = Callable[[str], None]


Events = queue.SimpleQueue[tuple[str, dict[str, Any]]]


class Terminal:
    """One `posko field --headless` as a child; it ends when we do, because its standard input ends."""

    def __init__(self, command: list[str], key: str, events: Events, name: str):
        self._command, self._events, self.name = command, events, name
        self._environ = {**os.environ, "POSKO_RADIO_KEY": key}  # not among the words that every process list shows
        self._child: subprocess.Popen[str] | None = None
        self._tried_at = -AGAIN_S

    def keep_running(self, now: float) -> None:
        """Start it, and again when it fell."""
        if (self._child is None or self._child.poll() is not None) and now - self._tried_at >= AGAIN_S:
            self._tried_at = now
            self._child = subprocess.Popen(
                self._command,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                text=True,
                env=self._environ,
            )
            threading.Thread(target=self._read, args=(self._child.stdout,), daemon=True).start()

    def _read(self, lines: IO[str]) -> None:
        with lines:
            for line in lines:
                self._events.put((self.name, json.loads(line)))

    def tell(self, words: str) -> bool:
        """Press a key there; False when it is not running."""
        try:
            assert self._child is not None and self._child.stdin is not None
            self._child.stdin.write(words + "\n")
            self._child.stdin.flush()
        except (AssertionError, OSError, ValueError):
            return False
        return True

    def hang_up(self) -> None:
        """Let it store what it has and leave."""
        if self._child is not None and self._child.stdin is not None:
            with contextlib.suppress(OSError):
                self._child.stdin.close()

    def wait_gone(self, deadline: float) -> None:
        """Until it has left, or until then: no longer."""
        if self._child is None:
            return
        try:
            self._child.wait(max(0.0, deadline - time.monotonic()))
        except subprocess.TimeoutExpired:
            self._child.kill()
            self._child.wait()


class Field:
    """All simulated teams: what they hear becomes answers that are due at a second of the story."""

    def __init__(
        self, scenario: Scenario, ports: Mapping[str, str], key: str, folder: Path, progress: Progress, told: Told
    ):
        self._progress, self._folder, self._told = progress, folder, told
        self._teams = {team.call_sign: team for team in scenario.teams}
        self._events: Events = queue.SimpleQueue()
        self._due: dict[tuple[str, str], float] = {}
        self._unconfirmed: set[tuple[str, str]] = set()  # pressed, and the centre has not said that it knows
        self._terminals = {
            name: Terminal(
                terminal_command(ports[name], name, scenario.station_of(name), folder), key, self._events, name
            )
            for name in self._teams
        }

    def turn(self, clock_s: float) -> None:
        """Keep the terminals running, hear them, and press the keys that are due."""
        for terminal in self._terminals.values():
            terminal.keep_running(time.monotonic())
        for name, event in self._heard():
            self._hear(self._teams[name], event, clock_s)
        self._acknowledge(clock_s)
        self._report(clock_s)

    def is_quiet(self) -> bool:
        """Who answers has answered, has nothing left to press, and the centre is known to have it."""
        answering = [team for team in self._teams.values() if team.answers_after_s is not None]
        heard = all(team.call_sign in self._progress.answered for team in answering)
        return heard and not self._unconfirmed and not self._due and not any(True for _ in self._unsaid())

    def stop(self) -> None:
        """All leave at once: the watch above us waits five seconds."""
        deadline = time.monotonic() + LEAVE_S
        for terminal in self._terminals.values():
            terminal.hang_up()
        for terminal in self._terminals.values():
            terminal.wait_gone(deadline)

    def _heard(self) -> Iterator[tuple[str, dict[str, Any]]]:
        while not self._events.empty():
            yield self._events.get()

    def _hear(self, team: Team, event: dict[str, Any], clock_s: float) -> None:
        kind = event.get("event")
        if kind == "acknowledged" or kind == "alert" and event["state"] in SEEN:
            self._progress.answered.setdefault(team.call_sign, clock_s)
        if kind == "acknowledged" or kind == "alert" and event["state"] == "acknowledged":
            self._unconfirmed.add((team.call_sign, event["key"]))
        if kind == "confirmed":
            self._unconfirmed.discard((team.call_sign, event["key"]))
        if kind in ("alert", "cancel") and not event["again"]:
            self._told(f"{team.call_sign} mendengar di radio: {event['text']}")
        if kind in ("alert", "cancel") and event["state"] == "new" and team.answers_after_s is not None:
            self._due.setdefault((team.call_sign, event["key"]), clock_s + team.answers_after_s)

    def _acknowledge(self, clock_s: float) -> None:
        for (name, key), due_s in list(self._due.items()):
            if clock_s >= due_s and self._terminals[name].tell(f"ack {key}"):
                del self._due[name, key]
                self._told(f"{name} menekan tombol: dilihat")

    def _report(self, clock_s: float) -> None:
        """Marked before it is said: killed in between, a report is missing rather than there twice."""
        for mark, name, due_s, words in list(self._unsaid()):
            if clock_s >= due_s:
                self._progress.done.append(mark)
                self._progress.keep(self._folder, time.time())
                self._terminals[name].tell(words)
                self._told(f"{name} lewat radio: {words}")

    def _unsaid(self) -> Iterator[tuple[str, str, float, str]]:
        for name, answered_s in self._progress.answered.items():
            for number, report in enumerate(self._teams[name].then):
                mark = f"{name} report {number}"
                if mark not in self._progress.done:
                    yield mark, name, answered_s + report.after_s, _said(report.say)


def _said(words: str) -> str:
    """A text of a team is loud too; a status is a digit, and the frame of a digit has no words."""
    kind, _, text = words.partition(" ")
    return f"text LATIHAN {text} LATIHAN" if kind == "text" else words


def terminal_command(port: str, call_sign: str, station: int, folder: Path) -> list[str]:
    """The words that open a team's terminal without a screen."""
    outbox = str(folder / "field" / call_sign)
    named = ["--callsign", call_sign, "--number", str(station), "--data", outbox]
    return posko_command("field", "--headless", "--port", port, *named)
