"""`posko feeds`: which sources are asked, whether they answer, and what a month of the past would have proposed."""

import json
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import click

from alerts.xml_in import BadBulletin
from incident.errors import Refused


@click.group()
def feeds() -> None:
    """Sources outside: earthquakes, weather, floods. Example: posko feeds list"""


@contextmanager
def _post() -> Iterator[Any]:
    from gis.database import Database
    from incident.config import load_settings
    from incident.post import Post

    settings = load_settings()
    database = Database(settings.database)
    try:
        yield Post(settings, database)
    finally:
        database.close()


@feeds.command("list")
@click.option("--json", "as_json", is_flag=True, help="One JSON document, for a script.")
def list_feeds(as_json: bool) -> None:
    """Each feed: on or off, how it fares, how often it is asked. Example: posko feeds list"""
    from alerts.bulletins.feed_queries import listed

    with _post() as post, post.database.read() as conn:
        rows = listed(conn, post.settings)
    if as_json:
        return click.echo(json.dumps(rows, ensure_ascii=False))
    for row in rows:
        words = "on " if row["is_on"] else "off"
        click.echo(f"{row['name']:<15} {words} {row['state']:<5} every {row['interval_s']:>5.0f} s  {row['words']}")


@feeds.command()
@click.argument("name")
def check(name: str) -> None:
    """Ask one feed now and say what it tells; nothing is kept. Example: posko feeds check bmkg_latest"""
    from alerts.bulletins.feed_queries import ask_once
    from alerts.feeds import NoSuchFeed
    from alerts.wire import WireError

    try:
        with _post() as post:
            reading = ask_once(post, name)
    except NoSuchFeed:
        raise Refused(f"There is no feed {name}; see `posko feeds list`.") from None
    except (WireError, BadBulletin) as fault:
        raise Refused(str(fault)) from None
    for one in reading.bulletins:
        click.echo(f"{one.at:%Y-%m-%d %H:%M:%S}Z  {one.title}")
    click.echo(f"{len(reading.bulletins)} bulletins, {len(reading.links)} links, {len(reading.faults)} faults.")
    for fault_words in reading.faults:
        click.echo(fault_words, err=True)


@feeds.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--speed", default=0.0, help="So many times as fast as it was; 0 is as fast as it goes.")
@click.option("--into", type=click.Path(file_okay=False, path_type=Path), help="Folder of its database, to be kept.")
@click.option("--json", "as_json", is_flag=True, help="One JSON document, for a script.")
def replay(file: Path, speed: float, into: Path | None, as_json: bool) -> None:
    """Play a table of earthquakes through the feeds and count the proposals. Example: posko feeds replay quakes.tsv

    It happens in a database of its own; the board and the journal of this post are not touched.
    """
    from alerts.bulletins import replay as replaying

    try:
        shocks = replaying.read_sequence(file.read_text(encoding="utf-8"))
    except (BadBulletin, UnicodeDecodeError) as fault:
        raise Refused(str(fault)) from None
    with _post() as mine, tempfile.TemporaryDirectory() as passing:
        room = replaying.open_room(into or Path(passing), mine.settings)
        try:
            replaying.prepare(room, mine.database, mine.settings.site.area_code)
            with click.progressbar(length=2 * len(shocks), label="Playing", hidden=as_json) as bar:
                wait = replaying.pace(speed)

                def tick(shock: replaying.Shock) -> None:
                    wait(shock)
                    bar.update(1)

                played = replaying.play(room, shocks, tick)
        finally:
            room.database.close()
    _say(played, as_json)


def _say(played: Any, as_json: bool) -> None:
    from alerts.bulletins.replay import rule_counts

    counts = rule_counts(played.proposals)
    if as_json:
        return click.echo(json.dumps({**played._asdict(), "rules": counts}, ensure_ascii=False))
    click.echo(f"{played.shocks} earthquakes, {played.happenings} known, {played.new} new bulletins.")
    click.echo(f"{len(played.proposals)} proposals: {', '.join(f'{name} {count}' for name, count in counts.items())}")
    for one in played.proposals:
        click.echo(f"  {one['made_at'][:16]}Z  {one['title']}")
