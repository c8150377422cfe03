"""The form of the desk in a real browser: questions by one key, clues as one types, paper, and no mouse anywhere.

And what a call taker has typed is not lost and not told twice, whatever happens to the page or the wire.
"""

import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from playwright.sync_api import Page, Request, expect

from incident.desk.deck import LOOK_EVERY_S
from tests.browser import axe, regulars
from tests.browser.conftest import Visit
from tests.browser.drafts import await_draft
from tests.browser.room import Room
from tests.browser.seeds import Caller

PLACE = {"lon": 116.55, "lat": -8.38, "radius_m": 60, "method": "map", "text": "Sajang, RT 02/RW 01"}
PHONE = "081234567321"
seats, visit = regulars.seats, regulars.visit


@pytest.fixture
def desk(visit: Callable[..., Visit]) -> Page:
    return visit("sari").open("/calls")


@pytest.fixture
def caller(room: Room) -> Caller:
    return Caller(room, "call_taker")


def newest(caller: Caller) -> Any:
    return caller.get("/calls?limit=1")["calls"][0]


def opening(caller: Caller, incident: int) -> list[Any]:
    return caller.get(f"/incidents/{incident}")["chronology"]


def type_a_call(desk: Page, kind: str, place: str) -> None:
    for key in ("n", kind):
        desk.keyboard.press(key)
    desk.keyboard.type(place)
    desk.keyboard.press("Escape")


def saved(desk: Page) -> None:
    desk.keyboard.press("Control+Enter")
    expect(desk.locator("#toasts")).to_contain_text("dibuka")
    expect(desk.locator("#place")).to_have_value("")


def test_a_whole_call_with_its_questions_needs_no_mouse(desk: Page, caller: Caller) -> None:
    desk.keyboard.press("F2")
    type_a_call(desk, "1", "Dusun Lauk Eat")
    desk.keyboard.press("Alt+b")
    expect(desk.locator("[data-question=trapped] input").first).to_be_focused()
    desk.keyboard.press("t")
    desk.keyboard.press("4")
    expect(desk.locator("#card-priority")).to_contain_text("P1: air setinggi atap")
    expect(desk.locator("#priority-P1")).to_be_checked()
    expect(desk.locator("#advice-list")).to_contain_text("Kalau di atap")
    saved(desk)
    call = newest(caller)
    assert (call["place"], call["priority"]) == ("Dusun Lauk Eat", "P1")
    lines = opening(caller, call["incident_id"])
    assert lines[0]["body"]["answers"]["given"] == {"trapped": "no", "depth": "roof"}
    assert lines[1]["body"]["because"]["id"] == "air setinggi atap"


def test_an_answer_can_be_changed_taken_back_and_outvoted_with_a_reason(desk: Page, caller: Caller) -> None:
    type_a_call(desk, "1", "Jalan Melati")
    desk.keyboard.press("Alt+b")
    desk.keyboard.press("y")
    expect(desk.locator("#priority-P1")).to_be_checked()
    desk.keyboard.press("Shift+Tab")
    desk.keyboard.press("Backspace")
    expect(desk.locator("#priority-P2")).to_be_checked()
    desk.keyboard.press("y")
    desk.keyboard.press("Escape")
    desk.locator("#class-normal").focus()
    desk.keyboard.press("Shift+3")
    expect(desk.locator("#reason")).to_be_focused()
    expect(desk.locator("#priority-from")).to_have_text("· menurut jawaban P1")
    desk.keyboard.type("sudah dievakuasi warga")
    saved(desk)
    assert newest(caller)["priority"] == "P3"


def test_a_slip_of_the_finger_among_the_questions_changes_neither_class_nor_type(desk: Page) -> None:
    type_a_call(desk, "1", "Jalan Anggrek")
    desk.keyboard.press("Alt+b")
    for key in ("p", "g", "7", "k", "h"):
        desk.keyboard.press(key)
    expect(desk.locator("#class-normal")).to_be_checked()
    expect(desk.locator("input[name=type]:checked")).to_have_value("banjir")
    expect(desk.locator("#paper-switch")).not_to_be_checked()
    desk.keyboard.press("Escape")
    expect(desk.locator("#class-normal")).to_be_focused()
    desk.keyboard.press("p")
    expect(desk.locator("#class-prank")).to_be_checked()


