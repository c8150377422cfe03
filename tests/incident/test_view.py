"""The viewport, the last hours, near and within: nothing lost, nobody sees more than their board, on both databases."""

import datetime as dt
import gzip
import random

import orjson
import pytest
from sqlalchemy import insert

from gis.database import point_columns
from gis.models import Facility
from incident import rules
from incident.models import Incident, Unit
from incident.overview import Overview, some_incidents
from tests.factories import call_body, on_spatialite, uid

SITE = "116.2,-9.0,116.8,-8.2"
NOW = dt.datetime.now(dt.UTC)


@pytest.fixture(autouse=True)
def _now(request, monkeypatch):
    """Now is when a test begins, not when the files of a long run were read."""
    monkeypatch.setattr(request.module, "NOW", dt.datetime.now(dt.UTC))


def put_incidents(app, count, **same):
    """Rows without a journal: what an import leaves, before anyone has asked."""
    chance = random.Random(count)
    rows = [
        {
            "type": chance.choice(("banjir", "kebakaran")),
            "priority": chance.choice(rules.PRIORITIES),
            "state": chance.choice(rules.INCIDENT_STATES),
            "place": "Pringgabaya",
            "area_code": chance.choice(("52.03.01.2001", "52.03.01.2002", None)),
            "calls": 1,
            "opened_at": NOW - dt.timedelta(minutes=chance.randrange(600)),
            "changed_at": NOW - dt.timedelta(minutes=chance.randrange(60)),
            **point_columns(round(chance.uniform(116.3, 116.7), 6), round(chance.uniform(-8.9, -8.3), 6)),
            **same,
        }
        for _ in range(count)
    ]
    app.extensions["posko"].database.write(lambda conn: conn.execute(insert(Incident), rows))
    return rows


def counted(view):
    return sum(one["count"] for one in view["clusters"]) + len(view["points"])


def test_a_viewport_counts_everything_once_at_every_zoom(ask, app):
    rows = put_incidents(app, 900)
    for zoom in (6, 9, 10.5, 12, 15):
        view = ask("coordinator", "GET", f"/view?bbox={SITE}&zoom={zoom}").json
        assert counted(view) == view["total"] == len(rows), zoom
        assert len(view["clusters"]) + len(view["points"]) <= 800, zoom
        assert {one["worst"] for one in view["clusters"]} <= set(rules.PRIORITIES), zoom
        worst = min([one["worst"] for one in view["clusters"]] + [one["priority"] for one in view["points"]])
        assert worst == min(row["priority"] for row in rows), zoom


def test_a_cluster_names_its_cell_and_its_worst(ask, app):
    rows = put_incidents(app, 700)
    for one in ask("coordinator", "GET", f"/view?bbox={SITE}&zoom=10").json["clusters"]:
        west, south, east, north = one["bbox"]
        mine = [row for row in rows if west <= row["lon"] < east and south <= row["lat"] < north]
        assert abs(len(mine) - one["count"]) <= 1, "the box is rounded to a metre"
        assert one["worst"] in {row["priority"] for row in mine}


def test_panning_moves_no_cluster(ask, app):
    put_incidents(app, 2000)
    seen = []
    for west in (116.2, 116.2371, 116.2599):
        view = ask("coordinator", "GET", f"/view?bbox={west},-8.9,{west + 0.4},-8.5&zoom=11").json
        seen.append({tuple(one["bbox"]): one for one in view["clusters"]})
    for here in seen[1:]:
        both = seen[0].keys() & here.keys()
        assert len(both) > 10
        assert all(seen[0][cell] == here[cell] for cell in both)


def test_few_are_shown_one_by_one_with_what_a_mark_needs(ask):
    for lon in (116.50, 116.5001, 116.6):
        ask("call_taker", "POST", "/calls", call_body(place={"lon": lon, "lat": -8.5, "method": "map", "radius_m": 40}))
    view = ask("coordinator", "GET", f"/view?bbox={SITE}&zoom=9").json
    assert view["clusters"] == [] and [one["lon"] for one in view["points"]] == [116.50, 116.5001, 116.6]
    first = view["points"][0]
    assert (first["type"], first["priority"], first["state"], first["radius_m"]) == ("banjir", "P2", "new", 40)
    assert first["number"] and first["opened_at"] and first["layer"] == "incidents"


