"""A net of handhelds in virtual time: what is said, who answered, what the law allows, and what a restart knows."""

import json
from collections.abc import Callable
from dataclasses import replace
from random import Random
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from radio_bridge.errors import CannotSend
from radio_bridge.link import Link
from radio_bridge.profiles import get_profile
from radio_bridge.radiogram import (
    ACTIONS,
    TYPES,
    Ack,
    Alert,
    Cancel,
    Level,
    Place,
    Position,
    Receipt,
    RollCall,
    Status,
    Text,
    Time,
)
from radio_bridge.traffic import Acked, Expired, Failed, Outgoing, Rejected, Repeating, Superseded, Transmit
from radio_bridge.voice import words as voice_words
from radio_bridge.voice.dtmf import Answer, code_of, keys_of
from radio_bridge.voice.link import VoiceLink
from radio_bridge.voice.net import CODES, PAUSES_S, REUSE_S, Speak, VoiceNet
from tests.radio_bridge.test_ledger import worst_hour_s
from tests.radio_bridge.test_link import config

RAPI = get_profile("rapi")
FLOOD = Alert(7, 0, 0, 4, 3, 60, None, False, "Tanggul jebol @ Desa Pringgabaya")


def seconds(words: str) -> float:
    """As fast as a person speaks."""
    return len(words) / 15


class Room:
    """A voice net with a clock; everything it says takes its time."""

    def __init__(self, profile: Any = RAPI) -> None:
        self.net = VoiceNet("JZ21AB", profile, seconds)
        self.now, self.events, self.said = 0.0, [], []
        self.spans: list[tuple[float, float]] = []
        self.answers: Callable[[Speak], list[Answer]] = lambda _: []

    def send(self, uid: str, words: Any, to: tuple[int, ...] = (1, 2), priority: int = 0, until: float = 3600) -> None:
        self.take(self.net.send(Outgoing(uid, words, to, priority, until), self.now))

    def take(self, events: list[Any]) -> None:
        self.events += events
        for event in events:
            if isinstance(event, Speak):
                self.said.append((self.now, event))
                self.spans.append((self.now, self.now + event.airtime_s))
                self.now += event.airtime_s
                self.net.over(self.now)
                for answer in self.answers(event):
                    self.now += 3
                    self.take(self.net.heard(answer, self.now))

    def run(self, until: float) -> None:
        for _ in range(20_000):
            wake = self.net.next_wake(self.now)
            if wake is None or wake > until:
                break
            self.now = max(self.now + 0.001, wake)
            self.take(self.net.tick(self.now))
        else:
            raise AssertionError("it wakes for nothing")
        self.now = max(self.now, until)

    def of(self, kind: type) -> list[Any]:
        return [event for event in self.events if isinstance(event, kind)]

    def words(self) -> list[str]:
        return [over for _, one in self.said for over in one.overs]


def test_an_alert_is_said_twice_with_its_digit_and_an_answer_is_a_person_who_saw_it() -> None:
    room = Room()
    room.answers = lambda said: [Answer(1, 1), Answer(2, 1)] if said.uid else []
    room.send("a", FLOOD)
    room.run(100)
    first, again, done, name = room.words()
    assert first.startswith("Semua regu, di sini Juliet Zulu dua satu Alfa Bravo. Darurat. Darurat. Banjir. Evakuasi.")
    assert "Tanggul jebol, di Desa Pringgabaya." in first and again.startswith("Saya ulangi.")
    assert "bintang, nomor regu, pagar, satu" in first and "bintang, nomor regu, pagar, satu" in again
    assert done == "Regu satu, regu dua, diterima."
    assert name == "Di sini Juliet Zulu dua satu Alfa Bravo."
    assert [(one.station, one.level) for one in room.of(Acked)] == [(1, Level.SEEN), (2, Level.SEEN)]
    assert room.net.messages["a"].states == {1: "seen", 2: "seen"}


