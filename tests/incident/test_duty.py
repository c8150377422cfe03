"""Units at work on real databases: digits, alarms, welfare checks, crews, shifts, run cards, and who may do what."""

import threading

import pytest

from incident import actions, journal, queries
from incident.duty import alarms, ranking, roster, rounds, sending, status, unit_facts, words
from incident.duty import queries as duty
from incident.errors import BadReport, NotFound, Refused, WrongState
from incident.relay import Relay
from radio_bridge import hearing
from radio_bridge.radiogram import Status
from tests.factories import uid
from tests.room import START, Room

MINUTE = 60


def card(room: Room, name: str = "TRC-1") -> dict:
    with room.post.database.read() as conn:
        return next(one for one in queries.unit_cards(conn) if one["call_sign"] == name)


def open_alarms(room: Room, kind: str | None = None) -> list[dict]:
    with room.post.database.read() as conn:
        return [one for one in duty.board_cards(conn)["alarms"] if kind in (None, one["kind"])]


def kinds_written(room: Room) -> list[str]:
    with room.post.database.read() as conn:
        return [line.kind for line in journal.after(conn, 0, 2000)]


def say(room: Room, digit: int, name: str = "TRC-1", **more):
    return room.do(status.say_digit, room.units[name], digit, by="dewi", **more)


def later(room: Room, seconds: float) -> None:
    """Time passes, and the relay looks every two minutes at the longest, as it does all the time."""
    while seconds > 0:
        room.clock.on(min(seconds, 100))
        rounds.step(room.post)
        seconds -= 100


def on_scene(room: Room, name: str = "TRC-1") -> tuple[int, int]:
    incident = room.open()
    assignment = room.assign(incident, name)
    rounds.step(room.post)
    room.do(actions.change_assignment, assignment, "arrive", by="dewi")
    return incident, assignment


# digits


def test_one_and_eight_say_where_a_unit_without_a_task_stands_by(room: Room):
    say(room, 8)
    assert card(room)["state"] == "afield"
    say(room, 1)
    assert card(room)["state"] == "standby"


def test_a_unit_at_work_cannot_be_standing_by(room: Room):
    room.assign(room.open(), "TRC-1")
    with pytest.raises(WrongState, match="masih bertugas"):
        say(room, 8)
    assert card(room)["state"] == "assigned"


def test_the_other_digits_move_the_newest_task_and_need_one(room: Room):
    with pytest.raises(WrongState, match="tidak punya tugas"):
        say(room, 3)
    room.assign(room.open(), "TRC-1")
    for digit, state in (
        (2, "acknowledged"),
        (3, "en_route"),
        (4, "on_scene"),
        (5, "transporting"),
        (6, "at_referral"),
    ):
        say(room, digit)
        assert card(room)["state"] == state
    say(room, 7)
    assert card(room)["state"] == "standby"


def test_a_digit_sent_twice_with_one_key_is_said_once(room: Room):
    older, newer = room.open(), room.open(place={"area_code": "52.03.02.2004", "lon": 116.49, "lat": -8.76})
    for incident in (older, newer):
        room.assign(incident, "TRC-1")
    key = uid()
    first = room.post.do(status.say_digit, "dewi", key, room.units["TRC-1"], 7)
    again = room.post.do(status.say_digit, "dewi", key, room.units["TRC-1"], 7)
    assert again == first
    assert card(room)["incident_ids"] == [older], "the second click must not clear the other task"


def test_a_second_assignment_keeps_the_clocks_of_the_first(room: Room):
    incident, first = on_scene(room)
    with room.post.database.read() as conn:
        before = dict(queries.find_assignment(conn, first))
    room.clock.on(300)
    second = room.assign(room.open(place={"area_code": "52.03.02.2004", "lon": 116.49, "lat": -8.76}), "TRC-1")
    say(room, 3)
    with room.post.database.read() as conn:
        assert dict(queries.find_assignment(conn, first)) == before
        assert queries.find_assignment(conn, second)["state"] == "en_route"
    assert len(card(room)["incident_ids"]) == 2


def test_zero_without_a_task_is_a_mayday_on_top_of_everything_and_the_next_word_of_status_ends_it(room: Room):
    say(room, 0, note="terjebak api")
    assert card(room)["state"] == "mayday"
    assert [(one["kind"], one["why"]) for one in open_alarms(room)] == [("mayday", "said")]
    room.do(actions.move_unit, room.units["TRC-1"], 116.5, -8.5, by_hand=True)
    assert card(room)["state"] == "mayday", "a position is no answer to a mayday"
    say(room, 1)
    assert card(room)["state"] == "standby"
    assert open_alarms(room) == []


