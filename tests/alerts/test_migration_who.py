"""The change that let contacts in: rows that were there stay as they were, there and back."""

from pathlib import Path

import pytest
from alembic import command
from alembic.config import Config
from sqlalchemy import text

from gis.database import Database, ensure_spatial
from incident.upgrade import FOLDER
from tests.basins import Basin

NOW = "2026-11-22 03:00:00.000000"
ROWS = (
    (
        "INSERT INTO unit (id, call_sign, kind, capabilities, base, in_service, in_service_since) "
        "VALUES (1, 'TRC-1', 'trc', '', '', {true}, {now})"
    ),
    (
        'INSERT INTO alert (id, revision, priority, audience_kind, "order", headline, text, place, exercise, state, '
        "text_hash, written_by, written_at, expires_at) VALUES "
        "(1, 0, 'P1', 'units', 'go', 'h', 't', '', {false}, 'active', 'x', 'dewi', {now}, {now})"
    ),
    "INSERT INTO recipient (id, alert_id, unit_id, state, rung, seen_by) VALUES (7, 1, 1, 'seen', 1, 'tono')",
    (
        "INSERT INTO delivery (id, recipient_id, channel, uid, state, due_at, attempts, changed_at) "
        "VALUES (9, 7, 'radio', 'u', 'seen', {now}, 1, {now})"
    ),
    "INSERT INTO station (number, call_sign) VALUES (11, 'TRC-1')",
    (
        "INSERT INTO transmission (id, uid, kind, text, priority, state, rounds, radiogram, bytes_on_air, airtime_s, "
        "written_by, queued_at, expires_at) "
        "VALUES (3, 't', 'alert', '', 1, 'keyed', 1, '{{}}', 1, 1, 'x', {now}, {now})"
    ),
    (
        "INSERT INTO reception (id, transmission_id, station, delivery_id, state, changed_at) "
        "VALUES (5, 3, 11, 9, 'seen', {now})"
    ),
)


@pytest.fixture(params=["spatialite", pytest.param("postgis", marks=pytest.mark.postgis)])
def bare(request: pytest.FixtureRequest, tmp_path: Path):
    """A database that has nothing yet."""
    if request.param == "spatialite":
        database = Database(f"sqlite:///{tmp_path}/old.db")
        yield database
        database.close()
        return
    basin: Basin = request.getfixturevalue("empty_basin")
    basin.cluster.sql("CREATE DATABASE old_shape")
    database = Database(basin.cluster.url("old_shape"))
    yield database
    database.close()
    basin.cluster.sql("DROP DATABASE old_shape")


def move(database: Database, to: str) -> None:
    config = Config()
    config.set_main_option("script_location", str(FOLDER))
    with database.writer.connect() as conn:
        ensure_spatial(conn)
        config.attributes["connection"] = conn
        (command.upgrade if to > "0010" else command.downgrade)(config, to)
        conn.commit()


def kept(database: Database) -> list[object]:
    with database.read() as conn:
        row = conn.execute(
            text(
                "SELECT r.seen_by, r.unit_id, d.channel, c.station FROM reception c "
                "JOIN delivery d ON d.id = c.delivery_id JOIN recipient r ON r.id = d.recipient_id"
            )
        ).one()
        return list(row)


@pytest.mark.slow
def test_what_was_sent_before_is_still_known_after_the_change_and_after_it_is_undone(bare: Database):
    config = Config()
    config.set_main_option("script_location", str(FOLDER))
    is_file = bare.is_spatialite
    with bare.writer.connect() as conn:
        ensure_spatial(conn)
        config.attributes["connection"] = conn
        command.upgrade(config, "0010")
        words = {"true": "1" if is_file else "true", "false": "0" if is_file else "false"}
        for row in ROWS:
            conn.exec_driver_sql(row.format(now=f"'{NOW}'" if is_file else f"'{NOW}+00'", **words).replace("%", "%%"))
        conn.commit()
    for step in ("0011", "0010", "0011"):
        move(bare, step)
        assert kept(bare) == ["tono", 1, "radio", 11]
    with bare.writer.connect() as conn:
        if is_file:
            assert conn.exec_driver_sql("PRAGMA foreign_key_check").all() == []
        with pytest.raises(Exception, match="(?i)check|constraint"):
            conn.exec_driver_sql("INSERT INTO recipient (id, alert_id, state, rung) VALUES (8, 1, 'waiting', 0)")
        conn.rollback()
