"""The map of the board: what one draws all see, layers as one chose them, the ruler, paper, nobody foreign asked."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser import axe, regulars
from tests.browser.conftest import Visit
from tests.browser.room import Room
from tests.browser.seeds import Caller, a_busy_hour

REFUSED = "(globalThis.refused ??= []).push(event.violatedDirective + event.blockedURI)"
SPY = f"addEventListener('securitypolicyviolation', (event) => {REFUSED})"
CORNERS = ((60, 330), (150, 300), (180, 400), (80, 420))
AREA = {"type": "Polygon", "coordinates": [[[116.58, -8.52], [116.66, -8.5], [116.68, -8.58], [116.58, -8.52]]]}
SOON_MS = 40_000
seats, visit = regulars.seats, regulars.visit
TRICK = "<img src=x onerror=alert(1)>"


@pytest.fixture(scope="module", autouse=True)
def life(room: Room) -> None:
    a_busy_hour(room)


@pytest.fixture
def board(visit: Callable[..., Visit]) -> Callable[..., tuple[Page, Visit]]:
    """Someone's board with its layers told, and an ear for what the page should not do."""

    def opened(name: str = "komang", path: str = "/", **more: Any) -> tuple[Page, Visit]:
        someone = visit(name, **more)
        someone.context.add_init_script(SPY)
        page = someone.open(path)
        expect(page.locator("#map-legend li").first).to_be_attached(timeout=SOON_MS)
        expect(page.locator(".leaflet-layer-incidents-pane")).to_be_attached(timeout=SOON_MS)
        return page, someone

    return opened


def is_quiet(page: Page, someone: Visit) -> bool:
    """Nobody foreign asked, nothing failed, nothing refused by the policy."""
    assert (someone.foreign, someone.failed, someone.errors) == ([], [], [])
    assert page.evaluate("globalThis.refused ?? []") == []
    return True


# where a box is, once it and the map in it have not moved for a while; `before` is how the map lay before it was moved
AT_REST = """(box, before) => new Promise((done) => {
  const pane = document.querySelector(".leaflet-map-pane");
  let [last, since] = ["", 0];
  const look = () => {
    const { x, y, width, height } = box.getBoundingClientRect();
    const now = JSON.stringify([x, y, width, height, pane.style.transform]);
    if (now !== last) [last, since] = [now, performance.now()];
    const isStill = performance.now() - since > 100 && pane.style.transform !== before;
    isStill ? done({ x, y, width, height }) : requestAnimationFrame(look);
  };
  look();
})"""


def at_rest(box: Locator, before: str = "") -> dict[str, float]:
    found: dict[str, float] = box.evaluate(AT_REST, before)
    return found


def click_map(page: Page, *spots: tuple[int, int]) -> None:
    box = at_rest(page.locator("#map"))
    for x, y in spots:
        page.mouse.move(box["x"] + x, box["y"] + y)
        page.mouse.click(box["x"] + x, box["y"] + y)


def draw(page: Page, words: str) -> None:
    page.keyboard.press("g")
    page.locator("[data-draw=affected]").click()
    expect(page.locator("[data-spot=done]")).to_be_visible()
    expect(page.locator("#map-box")).to_have_class(re.compile("is-aiming"))
    click_map(page, *CORNERS)
    page.locator("[data-spot=done]").click()
    form = page.locator(".map-sheet form")
    form.locator("input[name=words]").fill(words)
    form.locator("select[name=lasts]").select_option("10800")
    form.locator("button[type=submit]").click()
    expect(line_of(page, words)).to_be_visible()


def line_of(page: Page, words: str) -> Locator:
    return page.locator(".zone-line", has_text=words)


def shapes(page: Page) -> Locator:
    return page.locator("#map path.zone-affected")


def affected(room: Room) -> int:
    """How many areas are drawn on every map."""
    features = Caller(room, "coordinator").get("/zones")["features"]
    return sum(one["properties"]["kind"] == "affected" for one in features)


