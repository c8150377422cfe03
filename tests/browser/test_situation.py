"""The situation map in a real browser: from a disk without a network, on paper, and with every trick in every text."""

import re
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, Request, Route, expect

from gis import snapshot
from incident.situation_sample import invent
from tests.browser.conftest import Visit
from tests.browser.room import Room
from tests.browser.seeds import a_busy_hour
from tests.room import START
from tests.tricks import TRICKS

HOST = "http://posko.test"
SIZES = ((1366, 768), (390, 844), (320, 600), (1920, 1080))
ELEMENTS_AT_MOST = 1500  # what is drawn on the canvas is no element; ten thousand would be
# Everything the file makes. What a trick would like to be (img, iframe, object, form...) is not among it.
ELEMENTS = (
    "a aside b body button canvas circle div footer h1 h2 h3 head header html i input label li line link main meta"
    " noscript ol p path polygon script section small span strong style svg text title ul"
)
CENSUS = """() => {
  const all = [...document.querySelectorAll("*")];
  const isArmed = ({ name, value }) => name.startsWith("on") || /^\\s*javascript:/i.test(value);
  return {
    names: [...new Set(all.map((one) => one.localName))],
    scripts: all.filter((one) => one.localName === "script").length,
    styles: all.filter((one) => one.localName === "style").length,
    armed: all.filter((one) => [...one.attributes].some(isArmed)).length,
  };
}"""
PRESS = """(spots) => spots.map(([lat, lon]) => {
  const map = map_situation.closePopup().setMaxBounds(null).setMinZoom(0).setView([lat, lon], 17, { animate: false });
  const containerPoint = map.latLngToContainerPoint([lat, lon]);
  map.fire("click", { latlng: L.latLng(lat, lon), containerPoint, originalEvent: {} });
  return document.querySelector(".leaflet-popup-content")?.textContent ?? "";
})"""
MEASURES = """() => {
  const [page, sheet] = [document.documentElement, document.querySelector("#sheet")];
  const map = document.querySelector("#map_situation").getBoundingClientRect();
  return [page.scrollWidth - innerWidth, sheet.scrollWidth - sheet.clientWidth, map.width, map.height];
}"""
BREAK_IN = """() => {
  const script = document.createElement("script");
  script.textContent = "document.documentElement.dataset.fooled = 'yes'";
  document.body.append(script);
  const armed = '<img src="data:," onerror="document.documentElement.dataset.fooled = 1">';
  document.body.insertAdjacentHTML("beforeend", armed);
  fetch("http://127.0.0.1:9/").catch(() => {});
}"""


@pytest.fixture
def context(chromium: Browser) -> Iterator[BrowserContext]:
    made = chromium.new_context(viewport={"width": 1366, "height": 768}, locale="id-ID")
    yield made
    made.close()


class Watch:
    """What a page must not do: ask, open a dialog, complain."""

    def __init__(self, page: Page):
        self.asked: list[str] = []
        self.said: list[str] = []
        page.on("request", self._request)
        page.on("console", lambda said: self.said.append(said.text))
        page.on("pageerror", lambda fault: self.said.append(str(fault)))
        page.on("dialog", lambda dialog: (self.said.append(f"dialog {dialog.message}"), dialog.dismiss()))

    def _request(self, request: Request) -> None:
        self.asked.append(request.url)


def opened(context: BrowserContext, address: str) -> tuple[Page, Watch]:
    page = context.new_page()
    watch = Watch(page)
    page.goto(address)
    expect(page.locator("html")).to_have_attribute("data-ready-ms", re.compile(r"\d+"), timeout=40_000)
    return page, watch


@pytest.fixture
def from_disk(context: BrowserContext, tmp_path: Path) -> Callable[..., tuple[Page, Watch]]:
    """Open a picture as from a USB stick: a file, and no network at all."""

    def opening(picture: dict[str, Any], query: str = "") -> tuple[Page, Watch]:
        file = tmp_path / "peta situasi.html"
        file.write_bytes(snapshot.draw(picture))
        context.set_offline(True)
        return opened(context, file.as_uri() + query)

    return opening


@pytest.fixture
def served(context: BrowserContext) -> Callable[..., tuple[Page, Watch]]:
    """Open a picture as our server hands it out, its policy in a header too."""

    def opening(picture: dict[str, Any]) -> tuple[Page, Watch]:
        body = snapshot.draw(picture)
        headers = {"Content-Security-Policy": f"{snapshot.policy()}; frame-ancestors 'none'"}

        def hand_out(route: Route) -> None:
            route.fulfill(status=200, content_type="text/html; charset=utf-8", body=body, headers=headers)

        context.route(f"{HOST}/**", hand_out)
        return opened(context, f"{HOST}/situation.html")

    return opening


# tricks


