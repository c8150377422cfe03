"""Any gateway: its template is filled without mixing words and slots, its lies are noticed, its reports believed."""

import base64
import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from alerts.channels import BadSignature, Incoming, Report, sms_gateway
from alerts.channels.sms_gateway import SmsGatewayChannel, SmsGatewaySettings, _as_json, _as_url, filled
from alerts.wire import Wire
from tests.alerts.channel_fakes.kit import WORDS, message
from tests.alerts.channel_fakes.sms_gateway import INBOUND, NUMBER, SECRET, fake
from tests.alerts.fakes import Said, far_end

TOKEN = {"X-Posko-Token": INBOUND}
FORM = {"Content-Type": "application/x-www-form-urlencoded"}


def settings(url: str = "https://gateway.test/kirim", **said: Any) -> SmsGatewaySettings:
    return SmsGatewaySettings(url=url, secret=SECRET, inbound_token=INBOUND, **said)


def come(body: Any, headers: dict[str, str] | None = None, **said: Any) -> list[Any]:
    octets = body if isinstance(body, bytes) else json.dumps(body).encode()
    return SmsGatewayChannel.webhook(settings(**said), TOKEN | (headers or {}), octets)


# out


def test_the_usual_template_is_json_with_the_key_in_a_header():
    with fake() as one:
        alert = message(NUMBER, text='Kata "kutip"\nbaris dua')
        receipt = one.channel.deliver(alert)
        asked = one.far.asked[0]
    assert asked.json == {"to": NUMBER, "message": 'Kata "kutip"\nbaris dua', "ref": alert.uid}
    assert asked.headers["authorization"] == f"Bearer {SECRET}"
    assert receipt.foreign_id == "sms5521"


def test_a_gateway_of_forms_and_one_of_addresses_are_asked_in_their_way():
    with far_end(Said(body="OK 77")) as far:
        form = settings(f"{far.url}/k", form="form", body="no={to}&isi={text}&ref={uid}", id_pattern=r"OK \d+")
        receipt = SmsGatewayChannel(form, Wire(SmsGatewayChannel.hosts(form))).deliver(
            message("+62812", text="a&b=c +é")
        )
        assert far.asked[0].form["isi"] == "a&b=c +é"
        assert far.asked[0].form["no"] == "+62812"
        assert receipt.foreign_id == "OK 77"
        url = settings(far.url + "/k?to={to}&text={text}&key={secret}", method="GET")
        SmsGatewayChannel(url, Wire(SmsGatewayChannel.hosts(url))).deliver(message("+62812", text="a&to=9\r\n"))
        assert far.asked[1].query == {"to": "+62812", "text": "a&to=9\r\n", "key": SECRET}
        assert far.asked[1].body == b""


def test_a_200_that_says_it_failed_did_fail():
    with fake() as one:
        one.turn("refuses")
        receipt = one.channel.deliver(message(NUMBER))
    assert (receipt.state, receipt.foreign_id) == ("failed", None)


@given(st.text(), st.text(min_size=1))
def test_a_slot_is_filled_once_and_words_stay_words(text: str, to: str):
    slots = {"to": to, "text": text, "uid": "u", "secret": "rahasia"}
    assert json.loads(filled('{"a": "{to}", "b": "{text}"}', slots, _as_json)) == {"a": to, "b": text}
    assert filled("{text}", slots, str) == text
    assert "&" not in filled("{text}", slots, _as_url).encode("utf-8", "ignore").decode()


def test_a_word_of_a_message_begins_no_header():
    with fake() as one:
        one.channel._settings.headers = "X-Ref: {text}"
        one.channel.deliver(message(NUMBER, text="a\r\nX-Evil: 1"))
        assert one.far.asked[0].headers["x-ref"] == "a X-Evil: 1"
        assert "x-evil" not in one.far.asked[0].headers


@pytest.mark.parametrize(
    "wrong",
    [
        {"url": "https://{to}.x/"},
        {"success": "("},
        {"id_pattern": "["},
        {"headers": "tanpa titik dua"},
        {"check_url": "x"},
    ],
)
def test_settings_that_cannot_be_are_refused(wrong: dict[str, str]):
    with pytest.raises(ValidationError):
        SmsGatewaySettings(**{"url": "https://gateway.test/", **wrong})


# in


@pytest.mark.parametrize(
    "headers",
    [
        {"X-Posko-Token": INBOUND},
        {"authorization": f"Bearer {INBOUND}"},
        {"Authorization": "Basic " + base64.b64encode(f"gateway:{INBOUND}".encode()).decode()},
    ],
)
def test_the_secret_may_come_as_the_gateway_can(headers: dict[str, str]):
    body = json.dumps({"from": NUMBER, "text": "Banjir", "id": "9"}).encode()
    [told] = SmsGatewayChannel.webhook(settings(), headers, body)
    assert isinstance(told, Incoming)
    assert (told.sender, told.text, told.foreign_id, told.channel) == (NUMBER, "Banjir", "9", "sms_gateway")


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"X-Posko-Token": "x"},
        {"Authorization": "Basic %%%"},
        {"Authorization": "Basic eA=="},
        {"Authorization": ""},
    ],
)
def test_without_the_secret_nothing_is_read(headers: dict[str, str]):
    with pytest.raises(BadSignature):
        SmsGatewayChannel.webhook(settings(), headers, b"{}")
    with pytest.raises(BadSignature):
        SmsGatewayChannel.webhook(SmsGatewaySettings(url="https://x.test/"), {"X-Posko-Token": ""}, b"{}")


def test_a_form_is_read_as_json_is():
    [told] = come(b"from=%2B62812&text=Air+naik&id=7", FORM)
    assert (told.sender, told.text) == ("+62812", "Air naik")


def test_a_report_is_heard_or_failed_and_an_unknown_word_is_neither():
    states = [come({"id": "7", "status": word}) for word in ("DELIVRD", "delivered", "UNDELIV", "queued")]
    assert [[one.state for one in many] for many in states] == [["heard"], ["heard"], ["failed"], []]
    assert isinstance(states[0][0], Report)


def test_the_fields_are_called_as_the_gateway_calls_them():
    body = {"msisdn": NUMBER, "isi": WORDS, "ref": 77}
    [told] = come(body, field_from="msisdn", field_text="isi", field_id="ref")
    assert (told.sender, told.text, told.foreign_id) == (NUMBER, WORDS, "77")


def test_a_gateway_that_numbers_nothing_loses_no_words_and_its_repetition_is_known(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(sms_gateway, "NAMED_ALIKE_S", 1e12)
    [first], [again] = come({"from": NUMBER, "text": WORDS}), come({"from": NUMBER, "text": WORDS})
    [other] = come({"from": NUMBER, "text": "1"})
    assert (first.sender, first.text) == (NUMBER, WORDS)
    assert len({first.foreign_id, again.foreign_id, other.foreign_id}) == 2
    monkeypatch.setattr(sms_gateway, "NAMED_ALIKE_S", 1e-6)
    assert come({"from": NUMBER, "text": "1"})[0].foreign_id != other.foreign_id, "a later one is one of its own"


def test_a_form_of_too_many_fields_says_nothing():
    form = "&".join(f"a{number}=1" for number in range(500)).encode()
    assert come(form, FORM) == []


@pytest.mark.parametrize(
    "body", [b"", b"[1]", b"\xff\xfe", {"from": NUMBER}, {"text": WORDS}, {"from": [1], "text": {}}]
)
def test_what_is_no_message_says_nothing(body: Any):
    assert come(body) == []
