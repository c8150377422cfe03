"""An old picture says so within ten seconds, and becomes true again by itself."""

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.browser import regulars
from tests.browser.conftest import Visit
from tests.browser.room import Room
from tests.browser.seeds import CALLS, Caller, a_busy_hour, call

pytestmark = pytest.mark.slow(14)

seats, visit = regulars.seats, regulars.visit
SOON_MS = 40_000  # of a machine that is busy; what the page itself counts are ten seconds
CARDS = ("incidents", "units", "assignments", "alerts", "recipients")
PICTURE = """async () => {
  const { live } = await import(document.querySelector('script[type=module]').src.replace(/[^/]+$/, 'shell.js'));
  const plain = (cards) => (cards instanceof Map ? [...cards.values()] : cards);
  return Object.fromEntries(Object.entries(live.picture).map(([name, cards]) => [name, plain(cards)]));
}"""
# how old the picture was, in seconds, when the red band came: noted by the page in that moment, as `reddened`
NOTE_THE_BAND = """async () => {
  const shell = document.querySelector("script[type=module]").src.replace(/[^/]+$/, "shell.js");
  const [{ live }, band] = [await import(shell), document.getElementById("freeze")];
  const note = () => { if (!band.hidden) globalThis.reddened ??= live.pulse.ageSeconds(performance.now()); };
  new MutationObserver(note).observe(band, { attributes: true });
  return (await import(shell.replace("shell.js", "pulse.js"))).FROZEN_AFTER_MS;
}"""


@pytest.fixture
def board(visit: Callable[..., Visit]) -> Page:
    return visit("komang").open("/")


def picture(page: Page) -> dict[str, Any]:
    """What the page believes."""
    return told(page.evaluate(PICTURE))


def truth(page: Page) -> dict[str, Any]:
    """What the server says now, to the same person."""
    return told(page.context.request.get("/api/v1/board").json())


def told(snapshot: dict[str, Any]) -> dict[str, Any]:
    cards = {name: sorted(snapshot[name], key=lambda card: str(card["id"])) for name in CARDS}
    return {"seq": snapshot["seq"], **cards}


def await_truth(page: Page) -> None:
    """Until the page believes what the server says, while the alert goes its way beside them."""
    for _ in range(200):
        if picture(page) == truth(page):
            return
        page.wait_for_timeout(200)
    assert picture(page) == truth(page)


def await_red_band(board: Page) -> None:
    assert board.evaluate(NOTE_THE_BAND) == 10_000
    expect(board.locator("#freeze")).to_be_visible(timeout=SOON_MS)
    assert board.evaluate("globalThis.reddened") >= 10
    expect(board.locator("#freeze")).to_contain_text("DATA BEKU sejak")


def test_a_frozen_server_turns_the_board_red_and_a_thawed_one_calms_it(board: Page, room: Room) -> None:
    mark_the_page(board)
    expect(board.locator("#freeze")).to_be_hidden()
    room.freeze()
    try:
        await_red_band(board)
    finally:
        room.thaw()
    expect(board.locator("#freeze")).to_be_hidden(timeout=SOON_MS)
    assert is_the_same_page(board)


def test_a_board_behind_a_dead_wire_catches_up_from_the_journal(board: Page, room: Room) -> None:
    mark_the_page(board)
    before = picture(board)["incidents"]
    room.wire.hold()
    try:
        a_busy_hour(room)
        await_red_band(board)
        assert picture(board)["incidents"] == before
    finally:
        room.wire.mend()
    expect(board.locator("#freeze")).to_be_hidden(timeout=SOON_MS)
    await_truth(board)
    assert is_the_same_page(board)
    expect(board.locator(".queue-row")).to_have_count(len(before) + len(CALLS))


def test_a_broken_wire_loses_no_entry(board: Page, room: Room) -> None:
    desk = Caller(room, "call_taker")
    before = picture(board)["seq"]
    for one in CALLS:
        room.wire.cut()
        call(desk, *one)
        room.wire.mend()
        call(desk, *one)
    await_truth(board)
    assert picture(board)["seq"] >= before + 2 * len(CALLS)


def mark_the_page(page: Page) -> None:
    page.evaluate("document.body.dataset.mark = 'here'")


def is_the_same_page(page: Page) -> bool:
    return page.evaluate("document.body.dataset.mark") == "here"
