"""Runs the whole post as one: starts web, relay and radio, brings back what dies, takes all down together.

It holds no work of its own, so that nothing in it can fail: children do everything, it only watches them.
"""

import contextlib
import ctypes
import fcntl
import hashlib
import http.client
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import click

from incident.config import BadSettings, Settings, load_settings

FIRST_WAIT_S = 0.2
LONGEST_WAIT_S = 5.0
STEADY_S = 10.0  # a part that ran this long fell by accident, not by habit: its back-off starts anew
GRACE_S = 5.0  # between asking a part to stop and ending it
UNWANTED_S = 2.0  # how often to look whether a part is wanted now
LATE_S = 30.0  # not ready after this: say why
PORT_PATIENCE_S = 3.0  # the web process of a post that was killed may need a moment to let go
STOP_SIGNALS = (signal.SIGTERM, signal.SIGINT, signal.SIGHUP)
WATCHED = {*STOP_SIGNALS, signal.SIGCHLD}
PR_SET_PDEATHSIG = 1  # linux/prctl.h
CALLED_WRONGLY = 2  # the exit code of a part whose own settings cannot be used

_libc = ctypes.CDLL(None, use_errno=True)


MIGRATIONS = Path(__file__).parent / "migrations" / "versions"
PLACES = Path(sys.prefix) / "share" / "posko" / "areas.tsv.gz"  # gis.gazetteer_file says so too; the watch stays small


class CannotRun(RuntimeError):
    """The post cannot be started here; the message says what to do."""


def posko_command(*words: str) -> list[str]:
    """The words that run one `posko` command with this same Python."""
    return [sys.executable, "-m", "incident.cli", *words]


def whole_post() -> dict[str, list[str]]:
    """What runs: the screens, the readers of the journal, and the air."""
    return {"web": posko_command("serve"), "relay": posko_command("relay"), "radio": posko_command("radio")}


def when_wanted(settings: Settings) -> dict[str, tuple[list[str], Callable[[], bool]]]:
    """What runs only while there is a file for it: the sender, when a channel or feed outside is switched on.

    The relay keeps the file; looking at it costs nothing, and a part that is not wanted any more ends by itself.
    """
    return {"sender": (posko_command("sender"), (settings.data / "sender.on").exists)}


def wait_s(falls: int) -> float:
    """How long to wait before the next start, after so many falls in a row."""
    return float(min(LONGEST_WAIT_S, FIRST_WAIT_S * 2 ** min(falls - 1, 10)))


@dataclass
class Part:
    """One of the post's processes, and when it may start again."""

    name: str
    command: Sequence[str]
    is_wanted: Callable[[], bool] = lambda: True
    running: subprocess.Popen[bytes] | None = None
    started_at: float = 0.0
    due_at: float = 0.0
    falls: int = 0

    def start(self, now: float) -> None:
        self.started_at = now
        self.running = subprocess.Popen(
            self.command,
            stdin=subprocess.DEVNULL,
            process_group=0,  # its own group: it is ended with all that it started
            preexec_fn=_tie_to(os.getpid()),
        )

    def has_ended(self) -> bool:
        return self.running is not None and self.running.poll() is not None

    def note_end(self, now: float) -> str:
        """Count the fall, set the next start, and say so in a sentence."""
        assert self.running is not None
        how = _how_it_ended(self.running.returncode)
        self.end_group(signal.SIGKILL)  # what it started must not outlive it
        self.falls = 1 if now - self.started_at >= STEADY_S else self.falls + 1
        self.running, self.due_at = None, now + wait_s(self.falls)
        return f"{self.name} {how}; starting it again in {wait_s(self.falls):.1f} s."

    def end_group(self, how: signal.Signals) -> None:
        if self.running is not None:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(self.running.pid, how)


def _tie_to(parent: int) -> Callable[[], None]:
    """What a new child does before it becomes its command: hear signals again, and die when we die."""

    def tie() -> None:
        signal.pthread_sigmask(signal.SIG_UNBLOCK, WATCHED)
        _libc.prctl(PR_SET_PDEATHSIG, signal.SIGTERM)
        if os.getppid() != parent:  # we died between the two lines
            os._exit(1)

    return tie


def _how_it_ended(code: int) -> str:
    if code >= 0:
        return f"stopped with exit code {code}"
    return f"was ended by {signal.Signals(-code).name}"


