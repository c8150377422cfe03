"""PostGIS databases lent to one test after the other: making one costs 0.2 s of processor time, washing one 0.02 s.

What comes back is compared with the template: whoever changed a table, or left much behind, has had it for the
last time; every row and every number of the others is as it was before the next test sees it.
"""

from itertools import count

import psycopg

from tests.clusters import Cluster

MUCH = 2_000_000  # bytes
_numbers = count(1)
_TABLES = """
SELECT c.relname FROM pg_class c WHERE c.relnamespace = 'public'::regnamespace AND c.relkind = 'r'
AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.objid = c.oid AND d.deptype = 'e') ORDER BY 1
"""
_SEQUENCES = "SELECT sequencename, coalesce(last_value, start_value), last_value IS NOT NULL FROM pg_sequences"
# a changed definition is a new row in one of these; nothing else writes there
_BUILD = " UNION ALL ".join(
    f"SELECT '{name}', count(*), max(xmin::text::bigint) FROM {name}"
    for name in ("pg_class", "pg_attribute", "pg_constraint", "pg_index", "pg_trigger", "pg_proc", "pg_type")
)
_SIZE = "SELECT sum(pg_relation_size(oid)) FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace"
_LEAVE = """
SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity
WHERE datname = current_database() AND pid <> pg_backend_pid()
"""


class Basin:
    """The databases made from one template, and what that template holds."""

    def __init__(self, cluster: Cluster, template: str):
        self.cluster, self.template = cluster, template
        self._clean: list[str] = []
        self._doors: dict[str, psycopg.Connection] = {}
        with cluster.connect(template) as conn:
            self._tables = [name for (name,) in conn.execute(_TABLES)]
            self._rows = {name: rows for name in self._tables if (rows := _copied(conn, name))}
            self._sequences = conn.execute(_SEQUENCES).fetchall()
            self._build = conn.execute(_BUILD).fetchall()
            self._size = _size(conn)

    def lend(self) -> str:
        """The name of a database that is as the template is."""
        if self._clean:
            return self._clean.pop()
        name = f"{self.template}_{next(_numbers)}"
        self.cluster.sql(f"CREATE DATABASE {name} TEMPLATE {self.template}")
        return name

    def do(self, name: str, words: str) -> None:
        """Say it to a database that was lent."""
        self._door(name).execute(words)

    def take_back(self, name: str) -> None:
        """Wash it for the next test; one that was rebuilt or filled is dropped."""
        conn = self._door(name)
        conn.execute(_LEAVE)
        if conn.execute(_BUILD).fetchall() == self._build and _size(conn) < self._size + MUCH:
            self._wash(conn)
            self._clean.append(name)
        else:
            self._doors.pop(name).close()
            self.cluster.sql(f"DROP DATABASE {name} WITH (FORCE)")

    def close(self) -> None:
        for door in self._doors.values():
            door.close()

    def _door(self, name: str) -> psycopg.Connection:
        """Our own connection; a test that sent every connection away sent this one away too."""
        door = self._doors.get(name)
        if door is None or not _is_open(door):
            door = self._doors[name] = self.cluster.connect(name)
            door.execute("SET session_replication_role = replica")  # no trigger, no foreign key
        return door

    def _wash(self, conn: psycopg.Connection) -> None:
        with conn.transaction():
            conn.execute("; ".join(f'DELETE FROM "{name}"' for name in self._tables))
            for name, rows in self._rows.items():
                with conn.cursor() as cursor, cursor.copy(f'COPY "{name}" FROM STDIN') as copy:
                    copy.write(rows)
            conn.execute("; ".join(f"SELECT setval('\"{one}\"', {at}, {was})" for one, at, was in self._sequences))


def _is_open(door: psycopg.Connection) -> bool:
    try:
        door.execute("SELECT 1")
    except psycopg.OperationalError:
        return False
    return True


def _copied(conn: psycopg.Connection, name: str) -> bytes:
    with conn.cursor() as cursor, cursor.copy(f'COPY "{name}" TO STDOUT') as copy:
        return b"".join(bytes(part) for part in copy)


def _size(conn: psycopg.Connection) -> int:
    row = conn.execute(_SIZE).fetchone()
    assert row
    return int(row[0])
