"""The units in a real browser: chosen and told by keys, silent ones in the band, a run card sent by one key."""

import datetime as dt
import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import update

from gis.database import Database
from incident.config import load_settings
from incident.models import Assignment, Unit
from incident.post import Act, Post
from tests.browser import regulars
from tests.browser.conftest import Visit
from tests.browser.room import Room
from tests.browser.seeds import Caller, call


@pytest.fixture(scope="module")
def head(room: Room) -> Caller:
    return Caller(room, "coordinator")


@pytest.fixture(scope="module")
def units(room: Room, head: Caller) -> dict[str, int]:
    """The cast's two units, two fire engines, an ambulance and a patrol that is busy elsewhere."""
    assert room.cast is not None
    known = dict(room.cast.units)
    kinds = {"DMK-1": "fire_engine", "DMK-2": "fire_engine", "AMB-1": "ambulance", "PTR-1": "patrol"}
    for name, kind in kinds.items():
        told = head.post("/units", call_sign=name, kind=kind, capabilities=[], base="Selong", lon=116.53, lat=-8.65)
        known[name] = told["body"]["cards"]["units"][0]["id"]
    return known


seats, visit = regulars.seats, regulars.visit


def line(page: Page, unit: int) -> object:
    return page.locator(f"#unit-list [data-unit='{unit}']")


def test_a_unit_is_chosen_and_told_by_keys_alone(visit: Callable[..., Visit], units: dict[str, int]):
    someone = visit("dewi")
    page = someone.open("/units?q=DMK-1")
    expect(line(page, units["DMK-1"])).to_be_visible()
    page.keyboard.press("j")
    expect(page.locator("#unit-head h2")).to_have_text("DMK-1")
    page.keyboard.press("8")
    expect(line(page, units["DMK-1"])).to_contain_text("siaga di lapangan")
    page.keyboard.press("0")
    expect(page.locator("#toasts")).to_contain_text("Tekan 0 sekali lagi")
    expect(line(page, units["DMK-1"])).not_to_contain_text("DARURAT")
    page.keyboard.press("1")
    expect(line(page, units["DMK-1"])).to_contain_text(re.compile("siaga(?! di lapangan)"))
    assert someone.errors == [] and someone.foreign == []


def test_mayday_stands_in_the_band_of_every_page_until_it_is_over(visit: Callable[..., Visit], units: dict[str, int]):
    dewi, sari = visit("dewi"), visit("sari")
    page, desk = dewi.open(f"/units?u={units['DMK-2']}"), sari.open("/calls")
    expect(page.locator("#unit-head h2")).to_have_text("DMK-2")
    for _ in range(2):
        page.keyboard.press("0")
    expect(page.locator("#alarm-bar")).to_contain_text("DARURAT DMK-2")
    expect(desk.locator("#alarm-bar")).to_contain_text("DARURAT DMK-2")
    expect(desk.locator("#alarm-bar button")).to_have_count(0)  # a call taker reads, a dispatcher takes on
    page.keyboard.press("t")
    expect(page.locator("#alarm-bar")).to_contain_text("ditangani dewi")
    page.get_by_role("button", name="DARURAT selesai").click()
    page.get_by_label("Bagaimana diketahui").fill("Ditelepon, salah tekan")
    page.get_by_role("button", name="Nyatakan berakhir").click()
    expect(page.locator("#alarm-bar")).to_be_hidden()
    expect(desk.locator("#alarm-bar")).to_be_hidden()


def _silent_for(room: Room, unit_id: int, assignment_id: int, minutes: int) -> None:
    """Nothing was heard of a unit for so long, as if its time had passed."""
    given = {name.removeprefix("POSKO_").lower(): word for name, word in room.words.items()}
    settings = load_settings(**given)
    database = Database(settings.database)

    def back(act: Act) -> None:
        then = act.now - dt.timedelta(minutes=minutes)
        act.conn.execute(update(Unit).where(Unit.id == unit_id).values(word_at=then))
        act.conn.execute(update(Assignment).where(Assignment.id == assignment_id).values(state_since=then))

    try:
        Post(settings, database).do(back, "test", None)
    finally:
        database.close()