def spot(nth: int, lon_off: float = 0.0, lat_off: float = 0.0) -> tuple[float, float]:
    return round(116.0 + nth % 8 * 0.1 + lon_off, 5), round(-8.9 + nth // 8 * 0.1 + lat_off, 5)


def tricked() -> dict[str, Any]:
    """Every trick as type, place, number, unit, facility, area, place name, site and source, each at its own spot."""
    picture = invent(1, START)
    everything = " ".join(TRICKS)
    picture["made"]["site"] = picture["ground"]["source"] = everything
    picture["types"] = [[f"t{nth}", trick, trick] for nth, trick in enumerate(TRICKS)]
    picture["incidents"] = [
        [*spot(nth), nth % 4 + 1, nth, 0, -600 - nth, None, None, None, trick, trick, 2, 50]
        for nth, trick in enumerate(TRICKS)
    ]
    picture["units"] = [[trick, *spot(nth, 0.03), trick, 60] for nth, trick in enumerate(TRICKS)]
    picture["facilities"] = [[trick, trick, *spot(nth, 0.0, 0.03), 9, 9] for nth, trick in enumerate(TRICKS)]
    picture["zones"] = [
        {"kind": trick, "words": trick, "shape": square(*spot(nth, 0.05, 0.05)), "drawn": -60, "expires": 900}
        for nth, trick in enumerate(TRICKS)
    ]
    picture["ground"]["names"] = [[*spot(nth, 0.07), 3, trick] for nth, trick in enumerate(TRICKS)]
    return picture


def square(lon: float, lat: float, side: float = 0.004) -> dict[str, Any]:
    ring = [[lon - side, lat - side], [lon + side, lat - side], [lon + side, lat + side], [lon - side, lat + side]]
    return {"type": "Polygon", "coordinates": [[*ring, ring[0]]]}


@pytest.mark.parametrize("way", ["from_disk", "served"])
def test_a_trick_in_any_text_is_shown_as_it_was_said_and_runs_nowhere(request: Any, way: str) -> None:
    page, watch = request.getfixturevalue(way)(tricked())
    for offset in ((0.0, 0.0), (0.03, 0.0), (0.0, 0.03), (0.05, 0.05)):
        spots = [spot(nth, *offset)[::-1] for nth in range(len(TRICKS))]
        for trick, text in zip(TRICKS, page.evaluate(PRESS, spots), strict=True):
            assert trick in text, (offset, trick, text)
    assert page.locator("#head h1").evaluate("(one) => one.textContent") == " ".join(TRICKS)
    for button in page.locator("#sheet .worst button").all():
        button.click(force=True)
    page.locator("#head").get_by_role("button", name="English").click()
    page.locator("#slider input").evaluate("(one) => { one.value = -300; one.dispatchEvent(new Event('input')); }")
    page.wait_for_timeout(300)
    census = page.evaluate(CENSUS)
    assert set(census["names"]) <= set(ELEMENTS.split())
    assert (census["scripts"], census["styles"], census["armed"]) == (4, 3, 0)
    assert (watch.said, len(watch.asked)) == ([], 1)


def test_the_policy_stops_a_script_that_got_in_all_the_same(from_disk: Callable[..., tuple[Page, Watch]]) -> None:
    page, watch = from_disk(invent(3, START))
    page.evaluate(BREAK_IN)
    deadline = time.monotonic() + 30
    while not any("127.0.0.1" in said for said in watch.said):  # the last of the three tricks was stopped
        assert time.monotonic() < deadline, watch.said
        page.wait_for_timeout(50)
    assert page.evaluate("document.documentElement.dataset.fooled") is None
    assert all("Content Security Policy" in said for said in watch.said), watch.said
    assert [url for url in watch.asked if "127.0.0.1" in url] == []


# from a USB stick


def test_it_opens_from_a_disk_without_a_network_and_asks_for_nothing(
    from_disk: Callable[..., tuple[Page, Watch]],
) -> None:
    page, watch = from_disk(invent(60, START))
    expect(page).to_have_title(re.compile("^LATIHAN · Peta situasi Kabupaten Contoh"))
    expect(page.locator("#head")).to_contain_text("bukan kejadian sungguhan")
    expect(page.locator("#head .stamp")).to_have_text("03.00 UTC")
    expect(page.locator("#head").get_by_role("link")).to_have_count(0)  # nothing to fetch where nobody serves
    assert [urls.startswith("file:") for urls in watch.asked] == [True] and watch.said == []


def test_the_slider_walks_through_the_day_and_says_that_it_is_not_now(
    from_disk: Callable[..., tuple[Page, Watch]],
) -> None:
    picture = invent(1, START)
    times = ((-80000, -40000), (-30000, None), (-600, None))
    picture["incidents"] = [
        [116.5, -8.5, 1, 0, 0, opened, None, None, closed, "KC-1", "Selong", 1, None] for opened, closed in times
    ]
    page, _ = from_disk(picture)
    total, range_ = page.locator("#sheet .total"), page.locator("#slider input")
    expect(total).to_have_text("2")
    for moment, count in ((-60000, "1"), (-35000, "0"), (-7200, "1"), (0, "2")):
        range_.evaluate(f"(one) => {{ one.value = {moment}; one.dispatchEvent(new Event('input')); }}")
        expect(total).to_have_text(count)
        expect(page.locator("#sheet .past")).to_have_count(1 if moment else 0)
    range_.focus()
    page.keyboard.press("ArrowLeft")
    expect(page.locator("#sheet .past")).to_contain_text("bukan yang terbaru")
    page.get_by_role("button", name="Putar 24 jam terakhir").click()
    expect(page.locator("#sheet .past")).to_have_count(0, timeout=40_000)


def test_it_speaks_english_by_a_button_and_by_its_address(from_disk: Callable[..., tuple[Page, Watch]]) -> None:
    page, watch = from_disk(invent(5, START), "?lang=en")
    expect(page.locator("html")).to_have_attribute("lang", "en")
    expect(page.locator("#head")).to_contain_text("EXERCISE")
    expect(page.locator("#sheet")).to_contain_text("What the marks mean")
    page.get_by_role("button", name="Indonesia").click()
    expect(page.locator("#sheet")).to_contain_text("Arti tanda")
    assert watch.said == []


def test_a_line_of_the_legend_hides_what_it_names(from_disk: Callable[..., tuple[Page, Watch]]) -> None:
    page, _ = from_disk(invent(40, START))
    before = page.locator("canvas.ink").screenshot()
    for line in page.locator("#sheet .legend input").all():
        line.uncheck()
    deadline = time.monotonic() + 20
    while page.locator("canvas.ink").screenshot() == before:
        assert time.monotonic() < deadline, "nothing was hidden"
    assert page.evaluate(PRESS, [[-8.55, 116.55]]) == [""]


def test_ten_thousand_incidents_are_drawn_and_nothing_hangs_out_of_the_window(
    from_disk: Callable[..., tuple[Page, Watch]],
) -> None:
    page, watch = from_disk(invent(10_000, START))
    expect(page.locator("#sheet .total")).to_have_text(re.compile(r"\d\.\d{3}"))
    assert page.locator("*").count() < ELEMENTS_AT_MOST
    for width, height in SIZES:
        page.set_viewport_size({"width": width, "height": height})
        page.wait_for_timeout(200)  # the map takes its new size
        out, sheet_out, map_width, map_height = page.evaluate(MEASURES)
        assert out <= 0 and sheet_out <= 0, (width, out, sheet_out)
        assert map_width > width * 0.6 and map_height > 180, (width, map_width, map_height)
    assert watch.said == []


def test_it_prints_on_one_page_in_light_colours_with_its_legend(from_disk: Callable[..., tuple[Page, Watch]]) -> None:
    page, _ = from_disk(invent(60, START))
    paper = page.pdf(prefer_css_page_size=True, print_background=True)
    assert len(re.findall(rb"/Type\s*/Page\b", paper)) == 1
    page.evaluate("dispatchEvent(new Event('beforeprint'))")
    expect(page.locator("html")).to_have_attribute("data-theme", "light")
    expect(page.locator("#sheet .part-legend")).to_be_in_viewport()
    expect(page.locator("#head .tools")).to_be_hidden()
    page.evaluate("dispatchEvent(new Event('afterprint'))")
    expect(page.locator("html")).to_have_attribute("data-theme", "dark" if is_dark(page) else "light")


def is_dark(page: Page) -> bool:
    return not page.evaluate("matchMedia('(prefers-color-scheme: light)').matches")


# from the board


def test_the_board_hands_it_out_and_the_saved_file_opens_without_posko(
    room: Room, visit: Callable[..., Visit], context: BrowserContext, tmp_path: Path
) -> None:
    a_busy_hour(room)
    someone = visit("komang")
    board = someone.open("/")
    with someone.context.expect_page() as shown:
        board.get_by_role("link", name="Peta situasi").click()
    served_page = shown.value
    expect(served_page.locator("#head h1")).to_have_text("Kabupaten Lombok Timur")
    expect(served_page.locator("#sheet .total")).to_have_text("6")
    with served_page.expect_download() as kept:
        served_page.get_by_role("link", name="Simpan").click()
    assert kept.value.suggested_filename.startswith("peta-situasi-kabupaten-lombok-timur-")
    kept.value.save_as(tmp_path / "peta.html")
    assert (someone.foreign, someone.errors) == ([], [])
    context.set_offline(True)
    page, watch = opened(context, (tmp_path / "peta.html").as_uri())
    expect(page.locator("#sheet")).to_contain_text("Desa Pringgabaya, sebelah pasar")
    for secret in ("Bu Sri", "081234567321", "Air setinggi pinggang"):
        assert secret not in page.content()
    assert watch.said == [] and len(watch.asked) == 1


def test_the_picture_is_a_png_of_the_size_that_was_asked_for(room: Room, visit: Callable[..., Visit]) -> None:
    someone = visit("komang")
    for query, size in (("", (1920, 1080)), ("?size=a4", (2246, 1588))):
        answer = someone.context.request.get(f"/situation.png{query}", timeout=60_000)
        assert answer.status == 200 and answer.headers["content-type"] == "image/png"
        body = answer.body()
        assert body.startswith(b"\x89PNG") and len(body) > 50_000
        assert (int.from_bytes(body[16:20], "big"), int.from_bytes(body[20:24], "big")) == size
