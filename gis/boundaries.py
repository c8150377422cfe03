"""Boundaries of areas: judges the shapes of a file, mends what can be mended, keeps them whole or not at all."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
import shapely
from shapely.errors import ShapelyError
from shapely.geometry.base import BaseGeometry
from sqlalchemy import Connection, LargeBinary, bindparam, delete, func, insert, literal_column, select

from gis import codes
from gis.geometry import BadLayer, area_m2, areas_of, is_inside_indonesia, mend, swapped
from gis.layerfiles import Layer
from gis.models import Area, Boundary

MAX_VERTICES = 1_000_000  # of one area; the whole coast of a province as published has some 200,000
MANY_VERTICES = 100_000  # of one area: more are thinned to FINE_DEG
FINE_DEG = 5e-5  # some 5 m: what a river bank moves in a year
MAX_ALL_VERTICES = 15_000_000
BPS_SHARE = 0.05  # so many codes that can only be the BPS's are no slip of the hand
ALIKE_SHARE = 0.5  # below it the names say that the codes are another office's
FEW_NAMES = 3
CHUNK = 500


@dataclass(frozen=True, slots=True)
class Bound:
    """One area to be kept: its code, its level (1 to 4), its name, its sound shape and how large it is."""

    code: str
    level: int
    name: str
    shape: BaseGeometry
    area_m2: float

    @property
    def words(self) -> str:
        return f"{self.name} ({self.code})"


@dataclass(slots=True)
class Judged:
    """What an import would do: the areas it takes, and by name which it mended, thinned, joined or refused and why."""

    taken: list[Bound] = field(default_factory=list)
    mended: list[str] = field(default_factory=list)
    thinned: list[str] = field(default_factory=list)
    joined: list[str] = field(default_factory=list)
    unknown: list[str] = field(default_factory=list)
    refused: list[tuple[str, str]] = field(default_factory=list)


Names = Callable[[list[str]], Mapping[str, str]]
Tick = Callable[[int], None]


class _Refused(Exception):
    """One shape cannot be taken; the message says why."""


def judge(layer: Layer, swap: bool = False, names: Names = lambda _: {}, tick: Tick = lambda _: None) -> Judged:
    """What of a layer can be kept; raises BadLayer when its codes or its axes are wrong as a whole.

    `names` gives the gazetteer's name for each code it knows, `tick` is told of each shape looked at.
    """
    shapes = [None if one is None else swapped(one) for one in layer.shapes] if swap else layer.shapes
    column = _column(layer)
    _require_axes(layer, shapes)
    found = Judged()
    with np.errstate(invalid="ignore"):  # a NaN among the coordinates is refused by name, not by a warning
        for row, shape in enumerate(shapes):
            _judge_one(layer, row, shape, column, found)
            tick(1)
    found.taken = _joined(found)
    _require_names(found, names([one.code for one in found.taken]))
    return found


def _judge_one(layer: Layer, row: int, shape: BaseGeometry | None, column: codes.Column, found: Judged) -> None:
    try:
        found.taken.append(_bound(layer, row, shape, column, found))
    except _Refused as why:
        found.refused.append((_said(layer, row, column), str(why)))


# codes


def _column(layer: Layer) -> codes.Column:
    column, bps = codes.find_column(layer.rows), codes.bps_columns(layer.rows)
    if column is None and bps:
        raise BadLayer(f"hanya ada kode BPS (kolom {', '.join(bps)}). {_BPS}")
    if column is None:
        raise BadLayer("tidak ada kolom kode Kemendagri (misalnya `kode`, `code`, `KDEPUM`, `kode_desa`).")
    given = [row.get(column.name) for row in layer.rows]
    foreign = [one for one in given if codes.is_bps(one)]
    if len(foreign) > BPS_SHARE * len(given):
        raise BadLayer(f"kolom {column.name} berisi kode BPS (misalnya {foreign[0]}). {_BPS}")
    return column


_BPS = (
    "Kode BPS berbeda dari kode Kemendagri di bawah kabupaten dan tidak boleh dicampur; cari berkas berkode Kemendagri."
)


def _code(layer: Layer, row: int, column: codes.Column) -> str:
    given = layer.rows[row].get(column.name)
    code = codes.kemendagri(given)
    if code is None and codes.is_bps(given):
        raise _Refused(f"kode {given} adalah kode BPS")
    if code is None:
        raise _Refused(f"{given} bukan kode Kemendagri" if given not in (None, "") else "tanpa kode")
    if column.level not in (None, codes.level_of(code)):
        raise _Refused(f"kode {code} bukan kode {codes.LEVELS[column.level or 4]}")
    return code


def _said(layer: Layer, row: int, column: codes.Column) -> str:
    """How a shape that is refused is called: its name, its code, else its place in the file."""
    given = layer.rows[row]
    name = codes.name_of(given, column.level)
    code = given.get(column.name)
    return " ".join(str(one) for one in (name, f"({code})" if code else "") if one) or f"Bentuk ke-{row + 1}"


def _require_names(found: Judged, known: Mapping[str, str]) -> None:
    """Refuse codes that go with other names than the gazetteer's: they are another office's."""
    if not known:
        return
    found.unknown = [one.words for one in found.taken if one.code not in known]
    named = [one for one in found.taken if one.code in known and one.name != one.code]
    other = [one for one in named if not codes.are_alike(one.name, known[one.code])]
    if len(named) >= FEW_NAMES and len(other) > (1 - ALIKE_SHARE) * len(named):
        first = other[0]
        sentence = f"{len(other)} dari {len(named)} nama tidak cocok dengan kodenya ({first.code} adalah"
        raise BadLayer(f"{sentence} {known[first.code]}, bukan {first.name}); tampaknya kode BPS. {_BPS}")


# shapes


def _require_axes(layer: Layer, shapes: Sequence[BaseGeometry | None]) -> None:
    """Refuse a file whose shapes lie on another side of the world as a whole, and say what may help."""
    boxes = [one.bounds for one in shapes if one is not None and not one.is_empty]
    outside = [box for box in boxes if not is_inside_indonesia(box)]
    if sum(int(shapely.get_num_coordinates(one)) for one in shapes if one is not None) > MAX_ALL_VERTICES:
        raise BadLayer(f"berisi lebih dari {MAX_ALL_VERTICES} titik sudut; bagi per provinsi.")
    if not outside or len(outside) < len(boxes) / 2:
        return
    if all(is_inside_indonesia((box[1], box[0], box[3], box[2])) for box in outside):
        raise BadLayer("bujur dan lintang tertukar.", "swap")
    if not layer.is_placed and max(abs(edge) for box in outside for edge in box) > 180:
        raise BadLayer("tanpa keterangan sistem koordinat (.prj), dan angkanya bukan derajat; ekspor sebagai WGS 84.")


def _bound(layer: Layer, row: int, given: BaseGeometry | None, column: codes.Column, found: Judged) -> Bound:
    code = _code(layer, row, column)
    if given is None:
        raise _Refused(layer.faults.get(row, "tanpa bentuk"))
    name = (codes.name_of(layer.rows[row], codes.level_of(code)) or code)[:80]
    _require_place(given)
    bound = Bound(code, codes.level_of(code), name, given, 0.0)
    shape = _sound(bound, found)
    return replace(bound, shape=shape, area_m2=area_m2(shape))


def _require_place(given: BaseGeometry) -> None:
    if given.geom_type not in ("Polygon", "MultiPolygon", "GeometryCollection"):
        raise _Refused("bukan poligon")
    if given.is_empty:
        raise _Refused("tanpa bentuk")
    if not np.isfinite(shapely.get_coordinates(given)).all():
        raise _Refused("koordinatnya bukan angka (NaN)")
    west, south, east, north = given.bounds
    if west < -180 or east > 180 or south < -90 or north > 90:
        raise _Refused(f"koordinatnya tidak ada di bumi ({west:g}, {south:g} sampai {east:g}, {north:g})")
    if not is_inside_indonesia(given.bounds):
        raise _Refused("di luar Indonesia; koordinat harus bujur lalu lintang, dalam derajat (WGS 84)")


def _sound(bound: Bound, found: Judged) -> BaseGeometry:
    """The shape as it can be kept, with a word in `found` for what was done to it."""
    shape, count = bound.shape, int(shapely.get_num_coordinates(bound.shape))
    if count >= MAX_VERTICES:
        raise _Refused(f"berisi {count} titik sudut, paling banyak {MAX_VERTICES - 1}; sederhanakan dahulu")
    if count > MANY_VERTICES:
        shape = shape.simplify(FINE_DEG)
        found.thinned.append(bound.words)
    if not shape.is_valid:
        shape = _mended(shape)
        found.mended.append(bound.words)
    shape = areas_of(shape)
    if shape.is_empty or shape.area <= 0:
        raise _Refused("tidak mempunyai luas")
    return shape


def _mended(shape: BaseGeometry) -> BaseGeometry:
    try:
        return mend(shape)
    except ShapelyError:
        raise _Refused("memotong dirinya sendiri dan tidak dapat diperbaiki") from None


def _joined(found: Judged) -> list[Bound]:
    """One bound for each code: islands that a file gives as shapes of their own are put together again."""
    by_code: dict[str, list[Bound]] = defaultdict(list)
    for one in found.taken:
        by_code[one.code].append(one)
    return [kept for same in by_code.values() for kept in _one_of(same, found)]


def _one_of(same: list[Bound], found: Judged) -> list[Bound]:
    first = same[0]
    if len(same) == 1:
        return same
    if any(not codes.are_alike(first.name, other.name) for other in same[1:]):
        found.refused.append((" / ".join(one.name for one in same), f"beberapa wilayah dengan satu kode {first.code}"))
        return []
    found.joined.append(first.words)
    whole = areas_of(shapely.union_all([one.shape for one in same]))
    return [replace(first, shape=whole, area_m2=area_m2(whole))]


# the table


def known_names(conn: Connection, wanted: list[str]) -> dict[str, str]:
    """The gazetteer's name of each code it knows."""
    return {
        code: name
        for part in _chunks(wanted)
        for code, name in conn.execute(select(Area.code, Area.name).where(Area.code.in_(part)))
    }


