"""The net as people keep it: roll-calls that are judged fairly, and the log of a net for voice."""

import csv
import datetime as dt
import io
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import settings as tuned
from hypothesis import strategies as st
from sqlalchemy import select

from incident import journal
from incident.casework.models import Task
from incident.config import Settings
from incident.errors import BadReport, NotFound, WrongState
from incident.post import Post
from radio_bridge import hearing, outcomes, queries
from radio_bridge.bridge import Bridge
from radio_bridge.models import Transmission
from radio_bridge.net import control, meter, roll_call, schedule
from radio_bridge.net import queries as net
from radio_bridge.net.stations import add_station, revoke_station
from radio_bridge.radiogram import Level, Place, Position
from tests.factories import uid
from tests.radio_bridge.rigs import FAST, KEY, LONG_S, team, wait_for

NOON = dt.datetime(2026, 11, 22, 4, 0, tzinfo=dt.UTC)  # 12.00 WITA
ZONE = "Asia/Makassar"
HOURS = [dt.time(7), dt.time(17)]


class Clock:
    def __init__(self) -> None:
        self.now = NOON

    def __call__(self) -> dt.datetime:
        self.now += dt.timedelta(milliseconds=5)
        return self.now


@pytest.fixture
def net_post(post: Post) -> Post:
    """Three stations and a clock in our hand."""
    post.clock = Clock()
    for number, name in ((1, "TRC-1"), (2, "TRC-2"), (3, "PSC-1")):
        post.do(add_station, "ayu", None, name, None, number)
    return post


def do(
    post: Post, action: Callable[..., Any], *given: Any, by: str = "dewi", key: str | None = None, **more: Any
) -> Any:
    return post.do(action, by, key or uid(), *given, **more)


def kinds(post: Post) -> list[str]:
    with post.database.read() as conn:
        return [line.kind for line in journal.after(conn, 0, 1000)]


def on_air(post: Post) -> str:
    """The message of the newest roll-call, now on the air; its uid."""
    with post.database.read() as conn:
        found = str(conn.scalar(select(Transmission.uid).order_by(Transmission.id.desc()).limit(1)))
    post.do(outcomes.record_taken, "radio", None, found)
    post.do(outcomes.record_keyed, "radio", None, found)
    return found


def answers(post: Post, message: str, *stations: int) -> None:
    for station in stations:
        post.do(outcomes.record_ack, "radio", None, message, station, Level.PRESENT, post.clock())


def ends(post: Post, message: str) -> None:
    post.do(outcomes.record_expired, "radio", None, message)
    assert roll_call.look(post)


def tasks(post: Post) -> list[tuple[str, str]]:
    with post.database.read() as conn:
        return [(row.words, row.state) for row in conn.execute(select(Task.words, Task.state).order_by(Task.id))]


def told(post: Post) -> dict[str, Any]:
    with post.database.read() as conn:
        return net.call_cards(conn)[0]


# when


def test_the_stations_are_called_at_their_hour_once_and_never_long_after() -> None:
    at = dt.datetime(2026, 11, 21, 23, 0, tzinfo=dt.UTC)  # 07.00 WITA
    assert schedule.due_since(HOURS, ZONE, at) == at
    assert schedule.due_since(HOURS, ZONE, at + dt.timedelta(hours=2, minutes=59)) == at
    assert schedule.due_since(HOURS, ZONE, at + dt.timedelta(hours=3)) is None
    assert schedule.due_since(HOURS, ZONE, at - dt.timedelta(seconds=1)) is None
    assert schedule.due_since([], ZONE, at) is None
    assert schedule.next_after(HOURS, ZONE, at) == at + dt.timedelta(hours=10)


@tuned(deadline=None)
@given(st.integers(0, 2_600_000))
def test_what_is_due_has_come_and_what_comes_next_has_not(minutes: int) -> None:
    now = NOON + dt.timedelta(minutes=minutes)
    due, after = schedule.due_since(HOURS, ZONE, now), schedule.next_after(HOURS, ZONE, now)
    assert due is None or dt.timedelta(0) <= now - due < dt.timedelta(hours=schedule.LATE_H)
    assert after is not None and dt.timedelta(0) < after - now <= dt.timedelta(hours=14)


