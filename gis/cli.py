"""The `posko gis` commands: bring the site's own ground in from a file."""

import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import click

from gis.geometry import BadLayer, melt
from gis.outline import keep
from gis.tiles_cli import tiles_command


@click.group()
def gis() -> None:
    """Places: bring boundaries in."""


gis.add_command(tiles_command)


@gis.command("import")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--json", "as_json", is_flag=True, help="Print what was done as JSON.")
@click.pass_obj
def import_file(settings: Callable[[], Any], file: Path, as_json: bool) -> None:
    """Take FILE, a GeoJSON of village polygons, as the outline of this site.

    Each feature has `kode` (or `code`, Kemendagri with dots) and `nama`; those outside POSKO_SITE's area are left out.

    \b
    Example: posko gis import lombok_timur_desa.geojson
    """
    chosen = settings()
    try:
        features = of_area(read_features(file), chosen.site.area_code)
        melted = melt(features)
    except BadLayer as fault:
        raise click.ClickException(f"{file.name}: {fault} Tidak ada yang diubah.") from None
    keep(chosen.data, melted.outline, melted.lines, melted.bounds, area_code=chosen.site.area_code, source=file.name)
    told = {"villages": melted.villages, "mended": melted.mended, "bounds": melted.bounds}
    click.echo(json.dumps(told) if as_json else _sentence(told))


def _sentence(told: Mapping[str, Any]) -> str:
    return f"{told['villages']} wilayah menjadi batas peta; {told['mended']} poligon diperbaiki dahulu."


def read_features(file: Path) -> list[Mapping[str, Any]]:
    """The features of a GeoJSON FeatureCollection; raises BadLayer."""
    try:
        given = json.loads(file.read_text())
    except (ValueError, OSError):
        raise BadLayer("bukan GeoJSON yang dapat dibaca.") from None
    features = given.get("features") if isinstance(given, dict) else None
    if not isinstance(features, list) or not all(isinstance(one, dict) for one in features):
        raise BadLayer("bukan FeatureCollection GeoJSON.")
    return features


def of_area(features: list[Mapping[str, Any]], area_code: str) -> list[Mapping[str, Any]]:
    """Those whose code lies in the area; every one where the site names none. Raises BadLayer when none is left."""
    chosen = [one for one in features if _is_within(_code(one), area_code)]
    if not chosen:
        raise BadLayer(f"tidak ada wilayah berkode {area_code or 'apa pun'} di dalamnya (sifat `kode` atau `code`).")
    return chosen


def _code(feature: Mapping[str, Any]) -> str:
    known = feature.get("properties") or {}
    return str(known.get("kode") or known.get("code") or "")


def _is_within(code: str, area_code: str) -> bool:
    return not area_code or code == area_code or code.startswith(f"{area_code}.")
