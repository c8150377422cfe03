"""The tables a fire chief could read, walked from end to end."""

import itertools
from typing import Any

import pytest

from incident import rules
from incident.errors import Refused, WrongState
from tests.room import Room


def test_every_state_of_an_incident_is_reached_and_every_open_one_can_be_closed():
    reached = {"new"}
    while more := {to for (at, _), to in rules.INCIDENT_LIFE.items() if at in reached} - reached:
        reached |= more
    assert reached == set(rules.INCIDENT_STATES)
    for state in rules.OPEN_STATES:
        assert rules.next_state(rules.INCIDENT_LIFE, state, "close") == "closed"


def test_a_closed_incident_takes_a_note_or_word_to_the_reporter_or_is_reopened_and_nothing_else():
    assert sorted(rules.allowed_verbs(rules.INCIDENT_LIFE, "closed")) == ["feedback", "note", "reopen"]


@pytest.mark.parametrize("verb", rules.INCIDENT_VERBS)
def test_every_verb_of_an_incident_is_possible_somewhere(verb: str):
    assert any(word == verb for _, word in rules.INCIDENT_LIFE)


def test_an_assignment_ends_for_good_and_only_by_clear_or_cancel():
    for state, _ in rules.ASSIGNMENT_LIFE:
        assert state not in ("cleared", "cancelled")
    for state in rules.ACTIVE_STATES:
        ends = {
            verb
            for verb in rules.ASSIGNMENT_VERBS
            if rules.next_state(rules.ASSIGNMENT_LIFE, state, verb) in ("cleared", "cancelled")
        }
        assert ends == {"clear", "cancel"}, state


def test_forward_steps_may_be_skipped_and_never_taken_back():
    way = rules.ASSIGNMENT_STATES[:6]
    leads = {
        "acknowledged": "acknowledge",
        "en_route": "depart",
        "on_scene": "arrive",
        "transporting": "transport",
        "at_referral": "deliver",
    }
    for at, to in itertools.product(way, way[1:]):
        possible = rules.next_state(rules.ASSIGNMENT_LIFE, at, leads[to]) == to
        assert possible == (way.index(to) > way.index(at)), (at, to)


def test_mayday_can_be_called_from_every_state_at_work():
    for state in rules.ACTIVE_STATES:
        assert state == "mayday" or rules.next_state(rules.ASSIGNMENT_LIFE, state, "mayday") == "mayday"


def test_a_digit_on_the_radio_means_one_verb_and_comes_back_as_its_state():
    for digit, verb in rules.VERB_OF_DIGIT.items():
        state = rules.next_state(rules.ASSIGNMENT_LIFE, "assigned", verb)
        assert rules.DIGIT_OF_STATE[state] == digit


def test_every_role_sees_each_collection_by_a_rule_and_reads_the_board_and_the_journal():
    for role in rules.ROLES:
        assert set(rules.ROLE_SEES[role]) == set(rules.COLLECTIONS)
        assert set(rules.ROLE_SEES[role].values()) <= {"all", "own", "sent", "none"}
        assert {"board.read", "journal.read", "incident.read"} <= rules.ROLE_VERBS[role]


def test_who_only_reads_writes_nothing_and_nobody_but_the_administrator_manages_people():
    for verb in rules.ROLE_VERBS["leader"] | rules.ROLE_VERBS["village"]:
        assert verb.endswith(".read"), verb
    assert [role for role in rules.ROLES if rules.may(role, "person.manage")] == ["admin"]
    assert {role for role in rules.ROLES if rules.may(role, "alert.approve")} == {"admin", "coordinator"}
    assert not rules.may(None, "board.read") and not rules.may("nobody", "board.read") and rules.may(None, "public")


# the tables are what the verbs do

SAID: dict[str, Any] = {
    "text": "x",
    "disposition": "handled",
    "reason": "access",
    "unblock_by": "PUPR",
    "priority": "P1",
}
INTO = {
    "new": (),
    "verified": ("verify",),
    "obstructed": ("obstruct",),
    "responding": ("obstruct", "resume"),
    "controlled": ("obstruct", "control"),
    "closed": ("close",),
}


@pytest.mark.parametrize("state", rules.INCIDENT_STATES)
def test_every_verb_in_every_state_does_what_the_table_says(room: Room, state: str):
    from incident import actions

    for verb in rules.INCIDENT_VERBS:
        incident = room.open()
        said = SAID | {"next_word_at": room.clock.now}
        for step in INTO[state]:
            room.do(actions.change_incident, incident, step, **said)
        then = rules.next_state(rules.INCIDENT_LIFE, state, verb)
        try:
            card = room.do(actions.change_incident, incident, verb, **said)["body"]["cards"]["incidents"][0]
            assert card["state"] == then, (state, verb)
        except WrongState as refused:
            assert then is None, (state, verb)
            assert refused.more["allowed"] == rules.allowed_verbs(rules.INCIDENT_LIFE, state)


@pytest.mark.parametrize("state", rules.ASSIGNMENT_STATES)
def test_every_status_from_every_status_does_what_the_table_says(room: Room, state: str):
    from incident import actions

    into = {to: verb for (at, verb), to in rules.ASSIGNMENT_LIFE.items() if at == "assigned"}
    for verb in rules.ASSIGNMENT_VERBS:
        assignment = room.assign(room.open(), "TRC-1")
        if state != "assigned":
            room.do(actions.change_assignment, assignment, into[state])
        then = rules.next_state(rules.ASSIGNMENT_LIFE, state, verb)
        try:
            facts = room.do(actions.change_assignment, assignment, verb)["body"]
            assert facts["state"] == then, (state, verb)
        except Refused:
            assert then is None, (state, verb)
