"""Ear, mouth and key of the voice device: real espeak-ng, tones through a FIFO, a key in a file; and the bridge."""

import ast
import contextlib
import os
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

import radio_bridge
from alerts import speech
from incident.config import Settings
from incident.post import Post
from radio_bridge.devices import make_device
from radio_bridge.devices import voice as devices_voice
from radio_bridge.devices.voice import Voice
from radio_bridge.errors import CannotSend
from radio_bridge.link import Outgoing
from radio_bridge.net.stations import add_station
from radio_bridge.ports import BadPort, LinkLost
from radio_bridge.radiogram import Alert, Text
from radio_bridge.rig import Rig, link_config
from radio_bridge.spool import Spool
from radio_bridge.traffic import Transmit
from radio_bridge.voice.dtmf import tones
from radio_bridge.voice.rig import VoiceRig, make_rig
from tests.radio_bridge.rigs import KEY, LONG_S, wait_for
from tests.radio_bridge.test_bridge import recipient, running, unit_id, write_alert

__all__ = ["unit_id"]
FLOOD = Alert(7, 0, 0, 4, 3, 60, None, False, "Tanggul jebol @ Desa Pringgabaya")
LAW = "service=rapi&callsign=JZ21AB"


class Handhelds:
    """What stands at the other end of the channel: it hears what was spoken, sees the key, and has a keypad."""

    def __init__(self, folder: Path) -> None:
        self.out, self.ptt, self.ear = folder / "spoken.raw", folder / "ptt", folder / "ear.fifo"
        os.mkfifo(self.ear)
        self.ptt.write_text("0")
        self.url = f"voice:file?out={self.out}&in={self.ear}&ptt=file:{self.ptt}&{LAW}"
        self._mouth = os.open(self.ear, os.O_RDWR)

    def press(self, keys: str, loud: float = 0.3) -> None:
        for sound in (bytes(1600), tones(keys, level=loud), bytes(1600)):
            os.write(self._mouth, sound)

    def spoken_s(self) -> float:
        return self.out.stat().st_size / 2 / speech.RATE if self.out.exists() else 0.0

    def close(self) -> None:
        os.close(self._mouth)


@pytest.fixture
def field(tmp_path: Path) -> Iterator[Handhelds]:
    made = Handhelds(tmp_path)
    yield made
    made.close()


@pytest.fixture
def voice(field: Handhelds, tmp_path: Path) -> Iterator[Voice]:
    made = make_device(field.url, tmp_path)
    assert isinstance(made, Voice)
    made.open()
    yield made
    made.close()


@pytest.fixture(autouse=True)
def no_pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("radio_bridge.devices.voice.KEY_UP_S", 0.05)
    monkeypatch.setattr("radio_bridge.devices.voice.BETWEEN_S", 0.05)


@contextlib.contextmanager
def centre(url: str, folder: Path) -> Iterator[tuple[Rig, Spool]]:
    device, spool = make_device(url, folder), Spool(folder / "centre.db")
    rig = make_rig(device, link_config(KEY, 0, "POSKO", device), spool, lambda: None)
    thread = rig.start()
    try:
        yield rig, spool
    finally:
        rig.stop()
        thread.join(LONG_S)
        spool.close()
        device.close()


def told(spool: Spool, kind: str) -> list[dict[str, Any]]:
    return [one.body for one in spool.happenings() if one.kind == kind]


# the device


@pytest.mark.slow
def test_words_go_out_under_the_key_and_the_key_is_up_afterwards(
    voice: Voice, field: Handhelds, monkeypatch: pytest.MonkeyPatch
) -> None:
    os.mkfifo(field.out)
    ear, seen, heard = os.open(field.out, os.O_RDONLY | os.O_NONBLOCK), [], 0
    pour = devices_voice._pour

    def poured(*given: Any) -> bool:
        """What the key is before the first sample and after the last."""
        seen.append(field.ptt.read_text()[:1])
        is_whole = pour(*given)
        seen.append(field.ptt.read_text()[:1])
        return is_whole

    monkeypatch.setattr(devices_voice, "_pour", poured)
    speaking = threading.Thread(target=voice.say, args=(["Satu dua tiga empat lima enam."],))
    speaking.start()
    is_over = False
    while not is_over:
        is_over = not speaking.is_alive()
        with contextlib.suppress(BlockingIOError):
            while some := len(os.read(ear, 4096)):
                heard += some
        time.sleep(0.002)
    os.close(ear)
    assert heard / 2 / speech.RATE > 0.6
    assert seen == ["1", "1"]
    assert field.ptt.read_text().startswith("0")


