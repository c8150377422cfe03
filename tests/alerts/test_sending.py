"""The sender: what is due goes out once, what fails is tried again, and nothing is said that is not so."""

import subprocess
import sys
from typing import Any

import pytest
from sqlalchemy import select, update

import alerts.actions as alerting
from alerts import channel_actions, trials
from alerts.bulletins import feed_actions
from alerts.channels import Incoming, Message, Receipt
from alerts.channels.console import ConsoleChannel, ConsoleSettings
from alerts.channels.webhook import WebhookChannel
from alerts.models import ChannelHealth, ChannelTrial, Delivery, Note
from alerts.sending import claims, process
from alerts.sending.lane import STUMBLED, Lane
from alerts.sending.process import FLAG, is_wanted, step
from alerts.webhooks.actions import take
from alerts.wire import NotAllowedHost, NotReached, Unreachable
from incident import journal
from incident import people as people_of
from incident.config import load_settings
from incident.errors import NotFound
from incident.people import COOKIE, open_session, origins_of
from incident.post import Post, utc_now
from tests.alerts.channel_fakes.telegram import fake as fake_bot
from tests.alerts.fakes import Said, far_end
from tests.alerts.sending_room import (
    SECRET,
    alert_to,
    answers,
    contacts,
    people,
    sending,
    states,
    switch_on,
    told,
    wait_until,
)
from tests.factories import on_spatialite, uid
from tests.room import Room


def kinds(room: Room) -> list[str]:
    with room.post.database.read() as conn:
        return [line.kind for line in journal.after(conn, 0, 5000)]


def test_an_alert_goes_to_every_contact_once_and_sent_is_not_called_received(room: Room):
    with far_end() as far:
        switch_on(room, far)
        alert = alert_to(room, contacts(room, 5))
        with sending(room):
            wait_until(lambda: states(room, alert) == {"sent": 5})
        assert sorted(one["to"] for one in told(far)) == [f"webhook-{n}" for n in range(5)]
        assert len({one["uid"] for one in told(far)}) == 5
        one = people(room, alert)["Kontak 0"]
        assert (one["state"], one["next_channel"]) == ("sent", "runner") and one["next_rung_at"]
        assert kinds(room).count("delivery.handed") <= 2, "in batches, not one entry for each"


def test_each_outcome_is_kept_as_the_far_end_told_it(room: Room):
    with far_end() as far:
        switch_on(room, far)
        answers(
            far,
            webhook_0=Said(200, {"state": "heard"}),
            webhook_1=Said(200, {"state": "seen"}),
            webhook_2=Said(404),
            webhook_3=Said(503),
        )
        alert = alert_to(room, contacts(room, 5))
        with sending(room):
            wait_until(lambda: len(told(far)) >= 5)
            wait_until(lambda: states(room, alert) == {"heard": 1, "seen": 1, "sent": 1, "waiting": 2})
        known = people(room, alert)
        assert known["Kontak 2"]["deliveries"][0]["state"] == "failed" and known["Kontak 2"]["reasons"]["webhook"]
        assert known["Kontak 1"]["seen_via"] == "webhook" and known["Kontak 1"]["next_rung_at"] is None
        assert known["Kontak 3"]["deliveries"][0]["state"] == "waiting", "tried again later"
        room.relay()
        assert known["Kontak 2"]["runner"] is None and people(room, alert)["Kontak 2"]["runner"], (
            "no way left: a runner"
        )


@on_spatialite
def test_what_a_sender_had_in_hand_when_it_died_goes_out_again_under_the_same_key(room: Room):
    with far_end() as far:
        switch_on(room, far)
        alert = alert_to(room, contacts(room, 3))
        taken = room.do(claims.claim, "webhook", 10, 90.0, by="sender")
        assert len(taken) == 3 and room.do(claims.claim, "webhook", 10, 90.0, by="sender") == []
        with sending(room):
            wait_until(lambda: states(room, alert) == {"sent": 3})
        assert {one["uid"] for one in told(far)} == {job.message.uid for job in taken}


