"""A point's village: inside, the smallest boundary; outside, the nearest; without boundaries, the nearest point."""

import datetime as dt
import json
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
import shapely
from click.testing import CliRunner
from hypothesis import given, settings
from hypothesis import strategies as st

from gis.cli import gis
from gis.database import Database
from gis.models import Area, Gazetteer
from gis.reverse import FEW, REACH_M, Ground, Sheet
from incident.post import Post
from tests.factories import on_spatialite
from tests.gis.shapes import NOON, REAL, bound, box, keep

A, B, C = "52.03.01.2001", "52.03.01.2002", "52.03.02.1003"
NAMES = {"52.03": "KABUPATEN LOMBOK TIMUR", "52.03.01": "Keruak", "52.03.02": "Sakra", A: "Tanjung Luar", C: "Sakra"}
KM = 1 / 111.195  # in degrees of latitude


def gazetteer(post: Post, **points: tuple[float, float]) -> None:
    """The names above, and published points for villages given by the last four digits."""
    places = {f"52.03.01.{number[1:]}": at for number, at in points.items()}
    rows = [
        {"code": code, "level": code.count(".") + 1, "name": NAMES.get(code, "Desa " + code[-4:]), "folded": "x"}
        | dict(zip(("lon", "lat"), places.get(code, (None, None)), strict=True))
        for code in {**NAMES, **places}
    ]
    post.database.write(lambda conn: conn.execute(Area.__table__.insert(), rows))


@pytest.fixture
def ground(post: Post) -> Ground:
    return Ground(post.database)


# inside


def test_names_the_village_whose_boundary_holds_the_point(post: Post, ground: Ground):
    gazetteer(post)
    keep(post.database, bound(A, box(116.4, -8.5), "TANJUNG LUAR"))
    here = ground.at(116.45, -8.45)
    assert here is not None
    assert here.full == "Desa Tanjung Luar, Kec. Keruak, Kab. Lombok Timur"
    assert (here.code, here.level, here.approximate, here.distance_m, here.how) == (A, 4, False, 0.0, "boundary")


def test_a_kelurahan_is_called_one_and_a_city_no_regency(post: Post, ground: Ground):
    keep(
        post.database,
        bound("52.72.01.1001", box(118.7, -8.5), "Paruga"),
        bound("52.72", box(118.6, -8.6, 0.3), "Kota Bima"),
    )
    here = ground.at(118.75, -8.45)
    assert here is not None and here.full == "Kel. Paruga, Kota Bima"


def test_the_smaller_of_two_that_overlap_wins(post: Post, ground: Ground):
    keep(post.database, bound(A, box(116.4, -8.5, 0.2)), bound(C, box(116.45, -8.45, 0.1)))
    assert ground.code_at(116.5, -8.4) is None, "nothing is in memory yet"
    ground.look()
    assert ground.code_at(116.5, -8.4) == C
    assert ground.code_at(116.41, -8.49) == A


def test_the_lower_code_of_two_that_are_the_same_wins(post: Post, ground: Ground):
    keep(post.database, bound(C, box(116.4, -8.5)), bound(A, box(116.4, -8.5)), bound(B, box(116.4, -8.5)))
    ground.look()
    assert ground.code_at(116.45, -8.45) == A
    assert ground.at_many([116.45], [-8.45]).codes == [A]


def test_a_point_on_a_common_border_belongs_to_one_of_them_always_the_same(post: Post, ground: Ground):
    keep(post.database, bound(B, box(116.4, -8.5)), bound(A, box(116.5, -8.5)))
    ground.look()
    assert ground.code_at(116.5, -8.45) == ground.at_many([116.5], [-8.45]).codes[0] == A


_corner = st.integers(0, 8)
_boxes = st.lists(st.tuples(_corner, _corner, st.integers(1, 4), st.integers(1, 4)), min_size=1, max_size=12)


@pytest.mark.slow
@given(_boxes, st.lists(st.tuples(st.floats(-1, 13), st.floats(-1, 13)), min_size=1, max_size=30))
@settings(max_examples=200, deadline=None)
def test_the_tie_rule_holds_for_any_boundaries_and_any_points(corners: list[Any], points: list[Any]):
    """Smallest area, then code, against the plain reading of the rule."""
    shapes = {f"52.03.01.2{at:03}": shapely.box(w, s, w + dx, s + dy) for at, (w, s, dx, dy) in enumerate(corners)}
    sheet = Sheet([(code, code, one.area, shapely.to_wkb(one)) for code, one in shapes.items()])
    lons, lats = np.array(points).T
    many = sheet.inside_many(lons, lats)
    for row, (lon, lat) in zip(many, points, strict=True):
        holding = [(one.area, code) for code, one in shapes.items() if one.intersects(shapely.Point(lon, lat))]
        expected = min(holding)[1] if holding else None
        assert (sheet.codes[row] if row >= 0 else None) == expected
        alone = sheet.inside(lon, lat)
        assert alone == row