def test_an_area_drawn_on_one_screen_is_seen_on_another_and_struck_there(
    room: Room, board: Callable[..., tuple[Page, Visit]]
) -> None:
    (mine, me), (theirs, they) = board("komang"), board("dewi")
    before = affected(room)
    expect(shapes(theirs)).to_have_count(before)
    draw(mine, "Dusun Bila")
    expect(shapes(theirs)).to_have_count(before + 1)
    theirs.keyboard.press("g")
    expect(line_of(theirs, "TERDAMPAK · Dusun Bila")).to_contain_text(
        re.compile(r"komang, \d\d \w+ \d{4} .*; sampai \d\d \w+ \d{4}")
    )
    line_of(theirs, "Dusun Bila").locator("[data-strike]").click()
    theirs.locator(".map-sheet textarea[name=why]").fill("air sudah surut")
    theirs.locator(".map-sheet button[type=submit]").click()
    struck = mine.locator(".zone-line.is-struck", has_text="Dusun Bila")
    expect(struck).to_contain_text("dicoret: air sudah surut")
    expect(struck.locator("s")).to_be_visible()
    expect(shapes(mine)).to_have_count(before)
    assert is_quiet(mine, me) and is_quiet(theirs, they)


def test_an_area_can_be_drawn_by_the_keyboard_alone(board: Callable[..., tuple[Page, Visit]]) -> None:
    page, someone = board()
    page.keyboard.press("g")
    page.locator("[data-draw=road_cut]").press("Enter")
    expect(page.locator("#map")).to_be_focused()
    page.keyboard.press("Enter")
    before = page.locator(".leaflet-map-pane").evaluate("pane => pane.style.transform")
    for _ in range(2):
        page.keyboard.press("ArrowDown")
    at_rest(page.locator("#map"), before)  # it glides a step
    page.keyboard.press("Enter")
    page.locator("[data-spot=done]").press("Enter")
    page.locator(".map-sheet input[name=words]").fill("km 12")
    page.keyboard.press("Control+Enter")
    expect(line_of(page, "JALAN PUTUS · km 12")).to_be_visible()
    expect(page.locator(".queue-row.is-chosen, .queue-row[aria-current=true]")).to_have_count(0)
    assert is_quiet(page, someone)


def test_whoever_takes_the_first_point_back_goes_on_drawing(board: Callable[..., tuple[Page, Visit]]) -> None:
    """Geoman puts its tool away with the first point: the sheet would ask for points that nobody takes any more."""
    page, someone = board()
    page.keyboard.press("g")
    page.locator("[data-draw=affected]").click()
    expect(page.locator("#map-box")).to_have_class(re.compile("is-aiming"))
    page.locator("[data-spot=undo]").click()
    click_map(page, CORNERS[0])
    page.locator("[data-spot=undo]").click()
    expect(page.locator("#map-box")).to_have_class(re.compile("is-aiming"))
    click_map(page, *CORNERS)
    page.locator("[data-spot=done]").click()
    expect(page.locator(".map-sheet input[name=words]")).to_be_visible()
    assert is_quiet(page, someone)


def test_too_few_points_are_refused_and_esc_leaves_nothing_behind(
    room: Room, board: Callable[..., tuple[Page, Visit]]
) -> None:
    page, someone = board()
    page.keyboard.press("g")
    page.locator("[data-draw=isolated]").click()
    expect(page.locator("#map-box")).to_have_class(re.compile("is-aiming"))
    click_map(page, *CORNERS[:2])
    page.locator("[data-spot=done]").click()
    expect(page.locator("#toasts")).to_contain_text("paling sedikit 3 titik")
    page.locator("#map").focus()
    page.keyboard.press("Escape")
    page.keyboard.press("Escape")
    expect(page.locator("#map-sheet")).to_be_hidden()
    expect(page.locator(".marker-icon")).to_have_count(0)
    expect(shapes(page)).to_have_count(affected(room))
    assert is_quiet(page, someone)


