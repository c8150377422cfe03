"""Alerts: written, approved, on the air, seen, ended."""

from collections.abc import Callable
from typing import Any

import alerts.actions as alerting
import alerts.rules
from alerts.channel_actions import note_health, set_channel
from alerts.queries import channel_states
from tests.alerts.sending_room import alert_to, contacts
from tests.journeys.verbs.incidents import close_incident
from tests.journeys.verbs.steps import Step, Verbs, an_incident, nothing, remember, wait
from tests.room import Room


def _an_alert(room: Room) -> None:
    an_incident(room)
    remember(room, alert=room.alert(incident_id=room.known["incident"]))


def _a_sent_alert(room: Room) -> None:
    _an_alert(room)
    room.relay()


def _an_alert_to_contacts(room: Room) -> None:
    with room.post.database.read() as conn:
        assert channel_states(conn)["webhook"] == "off"
    room.do(set_channel, "webhook", True, {"url": "http://127.0.0.1:9/", "secret": "rahasia-bersama-panjang"}, by="ayu")
    remember(room, alert=alert_to(room, contacts(room, 3), unit_ids=[room.units["TRC-1"]]))


def _health(probe: str) -> Step:
    return lambda room: room.do(note_health, "webhook", alerts.rules.Seen(probe, "uji"))


def an_alert_on_the_air(room: Room) -> None:
    _an_alert(room)
    room.relay()
    room.clock.on(61)
    room.relay()


def _a_draft(room: Room) -> None:
    an_incident(room)
    remember(room, alert=room.alert(order="evacuate", incident_id=room.known["incident"]))


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


def alerted_and_closed(room: Room) -> None:
    close_incident(room)
    room.relay()


VERBS: Verbs = {
    "write an alert": (an_incident, lambda room: room.alert(incident_id=room.known["incident"])),
    "write an alert of no incident": (nothing, lambda room: room.alert(to=("PSC-1",))),
    "write a draft": (an_incident, lambda room: room.alert(order="evacuate")),
    "approve": (_a_draft, lambda room: room.do(alerting.approve_alert, room.known["alert"], by="komang")),
    "cancel a draft": (_a_draft, lambda room: room.do(alerting.cancel_alert, room.known["alert"])),
    "cancel": (an_alert_on_the_air, lambda room: room.do(alerting.cancel_alert, room.known["alert"])),
    "hand over": (_an_alert, _hand_over),
    "climb": (_an_alert, _climb),
    "keyed": (an_alert_on_the_air, _deliveries(alerting.record_keyed, "radio")),
    "heard": (an_alert_on_the_air, _deliveries(alerting.record_heard, "radio", True)),
    "failed": (an_alert_on_the_air, _deliveries(alerting.record_failed, "radio", False, "tidak menjawab")),
    "seen": (an_alert_on_the_air, _see),
    "expire": (an_alert_on_the_air, _expire),
    "expire a draft": (_a_draft, _expire),
    "end with its incident": (an_alert_on_the_air, alerted_and_closed),
    "end a draft with its incident": (_a_draft, alerted_and_closed),
    "the relay's whole round": (_an_alert, lambda room: room.relay()),
    "alert: resend": (_a_sent_alert, lambda room: room.do(alerting.resend, room.known["alert"], by="dewi")),
    "alert: read back": (
        _a_sent_alert,
        lambda room: room.do(alerting.read_back, room.known["alert"], "Ke sana", "dewi", room.units["TRC-1"]),
    ),
    "alert: runner": (an_alert_on_the_air, lambda room: wait(400)(room)),
    "alert to contacts: a contact answers": (
        _an_alert_to_contacts,
        lambda room: room.do(alerting.record_seen, room.recipients(room.known["alert"])[-1], "Kades", "link"),
    ),
    "alert to contacts: its time is over": (_an_alert_to_contacts, lambda room: wait(3_700)(room)),
    "a channel falls": (_an_alert_to_contacts, _health("down")),
}
