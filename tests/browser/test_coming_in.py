"""The door: the first start, logging in and out, the other language, and being shown out."""

import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from gis.database import Database
from incident.config import load_settings
from incident.people import setup_link
from tests.browser.conftest import Visit
from tests.browser.room import Room
from tests.browser.seeds import Caller, a_busy_hour
from tests.cast import SECRET

OUT_MS = 40_000  # shown out at all; a busy machine may take its time
INDONESIAN = re.compile(
    r"\b(kejadian|satuan|laporan|siaran|lapangan|selesai|tutup|kirim|catatan|menunggu|belum|sudah|dan|yang|tempat|"
    r"penelepon|pelapor|prioritas|cari|peta|lampu|layar|basis data|halaman|keluar|masuk|simpan|batal|terbuka)\b",
    re.IGNORECASE,
)
# every text and every label of the page, but for what people said
OWN_WORDS = """() => {
  const said = [".queue-place", ".brand", "dd", "#panel-body", "#calls", ".leaflet-container", "[lang=id]"];
  const isSaid = (box) => box.closest(["script", "style", ...said].join(", "));
  const words = new Set();
  const walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walk.nextNode()) if (!isSaid(walk.currentNode.parentElement)) words.add(walk.currentNode.data.trim());
  const labels = ["aria-label", "title", "placeholder"];
  for (const box of document.querySelectorAll("[aria-label], [title], [placeholder]")) {
    if (!isSaid(box)) for (const label of labels) words.add(box.getAttribute(label) ?? "");
  }
  return [...words].filter(Boolean);
}"""


def log_in(page: Page, name: str, secret: str = SECRET) -> None:
    page.locator("#name").fill(name)
    page.locator("#secret").fill(secret)
    page.locator("#submit").click()


def test_a_wrong_secret_is_told_and_the_right_one_leads_where_one_wanted_to(visit: Callable[..., Visit]) -> None:
    door = visit(None).open("/calls")
    expect(door).to_have_url(re.compile(r"/login\?next=/calls"))
    expect(door.locator("#problem")).to_be_empty()
    log_in(door, "sari", "bukan kata sandinya")
    expect(door.locator("#problem")).to_have_text("Nama atau kata sandi salah.")
    expect(door.locator("#secret")).to_be_focused()
    log_in(door, "sari")
    expect(door).to_have_url(re.compile("/calls$"))
    expect(door.locator("#call-form")).to_be_visible()


def test_a_field_team_lands_on_its_own_page(visit: Callable[..., Visit]) -> None:
    door = visit(None).open("/login")
    log_in(door, "tono")
    expect(door).to_have_url(re.compile("/field$"))
    expect(door.locator("#unit-name")).to_have_text("TRC-1")


def test_who_logs_out_is_out(visit: Callable[..., Visit]) -> None:
    someone = visit("komang")
    board = someone.open("/")
    board.locator(".menu summary").click()
    board.get_by_role("button", name="Keluar").click()
    expect(board).to_have_url(re.compile("/login$"))
    board.goto("/")
    expect(board).to_have_url(re.compile("/login"))
    assert someone.context.request.get("/api/v1/board").status == 401


def test_english_leaves_no_indonesian_on_the_page(visit: Callable[..., Visit], room: Room) -> None:
    a_busy_hour(room)
    for name, paths in (("komang", ("/", "/?i=1")), ("sari", ("/calls",))):
        page = visit(name).open(paths[0])
        page.locator(".menu summary").click()
        page.get_by_role("link", name="English").click()
        expect(page.locator("html")).to_have_attribute("lang", "en")
        for path in paths:
            page.goto(path)
            expect(page.locator("#lamps")).to_contain_text("live")
            if "?i=" in path:
                expect(page.locator("#panel-tabs")).to_be_visible()
            page.wait_for_timeout(800)
            assert left_over(page) == [], f"{path} for {name}"
        page.locator(".menu summary").click()
        page.get_by_role("link", name="Bahasa Indonesia").click()
        expect(page.locator("html")).to_have_attribute("lang", "id")
        expect(page.locator("#lamps")).to_contain_text("Layar")


def left_over(page: Page) -> list[str]:
    """Indonesian words the screen says of its own: what people said and place names are not its own."""
    return [words for words in page.evaluate(OWN_WORDS) if INDONESIAN.search(words)]


def test_who_is_revoked_loses_the_open_board(visit: Callable[..., Visit], room: Room) -> None:
    assert room.cast is not None
    board = visit("lalu").open("/")
    Caller(room, "admin").post(f"/people/{room.cast.people['leader']}/revoke")
    expect(board.locator("#freeze")).to_contain_text("Anda sudah keluar", timeout=OUT_MS)
    board.locator("#freeze a").click()
    expect(board).to_have_url(re.compile("/login"))


def test_an_administrator_revokes_with_two_clicks(visit: Callable[..., Visit]) -> None:
    desk = visit("dewi").open("/")
    page = visit("ayu").open("/people")
    row = page.locator("#people-rows tr", has=page.get_by_text("dewi", exact=True))
    row.get_by_role("button", name="Cabut akses").click()
    page.locator("#revoke-do").click()
    expect(row).to_contain_text("dicabut")
    expect(desk.locator("#freeze")).to_contain_text("Anda sudah keluar", timeout=OUT_MS)


# the first start


@pytest.fixture
def empty(template_file: Path, tmp_path: Path) -> Iterator[Room]:
    """A room where nobody works yet."""
    running = Room(tmp_path, template_file, parts=("serve",), with_cast=False)
    yield running
    running.close()


def test_the_set_up_link_makes_the_first_administrator_once(chromium, empty: Room) -> None:  # type: ignore[no-untyped-def]
    settings = load_settings(**{name.removeprefix("POSKO_").lower(): word for name, word in empty.words.items()})
    database = Database(settings.database)
    link = setup_link(database, settings)
    database.close()
    assert link
    path = "/setup/" + link.rpartition("/")[2]
    context = chromium.new_context(base_url=empty.url)
    page = context.new_page()
    page.goto(path)
    expect(page.locator("#problem")).to_be_empty()
    page.locator("#name").fill("wayan")
    page.locator("#secret").fill("empat kata biasa saja")
    page.locator("#again").fill("empat kata luar biasa")
    page.locator("#submit").click()
    expect(page.locator("#again-error")).to_contain_text("tidak sama")
    page.locator("#again").fill("empat kata biasa saja")
    page.locator("#submit").click()
    expect(page).to_have_url(re.compile(r":\d+/$"))
    expect(page.locator("#queue-empty")).to_be_visible()
    page.goto(path)
    expect(page.locator("main")).to_contain_text("sudah dipakai")
    context.close()
