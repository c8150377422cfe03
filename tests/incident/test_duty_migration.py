"""What units were called in free words is taken over: a known word becomes its code, another a row of its own."""

from pathlib import Path

from alembic import command
from alembic.config import Config
from sqlalchemy import text

from gis.database import Database, ensure_spatial
from incident.duty import queries as duty
from incident.upgrade import FOLDER

OLD = (
    ("TRC-1", "trc", "rescue,perahu"),
    ("DMK-1", "Mobil Pemadam", "memadamkan api,fire"),
    ("DRN-1", "regu drone", ""),
    ("DRN-2", "Regu Drone", "Perahu"),
)


def migrate(database: Database, revision: str) -> None:
    config = Config()
    config.set_main_option("script_location", str(FOLDER))
    with database.writer.connect() as conn:
        ensure_spatial(conn)
        config.attributes["connection"] = conn
        command.upgrade(config, revision)
        conn.commit()


def test_free_words_of_an_older_house_become_kinds_and_capabilities(tmp_path: Path):
    database = Database(f"sqlite:///{tmp_path}/old.db")
    migrate(database, "0004")
    with database.writer.connect() as conn:
        for number, (name, kind, able) in enumerate(OLD, 1):
            conn.execute(
                text(
                    "INSERT INTO unit (id, call_sign, kind, capabilities, base, in_service, in_service_since)"
                    " VALUES (:id, :name, :kind, :able, '', 1, :now)"
                ),
                {"id": number, "name": name, "kind": kind, "able": able, "now": "2026-01-01 00:00:00.000000"},
            )
        conn.commit()
    migrate(database, "head")
    with database.read() as conn:
        units = conn.execute(text("SELECT call_sign, kind, capabilities, posture FROM unit ORDER BY id")).all()
        kinds = {row["code"]: row["name_id"] for row in duty.kinds(conn)}
        able = {row["code"]: row["serves"] for row in duty.capabilities(conn)}
    database.close()
    assert [tuple(row) for row in units] == [
        ("TRC-1", "trc", "rescue,perahu", "base"),
        ("DMK-1", "fire_engine", "fire", "base"),
        ("DRN-1", "regu drone", "", "base"),
        ("DRN-2", "regu drone", "perahu", "base"),
    ]
    assert kinds["regu drone"] == "regu drone" and kinds["trc"] == "Tim reaksi cepat"
    assert able["perahu"] == "perahu", "what a word was held against before, it is held against still"