@on_spatialite
def test_a_trial_of_ours_waits_behind_an_alert_and_a_cancel_goes_before_it(room: Room):
    with far_end() as far:
        switch_on(room, far, loop_address="rumah")
        first = alert_to(room, contacts(room, 1))
        with sending(room):
            wait_until(lambda: states(room, first) == {"sent": 1})
        room.do(channel_actions.try_channel, "webhook", by="ayu")
        alert_to(room, contacts(room, 1), "P1")
        room.do(alerting.cancel_alert, first, by="dewi")
        room.relay()
        taken = room.do(claims.claim, "webhook", 10, 5.0, by="sender")
        kinds_taken = [(job.table, job.message.is_cancel) for job in taken]
        assert kinds_taken[:2] == [("note", True), ("delivery", False)]
        assert set(kinds_taken[2:]) == {("note", False)}


@on_spatialite
def test_a_lease_that_is_over_is_taken_by_another(room: Room):
    with far_end() as far:
        switch_on(room, far)
        alert_to(room, contacts(room, 2))
        assert len(room.do(claims.claim, "webhook", 10, 5.0, by="sender")) == 2
        room.clock.on(6)
        assert len(room.do(claims.claim, "webhook", 10, 5.0, by="sender")) == 2


def handed(room: Room, channel: str = "webhook") -> list[claims.Job]:
    """What is due, in the hands of a sender for a minute and a half."""
    jobs: list[claims.Job] = room.do(claims.claim, channel, 10, 90.0, by="sender")
    return jobs


def settled(room: Room, jobs: list[claims.Job], *told: Any, **more: Any) -> None:
    done = [claims.Done(job, Receipt(*told, **more)) for job in jobs]
    room.do(claims.settle, "webhook", done, lambda: 0.5, by="sender")


def way(room: Room) -> dict[str, Any]:
    """The newest delivery."""
    with room.post.database.read() as conn:
        return dict(conn.execute(select(Delivery.__table__).order_by(Delivery.id.desc()).limit(1)).mappings().one())


@pytest.mark.parametrize("state", ["sent", "heard", "seen", "failed", "again"])
def test_a_receipt_of_an_older_sending_changes_nothing_of_the_newer(room: Room, state: str):
    with far_end() as far:
        switch_on(room, far)
        alert = alert_to(room, contacts(room, 1))
        jobs = handed(room)
        settled(room, jobs, "sent", "a")
        room.do(alerting.resend, alert, by="dewi")
        before, told = way(room), len(kinds(room))
        settled(room, jobs, state, "b", reason="Terlambat", retry_s=600.0)
        assert way(room) == before and len(kinds(room)) == told
        assert states(room, alert) == {"sent": 1}


@on_spatialite
def test_an_outlet_that_sounded_is_not_missing_and_sounds_again_for_nobody(room: Room):
    with far_end() as far:
        switch_on(room, far)
        person, speaker = *contacts(room, 1), *contacts(room, 1, kind="outlet")
        alert = alert_to(room, [person, speaker])
        settled(room, handed(room), "sent")
        entry = room.do(alerting.resend, alert, by="dewi")
        assert (entry["body"]["many"], len(handed(room))) == (1, 1)


# what left us, what may have, and what never did


def given_to_answer(room: Room, text: str = "1") -> None:
    take(room.post, "webhook", [Incoming("webhook", uid(), "webhook-0", text, room.clock())])


def cancels(room: Room, alert: int) -> int:
    room.do(alerting.cancel_alert, alert, by="dewi")
    room.relay()
    with room.post.database.read() as conn:
        return len(conn.execute(select(Note.id).where(Note.kind == "cancel")).all())


def test_what_a_dead_sender_had_in_hand_may_have_arrived_it_is_answered_and_taken_back(room: Room):
    with far_end() as far:
        switch_on(room, far)
        answered, taken_back = (alert_to(room, contacts(room, 1)) for _ in range(2))
        assert len(handed(room)) == 2
        assert room.do(claims.free_all, ["webhook"], by="sender") == 2
        assert (way(room)["attempts"], way(room)["claimed_until"]) == (1, None) and way(room)["sent_at"]
        assert cancels(room, taken_back) == 1
        given_to_answer(room)
        assert states(room, answered) == {"seen": 1}


