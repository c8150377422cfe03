"""Brings a database to the newest shape; harmless when it is there already."""

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, insert, select

from gis.database import Database, ensure_spatial
from incident import seeds
from incident.models import Agency, IncidentType

FOLDER = Path(__file__).parent / "migrations"


def upgrade(database: Database) -> None:
    """Migrate to the newest revision and put in what is missing of the seeds."""
    if is_current(database):
        return
    with database.writer.connect() as conn:
        ensure_spatial(conn)
        config = Config()
        config.set_main_option("script_location", str(FOLDER))
        config.attributes["connection"] = conn
        command.upgrade(config, "head")
        _seed(conn)
        conn.commit()


def is_current(database: Database) -> bool:
    """Whether the database has the newest shape."""
    with database.read() as conn:
        config = Config()
        config.set_main_option("script_location", str(FOLDER))
        newest = ScriptDirectory.from_config(config).get_current_head()
        return MigrationContext.configure(conn).get_current_revision() == newest


def _seed(conn: Connection) -> None:
    if not conn.execute(select(IncidentType.code).limit(1)).first():
        conn.execute(insert(IncidentType), seeds.type_rows())
        conn.execute(insert(Agency), [{"code": code, "name": name} for code, name in seeds.AGENCIES])
