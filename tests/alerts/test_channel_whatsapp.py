"""WhatsApp: alerts go as a template, statuses say no more than they know, only Meta's own signature opens the door."""

import hashlib
import hmac
import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alerts.channels import BadSignature, Incoming, Report
from alerts.channels.whatsapp import WhatsappChannel, number_of, one_line, read_batch
from alerts.wire import NotAllowedHost
from tests.alerts.channel_fakes.kit import message
from tests.alerts.channel_fakes.whatsapp import APP_SECRET, NUMBER_ID, TOKEN, VERIFY, WAMID, fake, settings_for
from tests.alerts.fakes import Said

FEEDS = Path(__file__).parent.parent.parent.parent / "shared/data/feeds"
SETTINGS = settings_for("https://graph.test/v23.0")


def batch(number_id: str = NUMBER_ID, field: str = "messages", **value: Any) -> dict[str, Any]:
    """A batch as Meta wraps it."""
    whole = {
        "messaging_product": "whatsapp",
        "metadata": {"display_phone_number": "62111", "phone_number_id": number_id},
    }
    change = {"field": field, "value": {**whole, **value}}
    return {"object": "whatsapp_business_account", "entry": [{"id": "1", "changes": [change]}]}


def said(kind: str = "text", **more: Any) -> dict[str, Any]:
    words = {"text": {"body": "Banjir di Labuhan"}} if kind == "text" else {}
    return {"from": "6281234500077", "id": "wamid.in1", "timestamp": "1697043223", "type": kind, **words, **more}


def read(*messages: dict[str, Any]) -> list[Any]:
    return list(read_batch(batch(messages=list(messages)), NUMBER_ID))


def status(state: str, **more: Any) -> dict[str, Any]:
    return {"id": WAMID, "status": state, "timestamp": "1697043300", "recipient_id": "6281234500077", **more}


def signed(body: bytes, secret: str = APP_SECRET) -> dict[str, str]:
    return {"X-Hub-Signature-256": "sha256=" + hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()}


# out


def test_an_alert_goes_as_the_approved_template_to_the_number_as_meta_writes_it():
    with fake() as one:
        alert = message(one.address, text="Baris satu\nbaris   dua\t!", link="https://posko.test/t/AB")
        receipt = one.channel.deliver(alert)
        asked = one.far.asked[0]
    assert (receipt.state, receipt.foreign_id) == ("sent", WAMID)
    assert asked.path == f"/v23.0/{NUMBER_ID}/messages"
    assert asked.headers["authorization"] == f"Bearer {TOKEN}"
    told = asked.json
    assert (told["to"], told["type"], told["biz_opaque_callback_data"]) == ("6281234500077", "template", alert.uid)
    assert told["template"]["language"] == {"code": "id"}
    headline, text = told["template"]["components"][0]["parameters"]
    assert headline["text"] == "Banjir Pringgabaya"
    assert text["text"] == "Baris satu — baris dua ! — https://posko.test/t/AB"


def test_words_to_a_person_who_wrote_go_as_words():
    with fake() as one:
        one.channel.deliver(message("6281234500077", alert_id=0, order="reply"))
        assert one.far.asked[0].json["type"] == "text"


@pytest.mark.parametrize(
    ("code", "http", "state"),
    [
        (130429, 400, "again"),
        (131056, 400, "again"),
        (131026, 400, "failed"),
        (190, 401, "failed"),
        (132001, 404, "failed"),
        (2, 503, "again"),
    ],
)
def test_the_code_counts_more_than_the_status(code: int, http: int, state: str):
    with fake() as one:
        one.far.say(Said(http, {"error": {"code": code, "message": "to 6281234500077"}}))
        receipt = one.channel.deliver(message(one.address))
    assert receipt.state == state
    assert "62812" not in receipt.reason


def test_a_poor_number_is_a_warning_and_a_dead_token_is_down():
    with fake() as one:
        one.far.say(Said(body={"quality_rating": "RED"}))
        assert one.channel.check().state == "warn"
        one.far.say(Said(401, {"error": {"code": 190}}))
        assert "token" in one.channel.check().words


def test_a_picture_is_fetched_from_where_meta_says_and_from_nowhere_else():
    with fake() as one:
        one.far.say(Said(body={"url": f"{one.far.url}/media/1"}), Said(body=b"JPEG"))
        assert one.channel.fetch("media-1") == b"JPEG"
        one.far.say(Said(body={"url": "http://10.0.0.1/admin"}))
        with pytest.raises(NotAllowedHost):
            one.channel.fetch("media-1")
        one.far.say(Said(404, {}))
        with pytest.raises(LookupError):
            one.channel.fetch("media-1")


@pytest.mark.parametrize(
    ("given_", "meta"),
    [("0812 3450-0077", "6281234500077"), ("+6281234500077", "6281234500077"), ("006281234500077", "6281234500077")],
)
def test_a_number_is_written_with_its_country(given_: str, meta: str):
    assert number_of(given_) == meta