class Watch:
    """Keeps every part running until it is told to stop."""

    def __init__(
        self,
        parts: Mapping[str, Sequence[str]],
        at_times: Mapping[str, tuple[Sequence[str], Callable[[], bool]]] | None = None,
    ):
        self.parts = [Part(name, command) for name, command in parts.items()]
        self.parts += [Part(name, command, wanted) for name, (command, wanted) in (at_times or {}).items()]
        self.told_to_stop = False

    def keep(self, ready: "Readiness | None" = None) -> None:
        """Run until a stop signal; every part is gone when this returns, however it returns."""
        with _signals_held():
            try:
                while not self.told_to_stop:
                    self._start_those_due(time.monotonic())
                    self._hear(min(self._next_start_s(time.monotonic()), ready.look() if ready else 60.0))
                    self._note_the_fallen(time.monotonic())
            finally:
                self._stop_all()

    def _start_those_due(self, now: float) -> None:
        for part in self.parts:
            if part.running is None and part.due_at <= now and part.is_wanted():
                part.start(now)

    def _next_start_s(self, now: float) -> float:
        waiting = [part for part in self.parts if part.running is None]
        return max(0.0, min((part.due_at - now if part.is_wanted() else UNWANTED_S for part in waiting), default=60.0))

    def _hear(self, at_most_s: float) -> None:
        heard = signal.sigtimedwait(WATCHED, at_most_s)
        self.told_to_stop = heard is not None and heard.si_signo in STOP_SIGNALS

    def _note_the_fallen(self, now: float) -> None:
        if self.told_to_stop:
            return
        for part in self.parts:
            if part.has_ended():
                _require_good_settings(part)
                words = part.note_end(now)
                if part.is_wanted():
                    say(words)

    def _stop_all(self) -> None:
        for part in self.parts:
            part.end_group(signal.SIGTERM)
        deadline = time.monotonic() + GRACE_S
        for part in self.parts:
            _wait_until(part, deadline)
            part.end_group(signal.SIGKILL)
            if part.running is not None:
                part.running.wait()


def _require_good_settings(part: Part) -> None:
    """A part that could not even begin has a bad setting, which it named: starting it again mends nothing."""
    if part.falls == 0 and part.running is not None and part.running.returncode == CALLED_WRONGLY:
        raise BadSettings(
            f"posko: {part.name} cannot start with these settings; the line above says which one is wrong."
        )


def _wait_until(part: Part, deadline: float) -> None:
    if part.running is not None:
        with contextlib.suppress(subprocess.TimeoutExpired):
            part.running.wait(max(0.0, deadline - time.monotonic()))


@contextlib.contextmanager
def _signals_held() -> Iterator[None]:
    """Signals wait in line until the loop takes them: none comes between two lines."""
    before = signal.pthread_sigmask(signal.SIG_BLOCK, WATCHED)
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


class Readiness:
    """Asks /readyz until it says yes, then prints the one line that everybody waits for."""

    def __init__(self, bind: str):
        self.host, self.port = address_of(bind)
        self.since = time.monotonic()
        self.is_told = self.is_late_told = False

    @property
    def url(self) -> str:
        return f"http://{f'[{self.host}]' if ':' in self.host else self.host}:{self.port}"

    def look(self) -> float:
        """Look once, say what is to be said, and return after how many seconds to look again."""
        if self.is_told:
            return 60.0
        status, words = ask_ready(self.host, self.port)
        if status == 200:
            self._tell_ready()
        elif not self.is_late_told and time.monotonic() - self.since > LATE_S:
            self._tell_late(words)
        return 0.1 if not self.is_late_told else 2.0

    def _tell_ready(self) -> None:
        self.is_told = True
        say(f"Posko is ready at {self.url} (Ctrl-C stops it).")
        subprocess.run([sys.executable, "-m", "incident.supervisor"], check=False, stdin=subprocess.DEVNULL)

    def _tell_late(self, words: str) -> None:
        self.is_late_told = True
        say(f"Posko is not ready after {LATE_S:.0f} s: {words} `posko doctor` says what is wrong.")


def address_of(bind: str) -> tuple[str, int]:
    """Where to knock: the host and port of POSKO_BIND, with this machine for "everywhere"."""
    host, _, port = bind.rpartition(":")
    here = {"": "127.0.0.1", "0.0.0.0": "127.0.0.1", "::": "::1"}
    host = host.strip("[]")
    return here.get(host, host), int(port)


