"""What a frame means: alerts, acknowledgements and reports, packed bit by bit, because air is slow and shared."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from enum import IntEnum
from functools import cached_property, lru_cache
from typing import Any

from radio_bridge import wordcode
from radio_bridge.errors import BadFrame, CannotSend

FRAME_OVERHEAD = 12
"""Bytes of Posko's frame around the content: header 6, MAC 6 (see framing/posko.py)."""

CONTENT_MAX = 200
"""Longest content of one frame in bytes. Longer frames seldom survive a mobile channel whole."""

ALL = 255
"""Destination: every station of the net."""

STATION_LAST, GROUP_FIRST = 200, 201
"""Stations are 0..200 (0 is the centre), groups 201..254, 255 is everybody."""

ACK_REF_BITS, ACK_REVISION_BITS = 11, 3
"""What an ack can quote in its two bytes: the low bits of the alert's reference and revision."""

SLOT_STEP_MS = 20
SIGNATURE_BYTES = 64
PARTS_MAX = 32
"""Parts of a long text are numbered 0 to 31."""
EXPIRES_MAX_MIN = 2047
LON_WEST, LAT_SOUTH, DEGREE_STEPS = 94.0, -12.0, 10_000
LON_EAST, LAT_NORTH = 142.0, 7.0

TYPES = {
    0: "lainnya", 1: "kebakaran", 2: "medis", 3: "kecelakaan lalu lintas", 4: "banjir", 5: "tanah longsor",
    6: "gempa", 7: "tsunami", 8: "angin kencang", 9: "pohon tumbang", 10: "penyelamatan/SAR", 11: "orang tenggelam",
    12: "hewan liar", 13: "gangguan keamanan", 14: "kerusuhan", 15: "KDRT/anak", 16: "ODGJ", 17: "kabel/PJU",
    18: "banjir bandang", 19: "lahar", 20: "letusan gunung api", 21: "gelombang pasang/abrasi",
    22: "kebakaran hutan dan lahan", 23: "kekeringan", 24: "kecelakaan kapal", 25: "bahan berbahaya",
    26: "jalan/jembatan putus", 27: "darurat petugas (mayday)",
}  # fmt: skip
"""Type code (0..63) -> the word on the screen. Codes are never reused; new ones go to the end."""

ACTIONS = {
    0: "untuk diketahui", 1: "siaga", 2: "menuju lokasi", 3: "evakuasi", 4: "kaji cepat", 5: "tahan di tempat",
    6: "kembali ke pos", 7: "jauhi lokasi", 8: "tutup jalan", 9: "bantu satuan lain", 10: "lapor keadaan",
    11: "pindah kanal", 12: "selesai",
}  # fmt: skip
"""Action code (0..31) -> what the station is asked to do."""

STATUSES = {
    0: "darurat (mayday)", 1: "siaga di pos", 2: "terima tugas", 3: "berangkat", 4: "tiba di lokasi",
    5: "membawa korban", 6: "tiba di rujukan", 7: "kembali/selesai", 8: "siaga di lapangan", 9: "terkendala",
}  # fmt: skip
"""Unit status digit -> words (the digit is what is spoken on the radio)."""


class Level(IntEnum):
    """How far an alert has come at one station. Only SEEN and READ_BACK speak of a person."""

    PRESENT = 0
    """Answer to a roll-call: the station is on the air."""
    HEARD = 1
    """The device has it. Nobody may have looked."""
    SEEN = 2
    """A person pressed the key."""
    READ_BACK = 3
    """A person repeated the content."""


LEVELS = {
    Level.PRESENT: "hadir", Level.HEARD: "diterima perangkat", Level.SEEN: "dilihat", Level.READ_BACK: "dibaca ulang",
}  # fmt: skip


@dataclass(frozen=True)
class Place:
    """WGS 84 degrees. On the air rounded to 0.0001 degree (11 m cells, at most 8 m away), Indonesia only."""

    lon: float
    lat: float


@dataclass(frozen=True)
class Alert:
    """An alert to stations. `roster`, `slot_ms`, `again` and the remaining `expires_min` are filled in by the link.

    ref: 0..65535, the alert's number on the net. revision: 0..63. priority: 0 (P0) .. 3. type: key of TYPES.
    action: key of ACTIONS. expires_min: minutes it stays valid, counted from reception, 1..2047.
    """

    ref: int
    revision: int
    priority: int
    type: int
    action: int
    expires_min: int
    place: Place | None = None
    exercise: bool = False
    text: str = ""
    roster: tuple[int, ...] = ()
    slot_ms: int = 0
    again: bool = False
    """A second copy follows at once; the slots are counted from the end of that one."""


