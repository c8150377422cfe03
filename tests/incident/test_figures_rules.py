"""What is measured and what is left out: pure tables, held against numpy on raw intervals."""

import datetime as dt
from zoneinfo import ZoneInfo

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from incident.figures import rules
from incident.figures.rules import MEASURES, REASONS, Book, Case, interval, keys_of, nearest_rank

NOW = dt.datetime(2026, 11, 20, 3, 0, tzinfo=dt.UTC)
WITA = ZoneInfo("Asia/Makassar")
BY_CODE = {one.code: one for one in MEASURES}
seconds = st.floats(0, 1e6, allow_nan=False)


def at(after_s):
    return NOW + dt.timedelta(seconds=after_s)


def call(answered_s=None, rang_s=0.0, **more):
    times = {"t0": at(rang_s), "t1": None if answered_s is None else at(answered_s)}
    return Case("call", NOW, times, **more)


def page(*cases, by="type"):
    book = Book()
    for case in cases:
        book.add(case, keys_of(by, WITA)(case))
    return book


@given(st.lists(seconds, min_size=1, max_size=300), st.sampled_from([1, 25, 50, 75, 90, 95, 99, 100]))
def test_percentiles_are_those_of_numpy_on_the_raw_intervals(some, percent):
    assert nearest_rank(sorted(some), percent) == np.percentile(some, percent, method="inverted_cdf")


@given(st.lists(seconds, min_size=1, max_size=80))
def test_a_percentile_is_an_interval_somebody_really_waited(some):
    ordered = sorted(some)
    p50, p90 = nearest_rank(ordered, 50), nearest_rank(ordered, 90)
    assert p50 in some and p90 in some and p50 <= p90
    assert sum(one <= p90 for one in some) >= 0.9 * len(some)


def test_of_nothing_there_is_no_percentile_and_no_share():
    told = rules.told(Book().total)["answer"]
    assert (told["n"], told["p50_s"], told["p90_s"], told["few"]) == (0, None, None, False)
    assert [one["share"] for one in told["within"]] == [None, None]
    assert [one["met"] for one in told["within"]] == [None, None]


@given(st.lists(st.one_of(st.none(), st.integers(-50, 100)), max_size=60))
def test_everything_is_counted_once_or_left_out_with_a_reason(answers):
    told = rules.told(page(*(call(one) for one in answers)).total)["answer"]
    good = [one for one in answers if one is not None and one >= 0]
    assert told["n"] == len(good) and told["n"] + told["left_out"] == len(answers)
    assert told["left_out"] == sum(told["excluded"].values())
    assert told["excluded"].get("negative", 0) == sum(one is not None and one < 0 for one in answers)
    assert told["within"][0]["count"] == sum(one <= 10 for one in good)


@pytest.mark.parametrize("reason", ["paper", "exercise", "unanswered"])
def test_what_is_out_is_out_whatever_its_times_say(reason):
    assert interval(call(5.0, out=reason), BY_CODE["answer"]) == (None, reason)


def test_a_known_end_without_a_start_is_missing_not_zero():
    case = Case("call", NOW, {"t1": at(5)})
    assert interval(case, BY_CODE["answer"]) == (None, "missing")


def test_what_has_not_ended_yet_is_said_to_be_running():
    case = Case("incident", NOW, {"t1": at(0)}, unended="running")
    assert interval(case, BY_CODE["process"]) == (None, "running")


def test_no_time_passed_is_a_time():
    assert interval(call(0.0), BY_CODE["answer"]) == (0.0, None)


def test_total_begins_when_it_rang_and_else_when_it_was_answered():
    rang = Case("incident", NOW, {"t0": at(0), "t1": at(8), "t9": at(600)})
    picked_up = Case("incident", NOW, {"t0": None, "t1": at(8), "t9": at(600)})
    assert interval(rang, BY_CODE["total"])[0] == 600
    assert interval(picked_up, BY_CODE["total"])[0] == 592


