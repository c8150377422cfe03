"""Telegram: the button and the reply name their alert, an update is confirmed once stored, strangers do not pass."""

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alerts.channels import BadSignature
from alerts.channels.telegram import SECRET_HEADER, TelegramChannel, TelegramSettings, read_update
from tests.alerts.channel_fakes.kit import message
from tests.alerts.channel_fakes.telegram import CHAT, TOKEN, fake
from tests.alerts.fakes import Asked, Said

RECORDED = Path(__file__).parent.parent.parent.parent / "shared/data/feeds/telegram_update_location.json"
ME = {"id": 611223344, "is_bot": False, "first_name": "Uji"}
PRIVATE = {"id": 611223344, "type": "private"}
GROUP = {"id": -100200300, "type": "supergroup", "title": "Siaga"}
BOT = {"id": 1, "is_bot": True, "first_name": "Posko"}


def update(number: int = 1, **said: Any) -> dict[str, Any]:
    return {"update_id": number, "message": {"message_id": 7, "from": ME, "chat": PRIVATE, "date": 1697044557, **said}}


def settings(**said: Any) -> TelegramSettings:
    return TelegramSettings(token=TOKEN, hearing="webhook", webhook_secret="rahasia-tele", **said)


# out


def test_an_alert_has_a_button_that_names_it_and_words_to_one_person_have_none():
    with fake() as one:
        receipt = one.channel.deliver(message(one.address))
        one.channel.deliver(message(one.address, alert_id=0, order="reply"))
        alert, reply = (asked.json for asked in one.far.asked)
    assert receipt.foreign_id == f"{CHAT}:42"
    assert alert["chat_id"] == CHAT
    assert alert["reply_markup"]["inline_keyboard"][0][0]["callback_data"] == "1:7"
    assert "parse_mode" not in alert
    assert "reply_markup" not in reply


def test_a_group_that_moved_says_so():
    with fake() as one:
        one.far.say(Said(400, {"ok": False, "parameters": {"migrate_to_chat_id": -1005521}}))
        assert "Grup Telegram ini pindah" in one.channel.deliver(message(one.address)).reason
        one.far.say(Said(400, {"ok": False, "description": "Bad Request: chat not found"}))
        assert "menyapa bot" in one.channel.deliver(message(one.address)).reason


def test_a_token_nobody_knows_is_a_channel_that_is_down():
    with fake() as one:
        one.far.say(Said(401, {"ok": False}))
        assert "token" in one.channel.check().words


# asking for what came in


def serving(updates: list[dict[str, Any]]) -> Any:
    """The Bot API's own rule: an offset confirms everything before it."""

    def answer(asked: Asked) -> Said:
        if not asked.path.endswith("/getUpdates"):
            return Said(body={"ok": True, "result": True})
        updates[:] = [one for one in updates if one["update_id"] >= asked.json.get("offset", 0)]
        return Said(body={"ok": True, "result": updates[:100]})

    return answer


def test_what_was_not_stored_comes_again_and_what_was_is_confirmed_by_the_next_question():
    waiting = [update(5, text="satu"), update(6, text="dua")]
    with fake() as one:
        one.far.answer = serving(waiting)
        assert [come.text for come in one.channel.poll()] == ["satu", "dua"]
        again = one.channel.poll()  # the database was away: nobody said that they stand
        assert [come.text for come in again] == ["satu", "dua"]
        again.kept()
        assert one.channel.poll() == []
        assert waiting == []


def test_a_tap_is_an_answer_to_its_message_and_the_button_stops_turning():
    tap = {"update_id": 8, "callback_query": {"id": "99", "from": ME, "data": "1:7"}}
    tap["callback_query"]["message"] = {"message_id": 42, "chat": PRIVATE, "date": 1697044557}  # type: ignore[index]
    with fake() as one:
        one.far.answer = serving([tap])
        batch = one.channel.poll()
        assert [(come.text, come.answers, come.sender) for come in batch] == [("1", f"{CHAT}:42", CHAT)]
        assert len(one.far.asked) == 1, "first it is written down"
        batch.kept()
        assert one.far.asked[-1].path.endswith("/answerCallbackQuery")
        assert one.far.asked[-1].json == {"callback_query_id": "99"}


