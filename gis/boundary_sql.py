"""Reads the SQL of wilayah_boundaries as text, without executing any of it.

The rows stand in INSERT statements with the columns kode, nama, lat, lng and path; path is JSON, [lat, lng] pairs in
two (a ring), three (rings) or four (areas of rings) lists. Every other statement is passed over.
"""

import re
from collections.abc import Iterator
from typing import Any

import numpy as np
import orjson
import shapely
from shapely.geometry.base import BaseGeometry

from gis.geometry import BadLayer

HALF = "SQL terpotong atau rusak; salin sekali lagi dari sumbernya."

_TOKEN = re.compile(
    r"""(?P<skip>\s++|--[^\n]*+|\#[^\n]*+|/\*.*?(?:\*/|\Z))
      |(?P<text>'(?:[^'\\]++|\\.|'')*+')
      |(?P<number>[-+]?(?:\d++\.?\d*+|\.\d++)(?:[eE][-+]?\d++)?)
      |(?P<name>`[^`]*+`|"[^"]*+"|[A-Za-z_][\w.$]*+)
      |(?P<mark>.)""",
    re.VERBOSE | re.DOTALL,
)
_COLUMNS = ("kode", "nama", "lat", "lng", "path")
_ESCAPE = re.compile(r"''|\\(.)", re.DOTALL)
Token = tuple[str, str]


def inserted(words: str) -> Iterator[dict[str, Any]]:
    """The rows of every INSERT of the text; raises BadLayer where it ends in the middle of one."""
    tokens = _tokens(words)
    for kind, word in tokens:
        if kind == "name" and word.upper() in ("INSERT", "REPLACE"):
            yield from _rows_of_insert(tokens)
        elif (kind, word) != ("mark", ";"):
            _skip_statement(tokens)


def _tokens(words: str) -> Iterator[Token]:
    for found in _TOKEN.finditer(words):
        kind = str(found.lastgroup)
        if kind == "mark" and found.group() in "'`\"":
            raise BadLayer(HALF)
        if kind != "skip":
            yield kind, found.group()


def _skip_statement(tokens: Iterator[Token]) -> None:
    for token in tokens:
        if token == ("mark", ";"):
            return


def _rows_of_insert(tokens: Iterator[Token]) -> Iterator[dict[str, Any]]:
    names = _names_before_values(tokens)
    while True:
        yield _row(tokens, names)
        kind, word = _next(tokens, default=("mark", ";"))
        if (kind, word) != ("mark", ","):
            break
    if (kind, word) != ("mark", ";"):
        _skip_statement(tokens)  # ON DUPLICATE KEY UPDATE ... : we put in or replace anyway


def _names_before_values(tokens: Iterator[Token]) -> list[str]:
    names: list[str] = []
    inside = False
    for kind, word in tokens:
        if kind == "name" and word.upper() in ("VALUES", "VALUE") and not inside:
            return names or list(_COLUMNS)
        inside = word == "(" or (inside and word != ")")
        if inside and kind == "name":
            names.append(word.strip('`"').lower())
    raise BadLayer(HALF)


def _next(tokens: Iterator[Token], default: Token | None = None) -> Token:
    found = next(tokens, default)
    if found is None:
        raise BadLayer(HALF)
    return found


def _row(tokens: Iterator[Token], names: list[str]) -> dict[str, Any]:
    if _next(tokens) != ("mark", "("):
        raise BadLayer(HALF)
    values: list[Any] = []
    while (token := _next(tokens)) != ("mark", ")"):
        if token[0] in ("text", "number") or token[1].upper() == "NULL":
            values.append(_value(*token))
    if len(values) < len(names):
        raise BadLayer(f"SQL: sebuah baris berisi {len(values)} nilai untuk {len(names)} kolom.")
    return dict(zip(names, values, strict=False))


def _value(kind: str, word: str) -> Any:
    if kind == "text":
        return _ESCAPE.sub(lambda found: found.group(1) or "'", word[1:-1])
    return float(word) if kind == "number" else None


def shape_of_path(words: Any) -> BaseGeometry | None:
    """The areas of the JSON of one path, None where it is empty; raises ValueError or TypeError for anything else."""
    path = orjson.loads(words) if words else []
    depth = _depth(path)
    if depth == 0:
        return None
    if depth == 2:
        return shapely.Polygon(_ring(path))
    if depth == 3:
        return _of_rings(path)
    if depth == 4:
        return shapely.MultiPolygon([part for one in path for part in shapely.get_parts(_of_rings(one))])
    raise ValueError(f"nested {depth} deep")


def _depth(path: Any) -> int:
    deep = 0
    while isinstance(path, list) and path and deep < 6:
        path, deep = path[0], deep + 1
    return deep


def _of_rings(rings: list[Any]) -> BaseGeometry:
    """One area of its outer ring and its holes; rings that lie apart are areas of their own."""
    first, *others = (shapely.Polygon(_ring(one)) for one in rings)
    holes = [one for one in others if first.is_valid and one.is_valid and first.contains(one)]
    apart = [one for one in others if not any(one is hole for hole in holes)]
    whole = shapely.Polygon(first.exterior, [one.exterior for one in holes])
    return shapely.MultiPolygon([whole, *apart]) if apart else whole


def _ring(points: list[Any]) -> Any:
    """Lon/lat pairs of [lat, lng]; copies that have them the other way round give themselves away."""
    ring = np.asarray([(one[0], one[1]) for one in points], dtype=float)
    is_lonlat = np.abs(ring[:, 0]).min() > 90 >= np.abs(ring[:, 1]).max()
    return ring if is_lonlat else ring[:, ::-1]
