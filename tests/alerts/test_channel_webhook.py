"""A signed webhook can be checked by the far end, and by us; a replayed, changed or unsigned one cannot pass."""

import base64
import datetime as dt
import hashlib
import hmac
import time
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from alerts.channels import BadSignature, Incoming
from alerts.channels.signing import WINDOW_S, key_of, require_signed, same_secret, signature_of, signed_headers
from alerts.channels.webhook import WebhookSettings, read_signed
from tests.alerts.channel_fakes.kit import message
from tests.alerts.channel_fakes.webhook import SECRET, fake
from tests.alerts.fakes import Said

NOW = 1_700_000_000.0
BODY = b'{"type":"alert"}'


def test_a_stranger_checks_the_signature_by_the_standard_alone():
    with fake() as one:
        alert = message(one.address)
        one.channel.deliver(alert)
        asked = one.far.asked[0]
    signed = f"{alert.uid}.{asked.headers['webhook-timestamp']}.".encode() + asked.body
    wanted = base64.b64encode(hmac.new(SECRET.encode(), signed, hashlib.sha256).digest()).decode()
    assert asked.headers["webhook-signature"] == f"v1,{wanted}"
    assert asked.headers["webhook-id"] == alert.uid
    assert abs(int(asked.headers["webhook-timestamp"]) - time.time()) < 5
    assert asked.json["to"] == one.address
    assert asked.json["type"] == "alert"


def test_the_example_of_standard_webhooks_is_signed_as_written_there():
    secret, body = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", b'{"test": 2432232314}'
    wanted = "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="
    assert signature_of(secret, "msg_p5jXN8AQM9LWM0D4loKWxJek", "1614265330", body) == wanted


def test_what_is_signed_for_us_passes_and_tells_its_id():
    headers = signed_headers(SECRET, "m1", NOW, BODY)
    assert require_signed(SECRET, headers, BODY, NOW) == "m1"
    assert require_signed(SECRET, {key.title(): value for key, value in headers.items()}, BODY, NOW + 200) == "m1"


def test_a_second_signature_of_a_secret_that_is_being_changed_passes():
    headers = signed_headers(SECRET, "m1", NOW, BODY)
    headers["webhook-signature"] = "v1,xxxx " + headers["webhook-signature"]
    assert require_signed(SECRET, headers, BODY, NOW) == "m1"


@pytest.mark.parametrize(
    ("change", "body", "late_s"),
    [
        ({}, b"{}", 0),
        ({}, BODY, WINDOW_S + 2),
        ({}, BODY, -WINDOW_S - 2),
        ({"webhook-id": "m2"}, BODY, 0),
        ({"webhook-id": ""}, BODY, 0),
        ({"webhook-timestamp": "1700000100"}, BODY, 0),
        ({"webhook-timestamp": "٣"}, BODY, 0),
        ({"webhook-signature": ""}, BODY, 0),
        ({"webhook-signature": "v1,é"}, BODY, 0),
    ],
)
def test_what_was_changed_replayed_or_left_out_does_not_pass(change: dict[str, str], body: bytes, late_s: float):
    headers = {**signed_headers(SECRET, "m1", NOW, BODY), **change}
    with pytest.raises(BadSignature):
        require_signed(SECRET, headers, body, NOW + late_s)


def test_without_a_secret_nothing_passes():
    with pytest.raises(BadSignature):
        require_signed("", signed_headers("", "m1", NOW, BODY), BODY, NOW)
    assert not same_secret("", "")
    assert not same_secret(None, "x")
    assert same_secret("x", "x")


@given(st.text(max_size=60), st.binary(max_size=60))
def test_any_secret_has_a_key_and_any_signature_is_judged(secret: str, body: bytes):
    assert isinstance(key_of(f"whsec_{secret}"), bytes)
    assert signature_of(secret, "id", "1", body).startswith("v1,")


def test_the_far_end_may_say_that_the_person_has_it_but_invent_no_state():
    with fake() as one:
        one.far.say(Said(body={"state": "heard"}))
        assert one.channel.deliver(message(one.address)).state == "heard"
        one.far.say(Said(body={"state": "read_back"}))
        assert one.channel.deliver(message(one.address)).state == "sent"
        one.far.say(Said(302, headers={"Location": "http://127.0.0.1:1/"}))
        assert one.channel.deliver(message(one.address)).state == "again"


def test_a_cancel_says_that_it_is_one():
    with fake() as one:
        one.channel.deliver(message(one.address, is_cancel=True))
        assert one.far.asked[0].json["type"] == "alert.cancelled"


@pytest.mark.parametrize("url", ["ftp://x/", "https://a:b@x/", "x", "https://"])
def test_an_address_that_is_none_or_holds_a_password_is_refused(url: str):
    with pytest.raises(ValidationError, match="alamat lengkap"):
        WebhookSettings(url=url, secret=SECRET)


@pytest.mark.parametrize("url", ["https://desa.test:99999/", "https://desa.test:pintu/", "https://[::1/"])
def test_an_address_nobody_could_ever_reach_is_refused_in_the_form(url: str):
    with pytest.raises(ValidationError, match="periksa nama server dan portnya"):
        WebhookSettings(url=url, secret=SECRET)


@pytest.mark.parametrize(
    "odd",
    [
        {"at": "2026-11-22T11:00:00"},
        {"at": "kemarin"},
        {"at": 1700000000},
        {"at": "0001-01-01T00:00:00+07:00"},
        {"lon": "timur", "lat": -8.5},
        {"lon": [116.5], "lat": {}},
        {"lon": 10**400, "lat": -8.5},
        {"files": 5},
        {"files": "https://desa.test/a.jpg"},
        {"files": [{"url": "x"}]},
    ],
)
def test_a_time_a_place_or_a_file_that_cannot_be_read_loses_nobody_s_words(odd: dict[str, Any]):
    come = read_signed("msg_1", {"type": "report", "from": "kades", "text": "Banjir di Sakra", **odd})
    assert isinstance(come, Incoming)
    assert (come.text, come.lon, come.files) == ("Banjir di Sakra", None, ())
    assert dt.datetime.now(dt.UTC) - come.at < dt.timedelta(minutes=5)
