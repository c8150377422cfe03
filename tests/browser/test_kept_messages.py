"""Messages kept beside: read, made a report, set aside; the other screen follows, and a number never shows."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Locator, expect
from sqlalchemy import delete

from alerts.webhooks.models import MessageIn
from tests.browser import axe, regulars
from tests.browser.conftest import Visit
from tests.browser.room import Room
from tests.browser.seeds import Caller, a_kept_message

PHONE = "081234500077"
seats, visit = regulars.seats, regulars.visit


@pytest.fixture(autouse=True)
def nothing_waits(room: Room) -> None:
    """Each test begins with empty lists, whatever another one left in them."""
    post = room.post()
    post.database.write(lambda conn: conn.execute(delete(MessageIn)))
    post.database.close()


def twice(button: Locator) -> None:
    """Pressed twice before anything can have come of the first."""
    button.evaluate("button => (button.click(), button.click())")


def test_one_is_made_a_report_and_one_set_aside_and_both_screens_know(visit: Callable[..., Visit], room: Room):
    for words in ("Banjir di Dusun Rejeki, kami di atap", "<b>bukan apa-apa</b>"):
        a_kept_message(room, words)
    someone, other = visit("komang"), visit("ayu")
    mine, theirs = someone.open("/channels"), other.open("/channels")
    for page in (mine, theirs):
        expect(page.locator(".kept-row")).to_have_count(2)
        expect(page.locator("#kept-count")).to_have_text("2")
    first = mine.locator(".kept-row", has_text="Dusun Rejeki")
    expect(first).to_contain_text("6281****077")
    expect(first).to_contain_text("tidak dapat diolah")
    assert PHONE[1:] not in mine.content()
    twice(first.locator("[data-kept=call]"))
    expect(mine.locator(".kept-row")).to_have_count(1)
    expect(theirs.locator(".kept-row")).to_have_count(1)
    calls = Caller(room, "coordinator").get("/incidents")["features"]
    assert [one["properties"]["type"] for one in calls] == ["banjir"], "pressed twice, reported once"
    theirs.locator("[data-kept=aside]").click()
    for page in (mine, theirs):
        expect(page.locator(".kept-row")).to_have_count(0)
        expect(page.locator("#kept-aside li")).to_have_count(1)
    assert (someone.foreign, someone.errors) == ([], [])


def test_all_of_one_sender_is_set_aside_by_one_click_and_taken_back_by_another(visit: Callable[..., Visit], room: Room):
    for number in range(3):
        a_kept_message(room, f"Menang undian {number}")
    mine, theirs = visit("komang").open("/channels"), visit("ayu").open("/channels")
    expect(mine.locator(".kept-row")).to_have_count(3)
    twice(mine.locator("[data-kept=aside_all]", has_text="semua (3)").first)
    for page in (mine, theirs):
        expect(page.locator(".kept-row")).to_have_count(0)
        expect(page.locator("#kept-aside li")).to_have_count(1)
    told = theirs.locator("#kept-aside li", has_text="3 pesan")
    expect(told).to_contain_text("6281****077")
    expect(told).to_contain_text("oleh komang")
    told.locator("[data-kept=reopen]").click()
    for page in (mine, theirs):
        expect(page.locator(".kept-row")).to_have_count(3)
        expect(page.locator("#kept-aside li")).to_have_count(0)
    mine.locator("[data-kept=aside_all]").first.click()
    expect(mine.locator(".kept-row")).to_have_count(0)


def test_nothing_of_it_keeps_anybody_from_reading_it(visit: Callable[..., Visit], room: Room):
    a_kept_message(room)
    page = visit("komang", viewport={"width": 390, "height": 844}, reduced_motion="reduce").open("/channels")
    expect(page.locator(".kept-row").first).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    axe.put_into(page)
    assert axe.in_both_themes(page, "#kept-part") == []


def test_who_does_not_oversee_the_room_has_no_door_to_them(visit: Callable[..., Visit], room: Room):
    someone = visit("dewi")
    assert someone.context.request.get("/api/v1/messages").status == 403
    someone.context.new_page().goto("/channels")
    expect(someone.page.locator("#kept-part")).to_have_count(0)


def test_it_is_said_in_english_too(visit: Callable[..., Visit], room: Room):
    a_kept_message(room)
    page = visit("komang", is_new=True).open("/language/en?next=/channels")
    page.goto("/channels")
    expect(page.locator("#kept-title")).to_have_text(re.compile("Kept messages"))
    expect(page.locator(".kept-row [data-kept=call]").first).to_have_text(re.compile("Make it a report"))