@dataclass(frozen=True)
class Cancel:
    """Alert `ref` no longer holds. `revision` is higher than that of the alert it ends; answered like an alert."""

    ref: int
    revision: int
    priority: int = 1
    expires_min: int = 60
    exercise: bool = False
    roster: tuple[int, ...] = ()
    slot_ms: int = 0
    again: bool = False


@dataclass(frozen=True)
class RollCall:
    """Pengecekan stasiun: every station of the roster answers in its slot with Ack(level=PRESENT)."""

    ref: int
    priority: int = 3
    roster: tuple[int, ...] = ()
    slot_ms: int = 0
    exercise: bool = False
    again: bool = False


@dataclass(frozen=True)
class Ack:
    """A station answers alert `ref`; from the centre, the echo that lets a station stop repeating itself.

    On the air only the low 11 bits of `ref` and the low 3 of `revision`; the link finds the alert they mean.
    also: stations known to have the alert too (overheard by a field station; confirmed by the centre).
    """

    ref: int
    revision: int
    level: Level
    also: tuple[int, ...] = ()


@dataclass(frozen=True)
class Receipt:
    """The device of the addressee has message `number` (of a Status, Position or Text). 14 bytes on the air."""

    number: int


@dataclass(frozen=True)
class Status:
    """A unit's status digit 0..9, about alert `ref` if given. `number` is filled in by the link."""

    digit: int
    ref: int | None = None
    exercise: bool = False
    number: int = 0

    def outdates(self, older: Status) -> bool:
        """Whether `older`, not yet heard, must not be heard after this one: a mayday overtakes what waits.

        No other digit takes a mayday back that nobody heard. Ready (1, 8) says nothing of a task, so it closes none.
        """
        if self.digit == 0:
            return True
        return older.digit in (1, 8) or older.digit != 0 and self.digit not in (1, 8)


@dataclass(frozen=True)
class Position:
    """Where the station was, `age_min` minutes ago (0..255)."""

    place: Place
    age_min: int = 0
    exercise: bool = False
    number: int = 0


@dataclass(frozen=True)
class Text:
    """Free words, about alert `ref` if given. Names and telephone numbers do not belong on the air."""

    text: str
    ref: int | None = None
    exercise: bool = False
    number: int = 0


@dataclass(frozen=True)
class Time:
    """The centre's clock, whole seconds since 1970 UTC. Never used to judge a frame: field clocks are wrong."""

    utc_s: int


@dataclass(frozen=True)
class Key:
    """From now on the net speaks in epoch `epoch`. Nothing secret: each station reckons the new key (keyring.py).

    out: stations that are no longer of the net. commanders: who may give alerts, call the roll and change keys.
    signature: Ed25519 over all of it, 128 hexadecimal digits; only the holder of the net's root can write it.
    """

    epoch: int
    out: tuple[int, ...] = ()
    commanders: tuple[int, ...] = (0,)
    signature: str = ""


@dataclass(frozen=True)
class Fragment:
    """Part `part` (from 0) of a text too long for one frame; fragments.py takes apart and puts together.

    number: of the whole text, from its source's series. last: number of the last part. mark: 16 bits of a digest of
    the whole, so that two texts are never mixed. coded: whether the whole is in the word code.
    """

    number: int
    part: int
    last: int
    mark: int
    chunk: bytes
    coded: bool = False
    ref: int | None = None
    exercise: bool = False


@dataclass(frozen=True)
class Missing:
    """The addressee still lacks these parts of text `number`; when it lacks none it sends a Receipt instead."""

    number: int
    mark: int
    parts: tuple[int, ...]


Radiogram = Alert | Cancel | RollCall | Ack | Receipt | Status | Position | Text | Time | Key | Fragment | Missing
Asking = Alert | Cancel | RollCall
"""Radiograms answered in slots by a roster."""
Reporting = Status | Position | Text
"""Radiograms to one station, answered by its Receipt."""


