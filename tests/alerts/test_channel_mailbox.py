"""Mail that comes back: a person's answer counts, a bounce is failed, and no machine is ever answered or believed."""

import contextlib
import datetime as dt
from collections.abc import Iterator
from email import policy
from email.message import EmailMessage
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alerts.channels import Incoming, Report
from alerts.channels.email import EmailChannel, EmailSettings
from alerts.channels.mail_in import Unreadable, read_mail
from alerts.channels.mailbox import MOST
from tests.alerts.channel_fakes.imap import PASSWORD, Mails, mailbox

NOW = dt.datetime(2026, 11, 22, 5, tzinfo=dt.UTC)
OURS = "<0f8fad5b-d9cb-469f-a165-70867728950e@lotim.test>"
BOUNCE = f"""From: MAILER-DAEMON@desa.test
To: posko@lotim.test
Message-ID: <b1@desa.test>
Auto-Submitted: auto-replied
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary="x"

--x
Content-Type: text/plain

kades@desa.test tidak dikenal
--x
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.desa.test

Final-Recipient: rfc822; kades@desa.test
Action: failed
Status: 5.1.1

--x
Content-Type: text/rfc822-headers

Message-ID: {OURS}
To: kades@desa.test

--x--
"""


def mail(words: str = "Ya", **headers: str) -> bytes:
    made = EmailMessage(policy=policy.SMTP)
    usual = {"From": "Kades <Kades@desa.test>", "Message-ID": "<a1@desa.test>", "In-Reply-To": OURS}
    for name, value in {**usual, "Date": "Sun, 22 Nov 2026 12:00:00 +0800", **headers}.items():
        if value:
            made[name.replace("_", "-")] = value
    made.set_content(words)
    return made.as_bytes()


def raw(**headers: str) -> bytes:
    """A mail as a stranger's program writes it: no header is looked at before it is sent."""
    usual = {"From": "kades@desa.test", "Message-ID": "<a9@desa.test>", "In-Reply-To": OURS, **headers}
    return "".join(f"{name}: {value}\r\n" for name, value in usual.items()).encode() + b"\r\nYa\r\n"


def read(octets: bytes) -> Any:
    return read_mail(octets, NOW)


def test_an_answer_is_the_words_above_the_quoted_mail():
    told = read(mail("Ya, siap.\n\nPada Sen, 22 Nov 2026 pukul 12.00 Posko menulis:\n> Air naik\n"))
    assert isinstance(told, Incoming)
    assert (told.sender, told.text, told.answers) == ("kades@desa.test", "Ya, siap.", OURS)
    assert told.at == dt.datetime(2026, 11, 22, 4, tzinfo=dt.UTC)


@pytest.mark.parametrize(
    "headers",
    [
        {"Auto-Submitted": "auto-replied"},
        {"Auto-Submitted": "auto-generated; owner-email=x"},
        {"Auto-Submitted": "auto-notified"},
        {"Precedence": "bulk"},
        {"Precedence": "auto_reply"},
        {"X-Autoreply": "yes"},
        {"List-Id": "<warga.desa.test>"},
        {"Return-Path": "<>"},
        {"From": "MAILER-DAEMON@desa.test"},
        {"From": "no-reply@toko.test"},
    ],
)
def test_what_a_machine_wrote_is_nobody_s_answer(headers: dict[str, str]):
    assert read(mail(**headers)) is None


def test_a_person_may_say_that_no_machine_wrote_it():
    assert read(mail(**{"Auto-Submitted": "no"})) is not None
    assert read(mail(From="Pak Norep <norep@desa.test>")) is not None


def test_a_bounce_is_failed_in_our_words_and_a_delay_says_nothing():
    told = read(BOUNCE.encode())
    assert told == Report(OURS, "failed", NOW, "Surat ini dikembalikan oleh server penerima.")
    assert read(BOUNCE.replace("Action: failed", "Action: delayed").encode()) is None
    whole = BOUNCE.replace("text/rfc822-headers", "message/rfc822")
    assert read(whole.encode()) == told


@pytest.mark.parametrize("change", [{"From": ""}, {"Message-ID": ""}])
def test_a_mail_without_a_sender_or_a_key_is_none(change: dict[str, str]):
    assert read(mail(**change)) is None


def test_a_mail_of_tomorrow_came_now_and_one_of_html_alone_has_no_words():
    told = read(mail(Date="Sun, 29 Nov 2026 12:00:00 +0800"))
    assert told.at == NOW
    html = mail().replace(b"text/plain", b"text/html")
    assert read(html).text == ""


FALLING = "kades@[ "
HOSTILE = [
    {"Date": "Fri, 31 Dec 9999 23:59:59 -2300"},
    {"From": FALLING},
]


