"""The `posko` command. Each subcommand is imported when it is called, so the first word comes quickly."""

import sys
from contextlib import nullcontext
from importlib import import_module
from typing import Any

import click

from incident.lean import without_optional

COMMANDS = {
    "up": "incident.supervisor:up",
    "serve": "incident.commands:serve",
    "relay": "incident.commands:relay",
    "sender": "alerts.sending.cli:sender",
    "radio": "radio_bridge.cli:radio",
    "field": "radio_bridge.field.cli:field",
    "db": "incident.commands:db",
    "person": "incident.commands:person",
    "token": "incident.commands:token",
    "journal": "incident.commands:journal_group",
    "backup": "incident.commands:backup",
    "restore": "incident.commands:restore",
    "certificate": "incident.certificate:certificate",
    "doctor": "incident.doctor:doctor",
    "drill": "incident.drill:drill",
    "bench": "incident.bench:bench",
    "gis": "incident.ground_cli:gis",
    "feeds": "alerts.bulletins.cli:feeds",
    "situation": "incident.situation_cli:situation",
    "figures": "incident.figures.cli:figures",
}

SERVERS = ("serve", "relay", "sender", "radio")
NEVER_NEEDS = {"radio": ("shapely",)}
"""A server that asks no question of shapes does without shapely and numpy: 7 MB."""


class Register(click.Group):
    """Commands by dotted path, imported on demand."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, name: str) -> click.Command | None:
        if name not in COMMANDS:
            return None
        module, _, attribute = COMMANDS[name].partition(":")
        with without_optional(*NEVER_NEEDS.get(name, ())) if name in SERVERS else nullcontext():
            return getattr(import_module(module), attribute)


@click.command(cls=Register, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="posko")
@click.pass_context
def root(ctx: click.Context) -> None:
    """Posko: the emergency command room. Start everything with `posko up`."""
    ctx.obj = _settings  # for the room to the left of settings, which cannot import them


def _settings() -> Any:
    from incident.config import load_settings

    return load_settings()


def main(args: list[str] | None = None) -> Any:
    """Run a command; a refusal is a sentence on stderr and exit code 1, a wrong call is 2."""
    try:
        return root(args=args, prog_name="posko")
    except Exception as fault:  # noqa: BLE001 - judged below; one nobody foresaw is raised again
        code, sentence = _judge(fault)
        click.echo(sentence, err=True)
        sys.exit(code)


def _judge(fault: Exception) -> tuple[int, str]:
    """Exit code and sentence of a failure; one nobody foresaw is raised again."""
    from gis.database import DatabaseUnusable, is_unreachable
    from incident.config import BadSettings
    from incident.errors import Refused

    if isinstance(fault, BadSettings):
        return 2, str(fault)
    if isinstance(fault, Refused | DatabaseUnusable):
        return 1, str(fault)
    if is_unreachable(fault):
        return 1, "The database cannot be reached or is not migrated; `posko doctor` says why."
    raise fault


if __name__ == "__main__":
    main()
