"""Whoever saves a call never waits for the sender: while a far end is asked, nothing of ours is held.

In the middle of every call to a far end a call is saved by somebody else, who would wait for ever if a lock were held.
"""

import threading
from collections import Counter
from typing import Any

import pytest
from pydantic import SecretStr

from alerts.bench_black_hole import settings_into, traps
from alerts.channels import Health, Incoming, Message, Receipt, Report, outside_class
from alerts.channels.webhook import WebhookChannel, WebhookSettings
from alerts.models import ChannelHealth
from alerts.sending.lane import Lane
from alerts.webhooks import files
from alerts.webhooks.actions import take
from alerts.webhooks.models import MessageFile
from alerts.wire import Wire
from tests.alerts.fakes import far_end
from tests.alerts.sending_room import SECRET, alert_to, contacts, states, switch_on, wait_until
from tests.room import Room

PATIENCE_S = 30.0


class Nosy(WebhookChannel):
    """While the far end thinks, somebody saves a call."""

    def __init__(self, settings: WebhookSettings, wire: Wire, room: Room) -> None:
        super().__init__(settings, wire)
        self.room, self.saved = room, Counter[str]()

    def save(self, during: str) -> None:
        desk = threading.Thread(target=self.room.open, daemon=True)
        desk.start()
        desk.join(PATIENCE_S)
        assert not desk.is_alive(), f"a call waits for the sender during {during}"
        self.saved[during] += 1

    def check(self) -> Health:
        self.save("check")
        return Health("ok", "")

    def deliver(self, message: Message) -> Receipt:
        self.save("deliver")
        return Receipt("sent")

    def poll(self) -> list[Incoming | Report]:
        self.save("poll")
        return []

    def fetch(self, name: str) -> bytes:
        self.save("fetch")
        raise LookupError("gone")

    def close(self) -> None:
        self.save("close")


def nosy(room: Room) -> Nosy:
    settings = WebhookSettings(url="http://127.0.0.1:9/", secret=SecretStr(SECRET))
    return Nosy(settings, Wire(()), room)


def test_a_call_is_saved_in_the_middle_of_everything_the_sender_asks_of_a_far_end(room: Room) -> None:
    channel = nosy(room)
    with far_end() as far:
        switch_on(room, far)
    alert = alert_to(room, contacts(room, 4))
    lane = Lane(room.post, "webhook", channel, take, threading.Event().wait)
    lane.start()
    try:
        wait_until(lambda: states(room, alert) == {"sent": 4})
    finally:
        lane.stop()
        lane.join(PATIENCE_S)
    assert channel.saved["deliver"] == 4
    assert set(channel.saved) == {"check", "deliver", "poll", "close"}


def test_a_call_is_saved_in_the_middle_of_fetching_a_picture(room: Room) -> None:
    channel, call = nosy(room), room.call()["call"]
    message = Incoming("webhook", "1", "628123", "Banjir di rumah saya", room.clock(), files=("gambar",))
    assert take(room.post, "webhook", [message]) == 1
    assert files.step(room.post, channel) and channel.saved == {"fetch": 1}
    with room.post.database.read() as conn:
        assert conn.execute(MessageFile.__table__.select()).mappings().one()["state"] == "failed"
    assert call


def test_channels_that_hang_in_a_hole_and_in_a_drip_are_down_and_the_calls_go_on(
    room: Room, monkeypatch: pytest.MonkeyPatch
) -> None:
    from alerts import channel_actions
    from alerts.sending import process
    from alerts.sending.process import Sender

    monkeypatch.setattr(process, "WIRE_S", 0.5)
    with traps() as (hole, drip):
        given = settings_into(hole.address, drip.address)
        hanging = [name for name in given if hasattr(outside_class(name, False), "hosts") and name != "email"]
        for name in hanging:
            room.do(channel_actions.set_channel, name, True, given[name], None, by="ayu")
        sender = Sender(room.post)
        try:
            sender.look()
            wait_until(lambda: down(room) == set(hanging), PATIENCE_S)
            assert room.open()
        finally:
            sender.close()
        assert hole.caught and drip.caught


def down(room: Room) -> set[str]:
    with room.post.database.read() as conn:
        rows: Any = conn.execute(ChannelHealth.__table__.select()).mappings().all()
    return {row["name"] for row in rows if row["state"] == "down"}