def test_hours_are_read_in_both_spellings_and_what_is_none_is_named() -> None:
    assert schedule.hours_of("17.00, 07:30") == [dt.time(7, 30), dt.time(17)]
    assert schedule.hours_of("") == []
    with pytest.raises(ValueError, match="25:00"):
        schedule.hours_of("07:00,25:00")
    with pytest.raises(ValueError, match="times of the day"):
        Settings(roll_call="pagi")


def test_the_daily_call_goes_out_once_whoever_looks(net_post: Post) -> None:
    net_post.settings = net_post.settings.model_copy(update={"roll_call": "11:00,17:00"})
    assert roll_call.look(net_post)
    message = on_air(net_post)
    assert not roll_call.look(net_post)
    answers(net_post, message, 1, 2, 3)
    assert roll_call.look(net_post)
    assert not roll_call.look(net_post)
    assert (told(net_post)["kind"], told(net_post)["answered"]) == ("daily", 3)
    net_post.clock.now += dt.timedelta(hours=5, minutes=30)  # type: ignore[attr-defined]
    assert roll_call.look(net_post)


def test_without_a_setting_and_without_a_station_nobody_is_called(post: Post) -> None:
    post.clock = Clock()
    assert not roll_call.look(post)
    post.settings = post.settings.model_copy(update={"roll_call": "11:00"})
    assert not roll_call.look(post)
    with pytest.raises(NotFound):
        do(post, roll_call.begin)


# what it comes to


def test_who_keeps_silent_gets_one_task_and_who_answers_again_ends_it(net_post: Post) -> None:
    for answering in ((1, 3), (1, 3), (1, 2, 3)):
        do(net_post, roll_call.begin)
        message = on_air(net_post)
        answers(net_post, message, *answering)
        if len(answering) < 3:
            ends(net_post, message)
        else:
            roll_call.look(net_post)
        states = [state for words, state in tasks(net_post)]
        assert states == (["done"] if 2 in answering else ["open"])
    assert "TRC-2" in tasks(net_post)[0][0]
    with net_post.database.read() as conn:
        score = net.scores(conn, net_post.clock(), ZONE)
        assert list(journal.verify(conn)) == []
    assert {station: (one["answered"], one["asked"]) for station, one in score.items()} == {
        1: (3, 3),
        2: (1, 3),
        3: (3, 3),
    }
    assert kinds(net_post).count("task.added") == kinds(net_post).count("task.done") == 1


def test_a_call_that_never_was_on_the_air_is_nobodys_silence(net_post: Post) -> None:
    do(net_post, roll_call.begin)
    with net_post.database.read() as conn:
        message = str(conn.scalar(select(Transmission.uid)))
    ends(net_post, message)
    assert tasks(net_post) == []
    assert (told(net_post)["was_on_air"], told(net_post)["answered"]) == (False, 0)
    with net_post.database.read() as conn:
        assert net.scores(conn, net_post.clock(), ZONE) == {}


def test_a_second_click_calls_nobody_twice_and_a_second_person_is_told(net_post: Post) -> None:
    key = uid()
    first = do(net_post, roll_call.begin, key=key)
    assert do(net_post, roll_call.begin, key=key)["seq"] == first["seq"]
    with pytest.raises(WrongState, match="sedang berjalan"):
        do(net_post, roll_call.begin, by="komang")
    assert kinds(net_post).count("transmission.queued") == 1


def test_two_who_press_at_once_make_one_call(net_post: Post) -> None:
    refused: list[WrongState] = []

    def press() -> None:
        try:
            do(net_post, roll_call.begin)
        except WrongState as why:
            refused.append(why)

    threads = [threading.Thread(target=press) for _ in range(4)]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    assert (len(refused), kinds(net_post).count("roll_call.begun")) == (3, 1)


