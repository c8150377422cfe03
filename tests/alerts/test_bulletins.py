"""What sources told is kept once, stands as long as the table says, and proposes; a person decides."""

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import func, select

from alerts.bulletins import actions, queries, rounds
from alerts.bulletins.models import Bulletin
from alerts.feeds.shape import Bulletin as Told
from alerts.feeds.shape import digest
from alerts.models import Alert
from incident import journal
from incident.errors import BadReport, NotFound, WrongState
from incident.post import Post
from tests.alerts.bulletin_ground import FAR_AWAY, NOW, every_proposal, lay_villages, proposed, quake, shown, take
from tests.factories import uid
from tests.room import Clock

SQUARE = {
    "type": "Polygon",
    "coordinates": [[[116.4, -8.6], [116.7, -8.6], [116.7, -8.3], [116.4, -8.3], [116.4, -8.6]]],
}


@pytest.fixture
def room(post: Post) -> Post:
    post.clock = Clock(NOW + dt.timedelta(minutes=2))
    lay_villages(post, heads=("52.03.19.2001",))
    return post


def go_on(room: Post, **time: float) -> None:
    """Time passes, and the relay makes its round."""
    room.clock.on(dt.timedelta(**time).total_seconds())  # type: ignore[attr-defined]
    rounds.step(room)


def rows(room: Post) -> int:
    with room.database.read() as conn:
        return int(conn.scalar(select(func.count(Bulletin.id))) or 0)


def kinds(room: Post, since: int = 0) -> list[str]:
    with room.database.read() as conn:
        return [line.kind for line in journal.after(conn, since)]


def warning(key: str = "w1", revision: int = 1, **said: Any) -> Told:
    words = {"kind": "weather", "title": "Hujan lebat", "at": NOW, "severity": "severe", "area": SQUARE, "lon": 116.5}
    words |= {"lat": -8.4, "expires_at": NOW + dt.timedelta(hours=3), "digest": digest([key, revision])} | said
    return Told(source="bmkg_nowcast", key=key, revision=revision, **words)


# kept once


def test_what_was_told_before_is_told_to_nobody_again(room: Post):
    assert take(room, quake())["new"] == 1
    seq = len(kinds(room))
    assert take(room, quake()) == {"new": 0, "changed": 0, "elsewhere": 0}
    assert rows(room) == 1 and kinds(room, seq) == []


def test_what_is_told_otherwise_changes_what_stands(room: Post):
    take(room, quake(magnitude=6.4), quake(magnitude=6.8))
    (card,) = shown(room)
    assert (rows(room), card["magnitude"]) == (1, 6.8)


def test_an_older_telling_that_comes_late_changes_nothing(room: Post):
    take(room, quake("usgs", revision=5), quake("usgs", magnitude=6.1, revision=4))
    assert shown(room)[0]["magnitude"] == 6.8


def test_a_card_says_where_it_is_as_seen_from_a_village(room: Post):
    take(room, quake())
    assert shown(room)[0]["place"] == "3 km barat Desa Sembalun Lawang, Kec. Sembalun"
    assert shown(room)[0]["sources"][0]["attribution"] == "Kata bmkg_latest"


def test_what_happens_far_away_is_not_kept_unless_it_shakes_the_world(room: Post):
    assert take(room, quake(where=FAR_AWAY))["elsewhere"] == 1
    assert take(room, quake(where=FAR_AWAY, magnitude=7.9, key="big"))["new"] == 1
    assert rows(room) == 1 and shown(room) == []


def test_a_site_without_villages_keeps_the_news_and_is_told_to_do_nothing(post: Post):
    post.clock = Clock(NOW)
    assert take(post, quake())["new"] == 1
    assert shown(post) == [] and proposed(post) == []


# the same quake


def test_one_quake_of_five_lists_is_one_on_the_board_and_asks_once(room: Post):
    lists = ("usgs", "bmkg_latest", "gdacs", "bmkg_felt", "bmkg_strong")
    seconds = {"usgs": 6, "gdacs": 9}
    for source in lists:
        at = NOW + dt.timedelta(seconds=seconds.get(source, 0))
        magnitude = 6.9 if source in seconds else 6.8
        take(room, quake(source, magnitude, at, where=(116.45, -8.3) if source in seconds else (116.5, -8.35)))
    (card,) = shown(room)
    assert rows(room) == 5 and [one["source"] for one in card["sources"]] == [
        *("bmkg_latest", "bmkg_felt", "bmkg_strong", "usgs", "gdacs")
    ]
    assert (card["magnitude"], card["lon"]) == (6.8, 116.5), "BMKG is believed before those who spoke first"
    assert [one["rule"] for one in proposed(room)] == ["gempa_kuat"]


def test_two_quakes_of_one_source_are_two_however_near(room: Post):
    take(room, quake(at=NOW), quake(at=NOW + dt.timedelta(seconds=5)))
    assert len(shown(room)) == 2