def test_only_the_silent_are_called_again_by_their_numbers_less_and_less_often() -> None:
    room = Room()
    room.answers = lambda said: [Answer(1, 1)] if said.uid and len(room.said) == 1 else []
    room.send("a", FLOOD, (1, 12, 3))
    room.run(3000)
    assert [one.missing for one in room.of(Repeating)] == [(3, 12)] * (len(PAUSES_S) - 0)
    called = [over for over in room.words() if over.startswith("Regu tiga, regu satu dua, di sini")]
    assert len(called) == len(PAUSES_S)
    begins = [at for at, one in room.said if one.uid]
    gaps = [later - earlier for earlier, later in zip(begins, begins[1:], strict=False)]
    assert all(later > earlier - 1 for earlier, later in zip(gaps[1:], gaps[2:], strict=False)) and gaps[-1] > 100
    assert {(one.station, one.state) for one in room.of(Failed)} == {(3, "unknown"), (12, "unknown")}


def test_nobody_is_said_to_have_it_who_did_not_answer_with_the_right_digit_and_number() -> None:
    room = Room()
    room.send("a", FLOOD, (1, 2))
    room.run(1)
    for wrong in (Answer(3, 1), Answer(1, 2), Answer(0, 1), Answer(1, 0)):
        assert room.net.heard(wrong, room.now) == [Rejected("stray")]
    assert set(room.net.messages["a"].states.values()) == {"keyed"}


def test_two_alerts_have_two_digits_and_an_answer_belongs_to_its_own() -> None:
    room = Room()
    room.send("a", FLOOD, (1,))
    room.send("b", replace(FLOOD, ref=8, text="Longsor"), (1,))
    room.run(70)
    codes = {uid: one.code for uid, one in room.net.messages.items()}
    assert sorted(codes.values()) == [1, 2]
    room.take(room.net.heard(Answer(1, codes["b"]), room.now))
    assert [one.uid for one in room.of(Acked)] == ["b"]


def test_a_late_answer_to_what_is_over_never_becomes_one_to_the_next() -> None:
    room = Room()
    for number in range(9):
        room.send(f"m{number}", replace(FLOOD, ref=number), (1,), until=room.now + 100)
        room.run(room.now + 150)
    assert sorted(one.code for one in room.net.messages.values()) == list(range(1, 10))
    room.send("new", replace(FLOOD, ref=99), (1,), until=room.now + 3000)
    room.run(room.now + 30)
    new = room.net.messages["new"]
    assert (new.code, keys_of(new.code)) == (11, "01")
    assert "pagar, nol satu, dua tombol." in room.words()[-1]
    late = room.net.heard(Answer(1, 2), room.now)
    assert [one.uid for one in late if isinstance(one, Acked)] == ["m1"]
    assert new.states == {1: "keyed"}
    room.take(room.net.heard(Answer(1, code_of("01")), room.now))
    assert new.states == {1: "seen"}


def test_a_digit_is_free_again_when_no_late_answer_can_mean_it_any_more() -> None:
    room = Room()
    room.send("old", FLOOD, (1,), until=room.now + 100)
    room.run(room.now + 150 + REUSE_S)
    room.send("new", replace(FLOOD, ref=8), (1,), until=room.now + 100)
    room.run(room.now + 10)
    assert room.net.messages["new"].code == 1


def test_when_all_digits_are_being_asked_the_next_waits_and_is_not_lost() -> None:
    room = Room(replace(RAPI, duty_cycle=1.0))
    for number in range(len(CODES) + 2):
        room.send(f"m{number}", replace(FLOOD, ref=number), (1,), 1, until=3000)
    room.send("last", replace(FLOOD, ref=50), (2,), 1, until=9000)
    room.run(9000)
    assert any(one.uid == "last" for _, one in room.said)


def test_a_newer_revision_and_a_cancel_take_the_older_off_the_air() -> None:
    room = Room()
    room.send("a", FLOOD)
    room.run(1)
    room.send("b", replace(FLOOD, revision=1, text="Air turun"))
    room.run(60)
    room.send("c", Cancel(7, 2, 1))
    room.run(200)
    assert [one.uid for one in room.of(Superseded)] == ["a", "b"]
    assert "Batal. Darurat. Darurat. Banjir. Evakuasi. Air turun tidak berlaku lagi." in " ".join(room.words())
    said_after = [one.uid for at, one in room.said if one.uid]
    assert said_after.index("c") > said_after.index("b") and "a" not in said_after[said_after.index("b") :]