def test_a_revoked_station_is_not_called(net_post: Post) -> None:
    net_post.do(revoke_station, "ayu", None, 2)
    assert do(net_post, roll_call.begin)["body"]["stations"] == 2


def test_where_only_people_speak_no_device_calls(net_post: Post) -> None:
    net_post.settings = net_post.settings.model_copy(update={"radio": "loopback:?service=rapi", "roll_call": "11:00"})
    assert not roll_call.look(net_post)
    with pytest.raises(WrongState, match="hanya orang"):
        do(net_post, roll_call.begin)


def test_an_exercise_says_so_in_the_call_and_in_its_tasks(net_post: Post) -> None:
    net_post.settings = net_post.settings.model_copy(update={"exercise": True})
    do(net_post, roll_call.begin)
    message = on_air(net_post)
    with net_post.database.read() as conn:
        text = str(conn.scalar(select(Transmission.text)))
    assert text.startswith("LATIHAN") and text.endswith("LATIHAN")
    ends(net_post, message)
    assert all(words.startswith("LATIHAN") and words.endswith("LATIHAN") for words, _ in tasks(net_post))


def test_a_score_counts_days_and_takes_the_middle_delay() -> None:
    def row(day: int, state: str, delay_s: float) -> dict[str, Any]:
        begun = NOON + dt.timedelta(days=day)
        return {
            "state": state,
            "begun_at": begun,
            "keyed_at": begun,
            "changed_at": begun + dt.timedelta(seconds=delay_s),
        }

    rows = [row(0, "unknown", 9), row(0, "heard", 2), row(1, "unknown", 9), row(2, "heard", 4), row(3, "heard", 30)]
    wanted = {"days": 4, "days_answered": 3, "asked": 5, "answered": 3, "delay_s": 4.0}
    assert net.score_of(rows, ZONE) == wanted
    assert net.score_of(rows[:1], ZONE)["delay_s"] is None


def test_on_the_real_air_a_station_answers_and_the_call_is_judged(post: Post, tmp_path: Path) -> None:
    radio = {"radio": f"loopback:{tmp_path}/air{FAST}", "radio_key": KEY}
    post.settings = post.settings.model_copy(update=radio)
    post.do(add_station, "ayu", None, "TRC-1", None, 1)
    bridge = Bridge(post)
    thread = threading.Thread(target=bridge.run)
    thread.start()
    try:
        with team(post.settings.radio, tmp_path):
            do(post, roll_call.begin)
            wait_for(lambda: roll_call.look(post), what="the call to be judged")
    finally:
        bridge.stop()
        thread.join(LONG_S)
    assert (told(post)["answered"], told(post)["was_on_air"], told(post)["silent"]) == (1, True, [])


# where stations are


def test_a_stations_place_is_kept_with_its_moment_and_an_older_word_never_takes_it_back(net_post: Post) -> None:
    now = net_post.clock()
    for counter, (lon, age_min) in enumerate(((116.5, 2), (116.9, 30), (116.6, 0))):
        net_post.do(hearing.record_heard, "radio", None, 1, counter, Position(Place(lon, -8.5), age_min), now)
        with net_post.database.read() as conn:
            card = queries.station_cards(conn)[0]
        assert card["lon"] == (116.6 if counter == 2 else 116.5)
    assert card["located_at"] == queries.iso(now)


# a net for voice


@pytest.fixture
def voice(net_post: Post) -> int:
    return int(do(net_post, control.open_net, "Jaring sore", "RAPI 142,750 MHz")["body"]["net"])


def lines(post: Post, net_id: int) -> list[Any]:
    with post.database.read() as conn:
        return net.lines_of(conn, net_id)


def test_who_checks_in_stands_on_the_log_with_who_wrote_it(net_post: Post, voice: int) -> None:
    do(net_post, control.log_line, voice, "check_in", " trc-1 ", "siaga 4 orang", "59")
    do(net_post, control.log_line, voice, "no_answer", "TRC-2", by="komang")
    told = [(one["kind"], one["call_sign"], one["signal"], one["written_by"]) for one in lines(net_post, voice)]
    assert told == [("check_in", "TRC-1", "59", "dewi"), ("no_answer", "TRC-2", "", "komang")]
    with net_post.database.read() as conn:
        assert net.checked_in(net.lines_of(conn, voice)) == ["TRC-1"]
        assert net.expected(conn) == ["TRC-1", "TRC-2", "PSC-1"]


