"""What the map stands on is copied beside the database and put back whole, and what is not copied is named."""

import io
import tarfile
from pathlib import Path

import pytest
from click.testing import CliRunner

from gis import ground_copies, tiles
from gis.database import DatabaseUnusable
from gis.overlays import keep as keep_overlay
from gis.overlays import within
from incident.commands import backup, restore
from tests.tiles import pmtiles, png

SHAPE = {"type": "Feature", "id": 1, "geometry": {"type": "Point", "coordinates": [116.5, -8.5]}, "properties": {}}


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """POSKO_DATA with a layer of the site, an outline and a base map."""
    folder = tmp_path / "var"
    keep_overlay(folder, "banjir", [SHAPE])
    (folder / "gis" / "outline.json").write_text("{}")
    (folder / "gis" / "overlays" / "half.new").write_text("half")
    tiles.install(pmtiles(tmp_path / "lombok.pmtiles", {(0, 0, 0): png((1, 2, 3))}), folder)
    return folder


def test_layers_and_outline_come_back_and_base_maps_when_asked_for(data: Path, tmp_path: Path):
    for with_tiles in (False, True):
        file, fresh = tmp_path / f"copy{with_tiles}.db", tmp_path / f"fresh{with_tiles}"
        assert ground_copies.keep(data, file, with_tiles) == ground_copies.beside(file)
        names = ["gis/overlays/banjir.geojson", "gis/outline.json"] + (["tiles/lombok.pmtiles"] if with_tiles else [])
        assert ground_copies.put_back(fresh, file) == names
        assert within(fresh, "banjir", None) == [SHAPE]
        assert [one.name for one in tiles.listing(fresh)] == (["lombok.pmtiles"] if with_tiles else [])


def test_a_room_without_files_of_its_own_has_nothing_to_keep(tmp_path: Path):
    assert ground_copies.keep(tmp_path, tmp_path / "copy.db") is None
    assert ground_copies.put_back(tmp_path, tmp_path / "copy.db") == []
    assert ground_copies.left_out(tmp_path) == []


def written(path: Path, *names: str) -> Path:
    with tarfile.open(ground_copies.beside(path), "w") as bundle:
        for name in names:
            about = tarfile.TarInfo(name)
            about.size = 1
            bundle.addfile(about, io.BytesIO(b"x"))
    return path


@pytest.mark.parametrize("name", ["../posko.db", "/etc/passwd", "posko.db", "gis/overlays/../../secret_key", "tiles"])
def test_what_does_not_belong_to_the_ground_is_not_put_anywhere(data: Path, tmp_path: Path, name: str):
    with pytest.raises(DatabaseUnusable, match="broken"):
        ground_copies.put_back(data, written(tmp_path / "copy.db", "gis/outline.json", name))
    assert (data / "gis" / "outline.json").read_text() == "{}"


def test_half_a_copy_is_refused_and_changes_nothing(data: Path, tmp_path: Path):
    file = tmp_path / "copy.db"
    kept = ground_copies.keep(data, file, with_tiles=True)
    assert kept
    kept.write_bytes(kept.read_bytes()[:1000])
    (data / "gis" / "outline.json").write_text("newer")
    with pytest.raises(DatabaseUnusable):
        ground_copies.put_back(data, file)
    assert (data / "gis" / "outline.json").read_text() == "newer"


def test_the_backup_says_what_it_copied_and_what_not(data: Path, tmp_path: Path, template_file: Path, monkeypatch):
    monkeypatch.setenv("POSKO_DATA", str(data))
    monkeypatch.setenv("POSKO_DATABASE", f"sqlite:///{template_file}")
    said = CliRunner().invoke(backup, [str(tmp_path / "copy.db")])
    assert said.exit_code == 0, said.output
    assert "copy.db.ground.tar" in said.output and "Not copied: the base maps lombok.pmtiles (" in said.output
    said = CliRunner().invoke(backup, [str(tmp_path / "all.db"), "--with-tiles"])
    assert "base maps)" in said.output and "Not copied" not in said.output
    tiles.remove("lombok.pmtiles", data)
    monkeypatch.setenv("POSKO_DATABASE", f"sqlite:///{tmp_path}/other.db")
    back = CliRunner().invoke(restore, [str(tmp_path / "all.db")])
    assert back.exit_code == 0 and "Put back: tiles/lombok.pmtiles" in back.output
    assert [one.name for one in tiles.listing(data)] == ["lombok.pmtiles"]
