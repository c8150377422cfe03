"""A statement of a hot path: compiled once, then handed to the driver itself, on either database.

SQLAlchemy spends some 25 µs on every execution, SQLite 3 µs on the statement; a call saved has seven of them.
Everything else goes through SQLAlchemy, whose words and types these statements share.
"""

from collections import namedtuple
from collections.abc import Callable
from typing import Any

from sqlalchemy import Connection, Dialect
from sqlalchemy.exc import DBAPIError

Process = Callable[[Any], Any]
watchers: list[Callable[[str, Any], None]] = []  # told each statement and its values, as they go to the driver


class Prepared:
    """One SQLAlchemy statement whose every parameter is named.

    `columns` are those an INSERT is given: all of them, every time, because a model's default is not asked here.
    """

    def __init__(self, statement: Any, *columns: str):
        self._statement, self._columns = statement, columns or None
        self._forms: dict[str, _Form] = {}

    def all(self, conn: Connection, **values: Any) -> list[Any]:
        """Run it and return its rows as named tuples; raises what SQLAlchemy would raise."""
        form, cursor = self._run(conn, values)
        try:
            return list(map(form.reader(cursor), cursor.fetchall()))
        finally:
            cursor.close()

    def first(self, conn: Connection, **values: Any) -> Any:
        """Run it and return the first row, or None."""
        form, cursor = self._run(conn, values)
        try:
            one = cursor.fetchone()
            return None if one is None else form.reader(cursor)(one)
        finally:
            cursor.close()

    def do(self, conn: Connection, **values: Any) -> None:
        """Run a statement that answers with no rows."""
        self._run(conn, values)[1].close()

    def _run(self, conn: Connection, values: dict[str, Any]) -> tuple["_Form", Any]:
        form = self._forms.get(conn.dialect.name) or self._compile(conn.dialect)
        given = form.bind(values)
        for watch in watchers:
            watch(form.words, given)
        return form, _execute(conn, form.words, given)

    def _compile(self, dialect: Dialect) -> "_Form":
        form = self._forms[dialect.name] = _Form(self._statement, self._columns, dialect)
        return form


class _Form:
    """A statement in the words of one database, with what turns values into its own and back."""

    def __init__(self, statement: Any, columns: tuple[str, ...] | None, dialect: Dialect):
        compiled = statement.compile(dialect=dialect, column_keys=columns)
        self.words = str(compiled)
        self._order = tuple(compiled.positiontup) if compiled.positiontup is not None else None
        self._fixed = {} if columns else {name: value for name, value in compiled.params.items() if value is not None}
        self._names = tuple(compiled.bind_names.values())
        self._in = [
            (name, process)
            for bind, name in compiled.bind_names.items()
            if (process := bind.type.dialect_impl(dialect).bind_processor(dialect))
        ]
        columns_out = list(getattr(statement, "exported_columns", None) or ())
        self._row: Any = _named([column.key for column in columns_out])
        self._types = [column.type.dialect_impl(dialect) for column in columns_out]
        self._dialect = dialect
        self._out: list[tuple[int, Process]] | None = None

    def bind(self, values: dict[str, Any]) -> Any:
        """The values as the driver wants them: a tuple in order, or a mapping. A missing one raises KeyError."""
        given = {**self._fixed, **values}
        for name, process in self._in:
            given[name] = process(given[name])
        if self._order is not None:
            return tuple(given[name] for name in self._order)
        return {name: given[name] for name in self._names}

    def reader(self, cursor: Any) -> Callable[[Any], Any]:
        """What makes a named tuple of a row of this cursor; the driver says what type each column came as."""
        if self._out is None:
            said = [column[1] for column in cursor.description]
            found = [kind.result_processor(self._dialect, said[at]) for at, kind in enumerate(self._types)]
            self._out = [(at, process) for at, process in enumerate(found) if process]
        return self._row_of if self._out else self._row._make

    def _row_of(self, raw: Any) -> Any:
        values = list(raw)
        for at, process in self._out or ():
            values[at] = process(values[at])
        return self._row._make(values)


def _named(fields: list[str]) -> Any:
    """A named tuple whose fields the statement names."""
    return namedtuple("Row", fields, rename=True)


def say(conn: Connection, words: str) -> None:
    """Say a word without values to the database: a savepoint, its release."""
    _execute(conn, words, ()).close()


def _execute(conn: Connection, words: str, given: Any) -> Any:
    """The driver's cursor after the statement, in a transaction like every statement of SQLAlchemy's."""
    if not conn.in_transaction():
        conn.begin()
    cursor = conn.connection.cursor()
    try:
        cursor.execute(words, given)
    except Exception as failure:
        cursor.close()
        raise _as_sqlalchemy_says(conn, words, failure) from failure
    return cursor


def _as_sqlalchemy_says(conn: Connection, words: str, failure: Exception) -> BaseException:
    """The driver's error under SQLAlchemy's name, without the values: they may be a caller's words."""
    dbapi: Any = conn.dialect.loaded_dbapi
    if not isinstance(failure, dbapi.Error):
        return failure
    return DBAPIError.instance(
        words, None, failure, dbapi.Error, hide_parameters=True, dialect=conn.dialect, connection_invalidated=False
    )
