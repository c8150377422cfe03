"""The field terminal as a person and as a program meets it."""

import asyncio
import json
import os
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from textual.widgets import Input, Static

from radio_bridge.devices import make_device
from radio_bridge.field import app as field_app
from radio_bridge.field.app import FieldApp
from radio_bridge.field.cli import field
from radio_bridge.link import Outgoing
from radio_bridge.radiogram import Alert, Cancel, Place, Radiogram, Text
from radio_bridge.rig import link_config
from radio_bridge.spool import Note, Spool, radiogram_body
from radio_bridge.team import FieldStation
from radio_bridge.wording import number_of
from tests.radio_bridge.rigs import FAST, KEY, LONG_S, centre, field_process, team, wait_for

FLOOD = Alert(7, 0, 0, 4, 2, 60, Place(116.55, -8.5), False, "Banjir @ Desa Pringgabaya")


@pytest.fixture
def url(tmp_path: Path) -> str:
    return f"loopback:{tmp_path}/air{FAST}"


@pytest.fixture
def app(url: str, tmp_path: Path) -> FieldApp:
    device = make_device(url, tmp_path)
    return FieldApp(device, link_config(KEY, 1, "TRC-1", device), Spool(tmp_path / "field.db"), "Asia/Makassar")


def send(rig: Any, spool: Spool, uid: str, words: Radiogram, priority: int = 0) -> None:
    spool.order(Outgoing(uid, words, (1,), priority, time.time() + 600), time.time())
    rig.wake()


def heard(spool: Spool, kind: str) -> list[dict[str, Any]]:
    return [one.body for one in spool.happenings() if one.kind == kind]


async def until(pilot: Any, is_true: Callable[[], Any], within_s: float = LONG_S) -> Any:
    deadline = time.monotonic() + within_s
    while time.monotonic() < deadline:
        await pilot.pause(0.02)
        if answer := is_true():
            return answer
    raise AssertionError(f"not within {within_s} s")


def shown(app: FieldApp, name: str) -> str:
    """The words of a widget, as they stand on the screen."""
    widget = app.query_one(f"#{name}", Static)
    return "\n".join(strip.text for strip in widget.render_lines(widget.outer_size.region))


