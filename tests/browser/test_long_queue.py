"""A queue longer than the screen: it says so, is read on by scrolling, searched to its end, and opened by a link."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Locator, Page, expect

from gis.database import Database
from incident.bench import fill
from tests.browser import regulars
from tests.browser.conftest import Visit
from tests.browser.room import Room
from tests.browser.seeds import Caller

OPEN = 700
SOON_MS = 40_000
seats, visit = regulars.seats, regulars.visit


@pytest.fixture(scope="module", autouse=True)
def life(room: Room) -> None:
    database = Database(room.words["POSKO_DATABASE"])
    fill.incidents(database, 1, OPEN, is_open=True)
    database.close()


@pytest.fixture
def board(visit: Callable[..., Visit]) -> Callable[..., Page]:
    def opened(path: str = "/") -> Page:
        page = visit("komang").open(path)
        expect(page.locator(".queue-row").first).to_be_visible(timeout=SOON_MS)
        return page

    return opened


def chip(page: Page, show: str) -> Locator:
    return page.locator(f"[data-show={show}]")


# scrolls to the end of what is here; true once no count is "at least" any more
TO_THE_END = """() => {
  const box = document.getElementById("queue-scroll");
  box.scrollTo(0, box.scrollHeight);
  return !document.querySelector("[data-show=waiting]").textContent.includes("+");
}"""
WHOLE = re.compile(rf"(?<!\d){OPEN}\s*$")


def test_the_whole_length_is_told_though_only_the_worst_are_here(board: Callable[..., Page]):
    page = board()
    expect(chip(page, "open")).to_have_text(WHOLE)
    expect(chip(page, "waiting")).to_have_text(re.compile(r"\+\s*$"))
    assert set(page.locator(".queue-row .prio").all_text_contents()) <= {"1", "2"}


def test_scrolling_reads_on_until_all_are_there_and_counted(board: Callable[..., Page]):
    page = board()
    page.wait_for_function(TO_THE_END, timeout=3 * SOON_MS, polling=100)
    expect(chip(page, "waiting")).not_to_contain_text("+")
    expect(chip(page, "open")).to_have_text(WHOLE)


def test_a_search_finds_what_is_not_on_the_screen_and_an_idle_one_says_so(board: Callable[..., Page]):
    page = board()
    page.locator("#queue-search").fill(f"LT-{OPEN:04d}")
    expect(page.locator(".queue-row")).to_have_count(1)
    expect(page.locator(".queue-row")).to_contain_text(f"LT-{OPEN:04d}")
    page.locator("#queue-search").fill("tidak ada begitu")
    expect(page.locator("#queue-empty")).to_contain_text(f"{OPEN} kejadian lain terbuka")


def test_a_link_to_one_far_down_opens_it_and_shows_its_row(board: Callable[..., Page], room: Room):
    page = board(f"/?i={OPEN}")
    expect(page.locator("#panel-head")).to_contain_text(f"LT-{OPEN:04d}")
    expect(page.locator(f"#row-{OPEN}")).to_be_in_viewport()
    expect(page.locator(f"#row-{OPEN}")).to_have_class(re.compile("is-chosen"))


def test_closing_and_opening_keep_the_count_also_of_what_is_not_here(board: Callable[..., Page], room: Room):
    page = board()
    dispatcher, desk = Caller(room, "dispatcher"), Caller(room, "call_taker")
    dispatcher.post(f"/incidents/{OPEN - 1}/close", disposition="handled")
    expect(page.locator("[data-show=open]")).to_contain_text(str(OPEN - 1))
    desk.post(
        "/calls",
        **{"class": "normal", "type": "pohon", "channel": "112", "place": {"text": "dekat pasar", "method": "text"}},
    )
    expect(page.locator("[data-show=open]")).to_contain_text(str(OPEN))


def test_the_map_shows_all_of_them_by_one_question_at_its_opening(visit: Callable[..., Visit]):
    someone = visit("komang")
    page = someone.context.new_page()
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url) if "/api/v1/view" in request.url else None)
    with page.expect_request("**/api/v1/view*", timeout=SOON_MS):
        page.goto("/")
    expect(page.locator(".queue-row").first).to_be_visible(timeout=SOON_MS)
    page.wait_for_timeout(1500)
    assert len(asked) == 1, asked
