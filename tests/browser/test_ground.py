"""The page of the ground: a file goes up, says what came of it, is taken another way; what is taken off is gone."""

import json
import re
from collections.abc import Callable
from pathlib import Path

from playwright.sync_api import Page, expect

from tests.browser import regulars
from tests.browser.conftest import Visit
from tests.browser.room import Room
from tests.browser.seeds import Caller
from tests.gis.shapes import box, feature, geojson

VILLAGE, OTHER = "52.03.01.2001", "52.03.01.2002"
PATIENCE_MS = 40_000
seats, visit = regulars.seats, regulars.visit


def brought(page: Page, form: str, file: Path) -> None:
    page.locator(f"#{form} input[type=file]").set_input_files(file)
    expect(page.locator(f"#{form} .file-name")).to_contain_text(file.name)
    page.locator(f"#{form} [type=submit]").click()


def newest(page: Page) -> Page:
    return page.locator(".import").first  # type: ignore[return-value]


def test_boundaries_go_up_are_refused_and_taken_without_the_bad_one_and_an_open_board_asks_again(
    visit: Callable[..., Visit], tmp_path: Path
) -> None:
    board = visit("sari").open("/")
    person = visit("komang")
    page = person.open("/ground")
    file = geojson(tmp_path / "desa.geojson", feature(VILLAGE, box(116.4, -8.6)), feature(OTHER, None, "Hilang"))
    brought(page, "boundaries", file)
    expect(newest(page)).to_contain_text("1 wilayah ditolak.", timeout=PATIENCE_MS)
    newest(page).locator("summary").click()
    expect(newest(page)).to_contain_text(f"Hilang ({OTHER}): tanpa bentuk")
    with board.expect_response(re.compile(r"/api/v1/boundaries\?"), timeout=PATIENCE_MS):
        newest(page).get_by_role("button", name="Lewati yang itu").click()
    expect(newest(page)).to_contain_text("1 wilayah masuk", timeout=PATIENCE_MS)
    expect(page.locator("#area-rows tr").last).to_contain_text("desa.geojson")
    assert (person.foreign, person.errors, person.failed) == ([], [], [])


def test_half_a_file_and_a_forgotten_one_say_so_beside_the_form(visit: Callable[..., Visit], tmp_path: Path) -> None:
    page = visit("komang").open("/ground")
    page.locator("#lists [type=submit]").click()
    expect(page.locator("#lists-file-error")).to_have_text("Pilih berkasnya dahulu.")
    (tmp_path / "half.geojson").write_text('{"type": "FeatureCollection", "features": [')
    brought(page, "boundaries", tmp_path / "half.geojson")
    expect(newest(page)).to_contain_text("erpotong atau rusak", timeout=PATIENCE_MS)
    page.locator("#overlay-name").fill("Bahaya")
    page.locator("#overlay-collection").set_input_files(tmp_path / "half.geojson")
    page.locator("#overlay [type=submit]").click()
    expect(page.locator("#overlay-collection-error")).to_contain_text("Bukan GeoJSON")


def test_a_layer_is_added_with_its_strength_and_taken_off_again(visit: Callable[..., Visit], tmp_path: Path) -> None:
    page = visit("komang").open("/ground")
    hazard = {"type": "FeatureCollection", "features": [feature("1", box(116.4, -8.6))]}
    (tmp_path / "banjir.geojson").write_text(json.dumps(hazard))
    page.locator("#overlay-name").fill("Bahaya banjir")
    page.locator("#overlay-opacity").fill("40")
    page.locator("#overlay-collection").set_input_files(tmp_path / "banjir.geojson")
    page.locator("#overlay [type=submit]").click()
    expect(page.locator("#overlay-rows")).to_contain_text("40%")
    page.locator("#overlay-rows").get_by_role("button", name="Lepas").click()
    page.locator("#remove-do").click()
    expect(page.locator("#overlays-empty")).to_be_visible()


def test_a_board_opened_before_an_online_layer_was_added_loads_itself_once_to_show_it(
    visit: Callable[..., Visit], room: Room
) -> None:
    person = visit("komang")
    board = person.open("/")
    page = person.open("/ground")
    page.locator("#overlay-name").fill("Banjir daring")
    page.get_by_label("Alamat WMS").check()
    page.locator("#overlay-source").fill("http://127.0.0.1:9/wms?layers=banjir")
    page.locator("#overlay [type=submit]").click()
    expect(page.locator("#overlay-rows")).to_contain_text("Banjir daring")
    board.bring_to_front()
    board.locator("body").press("l")
    toggle = board.locator('[data-layer-deed="on-overlay-banjir-daring"]')
    expect(toggle).to_be_attached()
    with board.expect_request(lambda request: request.url.startswith("http://127.0.0.1:9/wms"), timeout=PATIENCE_MS):
        toggle.click()
    assert not [fault for fault in person.errors if "Content Security Policy" in fault]
    Caller(room, "admin").post("/overlays/banjir-daring/remove")
