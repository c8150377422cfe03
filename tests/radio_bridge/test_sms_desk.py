"""The radio process and a GSM modem that gammu believes: rows to the network and back, through every accident."""

import contextlib
import datetime as dt
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from pydantic import SecretStr
from sqlalchemy import select

from gis.database import DatabaseUnusable
from incident import journal
from incident.config import Settings
from incident.models import Lamp
from incident.post import Post, utc_now
from radio_bridge.cli import radio
from radio_bridge.devices import gsm_at
from radio_bridge.errors import CannotSend
from radio_bridge.sms import actions as sms_actions
from radio_bridge.sms import desk as sms_desk
from radio_bridge.sms import pdu
from radio_bridge.sms.channel import SmsModemChannel
from radio_bridge.sms.desk import SmsDesk, make_desk
from radio_bridge.sms.models import ShortHeard, ShortMessage, ShortPart
from tests import factories
from tests.radio_bridge.fake_modem import FakeModem, deliver
from tests.radio_bridge.rigs import LONG_S, wait_for

NUMBER = "081234567890"
HOUR = dt.timedelta(hours=1)


@pytest.fixture
def fake(tmp_path: Path) -> Iterator[FakeModem]:
    made = FakeModem(tmp_path / "usb-MODEM")
    yield made
    made.stop()


