"""A call rings: announced, claimed by one, answered or lost, called back; what two people at once may do to it."""

import datetime as dt
import threading
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select

from gis.database import Database
from incident import actions, journal, rules
from incident.desk import arrivals, incoming_queries, ringing
from incident.desk.arrivals import Said
from incident.duty.hours import shift_start
from incident.errors import Refused, WrongState
from incident.models import Call
from incident.post import Post
from tests.factories import call_body, on_spatialite, report, uid
from tests.room import Room

PHONE = "081234567321"


def ring(room: Room, phone: str | None = PHONE, by: str = "pbx", **more: Any) -> int:
    return int(room.do(arrivals.announce, more.pop("source", "asterisk"), by=by, phone=phone, **more)["ring"])


def do(room: Room, ring_id: int, verb: str, by: str = "sari", **said: Any) -> Any:
    return room.do(arrivals.change_ring, ring_id, verb, Said(**said), by=by)


def row_of(room: Room, ring_id: int) -> Any:
    with room.post.database.read() as conn:
        return incoming_queries.find_ring(conn, ring_id)


def cards(room: Room) -> dict[int, Any]:
    with room.post.database.read() as conn:
        return {card["id"]: card for card in incoming_queries.board_cards(conn, room.post)["rings"]}


def kinds(room: Room) -> list[str]:
    with room.post.database.read() as conn:
        return [line.kind for line in journal.after(conn, 0, 1000) if line.kind.startswith(("ring.", "call."))]


# announcing


def test_a_call_that_rings_stands_on_every_desk_and_its_number_on_none(room: Room):
    one = ring(room, line="112-1")
    card = cards(room)[one]
    assert (card["state"], card["line"], card["claimed_by"], card["has_number"]) == ("ringing", "112-1", None, True)
    with room.post.database.read() as conn:
        written = str([line.body for line in journal.after(conn, 0, 1000)])
    assert PHONE not in written and PHONE not in str(card)


def test_the_same_announcement_twice_is_one_call(ask):
    body = {"uid": uid(), "phone": "+62 812-3456-7321", "line": "112"}
    first, second = (ask("call_taker", "POST", "/calls/ringing", body) for _ in range(2))
    assert (first.status_code, second.status_code) == (201, 200)
    assert first.json == second.json
    assert len(ask("call_taker", "GET", "/calls/ringing").json["rings"]) == 1


def test_a_clock_of_the_exchange_that_runs_ahead_is_not_believed(ask):
    body = {"uid": uid(), "rang_at": "2099-01-01T00:00:00Z"}
    ask("call_taker", "POST", "/calls/ringing", body)
    card = ask("call_taker", "GET", "/calls/ringing").json["rings"][0]
    assert card["rang_at"] < "2099"


@on_spatialite
@pytest.mark.parametrize("body", [{}, {"uid": "x"}, {"phone": "drop table"}, {"line": "1" * 41}, {"rang_at": "now"}])
def test_an_announcement_that_makes_no_sense_is_refused_with_its_field(ask, body):
    answer = ask("call_taker", "POST", "/calls/ringing", ({} if not body else {"uid": uid()}) | body)
    assert answer.status_code == 422 and answer.json["field"]


@on_spatialite
@pytest.mark.parametrize("role", ["field", "agency", "village", "leader"])
def test_who_takes_no_calls_neither_announces_nor_sees_numbers(ask, role):
    assert ask(role, "POST", "/calls/ringing", {"uid": uid()}).status_code == 403
    assert ask(role, "GET", "/calls/ringing").status_code == 403
    assert ask(role, "GET", "/calls/counts").status_code == 403


# claiming


def test_a_claim_is_a_lock(room: Room):
    one = ring(room)
    do(room, one, "claim")
    with pytest.raises(WrongState, match="sari"):
        do(room, one, "claim", by="dewi")
    with pytest.raises(WrongState, match="sari"):
        do(room, one, "answer", by="dewi")
    assert row_of(room, one)["claimed_by"] == "sari"


def test_a_person_holds_one_ringing_call(room: Room):
    one, two = ring(room), ring(room, "081900000001")
    do(room, one, "claim")
    with pytest.raises(WrongState, match="Anda masih memegang"):
        do(room, two, "claim")
    with pytest.raises(WrongState, match="Anda masih memegang"):
        room.do(arrivals.announce, "manual", claim=True)
    do(room, one, "release")
    do(room, two, "claim")
    assert (row_of(room, one)["claimed_by"], row_of(room, two)["claimed_by"]) == (None, "sari")