def test_a_line_sent_twice_over_a_bad_link_stands_once_at_the_time_it_was_said(net_post: Post, voice: int) -> None:
    key, said_at = uid(), net_post.clock()
    for _ in range(3):
        net_post.clock.now += dt.timedelta(minutes=3)  # type: ignore[attr-defined]
        do(net_post, control.log_line, voice, "check_in", "TRC-1", key=key, said_at=said_at)
    (line,) = lines(net_post, voice)
    assert line["said_at"] == said_at < line["written_at"]


def test_a_time_from_another_day_is_asked_again(net_post: Post, voice: int) -> None:
    for off in (dt.timedelta(days=-2), dt.timedelta(hours=1)):
        with pytest.raises(BadReport):
            do(net_post, control.log_line, voice, "check_in", "TRC-1", said_at=net_post.clock() + off)
    assert lines(net_post, voice) == []


def test_emergency_traffic_silences_all_and_the_net_cannot_be_closed_before_it_is_over(
    net_post: Post, voice: int
) -> None:
    do(net_post, control.order, voice, "emergency")
    with pytest.raises(WrongState, match="sudah berlaku"):
        do(net_post, control.order, voice, "emergency", by="komang")
    with pytest.raises(WrongState, match="belum selesai"):
        do(net_post, control.close_net, voice)
    do(net_post, control.order, voice, "routine")
    do(net_post, control.close_net, voice)
    with net_post.database.read() as conn:
        card = net.net_cards(conn)[0]
        assert net.standing_net(conn) is None
    assert (card["traffic"], card["is_silent"], card["closed_by"]) == ("routine", False, "dewi")
    assert [one["kind"] for one in lines(net_post, voice)] == ["order", "order"]


def test_one_net_stands_at_a_time_and_a_closed_one_takes_no_more_lines(net_post: Post, voice: int) -> None:
    with pytest.raises(WrongState, match="Jaring sore masih terbuka"):
        do(net_post, control.open_net, "Lain", "VHF")
    do(net_post, control.close_net, voice)
    with pytest.raises(WrongState, match="ditutup"):
        do(net_post, control.log_line, voice, "check_in", "TRC-1")
    with pytest.raises(NotFound):
        do(net_post, control.log_line, 99, "check_in", "TRC-1")
    do(net_post, control.open_net, "Lain", "VHF")


def test_a_struck_line_counts_for_nothing_and_stays_readable(net_post: Post, voice: int) -> None:
    line = do(net_post, control.log_line, voice, "check_in", "TRC-9")["body"]["line"]
    do(net_post, control.strike, line)
    with pytest.raises(WrongState):
        do(net_post, control.strike, line)
    with net_post.database.read() as conn:
        assert net.checked_in(net.lines_of(conn, voice)) == []
    assert (lines(net_post, voice)[0]["call_sign"], lines(net_post, voice)[0]["struck_by"]) == ("TRC-9", "dewi")


# words measured


def test_words_are_measured_as_they_go_out_and_answers_with_them(settings: Settings) -> None:
    all_of_us = meter.measure(settings, "Jembatan putus", list(range(1, 21)), to_one=False)
    to_one = meter.measure(settings, "Jembatan putus", [1], to_one=True)
    assert all_of_us["problem"] is None and 10 < all_of_us["answers_s"] < 13
    assert 0 < to_one["bytes"] < all_of_us["bytes"] and to_one["answers_s"] < 1


def test_what_cannot_go_is_refused_with_its_reason_before_it_is_sent(settings: Settings) -> None:
    sign = meter.measure(settings, "awas \u200d hujan", [1], to_one=True)
    assert sign["bytes"] is None and "U+200D" in sign["problem"]
    long = meter.measure(settings, "zxqj " * 80, [1, 2], to_one=False)
    assert long["bytes"] is None and "terlalu panjang" in long["problem"]