def test_a_mouth_that_fails_lets_the_key_go(voice: Voice, field: Handhelds) -> None:
    field.out.mkdir()
    with pytest.raises(LinkLost):
        voice.say(["Satu."])
    assert field.ptt.read_text().startswith("0")


def test_who_stops_us_stops_us_between_the_overs(voice: Voice, field: Handhelds) -> None:
    assert voice.say(["Satu.", "Dua."], is_over=lambda: field.spoken_s() > 0) == 1
    assert voice.say(["Satu."], is_over=lambda: True) == 0


def test_an_answer_is_heard_in_pieces_and_noise_is_not(voice: Voice, field: Handhelds) -> None:
    found: list[bytes] = []
    field.press("*1")
    found += wait_for(lambda: voice.read() or [b""])
    field.press("2#1*120#9*7#01")
    for _ in range(20):
        found += voice.read()
        time.sleep(0.01)
    field.press("99#1")
    assert [one for one in found if one] == [b"*12#1", b"*120#9", b"*7#01"]
    assert voice.read() == []


def test_what_was_keyed_while_we_spoke_is_no_answer(voice: Voice, field: Handhelds) -> None:
    field.press("*12#1")
    voice.say(["Satu."])
    assert voice.read() == []


def test_no_frame_passes_packed_or_plain(voice: Voice, field: Handhelds) -> None:
    for frame in (b"", b"\x11\x01\x00", b":BLN1POSKO:AWAS 1.0 P1 BANJIR", b"*12#1", b"Tanggul jebol"):
        with pytest.raises(CannotSend, match="only people speak"):
            voice.write(frame)
    assert field.spoken_s() == 0 and field.ptt.read_text().startswith("0")


def test_before_it_is_opened_and_after_it_is_closed_every_call_is_linklost(field: Handhelds, tmp_path: Path) -> None:
    device = make_device(field.url, tmp_path)
    for _ in range(2):
        for call in (device.fileno, device.read, device.check, lambda: device.write(b"x")):
            with pytest.raises(LinkLost):
                call()
        device.open()
        device.close()
        device.close()


def test_opening_and_listening_key_nothing(field: Handhelds, tmp_path: Path) -> None:
    device = make_device(field.url, tmp_path)
    device.open()
    device.check()
    device.read()
    assert field.ptt.read_text().startswith("0") and not field.out.exists()
    device.close()


def test_a_card_that_is_not_there_is_linklost_and_not_a_crash(tmp_path: Path) -> None:
    device = make_device(f"voice:kartu_yang_tidak_ada?{LAW}", tmp_path)
    device.open()
    with pytest.raises(LinkLost):
        wait_for(lambda: device.read() and None)
    with pytest.raises(LinkLost):
        device.check()
    device.close()


