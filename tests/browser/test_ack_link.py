"""The link of an alert that really went out, opened on a telephone: looked at, pressed, pressed again, and too late."""

import contextlib
import datetime as dt
import re
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import update

from alerts import book, channel_actions
from alerts.models import Alert
from incident.post import Post
from tests.alerts.fakes import Asked, FarEnd, Said, far_end
from tests.alerts.sending_room import SECRET
from tests.alerts.village import wait_for
from tests.browser import axe
from tests.browser.conftest import Visit
from tests.browser.room import Room
from tests.browser.seeds import Caller
from tests.factories import uid

PUBLIC = "https://posko.test"
PHONE = {"viewport": {"width": 390, "height": 844}, "has_touch": True, "is_mobile": True}


@dataclass
class Reached:
    """An alert that a far end has, and the link it was given."""

    alert: int
    path: str


@pytest.fixture(scope="module")
def outside() -> Iterator[FarEnd]:
    with far_end() as far:
        far.answer = lambda _: Said()
        yield far


@pytest.fixture(scope="module")
def room(template_file: Path, tmp_path_factory: pytest.TempPathFactory, outside: FarEnd) -> Iterator[Room]:
    """A running Posko with its sender, whose webhook leads to the far end."""
    more = {"POSKO_PUBLIC_URL": PUBLIC}
    running = Room(tmp_path_factory.mktemp("room"), template_file, ("serve", "relay"), more=more)
    post = running.post()
    with contextlib.closing(post.database):
        settings = {"url": f"{outside.url}/masuk", "secret": SECRET}
        post.do(channel_actions.set_channel, "ayu", uid(), "webhook", True, settings, None)
        running.contact = _contact(post)  # type: ignore[attr-defined]
    running.parts["sender"] = running._start("sender")
    yield running
    running.close()


def _contact(post: Post) -> int:
    said = {"name": "Amaq Sahdan", "kind": "person", "addresses": [{"channel": "webhook", "address": "w-1"}]}
    return int(post.do(book.add_contact, "ayu", uid(), said)["body"]["contact"])


@pytest.fixture
def reach(room: Room, outside: FarEnd, visit: Callable[..., Visit]) -> Callable[..., Reached]:
    """Write an alert and wait until the far end has it, with its link."""

    def reached(text: str, **more: Any) -> Reached:
        said = {"priority": "P1", "order": "evacuate", "text": text, "contact_ids": [room.contact]}  # type: ignore[attr-defined]
        told = Caller(room, "dispatcher").post("/alerts", **{**said, "order": "go", **more})
        alert = int(told["body"]["alert"])
        wait_for(lambda: _link(outside, alert), time.sleep, 60, "the far end has it")
        return Reached(alert, _link(outside, alert).removeprefix(PUBLIC))

    return reached


def _link(outside: FarEnd, alert: int) -> str:
    mine = [one for one in list(outside.asked) if _is_of(one, alert)]
    return str(mine[-1].json["link"]) if mine else ""


def _is_of(asked: Asked, alert: int) -> bool:
    return asked.json["type"] == "alert" and asked.json["alert_id"] == alert


@pytest.fixture
def phone(visit: Callable[..., Visit]) -> Visit:
    """Somebody's telephone; nobody logs in on it."""
    return visit(None, **PHONE)


def test_a_link_is_opened_pressed_once_and_the_room_knows_who_and_when(
    visit: Callable[..., Visit], phone: Visit, reach: Callable[..., Reached]
):
    sent = reach("Air naik cepat, naik ke bukit Gelang sekarang.")
    desk = visit("dewi").open("/alerts")
    desk.locator(".alert-row", has_text="Air naik cepat").click()
    expect(desk.locator(".alert-sum")).to_contain_text("0 dari 1 dilihat orang")
    page = phone.open(sent.path)
    expect(page.locator("h1")).to_contain_text("Air naik cepat")
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    assert (page.locator(".ack-button").bounding_box() or {})["height"] >= 56
    assert "Amaq" not in page.content(), "a link names nobody"
    desk.wait_for_timeout(500)
    expect(desk.locator(".alert-sum")).to_contain_text("0 dari 1 dilihat orang")
    page.locator(".ack-button").tap()
    expect(page.locator(".ack-done")).to_contain_text("Tercatat")
    expect(desk.locator(".alert-sum")).to_contain_text("1 dari 1 dilihat orang")
    row = desk.locator("#people-rows tr", has_text="Amaq Sahdan")
    expect(row).to_contain_text(re.compile(r"dilihat \d\d\.\d\d oleh Amaq Sahdan lewat tautan"))
    assert phone.foreign == phone.failed == phone.errors == []


