"""Files of shapes come in from four formats; a broken, half, hostile or foreign one is refused with a sentence."""

import io
import json
import struct
import zipfile
from pathlib import Path
from random import Random
from typing import Any

import numpy as np
import pytest
import shapely
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from gis import layerfiles, zips
from gis.boundaries import judge
from gis.boundary_sql import inserted, shape_of_path
from gis.geometry import BadLayer
from gis.layerfiles import read_layer
from tests.gis.shapes import box, feature, geojson

CODES = ["52.03.01.2001", "52.03.01.2002"]
SQUARES = [box(116.4, -8.5), box(116.5, -8.5)]


def written(path: Path, shapes: list[Any] = SQUARES, crs: str = "EPSG:4326", **more: Any) -> Path:
    """A file by GDAL, its format by the suffix of its name."""
    from pyogrio import raw

    wkb = np.array([shapely.to_wkb(one, output_dimension=3) for one in shapes], dtype=object)
    names = ["Satu", "Dua", "Tiga"][: len(shapes)]
    columns = [np.array(CODES[: len(shapes)], dtype=object), np.array(names, dtype=object)]
    kind = shapes[0].geom_type + (" Z" if shapes[0].has_z else "")
    raw.write(path, wkb, columns, ["kode", "nama"], geometry_type=kind, crs=crs, **more)
    return path


def zipped(path: Path, *files: Path, folder: str = "") -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as bundle:
        for one in files:
            bundle.write(one, folder + one.name)
    return path


def shapefile(folder: Path, **more: Any) -> list[Path]:
    written(folder / "batas.shp", **more)
    return sorted(folder.glob("batas.*"))


def refusal(path: Path, layer: str | None = None) -> str:
    with pytest.raises(BadLayer) as caught:
        read_layer(path, layer)
    return str(caught.value)


def is_same(found: Any) -> bool:
    known = [row["kode"] for row in found.rows] == CODES
    return known and all(
        one.equals_exact(other, 1e-6, normalize=True) for one, other in zip(found.shapes, SQUARES, strict=True)
    )


# the four formats, known by their content


def test_reads_geojson(tmp_path: Path):
    assert is_same(read_layer(geojson(tmp_path / "a.txt", *map(feature, CODES, SQUARES))))


def test_reads_a_geopackage(tmp_path: Path):
    assert is_same(read_layer(written(tmp_path / "a.gpkg")))


def test_reads_a_shapefile_in_a_zip_whatever_the_folder_in_it(tmp_path: Path):
    files = shapefile(tmp_path)
    assert is_same(read_layer(zipped(tmp_path / "a.zip", *files, folder="Peta Desa/")))


def test_reads_a_shapefile_with_its_neighbours(tmp_path: Path):
    shapefile(tmp_path)
    assert is_same(read_layer(tmp_path / "batas.shp"))


def test_reads_a_zipped_geopackage_and_a_zipped_geojson(tmp_path: Path):
    assert is_same(read_layer(zipped(tmp_path / "a.zip", written(tmp_path / "a.gpkg"))))
    text = geojson(tmp_path / "b.geojson", *map(feature, CODES, SQUARES))
    assert is_same(read_layer(zipped(tmp_path / "b.zip", text)))


def test_turns_metres_of_utm_into_degrees(tmp_path: Path):
    east, north = 434_000.0, 9_060_000.0  # UTM 50 S: east of Lombok
    found = read_layer(
        written(tmp_path / "a.gpkg", [shapely.box(east, north, east + 1000, north + 1000)], "EPSG:32750")
    )
    assert found.crs == "EPSG:32750"
    lon, lat = found.shapes[0].centroid.coords[0]
    assert (lon, lat) == pytest.approx((116.4048, -8.4992), abs=0.001)


def test_believes_a_geojson_that_names_another_system(tmp_path: Path):
    given = feature(CODES[0], shapely.box(434_000, 9_060_000, 435_000, 9_061_000))
    crs = {"type": "name", "properties": {"name": "urn:ogc:def:crs:EPSG::32750"}}
    found = read_layer(geojson(tmp_path / "a.geojson", given, crs=crs))
    assert found.crs == "EPSG:32750"
    assert found.shapes[0].centroid.x == pytest.approx(116.4048, abs=0.001)


def test_says_when_a_shapefile_names_no_system(tmp_path: Path):
    shapefile(tmp_path)
    (tmp_path / "batas.prj").unlink()
    assert read_layer(tmp_path / "batas.shp").is_placed is False


