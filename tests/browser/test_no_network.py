"""No network: desk and field page open, keep everything, and send it once and in order when the line is back."""

import sqlite3
from collections.abc import Callable, Iterator
from pathlib import Path
from queue import Queue

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, Playwright, expect, sync_playwright

from tests.browser.conftest import QUIET, Visit
from tests.browser.machine import ROWS_OF, Machine, await_kept, await_true, find_program, log_in
from tests.browser.room import Room
from tests.browser.seeds import Caller
from tests.cast import SECRET

pytestmark = pytest.mark.slow(20)

Sit = Callable[[], Machine]
Visits = Callable[..., Visit]
ELSEWHERE = "posko.test"  # a name that is no secure context, as 192.168.x.x is none
SOON_MS = 40_000


@pytest.fixture(scope="module")
def playwright() -> Iterator[Playwright]:
    with sync_playwright() as playing:
        yield playing


@pytest.fixture(scope="module")
def chromium(playwright: Playwright) -> Iterator[Browser]:
    """For all who do not lose their browser; it finds Posko under its other name too."""
    known = f"--host-resolver-rules=MAP {ELSEWHERE} 127.0.0.1"
    browser = playwright.chromium.launch(executable_path=find_program(), args=[*QUIET, known])
    expect.set_options(timeout=SOON_MS)
    yield browser
    browser.close()


@pytest.fixture(scope="module")
def room(template_file: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Room]:
    running = Room(tmp_path_factory.mktemp("room"), template_file, also_known_as=ELSEWHERE)
    yield running
    running.close()


@pytest.fixture(autouse=True)
def wire(chromium: Browser, room: Room) -> Iterator[None]:
    """Whatever a test did to it, the next one finds it whole."""
    yield
    room.wire.mend()


@pytest.fixture
def sit(playwright: Playwright, tmp_path: Path) -> Iterator[Sit]:
    """A computer of one's own, that can be killed."""
    machines: list[Machine] = []

    def begun() -> Machine:
        machines.append(Machine(playwright, tmp_path / f"profile{len(machines)}"))
        return machines[-1]

    yield begun
    for machine in machines:
        machine.close()


def opened(context: BrowserContext, origin: str, name: str, path: str) -> Page:
    """Someone logs in and opens a page that is then kept."""
    page = context.new_page()
    log_in(page, origin, name, SECRET, path)
    expect(page.locator("#lamps .lamp-ok").first).to_be_attached()
    return page


@pytest.fixture
def desk(visit: Visits, room: Room) -> Page:
    """The call taker's page, which would open without a server."""
    page = opened(visit(None, service_workers="allow").context, room.url, "sari", "/calls")
    await_kept(page)
    return page


def write(desk: Page, place: str) -> None:
    desk.keyboard.press("n")
    desk.keyboard.press("1")
    desk.locator("#place").fill(place)
    desk.locator("#narrative").fill("Ibu dan anak di atas atap")
    desk.locator("#save").click()
    expect(desk.locator("#place")).to_have_value("")


# the same, without a hand: two hundred calls by the keys of a test are two thousand errands between two programs
WRITE_MANY = """async (places) => {
  const field = (id) => document.getElementById(id);
  const press = (code) => document.body.dispatchEvent(new KeyboardEvent("keydown", { code, bubbles: true }));
  const type = (id, words) => {
    field(id).value = words;
    field(id).dispatchEvent(new Event("input", { bubbles: true }));
  };
  const until = async (is, what) => {
    for (const end = Date.now() + 20_000; !is(); await new Promise((done) => setTimeout(done, 5)))
      if (Date.now() > end) throw new Error(`it never came: ${what}`);
  };
  const isChosen = () => ["class", "type"].every((name) => document.querySelector(`[name=${name}]:checked`));
  for (const place of places) {
    document.activeElement?.blur();
    await until(() => (press("KeyN"), press("Digit1"), isChosen()), "the keys do something again");
    type("place", place);
    type("narrative", "Ibu dan anak di atas atap");
    field("save").click();
    await until(() => field("place").value === "", `${place} is kept`);
  }
}"""


