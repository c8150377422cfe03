"""A PostgreSQL cluster with PostGIS of the tests' own: on a free port, as user postgres, gone with the tests."""

import contextlib
import os
import shutil
import socket
import subprocess
import tempfile
from itertools import count
from pathlib import Path

import psycopg

SETTINGS = "-c full_page_writes=off -c max_connections=200 -c autovacuum=off"
BIN = Path("/usr/lib/postgresql")
FIRST_PORT = 20_000
_ports = count(os.getpid())  # two runs at once seldom begin at the same


def find_bin() -> Path | None:
    """The newest PostgreSQL that has PostGIS, or None."""
    for folder in sorted(BIN.glob("*/bin"), key=lambda path: -int(path.parent.name)):
        if (folder / "initdb").exists() and _has_postgis(folder.parent.name):
            return folder
    return None


def _has_postgis(version: str) -> bool:
    return Path(f"/usr/share/postgresql/{version}/extension/postgis.control").exists()


class Cluster:
    """Started once for a test run. Not flushed to the disk: the tests kill Posko, not the database."""

    def __init__(self, folder: Path):
        self.bin = folder
        self.home = Path(tempfile.mkdtemp(prefix="posko-pg-"))
        if os.geteuid() == 0:
            shutil.chown(self.home, "postgres", "postgres")
        self.port = free_port()
        self._run("initdb", "-D", str(self.home / "data"), "-A", "trust", "-U", "posko", "-E", "UTF8", "--locale=C")
        options = f"-p {self.port} -k {self.home} -h 127.0.0.1 -F {SETTINGS}"
        self._run("pg_ctl", "-D", str(self.home / "data"), "-w", "-o", options, "-l", str(self.home / "log"), "start")

    def url(self, database: str) -> str:
        return f"postgresql+psycopg://posko@127.0.0.1:{self.port}/{database}"

    def connect(self, database: str = "postgres") -> psycopg.Connection:
        """A connection on which every statement counts at once."""
        return psycopg.connect(f"postgresql://posko@127.0.0.1:{self.port}/{database}", autocommit=True)

    def sql(self, words: str) -> None:
        with self.connect() as conn:
            conn.execute(words)

    def stop(self) -> None:
        self._run("pg_ctl", "-D", str(self.home / "data"), "-m", "immediate", "stop")
        shutil.rmtree(self.home, ignore_errors=True)

    def _run(self, *command: str) -> None:
        """PostgreSQL refuses to run as root."""
        whole = [str(self.bin / command[0]), *command[1:]]
        if os.geteuid() == 0:
            whole = ["setpriv", "--reuid=postgres", "--regid=postgres", "--clear-groups", *whole]
        subprocess.run(whole, check=True, cwd="/", stdout=subprocess.DEVNULL, timeout=60)


def free_port() -> int:
    """A port nobody listens on now, and nobody is given by the kernel or by another process of these tests.

    Those of the kernel begin at 32,768; each process of pytest has a thousand of its own below them.
    """
    while True:
        port = FIRST_PORT + 1000 * int(os.environ.get("PYTEST_XDIST_WORKER", "gw0")[2:]) + next(_ports) % 1000
        with socket.socket() as probe, contextlib.suppress(OSError):
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind(("127.0.0.1", port))
            return port
