"""A night of alerts with a black hole in its middle: what is known of every person is what happened to them.

The far end is a simulator that knows of each address what it did with each message: took it, told that it arrived, told
that it was seen, refused it, or never got it. After the night the book says of every person exactly that.
"""

import random
import threading
from collections import defaultdict
from typing import Any

import pytest

import alerts.actions as alerting
from alerts import lists
from incident import journal
from tests.alerts.fakes import Asked, Said, far_end
from tests.alerts.sending_room import SECRET, alert_to, contacts, sending, states, wait_until
from tests.browser.proxy import Proxy
from tests.factories import on_spatialite
from tests.room import Room

LONG_S = 240.0  # a busy machine takes its time; a quick one does not wait
OUTCOMES = ("sent", "heard", "seen", "failed", "flaky")


class Village:
    """The far end of everybody: what becomes of a message is drawn once for each address, and remembered."""

    def __init__(self, seed: int):
        self.random = random.Random(seed)
        self.fate: dict[str, str] = {}
        self.got: defaultdict[str, set[str]] = defaultdict(set)
        self.tries: defaultdict[str, int] = defaultdict(int)
        self.lock = threading.Lock()

    def __call__(self, asked: Asked) -> Said:
        body = asked.json
        if body["type"] != "alert":
            return Said()
        with self.lock:
            who, key = body["to"], body["uid"]
            fate = self.fate.setdefault(who, self.random.choices(OUTCOMES, (40, 20, 25, 5, 10))[0])
            self.tries[key] += 1
            if fate == "failed":
                return Said(410)
            if fate == "flaky" and self.tries[key] == 1:
                return Said(503)
            self.got[who].add(key)
            return Said(200, {"state": fate} if fate in ("heard", "seen") else b"")

    def state_of(self, who: str) -> str:
        """What is true of this address: `sent` is all that is known of one who took it and said nothing."""
        fate = self.fate.get(who)
        return {"failed": "waiting", "flaky": "sent", None: "waiting"}.get(fate, str(fate))


def switch_on_through(room: Room, proxy: Proxy) -> None:
    from alerts import channel_actions

    settings = {"url": f"http://127.0.0.1:{proxy.port}/masuk", "secret": SECRET}
    room.do(channel_actions.set_channel, "webhook", True, settings, None, by="ayu")


def everybody(room: Room, alert: int) -> dict[str, dict[str, Any]]:
    with room.post.database.read() as conn:
        found = lists.recipients(conn, alert, (), "", None, 50_000)["recipients"]
    return {one["name"] or one["call_sign"]: one for one in found}


