"""The field card from the radio's page, as a person presses it."""

from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import Visit


@pytest.mark.parametrize(("width", "height"), [(1366, 768), (390, 844)])
def test_the_field_card_is_one_press_away_on_the_radios_page(
    width: int, height: int, visit: Callable[..., Visit]
) -> None:
    person = visit("dewi", viewport={"width": width, "height": height})
    page = person.open("/radio")
    button = page.get_by_role("link", name="Kartu lapangan")
    expect(button).to_be_visible()
    box = button.bounding_box()
    assert box is not None and box["x"] >= 0 and box["x"] + box["width"] <= width
    given = page.request.get(page.url.removesuffix("/radio") + str(button.get_attribute("href")))
    assert given.status == 200 and given.headers["content-type"] == "application/pdf"
    assert given.body().startswith(b"%PDF-")
