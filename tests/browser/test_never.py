"""What no page may ever do: offer what its reader may not do, speak the wrong language, ask a stranger anything.

Every page there is, as every role that may open it.
"""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from incident import rules
from incident.seeds import AGENCIES
from tests.browser.conftest import Visit
from tests.browser.pages import Leaf, leaves
from tests.browser.room import Room
from tests.browser.seeds import a_busy_hour, a_shift_handed_over
from tests.browser.test_coming_in import left_over
from tests.cast import NAMES

# what on a screen does something, and the right it needs
DEEDS = {
    "[data-key=send]": "assignment.create",
    "[data-key=alert]": "alert.write",
    "[data-key=hear]": "incident.hear",
    "[data-key=obstruct], [data-key=close], [data-key=control], [data-key=verify], [data-key=reopen]": "incident.verb",
    "[data-key=merge], [data-key=split], [data-key^=undo]": "incident.regroup",
    "[data-key=note], [data-key^=send-note], textarea[data-key^=note]": "incident.note",
    "[data-key=correct]": "incident.correct",
    "[data-key=feedback]": "incident.feedback",
    "[data-key=task]": "task.write",
    "[data-key=time]": "time.correct",
    ".unit-verbs button, .unit-verbs summary, [data-key$=-depart], [data-key$=-mayday]": "assignment.verb",
    "[data-key$=-arrive], [data-key$=-clear], [data-key$=-deliver], [data-key$=-transport]": "assignment.verb",
    "[data-key$=-obstruct], [data-key$=-acknowledge]": "assignment.verb",
    "[data-key^=alert-], .btn-seen": "alert.acknowledge",
    "[data-key^=assess]": "assessment.write",
    "input[type=file][data-key^=photo], #desk-file": "attachment.write",
    "#send-position": "unit.move",
    "[data-map=draw][aria-label^=Gambar]": "zone.draw",
    "button#status-pill": "status.declare",
    "#decision-add, #decision-rows button": "decision.write",
    "#shift .btn-primary, #shift button.btn:not([data-copy], :has-text('WhatsApp'))": "handover.write",
    "#holds-open": "number.hold",
    "#call-form button, #call-form select, #call-form textarea, #call-form input": "call.record",
    "#answer, #rings-new, #clear-form, #save": "call.record",
    "#radio-say button, #say-to, form:has(#say-to) button": "radio.say",
    "#tab-of-kinds": "unit.manage",
    ".cards-row, #card-text": "card.manage",
    "#boundaries-file, #lists-file, #overlay-collection, .ground-page button": "ground.manage",
    "#people-rows button, #person-role, #person-form button, #unit-form button": "person.manage",
    "#figures-csv, #figures-xlsx": "figures.read",
    "#decision-csv": "handover.read",
}
QUIET_MS = 400
# said in Indonesian on purpose: the names of offices, and the words a file has in its first line or its address
NAMES_OF_THINGS = tuple(name for _, name in AGENCIES) + ("nama, jenis", "nama, bujur", "https://")


@pytest.fixture(scope="module")
def every_leaf(room: Room, template_file: Path, tmp_path_factory: pytest.TempPathFactory) -> list[Leaf]:
    """Every page of a room in which all that has a button has something to press it for."""
    a_busy_hour(room)
    a_shift_handed_over(room)
    found = leaves(room, template_file, tmp_path_factory.mktemp("leaves"))
    return [leaf for leaf in found if not leaf.path.startswith("/ogc/")]  # one of them speaks for all


def opened(someone: Visit, leaf: Leaf) -> Page:
    """The page with what comes after it; the board with an incident on which a unit works."""
    page = someone.open(leaf.path)
    if page.locator("#row-1").count():
        page.evaluate("document.querySelector('#row-1').click()")
        expect(page.locator("#panel-tabs")).to_be_attached()
    page.wait_for_timeout(QUIET_MS)
    return page


def forbidden(page: Page, role: str) -> list[str]:
    """What this screen offers that this role may not do."""
    closed = {which: verb for which, verb in DEEDS.items() if not rules.may(role, verb)}
    return [f"{verb}: {which}" for which, verb in closed.items() if offered(page, which)]


def offered(page: Page, which: str) -> bool:
    """Whether something of this kind can be seen and pressed."""
    return any(one.is_visible() and one.is_enabled() for one in page.locator(which).all())


@pytest.mark.parametrize("role", rules.ROLES)
def test_no_screen_offers_what_its_reader_may_not_do_and_none_asks_a_stranger(
    visit: Callable[..., Visit], every_leaf: list[Leaf], role: str
) -> None:
    someone = visit(NAMES[role])
    found: dict[str, Any] = {}
    for leaf in (one for one in every_leaf if one.name and role in one.roles):
        page = opened(someone, leaf)
        found[leaf.path] = forbidden(page, role) + closed_doors(page, someone)
        page.close()
    assert {path: faults for path, faults in found.items() if faults} == {}
    assert (someone.foreign, someone.failed, someone.errors) == ([], [], [])


def closed_doors(page: Page, someone: Visit) -> list[str]:
    """Links to pages of ours that would not open."""
    paths = page.evaluate(
        "() => [...document.querySelectorAll('header a[href^=\"/\"]')].map((a) => a.getAttribute('href'))"
    )
    asked = {path for path in paths if not path.startswith("/language/")}
    return [path for path in sorted(asked) if not someone.context.request.get(path).ok]


def test_every_deed_of_the_table_stands_on_some_screen(visit: Callable[..., Visit], every_leaf: list[Leaf]) -> None:
    """A selector that finds nothing anywhere would prove nothing."""
    seen: set[str] = set()
    for role in ("admin", "field"):
        someone = visit(NAMES[role])
        for leaf in (one for one in every_leaf if one.name and role in one.roles):
            page = opened(someone, leaf)
            seen |= {which for which in DEEDS if which not in seen and offered(page, which)}
            page.close()
    assert set(DEEDS) - seen == set()


def test_english_leaves_no_indonesian_on_any_page(visit: Callable[..., Visit], every_leaf: list[Leaf]) -> None:
    found = spoken(visit, every_leaf, "en")
    assert not found, "\n".join(f"{path}: {words}" for path, words in found.items())


def spoken(visit: Callable[..., Visit], every_leaf: list[Leaf], language: str) -> dict[str, list[str]]:
    found = {}
    people = {leaf.name: visit(leaf.name) for leaf in every_leaf}
    for leaf in every_leaf:
        someone = people[leaf.name]
        someone.context.add_cookies([{"name": "posko_language", "value": language, "url": someone.origin}])
        page = opened(someone, Leaf(leaf.path.replace("/id", f"/{language}"), leaf.verb))
        found[leaf.path] = [words for words in left_over(page) if not any(name in words for name in NAMES_OF_THINGS)]
        page.close()
    return {path: words for path, words in found.items() if words}
