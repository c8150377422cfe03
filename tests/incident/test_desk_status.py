"""A status of emergency is declared, extended and ended by decree; what the screens and the holds make of it."""

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from incident import rules
from incident.desk import decree
from tests.factories import on_spatialite, uid


def body(**said):
    words = {"uid": uid(), "kind": "siaga_darurat", "decree": "SK 188.45/1/2026", "starts_on": "2026-11-20", "days": 14}
    return words | said


def declare(ask, **said):
    answer = ask("coordinator", "POST", "/status", body(**said))
    assert answer.status_code == 201, answer.json
    return answer.json["body"]["status"]


def standing(ask, role="leader"):
    return ask(role, "GET", "/board").json["status"]


@on_spatialite
@pytest.mark.parametrize("role", rules.ROLES)
def test_everybody_sees_the_declared_status_and_a_supervisor_declares_it(ask, role):
    may = rules.may(role, "status.declare")
    assert may == (role in ("admin", "coordinator"))
    assert ask(role, "POST", "/status", body()).status_code == (201 if may else 403)
    if not may:
        declare(ask)
    card = standing(ask, role)[0]
    assert (card["kind"], card["days"], card["last_day"]) == ("siaga_darurat", 14, "2026-12-03")


def test_normal_is_the_absence_of_a_decree(ask):
    assert standing(ask) == []


def test_the_next_status_takes_the_place_of_the_one_before(ask):
    declare(ask)
    second = declare(ask, kind="tanggap_darurat", days=7)
    assert [card["id"] for card in standing(ask)] == [second]
    told = ask("leader", "GET", "/status").json["status"]
    assert [(one["kind"], one["why"]) for one in told] == [
        ("tanggap_darurat", None),
        ("siaga_darurat", "digantikan status berikutnya"),
    ]


def test_the_same_status_is_not_declared_twice(ask):
    declare(ask)
    answer = ask("coordinator", "POST", "/status", body())
    assert answer.status_code == 409 and answer.json["allowed"] == ["extend", "end"]


def test_a_second_click_declares_once(ask):
    said = body()
    first, second = (ask("coordinator", "POST", "/status", said) for _ in range(2))
    assert first.json == second.json
    assert len(ask("leader", "GET", "/status").json["status"]) == 1


def test_an_extension_adds_its_days_and_its_decree(ask):
    one = declare(ask)
    said = {"uid": uid(), "decree": "SK 188.45/2/2026", "days": 7}
    for _ in range(2):
        assert ask("coordinator", "POST", f"/status/{one}/extend", said).status_code == 200
    card = standing(ask)[0]
    assert (card["days"], card["extended_days"], card["last_day"]) == (21, 7, "2026-12-10")
    assert card["extension_decree"] == "SK 188.45/2/2026"


def test_no_status_outlasts_a_year(ask):
    one = declare(ask, days=360)
    answer = ask("coordinator", "POST", f"/status/{one}/extend", {"uid": uid(), "decree": "SK 2", "days": 7})
    assert (answer.status_code, answer.json["field"]) == (422, "days")


def test_an_ended_status_leaves_every_screen_and_can_be_ended_once(ask):
    one = declare(ask)
    said = {"uid": uid(), "why": "Air surut"}
    assert ask("coordinator", "POST", f"/status/{one}/end", said).status_code == 200
    assert standing(ask) == []
    assert ask("coordinator", "POST", f"/status/{one}/end", said | {"uid": uid()}).status_code == 409
    more = {"uid": uid(), "decree": "SK 3", "days": 1}
    assert ask("coordinator", "POST", f"/status/{one}/extend", more).status_code == 409
    assert ask("coordinator", "POST", "/status/99/end", said | {"uid": uid()}).status_code == 404


@on_spatialite
@pytest.mark.parametrize("verb", ["extend", "end"])
@pytest.mark.parametrize("role", ["dispatcher", "call_taker", "leader", "field", "agency", "village"])
def test_nobody_else_extends_or_ends_it(ask, role, verb):
    one = declare(ask)
    said = {"uid": uid(), "decree": "SK 2", "days": 1, "why": "x"}
    assert ask(role, "POST", f"/status/{one}/{verb}", said).status_code == 403


@on_spatialite
@pytest.mark.parametrize(
    ("said", "field"),
    [
        ({"kind": "awas"}, "kind"),
        ({"decree": ""}, "decree"),
        ({"days": 0}, "days"),
        ({"days": 400}, "days"),
        ({"starts_on": "22/11/2026"}, "starts_on"),
    ],
)
def test_a_hazard_level_or_half_a_decree_is_no_status(ask, said, field):
    answer = ask("coordinator", "POST", "/status", body(**said))
    assert (answer.status_code, answer.json["field"]) == (422, field)


@given(st.dates(dt.date(2000, 1, 1), dt.date(2100, 1, 1)), st.integers(1, 366), st.integers(1, 366))
def test_the_days_of_a_decree_count_from_one_to_the_last(starts_on: dt.date, days: int, nth: int):
    assert decree.day_of(starts_on, starts_on) == 1
    assert decree.day_of(starts_on, decree.last_day(starts_on, days)) == days
    assert decree.day_of(starts_on, starts_on + dt.timedelta(days=nth - 1)) == nth
