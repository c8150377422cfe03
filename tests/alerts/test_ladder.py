"""The ladder: screen first, radio when no person answers, and it stops the moment somebody has seen it."""

import datetime as dt
from typing import Any

import pytest
from sqlalchemy import select

import alerts.actions as alerting
from alerts import queries
from alerts.models import Delivery, Recipient
from incident import journal
from radio_bridge import outcomes
from radio_bridge.models import Transmission
from radio_bridge.net.stations import add_station
from tests.room import Room


def ways(room: Room, alert: int) -> dict[str, dict[str, str]]:
    """unit -> channel -> state of the way out."""
    with room.post.database.read() as conn:
        cards = queries.recipient_cards(conn, room.recipients(alert))
    return {card["call_sign"]: {one["channel"]: one["state"] for one in card["deliveries"]} for card in cards}


def card(room: Room, alert: int, unit: str = "TRC-1") -> dict[str, Any]:
    with room.post.database.read() as conn:
        cards = queries.recipient_cards(conn, room.recipients(alert))
    return next(one for one in cards if one["call_sign"] == unit)


def on_air(room: Room, kind: str = "alert") -> list[Any]:
    with room.post.database.read() as conn:
        table = Transmission.__table__
        return list(conn.execute(select(table).where(table.c.kind == kind).order_by(table.c.id)).mappings())


def kinds(room: Room) -> list[str]:
    with room.post.database.read() as conn:
        return [line.kind for line in journal.after(conn, 0, 1000)]


def see(room: Room, alert: int, unit: str = "TRC-1") -> None:
    room.do(alerting.acknowledge, alert, room.units[unit], "tono", "screen", by="tono")


def test_the_most_urgent_goes_out_by_everything_at_once(room: Room):
    alert = room.alert("P0", to=("TRC-1",))
    room.relay()
    assert ways(room, alert) == {"TRC-1": {"screen": "sent", "radio": "queued"}}
    assert card(room, alert)["next_channel"] == "runner", "above everything at once there is only the runner"


def test_others_go_to_the_screen_first_and_to_the_radio_when_nobody_answers_in_time(room: Room):
    alert = room.alert("P1", to=("TRC-1",))
    room.relay()
    assert ways(room, alert) == {"TRC-1": {"screen": "sent"}}
    room.clock.on(59)
    room.relay()
    assert ways(room, alert) == {"TRC-1": {"screen": "sent"}}, "not before its time"
    room.clock.on(1.5)
    room.relay()
    assert ways(room, alert) == {"TRC-1": {"screen": "sent", "radio": "queued"}}
    assert "alert.climbed" in kinds(room)


@pytest.mark.parametrize(("priority", "after_s"), [("P1", 60), ("P2", 120), ("P3", 300)])
def test_the_clock_to_the_next_rung_is_shown_and_kept(room: Room, priority: str, after_s: int):
    alert = room.alert(priority, to=("TRC-1",))
    shown = card(room, alert)
    wait = dt.datetime.fromisoformat(shown["next_rung_at"]) - room.clock.now
    assert shown["next_channel"] == "radio"
    assert abs(wait.total_seconds() - after_s) < 1


def test_the_ladder_stops_for_a_unit_the_moment_a_person_has_seen_it_and_goes_on_for_the_others(room: Room):
    alert = room.alert("P1")
    room.relay()
    see(room, alert, "TRC-1")
    room.clock.on(61)
    room.relay()
    assert ways(room, alert)["TRC-1"] == {"screen": "seen"}
    assert "radio" in ways(room, alert)["PSC-1"]
    seen = card(room, alert)
    assert (seen["state"], seen["seen_by"], seen["seen_via"], seen["next_rung_at"]) == ("seen", "tono", "screen", None)


def test_a_person_who_answers_while_it_waits_for_the_radio_keeps_it_off_the_air(room: Room):
    alert = room.alert("P1", to=("TRC-1",))
    room.relay()
    room.clock.on(61)
    room.do(alerting.climb, alert, room.recipients(alert), by="relay")
    see(room, alert)
    room.relay()
    assert on_air(room) == []
    assert ways(room, alert)["TRC-1"] == {"screen": "seen", "radio": "superseded"}


def test_a_unit_heard_by_its_device_alone_still_climbs(room: Room):
    """A device is not a person: HEARD does not stop the ladder."""
    alert = room.alert("P1", to=("TRC-1",))
    room.relay()
    room.do(alerting.record_heard, room.deliveries(alert, "screen")[0], by="screen")
    room.clock.on(61)
    room.relay()
    assert "radio" in ways(room, alert)["TRC-1"]


