"""A browser one can pull the plug of: Chromium in a process of its own, with a profile that stays."""

import contextlib
import os
import shutil
import signal
import subprocess
import time
from pathlib import Path

from playwright.sync_api import Browser, BrowserContext, Page, Playwright

from tests.browser.conftest import PROGRAMS, QUIET

READY_S = 40.0


def find_program() -> str:
    """The first of Debian's Chromiums that is on this machine."""
    return next((found for name in PROGRAMS if (found := shutil.which(name))), PROGRAMS[-1])


class Machine:
    """Somebody's computer: its profile in `folder`; it is started, killed and started again."""

    def __init__(self, playwright: Playwright, folder: Path):
        self.playwright, self.folder = playwright, folder
        self._told = folder / "DevToolsActivePort"
        self._process: subprocess.Popen[bytes] | None = None
        self._browser: Browser | None = None

    def start(self) -> BrowserContext:
        """Chromium with this machine's profile; answers its context."""
        self._told.unlink(missing_ok=True)
        command = [
            find_program(),
            "--headless",
            *QUIET,
            "--no-first-run",
            f"--user-data-dir={self.folder}",
            "--remote-debugging-port=0",  # any that is free: it tells which
            "about:blank",
        ]
        quiet = subprocess.DEVNULL
        self._process = subprocess.Popen(command, stdin=quiet, stdout=quiet, stderr=quiet, start_new_session=True)
        self._browser = self.playwright.chromium.connect_over_cdp(f"http://127.0.0.1:{self._await_port()}")
        return self._browser.contexts[0]

    def _await_port(self) -> int:
        deadline = time.monotonic() + READY_S
        while not self._told.exists() or "\n" not in (said := self._told.read_text()):
            assert self._process is not None and self._process.poll() is None, "Chromium has ended"
            assert time.monotonic() < deadline, "Chromium does not tell its port"
            time.sleep(0.05)
        return int(said.split("\n")[0])

    def pull_the_plug(self) -> None:
        """Kill -9, every process of it."""
        assert self._process is not None
        os.killpg(self._process.pid, signal.SIGKILL)
        self._process.wait()
        if self._browser:
            with contextlib.suppress(Exception):
                self._browser.close()
        for lock in self.folder.glob("Singleton*"):  # what a dead browser leaves, as after a power cut
            lock.unlink(missing_ok=True)
        self._process = None

    def close(self) -> None:
        if self._process:
            self.pull_the_plug()


def log_in(page: Page, origin: str, name: str, secret: str, onward: str) -> None:
    """Through the form, as a person does."""
    page.goto(f"{origin}/login?next={onward}")
    page.locator("#name").fill(name)
    page.locator("#secret").fill(secret)
    page.locator("#submit").click()
    page.wait_for_url(f"{origin}{onward}")


def await_kept(page: Page) -> None:
    """Until this page would open without a server."""
    await_true(page, KEPT)


def await_true(page: Page, question: str, within_s: float = 40.0) -> None:
    """Ask the page until a promise of it comes true."""
    deadline = time.monotonic() + within_s
    while not page.evaluate(question):
        assert time.monotonic() < deadline, question
        page.wait_for_timeout(50)


KEPT = """async () => {
  const kept = await (await caches.open("posko-pages")).keys();
  const isHere = kept.some(({ url }) => new URL(url).pathname === location.pathname);
  return isHere && Boolean(navigator.serviceWorker.controller);
}"""
# every row of a table of the browser's shelf: `await rowsOf("outbox")`
ROWS_OF = """async (table) => {
  const asked = indexedDB.open("posko");
  const base = await new Promise((done) => { asked.onsuccess = () => done(asked.result); });
  const all = base.transaction(table).objectStore(table).getAll();
  return new Promise((done) => { all.onsuccess = () => (base.close(), done(all.result)); });
}"""