@pytest.mark.parametrize(
    ("words", "passes"),
    [
        ("state=closed", lambda row: row["state"] == "closed"),
        ("state=open", lambda row: row["state"] != "closed"),
        ("type=flood", lambda row: row["type"] == "banjir"),
        ("type=nosuch", lambda row: False),
        ("priority=P1", lambda row: row["priority"] == "P1"),
        (
            "state=open&priority=P2&type=kebakaran",
            lambda row: (row["state"] != "closed", row["priority"], row["type"]) == (True, "P2", "kebakaran"),
        ),
    ],
)
def test_a_filter_leaves_what_it_names(ask, app, words, passes):
    rows = put_incidents(app, 400)
    view = ask("coordinator", "GET", f"/view?bbox={SITE}&zoom=9&{words}").json
    assert counted(view) == view["total"] == sum(passes(row) for row in rows)


def test_since_is_when_it_last_changed(ask, app):
    rows = put_incidents(app, 400)
    since = NOW - dt.timedelta(minutes=30)
    view = ask("coordinator", "GET", f"/view?bbox={SITE}&zoom=9&since={since.isoformat().replace('+00:00', 'Z')}").json
    assert abs(view["total"] - sum(row["changed_at"] >= since for row in rows)) <= 1, "kept to the second"


def test_every_change_is_seen_at_once(ask):
    """The table in memory follows the journal: open, change, close, correct, reopen."""

    def seen(**wanted):
        return ask("coordinator", "GET", f"/view?bbox={SITE}&zoom=9&state=open").json["points"]

    assert seen() == []
    incident = ask("call_taker", "POST", "/calls", call_body()).json["incident"]
    assert [one["id"] for one in seen()] == [incident]
    ask("dispatcher", "POST", f"/incidents/{incident}/verify", {"uid": uid()})
    assert seen()[0]["state"] == "verified"
    place = {"lon": 116.7, "lat": -8.7, "method": "map"}
    body = {"uid": uid(), "text": "salah titik", "priority": "P4", "type": "kebakaran", "place": place}
    ask("call_taker", "POST", f"/incidents/{incident}/correct", body)
    one = seen()[0]
    assert (one["lon"], one["priority"], one["type"]) == (116.7, "P4", "kebakaran")
    ask("dispatcher", "POST", f"/incidents/{incident}/close", {"uid": uid(), "disposition": "handled"})
    assert seen() == []
    ask("dispatcher", "POST", f"/incidents/{incident}/reopen", {"uid": uid(), "text": "masih"})
    assert [one["id"] for one in seen()] == [incident]


def test_the_table_in_memory_is_the_table_on_the_disk(ask, app):
    """Whatever verbs were done since it was read, it is what reading it anew would give."""
    kept, post = Overview(), app.extensions["posko"]
    put_incidents(app, 20)
    with post.database.read() as conn:
        kept.incidents(conn)
    chance = random.Random(5)
    for _ in range(40):
        place = {"lon": chance.uniform(116.3, 116.7), "lat": -8.5, "method": "map"} if chance.random() < 0.8 else None
        body = call_body(priority=chance.choice(rules.PRIORITIES), place=place or {"method": "words", "text": "pasar"})
        incident = ask("call_taker", "POST", "/calls", body).json["incident"]
        verb, more = chance.choice([("verify", {}), ("close", {"disposition": "handled"}), ("note", {"text": "x"})])
        ask("dispatcher", "POST", f"/incidents/{chance.randrange(1, incident + 1)}/{verb}", {"uid": uid(), **more})
    with post.database.read() as conn:
        mine, fresh = kept.incidents(conn), some_incidents(conn)
    assert mine.size == fresh.size == 60
    for name in ("id", "x", "y", "rank", "state", "opened_s", "changed_s"):
        assert (mine[name] == fresh[name]).all(), name
    assert [mine.types[n] for n in mine["type"]] == [fresh.types[n] for n in fresh["type"]]


def test_a_journal_that_is_too_far_ahead_is_not_replayed_but_the_table_read_anew(ask, app, monkeypatch):
    monkeypatch.setattr("incident.overview.FAR_BEHIND", 3)
    kept, post = Overview(), app.extensions["posko"]
    with post.database.read() as conn:
        assert kept.incidents(conn).size == 0
    for _ in range(4):
        ask("call_taker", "POST", "/calls", call_body())
    with post.database.read() as conn:
        assert kept.incidents(conn).size == 4


