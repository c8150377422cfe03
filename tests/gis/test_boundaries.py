"""Boundaries are judged one by one, mended by name, and kept whole or not at all; again without doubling."""

import json
import shutil
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
import shapely
from click.testing import CliRunner, Result
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import func, select

from gis import boundaries, codes
from gis.boundaries import judge, known_names
from gis.database import Database
from gis.geometry import BadLayer, area_m2, mend
from gis.layerfiles import Layer, read_layer
from gis.models import Area, Boundary
from incident.config import Site
from incident.ground_cli import gis
from incident.post import Post
from tests.factories import on_spatialite
from tests.gis.shapes import REAL, bound, box, feature, geojson, keep

VILLAGE, OTHER = "52.03.01.2001", "52.03.01.2002"
BOW_TIE = shapely.Polygon([(116.4, -8.5), (116.5, -8.4), (116.5, -8.5), (116.4, -8.4)])
with np.errstate(invalid="ignore"):
    NOWHERE = shapely.from_wkt("POLYGON ((116.4 -8.5, 116.5 -8.5, nan -8.4, 116.4 -8.5))")


def layer(*rows: dict[str, Any], shape: Any = None) -> Layer:
    return Layer(list(rows), [shape or box(116.4 + 0.1 * at, -8.5) for at in range(len(rows))])


def refusals(found: Layer, **more: Any) -> list[tuple[str, str]]:
    return judge(found, **more).refused


def fault(found: Layer, **more: Any) -> str:
    with pytest.raises(BadLayer) as caught:
        judge(found, **more)
    return str(caught.value)


# codes


@pytest.mark.parametrize(
    "given",
    ["52.03.01.2001", "5203012001", "ID5203012001", 5203012001, 5203012001.0, " 52.03.01.2001 ", "5203012001.0"],
)
def test_reads_a_village_code_in_every_usual_spelling(given: Any):
    assert codes.kemendagri(given) == VILLAGE


@pytest.mark.parametrize(
    ("given", "code"),
    [
        ("52", "52"),
        (5203, "52.03"),
        ("520301", "52.03.01"),
        ("52.03.01", "52.03.01"),
        ("91.03.01.3007", "91.03.01.3007"),
    ],
)
def test_reads_the_codes_of_every_level(given: Any, code: str):
    assert codes.kemendagri(given) == code


@pytest.mark.parametrize(
    "given",
    [
        None,
        "",
        "x",
        "5203010",
        "5203010001",
        "52.03.01.0001",
        "5200",
        "520300",
        "52.3.1.2001",
        "02.03",
        7.5,
        True,
        "52.03.01.2000",
    ],
)
def test_knows_what_is_no_kemendagri_code(given: Any):
    assert codes.kemendagri(given) is None


@pytest.mark.parametrize(
    ("given", "is_bps"), [("5203010", True), ("5203010001", True), ("5203012001", False), ("x", False), ("5203", False)]
)
def test_knows_a_code_that_can_only_be_the_statistics_office(given: str, is_bps: bool):
    assert codes.is_bps(given) is is_bps


@pytest.mark.slow
@given(st.from_regex(r"[1-9][0-9]\.(0[1-9]|[1-9][0-9])\.(0[1-9]|[1-9][0-9])\.[123][0-9]{2}[1-9]", fullmatch=True))
def test_a_code_is_the_same_with_and_without_dots(code: str):
    bare = code.replace(".", "")
    assert (
        codes.kemendagri(code)
        == codes.kemendagri(bare)
        == codes.kemendagri(int(bare))
        == codes.kemendagri(f"ID{bare}")
        == code
    )