Rows = list[dict[str, Any]]


def put(conn: Connection, rows: Rows) -> int:
    """Put areas in, or in the place of those with the same code; answers how many were new."""
    before = sum(_forget(conn, part) for part in _chunks([row["code"] for row in rows]))
    outline = func.ST_GeomFromWKB(bindparam("wkb", type_=LargeBinary), 4326)  # GeoAlchemy2 changes it: one for each use
    put_in = insert(Boundary).values(outline=outline)
    for part in _chunks(rows):
        conn.execute(put_in, part)
    return len(rows) - before


def rows_of(bounds: Iterable[Bound], source: str) -> Rows:
    """The areas as `put` takes them, but for `imported_at`; made before the writer lane is taken."""
    return [_row(one, source) for one in bounds]


def _row(one: Bound, source: str) -> dict[str, Any]:
    whole = shapely.MultiPolygon(shapely.get_parts(one.shape).tolist())
    return {
        "code": one.code,
        "level": one.level,
        "name": one.name,
        "source": source,
        "area_m2": one.area_m2,
        "wkb": shapely.to_wkb(whole),
    }


def _forget(conn: Connection, part: list[str]) -> int:
    return int(conn.execute(delete(Boundary).where(Boundary.code.in_(part))).rowcount)


def _chunks(things: list[Any]) -> Iterator[list[Any]]:
    return (things[start : start + CHUNK] for start in range(0, len(things), CHUNK))


