"""The ground: what is drawn, changed and brought in from a file, by whom, and what the journal and the screens get."""

import datetime as dt
import json
from typing import Any

import pytest
from sqlalchemy import insert

from gis import outline
from gis.models import Area
from incident import ground, journal
from incident.errors import WrongState
from tests.factories import call_body, on_spatialite, uid

SQUARE = {
    "type": "Polygon",
    "coordinates": [[[116.5, -8.5], [116.6, -8.5], [116.6, -8.6], [116.5, -8.6], [116.5, -8.5]]],
}
BOW = {"type": "Polygon", "coordinates": [[[116, -8], [117, -9], [117, -8], [116, -9], [116, -8]]]}
ROUTE = {"type": "LineString", "coordinates": [[116.5, -8.5], [116.52, -8.51]]}
SHELTER = {"kind": "shelter", "name": "Lapangan Pringgabaya", "lon": 116.6, "lat": -8.5, "capacity": 400}


def zone_body(**said: Any) -> dict[str, Any]:
    return {"uid": uid(), "kind": "affected", "words": "Banjir setinggi lutut", "shape": SQUARE} | said


def facility_body(**said: Any) -> dict[str, Any]:
    return {"uid": uid(), **SHELTER} | said


def landmark_body(**said: Any) -> dict[str, Any]:
    return {"uid": uid(), "name": "Masjid Raya Pringgabaya", "kind": "masjid", "lon": 116.6, "lat": -8.5} | said


def board(ask: Any, role: str = "leader") -> Any:
    return ask(role, "GET", "/board").json


@pytest.fixture
def lay_outline(app: Any) -> None:
    """The site has an outline: a square around Selong."""
    box = [116.3, -8.9, 116.8, -8.2]
    outline.keep(app.extensions["posko"].settings.data, SQUARE, None, box)


# zones


def test_what_is_drawn_stands_on_everybodys_board_with_its_author_and_its_shape(ask):
    entry = ask("coordinator", "POST", "/zones", zone_body()).json
    card = entry["body"]["cards"]["zones"][0]
    assert (entry["kind"], card["by"], card["struck"], card["shape"]) == (
        "zone.drawn",
        "komang",
        False,
        _floats(SQUARE),
    )
    for role in ("admin", "field", "agency", "village"):
        assert board(ask, role)["zones"] == [card], role


def _floats(shape: dict[str, Any]) -> dict[str, Any]:
    ring = [[float(lon), float(lat)] for lon, lat in shape["coordinates"][0]]
    return {"type": shape["type"], "coordinates": [ring]}


def test_the_same_drawing_sent_twice_is_one_zone(ask):
    body = zone_body()
    first, second = (ask("coordinator", "POST", "/zones", body) for _ in range(2))
    assert first.json == second.json
    assert len(board(ask)["zones"]) == 1


def test_a_zone_of_an_incident_stands_in_its_chronology_and_one_of_nobodys_is_refused(ask):
    incident = ask("call_taker", "POST", "/calls", call_body()).json["incident"]
    ask("dispatcher", "POST", "/zones", zone_body(kind="road_cut", shape=ROUTE, incident_id=incident))
    whole = ask("leader", "GET", f"/incidents/{incident}").json
    assert [one["kind"] for one in whole["zones"]] == ["road_cut"]
    assert "zone.drawn" in [entry["kind"] for entry in whole["chronology"]]
    answer = ask("dispatcher", "POST", "/zones", zone_body(incident_id=999))
    assert (answer.status_code, answer.json["field"]) == (404, "incident_id")


def test_a_zone_is_struck_with_a_reason_and_stays_in_the_record(ask):
    zone = ask("coordinator", "POST", "/zones", zone_body()).json["body"]["zone"]
    assert ask("coordinator", "POST", f"/zones/{zone}/strike", {"uid": uid()}).json["field"] == "why"
    struck = ask("dispatcher", "POST", f"/zones/{zone}/strike", {"uid": uid(), "why": "Air sudah surut"})
    assert struck.json["kind"] == "zone.struck" and struck.json["body"]["cards"]["zones"][0]["gone"]
    assert board(ask)["zones"] == ask("leader", "GET", "/zones").json["features"] == []
    kept = ask("leader", "GET", "/zones?struck=true").json["features"][0]
    assert kept["properties"]["struck_why"] == "Air sudah surut" and kept["geometry"]["type"] == "Polygon"
    again = ask("coordinator", "POST", f"/zones/{zone}/strike", {"uid": uid(), "why": "Lagi"})
    assert again.status_code == 409
    assert ask("coordinator", "POST", "/zones/999/strike", {"uid": uid(), "why": "?"}).status_code == 404


