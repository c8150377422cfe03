"""Spatial questions: right to the metre against brute force, answered through the spatial index on both databases."""

import datetime as dt
import random

import pytest
import shapely
from sqlalchemy import insert, text

from gis import queries
from gis.coordinates import Position, distance_m
from gis.database import point_columns
from gis.models import Area, Boundary
from incident.models import Unit

NOW = dt.datetime(2026, 11, 22, 3, 0, tzinfo=dt.UTC)
UNIT = Unit.__table__
COLUMNS = [UNIT.c.id, UNIT.c.call_sign, UNIT.c.lon, UNIT.c.lat]


def put_units(post, places):
    rows = [
        {
            "call_sign": f"U-{n}",
            "kind": "trc",
            "in_service": n % 3 > 0,
            "in_service_since": NOW,
            **point_columns(*place),
        }
        for n, place in enumerate(places)
    ]
    post.database.write(lambda conn: conn.execute(insert(Unit), rows))


def somewhere(count, seed=1):
    chance = random.Random(seed)
    return [(round(chance.uniform(116.2, 116.8), 6), round(chance.uniform(-9.0, -8.2), 6)) for _ in range(count)]


def plan(conn, statement, **given):
    """What the database says it will do; PostgreSQL is told that the table is worth an index."""
    compiled = statement.compile(conn, compile_kwargs={"render_postcompile": True})
    if conn.dialect.name == "sqlite":
        rows = conn.exec_driver_sql(f"EXPLAIN QUERY PLAN {compiled}", _ordered(compiled, given))
    else:
        conn.execute(text("SET LOCAL enable_seqscan = off"))
        rows = conn.exec_driver_sql(f"EXPLAIN {compiled}", {**compiled.params, **given})
    return "\n".join(str(row[-1]) for row in rows)


def _ordered(compiled, given):
    return tuple({**compiled.params, **given}[name] for name in compiled.positiontup)


def index_of(database, table, column):
    return f"idx_{table}_{column} VIRTUAL TABLE INDEX" if database.is_spatialite else f"ix_{table}_{column}"


BOX = {"west": 116.5, "south": -8.6, "east": 116.6, "north": -8.5}


@pytest.mark.parametrize("table", ["incident", "call", "unit", "facility", "landmark"])
def test_a_box_of_points_is_answered_by_the_spatial_index(post, table):
    from gis.database import Base

    there = Base.metadata.tables[table]
    statement = queries.in_box(post.database, there, [there.c.id])
    with post.database.read() as conn:
        assert index_of(post.database, table, "point") in plan(conn, statement, **BOX)


def test_the_villages_of_a_shape_are_answered_by_the_spatial_index(post):
    with post.database.read() as conn:
        told = plan(conn, queries.villages_statement(post.database), **BOX)
    assert index_of(post.database, "boundary", "outline") in told


def test_the_nearest_are_the_nearest_of_all_measured_one_by_one(post):
    places = somewhere(300)
    put_units(post, places)
    here = [Position(*place) for place in somewhere(10, seed=2)] + [Position(106.8, -6.2)]
    with post.database.read() as conn:
        for where in here:
            found = queries.nearest(conn, post.database, UNIT, COLUMNS, where, 5)
            away = sorted(distance_m(where, Position(*place)) for place in places)[:5]
            assert [one.away_m for one in found] == pytest.approx(away)


def test_a_filter_reaches_as_far_as_it_must(post):
    put_units(post, somewhere(60))
    with post.database.read() as conn:
        found = queries.nearest(conn, post.database, UNIT, COLUMNS, Position(141.0, -2.5), 3, UNIT.c.call_sign == "U-7")
        assert [one.row["call_sign"] for one in found] == ["U-7"] and found[0].away_m > 2_000_000
        idle = queries.nearest(
            conn, post.database, UNIT, COLUMNS, Position(116.5, -8.6), 100, UNIT.c.in_service.is_(False)
        )
        assert len(idle) == 20


def test_one_without_a_place_is_never_near(post):
    put_units(post, [(116.5, -8.6), (None, None)])
    with post.database.read() as conn:
        assert len(queries.nearest(conn, post.database, UNIT, COLUMNS, Position(116.5, -8.6), 9)) == 1


