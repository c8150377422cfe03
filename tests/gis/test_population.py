"""Lists of how many people live where, as offices keep them: read whole, and asked for the reach of an alert."""

import datetime as dt
import io
import subprocess
import sys
import zipfile
from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import Connection, insert
from xlsxwriter import Workbook

from gis import population, worksheets
from gis.database import Database
from gis.models import Area
from gis.population import Row
from gis.tables import BadTable
from incident.config import Settings

NOW = dt.datetime(2026, 11, 22, 3, tzinfo=dt.UTC)
LIST = "Kode,Desa,Kecamatan,Jumlah Penduduk,KK,Tahun\n52.03.19.2001,Sembalun Lawang,Sembalun,8.412,2.100,2025\n"
VILLAGES = {
    "52.03.19.2001": "Sembalun Lawang",
    "52.03.19.2002": "Sembalun Bumbung",
    "52.03.20.2001": "Pringgabaya",
    "52.03.21.2001": "Pringgabaya",
}
DISTRICTS = {"52.03.19": "Sembalun", "52.03.20": "Aikmel", "52.03.21": "Wanasaba"}


def workbook(*lines: tuple[object, ...]) -> bytes:
    """An .xlsx with these lines on its first sheet."""
    out = io.BytesIO()
    book = Workbook(out, {"in_memory": True})
    sheet = book.add_worksheet("Data")
    for at, cells in enumerate(lines):
        for column, cell in enumerate(cells):
            if cell is not None:
                sheet.write(at, column, cell)
    book.add_worksheet("Lain").write(0, 0, "bukan ini")
    book.close()
    return out.getvalue()


# the file


def test_a_csv_of_the_civil_registry_is_read_as_it_is_written() -> None:
    table = population.read(LIST.encode())
    assert table.rows == [Row(2, "52.03.19.2001", "Sembalun Lawang", "Sembalun", 8412, 2100, 2025)]
    assert table.faults == []


@pytest.mark.parametrize("mark", [";", "\t"])
def test_whatever_parts_the_columns(mark: str) -> None:
    assert population.read(LIST.replace(",", mark).encode()).rows[0].people == 8412


def test_a_workbook_with_a_title_above_and_a_sum_below_is_read_too() -> None:
    given = workbook(
        ("JUMLAH PENDUDUK KABUPATEN LOMBOK TIMUR",),
        (None,),
        ("No", "Kecamatan", "Desa/Kelurahan", "Jumlah Jiwa", "Jumlah KK"),
        (1, "Sembalun", "Sembalun Lawang", 8412, 2100),
        (2, "Sembalun", "Sembalun Bumbung", 6010.0, None),
        (None, None, "JUMLAH", 14422, None),
    )
    rows = population.read(given).rows
    assert [(row.line, row.name, row.district, row.people, row.households) for row in rows] == [
        (4, "Sembalun Lawang", "Sembalun", 8412, 2100),
        (5, "Sembalun Bumbung", "Sembalun", 6010, None),
    ]


@pytest.mark.parametrize(
    ("line", "why"),
    [
        ("52.03.19.2001,A,B,banyak,,", "jumlah jiwa “banyak” bukan bilangan bulat"),
        ("52.03.19.2001,A,B,,,", "jumlah jiwa kosong"),
        ("52.03.19.2001,A,B,-4,,", "bukan bilangan bulat"),
        ("5203190001,A,B,5,,", "kode BPS"),
        ("desa kami,A,B,5,,", "bukan kode Kemendagri"),
        (",,B,5,,", "tanpa kode dan tanpa nama"),
        ("52.03.19.2001,A,B,5,,25", "bukan tahun"),
    ],
)
def test_a_row_that_cannot_be_used_has_its_line_and_its_reason(line: str, why: str) -> None:
    table = population.read((LIST + line + "\n").encode())
    assert [(fault.line, why in fault.why) for fault in table.faults] == [(3, True)], table.faults
    assert len(table.rows) == 1


