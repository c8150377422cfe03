"""t0 to t15: each noted when it happens, corrected with a reason, asked about when odd, true on paper."""

import datetime as dt
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from incident import actions
from incident.desk import moments, times
from tests.factories import call_body, on_spatialite, report, uid
from tests.room import START, Room

AT = dt.datetime(2026, 11, 22, 3, 0, tzinfo=dt.UTC)


def held(**minutes: float) -> dict[str, dt.datetime]:
    return {which: AT + dt.timedelta(minutes=at) for which, at in minutes.items()}


def at(seconds: float) -> str:
    return (START + dt.timedelta(seconds=seconds)).isoformat().replace("+00:00", "Z")


def times_of(room: Room, incident: int) -> dict[str, times.Time]:
    with room.post.database.read() as conn:
        return moments.of_incident(conn, incident)


# the line of times


def test_every_time_has_a_name_and_a_place_in_the_line():
    assert tuple(f"t{n}" for n in range(16)) == times.ORDER
    assert set(times.CHAIN) | times.LOOSE == set(times.ORDER)


def test_a_line_that_goes_forward_is_not_odd():
    assert times.odd(held(**{which: n for n, which in enumerate(times.CHAIN)})) == []


@given(st.sets(st.sampled_from(times.CHAIN), min_size=2), st.data())
def test_two_times_the_wrong_way_round_are_found(chosen: set[str], data: st.DataObject):
    line = [which for which in times.CHAIN if which in chosen]
    swapped = data.draw(st.integers(0, len(line) - 2))
    moved = held(**{which: n for n, which in enumerate(line)})
    one, other = line[swapped], line[swapped + 1]
    moved[one], moved[other] = moved[other], moved[one]
    assert (one, other) in times.odd(moved)


def test_what_is_loose_may_come_whenever_it_comes():
    assert times.odd(held(t4=5, t3=1, t12=30, t13=0, t9=20)) == []
    assert times.odd(held(t1=5, t3=1)) == [("t1", "t3")]


def test_a_reopened_incident_goes_on_without_contradiction():
    assert times.odd(held(t11=60, t14=40, t15=45)) == []
    assert times.odd(held(t11=60, t14=40)) == [("t11", "t14")]


def test_the_future_is_doubted():
    assert times.odd(held(t1=5), AT) == [("t1", "t1")]
    assert "masa depan" in (times.doubt_about(held(t1=5), "t1", AT) or "")


def test_a_correction_replaces_and_of_live_marks_the_earlier_holds():
    live = {"t5": times.Time("t5", AT)}
    later = AT + dt.timedelta(minutes=3)
    assert times.corrected(live, [times.Time("t5", later)])["t5"].at == AT
    sooner = AT - dt.timedelta(minutes=3)
    assert times.corrected(live, [times.Time("t5", sooner)])["t5"].at == sooner
    mended = times.corrected(live, [times.Time("t5", later, "corrected", why="salah jam")])["t5"]
    assert (mended.at, mended.was, mended.source) == (later, AT, "corrected")


# noted when it happens


def test_a_call_brings_t0_to_t4(room: Room):
    said = {"rang_at": START, "answered_at": START + dt.timedelta(seconds=6)}
    more = {"classified_at": START + dt.timedelta(seconds=15), "located_at": START + dt.timedelta(seconds=40)}
    told = report(room.post, times=actions.intake.Times(**said, **more))
    incident = int(room.post.do(actions.record_call, "sari", told.uid, told)["incident"])
    known = times_of(room, incident)
    assert [known[which].at for which in ("t0", "t1", "t2", "t3")] == [*said.values(), *more.values()]
    assert known["t4"].by == "sari" and known["t4"].source == "live"


def test_what_was_not_noted_is_not_known(room: Room):
    assert set(times_of(room, room.open())) == {"t4"}


def test_words_without_a_point_are_no_place_found(room: Room):
    told = report(
        room.post,
        place={"lon": None, "lat": None, "radius_m": None, "method": "text"},
        times=actions.intake.Times(located_at=START),
    )
    incident = int(room.post.do(actions.record_call, "sari", told.uid, told)["incident"])
    assert "t3" not in times_of(room, incident)


