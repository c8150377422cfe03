"""Debian's own GDAL reads the running server: every collection, page by page, in a box, with a token both ways."""

import json
import shutil
import subprocess
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select, update

from gis import ogc_query
from gis.database import Database
from gis.models import Facility
from incident import actions, lent
from incident.config import load_settings
from incident.models import Incident
from incident.post import Post
from tests.browser.room import Room
from tests.factories import report
from tests.lent import NOON, fill

COUNTS = {"incidents": 25, "calls": 25, "units": 2, "tracks": 2, "areas": 2, "facilities": 2, "villages": 5}


def gdal(program: str, *words: str, header: str | None = None, fails: bool = False) -> str:
    """What a program of GDAL prints; its settings are those of a fresh shell."""
    where = {"PATH": "/usr/bin:/bin", "GDAL_HTTP_TIMEOUT": "120", **({"GDAL_HTTP_HEADERS": header} if header else {})}
    done = subprocess.run([program, *words], capture_output=True, text=True, timeout=180, env=where)
    assert (done.returncode != 0) == fails, done.stdout + done.stderr
    return done.stdout + done.stderr


@pytest.fixture(scope="module")
def room(template_file: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Room]:
    if shutil.which("ogrinfo") is None:
        pytest.skip("GDAL is not on this machine: apt-get install gdal-bin")
    running = Room(tmp_path_factory.mktemp("gdal"), template_file, parts=("serve",))
    _fill(running)
    yield running
    running.close()


def _fill(running: Room) -> None:
    words = {name.removeprefix("POSKO_").lower(): word for name, word in running.words.items()}
    database = Database(words["database"])
    post = Post(load_settings(**words), database)
    for number in range(COUNTS["incidents"]):
        told = report(post, place={"lon": 116.5 + number / 100, "lat": -8.5 - number / 200})
        post.do(actions.record_call, "sari", told.uid, told)
    database.write(lambda conn: fill(conn, running.cast.units))
    database.close()


@pytest.fixture
def source(room: Room) -> str:
    return f"OAPIF:{room.url}/ogc"


@pytest.fixture
def header(room: Room) -> str:
    return f"Authorization: Bearer {room.cast.tokens['coordinator']}"


def places(room: Room) -> dict[int, list[float]]:
    """Where the incidents are, as the database says it."""
    database = Database(room.words["POSKO_DATABASE"])
    with database.read() as conn:
        found = {row.id: [row.lon, row.lat] for row in conn.execute(select(Incident.id, Incident.lon, Incident.lat))}
    database.close()
    return found


def as_geojson(path: Path, source: str, *words: str, header: str | None = None) -> dict[str, Any]:
    gdal(
        "ogr2ogr",
        "-f",
        "GeoJSON",
        "-preserve_fid",
        "-lco",
        "COORDINATE_PRECISION=15",
        str(path),
        source,
        *words,
        header=header,
    )
    return dict(json.loads(path.read_text()))


@pytest.mark.slow
def test_ogrinfo_lists_what_there_is(source, header):
    said = gdal("ogrinfo", "-ro", source, header=header)
    for number, shelf in enumerate(lent.SHELVES, 1):
        assert f"{number}: {shelf} (title: " in said


@pytest.mark.slow
@pytest.mark.parametrize("shelf", lent.SHELVES)
def test_ogrinfo_reads_every_collection_with_its_count_and_its_columns(source, header, shelf):
    said = gdal("ogrinfo", "-ro", "-al", "-oo", "PAGE_SIZE=2", source, shelf, header=header)
    assert f"Feature Count: {COUNTS[shelf]}\n" in said
    assert said.count(f"OGRFeature({shelf}):") == COUNTS[shelf], "each page was followed to the last"
    kinds = {"string": "String", "integer": "Integer", "number": "Real", "date-time": "DateTime", "boolean": "Integer"}
    for name, kind in lent.SHELVES[shelf].fields.items():
        assert f"\n{name}: {kinds[kind]}" in said, (name, kind)


@pytest.mark.slow
@pytest.mark.parametrize("pages", ["1", "7", "25", "10000"])
def test_ogr2ogr_copies_every_incident_to_the_place_the_database_says(tmp_path, room, source, header, pages):
    words = ("incidents", "-oo", f"PAGE_SIZE={pages}")
    copied = as_geojson(tmp_path / "all.geojson", source, *words, header=header)["features"]
    assert {one["id"]: one["geometry"]["coordinates"] for one in copied} == places(room)
    assert len(copied) == COUNTS["incidents"]


