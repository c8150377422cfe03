"""Attachments in a real browser: dropped, pasted, picked, recorded, played; the camera's position taken by hand."""

import base64
import io
from collections.abc import Callable
from typing import Any

import pytest
from PIL import Image
from playwright.sync_api import Locator, Page, expect

from tests.browser import regulars
from tests.browser.conftest import Visit
from tests.browser.room import Room
from tests.browser.seeds import Caller, call

ARRIVES_MS = 30_000  # a file is examined by a process of its own, and the machine may be busy
TYPES = ("audio/webm;codecs=opus", "audio/mp4;codecs=opus", "audio/mp4;codecs=mp4a.40.2")
seats, visit = regulars.seats, regulars.visit
SOUTH_EAST = {1: "S", 2: (8, 30, 36.0), 3: "E", 4: (116.0, 36.0, 0)}
DROP = """([element, name, type, words]) => {
  const bytes = Uint8Array.from(atob(words), (one) => one.charCodeAt(0));
  const transfer = new DataTransfer();
  transfer.items.add(new File([bytes], name, { type }));
  element.dispatchEvent(new DragEvent("dragover", { dataTransfer: transfer, bubbles: true, cancelable: true }));
  element.dispatchEvent(new DragEvent("drop", { dataTransfer: transfer, bubbles: true, cancelable: true }));
}"""
PASTE = """([name, type, words]) => {
  const bytes = Uint8Array.from(atob(words), (one) => one.charCodeAt(0));
  const transfer = new DataTransfer();
  transfer.items.add(new File([bytes], name, { type }));
  const event = { clipboardData: transfer, bubbles: true, cancelable: true };
  document.body.dispatchEvent(new ClipboardEvent("paste", event));
}"""
RECORD = """async (type) => {
  if (!MediaRecorder.isTypeSupported(type)) return null;
  const room = new AudioContext(), tone = room.createOscillator(), out = room.createMediaStreamDestination();
  await room.resume();
  tone.connect(out);
  tone.start();
  const parts = [], recorder = new MediaRecorder(out.stream, { mimeType: type });
  recorder.ondataavailable = ({ data }) => parts.push(data);
  const ended = new Promise((done) => { recorder.onstop = done; });
  recorder.start(200);
  const began = room.currentTime; // a busy machine plays late: what counts is what was played
  while (room.currentTime - began < 1.2) await new Promise((done) => setTimeout(done, 50));
  recorder.stop();
  await ended;
  await room.close();
  const bytes = new Uint8Array(await new Blob(parts).arrayBuffer());
  return btoa(Array.from(bytes, (one) => String.fromCharCode(one)).join(""));
}"""


def photo(colour: str = "steelblue", gps: dict[int, Any] | None = None) -> bytes:
    exif = Image.Exif()
    if gps:
        exif[0x8825] = gps
        exif[0x8769] = {36867: "2026:11:22 10:00:00", 36881: "+08:00"}
    content = io.BytesIO()
    Image.new("RGB", (1200, 900), colour).save(content, "JPEG", exif=exif)
    return content.getvalue()


def text(content: bytes) -> str:
    return base64.b64encode(content).decode()


@pytest.fixture
def incident(room: Room) -> int:
    caller = Caller(room, "call_taker")
    return int(call(caller, "flood", 116.6, -8.5, "Pringgabaya", "Air setinggi pinggang")["incident"])


@pytest.fixture
def dewi(visit: Callable[..., Visit], incident: int) -> Page:
    page = visit("dewi").open(f"/?i={incident}")
    page.locator("#tab-attachments").click()
    return page


def rows(page: Page) -> Locator:
    return page.locator(".attachment-row")


def pick(page: Page, content: bytes, name: str = "foto.jpg", type_: str = "image/jpeg") -> None:
    page.locator("#attachment-file").set_input_files({"name": name, "mimeType": type_, "buffer": content})


def test_a_photo_is_picked_dropped_and_pasted_and_each_stands_there_with_its_small_copy(dewi: Page):
    dewi.locator("#attachment-words").fill("Pasar tergenang")
    pick(dewi, photo())
    expect(rows(dewi)).to_have_count(1, timeout=ARRIVES_MS)
    expect(rows(dewi).first).to_contain_text("Pasar tergenang")
    expect(dewi.locator("#attachment-words")).to_have_value("")
    dewi.evaluate(DROP, [dewi.locator("#panel-body").element_handle(), "b.jpg", "image/jpeg", text(photo("red"))])
    expect(rows(dewi)).to_have_count(2, timeout=ARRIVES_MS)
    dewi.evaluate(PASTE, ["image.png", "image/png", text(photo("green"))])
    expect(rows(dewi)).to_have_count(3, timeout=ARRIVES_MS)
    expect(dewi.locator("#tab-attachments")).to_have_text("Lampiran 3")
    face = rows(dewi).first.locator("img")
    face.scroll_into_view_if_needed()
    expect(face).to_have_js_property("naturalWidth", 320, timeout=ARRIVES_MS)
    expect(dewi.locator(".sending-row")).to_have_count(0)