def test_one_broadcast_carries_the_most_urgent_to_everybody(room: Room):
    """Airtime is the scarcest thing there is: three units must not mean three broadcasts of one alert."""
    room.post.do(add_station, "ayu", None, "PSC-1", room.units["PSC-1"], 12)
    alert = room.alert("P0")
    room.relay()
    assert len(on_air(room)) == 1
    assert {way["radio"] for way in ways(room, alert).values()} == {"queued"}
    assert kinds(room).count("delivery.handed") == 2, "once by the screen, once by the radio"


def test_units_that_climb_together_share_one_broadcast(room: Room):
    room.post.do(add_station, "ayu", None, "PSC-1", room.units["PSC-1"], 12)
    room.alert("P1")
    room.relay()
    room.clock.on(61)
    room.relay()
    assert len(on_air(room)) == 1


def test_the_relay_hands_over_once_however_often_it_looks(room: Room):
    alert = room.alert("P0", to=("TRC-1",))
    for _ in range(3):
        room.relay()
    with room.post.database.read() as conn:
        tries = list(conn.scalars(select(Delivery.attempts).where(Delivery.recipient_id.in_(room.recipients(alert)))))
    assert tries == [1, 1]
    assert len(on_air(room)) == 1


def test_a_draft_goes_nowhere_until_it_is_approved(room: Room):
    alert = room.alert("P0", "evacuate", to=("TRC-1",))
    room.relay()
    assert ways(room, alert) == {"TRC-1": {}} and on_air(room) == []
    room.do(alerting.approve_alert, alert, by="komang")
    room.relay()
    assert ways(room, alert) == {"TRC-1": {"screen": "sent", "radio": "queued"}}


def test_an_alert_whose_time_is_over_is_never_handed_over(room: Room):
    alert = room.alert("P1", to=("TRC-1",), expires_in_min=1)
    room.clock.on(61)
    room.relay()
    assert ways(room, alert) == {"TRC-1": {"screen": "expired"}}
    assert on_air(room) == [] and "delivery.handed" not in kinds(room)


def test_an_alert_that_expires_on_its_first_rung_never_climbs(room: Room):
    alert = room.alert("P2", to=("TRC-1",), expires_in_min=1)
    room.relay()
    room.clock.on(130)
    room.relay()
    assert "alert.climbed" not in kinds(room) and on_air(room) == []
    with room.post.database.read() as conn:
        assert conn.scalar(select(Recipient.state).where(Recipient.alert_id == alert)) == "expired"


def test_a_cancel_before_the_radio_keeps_it_off_the_air_and_one_after_follows_it(room: Room):
    early = room.alert("P0", to=("TRC-1",))
    room.do(alerting.cancel_alert, early, by="dewi")
    room.relay()
    assert on_air(room) == [] and on_air(room, "cancel") == []
    late = room.alert("P0", to=("TRC-1",))
    room.relay()
    room.do(outcomes.record_taken, on_air(room)[0]["uid"], by="radio")
    room.do(alerting.cancel_alert, late, by="dewi")
    room.relay()
    assert len(on_air(room, "cancel")) == 1
    assert on_air(room, "cancel")[0]["alert_id"] == late


def test_a_closed_incident_ends_its_alerts_and_takes_them_off_the_air(room: Room):
    from incident import actions

    incident = room.open()
    alert = room.alert("P0", to=("TRC-1",), incident_id=incident)
    room.relay()
    room.do(actions.change_incident, incident, "close", disposition="handled")
    room.relay()
    with room.post.database.read() as conn:
        assert queries.find_alert(conn, alert)["state"] == "ended"
    assert {one["state"] for one in on_air(room)} == {"superseded"}


def test_a_unit_without_a_radio_is_not_left_looking_queued(room: Room):
    """PSC-1 has no station: the desk of the bridge fails its delivery with a sentence."""
    from radio_bridge import queries as air_queries

    alert = room.alert("P0")
    room.relay()
    with room.post.database.read() as conn:
        lost = air_queries.stationless_deliveries(conn)
    room.do(outcomes.fail_stationless, lost, by="radio")
    assert ways(room, alert)["PSC-1"]["radio"] == "failed"
    assert ways(room, alert)["TRC-1"]["radio"] == "queued"


def test_the_ladder_time_is_the_sites_own(room: Room):
    room.post.settings.ladder_s = 2.0
    alert = room.alert("P1", to=("TRC-1",))
    room.relay()
    room.clock.on(2.5)
    room.relay()
    assert "radio" in ways(room, alert)["TRC-1"]
