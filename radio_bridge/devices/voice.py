"""A handheld at the sound card: Posko speaks with espeak-ng and hears the keys (DTMF) of every handheld in the regency.

`voice:plughw:1,0?ptt=rts:/dev/serial/by-id/NAME&service=rapi&callsign=JZ21AB`; without ptt the radio's own VOX keys it.
No frame passes here, packed or plain: write() refuses everything, because only words a person understands may be
spoken on a channel of people.
"""

import contextlib
import os
import re
import select
import stat
import subprocess
import time
import wave
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import IO, ClassVar

from alerts import speech
from radio_bridge.devices import Address, figures_of
from radio_bridge.errors import CannotSend
from radio_bridge.ports import BadPort, LinkLost
from radio_bridge.profiles import get_profile
from radio_bridge.ptt import KeyedTooLong, Ptt, ptt_of
from radio_bridge.voice.dtmf import RATE, Answers, Keys

FILES = "file"
"""In place of a card: `voice:file?out=PATH&in=FIFO`, for tests and for sound that another program carries."""
WORDS_A_MINUTE = 130
KEY_UP_S = 0.3
"""Between pressing the key and the first word: squelches of other radios open slowly."""
BETWEEN_S = 1.0
"""Between two overs: somebody with an emergency can break in."""
LATE_S = 5.0
"""A card that has not played a sound this long after its end is gone."""
READ_AT_ONCE = 16_384
_CARD = re.compile(r"\w[\w:,=.-]*")


class Voice:
    """Ear and mouth at one radio. The rig of people (voice_rig) runs it; no frame ever passes."""

    speaks = True
    options: ClassVar[frozenset[str]] = frozenset(("ptt", "wpm", "busy", "in", "out"))

    def __init__(self, address: Address, folder: Path) -> None:
        self.figures = figures_of(address)
        self._check(address)
        self._card = "" if address.place == FILES else address.place
        self._in, self._out = address.options.get("in", ""), address.options.get("out", "")
        self._folder = folder / "speech" / "radio"
        self._wpm = int(address.number("wpm", WORDS_A_MINUTE))
        self._busy_level = address.number("busy", 0.0) * 32_767
        longest_s = get_profile(self.figures.service).longest_speech_s
        self._ptt: Ptt | None = ptt_of(address.options["ptt"], longest_s + 2) if address.options.get("ptt") else None
        self._ear: subprocess.Popen[bytes] | None = None
        self._number: int | None = None
        self._forget()

    def _check(self, address: Address) -> None:
        profile = get_profile(self.figures.service)
        if address.place != FILES and not _CARD.fullmatch(address.place):
            raise BadPort("voice: needs a sound card as ALSA names it, such as voice:plughw:1,0 (aplay -L).")
        if address.place == FILES and not (address.options.get("in") and address.options.get("out")):
            raise BadPort("voice:file needs ?out=PATH&in=FIFO.")
        if not profile.longest_speech_s:
            raise BadPort(f"Nobody can speak on {profile.words}; the voice device needs another ?service=.")
        if profile.identify_every_s and not self.figures.callsign:
            raise BadPort(f"On {profile.words} the radio's address names a call sign: ?callsign=JZ21AB")

    # the port

    def open(self) -> None:
        """Begin to listen, with the key up. Raises LinkLost."""
        self.close()
        if not speech.is_there():
            raise LinkLost("espeak-ng is not installed: apt-get install espeak-ng")
        if self._ptt is not None:
            self._ptt.open()
        self._number = self._listening()
        self._forget()

    def _listening(self) -> int:
        if not self._card:
            return _fifo(self._in)
        command = ["arecord", "-q", "-D", self._card, "-f", "S16_LE", "-r", str(RATE), "-c", "1", "-t", "raw"]
        try:
            self._ear = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, env=_quiet())
        except OSError as fault:
            raise LinkLost(f"arecord: {fault.strerror} (apt-get install alsa-utils)") from fault
        number = _stream(self._ear).fileno()
        os.set_blocking(number, False)
        return number

    def fileno(self) -> int:
        """Readable when there is sound, and when the card is gone."""
        if self._number is None:
            raise LinkLost("the port is not open")
        return self._number

    def read(self) -> list[bytes]:
        """The answers that are complete now, as they were keyed: `*12#1`, `*12#01`."""
        answers = [self._answers.take(key, at_s) for key, at_s in self._keys.feed(self._sound())]
        return [answer.keys.encode() for answer in answers if answer]

    def _sound(self) -> bytes:
        try:
            sound = os.read(self.fileno(), READ_AT_ONCE)
        except BlockingIOError:
            return b""
        except OSError as fault:
            raise LinkLost(f"{self._card or self._in}: {fault}") from fault
        if not sound:
            raise LinkLost(f"{self._card or self._in}: the sound card is gone")
        return sound

    def is_busy(self) -> bool:
        """Whether somebody speaks; never where no ?busy= (0 to 1) says how loud that is."""
        return bool(self._busy_level) and self._keys.level >= self._busy_level

    def write(self, frame: bytes) -> None:
        """Always CannotSend: a frame has nothing to do on a channel of people."""
        self.fileno()
        raise CannotSend(f"A frame of {len(frame)} bytes is not for a channel where only people speak.")

    def check(self) -> None:
        """LinkLost when the ear died."""
        self.fileno()
        if self._ear is not None and self._ear.poll() is not None:
            raise LinkLost(f"{self._card}: arecord ended; is the card unplugged?")

    def close(self) -> None:
        """The key up, ear and mouth closed."""
        if self._ptt is not None:
            self._ptt.close()
        ear, number, self._ear, self._number = self._ear, self._number, None, None
        if ear is not None:
            ear.kill()
            ear.wait()
            _stream(ear).close()
        elif number is not None:
            os.close(number)

    def _forget(self) -> None:
        self._keys, self._answers = Keys(), Answers()

    # the voice

    def seconds_of(self, words: str) -> float:
        """How long it takes to say. Raises CannotSend."""
        return speech.seconds_of(self._file(words))

    def _file(self, words: str) -> Path:
        try:
            return speech.words_file(self._folder, words, self._wpm)
        except (speech.NoVoice, OSError) as fault:
            raise CannotSend(str(fault)) from fault

    def say(self, overs: Sequence[str], is_over: Callable[[], bool] = lambda: False) -> int:
        """Speak, one press of the key for each; how many overs were said before is_over(). Raises LinkLost."""
        files = [self._file(words) for words in overs]
        said = 0
        for file in files:
            if is_over():
                break
            if said:
                time.sleep(BETWEEN_S)
            said += self._speak(file, is_over)
        self._hear_nothing_of_it()
        return said

    def _speak(self, file: Path, is_over: Callable[[], bool]) -> bool:
        """One over; the key is let go whatever happens, and by the watchdog if we do not live to do it."""
        lasts_s = speech.seconds_of(file)
        try:
            if self._ptt is not None:
                self._ptt.key(lasts_s + KEY_UP_S + 1.0)
                time.sleep(KEY_UP_S)
            return self._play(file, lasts_s, is_over)
        except KeyedTooLong:
            return False
        finally:
            if self._ptt is not None:
                self._ptt.unkey()

    def _play(self, file: Path, lasts_s: float, is_over: Callable[[], bool]) -> bool:
        if not self._card:
            return _pour(file, Path(self._out), lasts_s, is_over)
        try:
            mouth = subprocess.Popen(
                ["aplay", "-q", "-D", self._card, str(file)], stderr=subprocess.DEVNULL, env=_quiet()
            )
        except OSError as fault:
            raise LinkLost(f"aplay: {fault.strerror}") from fault
        try:
            return _wait(mouth, time.monotonic() + lasts_s + LATE_S, is_over)
        finally:
            mouth.kill()
            mouth.wait()

    def _hear_nothing_of_it(self) -> None:
        """What the card heard of ourselves is thrown away."""
        while select.select([self.fileno()], [], [], 0)[0] and len(self._sound()) == READ_AT_ONCE:
            pass
        self._forget()


