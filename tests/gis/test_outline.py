"""The site's outline comes in whole from a file of villages, or not at all."""

import json
import shutil
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from click.testing import CliRunner, Result

from gis.outline import FILE, UNKNOWN, ground
from incident.config import Site
from incident.ground_cli import gis

REAL = Path(__file__).resolve().parents[3] / "shared" / "data" / "boundaries" / "lombok_timur_desa.geojson"


@pytest.fixture
def folder(tmp_path: Path, template_file: Path) -> Path:
    """POSKO_DATA with a fresh database in it."""
    shutil.copy(template_file, tmp_path / "posko.db")
    return tmp_path


def square(west: float, south: float, code: str = "52.03.01.2001", **more: Any) -> dict[str, Any]:
    ring = [(west, south), (west + 0.1, south), (west + 0.1, south + 0.1), (west, south + 0.1), (west, south)]
    properties = {"kode": code, "nama": "Desa Coba"}
    return {"type": "Feature", "properties": properties, "geometry": {"type": "Polygon", "coordinates": [ring]}} | more


def imported(folder: Path, given: Any, *words: str) -> Result:
    file = folder / "given.geojson"
    file.write_text(given if isinstance(given, str) else json.dumps({"type": "FeatureCollection", "features": given}))
    return called(folder, file, *words)


def called(folder: Path, file: Path, *words: str) -> Result:
    site = Site(name="Lombok Timur", area_code="52.03")
    settings = SimpleNamespace(data=folder, site=site, database=f"sqlite:///{folder}/posko.db")
    return CliRunner().invoke(gis, ["import", str(file), *words], obj=lambda: settings)


def seen(folder: Path) -> dict[str, Any]:
    return ground(SimpleNamespace(settings=SimpleNamespace(data=folder)))


def test_knows_no_outline_before_an_import(tmp_path: Path):
    assert seen(tmp_path) == UNKNOWN


def test_melts_villages_into_one_outline(folder: Path):
    done = imported(folder, [square(116.4, -8.5), square(116.5, -8.5, "52.03.01.2002")])
    assert done.exit_code == 0, done.output
    assert seen(folder)["outline"]["type"] == "Polygon"
    assert seen(folder)["bounds"] == [116.4, -8.5, 116.6, -8.4]
    assert json.loads((folder / FILE).read_text())["features"][1]["properties"]["what"] == "villages"


def test_leaves_out_what_lies_in_another_area(folder: Path):
    imported(folder, [square(116.4, -8.5), square(115.0, -8.5, "52.01.01.2001"), square(115.0, -8.5, "52.04")])
    assert seen(folder)["bounds"] == [116.4, -8.5, 116.5, -8.4]


def test_another_area_alone_leaves_the_outline_as_it_was(folder: Path):
    imported(folder, [square(116.4, -8.5)])
    done = imported(folder, [square(115.0, -8.5, "52.01.01.2001")])
    assert "Batas peta tidak berubah." in done.output
    assert seen(folder)["bounds"] == [116.4, -8.5, 116.5, -8.4]


def test_villages_of_a_second_file_join_those_of_the_first(folder: Path):
    imported(folder, [square(116.4, -8.5)])
    imported(folder, [square(116.5, -8.5, "52.03.02.2001")])
    assert seen(folder)["bounds"] == [116.4, -8.5, 116.6, -8.4]


def test_a_newer_shape_of_a_village_is_seen_at_once(folder: Path):
    imported(folder, [square(116.4, -8.5)])
    assert seen(folder)["bounds"][0] == 116.4
    imported(folder, [square(116.3, -8.5)])
    assert seen(folder)["bounds"] == [116.3, -8.5, 116.4, -8.4]


def test_the_regency_as_one_shape_serves_until_its_villages_come_and_not_after(folder: Path):
    imported(folder, [square(116.0, -8.5, "52.03")])
    assert seen(folder)["bounds"][0] == 116.0
    imported(folder, [square(116.4, -8.5)])
    imported(folder, [square(116.0, -8.5, "52.03")])
    assert seen(folder)["bounds"][0] == 116.4


def test_a_refused_file_leaves_the_outline_as_it_was(folder: Path):
    imported(folder, [square(116.4, -8.5)])
    refused = imported(folder, [square(116.5, -8.5), square(116.6, -8.5, geometry=None)])
    assert refused.exit_code == 1
    assert seen(folder)["bounds"] == [116.4, -8.5, 116.5, -8.4]


if REAL.exists():

    def test_takes_the_254_villages_of_lombok_timur(folder: Path):
        done = called(folder, REAL, "--json")
        assert json.loads(done.stdout)["outline"]["areas"] == 254
        assert seen(folder)["bounds"] == pytest.approx([116.376, -8.938, 116.755, -8.246], abs=0.002)
        assert (folder / FILE).stat().st_size < 600_000