def test_leaves_the_third_dimension_out(tmp_path: Path):
    high = shapely.force_3d(SQUARES[0], 7.0)
    assert not read_layer(written(tmp_path / "a.gpkg", [high])).shapes[0].has_z
    assert not read_layer(geojson(tmp_path / "a.geojson", feature(CODES[0], high))).shapes[0].has_z


def test_asks_which_of_two_layers_and_takes_the_one_named(tmp_path: Path):
    path = written(tmp_path / "a.gpkg", layer="desa")
    written(path, layer="lama", append=True)
    assert "lapisan poligon: desa, lama" in refusal(path)
    assert is_same(read_layer(path, "desa"))
    assert "tidak ada lapisan baru" in refusal(path, "baru")


# the SQL of wilayah_boundaries


def sql(*rows: str, head: str = "INSERT INTO wilayah_boundaries(kode,nama,lat,lng,path) VALUES\n") -> str:
    return (
        "/* INSERT INTO x VALUES (1) */\n-- 'half\nDROP TABLE wilayah_boundaries;\n" + head + ",\n".join(rows) + ";\n"
    )


RING = "[[-8.5,116.4],[-8.5,116.5],[-8.4,116.5],[-8.4,116.4],[-8.5,116.4]]"


def test_reads_the_sql_of_wilayah_boundaries_lat_before_lon(tmp_path: Path):
    path = tmp_path / "a.sql"
    path.write_text(sql(f"('52.03.01.2001','Tanjung Luar',-8.45,116.45,'[{RING}]')"))
    found = read_layer(path)
    assert found.rows == [{"kode": "52.03.01.2001", "nama": "Tanjung Luar", "lat": -8.45, "lng": 116.45}]
    assert found.shapes[0].equals(SQUARES[0])


@pytest.mark.parametrize("path", [RING, f"[{RING}]", f"[[{RING}]]"], ids=["ring", "rings", "areas"])
def test_takes_a_path_however_deep_it_is_nested(path: str):
    assert shapely.equals(shape_of_path(path), SQUARES[0])


def test_a_ring_in_a_ring_is_a_hole_and_one_beside_it_an_island():
    hole = "[[-8.46,116.44],[-8.46,116.46],[-8.44,116.46],[-8.46,116.44]]"
    island = "[[-8.5,117.4],[-8.5,117.5],[-8.4,117.5],[-8.5,117.4]]"
    found = shape_of_path(f"[{RING},{hole},{island}]")
    assert len(found.geoms) == 2
    assert len(found.geoms[0].interiors) == 1


def test_reads_quotes_escapes_backticks_nulls_and_what_comes_after(tmp_path: Path):
    words = (
        "INSERT IGNORE INTO `wilayah_boundaries` (`kode`, `nama`, `lat`, `lng`, `path`, `status`) VALUES "
        f"('52.03','Ma''u\\'lana; VALUES (',NULL,1e2,'{RING}',1) ON DUPLICATE KEY UPDATE nama = VALUES(nama);\n"
        f"insert into x values ('52.04', 'B', 1, 2, '{RING}')"
    )
    assert [(one["kode"], one["nama"], one["lng"]) for one in inserted(words)] == [
        ("52.03", "Ma'u'lana; VALUES (", 100.0),
        ("52.04", "B", 2.0),
    ]


@pytest.mark.parametrize("cut", [40, 75, 110, 150, 190, -3])
def test_half_of_an_sql_file_is_no_file(tmp_path: Path, cut: int):
    whole = f"INSERT INTO wilayah_boundaries VALUES ('52.03','A',1,2,'{RING}'),('52.04','B',1,2,'{RING}');"
    path = tmp_path / "a.sql"
    path.write_text(whole[:cut])
    assert "terpotong" in refusal(path)


def test_sql_without_boundaries_says_what_it_looked_for(tmp_path: Path):
    path = tmp_path / "a.sql"
    path.write_text("-- kosong\nCREATE TABLE wilayah_boundaries (kode varchar(13));")
    assert "INSERT INTO wilayah_boundaries" in refusal(path)


def test_a_path_that_is_no_json_is_a_fault_of_its_row(tmp_path: Path):
    path = tmp_path / "a.sql"
    path.write_text(sql("('52.03.01.2001','A',1,2,'[[[')", "('52.03.01.2002','B',1,2,NULL)"))
    found = read_layer(path)
    assert found.shapes == [None, None]
    assert found.faults == {0: layerfiles.UNREADABLE}


@given(st.text(max_size=200))
def test_any_text_is_rows_or_a_sentence(words: str):
    try:
        assert all(isinstance(one, dict) for one in inserted(f"INSERT INTO w VALUES ({words}"))
    except BadLayer as fault:
        assert str(fault).startswith("SQL")


