"""Every layer of the map as a file: GeoPackage, KML, GPX, CSV, GeoJSON, as the role that asks may see it."""

import threading
from typing import Any
from zoneinfo import ZoneInfo

from flask import Response, current_app
from flask_babel import gettext
from marshmallow import EXCLUDE, Schema, fields, validate

from gis import exports
from gis.exports import FORMS, MOST_FEATURES, Sheet
from gis.layers import Collection, Layer
from incident.api import Door, post, rule
from incident.errors import NotFound, Refused
from incident.layer_routes import box_of, open_layer

api = Door("exports", __name__, url_prefix="/api/v1", description="Layers of the map as files")
AT_ONCE = threading.BoundedSemaphore(2)  # files being written in this process: each takes memory
FILE = {"schema": {"type": "string", "format": "binary"}}


class TooMuch(Refused):
    """More than a file holds; narrow it."""

    status = 413


class ExportQuery(Schema):
    class Meta:
        unknown = EXCLUDE

    bbox = fields.String(metadata={"description": "west,south,east,north in degrees; without it everything"})
    hours = fields.Float(load_default=24.0, allow_nan=False, validate=validate.Range(0.1, 24 * 366))


@api.get("/layers/<string:name>.<string:form>")
@rule(api, "place.read", 404, 413)
@api.doc(responses={200: {"description": "The file", "content": {mime: FILE for mime, _ in FORMS.values()}}})
@api.arguments(ExportQuery, location="query")
def export_layer(given: dict[str, Any], name: str, form: str) -> Response:
    """A layer as a file: gpkg, kml, gpx, csv (UTF-8, commas) or geojson; at most 30,000 features."""
    if form not in FORMS:
        raise NotFound(f"Bentuk berkas itu tidak ada; yang ada: {', '.join(FORMS)}.")
    with AT_ONCE:
        layer, found = _read(name, box_of(given.get("bbox")), given["hours"])
        sheet = _sheet(name, layer)
        return _as_file(_written(form, found, sheet), form, sheet)


def _read(name: str, box: Any, hours: float) -> tuple[Layer, Collection]:
    """The features, read off the event loop; raises TooMuch."""
    apart = current_app.extensions["run_apart"]
    with post().database.read() as conn:
        layer, asked = open_layer(conn, name, box, hours, limit=MOST_FEATURES)
        found: Collection = apart(lambda: layer.answer(asked))
    if found.get("more"):
        raise TooMuch(f"Lebih dari {MOST_FEATURES} baris; persempit wilayahnya dengan bbox.", "bbox")
    return layer, found


def _sheet(name: str, layer: Layer) -> Sheet:
    here = post()
    site, about = here.settings.site, layer.about
    made_at = here.clock().astimezone(ZoneInfo(site.zone))
    return Sheet(
        name, gettext(about.words), site.name, made_at, site.zone_label, here.settings.exercise, about.attribution
    )


def _written(form: str, found: Collection, sheet: Sheet) -> bytes:
    def write() -> bytes:
        return exports.write(form, found["features"], sheet)

    try:
        return write() if form in exports.IN_A_PROCESS else current_app.extensions["run_apart"](write)
    except exports.CannotExport as fault:
        raise TooMuch(str(fault)) from None


def _as_file(content: bytes, form: str, sheet: Sheet) -> Response:
    response = Response(content, mimetype=FORMS[form][0])
    response.headers["Content-Disposition"] = f'attachment; filename="{exports.file_name(sheet, form)}"'
    response.headers["Cache-Control"] = "no-store"
    return response
