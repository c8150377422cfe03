"""What became no call waits for a person, who makes it one or sets it aside; what is old is forgotten."""

import json
from typing import Any

import pytest
from sqlalchemy import insert, select

from alerts.channels import Incoming
from alerts.models import Note
from alerts.webhooks import actions, kept, rules
from alerts.webhooks.models import MessageFile, MessageIn, Reporter
from incident import journal
from incident.errors import NotFound, WrongState
from incident.models import Call, Incident, Lamp
from tests.factories import uid
from tests.room import Room

PHONE = "6281234500077"
SECRET_WORDS = "Rumah Bu Sri terendam, tolong"


def come(room: Room, text: str, **said: Any) -> Incoming:
    whole = {"channel": "whatsapp", "foreign_id": uid(), "sender": PHONE, "at": room.clock()}
    return Incoming(text=text, **{**whole, **said})


def flood(room: Room, more: int = 1, sender: str = PHONE) -> list[int]:
    """One sender writes more than becomes calls; the kept ones."""
    for number in range(rules.MOST_IN_WINDOW + more):
        actions.take(room.post, "whatsapp", [come(room, f"{SECRET_WORDS} {number}", sender=sender)])
    return [one["id"] for one in waiting(room)["messages"]]


def waiting(room: Room, limit: int = 50) -> dict[str, Any]:
    with room.post.database.read() as conn:
        return kept.listed(conn, limit, room.clock())


def rows(room: Room, table: Any) -> list[Any]:
    with room.post.database.read() as conn:
        return list(conn.execute(select(table.__table__).order_by(table.__table__.c.id)).mappings())


def lines(room: Room) -> list[journal.Line]:
    with room.post.database.read() as conn:
        return journal.after(conn, 0, 5000)


def forget_all(room: Room) -> None:
    while room.do(kept.forget, by="relay"):
        pass


def test_what_was_held_back_waits_with_its_words_and_a_masked_sender(room: Room):
    first, second = flood(room, 2)
    told = waiting(room)
    assert told["total"] == 2 and [one["id"] for one in told["messages"]] == [first, second]
    assert told["messages"][0]["sender"] == "6281****077" and told["messages"][0]["became"] == "limited"
    assert told["messages"][0]["text"].startswith(SECRET_WORDS)
    assert waiting(room, 1)["total"] == 2 and len(waiting(room, 1)["messages"]) == 1


def test_the_newest_of_each_sender_comes_before_anybody_s_second(room: Room):
    flood(room, 3)
    flood(room, 1, "6281999000111")
    assert [one["sender"] for one in waiting(room, 2)["messages"]] == ["6281****111", "6281****077"]
    told = [one["text"].rsplit(" ", 1)[1] for one in waiting(room)["messages"]]
    assert told == ["20", "22", "21", "20"]


