"""The one door to the database: SpatiaLite in a file, or PostGIS; nobody else knows which.

Reads run in a read transaction that sees one moment. Writes go through the writer lane: whatever
waits is taken together, each action in its own savepoint, one commit, one answer to each.
"""

import contextlib
import datetime as dt
import os
import tempfile
import threading
import time
from collections import deque
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, TypeVar

import structlog
from sqlalchemy import Connection, DateTime, Dialect, Engine, MetaData, TextClause, create_engine, event, make_url, text
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import DeclarativeBase
from sqlalchemy.types import TypeDecorator

from gis.prepared import say

T = TypeVar("T")
_log = structlog.get_logger()
MAX_BATCH = 200  # actions in one commit: bounds the wait of the first
BUSY_TIMEOUT_MS = 10_000
BUSY_LOOK_S = 0.001


class DatabaseUnusable(RuntimeError):
    """The database cannot be used; the message says what to install or mend."""


UNREACHABLE = (OperationalError, DatabaseUnusable)
"""What it looks like when the database is away, full or locked."""


class Base(DeclarativeBase):
    """Parent of every table of every room."""

    metadata = MetaData(naming_convention={"ix": "ix_%(table_name)s_%(column_0_name)s", "pk": "pk_%(table_name)s"})


class UtcDateTime(TypeDecorator[dt.datetime]):
    """An aware moment in UTC; SQLite would give it back naive."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, moment: dt.datetime | None, dialect: Dialect) -> dt.datetime | None:
        if moment is None:
            return None
        if moment.tzinfo is None:
            raise ValueError("A time without a zone cannot be stored.")
        utc = moment.astimezone(dt.UTC)
        return utc.replace(tzinfo=None) if dialect.name == "sqlite" else utc

    def process_result_value(self, moment: dt.datetime | None, dialect: Dialect) -> dt.datetime | None:
        if moment is None:
            return None
        return moment.replace(tzinfo=dt.UTC) if moment.tzinfo is None else moment.astimezone(dt.UTC)


class Database:
    """Two engines on one database: many readers, one writer lane."""

    def __init__(self, url: str, run_apart: Callable[[Callable[[], Any]], Any] | None = None):
        """Open `url`; `run_apart` runs a function off the event loop: SQLite waits for the disk in every commit."""
        self._scratch: tempfile.TemporaryDirectory[str] | None = None
        self.url = make_url(self._file_for_memory(url))
        self.is_spatialite = self.url.get_backend_name() == "sqlite"
        make = _spatialite_engine if self.is_spatialite else _postgis_engine
        self.readers: Engine = make(self.url, False)
        self.writer: Engine = make(self.url, True)
        self._inode: int | None = None
        self.lane = WriterLane(self, run_apart if self.is_spatialite else None)

    def _file_for_memory(self, url: str) -> str:
        if url not in ("sqlite://", "sqlite:///:memory:"):
            return url
        self._scratch = tempfile.TemporaryDirectory(prefix="posko-")
        return f"sqlite:///{self._scratch.name}/posko.db"

    @contextlib.contextmanager
    def read(self) -> Iterator[Connection]:
        """A connection whose every statement sees the same moment."""
        with self.readers.connect() as conn:
            yield conn

    def write(self, action: Callable[[Connection], T]) -> T:
        """Run one action in the writer lane and return its answer once it is on the disk."""
        return self.lane.run(action)

    def connect_writer(self) -> Connection:
        """A connection for one who begins with `begin_alone`: SQLite itself never waits in it."""
        conn = self.writer.connect()
        if self.is_spatialite:
            conn.connection.cursor().execute("PRAGMA busy_timeout=0").close()  # not by SQLAlchemy, which would begin
        return conn

    def begin_alone(self, conn: Connection) -> None:
        """Begin a transaction that is the only one to write until it ends; waits for the others' to end.

        Before the first read: an action decides on what it read, and two processes must not both decide.
        """
        if not self.is_spatialite:
            conn.execute(_JOURNAL_LOCK)
            return
        ends = time.monotonic() + BUSY_TIMEOUT_MS / 1000
        while True:
            try:
                conn.begin()
                return
            except OperationalError as failure:
                if "locked" not in str(failure.orig) or time.monotonic() > ends:
                    raise
            time.sleep(BUSY_LOOK_S)  # under gevent the others go on meanwhile

    def require_same_file(self) -> None:
        """Refuse to write into a file that was deleted or replaced under us: what is written there is lost."""
        if not self.is_spatialite:
            return
        try:
            inode = os.stat(str(self.url.database)).st_ino
        except FileNotFoundError:
            inode = None
        self._inode = self._inode or inode
        if inode is None or inode != self._inode:
            raise DatabaseUnusable("The database file was deleted or replaced while Posko runs; stop it and restore.")

    def near(self, table: str, column: str, above: str = "") -> TextClause:
        """A condition that uses the spatial index: rows of `table` whose `column` meets a lon/lat box.

        The statement it stands in is given `west`, `south`, `east`, `north` in degrees when it is executed. `above` is
        SQL for an id: only rows with a larger one are wanted, and the index leaves the others where they are.
        """
        if self.is_spatialite:
            younger = f" AND pkid > ({above})" if above else ""
            return text(
                f"{table}.rowid IN (SELECT pkid FROM idx_{table}_{column} WHERE xmin <= :east AND xmax >= :west"
                f" AND ymin <= :north AND ymax >= :south{younger})"
            )
        younger = f" AND {table}.id > ({above})" if above else ""
        return text(f"{table}.{column} && ST_MakeEnvelope(:west, :south, :east, :north, 4326){younger}")

    def close(self) -> None:
        self.lane.close()
        self.readers.dispose()
        self.writer.dispose()
        if self._scratch:
            self._scratch.cleanup()


class _Waiting:
    """One action in the lane, its answer or its failure, and who waits for it."""

    def __init__(self, action: Callable[[Connection], Any]):
        self.action = action
        self.answer: Any = None
        self.failure: BaseException | None = None
        self.done = threading.Event()


class WriterLane:
    """One writer per process. The first who comes leads: it takes all who wait and commits them together."""

    def __init__(self, database: Database, run_apart: Callable[[Callable[[], Any]], Any] | None):
        self._database = database
        self._run_apart = run_apart or (lambda work: work())
        self._waiting: deque[_Waiting] = deque()
        self._lock = threading.Lock()
        self._led = False
        self.after_commit: list[Callable[[list[Any]], None]] = []
        self.commits = 0
        self.actions = 0
        self._conn: Connection | None = None

    def run(self, action: Callable[[Connection], T]) -> T:
        """Queue the action, lead or follow, and return its answer after the commit; raises what it raised."""
        mine = _Waiting(action)
        with self._lock:
            self._waiting.append(mine)
            lead = not self._led
            self._led = True
        if lead:
            self._lead()
        mine.done.wait()
        if mine.failure:
            raise mine.failure
        return mine.answer

    def _lead(self) -> None:
        """Serve until nobody waits; a leader that is being stopped ends after that, so that no follower hangs."""
        stopped: BaseException | None = None
        while batch := self._take():
            entries: list[Any] = []
            try:
                entries = self._commit(batch)
            except BaseException as failure:  # noqa: BLE001 - the commit failed: nobody's action stands, all are told
                for one in batch:
                    one.failure, one.answer = failure, None
                stopped = stopped or (None if isinstance(failure, Exception) else failure)
            for one in batch:
                one.done.set()
            self._tell(entries)
        if stopped:
            raise stopped

    def _tell(self, entries: list[Any]) -> None:
        """Wake who listens. A hint that is lost costs them a second; a lane that stops would cost every call."""
        for tell in self.after_commit:
            try:
                tell(entries)
            except Exception as failure:  # noqa: BLE001 - they look by themselves; the log says that they must
                _log.error("lane.hint_lost", failure=type(failure).__name__)

    def _take(self) -> list[_Waiting]:
        with self._lock:
            batch = [self._waiting.popleft() for _ in range(min(MAX_BATCH, len(self._waiting)))]
            self._led = bool(batch)
            return batch

    def _commit(self, batch: list[_Waiting]) -> list[Any]:
        with contextlib.ExitStack() as undo:
            undo.callback(self._give_up)
            conn = self._begin()
            conn.info["entries"] = []
            for one in batch:
                self._attempt(conn, one, len(batch) == 1)
            self._run_apart(conn.commit)
            undo.pop_all()
        self.commits += 1
        self.actions += len(batch)
        return list(conn.info["entries"])

    def _begin(self) -> Connection:
        """The lane's own connection, in a transaction that alone may write.

        It is kept from batch to batch: taking one from the pool costs more than the statements of a call.
        """
        self._database.require_same_file()
        may_be_stale = self._conn is not None and not self._database.is_spatialite
        try:
            return self._begun()
        except OperationalError:
            if not may_be_stale:
                raise
        self._give_up()  # the server was restarted since the last batch; nothing has been done yet
        return self._begun()

    def _begun(self) -> Connection:
        self._conn = self._conn or self._database.connect_writer()
        self._conn.info.pop("head", None)
        self._database.begin_alone(self._conn)
        return self._conn

    def _give_up(self) -> None:
        """Throw the connection away: SQLite leaves a failed COMMIT open, PostgreSQL may have gone."""
        conn, self._conn = self._conn, None
        if conn is not None:
            conn.invalidate()
            conn.close()

    def close(self) -> None:
        """Give the connection back."""
        if self._conn is not None:
            self._conn.close()
            self._conn = None

    def _attempt(self, conn: Connection, one: _Waiting, alone: bool) -> None:
        """Do one action; a failing one loses its savepoint (alone: its transaction), not its neighbours."""
        kept, head = len(conn.info["entries"]), conn.info.get("head")
        if not alone:
            say(conn, "SAVEPOINT one")
        try:
            one.answer = one.action(conn)
        except Exception as failure:  # noqa: BLE001 - the caller hears of it: run() raises it
            one.failure = failure
            del conn.info["entries"][kept:]
            conn.info["head"] = head
            conn.rollback() if alone else say(conn, "ROLLBACK TO SAVEPOINT one")
        if not alone:
            say(conn, "RELEASE SAVEPOINT one")


_JOURNAL_LOCK = text("SELECT pg_advisory_xact_lock(5112)")


def _spatialite_engine(url: Any, writes: bool) -> Engine:
    driver = sqlite_driver()
    _private(Path(str(url.database)))
    engine = create_engine(
        url, module=driver, hide_parameters=True, pool_size=2 if writes else 8, max_overflow=0 if writes else 24
    )

    @event.listens_for(engine, "connect")
    def prepare(connection: Any, _record: Any) -> None:
        connection.isolation_level = None  # we say BEGIN ourselves
        _load_spatialite(connection)
        # after the extension: loading it resets busy_timeout
        for pragma in (
            f"busy_timeout={BUSY_TIMEOUT_MS}",
            "journal_mode=WAL",
            "synchronous=FULL",
            "foreign_keys=ON",
            "trusted_schema=ON",
            "cache_size=-16000",
        ):
            connection.execute(f"PRAGMA {pragma}")
        if not writes:
            connection.execute("PRAGMA query_only=ON")

    @event.listens_for(engine, "begin")
    def begin(conn: Connection) -> None:
        conn.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")

    return engine


def _private(path: Path) -> None:
    """Callers' names and numbers are in the file: its owner alone may read it (the -wal and -shm inherit that)."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    os.close(os.open(path, os.O_CREAT | os.O_RDWR, 0o600))