def test_a_time_beyond_every_clock_is_now():
    assert read(raw(**HOSTILE[0])).at == NOW


@pytest.mark.parametrize("sender", [FALLING, "<", ".:", ", .>"])
def test_a_sender_over_whom_python_s_own_reader_falls_is_unreadable_and_not_quoted(sender: str):
    with pytest.raises(Unreadable) as fault:
        read(raw(From=sender))
    assert "kades" not in str(fault.value)


@given(st.binary(max_size=400))
def test_no_octets_make_the_reader_fall_but_in_its_own_word(octets: bytes):
    for mail_ in (
        octets,
        b"Content-Type: multipart/report; boundary=x\n\n--x\n" + octets,
        b"From: a@b.id\nMessage-ID: <1>\nContent-Type: text/plain; charset=" + octets + b"\n\n" + octets,
    ):
        with contextlib.suppress(Unreadable):
            read(mail_)


# the mailbox


@pytest.fixture
def box() -> Mails:
    return Mails()


@pytest.fixture
def channel(box: Mails) -> Iterator[EmailChannel]:
    with mailbox(box) as port:
        where = {"host": "127.0.0.1", "port": 1, "security": "none", "inbox": "127.0.0.1", "inbox_port": port}
        yield EmailChannel(EmailSettings(**where, sender="posko@lotim.test", user="posko", password=PASSWORD))


@pytest.mark.slow
def test_an_answer_is_read_and_marked_only_when_it_stands(channel: EmailChannel, box: Mails):
    box.add(mail())
    first = channel.poll()
    assert [one.text for one in first if isinstance(one, Incoming)] == ["Ya"]
    assert box.seen == set()
    channel._look_at = 0
    again = channel.poll()
    assert again == first
    again.kept()  # type: ignore[attr-defined]
    channel._look_at = 0
    assert channel.poll() == []
    assert box.seen == {1}


def test_what_strangers_write_stays_unread_for_a_person(channel: EmailChannel, box: Mails):
    box.add(mail("Penawaran", **{"In-Reply-To": ""}))
    box.add(mail("Rapat", **{"In-Reply-To": "<rapat-7@lotim.test>"}))
    box.add(mail("Sedang cuti", **{"Auto-Submitted": "auto-replied"}))
    box.add(BOUNCE.replace(OURS, "<surat-pak-budi@lotim.test>").encode())
    found = channel.poll()
    found.kept()  # type: ignore[attr-defined]
    assert (found, box.seen) == ([], set())


def test_one_hostile_mail_keeps_no_answer_from_being_read(channel: EmailChannel, box: Mails):
    for one in HOSTILE:
        box.add(raw(**one))
    box.add(mail("Ya, saya baca"))
    assert [one.text for one in channel.poll() if isinstance(one, Incoming)][-1] == "Ya, saya baca"


@pytest.mark.slow
def test_mails_that_are_not_ours_starve_no_answer_and_are_fetched_once(channel: EmailChannel, box: Mails):
    box.add(mail("Ya"))
    for number in range(MOST):
        box.add(mail("Rapat", **{"In-Reply-To": f"<rapat-{number}@lotim.test>"}))
    box.sizes[box.add(mail("Lampiran besar"))] = 5_000_000
    found = []
    for _ in range(3):
        channel._look_at = 0
        found = channel.poll()
    assert [one.text for one in found if isinstance(one, Incoming)] == ["Ya"]
    assert sum("SIZE" in one for one in box.log) == MOST + 1 + 2, "each strange one once, the answer until it stands"


def test_a_mailbox_that_was_numbered_anew_is_read_anew(channel: EmailChannel, box: Mails):
    number = box.add(mail("Rapat", **{"In-Reply-To": "<rapat-1@lotim.test>"}))
    assert channel.poll() == []
    box.mails[number], box.numbered = mail("Ya"), 2
    channel._look_at = 0
    assert len(channel.poll()) == 1


def test_a_mail_too_large_is_not_fetched(channel: EmailChannel, box: Mails):
    box.sizes[box.add(mail())] = 5_000_000
    assert channel.poll() == []
    assert not any("BODY" in one for one in box.log)


def test_it_looks_twice_a_minute_at_most(channel: EmailChannel, box: Mails):
    for _ in range(5):
        channel.poll()
    assert sum("SEARCH" in one for one in box.log) == 1


def test_a_mailbox_that_does_not_open_loses_no_alert_and_says_so(box: Mails):
    with mailbox(box) as port:
        where = {"host": "127.0.0.1", "port": 1, "security": "none", "inbox": "127.0.0.1", "inbox_port": port}
        channel = EmailChannel(EmailSettings(**where, sender="posko@lotim.test", user="posko", password="salah"))
        assert channel.poll() == []
        assert channel._inbox is not None
        assert not channel._inbox.check()
