"""Mail is given to a real server under encryption, once under one Message-ID, and marked as a program's."""

from pathlib import Path

import pytest
from aiosmtpd.smtp import SMTP, Envelope, Session
from pydantic import ValidationError

from alerts.channels.email import CUT_OFF, EmailChannel, EmailSettings, message_id
from tests.alerts.channel_fakes.email import ADDRESS, PASSWORD, Mailbox, fake, server
from tests.alerts.channel_fakes.kit import WORDS, message


@pytest.mark.parametrize("security", ["starttls", "tls", "none"])
def test_mail_arrives_over_each_way(tmp_path: Path, security: str):
    with fake(tmp_path, security) as one:
        assert one.channel.check().state == "ok"
        assert one.channel.deliver(message(ADDRESS)).state == "sent"
        assert WORDS in one.taken()[0]


def test_a_mail_says_that_a_program_wrote_it_and_under_which_key(tmp_path: Path):
    mailbox = Mailbox()
    with server(mailbox, tmp_path, "none") as (port, _):
        channel = EmailChannel(EmailSettings(host="127.0.0.1", port=port, security="none", sender="posko@lotim.test"))
        alert = message(ADDRESS, link="https://posko.test/t/ABC")
        receipt = channel.deliver(alert)
        again = channel.deliver(alert)
        channel.close()
    mail = mailbox.mails[0]
    assert mail["Auto-Submitted"] == "auto-generated"
    assert mail["X-Auto-Response-Suppress"] == "All"
    assert mail["Subject"] == "[P1] Banjir Pringgabaya"
    assert mail["Message-ID"] == message_id(alert.uid, "posko@lotim.test") == receipt.foreign_id == again.foreign_id
    assert "https://posko.test/t/ABC" in mail.get_content()


def test_a_headline_cannot_add_a_header_or_a_recipient(tmp_path: Path):
    mailbox = Mailbox()
    with server(mailbox, tmp_path, "none") as (port, _):
        channel = EmailChannel(EmailSettings(host="127.0.0.1", port=port, security="none", sender="posko@lotim.test"))
        channel.deliver(message(ADDRESS, headline="Uji\r\nBcc: lain@desa.test"))
        refused = channel.deliver(message("a@b.id\r\nRCPT TO:<lain@desa.test>"))
        channel.close()
    assert "Bcc" not in mailbox.mails[0]
    assert len(mailbox.mails) == 1
    assert refused.state == "failed"


def test_a_server_that_offers_no_encryption_gets_neither_password_nor_mail(tmp_path: Path):
    mailbox = Mailbox()
    with server(mailbox, tmp_path, "none") as (port, _):
        settings = EmailSettings(
            host="127.0.0.1", port=port, security="starttls", sender="p@lotim.test", user="posko", password=PASSWORD
        )
        channel = EmailChannel(settings)
        assert channel.check().state == "down"
        assert channel.deliver(message(ADDRESS)).state == "failed"
    assert mailbox.mails == []


def test_a_certificate_nobody_vouches_for_is_not_believed(tmp_path: Path):
    mailbox = Mailbox()
    with server(mailbox, tmp_path, "tls") as (port, _):
        channel = EmailChannel(EmailSettings(host="127.0.0.1", port=port, security="tls", sender="p@lotim.test"))
        assert "Sertifikat" in channel.check().words
        assert channel.deliver(message(ADDRESS)).state == "again"
    assert mailbox.mails == []


def test_a_wrong_password_is_said_without_the_password(tmp_path: Path):
    mailbox = Mailbox()
    with server(mailbox, tmp_path) as (port, authority):
        settings = EmailSettings(
            host="127.0.0.1", port=port, sender="p@lotim.test", user="posko", password="salah", authority=authority
        )
        channel = EmailChannel(settings)
        assert "menolak nama pengguna" in channel.check().words
        receipt = channel.deliver(message(ADDRESS))
        channel.close()
    assert (receipt.state, "salah" in receipt.reason) == ("failed", False)


def test_a_session_the_server_ended_is_opened_again(tmp_path: Path):
    mailbox = Mailbox()
    with server(mailbox, tmp_path, "none") as (port, _):
        channel = EmailChannel(EmailSettings(host="127.0.0.1", port=port, security="none", sender="posko@lotim.test"))
        channel.deliver(message(ADDRESS))
        assert channel._session is not None
        assert channel._session.sock is not None
        channel._session.sock.shutdown(2)
        assert channel.deliver(message(ADDRESS)).state == "sent"
        channel.close()
    assert len(mailbox.mails) == 2


def test_no_server_at_all_is_tried_again():
    channel = EmailChannel(EmailSettings(host="127.0.0.1", port=1, security="none", sender="posko@lotim.test"))
    assert channel.check().state == "down"
    assert channel.deliver(message(ADDRESS)).state == "again"


def test_mail_in_the_clear_is_for_this_machine_alone():
    with pytest.raises(ValidationError, match="mesin ini sendiri"):
        EmailSettings(host="mail.desa.test", security="none", sender="posko@lotim.test")


def test_settings_that_cannot_be_are_named():
    with pytest.raises(ValidationError, match="alamat surel"):
        EmailSettings(host="mail.desa.test", sender="posko")


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"password": "sandi–rahasia"}, "server surel tidak mengenal"),
        ({"user": "poskó"}, "server surel tidak mengenal"),
        ({"authority": "garbage"}, "sertifikat PEM"),
        ({"authority": "– bukan ascii"}, "sertifikat PEM"),
        ({"authority": "-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----"}, "sertifikat PEM"),
    ],
)
def test_what_would_fall_over_later_is_refused_in_the_form(given: dict[str, str], words: str):
    with pytest.raises(ValidationError, match=words):
        EmailSettings(host="mail.desa.test", sender="posko@lotim.test", inbox="imap.desa.test", **given)


class Cut(Mailbox):
    """Takes the mail, and is gone before it says so."""

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        await super().handle_DATA(server, session, envelope)
        server.transport.abort()
        return "250 OK"


def test_a_mail_whose_answer_was_cut_off_may_have_arrived_and_goes_again_under_the_same_key(tmp_path: Path):
    mailbox = Cut()
    with server(mailbox, tmp_path, "none") as (port, _):
        channel = EmailChannel(EmailSettings(host="127.0.0.1", port=port, security="none", sender="posko@lotim.test"))
        alert = message(ADDRESS)
        for _ in range(2):
            receipt = channel.deliver(alert)
            assert (receipt.state, receipt.is_lost, receipt.reason) == ("again", True, CUT_OFF)
        channel.close()
    assert {mail["Message-ID"] for mail in mailbox.mails} == {message_id(alert.uid, "posko@lotim.test")}
    assert not channel.deliver(alert).is_lost, "nobody is there any more: it cannot have arrived"