def test_zones_are_found_by_box_and_kind(ask):
    ask("coordinator", "POST", "/zones", zone_body())
    ask("coordinator", "POST", "/zones", zone_body(kind="evacuation_route", shape=ROUTE))

    def found(query: str) -> list[str]:
        return [one["properties"]["kind"] for one in ask("field", "GET", f"/zones?{query}").json["features"]]

    assert found("bbox=116.55,-8.59,116.57,-8.55") == ["affected"]
    assert found("bbox=110,-8,111,-7") == []
    assert found("kind=evacuation_route") == ["evacuation_route"]
    assert ask("field", "GET", "/zones?bbox=1,2,3").status_code == 422


def test_a_shape_that_crosses_itself_is_mended_and_the_journal_says_so(ask):
    body = ask("coordinator", "POST", "/zones", zone_body(shape=BOW)).json["body"]
    assert body["cards"]["zones"][0]["shape"]["type"] == "MultiPolygon"
    assert "bersilang di (116.5, -8.5)" in body["mended"]


@on_spatialite
@pytest.mark.parametrize(
    ("shape", "more"),
    [
        ({"type": "Polygon", "coordinates": [[[-8.5, 116.5], [-8.5, 116.6], [-8.6, 116.6]]]}, "swapped"),
        ({"type": "Polygon", "coordinates": [[[2.3, 48.8], [2.4, 48.8], [2.4, 48.9]]]}, "confirm"),
        ({"type": "Polygon", "coordinates": [[[181, -8], [116.5, -8], [116.5, -9]]]}, None),
        ({"type": "Polygon", "coordinates": []}, None),
        ({"type": "Point", "coordinates": [116.5, -8.5]}, None),
        ({"type": "Polygon", "coordinates": [[[116 + n / 1e6, -8 + n * n / 1e13] for n in range(5001)]]}, None),
        ({}, None),
    ],
)
def test_a_shape_that_cannot_stand_is_answered_with_a_sentence_about_it(ask, shape, more):
    answer = ask("coordinator", "POST", "/zones", zone_body(shape=shape))
    assert (answer.status_code, answer.json["field"]) == (422, "shape")
    assert answer.json["detail"].rstrip("?").endswith((".", "dibalik"))
    assert (more is None) == (not {"swapped", "confirm"} & set(answer.json)) and (more is None or answer.json[more])
    assert board(ask)["zones"] == []


def test_what_is_offered_exchanged_can_be_sent_as_it_is(ask):
    shape = {"type": "Polygon", "coordinates": [[[-8.5, 116.5], [-8.5, 116.6], [-8.6, 116.6]]]}
    offered = ask("coordinator", "POST", "/zones", zone_body(shape=shape)).json["swapped"]
    assert ask("coordinator", "POST", "/zones", zone_body(shape=offered)).status_code == 201


def test_nan_and_a_million_vertices_are_answered_not_stored(app, cast, ask):
    headers = cast.headers("coordinator") | {"Content-Type": "application/json"}
    nan = json.dumps(zone_body(kind="post", shape={"type": "Point", "coordinates": [float("nan"), -8.5]}))
    answer = app.test_client().post("/api/v1/zones", data=nan, headers=headers)
    assert (answer.status_code, answer.json["field"]) == (422, "shape")
    many = json.dumps(zone_body(shape={"type": "Polygon", "coordinates": [[[116.5, -8.5]] * 1_000_000]}))
    answer = app.test_client().post("/api/v1/zones", data=many, headers=headers)
    assert answer.status_code == 413 and answer.json["detail"]
    assert board(ask)["zones"] == []


def test_a_zone_that_is_over_before_it_began_is_refused(ask):
    answer = ask("coordinator", "POST", "/zones", zone_body(expires_at="2020-01-01T00:00:00Z"))
    assert (answer.status_code, answer.json["field"]) == (422, "expires_at")


