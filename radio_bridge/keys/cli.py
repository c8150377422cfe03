"""`posko radio keys`: what a technician does with the keys of the net. No key is ever printed."""

import contextlib
import json
import os
import secrets
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import click

from gis.database import Database
from incident import hints, pulse
from incident.config import BadSettings, load_settings
from incident.errors import Refused
from incident.post import Post, uid_from, utc_now
from radio_bridge.keyring import mark_of
from radio_bridge.keys import actions, queries, telling

FILE = "radio_key"


@contextlib.contextmanager
def _post() -> Iterator[Post]:
    """What goes wrong is told in a sentence: 2 for a wrong call, 1 for a run that failed."""
    try:
        settings = load_settings()
        with contextlib.closing(Database(settings.database)) as database:
            yield Post(settings, database)
    except BadSettings as fault:
        raise click.UsageError(str(fault)) from fault
    except Refused as fault:
        raise click.ClickException(fault.sentence) from fault


@click.group()
def keys() -> None:
    """The keys of the net: its epoch, the stations' cards, who was put out.

    \b
    Example: posko radio keys list
    """


@keys.command("list")
@click.option("--json", "as_json", is_flag=True, help="For scripts.")
def list_keys(as_json: bool) -> None:
    """Say in which epoch the net is, who holds a card, and who was heard in which epoch.

    \b
    Example: posko radio keys list --json
    """
    with _post() as post:
        with post.database.read() as conn:
            told = queries.overview(conn, post.settings.radio_key, post.settings.data)
        untold = "" if told["is_told"] else _untold(post)
    if as_json:
        click.echo(json.dumps(told))
        return
    click.echo(f"akar {told['mark']}, masa {told['epoch']}, dicabut {len(told['out'])}")
    if untold:
        click.echo(untold)
    for one in told["stations"]:
        click.echo(_row(one))


def _row(one: dict[str, Any]) -> str:
    card = "dicabut" if one["out"] else f"kartu {one['card'][:10]}" if one["card"] else "tanpa kartu"
    heard = f"terdengar di masa {one['heard_in']}" if one["heard_in"] else "belum terdengar"
    return f"{one['station']:>3}  {one['call_sign']:<10} {card:<18} {heard}{' komando' * one['commands']}"


@keys.command("new")
@click.confirmation_option(prompt="Every station will need a new card. Make a new root?")
def new_root() -> None:
    """Make the root of the net anew, when it may have been read by others. Every station needs a new card then.

    \b
    Example: posko radio keys new --yes
    """
    if os.environ.get("POSKO_RADIO_KEY"):
        raise click.UsageError("The root is set by POSKO_RADIO_KEY; change it there.")
    with _post() as post:
        root = secrets.token_hex(16)
        path = post.settings.data / FILE
        _write(path.with_name(f".{FILE}.new"), root)
        path.with_name(f".{FILE}.new").replace(path)
        root_mark = mark_of(bytes.fromhex(root))
        post.do(actions.record_new_root, "cli", uid_from("root", root_mark), root_mark)
    click.echo(f"akar {root_mark}, masa 1. Mulai ulang `posko radio`, lalu bagikan kartu baru kepada semua stasiun.")


@keys.command("hand-out")
@click.argument("call_sign")
@click.option("--file", "path", required=True, type=click.Path(path_type=Path), help="Where to write the card.")
@click.option("--commander", is_flag=True, help="It may give alerts too, from the next change of keys on.")
def hand_out(call_sign: str, path: Path, commander: bool) -> None:
    """Write the card of one station into a new file that only you can read.

    Copy it by cable or memory stick into the POSKO_DATA of the team's machine, as radio_key, and delete it here.

    \b
    Example: posko radio keys hand-out TRC-1 --file /media/usb/radio_key
    """
    if path.exists():
        raise click.UsageError(f"{path} is there already; a card is never written over another.")
    with _post() as post:
        text = post.do(actions.hand_out, "cli", uid_from("card", utc_now(), call_sign), call_sign, commander)
    _write(path, text)
    click.echo(f"kartu {call_sign.upper()}: {path}")
    if commander:
        click.echo("Berlaku sebagai komando setelah `posko radio keys rotate`.")


@keys.command()
@click.argument("call_sign")
@click.option("--unit", required=True, help="The call sign of the unit that has this radio.")
@click.option("--number", type=click.IntRange(1, 200), help="Station number; chosen when not said.")
def join(call_sign: str, unit: str, number: int | None) -> None:
    """Let a radio join the net for a unit that exists: its first, or one in the place of a radio that was put out.

    Hand out its card next.

    \b
    Example: posko radio keys join TRC7-2 --unit TRC-7
    """
    with _post() as post:
        told = post.do(actions.join_unit, "cli", uid_from("join", utc_now(), call_sign), call_sign, unit, number)
        hints.tell(post.settings.data)
    click.echo(f"stasiun {told['station']}  {told['call_sign']}")


@keys.command()
@click.argument("call_sign")
def revoke(call_sign: str) -> None:
    """Put a lost or stolen radio out: it is not believed any more, and the others change to keys it cannot reckon.

    \b
    Example: posko radio keys revoke TRC-7
    """
    with _post() as post:
        told = post.do(actions.put_out, "cli", uid_from("out", utc_now(), call_sign), call_sign)
        hints.tell(post.settings.data)
        click.echo(f"masa {told['epoch']}, dicabut: {', '.join(map(str, told['out']))}")
        click.echo(_untold(post))


@keys.command()
def rotate() -> None:
    """Change the keys of the net: signed here, said on the air by the radio; no secret leaves this machine.

    \b
    Example: posko radio keys rotate
    """
    with _post() as post:
        told = post.do(actions.change_keys, "cli", uid_from("rotate", utc_now()))
        hints.tell(post.settings.data)
        click.echo(f"masa {told['epoch']}")
        click.echo(_untold(post))


def _untold(post: Post) -> str:
    """What becomes of a change of keys that was not on the air yet; who typed it must know when it never will be."""
    with post.database.read() as conn:
        key = queries.newest(conn, mark_of(bytes.fromhex(post.settings.radio_key)))
    assert key is not None
    settings = post.settings
    if why := telling.barred(settings.radio, key) or telling.refused(settings.data, key.epoch, settings.radio):
        return (
            f"BELUM DIUMUMKAN, dan radio ini tidak dapat mengumumkannya. {why} Regu masih memakai kunci lama: bagikan"
            " kartu baru kepada setiap regu dengan `posko radio keys hand-out`, atau pindahkan radio ke kanal lain."
        )
    beat_s = pulse.age_s(settings.data, "radio")
    if beat_s is None or beat_s > pulse.STILL_S:
        return "Belum diumumkan: `posko radio` tidak berjalan di mesin ini. Ia mengumumkannya begitu berjalan."
    return "Belum diumumkan: radio mengumumkannya begitu kanal bebas. Lihat `posko radio keys list`."


def _write(path: Path, text: str) -> None:
    """A file that was not there, for its owner alone."""
    try:
        file = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except OSError as fault:
        raise click.ClickException(f"{path} cannot be written: {fault.strerror}.") from fault
    with os.fdopen(file, "w") as opened:
        opened.write(text)
        opened.flush()
        os.fsync(opened.fileno())