# outside


def test_in_a_gap_the_nearest_boundary_answers_approximately(post: Post, ground: Ground):
    keep(post.database, bound(A, box(116.4, -8.5)), bound(B, box(116.6, -8.5)))
    here = ground.at(116.5 + KM, -8.45)
    assert here is not None
    assert (here.code, here.approximate, here.how) == (A, True, "near")
    assert here.distance_m == pytest.approx(1000, rel=0.03)


def test_beyond_two_kilometres_a_boundary_says_nothing(post: Post, ground: Ground):
    keep(post.database, bound(A, box(116.4, -8.5)))
    assert ground.at(116.45, -8.4 + 0.99 * REACH_M / 1000 * KM) is not None
    assert ground.at(116.45, -8.4 + 1.01 * REACH_M / 1000 * KM) is None
    assert ground.code_at(116.45, -8.4 + 1.01 * REACH_M / 1000 * KM) is None


def test_without_boundaries_the_nearest_published_point_answers_approximately(post: Post, ground: Ground):
    gazetteer(post, _2001=(116.5, -8.5), _2002=(116.6, -8.5))
    here = ground.at(116.52, -8.5)
    assert here is not None
    assert here.full == "Desa Tanjung Luar, Kec. Keruak, Kab. Lombok Timur"
    assert (here.approximate, here.how) == (True, "point")
    assert here.distance_m == pytest.approx(2200, rel=0.01)


def test_a_point_far_from_everything_is_nowhere(post: Post, ground: Ground):
    gazetteer(post, _2001=(116.5, -8.5))
    assert ground.at(118.0, -8.5) is None
    assert ground.at_many([118.0], [-8.5]).codes == [None]


def test_the_district_that_holds_a_point_answers_before_a_village_of_another(post: Post, ground: Ground):
    gazetteer(post, _2001=(116.5, -8.5))
    keep(
        post.database,
        bound("52.03.02", box(116.51, -8.55), "Sakra"),
        bound("52.03.01", box(116.3, -8.55, 0.2), "Keruak"),
    )
    assert ground.at(116.52, -8.5).code == "52.03.02"  # type: ignore[union-attr]
    assert ground.at(116.49, -8.5).code == A  # type: ignore[union-attr]
    assert ground.at_many([116.52, 116.49], [-8.5, -8.5]).codes == ["52.03.02", A]


# many at once


def test_many_points_are_answered_like_one_by_one(post: Post, ground: Ground):
    gazetteer(post, _2001=(116.45, -8.45), _2007=(117.0, -8.0))
    keep(
        post.database,
        bound(A, box(116.4, -8.5, 0.2)),
        bound(C, box(116.45, -8.45)),
        bound("52.03", box(116.2, -8.9, 0.5)),
    )
    lons, lats = np.random.default_rng(5112).uniform((115.9, -9.1), (117.3, -7.9), (200, 2)).T
    found = ground.at_many(lons, lats)
    alone = [ground.at(lon, lat) for lon, lat in zip(lons, lats, strict=True)]
    assert found.codes == [one and one.code for one in alone]
    assert found.approximate.tolist() == [bool(one and one.approximate) for one in alone]
    away_m = [one.distance_m if one else np.nan for one in alone]
    assert found.distance_m == pytest.approx(away_m, abs=0.06, nan_ok=True)
    assert len({one and one.how for one in alone}) == 4, "every way of finding is among them"


def test_few_points_without_a_boundary_are_answered_like_many(post: Post, ground: Ground):
    gazetteer(post, _2001=(116.45, -8.45), _2007=(116.6, -8.6))
    lons, lats = np.random.default_rng(7).uniform((116.0, -8.8), (117.2, -8.2), (FEW + 1, 2)).T
    assert ground.at_many(lons, lats).codes == [
        ground.at_many([lon], [lat]).codes[0] for lon, lat in zip(lons, lats, strict=True)
    ]


def test_no_points_and_no_numbers_are_nowhere(ground: Ground):
    assert ground.at_many([], []).codes == []
    assert ground.at_many([float("nan")], [1.0]).codes == [None]


# kept up to date