@given(st.lists(st.text("aZ'\\;(),/*-\n é", max_size=20), min_size=5, max_size=5))
def test_what_was_quoted_comes_back(values: list[str]):
    quoted = ", ".join("'" + one.replace("\\", "\\\\").replace("'", "''") + "'" for one in values)
    (found,) = inserted(f"INSERT INTO w VALUES ({quoted});")
    assert list(found.values()) == values


# what is refused


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ("", "kosong"),
        ("  \n", "kosong"),
        ("kode,nama\n1,2", "bukan GeoJSON, GeoPackage, Shapefile, atau SQL"),
        ("[]", "bukan FeatureCollection"),
        ('{"type": "FeatureCollection", "features": [1]}', "bukan FeatureCollection"),
        ('{"type": "FeatureCollection", "features": []}', "tidak ada wilayah"),
        ('{"type": "FeatureCollection", "features": [', "terpotong"),
        ('{"type": "FeatureCollection", "features": [{"a": NaN}]}', "NaN"),
        ('{"type": "FeatureCollection" "features": []}', "baris 1"),
    ],
)
def test_refuses_text_that_is_no_map(tmp_path: Path, words: str, said: str):
    path = tmp_path / "a.geojson"
    path.write_text(words)
    assert said in refusal(path)


@pytest.mark.parametrize(
    "geometry",
    [
        {"type": "Polygon", "coordinates": [[["a", "b"]]]},
        {"type": "Polygon", "coordinates": [[[1, 2], [3, 4]]]},
        {"type": "Polygon", "coordinates": [[[1], [3], [4], [1]]]},
        {"type": "Polygon"},
        {"type": "Donut", "coordinates": []},
        {"coordinates": 7},
    ],
)
def test_a_geometry_that_cannot_be_read_is_a_fault_of_its_row(tmp_path: Path, geometry: dict[str, Any]):
    found = read_layer(geojson(tmp_path / "a.geojson", feature(CODES[0], geometry), feature(CODES[1], SQUARES[1])))
    assert found.faults == {0: layerfiles.UNREADABLE}
    assert found.shapes[1] is not None


def test_refuses_half_a_geopackage(tmp_path: Path):
    path = written(tmp_path / "a.gpkg")
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])
    assert "terpotong" in refusal(path)


def test_refuses_a_geopackage_whose_pages_are_noise(tmp_path: Path):
    path = written(tmp_path / "a.gpkg")
    path.write_bytes(path.read_bytes()[:100] + b"\x55" * (path.stat().st_size - 100))
    assert "rusak" in refusal(path)


def test_refuses_another_kind_of_sqlite(tmp_path: Path, template_file: Path):
    assert "bukan GeoPackage" in refusal(template_file)


@pytest.mark.parametrize("suffix", [".shp", ".shx", ".dbf"])
def test_refuses_a_shapefile_of_which_a_part_is_half(tmp_path: Path, suffix: str):
    shapefile(tmp_path)
    part = tmp_path / f"batas{suffix}"
    part.write_bytes(part.read_bytes()[:-20])
    assert "terpotong" in refusal(tmp_path / "batas.shp")


def test_says_which_part_of_a_shapefile_is_missing(tmp_path: Path):
    shapefile(tmp_path)
    (tmp_path / "batas.dbf").unlink()
    assert "tanpa .dbf" in refusal(tmp_path / "batas.shp")


def test_a_program_for_gdal_is_not_a_map(tmp_path: Path):
    secret = geojson(tmp_path / "secret.geojson", feature(CODES[0], SQUARES[0]))
    path = tmp_path / "a.gpkg"
    inner = f"<OGRVRTLayer name='x'><SrcDataSource>{secret}</SrcDataSource></OGRVRTLayer>"
    path.write_text(f"<OGRVRTDataSource>{inner}</OGRVRTDataSource>")
    assert "bukan GeoJSON" in refusal(path)


# sizes


