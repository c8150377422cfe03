"""Every page keeps to itself: nothing asked of a stranger, nothing refused, nothing wrong, nothing jumps."""

import time
from collections.abc import Callable

import pytest
from playwright.sync_api import Route, expect

from tests.browser.conftest import Ear, Visit
from tests.browser.room import Room
from tests.browser.seeds import a_busy_hour

PAGES = (
    (None, "/login"),
    ("komang", "/"),
    ("komang", "/?i=1"),
    ("sari", "/calls"),
    ("tono", "/field"),
    ("komang", "/radio"),
    ("ayu", "/people"),
    ("komang", "/units"),
    ("komang", "/situation.html"),
)
HEARTBEATS_MS = 2500


@pytest.fixture(scope="module", autouse=True)
def life(room: Room) -> None:
    """An empty page hides its faults: put calls, units on the way and an alert into the room."""
    a_busy_hour(room)


def test_a_page_asks_nobody_but_us_and_nothing_fails(visit: Callable[..., Visit], room: Room) -> None:
    people = {name: visit(name) for name, _ in PAGES}
    ears = {}
    for name, path in PAGES:
        ears[path] = Ear(room.url)
        people[name].context.once("page", ears[path].listen)
        page = people[name].open(path)
        assert page.evaluate("location.pathname") == path.partition("?")[0]
    page.wait_for_timeout(HEARTBEATS_MS)  # what goes wrong only with the second heartbeat
    found = {path: heard for path, ear in ears.items() if any(heard := (ear.foreign, ear.failed, ear.errors))}
    assert found == {}


def test_a_phone_never_scrolls_sideways(visit: Callable[..., Visit]) -> None:
    someone = visit("ayu", viewport={"width": 390, "height": 844}, has_touch=True, is_mobile=True)
    for path in ("/", "/calls", "/field", "/people", "/radio"):
        page = someone.open(path)
        assert page.evaluate("document.documentElement.scrollWidth") <= 390, path


def test_a_board_whose_scripts_come_late_misses_nothing(visit: Callable[..., Visit]) -> None:
    """Seen on a busy machine: the picture was here before the modules that draw it."""
    someone = visit("komang")
    someone.context.route("**/js/units_strip.js", _after_a_second)
    board = someone.open("/")
    expect(board.locator(".queue-row")).to_have_count(6, timeout=30_000)
    expect(board.locator("#units-list .unit")).to_have_count(2)
    expect(board.locator("#map-stamp")).to_contain_text("entri")


def _after_a_second(route: Route) -> None:
    time.sleep(1)
    route.continue_()


IN_SIGHT = ("#clock", "#find-open", "#trouble-open", ".topbar .menu summary")
OUT_OF_SIGHT = """(names) => {
  const { innerWidth, document: { documentElement: page } } = window;
  const boxes = names.map((name) => [name, document.querySelector(name).getBoundingClientRect()]);
  const out = boxes.filter(([, { left, right, width }]) => left < 0 || right > innerWidth || !width);
  const hangs = page.scrollWidth > innerWidth ? [["the page", 0, page.scrollWidth]] : [];
  return [...out.map(([name, { left, right }]) => [name, left, right]), ...hangs];
}"""


def test_the_bar_keeps_clock_and_menu_in_sight_at_every_width(visit: Callable[..., Visit], room: Room) -> None:
    someone = visit("ayu")
    for lang in ("id", "en"):
        someone.context.add_cookies([{"name": "posko_language", "value": lang, "url": room.url}])
        page = someone.open("/alerts")
        expect(page.locator("html")).to_have_attribute("lang", lang)
        for width in (2200, 1920, 1600, 1500, 1366, 1100, 900, 800, 390):
            page.set_viewport_size({"width": width, "height": 700})
            assert page.evaluate(OUT_OF_SIGHT, IN_SIGHT) == [], (lang, width)


OPENING_MS = 2500  # after three seconds a link that is still not there is a fault, and told in a row of its own
WATCH_THE_BAR = f"""window.looks = 0;
window.said = [];
(function look() {{
  const bar = document.querySelector(".topbar");
  if (bar && performance.now() < {OPENING_MS}) {{
    window.looks += 1;
    if (bar.innerText.includes("menyambung")) window.said.push(bar.innerText);
  }}
  requestAnimationFrame(look);
}})();"""


def test_the_bar_of_a_telephone_has_no_row_for_a_link_that_is_only_not_there_yet(visit: Callable[..., Visit]) -> None:
    someone = visit("komang", viewport={"width": 390, "height": 844})
    someone.context.add_init_script(WATCH_THE_BAR)
    looks = 0
    for path in ("/", "/calls", "/units", "/alerts", "/radio", "/handover"):
        page = someone.open(path)
        assert page.evaluate("window.said") == [], path
        looks += page.evaluate("window.looks")
        page.close()
    assert looks > 0


FULL_BAR = """() => {
  const lamps = document.getElementById("lamps");
  const names = ["Layar", "Internet", "SMS", "Radio", "Basis data", "Uji saluran"];
  lamps.innerHTML = names.map((name) => `<span class="lamp lamp-ok"><b>${name}</b><span>baik</span></span>`).join("");
  const bar = lamps.getBoundingClientRect();
  return [...lamps.children].map((lamp) => lamp.getBoundingClientRect())
    .filter((one) => one.top < bar.bottom && (one.right > bar.right + 1 || one.bottom > bar.bottom + 1)).length;
}"""


def test_a_lamp_that_has_no_room_in_the_bar_is_not_cut_in_two(visit: Callable[..., Visit]) -> None:
    page = visit("ayu").open("/radio")
    for width in (2200, 1920, 1600, 1366, 1280):
        page.set_viewport_size({"width": width, "height": 700})
        assert page.evaluate(FULL_BAR) == 0, width


def test_how_many_have_it_stays_on_a_telephone_whatever_the_count(visit: Callable[..., Visit]) -> None:
    page = visit("ayu", viewport={"width": 390, "height": 844}).open("/radio")
    page.locator("#live").evaluate("live => { live.hidden = false; }")
    for part, words in (
        (".live-sum", "alat 119 dari 120 · dilihat orang 117 dari 120 · 1 tidak menjawab"),
        (".live-turn", "Putaran 12: giliran PSC-119, 120 dari 120; selesai 12 detik lagi"),
    ):
        page.locator(part).evaluate("(one, words) => { one.textContent = words; }", words)
    assert page.evaluate("document.documentElement.scrollWidth") <= 390


def test_a_part_of_the_radio_page_opened_by_its_address_stands_at_its_head(visit: Callable[..., Visit]) -> None:
    for part in ("stations", "voice"):
        page = visit("ayu", viewport={"width": 390, "height": 844}).open(f"/radio#{part}")
        expect(page.locator(f"#part-{part}")).to_be_visible()
        expect(page.locator(f"#tab-of-{part}")).to_be_in_viewport(ratio=0.99)
        assert page.evaluate("scrollY") == 0
