"""A prepared statement means what the same statement means to SQLAlchemy, on both databases, and fails as it does."""

import datetime as dt
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import bindparam, insert, select
from sqlalchemy.exc import IntegrityError, OperationalError, ProgrammingError

from gis import prepared
from gis.database import point_columns
from gis.prepared import Prepared, say
from incident.models import Incident, SetupLink
from tests.factories import on_spatialite

NOW = dt.datetime(2026, 11, 22, 3, 4, 5, 678901, tzinfo=dt.UTC)
FIELDS = ("type", "priority", "state", "place", "calls", "radius_m", "opened_at", "changed_at", "lon", "lat", "point")
add = Prepared(insert(Incident).returning(Incident.id), *FIELDS)
COLUMNS = [Incident.id, Incident.place, Incident.radius_m, Incident.opened_at, Incident.closed_at, Incident.lon]
find = select(*COLUMNS).where(Incident.id == bindparam("id"), Incident.state != "closed")
found = Prepared(find)
keep = Prepared(insert(SetupLink), "key_hash", "used_at")

moments = st.integers(0, 7_000_000_000_000_000).map(lambda us: NOW.replace(year=1990) + dt.timedelta(microseconds=us))
places = st.text(st.characters(exclude_characters="\x00", exclude_categories=["Cs"]), max_size=60)
degrees = st.floats(-80, 80, allow_nan=False)


def row(**said: Any) -> dict[str, Any]:
    usual = {"type": "banjir", "priority": "P1", "state": "new", "place": "", "calls": 1, "radius_m": None}
    return usual | {"opened_at": NOW, "changed_at": NOW, **point_columns(116.5, -8.5)} | said


@given(place=places, at=moments, radius_m=st.none() | st.floats(0, 1e6), lon=degrees, lat=degrees)
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=30, deadline=None)
def test_what_it_writes_and_reads_is_what_sqlalchemy_reads(post, place, at, radius_m, lon, lat):
    def write(conn: Any) -> None:
        wanted = row(place=place, opened_at=at, radius_m=radius_m, **point_columns(lon, lat))
        number = add.first(conn, **wanted).id
        by_us = found.first(conn, id=number)
        assert tuple(by_us) == tuple(conn.execute(find, {"id": number}).one())
        assert (by_us.place, by_us.opened_at, by_us.radius_m, by_us.lon) == (place, at, radius_m, lon)
        assert found.all(conn, id=number) == [by_us]

    post.database.write(write)


def test_a_row_that_is_not_there_is_none_and_an_empty_list(post):
    with post.database.read() as conn:
        assert found.first(conn, id=404) is None
        assert found.all(conn, id=404) == []


def test_a_broken_rule_is_sqlalchemys_own_error_and_says_no_value(post):
    def twice(conn: Any) -> None:
        keep.do(conn, key_hash="rahasia-sekali", used_at=None)
        keep.do(conn, key_hash="rahasia-sekali", used_at=None)

    with pytest.raises(IntegrityError) as told:
        post.database.write(twice)
    assert "rahasia-sekali" not in str(told.value).replace(str(told.value.orig), "")


def test_words_the_database_does_not_know_are_an_error_of_the_statement(post):
    with pytest.raises((OperationalError, ProgrammingError)):
        post.database.write(lambda conn: say(conn, "SAVE ME"))


def test_a_value_that_was_not_given_is_missed_before_anything_is_sent(post):
    wanted = row()
    del wanted["priority"]
    with pytest.raises(KeyError):
        post.database.write(lambda conn: add.first(conn, **wanted))


@on_spatialite
def test_who_watches_is_shown_every_statement(post):
    seen: list[str] = []
    prepared.watchers.append(lambda words, values: seen.append(words))
    try:
        with post.database.read() as conn:
            found.first(conn, id=1)
    finally:
        prepared.watchers.pop()
    assert len(seen) == 1
    assert seen[0].startswith("SELECT incident.id")
