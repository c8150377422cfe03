"""For every verb and role: the old picture plus the new entries is the fresh one, in the browser's own code."""

import datetime as dt
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from tempfile import mkdtemp
from typing import Any

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

import alerts.actions as alerting
import alerts.bulletins.actions as telling
import alerts.rules
from alerts.bulletins import feed_actions
from alerts.channel_actions import note_health, set_channel
from alerts.feeds.shape import Bulletin
from alerts.queries import channel_states

# board.join happens when an application is made; here there is none
from gis.coordinates import Position
from gis.database import Database
from gis.tables import FACILITIES, LANDMARKS, read
from gis.zones import KINDS, checked
from incident import actions, boundaries, ground, intake, lens, rules
from incident.assessments import actions as assessments
from incident.attachments import actions as attaching
from incident.casework import actions as casework
from incident.casework import regrouping
from incident.casework.rules import TASK_VERBS
from incident.config import load_settings
from incident.desk import arrivals, card_actions, holds, moments, notes, statuses
from incident.desk.arrivals import KIND_OF_VERB as RING_KINDS
from incident.desk.arrivals import Said
from incident.desk.deck import built_in_text
from incident.duty import alarms, roster, rounds, sending
from incident.duty import status as unit_status
from incident.duty import words as unit_words
from incident.duty.unit_facts import change_unit
from incident.errors import Refused
from incident.handover import actions as handover
from incident.post import Post
from incident.queueing import actions as queueing
from radio_bridge import outcomes
from radio_bridge.net import queries as net
from radio_bridge.net import roll_call
from radio_bridge.radiogram import Level
from tests.alerts.bulletin_ground import lay_villages, proposed, quake, take
from tests.alerts.sending_room import alert_to, contacts
from tests.factories import uid
from tests.room import START, Clock, Room, open_room
from tests.viewers import Reducer, Screen, of_every_kind

pytestmark = pytest.mark.skipif(shutil.which("node") is None, reason="node is missing: apt-get install nodejs")
PLACES = (
    {"area_code": "52.03.01.2001"},
    {"area_code": "52.03.02.2004", "lon": 116.49, "lat": -8.76, "text": "Keruak"},
    {"lon": None, "lat": None, "radius_m": None, "method": "text", "text": "dekat masjid"},
)


@pytest.fixture(scope="module")
def reducer() -> Iterator[Reducer]:
    running = Reducer()
    yield running
    running.stop()


@pytest.fixture
def room(post: Post) -> Room:
    return open_room(post)


# each verb: what must be there before, and the verb itself

Step = Callable[[Room], Any]


def _raise_by_answers(room: Room) -> None:
    room.call(type="banjir", incident_id=room.known["incident"], answers={"trapped": "yes"})


def _a_place_note(room: Room) -> None:
    told = room.do(notes.add, "dog", "Anjing galak", Position(116.6, -8.5))
    _set(room, note=told["note"]["id"])


def _set(room: Room, **known: int) -> None:
    room.known.update(known)


def _an_incident(room: Room) -> None:
    _set(room, incident=room.open(place={"area_code": "52.03.01.2001"}))


def _a_p1(room: Room) -> None:
    _set(room, incident=room.open(place={"area_code": "52.03.01.2001"}, priority="P1"))


def _two_units_at_work(room: Room) -> None:
    _an_incident(room)
    _set(room, first=room.assign(room.known["incident"], "TRC-1"), second=room.assign(room.known["incident"], "PSC-1"))


def _an_alert(room: Room) -> None:
    _an_incident(room)
    _set(room, alert=room.alert(incident_id=room.known["incident"]))


def _a_sent_alert(room: Room) -> None:
    _an_alert(room)
    room.relay()


def _an_alert_to_contacts(room: Room) -> None:
    with room.post.database.read() as conn:
        assert channel_states(conn)["webhook"] == "off"
    room.do(set_channel, "webhook", True, {"url": "http://127.0.0.1:9/", "secret": "rahasia-bersama-panjang"}, by="ayu")
    _set(room, alert=alert_to(room, contacts(room, 3), unit_ids=[room.units["TRC-1"]]))


def _health(probe: str) -> Step:
    return lambda room: room.do(note_health, "webhook", alerts.rules.Seen(probe, "uji"))


def _an_alert_on_the_air(room: Room) -> None:
    _an_alert(room)
    room.relay()
    room.clock.on(61)
    room.relay()


def _a_draft(room: Room) -> None:
    _an_incident(room)
    _set(room, alert=room.alert(order="evacuate", incident_id=room.known["incident"]))


def _nothing(room: Room) -> None:
    return None


def _verb(verb: str, **said: Any) -> Step:
    return lambda room: room.do(actions.change_incident, room.known["incident"], verb, **said)


def _status(verb: str, which: str = "first", **said: Any) -> Step:
    return lambda room: room.do(actions.change_assignment, room.known[which], verb, **said)


def _close(room: Room) -> None:
    room.do(actions.change_incident, room.known["incident"], "close", disposition="handled")


def _both_clear(room: Room) -> None:
    _two_units_at_work(room)
    for which in ("first", "second"):
        room.do(actions.change_assignment, room.known[which], "clear")


def _closed(room: Room) -> None:
    _an_incident(room)
    _close(room)


def _obstructed(room: Room) -> None:
    _an_incident(room)
    OBSTRUCT(room)


def _deliveries(do: Callable[..., Any], channel: str, one: bool = False, *more: Any) -> Step:
    def step(room: Room) -> None:
        ids = room.deliveries(room.known["alert"], channel)
        room.do(do, ids[0] if one else ids, *more, by="radio")

    return step


def _expire(room: Room) -> None:
    room.clock.on(3601)
    assert room.do(alerting.expire_alert, room.known["alert"], by="relay")


def _climb(room: Room) -> None:
    room.clock.on(61)
    assert room.do(alerting.climb, room.known["alert"], room.recipients(room.known["alert"]), by="relay")


def _hand_over(room: Room) -> None:
    ids = room.deliveries(room.known["alert"], "screen")
    room.do(alerting.hand_over, room.known["alert"], "screen", ids, "sent", by="relay")


def _see(room: Room) -> None:
    room.do(alerting.acknowledge, room.known["alert"], room.units["TRC-1"], "tono", "screen", by="tono")