def write_many(desk: Page, places: list[str]) -> None:
    """The first by hand, the others by the same keys, fields and button from inside the page."""
    write(desk, places[0])
    desk.evaluate(WRITE_MANY, places[1:])


def told(room: Room, like: str) -> list[str]:
    """The places of the calls the server keeps, in the order they were written down."""
    with sqlite3.connect(f"file:{room.folder}/posko.db?mode=ro", uri=True) as base:
        return [row[0] for row in base.execute("SELECT place FROM call WHERE place LIKE ? ORDER BY id", (like,))]


def log_in_again(desk: Page, port: int) -> None:
    """A browser that was killed has lost its log-in, and so has one whose session ended."""
    said = {"name": "sari", "secret": SECRET, "next": "/healthz"}
    assert desk.context.request.post(f"http://127.0.0.1:{port}/login", form=said).ok


def await_told(page: Page, room: Room, like: str, places: list[str]) -> None:
    """Until the server keeps these, and some time more: a double would come late."""
    for _ in range(400):
        if told(room, like) == places:
            break
        page.wait_for_timeout(50)
    page.wait_for_timeout(300)
    assert told(room, like) == places


def unsent(page: Page, words: str) -> None:
    expect(page.locator("#unsent-open")).to_have_text(words)


def all_is_sent(page: Page) -> None:
    expect(page.locator("#unsent-open")).to_be_hidden(timeout=90_000)


@pytest.mark.parametrize(("name", "path", "sign"), [("sari", "/calls", "#save"), ("tono", "/field", "#unit-name")])
def test_a_page_opens_reloads_and_starts_cold_without_a_server(
    sit: Sit, room: Room, name: str, path: str, sign: str
) -> None:
    machine = sit()
    page = opened(machine.start(), room.url, name, path)
    await_kept(page)
    room.wire.cut()
    page.reload()
    expect(page.locator(sign)).to_be_visible()
    machine.pull_the_plug()
    page = machine.start().new_page()
    page.goto(room.url + path)
    expect(page.locator(sign)).to_be_visible()
    expect(page.locator("#freeze")).to_be_visible()
    page.goto(f"{room.url}/people")
    expect(page.locator("main")).to_contain_text("Server tidak terjangkau")


def test_a_server_that_hangs_does_not_hold_the_page(desk: Page, room: Room) -> None:
    room.wire.hold()
    desk.reload(timeout=SOON_MS, wait_until="domcontentloaded")
    expect(desk.locator("#save")).to_be_visible()


def test_two_hundred_calls_a_killed_browser_and_a_killed_server_lose_nothing_and_double_nothing(
    sit: Sit, room: Room
) -> None:
    machine = sit()
    desk = opened(machine.start(), room.url, "sari", "/calls")
    await_kept(desk)
    places = [f"Lorong {nth:03}" for nth in range(1, 201)]
    room.wire.cut()
    expect(desk.locator("#kept")).to_contain_text("server tidak terhubung")
    write_many(desk, places[:100])
    unsent(desk, "100 belum terkirim")
    machine.pull_the_plug()
    context = machine.start()
    desk = context.new_page()
    desk.goto(f"{room.url}/calls")
    unsent(desk, "100 belum terkirim")
    write_many(desk, places[100:])
    unsent(desk, "200 belum terkirim")
    log_in_again(desk, room.port)  # past the wire: what is told first would else die with the first fall
    falls = Falls(room)
    room.wire.mend()
    falls.rise_each_time()
    all_is_sent(desk)
    assert told(room, "Lorong %") == places


class Falls:
    """The server dies while it is told the 5th, the 60th and the 120th: the words went through, and no answer comes."""

    MOMENTS = (5, 60, 120)
    WORDS = b"POST /api/v1/calls "

    def __init__(self, room: Room) -> None:
        self.room, self.heard = room, 0
        self.fallen: Queue[int] = Queue()
        room.wire.spy = self.hear

    def hear(self, piece: bytes) -> None:
        for _ in range(piece.count(self.WORDS)):
            self.heard += 1
            if self.heard in self.MOMENTS:
                self.room.fall()
                self.fallen.put(self.heard)

    def rise_each_time(self) -> None:
        for moment in self.MOMENTS:
            assert self.fallen.get(timeout=90) == moment
            assert len(told(self.room, "Lorong %")) <= moment
            self.room.rise()


