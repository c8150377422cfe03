"""The radio page at work: words measured before they go, a plug that falls out, a net led by keyboard."""

import contextlib
import re
import shutil
import socket
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.browser import axe
from tests.browser.conftest import Visit
from tests.browser.seeds import Caller
from tests.browser.test_radio_roll import RadioRoom

SEEN_MS = 40_000  # usually three seconds; on a busy machine it may take its time


class Tnc:
    """A TNC behind a socket that hears nothing and takes everything, until its cable is pulled."""

    def __init__(self) -> None:
        self.door = socket.create_server(("127.0.0.1", 0))
        self.port = int(self.door.getsockname()[1])
        self.joined: list[socket.socket] = []
        threading.Thread(target=self._welcome, daemon=True).start()

    def _welcome(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                self.joined.append(self.door.accept()[0])
                threading.Thread(target=self._swallow, args=(self.joined[-1],), daemon=True).start()

    def _swallow(self, one: socket.socket) -> None:
        with contextlib.suppress(OSError):
            while one.recv(4096):
                pass

    def pull(self) -> None:
        with contextlib.suppress(OSError):
            self.door.shutdown(socket.SHUT_RDWR)
        self.door.close()
        for one in self.joined:
            with contextlib.suppress(OSError):
                one.shutdown(socket.SHUT_RDWR)
            one.close()

    def plug(self) -> None:
        self.joined = []
        self.door = socket.create_server(("127.0.0.1", self.port))
        threading.Thread(target=self._welcome, daemon=True).start()


@pytest.fixture(scope="module")
def tnc() -> Iterator[Tnc]:
    one = Tnc()
    yield one
    one.pull()


@pytest.fixture(scope="module")
def room(template_file: Path, tnc: Tnc) -> Iterator[RadioRoom]:
    folder = Path("/tmp") / f"posko-radio-{time.monotonic_ns()}"
    folder.mkdir()
    running = RadioRoom(folder, template_file, f"kiss+socket:127.0.0.1:{tnc.port}")
    head = Caller(running, "admin")
    for number, name in ((1, "REG01"), (2, "REG02"), (3, "REG03")):
        head.post("/units", call_sign=name, kind="trc", agency_code="BPBD", station=number)
    yield running
    running.close()
    shutil.rmtree(folder)


@pytest.fixture
def page(visit: Callable[..., Visit]) -> Page:
    opened = visit("dewi").open("/radio")
    expect(opened.locator("#radio-lamp")).to_contain_text("tersambung")
    return opened


def test_words_are_measured_while_typed_and_refused_before_they_are_sent(page: Page, room: RadioRoom) -> None:
    page.locator("#say-text").fill("Jembatan putus")
    expect(page.locator("#say-meter")).to_have_text(
        re.compile(r"^\d+ bita, 0,\d+ detik di udara, lalu .+ untuk jawaban$")
    )
    page.locator("#say-text").fill("awas\u200d hujan")
    expect(page.locator("#say-text-error")).to_contain_text("U+200D")
    before = sent(room)
    page.locator("#say-text").press("Enter")
    page.locator("#say-text").fill("zxqj " * 79)
    expect(page.locator("#say-text-error")).to_contain_text("terlalu panjang")
    page.locator("#say-text").press("Enter")
    assert sent(room) == before


def sent(room: RadioRoom) -> list[int]:
    return [one["id"] for one in Caller(room, "dispatcher").get("/radio/log")["transmissions"]]


def test_two_quick_clicks_send_once_and_the_log_says_to_whom(page: Page, room: RadioRoom) -> None:
    before = sent(room)
    page.locator("#say-to").select_option("REG02")
    page.locator("#say-text").fill("Kembali ke pos")
    page.locator("#say button").dblclick()
    row = page.locator("#log tr", has_text="Kembali ke pos")
    expect(row).to_have_count(1)
    expect(row).to_contain_text("REG02")
    expect(row).to_contain_text("dewi")
    assert len(sent(room)) == len(before) + 1


def test_who_only_reads_has_nothing_to_press(visit: Callable[..., Visit]) -> None:
    page = visit("lalu").open("/radio")
    for tab in ("stations", "voice"):
        page.locator(f"#tab-of-{tab}").click()
    expect(page.locator("#nets-empty")).to_be_visible()
    assert page.locator("#say, #roll-begin, #net-open, #line").count() == 0


def test_a_plug_that_falls_out_shows_and_so_does_its_return(page: Page, tnc: Tnc) -> None:
    lamp = page.locator("#radio-lamp")
    tnc.pull()
    expect(lamp).to_have_class(re.compile("lamp-off"), timeout=SEEN_MS)
    expect(lamp).to_contain_text("port hilang")
    tnc.plug()
    expect(lamp).to_have_class(re.compile("lamp-ok"), timeout=SEEN_MS)


def test_stations_are_called_by_hand_once_and_the_turns_are_shown(page: Page, room: RadioRoom) -> None:
    page.locator("#tab-of-stations").click()
    expect(page.locator("#stations tr")).to_have_count(3)
    page.locator("#roll-begin").dblclick()
    expect(page.locator(".live-tiles .tile")).to_have_count(3)
    expect(page.locator(".live-text")).to_contain_text("Pengecekan stasiun")
    page.locator("#tab-of-stations").click()
    page.locator("#roll-begin").click()
    expect(page.locator("#roll-problem")).to_contain_text("sedang berjalan")
    expect(page.locator("#calls li")).to_have_count(1)


def test_a_net_is_led_by_keyboard_and_loses_nothing_on_a_bad_link(page: Page, room: RadioRoom) -> None:
    page.locator("#tab-of-voice").click()
    expect(page.locator("#net-open-name")).to_be_focused()
    page.keyboard.type("Jaring sore")
    page.keyboard.press("Tab")
    page.keyboard.type("RAPI 142,750 MHz")
    page.keyboard.press("Enter")
    box, lines = page.locator("#line-call_sign"), page.locator(".voice-lines li")
    expect(box).to_have_value("REG01")
    expect(box).to_be_focused()
    page.keyboard.press("Enter")
    expect(lines).to_have_count(1)
    expect(box).to_have_value("REG02")
    page.keyboard.press("Alt+n")
    expect(lines.first).to_contain_text("tidak menjawab")
    expect(box).to_have_value("REG03")

    room.wire.cut()
    page.locator("#line-report").fill("siaga 4 orang")
    page.keyboard.press("Enter")
    expect(page.locator("#line-problem")).not_to_be_empty()
    room.wire.mend()
    page.locator("#line-report").press("Enter")
    expect(lines).to_have_count(3, timeout=20_000)
    expect(lines.first).to_contain_text("siaga 4 orang")
    expect(page.locator("#voice-next")).to_contain_text("Semua sudah dipanggil")

    page.locator("[data-order=emergency]").click()
    expect(page.locator(".voice-banner")).to_contain_text("LALU LINTAS DARURAT")
    page.locator("[data-order=close]").click()
    expect(page.locator("#voice-problem")).to_contain_text("belum selesai")
    page.locator("[data-order=routine]").click()
    page.locator("[data-order=close]").click()
    expect(page.locator("#nets tr")).to_contain_text("Jaring sore")
    net = Caller(room, "dispatcher").get("/radio/net")["nets"][0]
    assert net["checked_in"] == 2


def test_axe_finds_nothing_in_any_part_while_much_goes_on(visit: Callable[..., Visit], room: RadioRoom) -> None:
    desk = Caller(room, "dispatcher")
    if desk.get("/radio/net")["net"] is None:
        net = desk.post("/radio/nets", name="Jaring malam", channel="VHF")["body"]["net"]
        desk.post(f"/radio/nets/{net}/lines", kind="check_in", call_sign="REG01", report="siaga", signal="59")
        desk.post(f"/radio/nets/{net}/lines", kind="no_answer", call_sign="REG02")
        desk.post(f"/radio/nets/{net}/orders", order="emergency")
    page = visit("dewi", color_scheme="dark", reduced_motion="reduce").open("/radio")
    axe.put_into(page)
    for tab in ("log", "stations", "voice"):
        page.locator(f"#tab-of-{tab}").click()
        expect(page.locator(f"#part-{tab}")).to_be_visible()
        page.wait_for_timeout(400)
        assert axe.in_both_themes(page) == [], tab


def test_no_part_scrolls_a_phone_sideways(visit: Callable[..., Visit]) -> None:
    page = visit("dewi", viewport={"width": 390, "height": 844}, has_touch=True, is_mobile=True).open("/radio")
    for tab in ("log", "stations", "voice"):
        page.locator(f"#tab-of-{tab}").click()
        expect(page.locator(f"#part-{tab}")).to_be_visible()
        page.wait_for_timeout(300)
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), tab
