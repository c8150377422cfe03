"""How long a short message is: its alphabet, how many parts, and where it is parted (3GPP TS 23.040, 9.2.3.24.1)."""

from dataclasses import dataclass

from radio_bridge.errors import CannotSend
from radio_bridge.sms.alphabet import is_gsm, septets_of, typed

PARTS_MAX = 8
"""More than this no village head reads on a telephone, and each part costs its own delivery."""
_ALONE = {"gsm": 160, "ucs2": 70}
_JOINED = {"gsm": 153, "ucs2": 67}  # with a header that holds an 8-bit reference
_UNKNOWN = "SMS ini {parts} bagian, paling banyak {most}; persingkat teksnya."


@dataclass(frozen=True)
class Length:
    """What the meter shows. `used` and `room` count septets (gsm) or 16-bit units (ucs2) of the last part."""

    alphabet: str
    """"gsm" or "ucs2"."""
    characters: int
    parts: int
    used: int
    room: int

    @property
    def fits(self) -> bool:
        """Whether it may be sent at all; a text is never cut."""
        return 0 < self.parts <= PARTS_MAX


def measure(text: str) -> Length:
    """The length of a text as an SMS, before anything is sent."""
    pieces = _pieces(typed(text))
    alphabet = "gsm" if is_gsm(typed(text)) else "ucs2"
    room = _ALONE[alphabet] if len(pieces) < 2 else _JOINED[alphabet]
    used = _size(pieces[-1], alphabet) if pieces else 0
    return Length(alphabet, len(typed(text)), len(pieces), used, room)


def split(text: str) -> tuple[str, list[str]]:
    """(alphabet, pieces) of a text; a sign is never torn. Raises CannotSend for an empty or too long one."""
    length = measure(text)
    if not length.parts:
        raise CannotSend("SMS ini kosong; tulis pesannya.")
    if not length.fits:
        raise CannotSend(_UNKNOWN.format(parts=length.parts, most=PARTS_MAX))
    return length.alphabet, _pieces(typed(text))


def _pieces(text: str) -> list[str]:
    alphabet = "gsm" if is_gsm(text) else "ucs2"
    if _size(text, alphabet) <= _ALONE[alphabet]:
        return [text] if text else []
    return _cut(text, alphabet, _JOINED[alphabet])


def _cut(text: str, alphabet: str, room: int) -> list[str]:
    pieces, piece, used = [], "", 0
    for sign in text:
        size = _size(sign, alphabet)
        if used + size > room:
            pieces.append(piece)
            piece, used = "", 0
        piece, used = piece + sign, used + size
    return [*pieces, piece]


def _size(text: str, alphabet: str) -> int:
    if alphabet == "gsm":
        return sum(len(septets_of(sign) or ()) for sign in text)
    return sum(2 if ord(sign) > 0xFFFF else 1 for sign in text)
