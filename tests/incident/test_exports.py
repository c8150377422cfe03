"""Layers as files: every form opens in Debian's GDAL, is safe to open elsewhere, and says when it is an exercise."""

import csv
import datetime as dt
import io
import itertools
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import defusedxml.ElementTree as Xml
import pytest
from sqlalchemy import insert

from gis import exports
from gis.database import point_columns
from gis.exports import FORMS, Sheet
from gis.layers import REGISTER
from incident.models import Incident
from tests.factories import call_body, on_spatialite
from tests.lent import fill

NOON = dt.datetime(2026, 11, 22, 12, tzinfo=dt.timezone(dt.timedelta(hours=8)))
SHEET = Sheet("incidents", "Kejadian", "Kabupaten Lombok Timur", NOON, "WITA")
DRILL = Sheet("incidents", "Kejadian", "Kabupaten Lombok Timur", NOON, "WITA", exercise=True)
MEAN = [
    "=cmd|' /C calc'!A0",
    "+62812",
    "-8,5",
    "@SUM(1+1)",
    "\t=1+1",
    "＝1+1",
    "</Data><script>alert(1)</script>",
    "]]>&amp;<!ENTITY",
    'kutip "dua" dan koma, titik; baris\nbaru',
    "nul\x01 dan \ufffe dan 🌋",
]


def feature(number: int, geometry: Any, **properties: Any) -> dict[str, Any]:
    return {"type": "Feature", "id": number, "geometry": geometry, "properties": properties}


def point(lon: float, lat: float) -> dict[str, Any]:
    return {"type": "Point", "coordinates": [lon, lat]}


SHAPES: list[Any] = [
    point(116.5, -8.5),
    {"type": "LineString", "coordinates": [[116.5, -8.5], [116.6, -8.6]]},
    {"type": "Polygon", "coordinates": [[[116, -8], [117, -8], [117, -9], [116, -8]]]},
    {"type": "MultiPoint", "coordinates": [[116.5, -8.5], [116.6, -8.6]]},
    {"type": "MultiLineString", "coordinates": [[[116.5, -8.5], [116.6, -8.6]], [[117, -8], [117, -9]]]},
    {"type": "MultiPolygon", "coordinates": [[[[116, -8], [117, -8], [117, -9], [116, -8]]]]},
    {"type": "GeometryCollection", "geometries": [point(116.5, -8.5)]},
    None,
]
MIXED = [feature(number, shape, name=f"bentuk {number}") for number, shape in enumerate(SHAPES)]
WORDS = [feature(number, point(116.5, -8.5), place=words) for number, words in enumerate(MEAN)]
TYPED = [
    feature(1, point(116.5, -8.5), n=3, r=1.5, ok=True, at="2026-11-22T04:00:00.000000Z", ids=[1, 2], words="a"),
    feature(2, point(116.6, -8.6), n=None, r=2, ok=None, at=None, ids=[], words=None),
]


def ogrinfo(path: Path, *words: str) -> str:
    if shutil.which("ogrinfo") is None:
        pytest.skip("GDAL is not on this machine: apt-get install gdal-bin")
    done = subprocess.run(["ogrinfo", "-ro", "-al", *words, str(path)], capture_output=True, text=True, timeout=300)
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.fixture
def opened(tmp_path: Path) -> Any:
    """What ogrinfo says of features written in a form."""

    def read(form: str, features: list[dict[str, Any]], sheet: Sheet = SHEET, *words: str) -> str:
        path = tmp_path / exports.file_name(sheet, form)
        path.write_bytes(exports.write(form, features, sheet))
        return ogrinfo(path, *words)

    return read


@pytest.mark.slow
@pytest.mark.parametrize("form", ["gpkg", "kml", "geojson"])
def test_every_shape_survives_and_what_has_no_place_stays(opened, form):
    said = opened(form, MIXED)
    assert said.count("OGRFeature(") == len(SHAPES)
    for kind in (
        "POINT",
        "LINESTRING",
        "POLYGON",
        "MULTIPOINT",
        "MULTILINESTRING",
        "MULTIPOLYGON",
        "GEOMETRYCOLLECTION",
    ):
        assert f"{kind} (" in said or f"{kind} Z (" in said or (form, kind) == ("kml", "GEOMETRYCOLLECTION"), kind


