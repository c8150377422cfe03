"""What people write to us becomes reports, once each, and answers to alerts; what comes back to them is little."""

import datetime as dt
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import delete, select, update

import alerts.actions as alerting
from alerts.channels import Batch, Incoming, Report
from alerts.models import ContactAddress, Delivery, Note, Recipient
from alerts.webhooks import actions, answers, files, rules
from alerts.webhooks.models import MessageFile, MessageIn
from incident import actions as verbs
from incident.models import Call, Entry, Incident, IncidentType
from tests.factories import on_spatialite, uid
from tests.room import Room

PHONE = "6281234500077"
FLOOD = "Banjir masuk rumah di Dusun Rejeki, air sepinggang"


def come(room: Room, text: str = "", **said: Any) -> Incoming:
    whole = {"channel": "whatsapp", "foreign_id": uid(), "sender": PHONE, "at": room.clock()}
    return Incoming(text=text, **{**whole, **said})


def take(room: Room, *items: Incoming | Report, channel: str = "whatsapp") -> int:
    return actions.take(room.post, channel, items)


def rows(room: Room, table: Any) -> list[Any]:
    with room.post.database.read() as conn:
        return list(conn.execute(select(table.__table__).order_by(table.__table__.c.id)).mappings())


def replies(room: Room) -> list[str]:
    return [one["text"] for one in rows(room, Note)]


def became(room: Room) -> list[str]:
    return [one["became"] for one in rows(room, MessageIn)]


# reports


def test_words_become_a_call_and_an_incident_and_the_number_goes_back(room: Room):
    take(room, come(room, FLOOD))
    call, incident = rows(room, Call)[0], rows(room, Incident)[0]
    assert (call["channel"], call["type"], call["narrative"]) == ("whatsapp", "banjir", FLOOD)
    assert (call["caller_phone"], call["taken_by"]) == ("081234500077", "whatsapp")
    assert (incident["type"], incident["method"], incident["lon"]) == ("banjir", "unknown", None)
    assert "LT-0001" in replies(room)[0]
    assert "lokasi" in replies(room)[0]
    assert (rows(room, Note)[0]["address"], rows(room, Note)[0]["kind"]) == (PHONE, "reply")


def test_the_same_message_again_writes_nothing(room: Room):
    message = come(room, FLOOD)
    assert take(room, message) == 1
    assert take(room, message, message._replace(text="lain")) == 0
    assert len(rows(room, Call)) == len(replies(room)) == 1


def test_a_place_and_a_picture_go_with_the_words_before_them(room: Room):
    take(room, come(room, FLOOD))
    take(room, come(room, lon=116.6, lat=-8.5))
    take(room, come(room, "rumah saya", files=("media-77",)))
    assert len(rows(room, Incident)) == 1
    incident = rows(room, Incident)[0]
    assert (incident["calls"], incident["lon"], incident["method"]) == (3, 116.6, "device")
    assert [one["call_id"] for one in rows(room, MessageFile)] == [rows(room, Call)[2]["id"]]
    assert became(room) == ["report", "more", "more"]
    assert len(replies(room)) == 2  # the number, and that the place came


def test_a_place_alone_is_a_report_with_the_name_of_a_village_or_none(room: Room):
    take(room, come(room, lon=116.6, lat=-8.5))
    assert rows(room, Incident)[0]["place"].startswith("Dekat ")
    assert "Kirim juga lokasi" not in replies(room)[0]


def test_a_place_known_already_is_not_moved_by_a_later_one(room: Room):
    take(room, come(room, FLOOD, lon=116.6, lat=-8.5))
    take(room, come(room, lon=116.9, lat=-8.2))
    assert rows(room, Incident)[0]["lon"] == 116.6


def test_a_place_abroad_or_none_at_all_is_left_out_and_the_words_kept(room: Room):
    for lon, lat in ((-122.2, 37.4), (float("nan"), 1.0), (500.0, 1.0)):
        take(room, come(room, FLOOD, sender=uid(), lon=lon, lat=lat))
    assert [one["lon"] for one in rows(room, Incident)] == [None, None, None]


def test_after_half_an_hour_or_a_closed_incident_it_is_a_new_report(room: Room):
    take(room, come(room, FLOOD))
    room.clock.on(1801)
    take(room, come(room, FLOOD))
    assert len(rows(room, Incident)) == 2
    room.do(verbs.change_incident, 2, "close", disposition="handled", by="komang")
    take(room, come(room, FLOOD))
    assert len(rows(room, Incident)) == 3


