"""For every verb and role: the old picture plus the new entries is the fresh one, in the browser's own code."""

import shutil

import pytest

import alerts.rules
from gis.zones import KINDS
from incident import actions, lens, rules
from incident.casework.rules import TASK_VERBS
from tests.journeys.verbs import VERBS
from tests.journeys.verbs.alerts import alerted_and_closed, an_alert_on_the_air
from tests.journeys.verbs.incidents import correct_area
from tests.journeys.verbs.steps import an_incident, two_units_at_work
from tests.room import Room
from tests.viewers import Reducer, Screen, of_every_kind

pytestmark = pytest.mark.skipif(shutil.which("node") is None, reason="node is missing: apt-get install nodejs")


@pytest.mark.parametrize("name", VERBS)
def test_after_every_verb_every_page_is_true(room: Room, reducer: Reducer, name: str):
    before, verb = VERBS[name]
    before(room)
    screens = {who: Screen(room.post, reducer, viewer) for who, viewer in of_every_kind(room.units).items()}
    screens |= {f"queue of {most}": Screen(room.post, reducer, lens.Viewer("leader"), most) for most in (0, 1)}
    seq = screens["admin"].picture["seq"]
    verb(room)
    for screen in screens.values():
        screen.catch_up()
    faults = {who: screen.faults() for who, screen in screens.items() if screen.faults()}
    assert faults == {}
    assert screens["admin"].picture["seq"] > seq, "the verb wrote nothing"


def test_every_verb_of_the_tables_is_played():
    for verb in rules.INCIDENT_VERBS:
        assert verb in VERBS
    for verb in rules.ASSIGNMENT_VERBS:
        assert f"unit: {verb}" in VERBS
    for verb in TASK_VERBS:
        assert f"task: {verb}" in VERBS
    assert {verb for _, verb in alerts.rules.ALERT_LIFE} - {"supersede"} <= set(" ".join(VERBS).split())
    for kind in KINDS:
        assert f"draw: {kind}" in VERBS


def test_an_incident_leaves_a_field_page_when_its_unit_is_taken_off(room: Room, reducer: Reducer):
    two_units_at_work(room)
    mine = Screen(room.post, reducer, lens.Viewer("field", unit_id=room.units["TRC-1"]))
    other = Screen(room.post, reducer, lens.Viewer("field", unit_id=room.units["PSC-1"]))
    assert mine.ids("incidents") == other.ids("incidents") == [room.known["incident"]]
    room.do(actions.change_assignment, room.known["first"], "cancel")
    for screen in (mine, other):
        screen.catch_up()
    assert mine.ids("incidents") == [] and mine.ids("assignments") == []
    assert other.ids("incidents") == [room.known["incident"]]


def test_a_village_page_follows_an_area_that_is_corrected(room: Room, reducer: Reducer):
    an_incident(room)
    from_here = Screen(room.post, reducer, lens.Viewer("village", area_code="52.03.01.2001"))
    to_there = Screen(room.post, reducer, lens.Viewer("village", area_code="52.03.02"))
    assert (len(from_here.ids("incidents")), len(to_there.ids("incidents"))) == (1, 0)
    correct_area(room)
    for screen in (from_here, to_there):
        screen.catch_up()
    assert (len(from_here.ids("incidents")), len(to_there.ids("incidents"))) == (0, 1)


def test_an_ended_alert_takes_its_recipients_along(room: Room, reducer: Reducer):
    an_alert_on_the_air(room)
    screens = [Screen(room.post, reducer, viewer) for viewer in of_every_kind(room.units).values()]
    assert any(screen.ids("recipients") for screen in screens)
    alerted_and_closed(room)
    for screen in screens:
        screen.catch_up()
        assert screen.ids("alerts") == screen.ids("recipients") == []


def test_what_a_role_may_not_see_never_reaches_its_page(room: Room):
    two_units_at_work(room)
    room.do(actions.change_incident, room.known["incident"], "note", text="Rahasia dapur")
    room.alert(text="Hanya untuk satuan")
    with room.post.database.read() as conn:
        from incident import journal

        entries = [line.told() for line in journal.after(conn, 0, 1000)]
    for viewer in (lens.Viewer("village", area_code="11.01"), lens.Viewer("agency", agency_code="PLN")):
        told = str([lens.told(viewer, entry) for entry in entries])
        for word in ("Rahasia", "Hanya untuk", "Pringgabaya", "TRC-1", "sari"):
            assert word not in told, (viewer.role, word)