@pytest.mark.slow
def test_an_alert_rings_and_one_key_acknowledges_it_as_a_person(
    app: FieldApp, url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    rings: list[float] = []
    monkeypatch.setattr(field_app, "READ_FIRST_S", 3600.0)
    app.bell = lambda: rings.append(time.monotonic())  # type: ignore[method-assign]

    async def watch() -> None:
        async with app.run_test(size=(110, 34)) as pilot:
            await until(pilot, lambda: "tersambung" in shown(app, "lamp"))
            assert "Belum ada siaran" in shown(app, "alert")
            send(rig, spool, "a1", FLOOD)
            await until(pilot, lambda: "BARU" in shown(app, "alert"))
            text = shown(app, "alert")
            assert "█" in text and "P0 BANJIR" in text and "Desa Pringgabaya" in text
            assert "8,5000 LS, 116,5500 BT" in text
            assert rings
            await pilot.press("space")
            assert not [one for one in heard(spool, "acked") if one["level"] == 2]  # nobody reads that fast
            monkeypatch.setattr(field_app, "READ_FIRST_S", 0.0)
            await pilot.press("space")
            await until(pilot, lambda: [one for one in heard(spool, "acked") if one["level"] == 2])
            await until(pilot, lambda: "pusat tahu" in shown(app, "alert"))

    with centre(url, tmp_path) as (rig, spool):
        asyncio.run(watch())


@pytest.mark.slow
def test_the_five_status_keys_and_the_outbox(app: FieldApp, url: str, tmp_path: Path) -> None:
    async def report() -> None:
        async with app.run_test(size=(110, 34)) as pilot:
            for at, key in enumerate("23479", 1):  # one after the other: a newer status closes one that still waits
                await pilot.press(key)
                await until(pilot, lambda at=at: shown(app, "outbox").count("diterima pusat") == at)
            await until(pilot, lambda: len(heard(spool, "received")) == 5)
            await until(pilot, lambda: shown(app, "outbox").count("diterima pusat") == 5)

    with centre(url, tmp_path) as (_, spool):
        asyncio.run(report())
        digits = sorted(one["radiogram"]["digit"] for one in heard(spool, "received"))
    assert digits == [2, 3, 4, 7, 9]


@pytest.mark.slow
def test_a_mayday_needs_two_presses(app: FieldApp, url: str, tmp_path: Path) -> None:
    async def call_for_help() -> None:
        async with app.run_test(size=(110, 34)) as pilot:
            await pilot.press("0")
            await pilot.pause(0.2)
            assert app.station.outbox() == []
            await pilot.press("0")
            await until(pilot, lambda: heard(spool, "received"))

    with centre(url, tmp_path) as (_, spool):
        asyncio.run(call_for_help())
        assert heard(spool, "received")[0]["radiogram"]["digit"] == 0


@pytest.mark.slow
def test_words_home_are_measured_and_never_cut(app: FieldApp, url: str, tmp_path: Path) -> None:
    async def write() -> None:
        async with app.run_test(size=(110, 34)) as pilot:
            await pilot.press("t", *"Air 2m")
            await until(pilot, lambda: "bita" in shown(app, "meter"))
            assert "detik di udara" in shown(app, "meter")
            app.query_one("#say", Input).value = "zq" * 2000
            await until(pilot, lambda: "TERLALU PANJANG" in shown(app, "meter"))
            await pilot.press("enter")
            await pilot.pause(0.1)
            assert app.station.outbox() == []
            assert app.query_one("#say", Input).value == "zq" * 2000
            app.query_one("#say", Input).value = "Air 2m, perahu perlu"
            await pilot.press("enter")
            await until(pilot, lambda: heard(spool, "received"))

    with centre(url, tmp_path) as (_, spool):
        asyncio.run(write())
        assert heard(spool, "received")[0]["radiogram"]["text"] == "Air 2m, perahu perlu"


def test_the_terminal_says_when_its_radio_is_gone(tmp_path: Path) -> None:
    device = make_device(f"kiss+serial:{tmp_path}/nothing", tmp_path)
    app = FieldApp(device, link_config(KEY, 1, "TRC-1", device), Spool(tmp_path / "field.db"))

    async def look() -> None:
        async with app.run_test(size=(110, 34)) as pilot:
            await until(pilot, lambda: "PORT HILANG" in shown(app, "lamp"))
            await pilot.press("4")
            await until(pilot, lambda: "menunggu" in shown(app, "outbox"))

    asyncio.run(look())


def test_a_memory_card_that_takes_nothing_ends_neither_screen_nor_ears(app: FieldApp, url: str, tmp_path: Path) -> None:
    card = app.station._spool._file

    async def press() -> None:
        async with app.run_test(size=(110, 34)) as pilot:
            card.execute("PRAGMA query_only = 1")  # as after a card fell back to read only
            send(rig, spool, "a1", FLOOD)
            await pilot.press("4", "b", "u", "p", *"-8,65 116,32", "enter", "escape", "space")
            await until(pilot, lambda: any("kartu memori" in one.message for one in app._notifications))
            card.execute("PRAGMA query_only = 0")
            await until(pilot, lambda: "BANJIR" in shown(app, "alert"))

    with centre(url, tmp_path) as (rig, spool):
        asyncio.run(press())


def test_a_clerk_that_cannot_write_goes_on_when_it_can_again(tmp_path: Path) -> None:
    told: list[dict[str, Any]] = []
    device, spool = make_device("loopback:?time=0", tmp_path), Spool(tmp_path / "field.db")
    clerk = FieldStation(device, link_config(KEY, 1, "TRC-1", device), spool, told.append)
    clerk.start()
    wait_for(lambda: told and told[-1].get("open"))
    with spool._lock:  # the clerk looks only when both stand
        spool.note([Note("received", {"radiogram": radiogram_body(Text("Kembali")), "source": 0, "counter": 9}, 1.0)])
        spool._file.execute("PRAGMA query_only = 1")
    clerk._bell.ring()
    wait_for(lambda: any(one["event"] == "error" for one in told))
    spool._file.execute("PRAGMA query_only = 0")
    clerk._bell.ring()
    wait_for(lambda: clerk.texts())
    clerk.stop()
    spool.close()


def test_an_exercise_is_loud_and_words_of_the_air_are_only_words(app: FieldApp, url: str, tmp_path: Path) -> None:
    async def watch() -> None:
        async with app.run_test(size=(110, 34)) as pilot:
            send(rig, spool, "a1", Alert(8, 0, 1, 4, 1, 60, exercise=True, text="[bold]siaga[/] [@click=quit]x"))
            await until(pilot, lambda: "[bold]siaga[/]" in shown(app, "alert"))
            assert app.query_one("#exercise").styles.display == "block"

    with centre(url, tmp_path) as (rig, spool):
        asyncio.run(watch())


def test_a_newer_revision_and_a_cancel_replace_the_alert(url: str, tmp_path: Path) -> None:
    with centre(url, tmp_path / "c") as (rig, spool), team(url, tmp_path) as (station, told):
        for uid, words in (("a", FLOOD), ("b", Alert(7, 1, 0, 4, 3, 60, text="Evakuasi")), ("c", Cancel(7, 2, 0))):
            send(rig, spool, uid, words)
            wait_for(lambda uid=uid: [one for one in heard(spool, "acked") if one["uid"] == uid])
        wait_for(lambda: len(station.alerts()) == 3)
        states = [card["state"] for card in station.alerts()]
        assert states == ["cancelled", "cancelled", "new"]
        assert not station.acknowledge(station.alerts()[0]["key"])


@pytest.mark.slow
def test_headless_speaks_json_and_survives_a_restart(url: str, tmp_path: Path) -> None:
    with centre(url, tmp_path / "c") as (rig, spool):
        with field_process(url, tmp_path) as terminal:
            assert terminal.wait("ready") == {"event": "ready", "station": 1, "callsign": "TRC-1"}
            terminal.wait("port", open=True)
            send(rig, spool, "a1", FLOOD)
            assert terminal.wait("alert", again=False)["text"] == FLOOD.text
            send(rig, spool, "t1", Text("Hati-hati arus deras"), 2)
            terminal.wait("text", text="Hati-hati arus deras")
        with field_process(url, tmp_path) as terminal:
            key = terminal.wait("alert", again=True)["key"]
            for wrong in ("status x", "status", "dance", f"text {'zq' * 2000}", "ack 9a9.9"):
                terminal.say(wrong)
            wait_for(lambda: len([one for one in terminal.told if one["event"] == "error"]) == 5)
            terminal.say(f"ack {key}")
            terminal.wait("confirmed", key=key)
            terminal.say("position 116.5 -8.6")
            terminal.say("list")
            terminal.wait("delivered")
            assert terminal.wait("list")["texts"][0]["text"] == "Hati-hati arus deras"
            terminal.say("quit")
            assert terminal.process.wait(LONG_S) == 0
        assert [one["level"] for one in heard(spool, "acked") if one["uid"] == "a1"] == [1, 2]


def test_a_station_that_lost_its_file_is_still_believed(url: str, tmp_path: Path) -> None:
    """Counters start from the clock: a new laptop is not taken for a recording of the old one."""
    with centre(url, tmp_path / "c", wall=lambda: time.time()) as (_, spool):
        with team(url, tmp_path / "old") as (station, _):
            station.report(3)
            wait_for(lambda: len(heard(spool, "received")) == 1)
        with team(url, tmp_path / "new") as (station, _):
            station.rig._link.keying.counter += 2  # two minutes later
            station.report(4)
            wait_for(lambda: len(heard(spool, "received")) == 2)


def test_wrong_calls_are_told_in_a_sentence(tmp_path: Path) -> None:
    environment = {"POSKO_DATA": str(tmp_path), "POSKO_RADIO_KEY": None}
    wrong = {
        "morse:key --callsign TRC-1 --key " + KEY: "names no radio device",
        "loopback: --callsign TERLALUPANJANG --key " + KEY: "no call sign",
        "loopback:?via=HILL-1&relays=3 --callsign TRC-1 --key " + KEY: "do not go together",
        "loopback:?via=TRC-1 --callsign TRC-1 --key " + KEY: "our own call sign",
        "loopback: --callsign TRC-1": "Kunci jaringan",
        "loopback: --callsign TRC-1 --key 12": "Kunci jaringan",
    }
    for words, sentence in wrong.items():
        result = CliRunner().invoke(field, ["--headless", "--port", *words.split()], env=environment)
        assert result.exit_code == 2
        assert sentence in result.output


@pytest.mark.parametrize("name", ["radio_stations.json", "field/TRC-1/field_spool.db"])
def test_a_broken_file_is_named(name: str, tmp_path: Path) -> None:
    (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
    (tmp_path / name).write_bytes(b"torn in two by the power cut" * 300)
    words = ["--headless", "--port", "loopback:", "--callsign", "TRC-1", "--key", KEY]
    result = CliRunner().invoke(field, words, env={"POSKO_DATA": str(tmp_path)})
    assert name in result.output and "Traceback" not in result.output
    assert isinstance(result.exception, SystemExit)


@pytest.mark.parametrize("gps", ["nonsense", "serial:/dev/nothing?baud=x"])
def test_a_receiver_that_can_never_be_opened_is_a_wrong_call(gps: str, tmp_path: Path) -> None:
    words = ["--port", "loopback:", "--callsign", "TRC-1", "--key", KEY, "--gps", gps]
    assert CliRunner().invoke(field, words, env={"POSKO_DATA": str(tmp_path)}).exit_code == 2


def test_help_has_an_example() -> None:
    assert "Example: posko field --port" in CliRunner().invoke(field, ["--help"]).output


@pytest.mark.slow
def test_the_number_comes_from_the_net_card_or_the_call_sign(url: str, tmp_path: Path) -> None:
    command = [sys.executable, "-m", "incident.cli", "field", "--headless", "--port", url, "--callsign", "trc-1"]
    environment = {**os.environ, "POSKO_DATA": str(tmp_path), "POSKO_RADIO_KEY": KEY}

    def first_line() -> dict[str, Any]:
        done = subprocess.run(
            command, env=environment, input="quit\n", capture_output=True, text=True, timeout=4 * LONG_S
        )
        return json.loads(done.stdout.splitlines()[0])  # type: ignore[no-any-return]

    assert first_line()["station"] == number_of("TRC-1")
    (tmp_path / "radio_stations.json").write_text('{"TRC-1": 17}')
    assert first_line()["station"] == 17
