"""The picture for people without Posko: what its maker may see, of the last day, without anyone's name or words."""

import json
import re
from collections.abc import Callable
from typing import Any

import pytest

from gis.zones import checked
from incident import actions, ground
from incident.app import create_app
from incident.lens import Viewer
from incident.situation import gather, masked
from incident.situation_cli import situation
from incident.situation_routes import KEPT_S, Shelf, file_name
from tests.cast import NAMES
from tests.factories import call_body, on_spatialite
from tests.room import Room

LEADER = Viewer("leader")
SQUARE = {"type": "Polygon", "coordinates": [[[116.5, -8.6], [116.6, -8.6], [116.6, -8.5], [116.5, -8.6]]]}
HOUR = 3600


def picture_of(room: Room, viewer: Viewer = LEADER) -> dict[str, Any]:
    with room.post.database.read() as conn:
        return gather(conn, room.post, viewer, "id")


def row_of(room: Room, viewer: Viewer = LEADER) -> list[Any]:
    (row,) = picture_of(room, viewer)["incidents"]
    return row


# what is in it


def test_an_incident_carries_its_times_counted_from_the_picture(room: Room) -> None:
    incident = room.open(place={"text": "Desa Pringgabaya"})
    room.clock.on(600)
    room.assign(incident, "TRC-1")
    room.clock.on(300)
    lon, lat, priority, _type, _state, opened, sent, controlled, closed, number, place, calls, doubt = row_of(room)
    assert (lon, lat, priority, place, calls, doubt) == (116.6, -8.5, 2, "Desa Pringgabaya", 1, 50)
    assert (opened, sent, controlled, closed) == (-900, -300, None, None)
    assert number.endswith("-0001")


def test_what_was_closed_within_a_day_is_kept_for_the_slider_and_older_is_not(room: Room) -> None:
    incident = room.open()
    room.do(actions.change_incident, incident, "close", disposition="handled")
    room.clock.on(23 * HOUR)
    assert row_of(room)[8] == -23 * HOUR
    room.clock.on(2 * HOUR)
    assert picture_of(room)["incidents"] == []


def test_zones_and_facilities_come_with_their_times_and_without_who_drew_them(room: Room) -> None:
    room.do(ground.draw_zone, "affected", checked("affected", SQUARE), "banjir setinggi pinggang")
    room.clock.on(60)
    (zone,) = picture_of(room)["zones"]
    assert (zone["kind"], zone["words"], zone["drawn"], zone["expires"]) == (
        "affected",
        "banjir setinggi pinggang",
        -60,
        None,
    )
    assert zone["shape"]["type"] == "Polygon" and "sari" not in json.dumps(zone)


def test_an_incident_without_a_point_is_counted_and_said(room: Room) -> None:
    room.open(place={"lon": None, "lat": None, "method": "text"})
    picture = picture_of(room)
    assert picture["unplaced"] == 1 and picture["incidents"][0][:2] == [None, None]


def test_the_head_says_whose_picture_it_is_and_of_when(room: Room) -> None:
    made = picture_of(room)["made"]
    assert (made["site"], made["zone_label"], made["offset_min"]) == ("Kabupaten Lombok Timur", "WITA", 480)
    assert made["stamp"] == "2026-11-22 11.00 WITA" and made["exercise"] is False and made["seq"] > 0


@on_spatialite
def test_the_slider_reaches_back_to_the_first_incident_but_not_beyond_a_day(room: Room) -> None:
    assert picture_of(room)["from"] == -HOUR
    room.open()
    for seconds, hours in ((1800, 1), (2 * HOUR, 3), (40 * HOUR, 24)):
        room.clock.on(seconds)
        assert picture_of(room)["from"] == -hours * HOUR


# what is not


def test_no_callers_name_number_or_words_go_out(room: Room) -> None:
    secret = {"caller_name": "Bu Sri Rahayu", "caller_phone": "081234567321", "narrative": "anak saya di atap"}
    incident = room.open(place={"text": "rumah hijau, hubungi 0812-3456-7321"}, **secret)
    room.do(actions.add_note, incident, "catatan rahasia")
    told = json.dumps({**picture_of(room), "words": {}})
    people = set(NAMES.values()) - {"lalu"}  # also a word: "lalu lintas" is traffic
    for word in ("Sri", "081234567321", "0812-3456-7321", "anak saya", "catatan rahasia", *people):
        assert not re.search(rf"\b{re.escape(word)}\b", told), word
    assert "rumah hijau, hubungi 08****" in told