# the doors


def test_only_who_may_speak_begins_and_writes_and_all_who_read_see(app: Any, ask: Any, cast: Any) -> None:
    here = app.extensions["posko"]
    here.do(add_station, "ayu", None, "TRC-1", cast.units["TRC-1"], 1)
    said = {"uid": uid()}
    doors = [
        ("/radio/rollcalls", said),
        ("/radio/nets", said | {"name": "Pagi", "channel": "VHF"}),
        ("/radio/measure", {"text": "a"}),
    ]
    for role in ("call_taker", "leader", "field", "agency", "village"):
        for path, body in doors:
            assert ask(role, "POST", path, body).status_code == 403, (role, path)
    for role in ("field", "agency", "village"):
        assert ask(role, "GET", "/radio/net").status_code == 403
    assert ask("dispatcher", "POST", "/radio/rollcalls", {"uid": uid()}).status_code == 201
    assert ask("dispatcher", "POST", "/radio/rollcalls", {"uid": uid()}).status_code == 409
    opened = ask("dispatcher", "POST", "/radio/nets", {"uid": uid(), "name": "Pagi", "channel": "VHF"}).json
    path = f"/radio/nets/{opened['body']['net']}"
    line = {"uid": uid(), "kind": "check_in", "call_sign": "JZ17ABC", "signal": "5/9", "report": "=HYPERLINK(1)"}
    assert ask("dispatcher", "POST", f"{path}/lines", line).status_code == 201
    assert ask("dispatcher", "POST", f"{path}/lines", line | {"uid": uid(), "signal": "99"}).status_code == 422
    assert ask("dispatcher", "POST", f"{path}/orders", {"uid": uid(), "order": "silence"}).status_code == 200
    whole = ask("leader", "GET", "/radio/net").json
    assert (whole["net"]["is_silent"], whole["net"]["checked_in"], len(whole["net"]["lines"])) == (True, 1, 2)
    rows = list(
        csv.DictReader(io.StringIO(ask("leader", "GET", f"{path}/log.csv").get_data(as_text=True).lstrip("\ufeff")))
    )
    assert (rows[0]["call_sign"], rows[0]["report"]) == ("JZ17ABC", "'=HYPERLINK(1)")
    assert ask("leader", "GET", "/radio/nets/99/log.csv").status_code == 404
    for number in (99, 10**28):
        assert ask("dispatcher", "POST", f"/radio/nets/{number}/close", {"uid": uid()}).status_code == 404


def test_the_measure_keeps_nothing(app: Any, ask: Any, cast: Any) -> None:
    here = app.extensions["posko"]
    here.do(add_station, "ayu", None, "TRC-1", cast.units["TRC-1"], 1)
    before = kinds(here)
    answer = ask("dispatcher", "POST", "/radio/measure", {"text": "Jembatan putus", "to": "TRC-1"})
    assert answer.status_code == 200 and answer.json["bytes"] > 12
    assert ask("dispatcher", "POST", "/radio/measure", {"text": "a", "to": "TRC-9"}).status_code == 404
    assert kinds(here) == before


def test_what_the_meter_measures_the_door_sends(app: Any, ask: Any, cast: Any) -> None:
    """Long texts go in parts: the page must reach them."""
    here = app.extensions["posko"]
    here.do(add_station, "ayu", None, "TRC-1", cast.units["TRC-1"], 1)
    for signs, measured, sent in ((300, 200, 201), (400, 200, 201), (401, 422, 422)):
        words = {"text": ("air naik lagi " * 30)[:signs].strip().ljust(signs, "x"), "to": "TRC-1"}
        answer = ask("dispatcher", "POST", "/radio/measure", words)
        assert answer.status_code == measured and (measured == 422 or answer.json["problem"] is None)
        assert ask("dispatcher", "POST", "/radio/texts", words | {"uid": uid()}).status_code == sent
