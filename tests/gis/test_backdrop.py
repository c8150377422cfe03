"""What lies under the marks: enough of the coast, each border once, and names where they belong."""

import json
from typing import Any

from shapely import Polygon
from shapely.geometry import shape

from gis.backdrop import INDONESIA, backdrop


def square(west: float, south: float, side: float = 0.1) -> Polygon:
    return Polygon([(west, south), (west + side, south), (west + side, south + side), (west, south + side)])


AREAS = {
    "52.03.01.2001": square(116.5, -8.6),
    "52.03.01.2002": square(116.6, -8.6),
    "52.03.02.2001": square(116.5, -8.7),
}
NAMES = {"52.03.01.2001": "Labuhan", "52.03.01": "Keruak", "52.03.02": "Sakra"}


def made(**given: Any) -> dict[str, Any]:
    return backdrop(**{"areas": {}, "names": {}, "outline": None, "bounds": None, "points": [], **given})


def test_the_box_is_that_of_the_areas_else_the_outline_else_the_points_else_indonesia() -> None:
    assert made(areas=AREAS)["bounds"] == [116.5, -8.7, 116.7, -8.5]
    assert made(bounds=(116.0, -9.0, 117.0, -8.0))["bounds"] == [116.0, -9.0, 117.0, -8.0]
    assert made(points=[(116.5, -8.5), (116.6, -8.4)])["bounds"] == [116.45, -8.55, 116.65, -8.35]
    assert made()["bounds"] == list(INDONESIA)


def test_a_border_between_two_villages_is_drawn_once() -> None:
    lines = shape(made(areas=AREAS)["villages"])
    assert round(lines.length, 3) == round(10 * 0.1, 3)


def test_districts_are_melted_from_their_villages_and_the_outline_from_all() -> None:
    ground = made(areas=AREAS)
    assert round(shape(ground["districts"]).length, 3) == round(9 * 0.1, 3)
    assert round(shape(ground["outline"]).area, 4) == 0.03


def test_names_stand_inside_their_areas_and_unknown_ones_nowhere() -> None:
    names = {name: (lon, lat, level) for lon, lat, level, name in made(areas=AREAS, names=NAMES)["names"]}
    assert set(names) == {"Labuhan", "Keruak", "Sakra"}
    lon, lat, level = names["Labuhan"]
    assert level == 4 and 116.5 < lon < 116.6 and -8.6 < lat < -8.5


def test_the_coast_of_a_regency_is_a_small_part_of_the_archipelago() -> None:
    near, whole = (len(json.dumps(made(**given)["coast"])) for given in ({"areas": AREAS}, {}))
    assert 500 < near < whole / 4


def test_an_outline_from_a_file_stands_in_where_no_area_is_known() -> None:
    outline = {"type": "Polygon", "coordinates": [[[116, -9], [117, -9], [117, -8], [116, -9]]]}
    assert made(outline=outline, bounds=(116.0, -9.0, 117.0, -8.0))["outline"] == outline
