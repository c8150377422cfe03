"""The decision log of the coordination meeting: what, why, who, until when, how it ended; struck, never deleted."""

import csv
import io
from typing import Any

import pytest

from tests.cast import NAMES
from tests.factories import call_body, on_spatialite, uid

PAST, FUTURE = "2020-01-01T00:00:00Z", "2190-01-01T00:00:00Z"


def make(ask: Any, role: str = "coordinator", **said: Any) -> Any:
    return ask(role, "POST", "/decisions", {"uid": uid(), "words": "Buka dapur umum", "owner": "Dinsos", **said})


def do(ask: Any, decision: int, verb: str, role: str = "coordinator", **said: Any) -> Any:
    return ask(role, "POST", f"/decisions/{decision}/{verb}", {"uid": uid(), **said})


def listed(ask: Any, query: str = "") -> list[Any]:
    return ask("leader", "GET", f"/decisions{query}").json["decisions"]  # type: ignore[no-any-return]


@pytest.fixture
def decision(ask: Any) -> int:
    return int(make(ask).json["body"]["decision"])


def test_a_decision_keeps_what_why_who_until_when_and_what_it_belongs_to(ask):
    incident = ask("call_taker", "POST", "/calls", call_body()).json["incident"]
    said = {"basis": "800 orang mengungsi", "meeting": "Rapat 2", "due_at": FUTURE, "incident": incident}
    assert make(ask, **said).status_code == 201
    (card,) = listed(ask)
    assert (card["words"], card["owner"], card["basis"], card["meeting"]) == (
        "Buka dapur umum",
        "Dinsos",
        "800 orang mengungsi",
        "Rapat 2",
    )
    assert (card["number"], card["state"], card["late"], card["made_by"]) == (
        "LT-0001",
        "open",
        False,
        NAMES["coordinator"],
    )
    chronology = ask("leader", "GET", f"/incidents/{incident}").json["chronology"]
    assert [entry["kind"] for entry in chronology][-1] == "decision.made"


def test_late_ones_are_said_and_found_apart(ask):
    late = make(ask, due_at=PAST).json["body"]["decision"]
    make(ask, due_at=FUTURE)
    make(ask)
    assert [card["id"] for card in listed(ask, "?late=true")] == [late]
    do(ask, late, "done")
    assert listed(ask, "?late=true") == [] and len(listed(ask)) == 3
    assert [card["id"] for card in listed(ask, "?state=done")] == [late]


def test_a_decision_is_done_opened_again_dropped_and_struck(ask, decision):
    assert do(ask, decision, "done").status_code == 200
    assert listed(ask)[0]["ended_by"] == NAMES["coordinator"]
    assert do(ask, decision, "reopen", text="Belum cukup").status_code == 200
    assert listed(ask)[0]["ended_by"] is None
    assert do(ask, decision, "drop", text="Air surut").status_code == 200
    assert do(ask, decision, "strike", text="Salah tulis").status_code == 200
    (card,) = listed(ask)
    assert (card["state"], card["words"], card["why"]) == ("struck", "Buka dapur umum", "Salah tulis")
    late = do(ask, decision, "reopen", text="x")
    assert late.status_code == 409 and late.json["allowed"] == [] and "dicoret" in late.json["detail"]


@on_spatialite
def test_a_second_click_writes_once(ask, decision):
    body = {"uid": uid()}
    first, again = (ask("coordinator", "POST", f"/decisions/{decision}/done", body) for _ in range(2))
    assert first.json == again.json and first.status_code == again.status_code == 200
    said = {"uid": uid(), "words": "Dua kali", "owner": "BPBD"}
    made = [ask("coordinator", "POST", "/decisions", said).json for _ in range(2)]
    assert made[0] == made[1] and len(listed(ask)) == 2


@on_spatialite
def test_what_a_decision_lacks_is_named(ask, decision):
    for said, name in (
        ({"words": " "}, "words"),
        ({"owner": ""}, "owner"),
        ({"due_at": "besok"}, "due_at"),
        ({"incident": 99}, "incident"),
    ):
        refused = make(ask, **said)
        assert (refused.status_code, refused.json["field"]) == (422, name), said
    for verb in ("drop", "strike"):
        assert do(ask, decision, verb).json["field"] == "text"
    assert do(ask, 99, "done").status_code == do(ask, decision, "sing").status_code == 404


@on_spatialite
@pytest.mark.parametrize("role", ["call_taker", "leader", "field", "agency", "village"])
def test_who_does_not_lead_writes_no_decision(ask, decision, role):
    assert make(ask, role=role).status_code == do(ask, decision, "done", role=role).status_code == 403


@on_spatialite
def test_the_table_for_a_spreadsheet_holds_all_and_no_formula(ask, decision):
    make(ask, words="=1+1", owner="@SUM", basis="+62", due_at=PAST)
    text = ask("leader", "GET", "/decisions.csv").get_data(as_text=True)
    rows = list(csv.DictReader(io.StringIO(text.lstrip("\ufeff"))))
    assert [row["words"] for row in rows] == ["'=1+1", "Buka dapur umum"]
    assert (rows[0]["owner"], rows[0]["basis"], rows[0]["late"]) == ("'@SUM", "'+62", "True")
