"""One flood night: a call taker, a dispatcher and a coordinator side by side, each at a browser of their own.

Whatever one of them does stands on the screens of the others by itself, and nothing that was done is lost.
"""

import datetime as dt
from collections.abc import Callable
from zoneinfo import ZoneInfo

import pytest
from playwright.sync_api import Locator, Page, Route, expect

from tests.browser.conftest import Visit
from tests.browser.panel import form_is_closed, press
from tests.browser.room import Room
from tests.browser.seeds import Caller

pytestmark = pytest.mark.slow(35)

SOON_MS = 40_000
UPSTREAM, DOWNSTREAM = "-8,5542 116,6268", "-8,5548 116,6274"
DONE = {
    "call.recorded": 3,
    "incident.opened": 2,
    "incident.merged": 1,
    "assignment.created": 1,
    "assignment.changed": 4,
    "incident.obstructed": 1,
    "incident.noted": 3,
    "incident.corrected": 2,
    "incident.closed": 1,
}


def see(*seen: tuple[Locator, str]) -> None:
    """Each of these places says these words, and nobody has asked for it."""
    for place, words in seen:
        expect(place).to_contain_text(words, timeout=SOON_MS)


@pytest.fixture
def desk(visit: Callable[..., Visit]) -> Page:
    return visit("sari").open("/calls")


@pytest.fixture
def dewi(visit: Callable[..., Visit]) -> Page:
    return visit("dewi").open("/")


@pytest.fixture
def komang(visit: Callable[..., Visit]) -> Page:
    return visit("komang", viewport={"width": 1920, "height": 1080}).open("/")


def test_three_people_work_one_flood_night_and_lose_nothing(desk: Page, dewi: Page, komang: Page, room: Room) -> None:
    sari = desk.context.new_page()  # the call taker's own view of the board
    sari.goto("/")
    boards = (dewi, komang, sari)
    first = a_call_comes_in(desk, boards)
    a_repeat_is_linked(desk, boards)
    second = two_incidents_are_one(desk, dewi, komang, boards, first)
    one_unit_is_sent_by_two_at_once(dewi, komang, boards)
    the_unit_goes_on(dewi, komang)
    an_obstacle(dewi, boards)
    three_notes_at_once(boards)
    a_decision_on_old_knowledge_is_asked_again(dewi, komang)
    it_ends(dewi, komang, sari)
    nothing_was_lost(room, first, second)


def a_call_comes_in(desk: Page, boards: tuple[Page, ...]) -> int:
    write_a_call(desk, UPSTREAM, "Air setinggi pinggang, dua orang di atap")
    see(*((board.locator(".queue-row"), "Banjir") for board in boards))
    incident = int(boards[0].locator(".queue-row").get_attribute("data-id") or 0)
    for board in boards:
        choose(board, incident)
    return incident


def write_a_call(desk: Page, place: str, narrative: str, link: bool = False) -> None:
    for key in ("F2", "n", "1"):
        desk.keyboard.press(key)
    expect(desk.locator("#place")).to_be_focused()
    desk.keyboard.type(place)
    desk.keyboard.press("Enter")
    expect(desk.locator("#place-words")).to_contain_text("keraguan")
    desk.keyboard.press("Alt+c")
    expect(desk.locator("#narrative")).to_be_focused()
    desk.keyboard.type(narrative)
    if link:
        expect(desk.locator("#clue-repeats")).to_contain_text("Mungkin laporan berulang")
        desk.keyboard.press("Alt+h")
        expect(desk.locator("#save-words")).to_contain_text("hubungkan")
    with desk.expect_response("**/api/v1/calls"):
        desk.keyboard.press("Control+Enter")
    expect(desk.locator("#narrative")).to_have_value("")


def a_repeat_is_linked(desk: Page, boards: tuple[Page, ...]) -> None:
    write_a_call(desk, UPSTREAM, "Sungai meluap di Pringgabaya", link=True)
    see(*((board.locator(".queue-row"), "×2 laporan") for board in boards))


def two_incidents_are_one(desk: Page, dewi: Page, komang: Page, boards: tuple[Page, ...], first: int) -> int:
    """The third call was not linked: the coordinator merges what the second call taker opened."""
    write_a_call(desk, DOWNSTREAM, "Jembatan hanyut di hilir")
    fresh = [board.locator(f".queue-row:not([data-id='{first}'])") for board in boards]
    see(*((row, "Banjir") for row in fresh))
    second = int(fresh[1].get_attribute("data-id") or 0)
    choose(komang, second)
    press(komang, "e")
    komang.locator("#panel-form textarea[name=text]").fill("Sungai yang sama")
    submit(komang)
    see(*((board.locator(f"#row-{first}"), "×3 laporan") for board in boards))
    for board in boards:
        expect(board.locator(".queue-row")).to_have_count(1)
        choose(board, first)
    return second


