"""The site's outline comes in whole from a file of villages, or not at all."""

import json
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from click.testing import CliRunner, Result

from gis.cli import gis
from gis.outline import FILE, UNKNOWN, ground
from incident.config import Site

REAL = Path(__file__).resolve().parents[3] / "shared" / "data" / "boundaries" / "lombok_timur_desa.geojson"


def square(west: float, south: float, code: str = "52.03.01.2001", **more: Any) -> dict[str, Any]:
    ring = [(west, south), (west + 0.1, south), (west + 0.1, south + 0.1), (west, south + 0.1), (west, south)]
    properties = {"kode": code, "nama": "Desa Coba"}
    return {"type": "Feature", "properties": properties, "geometry": {"type": "Polygon", "coordinates": [ring]}} | more


def imported(folder: Path, given: Any, *words: str) -> Result:
    file = folder / "given.geojson"
    file.write_text(given if isinstance(given, str) else json.dumps({"type": "FeatureCollection", "features": given}))
    return called(folder, file, *words)


def called(folder: Path, file: Path, *words: str) -> Result:
    settings = SimpleNamespace(data=folder, site=Site(name="Lombok Timur", area_code="52.03"))
    return CliRunner().invoke(gis, ["import", str(file), *words], obj=lambda: settings)


def seen(folder: Path) -> dict[str, Any]:
    return ground(SimpleNamespace(settings=SimpleNamespace(data=folder)))


def test_knows_no_outline_before_an_import(tmp_path: Path):
    assert seen(tmp_path) == UNKNOWN


def test_melts_villages_into_one_outline(tmp_path: Path):
    done = imported(tmp_path, [square(116.4, -8.5), square(116.5, -8.5)])
    assert done.exit_code == 0, done.output
    assert seen(tmp_path)["outline"]["type"] == "Polygon"
    assert seen(tmp_path)["bounds"] == [116.4, -8.5, 116.6, -8.4]
    assert json.loads((tmp_path / FILE).read_text())["features"][1]["properties"]["what"] == "villages"


def test_leaves_out_what_lies_in_another_area(tmp_path: Path):
    imported(tmp_path, [square(116.4, -8.5), square(115.0, -8.5, "52.01.01.2001"), square(115.0, -8.5, "52.031")])
    assert seen(tmp_path)["bounds"] == [116.4, -8.5, 116.5, -8.4]


def test_mends_a_bow_tie_and_says_so(tmp_path: Path):
    bow = {
        "type": "Polygon",
        "coordinates": [[(116.4, -8.5), (116.5, -8.4), (116.5, -8.5), (116.4, -8.4), (116.4, -8.5)]],
    }
    done = imported(tmp_path, [square(116.4, -8.5, geometry=bow)], "--json")
    assert json.loads(done.output)["mended"] == 1


def test_a_newer_import_is_seen_at_once(tmp_path: Path):
    imported(tmp_path, [square(116.4, -8.5)])
    assert seen(tmp_path)["bounds"][0] == 116.4
    imported(tmp_path, [square(116.3, -8.5)])
    assert seen(tmp_path)["bounds"][0] == 116.3


@pytest.mark.parametrize(
    "given",
    [
        "",
        "[]",
        '{"type": "FeatureCollection", "features": [1]}',
        [],
        [square(116.4, -8.5, "32.05.01.2001")],
        [square(-8.5, 116.4)],
        [square(116.4, -8.5), square(116.5, -8.5, geometry={"type": "Point", "coordinates": [1, 2]})],
        [square(116.4, -8.5, geometry={"type": "Polygon", "coordinates": [[["a", "b"]]]})],
        [square(116.4, -8.5, geometry=None)],
    ],
    ids=["empty", "list", "numbers", "nothing", "elsewhere", "swapped", "point", "words", "no shape"],
)
def test_a_bad_file_is_named_in_a_sentence_and_changes_nothing(tmp_path: Path, given: Any):
    imported(tmp_path, [square(116.4, -8.5)])
    refused = imported(tmp_path, given)
    assert refused.exit_code == 1
    assert "given.geojson" in refused.output
    assert "Tidak ada yang diubah." in refused.output
    assert seen(tmp_path)["bounds"] == [116.4, -8.5, 116.5, -8.4]


if REAL.exists():

    def test_takes_the_254_villages_of_lombok_timur(tmp_path: Path):
        done = called(tmp_path, REAL, "--json")
        assert json.loads(done.output)["villages"] == 254
        assert seen(tmp_path)["bounds"] == pytest.approx([116.376, -8.938, 116.755, -8.246], abs=0.002)
        assert (tmp_path / FILE).stat().st_size < 600_000
