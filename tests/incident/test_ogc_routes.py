"""OGC API - Features at /ogc: what the documents say, what a question finds, and that each role gets its own."""

from typing import Any

import pytest
import structlog
from sqlalchemy import insert

from gis import ogc, ogc_query
from gis.database import point_columns
from incident import catalogue, lens, lent, queries, rules
from incident.logs import set_up_logs
from incident.models import Incident
from tests.factories import call_body, on_spatialite, uid
from tests.gis.test_queries import index_of, plan
from tests.lent import NOON, fill


@pytest.fixture
def get(app: Any, cast: Any) -> Any:
    """Ask /ogc as a role: get("/collections", "leader", bbox="1,2,3,4")."""

    def got(path: str, role: str | None = "coordinator", accept: str = "application/json", **query: Any) -> Any:
        headers = {"Accept": accept, **(cast.headers(role) if role else {})}
        given = {name.replace("_", "-"): value for name, value in query.items()}
        return app.test_client().get("/ogc" + path, query_string=given, headers=headers)

    return got


@pytest.fixture
def filled(app: Any, cast: Any, ask: Any) -> dict[str, Any]:
    """A room with something on every shelf."""
    here = app.extensions["posko"]
    places = [(116.6, -8.5), (116.61, -8.51), (116.62, -8.52), (117.5, -8.9), (116.05, -8.05)]
    found = [
        ask("call_taker", "POST", "/calls", call_body(place={"lon": lon, "lat": lat, "method": "map"})).json["incident"]
        for lon, lat in places
    ]
    ask("call_taker", "POST", "/calls", call_body(**{"class": "prank"}, place={"method": "unknown"}))
    ask("dispatcher", "POST", f"/incidents/{found[1]}/assignments", {"uid": uid(), "unit_id": cast.units["TRC-1"]})
    ask("dispatcher", "POST", f"/incidents/{found[4]}/close", {"uid": uid(), "disposition": "handled", "text": "ok"})
    here.database.write(lambda conn: fill(conn, cast.units))
    return {"incidents": found, "places": places}


def ids(answer: Any) -> list[Any]:
    assert answer.status_code == 200, answer.json
    return [one["id"] for one in answer.json["features"]]


def link(document: dict[str, Any], rel: str, kind: str | None = None) -> str | None:
    return next((one["href"] for one in document["links"] if one["rel"] == rel and kind in (None, one["type"])), None)


# the documents


@on_spatialite
def test_the_landing_page_leads_everywhere(app, get, filled):
    document = get("").json
    for rel, kind in (("service-desc", ogc.OPENAPI), ("conformance", ogc.JSON), ("data", ogc.JSON), ("self", ogc.JSON)):
        path = link(document, rel, kind).removeprefix("http://localhost/ogc")
        answer = get(path.partition("?")[0], f="json")
        assert answer.status_code == 200 and answer.content_type.startswith(kind.partition(";")[0]), (rel, answer.json)
    assert get("/").json == document, "with and without the stroke at the end"


@on_spatialite
def test_it_claims_no_class_it_does_not_keep(get):
    claimed = {uri.rpartition("/")[2] for uri in get("/conformance").json["conformsTo"]}
    assert claimed == {"core", "geojson", "html", "oas30", "crs"}


@on_spatialite
@pytest.mark.parametrize("language", ["id", "en"])
def test_every_document_is_a_page_too_in_both_languages(app, cast, filled, language):
    browser = {"Accept": "text/html,application/xhtml+xml,*/*;q=0.8", "Accept-Language": language}
    for path in ("", "/api", "/conformance", "/collections", "/collections/areas", "/collections/calls/items"):
        for asked, headers in ((path, browser), (f"{path}?f=html", {"Accept-Language": language})):
            answer = app.test_client().get("/ogc" + asked, headers={**cast.headers("coordinator"), **headers})
            assert answer.mimetype == "text/html", asked
            assert answer.headers["Content-Language"] == language
            assert f'<html lang="{language}"' in answer.data.decode()
    api = app.test_client().get("/ogc/api?f=html", headers=cast.headers("coordinator")).data.decode()
    assert api.count("<code>bbox</code>") == len(lent.SHELVES)
    pages = [f"/ogc/collections/{shelf}/items{one}" for shelf in lent.SHELVES for one in ("", "/1")]
    for path in pages:
        answer = app.test_client().get(path, headers={**cast.headers("coordinator"), **browser})
        assert answer.status_code in (200, 404) and answer.mimetype == "text/html", path


