"""Writes and reads numbers of so many bits, most significant first, as the schema packs them."""

from __future__ import annotations


class BitWriter:
    """Bits written one field after the other."""

    def __init__(self) -> None:
        self._value, self._length = 0, 0

    def put(self, name: str, value: int, bits: int) -> None:
        """Raises OverflowError when the number needs more bits than it has."""
        if not 0 <= value < 1 << bits:
            raise OverflowError(f"{name} is {value}, but a frame has room for 0 to {(1 << bits) - 1}.")
        self._value, self._length = self._value << bits | value, self._length + bits

    def closed(self) -> bytes:
        """Filled up with zero bits to whole bytes."""
        spare = -self._length % 8
        return (self._value << spare).to_bytes((self._length + spare) // 8, "big")


class BitReader:
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
