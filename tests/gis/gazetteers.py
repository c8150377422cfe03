"""Gazetteers to search in: all of Indonesia by its names, and a little one made by hand."""

from collections.abc import Iterable, Mapping
from functools import cache
from pathlib import Path

from gis.gazetteer_file import (
    POINTS as WITH_POINTS,
)
from gis.gazetteer_file import (
    AreaLine,
    Point,
    compared,
    joined,
    level_of,
    place_of_file,
    read_lines,
    read_names,
    read_sources,
)
from gis.places import Index, Place

PACKAGE = Path(__file__).resolve().parents[2] / "node_modules" / "idn-area-data" / "data"

FEW = {
    "52": "Nusa Tenggara Barat",
    "32": "Jawa Barat",
    "52.01": "Kab. Lombok Barat",
    "52.03": "Kab. Lombok Timur",
    "32.05": "Kab. Garut",
    "52.01.09": "Gunungsari",
    "52.03.07": "Selong",
    "52.03.08": "Pringgabaya",
    "32.05.12": "Cibatu",
    "32.05.19": "Cilawu",
    "52.01.09.2012": "Mekar Sari",
    "52.03.07.1001": "Pancor",
    "52.03.08.2006": "Pringgabaya",
    "52.03.08.2007": "Labuhan Lombok",
    "52.03.08.2008": "Pringgabaya Utara",
    "32.05.12.2002": "Mekarsari",
    "32.05.19.2007": "Mekarsari",
}
POINTS = {
    "52.03": (116.53, -8.65),
    "52.03.07.1001": (116.535, -8.64),
    "52.03.08.2006": (116.62, -8.55),
    "52.03.08.2007": (116.66, -8.507),
    "52.03.08.2008": (116.63, -8.53),
}


def few_lines() -> list[AreaLine]:
    """The little gazetteer as lines of its file."""
    names = dict(sorted(FEW.items(), key=lambda one: (level_of(one[0]), one[0])))
    return joined(names, {code: Point(FEW[code], *at, "83654") for code, at in POINTS.items()})


def index_of(lines: Iterable[AreaLine]) -> Index:
    """The lines as an index, parents numbered first."""
    ordered = sorted(lines, key=lambda one: (one.level, one.code))
    numbers = {one.code: number for number, one in enumerate(ordered)}
    return Index.of(_place(one, numbers) for one in ordered)


def _place(one: AreaLine, numbers: Mapping[str, int]) -> Place:
    parent = numbers.get(one.code.rpartition(".")[0], -1)
    return Place(one.level, one.code, one.name, one.folded, one.lon, one.lat, one.radius_m or 0.0, parent)


@cache
def few() -> Index:
    """Seventeen places, two of them of the same name."""
    return index_of(few_lines())


@cache
def everything() -> Index:
    """All 91,592 places by name and code, without points."""
    named = read_names(PACKAGE).items()
    return index_of(
        AreaLine(code, level_of(code), name, compared(name, level_of(code)), None, None, None, None)
        for code, name in named
    )


def has_points() -> bool:
    """Whether script/setup could bring the points of the villages, too."""
    sources = read_sources(place_of_file())
    return sources is not None and bool(sources.rows[WITH_POINTS])


@cache
def installed() -> Index:
    """All places with their points, as script/setup has brought them."""
    return index_of(read_lines(place_of_file()))