def test_words_come_out_of_a_card_whole(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    raw, asoundrc = tmp_path / "played.raw", tmp_path / "asoundrc"
    asoundrc.write_text(
        f'</usr/share/alsa/alsa.conf>\npcm.radio {{ type file slave.pcm "null" file "{raw}" format "raw" }}\n'
    )
    monkeypatch.setenv("ALSA_CONFIG_PATH", str(asoundrc))
    device = make_device(f"voice:radio?{LAW}", tmp_path)
    assert isinstance(device, Voice)
    monkeypatch.setattr(device, "_hear_nothing_of_it", lambda: None)
    assert device.say(["Satu dua tiga."]) == 1
    (file,) = (tmp_path / "speech" / "radio").glob("*.wav")
    samples = file.read_bytes()[44:]
    assert raw.read_bytes()[: len(samples)] == samples


@pytest.mark.parametrize(
    ("url", "words"),
    [
        ("voice:", "sound card"),
        (f"voice:; rm -rf?{LAW}", "sound card"),
        (f"voice:file?{LAW}", "out=PATH"),
        ("voice:default?service=lora_free", "Nobody can speak"),
        ("voice:default?service=rapi", "call sign"),
        (f"voice:default?ptt=morse:key&{LAW}", "is no key"),
    ],
)
def test_a_wrong_address_is_told_in_a_sentence(url: str, words: str, tmp_path: Path) -> None:
    with pytest.raises(BadPort, match=words):
        make_device(url, tmp_path)


# the rig


@pytest.mark.slow
def test_an_alert_is_spoken_and_the_keys_of_a_handheld_make_it_seen(field: Handhelds, tmp_path: Path) -> None:
    with centre(field.url, tmp_path) as (rig, spool):
        wait_for(lambda: rig.port.is_open)
        spool.order(Outgoing("a", FLOOD, (12, 14), 0, time.time() + 600), time.time())
        rig.wake()
        wait_for(lambda: told(spool, "keyed"), 30)
        assert field.spoken_s() > 15
        field.press("*13#1*14#2")  # nobody of ours, and not the digit that was said
        field.press("*12#1")
        acked = wait_for(lambda: told(spool, "acked"))
        assert [(one["uid"], one["station"], one["level"]) for one in acked] == [("a", 12, 2)]
        wait_for(lambda: spool.tallies().get("rejected.stray") == 2)
        before = field.spoken_s()
        wait_for(lambda: field.spoken_s() > before)  # "Regu satu dua, diterima."
    assert field.ptt.read_text().startswith("0")


def test_a_revoked_team_is_not_believed(field: Handhelds, tmp_path: Path) -> None:
    with centre(field.url, tmp_path) as (rig, spool):
        rig.callsigns = {12: None}
        spool.order(Outgoing("a", FLOOD, (12,), 0, time.time() + 600), time.time())
        rig.wake()
        wait_for(lambda: told(spool, "keyed"), 30)
        field.press("*12#1*12#01")
        wait_for(lambda: spool.tallies().get("rejected.revoked") == 2)
        assert told(spool, "acked") == []


def test_the_rig_of_people_keys_no_frame_even_if_a_link_would(field: Handhelds, tmp_path: Path) -> None:
    with centre(field.url, tmp_path) as (rig, spool):
        wait_for(lambda: rig.port.is_open)
        for frame in (b"\x11 packed", b":BLN1POSKO:AWAS 1.0", b""):
            rig._key(Transmit(frame, 0.1))
        assert spool.tallies() == {"barred": 3}
    assert field.spoken_s() == 0 and field.ptt.read_text().startswith("0")


@pytest.mark.parametrize("service", ["dinas", "rapi", "amateur"])
def test_at_a_voice_device_only_people_speak_whatever_the_service_allows_to_data(
    service: str, field: Handhelds, tmp_path: Path
) -> None:
    with centre(field.url.replace("rapi", service), tmp_path) as (rig, spool):
        assert isinstance(rig, VoiceRig) and rig._config.profile.content == "voice"
        assert rig._law.name == service
        spool.order(Outgoing("long", Text("air naik lagi " * 14), (1,), 0, time.time() + 60), time.time())
        rig.wake()
        wait_for(lambda: told(spool, "refused"), 20)
        assert "shorten it" in told(spool, "refused")[0]["reason"]


def test_a_restart_in_the_middle_says_it_once_more_to_the_silent_only(field: Handhelds, tmp_path: Path) -> None:
    with centre(field.url, tmp_path) as (rig, spool):
        spool.order(Outgoing("a", FLOOD, (12, 14), 0, time.time() + 600), time.time())
        rig.wake()
        wait_for(lambda: told(spool, "keyed"), 30)
        field.press("*12#1")
        wait_for(lambda: told(spool, "acked"))
    with centre(field.url, tmp_path) as (rig, spool):
        assert rig._link.progress("a") == {12: "seen", 14: "keyed"}
        field.press("*14#1")
        wait_for(lambda: {one["station"] for one in told(spool, "acked")} == {12, 14})


@pytest.mark.slow
def test_the_only_way_to_a_modem_looks_at_the_law_first() -> None:
    """device.write stands in one function of the room, after the last look; devices themselves apart."""
    room, found = Path(radio_bridge.__file__).parent, []
    for file in sorted(one for one in room.rglob("*.py") if one.parent.name != "devices"):
        for function in ast.walk(ast.parse(file.read_text())):
            if isinstance(function, ast.FunctionDef):
                source = ast.unparse(function)
                if "device.write(" in source:
                    found.append((file.name, function.name))
                    assert source.index("may_pass(") < source.index("device.write(")
    assert found == [("rig.py", "_key")]


# the whole bridge


@pytest.fixture
def settings(settings: Settings, field: Handhelds) -> Settings:
    return settings.model_copy(update={"radio": field.url, "radio_key": KEY, "ladder_s": 0.2})


def test_an_alert_of_the_room_is_spoken_and_seen_by_the_team_that_keyed(
    post: Post, unit_id: int, field: Handhelds
) -> None:
    post.do(add_station, "test", None, "TRC-2", None, 2)
    with running(post):
        alert_id = write_alert(post, [unit_id])
        wait_for(lambda: recipient(post, alert_id)["state"] == "keyed", 40)
        field.press("*1#1")
        wait_for(lambda: recipient(post, alert_id)["state"] == "seen", 20)
    row = recipient(post, alert_id)
    assert (row["seen_by"], row["seen_via"]) == ("TRC-1", "radio")
