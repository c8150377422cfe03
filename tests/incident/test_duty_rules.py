"""The pure rules of units at work: the welfare check, the limits, shifts, run cards."""

import datetime as dt

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from incident import doctor, rules
from incident.config import load_settings
from incident.duty import limits, ranking, run_cards
from incident.duty.queries import now_on
from incident.duty.run_card_shelf import BUILT_IN, built_in, shelf
from incident.duty.seeds import CAPABILITIES, KINDS
from incident.duty.welfare import Ask, next_step
from incident.seeds import TYPES

START = dt.datetime(2026, 11, 22, 3, 0, tzinfo=dt.UTC)


def at(seconds: float) -> dt.datetime:
    return START + dt.timedelta(seconds=seconds)


# the welfare check


def test_a_unit_on_scene_is_asked_after_twenty_minutes_and_not_before():
    assert next_step(None, True, START, at(1199.9), START) == (None, None)
    assert next_step(None, True, START, at(1200), START) == ("ask", Ask(at(1200)))


def test_two_misses_raise_mayday_and_one_does_not():
    step, ask = next_step(Ask(at(0)), True, at(-1200), at(120), at(-9999))
    assert (step, ask) == ("ask_again", Ask(at(120), 1))
    assert next_step(ask, True, at(-1200), at(239), at(-9999)) == (None, ask)
    assert next_step(ask, True, at(-1200), at(240), at(-9999)) == ("mayday", None)


def test_any_word_after_the_question_ends_it_and_an_older_one_does_not():
    assert next_step(Ask(at(0), 1), True, at(5), at(10), START) == ("rest", None)
    assert next_step(Ask(at(0), 1), True, at(-5), at(10), START)[0] is None


def test_a_question_that_nobody_could_hear_answered_is_not_a_miss():
    asked = Ask(at(0), 1)
    assert next_step(asked, True, at(-1200), at(5000), awake_since=at(4990)) == (None, asked)
    assert next_step(asked, True, at(-1200), at(5110), awake_since=at(4990)) == ("mayday", None)


def test_a_unit_that_left_the_scene_is_not_asked_on():
    assert next_step(Ask(at(0)), False, at(-1200), at(60), START) == ("rest", None)
    assert next_step(None, False, START, at(99_999), START) == (None, None)


@pytest.mark.slow
@settings(max_examples=200, deadline=None)
@given(
    waits=st.lists(st.floats(1, 700), min_size=1, max_size=40),
    words=st.sets(st.integers(0, 39)),
    naps=st.sets(st.integers(0, 39)),
)
def test_however_time_passes_mayday_needs_two_questions_with_their_full_time(waits, words, naps):
    """Steps at any times, words at any, a listener that slept: mayday comes only after two full waits in silence."""
    now, word, awake, ask, asked = START, START, START, None, []
    for number, wait in enumerate(waits):
        now += dt.timedelta(seconds=wait)
        awake = now if number in naps else awake
        if number in words:
            word = now
        step, ask = next_step(ask, True, word, now, awake)
        if step in ("ask", "ask_again"):
            asked.append(now)
        if step == "rest":
            asked = []
        if step == "mayday":
            assert len(asked) == 2
            assert word <= asked[0]
            assert all((later - max(early, awake)).total_seconds() >= 120 for early, later in [(asked[1], now)])
            assert (asked[1] - asked[0]).total_seconds() >= 120
            return


# the limits


def test_every_status_of_a_unit_at_work_has_a_limit_or_is_meant_to_have_none():
    resting = {"standby", "out_of_service", "mayday", "cleared", "cancelled"}
    for status in {*rules.ASSIGNMENT_STATES, *rules.FREE_STATES, "out_of_service"}:
        assert (limits.limit_s(status, "trc") is None) == (status in resting), status


def test_limits_name_kinds_and_statuses_that_exist():
    codes = {row[0] for row in KINDS}
    for kind, status in limits.LIMIT_OF_KIND_S:
        assert kind in codes and status in limits.LIMIT_S


