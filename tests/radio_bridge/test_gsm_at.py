"""The driver of a GSM modem: against the modem gammu believes, and in virtual time against one of our own words."""

import datetime as dt
import math
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from radio_bridge.devices import gsm_at
from radio_bridge.devices.gsm_at import Modem
from radio_bridge.ports import open_port
from radio_bridge.sms import pdu
from radio_bridge.sms.events import Arrived, Event, Hung, NotSent, PinRefused, Reported, Sent, Unreadable
from radio_bridge.sms.pdu import Submit
from radio_bridge.sms.refusals import CME, CMS, refusal_of
from tests.radio_bridge.fake_modem import FakeModem, deliver, status_report
from tests.radio_bridge.rigs import LONG_S

NUMBER = "+6281234567890"


def part(text: str = "Banjir di Sakra") -> Submit:
    return pdu.submits(NUMBER, text, dt.timedelta(hours=1), 1)[0]


class Rig:
    """The driver on a real port, in real time."""

    def __init__(self, fake: FakeModem, pin: str = "") -> None:
        self.port = open_port(f"serial:{fake.cable.link}?baud=115200")
        self.modem, self.events = Modem(pin), list[Event]()
        self.events += self.modem.opened(time.monotonic())

    def turn(self) -> None:
        self.port.write_all(self.modem.output())
        self.events += self.modem.feed(self.port.read(0.01), time.monotonic())
        self.events += self.modem.tick(time.monotonic())

    def until(self, is_true: Callable[[], Any], within_s: float = LONG_S) -> Any:
        deadline = time.monotonic() + within_s
        while time.monotonic() < deadline:
            if answer := is_true():
                return answer
            self.turn()
        raise AssertionError(f"not within {within_s} s; events {self.events}, health {self.modem.health()}")

    def ready(self) -> None:
        self.until(lambda: self.modem.is_free and self.modem.is_on_network)

    def find(self, kind: type) -> list[Any]:
        return [event for event in self.events if isinstance(event, kind)]


@pytest.fixture
def fake(tmp_path: Path) -> Iterator[FakeModem]:
    made = FakeModem(tmp_path / "usb-MODEM")
    yield made
    made.stop()


def test_it_is_set_up_and_says_how_well_it_hears(fake: FakeModem) -> None:
    rig = Rig(fake)
    assert rig.modem.health() == ("off", "modem belum menjawab")
    rig.ready()
    assert rig.modem.health() == ("ok", "sinyal baik")
    fake.signal = 2
    rig.modem._look(time.monotonic())
    rig.until(lambda: rig.modem.health() == ("warn", "sinyal lemah"))


def test_sent_then_reported_with_the_same_number(fake: FakeModem) -> None:
    rig = Rig(fake)
    rig.ready()
    rig.modem.submit("k1", part(), time.monotonic())
    rig.until(lambda: rig.find(Reported))
    (sent,), (reported,) = rig.find(Sent), rig.find(Reported)
    assert (sent.key, sent.reference) == ("k1", reported.report.reference)
    assert reported.report.state == "heard"
    assert (fake.taken[0].number, fake.taken[0].text) == (NUMBER, "Banjir di Sakra")


def test_a_report_that_overtakes_its_number_is_told_after_it(fake: FakeModem) -> None:
    fake.status = None
    fake.before_result = lambda: fake.report(NUMBER, 1, 0)
    rig = Rig(fake)
    rig.ready()
    rig.modem.submit("k1", part(), time.monotonic())
    rig.until(lambda: rig.find(Reported))
    assert [type(event) for event in rig.events] == [Sent, Reported]


def test_chatter_and_echo_between_change_nothing(fake: FakeModem) -> None:
    fake.chatter = ["RING", "^RSSI:18", '+CUSD: 0,"Pulsa 10.000",15', "^BOOT:1,0,0,0,6", "%%garbage%%"]
    rig = Rig(fake)
    rig.ready()
    rig.modem.submit("k1", part(), time.monotonic())
    rig.until(lambda: rig.find(Sent))


def test_what_comes_in_is_told_once_stored_there_until_deleted(fake: FakeModem) -> None:
    fake.receive(deliver("+62811", "sudah ada"))
    rig = Rig(fake)
    rig.until(lambda: rig.find(Arrived))
    fake.receive(deliver("+62812", "baru"))
    rig.until(lambda: any(one.deliver.text == "baru" for one in rig.find(Arrived)))
    for arrived in {one.index: one for one in rig.find(Arrived)}.values():
        rig.modem.delete(arrived.index, time.monotonic())
    rig.until(lambda: not fake.store)
    rig.until(lambda: rig.modem.is_free)