@on_spatialite
def test_what_nobody_told_of_until_its_lease_was_over_may_have_arrived_though_the_next_try_was_refused(room: Room):
    with far_end() as far:
        switch_on(room, far)
        alert = alert_to(room, contacts(room, 1))
        handed(room)
        room.clock.on(91)
        settled(room, handed(room), "again", reason="429")
        given_to_answer(room)
        assert states(room, alert) == {"seen": 1}


@on_spatialite
@pytest.mark.parametrize(
    ("said", "left"),
    [(Said(503), False), (Said(429), False), (Said(504), True), (Said(after_s=3.0), True)],
    ids=["not now", "slower", "lost in between", "lost on the way"],
)
def test_a_try_counts_when_its_answer_was_lost_not_when_it_was_refused_or_reached_nobody(
    room: Room, monkeypatch: pytest.MonkeyPatch, said: Said, left: bool
):
    monkeypatch.setattr(process, "WIRE_S", 0.5)
    with far_end() as far:
        switch_on(room, far)
        answers(far, webhook_0=said)
        alert = alert_to(room, contacts(room, 1))
        with sending(room):
            wait_until(lambda: way(room)["attempts"])
        assert (way(room)["state"], way(room)["sent_at"] is not None) == ("waiting", left)
        given_to_answer(room)
        assert states(room, alert) == {"seen" if left else "waiting": 1}


class Stumbling(WebhookChannel):
    def __init__(self, fault: Exception) -> None:
        self.fault = fault

    def deliver(self, message: Message) -> Receipt:
        raise self.fault


@on_spatialite
@pytest.mark.parametrize(
    ("fault", "is_lost"),
    [(NotReached("x"), False), (NotAllowedHost("x"), False), (Unreachable("x"), True), (ValueError("x"), True)],
)
def test_only_what_may_have_left_us_counts_as_lost(room: Room, fault: Exception, is_lost: bool):
    with far_end() as far:
        switch_on(room, far)
        alert_to(room, contacts(room, 1))
        (job,) = handed(room)
    receipt = Lane(room.post, "webhook", Stumbling(fault), take, room.clock.on).deliver(job.message)
    assert (receipt.state, receipt.is_lost) == ("again", is_lost)


# one hand at a time


@on_spatialite
def test_settings_saved_in_the_middle_of_a_sending_send_nothing_twice(room: Room):
    room.post.clock = utc_now
    with far_end() as far:
        far.answer = lambda asked: Said() if asked.json["type"] == "ping" else Said(after_s=2.0)
        switch_on(room, far)
        alert = alert_to(room, contacts(room, 3))
        with sending(room) as sender:
            wait_until(lambda: told(far))
            old = sender.lanes["webhook"][1]
            anew = {"url": f"{far.url}/lain", "secret": SECRET}
            room.do(channel_actions.set_channel, "webhook", True, anew, None, by="ayu")
            assert sender.look() and "webhook" not in sender.lanes, "the old one still has something on the line"
            wait_until(old.has_ended)
            wait_until(lambda: sender.look() and states(room, alert) == {"sent": 3})
    assert sorted(one["to"] for one in told(far)) == ["webhook-0", "webhook-1", "webhook-2"]
    assert {one.path for one in far.asked if one.json["type"] != "ping"} == {"/masuk", "/lain"}


@on_spatialite
def test_a_channel_that_is_switched_off_in_the_middle_of_a_sending_writes_down_what_went(room: Room):
    room.post.clock = utc_now
    with far_end() as far:
        far.answer = lambda asked: Said() if asked.json["type"] == "ping" else Said(after_s=1.0)
        switch_on(room, far)
        alert = alert_to(room, contacts(room, 1))
        with sending(room) as sender:
            wait_until(lambda: told(far))
            room.do(channel_actions.set_channel, "webhook", False, {}, None, by="ayu")
            assert sender.look(), "it still has something on the line"
            wait_until(lambda: not sender.look())
        assert states(room, alert) == {"sent": 1} and way(room)["claimed_until"] is None


def test_who_gives_back_late_takes_nothing_out_of_another_hand(room: Room):
    with far_end() as far:
        switch_on(room, far)
        alert_to(room, contacts(room, 2))
        older = handed(room)
        room.clock.on(91)
        newer = handed(room)
        room.do(claims.give_back, older, by="sender")
        assert len(newer) == 2 and handed(room) == [], "still in the newer hand"
        room.do(claims.give_back, newer, by="sender")
        assert len(handed(room)) == 2


