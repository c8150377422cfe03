"""Plays the night: the story's clock with its speed and pause, the steps that are due, the field that answers."""

import os
import shlex
import signal
import threading
import time
from collections.abc import Callable
from pathlib import Path

import click

from gis.database import Database
from incident import hints
from incident.config import Settings
from incident.drill import folder as folders
from incident.drill import progress as kept
from incident.drill.actions import change_exercise
from incident.drill.cast import BY, tell_log_ins
from incident.drill.doors import Away, Doors
from incident.drill.field import Field
from incident.drill.scenario import Scenario, Step, clock_words, load
from incident.drill.stage import Stage
from incident.drill.steering import Steering
from incident.drill.valley import port_of
from incident.post import Post, uid_from
from incident.supervisor import address_of, ask_ready

TICK_S = 0.1
LONGEST_TICK_S = 0.3
KEEP_S = 1.0
AWAY_S = 0.5
PATIENCE_S = 100.0  # real seconds after the last step: who has not answered by then never will
SETTLE_S = 4.0  # real seconds after the last step: what is on the air comes home
HUMAN = "TRC-2"  # the unit whose radio is left to whoever takes part


class Player:
    """One run of the night in one process; what must outlive it is in Progress."""

    def __init__(self, settings: Settings, after: str | None = None):
        """after: what to ask for at the end of the script, "end" or "restart"; None plays on for the people."""
        self.settings, self.folder, self.after = settings, settings.data, after
        self.scenario = load()
        self.progress = kept.found(self.folder) or kept.Progress(folders.find_run(self.folder) or "")
        self.steering = Steering(self.folder)
        self.stopped = threading.Event()
        self.post = Post(settings, Database(settings.database))
        self._kept_at = 0.0
        self._played_at: float | None = None
        self._quiet_since: float | None = None
        self._retry_at = 0.0

    def run(self) -> None:
        """Until told to stop, or until the script is over and something was to come after it."""
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: self.stopped.set())
        host, port = address_of(self.settings.bind)
        if not self._wait_until_ready(host, port):
            return
        cast = folders.read(self.folder / folders.CAST)
        stage = Stage(self.post, Doors(host, port, cast["tokens"]), self.progress)
        self._begin(stage, cast["secrets"], f"http://{host}:{port}")
        field = self._field()
        try:
            self._play(stage, field)
        finally:
            field.stop()
            self._keep()
            self.post.database.close()

    def _wait_until_ready(self, host: str, port: int) -> bool:
        while not self.stopped.is_set():
            if ask_ready(host, port)[0] == 200:
                return True
            self.stopped.wait(0.2)
        return False

    def _begin(self, stage: Stage, secrets: dict[str, str], url: str) -> None:
        """Units, people, and what a person must read to take part; harmless after a fall."""
        self._until_answered(lambda: stage.open(self.scenario, secrets))
        self._keep()
        tell_log_ins(self.folder, url)
        click.echo(_invitation(self.settings, self.scenario))
        verb = "dilanjutkan" if self.progress.done else "dimulai"
        self._say(f"{self.scenario.title} {verb}. {self.scenario.starts}")
        self._journal("started", "started")

    def _until_answered(self, work: Callable[[], None]) -> None:
        while not self.stopped.is_set():
            try:
                work()
                return
            except Away:
                self.stopped.wait(AWAY_S)

    def _field(self) -> Field:
        place, radio = f"loopback:{self.folder / 'radio.sock'}", self.settings.radio
        ports = {one.call_sign: port_of(place, radio, one.call_sign, self.scenario) for one in self.scenario.teams}
        return Field(self.scenario, ports, self.settings.radio_key, self.folder, self.progress, self._say)

    # the loop

    def _play(self, stage: Stage, field: Field) -> None:
        before = time.monotonic()
        while not self.stopped.wait(TICK_S):
            now = time.monotonic()
            self._steer()
            if not self.steering.is_paused and now >= self._retry_at:
                # a slow machine slows the story: else its steps would pile up into one moment
                self.progress.clock_s += min(now - before, LONGEST_TICK_S) * self.steering.speed
                self._do_due(stage, now)
            if not self.steering.is_paused:
                field.turn(self.progress.clock_s)
            before = now
            self._keep_now_and_then(now)
            self._end_when_over(field, now)

    def _steer(self) -> None:
        change = self.steering.look()
        if change == "restarted":
            self._ask("restart")
        elif change:
            self._keep()  # first the clock as it stands, then the entry: who reads the entry finds it there
            self._say({"paused": "dijeda", "resumed": "diteruskan"}.get(change, f"kecepatan {self.steering.speed:g}"))
            self._journal(change, "steered", self.steering.number)

    def _do_due(self, stage: Stage, now: float) -> None:
        """In order; while the server is away the next step waits, and the story with it."""
        for step in self._due():
            try:
                answer = stage.perform(step)
            except Away:
                self._retry_at = now + AWAY_S
                return
            self.progress.done.append(step.name)
            self._keep()
            self._say(words_of(step) + ("" if answer.is_done else f" (dilewati: {answer.words})"))

    def _due(self) -> list[Step]:
        done = set(self.progress.done)
        return [one for one in self.scenario.steps if one.name not in done and one.at_s <= self.progress.clock_s]

    def _end_when_over(self, field: Field, now: float) -> None:
        """Over when every step is done and the field has been quiet for a moment, or was waited for long enough."""
        if self.progress.is_over or self.progress.clock_s < self.scenario.ends_s or self._due():
            return
        self._played_at = self._played_at or now
        self._quiet_since = (self._quiet_since or now) if field.is_quiet() else None
        if now - (self._quiet_since or now) >= SETTLE_S or now - self._played_at >= PATIENCE_S:
            self._end()

    def _end(self) -> None:
        self.progress.is_over = True
        self._keep()
        self._journal("ended", "ended")
        self._say("naskah selesai. Posko tetap berjalan; ulangi dengan: posko drill --restart")
        if self.after:
            self._ask(self.after)

    def _ask(self, what: str) -> None:
        """Ask the watch above us to stop everything; it reads what is to come after."""
        above = os.getppid()
        if (self.folder / "up.pid").read_text().strip() == str(above):
            (self.folder / folders.ASKED).write_text(what)
            os.kill(above, signal.SIGTERM)

    # what is kept and told

    def _keep_now_and_then(self, now: float) -> None:
        if now - self._kept_at >= KEEP_S:
            self._kept_at = now
            self._keep()

    def _keep(self) -> None:
        self.progress.keep(self.folder, time.time())

    def _journal(self, change: str, *key: object) -> None:
        uid = uid_from("drill", self.progress.run, *key)
        self.post.do(change_exercise, BY, uid, change, self.steering.speed, self.progress.clock_s)
        hints.tell(self.folder)

    def _say(self, sentence: str) -> None:
        click.echo(f"LATIHAN {clock_words(self.progress.clock_s)}  {sentence}")