def test_two_people_are_two_reports(room: Room):
    take(room, come(room, FLOOD), come(room, FLOOD, sender="6281999000111"))
    assert [one["calls"] for one in rows(room, Incident)] == [1, 1]


def test_a_greeting_opens_no_incident_and_is_told_what_to_write(room: Room):
    take(room, come(room, "halo min"))
    assert rows(room, Incident) == []
    assert rows(room, Call)[0]["class"] == "info"
    assert "Tulis apa yang terjadi" in replies(room)[0]


@pytest.mark.parametrize("text", ["TOLONG!!", "sos", "Darurat pak", "bantu kami"])
def test_a_cry_of_one_word_opens_an_incident(room: Room, text: str):
    take(room, come(room, text))
    assert rows(room, Incident)[0]["type"] == "lainnya"


def test_nothing_at_all_becomes_nothing(room: Room):
    take(room, come(room, "👍"), come(room, "  "))
    assert became(room) == ["nothing", "nothing"]
    assert rows(room, Call) == []


def test_a_message_of_tomorrow_came_now_and_a_very_long_one_is_cut(room: Room):
    take(room, come(room, FLOOD + "\x00" + "a" * 9000, at=room.clock.now + dt.timedelta(days=1)))
    call = rows(room, Call)[0]
    assert call["received_at"] <= room.clock.now
    assert len(call["narrative"]) == rules.LONGEST


def test_a_far_end_without_a_clock_does_not_make_a_call_of_another_century(room: Room):
    take(room, come(room, FLOOD, at=dt.datetime(1970, 1, 1, tzinfo=dt.UTC)))
    assert room.clock.now - rows(room, Call)[0]["received_at"] < dt.timedelta(minutes=1)


@on_spatialite
def test_a_file_that_everybody_falls_over_holds_up_none_behind_it(room: Room):
    class Falling:
        name = "telegram"

        def fetch(self, name: str) -> bytes:
            if name == "jatuh":
                raise AttributeError("kata sandi")
            raise LookupError("Berkas itu tidak ada lagi di Telegram.")

    take(room, come(room, FLOOD, channel="telegram", files=("jatuh", "hilang")), channel="telegram")
    assert files.step(room.post, Falling())
    states = {row["name"]: (row["state"], row["attempts"], row["reason"]) for row in rows(room, MessageFile)}
    assert states["jatuh"] == ("waiting", 1, files.STUMBLED)
    assert states["hilang"][0] == "failed"


def test_no_word_name_or_number_of_the_sender_stands_in_the_journal_or_on_a_card(room: Room):
    take(room, come(room, FLOOD + " hubungi Bu Sri 081234500077"), come(room, "STOP"))
    with room.post.database.read() as conn:
        bodies = " ".join(conn.scalars(select(Entry.body)))
    for word in (PHONE, "081234500077", "Bu Sri", "Rejeki"):
        assert word not in bodies


# words back


def test_two_rooms_that_write_to_each_other_fall_silent_at_once(room: Room):
    take(room, come(room, FLOOD))
    for _ in range(50):
        take(room, come(room, replies(room)[-1]))
    assert len(replies(room)) == 1
    assert len(rows(room, Call)) == 1
    assert became(room)[1:] == ["echo"] * 50


def test_a_person_who_calls_the_room_by_its_name_is_heard(room: Room):
    take(room, come(room, "Posko, tolong, banjir masuk rumah"))
    assert became(room) == ["report"]


def test_every_sentence_of_a_room_is_known_as_one_by_another():
    said = [rules.received("Kota X", "KX-0001", False), rules.received("Kota X", "KX-0001", True)]
    said += [rules.place_received("Posko Y", "Y-0001"), rules.guidance("Kota X"), rules.stopped("Kota X")]
    assert [rules.is_echo(one.upper(), []) for one in said] == [True] * 5


def test_a_machine_that_answers_every_word_is_answered_four_times_an_hour_at_most(room: Room):
    for number in range(60):
        room.clock.on(1801)  # each of its words would be a new report
        take(room, come(room, f"Terima kasih sudah menghubungi toko kami, tiket {number}"))
    in_hour = [one["made_at"] for one in rows(room, Note)]
    for start in in_hour:
        assert sum(start <= at < start + dt.timedelta(hours=1) for at in in_hour) <= rules.MOST_REPLIES


def test_a_machine_that_answers_at_once_ends_as_one_report_and_a_few_words(room: Room):
    for number in range(200):
        take(room, come(room, f"Pesan otomatis nomor {number}: kami sedang tutup"))
    assert len(rows(room, Incident)) == 1
    assert len(replies(room)) <= rules.MOST_REPLIES
    assert len(rows(room, Call)) == rules.MOST_IN_WINDOW


