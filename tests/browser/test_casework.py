"""Two people at one incident: they see each other, lose nothing of what they typed, and part what they joined.

And what is attached to it: dropped, pasted, picked, recorded, played; the camera's position taken by hand.
"""

import base64
import io
import re
from collections.abc import Callable
from typing import Any

import pytest
from PIL import Image
from playwright.sync_api import Locator, Page, expect

from tests.browser import regulars
from tests.browser.conftest import Visit
from tests.browser.panel import form_is_closed, press
from tests.browser.room import Room
from tests.browser.seeds import Caller, call
from tests.browser.toasts import let_toasts_stay

PHONE = "081234567321"
ARRIVES_MS = 30_000  # a file is examined by a process of its own, and the machine may be busy
TYPES = ("audio/webm;codecs=opus", "audio/mp4;codecs=opus", "audio/mp4;codecs=mp4a.40.2")
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
seats, visit = regulars.seats, regulars.visit


@pytest.fixture
def caller(room: Room) -> Caller:
    return Caller(room, "call_taker")


@pytest.fixture
def incident(caller: Caller) -> int:
    return int(call(caller, "flood", 116.6, -8.5, "Pringgabaya", "Air setinggi pinggang")["incident"])


@pytest.fixture
def dewi(visit: Callable[..., Visit], incident: int) -> Page:
    return visit("dewi").open(f"/?i={incident}")


@pytest.fixture
def komang(visit: Callable[..., Visit], incident: int) -> Page:
    return visit("komang").open(f"/?i={incident}")


def submit(page: Page) -> None:
    page.locator("#panel-form button[type=submit]").click()


def row(page: Page, incident: int) -> Any:
    return page.locator(f"#row-{incident}")


def test_two_people_at_one_incident_see_who_reads_and_who_types(dewi: Page, komang: Page, incident: int):
    expect(komang.locator("#panel-facts")).to_contain_text("dewi membaca")
    expect(row(komang, incident).locator(".queue-eye")).to_contain_text("dewi")
    press(dewi, "n")
    dewi.keyboard.type("Perahu")
    expect(komang.locator("#panel-facts")).to_contain_text("dewi mengetik")
    dewi.keyboard.press("Escape")
    dewi.locator(".panel-close").click()
    expect(komang.locator("#panel-facts")).not_to_contain_text("dewi")
    expect(row(komang, incident).locator(".queue-eye")).to_have_count(0)


def test_who_closes_the_page_is_gone_without_a_word_of_leaving(dewi: Page, komang: Page):
    expect(komang.locator("#panel-facts")).to_contain_text("dewi membaca")
    dewi.context.set_offline(True)  # no word of leaving comes through
    expect(komang.locator("#panel-facts")).not_to_contain_text("dewi", timeout=40_000)


def test_a_stale_correction_says_what_changed_and_keeps_what_was_typed(dewi: Page, komang: Page):
    press(dewi, "c")
    dewi.locator("#panel-form select[name=priority]").select_option("P3")
    dewi.locator("#panel-form textarea[name=text]").fill("Hanya genangan")
    press(komang, "c")
    komang.locator("#panel-form select[name=priority]").select_option("P1")
    komang.locator("#panel-form textarea[name=text]").fill("Ada orang di atap")
    submit(komang)
    form_is_closed(komang)
    submit(dewi)
    problem = dewi.locator("#panel-form .problem")
    expect(problem).to_contain_text("berubah sementara Anda menulis")
    expect(problem).to_contain_text("komang")
    expect(problem).to_contain_text("Ada orang di atap")
    expect(dewi.locator("#panel-form textarea[name=text]")).to_have_value("Hanya genangan")
    expect(dewi.locator("#panel-form button[type=submit]")).to_contain_text("Tetap simpan")
    submit(dewi)
    form_is_closed(dewi)
    expect(dewi.locator("#panel-head .prio")).to_have_text("3")