def test_what_is_to_be_tried_later_is_not_wanted_now_though_it_is_in_hand(room: Room):
    with far_end() as far:
        switch_on(room, far, loop_address="rumah")
        alert_to(room, contacts(room, 1))
        room.do(channel_actions.try_channel, "webhook", by="ayu")
        jobs = handed(room)
        assert {job.table for job in jobs} == {"delivery", "note"} and wanted(room, jobs) == [True] * len(jobs)
        settled(room, jobs, "again", reason="429", retry_s=60.0)
        assert wanted(room, jobs) == [False] * len(jobs)
        room.clock.on(61)
        assert wanted(room, jobs) == [True] * len(jobs)


def wanted(room: Room, jobs: list[claims.Job]) -> list[bool]:
    with room.post.database.read() as conn:
        return [claims.is_wanted(conn, job, room.clock()) for job in jobs]


def test_nothing_goes_out_late(room: Room):
    with far_end() as far:
        switch_on(room, far)
        alert = alert_to(room, contacts(room, 3), expires_in_min=1)
        room.clock.on(61)
        with sending(room):
            far.wait_for(1)  # the ping
            room.relay()
            wait_until(lambda: states(room, alert) == {"expired": 3})
        assert told(far) == []


def test_what_went_out_is_taken_back_by_the_same_way_and_what_did_not_never_goes(room: Room):
    with far_end() as far:
        switch_on(room, far)
        alert = alert_to(room, contacts(room, 2))
        with sending(room):
            wait_until(lambda: states(room, alert) == {"sent": 2})
            late = alert_to(room, contacts(room, 1), priority="P2", order="evacuate")
            room.do(alerting.cancel_alert, alert, by="dewi")
            room.do(alerting.cancel_alert, late, by="dewi")
            room.relay()
            wait_until(lambda: len(told(far)) == 4)
        backs = [one for one in told(far) if one["type"] == "alert.cancelled"]
        assert sorted(one["to"] for one in backs) == ["webhook-0", "webhook-1"]
        assert {one["text"] for one in backs} == {"Siaran “Ke Pringgabaya” dicabut dan tidak berlaku lagi."}
        room.relay()
        with room.post.database.read() as conn:
            assert len(conn.execute(select(Note.id)).all()) == 2, "told once"


@on_spatialite
def test_a_dead_channel_is_said_skipped_and_tried_again(room: Room):
    with far_end() as far:
        switch_on(room, far)
        answers(far, **{f"webhook_{n}": Said(500) for n in range(4)})
        alert = alert_to(room, contacts(room, 4))
        with sending(room):
            wait_until(lambda: "channel.down" in kinds(room))
            room.relay()
            wait_until(lambda: all(one["runner"] for one in people(room, alert).values()))
            assert states(room, alert) == {"waiting": 4}, "never called failed, never called sent"
            far.answer = None
            wait_until(lambda: room.clock.on(2) or "channel.up" in kinds(room), 30)
            room.clock.on(120)
            wait_until(lambda: states(room, alert) == {"sent": 4}, 30)
    with room.post.database.read() as conn:
        row = conn.execute(select(ChannelHealth.__table__)).mappings().one()
        lamps = [line.body["cards"]["lamps"][0] for line in journal.after(conn, 0, 5000) if line.kind == "lamp.changed"]
    assert (row["state"], row["flaps"]) == ("ok", 1)
    assert [one["state"] for one in lamps if one["id"] == "webhook"] == ["warn", "ok", "off", "ok"]