def test_answers_survive_a_reload_and_another_type(desk: Page) -> None:
    type_a_call(desk, "1", "Jalan Kenanga")
    desk.keyboard.press("Alt+b")
    desk.keyboard.press("y")
    desk.locator("#class-normal").focus()
    desk.keyboard.press("2")
    expect(desk.locator("[data-question=inside]")).to_be_visible()
    desk.locator("#class-normal").focus()
    desk.keyboard.press("1")
    expect(desk.locator("[data-question=trapped] input[value=yes]")).to_be_checked()
    desk.locator("#caller").fill("Bu Kenanga")
    await_draft(desk, "Bu Kenanga")
    desk.reload()
    expect(desk.locator("[data-question=trapped] input[value=yes]")).to_be_checked()
    expect(desk.locator("#priority-P1")).to_be_checked()


def test_a_type_without_a_card_asks_nothing(desk: Page) -> None:
    type_a_call(desk, "7", "Pantai")
    expect(desk.locator("#card")).to_be_hidden()
    expect(desk.locator("#advice")).to_be_hidden()


def test_what_is_known_of_the_caller_and_the_place_stands_beside_the_form(
    desk: Page, caller: Caller, room: Room
) -> None:
    head = Caller(room, "coordinator")
    whole = {"class": "normal", "type": "medis", "channel": "112", "place": PLACE, "caller": {"phone": PHONE}}
    caller.post("/calls", **whole)
    caller.post("/calls", **{"class": "prank", "channel": "112", "caller": {"phone": PHONE}})
    caller.post("/place-notes", kind="dog", words="Anjing galak di halaman", lon=116.55, lat=-8.38, radius_m=100)
    road = {"type": "LineString", "coordinates": [[116.548, -8.381], [116.552, -8.381]]}
    head.post("/zones", kind="road_cut", words="Jembatan Sajang putus", shape=road)
    type_a_call(desk, "3", "-8.380000, 116.550000 rt 2 rw 1")
    desk.keyboard.press("Alt+t")
    desk.keyboard.type(PHONE)
    expect(desk.locator("#clue-repeats")).to_contain_text("Mungkin laporan berulang")
    expect(desk.locator("#clue-dangers")).to_contain_text("Anjing galak di halaman")
    expect(desk.locator("#clue-dangers")).to_contain_text("Jembatan Sajang putus")
    expect(desk.locator("#clue-caller")).to_contain_text("2 panggilan: 1 nyata dan 1 prank")
    expect(desk.locator("#clue-units")).to_contain_text("TRC-1")
    assert PHONE not in desk.locator(".desk-near").inner_text()
    desk.keyboard.press("Alt+h")
    expect(desk.locator("#save-words")).to_contain_text("Simpan dan hubungkan ke")
    desk.keyboard.press("Control+Enter")
    expect(desk.locator("#toasts")).to_contain_text("dihubungkan ke")


def test_a_number_never_stands_in_an_address(desk: Page) -> None:
    asked: list[str] = []
    desk.on("request", lambda request: asked.append(request.url))
    desk.keyboard.press("Alt+t")
    with desk.expect_response("**/api/v1/clues"):
        desk.keyboard.type("081999888777")
    assert not [url for url in asked if "81999" in url]


def test_a_note_of_the_place_is_written_and_struck_by_keyboard(desk: Page) -> None:
    type_a_call(desk, "3", "-8.400000, 116.520000")
    desk.locator("#note-place").focus()
    desk.keyboard.press("Enter")
    dialog = desk.locator("dialog.dialog-form")
    dialog.locator("textarea").fill("Gerbang belakang, kode di pos satpam")
    desk.keyboard.press("Control+Enter")
    expect(desk.locator("#clue-dangers")).to_contain_text("Gerbang belakang")
    desk.locator("#clue-dangers button").focus()
    desk.keyboard.press("Enter")
    dialog.locator("textarea").fill("Sudah pindah")
    desk.keyboard.press("Control+Enter")
    expect(desk.locator("#clue-dangers")).not_to_contain_text("Gerbang belakang")


