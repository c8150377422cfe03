"""One flood night: a call taker, a dispatcher and a coordinator side by side, each at a browser of their own.

Whatever one of them does stands on the screens of the others within two seconds, and nothing that was done is lost.
"""

import os
import time
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.conftest import Visit
from tests.browser.panel import form_is_closed, press
from tests.browser.room import Room
from tests.browser.seeds import Caller

SOON_S = 2.0
BUSY_S = 10.0  # what a machine may take that does much else; then the middle of all must be within the two seconds
UPSTREAM, DOWNSTREAM = "-8,5542 116,6268", "-8,5548 116,6274"
WORD_DUE = "23:59"
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


class Clock:
    """How long each change took from one screen to another."""

    def __init__(self) -> None:
        self.took_s: list[float] = []

    def sees(self, *seen: tuple[Locator, str]) -> None:
        """Each of these places says these words, soon."""
        begun = time.monotonic()
        for place, words in seen:
            expect(place).to_contain_text(words, timeout=BUSY_S * 1000)
            self.took_s.append(time.monotonic() - begun)

    def judge(self) -> None:
        """All within two seconds; beside other work on this machine, the middle one."""
        slowest, middle = max(self.took_s), sorted(self.took_s)[len(self.took_s) // 2]
        is_busy = os.getloadavg()[0] > (os.cpu_count() or 1)
        assert (middle if is_busy else slowest) <= SOON_S, f"{slowest:.1f} s at worst, {middle:.1f} s in the middle"


@pytest.fixture
def desk(visit: Callable[..., Visit]) -> Page:
    return visit("sari").open("/calls")


@pytest.fixture
def dewi(visit: Callable[..., Visit]) -> Page:
    return visit("dewi").open("/")


@pytest.fixture
def komang(visit: Callable[..., Visit]) -> Page:
    return visit("komang", viewport={"width": 1920, "height": 1080}).open("/")


@pytest.fixture
def clock() -> Iterator[Clock]:
    kept = Clock()
    yield kept
    kept.judge()


def test_three_people_work_one_flood_night_and_lose_nothing(
    desk: Page, dewi: Page, komang: Page, clock: Clock, room: Room
) -> None:
    sari = desk.context.new_page()  # the call taker's own view of the board
    sari.goto("/")
    boards = (dewi, komang, sari)
    first = a_call_comes_in(desk, boards, clock)
    a_repeat_is_linked(desk, boards, clock)
    second = two_incidents_are_one(desk, dewi, komang, boards, clock, first)
    one_unit_is_sent_by_two_at_once(dewi, komang, boards, clock)
    the_unit_goes_on(dewi, komang, clock)
    an_obstacle(dewi, boards, clock)
    three_notes_at_once(boards, clock)
    a_decision_on_old_knowledge_is_asked_again(dewi, komang)
    it_ends(dewi, komang, sari, clock)
    nothing_was_lost(room, first, second)


def a_call_comes_in(desk: Page, boards: tuple[Page, ...], clock: Clock) -> int:
    write_a_call(desk, UPSTREAM, "Air setinggi pinggang, dua orang di atap")
    clock.sees(*((board.locator(".queue-row"), "Banjir") for board in boards))
    incident = int(boards[0].locator(".queue-row").get_attribute("data-id") or 0)
    for board in boards:
        choose(board, incident)
    return incident


def write_a_call(desk: Page, place: str, narrative: str, link: bool = False) -> None:
    for key in ("F2", "n", "1"):
        desk.keyboard.press(key)
    desk.keyboard.type(place)
    desk.keyboard.press("Enter")
    desk.keyboard.press("Alt+c")
    desk.keyboard.type(narrative)
    if link:
        expect(desk.locator("#clue-repeats")).to_contain_text("Mungkin laporan berulang")
        desk.keyboard.press("Alt+h")
        expect(desk.locator("#save-words")).to_contain_text("hubungkan")
    with desk.expect_response("**/api/v1/calls"):
        desk.keyboard.press("Control+Enter")


def a_repeat_is_linked(desk: Page, boards: tuple[Page, ...], clock: Clock) -> None:
    write_a_call(desk, UPSTREAM, "Sungai meluap di Pringgabaya", link=True)
    clock.sees(*((board.locator(".queue-row"), "×2 laporan") for board in boards))


def two_incidents_are_one(
    desk: Page, dewi: Page, komang: Page, boards: tuple[Page, ...], clock: Clock, first: int
) -> int:
    """The third call was not linked: the coordinator merges what the second call taker opened."""
    write_a_call(desk, DOWNSTREAM, "Jembatan hanyut di hilir")
    fresh = [board.locator(f".queue-row:not([data-id='{first}'])") for board in boards]
    clock.sees(*((row, "Banjir") for row in fresh))
    second = int(fresh[1].get_attribute("data-id") or 0)
    choose(komang, second)
    press(komang, "e")
    komang.locator("#panel-form textarea[name=text]").fill("Sungai yang sama")
    submit(komang)
    clock.sees(*((board.locator(f"#row-{first}"), "×3 laporan") for board in boards))
    for board in boards:
        expect(board.locator(".queue-row")).to_have_count(1)
        choose(board, first)
    return second


def one_unit_is_sent_by_two_at_once(dewi: Page, komang: Page, boards: tuple[Page, ...], clock: Clock) -> None:
    """Both have the same list before them and press the same number: one goes, the other is told."""
    for board in (dewi, komang):
        press(board, "u")
        expect(board.locator("button[data-unit]").first).to_contain_text("PSC-1")
    for board in (dewi, komang):
        board.keyboard.press("1")
    clock.sees(*((board.locator(".unit-row"), "PSC-1") for board in boards))
    expect(komang.locator(".unit-row", has_text="PSC-1")).to_have_count(1)
    for board in (dewi, komang):
        board.keyboard.press("Escape")


def the_unit_goes_on(dewi: Page, komang: Page, clock: Clock) -> None:
    """The two of them speak for the unit in turn."""
    turns = (("acknowledge", "terima tugas"), ("depart", "berangkat"), ("arrive", "di lokasi"))
    for (verb, state), (one, other) in zip(turns, ((dewi, komang), (komang, dewi), (dewi, komang)), strict=True):
        one.locator(f".unit-row .unit-verbs > [data-key$='-{verb}']").click()
        clock.sees((other.locator(".unit-row"), state), (one.locator(".unit-row"), state))


def an_obstacle(dewi: Page, boards: tuple[Page, ...], clock: Clock) -> None:
    press(dewi, "b")
    form = dewi.locator("#panel-form form")
    form.locator("select[name=reason]").select_option("access")
    form.locator("textarea[name=text]").fill("Jembatan putus")
    form.locator("[name=unblock_by]").fill("PUPR")
    form.locator("[name=next_word_at]").fill(WORD_DUE)
    submit(dewi)
    clock.sees(*((board.locator("#panel-head"), "kendala") for board in boards))


def three_notes_at_once(boards: tuple[Page, ...], clock: Clock) -> None:
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
    clock.sees(*((board.locator("#panel-body"), words) for board in boards for words in notes))


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


def it_ends(dewi: Page, komang: Page, sari: Page, clock: Clock) -> None:
    for board in (dewi, komang, sari):
        board.locator("#tab-units").click()
    dewi.locator(".unit-row summary").click()
    dewi.locator(".unit-row [data-key$='-clear']").click()
    clock.sees((komang.locator("#units-list"), "siaga"))
    press(komang, "x")
    komang.locator("#panel-form select[name=disposition]").select_option("handled")
    submit(komang)
    clock.sees(*((board.locator("#panel-head"), "selesai") for board in (dewi, komang, sari)))
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
