"""What the browser has on its disk of a half-written form: a reload proves nothing while the words are on their way."""

from playwright.sync_api import Page

# The drafts of this person, opened with the page's own key: whether one of them holds these words; none: none is left.
ON_DISK = """async (words) => {
  const { keptFor } = await import(document.querySelector("script[type=module]").src.replace(/[^/]+$/, "sending.js"));
  const { store, cipher } = await keptFor(document.documentElement.dataset.person);
  const rows = await store.all("drafts");
  const forms = await Promise.all(rows.map((row) => cipher.open(row, row.key).catch(() => null)));
  return words ? forms.some((one) => JSON.stringify(one).includes(JSON.stringify(words))) : !forms.some(Boolean);
}"""


def await_draft(page: Page, words: str) -> None:
    """Until one field of a draft on the disk is exactly these words."""
    _await(page, words, f"a draft with {words!r}")


def await_no_draft(page: Page) -> None:
    """Until the disk holds no draft of this person."""
    _await(page, "", "no draft")


def _await(page: Page, words: str, what: str) -> None:
    for _ in range(200):
        if page.evaluate(ON_DISK, words):  # not wait_for_function: to it a promise is an answer
            return
        page.wait_for_timeout(100)
    raise AssertionError(f"the disk never held {what}")