def test_a_zone_leaves_every_screen_by_itself_when_its_time_is_over(room):
    lasting, short = room.zone(), room.zone(expires_at=room.clock.now + dt.timedelta(minutes=5))
    room.relay()
    assert room.standing() == [lasting, short]
    room.clock.on(301)
    room.relay()
    assert room.standing() == [lasting]
    with room.post.database.read() as conn:
        last = journal.after(conn, 0, 1000)[-1]
    assert (last.kind, last.body["zone"], last.by) == ("zone.expired", short, "relay")
    assert last.body["cards"]["zones"][0]["gone"] and not last.body["cards"]["zones"][0]["struck"]


def test_a_zone_ends_once_whoever_comes_first(room):
    zone = room.zone(expires_at=room.clock.now + dt.timedelta(minutes=5))
    room.do(ground.strike_zone, zone, "Dibuka lagi")
    room.clock.on(301)
    assert ground.step(room.post) is False
    assert room.post.do(ground.expire_zone, "relay", None, zone) is False
    other = room.zone(expires_at=room.clock.now + dt.timedelta(minutes=5))
    assert room.post.do(ground.expire_zone, "relay", None, other) is False, "it is not over yet"
    room.clock.on(301)
    assert ground.step(room.post) is True
    with pytest.raises(WrongState):
        room.do(ground.strike_zone, other, "Terlambat")


# facilities


def test_a_facility_is_added_changed_and_closed_on_every_board(ask):
    added = ask("dispatcher", "POST", "/facilities", facility_body()).json["body"]
    one = added["facility"]
    assert board(ask, "village")["facilities"] == added["cards"]["facilities"]
    ask("dispatcher", "POST", f"/facilities/{one}", {"uid": uid(), "occupied": 120})
    ask("dispatcher", "POST", f"/facilities/{one}", {"uid": uid(), "lon": 116.61, "lat": -8.52, "capacity": None})
    card = board(ask)["facilities"][0]
    assert (card["name"], card["occupied"], card["capacity"], card["lon"]) == (SHELTER["name"], 120, None, 116.61)
    found = ask("field", "GET", "/facilities?bbox=116.605,-8.53,116.62,-8.51&kind=shelter").json["features"]
    assert [feature["id"] for feature in found] == [one], "the index knows the new place"
    closed = ask("dispatcher", "POST", f"/facilities/{one}/close", {"uid": uid(), "why": "Roboh"})
    assert closed.json["body"]["text"] == "Roboh"
    assert board(ask)["facilities"] == ask("field", "GET", "/facilities").json["features"] == []
    assert ask("dispatcher", "POST", f"/facilities/{one}", {"uid": uid(), "occupied": 1}).status_code == 409
    assert ask("dispatcher", "POST", "/facilities/999", {"uid": uid(), "occupied": 1}).status_code == 404


def test_a_change_that_says_nothing_or_half_a_place_is_refused(ask):
    one = ask("dispatcher", "POST", "/facilities", facility_body()).json["body"]["facility"]
    assert ask("dispatcher", "POST", f"/facilities/{one}", {"uid": uid()}).status_code == 422
    assert ask("dispatcher", "POST", f"/facilities/{one}", {"uid": uid(), "lon": 116.5}).json["field"] == "lon"


# landmarks


def test_a_remembered_landmark_is_found_by_name_and_box_until_it_is_forgotten(ask):
    one = ask("call_taker", "POST", "/landmarks", landmark_body()).json["body"]["landmark"]
    assert (one["by"], one["radius_m"]) == ("sari", 50.0)

    def found(query: str) -> list[int]:
        return [feature["id"] for feature in ask("leader", "GET", f"/landmarks?{query}").json["features"]]

    assert found("q=raya") == found("bbox=116.5,-8.6,116.7,-8.4") == found("q=RAYA&bbox=116,-9,117,-8") == [one["id"]]
    assert found("q=100%25") == found("bbox=110,-8,111,-7") == []
    ask("call_taker", "POST", f"/landmarks/{one['id']}/forget", {"uid": uid()})
    assert found("") == []
    assert ask("call_taker", "POST", f"/landmarks/{one['id']}/forget", {"uid": uid()}).status_code == 409
    assert ask("call_taker", "POST", "/landmarks/999/forget", {"uid": uid()}).status_code == 404