def test_what_one_sender_writes_too_much_is_kept_beside_and_said_once(room: Room):
    for number in range(rules.MOST_IN_WINDOW + 5):
        take(room, come(room, f"Banjir lagi nomor {number}"))
    held = [one for one in rows(room, MessageIn) if one["became"] == "limited"]
    assert [one["text"] for one in held] == [f"Banjir lagi nomor {n}" for n in range(20, 25)]
    with room.post.database.read() as conn:
        kinds = list(conn.scalars(select(Entry.kind)))
    assert kinds.count("message.limited") == 1
    take(room, come(room, FLOOD, sender="6281999000111"))
    assert len(rows(room, Incident)) == 2
    room.clock.on(rules.WINDOW_S + 1)
    take(room, come(room, FLOOD))
    assert rows(room, MessageIn)[-1]["became"] in ("more", "report")


def test_who_keeps_writing_is_heard_again_and_each_window_is_told_of(room: Room):
    for number in range(144):  # an hour, one message each 25 s
        room.clock.on(25)
        take(room, come(room, f"Tolong banjir besar di dusun {number}"))
    told = became(room)
    assert told[-24:].count("more") + told[-24:].count("report") >= 19, "the last ten minutes as the first"
    with room.post.database.read() as conn:
        at = list(conn.scalars(select(Entry.at).where(Entry.kind == "message.limited").order_by(Entry.seq)))
    assert len(at) in (5, 6)
    assert max(after - before for before, after in pairwise(at)) < dt.timedelta(seconds=2 * rules.WINDOW_S)


def test_answers_and_what_is_nothing_do_not_count_against_a_reporter(room: Room):
    for _ in range(rules.MOST_IN_WINDOW):
        take(room, come(room, "ya"))
    take(room, come(room, FLOOD))
    assert became(room)[-1] == "report"


def test_who_writes_stop_gets_no_words_but_is_still_heard(room: Room):
    take(room, come(room, "STOP"), come(room, "stop"), come(room, FLOOD))
    assert len(replies(room)) == 1
    assert "MULAI" in replies(room)[0]
    assert len(rows(room, Incident)) == 1
    take(room, come(room, "mulai"))
    room.clock.on(1801)
    take(room, come(room, FLOOD))
    assert len(replies(room)) == 2


# answers to alerts


def delivered(room: Room, channel: str = "whatsapp", address: str = PHONE, foreign_id: str = "wamid.1") -> int:
    """An alert to TRC-1 that went out by a channel to an address; answers the alert."""
    alert = room.alert(to=("TRC-1",))
    row = {"recipient_id": room.recipients(alert)[0], "channel": channel, "uid": uid(), "state": "sent"}
    row |= {"due_at": room.clock.now, "changed_at": room.clock.now, "attempts": 1}
    row |= {"address": address, "foreign_id": foreign_id}
    room.post.database.write(lambda conn: conn.execute(Delivery.__table__.insert(), row))
    return alert


def state_of(room: Room, alert: int) -> tuple[str, str | None]:
    one = next(one for one in rows(room, Recipient) if one["alert_id"] == alert)
    return one["state"], one["seen_via"]


@pytest.mark.parametrize("word", ["1", "Ya", " OK. ", "siap!", "1."])
def test_a_short_yes_acknowledges_the_newest_open_alert_of_this_address(room: Room, word: str):
    older, newer = delivered(room, foreign_id="a"), delivered(room, foreign_id="b")
    take(room, come(room, word))
    assert state_of(room, newer) == ("seen", "whatsapp")
    assert state_of(room, older)[0] != "seen"
    assert (became(room), rows(room, Call), replies(room)) == (["answer"], [], [])


def change_ways(room: Room, **changes: Any) -> None:
    room.post.database.write(lambda conn: conn.execute(update(Delivery).values(**changes)))


def test_who_answers_before_we_know_that_it_arrived_has_answered(room: Room):
    alert = delivered(room)
    lost = {"state": "waiting", "foreign_id": None, "sent_at": room.clock.now}
    change_ways(room, **lost)  # tried; the line broke before the far end could say so
    take(room, come(room, "1"))
    assert state_of(room, alert) == ("seen", "whatsapp")


def test_what_was_never_tried_is_not_acknowledged_by_a_yes_to_something_else(room: Room):
    alert = delivered(room)
    change_ways(room, state="waiting", attempts=0)
    take(room, come(room, "1"))
    assert (state_of(room, alert)[0], became(room)) == ("waiting", ["nothing"])


