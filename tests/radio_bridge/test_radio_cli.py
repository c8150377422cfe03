"""The `posko radio` commands, as a person types them."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from incident.post import Post
from radio_bridge import actions, hearing, ports_cli
from radio_bridge.cli import radio
from radio_bridge.framing import ax25, posko
from radio_bridge.net.stations import add_station
from radio_bridge.ports import Plug
from radio_bridge.radiogram import Text
from radio_bridge.radiogram.schema import encode
from radio_bridge.rig import NET, ring_of
from tests.radio_bridge.rigs import FAST, KEY, wait_for


@pytest.fixture(autouse=True)
def environment(post: Post, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("POSKO_DATABASE", post.settings.database)
    monkeypatch.setenv("POSKO_DATA", str(post.settings.data))
    monkeypatch.setenv("POSKO_RADIO_KEY", KEY)


def run(*words: str) -> Result:
    return CliRunner().invoke(radio, list(words))


def test_stations_are_listed_with_the_counters(post: Post) -> None:
    post.do(add_station, "test", None, "TRC-1", None, 17)
    told = json.loads(run("stations", "--json").output)
    (card,) = told["stations"]
    assert (card["number"], card["call_sign"], card["last_heard_at"], card["waiting"]) == (17, "TRC-1", None, 0)
    assert (told["counters"], told["parked"]) == ({}, 0)
    assert "belum terdengar" in run("stations").output


def test_saying_queues_and_prints_the_key(post: Post) -> None:
    post.do(add_station, "test", None, "TRC-1", None, 17)
    uid = run("say", "Kembali ke pos", "--to", "trc-1").output.strip()
    with post.database.read() as conn:
        row = actions.queries.find_transmission(conn, uid)
    assert row is not None and (row["kind"], row["state"]) == ("text", "queued")


def test_a_refusal_is_a_sentence_and_exit_code_1(post: Post) -> None:
    nobody = run("say", "Kembali ke pos", "--to", "TRC-9")
    assert (nobody.exit_code, "tidak terdaftar" in nobody.output) == (1, True)
    post.do(add_station, "test", None, "TRC-1", None, 17)
    long = run("say", "zq " * 200)
    assert (long.exit_code, "terlalu panjang" in long.output) == (1, True)


def test_ports_are_listed_with_what_sits_there(monkeypatch: pytest.MonkeyPatch) -> None:
    plug = Plug("/dev/serial/by-id/usb-Microchip_MCP2221-if00", "Microchip MCP2221", "/dev/ttyACM0", (0x04D8, 0x00DD))
    monkeypatch.setattr(ports_cli, "plugs", lambda: [plug])
    assert f"POSKO_RADIO='kiss+serial:{plug.path}?baud=57600'" in run("ports").output
    (told,) = json.loads(run("ports", "--json", "--quiet").output)
    assert (told["path"], told["kind"], told["words"]) == (plug.path, "kiss+serial", plug.words)
    monkeypatch.setattr(ports_cli, "plugs", list)
    assert "Tidak ada port serial" in run("ports").output


def test_listening_follows_the_running_radio(post: Post) -> None:
    listening = subprocess.Popen(
        [sys.executable, "-m", "incident.cli", "radio", "listen", "--seconds", "600"],
        env=os.environ.copy(),
        stdout=subprocess.PIPE,
        text=True,
    )
    assert listening.stdout
    listening.stdout.readline()
    words = Text("Air mulai surut")
    post.do(hearing.record_heard, "radio", None, 17, 5, words, post.clock())
    printed = listening.stdout.readline()
    listening.kill()
    listening.communicate()
    assert "radio.heard" in printed and "Air mulai surut" in printed


def test_listening_directly_shows_the_genuine_and_names_the_fault_of_the_rest(tmp_path: Path) -> None:
    from radio_bridge.devices import make_device

    url = f"loopback:{tmp_path}/air{FAST}"
    sender = make_device(url, tmp_path)
    sender.open()
    command = [sys.executable, "-m", "incident.cli", "radio", "listen", "--port", url, "--seconds", "600"]
    listening = subprocess.Popen(command, env=os.environ.copy(), stdout=subprocess.PIPE, text=True)
    _, content = encode(Text("Tiba di lokasi", number=1))
    epoch, own = ring_of(KEY, 17).sealing(7, content)
    sealed = posko.seal(posko.Header(7, NET, 17, 0), content, own, epoch, 9)
    wait_for(lambda: len(sender._ether._tncs) == 2)
    for frame in (sealed, sealed[:-1] + b"\x00"):
        sender.write(ax25.ui("TRC-1", ax25.DESTINATION, frame))
    assert listening.stdout
    printed = listening.stdout.readline() + listening.stdout.readline()
    listening.kill()
    listening.communicate()
    sender.end()
    assert "TRC-1 17>0 Tiba di lokasi" in printed
    assert "(mac, " in printed


@pytest.mark.parametrize("words", [[], ["listen"], ["say"], ["ports"], ["stations"]])
def test_every_command_has_help_with_an_example(words: list[str]) -> None:
    assert "Example:" in run(*words, "--help").output


def test_a_wrong_radio_is_a_wrong_call(monkeypatch: pytest.MonkeyPatch) -> None:
    assert run("listen", "--port", "morse:key").exit_code == 2
    monkeypatch.setenv("POSKO_RADIO", "morse:key")
    assert run().exit_code == 2
    monkeypatch.setenv("POSKO_RADIO", "kiss+socket:127.0.0.1:9?carrier=bare&via=HILL-1")
    refused = run()
    assert refused.exit_code == 2 and "no AX.25 frames" in refused.output


def test_a_channel_under_an_unknown_law_stops_the_radio_before_it_starts(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("POSKO_RADIO_CHANNELS", "RAPI Lotim|pirate|143,550 MHz|JZ21AB")
    refused = run()
    assert refused.exit_code == 2
    assert "POSKO_RADIO_CHANNELS is wrong: 'pirate' is no radio service" in refused.output