def words_of(step: Step) -> str:
    """A step in a line for whoever watches."""
    said = step.said
    if step.do == "call":
        return f"panggilan {said['class']}: {said['narrative']}"
    about = " ".join(str(said[name]) for name in ("lamp", "incident", "unit", "verb", "to") if name in said)
    return " ".join(filter(None, (_WORDS[step.do], about, said.get("words") or said.get("text", ""))))


_WORDS = {
    "ring": "telepon berdering",
    "answer": "telepon diangkat",
    "verb": "kejadian",
    "assign": "tugaskan",
    "status": "status",
    "move": "posisi",
    "alert": "siaran",
    "phone": "lewat telepon, dilihat",
    "lamp": "lampu",
    "say": "radio",
}


def _invitation(settings: Settings, scenario: Scenario) -> str:
    """How a person joins in: the field terminal of a unit that nobody simulates, and the controls."""
    port = port_of(f"loopback:{_short(settings.data / 'radio.sock')}", settings.radio, HUMAN, scenario)
    outbox = str(_short(settings.data / "field" / HUMAN))
    named = ["--callsign", HUMAN, "--number", str(scenario.station_of(HUMAN)), "--key", settings.radio_key]
    terminal = shlex.join(["script/posko", "field", "--port", port, *named, "--data", outbox])
    return (
        f"Terminal lapangan {HUMAN} (di jendela lain):\n  {terminal}\n"
        "Kendali: posko drill --pause | --resume | --restart | --control --speed 4\n"
    )


def _short(path: Path) -> Path:
    """As people type it from where they stand."""
    return path.relative_to(Path.cwd()) if path.is_relative_to(Path.cwd()) else path