def test_a_roll_call_is_presence_and_no_alert() -> None:
    room = Room()
    room.answers = lambda said: [Answer(2, 1)] if said.uid else []
    room.send("r", RollCall(3), (1, 2), 3, until=30)
    room.run(100)
    assert [(one.station, one.level) for one in room.of(Acked)] == [(2, Level.PRESENT)]
    assert "Pengecekan stasiun" in room.words()[0]
    assert room.of(Expired)[0].states == {1: "unknown", 2: "heard"}


def test_late_is_worse_than_never() -> None:
    room = Room()
    room.net.busy(0.0)
    with pytest.raises(CannotSend, match="out of date"):
        room.send("old", FLOOD, until=-1)
    room.send("a", FLOOD, until=0.5)
    room.run(60)
    assert room.said == [] and room.of(Expired)[0].states == {1: "expired", 2: "expired"}


def test_nobody_is_talked_over_but_a_mayday_does_not_wait_for_ever() -> None:
    room = Room()
    room.send("usual", replace(FLOOD, priority=2), (1,), 2)
    room.send("urgent", FLOOD, (1,))
    at = 0.0
    while at < 20 and not room.said:
        at += 0.1
        room.now = at
        room.net.busy(at)
        room.take(room.net.tick(at))
    assert room.said[0][1].uid == "urgent" and 7 <= room.said[0][0] <= 9


def test_the_call_sign_is_said_at_the_end_and_at_least_every_ten_minutes() -> None:
    room = Room()
    room.send("a", FLOOD, (1,))
    room.run(1)
    for minute in range(40):
        room.run(60 * minute + 30.0)
        room.take(room.net.heard(Answer(1, 1), room.now))
    room.run(4000)
    named = [at for at, one in room.said if any("Juliet Zulu dua satu" in over for over in one.overs)]
    for at, _one in room.said:
        assert any(at <= name <= at + RAPI.identify_every_s for name in named)
    assert any("Juliet Zulu" in over for over in room.said[-1][1].overs)


def test_who_keys_all_day_does_not_make_us_speak_all_day() -> None:
    room = Room()
    room.send("a", FLOOD, (1,))
    room.run(30)
    for _ in range(200):
        room.take(room.net.heard(Answer(1, 1), room.now))
        room.run(room.now + 3)
    spoken_s = sum(ends - begins for begins, ends in room.spans)
    assert spoken_s < 0.3 * room.now
    assert len(room.of(Acked)) == 1


@pytest.mark.slow
@settings(max_examples=15, deadline=None)
@given(st.integers(0, 10_000), st.floats(0.01, 0.2))
def test_no_hour_is_overdrawn_and_no_over_is_longer_than_the_law(seed: int, duty: float) -> None:
    random, room = Random(seed), Room(replace(RAPI, duty_cycle=duty))
    for number in range(40):
        room.run(room.now + random.uniform(0, 300))
        words = replace(FLOOD, ref=number, text="air naik " * random.randint(1, 8))
        room.send(
            f"u{number}", words, tuple(range(1, random.randint(2, 9))), random.choice([0, 1, 2, 3]), room.now + 1200
        )
    room.run(room.now + 3600)
    assert worst_hour_s(room.spans) <= 3600 * duty + 1
    assert max(map(seconds, room.words()), default=0) <= RAPI.longest_speech_s


def test_what_takes_too_long_to_say_is_refused_whole_and_never_cut() -> None:
    room = Room()
    with pytest.raises(CannotSend, match="more than 28 s"):
        room.send("a", replace(FLOOD, text="tanggul jebol dan air naik " * 12))
    assert room.net.messages == {} and room.said == []


@pytest.mark.parametrize("words", [Status(1), Position(Place(116.5, -8.6)), Time(1), Ack(1, 0, Level.SEEN), Receipt(1)])
def test_what_has_no_words_is_not_spoken(words: Any) -> None:
    with pytest.raises(CannotSend):
        Room().send("a", words, (1,))


def test_every_type_and_order_is_said_in_plain_words_and_an_exercise_at_both_ends() -> None:
    for kind in TYPES:
        for action in ACTIONS:
            for over in voice_words.overs(
                replace(FLOOD, type=kind, action=action, exercise=True), 1, (1,), "JZ21AB", True
            ):
                assert over.startswith("Latihan, latihan, latihan.") and over.endswith("Latihan. Ganti.")
                assert over.isprintable() and not set(over) & set("@|~{}<>*#_=")
    assert "Lintang selatan delapan koma enam nol nol, bujur timur satu satu enam koma" in voice_words.message(
        replace(FLOOD, text="", place=Place(116.5, -8.6))
    )


