"""`posko radio ports`: what sits on which port, for a technician who has just plugged something in."""

import dataclasses
import json

import click

from radio_bridge.autodetect import Found, look_at_all
from radio_bridge.ports import plugs


@click.command("ports")
@click.option("--json", "as_json", is_flag=True, help="For scripts.")
@click.option("--quiet", is_flag=True, help="Open no port: names only.")
def list_ports(as_json: bool, quiet: bool) -> None:
    """Say what sits on each serial port, why we think so, and the address to use. Never keys a transmitter.

    Takes at most three seconds. A port that another program uses is left alone.

    \b
    Example: posko radio ports
             posko radio ports --quiet --json
    """
    found = look_at_all(plugs(), ask=not quiet)
    if as_json:
        click.echo(json.dumps([dataclasses.asdict(one) for one in found]))
        return
    for one in found:
        _print(one)
    if not found:
        click.echo("Tidak ada port serial. Pasang TNC, atau pakai kiss+socket:HOST:PORT.")


def _print(one: Found) -> None:
    click.echo(f"{one.path}\n    {one.kind or 'tidak dikenal'}: {one.why}{f' ({one.words})' if one.words else ''}")
    if one.url:
        click.echo(f"    POSKO_RADIO='{one.url}'")
