"""Tasks, words to the reporter, struck lines and looked-at numbers, over HTTP and by every role."""

import datetime as dt
from typing import Any

import pytest
import structlog

from incident import journal, rules
from incident.logs import set_up_logs
from tests.cast import NAMES
from tests.factories import call_body, on_spatialite, uid

SOON = "2030-01-01T00:00:00Z"
OBSTACLE = {"reason": "access", "text": "Jembatan putus", "unblock_by": "PUPR", "next_word_at": SOON}


@pytest.fixture
def incident(ask: Any) -> int:
    return int(ask("call_taker", "POST", "/calls", call_body()).json["incident"])


def whole(ask: Any, incident: int, role: str = "coordinator") -> Any:
    return ask(role, "GET", f"/incidents/{incident}").json


def do(ask: Any, incident: int, verb: str, role: str = "dispatcher", **said: Any) -> Any:
    return ask(role, "POST", f"/incidents/{incident}/{verb}", {"uid": uid(), **said})


def add(ask: Any, role: str = "dispatcher", **said: Any) -> Any:
    return ask(role, "POST", "/tasks", {"uid": uid(), "words": "Hubungi PLN", **said})


def task_of(answer: Any) -> Any:
    assert answer.status_code in (200, 201), answer.json
    return answer.json["body"]["cards"]["tasks"][0]


def verb(ask: Any, task: int, word: str, role: str = "dispatcher", **said: Any) -> Any:
    return ask(role, "POST", f"/tasks/{task}/{word}", {"uid": uid(), **said})


# tasks


def test_a_task_is_added_taken_handed_over_and_done_and_its_incident_counts_it(ask, incident):
    task = task_of(add(ask, incident=incident, due_at=SOON))
    assert (task["owner"], task["due_at"][:10], task["made_by"]) == (None, "2030-01-01", NAMES["dispatcher"])
    assert whole(ask, incident)["incident"]["open_tasks"] == 1
    assert whole(ask, incident)["incident"]["next_due_at"] == task["due_at"]
    assert task_of(verb(ask, task["id"], "take"))["owner"] == NAMES["dispatcher"]
    handed = task_of(verb(ask, task["id"], "hand_over", owner_kind="agency", owner="BPBD"))
    assert (handed["owner"], handed["agency_code"]) == ("BPBD", "BPBD")
    done = task_of(verb(ask, task["id"], "done", text="Sudah padam"))
    assert done["gone"] and done["ended_by"] == NAMES["dispatcher"] and done["why"] == "Sudah padam"
    assert "open_tasks" not in whole(ask, incident)["incident"]
    assert [one["state"] for one in whole(ask, incident)["tasks"]] == ["done"]


@on_spatialite
def test_a_task_may_belong_to_no_incident(ask):
    task = task_of(add(ask))
    assert task["incident_id"] is None
    assert [one["id"] for one in ask("leader", "GET", "/board").json["tasks"]] == [task["id"]]
    verb(ask, task["id"], "drop", text="Tidak perlu lagi")
    assert ask("leader", "GET", "/board").json["tasks"] == []


@on_spatialite
def test_the_earliest_task_is_the_one_due_next(ask, incident):
    for due in ("2031-01-01T00:00:00Z", "2030-05-01T00:00:00Z", None):
        add(ask, incident=incident, **({"due_at": due} if due else {}))
    card = whole(ask, incident)["incident"]
    assert (card["open_tasks"], card["next_due_at"][:10]) == (3, "2030-05-01")


def test_a_task_that_somebody_took_is_not_taken_again_and_a_second_click_writes_once(ask, incident):
    task = task_of(add(ask, incident=incident))["id"]
    body = {"uid": uid()}
    first, again = (ask("dispatcher", "POST", f"/tasks/{task}/take", body) for _ in range(2))
    assert first.json == again.json
    mine, theirs = verb(ask, task, "take"), verb(ask, task, "take", role="coordinator")
    assert mine.status_code == theirs.status_code == 409
    assert "milik Anda" in mine.json["detail"] and NAMES["dispatcher"] in theirs.json["detail"]
    assert "hand_over" in theirs.json["allowed"]


@on_spatialite
def test_an_ended_task_says_who_ended_it_and_can_be_opened_again(ask, incident):
    task = task_of(add(ask, incident=incident))["id"]
    verb(ask, task, "done")
    late = verb(ask, task, "drop", role="coordinator", text="x")
    assert late.status_code == 409 and NAMES["dispatcher"] in late.json["detail"] and late.json["allowed"] == ["reopen"]
    assert task_of(verb(ask, task, "reopen"))["state"] == "open"
    assert verb(ask, task, "reopen").status_code == 409
    assert whole(ask, incident)["incident"]["open_tasks"] == 1


