"""The commands of the room: serve, relay, database, people, tokens, journal, backup."""

import signal
import sys
import threading
from pathlib import Path
from typing import TYPE_CHECKING

import click

from incident.config import load_settings
from incident.lean import without_optional
from incident.rules import ROLES

if TYPE_CHECKING:
    from incident.post import Post


def _post(migrate: bool = True) -> "Post":
    """The command post of this installation; closed when the command ends."""
    from gis.database import Database
    from incident.post import Post
    from incident.upgrade import upgrade

    settings = load_settings()
    database = Database(settings.database)
    click.get_current_context().call_on_close(database.close)
    if migrate:
        upgrade(database)
    return Post(settings, database)


@click.command(epilog="Example: posko serve")
def serve() -> None:
    """Run the web server alone (gunicorn, gevent)."""
    from incident.serve import run

    run(load_settings().bind)


@click.command(epilog="Example: posko relay")
def relay() -> None:
    """Run the relay alone: it carries the journal to those who act on it."""
    with without_optional():
        from incident.logs import set_up_logs
        from incident.relay import Relay

        post = _post()
    set_up_logs()
    stopped = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stopped.set())
    Relay(post).run(stopped.is_set)


@click.group()
def db() -> None:
    """The database."""


@db.command("upgrade", epilog="Example: posko db upgrade")
def db_upgrade() -> None:
    """Bring the database to the newest shape, and the names of all villages into it."""
    from gis.gazetteer_cli import bring_with_bar

    bring_with_bar(_post().database)
    click.echo("The database has the newest shape.")


@db.command("reindex", epilog="Example: posko db reindex")
def db_reindex() -> None:
    """Make the index of the search anew from the rows, while everything goes on; what was erased there leaves it."""
    from incident.finding import index

    post = _post()
    with post.database.read() as conn:
        rows = index.rows_in_all(conn)
    with click.progressbar(length=rows, label="Indexing", file=sys.stderr) as bar:
        read = index.rebuild(post, bar.update)
    click.echo(f"{read} rows were read; the index holds what stands in them.")


@click.group()
def person() -> None:
    """People who work here."""


@person.command(
    "add", epilog="Example: echo rahasia-panjang | posko person add sari --role call_taker --password-stdin"
)
@click.argument("name")
@click.option("--role", required=True, type=click.Choice(ROLES))
@click.option("--password-stdin", is_flag=True, help="Read the secret from standard input.")
@click.option("--unit", help="Call sign of the unit a field person belongs to.")
@click.option("--agency", help="Code of the agency (OPD).")
@click.option("--area", help="Kemendagri code of the village or district.")
def person_add(
    name: str, role: str, password_stdin: bool, unit: str | None, agency: str | None, area: str | None
) -> None:
    """Let NAME in with a role. Without --password-stdin the secret is asked for."""
    from sqlalchemy import select

    from incident.errors import NotFound
    from incident.models import Unit
    from incident.people import add_person

    secret = sys.stdin.readline().rstrip("\n") if password_stdin else _ask_secret()
    post = _post()
    with post.database.read() as conn:
        unit_id = conn.scalar(select(Unit.id).where(Unit.call_sign == unit)) if unit else None
    if unit and unit_id is None:
        raise NotFound(f"There is no unit with the call sign {unit}.")
    post.do(add_person, "cli", None, name, role, secret, unit_id, agency, area)
    click.echo(f"{name} may log in as {role}.")


def _ask_secret() -> str:
    return str(click.prompt("Secret", hide_input=True, confirmation_prompt=True))


@click.group()
def token() -> None:
    """API tokens."""


@token.command("add", epilog="Example: posko token add sari")
@click.argument("name")
def token_add(name: str) -> None:
    """Print an API token for NAME, alone on a line, once."""
    from incident.people import add_token

    click.echo(_post().do(add_token, "cli", None, name))


@click.group("journal")
def journal_group() -> None:
    """The journal."""


@journal_group.command("verify", epilog="Example: posko journal verify --json")
@click.option("--json", "as_json", is_flag=True, help="Print the result as JSON.")
def journal_verify(as_json: bool) -> None:
    """Check the whole chain; exit code 1 names each changed, missing or swapped entry."""
    import orjson

    from incident import journal

    with _post(migrate=False).database.read() as conn:
        faults = list(journal.verify(conn))
        head = journal.head(conn)
    if as_json:
        click.echo(orjson.dumps({"head": head, "faults": faults}).decode())
    else:
        click.echo("\n".join(faults) or f"The chain holds: {head} entries.")
    raise SystemExit(1 if faults else 0)


@click.command(epilog="Example: posko backup /media/usb/posko-2026-11-22.db")
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@click.option("--with-tiles", is_flag=True, help="Copy the installed base maps too; they may be large.")
def backup(file: Path, with_tiles: bool) -> None:
    """Write the whole database to FILE while everything goes on, and the site's layers of the map beside it."""
    from gis.copies import back_up

    if file.exists():
        raise click.UsageError(f"{file} exists already; choose another name.")
    settings = load_settings()
    back_up(settings.database, file)
    click.echo(f"{file}: {file.stat().st_size} bytes.")
    _keep_attachments(settings.data, file)
    _keep_ground(settings.data, file, with_tiles)


def _keep_attachments(data: Path, file: Path) -> None:
    from incident.attachments import copies

    if kept := copies.keep(data, file):
        click.echo(f"{kept}: {kept.stat().st_size} bytes (photos, voice notes, documents); keep it beside the other.")


def _keep_ground(data: Path, file: Path, with_tiles: bool) -> None:
    from gis import ground_copies

    if kept := ground_copies.keep(data, file, with_tiles):
        what = "layers of the site, outline" + (", base maps" if with_tiles else "")
        click.echo(f"{kept}: {kept.stat().st_size} bytes ({what}); keep it beside the other.")
    left = [] if with_tiles else ground_copies.left_out(data)
    if left:
        names = ", ".join(f"{name} ({size / 1e6:.1f} MB)" for name, size in left)
        click.echo(f"Not copied: the base maps {names}. Give --with-tiles, or keep their files elsewhere.")


@click.command(epilog="Example: posko restore /media/usb/posko-2026-11-22.db")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--force", is_flag=True, help="Replace a database that holds something; the old one is kept beside.")
def restore(file: Path, force: bool) -> None:
    """Put FILE in the place of the database, and what lies beside it in its place; stop Posko first."""
    from gis import ground_copies
    from gis.copies import put_back
    from incident.attachments import copies as attachment_copies
    from incident.supervisor import is_up

    settings = load_settings()
    if is_up(settings.data):
        raise click.ClickException("Posko is running on this database; stop it first.")
    put_back(settings.database, file, force)
    for name in ground_copies.put_back(settings.data, file):
        click.echo(f"Put back: {name}")
    if count := attachment_copies.put_back(settings.data, file):
        click.echo(f"Put back: {count} files of attachments")
    click.echo("Restored. Check it with `posko journal verify`.")