@pytest.mark.parametrize("role", rules.ROLES)
def test_nobody_sees_more_on_the_map_than_on_the_board(ask, cast, role):
    """The lens, once as cards and once as SQL."""
    ids = []
    for code in ("52.03.01.2001", "52.03.01.2002", None):
        place = {"lon": 116.5, "lat": -8.5, "method": "map", **({"area_code": code} if code else {})}
        ids.append(ask("call_taker", "POST", "/calls", call_body(place=place)).json["incident"])
    for incident, unit in zip(ids, ("TRC-1", "PSC-1"), strict=False):
        ask("dispatcher", "POST", f"/incidents/{incident}/assignments", {"uid": uid(), "unit_id": cast.units[unit]})
    board = ask(role, "GET", "/board").json
    view = ask(role, "GET", f"/view?bbox={SITE}&zoom=9&state=open&layers=incidents,units").json
    for layer in ("incidents", "units"):
        shown = sorted(one["id"] for one in view["points"] if one["layer"] == layer)
        assert shown == sorted(one["id"] for one in board[layer]), layer
    shape = {"type": "Polygon", "coordinates": [[[116, -9], [117, -9], [117, -8], [116, -8], [116, -9]]]}
    held = ask(role, "POST", "/within", {"shape": shape}).json
    assert sorted(one["id"] for one in held["incidents"]["points"]) == sorted(one["id"] for one in board["incidents"])
    assert sorted(one["id"] for one in held["units"]) == sorted(one["id"] for one in board["units"])
    heat = ask(role, "GET", "/heat?hours=1").json["cells"]
    assert sum(weight for _, _, weight in heat) == len(board["incidents"])
    if rules.may(role, "place.read"):
        near = ask(role, "GET", "/nearest?lon=116.5&lat=-8.5&in_service=true").json["nearest"]
        assert sorted(one["unit"]["id"] for one in near) == sorted(one["id"] for one in board["units"])


def test_calls_are_for_those_who_may_read_calls_and_say_nothing_of_the_caller(ask):
    ask("call_taker", "POST", "/calls", call_body())
    ask("call_taker", "POST", "/calls", call_body(**{"class": "prank", "type": None}))
    answer = ask("call_taker", "GET", f"/view?bbox={SITE}&zoom=9&layers=calls")
    assert answer.json["total"] == 2
    assert not any(word in answer.text for word in ("Sri", "0812****", "081234567321", "pinggang"))
    assert ask("call_taker", "GET", f"/view?bbox={SITE}&zoom=9&layers=calls&state=prank").json["total"] == 1
    assert ask("leader", "GET", f"/view?bbox={SITE}&zoom=9&layers=incidents,calls").status_code == 403


def put_facilities(app):
    rows = [
        {
            "key": f"f{n}",
            "kind": kind,
            "name": f"Tempat {n}",
            "capacity": 100,
            "occupied": occupied,
            "source": "test",
            "changed_by": "x",
            "changed_at": NOW,
            "closed_at": closed,
            **point_columns(116.5 + n / 100, -8.5),
        }
        for n, (kind, occupied, closed) in enumerate(
            (("shelter", 100, None), ("shelter", 5, None), ("puskesmas", 0, None), ("shelter", 0, NOW))
        )
    ]
    app.extensions["posko"].database.write(lambda conn: conn.execute(insert(Facility), rows))


def test_the_nearest_facility_is_of_its_kind_open_and_with_room(ask, app):
    put_facilities(app)

    def names(more):
        found = ask("dispatcher", "GET", f"/nearest?lon=116.5&lat=-8.5&kind=facilities{more}").json["nearest"]
        return [one["facility"]["name"] for one in found]

    assert names("") == ["Tempat 0", "Tempat 1", "Tempat 2"]
    assert names("&type=shelter&free=true") == ["Tempat 1"]
    assert ask("dispatcher", "GET", f"/view?bbox={SITE}&zoom=9&layers=facilities").json["total"] == 3


