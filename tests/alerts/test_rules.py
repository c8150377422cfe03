"""The tables of the alert room, walked."""

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alerts import rules
from alerts.channels import REGISTER, get_channel

ALL = rules.KNOWN + rules.CLOSED


def test_every_priority_has_a_ladder_that_ends_on_the_radio():
    assert set(rules.LADDER) == set(rules.PRIORITIES)
    for ladder in rules.LADDER.values():
        assert "radio" in ladder[-1].channels
        channels = [channel for rung in ladder for channel in rung.channels]
        assert len(channels) == len(set(channels)), "a channel tried twice would need a second delivery"
        assert set(channels) <= set(REGISTER)


def test_the_most_urgent_waits_for_nothing_and_the_others_in_order_of_urgency():
    assert len(rules.LADDER["P0"]) == 1 and set(rules.LADDER["P0"][0].channels) == set(REGISTER)
    waits = [rules.wait_s(priority, 0, 60.0) for priority in ("P1", "P2", "P3")]
    assert waits == sorted(waits) == [60.0, 120.0, 300.0]


def test_above_the_top_rung_there_is_no_clock():
    for priority, ladder in rules.LADDER.items():
        assert rules.wait_s(priority, len(ladder) - 1, 60.0) is None
        assert rules.rung_of(priority, len(ladder)) is None


@pytest.mark.parametrize("state", ["cancelled", "expired", "superseded", "ended"])
def test_an_alert_that_is_over_stays_over(state):
    assert not [verb for at, verb in rules.ALERT_LIFE if at == state]


def test_only_a_draft_is_approved():
    assert [at for at, verb in rules.ALERT_LIFE if verb == "approve"] == ["draft"]


def test_evacuation_and_the_public_need_a_second_person_and_nothing_else_does():
    needed = {(order, who) for order in rules.ORDERS for who in rules.AUDIENCES if rules.needs_second(order, who)}
    assert needed == {(order, "public") for order in rules.ORDERS} | {("evacuate", "units")}


def test_what_is_known_never_gets_weaker():
    for weak, strong in itertools.combinations(rules.KNOWN, 2):
        assert rules.stronger(weak, strong) and not rules.stronger(strong, weak)
    assert not any(rules.stronger(state, state) for state in ALL)


def test_a_person_who_has_seen_it_outweighs_every_failure():
    for closed in rules.CLOSED:
        for seen in rules.BY_A_PERSON:
            assert rules.stronger(closed, seen) and not rules.stronger(seen, closed)


@given(st.lists(st.sampled_from(ALL), max_size=12))
def test_in_whatever_order_news_arrives_the_strongest_stands(news: list[str]):
    state = "waiting"
    for heard in news:
        state = heard if rules.stronger(state, heard) else state
    persons = [one for one in news if one in rules.BY_A_PERSON]
    if persons:
        assert state == max(persons, key=rules.KNOWN.index)
    elif any(one in rules.CLOSED for one in news):
        assert state in rules.CLOSED
    else:
        assert state == max(["waiting", *news], key=rules.KNOWN.index)


def test_an_exercise_says_so_first_and_last_and_only_once():
    once = rules.words_on_air("Ke Selong", True)
    assert once.startswith("LATIHAN.") and once.endswith("LATIHAN")
    assert rules.words_on_air(once, True) == once
    assert rules.words_on_air(" Ke Selong ", False) == "Ke Selong"


def test_an_approval_is_bound_to_the_words_the_order_and_who_gets_them():
    base = rules.text_hash("h", "t", "go", [1, 2])
    others = [("H", "t", "go", [1, 2]), ("h", "T", "go", [1, 2]), ("h", "t", "evacuate", [1, 2]), ("h", "t", "go", [1])]
    assert base not in {rules.text_hash(*one) for one in others}
    assert base == rules.text_hash("h", "t", "go", [2, 1])


@pytest.mark.parametrize("name", REGISTER)
def test_every_channel_of_the_register_can_send_and_cancel(name):
    channel = get_channel(name)
    assert channel.name == name and callable(channel.send) and callable(channel.cancel)
