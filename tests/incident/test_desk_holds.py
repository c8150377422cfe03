"""A number is held back: by whom, how long, and when its calls show all the same."""

import datetime as dt
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from incident import journal
from incident.desk import arrivals, holding, holds, incoming_queries, statuses
from incident.desk.arrivals import Said
from incident.desk.incoming_models import Hold
from incident.errors import BadReport, WrongState
from tests.factories import call_body, on_spatialite, uid
from tests.room import Room

PHONE, OTHER = "081234567321", "081900000001"


def ring(room: Room, phone: str = PHONE) -> int:
    return int(room.do(arrivals.announce, "asterisk", by="pbx", phone=phone)["ring"])


def lost(room: Room, phone: str = PHONE) -> int:
    one = ring(room, phone)
    room.do(arrivals.change_ring, one, "dropped", Said(), by="pbx")
    return one


def is_held(room: Room, one: int) -> bool:
    with room.post.database.read() as conn:
        return bool(incoming_queries.find_ring(conn, one)["held"])


def hold(room: Room, hours: float = 2, phone: str = PHONE) -> int:
    entry = room.do(holds.place, "40 panggilan iseng malam ini", hours, phone=phone, by="komang")
    return int(entry["body"]["hold"])


def test_a_prank_history_never_holds_by_itself(room: Room):
    for _ in range(50):
        room.call(class_="prank", caller_phone=PHONE)
    assert not is_held(room, ring(room))


def test_a_held_number_is_recorded_counted_and_listed_but_out_of_the_way(room: Room):
    hold(room)
    one = ring(room, "+62 812-3456-7321")
    assert is_held(room, one) and not is_held(room, ring(room, OTHER))
    with room.post.database.read() as conn:
        listed = {card["id"]: card["held"] for card in incoming_queries.board_cards(conn, room.post)["rings"]}
        counted = incoming_queries.counts(conn, room.clock.now - dt.timedelta(hours=1))
    assert listed[one] is True
    assert (counted["rang"], counted["held"]) == (2, 1)


def test_a_held_call_can_be_claimed_and_answered_like_any_other(room: Room):
    hold(room)
    one = ring(room)
    room.do(arrivals.change_ring, one, "claim", Said())
    room.do(arrivals.change_ring, one, "answer", Said())
    assert not is_held(room, one)


def test_three_calls_in_five_minutes_show_whoever_calls(room: Room):
    hold(room)
    seen = [is_held(room, lost(room)) for _ in range(3)]
    assert seen == [True, True, False]


def test_three_calls_in_a_longer_time_stay_back(room: Room):
    hold(room)
    seen = []
    for _ in range(4):
        seen.append(is_held(room, lost(room)))
        room.clock.on(151)
    assert seen == [True, True, True, True]


def test_a_hold_ends_by_itself_and_what_it_kept_back_shows(room: Room):
    hold(room, hours=0.05)
    one = ring(room)
    room.clock.on(179)
    room.relay()
    assert is_held(room, one)
    room.clock.on(1)
    room.relay()
    assert not is_held(room, one) and not is_held(room, ring(room))
    with room.post.database.read() as conn:
        last = [line for line in journal.after(conn, 0, 1000) if line.kind == "hold.lapsed"]
    assert [card["id"] for card in last[0].body["cards"]["rings"]] == [one]


def test_an_ended_hold_holds_nothing_even_before_the_relay_looks(room: Room):
    hold(room, hours=0.05)
    room.clock.on(181)
    assert not is_held(room, ring(room))


def test_a_disaster_suspends_every_hold(room: Room):
    hold(room)
    before = ring(room)
    kind = ("tanggap_darurat", "188/1/2026", dt.date(2026, 11, 22), 14)
    status = room.do(statuses.declare, *kind, by="komang")["body"]["status"]
    assert not is_held(room, before) and not is_held(room, ring(room))
    room.do(statuses.end, status, "Sudah pulih", by="komang")
    assert not is_held(room, ring(room)), "the fourth of a few minutes"
    room.clock.on(301)
    assert is_held(room, ring(room))


def test_a_supervisor_lifts_a_hold_with_a_reason(room: Room):
    one_hold = hold(room)
    one = ring(room)
    room.do(holds.lift, one_hold, "Ternyata orang tua yang bingung", by="ayu")
    assert not is_held(room, one) and not is_held(room, ring(room))
    with pytest.raises(WrongState):
        room.do(holds.lift, one_hold, "lagi", by="ayu")


