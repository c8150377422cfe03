"""The panel of an incident beside the board: its keys, and its form."""

from playwright.sync_api import Page, expect


def press(page: Page, key: str) -> None:
    """A key of the board, not of a field."""
    expect(page.locator("#panel-deeds button[data-key=note]")).to_be_enabled()
    page.locator("#panel").focus()
    page.keyboard.press(key)


def form_is_closed(page: Page) -> None:
    expect(page.locator("#panel-form form")).to_have_count(0)
