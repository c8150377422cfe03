"""A new P1 is heard once for the whole room; views of the queue are kept per person; filters narrow the pages."""

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from sqlalchemy import update

from incident import rules
from incident.errors import BadReport
from incident.models import Incident
from incident.queueing.rules import ROLE_VIEWS, canonical
from tests.cast import NAMES
from tests.factories import call_body, on_spatialite, uid


@pytest.fixture
def p1(ask: Any) -> int:
    return int(ask("call_taker", "POST", "/calls", call_body(priority="P1")).json["incident"])


def hear(ask: Any, incident: int, role: str = "dispatcher", key: str | None = None) -> Any:
    return ask(role, "POST", f"/incidents/{incident}/heard", {"uid": key or uid()})


def card(ask: Any, incident: int) -> Any:
    return ask("coordinator", "GET", f"/incidents/{incident}").json["incident"]


# a P1 is heard


def test_a_p1_is_heard_once_and_its_card_says_by_whom_on_every_screen(ask, p1):
    assert "heard_by" not in card(ask, p1)
    heard = hear(ask, p1)
    assert (heard.status_code, heard.json["kind"]) == (200, "incident.heard")
    assert heard.json["body"]["cards"]["incidents"][0]["heard_by"] == NAMES["dispatcher"]
    snapshot = ask("coordinator", "GET", "/board").json["incidents"]
    assert [one["heard_by"] for one in snapshot if one["id"] == p1] == [NAMES["dispatcher"]]


def test_hearing_changes_nothing_else_so_nobody_s_open_form_grows_stale(ask, p1):
    before = card(ask, p1)
    hear(ask, p1)
    assert card(ask, p1) == {**before, "heard_by": NAMES["dispatcher"]}


def test_a_second_click_is_harmless_and_a_second_person_is_told_who_was_first(ask, p1):
    key = uid()
    assert hear(ask, p1, key=key).json["seq"] == hear(ask, p1, key=key).json["seq"]
    late = hear(ask, p1, "coordinator")
    assert late.status_code == 409
    assert NAMES["dispatcher"] in late.get_data(as_text=True)
    assert card(ask, p1)["heard_by"] == NAMES["dispatcher"]


def test_of_four_at_once_one_is_first(ask, p1):
    with ThreadPoolExecutor(4) as pool:
        answers = list(pool.map(lambda _: hear(ask, p1).status_code, range(4)))
    assert sorted(answers) == [200, 409, 409, 409]


def test_only_a_p1_that_is_open_and_known_is_heard_and_only_by_those_who_send(ask, p1):
    mild = ask("call_taker", "POST", "/calls", call_body(priority="P3")).json["incident"]
    assert hear(ask, mild).status_code == 409
    assert hear(ask, 999_999).status_code == 404
    for role in set(rules.ROLES) - {"dispatcher", "coordinator", "admin"}:
        assert hear(ask, p1, role).status_code == 403
    ask("dispatcher", "POST", f"/incidents/{p1}/close", {"uid": uid(), "disposition": "handled"})
    assert hear(ask, p1).status_code == 409


# views


def views(ask: Any, role: str) -> dict[int, Any]:
    return {one["digit"]: one for one in ask(role, "GET", "/queue/views").json["views"]}


def keep(ask: Any, digit: int, query: str, role: str = "dispatcher", name: str = "Selatan") -> Any:
    return ask(role, "POST", f"/queue/views/{digit}", {"uid": uid(), "name": name, "query": query})


@on_spatialite
@pytest.mark.parametrize("role", sorted(set(rules.ROLES) - {"field"}))
def test_each_role_begins_with_views_of_which_the_first_hides_nothing(ask, role):
    given = views(ask, role)
    assert given[1]["query"] == ""
    assert len(given) == len(ROLE_VIEWS[role])
    assert not any(one["is_own"] for one in given.values())


def test_a_view_is_kept_on_its_key_for_its_person_alone(ask):
    kept = keep(ask, 7, "?show=late&area=52.03.01")
    assert kept.status_code == 200
    assert views(ask, "dispatcher")[7] == {
        "name": "Selatan",
        "query": "area=52.03.01&show=late",
        "digit": 7,
        "is_own": True,
    }
    assert 7 not in views(ask, "coordinator")


def test_a_second_view_on_a_key_takes_its_place_and_one_let_go_gives_the_role_s_back(ask):
    keep(ask, 1, "priority=P1", name="Satu")
    keep(ask, 1, "priority=P2", name="Dua")
    assert views(ask, "dispatcher")[1]["name"] == "Dua"
    for _ in range(2):
        assert ask("dispatcher", "POST", "/queue/views/1/drop", {"uid": uid()}).status_code == 200
    assert views(ask, "dispatcher")[1]["query"] == ""


@on_spatialite
@pytest.mark.parametrize("query", ["q=siti", "show=everything", "priority=P9", "area=52.3", "x=1", "type=<b>"])
def test_a_view_holds_filters_and_nothing_else_least_of_all_words_somebody_searched(ask, query):
    assert keep(ask, 3, query).status_code == 422
    with pytest.raises(BadReport):
        canonical(query)


def test_a_key_that_is_none_and_a_name_of_blanks_are_refused(ask):
    assert keep(ask, 0, "").status_code == 404
    assert keep(ask, 10, "").status_code == 404
    assert keep(ask, 2, "", name="   ").status_code == 422
    assert ask("dispatcher", "POST", "/queue/views/12/drop", {"uid": uid()}).status_code == 404


def test_a_view_leaves_no_line_in_the_journal(ask):
    before = ask("coordinator", "GET", "/journal").json["head"]
    keep(ask, 5, "show=late")
    assert ask("coordinator", "GET", "/journal").json["head"] == before


# filters of the pages


def test_type_area_state_agency_and_mine_narrow_the_pages(ask, app, cast, p1):
    other = ask("call_taker", "POST", "/calls", call_body(priority="P3", type="kebakaran")).json["incident"]
    ask("dispatcher", "POST", f"/incidents/{other}/assignments", {"uid": uid(), "unit_id": cast.units["TRC-1"]})
    lies = update(Incident).where(Incident.id == p1).values(area_code="52.03.01.2001")
    app.extensions["posko"].database.write(lambda conn: conn.execute(lies))

    def found(query: str) -> list[int]:
        return [one["id"] for one in ask("dispatcher", "GET", f"/queue?{query}").json["incidents"]]

    assert found(f"type={card(ask, p1)['type']}") == [p1]
    assert found("state=responding") == [other]
    assert found(f"agency={card(ask, other)['agencies'][0]}") == [other]
    assert found("area=52.03.01") == found("area=52.03.01.2001") == [p1]
    assert found("area=52.03.02") == []
    assert found("show=mine") == []
    hear(ask, p1)
    assert found("show=mine") == [p1]
    assert ask("dispatcher", "GET", "/queue?area=Keruak").status_code == 422
