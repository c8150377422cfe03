"""Likely repeats of a call: place, time, family, number and words, each with its reason; the number goes nowhere."""

import datetime as dt
import logging

import pytest
from sqlalchemy import text

from gis.coordinates import Position
from incident import actions, intake, journal
from incident.duty import recommendation
from incident.intake import Candidate, Clue, likely_repeats
from tests.factories import call_body, report, uid
from tests.room import Clock, open_room

NOW = dt.datetime(2026, 11, 22, 3, 0, tzinfo=dt.UTC)
TOWN, COUNTRY = "52.03.01.1001", "52.03.01.2001"
PHONE = "081234567321"


def candidate(**said):
    words = {
        "id": 1,
        "type": "banjir",
        "place": "Pringgabaya",
        "calls": 1,
        "lon": 116.6,
        "lat": -8.5,
        "radius_m": None,
        "area_code": None,
        "opened_at": NOW - dt.timedelta(minutes=5),
        "family": "water",
    }
    return Candidate(**(words | said))


def east_of_it(metres):
    return Position(116.6 + metres / 109_970, -8.5)


def judged(one=None, **clue):
    words = {"where": Position(116.6, -8.5), "family": "water"}
    found = likely_repeats(Clue(**(words | clue)), NOW, [one or candidate()], "Lombok Timur")
    return found[0] if found else None


def test_here_now_and_the_same_is_certain():
    assert judged()["score"] == 1.0
    assert judged()["reasons"] == ["0 m", "5 menit lalu", "jenis sama"]


def test_a_street_in_town_is_a_village_in_the_country():
    in_town = judged(candidate(area_code=TOWN), where=east_of_it(400), area_code=TOWN)
    in_country = judged(candidate(area_code=COUNTRY), where=east_of_it(400), area_code=COUNTRY)
    assert in_country["score"] == 1.0 and in_town["score"] < 0.7
    assert "desa sama" in in_country["reasons"]
    assert judged(candidate(area_code=TOWN), where=east_of_it(75))["score"] == 1.0


def test_half_the_doubt_of_both_places_is_forgiven():
    sure = judged(candidate(area_code=TOWN), where=east_of_it(400))
    unsure = judged(candidate(area_code=TOWN, radius_m=400), where=east_of_it(400), radius_m=300)
    assert unsure["score"] == 1.0 > sure["score"]


@pytest.mark.parametrize("minutes", [0, 10, 20, 30, 45, 59])
def test_the_older_the_less_likely(minutes):
    older = judged(candidate(opened_at=NOW - dt.timedelta(minutes=minutes)))["score"]
    younger = judged(candidate(opened_at=NOW - dt.timedelta(minutes=max(0, minutes - 10))))["score"]
    assert older <= younger and (older < 1.0) == (minutes > 10)


def test_what_is_over_an_hour_old_is_another_matter():
    assert judged(candidate(opened_at=NOW - dt.timedelta(minutes=61)), phoned={1}) is None


def test_another_family_far_away_is_no_repeat_and_near_it_may_be():
    assert judged(where=east_of_it(1200), family="fire") is None
    near = judged(where=east_of_it(30), family="fire")
    assert near["score"] == 0.7 and "jenis sama" not in near["reasons"]


def test_a_type_not_yet_known_is_not_held_against_it():
    assert judged(family=None)["score"] == 1.0
    assert judged(where=None, family=None) is None, "nothing but the hour in common"


def test_the_same_number_takes_away_most_of_the_doubt():
    plain, phoned = judged(where=east_of_it(1100)), judged(where=east_of_it(1100), phoned={1})
    assert plain["score"] < phoned["score"] < 1.0
    assert "nomor penelepon sama" in phoned["reasons"] and "nomor penelepon sama" not in plain["reasons"]