@on_spatialite
def test_words_come_in_the_language_the_program_asks_for(app, cast):
    def title(wished: str = "", chosen: str = "") -> str:
        client = app.test_client()
        if chosen:
            client.set_cookie("posko_language", chosen)
        headers = {**cast.headers("leader"), "Accept-Language": wished}
        return str(client.get("/ogc/collections/areas", headers=headers).json["title"])

    assert title("en-GB,en;q=0.9") == "Areas on the map"
    assert title("id,en;q=0.5") == title("en", chosen="id") == title("de") == title() == "Area di peta"


@on_spatialite
def test_the_api_document_describes_what_is_there(get, filled):
    document = get("/api").json
    assert document["openapi"].startswith("3.0")
    for shelf in lent.SHELVES:
        assert f"/collections/{shelf}/items" in document["paths"]
    assert document["components"]["parameters"]["limit"]["schema"]["maximum"] == ogc_query.MOST
    names = [one["operationId"] for path in document["paths"].values() for one in path.values()]
    assert len(names) == len(set(names))


def test_a_collection_says_where_and_since_when_it_is(get, filled):
    about = {one["id"]: one for one in get("/collections").json["collections"]}
    assert set(about) == set(lent.SHELVES)
    assert about["incidents"]["extent"]["spatial"]["bbox"] == [[116.05, -8.9, 117.5, -8.05]]
    assert about["areas"]["extent"]["spatial"]["bbox"] == [[116.5, -8.6, 116.6, -8.5]]
    assert about["areas"]["extent"]["temporal"]["interval"] == [["2026-11-22T04:00:00Z", None]]
    assert about["areas"]["storageCrs"] == ogc_query.CRS84 and about["areas"]["crs"] == list(ogc_query.CRS)


# questions


def test_every_collection_gives_its_features_and_one_of_them(get, filled):
    for shelf in lent.SHELVES.values():
        answer = get(f"/collections/{shelf.id}/items")
        assert answer.mimetype == "application/geo+json"
        document = answer.json
        assert document["numberMatched"] == document["numberReturned"] == len(document["features"]) > 0, shelf.id
        one = document["features"][0]
        assert set(one["properties"]) == set(shelf.fields)
        alone = get(f"/collections/{shelf.id}/items/{one['id']}").json
        for volatile in (one, alone):
            volatile["properties"].pop("position_age_s", None)
        assert {**one, "links": alone["links"]} == alone
        schema = get(f"/collections/{shelf.id}/schema").json["properties"]["properties"]["properties"]
        assert set(schema) == set(one["properties"]) | ({"position_age_s"} & set(shelf.fields))


def test_pages_follow_each_other_without_a_gap_or_a_double(app, cast, get, filled):
    for shelf in lent.SHELVES:
        whole = ids(get(f"/collections/{shelf}/items"))
        seen: list[Any] = []
        address: str | None = f"/ogc/collections/{shelf}/items?limit=2"
        while address:
            answer = app.test_client().get(address, headers=cast.headers("coordinator"))
            seen += ids(answer)
            assert answer.json["numberMatched"] == len(whole)
            address = link(answer.json, "next")
        assert seen == whole, shelf


def test_villages_of_the_site_come_first_and_each_once(get, filled):
    found = get("/collections/villages/items").json["features"]
    assert [one["id"] for one in found] == [
        "52.03.01.2001",
        "52.03.01.2002",
        "52.03.09.2009",
        "11.01.01.2001",
        "52.04.01.2001",
    ]
    kinds = [one["geometry"] and one["geometry"]["type"] for one in found]
    assert kinds == ["MultiPolygon", "Point", "MultiPolygon", "Point", None]


