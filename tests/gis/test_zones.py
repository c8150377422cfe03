"""What is drawn by hand is sound before anyone believes it, or answered with a sentence that says why not."""

import math
import time
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from shapely import from_wkt
from shapely.geometry import shape as as_shape

from gis.zones import KINDS, MAX_VERTICES, BadShape, checked, written

RING = [[116.5, -8.5], [116.6, -8.5], [116.6, -8.6], [116.5, -8.5]]


def area(*rings: Any) -> dict[str, Any]:
    return {"type": "Polygon", "coordinates": list(rings)}


def line(*pairs: Any) -> dict[str, Any]:
    return {"type": "LineString", "coordinates": list(pairs)}


def dot(*pair: Any) -> dict[str, Any]:
    return {"type": "Point", "coordinates": list(pair)}


GOOD = {"affected": area(RING), "isolated": area(RING), "road_cut": line(*RING), "evacuation_route": line(*RING)}
GOOD |= {"post": dot(116.5, -8.5), "assembly_point": dot(116.5, -8.5)}


@pytest.mark.parametrize("kind", KINDS)
def test_each_kind_takes_its_own_shapes_and_no_other(kind):
    for shape in GOOD.values():
        if shape["type"] in KINDS[kind]:
            assert checked(kind, shape).shape["type"] == shape["type"]
        else:
            with pytest.raises(BadShape, match="gambarlah sebuah"):
                checked(kind, shape)


def test_many_parts_are_taken_too():
    two = {"type": "MultiPolygon", "coordinates": [[RING], [[[lon + 1, lat] for lon, lat in RING]]]}
    assert checked("affected", two).shape["type"] == "MultiPolygon"
    lines = {"type": "MultiLineString", "coordinates": [RING[:2], RING[2:]]}
    assert checked("road_cut", lines).shape["type"] == "MultiLineString"


@pytest.mark.parametrize(
    ("kind", "shape", "words"),
    [
        ("affected", None, "GeoJSON"),
        ("affected", [], "GeoJSON"),
        ("affected", {"type": "Circle", "coordinates": [1, 2]}, "bentuk lain"),
        ("affected", {"type": ["Polygon"]}, "bentuk lain"),
        ("affected", {"type": "Polygon"}, "bukan GeoJSON"),
        ("affected", {"type": "Polygon", "coordinates": "116"}, "bukan GeoJSON"),
        ("affected", area(), "kosong"),
        ("affected", area([]), "kosong"),
        ("affected", {"type": "MultiPolygon", "coordinates": [[], [[]]]}, "kosong"),
        ("affected", area([116.5, -8.5]), "bukan GeoJSON"),
        ("affected", area(RING[:2]), "tiga titik"),
        ("affected", area([RING[0]] * 9), "tiga titik"),
        ("affected", area([RING[0], RING[1], [116.55, -8.5], RING[0]]), "tidak ada luasnya"),
        ("affected", area([*RING, ["116", -8]]), "Titik ke-5"),
        ("affected", area([*RING, [116.5]]), "Titik ke-5"),
        ("affected", area([*RING, [True, False]]), "Titik ke-5"),
        ("affected", area([*RING, [10**400, -8]]), "Titik ke-5"),
        ("affected", area([*RING, [181, -8]]), r"Titik ke-5 \(181, -8\) tidak ada di bumi"),
        ("affected", area([*RING, [116, -91]]), "tidak ada di bumi"),
        ("road_cut", line(RING[0]), "dua titik"),
        ("road_cut", line(RING[0], RING[0]), "dua titik"),
        ("road_cut", line(), "kosong"),
        ("post", dot(), "kosong"),
        ("post", dot(math.nan, -8.5), "Titik ke-1"),
        ("post", dot(math.inf, -8.5), "Titik ke-1"),
        ("post", {"type": "Point", "coordinates": {"lon": 1}}, "bukan GeoJSON"),
    ],
)
def test_what_cannot_stand_is_refused_with_a_sentence(kind, shape, words):
    with pytest.raises(BadShape, match=words) as fault:
        checked(kind, shape)
    assert str(fault.value).endswith((".", "?")) and fault.value.more == {}


def test_too_many_vertices_are_refused_before_anything_is_made_of_them():
    circle = [[116 + math.cos(turn / 900) / 10, -8 + math.sin(turn / 900) / 10] for turn in range(MAX_VERTICES)]
    assert len(checked("affected", area(circle)).shape["coordinates"][0]) == MAX_VERTICES + 1, "closed by us"
    with pytest.raises(BadShape, match=r"lebih dari 5\.000 titik"):
        checked("affected", area([*circle, circle[0]]))
    with pytest.raises(BadShape, match=r"5\.000"):
        checked("affected", area([[116.5, -8.5]] * 1_000_000))