def test_the_same_number_is_offered_without_a_place_and_from_far_away():
    nowhere = judged(where=None, phoned={1})
    assert nowhere["distance_m"] is None and nowhere["reasons"][0] == "5 menit lalu"
    far = judged(where=east_of_it(5200), phoned={1})
    assert far["reasons"][0] == "5,2 km" and far["score"] >= 0.5
    assert judged(where=east_of_it(5200)) is None


def test_like_words_speak_for_it_and_are_never_repeated():
    told = candidate(narrative="Air sungai meluap, jembatan Labuhan hanyut")
    far = east_of_it(1000)
    plain = judged(candidate(), where=far)["score"]
    found = judged(told, where=far, narrative="jembatan di labuhan hanyut dibawa arus")
    assert found["score"] > plain and "kata-kata mirip" in found["reasons"]
    assert not any(word in " ".join(found["reasons"]) for word in ("jembatan", "labuhan", "hanyut"))
    assert judged(told, where=far, narrative="tolong segera ke sini, air tinggi")["score"] == plain


@pytest.mark.parametrize(
    ("some", "others", "alike"),
    [
        ("jembatan hanyut dekat pasar", "Jembatan HANYUT!", 1.0),
        ("jembatan retak", "jembatan putus", 0.0),
        ("tolong segera datang ke sini", "tolong segera datang ke sini", 0.0),
        ("gudang kayu terbakar hebat", "api di gudang kayu dekat pasar", 2 / 4),
        ("", "apa saja", 0.0),
        (None, None, 0.0),
    ],
)
def test_words_are_alike_by_what_tells_them_apart(some, others, alike):
    if alike == 0.0 or alike == 1.0:
        assert intake.words_alike(some, others) == alike
    else:
        assert 0 < intake.words_alike(some, others) <= 1.0
    assert intake.words_alike(some, others) == intake.words_alike(others, some)


@pytest.mark.parametrize(
    ("told", "dialled"),
    [
        ("0812-3456 7321", PHONE),
        ("+62 812 3456 7321", PHONE),
        ("6281234567321", PHONE),
        ("006281234567321", PHONE),
        ("+62(0)81234567321", PHONE),
        ("(0376) 21011", "037621011"),
        ("112", "112"),
        ("*123#", "*123#"),
        ("+1 202 555 0100", "+12025550100"),
        ("--- (", None),
        (None, None),
    ],
)
def test_a_number_is_kept_as_it_is_dialled_here(told, dialled):
    assert intake.dialled(told) == dialled


def test_the_five_likeliest_are_offered_best_first():
    near = [candidate(id=n, lon=116.6 + n / 1000) for n in range(1, 9)]
    found = likely_repeats(Clue(Position(116.6, -8.5), "water"), NOW, near, "Lombok Timur")
    assert len(found) == 5
    assert [one["score"] for one in found] == sorted((one["score"] for one in found), reverse=True)


# in the room


def test_a_caller_who_rings_again_is_known_however_the_number_is_written(post):
    room = open_room(post)
    first = room.call(caller_phone="+62 812-3456-7321", place={"lon": 116.5, "lat": -8.6})
    room.clock.on(120)
    far = room.call(caller_phone=PHONE, place={"lon": 116.7, "lat": -8.4})
    nowhere = room.call(caller_phone=PHONE, place={"method": "words", "lon": None, "lat": None, "text": "pasar"})
    for again in (far, nowhere):
        assert first["incident"] in [one["incident"] for one in again["repeats"]]
        assert "nomor penelepon sama" in again["repeats"][0]["reasons"]
    other = room.call(caller_phone="081999999999", place={"lon": 116.9, "lat": -8.2})
    assert other["repeats"] == []


def test_a_number_that_is_everybodys_says_nothing(post):
    room = open_room(post)
    room.call(caller_phone="112", place={"lon": 116.5, "lat": -8.6})
    assert room.call(caller_phone="112", place={"lon": 116.9, "lat": -8.2})["repeats"] == []


