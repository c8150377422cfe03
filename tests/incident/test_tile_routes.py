"""The base map's doors: ranges as RFC 9110 asks, tiles, and no way out of the folder."""

import gzip
import os
import re
from email import message_from_bytes
from pathlib import Path
from typing import Any

import pytest

from gis import tiles
from tests import tiles as made
from tests.factories import on_spatialite

NAME = "lombok.pmtiles"
FEW = {(8, 210, 133): made.png((200, 0, 0)), (9, 421, 267): made.png((0, 160, 0))}


@pytest.fixture
def folder(app: Any) -> Path:
    """The data folder of the application."""
    return app.extensions["posko"].settings.data


@pytest.fixture
def archive(folder: Path, tmp_path: Path) -> bytes:
    """An installed raster archive; its bytes."""
    path = made.pmtiles(tmp_path / NAME, FEW, attribution="© BIG")
    tiles.install(path, folder)
    return path.read_bytes()


@pytest.fixture
def fetch(app: Any, cast: Any) -> Any:
    """Ask for a file as someone: fetch("/tiles/x", Range="bytes=0-9")."""

    def fetched(path: str, role: str = "leader", method: str = "GET", **headers: str) -> Any:
        named = {name.replace("_", "-"): said for name, said in headers.items()}
        return app.test_client().open(path, method=method, buffered=True, headers={**cast.headers(role), **named})

    return fetched


pytestmark = on_spatialite


# which there are


def test_a_room_without_tiles_has_an_empty_list(ask):
    assert ask("leader", "GET", "/basemaps").json == {"tiles": [], "online": []}


def test_an_installed_map_is_listed_with_all_a_screen_needs(ask, archive):
    (one,) = ask("village", "GET", "/basemaps").json["tiles"]
    assert re.fullmatch(rf"/tiles/{NAME}\?v=[0-9a-f-]+", one.pop("url"))
    words = {"name": NAME, "container": "pmtiles", "type": "png", "title": "", "attribution": "© BIG", "layers": []}
    assert one == {**words, "minzoom": 8, "maxzoom": 9, "bounds": list(made.LOMBOK), "size": len(archive)}


def test_a_broken_file_is_not_offered_to_a_screen(ask, archive, folder):
    (tiles.folder_of(folder) / "broken.mbtiles").write_bytes(b"nothing")
    assert [one["name"] for one in ask("leader", "GET", "/basemaps").json["tiles"]] == [NAME]


# ranges


def test_the_whole_file_comes_with_a_mark_and_says_that_it_can_be_had_in_parts(fetch, archive):
    got = fetch(f"/tiles/{NAME}")
    assert got.status_code == 200 and got.data == archive
    assert got.headers["Accept-Ranges"] == "bytes" and got.headers["ETag"].startswith('"')
    assert got.headers["Cache-Control"] == "private, no-cache" and got.content_length == len(archive)


@pytest.mark.parametrize(
    ("asked", "first", "behind"),
    [("0-126", 0, 127), ("5-5", 5, 6), ("100-", 100, None), ("-50", -50, None), ("0-99999999", 0, None)],
)
def test_a_part_comes_as_206(fetch, archive, asked, first, behind):
    got = fetch(f"/tiles/{NAME}", Range=f"bytes={asked}")
    wanted = archive[first:behind]
    begins = first if first >= 0 else len(archive) + first
    assert got.status_code == 206 and got.data == wanted
    assert got.headers["Content-Range"] == f"bytes {begins}-{begins + len(wanted) - 1}/{len(archive)}"
    assert got.content_length == len(wanted)


@pytest.mark.parametrize("asked", ["99999999-", "99999999-99999999"])
def test_a_part_behind_the_end_is_416_and_told_the_size(fetch, archive, asked):
    got = fetch(f"/tiles/{NAME}", Range=f"bytes={asked}")
    assert got.status_code == 416 and got.headers["Content-Range"] == f"bytes */{len(archive)}"
    assert got.mimetype == "application/problem+json"


