"""Lists from any office's spreadsheet are read whole: what can be used, and of the rest each line and why."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gis.tables import FACILITIES, FACILITY_KINDS, LANDMARKS, MAX_BYTES, BadTable, Table, read

HEAD = "nama;jenis;bujur;lintang;kapasitas\n"


def lines(*rows: str, head: str = HEAD, what: str = FACILITIES, **more: Any) -> Table:
    return read(what, (head + "".join(f"{row}\n" for row in rows)).encode(), **more)


def why(row: str, **more: Any) -> str:
    (fault,) = lines(row, **more).faults
    return fault.why


@pytest.mark.parametrize("coding", ["utf-8", "utf-8-sig", "utf-16", "cp1252", "latin-1"])
@pytest.mark.parametrize(
    "words",
    [
        "nama;jenis;bujur;lintang\nKlinik Née;puskesmas;116,53;-8,65\n",
        "sep=;\r\nNAMA;Jenis;BUJUR;Lintang\r\n\r\nKlinik Née;Puskesmas; 116,53 ;-8,65\r\n",
        'name,kind,lon,lat,extra\n"Klinik Née",puskesmas,"116,53",-8.65,x\n',
        "Nama Fasilitas\tTipe\tLongitude\tLatitude\nKlinik  Née\tPKM\t116.53\t\u22128.65\n".replace("\u2212", "-"),
    ],
)
def test_any_spreadsheets_csv_is_read(words, coding):
    (row,) = read(FACILITIES, words.encode(coding)).rows
    assert (row.name, row.kind, row.lon, row.lat) == ("Klinik Née", "puskesmas", 116.53, -8.65)


def test_every_column_is_taken_in_and_the_others_are_let_be():
    head = "id;Nama Patokan;jenis;lon;lat;Kode Desa;radius_m;keterangan;pemilik\n"
    (row,) = lines("7;Masjid Raya;Masjid;116.5;-8.5;5203072001;120,5;biru;Haji X", head=head, what=LANDMARKS).rows
    assert (row.name, row.kind, row.area_code, row.radius_m, row.note) == (
        "Masjid Raya", "masjid", "52.03.07.2001", 120.5, "biru"
    )  # fmt: skip


@pytest.mark.parametrize(
    ("row", "words"),
    [
        (";sd;116,5;-8,5;", "namanya kosong"),
        ("...;sd;116,5;-8,5;", "namanya kosong"),
        (f"{'x' * 121};sd;116,5;-8,5;", "nama lebih dari 120 huruf"),
        ("A;;116,5;-8,5;", "jenisnya kosong"),
        ("A;pabrik;116,5;-8,5;", "jenis “pabrik” tidak dikenal; yang ada: puskesmas"),
        ("A;sd;;-8,5;", "bujur kosong"),
        ("A;sd;timur;-8,5;", "bujur “timur” bukan angka derajat"),
        ("A;sd;nan;-8,5;", "bukan angka derajat"),
        ("A;sd;1e2;-8,5;", "bukan angka derajat"),
        ("A;sd;116,5;", "lintang kosong"),
        ("A;sd;-8,5;116,5;", "tertukar"),
        ("A;sd;181;-8,5;", "tidak ada di bumi"),
        ("A;sd;2,35;48,86;", "luar Indonesia"),
        ("A;sd;116,5;-8,5;banyak", "kapasitas “banyak” bukan bilangan bulat"),
        ("A;sd;116,5;-8,5;-3", "bukan bilangan bulat"),
        ("A;sd;116,5;-8,5;12,5", "bukan bilangan bulat"),
        ("A;sd;116,5;-8,5;9999999", "bukan bilangan bulat"),
        ("A;sd;116,5;-8,5;3;lebih", "ada 6 kolom, judulnya 5"),
    ],
)
def test_a_row_that_cannot_be_used_says_why(row, words):
    assert words in why(row)


def test_a_wrong_code_or_radius_says_so_too():
    assert "bukan kode Kemendagri" in why("A;sd;116.5;-8.5;999", head="nama;jenis;lon;lat;kode\n")
    head = "nama;jenis;lon;lat;radius\n"
    for radius in ("-1", "50000", "dekat"):
        assert "radius" in why(f"A;x;116.5;-8.5;{radius}", head=head, what=LANDMARKS)


def test_the_line_is_the_one_a_spreadsheet_shows():
    table = lines("A;sd;116,5;-8,5;", "", '"B\nbaris dua";sd;116,5;-8,5;', ";sd;116,5;-8,5;")
    assert [row.line for row in table.rows] == [2, 5] and [one.line for one in table.faults] == [6]


@pytest.mark.parametrize(("said", "number"), [("40", 40), ("1.200", 1200), ("1,200", 1200), ("12.0", 12), ("", None)])
def test_a_capacity_is_a_whole_number_however_it_is_grouped(said, number):
    assert lines(f"A;sd;116,5;-8,5;{said}").rows[0].capacity == number


def test_every_kind_is_known_by_its_code_and_by_what_offices_call_it():
    for kind, spoken in FACILITY_KINDS.items():
        for word in (kind, *spoken, spoken[0].upper()):
            assert lines(f"A;{word};116,5;-8,5;").rows[0].kind == kind, word


def test_the_same_place_has_the_same_key_in_every_file_and_two_of_a_name_have_two():
    def key(row: str, head: str = HEAD, what: str = FACILITIES) -> str:
        return lines(row, head=head, what=what).rows[0].key

    coded = "nama;jenis;bujur;lintang;kode\n"
    assert key("SDN 1;sd;116,5;-8,5;") == key("sdn  1;SEKOLAH;116,5001;-8,5;99")
    assert key("SDN 1;sd;116,5;-8,5;") != key("SDN 1;sd;116,6;-8,5;")
    assert key("SDN 1;sd;116,5;-8,5;52.03.01.2001", coded) == key("SDN 1;sd;116,6;-8,6;5203012001", coded)
    assert key("SDN 1;sd;116,5;-8,5;52.03.01.2001", coded) != key("SDN 1;sd;116,5;-8,5;52.03.01.2002", coded)
    numbered = "id;nama;jenis;bujur;lintang\n"
    assert key("1;SDN 1;sd;116,5;-8,5", numbered) == key("1;SDN 1;sd;116,9;-8,9", numbered)
    assert key("1;SDN 1;sd;116,5;-8,5", numbered) != key("1;SMPN 1;smp;116,5;-8,5", numbered), "1 is only a row number"


def test_a_row_that_comes_twice_is_said_not_doubled():
    table = lines("A;sd;116,5;-8,5;", "a;sd;116,5;-8,5;")
    assert len(table.rows) == 1 and "sama dengan baris 2" in table.faults[0].why


def test_what_is_far_away_may_be_confirmed_and_what_is_wrong_may_not():
    rows = ("Jauh;sd;2,35;48,86;", ";sd;116,5;-8,5;")
    assert [one.confirm for one in lines(*rows).faults] == [True, False]
    assert [row.name for row in lines(*rows, confirmed=True).rows] == ["Jauh"]
    assert lines("Denpasar;sd;115,2;-8,65;", site=(116.3, -8.9, 116.8, -8.2)).faults[0].confirm


@pytest.mark.slow
@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "kosong"),
        (b"\n\n", "kosong"),
        (b'""\n""\n', "baris judul"),
        (b"sep=;\n", "kosong"),
        (b"\x1c,\x0b", "baris judul"),
        (b"nama;jenis;bujur;lintang\n", "Tidak ada baris"),
        (b"nama,jenis\nA,sd\n", "lon, lat"),
        (b"PK\x03\x04\x14\x00", "Excel"),
        (b"\x89PNG\x00\x01", "biner"),
        (b"\xff\xfea", "terpotong"),
        (b'nama,jenis,lon,lat\n"SDN 1,sd,116.5', "baris 2"),
        (b'{"type": "FeatureCollection", "features": [', "terpotong"),
        (b"{}", "FeatureCollection"),
        (b'{"features": {}}', "FeatureCollection"),
        (b'{"features": []}', "Tidak ada baris"),
        (b"{" + b'"a":[' * 100_000, "terpotong"),
        (b"x" * (MAX_BYTES + 1), "5 MB"),
        (b"nama,jenis,lon,lat\n" + b"A,sd,116.5,-8.5\n" * 50_001, "50000 baris"),
    ],
)
def test_a_file_that_is_no_list_is_refused_as_a_whole(content, words):
    with pytest.raises(BadTable, match=words):
        read(FACILITIES, content)


@given(
    st.one_of(
        st.binary(max_size=200), st.text(alphabet=';,\t\n\r"{}[]:x1-.=\x00\x1c\x85\ufeff', max_size=60).map(str.encode)
    )
)
def test_whatever_is_sent_is_read_or_refused_with_a_sentence(content):
    for whole in (content, HEAD.encode() + content):
        try:
            read(FACILITIES, whole)
        except BadTable as fault:
            assert str(fault).endswith(".")


def feature(lon: Any, lat: Any, **about: Any) -> dict[str, Any]:
    return {"type": "Feature", "properties": about, "geometry": {"type": "Point", "coordinates": [lon, lat]}}


def of(*features: Any) -> Table:
    return read(FACILITIES, json.dumps({"type": "FeatureCollection", "features": features}).encode())


def test_geojson_is_read_by_the_same_names():
    (row,) = of(feature(116.5, -8.5, nama="RSUD Selong", jenis="rsud", kapasitas=120, kode=5203072001)).rows
    assert (row.name, row.kind, row.capacity, row.area_code) == ("RSUD Selong", "hospital", 120, "52.03.07.2001")


@pytest.mark.parametrize(
    "wrong",
    [
        3,
        {},
        {"geometry": None},
        {"geometry": {"type": "Polygon", "coordinates": []}},
        {"geometry": {"type": "Point", "coordinates": [116.5]}},
        feature(float("nan"), -8.5, nama="A", jenis="sd"),
        feature(10**400, -8.5, nama="A", jenis="sd"),
        feature("timur", -8.5, nama="A", jenis="sd"),
        feature(True, -8.5, nama="A", jenis="sd"),
        feature([1], -8.5, nama="A", jenis="sd"),
        {**feature(116.5, -8.5), "properties": [1]},
        feature(116.5, -8.5, nama={"a": 1}, jenis=["sd"]),
    ],
)
def test_a_feature_that_is_no_place_is_a_fault_of_its_own(wrong):
    table = of(feature(116.5, -8.5, nama="A", jenis="sd"), wrong)
    assert len(table.rows) == 1 and [one.line for one in table.faults] == [2] and table.faults[0].why
