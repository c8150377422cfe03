"""The kinds of field that the schema is made of: how each is written, read, and named on the page of docs/radio.md."""

from __future__ import annotations

from abc import ABC, abstractmethod
from functools import lru_cache
from typing import Any

from radio_bridge.errors import CannotSend
from radio_bridge.radiogram import PARTS_MAX, SLOT_STEP_MS, STATION_LAST, STATUSES, Level, Place
from radio_bridge.radiogram.bits import BitReader, BitWriter
from radio_bridge.radiogram.texts import coded_text, decoded_text

SIGNATURE_BYTES = 64
LON_WEST, LAT_SOUTH, DEGREE_STEPS = 94.0, -12.0, 10_000
LON_EAST, LAT_NORTH = 142.0, 7.0

Packed = dict[str, Any]
"""What is written behind the bits, worked out before the first of them: name -> bytes, or whether word-coded."""

Told = dict[str, Any]
"""What was read so far: name -> value."""


class Field(ABC):
    """Something a radiogram says: in bits, or as whole bytes behind all the bits."""

    def __init__(self, name: str, says: str) -> None:
        self.name, self.says = name, says

    def pack(self, radiogram: Any, packed: Packed) -> None:  # noqa: B027 - a hook
        """Work out what goes behind the bits; most fields have nothing there."""

    @abstractmethod
    def take(self, bits: BitReader, told: Told) -> None:
        """Read the field into `told`. Raises ValueError."""


# -- in bits -------------------------------------------------------------------------------------------------------


class Whole(Field):
    """A number of so many bits."""

    def __init__(self, name: str, bits: int, says: str = "") -> None:
        super().__init__(name, says or f"{name} {bits}")
        self.bits = bits

    def put(self, tape: BitWriter, radiogram: Any, packed: Packed) -> None:
        """Raises CannotSend, OverflowError."""
        tape.put(self.name, getattr(radiogram, self.name), self.bits)

    def take(self, bits: BitReader, told: Told) -> None:
        told[self.name] = bits.take(self.bits)


class Flag(Whole):
    """One bit."""

    def __init__(self, name: str, says: str = "") -> None:
        super().__init__(name, 1, says)

    def take(self, bits: BitReader, told: Told) -> None:
        told[self.name] = bits.flag()


class Low(Whole):
    """The low bits of a number that is longer elsewhere."""

    def __init__(self, name: str, bits: int) -> None:
        super().__init__(name, bits, f"{name} {bits} (low bits)")

    def put(self, tape: BitWriter, radiogram: Any, packed: Packed) -> None:
        tape.put(self.name, getattr(radiogram, self.name) & (1 << self.bits) - 1, self.bits)


class LevelField(Whole):
    """How far an alert has come."""

    def take(self, bits: BitReader, told: Told) -> None:
        told[self.name] = Level(bits.take(self.bits))


class Digit(Whole):
    """A status digit."""

    def put(self, tape: BitWriter, radiogram: Any, packed: Packed) -> None:
        if (digit := getattr(radiogram, self.name)) not in STATUSES:
            raise CannotSend(f"{digit} is no status digit; use 0 to 9.")
        super().put(tape, radiogram, packed)