def test_a_place_is_corrected_by_a_click_on_the_map(dewi: Page):
    press(dewi, "c")
    dewi.locator("[data-pick=point]").click()
    expect(dewi.locator("#map-box")).to_have_class(re.compile("is-aiming"))
    dewi.locator("#map").click(position={"x": 300, "y": 300})
    dewi.locator("#panel-form textarea[name=text]").fill("Salah titik")
    dewi.locator("#panel-form input[name=place]").fill("Labuhan Lombok")
    submit(dewi)
    form_is_closed(dewi)
    expect(dewi.locator("#panel-facts")).to_contain_text("Labuhan Lombok")


def test_a_task_is_written_taken_done_and_opened_again(dewi: Page, komang: Page):
    press(dewi, "t")
    dewi.locator("#panel-form textarea[name=words]").fill("Hubungi PLN")
    submit(dewi)
    form_is_closed(dewi)
    komang.locator("#tab-tasks").click()
    task = komang.locator(".task-row", has_text="Hubungi PLN")
    expect(task).to_contain_text("belum ada pemilik")
    task.get_by_role("button", name="Ambil").click()
    expect(task).to_contain_text("komang")
    dewi.locator("#tab-tasks").click()
    expect(dewi.locator(".task-row", has_text="Hubungi PLN")).to_contain_text("komang")
    let_toasts_stay(komang)
    task.get_by_role("button", name="Selesai").click()
    expect(dewi.locator(".task-row.is-over")).to_contain_text("selesai oleh komang")
    komang.locator("#toasts").get_by_role("button", name="Urungkan").click()
    expect(dewi.locator(".task-row:not(.is-over)")).to_contain_text("Hubungi PLN")


def test_a_promise_that_is_late_stands_in_the_queue_until_the_reporter_was_told(room: Room, dewi: Page, incident: int):
    late = {"reason": "access", "text": "Jembatan putus", "unblock_by": "PUPR", "next_word_at": "2026-01-01T00:00:00Z"}
    Caller(room, "dispatcher").post(f"/incidents/{incident}/obstruct", **late)
    expect(row(dewi, incident).locator(".queue-task")).to_contain_text("Kabari pelapor: lewat")
    press(dewi, "w")
    dewi.locator("#panel-form textarea[name=text]").fill("Alat berat datang jam tiga")
    submit(dewi)
    form_is_closed(dewi)
    expect(row(dewi, incident).locator(".queue-task")).to_have_count(0)
    expect(dewi.locator("#panel-facts")).to_contain_text("pelapor sudah dikabari")


def test_a_note_is_struck_and_stays_readable(dewi: Page, komang: Page):
    press(dewi, "n")
    dewi.locator("#panel-form textarea[name=text]").fill("Korban tiga orang")
    submit(dewi)
    form_is_closed(dewi)
    dewi.locator("#tab-notes").click()
    dewi.get_by_role("button", name="Coret: Korban tiga orang").click()
    dewi.locator("#panel-form textarea[name=text]").fill("Milik kejadian lain")
    submit(dewi)
    form_is_closed(dewi)
    komang.locator("#tab-notes").click()
    expect(komang.locator(".note-row s")).to_have_text("Korban tiga orang")
    expect(komang.locator(".note-row")).to_contain_text("Milik kejadian lain")


def test_a_number_is_looked_at_by_one_click_and_stands_in_no_address(dewi: Page, komang: Page):
    asked: list[str] = []
    dewi.on("request", lambda request: asked.append(request.url))
    dewi.locator("#tab-calls").click()
    expect(dewi.locator("#panel-body")).not_to_contain_text(PHONE)
    dewi.get_by_role("button", name="Lihat nomor").click()
    expect(dewi.locator("#panel-body")).to_contain_text(PHONE)
    komang.locator("#tab-chronology").click()
    expect(komang.locator("#panel-body")).to_contain_text("Nomor pelapor dilihat dewi")
    expect(komang.locator("#panel-body")).not_to_contain_text(PHONE)
    dewi.get_by_role("button", name="Tutup nomor").click()
    expect(dewi.locator("#panel-body")).not_to_contain_text(PHONE)
    assert not [url for url in asked if PHONE in url]