def test_a_box_is_exact_to_the_edge(get, filled):
    first, second, third = filled["incidents"][:3]
    items = "/collections/incidents/items"
    assert ids(get(items, bbox="116.6,-8.52,116.62,-8.5")) == [first, second, third]
    assert ids(get(items, bbox="116.6000001,-8.52,116.6199999,-8.5")) == [second]
    assert ids(get(items, bbox="116.6,-8.52,-100,116.62,-8.5,5000")) == [first, second, third]
    assert get(items, bbox="116.6,-8.52,116.62,-8.5", limit=1).json["numberMatched"] == 3
    assert ids(get("/collections/areas/items", bbox="116.59,-8.52,117,-8")) == [1, 3]
    assert ids(get("/collections/areas/items", bbox="116.61,-8.52,117,-8")) == []
    assert ids(get("/collections/tracks/items", bbox="116.5,-8.6,116.505,-8.5055")) == []
    assert ids(get("/collections/tracks/items", bbox="116.5,-8.6,116.51,-8.505")) == [1, 2]
    assert ids(get("/collections/villages/items", bbox="116.6,-8.6,116.7,-8.5")) == [
        "52.03.01.2001",
        "52.03.01.2002",
        "52.03.09.2009",
    ]


def test_both_coordinate_systems_have_their_axes_right(get, filled):
    items, first = "/collections/incidents/items", filled["incidents"][0]
    plain = get(f"{items}/{first}")
    assert plain.headers["Content-Crs"] == f"<{ogc_query.CRS84}>"
    assert plain.json["geometry"]["coordinates"] == [116.6, -8.5]
    turned = get(f"{items}/{first}", crs=ogc_query.EPSG4326)
    assert turned.headers["Content-Crs"] == f"<{ogc_query.EPSG4326}>"
    assert turned.json["geometry"]["coordinates"] == [-8.5, 116.6]
    box = get(items, bbox="-8.52,116.6,-8.5,116.62", bbox_crs=ogc_query.EPSG4326)
    assert ids(box) == filled["incidents"][:3]
    areas = get("/collections/areas/items", crs=ogc_query.EPSG4326).json["features"]
    assert areas[0]["geometry"]["coordinates"][0][0] == [-8.6, 116.5]


def test_time_finds_what_overlaps_it(app, cast, get, filled):
    items = "/collections/areas/items"
    assert ids(get(items)) == [1, 3], "neither struck through nor expired"
    assert ids(get(items, datetime="2026-11-22T05:30:00Z")) == [1, 2]
    assert ids(get(items, datetime="2026-11-22T08:30:00+00:00/..")) == [1, 3, 4]
    assert ids(get(items, datetime="../2026-11-22T04:00:00Z")) == [1]
    assert ids(get(items, datetime="2026-11-21")) == []
    assert ids(get(items, datetime="2026-11-22")) == [1, 2, 3, 4]
    closed = filled["incidents"][4]
    assert closed in ids(get("/collections/incidents/items", datetime="2000-01-01T00:00:00Z/.."))
    assert closed not in ids(get("/collections/incidents/items", datetime="2199-01-01T00:00:00Z/.."))
    assert len(ids(get("/collections/calls/items", datetime="../2000-01-01T00:00:00Z"))) == 0
    assert len(ids(get("/collections/villages/items", datetime="2000-01-01"))) == 5, "villages have no time"


@on_spatialite
@pytest.mark.parametrize(
    "query",
    [
        {"bbox": "1,2,3"},
        {"bbox": "1,2,3,nan"},
        {"bbox": "170,-8,-170,8"},
        {"bbox": "-8.6,116.5,-8.5,116.6"},
        {"bbox": "116,8,117,-8"},
        {"datetime": "kemarin"},
        {"datetime": "2026-11-22T05:30:00"},
        {"datetime": "2026-11-23T00:00:00Z/2026-11-22T00:00:00Z"},
        {"limit": "0"},
        {"limit": "-1"},
        {"limit": "banyak"},
        {"cursor": "'; DROP TABLE incident; --"},
        {"cursor": "52.03.01.2001"},
        {"cursor": "99999999999999999999"},
        {"crs": "http://www.opengis.net/def/crs/EPSG/0/3857"},
        {"bbox-crs": "EPSG:32750"},
        {"f": "xml"},
        {"bboks": "1,2,3,4"},
    ],
)
def test_a_bad_parameter_is_a_problem_with_a_sentence_and_its_name(get, query):
    answer = get("/collections/incidents/items", **query)
    assert answer.status_code == 400 and answer.mimetype == "application/problem+json"
    assert answer.json["field"] == next(iter(query)) and len(answer.json["detail"]) > 15


