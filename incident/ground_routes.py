"""The API of the ground: zones drawn by hand, facilities, landmarks, and lists of them from a file."""

from typing import Any

from flask import Response, current_app, request

from gis import tables
from gis.database import Database
from gis.models import Facility, Zone
from gis.spelling import fold_name
from gis.tables import FACILITIES, LANDMARKS, BadTable, Fault, Table
from gis.zones import BadShape, Drawn, checked
from incident import ground, ground_queries, lens, sayings
from incident import ground_schemas as g
from incident import schemas as s
from incident.api import Door, answer, features, me, post, rule
from incident.doubtful import require_meant, site_box
from incident.errors import BadReport
from incident.routes import _box, s_id

api = Door("ground", __name__, url_prefix="/api/v1", description="Zones, facilities and landmarks")
MAX_SHOWN = 50  # faulty rows named in an answer


# zones


@api.post("/zones")
@rule(api, "zone.draw", 404, 409, 413)
@api.response(201, s.EntryOut)
@api.arguments(g.ZoneIn)
def draw_zone(given: dict[str, Any]) -> Response:
    """Draw an area, a line or a point on everybody's map; what crosses itself is mended, and said so."""
    uid = str(given["uid"])
    drawn = _drawn(given["kind"], given["shape"], given.get("confirmed", False))
    more = {name: given[name] for name in ("words", "incident_id", "expires_at") if name in given}
    return answer(post().do(ground.draw_zone, me().name, uid, given["kind"], drawn, **more), 201)


def _drawn(kind: str, shape: dict[str, Any], confirmed: bool) -> Drawn:
    try:
        return checked(kind, shape, site_box(post()), confirmed)
    except BadShape as fault:
        raise BadReport(str(fault), "shape", **fault.more) from None


@api.post("/zones/<int:zone_id>/strike")
@rule(api, "zone.draw", 404, 409)
@api.response(200, s.EntryOut)
@api.arguments(g.WhyIn)
def strike_zone(given: dict[str, Any], zone_id: int) -> Response:
    """Strike a zone through with a reason; it leaves the maps and stays in the record."""
    return answer(post().do(ground.strike_zone, me().name, str(given["uid"]), s_id(zone_id), given["why"]))


@api.get("/zones")
@rule(api, "place.read")
@api.response(200, s.Features)
@api.arguments(g.ZonesQuery, location="query")
def list_zones(given: dict[str, Any]) -> Response:
    """Zones as GeoJSON; with `struck` also those that no longer hold."""
    wanted = _wanted("zone", "shape", given) + ([Zone.kind == given["kind"]] if "kind" in given else [])
    with post().database.read() as conn:
        cards = ground_queries.zone_cards(conn, *wanted, standing=not given["struck"])
    shown = lens.pick(me().viewer, "zones", cards)
    return answer({"type": "FeatureCollection", "features": [_feature(card) for card in shown], "next": None})


def _feature(card: dict[str, Any]) -> dict[str, Any]:
    about = {name: value for name, value in card.items() if name != "shape"}
    return {"type": "Feature", "id": card["id"], "geometry": card["shape"], "properties": about}


def _wanted(table: str, column: str, given: dict[str, Any]) -> list[Any]:
    """The condition of a box, where one is given."""
    database: Database = post().database
    return [database.near(table, column).bindparams(**_box(given["bbox"]))] if "bbox" in given else []


# facilities


@api.post("/facilities")
@rule(api, "facility.manage", 409)
@api.response(201, s.EntryOut)
@api.arguments(g.FacilityIn)
def add_facility(given: dict[str, Any]) -> Response:
    """Put a facility on the map."""
    uid = str(given.pop("uid"))
    require_meant(post(), given["lon"], given["lat"], given.pop("confirmed", False), "lon")
    return answer(post().do(ground.add_facility, me().name, uid, **given), 201)


@api.post("/facilities/<int:facility_id>")
@rule(api, "facility.manage", 404, 409)
@api.response(200, s.EntryOut)
@api.arguments(g.FacilityChangeIn)
def change_facility(given: dict[str, Any], facility_id: int) -> Response:
    """Change what is said of a facility: its place, its capacity, how many are in it."""
    uid = str(given.pop("uid"))
    if ("lon" in given) != ("lat" in given):
        raise BadReport("Posisi perlu bujur dan lintang, keduanya.", "lon")
    require_meant(post(), given.get("lon"), given.get("lat"), given.pop("confirmed", False), "lon")
    return answer(post().do(ground.change_facility, me().name, uid, s_id(facility_id), **given))


@api.post("/facilities/<int:facility_id>/close")
@rule(api, "facility.manage", 404, 409)
@api.response(200, s.EntryOut)
@api.arguments(g.MaybeWhyIn)
def close_facility(given: dict[str, Any], facility_id: int) -> Response:
    """Take a facility off the map; an import does not open it again."""
    uid, why = str(given["uid"]), given.get("why")
    return answer(post().do(ground.close_facility, me().name, uid, s_id(facility_id), why))


