"""The API of boundaries: what a map draws of villages, districts and regencies."""

from typing import Any

from flask import Response, current_app, request
from marshmallow import EXCLUDE, Schema, fields, validate

from gis.drawn import Drawings
from incident import schemas as s
from incident.api import Door, rule
from incident.routes import _box

api = Door("boundaries", __name__, url_prefix="/api/v1", description="Boundaries of villages, districts, regencies")


class BoundariesQuery(Schema):
    """Which boundaries: a level (1 province to 4 village), a box, the zoom they are drawn at."""

    class Meta:
        unknown = EXCLUDE

    level = fields.Integer(load_default=4, validate=validate.Range(1, 4, error="level adalah 1 sampai 4."))
    zoom = fields.Float(
        load_default=11, allow_nan=False, validate=validate.Range(0, 24, error="zoom adalah 0 sampai 24.")
    )
    bbox = fields.String(metadata={"description": "west,south,east,north in degrees; without it everything"})


class BoundariesOut(s.Features):
    """Areas as GeoJSON; `zoom` is how near they are fine enough for, `capped` that they were too many to send."""

    capped = fields.Boolean(required=True)
    zoom = fields.Integer(required=True)


@api.get("/boundaries")
@rule(api, "place.read")
@api.response(200, BoundariesOut)
@api.arguments(BoundariesQuery, location="query")
def list_boundaries(given: dict[str, Any]) -> Response:
    """Boundaries as GeoJSON, thinned for the zoom; `capped` when they are too many: ask nearer or a higher level."""
    box = _box(given["bbox"]) if "bbox" in given else None
    drawings: Drawings = current_app.extensions["drawings"]
    asked = (given["level"], round(given["zoom"]), box)
    tag = drawings.tag(*asked)
    response = Response(status=304) if tag in request.if_none_match else Response(drawings.collection(*asked))
    response.mimetype = "application/json"
    response.headers["Cache-Control"] = "private, no-cache"
    response.set_etag(tag)
    return response
