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

SOON_MS = 40_000


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


def test_news_is_decided_by_a_person_in_sight_of_the_others_and_leads_on(
    visit: Callable[..., Visit], outside: Post
) -> None:
    dispatcher, leader = visit("dewi", reduced_motion="reduce"), visit("lalu")
    mine, theirs = dispatcher.open("/"), leader.open("/")
    news_opens_above_the_queue_and_two_people_see_who_decided(mine, theirs, outside)
    assert (dispatcher.foreign, dispatcher.failed, dispatcher.errors) == ([], [], [])
    nothing_of_it_keeps_anybody_from_reading_it(mine)
    dispatcher.errors.clear()  # axe tries a style of its own, and the policy of the page forbids it
    what_was_accepted_leads_to_an_alert_with_its_words(mine)
    who_reads_english_reads_it_in_english_with_the_villages_by_their_names(mine)
    assert dispatcher.errors == []
    page = visit("komang").open("/")
    declining_asks_for_the_reason_and_shows_it(page, outside)
    the_level_of_a_volcano_is_written_from_the_board(page)


def news_opens_above_the_queue_and_two_people_see_who_decided(mine: Page, theirs: Page, outside: Post) -> None:
    expect(mine.locator("#outside")).to_be_hidden()
    shake(outside, 6.8)
    for page in (mine, theirs):
        expect(page.locator(".outside-proposal h3")).to_have_text(
            "M6,8, 3 km barat Desa Sembalun Lawang, Kec. Sembalun", timeout=SOON_MS
        )
    expect(mine.locator(".outside-asks")).to_have_text("nyatakan status darurat? siarkan ke 4 kepala desa?")
    expect(theirs.locator(".outside-proposal button")).to_have_count(0)
    mine.locator(".outside-proposal details summary").click()
    expect(mine.locator(".outside-proposal li").nth(1)).to_have_text("Magnitudo 6,8, aturan mulai 6,0.")
    mine.get_by_role("button", name="Terima").click()
    expect(theirs.locator(".outside-proposal")).to_contain_text("Diterima dewi", timeout=SOON_MS)
    expect(mine.locator(".outside-proposal a")).to_have_text("Tulis siaran…")


def nothing_of_it_keeps_anybody_from_reading_it(page: Page) -> None:
    open_the_news(page)
    expect(page.locator(".outside-row").first).to_be_visible()
    axe.put_into(page)
    assert axe.in_both_themes(page, "#outside") == []


def what_was_accepted_leads_to_an_alert_with_its_words(page: Page) -> None:
    page.locator(".outside-proposal a", has_text="Tulis siaran").first.click()
    expect(page.locator("#what")).to_have_value(re.compile("Gempa magnitudo 6,8, kedalaman 12 km"), timeout=SOON_MS)
    expect(page.locator("#where")).to_have_value("sekitar 3 km barat Desa Sembalun Lawang, Kec. Sembalun")


def who_reads_english_reads_it_in_english_with_the_villages_by_their_names(page: Page) -> None:
    page.context.add_cookies([{"name": "posko_language", "value": "en", "url": page.evaluate("location.origin")}])
    page.goto("/")
    open_the_news(page)
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
    expect(chips.first).to_contain_text("Desa ", timeout=SOON_MS)
    expect(page.locator("#reach")).to_contain_text("not known yet")


def declining_asks_for_the_reason_and_shows_it(page: Page, outside: Post) -> None:
    shake(outside, 7.1, days=0, seconds=30)
    open_the_news(page)
    proposal(page, "M7,1").get_by_role("button", name="Tolak…").click()
    form = page.locator("dialog.dialog-form")
    form.get_by_role("button", name="Tolak", exact=True).click()
    expect(form.locator(".field-error")).not_to_be_empty()
    form.locator("textarea").fill("Sudah siaga sejak pagi")
    form.get_by_role("button", name="Tolak", exact=True).click()
    expect(proposal(page, "M7,1")).to_contain_text("Sudah siaga sejak pagi")


def the_level_of_a_volcano_is_written_from_the_board(page: Page) -> None:
    page.get_by_role("button", name="Catat tingkat gunung api…").click()
    form = page.locator("dialog.dialog-form")
    form.locator("[name=name]").fill("Rinjani")
    expect(form.locator("[name=lat]")).to_have_value("-8.42")
    form.locator("[name=level]").select_option("awas")
    form.locator("[name=basis]").fill("Surat PVMBG 12/2026")
    form.get_by_role("button", name="Catat").click()
    expect(page.locator(".outside-row").first).to_contain_text("Gunung Rinjani: Awas")
    expect(proposal(page, "Rinjani")).to_contain_text("kepala desa?")


def open_the_news(page: Page) -> None:
    """By a hand, so that it stays so; while somebody must decide it is open by itself."""
    box = page.locator(".outside-box")
    expect(box).to_be_attached(timeout=SOON_MS)
    box.evaluate("box => box.open || box.querySelector('summary').click()")
    expect(box).to_have_attribute("open", "")


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
