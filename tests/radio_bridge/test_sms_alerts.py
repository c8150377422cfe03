"""An alert that climbs to the GSM modem: sent, heard, seen are three things; who writes to us is heard by one door."""

import contextlib
import datetime as dt
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import event, func, insert, select, update

import alerts.actions
from alerts import sender
from alerts.audience import To
from alerts.models import Alert, Contact, ContactAddress, Delivery, Recipient
from incident import journal
from incident.actions import set_lamp
from incident.config import Settings
from incident.models import Call
from incident.post import Act, Post, utc_now
from incident.relay import Relay
from radio_bridge.devices import gsm_at
from radio_bridge.sms import actions as sms_actions
from radio_bridge.sms.desk import make_desk
from radio_bridge.sms.models import ShortMessage
from tests import factories
from tests.radio_bridge.fake_modem import FakeModem, deliver
from tests.radio_bridge.rigs import LONG_S, wait_for

NUMBER, THEIRS = "081234567890", "+6281234567890"
RETRACTION = "Peringatan banjir Sakra dicabut; warga boleh kembali."


@pytest.fixture
def fake(tmp_path: Path) -> Iterator[FakeModem]:
    made = FakeModem(tmp_path / "usb-MODEM")
    made.status = None
    yield made
    made.stop()


@pytest.fixture
def settings(settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Settings:
    monkeypatch.setattr(gsm_at, "AGAIN_S", 0.1)
    monkeypatch.setattr(gsm_at, "SETTLE_S", 0.05)
    url = f"serial:{tmp_path}/usb-MODEM?baud=115200&pace=0"
    return settings.model_copy(update={"sms_modem": url, "ladder_s": 0.2})


@contextlib.contextmanager
def running(post: Post) -> Iterator[None]:
    """The modem's loop, once it is on the network."""
    desk = make_desk(post)
    assert desk
    thread = threading.Thread(target=desk.run)
    thread.start()
    try:
        wait_for(lambda: desk.modem.is_on_network and desk._lamp and desk._lamp[0] == "ok")
        yield
    finally:
        desk.stop()
        thread.join(LONG_S)


def _add(act: Act, address: str) -> int:
    row = {"name": "Kepala Desa Sakra", "office": "kades", "made_by": "test", "made_at": act.now, "changed_at": act.now}
    contact_id: int = act.conn.execute(insert(Contact).returning(Contact.id), row).scalar_one()
    act.conn.execute(insert(ContactAddress), {"contact_id": contact_id, "channel": "sms", "address": address})
    return contact_id


@pytest.fixture
def contact_id(post: Post) -> int:
    return post.do(_add, "test", None, NUMBER)


def write(post: Post, contact_id: int, text: str = "Banjir di Sakra, naik ke masjid", priority: str = "P1") -> int:
    entry = post.do(
        alerts.actions.write_alert, "dewi", factories.uid(), "go", text, priority,
        to=To(contact_ids=(contact_id,)), more={"retraction": RETRACTION},
    )  # fmt: skip
    return int(entry["body"]["alert"])


def relay(post: Post) -> None:
    """The relay until it has nothing to do; alerts climb by their clock."""
    working = Relay(post)
    while working.step():
        pass


def delivery(post: Post) -> Any:
    with post.database.read() as conn:
        return conn.execute(select(Delivery.__table__).where(Delivery.channel == "sms_modem")).mappings().first()


def state(post: Post) -> str:
    relay(post)
    return (delivery(post) or {"state": ""})["state"]


def recipient(post: Post) -> Any:
    with post.database.read() as conn:
        return conn.execute(select(Recipient.__table__)).mappings().one()


def texts(fake: FakeModem) -> list[str]:
    return [taken.text for taken in fake.taken]


def test_sent_heard_and_seen_are_three_things(post: Post, fake: FakeModem, contact_id: int) -> None:
    with running(post):
        write(post, contact_id)
        wait_for(lambda: state(post) == "sent")
        assert texts(fake) == ["Banjir di Sakra, naik ke masjid\nBalas 1 bila sudah dibaca."]
        fake.report(THEIRS, fake.taken[0].reference, 0)
        wait_for(lambda: state(post) == "heard")
        assert recipient(post)["state"] == "heard"
        fake.receive(deliver(THEIRS, "1"))
        wait_for(lambda: recipient(post)["state"] == "seen")
    found = recipient(post)
    assert (found["seen_by"], found["seen_via"]) == ("Kepala Desa Sakra", "sms_modem")
    with post.database.read() as conn:
        assert conn.scalar(select(Call.id)) is None
        said = repr([line.body for line in journal.after(conn, 0, 1000)])
    assert NUMBER[1:] not in said
    assert "naik ke masjid" in said, "the alert itself stands in the journal"


def test_what_was_sent_is_taken_back_in_the_frozen_words(post: Post, fake: FakeModem, contact_id: int) -> None:
    with running(post):
        alert_id = write(post, contact_id)
        wait_for(lambda: state(post) == "sent")
        post.do(alerts.actions.cancel_alert, "dewi", factories.uid(), alert_id)
        relay(post)
        wait_for(lambda: len(fake.taken) == 2)
    assert texts(fake)[1] == RETRACTION


@pytest.mark.parametrize("how", ["the modem fell silent", "the power went"])
def test_what_may_have_left_when_it_is_taken_back_is_followed_by_its_cancel(
    post: Post, contact_id: int, how: str
) -> None:
    post.do(set_lamp, "sms", None, "sms", "ok", "sinyal baik")
    alert = write(post, contact_id)
    wait_for(lambda: state(post) == "queued", 20)
    taken = post.do(sms_actions.take_part, "test", None)
    if how == "the power went":
        post.do(sms_actions.requeue_lost, "test", None)
    else:
        post.do(
            sms_actions.record_not_sent, "test", None, taken[0], "Modem diam saat mengirim; dicoba lagi.", True, False
        )
    post.do(alerts.actions.cancel_alert, "dewi", factories.uid(), alert)
    relay(post)
    with post.database.read() as conn:
        rows = conn.execute(select(ShortMessage.kind, ShortMessage.state, ShortMessage.text)).all()
    assert [tuple(row)[:2] for row in rows] == [("alert", "superseded"), ("cancel", "queued")]
    assert rows[1].text == RETRACTION


def test_what_waits_when_it_is_taken_back_never_leaves(post: Post, fake: FakeModem, contact_id: int) -> None:
    with running(post):
        fake.refusals = ["+CMS ERROR: 38"] * 3
        alert_id = write(post, contact_id)
        wait_for(lambda: state(post) == "queued" and not delivery(post)["claimed_until"] and len(fake.refusals) < 3)
        post.do(alerts.actions.cancel_alert, "dewi", factories.uid(), alert_id)
        relay(post)
        fake.refusals = []
        other = post.do(
            sms_actions.queue, "test", None, factories.uid(), "note", NUMBER, "lain", 1,
            utc_now() + dt.timedelta(hours=1),
        )  # fmt: skip
        wait_for(lambda: len(fake.taken) == 1)
    assert texts(fake) == ["lain"]
    assert other


def test_a_report_hours_after_the_expiry_raises_nothing(post: Post, fake: FakeModem, contact_id: int) -> None:
    with running(post):
        alert_id = write(post, contact_id)
        wait_for(lambda: state(post) == "sent")
        past = update(Alert).where(Alert.id == alert_id).values(expires_at=utc_now() - dt.timedelta(hours=3))
        post.do(lambda act: act.conn.execute(past), "test", None)
        wait_for(lambda: state(post) == "expired")
        fake.report(THEIRS, fake.taken[0].reference, 0)
        wait_for(lambda: _message(post)["state"] == "heard")
    assert state(post) == "expired"
    assert recipient(post)["state"] == "expired"


def test_an_operator_that_says_no_is_a_failed_delivery_with_the_reason(
    post: Post, fake: FakeModem, contact_id: int
) -> None:
    with running(post):
        write(post, contact_id)
        wait_for(lambda: state(post) == "sent")
        fake.report(THEIRS, fake.taken[0].reference, 0x46)
        wait_for(lambda: state(post) == "failed")
    assert delivery(post)["reason"] == "Masa berlaku SMS habis sebelum ponselnya menyala."


@pytest.mark.parametrize("address", ["kades@sakra", "12"])
def test_an_address_that_is_no_number_fails_with_a_sentence(post: Post, fake: FakeModem, address: str) -> None:
    wrong = post.do(_add, "test", None, address)
    with running(post):
        write(post, wrong)
        wait_for(lambda: state(post) == "failed")
    assert "bukan nomor telepon" in delivery(post)["reason"]
    assert fake.taken == []


def test_a_modem_without_network_is_skipped_by_the_ladder(post: Post, fake: FakeModem, contact_id: int) -> None:
    with running(post):
        fake.lose_network()
        wait_for(lambda: "jaringan" in _health(post))
        write(post, contact_id)
        wait_for(lambda: relay(post) or recipient(post)["rung"] == 3, what="the runner's rung")
    assert fake.taken == []


def test_a_citizen_who_writes_becomes_a_call_and_gets_its_number(post: Post, fake: FakeModem) -> None:
    with running(post):
        fake.receive(deliver("+6285555000111", "Banjir di Sakra, 3 orang di atap"))
        wait_for(lambda: fake.taken)
    with post.database.read() as conn:
        call = conn.execute(select(Call.__table__)).mappings().one()
        said = repr([line.body for line in journal.after(conn, 0, 1000)])
    assert call["channel"] == "sms"
    assert "3 orang di atap" in call["narrative"]
    assert fake.taken[0].number == "+6285555000111"
    assert "laporan Anda kami terima dengan nomor" in fake.taken[0].text
    assert "5555000111" not in said


def test_an_exercise_writes_no_sms(post: Post, fake: FakeModem, contact_id: int) -> None:
    with running(post):
        post.settings = post.settings.model_copy(update={"exercise": True})
        write(post, contact_id)
        relay(post)
        while sender.step(post):
            pass
    with post.database.read() as conn:
        assert conn.scalar(select(ShortMessage.id)) is None
    assert fake.taken == []


def _message(post: Post) -> Any:
    with post.database.read() as conn:
        return conn.execute(select(ShortMessage.__table__)).mappings().one()


def _health(post: Post) -> str:
    from radio_bridge.sms.channel import SmsModemChannel

    with post.database.read() as conn:
        return SmsModemChannel().health(conn)[1]


def test_the_composer_sees_characters_and_parts_before_sending(app: Any, ask: Any, settings: Settings) -> None:
    room = app.extensions["posko"]
    contact = room.do(_add, "test", None, NUMBER)
    room.do(set_lamp, "test", None, "sms", "ok", "sinyal baik")
    asked = {"priority": "P1", "order": "inform", "contact_ids": [contact]}

    def sms(text: str) -> dict[str, Any]:
        told: dict[str, Any] = ask("dispatcher", "POST", "/alerts/reach", {**asked, "text": text}).json
        return told["sms"]

    assert sms("Banjir di Sakra") == {"alphabet": "gsm", "characters": 42, "parts": 1, "left": 118, "fits": True}
    assert sms("Banjir. " * 30)["parts"] == 2
    assert sms("Banjir 🌊 di Sakra. " * 5)["alphabet"] == "ucs2"
    assert sms("") is None


def test_a_thousand_numbers_are_queued_and_taken_back_in_a_handful_of_statements(post: Post) -> None:
    """A modem that nobody waits for must not hold up the saving of a call."""
    alert = {"id": 1, "priority": "P1", "expires_at": utc_now() + dt.timedelta(hours=1)}
    ways = [{"id": number, "uid": factories.uid(), "address": f"08120000{number:04}"} for number in range(1000)]
    ways[7]["address"] = "bukan nomor"
    queries: list[str] = []
    counting = post.database.writer
    event.listen(counting, "before_cursor_execute", lambda *told: queries.append(told[2]))
    text = "Air naik di Sakra. " * 10
    for _ in range(2):
        post.do(sms_actions.queue_deliveries, "relay", None, alert, ways, text)
    assert post.do(sms_actions.take_part, "sms", None)
    post.do(sms_actions.take_back, "relay", None, alert, "Dicabut.", dt.timedelta(hours=6))
    with post.database.read() as conn:
        kinds = dict(conn.execute(select(ShortMessage.state, func.count()).group_by(ShortMessage.state)).all())
    assert kinds == {"superseded": 999, "refused": 1, "queued": 1}
    assert len(queries) < 60, len(queries)
