"""Fixtures of the browser tests: Chromium, a room for each module, and people who walk in.

Playwright holds an event loop while it runs, so it lives no longer than a module: others have loops of their own.
"""

import shutil
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import (
    Browser,
    BrowserContext,
    ConsoleMessage,
    Error,
    Page,
    Request,
    Response,
    expect,
    sync_playwright,
)

from tests.browser.room import Room
from tests.cast import SECRET

QUIET = (
    "--no-sandbox",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-gpu",
)
PATIENCE_MS = 30_000  # a busy machine takes its time; a quick one does not wait
OPTIONS: dict[str, Any] = {
    "viewport": {"width": 1366, "height": 768},
    "locale": "id-ID",
    "service_workers": "block",  # keeping desk and field page for a day without a server costs more than opening them
}
BLOCKED = "Service Worker registration blocked by Playwright"
HERE = Path(__file__).parent


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Everything in this folder drives a browser."""
    for item in items:
        if item.path.is_relative_to(HERE):
            item.add_marker(pytest.mark.browser)


PROGRAMS = ("chromium-headless-shell", "chromium", "chromium-browser")
"""The shell draws as Chromium does and has no desk of its own around each page: half the processor time."""


def launched(programs: Sequence[str] = PROGRAMS) -> Iterator[Browser]:
    """Debian's Chromium, without a window: the first of these programs that is here."""
    program = next((found for name in programs if (found := shutil.which(name))), None)
    if program is None:
        pytest.skip("Chromium is not on this machine: apt-get install chromium")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=list(QUIET))
        expect.set_options(timeout=PATIENCE_MS)
        yield browser
        browser.close()


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    """A browser for all tests of a module."""
    yield from launched()


@pytest.fixture(scope="module")
def room(template_file: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Room]:
    """A running Posko with its cast, for all tests of a module."""
    running = Room(tmp_path_factory.mktemp("room"), template_file)
    yield running
    running.close()


@dataclass
class Ear:
    """What a page does that it should not: foreign requests, failures, console errors, broken scripts."""

    origin: str
    foreign: list[str] = field(default_factory=list)
    failed: list[str] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)

    def listen(self, page: Page) -> None:
        page.on("request", self._request)
        page.on("requestfailed", self._failure)
        page.on("response", self._response)
        page.on("console", self._console)
        page.on("pageerror", self._broken_script)

    def _request(self, request: Request) -> None:
        if not request.url.startswith((self.origin + "/", "data:", "blob:" + self.origin)):
            self.foreign.append(request.url)

    def _failure(self, request: Request) -> None:
        is_given_up = "/tiles/" in request.url and request.failure == "net::ERR_ABORTED"  # by a zoom or a new page
        if not is_given_up:
            self.failed.append(f"{request.url}: {request.failure}")

    def _response(self, response: Response) -> None:
        if response.status >= 400:
            self.failed.append(f"{response.url}: {response.status}")

    def _broken_script(self, fault: Error) -> None:
        self.errors.append(str(fault))

    def _console(self, said: ConsoleMessage) -> None:
        if said.type in ("error", "warning") and said.text != BLOCKED:
            self.errors.append(said.text)


class Visit(Ear):
    """One person at one browser: their context, their pages, and what went wrong on them."""

    def __init__(self, context: BrowserContext, origin: str):
        super().__init__(origin)
        self.context = context
        context.on("page", self.listen)

    def log_in(self, name: str) -> None:
        """Through the door without the form, for tests about something else."""
        answer = self.context.request.post("/login", form={"name": name, "secret": SECRET, "next": "/healthz"})
        assert answer.ok, answer.status

    def open(self, path: str) -> Page:
        """A page that has its picture."""
        page = self.context.new_page()
        page.goto(path)
        if page.locator("html").get_attribute("data-live") == "on":
            expect(page.locator("#lamps .lamp-ok").first).to_be_attached()
        return page

    @property
    def page(self) -> Page:
        return self.context.pages[-1]


@pytest.fixture
def visit(chromium: Browser, room: Room) -> Iterator[Callable[..., Visit]]:
    """Someone sits down at a browser of their own: visit("sari"); nobody logs in with visit(None).

    Who is to have a page kept, or a push, asks for service_workers="allow".
    """
    visits: list[Visit] = []

    def begun(name: str | None, **more: Any) -> Visit:
        options = {"base_url": room.url, **OPTIONS, **more}
        one = Visit(chromium.new_context(**options), room.url)
        visits.append(one)
        if name:
            one.log_in(name)
        return one

    yield begun
    for one in visits:
        one.context.close()
