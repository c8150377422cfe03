"""The field card from the radio's page, as a person presses it."""

from collections.abc import Callable

from playwright.sync_api import expect

from tests.browser.conftest import Visit


def test_the_field_card_is_one_press_away_on_the_radios_page(visit: Callable[..., Visit]) -> None:
    page = visit("dewi").open("/radio")
    button = page.get_by_role("link", name="Kartu lapangan")
    for width, height in ((1366, 768), (390, 844)):
        page.set_viewport_size({"width": width, "height": height})
        expect(button).to_be_visible()
        expect(button).to_be_in_viewport(ratio=1)
    given = page.request.get(page.url.removesuffix("/radio") + str(button.get_attribute("href")))
    assert given.status == 200 and given.headers["content-type"] == "application/pdf"
    assert given.body().startswith(b"%PDF-")
