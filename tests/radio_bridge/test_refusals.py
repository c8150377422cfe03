"""What the link refuses is said to the operator in their language, and on an English page in English."""

from pathlib import Path

import pytest

import radio_bridge
from radio_bridge.refusals import SAID, in_indonesian
from tests.house import test_refusals
from tests.house.test_refusals import GAP, Reader
from tests.house.test_told import told

ROOM = Path(radio_bridge.__file__).parent
LINK = (
    "addressing", "asking", "traffic", "fragments", "wire", "radiogram/texts", "radiogram/schema", "radiogram/fields",
    "plain/writing", "plain/__init__", "voice/words", "voice/net",
)  # fmt: skip
NEVER_OF_AN_ORDER = (
    "Acknowledgements are written",  # nobody orders one
    f"{GAP} is no status digit",  # the room sends none
    "There is no part",  # the link parts a text itself
    "Parts are 0 to",
    "There is nothing in this",
    "A change of keys",  # radio_bridge/keys/telling.py says it
    "On this channel a part of a text",
    f"{GAP} is no alert's number",
    f"Station numbers are 0 to {GAP}; the roster",  # addressing refuses them before
    f"{GAP}: {GAP}",  # a fault of ours: the number of a field beyond its bits
    "Nobody can speak on",  # the voice device does not start there
)


def made(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    monkeypatch.setattr(test_refusals, "MAKERS", {"CannotSend": 0})
    found = {words for name in LINK for words in Reader(ROOM / f"{name}.py").sentences()}
    return sorted(words for words in found if not words.startswith(NEVER_OF_AN_ORDER))


def test_every_refusal_of_the_link_has_words_for_the_operator(monkeypatch: pytest.MonkeyPatch):
    sentences = [words.replace(GAP, "x7") for words in made(monkeypatch)]
    assert len(sentences) >= 12, "the reader finds nothing any more"
    assert [words for words in sentences if in_indonesian(words) == words] == []


def test_no_words_are_kept_for_what_nobody_says(monkeypatch: pytest.MonkeyPatch):
    sentences = [words.replace(GAP, "x7") for words in made(monkeypatch)]
    said = {in_indonesian(words) for words in sentences}
    assert [words for words in SAID.values() if not any(_fits(words, one) for one in said)] == []


def _fits(words: str, said: str) -> bool:
    return said == words.format_map(_Sevens())


class _Sevens(dict[str, str]):
    def __missing__(self, name: str) -> str:
        return "x7"


def test_what_is_filled_in_stays():
    said = in_indonesian("On this channel it would take 3.4 s on the air, more than is allowed.")
    assert said == "Di kanal ini pesan itu 3.4 detik di udara, lebih lama dari yang boleh; persingkat."


def test_what_is_in_indonesian_or_unforeseen_stays_as_it_is():
    assert in_indonesian("Pesan ini kosong.") == "Pesan ini kosong."


@pytest.mark.parametrize("words", SAID.values())
def test_an_english_page_says_it_in_english(words: str):
    english = told(words.format_map(_Sevens()))
    assert english is not None and english.count("x7") == words.count("{"), english
