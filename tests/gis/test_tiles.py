"""A base map is installed whole or not at all, says what it is, and what is none is refused in a sentence."""

import gzip
import json
import os
import shutil
import struct
import subprocess
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from click.testing import CliRunner

from gis import mbtiles, tile_words, tiles
from gis.pmtiles import HEADER
from gis.tile_words import BadTiles
from gis.tiles_cli import tiles_command
from tests import tiles as made

RED, GREEN = made.png((200, 0, 0)), made.png((0, 160, 0))
FEW = {(8, 210, 133): RED, (9, 421, 267): GREEN}
EARTH = {(0, 0, 0): made.vector({"earth": {"kind": "earth"}}), (1, 1, 1): made.vector({"earth": {}, "roads": {}})}


@pytest.fixture
def raster(tmp_path: Path) -> Path:
    return made.pmtiles(
        tmp_path / "Lombok Timur (2026).pmtiles", FEW, name="Lombok", attribution="<a href='x'>© BIG</a>"
    )


@pytest.fixture
def data(tmp_path: Path) -> Path:
    return tmp_path / "var"


def installed(data: Path) -> list[str]:
    return sorted(one.name for one in tiles.folder_of(data).glob("*")) if tiles.folder_of(data).exists() else []


# what a file says


def test_a_raster_archive_says_its_type_zooms_bounds_and_whose_it_is_in_plain_words(raster: Path):
    about = tiles.inspect(raster)
    assert (about.container, about.type, about.minzoom, about.maxzoom) == ("pmtiles", "png", 8, 9)
    assert about.bounds == made.LOMBOK
    assert (about.title, about.attribution) == ("Lombok", "© BIG")


def test_a_vector_archive_names_its_layers_and_is_read_through_a_leaf_directory(tmp_path: Path):
    layers = [{"id": "earth"}, {"id": "roads"}]
    about = tiles.inspect(made.pmtiles(tmp_path / "a.pmtiles", EARTH, 1, with_leaf=True, vector_layers=layers))
    assert about.is_vector and about.layers == ("earth", "roads")


def test_an_mbtiles_says_the_same_and_counts_its_rows_from_the_north(tmp_path: Path):
    path = made.mbtiles(
        tmp_path / "a.mbtiles", FEW, format="png", bounds="116,-9,117,-8", name="Lombok", minzoom=8, maxzoom=9
    )
    about = tiles.inspect(path)
    assert (about.type, about.minzoom, about.maxzoom, about.bounds) == ("png", 8, 9, made.LOMBOK)
    assert mbtiles.tile(path, 8, 210, 133) == RED and mbtiles.tile(path, 9, 421, 267) == GREEN
    assert mbtiles.tile(path, 9, 0, 0) is None


def test_an_mbtiles_that_says_nothing_is_measured_by_its_tiles(tmp_path: Path):
    about = tiles.inspect(made.mbtiles(tmp_path / "a.mbtiles", FEW))
    assert (about.type, about.minzoom, about.maxzoom) == ("png", 8, 9)
    west, south, east, north = about.bounds
    assert west < 116.1 < east and south < -8.1 < north and east - west == pytest.approx(360 / 2**9)


def test_a_vector_mbtiles_names_its_layers(tmp_path: Path):
    packed = {key: gzip.compress(tile) for key, tile in EARTH.items()}
    words = {"format": "pbf", "json": json.dumps({"vector_layers": [{"id": "earth"}]}), "bounds": "95,-11,141,6"}
    about = tiles.inspect(made.mbtiles(tmp_path / "a.mbtiles", packed, **words))
    assert about.is_vector and about.layers == ("earth",) and about.attribution == ""


@pytest.mark.parametrize("words", ["<b>BIG</b> & co", "BIG &amp; co", " BIG\n&amp;\tco "])
def test_words_of_a_file_are_one_plain_line(words: str):
    assert tile_words.plain(words) == "BIG & co"