def test_words_of_an_area_are_shown_as_they_were_written(room: Room, board: Callable[..., tuple[Page, Visit]]) -> None:
    Caller(room, "coordinator").post("/zones", kind="affected", shape=AREA, words=TRICK)
    page, someone = board()
    page.keyboard.press("g")
    expect(line_of(page, TRICK)).to_be_visible()
    line_of(page, TRICK).get_by_role("button", name="Tunjukkan").click()
    expect(page.locator(".map-facts")).to_contain_text(TRICK)
    expect(page.locator("#map-box img")).to_have_count(0)
    assert is_quiet(page, someone)


def shown_in_order(*names: str) -> re.Pattern[str]:
    """The address with these layers on, in this order, whatever is off between them and above."""
    off = r"(?:-[^,~]+(?:~\d+)?,)*"
    return re.compile(f"layers={off}" + f",{off}".join(map(re.escape, names)) + r"(?:,-[^,]+|,bulletins)*$")


def rows_of(page: Page) -> list[str]:
    expect(page.locator(".layer-list li.layer").first).to_be_visible()
    rows: list[str] = page.locator(".layer-list li.layer").evaluate_all("rows => rows.map((row) => row.dataset.layer)")
    return rows


def test_layers_are_switched_moved_and_faded_and_the_url_restores_them(
    board: Callable[..., tuple[Page, Visit]],
) -> None:
    page, someone = board()
    assert "layers=" not in page.url
    page.keyboard.press("l")
    page.locator('[data-layer-deed="on-heat"]').check()
    page.locator('[data-layer-deed="on-units"]').uncheck()
    for _ in ("bulletins", "units"):  # what incidents go below
        page.locator('[data-layer-deed="move-1-incidents"]').press("Enter")
    page.locator('[data-layer-deed="opacity-heat"]').fill("60")
    expect(page).to_have_url(shown_in_order("boundaries", "heat~60", "zones", "facilities", "incidents"))
    assert "-units" in page.url, "what is off keeps its place"
    expect(page.locator('[data-map="units"]')).to_have_attribute("aria-pressed", "false")
    other, they = board("lalu", "/?" + page.url.partition("?")[2])
    other.keyboard.press("l")
    assert rows_of(other) == [name for name in rows_of(page) if name != "calls"], "a leader reads no calls"
    expect(other.locator('[data-layer-deed="on-heat"]')).to_be_checked()
    expect(other.locator('[data-layer-deed="on-units"]')).not_to_be_checked()
    expect(other.locator(".leaflet-layer-heat-pane")).to_have_css("opacity", "0.6")
    assert is_quiet(page, someone) and is_quiet(other, they)


def test_a_layer_is_dragged_to_its_place(board: Callable[..., tuple[Page, Visit]]) -> None:
    page, someone = board()
    page.keyboard.press("l")
    grip = at_rest(page.locator("li[data-layer=incidents] .layer-grip"))
    target = at_rest(page.locator("li[data-layer=facilities]"))
    page.mouse.move(grip["x"] + 6, grip["y"] + 10)
    page.mouse.down()
    page.mouse.move(grip["x"] + 6, target["y"] + target["height"] - 4, steps=6)
    page.mouse.up()
    expect(page).to_have_url(shown_in_order("boundaries", "zones", "incidents", "facilities", "units"))
    assert is_quiet(page, someone)


def test_a_layer_that_is_asked_for_follows_the_journal(room: Room, board: Callable[..., tuple[Page, Visit]]) -> None:
    page, someone = board(path="/?layers=calls,incidents")
    with page.expect_response(lambda answer: "/layers/calls" in answer.url, timeout=SOON_MS) as told:
        place = {"lon": 116.55, "lat": -8.6, "method": "map", "radius_m": 50}
        Caller(room, "call_taker").post("/calls", **{"class": "normal"}, type="banjir", channel="112", place=place)
    assert told.value.ok
    assert is_quiet(page, someone)