@api.get("/facilities")
@rule(api, "place.read")
@api.response(200, s.Features)
@api.arguments(g.FacilitiesQuery, location="query")
def list_facilities(given: dict[str, Any]) -> Response:
    """Facilities that are not closed, as GeoJSON."""
    wanted = _wanted("facility", "point", given) + ([Facility.kind == given["kind"]] if "kind" in given else [])
    with post().database.read() as conn:
        cards = ground_queries.facility_cards(conn, *wanted)
    return answer(features(lens.pick(me().viewer, "facilities", cards)))


# landmarks


@api.post("/landmarks")
@rule(api, "landmark.remember", 409)
@api.response(201, s.EntryOut)
@api.arguments(g.LandmarkIn)
def remember_landmark(given: dict[str, Any]) -> Response:
    """Remember a place that callers name, so that the search finds it from now on."""
    uid = str(given.pop("uid"))
    require_meant(post(), given["lon"], given["lat"], given.pop("confirmed", False), "lon")
    return answer(post().do(ground.remember_landmark, me().name, uid, **given), 201)


@api.post("/landmarks/<int:landmark_id>/forget")
@rule(api, "landmark.remember", 404, 409)
@api.response(200, s.EntryOut)
@api.arguments(s.UidIn)
def forget_landmark(given: dict[str, Any], landmark_id: int) -> Response:
    """Let the search find a landmark no more; an import does not bring it back."""
    return answer(post().do(ground.forget_landmark, me().name, str(given["uid"]), s_id(landmark_id)))


@api.get("/landmarks")
@rule(api, "place.read")
@api.response(200, s.Features)
@api.arguments(g.LandmarksQuery, location="query")
def list_landmarks(given: dict[str, Any]) -> Response:
    """Landmarks as GeoJSON, by id, in a box or with words in their name; `next` is the cursor of the next page."""
    limit, box = given["limit"], next(iter(_wanted("landmark", "point", given)), None)
    with post().database.read() as conn:
        cards = ground_queries.landmark_cards(conn, fold_name(given["q"]), limit + 1, given["cursor"], box)
    return answer(features(cards[:limit], cards[limit - 1]["id"] if len(cards) > limit else None))


# lists from a file


def _takes_a_file(view: Any) -> Any:
    """Say in the document that the body is a file: CSV or GeoJSON as it is, or a form with `file`."""
    bare: dict[str, Any] = {"schema": {"type": "string"}}
    form = {"type": "object", "properties": {"file": {"type": "string", "format": "binary"}}, "required": ["file"]}
    content = {"text/csv": bare, "application/geo+json": bare, "multipart/form-data": {"schema": form}}
    return api.doc(requestBody={"required": True, "content": content})(view)


@api.post("/facilities/import")
@rule(api, "facility.manage", 409, 413)
@_takes_a_file
@api.response(200, g.Imported)
@api.arguments(g.ImportQuery, location="query")
def import_facilities(given: dict[str, Any]) -> Response:
    """Bring in a list of facilities (CSV or GeoJSON, 1 MB); a row that cannot be used stops it, unless `skip_bad`."""
    return _import(FACILITIES, given)


@api.post("/landmarks/import")
@rule(api, "ground.manage", 409, 413)
@_takes_a_file
@api.response(200, g.Imported)
@api.arguments(g.ImportQuery, location="query")
def import_landmarks(given: dict[str, Any]) -> Response:
    """Bring in a list of landmarks (CSV or GeoJSON, 1 MB); a row that cannot be used stops it, unless `skip_bad`."""
    return _import(LANDMARKS, given)


def _import(what: str, given: dict[str, Any]) -> Response:
    name, table = _table(what, given.get("confirmed", False))
    if table.faults and not given["skip_bad"]:
        raise _refusal(table.faults)
    source = (given["source"] or name)[:120]
    counts = ground.import_table(post(), me().name, str(given["uid"]), what, table.rows, source)
    return answer({**counts, "left_out": len(table.faults)})


def _table(what: str, confirmed: bool) -> tuple[str, Table]:
    """The name of the file and what it holds; read off the event loop, for a long list takes a while."""
    file, site = request.files.get("file"), site_box(post())
    content = file.read() if file else request.get_data()
    try:
        table = current_app.extensions["run_apart"](lambda: tables.read(what, content, site, confirmed))
    except BadTable as fault:
        raise BadReport(str(fault), "file") from None
    return (file.filename or "" if file else "") or what, table


def _refusal(faults: list[Fault]) -> BadReport:
    """Nothing is brought in; each row at fault is named, and whether confirming would do."""
    rows = [{"line": one.line, "why": sayings.here(one.why), "confirm": one.confirm} for one in faults[:MAX_SHOWN]]
    first = f"Baris {faults[0].line}: {faults[0].why.rstrip('.')}."
    sentence = f"{len(faults)} baris tidak dapat dipakai, jadi tidak ada yang diimpor. {first}"
    return BadReport(sentence, "file", rows=rows, confirm=True if all(one.confirm for one in faults) else None)