def test_a_second_press_from_a_page_that_stayed_open_changes_nothing(
    phone: Visit, reach: Callable[..., Reached], room: Room
):
    sent = reach("Jembatan Aikmel putus, pakai jalan Masbagik.")
    first, second = phone.open(sent.path), phone.open(sent.path)
    first.locator(".ack-button").tap()
    expect(first.locator(".ack-done")).to_be_visible()
    before = seen(room, sent.alert)
    second.locator(".ack-button").tap()
    expect(second.locator(".ack-done")).to_be_visible()
    assert seen(room, sent.alert) == before and before["seen_at"]
    third = phone.open(sent.path)
    expect(third.locator(".ack-button")).to_have_count(0)
    expect(third.locator(".ack-done")).to_be_visible()


def seen(room: Room, alert: int) -> dict[str, Any]:
    (one,) = Caller(room, "dispatcher").get(f"/alerts/{alert}/recipients")["recipients"]
    return {name: one[name] for name in ("state", "seen_at", "seen_by", "seen_via")}


def test_a_wrong_code_says_so_and_names_nothing(phone: Visit, room: Room):
    page = phone.open("/t/pendek")
    for code in ("pendek", "a" * 16, "A2345678ABCDEFG%27"):
        if code != "pendek":
            page.goto(f"/t/{code}")
        expect(page.locator("h1"), code).to_contain_text("tidak dikenal")
        expect(page.locator("button"), code).to_have_count(0)
        assert phone.failed == [f"{room.url}/t/{code}: 404"]
        phone.failed.clear()


def test_an_alert_that_was_taken_back_says_so_with_the_words_that_hold_now(
    phone: Visit, room: Room, reach: Callable[..., Reached]
):
    sent = reach("Tanggul Pandanduri retak.", retraction="Tanggul Pandanduri aman; tetap di rumah.")
    Caller(room, "dispatcher").post(f"/alerts/{sent.alert}/cancel")
    page = phone.open(sent.path)
    expect(page.locator(".ack-over")).to_contain_text("tidak berlaku")
    expect(page.locator("main")).to_contain_text("Tanggul Pandanduri aman")
    expect(page.locator(".ack-button")).to_have_count(0)


def test_an_alert_whose_time_is_over_says_so_on_a_page_that_was_open_before_too(
    phone: Visit, room: Room, reach: Callable[..., Reached]
):
    sent = reach("Hujan lebat sampai pukul lima.")
    page = phone.open(sent.path)
    expect(page.locator(".ack-button")).to_be_visible()
    with contextlib.closing(room.post().database) as database:
        over = update(Alert).where(Alert.id == sent.alert).values(expires_at=dt.datetime.now(dt.UTC))
        database.write(lambda conn: conn.execute(over))
    page.locator(".ack-button").tap()
    expect(page.locator(".ack-over")).to_contain_text("tidak berlaku")
    page = phone.open(sent.path)
    expect(page.locator(".ack-over")).to_be_visible()
    expect(page.locator(".ack-button")).to_have_count(0)


def test_nothing_of_it_keeps_anybody_from_reading_it(visit: Callable[..., Visit], reach: Callable[..., Reached]):
    page: Page = visit(None, **PHONE, color_scheme="dark").open(reach("Awas ombak.").path)
    axe.put_into(page)
    assert axe.faults(page, "main") == [], "dark"
    page.emulate_media(color_scheme="light")
    expect(page.locator("html")).to_have_attribute("data-theme", "light")
    assert axe.faults(page, "main") == [], "light"