@on_spatialite
def test_what_a_task_lacks_is_named(ask, incident):
    for said, field in (
        ({"words": "  "}, "words"),
        ({"owner_kind": "person", "owner": "hantu"}, "owner"),
        ({"owner_kind": "unit", "owner": "TRC-99"}, "owner"),
        ({"owner_kind": "agency", "owner": "NASA"}, "owner"),
        ({"owner_kind": "king", "owner": "x"}, "owner_kind"),
        ({"due_at": "besok"}, "due_at"),
    ):
        answer = add(ask, **said)
        assert (answer.status_code, answer.json["field"]) == (422, field), said
    task = task_of(add(ask))["id"]
    assert verb(ask, task, "drop").json["field"] == "text"
    assert verb(ask, task, "hand_over").json["field"] == "owner"
    assert add(ask, incident=99).status_code == verb(ask, 99, "take").status_code == 404
    assert verb(ask, task, "sing").status_code == 404


@on_spatialite
def test_a_team_and_an_agency_do_their_own_tasks_and_see_no_other(ask, incident):
    units = task_of(add(ask, incident=incident, owner_kind="unit", owner="TRC-1"))["id"]
    agencys = task_of(add(ask, owner_kind="agency", owner="BPBD"))["id"]
    others = task_of(add(ask, owner_kind="unit", owner="PSC-1"))["id"]

    def seen(role: str) -> set[int]:
        return {one["id"] for one in ask(role, "GET", "/tasks").json["tasks"]}

    assert seen("field") == {units} and seen("agency") == {units, agencys}
    assert ask("village", "GET", "/tasks").status_code == 403
    assert verb(ask, others, "done", role="field").status_code == 404
    assert verb(ask, others, "done", role="agency").status_code == 404
    assert verb(ask, units, "done", role="field").status_code == 200
    assert verb(ask, agencys, "done", role="agency").status_code == 200
    assert add(ask, role="field").status_code == add(ask, role="leader").status_code == 403


@on_spatialite
def test_owners_are_those_who_work_here(ask):
    found = ask("dispatcher", "GET", "/tasks/owners").json
    assert {one["name"] for one in found["people"]} == set(NAMES.values())
    assert {"BPBD", "PSC119"} <= {one["code"] for one in found["agencies"]}
    assert [one["call_sign"] for one in found["units"]] == ["PSC-1", "TRC-1"]


# what stands in the way, and the word to the reporter


def test_an_obstacle_promises_the_reporter_a_word_and_the_word_keeps_the_promise(ask, incident):
    do(ask, incident, "obstruct", **OBSTACLE)
    (task,) = ask("leader", "GET", "/board").json["tasks"]
    assert (task["kind"], task["due_at"][:10], task["incident_id"]) == ("next_word", "2030-01-01", incident)
    assert whole(ask, incident)["incident"]["open_tasks"] == 1
    told = do(ask, incident, "feedback", role="call_taker", text="Jembatan darurat jam tiga")
    assert told.status_code == 200, told.json
    found = whole(ask, incident)
    assert "open_tasks" not in found["incident"] and found["incident"]["feedback_at"]
    assert [(one["kind"], one["state"]) for one in found["tasks"]] == [("next_word", "done")]


@on_spatialite
def test_a_new_promise_takes_the_place_of_the_old(ask, incident):
    do(ask, incident, "obstruct", **OBSTACLE)
    do(ask, incident, "resume")
    do(ask, incident, "obstruct", **OBSTACLE | {"next_word_at": "2031-01-01T00:00:00Z"})
    (task,) = whole(ask, incident)["tasks"]
    assert task["due_at"][:4] == "2031"
    do(ask, incident, "feedback", text="Belum ada kabar", next_word_at="2032-01-01T00:00:00Z")
    assert [(one["state"], one["due_at"][:4]) for one in whole(ask, incident)["tasks"]] == [
        ("done", "2031"),
        ("open", "2032"),
    ]


@on_spatialite
def test_the_reporter_of_a_closed_incident_is_still_told(ask, incident):
    do(ask, incident, "obstruct", **OBSTACLE)
    assert do(ask, incident, "close", disposition="obstructed").status_code == 200
    assert [one["kind"] for one in ask("leader", "GET", "/board").json["tasks"]] == ["next_word"]
    assert do(ask, incident, "feedback", text="Diteruskan ke PUPR").status_code == 200
    assert ask("leader", "GET", "/board").json["tasks"] == []


@on_spatialite
def test_feedback_needs_its_words_and_a_role_that_speaks_with_reporters(ask, incident):
    assert do(ask, incident, "feedback").json["field"] == "text"
    assert do(ask, incident, "feedback", role="leader", text="x").status_code == 403
    assert rules.may("call_taker", "incident.feedback") and not rules.may("agency", "incident.feedback")


# a line that no longer holds


def note(ask: Any, incident: int, role: str = "dispatcher", text: str = "Perahu di jalan") -> int:
    return int(do(ask, incident, "note", role=role, text=text).json["seq"])


def strike(ask: Any, incident: int, seq: int, role: str = "dispatcher", text: str = "Salah kejadian") -> Any:
    return ask(role, "POST", f"/incidents/{incident}/chronology/{seq}/strike", {"uid": uid(), "text": text})


def line(ask: Any, incident: int, seq: int) -> Any:
    return next(one for one in whole(ask, incident)["chronology"] if one["seq"] == seq)