def sqlite_driver() -> Any:
    """The SQLite module that can load SpatiaLite."""
    try:
        from pysqlite3 import dbapi2
    except ImportError:
        import sqlite3 as dbapi2  # Debian's own Python can load extensions too
    return dbapi2


def _load_spatialite(connection: Any) -> None:
    if not hasattr(connection, "enable_load_extension"):
        raise DatabaseUnusable("This Python cannot load SpatiaLite: install pysqlite3 with `pip install pysqlite3`.")
    connection.enable_load_extension(True)
    try:
        connection.load_extension("mod_spatialite")
    except sqlite_driver().Error as failure:
        sentence = "SpatiaLite is missing: install it with `apt-get install libsqlite3-mod-spatialite`."
        raise DatabaseUnusable(sentence) from failure
    finally:
        connection.enable_load_extension(False)


def _postgis_engine(url: Any, writes: bool) -> Engine:
    level = "READ COMMITTED" if writes else "REPEATABLE READ"
    return create_engine(
        url,
        isolation_level=level,
        hide_parameters=True,  # a failed statement must not put a caller's words in a log
        pool_size=2 if writes else 8,  # the lane keeps one; the other is for a migration
        max_overflow=0 if writes else 24,
        pool_pre_ping=True,
    )


def is_unreachable(failure: BaseException) -> bool:
    """Whether the failure means that the database is away, full or locked, not that the request was wrong."""
    return isinstance(failure, UNREACHABLE)


