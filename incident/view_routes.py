"""The doors to what lies where: the viewport, the heat and the hot spots of the last hours, what is near and within."""

import datetime as dt
from typing import Any

import shapely
from flask import Response, current_app
from marshmallow import EXCLUDE, Schema, ValidationError, fields, validate
from sqlalchemy import Connection

from gis import queries as spatial
from gis import zones
from gis.coordinates import Position
from incident import people, queries, rules, view
from incident import schemas as s
from incident.api import Door, answer, me, packed, post, rule
from incident.duty import ranking
from incident.errors import BadReport, NotAllowed
from incident.overview import Overview

api = Door("view", __name__, url_prefix="/api/v1", description="The viewport, the last hours, near and within")
STATES = ("open", *rules.INCIDENT_STATES)
WITHIN_SHOWN = 200
EARLIEST_H = 24 * 31


def _overview() -> Overview:
    """The tables of this process."""
    found: Overview = current_app.extensions.setdefault("overview", Overview())
    return found


# what is asked


class Box(fields.Field):
    """`west,south,east,north` in degrees, as four numbers."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **_: Any) -> tuple[float, float, float, float]:
        try:
            west, south, east, north = (float(part) for part in str(value).split(","))
        except ValueError:
            raise ValidationError("bbox adalah empat angka: barat,selatan,timur,utara.") from None
        if not (-180 <= west <= east <= 180 and -90 <= south <= north <= 90):
            raise ValidationError(_why_no_box(west, south, east, north))
        return west, south, east, north


def _why_no_box(west: float, south: float, east: float, north: float) -> str:
    if 94 <= south <= 142 and 94 <= north <= 142:
        return "Lintang dan bujur di bbox tertukar: tulis barat,selatan,timur,utara."
    return "bbox adalah barat,selatan,timur,utara dalam derajat, barat dan selatan lebih kecil."


class Layers(fields.Field):
    """Names of layers with commas between them."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **_: Any) -> tuple[str, ...]:
        names = tuple(dict.fromkeys(name.strip() for name in str(value).split(",") if name.strip()))
        if not names or set(names) - set(view.LAYERS):
            raise ValidationError(f"Lapis yang ada: {', '.join(view.LAYERS)}.")
        return names


def _box(required: bool) -> Box:
    said = {"type": "string", "description": "west,south,east,north in degrees"}
    return Box(required=required, metadata=said)


def _zoom(**more: Any) -> fields.Float:
    return fields.Float(allow_nan=False, validate=validate.Range(0, 22), **more)


def _hours() -> fields.Float:
    return fields.Float(load_default=6.0, allow_nan=False, validate=validate.Range(0.1, EARLIEST_H))


def _share(low: float, high: float, usual: float) -> fields.Float:
    return fields.Float(load_default=usual, allow_nan=False, validate=validate.Range(low, high))


class Query(Schema):
    class Meta:
        unknown = EXCLUDE


class ViewQuery(Query):
    bbox = _box(required=True)
    zoom = _zoom(required=True)
    layers = Layers(
        load_default=("incidents",),
        metadata={"type": "string", "description": f"with commas: {', '.join(view.LAYERS)}"},
    )
    state = fields.String(validate=validate.OneOf([*STATES, *rules.CLASSES]))
    type = s.type_code()
    priority = s.one_of(rules.PRIORITIES)
    since = s.moment()


class HeatQuery(Query):
    hours = _hours()
    bbox = _box(required=False)
    zoom = _zoom(load_default=11.0)


class HotQuery(Query):
    hours = _hours()
    reach_m = _share(50, 20_000, 1_000)
    least = fields.Integer(load_default=5, validate=validate.Range(2, 1000))