def test_a_silent_team_is_asked_on_its_phone_and_answers_by_one_button(
    visit: Callable[..., Visit], units: dict[str, int], room: Room, head: Caller
):
    incident = int(call(Caller(room, "call_taker"), "flood", 116.6, -8.5, "Pringgabaya", "Air")["incident"])
    assigned = head.post(f"/incidents/{incident}/assignments", unit_id=units["TRC-1"])["body"]["assignment"]
    head.post(f"/assignments/{assigned}/arrive")
    phone = visit("tono", viewport={"width": 390, "height": 844}).open("/field")
    page = visit("dewi").open("/")
    _silent_for(room, units["TRC-1"], assigned, 21)
    expect(page.locator("#alarm-bar")).to_contain_text(re.compile(r"TRC-1: ditanya aman .*2\d menit"), timeout=40_000)
    phone.get_by_role("button", name="SAYA AMAN").click()
    expect(phone.locator("#safe")).to_be_hidden()
    expect(page.locator("#alarm-bar")).to_be_hidden()
    _silent_for(room, units["TRC-1"], assigned, 21)
    expect(page.locator("#alarm-bar")).to_contain_text("ditanya aman", timeout=40_000)
    page.get_by_role("button", name="Dijawab lewat suara").click()
    expect(page.locator("#alarm-bar")).to_be_hidden()
    head.post(f"/assignments/{assigned}/clear")


def test_a_run_card_is_sent_by_one_key_and_says_who_is_missing(
    visit: Callable[..., Visit], units: dict[str, int], room: Room, head: Caller
):
    elsewhere = int(call(Caller(room, "call_taker"), "security", 116.5, -8.6, "Aikmel", "Ribut")["incident"])
    head.post(f"/incidents/{elsewhere}/assignments", unit_id=units["PTR-1"])
    fire = int(call(Caller(room, "call_taker"), "fire", 116.53, -8.66, "Pasar Selong", "Api")["incident"])
    page = visit("dewi").open(f"/?i={fire}")
    expect(page.locator("#panel-deeds button[data-key=send]")).to_be_enabled()
    page.locator("#panel").focus()
    page.keyboard.press("u")
    card = page.locator(".run-card")
    expect(card).to_contain_text("Kirim semua usulan: DMK-1, DMK-2")
    expect(card).to_contain_text("kurang 1 patroli polisi, terdekat PTR-1")
    expect(card).to_contain_text("sedang bertugas")
    page.keyboard.press("0")
    page.keyboard.press("0")
    expect(card).to_contain_text("DMK-1 sudah di sini")
    expect(page.locator(".unit-row")).to_have_count(3)
    told = head.get(f"/incidents/{fire}")
    assert sorted(one["call_sign"] for one in told["assignments"]) == ["AMB-1", "DMK-1", "DMK-2"]


def test_a_unit_with_two_tasks_shows_both_clocks(
    visit: Callable[..., Visit], units: dict[str, int], room: Room, head: Caller
):
    first, second = (
        int(call(Caller(room, "call_taker"), kind, lon, -8.4, "Sembalun", "x")["incident"])
        for kind, lon in (("landslide", 116.52), ("tree", 116.7))
    )
    head.post(f"/incidents/{first}/assignments", unit_id=units["PSC-1"])
    head.post(f"/units/{units['PSC-1']}/status", digit=4)
    head.post(f"/incidents/{second}/assignments", unit_id=units["PSC-1"])
    page = visit("dewi").open(f"/units?u={units['PSC-1']}")
    expect(page.locator("#unit-tasks .unit-row")).to_have_count(2)
    expect(page.locator("#unit-tasks")).to_contain_text("2 tugas, masing-masing dengan jamnya")
    expect(line(page, units["PSC-1"]).locator(".unit-task")).to_have_count(2)
    expect(line(page, units["PSC-1"]).locator(".unit-task").first).to_contain_text("di lokasi")
    board = visit("dewi").open(f"/?i={first}")
    expect(board.locator(".unit-elsewhere")).to_contain_text("ditugaskan")


def test_a_crew_and_a_shift_are_entered_and_a_leader_is_offered_neither(
    visit: Callable[..., Visit], units: dict[str, int]
):
    page = visit("komang").open(f"/units?u={units['AMB-1']}")
    page.get_by_role("button", name="Tambah awak").click()
    page.get_by_label("Nama, tanpa nomor telepon").fill("Made Artha")
    page.locator("#unit-form button[type=submit]").click()
    expect(page.locator("#unit-about")).to_contain_text("Made Artha")
    page.get_by_role("tab", name="Jadwal dinas").click()
    page.get_by_role("button", name="Jadwalkan dinas").click()
    page.locator("#shift-form select").select_option(label="AMB-1")
    page.locator("#shift-form button[type=submit]").click()
    expect(page.locator(".shift-bar")).to_have_text("07.00 – 15.00")
    other = visit("lalu")
    bare = other.open(f"/units?u={units['AMB-1']}")
    expect(bare.locator("#unit-head h2")).to_have_text("AMB-1")
    expect(bare.locator("#unit-detail")).not_to_contain_text("Tambah awak")
    expect(bare.locator(".digit-button")).to_have_count(0)
    expect(bare.get_by_role("tab", name="Jenis dan kemampuan")).to_have_count(0)
    bare.get_by_role("tab", name="Jadwal dinas").click()
    expect(bare.get_by_role("button", name="Jadwalkan dinas")).to_have_count(0)
    assert other.errors == [] and other.failed == []