@on_spatialite
def test_a_limit_above_the_most_is_the_most(get, filled):
    assert get("/collections/incidents/items", limit=10**9).json["numberReturned"] == 5


@on_spatialite
def test_what_is_not_there_is_not_found(get, filled):
    for path in (
        "/collections/nosuch",
        "/collections/incidents/items/999",
        "/collections/incidents/items/x",
        "/nosuch",
    ):
        answer = get(path)
        assert answer.status_code == 404 and answer.mimetype == "application/problem+json", path
    for odd in ("9" * 30, "²", "-1", "1.5", "11.01.01.2001' OR 1=1"):
        assert get(f"/collections/incidents/items/{odd}").status_code == 404, odd


# who sees what


def test_a_call_carries_nothing_personal(app, get, filled):
    document = get("/collections/calls/items").data.decode() + get("/collections/calls/items", f="html").data.decode()
    for secret in ("Bu Sri", "081234567321", "081234", "Air setinggi pinggang", "Pringgabaya", "taken_by", "sari"):
        assert secret not in document


def test_each_role_gets_what_its_lens_shows_counts_and_all(app, cast, get, filled):
    """The conditions of the question say the same as the lens on the cards."""
    here = app.extensions["posko"]
    people = {role: app.extensions["people"].by_token(cast.tokens[role]).viewer for role in rules.ROLES}
    with here.database.read() as conn:
        rows = list(conn.execute(queries.select(*queries.INCIDENT_COLUMNS).order_by(Incident.id)).mappings())
        active = queries.active_of_incidents(conn, [row["id"] for row in rows])
        units = queries.unit_cards(conn)
    cards = [{**queries.incident_card(row, active[row["id"]], "x"), "gone": False} for row in rows]
    for role, viewer in people.items():
        shown = get("/collections/incidents/items", role)
        assert ids(shown) == [card["id"] for card in lens.pick(viewer, "incidents", cards)], role
        assert shown.json["numberMatched"] == len(shown.json["features"])
        if rules.may(role, "unit.read"):
            assert ids(get("/collections/units/items", role)) == [
                one["id"] for one in lens.pick(viewer, "units", units)
            ]
    assert ids(get("/collections/incidents/items", "field")) == [filled["incidents"][1]]
    assert get(f"/collections/incidents/items/{filled['incidents'][0]}", "field").status_code == 404
    assert get("/collections/incidents", "field").json["extent"]["spatial"]["bbox"] == [[116.61, -8.51, 116.61, -8.51]]


@on_spatialite
def test_a_collection_whose_verb_a_role_lacks_is_shut_and_not_listed(get, filled):
    for role in rules.ROLES:
        listed = {one["id"] for one in get("/collections", role).json["collections"]}
        for shelf in lent.SHELVES.values():
            open_ = rules.may(role, shelf.verb)
            assert (shelf.id in listed) == open_
            for path in ("", "/items", "/items/1", "/schema"):
                status = get(f"/collections/{shelf.id}{path}", role).status_code
                assert (status == 403) != open_, (role, shelf.id, path)
    assert "calls" not in {one["id"] for one in get("/collections", "leader").json["collections"]}


@on_spatialite
def test_a_token_in_the_query_opens_ogc_and_nothing_else(app, cast, filled):
    client, token = app.test_client(), cast.tokens["coordinator"]
    assert client.get(f"/ogc/collections?token={token}").status_code == 200
    assert client.get("/ogc/collections?token=nosuch").status_code == 401
    assert client.get(f"/api/v1/board?token={token}").status_code == 401
    assert client.get(f"/?token={token}", headers={"Accept": "application/json"}).status_code == 401
    assert client.post(f"/api/v1/calls?token={token}", json=call_body()).status_code == 401


