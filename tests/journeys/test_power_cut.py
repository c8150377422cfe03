"""The real processes are killed with -9 at every step of a call's life: nothing is lost, nothing is doubled.

The driver and the checker are those of `posko bench crash`; what stands here is how often, and that the checker sees.
"""

import shutil
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from gis.database import Database
from incident import actions, failpoints
from incident.bench import crash
from incident.bench.check import check
from incident.bench.history import History, Told
from incident.post import Post
from tests.clusters import Cluster
from tests.factories import report

pytestmark = pytest.mark.slow
A_ROUND = len(crash.DIES_AT)


@pytest.fixture
def var(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """The folder beside which the driver makes its own."""
    monkeypatch.setenv("POSKO_DATA", str(tmp_path / "var"))
    monkeypatch.setattr(crash, "PATIENCE_S", 240.0)  # for a busy machine; a quick one does not wait
    monkeypatch.setattr(crash, "SETTLE_S", 240.0)
    yield tmp_path / "var"
    shutil.rmtree(tmp_path / "var", ignore_errors=True)


def _require_whole(outcome: crash.Outcome, kills: int) -> None:
    assert outcome.faults == []
    assert outcome.refusals == []
    assert outcome.kills.total() == kills
    assert set(outcome.kills) == set(crash.DIES_AT)
    assert outcome.acknowledged > kills / 2
    assert outcome.reconnects > outcome.screens


@pytest.fixture
def kills(pytestconfig: pytest.Config) -> int:
    """At least one whole round of the steps: `script/test --kills 200` for a long night."""
    return max(int(pytestconfig.getoption("--kills")), A_ROUND)


def test_kills_at_every_step_lose_and_double_nothing_on_spatialite(var: Path, kills: int) -> None:
    _require_whole(crash.cut_power(kills, seed=112), kills)


@pytest.mark.postgis
def test_kills_at_every_step_lose_and_double_nothing_on_postgis(var: Path, cluster: Cluster, kills: int) -> None:
    """Half as many: what stands on the spool and on the air is in the same files beside either database."""
    half = max(kills // 2, A_ROUND)
    _require_whole(crash.cut_power(half, cluster.url("postgres"), seed=5112), half)


def test_every_step_of_a_calls_life_has_its_kill() -> None:
    assert set(crash.DIES_AT) == {"idle", *failpoints.STEPS}


def test_one_process_alone_can_be_killed() -> None:
    """`posko bench crash --process radio --kills 500`: every step of rows, spool, link and air in turn."""
    steps = [step for step, process in crash.DIES_AT.items() if process == "radio"]
    found = [cut.step for cut in islice(crash.cuts(7, "radio"), 3 * len(steps))]
    assert sorted(found) == sorted(3 * steps)


# the checker is worth no more than what it sees


@pytest.fixture
def told(post: Post, tmp_path: Path) -> Iterator[Path]:
    """A history of three calls that were acknowledged."""
    history = History(tmp_path / "history.jsonl")
    for _ in range(3):
        said = report(post)
        history.write(Told("call", said.uid, 1, post.do(actions.record_call, "sari", said.uid, said)))
    history.close()
    yield tmp_path / "history.jsonl"


def test_the_checker_is_content_with_a_whole_database(post: Post, told: Path) -> None:
    assert check(told, post.database) == []


PARK = "INSERT INTO parked (id, reader, seq, reason, parked_at) SELECT 1, 'x', 1, '', at FROM journal WHERE seq = 1"


@pytest.mark.parametrize(
    ("harm", "sentence"),
    [
        ("DELETE FROM call WHERE id = 2", "is lost"),
        ("UPDATE call SET incident_id = 1 WHERE id = 2", "something else"),
        ("UPDATE incident SET calls = 2 WHERE id = 1", "as many calls"),
        ("UPDATE journal SET body = '{}' WHERE seq = 3", "was changed"),
        ("DELETE FROM journal WHERE seq = 4", "is missing"),
        ("UPDATE journal SET incident_id = 1 WHERE seq = 4", "opened 2 times"),
        (PARK, "parked"),
    ],
)
def test_the_checker_sees_each_harm(post: Post, told: Path, harm: str, sentence: str) -> None:
    _do(post.database, harm)
    assert any(sentence in fault for fault in check(told, post.database))


def test_the_checker_sees_a_call_nobody_was_told_of(post: Post, told: Path) -> None:
    said = report(post)
    post.do(actions.record_call, "sari", said.uid, said)
    assert any("were acknowledged" in fault for fault in check(told, post.database))


def _do(database: Database, statement: str) -> Any:
    return database.write(lambda conn: conn.execute(text(statement)))
