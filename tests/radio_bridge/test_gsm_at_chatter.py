"""What real modems say that no manual shows: faults in words, echo on, other news in the middle of an answer.

Octets in, octets out and a clock of our own: no port, no waiting.
"""

import datetime as dt

import pytest

from radio_bridge.devices.gsm_at import Modem
from radio_bridge.sms.events import Event, NotSent, Reported, Sent
from radio_bridge.sms.pdu import submits
from tests.radio_bridge.fake_modem import status_report

NUMBER = "081234567890"
PART = submits(NUMBER, "Banjir di Sakra", dt.timedelta(hours=1), 1)[0]
USUAL = {
    "AT+CPIN?": "+CPIN: READY\r\n\r\nOK",
    "AT+CREG?": "+CREG: 1,1\r\n\r\nOK",
    "AT+CSQ": "+CSQ: 20,0\r\n\r\nOK",
    "AT+CPMS?": '+CPMS: "SM",1,20,"SM",1,20,"SM",1,20\r\n\r\nOK',
}


def ready(**answers: str) -> Modem:
    """A modem that was set up by a far end which answers each command at once."""
    modem, said = Modem(), USUAL | answers
    modem.opened(0.0)
    modem.tick(1.0)
    for _ in range(30):
        for line in modem.output().strip(b"\x1b\r").decode().split("\r"):
            if line:
                modem.feed(f"\r\n{said.get(line, 'OK')}\r\n".encode(), 1.0)
    return modem


def told(*chunks: str) -> list[Event]:
    """What the modem tells of a part that is sent, while the far end says these."""
    modem = ready()
    modem.submit("k1", PART, 2.0)
    events = [event for chunk in chunks for event in modem.feed(chunk.encode(), 3.0)]
    assert modem.is_ready and modem.health() == ("ok", "sinyal baik")
    return events


@pytest.mark.parametrize(
    "chunks",
    [
        ["\r\n> ", "\r\n+CMGS: 5\r\n\r\nOK\r\n"],
        [f"AT+CMGS={PART.length}\r\r\n> ", f"{PART.hex}\x1a\r\n", "+CMGS: 5\r\nOK\r\n"],
        ['\r\n> \r\n+CMTI: "SM",3\r\n', "\r\nRING\r\n", "\r\n+CMGS: 5\r\n", '\r\n+CLIP: "0812"\r\n', "\r\nOK\r\n"],
        ["\0\r\n>", '\r\n+CMGS:5,"26/11/22"\r\n\r\n OK \r\n'],
    ],
    ids=["plainly", "with its echo", "between other news", "in its own spelling"],
)
def test_a_part_that_was_taken_is_sent_however_it_is_said(chunks: list[str]) -> None:
    assert told(*chunks) == [Sent("k1", 5)]
    assert told(*"".join(chunks)) == [Sent("k1", 5)], "octet by octet"


@pytest.mark.parametrize(
    ("said", "words", "again"),
    [
        ("+CMS ERROR: memory failure", "Modem tidak sanggup mengirim; dicoba lagi.", True),
        ("+CMS Error:1", "Nomor itu tidak terdaftar di jaringan.", False),
        ("+CME ERROR: SIM busy", "Modem tidak sanggup mengirim; dicoba lagi.", True),
        ("error", "Modem tidak sanggup mengirim; dicoba lagi.", True),
    ],
)
def test_a_refusal_in_words_is_known_at_once_and_not_taken_for_silence(said: str, words: str, again: bool) -> None:
    assert told("\r\n> ", f"\r\n{said}\r\n") == [NotSent("k1", words, again)]


def test_a_sim_that_is_refused_in_words_is_not_sent_through() -> None:
    modem = ready(**{"AT+CPIN?": "+CME ERROR: SIM not inserted"})
    assert not modem.is_ready and modem.health()[0] == "off"


@pytest.mark.parametrize("between", ["RING", '+CMTI: "SM",3', "^RSSI:18", "+CREG: 1"])
def test_a_report_that_is_interrupted_is_still_read(between: str) -> None:
    report = f"\r\n+CDS: 26\r\n\r\n{between}\r\n{status_report(NUMBER, 5, 0)}\r\n"
    sent, reported = told("\r\n> ", "\r\n+CMGS: 5\r\n\r\nOK\r\n", report)
    assert isinstance(reported, Reported) and reported.report.state == "heard"


def test_a_header_whose_octets_never_come_swallows_nothing() -> None:
    (sent,) = told("\r\n> ", "\r\n+CDS: 26\r\n", "\r\n+CMGS: 5\r\n\r\nOK\r\n")
    assert sent == Sent("k1", 5)