def test_a_merged_incident_leads_on_and_comes_back(
    caller: Caller, dewi: Page, komang: Page, incident: int, visit: Callable[..., Visit]
):
    host = int(call(caller, "flood", 116.601, -8.501, "Pringgabaya Utara", "Air masuk masjid")["incident"])
    expect(row(dewi, host)).to_be_visible()
    press(dewi, "e")
    dewi.locator("#panel-form input[name=q]").fill("Utara")
    dewi.locator("#panel-form textarea[name=text]").fill("Sungai yang sama")
    submit(dewi)
    for page in (dewi, komang):
        expect(page.locator("#panel-head h2")).to_contain_text(f"-{host:04d}")
        expect(page.locator("#panel-facts")).to_contain_text("Sungai yang sama")
        page.locator("#clock").hover()
        expect(row(page, incident)).to_have_count(0)
    fresh = visit("sari").open(f"/?i={incident}")
    expect(fresh.locator("#panel-head h2")).to_contain_text(f"-{host:04d}")
    expect(fresh.locator("#panel-facts button")).to_have_count(0)  # a call taker takes nothing back
    komang.locator("#panel-facts").get_by_role("button", name="Urungkan").click()
    expect(row(dewi, incident)).to_be_visible()


def test_a_part_of_an_incident_becomes_its_own_by_keyboard(caller: Caller, dewi: Page, incident: int):
    call(caller, "landslide", 116.7, -8.4, "Sajang", "Tebing runtuh", incident=incident)
    expect(dewi.locator("#panel-deeds button[data-key=split]")).to_be_enabled()
    press(dewi, "d")
    dewi.locator("#panel-form label", has_text="Sajang").locator("input").check()
    dewi.locator("#panel-form textarea[name=text]").fill("Bukan tempat yang sama")
    dewi.keyboard.press("Control+Enter")
    form_is_closed(dewi)
    expect(dewi.locator("#panel-facts")).to_contain_text("dipisah menjadi")
    expect(dewi.locator(".queue-row", has_text="Sajang")).to_be_visible()


def test_who_may_only_read_is_offered_nothing(visit: Callable[..., Visit], incident: int):
    leader = visit("lalu").open(f"/?i={incident}")
    expect(leader.locator("#panel-head h2")).to_contain_text(f"-{incident:04d}")
    expect(leader.locator("#panel-deeds button:enabled")).to_have_count(0)
    for key in "ntcwedvor":
        leader.keyboard.press(key)
    expect(leader.locator("#panel-form form")).to_have_count(0)
    expect(leader.locator("#tab-tasks")).to_have_count(0)


def test_figures_said_over_the_telephone_are_written_on_the_board(komang: Page, incident: int):
    komang.locator("#tab-assessments").click()
    komang.locator("[data-key=assess]").click()
    form = komang.locator("#panel-form form")
    form.locator("[name=dead]").fill("n")
    form.locator("[name=displaced]").fill("banyak")
    submit(komang)
    expect(form.locator("[data-field=displaced]")).to_contain_text("Tulis angka, n atau d.")
    form.locator("[name=displaced]").fill("1.200")
    submit(komang)
    form_is_closed(komang)
    rows = komang.locator(".figure-row")
    expect(rows.filter(has_text="meninggal")).to_contain_text("NIHIL")
    expect(rows.filter(has_text="mengungsi (jiwa)")).to_contain_text("1.200")


# what is attached


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
def shelf(visit: Callable[..., Visit], incident: int) -> Page:
    page = visit("dewi").open(f"/?i={incident}")
    page.locator("#tab-attachments").click()
    return page


def rows(page: Page) -> Locator:
    return page.locator(".attachment-row")


def pick(page: Page, content: bytes, name: str = "foto.jpg", type_: str = "image/jpeg") -> None:
    page.locator("#attachment-file").set_input_files({"name": name, "mimeType": type_, "buffer": content})


