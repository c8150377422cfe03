"""The wall from six metres: letters, turning, age, an empty board, a frozen one; and the page of figures."""

import datetime as dt
import re
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from gis.database import Database
from incident.config import load_settings
from incident.post import Post
from tests.browser.conftest import Visit
from tests.browser.room import Room
from tests.browser.seeds import Caller, a_busy_hour
from tests.incident import figures_rows

SIZES = [(1366, 768), (1920, 1080), (3840, 2160)]
READY = {"queue": ".wall-row", "units": ".wall-unit", "figures": ".wall-table"}
LETTERS = """() => {
  const seen = [];
  const walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walk.nextNode()) {
    const element = walk.currentNode.parentElement;
    const isTool = element.closest("script, .sr-only, .skip-link, .topbar-tools, .wall-tool, dialog");
    if (isTool || !walk.currentNode.textContent.trim() || !element.checkVisibility()) continue;
    seen.push([parseFloat(getComputedStyle(element).fontSize), walk.currentNode.textContent.trim()]);
  }
  return seen;
}"""
FITS = """() => {
  const { scrollWidth, scrollHeight } = document.documentElement;
  return scrollWidth <= innerWidth && scrollHeight <= innerHeight;
}"""


@pytest.fixture(scope="module")
def seeded(room: Room) -> Room:
    """A month of figures, then an hour of work."""
    settings = load_settings(**{name.removeprefix("POSKO_").lower(): word for name, word in room.words.items()})
    assert room.cast is not None
    database = Database(settings.database)
    days_ago = dt.datetime.now(dt.UTC) - dt.timedelta(days=20)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(figures_rows, "START", days_ago)
        patch.setattr(figures_rows, "STATES", ("closed",))
        figures_rows.fill(Post(settings, database), room.cast.units.values(), 120, days=19, first=1000)
    database.close()
    return room


def test_an_empty_wall_says_so_with_entry_and_time(room: Room, visit: Callable[..., Visit]):
    page = visit("lalu").open("/wall?scenes=queue")
    expect(page.locator("#wall-empty")).to_contain_text("0 kejadian pada entri")
    expect(page.locator("#wall-empty")).to_contain_text("WITA")


@pytest.fixture(scope="module")
def busy(seeded: Room) -> list[int]:
    return a_busy_hour(seeded)


@pytest.mark.parametrize("scene", READY)
def test_every_letter_is_large_enough_for_six_metres(busy: Any, visit: Callable[..., Visit], scene: str):
    page = visit("lalu").open(f"/wall?scenes={scene}")
    expect(page.locator(READY[scene]).first).to_be_visible()
    for width, height in SIZES:
        page.set_viewport_size({"width": width, "height": height})
        letters = page.evaluate(LETTERS)
        assert len(letters) > 8, width
        assert [one for one in letters if one[0] < width / 60 - 0.1] == [], width
        page.wait_for_function(FITS)  # with its next drawing, once a second, it is as long as the new window


def test_the_leader_sees_the_worst_first_with_wait_units_and_state(busy: Any, visit: Callable[..., Visit]):
    page = visit("lalu").open("/wall?scenes=queue")
    rows = page.locator(".wall-row")
    expect(rows).to_have_count(6)
    expect(rows.first.locator(".prio")).to_have_text("1")
    expect(rows.last.locator(".prio")).to_have_text("3")
    expect(page.locator(".wall-row", has_text="Medis")).to_contain_text("PSC-1 terima tugas")
    expect(page.locator("#wall-sums")).to_contain_text("4 menunggu satuan")
    expect(page.locator("#wall-age")).to_contain_text("WITA")


def test_no_word_of_a_caller_and_no_typed_place_is_on_any_view(busy: Any, visit: Callable[..., Visit]):
    page = visit("lalu").open("/wall?scenes=queue,units&seconds=5")
    expect(page.locator(".wall-row")).to_have_count(6)
    said = page.locator("body").inner_text() + page.content()
    for words in ("Bu Sri", "081234567321", "sebelah pasar", "gudang ikan", "sesak napas", "masjid"):
        assert words not in said


def test_views_turn_by_themselves_pause_and_go_on(busy: Any, visit: Callable[..., Visit]):
    page = visit("lalu").open("/wall?scenes=units,queue&seconds=5")
    current = page.locator("#wall-scenes [aria-current]")
    expect(current).to_contain_text("Satuan", timeout=30_000)
    expect(current).to_contain_text("Kejadian", timeout=30_000)
    page.keyboard.press("Space")
    expect(page.locator("#wall-pause")).to_have_attribute("aria-pressed", "true")
    expect(current).to_contain_text("jeda")
    stood_at_queue = "Kejadian" in current.inner_text()
    page.keyboard.press("ArrowRight")
    expect(current).to_contain_text("Satuan" if stood_at_queue else "Kejadian")
    expect(page.locator("#wall-units" if stood_at_queue else "#wall-rows")).to_be_visible()


