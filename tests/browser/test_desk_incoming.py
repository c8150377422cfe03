"""Calls ring at the desks of several people: taken, answered, lost and called back by keys alone."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, Route, expect

from tests.browser import regulars
from tests.browser.conftest import Visit
from tests.browser.room import Room
from tests.browser.seeds import Caller
from tests.browser.toasts import let_toasts_stay

PHONE, OTHER = "081934567890", "082112223333"
HELD, SILENT = "081777000002", "081777000001"  # numbers of their own: three calls in five minutes would show
seats, visit = regulars.seats, regulars.visit
RUNS = re.compile(r"^0\d\.\d\d")  # a timer that has begun
# [ring, ms, key]: a key pressed so long after the ring was taken, by the clock of the room
PRESS_LATER = """async ([ring, ms, key]) => {
  const path = document.querySelector("script[type=module]").src;
  const { live } = await import(path.replace(/[^/]+$/, "shell.js"));
  const { heardTime } = await import(path.replace(/[^/]+$/, "clock.js"));
  heardTime(new Date(Date.parse(live.picture.rings.get(ring).claimed_at) + ms).toISOString());
  document.dispatchEvent(new KeyboardEvent("keydown", { key, bubbles: true }));
}"""
TWICE_AT_ONCE = """(key) => {
  for (const _ of "12") document.dispatchEvent(new KeyboardEvent("keydown", { key, bubbles: true }));
}"""
COUNT_TONES = """
  window.tones = 0;
  const make = AudioContext.prototype.createOscillator;
  AudioContext.prototype.createOscillator = function () { window.tones += 1; return make.call(this); };