def a_night(room: Room, people: int, rounds: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """Alerts to everybody; the line is a black hole from the second on, and mended before the last."""
    from alerts.channels.webhook import WebhookChannel
    from alerts.sending import lane, process

    monkeypatch.setattr(WebhookChannel, "pace", 2000.0)
    monkeypatch.setattr(process, "WIRE_S", 1.0)
    monkeypatch.setattr(lane, "PROBE_FALLEN_S", 0.3)
    village, ids = Village(seed=112), contacts(room, people)
    with far_end() as far:
        far.answer = village
        proxy = Proxy(int(far.host.rpartition(":")[2]))
        switch_on_through(room, proxy)
        try:
            with sending(room):
                written = [alert_to(room, ids, "P2", text=f"Kabar {one}", expires_in_min=1440) for one in range(rounds)]
                room.relay()
                wait_until(lambda: advance(room) and len(village.fate) > people // 3, LONG_S)
                proxy.hold()
                wait_until(lambda: room.relay() or "channel.down" in kinds(room), LONG_S)
                save_a_call_meanwhile(room)
                proxy.mend()
                wait_until(
                    lambda: advance(room) and is_settled(room, written, village, people), LONG_S + people * rounds / 12
                )
        finally:
            proxy.close()
    for alert in written:
        known = everybody(room, alert)
        told = {one: village.state_of(f"webhook-{one.removeprefix('Kontak ')}") for one in known}
        assert {name: (one["state"], told[name]) for name, one in known.items() if one["state"] != told[name]} == {}
        ways = {name: one["deliveries"][0]["state"] for name, one in known.items()}
        lost = {name for name, state in ways.items() if state == "failed"}
        refused = {name for name in known if village.fate[f"webhook-{name.removeprefix('Kontak ')}"] == "failed"}
        assert lost == refused, "no false failed"
    assert all(len(keys) <= rounds for keys in village.got.values()), (
        "one key for each alert, however often it was sent"
    )


def advance(room: Room) -> bool:
    """The clock goes on while the sender works; the relay does its rounds."""
    room.clock.on(4)
    room.relay()
    return True


def is_settled(room: Room, written: list[int], village: Village, people: int) -> bool:
    refused = sum(fate == "failed" for fate in list(village.fate.values()))
    return len(village.fate) == people and all(states(room, one).get("waiting", 0) == refused for one in written)


def kinds(room: Room) -> list[str]:
    with room.post.database.read() as conn:
        return [line.kind for line in journal.after(conn, 0, 100_000)]


def save_a_call_meanwhile(room: Room) -> None:
    """What the far end does is nothing to who takes calls."""
    before = kinds(room).count("call.recorded")
    room.open()
    assert kinds(room).count("call.recorded") == before + 1


def test_after_a_night_with_a_black_hole_everybody_is_what_happened_to_them(room: Room, monkeypatch: Any):
    a_night(room, people=60, rounds=2, monkeypatch=monkeypatch)


@pytest.mark.slow(35)
def test_after_a_long_night_every_pair_is_what_happened_to_it(
    room: Room, monkeypatch: Any, pytestconfig: pytest.Config
):
    """`script/test tests/journeys/test_alert_night.py --pairs 10000` for a whole night."""
    a_night(room, people=int(pytestconfig.getoption("--pairs")) // 4, rounds=4, monkeypatch=monkeypatch)


@on_spatialite
def test_when_the_internet_is_gone_the_ladder_goes_to_sms_and_the_team_to_the_radio(room: Room, monkeypatch: Any):
    from alerts import book, channel_actions
    from alerts.sending import process

    monkeypatch.setattr(process, "WIRE_S", 0.7)
    with far_end() as internet, far_end() as gateway:
        proxy = Proxy(int(internet.host.rpartition(":")[2]))
        switch_on_through(room, proxy)
        sms = {
            "url": f"{gateway.url}/kirim",
            "method": "POST",
            "body": '{"to": "{to}", "text": "{text}", "id": "{uid}"}',
        }
        room.do(channel_actions.set_channel, "sms_gateway", True, sms, None, by="ayu")
        both = [{"channel": "webhook", "address": "a"}, {"channel": "sms", "address": "081234567321"}]
        head = int(room.do(book.add_contact, {"name": "Kades", "addresses": both})["body"]["contact"])
        proxy.hold()
        try:
            with sending(room):
                wait_until(lambda: "channel.down" in kinds(room), LONG_S)
                alert = alert_to(room, [head], "P1", unit_ids=[room.units["TRC-1"]], text="Mengungsi ke bukit")
                room.relay()
                wait_until(lambda: gateway.asked and states(room, alert).get("sent") == 2, LONG_S)
                one = everybody(room, alert)["Kades"]
                assert [(way["channel"], way["state"]) for way in one["deliveries"]] == [
                    ("webhook", "waiting"),
                    ("sms_gateway", "sent"),
                ]
                room.clock.on(61)
                room.relay()
                team = everybody(room, alert)["TRC-1"]
                assert {way["channel"]: way["state"] for way in team["deliveries"]} == {
                    "screen": "sent",
                    "radio": "queued",
                }
                room.clock.on(400)
                room.relay()
                after = everybody(room, alert)
                assert after["Kades"]["runner"] and after["TRC-1"]["runner"], "nobody answered anywhere"
        finally:
            proxy.close()


@pytest.mark.parametrize("end", ["its time is over", "it is taken back"])
def test_a_backlog_of_a_line_that_was_dead_is_never_fired_late(room: Room, monkeypatch: Any, end: str) -> None:
    """What waited, what was in hand and what was tried when the line came back: of an alert that is over none goes."""
    from alerts.sending import lane, process

    monkeypatch.setattr(process, "WIRE_S", 0.5)
    monkeypatch.setattr(lane, "PROBE_FALLEN_S", 0.2)
    village, ids = Village(seed=5), contacts(room, 40)
    with far_end() as far:
        far.answer = village
        proxy = Proxy(int(far.host.rpartition(":")[2]))
        switch_on_through(room, proxy)
        try:
            with sending(room) as sender:
                wait_until(lambda: far.asked, 20)  # the line is well, and then it is cut
                proxy.cut()
                late = alert_to(room, ids, "P1", text="Air naik", expires_in_min=5)
                lane_of = sender.lanes["webhook"][1]
                wait_until(lambda: room.relay() or lane_of.inbox.qsize() or lane_of.is_down, LONG_S)
                wait_until(lambda: room.relay() or "channel.down" in kinds(room), LONG_S)
                assert states(room, late) == {"waiting": 40}
                end_it(room, late, end)
                proxy.mend()
                told = alert_to(room, ids[:1], "P1", text="Air surut", expires_in_min=1440)
                wait_until(lambda: advance(room) and states(room, told).get("waiting", 0) == 0, LONG_S)
        finally:
            proxy.close()
    texts = {one.json["text"] for one in far.asked if one.json["type"] == "alert"}
    assert texts == {"Air surut"}, "nothing of the alert that was over"
    assert states(room, late) == {"expired" if end == "its time is over" else "superseded": 40}


def end_it(room: Room, alert: int, end: str) -> None:
    if end == "its time is over":
        room.clock.on(301)
    else:
        room.do(alerting.cancel_alert, alert, by="dewi")
    room.relay()