def ask_ready(host: str, port: int, timeout_s: float = 2.0) -> tuple[int, str]:
    """The status and words of /readyz; status 0 when nobody answers."""
    line = http.client.HTTPConnection(host, port, timeout=timeout_s)
    try:
        line.request("GET", "/readyz")
        answer = line.getresponse()
        return answer.status, answer.read(2000).decode(errors="replace").strip()
    except (OSError, http.client.HTTPException):
        return 0, "nobody answers."
    finally:
        line.close()


@contextlib.contextmanager
def only_one(folder: Path) -> Iterator[None]:
    """Hold the folder for one `posko up`; the kernel lets go when we die, however we die."""
    folder.mkdir(parents=True, exist_ok=True)
    with open(folder / "up.pid", "a+") as file:
        if not _locks(file.fileno()):
            file.seek(0)
            raise CannotRun(f"Posko already runs on {folder} (number {file.read().strip()}). Stop that one first.")
        file.truncate(0)
        file.write(f"{os.getpid()}\n")
        file.flush()
        yield


def is_up(folder: Path) -> bool:
    """Whether a `posko up` holds the folder now."""
    try:
        with open(folder / "up.pid") as file:
            return not _locks(file.fileno())
    except OSError:
        return False


def _locks(number: int) -> bool:
    try:
        fcntl.flock(number, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def is_port_free(bind: str) -> bool:
    """Whether we could listen there."""
    host, _, port = bind.rpartition(":")
    family = socket.AF_INET6 if "[" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as door:
        door.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            door.bind((host.strip("[]"), int(port)))
        except OSError:
            return False
    return True


def _wait_for_port(bind: str) -> None:
    deadline = time.monotonic() + PORT_PATIENCE_S
    while not is_port_free(bind):
        if time.monotonic() > deadline:
            raise CannotRun(f"Another program listens on {bind}. Stop it, or set POSKO_BIND to another port.")
        time.sleep(0.1)


def run_post(settings: Settings, parts: Mapping[str, Sequence[str]]) -> None:
    """Run the parts on the settings' folder and port until a stop signal; raises CannotRun."""
    with only_one(settings.data):
        _wait_for_port(settings.bind)
        _migrate(settings)
        Watch(parts, when_wanted(settings)).keep(Readiness(settings.bind))


def _migrate(settings: Settings) -> None:
    """Bring the database to the newest shape before anything reads it.

    What was done for this database and this version is remembered, because asking costs a second of every start;
    the parts look again for themselves.
    """
    done, newest = settings.data / "schema", max(path.name for path in MIGRATIONS.glob("*.py"))
    shape = hashlib.sha256(f"{settings.database} {newest} {_places_made()}".encode()).hexdigest()
    if done.exists() and done.read_text() == shape and not _is_missing(settings.database):
        return
    ended = subprocess.run(posko_command("db", "upgrade"), stdout=subprocess.DEVNULL, check=False)
    if ended.returncode:
        raise CannotRun("The database could not be opened or migrated; the line above says why.")
    done.write_text(shape)


def _places_made() -> str:
    """When the file of place names was made: a newer one is loaded with the same command."""
    with contextlib.suppress(OSError):
        return str(PLACES.stat().st_mtime_ns)
    return ""


def _is_missing(url: str) -> bool:
    """Whether the file of an embedded database is not there; a server is asked by the parts themselves."""
    return url.startswith("sqlite:///") and not Path(url.removeprefix("sqlite:///")).exists()


def say(sentence: str) -> None:
    click.echo(f"posko: {sentence}")


@click.command()
def up() -> None:
    """Run all of Posko on this machine: web, relay and radio.

    \b
    Example: POSKO_BIND=0.0.0.0:5112 posko up
    """
    try:
        run_post(load_settings(), whole_post())
    except CannotRun as refusal:
        raise click.ClickException(str(refusal)) from refusal


def tell_setup_link() -> None:
    """Print the one-time link while nobody works here. A process of its own: the watch stays small."""
    from gis.database import Database
    from incident.people import setup_link

    settings = load_settings()
    host, port = address_of(settings.bind)  # a link to 0.0.0.0 opens nowhere
    link = setup_link(Database(settings.database), settings.model_copy(update={"bind": f"{host}:{port}"}))
    if link:
        say(f"Nobody works here yet. Open this once to name the first administrator: {link}")


if __name__ == "__main__":
    tell_setup_link()