def test_landmarks_come_page_by_page(ask):
    ids = [ask("call_taker", "POST", "/landmarks", landmark_body()).json["body"]["landmark"]["id"] for _ in range(3)]
    first = ask("leader", "GET", "/landmarks?limit=2").json
    second = ask("leader", "GET", f"/landmarks?limit=2&cursor={first['next']}").json
    assert [one["id"] for page in (first, second) for one in page["features"]] == ids
    assert second["next"] is None


# places that look wrong are confirmed, not refused


def sendings(cast: Any, lon: float, lat: float) -> list[tuple[str, str, dict[str, Any], str]]:
    place = {"lon": lon, "lat": lat}
    return [
        ("call_taker", "/calls", call_body(place={**place, "method": "map"}), "place"),
        ("dispatcher", f"/units/{cast.units['TRC-1']}/position", {"uid": uid(), **place}, "lon"),
        ("admin", "/units", {"uid": uid(), "call_sign": "PMI-9", "kind": "ambulance", **place}, "lon"),
        ("dispatcher", "/facilities", facility_body(**place), "lon"),
        ("call_taker", "/landmarks", landmark_body(**place), "lon"),
    ]


def test_before_any_outline_the_points_of_the_sites_villages_say_what_is_far_away(ask, app):
    """A fresh installation knows its villages by their points alone; another site's villages say nothing."""
    points = {"52.03.08.2007": (116.66, -8.51), "52.03.20.2005": (116.54, -8.87), "31.71.06.1001": (106.84, -6.2)}
    rows = [
        {"code": code, "level": 4, "name": code, "folded": code, "lon": lon, "lat": lat}
        for code, (lon, lat) in points.items()
    ]
    app.extensions["posko"].database.write(lambda conn: conn.execute(insert(Area), rows))
    far, neighbour = {"lon": 106.84, "lat": -6.2}, {"lon": 116.1, "lat": -8.58}
    asked = ask("coordinator", "POST", "/facilities", facility_body(**far))
    assert asked.json.get("confirm") is True and "km di luar wilayah" in asked.json["detail"]
    for taken in (facility_body(**far, confirmed=True), facility_body(**neighbour)):
        assert ask("coordinator", "POST", "/facilities", taken).status_code == 201


@on_spatialite
def test_one_imported_village_does_not_make_the_rest_of_the_site_far_away(ask, app):
    here = app.extensions["posko"]
    corner = {"code": "52.03.20.2005", "level": 4, "name": "Sekaroh", "folded": "sekaroh", "lon": 116.54, "lat": -8.87}
    here.database.write(lambda conn: conn.execute(insert(Area), [corner]))
    outline.keep(here.settings.data, SQUARE, None, [116.6, -8.1, 116.62, -8.08])
    assert ask("coordinator", "POST", "/facilities", facility_body(lon=116.5, lat=-8.85)).status_code == 201
    assert ask("coordinator", "POST", "/facilities", facility_body(lon=118.0, lat=-8.5)).json["confirm"] is True


def test_a_place_outside_indonesia_is_asked_about_and_taken_when_confirmed(ask, cast):
    for role, path, body, field in sendings(cast, 2.35, 48.86):
        asked = ask(role, "POST", path, body)
        assert (asked.status_code, asked.json.get("confirm"), asked.json["field"]) == (422, True, field), path
        assert "luar Indonesia" in asked.json["detail"]
        assert ask(role, "POST", path, body | {"confirmed": True}).status_code in (200, 201), path


@on_spatialite
def test_far_outside_the_outline_is_asked_about_too_and_near_it_is_not(ask, cast, lay_outline):
    for role, path, body, _ in sendings(cast, 118.0, -8.5):
        asked = ask(role, "POST", path, body)
        assert asked.json.get("confirm") is True and "km di luar wilayah" in asked.json["detail"], path
    for role, path, body, _ in sendings(cast, 117.1, -8.5):
        assert ask(role, "POST", path, body).status_code in (200, 201), path
    far = {"type": "Point", "coordinates": [118.0, -8.5]}
    assert ask("coordinator", "POST", "/zones", zone_body(kind="post", shape=far)).json["confirm"] is True
    assert ask("coordinator", "POST", "/zones", zone_body(kind="post", shape=far, confirmed=True)).status_code == 201