def _wait(mouth: subprocess.Popen[bytes], until: float, is_over: Callable[[], bool]) -> bool:
    """Whether it was played to its end. Raises LinkLost when the card refuses or hangs."""
    while time.monotonic() < until:
        with contextlib.suppress(subprocess.TimeoutExpired):
            if mouth.wait(0.05) != 0:
                raise LinkLost("aplay: the sound card does not play (aplay -L)")
            return True
        if is_over():
            return False
    raise LinkLost("aplay: the sound card hangs")


def _pour(file: Path, out: Path, lasts_s: float, is_over: Callable[[], bool]) -> bool:
    """The samples of a WAV file, added to a file, or given to whoever reads a FIFO and taking their time there."""
    began = time.monotonic()
    try:
        number = os.open(out, os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_NONBLOCK, 0o600)
        with contextlib.closing(os.fdopen(number, "wb", buffering=0)):
            _give(number, _samples(file), began + lasts_s + LATE_S)
            is_fifo = stat.S_ISFIFO(os.fstat(number).st_mode)
    except OSError as fault:
        raise LinkLost(f"{out}: {fault}") from fault
    while is_fifo and time.monotonic() < began + lasts_s and not is_over():
        time.sleep(0.02)
    return not is_over() or not is_fifo


def _samples(file: Path) -> bytes:
    with wave.open(str(file), "rb") as words:
        return words.readframes(words.getnframes())


def _give(number: int, samples: bytes, until: float) -> None:
    while samples:
        if not select.select([], [number], [], max(0.0, until - time.monotonic()))[1]:
            raise OSError("nobody reads")
        samples = samples[os.write(number, samples) :]


def _fifo(path: str) -> int:
    """Open for both ways, so that it does not end when a writer leaves."""
    try:
        if not stat.S_ISFIFO(os.stat(path).st_mode):
            raise BadPort(f"{path} is no FIFO (mkfifo).")
        return os.open(path, os.O_RDWR | os.O_NONBLOCK)
    except OSError as fault:
        raise LinkLost(f"{path}: {fault.strerror}") from fault


def _stream(process: subprocess.Popen[bytes]) -> IO[bytes]:
    assert process.stdout is not None
    return process.stdout


def _quiet() -> dict[str, str]:
    """No key of ours in the environment of another program."""
    return {name: value for name, value in os.environ.items() if not name.startswith("POSKO_")}
