"""Nothing online is on until it is switched on for the site; then pages fetch from there and nowhere else."""

import re
from typing import Any

import pytest
from sqlalchemy import select

from gis.models import Overlay
from incident import online
from incident.app import CSP
from tests.factories import on_spatialite, uid

SATELLITE = {"id": "satelit", "name": "Satelit", "url": "https://citra.example.go.id:8443/{z}/{x}/{y}.jpg"}


def switch(ask: Any, role: str = "coordinator", **words: Any) -> Any:
    return ask(role, "POST", "/basemaps/online", {"uid": uid(), "on": True, **words})


@pytest.fixture
def page(app: Any, cast: Any) -> Any:
    """The policy of the board as the coordinator gets it."""

    def policy() -> str:
        headers = {**cast.headers("coordinator"), "Accept": "text/html"}
        return app.test_client().get("/", headers=headers).headers["Content-Security-Policy"]

    return policy


def pictures_from(page: Any) -> str:
    return re.search(r"img-src ([^;]*);", page())[1]


def test_nothing_online_is_on_at_first_and_pages_fetch_from_nobody(ask, page):
    told = ask("coordinator", "GET", "/basemaps").json
    assert told["online"] == [] and [(one["id"], one["on"]) for one in told["offered"]] == [("osm", False)]
    assert pictures_from(page) == "'self' data: blob:"


def test_switched_on_for_the_site_it_is_offered_to_all_and_pages_may_fetch_from_it_alone(ask, page):
    assert switch(ask, id="osm").status_code == 200
    (one,) = ask("leader", "GET", "/basemaps").json["online"]
    assert one["id"] == "osm" and one["attribution"] and one["url"].startswith("https://tile.openstreetmap.org/")
    assert pictures_from(page) == "https://tile.openstreetmap.org 'self' data: blob:"
    assert page().count("openstreetmap") == 1


def test_switched_off_again_nothing_is_left_open_and_its_words_are_kept(ask, page):
    switch(ask, **SATELLITE)
    assert pictures_from(page) == "https://citra.example.go.id:8443 'self' data: blob:"
    switch(ask, id="satelit", on=False)
    assert pictures_from(page) == "'self' data: blob:"
    assert ask("leader", "GET", "/basemaps").json["online"] == []
    kept = ask("admin", "GET", "/basemaps").json["offered"][1]
    assert (kept["url"], kept["on"]) == (SATELLITE["url"], False)
    switch(ask, id="satelit")
    assert ask("leader", "GET", "/basemaps").json["online"][0]["url"] == SATELLITE["url"]


def test_only_who_may_change_the_ground_switches(ask):
    for role in ("dispatcher", "call_taker", "leader", "field", "village", "agency"):
        assert switch(ask, role, id="osm").status_code == 403
        assert "offered" not in ask(role, "GET", "/basemaps").json


def test_switching_is_written_in_the_journal_once_for_each_key(ask, app):
    body = {"uid": uid(), "id": "osm", "on": True}
    first, again = (ask("admin", "POST", "/basemaps/online", body).json for _ in range(2))
    assert first == again and first["kind"] == "basemap.switched"
    assert first["body"] == {"basemap": "osm", "name": "OpenStreetMap", "on": True}
    with app.extensions["posko"].database.read() as conn:
        assert conn.execute(select(Overlay.id, Overlay.kind)).all() == [("osm", "online")]


BAD_ADDRESSES = (
    "",
    "citra.example/{z}/{x}/{y}.jpg",
    "ftp://citra.example/{z}/{x}/{y}.jpg",
    "javascript:alert(1)//{z}/{x}/{y}",
    "https:///{z}/{x}/{y}",
    "https://citra.example/peta.jpg",
    "https://a.example; script-src *//{z}/{x}/{y}",
    "https://a.example 'unsafe-inline'/{z}/{x}/{y}",
    "https://*/{z}/{x}/{y}",
    "https://siapa:rahasia@citra.example/{z}/{x}/{y}",
    "https://a.example:99999999/{z}/{x}/{y}",
)


def test_a_layer_of_the_site_that_lies_elsewhere_opens_its_own_origin_and_one_that_lies_here_opens_none(app, page):
    post = app.extensions["posko"]
    rows = (("wms", "https://inarisk.example/wms?layers=banjir"), ("geojson", "banjir.geojson"), ("wms", "data:x"))
    for at, (kind, source) in enumerate(rows):
        row = {"id": f"l{at}", "name": "L", "kind": kind, "source": source, "attribution": "", "added_at": post.clock()}
        post.database.write(lambda conn, row=row: conn.execute(Overlay.__table__.insert().values(**row)))
    assert pictures_from(page) == "https://inarisk.example 'self' data: blob:"


@on_spatialite
@pytest.mark.parametrize("url", BAD_ADDRESSES)
def test_an_address_that_is_none_is_refused_and_opens_nothing(ask, page, url):
    refused = switch(ask, id="satelit", url=url)
    assert refused.status_code == 422 and refused.json["field"] == "url"
    assert pictures_from(page) == "'self' data: blob:"


def test_openstreetmap_is_where_it_is_whatever_is_sent(ask):
    switch(ask, id="osm", url="https://evil.example/{z}/{x}/{y}.png")
    assert ask("leader", "GET", "/basemaps").json["online"][0]["url"].startswith("https://tile.openstreetmap.org/")


def test_a_layer_of_the_same_name_is_not_overwritten(ask, app):
    post = app.extensions["posko"]
    row = {
        "id": "banjir",
        "name": "Banjir",
        "kind": "geojson",
        "source": "x",
        "attribution": "",
        "added_at": post.clock(),
    }
    post.database.write(lambda conn: conn.execute(Overlay.__table__.insert().values(**row)))
    assert switch(ask, id="banjir", url=SATELLITE["url"]).status_code == 409


@pytest.mark.parametrize(
    ("url", "found"),
    [
        ("https://{s}.tile.example/{z}/{x}/{y}.png", "https://*.tile.example"),
        ("https://Peta.Example/{z}", "https://peta.example"),
        ("http://[fe80::1]:8080/{z}", "http://[fe80::1]:8080"),
        ("http://10.0.0.5/wms?", "http://10.0.0.5"),
        ("https://{s}/{z}", None),
        ("https://a.{s}.b/{z}", None),
    ],
)
def test_an_origin_is_scheme_host_and_port(url, found):
    assert online.origin(url) == found


def test_a_policy_with_nothing_switched_on_is_the_strict_one_letter_by_letter():
    assert online.policy(CSP, []) == CSP