@pytest.mark.parametrize(
    ("said", "kept"),
    [
        ("depan masjid 081234567321", "depan masjid 08****"),
        ("+62 812 3456 7321 RT 02/RW 01", "08**** RT 02/RW 01"),
        ("62-812-3456-7321", "08****"),
        ("Jalan Raya KM 12, RT 02/RW 01", "Jalan Raya KM 12, RT 02/RW 01"),
        ("116.5,-8.5", "116.5,-8.5"),
        ("", ""),
    ],
)
def test_a_number_in_a_place_is_masked_and_a_place_is_left_alone(said: str, kept: str) -> None:
    assert masked(said) == kept


def test_where_a_place_alone_would_tell_on_a_person_only_the_neighbourhood_is_shown(room: Room) -> None:
    room.open(type="kdrt", place={"text": "Gang Melati 4, rumah biru", "lon": 116.6123, "lat": -8.5234})
    row = row_of(room)
    assert row[:2] == [116.62, -8.52] and row[10] == "" and row[12] == 2000


def test_a_viewer_gets_no_more_than_the_board_shows_them(room: Room) -> None:
    room.open(place={"area_code": "52.03.01.2001"})
    room.open(place={"area_code": "52.03.07.2002", "lon": 116.7})
    assert len(picture_of(room)["incidents"]) == 2
    village = picture_of(room, Viewer("village", area_code="52.03.01.2001"))
    assert len(village["incidents"]) == 1 and village["units"] == []
    assert picture_of(room, Viewer("field", unit_id=99))["incidents"] == []


def test_every_sentence_of_the_file_has_its_english_inside(room: Room) -> None:
    words = picture_of(room)["words"]
    assert words["Kejadian terbuka"] and words["LATIHAN"] == "EXERCISE"


# by HTTP


def file(ask: Callable[..., Any], role: str | None = "leader", query: str = "", ending: str = "html") -> Any:
    return ask(role, "GET", f"//situation.{ending}{query}")


def test_the_file_is_for_those_who_are_logged_in(app: Any, ask: Callable[..., Any]) -> None:
    assert file(ask, None).status_code in (302, 401)
    answer = file(ask)
    assert answer.status_code == 200 and answer.mimetype == "text/html"
    assert answer.data.startswith(b"<!doctype html>")
    assert answer.headers["Cache-Control"] == "no-store"


@on_spatialite
def test_the_file_has_a_name_that_sorts_and_tells(ask: Callable[..., Any]) -> None:
    name = r"peta-situasi-kabupaten-lombok-timur-\d{4}-\d\d-\d\d-\d\d\.\d\d-wita\.html"
    assert re.fullmatch(f'inline; filename="{name}"', file(ask).headers["Content-Disposition"])
    assert file(ask, query="?save=1").headers["Content-Disposition"].startswith("attachment;")
    made = {"exercise": True, "site": 'Kota "Bima"\r\nX: y', "stamp": "2026-11-22 11.00 WITA"}
    assert file_name(made, "png") == "latihan-peta-situasi-kota-bima-x-y-2026-11-22-11.00-wita.png"


@on_spatialite
def test_the_answer_lets_only_its_own_scripts_run(ask: Callable[..., Any]) -> None:
    answer = file(ask)
    policy = answer.headers["Content-Security-Policy"]
    assert "unsafe" not in policy and "'self'" not in policy and "frame-ancestors 'none'" in policy
    assert policy.removesuffix("; frame-ancestors 'none'").encode() in answer.data.replace(b"&#39;", b"'")


@on_spatialite
def test_the_language_is_chosen_by_name_and_anything_else_is_refused(ask: Callable[..., Any]) -> None:
    assert b'<html lang="en"' in file(ask, query="?lang=en").data
    assert b'<html lang="id"' in file(ask).data
    for query in ("?lang=xx", "?save=yes", "?lang=%3Cscript%3E"):
        assert file(ask, query=query).status_code == 422
    for query in ("?size=huge", "?theme=pink"):
        assert file(ask, query=query, ending="png").status_code == 422


