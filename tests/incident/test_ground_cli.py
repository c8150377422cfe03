"""Lists of landmarks and facilities from the command line: whole or not at all, and once however often."""

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from incident.cli import root
from tests.factories import on_spatialite

PLACES = "nama;jenis;bujur;lintang;kapasitas\nPuskesmas Selong;puskesmas;116,53;-8,65;40\nSDN 1;sd;116,6;-8,5;200\n"
pytestmark = on_spatialite


@pytest.fixture
def call(settings: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    """Run a command of `posko gis` on a file with this content."""
    monkeypatch.setattr("incident.commands.load_settings", lambda: settings)

    def called(command: str, content: str, *words: str) -> Result:
        file = tmp_path / "daftar.csv"
        file.write_text(content)
        return CliRunner().invoke(root, ["gis", command, str(file), *words])

    return called


@pytest.mark.parametrize("command", ["facilities", "landmarks"])
def test_a_list_comes_in_once_however_often(call, command):
    first = call(command, PLACES)
    assert (first.exit_code, first.stdout.strip()) == (0, "2 baru, 0 diubah, 0 tetap."), first.output
    again = call(command, PLACES.replace("116,53", "116,5301"), "--json")
    assert json.loads(again.stdout) == {"added": 0, "changed": 1, "same": 1, "gone": 0, "left_out": 0}


def test_rows_at_fault_are_named_with_their_lines_and_nothing_is_changed(call):
    refused = call("facilities", PLACES + ";sd;116,5;-8,5;\nJauh;sd;2,3;48,8;\n")
    assert refused.exit_code == 1
    assert "2 baris tidak dapat dipakai, jadi tidak ada yang diubah (--skip-bad" in refused.output
    assert "baris 4: namanya kosong" in refused.output and "baris 5: Tempat itu di luar Indonesia" in refused.output
    assert call("facilities", PLACES).stdout.startswith("2 baru"), "the good rows had not come in"


def test_rows_may_be_left_out_or_confirmed(call):
    skipped = call("facilities", PLACES + ";sd;116,5;-8,5;\n", "--skip-bad")
    assert skipped.stdout.strip() == "2 baru, 0 diubah, 0 tetap, 1 baris dilewati."
    far = PLACES + "Jauh;sd;2,3;48,8;\n"
    assert "(--confirmed bila memang benar)" in call("facilities", far).output
    assert call("facilities", far, "--confirmed").stdout.startswith("1 baru")


def test_many_faults_are_counted_not_all_printed(call):
    words = call("facilities", PLACES + ";sd;116,5;-8,5;\n" * 30).output
    assert "30 baris" in words and "dan 10 lagi" in words and words.count("namanya kosong") == 20


def test_what_is_no_list_is_said_and_a_wrong_call_is_a_wrong_call(call):
    assert call("facilities", "a,b\n1,2\n").exit_code == 1
    assert CliRunner().invoke(root, ["gis", "facilities", "/nowhere.csv"]).exit_code == 2


PEOPLE = "Kode;Jumlah Penduduk;KK\n52.03.19.2001;8.412;2.100\n52.03.19.2002;6.010;1.400\n"


def test_the_people_of_villages_come_in_once_however_often(call):
    assert call("population", PEOPLE).stdout.strip() == "2 baru, 0 diubah, 0 tetap."
    again = call("population", PEOPLE.replace("8.412", "8.500"), "--json")
    assert json.loads(again.stdout) == {"added": 0, "changed": 1, "same": 1, "gone": 0, "left_out": 0}


def test_people_that_are_no_number_are_named_with_their_line(call):
    bad = PEOPLE + "52.03.19.2003;banyak;\n"
    refused = call("population", bad)
    assert refused.exit_code == 1 and "baris 4: jumlah jiwa “banyak”" in refused.output
    assert call("population", bad, "--skip-bad").stdout.strip() == "2 baru, 0 diubah, 0 tetap, 1 baris dilewati."
    assert call("population", "a,b\n1,2\n").exit_code == 1
