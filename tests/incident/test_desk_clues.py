"""While a call is typed: one answer says who called before, what was near, what to beware of, and who could go."""

import datetime as dt
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from shapely.geometry import LineString, Polygon

from gis.coordinates import Position, distance_m
from incident import intake
from incident.desk import clues
from tests.factories import call_body, on_spatialite, uid

HERE = {"lon": 116.6, "lat": -8.5}
PHONE = "081234567321"
VILLAGE = "52.03.01.2001"
AROUND = [[116.59, -8.51], [116.61, -8.51], [116.61, -8.49], [116.59, -8.49], [116.59, -8.51]]


def place(**said: Any) -> dict[str, Any]:
    return {**HERE, "method": "map", "radius_m": 50, "text": "Pringgabaya"} | said


def call(ask: Any, **said: Any) -> Any:
    return ask("call_taker", "POST", "/calls", call_body(**said)).json


def clues_of(ask: Any, **said: Any) -> Any:
    told = ask("call_taker", "POST", "/clues", said)
    assert told.status_code == 200, told.json
    return told.json


def note_body(**said: Any) -> dict[str, Any]:
    return {"uid": uid(), "kind": "dog", "words": "Anjing galak di halaman", **HERE, "radius_m": 60} | said


# RT and RW


@pytest.mark.parametrize(
    ("words", "rt"),
    [
        ("RT 02/RW 01", "02/01"),
        ("dkt masjid rt 2 rw 1", "02/01"),
        ("Rt.002 Rw.001 Sajang", "02/01"),
        ("rt02/01", "02/01"),
        ("RT 2", "02/"),
        ("RW 05 RT 12 Dusun Lauk", "12/05"),
        ("RT 03, RW 04", "03/04"),
        ("rt 2 no 15", "02/"),
        ("sajang", None),
        ("pasar tertinggi", None),
        ("RT 00", None),
        ("art 12", None),
        ("", None),
        (None, None),
    ],
)
def test_rt_and_rw_are_read_as_people_write_them(words: str | None, rt: str | None):
    assert intake.rt_of(words) == rt


@given(st.text(max_size=80))
def test_any_words_give_an_rt_that_fits_its_column_or_none(words: str):
    assert len(intake.rt_of(words) or "") <= 7


@given(st.integers(1, 999), st.integers(1, 999), st.sampled_from(["RT {}/RW {}", "rt{} rw{}", "RT.{} / RW.{}"]))
def test_every_rt_and_rw_is_found_again(rt: int, rw: int, form: str):
    assert intake.rt_of("Dusun Lauk " + form.format(rt, rw)) == f"{rt:02}/{rw:02}"


# who called


def test_a_number_brings_its_history_masked_and_counted_and_a_prank_among_it_blocks_nothing(ask):
    call(ask, **{"class": "prank"}, place={"method": "unknown"})
    first = call(ask, type="medis")
    told = clues_of(ask, phone="+62 812-3456-7321")["phone"]
    assert told["masked"] == "0812****321"
    assert told["counts"] == {"normal": 1, "ghost": 0, "prank": 1, "info": 0}
    assert [one["class"] for one in told["last"]] == ["normal", "prank"]
    assert told["last"][0]["incident"] == first["incident"] and told["last"][0]["number"].startswith("LT-")
    assert PHONE not in str(told)
    assert call(ask, type="medis")["incident"]


def test_a_number_nobody_knows_has_an_empty_history_and_half_a_number_none(ask):
    assert clues_of(ask, phone=PHONE)["phone"]["counts"] == {"normal": 0, "ghost": 0, "prank": 0, "info": 0}
    assert clues_of(ask, phone="112")["phone"] is None
    assert clues_of(ask)["phone"] is None


# what was near


def test_what_was_told_from_the_same_house_is_near_and_from_the_next_street_not(ask):
    call(ask, place=place())
    call(ask, place=place(lat=-8.503, text="Jalan sebelah"))
    call(ask, place=place(radius_m=1800, text="Pusat desa"))
    call(ask, **{"class": "prank"}, place=place(text="iseng"))
    near = clues_of(ask, **HERE, radius_m=30)["near"]
    assert [(one["place"], one["away_m"]) for one in near] == [("Pringgabaya", 0)]
    assert clues_of(ask, **HERE, radius_m=1800)["near"] == []


