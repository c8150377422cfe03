"""Every kind of radiogram bit by bit, because air is slow and shared: one table that writer, reader and page share."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property, lru_cache

from radio_bridge.errors import BadFrame, CannotSend
from radio_bridge.radiogram import (
    ACK_REF_BITS,
    ACK_REVISION_BITS,
    Ack,
    Alert,
    Cancel,
    Fragment,
    Key,
    Missing,
    Position,
    Radiogram,
    Receipt,
    RollCall,
    Status,
    Text,
    Time,
)
from radio_bridge.radiogram.bits import BitReader, BitWriter
from radio_bridge.radiogram.fields import (
    Behind,
    Coded,
    Digit,
    Field,
    Flag,
    LastPart,
    LevelField,
    Low,
    MaybePlace,
    MaybeRef,
    Packed,
    PartsField,
    PlaceField,
    Raw,
    RosterField,
    RosterLength,
    Signature,
    Slot,
    TextField,
    Told,
    Whole,
)

FRAME_OVERHEAD = 12
"""Bytes of Posko's frame around the content: header 6, MAC 6 (see framing/posko.py)."""

CONTENT_MAX = 200
"""Longest content of one frame in bytes. Longer frames seldom survive a mobile channel whole."""


@dataclass(frozen=True)
class Form:
    """One kind of radiogram on the air: its type number and its fields, bits first and whole bytes behind them."""

    number: int
    kind: type[Radiogram]
    fields: tuple[Field, ...]

    def write(self, radiogram: Radiogram) -> bytes:
        """The content. Raises CannotSend, OverflowError."""
        tape = BitWriter()
        packed: Packed = {}
        for field in self._worked_out:
            field.pack(radiogram, packed)
        for whole in self._in_bits:
            whole.put(tape, radiogram, packed)
        return tape.closed() + b"".join([field.behind(packed) for field in self._behind])

    def read(self, content: bytes) -> Radiogram:
        """The radiogram. Raises ValueError."""
        bits = BitReader(content)
        told: Told = {}
        for field in self.fields:
            field.take(bits, told)
        if bits.octets():
            raise ValueError("the content is too long")
        return self.kind(**told)

    def says(self) -> str:
        """The fields in words, as docs/radio.md prints them."""
        of_bits = ", ".join(field.says for field in self._in_bits)
        return "; ".join([of_bits, *(field.says for field in self._behind)])

    @cached_property
    def _in_bits(self) -> tuple[Whole, ...]:
        return tuple(field for field in self.fields if isinstance(field, Whole))

    @cached_property
    def _behind(self) -> tuple[Behind, ...]:
        return tuple(field for field in self.fields if isinstance(field, Behind))

    @cached_property
    def _worked_out(self) -> tuple[Field, ...]:
        """Fields that have something to do before the first bit is written."""
        return tuple(field for field in self.fields if type(field).pack is not Field.pack)


def _numbered(*more: Field) -> tuple[Field, ...]:
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
