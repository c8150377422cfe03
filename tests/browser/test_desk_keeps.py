"""What a call taker has typed is not lost and not told twice, whatever happens to the page or the wire."""

from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Page, Request, expect

from tests.browser import regulars
from tests.browser.conftest import Visit
from tests.browser.drafts import await_draft
from tests.browser.room import Room
from tests.browser.seeds import Caller

seats, visit = regulars.seats, regulars.visit


@pytest.fixture
def desk(visit: Callable[..., Visit]) -> Page:
    return visit("sari").open("/calls")


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
