"""Readable and usable by everyone: every page and the sheets it opens, in both themes, on a desk and on a phone."""

from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.browser import axe
from tests.browser.conftest import Visit
from tests.browser.pages import Leaf, leaves
from tests.browser.room import Room
from tests.browser.seeds import a_busy_hour, a_shift_handed_over

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
    people = {leaf.name: visit(leaf.name, reduced_motion="reduce", color_scheme="dark") for leaf in every_leaf}
    found = [fault for leaf in every_leaf for fault in on_page(people[leaf.name], leaf)]
    assert not found, "\n".join(found)


def on_page(someone: Visit, leaf: Leaf) -> list[str]:
    page = someone.open(leaf.path)
    settled(page)
    axe.put_into(page)
    found = []
    for size, screen in SIZES.items():
        page.set_viewport_size(screen)
        found += [f"{leaf.path} {size} {fault}" for fault in axe.in_both_themes(page)]
    page.close()
    return found


def settled(page: Page) -> None:
    """What the page asks for has come, and the board has an incident open."""
    page.wait_for_load_state("load")
    if page.locator(".queue-row").count():
        page.evaluate("document.querySelector('.queue-row').click()")
        expect(page.locator("#panel-tabs")).to_be_attached()
    page.wait_for_timeout(300)


@pytest.mark.parametrize("size", SIZES)
def test_axe_finds_nothing_in_what_the_top_bar_opens(
    visit: Callable[..., Visit], every_leaf: list[Leaf], size: str
) -> None:
    page = visit("komang", viewport=SIZES[size], reduced_motion="reduce", color_scheme="dark").open("/")
    axe.put_into(page)
    opened = [name for name, (opens, shown) in SHEETS.items() if is_clean(page, name, opens, shown)]
    assert {"menu", "find", "trouble", "status"} <= set(opened) or size == "phone"


def is_clean(page: Page, name: str, opens: str, shown: str) -> bool:
    """Open it, ask axe, close it; False where this screen has no such button."""
    if not page.locator(opens).is_visible():
        return False
    page.locator(opens).click()
    expect(page.locator(shown).first).to_be_visible()
    assert axe.in_both_themes(page, shown) == [], name
    if shown == "dialog[open]":
        page.keyboard.press("Escape")
        expect(page.locator(shown)).to_have_count(0)
    elif name == "menu":
        page.locator(opens).click()
    else:
        page.keyboard.press("Escape")
    return True
