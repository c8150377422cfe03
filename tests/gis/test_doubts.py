"""Places that look wrong: outside Indonesia, or far from the site; and axes that changed places."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gis.doubts import MARGIN_M, doubt, doubt_at, is_swapped

LOTIM = (116.3, -8.95, 116.8, -8.2)


@pytest.mark.parametrize(("lon", "lat"), [(116.5, -8.5), (95.3, 5.9), (141.0, -2.6), (124.9, 1.5)])
def test_indonesia_is_not_doubted_where_no_outline_is_known(lon, lat):
    assert doubt_at(lon, lat) is None


@pytest.mark.parametrize(("lon", "lat"), [(2.35, 48.86), (0, 0), (103.8, 14.0), (116.5, 8.5)])
def test_the_rest_of_the_world_is_doubted_with_a_sentence(lon, lat):
    assert "luar Indonesia" in str(doubt_at(lon, lat))


def test_a_neighbour_is_not_doubted_and_the_next_island_is():
    assert doubt_at(116.1, -8.58, LOTIM) is None, "Mataram, where the hospital is"
    assert doubt_at(115.2, -8.65, LOTIM) == (
        "Tempat itu sekitar 121 km di luar wilayah ini. Bila memang benar di sana, tegaskan."
    ), "Denpasar"


def test_a_shape_is_judged_by_its_farthest_corner():
    assert doubt((116.4, -8.6, 116.5, -8.5), LOTIM) is None
    assert doubt((116.4, -8.6, 118.5, -8.5), LOTIM) is not None


@given(st.floats(-0.4, 0.4), st.floats(-0.4, 0.4))
def test_what_is_within_the_margin_is_never_doubted(east, north):
    """0.4 degrees are less than the margin in every direction."""
    assert MARGIN_M > 0.4 * 111_320
    for lon in (LOTIM[0], LOTIM[2]):
        for lat in (LOTIM[1], LOTIM[3]):
            assert doubt_at(lon + east, lat, LOTIM) is None and doubt_at(lon, lat + north, LOTIM) is None


@given(st.floats(95, 141), st.floats(-11, 6))
def test_every_place_in_indonesia_is_known_when_its_axes_change_places(lon, lat):
    assert is_swapped(lat, lon) and not is_swapped(lon, lat)


@pytest.mark.parametrize("pair", [(2.35, 48.86), (0, 0), (181, -8), (None, 116), ("116", -8), (float("nan"), 116)])
def test_what_is_nowhere_in_indonesia_either_way_is_not_called_exchanged(pair):
    assert not is_swapped(*pair)
