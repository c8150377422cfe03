"""An alert from the first word to its retraction: written, approved by another, answered, never mistaken on the way.

Then the phone book and the ways out: numbers stand masked, a look at them is on the record, secrets are only written.
"""

import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.browser import regulars
from tests.browser.conftest import Visit
from tests.browser.drafts import await_draft, await_no_draft
from tests.browser.room import Room
from tests.browser.seeds import Caller, call

NUMBER = "081234500777"
SECRET_WORD = "rahasia-yang-tidak-tampil"
# A sound is told to play before its head has been read; the seconds are known after.
LENGTH = """(sound) => sound.duration || new Promise((told) =>
  sound.addEventListener("durationchange", () => told(sound.duration), { once: true }))"""
seats, visit = regulars.seats, regulars.visit


@pytest.fixture(scope="module")
def incident(room: Room) -> int:
    desk = Caller(room, "call_taker")
    return int(call(desk, "banjir", 116.6268, -8.5542, "Desa Pringgabaya", "Air setinggi pinggang")["incident"])


@pytest.fixture
def blank(visit: Callable[..., Visit]) -> Page:
    """Dewi sits before a new alert, and the page has looked for a draft from before."""
    return begun(visit("dewi").open("/alerts/new"))


def begun(page: Page) -> Page:
    expect(page.locator("#what")).to_be_focused()
    return page


@pytest.fixture
def standing(visit: Callable[..., Visit], room: Room) -> Iterator[Callable[[str], Page]]:
    """An alert to both units that went out, and Dewi before it: standing("Air surut")."""
    dispatcher = Caller(room, "dispatcher")
    ids: list[int] = []

    def sent(what: str) -> Page:
        ids.append(send(room, what))
        page = visit("dewi").open(f"/alerts?a={ids[-1]}")
        expect(page.locator(".alert-sum")).to_contain_text("0 dari 2 dilihat orang")
        return page

    yield sent
    for one in dispatcher.get("/alerts?limit=50")["alerts"]:
        if one["id"] in ids and one["state"] == "active":
            dispatcher.post(f"/alerts/{one['id']}/cancel")


def send(room: Room, what: str) -> int:
    """An alert to both units, by the API."""
    assert room.cast is not None
    said: dict[str, Any] = {"priority": "P3", "order": "inform", "text": f"{what} di Pringgabaya."}
    told = Caller(room, "dispatcher").post("/alerts", **said, unit_ids=list(room.cast.units.values()))
    return int(told["body"]["alert"])


@pytest.fixture
def written(blank: Page, incident: int) -> Iterator[Page]:
    """Dewi has written an order to evacuate for both units; it waits for a second person."""
    page = blank
    write(page, "Air naik cepat", order="evacuate")
    page.keyboard.press("Control+Enter")
    expect(page.locator(".alert-ask")).to_be_visible()
    yield page
    if page.locator("#alert-cancel").count():
        take_back(page)


def write(page: Page, what: str, order: str = "inform") -> None:
    """The words, and both units."""
    page.locator("#what").fill(what)
    page.locator("#where").fill("Pringgabaya")
    page.locator("#order").select_option(order)
    units = page.locator("[data-list=unit_ids]")
    expect(units).to_have_count(2)
    for unit in units.all():
        unit.check()
    expect(page.locator("#text")).to_have_value(re.compile(what))


def take_back(page: Page) -> None:
    page.locator("#alert-cancel").click()
    page.locator("#alert-cancel-yes").click()
    expect(page.locator("#alert-cancel-yes")).to_have_count(0)