def test_sees_an_import_of_another_process_when_it_looks(post: Post, ground: Ground):
    keep(post.database, bound(A, box(116.4, -8.5)))
    assert ground.look() is True
    assert ground.look() is False
    other = Database(post.settings.database)
    keep(other, bound(A, box(117.4, -8.5)), now=NOON + dt.timedelta(seconds=1))
    other.close()
    assert ground.changed()
    assert ground.look() is True
    assert (ground.code_at(116.45, -8.45), ground.code_at(117.45, -8.45)) == (None, A)


def test_sees_new_names_of_the_gazetteer(post: Post, ground: Ground):
    keep(post.database, bound(A, box(116.4, -8.5), "TJ LUAR"))
    assert ground.at(116.45, -8.45).name == "TJ LUAR"  # type: ignore[union-attr]
    gazetteer(post)
    row = {"source": "coba", "version": "1", "rows": 5, "loaded_at": NOON}
    post.database.write(lambda conn: conn.execute(Gazetteer.__table__.insert(), [row]))
    assert ground.look() is True
    assert ground.at(116.45, -8.45).name == "Tanjung Luar"  # type: ignore[union-attr]


@on_spatialite
def test_looks_by_itself_once_it_was_started(post: Post, ground: Ground, monkeypatch: pytest.MonkeyPatch):
    keep(post.database, bound(A, box(116.4, -8.5)))
    apart: list[str] = []
    ground = Ground(post.database, lambda work: (apart.append("built"), work())[1])
    looked = _waited_for(ground)
    assert looked.is_ready and ground.code_at(116.45, -8.45) == A
    assert apart == ["built"], "the tree is built off the event loop"


def _waited_for(ground: Ground) -> Ground:
    import time

    ground.start()
    gives_up = time.monotonic() + 40
    while not ground.is_ready and time.monotonic() < gives_up:
        time.sleep(0.05)
    ground.stop()
    return ground


# the command


@on_spatialite
def test_the_command_names_a_place_and_measures(post: Post, tmp_path: Any):
    keep(post.database, bound(A, box(116.4, -8.5), "Tanjung Luar"))
    made = SimpleNamespace(database=post.settings.database)

    def said(*words: str) -> str:
        done = CliRunner().invoke(gis, ["reverse", *words], obj=lambda: made)
        assert done.exit_code == 0, done.output
        return done.stdout

    assert said("116.45", "-8.45") == f"Desa Tanjung Luar ({A}), di dalam batasnya.\n"
    assert said("10", "50") == "Tidak ada desa yang diketahui di dekat titik itu.\n"
    told = json.loads(said("--points", "1000", "--json"))
    assert (told["villages"], told["points"], told["inside"], told["nowhere"]) == (1, 1000, 1000, 0)
    assert "1000 titik di 1 desa" in said("--points", "1000")


@on_spatialite
def test_the_command_says_when_there_is_nothing_to_measure(post: Post):
    made = SimpleNamespace(database=post.settings.database)
    done = CliRunner().invoke(gis, ["reverse", "--points", "10"], obj=lambda: made)
    assert done.exit_code == 1
    assert "posko gis import" in done.output


if REAL.exists():
    from gis.boundaries import judge
    from gis.layerfiles import read_layer
    from gis.reverse_cli import measured

    @pytest.fixture
    def real(post: Post) -> Ground:
        """The ground of 1,176 villages of five regencies."""
        paths = [*REAL.glob("*_desa.geojson"), REAL / "kota_bima_kelurahan.geojson"]
        keep(post.database, *(one for path in paths for one in judge(read_layer(path)).taken))
        return Ground(post.database)

    @on_spatialite
    def test_finds_published_points_in_their_villages_but_for_the_few_that_lie_outside(real: Ground):
        given = [row for path in REAL.glob("lombok_*_desa.geojson") for row in read_layer(path).rows]
        found = real.at_many([row["lng"] for row in given], [row["lat"] for row in given])
        right = sum(code == row["kode"] for code, row in zip(found.codes, given, strict=True))
        assert right / len(given) >= 0.95

    @on_spatialite
    def test_finds_the_point_on_every_surface_in_a_village_that_holds_it_and_is_no_larger(real: Ground):
        sheet = real._sheet()
        points = shapely.point_on_surface(sheet.shapes)
        found = sheet.inside_many(shapely.get_x(points), shapely.get_y(points))
        assert (found >= 0).all()
        assert (found <= np.arange(len(points))).all(), "rows are ordered by size"

    @on_spatialite
    @pytest.mark.slow
    def test_a_hundred_thousand_points_cost_a_glance(real: Ground):
        told = measured(real, 100_000)
        assert told["villages"] == 1176
        assert told["lookup_cpu_s"] < 10, "a quarter of a second; one by one it takes minutes"
        assert told["memory_mb"] < 30, told
