"""The GSM 7-bit default alphabet: text to septets, septets to octets, and back (3GPP TS 23.038, section 6)."""

from collections.abc import Iterable, Sequence

ESCAPE = 0x1B
_BASIC = (
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞ\x1bÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?"
    "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
_EXTENSION = {
    0x0A: "\f", 0x14: "^", 0x28: "{", 0x29: "}", 0x2F: "\\", 0x3C: "[", 0x3D: "~", 0x3E: "]", 0x40: "|", 0x65: "€",
}  # fmt: skip
_SEPTETS: dict[str, tuple[int, ...]] = {
    **{sign: (number,) for number, sign in enumerate(_BASIC) if number != ESCAPE},
    **{sign: (ESCAPE, number) for number, sign in _EXTENSION.items()},
}

# One typographic mark would turn a whole message into UCS-2 and cost twice the parts: it goes as what it stands for.
_TYPED = str.maketrans(
    {
        "\u2018": "'", "\u2019": "'", "\u201a": "'", "\u201c": '"', "\u201d": '"', "\u201e": '"', "\u00ab": '"',
        "\u00bb": '"', "\u2010": "-", "\u2011": "-", "\u2012": "-", "\u2013": "-", "\u2014": "-", "\u2212": "-",
        "\u2026": "...", "\u2022": "-", "\u00b7": "-", "\u00a0": " ", "\u2009": " ", "\u202f": " ", "\u200b": "",
        "\u00b0": " derajat ", "\u00b2": "2", "\u00b3": "3", "\u00bd": "1/2", "\u00d7": "x", "\t": " ",
    }
)  # fmt: skip


def typed(text: str) -> str:
    """The text as a telephone types it: curly quotes, dashes, dots and blanks as their plain kin; letters untouched."""
    return text.replace("\r\n", "\n").translate(_TYPED)


def septets_of(sign: str) -> tuple[int, ...] | None:
    """One or two septets (0..127) of a character, or None when the alphabet does not have it."""
    return _SEPTETS.get(sign)


def is_gsm(text: str) -> bool:
    """Whether every character is in the default alphabet or its extension."""
    return all(sign in _SEPTETS for sign in text)


def to_septets(text: str) -> list[int]:
    """The septets of a text that is_gsm()."""
    return [septet for sign in text for septet in _SEPTETS[sign]]


def from_septets(septets: Iterable[int]) -> str:
    """The text of septets. An escape nobody knows shows the basic sign, as TS 23.038 section 6.2.1.1 asks."""
    found, escaped = [], False
    for septet in septets:
        if septet == ESCAPE and not escaped:
            escaped = True
            continue
        found.append(_EXTENSION.get(septet, _BASIC[septet]) if escaped else _BASIC[septet])
        escaped = False
    return "".join(found).replace("\x1b", " ")


def pack(septets: Sequence[int], fill_bits: int = 0) -> bytes:
    """Septets into octets, the first in the lowest bits, after `fill_bits` (0..6) zeros."""
    bits = sum(septet << (7 * place + fill_bits) for place, septet in enumerate(septets))
    return bits.to_bytes((7 * len(septets) + fill_bits + 7) // 8, "little")


def unpack(octets: bytes, count: int, fill_bits: int = 0) -> list[int]:
    """The first `count` septets of octets; fewer when there are not so many."""
    bits, room = int.from_bytes(octets, "little") >> fill_bits, (8 * len(octets) - fill_bits) // 7
    return [bits >> 7 * place & 0x7F for place in range(min(count, max(0, room)))]
