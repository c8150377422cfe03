"""One night on the map: a misspelt village, the call it repeats, an area, a layer, and the picture taken home."""

import re
from collections.abc import Callable
from pathlib import Path

from playwright.sync_api import Browser, expect

from tests.browser.conftest import Visit
from tests.browser.room import Room
from tests.browser.seeds import Caller, call
from tests.browser.test_map import draw
from tests.browser.test_place_box import room, say

assert room, "the room that knows the names of villages"


def test_from_a_misspelt_village_to_a_picture_that_opens_without_posko(
    room: Room, visit: Callable[..., Visit], chromium: Browser, tmp_path: Path
) -> None:
    first = call(Caller(room, "call_taker"), "banjir", 116.6602, -8.5071, "Labuhan Lombok, tepi kali", "Air naik")
    desk_person, board_person = visit("sari"), visit("komang")
    desk, board = desk_person.open("/calls"), board_person.open("/")

    say(desk, "labuan lmbok")
    expect(desk.locator("#place-list [role=option]").first).to_contain_text("Desa Labuhan Lombok")
    desk.keyboard.press("Enter")
    expect(desk.locator("#clue-repeats")).to_contain_text(f"LT-{first['incident']:04d}")
    desk.keyboard.press("Control+Enter")
    expect(desk.locator("#toasts")).to_contain_text("dibuka")
    expect(board.locator(".queue-row")).to_have_count(2)

    draw(board, "Kampung nelayan")
    board.keyboard.press("Escape")
    board.keyboard.press("l")
    board.locator('[data-layer-deed="on-heat"]').check()
    expect(board).to_have_url(re.compile("layers=.*heat"))
    assert (board_person.foreign, board_person.errors, desk_person.foreign) == ([], [], [])

    answer = board_person.context.request.get("/situation.html?save=1")
    assert "attachment" in answer.headers["content-disposition"]
    (tmp_path / "peta.html").write_bytes(answer.body())
    elsewhere = chromium.new_context(locale="id-ID", offline=True)
    home = elsewhere.new_page()
    home.goto((tmp_path / "peta.html").as_uri())
    expect(home.locator("#sheet .total")).to_have_text("2")
    expect(home.locator("#sheet")).to_contain_text("Labuhan Lombok")
    assert "Kampung nelayan" in home.content()
    assert "Air naik" not in home.content()
    elsewhere.close()