def test_of_two_quakes_close_together_another_agency_means_the_nearer(room: Post):
    take(room, quake(at=NOW), quake(at=NOW + dt.timedelta(seconds=20), magnitude=6.5))
    take(room, quake("usgs", 6.5, NOW + dt.timedelta(seconds=19)), quake("usgs", 6.8, NOW + dt.timedelta(seconds=1)))
    assert [[one["source"] for one in card["sources"]] for card in shown(room)] == [["bmkg_latest", "usgs"]] * 2
    assert [card["magnitude"] for card in shown(room)] == [6.8, 6.5]


def test_what_people_felt_is_told_with_the_quake_of_the_other_list(room: Post):
    take(room, quake(), quake("bmkg_felt", facts={"felt": "VI Sembalun"}))
    assert shown(room)[0]["felt"] == "VI Sembalun"


# standing


def test_a_bulletin_leaves_the_board_when_its_time_is_over(room: Post):
    take(room, quake(magnitude=4.6))
    assert [card["magnitude"] for card in shown(room)] == [4.6]
    go_on(room, hours=5, minutes=50)
    assert len(shown(room)) == 1
    go_on(room, minutes=10)
    assert shown(room) == [] and kinds(room)[-1] == "bulletin.over"
    seq = len(kinds(room))
    go_on(room, hours=1)
    assert kinds(room, seq) == []


def test_an_update_takes_the_place_and_a_cancel_ends_it(room: Post):
    take(room, warning("w1"), warning("w2", 2, title="Hujan sangat lebat", follows=("w1",)))
    assert [card["title"] for card in shown(room)] == ["Hujan sangat lebat"] and rows(room) == 1
    take(room, warning("w1"))
    assert shown(room)[0]["title"] == "Hujan sangat lebat", "the first message is still on their list"
    take(room, warning("w3", 3, follows=("w2",), is_over=True))
    assert shown(room) == [] and [one["state"] for one in every_proposal(room)] == ["lapsed"]


def test_a_message_speaks_of_every_one_it_names(room: Post):
    take(room, warning("w1"), warning("w2", 2), warning("w3", 3, follows=("w1", "w2"), title="Hujan di semua"))
    assert [card["title"] for card in shown(room)] == ["Hujan di semua"]
    take(room, warning("w4", 4))
    take(room, warning("w5", 5, follows=("w3", "w4"), is_over=True))
    assert shown(room) == []


def test_an_index_that_names_the_newest_first_brings_the_same(room: Post):
    told = [
        warning("w4", 4, follows=("w1", "w3"), is_over=True),
        warning("w3", 3),
        warning("w1", 1),
        warning("w5", 5, follows=("w2",), title="Diperbarui"),
        warning("w2", 2),
    ]
    room.do(actions.take, "feed:bmkg_nowcast", None, "bmkg_nowcast", told, "BMKG")
    assert [card["title"] for card in shown(room)] == ["Diperbarui"]


def test_the_end_of_what_was_never_heard_of_is_no_news(room: Post):
    take(room, warning("w9", follows=("w8",), is_over=True))
    assert rows(room) == 0 and "bulletin.received" not in kinds(room)


def test_one_source_taking_back_a_quake_does_not_end_what_another_stands_by(room: Post):
    take(room, quake("usgs"), quake("bmkg_latest", 6.6), quake("usgs", revision=2, is_over=True))
    (card,) = shown(room)
    assert [one["source"] for one in card["sources"]] == ["bmkg_latest"] and card["magnitude"] == 6.6
    take(room, quake("bmkg_latest", 6.6, revision=3, is_over=True))
    assert shown(room) == []


# proposing


def test_a_strong_quake_proposes_with_its_reasons_and_counts(room: Post):
    take(room, quake())
    (one,) = proposed(room)
    where = "3 km barat Desa Sembalun Lawang, Kec. Sembalun"
    assert one["title"] == f"M6,8, {where}: nyatakan status darurat? siarkan ke 4 kepala desa?"
    assert one["asks"] == ["status", "alert"]
    assert (
        "Magnitudo 6,8, aturan mulai 6,0." in one["reasons"]
        and "Kedalaman 12 km, aturan sampai 70 km." in one["reasons"]
    )
    assert (one["villages"], one["heads"]) == (4, 1), "Keruak lies farther than 30 km"


def test_a_proposal_is_no_alert_and_no_status(room: Post):
    take(room, quake())
    accept(room, proposed(room)[0]["id"])
    with room.database.read() as conn:
        assert conn.scalar(select(func.count(Alert.id))) == 0
    assert not any(kind.startswith(("alert.", "status.")) for kind in kinds(room))


