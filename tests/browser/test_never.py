"""What no page may ever do: offer what its reader may not do, speak the wrong language, ask a stranger anything.

Every page there is, as every role that may open it.
"""

import io
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path

import pytest
from babel.messages import pofile
from playwright.sync_api import Browser, BrowserContext, Page, Request, WebSocket, expect

from incident import rules
from incident.seeds import AGENCIES
from tests.browser.conftest import Visit
from tests.browser.pages import Leaf, leaves
from tests.browser.room import ROOT, Room
from tests.browser.seeds import (
    CALLS,
    Caller,
    a_busy_hour,
    a_kept_message,
    a_rumour_and_a_shelter,
    a_shift_handed_over,
    call,
)
from tests.browser.test_coming_in import INDONESIAN, OWN_WORDS
from tests.cast import NAMES

pytestmark = pytest.mark.slow(25)

# what on a screen does something, and the right it needs
DEEDS = {
    "[data-key=send]": "assignment.create",
    "[data-key=alert]": "alert.write",
    "[data-key=hear]": "incident.hear",
    "[data-key=obstruct], [data-key=close], [data-key=control], [data-key=verify], [data-key=reopen]": "incident.verb",
    "[data-key=merge], [data-key=split], [data-key^=undo]": "incident.regroup",
    "[data-key=note], [data-key^=send-note], textarea[data-key^=note]": "incident.note",
    "[data-kept]": "message.settle",
    "[data-key=correct]": "incident.correct",
    "[data-key=feedback]": "incident.feedback",
    "[data-key=task]": "task.write",
    "[data-key=time]": "time.correct",
    ".unit-verbs button, .unit-verbs summary, [data-key$=-depart], [data-key$=-mayday]": "assignment.verb",
    "[data-key$=-arrive], [data-key$=-clear], [data-key$=-deliver], [data-key$=-transport]": "assignment.verb",
    "[data-key$=-obstruct], [data-key$=-acknowledge]": "assignment.verb",
    "[data-key^=alert-], .btn-seen, [data-seen]": "alert.acknowledge",
    "a#alert-new, a#alert-update, #alert-resend, #compose :is(button, input, select, textarea)": "alert.write",
    "#alert-cancel, [data-key^=cancel-]": "alert.cancel",
    "#contact-add, #contact-import": "contact.manage",
    "[data-key^=feed-], [data-key^=choose-]": "feed.manage",
    "[data-key^=assess]": "assessment.write",
    "#clarification :is(button, input, textarea), .said-card .btn:not(.btn-primary)": "clarification.write",
    ".said-card .btn-primary": "clarification.approve",
    ".opening :is(button, input, select)": "opening.change",
    "input[type=file][data-key^=photo], input[type=file][id^=photo-], #desk-file": "attachment.write",
    "#send-position, #share-position": "unit.move",
    "[data-map=draw][aria-label^=Gambar]": "zone.draw",
    "button#status-pill": "status.declare",
    "#decision-add, #decision-rows button": "decision.write",
    "#shift .btn-primary, #shift button.btn:not([data-copy], [data-key=text])": "handover.write",
    "#holds-open": "number.hold",
    "#call-form button, #call-form select, #call-form textarea, #call-form input": "call.record",
    "#answer, #rings-new, #clear-form, #save": "call.record",
    "#say :is(button, input, select), #roll-begin": "radio.say",
    "#net-open :is(button, input), #line :is(button, input), [data-order], [data-strike]": "radio.say",
    "#tab-of-kinds, [data-relay], #relay-add :is(button, select)": "unit.manage",
    ".cards-row, #card-text": "card.manage",
    ".ground :is(button, input, select)": "ground.manage",
    ".people #people-rows button, :is(#person, #unit) :is(button, input, select)": "person.manage",
    "#figures-csv, #figures-xlsx": "figures.read",
    "#decision-csv": "handover.read",
}
# what on a screen only looks, finds, turns or leaves: nobody is kept from it
HARMLESS = (
    "#find-open, #trouble-open, .menu summary, .menu button, .keys-open, #keys-open",
    "[role=tab], [data-show], [data-decisions], [data-group], [data-office], main summary",
    "#queue-search, #unit-search, #people-search, #contact-search",
    "[data-map]:not([data-map=draw][aria-label^=Gambar]), .leaflet-control-zoom a",
    ".unit[data-id], .unit-line, .bell-what, .panel-close, .alert-row, #alert-csv, #alert-phone, #alert-hear",
    "a[href='/situation.html'], a[href^='/?i='], a.btn[href^='/handover'], a.btn[href^='/alerts'], a[href^='geo:']",
    "a.btn[href='/info'], a.btn[href='/api/v1/radio/card']",
    "#figures-form select, #figures-form input, .figures-ask select, .figures-ask input",
    "#print, [data-key=text], [data-copy], [data-choose], a.btn[href^='/api/v1/radio/nets/']",
    "html:not([data-person]) *",  # a page that stands alone knows nobody and has no verbs
)
QUIET_MS = 150
SOON_MS = 40_000
DRAWN_QUEUE = ".queue-row, #queue-empty:not([hidden])"
# said in Indonesian on purpose: the names of offices, and the words a file has in its first line or its address
NAMES_OF_THINGS = tuple(name for _, name in AGENCIES) + ("nama, jenis", "nama, bujur", "https://", "GDACS (", "BMKG (")
CATALOGUE = ROOT / "incident" / "translations" / "en" / "LC_MESSAGES" / "messages.po"

