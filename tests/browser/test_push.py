"""An alert that comes while the page is closed: the worker shows it once, and a tap opens a page of ours alone."""

import base64
import json
import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, CDPSession, Page, expect

import alerts.entries  # noqa: F401 - what kinds of entry the room writes
from alerts import channel_actions
from tests.browser.conftest import Visit, launched
from tests.browser.machine import await_kept, await_true
from tests.browser.room import Room

pytestmark = pytest.mark.slow(10)

SHOWN = """async () => {
  const worker = await navigator.serviceWorker.ready;
  const found = await worker.getNotifications();
  return found.map(({ title, body, tag, data }) => ({ title, body, tag, link: data.link }));
}"""


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    """The whole browser: the shell has nobody who shows a message."""
    yield from launched(("chromium", "chromium-browser"))


@pytest.fixture
def phone(visit: Callable[..., Visit], room: Room) -> Page:
    return visit("tono", permissions=["notifications"], service_workers="allow").open("/field")


@pytest.fixture
def knock(phone: Page, room: Room) -> Iterator[Callable[[Any], None]]:
    """Hands a push to the worker as the browser does when a push service calls."""
    await_kept(phone)
    session: CDPSession = phone.context.new_cdp_session(phone)
    workers: list[str] = []
    session.on("ServiceWorker.workerRegistrationUpdated", lambda told: _note(workers, told))
    session.send("ServiceWorker.enable")
    deadline = time.monotonic() + 30
    while not workers:
        assert time.monotonic() < deadline, "the browser told of no worker"
        phone.wait_for_timeout(50)

    def knocked(content: Any) -> None:
        words = content if isinstance(content, str) else json.dumps(content)
        origin = phone.evaluate("() => location.origin")
        given = {"origin": origin, "registrationId": workers[0], "data": words}
        session.send("ServiceWorker.deliverPushMessage", given)

    yield knocked
    session.detach()


def _note(workers: list[str], told: Any) -> None:
    workers.extend(one["registrationId"] for one in told["registrations"] if not one["isDeleted"])


def shown(phone: Page, many: int) -> list[dict[str, Any]]:
    await_true(phone, f"async () => (await ({SHOWN})()).length === {many}")
    found: list[dict[str, Any]] = phone.evaluate(SHOWN)
    return found


def test_an_alert_is_shown_and_its_newer_revision_takes_its_place(phone: Page, knock: Callable[[Any], None]) -> None:
    first = {"title": "Banjir Pringgabaya", "body": "Air naik", "alert": 7, "priority": "P1", "link": "/t/ABC"}
    knock(first)
    assert shown(phone, 1) == [{"title": "Banjir Pringgabaya", "body": "Air naik", "tag": "alert-7", "link": "/t/ABC"}]
    knock(first | {"body": "Air surut"})
    await_true(phone, f"async () => (await ({SHOWN})())[0].body === 'Air surut'")
    knock(first | {"alert": 8})
    assert {one["tag"] for one in shown(phone, 2)} == {"alert-7", "alert-8"}
    what_cannot_be_read_is_still_shown(phone, knock)


def what_cannot_be_read_is_still_shown(phone: Page, knock: Callable[[Any], None]) -> None:
    """The browser would say worse."""
    knock("bukan JSON")
    assert "Posko" in [one["title"] for one in shown(phone, 3)]


@pytest.fixture
def push_is_on(room: Room) -> Iterator[None]:
    """The site may push; it is switched off again behind the test."""
    post = room.post()
    key = base64.urlsafe_b64encode(bytes(range(1, 33))).rstrip(b"=").decode()
    settings = {"private_key": key, "subject": "mailto:posko@posko.test"}
    post.do(channel_actions.set_channel, "ayu", None, "web_push", True, settings, None)
    yield
    post.do(channel_actions.set_channel, "ayu", None, "web_push", False, {}, None)
    post.database.close()


def test_the_button_stands_on_a_telephone_and_says_why_when_there_is_no_internet(
    visit: Callable[..., Visit], push_is_on: None
) -> None:
    size = {"viewport": {"width": 390, "height": 844}, "has_touch": True, "is_mobile": True}
    page = visit("tono", permissions=["notifications"], service_workers="allow", **size).open("/field")
    button = page.locator("#push-offer")
    expect(button).to_be_visible()
    assert (
        button.evaluate("(one) => [one.offsetHeight >= 48, document.documentElement.scrollWidth <= 390]") == [True] * 2
    )
    button.scroll_into_view_if_needed()
    button.tap()
    expect(page.locator(".toast")).to_contain_text("tidak dapat didaftarkan sekarang")
    expect(button).to_be_enabled()


def test_where_the_site_cannot_push_there_is_no_button(visit: Callable[..., Visit]) -> None:
    page = visit("tono", permissions=["notifications"], service_workers="allow").open("/field")
    await_kept(page)
    expect(page.locator("#push-offer")).to_be_hidden()