def test_two_tabs_send_each_call_once(desk: Page, room: Room) -> None:
    other = desk.context.new_page()
    other.goto(f"{room.url}/calls")
    expect(other.locator("#lamps .lamp-ok").first).to_be_attached()
    room.wire.cut()
    places = [f"Gang {nth}" for nth in range(6)]
    for nth, place in enumerate(places):
        write(desk if nth % 2 else other, place)
    unsent(desk, "6 belum terkirim")
    unsent(other, "6 belum terkirim")
    room.wire.mend()
    for page in (desk, other):
        all_is_sent(page)
    assert told(room, "Gang %") == places


def test_one_that_is_refused_is_shown_with_the_sentence_and_the_rest_go_on(desk: Page, room: Room) -> None:
    incident = int(
        Caller(room, "call_taker").post(
            "/calls",
            **{"class": "normal", "type": "banjir", "channel": "112", "place": {"method": "text", "text": "Tutup"}},
        )["incident"]
    )
    Caller(room, "coordinator").post(f"/incidents/{incident}/close", disposition="handled")
    room.wire.cut()
    write(desk, "Setelah yang ditolak")
    desk.evaluate(REFUSED, incident)
    room.wire.mend()
    unsent(desk, "1 ditolak")
    assert told(room, "Setelah%") == ["Setelah yang ditolak"]
    desk.locator("#unsent-open").click()
    expect(desk.locator("#unsent-list")).to_contain_text("ditutup")


# a call linked to an incident that was closed meanwhile, put before the others by another tab
REFUSED = """async (incident) => {
  const from = document.querySelector("script[src*='desk.js']").src;
  const { keptFor } = await import(from.replace("desk.js", "sending.js"));
  const { createOutbox } = await import(from.replace("desk.js", "outbox.js"));
  const shout = () => new BroadcastChannel("posko.outbox").postMessage("");
  const send = async () => ({ status: 0 });
  const box = createOutbox({ opening: keptFor("sari"), person: "sari", send, shout });
  const [uid, place] = [crypto.randomUUID(), { method: "text", text: "Ditolak" }];
  const body = { uid, class: "normal", type: "banjir", channel: "112", place, incident };
  await box.add({ uid, path: "/calls", label: "Ditolak", form: {}, body });
}"""


# whose it is


READ_ALL = (
    """async () => {
  const rowsOf = """
    + ROWS_OF
    + """;
  const words = (row) => JSON.stringify(row) + (row.sealed ? new TextDecoder("latin1").decode(row.sealed) : "");
  const tables = [await rowsOf("outbox"), await rowsOf("drafts"), await rowsOf("pictures")];
  const pages = await (await caches.open("posko-pages")).keys();
  return {
    kept: tables.flat().map(words),
    keys: (await rowsOf("keys")).map(({ person, key }) => [person, Boolean(key)]),
    pages: pages.map(({ url }) => new URL(url).pathname),
    storage: JSON.stringify({ ...localStorage }),
  };
}"""
)


def _log_out(page: Page) -> None:
    page.locator("details.menu > summary").click()
    page.locator("form[action='/logout'] button").click()


def test_after_a_log_out_nothing_of_the_person_is_left_to_read_and_the_calls_still_go_out(
    desk: Page, room: Room
) -> None:
    room.wire.cut()
    write(desk, "Rahasia Sari")
    unsent(desk, "1 belum terkirim")
    desk.on("dialog", lambda asked: asked.accept())
    _log_out(desk)
    expect(desk.locator("main")).to_contain_text("Server tidak terjangkau")
    desk.goto(f"{room.url}/calls")
    expect(desk.locator("main")).to_contain_text("Server tidak terjangkau")
    assert "sari" not in desk.locator("body").inner_text().lower()
    left = desk.evaluate(READ_ALL)
    assert left["keys"] == [["sari", False]]
    assert len(left["kept"]) == 1 and "Rahasia" not in str(left) and "atap" not in str(left)
    room.wire.mend()
    desk.goto(f"{room.url}/calls")
    desk.wait_for_url("**/login**")
    assert told(room, "Rahasia%") == []
    log_in(desk, room.url, "komang", SECRET, "/calls")
    expect(desk.locator("#unsent-open")).to_have_text("milik orang lain belum terkirim")
    assert "Rahasia" not in str(desk.evaluate(READ_ALL))
    desk.context.clear_cookies()
    log_in(desk, room.url, "sari", SECRET, "/calls")
    await_told(desk, room, "Rahasia%", ["Rahasia Sari"])