def test_the_nearest_units_are_able_free_and_say_how_old_their_position_is(ask, app, cast):
    post = app.extensions["posko"]
    old = NOW - dt.timedelta(hours=3)
    rows = [
        {
            "call_sign": "MEDIS-1",
            "kind": "ambulans",
            "capabilities": "medis,als",
            "in_service": True,
            "position_at": old,
        },
        {"call_sign": "MEDIS-2", "kind": "ambulans", "capabilities": "medis", "in_service": False, "position_at": NOW},
        {"call_sign": "PMI-1", "kind": "ambulans", "capabilities": "paramedis", "in_service": True, "position_at": NOW},
    ]
    rows = [{**row, "in_service_since": NOW, "base": "", **point_columns(116.51, -8.51)} for row in rows]
    post.database.write(lambda conn: conn.execute(insert(Unit), rows))
    near = ask("dispatcher", "GET", "/nearest?lon=116.5&lat=-8.5&capability=medis").json
    assert [one["unit"]["call_sign"] for one in near["nearest"]] == ["MEDIS-1"]
    found = near["nearest"][0]
    assert found["is_stale"] and found["position_age_s"] >= 3 * 3600 and found["eta_s"] > found["distance_m"] / 30
    assert "garis lurus" in near["basis"]
    assert ask("dispatcher", "GET", "/nearest?lon=116.5&lat=-8.5&capability=medis&max_age_s=900").json["nearest"] == []
    incident = ask("call_taker", "POST", "/calls", call_body()).json["incident"]
    ask("dispatcher", "POST", f"/incidents/{incident}/assignments", {"uid": uid(), "unit_id": cast.units["TRC-1"]})
    free = ask("dispatcher", "GET", "/nearest?lon=116.5&lat=-8.5&free=true&k=50").json["nearest"]
    assert "TRC-1" not in {one["unit"]["call_sign"] for one in free}


def test_hot_spots_are_offered_with_what_makes_them_one(ask, app):
    put_incidents(app, 30, **point_columns(116.5, -8.5), opened_at=NOW, type="gempa")
    put_incidents(app, 6, **point_columns(116.5005, -8.5), opened_at=NOW, type="longsor")
    put_incidents(app, 9, **point_columns(116.7, -8.8), opened_at=NOW - dt.timedelta(hours=30), type="banjir")
    put_incidents(app, 2, **point_columns(116.3, -8.3), opened_at=NOW, type="banjir")
    found = ask("coordinator", "GET", "/hotspots?hours=6").json
    assert (found["considered"], found["of"]) == (38, 38)
    [one] = found["hotspots"]
    assert (one["count"], one["families"], one["types"]) == (36, {"earth": 36}, {"gempa": 30, "longsor": 6})
    assert abs(one["lon"] - 116.5) < 0.001 and one["radius_m"] < 100
    assert one["question"].startswith("36 kejadian dalam 1 jam") and one["question"].endswith("satu bencana?")
    assert len(ask("coordinator", "GET", "/hotspots?hours=48").json["hotspots"]) == 2
    assert ask("village", "GET", "/hotspots?hours=48").json["of"] < 47


def test_heat_weighs_cells_by_what_opened_there(ask, app):
    put_incidents(app, 12, **point_columns(116.5, -8.5), opened_at=NOW)
    put_incidents(app, 5, **point_columns(116.7, -8.8), opened_at=NOW - dt.timedelta(hours=30))
    [[lon, lat, weight]] = ask("coordinator", "GET", "/heat?hours=6").json["cells"]
    assert weight == 12 and abs(lon - 116.5) < 0.05 and abs(lat + 8.5) < 0.05
    assert len(ask("coordinator", "GET", "/heat?hours=48").json["cells"]) == 2
    assert ask("coordinator", "GET", "/heat?hours=48&bbox=110,-8,111,-7").json["cells"] == []


def test_an_answer_stays_small_whatever_the_zoom(ask, app, cast):
    put_incidents(app, 5_000)
    for zoom in range(5, 19):
        width, height = 1920 / 256 * 360 / 2**zoom, 1080 / 256 * 360 / 2**zoom
        box = (116.5 - width / 2, -8.6 - height / 2, 116.5 + width / 2, -8.6 + height / 2)
        box = f"{max(-180, box[0])},{max(-85, box[1])},{min(180, box[2])},{min(85, box[3])}"
        headers = {**cast.headers("coordinator"), "Accept-Encoding": "gzip"}
        answer = app.test_client().get(f"/api/v1/view?bbox={box}&zoom={zoom}", headers=headers)
        assert len(answer.data) <= 50_000, zoom
        content = gzip.decompress(answer.data) if answer.headers.get("Content-Encoding") else answer.data
        view = orjson.loads(content)
        assert counted(view) == view["total"] and len(view["clusters"]) + len(view["points"]) <= 800


