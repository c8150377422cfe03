"""A database that is lent again is as new: no row, no number, no definition, no open connection of the test before."""

from collections.abc import Iterator

import psycopg
import pytest

from tests.basins import MUCH, Basin
from tests.clusters import Cluster

pytestmark = pytest.mark.postgis
ROWS = "SELECT (SELECT count(*) FROM lamp), (SELECT count(*) FROM incident_type), (SELECT count(*) FROM agency)"
LAMP = "INSERT INTO lamp (id, state, words, since) VALUES ('x', 'red', '', now())"


@pytest.fixture
def basin(cluster: Cluster) -> Iterator[Basin]:
    made = Basin(cluster, "template_posko")
    yield made
    made.close()


def _use(basin: Basin, *statements: str) -> str:
    name = basin.lend()
    with basin.cluster.connect(name) as conn:
        for words in statements:
            conn.execute(words)
    basin.take_back(name)
    return name


def _look(basin: Basin, name: str, words: str) -> tuple[object, ...] | None:
    with basin.cluster.connect(name) as conn:
        return conn.execute(words).fetchone()


def test_rows_come_and_go_with_the_test(basin: Basin) -> None:
    name = basin.lend()
    before = _look(basin, name, ROWS)
    basin.take_back(name)
    assert _use(basin, LAMP, "DELETE FROM agency", "UPDATE incident_type SET name_id = 'x'") == name
    assert basin.lend() == name
    assert _look(basin, name, ROWS) == before
    assert _look(basin, name, "SELECT count(*) FROM incident_type WHERE name_id = 'x'") == (0,)


def test_numbers_begin_anew(basin: Basin) -> None:
    words = "SELECT nextval('unit_id_seq')"
    name = _use(basin, words, words)
    assert _look(basin, basin.lend(), words) == (1,), name


@pytest.mark.parametrize(
    "words",
    [
        "CREATE TABLE left_behind (id int)",
        "ALTER TABLE unit ADD COLUMN left_behind int",
        "DROP INDEX ix_incident_queue",
        f"CREATE TABLE much AS SELECT repeat('x', 100) FROM generate_series(1, {MUCH // 50})",
    ],
)
def test_one_that_was_rebuilt_is_never_lent_again(basin: Basin, words: str) -> None:
    assert _use(basin, words) != basin.lend()


def test_a_connection_left_open_does_not_reach_the_next_test(basin: Basin) -> None:
    name = basin.lend()
    left = basin.cluster.connect(name)
    left.execute("BEGIN; LOCK TABLE unit")
    basin.take_back(name)
    with pytest.raises(psycopg.OperationalError):
        left.execute("SELECT 1")


def test_one_whose_connections_were_all_sent_away_is_washed_all_the_same(basin: Basin) -> None:
    away = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database()"
    name = _use(basin, LAMP)
    assert basin.lend() == name
    basin.take_back(name)
    assert _use(basin, LAMP, f"{away} AND pid <> pg_backend_pid()") == name
    assert _look(basin, basin.lend(), "SELECT count(*) FROM lamp") == (0,)