def test_a_whole_night_has_all_its_times_in_order(room: Room):
    incident = room.open()
    room.clock.on(20)
    room.do(moments.hand_over, incident, by="dewi")
    first = room.assign(incident, "TRC-1")
    for verb in ("acknowledge", "depart", "arrive"):
        room.clock.on(60)
        room.do(actions.change_assignment, first, verb)
    room.do(actions.change_incident, incident, "note", text="Air setinggi dada", by="tono")
    room.clock.on(60)
    room.do(actions.change_incident, incident, "control")
    room.do(actions.change_assignment, first, "clear")
    room.do(actions.change_incident, incident, "close", disposition="handled")
    known = times_of(room, incident)
    assert set(known) == {"t4", "t5", "t6", "t7", "t8", "t9", "t10", "t11", "t12", "t14"}
    assert known["t5"].by == "dewi" and known["t12"].by == "tono"
    assert times.odd({which: one.at for which, one in known.items()}) == []
    room.clock.on(600)
    room.do(actions.change_incident, incident, "reopen", text="Api menyala lagi")
    room.do(actions.change_incident, incident, "close", disposition="handled")
    again = times_of(room, incident)
    assert again["t15"].at > known["t14"].at and again["t14"].at > again["t15"].at


def test_a_note_from_the_desk_is_no_field_report(room: Room):
    incident = room.open()
    room.do(actions.change_incident, incident, "note", text="Pelapor menelepon lagi")
    assert "t12" not in times_of(room, incident)


def test_a_team_that_is_still_out_has_no_end(room: Room):
    incident = room.open()
    first, second = room.assign(incident, "TRC-1"), room.assign(incident, "PSC-1")
    room.do(actions.change_assignment, first, "clear")
    assert "t11" not in times_of(room, incident)
    room.do(actions.change_assignment, second, "cancel")
    assert "t11" in times_of(room, incident)


def test_handing_over_counts_once_and_by_whoever_came_first(room: Room):
    incident = room.open()
    room.do(moments.hand_over, incident, by="dewi")
    first = times_of(room, incident)["t5"]
    room.clock.on(60)
    room.do(moments.hand_over, incident, by="komang")
    assert times_of(room, incident)["t5"] == first


def test_verifying_hands_over_too(room: Room):
    incident = room.open()
    room.do(actions.change_incident, incident, "verify")
    assert "t5" in times_of(room, incident)
    room.do(moments.hand_over, incident, by="dewi")
    with room.post.database.read() as conn:
        kinds = [line.kind for line in moments.journal.of_incident(conn, incident)]
    assert "incident.handed" not in kinds


def test_many_incidents_are_asked_at_once_and_keep_apart(room: Room):
    some = [room.open() for _ in range(3)]
    room.do(moments.hand_over, some[1], by="dewi")
    with room.post.database.read() as conn:
        found = moments.of_incidents(conn, some)
    assert [("t5" in found[one]) for one in some] == [False, True, False]
    assert found[some[0]] == times_of(room, some[0])


def test_a_merged_repeat_does_not_become_the_first_call(room: Room):
    incident = room.open()
    opened = times_of(room, incident)["t4"]
    room.clock.on(300)
    room.call(incident_id=incident)
    assert times_of(room, incident)["t4"] == opened


# corrected


def an_incident(ask: Any) -> int:
    return int(ask("call_taker", "POST", "/calls", call_body()).json["incident"])


def correction(**said: Any) -> dict[str, Any]:
    return {"uid": uid(), "which": "t1", "at": "2026-01-01T00:00:00Z", "why": "Jam meja salah"} | said


def test_a_correction_stands_above_the_record_and_the_journal_has_who_why_old_and_new(ask):
    incident = an_incident(ask)
    before = {one["which"]: one for one in ask("leader", "GET", f"/incidents/{incident}/times").json["times"]}
    told = ask("coordinator", "POST", f"/incidents/{incident}/times", correction(which="t4"))
    now = {one["which"]: one for one in told.json["times"]}["t4"]
    assert (now["source"], now["by"], now["why"], now["was"]) == (
        "corrected",
        "komang",
        "Jam meja salah",
        before["t4"]["at"],
    )
    entry = ask("leader", "GET", "/journal?after=0&limit=500").json["entries"][-1]
    assert (entry["kind"], entry["by"], entry["body"]["was"]) == ("time.corrected", "komang", before["t4"]["at"])
    assert entry["body"]["at"] == "2026-01-01T00:00:00.000000Z"


