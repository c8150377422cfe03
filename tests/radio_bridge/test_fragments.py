"""A long text arrives whole, or a person is told that it did not: whatever is lost, doubled or mixed up on the way."""

import json
from dataclasses import replace
from random import Random
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from radio_bridge import fragments, plain
from radio_bridge import radiogram as rg
from radio_bridge.errors import CannotSend
from radio_bridge.fragments import Gathering, Incomplete, Sending, split
from radio_bridge.radiogram import schema

SIGNS = st.characters(exclude_categories=("C", "Z")) | st.sampled_from(" \n|~{<>aeinu")
TEXTS = st.builds(
    rg.Text,
    st.text(SIGNS, min_size=1, max_size=120).map(lambda text: text * 3),
    st.none() | st.integers(0, 65535),
    st.booleans(),
    st.integers(0, 65535),
)
LONG = rg.Text("Air sungai naik, warga RT 02 mengungsi ke balai desa. " * 9, 4711, False, 7)


def through_the_air(part: rg.Fragment, readable: bool = False) -> rg.Fragment:
    if readable:
        line = plain.seal(part, 1, 3, 0, bytes(16), 1, 5)
        return plain.open_line(line, {1: bytes(16)}, plain.ReplayWindow(1))[1]  # type: ignore[return-value]
    return schema.decode(*schema.encode(part))  # type: ignore[return-value]


@settings(max_examples=60)
@given(TEXTS, st.booleans(), st.randoms(use_true_random=False))
def test_in_any_order_and_any_number_of_times_it_is_whole_once(words: rg.Text, readable: bool, random: Random) -> None:
    parts = split(words, readable)
    heard = [*parts, *random.choices(parts, k=5)]
    random.shuffle(heard)
    gathering = Gathering()
    told = [gathering.take(3, through_the_air(part, readable), 1.0).text for part in heard]
    assert [text for text in told if text is not None] == [words]
    assert gathering.overdue(1e9) == []


@settings(max_examples=60)
@given(TEXTS, st.integers())
def test_what_was_lost_is_asked_for_by_number_until_it_is_whole(words: rg.Text, seed: int) -> None:
    random = Random(seed)
    sending, gathering, whole = Sending.of(split(words)), Gathering(), None
    for _ in range(300):
        while (part := sending.next()) is not None:
            if random.random() < 0.6:
                continue
            taken = gathering.take(3, through_the_air(part), 0.0)
            whole = whole or taken.text
        if whole:
            break
        lacking = gathering.missing(3, words.number)
        sending.lacks(*lacking.values()) if lacking else sending.ask()
    assert whole == words


@settings(max_examples=60)
@given(TEXTS.map(lambda words: replace(words, text=f"qq {words.text[:60]} 0123456789")), st.data())
def test_with_a_part_missing_it_is_named_and_never_shown(words: rg.Text, data: st.DataObject) -> None:
    parts = split(words, chunk_bytes=13)
    got = data.draw(st.lists(st.sampled_from(parts), max_size=40))
    lost = data.draw(st.sampled_from(parts))
    gathering = Gathering()
    heard = [part for part in got if part != lost]
    assert all(gathering.take(3, part, 5.0).text is None for part in heard)
    assert gathering.overdue(5.0 + fragments.KEEP_S - 1) == []
    have = tuple(sorted({part.part for part in heard}))
    named = [Incomplete(3, words.number, have, len(parts))] if heard else []
    assert gathering.overdue(5.0 + fragments.KEEP_S) == named
    assert gathering.overdue(1e9) == []


@given(st.lists(st.tuples(st.integers(0, 3), TEXTS), max_size=12), st.randoms(use_true_random=False))
def test_texts_of_many_stations_are_never_mixed(texts: list[tuple[int, rg.Text]], random: Random) -> None:
    heard = [(source, part) for source, words in texts for part in split(words, chunk_bytes=90)]
    random.shuffle(heard)
    gathering = Gathering()
    told = [(source, whole) for source, part in heard if (whole := gathering.take(source, part, 0.0).text)]
    assert sorted(map(repr, told)) == sorted({repr(one) for one in texts})


def test_an_interrupted_text_goes_on_after_a_restart() -> None:
    parts, gathering = split(LONG), Gathering()
    for part in parts[:2]:
        gathering.take(3, part, 100.0)
    gathering.take(4, parts[0], 100.0 - fragments.KEEP_S)
    restored = Gathering.restored(json.loads(json.dumps(gathering.state())))
    assert restored == gathering
    restored.move_clock(-100.0)
    assert [restored.take(3, part, 1.0).text for part in parts[2:]][-1] == LONG
    assert [one.source for one in restored.overdue(1.0)] == [4]
    assert Gathering.restored(None) == Gathering()


def test_a_copy_of_a_part_that_comes_after_the_whole_begins_nothing() -> None:
    parts, gathering = split(LONG), Gathering()
    assert [gathering.take(3, part, 0.0) for part in parts][-1].missing == ()
    assert gathering.take(3, parts[0], 1.0) == fragments.Taken(None, ())
    assert gathering.next_overdue() is None


def test_a_station_that_begins_texts_without_end_pushes_out_its_own() -> None:
    parts, gathering = split(LONG), Gathering()
    gathering.take(9, parts[0], 0.0)
    for number in range(500):
        gathering.take(3, replace(parts[0], number=number), 1.0 + number)
    lost = gathering.overdue(502.0)
    assert {one.source for one in lost} == {3}
    assert len(json.dumps(gathering.state())) < 20_000
    assert [gathering.take(9, part, 503.0).text for part in parts[1:]][-1] == LONG


def test_parts_that_do_not_make_what_their_mark_says_are_named_and_not_shown() -> None:
    first, *rest = split(LONG)
    gathering = Gathering()
    taken = [gathering.take(3, part, 0.0).text for part in (replace(first, chunk=bytes(64)), *rest)]
    assert taken == [None] * len(taken)
    assert [one.number for one in gathering.overdue(0.0)] == [7]
    assert [gathering.take(3, part, 1.0).text for part in (first, *rest)][-1] == LONG


def test_a_text_too_long_for_all_parts_is_refused_with_the_bytes_too_many() -> None:
    fits = replace(LONG, text="q" * 2048)
    assert len(split(fits)) == rg.PARTS_MAX
    with pytest.raises(CannotSend, match="3 bytes longer"):
        split(replace(LONG, text="q" * 2051))


@pytest.mark.parametrize("text", ["", "awas\x1b", "\ud800"])
@pytest.mark.parametrize("readable", [True, False])
def test_what_cannot_be_sent_is_refused_before_the_first_part(text: str, readable: bool) -> None:
    with pytest.raises(CannotSend):
        split(replace(LONG, text=text), readable)


@given(st.lists(st.tuples(st.integers(0, 200), st.integers(0, 5), st.integers(0, 31), st.integers(0, 3)), max_size=300))
def test_whatever_comes_it_stays_small(heard: list[tuple[int, int, int, int]]) -> None:
    gathering: Any = Gathering()
    for now, (source, number, part, mark) in enumerate(heard):
        gathering.take(source, rg.Fragment(number, part, 31, mark, bytes(188)), float(now))
    assert len(gathering._open) <= fragments.TEXTS_OPEN


def test_the_link_may_give_it_another_number() -> None:
    sending = Sending.of(split(LONG)).renumbered(9)
    gathering, part, whole = Gathering(), sending.next(), None
    while part:
        whole, part = gathering.take(3, part, 0.0).text, sending.next()
    assert whole == replace(LONG, number=9)