@pytest.mark.parametrize(
    "given",
    [
        b"",
        b"a,b\n1,2\n",
        b"Kode,Jiwa\n",
        b'Kode,Jiwa\n"52.03',
        b"PK\x03\x04rubbish",
        b"x" * (population.MAX_BYTES + 1),
    ],
)
def test_what_is_no_list_is_refused_in_a_sentence(given: bytes) -> None:
    with pytest.raises(BadTable, match=r"\.$"):
        population.read(given)


def test_a_workbook_that_swells_or_hides_a_document_type_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    good = workbook(("Kode", "Jiwa"), ("52.03.19.2001", 5))
    assert population.read(good).rows[0].people == 5
    bomb = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(good)) as old, zipfile.ZipFile(bomb, "w", zipfile.ZIP_DEFLATED) as new:
        for one in old.namelist():
            evil = b'<!DOCTYPE x [<!ENTITY a "aaaa">]><sst><si><t>&a;</t></si></sst>'
            new.writestr(one, evil if one == "xl/sharedStrings.xml" else old.read(one))
    with pytest.raises(BadTable):
        population.read(bomb.getvalue())
    monkeypatch.setattr(worksheets, "MAX_UNPACKED", 100)
    with pytest.raises(BadTable, match="mengembang"):
        population.read(good)


def sheet(inside: bytes) -> bytes:
    """A workbook whose first sheet holds these bytes."""
    made = io.BytesIO()
    plain = io.BytesIO(workbook(("Kode", "Jiwa")))
    with zipfile.ZipFile(plain) as old, zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as new:
        for one in old.namelist():
            is_sheet = one == "xl/worksheets/sheet1.xml"
            new.writestr(one, b"<worksheet>%s</worksheet>" % inside if is_sheet else old.read(one))
    return made.getvalue()


@pytest.mark.slow
@pytest.mark.parametrize(
    "inside",
    [
        b"<a/>" * 4_000_000,
        b"<sheetData><row>" + b"<c/>" * 4_000_000 + b"</row></sheetData>",
        b"<a>" * 2_000_000 + b"</a>" * 2_000_000,
    ],
    ids=["beside", "in a row", "deep"],
)
def test_a_small_workbook_of_millions_of_elements_is_refused_before_it_fills_the_memory(inside: bytes) -> None:
    given = sheet(inside)
    assert len(given) < 100_000
    script = "import resource, sys; from gis import population\n"
    script += "population.read(sys.argv[1].encode())\n"
    script += "before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss\n"
    script += "try: population.read(sys.stdin.buffer.read())\n"
    script += "except population.BadTable: print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before)\n"
    told = subprocess.run(
        [sys.executable, "-c", script, LIST], input=given, capture_output=True, check=True, timeout=300
    )
    assert int(told.stdout) < 150_000, "kB"


@pytest.mark.slow
def test_a_sheet_of_as_many_rows_as_may_be_is_read() -> None:
    lines = [(f"52.03.{n // 900 + 10}.{2001 + n % 900}", n) for n in range(population.MAX_ROWS - 1)]
    assert len(population.read(workbook(("Kode", "Jiwa"), *lines)).rows) == len(lines)


def test_a_list_of_the_whole_country_is_parted_so_that_calls_need_not_wait() -> None:
    lines = "\n".join(f"52.03.{n // 900 + 10}.{2001 + n % 900},5" for n in range(84_000))
    with pytest.raises(BadTable, match="bagi menjadi beberapa berkas"):
        population.read(f"Kode,Jiwa\n{lines}".encode())


@given(st.binary(max_size=400))
def test_no_bytes_raise_anything_but_a_sentence(given: bytes) -> None:
    for one in (given, b"PK\x03\x04" + given, LIST.encode() + given):
        try:
            population.read(one)
        except BadTable as fault:
            assert str(fault)


# what is kept and asked