def test_what_a_person_wrote_on_the_sim_is_left_alone(fake: FakeModem) -> None:
    fake.store = {1: (2, part().hex), 2: (3, part().hex), 3: (1, "00FF"), 4: (1, deliver("+62811", "x", coding=4))}
    rig = Rig(fake)
    rig.until(lambda: len(rig.find(Unreadable)) >= 2)
    assert {one.index for one in rig.find(Unreadable)} == {3, 4}
    assert not rig.find(Arrived)


def test_a_full_modem_says_so(fake: FakeModem) -> None:
    fake.capacity = 2
    for place in range(2):
        assert fake.receive(deliver("+62811", f"pesan {place}"))
    assert not fake.receive(deliver("+62811", "tidak muat"))
    rig = Rig(fake)
    rig.ready()
    assert rig.modem.health() == ("warn", "ingatan SMS modem penuh")


def test_no_network_is_known_at_once_and_so_is_its_return(fake: FakeModem, monkeypatch: pytest.MonkeyPatch) -> None:
    """On the modem's own word: it is not asked again before this test is over."""
    monkeypatch.setattr(gsm_at, "LOOK_S", 3600.0)
    rig = Rig(fake)
    rig.ready()
    fake.lose_network()
    rig.until(lambda: not rig.modem.is_on_network)
    assert rig.modem.health() == ("off", "mencari jaringan")
    fake.find_network()
    rig.until(lambda: rig.modem.is_on_network)


def test_without_a_pin_of_ours_the_sim_is_never_guessed_at(fake: FakeModem) -> None:
    fake.pin = "4321"
    rig = Rig(fake)
    rig.until(lambda: "minta PIN" in rig.modem.health()[1])
    assert fake.pins_tried == []