@pytest.fixture
def settings(settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Settings:
    monkeypatch.setattr(gsm_at, "AGAIN_S", 0.1)
    monkeypatch.setattr(gsm_at, "SETTLE_S", 0.05)
    monkeypatch.setattr(sms_actions, "FIRST_WAIT_S", 0.2)
    return settings.model_copy(update={"sms_modem": f"serial:{tmp_path}/usb-MODEM?baud=115200&pace=0"})


@contextlib.contextmanager
def running(post: Post) -> Iterator[SmsDesk]:
    desk = make_desk(post)
    assert desk
    thread = threading.Thread(target=desk.run)
    thread.start()
    try:
        yield desk
    finally:
        desk.stop()
        thread.join(LONG_S)
        assert not thread.is_alive()


def queue(
    post: Post, text: str = "Banjir di Sakra", valid: dt.timedelta = HOUR, priority: int = 1, uid: str = ""
) -> str:
    expires_at = utc_now() + valid
    return post.do(sms_actions.queue, "test", None, uid or factories.uid(), "note", NUMBER, text, priority, expires_at)


def state(post: Post, uid: str) -> str:
    return value(post, ShortMessage.state, ShortMessage.uid == uid)


def value(post: Post, column: Any, *which: Any) -> Any:
    with post.database.read() as conn:
        return conn.scalar(select(column).where(*which))


def values(post: Post, column: Any) -> list[Any]:
    with post.database.read() as conn:
        return list(conn.scalars(select(column)))


def lamp(post: Post) -> tuple[str, str]:
    with post.database.read() as conn:
        return SmsModemChannel().health(conn)


def test_accepted_is_sent_and_reported_is_heard(post: Post, fake: FakeModem) -> None:
    fake.status = None
    uid = queue(post)
    with running(post):
        wait_for(lambda: state(post, uid) == "sent")
        (taken,) = fake.taken
        assert (taken.number, taken.text, taken.wants_report) == (NUMBER, "Banjir di Sakra", True)
        fake.report("+6281234567890", taken.reference, 0x20)  # still trying
        fake.report("+6289999999999", taken.reference, 0)  # of somebody else
        fake.report("+6281234567890", taken.reference, 0)
        wait_for(lambda: state(post, uid) == "heard")


def test_a_long_message_is_heard_when_its_last_part_is(post: Post, fake: FakeModem) -> None:
    fake.status = None
    uid = queue(post, "Air naik. " * 40)
    with running(post):
        wait_for(lambda: state(post, uid) == "sent")
        first, second, third = fake.taken
        assert first.text + second.text + third.text == "Air naik. " * 40
        assert len({one.header[3] for one in fake.taken}) == 1
        for taken in (third, first):
            fake.report("+6281234567890", taken.reference, 0)
        wait_for(lambda: values(post, ShortPart.state).count("heard") == 2)
        assert state(post, uid) == "sent"
        fake.report("+6281234567890", second.reference, 0)
        wait_for(lambda: state(post, uid) == "heard")


def test_one_part_that_failed_fails_the_whole(post: Post, fake: FakeModem) -> None:
    fake.status = None
    uid = queue(post, "Air naik. " * 20)
    with running(post):
        wait_for(lambda: state(post, uid) == "sent")
        fake.report("+6281234567890", fake.taken[0].reference, 0)
        fake.report("+6281234567890", fake.taken[1].reference, 0x46)
        wait_for(lambda: state(post, uid) == "failed")
    assert "Masa berlaku" in value(post, ShortMessage.reason, ShortMessage.uid == uid)


def test_the_urgent_go_first_and_the_same_uid_once(post: Post, fake: FakeModem) -> None:
    fake.lose_network()
    late, urgent = queue(post, "biasa", priority=3), queue(post, "genting", priority=0)
    assert queue(post, "genting lagi", uid=urgent) == urgent
    with running(post):
        fake.find_network()
        wait_for(lambda: {state(post, late), state(post, urgent)} == {"heard"})
    assert [taken.text for taken in fake.taken] == ["genting", "biasa"]


def test_what_is_late_is_never_sent(post: Post, fake: FakeModem) -> None:
    fake.network = 2
    uid = queue(post, valid=dt.timedelta(seconds=0.5))
    with running(post):
        wait_for(lambda: state(post, uid) == "expired")
        fake.find_network()
        other = queue(post, "berikut")
        wait_for(lambda: state(post, other) == "heard")
    assert [taken.text for taken in fake.taken] == ["berikut"]


def test_a_report_after_the_end_raises_nothing_from_the_dead(post: Post, fake: FakeModem) -> None:
    fake.status = None
    uid = queue(post)
    with running(post):
        wait_for(lambda: state(post, uid) == "sent")
        post.do(lambda act: sms_actions._settle(act, value(post, ShortMessage.id, ShortMessage.uid == uid), "failed"),
                "test", None)  # fmt: skip
        fake.report("+6281234567890", fake.taken[0].reference, 0)
        wait_for(lambda: values(post, ShortPart.state) == ["heard"])
    assert state(post, uid) == "failed"


def test_a_refusal_for_now_is_tried_again_and_one_for_good_is_not(post: Post, fake: FakeModem) -> None:
    fake.refusals = ["+CMS ERROR: 38", "+CMS ERROR: 38"]
    uid = queue(post)
    with running(post):
        wait_for(lambda: state(post, uid) == "heard")
        assert value(post, ShortMessage.attempts, ShortMessage.uid == uid) == 2
        fake.refusals = ["+CMS ERROR: 1"]
        gone = queue(post)
        wait_for(lambda: state(post, gone) == "failed")
    assert "tidak terdaftar" in value(post, ShortMessage.reason, ShortMessage.uid == gone)


def test_unplugged_and_plugged_it_goes_on(post: Post, fake: FakeModem) -> None:
    fake.hangs_on_submit = True
    uid = queue(post)
    with running(post):
        wait_for(lambda: any(command.startswith("AT+CMGS") for command in fake.commands))
        fake.unplug()
        wait_for(lambda: lamp(post) == ("off", "modem tercabut"))
        fake.hangs_on_submit = False
        fake.plug()
        wait_for(lambda: state(post, uid) == "heard")
        assert lamp(post) == ("ok", "sinyal baik")
    assert lamp(post) == ("off", "modem SMS tidak berjalan")


def test_no_network_puts_the_channel_out_at_once(post: Post, fake: FakeModem, monkeypatch: pytest.MonkeyPatch) -> None:
    """On the modem's own word: nobody asks it again before this test is over."""
    monkeypatch.setattr(gsm_at, "LOOK_S", 3600.0)
    with running(post):
        wait_for(lambda: lamp(post)[0] == "ok")
        fake.lose_network()
        wait_for(lambda: lamp(post) == ("off", "mencari jaringan"))
        uid = queue(post)
        fake.find_network()
        wait_for(lambda: state(post, uid) == "heard")


def test_a_hung_modem_is_opened_anew(post: Post, fake: FakeModem, monkeypatch: pytest.MonkeyPatch) -> None:
    for patience in ("ANSWER_S", "LIST_S"):  # whichever command it hangs at
        monkeypatch.setattr(gsm_at, patience, 1.0)
    monkeypatch.setattr(gsm_at, "LOOK_S", 0.3)
    with running(post):
        wait_for(lambda: lamp(post)[0] == "ok")
        fake.is_hung = True
        wait_for(lambda: lamp(post)[0] == "off")
        opened = []
        monkeypatch.setattr(sms_desk, "open_port", lambda url, real=sms_desk.open_port: opened.append(url) or real(url))
        wait_for(lambda: opened)
        monkeypatch.setattr(gsm_at, "ANSWER_S", 20.0)  # a busy machine is no hung modem
        monkeypatch.setattr(gsm_at, "LIST_S", 20.0)
        monkeypatch.setattr(gsm_at, "LOOK_S", 20.0)
        fake.is_hung = False
        uid = queue(post)
        wait_for(lambda: state(post, uid) == "heard")


def test_a_death_in_mid_send_says_it_once_more_rather_than_never(post: Post, fake: FakeModem) -> None:
    uid = queue(post)
    assert post.do(sms_actions.take_part, "test", None)  # and here the power goes
    with running(post):
        wait_for(lambda: state(post, uid) == "heard")


@pytest.mark.slow
@pytest.mark.parametrize(("step", "times"), [("sms.taken", 1), ("sms.sent", 2)])
def test_kill_9_between_the_steps_loses_no_message(
    post: Post, fake: FakeModem, tmp_path: Path, step: str, times: int
) -> None:
    """`posko radio` dies before a part is given, or after the network took it; the next one finishes the work."""
    uid = queue(post)
    with radio_process(post, tmp_path, step) as first:
        assert first.wait(2 * LONG_S) == -signal.SIGKILL
    with radio_process(post, tmp_path) as second:
        wait_for(lambda: state(post, uid) == "heard", 2 * LONG_S)
        wait_for(lambda: lamp(post)[0] == "ok")
    assert second.returncode == 0
    assert [taken.text for taken in fake.taken] == ["Banjir di Sakra"] * times
    assert lamp(post) == ("off", "modem SMS tidak berjalan")


@contextlib.contextmanager
def radio_process(post: Post, folder: Path, failpoint: str = "") -> Iterator[subprocess.Popen[bytes]]:
    """`posko radio` in its own process, killed at a step of our choice."""
    environment = {
        **os.environ,
        "POSKO_DATABASE": post.settings.database,
        "POSKO_DATA": str(post.settings.data),
        "POSKO_RADIO": f"loopback:{folder}/air",
        "POSKO_SMS_MODEM": post.settings.sms_modem,
        "POSKO_FAILPOINT": failpoint,
    }
    process = subprocess.Popen([sys.executable, "-m", "incident.cli", "radio"], env=environment)
    try:
        yield process
    finally:
        process.terminate()
        process.wait(LONG_S)


def test_a_stop_waits_for_the_part_on_its_way(post: Post, fake: FakeModem) -> None:
    fake.status = None
    gate = threading.Event()
    fake.before_result = lambda: gate.wait(2) and None
    uid = queue(post)
    with running(post) as desk:
        wait_for(lambda: fake.taken)
        desk.stop()
        gate.set()
    assert state(post, uid) == "sent"


def test_the_database_away_loses_no_report_and_no_message(
    post: Post, fake: FakeModem, monkeypatch: pytest.MonkeyPatch
) -> None:
    def away(*_: object) -> None:
        raise DatabaseUnusable("the database is away")

    fake.status = None
    uid = queue(post)
    with running(post):
        wait_for(lambda: state(post, uid) == "sent")
        with monkeypatch.context() as broken:
            broken.setattr(post.database, "write", away)
            fake.report("+6281234567890", fake.taken[0].reference, 0)
            fake.receive(deliver("TELKOMSEL", "Pulsa habis"))
            wait_for(lambda: "AT+CMGL=4" in fake.commands[-8:])
            assert len(fake.store) == 1
        wait_for(lambda: state(post, uid) == "heard")
        wait_for(lambda: not fake.store)
    assert values(post, ShortHeard.state) == ["kept"]


def test_a_wrong_pin_survives_every_restart_untried(post: Post, fake: FakeModem) -> None:
    fake.pin = "4321"
    post.settings = post.settings.model_copy(update={"sms_pin": SecretStr("97531864")})
    for _ in range(2):
        with running(post):
            wait_for(lambda: "PIN" in lamp(post)[1] and lamp(post)[0] == "off")
    assert fake.pins_tried == ["97531864"]
    assert "97531864" not in (post.settings.data / sms_desk.PIN_REFUSED).read_text()
    post.settings = post.settings.model_copy(update={"sms_pin": SecretStr("4321")})
    with running(post):
        wait_for(lambda: lamp(post)[0] == "ok")


def test_what_comes_in_in_parts_is_handed_on_once_and_whole(
    post: Post, fake: FakeModem, monkeypatch: pytest.MonkeyPatch
) -> None:
    handed = _hands(monkeypatch)
    halves = [
        deliver("+628111", text, header=bytes((5, 0, 3, 9, 2, part)))
        for part, text in ((2, "di Sakra, 3 orang di atap"), (1, "Banjir "))
    ]
    with running(post):
        fake.receive(halves[0])
        wait_for(lambda: values(post, ShortHeard.state) == ["waiting"])
        fake.receive(halves[0])  # the network says it twice
        fake.receive(halves[1])
        wait_for(lambda: handed)
        wait_for(lambda: not fake.store)
    assert [(one[2], one[3]) for one in handed] == [("+628111", "Banjir di Sakra, 3 orang di atap")]
    assert values(post, ShortHeard.text) == ["", ""]


def test_a_part_that_never_comes_is_said_to_be_missing(post: Post, monkeypatch: pytest.MonkeyPatch) -> None:
    handed = _hands(monkeypatch)
    half = pdu.Deliver("+628111", "di Sakra", utc_now(), pdu.Joint(9, 3, 2))
    post.do(sms_actions.record_arrived, "test", None, half)
    assert post.do(sms_actions.hand_on_broken, "test", None) == 0
    monkeypatch.setattr(sms_actions, "JOINED_WITHIN", dt.timedelta(0))
    assert post.do(sms_actions.hand_on_broken, "test", None) == 1
    assert handed[0][3] == " [bagian 1 tidak sampai] di Sakra [bagian 3 tidak sampai] "


def test_machines_and_yesterday_make_no_calls(post: Post, monkeypatch: pytest.MonkeyPatch) -> None:
    handed = _hands(monkeypatch)
    old = utc_now() - dt.timedelta(hours=30)
    for one in (pdu.Deliver("TELKOMSEL", "Promo", utc_now(), is_named=True), pdu.Deliver("+62811", "Tolong", old)):
        post.do(sms_actions.record_arrived, "test", None, one)
    assert handed == []
    assert values(post, ShortHeard.text) == ["Promo", "Tolong"]


def test_the_technician_sees_the_lamp_the_counts_and_what_the_operator_wrote(post: Post, fake: FakeModem) -> None:
    fake.receive(deliver("TELKOMSEL", "Pulsa Anda habis"))
    fake.receive(deliver("+628111", "x", coding=4))
    uid = queue(post)
    with running(post):
        wait_for(lambda: state(post, uid) == "heard" and not fake.store)
    environment = {"POSKO_DATABASE": post.settings.database, "POSKO_DATA": str(post.settings.data)}
    said = CliRunner().invoke(radio, ["sms"], env=environment, catch_exceptions=False).output
    assert "off: modem SMS tidak berjalan" in said
    assert "heard 1" in said
    assert "TELKOMSEL: Pulsa Anda habis" in said
    with post.database.read() as conn:
        rejected = [line.body for line in journal.after(conn, 0, 1000) if line.kind == "radio.rejected"]
    assert rejected == [{"counts": {"sms": 1}}]


def test_the_modem_is_no_part_of_an_exercise(post: Post) -> None:
    post.settings = post.settings.model_copy(update={"exercise": True})
    assert make_desk(post) is None


def test_where_the_modem_was_taken_away_the_channel_is_off(post: Post, fake: FakeModem) -> None:
    with running(post):
        wait_for(lambda: lamp(post)[0] == "ok")
    sms_desk.put_lamp_out(post)
    assert lamp(post) == ("unknown", "modem SMS tidak diatur")
    assert value(post, Lamp.state, Lamp.id == "sms") == "off"


def test_numbers_written_in_two_ways_are_one_telephone() -> None:
    assert sms_actions.same_number("0812-3456-7890", "+6281234567890")
    assert not sms_actions.same_number("081234567890", "+6281234567891")
    assert not sms_actions.same_number("112", "+62112")


def test_what_cannot_be_sent_is_refused_before_it_is_queued(post: Post) -> None:
    with pytest.raises(CannotSend):
        queue(post, "a" * 2000)
    assert values(post, ShortMessage.id) == []


def _hands(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """What would be handed to the door of incoming messages."""
    handed: list[Any] = []
    monkeypatch.setattr("radio_bridge.sms.outcomes.hand_on", lambda act, *told: handed.append(told))
    return handed