def _move(room: Room) -> None:
    room.do(actions.move_unit, room.units["TRC-1"], 116.58, -8.51)


def _service(in_service: bool) -> Step:
    return lambda room: room.do(actions.change_service, room.units["PSC-1"], in_service)


def _alerted_and_closed(room: Room) -> None:
    _close(room)
    room.relay()


def _a_zone(room: Room) -> None:
    _an_incident(room)
    _set(room, zone=room.zone(incident_id=room.known["incident"], expires_at=room.clock.now + dt.timedelta(minutes=10)))


def _draw(kind: str) -> Step:
    return lambda room: room.zone(kind, SHAPES[KINDS[kind][0]], words=f"Di sini {kind}")


def _run_out(room: Room) -> None:
    room.clock.on(601)
    room.relay()


def _a_facility(room: Room) -> None:
    _set(room, facility=room.facility())


def _facility(action: Callable[..., Any], **said: Any) -> Step:
    return lambda room: room.do(action, room.known["facility"], **said)


def _a_landmark(room: Room) -> None:
    entry = room.do(ground.remember_landmark, "Masjid Raya", 116.6, -8.5)
    _set(room, landmark=entry["body"]["landmark"]["id"])


def _list(what: str, words: str) -> Step:
    rows = read(what, words.encode()).rows
    return lambda room: ground.import_table(room.post, "komang", uid(), what, rows, "daftar.csv")


def _correct_area(room: Room) -> None:
    place = intake.Place("map", 116.49, -8.76, 30.0, "Keruak", "52.03.02.2004")
    room.do(actions.change_incident, room.known["incident"], "correct", text="Salah dengar", place=place)


def _a_task(room: Room) -> None:
    _two_units_at_work(room)
    owner = {"owner_kind": "unit", "owner": "PSC-1", "due_at": START + dt.timedelta(hours=1)}
    _set(room, task=room.do(casework.add_task, "Jemput perahu", room.known["incident"], **owner)["body"]["task"])


def _an_ended_task(room: Room) -> None:
    _a_task(room)
    room.do(casework.change_task, room.known["task"], "done")


def _a_free_task(room: Room) -> None:
    _an_incident(room)
    _set(room, task=room.do(casework.add_task, "Jemput perahu", room.known["incident"])["body"]["task"])


def _task(verb: str, **said: Any) -> Step:
    return lambda room: room.do(casework.change_task, room.known["task"], verb, **said)


def _two_incidents(room: Room) -> None:
    """One with everything an incident may have, one of another village."""
    _an_alert_on_the_air(room)
    _set(room, guest=room.known["incident"], zone=room.zone(incident_id=room.known["incident"]))
    room.assign(room.known["guest"], "TRC-1")
    room.do(casework.add_task, "Jemput perahu", room.known["guest"], owner_kind="agency", owner="BPBD")
    _set(room, incident=room.open(place=PLACES[1], priority="P4"))
    room.assign(room.known["incident"], "PSC-1")


def _merge(room: Room) -> None:
    entry = room.do(regrouping.merge_incidents, room.known["guest"], room.known["incident"], "Sama")
    _set(room, regrouping=entry["body"]["regrouping"])


def _merged(room: Room) -> None:
    _two_incidents(room)
    _merge(room)


def _two_calls(room: Room) -> None:
    _two_units_at_work(room)
    _set(room, call=room.call(incident_id=room.known["incident"], place=PLACES[1])["call"])


def _split(room: Room) -> None:
    chosen = ([room.known["call"]], [room.known["second"]])
    entry = room.do(regrouping.split_incident, room.known["incident"], *chosen, "Dua tempat")
    _set(room, regrouping=entry["body"]["regrouping"])


def _parted(room: Room) -> None:
    _two_calls(room)
    _split(room)


def _take_back(room: Room) -> None:
    room.do(regrouping.take_back, room.known["regrouping"])


def _a_note(room: Room) -> None:
    _an_incident(room)
    _set(room, line=room.do(actions.add_note, room.known["incident"], "Perahu di jalan")["seq"])


def _strike(room: Room) -> None:
    room.do(casework.strike_line, room.known["incident"], room.known["line"], "Salah", "dispatcher")


def _a_ring(room: Room) -> None:
    room.do(holds.place, "iseng", 1, phone="081200000000", by="komang")
    for phone in ("081200000000", "081234567321"):
        _set(room, ring=room.do(arrivals.announce, "asterisk", "112-1", phone, by="pbx")["ring"])


def _a_claim(room: Room) -> None:
    _a_ring(room)
    _ring("claim")(room)


def _a_lost_ring(room: Room) -> None:
    for _ in range(2):
        _a_ring(room) if "ring" not in room.known else _ring_again(room)
        _ring("dropped", by="pbx")(room)


def _ring_again(room: Room) -> None:
    _set(room, again=room.known["ring"], ring=room.do(arrivals.announce, "asterisk", phone="081234567321")["ring"])


def _a_call_back(room: Room) -> None:
    _a_ring(room)
    _ring("missed", by="pbx")(room)


def _ring(verb: str, by: str = "sari", **said: Any) -> Step:
    return lambda room: room.do(arrivals.change_ring, room.known["ring"], verb, Said(**said), by=by)


def _wait(seconds: float) -> Step:
    def step(room: Room) -> None:
        room.clock.on(seconds)
        room.relay()

    return step


def _a_status(room: Room) -> None:
    _a_ring(room)
    _declare("siaga_darurat")(room)


def _declare(kind: str) -> Step:
    def step(room: Room) -> None:
        given = (kind, "SK 188/1/2026", START.date(), 14)
        _set(room, status=room.do(statuses.declare, *given, by="komang")["body"]["status"])

    return step


def _a_shift(room: Room) -> None:
    _an_incident(room)
    ends_at = room.clock.now + dt.timedelta(hours=8)
    _set(room, shift=room.do(handover.start_shift, "Siang", ends_at, by="dewi")["body"]["shift"])


def _leave(room: Room) -> None:
    room.do(handover.leave_shift, room.known["shift"], "Pompa 2 rusak", by="dewi")


def _a_shift_that_left(room: Room) -> None:
    _a_shift(room)
    _leave(room)


