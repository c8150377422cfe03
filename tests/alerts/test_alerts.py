"""An alert is written, approved by a second person, answered and taken back; what it may not do it says."""

from typing import Any

import pytest
from sqlalchemy import func, select

import alerts.actions as alerting
from alerts import queries
from alerts.models import Alert
from incident.errors import NotAllowed, NotFound, WrongState
from tests.factories import call_body, on_spatialite, uid
from tests.room import Room


def alert_of(room: Room, alert: int) -> Any:
    with room.post.database.read() as conn:
        return queries.find_alert(conn, alert)


@pytest.mark.parametrize("words", [{"order": "evacuate"}, {"order": "inform", "audience": "public"}])
def test_the_writer_cannot_approve_it_alone(room: Room, words: dict[str, str]):
    alert = room.alert(**words)
    assert alert_of(room, alert)["state"] == "draft"
    with pytest.raises(NotAllowed, match="orang kedua"):
        room.do(alerting.approve_alert, alert, by="dewi")
    room.do(alerting.approve_alert, alert, by="komang")
    assert (alert_of(room, alert)["state"], alert_of(room, alert)["approved_by"]) == ("active", "komang")


def test_an_approval_holds_for_the_text_that_was_read(room: Room):
    alert = room.alert(order="evacuate")
    with pytest.raises(WrongState, match="berubah"):
        room.do(alerting.approve_alert, alert, "0" * 64, by="komang")
    room.do(alerting.approve_alert, alert, alert_of(room, alert)["text_hash"], by="komang")


def test_after_ten_minutes_nobody_approves_it_any_more(room: Room):
    alert = room.alert(order="evacuate")
    room.clock.on(599)
    other = room.alert(order="evacuate")
    room.clock.on(2)
    with pytest.raises(WrongState, match="sepuluh menit"):
        room.do(alerting.approve_alert, alert, by="komang")
    room.do(alerting.approve_alert, other, by="komang")


def test_an_alert_is_approved_once_and_never_after_its_end(room: Room):
    alert = room.alert(order="evacuate")
    room.do(alerting.approve_alert, alert, by="komang")
    with pytest.raises(WrongState) as refused:
        room.do(alerting.approve_alert, alert, by="ayu")
    assert refused.value.more["allowed"] == ["cancel"]
    room.do(alerting.cancel_alert, alert, by="dewi")
    for verb in (alerting.approve_alert, alerting.cancel_alert):
        with pytest.raises(WrongState) as refused:
            room.do(verb, alert, by="ayu")
        assert refused.value.more["allowed"] == []


def test_nobody_acknowledges_a_draft_for_nobody_was_sent_one(room: Room):
    alert = room.alert(order="evacuate", to=("TRC-1",))
    with pytest.raises(WrongState, match="disetujui"):
        room.do(alerting.acknowledge, alert, room.units["TRC-1"], "tono", "screen")
    room.do(alerting.approve_alert, alert, by="komang")
    room.relay()
    room.do(alerting.acknowledge, alert, room.units["TRC-1"], "tono", "screen")


def test_nobody_has_seen_what_was_called_off_before_it_was_approved(room: Room):
    alert = room.alert(order="evacuate", to=("TRC-1",))
    room.do(alerting.cancel_alert, alert, by="dewi")
    unit = room.units["TRC-1"]
    for verb, words in ((alerting.acknowledge, (unit, "tono", "screen")), (alerting.read_back, ("Ya", "tono", unit))):
        with pytest.raises(WrongState, match="belum dikirim") as refused:
            room.do(verb, alert, *words)
        assert refused.value.more["allowed"] == []


def test_a_unit_acknowledges_once_and_only_what_is_for_it(room: Room):
    alert = room.alert(to=("TRC-1",))
    room.do(alerting.acknowledge, alert, room.units["TRC-1"], "tono", "screen")
    with pytest.raises(WrongState, match="sudah"):
        room.do(alerting.acknowledge, alert, room.units["TRC-1"], "tono", "screen")
    with pytest.raises(NotFound, match="satuan ini"):
        room.do(alerting.acknowledge, alert, room.units["PSC-1"], "oki", "screen")


def test_the_same_key_writes_one_alert(room: Room):
    key, given = uid(), ("go", "Ke Selong", "P1", [room.units["TRC-1"]], 60)
    first = room.post.do(alerting.write_alert, "dewi", key, *given)
    again = room.post.do(alerting.write_alert, "dewi", key, *given)
    assert first == again
    with room.post.database.read() as conn:
        assert conn.scalar(select(func.count()).select_from(Alert)) == 1


def test_a_late_word_of_the_radio_never_takes_back_what_a_person_said(room: Room):
    alert = room.alert("P0", to=("TRC-1",))
    room.relay()
    room.do(alerting.acknowledge, alert, room.units["TRC-1"], "tono", "screen")
    for action in (alerting.record_keyed, alerting.record_failed):
        more = ("tidak menjawab",) if action is alerting.record_failed else ()
        room.do(action, room.deliveries(alert, "radio"), *more, by="radio")
    with room.post.database.read() as conn:
        assert queries.recipient_cards(conn, room.recipients(alert))[0]["state"] == "seen"


