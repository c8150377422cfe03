"""axe-core, read from our own disk into a page: what keeps somebody from reading or using it."""

from typing import Any

import pytest
from playwright.sync_api import Page

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
