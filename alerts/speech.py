"""Speech in a file: espeak-ng reads an announcement, two tones go before it; the same words make the same bytes."""

import array
import hashlib
import math
import os
import shutil
import subprocess
import sys
import tempfile
import wave
from pathlib import Path

from alerts.spoken import announcement

RATE = 22_050
"""Samples a second, 16 bit, one channel: what espeak-ng writes."""
VERSION = "1"
"""Part of the name: raise it when the making changes, so that no old file is taken for a new one."""
WITHIN_S = 60.0
KEEP = 200
"""Files that are kept; the oldest go."""
LOUD = 0.6
_CHIME = ((880.0, 0.5), (660.0, 0.9))
_ALARM = ((800.0, 0.35), (1000.0, 0.35)) * 6
"""Tones (hertz, seconds): a chime for news, a warble for an evacuation."""
_PAUSE_S = 0.6


class NoVoice(Exception):
    """The words could not be made into sound; the message is a sentence for the operator."""


def is_there() -> bool:
    """Whether this machine can speak."""
    return shutil.which("espeak-ng") is not None


def speech_file(
    folder: Path,
    headline: str,
    text: str,
    *,
    is_alarm: bool = False,
    is_cancel: bool = False,
    words_a_minute: int = 140,
) -> Path:
    """The WAV file of these words, made now or before. Raises NoVoice."""
    words = announcement(headline, text, is_cancel)
    frozen = f"{VERSION} {is_alarm} {words_a_minute} {words}"
    path = folder / f"{hashlib.sha256(frozen.encode()).hexdigest()[:32]}.wav"
    if not path.exists():
        _make(path, words, is_alarm, words_a_minute)
        _forget_old(folder)
    return path


def words_file(folder: Path, words: str, words_a_minute: int = 140) -> Path:
    """The WAV file of these words as they stand, without tones before them. Raises NoVoice."""
    frozen = f"{VERSION} words {words_a_minute} {words}"
    path = folder / f"{hashlib.sha256(frozen.encode()).hexdigest()[:32]}.wav"
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=folder) as aside:
            _say(words, Path(aside) / "said.wav", words_a_minute)
            (Path(aside) / "said.wav").replace(path)
        _forget_old(folder)
    return path


def _make(path: Path, words: str, is_alarm: bool, words_a_minute: int) -> None:
    """Made beside and moved whole: nobody plays half of it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=path.parent) as folder:
        said, whole = Path(folder) / "said.wav", Path(folder) / "whole.wav"
        _say(words, said, words_a_minute)
        _join(said, whole, _ALARM if is_alarm else _CHIME)
        whole.replace(path)


def _say(words: str, path: Path, words_a_minute: int) -> None:
    """The words go by standard input: none of them is ever an option."""
    command = ["espeak-ng", "-v", "id", "-s", str(words_a_minute), "-w", str(path), "--stdin"]
    try:
        subprocess.run(command, input=words.encode(), capture_output=True, timeout=WITHIN_S, check=True)
    except FileNotFoundError:
        raise NoVoice("espeak-ng belum terpasang di komputer ini: apt-get install espeak-ng.") from None
    except (subprocess.SubprocessError, OSError):
        raise NoVoice("espeak-ng tidak dapat membacakan pesan ini.") from None
    if not path.exists():
        raise NoVoice("espeak-ng tidak membuat berkas suara.")


def _join(said: Path, whole: Path, tones: tuple[tuple[float, float], ...]) -> None:
    with wave.open(str(said), "rb") as voice:
        if (voice.getframerate(), voice.getsampwidth(), voice.getnchannels()) != (RATE, 2, 1):
            raise NoVoice("espeak-ng memakai bentuk suara yang tidak dikenal.")
        words = voice.readframes(voice.getnframes())
    _write(whole, _sound(tones) + _silence(_PAUSE_S) + words)


def _write(path: Path, samples: bytes) -> None:
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(RATE)
        file.writeframes(samples)


def _silence(seconds: float) -> bytes:
    return bytes(2 * int(RATE * seconds))


def silence_file(folder: Path) -> Path:
    """A twentieth of a second of nothing: what a card is tried with."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / "silence"
    if not path.exists():
        _write(path, _silence(0.05))
    return path


def _sound(tones: tuple[tuple[float, float], ...]) -> bytes:
    """Sine tones that rise and fall within 20 ms, so that no loudspeaker clicks."""
    samples = array.array("h")
    for hertz, seconds in tones:
        count, edge = int(RATE * seconds), RATE // 50
        for at in range(count):
            swell = min(1.0, at / edge, (count - at) / edge)
            samples.append(int(32_767 * LOUD * swell * math.sin(2 * math.pi * hertz * at / RATE)))
    if sys.byteorder == "big":
        samples.byteswap()
    return samples.tobytes()


def _forget_old(folder: Path) -> None:
    files = sorted(folder.glob("*.wav"), key=lambda path: path.stat().st_mtime, reverse=True)
    for path in files[KEEP:]:
        path.unlink(missing_ok=True)


def seconds_of(path: Path) -> float:
    """How long it plays."""
    with wave.open(str(path), "rb") as file:
        return file.getnframes() / file.getframerate()


def play(path: Path, card: str) -> None:
    """Play it to its end on an ALSA card ("default", "plughw:1,0"). Raises NoVoice."""
    command = ["aplay", "-q", "-D", card, str(path)]
    try:
        subprocess.run(command, capture_output=True, timeout=seconds_of(path) + 10.0, check=True, env=_quiet())
    except FileNotFoundError:
        raise NoVoice("aplay belum terpasang di komputer ini: apt-get install alsa-utils.") from None
    except (subprocess.SubprocessError, OSError):
        raise NoVoice("Kartu suara tidak dapat memutar pengumuman; periksa kabel dan namanya (aplay -L).") from None


def _quiet() -> dict[str, str]:
    return {name: value for name, value in os.environ.items() if not name.startswith("POSKO_")}
