"""Positions: what can be stood on, how far it is, and the box that misses nothing."""

import math

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from gis.coordinates import BadPosition, Position, box_around, distance_m, is_in_indonesia, position

places = st.builds(Position, st.floats(95, 141), st.floats(-11, 6))
anywhere = st.builds(Position, st.floats(-180, 180), st.floats(-90, 90))


@pytest.mark.parametrize("bad", [("116", -8), (None, -8), (True, -8), (math.nan, -8), (math.inf, 0), (181, 0), (0, 91)])
def test_what_is_no_position_is_refused_with_a_sentence(bad):
    with pytest.raises(BadPosition, match=r"\.|\?$"):
        position(*bad)


def test_swapped_coordinates_are_suspected():
    with pytest.raises(BadPosition, match="tertukar"):
        position(-8.5, 116.5)


def test_a_whole_number_is_a_position_too():
    assert position(116, -8) == Position(116.0, -8.0)


def test_selong_is_in_indonesia_and_london_is_not():
    assert is_in_indonesia(Position(116.53, -8.65)) and not is_in_indonesia(Position(0, 51.5))


def test_a_degree_of_latitude_is_111_kilometres():
    assert distance_m(Position(116, -8), Position(116, -9)) == pytest.approx(111_195, rel=1e-3)


@given(anywhere, anywhere)
def test_a_distance_is_the_same_both_ways_and_never_beyond_the_other_side(a, b):
    there, back = distance_m(a, b), distance_m(b, a)
    assert there == pytest.approx(back, abs=1e-3)
    assert 0 <= there <= 20_016_000
    assert distance_m(a, a) == 0


@given(places, st.floats(1, 50_000), st.floats(0, 2 * math.pi), st.floats(0, 0.99))
def test_the_box_holds_every_point_within_its_radius(where, radius_m, bearing, share):
    """The repeats of a call are looked for in the box first: what the box misses is never offered."""
    reach = radius_m * share / 111_195
    other = Position(
        where.lon + reach * math.sin(bearing) / math.cos(math.radians(where.lat)), where.lat + reach * math.cos(bearing)
    )
    assume(distance_m(where, other) <= radius_m)
    west, south, east, north = box_around(where, radius_m)
    assert west <= other.lon <= east and south <= other.lat <= north
