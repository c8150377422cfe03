"""The keys of a handheld: heard through noise, in pieces, and never in a voice; checked against other programs."""

import subprocess
import time
import wave
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from alerts import speech
from radio_bridge.devices import make_device
from radio_bridge.framing import ax25
from radio_bridge.voice import dtmf
from radio_bridge.voice.dtmf import Answer, Answers, Keys, keys_of, tones, tones_of
from tests.radio_bridge.live_tncs import live_air
from tests.radio_bridge.rigs import wait_for

ALL_KEYS = "".join(dtmf.KEYPAD)
LOUD = 0.4 * 32_767
keys = st.text(st.sampled_from(ALL_KEYS), min_size=1, max_size=8)


def heard(sound: bytes, piece: int = 1000) -> str:
    ear, found = Keys(), ""
    for at in range(0, len(sound), piece):
        found += "".join(key for key, _ in ear.feed(sound[at : at + piece]))
    return found


def through_noise(sound: bytes, snr_db: float, seed: int, level: float = 0.4) -> bytes:
    """With silence before and after; snr_db: of the two tones against the noise in the whole band."""
    samples = np.frombuffer(bytes(3000) + sound + bytes(3000), "<i2").astype(float) * level
    noise = np.random.default_rng(seed).normal(0, level * LOUD / 10 ** (snr_db / 20), len(samples))
    return np.clip(samples + noise, -32_768, 32_767).astype("<i2").tobytes()  # type: ignore[no-any-return]


@pytest.mark.slow
@settings(max_examples=30, deadline=None)
@given(keys, st.floats(6, 30), st.integers(0, 999), st.floats(0.05, 0.9), st.integers(50, 200))
def test_every_key_is_heard_through_noise_once_and_in_order(
    pressed: str, snr_db: float, seed: int, level: float, on_ms: int
) -> None:
    sound = tones(pressed, on_s=on_ms / 1000, off_s=0.08)
    assert heard(through_noise(sound, snr_db, seed, level)) == pressed


@pytest.mark.slow
@settings(max_examples=30, deadline=None)
@given(keys, st.integers(1, 5000))
def test_it_does_not_matter_how_the_sound_was_cut(pressed: str, piece: int) -> None:
    assert heard(bytes(2000) + tones(pressed) + bytes(2000), piece) == pressed


@settings(max_examples=25, deadline=None)
@given(keys, st.floats(-0.015, 0.015), st.floats(-8, 8))
def test_a_cheap_radio_may_be_off_in_pitch_and_bend_the_high_tones(pressed: str, off: float, twist_db: float) -> None:
    pieces = [np.zeros(800)]
    for key in pressed:
        low, high = tones_of(key)
        at_s = np.arange(800) / dtmf.RATE
        both = np.sin(2 * np.pi * low * (1 + off) * at_s) + 10 ** (twist_db / 20) * np.sin(
            2 * np.pi * high * (1 + off) * at_s
        )
        pieces += [both * 6000, np.zeros(800)]
    assert heard(np.concatenate(pieces).astype("<i2").tobytes()) == pressed


@pytest.mark.parametrize(("on_ms", "found"), [(60, "5"), (40, "5"), (15, "")])
def test_forty_milliseconds_are_a_key_and_fifteen_are_a_click(on_ms: int, found: str) -> None:
    assert heard(bytes(2000) + tones("5", on_s=on_ms / 1000) + bytes(2000)) == found


def test_one_tone_alone_three_tones_and_hum_are_no_key() -> None:
    at_s = np.arange(8000) / dtmf.RATE
    for hertz in ([697], [1336], [50, 100, 150], [697, 770, 1209], [697, 852, 1336], [440, 660], [1000]):
        sound = sum(np.sin(2 * np.pi * one * at_s) for one in hertz) * 8000
        assert heard(np.asarray(sound).astype("<i2").tobytes()) == ""


@pytest.mark.slow
def test_minutes_of_noise_are_no_answer() -> None:
    noise = np.random.default_rng(7).normal(0, 6000, dtmf.RATE * 200).clip(-32_768, 32_767).astype("<i2").tobytes()
    assert heard(noise, 16_384) == ""


def said(folder: Path, words: str) -> bytes:
    """A voice, as our ear samples it."""
    with wave.open(str(speech.words_file(folder, words)), "rb") as file:
        samples = np.frombuffer(file.readframes(file.getnframes()), "<i2").astype(float)
    at = np.arange(0, len(samples), speech.RATE / dtmf.RATE)
    return np.interp(at, np.arange(len(samples)), samples).astype("<i2").tobytes()  # type: ignore[no-any-return]