def test_a_text_is_for_one_team_by_its_number() -> None:
    room = Room()
    room.send("t", Text("Logistik di kantor camat"), (12,), 3)
    room.run(60)
    assert room.words()[0].startswith("Regu satu dua, di sini")


# the link and its memory


def voice_link(state: Any = None, **more: Any) -> VoiceLink:
    mute = config(0, profile=RAPI)
    made = VoiceLink.begin(mute, None, Random(1), seconds) if state is None else None
    return made or VoiceLink.on(mute, state, Random(1), seconds, None, **more)


def test_a_restart_forgets_no_message_no_answer_and_no_airtime() -> None:
    link = voice_link()
    link.send(Outgoing("a", FLOOD, (1, 2), 0, 600.0), 0.0)
    spoke = [event for event in link.tick(0.1) if isinstance(event, Transmit)]
    assert len(spoke) == 1 and spoke[0].frame == b""
    link.keyed(30.0)
    link.heard(b"*1#1", 33.0)
    kept = json.loads(json.dumps(link.state()))
    again = voice_link(kept)
    assert again.progress("a") == {1: "seen", 2: "keyed"}
    assert again.airtime_left_s(40.0, 0) == link.airtime_left_s(40.0, 0)
    assert [type(event) for event in again.heard(b"*2#1", 50.0)] == [Acked]
    after_reboot = voice_link(kept, now=4.0, away_s=100.0, surely_s=4.0)
    assert after_reboot.airtime_left_s(4.0, 0) == link.airtime_left_s(40.0, 0)
    assert after_reboot.voice.messages["a"].expires_at < 600


def test_what_was_queued_as_frames_before_is_given_up_aloud_and_nothing_of_it_is_keyed() -> None:
    packed = Link(config(0), None, Random(1))
    packed.send(Outgoing("old", FLOOD, (1,), 0, 600.0), 0.0)
    packed.send(Outgoing("older", Text("menunggu"), (1,), 2, 600.0), 0.0)
    link = voice_link(json.loads(json.dumps(packed.state())))
    events, now = [], 5.0
    while (wake := link.next_wake(now)) is not None and now < 700:
        now = max(now + 0.01, wake)
        events += link.tick(now)
    assert {event.uid for event in events if isinstance(event, Failed | Expired)} == {"old", "older"}
    assert not [event for event in events if isinstance(event, Transmit)]


def test_two_keys_and_three_come_through_the_link_as_they_were_keyed() -> None:
    """While the nine digits still mean something, the tenth message has two keys and the nineteenth three."""
    link, now = voice_link(), 0.0
    for number in range(1, 20):
        link.send(Outgoing(f"m{number}", replace(FLOOD, ref=number), (12,), 0, now + 30), now)
        link.tick(now + 0.1)
        now += 40.0
        link.tick(now)
    codes = {uid: one.code for uid, one in link.voice.messages.items()}
    assert (codes["m1"], codes["m10"], codes["m19"]) == (1, 11, 21)
    acked = [event for keys in (b"*12#01", b"*12#1", b"*12#001") for event in link.heard(keys, now)]
    assert [one.uid for one in acked if isinstance(one, Acked)] == ["m10", "m1", "m19"]


def test_a_frame_or_half_an_answer_is_nobodys() -> None:
    link = voice_link()
    for noise in (b"", b"*12#", b"*12#0", b"*12#11", b"12#1", b":BLN1POSKO:AWAS", b"\x11\x01\x00", b"*12#1 "):
        assert link.heard(noise, 1.0) == [Rejected("foreign")]
    with pytest.raises(CannotSend, match="handheld"):
        link.acknowledge("0a1.0", Level.SEEN, 1.0)


def test_a_channel_that_carries_no_speech_gets_no_voice() -> None:
    with pytest.raises(CannotSend, match="Nobody can speak"):
        VoiceNet("POSKO", get_profile("lora_free"), seconds)


def test_digits_are_kept_longer_than_any_answer_takes() -> None:
    assert REUSE_S >= 1800
