"""`posko bench`: how fast and how safe it is on this machine, each figure beside a limit measured in the same run."""

from importlib import import_module

import click

PARTS = ("save", "screens", "restart", "catchup", "gis", "find", "board", "memory", "crash", "radio", "alerts", "info")
ELSEWHERE = {"radio": "radio_bridge.bench", "alerts": "alerts.bench", "info": "alerts.public.bench"}
"""Measurements of rooms to the right: named, never imported from here."""
QUICK = ("save", "screens", "restart", "catchup")


class Register(click.Group):
    """The measurements by name, imported on demand."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(PARTS)

    def get_command(self, ctx: click.Context, name: str) -> click.Command | None:
        if name not in PARTS:
            return None
        return part(name)


@click.command(cls=Register, invoke_without_command=True, epilog="Example: posko bench save --clients 1,32 --json")
@click.option("--json", "as_json", is_flag=True, help="Print the figures as JSON, a line for each measurement.")
@click.pass_context
def bench(ctx: click.Context, as_json: bool) -> None:
    """Measure Posko on this machine in a database of its own. Without a word after it: all quick measurements."""
    if ctx.invoked_subcommand is None:
        for name in QUICK:
            ctx.invoke(part(name), quick=True, as_json=as_json)


def part(name: str) -> click.Command:
    """The measurement of this name."""
    command: click.Command = getattr(import_module(ELSEWHERE.get(name, f"incident.bench.{name}")), name)
    return command