@pytest.mark.skipif(not shutil.which("ogr2ogr"), reason="GDAL is not on this machine: apt-get install gdal-bin")
def test_what_gdal_writes_is_read(tmp_path: Path):
    square = {"type": "Polygon", "coordinates": [[[116, -9], [117, -9], [117, -8], [116, -8], [116, -9]]]}
    source = tmp_path / "in.geojson"
    source.write_text(json.dumps({"type": "Feature", "properties": {"nama": "Lombok"}, "geometry": square}))
    path = tmp_path / "gdal.mbtiles"
    options = ["-dsco", "FORMAT=MBTILES", "-dsco", "MAXZOOM=6", "-nln", "desa"]
    subprocess.run(["ogr2ogr", "-f", "MVT", *options, str(path), str(source)], check=True, capture_output=True)
    about = tiles.inspect(path)
    assert about.is_vector and about.layers == ("desa",) and about.maxzoom == 6
    assert about.bounds == pytest.approx(made.LOMBOK, abs=0.01)
    z, x, y = made.tile_at(6, 116.5, -8.5)
    assert (mbtiles.tile(path, z, x, y) or b"").startswith(b"\x1f\x8b")


# installing


def test_an_installed_file_has_a_safe_name_is_listed_and_nothing_else_lies_about(raster: Path, data: Path):
    heard: list[int] = []
    one = tiles.install(raster, data, step=heard.append)
    assert one.name == "lombok-timur-2026.pmtiles" and sum(heard) == one.size == raster.stat().st_size
    assert installed(data) == [".lock", one.name]
    assert tiles.listing(data) == [one]


def test_installing_again_replaces_and_its_version_is_another(raster: Path, data: Path):
    before = tiles.install(raster, data)
    made.pmtiles(raster, {**FEW, (9, 420, 267): RED}, name="Lombok baru")
    after = tiles.install(raster, data)
    assert after.name == before.name and after.version != before.version and after.about.title == "Lombok baru"
    assert len(tiles.listing(data)) == 1


def test_a_linked_file_takes_no_second_room(raster: Path, data: Path):
    one = tiles.install(raster, data, link=True)
    assert os.path.samefile(raster, tiles.folder_of(data) / one.name)


def test_what_a_cut_off_run_left_behind_goes_with_the_next(raster: Path, data: Path):
    tiles.folder_of(data).mkdir(parents=True)
    (tiles.folder_of(data) / ".old.pmtiles.part").write_bytes(b"half")
    tiles.install(raster, data)
    assert installed(data) == [".lock", "lombok-timur-2026.pmtiles"]


def test_a_removed_file_is_gone_and_one_that_is_not_there_is_said(raster: Path, data: Path):
    one = tiles.install(raster, data)
    tiles.remove(one.name, data)
    assert tiles.listing(data) == []
    with pytest.raises(BadTiles, match="tidak ada peta dasar"):
        tiles.remove(one.name, data)


@pytest.mark.parametrize("stem", ["../../etc/passwd", "..", "", "é ü", "a/b", "-rf", "A" * 300, ".hidden"])
def test_no_name_leads_out_of_the_folder(stem: str, data: Path):
    name = tiles.safe_name(stem, "pmtiles")
    assert tiles.NAME.fullmatch(name)
    assert (tiles.folder_of(data) / name).resolve().parent == tiles.folder_of(data).resolve()


@pytest.mark.parametrize("name", ["../a.pmtiles", "a.pmtiles/..", ".lock", "a.txt", "A.PMTILES", "a.pmtiles\n", ""])
def test_a_name_that_is_none_finds_nothing(name: str, data: Path, raster: Path):
    tiles.install(raster, data)
    (data / "a.pmtiles").write_bytes(raster.read_bytes())
    assert tiles.find(data, name) is None


def test_a_symbolic_link_in_the_folder_is_not_followed(raster: Path, data: Path):
    tiles.install(raster, data)
    (tiles.folder_of(data) / "b.pmtiles").symlink_to(raster)
    assert tiles.find(data, "b.pmtiles") is None


def test_a_file_too_big_for_the_disk_is_refused_before_anything_is_copied(raster: Path, data: Path, monkeypatch: Any):
    monkeypatch.setattr(tiles.shutil, "disk_usage", lambda _: SimpleNamespace(free=tiles.KEEP_FREE))
    with pytest.raises(BadTiles, match="terlalu besar untuk disk ini"):
        tiles.install(raster, data)
    assert installed(data) == [".lock"]


def test_a_disk_that_fills_while_copying_leaves_nothing(raster: Path, data: Path):
    def full(_: int) -> None:
        raise OSError(28, "No space left on device")

    with pytest.raises(BadTiles, match="No space left"):
        tiles.install(raster, data, step=full)
    assert installed(data) == [".lock"]