@on_spatialite
def test_a_link_tells_the_alert_and_only_the_button_acknowledges(ask: Any, app: Any):
    room = open_room_of(app)
    with far_end() as far:
        switch_on(room, far)
        alert = alert_to(room, contacts(room, 1))
        with room.post.database.read() as conn:
            code = conn.scalar(select(Delivery.code))
        client = app.test_client()
        page = client.get(f"/t/{code}")
        assert page.status_code == 200 and "Ke Pringgabaya" in page.text and "Kontak 0" not in page.text
        assert states(room, alert) == {"waiting": 1}, "programs look at links too"
        assert client.post(f"/t/{code.upper()}").status_code == 200
        assert client.post(f"/t/{code}").status_code == 200
        one = people(room, alert)["Kontak 0"]
        assert (one["state"], one["seen_by"], one["seen_via"]) == ("seen", "Kontak 0", "link")
        assert [way["state"] for way in one["deliveries"]] == ["seen"], "the way that brought the link was answered"
        assert client.get("/t/aaaaaaaaaaaaaaaa").status_code == 404
        assert client.post("/t/x").status_code == 404
        with sending(room):
            far.wait_for(1)
        assert told(far) == [], "who has seen it is not sent it any more"


@on_spatialite
def test_a_code_nobody_has_never_stands_in_line_with_calls(ask: Any, app: Any):
    lane = app.extensions["posko"].database.lane
    before = lane.actions
    for code in ("aaaaaaaaaaaaaaaa", "x", "A" * 16, "%00" * 16):
        assert app.test_client().post(f"/t/{code}").status_code == 404
    assert lane.actions == before


def open_room_of(app: Any) -> Room:
    post = app.extensions["posko"]
    return Room(post, post.clock, {})


@on_spatialite
def test_the_button_works_from_the_address_for_people_outside_and_for_one_who_is_logged_in(
    ask: Any, app: Any, cast: Any
):
    room = open_room_of(app)
    room.post.settings.public_url = "https://posko.example"
    app.config["ORIGINS"] = origins_of(room.post.settings)
    with far_end() as far:
        switch_on(room, far)
        alert_to(room, contacts(room, 2))
    with room.post.database.read() as conn:
        first, second = conn.scalars(select(Delivery.code).order_by(Delivery.id)).all()
    client = app.test_client()
    assert client.post(f"/t/{first}", headers={"Origin": "https://jahat.example"}).status_code == 403
    assert client.post(f"/t/{first}", headers={"Origin": "https://posko.example"}).status_code == 200
    client.set_cookie(COOKIE, room.post.do(open_session, "dewi", None, cast.people["dispatcher"]))
    assert client.post(f"/t/{second}").status_code == 200


# trials


@on_spatialite
def test_a_message_of_our_own_comes_home_or_lights_a_lamp(room: Room):
    with far_end() as far:
        switch_on(room, far, loop_address="rumah")
        room.clock.on(4 * 3600)  # 07:00 UTC is 15:00 in Lombok: neither morning nor evening
        assert trials.step(room.post) and not trials.step(room.post)
        with sending(room):
            wait_until(lambda: [one for one in told(far) if one["to"] == "rumah"])
            wait_until(lambda: trials.step(room.post))
        room.clock.on(301)
        trials.step(room.post)
        room.clock.on(301)
        trials.step(room.post)
    with room.post.database.read() as conn:
        rows = conn.execute(select(ChannelTrial.kind, ChannelTrial.state).order_by(ChannelTrial.id)).all()
        lamps = [line.body["cards"]["lamps"][0] for line in journal.after(conn, 0, 5000) if line.kind == "lamp.changed"]
    assert [tuple(row) for row in rows[:2]] == [("loop", "home"), ("loop", "lost")]
    assert [one["state"] for one in lamps if one["id"] == "channel_loop"] == ["ok", "warn"]


@on_spatialite
def test_a_trial_asked_for_again_with_the_same_key_is_one_message(room: Room):
    with far_end() as far:
        switch_on(room, far, loop_address="rumah")
        key = uid()
        first, again = (room.post.do(channel_actions.try_channel, "ayu", key, "webhook") for _ in range(2))
    with room.post.database.read() as conn:
        assert first == again and list(conn.scalars(select(ChannelTrial.uid))) == [key]


