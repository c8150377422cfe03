"""A unit's track comes in once, by who may, from a file that is one; it is a line on the map and in the journal."""

import io
import json
from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import func, select

from gis.models import Track
from incident import journal
from tests.cast import NAMES, SECRET
from tests.factories import on_spatialite
from tests.gis.test_tracks import GPX, HOSTILE, KML

FAR = GPX.replace('lon="116.6"', 'lon="16.6"')


@pytest.fixture
def bring(app: Any, cast: Any) -> Any:
    """Send a file as a role, as the body itself."""

    def brought(content: str | bytes, role: str = "dispatcher", unit: str = "TRC-1", **query: Any) -> Any:
        path = f"/api/v1/units/{cast.units[unit]}/tracks"
        headers = {**cast.headers(role), "Content-Type": "application/gpx+xml"}
        return app.test_client().post(path, data=content, headers=headers, query_string=query)

    return brought


@pytest.fixture
def kept(app: Any) -> Any:
    """How many tracks are kept."""

    def count() -> int:
        with app.extensions["posko"].database.read() as conn:
            return int(conn.scalar(select(func.count()).select_from(Track)))

    return count


def test_a_track_is_journaled_and_drawn_where_the_unit_went(app, cast, bring, ask):
    entry = bring(GPX, name="Patroli 1").json
    assert (entry["kind"], entry["by"]) == ("unit.tracked", NAMES["dispatcher"])
    facts = {name: entry["body"][name] for name in ("unit", "name", "points", "began_at")}
    assert facts == {"unit": "TRC-1", "name": "Patroli 1", "points": 5, "began_at": "2026-11-22T00:00:00.000000Z"}
    assert 4000 < entry["body"]["length_m"] < 6000
    wanted = [[[116.5, -8.5], [116.52, -8.51]], [[116.6, -8.6], [116.6, -8.61], [116.6, -8.62]]]
    layer = ask("dispatcher", "GET", "/layers/tracks").json["features"]
    lent = app.test_client().get("/ogc/collections/tracks/items", headers=cast.headers("dispatcher")).json["features"]
    for found in (layer, lent):
        assert [one["geometry"]["coordinates"] for one in found] == [wanted]
        assert found[0]["properties"]["call_sign"] == "TRC-1"
    file = ask("dispatcher", "GET", "/layers/tracks.geojson")
    assert json.loads(file.data)["features"][0]["geometry"]["coordinates"] == wanted


def test_the_same_file_again_is_the_same_track_and_another_units_is_another(bring, kept):
    first, again = bring(KML), bring(KML)
    assert (first.status_code, again.status_code) == (201, 201) and first.json == again.json
    assert kept() == 1
    assert bring(KML, unit="PSC-1").json["body"]["unit"] == "PSC-1" and kept() == 2
    key = str(uuid4())
    assert bring(KML, uid=key).json == bring(KML, uid=key).json and kept() == 3
    assert bring(GPX, unit="PSC-1", uid=key).json["seq"] and kept() == 3, "a key is used once"


@on_spatialite
def test_a_form_of_a_browser_brings_a_file_too(app, cast, kept):
    client = app.test_client()
    client.post("/login", data={"name": NAMES["dispatcher"], "secret": SECRET})
    key = client.get_cookie("posko_session").value
    csrf = app.extensions["people"].by_session(key).csrf
    path = f"/api/v1/units/{cast.units['TRC-1']}/tracks"
    sent = {"file": (io.BytesIO(GPX.encode()), "pagi.gpx")}
    answer = client.post(path, data=sent, headers={"X-CSRF-Token": csrf})
    assert answer.status_code == 201 and answer.json["body"]["name"] == "Patroli pagi"
    sent = {"file": (io.BytesIO(KML.encode()), "pagi.kml")}
    assert client.post(path, data=sent).status_code == 403 and kept() == 1


@on_spatialite
def test_a_field_team_brings_its_own_and_nobody_without_the_verb_any(bring, kept):
    assert bring(GPX, "field").status_code == 201
    assert bring(KML, "field", unit="PSC-1").status_code == 404
    for role in ("call_taker", "agency", "village", "leader"):
        assert bring(KML, role).status_code == 403
    assert kept() == 1


@on_spatialite
@pytest.mark.parametrize("what", HOSTILE)
def test_a_bad_file_is_a_sentence_and_nothing_is_kept(app, bring, kept, what):
    answer = bring(HOSTILE[what])
    assert answer.status_code == 422 and answer.json["field"] == "file" and answer.json["detail"]
    with app.extensions["posko"].database.read() as conn:
        assert "unit.tracked" not in {line.kind for line in journal.after(conn, 0)}
    assert kept() == 0


@on_spatialite
def test_a_file_beyond_the_cap_is_not_even_read(app, cast, bring, kept):
    assert bring(b"x" * 6_000_000).status_code == 413
    calls = app.test_client().post("/api/v1/calls", data=b"x" * 2_000_000, headers=cast.headers("call_taker"))
    assert calls.status_code in (413, 422), "other routes keep their own cap"
    assert kept() == 0


@on_spatialite
def test_a_track_far_away_is_asked_about_not_refused(bring, kept):
    answer = bring(FAR)
    assert answer.status_code == 422 and answer.json["confirm"] is True and kept() == 0
    assert bring(FAR, confirm="true").status_code == 201 and kept() == 1


@on_spatialite
def test_a_unit_that_is_none_has_no_track(app, cast, kept):
    for number in (999, 2**60):
        path = f"/api/v1/units/{number}/tracks"
        assert app.test_client().post(path, data=GPX, headers=cast.headers("admin")).status_code == 404
    assert kept() == 0