def test_the_number_itself_is_kept_nowhere_but_with_its_calls(room: Room):
    hold(room)
    with room.post.database.read() as conn:
        row = conn.execute(Hold.__table__.select()).mappings().one()
        written = str([line.body for line in journal.after(conn, 0, 1000)])
    assert PHONE not in str(dict(row)) and PHONE not in written
    assert row["masked"] == "0812****321"
    assert row["number_key"] == holding.number_key(room.post.settings.secret_key, PHONE)


def test_a_number_is_held_once(room: Room):
    hold(room)
    with pytest.raises(WrongState, match="sudah ditahan"):
        hold(room)
    hold(room, phone=OTHER)


@on_spatialite
@pytest.mark.parametrize(("hours", "field"), [(24.01, "hours"), (0, "hours"), (-1, "hours"), ("banyak", "hours")])
def test_a_hold_longer_than_a_day_is_refused(ask, hours, field):
    body = {"uid": uid(), "phone": PHONE, "reason": "iseng", "hours": hours}
    answer = ask("coordinator", "POST", "/holds", body)
    assert (answer.status_code, answer.json["field"]) == (422, field)


@on_spatialite
@pytest.mark.parametrize(
    ("more", "field"),
    [({}, "phone"), ({"phone": "112"}, "phone"), ({"ring": 99}, "phone"), ({"phone": PHONE, "reason": ""}, "reason")],
)
def test_a_hold_needs_a_number_and_a_reason(ask, more, field):
    answer = ask("coordinator", "POST", "/holds", {"uid": uid(), "reason": "iseng", "hours": 1} | more)
    assert (answer.status_code, answer.json["field"]) == (422, field)


@on_spatialite
@pytest.mark.parametrize("role", ["call_taker", "dispatcher", "leader", "field", "village", "agency"])
def test_only_a_supervisor_holds_and_lifts(ask, role):
    body = {"uid": uid(), "phone": PHONE, "reason": "iseng", "hours": 1}
    assert ask(role, "POST", "/holds", body).status_code == 403
    assert ask(role, "GET", "/holds").status_code == 403
    assert ask(role, "POST", "/holds/1/lift", {"uid": uid(), "why": "x"}).status_code == 403


def test_a_number_is_held_by_the_ring_or_the_call_it_came_with(ask):
    one = ask("call_taker", "POST", "/calls/ringing", {"uid": uid(), "phone": PHONE}).json["ring"]
    said = {"uid": uid(), "reason": "iseng", "hours": 24}
    first, second = (ask("coordinator", "POST", "/holds", said | {"ring": one}) for _ in range(2))
    assert (first.status_code, second.status_code) == (201, 201) and first.json == second.json
    caller = {"phone": OTHER}
    call = ask("call_taker", "POST", "/calls", call_body(caller=caller, **{"class": "prank"})).json["call"]
    assert ask("coordinator", "POST", "/holds", said | {"uid": uid(), "call": call}).status_code == 201
    shown = ask("admin", "GET", "/holds").json
    assert [row["masked"] for row in shown["holds"]] == ["0819****001", "0812****321"]
    assert PHONE not in str(shown) and shown["suspended"] is False
    assert ask("admin", "POST", "/holds/1/lift", {"uid": uid(), "why": "cukup"}).status_code == 200
    assert ask("admin", "POST", "/holds/1/lift", {"uid": uid(), "why": "cukup"}).status_code == 409
    assert ask("admin", "POST", "/holds/77/lift", {"uid": uid(), "why": "cukup"}).status_code == 404


def test_a_hold_by_a_call_without_a_number_is_refused(room: Room):
    facts = room.call(class_="ghost")
    with pytest.raises(BadReport):
        room.do(holds.place, "iseng", 1, call_id=facts["call"], by="komang")


@given(st.booleans(), st.booleans(), st.integers(0, 100))
def test_a_ring_is_kept_back_only_where_nothing_speaks_for_it(held: bool, disaster: bool, calls: int):
    kept: Any = holding.is_kept_back(held, disaster, calls)
    assert kept == (held and not disaster and calls <= 2)


@given(st.text("0123456789", min_size=8, max_size=13), st.text("0123456789", min_size=8, max_size=13))
def test_two_numbers_have_two_keys_and_another_house_has_others(one: str, two: str):
    assert (holding.number_key("rahasia", one) == holding.number_key("rahasia", two)) == (one == two)
    assert holding.number_key("rahasia", one) != holding.number_key("rahasia lain", one)
