"""`posko gis import`: bring the boundaries of areas in from a file. It needs the journal, so it joins here."""

import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any
from uuid import uuid4

import click
import orjson

from gis import codes
from gis.boundary_file import BadAreas, Wish, refusals
from gis.database import Database
from gis.geometry import BadLayer

MOST_NAMED = 20
BY = "cli"


@click.command("import")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--swap", is_flag=True, help="Exchange longitude and latitude: the file has them the wrong way round.")
@click.option("--skip", is_flag=True, help="Leave out the areas that cannot be taken and take the others.")
@click.option("--layer", metavar="NAME", help="The layer of a GeoPackage that has more than one.")
@click.option("--json", "as_json", is_flag=True, help="Print what was done as JSON.")
@click.pass_obj
def import_command(
    settings: Callable[[], Any], file: Path, swap: bool, skip: bool, layer: str | None, as_json: bool
) -> None:
    """Take FILE, the boundaries of villages, districts or regencies: GeoJSON, GeoPackage, Shapefile (.zip), or the SQL
    of wilayah_boundaries.

    Each area has a Kemendagri code in a column like `kode`, `KDEPUM` or `kode_desa`, with or without dots. Polygons
    that cross themselves are mended. All of the file is taken or nothing; again with the same codes replaces them.
    The map's outline is drawn anew when areas of POSKO_SITE are among them. Open maps draw the new lines by themselves.

    \b
    Example: posko gis import lombok_timur_desa.geojson
             posko gis import batas_desa.zip --skip
    """
    chosen = settings()
    database = Database(chosen.database)
    try:
        told = _bring_in(chosen, database, file, Wish(swap, skip, layer))
    except BadLayer as fault:
        raise click.ClickException(f"{file.name}: {_said(fault)} Tidak ada yang diubah.") from None
    finally:
        database.close()
    click.echo(orjson.dumps(told).decode() if as_json else _sentences(told))


def _bring_in(chosen: Any, database: Database, file: Path, wish: Wish) -> dict[str, Any]:
    """With a bar where somebody looks on; it goes to stderr, so that --json stays clean."""
    from incident.boundaries import bring_in
    from incident.post import Post

    with click.progressbar(length=1, label=f"Memeriksa {file.name}", file=sys.stderr) as bar:

        def show(done: int, of: int) -> None:
            bar.length = max(1, of)
            bar.update(done - bar.pos)

        return bring_in(Post(chosen, database), BY, str(uuid4()), file, file.name, wish, show)


_WAYS = {
    "swap": "Jalankan lagi dengan --swap untuk menukarnya.",
    "skip": "Beri --skip untuk memasukkan yang lain.",
    "layer": "Pilih satu dengan --layer.",
}


def _said(fault: BadLayer) -> str:
    """The sentence, the areas that were refused, and the option that helps."""
    listed = f"\n{_listed(_lines(refusals(fault.refused)))}\n" if isinstance(fault, BadAreas) else ""
    way = _WAYS.get(fault.way, "")
    return " ".join(part for part in (f"{fault}{listed}", way) if part).replace("ditolak.\n", "ditolak:\n")


def _sentences(told: dict[str, Any]) -> str:
    levels = ", ".join(f"{count} {codes.LEVELS[int(level)]}" for level, count in told["levels"].items())
    said = [f"{told['areas']} wilayah masuk ({levels}): {told['new']} baru, {told['replaced']} diganti."]
    if told["crs"]:
        said.append(f"Koordinat diubah dari {told['crs']} ke WGS 84.")
    for key, words in _DONE.items():
        if told[key]:
            said.append(f"{len(told[key])} {words}:\n{_listed(told[key])}")
    if told["refused"]:
        said.append(f"{len(told['refused'])} wilayah ditolak:\n{_listed(_lines(told['refused']))}")
    drawn = told["outline"]
    said.append(f"Batas peta dari {drawn['areas']} wilayah." if drawn else "Batas peta tidak berubah.")
    return "\n".join(said)


_DONE = {
    "mended": "poligon diperbaiki karena memotong dirinya sendiri",
    "thinned": "poligon disederhanakan sampai 5 m karena terlalu rinci",
    "joined": "wilayah disatukan dari beberapa bentuk",
    "unknown": "kode tidak ada dalam daftar Kemendagri di mesin ini",
}


def _lines(told: Sequence[dict[str, str]]) -> list[str]:
    return [f"{one['area']}: {one['why']}" for one in told]


def _listed(lines: Sequence[str]) -> str:
    more = len(lines) - MOST_NAMED
    shown = [f"  - {line}" for line in lines[:MOST_NAMED]]
    return "\n".join([*shown, f"  ... dan {more} lagi (lihat dengan --json)"] if more > 0 else shown)