def test_what_the_server_refuses_stays_with_its_sentence_until_it_is_let_go(dewi: Page):
    pick(dewi, b"<svg><script>alert(1)</script></svg>", "peta.txt", "text/plain")
    row = dewi.locator(".sending-row")
    expect(row).to_contain_text("halaman web", timeout=ARRIVES_MS)
    expect(row.get_by_role("button", name="Coba kirim lagi")).to_have_count(0)
    row.get_by_role("button", name="Buang").click()
    expect(row).to_have_count(0)
    expect(dewi.locator("#panel-body")).to_contain_text("Belum ada lampiran")


def test_the_position_of_the_camera_is_taken_by_hand_and_the_incident_moves(dewi: Page):
    pick(dewi, photo(gps=SOUTH_EAST))
    offer = dewi.locator(".offer")
    expect(offer).to_contain_text("1,1 km dari kejadian", timeout=ARRIVES_MS)
    expect(offer).to_contain_text("10.00.00 WITA")
    offer.get_by_role("button", name="Pakai posisinya").click()
    expect(offer.get_by_role("button", name="Pakai posisinya")).to_have_count(0)
    offer.get_by_role("button", name="Abaikan").click()
    expect(offer).to_have_count(0)
    dewi.locator("#tab-chronology").click()
    expect(dewi.locator("#panel-body")).to_contain_text("posisi foto dipakai")
    expect(dewi.locator("#panel-body")).to_contain_text("Posisi dari foto")


def test_a_struck_photo_is_kept_and_closed_to_others(dewi: Page, visit: Callable[..., Visit], incident: int):
    pick(dewi, photo())
    expect(rows(dewi)).to_have_count(1, timeout=ARRIVES_MS)
    rows(dewi).get_by_role("button", name="Coret lampiran").click()
    dewi.locator("#panel-form textarea[name=text]").fill("Wajah korban terlihat")
    dewi.locator("#panel-form button[type=submit]").click()
    expect(rows(dewi)).to_contain_text("Wajah korban terlihat")
    sari = visit("sari").open(f"/?i={incident}")
    sari.locator("#tab-attachments").click()
    expect(rows(sari)).to_contain_text("dicoret dewi")
    expect(rows(sari).locator("img")).to_have_count(0)


def test_notes_that_browsers_recorded_are_made_anew_and_play(dewi: Page):
    dewi.locator("#panel").click()
    recorded = {type_: dewi.evaluate(RECORD, type_) for type_ in TYPES}
    made = {type_: content for type_, content in recorded.items() if content is not None}
    assert TYPES[0] in made, "every Chromium records WebM"
    for nth, (type_, content) in enumerate(made.items(), start=1):
        pick(dewi, base64.b64decode(content), "suara", type_.partition(";")[0])
        expect(rows(dewi), type_).to_have_count(nth, timeout=ARRIVES_MS)
    expect(rows(dewi)).to_contain_text(["Rekaman suara"] * len(made))
    sounds = "async (audio) => { audio.muted = true; await audio.play(); return audio.duration; }"
    lengths = [audio.evaluate(sounds) for audio in rows(dewi).locator("audio").all()]
    assert len(lengths) == len(made), made.keys()
    assert all(length is None or length > 0.8 for length in lengths), "null: a stream that does not say its end"


def test_a_file_of_a_call_follows_it_from_the_desk(visit: Callable[..., Visit], room: Room):
    visiting = visit("sari")
    sari = visiting.open("/calls")
    sari.keyboard.press("n")
    sari.locator("label[for], .pick").filter(has_text="Banjir").first.click()
    sari.locator("#place").fill("-8.5, 116.6")
    expect(sari.locator("#place-words")).not_to_be_empty()
    sari.locator("#desk-file").set_input_files({"name": "a.jpg", "mimeType": "image/jpeg", "buffer": photo()})
    expect(sari.locator("#desk-files li")).to_contain_text("a.jpg")
    sari.locator("#save").click()
    expect(sari.locator("#toasts")).to_contain_text("Lampiran terkirim.", timeout=ARRIVES_MS)
    expect(sari.locator("#desk-files li")).to_have_count(0)
    newest = visiting.context.request.get("/api/v1/calls?limit=1").json()["calls"][0]
    found = visiting.context.request.get(f"/api/v1/calls/{newest['id']}/attachments").json()["attachments"]
    assert [card["kind"] for card in found] == ["photo"]
