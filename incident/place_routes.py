"""The API of places: what the words may mean, and which village a point lies in."""

from dataclasses import asdict
from typing import Any

from flask import Response, current_app
from marshmallow import EXCLUDE, Schema, fields

from gis.coordinates import Position
from gis.finder import Finder
from gis.reverse import Ground, Here
from incident import schemas as s
from incident.api import Door, answer, rule
from incident.errors import BadReport

api = Door("places", __name__, url_prefix="/api/v1", description="Places by their words and by their point")


class PlacesQuery(Schema):
    """The words, and where the one who asks is looking: nearer ones come first among equals."""

    class Meta:
        unknown = EXCLUDE

    q = fields.String(load_default="", metadata={"description": "Words, coordinates, a Plus Code or a map link"})
    lon = s.degrees(180)
    lat = s.degrees(90)


class PointQuery(Schema):
    """A point in WGS 84 degrees."""

    class Meta:
        unknown = EXCLUDE

    lon = s.degrees(180, required=True)
    lat = s.degrees(90, required=True)


class PlaceOut(Schema):
    """A place: `kind` is village, district, regency, province, landmark, facility or position."""

    name = fields.String()
    full = fields.String(metadata={"description": "Desa, Kec., Kab."})
    code = fields.String(metadata={"description": "Kemendagri code, or empty"})
    lon = fields.Float(allow_none=True)
    lat = fields.Float(allow_none=True)
    radius_m = fields.Float(allow_none=True, metadata={"description": "Doubt of the point, in metres"})
    how = fields.String(metadata={"description": "name, beginning, spelling, coordinates, link or plus_code"})
    kind = fields.String()
    score = fields.Float()
    said = fields.String(metadata={"description": "Words that belong to the place and are no name: RT 02/RW 01"})
    doubt = fields.String(metadata={"description": "Of a position: empty, swapped, hemisphere or abroad"})


class PlacesOut(Schema):
    """Places, best first; `equal` says that the first is no better than the second, so somebody must choose."""

    places = fields.List(fields.Nested(PlaceOut))
    equal = fields.Boolean()
    hint = fields.String(metadata={"description": "A sentence for the operator, or empty"})


class HereOut(Schema):
    """The village of a point; approximate when no boundary holds it."""

    full = fields.String()
    code = fields.String()
    name = fields.String()
    approximate = fields.Boolean()
    distance_m = fields.Float()


class WhereOut(Schema):
    """Where a point lies; null where nothing known is near."""

    place = fields.Nested(HereOut, allow_none=True)


@api.get("/places")
@rule(api, "place.read")
@api.response(200, PlacesOut)
@api.arguments(PlacesQuery, location="query")
def find_places(given: dict[str, Any]) -> Response:
    """The places the words may mean, those of this site first; a third of all names are not unique."""
    finder: Finder = current_app.extensions["finder"]
    found = finder.find(given["q"], _near(given))
    return answer({"places": [asdict(one) for one in found.places], "equal": found.equal, "hint": found.hint})


def _near(given: dict[str, Any]) -> Position | None:
    if ("lon" in given) != ("lat" in given):
        raise BadReport("Posisi perlu bujur dan lintang, keduanya.", "lon" if "lat" in given else "lat")
    return Position(given["lon"], given["lat"]) if "lon" in given else None


@api.get("/places/reverse")
@rule(api, "place.read")
@api.response(200, WhereOut)
@api.arguments(PointQuery, location="query")
def find_here(given: dict[str, Any]) -> Response:
    """The village a point lies in; approximate where only a neighbour's boundary or a published point says so."""
    ground: Ground = current_app.extensions["ground"]
    here = ground.at(given["lon"], given["lat"])
    return answer({"place": _told(here) if here else None})


def _told(here: Here) -> dict[str, Any]:
    return {name: getattr(here, name) for name in ("full", "code", "name", "approximate", "distance_m")}
