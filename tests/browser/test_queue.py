"""The queue under the hand: nothing jumps, a P1 sounds once for the room, views have keys, `?` is true."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Visit
from tests.browser.room import Room
from tests.browser.seeds import CALLS, Caller, a_busy_hour, call

COUNT_SOUNDS = """window.tones = 0;
const make = AudioContext.prototype.createOscillator;
AudioContext.prototype.createOscillator = function () { window.tones += 1; return make.call(this); };"""
P1_TONES = 3
BURST = 12
ORDER = "() => [...document.querySelectorAll('.queue-row')].map((row) => row.id)"
PLACES = """() => [...document.querySelectorAll('.queue-row')]
  .map((row) => [row.id, row.getBoundingClientRect().top])"""
SLOW_READER = """const wait = window.setTimeout;
window.setTimeout = (deed, ms, ...more) => wait(deed, ms === 8000 ? 300000 : ms, ...more);"""
CHIP_TOPS = """() => [...document.querySelectorAll('.queue-chips .chip')]
  .map((chip) => Math.round(chip.getBoundingClientRect().top))"""
PRIORITIES = "[...new Set([...document.querySelectorAll('.queue-row .prio')].map((one) => one.innerText))].join()"
CUT_WORDS = """() => [...document.querySelectorAll('.chip-name')]
  .filter((one) => one.scrollWidth > one.parentElement.clientWidth).map((one) => one.textContent)"""
SIZES = ((1366, 768), (1920, 1080), (390, 844))
KEYS = "(await import(document.querySelector('script[type=module][src*=board]').src)).keys.deeds"


def await_key(page: Page, key: str) -> None:
    """Until the board listens to it. A promise would count as an answer, whatever it brings."""
    page.evaluate(f"async () => {{ while (!{KEYS}.has('{key}')) await new Promise(requestAnimationFrame); }}")


@pytest.fixture(scope="module", autouse=True)
def life(room: Room) -> list[int]:
    return a_busy_hour(room)


@pytest.fixture
def board(visit: Callable[..., Visit]) -> Callable[..., Page]:
    def opened(who: str = "dewi", path: str = "/", script: str = "", **more: Any) -> Page:
        one = visit(who, **more)
        one.context.add_init_script(COUNT_SOUNDS + script)
        page = one.open(path)
        expect(page.locator(".queue-row").first).to_be_visible()
        return page

    return opened


def p1(room: Room, text: str = "Keruak, simpang empat") -> int:
    kind, lon, lat, _, words = CALLS[0]
    return int(call(Caller(room, "call_taker"), kind, lon, lat, text, words, priority="P1")["incident"])


def burst(room: Room, many: int) -> list[int]:
    return [p1(room, f"Gelombang {number}") for number in range(many)]


# nothing jumps


def test_under_the_pointer_no_row_moves_while_twelve_p1_arrive_and_all_come_when_it_leaves(board, room):
    page = board()
    row = page.locator(".queue-row").nth(1)
    row.hover()
    before = page.evaluate(PLACES)
    new = burst(room, BURST)
    expect(page.locator("#queue-news")).to_contain_text(f"{BURST} baru")
    row.hover()
    after = page.evaluate(PLACES)
    assert [one for one, _ in after] == [one for one, _ in before]
    moved = [top - was for (_, top), (_, was) in zip(after[:4], before[:4], strict=True)]
    assert max(moved) - min(moved) < 0.5, "rows keep their distance; only the band above them may push all of them"
    page.locator("#map").hover()
    expect(page.locator("#queue-news")).to_be_hidden()
    are_all_there(page, new)


def test_who_reads_by_keys_has_it_standing_still_too_until_home_brings_in_what_is_new(board, room):
    page = board(script=SLOW_READER)  # the list stands still for eight seconds after a key; a slow machine needs more
    page.locator("#map").hover()
    page.keyboard.press("j")
    page.keyboard.press("j")
    expect(page.locator(".queue-row.is-chosen")).to_have_count(1)
    chosen, before = page.locator(".queue-row.is-chosen").get_attribute("id"), page.evaluate(ORDER)
    new = burst(room, 3)
    page.keyboard.press("j")
    expect(page.locator("#queue-news")).to_be_visible()
    assert page.evaluate(ORDER) == before
    page.keyboard.press("k")
    expect(page.locator(".queue-row.is-chosen")).to_have_attribute("id", str(chosen))
    page.keyboard.press("Home")
    expect(page.locator("#queue-news")).to_be_hidden()
    are_all_there(page, new)
    expect(page.locator(".queue-row.is-chosen")).to_have_attribute("id", str(chosen))


def are_all_there(page: Page, incidents: list[int]) -> None:
    for incident in incidents:
        expect(page.locator(f"#row-{incident}")).to_be_attached()


# a P1 sounds once for the room


def tones(page: Page) -> int:
    return int(page.evaluate("() => window.tones"))


def await_tones(page: Page, many: int) -> None:
    page.wait_for_function(f"() => window.tones >= {many}")
    assert tones(page) == many


def all_heard(room: Room) -> None:
    dispatcher = Caller(room, "dispatcher")
    for card in dispatcher.get("/board")["incidents"]:
        if card["priority"] == "P1" and not card["unit_ids"] and "heard_by" not in card:
            dispatcher.post(f"/incidents/{card['id']}/heard")


def test_a_new_p1_sounds_once_in_each_browser_and_one_word_silences_the_room(board, room):
    all_heard(room)
    first, second = board("dewi"), board("komang")
    for page in (first, second):
        expect(page.locator("#queue-bell")).to_contain_text("Bunyi tertahan")
        page.locator("#map").click(position={"x": 5, "y": 200})
        expect(page.locator("#queue-bell")).to_be_hidden()
    before = [tones(first), tones(second)]
    p1(room, "Terara, jembatan")
    for page, sounded in zip((first, second), before, strict=True):
        expect(page.locator("#queue-bell")).to_contain_text("P1 belum didengar")
        await_tones(page, sounded + P1_TONES)
    first.keyboard.press("h")
    for page in (first, second):
        expect(page.locator("#queue-bell")).to_be_hidden()
    later = board("komang")
    later.locator("#map").click(position={"x": 5, "y": 200})
    expect(later.locator("#queue-bell")).to_be_hidden()
    assert [tones(later), tones(first)] == [0, before[0] + P1_TONES]


def test_a_sound_the_browser_held_back_comes_at_the_first_touch_unless_somebody_heard_meanwhile(board, room):
    all_heard(room)
    page, other = board("dewi"), board("komang")
    incident = p1(room, "Sakra, pasar")
    for one in (page, other):
        expect(one.locator("#queue-bell")).to_contain_text("Bunyi tertahan")
        expect(one.locator("#queue-bell")).to_contain_text("P1 belum didengar")
        assert tones(one) == 0
    page.locator("#map").click(position={"x": 5, "y": 200})
    await_tones(page, P1_TONES)
    Caller(room, "dispatcher").post(f"/incidents/{incident}/heard")
    expect(other.locator("#queue-bell")).not_to_contain_text("P1 belum didengar")
    other.locator("#map").click(position={"x": 5, "y": 200})
    expect(other.locator("#queue-bell")).to_be_hidden()
    assert tones(other) == 0


def test_who_may_not_send_sees_the_p1_and_is_offered_no_word_for_the_room(board, room):
    all_heard(room)
    p1(room, "Masbagik, terminal")
    page = board("sari")
    expect(page.locator("#queue-bell")).to_contain_text("P1 belum didengar")
    expect(page.locator("#queue-bell .btn")).to_have_count(0)


# keys


def test_the_list_of_keys_is_what_the_keys_do_and_no_key_has_two_deeds(board):
    page = board("komang")
    await_key(page, "Shift+1")
    page.keyboard.press("?")
    expect(page.locator("#keys-dialog kbd").first).to_be_visible()
    shown = page.locator("#keys-dialog kbd").all_inner_texts()
    listed = [key for key in shown if key != "Esc"]
    deeds = page.evaluate(f"async () => [...{KEYS}.keys()]")
    assert sorted(listed) == sorted(deeds)
    assert len(listed) == len(set(listed))


# filters and views


def test_filters_stand_in_the_url_and_a_link_shows_another_the_same(board, room):
    p1(room)
    page = board()
    page.keyboard.press("q")
    page.locator("[data-key=type]").select_option("banjir")
    page.locator("[data-key=priority]").select_option("P1")
    expect(page).to_have_url(re.compile("(?=.*priority=P1)(?=.*type=banjir)"))
    expect(page.locator(".filter-count")).to_have_text("2")
    cards = Caller(room, "dispatcher").get("/board")["incidents"]
    rows = {f"row-{one['id']}" for one in cards if (one["type"], one["priority"]) == ("banjir", "P1")}
    page.wait_for_function(f"(many) => ({ORDER})().length === many", arg=len(rows))
    order = page.evaluate(ORDER)
    assert set(order) == rows
    other = board("komang", page.url.removeprefix(page.url.split("/?")[0]))
    other.wait_for_function(f"(many) => ({ORDER})().length === many", arg=len(rows))
    assert other.evaluate(ORDER) == order
    page.keyboard.press("Escape")
    expect(page.locator("#queue-filter summary")).to_be_focused()


def test_a_view_is_saved_under_a_key_and_comes_back_by_it_after_a_reload(board):
    page = board()
    page.keyboard.press("q")
    page.locator("[data-key=priority]").select_option("P2")
    page.locator("[data-key=name]").fill("Kuning")
    page.locator("[data-key=digit]").select_option("8")
    page.locator("[data-key=keep]").click()
    expect(page.locator("[data-key=use-8]")).to_contain_text("Kuning")
    page.keyboard.press("Escape")
    page.keyboard.press("Shift+1")
    expect(page).not_to_have_url(re.compile("priority"))
    page.reload()
    expect(page.locator(".queue-row").first).to_be_visible()
    await_key(page, "Shift+8")
    page.keyboard.press("Shift+8")
    expect(page).to_have_url(re.compile("priority=P2"))
    page.wait_for_function(f"() => {PRIORITIES} === '2'")


@pytest.mark.parametrize("language", ["id", "en"])
def test_the_chips_stand_on_one_line_and_show_their_whole_words_at_every_size(visit, room, language):
    someone = visit("dewi")
    someone.context.add_cookies([{"name": "posko_language", "value": language, "url": room.url}])
    page = someone.open("/")
    expect(page.locator(".queue-row").first).to_be_visible()
    expect(page.locator("html")).to_have_attribute("lang", language)
    for width, height in SIZES:
        page.set_viewport_size({"width": width, "height": height})
        tops, cut = page.evaluate(f"() => [({CHIP_TOPS})(), ({CUT_WORDS})()]")
        assert len(tops) == 5 and len(set(tops)) == 1, (width, tops)
        assert cut == [], width