@pytest.mark.parametrize(
    ("row", "name"),
    [
        ({"kode": VILLAGE, "nama": "A"}, "A"),
        ({"CODE": "5203012001", "NAME": "A"}, "A"),
        (
            {
                "KDPPUM": "52",
                "KDPKAB": "52.03",
                "KDCPUM": "52.03.01",
                "KDEPUM": VILLAGE,
                "KDEBPS": "5203010001",
                "WADMKC": "X",
                "WADMKD": "A",
            },
            "A",
        ),
        ({"ADM4_PCODE": "ID5203012001", "ADM3_EN": "X", "ADM4_EN": "A"}, "A"),
        ({"kode_desa": VILLAGE, "desa": "A", "kecamatan": "X"}, "A"),
        ({"id": 1, "Kode_Kemendagri": VILLAGE, "namobj": "A"}, "A"),
    ],
)
def test_finds_code_and_name_in_every_usual_coding(row: dict[str, Any], name: str):
    (taken,) = judge(layer(row)).taken
    assert (taken.code, taken.name, taken.level) == (VILLAGE, name, 4)


@pytest.mark.parametrize(
    ("row", "code"),
    [
        ({"kode": "52.03", "nama": "A"}, "52.03"),
        ({"KDPKAB": "52.03", "KDCPUM": "520301"}, "52.03.01"),
        ({"kode": "52"}, "52"),
    ],
)
def test_takes_the_level_from_the_code(row: dict[str, Any], code: str):
    (taken,) = judge(layer(row)).taken
    assert (taken.code, taken.level) == (code, code.count(".") + 1)


@pytest.mark.parametrize(
    ("row", "said"),
    [
        ({"KDBBPS": "5203010001", "nama": "A"}, "hanya ada kode BPS"),
        ({"kode": "5203010001", "nama": "A"}, "berisi kode BPS"),
        ({"ADM3_PCODE": "ID5203010"}, "berisi kode BPS"),
        ({"nama": "A"}, "tidak ada kolom kode Kemendagri"),
        ({"kode": None}, "tidak ada kolom kode Kemendagri"),
    ],
)
def test_refuses_a_file_in_another_coding(row: dict[str, Any], said: str):
    assert said in fault(layer(row))


def test_one_slip_among_many_codes_is_refused_alone():
    rows = [{"kode": f"52.03.01.2{one:03}", "nama": "A"} for one in range(1, 41)] + [
        {"kode": "5203010001", "nama": "B"}
    ]
    assert refusals(layer(*rows, shape=box(116.4, -8.5))) == [("B (5203010001)", "kode 5203010001 adalah kode BPS")]


def test_names_tell_a_code_that_only_looks_like_ours():
    """BPS 52 03 011 001 reads like a kelurahan of district 01."""
    rows = [
        {"kode": f"520301100{one}", "nama": name} for one, name in enumerate(("Sukaraja", "Batu Putik", "Keruak"), 1)
    ]
    known = {"52.03.01.1001": "Tanjung Luar", "52.03.01.1002": "Pijot", "52.03.01.1003": "Selebung"}
    assert "3 dari 3 nama tidak cocok dengan kodenya" in fault(layer(*rows), names=lambda _: known)


def test_other_spellings_of_the_same_names_are_no_other_coding():
    rows = [
        {"kode": f"520301200{one}", "nama": name}
        for one, name in enumerate(("DESA TANJUNGLUAR", "Pijot ", "Selebung Ketangga"), 1)
    ]
    known = {"52.03.01.2001": "Tanjung Luar", "52.03.01.2002": "Pijot", "52.03.01.2003": "Selebung Ketangge"}
    assert len(judge(layer(*rows), names=lambda _: known).taken) == 3


def test_says_which_codes_the_gazetteer_does_not_know():
    found = judge(layer({"kode": VILLAGE, "nama": "A"}, {"kode": OTHER, "nama": "B"}), names=lambda _: {VILLAGE: "A"})
    assert found.unknown == [f"B ({OTHER})"]


# shapes


def test_mends_a_bow_tie_and_names_it():
    found = judge(layer({"kode": VILLAGE, "nama": "Labuhan"}, shape=BOW_TIE))
    assert found.mended == [f"Labuhan ({VILLAGE})"]
    assert found.taken[0].shape.is_valid
    assert found.taken[0].shape.area == pytest.approx(0.005)


def test_mending_leaves_areas_only():
    spike = shapely.Polygon(
        [(116.4, -8.5), (116.5, -8.5), (116.5, -8.4), (116.4, -8.4), (116.4, -8.45), (116.3, -8.45), (116.4, -8.45)]
    )
    assert mend(spike).geom_type == "Polygon"
    assert mend(spike).area == pytest.approx(0.01)


