"""Every layer of the register keeps the same promises; a newcomer is held to them the moment it is listed."""

import datetime as dt
import io
import itertools
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from babel.messages import pofile
from shapely.geometry import box as box_of
from shapely.geometry import shape
from sqlalchemy import insert, update

from alerts.bulletins.models import Bulletin
from gis.database import point_columns
from gis.layers import REGISTER, layers
from gis.models import Boundary, Facility, Landmark, Track, Zone
from incident import rules
from incident.layers import FACILITY_SIGNS, ZONE_SIGNS
from incident.models import Incident
from radio_bridge.models import Station
from tests.factories import on_spatialite

ROOT = Path(__file__).parents[2]
CATALOGUE = ROOT / "incident" / "translations" / "en" / "LC_MESSAGES" / "messages.po"
INSIDE, OUTSIDE = (116.55, -8.55), (117.55, -8.95)
BOX = "116.5,-8.6,116.6,-8.5"
Asked = Callable[..., Any]


@pytest.fixture
def ground(app: Any, ask: Asked, cast: Any) -> Asked:
    """One thing of every layer inside the box, one outside."""
    here = app.extensions["posko"]
    for lon, lat in (INSIDE, OUTSIDE):
        place = {"lon": lon, "lat": lat, "method": "map", "radius_m": 50, "text": "rumah Bu Sri"}
        said = {"class": "normal", "type": "banjir", "channel": "112", "place": place, "uid": str(uuid4())}
        caller = {"name": "Bu Sri", "phone": "081234567321"}
        assert ask("call_taker", "POST", "/calls", said | {"caller": caller, "narrative": "air"}).status_code == 201
    here.database.write(lambda conn: _lay(conn, here.clock(), cast.units["TRC-1"]))
    here.database.write(lambda conn: _tell(conn, here.clock()))
    here.database.write(lambda conn: _hear(conn, here.clock()))
    hazard = {"type": "FeatureCollection", "features": [_hazard(*INSIDE), _hazard(*OUTSIDE)]}
    added = {"uid": str(uuid4()), "name": "Bahaya banjir", "kind": "geojson", "collection": hazard}
    assert ask("coordinator", "POST", "/overlays", added).status_code == 201
    for lon, lat in (INSIDE, OUTSIDE):
        here.database.write(lambda conn, spot=(lon, lat): _crowd(conn, here.clock(), *spot))
    assert ask("dispatcher", "POST", f"/units/{cast.units['PSC-1']}/position", _far()).status_code == 200
    return ask


def _crowd(conn: Any, now: dt.datetime, lon: float, lat: float) -> None:
    """Closed incidents of today, side by side: the board has forgotten them, what gathers has not."""
    facts = {"type": "banjir", "priority": "P3", "state": "closed", "place": "", "opened_at": now, "changed_at": now}
    rows = [{**facts, **point_columns(lon + n / 10_000, lat)} for n in range(5)]
    conn.execute(insert(Incident), rows)


def _far() -> dict[str, Any]:
    return {"uid": str(uuid4()), "lon": OUTSIDE[0], "lat": OUTSIDE[1]}


def _square(lon: float, lat: float) -> Any:
    return box_of(lon - 0.01, lat - 0.01, lon + 0.01, lat + 0.01)


def _hazard(lon: float, lat: float) -> dict[str, Any]:
    return {"type": "Feature", "geometry": _square(lon, lat).__geo_interface__, "properties": {"kelas": "tinggi"}}


