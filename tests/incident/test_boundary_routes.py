"""Boundaries for the map, and the village a call gets from its point."""

from collections.abc import Callable
from typing import Any

import pytest

from gis import drawn
from gis.drawn import Drawings, thinned
from tests.cast import Cast
from tests.factories import call_body, on_spatialite, uid
from tests.gis.shapes import REAL, bound, box, keep

VILLAGE, OTHER = "52.03.01.2001", "52.03.02.2001"
Ask = Callable[..., Any]


@pytest.fixture
def drawn_app(app: Any) -> Any:
    """An application with two villages side by side and their regency."""
    boundaries = (
        bound(VILLAGE, box(116.5, -8.6), "Labuhan"),
        bound(OTHER, box(116.6, -8.6)),
        bound("52.03", box(116, -9, 1)),
    )
    keep(app.extensions["posko"].database, *boundaries)
    app.extensions["ground"].look()
    return app


# the map


def codes(answer: Any) -> list[str]:
    return [one["id"] for one in answer.json["features"]]


def test_draws_the_boundaries_of_a_level_in_a_box(drawn_app: Any, ask: Ask):
    assert codes(ask("call_taker", "GET", "/boundaries?level=4")) == [VILLAGE, OTHER]
    assert codes(ask("call_taker", "GET", "/boundaries?level=4&bbox=116.65,-8.6,116.8,-8.5")) == [OTHER]
    assert codes(ask("call_taker", "GET", "/boundaries?level=2&zoom=8")) == ["52.03"]
    first = ask("leader", "GET", "/boundaries").json["features"][0]
    assert first["properties"] == {"code": VILLAGE, "level": 4, "name": "Labuhan", "source": "coba.geojson"}
    assert first["geometry"]["type"] == "MultiPolygon"


@pytest.mark.parametrize(
    "query", ["level=5", "level=0", "zoom=99", "zoom=nan", "bbox=1,2,3", "bbox=x", "bbox=117,0,116,1"]
)
def test_refuses_a_question_nobody_can_draw(ask: Ask, query: str):
    assert ask("call_taker", "GET", f"/boundaries?{query}").status_code == 422


def test_asks_who_is_there(ask: Ask):
    assert ask(None, "GET", "/boundaries").status_code == 401


def test_sends_nothing_twice_until_boundaries_were_imported(drawn_app: Any, cast: Cast):
    def asked(tag: str | None = None) -> Any:
        headers = cast.headers("call_taker") | ({"If-None-Match": tag} if tag else {})
        return drawn_app.test_client().get("/api/v1/boundaries?level=4&zoom=12", headers=headers)

    first = asked()
    assert first.headers["Cache-Control"] == "private, no-cache"
    again = asked(first.headers["ETag"])
    assert (again.status_code, again.data) == (304, b"")
    keep(drawn_app.extensions["posko"].database, bound("52.03.03.2001", box(116.7, -8.6)))
    changed = asked(first.headers["ETag"])
    assert changed.status_code == 200
    assert codes(changed) == [VILLAGE, OTHER, "52.03.03.2001"]