class NearQuery(Query):
    lon = fields.Float(required=True, allow_nan=False, validate=validate.Range(-180, 180))
    lat = fields.Float(required=True, allow_nan=False, validate=validate.Range(-90, 90))
    k = fields.Integer(load_default=5, validate=validate.Range(1, 50))
    kind = fields.String(load_default="units", validate=validate.OneOf(["units", "facilities"]))
    capability = fields.String(validate=validate.Regexp(r"^[\w\- ]{1,30}$"))
    type = s.a_word()
    in_service = fields.Boolean(load_default=True)
    free = fields.Boolean(load_default=False)
    max_age_s = fields.Integer(validate=validate.Range(1, 10**8))


class WithinIn(s.Strict):
    """A GeoJSON geometry (area or line), how far round it still counts, and which incidents."""

    shape = fields.Dict(required=True)
    margin_m = fields.Float(load_default=0.0, allow_nan=False, validate=validate.Range(0, 100_000))
    state = fields.String(load_default="open", validate=validate.OneOf(STATES))
    confirmed = fields.Boolean(load_default=False)


# what is answered


class Cluster(Schema):
    """Points of one cell of the grid: their middle, their number, the worst of them, the cell."""

    layer = fields.String(required=True)
    lon = fields.Float(required=True)
    lat = fields.Float(required=True)
    count = fields.Integer(required=True)
    worst = fields.String(required=True, allow_none=True)
    bbox = fields.List(fields.Float(), required=True)


class ViewOut(Schema):
    """What a viewport shows; `total` is how many lie in the cells that it touches."""

    clusters = fields.List(fields.Nested(Cluster), required=True)
    points = fields.List(fields.Dict(), required=True)
    total = fields.Integer(required=True)


class HeatOut(Schema):
    """Cells: longitude, latitude, how many."""

    cells = fields.List(fields.List(fields.Float()), required=True)
    since = fields.String(required=True)


class VillageOut(Schema):
    """A village a shape touches; `share` (0..1) is how much of it, null where only its point is known."""

    code = fields.String(required=True)
    name = fields.String(required=True)
    full = fields.String(required=True)
    share = fields.Float(required=True, allow_none=True)
    approximate = fields.Boolean(required=True)


class HotOut(Schema):
    """Where incidents crowd; `considered` of `of` incidents were looked at."""

    hotspots = fields.List(fields.Dict(), required=True)
    considered = fields.Integer(required=True)
    of = fields.Integer(required=True)
    since = fields.String(required=True)


class NearOut(Schema):
    """Nearest first; `basis` says what the estimate of the way is made of."""

    nearest = fields.List(fields.Dict(), required=True)
    basis = fields.String(required=True)


class WithinOut(Schema):
    """What a shape holds."""

    villages = fields.List(fields.Nested(VillageOut), required=True)
    incidents = fields.Dict(required=True)
    units = fields.List(fields.Dict(), required=True)
    facilities = fields.List(fields.Dict(), required=True)
    mended = fields.String(required=True, allow_none=True)


# the doors


@api.get("/view")
@rule(api, "incident.read")
@api.response(200, ViewOut)
@api.arguments(ViewQuery, location="query")
def get_view(given: dict[str, Any]) -> Response:
    """What a viewport shows: clusters whose cells stand still while the map is panned, and single points."""
    someone = me()
    _require_layers(someone, given["layers"])
    with post().database.read() as conn:
        if given.get("type") and (kind := queries.find_type(conn, post(), given["type"])):
            given["type"] = kind["code"]
        asked = view.Question(given.pop("bbox"), **given)
        return packed(view.view(conn, post(), _overview(), someone.viewer, asked))


def _require_layers(someone: people.Someone, layers: tuple[str, ...]) -> None:
    """Calls are for those who may read calls; of the rest everyone gets what is theirs."""
    if "calls" in layers and not rules.may(someone.role, "call.read"):
        raise NotAllowed("Peran Anda tidak boleh melihat laporan yang masuk.")


@api.get("/heat")
@rule(api, "incident.read")
@api.response(200, HeatOut)
@api.arguments(HeatQuery, location="query")
def get_heat(given: dict[str, Any]) -> Response:
    """How many incidents opened in the last hours, by cells of the ground."""
    since = _since(given["hours"])
    with post().database.read() as conn:
        table = view.incidents_of(conn, _overview(), me().viewer)
        cells = view.heat(table, since, given.get("bbox"), given["zoom"])
    return packed({"cells": cells, "since": queries.iso(since)})


