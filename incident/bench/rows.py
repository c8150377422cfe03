"""The bare commit: the very rows one call writes, replayed on the same database without a word of ours in between."""

import re
import time
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

from gis import prepared
from gis.database import Database
from incident import actions, intake, journal
from incident.post import Post


@dataclass(frozen=True)
class Statement:
    """One write as it went to the driver; `columns` in the order of its values."""

    words: str
    columns: tuple[str, ...]
    values: Any

    def anew(self, uid: str, seq: int) -> Any:
        """The values of another call: its key and its place in the journal are its own."""
        fresh = {"uid": uid, "seq": seq}
        if isinstance(self.values, dict):
            return {name: _fresh(fresh, name, value) for name, value in self.values.items()}
        return tuple(_fresh(fresh, name, value) for name, value in zip(self.columns, self.values, strict=False))


def _fresh(fresh: dict[str, Any], name: str, value: Any) -> Any:
    return fresh[name] if name in fresh and value is not None else value


def writes_of_a_call(post: Post, report: intake.Report) -> list[Statement]:
    """Take one call and note every INSERT and UPDATE it made."""
    noted: list[Statement] = []

    def note(words: str, values: Any) -> None:
        if words.startswith(("INSERT", "UPDATE")):
            noted.append(Statement(words, _columns(words), values))

    prepared.watchers.append(note)
    post.do(actions.record_call, "bench", report.uid, report)
    prepared.watchers.remove(note)
    return noted


def _columns(words: str) -> tuple[str, ...]:
    named = re.search(r"\(([^)]*)\)", words)
    return tuple(name.strip().strip('"') for name in named[1].split(",")) if named else ()


def commit_cpu_ms(database: Database, statements: list[Statement], commits: int) -> float:
    """Processor milliseconds of a bare commit, on average (of this process: all of it on SpatiaLite)."""
    began = time.process_time()
    commit_ms(database, statements, commits)
    return (time.process_time() - began) * 1000 / commits


def commit_ms(database: Database, statements: list[Statement], commits: int, calls_each: int = 1) -> list[float]:
    """Milliseconds of each of `commits` bare commits with the rows of `calls_each` calls in them."""
    with database.read() as conn:
        seqs = iter(range(journal.head(conn) + 1, 10**9))
    raw = database.writer.raw_connection()
    try:
        return list(_commit(database, raw, statements, seqs, commits, calls_each))
    finally:
        raw.close()


def _commit(
    database: Database, raw: Any, statements: list[Statement], seqs: Iterator[int], commits: int, calls_each: int
) -> Iterator[float]:
    cursor = raw.cursor()
    for _ in range(commits):
        began = time.perf_counter()
        if database.is_spatialite:
            cursor.execute("BEGIN IMMEDIATE")
        for _ in range(calls_each):
            uid = str(uuid4())
            for one in statements:
                cursor.execute(one.words, one.anew(uid, next(seqs) if "seq" in one.columns else 0))
                uid = str(uuid4()) if "seq" in one.columns else uid
        raw.commit()
        yield (time.perf_counter() - began) * 1000