def test_a_quake_that_is_corrected_downwards_takes_its_proposal_back(room: Post):
    take(room, quake(magnitude=6.0), quake(magnitude=4.8))
    assert proposed(room) == [] and [one["state"] for one in every_proposal(room)] == ["withdrawn"]
    take(room, quake(magnitude=6.1))
    assert [one["state"] for one in proposed(room)] == ["open"] and "M6,1" in proposed(room)[0]["title"]


def test_a_quake_that_is_corrected_upwards_asks_for_more(room: Post):
    take(room, quake(magnitude=5.6))
    assert [one["rule"] for one in proposed(room)] == ["gempa_sedang"]
    take(room, quake(magnitude=6.2))
    assert [one["rule"] for one in proposed(room)] == ["gempa_kuat"]


def test_what_a_person_decided_is_not_asked_again_by_a_new_number(room: Post):
    take(room, quake(magnitude=6.2))
    decline(room, proposed(room)[0]["id"])
    take(room, quake(magnitude=6.3), quake("usgs", 6.4))
    assert [(one["rule"], one["state"]) for one in every_proposal(room)] == [("gempa_kuat", "declined")]


def test_aftershocks_ask_nothing_more(room: Post):
    take(room, quake())
    for minutes in range(5, 60, 5):
        go_on(room, minutes=5)
        take(room, quake(magnitude=5.4, at=NOW + dt.timedelta(minutes=minutes)))
    assert len(every_proposal(room)) == 1


def test_a_warning_counts_the_villages_in_its_area(room: Post):
    take(room, warning())
    (one,) = proposed(room)
    assert one["rule"] == "cuaca_ekstrem" and one["villages"] == 4


def test_a_warning_beside_the_site_reaches_nobody_and_asks_nothing(room: Post):
    beside = {
        "type": "Polygon",
        "coordinates": [[[116.63, -8.6], [116.8, -8.6], [116.8, -8.5], [116.63, -8.5], [116.63, -8.6]]],
    }
    take(room, warning(area=beside))
    assert len(shown(room)) == 1 and proposed(room) == []


# deciding


def accept(room: Post, proposal: int, by: str = "komang", key: str | None = None) -> Any:
    return room.do(actions.decide, by, key or uid(), proposal, "accept")


def decline(room: Post, proposal: int, why: str | None = "Sudah siaga") -> Any:
    return room.do(actions.decide, "komang", uid(), proposal, "decline", why)


def test_who_accepted_and_when_stands_with_the_proposal(room: Post):
    take(room, quake())
    accept(room, proposed(room)[0]["id"])
    (one,) = proposed(room)
    assert (one["state"], one["decided_by"]) == ("accepted", "komang") and one["decided_at"]


def test_declining_needs_a_reason(room: Post):
    take(room, quake())
    with pytest.raises(BadReport, match="alasan"):
        decline(room, proposed(room)[0]["id"], None)
    decline(room, proposed(room)[0]["id"])
    assert proposed(room)[0]["why"] == "Sudah siaga"


def test_a_second_person_who_decides_hears_who_was_first(room: Post):
    take(room, quake())
    proposal = proposed(room)[0]["id"]
    accept(room, proposal)
    with pytest.raises(WrongState, match="diterima oleh komang"):
        decline(room, proposal)


def test_a_second_click_is_harmless(room: Post):
    take(room, quake())
    key, proposal = uid(), proposed(room)[0]["id"]
    assert accept(room, proposal, key=key) == accept(room, proposal, key=key)
    assert kinds(room).count("proposal.accepted") == 1


def test_what_nobody_decided_in_time_lapses_and_cannot_be_decided_any_more(room: Post):
    take(room, quake(magnitude=5.4))
    proposal = proposed(room)[0]["id"]
    go_on(room, hours=7)
    assert proposed(room) == []
    with pytest.raises(WrongState, match="lewat waktunya"):
        accept(room, proposal)


def test_a_proposal_that_is_not_there_is_not_found(room: Post):
    with pytest.raises(NotFound):
        accept(room, 99)


# a volcano by hand


def volcano(room: Post, level: str, at: dt.datetime | None = None) -> Any:
    basis = "Surat PVMBG 12/2026"
    return room.do(actions.write_volcano, "dewi", uid(), "Rinjani", level, 116.47, -8.42, basis, at)


def test_a_level_written_by_hand_stands_and_proposes(room: Post):
    volcano(room, "siaga")
    (card,) = shown(room)
    assert (card["title"], card["level"], card["severity"]) == ("Gunung Rinjani: Siaga", "siaga", "severe")
    assert [one["rule"] for one in proposed(room)] == ["gunung_siaga"]
    volcano(room, "awas")
    assert [one["rule"] for one in proposed(room)] == ["gunung_awas"] and rows(room) == 1


