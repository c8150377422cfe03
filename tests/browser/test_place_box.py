"""The place box of the call desk: a misspelt village by keyboard, equals that wait for a choice, a patokan kept."""

import datetime as dt
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import insert

from gis.database import Database
from gis.models import Area, Gazetteer
from tests.browser import regulars
from tests.browser.conftest import Visit
from tests.browser.room import Room
from tests.browser.seeds import Caller
from tests.gis.gazetteers import few_lines

seats, visit = regulars.seats, regulars.visit
LABUHAN = "Desa Labuhan Lombok, Kec. Pringgabaya, Kab. Lombok Timur"


@pytest.fixture(scope="module")
def room(template_file: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Room]:
    """A room that knows seventeen places."""
    path = tmp_path_factory.mktemp("named") / "posko.db"
    shutil.copy(template_file, path)
    database = Database(f"sqlite:///{path}")
    known = {"source": "mark", "version": "few", "rows": 17, "loaded_at": dt.datetime.now(dt.UTC)}
    database.write(lambda conn: conn.execute(insert(Area), [one._asdict() for one in few_lines()]))
    database.write(lambda conn: conn.execute(insert(Gazetteer), known))
    database.close()  # the last one out writes all of it into the file that is copied
    running = Room(tmp_path_factory.mktemp("room"), path)
    yield running
    running.close()


@pytest.fixture
def desk(visit: Callable[..., Visit]) -> Page:
    return visit("sari").open("/calls")


def say(desk: Page, words: str) -> None:
    """Type as a person does: the list is asked for after a pause."""
    desk.keyboard.press("n")
    desk.keyboard.press("1")  # the type; the desk then waits in the place box
    expect(desk.locator("#place")).to_be_focused()
    desk.keyboard.type(words)


def test_a_misspelt_village_is_found_and_saved_by_keyboard_alone(desk: Page, room: Room) -> None:
    say(desk, "labuan lmbok dkt masjid rt 2")
    expect(desk.locator("#place-list [role=option]").first).to_contain_text("Desa Labuhan Lombok")
    expect(desk.locator("#place-list [role=option]").first).to_contain_text("ejaan mirip")
    desk.keyboard.press("Enter")
    expect(desk.locator("#place")).to_have_value(f"{LABUHAN} (labuan lmbok dkt masjid rt 2)")
    expect(desk.locator("#place-words")).to_contain_text(LABUHAN)
    desk.keyboard.press("Control+Enter")
    expect(desk.locator("#toasts")).to_contain_text("dibuka")
    call = Caller(room, "coordinator").get("/calls?limit=1")["calls"][0]
    assert call["place"].endswith("(labuan lmbok dkt masjid rt 2)")


def test_among_equals_enter_alone_chooses_nothing(desk: Page) -> None:
    say(desk, "mekarsari garut")
    expect(desk.locator(".place-note").first).to_contain_text("sama kuat")
    expect(desk.locator("#place-list [role=option]", has_text="Mekarsari")).to_have_count(2)
    desk.keyboard.press("Enter")
    expect(desk.locator("#place")).to_have_value("mekarsari garut")
    expect(desk.locator("#place-list")).to_be_visible()
    desk.keyboard.press("ArrowDown")
    desk.keyboard.press("Enter")
    expect(desk.locator("#place")).to_have_value("Desa Mekarsari, Kec. Cibatu, Kab. Garut (mekarsari garut)")


def test_whose_the_names_are_stands_under_them(desk: Page) -> None:
    say(desk, "labuhan lombok")
    expect(desk.locator("#place-list .place-note").last).to_contain_text("ODbL")


def test_coordinates_are_told_the_village_they_lie_in(desk: Page) -> None:
    say(desk, "-8.5072, 116.6601")
    expect(desk.locator("#place-words")).to_contain_text(f"sekitar {LABUHAN}")


def test_a_short_link_is_explained_not_opened(desk: Page) -> None:
    say(desk, "https://maps.app.goo.gl/AbCdEf")
    expect(desk.locator(".place-note").first).to_contain_text("Tautan pendek")


def test_a_place_that_was_remembered_is_found_by_the_next_call(desk: Page) -> None:
    say(desk, "-8.5072, 116.6601 warung bu tini")
    expect(desk.locator("#remember-place")).to_be_visible()
    desk.locator("#remember-place").focus()
    desk.keyboard.press("Enter")
    expect(desk.locator("#remember-name")).to_have_value("warung bu tini")
    desk.keyboard.press("Enter")
    expect(desk.locator("#toasts")).to_contain_text("Diingat sebagai patokan: warung bu tini.")
    desk.locator("#place").fill("")
    desk.locator("#place").press_sequentially("warung bu tini")
    first = desk.locator("#place-list [role=option]").first
    expect(first).to_contain_text("warung bu tini")
    expect(first).to_contain_text("patokan")
    expect(first).to_contain_text("Desa Labuhan Lombok")