@on_spatialite
def test_links_keep_the_token_only_when_the_request_had_it(app, cast, filled):
    client, token = app.test_client(), cast.tokens["coordinator"]
    path = "/ogc/collections/incidents/items?limit=1"
    with_token = client.get(f"{path}&token={token}")
    follow = link(with_token.json, "next")
    assert token in follow and ids(client.get(follow)) == [2]
    for address in ("/ogc", "/ogc/api", "/ogc/collections", "/ogc/collections/areas", path):
        answer = client.get(address, headers=cast.headers("coordinator"))
        assert answer.status_code == 200 and token not in answer.data.decode(), address
    assert with_token.headers["Cache-Control"] == "no-store" and with_token.headers["Referrer-Policy"] == "same-origin"


@on_spatialite
def test_a_token_in_the_query_stands_in_no_log(app, cast, filled, capfd, monkeypatch):
    def broken(*_: Any) -> None:
        raise RuntimeError("broken")

    monkeypatch.setattr(catalogue, "page", broken)
    set_up_logs()
    app.extensions["posko"].log = structlog.get_logger()
    token = cast.tokens["coordinator"]
    answer = app.test_client().get(f"/ogc/collections/incidents/items?token={token}")
    structlog.reset_defaults()
    said = capfd.readouterr()
    assert answer.status_code == 500 and "request.failed" in said.out
    assert token not in said.out + said.err + answer.data.decode()


@on_spatialite
def test_a_browser_without_a_log_in_is_led_to_it_and_a_program_told(app):
    browser = app.test_client().get("/ogc", headers={"Accept": "text/html,*/*;q=0.8"})
    assert browser.status_code == 302 and browser.headers["Location"] == "/login?next=/ogc"
    program = app.test_client().get("/ogc", headers={"Accept": "*/*"})
    assert program.status_code == 401 and program.mimetype == "application/problem+json"


@on_spatialite
def test_an_exercise_says_so_in_every_title_and_every_feature(app, get, filled):
    app.extensions["posko"].settings.exercise = True
    assert get("").json["title"].startswith("LATIHAN")
    assert get("/api").json["info"]["title"].startswith("LATIHAN")
    for shelf in lent.SHELVES:
        for one in get(f"/collections/{shelf}/items").json["features"]:
            assert one["properties"]["exercise"] == "LATIHAN"
        assert "exercise" in get(f"/collections/{shelf}/schema").json["properties"]["properties"]["properties"]


def test_callers_words_are_words_on_a_page_too(get, ask, cast):
    words = "<script>alert(1)</script>"
    ask("call_taker", "POST", "/calls", call_body(place={"lon": 116.6, "lat": -8.5, "method": "map", "text": words}))
    for path in ("/collections/incidents/items", "/collections/incidents/items/1"):
        html = get(path, f="html").data.decode()
        assert "<script>alert" not in html and "&lt;script&gt;" in html


@on_spatialite
def test_incidents_of_a_month_come_in_one_page(app, get, cast):
    """10,000 in one answer, in the order of their ids."""
    post = app.extensions["posko"]
    post.database.write(_month)
    answer = get("/collections/incidents/items", limit=10_000)
    assert answer.json["numberReturned"] == 10_000
    assert ids(answer) == sorted(ids(answer))


def _month(conn: Any) -> None:
    row = {"type": "banjir", "priority": "P2", "state": "closed", "opened_at": NOON, "changed_at": NOON, "calls": 1}
    rows = [{**row, "place": "x", **point_columns(116 + at / 1e5, -8.5)} for at in range(10_000)]
    conn.execute(insert(Incident), rows)


@pytest.mark.parametrize("shelf", lent.SHELVES)
def test_a_box_is_asked_of_the_spatial_index(app, cast, shelf):
    here, one = app.extensions["posko"], lent.SHELVES[shelf]
    viewer = lens.Viewer("coordinator")
    with here.database.read() as conn:
        reader = catalogue.Reader(conn, here.database, viewer, here.clock(), "x", "52.03", False)
        statement = catalogue.wanted(reader, one, ogc_query.Query(box=(116.5, -8.6, 116.6, -8.5)))
        told = plan(conn, statement)
    assert index_of(here.database, *one.place) in told, told
    if shelf == "villages":
        assert "ix_area_place" in told, "a village without a boundary is found by its point"
