"""The phone book and the ways out: numbers stand masked, a look at them is on the record, secrets are only written."""

from collections.abc import Callable

from playwright.sync_api import Page, expect

from tests.browser import regulars
from tests.browser.conftest import Visit
from tests.browser.room import Room
from tests.browser.seeds import Caller

NUMBER = "081234500777"
SECRET_WORD = "rahasia-yang-tidak-tampil"
seats, visit = regulars.seats, regulars.visit


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
