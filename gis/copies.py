"""Whole copies of the database: taken while everything goes on, put back while nothing does."""

import contextlib
import os
import shutil
import subprocess
import tempfile
from pathlib import Path
from typing import Any

from sqlalchemy import make_url

from gis.database import DatabaseUnusable, sqlite_driver


def back_up(url: str, file: Path) -> None:
    """Write the whole database to `file`; a file half written never bears its name."""
    if url.startswith("sqlite"):
        _copy(_path(url), file)
    else:
        _run("pg_dump", "--format=custom", f"--file={file}", url)


def put_back(url: str, file: Path, replace: bool) -> None:
    """Put a copy in the place of the database; the old one is kept beside with `.old`. Raises DatabaseUnusable."""
    if not url.startswith("sqlite"):
        _run("pg_restore", "--clean", "--if-exists", "--no-owner", url, str(file))
        return
    target = _path(url)
    _require_whole(file)
    if target.exists() and not replace:
        sentence = f"{target.name} exists already; --force replaces it and keeps it as {target.name}.old."
        raise DatabaseUnusable(sentence)
    _exchange(file, target)


def _exchange(file: Path, target: Path) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.NamedTemporaryFile(dir=target.parent, delete=False) as part:
        shutil.copyfile(file, part.name)
        os.fsync(part.fileno())
    if target.exists():
        _copy(target, target.with_name(target.name + ".old"))
    for rest in ("-wal", "-shm"):
        target.with_name(target.name + rest).unlink(missing_ok=True)
    os.replace(part.name, target)


def _copy(source: Path, file: Path) -> None:
    """In one step: a stepwise copy under writes never ends; a plain copy loses what is in the write-ahead log."""
    if not source.exists():
        raise DatabaseUnusable(f"There is no database at {source}.")
    part = file.with_name(file.name + ".part")
    try:
        _fill(source, part)
        os.replace(part, file)
    except (OSError, sqlite_driver().Error) as fault:
        with contextlib.suppress(OSError):
            part.unlink(missing_ok=True)
        raise DatabaseUnusable(
            f"The copy could not be written to {file} ({fault}): is the folder there, and room in it?"
        ) from fault


def _fill(source: Path, part: Path) -> None:
    part.unlink(missing_ok=True)
    with (
        contextlib.closing(_open(source)) as reading,
        contextlib.closing(sqlite_driver().connect(str(part))) as writing,
    ):
        reading.backup(writing, pages=-1)


def _require_whole(file: Path) -> None:
    conn = _open(file)
    try:
        tables = {row[0] for row in conn.execute("SELECT name FROM sqlite_master")}
        whole = conn.execute("PRAGMA quick_check").fetchone()[0] == "ok" and "journal" in tables
    except sqlite_driver().DatabaseError:
        whole = False
    finally:
        conn.close()
    if not whole:
        raise DatabaseUnusable(f"{file} is not a whole Posko database; nothing was changed.")


def _open(path: Path) -> Any:
    return sqlite_driver().connect(f"file:{path}?mode=ro", uri=True)


def _path(url: str) -> Path:
    return Path(str(make_url(url).database)).absolute()


def _run(program: str, *words: str) -> None:
    """PostgreSQL's own tools; the address goes last but for the file, and no password is on the command line."""
    if not shutil.which(program):
        raise DatabaseUnusable(f"{program} is missing: install it with `apt-get install postgresql-client`.")
    parts = [make_url(word) if word.startswith("postgresql") else word for word in words]
    said = [_without_secret(part) if not isinstance(part, str) else part for part in parts]
    secret = next((part.password for part in parts if not isinstance(part, str)), None)
    env = os.environ | ({"PGPASSWORD": str(secret)} if secret else {})
    if subprocess.run([program, *said], env=env, check=False).returncode:
        raise DatabaseUnusable(f"{program} failed; the lines above say why.")


def _without_secret(url: Any) -> str:
    bare = url.set(drivername="postgresql", password=None)
    return f"--dbname={bare.render_as_string()}"