def test_a_message_that_broke_waits_too(room: Room, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(actions, "_became", lambda *_: 1 / 0)
    actions.take(room.post, "whatsapp", [come(room, SECRET_WORDS)])
    assert [one["became"] for one in waiting(room)["messages"]] == ["broken"]


def test_made_a_call_it_goes_with_what_the_same_person_reported(room: Room):
    (message,) = flood(room)
    before, incidents = len(rows(room, Call)), len(rows(room, Incident))
    told = room.do(kept.decide, message, "call", by="komang")
    call = rows(room, Call)[-1]
    assert (len(rows(room, Call)), len(rows(room, Incident))) == (before + 1, incidents)
    assert call["narrative"].startswith(SECRET_WORDS) and call["taken_by"] == "komang"
    assert told["body"] == {"channel": "whatsapp", "decided": "call", "call": call["id"]}
    row = rows(room, MessageIn)[-1]
    assert (row["decided"], row["decided_by"], row["call_id"], row["text"]) == ("call", "komang", call["id"], None)
    assert waiting(room)["total"] == 0


def test_after_half_an_hour_it_is_a_report_of_its_own_with_the_time_it_was_said(room: Room):
    (message,) = flood(room)
    said_at = rows(room, MessageIn)[-1]["said_at"]
    room.clock.on(1801)
    incidents = len(rows(room, Incident))
    room.do(kept.decide, message, "call", by="komang")
    assert len(rows(room, Incident)) == incidents + 1
    assert (rows(room, Call)[-1]["received_at"], rows(room, Call)[-1]["type"]) == (said_at, "banjir")


def test_a_place_and_a_picture_that_were_held_back_go_into_the_call(room: Room):
    flood(room, 0)
    actions.take(room.post, "whatsapp", [come(room, "", lon=116.6, lat=-8.5, files=("media-9",))])
    (card,) = waiting(room)["messages"]
    assert (card["text"], card["has_place"], card["has_files"]) == ("", True, True)
    assert "media-9" not in str(card) and "116.6" not in str(card)
    room.do(kept.decide, card["id"], "call", by="komang")
    call, incident = rows(room, Call)[-1], rows(room, Incident)[-1]
    assert (call["lon"], call["lat"], incident["lon"], incident["lat"]) == (116.6, -8.5, 116.6, -8.5)
    assert [(one["call_id"], one["name"]) for one in rows(room, MessageFile)] == [(call["id"], "media-9")]
    assert [rows(room, MessageIn)[-1][name] for name in ("lon", "lat", "files")] == [None, None, None]


def test_words_alone_say_that_neither_place_nor_picture_came(room: Room):
    flood(room)
    (card,) = waiting(room)["messages"]
    assert (card["has_place"], card["has_files"]) == (False, False)


def test_a_place_and_a_picture_are_forgotten_with_the_words(room: Room):
    flood(room, 0)
    actions.take(room.post, "whatsapp", [come(room, "", lon=116.6, lat=-8.5, files=("media-9",))])
    room.clock.on(31 * 86_400)
    forget_all(room)
    assert [rows(room, MessageIn)[-1][name] for name in ("text", "lon", "lat", "files")] == [None] * 4


def test_set_aside_it_is_no_call_and_waits_no_more(room: Room):
    (message,) = flood(room)
    before = len(rows(room, Call))
    room.do(kept.decide, message, "aside", by="komang")
    assert len(rows(room, Call)) == before and waiting(room)["total"] == 0


def test_the_same_decision_twice_is_one_and_another_after_it_is_refused(room: Room):
    (message,) = flood(room)
    once = room.post.do(kept.decide, "komang", "6f0e3c0e-0000-4000-8000-000000000001", message, "call")
    calls = len(rows(room, Call))
    again = room.post.do(kept.decide, "komang", "6f0e3c0e-0000-4000-8000-000000000001", message, "call")
    assert again["seq"] == once["seq"] and len(rows(room, Call)) == calls
    with pytest.raises(WrongState):
        room.do(kept.decide, message, "aside", by="ayu")


def test_a_message_that_is_none_or_became_a_call_by_itself_is_not_there(room: Room):
    actions.take(room.post, "whatsapp", [come(room, SECRET_WORDS)])
    for number in (1, 999):
        with pytest.raises(NotFound):
            room.do(kept.decide, number, "aside", by="komang")


# all of one sender


def test_all_that_waits_of_one_sender_is_set_aside_in_one_deed_and_nobody_else_s(room: Room):
    flood(room, 4)
    flood(room, 2, sender="6281234500088")
    mine = next(one for one in waiting(room)["messages"] if one["of_sender"] == 4)
    room.clock.on(5)
    entry = room.do(kept.set_aside_sender, mine["id"], by="komang")
    assert entry["kind"] == "message.sender_aside" and entry["body"] == {"channel": "whatsapp", "many": 4}
    left = waiting(room)
    assert [one["of_sender"] for one in left["messages"]] == [2, 2] and left["total"] == 2
    (deed,) = left["aside"]
    assert (deed["many"], deed["by"], deed["sender"]) == (4, "komang", mine["sender"])
    assert PHONE not in json.dumps(left) and PHONE not in json.dumps([line.body for line in lines(room)])


def test_what_comes_from_that_sender_later_waits_again(room: Room):
    message, *_ = flood(room, 3)
    room.do(kept.set_aside_sender, message, by="komang")
    actions.take(room.post, "whatsapp", [come(room, "Sekarang sungguh banjir")])
    assert [one["text"] for one in waiting(room)["messages"]] == ["Sekarang sungguh banjir"]


def test_a_deed_is_taken_back_whole_and_no_other_with_it(room: Room):
    single, *others = flood(room, 4)
    room.do(kept.decide, single, "aside", by="ayu")
    room.clock.on(5)
    room.do(kept.set_aside_sender, others[0], by="komang")
    room.clock.on(5)
    assert [deed["many"] for deed in waiting(room)["aside"]] == [3, 1]
    entry = room.do(kept.reopen, others[-1], by="ayu")
    assert (entry["kind"], entry["body"]["many"]) == ("message.reopened", 3)
    assert {one["id"] for one in waiting(room)["messages"]} == set(others)
    room.do(kept.reopen, single, by="ayu")
    assert waiting(room)["total"] == 4 and waiting(room)["aside"] == []


def test_these_deeds_pressed_twice_are_one_and_too_late_they_are_refused(room: Room):
    message, *_ = flood(room, 2)
    key, back = uid(), uid()
    first = room.post.do(kept.set_aside_sender, "komang", key, message)
    assert room.post.do(kept.set_aside_sender, "komang", key, message)["seq"] == first["seq"]
    with pytest.raises(WrongState):
        room.do(kept.set_aside_sender, message, by="ayu")
    undone = room.post.do(kept.reopen, "komang", back, message)
    assert room.post.do(kept.reopen, "komang", back, message)["seq"] == undone["seq"]
    with pytest.raises(WrongState):
        room.do(kept.reopen, message, by="ayu")
    for deed in (kept.set_aside_sender, kept.reopen):
        with pytest.raises(NotFound):
            room.do(deed, 999_999, by="ayu")


def test_what_was_made_a_call_or_was_forgotten_is_not_taken_back(room: Room):
    made, other = flood(room, 2)
    room.do(kept.decide, made, "call", by="komang")
    room.do(kept.set_aside_sender, other, by="komang")
    room.clock.on(31 * 86_400)
    forget_all(room)
    for message in (made, other):
        with pytest.raises(WrongState):
            room.do(kept.reopen, message, by="komang")
    assert waiting(room)["aside"] == []


# the lamp


def lamp_of(room: Room) -> tuple[str, str] | None:
    return next(((one["state"], one["words"]) for one in rows(room, Lamp) if one["id"] == kept.LAMP), None)


def test_a_lamp_is_lit_while_something_waits_and_goes_out_when_all_is_decided(room: Room):
    def look() -> None:
        kept.Rounds().step(room.post)  # a new one each time, as if it were time again

    look()
    assert lamp_of(room) is None, "nobody ever waited"
    flood(room, 2)
    look()
    assert lamp_of(room) == ("warn", "2 pesan menunggu keputusan")
    many = len(lines(room))
    look()
    assert len(lines(room)) == many, "said once"
    for one in waiting(room)["messages"]:
        room.do(kept.decide, one["id"], "aside", by="komang")
    look()
    assert lamp_of(room) == ("ok", "tidak ada pesan yang menunggu")


# who may


def keep_one(app: Any) -> int:
    post = app.extensions["posko"]
    with post.database.read() as conn:
        assert conn.scalar(select(MessageIn.id)) is None
    said = {"channel": "whatsapp", "foreign_id": "wamid.1", "sender": PHONE, "text": SECRET_WORDS, "at": post.clock()}
    post.do(actions.set_aside, "whatsapp", None, Incoming(**said))
    with post.database.read() as conn:
        return int(conn.scalar(select(MessageIn.id)))


def test_only_who_oversees_the_room_sees_them_and_decides(ask: Any, app: Any):
    message = keep_one(app)
    for role in ("call_taker", "dispatcher", "field", "leader", "agency", "village"):
        assert ask(role, "GET", "/messages").status_code == 403
        assert ask(role, "POST", f"/messages/{message}/call", {"uid": uid()}).status_code == 403
    assert ask(None, "GET", "/messages").status_code == 401
    told = ask("coordinator", "GET", "/messages")
    assert told.json["total"] == 1 and PHONE not in told.text and PHONE[-9:] not in told.text
    assert ask("coordinator", "POST", f"/messages/{message}/burn", {"uid": uid()}).status_code == 404
    for decision in ("aside_all", "reopen", "aside"):
        assert ask("dispatcher", "POST", f"/messages/{message}/{decision}", {"uid": uid()}).status_code == 403
        told = ask("coordinator", "POST", f"/messages/{message}/{decision}", {"uid": uid()})
        assert told.status_code == 200 and PHONE[-9:] not in told.text
    again = ask("admin", "POST", f"/messages/{message}/call", {"uid": uid()})
    assert again.status_code == 409 and again.json["allowed"] == []


# forgetting


def test_words_and_addresses_are_forgotten_in_time_and_the_journal_counts_them(room: Room):
    flood(room, 3)
    forget_all(room)
    assert waiting(room)["total"] == 3, "not before their time"
    room.clock.on(30 * 86_400 + 700)
    room.do(lambda act: act.conn.execute(insert(Note), reply_row(act.now)), by="relay")
    with_reply = sum(one["kind"] == "reply" for one in rows(room, Note))
    room.do(lambda act: act.conn.execute(Note.__table__.update().values(state="sent")), by="relay")
    forget_all(room)
    assert waiting(room)["total"] == 0
    told = [line.body for line in lines(room) if line.kind == "message.forgotten"]
    assert told == [{"messages": 3, "reporters": 1, "replies": with_reply - 1}]
    left = json.dumps([dict(one) for table in (MessageIn, Reporter) for one in rows(room, table)], default=str)
    assert PHONE not in left and "Bu Sri" not in left
    assert [one["address"] for one in rows(room, Note) if one["kind"] == "reply"].count(PHONE) == 1, "the new one"


def reply_row(now: Any) -> dict[str, Any]:
    said = {"uid": uid(), "kind": "reply", "channel": "whatsapp", "address": PHONE, "headline": "x", "text": "x"}
    return {**said, "state": "waiting", "made_at": now, "due_at": now, "expires_at": now}


def test_the_far_end_s_key_is_forgotten_by_a_keyed_digest(room: Room):
    keys = ["wamid.6281234500077", "x:6281234500077"]
    actions.take(room.post, "whatsapp", [come(room, "halo", foreign_id=key) for key in keys])
    room.clock.on(31 * 86_400)
    forget_all(room)
    told = [one["foreign_id"] for one in rows(room, MessageIn)]
    assert told == [actions.digest_of(room.post, "whatsapp", key) for key in keys]
    forget_all(room)
    assert told == [one["foreign_id"] for one in rows(room, MessageIn)], "not again"


def test_forgetting_again_does_nothing_and_writes_nothing(room: Room):
    flood(room)
    room.clock.on(31 * 86_400)
    forget_all(room)
    many = len(lines(room))
    forget_all(room)
    assert len(lines(room)) == many


def test_who_asked_for_silence_is_known_again_after_being_forgotten(room: Room):
    actions.take(room.post, "whatsapp", [come(room, "STOP")])
    room.clock.on(31 * 86_400)
    forget_all(room)
    assert rows(room, Reporter)[0]["address"].startswith("x:")
    actions.take(room.post, "whatsapp", [come(room, "Banjir masuk rumah di Dusun Rejeki")])
    (reporter,) = rows(room, Reporter)
    assert reporter["address"] == PHONE and reporter["stopped_at"]
    assert [one["kind"] for one in rows(room, Note) if one["address"] == PHONE and one["state"] == "waiting"] in (
        [],
        ["reply"],
    ), "no new words to them"
    assert len(rows(room, Note)) == 1


def test_a_site_may_keep_them_longer_or_shorter(room: Room):
    flood(room)
    room.post.settings = room.post.settings.model_copy(update={"keep_messages_days": 2})
    room.clock.on(2 * 86_400 + 700)
    forget_all(room)
    assert waiting(room)["total"] == 0


def test_the_relay_forgets_by_itself(room: Room, monkeypatch: pytest.MonkeyPatch):
    flood(room)
    room.clock.on(31 * 86_400)
    rounds = kept.Rounds()
    while rounds.step(room.post):
        pass
    assert waiting(room)["total"] == 0
    assert rounds.step(room.post) is False, "not again before an hour"
