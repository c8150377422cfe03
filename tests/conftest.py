"""Fixtures everyone knows: a post on a fresh database (SpatiaLite and PostGIS), the cast, an application."""

import contextlib
import datetime as dt
import shutil
import sqlite3
from collections import defaultdict
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck
from hypothesis import settings as examples
from sqlalchemy import URL, Engine
from werkzeug.routing import Rule

import gis.database
from gis.database import Database
from incident.config import Settings, load_settings
from incident.post import Post
from incident.upgrade import upgrade
from tests import cast as casting
from tests.basins import Basin
from tests.clusters import Cluster, find_bin
from tests.room import START, Clock, Room, enter_room, furnish

SITE = "Kabupaten Lombok Timur, 52.03, Asia/Makassar"
FRESH = "UPDATE unit SET position_at = {now}, in_service_since = {now}"  # a position of a quarter of an hour ago is old
BACKENDS = ["spatialite", pytest.param("postgis", marks=pytest.mark.postgis)]

COSTS = {"slow": 6, "radio": 6, "browser": 3, "database": 0.3}  # roughly, in seconds; slow(100) says it of itself

# a limit of time is no test: two processors are shared by everything that runs; and a run that fails fails again
examples.register_profile("posko", deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow])
examples.register_profile("explore", examples.get_profile("posko"), derandomize=False)
examples.load_profile("posko")


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--pairs", default=800, type=int, help="Alerts times people of the long night of alerts.")
    parser.addoption("--cases", default=4, type=int, help="How often each operation is asked rightly, and wrongly.")
    parser.addoption("--kills", default=39, type=int, help="How often the power is cut on each database.")


def pytest_itemcollected(item: pytest.Item) -> None:
    if "database_url" in getattr(item, "fixturenames", ()):
        item.add_marker(pytest.mark.database)


@pytest.hookimpl(trylast=True)  # the browser's mark is set by the conftest of its folder
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The long files first: with -n none of them is left for the end, when the others have nothing to do."""
    seconds: dict[Path, float] = defaultdict(float)
    for item in items:
        seconds[item.path] += next((mark.args[0] if mark.args else COSTS[mark.name] for mark in _costs(item)), 0.01)
        if item.get_closest_marker("browser") or item.get_closest_marker("radio"):
            item.add_marker(pytest.mark.flaky(reruns=1))  # docs/decisions/0016
    items.sort(key=lambda item: -seconds[item.path])


def _costs(item: pytest.Item) -> Iterator[pytest.Mark]:
    return (mark for name in COSTS if (mark := item.get_closest_marker(name)))


@pytest.fixture(scope="session", autouse=True)
def _rules_compiled_once() -> Iterator[None]:
    """An application is made for each test, always with the same addresses: half its time was compiling them anew."""
    compiled: dict[Any, Any] = {}
    compile_builder = Rule._compile_builder

    def compile_once(rule: Rule, append_unknown: bool = True) -> Any:
        key = (tuple(rule._trace), repr(rule.defaults), tuple(sorted(rule.arguments)), append_unknown)
        if key not in compiled:
            compiled[key] = compile_builder(rule, append_unknown)
        return compiled[key]

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Rule, "_compile_builder", compile_once)
        yield


@pytest.fixture(scope="session", autouse=True)
def _statements_compiled_once() -> Iterator[None]:
    """A database is opened for each test, and every statement was compiled anew for it: a sixth of the time."""
    first: dict[Any, Engine] = {}

    def compiling_once(make: Callable[..., Engine]) -> Callable[..., Engine]:
        def made(url: URL, writes: bool) -> Engine:
            engine = make(url, writes)
            shared = first.setdefault((make, writes), engine)
            engine.dialect, engine._compiled_cache = shared.dialect, shared._compiled_cache
            return engine

        return made

    with pytest.MonkeyPatch.context() as patch:
        for name in ("_spatialite_engine", "_postgis_engine"):
            patch.setattr(gis.database, name, compiling_once(getattr(gis.database, name)))
        yield


@pytest.fixture(scope="session")
def cluster() -> Iterator[Cluster]:
    """PostgreSQL with PostGIS, started for this run alone (with -n: for each of its processes)."""
    folder = find_bin()
    if folder is None:
        pytest.skip(
            "PostgreSQL with PostGIS is not on this machine: apt-get install postgresql postgresql-15-postgis-3"
        )
    running = Cluster(folder)
    try:
        running.sql("CREATE DATABASE template_posko")
        _migrate(running.url("template_posko"))
        yield running
    finally:
        running.stop()


@pytest.fixture(scope="session")
def template_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A migrated SpatiaLite file, copied for each test."""
    path = tmp_path_factory.mktemp("template") / "posko.db"
    _migrate(f"sqlite:///{path}")
    return path


@pytest.fixture(scope="session")
def peopled_file(template_file: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, casting.Cast]:
    """The same with the cast in it, and who that is."""
    path = tmp_path_factory.mktemp("peopled") / "posko.db"
    shutil.copy(template_file, path)
    return path, _people(f"sqlite:///{path}", path.parent)


