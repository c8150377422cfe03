"""`posko bench`: how fast and how safe it is on this machine, each figure beside a limit measured in the same run."""

from importlib import import_module
from typing import Any

import click

PARTS = ("save", "screens", "restart", "catchup", "memory", "crash")
QUICK = ("save", "screens", "restart", "catchup")


class Register(click.Group):
    """The measurements by name, imported on demand."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(PARTS)

    def get_command(self, ctx: click.Context, name: str) -> click.Command | None:
        if name not in PARTS:
            return None
        return getattr(import_module(f"incident.bench.{name}"), name)  # type: ignore[no-any-return]


@click.command(cls=Register, invoke_without_command=True, epilog="Example: posko bench save --clients 1,32 --json")
@click.pass_context
def bench(ctx: click.Context) -> None:
    """Measure Posko on this machine in a database of its own. Without a word after it: all quick measurements."""
    if ctx.invoked_subcommand is None:
        for name in QUICK:
            _run(ctx, name)


def _run(ctx: click.Context, name: str) -> Any:
    command = Register.get_command(ctx.command, ctx, name)  # type: ignore[arg-type]
    assert command is not None
    return ctx.invoke(command, quick=True)
