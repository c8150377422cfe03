"""The table of what stands and what is proposed, and the rule of the same quake: read as a fire chief would."""

import csv
import datetime as dt
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from alerts.bulletins import places, rules
from alerts.feeds import REGISTER
from alerts.feeds.shape import KINDS, SEVERITIES
from alerts.rules import ORDERS, PRIORITIES

NOW = dt.datetime(2018, 8, 5, 11, 50, tzinfo=dt.UTC)
LENT = Path(__file__).parents[3] / "shared" / "data" / "bmkg" / "lombok_2018_sequence.tsv"
QUAKE = rules.Quake("bmkg_latest", "bmkg", NOW, 116.5, -8.35, 6.8)
told = st.builds(
    rules.Quake,
    source=st.sampled_from(rules.FIRST_BELIEVED),
    agency=st.just(""),
    at=st.integers(0, 3600).map(lambda seconds: NOW + dt.timedelta(seconds=seconds)),
    lon=st.floats(116, 117),
    lat=st.floats(-9, -8),
    magnitude=st.floats(3, 7),
).map(lambda one: one._replace(agency=rules.agency_of(one.source)))


def thing(**said: Any) -> rules.Thing:
    words: dict[str, Any] = {"kind": "quake", "at": NOW, "lon": 116.5, "lat": -8.35, "magnitude": 6.8, "near_km": 12.0}
    return rules.Thing(**(words | said))


def name_of(line: rules.Line | None) -> str:
    return line.name if line else "nothing"


# the table as a whole


def test_the_table_speaks_of_what_there_is():
    table = rules.table()
    assert {line.limits["kind"] for line in (*table.stands, *table.propose) if "kind" in line.limits} <= set(KINDS)
    for line in table.propose:
        assert set(line.then["asks"]) <= set(rules.ASKS) and line.then["order"] in ORDERS
        assert line.then["priority"] in PRIORITIES and line.then.get("reach", "km") in ("km", "area", "site")
    assert len({line.name for line in table.propose}) == len(table.propose)
    assert rules.SEVERITIES == SEVERITIES and set(rules.FIRST_BELIEVED) <= set(REGISTER)


@pytest.mark.parametrize(
    ("words", "why"),
    [
        ("nothing", "tidak terbaca"),
        ("[proposing]\nfresh_hours = 6", "tidak terbaca"),
        ('kind = "quake"\nhours = 1\nmagnitude = 6', "tidak dikenal .'magnitude'"),
        ('kind = "quake"', "kurang .'hours'"),
        ('severity_from = "bad"\nhours = 1', "severity_from"),
    ],
)
def test_a_table_with_a_slip_is_refused_with_the_slip(words: str, why: str):
    whole = rules.TABLE.read_text()
    broken = whole.replace("[[stands]]", f"[[stands]]\n{words}\n\n[[stands]]", 1) if "=" in words else words
    with pytest.raises(rules.BadTable, match=why):
        rules.read_table(broken if "proposing" not in words else words)


@given(
    near_km=st.none() | st.floats(0, 2000),
    magnitude=st.none() | st.floats(0, 9),
    kind=st.sampled_from(KINDS),
    severity=st.none() | st.sampled_from(SEVERITIES),
)
def test_whatever_proposes_something_stands_on_the_board(
    near_km: float | None, magnitude: float | None, kind: str, severity: str | None
):
    one = thing(kind=kind, near_km=near_km, magnitude=magnitude, severity=severity)
    if rules.proposal_of(one, NOW) is not None:
        assert rules.stands_until(one, None) is not None


@given(near_km=st.floats(0, 300), magnitude=st.floats(3, 8), more=st.floats(0, 1.5), nearer=st.floats(0, 1))
def test_stronger_or_nearer_never_stands_shorter_nor_proposes_less(
    near_km: float, magnitude: float, more: float, nearer: float
):
    weak, strong = (
        thing(near_km=near_km, magnitude=magnitude, depth_km=10.0),
        thing(near_km=near_km * nearer, magnitude=magnitude + more, depth_km=10.0),
    )
    ends = [rules.stands_until(one, None) or NOW for one in (weak, strong)]
    assert ends[0] <= ends[1]
    order = [line.name for line in rules.table().propose]
    ranks = [
        order.index(line.name) if line else len(order)
        for one in (weak, strong)
        if (line := rules.proposal_of(one, NOW)) or True
    ]
    assert ranks[1] <= ranks[0]


