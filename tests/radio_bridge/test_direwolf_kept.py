"""The bridge keeps a real direwolf: starts it, says why it fell, starts it again, and leaves none behind."""

import json
import os
import select
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from incident.config import Settings
from incident.post import Post
from radio_bridge import direwolf
from radio_bridge.bridge import Bridge
from radio_bridge.devices import direwolf as watched
from radio_bridge.devices import make_device
from radio_bridge.direwolf import Program, end_leftover, kiss_port
from radio_bridge.framing import ax25
from radio_bridge.ports import BadPort, LinkLost
from tests.radio_bridge.live_tncs import LiveAir, find_direwolf, free_port, live_air
from tests.radio_bridge.rigs import KEY, LONG_S, lamp_of, wait_for

pytestmark = pytest.mark.radio


@pytest.fixture
def air(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[LiveAir]:
    """A channel whose TNC 0 is ours to run; nobody else is on it."""
    with live_air(tmp_path, 1, kept_by_others=(0,)) as live:
        monkeypatch.setenv("ALSA_CONFIG_PATH", str(live.asound))
        yield live


@pytest.fixture
def program(air: LiveAir, tmp_path: Path) -> Iterator[Program]:
    made = Program(air.tncs[0].config, tmp_path)
    yield made
    made.end()


def require(program: Program) -> bool:
    try:
        program.require()
    except LinkLost:
        return False
    return True


def number_of(program: Program) -> int:
    assert program._running is not None
    return program._running.pid


def is_there(pid: int) -> bool:
    return direwolf._began(pid) != 0


def test_it_is_started_and_found_ready_and_ended_with_us(program: Program, tmp_path: Path) -> None:
    wait_for(lambda: require(program))
    pid = number_of(program)
    assert (program.starts, program.trouble, is_there(pid)) == (1, "", True)
    program.end()
    assert not is_there(pid)
    assert not (tmp_path / "direwolf.pid").exists()


def test_one_that_dies_is_named_waited_for_and_started_again(program: Program) -> None:
    wait_for(lambda: require(program))
    os.kill(number_of(program), signal.SIGKILL)
    wait_for(lambda: program._running and program._running.poll() is not None)
    with pytest.raises(LinkLost, match="direwolf berhenti"):
        program.check()
    with pytest.raises(LinkLost):  # it has to wait its turn
        program.require()
    assert program.starts == 1
    wait_for(lambda: require(program))
    assert (program.starts, program.trouble) == (2, "")


def test_falls_in_a_row_are_waited_out_longer_and_longer(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(direwolf, "PROGRAM", "no-such-program")
    (tmp_path / "d.conf").write_text("")
    program = Program(tmp_path / "d.conf", tmp_path)
    pauses = []
    for _ in range(3):
        with pytest.raises(LinkLost):
            program.require()
        wait_for(lambda: program._running and program._running.poll() is not None)
        with pytest.raises(LinkLost, match="tidak terpasang"):
            program.check()
        pauses.append(program._due_at - time.monotonic())
        program._due_at = 0.0
    assert pauses[0] < pauses[1] < pauses[2] < direwolf.wait_s(4)


def test_a_sound_card_that_is_not_there_is_said_and_its_return_brings_the_radio_back(
    air: LiveAir, post: Post, settings: Settings
) -> None:
    """The whole way: real direwolf without its card, the lamp, the card back, the lamp well."""
    good = air.tncs[0].config.read_text()
    air.tncs[0].config.write_text(good.replace("ADEVICE UDP", "ADEVICE plughw:9,0 tx0\n#"))
    post.settings = settings.model_copy(update={"radio": f"direwolf:{air.tncs[0].config}", "radio_key": KEY})

    bridge = Bridge(post)
    running = threading.Thread(target=bridge.run)
    running.start()
    try:
        wait_for(lambda: lamp_of(post) == ("off", "direwolf: kartu suara tidak ada"))
        air.tncs[0].config.write_text(good)
        wait_for(lambda: lamp_of(post) == ("ok", "tersambung"))
        pid = number_of(bridge.device._program)  # type: ignore[attr-defined]
        wait_for(lambda: bridge.spool.tallies()["tnc.started"] >= 2)
    finally:
        bridge.stop()
        running.join(LONG_S)
    assert not is_there(pid)


def test_a_hung_one_is_noticed_though_its_socket_still_stands(
    air: LiveAir, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    clock = Hand()
    monkeypatch.setattr(watched, "time", clock)
    device = make_device(f"direwolf:{air.tncs[0].config}", tmp_path)
    try:
        wait_for(lambda: opens(device))
        pid = number_of(device._program)  # type: ignore[attr-defined]
        for _ in range(5):  # well: it answers
            clock.now += watched.ASK_EVERY_S
            wait_for(lambda: stands(device) and device._answered_at == clock.now)  # type: ignore[attr-defined]
        os.kill(pid, signal.SIGSTOP)
        wait_for(lambda: Path(f"/proc/{pid}/stat").read_text().rpartition(") ")[2].startswith("T"))
        assert stands(device)  # and has read what was said before
        clock.now += watched.SILENT_S
        assert stands(device)
        clock.now += 0.1
        assert not stands(device)
        assert device.trouble == "direwolf tidak menjawab, dinyalakan lagi"  # type: ignore[attr-defined]
        assert not is_there(pid)
        wait_for(lambda: opens(device))
        assert device.starts == 2  # type: ignore[attr-defined]
    finally:
        device.end()  # type: ignore[attr-defined]


class Hand:
    """A clock that a test sets by hand."""

    now = 1000.0

    def monotonic(self) -> float:
        return self.now


def opens(device) -> bool:  # type: ignore[no-untyped-def]
    try:
        device.open()
    except LinkLost:
        return False
    return True


def stands(device) -> bool:  # type: ignore[no-untyped-def]
    try:
        device.read()
        device.check()
    except LinkLost:
        return False
    return True


def test_a_frame_that_never_leaves_makes_it_start_anew(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Its queue is asked for: somebody else holds the channel, and our frame lies longer than we wait."""
    monkeypatch.setattr(watched, "ASK_EVERY_S", 0.1)
    monkeypatch.setattr(watched, "WEDGED_S", 1.5)
    with live_air(tmp_path, 2, kept_by_others=(0,)) as air:
        monkeypatch.setenv("ALSA_CONFIG_PATH", str(air.asound))
        talker = make_device(air.url(1), tmp_path)
        device = make_device(f"direwolf:{air.tncs[0].config}", tmp_path)
        talker.open()
        try:
            wait_for(lambda: opens(device))
            time.sleep(1.2)  # direwolf looks at a new KISS client once a second
            for _ in range(10):
                talker.write(ax25.ui("OTHER", "TEST", bytes(250)))
            wait_for(lambda: air.tncs[1].keyed_s > 0.5)
            device.write(ax25.ui("POSKO", "TEST", b"late"))
            wait_for(lambda: not stands(device))
            assert device.trouble == "direwolf tidak menjawab, dinyalakan lagi"  # type: ignore[attr-defined]
            assert air.tncs[0].keyed_s == 0.0
        finally:
            talker.close()
            device.end()  # type: ignore[attr-defined]


def test_what_we_listen_for_is_what_direwolf_says() -> None:
    spoken = Path(find_direwolf() or "/bin/false").read_bytes()
    for words in (direwolf.READY, direwolf.BUSY, *direwolf._WHY):
        assert words.encode() in spoken, words


def test_a_channel_that_is_never_free_is_said_on_the_lamp() -> None:
    device = make_device("direwolf:/etc/posko/direwolf.conf", Path("/tmp"))
    device._program._hear("Waited too long for clear channel.  Discarding packet below.")  # type: ignore[attr-defined]
    assert device.trouble == "kanal sibuk lebih dari satu menit"  # type: ignore[attr-defined]


def test_a_port_that_another_program_holds_is_said_and_not_used(air: LiveAir, program: Program) -> None:
    with socket.create_server(("127.0.0.1", air.tncs[0].kiss)):
        wait_for(lambda: not require(program) and "dipakai program lain" in program.trouble)
        assert program._running is None
    wait_for(lambda: require(program))


HOLDER = """
import sys, time
from pathlib import Path
from radio_bridge.direwolf import Program
from radio_bridge.ports import LinkLost
program = Program(Path(sys.argv[1]), Path(sys.argv[2]))
while True:
    try:
        program.require()
        break
    except LinkLost:
        time.sleep(0.05)
print("pid", program._running.pid, flush=True)
time.sleep(600)
"""


@pytest.fixture
def holder(air: LiveAir, tmp_path: Path) -> Iterator[tuple[subprocess.Popen[str], int]]:
    """Another process of ours that runs direwolf, and direwolf's number."""
    words = [sys.executable, "-c", HOLDER, str(air.tncs[0].config), str(tmp_path)]
    with subprocess.Popen(words, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout
        pid = next(int(line.split()[1]) for line in process.stdout if line.startswith("pid "))
        yield process, pid
        process.kill()


def test_kill_9_of_the_bridge_takes_direwolf_along(holder: tuple[subprocess.Popen[str], int]) -> None:
    process, pid = holder
    assert is_there(pid)
    process.kill()
    process.wait()
    wait_for(lambda: not is_there(pid))


def test_one_that_outlived_its_bridge_is_found_and_ended(air: LiveAir, program: Program, tmp_path: Path) -> None:
    """Nobody told it that its bridge is gone: the next bridge ends it."""
    start = 'setsid direwolf -c "$0" -t 0 -q hd > "$1" 2>&1 & echo $!'
    words = ["sh", "-c", start, str(air.tncs[0].config), str(tmp_path / "said")]
    bridge = subprocess.Popen(words, stdout=subprocess.PIPE, text=True)
    pid = int(bridge.communicate()[0])
    wait_for(lambda: "Ready" in (tmp_path / "said").read_text())
    kept = {"pid": pid, "parent": bridge.pid, "began": direwolf._began(pid)}
    (tmp_path / "direwolf.pid").write_text(json.dumps(kept))
    assert is_there(pid)
    wait_for(lambda: require(program))
    assert not is_there(pid)
    assert number_of(program) != pid


def test_one_that_a_living_process_of_ours_runs_is_left_alone(
    holder: tuple[subprocess.Popen[str], int], program: Program
) -> None:
    _, pid = holder
    with pytest.raises(LinkLost, match="another process of ours"):
        program.require()
    assert is_there(pid)


def test_a_number_that_the_kernel_gave_to_somebody_else_is_left_alone(tmp_path: Path) -> None:
    with subprocess.Popen(["sleep", "600"], process_group=0) as stranger:
        (tmp_path / "direwolf.pid").write_text(f'{{"pid": {stranger.pid}, "parent": 1, "began": 1}}')
        end_leftover(tmp_path / "direwolf.pid")
        assert stranger.poll() is None
        stranger.kill()


@pytest.mark.parametrize("words", ["", "{", "[]", '{"pid": "x"}'])
def test_a_torn_note_of_the_last_run_is_no_trouble(tmp_path: Path, words: str) -> None:
    (tmp_path / "direwolf.pid").write_text(words)
    end_leftover(tmp_path / "direwolf.pid")


def test_the_kiss_port_is_read_from_direwolfs_own_file(tmp_path: Path) -> None:
    config = tmp_path / "direwolf.conf"
    config.write_text("ADEVICE plughw:1,0\n# KISSPORT 9\n")
    assert kiss_port(config) == 8001
    config.write_text("kissport 8123\n")
    assert kiss_port(config) == 8123
    config.write_text("KISSPORT 0\n")
    with pytest.raises(LinkLost, match="KISSPORT"):
        kiss_port(config)
    with pytest.raises(LinkLost):
        kiss_port(tmp_path / "none.conf")


def test_a_link_that_outlived_its_direwolf_is_told_from_a_quiet_channel(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """`direwolf:HOST:PORT`: what accepts the connection but never answers is no TNC."""
    monkeypatch.setattr(watched, "SILENT_S", 0.3)
    with socket.create_server(("127.0.0.1", free_port())) as door:
        device = make_device(f"direwolf:127.0.0.1:{door.getsockname()[1]}", tmp_path)
        device.open()
        wait_for(lambda: not stands(device))
        device.close()


def test_an_answer_in_two_pieces_is_an_answer(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    clock = Hand()
    monkeypatch.setattr(watched, "time", clock)
    with socket.create_server(("127.0.0.1", free_port())) as door:
        device = make_device(f"direwolf:127.0.0.1:{door.getsockname()[1]}", tmp_path)
        device.open()
        joined, _ = door.accept()
        with joined:
            for _ in range(8):
                clock.now += watched.SILENT_S
                for piece in (b"\xc0\x06TXB", b"UF:0", b"\xc0"):
                    joined.sendall(piece)
                    assert select.select([device.fileno()], [], [], LONG_S)[0]
                    assert device.read() == []
                device.check()
            assert device._answered_at == clock.now  # type: ignore[attr-defined]
        device.close()


def test_a_direwolf_without_a_place_can_never_be_opened(tmp_path: Path) -> None:
    with pytest.raises(BadPort, match=r"direwolf\.conf"):
        make_device("direwolf:", tmp_path)