@pytest.mark.parametrize("asked", ["bytes=9-5", "bytes=a-b", "lines=0-5", "bytes", "bytes=", "bytes=-"])
def test_what_is_no_range_is_ignored(fetch, archive, asked):
    got = fetch(f"/tiles/{NAME}", Range=asked)
    assert got.status_code == 200 and got.data == archive


def test_several_parts_come_in_one_answer_each_with_its_head(fetch, archive):
    got = fetch(f"/tiles/{NAME}", Range="bytes=0-9,100-119,-5")
    assert got.status_code == 206 and got.content_length == len(got.data)
    told = message_from_bytes(b"Content-Type: " + got.headers["Content-Type"].encode() + b"\r\n\r\n" + got.data)
    parts = [(one["Content-Range"], one.get_payload(decode=True)) for one in told.get_payload()]
    size = len(archive)
    assert parts == [
        (f"bytes 0-9/{size}", archive[:10]),
        (f"bytes 100-119/{size}", archive[100:120]),
        (f"bytes {size - 5}-{size - 1}/{size}", archive[-5:]),
    ]


def test_too_many_parts_are_refused(fetch, archive):
    many = ",".join(f"{at}-{at}" for at in range(0, 40, 2))
    assert fetch(f"/tiles/{NAME}", Range=f"bytes={many}").status_code == 416


def test_if_range_gives_the_part_of_the_known_file_and_the_whole_of_another(fetch, archive):
    mark, changed = (fetch(f"/tiles/{NAME}").headers[name] for name in ("ETag", "Last-Modified"))
    for known, status in ((mark, 206), (changed, 206), ('"other"', 200), (f"W/{mark}", 200)):
        assert fetch(f"/tiles/{NAME}", Range="bytes=0-9", If_Range=known).status_code == status, known


def test_who_has_it_is_not_sent_it_again_until_it_changes(fetch, archive, folder, tmp_path):
    mark = fetch(f"/tiles/{NAME}").headers["ETag"]
    again = fetch(f"/tiles/{NAME}", If_None_Match=mark)
    assert again.status_code == 304 and again.data == b"" and again.headers["ETag"] == mark
    tiles.install(made.pmtiles(tmp_path / NAME, {**FEW, (8, 209, 133): made.png((1, 1, 1))}), folder)
    assert fetch(f"/tiles/{NAME}", If_None_Match=mark).status_code == 200


def test_head_tells_the_size_and_sends_nothing(fetch, archive):
    got = fetch(f"/tiles/{NAME}", method="HEAD", Range="bytes=0-9")
    assert got.status_code == 200 and got.data == b"" and got.content_length == len(archive)


def test_an_address_with_the_version_may_be_kept_for_a_year(ask, fetch, archive):
    address = ask("leader", "GET", "/basemaps").json["tiles"][0]["url"]
    assert "immutable" in fetch(address, Range="bytes=0-9").headers["Cache-Control"]
    assert fetch(f"/tiles/{NAME}?v=old").headers["Cache-Control"] == "private, no-cache"


def test_a_large_file_is_read_piece_by_piece_off_the_event_loop(app, fetch, archive, folder):
    path = tiles.folder_of(folder) / NAME
    size = 40_000_000
    os.truncate(path, size)
    sizes = []

    def apart(work: Any) -> Any:
        sizes.append(len(found) if isinstance(found := work(), bytes) else 0)
        return found

    app.extensions["run_apart"] = apart
    got = fetch(f"/tiles/{NAME}")
    assert len(got.data) == size and max(sizes) <= 256 * 1024


def test_a_part_of_a_large_file_is_read_alone(app, fetch, archive, folder):
    os.truncate(tiles.folder_of(folder) / NAME, 40_000_000)
    read = []

    def apart(work: Any) -> Any:
        read.append(len(found) if isinstance(found := work(), bytes) else 0)
        return found

    app.extensions["run_apart"] = apart
    assert fetch(f"/tiles/{NAME}", Range="bytes=20000000-20016383").status_code == 206
    assert sum(read) == 16_384