# nothing was put into the page for so long
AT_REST = """(quiet) => new Promise((done) => {
  let timer = 0;
  const end = () => (watch.disconnect(), done());
  const wait = () => (clearTimeout(timer), (timer = setTimeout(end, quiet)));
  const watch = new MutationObserver(wait);
  watch.observe(document.body, { subtree: true, childList: true });
  wait();
})"""

# what can be seen and pressed: which deeds are offered, and what is neither a deed nor harmless
CONTROLS = """([deeds, harmless]) => {
  const isOpen = (box) => box.checkVisibility({ visibilityProperty: true }) && box.getClientRects().length > 0
    && !box.matches(":disabled") && !box.closest("[aria-disabled=true]");
  const kinds = "button, input, select, textarea, summary, [role=button], [contenteditable=true], a.btn, a[download]";
  const isKnown = (box) => [...deeds, ...harmless].some((which) => box.matches(which));
  const named = (box) => [box.localName, box.id && `#${box.id}`, ...[...box.attributes]
    .filter(({ name }) => name.startsWith("data-") || ["class", "name", "href"].includes(name))
    .map(({ name, value }) => `[${name}="${value}"]`)].filter(Boolean).join("");
  return {
    offered: deeds.filter((which) => [...document.querySelectorAll(which)].some(isOpen)),
    unmapped: [...document.querySelectorAll(kinds)].filter((box) => isOpen(box) && !isKnown(box)).map(named),
    links: [...document.querySelectorAll('header a[href^="/"]')].map((a) => a.getAttribute("href")),
  };
}"""


BEHIND_TABS = {"/radio": ("#stations", "#voice")}
"""Parts of a page that its address opens."""


@pytest.fixture(scope="module")
def every_leaf(room: Room, template_file: Path, tmp_path_factory: pytest.TempPathFactory) -> list[Leaf]:
    """Every page of a room in which all that has a button has something to press it for."""
    a_busy_hour(room)
    a_shift_handed_over(room)
    a_rumour_and_a_shelter(room)
    a_kept_message(room)
    found = leaves(room, template_file, tmp_path_factory.mktemp("leaves"))
    parts = [replace(leaf, path=leaf.path + part) for leaf in found for part in BEHIND_TABS.get(leaf.path, ())]
    return [leaf for leaf in found if not leaf.path.startswith("/ogc/")] + parts  # one of them speaks for all


class Walker(Visit):
    """Somebody whose page is looked at when all it asked for has come."""

    def __init__(self, context: BrowserContext, origin: str):
        super().__init__(context, origin)
        self.asked: set[Request] = set()

    def listen(self, page: Page) -> None:
        super().listen(page)
        page.on("request", lambda request: self.asked.add(request))
        page.on("requestfinished", lambda request: self.asked.discard(request))
        page.on("requestfailed", lambda request: self.asked.discard(request))

    def rest(self) -> None:
        """Until nothing is on its way and nothing was put into the page for a while."""
        for _ in range(100):
            self.page.evaluate(AT_REST, QUIET_MS)
            if not self.asked:
                return

    def heard(self) -> list[list[str]]:
        """Who was asked that is a stranger, what failed, what the page complained of."""
        return [list(one) for one in (self.foreign, self.failed, self.errors)]

    def leave(self) -> None:
        """What a page asks for while it is left is given up, and that is no fault of it."""
        self.page.goto("about:blank")
        for one in (self.foreign, self.failed, self.errors, self.asked):
            one.clear()