"""
AWAKE = """async () => {
  const path = document.querySelector("script[type=module]").src;
  const { whenAwake } = await import(path.replace(/[^/]+$/, "sound.js"));
  await new Promise(whenAwake);
}"""


@pytest.fixture
def exchange(room: Room) -> Caller:
    return Caller(room, "admin")


@pytest.fixture(autouse=True)
def quiet_again(room: Room, exchange: Caller):
    """No test leaves a call ringing or waiting for the next."""
    yield
    for one in exchange.get("/calls/ringing")["rings"]:
        if one["state"] == "ringing":
            exchange.post(f"/calls/ringing/{one['id']}/dropped")
        exchange.post(f"/calls/ringing/{one['id']}/close", why="Uji selesai")
    for one in exchange.get("/holds")["holds"]:
        if not one["over_at"]:
            exchange.post(f"/holds/{one['id']}/lift", why="Uji selesai")


@pytest.fixture
def desk(visit: Callable[..., Visit]) -> Page:
    return visit("sari").open("/calls")


def ring(exchange: Caller, phone: str = PHONE, **more: str) -> int:
    return int(exchange.post("/calls/ringing", phone=phone, line="112-1", source="asterisk", **more)["ring"])


def lost(exchange: Caller, phone: str) -> int:
    one = ring(exchange, phone)
    exchange.post(f"/calls/ringing/{one}/dropped")
    return one


def card(exchange: Caller, one: int) -> dict:
    found = exchange.get("/calls/ringing?settled=50")
    return next(row for row in found["rings"] + found["settled"] if row["id"] == one)


def test_a_call_is_taken_answered_and_saved_by_keys(desk: Page, exchange: Caller):
    one = ring(exchange)
    row = desk.locator("#rings .ring")
    expect(row).to_contain_text("0819****890")
    expect(row).to_contain_text("jalur 112-1")
    desk.keyboard.press("F4")
    expect(row).to_contain_text("Anda pegang")
    expect(row).to_contain_text(PHONE)
    expect(desk.locator("#phone")).to_have_value(PHONE)
    expect(desk.locator("#timer-time")).to_have_text("")
    desk.keyboard.press("F2")
    expect(row).to_contain_text("sedang bicara")
    expect(desk.locator("#timer-time")).to_have_text(RUNS)
    expect(desk.locator("#phone")).to_have_value(PHONE)
    desk.keyboard.press("g")
    desk.keyboard.press("Control+Enter")
    expect(row).to_have_count(0)
    expect(desk.locator("#phone")).to_have_value("")
    done = card(exchange, one)
    assert (done["state"], done["outcome"], done["answered_by"]) == ("recorded", "answered", "sari")
    assert done["call"] is not None


def test_f2_takes_the_only_call_that_rings(desk: Page, exchange: Caller):
    one = ring(exchange)
    expect(desk.locator("#rings .ring")).to_have_count(1)
    desk.keyboard.press("F2")
    expect(desk.locator("#rings .ring")).to_contain_text("sedang bicara")
    expect(desk.locator("#phone")).to_have_value(PHONE)
    assert card(exchange, one)["claimed_by"] == "sari"


def test_hands_quicker_than_the_line_lose_nothing_they_typed(desk: Page, exchange: Caller):
    one = ring(exchange)
    expect(desk.locator("#rings .ring")).to_have_count(1)
    waiting: list[Route] = []
    desk.route(f"**/calls/ringing/{one}/answer", lambda route: waiting.append(route))
    with desk.expect_request(f"**/calls/ringing/{one}/answer"):
        desk.keyboard.press("F2")
        desk.keyboard.press("n")
        desk.keyboard.press("1")
        desk.keyboard.type("pasar masbagik")
    while not waiting:
        desk.wait_for_timeout(50)
    waiting[0].continue_()
    expect(desk.locator("#phone")).to_have_value(PHONE)
    expect(desk.locator("#place")).to_have_value("pasar masbagik")
    expect(desk.locator("#place")).to_be_focused()
    desk.keyboard.press("Control+Enter")
    expect(desk.locator("#toasts")).to_contain_text("dibuka")
    expect(desk.locator("#rings .ring")).to_have_count(0)


def test_what_stood_in_the_form_before_makes_room_for_a_call_that_rings_and_comes_back(desk: Page, exchange: Caller):
    desk.keyboard.press("n")
    desk.keyboard.press("1")
    desk.keyboard.type("jembatan lama")
    ring(exchange)
    expect(desk.locator("#rings .ring")).to_have_count(1)
    let_toasts_stay(desk)
    desk.keyboard.press("F4")
    expect(desk.locator("#phone")).to_have_value(PHONE)
    expect(desk.locator("#place")).to_have_value("")
    desk.get_by_role("button", name="Kembalikan").click()
    expect(desk.locator("#place")).to_have_value("jembatan lama")


def test_f2_with_nothing_ringing_starts_the_timer_as_ever(desk: Page):
    expect(desk.locator("#rings-empty")).to_be_visible()
    desk.keyboard.press("F2")
    expect(desk.locator("#timer-time")).to_have_text(RUNS)
    expect(desk.locator("#rings .ring")).to_have_count(0)


def test_who_writes_has_answered(desk: Page, exchange: Caller):
    one = ring(exchange)
    expect(desk.locator("#rings .ring")).to_have_count(1)
    desk.keyboard.press("F4")
    expect(desk.locator("#phone")).to_have_value(PHONE)
    desk.keyboard.press("n")
    expect(desk.locator("#rings .ring")).to_contain_text("sedang bicara")
    assert card(exchange, one)["state"] == "answered"


def test_a_telephone_without_an_exchange_is_noted_by_f4(desk: Page, exchange: Caller):
    expect(desk.locator("#rings-new")).to_contain_text("Panggilan masuk")
    desk.keyboard.press("F4")
    row = desk.locator("#rings .ring")
    expect(row).to_contain_text("tanpa nomor")
    expect(row).to_contain_text("Anda pegang")
    desk.keyboard.press("F4")
    desk.wait_for_timeout(300)
    expect(row).to_have_count(1)


def test_two_people_see_who_holds_a_call_and_a_supervisor_lifts_it(visit: Callable[..., Visit], exchange: Caller):
    sari, dewi, komang = (visit(name).open("/calls") for name in ("sari", "dewi", "komang"))
    ring(exchange)
    expect(sari.locator("#rings .ring")).to_have_count(1)
    sari.keyboard.press("F4")
    for page in (dewi, komang):
        expect(page.locator("#rings .ring")).to_contain_text("dipegang sari")
        expect(page.locator("#rings .ring")).not_to_contain_text(PHONE)
        expect(page.locator('[data-deed="claim"]')).to_have_count(0)
    expect(dewi.locator('[data-deed="lift"], [data-deed="hold"], [data-deed="unmask"]')).to_have_count(0)
    let_toasts_stay(sari)
    komang.locator('[data-deed="lift"]').click()
    komang.keyboard.press("Control+Enter")
    expect(komang.locator("dialog[open] .field-error").first).to_have_text("Isian ini wajib.")
    komang.keyboard.type("Sari dipanggil keluar")
    komang.keyboard.press("Control+Enter")
    expect(komang.locator("dialog[open]")).to_have_count(0)
    expect(sari.locator("#toasts")).to_contain_text("tidak Anda pegang lagi")
    dewi.locator('[data-deed="claim"]').click()
    expect(sari.locator("#rings .ring")).to_contain_text("dipegang dewi")


def test_the_next_call_goes_to_the_next_desk(visit: Callable[..., Visit], exchange: Caller):
    sari, dewi = (visit(name).open("/calls") for name in ("sari", "dewi"))
    ring(exchange), ring(exchange, OTHER)
    for page in (sari, dewi):
        expect(page.locator("#rings .ring")).to_have_count(2)
    sari.keyboard.press("F4")
    expect(sari.locator("#phone")).to_have_value(PHONE)
    expect(dewi.locator("#rings .ring", has_text="dipegang sari")).to_have_count(1)
    dewi.keyboard.press("F4")
    expect(dewi.locator("#phone")).to_have_value(OTHER)


def test_lost_calls_are_called_back_longest_first_by_two_keys(desk: Page, exchange: Caller):
    first, second = lost(exchange, PHONE), lost(exchange, OTHER)
    expect(desk.locator("#callbacks-count")).to_have_text("2")
    desk.keyboard.press("F8")
    row = desk.locator(f'[data-ring="{first}"]')
    expect(row).to_contain_text(PHONE)
    expect(desk.locator("#phone")).to_have_value(PHONE)
    desk.keyboard.press("F9")
    expect(row).to_contain_text("1 kali dicoba, terakhir tidak diangkat")
    desk.evaluate(PRESS_LATER, [first, 900, "F8"])
    expect(row).to_have_count(0)
    expect(desk.locator("#timer-time")).to_have_text(RUNS)
    desk.keyboard.press("i")
    desk.keyboard.press("Control+Enter")
    expect(desk.locator("#toasts")).to_contain_text("Tersimpan: ")
    expect(desk.locator("#phone")).to_have_value("")
    expect(desk.locator("#callbacks-count")).to_have_text("1")
    done = card(exchange, first)
    assert (done["state"], done["outcome"], done["tries"]) == ("recorded", "dropped", 2)
    assert card(exchange, second)["state"] == "dropped"


def test_a_second_press_by_mistake_reaches_nobody(desk: Page, exchange: Caller):
    one = lost(exchange, PHONE)
    expect(desk.locator("#callbacks-count")).to_have_text("1")
    desk.evaluate(TWICE_AT_ONCE, "F8")
    expect(desk.locator("#phone")).to_have_value(PHONE)
    expect(desk.locator(f'[data-ring="{one}"]')).to_contain_text("Anda pegang")
    desk.evaluate(PRESS_LATER, [one, 700, "F8"])
    desk.wait_for_timeout(300)
    assert card(exchange, one)["tries"] == 0


def test_a_held_number_waits_folded_and_silent_until_it_presses(visit: Callable[..., Visit], exchange: Caller):
    komang = visit("komang").open("/calls")
    ring(exchange, HELD)
    komang.locator('[data-deed="hold"]').click()
    komang.keyboard.type("Iseng semalaman")
    komang.keyboard.press("Control+Enter")
    expect(komang.locator("#toasts")).to_contain_text("Nomor ditahan")
    exchange.post(f"/calls/ringing/{exchange.get('/calls/ringing')['rings'][0]['id']}/dropped")
    exchange.post("/calls/ringing", phone=HELD)
    expect(komang.locator("#held-part")).to_contain_text("1 dari nomor yang ditahan")
    expect(komang.locator("#rings .ring")).to_have_count(0)
    exchange.post("/calls/ringing", phone=HELD)
    expect(komang.locator("#rings .ring")).to_have_count(1)
    komang.locator("#holds-open").click()
    expect(komang.locator("#holds-list")).to_contain_text("0817****002")
    expect(komang.locator("#holds-list")).to_contain_text("Iseng semalaman")
    komang.locator("#holds-list button").click()
    komang.keyboard.type("Cukup")
    komang.keyboard.press("Control+Enter")
    expect(komang.locator("#toasts")).to_contain_text("tidak ditahan lagi")
    expect(komang.locator("#held-part")).to_be_hidden()


def test_a_new_call_is_heard_once_a_held_one_and_a_silenced_desk_hear_nothing(
    visit: Callable[..., Visit], exchange: Caller
):
    someone = visit("sari", is_new=True)
    someone.context.add_init_script(COUNT_TONES)
    desk = someone.open("/calls")
    desk.keyboard.press("Escape")
    desk.evaluate(AWAKE)
    exchange.post("/holds", phone=SILENT, reason="iseng", hours=1)
    ring(exchange, SILENT)
    expect(desk.locator("#held-part")).to_be_visible()
    assert desk.evaluate("window.tones") == 0
    one = ring(exchange)
    expect(desk.locator("#rings .ring")).to_have_count(1)
    desk.wait_for_function("window.tones === 4")
    exchange.post(f"/calls/ringing/{one}/claim")
    expect(desk.locator("#rings .ring")).to_contain_text("dipegang ayu")
    assert desk.evaluate("window.tones") == 4
    desk.evaluate("localStorage.setItem('posko.sound', 'off')")
    ring(exchange, "081900000009")
    expect(desk.locator("#rings .ring")).to_have_count(2)
    assert desk.evaluate("window.tones") == 4


def declared(days: int) -> re.Pattern[str]:
    """The words of the pill on its first day, or on the second where midnight has passed meanwhile."""
    return re.compile(rf"^TANGGAP DARURAT hari ke-[12] dari {days}$")


def test_a_status_is_declared_extended_and_ended_from_the_top_bar(visit: Callable[..., Visit], exchange: Caller):
    komang, sari = visit("komang"), visit("sari")
    head, desk = komang.open("/"), sari.open("/calls")
    expect(head.locator("#status-pill")).to_have_text("NORMAL")
    assert desk.locator("#status-pill").evaluate("pill => pill.tagName") == "SPAN"
    head.locator("#status-pill").click()
    head.locator("dialog[open] select").select_option("tanggap_darurat")
    head.locator("dialog[open] [name=decree]").fill("SK 188.45/112/2026")
    head.keyboard.press("Control+Enter")
    for page in (head, desk):
        expect(page.locator("#status-pill")).to_have_text(declared(14))
    desk.reload()
    assert desk.locator("#status-pill").text_content() != "NORMAL"
    head.locator("#status-pill").click()
    head.get_by_role("button", name="Perpanjang…").click()
    head.locator("dialog[open] [name=decree]").fill("SK 188.45/113/2026")
    head.keyboard.press("Control+Enter")
    expect(desk.locator("#status-pill")).to_have_text(declared(21))
    head.locator("#status-pill").click()
    head.get_by_role("button", name="Akhiri…").click()
    head.keyboard.type("Air surut")
    head.keyboard.press("Control+Enter")
    for page in (head, desk):
        expect(page.locator("#status-pill")).to_have_text("NORMAL")
    assert komang.errors == [] and sari.errors == []