def test_marks_that_turn_the_words_around_them_are_left_out(ask):
    """U+202E in a name would reverse the rest of the line it is shown in."""
    entry = ask("coordinator", "POST", "/facilities", facility_body(name="\u202eBalai\u202c Desa\u2066")).json
    assert entry["body"]["cards"]["facilities"][0]["name"] == "Balai Desa"


def test_a_shape_that_is_no_object_is_refused_in_indonesian(ask):
    answer = ask("coordinator", "POST", "/zones", zone_body(shape="[[["))
    assert (answer.status_code, answer.json["field"], answer.json["detail"]) == (422, "shape", "Harus berupa objek.")


def test_exchanged_axes_are_answered_with_the_exchange(ask, cast):
    for role, path, body, field in sendings(cast, -8.5, 116.5):
        answer = ask(role, "POST", path, body)
        assert answer.json["swapped"] == {"lon": 116.5, "lat": -8.5}, path
        assert answer.json["field"] == ("place" if field == "place" else "lat")


def test_a_correction_that_moves_an_incident_far_away_is_asked_about(ask):
    incident = ask("call_taker", "POST", "/calls", call_body()).json["incident"]
    body = {"uid": uid(), "text": "Salah", "place": {"lon": 2.35, "lat": 48.86, "method": "map"}}
    asked = ask("call_taker", "POST", f"/incidents/{incident}/correct", body)
    assert (asked.status_code, asked.json["confirm"]) == (422, True)
    assert ask("call_taker", "POST", f"/incidents/{incident}/correct", body | {"confirmed": True}).status_code == 200


# lists from a file

PLACES = "nama;jenis;bujur;lintang;kapasitas;kode\nPuskesmas Selong;puskesmas;116,53;-8,65;40;52.03.07.1001\n"
PLACES += "SDN 1 Pringgabaya;sd;116,61;-8,55;1.200;\n"


@pytest.fixture
def send(app: Any, cast: Any) -> Any:
    """Send a file to an address as the coordinator."""

    def sent(path: str, content: str | bytes, role: str = "coordinator", key: str | None = None, **form: Any) -> Any:
        given = {"headers": cast.headers(role), **form}
        if "content_type" not in form:
            given["content_type"] = "text/csv"
        sign = "&" if "?" in path else "?"
        return app.test_client().post(f"/api/v1{path}{sign}uid={key or uid()}", data=content, **given)

    return sent


def kinds(app: Any) -> list[str]:
    with app.extensions["posko"].database.read() as conn:
        return [line.kind for line in journal.after(conn, 0, 5000)]


def test_a_list_of_facilities_comes_in_once_however_often_it_is_sent(app, ask, send):
    first = send("/facilities/import?source=dinkes.csv", PLACES).json
    assert first == {"added": 2, "changed": 0, "same": 0, "gone": 0, "left_out": 0}
    assert [card["capacity"] for card in board(ask)["facilities"]] == [40, 1200]
    assert send("/facilities/import", PLACES).json["same"] == 2
    assert kinds(app).count("facility.imported") == 1
    changed = send("/facilities/import", PLACES.replace("40", "60")).json
    assert (changed["changed"], changed["same"], changed["added"]) == (1, 1, 0)
    assert [card["capacity"] for card in board(ask)["facilities"]] == [60, 1200]


def test_the_same_sending_answers_the_same(app, send):
    key = uid()
    assert send("/facilities/import", PLACES, key=key).json == send("/facilities/import", PLACES, key=key).json
    assert kinds(app).count("facility.imported") == 1


def test_what_the_file_leaves_open_stays_as_it_is_known_here(ask, send):
    send("/facilities/import", PLACES)
    one = board(ask)["facilities"][0]["id"]
    ask("dispatcher", "POST", f"/facilities/{one}", {"uid": uid(), "occupied": 12, "note": "Penuh sebelah timur"})
    send("/facilities/import", "nama;jenis;bujur;lintang;kode\nPuskesmas Selong;puskesmas;116,54;-8,65;52.03.07.1001\n")
    card = board(ask)["facilities"][0]
    assert (card["id"], card["lon"], card["capacity"], card["occupied"]) == (one, 116.54, 40, 12)
    assert card["note"] == "Penuh sebelah timur"