def test_refuses_a_file_larger_than_the_cap(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    path = geojson(tmp_path / "a.geojson", feature(CODES[0], SQUARES[0]))
    monkeypatch.setattr(layerfiles, "MAX_TEXT_BYTES", 100)
    assert "lebih besar" in refusal(path)


@pytest.mark.parametrize("make", [written, lambda path: geojson(path, *map(feature, CODES, SQUARES))])
def test_refuses_more_features_than_the_country_has(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, make: Any):
    monkeypatch.setattr(layerfiles, "MAX_FEATURES", 1)
    assert "lebih dari 1" in refusal(make(tmp_path / "a.gpkg"))


def test_refuses_a_zip_bomb_by_what_it_declares(tmp_path: Path):
    path = tmp_path / "a.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as bundle:
        bundle.writestr("a.geojson", b" " * 5_000_000)
    assert "bom zip" in refusal(path)


def test_refuses_a_zip_that_lies_about_its_sizes(tmp_path: Path):
    path = tmp_path / "a.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as bundle:
        bundle.writestr("a.geojson", b" " * 5_000_000)
    path.write_bytes(path.read_bytes().replace(struct.pack("<I", 5_000_000), struct.pack("<I", 9_000)))
    assert "zip" in refusal(path)


def test_refuses_a_zip_with_more_members_than_a_map_has(tmp_path: Path):
    path = tmp_path / "a.zip"
    with zipfile.ZipFile(path, "w") as bundle:
        for number in range(zips.MAX_MEMBERS + 1):
            bundle.writestr(f"{number}.txt", b"")
    assert f"{zips.MAX_MEMBERS + 1} berkas" in refusal(path)


@pytest.mark.parametrize(
    "name", ["../a.geojson", "/etc/a.geojson", "x/../../a.geojson", "..\\a.geojson", "C:\\a.geojson"]
)
def test_refuses_a_zip_whose_paths_leave_its_folder(tmp_path: Path, name: str):
    path = tmp_path / "a.zip"
    with zipfile.ZipFile(path, "w") as bundle:
        bundle.writestr(name, b"{}")
    assert "keluar dari foldernya" in refusal(path)


def test_does_not_open_a_zip_in_a_zip(tmp_path: Path):
    inner = io.BytesIO()
    with zipfile.ZipFile(inner, "w") as bundle:
        bundle.writestr(
            "a.geojson", json.dumps({"type": "FeatureCollection", "features": [feature(CODES[0], SQUARES[0])]})
        )
    path = tmp_path / "a.zip"
    with zipfile.ZipFile(path, "w") as bundle:
        bundle.writestr("b.geojson", inner.getvalue())
    assert "bukan GeoJSON" in refusal(path)


@pytest.mark.parametrize(
    ("names", "said"), [(["a.txt"], "tidak ada .shp"), (["a.geojson", "b.geojson"], "2 peta (a.geojson, b.geojson)")]
)
def test_wants_one_map_in_a_zip(tmp_path: Path, names: list[str], said: str):
    path = tmp_path / "a.zip"
    with zipfile.ZipFile(path, "w") as bundle:
        for name in names:
            bundle.writestr(name, b"{}")
    assert said in refusal(path)


def test_refuses_half_a_zip(tmp_path: Path):
    path = zipped(tmp_path / "a.zip", *shapefile(tmp_path))
    path.write_bytes(path.read_bytes()[:-200])
    assert "terpotong" in refusal(path)


def test_leaves_nothing_behind(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    files = zipped(tmp_path / "a.zip", *shapefile(tmp_path))
    scratch = tmp_path / "scratch"
    scratch.mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(scratch))
    read_layer(files)
    assert list(scratch.iterdir()) == []


@given(st.sampled_from(["a.gpkg", "a.geojson", "a.zip", "a.sql"]), st.integers(0, 2**32))
@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_a_damaged_file_is_a_layer_or_a_sentence(whole_files: dict[str, bytes], tmp_path: Path, name: str, seed: int):
    damaged, chance = bytearray(whole_files[name]), Random(seed)
    for _ in range(chance.choice([1, 2, 5, 20])):
        at = chance.randrange(len(damaged))
        damaged[at : at + chance.choice([0, 1, 1, 30])] = chance.randbytes(chance.choice([0, 1, 1, 20])) or b"\0"
    path = tmp_path / name
    path.write_bytes(damaged)
    try:
        assert judge(read_layer(path)) is not None
    except BadLayer as fault:
        assert str(fault).endswith("."), fault


@pytest.fixture(scope="module")
def whole_files(tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    """One sound file of each format."""
    folder = tmp_path_factory.mktemp("whole")
    (folder / "shp").mkdir()
    text = folder / "a.sql"
    text.write_text(sql(f"('{CODES[0]}','A',1,2,'[{RING}]')"))
    made = [
        written(folder / "a.gpkg"),
        geojson(folder / "a.geojson", *map(feature, CODES, SQUARES)),
        zipped(folder / "a.zip", *shapefile(folder / "shp")),
        text,
    ]
    return {one.name: one.read_bytes() for one in made}