def test_exchanged_axes_are_offered_exchanged_and_cannot_be_confirmed():
    turned = area([[lat, lon] for lon, lat in RING])
    for confirmed in (False, True):
        with pytest.raises(BadShape, match="tertukar") as fault:
            checked("affected", turned, confirmed=confirmed)
        assert fault.value.more == {"swapped": area(RING)}


def test_far_away_is_asked_about_and_taken_when_it_is_meant():
    paris = dot(2.35, 48.86)
    with pytest.raises(BadShape) as fault:
        checked("post", paris)
    assert fault.value.more == {"confirm": True}
    assert checked("post", paris, confirmed=True).shape == paris
    with pytest.raises(BadShape, match="km di luar wilayah"):
        checked("post", dot(118.5, -8.5), site=(116.3, -8.9, 116.8, -8.2))


def test_a_bow_tie_becomes_its_two_areas_and_says_where_it_crossed():
    drawn = checked("affected", area([[116, -8], [117, -9], [117, -8], [116, -9], [116, -8]]))
    assert drawn.shape["type"] == "MultiPolygon" and as_shape(drawn.shape).area == pytest.approx(0.5)
    assert drawn.mended == "Garis tepinya bersilang di (116.5, -8.5); sudah dirapikan menjadi 2 bidang."
    assert checked("affected", area(RING)).mended is None


def test_parts_that_overlap_become_what_they_cover_together():
    shifted = [[lon - 0.02, lat - 0.01] for lon, lat in RING]
    drawn = checked("affected", {"type": "MultiPolygon", "coordinates": [[RING], [shifted]]})
    both = as_shape(area(RING)).union(as_shape(area(shifted)))
    assert drawn.mended is not None and as_shape(drawn.shape).area == pytest.approx(both.area, rel=1e-4)


@pytest.mark.parametrize(
    "scrawl",
    [
        [[116.5 + turn * 7919 % 5000 / 5e4, -8.5 + turn * 104729 % 5000 / 5e4] for turn in range(4999)],
        [[116.5 + math.cos(turn / 300) / 100, -8.5 + math.sin(turn / 300) / 100] for turn in range(5000)],
        [[116.5 + turn % 2 / 10, -8.5 + turn // 2 % 2 / 1e5] for turn in range(4999)],
    ],
)
def test_a_scrawl_is_refused_in_a_moment_instead_of_mended_for_minutes(scrawl):
    started = time.process_time()
    with pytest.raises(BadShape, match="bersilang di banyak tempat, pertama di"):
        checked("affected", area(scrawl))
    assert time.process_time() - started < 5


def test_a_long_line_drawn_with_a_few_slips_is_mended():
    ring = [[116.5 + math.cos(turn / 796) / 10, -8.5 + math.sin(turn / 796) / 10] for turn in range(4990)]
    for slip in range(0, 4900, 500):
        ring[slip], ring[slip + 1] = ring[slip + 1], ring[slip]
    drawn = checked("affected", area(ring))
    assert drawn.mended is not None and as_shape(drawn.shape).is_valid


def test_an_open_ring_is_closed_a_height_and_a_double_click_are_left_out():
    drawn = checked("affected", area([[116.5, -8.5, 12.0], [116.5, -8.5, 12.0], [116.6, -8.5, 13.0], [116.6, -8.6]]))
    assert drawn.shape == area(RING)


def test_a_hole_stays_a_hole():
    hole = [[116.58, -8.51], [116.59, -8.51], [116.59, -8.52], [116.58, -8.51]]
    assert checked("affected", area(RING, hole)).shape == area(RING, hole)


pairs = st.lists(st.tuples(st.floats(116, 117), st.floats(-9, -8)), min_size=3, max_size=12)


@given(pairs)
def test_whatever_is_scrawled_is_refused_or_sound_and_comes_back_from_the_database_as_it_was_told(scrawl):
    try:
        drawn = checked("affected", area([list(pair) for pair in scrawl]))
    except BadShape:
        return
    assert as_shape(drawn.shape).is_valid and as_shape(drawn.shape).area > 0
    assert written(from_wkt(drawn.wkt)) == drawn.shape
    assert checked("affected", drawn.shape).mended is None, "mended once is mended for good"