def _sign(room: Room) -> None:
    with room.post.database.read() as conn:
        shift = handover.queries.find_shift(conn, room.known["shift"])
    assert shift is not None
    ends_at = room.clock.now + dt.timedelta(hours=8)
    room.do(handover.sign_shift, shift["id"], shift["hash"], "Malam", ends_at, by="komang")


def _a_decision(room: Room) -> None:
    _an_incident(room)
    said = {"owner": "Dinsos", "incident_id": room.known["incident"]}
    _set(room, decision=room.do(handover.make_decision, "Buka dapur umum", **said)["body"]["decision"])


def _decide(verb: str) -> Step:
    return lambda room: room.do(handover.change_decision, room.known["decision"], verb, "Air surut")


def _a_decision_done(room: Room) -> None:
    _a_decision(room)
    _decide("done")(room)


def _of_the_handover() -> dict[str, tuple[Step, Step]]:
    """Shifts of the room and decisions of the meeting."""
    verbs = {f"decision: {verb}": (_a_decision, _decide(verb)) for verb in ("done", "drop", "strike")}
    return verbs | {
        "start a shift": (_nothing, _a_shift),
        "leave a shift": (_a_shift, _leave),
        "leave a shift once more": (_a_shift_that_left, _leave),
        "sign a shift": (_a_shift_that_left, _sign),
        "make a decision": (_nothing, _a_decision),
        "decision: reopen": (_a_decision_done, _decide("reopen")),
    }


def _of_the_desk() -> dict[str, tuple[Step, Step]]:
    """What rings, whom to call back, numbers held back and the declared status."""
    said: dict[str, dict[str, Any]] = {"lift": {"why": "Sakit"}, "close": {"why": "Sudah", "is_supervisor": True}}
    before = {"release": _a_claim, "lift": _a_claim, "callback": _a_call_back, "close": _a_call_back}
    said["callback"] = {"result": "busy"}
    verbs = {f"ring: {verb}": (before.get(verb, _a_ring), _ring(verb, **said.get(verb, {}))) for verb in RING_KINDS}
    return verbs | {
        "a ring": (_nothing, _a_ring),
        "the same number again": (_a_lost_ring, _ring_again),
        "the same number lost again": (_a_call_back, _a_lost_ring),
        "the same number gets through": (_a_lost_ring, lambda room: (_ring_again(room), _ring("answer")(room))),
        "reached": (_a_call_back, _ring("callback", result="reached")),
        "a ring becomes a call": (_a_claim, lambda room: room.call(ring_id=room.known["ring"])),
        "a claim lapses": (_a_claim, _wait(56)),
        "a ring without an end": (_a_ring, _wait(301)),
        "a call-back too old": (_a_call_back, _wait(86_401)),
        "a number is looked at": (_a_ring, lambda room: room.do(arrivals.unmask, room.known["ring"])),
        "a hold is lifted": (_a_ring, lambda room: room.do(holds.lift, 1, "Bukan iseng", by="komang")),
        "a hold runs out": (_a_ring, _wait(3_601)),
        "declare": (_a_ring, _declare("tanggap_darurat")),
        "declare the next": (_a_status, _declare("tanggap_darurat")),
        "extend": (_a_status, lambda room: room.do(statuses.extend, room.known["status"], 7, "SK 2", by="komang")),
        "end a status": (_a_status, lambda room: room.do(statuses.end, room.known["status"], "Surut", by="komang")),
    }


def _a_roll_call(room: Room) -> None:
    room.do(roll_call.begin, by="dewi")
    with room.post.database.read() as conn:
        (call,) = net.unjudged(conn)
    _set(room, roll_call=call["id"])
    room.do(outcomes.record_keyed, call["uid"], by="radio")
    room.do(outcomes.record_expired, call["uid"], by="radio")


def _judge(room: Room) -> None:
    room.do(roll_call.judge, room.known["roll_call"], by="relay")


def _a_silent_station(room: Room) -> None:
    _a_roll_call(room)
    _judge(room)


def _heard_again(room: Room) -> None:
    room.do(roll_call.begin, by="dewi")
    with room.post.database.read() as conn:
        (call,) = net.unjudged(conn)
    room.do(outcomes.record_keyed, call["uid"], by="radio")
    room.do(outcomes.record_ack, call["uid"], 11, Level.PRESENT, room.clock.now, by="radio")
    room.do(roll_call.judge, call["id"], by="relay")


def _of_the_net() -> dict[str, tuple[Step, Step]]:
    """A roll-call, the task of a station that kept silent, and its end when the station answers again."""
    return {
        "a roll-call": (_nothing, _a_roll_call),
        "a station keeps silent": (_a_roll_call, _judge),
        "a silent station answers": (_a_silent_station, _heard_again),
    }


def _assess(room: Room) -> None:
    figures = [{"what": "dead", "state": "nihil"}, {"what": "missing", "state": "number", "value": 3}]
    entry = room.do(assessments.assess, room.known["incident"], figures, "village", "told", source_words="Pak Kades")
    _set(room, figure=entry["body"]["figures"][1]["id"])


def _assessed(room: Room) -> None:
    _two_units_at_work(room)
    _assess(room)


def _digit(digit: int) -> Step:
    return lambda room: room.do(unit_status.say_digit, room.units["TRC-1"], digit)


PHOTO = {
    "kind": "photo",
    "type": "image/jpeg",
    "digest": "a" * 64,
    "bytes": 9,
    "camera_lon": 116.61,
    "camera_lat": -8.51,
}


def _an_attachment(room: Room) -> None:
    _an_incident(room)
    told = attaching.Told(incident_id=room.known["incident"], name="KTP Bu Sri.jpg", words="Rumah Bu Sri")
    _set(room, attachment=room.do(attaching.add, told, PHOTO)["body"]["attachment"])


def _take_position(room: Room) -> None:
    place = intake.Place("device", lon=116.61, lat=-8.51, radius_m=50.0)
    room.do(attaching.answer_offer, room.known["attachment"], position=True, place=place)


def _unit_verb(action: Callable[..., Any], *given: Any) -> Step:
    return lambda room: room.do(action, room.units["TRC-1"], *given)


