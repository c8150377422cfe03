"""A shift leaves and the next one signs; a call is found by a part of its number, and by nobody who may not."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.browser import regulars
from tests.browser.conftest import Visit
from tests.browser.room import Room
from tests.browser.seeds import Caller, call

PHONE = "081234567321"
WORDS = "dialog.dialog-form :is(input, textarea, select, button):focus"
seats, visit = regulars.seats, regulars.visit


@pytest.fixture
def incident(room: Room) -> int:
    return int(
        call(Caller(room, "call_taker"), "flood", 116.6, -8.5, "Pringgabaya", "Air setinggi pinggang")["incident"]
    )


def look_for(page: Page, words: str, key: str = "Control+k") -> Any:
    """Open the box by its key and type; answers what was found."""
    page.keyboard.press(key)
    expect(page.locator("dialog.find .find-input")).to_be_focused()
    page.keyboard.type(words)
    return page.locator("dialog.find .found-row")


def by_key(page: Page, key: str) -> None:
    """Open the form of this key; the hands are in its first field."""
    page.keyboard.press(key)
    expect(page.locator(WORDS)).to_be_focused()


def submit(page: Page) -> None:
    page.locator("dialog.dialog-form button[type=submit]").click()
    expect(page.locator("dialog.dialog-form")).to_have_count(0)


def test_a_shift_leaves_and_the_next_one_signs_what_it_read(visit: Callable[..., Visit], incident: int):
    dewi, komang = visit("dewi").open("/handover"), visit("komang").open("/handover")
    expect(dewi.locator("#items")).to_contain_text("Pringgabaya")
    by_key(dewi, "s")
    submit(dewi)
    expect(dewi.locator("#shift")).to_contain_text("Dipimpin dewi")
    expect(komang.locator("#shift")).to_contain_text("Dipimpin dewi")
    by_key(dewi, "s")
    dewi.keyboard.type("Pompa 2 rusak")
    submit(dewi)
    expect(dewi.locator("#shift")).to_contain_text("menunggu tanda tangan")
    expect(dewi.locator("#shift button", has_text="Tanda tangani")).to_have_count(0)
    expect(komang.locator("#shift")).to_contain_text("Pompa 2 rusak")
    by_key(komang, "s")
    submit(komang)
    expect(komang.locator("#shift")).to_contain_text("Dipimpin komang")
    expect(dewi.locator("#shift")).to_contain_text("Dipimpin komang")
    komang.locator("#signed-box summary").click()
    expect(komang.locator("#signed li")).to_contain_text("dewi kepada komang")
    komang.locator("#signed a").click()
    expect(komang.locator("article")).to_contain_text("Pompa 2 rusak")
    expect(komang.locator("article")).to_contain_text("Pringgabaya")


def test_a_decision_is_written_by_keys_done_and_struck(visit: Callable[..., Visit]):
    page = visit("komang").open("/handover")
    by_key(page, "k")
    page.keyboard.type("Buka dapur umum")
    page.locator("dialog input[name=owner]").fill("Dinsos")
    page.locator("dialog input[name=due_at]").fill("2020-01-01T07:00")
    page.keyboard.press("Control+Enter")
    row = page.locator("#decision-rows tr", has_text="Buka dapur umum")
    expect(row).to_contain_text("TERLAMBAT")
    expect(row).to_contain_text("01/01/2020 07.00")
    expect(page.locator("#items")).to_contain_text("Buka dapur umum")
    row.locator("button", has_text="Selesai").click()
    submit(page)
    expect(row).to_contain_text("komang")
    expect(row).not_to_contain_text("TERLAMBAT")
    row.locator("button", has_text="Coret").click()
    expect(page.locator(WORDS)).to_be_focused()
    page.keyboard.type("Salah catat")
    submit(page)
    expect(row).to_have_class(re.compile("is-struck"))


def test_a_call_taker_finds_a_call_by_a_part_of_its_number_and_a_leader_does_not(
    visit: Callable[..., Visit], incident: int
):
    sari = visit("sari").open("/calls")
    found = look_for(sari, PHONE[-4:])
    expect(found.first).to_contain_text("0812****321")
    assert PHONE not in sari.content()
    assert PHONE[-4:] not in sari.evaluate("location.pathname + location.search + location.hash")
    lalu = visit("lalu").open("/")
    look_for(lalu, PHONE[-4:])
    expect(lalu.locator(".find-note")).to_contain_text("Tidak ada yang memuat")
    expect(lalu.locator(".found-row")).to_have_count(0)


def test_what_was_found_is_reached_by_arrows_and_enter(visit: Callable[..., Visit], incident: int):
    page = visit("lalu").open("/handover")
    found = look_for(page, "pringg", "/")
    expect(found.first).to_contain_text("Pringgabaya")
    page.keyboard.press("ArrowDown")
    expect(found.first).to_be_focused()
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile(r"/\?i=\d+"))


def test_escape_closes_the_box_and_gives_the_focus_back(visit: Callable[..., Visit]):
    page = visit("dewi").open("/handover")
    page.locator("#decision-add").focus()
    look_for(page, "x")
    page.keyboard.press("Escape")
    expect(page.locator("dialog.find")).to_have_count(0)
    expect(page.locator("#decision-add")).to_be_focused()
