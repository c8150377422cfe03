"""An installation of its own for one measurement: folder, database, people, and real processes that can be killed."""

import contextlib
import json
import os
import select
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Any

import click
from sqlalchemy import create_engine, make_url, text

from gis.database import Database
from incident import actions, people
from incident.bench import wire
from incident.bench.zygote import die_with_parent
from incident.config import Settings
from incident.post import Post
from incident.upgrade import upgrade

ROLES = ("coordinator", "dispatcher", "call_taker", "leader", "field", "agency")
UNIT = "TRC-1"
STATION = 1
# by its row: the verb belongs to a room this one does not know
_join_net = text(f"INSERT INTO station (number, call_sign, unit_id) VALUES (:number, '{UNIT}', :unit_id)")
ZYGOTE_OF = {"serve": "web", "relay": "plain", "radio": "plain"}
FAST_AIR = "?air=9600&txdelay=10&guard=10&time=0"


class Zygote:
    """Our end of a warm parent."""

    def __init__(self, kind: str, folder: Path, log: Path):
        command = [sys.executable, "-m", "incident.bench.zygote", kind]
        with log.open("ab") as words:
            pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "stderr": words}
            self._process = subprocess.Popen(command, cwd=folder, env=_bare_environment(), **pipes)  # type: ignore[call-overload]
        self._is_warm = False

    def fork(self, args: list[str], env: dict[str, str], log: Path) -> int:
        """Start `posko ARGS`; answers the number of the process, which leads a group of its own."""
        if not self._is_warm:
            self._read()
            self._is_warm = True
        assert self._process.stdin
        self._process.stdin.write(json.dumps({"args": args, "env": env, "log": str(log)}).encode() + b"\n")
        self._process.stdin.flush()
        return int(self._read())

    def _read(self) -> bytes:
        assert self._process.stdout
        line = self._process.stdout.readline()
        if not line:
            raise click.ClickException("A warm process could not be started.")
        return line

    def close(self) -> None:
        assert self._process.stdin and self._process.stdout
        self._process.stdin.close()
        self._process.wait(10)
        self._process.stdout.close()


def _bare_environment() -> dict[str, str]:
    return {name: value for name, value in os.environ.items() if not name.startswith("POSKO_")}


@dataclass(frozen=True)
class Running:
    """A started command: its group, and when it was asked for (seconds of the monotonic clock)."""

    group: int
    at: float