def test_written_by_one_approved_by_another_answered_by_the_units_and_taken_back(
    visit: Callable[..., Visit], written: Page
):
    expect(written.locator(".alert-ask")).to_contain_text("orang lain yang harus menyetujui")
    expect(written.locator("#alert-approve")).to_have_count(0)
    second = visit("komang").open("/alerts")
    second.locator(".alert-row", has_text="Air naik cepat").first.click()
    ask = second.locator(".alert-ask")
    expect(ask).to_contain_text("evakuasi")
    expect(ask).to_contain_text("Pringgabaya")
    expect(ask).to_contain_text("2 penerima")
    expect(ask.locator("[data-approval]")).to_contain_text(re.compile(r"tinggal \d"))
    second.keyboard.press("s")
    expect(second.locator("#alert-approve")).to_be_focused()
    second.keyboard.press("Enter")
    expect(second.locator(".alert-head .chip-active")).to_be_visible()
    expect(written.locator(".alert-head .chip-active")).to_be_visible()
    expect(written.locator(".alert-sum")).to_contain_text("0 dari 2 dilihat orang")
    expect(written.locator(".alert-next")).to_contain_text("yang belum melihatnya")

    team = visit("tono").open("/field")
    team.locator(".btn-seen").first.click()
    expect(written.locator(".alert-sum")).to_contain_text("1 dari 2 dilihat orang")
    row = written.locator("#people-rows tr", has_text="TRC-1")
    expect(row).to_contain_text(re.compile(r"dilihat \d\d\.\d\d oleh .+ lewat layar"))
    bar = written.locator(".alert-picture .count-bar")
    expect(bar).to_have_attribute("aria-label", re.compile("^1 dari 2 dilihat orang"))

    second.locator("#alert-cancel").click()
    expect(second.locator(".alert-retract blockquote")).to_contain_text("tidak berlaku lagi")
    second.locator("#alert-cancel-yes").click()
    expect(second.locator(".alert-head .chip-cancelled")).to_be_visible()
    expect(written.locator(".alert-head .chip-cancelled")).to_be_visible()


def test_what_was_only_sent_is_never_drawn_like_what_was_seen(standing: Callable[[str], Page]):
    page = standing("Hujan lebat malam ini")
    expect(page.locator(".alert-picture .count-bar .count-out")).to_have_count(1)
    expect(page.locator(".alert-picture .count-bar .count-seen")).to_have_count(0)
    assert page.locator(".count-bar .count-out").first.evaluate("(it) => getComputedStyle(it).backgroundColor") == (
        "rgba(0, 0, 0, 0)"
    )
    page.locator("#people-rows tr", has_text="PSC-1").locator("[data-seen]").click()
    expect(page.locator(".alert-sum")).to_contain_text("1 dari 2 dilihat orang")
    expect(page.locator(".alert-picture .count-bar .count-seen")).to_have_count(1)


def test_sent_again_only_to_those_who_are_missing_and_kept_as_a_file(standing: Callable[[str], Page]):
    page = standing("Air surut")
    page.locator("#people-rows tr", has_text="PSC-1").locator("[data-seen]").click()
    expect(page.locator("#alert-resend")).to_contain_text("1 yang belum")
    page.locator("#alert-resend").click()
    expect(page.locator(".toast", has_text="Dikirim ulang")).to_be_visible()
    lines = page.request.get(page.locator("#alert-csv").get_attribute("href") or "").text().splitlines()
    assert len(lines) == 3 and "dilihat" in next(line for line in lines if "PSC-1" in line)
    take_back(page)
    expect(page.locator(".alert-picture .count-bar")).to_have_attribute("aria-label", re.compile("1 dari 2 dilihat"))


def test_the_phone_list_reads_a_sentence_and_keeps_the_words_that_came_back(standing: Callable[[str], Page]):
    page = standing("Jembatan ditutup")
    page.keyboard.press("t")
    rows = page.locator(".phone-row")
    expect(rows).to_have_count(2)
    expect(page.locator(".phone-list blockquote")).to_contain_text("Jembatan ditutup")
    rows.first.locator("button[type=submit]").click()
    expect(rows.first.locator(".field-error")).to_contain_text("Tulis")
    rows.first.locator("input").fill("jembatan ditutup, dimengerti")
    rows.first.locator("button[type=submit]").click()
    expect(rows).to_have_count(1)
    expect(page.locator("#people-rows")).to_contain_text("dibaca ulang")
    page.keyboard.press("Escape")
    expect(page.locator(".phone-list")).to_have_count(0)