def test_zero_with_a_task_is_the_mayday_of_that_task(room: Room):
    _, assignment = on_scene(room)
    say(room, 0)
    with room.post.database.read() as conn:
        assert queries.find_assignment(conn, assignment)["state"] == "mayday"
    assert [one["kind"] for one in open_alarms(room)] == ["mayday"]
    say(room, 4)
    assert open_alarms(room) == []


def test_a_mayday_is_calmed_by_a_person_only_with_words(room: Room):
    say(room, 0)
    room.do(status.calm, room.units["TRC-1"], "Salah tekan, sudah ditelepon", by="dewi")
    assert (card(room)["state"], open_alarms(room)) == ("standby", [])
    with pytest.raises(WrongState, match="tidak dalam DARURAT"):
        room.do(status.calm, room.units["TRC-1"], "Lagi", by="dewi")


def test_the_mayday_of_a_task_is_not_calmed_past_the_task(room: Room):
    on_scene(room)
    say(room, 0)
    with pytest.raises(WrongState, match="pada tugasnya"):
        room.do(status.calm, room.units["TRC-1"], "Aman", by="dewi")


def test_out_of_service_needs_a_reason_and_says_it(room: Room):
    unit = room.units["TRC-1"]
    with pytest.raises(BadReport, match="alasan"):
        room.do(status.change_service, unit, False)
    room.do(status.change_service, unit, False, "ban pecah")
    assert (card(room)["state"], card(room)["out_reason"]) == ("out_of_service", "ban pecah")
    with pytest.raises(WrongState, match="tidak dinas"):
        say(room, 1)
    room.do(status.change_service, unit, True)
    assert "out_reason" not in card(room) and card(room)["state"] == "standby"


def test_a_unit_at_work_cannot_be_put_out_of_service(room: Room):
    on_scene(room)
    with pytest.raises(WrongState, match="masih bertugas"):
        room.do(status.change_service, room.units["TRC-1"], False, "istirahat")


# digits from the radio


def heard(room: Room, digit: int, counter: int) -> None:
    room.post.do(hearing.record_heard, "radio", uid(), 11, counter, Status(digit), room.clock())


def test_the_radio_says_every_digit(room: Room):
    heard(room, 8, 1)
    assert card(room)["state"] == "afield"
    heard(room, 0, 2)
    assert card(room)["state"] == "mayday"
    heard(room, 1, 3)
    assert card(room)["state"] == "standby"
    room.assign(room.open(), "TRC-1")
    heard(room, 4, 4)
    assert card(room)["state"] == "on_scene"
    heard(room, 8, 5)
    assert card(room)["state"] == "on_scene", "what cannot be is kept as heard, and nothing moves"
    heard(room, 7, 6)
    assert card(room)["state"] == "standby"


def test_any_frame_of_its_radio_answers_for_a_unit(room: Room):
    on_scene(room)
    later(room, 21 * MINUTE)
    assert [one["kind"] for one in open_alarms(room)] == ["welfare"]
    heard(room, 9, 1)
    assert open_alarms(room, "welfare") == []


# too long in a status


def test_a_unit_that_does_not_acknowledge_raises_an_alarm_once_and_its_word_ends_it(room: Room):
    room.assign(room.open(), "TRC-1")
    rounds.step(room.post)
    later(room, 59)
    assert open_alarms(room) == []
    later(room, 300)
    (alarm,) = open_alarms(room)
    assert (alarm["kind"], alarm["status"], alarm["limit_s"], alarm["misses"]) == ("late", "assigned", 60, 0)
    assert kinds_written(room).count("alarm.raised") == 1
    say(room, 2)
    assert open_alarms(room) == []


def test_an_alarm_is_taken_on_by_one_person(room: Room):
    room.assign(room.open(), "TRC-1")
    later(room, 200)
    (alarm,) = open_alarms(room)
    entry = room.do(alarms.acknowledge, alarm["id"], by="dewi")
    assert entry["body"]["cards"]["alarms"][0]["acknowledged_by"] == "dewi"
    with pytest.raises(WrongState, match="dewi"):
        room.do(alarms.acknowledge, alarm["id"], by="komang")
    say(room, 2)
    with pytest.raises(WrongState, match="berakhir"):
        room.do(alarms.acknowledge, alarm["id"], by="komang")


def test_a_cancelled_task_ends_its_alarm(room: Room):
    assignment = room.assign(room.open(), "TRC-1")
    later(room, 200)
    room.do(actions.change_assignment, assignment, "cancel")
    assert open_alarms(room) == []


