"""What machines write down for everybody to read can be said in English: health, reasons, places, proposals."""

import ast
import io
import re
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from babel.messages import pofile
from hypothesis import given
from hypothesis import strategies as st

from alerts.bulletins import places, proposing, rules
from alerts.channels.whatsapp import WHY
from alerts.wire_pool import _WORDS
from incident import sayings
from radio_bridge.sms import pdu, refusals
from tests.house import test_refusals
from tests.house.test_refusals import GAP, Reader, _own_nodes

ROOT = Path(__file__).parents[2]
LIST = ROOT / "static" / "js" / "told_words.js"
CATALOGUE = ROOT / "incident" / "translations" / "en" / "LC_MESSAGES" / "messages.po"
MADE_BY = {
    **dict.fromkeys(("BadBulletin", "WireError", "Unreachable", "NotReached", "TooLarge", "NotAllowedHost"), 0),
    **dict.fromkeys(("Failed", "NoVoice"), 0),
    **dict.fromkeys(("Health", "Pulse"), 1),
    "CannotSend": 0,
    "BadTable": 0,
    "_again": 1,
    "Refusal": 0,
}
SAID_AS = ("reason",)  # keywords whose words end on a screen
FOR_THE_TERMINAL = ("Tabel gempa ",)
ROOMS = ("alerts", "radio_bridge/sms", "radio_bridge/devices/gsm_at.py")


@cache
def english() -> sayings.Sayings:
    """The list of the screens with its English, looked through as told.js does."""
    catalogue = pofile.read_po(io.BytesIO(CATALOGUE.read_bytes()), locale="en")
    said = {str(one.id): str(one.string) for one in catalogue if one.id and not one.context and not one.fuzzy}
    keys = [ast.literal_eval(found) for found in re.findall(r'N_\(("(?:[^"\\]|\\.)*")\)', LIST.read_text())]
    return sayings_of({key: said[key] for key in keys})


def sayings_of(pairs: Mapping[str, str]) -> sayings.Sayings:
    gapped = sorted((key for key in pairs if "{" in key), key=lambda key: -len(re.sub(r"\{\w+\}", "", key)))
    plain = {key: said for key, said in pairs.items() if "{" not in key}
    return sayings.Sayings(plain, tuple(sayings.Pattern(sayings._shape(key), pairs[key]) for key in gapped))


def told(words: str) -> str | None:
    """The sentence in English, None where the list does not hold it."""
    return sayings._found(english(), words) or sayings._found(english(), f"{words[:1].upper()}{words[1:]}.")


def made() -> Iterator[tuple[str, str]]:
    """(file, sentence) of everything these rooms write down of how they fare."""
    for room in ROOMS:
        found = ROOT / room
        for path in [found] if found.is_file() else sorted(found.rglob("*.py")):
            reader = Reader(path)
            sentences = set(reader.sentences())
            for scope in [reader.tree, *reader.functions.values()]:
                for word in _keywords(scope):
                    sentences |= reader.words(word, scope)
            yield from ((path.name, words) for words in sorted(sentences) if _is_said(words))


def _keywords(scope: Any) -> list[Any]:
    calls = [one for one in _own_nodes(scope) if isinstance(one, ast.Call)]
    return [word.value for call in calls for word in call.keywords if word.arg in SAID_AS]


def _is_said(words: str) -> bool:
    has_letters = re.search(r"[a-z]{3}", words.replace(GAP, ""))
    return bool(has_letters) and not words.startswith(FOR_THE_TERMINAL) and words[:1] != "{"


@pytest.fixture
def makers(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(test_refusals, "MAKERS", MADE_BY)


@pytest.mark.slow
def test_whatever_a_way_or_a_source_says_of_itself_has_its_english(makers: None) -> None:
    said = list(made())
    assert len(said) >= 60, "the reader finds nothing any more"
    filled = [(path, words.replace(GAP, "x7")) for path, words in said]
    assert [f"{path}: {words}" for path, words in filled if told(words) is None] == []


def test_the_tables_of_reasons_have_their_english() -> None:
    tables = [*WHY.values(), *(words for _, words in _WORDS), *pdu._REASONS.values()]
    tables += [one.words for one in (*refusals.CMS.values(), *refusals.CME.values())]
    assert [words for words in tables if told(words) is None] == []


LINES = rules.table().propose
numbers = st.floats(0, 9.9).map(lambda one: round(one, 1))


@given(
    line=st.sampled_from(LINES), magnitude=numbers, depth=st.none() | st.floats(0, 700), km=st.floats(0, 900), n=numbers
)
def test_every_reason_of_every_rule_has_its_english(
    line: rules.Line, magnitude: float, depth: float | None, km: float, n: float
) -> None:
    about = {"magnitude": magnitude, "depth_km": depth, "near_km": km, "attribution": "BMKG"}
    for words in proposing.reasons(line, about, int(n), 3):
        said = told(words)
        assert said is not None, words
        assert sorted(re.findall(r"\d+", said)) == sorted(re.findall(r"\d+", words)), (words, said)
        assert not re.search(r"\b(desa|aturan|gempa|dari)\b", said), said


@pytest.mark.parametrize("wind", places.WINDS)
def test_a_place_is_said_from_its_village_in_both_languages(wind: str) -> None:
    said = told(places.seen_from("Desa Sembalun Lawang, Kec. Sembalun", 12.2, wind))
    assert said is not None and re.fullmatch(r"12 km [a-z-]+ of Desa Sembalun Lawang, Kec. Sembalun", said)


def test_a_sentence_within_a_sentence_is_said_too() -> None:
    assert told("3 butir tidak terbaca: butir ke-2: magnitudo bukan angka") == (
        "Items that could not be read: 3: item 2: magnitude is no number"
    )
    assert told("data.bmkg.go.id: tidak selesai dalam 20 detik") == "data.bmkg.go.id: not finished within 20 s"
    assert told("kata orang yang bukan kalimat kita") is None