def test_a_gpx_has_points_as_waypoints_and_all_other_shapes_as_tracks(opened):
    said = opened("gpx", MIXED)
    assert said.count("OGRFeature(waypoints):") == 1 and said.count("OGRFeature(tracks):") == 6
    assert "POINT (116.5 -8.5)" in said and "MULTILINESTRING ((116 -8,117 -8,117 -9,116 -8))" in said


@pytest.mark.parametrize("form", ["gpkg", "kml", "gpx", "geojson", "csv"])
def test_nobodys_words_break_a_file_or_get_lost(opened, form):
    said = opened(form, WORDS)
    assert said.count("OGRFeature(") == len(MEAN)
    for words in ("</Data><script>alert(1)</script>", "]]>&amp;<!ENTITY", "🌋", "+62812", "SUM(1+1)"):
        assert words in said, words


@pytest.mark.parametrize("form", ["kml", "gpx"])
def test_xml_holds_no_markup_of_others_and_no_forbidden_character(form):
    content = exports.write(form, WORDS, SHEET)
    root = Xml.fromstring(content, forbid_dtd=True)
    assert not any(one.tag.endswith("script") for one in root.iter())
    assert b"\x01" not in content and "nul\ufffd dan" in "".join(root.itertext())
    assert b"http://" not in content.replace(b"http://www.opengis.net/kml/2.2", b"").replace(
        b"http://www.topografix.com/GPX/1/1", b""
    )


def test_no_cell_of_a_csv_is_a_formula_and_numbers_stay_numbers():
    rows = list(csv.reader(io.StringIO(exports.write("csv", WORDS, SHEET).decode())))
    assert rows[0] == ["id", "place", "lon", "lat"]
    for row, words in zip(rows[1:], MEAN, strict=True):
        assert row[1].lstrip("'") == words and not row[1].startswith(exports._FORMULA)
        assert (float(row[2]), float(row[3])) == (116.5, -8.5)


def test_a_csv_is_plain_utf_8_with_commas_and_shapes_as_wkt():
    content = exports.write("csv", [feature(1, SHAPES[2], name="Désa")], SHEET)
    assert not content.startswith(b"\xef\xbb\xbf") and "Désa".encode() in content
    assert content.splitlines()[1].endswith(b'"POLYGON ((116 -8, 117 -8, 117 -9, 116 -8))"')


def test_a_geopackage_keeps_the_kind_of_each_column(opened):
    said = opened("gpkg", TYPED)
    for line in ("n: Integer64", "r: Real", "ok: Integer(Boolean)", "at: DateTime", "ids: String", "words: String"):
        assert line in said
    assert "at (DateTime) = 2026/11/22 04:00:00+00" in said and said.count("= (null)") == 4


@pytest.mark.slow
@pytest.mark.parametrize("form", FORMS)
def test_an_empty_layer_is_a_file_too(opened, form):
    opened(form, [])


@pytest.mark.slow
@pytest.mark.parametrize("form", FORMS)
def test_an_exercise_is_loud_in_the_name_the_title_and_every_row(opened, form):
    assert "LATIHAN" in exports.file_name(DRILL, form) and "LATIHAN" not in exports.file_name(SHEET, form)
    assert exports.write(form, TYPED, DRILL).count(b"LATIHAN") >= len(TYPED)
    assert opened(form, TYPED, DRILL).count("LATIHAN") >= len(TYPED)
    assert b"LATIHAN" not in exports.write(form, TYPED, SHEET)


def test_a_file_is_named_by_place_layer_and_local_time():
    assert exports.file_name(SHEET, "gpkg") == "posko-kabupaten-lombok-timur-incidents-20261122-1200-WITA.gpkg"
    evil = Sheet('../x"\r\n', "t", "Kab. Ñoño / ../etc", NOON)
    assert exports.file_name(evil, "csv") == "posko-kab-nono-etc-x-20261122-1200-UTC.csv"


@pytest.mark.slow
def test_the_server_never_loads_gdal():
    words = "import sys, incident.app, gis.exports, incident.export_routes; print('pyogrio' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", words], capture_output=True, text=True, timeout=300)
    assert done.stdout == "False\n", done.stderr