# welfare


def test_a_silent_unit_on_scene_is_asked_asked_again_and_then_in_mayday(room: Room):
    incident, _ = on_scene(room)
    later(room, 19 * MINUTE)
    assert open_alarms(room) == []
    later(room, 2 * MINUTE)
    (ask,) = open_alarms(room)
    assert (ask["kind"], ask["misses"], ask["incident_id"]) == ("welfare", 0, incident)
    later(room, 200)
    assert [one["misses"] for one in open_alarms(room)] == [1]
    later(room, 200)
    assert [(one["kind"], one["why"]) for one in open_alarms(room)] == [("mayday", "silence")]
    assert (card(room)["state"], card(room)["mayday_why"]) == ("mayday", "silence")
    assert [kind for kind in kinds_written(room) if kind.startswith(("welfare", "unit.silent"))] == [
        "welfare.asked",
        "welfare.asked",
        "unit.silent",
    ]
    with room.post.database.read() as conn:
        lamps = {one["id"]: one["words"] for one in queries.lamp_cards(conn)}
    assert lamps["mayday"] == "DARURAT TRC-1"


def test_one_button_of_its_telephone_ends_the_silence(room: Room):
    on_scene(room)
    later(room, 30 * MINUTE)
    entry = room.do(status.say_safe, room.units["TRC-1"], "phone", by="tono")
    assert card(room)["state"] == "on_scene" and open_alarms(room) == []
    assert entry["kind"] == "welfare.answered" and entry["body"]["how"] == "phone"
    rounds.step(room.post)
    later(room, 10)
    with room.post.database.read() as conn:
        assert {one["id"]: one["state"] for one in queries.lamp_cards(conn)}["mayday"] == "ok"


def test_a_word_of_any_kind_begins_the_twenty_minutes_anew(room: Room):
    on_scene(room)
    later(room, 19 * MINUTE)
    room.do(actions.move_unit, room.units["TRC-1"], 116.5, -8.5, by_hand=True)
    later(room, 19 * MINUTE)
    assert open_alarms(room) == []
    room.do(status.say_safe, room.units["TRC-1"], "voice", "dewi mendengar", by="dewi")
    later(room, 19 * MINUTE)
    assert open_alarms(room) == []


def test_a_position_that_a_telephone_sends_by_itself_is_no_word(room: Room):
    on_scene(room)
    later(room, 19 * MINUTE)
    room.do(actions.move_unit, room.units["TRC-1"], 116.5, -8.5)
    later(room, 2 * MINUTE)
    assert [one["kind"] for one in open_alarms(room)] == ["welfare"]


def test_a_new_task_given_by_the_room_is_no_word_of_the_unit(room: Room):
    on_scene(room)
    later(room, 19 * MINUTE)
    room.assign(room.open(place={"area_code": "52.03.02.2004", "lon": 116.49, "lat": -8.76}), "TRC-1")
    later(room, 2 * MINUTE)
    assert [one["kind"] for one in open_alarms(room)] == ["welfare"]


def test_a_seen_alert_answers_for_a_unit(room: Room):
    import alerts.actions as alerting

    incident, _ = on_scene(room)
    later(room, 21 * MINUTE)
    alert = room.alert(incident_id=incident)
    room.do(alerting.acknowledge, alert, room.units["TRC-1"], "tono", "screen", by="tono")
    assert open_alarms(room, "welfare") == []


def test_cancelling_the_task_of_a_silent_unit_does_not_find_it(room: Room):
    _, assignment = on_scene(room)
    later(room, 30 * MINUTE)
    room.do(actions.change_assignment, assignment, "cancel")
    assert card(room)["state"] == "mayday"
    assert [one["kind"] for one in open_alarms(room)] == ["mayday"]


def test_a_question_outlives_the_relay_and_a_new_one_waits_its_full_time(room: Room):
    on_scene(room)
    later(room, 21 * MINUTE)
    rounds._awake.clear()  # the relay ends; an hour later another begins
    room.clock.on(3600)
    carrier = Relay(room.post)
    carrier.step()
    assert [one["misses"] for one in open_alarms(room)] == [0], "nobody listened: no miss"
    later(room, 150)
    assert [one["misses"] for one in open_alarms(room)] == [1]
    later(room, 150)
    assert [one["kind"] for one in open_alarms(room)] == ["mayday"]


def test_whoever_can_ask_a_unit_is_told_of_each_question(room: Room):
    told: list[dict] = []
    alarms.ask_hooks.append(lambda act, ask: told.append(ask))
    try:
        on_scene(room)
        later(room, 25 * MINUTE)
    finally:
        alarms.ask_hooks.pop()
    assert [(one["call_sign"], one["misses"]) for one in told] == [("TRC-1", 0), ("TRC-1", 1)]