def _lay(conn: Any, now: dt.datetime, unit_id: int) -> None:
    for n, (lon, lat) in enumerate((INSIDE, OUTSIDE)):
        square, line = _square(lon, lat).wkt, f"LINESTRING ({lon} {lat}, {lon + 0.01} {lat})"
        drawn = {"kind": "affected", "words": "", "drawn_by": "dewi", "drawn_at": now}
        conn.execute(insert(Zone).values(**drawn, shape=f"SRID=4326;{square}"))
        known = {"source": "uji", **point_columns(lon, lat)}
        built = {"key": f"f{n}", "kind": "shelter", "name": "Balai", "changed_by": "dewi", "changed_at": now}
        conn.execute(insert(Facility).values(**known, **built))
        told = {"key": f"m{n}", "name": "Masjid", "folded": "masjid", "kind": "masjid", "radius_m": 50.0}
        conn.execute(insert(Landmark).values(**known, **told, remembered_by="sari", remembered_at=now))
        path = f"SRID=4326;MULTI{line.replace('(', '((').replace(')', '))')}"
        conn.execute(insert(Track).values(unit_id=unit_id, name="pagi", imported_by="dewi", imported_at=now, path=path))
        outline = f"SRID=4326;MULTIPOLYGON (({square.removeprefix('POLYGON (').removesuffix(')')}))"
        facts = {"code": f"52.03.01.200{n}", "level": 4, "name": "Desa", "source": "uji", "area_m2": 1.0}
        conn.execute(insert(Boundary).values(**facts, imported_at=now, outline=outline))


def _hear(conn: Any, now: dt.datetime) -> None:
    """One station at each place, heard now."""
    for n, (lon, lat) in enumerate((INSIDE, OUTSIDE)):
        heard = {"number": 20 + n, "call_sign": f"RADIO{n}", "lon": lon, "lat": lat, "located_at": now}
        conn.execute(insert(Station).values(**heard))


def _tell(conn: Any, now: dt.datetime) -> None:
    """One quake that stands at each place, as a source told it."""
    facts = {
        "source": "uji",
        "revision": 1,
        "kind": "quake",
        "title": "Gempa M5,1",
        "words": "",
        "at": now,
        "magnitude": 5.1,
    }
    facts |= {"attribution": "BMKG", "facts": "{}", "digest": "", "place": "", "state": "standing"}
    facts |= {"until": now + dt.timedelta(hours=6), "received_at": now, "changed_at": now}
    for n, (lon, lat) in enumerate((INSIDE, OUTSIDE)):
        conn.execute(insert(Bulletin).values(**facts, key=f"q{n}", alias=f"q{n}", lon=lon, lat=lat))


def told(ask: Asked, role: str = "coordinator") -> dict[str, dict[str, Any]]:
    return {one["name"]: one for one in ask(role, "GET", "/layers").json["layers"]}


def features(ask: Asked, name: str, query: str = "", role: str = "coordinator") -> list[dict[str, Any]]:
    answer = ask(role, "GET", f"/layers/{name}?{query}")
    assert answer.status_code == 200, answer.json
    assert answer.json["type"] == "FeatureCollection"
    found: list[dict[str, Any]] = answer.json["features"]
    return found


def test_every_layer_answers_sound_features_each_with_an_id(ground: Asked) -> None:
    for name in REGISTER:
        found = features(ground, name)
        assert len(found) == 2, name
        assert len({one["id"] for one in found}) == 2, name
        for one in found:
            assert one["type"] == "Feature" and isinstance(one["properties"], dict), name
            assert shape(one["geometry"]).is_valid, name


def test_every_layer_answers_what_lies_in_the_box_and_nothing_else(ground: Asked) -> None:
    box = box_of(*(float(part) for part in BOX.split(",")))
    for name in REGISTER:
        found = features(ground, name, f"bbox={BOX}")
        assert [shape(one["geometry"]).intersects(box) for one in found] == [True], name


def test_every_layer_shows_every_role_no_more_than_its_lens(ground: Asked) -> None:
    for role, name in itertools.product(rules.ROLES, REGISTER):
        answer = ground(role, "GET", f"/layers/{name}")
        listed = {one.name for one in layers() if rules.may(role, one.about.verb)}
        assert answer.status_code == (200 if name in listed else 403), (role, name)
        sees = rules.ROLE_SEES[role].get(name)
        if answer.status_code == 200 and sees == "none":
            assert answer.json["features"] == [], (role, name)
        if answer.status_code == 200 and sees == "all":
            assert len(answer.json["features"]) == 2, (role, name)