def _silent(seconds: float) -> Step:
    """A unit is on scene, and so long nothing is heard of it."""

    def step(room: Room) -> None:
        if "first" not in room.known:
            _two_units_at_work(room)
            room.do(actions.change_assignment, room.known["second"], "clear")
            room.do(actions.change_assignment, room.known["first"], "arrive")
        for _ in range(int(seconds // 100)):
            room.clock.on(100)
            rounds.step(room.post)

    return step


def _acknowledge_alarm(room: Room) -> None:
    with room.post.database.read() as conn:
        alarm = alarms.duty.board_cards(conn)["alarms"][0]["id"]
    room.do(alarms.acknowledge, alarm, by="dewi")


def _of_the_units() -> dict[str, tuple[Step, Step]]:
    """What units say without a task, their alarms and welfare checks, crews and shifts."""
    shift = (START, START + dt.timedelta(hours=8))
    return {
        "unit: ready in the field": (_nothing, _digit(8)),
        "unit: ready at its base": (_digit(8), _digit(1)),
        "unit: mayday without a task": (_nothing, _digit(0)),
        "unit: mayday ends by its word": (_digit(0), _digit(1)),
        "unit: mayday is calmed": (_digit(0), _unit_verb(unit_status.calm, "Salah tekan")),
        "unit: out for a reason": (_nothing, _unit_verb(unit_status.change_service, False, "ban pecah")),
        "unit: known otherwise": (_nothing, lambda room: room.do(change_unit, room.units["TRC-1"], base="Selong")),
        "unit: mayday on its first task": (_two_units_at_work, _status("mayday")),
        "unit: too long without a word": (_two_units_at_work, lambda room: _silent(400)(room)),
        "unit: an alarm is taken on": (_silent(1500), _acknowledge_alarm),
        "unit: asked whether it is safe": (_silent(1100), _silent(200)),
        "unit: asked again": (_silent(1300), _silent(200)),
        "unit: silent": (_silent(1400), _silent(400)),
        "unit: safe again": (_silent(1900), _unit_verb(unit_status.say_safe, "voice")),
        "unit: safe in time": (_silent(1300), _unit_verb(unit_status.say_safe, "phone")),
        "unit: safe unasked": (_nothing, _unit_verb(unit_status.say_safe, "phone")),
        "unit: a position by hand": (_silent(1300), lambda room: _by_hand(room)),
        "a person joins a crew": (_nothing, _unit_verb(roster.join_crew, "Made", "driver")),
        "a person leaves a crew": (
            _unit_verb(roster.join_crew, "Made", "driver"),
            lambda room: room.do(roster.leave_crew, 1),
        ),
        "plan a shift": (_nothing, _unit_verb(roster.plan_shift, *shift)),
        "strike a shift": (
            _unit_verb(roster.plan_shift, *shift),
            lambda room: room.do(roster.strike_shift, 1, "Salah hari"),
        ),
        "a kind of unit": (
            _nothing,
            lambda room: room.do(unit_words.keep_kind, "drone", "Regu drone", "Drone team", None, 2),
        ),
        "a capability": (_nothing, lambda room: room.do(unit_words.keep_capability, "fly", "terbang", "fly", ["sar"])),
        "send all": (
            _an_incident,
            lambda room: room.do(sending.send_all, room.known["incident"], list(room.units.values())),
        ),
    }


def _by_hand(room: Room) -> None:
    room.do(actions.move_unit, room.units["TRC-1"], 116.58, -8.51, by_hand=True)


def _told(*quakes: Bulletin) -> Step:
    return lambda room: take(room.post, *quakes)


def _a_quake(room: Room) -> None:
    lay_villages(room.post)
    take(room.post, quake())


def _a_proposal(room: Room) -> None:
    _a_quake(room)
    _set(room, proposal=proposed(room.post)[0]["id"])


def _decide_proposal(verb: str) -> Step:
    return lambda room: room.do(telling.decide, room.known["proposal"], verb, "Sudah siaga", by="komang")


def _of_outside() -> dict[str, tuple[Step, Step]]:
    """News of sources outside, and what it proposes."""
    volcano = ("Rinjani", "siaga", 116.47, -8.42, "Surat PVMBG")
    return {
        "a quake is told": (
            lambda room: lay_villages(room.post),
            lambda room: take(room.post, quake()),
        ),
        "a quake of another source": (_a_quake, _told(quake("usgs", 6.9))),
        "a quake is corrected": (_a_quake, lambda room: take(room.post, quake(magnitude=4.8))),
        "a quake is over": (_a_proposal, _wait(4 * 86_400)),
        "proposal: accept": (_a_proposal, _decide_proposal("accept")),
        "proposal: decline": (_a_proposal, _decide_proposal("decline")),
        "a quake is over after a decision": (
            lambda room: (_a_proposal(room), _decide_proposal("accept")(room)),
            _wait(4 * 86_400),
        ),
        "the level of a volcano": (
            lambda room: lay_villages(room.post),
            lambda room: room.do(telling.write_volcano, *volcano),
        ),
        "a feed is switched on": (_nothing, lambda room: room.do(feed_actions.switch, "usgs", True, by="ayu")),
    }


SHAPES: dict[str, Any] = {
    "Polygon": {"type": "Polygon", "coordinates": [[[116.5, -8.5], [116.7, -8.7], [116.7, -8.5], [116.5, -8.7]]]},
    "LineString": {"type": "LineString", "coordinates": [[116.5, -8.5], [116.512345678, -8.51]]},
    "Point": {"type": "Point", "coordinates": [116.5, -8.5]},
}
PLACES_OF_A_FILE = "nama,jenis,lon,lat,kapasitas\nSDN 1,sd,116.5,-8.5,300\nRSUD,rsud,116.6,-8.6,120\n"
OBSTRUCT = _verb(
    "obstruct", reason="access", text="Jembatan putus", unblock_by="PUPR", next_word_at=START + dt.timedelta(hours=1)
)
VERBS: dict[str, tuple[Step, Step]] = {
    **{f"a {class_} call": (_nothing, lambda room, c=class_: room.call(class_=c)) for class_ in rules.CLASSES},
    "a call without a point": (_nothing, lambda room: room.call(place=PLACES[2])),
    "a linked call": (_an_incident, lambda room: room.call(incident_id=room.known["incident"], priority="P1")),
    "verify": (_an_incident, _verb("verify")),
    "a P1 is heard": (_a_p1, lambda room: room.do(queueing.hear, room.known["incident"])),
    "obstruct": (_an_incident, OBSTRUCT),
    "resume": (_obstructed, _verb("resume")),
    "control": (_two_units_at_work, _verb("control")),
    "close": (_both_clear, _close),
    "reopen": (_closed, _verb("reopen", text="Air naik lagi")),
    "note": (_two_units_at_work, _verb("note", text="Perahu di jalan")),
    "note on a closed incident": (_closed, _verb("note", text="Laporan menyusul")),
    "correct": (_two_units_at_work, _verb("correct", text="Bukan banjir", type="fire", priority="P1")),
    "correct the area": (_an_incident, _correct_area),
    "assign": (_an_incident, lambda room: room.assign(room.known["incident"], "TRC-1")),
    "assign to an obstructed one": (_obstructed, lambda room: room.assign(room.known["incident"], "PSC-1")),
    **{f"unit: {verb}": (_two_units_at_work, _status(verb)) for verb in rules.ASSIGNMENT_VERBS},
    "unit: clear with a note": (_two_units_at_work, _status("clear", "second", note="Selesai")),
    "unit: arrived earlier": (_two_units_at_work, _status("arrive", at=START + dt.timedelta(minutes=2))),
    "add a unit": (_nothing, lambda room: room.do(actions.add_unit, "PMI-1", "ambulance", "PMI", ["medic"])),
    "move a unit": (_nothing, _move),
    "a unit out of service": (_nothing, _service(False)),
    "a lamp": (_nothing, lambda room: room.do(actions.set_lamp, "radio", "warn", "pemancar diam")),
    "write an alert": (_an_incident, lambda room: room.alert(incident_id=room.known["incident"])),
    "write an alert of no incident": (_nothing, lambda room: room.alert(to=("PSC-1",))),
    "write a draft": (_an_incident, lambda room: room.alert(order="evacuate")),
    "approve": (_a_draft, lambda room: room.do(alerting.approve_alert, room.known["alert"], by="komang")),
    "cancel a draft": (_a_draft, lambda room: room.do(alerting.cancel_alert, room.known["alert"])),
    "cancel": (_an_alert_on_the_air, lambda room: room.do(alerting.cancel_alert, room.known["alert"])),
    "hand over": (_an_alert, _hand_over),
    "climb": (_an_alert, _climb),
    "keyed": (_an_alert_on_the_air, _deliveries(alerting.record_keyed, "radio")),
    "heard": (_an_alert_on_the_air, _deliveries(alerting.record_heard, "radio", True)),
    "failed": (_an_alert_on_the_air, _deliveries(alerting.record_failed, "radio", False, "tidak menjawab")),
    "seen": (_an_alert_on_the_air, _see),
    "expire": (_an_alert_on_the_air, _expire),
    "expire a draft": (_a_draft, _expire),
    "end with its incident": (_an_alert_on_the_air, _alerted_and_closed),
    "end a draft with its incident": (_a_draft, _alerted_and_closed),
    **{f"draw: {kind}": (_nothing, _draw(kind)) for kind in KINDS},
    "draw for an incident": (_an_incident, _a_zone),
    "strike": (_a_zone, lambda room: room.do(ground.strike_zone, room.known["zone"], "Air surut")),
    "run out": (_a_zone, _run_out),
    "add a facility": (_nothing, _a_facility),
    "change a facility": (_a_facility, _facility(ground.change_facility, occupied=40, lon=116.61, lat=-8.51)),
    "close a facility": (_a_facility, _facility(ground.close_facility)),
    "import facilities": (_a_facility, _list(FACILITIES, PLACES_OF_A_FILE)),
    "import facilities anew": (
        _list(FACILITIES, PLACES_OF_A_FILE),
        _list(FACILITIES, PLACES_OF_A_FILE.replace("300", "250")),
    ),
    "remember a landmark": (_nothing, _a_landmark),
    "forget a landmark": (_a_landmark, lambda room: room.do(ground.forget_landmark, room.known["landmark"])),
    "import landmarks": (_nothing, _list(LANDMARKS, PLACES_OF_A_FILE)),
    "import boundaries": (_nothing, lambda room: room.do(boundaries.import_boundaries, [], {"source": "desa.zip"})),
    "feedback": (_obstructed, _verb("feedback", text="Jalan dibuka jam tiga")),
    "feedback with a new promise": (
        _obstructed,
        _verb("feedback", text="Belum", next_word_at=START + dt.timedelta(hours=2)),
    ),
    "attach a photo": (_nothing, _an_attachment),
    "strike an attachment": (
        _an_attachment,
        lambda room: room.do(attaching.strike, room.known["attachment"], "Salah", "coordinator"),
    ),
    "take the position of a photo": (_an_attachment, _take_position),
    "add a task": (_nothing, _a_task),
    "task: take": (_a_free_task, _task("take")),
    "task: hand_over": (_a_task, _task("hand_over", owner_kind="agency", owner="BPBD")),
    "task: done": (_a_task, _task("done")),
    "task: drop": (_a_task, _task("drop", text="Tidak perlu")),
    "task: reopen": (_an_ended_task, _task("reopen")),
    "merge": (_two_incidents, _merge),
    "take a merge back": (_merged, _take_back),
    "split": (_two_calls, _split),
    "take a split back": (_parted, _take_back),
    "strike a line": (_a_note, _strike),
    "look at a number": (
        lambda room: _set(room, call=room.call(caller_phone="081234567321")["call"]),
        lambda room: room.do(casework.unmask_call, room.known["call"]),
    ),
    **_of_the_desk(),
    **_of_the_handover(),
    **_of_the_net(),
    **_of_the_units(),
    **_of_outside(),
    "a repeat that raises the priority": (_an_incident, _raise_by_answers),
    "hand over to dispatch": (_an_incident, lambda room: room.do(moments.hand_over, room.known["incident"], by="dewi")),
    "correct a time": (
        _an_incident,
        lambda room: room.do(moments.correct, room.known["incident"], "t1", START, "salah jam", by="komang"),
    ),
    "write a note of a place": (_nothing, _a_place_note),
    "strike a note of a place": (_a_place_note, lambda room: room.do(notes.strike, room.known["note"], "Pindah")),
    "change a card": (
        _nothing,
        lambda room: room.do(card_actions.change, "banjir", built_in_text("banjir"), by="komang"),
    ),
    "restore a card": (
        lambda room: room.do(card_actions.change, "banjir", built_in_text("banjir"), by="komang"),
        lambda room: room.do(card_actions.restore, "banjir", by="komang"),
    ),
    "assess": (_two_units_at_work, _assess),
    "strike a figure": (_assessed, lambda room: room.do(assessments.strike, room.known["figure"], "Dua orang")),
    "choose a figure": (_assessed, lambda room: room.do(assessments.choose, room.known["figure"], by="komang")),
    "the relay's whole round": (_an_alert, lambda room: room.relay()),
    "alert: resend": (_a_sent_alert, lambda room: room.do(alerting.resend, room.known["alert"], by="dewi")),
    "alert: read back": (
        _a_sent_alert,
        lambda room: room.do(alerting.read_back, room.known["alert"], "Ke sana", "dewi", room.units["TRC-1"]),
    ),
    "alert: runner": (_an_alert_on_the_air, lambda room: _wait(400)(room)),
    "alert to contacts: a contact answers": (
        _an_alert_to_contacts,
        lambda room: room.do(alerting.record_seen, room.recipients(room.known["alert"])[-1], "Kades", "link"),
    ),
    "alert to contacts: its time is over": (_an_alert_to_contacts, lambda room: _wait(3_700)(room)),
    "a channel falls": (_an_alert_to_contacts, _health("down")),
}


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


def _ids(screen: Screen, collection: str) -> list[int]:
    return [card["id"] for card in screen.picture[collection]]


def test_an_incident_leaves_a_field_page_when_its_unit_is_taken_off(room: Room, reducer: Reducer):
    _two_units_at_work(room)
    mine = Screen(room.post, reducer, lens.Viewer("field", unit_id=room.units["TRC-1"]))
    other = Screen(room.post, reducer, lens.Viewer("field", unit_id=room.units["PSC-1"]))
    assert _ids(mine, "incidents") == _ids(other, "incidents") == [room.known["incident"]]
    room.do(actions.change_assignment, room.known["first"], "cancel")
    for screen in (mine, other):
        screen.catch_up()
    assert _ids(mine, "incidents") == [] and _ids(mine, "assignments") == []
    assert _ids(other, "incidents") == [room.known["incident"]]


def test_a_village_page_follows_an_area_that_is_corrected(room: Room, reducer: Reducer):
    _an_incident(room)
    from_here = Screen(room.post, reducer, lens.Viewer("village", area_code="52.03.01.2001"))
    to_there = Screen(room.post, reducer, lens.Viewer("village", area_code="52.03.02"))
    assert (len(_ids(from_here, "incidents")), len(_ids(to_there, "incidents"))) == (1, 0)
    _correct_area(room)
    for screen in (from_here, to_there):
        screen.catch_up()
    assert (len(_ids(from_here, "incidents")), len(_ids(to_there, "incidents"))) == (0, 1)


def test_an_ended_alert_takes_its_recipients_along(room: Room, reducer: Reducer):
    _an_alert_on_the_air(room)
    screens = [Screen(room.post, reducer, viewer) for viewer in of_every_kind(room.units).values()]
    assert any(_ids(screen, "recipients") for screen in screens)
    _alerted_and_closed(room)
    for screen in screens:
        screen.catch_up()
        assert _ids(screen, "alerts") == _ids(screen, "recipients") == []


def test_what_a_role_may_not_see_never_reaches_its_page(room: Room):
    _two_units_at_work(room)
    room.do(actions.change_incident, room.known["incident"], "note", text="Rahasia dapur")
    room.alert(text="Hanya untuk satuan")
    with room.post.database.read() as conn:
        from incident import journal

        entries = [line.told() for line in journal.after(conn, 0, 1000)]
    for viewer in (lens.Viewer("village", area_code="11.01"), lens.Viewer("agency", agency_code="PLN")):
        told = str([lens.told(viewer, entry) for entry in entries])
        for word in ("Rahasia", "Hanya untuk", "Pringgabaya", "TRC-1", "sari"):
            assert word not in told, (viewer.role, word)


def test_a_queue_longer_than_the_screen_is_told_in_full_and_read_on_in_its_order(room: Room, reducer: Reducer):
    opened = [room.open(priority=priority) for priority in ("P3", "P1", "P2", "P1", "P4", "P3")]
    room.assign(opened[4], "TRC-1")
    screen = Screen(room.post, reducer, lens.Viewer("leader"), 2)
    assert _ids(screen, "incidents") == [opened[1], opened[3], opened[4]], "the worst, and what a unit is at work on"
    assert screen.picture["queue"]["open"] == 6
    told = [screen.read_on(2), None]
    screen.add(told[0])
    assert _ids(screen, "incidents") == [opened[at] for at in (0, 1, 2, 3, 4)]
    told[1] = screen.read_on(2)
    screen.add(told[1])
    assert screen.picture["queue"] == {"open": 6, "until": None}
    assert screen.read_on(2) is None and screen.faults() == {}


def test_a_page_that_was_read_before_something_closed_does_not_bring_it_back(room: Room, reducer: Reducer):
    opened = [room.open(priority=priority) for priority in ("P1", "P2", "P2", "P3")]
    screen = Screen(room.post, reducer, lens.Viewer("leader"), 1)
    page = screen.read_on(2)
    room.do(actions.change_incident, opened[1], "close", disposition="handled")
    room.do(actions.change_incident, opened[2], "correct", text="Lebih gawat", priority="P1")
    screen.catch_up()
    screen.add(page)
    assert _ids(screen, "incidents") == [opened[0], opened[2]]
    assert [card["priority"] for card in screen.picture["incidents"]] == ["P1", "P1"], "the page told what was"
    assert screen.picture["queue"]["open"] == 3 and screen.faults() == {}


def test_a_page_ahead_of_the_picture_waits_for_its_entries(room: Room, reducer: Reducer):
    for priority in ("P1", "P2", "P3"):
        room.open(priority=priority)
    screen = Screen(room.post, reducer, lens.Viewer("leader"), 1)
    room.open(priority="P2")
    page = screen.read_on(5)
    before = screen.picture
    screen.add(page)
    assert (screen.picture["incidents"], screen.picture["queue"]) == (before["incidents"], before["queue"])
    screen.catch_up()
    screen.add(page)
    assert screen.picture["queue"] == {"open": 4, "until": None} and screen.faults() == {}


def test_a_count_that_was_lost_would_be_noticed(room: Room, reducer: Reducer):
    for priority in ("P1", "P2", "P3"):
        room.open(priority=priority)
    screen = Screen(room.post, reducer, lens.Viewer("leader"), 1)
    screen.picture["queue"]["open"] = 2
    assert screen.faults() == {"queue": [2, 3]}
    screen.picture["queue"] = {"open": 3, "until": "P4~0~2026-11-22T03:00:00.000000Z~1"}
    assert set(screen.faults()) == {"incidents"}, "it says it has all up to there, and has not"


# a random history, several screens that miss batches


class AnyHistory(RuleBasedStateMachine):
    """Plays all verbs in any order; some screens hear each batch, some sleep and catch up."""

    url: Callable[[], str]
    reducer: Reducer

    def __init__(self) -> None:
        super().__init__()
        self.folder = Path(mkdtemp(prefix="posko-history-"))
        made = load_settings(
            database=type(self).url(), data=self.folder / "var", site="Lombok Timur, 52.03, Asia/Makassar"
        )
        self.clock = Clock()
        self.post = Post(made, Database(made.database), self.clock)
        self.incidents: list[int] = []
        self.assignments: list[int] = []
        self.alerts: list[int] = []
        self.zones: list[int] = []
        self.facilities: list[int] = []
        self.pages: list[tuple[Screen, dict[str, Any]]] = []

    def teardown(self) -> None:
        for screen in self.screens.values():
            screen.catch_up()
            assert screen.faults() == {}
        self.post.database.close()
        shutil.rmtree(self.folder)

    @initialize()
    def people_come(self) -> None:
        self.room = open_room(self.post, self.clock)
        viewers = of_every_kind(self.room.units)
        self.screens = {name: Screen(self.post, type(self).reducer, viewer) for name, viewer in viewers.items()}
        short = {
            f"queue of {most}": Screen(self.post, type(self).reducer, viewers["leader"], most) for most in (0, 1, 3)
        }
        self.short = list(short.values())
        self.screens |= short

    def _try(self, action: Callable[..., Any], *given: Any, **said: Any) -> Any:
        """A verb the table forbids is refused and must change nothing."""
        try:
            return self.room.do(action, *given, **said)
        except Refused:
            return None

    @rule(class_=st.sampled_from(rules.CLASSES), place=st.sampled_from(PLACES), link=st.booleans(), pick=st.integers(0))
    def a_call_comes(self, class_: str, place: dict[str, Any], link: bool, pick: int) -> None:
        to = self.incidents[pick % len(self.incidents)] if link and self.incidents else None
        try:
            facts = self.room.call(class_=class_, place=place, incident_id=to)
        except Refused:
            return
        if facts["incident"] and facts["incident"] not in self.incidents:
            self.incidents.append(facts["incident"])

    @precondition(lambda self: self.incidents)
    @rule(
        pick=st.integers(0),
        verb=st.sampled_from([*rules.INCIDENT_VERBS, "close", "control"]),
        place=st.sampled_from(PLACES),
    )
    def an_incident_goes_on(self, pick: int, verb: str, place: dict[str, Any]) -> None:
        said: dict[str, Any] = {
            "text": "Kata petugas",
            "disposition": "handled",
            "reason": "access",
            "unblock_by": "PUPR",
        }
        said |= {"next_word_at": self.clock.now, "place": intake.Place(**({"method": "map"} | place)), "priority": "P1"}
        self._try(actions.change_incident, self.incidents[pick % len(self.incidents)], verb, **said)

    @precondition(lambda self: self.incidents)
    @rule(pick=st.integers(0), unit=st.sampled_from(["TRC-1", "PSC-1"]))
    def a_unit_is_sent(self, pick: int, unit: str) -> None:
        to = self.incidents[pick % len(self.incidents)]
        entry = self._try(actions.create_assignment, to, self.room.units[unit])
        if entry:
            self.assignments.append(entry["body"]["assignment"])

    @precondition(lambda self: self.assignments)
    @rule(pick=st.integers(0), verb=st.sampled_from(rules.ASSIGNMENT_VERBS))
    def a_unit_reports(self, pick: int, verb: str) -> None:
        self._try(actions.change_assignment, self.assignments[pick % len(self.assignments)], verb)

    @precondition(lambda self: self.incidents)
    @rule(pick=st.integers(0), into=st.integers(0), is_back=st.booleans())
    def two_are_one(self, pick: int, into: int, is_back: bool) -> None:
        guest, host = (self.incidents[one % len(self.incidents)] for one in (pick, into))
        entry = self._try(regrouping.merge_incidents, guest, host, "Sama")
        if entry and is_back:
            self._try(regrouping.take_back, entry["body"]["regrouping"])

    @precondition(lambda self: self.incidents)
    @rule(pick=st.integers(0), verb=st.sampled_from(TASK_VERBS), unit=st.sampled_from(["TRC-1", "PSC-1"]))
    def a_task_is_written_and_done(self, pick: int, verb: str, unit: str) -> None:
        about = self.incidents[pick % len(self.incidents)] if pick % 2 else None
        entry = self._try(casework.add_task, "Jemput", about, owner_kind="unit", owner=unit)
        self._try(casework.change_task, entry["body"]["task"], verb, text="x", owner_kind="agency", owner="PSC119")

    @rule(
        unit=st.sampled_from(["TRC-1", "PSC-1"]), lon=st.floats(115, 117), lat=st.floats(-9, -8), serves=st.booleans()
    )
    def a_unit_moves(self, unit: str, lon: float, lat: float, serves: bool) -> None:
        self._try(actions.move_unit, self.room.units[unit], lon, lat)
        self._try(actions.change_service, self.room.units[unit], serves)

    @rule(state=st.sampled_from(["ok", "warn", "off"]), lamp=st.sampled_from(["radio", "relay"]))
    def a_lamp_changes(self, state: str, lamp: str) -> None:
        self.room.do(actions.set_lamp, lamp, state, f"lampu {state}")

    @rule(
        pick=st.integers(0),
        priority=st.sampled_from(alerts.rules.PRIORITIES),
        order=st.sampled_from(alerts.rules.ORDERS),
        to=st.sampled_from([("TRC-1",), ("PSC-1",), ("TRC-1", "PSC-1")]),
        minutes=st.integers(1, 20),
    )
    def an_alert_is_written(self, pick: int, priority: str, order: str, to: tuple[str, ...], minutes: int) -> None:
        about = self.incidents[pick % len(self.incidents)] if self.incidents and pick % 3 else None
        self.alerts.append(self.room.alert(priority, order, to, incident_id=about, expires_in_min=minutes))

    @precondition(lambda self: self.alerts)
    @rule(
        pick=st.integers(0),
        verb=st.sampled_from(["approve", "cancel", "see"]),
        unit=st.sampled_from(["TRC-1", "PSC-1"]),
    )
    def an_alert_is_answered(self, pick: int, verb: str, unit: str) -> None:
        alert = self.alerts[pick % len(self.alerts)]
        if verb == "see":
            self._try(alerting.acknowledge, alert, self.room.units[unit], "tono", "screen")
        else:
            self._try(alerting.approve_alert if verb == "approve" else alerting.cancel_alert, alert, by="komang")

    @precondition(lambda self: self.alerts)
    @rule(pick=st.integers(0), what=st.sampled_from(["keyed", "heard", "failed"]))
    def the_radio_says(self, pick: int, what: str) -> None:
        ids = self.room.deliveries(self.alerts[pick % len(self.alerts)], "radio")
        for one in ids[:1]:
            if what == "failed":
                self.room.do(alerting.record_failed, [one], "tidak menjawab", by="radio")
            else:
                self.room.do(alerting.record_keyed, [one], by="radio")
            if what == "heard":
                self.room.do(alerting.record_heard, one, by="radio")

    @rule(kind=st.sampled_from(list(KINDS)), minutes=st.sampled_from([None, 3, 8]), pick=st.integers(0))
    def something_is_drawn(self, kind: str, minutes: int | None, pick: int) -> None:
        about = self.incidents[pick % len(self.incidents)] if self.incidents and pick % 2 else None
        until = self.clock.now + dt.timedelta(minutes=minutes) if minutes else None
        shape = checked(kind, SHAPES[KINDS[kind][0]])
        entry = self._try(ground.draw_zone, kind, shape, incident_id=about, expires_at=until)
        self.zones.append(entry["body"]["zone"])

    @precondition(lambda self: self.zones)
    @rule(pick=st.integers(0))
    def a_zone_is_struck(self, pick: int) -> None:
        self._try(ground.strike_zone, self.zones[pick % len(self.zones)], "Tidak lagi")

    @rule(pick=st.integers(0), what=st.sampled_from(["add", "change", "close", "import"]), number=st.integers(0, 500))
    def a_facility_comes_and_goes(self, pick: int, what: str, number: int) -> None:
        one = self.facilities[pick % len(self.facilities)] if self.facilities else None
        if what == "import":
            _list(FACILITIES, PLACES_OF_A_FILE.replace("300", str(number)))(self.room)
        elif what == "add" or one is None:
            self.facilities.append(self.room.facility(capacity=number))
        elif what == "change":
            self._try(ground.change_facility, one, occupied=number)
        else:
            self._try(ground.close_facility, one)

    @rule(seconds=st.sampled_from([1, 61, 301, 700]))
    def time_passes_and_the_relay_works(self, seconds: int) -> None:
        self.clock.on(seconds)
        self.room.relay()

    @rule(pick=st.integers(0, 2), limit=st.integers(1, 3))
    def a_page_of_a_long_queue_is_read(self, pick: int, limit: int) -> None:
        if page := self.short[pick].read_on(limit):
            self.pages.append((self.short[pick], page))

    @precondition(lambda self: self.pages)
    @rule(pick=st.integers(0))
    def a_page_arrives_late_and_perhaps_twice(self, pick: int) -> None:
        screen, page = self.pages[pick % len(self.pages)]
        screen.add(page)

    @rule(chosen=st.sets(st.integers(0, 15), max_size=8))
    def some_screens_catch_up(self, chosen: set[int]) -> None:
        for index, screen in enumerate(self.screens.values()):
            if index in chosen:
                screen.catch_up()

    @invariant()
    def an_open_board_is_true(self) -> None:
        if not hasattr(self, "screens"):
            return
        for name in ("leader", "field TRC-1", "village Pringgabaya", "queue of 1"):
            self.screens[name].catch_up()
            assert self.screens[name].faults() == {}, name


def _play(url: Callable[[], str], reducer: Reducer, examples: int, steps: int) -> None:
    machine = type("History", (AnyHistory,), {"url": staticmethod(url), "reducer": reducer})
    quiet = [HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.filter_too_much]
    run_state_machine_as_test(
        machine,
        settings=settings(
            max_examples=examples, stateful_step_count=steps, deadline=None, suppress_health_check=quiet, database=None
        ),
    )


def test_any_history_leaves_every_page_true(template_file: Path, tmp_path: Path, reducer: Reducer):
    def fresh() -> str:
        path = tmp_path / f"{uid()}.db"
        shutil.copy(template_file, path)
        return f"sqlite:///{path}"

    _play(fresh, reducer, examples=20, steps=40)


@pytest.mark.postgis
def test_any_history_leaves_every_page_true_on_postgis(cluster: Any, reducer: Reducer):
    made: list[str] = []

    def fresh() -> str:
        made.append(f"h{uid().replace('-', '')}")
        cluster.sql(f"CREATE DATABASE {made[-1]} TEMPLATE template_posko")
        return str(cluster.url(made[-1]))

    _play(fresh, reducer, examples=3, steps=25)
    for name in made:
        cluster.sql(f"DROP DATABASE {name} WITH (FORCE)")
