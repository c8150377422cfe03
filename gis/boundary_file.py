"""A file of boundaries made ready to be kept: read, judged, and the outline of the site melted with what is known."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import inspect

from gis import boundaries, outline
from gis.boundaries import Bound, Judged
from gis.database import Database
from gis.geometry import BadLayer, Melted, melt
from gis.layerfiles import read_layer

Drawn = tuple[Melted, int]
Told = Callable[[int, int], None]  # how many shapes were looked at, of how many
NAMED = 2_000  # areas named in what is told: a file of a whole province with one fault in each


@dataclass(frozen=True, slots=True)
class Wish:
    """How a file is to be taken: axes exchanged, without what cannot be used, which layer of a GeoPackage."""

    swap: bool = False
    skip: bool = False
    layer: str | None = None


@dataclass(frozen=True, slots=True)
class Ready:
    """What can be kept: the areas, the system they were turned from, the outline where it changes."""

    judged: Judged
    crs: str | None
    drawn: Drawn | None


class BadAreas(BadLayer):
    """Areas of the file cannot be taken; `refused` holds (area, why), and `skip` would take the others."""

    def __init__(self, judged: Judged):
        way = "skip" if judged.taken else ""
        super().__init__(f"{len(judged.refused)} wilayah ditolak.", way)
        self.refused = judged.refused


def make_ready(database: Database, area_code: str, data: Path, file: Path, wish: Wish, told: Told) -> Ready:
    """Read and judge a file of a site (`area_code`, folder `data`); raises BadLayer, changes nothing."""
    _require_tables(database)
    read, looked = read_layer(file, wish.layer), 0

    def tick(count: int) -> None:
        nonlocal looked
        looked += count
        told(looked, len(read.shapes))

    with database.read() as conn:
        judged = boundaries.judge(read, wish.swap, lambda wanted: boundaries.known_names(conn, wanted), tick)
    _require_taken(judged, wish.skip)
    return Ready(judged, read.crs, _outline_of(database, area_code, data, judged.taken))


def _require_tables(database: Database) -> None:
    with database.read() as conn:
        if not inspect(conn).has_table("boundary"):
            raise BadLayer("Basis data belum berbentuk terbaru; jalankan `posko db upgrade` dahulu.")


def _require_taken(judged: Judged, skip: bool) -> None:
    """Refuse a file of which something would be left out, unless that was asked for."""
    if judged.refused and not (skip and judged.taken):
        raise BadAreas(judged)
    if not judged.taken:
        raise BadLayer("tidak ada wilayah di dalamnya.")


def _outline_of(database: Database, area_code: str, data: Path, taken: Sequence[Bound]) -> Drawn | None:
    """The site melted from its deepest areas, these and those already kept; None where the file adds nothing to it."""
    ours = boundaries.of_site(taken, area_code)
    if not ours or ours[0].level < outline.level(data):
        return None
    with database.read() as conn:
        shapes = boundaries.shapes_within(conn, area_code, ours[0].level)
    return melt((shapes | {one.code: one.shape for one in ours}).values()), ours[0].level


def keep_outline(data: Path, area_code: str, drawn: Drawn, source: str) -> None:
    """Write the site's outline in the place of the one before."""
    melted, level = drawn
    about = {"area_code": area_code, "source": source, "level": level}
    outline.keep(data, melted.outline, melted.lines, melted.bounds, **about)


def facts(ready: Ready, new: int) -> dict[str, Any]:
    """What was done, for a screen or a script: how many of each level, and by name what was mended or refused."""
    judged, drawn = ready.judged, ready.drawn
    levels = [one.level for one in judged.taken]
    return {
        "areas": len(judged.taken),
        "new": new,
        "replaced": len(judged.taken) - new,
        "levels": {str(level): levels.count(level) for level in sorted(set(levels))},
        **{name: getattr(judged, name)[:NAMED] for name in ("mended", "thinned", "joined", "unknown")},
        "refused": refusals(judged.refused),
        "crs": ready.crs,
        "outline": {"areas": drawn[0].villages, "bounds": drawn[0].bounds} if drawn else None,
    }


def refusals(refused: Sequence[tuple[str, str]]) -> list[dict[str, str]]:
    """Each area that cannot be taken and why."""
    return [{"area": area, "why": why} for area, why in refused[:NAMED]]
