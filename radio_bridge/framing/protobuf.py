"""As much of protocol buffers as Meshtastic needs (protobuf.dev, Encoding): fields of bytes, and bytes of fields."""

from __future__ import annotations

import struct
from collections.abc import Iterator

VARINT, FIXED64, BYTES, FIXED32 = 0, 1, 2, 5
_VARINT_MAX = 10  # bytes


class BadMessage(ValueError):
    """Bytes that are no such message."""


def varint(field: int, value: int) -> bytes:
    """A number, an enumeration or a truth value; negative ones take ten bytes."""
    return _varint(field << 3 | VARINT) + _varint(value & 0xFFFF_FFFF_FFFF_FFFF)


def fixed32(field: int, value: int) -> bytes:
    return _varint(field << 3 | FIXED32) + struct.pack("<I", value)


def content(field: int, inside: bytes) -> bytes:
    """Bytes, a string or a message inside this one."""
    return _varint(field << 3 | BYTES) + _varint(len(inside)) + inside


def read(message: bytes) -> dict[int, int | bytes]:
    """field -> number (varint and fixed, unsigned) or bytes. Of a repeated field the last counts.

    Raises BadMessage.
    """
    return dict(_fields(message))


def signed(value: int | bytes | None) -> int:
    """An int32 out of a varint."""
    number = value if isinstance(value, int) else 0
    return number - (1 << 64) if number >> 63 else number


def real(value: int | bytes | None) -> float:
    """A float out of a fixed32."""
    number = value if isinstance(value, int) else 0
    return float(struct.unpack("<f", struct.pack("<I", number & 0xFFFF_FFFF))[0])


def number_of(fields: dict[int, int | bytes], field: int) -> int:
    """A number, 0 when it is not there: that is how it is left out."""
    value = fields.get(field, 0)
    return value if isinstance(value, int) else 0


def bytes_of(fields: dict[int, int | bytes], field: int) -> bytes:
    """The inside of a field, empty when it is not there."""
    value = fields.get(field, b"")
    return value if isinstance(value, bytes) else b""


def _fields(message: bytes) -> Iterator[tuple[int, int | bytes]]:
    at = 0
    while at < len(message):
        key, at = _read_varint(message, at)
        if key >> 3 == 0:
            raise BadMessage("A field without a number.")
        value, at = _read_value(message, at, key & 7)
        yield key >> 3, value


def _read_value(message: bytes, at: int, kind: int) -> tuple[int | bytes, int]:
    if kind == VARINT:
        return _read_varint(message, at)
    if kind == BYTES:
        length, at = _read_varint(message, at)
    else:
        length = {FIXED32: 4, FIXED64: 8}.get(kind, -1)
    if length < 0 or at + length > len(message):
        raise BadMessage("A field that does not end.")
    inside = message[at : at + length]
    return inside if kind == BYTES else int.from_bytes(inside, "little"), at + length


def _read_varint(message: bytes, at: int) -> tuple[int, int]:
    value = 0
    for shift, byte in enumerate(message[at : at + _VARINT_MAX]):
        value |= (byte & 0x7F) << 7 * shift
        if not byte & 0x80:
            return value & 0xFFFF_FFFF_FFFF_FFFF, at + shift + 1
    raise BadMessage("A number that does not end.")


def _varint(value: int) -> bytes:
    found = bytearray()
    while value > 0x7F:
        found.append(value & 0x7F | 0x80)
        value >>= 7
    return bytes((*found, value))
