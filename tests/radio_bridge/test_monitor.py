"""The technician's monitor: every frame in words, nothing false called genuine, and nobody disturbed by it."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from hypothesis import given, settings
from hypothesis import strategies as st

from incident.post import Post
from radio_bridge import plain
from radio_bridge.cli import radio
from radio_bridge.devices import make_device
from radio_bridge.framing import ax25, posko
from radio_bridge.monitor import FAULTS, PATHS_MOST, Monitor, sentence
from radio_bridge.radiogram import Ack, Alert, Cancel, Level, Place, Position, Radiogram, RollCall, Status, Text
from radio_bridge.radiogram.schema import encode
from radio_bridge.rig import EPOCH, NET, link_config, ring_of
from radio_bridge.traffic import Outgoing
from radio_bridge.voice import tape
from tests.radio_bridge.rigs import FAST, KEY, LONG_S, centre, team, wait_for

WORDS: tuple[Radiogram, ...] = (
    Alert(7, 1, 0, 4, 3, 60, Place(116.5, -8.5), text="Banjir", roster=(1, 2), slot_ms=600),
    Cancel(7, 2, roster=(1,), slot_ms=600),
    RollCall(9, roster=(1, 2), slot_ms=600),
    Ack(7, 1, Level.HEARD),
    Status(4, number=3),
    Position(Place(116.5, -8.5), number=4),
    Text("Air mulai surut", number=5),
)


def monitor(options: str = "") -> Monitor:
    device = make_device(f"loopback:/tmp/nowhere{options}", Path("/tmp"))
    return Monitor(link_config(KEY, 0, "LISTEN", device))


def sealed(words: Radiogram, source: int, counter: int, destination: int = 255) -> bytes:
    number, content = encode(words)
    epoch, key = ring_of(KEY, source).sealing(number, content)
    header = posko.Header(number, NET, source, destination)
    return ax25.ui("TRC-1", ax25.DESTINATION, posko.seal(header, content, key, epoch, counter))


@pytest.mark.parametrize("words", WORDS, ids=lambda one: type(one).__name__)
def test_every_kind_is_told_with_who_to_whom_and_its_counter(words: Radiogram) -> None:
    source = 0 if isinstance(words, Alert | Cancel | RollCall) else 17
    told = monitor().read(sealed(words, source, 5))
    assert (told["kind"], told["from"], told["to"]) == (type(words).__name__.upper(), source, 255)
    assert (told["counter"], told["genuine"], told["fault"]) == (5, True, None)
    assert told["carrier"] == {"source": "TRC-1", "destination": "POSKO", "path": []}
    assert "MAC sah" in sentence(told) and f"{source}>semua" in sentence(told)


def test_the_same_frame_again_is_named_a_replay_and_a_changed_one_by_its_seal() -> None:
    reader, frame = monitor(), sealed(WORDS[-1], 17, 5)
    assert reader.read(frame)["genuine"] is True
    assert reader.read(frame)["fault"] == "replay"
    changed = reader.read(frame[:-1] + bytes((frame[-1] ^ 1,)))
    assert (changed["fault"], changed["words"], changed["kind"], changed["from"]) == ("mac", None, "TEXT", 17)
    assert "surut" not in sentence(changed) and "TIDAK SAH" in sentence(changed)


def test_a_copy_by_a_digipeater_is_a_copy_and_the_same_by_the_same_way_again_a_replay() -> None:
    reader = monitor()
    content = ax25.parse(sealed(WORDS[-1], 17, 5)).content

    def heard(*path: str) -> dict[str, Any]:
        return reader.read(ax25.ui("TRC-1", ax25.DESTINATION, content, path))

    first, copy, further = heard("HILL-1", "HILL-2"), heard("HILL-1*", "HILL-2"), heard("HILL-1*", "HILL-2*")
    assert [(one["genuine"], one["copy"]) for one in (first, copy, further)] == [
        (True, False),
        (True, True),
        (True, True),
    ]
    assert copy["words"] == first["words"] and "MAC sah  salinan" in sentence(copy)
    assert [heard("HILL-1*", "HILL-2")["fault"], heard("HILL-1", "HILL-2")["fault"]] == ["replay", "replay"]
    changed = reader.read(ax25.ui("TRC-1", ax25.DESTINATION, content[:-1] + bytes((content[-1] ^ 1,)), ("HILL-3*",)))
    assert (changed["fault"], changed["copy"]) == ("mac", False)


def test_no_more_ways_of_a_frame_are_kept_than_a_net_has() -> None:
    reader = monitor()
    content = ax25.parse(sealed(WORDS[-1], 17, 5)).content
    told = [reader.read(ax25.ui("TRC-1", ax25.DESTINATION, content, (f"H{at}*",))) for at in range(PATHS_MOST + 1)]
    assert [one["fault"] for one in told] == [None] * PATHS_MOST + ["replay"]


def test_others_on_the_channel_are_named_as_others_and_a_call_sign_as_one() -> None:
    reader = monitor()
    assert reader.read(ax25.ui("YB9ZZZ", "APRS", b"!0830.00S/11630.00E-"))["fault"] == "foreign"
    name = reader.read(ax25.ui("YB9ZZZ-1", "ID", plain.identity("YB9ZZZ-1")))
    assert (name["kind"], name["genuine"], name["words"]) == ("IDENTITY", None, "identitas YB9ZZZ-1")
    assert reader.read(b"\x00\x01")["fault"] == "carrier"


def test_plain_words_are_read_on_an_amateur_channel() -> None:
    reader = monitor("?service=amateur&callsign=YB9ZZZ")
    text = Text("Air mulai surut", number=5)
    epoch, key = ring_of(KEY, 17).sealing(*encode(text))
    line = plain.seal(text, NET, 17, 0, key, epoch, 9)
    told = reader.read(ax25.ui("YB9ABC", ax25.DESTINATION, line))
    assert (told["kind"], told["from"], told["to"], told["counter"], told["genuine"]) == ("TEXT", 17, 0, 9, True)
    assert reader.read(ax25.ui("YB9ABC", ax25.DESTINATION, line.replace(b"surut", b"pasang")))["genuine"] is False


@settings(deadline=None)
@given(st.binary(max_size=80), st.booleans())
def test_whatever_is_heard_has_a_sentence_and_noise_is_never_genuine(noise: bytes, is_carried: bool) -> None:
    told = monitor().read(ax25.ui("TRC-1", ax25.DESTINATION, noise) if is_carried else noise)
    assert told["genuine"] is not True
    assert told["fault"] in FAULTS and FAULTS[told["fault"]] in sentence(told)


@settings(deadline=None)
@given(st.integers(0, 10_000), st.integers(1, 255))
def test_no_changed_byte_passes_for_genuine(place: int, change: int) -> None:
    frame = bytearray(sealed(WORDS[0], 0, 5))
    first = len(frame) - len(posko.seal(posko.Header(1, 1, 0, 255), encode(WORDS[0])[1], b"k" * 32, EPOCH, 5))
    frame[first + place % (len(frame) - first)] ^= change
    assert monitor().read(bytes(frame))["genuine"] is False


# the tape


def test_the_tape_is_followed_over_its_turn_and_never_grows_large(tmp_path: Path) -> None:
    path = tmp_path / tape.FILE
    follower, writer = tape.Follower(path), tape.Tape(path)
    seen = 0
    for number in range(3000):
        writer.note("in", number.to_bytes(2, "big") * 60, number)
        if number % 50 == 0:
            seen += len(follower.read())
    assert sum(one.stat().st_size for one in tmp_path.iterdir()) < 2.1 * tape.LARGEST
    assert path.stat().st_mode & 0o077 == 0
    assert seen > 2000  # what was written just before a turn may be missed by who looks seldom
    late = tape.Follower(path, from_start=True).read()
    assert late[-1]["frame"] == (2999).to_bytes(2, "big") * 60


def test_half_a_line_waits_for_its_end_and_rubbish_is_left_out(tmp_path: Path) -> None:
    path = tmp_path / tape.FILE
    path.touch()
    follower = tape.Follower(path)
    with open(path, "a") as file:
        file.write('not json\n{"at": 1, "way": "in", "fra')
        file.flush()
        assert follower.read() == []
        file.write('me": "00"}\n')
    assert follower.read() == [{"at": 1.0, "way": "in", "frame": b"\x00"}]


def test_a_tape_that_cannot_be_written_costs_nothing(tmp_path: Path) -> None:
    tape.Tape(tmp_path / "missing" / tape.FILE).note("in", b"x", 0.0)
    assert tape.Follower(tmp_path / "missing" / tape.FILE).read() == []


def test_what_the_radio_sends_and_hears_stands_on_the_tape(tmp_path: Path) -> None:
    url, path = f"loopback:{tmp_path}/air{FAST}&time=0", tmp_path / tape.FILE
    with centre(url, tmp_path) as (rig, spool), team(url, tmp_path):
        rig.tape = tape.Tape(path)
        wait_for(lambda: rig.port.is_open)
        spool.order(Outgoing("a", WORDS[0], (1,), 0, 10**10), 0.0)
        rig.wake()
        wait_for(lambda: any(one.kind == "acked" for one in spool.happenings()))
    reader = monitor()
    told = [reader.read(one["frame"], one["way"]) for one in tape.Follower(path, from_start=True).read()]
    assert [(one["way"], one["kind"], one["genuine"]) for one in told[:2]] == [
        ("out", "ALERT", True),
        ("in", "ACK", True),
    ]


# the command


def run(post: Post, *words: str) -> Result:
    named = {"POSKO_DATABASE": post.settings.database, "POSKO_DATA": str(post.settings.data), "POSKO_RADIO_KEY": KEY}
    return CliRunner().invoke(radio, list(words), env=named)


def test_the_command_reads_the_tape_beside_the_running_radio(post: Post) -> None:
    writer = tape.Tape(post.settings.data / tape.FILE)
    writer.note("in", sealed(WORDS[4], 17, 5), 1_790_000_000.0)
    writer.note("in", sealed(WORDS[4], 17, 5), 1_790_000_001.0)
    answer = run(post, "monitor", "--past", "--seconds", "0", "--json", "--hex")
    first, again = (json.loads(line) for line in answer.output.splitlines())
    assert (answer.exit_code, first["kind"], first["genuine"], again["fault"]) == (0, "STATUS", True, "replay")
    assert bytes.fromhex(first["hex"]) == sealed(WORDS[4], 17, 5)
    shown = run(post, "monitor", "--past", "--seconds", "0", "--hex").output
    assert "MAC sah" in shown and "putaran ulang" in shown
    assert run(post, "monitor", "--seconds", "0").output == ""


@pytest.mark.slow
def test_the_command_listens_on_a_port_of_its_own(tmp_path: Path) -> None:
    url = f"loopback:{tmp_path}/air{FAST}"
    sender = make_device(url, tmp_path)
    sender.open()
    command = [sys.executable, "-m", "incident.cli", "radio", "monitor", "--port", url, "--seconds", "600", "--json"]
    named = {**os.environ, "POSKO_DATA": str(tmp_path), "POSKO_RADIO_KEY": KEY}
    listening = subprocess.Popen(command, env=named, stdout=subprocess.PIPE, text=True)
    wait_for(lambda: len(sender._ether._tncs) == 2)  # type: ignore[attr-defined]
    sender.write(sealed(WORDS[6], 17, 5))
    assert listening.stdout
    told = json.loads(listening.stdout.readline())
    listening.terminate()
    assert listening.communicate(timeout=LONG_S)[0] == ""
    sender.end()  # type: ignore[attr-defined]
    assert (told["way"], told["kind"], told["genuine"]) == ("in", "TEXT", True)


def test_called_wrongly_and_run_in_vain_have_codes_of_their_own(post: Post, tmp_path: Path) -> None:
    assert run(post, "monitor", "--port", "morse:key").exit_code == 2
    assert run(post, "monitor", "--port", "kiss+socket:127.0.0.1:1", "--seconds", "0").exit_code == 1
    assert "Example:" in run(post, "monitor", "--help").output


def test_saying_can_be_tried_without_sending(post: Post) -> None:
    from radio_bridge import queries
    from radio_bridge.net.stations import add_station

    post.do(add_station, "test", None, "TRC-1", None, 17)
    tried = run(post, "say", "Kembali ke pos", "--to", "TRC-1", "--dry-run", "--json")
    told: dict[str, Any] = json.loads(tried.output)
    assert tried.exit_code == 0 and told["bytes"] > 12 and told["problem"] is None
    assert run(post, "say", "zxqj " * 90, "--dry-run").exit_code == 1
    with post.database.read() as conn:
        assert queries.queued(conn) == []
