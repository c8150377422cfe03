"""The loudspeaker: real espeak-ng, real aplay on a card that writes to a file; the words as a voice says them."""

import datetime as dt
import wave
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from alerts import rules, speech
from alerts.channels import Message
from alerts.channels.voice import VoiceChannel, VoiceSettings
from alerts.spoken import announcement, spoken
from tests.alerts.channel_fakes.kit import message
from tests.factories import on_spatialite, uid

TEXT = "Air sungai naik, segera ke masjid."
ENDS = dt.datetime(2030, 1, 1, tzinfo=dt.UTC)


@pytest.fixture
def played(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """What came out of the card called `toa`, as raw samples."""
    raw, asoundrc = tmp_path / "toa.raw", tmp_path / "asoundrc"
    asoundrc.write_text(
        f'</usr/share/alsa/alsa.conf>\npcm.toa {{ type file slave.pcm "null" file "{raw}" format "raw" }}\n'
    )
    monkeypatch.setenv("ALSA_CONFIG_PATH", str(asoundrc))
    return raw


@pytest.fixture
def voice(tmp_path: Path) -> VoiceChannel:
    return VoiceChannel(VoiceSettings(folder=str(tmp_path / "speech"), card="toa"))


def samples(path: Path) -> bytes:
    with wave.open(str(path), "rb") as file:
        assert (file.getframerate(), file.getsampwidth(), file.getnchannels()) == (22_050, 2, 1)
        return file.readframes(file.getnframes())


def wavs(voice: VoiceChannel) -> list[Path]:
    return sorted(voice.folder.glob("*.wav"))


def test_the_words_come_out_of_the_card_whole(voice: VoiceChannel, played: Path) -> None:
    receipt = voice.deliver(message("toa-masjid", text=TEXT))
    assert (receipt.state, receipt.reason) == ("sent", "")
    (file,) = wavs(voice)
    heard, whole = played.read_bytes(), samples(file)
    assert heard[: len(whole)] == whole
    assert not any(heard[len(whole) :]), "the card fills its last period with silence"
    assert speech.seconds_of(file) > 6


def alert(address: str, **said: Any) -> Message:
    """One alert, for each of its addresses the same words and the same end."""
    return message(address, **{"text": TEXT, "expires_at": ENDS, **said})


def is_heard(voice: VoiceChannel, played: Path, given: Message) -> bool:
    """Whether it came out of the card; it says it was sent either way."""
    played.unlink(missing_ok=True)
    assert voice.deliver(given).state == "sent"
    return played.exists()


def test_one_announcement_however_many_loudspeakers(voice: VoiceChannel, played: Path) -> None:
    heard = [is_heard(voice, played, alert(address)) for address in ("masjid", "balai desa", "pasar")]
    assert heard == [True, False, False]
    assert is_heard(voice, played, alert("masjid", revision=1))


def test_a_person_who_sends_it_again_is_heard_and_a_repetition_is_not(voice: VoiceChannel, played: Path) -> None:
    first, other = alert("masjid", uid="u1"), alert("balai desa", uid="u2")
    again, other_again = (one._replace(uid=f"{one.uid} again") for one in (first, other))
    sent = (first, first, other, other, again, again, other_again, first, other_again)
    heard = [is_heard(voice, played, one) for one in sent]
    assert heard == [True, False, False, False, True, False, False, False, False]
    anew = VoiceChannel(voice._settings)
    assert not is_heard(anew, played, again), "a sender that begins anew knows what was spoken"
    assert is_heard(anew, played, other._replace(uid="u2 a third time"))


def test_a_database_that_begins_anew_is_spoken_although_old_marks_lie_there(voice: VoiceChannel, played: Path) -> None:
    trial = alert("masjid", alert_id=1, uid="made of its numbers", text="Uji coba pemasangan")
    assert is_heard(voice, played, trial)
    (voice.folder / "1-0.played").touch()
    assert is_heard(voice, played, trial._replace(text="Tsunami, lari ke bukit"))
    assert is_heard(voice, played, trial._replace(expires_at=ENDS + dt.timedelta(days=1)))


def test_a_mark_that_is_broken_silences_nothing(voice: VoiceChannel, played: Path) -> None:
    assert is_heard(voice, played, alert("masjid", uid="u1"))
    for rubbish in ("", "[1]", '{"keys": 3}'):
        for mark in voice.folder.glob("*.played"):
            mark.write_text(rubbish)
        assert is_heard(voice, played, alert("masjid", uid="u1"))


def test_a_cancel_is_said_after_its_alert(voice: VoiceChannel, played: Path) -> None:
    assert is_heard(voice, played, alert("masjid"))
    assert is_heard(voice, played, alert("masjid", text="Warga boleh kembali.", is_cancel=True))
    assert is_heard(voice, played, alert("masjid", text="Warga boleh kembali."))
    assert len(wavs(voice)) == 3


def test_a_trial_makes_the_file_and_no_sound(voice: VoiceChannel, played: Path) -> None:
    assert voice.deliver(message("masjid", text="Uji saluran", alert_id=0)).state == "sent"
    assert len(wavs(voice)) == 1
    assert not played.exists()


def test_the_probe_plays_silence_only(voice: VoiceChannel, played: Path) -> None:
    assert voice.check().state == "ok"
    assert set(played.read_bytes()) <= {0}


def test_a_card_that_is_gone_is_said_and_tried_again(tmp_path: Path) -> None:
    voice = VoiceChannel(VoiceSettings(folder=str(tmp_path), card="dicabut"))
    assert voice.check().state == "down"
    receipt = voice.deliver(message("masjid", text=TEXT))
    assert (receipt.state, receipt.retry_s) == ("again", 20.0)
    assert "Kartu suara" in receipt.reason
    assert not list(tmp_path.glob("*.played"))


def test_without_a_card_there_is_a_file(tmp_path: Path) -> None:
    voice = VoiceChannel(VoiceSettings(folder=str(tmp_path)))
    assert voice.check().words == "Membuat berkas suara saja."
    assert voice.deliver(message("masjid", text=TEXT)).state == "sent"
    assert len(wavs(voice)) == 1


def test_without_espeak_a_sentence_says_what_to_install(voice: VoiceChannel, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "/nowhere")
    assert voice.check().state == "down"
    receipt = voice.deliver(message("masjid", text=TEXT))
    assert receipt.state == "again"
    assert "apt-get install espeak-ng" in receipt.reason


def test_the_same_words_make_the_same_bytes(tmp_path: Path) -> None:
    first, second = (speech.speech_file(tmp_path / name, "Banjir", TEXT) for name in ("a", "b"))
    assert first.name == second.name
    assert first.read_bytes() == second.read_bytes()


def test_an_evacuation_sounds_unlike_news(tmp_path: Path) -> None:
    news, alarm = (speech.speech_file(tmp_path, "Banjir", TEXT, is_alarm=is_alarm) for is_alarm in (False, True))
    assert samples(news)[:20_000] != samples(alarm)[:20_000]
    assert samples(news)[-20_000:] == samples(alarm)[-20_000:]


def test_old_files_go(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(speech, "KEEP", 2)
    for number in range(4):
        speech.speech_file(tmp_path, "Banjir", f"Pesan {number}")
    assert len(list(tmp_path.glob("*.wav"))) == 2


def test_words_that_look_like_options_or_phonemes_are_words(tmp_path: Path) -> None:
    for text in ("--stdout -v en", "[[p@'skO]] <break/> ${HOME}", "\x00\x07", "-", "ꦱ🌊"):
        assert speech.seconds_of(speech.speech_file(tmp_path, text, text)) > 1.5


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ("Sampai 14.30 WITA.", "Sampai pukul 14 lewat 30 menit waktu Indonesia tengah."),
        ("Pukul 07.00 di Ds. Sakra", "Pukul 7 tepat di desa Sakra"),
        ("Gempa M6,8, 12 km dari Sembalun", "Gempa magnitudo 6 koma 8, 12 kilometer dari Sembalun"),
        ("Tinggi air 1,5 m, lebar 30 cm", "Tinggi air 1 koma 5 meter, lebar 30 sentimeter"),
        ("Hubungi 112", "Hubungi 1 1 2"),
        ("RT 03/RW 02", "R T 03 R W 02"),
        ("Lihat https://posko.id/t/abc", "Lihat alamat ada di pesan tertulis"),
        ("Jangan lewat.\nCari jalan lain", "Jangan lewat. Cari jalan lain"),
        ("[[x]] <b> “kata”", "x b kata"),
    ],
)
def test_signs_and_numbers_as_a_person_would_say_them(written: str, said: str) -> None:
    assert spoken(written) == said


