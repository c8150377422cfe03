"""What the routes of the ground take: zones, facilities, landmarks, and lists of them."""

from marshmallow import EXCLUDE, Schema, fields, validate

from gis.tables import FACILITY_KINDS, MAX_CAPACITY
from gis.zones import KINDS, MAX_VERTICES
from incident.schemas import Placed, Strict, code_of_area, degrees, meant, moment, one_of, sender_key, some_id, words

SHAPE = f"A GeoJSON geometry that fits the kind, WGS 84, longitude first, at most {MAX_VERTICES} vertices."


class ZoneIn(Strict):
    """Something drawn on the map: `affected` and `isolated` are areas, `road_cut` and `evacuation_route` lines."""

    uid = sender_key()
    kind = one_of(KINDS, required=True)
    words = words(200)
    incident_id = some_id()
    expires_at = moment()
    shape = fields.Dict(required=True, metadata={"description": SHAPE})
    confirmed = meant()


class WhyIn(Strict):
    uid = sender_key()
    why = words(200, required=True)


class MaybeWhyIn(Strict):
    uid = sender_key()
    why = words(200)


class ZonesQuery(Schema):
    class Meta:
        unknown = EXCLUDE

    bbox = fields.String(metadata={"description": "west,south,east,north in degrees"})
    kind = one_of(KINDS)
    struck = fields.Boolean(load_default=False, metadata={"description": "Also those struck through or run out."})


def how_many() -> fields.Integer:
    """A number of people; null takes it away."""
    return fields.Integer(strict=True, allow_none=True, validate=validate.Range(0, MAX_CAPACITY))


class FacilityIn(Placed):
    """A facility for the map; `capacity` and `occupied` in people."""

    uid = sender_key()
    kind = one_of(FACILITY_KINDS, required=True)
    name = words(120, required=True)
    lon = degrees(180, required=True)
    lat = degrees(90, required=True)
    capacity = how_many()
    occupied = how_many()
    area_code = code_of_area()
    note = words(300, allow_none=True)
    confirmed = meant()


class FacilityChangeIn(Placed):
    """Only what changes."""

    uid = sender_key()
    kind = one_of(FACILITY_KINDS)
    name = fields.String(validate=validate.Length(1, 120))
    lon = degrees(180)
    lat = degrees(90)
    capacity = how_many()
    occupied = how_many()
    area_code = code_of_area()
    note = words(300, allow_none=True)
    confirmed = meant()


class FacilitiesQuery(Schema):
    class Meta:
        unknown = EXCLUDE

    bbox = fields.String(metadata={"description": "west,south,east,north in degrees"})
    kind = one_of(FACILITY_KINDS)


class LandmarkIn(Placed):
    """A place people know, and how far off its point may be, in metres."""

    uid = sender_key()
    name = words(120, required=True)
    kind = words(30)
    lon = degrees(180, required=True)
    lat = degrees(90, required=True)
    radius_m = fields.Float(allow_nan=False, validate=validate.Range(0, 20_000))
    area_code = code_of_area()
    confirmed = meant()


class LandmarksQuery(Schema):
    class Meta:
        unknown = EXCLUDE

    bbox = fields.String(metadata={"description": "west,south,east,north in degrees"})
    q = fields.String(load_default="", validate=validate.Length(max=120))
    limit = fields.Integer(load_default=500, validate=validate.Range(1, 5000))
    cursor = fields.Integer(load_default=0, validate=validate.Range(0, 2**53))


class ImportQuery(Schema):
    """How a list is brought in; the list itself is the body."""

    class Meta:
        unknown = EXCLUDE

    uid = sender_key()
    source = fields.String(load_default="", validate=validate.Length(max=120), metadata={"description": "File name."})
    skip_bad = fields.Boolean(load_default=False, metadata={"description": "Leave out the rows that cannot be used."})
    confirmed = meant()


class Imported(Schema):
    """What came in: new, changed, as it was, closed or forgotten here and left so; and the rows left out."""

    added = fields.Integer(required=True)
    changed = fields.Integer(required=True)
    same = fields.Integer(required=True)
    gone = fields.Integer(required=True)
    left_out = fields.Integer(required=True)