@pytest.mark.parametrize(
    ("shape", "why"),
    [
        (None, "tanpa bentuk"),
        (shapely.Point(116.4, -8.5), "bukan poligon"),
        (shapely.LineString([(116.4, -8.5), (116.5, -8.5)]), "bukan poligon"),
        (shapely.Polygon(), "tanpa bentuk"),
        (NOWHERE, "koordinatnya bukan angka (NaN)"),
        (shapely.box(116.4, -8.5, 181, -8.4), "koordinatnya tidak ada di bumi (116.4, -8.5 sampai 181, -8.4)"),
        (box(10, 50), "di luar Indonesia; koordinat harus bujur lalu lintang, dalam derajat (WGS 84)"),
        (shapely.Polygon([(116.4, -8.5), (116.5, -8.5), (116.6, -8.5)]), "tidak mempunyai luas"),
    ],
)
def test_refuses_what_is_no_area_of_indonesia_and_says_why(shape: Any, why: str):
    good = {"kode": OTHER, "nama": "Baik"}
    found = Layer([{"kode": VILLAGE, "nama": "A"}, good, good], [shape, box(116.4, -8.5), box(116.6, -8.5)])
    assert refusals(found) == [(f"A ({VILLAGE})", why)]


def test_offers_the_swap_of_exchanged_axes_and_does_it_when_told():
    found = layer({"kode": VILLAGE}, shape=box(-8.5, 116.4))
    with pytest.raises(BadLayer) as caught:
        judge(found)
    assert caught.value.way == "swap"
    assert judge(found, swap=True).taken[0].shape.equals(box(116.4, -8.5))


def test_refuses_metres_without_a_system():
    found = layer({"kode": VILLAGE}, shape=box(434_000, 9_060_000, 1000))
    found.is_placed = False
    assert "tanpa keterangan sistem koordinat" in fault(found)


def round_shape(count: int) -> Any:
    turn = np.linspace(0, 2 * np.pi, count, endpoint=False)
    return shapely.Polygon(np.column_stack([116.4 + 0.1 * np.cos(turn), -8.5 + 0.1 * np.sin(turn)]))


def test_thins_a_shape_with_very_many_corners_and_says_so():
    found = judge(layer({"kode": VILLAGE, "nama": "A"}, shape=round_shape(boundaries.MANY_VERTICES + 4)))
    assert found.thinned == [f"A ({VILLAGE})"]
    assert shapely.get_num_coordinates(found.taken[0].shape) < 1000
    assert found.taken[0].shape.area == pytest.approx(round_shape(1000).area, rel=1e-3)


def test_refuses_a_million_corners():
    found = layer({"kode": VILLAGE, "nama": "A"}, shape=round_shape(boundaries.MAX_VERTICES))
    assert "1000001 titik sudut, paling banyak 999999" in refusals(found)[0][1]


