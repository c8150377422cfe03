"""A radiogram as a line of words: for channels where nothing may be said that a listener could not read.

`AWAS 4711.0 P1 BANJIR EVAK 30M R1-20 S35 0>* 11171 : Jumoyo =K7QF`. The four letters at the end are a keyed check
over all before them. The grammar is in docs/radio.md, section 7.
"""

from __future__ import annotations

import hmac
import re
from base64 import b32decode, b32encode
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from hashlib import blake2s

from radio_bridge.errors import BadFrame, CannotSend
from radio_bridge.framing.posko import Header, Opened, ReplayWindow, use_up
from radio_bridge.radiogram import (
    ALL,
    SLOT_STEP_MS,
    STATION_LAST,
    Ack,
    Alert,
    Asking,
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
from radio_bridge.radiogram.schema import encode
from radio_bridge.radiogram.texts import unsendable

BULLETIN = b":BLN1POSKO:"
"""APRS 1.0.1, chapter 14: a group bulletin, so that any APRS radio shows the line."""

IDENTITY = b">DE "
"""An APRS status; the call sign follows."""

LINE_MAX = 240
"""Longest line in bytes: with the bulletin's head it fills what an AX.25 frame may hold (256)."""

APRS_SHOWS = 67
"""Characters of a bulletin that other people's radios show. Ours read the whole line; a usual alert is shorter."""

TYPE_WORDS = [
    "LAIN", "KEBAKARAN", "MEDIS", "LAKA", "BANJIR", "LONGSOR", "GEMPA", "TSUNAMI", "ANGIN", "POHON", "SAR",
    "TENGGELAM", "HEWAN", "KEAMANAN", "RUSUH", "KDRT", "ODGJ", "KABEL", "BANDANG", "LAHAR", "LETUSAN", "ABRASI",
    "KARHUTLA", "KERING", "KAPAL", "B3", "PUTUS", "MAYDAY",
]  # fmt: skip
"""In the order of radiogram.TYPES; a newer code is J and its number."""

ACTION_WORDS = [
    "INFO", "SIAGA", "MENUJU", "EVAK", "KAJI", "TAHAN", "POS", "JAUHI", "TUTUP", "BANTU", "LAPOR", "KANAL", "SELESAI",
]  # fmt: skip
"""In the order of radiogram.ACTIONS; a newer code is A and its number."""

LEVEL_WORDS = ["HADIR", "ALAT", "DILIHAT", "DIBACA"]
LETTERS = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"
"""Of the check: no I, O, 0, 1, which sound or look alike."""

CHECK_LETTERS = 4
AROUND = len(BULLETIN) + 2 + CHECK_LETTERS
"""Bytes of a frame beside the line that the check is about."""

EXERCISE = "LATIHAN"
SIGNED = "TTD"
"""Before a signature, whose first letter may be any."""

UNKNOWN = 0
"""Type of a line whose words mean nothing to us; it is checked like what its station says of its own."""

_WRITTEN = {"\n": "<A>", "{": "<7B>", "|": "<7C>", "~": "<7E>"}
"""Signs that an APRS receiver takes for marks of its own, and the end of a line, by their number between < and >."""
_NUMBERED = re.compile("<(A|3C|7B|7C|7E)>")
_TO_WRITE = re.compile(r"[\n{|~]|<(?=(?:A|3C|7B|7C|7E)>)")
_TEXT = " : "
_ENVELOPE = re.compile(r" (0|[1-9][0-9]{0,2})>(\*|0|[1-9][0-9]{0,2}) (0|[1-9A-F][0-9A-F]{0,7})$")


def seal(radiogram: Radiogram, net: int, source: int, destination: int, key: bytes, epoch: int, counter: int) -> bytes:
    """The line as it goes into the carrier. Raises CannotSend when it cannot be said in one frame."""
    line = f"{_head(radiogram)} {source}>{'*' if destination == ALL else destination} {counter:X}"
    line += _tail(radiogram)
    _check_length(len(line.encode()) + 2 + CHECK_LETTERS)
    return BULLETIN + f"{line} ={_check(line, net, key, epoch, counter)}".encode()


def open_line(frame: bytes, keys: Mapping[int, bytes], window: ReplayWindow) -> tuple[Opened, Radiogram]:
    """Check and read a line under a net's one key, and use up its counter. keys: net -> key.

    Raises BadFrame with kind version, mac, replay or meaning.
    """
    nets = {net: ((window.epoch, key),) for net, key in keys.items()}
    return open_sealed(frame, lambda *_: nets, window)


Opening = Callable[[int, int, bytes], Mapping[int, Iterable[tuple[int, bytes]]]]
"""(type, source, content) -> net -> (epoch, key) it may be checked with."""


def open_sealed(
    frame: bytes, opening: Opening, window: ReplayWindow, series: Callable[[int, int, bytes], int] | None = None
) -> tuple[Opened, Radiogram]:
    """Check and read a line, and use up its counter.

    Raises BadFrame with kind version, mac, replay or meaning, and what `opening` raises.
    """
    line, check = _halves(frame)
    source, destination, counter = _envelope(line)
    radiogram = _read(line)
    type_number, content = encode(without_text(radiogram)) if radiogram else (UNKNOWN, b"")
    net, epoch = _net(line, check, opening(type_number, source, content), counter)
    use_up(window, series(type_number, source, content) if series else source, counter)
    if radiogram is None:
        raise BadFrame("meaning", "A genuine line says nothing this version understands.")
    return Opened(Header(type_number, net, source, destination), counter, line.encode(), epoch), radiogram


def source_of(frame: bytes) -> int:
    """The station a line names as its sender, before anything of it is believed. Raises BadFrame."""
    return _envelope(_halves(frame)[0])[0]


def header_of(frame: bytes) -> Header:
    """Whom a line names as its sender and whom it is for; it names neither its net nor its type. Raises BadFrame."""
    source, destination, _ = _envelope(_halves(frame)[0])
    return Header(UNKNOWN, 0, source, destination)


def bytes_on_air(radiogram: Radiogram) -> int:
    """The most bytes the line can take from any station with any part of the roster. Raises CannotSend."""
    words = _head(_widened(radiogram), _widest) + " 200>200 FFFFFFFF"
    words += _tail(radiogram)
    length = len(words.encode()) + 2 + CHECK_LETTERS
    _check_length(length)
    return len(BULLETIN) + length


def _widened(radiogram: Radiogram) -> Radiogram:
    """With what the link may still add, and whatever alert an ack may answer."""
    if isinstance(radiogram, Ack):
        return replace(radiogram, ref=(1 << 16) - 1, revision=(1 << 6) - 1, level=Level.SEEN)
    return replace(radiogram, again=True) if isinstance(radiogram, Asking) else radiogram


def identity(callsign: str) -> bytes:
    """What a station says to name itself."""
    return IDENTITY + callsign.encode()


def is_plain(content: bytes) -> bool:
    """Whether a person could read it: printable UTF-8 in one of our two forms."""
    try:
        words = content.decode()
    except UnicodeDecodeError:
        return False
    return content.startswith((BULLETIN, IDENTITY)) and words.isprintable()


def _check_length(length: int) -> None:
    if length > LINE_MAX:
        raise CannotSend(
            f"The line is {length} bytes long, {length - LINE_MAX} more than a plain frame carries. "
            "Shorten the text or send it in two parts."
        )


def _check(line: str, net: int, key: bytes, epoch: int, counter: int) -> str:
    """Four letters: the first 20 bits of a keyed BLAKE2s of 3 bytes."""
    message = epoch.to_bytes(4, "big") + counter.to_bytes(4, "big") + bytes((net,)) + line.encode()
    bits = int.from_bytes(blake2s(message, digest_size=3, key=key).digest(), "big") >> 4
    return "".join(LETTERS[bits >> shift & 31] for shift in (15, 10, 5, 0))


def _halves(frame: bytes) -> tuple[str, str]:
    """(what the check is about, the check)."""
    found = re.fullmatch(rb"(.+) =([A-Z2-9]{4})", frame.removeprefix(BULLETIN), re.DOTALL)
    if found is None or not is_plain(frame):
        raise BadFrame("version", "A frame that is no line of ours.")
    return found[1].decode(), found[2].decode()


def _net(line: str, check: str, nets: Mapping[int, Iterable[tuple[int, bytes]]], counter: int) -> tuple[int, int]:
    """(net, epoch) of the key under which the check is right.

    The line says its whole counter: four letters allow for no guessing.
    """
    for net, candidates in nets.items():
        for epoch, key in candidates:
            if hmac.compare_digest(check, _check(line, net, key, epoch, counter)):
                return net, epoch
    raise BadFrame("mac", "The check of a line is wrong.")


# -- writing -------------------------------------------------------------------------------------------------------


def _head(radiogram: Radiogram, roster: Callable[[Iterable[int]], str] | None = None) -> str:
    """All words before the envelope. Raises CannotSend for what the format has no words for."""
    encode(without_text(radiogram))  # the same limits as on every other channel
    _tail(radiogram)
    if isinstance(radiogram, Ack) and not (0 <= radiogram.ref < 1 << 16 and 0 <= radiogram.revision < 1 << 6):
        raise CannotSend(f"{_number(radiogram)} is no alert's number.")
    words = _WRITERS[type(radiogram)](radiogram, roster or _roster)
    return " ".join([EXERCISE] * getattr(radiogram, "exercise", False) + [word for word in words if word])


def without_text(radiogram: Radiogram) -> Radiogram:
    """What the limits of a frame are about on a channel where the text is not packed."""
    return replace(radiogram, text="") if isinstance(radiogram, Alert | Text) else radiogram


def _tail(radiogram: Radiogram) -> str:
    """The text as it ends the line. Raises CannotSend for signs that cannot be sent, naming them."""
    text = _text_of(radiogram)
    if signs := unsendable(text):
        raise CannotSend(f"The text holds signs that cannot be sent: {', '.join(signs)}; type it again without them.")
    return f"{_TEXT}{written_out(text)}" if text else ""


def _text_of(radiogram: Radiogram) -> str:
    """The words of a radiogram, or of a part of some."""
    if not isinstance(radiogram, Fragment):
        return str(getattr(radiogram, "text", ""))
    try:
        return "" if radiogram.coded else radiogram.chunk.decode()
    except ValueError:
        raise CannotSend("On this channel a part of a text ends between two characters.") from None


def written_out(text: str) -> str:
    """The text as it stands in a line; read_back() gives back exactly the same."""
    return _TO_WRITE.sub(lambda found: _WRITTEN.get(found[0], "<3C>"), text)


def read_back(written: str) -> str:
    """The text that written_out() was given."""
    return _NUMBERED.sub(lambda found: chr(int(found[1], 16)), written)


Words = Sequence[str]
Roster = Callable[[Iterable[int]], str]


def _alert(alert: Alert, roster: Roster) -> Words:
    what, order = _word(TYPE_WORDS, alert.type, "J"), _word(ACTION_WORDS, alert.action, "A")
    about = ("AWAS", _number(alert), f"P{alert.priority}", what, order, f"{alert.expires_min}M", _place(alert.place))
    return *about, *_asks(alert, roster)


def _cancel(cancel: Cancel, roster: Roster) -> Words:
    return "BATAL", _number(cancel), f"P{cancel.priority}", f"{cancel.expires_min}M", *_asks(cancel, roster)


def _number(about: Alert | Cancel | Ack) -> str:
    return f"{about.ref}.{about.revision}"


def _asks(radiogram: Asking, roster: Roster) -> Words:
    slot = f"S{radiogram.slot_ms // SLOT_STEP_MS}" if radiogram.slot_ms else ""
    return roster(radiogram.roster), slot, "UL" if radiogram.again else ""


def _word(words: Sequence[str], code: int, letter: str) -> str:
    return words[code] if code < len(words) else f"{letter}{code}"


def _place(place: Place | None) -> str:
    """Latitude first, as spoken; ten-thousandths of a degree."""
    return "" if place is None else f"@{_degrees(place.lat)},{_degrees(place.lon)}"


def _degrees(value: float) -> str:
    return f"{round(value, 4) + 0.0:.4f}"


def _about(ref: int | None) -> str:
    return "" if ref is None else f"A{ref}"


_WRITERS: dict[type[Radiogram], Callable[..., Words]] = {
    Alert: _alert,
    Cancel: _cancel,
    Ack: lambda ack, roster: ("OK", _number(ack), LEVEL_WORDS[ack.level], roster(ack.also)),
    Receipt: lambda receipt, _: ("TERIMA", str(receipt.number)),
    Status: lambda status, _: ("STATUS", str(status.digit), str(status.number), _about(status.ref)),
    Position: lambda at, _: ("POSISI", _place(at.place), f"{at.age_min}M", str(at.number)),
    Text: lambda text, _: ("PESAN", str(text.number), _about(text.ref)),
    RollCall: lambda call, roster: ("ABSEN", str(call.ref), f"P{call.priority}", *_asks(call, roster)),
    Time: lambda time, _: ("JAM", str(time.utc_s)),
    Key: lambda key, roster: ("KUNCI", str(key.epoch), _commanders(key), roster(key.out), SIGNED, _signature(key)),
    Fragment: lambda part, _: _fragment(part),
    Missing: lambda missing, _: ("KURANG", str(missing.number), f"{missing.mark:X}", _roster(missing.parts)),
}


def _commanders(key: Key) -> str:
    return f"K{_roster(key.commanders)[1:]}" if key.commanders else ""


def _signature(key: Key) -> str:
    """RFC 4648 base 32 without the padding: 103 letters and digits."""
    return b32encode(bytes.fromhex(key.signature)).decode().rstrip("=")


def _fragment(part: Fragment) -> Words:
    """Part 1/3 is the first of three."""
    if part.coded:
        raise CannotSend("On this channel a part of a text is in words a listener can read.")
    return "BAGIAN", str(part.number), f"{part.part + 1}/{part.last + 1}", f"{part.mark:X}", _about(part.ref)


def _roster(stations: Iterable[int]) -> str:
    """`R1-20,25`, or the bits in hexadecimal (`R1/AAAA8`) where that is shorter: a bad round must still fit."""
    numbers = sorted(set(stations))
    if not numbers:
        return ""
    return min(f"R{','.join(_runs(numbers))}", f"R{numbers[0]}/{_hex(numbers)}", key=len)


def _widest(stations: Iterable[int]) -> str:
    """As long as the roster of any part of these stations can become."""
    numbers = sorted(set(stations))
    return f"R200/{_hex(numbers)}" if numbers else ""


def _runs(numbers: list[int]) -> list[str]:
    """1, 2, 3, 5 -> 1-3, 5."""
    first = [number for number in numbers if number - 1 not in numbers]
    last = [number for number in numbers if number + 1 not in numbers]
    return [str(a) if a == b else f"{a}-{b}" for a, b in zip(first, last, strict=True)]


def _hex(numbers: list[int]) -> str:
    """A bit for each number from the first, filled up to whole digits, without zeros at the end."""
    length = (numbers[-1] - numbers[0]) // 4 + 1
    bits = sum(1 << 4 * length - 1 - (number - numbers[0]) for number in numbers)
    return f"{bits:0{length}X}"


# -- reading -------------------------------------------------------------------------------------------------------


def _envelope(line: str) -> tuple[int, int, int]:
    """(source, destination, full counter); BadFrame("version") when it ends in another way."""
    found = _ENVELOPE.search(line.partition(_TEXT)[0])
    source, destination = (int(found[1]), ALL if found[2] == "*" else int(found[2])) if found else (ALL, ALL)
    if found is None or source > STATION_LAST or destination > ALL:
        raise BadFrame("version", "A line that does not name its stations.")
    return source, destination, int(found[3], 16)


def _read(line: str) -> Radiogram | None:
    """The radiogram of a line; None unless we would write it so."""
    try:
        head, _, text = line.partition(_TEXT)
        words = head.split(" ")[:-2]
        exercise = words[0] == EXERCISE
        radiogram = _READERS[words[exercise]](_Words(words[1 + exercise :]), exercise, read_back(text))
        return radiogram if _as_written(radiogram, head) == line else None
    except (IndexError, KeyError, ValueError, CannotSend):
        return None


def _as_written(radiogram: Radiogram, head: str) -> str:
    """The line as we would have written it, with the envelope it came in."""
    return " ".join([_head(radiogram), *head.split(" ")[-2:]]) + _tail(radiogram)


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
