"""Web push: the standard's own example is sealed byte for byte, and only the browser reads what was sent."""

import base64
import datetime as dt
import json
import time

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from cryptography.hazmat.primitives.hashes import SHA256
from pydantic import ValidationError

from alerts.channels.web_push import (
    MOST_WORDS,
    Subscription,
    WebPushSettings,
    key_of,
    padless,
    sealed,
    subscription_of,
    unpadded,
    words_of,
)
from alerts.wire import NotAllowedHost
from tests.alerts.channel_fakes.kit import message
from tests.alerts.channel_fakes.web_push import VAPID, fake, opened, subscription


def octets(words: str) -> bytes:
    found = unpadded(words)
    assert found is not None
    return found


def test_the_example_of_rfc_8291_is_sealed_byte_for_byte():
    to = Subscription(
        "https://push.example.net/push/JzLQ3raZJfFBR0aqvOMsLrt54w4rJUsV",
        octets("BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4"),
        octets("BTBZMqHH6r4Tts7J_aSIgg"),
    )
    own = key_of(octets("yfWPiYE-n46HLnH0KqZOF1fJJU3MYrct3AELtAQ-oRw"))
    body = sealed(b"When I grow up, I want to be a watermelon", to, own, octets("DGv6ra1nlYgDCS1FRnbzlw"))
    wanted = (
        "DGv6ra1nlYgDCS1FRnbzlwAAEABBBP4z9KsN6nGRTbVYI_c7VJSPQTBtkgcy27mlmlMoZIIgDll6e3vCYLocInmYWAmS6TlzAC8wEqKK6PBru3jl7A_yl95bQpu6cVPT"
        "pK4Mqgkf1CXztLVBSt2Ks3oZwbuwXPXLWyouBWLVWGNWQexSgSxsj_Qulcy4a-fN"
    )
    assert padless(body) == wanted


def test_the_token_is_signed_by_our_key_for_this_service_and_not_for_long():
    with fake() as one:
        one.channel.deliver(message(one.address))
        one.channel.deliver(message(one.address))
        first, second = (asked.headers for asked in one.far.asked)
        host = one.far.url
    scheme, t, k = first["authorization"].replace(",", "").split()
    head, claims, signature = t.removeprefix("t=").split(".")
    r, s = (int.from_bytes(part, "big") for part in (octets(signature)[:32], octets(signature)[32:]))
    public = ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), octets(k.removeprefix("k=")))
    public.verify(encode_dss_signature(r, s), f"{head}.{claims}".encode(), ec.ECDSA(SHA256()))
    told = json.loads(octets(claims))
    assert (scheme, told["aud"], told["sub"]) == ("vapid", host, "mailto:posko@lotim.test")
    assert time.time() < told["exp"] <= time.time() + 86400
    assert second["authorization"] == first["authorization"]


def test_only_the_browser_reads_it_and_it_lives_no_longer_than_the_alert():
    with fake() as one:
        soon = dt.datetime.now(dt.UTC) + dt.timedelta(seconds=90)
        one.channel.deliver(message(one.address, expires_at=soon, link="https://posko.test/t/AB"))
        asked = one.far.asked[0]
    assert b"Banjir" not in asked.body
    told = opened(asked.body)
    assert (told["title"], told["link"], told["alert"]) == ("Banjir Pringgabaya", "https://posko.test/t/AB", 7)
    assert 30 <= int(asked.headers["ttl"]) <= 90
    assert (asked.headers["urgency"], asked.headers["content-encoding"]) == ("high", "aes128gcm")
    assert len(asked.headers["topic"]) == 32


def test_a_newer_revision_takes_the_place_of_the_one_that_waits():
    with fake() as one:
        for revision, alert in ((0, 7), (1, 7), (0, 8)):
            one.channel.deliver(message(one.address, revision=revision, alert_id=alert))
        topics = [asked.headers["topic"] for asked in one.far.asked]
    assert topics[0] == topics[1] != topics[2]


@pytest.mark.parametrize("text", ["x" * 20_000, "😀" * 5_000, '"\\' * 5_000, "pendek"])
def test_words_are_cut_where_a_push_would_be_refused(text: str):
    with fake() as one:
        alert = message(one.address, text=text)
        assert len(words_of(alert)) <= MOST_WORDS
        assert one.channel.deliver(alert).state == "sent"
        assert opened(one.far.asked[0].body)["title"] == "Banjir Pringgabaya"


def test_a_subscription_of_somewhere_else_is_never_asked():
    with fake() as one, pytest.raises(NotAllowedHost):
        one.channel.deliver(message(subscription("http://169.254.169.254")))


@pytest.mark.parametrize(
    "address",
    [
        "",
        "[]",
        "{}",
        '{"endpoint": "https://x/", "keys": {"p256dh": "AAAA", "auth": "AAAA"}}',
        json.dumps(
            {"endpoint": "https://x/", "keys": {"p256dh": padless(b"\x04" + bytes(64)), "auth": padless(bytes(16))}}
        ),
    ],
)
def test_a_subscription_that_is_none_is_failed_and_nothing_is_asked(address: str):
    with fake() as one:
        receipt = one.channel.deliver(message(address))
        assert (receipt.state, one.far.asked) == ("failed", [])


def test_a_key_that_is_none_is_refused():
    for wrong in ("", "x", padless(bytes(31)), "%%%"):
        with pytest.raises(ValidationError):
            WebPushSettings(private_key=wrong, subject="mailto:a@b.id")
    assert WebPushSettings(private_key=base64.urlsafe_b64encode(octets(VAPID)).decode(), subject="mailto:a@b.id")
    assert subscription_of("null") is None
