"""What a frame means: alerts, acknowledgements and reports, packed bit by bit, because air is slow and shared."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from enum import IntEnum
from functools import lru_cache

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


Radiogram = Alert | Cancel | RollCall | Ack | Receipt | Status | Position | Text | Time
Asking = Alert | Cancel | RollCall
"""Radiograms answered in slots by a roster."""
Reporting = Status | Position | Text
"""Radiograms to one station, answered by its Receipt."""


TYPE_NUMBERS: dict[type[Radiogram], int] = {
    Alert: 1, Cancel: 2, Ack: 3, Receipt: 4, Status: 5, Position: 6, Text: 7, RollCall: 8, Time: 9,
}  # fmt: skip
"""The low four bits of a frame's first byte. 10 is kept for keys, 11 for fragments."""


def encode(radiogram: Radiogram) -> tuple[int, bytes]:
    """(type number 1..9, content bytes) of a radiogram. Raises CannotSend when it does not fit the format."""
    number = TYPE_NUMBERS[type(radiogram)]
    try:
        content = _WRITERS[number](radiogram)
    except OverflowError as beyond:
        raise CannotSend(f"{type(radiogram).__name__}: {beyond}") from None
    if len(content) > CONTENT_MAX:
        raise CannotSend(
            f"The radiogram is {len(content)} bytes long, {len(content) - CONTENT_MAX} more than a frame carries. "
            "Shorten the text or send it in two parts."
        )
    return number, content


