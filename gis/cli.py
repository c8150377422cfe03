"""The `posko gis` commands: bring the site's own ground in from a file."""

import click

from gis.gazetteer_cli import gazetteer_command, score_command
from gis.reverse_cli import reverse_command
from gis.tiles_cli import tiles_command


@click.group()
def gis() -> None:
    """Places: bring boundaries in."""


gis.add_command(gazetteer_command)
gis.add_command(reverse_command)
gis.add_command(tiles_command)
gis.add_command(score_command)
