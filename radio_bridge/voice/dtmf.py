"""The tones of a handheld's keypad (DTMF, ITU-T Q.23): made, and heard through the noise of a radio. Pure.

An answer is `*TEAM#CODE`: the number of the team, then the digits that the announcement named (`1`, `01` or `001`).
"""

from __future__ import annotations

import array
import math
import re
import sys
from dataclasses import dataclass, field
from functools import lru_cache
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    import numpy as np

ROWS = (697, 770, 852, 941)
COLUMNS = (1209, 1336, 1477, 1633)
KEYPAD = ("123A", "456B", "789C", "*0#D")
"""Tones in hertz; a key is one of each."""
RATE = 8000
"""Samples a second, 16 bit, one channel: what we hear. A tone of 1,633 Hz needs no more."""

BLOCK = 205
"""Samples of one look: 26 ms, in which no two tones of the keypad look alike."""
STEP = 68
"""Samples between two looks."""
LOOKS = 3
"""So many looks in a row make a key, and without it end one: 40 ms are enough, 20 ms are a click."""
OFF = (0.987, 1.0, 1.013)
"""How far a cheap handheld may be off in pitch (1.5 %, ITU-T Q.24), as three places to look at."""
SHARE = 0.62
"""Of all the power that is heard, the least that the two tones must have: a voice has less."""
TWIST = 10.0
"""The most that one tone may be stronger than the other (in power): radios bend the high tones by up to 10 dB."""
CLEAR = 4.0
"""How much stronger (in power) a tone must be than the next of its group."""
QUIET = 60.0
"""Below this level (of 32,767) nothing is looked for."""

PATIENCE_S = 4.0
"""A key that comes later after the one before belongs to another answer."""
_ANSWER = re.compile(r"\*(\d{1,3})#(0{0,2}[1-9])")
"""No answer is the beginning of another: noughts alone wait for their digit."""
LONGEST_ANSWER = 8


class Answer(NamedTuple):
    """What a team keyed in."""

    team: int
    code: int

    @property
    def keys(self) -> str:
        """As it was keyed: `*12#1`, `*12#01`."""
        return f"*{self.team}#{keys_of(self.code)}"


def answer_of(keys: str) -> Answer | None:
    """The answer that these keys are, from the star to the last digit; None where they are none."""
    found = _ANSWER.fullmatch(keys)
    return Answer(int(found[1]), code_of(found[2])) if found else None


def tones(keys: str, rate: int = RATE, on_s: float = 0.1, off_s: float = 0.1, level: float = 0.4) -> bytes:
    """The keys as 16-bit samples, as a handheld sends them. level: of each tone, 0 to 0.5."""
    samples = array.array("h")
    for key in keys:
        low, high = tones_of(key)
        samples.extend(_both(at / rate, low, high, level) for at in range(int(rate * on_s)))
        samples.extend([0] * int(rate * off_s))
    if sys.byteorder == "big":
        samples.byteswap()
    return samples.tobytes()


def _both(at_s: float, low: int, high: int, level: float) -> int:
    return int(32_767 * level * (math.sin(2 * math.pi * low * at_s) + math.sin(2 * math.pi * high * at_s)))


def tones_of(key: str) -> tuple[int, int]:
    """(low, high) in hertz. Raises KeyError for what no keypad has."""
    for row, keys in zip(ROWS, KEYPAD, strict=True):
        if key in keys:
            return row, COLUMNS[keys.index(key)]
    raise KeyError(key)


@lru_cache(maxsize=1)
def _waves() -> Any:
    """Goertzel's filters side by side: BLOCK by 24, each tone too low, right, and too high."""
    import numpy as np

    hertz = np.outer(np.array(ROWS + COLUMNS), OFF).ravel()
    return np.exp(-2j * np.pi * np.outer(np.arange(BLOCK) / RATE, hertz)).astype(np.complex64)


class Keys:
    """Hears keys in samples that come in pieces of any size."""

    def __init__(self) -> None:
        self._rest = b""
        self._heard, self._times, self._down = "", 0, ""
        self.at_s = 0.0
        """How much sound has gone by."""
        self.level = 0.0
        """Of the newest sound, 0 to 32,767."""

    def feed(self, sound: bytes) -> list[tuple[str, float]]:
        """(key, when in seconds of sound) for each key pressed; a key held down is told once."""
        import numpy as np

        whole = self._rest + sound
        count = max(0, (len(whole) // 2 - BLOCK) // STEP + 1)
        self._rest = whole[2 * count * STEP :]
        if not count:
            return []
        samples = np.frombuffer(whole[: 2 * ((count - 1) * STEP + BLOCK)], dtype="<i2").astype(np.float32)
        looks = np.lib.stride_tricks.sliding_window_view(samples, BLOCK)[::STEP]
        self.level = float(np.sqrt(np.mean(samples**2)))
        return [told for key in _keys_of(looks) if (told := self._look(key))]

    def _look(self, key: str) -> tuple[str, float] | None:
        """One look further; what is told when a key has just become sure."""
        self.at_s += STEP / RATE
        self._times = self._times + 1 if key == self._heard else 1
        self._heard = key
        if self._times < LOOKS or key == self._down:
            return None
        self._down = key
        return (key, self.at_s) if key else None

    def forget(self) -> None:
        """What was half heard belongs to nothing: we spoke ourselves meanwhile."""
        self._rest, self._heard, self._times, self._down = b"", "", 0, ""


def _keys_of(looks: np.ndarray) -> list[str]:
    """The key of each look, empty where there is none. looks: n by BLOCK."""
    import numpy as np

    energy = np.sum(looks**2, axis=1)
    power = (np.abs(looks @ _waves()) ** 2).reshape(-1, 8, len(OFF)).max(axis=2) * (2 / BLOCK)
    low, high = power[:, :4], power[:, 4:]
    row, column = np.argmax(low, axis=1), np.argmax(high, axis=1)
    every = np.arange(len(looks))
    strongest, other = low[every, row], high[every, column]
    is_key = (
        (energy > BLOCK * QUIET**2)
        & (strongest + other > SHARE * energy)
        & (strongest < TWIST * other)
        & (other < TWIST * strongest)
        & _is_clear(low, strongest)
        & _is_clear(high, other)
    )
    return [KEYPAD[row[at]][column[at]] if is_key[at] else "" for at in every]


def _is_clear(group: np.ndarray, strongest: np.ndarray) -> Any:
    """Whether the second of a group is well below the first."""
    import numpy as np

    return np.sort(group, axis=1)[:, -2] * CLEAR < strongest


def code_of(keys: str) -> int:
    """What is keyed behind the hash, as a number: `1` to `9` is 1 to 9, `01` to `09` is 11 to 19, `001` is 21."""
    return 10 * (len(keys) - 1) + int(keys[-1])


def keys_of(code: int) -> str:
    """The keys that code_of() reads so."""
    return "0" * (code // 10) + str(code % 10)


@dataclass
class Answers:
    """Makes answers of keys: `*12#1`; a star begins anew, and who waits too long begins anew as well."""

    _so_far: str = ""
    _at_s: float = field(default=-math.inf)

    def take(self, key: str, at_s: float) -> Answer | None:
        """One more key, heard at `at_s`; the answer it completes, if it does."""
        is_late = at_s - self._at_s > PATIENCE_S
        self._at_s = at_s
        self._so_far = key if key == "*" or is_late else (self._so_far + key)[-LONGEST_ANSWER:]
        answer = answer_of(self._so_far)
        if answer is not None:
            self._so_far = ""
        return answer