# what is refused


def patched(source: Path, at: int, word: bytes) -> Path:
    raw = bytearray(source.read_bytes())
    raw[at : at + len(word)] = word
    source.write_bytes(raw)
    return source


TYPE, INTERNAL, VERSION, BOUNDS, ROOT = 99, 97, 7, 102, 8
SPOILED = {
    "an old version": (VERSION, b"\x02", "versi 2"),
    "an unknown type": (TYPE, b"\x09", "jenis ubinnya"),
    "brotli": (INTERNAL, b"\x03", "peramban"),
    "another type than its tiles": (TYPE, b"\x03", "bukan ubin jpg"),
    "a zoom of no map": (101, b"\x40", "zoom"),
    "bounds beyond the world": (BOUNDS, struct.pack("<i", -2_000_000_000), "bukan kotak"),
    "bounds turned round": (BOUNDS, struct.pack("<i", 1_700_000_000), "bukan kotak"),
    "a root beyond the end": (ROOT, struct.pack("<Q", 2**60), "terpotong"),
    "a broken directory": (HEADER.size + 12, b"\xff\xff\xff\xff", "rusak|terpotong"),
}


@pytest.mark.parametrize("what", SPOILED)
def test_an_archive_is_refused_for(what: str, raster: Path, data: Path):
    at, word, sentence = SPOILED[what]
    with pytest.raises(BadTiles, match=sentence):
        tiles.install(patched(raster, at, word), data)
    assert installed(data) == []


@pytest.mark.parametrize("share", [0.0, 0.01, 0.3, 0.6, 0.99])
@pytest.mark.parametrize("kind", ["pmtiles", "mbtiles"])
def test_half_a_file_is_refused(kind: str, share: float, tmp_path: Path, data: Path):
    write = {"pmtiles": made.pmtiles, "mbtiles": made.mbtiles}[kind]
    path = write(tmp_path / f"a.{kind}", FEW)
    os.truncate(path, int(path.stat().st_size * share))
    with pytest.raises(BadTiles):
        tiles.install(path, data)
    assert installed(data) == []


def test_a_file_whose_end_is_still_zeros_is_refused(raster: Path):
    size = raster.stat().st_size
    with pytest.raises(BadTiles, match="rusak atau tidak selesai"):
        tiles.inspect(patched(raster, size - len(GREEN), b"\x00" * len(GREEN)))


def test_a_directory_that_swells_without_end_is_refused(tmp_path: Path, monkeypatch: Any):
    monkeypatch.setattr("gis.pmtiles.MAX_UNPACKED", 10_000)
    path = made.pmtiles(tmp_path / "a.pmtiles", FEW, name="x" * 50_000)
    with pytest.raises(BadTiles, match="mengembang"):
        tiles.inspect(path)


@pytest.mark.parametrize(
    "content", [b"", b"PM", b"PMTiles", b"PK\x03\x04 a zip", b'{"type":"FeatureCollection"}', b"SQLite format 3\x00"]
)
def test_another_kind_of_file_is_refused(content: bytes, tmp_path: Path):
    path = tmp_path / "map.pmtiles"
    path.write_bytes(content)
    with pytest.raises(BadTiles):
        tiles.inspect(path)


BAD_MBTILES: dict[str, tuple[dict[str, Any], str]] = {
    "no tiles": ({"tiles": {}}, "tidak ada ubin"),
    "another type than its tiles": ({"tiles": FEW, "format": "pbf"}, "bukan ubin mvt"),
    "a type of no map": ({"tiles": {(0, 0, 0): b"GIF89a"}}, "jenis ubinnya"),
    "bounds of no world": ({"tiles": FEW, "bounds": "0,0,400,10"}, "bukan kotak"),
    "bounds that are no numbers of a place": ({"tiles": FEW, "bounds": "nan,0,1,1"}, "bukan kotak"),
    "zooms that are no numbers": ({"tiles": FEW, "minzoom": "a", "maxzoom": "b"}, "zoom"),
}