def test_a_volcano_that_calms_down_leaves_the_board_and_may_come_back(room: Post):
    for level, count in (("waspada", 1), ("normal", 0), ("siaga", 1)):
        go_on(room, hours=1)
        volcano(room, level)
        assert len(shown(room)) == count, level


def test_an_older_letter_does_not_undo_a_newer_one(room: Post):
    volcano(room, "siaga")
    with pytest.raises(WrongState, match="lebih baru"):
        volcano(room, "normal", NOW - dt.timedelta(days=1))
    with pytest.raises(BadReport, match="belum terjadi"):
        volcano(room, "awas", NOW + dt.timedelta(days=1))


# by the API


Ask = Callable[..., Any]


@pytest.fixture
def asked(app: Any, ask: Ask) -> Ask:
    """The API of a room that was told of a strong quake just now."""
    room = app.extensions["posko"]
    lay_villages(room)
    take(room, quake(at=room.clock() - dt.timedelta(minutes=3)))
    return ask


def test_everybody_may_read_what_stands_and_the_room_alone_what_is_proposed(asked: Ask):
    for role in ("leader", "field", "agency", "village"):
        told = asked(role, "GET", "/bulletins").json
        assert [one["magnitude"] for one in told["bulletins"]] == [6.8] and told["attribution"] == ["Kata bmkg_latest"]
    assert len(asked("leader", "GET", "/proposals").json["proposals"]) == 1
    assert asked("village", "GET", "/proposals").status_code == 403


def test_a_proposal_brings_its_villages_and_the_words_of_an_alert(asked: Ask):
    (one,) = asked("dispatcher", "GET", "/proposals?state=open").json["proposals"]
    whole = asked("dispatcher", "GET", f"/proposals/{one['id']}").json
    assert len(whole["area_codes"]) == whole["villages"] == 4
    assert whole["draft"]["what"] == "Gempa magnitudo 6,8, kedalaman 12 km (Kata bmkg_latest)"
    assert whole["draft"]["order"] == "inform" and whole["draft"]["villages"] == whole["area_codes"]
    assert asked("dispatcher", "GET", "/proposals/999").status_code == 404


def test_a_decision_by_the_api_is_refused_to_who_may_not_and_to_what_is_no_decision(asked: Ask):
    proposal = asked("leader", "GET", "/proposals").json["proposals"][0]["id"]
    assert asked("leader", "POST", f"/proposals/{proposal}/accept", {"uid": uid()}).status_code == 403
    assert asked("coordinator", "POST", f"/proposals/{proposal}/send", {"uid": uid()}).status_code == 404
    assert asked("coordinator", "POST", f"/proposals/{proposal}/decline", {"uid": uid()}).json["field"] == "text"
    assert asked("dispatcher", "POST", f"/proposals/{proposal}/accept", {"uid": uid()}).status_code == 200
    late = asked("coordinator", "POST", f"/proposals/{proposal}/accept", {"uid": uid()})
    assert late.status_code == 409 and late.json["allowed"] == []


def test_the_level_of_a_volcano_is_written_by_who_may(asked: Ask):
    body = {"uid": uid(), "name": "Rinjani", "level": "siaga", "lon": 116.47, "lat": -8.42, "basis": "Surat PVMBG"}
    assert asked("leader", "POST", "/bulletins/volcano", body).status_code == 403
    assert asked("dispatcher", "POST", "/bulletins/volcano", body).status_code == 201
    assert (
        asked("dispatcher", "POST", "/bulletins/volcano", {**body, "uid": uid(), "level": "4"}).json["field"] == "level"
    )
    swapped = {**body, "uid": uid(), "lon": -8.42, "lat": 116.47}
    assert asked("dispatcher", "POST", "/bulletins/volcano", swapped).json["swapped"] == {"lon": 116.47, "lat": -8.42}


def test_the_layer_of_the_map_shows_points_and_areas_in_the_box(app: Any, asked: Ask):
    take(app.extensions["posko"], warning(at=app.extensions["posko"].clock(), expires_at=None))
    told = asked("village", "GET", "/layers/bulletins?bbox=116,-9,117,-8").json["features"]
    assert sorted(one["geometry"]["type"] for one in told) == ["Point", "Point", "Polygon"]
    assert {one["properties"]["kind"] for one in told} == {"quake", "weather"}
    assert asked("village", "GET", "/layers/bulletins?bbox=100,-2,101,-1").json["features"] == []
    about = next(one for one in asked("village", "GET", "/layers").json["layers"] if one["name"] == "bulletins")
    assert "BMKG" in about["attribution"]


def test_a_past_quake_is_found_by_its_hours_and_says_that_it_does_not_stand(room: Post):
    take(room, quake(magnitude=3.5))
    with room.database.read() as conn:
        (group,) = queries.told_since(conn, NOW - dt.timedelta(hours=1), "quake", 10)
    assert queries.card(group)["gone"] and shown(room) == []