@on_spatialite
def test_the_evening_trial_is_made_once_and_its_score_is_written_down(room: Room):
    with far_end() as far:
        switch_on(room, far, loop_address="rumah")
        room.post.settings.site.zone = "Asia/Makassar"
        room.clock.on(6.5 * 3600)  # 03:00 UTC and six and a half hours: 17:30 in Lombok
        trials.step(room.post)
        with sending(room):
            wait_until(lambda: trials.step(room.post) and "channel.tried" in kinds(room))
        room.clock.on(60)
        trials.step(room.post)
    with room.post.database.read() as conn:
        evening = list(conn.scalars(select(ChannelTrial.state).where(ChannelTrial.kind == "evening")))
        (line,) = [one for one in journal.after(conn, 0, 5000) if one.kind == "channel.tried"]
    assert evening == ["home"]
    assert {name: line.body[name] for name in ("kind", "sent", "home", "lost")} == {
        "kind": "evening",
        "sent": 1,
        "home": 1,
        "lost": [],
    }


# when it runs, and where it may never


@on_spatialite
def test_the_sender_is_wanted_only_while_something_is_switched_on(room: Room):
    folder = room.post.settings.data
    step(room.post)
    assert not is_wanted(folder)
    with far_end() as far:
        switch_on(room, far)
        step(room.post)
        assert is_wanted(folder) and (folder / FLAG).exists()
        room.do(channel_actions.set_channel, "webhook", False, {}, None, by="ayu")
        step(room.post)
        assert not is_wanted(folder)


@on_spatialite
def test_the_sender_rests_when_the_last_source_is_switched_off(room: Room):
    nowhere = ["https://sumber.invalid/rss"]
    room.do(feed_actions.switch, "cap_rss", True, addresses=nowhere, by="ayu")
    with sending(room) as sender:
        assert sender.look()
        room.do(feed_actions.switch, "cap_rss", False, by="ayu")
        assert not sender.look()
        room.do(feed_actions.switch, "cap_rss", True, by="ayu")
        assert sender.look()


EXERCISE = """
import sys
from alerts.sending.process import Sender, switched_on
from gis.database import Database
from incident.config import load_settings
from incident.post import Post
from incident.relay import Relay

settings = load_settings(database=sys.argv[1], data=sys.argv[2], exercise=True)
post = Post(settings, Database(settings.database))
sender = Sender(post)
print(sender.look(), sorted(sender.lanes))
Relay(post).step()
sender.close()
names = ("telegram", "whatsapp", "email", "webhook", "sms_gateway", "web_push", "voice", "siren")
loaded = [name for name in names if f"alerts.channels.{name}" in sys.modules]
from alerts.feeds import REGISTER
feeds = [name for name in REGISTER if f"alerts.feeds.{name}" in sys.modules]
print(loaded, feeds, "urllib3" in sys.modules)
"""


@on_spatialite
def test_an_exercise_never_loads_a_live_channel_even_when_its_rows_say_it_is_on(room: Room):
    with far_end() as far:
        switch_on(room, far)
        alert = alert_to(room, contacts(room, 1))
        words = [room.post.settings.database, str(room.post.settings.data)]
        ran = subprocess.run(
            [sys.executable, "-c", EXERCISE, *words], capture_output=True, text=True, timeout=240, check=True
        )
        assert ran.stdout.splitlines() == ["False []", "[] [] False"]
        assert far.asked == [] and "sent" not in states(room, alert)


WEB_OF_AN_EXERCISE = """
import sys
from pathlib import Path
from alerts.channels import EXERCISE, REGISTER
from alerts.webhooks.routes import DOORS
from incident.app import create_app
from incident.config import load_settings
app = create_app(load_settings(database=sys.argv[1], data=Path(sys.argv[2]), exercise=True), migrate=False)
client, token = app.test_client(), {"Authorization": f"Bearer {sys.argv[3]}"}
doors = {client.post(f"/api/v1/webhooks/{door}", json={}).status_code for door in DOORS}
pages = {client.get(path, headers=token).status_code for path in ("/channels", "/api/v1/channels", "/api/v1/push")}
app.extensions["live"].stop()
live = set(REGISTER.values()) - set(EXERCISE.values())
print(doors, pages, [one for one in live if one.partition(":")[0] in sys.modules])
"""


@on_spatialite
def test_the_pages_and_doors_of_an_exercise_never_load_a_live_channel(room: Room):
    token = room.do(people_of.add_token, "ayu", by="test")
    with far_end() as far:
        switch_on(room, far)
        words = [room.post.settings.database, str(room.post.settings.data), token]
        ran = subprocess.run(
            [sys.executable, "-c", WEB_OF_AN_EXERCISE, *words], capture_output=True, text=True, timeout=240
        )
    assert ran.stdout.splitlines()[-1:] == ["{404} {200} []"], ran.stderr[-2000:]
    assert far.asked == []