def test_a_paper_form_keeps_the_times_that_stand_on_it(desk: Page, caller: Caller) -> None:
    type_a_call(desk, "1", "Posko darurat, dari kertas")
    desk.keyboard.press("Alt+k")
    expect(desk.locator("#paper-t1")).to_be_focused()
    desk.keyboard.press("Control+Enter")
    expect(desk.locator("#paper-error")).to_contain_text("Isi jam terjawab")
    desk.locator("#paper-date").fill("2026-01-05")
    desk.locator("#paper-t0").fill("2.34")
    desk.locator("#paper-t1").fill("2.33.50")
    expect(desk.locator("#paper-odd")).to_contain_text("lebih awal")
    desk.locator("#paper-t1").fill("02.34.18")
    desk.locator("#paper-t4").fill("0236")
    expect(desk.locator("#paper-odd")).to_have_text("")
    saved(desk)
    call = newest(caller)
    assert call["source"] == "paper" and call["received_at"].startswith("2026-01-04T18:34:18")
    told = {one["which"]: one for one in caller.get(f"/incidents/{call['incident_id']}/times")["times"]}
    assert {which: one["at"][11:19] for which, one in told.items()} == {
        "t0": "18:34:00",
        "t1": "18:34:18",
        "t4": "18:36:00",
    }
    expect(desk.locator("#paper-times")).to_be_hidden()


def test_a_dispatcher_who_opens_an_incident_has_it_and_corrects_a_time(
    visit: Callable[..., Visit], caller: Caller
) -> None:
    times = {"answered_at": "2026-01-05T00:00:00Z"}
    body = {"class": "normal", "type": "banjir", "channel": "112", "place": PLACE, "times": times}
    incident = caller.post("/calls", **body)["incident"]
    board = visit("dewi").open(f"/?i={incident}")
    board.locator("#tab-times").click()
    line = board.locator(".time-line")
    expect(line).to_contain_text("terjawab")
    expect(line).to_contain_text("diterima pengirim satuan")
    board.locator("[data-key=time]").click()
    board.locator("#time-at").fill("2026-01-05T08:00:30")
    board.locator(".action-form textarea").fill("Jam meja salah")
    board.locator(".action-form [type=submit]").click()
    expect(line).to_contain_text("diperbaiki dewi: Jam meja salah")


def test_a_supervisor_changes_a_card_on_screen_and_the_desk_asks_it(
    visit: Callable[..., Visit], desk: Page, room: Room
) -> None:
    page = visit("komang").open("/cards")
    page.locator(".cards-row", has_text="Tsunami").click()
    expect(page.locator("#card-name")).to_have_text("Tsunami")
    text = page.locator("#card-text").input_value()
    page.locator("#card-text").fill(text.replace('raise = "P1"', 'raise = "P9"'))
    page.keyboard.press("Control+Enter")
    expect(page.locator("#card-problem")).to_contain_text("salah satu dari P1")
    page.locator("#card-text").fill(text.replace("Ada orang terjebak?", "Sudah naik ke bukit?"))
    page.keyboard.press("Control+Enter")
    expect(page.locator("#toasts")).to_contain_text("Kartu disimpan")
    desk.reload()
    type_a_call(desk, "7", "Pantai Labuhan Haji")
    expect(desk.locator("#card-questions")).to_contain_text("Sudah naik ke bukit?")
    page.locator("#card-restore").click()
    expect(page.locator("#card-whose")).to_have_text("kartu baru")


def test_a_bad_file_is_named_on_the_desk_and_the_built_in_card_is_asked(
    visit: Callable[..., Visit], room: Room
) -> None:
    folder = room.folder / "cards"
    folder.mkdir(exist_ok=True)
    (folder / "banjir.toml").write_text("ini bukan kartu")
    try:
        time.sleep(LOOK_EVERY_S + 0.1)  # the server looks at the folder again
        desk = visit("sari").open("/calls")
        expect(desk.locator("#card-fault")).to_contain_text("banjir.toml")
        type_a_call(desk, "1", "Sambelia")
        expect(desk.locator("#card-questions")).to_contain_text("Ada orang terjebak atau hanyut?")
    finally:
        (folder / "banjir.toml").unlink()


