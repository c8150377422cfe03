"""Rapid assessment: a number, nihil or still counting; unknown is never 0; conflicts are shown, one is official."""

import datetime as dt
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from incident.assessments import rules
from tests.factories import call_body, on_spatialite, uid

NOW = dt.datetime(2026, 11, 22, 3, 0, tzinfo=dt.UTC)


@pytest.fixture
def incident(ask: Any, cast: Any) -> int:
    """A flood with TRC-1, the field team of the cast, on it."""
    opened = int(ask("call_taker", "POST", "/calls", call_body()).json["incident"])
    ask("dispatcher", "POST", f"/incidents/{opened}/assignments", {"uid": uid(), "unit_id": cast.units["TRC-1"]})
    return opened


def figure(what: str, value: int | None = None, state: str = "number") -> dict[str, Any]:
    return {"what": what, "state": state, **({"value": value} if value is not None else {})}


def told(*figures: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {"uid": uid(), "figures": list(figures), "source": "own_eyes", "method": "counted", **more}


def assess(ask: Any, incident: int, *figures: dict[str, Any], role: str = "field", **more: Any) -> Any:
    return ask(role, "POST", f"/incidents/{incident}/assessments", told(*figures, **more))


def matters(ask: Any, incident: int) -> dict[str, Any]:
    found = ask("coordinator", "GET", f"/incidents/{incident}/assessments").json["figures"]
    return {one["what"]: one for one in found}


def test_a_number_nihil_and_still_counting_are_three_things_and_what_nobody_named_is_not_there(ask, incident):
    said = [figure("dead", state="nihil"), figure("missing", 3), figure("displaced", state="counting")]
    answer = assess(ask, incident, *said)
    assert answer.status_code == 201 and answer.json["kind"] == "assessment.recorded"
    found = matters(ask, incident)
    assert {what: (one["sources"][0]["state"], one["sources"][0]["value"]) for what, one in found.items()} == {
        "dead": ("nihil", None),
        "missing": ("number", 3),
        "displaced": ("counting", None),
    }
    assert "suffering" not in found, "unknown is never 0"


def test_sent_again_with_the_same_key_it_is_written_once(ask, incident):
    body = told(figure("missing", 3))
    first, again = (ask("field", "POST", f"/incidents/{incident}/assessments", body) for _ in range(2))
    assert first.json == again.json
    rows = ask("coordinator", "GET", f"/incidents/{incident}/assessments").json["rows"]
    assert len(rows) == 1


@pytest.mark.parametrize(
    ("said", "field"),
    [
        (figure("dead", 0), "figures.0.value"),
        (figure("dead"), "figures.0.value"),
        (figure("dead", 3, "nihil"), "figures.0.value"),
        (figure("dead", -1), "figures.0.value"),
        (figure("dead", 10**9), "figures.0.value"),
        (figure("cows", 3), "figures.0.what"),
        (figure("dead", state="unknown"), "figures.0.state"),
    ],
)
@on_spatialite
def test_what_is_no_figure_is_refused_and_named(ask, incident, said, field):
    answer = assess(ask, incident, said)
    assert (answer.status_code, answer.json["field"]) == (422, field)


@on_spatialite
def test_one_matter_twice_or_none_at_all_is_refused(ask, incident):
    assert assess(ask, incident, figure("dead", 1), figure("dead", 2)).status_code == 422
    assert assess(ask, incident).status_code == 422
    assert matters(ask, incident) == {}


def test_sources_that_differ_stand_side_by_side_and_a_named_person_chooses(ask, incident):
    assess(ask, incident, figure("missing", 3))
    assess(ask, incident, figure("missing", 5), source="village", source_words="Kades Pringgabaya", role="call_taker")
    one = matters(ask, incident)["missing"]
    assert one["conflict"] and one["official"] is None
    assert sorted(row["value"] for row in one["sources"]) == [3, 5]
    wanted = next(row["id"] for row in one["sources"] if row["value"] == 5)
    assert ask("coordinator", "POST", f"/assessments/{wanted}/choose", {"uid": uid()}).status_code == 200
    chosen = matters(ask, incident)["missing"]["official"]
    assert (chosen["value"], chosen["official_by"]) == (5, "komang")


def test_the_last_word_of_a_source_counts_and_the_official_one_is_said_to_be_older(ask, app, incident):
    first = assess(ask, incident, figure("missing", 3), at="2026-01-01T00:00:00Z").json["body"]["figures"][0]["id"]
    ask("coordinator", "POST", f"/assessments/{first}/choose", {"uid": uid()})
    assess(ask, incident, figure("missing", 4), at="2026-01-01T01:00:00Z")
    one = matters(ask, incident)["missing"]
    assert [row["value"] for row in one["sources"]] == [4]
    assert (one["official"]["value"], one["newer"], one["conflict"]) == (3, True, False)


def test_a_struck_figure_no_longer_counts_and_stays_in_the_record(ask, incident):
    wrong = assess(ask, incident, figure("dead", 30)).json["body"]["figures"][0]["id"]
    ask("coordinator", "POST", f"/assessments/{wrong}/choose", {"uid": uid()})
    body = {"uid": uid(), "why": "Salah ketik, tiga"}
    assert ask("field", "POST", f"/assessments/{wrong}/strike", body).status_code == 200
    one = matters(ask, incident)["dead"]
    assert (one["official"], one["sources"]) == (None, [])
    rows = ask("coordinator", "GET", f"/incidents/{incident}/assessments").json["rows"]
    assert (rows[0]["struck_by"], rows[0]["struck_why"]) == ("tono", "Salah ketik, tiga")
    again = ask("coordinator", "POST", f"/assessments/{wrong}/strike", {"uid": uid(), "why": "lagi"})
    assert again.status_code == 409
    assert ask("coordinator", "POST", f"/assessments/{wrong}/choose", {"uid": uid()}).status_code == 409


@on_spatialite
def test_only_its_writer_or_a_coordinator_strikes_and_only_a_coordinator_chooses(ask, incident):
    mine = assess(ask, incident, figure("dead", 1), role="call_taker").json["body"]["figures"][0]["id"]
    for role in ("field", "dispatcher"):
        assert ask(role, "POST", f"/assessments/{mine}/strike", {"uid": uid(), "why": "x"}).status_code == 403
        assert ask(role, "POST", f"/assessments/{mine}/choose", {"uid": uid()}).status_code == 403
    assert ask("leader", "POST", f"/incidents/{incident}/assessments", told(figure("dead", 1))).status_code == 403


@on_spatialite
def test_a_field_team_tells_of_its_own_incidents_alone(ask, incident):
    other = int(ask("call_taker", "POST", "/calls", call_body()).json["incident"])
    assert assess(ask, other, figure("dead", 1)).status_code == 404
    assert ask("field", "GET", f"/incidents/{other}/assessments").status_code == 404
    assert assess(ask, 9999, figure("dead", 1), role="coordinator").status_code == 404


@on_spatialite
def test_a_time_ahead_of_ours_is_not_believed_and_the_words_of_a_source_stay_off_the_journal(ask, incident):
    entry = assess(
        ask, incident, figure("dead", 1), at="2199-01-01T00:00:00Z", source="village", source_words="Pak Amaq"
    )
    assert entry.json["body"]["counted_at"] < "2199"
    assert "Amaq" not in entry.text
    assert ask("coordinator", "GET", f"/incidents/{incident}").json["assessments"][0]["what"] == "dead"


# the rules alone

BUSY = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])  # a machine that does other things too


