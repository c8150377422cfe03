"""A write by somebody who could not know what another wrote is refused with what changed; a note is never lost."""

from typing import Any

import pytest

from incident import rules
from incident.casework.rules import CONFLICTS
from tests.cast import NAMES
from tests.factories import call_body, on_spatialite, uid

OBSTACLE = {"reason": "access", "text": "Jembatan putus", "unblock_by": "PUPR", "next_word_at": "2030-01-01T05:00:00Z"}


@pytest.fixture
def incident(ask: Any) -> int:
    return int(ask("call_taker", "POST", "/calls", call_body()).json["incident"])


def seen(ask: Any, incident: int) -> str:
    return str(ask("leader", "GET", f"/incidents/{incident}").json["incident"]["changed_at"])


def do(ask: Any, incident: int, verb: str, role: str = "dispatcher", **said: Any) -> Any:
    return ask(role, "POST", f"/incidents/{incident}/{verb}", {"uid": uid(), **said})


def test_a_stale_correction_is_refused_with_who_changed_what_and_may_be_sent_all_the_same(ask, incident):
    before = seen(ask, incident)
    do(ask, incident, "correct", role="coordinator", text="Ada korban", priority="P1")
    stale = do(ask, incident, "correct", text="Tidak parah", priority="P3", seen=before)
    assert stale.status_code == 409
    assert NAMES["coordinator"] in stale.json["detail"] and "memperbaiki" in stale.json["detail"]
    (changed,) = stale.json["changed"]
    assert (changed["kind"], changed["by"], changed["body"]["text"]) == (
        "incident.corrected",
        NAMES["coordinator"],
        "Ada korban",
    )
    assert stale.json["fresh"] == seen(ask, incident)
    again = do(ask, incident, "correct", text="Tidak parah", priority="P3", seen=stale.json["fresh"])
    assert again.status_code == 200


def test_closing_what_another_just_learnt_more_about_is_refused(ask, incident):
    for happens in (
        lambda: ask("call_taker", "POST", "/calls", call_body(incident=incident)),
        lambda: do(ask, incident, "obstruct", role="coordinator", **OBSTACLE),
        lambda: ask("coordinator", "POST", "/tasks", {"uid": uid(), "words": "Cek lagi", "incident": incident}),
    ):
        before = seen(ask, incident)
        assert happens().status_code in (200, 201)
        stale = do(ask, incident, "close", disposition="handled", seen=before)
        assert stale.status_code == 409 and stale.json["changed"], stale.json
    assert do(ask, incident, "close", disposition="handled", seen=stale.json["fresh"]).status_code == 200


@on_spatialite
def test_a_second_close_is_told_who_closed(ask, incident):
    before = seen(ask, incident)
    do(ask, incident, "close", role="coordinator", disposition="handled")
    late = do(ask, incident, "close", disposition="referred", seen=before)
    assert late.status_code == 409 and NAMES["coordinator"] in late.json["detail"]
    assert "menutup" in late.json["detail"]


@on_spatialite
def test_a_note_and_word_to_the_reporter_never_conflict(ask, incident):
    before = seen(ask, incident)
    do(ask, incident, "correct", role="coordinator", text="Ada korban", priority="P1")
    do(ask, incident, "close", role="coordinator", disposition="handled")
    assert do(ask, incident, "note", text="Menyusul", seen=before).status_code == 200
    assert do(ask, incident, "feedback", text="Sudah selesai", seen=before).status_code == 200


@on_spatialite
def test_what_does_not_matter_to_a_verb_does_not_stop_it(ask, incident, cast):
    before = seen(ask, incident)
    do(ask, incident, "note", role="coordinator", text="Perahu di jalan")
    ask("coordinator", "POST", f"/incidents/{incident}/assignments", {"uid": uid(), "unit_id": cast.units["TRC-1"]})
    assert do(ask, incident, "correct", text="Bukan banjir", type="fire", seen=before).status_code == 200


@on_spatialite
def test_ones_own_changes_and_a_write_that_says_nothing_of_what_it_saw_go_through(ask, incident):
    before = seen(ask, incident)
    do(ask, incident, "correct", text="Ada korban", priority="P1")
    assert do(ask, incident, "correct", text="Salah ketik", priority="P2", seen=before).status_code == 200
    assert do(ask, incident, "correct", role="coordinator", text="Lain lagi", priority="P3").status_code == 200


@on_spatialite
def test_a_stale_merge_and_a_stale_split_are_refused(ask, incident):
    other = ask("call_taker", "POST", "/calls", call_body()).json["incident"]
    repeat = ask("call_taker", "POST", "/calls", call_body(incident=incident)).json["call"]
    mine, theirs = seen(ask, incident), seen(ask, other)
    do(ask, other, "correct", role="coordinator", text="Bukan banjir", type="fire")
    assert do(ask, incident, "merge", into=other, text="Sama", seen=mine, seen_into=theirs).status_code == 409
    do(ask, incident, "correct", role="coordinator", text="Bukan banjir", type="fire")
    assert do(ask, incident, "split", calls=[repeat], text="Dua", seen=mine).status_code == 409
    assert do(ask, incident, "split", calls=[repeat], text="Dua", seen=seen(ask, incident)).status_code == 200


@on_spatialite
def test_what_one_saw_must_be_a_time(ask, incident):
    assert do(ask, incident, "verify", seen="tadi").json["field"] == "seen"
    assert do(ask, incident, "verify", seen="2031-01-01T00:00:00Z").status_code == 200, "a clock ahead is no conflict"


def test_every_verb_of_an_incident_says_what_it_conflicts_with_or_is_a_note():
    assert set(rules.INCIDENT_VERBS) - set(CONFLICTS) == {"note", "feedback"}
