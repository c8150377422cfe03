"""The field terminal on small screens, on a real pty, and read aloud."""

import asyncio
import fcntl
import os
import pty
import re
import select
import struct
import subprocess
import sys
import termios
import time
from pathlib import Path
from typing import Any

import pytest

from alerts import speech
from radio_bridge.devices import make_device
from radio_bridge.field import app as app_module
from radio_bridge.field.aloud import Reader, words_of
from radio_bridge.field.app import READ_FIRST_S, FieldApp
from radio_bridge.radiogram import Alert, Place, Text
from radio_bridge.rig import link_config
from radio_bridge.spool import Note, Spool, radiogram_body
from tests.radio_bridge.rigs import FAST, KEY, LONG_S, centre, wait_for
from tests.radio_bridge.test_field import heard, send, shown, until
from tests.radio_bridge.test_terminal import alert

LONG = "Tanggul Kali Palung jebol. Bawa warga RT 02 dan RT 03 ke SDN 1 Pringgabaya lewat jalan utara"
FLOOD = Alert(7, 0, 0, 4, 3, 60, Place(116.55, -8.63), False, LONG)


@pytest.fixture
def url(tmp_path: Path) -> str:
    return f"loopback:{tmp_path}/air{FAST}"


def field_app(url: str, folder: Path, reader: Reader | None = None) -> FieldApp:
    device = make_device(url, folder)
    spool = Spool(folder / "field.db")
    return FieldApp(device, link_config(KEY, 1, "TRC-1", device), spool, "Asia/Makassar", reader)


@pytest.mark.slow
@pytest.mark.parametrize("size", [(80, 24), (40, 15)])
def test_on_a_small_screen_the_order_the_words_the_way_and_the_keys_are_seen(
    size: tuple[int, int], url: str, tmp_path: Path
) -> None:
    app = field_app(url, tmp_path)

    async def look() -> None:
        async with app.run_test(size=size) as pilot:
            app.station.stand_at(116.5, -8.6)
            send(rig, spool, "a1", FLOOD)
            await until(pilot, lambda: "BARU" in shown(app, "alert"))
            await pilot.pause()
            text = " ".join(shown(app, "alert").split())
            assert "█" in text and "P0 BANJIR" in text and "arah 121° tenggara, 6,4 km" in text
            assert all(word in text for word in LONG.split())
            assert "SPASI" in shown(app, "keys") and "MAYDAY" in shown(app, "keys").replace("\xa0", " ")
            for name in ("alert", "keys", "sent"):
                region = app.query_one(f"#{name}").region
                assert region.height > 0 and region.bottom <= size[1] and region.right <= size[0]

    with centre(url, tmp_path) as (rig, spool):
        asyncio.run(look())


def test_on_the_smallest_screen_words_from_the_centre_are_seen(tmp_path: Path) -> None:
    device = make_device(f"kiss+serial:{tmp_path}/nothing", tmp_path)
    app = FieldApp(device, link_config(KEY, 1, "TRC-1", device), Spool(tmp_path / "field.db"))

    async def look() -> None:
        async with app.run_test(size=(40, 15)) as pilot:
            note = {"radiogram": radiogram_body(Text("Kembali ke pos")), "source": 0, "counter": 9}
            app.station._spool.note([Note("received", note, 1.0)])
            await until(pilot, lambda: "PUSAT: Kembali ke pos" in shown(app, "outbox"))

    asyncio.run(look())