def rows() -> st.SearchStrategy[list[dict[str, Any]]]:
    moments = st.integers(0, 20).map(lambda minutes: NOW + dt.timedelta(minutes=minutes))
    row = st.builds(
        lambda state, value, source, at, chosen, struck: {
            "state": state,
            "value": value if state == "number" else None,
            "source": source,
            "source_words": "",
            "at": at,
            "official_at": chosen,
            "struck_at": struck,
        },
        st.sampled_from(rules.STATES),
        st.integers(1, 5),
        st.sampled_from(rules.SOURCES),
        moments,
        st.none() | moments,
        st.none() | st.just(NOW),
    )
    return st.lists(row, max_size=12).map(lambda found: [{**one, "id": nth} for nth, one in enumerate(found)])


@BUSY
@given(rows())
def test_each_source_has_one_last_word_and_none_that_was_struck(found):
    last = rules.newest_by_source(found)
    assert len({row["source"] for row in last}) == len(last)
    assert all(row["struck_at"] is None for row in last)
    for row in last:
        mine = [one for one in found if one["source"] == row["source"] and one["struck_at"] is None]
        assert all((one["at"], one["id"]) <= (row["at"], row["id"]) for one in mine)


@BUSY
@given(rows())
def test_still_counting_is_never_a_number_and_never_in_conflict(found):
    assert all((rules.counted_value(row) is None) == (row["state"] == "counting") for row in found)
    assert not rules.is_conflict([{**row, "state": "counting", "value": None} for row in found])


@BUSY
@given(rows())
def test_an_older_choice_never_comes_back_by_itself(found):
    chosen = [row for row in found if row["official_at"]]
    last = max(chosen, key=lambda row: (row["official_at"], row["id"]), default=None)
    assert rules.official(found) == (last if last and last["struck_at"] is None else None)