def test_fifteen_minutes_are_asked_of_fires_and_of_nothing_else():
    arrived = {"t0": at(0), "t9": at(901)}
    told = rules.told(page(*(Case("incident", NOW, arrived, kind) for kind in ("kebakaran", "banjir"))).total)["total"]
    assert told["n"] == 2
    assert [(one["n"], one["count"], one["types"]) for one in told["within"]] == [(1, 0, ["kebakaran"])]


def test_a_target_is_met_by_the_share_it_names():
    told = rules.told(page(*(call(one) for one in [1] * 9 + [12])).total)["answer"]
    assert [(one["share"], one["met"]) for one in told["within"]] == [(90.0, True), (100.0, True)]
    worse = rules.told(page(*(call(one) for one in [1] * 8 + [12, 12])).total)["answer"]
    assert [one["met"] for one in worse["within"]] == [False, True]


def test_few_say_that_they_are_few():
    assert rules.told(page(*(call(1) for _ in range(9))).total)["answer"]["few"]
    assert not rules.told(page(*(call(1) for _ in range(10))).total)["answer"]["few"]


def test_an_incident_of_two_agencies_counts_in_both_and_once_in_all():
    book = page(Case("incident", NOW, {"t1": at(0), "t6": at(40)}, agencies=("BPBD", "DAMKAR")), by="agency")
    assert {key: told["process"].told()["n"] for key, told in book.groups.items()} == {"BPBD": 1, "DAMKAR": 1}
    assert book.total["process"].told()["n"] == 1


@pytest.mark.parametrize(
    ("by", "key"),
    [
        ("type", "banjir"),
        ("priority", "P2"),
        ("agency", "BPBD"),
        ("district", "52.03.01"),
        ("village", "52.03.01.2001"),
        ("hour", "11"),
        ("shift", "07-15"),
        ("day", "2026-11-20"),
        ("month", "2026-11"),
    ],
)
def test_a_case_stands_in_the_group_of_its_local_day_and_place(by, key):
    case = Case("call", NOW, {}, "banjir", "P2", "52.03.01.2001", ("BPBD",))
    assert keys_of(by, WITA)(case) == (key,)


@pytest.mark.parametrize("by", ["type", "priority", "agency", "district", "village"])
def test_what_is_not_known_has_a_group_of_its_own(by):
    assert keys_of(by, WITA)(Case("call", NOW, {}, area="52.03")) == (rules.NONE,)


@given(st.integers(0, 23))
def test_every_hour_has_one_shift(hour):
    assert rules.shift_of(hour, (23, 7, 15)) in ("07-15", "15-23", "23-07")
    assert rules.shift_of(hour, (7, 15, 23)) == rules.shift_of(hour, (23, 7, 15))


def test_the_night_shift_goes_over_midnight():
    assert [rules.shift_of(hour, (7, 15, 23)) for hour in (22, 23, 0, 6, 7)] == [
        "15-23",
        "23-07",
        "23-07",
        "23-07",
        "07-15",
    ]


def test_nobody_who_was_not_answered_is_called_a_prank():
    told = rules.shares_of_calls({"normal": 1, "prank": 3, "ghost": 0, "info": 0}, 6)
    assert told["shares"]["prank"] == {"count": 3, "of_recorded": 75.0, "of_all": 30.0}
    assert (told["recorded"], told["unanswered"], told["all"]) == (4, 6, 10)


def test_of_no_calls_there_are_no_shares():
    told = rules.shares_of_calls(dict.fromkeys(("normal", "prank"), 0), 0)
    assert [one["of_all"] for one in told["shares"].values()] == [None, None]


def test_every_reason_is_one_of_the_table():
    cases = [call(out=reason) for reason in REASONS]
    told = rules.told(page(*cases).total)["answer"]
    assert list(told["excluded"]) == list(REASONS)
