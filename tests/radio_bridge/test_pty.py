"""Two real processes' worth of serial cable: pulled out in the middle of a frame, and put back."""

import statistics
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from incident.config import Settings
from incident.post import Post
from radio_bridge import bridge as bridges
from radio_bridge import rig as station_rig
from radio_bridge.bridge import Bridge
from radio_bridge.link import Outgoing
from radio_bridge.radiogram import Alert, Text
from tests.radio_bridge.rigs import FAST, KEY, LONG_S, Cable, Wire, centre, field_process, lamp_of, wait_for

CYCLES = 10


@pytest.fixture
def cables(tmp_path: Path) -> tuple[Cable, Cable]:
    made = Cable(tmp_path / "usb-centre"), Cable(tmp_path / "usb-field")
    for cable in made:
        cable.plug()
    return made


def url_of(cable: Cable) -> str:
    return f"kiss+serial:{cable.link}{FAST}&baud=115200"


def alert(ref: int) -> Alert:
    return Alert(ref, 0, 0, 4, 2, 60, text="Banjir, warga di atap")


def order(uid: str, words: object, to: tuple[int, ...] = (1,)) -> Outgoing:
    return Outgoing(uid, words, to, 0, time.time() + 600)  # type: ignore[arg-type]


@pytest.mark.slow
def test_a_cable_pulled_mid_frame_loses_and_doubles_nothing(cables: tuple[Cable, Cable], tmp_path: Path) -> None:
    """The centre's cable goes after ten bytes of the alert; it comes back; the field process sees the alert once."""
    wire = Wire(*cables)
    with centre(url_of(cables[0]), tmp_path) as (rig, spool), field_process(url_of(cables[1]), tmp_path) as field:
        field.wait("port", open=True)
        wait_for(lambda: rig.port.is_open)
        wire.on_cut = cables[0].unplug
        wire.cut_after = 10
        spool.order(order("a1", alert(7)), time.time())
        rig.wake()
        wait_for(lambda: not rig.port.is_open)
        assert field.find("alert") is None
        cables[0].plug()
        field.wait("alert", ref=7)
        field.say("ack")
        wait_for(lambda: [one for one in spool.happenings() if one.kind == "acked" and one.body["level"] == 2])
        field.wait("confirmed", ref=7)
        assert len([one for one in field.told if one["event"] == "alert"]) == 1
    wire.stop()


@pytest.mark.slow
def test_the_fields_cable_pulled_keeps_its_outbox(cables: tuple[Cable, Cable], tmp_path: Path) -> None:
    wire = Wire(*cables)
    with centre(url_of(cables[0]), tmp_path) as (_, spool), field_process(url_of(cables[1]), tmp_path) as field:
        field.wait("port", open=True)
        cables[1].unplug()
        field.wait("port", open=False)
        field.say("status 4")
        field.say("text Air mulai surut")
        field.wait("queued", kind="text")
        cables[1].plug()
        wait_for(lambda: len([one for one in spool.happenings() if one.kind == "received"]) == 2)
        wait_for(lambda: len([one for one in field.told if one["event"] == "delivered"]) == 2)
        heard = [one.body["radiogram"] for one in spool.happenings() if one.kind == "received"]
        assert sorted(one["is"] for one in heard) == ["Status", "Text"]
    wire.stop()


@pytest.mark.slow
def test_many_unplugs_are_seen_at_once_and_healed_at_once(
    cables: tuple[Cable, Cable], tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each cycle: seen on the word of the system, open again, one text each, none lost or doubled.

    The bounds are for a machine that is busy with much else; `posko bench radio` prints the figures.
    """
    for look in ("CHECK_S", "LONGEST_WAIT_S"):  # nobody looks by himself
        monkeypatch.setattr(station_rig, look, 3600.0)
    wire = Wire(*cables)
    seen_ms, back_ms = [], []
    with centre(url_of(cables[0]), tmp_path) as (rig, spool), field_process(url_of(cables[1]), tmp_path) as field:
        field.wait("port", open=True)
        for cycle in range(CYCLES):
            wait_for(lambda: rig.port.is_open)
            spool.order(order(f"t{cycle}", Text(f"pesan {cycle}")), time.time())
            rig.wake()
            time.sleep(0.01 * (cycle % 7))
            cables[0].unplug()
            wait_for(lambda: not rig.port.is_open)
            seen_ms.append(1000 * (time.monotonic() - cables[0].unplugged_at))
            cables[0].plug()
            wait_for(lambda: rig.port.is_open)
            back_ms.append(1000 * (time.monotonic() - cables[0].plugged_at))
        wait_for(lambda: len([one for one in field.told if one["event"] == "text"]) >= CYCLES, 4 * LONG_S)
        texts = [one["text"] for one in field.told if one["event"] == "text"]
    wire.stop()
    with capsys.disabled():
        print(f"\nunplug seen: median {statistics.median(seen_ms):.1f} ms, worst {max(seen_ms):.1f} ms; ", end="")
        print(f"back: median {statistics.median(back_ms):.0f} ms, worst {max(back_ms):.0f} ms")
    assert sorted(texts) == sorted(f"pesan {cycle}" for cycle in range(CYCLES))
    assert statistics.median(seen_ms) < 1000
    assert statistics.median(back_ms) < 2000


def test_the_lamp_says_at_once_that_the_plug_is_lost(
    post: Post, settings: Settings, cables: tuple[Cable, Cable], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Because it was lost, and not because the lamp is said again every few seconds."""
    monkeypatch.setattr(bridges, "SHOW_S", 3600.0)
    post.settings = settings.model_copy(update={"radio": url_of(cables[0]), "radio_key": KEY})

    bridge = Bridge(post)
    running = threading.Thread(target=bridge.run)
    running.start()
    wait_for(lambda: lamp_of(post) == ("ok", "tersambung"))
    cables[0].unplug()
    wait_for(lambda: lamp_of(post)[1].startswith("port hilang "))
    assert lamp_of(post)[0] == "off"
    cables[0].plug()
    wait_for(lambda: lamp_of(post) == ("ok", "tersambung"))
    bridge.stop()
    running.join(LONG_S)
    assert lamp_of(post) == ("off", "radio tidak berjalan")


def test_the_lamp_names_the_program_that_has_the_port(
    post: Post, settings: Settings, cables: tuple[Cable, Cable]
) -> None:
    post.settings = settings.model_copy(update={"radio": url_of(cables[0]), "radio_key": KEY})
    words = "import os, sys, time; os.open(sys.argv[1], os.O_RDWR | os.O_NOCTTY); print(1, flush=True); time.sleep(60)"
    foreign = subprocess.Popen([sys.executable, "-c", words, cables[0].link], stdout=subprocess.PIPE)
    assert foreign.stdout
    foreign.stdout.readline()
    bridge = Bridge(post)
    running = threading.Thread(target=bridge.run)
    running.start()

    wait_for(
        lambda: (
            f"({foreign.pid}). Tutup program itu." in lamp_of(post)[1] and lamp_of(post)[1].startswith("port dipakai")
        )
    )
    foreign.kill()
    foreign.communicate()
    wait_for(lambda: lamp_of(post)[1] == "tersambung")
    bridge.stop()
    running.join(LONG_S)
