"""One migration tree for both databases: what it makes is what the models say, and it may be run again."""

import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import inspect, text

import alerts.models
import gis.models
import radio_bridge.models
from gis.database import Base, Database
from incident.models import IncidentType
from incident.seeds import AGENCIES
from incident.upgrade import FOLDER, _seed, is_current, newest_revision, upgrade
from tests.factories import on_spatialite

SHAPES = {
    **dict.fromkeys(("unit", "incident", "call", "landmark", "facility", "place_note"), "point"),
    "boundary": "outline",
    "zone": "shape",
    "track": "path",
}


def ours(thing: Any, name: str | None, kind: str, reflected: bool, compare_to: Any) -> bool:
    """SpatiaLite and PostGIS keep books of their own in the same database; the index of a point is tried below."""
    if kind == "index" and str(name).endswith(("_point", "_outline", "_shape", "_path", "_leaf_words")):
        return False
    return kind != "table" or name in Base.metadata.tables


def test_the_migrated_tables_are_those_of_the_models(post):
    assert alerts.models and gis.models and radio_bridge.models
    with post.database.read() as conn:
        options = {"include_object": ours, "compare_type": False}
        found = compare_metadata(MigrationContext.configure(conn, opts=options), Base.metadata)
        real = [
            one for one in found if "add_table" in str(one[0]) or "column" in str(one[0]) or "remove" in str(one[0])
        ]
        assert [one for one in real if "sqlite_autoindex" not in str(one)] == []
        tables = set(inspect(conn).get_table_names())
    assert set(Base.metadata.tables) <= tables


def test_every_point_has_a_spatial_index(post):
    with post.database.read() as conn:
        for table, shape in SHAPES.items():
            found = post.database.near(table, shape)
            box = {"west": 116, "south": -9, "east": 117, "north": -8}
            rows = conn.execute(text(f"SELECT count(*) FROM {table} WHERE {found.text}"), box)
            assert rows.scalar() == 0
            name = f"idx_{table}_{shape}" if post.database.is_spatialite else f"ix_{table}_{shape}"
            books = "sqlite_master" if post.database.is_spatialite else "pg_class"
            column = "name" if post.database.is_spatialite else "relname"
            assert conn.execute(text(f"SELECT 1 FROM {books} WHERE {column} = :name"), {"name": name}).first(), name


def test_a_second_upgrade_changes_nothing(post):
    assert is_current(post.database)
    upgrade(post.database)
    with post.database.read() as conn:
        codes = [row.code for row in conn.execute(IncidentType.__table__.select())]
    assert len(codes) == len(set(codes)) > 10


@on_spatialite
def test_an_older_room_is_given_the_agencies_it_did_not_know_and_keeps_its_own_names(post):
    with post.database.writer.connect() as conn:
        conn.exec_driver_sql("DELETE FROM agency WHERE code IN ('RSUD', 'KODIM', 'PDAM')")
        conn.exec_driver_sql("UPDATE agency SET name = 'BPBD Lombok Timur' WHERE code = 'BPBD'")
        _seed(conn)
        conn.commit()
    with post.database.read() as conn:
        named = {row.code: row.name for row in conn.execute(text("SELECT code, name FROM agency"))}
    assert set(named) == {code for code, _ in AGENCIES}
    assert named["BPBD"] == "BPBD Lombok Timur"


def test_a_fresh_file_is_migrated_by_itself(tmp_path):
    database = Database(f"sqlite:///{tmp_path}/new.db")
    assert not is_current(database)
    upgrade(database)
    assert is_current(database)
    database.close()


@on_spatialite
@pytest.mark.parametrize("table", ["journal", "call", "session"])
def test_a_reader_can_write_nothing(post, table):
    from sqlalchemy.exc import OperationalError

    with post.database.read() as conn, pytest.raises(OperationalError, match="readonly|query_only|read"):
        conn.execute(text(f"DELETE FROM {table}"))


def test_the_newest_shape_is_told_by_the_names_of_the_files_as_alembic_tells_it():
    config = Config()
    config.set_main_option("script_location", str(FOLDER))
    scripts = ScriptDirectory.from_config(config)
    assert scripts.get_heads() == [newest_revision()]
    assert all(Path(one.path).name.startswith(f"{one.revision}_") for one in scripts.walk_revisions())


@pytest.mark.slow
def test_a_server_that_finds_the_newest_shape_needs_none_of_what_changes_it(tmp_path):
    database = Database(f"sqlite:///{tmp_path}/posko.db")
    upgrade(database)
    database.close()
    started = (
        "import sys\n"
        "from incident.lean import without_optional\n"
        "with without_optional():\n"
        "    from incident.app import create_app\n"
        f"    create_app(database='sqlite:///{tmp_path}/posko.db', data='{tmp_path}')\n"
        "heavy = {'alembic', 'rich', 'pygments', 'requests', 'weasyprint', 'folium', 'textual'}\n"
        "print(sorted(heavy & set(sys.modules)))\n"
    )
    said = subprocess.run([sys.executable, "-c", started], capture_output=True, text=True, check=True)
    assert said.stdout.strip() == "[]"