def test_the_map_has_marks_and_no_foreign_request(busy: Any, visit: Callable[..., Visit]):
    someone = visit("lalu")
    page = someone.open("/wall?scenes=map")
    drawn = """() => {
      const ink = document.querySelector(".wall-ink");
      return ink.width > 400 && ink.getContext("2d").getImageData(0, 0, ink.width, ink.height).data.some(Boolean);
    }"""
    page.wait_for_function(drawn)
    assert (someone.foreign, someone.errors, someone.failed) == ([], [], [])


def test_a_new_p1_brings_the_queue_at_once(busy: Any, seeded: Room, visit: Callable[..., Visit]):
    page = visit("lalu").open("/wall?scenes=map,queue&seconds=600")
    expect(page.locator("#wall-scenes [aria-current]")).to_contain_text("Peta")
    place = {"lon": 116.61, "lat": -8.66, "radius_m": 50, "method": "map", "text": "x"}
    Caller(seeded, "call_taker").post(
        "/calls", **{"class": "normal", "type": "tenggelam", "channel": "112", "place": place}
    )
    expect(page.locator("#wall-scenes [aria-current]")).to_contain_text("Kejadian")
    expect(page.locator(".wall-row", has_text="Orang tenggelam")).to_be_visible()


@pytest.mark.parametrize("name", ["sari", "tono"])
def test_who_may_not_see_figures_has_a_wall_without_them(busy: Any, visit: Callable[..., Visit], name: str):
    someone = visit(name)
    page = someone.open("/wall")
    expect(page.locator("#wall-scenes li")).to_have_count(3)
    assert someone.failed == []


def test_a_frozen_wall_says_since_when(busy: Any, seeded: Room, visit: Callable[..., Visit]):
    page = visit("lalu").open("/wall?scenes=queue")
    expect(page.locator(".wall-row").first).to_be_visible()
    seeded.wire.cut()
    try:
        expect(page.locator("#freeze")).to_contain_text("DATA BEKU sejak", timeout=30_000)
        expect(page.locator("#wall-age")).to_have_class("wall-age is-old")
    finally:
        seeded.wire.mend()
    expect(page.locator("#freeze")).to_be_hidden(timeout=30_000)


# the page of figures


def figures_page(visit: Callable[..., Visit], name: str = "lalu", query: str = "") -> tuple[Visit, Page]:
    someone = visit(name)
    page = someone.open(f"/figures{query}")
    expect(page.locator("#figures-total tbody tr")).to_have_count(8)
    return someone, page


def test_figures_are_drawn_and_told_under_the_strict_policy(busy: Any, visit: Callable[..., Visit]):
    someone, page = figures_page(visit)
    expect(page.locator("#figures-chart canvas")).to_be_visible()
    expect(page.locator("#figures-groups tbody tr").first).to_be_visible()
    expect(page.locator("#figures-calls")).to_contain_text("dari semua yang masuk")
    assert (someone.foreign, someone.errors, someone.failed) == ([], [], [])
    assert (
        page.locator("[style]").evaluate_all("some => some.some((one) => one.getAttribute('style') === null)") is False
    )


def test_what_is_asked_stands_in_the_address_and_survives_a_reload(busy: Any, visit: Callable[..., Visit]):
    _, page = figures_page(visit)
    page.locator("#by").select_option("agency")
    expect(page.locator("#figures-groups thead")).to_contain_text("instansi")
    page.locator("#measure").select_option("turnout")
    expect(page).to_have_url(re.compile("(?=.*by=agency)(?=.*measure=turnout)"))
    page.reload()
    expect(page.locator("#figures-groups thead")).to_contain_text("instansi")
    expect(page.locator("#figures-chart")).to_have_attribute(
        "aria-label", "P50 dan P90 Bersiap menurut instansi; angkanya di tabel"
    )


def test_the_files_hold_the_same_question(busy: Any, visit: Callable[..., Visit]):
    someone, page = figures_page(visit, query="?by=priority")
    for form in ("csv", "xlsx"):
        link = page.locator(f"#figures-{form}")
        expect(link).to_have_attribute("href", re.compile("by=priority"))
        answer = someone.context.request.get(link.get_attribute("href"))
        assert answer.ok and f"-priority.{form}" in answer.headers["content-disposition"]


def test_dates_the_wrong_way_round_are_refused_in_words(busy: Any, visit: Callable[..., Visit]):
    page = visit("lalu").open("/figures?from=2026-02-01&to=2026-01-01")
    expect(page.locator("#figures-problem")).to_contain_text("Tanggal awal")


def test_an_agency_sees_whose_figures_these_are(busy: Any, visit: Callable[..., Visit]):
    _, page = figures_page(visit, "oki", "?agency=PSC119")
    expect(page.locator("#figures-about")).to_contain_text("hanya kejadian yang ditangani BPBD")