@pytest.mark.parametrize("has_lease", [False, True])
def test_a_yes_belongs_to_the_alert_that_came_not_to_a_newer_one_that_is_still_with_us(room: Room, has_lease: bool):
    came, refused = delivered(room, foreign_id="a"), delivered(room, foreign_id="b")
    newer = Delivery.foreign_id == "b"
    lease = {"claimed_until": room.clock.now + dt.timedelta(seconds=90) if has_lease else None}
    back = update(Delivery).where(newer).values(state="waiting", foreign_id=None, **lease)
    room.post.database.write(lambda conn: conn.execute(back))
    take(room, come(room, "1"))
    assert state_of(room, came) == ("seen", "whatsapp")
    assert state_of(room, refused)[0] == "waiting"


def test_what_was_only_ever_refused_is_seen_by_nobody_whatever_they_say(room: Room):
    alert = delivered(room)
    change_ways(room, state="waiting", foreign_id=None, attempts=4)
    take(room, come(room, "1"))
    assert (state_of(room, alert)[0], became(room)) == ("waiting", ["nothing"])


@pytest.mark.parametrize("named", [True, False])
def test_the_first_sending_is_answered_also_while_the_second_waits(room: Room, named: bool):
    alert = delivered(room, foreign_id="a")
    change_ways(room, sent_at=room.clock.now)
    room.do(alerting.resend, alert, by="dewi")
    take(room, come(room, "ada apa di sana, siap" if named else "1", answers="a" if named else None))
    assert state_of(room, alert) == ("seen", "whatsapp")


@pytest.mark.parametrize("word", ["failed", "heard"])
def test_a_late_report_of_the_first_sending_does_not_hold_the_second_back(room: Room, word: str):
    alert = delivered(room, foreign_id="a")
    room.do(alerting.resend, alert, by="dewi")
    assert take(room, Report("a", word, room.clock.now)) == 0
    ways = [one["state"] for one in rows(room, Delivery) if one["channel"] == "whatsapp"]
    assert (ways, state_of(room, alert)[0] in ("failed", "heard")) == (["waiting"], False)


def test_a_report_that_is_quicker_than_our_own_note_is_not_lost(room: Room):
    alert = delivered(room)
    change_ways(room, state="waiting", foreign_id=None)
    (way,) = [one for one in rows(room, Delivery) if one["channel"] == "whatsapp"]
    assert take(room, Report(way["uid"], "heard", room.clock())) == 1
    assert state_of(room, alert)[0] == "heard"


def test_a_reply_to_an_alert_acknowledges_that_one_whatever_it_says(room: Room):
    older, newer = delivered(room, foreign_id="a"), delivered(room, foreign_id="b")
    take(room, come(room, "laksanakan", answers="a"))
    assert state_of(room, older)[0] == "seen"
    assert state_of(room, newer)[0] != "seen"


def test_a_reply_that_tells_of_something_is_also_a_report(room: Room):
    alert = delivered(room, foreign_id="a")
    take(room, come(room, FLOOD, answers="a"))
    assert state_of(room, alert)[0] == "seen"
    assert len(rows(room, Incident)) == 1


def test_a_yes_of_somebody_else_or_to_nothing_means_nothing(room: Room):
    alert = delivered(room)
    take(room, come(room, "1", sender="6281999000111"), come(room, "1", channel="telegram"))
    assert state_of(room, alert)[0] != "seen"
    assert (rows(room, Call), replies(room)) == ([], [])


def test_a_mail_counts_by_what_it_answers_for_anybody_can_write_anybody_s_address(room: Room):
    alert = delivered(room, "email", "kades@desa.test", "<uid@lotim.test>")
    forged = {"channel": "email", "sender": "kades@desa.test"}
    take(room, come(room, "1", **forged), come(room, "1", answers="<guessed@lotim.test>", **forged), channel="email")
    assert state_of(room, alert)[0] != "seen"
    take(room, come(room, "Baik, terima kasih", answers="<uid@lotim.test>", **forged), channel="email")
    assert state_of(room, alert) == ("seen", "email")


@pytest.mark.parametrize("kept", ["081234500077", "+6281234500077", "6281234500077"])
def test_a_number_is_the_same_however_the_phone_book_spells_it(room: Room, kept: str):
    alert = delivered(room, "sms_gateway", kept)
    take(room, come(room, "1", channel="sms_modem"), channel="sms_modem")
    assert state_of(room, alert)[0] == "seen"