def test_a_boat_has_longer_to_leave_than_an_ambulance():
    assert limits.is_over("acknowledged", "ambulance", START, at(181))
    assert not limits.is_over("acknowledged", "boat", START, at(181))


def test_the_clock_begins_with_the_last_word():
    assert limits.silent_since(START, None) == START
    assert limits.silent_since(START, at(50)) == at(50)
    assert limits.silent_since(at(50), START) == at(50)


# the digits


def test_every_digit_means_one_thing():
    assert set(rules.VERB_OF_DIGIT) | set(rules.POSTURE_OF_DIGIT) == set(range(10))
    assert not set(rules.VERB_OF_DIGIT) & set(rules.POSTURE_OF_DIGIT)
    assert rules.DIGIT_OF_STATE["standby"] == 1 and rules.DIGIT_OF_STATE["afield"] == 8


def test_mayday_stands_above_every_other_assignment():
    first = {"id": 1, "assigned_at": START, "state": "mayday"}
    second = {"id": 2, "assigned_at": at(60), "state": "en_route"}
    assert rules.unit_state([first, second], True) == "mayday"
    assert rules.unit_state([second], True, "base", True) == "mayday"
    assert rules.unit_state([second], True, "afield") == "en_route"
    assert rules.unit_state([], True, "afield") == "afield"
    assert rules.unit_state([], False, "afield") == "out_of_service"


# shifts


def test_a_unit_whose_duty_nobody_plans_is_not_off_shift():
    shifts = [(1, at(0), at(100)), (2, at(100), at(200)), (2, at(0), at(10))]
    assert now_on(shifts, at(50)) == {1: True, 2: False}
    assert now_on(shifts, at(100)) == {1: False, 2: True}


def test_a_crew_that_nobody_entered_is_not_too_small():
    assert not ranking.Duty(None, 0, 4).lacks_crew
    assert ranking.Duty(None, 3, 4).lacks_crew
    assert not ranking.Duty(None, 4, 4).lacks_crew


# run cards


def unit(
    number: int,
    kind: str,
    state: str = "standby",
    able: tuple[str, ...] = (),
    away: float | None = 1000.0,
    held: bool = False,
):
    card = {"id": number, "call_sign": f"U-{number}", "kind": kind, "state": state, "capabilities": list(able)}
    return {"unit": card, "distance_m": away, "is_held_back": held, "shortfalls": []}


def card_of(*needs: run_cards.Need) -> run_cards.RunCard:
    return run_cards.RunCard("kebakaran", 1, {"id": "Satu", "en": "One"}, needs)


ENGINE, AMBULANCE = run_cards.Need("fire_engine", 2, True), run_cards.Need("ambulance", 1, True)


def test_a_card_is_filled_with_the_best_and_names_what_is_missing():
    ranked = [unit(1, "fire_engine"), unit(2, "ambulance", "en_route", away=5200.0), unit(3, "fire_engine", "afield")]
    engines, ambulances = run_cards.fill(card_of(ENGINE, AMBULANCE), [], ranked)
    assert [one["unit"]["id"] for one in engines["proposed"]] == [1, 3] and engines["missing"] == 0
    assert (ambulances["missing"], ambulances["nearest"]["unit"]["call_sign"]) == (1, "U-2")


def test_who_is_there_already_counts_and_is_not_sent_again():
    here = [unit(7, "ambulance", "on_scene")["unit"]]
    (told,) = run_cards.fill(card_of(AMBULANCE), here, [unit(1, "ambulance")])
    assert (told["here"], told["proposed"], told["missing"]) == (["U-7"], [], 0)


def test_off_shift_or_without_a_crew_a_unit_is_named_and_not_proposed():
    (told,) = run_cards.fill(card_of(AMBULANCE), [], [unit(1, "ambulance", held=True)])
    assert (told["proposed"], told["missing"], told["nearest"]["unit"]["id"]) == ([], 1, 1)


def test_where_there_is_no_such_unit_nothing_is_nearest():
    (told,) = run_cards.fill(card_of(AMBULANCE), [], [unit(1, "boat")])
    assert (told["missing"], told["nearest"]) == (1, None)


