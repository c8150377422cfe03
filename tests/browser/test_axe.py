"""Readable and usable by everyone: every page and the sheets it opens, in both themes, on a desk and on a phone."""

from collections.abc import Callable
from itertools import groupby
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.browser import axe
from tests.browser.conftest import Visit
from tests.browser.pages import Leaf, leaves
from tests.browser.room import Room
from tests.browser.seeds import a_busy_hour, a_shift_handed_over

pytestmark = pytest.mark.slow(50)

SIZES = {"desk": {"width": 1366, "height": 768}, "phone": {"width": 390, "height": 844}}
# an open sheet or menu: how it opens, what then is there
SHEETS = {
    "menu": (".menu summary", ".menu-body"),
    "find": ("#find-open", "dialog.find"),
    "trouble": ("#trouble-open", "dialog[open]"),
    "status": ("button#status-pill", "dialog[open]"),
    "keys": ("#keys-open", "dialog[open]"),
}


@pytest.fixture(scope="module")
def every_leaf(room: Room, template_file: Path, tmp_path_factory: pytest.TempPathFactory) -> list[Leaf]:
    """Every page of a room where much has happened: an empty page hides its faults."""
    a_busy_hour(room)
    a_shift_handed_over(room)
    return leaves(room, template_file, tmp_path_factory.mktemp("leaves"))


def test_axe_finds_nothing_on_any_page(visit: Callable[..., Visit], every_leaf: list[Leaf]) -> None:
    assert {"/", "/calls", "/field", "/wall", "/units", "/handover", "/handover/1"} <= {
        leaf.path for leaf in every_leaf
    }
    found = []
    for name, theirs in groupby(sorted(every_leaf, key=who_looks), key=who_looks):
        someone = visit(name or None, reduced_motion="reduce", color_scheme="dark")
        found += [fault for leaf in theirs for fault in on_page(someone, leaf)]
        someone.context.close()
    assert not found, "\n".join(found)


def who_looks(leaf: Leaf) -> str:
    return leaf.name or ""


def on_page(someone: Visit, leaf: Leaf) -> list[str]:
    page = turned_to(someone, leaf.path)
    axe.put_into(page)
    found = []
    for size, screen in SIZES.items():
        page.set_viewport_size(screen)
        found += [f"{leaf.path} {size} {fault}" for fault in axe.in_both_themes(page)]
    return found


def turned_to(someone: Visit, path: str) -> Page:
    """The one window of this person: it has read most files before. What the page asks for has come."""
    if someone.context.pages:
        someone.page.set_viewport_size(SIZES["desk"])
        someone.page.goto(path)
    page = someone.page if someone.context.pages else someone.open(path)
    if page.locator("html").get_attribute("data-live") == "on":
        expect(page.locator("#lamps .lamp-ok").first).to_be_attached()
    if path == "/":
        expect(page.locator(".queue-row").first).to_be_attached()
        page.evaluate("document.querySelector('.queue-row').click()")
        expect(page.locator("#panel-tabs")).to_be_attached()
    page.wait_for_timeout(300)
    return page


def test_axe_finds_nothing_in_what_the_top_bar_opens(visit: Callable[..., Visit], every_leaf: list[Leaf]) -> None:
    page = visit("komang", viewport=SIZES["desk"], reduced_motion="reduce", color_scheme="dark").open("/")
    axe.put_into(page)
    for name in ("menu", "find", "trouble", "status"):
        expect(page.locator(SHEETS[name][0])).to_be_visible()
    for size, screen in SIZES.items():
        page.set_viewport_size(screen)
        for name, (opens, shown) in SHEETS.items():
            assert faults_of_sheet(page, opens, shown) == [], (size, name)


def faults_of_sheet(page: Page, opens: str, shown: str) -> list[str]:
    """Open it, ask axe, close it; nothing where this screen has no such button."""
    if not page.locator(opens).is_visible():
        return []
    page.locator(opens).click()
    expect(page.locator(shown).first).to_be_visible()
    found = axe.in_both_themes(page, shown)
    if shown == ".menu-body":
        page.locator(opens).click()
    else:
        page.keyboard.press("Escape")
    expect(page.locator(shown).filter(visible=True)).to_have_count(0)
    return found
