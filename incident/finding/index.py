"""Keeps the index of the search true: a reader of the journal in the relay, some entries in one transaction.

Nothing of it stands in the way of a call that is being saved. It lags by the relay's round; what it has not read yet
is looked at directly by whoever asks (finding.search).
"""

from collections.abc import Callable, Iterable, Sequence
from typing import Any

from sqlalchemy import Connection, delete, func, insert, select, tuple_, update

from gis.database import is_unreachable
from incident import journal
from incident.finding import leaves, sources
from incident.finding.leaves import Leaf, Number
from incident.finding.models import FindLeaf, FindNumber
from incident.journal import Line
from incident.models import Reader
from incident.post import Act, Post
from incident.relay import RoomReader

READER = "finding"
AT_ONCE = 100  # entries in one transaction: some 10 ms, nobody's call waits longer
CHUNK = 500  # rows of one transaction when all is made anew

_leaf: Any = FindLeaf.__table__
_number: Any = FindNumber.__table__


def step(post: Post) -> bool:
    """Index what is new; answers whether there was anything."""
    return Indexer(post, READER, {}).step()


class Indexer(RoomReader):
    """The search's place in the journal; it takes entries together where the other readers take one."""

    def step(self) -> bool:
        with self.post.database.read() as conn:
            lines = journal.after(conn, position(conn), AT_ONCE)
        if lines and not self._take(lines):
            for line in lines:
                self._apply(line)
        return bool(lines)

    def _take(self, lines: Sequence[Line]) -> bool:
        """All of them in one transaction; False when one of them is at fault."""
        try:
            self.post.do(self._read_all, "relay", None, lines)
        except Exception as failure:  # the edge of the relay: each is tried alone then, and parked if it must be
            if is_unreachable(failure):
                raise
            return False
        return True

    def _read_all(self, act: Act, lines: Sequence[Line]) -> None:
        if self._advance(act, lines[-1].seq):
            put(act.conn, *sources.gather(act.conn, sources.touched(lines)))

    def _listen(self, act: Act, line: Line) -> None:
        self._read_all(act, [line])


def position(conn: Connection) -> int:
    """The number of the newest entry that the index knows."""
    return conn.scalar(select(Reader.seq).where(Reader.name == READER)) or 0


# rows


def put(conn: Connection, found: Sequence[Leaf], numbers: Sequence[Number]) -> None:
    """Write leaves and numbers; what stands there already as it is, is left alone."""
    _put_leaves(conn, found)
    _put_numbers(conn, numbers)


def _put_leaves(conn: Connection, found: Sequence[Leaf]) -> None:
    wanted = {(one.kind, one.ref): one.words for one in found}
    there = {(row.kind, row.ref): row for row in _there(conn, _leaf, wanted)}
    new = [
        {"kind": kind, "ref": ref, "words": words} for (kind, ref), words in wanted.items() if (kind, ref) not in there
    ]
    if new:
        conn.execute(insert(_leaf), new)
    for which, row in there.items():
        if row.words != wanted[which]:
            conn.execute(update(_leaf).where(_leaf.c.id == row.id).values(words=wanted[which]))


def _put_numbers(conn: Connection, numbers: Sequence[Number]) -> None:
    wanted = {(one.kind, one.ref): one.digits for one in numbers}
    there = {(row.kind, row.ref): row for row in _there(conn, _number, wanted)}
    changed = [row.id for which, row in there.items() if row.digits != wanted[which]]
    if changed:
        conn.execute(delete(_number).where(_number.c.id.in_(changed)))
    new = [
        {"kind": kind, "ref": ref, "digits": digits, "backwards": digits[::-1]}
        for (kind, ref), digits in wanted.items()
        if digits and ((kind, ref) not in there or there[kind, ref].digits != digits)
    ]
    if new:
        conn.execute(insert(_number), new)


def _there(conn: Connection, table: Any, wanted: Iterable[tuple[str, int]]) -> list[Any]:
    keys = list(wanted)
    if not keys:
        return []
    return list(conn.execute(select(table).where(tuple_(table.c.kind, table.c.ref).in_(keys))))


# made anew


def rebuild(post: Post, tell: Callable[[int], None] = lambda rows: None) -> int:
    """Make the whole index anew, part by part while everything goes on; answers how many rows were read.

    What is no longer in the rows is no longer in the index: so personal data that was erased leaves it too.
    """
    post.do(_start, "cli", None)
    return sum(_rebuild_one(post, name, tell) for name in sources.KEYS)


def _start(act: Act) -> None:
    """A first index begins where the journal stands: what is older comes from the rows."""
    if act.conn.scalar(select(Reader.seq).where(Reader.name == READER)) is None:
        act.conn.execute(insert(Reader), {"name": READER, "seq": journal.head(act.conn)})


def rows_in_all(conn: Connection) -> int:
    """How many rows a rebuild will read."""
    return sum(int(conn.scalar(select(func.count()).select_from(key.table)) or 0) for key in sources.KEYS.values())


def _rebuild_one(post: Post, name: str, tell: Callable[[int], None]) -> int:
    last, read = 0, 0
    while True:
        rows, end = post.do(_rebuild_part, "cli", None, name, last)
        read, last = read + rows, end
        tell(rows)
        if rows < CHUNK:
            return read


def _rebuild_part(act: Act, name: str, after: int) -> tuple[int, int]:
    """The next rows of a source behind an id: (how many, the last of them); its last part clears what lies behind."""
    key = sources.KEYS[name]
    ids = list(act.conn.scalars(select(key).where(key > after).order_by(key).limit(CHUNK)))
    end = ids[-1] if len(ids) == CHUNK else 2**62
    found, numbers = sources.gather(act.conn, {name: ids})
    for table, kinds, kept in (
        (_leaf, sources.LETTERS.get(name, ()), {(one.kind, one.ref) for one in found}),
        (_number, _NUMBER_LETTERS.get(name, ()), {(one.kind, one.ref) for one in numbers if one.digits}),
    ):
        _clear(act.conn, table, kinds, (after, end), kept)
    put(act.conn, found, numbers)
    return len(ids), end


_NUMBER_LETTERS = {"call": (leaves.CALL,), "ring": (leaves.RING,)}


def _clear(
    conn: Connection, table: Any, kinds: Sequence[str], span: tuple[int, int], kept: set[tuple[str, int]]
) -> None:
    """Take out of the index what its source no longer holds, of rows behind the first id up to the second."""
    inside = (table.c.kind.in_(kinds), table.c.ref > span[0], table.c.ref <= span[1])
    gone = [row.id for row in conn.execute(select(table).where(*inside)) if (row.kind, row.ref) not in kept]
    for start in range(0, len(gone), CHUNK):
        conn.execute(delete(table).where(table.c.id.in_(gone[start : start + CHUNK])))