@given(st.text(max_size=300))
def test_no_text_keeps_a_sign_that_commands_the_voice(text: str) -> None:
    assert not set("[]<>{}\n") & set(spoken(text))


def test_the_words_are_said_twice_and_an_exercise_says_so_first_and_last() -> None:
    text = rules.words_on_air("Air naik di Sakra", True)
    whole = announcement("Air naik", text)
    assert whole.count("Air naik di Sakra") == 2
    assert spoken(text).startswith("LATIHAN")
    assert spoken(text).endswith("LATIHAN")


@pytest.mark.parametrize("card", ["-D", "default; rm -rf /", "a b", "plughw:1,0\n"])
def test_a_card_name_is_a_name(card: str) -> None:
    with pytest.raises(ValidationError):
        VoiceSettings(card=card)


@on_spatialite
def test_the_announcement_can_be_taken_from_the_page(ask, cast, app) -> None:
    body = {"uid": uid(), "order": "inform", "text": TEXT, "priority": "P2", "unit_ids": [cast.units["TRC-1"]]}
    written = ask("dispatcher", "POST", "/alerts", {**body, "expires_in_min": 60})
    assert written.status_code == 201, written.json
    alert_id = written.json["body"]["alert"]
    got = ask("dispatcher", "GET", f"/alerts/{alert_id}/speech")
    assert (got.status_code, got.mimetype) == (200, "audio/wav")
    assert got.data[:4] == b"RIFF"
    assert ask("dispatcher", "GET", "/alerts/999/speech").status_code == 404
    assert ask(None, "GET", f"/alerts/{alert_id}/speech").status_code == 401


@on_spatialite
def test_words_are_heard_before_they_are_sent_exactly_as_they_would_be_said(ask, cast, app) -> None:
    given = {"text": TEXT, "headline": "Banjir", "order": "inform"}
    preview = ask("dispatcher", "POST", "/alerts/speech", given)
    assert (preview.status_code, preview.mimetype) == (200, "audio/wav"), preview.json
    to = {"uid": uid(), "priority": "P2", "unit_ids": [cast.units["TRC-1"]], "expires_in_min": 60}
    alert_id = ask("dispatcher", "POST", "/alerts", given | to).json["body"]["alert"]
    assert ask("dispatcher", "GET", f"/alerts/{alert_id}/speech").data == preview.data
    alarm = ask("dispatcher", "POST", "/alerts/speech", given | {"order": "evacuate"})
    assert alarm.data != preview.data, "an evacuation begins with the warble"
    assert ask("village", "POST", "/alerts/speech", given).status_code == 403
    assert ask("dispatcher", "POST", "/alerts/speech", {"order": "inform"}).json["field"] == "text"