Stamp = tuple[Any, ...]


def stamp_of(conn: Connection) -> Stamp:
    """What changes with every import: how many boundaries, and when the newest came; two indexed looks."""
    return tuple(conn.execute(select(func.count(Boundary.code), func.max(Boundary.imported_at))).one())


WKB: Any = literal_column("ST_AsBinary(boundary.outline)", LargeBinary)


def shapes_within(conn: Connection, area_code: str, level: int) -> dict[str, BaseGeometry]:
    """The shapes of one level that lie in an area by their code; every one where it is empty."""
    rows = conn.execute(select(Boundary.code, WKB).where(Boundary.level == level, _is_of(area_code)))
    return {code: shapely.from_wkb(bytes(wkb)) for code, wkb in rows}


def _is_of(area_code: str) -> Any:
    return (Boundary.code == area_code) | Boundary.code.startswith(f"{area_code}.") if area_code else Boundary.level > 0


def is_of(code: str, area_code: str) -> bool:
    """Whether a code is the area's or lies in it; all are in the area without a code."""
    return not area_code or code == area_code or code.startswith(f"{area_code}.")


def of_site(bounds: Iterable[Bound], area_code: str) -> list[Bound]:
    """The areas of a site at the deepest level that is there."""
    ours = [one for one in bounds if is_of(one.code, area_code)]
    deepest = max((one.level for one in ours), default=0)
    return [one for one in ours if one.level == deepest]
