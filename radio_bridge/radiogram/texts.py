"""Free words on the air: which signs may go, and the shorter of two codes for them."""

from __future__ import annotations

import unicodedata

from radio_bridge import wordcode
from radio_bridge.errors import CannotSend


def unsendable(text: str) -> list[str]:
    """The signs of a text that never go on the air (controls, half characters, invisible ones), named, each once."""
    return [_named(sign) for sign in dict.fromkeys(text) if not (sign.isprintable() or sign == "\n")]


def check_sendable(text: str) -> None:
    """Raises CannotSend for signs that no screen may show, naming them."""
    if signs := unsendable(text):
        raise CannotSend(f"The text holds signs that cannot be sent: {', '.join(signs)}; type it again without them.")


def coded_text(text: str) -> tuple[bool, bytes]:
    """The shorter of word code (True) and UTF-8 (False). Raises CannotSend for signs that no screen may show."""
    if not text:
        return False, b""
    check_sendable(text)
    coded, plain = wordcode.encode(text), text.encode()
    return (True, coded) if len(coded) < len(plain) else (False, plain)


def decoded_text(coded: bool, text: bytes) -> str:
    """The words of coded_text(). Raises ValueError."""
    return wordcode.decode(text) if coded else text.decode()


def _named(sign: str) -> str:
    """`U+200D ZERO WIDTH JOINER`: the sign itself could upset whoever reads it."""
    return f"U+{ord(sign):04X} {unicodedata.name(sign, '')}".strip()