def test_stop_holds_for_the_phone_book_and_mulai_opens_it_again(room: Room):
    row = {"unit_id": room.units["TRC-1"], "channel": "whatsapp", "address": "081234500077"}
    room.post.database.write(lambda conn: conn.execute(ContactAddress.__table__.insert(), row))
    take(room, come(room, "STOP"))
    assert rows(room, ContactAddress)[0]["stopped_at"] is not None
    take(room, come(room, "MULAI"))
    assert rows(room, ContactAddress)[0]["stopped_at"] is None


# reports of the far end


def test_what_became_of_a_message_only_ever_gets_stronger(room: Room):
    alert = delivered(room)
    now = room.clock.now
    take(room, Report("wamid.1", "heard", now))
    assert state_of(room, alert)[0] == "heard"
    take(room, Report("wamid.1", "seen", now))
    take(room, Report("wamid.1", "heard", now), Report("wamid.1", "failed", now))
    assert state_of(room, alert) == ("seen", "whatsapp")


def test_a_report_of_nothing_of_ours_is_left_alone(room: Room):
    assert take(room, Report("wamid.other", "seen", room.clock.now), Report("wamid.1", "heard", room.clock.now)) == 0
    delivered(room)
    assert take(room, Report("wamid.1", "seen", room.clock.now), channel="telegram") == 0


def test_an_answer_to_a_reporter_knows_whether_it_came(room: Room):
    take(room, come(room, FLOOD))
    room.post.database.write(lambda conn: conn.execute(update(Note).values(state="sent", foreign_id="wamid.9")))
    take(room, Report("wamid.9", "heard", room.clock.now))
    assert rows(room, Note)[0]["state"] == "heard"


# what goes wrong


def test_a_message_we_stumble_over_keeps_its_words_and_holds_up_nobody(room: Room):
    room.post.database.write(lambda conn: conn.execute(delete(IncidentType)))
    confirmed: list[int] = []
    batch = Batch([come(room, FLOOD), come(room, "STOP", sender="6281999000111")], lambda: confirmed.append(1))
    assert take(room, *batch) == 2
    actions.take(room.post, "whatsapp", batch)
    assert (became(room), confirmed) == (["broken", "stop"], [1])
    assert rows(room, MessageIn)[0]["text"] == FLOOD
    with room.post.database.read() as conn:
        assert "message.broken" in set(conn.scalars(select(Entry.kind)))


def test_keys_of_any_length_fit_and_stay_their_own(room: Room):
    keys = ["k" * 300, "k" * 301, "k\x00" * 50]
    take(room, *[come(room, FLOOD, foreign_id=key, sender=key) for key in keys + keys])
    assert len(rows(room, MessageIn)) == 3


@pytest.mark.parametrize("field", ["sender", "foreign_id", "answers"])
def test_half_a_character_in_a_key_holds_up_nobody_and_stays_its_own(room: Room, field: str):
    whole = [come(room, FLOOD, **{field: f"a{half}b"}) for half in ("\ud800", "\udcff")]
    assert take(room, *whole, come(room, FLOOD, sender="6281999000111")) == 3
    assert set(became(room)) <= {"report", "more"}
    if field != "answers":
        assert len({row[field if field != "sender" else "reporter_id"] for row in rows(room, MessageIn)}) == 3


def test_a_file_whose_name_cannot_be_kept_is_left_out_and_the_report_stands(room: Room):
    take(room, come(room, FLOOD, files=("m\ud800", "k" * 301, "media-1")))
    assert [one["name"] for one in rows(room, MessageFile)] == ["media-1"]
    assert became(room) == ["report"]


# the table


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("Tolong ada kebakaran di pasar", "kebakaran"),
        ("air naik cepat pak", "banjir"),
        ("AIR NAIK!!", "banjir"),
        ("anak hanyut terbawa banjir", "tenggelam"),
        ("kapibara lewat", "lainnya"),
        ("rapi sekali", "lainnya"),
    ],
)
def test_the_type_is_read_off_whole_words(text: str, code: str):
    assert rules.type_of(text) == code


@given(st.text(max_size=200))
def test_any_text_has_a_meaning(text: str):
    assert rules.meaning_of(text) in ("seen", "stop", "start", "words", "nothing")
    assert rules.type_of(text)


def test_every_type_of_the_table_is_one_of_the_room():
    from incident.seeds import TYPES

    assert {code for code, _ in rules.TYPE_WORDS} | {rules.OTHER} <= {row[0] for row in TYPES}


def test_forms_of_an_address_that_is_no_number_are_itself():
    assert answers.forms_of("telegram", "611223344") == ["611223344"]
    assert answers.forms_of("email", "a@b.id") == ["a@b.id"]