def test_refuses_a_file_with_more_corners_than_memory_has_room_for(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(boundaries, "MAX_ALL_VERTICES", 9)
    assert "lebih dari 9 titik sudut" in fault(layer({"kode": VILLAGE}, {"kode": OTHER}))


def test_puts_the_islands_of_one_code_together():
    found = judge(layer({"kode": VILLAGE, "nama": "Gili"}, {"kode": VILLAGE, "nama": "GILI"}))
    assert found.joined == [f"Gili ({VILLAGE})"]
    assert found.taken[0].shape.area == pytest.approx(0.02)


def test_refuses_two_places_with_one_code():
    found = judge(layer({"kode": VILLAGE, "nama": "Sembalun"}, {"kode": VILLAGE, "nama": "Jerowaru"}))
    assert found.taken == []
    assert found.refused == [("Sembalun / Jerowaru", f"beberapa wilayah dengan satu kode {VILLAGE}")]


def test_measures_an_area_on_the_ellipsoid():
    """The whole of WGS 84 is 510,065,621.7 km2; a degree square at the equator some 12,308.5."""
    assert area_m2(shapely.box(-180, -90, 180, 90)) == pytest.approx(510_065_621.7e6, rel=1e-9)
    assert area_m2(shapely.box(116, 0, 117, 1)) == pytest.approx(12_308.5e6, rel=1e-5)


# the table, on both databases


def count(database: Database) -> int:
    with database.read() as conn:
        return conn.scalar(select(func.count()).select_from(Boundary)) or 0


def test_keeps_an_area_and_gives_it_back(post: Post):
    assert keep(post.database, bound(VILLAGE, box(116.4, -8.5)), bound("52.03", box(116.0, -9, 1))) == 2
    with post.database.read() as conn:
        kept = boundaries.shapes_within(conn, "52.03", 4)
        row = conn.execute(select(Boundary.name, Boundary.level, Boundary.source)).first()
    assert list(kept) == [VILLAGE]
    assert kept[VILLAGE].equals(box(116.4, -8.5))
    assert row is not None and row.source == "coba.geojson"


def test_the_same_codes_again_replace_the_old_shapes_in_table_and_index(post: Post):
    keep(post.database, bound(VILLAGE, box(116.4, -8.5)), bound(OTHER, box(116.5, -8.5)))
    assert keep(post.database, bound(VILLAGE, box(118.0, -8.5))) == 0
    assert count(post.database) == 2
    near = post.database.near("boundary", "outline")
    with post.database.read() as conn:
        east = conn.scalars(
            select(Boundary.code).where(near), {"west": 117, "south": -9, "east": 119, "north": -8}
        ).all()
        west = conn.scalars(
            select(Boundary.code).where(near), {"west": 116, "south": -9, "east": 117, "north": -8}
        ).all()
    assert (east, west) == ([VILLAGE], [OTHER])


def test_an_import_that_fails_halfway_leaves_everything_as_it_was(post: Post, monkeypatch: pytest.MonkeyPatch):
    keep(post.database, bound(VILLAGE, box(116.4, -8.5)))
    monkeypatch.setattr(boundaries, "CHUNK", 1)
    broken = bound("52.03.01.2003", box(116.6, -8.5))
    monkeypatch.setattr(
        boundaries.shapely, "to_wkb", lambda one: b"noise" if one.bounds[0] > 116.59 else shapely.to_wkb(one)
    )
    with pytest.raises(Exception):  # noqa: B017 - each database names it otherwise
        keep(post.database, bound(VILLAGE, box(117.0, -8.5)), bound(OTHER, box(116.5, -8.5)), broken)
    with post.database.read() as conn:
        assert boundaries.shapes_within(conn, "", 4)[VILLAGE].equals(box(116.4, -8.5))
    assert count(post.database) == 1


def test_the_gazetteer_gives_the_names(post: Post):
    row = {"code": VILLAGE, "level": 4, "name": "Tanjung Luar", "folded": "tanjung luar"}
    post.database.write(lambda conn: conn.execute(Area.__table__.insert(), [row]))
    with post.database.read() as conn:
        assert known_names(conn, [VILLAGE, OTHER]) == {VILLAGE: "Tanjung Luar"}


# the command


@pytest.fixture
def folder(tmp_path: Path, template_file: Path) -> Path:
    """POSKO_DATA with a fresh database in it."""
    shutil.copy(template_file, tmp_path / "posko.db")
    return tmp_path


def called(folder: Path, file: Path, *words: str) -> Result:
    site = Site(name="Lombok Timur", area_code="52.03")
    settings = SimpleNamespace(data=folder, site=site, database=f"sqlite:///{folder}/posko.db")
    return CliRunner().invoke(gis, ["import", str(file), *words], obj=lambda: settings)


def kept(folder: Path) -> int:
    database = Database(f"sqlite:///{folder}/posko.db")
    try:
        return count(database)
    finally:
        database.close()


def test_the_command_says_what_it_took_mended_and_replaced(folder: Path):
    file = geojson(folder / "a.geojson", feature(VILLAGE, BOW_TIE, "Labuhan"), feature("52.03.01", box(116.4, -8.5)))
    done = called(folder, file)
    assert done.exit_code == 0, done.output
    assert "2 wilayah masuk (1 kecamatan, 1 desa/kelurahan): 2 baru, 0 diganti." in done.stdout
    assert f"1 poligon diperbaiki karena memotong dirinya sendiri:\n  - Labuhan ({VILLAGE})" in done.stdout
    assert "0 baru, 2 diganti." in called(folder, file).stdout
    assert kept(folder) == 2


def test_the_command_takes_nothing_of_a_file_with_a_bad_area_unless_told(folder: Path):
    file = geojson(folder / "a.geojson", feature(VILLAGE, box(116.4, -8.5)), feature(OTHER, None, "Hilang"))
    refused = called(folder, file)
    assert refused.exit_code == 1
    assert f"1 wilayah ditolak:\n  - Hilang ({OTHER}): tanpa bentuk" in refused.output
    assert "--skip" in refused.output and "Tidak ada yang diubah." in refused.output
    assert kept(folder) == 0
    told = json.loads(called(folder, file, "--skip", "--json").stdout)
    assert told["refused"] == [{"area": f"Hilang ({OTHER})", "why": "tanpa bentuk"}]
    assert kept(folder) == 1


def test_the_command_names_twenty_refused_and_counts_the_rest(folder: Path):
    bad = [feature(f"52.03.01.2{one:03}", None) for one in range(1, 31)]
    refused = called(folder, geojson(folder / "a.geojson", *bad))
    assert refused.output.count("tanpa bentuk") == 20
    assert "10 lagi" in refused.output


@pytest.mark.parametrize(
    "shape",
    [
        {"type": "Polygon", "coordinates": [[["a", "b"]]]},
        {"type": "Point", "coordinates": [116.4, -8.5]},
        box(-8.5, 116.4),
        box(180.95, -8.5),
        box(10.0, 50.0),
        None,
    ],
    ids=["words", "point", "swapped", "lon 181", "elsewhere", "no shape"],
)
def test_a_bad_file_is_named_in_a_sentence_and_changes_nothing(folder: Path, shape: Any):
    refused = called(folder, geojson(folder / "given.geojson", feature(VILLAGE, shape)))
    assert refused.exit_code == 1
    assert "given.geojson" in refused.output
    assert "Tidak ada yang diubah." in refused.output
    assert kept(folder) == 0


def test_the_command_says_to_upgrade_a_database_without_the_table(tmp_path: Path):
    refused = called(tmp_path, geojson(tmp_path / "a.geojson", feature(VILLAGE, box(116.4, -8.5))))
    assert refused.exit_code == 1
    assert "posko db upgrade" in refused.output


if REAL.exists():
    PROVINCES = sorted(REAL.glob("*_kecamatan.geojson")) + sorted(REAL.glob("*_kabupaten.geojson"))

    def test_mends_and_names_the_19_of_781_polygons_that_are_invalid_as_published():
        found = [judge(read_layer(path)) for path in PROVINCES]
        taken = [one for judged in found for one in judged.taken]
        mended = [name for judged in found for name in judged.mended]
        assert (len(taken), len(mended), sum(len(judged.refused) for judged in found)) == (781, 19, 0)
        assert "Jerowaru (52.03.20)" in mended
        assert all(one.shape.is_valid and one.shape.area > 0 for one in taken)

    def test_mending_changes_the_size_of_no_published_area():
        for path in PROVINCES:
            given = {row["kode"]: shape for row, shape in zip(*_rows_and_shapes(path), strict=True)}
            for one in judge(read_layer(path)).taken:
                assert one.shape.area == pytest.approx(given[one.code].area, rel=2e-3), one.words

    def _rows_and_shapes(path: Path) -> tuple[list[dict[str, Any]], list[Any]]:
        found = read_layer(path)
        return found.rows, found.shapes

    @on_spatialite
    def test_takes_the_1176_villages_twice_without_doubling(post: Post):
        paths = [*REAL.glob("*_desa.geojson"), REAL / "kota_bima_kelurahan.geojson"]
        taken = [one for path in paths for one in judge(read_layer(path)).taken]
        assert keep(post.database, *taken) == 1176
        assert keep(post.database, *taken) == 0
        assert count(post.database) == 1176
