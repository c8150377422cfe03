"""Says in the language of the screen what the rooms say in Bahasa Indonesia: refusals, faults in files, their titles.

A refusal is made far from any screen, by verbs that know no language. It is translated here, at the edge, by the
catalogue `refusals`: a sentence as it stands, one with gaps by its pattern. What the catalogue does not hold is said
as it was made.
"""

import re
from collections.abc import Iterable, Mapping
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

from babel.support import Translations
from flask_babel import get_locale

HERE = Path(__file__).parent / "translations"
DOMAIN = "refusals"
OWN = "id"  # the language in which everything is written
LONGEST = 600  # letters of a sentence that is looked through for patterns
DEEPEST = 2  # a row's fault stands in the refusal of its file, a place in that
_GAP = re.compile(r"\{(\w+)\}")


class Pattern(NamedTuple):
    """A sentence with gaps: what it looks like when they are filled, and the same in the other language."""

    shape: re.Pattern[str]
    said: str


class Sayings(NamedTuple):
    """The catalogue of one language."""

    plain: Mapping[str, str]
    patterns: tuple[Pattern, ...]


def here(sentence: str) -> str:
    """The sentence in the language of the screen that asked."""
    locale = get_locale()
    return said_in(str(locale.language) if locale else OWN, sentence)


def of_rows(rows: Iterable[Mapping[str, Any]], *names: str) -> list[dict[str, Any]]:
    """Rows with these of their words in the language of the screen."""
    return [{**row, **{name: here(row[name]) for name in names if row.get(name)}} for row in rows]


def said_in(language: str, sentence: str) -> str:
    """The sentence in a language; as it is where its language is that one, or where nobody has translated it."""
    return sentence if language == OWN else (found_in(language, sentence) or sentence)


def found_in(language: str, sentence: str) -> str | None:
    """What the catalogue of a language says for it, or None; words that were given a capital are known without it."""
    known = sayings(language)
    if said := _found(known, sentence):
        return said
    said = _found(known, sentence[:1].lower() + sentence[1:])
    return said and said[:1].upper() + said[1:]


def _found(known: Sayings, sentence: str, depth: int = 0) -> str | None:
    if said := known.plain.get(sentence):
        return said
    if len(sentence) > LONGEST or depth > DEEPEST:
        return None
    for shape, pattern in known.patterns:
        if met := shape.fullmatch(sentence):
            return _filled(known, pattern, met.groupdict(), depth)
    return None


def _filled(known: Sayings, pattern: str, gaps: Mapping[str, str], depth: int) -> str:
    """What stands in a gap is a name or a number, left as it is, or words of the catalogue's own."""
    return _GAP.sub(lambda gap: _found(known, gaps[gap[1]], depth + 1) or gaps[gap[1]], pattern)


@cache
def sayings(language: str) -> Sayings:
    """The catalogue of a language, read once; empty where there is none."""
    found = Translations.load(HERE, [language], DOMAIN)
    catalogue = getattr(found, "_catalog", {})  # gettext keeps its dictionary to itself
    pairs = {key: said for key, said in catalogue.items() if isinstance(key, str) and key and said}
    gapped = sorted((key for key in pairs if _GAP.search(key)), key=lambda key: -len(_GAP.sub("", key)))
    plain = {key: said for key, said in pairs.items() if not _GAP.search(key)}
    return Sayings(plain, tuple(Pattern(_shape(key), pairs[key]) for key in gapped))


def _shape(key: str) -> re.Pattern[str]:
    """What the sentence looks like; a gap holds anything, as little as will do."""
    parts = _GAP.split(key)  # text, name, text, name, text
    shape = (f"(?P<{part}>.+?)" if at % 2 else re.escape(part) for at, part in enumerate(parts))
    return re.compile("".join(shape), re.DOTALL)