def test_axe_finds_nothing_on_a_desk_in_the_middle_of_a_call_and_on_a_card(visit: Callable[..., Visit]) -> None:
    someone = visit("komang", color_scheme="dark", reduced_motion="reduce")
    desk = someone.open("/calls")
    type_a_call(desk, "1", "-8.38, 116.55")
    desk.keyboard.press("Alt+k")
    expect(desk.locator("#paper-t1")).to_be_focused()
    expect(desk.locator("#clue-units")).to_contain_text("Satuan yang cocok")
    cards = someone.open("/cards")
    cards.locator(".cards-row").first.click()
    expect(cards.locator("#card-name")).not_to_be_empty()
    for page in (desk, cards):
        axe.put_into(page)
        for theme, rules in (("dark", axe.ALL), ("light", axe.COLOURS)):  # a theme changes colours and nothing else
            page.emulate_media(color_scheme=theme)  # type: ignore[arg-type]
            expect(page.locator("html")).to_have_attribute("data-theme", theme)
            assert axe.faults(page, only=rules) == [], f"{page.url} {theme}"


# what is typed is kept, and told once


@pytest.fixture
def kept(room: Room) -> Iterator[Callable[[str], int]]:
    """How many calls the server keeps whose place is this."""
    reader = Caller(room, "coordinator")
    yield lambda place: sum(place == one["place"] for one in reader.get("/calls?limit=200")["calls"])
    room.wire.mend()


def write(desk: Page, place: str, narrative: str = "Air naik") -> None:
    desk.keyboard.press("n")
    desk.keyboard.press("1")
    desk.locator("#place").fill(place)
    desk.locator("#narrative").fill(narrative)


def watch_posts(desk: Page) -> list[str]:
    posts: list[str] = []

    def note(request: Request) -> None:
        if request.method == "POST" and request.url.endswith("/api/v1/calls"):
            posts.append(str((request.post_data_json or {})["uid"]))

    desk.on("request", note)
    return posts


def test_a_second_click_on_save_makes_one_call(desk: Page, kept: Callable[[str], int]) -> None:
    posts = watch_posts(desk)
    write(desk, "Jembatan Pringgabaya")
    desk.locator("#save").dblclick()
    expect(desk.locator("#toasts")).to_contain_text("dibuka")
    desk.wait_for_timeout(500)
    assert kept("Jembatan Pringgabaya") == 1
    assert len(posts) == 1


def test_a_key_held_down_makes_one_call(desk: Page, kept: Callable[[str], int]) -> None:
    write(desk, "Pasar Masbagik")
    for _ in range(5):
        desk.keyboard.press("Control+Enter")
    expect(desk.locator("#toasts")).to_contain_text("dibuka")
    desk.wait_for_timeout(500)
    assert kept("Pasar Masbagik") == 1


def test_a_place_outside_indonesia_is_asked_about_and_saved_once_more(desk: Page, kept: Callable[[str], int]) -> None:
    place = "48.860000, 2.350000"
    write(desk, place)
    desk.locator("#place").fill(place)  # what is offered stays as long as one is there
    desk.locator("#place-list [role=option]", has_text="di luar Indonesia").click()
    expect(desk.locator("#place-words")).to_contain_text("keraguan")
    desk.locator("#save").click()
    expect(desk.locator("#place-error")).to_contain_text("luar Indonesia")
    expect(desk.locator("#place-error")).to_contain_text("simpan sekali lagi")
    expect(desk.locator("#place")).to_have_value(place)
    assert kept(place) == 0
    desk.locator("#save").click()
    expect(desk.locator("#toasts")).to_contain_text("dibuka")
    assert kept(place) == 1


def test_a_reload_keeps_the_draft(desk: Page) -> None:
    write(desk, "Dusun Gubuk Baru", "Rumah roboh, tiga orang")
    desk.locator("#phone").fill("081234567321")
    await_draft(desk, "081234567321")
    desk.reload()
    expect(desk.locator("#place")).to_have_value("Dusun Gubuk Baru")
    expect(desk.locator("#narrative")).to_have_value("Rumah roboh, tiga orang")
    expect(desk.locator("#phone")).to_have_value("081234567321")
    expect(desk.locator("#class-normal")).to_be_checked()


