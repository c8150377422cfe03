"""Fixtures everyone knows: a post on a fresh database (SpatiaLite and PostGIS), the cast, an application."""

import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from gis.database import Database
from incident.config import Settings, load_settings
from incident.post import Post
from incident.upgrade import upgrade
from tests import cast as casting
from tests.clusters import Cluster, find_bin

BACKENDS = ["spatialite", pytest.param("postgis", marks=pytest.mark.postgis)]


@pytest.fixture(scope="session")
def cluster() -> Iterator[Cluster]:
    """PostgreSQL with PostGIS, started for this run alone."""
    folder = find_bin()
    if folder is None:
        pytest.skip(
            "PostgreSQL with PostGIS is not on this machine: apt-get install postgresql postgresql-15-postgis-3"
        )
    running = Cluster(folder)
    try:
        running.sql("CREATE DATABASE template_posko")
        database = Database(running.url("template_posko"))
        upgrade(database)
        database.close()
        yield running
    finally:
        running.stop()


@pytest.fixture(scope="session")
def template_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A migrated SpatiaLite file, copied for each test."""
    path = tmp_path_factory.mktemp("template") / "posko.db"
    database = Database(f"sqlite:///{path}")
    upgrade(database)
    with database.writer.connect() as conn:
        conn.exec_driver_sql("SELECT 1")
        conn.rollback()
    database.close()
    return path


@pytest.fixture(params=BACKENDS)
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The address of a fresh, migrated database, once on each kind."""
    if request.param == "spatialite":
        shutil.copy(request.getfixturevalue("template_file"), tmp_path / "posko.db")
        yield f"sqlite:///{tmp_path}/posko.db"
        return
    cluster = request.getfixturevalue("cluster")
    name = f"t{os.getpid()}_{abs(hash(tmp_path)) % 10**9}"
    cluster.sql(f"CREATE DATABASE {name} TEMPLATE template_posko")
    yield cluster.url(name)
    cluster.sql(f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture
def settings(database_url: str, tmp_path: Path) -> Settings:
    return load_settings(
        database=database_url,
        data=tmp_path / "var",
        site="Kabupaten Lombok Timur, 52.03, Asia/Makassar",
        bind="127.0.0.1:5112",
    )


@pytest.fixture
def post(settings: Settings) -> Iterator[Post]:
    """A command post on a fresh database."""
    database = Database(settings.database)
    yield Post(settings, database)
    database.close()


@pytest.fixture
def app(settings: Settings) -> Iterator[Any]:
    """The web application on a fresh database."""
    from incident.app import create_app

    made = create_app(settings, migrate=False)
    yield made
    made.extensions["live"].stop()
    made.extensions["posko"].database.close()


@pytest.fixture
def cast(app: Any) -> casting.Cast:
    """One person of each role and two units, in the application's database."""
    return casting.assemble(app.extensions["posko"])


@pytest.fixture
def ask(app: Any, cast: casting.Cast) -> Callable[..., Any]:
    """Ask the API as a role: ask("call_taker", "POST", "/calls", {...})."""

    def asked(role: str | None, method: str, path: str, body: Any = None) -> Any:
        headers = cast.headers(role) if role else {}
        target = path if path.startswith("//") else "/api/v1" + path
        return app.test_client().open(target.replace("//", "/", 1), method=method, json=body, headers=headers)

    return asked
