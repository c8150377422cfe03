"""The API of places: words in, full names out; a point in, its village out."""

import pytest
from sqlalchemy import insert

from gis import gazetteer
from gis.database import point_columns
from gis.models import Area, Gazetteer, Landmark
from incident.rules import ROLES
from tests.factories import on_spatialite
from tests.gis.gazetteers import few_lines


@pytest.fixture
def places(app):
    """The little gazetteer in the application's database."""

    def load(conn):
        conn.execute(insert(Area), [one._asdict() for one in few_lines()])
        conn.execute(insert(Gazetteer), {"source": "mark", "version": "few", "rows": 17, "loaded_at": app_clock(app)})

    app.extensions["posko"].database.write(load)


def app_clock(app):
    return app.extensions["posko"].clock()


def find(ask, words, more=""):
    answered = ask("call_taker", "GET", f"/places?q={words}{more}")
    assert answered.status_code == 200, answered.json
    return answered.json


def test_a_misspelt_village_is_answered_in_full(ask, places):
    first = find(ask, "ds labuan lombok, rt 2")["places"][0]
    assert first["full"] == "Desa Labuhan Lombok, Kec. Pringgabaya, Kab. Lombok Timur"
    assert (first["code"], first["lon"], first["lat"], first["said"]) == ("52.03.08.2007", 116.66, -8.507, "RT 02")
    assert set(first) >= {"name", "full", "code", "lon", "lat", "radius_m", "how", "kind", "score"}


def test_equals_are_said_to_be_equal(ask, places):
    assert find(ask, "mekarsari garut")["equal"] is True
    assert find(ask, "mekarsari cilawu garut")["equal"] is False


def test_a_position_is_answered_with_its_village(ask, places):
    first = find(ask, "-8.5071, 116.6599")["places"][0]
    assert (first["kind"], first["how"], first["doubt"]) == ("position", "coordinates", "")
    assert first["full"].startswith("Desa Labuhan Lombok")


def test_a_swap_is_offered_and_not_taken_silently(ask, places):
    answered = find(ask, "116.6599, -8.5071")
    assert answered["places"][0]["doubt"] == "swapped" and answered["equal"] is True


def test_a_short_plus_code_lies_near_the_site(ask, places):
    first = find(ask, "9G22%2B22")["places"][0]
    assert first["how"] == "plus_code" and abs(first["lat"] + 8.65) < 0.1


def test_a_short_link_is_explained(ask, places):
    answered = find(ask, "https://maps.app.goo.gl/AbCdEf")
    assert "Tautan pendek" in answered["hint"]


def test_a_landmark_remembered_a_moment_ago_is_found(ask, app, places):
    assert all(one["kind"] != "landmark" for one in find(ask, "pohon beringin besar")["places"])
    row = {
        "key": "beringin", "name": "Pohon Beringin Besar", "folded": "pohon beringin besar", "kind": "landmark",
        "area_code": "52.03.08.2006", "radius_m": 40.0, "source": "test", "remembered_by": "Sari",
        "remembered_at": app_clock(app), **point_columns(116.62, -8.55),
    }  # fmt: skip
    app.extensions["posko"].database.write(lambda conn: conn.execute(insert(Landmark), row))
    first = find(ask, "pohon beringin besar")["places"][0]
    assert (first["kind"], first["radius_m"]) == ("landmark", 40.0)
    assert first["full"] == "Pohon Beringin Besar, Desa Pringgabaya, Kec. Pringgabaya, Kab. Lombok Timur"


def test_a_gazetteer_that_comes_later_is_found_without_a_restart(ask, app, monkeypatch, places):
    assert find(ask, "labuhan lombok")["places"]
    monkeypatch.setattr("gis.finder.LOOK_S", 0.0)

    def grow(conn):
        line = few_lines()[-1]._replace(code="52.03.08.2099", name="Selaparang", folded="selaparang")
        conn.execute(insert(Area), line._asdict())
        conn.execute(insert(Gazetteer), {"source": "x", "version": "1", "rows": 1, "loaded_at": app_clock(app)})
        conn.exec_driver_sql("UPDATE gazetteer SET version = 'more' WHERE source = 'mark'")

    app.extensions["posko"].database.write(grow)
    assert find(ask, "selaparang")["places"][0]["code"] == "52.03.08.2099"


def test_without_a_gazetteer_positions_are_still_found(ask):
    assert find(ask, "labuhan lombok")["places"] == []
    first = find(ask, "-8.5071, 116.6599")["places"][0]
    assert (first["full"], first["code"], first["lon"]) == ("", "", 116.6599)


@pytest.mark.parametrize("words", ["", "%00%01", "%F0%9F%9A%92" * 100, "a" * 10_000, "'%3B--", "%ED%A0%80"])
def test_hostile_words_are_answered(ask, places, words):
    assert isinstance(find(ask, words)["places"], list)


def test_near_needs_both_numbers_and_real_ones(ask, places):
    assert ask("call_taker", "GET", "/places?q=x&lon=116").status_code == 422
    assert ask("call_taker", "GET", "/places?q=x&lon=nan&lat=1").status_code == 422
    assert find(ask, "mekarsari garut", "&lon=107.9&lat=-7.2")["places"]


@on_spatialite
@pytest.mark.parametrize("role", [one for one in ROLES if one != "public"])
def test_everybody_who_works_here_may_look_places_up(ask, places, role):
    assert ask(role, "GET", "/places?q=pancor").status_code == 200


@on_spatialite
def test_nobody_else_may(ask, places):
    assert ask(None, "GET", "/places?q=pancor").status_code == 401
    assert ask(None, "GET", "/places/reverse?lon=116.6&lat=-8.5").status_code == 401


def test_a_point_is_told_its_nearest_village_as_approximate(ask, places):
    here = ask("call_taker", "GET", "/places/reverse?lon=116.6601&lat=-8.5071").json["place"]
    assert here["code"] == "52.03.08.2007" and here["approximate"] is True and here["distance_m"] < 50
    assert here["full"] == "Desa Labuhan Lombok, Kec. Pringgabaya, Kab. Lombok Timur"


def test_a_point_far_from_everything_has_no_village(ask, places):
    assert ask("call_taker", "GET", "/places/reverse?lon=0&lat=51.5").json == {"place": None}


@on_spatialite
@pytest.mark.parametrize("point", ["lon=181&lat=0", "lon=116", "lon=nan&lat=0", "lon=x&lat=y", "lon=0&lat=91"])
def test_a_point_that_is_none_is_refused(ask, places, point):
    assert ask("call_taker", "GET", f"/places/reverse?{point}").status_code == 422


def test_the_whole_gazetteer_is_said_to_lack_what_it_lacks(app, places):
    with app.extensions["posko"].database.read() as conn:
        assert "No village" in gazetteer.missing(conn)