# single lines


@pytest.mark.parametrize(
    ("said", "rule"),
    [
        ({"magnitude": 7.2}, "gempa_sangat_kuat"),
        ({"magnitude": 6.8, "depth_km": 12}, "gempa_kuat"),
        ({"magnitude": 6.0, "depth_km": None}, "gempa_kuat"),
        ({"magnitude": 6.8, "depth_km": 300}, "nothing"),
        ({"magnitude": 5.4, "depth_km": 10}, "gempa_sedang"),
        ({"magnitude": 5.4, "near_km": 60}, "nothing"),
        ({"magnitude": 4.9}, "nothing"),
        ({"magnitude": 6.8, "near_km": None}, "nothing"),
        ({"magnitude": 4.0, "near_km": 900, "facts": {"tsunami": True}}, "tsunami"),
        ({"kind": "volcano", "magnitude": None, "severity": "extreme"}, "gunung_awas"),
        ({"kind": "volcano", "magnitude": None, "severity": "moderate"}, "nothing"),
        ({"kind": "weather", "magnitude": None, "severity": "severe", "near_km": 0}, "cuaca_ekstrem"),
        ({"kind": "weather", "severity": "severe", "near_km": 0, "facts": {"forecast": True}}, "nothing"),
        ({"kind": "weather", "magnitude": None, "severity": "moderate", "near_km": 0}, "nothing"),
        ({"kind": "flood", "magnitude": None, "severity": "severe", "near_km": 2}, "banjir_dalam"),
        ({"kind": "cyclone", "magnitude": None, "severity": "extreme", "near_km": 200}, "siklon"),
    ],
)
def test_a_bulletin_proposes_by_the_first_line_it_fits(said: dict[str, Any], rule: str):
    assert name_of(rules.proposal_of(thing(**said), NOW)) == rule


def test_nothing_is_proposed_about_a_quake_of_yesterday():
    assert rules.proposal_of(thing(), NOW + dt.timedelta(hours=6)) is not None
    assert rules.proposal_of(thing(), NOW + dt.timedelta(hours=6, seconds=1)) is None


def test_what_its_source_ends_sooner_ends_sooner():
    one, soon = thing(kind="weather", severity="severe", near_km=0), NOW + dt.timedelta(hours=1)
    assert rules.stands_until(one, soon) == soon
    assert rules.stands_until(one, NOW + dt.timedelta(days=9)) == NOW + dt.timedelta(hours=6)


def quiet(before: rules.Earlier, **said: Any) -> bool:
    one = thing(depth_km=10.0, **said)
    line = rules.proposal_of(one, one.at)
    assert line is not None
    return rules.is_quiet(line, one, [before])


def test_an_aftershock_is_not_asked_about_again_so_soon_and_so_near():
    main = rules.Earlier("gempa_kuat", NOW, 116.5, -8.35, 6.8)
    later = NOW + dt.timedelta(hours=2)
    assert quiet(main, magnitude=5.5, at=later)
    assert not quiet(main, magnitude=5.5, at=later + dt.timedelta(hours=11)), "after half a day it is asked about"
    assert not quiet(main, magnitude=6.9, at=NOW + dt.timedelta(minutes=30)), "stronger than what was asked about"
    assert not quiet(main._replace(lon=118.0), magnitude=5.5, at=later), "somewhere else"
    assert not quiet(main._replace(rule="gempa_sedang"), magnitude=6.2, at=later), "a higher line is asked all the same"
    assert not quiet(main, magnitude=5.5, at=NOW - dt.timedelta(hours=1)), "what came before is no aftershock"
    assert not quiet(main._replace(rule="banjir_dalam"), magnitude=5.5, at=later), "of another kind"