def test_a_log_out_with_the_line_whole_leaves_no_page_and_no_open_key(desk: Page, room: Room) -> None:
    _log_out(desk)
    desk.wait_for_url("**/login**")
    left = desk.evaluate(READ_ALL)
    assert (left["keys"], left["pages"]) == ([["sari", False]], [])


def test_the_page_of_one_is_not_shown_to_the_next_who_logs_in(desk: Page, room: Room) -> None:
    log_in(desk, room.url, "tono", SECRET, "/field")
    await_kept(desk)
    assert desk.evaluate(READ_ALL)["pages"] == ["/field"]
    room.wire.cut()
    desk.goto(f"{room.url}/calls")
    expect(desk.locator("main")).to_contain_text("Server tidak terjangkau")


def test_a_session_that_ended_while_away_loses_nothing(desk: Page, room: Room) -> None:
    room.wire.cut()
    write(desk, "Sesi habis")
    desk.context.clear_cookies()
    room.wire.mend()
    expect(desk.locator("#freeze")).to_contain_text("Masuk lagi")
    unsent(desk, "1 belum terkirim")
    log_in_again(desk, room.wire.port)
    all_is_sent(desk)
    assert told(room, "Sesi%") == ["Sesi habis"]


# a new version


AN_OLD_VERSION = """async () => {
  const [old, path] = ["0123456789ab", location.pathname];
  const shelf = await caches.open(`posko-shelf-${old}`);
  await shelf.put(`/static/${old}/js/desk.js`, new Response("alert('old')"));
  const pages = await caches.open("posko-pages");
  const [mine] = await pages.keys();
  const person = (await pages.match(mine)).headers.get("Posko-Person");
  const headers = { "Content-Type": "text/html", "Posko-Version": old, "Posko-Person": person };
  await pages.delete(mine);
  await pages.put(`${path}?version=${old}`, new Response("<h1>Halaman lama</h1>", { headers }));
}"""


def test_a_page_whose_files_are_not_all_here_is_not_shown(desk: Page, room: Room) -> None:
    desk.evaluate(AN_OLD_VERSION)
    room.wire.cut()
    desk.goto(f"{room.url}/calls")
    expect(desk.locator("main")).to_contain_text("Server tidak terjangkau")


def test_an_update_takes_page_and_files_together(desk: Page, room: Room) -> None:
    desk.evaluate(AN_OLD_VERSION)
    desk.evaluate("async () => (await (await navigator.serviceWorker.ready).unregister())")
    desk.reload()
    await_true(desk, "async () => !(await caches.keys()).includes('posko-shelf-0123456789ab')")
    versions = desk.evaluate("async () => (await (await caches.open('posko-pages')).keys()).map(({ url }) => url)")
    assert len(versions) == 1 and "0123456789ab" not in versions[0]


# an address that is no secure context


def test_over_plain_http_nothing_is_sealed_and_the_desk_says_so_and_loses_nothing(visit: Visits, room: Room) -> None:
    desk = opened(
        visit(None, service_workers="allow").context, f"http://{ELSEWHERE}:{room.wire.port}", "sari", "/calls"
    )
    assert desk.evaluate("isSecureContext") is False
    room.wire.cut()
    write(desk, "Tanpa TLS")
    unsent(desk, "1 belum terkirim")
    desk.locator("#unsent-open").click()
    expect(desk.locator("#unsent-kept")).to_contain_text("bukan HTTPS")
    desk.keyboard.press("Escape")
    room.wire.mend()
    all_is_sent(desk)
    assert told(room, "Tanpa%") == ["Tanpa TLS"]