@dataclass
class Walk:
    """What one role met on all its pages, each opened once, in one window: path -> what was there."""

    someone: Walker
    faults: dict[str, list[list[str]]] = field(default_factory=dict)
    offered: dict[str, list[str]] = field(default_factory=dict)
    unmapped: dict[str, list[str]] = field(default_factory=dict)
    words: dict[str, list[str]] = field(default_factory=dict)
    links: set[str] = field(default_factory=set)

    def look_at(self, leaf: Leaf) -> None:
        page = opened(self.someone, leaf.path)
        told = page.evaluate(CONTROLS, [list(DEEDS), list(HARMLESS)])
        self.offered[leaf.path], self.unmapped[leaf.path] = told["offered"], sorted(set(told["unmapped"]))
        self.words[leaf.path] = page.evaluate(OWN_WORDS)
        self.links |= {path for path in told["links"] if not path.startswith("/language/")}
        self.faults[leaf.path] = self.someone.heard()
        self.someone.leave()


@pytest.fixture(scope="module")
def walk(chromium: Browser, room: Room, every_leaf: list[Leaf]) -> Iterator[Callable[[str], Walk]]:
    """walk(role): its pages, walked when they are first asked for; every test reads the same walk."""
    walks: dict[str, Walk] = {}

    def walked(role: str) -> Walk:
        if role not in walks:
            someone = sat_down(chromium, room, NAMES[role], "id")
            walks[role] = Walk(someone)
            for leaf in (one for one in every_leaf if one.name and role in one.roles):
                walks[role].look_at(leaf)
        return walks[role]

    yield walked
    for one in walks.values():
        one.someone.context.close()


def sat_down(chromium: Browser, room: Room, name: str | None, language: str) -> Walker:
    """Somebody at a browser that speaks this language."""
    context = chromium.new_context(base_url=room.url, viewport={"width": 1366, "height": 768}, locale="id-ID")
    someone = Walker(context, room.url)
    someone.context.add_cookies([{"name": "posko_language", "value": language, "url": room.url}])
    if name:
        someone.log_in(name)
    return someone


def opened(someone: Walker, path: str) -> Page:
    """The page with what comes after it; the board with an incident on which a unit works."""
    page = someone.page if someone.context.pages else someone.context.new_page()
    page.goto(path)
    if page.locator("html").get_attribute("data-live") == "on":
        expect(page.locator("#lamps .lamp-ok").first).to_be_attached(timeout=SOON_MS)
    if page.locator("#queue-scroll").count():
        expect(page.locator(DRAWN_QUEUE).first).to_be_attached(timeout=SOON_MS)
        page.evaluate("document.querySelector('#row-1')?.click()")
    if page.locator("#row-1").count():
        expect(page.locator("#panel-tabs")).to_be_attached(timeout=SOON_MS)
    someone.rest()
    return page


# what is offered


@pytest.mark.parametrize("role", rules.ROLES)
def test_no_screen_offers_what_its_reader_may_not_do_and_none_asks_a_stranger(
    walk: Callable[[str], Walk], role: str
) -> None:
    met = walk(role)
    closed = {which: verb for which, verb in DEEDS.items() if not rules.may(role, verb)}
    forbidden = {
        path: [f"{closed[which]}: {which}" for which in offered if which in closed]
        for path, offered in met.offered.items()
    }
    assert {path: faults for path, faults in forbidden.items() if faults} == {}
    assert [path for path in sorted(met.links) if not met.someone.context.request.get(path).ok] == []
    assert {path: faults for path, faults in met.faults.items() if any(faults)} == {}