def one_unit_is_sent_by_two_at_once(dewi: Page, komang: Page, boards: tuple[Page, ...]) -> None:
    """Both have the same list before them and press the same number: one goes, the other is told.

    What the one sends is held until the other's has arrived: on a slow machine the list would be another one by then.
    """
    for board in (dewi, komang):
        press(board, "u")
        expect(board.locator("button[data-unit]").first).to_contain_text("PSC-1")
    held: list[Route] = []
    dewi.route("**/assignments", lambda route: held.append(route))
    with dewi.expect_request("**/assignments"):
        dewi.keyboard.press("1")
    while not held:
        dewi.wait_for_timeout(20)
    with komang.expect_response("**/assignments"):
        komang.keyboard.press("1")
    with dewi.expect_response("**/assignments") as told:
        held[0].continue_()
    assert told.value.status == 409
    dewi.unroute("**/assignments")
    see(*((board.locator(".unit-row"), "PSC-1") for board in boards))
    expect(komang.locator(".unit-row", has_text="PSC-1")).to_have_count(1)
    for board in (dewi, komang):
        board.keyboard.press("Escape")


def the_unit_goes_on(dewi: Page, komang: Page) -> None:
    """The two of them speak for the unit in turn."""
    turns = (("acknowledge", "terima tugas"), ("depart", "berangkat"), ("arrive", "di lokasi"))
    for (verb, state), (one, other) in zip(turns, ((dewi, komang), (komang, dewi), (dewi, komang)), strict=True):
        one.locator(f".unit-row .unit-verbs > [data-key$='-{verb}']").click()
        see((other.locator(".unit-row"), state), (one.locator(".unit-row"), state))


def an_obstacle(dewi: Page, boards: tuple[Page, ...]) -> None:
    press(dewi, "b")
    form = dewi.locator("#panel-form form")
    form.locator("select[name=reason]").select_option("access")
    form.locator("textarea[name=text]").fill("Jembatan putus")
    form.locator("[name=unblock_by]").fill("PUPR")
    form.locator("[name=next_word_at]").fill(in_two_hours())
    submit(dewi)
    see(*((board.locator("#panel-head"), "kendala") for board in boards))


def in_two_hours() -> str:
    """On the clock of the room: no minute that is over while it is typed."""
    return f"{dt.datetime.now(ZoneInfo('Asia/Makassar')) + dt.timedelta(hours=2):%H:%M}"


def three_notes_at_once(boards: tuple[Page, ...]) -> None:
    """Three forms open, three buttons pressed one right after the other: three notes on three screens."""
    notes = [f"Catatan {who}" for who in ("dewi", "komang", "sari")]
    for board, words in zip(boards, notes, strict=True):
        press(board, "n")
        board.locator("#panel-form textarea[name=text]").fill(words)
    for board in boards:
        board.locator("#panel-form button[type=submit]").click()
    for board in boards:
        form_is_closed(board)
        board.locator("#tab-notes").click()
    see(*((board.locator("#panel-body"), words) for board in boards for words in notes))


def a_decision_on_old_knowledge_is_asked_again(dewi: Page, komang: Page) -> None:
    """Both correct the priority: the second is shown what the first wrote before it may stand."""
    for board, priority, words in ((dewi, "P3", "Sebagian surut"), (komang, "P1", "Ada orang hanyut")):
        press(board, "c")
        board.locator("#panel-form select[name=priority]").select_option(priority)
        board.locator("#panel-form textarea[name=text]").fill(words)
    submit(dewi)
    komang.locator("#panel-form button[type=submit]").click()
    problem = komang.locator("#panel-form .problem")
    expect(problem).to_contain_text("Sebagian surut")
    submit(komang)
    expect(dewi.locator("#panel-head .prio")).to_have_text("1")


def it_ends(dewi: Page, komang: Page, sari: Page) -> None:
    for board in (dewi, komang, sari):
        board.locator("#tab-units").click()
    dewi.locator(".unit-row summary").click()
    dewi.locator(".unit-row [data-key$='-clear']").click()
    see((komang.locator("#units-list .unit", has_text="PSC-1"), "siaga"))
    press(komang, "x")
    komang.locator("#panel-form select[name=disposition]").select_option("handled")
    submit(komang)
    see(*((board.locator("#panel-head"), "selesai") for board in (dewi, komang, sari)))
    for board in (dewi, komang, sari):
        expect(board.locator("#queue-empty")).to_contain_text("0 kejadian terbuka")


def nothing_was_lost(room: Room, first: int, second: int) -> None:
    """Everything that was done stands in the record, once each, and the merged number leads to where it went."""
    reader = Caller(room, "coordinator")
    whole = reader.get(f"/incidents/{first}")
    assert sorted(one["narrative"].split()[0] for one in whole["calls"]) == ["Air", "Jembatan", "Sungai"]
    assert [(one["call_sign"], one["state"]) for one in whole["assignments"]] == [("PSC-1", "cleared")]
    kinds = [entry["kind"] for entry in reader.get("/journal?after=0&limit=500")["entries"]]
    assert {kind: kinds.count(kind) for kind in DONE} == DONE
    assert whole["incident"]["priority"] == "P1"
    assert reader.get(f"/incidents/{second}")["incident"]["merged_into"] == first


def choose(board: Page, incident: int) -> None:
    """Open it, and leave the queue: while the pointer rests on it, nothing in it moves."""
    board.locator(f"#row-{incident}").click()
    board.locator("#clock").hover()
    expect(board.locator("#panel-head")).to_contain_text(f"-{incident:04d}")
    expect(board.locator("#panel-tabs")).to_be_visible()


def submit(page: Page) -> None:
    page.locator("#panel-form button[type=submit]").click()
    form_is_closed(page)