@on_spatialite
def test_an_exercise_says_that_a_live_channel_is_not_there(room: Room, tmp_path: Any):
    settings = load_settings(database=room.post.settings.database, data=tmp_path, exercise=True)
    drill = Post(settings, room.post.database, room.post.clock)
    with pytest.raises(NotFound):
        drill.do(channel_actions.set_channel, "ayu", None, "telegram", True, {"token": "x" * 30})
    assert [one["name"] for one in channel_actions.listed(drill)] == ["console"]


@on_spatialite
def test_a_channel_whose_settings_cannot_be_opened_leaves_the_others_alone(room: Room):
    from alerts.models import ChannelSetting

    with far_end() as far:
        switch_on(room, far)
        broken = update(ChannelSetting).values(sealed="gAAAAA")
        room.post.do(lambda act: act.conn.execute(broken), "x", None)
        with sending(room) as sender:
            assert sender.lanes == {} and "webhook" in sender.faults
        assert health(room, "webhook")[0] == "down", "the ladder leaves it out, and its lamp says why"


def health(room: Room, name: str) -> tuple[str, str]:
    with room.post.database.read() as conn:
        row = conn.execute(select(ChannelHealth).where(ChannelHealth.name == name)).one()
    return row.state, row.words


@on_spatialite
def test_a_channel_that_cannot_even_be_opened_leaves_the_others_at_work(room: Room, monkeypatch: pytest.MonkeyPatch):
    def fall(*_: Any) -> None:
        raise OSError("cadata does not contain a certificate")

    monkeypatch.setattr(ConsoleChannel, "__init__", fall)
    with far_end() as far:
        room.do(channel_actions.set_channel, "console", True, {}, None, by="ayu")
        switch_on(room, far)
        alert = alert_to(room, contacts(room, 2))
        with sending(room) as sender:
            wait_until(lambda: states(room, alert) == {"sent": 2})
            assert set(sender.lanes) == {"webhook"}
    assert health(room, "console") == ("down", process.CANNOT_OPEN)


@on_spatialite
def test_what_a_bot_hears_that_is_not_for_us_is_confirmed_so_that_a_person_behind_it_is_heard(room: Room):
    me = {"id": 611223344, "is_bot": False, "first_name": "Uji"}
    group, private = {"id": -100200300, "type": "supergroup"}, {"id": 611223344, "type": "private"}
    said = {"from": me, "message_id": 1, "date": int(room.clock.now.timestamp()), "text": "Banjir di Sakra, tolong"}
    waiting = [{"update_id": n, "message": {**said, "chat": group}} for n in range(150)]
    waiting.append({"update_id": 150, "message": {**said, "chat": private}})

    def answer(asked: Any) -> Said:
        waiting[:] = [one for one in waiting if one["update_id"] >= asked.json.get("offset", 0)]
        return Said(body={"ok": True, "result": waiting[:100]})

    with fake_bot() as one:
        one.far.answer = answer
        lane = Lane(room.post, "telegram", one.channel, take, room.clock.on)
        for _ in range(3):
            lane.poll()
    assert waiting == [] and kinds(room).count("call.recorded") == 1


class Unsteady(ConsoleChannel):
    """Its probe and its ear fall over something nobody thought of."""

    def __init__(self) -> None:
        super().__init__(ConsoleSettings())

    def check(self) -> Any:
        raise UnicodeEncodeError("ascii", "kata sandi", 0, 1, "")

    def poll(self) -> Any:
        raise TypeError("kata sandi")


@on_spatialite
def test_a_probe_that_falls_over_is_a_channel_that_is_down_and_its_words_stay_here(
    room: Room, capsys: pytest.CaptureFixture[str]
):
    lane = Lane(room.post, "console", Unsteady(), take, room.clock.on)
    lane.speak()
    assert health(room, "console") == ("down", STUMBLED) and lane.is_down
    lane.poll()
    assert "kata sandi" not in "".join(capsys.readouterr())
