"""A call is taken: what is written, what is refused, what a second click does."""

import datetime as dt

import pytest

from incident import journal, queries
from tests.factories import call_body, on_spatialite, uid


def test_a_normal_call_opens_an_incident_and_both_are_in_the_journal(ask, app):
    answer = ask("call_taker", "POST", "/calls", call_body())
    assert answer.status_code == 201
    with app.extensions["posko"].database.read() as conn:
        kinds = [line.kind for line in journal.of_incident(conn, answer.json["incident"])]
    assert kinds == ["call.recorded", "incident.opened"]


@pytest.mark.usefixtures("by_day")
def test_the_same_submission_twice_makes_one_call(ask):
    body = call_body()
    first, second = (ask("call_taker", "POST", "/calls", body) for _ in range(2))
    assert (first.status_code, second.status_code) == (201, 200)
    assert first.json == second.json
    assert ask("call_taker", "GET", "/calls").json["counts"]["normal"] == 1


@pytest.mark.usefixtures("by_day")
def test_a_prank_is_kept_and_counted_but_never_reaches_the_board(ask):
    for class_ in ("prank", "ghost", "info"):
        body = {"uid": uid(), "class": class_, "channel": "112"}
        assert ask("call_taker", "POST", "/calls", body).json["incident"] is None
    assert ask("leader", "GET", "/board").json["incidents"] == []
    assert ask("call_taker", "GET", "/calls").json["counts"] == {"normal": 0, "ghost": 1, "prank": 1, "info": 1}


@on_spatialite
def test_the_day_is_counted_from_its_very_beginning(ask, app):
    """A call of the first second after midnight, asked for later in the same second of another minute."""
    midnight = dt.datetime(2026, 11, 22, 16, tzinfo=dt.UTC)  # of WITA
    for seconds, class_ in ((-0.1, "prank"), (0.1, "ghost")):
        app.extensions["posko"].clock = lambda at=midnight + dt.timedelta(seconds=seconds): at
        ask("call_taker", "POST", "/calls", {"uid": uid(), "class": class_, "channel": "112"})
    app.extensions["posko"].clock = lambda: midnight + dt.timedelta(seconds=90.9)
    assert ask("call_taker", "GET", "/calls").json["counts"] == {"normal": 0, "ghost": 1, "prank": 0, "info": 0}


def test_a_second_call_nearby_is_offered_as_a_repeat_with_reasons(ask):
    first = ask("call_taker", "POST", "/calls", call_body()).json
    again = ask("call_taker", "POST", "/calls", call_body(place={"lon": 116.6003, "lat": -8.5, "method": "map"})).json
    assert [one["incident"] for one in again["repeats"]] == [first["incident"]]
    assert "jenis sama" in again["repeats"][0]["reasons"]
    assert again["incident"] != first["incident"], "a repeat is offered, never merged by itself"


def test_a_linked_call_joins_its_incident_and_may_only_raise_its_priority(ask):
    first = ask("call_taker", "POST", "/calls", call_body(priority="P3")).json["incident"]
    ask("call_taker", "POST", "/calls", call_body(incident=first, priority="P1"))
    ask("call_taker", "POST", "/calls", call_body(incident=first, priority="P4"))
    card = ask("coordinator", "GET", f"/incidents/{first}").json["incident"]
    assert (card["calls"], card["priority"]) == (3, "P1")


def test_what_is_missing_is_named_with_its_field(ask):
    for change, field in (
        ({"type": None}, "type"),
        ({"place": None}, "place"),
        ({"class": "urgent"}, "class"),
        ({"uid": "yesterday"}, "uid"),
        ({"place": {"lon": 200, "lat": 0, "method": "map"}}, "place.lon"),
        ({"place": {"lon": 116.5, "method": "map"}}, "place"),
        ({"type": "dragon"}, "type"),
    ):
        body = {name: value for name, value in (call_body() | change).items() if value is not None}
        answer = ask("call_taker", "POST", "/calls", body)
        assert answer.status_code == 422, change
        assert answer.content_type == "application/problem+json"
        assert answer.json["field"] == field
        assert answer.json["detail"]


def test_name_and_phone_stay_out_of_the_journal_and_the_phone_is_masked(ask, app):
    incident = ask("call_taker", "POST", "/calls", call_body()).json["incident"]
    with app.extensions["posko"].database.read() as conn:
        written = " ".join(str(line.body) for line in journal.after(conn, 0))
    assert "Sri" not in written and "081234567321" not in written and "pinggang" not in written
    shown = ask("coordinator", "GET", f"/incidents/{incident}").json["calls"][0]
    assert shown["caller_phone"] == "0812****321"
    assert ask("leader", "GET", f"/incidents/{incident}").json["calls"] == []


def test_a_call_that_breaks_leaves_its_neighbours_in_the_same_commit(post):
    from incident import actions
    from incident.errors import BadReport
    from tests.factories import report

    good = report(post)
    bad = report(post, type="dragon")
    post.do(actions.record_call, "sari", good.uid, good)
    try:
        post.do(actions.record_call, "sari", bad.uid, bad)
    except BadReport as refused:
        assert refused.field == "type"
    with post.database.read() as conn:
        assert len(queries.latest_calls(conn, 10)) == 1
        assert list(journal.verify(conn)) == []


def test_units_are_recommended_able_and_near_first_with_what_they_lack(ask, cast):
    body = call_body(type="sar", place={"lon": 116.56, "lat": -8.56, "method": "map"})
    incident = ask("call_taker", "POST", "/calls", body).json["incident"]
    ask("dispatcher", "POST", f"/incidents/{incident}/assignments", {"uid": uid(), "unit_id": cast.units["PSC-1"]})
    units = ask("dispatcher", "GET", f"/recommendations?incident={incident}").json["units"]
    assert [one["unit"]["call_sign"] for one in units] == ["TRC-1", "PSC-1"]
    assert "mampu: menyelamatkan" in units[0]["reasons"] and units[0]["shortfalls"] == []
    assert "sudah di kejadian ini" in units[1]["shortfalls"]