class Slot(Whole):
    """Milliseconds in steps of SLOT_STEP_MS."""

    def __init__(self) -> None:
        super().__init__("slot_ms", 8, f"slot 8 (x {SLOT_STEP_MS} ms)")

    def put(self, tape: BitWriter, radiogram: Any, packed: Packed) -> None:
        tape.put("slot", radiogram.slot_ms // SLOT_STEP_MS, self.bits)

    def take(self, bits: BitReader, told: Told) -> None:
        told["slot_ms"] = bits.take(self.bits) * SLOT_STEP_MS


class PlaceField(Whole):
    """A place in Indonesia in cells of 0.0001 degree."""

    def __init__(self) -> None:
        super().__init__("place", 37)

    def put(self, tape: BitWriter, radiogram: Any, packed: Packed) -> None:
        _put_place(tape, radiogram.place)

    def take(self, bits: BitReader, told: Told) -> None:
        told["place"] = _take_place(bits)


class MaybePlace(PlaceField):
    """One bit, and the place when it is set."""

    def __init__(self) -> None:
        super().__init__()
        self.says = "has place 1, [place 37]"

    def put(self, tape: BitWriter, radiogram: Any, packed: Packed) -> None:
        has_place = radiogram.place is not None
        tape.put("place", has_place, 1)
        if has_place:
            super().put(tape, radiogram, packed)

    def take(self, bits: BitReader, told: Told) -> None:
        told["place"] = _take_place(bits) if bits.flag() else None


class MaybeRef(Whole):
    """One bit, and the number of the alert it is about when it is set."""

    def __init__(self) -> None:
        super().__init__("ref", 16, "has ref 1, [ref 16]")

    def put(self, tape: BitWriter, radiogram: Any, packed: Packed) -> None:
        ref = radiogram.ref
        tape.put("ref", ref is not None, 1)
        if ref is not None:
            tape.put("ref", ref, 16)

    def take(self, bits: BitReader, told: Told) -> None:
        told["ref"] = bits.take(16) if bits.flag() else None


class Coded(Flag):
    """Whether the text behind is in the word code; the writer takes what is shorter."""

    def __init__(self) -> None:
        super().__init__("text", "word-coded 1")

    def pack(self, radiogram: Any, packed: Packed) -> None:
        packed["coded"], packed["text"] = coded_text(radiogram.text)

    def put(self, tape: BitWriter, radiogram: Any, packed: Packed) -> None:
        tape.put("text", packed["coded"], 1)


class RosterLength(Whole):
    """How many bytes the bitmap of a roster behind has."""

    def __init__(self, name: str) -> None:
        super().__init__(name, 5, f"{name} length 5")

    def put(self, tape: BitWriter, radiogram: Any, packed: Packed) -> None:
        tape.put(self.name, max(len(packed[self.name]) - 1, 0), self.bits)


class LastPart(Whole):
    """The number of the last part; no part comes after it."""

    def put(self, tape: BitWriter, radiogram: Any, packed: Packed) -> None:
        if (part := radiogram.part) > (last := radiogram.last):
            raise CannotSend(f"There is no part {part} where part {last} is the last.")
        super().put(tape, radiogram, packed)


# -- behind the bits -----------------------------------------------------------------------------------------------


class Behind(Field):
    """Whole bytes behind all the bits, to the end unless something before tells how many."""

    def behind(self, packed: Packed) -> bytes:
        """Its bytes."""
        return bytes(packed[self.name])


class TextField(Behind):
    """The words; a Coded before it has packed them, and tells how to read them."""

    def __init__(self) -> None:
        super().__init__("text", "text to the end")

    def take(self, bits: BitReader, told: Told) -> None:
        told["text"] = decoded_text(told["text"], bits.octets())


class RosterField(Behind):
    """Stations as a bitmap, to the end or as long as a RosterLength said."""

    def __init__(self, name: str, to_the_end: bool = True) -> None:
        super().__init__(name, f"{name} to the end" if to_the_end else name)

    def pack(self, radiogram: Any, packed: Packed) -> None:
        packed[self.name] = _bitmap(tuple(getattr(radiogram, self.name)))

    def take(self, bits: BitReader, told: Told) -> None:
        length = told.get(self.name)
        told[self.name] = _roster(bits.octets(length and length + 1))


class PartsField(RosterField):
    """Parts that are missing, at least one, as a bitmap like a roster."""

    def pack(self, radiogram: Any, packed: Packed) -> None:
        parts = getattr(radiogram, self.name)
        if not parts or max(parts) >= PARTS_MAX:
            raise CannotSend(f"Parts are 0 to {PARTS_MAX - 1}, and at least one is missing.")
        super().pack(radiogram, packed)


class Raw(Behind):
    """Bytes as they are; at least one."""

    def __init__(self, name: str) -> None:
        super().__init__(name, f"{name} to the end")

    def pack(self, radiogram: Any, packed: Packed) -> None:
        packed[self.name] = getattr(radiogram, self.name)
        if not packed[self.name]:
            raise CannotSend(f"There is nothing in this {self.name}.")

    def take(self, bits: BitReader, told: Told) -> None:
        told[self.name] = bits.octets()


class Signature(Behind):
    """64 bytes; in the radiogram as hexadecimal digits."""

    def __init__(self) -> None:
        super().__init__("signature", "signature (64 bytes)")

    def pack(self, radiogram: Any, packed: Packed) -> None:
        packed["signature"] = bytes.fromhex(radiogram.signature)
        if len(packed["signature"]) != SIGNATURE_BYTES:
            raise CannotSend("A change of keys goes out signed; `posko radio keys rotate` writes it.")

    def take(self, bits: BitReader, told: Told) -> None:
        told["signature"] = bits.octets(SIGNATURE_BYTES).hex()


# -- places and bitmaps --------------------------------------------------------------------------------------------


def _put_place(tape: BitWriter, place: Place) -> None:
    if not (LON_WEST <= place.lon <= LON_EAST and LAT_SOUTH <= place.lat <= LAT_NORTH):
        raise CannotSend(f"{place.lat:.4f}, {place.lon:.4f} (lat, lon) is not in Indonesia; check the coordinates.")
    tape.put("lon", round((place.lon - LON_WEST) * DEGREE_STEPS), 19)
    tape.put("lat", round((place.lat - LAT_SOUTH) * DEGREE_STEPS), 18)


def _take_place(bits: BitReader) -> Place:
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
