"""Far ends that say 200 and mean something else, or what is between us and them: nothing is called sent that is not."""

import socket

import pytest

from alerts.channels.answers import UNREAD_WORDS
from alerts.wire import NotReached, Wire
from tests.alerts.channel_fakes import telegram, whatsapp
from tests.alerts.channel_fakes.kit import message
from tests.alerts.fakes import Said

CLOUD = {"telegram": telegram.fake, "whatsapp": whatsapp.fake}
LOGIN_PAGE = Said(200, "<html>Masuk Wi-Fi</html>", {"Content-Type": "text/html"})
UNREADABLE = (
    LOGIN_PAGE,
    Said(200),
    Said(204),
    Said(200, b'{"ok": true, "resu'),
    Said(200, [1]),
    Said(200, b"[" * 9000),
)


@pytest.mark.parametrize("name", CLOUD)
def test_a_200_without_the_answer_it_should_hold_is_asked_again_and_may_have_arrived(name: str):
    with CLOUD[name]() as one:
        for said in UNREADABLE:
            one.far.say(said)
            receipt = one.channel.deliver(message(one.address))
            assert (receipt.state, receipt.reason, receipt.is_lost) == ("again", UNREAD_WORDS, True), said
            assert one.channel.check().state == "down", said


@pytest.mark.parametrize(
    ("name", "fault", "state", "retry_s"),
    [
        ("telegram", {"ok": False, "error_code": 429, "parameters": {"retry_after": 9}}, "again", 9),
        ("telegram", {"ok": False, "error_code": 403, "description": "Forbidden"}, "failed", None),
        ("whatsapp", {"error": {"code": 130429}}, "again", None),
        ("whatsapp", {"error": {"code": 131026}}, "failed", None),
        ("whatsapp", {"error": {"code": 424242}, "messages": [{"id": "wamid.x"}]}, "failed", None),
    ],
)
def test_a_fault_inside_a_200_is_a_fault(name: str, fault: dict[str, object], state: str, retry_s: float | None):
    with CLOUD[name]() as one:
        one.far.say(Said(200, fault))
        receipt = one.channel.deliver(message(one.address))
        assert (receipt.state, receipt.retry_s) == (state, retry_s) and receipt.reason


@pytest.mark.parametrize(
    ("name", "odd"),
    [
        ("telegram", {"ok": True, "result": True}),
        ("telegram", {"ok": True, "result": {"chat": 1}}),
        ("whatsapp", {"messages": [{}]}),
    ],
)
def test_what_was_taken_under_a_strange_name_is_sent_without_one(name: str, odd: dict[str, object]):
    with CLOUD[name]() as one:
        one.far.say(Said(200, odd))
        assert one.channel.deliver(message(one.address))[:3] == ("sent", None, "")


@pytest.mark.parametrize("name", CLOUD)
@pytest.mark.parametrize("status", [302, 307, 407, 511])
def test_a_login_page_in_between_refuses_nobody(name: str, status: int):
    with CLOUD[name]() as one:
        one.far.say(Said(status, headers={"Location": "http://masuk.wifi.test/"}))
        receipt = one.channel.deliver(message(one.address))
        assert receipt.state == "again" and "mengalihkan" in receipt.reason
        assert len(one.far.asked) == 1, "no redirect is followed"


def test_a_door_that_is_shut_is_not_called_one_that_is_silent():
    with socket.create_server(("127.0.0.1", 0)) as door:
        host = f"127.0.0.1:{door.getsockname()[1]}"
    with pytest.raises(NotReached, match="tidak dapat dihubungi"):
        Wire([host]).ask("GET", f"http://{host}/")
