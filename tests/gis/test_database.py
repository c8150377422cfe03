"""The one door to the database: one moment per read, aware times, a spatial index on both kinds."""

import datetime as dt
import os

import pytest
from sqlalchemy import text
from sqlalchemy.exc import StatementError

from gis.database import Database, DatabaseUnusable, is_unreachable, point_columns
from incident import actions, journal
from incident.models import Lamp
from tests.factories import on_spatialite, report

TABLE = Lamp.__table__
MAKASSAR = dt.timezone(dt.timedelta(hours=8))


def keep(post, at):
    row = {"id": "x", "state": "ok", "words": "", "since": at}
    post.database.write(lambda conn: conn.execute(TABLE.insert(), row))
    with post.database.read() as conn:
        return conn.scalar(TABLE.select().with_only_columns(TABLE.c.since))


def test_a_time_comes_back_aware_in_utc_to_the_microsecond(post):
    told = dt.datetime(2026, 11, 22, 11, 0, 0, 123456, MAKASSAR)
    found = keep(post, told)
    assert found == told and found.utcoffset() == dt.timedelta(0)


def test_a_time_without_a_zone_cannot_be_stored(post):
    with pytest.raises(StatementError, match="without a zone"):
        keep(post, dt.datetime(2026, 11, 22, 11, 0))  # noqa: DTZ001 - that is the point


def test_a_read_sees_one_moment_however_much_is_written_meanwhile(post):
    told = report(post)
    with post.database.read() as conn:
        before = journal.head(conn)
        post.do(actions.record_call, "sari", told.uid, told)
        assert journal.head(conn) == before
        assert conn.execute(text("SELECT count(*) FROM incident")).scalar() == 0
    with post.database.read() as conn:
        assert journal.head(conn) == before + 2


def test_near_finds_what_meets_the_box_and_nothing_else(post):
    for lon in (116.50, 116.60, 116.70):
        told = report(post, place={"lon": lon, "lat": -8.5})
        post.do(actions.record_call, "sari", told.uid, told)
    found = text("SELECT lon FROM incident WHERE " + post.database.near("incident", "point").text + " ORDER BY lon")
    with post.database.read() as conn:
        box = {"west": 116.55, "south": -8.6, "east": 116.65, "north": -8.4}
        assert [row.lon for row in conn.execute(found, box)] == [116.60]


def test_a_point_is_stored_where_it_was_said(post):
    told = report(post, place={"lon": 116.1234567, "lat": -8.7654321})
    post.do(actions.record_call, "sari", told.uid, told)
    with post.database.read() as conn:
        row = conn.execute(text("SELECT ST_X(point) AS x, ST_Y(point) AS y, lon, lat FROM incident")).one()
    assert (row.x, row.y) == (row.lon, row.lat) == (116.1234567, -8.7654321)


def test_half_a_point_is_none():
    assert point_columns(116.5, None) == point_columns(None, -8.5) == {"lon": None, "lat": None, "point": None}


@on_spatialite
def test_what_was_written_is_flushed_to_the_disk_and_rows_hold_together(post):
    with post.database.writer.connect() as conn:
        asked = [
            conn.exec_driver_sql(f"PRAGMA {name}").scalar() for name in ("journal_mode", "synchronous", "foreign_keys")
        ]
        conn.rollback()
    assert asked == ["wal", 2, 1], "WAL, FULL (a power cut loses nothing), foreign keys kept"


def test_a_database_that_is_away_is_told_from_a_wrong_question(tmp_path):
    gone = Database("postgresql+psycopg://posko@127.0.0.1:1/posko")
    with pytest.raises(Exception) as failure, gone.read():
        pass
    assert is_unreachable(failure.value)
    gone.close()
    assert is_unreachable(DatabaseUnusable("x")) and not is_unreachable(ValueError("x"))


@pytest.mark.slow
def test_a_database_in_memory_is_whole_and_leaves_nothing_behind():
    from incident.upgrade import upgrade

    database = Database("sqlite://")
    upgrade(database)
    path = str(database.url.database)
    assert os.path.exists(path)
    database.close()
    assert not os.path.exists(path)