def test_a_geopackage_that_cannot_be_made_says_what_to_take_instead(monkeypatch):
    monkeypatch.setattr(exports.sys, "executable", "/bin/false")
    with pytest.raises(exports.CannotExport, match="pilih GeoJSON"):
        exports.write("gpkg", TYPED, SHEET)


# by the route


@pytest.fixture
def take(app: Any, cast: Any) -> Any:
    def taken(path: str, role: str = "coordinator", **query: Any) -> Any:
        address = f"/api/v1/layers/{path}"
        return app.test_client().get(address, headers=cast.headers(role), query_string=query)

    return taken


@pytest.fixture
def filled(app: Any, cast: Any, ask: Any) -> None:
    for lon in (116.5, 116.6, 116.7):
        ask("call_taker", "POST", "/calls", call_body(place={"lon": lon, "lat": -8.5, "method": "map"}))
    app.extensions["posko"].database.write(lambda conn: fill(conn, cast.units))


@on_spatialite
def test_every_layer_of_the_register_goes_into_every_form(take, filled, tmp_path):
    for name, (form, (mime, _)) in itertools.product(REGISTER, FORMS.items()):
        answer = take(f"{name}.{form}")
        assert answer.status_code == 200 and answer.mimetype == mime, (name, form, answer.json)
        path = tmp_path / answer.headers["Content-Disposition"].split('"')[1]
        path.write_bytes(answer.data)
        ogrinfo(path, "-so")


@pytest.mark.parametrize("form", ["csv", "geojson"])
def test_every_layer_of_either_database_goes_into_a_file(take, filled, form):
    """What the two databases answer becomes the same features; what each form makes of them is seen above."""
    for name in REGISTER:
        answer = take(f"{name}.{form}")
        assert answer.status_code == 200 and answer.mimetype == FORMS[form][0], (name, answer.json)


def test_a_file_holds_what_the_layer_holds_in_the_box_and_no_more(take, filled):
    assert len(json.loads(take("incidents.geojson").data)["features"]) == 3
    boxed = json.loads(take("incidents.geojson", bbox="116.55,-9,116.65,-8").data)["features"]
    assert [one["geometry"]["coordinates"] for one in boxed] == [[116.6, -8.5]]
    assert json.loads(take("incidents.geojson", "field").data)["features"] == []


@on_spatialite
def test_a_role_takes_no_layer_it_may_not_see(take, filled):
    assert take("calls.csv", "leader").status_code == 403
    assert take("calls.csv", "call_taker").status_code == 200
    assert b"Bu Sri" not in take("calls.csv", "call_taker").data
    assert take("units.kml", "village").status_code == 403


@on_spatialite
def test_what_there_is_not_is_not_found(take, filled):
    for path in ("nosuch.csv", "incidents.shp", "incidents.csv.gz", "..%2fmodels.csv"):
        assert take(path).status_code == 404, path
    assert take("incidents.csv", bbox="x").status_code == 422


@on_spatialite
def test_ten_thousand_incidents_are_a_file_in_a_few_seconds_and_too_many_are_refused(app, take, filled, monkeypatch):
    app.extensions["posko"].database.write(_month)
    for form in FORMS:
        before = _worked_s()
        answer = take(f"incidents.{form}")
        assert answer.status_code == 200 and _worked_s() - before < 120, form
    monkeypatch.setattr("incident.export_routes.MOST_FEATURES", 9000)
    answer = take("incidents.csv")
    assert answer.status_code == 413 and "bbox" in answer.json["detail"]


def _worked_s() -> float:
    """Seconds of the processor, with those of GDAL in its own process: a busy machine makes them no more."""
    return sum(os.times()[:4])


def _month(conn: Any) -> None:
    row = {"type": "banjir", "priority": "P2", "state": "new", "opened_at": NOON, "changed_at": NOON, "calls": 1}
    conn.execute(
        insert(Incident), [{**row, "place": "x", **point_columns(116 + at / 1e5, -8.5)} for at in range(10_000)]
    )


@on_spatialite
def test_an_exercise_marks_the_files_of_the_route(app, take, filled):
    app.extensions["posko"].settings.exercise = True
    answer = take("incidents.csv")
    assert "posko-LATIHAN-" in answer.headers["Content-Disposition"] and answer.data.count(b"LATIHAN") == 3
