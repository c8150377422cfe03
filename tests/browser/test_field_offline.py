"""The field team's phone in aeroplane mode: status, note and figures are kept, shown, and sent once and in order."""

import struct
import zlib
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.browser import regulars
from tests.browser.conftest import Visit
from tests.browser.drafts import await_draft
from tests.browser.machine import ROWS_OF, await_kept, await_true
from tests.browser.room import Room
from tests.browser.seeds import CALLS, Caller, call

PHONE: dict[str, Any] = {
    "viewport": {"width": 390, "height": 844},
    "has_touch": True,
    "permissions": ["geolocation"],
    "geolocation": {"longitude": 116.55, "latitude": -8.55, "accuracy": 8},
}
SOON_MS = 40_000
seats, visit = regulars.seats, regulars.visit
KEPT_PICTURE = f"async () => (await ({ROWS_OF})('pictures')).length > 0"


@pytest.fixture
def incident(room: Room) -> int:
    """A flood, given to the team of the phone."""
    assert room.cast is not None
    opened = int(call(Caller(room, "call_taker"), *CALLS[0])["incident"])
    Caller(room, "dispatcher").post(f"/incidents/{opened}/assignments", unit_id=room.cast.units["TRC-1"])
    return opened


@pytest.fixture
def phone(visit: Callable[..., Visit], incident: int) -> Page:
    return visit("tono", service_workers="allow", **PHONE).open("/field")


def task(phone: Page, room: Room, incident: int) -> Any:
    number = Caller(room, "coordinator").get(f"/incidents/{incident}")["incident"]["number"]
    return phone.locator("article.task", has_text=number)


def chronology(room: Room, incident: int) -> list[str]:
    """What the field team said of the incident, in the order the journal has it."""
    entries = Caller(room, "coordinator").get(f"/incidents/{incident}")["chronology"]
    return [entry["body"].get("verb") or entry["kind"] for entry in entries if entry["by"] == "tono"]


def until(phone: Page, is_so: Callable[[], bool], what: str) -> None:
    """Until the server has it: what the phone shows may still be on its way."""
    for _ in range(400):
        if is_so():
            return
        phone.wait_for_timeout(100)
    raise AssertionError(f"it never came: {what}")


def press(task: Any, name: str) -> None:
    task.page.wait_for_timeout(800)  # two presses closer than this are one: gloves
    task.get_by_role("button", name=name).click()


def test_in_aeroplane_mode_everything_is_kept_over_a_reload_and_sent_once(
    phone: Page, room: Room, incident: int
) -> None:
    mine = task(phone, room, incident)
    expect(mine).to_be_visible(timeout=SOON_MS)
    await_kept(phone)
    await_true(phone, KEPT_PICTURE)
    phone.context.set_offline(True)
    press(mine, "Terima")
    press(mine, "Berangkat")
    mine.locator("textarea").fill("Air setinggi pinggang")
    mine.get_by_role("button", name="Kirim catatan").click()
    mine.get_by_role("button", name="Kaji cepat").click()
    phone.get_by_label("meninggal: NIHIL").click()
    phone.get_by_label("mengungsi (jiwa): didata").click()
    phone.get_by_label("hilang", exact=True).fill("3")
    phone.get_by_role("button", name="Kirim kaji cepat").click()
    expect(phone.locator("#outbox-title")).to_have_text("4 belum terkirim")
    phone.on("dialog", lambda asked: asked.accept())
    phone.reload()
    expect(phone.locator("#outbox-title")).to_have_text("4 belum terkirim", timeout=SOON_MS)
    expect(mine).to_contain_text("berangkat")
    assert chronology(room, incident) == []
    phone.context.set_offline(False)
    expect(phone.locator("#outbox")).to_be_hidden(timeout=SOON_MS)
    assert chronology(room, incident) == ["acknowledge", "depart", "note", "assessment.recorded"]
    figures = Caller(room, "coordinator").get(f"/incidents/{incident}/assessments")["figures"]
    assert {one["what"]: (one["sources"][0]["state"], one["sources"][0]["value"]) for one in figures} == {
        "dead": ("nihil", None),
        "missing": ("number", 3),
        "displaced": ("counting", None),
    }


def a_picture(width: int, height: int) -> bytes:
    """A grey PNG of that many pixels."""
    rows = zlib.compress((b"\0" + b"\x80" * width) * height)
    head = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    parts = ((b"IHDR", head), (b"IDAT", rows), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body)) for name, body in parts
    )


def test_a_photo_taken_without_a_network_is_made_small_and_sent_once(phone: Page, room: Room, incident: int) -> None:
    mine = task(phone, room, incident)
    expect(mine).to_be_visible(timeout=SOON_MS)
    phone.context.set_offline(True)
    mine.locator("input[type=file]").set_input_files(
        {"name": "IMG_1.png", "mimeType": "image/png", "buffer": a_picture(3200, 2400)}
    )
    expect(phone.locator("#outbox-list")).to_contain_text("Foto")
    phone.context.set_offline(False)
    expect(phone.locator("#outbox")).to_be_hidden(timeout=SOON_MS)
    found = Caller(room, "coordinator").get(f"/incidents/{incident}/attachments")["attachments"]
    assert len(found) == 1 and (found[0]["width"], found[0]["height"]) == (1600, 1200)


