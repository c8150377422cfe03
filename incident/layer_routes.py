"""The API of the map's layers: which there are, the features of one, and the layers a site adds itself."""

from collections.abc import Mapping
from typing import Any

from flask import Response, current_app, request
from flask_babel import gettext
from marshmallow import EXCLUDE, Schema, fields, validate
from sqlalchemy import Connection

from gis import overlays as files
from gis.gazetteer import ATTRIBUTION
from gis.layers import Ask, Box, Layer, find_layer, layers
from incident import overlays, rules
from incident import schemas as s
from incident.api import Door, answer, me, post, rule
from incident.errors import NotAllowed, NotFound
from incident.routes import _box

api = Door("layers", __name__, url_prefix="/api/v1", description="Layers of the map")
OVERLAY = "overlay-"


class LayerQuery(Schema):
    class Meta:
        unknown = EXCLUDE

    bbox = fields.String(metadata={"description": "west,south,east,north in degrees; without it everything"})
    zoom = fields.Float(allow_nan=False, validate=validate.Range(0, 24))
    hours = fields.Float(load_default=24.0, allow_nan=False, validate=validate.Range(0.1, 24 * 366))


class OverlayIn(s.Strict):
    """A layer of the site's own: `collection` for geojson, `source` for wms and tiles."""

    uid = s.sender_key()
    name = s.words(120, required=True)
    kind = s.one_of(overlays.KINDS, required=True)
    source = s.words(500)
    attribution = s.words(200)
    opacity = fields.Float(allow_nan=False, validate=validate.Range(0.1, 1))
    collection = fields.Dict()


@api.get("/layers")
@rule(api, "place.read")
@api.response(200, s.Anything)
def list_layers() -> Response:
    """The layers this role may see, the lowest on the map first, with their words and legends."""
    role = me().role
    with post().database.read() as conn:
        added = overlays.every(conn)
    shown = [one for one in layers() if rules.may(role, one.about.verb)]
    return answer({"layers": [told for one in shown for told in _told(one, added)], "attribution": ATTRIBUTION})


def _told(one: Layer, added: list[dict[str, Any]]) -> list[dict[str, Any]]:
    if one.name == "overlays":
        return [_told_overlay(one, row) for row in added]
    about = one.about
    facts = {"name": one.name, "words": gettext(about.words), "group": gettext(about.group), "kind": "features"}
    rest = {"attribution": about.attribution, "default": about.is_default, "is_online": False, "can_export": True}
    return [{**facts, "legend": _legend(one), **rest, "cards": about.cards, "stale_after": about.stale_after}]


def _legend(one: Layer) -> list[dict[str, str]]:
    return [{"sign": sign.sign, "words": gettext(sign.words)} for sign in one.about.legend]


def _told_overlay(one: Layer, row: Mapping[str, Any]) -> dict[str, Any]:
    """A layer of the site: its own name; one that lies elsewhere is online, and off until it is switched on."""
    is_online = row["kind"] in overlays.ONLINE
    facts = {"name": OVERLAY + row["id"], "words": row["name"], "group": gettext(one.about.group)}
    rest = {"attribution": row["attribution"], "default": False, "is_online": is_online, "can_export": not is_online}
    rest["opacity"] = row["opacity"]
    source = {"kind": row["kind"], "source": row["source"]} if is_online else {"kind": "features"}
    return {**facts, **source, "legend": _legend(one), **rest, "cards": "", "stale_after": one.about.stale_after}


@api.get("/layers/<name>")
@rule(api, "place.read", 404)
@api.response(200, s.Features)
@api.arguments(LayerQuery, location="query")
def get_features(given: dict[str, Any], name: str) -> Response:
    """The features of a layer as GeoJSON, in a box, as this role may see them; `more` says that there are others."""
    box = box_of(given.get("bbox"))
    with post().database.read() as conn:
        one, asked = open_layer(conn, name, box, given["hours"], given.get("zoom"))
        return answer(one.answer(asked))


def box_of(words: str | None) -> Box | None:
    """west,south,east,north as four numbers, None where nothing was said; raises BadReport."""
    if words is None:
        return None
    box = _box(words)
    return box["west"], box["south"], box["east"], box["north"]


def open_layer(
    conn: Connection, name: str, box: Box | None = None, hours: float = 24.0, zoom: float | None = None, **more: Any
) -> tuple[Layer, Ask]:
    """The layer of that name and the question to ask it for who is here; raises NotFound or NotAllowed."""
    which = name.removeprefix(OVERLAY) if name.startswith(OVERLAY) else ""
    found = find_layer("overlays" if which else name)
    if found is None or (which and overlays.find(conn, which) is None):
        raise NotFound("Lapisan itu tidak ada.")
    someone, here = me(), post()
    if not rules.may(someone.role, found.about.verb):
        raise NotAllowed("Peran Anda tidak boleh melihat lapisan ini.")
    site, data = here.settings.site, here.settings.data
    known = {"which": which, "post": here, "drawings": current_app.extensions["drawings"]}
    asked = Ask(conn, here.database, someone.viewer, site, data, here.clock(), box, hours, zoom, **known, **more)
    return found, asked


@api.post("/overlays")
@rule(api, "ground.manage", 409, 413)
@api.response(201, s.EntryOut)
@api.arguments(OverlayIn)
def add_overlay(given: dict[str, Any]) -> Response:
    """Add a hazard map of the site's own (GeoJSON up to 20 MB) or the address of a WMS or of tiles."""
    uid, collection = str(given.pop("uid")), given.pop("collection", None)
    kind, source = given["kind"], given.get("source", "")
    shapes = current_app.extensions["run_apart"](lambda: overlays.checked(kind, source, collection))
    return answer(post().do(overlays.add, me().name, uid, **given, shapes=shapes), 201)


@api.post("/overlays/<overlay_id>/remove")
@rule(api, "ground.manage", 404, 409)
@api.response(200, s.EntryOut)
@api.arguments(s.UidIn)
def remove_overlay(given: dict[str, Any], overlay_id: str) -> Response:
    """Take a layer of the site off the map."""
    return answer(post().do(overlays.remove, me().name, str(given["uid"]), overlay_id))


@api.before_app_request
def _allow_a_large_file() -> None:
    """A hazard map is larger than any call: this one route takes more, from those who may."""
    if request.endpoint == "layers.add_overlay":
        request.max_content_length = files.MAX_BYTES