def test_the_same_rt_of_the_same_village_is_remembered(ask):
    call(ask, place=place(area_code=VILLAGE, text="dkt masjid RT 02/RW 01", lat=-8.52))
    call(ask, place=place(area_code=VILLAGE, text="rt 2", lat=-8.53))
    call(ask, place=place(area_code=VILLAGE, text="RT 02/RW 09", lat=-8.54))
    call(ask, place=place(area_code="52.03.02.2004", text="RT 02/RW 01"))
    told = clues_of(ask, area_code=VILLAGE, text="sajang rt2 rw1")["rt"]
    assert told["rt"] == "02/01"
    assert [one["place"] for one in told["calls"]] == ["rt 2", "dkt masjid RT 02/RW 01"]
    assert len(clues_of(ask, area_code=VILLAGE, text="rt 2")["rt"]["calls"]) == 3
    assert clues_of(ask, area_code="52.03.01", text="rt 2")["rt"] is None


def test_likely_repeats_come_in_the_same_answer(ask):
    first = call(ask)
    told = clues_of(ask, **HERE, type="flood")["repeats"]
    assert told[0]["incident"] == first["incident"] and "jenis sama" in told[0]["reasons"]


# what to beware of


def test_a_note_holds_within_its_radius_until_it_is_struck(ask):
    made = ask("call_taker", "POST", "/place-notes", note_body())
    note = made.json["note"]
    assert made.status_code == 201 and note["by"] == "sari"
    shown = clues_of(ask, **HERE)["notes"]
    assert [(one["words"], one["away_m"]) for one in shown] == [("Anjing galak di halaman", 0)]
    assert clues_of(ask, lon=116.602, lat=-8.5)["notes"] == []
    struck = ask("dispatcher", "POST", f"/place-notes/{note['id']}/strike", {"uid": uid(), "why": "Sudah pindah"})
    assert struck.json["note"]["struck"] and clues_of(ask, **HERE)["notes"] == []
    again = ask("dispatcher", "POST", f"/place-notes/{note['id']}/strike", {"uid": uid(), "why": "Lagi"})
    assert again.status_code == 409 and "dewi" in again.json["detail"]
    kept = ask("call_taker", "GET", "/place-notes?struck=true").json["notes"]
    assert [(one["struck_why"], one["words"]) for one in kept] == [("Sudah pindah", "Anjing galak di halaman")]


def test_the_same_note_sent_twice_is_one_and_its_words_reach_no_journal(ask):
    body = note_body(kind="patient", words="Pasien cuci darah, pintu belakang 4711")
    first, second = (ask("call_taker", "POST", "/place-notes", body).json for _ in range(2))
    assert first == second and len(clues_of(ask, **HERE)["notes"]) == 1
    entries = ask("admin", "GET", "/journal?after=0&limit=500").get_data(as_text=True)
    assert "place_note.added" in entries and "pintu belakang" not in entries and "cuci darah" not in entries


def test_a_note_ends_by_itself(ask, app):
    post = app.extensions["posko"]
    soon = post.clock() + dt.timedelta(minutes=5)
    ask("call_taker", "POST", "/place-notes", note_body(expires_at=soon.isoformat()))
    assert len(clues_of(ask, **HERE)["notes"]) == 1
    post.clock = lambda: soon + dt.timedelta(seconds=1)
    assert clues_of(ask, **HERE)["notes"] == []


@on_spatialite
@pytest.mark.parametrize(
    "said",
    [{"kind": "treasure"}, {"words": ""}, {"words": "x" * 301}, {"radius_m": 0}, {"radius_m": 9e9}, {"lat": 99}]
    + [{"expires_at": "2001-01-01T00:00:00Z"}, {"lon": 2.35, "lat": 48.86}],
)
def test_a_note_that_makes_no_sense_is_refused(ask, said: dict[str, Any]):
    assert ask("call_taker", "POST", "/place-notes", note_body(**said)).status_code == 422