def test_a_half_written_alert_outlives_a_reload_and_an_empty_one_leaves_nothing(blank: Page):
    page = blank
    page.locator("#what").fill("Longsor menutup jalan")
    page.locator("#order").select_option("stand_by")
    expect(page.locator("#draft-words")).to_contain_text("disimpan")
    await_draft(page, "stand_by")
    page.reload()
    expect(page.locator("#what")).to_have_value("Longsor menutup jalan")
    expect(page.locator("#order")).to_have_value("stand_by")
    page.locator("#compose-clear").click()
    await_no_draft(page)
    page.reload()
    expect(begun(page).locator("#what")).to_have_value("")


def test_what_is_missing_is_said_beside_its_field(blank: Page):
    page = blank
    page.locator("#compose-send").click()
    expect(page.locator("#text-error")).not_to_be_empty()
    page.locator("#text").fill("Kata-kata sendiri.")
    expect(page.locator("#text-error")).to_be_empty()
    page.locator("#compose-send").click()
    expect(page.locator("#audience-error")).not_to_be_empty()
    page.locator("[data-flag=village_heads]").check()
    page.locator("#compose-send").click()
    expect(page.locator("#area-error")).not_to_be_empty()


def test_the_reach_is_told_before_anything_goes(blank: Page):
    page = blank
    page.locator("[data-list=unit_ids]").first.check()
    expect(page.locator(".reach-sum")).to_contain_text("1 penerima")
    expect(page.locator(".reach-ways")).to_contain_text("layar")
    expect(page.locator("#reach-second")).to_be_hidden()
    page.locator("[data-flag=public]").check()
    expect(page.locator("#reach-second")).to_be_visible()
    expect(page.locator("#compose-send-words")).to_have_text("Ajukan kepada orang kedua")


def test_the_words_are_heard_before_they_go_and_after(visit: Callable[..., Visit], incident: int):
    dispatcher = visit("dewi")
    page = begun(dispatcher.open("/alerts/new"))
    page.locator("#compose-hear").click()
    expect(page.locator("#text-error")).to_contain_text("Tulis dahulu")
    write(page, "Jembatan putus")
    for button, box in (("#compose-hear", "#compose-speech"), ("#alert-hear", "#alert-speech")):
        page.locator(button).click()
        player = page.locator(f"{box} audio")
        expect(player).to_have_js_property("paused", False, timeout=40_000)
        assert player.evaluate(LENGTH) > 5
        expect(page.locator(f"{box} a")).to_have_attribute("download", re.compile(r"siaran-\w+\.wav"))
        if button == "#compose-hear":
            page.keyboard.press("Control+Enter")
            page.locator(".alert-head").wait_for()
    take_back(page)
    failed = [one for one in dispatcher.failed if not one.endswith("net::ERR_ABORTED")]
    assert (failed, dispatcher.errors) == ([], []), "what a page had asked when it was left may be given up"


def test_a_link_from_an_incident_brings_its_words_and_units_and_loses_no_draft(
    visit: Callable[..., Visit], incident: int
):
    someone = visit("dewi")
    page = begun(someone.open("/alerts/new"))
    page.locator("#what").fill("Yang setengah jadi")
    expect(page.locator("#draft-words")).to_contain_text("disimpan")
    await_draft(page, "Yang setengah jadi")
    page.goto(f"/alerts/new?incident={incident}")
    expect(page.locator("#where")).to_have_value("Desa Pringgabaya")
    expect(page.locator("#incident_id")).to_have_value(str(incident))
    expect(page.locator("#other-draft")).to_contain_text("Yang setengah jadi")
    page.locator("#other-take").click()
    expect(page.locator("#what")).to_have_value("Yang setengah jadi")