def _since(hours: float) -> dt.datetime:
    return post().clock() - dt.timedelta(hours=hours)


@api.get("/hotspots")
@rule(api, "incident.read")
@api.response(200, HotOut)
@api.arguments(HotQuery, location="query")
def list_hotspots(given: dict[str, Any]) -> Response:
    """Where incidents of the last hours crowd (DBSCAN in metres): likely one disaster, for a person to decide."""
    since = _since(given["hours"])
    with post().database.read() as conn:
        table = view.incidents_of(conn, _overview(), me().viewer)
        found = view.hot_spots(conn, post(), table, since, given["reach_m"], given["least"])
    return packed({**found, "since": queries.iso(since)})


@api.get("/nearest")
@rule(api, "place.read")
@api.response(200, NearOut)
@api.arguments(NearQuery, location="query")
def list_nearest(given: dict[str, Any]) -> Response:
    """The nearest units or facilities, with metres, an estimate of the way, and the age of a unit's position."""
    where, near = Position(given["lon"], given["lat"]), _NEAREST[given["kind"]]
    with post().database.read() as conn:
        found = near(conn, where, given)
    return answer({"nearest": found, "basis": ranking.ETA_BASIS})


def _near_units(conn: Connection, where: Position, given: dict[str, Any]) -> list[dict[str, Any]]:
    now, viewer = post().clock(), me().viewer
    conditions = view.unit_conditions(viewer, now, given)
    columns = queries.UNIT_COLUMNS
    found = spatial.nearest(conn, post().database, view.UNITS, columns, where, given["k"], *conditions)
    active = queries.active_by_unit(conn)
    return [
        {
            "unit": queries.unit_card(one.row, active[one.row["id"]]),
            **ranking.way(one.away_m),
            **ranking.age_of(one.row["position_at"], now),
        }
        for one in found
    ]


def _near_facilities(conn: Connection, where: Position, given: dict[str, Any]) -> list[dict[str, Any]]:
    if rules.ROLE_SEES[me().role].get("facilities", "none") == "none":
        return []
    conditions = view.facility_conditions(given)
    columns = view.FACILITY_COLUMNS
    found = spatial.nearest(conn, post().database, view.FACILITIES, columns, where, given["k"], *conditions)
    return [{"facility": view.facility_point(one.row), **ranking.way(one.away_m)} for one in found]


_NEAREST = {"units": _near_units, "facilities": _near_facilities}


@api.post("/within")
@rule(api, "incident.read")
@api.response(200, WithinOut)
@api.arguments(WithinIn)
def ask_within(given: dict[str, Any]) -> Response:
    """What a drawn shape holds: the villages it touches, incidents, units, facilities. Nothing is kept."""
    drawn = _drawn(given)
    shape, margin_m, viewer = shapely.from_wkt(drawn.wkt), given["margin_m"], me().viewer
    with post().database.read() as conn:
        held = view.Held(conn, post(), viewer, shape, margin_m)
        found = {
            "villages": [view.village_words(one) for one in held.villages()],
            "incidents": held.incidents(given["state"], WITHIN_SHOWN),
            "units": held.units(),
            "facilities": held.facilities(),
        }
    return packed({**found, "mended": drawn.mended})


def _drawn(given: dict[str, Any]) -> zones.Drawn:
    """The shape, checked as one that is drawn to stay; raises BadReport."""
    kind = {"LineString": "road_cut", "MultiLineString": "road_cut", "Point": "post"}.get(
        str(given["shape"].get("type"))
    )
    try:
        return zones.checked(kind or "affected", given["shape"], confirmed=given["confirmed"])
    except zones.BadShape as fault:
        raise BadReport(str(fault), "shape", **fault.more) from None