@pytest.fixture
def conn(settings: Settings) -> Iterator[Connection]:
    database = Database(settings.database)
    with database.writer.begin() as opened:
        bare = {"postcode": None, "lon": None, "lat": None, "radius_m": None}
        named = [*((code, 4, name) for code, name in VILLAGES.items()), *((c, 3, n) for c, n in DISTRICTS.items())]
        rows = [{"code": c, "level": level, "name": n, "folded": n.lower(), **bare} for c, level, n in named]
        opened.execute(insert(Area), rows)
        yield opened
    database.close()


def keep(conn: Connection, **people: int) -> tuple[int, int, int]:
    rows = [Row(1, code.replace("_", "."), "", "", many, None, 2025) for code, many in people.items()]
    told = population.put(conn, rows, source="dukcapil.csv", changed_by="ayu", changed_at=NOW)
    return told["added"], told["changed"], told["same"]


def names(conn: Connection, *lines: str) -> population.Table:
    table = population.read(("Desa,Kecamatan,Jiwa\n" + "\n".join(lines)).encode())
    return population.placed(conn, table, "52.03")


def test_a_name_becomes_a_code_where_it_is_the_only_one(conn: Connection) -> None:
    found = names(conn, "Ds. Sembalun Lawang,,100", "Pringgabaya,Kec. Aikmel,5", "Pringgabaya,,7", "Entah,,3")
    assert [(row.code, row.people) for row in found.rows] == [("52.03.19.2001", 100), ("52.03.20.2001", 5)]
    assert [fault.why for fault in found.faults] == [
        "“Pringgabaya” ada 2 di wilayah ini; beri kolom kode atau kecamatan",
        "“Entah” tidak ada di wilayah ini; beri kolom kode",
    ]


def test_a_village_twice_or_a_code_nobody_knows_is_a_fault(conn: Connection) -> None:
    table = population.read(b"Kode,Jiwa\n52.03.19.2001,5\n52.03.19.2001,6\n52.03.99.2001,7\n")
    found = population.placed(conn, table, "52.03")
    assert len(found.rows) == 1 and [fault.line for fault in found.faults] == [3, 4]


def test_what_comes_again_is_kept_once(conn: Connection) -> None:
    assert keep(conn, **{"52_03_19_2001": 100, "52_03_19_2002": 50}) == (2, 0, 0)
    assert keep(conn, **{"52_03_19_2001": 120, "52_03_19_2002": 50}) == (0, 1, 1)
    assert population.people_of(conn, {"52.03.19.2001": 1.0}).people == 120


def test_unknown_is_never_nought(conn: Connection) -> None:
    assert population.people_of(conn, {"52.03.19.2001": 1.0}) == (None, 0, 1, (), ())
    keep(conn, **{"52_03_19_2001": 0})
    assert population.people_of(conn, {"52.03.19.2001": 1.0}).people == 0
    living = population.people_of(conn, {"52.03.19.2001": 1.0, "52.03.20.2001": 1.0})
    assert (living.counted, living.unknown, living.years, living.sources) == (1, 1, (2025,), ("dukcapil.csv",))


def test_of_an_area_the_villages_below_are_meant(conn: Connection) -> None:
    keep(conn, **{"52_03_19_2001": 8412, "52_03_19_2002": 6010})
    below = population.villages_below(conn, ["52.03.19", "52.03.19.2001"])
    assert below == ["52.03.19.2001", "52.03.19.2002"]
    assert population.people_of(conn, dict.fromkeys(below, 1.0)).people == 14_400
    assert population.villages_below(conn, ["52.03.20"]) == ["52.03.20.2001"]


def test_an_area_known_only_as_a_whole_counts_as_a_whole(conn: Connection) -> None:
    keep(conn, **{"52_03_20": 31_000})
    assert population.villages_below(conn, ["52.03.20"]) == ["52.03.20"]


@given(st.floats(0, 1e8))
def test_an_estimate_is_said_in_three_digits_and_is_near(people: float) -> None:
    said = population.about(people)
    assert abs(said - people) <= max(0.5, people * 0.0051)
    assert len(str(said).rstrip("0") or "0") <= 3
