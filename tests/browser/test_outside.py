"""News from outside in a real browser: it appears, asks, is decided by a person in sight of the others, leads on."""

import datetime as dt
import re
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Page, expect

from gis.database import Database
from incident.config import load_settings
from incident.post import Post
from tests.alerts.bulletin_ground import lay_villages, quake, take
from tests.browser import axe
from tests.browser.conftest import Visit
from tests.browser.room import Room


@pytest.fixture(scope="module")
def outside(room: Room) -> Iterator[Post]:
    """Where the feeds write: the database of the room, beside its web server."""
    settings = load_settings(**{name.removeprefix("POSKO_").lower(): word for name, word in room.words.items()})
    database = Database(settings.database)
    post = Post(settings, database)
    lay_villages(post, heads=("52.03.19.2001",))
    yield post
    database.close()


def shake(outside: Post, magnitude: float, **said: float) -> None:
    """A quake near Sembalun a few minutes ago, told by BMKG."""
    take(outside, quake(magnitude=magnitude, at=outside.clock() - dt.timedelta(minutes=3, **said)))


def proposal(page: Page, magnitude: str) -> Page:
    return page.locator(".outside-proposal", has_text=magnitude)  # type: ignore[return-value]


def test_news_opens_above_the_queue_and_two_people_see_who_decided(visit: Callable[..., Visit], outside: Post):
    dispatcher, leader = visit("dewi"), visit("lalu")
    mine, theirs = dispatcher.open("/"), leader.open("/")
    expect(mine.locator("#outside")).to_be_hidden()
    shake(outside, 6.8)
    for page in (mine, theirs):
        expect(page.locator(".outside-proposal h3")).to_have_text(
            "M6,8, 3 km barat Desa Sembalun Lawang, Kec. Sembalun"
        )
    expect(mine.locator(".outside-asks")).to_have_text("nyatakan status darurat? siarkan ke 4 kepala desa?")
    expect(theirs.locator(".outside-proposal button")).to_have_count(0)
    mine.locator(".outside-proposal details summary").click()
    expect(mine.locator(".outside-proposal li").nth(1)).to_have_text("Magnitudo 6,8, aturan mulai 6,0.")
    mine.get_by_role("button", name="Terima").click()
    expect(theirs.locator(".outside-proposal")).to_contain_text("Diterima dewi")
    expect(mine.locator(".outside-proposal a")).to_have_text("Tulis siaran…")
    assert dispatcher.foreign == [] and dispatcher.failed == [] and dispatcher.errors == []


@pytest.mark.parametrize("scheme", ["dark", "light"])
def test_nothing_of_it_keeps_anybody_from_reading_it(visit: Callable[..., Visit], outside: Post, scheme: str):
    page = visit("dewi", color_scheme=scheme).open("/")
    page.locator(".outside-box > summary").click()
    expect(page.locator(".outside-row").first).to_be_visible()
    axe.put_into(page)
    assert axe.faults(page, "#outside") == []


def test_what_was_accepted_leads_to_an_alert_with_its_words(visit: Callable[..., Visit], outside: Post):
    page = visit("dewi").open("/")
    page.locator(".outside-box > summary").click()
    page.locator(".outside-proposal a", has_text="Tulis siaran").first.click()
    expect(page.locator("#what")).to_have_value(re.compile("Gempa magnitudo 6,8, kedalaman 12 km"))
    expect(page.locator("#where")).to_have_value("sekitar 3 km barat Desa Sembalun Lawang, Kec. Sembalun")


def test_who_reads_english_reads_it_in_english_with_the_villages_by_their_names(
    visit: Callable[..., Visit], outside: Post
):
    dispatcher = visit("dewi")
    page = dispatcher.open("/")
    address = page.url
    page.context.add_cookies([{"name": "posko_language", "value": "en", "url": address}])
    page.reload()
    page.locator(".outside-box > summary").click()
    asked = page.locator(".outside-proposal").first
    expect(asked.locator("h3")).to_have_text("M6.8, 3 km west of Desa Sembalun Lawang, Kec. Sembalun")
    expect(asked).to_contain_text("alert 4 heads of village?")
    asked.locator("details summary").first.click()
    for words in (
        "strong quake",
        "Magnitude 6.8, the rule begins at 6.0.",
        "Depth 12 km",
        "heads in the phone book: 1",
    ):
        expect(asked.locator("ul")).to_contain_text(words)
    asked.locator("a").first.click()
    chips = page.locator("#area-villages .chip")
    expect(chips.first).to_contain_text("Desa ")
    expect(page.locator("#reach")).to_contain_text("not known yet")
    assert dispatcher.errors == []


def test_declining_asks_for_the_reason_and_shows_it(visit: Callable[..., Visit], outside: Post):
    page = visit("komang").open("/")
    shake(outside, 7.1, days=0, seconds=30)
    proposal(page, "M7,1").get_by_role("button", name="Tolak…").click()
    form = page.locator("dialog.dialog-form")
    form.get_by_role("button", name="Tolak", exact=True).click()
    expect(form.locator(".field-error")).not_to_be_empty()
    form.locator("textarea").fill("Sudah siaga sejak pagi")
    form.get_by_role("button", name="Tolak", exact=True).click()
    expect(proposal(page, "M7,1")).to_contain_text("Sudah siaga sejak pagi")


def test_the_level_of_a_volcano_is_written_from_the_board(visit: Callable[..., Visit], outside: Post):
    page = visit("dewi").open("/")
    if page.locator(".outside-box").get_attribute("open") is None:
        page.locator(".outside-box > summary").click()
    page.get_by_role("button", name="Catat tingkat gunung api…").click()
    form = page.locator("dialog.dialog-form")
    form.locator("[name=name]").fill("Rinjani")
    expect(form.locator("[name=lat]")).to_have_value("-8.42")
    form.locator("[name=level]").select_option("awas")
    form.locator("[name=basis]").fill("Surat PVMBG 12/2026")
    form.get_by_role("button", name="Catat").click()
    expect(page.locator(".outside-row").first).to_contain_text("Gunung Rinjani: Awas")
    expect(proposal(page, "Rinjani")).to_contain_text("kepala desa?")


def test_the_sources_are_switched_on_the_page_of_the_ways_out(visit: Callable[..., Visit]):
    page = visit("ayu").open("/channels")
    row = page.locator(".feed-row", has_text="Prakiraan cuaca desa BMKG")
    expect(row).to_contain_text("BMKG (Badan Meteorologi, Klimatologi, dan Geofisika)")
    row.get_by_role("button", name="nyalakan").click()
    page.locator("dialog textarea").fill("52.03\n")
    page.locator("dialog").get_by_role("button", name="Simpan").click()
    expect(page.locator("dialog .field-error").first).to_contain_text("bukan kode desa")
    page.locator("dialog textarea").fill("52.03.01.2001\n5203012002")
    page.locator("dialog").get_by_role("button", name="Simpan").click()
    expect(row.locator("[aria-pressed=true]")).to_have_text("Nyala")
    expect(row).to_contain_text("2 desa…")