@settings(max_examples=100, deadline=None)
@given(
    kinds=st.lists(st.sampled_from(["fire_engine", "ambulance", "boat"]), max_size=12),
    states=st.lists(st.sampled_from(["standby", "afield", "en_route", "mayday"]), min_size=12, max_size=12),
)
def test_no_unit_fills_two_needs_and_no_need_gets_too_many(kinds, states):
    ranked = [unit(n, kind, states[n], ("rescue",)) for n, kind in enumerate(kinds)]
    needs = (run_cards.Need("rescue", 2, False), ENGINE, AMBULANCE)
    filled = run_cards.fill(card_of(*needs), [], ranked)
    proposed = [one["unit"]["id"] for told in filled for one in told["proposed"]]
    assert len(proposed) == len(set(proposed))
    assert all(states[number] in rules.FREE_STATES for number in proposed)
    for told in filled:
        assert len(told["proposed"]) + told["missing"] == told["count"]


def test_the_built_in_cards_name_types_kinds_and_capabilities_that_exist():
    types, kinds = {row[0] for row in TYPES}, {row[0] for row in KINDS}
    able = {row[0] for row in CAPABILITIES}
    for card in built_in():
        assert card.type in types
        assert all(need.code in (kinds if need.is_kind else able) for need in card.needs), card


GOOD = '[[card]]\ntype = "banjir"\nlevel = 1\nid = "Satu"\nen = "One"\nneeds = [{ kind = "boat", count = 9 }]\n'
BAD = {
    "not TOML": ("[[card]", "TOML"),
    "nothing in it": ("", "card"),
    "no needs": (GOOD.replace('{ kind = "boat", count = 9 }', ""), "needs"),
    "both": (GOOD.replace("count", 'can = "fire", count'), "salah satu"),
    "neither": (GOOD.replace('kind = "boat", ', ""), "salah satu"),
    "none of them": (GOOD.replace("9", "0"), "1 sampai 20"),
    "true of them": (GOOD.replace("9", "true"), "1 sampai 20"),
    "no level": (GOOD.replace("level = 1", "level = 6"), "1 sampai 5"),
    "silent in English": (GOOD.replace('"One"', '" "'), "`en`"),
    "twice": (GOOD + GOOD, "dua kali"),
}


@pytest.mark.parametrize("name", BAD)
def test_a_bad_file_is_refused_with_a_sentence_and_the_built_in_cards_stay(tmp_path, name):
    text, word = BAD[name]
    (tmp_path / "run_cards.toml").write_text(text, "utf-8")
    found = shelf(tmp_path)
    assert found.cards == built_in()
    assert "run_cards.toml" in str(found.fault) and word in str(found.fault)


def test_a_sites_file_takes_the_place_of_the_types_it_names(tmp_path):
    (tmp_path / "run_cards.toml").write_text(GOOD, "utf-8")
    found = shelf(tmp_path)
    assert found.fault is None
    assert [card.needs[0].count for card in run_cards.of_type(found.cards, "banjir")] == [9]
    assert run_cards.of_type(found.cards, "kebakaran") == run_cards.of_type(built_in(), "kebakaran")


def test_the_doctor_names_a_file_of_run_cards_that_cannot_be_used(tmp_path):
    settings = load_settings(data=tmp_path)
    assert doctor.look_at_run_cards(settings).state == "ok"
    (tmp_path / "run_cards.toml").write_text("[[card]]\ntype = 1\n", "utf-8")
    finding = doctor.look_at_run_cards(settings)
    assert finding.state == "warn" and "kartu ke-1" in finding.sentence and "units.md" in finding.mend


def test_a_file_that_is_no_text_is_refused(tmp_path):
    (tmp_path / "run_cards.toml").write_bytes(b"\xff\xfe\x00")
    assert "UTF-8" in str(shelf(tmp_path).fault)


def test_the_file_that_comes_along_is_found():
    assert BUILT_IN.exists() and [card.level for card in run_cards.of_type(built_in(), "kebakaran")] == [1, 2]