def test_a_half_filled_assessment_survives_a_reload(phone: Page, room: Room, incident: int) -> None:
    task(phone, room, incident).get_by_role("button", name="Kaji cepat").click()
    phone.get_by_label("rumah terendam", exact=True).fill("40")
    phone.get_by_label("luka berat: NIHIL").click()
    await_draft(phone, "40")
    await_draft(phone, "nihil")
    phone.reload()
    task(phone, room, incident).get_by_role("button", name="Kaji cepat").click(timeout=SOON_MS)
    expect(phone.get_by_label("rumah terendam", exact=True)).to_have_value("40")
    expect(phone.get_by_label("luka berat: NIHIL")).to_have_attribute("aria-pressed", "true")


def test_a_typed_zero_is_not_sent(phone: Page, room: Room, incident: int) -> None:
    task(phone, room, incident).get_by_role("button", name="Kaji cepat").click()
    phone.get_by_label("hilang", exact=True).fill("0")
    phone.get_by_role("button", name="Kirim kaji cepat").click()
    expect(phone.locator("#figure-missing-error")).to_have_text("Nol? Tekan NIHIL.")
    expect(phone.locator("#outbox")).to_be_hidden()


def stop_the_clock(phone: Page, at_ms: float) -> None:
    """The page believes that it is this moment, however slow the machine."""
    phone.evaluate("ms => { performance.now = () => ms; }", at_ms)


def test_mayday_needs_two_presses_and_one_by_accident_passes(phone: Page, room: Room, incident: int) -> None:
    mine = task(phone, room, incident)
    mayday, again = (mine.get_by_role("button", name=name) for name in ("DARURAT", "TEKAN SEKALI LAGI: DARURAT"))
    expect(mayday).to_be_visible(timeout=SOON_MS)
    begun = phone.evaluate("performance.now()") + 1000
    stop_the_clock(phone, begun)
    mayday.click()
    again.click()  # the same touch, bouncing
    stop_the_clock(phone, begun + 4500)
    expect(again).to_have_count(0, timeout=SOON_MS)
    assert chronology(room, incident) == []
    mayday.click()
    expect(again).to_be_visible()
    stop_the_clock(phone, begun + 5500)
    again.click()
    expect(phone.locator("#unit-state")).to_have_text("DARURAT", timeout=SOON_MS)
    until(phone, lambda: "mayday" in chronology(room, incident), "the mayday is written down")
    assert chronology(room, incident)[0] == "mayday" and chronology(room, incident).count("mayday") == 1


def test_the_position_is_shared_when_asked_for_while_on_duty(phone: Page, room: Room, incident: int) -> None:
    def moved() -> int:
        entries = Caller(room, "coordinator").get("/journal?after=0&limit=1000")["entries"]
        return sum(entry["kind"] == "unit.moved" and entry["by"] == "tono" for entry in entries)

    before = moved()
    expect(phone.locator("#position-words")).to_contain_text("tidak dibagikan", timeout=SOON_MS)
    phone.wait_for_timeout(500)
    assert moved() == before, "nothing is told before it is asked for"
    phone.get_by_label("Bagikan posisi selama dinas").check()
    expect(phone.locator("#position-words")).to_contain_text("ketelitian 8 m")
    until(phone, lambda: moved() > before, "the position is told")
    expect(phone.locator("#outbox")).to_be_hidden(timeout=SOON_MS)
    assert moved() == before + 1
    phone.get_by_label("Bagikan posisi selama dinas").uncheck()
    expect(phone.locator("#position-words")).to_contain_text("tidak dibagikan")


BIG_BUTTONS = """task => [...task.querySelectorAll(":is(.task-verbs, .task-more) button")].map((button) => ({
  key: button.dataset.key,
  height: button.getBoundingClientRect().height,
  digit: button.querySelector(".digit").innerText,
}))"""


def test_the_big_buttons_are_for_gloves_and_carry_the_digit_of_the_radio(
    phone: Page, room: Room, incident: int
) -> None:
    mine = task(phone, room, incident)
    expect(mine.locator(".task-more button").first).to_be_visible(timeout=SOON_MS)
    buttons = mine.evaluate(BIG_BUTTONS)
    assert [one for one in buttons if one["height"] < 56] == []
    digits = {one["key"].partition("-")[2]: one["digit"] for one in buttons}
    assert digits == {
        "acknowledge": "2",
        "depart": "3",
        "arrive": "4",
        "transport": "5",
        "deliver": "6",
        "clear": "7",
        "obstruct": "9",
        "mayday": "0",
    }