def test_an_online_layer_is_asked_only_once_it_is_switched_on(
    room: Room, board: Callable[..., tuple[Page, Visit]]
) -> None:
    address = "https://inarisk.example.org/wms?layers=banjir"
    Caller(room, "admin").post("/overlays", name="InaRISK banjir", kind="wms", source=address, attribution="BNPB")
    page, someone = board()
    asked: list[str] = []
    page.context.route("https://inarisk.example.org/**", lambda route: (asked.append(route.request.url), route.abort()))
    page.keyboard.press("l")
    switch = page.locator('[data-layer-deed="on-overlay-inarisk-banjir"]')
    expect(switch).not_to_be_checked()
    page.wait_for_timeout(500)
    assert asked == [] and someone.foreign == []
    switch.check()
    expect(page.locator("li[data-layer=overlay-inarisk-banjir] .layer-state")).to_contain_text("tidak terjangkau")
    assert asked and "banjir" in asked[0]
    assert page.evaluate("globalThis.refused ?? []") == []
    Caller(room, "admin").post("/overlays/inarisk-banjir/remove")
    expect(switch).to_have_count(0)


def test_the_ruler_tells_distance_and_area_with_a_decimal_comma(board: Callable[..., tuple[Page, Visit]]) -> None:
    page, someone = board()
    page.keyboard.press("m")
    click_map(page, *CORNERS[:2])
    expect(page.locator(".measure-length")).to_have_text(re.compile(r"^\d+,\d+ km$"))
    expect(page.locator(".measure-area")).to_contain_text("tiga titik")
    click_map(page, CORNERS[2])
    expect(page.locator(".measure-area")).to_have_text(re.compile(r"^[\d.]+(,\d+)? (km²|ha)$"))
    page.locator("[data-spot=undo]").click()
    expect(page.locator(".measure-area")).to_contain_text("tiga titik")
    page.keyboard.press("Escape")
    expect(page.locator(".measure-line")).to_have_count(0)
    assert is_quiet(page, someone)


def test_a_facility_is_added_changed_and_closed_on_the_map(board: Callable[..., tuple[Page, Visit]]) -> None:
    page, someone = board()
    page.keyboard.press("g")
    page.locator("[data-draw=facility]").click()
    expect(page.locator("#map-box")).to_have_class(re.compile("is-aiming"))
    click_map(page, (120, 400))
    form = page.locator(".map-sheet form")
    form.locator("input[name=name]").fill("Balai Desa Kembang Kuning")
    form.locator("input[name=capacity]").fill("banyak")
    form.locator("button[type=submit]").click()
    expect(form.locator('[data-field="capacity"] .field-error')).not_to_be_empty()
    form.locator("input[name=capacity]").fill("120")
    form.locator("input[name=occupied]").fill("120")
    form.locator("button[type=submit]").click()
    expect(page.locator("#toasts")).to_contain_text("di peta semua orang")
    page.keyboard.press("Escape")
    click_map(page, (120, 400))
    facts = page.locator(".map-facts")
    expect(facts).to_contain_text("PENUH")
    facts.get_by_role("button", name="Ubah").click()
    page.locator(".map-sheet input[name=occupied]").fill("80")
    page.locator(".map-sheet button[type=submit]").click()
    expect(page.locator("#toasts")).to_contain_text("disimpan")
    page.keyboard.press("Escape")
    page.keyboard.press("f")  # the note of the facility had moved the map
    click_map(page, (120, 400))
    expect(facts).to_contain_text("80 dari 120 orang")
    facts.get_by_role("button", name="Tutup fasilitas").click()
    page.locator(".map-sheet button[type=submit]").click()
    expect(page.locator("#toasts")).to_contain_text("ditutup")
    bad = [one for one in someone.failed if not one.endswith(": 422")]
    assert (bad, someone.foreign, page.evaluate("globalThis.refused ?? []")) == ([], [], [])