def test_says_that_there_are_too_many_instead_of_some(drawn_app: Any, ask: Ask, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(drawn, "MOST_AREAS", 1)
    answer = ask("call_taker", "GET", "/boundaries?level=4").json
    assert (answer["capped"], answer["features"]) == (True, [])


@on_spatialite
def test_thins_further_what_would_be_too_large(drawn_app: Any, ask: Ask, monkeypatch: pytest.MonkeyPatch):
    database = drawn_app.extensions["posko"].database
    keep(database, bound("52.03.04.2001", box(116.2, -8.5, 0.01).buffer(0.05, quad_segs=400)))
    whole = ask("call_taker", "GET", "/boundaries?level=4&zoom=16")
    monkeypatch.setattr(drawn, "MOST_BYTES", len(whole.data) // 2)
    drawn_app.extensions["drawings"] = Drawings(database)
    thin = ask("call_taker", "GET", "/boundaries?level=4&zoom=16")
    assert thin.json["zoom"] < whole.json["zoom"] == 16
    assert codes(thin) == codes(whole)
    monkeypatch.setattr(drawn, "MOST_BYTES", 10)
    assert ask("call_taker", "GET", "/boundaries?level=4&zoom=15").json["capped"] is True


@on_spatialite
def test_forgets_the_zooms_nobody_asks_for(drawn_app: Any, ask: Ask, monkeypatch: pytest.MonkeyPatch):
    drawings = drawn_app.extensions["drawings"]
    for zoom in (10, 11, 12):
        drawings.collection(4, zoom)
    assert list(drawings._kept) == [(4, 10), (4, 11), (4, 12)]
    monkeypatch.setattr(drawn, "KEPT_BYTES", 900)
    drawings.collection(4, 11)
    assert list(drawings._kept) == [(4, 11)]


def test_keeps_the_largest_island_and_those_that_can_be_seen():
    islands = box(116.0, -8.0, 1.0).union(box(118.0, -8.0, 0.1)).union(box(119.0, -8.0, 0.0001))
    assert len(thinned(islands, 10).geoms) == 2
    assert len(thinned(islands, 16).geoms) == 3
    assert len(thinned(box(119.0, -8.0, 0.0001), 4).geoms) == 1


# the village of a call


def placed(**more: Any) -> dict[str, Any]:
    return call_body(place={"lon": 116.55, "lat": -8.55, "method": "map", "text": "Labuhan"} | more)


def area_of(ask: Ask, incident: int) -> str | None:
    return ask("coordinator", "GET", f"/incidents/{incident}").json["incident"]["area_code"]


def test_a_call_with_a_point_gets_the_village_it_lies_in(drawn_app: Any, ask: Ask):
    recorded = ask("call_taker", "POST", "/calls", placed())
    assert area_of(ask, recorded.json["incident"]) == VILLAGE


def test_whoever_named_the_village_is_believed(drawn_app: Any, ask: Ask):
    recorded = ask("call_taker", "POST", "/calls", placed(area_code=OTHER))
    assert area_of(ask, recorded.json["incident"]) == OTHER


def test_the_village_sees_the_call_that_lies_in_it_and_no_other(drawn_app: Any, ask: Ask):
    inside, outside = (
        ask("call_taker", "POST", "/calls", placed(lon=lon)).json["incident"] for lon in (116.55, 116.65)
    )
    assert ask("village", "GET", f"/incidents/{inside}").status_code == 200
    assert ask("village", "GET", f"/incidents/{outside}").status_code == 404


def test_a_place_that_is_moved_gets_its_new_village(drawn_app: Any, ask: Ask):
    incident = ask("call_taker", "POST", "/calls", placed()).json["incident"]
    moved = {
        "uid": uid(),
        "text": "Salah desa",
        "place": {"lon": 116.65, "lat": -8.55, "method": "map", "text": "Sakra"},
    }
    assert ask("coordinator", "POST", f"/incidents/{incident}/correct", moved).status_code == 200
    assert area_of(ask, incident) == OTHER


def test_a_call_never_waits_for_boundaries_that_are_not_in_memory(app: Any, ask: Ask, monkeypatch: pytest.MonkeyPatch):
    keep(app.extensions["posko"].database, bound(VILLAGE, box(116.5, -8.6)))
    monkeypatch.setattr(app.extensions["ground"], "look", lambda: pytest.fail("the call waited"))
    recorded = ask("call_taker", "POST", "/calls", placed())
    assert recorded.status_code == 201
    assert area_of(ask, recorded.json["incident"]) is None


if REAL.exists():
    from gis.boundaries import judge
    from gis.layerfiles import read_layer

    @on_spatialite
    def test_254_villages_are_one_small_answer_at_every_zoom(app: Any, monkeypatch: pytest.MonkeyPatch):
        keep(app.extensions["posko"].database, *judge(read_layer(REAL / "lombok_timur_desa.geojson")).taken)
        drawings = app.extensions["drawings"]
        sizes = {zoom: len(drawings.collection(4, zoom)) for zoom in range(8, 17)}
        assert sizes[9] < 150_000 and max(sizes.values()) < 1_000_000, sizes
        monkeypatch.setattr(drawn, "thinned", lambda *_: pytest.fail("written once, kept for the next screen"))
        drawings.collection(4, 12)