def test_a_photo_is_picked_dropped_and_pasted_and_each_stands_there_with_its_small_copy(shelf: Page):
    shelf.locator("#attachment-words").fill("Pasar tergenang")
    pick(shelf, photo())
    expect(rows(shelf)).to_have_count(1, timeout=ARRIVES_MS)
    expect(rows(shelf).first).to_contain_text("Pasar tergenang")
    expect(shelf.locator("#attachment-words")).to_have_value("")
    shelf.evaluate(DROP, [shelf.locator("#panel-body").element_handle(), "b.jpg", "image/jpeg", text(photo("red"))])
    expect(rows(shelf)).to_have_count(2, timeout=ARRIVES_MS)
    shelf.evaluate(PASTE, ["image.png", "image/png", text(photo("green"))])
    expect(rows(shelf)).to_have_count(3, timeout=ARRIVES_MS)
    expect(shelf.locator("#tab-attachments")).to_have_text("Lampiran 3")
    face = rows(shelf).first.locator("img")
    face.scroll_into_view_if_needed()
    expect(face).to_have_js_property("naturalWidth", 320, timeout=ARRIVES_MS)
    expect(shelf.locator(".sending-row")).to_have_count(0)


def test_what_the_server_refuses_stays_with_its_sentence_until_it_is_let_go(shelf: Page):
    pick(shelf, b"<svg><script>alert(1)</script></svg>", "peta.txt", "text/plain")
    row = shelf.locator(".sending-row")
    expect(row).to_contain_text("halaman web", timeout=ARRIVES_MS)
    expect(row.get_by_role("button", name="Coba kirim lagi")).to_have_count(0)
    row.get_by_role("button", name="Buang").click()
    expect(row).to_have_count(0)
    expect(shelf.locator("#panel-body")).to_contain_text("Belum ada lampiran")


def test_the_position_of_the_camera_is_taken_by_hand_and_the_incident_moves(shelf: Page):
    pick(shelf, photo(gps=SOUTH_EAST))
    offer = shelf.locator(".offer")
    expect(offer).to_contain_text("1,1 km dari kejadian", timeout=ARRIVES_MS)
    expect(offer).to_contain_text("10.00.00 WITA")
    offer.get_by_role("button", name="Pakai posisinya").click()
    expect(offer.get_by_role("button", name="Pakai posisinya")).to_have_count(0)
    offer.get_by_role("button", name="Abaikan").click()
    expect(offer).to_have_count(0)
    shelf.locator("#tab-chronology").click()
    expect(shelf.locator("#panel-body")).to_contain_text("posisi foto dipakai")
    expect(shelf.locator("#panel-body")).to_contain_text("Posisi dari foto")


def test_a_struck_photo_is_kept_and_closed_to_others(shelf: Page, visit: Callable[..., Visit], incident: int):
    pick(shelf, photo())
    expect(rows(shelf)).to_have_count(1, timeout=ARRIVES_MS)
    rows(shelf).get_by_role("button", name="Coret lampiran").click()
    shelf.locator("#panel-form textarea[name=text]").fill("Wajah korban terlihat")
    shelf.locator("#panel-form button[type=submit]").click()
    expect(rows(shelf)).to_contain_text("Wajah korban terlihat")
    sari = visit("sari").open(f"/?i={incident}")
    sari.locator("#tab-attachments").click()
    expect(rows(sari)).to_contain_text("dicoret dewi")
    expect(rows(sari).locator("img")).to_have_count(0)


def test_notes_that_browsers_recorded_are_made_anew_and_play(shelf: Page):
    shelf.locator("#panel").click()
    recorded = {type_: shelf.evaluate(RECORD, type_) for type_ in TYPES}
    made = {type_: content for type_, content in recorded.items() if content is not None}
    assert TYPES[0] in made, "every Chromium records WebM"
    for nth, (type_, content) in enumerate(made.items(), start=1):
        pick(shelf, base64.b64decode(content), "suara", type_.partition(";")[0])
        expect(rows(shelf), type_).to_have_count(nth, timeout=ARRIVES_MS)
    expect(rows(shelf)).to_contain_text(["Rekaman suara"] * len(made))
    sounds = "async (audio) => { audio.muted = true; await audio.play(); return audio.duration; }"
    lengths = [audio.evaluate(sounds) for audio in rows(shelf).locator("audio").all()]
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