@on_spatialite
@pytest.mark.parametrize("role", ["field", "agency", "village", "leader"])
def test_notes_and_clues_are_the_desks(ask, role: str):
    assert ask(role, "POST", "/clues", HERE).status_code == 403
    assert ask(role, "POST", "/place-notes", note_body()).status_code == 403
    assert ask(role, "GET", "/place-notes").status_code == 403


def test_a_cut_road_and_an_area_around_the_place_are_named_until_struck(ask):
    road = {"type": "LineString", "coordinates": [[116.598, -8.502], [116.602, -8.502]]}
    drawn = ask(
        "dispatcher", "POST", "/zones", {"uid": uid(), "kind": "road_cut", "words": "Jembatan putus", "shape": road}
    )
    area = {"type": "Polygon", "coordinates": [AROUND]}
    ask("dispatcher", "POST", "/zones", {"uid": uid(), "kind": "isolated", "words": "", "shape": area})
    found = clues_of(ask, **HERE)["zones"]
    assert [(one["kind"], one["words"]) for one in found] == [("isolated", ""), ("road_cut", "Jembatan putus")]
    assert found[0]["away_m"] == 0 and found[1]["away_m"] == pytest.approx(222, abs=3)
    zone = drawn.json["body"]["zone"]
    ask("dispatcher", "POST", f"/zones/{zone}/strike", {"uid": uid(), "why": "Sudah dibuka"})
    assert [one["kind"] for one in clues_of(ask, **HERE)["zones"]] == ["isolated"]


def test_the_sites_own_hazard_map_speaks_where_it_covers_the_place(ask):
    shape = {"type": "Polygon", "coordinates": [AROUND]}
    feature = {"type": "Feature", "geometry": shape, "properties": {"kelas": "tinggi", "nama": "Bahaya banjir"}}
    collection = {"type": "FeatureCollection", "features": [feature]}
    body = {"uid": uid(), "name": "Peta bahaya", "kind": "geojson", "collection": collection}
    assert ask("coordinator", "POST", "/overlays", body).status_code == 201
    assert clues_of(ask, **HERE)["hazards"] == [{"layer": "Peta bahaya", "words": "tinggi · Bahaya banjir"}]
    assert clues_of(ask, lon=116.7, lat=-8.5)["hazards"] == []


# who could go


def test_the_nearest_facility_of_each_kind_and_the_units_one_would_send(ask):
    for name, lat, kind in (
        ("Jauh", -8.55, "shelter"),
        ("Dekat", -8.501, "shelter"),
        ("Puskesmas", -8.52, "puskesmas"),
    ):
        said = {"uid": uid(), "kind": kind, "name": name, "lon": 116.6, "lat": lat}
        assert ask("coordinator", "POST", "/facilities", said).status_code == 201
    told = clues_of(ask, **HERE, type="sar")
    assert [one["name"] for one in told["facilities"]] == ["Dekat", "Puskesmas"]
    best = told["units"][0]
    assert best["call_sign"] in ("TRC-1", "PSC-1") and best["distance_m"] > 0 and "eta_s" in best
    assert any(reason.startswith("mampu: ") for reason in best["reasons"])


def test_while_only_the_words_grow_the_place_is_not_asked_again(ask):
    told = clues_of(ask, **HERE, type="flood", phone=PHONE, with_place=False)
    assert set(told) == {"repeats", "phone", "rt"}


def test_nothing_known_is_answered_with_nothing(ask):
    assert clues_of(ask) == {"repeats": [], "phone": None, "rt": None}
    assert clues_of(ask, lon=116.6) == clues_of(ask, lat=-8.5) == clues_of(ask)


@given(st.floats(0.001, 0.009), st.floats(-60, 60))
def test_metres_to_a_line_are_those_of_the_earth(away_deg: float, lat: float):
    where = Position(116.6, lat)
    line = LineString([(116.6, lat + away_deg), (116.6, lat + 2 * away_deg)])
    apart = distance_m(where, Position(116.6, lat + away_deg))
    assert clues.away_from(where, line) == pytest.approx(apart, abs=2 + apart * 0.003)


def test_inside_an_area_is_no_metres_away():
    assert clues.away_from(Position(116.6, -8.5), Polygon(AROUND)) == 0