def test_an_hour_later_or_once_closed_it_is_not_offered(post):
    room = open_room(post)
    first = room.call(caller_phone=PHONE)["incident"]
    room.do(actions.change_incident, first, "close", disposition="handled")
    assert room.call(caller_phone=PHONE)["repeats"] == []
    room.clock.on(3700)
    assert room.call(caller_phone=PHONE)["repeats"] == []


def test_a_month_round_the_corner_is_not_offered_and_a_clock_that_stood_wrong_hides_nothing(post):
    room = open_room(post)
    for _ in range(24):
        room.open()
    room.clock.on(30 * 86_400)
    wanted = {room.open(), room.open()}
    right = room.clock.now
    room.clock.now = dt.datetime(2020, 1, 1, tzinfo=dt.UTC)
    lost = room.open()
    room.clock.now = right
    offered = {one["incident"] for one in room.call()["repeats"]}
    assert offered == wanted and lost not in offered


def test_neither_number_nor_words_leave_the_call(ask, app, caplog):
    caplog.set_level(logging.DEBUG)
    said = {"caller": {"name": "Bu Sri", "phone": PHONE}, "narrative": "jembatan hanyut dibawa banjir"}
    for _ in range(2):
        answer = ask("call_taker", "POST", "/calls", call_body(**said))
    assert {"nomor penelepon sama", "kata-kata mirip"} <= set(answer.json["repeats"][0]["reasons"])
    with app.extensions["posko"].database.read() as conn:
        written = " ".join(str(line.body) for line in journal.after(conn, 0))
    for secret in (PHONE, "1234567321", "jembatan", "hanyut", "Sri"):
        assert secret not in written and secret not in answer.text and secret not in caplog.text


def test_the_desk_asks_while_it_types_with_what_it_has(ask):
    first = ask("call_taker", "POST", "/calls", call_body()).json["incident"]
    for known in (
        {"phone": "+62812 3456 7321"},
        {"lon": 116.6001, "lat": -8.5},
        {"lon": 116.6, "lat": -8.5, "type": "flood"},
    ):
        found = ask("call_taker", "POST", "/repeats", known).json["repeats"]
        assert [one["incident"] for one in found] == [first], known
    assert ask("call_taker", "POST", "/repeats", {}).json["repeats"] == []
    assert ask("call_taker", "GET", "/repeats?lon=116.6&lat=-8.5").json["repeats"][0]["incident"] == first
    assert ask("call_taker", "POST", "/repeats", {"phone": "bukan nomor"}).json["field"] == "phone"
    assert ask("leader", "POST", "/repeats", {"phone": PHONE}).status_code == 403


def test_the_number_is_looked_up_by_its_index(post):
    with post.database.read() as conn:
        if post.database.is_spatialite:
            asked = conn.execute(text("EXPLAIN QUERY PLAN SELECT incident_id FROM call WHERE caller_phone = '1'"))
        else:
            conn.execute(text("SET LOCAL enable_seqscan = off"))
            asked = conn.execute(text("EXPLAIN SELECT incident_id FROM call WHERE caller_phone = '1'"))
        assert "ix_call_caller_phone" in " ".join(str(row[-1]) for row in asked)


def test_repeats_are_looked_for_by_the_spatial_index(post):
    """The very statement of the hot path, as the driver gets it."""
    from gis import prepared
    from incident import queries

    heard = []
    prepared.watchers.append(lambda words, given: heard.append((words, given)))
    try:
        with post.database.read() as conn:
            queries.repeat_candidates(conn, post.database, Position(116.6, -8.5), NOW)
            [(words, given)] = heard
            if post.database.is_spatialite:
                plan = conn.exec_driver_sql(f"EXPLAIN QUERY PLAN {words}", given)
            else:
                conn.execute(text("SET LOCAL enable_seqscan = off"))
                plan = conn.exec_driver_sql(f"EXPLAIN {words}", given)
            told = " ".join(str(row[-1]) for row in plan)
    finally:
        prepared.watchers.pop()
    assert ("idx_incident_point VIRTUAL TABLE" if post.database.is_spatialite else "ix_incident_point") in told