def test_who_answered_one_may_claim_the_next(room: Room):
    one, two = ring(room), ring(room, "081900000001")
    do(room, one, "answer")
    do(room, two, "claim")
    assert row_of(room, two)["claimed_by"] == "sari"


def test_only_its_holder_lets_go_and_a_supervisor_lifts_with_a_reason(room: Room):
    one = ring(room)
    do(room, one, "claim")
    with pytest.raises(WrongState):
        do(room, one, "release", by="dewi")
    with pytest.raises(Refused) as refused:
        do(room, one, "lift", by="komang")
    assert refused.value.field == "why"
    entry = do(room, one, "lift", by="komang", why="Sari jatuh sakit")
    assert (entry["kind"], entry["body"]["text"]) == ("ring.lifted", "Sari jatuh sakit")
    do(room, one, "claim", by="dewi")
    assert row_of(room, one)["claimed_by"] == "dewi"


def test_a_call_taker_lifts_nobodys_claim(ask):
    one = ask("dispatcher", "POST", "/calls/ringing", {"uid": uid(), "claim": True}).json["ring"]
    body = {"uid": uid(), "why": "saya mau"}
    assert ask("call_taker", "POST", f"/calls/ringing/{one}/lift", body).status_code == 403
    assert ask("dispatcher", "POST", f"/calls/ringing/{one}/lift", body | {"uid": uid()}).status_code == 403
    assert ask("coordinator", "POST", f"/calls/ringing/{one}/lift", body | {"uid": uid()}).status_code == 200


def test_nobody_is_kept_out_for_more_than_a_minute(room: Room):
    one = ring(room)
    do(room, one, "claim")
    room.clock.on(54)
    room.relay()
    assert row_of(room, one)["claimed_by"] == "sari"
    room.clock.on(1)
    room.relay()
    assert row_of(room, one)["claimed_by"] is None
    assert "ring.lapsed" in kinds(room)


def test_a_claim_that_lapsed_does_not_wait_for_the_relay(room: Room):
    one = ring(room)
    do(room, one, "claim")
    room.clock.on(59)
    do(room, one, "claim", by="dewi")
    assert row_of(room, one)["claimed_by"] == "dewi"


def test_who_talks_is_not_thrown_out_but_another_may_take_over_after_a_minute(room: Room):
    one = ring(room)
    do(room, one, "answer")
    with pytest.raises(WrongState):
        do(room, one, "claim", by="dewi")
    room.clock.on(60)
    room.relay()
    assert row_of(room, one)["claimed_by"] == "sari"
    do(room, one, "claim", by="dewi")
    assert row_of(room, one)["claimed_by"] == "dewi"


def test_a_claim_is_kept_alive_by_claiming_again(room: Room):
    one = ring(room)
    do(room, one, "claim")
    since = row_of(room, one)["claimed_at"]
    for _ in range(4):
        room.clock.on(30)
        do(room, one, "claim")
        room.relay()
    row = row_of(room, one)
    assert (row["claimed_by"], row["claimed_at"]) == ("sari", since)


@given(st.integers(-10_000, 10_000))
def test_a_claim_lapses_within_a_minute_however_the_clock_steps(seconds: int):
    now = dt.datetime(2026, 11, 22, tzinfo=dt.UTC)
    touched = now - dt.timedelta(seconds=seconds)
    free = ringing.is_free("sari", touched, "dewi", now)
    assert ringing.is_free("sari", touched, "sari", now)
    assert free if abs(seconds) >= 60 else free == (abs(seconds) >= 55)