@pytest.mark.slow
def test_an_alert_that_came_over_another_is_not_acknowledged_unread(
    url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(app_module, "READ_FIRST_S", 3600.0)
    app = field_app(url, tmp_path)

    async def press() -> None:
        async with app.run_test(size=(80, 24)) as pilot:
            send(rig, spool, "low", Alert(8, 0, 2, 9, 2, 60, text="Pohon tumbang"), 2)
            await until(pilot, lambda: "POHON" in shown(app, "alert"))
            send(rig, spool, "high", FLOOD)
            await until(pilot, lambda: "BANJIR" in shown(app, "alert"))
            await pilot.press("space")
            assert {card["state"] for card in app.station.alerts()} == {"new"}
            monkeypatch.setattr(app_module, "READ_FIRST_S", 0.0)
            await pilot.press("space")
            await until(pilot, lambda: "POHON" in shown(app, "alert"))
            states = {card["ref"]: card["state"] for card in app.station.alerts()}
            assert states[8] == "new" and states[7] != "new"

    with centre(url, tmp_path) as (rig, spool):
        asyncio.run(press())


@pytest.mark.slow
def test_a_key_that_hangs_says_its_digit_once_and_every_digit_has_its_key(url: str, tmp_path: Path) -> None:
    app = field_app(url, tmp_path)

    async def press() -> None:
        async with app.run_test(size=(80, 24)) as pilot:
            await pilot.press(*"3333333", *"bbb", *"12456789")
            await until(pilot, lambda: len(app.station.outbox()) == 10)
            texts = [card["text"][:5] for card in app.station.outbox()]
            assert sorted(text[0] for text in texts) == sorted("3B12456789")

    asyncio.run(press())


@pytest.mark.slow
def test_the_position_line_and_the_list_of_the_last_fifty(url: str, tmp_path: Path) -> None:
    app = field_app(url, tmp_path)

    async def use() -> None:
        async with app.run_test(size=(80, 24)) as pilot:
            await pilot.press("p", *"dekat masjid", "enter")
            assert app.station.here() is None
            app.query_one("#say").value = ""  # type: ignore[attr-defined]
            await pilot.press(*"-8,6529 116,3249", "enter")
            await until(pilot, lambda: app.station.outbox())
            assert app.station.here() is not None
            await pilot.press("d")
            await pilot.pause()
            assert "POSISI" in str(app.screen.query_one("#all").render()).upper() or len(app.screen_stack) == 2
            await pilot.press("d")
            await pilot.pause()
            assert len(app.screen_stack) == 1

    asyncio.run(use())


# on a real pty


class Screen:
    """`posko field` as somebody over SSH has it: a pty of 80 by 24, what it wrote, and a keyboard."""

    def __init__(self, url: str, folder: Path) -> None:
        self.master, slave = pty.openpty()
        fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", 24, 80, 0, 0))
        command = [sys.executable, "-m", "incident.cli", "field", "--port", url, "--callsign", "TRC-1", "--number", "1"]
        command += ["--key", KEY, "--data", str(folder / "own"), "--silent"]
        environment = {**os.environ, "POSKO_DATA": str(folder), "TERM": "xterm-256color"}
        self.process = subprocess.Popen(
            command, stdin=slave, stdout=slave, stderr=slave, env=environment, start_new_session=True
        )
        os.close(slave)
        self.written = ""

    def read(self) -> str:
        """All it wrote so far, without the colours."""
        while select.select([self.master], [], [], 0.01)[0]:
            try:
                piece = os.read(self.master, 65536)
            except OSError:
                break
            self.written += piece.decode(errors="replace")
        return re.sub(r"\x1b\[[0-9;?]*[a-zA-Z]", " ", self.written)

    def press(self, keys: str) -> None:
        os.write(self.master, keys.encode())

    def end(self) -> None:
        self.process.kill()
        self.process.wait(LONG_S)
        os.close(self.master)


@pytest.mark.slow
def test_over_a_real_pty_an_alert_is_read_acknowledged_and_survives_a_power_cut(url: str, tmp_path: Path) -> None:
    with centre(url, tmp_path / "c") as (rig, spool):
        screen = Screen(url, tmp_path)
        try:
            wait_for(lambda: "tersambung" in screen.read(), what="the terminal")
            send(rig, spool, "a1", FLOOD)
            wait_for(lambda: "SDN" in screen.read() and "█" in screen.written, what="the alert")
            time.sleep(READ_FIRST_S + 0.1)
            screen.press(" ")
            wait_for(lambda: (screen.read(), [one for one in heard(spool, "acked") if one["level"] == 2])[1])
            screen.press("4")
            wait_for(lambda: (screen.read(), heard(spool, "received"))[1])
        finally:
            screen.end()  # kill -9, as a power cut
        again = Screen(url, tmp_path)
        try:
            wait_for(lambda: "SDN" in again.read() and "dilihat" in again.written, what="the alert of before")
            again.press("\x11")
            wait_for(lambda: again.process.poll() is not None or (again.read(), None)[1])
            assert again.process.returncode == 0
        finally:
            again.end()


# aloud


@pytest.fixture
def played(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    raw, asoundrc = tmp_path / "played.raw", tmp_path / "asoundrc"
    asoundrc.write_text(
        f'</usr/share/alsa/alsa.conf>\npcm.field {{ type file slave.pcm "null" file "{raw}" format "raw" }}\n'
    )
    monkeypatch.setenv("ALSA_CONFIG_PATH", str(asoundrc))
    return raw


@pytest.mark.slow
def test_an_alert_is_read_aloud_and_the_key_s_makes_it_silent(url: str, tmp_path: Path, played: Path) -> None:
    app = field_app(url, tmp_path, Reader(tmp_path / "speech", "field"))

    async def listen() -> None:
        async with app.run_test(size=(80, 24)) as pilot:
            send(rig, spool, "a1", FLOOD)
            await until(pilot, lambda: played.exists() and played.stat().st_size > 5 * 2 * speech.RATE)
            await pilot.press("s")
            assert "tanpa suara" in shown(app, "lamp")
            files = len(list((tmp_path / "speech").glob("*.wav")))
            send(rig, spool, "a2", Alert(9, 0, 1, 6, 1, 60, text="Gempa susulan"), 1)
            await until(pilot, lambda: len(app.station.alerts()) == 2)
            await pilot.pause(0.5)
            assert len(list((tmp_path / "speech").glob("*.wav"))) == files

    with centre(url, tmp_path) as (rig, spool):
        asyncio.run(listen())


def test_a_terminal_without_a_loudspeaker_says_why_and_goes_on(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    reader = Reader(tmp_path / "speech", "kartu-yang-tidak-ada")
    reader.start()
    for at in range(9):
        reader.read(alert(f"0a{at}.0", text=f"siaran {at}"))
    wait_for(lambda: reader.fault)
    assert "Kartu suara" in reader.fault
    reader.stop()


def test_what_is_read_aloud_says_what_to_do_first_and_that_it_is_an_exercise() -> None:
    headline, text = words_of(alert(exercise=True), "arah 90° timur, 2,0 km")
    assert headline.startswith("LATIHAN. evakuasi") and text.startswith(headline)
    assert "90 derajat timur" in text


def test_the_top_line_names_our_own_net(url: str, tmp_path: Path) -> None:
    app: Any = field_app(url, tmp_path)

    async def look() -> None:
        async with app.run_test(size=(80, 24)):
            assert "TRC-1 · stasiun 1 · jaringan 1 dinas" in shown(app, "who")

    asyncio.run(look())


def test_what_the_station_tells_while_the_screen_is_taken_down_breaks_nothing(url: str, tmp_path: Path) -> None:
    app: Any = field_app(url, tmp_path)

    async def end_and_be_told() -> None:
        async with app.run_test(size=(80, 24)):
            await app.query("*").remove()
            app.on_field_app_told(FieldApp.Told({"event": "port", "open": True}))
        app.on_field_app_told(FieldApp.Told({"event": "port", "open": True}))

    asyncio.run(end_and_be_told())