def test_who_has_seen_it_is_known_even_after_it_ended(room: Room):
    alert = room.alert(to=("TRC-1",))
    room.relay()
    room.do(alerting.cancel_alert, alert, by="dewi")
    assert room.do(alerting.record_seen, room.recipients(alert)[0], "tono", "radio", by="radio") is not None
    assert alert_of(room, alert)["state"] == "cancelled"


# over HTTP


@pytest.fixture
def body(cast: Any) -> dict[str, Any]:
    words = {"uid": uid(), "priority": "P1", "order": "go", "text": "Ke Pringgabaya"}
    return {**words, "unit_ids": [cast.units["TRC-1"], cast.units["PSC-1"]]}


@on_spatialite
def test_an_alert_over_http_is_written_approved_answered_and_cancelled(ask, body):
    written = ask("dispatcher", "POST", "/alerts", body | {"order": "evacuate"})
    assert written.status_code == 201
    alert = written.json["body"]["alert"]
    assert ask("dispatcher", "POST", f"/alerts/{alert}/approve", {"uid": uid()}).status_code == 403
    assert ask("coordinator", "POST", f"/alerts/{alert}/approve", {"uid": uid()}).status_code == 200
    seen = ask("field", "POST", f"/alerts/{alert}/acknowledge", {"uid": uid()})
    assert seen.json["body"]["seen_by"] == "tono"
    told = ask("dispatcher", "GET", f"/alerts/{alert}/deliveries").json["recipients"]
    assert {one["call_sign"]: one["state"] for one in told} == {"TRC-1": "seen", "PSC-1": "waiting"}
    assert ask("dispatcher", "POST", f"/alerts/{alert}/cancel", {"uid": uid()}).status_code == 200
    again = ask("dispatcher", "POST", f"/alerts/{alert}/cancel", {"uid": uid()})
    assert (again.status_code, again.json["allowed"]) == (409, [])


@on_spatialite
def test_a_field_team_acknowledges_for_itself_alone(ask, body, cast):
    alert = ask("dispatcher", "POST", "/alerts", body).json["body"]["alert"]
    given = {"uid": uid(), "unit_id": cast.units["PSC-1"]}
    assert ask("field", "POST", f"/alerts/{alert}/acknowledge", given).json["body"]["unit"] == "TRC-1"
    noted = ask("dispatcher", "POST", f"/alerts/{alert}/acknowledge", given | {"uid": uid()}).json["body"]
    assert (noted["unit"], noted["via"]) == ("PSC-1", "phone")


@on_spatialite
def test_a_field_team_sees_the_deliveries_to_itself_alone(ask, body):
    alert = ask("dispatcher", "POST", "/alerts", body).json["body"]["alert"]
    shown = ask("field", "GET", f"/alerts/{alert}/deliveries").json["recipients"]
    assert [one["call_sign"] for one in shown] == ["TRC-1"]


@on_spatialite
def test_what_is_wrong_with_an_alert_is_named(ask, body):
    for change, status, field in (
        ({"unit_ids": []}, 422, "unit_ids"),
        ({"unit_ids": [999]}, 422, "unit_ids"),
        ({"text": ""}, 422, "text"),
        ({"text": "x" * 501}, 422, "text"),
        ({"order": "panic"}, 422, "order"),
        ({"priority": "P9"}, 422, "priority"),
        ({"incident_id": 999}, 404, "incident_id"),
        ({"expires_in_min": 0}, 422, "expires_in_min"),
    ):
        answer = ask("dispatcher", "POST", "/alerts", body | {"uid": uid()} | change)
        assert (answer.status_code, answer.json["field"].split(".")[0]) == (status, field), change


@on_spatialite
@pytest.mark.parametrize(
    "drawn",
    [
        [[116.5, -8.5], [116.6, -8.5], [116.6, -8.6], [116.5, -8.5]],
        [[[116.5, -8.5], [116.6, -8.5], [116.5, -8.5]], [[116.5, -8.5]]],
        [[[[116.5, -8.5], [116.6, -8.5], [116.6, -8.6], [116.5, -8.5]]]],
        [[[116.5, -8.5], [116.6, -8.5], [116.6, True], [116.5, -8.5]]],
        [[]],
        None,
    ],
)
def test_an_area_that_no_reader_could_publish_is_refused_before_anybody_approves_it(ask, drawn):
    area = {"type": "Polygon", "coordinates": drawn}
    body = {"uid": uid(), "priority": "P1", "order": "inform", "text": "Air naik", "public": True, "area": area}
    refused = ask("dispatcher", "POST", "/alerts", body)
    assert (refused.status_code, refused.json["field"]) == (422, "area")


def test_the_whole_incident_shows_its_alerts_also_those_that_are_over(ask, body):
    incident = ask("call_taker", "POST", "/calls", call_body()).json["incident"]
    alert = ask("dispatcher", "POST", "/alerts", body | {"incident_id": incident}).json["body"]["alert"]
    ask("dispatcher", "POST", f"/alerts/{alert}/cancel", {"uid": uid()})
    shown = ask("leader", "GET", f"/incidents/{incident}").json
    assert [one["state"] for one in shown["alerts"]] == ["cancelled"]
    assert len(shown["recipients"]) == 2
    assert ask("leader", "GET", "/board").json["alerts"] == []