def test_words_changed_by_hand_are_not_composed_over(blank: Page):
    page = blank
    page.locator("#what").fill("Air naik")
    expect(page.locator("#text")).to_have_value(re.compile("Air naik"))
    page.locator("#text").fill("Kata-kata saya sendiri.")
    page.locator("#where").fill("Selong")
    page.wait_for_timeout(600)
    expect(page.locator("#text")).to_have_value("Kata-kata saya sendiri.")
    page.locator("#text-again").click()
    expect(page.locator("#text")).to_have_value(re.compile("Air naik di Selong"))


def test_an_area_is_drawn_by_keys(blank: Page):
    page = blank
    page.locator("#what").fill("Wilayah")
    page.keyboard.press("Escape")
    page.keyboard.press("g")
    expect(page.locator("#area-tool button[data-spot=done]")).to_be_visible()
    for key in ("ArrowRight", "ArrowDown", "ArrowLeft"):
        page.keyboard.press("Enter")
        page.keyboard.press(key)
        expect(page.locator("#area-map .leaflet-pan-anim")).to_have_count(0)
    page.locator("[data-spot=done]").click()
    expect(page.locator("#area-clear")).to_be_visible()


def test_every_key_is_listed_and_the_list_is_walked_by_keys(visit: Callable[..., Visit], incident: int):
    page = visit("dewi").open("/alerts")
    page.keyboard.press("?")
    expect(page.locator("#keys-dialog dt").first).to_be_visible()
    assert page.locator("#keys-dialog dt").count() >= 9
    page.keyboard.press("Escape")
    expect(page.locator("dialog[open]")).to_have_count(0)
    page.keyboard.press("n")
    expect(page).to_have_url(re.compile("/alerts/new$"))


def test_a_phone_shows_the_list_first_and_never_scrolls_sideways(visit: Callable[..., Visit], room: Room):
    Caller(room, "dispatcher").post(f"/alerts/{send(room, 'Angin kencang')}/cancel")
    someone = visit("dewi", viewport={"width": 390, "height": 844}, has_touch=True, is_mobile=True)
    page = someone.open("/contacts")
    for path in ("/contacts", "/alerts/new", "/alerts?show=past"):
        if not page.url.endswith(path):
            page.goto(path)
        expect(page.locator("#lamps .lamp-ok").first).to_be_attached()
        assert page.evaluate("document.documentElement.scrollWidth") <= 390, path
    expect(page.locator(".alert-picture")).to_be_hidden()
    page.locator(".alert-row").first.click()
    expect(page.locator(".alert-picture")).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    page.locator("#alert-back").click()
    expect(page.locator(".alert-picture")).to_be_hidden()


# the phone book and the ways out


def add_contact(page: Page, name: str) -> None:
    page.keyboard.press("n")
    form = page.locator("dialog.dialog-form")
    form.locator("input[name=name]").fill(name)
    form.locator("input[name=area_code]").fill("52.03.14.2004")
    form.locator("input[name=to-sms]").fill(NUMBER)
    form.locator("button[type=submit]").click()
    expect(form).to_have_count(0)


def test_a_contact_is_added_masked_shown_on_the_record_changed_and_taken_out(visit: Callable[..., Visit], room: Room):
    page = visit("komang").open("/contacts")
    add_contact(page, "Pak Amaq, kades")
    row = page.locator("#contact-rows tr", has_text="Pak Amaq")
    expect(row).to_contain_text("kepala desa")
    expect(row).not_to_contain_text(NUMBER[1:])
    row.locator(".btn-mask").click()
    expect(row).to_contain_text(NUMBER[1:])
    kinds = [one["kind"] for one in Caller(room, "coordinator").get("/journal?after=0&limit=500")["entries"]]
    assert "contact.unmasked" in kinds
    row.locator("button", has_text="Ubah").click()
    page.locator("dialog.dialog-form input[name=note]").fill("telepon sebelum jam 9")
    page.locator("dialog.dialog-form button[type=submit]").click()
    expect(row).to_contain_text("telepon sebelum jam 9")
    row.locator("button", has_text="Hapus").click()
    page.locator("dialog.dialog-form button[type=submit]").click()
    expect(row).to_have_count(0)


