"""What of a thing is looked for: its tokens, the digits of a number, and whether a question meets them. Pure."""

import re
import unicodedata
from collections.abc import Iterable
from typing import NamedTuple

LEAST = 3  # letters from which a word may go on: "ban" finds banjir
LONGEST = 48  # letters of a word that count
MOST_TOKENS = 8  # of a question
LEAST_DIGITS = 4  # of a phone number: fewer would find everybody
PHONE_LIKE = re.compile(r"\+?[\d\s().-]+")
NUMBER = re.compile(r"(?:[a-z]{1,3}[- ]?)?0*(\d{1,12})", re.IGNORECASE)
_WORD = re.compile(r"[^\W_]+")

INCIDENT, OPEN, CALL, CALLER, LINE, TASK, DECISION, SHIFT = "iocnltdh"
RING = "r"
NOTE, LANDMARK = "pm"  # of a place; what people call a place


class Leaf(NamedTuple):
    """One thing as it stands in the index."""

    kind: str
    ref: int
    words: str


class Number(NamedTuple):
    """One phone number as it stands in the index."""

    kind: str
    ref: int
    digits: str


def fold(words: str) -> str:
    """Small letters without accents: what is typed in haste finds what was written with care."""
    plain = unicodedata.normalize("NFKD", words).casefold()
    return "".join(one for one in plain if not unicodedata.combining(one))


def tokens(*texts: str | None) -> list[str]:
    """The words of some texts as [a-z0-9]+, each once, in their order; letters of other scripts by their code."""
    found = _WORD.findall(" ".join(fold(one) for one in texts if one))
    return list(dict.fromkeys(_plain(word[:LONGEST]) for word in found))


def _plain(word: str) -> str:
    return word if word.isascii() else "u" + word.encode().hex()


def leaf(kinds: str, ref: int, *texts: str | None) -> Leaf:
    """The leaf of a thing whose words are these; of several letters the first is its kind."""
    found = tokens(*texts)
    return Leaf(kinds[0], ref, " ".join(kind + one for kind in kinds for one in found))


def wanted(question: str) -> list[str]:
    """The tokens of a question; the first eight count."""
    return tokens(question)[:MOST_TOKENS]


def meets(found: Leaf, kind: str, asked: Iterable[str]) -> bool:
    """Whether every token asked for stands in the leaf, as the index would say."""
    there = found.words.split()
    return all(any(_is_said(kind + one, word) for word in there) for one in asked)


def _is_said(token: str, word: str) -> bool:
    return word.startswith(token) if len(token) > LEAST else word == token


# numbers


def digits_of(phone: str | None) -> str:
    """The digits of a number as it is dialled here: +62 812 is 0812."""
    digits = re.sub(r"[^0-9]", "", phone or "")[:20]
    return "0" + digits[2:] if digits.startswith("62") else digits


def asked_digits(question: str) -> list[str]:
    """What a question that is a part of a phone number may mean; nothing when it is words or too short."""
    if not PHONE_LIKE.fullmatch(question.strip()):
        return []
    plain = re.sub(r"[^0-9]", "", question)
    return [one for one in dict.fromkeys((digits_of(question), plain)) if LEAST_DIGITS <= len(one) <= 20]


def incident_id(question: str) -> int | None:
    """The incident a question names: 142, 0142, LT-0142."""
    found = NUMBER.fullmatch(question.strip())
    return int(found[1]) if found else None


# what is shown of it


def snippet(words: str | None, asked: list[str], around: int = 40) -> list[list[str | bool]]:
    """A text cut round its first word asked for, as [piece, is_hit] in a row."""
    said = words or ""
    spots = [one.span() for one in _WORD.finditer(said) if _is_hit(one[0], asked)]
    start = max(0, spots[0][0] - around) if spots else 0
    end = min(len(said), start + 4 * around)
    return _pieces(said, [spot for spot in spots if spot[1] <= end], start, end)


def _is_hit(word: str, asked: list[str]) -> bool:
    return any(_is_said(" " + one, " " + token) for token in tokens(word) for one in asked)


def _pieces(said: str, spots: list[tuple[int, int]], start: int, end: int) -> list[list[str | bool]]:
    pieces: list[list[str | bool]] = [["…", False]] if start else []
    for begin, stop in spots:
        pieces.append([said[start:begin], False])
        pieces.append([said[begin:stop], True])
        start = stop
    pieces.append([said[start:end], False])
    if end < len(said):
        pieces.append(["…", False])
    return [piece for piece in pieces if piece[0]]
