"""What every way out over a network has in common: what it says is true, it gives way, and it keeps its secrets."""

import logging
import traceback
from collections.abc import Iterator
from contextlib import ExitStack
from importlib import import_module
from pathlib import Path

import pytest

from alerts.wire import WireError
from tests.alerts.channel_fakes.kit import WORDS, Fake, message

NAMES = ("console", "email", "webhook", "telegram", "whatsapp", "sms_gateway", "web_push")
OVER_HTTP = ("webhook", "telegram", "whatsapp", "sms_gateway", "web_push")


@pytest.fixture(params=NAMES)
def fake(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Fake]:
    with ExitStack() as stack:
        made = import_module(f"tests.alerts.channel_fakes.{request.param}").fake
        yield stack.enter_context(made(tmp_path))


over_http = pytest.mark.parametrize("fake", OVER_HTTP, indirect=True)


def test_what_was_taken_over_is_sent_and_never_said_to_be_heard(fake: Fake):
    receipt = fake.channel.deliver(message(fake.address))
    assert (receipt.state, receipt.reason) == ("sent", "")
    assert receipt.foreign_id
    assert len(fake.taken()) == 1
    assert WORDS in fake.taken()[0]


@pytest.mark.parametrize("fake", NAMES[1:], indirect=True)
def test_a_far_end_that_is_busy_is_tried_again(fake: Fake):
    fake.turn("busy")
    receipt = fake.channel.deliver(message(fake.address))
    assert receipt.state == "again"
    assert receipt.reason
    fake.turn("ok")
    assert fake.channel.deliver(message(fake.address)).state == "sent"


@over_http
def test_it_comes_back_no_sooner_than_it_was_told_to(fake: Fake):
    fake.turn("busy")
    assert fake.channel.deliver(message(fake.address)).retry_s == 7


def test_a_far_end_that_is_down_loses_nothing(fake: Fake):
    fake.turn("down")
    assert fake.channel.deliver(message(fake.address)).state == "again"
    fake.turn("ok")
    assert fake.channel.deliver(message(fake.address)).state == "sent"
    assert len(fake.taken()) >= 1


@pytest.mark.parametrize("fake", NAMES[1:], indirect=True)
def test_a_recipient_that_is_refused_is_failed_for_good_with_a_sentence(fake: Fake):
    fake.turn("refuses")
    receipt = fake.channel.deliver(message(fake.address))
    assert receipt.state == "failed"
    assert receipt.reason.endswith(".")
    assert "5521" not in receipt.reason
    assert fake.address not in receipt.reason


@pytest.mark.slow
@over_http
def test_a_far_end_that_is_silent_is_let_go_of_in_time(fake: Fake):
    fake.turn("silent")
    with pytest.raises(WireError):
        fake.channel.deliver(message(fake.address))


def test_health_follows_the_far_end(fake: Fake):
    assert fake.channel.check().state == "ok"
    fake.turn("down")
    if fake.channel.name != "email":  # a mail server says so to a recipient only
        assert fake.channel.check().state == "down"


def test_words_that_look_like_commands_arrive_as_words(fake: Fake):
    wild = 'Kata "kutip" {to} {secret}\r\n.\r\nBcc: x@y.id\\ <b>&amp; €😀'
    assert fake.channel.deliver(message(fake.address, text=wild, headline="Uji\r\nBcc: lain@desa.test")).state == "sent"
    taken = "".join(fake.taken())
    assert "{to}" in taken
    assert "{secret}" in taken
    assert "€😀" in taken
    assert not any(secret in taken for secret in fake.secrets)


@pytest.mark.slow
@pytest.mark.parametrize("mood", ["ok", "busy", "down", "refuses", "silent"])
def test_no_secret_and_no_address_stands_in_a_log_a_fault_or_a_picture_of_the_object(
    fake: Fake, mood: str, caplog: pytest.LogCaptureFixture, capsys: pytest.CaptureFixture[str]
):
    with caplog.at_level(logging.DEBUG):
        fake.turn(mood)
        said = list(_everything_said(fake))
    out = capsys.readouterr()
    logged = "".join(one.getMessage() for one in caplog.records if one.name != "mail.log")  # aiosmtpd's, not ours
    shown = "\n".join([repr(fake.channel), repr(fake.settings), str(fake.settings), logged, *out, *said])
    for secret in (*fake.secrets, fake.address):
        assert secret not in shown, mood


def _everything_said(fake: Fake) -> Iterator[str]:
    """Each sentence of a receipt and of the health, or of the fault in their place and of what it came from."""
    for ask in (lambda: fake.channel.deliver(message(fake.address)).reason, lambda: fake.channel.check().words):
        try:
            yield ask()
        except WireError as fault:
            yield "".join(traceback.format_exception(fault))