@pytest.mark.parametrize("role", rules.ROLES)
def test_every_control_is_in_the_table_or_known_to_be_harmless(walk: Callable[[str], Walk], role: str) -> None:
    """A new button is tested for every role the day it is born: it belongs in DEEDS, or in HARMLESS."""
    assert {path: controls for path, controls in walk(role).unmapped.items() if controls} == {}


def test_every_deed_of_the_table_stands_on_some_screen(walk: Callable[[str], Walk]) -> None:
    """A selector that finds nothing anywhere would prove nothing."""
    seen = {which for role in ("admin", "field") for offered in walk(role).offered.values() for which in offered}
    assert set(DEEDS) - seen == set()


# what is said


@pytest.fixture(scope="module")
def said() -> dict[str, str]:
    """Bahasa Indonesia -> English, of everything the screens say."""
    catalogue = pofile.read_po(io.BytesIO(CATALOGUE.read_bytes()), locale="en")
    return {str(one.id): str(one.string) for one in catalogue if one.id and one.string}


@pytest.mark.parametrize("role", rules.ROLES)
def test_no_indonesian_page_says_a_word_of_the_english(
    walk: Callable[[str], Walk], said: dict[str, str], role: str
) -> None:
    """What is the same in both languages (radio, status) is a key of the catalogue too and no fault."""
    foreign = set(said.values()) - set(said)
    found = {path: sorted(foreign.intersection(words)) for path, words in walk(role).words.items()}
    assert {path: words for path, words in found.items() if words} == {}


def test_no_english_page_says_a_word_of_the_indonesian(
    chromium: Browser, room: Room, every_leaf: list[Leaf], said: dict[str, str]
) -> None:
    foreign = set(said) - set(said.values())
    people = {name: sat_down(chromium, room, name, "en") for name in {leaf.name for leaf in every_leaf}}
    found = {}
    for leaf in every_leaf:
        in_english = "/info?lang=en" if leaf.path == "/info" else leaf.path.replace("/id", "/en")
        page = opened(people[leaf.name], in_english)
        found[leaf.path] = [words for words in page.evaluate(OWN_WORDS) if is_indonesian(words, foreign)]
        people[leaf.name].leave()
    for someone in people.values():
        someone.context.close()
    assert {path: words for path, words in found.items() if words} == {}


def is_indonesian(words: str, foreign: set[str]) -> bool:
    """A sentence of the catalogue's Indonesian half (a key is none), or one with a word only that language has."""
    has_own_word = INDONESIAN.search(words) and not any(name in words for name in NAMES_OF_THINGS)
    return bool(has_own_word) or (len(words) > 3 and words in foreign)


# what the wall knows

SECRET_WORDS = ("Bu Sri", "081234567321", "234567321", *(narrative for *_, narrative in CALLS))


def test_the_wall_is_never_told_who_called_or_what_they_said(
    visit: Callable[..., Visit], every_leaf: list[Leaf], room: Room
) -> None:
    """All that reaches each of its scenes (answers, live batches) and all that stands on it, while a call comes in."""
    told: list[str] = []
    page = visit("lalu").context.new_page()
    page.on("websocket", lambda line: listen(line, told))
    page.on("response", lambda answer: told.append(answer.url))
    for scene in ("queue", "map", "units", "figures"):
        told.clear()
        with page.expect_response("**/api/v1/board*") as board:
            page.goto(f"/wall?scenes={scene}")
        told.append(board.value.text())
        expect(page.locator("#wall-age")).to_contain_text("WITA", timeout=SOON_MS)
        number = int(call(Caller(room, "call_taker"), *CALLS[1])["incident"])
        until_told(page, told, f"{number}")
        page.evaluate(AT_REST, QUIET_MS)
        told.append(page.content())
        assert len(told) > 3, scene
        assert [words for words in SECRET_WORDS if any(words in one for one in told)] == [], scene


def listen(line: WebSocket, told: list[str]) -> None:
    line.on("framereceived", lambda frame: told.append(frame if isinstance(frame, str) else frame.decode("latin1")))


def until_told(page: Page, told: list[str], words: str) -> None:
    """Until the live line has said it."""
    for _ in range(800):
        if any("incident.opened" in one and words in one for one in told):
            return
        page.wait_for_timeout(50)
    raise AssertionError("the wall heard nothing of the call")