def test_a_file_brings_many_and_names_the_lines_at_fault(visit: Callable[..., Visit]):
    page = visit("komang").open("/contacts")
    page.keyboard.press("i")
    page.locator("#import-do").click()
    expect(page.locator("#import-error")).not_to_be_empty()
    words = f"name,office,area_code,sms\nBu Inaq,kades,52.03.14.2005,{NUMBER}\n,kades,52.03.14.2006,0812\n"
    page.locator("#import-file").set_input_files(
        {"name": "kades.csv", "mimeType": "text/csv", "buffer": words.encode()}
    )
    page.locator("#import-do").click()
    expect(page.locator("#import-told")).to_contain_text("1 ditambah")
    expect(page.locator(".import-faults")).to_contain_text("Baris 3")
    page.locator("#import-close").click()
    expect(page.locator("#contact-rows")).to_contain_text("Bu Inaq")


def test_a_group_is_made_of_units_and_contacts(visit: Callable[..., Visit]):
    page = visit("komang").open("/contacts")
    page.keyboard.press("g")
    page.locator("#group-add").click()
    form = page.locator("dialog.dialog-form")
    form.locator("input[name=name]").fill("TRC Sembalun")
    form.locator("input[name=unit_ids]").first.check()
    form.locator("button[type=submit]").click()
    expect(page.locator("#group-rows li", has_text="TRC Sembalun")).to_contain_text("1 satuan")


def test_who_may_only_read_the_book_has_no_button_to_change_it(visit: Callable[..., Visit], room: Room):
    Caller(room, "coordinator").post("/contacts", name="Pak Loang", office="kades", addresses=[])
    page = visit("dewi").open("/contacts")
    expect(page.locator("#contact-rows")).to_contain_text("Pak Loang")
    for one in ("#contact-add", "#contact-import", "#group-add", ".row-deeds"):
        expect(page.locator(one)).to_have_count(0)


def test_a_secret_is_written_once_and_never_shown_again(visit: Callable[..., Visit]):
    someone = visit("ayu")
    page = someone.open("/channels")
    card = page.locator("#channel-telegram")
    card.locator("summary").click()
    card.locator("input[name=token]").fill(f"1234567:{SECRET_WORD}")
    card.locator("button[type=submit]").click()
    expect(page.locator(".toast").last).to_contain_text("disimpan")
    page.reload()
    card.locator("summary").click()
    expect(card.locator("input[name=token]")).to_have_value("")
    assert SECRET_WORD not in page.content()
    assert SECRET_WORD not in someone.context.request.get("/api/v1/channels").text()


def test_a_setting_the_channel_cannot_use_is_said_beside_its_field(visit: Callable[..., Visit]):
    page = visit("ayu").open("/channels")
    card = page.locator("#channel-email")
    card.locator("summary").click()
    card.locator("input[name=host]").fill("surel.kabupaten.go.id")
    card.locator("input[name=sender]").fill("bukan alamat")
    card.locator("input[name=is_on]").check()
    card.locator("button[type=submit]").click()
    expect(card.locator(".field-error:not(:empty), .problem:not(:empty)").first).to_be_visible()


def test_a_coordinator_sees_how_the_ways_are_and_no_settings(visit: Callable[..., Visit]):
    page = visit("komang").open("/channels")
    expect(page.locator(".channel-card").first).to_be_visible()
    expect(page.locator(".channel-card form")).to_have_count(0)
