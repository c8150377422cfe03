"""The short words that come and go after six seconds: a test that looks elsewhere first asks them to stay."""

from playwright.sync_api import Page

STAY = """() => {
  const wait = globalThis.setTimeout;
  globalThis.setTimeout = (deed, ms, ...more) => wait(deed, ms === 6000 ? 600_000 : ms, ...more);
}"""


def let_toasts_stay(page: Page) -> None:
    """Until the page is left."""
    page.evaluate(STAY)