@pytest.mark.parametrize("what", BAD_MBTILES)
def test_an_mbtiles_is_refused_for(what: str, tmp_path: Path):
    words, sentence = BAD_MBTILES[what]
    with pytest.raises(BadTiles, match=sentence):
        tiles.inspect(made.mbtiles(tmp_path / "a.mbtiles", **words))


def test_a_database_that_is_no_mbtiles_is_refused(tmp_path: Path, template_file: Path):
    with pytest.raises(BadTiles, match="bukan MBTiles"):
        tiles.inspect(template_file)


def test_a_large_file_without_an_index_is_refused_with_the_words_that_make_one(tmp_path: Path):
    many = {(11, x, y): b"\x89PNG\r\n\x1a\n" for x in range(50) for y in range(21)}
    with pytest.raises(BadTiles, match="CREATE UNIQUE INDEX"):
        tiles.inspect(made.mbtiles(tmp_path / "a.mbtiles", many, index=False))
    assert tiles.inspect(made.mbtiles(tmp_path / "b.mbtiles", many)).type == "png"


def test_a_view_without_end_is_given_up(tmp_path: Path, monkeypatch: Any):
    path = made.mbtiles(tmp_path / "a.mbtiles", FEW)
    conn = mbtiles._driver.connect(path)
    endless = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT 8, i, 1, x'00' FROM n"
    conn.executescript(
        f"DROP TABLE tiles; CREATE VIEW tiles (zoom_level, tile_column, tile_row, tile_data) AS {endless}"
    )
    conn.close()
    monkeypatch.setattr(mbtiles, "PATIENCE_S", 0.2)
    with pytest.raises(BadTiles, match="interrupted"):
        tiles.inspect(path)


def test_a_file_that_another_program_still_writes_is_refused(tmp_path: Path):
    path = made.mbtiles(tmp_path / "a.mbtiles", FEW)
    path.with_name("a.mbtiles-wal").write_bytes(b"pages")
    with pytest.raises(BadTiles, match="masih ditulis"):
        tiles.inspect(path)


def test_a_broken_file_that_someone_put_there_is_listed_as_broken(raster: Path, data: Path):
    one = tiles.install(raster, data)
    (tiles.folder_of(data) / "broken.mbtiles").write_bytes(b"nothing of the kind")
    broken, whole = tiles.listing(data)
    assert isinstance(broken, tiles.Broken) and whole == one


# the command


def run(data: Path, *words: str) -> Any:
    return CliRunner().invoke(tiles_command, list(words), obj=lambda: SimpleNamespace(data=data))


def test_the_command_says_what_it_installed(raster: Path, data: Path):
    said = run(data, str(raster))
    assert said.exit_code == 0
    words = "lombok-timur-2026.pmtiles: raster (png), zoom 8 sampai 9, bujur 116,00 sampai 117,00, lintang -9,00"
    assert words in said.stdout and "© BIG. Terpasang." in said.stdout
    assert words in run(data, "--list").stdout


def test_the_command_speaks_json_to_a_script(raster: Path, data: Path):
    facts = json.loads(run(data, str(raster), "--json").stdout)
    assert facts["name"] == "lombok-timur-2026.pmtiles" and facts["bounds"] == list(made.LOMBOK)
    assert json.loads(run(data, "--list", "--json").stdout) == [facts]
    assert json.loads(run(data, "--remove", facts["name"], "--json").stdout) == {"removed": facts["name"]}
    assert json.loads(run(data, "--list", "--json").stdout) == []


def test_the_command_refuses_in_a_sentence_and_installs_nothing(tmp_path: Path, data: Path):
    (tmp_path / "x.pmtiles").write_text("no map")
    said = run(data, str(tmp_path / "x.pmtiles"))
    assert said.exit_code == 1 and "bukan PMTiles" in said.stderr and "Tidak ada yang dipasang." in said.stderr
    assert installed(data) == []
    gone = run(data, "--remove", "x.pmtiles")
    assert gone.exit_code == 1 and "tidak ada peta dasar bernama x.pmtiles" in gone.stderr.lower()


@pytest.mark.parametrize("words", [[], ["--list", "--remove", "a.pmtiles"]])
def test_called_wrongly_it_answers_two(words: list[str], data: Path):
    assert run(data, *words).exit_code == 2


def test_without_any_it_says_how_to_add_one(data: Path):
    assert "posko gis tiles FILE" in run(data, "--list").stdout
