"""Where every incident is and how it stands, held in memory for questions about all of them, in step with the journal.

A million rows gathered by the database take a second, by numpy 20 ms: so the few columns a map needs (40 bytes for an
incident) are read once, when somebody first asks, and every entry of the journal since then is applied before an
answer. The database stays the truth: what is shown singly is read there.
"""

import datetime as dt
import threading
import time
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import numpy as np
from sqlalchemy import Connection, Select, extract, select

from gis import clusters
from incident import journal, rules
from incident.models import Call, Incident

_incident, _call = Incident.__table__, Call.__table__
PAGE = 20_000
BATCH = 2_000
FAR_BEHIND = 50_000  # entries: reading the table anew is quicker
CLOSED = "closed"
FIELDS = ("id", "x", "y", "rank", "state", "type", "opened_s", "changed_s")
_KINDS = (np.int64, np.uint32, np.uint32, np.uint8, np.uint8, np.uint16, np.int64, np.int64)


def _epoch_s(column: Any) -> Any:
    return extract("epoch", column)


_incidents = select(
    *(_incident.c[name] for name in ("id", "lon", "lat", "priority", "state", "type")),
    _epoch_s(_incident.c.opened_at).label("opened_s"),
    _epoch_s(_incident.c.changed_at).label("changed_s"),
).order_by(_incident.c.id)
_calls = select(
    *(_call.c[name] for name in ("id", "lon", "lat", "priority", "class", "type")),
    _epoch_s(_call.c.received_at).label("opened_s"),
    _epoch_s(_call.c.recorded_at).label("changed_s"),
).order_by(_call.c.id)


class Table:
    """Columns of incidents (or calls) as arrays, `size` of them in use, by rising id.

    `states` and `types` name the numbers in the columns of that name.
    """

    def __init__(self, states: Sequence[str] = rules.INCIDENT_STATES) -> None:
        self.size = 0
        self.states = states
        self.types: list[str] = []
        self._type_numbers: dict[str, int] = {}
        self.columns: dict[str, Any] = {name: np.empty(0, kind) for name, kind in zip(FIELDS, _KINDS, strict=True)}

    def __getitem__(self, name: str) -> Any:
        return self.columns[name][: self.size]

    def add(self, rows: Iterable[Any]) -> None:
        """Put rows behind the others: (id, lon, lat, priority, state, type, opened_s, changed_s), their ids rising."""
        given = list(zip(*rows, strict=True))
        if not given:
            return
        ids, lon, lat, priority, state, kind, opened, changed = given
        placed = [one is not None for one in lon]
        x = clusters.world_x([one or 0.0 for one in lon])
        y = clusters.world_y([one or 0.0 for one in lat])
        ranks = [rank_of(one) if is_placed else 0 for one, is_placed in zip(priority, placed, strict=True)]
        states = [self.states.index(one) for one in state]
        self._append(ids, x, y, ranks, states, [self.type_number(one) for one in kind], opened, changed)

    def _append(self, *values: Any) -> None:
        ends = self.size + len(values[0])
        if ends > len(self.columns["id"]):
            self.columns = {name: _longer(column, ends) for name, column in self.columns.items()}
        for name, column in zip(FIELDS, values, strict=True):
            self.columns[name][self.size : ends] = column
        self.size = ends

    def put(self, row: tuple[Any, ...]) -> None:
        """Change one row, or add it."""
        place = int(np.searchsorted(self["id"], row[0]))
        if place == self.size:
            return self.add([row])
        if self.columns["id"][place] != row[0]:
            raise LookupError("An incident came in after a younger one.")
        one = Table(self.states)
        one.types, one._type_numbers = self.types, self._type_numbers
        one.add([row])
        for name in FIELDS:
            self.columns[name][place] = one.columns[name][0]
        return None

    def type_number(self, code: str) -> int:
        """The number that stands for a type in the column `type`."""
        if code not in self._type_numbers:
            self._type_numbers[code] = len(self.types)
            self.types.append(code)
        return self._type_numbers[code]

    def chosen(
        self,
        state: str | None = None,
        kind: str | None = None,
        priority: str | None = None,
        **since: dt.datetime | None,
    ) -> Any:
        """Which rows pass: a mask. `state` may be `open`; `opened_s` and `changed_s` are the earliest moments."""
        passes = self["rank"] > 0
        if state is not None:
            passes &= self._in_state(state)
        if kind is not None:
            passes &= self["type"] == self.type_number(kind)
        if priority is not None:
            passes &= self["rank"] == rank_of(priority)
        for name, at in since.items():
            if at is not None:
                passes &= self[name] >= int(at.timestamp())
        return passes

    def _in_state(self, state: str) -> Any:
        if state == "open":
            return self["state"] != self.states.index(CLOSED)
        return self["state"] == self.states.index(state)


def _longer(column: Any, size: int) -> Any:
    """A copy with room for `size` and a tenth more."""
    grown = np.empty(size + size // 10 + 64, column.dtype)
    grown[: len(column)] = column
    return grown


def rank_of(priority: str | None) -> int:
    """P1 is 1, the worst; a call that nobody gave a priority is information."""
    return int(priority[1]) if priority else 4


def some_incidents(conn: Connection, *conditions: Any) -> Table:
    """The incidents for which the conditions hold, read from the database."""
    return _filled(Table(), conn, _incidents.where(*conditions))


def _filled(table: Table, conn: Connection, statement: Select[Any]) -> Table:
    with conn.execute(statement.execution_options(yield_per=PAGE)) as rows:
        for page in rows.partitions():
            table.add(page)
            time.sleep(0)  # under gevent the others go on meanwhile
    return table


class Overview:
    """The tables of every incident and every call of one database."""

    def __init__(self) -> None:
        self._seq: int | None = None
        self._incidents = Table()
        self._calls = Table(rules.CLASSES)
        self._lock = threading.Lock()

    def incidents(self, conn: Connection) -> Table:
        """All incidents as they stand at the moment this connection reads, or a little later."""
        head = journal.head(conn)
        with self._lock:
            if self._seq is None or head - self._seq > FAR_BEHIND:
                self._incidents, self._seq = some_incidents(conn), head
            elif head > self._seq:
                self._catch_up(conn, head)
            return self._incidents

    def calls(self, conn: Connection) -> Table:
        """All calls: a call's row never changes, so only younger ones are read."""
        with self._lock:
            known = int(self._calls["id"][-1]) if self._calls.size else 0
            return _filled(self._calls, conn, _calls.where(_call.c.id > known))

    def _catch_up(self, conn: Connection, head: int) -> None:
        try:
            while self._seq is not None and self._seq < head:
                self._apply(journal.after(conn, self._seq, BATCH))
        except LookupError:
            self._incidents, self._seq = some_incidents(conn), head

    def _apply(self, lines: list[journal.Line]) -> None:
        """Raises LookupError when the journal no longer reaches back."""
        for line in lines:
            if line.seq != (self._seq or 0) + 1:
                raise LookupError("The journal has been trimmed.")
            for card in line.body.get("cards", {}).get("incidents", []):
                self._incidents.put(_row_of(card))
            self._seq = line.seq
        if not lines:
            raise LookupError("The journal ends before its head.")


def _row_of(card: Mapping[str, Any]) -> tuple[Any, ...]:
    moments = (int(dt.datetime.fromisoformat(card[name]).timestamp()) for name in ("opened_at", "changed_at"))
    return (*(card[name] for name in ("id", "lon", "lat", "priority", "state", "type")), *moments)