def ensure_spatial(conn: Connection) -> None:
    """Make the spatial tables or the extension if they are not there (0.01 s with only WGS 84)."""
    if conn.dialect.name != "sqlite":
        conn.execute(text("CREATE EXTENSION IF NOT EXISTS postgis"))
    elif not conn.execute(text("SELECT 1 FROM sqlite_master WHERE name = 'geometry_columns'")).first():
        conn.execute(text("SELECT InitSpatialMetaData(0, 'WGS84')"))


def add_geometry_column(conn: Connection, table: str, column: str, kind: str) -> None:
    """Add an indexed WGS 84 geometry column (kind: POINT, MULTIPOLYGON, GEOMETRY); same words on both databases."""
    conn.execute(text(f"SELECT AddGeometryColumn('{table}', '{column}', 4326, '{kind}', 2)"))
    add_spatial_index(conn, table, column)


def add_spatial_index(conn: Connection, table: str, column: str) -> None:
    """Index a geometry column: an R-tree beside the table on SpatiaLite, GiST on PostGIS."""
    if conn.dialect.name == "sqlite":
        conn.execute(text(f"SELECT CreateSpatialIndex('{table}', '{column}')"))
    else:
        conn.execute(text(f"CREATE INDEX ix_{table}_{column} ON {table} USING gist ({column})"))


def drop_geometry_column(conn: Connection, table: str, column: str) -> None:
    """Forget a geometry column before its table is dropped (SpatiaLite keeps its own books)."""
    if conn.dialect.name == "sqlite":
        conn.execute(text(f"SELECT DisableSpatialIndex('{table}', '{column}')"))
        conn.execute(text(f"SELECT DiscardGeometryColumn('{table}', '{column}')"))
        conn.execute(text(f"DROP TABLE IF EXISTS idx_{table}_{column}"))


def point_columns(lon: float | None, lat: float | None) -> dict[str, Any]:
    """The three columns of a point, written together: lon and lat to read fast, `point` for the index."""
    if lon is None or lat is None:
        return {"lon": None, "lat": None, "point": None}
    return {"lon": lon, "lat": lat, "point": f"SRID=4326;POINT({lon!r} {lat!r})"}