def test_a_voice_is_no_answer_and_one_that_speaks_over_the_keys_does_not_change_them(tmp_path: Path) -> None:
    words = "Banjir di desa Pringgabaya, evakuasi segera. Satu dua tiga empat lima enam tujuh delapan sembilan. "
    voice = said(tmp_path, words * 4)
    assert len(voice) / 2 / dtmf.RATE > 20
    answers = Answers()
    assert [answer for key, at_s in Keys().feed(voice) if (answer := answers.take(key, at_s))] == []
    pressed = tones("*12#1", on_s=0.15)
    quiet = (np.frombuffer(voice[: len(pressed)], "<i2") * 0.15).astype("<i2")
    assert heard((np.frombuffer(pressed, "<i2") + quiet).astype("<i2").tobytes()) == "*12#1"


# answers


def answers_of(pressed: str, apart_s: float = 0.2) -> list[Answer]:
    taking = Answers()
    found = [taking.take(key, at * apart_s) for at, key in enumerate(pressed)]
    return [answer for answer in found if answer]


def test_an_answer_is_a_star_a_team_a_hash_and_a_digit() -> None:
    assert answers_of("*12#1") == [Answer(12, 1)]
    assert answers_of("*7#3*120#9") == [Answer(7, 3), Answer(120, 9)]
    assert answers_of("*12#01*12#009") == [Answer(12, 11), Answer(12, 29)], "while the digits of one key are taken"
    assert answers_of("*12#0") == answers_of("*12#0001") == [], "noughts alone wait for their digit"
    assert answers_of("12#1") == answers_of("*#1") == answers_of("*1234#1") == answers_of("*12A#1") == []
    assert answers_of("*12*14#1") == [Answer(14, 1)], "who mistypes begins anew with the star"
    assert answers_of("*12#1", apart_s=5.0) == [], "keys of two people are not one answer"


@given(st.text(st.sampled_from(ALL_KEYS), max_size=40))
def test_no_heap_of_keys_makes_an_answer_that_was_not_typed(pressed: str) -> None:
    for team, code in answers_of(pressed):
        assert any(f"*{team:0{width}}#{keys_of(code)}" in pressed for width in (1, 2, 3))


# other programs


def multimon(folder: Path, sound: bytes) -> str:
    (folder / "sound.raw").write_bytes(sound)
    command = ["multimon-ng", "-q", "-t", "raw", "-a", "DTMF", str(folder / "sound.raw")]
    told = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    return "".join(line.removeprefix("DTMF: ")[0] for line in told.splitlines() if line.startswith("DTMF: "))


def test_another_decoder_reads_our_tones(tmp_path: Path) -> None:
    pressed = "*12#1*138#90257ABCD"
    assert multimon(tmp_path, bytes(4000) + tones(pressed, rate=22_050) + bytes(4000)) == pressed


@pytest.mark.slow
def test_where_another_decoder_still_hears_a_noisy_answer_so_do_we(tmp_path: Path) -> None:
    """The same sound for both; ours at a lower rate, which takes away noise but no tone."""
    pressed, ours, theirs = "*12#1*7#3", 0, 0
    for seed in range(12):
        wide = np.frombuffer(tones(pressed, rate=24_000), "<i2").astype(float) * 0.4
        noisy = wide + np.random.default_rng(seed).normal(0, 0.4 * LOUD / 10 ** (6 / 20), len(wide))
        ours += heard(noisy.reshape(-1, 3).mean(axis=1).astype("<i2").tobytes()) == pressed
        at = np.arange(0, len(noisy), 24_000 / 22_050)
        theirs += multimon(tmp_path, np.interp(at, np.arange(len(noisy)), noisy).astype("<i2").tobytes()) == pressed
    assert ours == 12 >= theirs


@pytest.mark.radio
def test_the_tones_of_another_sender_are_heard_through_its_channel(tmp_path: Path) -> None:
    """direwolf sends touch tones for a frame to DTMF; an ordinary frame behind it empties its sound card."""
    pressed = "*12#1*138#9"
    with (tmp_path / "tape").open("wb") as tape, live_air(tmp_path, 1) as live:
        live.tape = tape
        tnc = make_device(live.url(0), tmp_path)
        tnc.open()
        for destination, content in (("DTMF", pressed.encode()), ("POSKO", b"x" * 40)):
            tnc.write(ax25.ui("YB9ZZZ", destination, content))
            time.sleep(0.5)
        wait_for(lambda: live.busy_s > 2.5, what="the tones")
        wait_for(lambda: pressed in heard(taped(tmp_path / "tape")), what="the keys")
        tnc.close()


def taped(tape: Path) -> bytes:
    """22,050 Hz as our ear samples it."""
    sound = tape.read_bytes()
    samples = np.frombuffer(sound[: len(sound) // 2 * 2], "<i2").astype(float)
    at = np.arange(0, len(samples), 22_050 / dtmf.RATE)
    return np.interp(at, np.arange(len(samples)), samples).astype("<i2").tobytes()  # type: ignore[no-any-return]
