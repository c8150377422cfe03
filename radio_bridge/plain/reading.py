"""Words read back as the radiogram they were written from; anything we would not write so is no line of ours."""

from __future__ import annotations

from base64 import b32decode
from collections.abc import Callable, Sequence

from radio_bridge.errors import CannotSend
from radio_bridge.plain import writing
from radio_bridge.plain.vocabulary import ACTION_WORDS, EXERCISE, LEVEL_WORDS, SIGNED, TEXT, TYPE_WORDS, read_back
from radio_bridge.radiogram import (
    SLOT_STEP_MS,
    STATION_LAST,
    Ack,
    Alert,
    Cancel,
    Fragment,
    Key,
    Level,
    Missing,
    Place,
    Position,
    Radiogram,
    Receipt,
    RollCall,
    Status,
    Text,
    Time,
)


def read(line: str) -> Radiogram | None:
    """The radiogram of a line; None unless we would write it so."""
    try:
        head, _, text = line.partition(TEXT)
        words = head.split(" ")[:-2]
        exercise = words[0] == EXERCISE
        radiogram = _READERS[words[exercise]](_Words(words[1 + exercise :]), exercise, read_back(text))
        return radiogram if _as_written(radiogram, head) == line else None
    except (IndexError, KeyError, ValueError, CannotSend):
        return None


def _as_written(radiogram: Radiogram, head: str) -> str:
    """The line as we would have written it, with the envelope it came in."""
    return " ".join([writing.head(radiogram), *head.split(" ")[-2:]]) + writing.tail(radiogram)


class _Words:
    """Words taken one after the other; ValueError or IndexError when another stands there."""

    def __init__(self, words: list[str]) -> None:
        self._words = words

    def take(self) -> str:
        return self._words.pop(0)

    def number(self, before: str = "", after: str = "") -> int:
        return int(_between(self.take(), before, after))

    def optional(self, before: str) -> str | None:
        """What follows `before` in the next word, if it begins so."""
        return self.take().removeprefix(before) if self._words and self._words[0].startswith(before) else None

    def number_and_revision(self) -> tuple[int, int]:
        ref, revision = self.take().split(".")
        return int(ref), int(revision)

    def asks(self) -> dict[str, object]:
        """Roster, slot and whether a second copy follows."""
        roster, slot = self.optional("R"), self.optional("S")
        again = self.optional("UL") is not None
        return {"roster": _stations_of(roster), "slot_ms": int(slot or 0) * SLOT_STEP_MS, "again": again}


def _between(word: str, before: str, after: str) -> str:
    if not (word.startswith(before) and word.endswith(after)):
        raise ValueError(f"{word} is not {before}...{after}")
    return word[len(before) : len(word) - len(after)]


def _stations_of(roster: str | None) -> tuple[int, ...]:
    if roster is None:
        return ()
    first, slash, bits = roster.partition("/")
    if slash:
        whole = f"{int(bits, 16):0{4 * len(bits)}b}"
        return tuple(int(first) + at for at, bit in enumerate(whole) if bit == "1")
    return tuple(number for run in roster.split(",") for number in _run(run))


def _run(run: str) -> range:
    first, _, last = run.partition("-")
    if int(last or first) > STATION_LAST:
        raise ValueError("no such station")
    return range(int(first), int(last or first) + 1)


def _code(words: Sequence[str], word: str, letter: str) -> int:
    return words.index(word) if word in words else int(_between(word, letter, ""))


def _place_of(word: str | None) -> Place | None:
    if word is None:
        return None
    lat, lon = word.split(",")
    return Place(float(lon), float(lat))


def _read_alert(words: _Words, exercise: bool, text: str) -> Alert:
    (ref, revision), priority = words.number_and_revision(), words.number("P")
    kind, action = _code(TYPE_WORDS, words.take(), "J"), _code(ACTION_WORDS, words.take(), "A")
    expires_min, place = words.number("", "M"), _place_of(words.optional("@"))
    asks: dict[str, object] = words.asks()
    return Alert(ref, revision, priority, kind, action, expires_min, place, exercise, text, **asks)  # type: ignore[arg-type]


def _read_cancel(words: _Words, exercise: bool, _: str) -> Cancel:
    (ref, revision), priority, expires_min = words.number_and_revision(), words.number("P"), words.number("", "M")
    return Cancel(ref, revision, priority, expires_min, exercise, **words.asks())  # type: ignore[arg-type]


def _read_ack(words: _Words, _: bool, __: str) -> Ack:
    (ref, revision), level = words.number_and_revision(), Level(LEVEL_WORDS.index(words.take()))
    return Ack(ref, revision, level, _stations_of(words.optional("R")))


def _read_position(words: _Words, exercise: bool, _: str) -> Position:
    place = _place_of(words.optional("@"))
    if place is None:
        raise ValueError("a position without a place")
    return Position(place, words.number("", "M"), exercise, words.number())


def _ref(words: _Words) -> int | None:
    ref = words.optional("A")
    return None if ref is None else int(ref)


def _read_status(words: _Words, exercise: bool, _: str) -> Status:
    digit, number = words.number(), words.number()
    return Status(digit, _ref(words), exercise, number)


def _read_text(words: _Words, exercise: bool, text: str) -> Text:
    number = words.number()
    return Text(text, _ref(words), exercise, number)


def _read_roll_call(words: _Words, exercise: bool, _: str) -> RollCall:
    ref, priority = words.number(), words.number("P")
    return RollCall(ref, priority, exercise=exercise, **words.asks())  # type: ignore[arg-type]


def _read_key(words: _Words, _: bool, __: str) -> Key:
    epoch, commanders, out = words.number(), words.optional("K"), words.optional("R")
    signature = b32decode(words.take() + "=") if words.take() == SIGNED else b""
    return Key(epoch, _stations_of(out), _stations_of(commanders), signature.hex())


def _read_fragment(words: _Words, exercise: bool, text: str) -> Fragment:
    number, (part, parts), mark = words.number(), words.take().split("/"), int(words.take(), 16)
    return Fragment(number, int(part) - 1, int(parts) - 1, mark, text.encode(), False, _ref(words), exercise)


def _read_missing(words: _Words, _: bool, __: str) -> Missing:
    number, mark = words.number(), int(words.take(), 16)
    return Missing(number, mark, _stations_of(words.optional("R")))


_READERS: dict[str, Callable[[_Words, bool, str], Radiogram]] = {
    "AWAS": _read_alert,
    "BATAL": _read_cancel,
    "OK": _read_ack,
    "TERIMA": lambda words, _, __: Receipt(words.number()),
    "STATUS": _read_status,
    "POSISI": _read_position,
    "PESAN": _read_text,
    "ABSEN": _read_roll_call,
    "JAM": lambda words, _, __: Time(words.number()),
    "KUNCI": _read_key,
    "BAGIAN": _read_fragment,
    "KURANG": _read_missing,
}
