"""Points of a viewport gathered into the cells of a grid that stands still while the map is panned. Pure (numpy).

The grid is that of web map tiles (EPSG:3857), whole numbers: the world is 2**32 steps wide and high (9 mm at the
equator), so a cell at any zoom is a shift, and a million points are gathered in some 20 ms.
"""

from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np

BITS = 32
STEPS = 2.0**BITS
POLE = 85.05112878  # where the square world ends
CELL_LEVEL = 2  # a tile of 256 px has four cells of 64 px each way
WORST_RANK = 7  # ranks are 1 (worst) to 7; 0 is what has no place

Box = tuple[float, float, float, float]
Array = Any  # numpy ships types, its generics say little here


def world_x(lon: Array) -> Array:
    """Longitudes in degrees as steps from the west, uint32."""
    share = (np.asarray(lon, dtype=np.float64) + 180.0) / 360.0
    return _steps(share)


def world_y(lat: Array) -> Array:
    """Latitudes in degrees as steps from the north, uint32."""
    angle = np.radians(np.clip(np.asarray(lat, dtype=np.float64), -POLE, POLE))
    return _steps((1.0 - np.arcsinh(np.tan(angle)) / np.pi) / 2.0)


def _steps(share: Array) -> Array:
    return np.clip(share * STEPS, 0, STEPS - 1).astype(np.uint32)


def lon_of(x: Array) -> Array:
    """Steps back to degrees of longitude."""
    return np.asarray(x, dtype=np.float64) / STEPS * 360.0 - 180.0


def lat_of(y: Array) -> Array:
    """Steps back to degrees of latitude."""
    return np.degrees(np.arctan(np.sinh(np.pi * (1.0 - 2.0 * np.asarray(y, dtype=np.float64) / STEPS))))


class Grid(NamedTuple):
    """The cells that a viewport touches: the world is 2**level cells wide; `west`, `north` are the first ones."""

    level: int
    west: int
    north: int
    columns: int
    rows: int

    @property
    def shift(self) -> int:
        return BITS - self.level

    def box(self, column: int, row: int) -> Box:
        """A cell in degrees: west, south, east, north."""
        edges = np.array([self.west + column, self.west + column + 1], dtype=np.float64) * 2.0**self.shift
        lines = np.array([self.north + row + 1, self.north + row], dtype=np.float64) * 2.0**self.shift
        (west, east), (south, north) = lon_of(edges), lat_of(lines)
        return round(float(west), 5), round(float(south), 5), round(float(east), 5), round(float(north), 5)

    def whole(self) -> Box:
        """All its cells in degrees."""
        west, _, _, north = self.box(0, 0)
        _, south, east, _ = self.box(self.columns - 1, self.rows - 1)
        return west, south, east, north


def grid_of(box: Box, zoom: float, most: int) -> Grid:
    """The grid of a zoom over a box in degrees, coarser until it has at most `most` cells.

    It depends on the zoom and on the size of the box, not on where the box lies: panning moves no cell.
    """
    level = min(BITS - 2, max(0, int(zoom) + CELL_LEVEL))
    while level and _cells_across(box, level) > most:
        level -= 1
    west, south, east, north = (int(one) >> (BITS - level) for one in _corners(box))
    return Grid(level, west, north, east - west + 1, south - north + 1)


def _corners(box: Box) -> tuple[int, int, int, int]:
    xs, ys = world_x([box[0], box[2]]), world_y([box[1], box[3]])
    return int(xs[0]), int(ys[0]), int(xs[1]), int(ys[1])


def _cells_across(box: Box, level: int) -> int:
    """The most cells a box of this size can touch, wherever it lies."""
    west, south, east, north = _corners(box)
    side = 2.0 ** (BITS - level)
    return (int((east - west) / side + 0.001) + 2) * (int((south - north) / side + 0.001) + 2)


@dataclass(frozen=True, slots=True)
class Gathered:
    """What lies in a grid: `total` points; the cells with several, and the points that are alone in theirs."""

    total: int
    columns: Array
    rows: Array
    lon: Array
    lat: Array
    counts: Array
    worst: Array
    alone: Array  # places in the arrays that were given

    @property
    def cells(self) -> int:
        return len(self.counts)


def inside(x: Array, y: Array, rank: Array, grid: Grid) -> Array:
    """The places of the points that lie in a cell of the grid and have one."""
    column, row = _cell_numbers(x, y, grid)
    return np.flatnonzero((column < grid.columns) & (row < grid.rows) & (rank > 0))


def _cell_numbers(x: Array, y: Array, grid: Grid) -> tuple[Array, Array]:
    """Column and row of each point; what lies west or north wraps round to a very large number."""
    return (x >> np.uint32(grid.shift)) - np.uint32(grid.west), (y >> np.uint32(grid.shift)) - np.uint32(grid.north)


def gather(x: Array, y: Array, rank: Array, grid: Grid, chosen: Array | None = None) -> Gathered:
    """Gather points (uint32 steps; rank 1 is worst, 0 has no place) by the cells of a grid.

    `chosen` are the places `inside` found, where someone has filtered them further. Every point is in one cell.
    """
    chosen = inside(x, y, rank, grid) if chosen is None else chosen
    column, row = _cell_numbers(x[chosen], y[chosen], grid)
    key = row.astype(np.int64) * grid.columns + column
    size = grid.columns * grid.rows
    ranks = np.bincount(key * (WORST_RANK + 1) + rank[chosen], minlength=size * (WORST_RANK + 1))
    ranks = ranks.reshape(size, WORST_RANK + 1)
    counts = ranks.sum(axis=1)
    several = np.flatnonzero(counts > 1)
    return Gathered(
        len(chosen),
        several % grid.columns,
        several // grid.columns,
        lon_of(_mean(key, x[chosen], counts, several)),
        lat_of(_mean(key, y[chosen], counts, several)),
        counts[several],
        (ranks[several] > 0).argmax(axis=1),
        _alone(key, counts, chosen),
    )


def weigh(x: Array, y: Array, grid: Grid, chosen: Array) -> tuple[Array, Array, Array]:
    """How many points lie in each cell that has any: the middle of the cell (lon, lat) and the count."""
    column, row = _cell_numbers(x[chosen], y[chosen], grid)
    counts = np.bincount(row.astype(np.int64) * grid.columns + column, minlength=grid.columns * grid.rows)
    cells = np.flatnonzero(counts)
    lon = lon_of((grid.west + cells % grid.columns + 0.5) * 2.0**grid.shift)
    lat = lat_of((grid.north + cells // grid.columns + 0.5) * 2.0**grid.shift)
    return lon, lat, counts[cells]


def _mean(key: Array, steps: Array, counts: Array, several: Array) -> Array:
    return np.bincount(key, weights=steps, minlength=len(counts))[several] / counts[several]


def _alone(key: Array, counts: Array, chosen: Array) -> Array:
    """Of a cell with one point, that point: whoever writes his place last is the only one."""
    last = np.zeros(len(counts), dtype=np.int64)
    last[key] = chosen
    return last[counts == 1]
