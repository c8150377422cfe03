"""Hot spots: where reports lie so close together that they may be one disaster. Pure (numpy, shapely).

DBSCAN (Ester, Kriegel, Sander, Xu 1996), exact, on a grid whose cells are narrower than the reach: what shares a cell
is within reach, so that ten thousand reports on one village square cost no more than as many spread out.
"""

from collections import defaultdict
from collections.abc import Iterator
from typing import Any

import numpy as np
import shapely

NOISE = -1
_ROUND = [(dx, dy) for dx in range(-2, 3) for dy in range(-2, 3) if 0 < abs(dx) + abs(dy) < 4]
_AHEAD = [offset for offset in _ROUND if offset > (0, 0)]  # each pair of cells once

Cell = tuple[int, int]
Array = Any


def dbscan(metres: Array, reach_m: float, least: int) -> Array:
    """The cluster (0, 1, ...) of each point of an (n, 2) array of metres, NOISE for those in none.

    A point with `least` points within `reach_m`, itself among them, is a core; cores within reach of each other are one
    cluster; a point within reach of a core belongs to the nearest. Clusters are numbered by their first point.
    """
    if not len(metres):
        return np.empty(0, dtype=np.int64)
    cells = _cells(metres, reach_m)
    cores = _cores(metres, cells, reach_m, least)
    labels = np.full(len(metres), NOISE, dtype=np.int64)
    for number, group in enumerate(_joined(metres, cores, reach_m)):
        for cell in group:
            labels[cores[cell]] = number
    _add_border(metres, cells, cores, reach_m, labels)
    return _renumbered(labels)


def _cells(metres: Array, reach_m: float) -> dict[Cell, Array]:
    """Cell -> places of its points; the diagonal of a cell is the reach."""
    numbers = np.floor(metres / (reach_m / np.sqrt(2.0) * (1 - 1e-12))).astype(np.int64)
    order = np.lexsort((numbers[:, 1], numbers[:, 0]))
    ordered = numbers[order]
    begins = np.flatnonzero(np.any(np.diff(ordered, axis=0, prepend=ordered[:1] - 1), axis=1))
    parts = np.split(order, begins[1:])
    return {(int(ordered[at, 0]), int(ordered[at, 1])): part for at, part in zip(begins, parts, strict=True)}


def _beside(cell: Cell, among: dict[Cell, Array], offsets: list[Cell] = _ROUND) -> Iterator[Cell]:
    for dx, dy in offsets:
        other = (cell[0] + dx, cell[1] + dy)
        if other in among:
            yield other


def _cores(metres: Array, cells: dict[Cell, Array], reach_m: float, least: int) -> dict[Cell, Array]:
    """Cell -> places of its cores; a full cell needs no measuring."""
    found = {}
    for cell, places in cells.items():
        core = places if len(places) >= least else _few_cores(metres, cells, cell, reach_m, least)
        if len(core):
            found[cell] = core
    return found


def _few_cores(metres: Array, cells: dict[Cell, Array], cell: Cell, reach_m: float, least: int) -> Array:
    mine = cells[cell]
    near = np.concatenate([mine, *(cells[other] for other in _beside(cell, cells))])
    if len(near) < least:
        return near[:0]
    within = (_distances(metres[mine], metres[near]) <= reach_m).sum(axis=1)
    return mine[within >= least]


def _distances(some: Array, others: Array) -> Array:
    return np.hypot(some[:, None, 0] - others[None, :, 0], some[:, None, 1] - others[None, :, 1])


def _joined(metres: Array, cores: dict[Cell, Array], reach_m: float) -> list[list[Cell]]:
    """The cells with cores, gathered into clusters."""
    crowds = {cell: shapely.multipoints(metres[places]) for cell, places in cores.items()}
    shapely.prepare(list(crowds.values()))
    parents = {cell: cell for cell in cores}
    for cell, crowd in crowds.items():
        others = list(_beside(cell, cores, _AHEAD))
        for other, near in zip(others, shapely.dwithin(crowd, [crowds[one] for one in others], reach_m), strict=True):
            if near:
                parents[_root(parents, other)] = _root(parents, cell)
    groups = defaultdict(list)
    for cell in cores:
        groups[_root(parents, cell)].append(cell)
    return list(groups.values())


def _root(parents: dict[Cell, Cell], cell: Cell) -> Cell:
    while parents[cell] != cell:
        parents[cell] = cell = parents[parents[cell]]
    return cell


def _add_border(
    metres: Array, cells: dict[Cell, Array], cores: dict[Cell, Array], reach_m: float, labels: Array
) -> None:
    for cell, places in cells.items():
        loose = places[labels[places] == NOISE]
        beside = [cores[other] for other in (cell, *_beside(cell, cores)) if other in cores]
        if len(loose) and beside:
            near = np.concatenate(beside)
            away = _distances(metres[loose], metres[near])
            nearest = away.argmin(axis=1)
            within = away[np.arange(len(loose)), nearest] <= reach_m
            labels[loose[within]] = labels[near[nearest[within]]]


def _renumbered(labels: Array) -> Array:
    """The same clusters, numbered in the order of their first points."""
    known, first = np.unique(labels[labels != NOISE], return_index=True)
    order = np.empty(known.max(initial=0) + 1, dtype=np.int64)
    order[known[np.argsort(first)]] = np.arange(len(known))
    return np.where(labels == NOISE, NOISE, order[labels])