SLOW_DISK = """
const open = IDBFactory.prototype.open;
const turn = new Promise((done) => { globalThis.letTheDiskAnswer = done; });
IDBFactory.prototype.open = function (...said) {
  const asked = open.apply(this, said);
  let told = null;
  Object.defineProperty(asked, "onsuccess", { set: (hear) => (told = hear) });
  asked.addEventListener("success", (event) => turn.then(() => told?.call(asked, event)));
  return asked;
};
"""


def test_a_hand_quicker_than_the_disk_keeps_its_place_and_its_words(visit: Callable[..., Visit]) -> None:
    window = visit("sari", is_new=True)
    window.context.add_init_script(SLOW_DISK)
    desk = window.open("/calls")
    desk.keyboard.press("n")
    desk.keyboard.press("1")
    desk.keyboard.type("jem")
    desk.evaluate("letTheDiskAnswer()")  # in the middle of the word
    await_draft(desk, "jem")
    desk.keyboard.type("batan gantung")
    expect(desk.locator("#place")).to_have_value("jembatan gantung")
    expect(desk.locator("#place")).to_be_focused()


def test_a_call_taken_on_a_dead_network_is_sent_once_when_it_is_back(
    desk: Page, room: Room, kept: Callable[[str], int]
) -> None:
    room.wire.cut()
    write(desk, "Sembalun Bumbung")
    desk.locator("#save").click()
    expect(desk.locator("#unsent-open")).to_have_text("1 belum terkirim")
    expect(desk.locator("#place")).to_have_value("")
    assert kept("Sembalun Bumbung") == 0
    room.wire.mend()
    expect(desk.locator("#unsent-open")).to_be_hidden(timeout=40_000)
    assert kept("Sembalun Bumbung") == 1


def test_an_answer_lost_on_the_way_makes_no_second_call(desk: Page, room: Room, kept: Callable[[str], int]) -> None:
    write(desk, "Sambelia")
    lose_the_next_answer(desk)
    posts = watch_posts(desk)
    with desk.expect_response("**/api/v1/calls", timeout=40_000):
        desk.locator("#save").click()
    expect(desk.locator("#unsent-open")).to_be_hidden()
    expect(desk.locator("#calls")).to_contain_text("Sambelia")
    assert len(posts) == 2 and posts[0] == posts[1], "told again under the same name"
    assert kept("Sambelia") == 1


def lose_the_next_answer(desk: Page) -> None:
    """The server gets the call and writes it; its answer never arrives."""

    def lose(route) -> None:  # type: ignore[no-untyped-def]
        route.fetch()
        route.abort()

    desk.route("**/api/v1/calls", lose, times=1)


def test_a_call_waits_through_a_closed_browser_window(
    visit: Callable[..., Visit], room: Room, kept: Callable[[str], int]
) -> None:
    someone = visit("sari")
    desk = someone.open("/calls")
    room.wire.cut()
    write(desk, "Jerowaru")
    desk.locator("#save").click()
    expect(desk.locator("#unsent-open")).to_have_text("1 belum terkirim")
    desk.close()
    room.wire.mend()
    again = someone.open("/calls")
    expect(again.locator("#calls")).to_contain_text("Jerowaru", timeout=40_000)
    assert kept("Jerowaru") == 1


def test_seventeen_pranks_and_three_calls_need_no_mouse(desk: Page, room: Room) -> None:
    def saved() -> int:
        counts = Caller(room, "coordinator").get("/calls?limit=1")["counts"]
        return sum(counts.values())

    before = saved()
    for nth in range(20):
        if nth % 7:
            desk.keyboard.press("p" if nth % 2 else "g")
        else:
            for key in ("n", "2", "l"):
                desk.keyboard.press(key)
            desk.keyboard.type(f"Jalan nomor {nth}")
            desk.keyboard.press("Escape")
            desk.keyboard.press("Escape")
        desk.keyboard.press("Control+Enter")
        expect(desk.locator("input[name=class]:checked")).to_have_count(0)
    expect(desk.locator("#unsent-open")).to_be_hidden(timeout=40_000)
    assert saved() - before == 20
