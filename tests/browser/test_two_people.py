"""One call through the whole room, seen by the people who work there: each at a browser of their own."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Visit


@pytest.fixture
def desk(visit: Callable[..., Visit]) -> Page:
    return visit("sari").open("/calls")


@pytest.fixture
def board(visit: Callable[..., Visit]) -> Page:
    return visit("komang").open("/")


@pytest.fixture
def phone(visit: Callable[..., Visit]) -> Page:
    return visit("tono", viewport={"width": 390, "height": 844}, has_touch=True, is_mobile=True).open("/field")


def test_one_call_travels_the_whole_room(desk: Page, board: Page, phone: Page) -> None:
    kind = take_a_call_with_the_keyboard(desk)
    number = the_board_shows_it_without_a_reload(board, kind)
    desks_board = desk.context.new_page()
    desks_board.goto("/")
    assign_a_unit_with_two_keys(board)
    the_call_taker_sees_the_unit(desks_board, number)
    write_an_alert(board)
    a_person_in_the_field_has_seen_it(phone)
    the_board_says_who_saw_it(board)
    the_unit_goes_forward(phone, board)
    close_with_a_disposition(board)
    the_incident_has_left_the_board(board)
    the_incident_has_left_the_board(desks_board)


def take_a_call_with_the_keyboard(desk: Page) -> str:
    keys = desk.keyboard
    expect(desk.locator("#class-normal")).to_be_focused()
    keys.press("F2")
    keys.press("n")
    keys.press("1")
    keys.press("l")
    keys.type("-8,5500 116,5500")
    keys.press("Enter")
    keys.press("Escape")
    keys.press("c")
    keys.type("Air setinggi pinggang, dua orang di atap")
    keys.press("Escape")
    keys.press("t")
    keys.type("081234567321")
    kind = desk.locator("input[name=type]:checked + span .pick-name").inner_text()
    keys.press("Control+Enter")
    expect(desk.locator("#toasts")).to_contain_text("dibuka")
    expect(desk.locator("#narrative")).to_have_value("")
    expect(desk.locator("#calls .call")).to_have_count(1)
    return kind


def the_board_shows_it_without_a_reload(board: Page, kind: str) -> str:
    row = board.locator(".queue-row")
    expect(row).to_have_count(1)
    expect(row).to_contain_text(kind)
    return row.locator(".queue-number").inner_text()


def assign_a_unit_with_two_keys(board: Page) -> None:
    board.keyboard.press("j")
    expect(board.locator("#panel-deeds button[data-key=send]")).to_be_enabled()
    board.keyboard.press("u")
    expect(board.locator("button[data-unit]").first).to_contain_text("TRC-1")
    board.keyboard.press("1")
    expect(board.locator(".unit-row", has_text="TRC-1")).to_contain_text("ditugaskan")
    board.keyboard.press("Escape")


def the_call_taker_sees_the_unit(desks_board: Page, number: str) -> None:
    row = desks_board.locator(".queue-row", has_text=number)
    expect(row).to_contain_text("1 satuan")
    row.click()
    expect(desks_board.locator(".unit-row")).to_contain_text("TRC-1")
    expect(desks_board.locator("#panel-deeds button[data-key=send]")).to_be_disabled()


def write_an_alert(board: Page) -> None:
    board.locator("#panel-deeds button[data-key=alert]").click()
    form = board.locator("#panel-form form")
    expect(form.locator("input[name=unit_ids]").first).to_be_checked()
    form.locator("textarea[name=text]").fill("Bawa perahu, dua orang di atap. Lewat jembatan timur.")
    form.locator("button[type=submit]").click()
    expect(board.locator(".alert-box")).to_contain_text("0 dari 1")


def a_person_in_the_field_has_seen_it(phone: Page) -> None:
    expect(phone.locator("#alerts .alert.is-open")).to_contain_text("Bawa perahu")
    phone.get_by_role("button", name="SAYA LIHAT").tap()
    expect(phone.locator("#alerts .alert-seen")).to_contain_text("oleh tono")


def the_board_says_who_saw_it(board: Page) -> None:
    expect(board.locator(".recipients")).to_contain_text(re.compile(r"dilihat \d\d\.\d\d oleh tono"))
    expect(board.locator(".alert-box")).to_contain_text("1 dari 1")


def the_unit_goes_forward(phone: Page, board: Page) -> None:
    board.locator("#tab-units").click()
    for verb, state in (("acknowledge", "terima tugas"), ("depart", "berangkat"), ("arrive", "di lokasi")):
        step(phone, verb)
        expect(board.locator(".unit-row", has_text="TRC-1")).to_contain_text(state)
    step(phone, "clear")
    expect(phone.locator(".task")).to_contain_text("TEKAN SEKALI LAGI")
    step(phone, "clear")
    expect(phone.locator("#no-task")).to_be_visible()
    expect(board.locator("#units-list")).to_contain_text("siaga")


def step(phone: Page, verb: str) -> None:
    button = phone.locator(f".task [data-key$='-{verb}']")
    expect(button).to_be_enabled()
    phone.wait_for_timeout(750)  # two presses closer than this count as one: gloves
    button.tap()


def close_with_a_disposition(board: Page) -> None:
    board.locator("#panel").focus()
    board.keyboard.press("x")
    form = board.locator("#panel-form form")
    form.locator("select[name=disposition]").select_option("handled")
    form.locator("button[type=submit]").click()
    expect(board.locator("#panel-head")).to_contain_text("selesai")


def the_incident_has_left_the_board(board: Page) -> None:
    board.locator("#clock").hover()  # while the pointer rests on the queue, nothing in it moves
    expect(board.locator(".queue-row")).to_have_count(0)
    expect(board.locator("#queue-empty")).to_contain_text("0 kejadian terbuka")
