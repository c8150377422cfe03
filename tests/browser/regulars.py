"""People who stay at their browsers for a whole file: a window keeps the files it has read, and nothing else of a test.

A fresh window reads and compiles some ninety files; one that is used again costs half of that. In a test file:
`seats, visit = regulars.seats, regulars.visit`. Who needs a window nobody has sat at asks visit("sari", is_new=True).
"""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, Error, Page, expect

from tests.browser.conftest import OPTIONS, Visit
from tests.browser.room import Room

KEPT = "indexeddb,local_storage,service_workers,cache_storage"


class Regular(Visit):
    """A person whose window waits for them, emptied, from one test to the next."""

    waiting: Page | None = None

    def open(self, path: str) -> Page:
        """A page that has its picture, in the window that waits or in another."""
        if self.waiting is None:
            return super().open(path)
        page, self.waiting = self.waiting, None
        page.goto(path)
        if page.locator("html").get_attribute("data-live") == "on":
            expect(page.locator("#lamps .lamp-ok").first).to_be_attached()
        return page

    def get_up(self) -> None:
        """Leave one window behind, and nothing in it: no draft, no choice, nothing unsent, nothing heard."""
        self.context.set_offline(False)
        self.context.unroute_all()
        for page in self.context.pages:
            self._empty(page) if page is self.context.pages[0] else page.close()
        for heard in (self.foreign, self.failed, self.errors):
            heard.clear()

    def _empty(self, page: Page) -> None:
        page.unroute_all()
        if page.url.startswith(self.origin):
            page.evaluate("sessionStorage.clear()")
        page.goto("about:blank")
        line = self.context.new_cdp_session(page)
        line.send("Storage.clearDataForOrigin", {"origin": self.origin, "storageTypes": KEPT})
        line.detach()
        self.waiting = page


@pytest.fixture(scope="module")
def seats() -> Iterator[dict[str, list[Regular]]]:
    """Who has a window in this file, and is not at it."""
    found: dict[str, list[Regular]] = {}
    yield found
    for one in [one for all_of_them in found.values() for one in all_of_them]:
        one.context.close()


@pytest.fixture
def visit(
    visit: Callable[..., Visit], seats: dict[str, list[Regular]], chromium: Browser, room: Room
) -> Iterator[Callable[..., Visit]]:
    """Someone sits down at the window they had before: visit("sari"); of two at once each has one of their own."""
    here: list[tuple[str, Regular]] = []

    def begun(name: str | None, is_new: bool = False, **more: Any) -> Visit:
        if is_new or name is None:
            return visit(name, **more)
        seat = f"{name} {sorted(more.items())}"
        one = seats[seat].pop() if seats.get(seat) else _first_of_all(chromium, room, name, more)
        here.append((seat, one))
        return one

    yield begun
    for seat, one in here:
        try:
            one.get_up()
        except Error:  # a window that cannot be emptied is nobody's seat
            one.context.close()
        else:
            seats.setdefault(seat, []).append(one)


def _first_of_all(chromium: Browser, room: Room, name: str, more: dict[str, Any]) -> Regular:
    one = Regular(chromium.new_context(**{"base_url": room.url, **OPTIONS, **more}), room.url)
    one.log_in(name)
    return one
