"""The index of words: which rows hold all of some tokens, the newest first; FTS5 in a file, GIN on PostgreSQL.

A row keeps its tokens in a text column, each [a-z0-9]+ and a space between them. Nothing parses them again: what was
put in as a token is found as that token, on both databases alike.
"""

import re
from collections.abc import Iterable
from typing import Any

from sqlalchemy import Connection, Select, column, func, select, table, text

from gis.database import Database

_TOKEN = re.compile(r"[a-z0-9]+")


def add_word_index(conn: Connection, rows: str, name: str) -> None:
    """Index the tokens of a column; it follows every write to the table by itself."""
    if conn.dialect.name != "sqlite":
        conn.execute(text(f"CREATE INDEX ix_{rows}_{name} ON {rows} USING gin ({_vector(rows, name)})"))
        return
    conn.exec_driver_sql(
        f"CREATE VIRTUAL TABLE {rows}_{name} USING fts5({name}, content='{rows}', content_rowid='id',"
        " tokenize='ascii', detail='none', columnsize=0, prefix='4 5 6')"
    )
    forget = f"INSERT INTO {rows}_{name}({rows}_{name}, rowid, {name}) VALUES ('delete', old.id, old.{name});"
    learn = f"INSERT INTO {rows}_{name}(rowid, {name}) VALUES (new.id, new.{name});"
    for event, deeds in (("INSERT", learn), ("DELETE", forget), (f"UPDATE OF {name}", forget + learn)):
        trigger = f"{rows}_{name}_{event.split()[0].lower()}"
        conn.exec_driver_sql(f"CREATE TRIGGER {trigger} AFTER {event} ON {rows} BEGIN {deeds} END")


def drop_word_index(conn: Connection, rows: str, name: str) -> None:
    """Forget the index of a column; the column stays."""
    if conn.dialect.name != "sqlite":
        conn.execute(text(f"DROP INDEX ix_{rows}_{name}"))
        return
    for event in ("insert", "delete", "update"):
        conn.exec_driver_sql(f"DROP TRIGGER {rows}_{name}_{event}")
    conn.exec_driver_sql(f"DROP TABLE {rows}_{name}")


WINDOW = 1_000  # the newest rows, where PostgreSQL looks first


def rows_with(database: Database, rows: Any, name: str, quick: bool = False) -> Select[Any]:
    """SELECT id, ref of the rows whose tokens meet `:tokens` (see `asked`), the newest first; conditions may follow.

    `quick` is for what stands in many rows, and may miss what stands in few. PostgreSQL cannot know how often a word
    is met and would read every row from the newest on for one that is met nowhere: quick looks at the newest alone,
    otherwise the index is asked whatever it costs.
    """
    wanted = select(rows.c.id, rows.c.ref)
    if not database.is_spatialite:
        met = wanted.where(text(f"{_vector(rows.name, name)} @@ CAST(:tokens AS tsquery)"))
        newest = rows.c.id > select(func.max(rows.c.id) - WINDOW).scalar_subquery()
        return met.where(newest).order_by(rows.c.id.desc()) if quick else met.order_by((rows.c.id + 0).desc())
    index = table(f"{rows.name}_{name}", column("rowid"))
    joined = wanted.select_from(index.join(rows, rows.c.id == index.c.rowid))
    return joined.where(text(f"{index.name} MATCH :tokens")).order_by(index.c.rowid.desc())


def asked_quickly(database: Database, tokens: Iterable[str], least: int) -> str:
    """The tokens for `quick`: FTS5 must gather every word that begins so, and is asked for whole words alone."""
    return asked(database, tokens, WHOLE if database.is_spatialite else least)


WHOLE = 10_000  # letters no token has: none may go on


def asked(database: Database, tokens: Iterable[str], least: int = WHOLE) -> str:
    """All of these tokens in the database's own words; one of `least` letters or more may go on. Raises ValueError."""
    wanted = list(tokens)
    if not wanted or not all(map(_TOKEN.fullmatch, wanted)):
        raise ValueError("Only tokens of a-z and 0-9 can be looked for.")
    if database.is_spatialite:
        return " AND ".join(one + "*" if len(one) >= least else one for one in wanted)
    return " & ".join(f"'{one}':*" if len(one) >= least else f"'{one}'" for one in wanted)


def _vector(rows: str, name: str) -> str:
    return f"array_to_tsvector(string_to_array({rows}.{name}, ' '))"