@pytest.mark.parametrize("people", [2, 12])
def test_two_people_never_hold_one_call_however_they_race(room: Room, settings: Any, people: int):
    """Real threads, each with a connection pool of its own, as several web processes have."""
    one = ring(room)
    posts = [Post(settings, Database(settings.database), room.clock) for _ in range(people)]
    start, won, lost = threading.Barrier(people), [], []

    def claim(number: int) -> None:
        start.wait()
        try:
            posts[number].do(arrivals.change_ring, f"petugas{number}", uid(), one, "claim", Said())
            won.append(f"petugas{number}")
        except WrongState:
            lost.append(number)

    threads = [threading.Thread(target=claim, args=(number,)) for number in range(people)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(90)
    for other in posts:
        other.database.close()
    assert len(won) == 1 and len(lost) == people - 1
    assert row_of(room, one)["claimed_by"] == won[0]
    assert kinds(room).count("ring.claimed") == 1


def test_one_person_at_two_screens_holds_one_of_many_calls(room: Room, settings: Any):
    many = [ring(room, f"0819000000{number:02}") for number in range(6)]
    start, won = threading.Barrier(len(many)), []
    other = Post(settings, Database(settings.database), room.clock)

    def claim(post: Post, one: int) -> None:
        start.wait()
        try:
            post.do(arrivals.change_ring, "sari", uid(), one, "claim", Said())
            won.append(one)
        except WrongState:
            pass

    threads = [
        threading.Thread(target=claim, args=((room.post, other)[number % 2], one)) for number, one in enumerate(many)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(90)
    other.database.close()
    assert len(won) == 1


def test_a_second_click_on_claim_changes_nothing(ask):
    one = ask("dispatcher", "POST", "/calls/ringing", {"uid": uid(), "phone": PHONE}).json["ring"]
    body = {"uid": uid()}
    first, second = (ask("call_taker", "POST", f"/calls/ringing/{one}/claim", body) for _ in range(2))
    assert (
        (first.status_code, first.json["seq"]) == (second.status_code, second.json["seq"]) == (200, first.json["seq"])
    )


def test_a_key_used_for_another_call_is_refused(ask):
    one, two = (ask("dispatcher", "POST", "/calls/ringing", {"uid": uid()}).json["ring"] for _ in range(2))
    body = {"uid": uid()}
    assert ask("call_taker", "POST", f"/calls/ringing/{one}/claim", body).status_code == 200
    assert ask("call_taker", "POST", f"/calls/ringing/{two}/claim", body).status_code == 409


# numbers


def test_the_number_is_whole_for_its_holder_and_masked_for_everybody_else(ask):
    one = ask("dispatcher", "POST", "/calls/ringing", {"uid": uid(), "phone": PHONE}).json["ring"]
    entry = ask("call_taker", "POST", f"/calls/ringing/{one}/claim", {"uid": uid()}).json
    assert entry["phone"] == PHONE and PHONE not in str(entry["body"])
    mine = ask("call_taker", "GET", "/calls/ringing").json["rings"][0]
    theirs = ask("coordinator", "GET", "/calls/ringing").json["rings"][0]
    assert (mine["phone"], mine["masked"]) == (PHONE, "0812****321")
    assert (theirs["phone"], theirs["masked"]) == (None, "0812****321")


def test_looking_at_a_number_one_does_not_hold_is_written_down(ask, app):
    one = ask("dispatcher", "POST", "/calls/ringing", {"uid": uid(), "phone": PHONE}).json["ring"]
    ask("call_taker", "POST", f"/calls/ringing/{one}/claim", {"uid": uid()})
    for role in ("call_taker", "coordinator"):
        shown = ask(role, "POST", f"/calls/ringing/{one}/unmask", {"uid": uid()})
        assert shown.json == {"ring": one, "phone": PHONE}
    with app.extensions["posko"].database.read() as conn:
        looked = [line for line in journal.after(conn, 0, 1000) if line.kind == "ring.unmasked"]
    assert [(line.by, line.body) for line in looked] == [("komang", {"ring": one})]


# answering, and becoming a call


def test_a_call_saved_from_a_ring_takes_its_times_along_in_one_commit(room: Room):
    one = ring(room)
    rang_at = row_of(room, one)["rang_at"]
    room.clock.on(6)
    do(room, one, "answer")
    told = report(room.post, ring_id=one)
    facts = room.post.do(actions.record_call, "sari", told.uid, told)
    row = row_of(room, one)
    assert (row["state"], row["outcome"], row["call_id"], row["answered_by"]) == (
        "recorded",
        "answered",
        facts["call"],
        "sari",
    )
    assert 6 <= (row["answered_at"] - rang_at).total_seconds() < 7
    with room.post.database.read() as conn:
        call = conn.execute(select(Call.rang_at, Call.answered_at).where(Call.id == facts["call"])).one()
    assert (call.rang_at, call.answered_at) == (rang_at, row["answered_at"])
    assert one not in cards(room)
    assert kinds(room)[-2:] == ["call.recorded", "ring.recorded"]


@pytest.mark.usefixtures("by_day")
@pytest.mark.parametrize("class_", rules.CLASSES)
def test_a_ring_becomes_a_call_of_any_class_and_only_a_normal_one_reaches_the_board(ask, class_):
    one = ask("call_taker", "POST", "/calls/ringing", {"uid": uid(), "phone": PHONE, "claim": True}).json["ring"]
    answer = ask("call_taker", "POST", "/calls", call_body(ring=one, **{"class": class_}))
    assert answer.status_code == 201
    assert (answer.json["incident"] is not None) == (class_ == "normal")
    board = ask("leader", "GET", "/board").json
    assert len(board["incidents"]) == (1 if class_ == "normal" else 0)
    assert board["rings"] == []
    counted = ask("call_taker", "GET", "/calls/counts").json["day"]
    assert counted["classes"] == dict.fromkeys(rules.CLASSES, 0) | {class_: 1}
    assert (counted["rang"], counted["answered"], counted["missed"], counted["dropped"]) == (1, 1, 0, 0)


def test_the_same_save_twice_makes_one_call_of_one_ring(ask):
    one = ask("call_taker", "POST", "/calls/ringing", {"uid": uid(), "claim": True}).json["ring"]
    body = call_body(ring=one)
    first, second = (ask("call_taker", "POST", "/calls", body) for _ in range(2))
    assert (first.status_code, second.status_code) == (201, 200)
    assert first.json == second.json


@pytest.mark.parametrize("trouble", ["unknown", "taken", "dropped meanwhile", "lapsed"])
def test_a_call_is_never_lost_for_its_ring(ask, app, trouble):
    one = ask("call_taker", "POST", "/calls/ringing", {"uid": uid(), "claim": True}).json["ring"]
    if trouble == "taken":
        assert ask("dispatcher", "POST", "/calls", call_body(ring=one)).status_code == 201
    if trouble == "dropped meanwhile":
        ask("call_taker", "POST", f"/calls/ringing/{one}/dropped", {"uid": uid()})
    if trouble == "lapsed":
        ask("coordinator", "POST", f"/calls/ringing/{one}/lift", {"uid": uid(), "why": "uji"})
    answer = ask("call_taker", "POST", "/calls", call_body(ring=999 if trouble == "unknown" else one))
    assert answer.status_code == 201
    with app.extensions["posko"].database.read() as conn:
        row = incoming_queries.find_ring(conn, one)
    assert (row["call_id"] == answer.json["call"]) == (trouble in ("dropped meanwhile", "lapsed"))


def test_the_exchange_says_who_answered(room: Room):
    one = ring(room)
    do(room, one, "answer", by="pbx", agent="sari")
    row = row_of(room, one)
    assert (row["state"], row["claimed_by"], row["answered_by"]) == ("answered", "sari", "sari")


@pytest.mark.parametrize("agent", [None, "Local/4001@agents", "lalu"])
def test_an_answer_by_someone_who_takes_no_calls_here_claims_it_for_nobody(room: Room, agent: str | None):
    one = ring(room)
    do(room, one, "answer", by="pbx", agent=agent)
    assert (row_of(room, one)["state"], row_of(room, one)["claimed_by"]) == ("answered", None)
    do(room, one, "claim", by="dewi")
    assert row_of(room, one)["claimed_by"] == "dewi"


def test_an_answer_said_twice_keeps_the_first_time(room: Room):
    one = ring(room)
    do(room, one, "answer")
    first = row_of(room, one)["answered_at"]
    room.clock.on(20)
    do(room, one, "answer", by="pbx")
    assert row_of(room, one)["answered_at"] == first


def test_a_hung_up_line_after_the_talk_leaves_the_call_to_be_written(room: Room):
    one = ring(room)
    do(room, one, "answer")
    do(room, one, "end", by="pbx")
    assert (row_of(room, one)["state"], row_of(room, one)["ended_at"] is not None) == ("answered", True)
    told = report(room.post, ring_id=one)
    room.post.do(actions.record_call, "sari", told.uid, told)
    do(room, one, "end", by="pbx")
    assert row_of(room, one)["state"] == "recorded"


# lost, and called back


@pytest.mark.parametrize(("verb", "outcome"), [("end", "dropped"), ("dropped", "dropped"), ("missed", "missed")])
def test_a_call_that_nobody_answered_waits_to_be_called_back(room: Room, verb: str, outcome: str):
    one = ring(room)
    do(room, one, "claim")
    do(room, one, verb, by="pbx")
    card = cards(room)[one]
    assert (card["state"], card["claimed_by"], card["tries"]) == (outcome, None, 0)
    assert row_of(room, one)["outcome"] == outcome


def test_dropped_is_counted_apart_and_is_not_prank(room: Room):
    do(room, ring(room, "081900000001"), "dropped", by="pbx")
    do(room, ring(room, "081900000002"), "missed", by="pbx")
    room.call(class_="prank")
    with room.post.database.read() as conn:
        counted = incoming_queries.counts(conn, room.clock.now - dt.timedelta(hours=1))
    assert counted["classes"] == {"normal": 0, "ghost": 0, "prank": 1, "info": 0}
    assert (counted["rang"], counted["dropped"], counted["missed"], counted["answered"]) == (2, 1, 1, 0)


def test_each_attempt_to_call_back_is_noted_and_reaching_ends_it(room: Room):
    one = ring(room)
    do(room, one, "dropped", by="pbx")
    for result in ("no_answer", "busy"):
        do(room, one, "callback", result=result)
    card = cards(room)[one]
    assert (card["tries"], card["last_try"]["result"], card["last_try"]["by"]) == (2, "busy", "sari")
    do(room, one, "callback", result="reached")
    assert one not in cards(room)
    assert (row_of(room, one)["state"], row_of(room, one)["outcome"]) == ("reached", "dropped")


def test_a_call_back_that_is_reached_may_become_a_call_and_stays_counted_as_dropped(room: Room):
    one = ring(room)
    do(room, one, "dropped", by="pbx")
    do(room, one, "callback", result="reached")
    told = report(room.post, ring_id=one)
    room.post.do(actions.record_call, "sari", told.uid, told)
    row = row_of(room, one)
    assert (row["state"], row["outcome"], row["answered_at"]) == ("recorded", "dropped", None)


def test_giving_up_takes_three_attempts_and_a_reason(room: Room):
    one = ring(room)
    do(room, one, "missed", by="pbx")
    for _ in range(2):
        do(room, one, "callback", result="no_answer")
    with pytest.raises(WrongState, match="3 kali"):
        do(room, one, "close", why="Tidak diangkat")
    do(room, one, "callback", result="off")
    with pytest.raises(Refused) as refused:
        do(room, one, "close")
    assert refused.value.field == "why"
    do(room, one, "close", why="Tiga kali tidak diangkat")
    assert row_of(room, one)["state"] == "closed"
    with pytest.raises(WrongState):
        do(room, one, "callback", result="reached")


@pytest.mark.parametrize(("phone", "is_supervisor"), [(None, False), (PHONE, True)])
def test_a_call_without_a_number_or_a_supervisors_word_needs_no_attempts(room: Room, phone: Any, is_supervisor: bool):
    one = ring(room, phone)
    do(room, one, "dropped", by="pbx")
    do(room, one, "close", why="Nomor disembunyikan", is_supervisor=is_supervisor)
    assert row_of(room, one)["state"] == "closed"


def test_two_people_do_not_call_the_same_person_back(room: Room):
    one = ring(room)
    do(room, one, "dropped", by="pbx")
    do(room, one, "claim")
    with pytest.raises(WrongState, match="sari"):
        do(room, one, "callback", by="dewi", result="no_answer")
    room.clock.on(60)
    do(room, one, "callback", by="dewi", result="no_answer")


def test_a_number_that_rang_in_vain_again_is_one_row_that_says_how_often(room: Room):
    first = ring(room)
    do(room, first, "dropped", by="pbx")
    for _ in range(2):
        room.clock.on(30)
        do(room, ring(room), "dropped", by="pbx")
    shown = cards(room)
    assert list(shown) == [first] and shown[first]["times_rung"] == 3
    with room.post.database.read() as conn:
        assert incoming_queries.counts(conn, room.clock.now - dt.timedelta(hours=1))["dropped"] == 3


def test_hidden_numbers_are_not_one_caller(room: Room):
    for _ in range(2):
        do(room, ring(room, None), "dropped", by="pbx")
    assert len(cards(room)) == 2


def test_who_gets_through_later_needs_no_call_back(room: Room):
    one = ring(room)
    do(room, one, "dropped", by="pbx")
    do(room, ring(room), "answer")
    assert one not in cards(room)
    assert (row_of(room, one)["state"], row_of(room, one)["settled_why"]) == ("reached", "got_through")


def test_a_ring_whose_end_nobody_told_counts_as_missed_after_five_minutes(room: Room):
    one = ring(room)
    room.clock.on(299)
    room.relay()
    assert row_of(room, one)["state"] == "ringing"
    room.clock.on(1)
    room.relay()
    assert (row_of(room, one)["state"], row_of(room, one)["outcome"]) == ("missed", "missed")


def test_a_call_back_leaves_the_desks_after_a_day_and_counts_as_not_reached(room: Room):
    one = ring(room)
    do(room, one, "dropped", by="pbx")
    room.clock.on(86_400)
    room.relay()
    assert one not in cards(room) and row_of(room, one)["state"] == "expired"
    with room.post.database.read() as conn:
        assert incoming_queries.counts(conn, room.clock.now - dt.timedelta(days=2))["not_reached"] == 1


def test_the_relay_is_idle_when_nothing_is_due(room: Room):
    ring(room)
    room.relay()
    assert not arrivals.step(room.post)


def test_what_was_settled_can_be_looked_up_masked(ask):
    one = ask("dispatcher", "POST", "/calls/ringing", {"uid": uid(), "phone": PHONE}).json["ring"]
    ask("dispatcher", "POST", f"/calls/ringing/{one}/answer", {"uid": uid()})
    ask("dispatcher", "POST", "/calls", call_body(ring=one))
    shown = ask("call_taker", "GET", "/calls/ringing?settled=5").json["settled"]
    assert [(row["id"], row["outcome"], row["masked"]) for row in shown] == [(one, "answered", "0812****321")]
    assert PHONE not in str(shown)


# the tables


@on_spatialite
def test_every_verb_meets_every_state_as_the_table_says(room: Room):
    said = Said(result="no_answer", why="uji", is_supervisor=True)
    for state in ringing.RING_STATES:
        for verb in arrivals.KIND_OF_VERB:
            one = ring(room, None)
            room.post.database.write(lambda conn, one=one, state=state: put(conn, one, state))
            if (state, verb) in ringing.RING_LIFE:
                entry = room.do(arrivals.change_ring, one, verb, said)
                assert entry["body"]["ring"] == one
                release(room, one)
            else:
                with pytest.raises(WrongState) as refused:
                    room.do(arrivals.change_ring, one, verb, said)
                assert refused.value.more["allowed"] == rules.allowed_verbs(ringing.RING_LIFE, state)


def put(conn: Any, one: int, state: str) -> None:
    from incident.desk.incoming_models import Ring

    holder = {"claimed_by": "sari", "claimed_at": None, "touched_at": dt.datetime(2026, 11, 22, 3, 0, tzinfo=dt.UTC)}
    conn.execute(Ring.__table__.update().where(Ring.id == one).values(state=state, **holder))


def release(room: Room, one: int) -> None:
    room.post.database.write(lambda conn: put_free(conn, one))


def put_free(conn: Any, one: int) -> None:
    from incident.desk.incoming_models import Ring

    conn.execute(Ring.__table__.update().where(Ring.id == one).values(claimed_by=None))


@on_spatialite
def test_a_verb_that_does_not_exist_is_named_as_such(ask):
    answer = ask("call_taker", "POST", "/calls/ringing/1/nosuch", {"uid": uid()})
    assert answer.status_code == 404 and "claim" in answer.json["detail"]
    assert ask("call_taker", "POST", "/calls/ringing/1/claim", {"uid": uid()}).status_code == 404


@pytest.mark.parametrize(
    ("local", "begins"),
    [("00:30", "21 23:00"), ("06:59", "21 23:00"), ("07:00", "22 07:00"), ("22:59", "22 15:00"), ("23:00", "22 23:00")],
)
def test_a_shift_begins_at_seven_fifteen_and_twenty_three(local: str, begins: str):
    at = dt.datetime.fromisoformat(f"2026-11-22T{local}:00+08:00")
    assert f"{shift_start(at):%d %H:%M}" == begins