@on_spatialite
def test_the_same_file_is_handed_out_until_the_journal_goes_on(ask: Callable[..., Any], monkeypatch: Any) -> None:
    monkeypatch.setattr("incident.situation_routes.KEPT_S", 1000.0)  # however long a drawing takes here
    first = file(ask).data
    assert file(ask, "coordinator").data == first
    ask("call_taker", "POST", "/calls", call_body())
    later = file(ask).data
    assert later != first and b"Pringgabaya" in later


@on_spatialite
def test_those_who_see_less_never_get_the_file_of_those_who_see_more(ask: Callable[..., Any]) -> None:
    ask("call_taker", "POST", "/calls", call_body())
    assert b"Pringgabaya" in file(ask).data
    assert b"Pringgabaya" not in file(ask, "village").data and b"Pringgabaya" not in file(ask, "agency").data


@on_spatialite
def test_a_machine_without_chromium_says_so_in_a_sentence(ask: Callable[..., Any], monkeypatch: Any) -> None:
    monkeypatch.setattr("gis.chromium.NAMES", ())
    answer = file(ask, ending="png")
    assert answer.status_code == 501 and "apt-get install chromium" in answer.text


@on_spatialite
def test_who_wants_json_is_told_that_there_is_none(app: Any, cast: Any) -> None:
    headers = {**cast.headers("leader"), "Accept": "application/json"}
    for ending in ("html", "png"):
        answer = app.test_client().get(f"/situation.{ending}", headers=headers)
        assert answer.status_code == 406 and answer.mimetype == "application/problem+json"


@on_spatialite
def test_the_work_is_done_apart_from_the_event_loop(settings: Any) -> None:
    from tests import cast as casting

    done: list[str] = []

    def apart(work: Callable[[], Any]) -> Any:
        done.append(getattr(work, "__qualname__", ""))
        return work()

    app = create_app(settings, migrate=False, run_apart=apart)
    cast = casting.assemble(app.extensions["posko"])
    done.clear()
    assert app.test_client().get("/situation.html", headers=cast.headers("leader")).status_code == 200
    assert [one for one in done if "_drawn" in one]
    app.extensions["live"].stop()
    app.extensions["posko"].database.close()


def test_the_shelf_forgets_what_is_old_and_what_is_too_much(monkeypatch: pytest.MonkeyPatch) -> None:
    now = 100.0
    monkeypatch.setattr("incident.situation_routes.time.monotonic", lambda: now)
    shelf, made = Shelf(), iter(range(100))

    def get(key: str) -> int:
        return int(shelf.get(key, lambda: ({}, str(next(made)).encode()))[1])

    assert [get("a"), get("a"), get("b")] == [0, 0, 1]
    now += KEPT_S + 1
    assert get("a") == 2
    for key in "cdefgh":
        get(key)
    assert len(shelf._kept) <= 4


# from the command line


@on_spatialite
def test_the_command_writes_the_file_and_says_how_large_it_is(settings: Any, tmp_path: Any, monkeypatch: Any) -> None:
    from click.testing import CliRunner

    monkeypatch.setattr("incident.commands.load_settings", lambda: settings)
    monkeypatch.setattr("incident.situation_cli.load_settings", lambda: settings)
    target = tmp_path / "peta.html"
    for more in ([], ["--incidents", "30"]):
        told = CliRunner().invoke(situation, [str(target), "--json", *more])
        assert told.exit_code == 0, told.output
        assert json.loads(told.output)["bytes"] == target.stat().st_size


def test_the_command_without_chromium_ends_with_a_sentence(tmp_path: Any, monkeypatch: Any) -> None:
    from click.testing import CliRunner

    monkeypatch.setattr("gis.chromium.NAMES", ())
    told = CliRunner().invoke(situation, [str(tmp_path / "peta.png"), "--incidents", "3"])
    assert told.exit_code == 1 and "apt-get install chromium" in told.output and "Traceback" not in told.output
    assert not (tmp_path / "peta.png").exists()
