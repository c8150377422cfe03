"""Brings a database to the newest shape; harmless when it is there already."""

from pathlib import Path

from sqlalchemy import Connection, insert, inspect, select, text

from gis.database import Database, ensure_spatial
from incident import seeds
from incident.models import Agency, IncidentType

FOLDER = Path(__file__).parent / "migrations"


def upgrade(database: Database) -> None:
    """Migrate to the newest revision and put in what is missing of the seeds."""
    if is_current(database):
        return
    from alembic import command  # here, for most starts find the newest shape and do without its 10 MB
    from alembic.config import Config

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
        if not inspect(conn).has_table("alembic_version"):
            return False
        return conn.scalar(text("SELECT version_num FROM alembic_version")) == newest_revision()


def newest_revision() -> str:
    """The number of the last migration: its file's name begins with it, and the numbers are counted up."""
    return max(file.name[:4] for file in (FOLDER / "versions").glob("[0-9][0-9][0-9][0-9]_*.py"))


def _seed(conn: Connection) -> None:
    if not conn.execute(select(IncidentType.code).limit(1)).first():
        conn.execute(insert(IncidentType), seeds.type_rows())
    known = set(conn.scalars(select(Agency.code)))
    if missing := [{"code": code, "name": name} for code, name in seeds.AGENCIES if code not in known]:
        conn.execute(insert(Agency), missing)