def test_the_right_pin_opens_the_sim(fake: FakeModem, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(gsm_at, "AGAIN_S", 0.05)
    fake.pin = "4321"
    rig = Rig(fake, "4321")
    rig.ready()
    assert fake.pins_tried == ["4321"]


def test_a_wrong_pin_is_given_once_and_never_again(fake: FakeModem, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(gsm_at, "AGAIN_S", 0.02)
    fake.pin = "4321"
    rig = Rig(fake, "97531864")
    rig.until(lambda: rig.find(PinRefused))
    rounds = fake.commands.count("AT+CPIN?")
    rig.until(lambda: fake.commands.count("AT+CPIN?") > rounds + 2)
    assert fake.pins_tried == ["97531864"]
    assert "97531864" not in repr(rig.events)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("said", "again"), [("+CMS ERROR: 38", True), ("+CMS ERROR: 1", False), ("+CMS ERROR: 777", True), ("ERROR", True)]
)
def test_a_refusal_is_a_sentence_and_says_whether_to_try_again(fake: FakeModem, said: str, again: bool) -> None:
    fake.refusals = [said]
    rig = Rig(fake)
    rig.ready()
    rig.modem.submit("k1", part(), time.monotonic())
    (refused,) = rig.until(lambda: rig.find(NotSent))
    assert (refused.key, refused.again, refused.is_sure) == ("k1", again, True)
    assert refused.words.endswith(".")
    rig.modem.submit("k2", part(), time.monotonic())
    rig.until(lambda: rig.find(Sent))


@pytest.mark.slow
def test_a_modem_that_starts_anew_in_mid_send_is_set_up_anew(fake: FakeModem, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(gsm_at, "AGAIN_S", 0.05)
    fake.hangs_on_submit = True
    rig = Rig(fake)
    rig.ready()
    rig.modem.submit("k1", part(), time.monotonic())
    rig.until(lambda: rig.modem._flight and rig.modem._flight.is_given)
    fake.hangs_on_submit = False
    fake.reboot()
    (lost,) = rig.until(lambda: rig.find(NotSent))
    assert (lost.key, lost.again, lost.is_sure) == ("k1", True, False)
    rig.ready()
    rig.modem.submit("k1", part(), time.monotonic())
    rig.until(lambda: rig.find(Sent))


def test_a_modem_found_at_an_open_prompt_is_freed(fake: FakeModem) -> None:
    first = open_port(f"serial:{fake.cable.link}?baud=115200")
    first.write_all(b"AT+CMGS=30\r")
    while b">" not in first.read(0.1):
        pass
    first.close()
    rig = Rig(fake)
    rig.ready()
    assert fake.taken == []


# in virtual time


def run(modem: Modem, seconds: float, answer: Callable[[bytes], bytes], now: float = 0.0) -> list[Event]:
    """Let time pass in the steps the driver asks for; `answer` says what the modem says to what it was written."""
    events, end = list[Event](), now + seconds
    while now < end:
        said = answer(modem.output())
        events += modem.feed(said, now) if said else []
        if not said:
            now = min(end, max(modem.next_wake(), now + 0.001))
            events += modem.tick(now)
    return events


def good(wanted: bytes) -> bytes:
    if b"CPIN?" in wanted:
        return b"\r\n+CPIN: READY\r\n\r\nOK\r\n"
    if b"CREG?" in wanted:
        return b"\r\n+CREG: 1,1\r\n\r\nOK\r\n"
    return b"\r\nOK\r\n" if wanted.strip(b"\x1b\r") else b""


def test_a_mute_modem_is_given_up_within_a_minute_and_commands_never_overlap() -> None:
    modem, given = Modem(), []

    def mute(wanted: bytes) -> bytes:
        given.append(wanted)
        return b""

    modem.opened(0.0)
    events = run(modem, 60.0, mute)
    assert Hung() in events
    assert all(one.count(b"AT") <= 1 for one in given)


def test_a_modem_that_hangs_while_idle_is_noticed() -> None:
    modem = Modem()
    modem.opened(0.0)
    run(modem, 10.0, good)
    assert modem.is_ready
    assert Hung() in run(modem, 75.0, lambda wanted: b"", 10.0)


def test_parts_that_are_never_answered_restart_the_modem() -> None:
    modem, given = Modem(), []

    def swallowing(wanted: bytes) -> bytes:
        given.append(wanted)
        if b"CMGS" in wanted:
            return b"\r\n> "
        return b"" if wanted.endswith(b"\x1a") else good(wanted)

    modem.opened(0.0)
    run(modem, 10.0, swallowing)
    now = 10.0
    for key in ("k1", "k2"):
        modem.submit(key, part(), now)
        (lost,) = [one for one in run(modem, 90.0, swallowing, now) if isinstance(one, NotSent)]
        assert (lost.key, lost.is_sure) == (key, False)
        now += 90.0
    assert sum(b"AT+CFUN=1,1" in one for one in given) == 1


def test_a_modem_that_cannot_report_is_used_and_shown_as_such() -> None:
    modem = Modem()
    modem.opened(0.0)
    run(modem, 10.0, lambda wanted: b"\r\nERROR\r\n" if b"CNMI=2,1,0,1" in wanted else good(wanted))
    assert modem.health() == ("warn", "tersambung, tanpa laporan terima")


@pytest.mark.parametrize(("number", "words"), [(10, "tidak ada"), (13, "rusak"), (12, "PUK")])
def test_a_sim_that_is_missing_or_locked_is_said_in_a_sentence(number: int, words: str) -> None:
    modem = Modem("1234")
    modem.opened(0.0)
    said = f"\r\n+CME ERROR: {number}\r\n".encode()
    run(modem, 10.0, lambda wanted: said if b"CPIN" in wanted else good(wanted))
    assert modem.health()[0] == "off"
    assert words in modem.health()[1]


def test_a_port_that_is_lost_loses_no_key() -> None:
    modem = Modem()
    modem.opened(0.0)
    run(modem, 10.0, good)
    modem.submit("k1", part(), 10.0)
    assert modem.closed(10.1) == [NotSent("k1", "Modem diam saat mengirim; dicoba lagi.", True, True)]
    assert modem.next_wake() == math.inf


SAID = (
    "OK", "ERROR", "> ", "+CMGS: 12", "+CDS: 25", "+CMS ERROR: 99999", '+CMTI: "SM",3', "+CMGL: x,y", "+CREG: ", "RDY",
    "+CSQ: 99", "+CPIN: SIM PIN", f"+CDS: 24\r\n{status_report(NUMBER, 3, 0)}", f"+CMT: ,30\r\n{deliver(NUMBER, 'x')}",
)  # fmt: skip
LINES = st.sampled_from([f"\r\n{line}\r\n".encode() for line in SAID])


@settings(max_examples=300)
@given(st.lists(st.one_of(st.binary(max_size=60), LINES), max_size=40))
def test_whatever_a_modem_says_the_driver_lives_and_recovers(said: list[bytes]) -> None:
    modem, now = Modem("1234"), 0.0
    modem.opened(now)
    for one in said:
        now += 0.5
        if modem.is_free:
            modem.submit("k", part(), now)
        modem.feed(one, now)
        modem.tick(now)
        assert modem.output().count(b"AT+") <= 2
    modem.closed(now)
    modem.opened(now)
    run(modem, 20.0, good, now)
    assert modem.is_ready


def test_every_number_in_the_tables_has_a_sentence() -> None:
    for kind, table in (("CMS", CMS), ("CME", CME)):
        for number in table:
            assert refusal_of(kind, number).words.endswith(".")
    assert refusal_of("CMS", 12_345).again
