"""What must not be on the air: telephone numbers, and the names of persons. Everybody with a scanner listens. Pure."""

import re
from collections.abc import Iterable, Iterator

from radio_bridge.errors import CannotSend

NOT_ON_AIR = (
    "Nomor telepon dan nama orang tidak boleh mengudara; sebut perannya saja, seperti kepala dusun atau korban."
)
LEFT_OUT = "Nomor telepon dan nama orang tidak disiarkan lewat radio; hanya di layar."
INSTEAD = "[di layar]"

# Mobile numbers with or without gaps (never a time such as 08.30), numbers of a town, and foreign ones.
_PHONE = re.compile(
    r"(?<![\d.,:])(?!08[.:]\d\d(?![\d.]))(?:\+?62|0)[\s.\-]?8(?:[\s.\-]?\d){7,12}(?!\d)"
    r"|(?<![\d.,:])\(?0[2-9]\d{1,2}\)?[\s.\-]?\d{5,8}(?![\d.,:])"
    r"|\+\d(?:[\s.\-]?\d){7,14}(?!\d)"
)
_TITLE = r"(?:[Pp]ak|[Bb]apak|[Bb]pk\.?|[Bb]u|[Ii]bu|[Ss]audar[ai]|[Ss]dri?\.?|[Aa]lm\.|[Aa]\.?n\.)"
_TITLED = re.compile(rf"\b{_TITLE}\s+([A-Z][a-z'’]+(?:\s+[A-Z][a-z'’]+)*)")
OFFICES = "camat lurah kades kadus dukuh bupati wakil kepala ketua sekda sekdes komandan danramil danposko kapolsek"
WHO = "kapolres kalak dokter bidan perawat guru hamil anak rt rw rumah kota desa dusun menyusui ustaz kiai haji"
ROLES = frozenset(f"{OFFICES} {WHO}".split())
"""What follows a title without naming anybody."""
_LETTERS = r"\w'’"


def find_persons(text: str, names: Iterable[str] = ()) -> list[tuple[int, int]]:
    """Where in the text somebody is named or a number stands: (from, to), in order, not overlapping.

    names: of persons known to belong to the matter; a single word of them only counts behind a title, because half of
    our villages bear the names of people.
    """
    spans = sorted({*_phones(text), *_titled(text), *_known(text, names)})
    return [span for at, span in enumerate(spans) if not any(first[1] > span[0] for first in spans[:at])]


def without_persons(text: str, names: Iterable[str] = ()) -> str:
    """The text with a mark wherever somebody was named; the same text when nobody is."""
    parts, end = [], 0
    for begins, ends in find_persons(text, names):
        parts += [text[end:begins], INSTEAD]
        end = ends
    return "".join([*parts, text[end:]])


def check_words(text: str) -> None:
    """Raises CannotSend with a sentence for whoever wrote it."""
    if find_persons(text):
        raise CannotSend(NOT_ON_AIR)


def _phones(text: str) -> Iterator[tuple[int, int]]:
    return (found.span() for found in _PHONE.finditer(text))


def _titled(text: str) -> Iterator[tuple[int, int]]:
    for found in _TITLED.finditer(text):
        if found[1].split()[0].lower() not in ROLES:
            yield found.span(1)


def _known(text: str, names: Iterable[str]) -> Iterator[tuple[int, int]]:
    for name in names:
        words = [word for word in name.split() if word]
        if len(words) > 1:
            whole = r"\s+".join(map(re.escape, words))
            yield from (found.span() for found in re.finditer(rf"(?<![{_LETTERS}]){whole}(?![{_LETTERS}])", text, re.I))
