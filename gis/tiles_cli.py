"""`posko gis tiles`: install a base map for a room without internet, list what is there, take one out."""

import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import click

from gis import tiles
from gis.tile_words import BadTiles, Box
from gis.tiles import BaseMap, Broken, megabytes

KINDS = {True: "vektor", False: "raster"}


@click.command("tiles")
@click.argument("file", required=False, type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--list", "lists", is_flag=True, help="List the installed base maps.")
@click.option("--remove", "removed", metavar="NAME", help="Take the base map NAME out.")
@click.option("--link", is_flag=True, help="Hard-link FILE instead of copying it (same disk; leave FILE as it is).")
@click.option("--json", "as_json", is_flag=True, help="Print what was done as JSON.")
@click.pass_obj
def tiles_command(
    settings: Callable[[], Any], file: Path | None, lists: bool, removed: str | None, link: bool, as_json: bool
) -> None:
    """Install FILE, a .pmtiles (version 3) or .mbtiles file of vector or raster tiles, as a base map.

    It is checked first and copied whole or not at all; again with the same name replaces it. Screens show it when they
    are next opened.

    \b
    Example: posko gis tiles lombok.pmtiles
             posko gis tiles --list
             posko gis tiles --remove lombok.pmtiles
    """
    if (file is not None) + lists + bool(removed) != 1:
        raise click.UsageError("Sebut satu: FILE, --list, atau --remove NAME.")
    data = settings().data
    if lists:
        _say_all(tiles.listing(data), as_json)
    elif removed:
        _take_out(removed, data, as_json)
    elif file:
        _bring_in(file, data, link, as_json)


def _bring_in(file: Path, data: Path, link: bool, as_json: bool) -> None:
    try:
        with click.progressbar(length=file.stat().st_size, label=f"Menyalin {file.name}", file=sys.stderr) as bar:
            one = tiles.install(file, data, link, bar.update)
    except BadTiles as fault:
        raise click.ClickException(f"{file.name}: {fault} Tidak ada yang dipasang.") from None
    click.echo(json.dumps(facts(one)) if as_json else f"{sentence(one)} Terpasang.")


def _take_out(name: str, data: Path, as_json: bool) -> None:
    try:
        tiles.remove(name, data)
    except BadTiles as fault:
        raise click.ClickException(f"{str(fault).capitalize()} Lihat `posko gis tiles --list`.") from None
    click.echo(json.dumps({"removed": name}) if as_json else f"{name} dikeluarkan.")


def _say_all(found: list[BaseMap | Broken], as_json: bool) -> None:
    if as_json:
        click.echo(json.dumps([facts(one) for one in found]))
        return
    for one in found:
        click.echo(sentence(one))
    if not found:
        click.echo("Belum ada peta dasar; peta berdiri di atas garis pantai. Pasang dengan `posko gis tiles FILE`.")


def facts(one: BaseMap | Broken) -> dict[str, Any]:
    """A base map as a script reads it."""
    if isinstance(one, Broken):
        return {"name": one.name, "fault": one.fault}
    about = one.about
    told = {name: getattr(about, name) for name in ("container", "type", "minzoom", "maxzoom", "bounds")}
    return {"name": one.name, **told, "size": one.size, "title": about.title, "attribution": about.attribution}


def sentence(one: BaseMap | Broken) -> str:
    """A base map in one line: kind, zooms, bounds, size, whose it is."""
    if isinstance(one, Broken):
        return f"{one.name}: tidak dapat dipakai, {one.fault}"
    about = one.about
    return (
        f"{one.name}: {KINDS[about.is_vector]} ({about.type}), zoom {about.minzoom} sampai {about.maxzoom}, "
        f"{_where(about.bounds)}, {megabytes(one.size)}, {about.attribution or 'tanpa keterangan sumber'}."
    )


def _where(bounds: Box) -> str:
    west, south, east, north = (f"{one:.2f}".replace(".", ",") for one in bounds)
    return f"bujur {west} sampai {east}, lintang {south} sampai {north}"