def test_a_correction_sent_twice_is_one(ask):
    incident, body = an_incident(ask), correction()
    first, second = (ask("coordinator", "POST", f"/incidents/{incident}/times", body).json for _ in range(2))
    assert first == second
    kinds = [entry["kind"] for entry in ask("leader", "GET", "/journal?after=0&limit=500").json["entries"]]
    assert kinds.count("time.corrected") == 1


def test_an_odd_time_is_asked_about_and_not_refused(ask):
    incident = an_incident(ask)
    body = correction(which="t2", at="2199-01-01T00:00:00Z")
    asked = ask("coordinator", "POST", f"/incidents/{incident}/times", body)
    assert (asked.status_code, asked.json["confirm"], asked.json["field"]) == (422, True, "at")
    done = ask("coordinator", "POST", f"/incidents/{incident}/times", {**body, "confirmed": True})
    assert done.status_code == 200
    shown = {one["which"]: one for one in done.json["times"]}
    assert shown["t2"]["odd"] and shown["t4"]["odd"]


@on_spatialite
@pytest.mark.parametrize(
    "said", [{"which": "t16"}, {"why": ""}, {"at": "kemarin"}, {"at": "2026-01-01T00:00:00"}, {"why": "x" * 201}]
)
def test_a_correction_needs_a_name_a_moment_and_a_reason(ask, said: dict[str, Any]):
    assert ask("coordinator", "POST", f"/incidents/{an_incident(ask)}/times", correction(**said)).status_code == 422


@on_spatialite
def test_who_may_correct_and_hand_over(ask):
    incident = an_incident(ask)
    for role, verbs in {
        "call_taker": (403, 403),
        "field": (403, 403),
        "leader": (403, 403),
        "dispatcher": (200, 200),
    }.items():
        corrected = ask(role, "POST", f"/incidents/{incident}/times", correction())
        handed = ask(role, "POST", f"/incidents/{incident}/handed", {"uid": uid()})
        assert (corrected.status_code, handed.status_code) == verbs, role
    assert ask("dispatcher", "POST", "/incidents/999/times", correction()).status_code == 404
    assert ask("dispatcher", "POST", "/incidents/999/handed", {"uid": uid()}).status_code == 404
    assert ask("leader", "GET", "/incidents/999/times").status_code == 404
    assert ask("village", "GET", f"/incidents/{incident}/times").status_code == 404


# on paper


def test_a_paper_form_keeps_its_own_times_and_is_marked(ask):
    told = {"rang_at": at(0), "answered_at": at(9), "classified_at": at(20), "located_at": at(45), "written_at": at(70)}
    body = call_body(source="paper", times=told, received_at=told["answered_at"])
    incident = ask("call_taker", "POST", "/calls", body).json["incident"]
    shown = {one["which"]: one for one in ask("leader", "GET", f"/incidents/{incident}/times").json["times"]}
    assert [dt.datetime.fromisoformat(shown[f"t{n}"]["at"]) for n in range(5)] == [
        dt.datetime.fromisoformat(one) for one in told.values()
    ]
    assert {one["source"] for one in shown.values()} == {"paper"}
    whole = ask("call_taker", "GET", f"/incidents/{incident}").json
    assert whole["calls"][0]["source"] == "paper"
    assert whole["chronology"][0]["body"]["source"] == "paper"


def test_a_paper_form_that_knows_only_when_it_was_taken(ask):
    body = call_body(source="paper", received_at=at(9))
    incident = ask("call_taker", "POST", "/calls", body).json["incident"]
    shown = {one["which"]: one for one in ask("leader", "GET", f"/incidents/{incident}/times").json["times"]}
    assert set(shown) == {"t1", "t4"}


@on_spatialite
def test_times_of_a_live_call_that_lie_ahead_are_not_believed(ask, app):
    ahead = (app.extensions["posko"].clock() + dt.timedelta(days=2)).isoformat()
    body = call_body(times={"answered_at": ahead, "written_at": at(0)})
    incident = ask("call_taker", "POST", "/calls", body).json["incident"]
    shown = {one["which"]: one for one in ask("leader", "GET", f"/incidents/{incident}/times").json["times"]}
    assert shown["t1"]["at"] <= shown["t4"]["at"]
    assert shown["t4"]["at"] > at(0), "a live call is written when it is written"