def test_a_facility_is_reached_by_its_name_without_the_pointer(
    room: Room, board: Callable[..., tuple[Page, Visit]]
) -> None:
    facts = {"kind": "puskesmas", "lon": 116.62, "lat": -8.7}
    Caller(room, "coordinator").post("/facilities", name="Puskesmas Keruak", **facts)
    page, someone = board()
    page.keyboard.press("g")
    page.locator(".facility-list summary").press("Enter")
    page.keyboard.press("Tab")
    page.keyboard.type("keruak")
    found = page.locator(".facility-list .zone-line")
    expect(found).to_have_count(1)
    found.get_by_role("button", name="Tunjukkan").press("Enter")
    expect(page.locator(".map-facts")).to_contain_text("Puskesmas Keruak")
    expect(page.locator(".map-facts")).to_be_focused()
    page.keyboard.press("Tab")
    expect(page.get_by_role("button", name="Ubah")).to_be_focused()
    page.keyboard.press("Escape")
    expect(page.locator(".map-facts")).to_have_count(0)
    assert is_quiet(page, someone)


def test_who_may_not_draw_sees_areas_and_no_tools(room: Room, board: Callable[..., tuple[Page, Visit]]) -> None:
    Caller(room, "coordinator").post("/zones", kind="affected", shape=AREA, words="Pasar")
    page, someone = board("lalu")
    page.keyboard.press("g")
    expect(line_of(page, "Pasar")).to_be_visible()
    expect(page.locator("[data-draw], [data-strike]")).to_have_count(0)
    assert is_quiet(page, someone)


def test_the_view_goes_on_paper_with_all_that_a_map_needs(board: Callable[..., tuple[Page, Visit]]) -> None:
    page, someone = board(color_scheme="dark")
    page.evaluate("dispatchEvent(new Event('beforeprint'))")
    page.emulate_media(media="print")
    expect(page.locator("#map-print-head")).to_contain_text("Kabupaten Lombok Timur")
    expect(page.locator("#map-print-head")).to_contain_text(re.compile(r"gambar \d\d \w+ \d{4} \d\d\.\d\d\.\d\d WITA"))
    foot = page.locator("#map-print-foot")
    expect(foot).to_contain_text(re.compile(r"km · sekitar 1 : [\d.]+"))
    expect(foot.locator(".print-legend li").first).to_be_visible()
    expect(foot.locator(".print-north")).to_be_visible()
    expect(page.locator(".topbar")).to_be_hidden()
    expect(page.locator(".map-tools")).to_be_hidden()
    paper = page.pdf(prefer_css_page_size=True)
    assert len(re.findall(rb"/Type\s*/Page\b", paper)) == 1
    page.emulate_media(media="screen")
    page.evaluate("dispatchEvent(new Event('afterprint'))")
    expect(page.locator("html")).to_have_attribute("data-theme", "dark")
    expect(page.locator(".topbar")).to_be_visible()


def test_axe_finds_nothing_in_the_sheets_of_the_map(visit: Callable[..., Visit]) -> None:
    page = visit("komang", reduced_motion="reduce").open("/")
    expect(page.locator(".leaflet-layer-incidents-pane")).to_be_attached()
    axe.put_into(page)
    for key in ("l", "g", "m"):
        page.keyboard.press(key)
        expect(page.locator("#map-sheet")).to_be_visible()
        assert axe.in_both_themes(page) == [], key
        page.keyboard.press("Escape")
        expect(page.locator("#map-sheet")).to_be_hidden()


def test_a_phone_holds_the_sheet_of_the_map(visit: Callable[..., Visit]) -> None:
    page = visit("komang", viewport={"width": 390, "height": 844}, has_touch=True, is_mobile=True).open("/")
    page.locator("[data-tab-to=map]").tap()
    for tool in ("layers", "draw", "measure"):
        page.locator(f"[data-map={tool}]").tap()
        expect(page.locator("#map-sheet")).to_be_visible()
        sheet = at_rest(page.locator("#map-sheet"))
        assert sheet["x"] >= 0 and sheet["x"] + sheet["width"] <= 390, tool
        assert page.evaluate("document.documentElement.scrollWidth") <= 390, tool
        page.locator(".map-sheet-head button").tap()