# units in order


def stand(room, unit, minutes_ago=0.0, **where):
    at = room.post.clock() - dt.timedelta(minutes=minutes_ago)
    room.do(actions.move_unit, room.units[unit], where["lon"], where["lat"], at)


def test_units_come_able_then_near_and_a_stale_position_is_named_not_punished(post):
    room = open_room(post, Clock())
    for number, words in enumerate((["medis"], ["rescue"], ["rescue"], ["rescue"], [])):
        room.post.do(actions.add_unit, "ayu", uid(), f"U-{number}", "trc", "BPBD", words, "Selong")
    with post.database.read() as conn:
        found = conn.execute(text("SELECT id, call_sign FROM unit"))
        room.units.update({row.call_sign: row.id for row in found})
    stand(room, "U-0", lon=116.601, lat=-8.5)
    stand(room, "U-1", lon=116.70, lat=-8.5)
    stand(room, "U-2", lon=116.61, lat=-8.5)
    stand(room, "U-4", lon=116.602, lat=-8.5)
    room.clock.on(3 * 3600)
    stand(room, "U-1", lon=116.70, lat=-8.5)
    incident = room.open(type="sar", place={"lon": 116.6, "lat": -8.5})
    units = recommended(room, incident)
    order = [one["unit"]["call_sign"] for one in units if one["unit"]["call_sign"].startswith("U-")]
    assert order == ["U-2", "U-1", "U-4", "U-3", "U-0"] or order == ["U-2", "U-1", "U-4", "U-0", "U-3"]
    by_sign = {one["unit"]["call_sign"]: one for one in units}
    assert by_sign["U-2"]["is_stale"] and by_sign["U-2"]["shortfalls"] == ["posisi 3 jam lalu"]
    assert not by_sign["U-1"]["is_stale"] and by_sign["U-1"]["shortfalls"] == []
    assert by_sign["U-3"]["eta_s"] is None and "posisi tidak diketahui" in by_sign["U-3"]["shortfalls"]
    assert "tidak tercatat mampu untuk jenis ini" in by_sign["U-0"]["shortfalls"]


def recommended(room, incident):
    from incident import queries

    with room.post.database.read() as conn:
        row = queries.find_incident(conn, incident)
        kind = queries.find_type(conn, room.post, row["type"])
        return recommendation.recommend(conn, row, queries.words_of(kind), room.post.clock())


def test_the_way_is_guessed_from_the_straight_line_and_says_so(ask):
    incident = ask("call_taker", "POST", "/calls", call_body()).json["incident"]
    answer = ask("dispatcher", "GET", f"/recommendations?incident={incident}").json
    assert "garis lurus × 1,4" in answer["basis"]
    for one in answer["units"]:
        assert one["eta_s"] == pytest.approx(one["distance_m"] * 1.4 / 9.0, abs=1)


def test_a_busy_unit_stands_behind_a_free_one_and_the_one_on_it_last(post):
    room = open_room(post)
    here, there = room.open(place={"lon": 116.55, "lat": -8.55}), room.open(place={"lon": 116.8, "lat": -8.2})
    room.assign(there, "TRC-1")
    assert [one["unit"]["call_sign"] for one in recommended(room, here)] == ["PSC-1", "TRC-1"]
    room.assign(here, "PSC-1")
    assert [one["unit"]["call_sign"] for one in recommended(room, here)] == ["TRC-1", "PSC-1"]


def test_a_report_keeps_its_number_as_it_is_dialled(post):
    told = report(post, caller_phone="+62 812-3456-7321")
    post.do(actions.record_call, "sari", told.uid, told)
    with post.database.read() as conn:
        assert conn.execute(text("SELECT caller_phone FROM call")).scalar() == PHONE
