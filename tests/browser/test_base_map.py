"""The ground under the marks: tiles of this machine in both themes, a hatch where they end, nobody asked outside."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import BrowserContext, Page, Route, expect

from gis import tiles
from tests import tiles as made
from tests.browser import regulars
from tests.browser.conftest import Visit
from tests.browser.room import Room
from tests.browser.seeds import Caller, a_busy_hour

RED, GREEN = (200, 0, 0), (0, 160, 0)
LAND = {"dark": (24, 37, 48), "light": (244, 242, 234)}
HOLE = made.tile_at(9, 116.9, -8.1)
OSM = "https://tile.openstreetmap.org/"
seats, visit = regulars.seats, regulars.visit
READERS = ("protomaps-leaflet.js", "pmtiles.js", "vector_tiles.js", "installed_tiles.js", "online_tiles.js", "hatch.js")

BOARD = "import(document.querySelector('script[type=module]').src.replace(/[^/]+$/, 'board.js'))"

# The colour of what lies in a pane of the map over a place, [r, g, b, a]; null where nothing lies.
COLOUR = (
    f"([pane, lon, lat]) => {BOARD}"
    """.then(({ map: { map } }) => {
  const spot = map.latLngToContainerPoint([lat, lon]), frame = map.getContainer().getBoundingClientRect();
  const [x, y] = [frame.left + spot.x, frame.top + spot.y];
  for (const drawn of document.querySelectorAll(`.leaflet-${pane}-pane :is(canvas, img)`)) {
    const box = drawn.getBoundingClientRect();
    const [width, height] = [drawn.naturalWidth ?? drawn.width, drawn.naturalHeight ?? drawn.height];
    if (!width || x < box.left || x >= box.right || y < box.top || y >= box.bottom) continue;
    const pen = new OffscreenCanvas(16, 16).getContext("2d", { willReadFrequently: true });
    const [left, top] = [((x - box.left) / box.width) * width - 8, ((y - box.top) / box.height) * height - 8];
    pen.drawImage(drawn, left, top, 16, 16, 0, 0, 16, 16);
    const around = pen.getImageData(0, 0, 16, 16).data.filter((_, at) => at % 4 === 3);
    return [...pen.getImageData(8, 8, 1, 1).data, Math.max(...around)];
  }
  return null;
})"""
)
LISTEN = """() => {
  const write = CanvasRenderingContext2D.prototype.fillText;
  globalThis.written = new Set();
  CanvasRenderingContext2D.prototype.fillText = function (words, ...rest) {
    written.add(words);
    return write.call(this, words, ...rest);
  };
}"""
GO = (
    f"([lon, lat, zoom]) => {BOARD}"
    """.then(({ map: { map } }) => {
  map.setView([lat, lon], zoom, { animate: false });
})"""
)


@pytest.fixture(scope="module", autouse=True)
def life(room: Room) -> None:
    a_busy_hour(room)


@pytest.fixture
def install(room: Room, tmp_path: Path) -> Iterator[Callable[..., None]]:
    """Put a base map on the machine for one test: install("a.pmtiles", tiles, kind, name=...)."""

    def put(file: str, few: made.Tiles, /, *more: Any, **said: Any) -> None:
        write = made.pmtiles if file.endswith(".pmtiles") else made.mbtiles
        tiles.install(write(tmp_path / file, few, *more, **said), room.folder)

    yield put
    for one in tiles.listing(room.folder):
        tiles.remove(one.name, room.folder)


@pytest.fixture
def vector(install: Callable[..., None]) -> None:
    """Land from zoom 0 to 10 over Lombok, with a hole."""
    earth = made.vector({"earth": {"kind": "earth"}})
    few = {tile: earth for tile in made.covering(made.LOMBOK, range(11)) if tile != HOLE}
    install("lombok.pmtiles", few, 1, vector_layers=[{"id": "earth"}], attribution="© OpenStreetMap")


def colour(page: Page, pane: str, lon: float, lat: float) -> list[int] | None:
    found: list[int] | None = page.evaluate(COLOUR, [pane, lon, lat])
    return found


def await_colour(page: Page, pane: str, lon: float, lat: float, wanted: tuple[int, int, int]) -> None:
    for _ in range(300):
        found = colour(page, pane, lon, lat)
        if found and all(abs(a - b) <= 2 for a, b in zip(found, wanted, strict=False)):
            return
        page.wait_for_timeout(100)
    raise AssertionError(f"{found} is not {wanted}")


def is_hatched(page: Page, lon: float, lat: float) -> bool:
    """Whether there are lines of the hatch near the place."""
    found = colour(page, "hatch", lon, lat)
    return bool(found and found[4] > 0)


def await_hatch(page: Page, lon: float, lat: float) -> None:
    for _ in range(300):
        if is_hatched(page, lon, lat):
            return
        page.wait_for_timeout(100)
    raise AssertionError(f"no hatch at {lon} {lat}")


def wrong_with(someone: Visit) -> list[str]:
    """Whom it asked outside, what failed and what broke; a tile left behind by a move may be given up."""
    failed = [one for one in someone.failed if not ("/tiles/" in one and one.endswith("net::ERR_ABORTED"))]
    return [*someone.foreign, *failed, *someone.errors]


def asked(context: BrowserContext) -> list[str]:
    """Every address asked from now on."""
    heard: list[str] = []
    context.on("request", lambda request: heard.append(request.url))
    return heard


def choose(page: Page, name: str) -> None:
    page.locator(".base-menu > summary").click()
    page.locator(".base-choice", has_text=name).click()
    page.keyboard.press("Escape")


# nothing installed


def test_without_tiles_the_coast_stands_a_word_says_how_to_add_them_and_no_reader_is_loaded(
    visit: Callable[..., Visit],
) -> None:
    someone = visit("komang")
    heard = asked(someone.context)
    page = someone.open("/")
    expect(page.locator("#map-stamp")).to_contain_text("tanpa peta dasar")
    expect(page.locator(".leaflet-ground-pane canvas")).to_have_count(1)
    expect(page.locator(".leaflet-hatch-pane canvas")).to_have_count(0)
    page.locator(".base-menu > summary").click()
    expect(page.locator(".base-hint")).to_contain_text("posko gis tiles FILE")
    assert [one for one in heard if one.endswith(READERS) or "/tiles/" in one] == []
    assert wrong_with(someone) == []


# installed


@pytest.mark.usefixtures("vector")
def test_a_vector_tile_is_painted_in_the_colours_of_the_theme_and_for_another_theme_not_asked_for_again(
    visit: Callable[..., Visit],
) -> None:
    someone = visit("komang")
    page = someone.open("/")
    page.evaluate(GO, [116.5, -8.6, 10])
    await_colour(page, "base", 116.5, -8.6, LAND["light"])
    expect(page.locator("#map-stamp")).to_contain_text("peta dasar lombok")
    expect(page.locator(".base-credit")).to_have_text("© OpenStreetMap")
    assert not is_hatched(page, 116.5, -8.6)
    for pane in ("base", "hatch"):
        expect(page.locator(f".leaflet-{pane}-pane .leaflet-tile:not(.leaflet-tile-loaded)")).to_have_count(0)
    heard = asked(someone.context)
    page.locator(".topbar-tools .menu > summary").click()
    page.locator("#theme-switch").click()
    await_colour(page, "base", 116.5, -8.6, LAND["dark"])
    assert [one for one in heard if "/tiles/" in one] == []
    assert wrong_with(someone) == []


@pytest.mark.usefixtures("vector")
def test_where_the_tiles_end_and_in_a_hole_inside_the_ground_is_hatched_and_says_so(
    visit: Callable[..., Visit],
) -> None:
    someone = visit("komang", is_new=True, color_scheme="dark")
    someone.context.add_init_script(f"({LISTEN})()")
    page = someone.open("/")
    page.evaluate(GO, [117.4, -8.6, 9])
    await_hatch(page, 117.6, -8.6)
    assert not is_hatched(page, 116.6, -8.6)
    assert colour(page, "base", 117.9, -8.6) is None
    page.wait_for_function("written.has('tidak ada ubin peta di sini')")
    page.evaluate(GO, [116.9, -8.1, 10])
    await_hatch(page, 116.9, -8.1)
    await_colour(page, "base", 116.5, -8.4, LAND["dark"])


@pytest.mark.parametrize("name", ["foto.pmtiles", "foto.mbtiles"])
def test_a_raster_tile_is_shown_and_what_is_beyond_is_hatched(
    visit: Callable[..., Visit], install: Callable[..., None], name: str
) -> None:
    west, east = made.tile_at(9, 116.2, -8.6), made.tile_at(9, 116.9, -8.6)
    install(name, {west: made.png(RED), east: made.png(GREEN), (8, 210, 134): made.png(RED)}, **words_of(name))
    someone = visit("komang")
    heard = asked(someone.context)
    page = someone.open("/")
    page.evaluate(GO, [116.5, -8.6, 9])
    await_colour(page, "base", 116.2, -8.6, RED)
    await_colour(page, "base", 116.9, -8.6, GREEN)
    await_hatch(page, 117.4, -8.6)
    assert not is_hatched(page, 116.2, -8.6)
    page.evaluate(GO, [116.2, -8.6, 12])
    await_colour(page, "base", 116.2, -8.6, RED)
    page.evaluate(GO, [116.5, -8.6, 6])
    await_hatch(page, 116.5, -8.6)
    assert not [one for one in heard if one.endswith("protomaps-leaflet.js")]
    assert wrong_with(someone) == []


def words_of(name: str) -> dict[str, str]:
    return {} if name.endswith(".pmtiles") else {"format": "png", "bounds": ",".join(map(str, made.LOMBOK))}


def test_vector_tiles_of_another_make_are_drawn_by_the_shape_of_their_features(
    visit: Callable[..., Visit], install: Callable[..., None]
) -> None:
    few = dict.fromkeys(made.covering(made.LOMBOK, range(9)), made.vector({"batas_desa": {"nama": "Labuhan Haji"}}))
    inner = '{"vector_layers": [{"id": "batas_desa"}]}'
    install("batas.mbtiles", few, format="pbf", bounds="116,-9,117,-8", json=inner)
    someone = visit("komang")
    page = someone.open("/")
    page.evaluate(GO, [116.5, -8.6, 10])
    await_colour(page, "base", 116.5, -8.6, LAND["light"])
    assert wrong_with(someone) == []


@pytest.mark.usefixtures("vector")
def test_what_one_chose_is_there_after_a_reload_and_another_person_chooses_for_themselves(
    visit: Callable[..., Visit], install: Callable[..., None]
) -> None:
    install("foto.pmtiles", {made.tile_at(8, 116.5, -8.5): made.png(RED)}, name="Citra 2026")
    page = visit("komang").open("/")
    expect(page.locator("#map-stamp")).to_contain_text("peta dasar lombok")
    choose(page, "Citra 2026")
    expect(page.locator("#map-stamp")).to_contain_text("peta dasar Citra 2026")
    page.reload()
    expect(page.locator("#map-stamp")).to_contain_text("peta dasar Citra 2026")
    choose(page, "Garis pantai saja")
    expect(page.locator("#map-stamp")).to_contain_text("tanpa peta dasar")
    other = visit("ayu").open("/")
    expect(other.locator("#map-stamp")).to_contain_text("peta dasar lombok")


@pytest.mark.usefixtures("vector")
def test_the_menu_is_closed_by_escape_and_by_a_click_elsewhere_and_keeps_the_focus(visit: Callable[..., Visit]) -> None:
    page = visit("komang").open("/")
    expect(page.locator("#map-stamp")).to_contain_text("peta dasar lombok")
    page.locator(".base-menu > summary").click()
    page.locator('input[name="base"]').first.focus()
    page.keyboard.press("ArrowDown")
    expect(page.locator("#map-stamp")).to_contain_text("tanpa peta dasar")
    expect(page.locator('input[name="base"]:checked')).to_be_focused()
    page.keyboard.press("Escape")
    expect(page.locator(".base-menu-body")).to_be_hidden()
    page.locator(".base-menu > summary").click()
    page.locator("#map").click(position={"x": 60, "y": 300})
    expect(page.locator(".base-menu-body")).to_be_hidden()


@pytest.mark.usefixtures("vector")
def test_the_call_desk_stands_on_the_same_ground(visit: Callable[..., Visit]) -> None:
    someone = visit("sari")
    page = someone.open("/calls")
    tile = page.locator(".desk-map .leaflet-base-pane canvas.leaflet-tile-loaded").first
    expect(tile).to_be_attached()
    middle = "(tile) => [...tile.getContext('2d').getImageData(tile.width / 2, tile.height / 2, 1, 1).data].slice(0, 3)"
    assert tuple(tile.evaluate(middle)) == LAND["light"]
    expect(page.locator(".desk-map .base-credit")).to_have_text("© OpenStreetMap")
    expect(page.locator(".base-menu")).to_have_count(0)
    assert wrong_with(someone) == []


# online


@pytest.fixture
def switched_off(room: Room) -> Iterator[None]:
    """However a test ends, the next begins with everything off."""
    yield
    Caller(room, "coordinator").post("/basemaps/online", id="osm", on=False)


def internet(context: BrowserContext, answers: bool) -> set[str | None]:
    """The world outside, as this test has it; what it is told of who asks."""
    told: set[str | None] = set()

    def answer(route: Route) -> None:
        told.add(route.request.all_headers().get("referer"))
        route.fulfill(body=made.png(GREEN), content_type="image/png") if answers else route.abort()

    context.route(f"{OSM}**", answer)
    return told


def turn_on(page: Page) -> None:
    page.locator(".base-menu > summary").click()
    page.locator(".base-online li", has_text="OpenStreetMap").get_by_role("button", name="Nyalakan").click()
    expect(page.locator(".base-choice", has_text="OpenStreetMap")).to_be_visible()


@pytest.mark.usefixtures("vector", "switched_off")
def test_nobody_outside_is_asked_until_it_is_switched_on_and_chosen(visit: Callable[..., Visit]) -> None:
    someone = visit("komang")
    referrers = internet(someone.context, answers=True)
    page = someone.open("/")
    page.evaluate(GO, [116.5, -8.6, 11])
    page.wait_for_timeout(1000)
    turn_on(page)
    page.wait_for_timeout(500)
    assert someone.foreign == []
    page.locator(".base-choice", has_text="OpenStreetMap").click()
    expect(page.locator("#map-stamp")).to_contain_text("peta daring OpenStreetMap")
    expect(page.locator(".leaflet-base-pane img.leaflet-tile-loaded").first).to_be_attached()
    assert someone.foreign and all(one.startswith(OSM) for one in someone.foreign)
    assert referrers == {someone.origin + "/"}  # its tile policy wants to know whose page it is; no path is told
    assert someone.errors == []


@pytest.mark.usefixtures("vector", "switched_off")
def test_an_online_map_that_does_not_answer_is_given_up_with_one_word(visit: Callable[..., Visit]) -> None:
    someone = visit("komang")
    internet(someone.context, answers=False)
    page = someone.open("/")
    turn_on(page)
    page.locator(".base-choice", has_text="OpenStreetMap").click()
    expect(page.locator(".toast")).to_contain_text("kembali ke peta luring")
    expect(page.locator(".toast")).to_have_count(1)
    expect(page.locator("#map-stamp")).to_contain_text("peta dasar lombok")


@pytest.mark.usefixtures("vector", "switched_off")
def test_switched_off_for_the_site_an_open_screen_goes_back_and_asks_no_more(
    visit: Callable[..., Visit], room: Room
) -> None:
    someone = visit("komang")
    internet(someone.context, answers=True)
    page = someone.open("/")
    turn_on(page)
    page.locator(".base-choice", has_text="OpenStreetMap").click()
    expect(page.locator("#map-stamp")).to_contain_text("peta daring OpenStreetMap")
    boss = visit("ayu").open("/")
    boss.locator(".base-menu > summary").click()
    boss.locator(".base-online li", has_text="OpenStreetMap").get_by_role("button", name="Matikan").click()
    expect(page.locator("#map-stamp")).to_contain_text("peta dasar lombok")
    someone.foreign.clear()
    page.evaluate(GO, [116.2, -8.3, 12])
    page.wait_for_timeout(800)
    assert someone.foreign == []
    page.reload()
    expect(page.locator("#map-stamp")).to_contain_text("peta dasar lombok")
    assert someone.foreign == []


def test_a_page_that_tries_to_fetch_elsewhere_is_held_back_by_its_policy(visit: Callable[..., Visit]) -> None:
    someone = visit("komang")
    internet(someone.context, answers=True)
    page = someone.open("/")
    loaded = page.evaluate(
        "new Promise((done) => { const i = new Image(); i.onload = () => done(true); i.onerror = () => done(false);"
        f" i.src = '{OSM}1/1/1.png'; }})"
    )
    assert loaded is False