def test_within_is_the_inside_the_edge_and_the_margin_in_metres(post):
    put_units(post, [(116.50, -8.50), (116.60, -8.55), (116.6009, -8.55), (116.7, -8.5)])
    square = shapely.box(116.45, -8.6, 116.6, -8.4)
    with post.database.read() as conn:

        def signs(**more):
            return [row["call_sign"] for row in queries.within(conn, post.database, UNIT, COLUMNS, square, **more)]

        assert signs() == ["U-0", "U-1"]
        assert signs(margin_m=95) == ["U-0", "U-1"], "0.0009 degrees are 99 m there"
        assert signs(margin_m=105) == ["U-0", "U-1", "U-2"]


def test_within_agrees_with_measuring_every_point(post):
    places = somewhere(200)
    put_units(post, places)
    road = shapely.LineString([(116.3, -8.9), (116.5, -8.6), (116.7, -8.3)])
    lake = shapely.Point(116.5, -8.6).buffer(0.1).difference(shapely.Point(116.5, -8.6).buffer(0.05))
    with post.database.read() as conn:
        inside = {row["call_sign"] for row in queries.within(conn, post.database, UNIT, COLUMNS, lake)}
        assert inside == {f"U-{n}" for n, place in enumerate(places) if lake.intersects(shapely.Point(place))} != set()
        along = {row["call_sign"] for row in queries.within(conn, post.database, UNIT, COLUMNS, road, margin_m=3_000)}
    ends = [(116.3 + 0.4 * n / 4000, -8.9 + 0.6 * n / 4000) for n in range(4001)]
    for n, place in enumerate(places):
        away_m = min(distance_m(Position(*place), Position(*spot)) for spot in ends)
        if abs(away_m - 3_000) > 30:
            assert (away_m < 3_000) == (f"U-{n}" in along)


def put_villages(post):
    """Two drawn villages side by side, one known by its point alone, and what is above them."""
    areas = [("52.03", 2, "Kab. Lombok Timur"), ("52.03.04", 3, "Pringgabaya")]
    villages = [("52.03.04.2001", "Labuhan"), ("52.03.04.2002", "Batuyang"), ("52.03.04.2003", "Kerumut")]
    rows = [{"code": code, "level": level, "name": name, "folded": name.lower()} for code, level, name in areas]
    places = [(116.65, -8.55), (116.95, -8.55), (116.68, -8.52)]
    rows += [
        {"code": code, "level": 4, "name": name, "folded": name.lower(), "lon": lon, "lat": lat}
        for (code, name), (lon, lat) in zip(villages, places, strict=True)
    ]
    shapes = [
        {
            "code": code,
            "level": 4,
            "name": name,
            "source": "test",
            "area_m2": 1.0,
            "imported_at": NOW,
            "outline": f"SRID=4326;MULTIPOLYGON((({w} -8.6, {w + 0.1} -8.6, {w + 0.1} -8.5, {w} -8.5, {w} -8.6)))",
        }
        for (code, name), w in zip(villages, (116.6, 116.7), strict=False)
    ]

    def put(conn):
        for row in rows:
            conn.execute(insert(Area), row)
        conn.execute(insert(Boundary), shapes)

    post.database.write(put)


def test_villages_are_those_touched_with_their_full_names_and_how_much_of_them(post):
    put_villages(post)
    with post.database.read() as conn:
        drawn = shapely.box(116.65, -8.6, 116.75, -8.5)
        found = queries.villages_in(conn, post.database, drawn)
        beside = queries.villages_in(conn, post.database, shapely.box(116.94, -8.56, 116.96, -8.54))
        exact = queries.villages_in(conn, post.database, shapely.box(116.7, -8.6, 116.8, -8.5))
        road = queries.villages_in(conn, post.database, shapely.LineString([(116.65, -8.55), (116.75, -8.55)]))
    assert [(one.code[-4:], one.share) for one in found] == [("2001", 0.5), ("2002", 0.5), ("2003", None)]
    assert found[0].full == "Desa Labuhan, Kec. Pringgabaya, Kab. Lombok Timur"
    assert [(one.code[-4:], one.share) for one in exact] == [("2002", 1.0)], "a common border is no visit"
    assert [one.code[-4:] for one in road] == ["2001", "2002"]
    assert beside == [], "a village that is drawn is where its boundary is, not where its point was published"


def test_a_shape_that_crosses_itself_covers_what_it_covers(post):
    put_villages(post)
    bow = shapely.Polygon([(116.6, -8.6), (116.7, -8.5), (116.7, -8.6), (116.6, -8.5)])
    with post.database.read() as conn:
        found = queries.villages_in(conn, post.database, bow)
    assert [(one.code[-4:], one.share) for one in found if one.share] == [("2001", 0.5)]