@pytest.fixture(scope="session")
def furnished_file(template_file: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, casting.Cast]:
    """A room in the middle of its work, and who is in it."""
    path = tmp_path_factory.mktemp("furnished") / "posko.db"
    shutil.copy(template_file, path)
    return path, _furnished(f"sqlite:///{path}", path.parent)


@pytest.fixture(scope="session")
def empty_basin(cluster: Cluster) -> Iterator[Basin]:
    """PostGIS databases that were migrated."""
    basin = Basin(cluster, "template_posko")
    yield basin
    basin.close()


@pytest.fixture(scope="session")
def peopled_basin(cluster: Cluster, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Basin, casting.Cast]]:
    """The same with the cast in them, and who that is."""
    cluster.sql("CREATE DATABASE template_peopled TEMPLATE template_posko")
    cast = _people(cluster.url("template_peopled"), tmp_path_factory.mktemp("peopled"))
    basin = Basin(cluster, "template_peopled")
    yield basin, cast
    basin.close()


@pytest.fixture(scope="session")
def furnished_basin(cluster: Cluster, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Basin, casting.Cast]]:
    """Rooms in the middle of their work, and who is in them."""
    cluster.sql("CREATE DATABASE template_furnished TEMPLATE template_posko")
    cast = _furnished(cluster.url("template_furnished"), tmp_path_factory.mktemp("furnished"))
    basin = Basin(cluster, "template_furnished")
    yield basin, cast
    basin.close()


def _migrate(url: str) -> None:
    database = Database(url)
    upgrade(database)
    with database.writer.connect() as conn:
        conn.exec_driver_sql("SELECT 1")
        conn.rollback()
    database.close()


def _people(url: str, folder: Path) -> casting.Cast:
    with _a_post(url, folder) as post:
        return casting.assemble(post)


def _furnished(url: str, folder: Path) -> casting.Cast:
    with _a_post(url, folder) as post:
        return furnish(post, Clock(START - dt.timedelta(minutes=1)))


@contextlib.contextmanager
def _a_post(url: str, folder: Path) -> Iterator[Post]:
    database = Database(url)
    try:
        yield Post(load_settings(database=url, data=folder, site=SITE), database)
    finally:
        database.close()


@pytest.fixture(params=BACKENDS)
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The address of a fresh, migrated database, once on each kind; whoever asks for cast or room finds it in there."""
    is_peopled, is_furnished = "cast" in request.fixturenames, "furnished" in request.fixturenames
    filled = "peopled" if is_peopled else "furnished" if is_furnished else None
    if request.param == "spatialite":
        template = request.getfixturevalue(f"{filled}_file")[0] if filled else request.getfixturevalue("template_file")
        shutil.copy(template, tmp_path / "posko.db")
        if is_peopled:
            _freshen_file(tmp_path / "posko.db")
        yield f"sqlite:///{tmp_path}/posko.db"
        return
    basin = request.getfixturevalue(f"{filled}_basin")[0] if filled else request.getfixturevalue("empty_basin")
    name = basin.lend()
    if is_peopled:
        basin.do(name, FRESH.format(now="now()"))
    yield basin.cluster.url(name)
    basin.take_back(name)


def _freshen_file(path: Path) -> None:
    with contextlib.closing(sqlite3.connect(path, isolation_level=None)) as conn:
        conn.execute("PRAGMA synchronous = OFF")
        conn.execute(FRESH.format(now="strftime('%Y-%m-%d %H:%M:%f000', 'now')"))


@pytest.fixture
def settings(database_url: str, tmp_path: Path) -> Settings:
    return load_settings(
        database=database_url,
        data=tmp_path / "var",
        site=SITE,
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
def cast(request: pytest.FixtureRequest, settings: Settings) -> casting.Cast:
    """One person of each role and two units, in the test's database from its beginning."""
    is_file = settings.database.startswith("sqlite")
    found: tuple[Any, casting.Cast] = request.getfixturevalue("peopled_file" if is_file else "peopled_basin")
    return found[1]


@pytest.fixture
def furnished(request: pytest.FixtureRequest, settings: Settings) -> casting.Cast:
    """Who is in the room that stands in the test's database from its beginning."""
    is_file = settings.database.startswith("sqlite")
    found: tuple[Any, casting.Cast] = request.getfixturevalue("furnished_file" if is_file else "furnished_basin")
    return found[1]


@pytest.fixture
def room(post: Post, furnished: casting.Cast) -> Room:
    """A command room in the middle of its work, with a clock that goes when it is told to."""
    return enter_room(post, furnished)


@pytest.fixture
def ask(app: Any, cast: casting.Cast) -> Callable[..., Any]:
    """Ask the API as a role: ask("call_taker", "POST", "/calls", {...})."""

    def asked(role: str | None, method: str, path: str, body: Any = None) -> Any:
        headers = cast.headers(role) if role else {}
        target = path if path.startswith("//") else "/api/v1" + path
        return app.test_client().open(target.replace("//", "/", 1), method=method, json=body, headers=headers)

    return asked