def test_a_round_with_nothing_to_do_writes_nothing(room: Room):
    on_scene(room)
    rounds.step(room.post)
    before = len(kinds_written(room))
    later(room, 600)
    assert len(kinds_written(room)) == before


# crews and shifts


def test_a_person_rides_on_one_unit_at_a_time_and_no_name_is_in_the_journal(room: Room):
    for unit in ("TRC-1", "PSC-1"):
        room.do(roster.join_crew, room.units[unit], "Wayan Sudarma", "driver", by="komang")
    with room.post.database.read() as conn:
        crew = duty.crew_of(conn)
        lines = " ".join(str(line.body) for line in journal.after(conn, 0, 500))
    assert [(one["unit_id"], one["role"]) for one in crew] == [(room.units["PSC-1"], "driver")]
    assert "Wayan" not in lines
    with pytest.raises(BadReport, match="sudah menjadi awak"):
        room.do(roster.join_crew, room.units["PSC-1"], "Wayan Sudarma", "driver")
    room.do(roster.leave_crew, crew[0]["id"])
    with pytest.raises(WrongState, match="sudah turun"):
        room.do(roster.leave_crew, crew[0]["id"])


def hours(number: float):
    return START.replace(minute=0) + number * (START.replace(hour=1) - START.replace(hour=0))


def test_two_shifts_of_a_unit_never_overlap_and_one_ends_after_it_begins(room: Room):
    unit = room.units["TRC-1"]
    room.do(roster.plan_shift, unit, hours(0), hours(8))
    room.do(roster.plan_shift, unit, hours(8), hours(16))
    with pytest.raises(WrongState, match="sudah punya jadwal"):
        room.do(roster.plan_shift, unit, hours(7), hours(9))
    with pytest.raises(BadReport, match="48 jam"):
        room.do(roster.plan_shift, unit, hours(30), hours(30))
    with pytest.raises(BadReport, match="48 jam"):
        room.do(roster.plan_shift, unit, hours(30), hours(99))


def recommended(room: Room, incident: int) -> dict[str, dict]:
    from incident.duty.recommendation import recommend

    with room.post.database.read() as conn:
        row = queries.find_incident(conn, incident)
        found = recommend(conn, row, {"sar", "rescue"}, room.clock())
    return {one["unit"]["call_sign"]: one for one in found}


def test_off_shift_and_a_small_crew_are_shortfalls_and_a_struck_shift_is_none(room: Room):
    unit = room.units["TRC-1"]
    incident = room.open()
    shift = room.do(roster.plan_shift, unit, hours(20), hours(28))["body"]["shift"]
    room.do(roster.join_crew, unit, "Made", "leader")
    found = recommended(room, incident)
    assert {"di luar jam dinas", "awak 1 dari 3"} <= set(found["TRC-1"]["shortfalls"])
    assert list(found) == ["PSC-1", "TRC-1"], "what stands in the way comes before the way"
    room.do(roster.strike_shift, shift, "Salah hari")
    for name in ("Nyoman", "Ketut"):
        room.do(roster.join_crew, unit, name, "member")
    assert recommended(room, incident)["TRC-1"]["shortfalls"] == []


def test_a_recommendation_names_what_a_unit_can_do_in_words(room: Room):
    one = recommended(room, room.open())["TRC-1"]
    assert any("menyelamatkan" in reason for reason in one["reasons"])
    assert "km garis lurus" in one["reasons"][0] and "garis lurus" in ranking.ETA_BASIS


# kinds and capabilities


def test_a_word_nobody_knows_becomes_a_kind_and_a_known_one_its_code(room: Room):
    room.do(actions.add_unit, "DMK-9", "Mobil Pemadam", "DAMKAR", ["memadamkan api", "terbang"])
    assert (card(room, "DMK-9")["kind"], card(room, "DMK-9")["capabilities"]) == ("fire_engine", ["fire", "terbang"])
    with room.post.database.read() as conn:
        assert "terbang" in {row["code"] for row in duty.capabilities(conn)}