def test_a_village_sees_the_incidents_of_its_own_area_alone(ground: Asked) -> None:
    place = {"lon": 116.55, "lat": -8.55, "method": "place", "area_code": "52.03.01.2001"}
    said = {"class": "normal", "type": "medis", "channel": "112", "place": place, "uid": str(uuid4())}
    number = ground("call_taker", "POST", "/calls", said).json["incident"]
    assert [one["id"] for one in features(ground, "incidents", role="village")] == [number]
    assert len(features(ground, "heat", role="village")) == 1
    assert len(features(ground, "incidents")) == 3


def test_no_layer_tells_who_called_or_what_they_said(ground: Asked) -> None:
    for name in REGISTER:
        said = ground("coordinator", "GET", f"/layers/{name}").get_data(as_text=True)
        assert not any(word in said for word in ("0812****", "081234567321", '"air"')), name
    assert "rumah Bu Sri" not in ground("coordinator", "GET", "/layers/calls").get_data(as_text=True)


@pytest.mark.parametrize("one", layers(), ids=lambda one: one.name)
def test_a_layers_words_and_legend_are_said_in_both_languages(one: Any) -> None:
    catalogue = pofile.read_po(io.BytesIO(CATALOGUE.read_bytes()), locale="en")
    english = {str(message.id): str(message.string) for message in catalogue}
    said = [one.about.words, one.about.group, *(sign.words for sign in one.about.legend)]
    assert one.about.legend and [words for words in said if not english.get(words)] == []


def test_the_list_says_what_a_panel_must_know(ground: Asked) -> None:
    found = told(ground)
    assert list(found)[-1] == "incidents" and "overlay-bahaya-banjir" in found
    assert all(
        {"name", "words", "group", "legend", "attribution", "default", "is_online"} <= set(one)
        for one in found.values()
    )
    assert found["incidents"]["default"] is True and found["heat"]["default"] is False
    assert "calls" not in told(ground, "leader") and "calls" in told(ground, "call_taker")


def test_a_unit_says_how_old_its_position_is(ground: Asked) -> None:
    ages = {one["properties"]["call_sign"]: one["properties"]["position_age_s"] for one in features(ground, "units")}
    assert set(ages) == {"TRC-1", "PSC-1"} and all(age is not None and age < 60 for age in ages.values())


