"""The cells of a viewport: nothing is lost, nothing is twice, the worst is the worst, and panning moves no cell."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gis import clusters

LON = st.floats(94, 142)
LAT = st.floats(-12, 7)
POINTS = st.lists(st.tuples(LON, LAT, st.integers(0, 7)), min_size=0, max_size=60)
ZOOM = st.integers(0, 19)


def steps(points):
    lon, lat, rank = np.array(points or np.empty((0, 3)), dtype=float).reshape(-1, 3).T
    return clusters.world_x(lon), clusters.world_y(lat), rank.astype(np.uint8)


@st.composite
def boxes(draw):
    west, south = draw(st.floats(94, 141)), draw(st.floats(-12, 6))
    return west, south, west + draw(st.floats(0, 142 - west)), south + draw(st.floats(0, 7 - south))


@given(POINTS, boxes(), ZOOM, st.integers(4, 600))
def test_every_placed_point_of_the_grid_is_in_exactly_one_cell(points, box, zoom, most):
    x, y, rank = steps(points)
    grid = clusters.grid_of(box, zoom, most)
    found = clusters.gather(x, y, rank, grid)
    assert found.counts.sum() + len(found.alone) == found.total
    assert sorted(set(found.alone)) == sorted(found.alone)
    cells = list(zip(found.columns, found.rows, strict=True))
    assert len(set(cells)) == len(cells)
    west, south, east, north = box
    seen = [(lon, lat) for lon, lat, r in points if r and west <= lon <= east and south <= lat <= north]
    assert found.total >= len(seen), "the grid holds at least what the viewport shows"


@given(POINTS, boxes(), ZOOM)
def test_a_cell_says_its_worst_and_lies_where_its_points_lie(points, box, zoom):
    x, y, rank = steps(points)
    grid = clusters.grid_of(box, zoom, 400)
    found = clusters.gather(x, y, rank, grid)
    for at in range(found.cells):
        west, south, east, north = grid.box(int(found.columns[at]), int(found.rows[at]))
        mine = [
            p for p in points if p[2] and west - 1e-5 <= p[0] <= east + 1e-5 and south - 1e-5 <= p[1] <= north + 1e-5
        ]
        assert found.worst[at] in {p[2] for p in mine}
        assert west - 1e-5 <= found.lon[at] <= east + 1e-5 and south - 1e-5 <= found.lat[at] <= north + 1e-5
        column, row = (
            int(np.uint32(v) >> grid.shift) for v in (clusters.world_x(found.lon[at]), clusters.world_y(found.lat[at]))
        )
        exact = [
            r
            for px, py, r in zip(x, y, rank, strict=True)
            if r and (int(px) >> grid.shift, int(py) >> grid.shift) == (column, row)
        ]
        assert (len(exact), min(exact)) == (found.counts[at], found.worst[at])


@given(boxes(), ZOOM, st.integers(1, 600))
def test_a_grid_covers_its_box_and_keeps_to_its_limit(box, zoom, most):
    grid = clusters.grid_of(box, zoom, most)
    assert grid.columns * grid.rows <= max(most, 4), "a box may always lie on a corner of four"
    west, south, east, north = grid.whole()
    assert west <= box[0] + 1e-5 and east >= box[2] - 1e-5 and south <= box[1] + 1e-5 and north >= box[3] - 1e-5


@given(POINTS, st.floats(-0.5, 0.5), st.integers(5, 12))
def test_a_cell_seen_from_two_places_of_the_map_is_the_same_cell(points, moved, zoom):
    x, y, rank = steps(points)
    seen = []
    for west in (110.0, 110.0 + moved):
        grid = clusters.grid_of((west, -9.0, west + 4.0, -6.0), zoom, 10**6)
        found = clusters.gather(x, y, rank, grid)
        cells = {
            (grid.level, grid.west + int(c), grid.north + int(r)): (int(n), int(w), lon, lat)
            for c, r, n, w, lon, lat in zip(
                found.columns, found.rows, found.counts, found.worst, found.lon, found.lat, strict=True
            )
        }
        seen.append(cells)
    for cell in seen[0].keys() & seen[1].keys():
        assert seen[0][cell] == seen[1][cell]


@given(LON, LAT)
def test_a_step_of_the_world_is_finer_than_a_centimetre(lon, lat):
    x, y = clusters.world_x(lon), clusters.world_y(lat)
    assert abs(clusters.lon_of(x) - lon) < 1e-7 and abs(clusters.lat_of(y) - lat) < 1e-7


@pytest.mark.parametrize("screen", [(1366, 768), (1920, 1080), (3840, 2160), (390, 844)])
@pytest.mark.parametrize("zoom", range(7, 20))
def test_panning_keeps_the_same_grid_on_every_screen(screen, zoom):
    width, height = (pixels / 256 * 360 / 2**zoom for pixels in screen)
    wests = [90 + at * width / 31 for at in range(31)]
    levels = {clusters.grid_of((west, -8.5, west + width, -8.5 + height), zoom, 400).level for west in wests}
    assert len(levels) == 1