def test_a_struck_note_stays_readable_with_who_when_and_why(ask, incident, app):
    seq = note(ask, incident)
    assert strike(ask, incident, seq).status_code == 200
    struck = line(ask, incident, seq)
    assert struck["body"]["text"] == "Perahu di jalan"
    told = struck["body"]["struck"]
    assert (told["by"], told["why"]) == (NAMES["dispatcher"], "Salah kejadian")
    assert dt.datetime.fromisoformat(told["at"])
    with app.extensions["posko"].database.read() as conn:
        assert list(journal.verify(conn)) == []


@on_spatialite
def test_only_its_writer_or_a_supervisor_strikes_a_line(ask, incident):
    seq = note(ask, incident, role="call_taker")
    refused = strike(ask, incident, seq)
    assert refused.status_code == 403 and NAMES["call_taker"] in refused.json["detail"]
    assert strike(ask, incident, seq, role="coordinator").status_code == 200
    assert strike(ask, incident, seq, role="call_taker").status_code == 409
    assert strike(ask, incident, seq, role="leader").status_code == 403


@on_spatialite
def test_what_happened_is_not_struck_nor_what_stands_elsewhere(ask, incident):
    opened = next(one["seq"] for one in whole(ask, incident)["chronology"] if one["kind"] == "incident.opened")
    assert strike(ask, incident, opened, role="coordinator").status_code == 409
    other = int(ask("call_taker", "POST", "/calls", call_body()).json["incident"])
    assert strike(ask, other, note(ask, incident)).status_code == 404
    assert strike(ask, incident, 10**6).status_code == 404
    assert strike(ask, incident, note(ask, incident), text=" ").json["field"] == "text"


@on_spatialite
def test_why_a_line_was_struck_reaches_nobody_who_may_not_read_it(ask, incident, cast):
    ask("dispatcher", "POST", f"/incidents/{incident}/assignments", {"uid": uid(), "unit_id": cast.units["TRC-1"]})
    strike(ask, incident, note(ask, incident), text="Alasan rahasia")
    for role in ("field", "agency"):
        assert "rahasia" not in ask(role, "GET", f"/incidents/{incident}").text


# a caller's number


def unmask(ask: Any, call: int, role: str = "call_taker", key: str | None = None) -> Any:
    return ask(role, "POST", f"/calls/{call}/unmask", {"uid": key or uid()})


def test_a_number_is_masked_until_somebody_looks_and_the_journal_knows_who(ask, incident, app):
    (call,) = whole(ask, incident)["calls"]
    assert "*" in call["caller_phone"]
    shown = unmask(ask, call["id"])
    assert (shown.json["phone"], shown.json["shown_s"]) == ("081234567321", 60)
    with app.extensions["posko"].database.read() as conn:
        lines = journal.after(conn, 0)
    looked = [one for one in lines if one.kind == "call.unmasked"]
    assert [(one.by, one.body, one.incident_id) for one in looked] == [
        (NAMES["call_taker"], {"call": call["id"]}, incident)
    ]
    everything = str([one.told() for one in lines])
    assert "081234567321" not in everything and "Bu Sri" not in everything and "pinggang" not in everything


@on_spatialite
def test_neither_a_number_nor_a_word_of_a_caller_reaches_the_log_or_an_entry(ask, app, capfd):
    set_up_logs()
    app.extensions["posko"].log = structlog.get_logger()
    first, second = (ask("call_taker", "POST", "/calls", call_body()).json for _ in range(2))
    for call in (first["call"], second["call"], 999):
        unmask(ask, call)
    do(ask, first["incident"], "merge", into=second["incident"], text="Sama")
    entry = do(ask, second["incident"], "split", calls=[first["call"]], text="Dua tempat").json
    ask("dispatcher", "POST", f"/regroupings/{entry['body']['regrouping']}/undo", {"uid": uid()})
    do(ask, second["incident"], "split", calls=["081234567321"], text="x")
    said = capfd.readouterr()
    entries = ask("leader", "GET", "/journal?limit=2000").text
    structlog.reset_defaults()
    for word in ("081234567321", "Bu Sri", "pinggang"):
        assert word not in said.out + said.err and word not in entries


@on_spatialite
def test_looking_twice_with_one_key_is_one_look(ask, incident):
    (call,) = whole(ask, incident)["calls"]
    other = ask("call_taker", "POST", "/calls", call_body()).json["call"]
    key = uid()
    assert unmask(ask, call["id"], key=key).json == unmask(ask, call["id"], key=key).json
    assert unmask(ask, other, key=key).status_code == 409


@on_spatialite
def test_a_number_is_shown_to_no_role_that_may_not(ask, incident):
    (call,) = whole(ask, incident)["calls"]
    for role in rules.ROLES:
        assert (unmask(ask, call["id"], role).status_code == 200) == rules.may(role, "call.unmask"), role
    assert not {"leader", "field", "agency", "village"} & {r for r in rules.ROLES if rules.may(r, "call.unmask")}


@on_spatialite
def test_a_call_without_a_number_has_none_to_show(ask):
    call = ask("call_taker", "POST", "/calls", call_body(caller={})).json["call"]
    assert unmask(ask, call).status_code == unmask(ask, 999).status_code == 404