@given(st.text())
def test_a_parameter_never_holds_a_line_break_or_a_run_of_spaces(text: str):
    assert not any(bad in one_line(text) for bad in ("\n", "\t", "\r", "    "))


# statuses


def test_delivered_is_heard_read_is_seen_and_sent_says_nothing_new():
    statuses = [status("sent"), status("delivered"), status("read")]
    reports = list(read_batch(batch(statuses=statuses), NUMBER_ID))
    assert [(one.foreign_id, one.state) for one in reports] == [(WAMID, "heard"), (WAMID, "seen")]  # type: ignore[union-attr]


def test_a_failure_is_told_in_our_words():
    errors = [{"code": 131026, "title": "to 6281234500077"}]
    [report] = read_batch(batch(statuses=[status("failed", errors=errors)]), NUMBER_ID)
    assert isinstance(report, Report)
    assert (report.state, report.reason) == ("failed", "Nomor ini tidak dapat menerima WhatsApp.")


# messages


def test_words_a_place_and_a_picture_are_read_with_their_time():
    place = {"latitude": -8.5, "longitude": 116.6, "name": "Labuhan Lombok"}
    told = read(
        said(),
        said("location", id="2", location=place),
        said("image", id="3", image={"id": "media-1", "mime_type": "image/jpeg", "caption": "Tanggul"}),
        said("button", id="4", button={"text": "Siap", "payload": "x"}, context={"id": WAMID}),
        said("interactive", id="5", interactive={"type": "button_reply", "button_reply": {"id": "1", "title": "Ya"}}),
    )
    assert [one.text for one in told] == ["Banjir di Labuhan", "Labuhan Lombok", "Tanggul", "Siap", "Ya"]
    assert told[0].at.isoformat() == "2023-10-11T16:53:43+00:00"
    assert (told[1].lon, told[1].lat) == (116.6, -8.5)
    assert told[2].files == ("media-1",)
    assert told[3].answers == WAMID


def test_our_own_words_reactions_and_another_number_are_not_heard():
    assert read(said(**{"from": "62111"}), said("reaction"), said("unsupported"), said("system")) == []
    assert list(read_batch(batch("999", messages=[said()]), NUMBER_ID)) == []
    assert list(read_batch(batch(field="account_update", messages=[said()]), NUMBER_ID)) == []


def test_one_bad_message_does_not_lose_the_others():
    told = read({"type": "text"}, said(timestamp="x"), said(location=None), {"type": 5}, said(id="ok"))
    assert [one.foreign_id for one in told] == ["wamid.in1", "ok"]


if FEEDS.exists():

    @pytest.mark.parametrize("name", ["whatsapp_cloud_text", "whatsapp_cloud_location"])
    def test_the_recorded_payloads_are_read(name: str):
        told = json.loads((FEEDS / f"{name}.json").read_text())
        [come] = read_batch(told, "1122334455667")
        assert isinstance(come, Incoming)
        assert (come.sender, come.foreign_id, come.answers) == ("972987654321", "wamid.xyzxyz", None)
        assert (come.lon is not None) == name.endswith("location")


WORDS = st.sampled_from(
    [
        "entry",
        "changes",
        "field",
        "value",
        "messages",
        "statuses",
        "metadata",
        "type",
        "id",
        "from",
        "timestamp",
        "text",
        "image",
        "location",
        "context",
    ]
)
JSON = st.recursive(
    st.none() | st.integers() | st.sampled_from(["messages", "text", "image", NUMBER_ID]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(WORDS, inner, max_size=4),
)


@pytest.mark.slow
@given(JSON, JSON)
def test_no_batch_makes_the_reader_fall(one: Any, other: Any):
    list(read_batch(batch(messages=one, statuses=other), NUMBER_ID))
    list(read_batch({"entry": one}, NUMBER_ID))


# the door


def test_only_the_very_bytes_meta_signed_are_read():
    body = json.dumps(batch(messages=[said()])).encode()
    assert len(WhatsappChannel.webhook(SETTINGS, signed(body), body)) == 1
    lower = {"x-hub-signature-256": signed(body)["X-Hub-Signature-256"]}
    assert len(WhatsappChannel.webhook(SETTINGS, lower, body)) == 1
    for headers in ({}, signed(body + b" "), signed(body, "0" * 32), {"X-Hub-Signature-256": "sha256=é"}):
        with pytest.raises(BadSignature):
            WhatsappChannel.webhook(SETTINGS, headers, body)


def test_the_challenge_is_answered_to_whom_knows_the_word():
    asked = {"hub.mode": "subscribe", "hub.verify_token": VERIFY, "hub.challenge": "1158201444"}
    assert WhatsappChannel.challenge(SETTINGS, asked) == "1158201444"
    for change in ({"hub.verify_token": "x"}, {"hub.mode": "unsubscribe"}):
        with pytest.raises(BadSignature):
            WhatsappChannel.challenge(SETTINGS, asked | change)
    with pytest.raises(BadSignature):
        WhatsappChannel.challenge(SETTINGS, {})