def test_what_was_closed_or_forgotten_here_a_file_does_not_bring_back(ask, send):
    send("/facilities/import", PLACES)
    one = board(ask)["facilities"][0]["id"]
    ask("dispatcher", "POST", f"/facilities/{one}/close", {"uid": uid()})
    again = send("/facilities/import", PLACES.replace("40", "60")).json
    assert (again["gone"], again["same"], len(board(ask)["facilities"])) == (1, 1, 1)
    marks = "nama,jenis,lon,lat\nMasjid Raya,masjid,116.6,-8.5\n"
    send("/landmarks/import", marks)
    mark = ask("leader", "GET", "/landmarks").json["features"][0]["id"]
    ask("call_taker", "POST", f"/landmarks/{mark}/forget", {"uid": uid()})
    assert send("/landmarks/import", marks).json["gone"] == 1
    assert ask("leader", "GET", "/landmarks").json["features"] == []


def test_one_row_that_cannot_be_used_stops_the_list_unless_it_may_be_left_out(ask, send):
    broken = PLACES + "Posko;pabrik;116,5;-8,5;;\nTanpa titik;sd;;;;\n"
    refused = send("/facilities/import", broken)
    assert refused.status_code == 422 and refused.json["field"] == "file"
    assert [row["line"] for row in refused.json["rows"]] == [4, 5] and "confirm" not in refused.json
    assert board(ask)["facilities"] == []
    assert send("/facilities/import?skip_bad=true", broken).json == {
        "added": 2, "changed": 0, "same": 0, "gone": 0, "left_out": 2
    }  # fmt: skip


def test_a_list_outside_indonesia_comes_in_when_confirmed(ask, send):
    paris = "nama;jenis;bujur;lintang\nHotel-Dieu;rs;2,35;48,85\n"
    assert send("/facilities/import", paris).json["confirm"] is True
    assert send("/facilities/import?confirmed=true", paris).json["added"] == 1


def test_a_list_comes_as_a_form_or_as_geojson_too(ask, send):
    import io

    form = {"file": (io.BytesIO(PLACES.encode("cp1252")), "dinkes.csv")}
    assert send("/facilities/import", form, content_type="multipart/form-data").json["added"] == 2
    point = {"type": "Point", "coordinates": [116.5, -8.6]}
    feature = {"type": "Feature", "properties": {"nama": "RSUD Selong", "jenis": "rsud"}, "geometry": point}
    words = json.dumps({"type": "FeatureCollection", "features": [feature]})
    assert send("/facilities/import", words, content_type="application/geo+json").json["added"] == 1
    assert {card["kind"] for card in board(ask)["facilities"]} == {"puskesmas", "school", "hospital"}


def test_what_is_no_list_at_all_is_answered_with_a_sentence(send):
    for content in (
        b"",
        b"PK\x03\x04...",
        b"a,b\n1,2\n",
        b'{"features": [',
        b'nama,jenis,lon,lat\n"SD',
        b"\x00\x01\x02",
    ):
        answer = send("/facilities/import", content)
        assert (answer.status_code, answer.json["field"]) == (422, "file"), content
    assert send("/facilities/import", b"x" * 1_100_000).status_code == 413


def test_only_who_may_brings_lists_in(send):
    assert send("/facilities/import", PLACES, role="call_taker").status_code == 403
    assert send("/landmarks/import", PLACES, role="dispatcher").status_code == 403


def test_a_long_list_comes_in_parts_that_stay_small_and_every_screen_gets_the_whole(app, ask, send):
    note = "é" * 200
    rows = [
        f"Sekolah Dasar Negeri {n} {'x' * 80};sd;116,{n % 900 + 10};-8,{n % 700 + 10};;;{note}\n" for n in range(350)
    ]
    answer = send("/facilities/import", "nama;jenis;bujur;lintang;kapasitas;kode;catatan\n" + "".join(rows))
    assert answer.json["added"] == 350
    with app.extensions["posko"].database.read() as conn:
        parts = [line for line in journal.after(conn, 0, 1000) if line.kind == "facility.imported"]
        assert list(journal.verify(conn)) == []
    assert [line.body["added"] for line in parts] == [100, 100, 100, 50]
    assert max(len(json.dumps(line.body, ensure_ascii=False).encode()) for line in parts) < 100_000
    cards = [card for line in parts for card in line.body["cards"]["facilities"]]
    assert sorted(cards, key=lambda card: card["id"]) == board(ask)["facilities"]
