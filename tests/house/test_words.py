"""Every word of the screens has its English, and what stands in braces is the same in both."""

import io
import re
from functools import cache
from pathlib import Path

import pytest
from babel.messages import pofile
from babel.messages.extract import DEFAULT_KEYWORDS, extract_from_dir

ROOT = Path(__file__).parents[2]
CATALOGUE = ROOT / "incident" / "translations" / "en" / "LC_MESSAGES" / "messages.po"
WAYS = {
    "incident": ("**.py", "python"),
    "alerts": ("**.py", "python"),
    "gis": ("**.py", "python"),
    "radio_bridge": ("**.py", "python"),
    "templates": ("**.html", "jinja2"),
    "static/js": ("**.js", "javascript"),
}
KEYWORDS = {**DEFAULT_KEYWORDS, "t": None, "lazy_gettext": None}


@cache
def said_in(folder: str) -> frozenset[str]:
    options = {"**.js": {"parse_template_string": "true"}}
    found = extract_from_dir(ROOT / folder, method_map=[WAYS[folder]], options_map=options, keywords=KEYWORDS)
    said = ((message, context) for _, _, message, _, context in found if isinstance(message, str) and message)
    return frozenset(_keyed(message, context) for message, context in said)


def _keyed(message: str, context: str | None) -> str:
    """As gettext keeps it: a word that means another thing elsewhere stands behind its context."""
    return f"{context}\x04{message}" if context else message


@pytest.fixture(scope="module")
def english() -> dict[str, str]:
    catalogue = pofile.read_po(io.BytesIO(CATALOGUE.read_bytes()), locale="en")
    spoken = (message for message in catalogue if message.id and not message.fuzzy)
    return {_keyed(str(message.id), message.context): str(message.string) for message in spoken}


@pytest.mark.parametrize("folder", WAYS)
def test_everything_said_has_its_english(folder: str, english: dict[str, str]) -> None:
    assert sorted(words for words in said_in(folder) if not english.get(words)) == []


@pytest.mark.slow
def test_the_catalogue_holds_nothing_that_nobody_says(english: dict[str, str]) -> None:
    assert sorted(set(english) - frozenset().union(*map(said_in, WAYS))) == []


def test_gaps_are_the_same_in_both_languages(english: dict[str, str]) -> None:
    gaps = re.compile(r"\{\w+\}")
    assert [key for key, said in english.items() if sorted(gaps.findall(key)) != sorted(gaps.findall(said))] == []
