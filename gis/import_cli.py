"""`posko gis import`: bring the boundaries of areas in from a file, and draw the outline of the site from them."""

import datetime as dt
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import click
import orjson
from sqlalchemy import inspect

from gis import boundaries, codes, outline
from gis.boundaries import Bound, Judged
from gis.database import Database
from gis.geometry import BadLayer, Melted, melt
from gis.layerfiles import read_layer

MOST_NAMED = 20


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
    The map's outline is drawn anew when areas of POSKO_SITE are among them.

    \b
    Example: posko gis import lombok_timur_desa.geojson
             posko gis import batas_desa.zip --skip
    """
    chosen = settings()
    database = Database(chosen.database)
    try:
        _require_tables(database)
        told = _bring_in(chosen, database, file, swap, skip, layer)
    except BadLayer as fault:
        raise click.ClickException(f"{file.name}: {fault} Tidak ada yang diubah.") from None
    finally:
        database.close()
    click.echo(orjson.dumps(told).decode() if as_json else _sentences(told))


def _require_tables(database: Database) -> None:
    with database.read() as conn:
        if not inspect(conn).has_table("boundary"):
            raise click.ClickException("Basis data belum berbentuk terbaru; jalankan `posko db upgrade` dahulu.")


def _bring_in(chosen: Any, database: Database, file: Path, swap: bool, skip: bool, layer: str | None) -> dict[str, Any]:
    read = read_layer(file, layer)
    shown = click.progressbar(length=len(read.shapes), label=f"Memeriksa {file.name}", file=sys.stderr)
    with shown as bar, database.read() as conn:
        judged = boundaries.judge(read, swap, lambda wanted: boundaries.known_names(conn, wanted), bar.update)
    _require_taken(judged, skip)
    drawn = _outline_of(chosen, database, judged.taken)
    new = boundaries.keep(database, judged.taken, file.name, dt.datetime.now(dt.UTC))
    if drawn:
        _keep_outline(chosen, *drawn, file.name)
    return _facts(judged, new, read.crs, drawn)


def _require_taken(judged: Judged, skip: bool) -> None:
    """Refuse a file of which something would be left out, unless that was asked for."""
    if judged.refused and not (skip and judged.taken):
        hint = "" if not judged.taken else " Beri --skip untuk memasukkan yang lain."
        raise BadLayer(f"{len(judged.refused)} wilayah ditolak:\n{_listed(_refusals(judged))}\n{hint}".rstrip())
    if not judged.taken:
        raise BadLayer("tidak ada wilayah di dalamnya.")


def _outline_of(chosen: Any, database: Database, taken: Sequence[Bound]) -> tuple[Melted, int] | None:
    """The site melted from its deepest areas, these and those already kept; None where the file adds nothing to it."""
    area_code = chosen.site.area_code
    ours = boundaries.of_site(taken, area_code)
    if not ours or ours[0].level < outline.level(chosen.data):
        return None
    with database.read() as conn:
        shapes = boundaries.shapes_within(conn, area_code, ours[0].level)
    return melt((shapes | {one.code: one.shape for one in ours}).values()), ours[0].level


def _keep_outline(chosen: Any, melted: Melted, level: int, source: str) -> None:
    about = {"area_code": chosen.site.area_code, "source": source, "level": level}
    outline.keep(chosen.data, melted.outline, melted.lines, melted.bounds, **about)


def _facts(judged: Judged, new: int, crs: str | None, drawn: tuple[Melted, int] | None) -> dict[str, Any]:
    levels = [one.level for one in judged.taken]
    return {
        "areas": len(judged.taken),
        "new": new,
        "replaced": len(judged.taken) - new,
        "levels": {str(level): levels.count(level) for level in sorted(set(levels))},
        "mended": judged.mended,
        "thinned": judged.thinned,
        "joined": judged.joined,
        "unknown": judged.unknown,
        "refused": [{"area": area, "why": why} for area, why in judged.refused],
        "crs": crs,
        "outline": {"areas": drawn[0].villages, "bounds": drawn[0].bounds} if drawn else None,
    }


def _sentences(told: dict[str, Any]) -> str:
    levels = ", ".join(f"{count} {codes.LEVELS[int(level)]}" for level, count in told["levels"].items())
    said = [f"{told['areas']} wilayah masuk ({levels}): {told['new']} baru, {told['replaced']} diganti."]
    if told["crs"]:
        said.append(f"Koordinat diubah dari {told['crs']} ke WGS 84.")
    for key, words in _DONE.items():
        if told[key]:
            said.append(f"{len(told[key])} {words}:\n{_listed(told[key])}")
    if told["refused"]:
        said.append(f"{len(told['refused'])} wilayah ditolak:\n{_listed(_refusals_of(told['refused']))}")
    drawn = told["outline"]
    said.append(f"Batas peta dari {drawn['areas']} wilayah." if drawn else "Batas peta tidak berubah.")
    return "\n".join(said)


_DONE = {
    "mended": "poligon diperbaiki karena memotong dirinya sendiri",
    "thinned": "poligon disederhanakan sampai 5 m karena terlalu rinci",
    "joined": "wilayah disatukan dari beberapa bentuk",
    "unknown": "kode tidak ada dalam daftar Kemendagri di mesin ini",
}


def _refusals(judged: Judged) -> list[str]:
    return [f"{area}: {why}" for area, why in judged.refused]


def _refusals_of(told: list[dict[str, str]]) -> list[str]:
    return [f"{one['area']}: {one['why']}" for one in told]


def _listed(lines: Sequence[str]) -> str:
    more = len(lines) - MOST_NAMED
    shown = [f"  - {line}" for line in lines[:MOST_NAMED]]
    return "\n".join([*shown, f"  ... dan {more} lagi (lihat dengan --json)"] if more > 0 else shown)