def test_a_kind_is_added_changed_and_never_named_like_another(room: Room):
    room.do(words.keep_kind, "drone", "Regu drone", "Drone team", "BPBD", 2)
    room.do(words.keep_kind, "drone", "Tim drone", "Drone team", None, 1)
    with room.post.database.read() as conn:
        (kept,) = [row for row in duty.kinds(conn) if row["code"] == "drone"]
    assert (kept["name_id"], kept["least_crew"], kept["agency_code"]) == ("Tim drone", 1, None)
    with pytest.raises(BadReport, match="sudah dipakai"):
        room.do(words.keep_kind, "drone2", "Ambulans", "Drone two", None, 0)
    with pytest.raises(BadReport, match="OPD"):
        room.do(words.keep_kind, "drone", "Tim drone", "Drone team", "NASA", 1)


def test_what_is_known_of_a_unit_is_changed_and_the_rest_of_it_stays(room: Room):
    unit, before = room.units["TRC-1"], card(room, "TRC-1")
    key = uid()
    first = room.post.do(unit_facts.change_unit, "dewi", key, unit, kind="Ambulans", base="Labuhan Lombok")
    assert room.post.do(unit_facts.change_unit, "dewi", key, unit, kind="Ambulans", base="Labuhan Lombok") == first
    assert card(room, "TRC-1") == before | {"kind": "ambulance", "base": "Labuhan Lombok"}
    room.do(unit_facts.change_unit, unit, capabilities=["memadamkan api"], agency_code=None)
    assert (card(room, "TRC-1")["capabilities"], card(room, "TRC-1")["agency_code"]) == (["fire"], None)
    with pytest.raises(BadReport, match="Tidak ada yang diubah"):
        room.do(unit_facts.change_unit, unit)
    with pytest.raises(BadReport):
        room.do(unit_facts.change_unit, unit, agency_code="NASA")
    with pytest.raises(NotFound):
        room.do(unit_facts.change_unit, 10**6, base="Selong")


# run cards


def test_all_proposed_go_in_one_stroke_each_with_its_own_task_and_a_second_click_is_harmless(room: Room):
    incident, both = room.open(), list(room.units.values())
    key = uid()
    first = room.post.do(sending.send_all, "dewi", key, incident, both)
    assert sorted(first["sent"]) == sorted(both) and len(first["entries"]) == 2
    assert room.post.do(sending.send_all, "dewi", key, incident, both)["again"]
    assert room.post.do(sending.send_all, "dewi", uid(), incident, both) == {"sent": [], "entries": [], "again": True}
    with room.post.database.read() as conn:
        assert len(queries.assignments_of(conn, incident)) == 2


def test_what_was_sent_elsewhere_meanwhile_refuses_the_whole_and_is_named(room: Room):
    first, second = room.open(), room.open(place={"area_code": "52.03.02.2004", "lon": 116.49, "lat": -8.76})
    room.assign(first, "PSC-1")
    with pytest.raises(WrongState, match="PSC-1 tidak lagi bebas"):
        room.do(sending.send_all, second, list(room.units.values()))
    with room.post.database.read() as conn:
        assert queries.assignments_of(conn, second) == [], "none goes where not all can"


def test_two_dispatchers_at_once_send_a_unit_to_one_incident_only(room: Room):
    incidents = [room.open(), room.open(place={"area_code": "52.03.02.2004", "lon": 116.49, "lat": -8.76})]
    done: list[object] = []

    def send(incident: int) -> None:
        try:
            done.append(room.do(sending.send_all, incident, [room.units["TRC-1"]]))
        except Refused as refused:
            done.append(refused)

    threads = [threading.Thread(target=send, args=(incident,)) for incident in incidents]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(90)
    assert sorted(isinstance(one, Refused) for one in done) == [False, True]
    assert len(card(room)["incident_ids"]) == 1


# the doors


def test_the_doors_of_a_units_word(ask, cast):
    unit, other = cast.units["TRC-1"], cast.units["PSC-1"]
    assert ask("field", "POST", f"/units/{unit}/status", {"uid": uid(), "digit": 8}).status_code == 200
    assert ask("field", "POST", f"/units/{other}/status", {"uid": uid(), "digit": 8}).status_code == 404
    assert ask("field", "POST", f"/units/{other}/welfare", {"uid": uid(), "how": "phone"}).status_code == 404
    assert ask("field", "POST", f"/units/{unit}/welfare", {"uid": uid(), "how": "phone"}).status_code == 200
    assert ask("call_taker", "POST", f"/units/{unit}/status", {"uid": uid(), "digit": 1}).status_code == 403
    assert ask("dispatcher", "POST", f"/units/{unit}/status", {"uid": uid(), "digit": 12}).status_code == 422
    assert ask("dispatcher", "POST", f"/units/{unit}/status", {"uid": uid(), "digit": 3}).status_code == 409
    assert ask("dispatcher", "POST", f"/units/{unit}/service", {"uid": uid(), "in_service": False}).status_code == 422
