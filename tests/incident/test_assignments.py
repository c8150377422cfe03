"""A unit on an incident: its own times, its own voice, and never one call written over another."""

from typing import Any

import pytest

from tests.factories import call_body, on_spatialite, uid


@pytest.fixture
def incident(ask: Any) -> int:
    return int(ask("call_taker", "POST", "/calls", call_body()).json["incident"])


def assign(ask: Any, cast: Any, incident: int, unit: str = "TRC-1") -> Any:
    return ask("dispatcher", "POST", f"/incidents/{incident}/assignments", {"uid": uid(), "unit_id": cast.units[unit]})


def do(ask: Any, assignment: int, verb: str, role: str = "field", **said: Any) -> Any:
    return ask(role, "POST", f"/assignments/{assignment}/{verb}", {"uid": uid(), **said})


def test_a_unit_goes_out_and_comes_back_with_the_time_of_each_step(ask, cast, incident):
    entry = assign(ask, cast, incident)
    assert entry.status_code == 201
    assignment = entry.json["body"]["assignment"]
    for verb in ("acknowledge", "depart", "arrive", "transport", "deliver", "clear"):
        assert do(ask, assignment, verb).status_code == 200, verb
    (card,) = ask("leader", "GET", f"/incidents/{incident}").json["assignments"]
    names = ("assigned", "acknowledged", "en_route", "on_scene", "transporting", "at_referral", "cleared")
    times = [card[f"{name}_at"] for name in names]
    assert None not in times and times == sorted(times)
    (unit,) = [one for one in ask("leader", "GET", "/board").json["units"] if one["call_sign"] == "TRC-1"]
    assert (unit["state"], unit["incident_ids"]) == ("standby", [])


def test_a_second_assignment_never_overwrites_the_first_and_its_times(ask, cast, incident):
    first = assign(ask, cast, incident).json["body"]["assignment"]
    do(ask, first, "depart")
    was = ask("leader", "GET", f"/incidents/{incident}").json["assignments"]
    other = ask("call_taker", "POST", "/calls", call_body()).json["incident"]
    second = assign(ask, cast, other).json["body"]["assignment"]
    assert second != first
    do(ask, second, "arrive")
    assert ask("leader", "GET", f"/incidents/{incident}").json["assignments"] == was
    (unit,) = [one for one in ask("leader", "GET", "/board").json["units"] if one["call_sign"] == "TRC-1"]
    assert (unit["incident_ids"], unit["state"]) == (sorted([incident, other]), "on_scene")


@on_spatialite
def test_a_unit_that_was_told_earlier_keeps_that_time_and_is_named_as_the_contract_says(ask, cast, incident):
    """`unit` and `at`: what other programs lean on."""
    told = {"uid": uid(), "unit": cast.units["TRC-1"], "at": "2020-01-01T00:00:00+08:00"}
    assert ask("dispatcher", "POST", f"/incidents/{incident}/assignments", told).status_code == 201
    (card,) = ask("leader", "GET", f"/incidents/{incident}").json["assignments"]
    assert card["assigned_at"] == card["state_since"] and card["assigned_at"].startswith("2019-12-31T16:00:00")
    nobody = ask("dispatcher", "POST", f"/incidents/{incident}/assignments", {"uid": uid()})
    assert (nobody.status_code, nobody.json["field"]) == (422, "unit")


@on_spatialite
def test_a_status_said_earlier_keeps_its_own_time_and_one_from_the_future_does_not(ask, cast, incident):
    assignment = assign(ask, cast, incident).json["body"]["assignment"]
    do(ask, assignment, "depart", at="2020-01-01T00:00:00+08:00")
    do(ask, assignment, "arrive", at="2100-01-01T00:00:00Z")
    (card,) = ask("leader", "GET", f"/incidents/{incident}").json["assignments"]
    assert card["en_route_at"].startswith("2019-12-31T16:00:00")
    assert card["on_scene_at"] < "2099"


@on_spatialite
def test_a_field_team_speaks_for_its_own_unit_alone(ask, cast, incident):
    other = assign(ask, cast, incident, "PSC-1").json["body"]["assignment"]
    assert do(ask, other, "depart").status_code == 404
    assert do(ask, other, "depart", role="dispatcher").status_code == 200
    position = {"uid": uid(), "lon": 116.5, "lat": -8.5}
    assert ask("field", "POST", f"/units/{cast.units['PSC-1']}/position", position).status_code == 404
    assert ask("field", "POST", f"/units/{cast.units['TRC-1']}/position", position).status_code == 200


@on_spatialite
def test_a_unit_is_not_sent_twice_to_one_incident_nor_to_a_closed_one(ask, cast, incident):
    assign(ask, cast, incident)
    assert assign(ask, cast, incident).status_code == 409
    closed = ask("call_taker", "POST", "/calls", call_body()).json["incident"]
    ask("dispatcher", "POST", f"/incidents/{closed}/close", {"uid": uid(), "disposition": "no_action"})
    refused = assign(ask, cast, closed, "PSC-1")
    assert refused.status_code == 409 and "reopen" in refused.json["allowed"]


@on_spatialite
def test_a_step_back_is_refused_with_the_steps_that_are_possible(ask, cast, incident):
    assignment = assign(ask, cast, incident).json["body"]["assignment"]
    do(ask, assignment, "arrive")
    refused = do(ask, assignment, "depart")
    assert refused.status_code == 409
    assert {"transport", "clear", "mayday"} <= set(refused.json["allowed"]) and "depart" not in refused.json["allowed"]
    assert do(ask, assignment, "fly").status_code == 404


@on_spatialite
def test_an_older_position_never_replaces_a_newer_one(ask, cast):
    unit = cast.units["TRC-1"]
    ask("field", "POST", f"/units/{unit}/position", {"uid": uid(), "lon": 116.9, "lat": -8.1})
    old = {"uid": uid(), "lon": 116.1, "lat": -8.9, "at": "2020-01-01T00:00:00Z"}
    assert ask("field", "POST", f"/units/{unit}/position", old).status_code == 409
    units = ask("leader", "GET", "/units").json["features"]
    assert next(one for one in units if one["id"] == unit)["geometry"]["coordinates"] == [116.9, -8.1]
