"""Who is at an incident: seen at once, gone in fifteen seconds, never written down."""

from typing import Any

import pytest

from incident import journal
from incident.casework.presence import STAYS_S, Presence
from tests.cast import NAMES
from tests.factories import call_body, on_spatialite, uid


class Heard:
    """What the screens were told."""

    def __init__(self) -> None:
        self.told: list[tuple[int, list[str]]] = []

    def __call__(self, incident: int, people: list[dict[str, str]]) -> None:
        self.told.append((incident, [f"{one['name']} {one['doing']}" for one in people]))


@pytest.fixture
def heard() -> Heard:
    return Heard()


def test_who_comes_types_and_leaves_is_told_and_who_stays_is_not_told_again(heard: Heard):
    here = Presence(heard)
    here.come(1, "dewi", "reading", 0)
    here.come(1, "dewi", "reading", 5)
    here.come(1, "komang", "typing", 6)
    here.come(1, "dewi", "typing", 7)
    here.leave(1, "dewi")
    here.leave(1, "dewi")
    assert heard.told == [
        (1, ["dewi reading"]),
        (1, ["dewi reading", "komang typing"]),
        (1, ["dewi typing", "komang typing"]),
        (1, ["komang typing"]),
    ]


def test_who_falls_silent_is_gone_within_fifteen_seconds(heard: Heard):
    here = Presence(heard)
    assert STAYS_S + 1 <= 15
    here.come(1, "dewi", "reading", 0)
    here.come(2, "sari", "reading", 8)
    here.sweep(STAYS_S - 0.1)
    assert here.all().keys() == {"1", "2"}
    here.sweep(STAYS_S)
    assert here.all().keys() == {"2"} and heard.told[-1] == (1, [])
    here.sweep(1000)
    assert here.here == {}


def attend(ask: Any, role: str, incident: int, doing: str = "reading") -> Any:
    return ask(role, "POST", f"/incidents/{incident}/presence", {"doing": doing})


@pytest.fixture
def incident(ask: Any) -> int:
    return int(ask("call_taker", "POST", "/calls", call_body()).json["incident"])


@on_spatialite
def test_two_people_see_each_other_and_the_journal_sees_neither(ask, incident, app):
    with app.extensions["posko"].database.read() as conn:
        before = journal.head(conn)
    attend(ask, "dispatcher", incident)
    both = attend(ask, "coordinator", incident, "typing").json["people"]
    assert both == [
        {"name": NAMES["dispatcher"], "doing": "reading"},
        {"name": NAMES["coordinator"], "doing": "typing"},
    ]
    assert ask("leader", "GET", "/presence").json["present"] == {str(incident): both}
    attend(ask, "dispatcher", incident, "left")
    assert [one["name"] for one in attend(ask, "leader", incident).json["people"]] == [
        NAMES["coordinator"],
        NAMES["leader"],
    ]
    with app.extensions["posko"].database.read() as conn:
        assert journal.head(conn) == before


@on_spatialite
def test_presence_is_pushed_to_the_screens_that_see_everything(ask, incident, app, cast):
    live = app.extensions["live"]
    leader, field = (live.socketio.test_client(app, auth={"token": cast.tokens[role]}) for role in ("leader", "field"))
    attend(ask, "dispatcher", incident)
    told = [one["args"][0] for one in leader.get_received() if one["name"] == "presence"]
    assert told == [{"incident": incident, "people": [{"name": NAMES["dispatcher"], "doing": "reading"}]}]
    assert not [one for one in field.get_received() if one["name"] == "presence"]
    for client in (leader, field):
        client.disconnect()


@on_spatialite
def test_a_team_learns_no_names_and_is_nowhere_it_does_not_see(ask, incident, cast):
    assert attend(ask, "field", incident).status_code == 404
    ask("dispatcher", "POST", f"/incidents/{incident}/assignments", {"uid": uid(), "unit_id": cast.units["TRC-1"]})
    attend(ask, "dispatcher", incident)
    assert attend(ask, "field", incident).json == {"people": []}
    assert ask("field", "GET", "/presence").json == {"present": {}}
    assert attend(ask, "dispatcher", incident, "sleeping").json["field"] == "doing"
    assert attend(ask, "dispatcher", 99).status_code in (200, 404)