# the same quake


def test_two_agencies_tell_one_quake():
    assert (
        rules.apart(QUAKE, QUAKE._replace(source="usgs", agency="usgs", lon=116.44, lat=-8.29, magnitude=6.9))
        is not None
    )


@pytest.mark.parametrize(
    "said",
    [
        {"at": NOW + dt.timedelta(seconds=31)},
        {"lon": 117.5},
        {"magnitude": 6.1},
        {"source": "bmkg_latest", "agency": "bmkg"},
    ],
)
def test_what_lies_farther_apart_is_two_quakes(said: dict[str, Any]):
    assert rules.apart(QUAKE, QUAKE._replace(**({"source": "usgs", "agency": "usgs"} | said))) is None


def test_lists_of_one_agency_must_agree_better_than_two_agencies():
    later = {"at": NOW + dt.timedelta(seconds=20)}
    assert rules.apart(QUAKE, QUAKE._replace(source="bmkg_felt", **later)) is None
    assert rules.apart(QUAKE, QUAKE._replace(source="usgs", agency="usgs", **later)) is not None


@given(a=told, b=told)
def test_the_rule_does_not_mind_who_spoke_first(a: rules.Quake, b: rules.Quake):
    assert rules.apart(a, b) == pytest.approx(rules.apart(b, a))


@given(a=told, share=st.floats(0, 0.99), other=st.sampled_from(("usgs", "gdacs")))
def test_within_all_three_limits_it_is_one_and_beyond_any_it_is_two(a: rules.Quake, share: float, other: str):
    assume(a.source != other)
    limit = rules.table().other_agency
    near = a._replace(source=other, agency=other, at=a.at + dt.timedelta(seconds=limit.seconds * share))
    near = near._replace(magnitude=a.magnitude + limit.magnitude * share, lat=a.lat + limit.km * share / 111.6)
    assert rules.apart(a, near) is not None
    assert rules.apart(a, near._replace(at=a.at + dt.timedelta(seconds=limit.seconds * 1.01 + 0.001))) is None
    assert rules.apart(a, near._replace(magnitude=a.magnitude + limit.magnitude * 1.01)) is None
    assert rules.apart(a, near._replace(lat=a.lat + limit.km * 1.02 / 111.0)) is None


if LENT.is_file():

    def test_in_a_real_month_hardly_two_different_quakes_would_be_joined():
        with LENT.open() as file:
            rows = sorted(
                (
                    dt.datetime.fromisoformat(row["datetime_utc"]),
                    float(row["lon"]),
                    float(row["lat"]),
                    float(row["mag"]),
                )
                for row in csv.DictReader(file, delimiter="\t")
            )
        pairs = [(rules.Quake("a", "a", *one), rules.Quake("b", "b", *two)) for one, two in pairwise(rows)]
        joined = [pair for pair in pairs if rules.apart(*pair) is not None]
        assert len(rows) == 2078 and len(joined) <= 10
        assert sum(min(a.magnitude, b.magnitude) >= 4.5 for a, b in joined) <= 1


# where it is


@pytest.mark.parametrize(
    ("lon", "lat", "direction"),
    [
        (0, 1, "utara"),
        (1, 1, "timur laut"),
        (1, 0, "timur"),
        (0, -1, "selatan"),
        (-1, -1, "barat daya"),
        (-1, 0, "barat"),
    ],
)
def test_the_direction_is_that_seen_from_the_village(lon: float, lat: float, direction: str):
    assert places.wind(116.5, -8.4, 116.5 + lon / 10, -8.4 + lat / 10) == direction


def test_kilometres_are_told_as_exactly_as_they_are_known():
    assert places.seen_from("Sembalun", 12.4, "utara") == "12 km utara Sembalun"
    assert places.seen_from("Sembalun", 0.9, "utara") == "Sembalun"
    assert places.seen_from("Sembalun", 347.0, "timur") == "350 km timur Sembalun"
    assert places.with_comma(6.0) == "6,0"
