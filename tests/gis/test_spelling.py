"""Spellings: what is folded away, what is spelled out, and what is kept of a neighbourhood."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gis.spelling import (
    DISTRICT,
    HAMLET,
    LIGHT,
    MOST_WORDS,
    VILLAGE,
    fold,
    fold_name,
    glued,
    read,
    skeleton,
    straightened,
)


@pytest.mark.parametrize(
    ("name", "folded"),
    [
        ("Oi Fo'o", "oi foo"),
        ("Obel-obel", "obel obel"),
        ("  PenanaE ", "penanae"),
        ("Gn. Kembang Lama", "gunung kembang lama"),
    ],
)
def test_a_name_is_folded_to_what_is_compared(name, folded):
    assert fold_name(name) == folded


@given(st.text(max_size=60))
def test_folding_twice_changes_nothing_more(text):
    assert fold(fold(text)) == fold(text)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("haurgeulis", "haurgulis"),
        ("labuhan", "labuan"),
        ("djatibarang", "jatibarang"),
        ("pringgabaya", "peringgabaya"),
    ],
)
def test_what_sounds_the_same_has_the_same_skeleton(one, other):
    assert skeleton(one) == skeleton(other)


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("ds labuhan, RT 2", "RT 02"),
        ("rt 02 rw 01 pancor", "RT 02/RW 01"),
        ("rt03/rw05", "RT 03/RW 05"),
        ("rt 3/5 pancor", "RT 03/RW 05"),
        ("RT/RW 003/012", "RT 03/RW 12"),
        ("rw 7 saja", "RW 07"),
        ("artha graha 5", ""),
    ],
)
def test_rt_and_rw_are_kept_as_words(text, kept):
    assert read(text).neighbourhood == kept


def test_rt_and_rw_are_no_words_of_the_name():
    assert [one.text for one in read("labuhan rt 02/rw 01 lombok").words] == ["labuhan", "lombok"]


def test_a_role_word_marks_the_word_after_it_and_is_gone():
    words = read("ds labuhan lombok kec pringgabaya").words
    assert [(one.text, one.role) for one in words] == [("labuhan", VILLAGE), ("lombok", ""), ("pringgabaya", DISTRICT)]


def test_blok_stays_because_it_may_be_the_name():
    first, second = read("blok petung").words
    assert (first.text, first.role, second.role) == ("blok", HAMLET, "")


def test_words_that_only_lead_to_a_place_weigh_little():
    depan, masjid, pancor = read("depan masjid pancor").words
    assert (depan.weight, masjid.weight, pancor.weight) == (5 * LIGHT, 6 * LIGHT, 6.0)


def test_local_short_names_are_spelled_out():
    assert [one.text for one in read("senggigi lobar, tj luar brt").words] == [
        "senggigi",
        "lombok",
        "barat",
        "tanjung",
        "luar",
        "barat",
    ]


@given(st.text(max_size=2000))
def test_whatever_is_written_gives_few_plain_words(text):
    asked = read(text)
    assert len(asked.words) <= MOST_WORDS
    assert all(one.text.isascii() and one.text.isalnum() and glued(one.text) == one.text for one in asked.words)


def test_marks_that_turn_the_words_around_them_are_left_out_of_what_files_bring():
    turned = "Posko \u202e\u2066Aikmel\u2069\u202c"
    assert straightened(turned) == "Posko Aikmel"