@pytest.mark.slow
def test_a_box_asked_by_gdal_is_answered_by_the_server(tmp_path, room, source, header):
    box = (116.555, -8.9, 116.645, -8.5)
    words = ("incidents", "-oo", "PAGE_SIZE=2", "-spat", *map(str, box))
    found = as_geojson(tmp_path / "box.geojson", source, *words, header=header)["features"]
    inside = {key for key, (lon, lat) in places(room).items() if box[0] <= lon <= box[2] and box[1] <= lat <= box[3]}
    assert {one["id"] for one in found} == inside and len(inside) == 9


@pytest.mark.slow
@pytest.mark.parametrize("shelf", lent.SHELVES)
def test_a_token_in_the_query_goes_all_the_way(room, source, shelf):
    token = room.cast.tokens["coordinator"]
    said = gdal("ogrinfo", "-ro", "-al", "-oo", "PAGE_SIZE=4", f"{source}?token={token}", shelf)
    assert f"Feature Count: {COUNTS[shelf]}\n" in said
    assert said.count(f"OGRFeature({shelf}):") == COUNTS[shelf], "each page was followed to the last"
    assert token not in room.log_of("serve")


@pytest.mark.slow
def test_a_wrong_token_in_the_query_or_none_opens_nothing(source):
    refused = gdal("ogrinfo", "-ro", f"{source}?token=nosuch", fails=True)
    assert "401" in refused
    assert "401" in gdal("ogrinfo", "-ro", source, fails=True)


@pytest.mark.slow
def test_gdal_sees_no_more_than_the_role_of_its_token(room, source):
    header = f"Authorization: Bearer {room.cast.tokens['field']}"
    assert "calls" not in gdal("ogrinfo", "-ro", source, header=header)
    assert "Feature Count: 0\n" in gdal("ogrinfo", "-ro", "-al", "-so", source, "incidents", header=header)


@pytest.mark.slow
def test_longitude_stands_first_by_default_and_latitude_first_in_epsg_4326(tmp_path, room, source, header):
    first = min(places(room))
    lon, lat = places(room)[first]
    said = gdal("ogrinfo", "-ro", "-al", source, "incidents", "-fid", str(first), header=header)
    assert 'ID["EPSG",4326]' in said and "Data axis to CRS axis mapping: 2,1" in said
    assert f"POINT ({lon} {lat})" in said
    for crs, wkt in ((ogc_query.CRS84, f"POINT ({lon} {lat})"), (ogc_query.EPSG4326, f"POINT ({lat} {lon})")):
        kept = tmp_path / "one.geojson"
        kept.write_bytes(_fetch(f"{room.url}/ogc/collections/incidents/items/{first}?crs={crs}", header))
        assert wkt in gdal("ogrinfo", "-ro", "-al", str(kept))


@pytest.mark.slow
def test_metres_come_out_where_they_should(tmp_path, source, header):
    """Projected by GDAL into UTM 50 South: a swapped axis would land in another ocean."""
    words = ("incidents", "-t_srs", "EPSG:32750", "-lco", "RFC7946=NO")
    copied = as_geojson(tmp_path / "utm.geojson", source, *words, header=header)["features"]
    east, north = copied[0]["geometry"]["coordinates"]
    assert abs(east - 444_974) < 200 and abs(north - 9_060_405) < 400


@pytest.mark.slow
def test_what_ogr2ogr_writes_to_a_geopackage_is_whole(tmp_path, source, header):
    path = tmp_path / "posko.gpkg"
    gdal("ogr2ogr", "-f", "GPKG", str(path), source, header=header)
    said = gdal("ogrinfo", "-ro", "-al", "-so", str(path))
    for shelf, count in COUNTS.items():
        assert f"Layer name: {shelf}" in said and f"Feature Count: {count}\n" in said


@pytest.mark.slow
def test_what_is_written_now_is_there_at_the_next_reading(room, source, header):
    before = gdal("ogrinfo", "-ro", "-al", "-so", source, "facilities", header=header)
    database = Database(room.words["POSKO_DATABASE"])
    shut = update(Facility).where(Facility.id == 3)
    database.write(lambda conn: conn.execute(shut.values(closed_at=None)))
    after = gdal("ogrinfo", "-ro", "-al", "-so", source, "facilities", header=header)
    database.write(lambda conn: conn.execute(shut.values(closed_at=NOON)))
    database.close()
    assert "Feature Count: 2\n" in before and "Feature Count: 3\n" in after


def _fetch(url: str, header: str) -> bytes:
    name, _, value = header.partition(": ")
    asked = urllib.request.Request(url, headers={name: value, "Accept": "application/geo+json"})
    with urllib.request.urlopen(asked, timeout=120) as answer:
        return bytes(answer.read())
