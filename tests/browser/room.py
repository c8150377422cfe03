"""A command room for a real browser: Posko in processes of its own, with its cast, behind a wire the test can cut."""

import contextlib
import http.client
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Mapping
from pathlib import Path

from gis.database import Database
from incident.config import load_settings
from incident.post import Post
from tests import cast as casting
from tests.browser.proxy import Proxy
from tests.clusters import free_port

ROOT = Path(__file__).parent.parent.parent
SITE = "Kabupaten Lombok Timur, 52.03, Asia/Makassar"
READY_S = 120.0


class Room:
    """Posko running in `folder`; `parts` are the commands of its processes, `up` for all of them."""

    def __init__(
        self,
        folder: Path,
        template: Path,
        parts: tuple[str, ...] = ("serve", "relay"),
        with_cast: bool = True,
        also_known_as: str = "",
        more: Mapping[str, str] | None = None,
    ):
        self.folder, self.port = folder, free_port()
        shutil.copy(template, folder / "posko.db")
        self.wire = Proxy(self.port)
        self.url = f"http://127.0.0.1:{self.wire.port}"
        self.words = {
            "POSKO_DATA": str(folder),
            "POSKO_DATABASE": f"sqlite:///{folder}/posko.db",
            "POSKO_BIND": f"127.0.0.1:{self.port}",
            "POSKO_ORIGINS": ",".join(filter(None, (self.url, self._named(also_known_as)))),
            "POSKO_SITE": SITE,
            **(more or {}),
        }
        self.cast = self._assemble() if with_cast else None
        self.parts = {part: self._start(part) for part in parts}
        self._await_ready("/readyz" if "up" in parts else "/healthz")

    def _named(self, name: str) -> str:
        """The same wire under another name, as a browser on another machine would type it."""
        return f"http://{name}:{self.wire.port}" if name else ""

    def _assemble(self) -> casting.Cast:
        post = self.post()
        try:
            return casting.assemble(post)
        finally:
            post.database.close()

    def _start(self, part: str) -> subprocess.Popen[bytes]:
        others = {name: word for name, word in os.environ.items() if not name.startswith("POSKO_")}
        with open(self.folder / f"{part}.log", "wb") as log:
            return subprocess.Popen(
                self._command(part),
                env={**others, **self.words, "POSKO_HOME": str(self.folder), "PYTHONPATH": str(ROOT)},
                cwd=self.folder,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )

    def _command(self, part: str) -> list[str]:
        return [sys.executable, "-m", "incident.cli", part]

    def post(self) -> Post:
        """The room's own database, from beside its processes; its `database` is to be closed."""
        settings = load_settings(**{name.removeprefix("POSKO_").lower(): word for name, word in self.words.items()})
        return Post(settings, Database(settings.database))

    def _await_ready(self, path: str) -> None:
        deadline = time.monotonic() + READY_S
        while not self._answers(path):
            if time.monotonic() > deadline or any(part.poll() is not None for part in self.parts.values()):
                said = "\n".join(self.log_of(part)[-2000:] for part in self.parts)
                self.close()
                raise RuntimeError(f"Posko did not start:\n{said}")
            time.sleep(0.1)

    def _answers(self, path: str) -> bool:
        line = http.client.HTTPConnection("127.0.0.1", self.port, timeout=2)
        try:
            line.request("GET", path)
            return line.getresponse().status == 200
        except (OSError, http.client.HTTPException):
            return False
        finally:
            line.close()

    def log_of(self, part: str) -> str:
        """What a process has said."""
        return (self.folder / f"{part}.log").read_text(errors="replace")

    def fall(self) -> None:
        """The web server dies in the middle of what it does (kill -9)."""
        _tell(self.parts["serve"], signal.SIGKILL)
        self.parts["serve"].wait()

    def rise(self) -> None:
        """It is started again, on the same port and the same database."""
        self.parts["serve"] = self._start("serve")
        self._await_ready("/healthz")

    def freeze(self) -> None:
        """The web server hangs: it holds every connection and says nothing."""
        os.killpg(self.parts["serve"].pid, signal.SIGSTOP)

    def thaw(self) -> None:
        os.killpg(self.parts["serve"].pid, signal.SIGCONT)

    def close(self) -> None:
        """End every process this room started; nothing listens after this."""
        self.wire.close()
        for part in self.parts.values():
            _tell(part, signal.SIGCONT)
            _tell(part, signal.SIGTERM)  # asked first: a supervisor takes its own down with it
        for part in self.parts.values():
            with contextlib.suppress(subprocess.TimeoutExpired):
                part.wait(8)
            _tell(part, signal.SIGKILL)
            part.wait()


def _tell(part: subprocess.Popen[bytes], what: signal.Signals) -> None:
    with contextlib.suppress(ProcessLookupError):
        os.killpg(part.pid, what)