def encode(radiogram: Radiogram) -> tuple[int, bytes]:
    """(type number 1..12, content bytes) of a radiogram. Raises CannotSend when it does not fit the format."""
    form = _FORMS[type(radiogram)]
    try:
        content = form.write(radiogram)
    except OverflowError as beyond:
        raise CannotSend(f"{type(radiogram).__name__}: {beyond}") from None
    if len(content) > CONTENT_MAX:
        raise CannotSend(
            f"The radiogram is {len(content)} bytes long, {len(content) - CONTENT_MAX} more than a frame carries. "
            "Shorten the text or send it in two parts."
        )
    return form.number, content


@lru_cache(maxsize=64)  # fifty stations hear one frame
def decode(type_number: int, content: bytes) -> Radiogram:
    """The radiogram in `content`. Raises BadFrame("meaning") for anything that encode() would not have written.

    Text may be coded in another way than encode() would choose today: an older station knows fewer words.
    """
    try:
        radiogram = _FORM_OF[type_number].read(content)
        encode(radiogram)
    except (KeyError, ValueError, CannotSend):
        sentence = f"A genuine frame of type {type_number} says nothing this version understands."
        raise BadFrame("meaning", sentence) from None
    return radiogram


def bytes_on_air(radiogram: Radiogram) -> int:
    """Length of the sealed Posko frame in bytes (without carrier). Raises CannotSend when it can not be sent."""
    return FRAME_OVERHEAD + len(encode(radiogram)[1])


def airtime_s(n_bytes: int, baud: int = 1200, txdelay_ms: int = 200, overhead: int = 20) -> float:
    """Seconds the channel is busy with a Posko frame of `n_bytes`.

    overhead: bytes the carrier adds (AX.25: addresses, control and PID 16, check sequence 2, flags 2). One bit in
    sixty is stuffed on random bytes, so 1/60 is added; the key-up is counted whole.
    """
    return txdelay_ms / 1000 + (n_bytes + overhead) * 8 / baud * 61 / 60


def say(radiogram: Radiogram) -> str:
    """One line in Bahasa Indonesia for logs and screens. An exercise begins and ends with LATIHAN."""
    words = _SPOKEN[type(radiogram)](radiogram)
    return f"LATIHAN {words} LATIHAN" if getattr(radiogram, "exercise", False) else words