class Stage:
    """Processes `serve`, `relay`, `radio` on one database; leave it with close(), whatever happened."""

    def __init__(self, folder: Path, database_url: str, **settings: str):
        self.folder, self.port = folder, free_port()
        self.url = database_url
        self.log = folder / "log"
        self.env = {
            "POSKO_DATABASE": database_url,
            "POSKO_DATA": str(folder / "var"),
            "POSKO_BIND": f"127.0.0.1:{self.port}",
            "POSKO_SITE": "Kabupaten Lombok Timur, 52.03, Asia/Makassar",
            "POSKO_RADIO": f"loopback:{FAST_AIR}",
            "POSKO_RADIO_KEY": "00112233445566778899aabbccddeeff",
            **settings,
        }
        self._zygotes: dict[str, Zygote] = {}
        self.running: dict[str, Running] = {}
        self._spawned: list[subprocess.Popen[bytes]] = []
        self.tokens, self.unit_id = self._furnish()

    def __enter__(self) -> "Stage":
        return self

    def __exit__(self, kind: type[BaseException] | None, fault: BaseException | None, at: TracebackType | None) -> None:
        self.close()

    def _furnish(self) -> tuple[dict[str, str], int]:
        """Migrate; put in a unit with a radio and one person of each role."""
        with self.post() as post:
            upgrade(post.database)
            added = post.do(actions.add_unit, "bench", None, UNIT, "trc", "BPBD", ["rescue"], "Selong", 116.55, -8.55)
            unit_id = int(added["body"]["cards"]["units"][0]["id"])
            post.database.write(lambda conn: conn.execute(_join_net, {"number": STATION, "unit_id": unit_id}))
            for role in ROLES:
                agency = "BPBD" if role == "agency" else None
                unit = unit_id if role == "field" else None
                post.do(people.add_person, "bench", None, f"bench-{role}", role, None, unit, agency)
            tokens = {role: post.do(people.add_token, "bench", None, f"bench-{role}") for role in ROLES}
        return tokens, unit_id

    @contextlib.contextmanager
    def post(self) -> Iterator[Post]:
        """The command post of this stage, in this process."""
        settings = Settings(database=self.url, data=self.folder / "var", site=self.env["POSKO_SITE"])  # type: ignore[arg-type]
        with contextlib.closing(Database(self.url)) as database:
            yield Post(settings, database)

    # processes

    def warm(self, *kinds: str) -> None:
        """Start warm parents at once, side by side."""
        for kind in kinds:
            self._zygote(kind)

    def _zygote(self, kind: str) -> Zygote:
        if kind not in self._zygotes:
            self._zygotes[kind] = Zygote(kind, self.folder, self.log)
        return self._zygotes[kind]

    def start(self, name: str, failpoint: str = "") -> Running:
        """Start a command; `failpoint` as in POSKO_FAILPOINT."""
        env = {**self.env, "POSKO_FAILPOINT": failpoint}
        at = time.monotonic()
        self.running[name] = Running(self._zygote(ZYGOTE_OF[name]).fork([name], env, self.log), at)
        return self.running[name]

    def launch(self, name: str) -> Running:
        """Start a command cold, as a person does: a new Python, every import."""
        return self.spawn(name, [sys.executable, "-m", "incident.cli", name])

    def spawn(self, name: str, command: list[str]) -> Running:
        """Start any program in a group of its own under this name."""
        at = time.monotonic()
        with self.log.open("ab") as words:
            env = {**_bare_environment(), **self.env}
            started = subprocess.Popen(
                command,
                cwd=self.folder,
                env=env,
                stdin=subprocess.DEVNULL,
                stdout=words,
                stderr=words,
                start_new_session=True,
                preexec_fn=die_with_parent,  # nothing that listens stays behind
            )
        self._spawned.append(started)
        self.running[name] = Running(started.pid, at)
        return self.running[name]

    def kill(self, *names: str) -> None:
        """kill -9 these commands and everything they started, and see them dead: their port must be free."""
        groups = [running.group for name in names if (running := self.running.pop(name, None))]
        dying = [pid for group in groups for pid in (group, *children(group))]
        for group in groups:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(group, signal.SIGKILL)
        for pid in dying:
            wait_for_death(pid, 60.0)
        for started in self._spawned:
            started.poll()  # bury it, or its pid stays taken

    def worker(self, name: str, timeout_s: float = 60.0) -> int:
        """The process that does the work: gunicorn's worker, or the command itself."""
        group = self.running[name].group
        if name != "serve":
            return group
        ends = time.monotonic() + timeout_s
        while time.monotonic() < ends:
            if workers := children(group):
                return workers[0]
            time.sleep(0.005)
        raise self._failed(f"`posko {name}` started no worker.")

    def cpu_s(self, name: str) -> float:
        """Processor seconds a command and its workers have used: what a busy machine cannot distort."""
        group = self.running[name].group
        return sum(_cpu_s(pid) for pid in (group, *children(group)))

    def line(self, timeout_s: float = 10.0) -> wire.Line:
        return wire.Line(self.port, timeout_s)

    def wait_until_ready(self, timeout_s: float = 20.0) -> None:
        """Until the web server answers; raises ClickException."""
        ends = time.monotonic() + timeout_s
        line = self.line()
        while time.monotonic() < ends:
            with contextlib.suppress(OSError):
                if line.ask("GET", "/healthz", "")[0] == 200:
                    return line.close()
            time.sleep(0.01)
        raise self._failed(f"The server did not answer within {timeout_s:.0f} s.")

    def _failed(self, sentence: str) -> click.ClickException:
        """The sentence and the last words of the processes: their log goes with the folder."""
        last = self.log.read_text(errors="replace").splitlines()[-20:] if self.log.exists() else []
        return click.ClickException("\n".join([sentence, *last]))

    def close(self) -> None:
        self.kill(*list(self.running))
        for zygote in self._zygotes.values():
            zygote.close()
        self._zygotes.clear()


def children(pid: int) -> list[int]:
    """The processes it started that are still there."""
    try:
        return [int(word) for word in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]
    except FileNotFoundError:
        return []


def _cpu_s(pid: int) -> float:
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def wait_for_death(pid: int, timeout_s: float) -> bool:
    """Whether the process dies in time; one that is dead already counts."""
    try:
        handle = os.pidfd_open(pid)
    except ProcessLookupError:
        return True
    try:
        return bool(select.select([handle], [], [], timeout_s)[0])
    finally:
        os.close(handle)


def free_port() -> int:
    """A port nobody listens on now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


# a database of its own, never the one in use


@contextlib.contextmanager
def stage(database: str | None = None, **settings: str) -> Iterator[Stage]:
    """A stage in a folder beside POSKO_DATA (the same disk), on SpatiaLite or on the server of `database`."""
    near = Settings().data.absolute()
    near.mkdir(parents=True, exist_ok=True)
    with (
        tempfile.TemporaryDirectory(prefix="bench-", dir=near) as name,
        _scratch(database or Settings().database, Path(name)) as url,
        Stage(Path(name), url, **settings) as made,
    ):
        yield made


@contextlib.contextmanager
def _scratch(server: str, folder: Path) -> Iterator[str]:
    """A new database: a file in the folder, or one on the same PostgreSQL that is dropped afterwards."""
    if not server.startswith("postgresql"):
        yield f"sqlite:///{folder}/bench.db"
        return
    name = f"posko_bench_{os.getpid()}_{time.monotonic_ns() % 10**9}"
    engine = create_engine(server, isolation_level="AUTOCOMMIT")
    with engine.connect() as conn:
        conn.execute(text(f"CREATE DATABASE {name}"))
    try:
        yield make_url(server).set(database=name).render_as_string(hide_password=False)
    finally:
        with engine.connect() as conn:
            conn.execute(text(f"DROP DATABASE {name} WITH (FORCE)"))
        engine.dispose()


def database_option(command: Any) -> Any:
    """The option every measurement has."""
    words = "PostgreSQL server to measure on (postgresql+psycopg://...); a new database is made there and dropped."
    return click.option("--database", envvar="POSKO_DATABASE", help=words)(command)
