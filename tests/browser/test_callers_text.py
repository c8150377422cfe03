"""What a caller says is shown as it was said and never runs, wherever it appears."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Visit
from tests.browser.drafts import await_draft
from tests.browser.room import Room
from tests.browser.seeds import Caller

TRICKS = (
    "<img src=x onerror=alert(1)>",
    "<script>alert(2)</script>",
    '"><svg onload=alert(3)>',
    "</script><script>alert(4)</script>",
    "{{ 7 * 7 }} ${alert(5)} javascript:alert(6)",
)
SPY = "globalThis.alert = () => { document.documentElement.dataset.fooled = 'yes'; }"


@pytest.fixture(scope="module", autouse=True)
def said(room: Room) -> None:
    """Every trick as narrative, name and place of a call, in a note and in an alert."""
    desk, head = Caller(room, "call_taker"), Caller(room, "coordinator")
    assert room.cast is not None
    for nth, trick in enumerate(TRICKS):
        place = {"lon": 116.5 + nth / 20, "lat": -8.6, "method": "map", "radius_m": 50, "text": trick}
        whole = {"class": "normal", "type": "banjir", "channel": "112", "narrative": trick, "place": place}
        incident = desk.post("/calls", **whole, caller={"name": trick, "phone": "081234567321"})["incident"]
        desk.post(f"/incidents/{incident}/note", text=trick)
        units = list(room.cast.units.values())[:1]
        head.post(f"/incidents/{incident}/assignments", unit_id=units[0])
        head.post(
            "/alerts", incident_id=incident, priority="P2", order="go", text=trick, headline=trick, unit_ids=units
        )


@pytest.fixture
def spied(visit: Callable[..., Visit]) -> Callable[[str, str], Page]:
    """Open a page that notes when anything ran."""

    def opened(name: str, path: str) -> Page:
        someone = visit(name)
        someone.context.add_init_script(SPY)
        return someone.open(path)

    return opened


def is_fooled(page: Page) -> bool:
    page.wait_for_timeout(300)
    return page.evaluate("document.documentElement.dataset.fooled") == "yes"


def test_the_board_shows_a_callers_words_and_runs_none(spied: Callable[[str, str], Page]) -> None:
    board = spied("komang", "/")
    for nth, trick in enumerate(TRICKS, start=1):
        board.locator(f"#row-{nth}").click()
        expect(board.locator("#panel-facts")).to_contain_text(trick)
        for tab in ("chronology", "calls", "alerts"):
            board.locator(f"#tab-{tab}").click()
            expect(board.locator("#panel-body")).to_contain_text(trick)
    assert not is_fooled(board)


def test_the_desk_shows_a_callers_words_and_runs_none(spied: Callable[[str, str], Page]) -> None:
    desk = spied("sari", "/calls")
    for trick in TRICKS:
        expect(desk.locator("#calls")).to_contain_text(trick)
        desk.locator("#place").fill(trick)
        desk.locator("#narrative").fill(trick)
        desk.locator("#caller").fill(trick)
    desk.locator("#phone").fill("081234500001")
    await_draft(desk, "081234500001")
    desk.reload()
    expect(desk.locator("#narrative")).to_have_value(TRICKS[-1])
    assert not is_fooled(desk)


def test_the_phone_shows_a_callers_words_and_runs_none(spied: Callable[[str, str], Page]) -> None:
    phone = spied("tono", "/field")
    for trick in TRICKS:
        expect(phone.locator("#alerts")).to_contain_text(trick)
        expect(phone.locator("#tasks")).to_contain_text(trick)
    assert not is_fooled(phone)


def test_a_name_at_the_door_comes_back_as_text(spied: Callable[[str, str], Page], visit: Callable[..., Visit]) -> None:
    someone = visit(None)
    someone.context.add_init_script(SPY)
    door = someone.open("/login")
    whole = " ".join(TRICKS)
    door.locator("#name").fill(whole)
    door.locator("#secret").fill("rahasia yang salah")
    door.locator("#submit").click()
    expect(door.locator("#problem")).to_contain_text("salah")
    expect(door.locator("#name")).to_have_value(whole)
    assert not is_fooled(door)