class _Tape:
    """Bits written one field after the other, most significant first."""

    def __init__(self) -> None:
        self._value, self._length = 0, 0

    def put(self, name: str, value: int, bits: int) -> None:
        if not 0 <= value < 1 << bits:
            raise OverflowError(f"{name} is {value}, but a frame has room for 0 to {(1 << bits) - 1}.")
        self._value, self._length = self._value << bits | value, self._length + bits

    def closed(self) -> bytes:
        """Filled up with zero bits to whole bytes."""
        spare = -self._length % 8
        return (self._value << spare).to_bytes((self._length + spare) // 8, "big")


class _Bits:
    """Bits read one field after the other, then whole bytes; ValueError at the end of the content."""

    def __init__(self, content: bytes) -> None:
        self._content, self._left = content, 8 * len(content)
        self._value = int.from_bytes(content, "big")

    def take(self, bits: int) -> int:
        self._left -= bits
        if self._left < 0:
            raise ValueError("the content is too short")
        return self._value >> self._left & (1 << bits) - 1

    def flag(self) -> bool:
        return bool(self.take(1))

    def octets(self, count: int | None = None) -> bytes:
        """The next whole bytes, all that are left without `count`; the bits before them that fill a byte are zero."""
        if self.take(self._left % 8):
            raise ValueError("spare bits are set")
        start = len(self._content) - self._left // 8
        self.take(self._left if count is None else 8 * count)
        return self._content[start : len(self._content) - self._left // 8]


# -- the schema: every radiogram is the fields below, in this order; docs/radio.md prints it ------------------------


class _Packed(dict[str, Any]):
    """What is written behind the bits, worked out before the first of them: name -> bytes, or whether word-coded."""


class Whole:
    """A number of so many bits."""

    def __init__(self, name: str, bits: int, says: str = "") -> None:
        self.name, self.bits, self.says = name, bits, says or f"{name} {bits}"

    def pack(self, radiogram: Any, packed: _Packed) -> None:
        """Work out what goes behind the bits; most fields have nothing there."""

    def put(self, tape: _Tape, radiogram: Any, packed: _Packed) -> None:
        tape.put(self.name, getattr(radiogram, self.name), self.bits)

    def take(self, bits: _Bits, told: dict[str, Any]) -> None:
        told[self.name] = bits.take(self.bits)

    def behind(self, packed: _Packed) -> bytes:
        """Its bytes after the bits."""
        return b""


class Flag(Whole):
    """One bit."""

    def __init__(self, name: str, says: str = "") -> None:
        super().__init__(name, 1, says)

    def take(self, bits: _Bits, told: dict[str, Any]) -> None:
        told[self.name] = bits.flag()


class Low(Whole):
    """The low bits of a number that is longer elsewhere."""

    def __init__(self, name: str, bits: int) -> None:
        super().__init__(name, bits, f"{name} {bits} (low bits)")

    def put(self, tape: _Tape, radiogram: Any, packed: _Packed) -> None:
        tape.put(self.name, getattr(radiogram, self.name) & (1 << self.bits) - 1, self.bits)


class LevelField(Whole):
    """How far an alert has come."""

    def take(self, bits: _Bits, told: dict[str, Any]) -> None:
        told[self.name] = Level(bits.take(self.bits))


class Digit(Whole):
    """A status digit."""

    def put(self, tape: _Tape, radiogram: Any, packed: _Packed) -> None:
        if (digit := getattr(radiogram, self.name)) not in STATUSES:
            raise CannotSend(f"{digit} is no status digit; use 0 to 9.")
        super().put(tape, radiogram, packed)


class Slot(Whole):
    """Milliseconds in steps of SLOT_STEP_MS."""

    def __init__(self) -> None:
        super().__init__("slot_ms", 8, f"slot 8 (x {SLOT_STEP_MS} ms)")

    def put(self, tape: _Tape, radiogram: Any, packed: _Packed) -> None:
        tape.put("slot", radiogram.slot_ms // SLOT_STEP_MS, self.bits)

    def take(self, bits: _Bits, told: dict[str, Any]) -> None:
        told["slot_ms"] = bits.take(self.bits) * SLOT_STEP_MS


class PlaceField(Whole):
    """A place in Indonesia in cells of 0.0001 degree."""

    def __init__(self) -> None:
        super().__init__("place", 37)

    def put(self, tape: _Tape, radiogram: Any, packed: _Packed) -> None:
        _put_place(tape, radiogram.place)

    def take(self, bits: _Bits, told: dict[str, Any]) -> None:
        told["place"] = _take_place(bits)


class MaybePlace(PlaceField):
    """One bit, and the place when it is set."""

    def __init__(self) -> None:
        super().__init__()
        self.says = "has place 1, [place 37]"

    def put(self, tape: _Tape, radiogram: Any, packed: _Packed) -> None:
        has_place = radiogram.place is not None
        tape.put("place", has_place, 1)
        if has_place:
            super().put(tape, radiogram, packed)

    def take(self, bits: _Bits, told: dict[str, Any]) -> None:
        told["place"] = _take_place(bits) if bits.flag() else None


class MaybeRef(Whole):
    """One bit, and the number of the alert it is about when it is set."""

    def __init__(self) -> None:
        super().__init__("ref", 16, "has ref 1, [ref 16]")

    def put(self, tape: _Tape, radiogram: Any, packed: _Packed) -> None:
        ref = radiogram.ref
        tape.put("ref", ref is not None, 1)
        if ref is not None:
            tape.put("ref", ref, 16)

    def take(self, bits: _Bits, told: dict[str, Any]) -> None:
        told["ref"] = bits.take(16) if bits.flag() else None


class Coded(Flag):
    """Whether the text behind is in the word code; the writer takes what is shorter."""

    def __init__(self) -> None:
        super().__init__("text")
        self.says = "word-coded 1"

    def pack(self, radiogram: Any, packed: _Packed) -> None:
        packed["coded"], packed["text"] = coded_text(radiogram.text)

    def put(self, tape: _Tape, radiogram: Any, packed: _Packed) -> None:
        tape.put("text", packed["coded"], 1)

    def take(self, bits: _Bits, told: dict[str, Any]) -> None:
        told["text"] = bits.flag()


class TextField(Whole):
    """The words, to the end."""

    def __init__(self) -> None:
        super().__init__("text", 0, "text to the end")

    def put(self, tape: _Tape, radiogram: Any, packed: _Packed) -> None:
        """It stands behind the bits."""

    def take(self, bits: _Bits, told: dict[str, Any]) -> None:
        told["text"] = _words(told["text"], bits.octets())

    def behind(self, packed: _Packed) -> bytes:
        return bytes(packed["text"])


class RosterLength(Whole):
    """How many bytes the bitmap of a roster behind has."""

    def __init__(self, name: str) -> None:
        super().__init__(name, 5, f"{name} length 5")

    def put(self, tape: _Tape, radiogram: Any, packed: _Packed) -> None:
        tape.put(self.name, max(len(packed[self.name]) - 1, 0), self.bits)

    def take(self, bits: _Bits, told: dict[str, Any]) -> None:
        told[self.name] = bits.take(self.bits)


class RosterField(Whole):
    """Stations as a bitmap, to the end or as long as a RosterLength said."""

    def __init__(self, name: str, to_the_end: bool = True) -> None:
        super().__init__(name, 0, f"{name} to the end" if to_the_end else name)

    def pack(self, radiogram: Any, packed: _Packed) -> None:
        packed[self.name] = _bitmap(tuple(getattr(radiogram, self.name)))

    def put(self, tape: _Tape, radiogram: Any, packed: _Packed) -> None:
        """It stands behind the bits."""

    def take(self, bits: _Bits, told: dict[str, Any]) -> None:
        length = told.get(self.name)
        told[self.name] = _roster(bits.octets(length and length + 1))

    def behind(self, packed: _Packed) -> bytes:
        return bytes(packed[self.name])


class Raw(Whole):
    """Bytes as they are, to the end; at least one."""

    def __init__(self, name: str) -> None:
        super().__init__(name, 0, f"{name} to the end")

    def pack(self, radiogram: Any, packed: _Packed) -> None:
        packed[self.name] = getattr(radiogram, self.name)
        if not packed[self.name]:
            raise CannotSend(f"There is nothing in this {self.name}.")

    def put(self, tape: _Tape, radiogram: Any, packed: _Packed) -> None:
        """It stands behind the bits."""

    def take(self, bits: _Bits, told: dict[str, Any]) -> None:
        told[self.name] = bits.octets()

    def behind(self, packed: _Packed) -> bytes:
        return bytes(packed[self.name])


class Signature(Raw):
    """64 bytes; in the radiogram as hexadecimal digits."""

    def __init__(self) -> None:
        super().__init__("signature")
        self.says = "signature (64 bytes)"

    def pack(self, radiogram: Any, packed: _Packed) -> None:
        packed["signature"] = bytes.fromhex(radiogram.signature)
        if len(packed["signature"]) != SIGNATURE_BYTES:
            raise CannotSend("A change of keys goes out signed; `posko radio keys rotate` writes it.")

    def take(self, bits: _Bits, told: dict[str, Any]) -> None:
        told["signature"] = bits.octets(SIGNATURE_BYTES).hex()


class LastPart(Whole):
    """The number of the last part; no part comes after it."""

    def put(self, tape: _Tape, radiogram: Any, packed: _Packed) -> None:
        if (part := radiogram.part) > (last := radiogram.last):
            raise CannotSend(f"There is no part {part} where part {last} is the last.")
        super().put(tape, radiogram, packed)


class PartsField(RosterField):
    """Parts that are missing, at least one, as a bitmap like a roster."""

    def pack(self, radiogram: Any, packed: _Packed) -> None:
        parts = getattr(radiogram, self.name)
        if not parts or max(parts) >= PARTS_MAX:
            raise CannotSend(f"Parts are 0 to {PARTS_MAX - 1}, and at least one is missing.")
        super().pack(radiogram, packed)


@dataclass(frozen=True)
class Form:
    """One kind of radiogram on the air: its type number and its fields, bits first and whole bytes behind them."""

    number: int
    kind: type[Radiogram]
    fields: tuple[Whole, ...]

    def write(self, radiogram: Radiogram) -> bytes:
        """The content. Raises CannotSend, OverflowError."""
        tape, packed = _Tape(), _Packed()
        in_bits, behind, worked_out = self._parts
        for field in worked_out:
            field.pack(radiogram, packed)
        for field in in_bits:
            field.put(tape, radiogram, packed)
        return tape.closed() + b"".join([field.behind(packed) for field in behind])

    @cached_property
    def _parts(self) -> tuple[tuple[Whole, ...], tuple[Whole, ...], tuple[Whole, ...]]:
        """(fields in bits, fields behind them, fields that are worked out before the first bit)"""
        worked_out = tuple(field for field in self.fields if type(field).pack is not Whole.pack)
        in_bits = tuple(field for field in self.fields if field.bits)
        return in_bits, tuple(field for field in self.fields if not field.bits), worked_out

    def read(self, content: bytes) -> Radiogram:
        """The radiogram. Raises ValueError."""
        bits, told = _Bits(content), dict[str, Any]()
        for field in self.fields:
            field.take(bits, told)
        if bits.octets():
            raise ValueError("the content is too long")
        return self.kind(**told)

    def says(self) -> str:
        """The fields in words, as docs/radio.md prints them."""
        of_bits = ", ".join(field.says for field in self.fields if field.bits)
        return "; ".join([of_bits, *(field.says for field in self.fields if not field.bits)])


def _numbered(*more: Whole) -> tuple[Whole, ...]:
    return Whole("number", 16), *more


_ALERT = (Whole("ref", 16), Whole("revision", 6), Whole("priority", 2))
_EXPIRES = Whole("expires_min", 11, "expires 11 (minutes from now)")
_ASKS = (Slot(), Flag("exercise"), Flag("again"))
_EXERCISE = Flag("exercise")

SCHEMA = (
    Form(1, Alert, (
        *_ALERT, Whole("type", 6), Whole("action", 5), _EXPIRES, *_ASKS, Coded(), RosterLength("roster"), MaybePlace(),
        RosterField("roster", to_the_end=False), TextField(),
    )),
    Form(2, Cancel, (*_ALERT, _EXPIRES, *_ASKS, RosterField("roster"))),
    Form(3, Ack, (LevelField("level", 2), Low("revision", ACK_REVISION_BITS), Low("ref", ACK_REF_BITS),
                  RosterField("also"))),
    Form(4, Receipt, _numbered()),
    Form(5, Status, _numbered(Digit("digit", 4), _EXERCISE, MaybeRef())),
    Form(6, Position, _numbered(Whole("age_min", 8, "age in minutes 8"), _EXERCISE, PlaceField())),
    Form(7, Text, _numbered(_EXERCISE, Coded(), MaybeRef(), TextField())),
    Form(8, RollCall, (Whole("ref", 16), Whole("priority", 2), *_ASKS, RosterField("roster"))),
    Form(9, Time, (Whole("utc_s", 32, "seconds since 1970 UTC 32"),)),
    Form(10, Key, (Whole("epoch", 16), RosterLength("commanders"), Signature(),
                   RosterField("commanders", to_the_end=False), RosterField("out"))),
    Form(11, Fragment, _numbered(
        Whole("part", 5), LastPart("last", 5), _EXERCISE, Flag("coded", "word-coded 1"), MaybeRef(), Whole("mark", 16),
        Raw("chunk"),
    )),
    Form(12, Missing, _numbered(Whole("mark", 16), PartsField("parts"))),
)  # fmt: skip
"""Every kind of radiogram. Encoder, decoder and the table of docs/radio.md are read from here."""

_FORMS: dict[type[Radiogram], Form] = {form.kind: form for form in SCHEMA}
_FORM_OF = {form.number: form for form in SCHEMA}

TYPE_NUMBERS: dict[type[Radiogram], int] = {form.kind: form.number for form in SCHEMA}
"""The low four bits of a frame's first byte."""


def _put_place(tape: _Tape, place: Place) -> None:
    if not (LON_WEST <= place.lon <= LON_EAST and LAT_SOUTH <= place.lat <= LAT_NORTH):
        raise CannotSend(f"{place.lat:.4f}, {place.lon:.4f} (lat, lon) is not in Indonesia; check the coordinates.")
    tape.put("lon", round((place.lon - LON_WEST) * DEGREE_STEPS), 19)
    tape.put("lat", round((place.lat - LAT_SOUTH) * DEGREE_STEPS), 18)


def _take_place(bits: _Bits) -> Place:
    lon, lat = bits.take(19) / DEGREE_STEPS + LON_WEST, bits.take(18) / DEGREE_STEPS + LAT_SOUTH
    return Place(round(lon, 4), round(lat, 4))


@lru_cache(maxsize=256)  # the same teams are asked again and again
def _bitmap(stations: tuple[int, ...]) -> bytes:
    """Nothing for nobody; else the lowest number, then a bit for each number from there, most significant first."""
    numbers = sorted(set(stations))
    if not numbers:
        return b""
    if numbers[0] < 0 or numbers[-1] > STATION_LAST:
        raise CannotSend(f"Station numbers are 0 to {STATION_LAST}; the roster names {numbers[0]} to {numbers[-1]}.")
    length = (numbers[-1] - numbers[0]) // 8 + 1
    bits = sum(1 << 8 * length - 1 - (number - numbers[0]) for number in numbers)
    return bytes((numbers[0],)) + bits.to_bytes(length, "big")


@lru_cache(maxsize=256)
def _roster(bitmap: bytes) -> tuple[int, ...]:
    base, bits = bitmap[:1], bitmap[1:]
    if bitmap and (not bits or bits[0] < 0x80 or not bits[-1]):
        raise ValueError("a roster begins with a station and ends with one")
    return tuple(base[0] + at for at in range(8 * len(bits)) if bits[at // 8] >> 7 - at % 8 & 1)


def coded_text(text: str) -> tuple[bool, bytes]:
    """The shorter of word code (True) and UTF-8 (False). Raises CannotSend for signs that no screen may show."""
    if not text:
        return False, b""
    if signs := unsendable(text):
        raise CannotSend(f"The text holds signs that cannot be sent: {', '.join(signs)}; type it again without them.")
    coded, plain = wordcode.encode(text), text.encode()
    return (True, coded) if len(coded) < len(plain) else (False, plain)


def unsendable(text: str) -> list[str]:
    """The signs of a text that never go on the air (controls, half characters, invisible ones), named, each once."""
    return [_named(sign) for sign in dict.fromkeys(text) if not (sign.isprintable() or sign == "\n")]


def _named(sign: str) -> str:
    """`U+200D ZERO WIDTH JOINER`: the sign itself could upset whoever reads it."""
    return f"U+{ord(sign):04X} {unicodedata.name(sign, '')}".strip()


def _words(coded: bool, text: bytes) -> str:
    return wordcode.decode(text) if coded else text.decode()


def _say_alert(alert: Alert) -> str:
    what = f"{ACTIONS.get(alert.action, '?').upper()}: {TYPES.get(alert.type, '?')}"
    where = f" di {_say_place(alert.place)}" if alert.place else ""
    text = f" \u2013 {alert.text}" if alert.text else ""
    return f"P{alert.priority} {what}{where}{text} (siaran {alert.ref}.{alert.revision}, {alert.expires_min} menit)"


def _say_place(place: Place) -> str:
    """Latitude first, decimal comma, as on Indonesian forms."""
    side = "LS" if place.lat < 0 else "LU"
    return f"{abs(place.lat):.4f} {side} {place.lon:.4f} BT".replace(".", ",")


def _say_about(ref: int | None) -> str:
    return "" if ref is None else f" (siaran {ref})"


def _say_out(stations: tuple[int, ...]) -> str:
    return f", tanpa stasiun {_listed(stations)}" if stations else ""


def _listed(numbers: Iterable[int]) -> str:
    return ", ".join(map(str, numbers))


_SPOKEN: dict[type[Radiogram], Callable[..., str]] = {
    Alert: _say_alert,
    Cancel: lambda cancel: f"BATAL: siaran {cancel.ref} tidak berlaku lagi",
    RollCall: lambda call: f"Pengecekan stasiun {call.ref}: {len(call.roster)} stasiun",
    Ack: lambda ack: f"Siaran {ack.ref}.{ack.revision} {LEVELS[ack.level]}",
    Receipt: lambda receipt: f"Pesan {receipt.number} diterima perangkat",
    Status: lambda status: f"Status {status.digit}: {STATUSES[status.digit]}{_say_about(status.ref)}",
    Position: lambda position: f"Posisi {_say_place(position.place)}, {position.age_min} menit lalu",
    Text: lambda text: f"{text.text}{_say_about(text.ref)}",
    Time: lambda time: f"Jam pusat {time.utc_s}",
    Key: lambda key: f"Kunci jaringan diganti: masa {key.epoch}{_say_out(key.out)}",
    Fragment: lambda part: f"Bagian {part.part + 1} dari {part.last + 1} pesan {part.number}{_say_about(part.ref)}",
    Missing: lambda missing: f"Pesan {missing.number}: kurang bagian {_listed(part + 1 for part in missing.parts)}",
}
