"""What must not be on the air: telephone numbers, and the names of persons. Everybody with a scanner listens. Pure."""

import re
from collections.abc import Iterable, Iterator

from radio_bridge.errors import CannotSend
from radio_bridge.wordcode import LONG, PREFIXES, SHORT, SUFFIXES

NOT_ON_AIR = (
    "Nomor telepon dan nama orang tidak boleh mengudara; sebut perannya saja, seperti kepala dusun atau korban."
)
LEFT_OUT = "Nomor telepon dan nama orang tidak disiarkan lewat radio; hanya di layar."
INSTEAD = "[di layar]"

_GAP = r"[\s.\-/]{0,3}"
# Mobile numbers with or without gaps (never a time such as 08.30, never a date), behind a word for a telephone also
# without their nought, numbers of a town, foreign ones, and the sixteen digits of an identity card.
_PHONE = re.compile(
    r"(?<![\d.,:])(?!08[.:]\d\d(?![\d.]))(?!0?8\s?[-/.]\s?\d{1,2}\s?[-/.]\s?20\d\d(?!\d))"
    rf"(?:\+?62|0){_GAP}8(?:{_GAP}\d){{7,12}}(?!\d)"
    rf"|\b(?:wa|hp|te?lp|telepon)\b\W{{0,3}}(?P<bare>8(?:{_GAP}\d){{7,12}})(?!\d)"
    r"|(?<![\d.,:])\(?0[2-9]\d{1,2}\)?[\s.\-]?\d{5,8}(?![\d.,:])"
    rf"|\+\d(?:{_GAP}\d){{7,14}}(?!\d)"
    r"|(?<![\d.,:])(?:\d{16}|\d{4}(?:[ .\-]\d{4}){3}|\d{6}[ .\-]\d{6}[ .\-]\d{4})(?!\d)",
    re.IGNORECASE,
)
_TITLED = re.compile(
    r"(?<![\w.’'-])(?:"
    # hardly ever anything but a title: a name follows, unless it is an office or an ordinary word
    r"(?P<strong>pak|bpk|bu|sdri?|ny|tn|nn|mbak|alm(?=\.)|almh|a\.?n(?=\.))\.?"
    # in front of a capital only: `H. Agus`, `dr. Soedjono`; never `H-1` or `dr posko`
    r"|(?P<dotted>hj?|drg?|drs)\."
    # words of their own as well: `ibu melahirkan`, `bapak tua`, `saudara dekat`
    r"|(?P<weak>bapak|ibu|saudar[ai]|tuan|nyonya|nona|mas|bang)"
    # so often part of another matter (`asrama haji`) that only a well-known name counts
    r"|(?P<faith>haji|hajah))\s+",
    re.IGNORECASE,
)
# A street, a mosque or a hospital that bears a name is a place, and has to be said: `Jalan H. Agus Salim`.
_PLACE_BEFORE = re.compile(
    r"\b(?:jalan|jln?|gang|gg|masjid|mushol?la|gedung|lapangan|stadion|pasar|bandara|rs|rsu|rsud|rsup|rsia)\.?\s+$",
    re.IGNORECASE,
)
_WORD = re.compile(r"\s*([^\W\d_][^\W\d_'’]*)\.?")
OFFICES = "camat lurah kades kadus dukuh bupati wakil kepala ketua sekda sekdes komandan danramil danposko kapolsek"
WHO = "kapolres kalak hamil anak rt rw rumah kota desa dusun menyusui"
_CALLED = "dokter bidan perawat guru ustaz ustad kiai kyai haji hajah h hj dr"
CALLINGS = frozenset(_CALLED.split())
"""Behind these a capital begins a name; behind an office it is as often the village it is the office of."""
ROLES = CALLINGS | frozenset(f"{OFFICES} {WHO}".split())
"""What follows a title without naming anybody."""
ORDINARY = frozenset(f"{' '.join(SHORT + LONG)} meluncur laksanakan dulu ya yg dgn utk tlg mhn pkk bpd bpbd".split())
"""Words that reports are made of; joined with a prefix or a suffix they are still no name."""
_GIVEN = """
abdul abdullah ahmad achmad ahmat agus aisyah ali amin aminah andi anwar ari arif asep ayu bambang baiq budi dedi
dewi dian dwi eka eko endang fatimah fitri hadi hasan hendra heri husein ibrahim imam indra iwan joko kadek ketut
komang kurnia lestari linda made mahmud maryam mariam muhammad mohammad muhamad mulyadi nasir nur nurul nyoman putu
rahmat ratna rina rini rizal rizki rudi sahrul salim samsul siti slamet sri suhaimi sukarno sumarni supardi suparman
suryani susanto sutrisno taufik tono tri udin umar usman wahyu wati wawan wayan yanti yani yudi yuni yusuf zainal
zainuddin zulkifli
"""
GIVEN = frozenset(_GIVEN.split())
"""Names that everybody bears, known as such in any case."""
_JOINED = re.compile(rf"^(?:{'|'.join(sorted(PREFIXES, key=len, reverse=True))})?(.+?)(?:{'|'.join(SUFFIXES)})?$")
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
    return (found.span("bare" if found["bare"] else 0) for found in _PHONE.finditer(text))


def _titled(text: str) -> Iterator[tuple[int, int]]:
    for title in _TITLED.finditer(text):
        if _PLACE_BEFORE.search(text, 0, title.start()):
            continue
        roles, first = _behind_roles(text, title.end())
        if first and _is_name(first[1], title.lastgroup or "", roles):
            yield first.start(1), _end_of_name(text, first)


def _behind_roles(text: str, at: int) -> tuple[list[str], re.Match[str] | None]:
    """The offices that follow a title, and the first word that is none."""
    roles: list[str] = []
    while (found := _WORD.match(text, at)) and found[1].lower() in ROLES:
        roles, at = [*roles, found[1].lower()], found.end()
    return roles, found


def _is_name(word: str, title: str, roles: list[str]) -> bool:
    """In a mixed text a capital says it; in small letters and in CAPITALS only what the word is."""
    if word.lower() in GIVEN:
        return True
    if not roles and title == "strong":
        return _is_capital(word) or len(word) > 2 and not _is_ordinary(word)
    may_be = (CALLINGS.issuperset(roles) if roles else title != "faith") and not _is_ordinary(word)
    return may_be and (_is_capital(word) or title == "dotted" and word[0].isupper() and len(word) > 2)


def _is_capital(word: str) -> bool:
    return word[0].isupper() and word[1:].islower()


def _is_ordinary(word: str) -> bool:
    small = word.lower()
    stem = _JOINED.match(small)
    return small in ORDINARY or stem is not None and stem[1] in ORDINARY


def _end_of_name(text: str, first: re.Match[str]) -> int:
    """Behind the last word written as the first is; in one case for all the next ordinary word ends it."""
    end, is_capital = first.end(1), _is_capital(first[1])
    while (more := re.compile(rf"\s+([^\W\d_][{_LETTERS}]*)").match(text, end)) and _is_capital(more[1]) == is_capital:
        if not is_capital and (_is_ordinary(more[1]) or more[1].lower() in ROLES):
            break
        end = more.end(1)
    return end


def _known(text: str, names: Iterable[str]) -> Iterator[tuple[int, int]]:
    for name in names:
        words = [word for word in name.split() if word]
        if len(words) > 1:
            whole = r"\s+".join(map(re.escape, words))
            yield from (found.span() for found in re.finditer(rf"(?<![{_LETTERS}]){whole}(?![{_LETTERS}])", text, re.I))