@on_spatialite
@pytest.mark.parametrize(
    ("path", "field"),
    [
        ("/view?zoom=9", "bbox"),
        ("/view?bbox=1,2,3&zoom=9", "bbox"),
        ("/view?bbox=nan,nan,nan,nan&zoom=9", "bbox"),
        ("/view?bbox=-9,116,-8,117&zoom=9", "bbox"),
        ("/view?bbox=116,-9,181,-8&zoom=9", "bbox"),
        ("/view?bbox=117,-9,116,-8&zoom=9", "bbox"),
        (f"/view?bbox={SITE}", "zoom"),
        (f"/view?bbox={SITE}&zoom=inf", "zoom"),
        (f"/view?bbox={SITE}&zoom=9&layers=dragons", "layers"),
        (f"/view?bbox={SITE}&zoom=9&state=sleepy", "state"),
        (f"/view?bbox={SITE}&zoom=9&since=yesterday", "since"),
        ("/heat?hours=-1", "hours"),
        ("/hotspots?hours=6&reach_m=0", "reach_m"),
        ("/hotspots?least=1", "least"),
        ("/nearest?lon=116", "lat"),
        ("/nearest?lon=181&lat=0", "lon"),
        ("/nearest?lon=116&lat=-8&k=0", "k"),
        ("/nearest?lon=116&lat=-8&kind=dragons", "kind"),
    ],
)
def test_a_bad_question_is_answered_with_a_sentence_and_its_field(ask, path, field):
    answer = ask("coordinator", "GET", path)
    assert (answer.status_code, answer.json["field"]) == (422, field)
    assert answer.json["detail"].endswith((".", "?")), answer.json


@on_spatialite
def test_exchanged_axes_of_a_box_are_called_by_their_name(ask):
    assert "tertukar" in ask("coordinator", "GET", "/view?bbox=-9,116,-8,117&zoom=9").json["detail"]


@on_spatialite
@pytest.mark.parametrize(
    "shape",
    [
        None,
        {},
        {"type": "Polygon"},
        {"type": ["Polygon"], "coordinates": []},
        {"type": "Polygon", "coordinates": [[[116, -9], [117, -9]]]},
        {"type": "Polygon", "coordinates": [[[116, None], [117, -9], [117, -8]]]},
        {"type": "Polygon", "coordinates": [[[-9, 116], [-9, 117], [-8, 117], [-9, 116]]]},
        {"type": "GeometryCollection", "geometries": []},
        {"type": "LineString", "coordinates": [[181, 0], [0, 0]]},
    ],
)
def test_a_shape_nobody_can_draw_is_refused_with_a_sentence(ask, shape):
    answer = ask("coordinator", "POST", "/within", {"shape": shape})
    assert (answer.status_code, answer.json["field"]) == (422, "shape")
    assert answer.json["detail"]


def test_a_shape_that_crosses_itself_is_mended_and_says_so(ask):
    ask("call_taker", "POST", "/calls", call_body(place={"lon": 116.2, "lat": -8.75, "method": "map"}))
    bow = {"type": "Polygon", "coordinates": [[[116, -9], [117, -8], [117, -9], [116, -8], [116, -9]]]}
    held = ask("coordinator", "POST", "/within", {"shape": bow}).json
    assert "bersilang" in held["mended"] and held["incidents"]["total"] == 1


def test_a_road_holds_what_lies_along_it(ask):
    for lat in (-8.501, -8.6):
        ask("call_taker", "POST", "/calls", call_body(place={"lon": 116.55, "lat": lat, "method": "map"}))
    road = {"type": "LineString", "coordinates": [[116.5, -8.5], [116.6, -8.5]]}
    held = ask("coordinator", "POST", "/within", {"shape": road, "margin_m": 500}).json
    assert held["incidents"]["total"] == 1 and held["incidents"]["by_type"] == {"banjir": 1}
    assert ask("coordinator", "POST", "/within", {"shape": road, "margin_m": 50}).json["incidents"]["total"] == 0