@lru_cache(maxsize=64)  # fifty stations hear one frame
def decode(type_number: int, content: bytes) -> Radiogram:
    """The radiogram in `content`. Raises BadFrame("meaning") for anything that encode() would not have written.

    Text may be coded in another way than encode() would choose today: an older station knows fewer words.
    """
    try:
        bits = _Bits(content)
        radiogram = _READERS[type_number](bits)
        bits.rest_is_empty()
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

    def put(self, name: str, value: int, bits: int) -> _Tape:
        if not 0 <= value < 1 << bits:
            raise OverflowError(f"{name} is {value}, but a frame has room for 0 to {(1 << bits) - 1}.")
        self._value, self._length = self._value << bits | value, self._length + bits
        return self

    def flag(self, on: bool) -> _Tape:
        return self.put("flag", int(on), 1)

    def closed(self) -> bytes:
        """Filled up with zero bits to whole bytes."""
        spare = -self._length % 8
        return (self._value << spare).to_bytes((self._length + spare) // 8, "big")


class _Bits:
    """Bits read one field after the other; ValueError at the end of the content."""

    def __init__(self, content: bytes) -> None:
        self._content, self._at = content, 0

    def take(self, bits: int) -> int:
        end = self._at + bits
        if end > 8 * len(self._content):
            raise ValueError("the content is too short")
        value = int.from_bytes(self._content[: (end + 7) // 8], "big") >> (-end % 8)
        self._at = end
        return value & (1 << bits) - 1

    def flag(self) -> bool:
        return bool(self.take(1))

    def rest(self) -> bytes:
        """The whole bytes after the one being read, whose last bits must be zero."""
        if self.take(-self._at % 8):
            raise ValueError("spare bits are set")
        start, self._at = self._at // 8, 8 * len(self._content)
        return self._content[start:]

    def rest_is_empty(self) -> None:
        if self.rest():
            raise ValueError("the content is too long")


def _write_alert(alert: Alert) -> bytes:
    bitmap, (coded, text) = _bitmap(alert.roster), _coded(alert.text)
    tape = _Tape().put("ref", alert.ref, 16).put("revision", alert.revision, 6)
    tape.put("priority", alert.priority, 2).put("type", alert.type, 6).put("action", alert.action, 5)
    tape.put("expires_min", alert.expires_min, 11).put("slot", alert.slot_ms // SLOT_STEP_MS, 8)
    tape.flag(alert.exercise).flag(alert.again).flag(coded).put("roster", max(len(bitmap) - 1, 0), 5)
    _put_place(tape.flag(alert.place is not None), alert.place)
    return tape.closed() + bitmap + text


def _read_alert(bits: _Bits) -> Alert:
    ref, revision, priority, kind, action = (bits.take(width) for width in (16, 6, 2, 6, 5))
    expires_min, slot_ms = bits.take(11), bits.take(8) * SLOT_STEP_MS
    exercise, again, coded, roster_bytes = bits.flag(), bits.flag(), bits.flag(), bits.take(5)
    place = _take_place(bits) if bits.flag() else None
    roster, text = _split_roster(bits.rest(), roster_bytes)
    words = _words(coded, text)
    return Alert(ref, revision, priority, kind, action, expires_min, place, exercise, words, roster, slot_ms, again)


def _write_cancel(cancel: Cancel) -> bytes:
    bitmap = _bitmap(cancel.roster)
    tape = _Tape().put("ref", cancel.ref, 16).put("revision", cancel.revision, 6)
    tape.put("priority", cancel.priority, 2).put("expires_min", cancel.expires_min, 11)
    tape.put("slot", cancel.slot_ms // SLOT_STEP_MS, 8).flag(cancel.exercise).flag(cancel.again)
    return tape.closed() + bitmap


def _read_cancel(bits: _Bits) -> Cancel:
    ref, revision, priority, expires_min = (bits.take(width) for width in (16, 6, 2, 11))
    slot_ms, exercise, again = bits.take(8) * SLOT_STEP_MS, bits.flag(), bits.flag()
    return Cancel(ref, revision, priority, expires_min, exercise, _roster(bits.rest()), slot_ms, again)


def _write_roll_call(call: RollCall) -> bytes:
    tape = _Tape().put("ref", call.ref, 16).put("priority", call.priority, 2)
    tape.put("slot", call.slot_ms // SLOT_STEP_MS, 8).flag(call.exercise).flag(call.again)
    return tape.closed() + _bitmap(call.roster)


def _read_roll_call(bits: _Bits) -> RollCall:
    ref, priority, slot_ms = bits.take(16), bits.take(2), bits.take(8) * SLOT_STEP_MS
    exercise, again = bits.flag(), bits.flag()
    return RollCall(ref, priority, _roster(bits.rest()), slot_ms, exercise, again)


def _write_ack(ack: Ack) -> bytes:
    tape = _Tape().put("level", ack.level, 2).put("revision", ack.revision & 0b111, ACK_REVISION_BITS)
    return tape.put("ref", ack.ref & 0x7FF, ACK_REF_BITS).closed() + _bitmap(ack.also)


def _read_ack(bits: _Bits) -> Ack:
    level, revision, ref = Level(bits.take(2)), bits.take(ACK_REVISION_BITS), bits.take(ACK_REF_BITS)
    return Ack(ref, revision, level, _roster(bits.rest()))


def _write_receipt(receipt: Receipt) -> bytes:
    return _Tape().put("number", receipt.number, 16).closed()


def _read_receipt(bits: _Bits) -> Receipt:
    return Receipt(bits.take(16))


def _write_status(status: Status) -> bytes:
    if status.digit not in STATUSES:
        raise CannotSend(f"{status.digit} is no status digit; use 0 to 9.")
    tape = _Tape().put("number", status.number, 16).put("digit", status.digit, 4).flag(status.exercise)
    return _put_ref(tape, status.ref).closed()


def _read_status(bits: _Bits) -> Status:
    number, digit, exercise = bits.take(16), bits.take(4), bits.flag()
    return Status(digit, _take_ref(bits), exercise, number)


def _write_position(position: Position) -> bytes:
    tape = _Tape().put("number", position.number, 16).put("age_min", position.age_min, 8)
    return _put_place(tape.flag(position.exercise), position.place).closed()


def _read_position(bits: _Bits) -> Position:
    number, age_min, exercise = bits.take(16), bits.take(8), bits.flag()
    return Position(_take_place(bits), age_min, exercise, number)


def _write_text(text: Text) -> bytes:
    coded, words = _coded(text.text)
    tape = _Tape().put("number", text.number, 16).flag(text.exercise).flag(coded)
    return _put_ref(tape, text.ref).closed() + words


def _read_text(bits: _Bits) -> Text:
    number, exercise, coded = bits.take(16), bits.flag(), bits.flag()
    ref = _take_ref(bits)
    return Text(_words(coded, bits.rest()), ref, exercise, number)


def _write_time(time: Time) -> bytes:
    return _Tape().put("utc_s", time.utc_s, 32).closed()


def _read_time(bits: _Bits) -> Time:
    return Time(bits.take(32))


_WRITERS: dict[int, Callable[..., bytes]] = {
    1: _write_alert, 2: _write_cancel, 3: _write_ack, 4: _write_receipt, 5: _write_status, 6: _write_position,
    7: _write_text, 8: _write_roll_call, 9: _write_time,
}  # fmt: skip

_READERS: dict[int, Callable[[_Bits], Radiogram]] = {
    1: _read_alert, 2: _read_cancel, 3: _read_ack, 4: _read_receipt, 5: _read_status, 6: _read_position,
    7: _read_text, 8: _read_roll_call, 9: _read_time,
}  # fmt: skip


def _put_place(tape: _Tape, place: Place | None) -> _Tape:
    if place is None:
        return tape
    if not (LON_WEST <= place.lon <= LON_EAST and LAT_SOUTH <= place.lat <= LAT_NORTH):
        raise CannotSend(f"{place.lat:.4f}, {place.lon:.4f} (lat, lon) is not in Indonesia; check the coordinates.")
    tape.put("lon", round((place.lon - LON_WEST) * DEGREE_STEPS), 19)
    return tape.put("lat", round((place.lat - LAT_SOUTH) * DEGREE_STEPS), 18)


def _take_place(bits: _Bits) -> Place:
    lon, lat = bits.take(19) / DEGREE_STEPS + LON_WEST, bits.take(18) / DEGREE_STEPS + LAT_SOUTH
    return Place(round(lon, 4), round(lat, 4))


def _put_ref(tape: _Tape, ref: int | None) -> _Tape:
    return tape.flag(False) if ref is None else tape.flag(True).put("ref", ref, 16)


def _take_ref(bits: _Bits) -> int | None:
    return bits.take(16) if bits.flag() else None


def _bitmap(stations: Iterable[int]) -> bytes:
    """Nothing for nobody; else the lowest number, then a bit for each number from there, most significant first."""
    numbers = sorted(set(stations))
    if not numbers:
        return b""
    if numbers[0] < 0 or numbers[-1] > STATION_LAST:
        raise CannotSend(f"Station numbers are 0 to {STATION_LAST}; the roster names {numbers[0]} to {numbers[-1]}.")
    length = (numbers[-1] - numbers[0]) // 8 + 1
    bits = sum(1 << 8 * length - 1 - (number - numbers[0]) for number in numbers)
    return bytes((numbers[0],)) + bits.to_bytes(length, "big")


def _roster(bitmap: bytes) -> tuple[int, ...]:
    base, bits = bitmap[:1], bitmap[1:]
    if bitmap and (not bits or bits[0] < 0x80 or not bits[-1]):
        raise ValueError("a roster begins with a station and ends with one")
    return tuple(base[0] + at for at in range(8 * len(bits)) if bits[at // 8] >> 7 - at % 8 & 1)


def _split_roster(rest: bytes, bitmap_bytes: int) -> tuple[tuple[int, ...], bytes]:
    """`bitmap_bytes` counts the bits only; the base byte before them is there when there are any."""
    length = bitmap_bytes + (bitmap_bytes > 0)
    if len(rest) < length:
        raise ValueError("the roster is cut off")
    return _roster(rest[:length]), rest[length:]


def _coded(text: str) -> tuple[bool, bytes]:
    """The shorter of word code (True) and UTF-8 (False)."""
    if not all(sign.isprintable() or sign == "\n" for sign in text):
        raise CannotSend("The text holds signs that no screen can show; type it again.")
    coded, plain = wordcode.encode(text), text.encode()
    return (True, coded) if len(coded) < len(plain) else (False, plain)


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
}
