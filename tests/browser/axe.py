"""axe-core, read from our own disk into a page: what keeps somebody from reading or using it."""

from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.browser.room import ROOT

ALL: list[str] = []
COLOURS = ["color-contrast", "link-in-text-block"]
AXE = ROOT / "node_modules" / "axe-core" / "axe.min.js"

ASKED = """([box, only]) => axe.run(box ? { include: [box] } : document, {
  resultTypes: ["violations"], ...(only.length ? { runOnly: { type: "rule", values: only } } : {}) })"""


def put_into(page: Page) -> None:
    """Bring axe along; nothing is asked of the network and no rule of the page is bent for it."""
    if not AXE.exists():
        pytest.skip("axe-core is not on this machine: npm ci")
    page.evaluate(AXE.read_text() + "; void 0;")


def faults(page: Page, within: str = "", only: list[str] = ALL) -> list[str]:
    """WCAG 2.2 AA and good practice, each fault in a line: rule, element, why."""
    found: dict[str, Any] = page.evaluate(ASKED, [within, only])
    return [
        f"{fault['id']}: {node['html'][:150]} ({node['failureSummary'][:240]})"
        for fault in found["violations"]
        for node in fault["nodes"]
    ]


def in_both_themes(page: Page, within: str = "") -> list[str]:
    """A theme changes colours and nothing else: in the second one only they are asked about."""
    found = []
    for theme, rules in (("dark", ALL), ("light", COLOURS)):
        page.emulate_media(color_scheme=theme)
        if page.locator("script").count():  # a page without any follows the browser by its style sheet
            expect(page.locator("html")).to_have_attribute("data-theme", theme)
        found += [f"{theme}: {fault}" for fault in faults(page, within, rules)]
    return found