@pytest.mark.parametrize(
    "path",
    [
        "/tiles/../posko.db",
        "/tiles/%2e%2e/posko.db",
        "/tiles/..%2fposko.db",
        "/tiles/.lock",
        "/tiles/secret_key",
        "/tiles/nosuch.pmtiles",
        "/tiles/lombok.pmtiles%00.txt",
        "/tiles//etc/passwd",
        "/tiles/lombok.pmtiles/1/1/1",
        "/tiles/..%2f..%2f/1/1/1",
    ],
)
def test_no_path_leads_out_of_the_folder(fetch, archive, path):
    assert fetch(path).status_code in (404, 308)


def test_nobody_without_a_session_or_token_gets_a_byte(app, cast, archive):
    for path in (f"/tiles/{NAME}", f"/tiles/{NAME}/0/0/0", "/api/v1/basemaps"):
        assert app.test_client().get(path, headers={"Accept": "*/*"}).status_code == 401 or path.startswith("/tiles")
        assert app.test_client().get(path, headers={"Accept": "application/json"}).status_code == 401


# tiles of a SQLite file


@pytest.fixture
def pictures(folder: Path, tmp_path: Path) -> str:
    path = made.mbtiles(tmp_path / "foto.mbtiles", FEW, format="png", bounds="116,-9,117,-8")
    return tiles.install(path, folder).name


def test_a_tile_comes_with_its_type_and_may_be_kept(ask, fetch, pictures):
    (one,) = ask("leader", "GET", "/basemaps").json["tiles"]
    got = fetch(one["url"].format(z=8, x=210, y=133))
    assert (got.status_code, got.mimetype, got.data) == (200, "image/png", FEW[(8, 210, 133)])
    assert "immutable" in got.headers["Cache-Control"]
    again = fetch(f"/tiles/{pictures}/8/210/133", If_None_Match=got.headers["ETag"])
    assert again.status_code == 304


def test_where_the_file_has_no_tile_the_answer_is_empty_and_no_fault(fetch, pictures):
    got = fetch(f"/tiles/{pictures}/8/211/133")
    assert got.status_code == 204 and got.data == b""


@pytest.mark.parametrize("place", ["8/256/0", "8/0/256", "31/0/0", "99999999999999999999/0/0", "-1/0/0", "a/0/0"])
def test_a_tile_outside_the_world_is_not_there(fetch, pictures, place):
    assert fetch(f"/tiles/{pictures}/{place}").status_code == 404


def test_a_vector_tile_goes_out_packed_to_who_reads_gzip_and_plain_to_who_does_not(fetch, folder, tmp_path):
    tile = made.vector({"earth": {"kind": "earth"}})
    words = {"format": "pbf", "bounds": "95,-11,141,6"}
    tiles.install(made.mbtiles(tmp_path / "v.mbtiles", {(0, 0, 0): gzip.compress(tile)}, **words), folder)
    packed = fetch("/tiles/v.mbtiles/0/0/0", Accept_Encoding="gzip, br")
    assert packed.headers["Content-Encoding"] == "gzip" and gzip.decompress(packed.data) == tile
    plain = fetch("/tiles/v.mbtiles/0/0/0", Accept_Encoding="identity")
    assert "Content-Encoding" not in plain.headers and plain.data == tile
    assert plain.mimetype == "application/vnd.mapbox-vector-tile"


def test_a_file_that_was_spoiled_is_said_not_crashed_on(fetch, folder, pictures):
    (tiles.folder_of(folder) / pictures).write_bytes(b"SQLite format 3\x00" + b"\xff" * 5000)
    got = fetch(f"/tiles/{pictures}/8/210/133", Accept="application/json")
    assert got.status_code == 404 and "tidak terbaca" in got.json["detail"]