def test_many_taps_and_strange_ones_hold_up_no_alert():
    taps = [{"update_id": n, "callback_query": {"id": str(n), "from": ME, "data": "1:7"}} for n in range(60)]
    with fake() as one:
        one.far.answer = serving([*taps, {"update_id": 60, "callback_query": "x"}])  # type: ignore[list-item]
        one.channel.poll().kept()
        assert [asked.json["callback_query_id"] for asked in one.far.asked[1:]] == [str(n) for n in range(40, 60)]
        one.far.answer = None
        one.far.say(Said(200, {"ok": True, "result": taps[:1]}), Said(after_s=60))
        one.channel.poll().kept()  # a button that cannot be answered is no fault of what was kept
        assert one.channel._offset == 1


def test_a_file_that_telegram_tells_nothing_of_is_gone():
    with fake() as one:
        one.far.say(Said(200, {"ok": True, "result": True}))
        with pytest.raises(LookupError):
            one.channel.fetch("x")


def test_a_bot_with_a_webhook_asks_nothing():
    with fake() as one:
        one.channel._settings.hearing = "webhook"
        assert one.channel.poll() == []
        assert one.far.asked == []


def test_a_far_end_that_answers_nonsense_is_nothing_that_came_in():
    with fake() as one:
        for nonsense in (
            b"",
            b"[]",
            b'{"ok":true,"result":{"a":1}}',
            b"\xff",
            b'{"result":[1,null,{"update_id":"x"}]}',
        ):
            one.far.say(Said(body=nonsense))
            assert one.channel.poll() == []


def test_a_picture_is_fetched_by_its_largest_size():
    sizes = [{"file_id": "kecil", "width": 90, "height": 60}, {"file_id": "besar", "width": 1280, "height": 960}]
    come = read_update(update(photo=sizes, caption="Tanggul retak"))
    assert come is not None
    assert (come.files, come.text) == (("besar",), "Tanggul retak")
    with fake() as one:
        one.far.say(Said(body={"ok": True, "result": {"file_path": "photos/1.jpg"}}), Said(body=b"JPEG"))
        assert one.channel.fetch("besar") == b"JPEG"
        assert one.far.asked[1].path == f"/file/bot{TOKEN}/photos/1.jpg"
        one.far.say(Said(400, {"ok": False}))
        with pytest.raises(LookupError):
            one.channel.fetch("besar")


# reading


def test_a_place_is_lon_lat_and_a_time_is_seconds():
    come = read_update(update(location={"latitude": -8.6503, "longitude": 116.5301}))
    assert come is not None
    assert (come.lon, come.lat, come.at.isoformat()) == (116.5301, -8.6503, "2023-10-11T17:15:57+00:00")


if RECORDED.exists():

    def test_the_recorded_update_is_read():
        come = read_update(json.loads(RECORDED.read_text()))
        assert come is not None
        assert (come.lon, come.lat, come.sender) == (116.5301, -8.6503, "111111")


def test_bots_and_what_a_group_says_among_itself_are_not_heard_but_its_reply_to_us_is():
    assert read_update(update(text="hai", **{"from": BOT})) is None
    assert read_update(update(text="hai", chat=GROUP)) is None
    assert read_update({"update_id": 1, "edited_message": {}}) is None
    replied = read_update(update(text="siap", chat=GROUP, reply_to_message={"message_id": 42, "from": BOT}))
    assert replied is not None
    assert (replied.sender, replied.answers) == ("-100200300", "-100200300:42")


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(
                ["message", "chat", "id", "from", "date", "location", "photo", "type", "callback_query", "voice"]
            ),
            inner,
            max_size=4,
        )
    ),
)


@given(st.dictionaries(st.sampled_from(["message", "callback_query", "update_id"]), JSON, max_size=3))
def test_no_update_makes_the_reader_fall(wild: dict[str, Any]):
    read_update(wild)


# the webhook


def test_a_webhook_passes_by_its_secret_alone():
    body = json.dumps(update(text="Banjir di Labuhan")).encode()
    [come] = TelegramChannel.webhook(settings(), {SECRET_HEADER.lower(): "rahasia-tele"}, body)
    assert come.text == "Banjir di Labuhan"  # type: ignore[union-attr]
    for headers in ({}, {SECRET_HEADER: "rahasia-telE"}, {SECRET_HEADER: ""}, {SECRET_HEADER: "é"}):
        with pytest.raises(BadSignature):
            TelegramChannel.webhook(settings(), headers, body)
    with pytest.raises(BadSignature):
        TelegramChannel.webhook(TelegramSettings(token=TOKEN), {SECRET_HEADER: ""}, body)
    assert TelegramChannel.webhook(settings(), {SECRET_HEADER: "rahasia-tele"}, b"\xff{") == []