def test_a_station_heard_long_ago_says_so(app: Any, ground: Asked) -> None:
    here = app.extensions["posko"]
    long_ago = {"located_at": here.clock() - dt.timedelta(hours=3)}
    here.database.write(lambda conn: conn.execute(update(Station).where(Station.number == 20).values(**long_ago)))
    said = {one["id"]: one["properties"] for one in features(ground, "stations")}
    assert [(said[n]["is_old"], said[n]["position_age_s"] // 3600) for n in (20, 21)] == [(True, 3), (False, 0)]


def test_a_layer_that_is_not_there_and_a_box_that_is_none_are_refused_with_a_sentence(ask: Asked) -> None:
    assert ask("leader", "GET", "/layers/awan").status_code == 404
    assert ask("leader", "GET", "/layers/overlay-awan").status_code == 404
    for box in ("1,2,3", "a,b,c,d", "nan,0,1,1", "116,-8,115,-9"):
        assert ask("leader", "GET", f"/layers/zones?bbox={box}").json["field"] == "bbox", box


# layers of the site


def add(ask: Asked, role: str = "coordinator", **said: Any) -> Any:
    return ask(role, "POST", "/overlays", {"uid": str(uuid4()), "name": "Uji", **said})


def test_an_online_layer_is_listed_as_such_and_has_no_features(ask: Asked) -> None:
    address = "https://inarisk.example.org/wms?layers=banjir"
    assert add(ask, kind="wms", source=address, attribution="BNPB").status_code == 201
    one = told(ask, "leader")["overlay-uji"]
    assert (one["is_online"], one["kind"], one["source"], one["default"]) == (True, "wms", address, False)
    assert features(ask, "overlay-uji") == []


def test_a_layer_is_taken_off_once(ask: Asked) -> None:
    add(ask, kind="tiles", source="https://petak.example.org/{z}/{x}/{y}.png")
    body = {"uid": str(uuid4())}
    first, again = (ask("coordinator", "POST", "/overlays/uji/remove", body).json for _ in range(2))
    assert first == again and first["kind"] == "overlay.removed"
    assert "overlay-uji" not in told(ask)
    assert ask("coordinator", "POST", "/overlays/uji/remove", {"uid": str(uuid4())}).status_code == 404


def test_two_layers_of_one_name_stand_beside_each_other(ask: Asked) -> None:
    hazard = {"type": "FeatureCollection", "features": [_hazard(*INSIDE)]}
    for _ in range(2):
        assert add(ask, kind="geojson", collection=hazard).status_code == 201
    assert len([name for name in told(ask) if name.startswith("overlay-uji")]) == 2


@pytest.mark.parametrize("role", [role for role in rules.ROLES if not rules.may(role, "ground.manage")])
def test_only_who_keeps_the_ground_adds_a_layer(ask: Asked, role: str) -> None:
    assert add(ask, role, kind="wms", source="https://wms.example.org/").status_code == 403


@pytest.mark.parametrize(
    ("said", "field"),
    [
        ({"kind": "geojson"}, "collection"),
        ({"kind": "geojson", "collection": {"type": "FeatureCollection", "features": []}}, "collection"),
        ({"kind": "geojson", "collection": {"features": [{"geometry": {"type": "Point"}}]}}, "collection"),
        ({"kind": "geojson", "collection": {"features": [{"geometry": None}]}}, "collection"),
        ({"kind": "geojson", "collection": {"features": ["x"]}}, "collection"),
        ({"kind": "geojson", "collection": {"features": [_hazard(116.5, 98.0)]}}, "collection"),
        ({"kind": "wms", "source": "javascript:alert(1)"}, "source"),
        ({"kind": "wms", "source": "https://a.example.org/ ; script-src *"}, "source"),
        ({"kind": "tiles", "source": "https://a.example.org/x.png"}, "source"),
        ({"kind": "satelit", "source": "https://a.example.org/"}, "kind"),
    ],
)
def test_what_is_no_layer_is_refused_beside_its_field(ask: Asked, said: dict[str, Any], field: str) -> None:
    answer = add(ask, **said)
    assert (answer.status_code, answer.json["field"]) == (422, field)
    assert not any(name.startswith("overlay-") for name in told(ask))


def test_a_hazard_map_may_be_larger_than_a_call_and_is_mended(ask: Asked) -> None:
    bow = {"type": "Polygon", "coordinates": [[[116, -8], [117, -9], [117, -8], [116, -9], [116, -8]]]}
    wide = {"type": "Feature", "geometry": bow, "properties": {"kelas": "x" * 300}}
    many = [{**wide, "properties": {f"kolom{n}": "y" * 200 for n in range(10)}} for _ in range(600)]
    answer = add(ask, kind="geojson", collection={"features": [wide, *many]})
    assert (answer.status_code, answer.json["body"]["mended"]) == (201, 601)
    found = features(ask, "overlay-uji")
    assert all(shape(one["geometry"]).is_valid for one in found) and len(found[0]["properties"]["kelas"]) == 200


@on_spatialite
def test_boundaries_for_a_zoom_are_those_the_board_draws_and_without_one_as_they_were_imported(
    app: Any, ask: Asked, ground: Asked
) -> None:
    drawn = ask("leader", "GET", f"/boundaries?level=4&zoom=12&bbox={BOX}").json["features"]
    assert features(ask, "boundaries", f"zoom=12&bbox={BOX}", "leader") == drawn != []
    assert app.extensions["drawings"]._kept.keys() == {(4, 12)}
    (whole,) = features(ask, "boundaries", f"bbox={BOX}", "leader")
    assert shape(whole["geometry"]).symmetric_difference(_square(*INSIDE)).area < 1e-9


def test_the_legend_says_the_words_the_screens_say() -> None:
    """Zones and facilities have one table of words for every screen; the legend of a layer is the same."""
    said = dict(
        re.findall(r'^  (\w+): N_\("([^"]+)"\)', (ROOT / "static" / "js" / "ground_kinds.js").read_text(), re.M)
    )
    signs = {sign.sign.partition("-")[2]: sign.words for sign in (*ZONE_SIGNS, *FACILITY_SIGNS)}
    assert signs == said
