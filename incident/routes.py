"""The API of the room: find in my scope, act, answer."""

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from flask import Response
from sqlalchemy import select

from gis.coordinates import Position
from incident import actions, board, failpoints, intake, lens, people, queries, replay, rules
from incident import schemas as s
from incident.api import Door, answer, features, me, packed, post, rule
from incident.attachments import queries as attached
from incident.doubtful import require_meant
from incident.duty import ranking, recommendation
from incident.errors import BadReport, NotAllowed, NotFound, WrongState
from incident.models import Assignment, Incident
from incident.whereabouts import with_area

api = Door("incident", __name__, url_prefix="/api/v1", description="Calls, incidents, units, the journal")


# calls


@api.post("/calls")
@rule(api, "call.record", 404, 409)
@api.response(201, s.CallOut)
@api.alt_response(200, schema=s.CallOut, description="The same uid again: nothing new was written")
@api.arguments(s.CallIn)
def record_call(given: dict[str, Any]) -> Response:
    """Take a call; a normal one opens an incident or joins the one named."""
    failpoints.reach("authorised")
    report = _report(given)
    facts = post().do(actions.record_call, me().name, report.uid, report)
    again = facts.pop("again", False)
    return answer(facts, 200 if again else 201)


def _report(given: dict[str, Any]) -> intake.Report:
    caller = given.get("caller") or {}
    if given["class_"] == "normal" and not given.get("type"):
        raise BadReport("Pilih jenis kejadian.", "type")
    place = _place(given.get("place"), given["class_"])
    require_meant(post(), place.lon, place.lat, given.get("confirmed"), "place")
    return intake.Report(
        uid=str(given["uid"]),
        class_=given["class_"],
        channel=given["channel"],
        place=place,
        received_at=_not_ahead(given.get("received_at")),
        type=given.get("type"),
        priority=given.get("priority"),
        priority_reason=given.get("priority_reason") or None,
        narrative=given.get("narrative") or None,
        caller_name=caller.get("name") or None,
        caller_phone=caller.get("phone"),
        incident_id=given.get("incident"),
        ring_id=given.get("ring"),
        times=_times(given.get("times")),
        answers=given.get("answers") or {},
        suggested=given.get("suggested"),
        source=given.get("source", "live"),
    )


def _times(given: dict[str, datetime] | None) -> intake.Times:
    """When what was done; a clock ahead of ours is not believed."""
    if not given:
        return intake.Times()
    return intake.Times(**{name: _not_ahead(at) for name, at in given.items()})


def _place(given: dict[str, Any] | None, class_: str = "normal") -> intake.Place:
    if given is None:
        if class_ == "normal":
            raise BadReport("Sebut tempatnya: titik di peta, koordinat, atau kata penelepon.", "place")
        return intake.Place("unknown")
    if ("lon" in given) != ("lat" in given):
        raise BadReport("Posisi perlu bujur dan lintang, keduanya.", "place")
    if "lon" in given:
        s.checked_position(given["lon"], given["lat"])
    elif class_ == "normal" and not given.get("text"):
        raise BadReport("Sebut tempatnya: titik di peta, koordinat, atau kata penelepon.", "place")
    return intake.Place(**with_area(given))


def _not_ahead(at: datetime | None) -> datetime:
    """When it was received; a clock ahead of ours is not believed."""
    now = post().clock()
    return min(at, now) if at else now


@api.get("/calls")
@rule(api, "call.read")
@api.response(200, s.Anything)
@api.arguments(s.LimitQuery, location="query")
def list_calls(given: dict[str, Any]) -> Response:
    """The newest calls with masked numbers, and today's counts by class."""
    here = post()
    local = here.clock().astimezone(ZoneInfo(here.settings.site.zone))
    midnight = local.replace(hour=0, minute=0, second=0, microsecond=0)
    with here.database.read() as conn:
        calls = queries.latest_calls(conn, given["limit"])
        counts = queries.call_counts(conn, midnight)
    for call in calls:
        linked = call["incident_id"]
        call["number"] = intake.number_of(linked, here.settings.site.name) if linked else None
    return answer({"calls": calls, "counts": counts})


@api.get("/repeats")
@rule(api, "call.record")
@api.response(200, s.Anything)
@api.arguments(s.RepeatsQuery, location="query")
def list_repeats(given: dict[str, Any]) -> Response:
    """Open incidents a call at this place may be about, while it is still being typed."""
    return answer({"repeats": _repeats(given)})


@api.post("/repeats")
@rule(api, "call.record")
@api.response(200, s.RepeatsOut)
@api.arguments(s.RepeatsIn)
def ask_repeats(given: dict[str, Any]) -> Response:
    """The same with the caller's number and words, in a body: neither may stand in an address that a log keeps."""
    return answer({"repeats": _repeats(given)})


def _repeats(given: dict[str, Any]) -> list[dict[str, Any]]:
    here, now = post(), post().clock()
    where = Position(given["lon"], given["lat"]) if "lon" in given and "lat" in given else None
    since = now - intake.REPEAT_WINDOW
    with here.database.read() as conn:
        kind = queries.find_type(conn, here, given.get("type"))
        phoned = queries.phoned_incidents(conn, intake.dialled(given.get("phone")), since)
        near = queries.repeat_candidates(conn, here.database, where, since, phoned)
    family = kind["family"] if kind else None
    clue = intake.Clue(where, family, given.get("radius_m"), given.get("area_code"), given.get("narrative"), phoned)
    return intake.likely_repeats(clue, now, near, here.settings.site.name)


# incidents


@api.get("/incidents")
@rule(api, "incident.read")
@api.response(200, s.Features)
@api.arguments(s.IncidentsQuery, location="query")
def list_incidents(given: dict[str, Any]) -> Response:
    """Incidents as GeoJSON, by id; `next` is the cursor of the following page."""
    viewer, limit = me().viewer, given["limit"]
    with post().database.read() as conn:
        if kind := queries.find_type(conn, post(), given.get("type")):
            given["type"] = kind["code"]
        rows = list(conn.execute(_wanted(given)).mappings())
        active = queries.active_of_incidents(conn, [row["id"] for row in rows[:limit]])
    site = post().settings.site.name
    cards = [queries.incident_card(row, active[row["id"]], site) for row in rows[:limit]]
    shown = [card for card in cards if lens.sees(viewer, "incidents", {**card, "gone": False})]
    return answer(features(shown, rows[limit - 1]["id"] if len(rows) > limit else None))


def _wanted(given: dict[str, Any]) -> Any:
    found = select(*queries.INCIDENT_COLUMNS).where(Incident.id > given["cursor"])
    for name in ("state", "type", "priority"):
        if name in given:
            found = found.where(getattr(Incident, name) == given[name])
    if "since" in given:
        found = found.where(Incident.changed_at >= given["since"])
    if "bbox" in given:
        found = found.where(post().database.near("incident", "point").bindparams(**_box(given["bbox"])))
    return found.order_by(Incident.id).limit(given["limit"] + 1)


def _box(words: str) -> dict[str, float]:
    try:
        west, south, east, north = (float(part) for part in words.split(","))
    except ValueError:
        raise BadReport("bbox adalah empat angka: barat,selatan,timur,utara.", "bbox") from None
    if not (-180 <= west <= east <= 180 and -90 <= south <= north <= 90):
        raise BadReport("bbox adalah barat,selatan,timur,utara dalam derajat.", "bbox")
    return {"west": west, "south": south, "east": east, "north": north}


@api.get("/incidents/<int:incident_id>")
@rule(api, "incident.read", 404)
@api.response(200, s.Anything)
def get_incident(incident_id: int) -> Response:
    """One incident with calls, assignments and chronology, as the caller's role may see it."""
    someone = me()
    found = board.whole(post(), someone.viewer, s_id(incident_id))
    if found is None:
        raise NotFound("Kejadian itu tidak ada.")
    found["calls"] = []
    with post().database.read() as conn:
        found["attachments"] = attached.cards(conn, attached.of_incident(conn, incident_id), someone.role, someone.name)
    if rules.may(someone.role, "call.read"):
        with post().database.read() as conn:
            found["calls"] = queries.calls_of(conn, incident_id)
    return answer(found)


def s_id(number: int) -> int:
    """A number that can be an id; anything larger is nobody's."""
    if number > 2**53:
        raise NotFound("Nomor itu tidak ada.")
    return number


@api.post("/incidents/<int:incident_id>/<string:verb>")
@rule(api, "incident.read", 404, 409)
@api.response(200, s.EntryOut)
@api.arguments(s.VerbIn)
def do_incident(given: dict[str, Any], incident_id: int, verb: str) -> Response:
    """Do a verb of the table: verify, obstruct, resume, control, close, reopen, note, correct, feedback."""
    someone = me()
    if verb not in rules.INCIDENT_VERBS:
        raise NotFound(f"Langkah itu tidak ada; yang ada: {', '.join(rules.INCIDENT_VERBS)}.")
    _require_verb(someone, verb)
    _require_shown(someone, incident_id)
    confirmed = given.pop("confirmed", False)
    if "place" in given:
        given["place"] = place = _place(given["place"])
        require_meant(post(), place.lon, place.lat, confirmed, "place")
    uid = str(given.pop("uid"))
    return answer(post().do(actions.change_incident, someone.name, uid, s_id(incident_id), verb, **given))


def _require_verb(someone: people.Someone, verb: str) -> None:
    needed = f"incident.{verb}" if verb in rules.OWN_VERBS else "incident.verb"
    if not rules.may(someone.role, needed):
        raise NotAllowed("Peran Anda tidak boleh melakukan ini.")


def _require_shown(someone: people.Someone, incident_id: int) -> None:
    """What a role may not see it may not change either."""
    if someone.viewer.sees_all:
        return
    if board.whole(post(), someone.viewer, s_id(incident_id)) is None:
        raise NotFound("Kejadian itu tidak ada.")


@api.post("/incidents/<int:incident_id>/assignments")
@rule(api, "assignment.create", 404, 409)
@api.response(201, s.EntryOut)
@api.arguments(s.AssignIn)
def create_assignment(given: dict[str, Any], incident_id: int) -> Response:
    """Give a unit to an incident."""
    at = _not_ahead(given["at"]) if given.get("at") else None
    uid, told = str(given["uid"]), (s_id(incident_id), given["unit"], at)
    return answer(post().do(actions.create_assignment, me().name, uid, *told), 201)


@api.post("/assignments/<int:assignment_id>/<string:verb>")
@rule(api, "assignment.verb", 404, 409)
@api.response(200, s.EntryOut)
@api.arguments(s.StatusIn)
def do_assignment(given: dict[str, Any], assignment_id: int, verb: str) -> Response:
    """A unit's next status: acknowledge, depart, arrive, transport, deliver, obstruct, mayday, clear, cancel."""
    someone = me()
    if verb not in rules.ASSIGNMENT_VERBS:
        raise NotFound(f"Status itu tidak ada; yang ada: {', '.join(rules.ASSIGNMENT_VERBS)}.")
    _require_own_assignment(someone, assignment_id)
    at = _not_ahead(given["at"]) if given.get("at") else None
    uid, note = str(given["uid"]), given.get("note")
    return answer(post().do(actions.change_assignment, someone.name, uid, s_id(assignment_id), verb, at, note))


def _require_own_assignment(someone: people.Someone, assignment_id: int) -> None:
    """A field team speaks for its own unit alone."""
    if someone.role != "field":
        return
    with post().database.read() as conn:
        unit_id = conn.scalar(select(Assignment.unit_id).where(Assignment.id == s_id(assignment_id)))
    if unit_id is None or unit_id != someone.unit_id:
        raise NotFound("Penugasan itu tidak ada.")


# units


@api.get("/units")
@rule(api, "unit.read")
@api.response(200, s.Features)
def list_units() -> Response:
    """Units as GeoJSON, each with its derived status and the age of its position."""
    with post().database.read() as conn:
        cards = queries.unit_cards(conn)
    return answer(features(lens.pick(me().viewer, "units", cards)))


@api.post("/units")
@rule(api, "unit.manage", 409)
@api.response(201, s.EntryOut)
@api.arguments(s.UnitIn)
def add_unit(given: dict[str, Any]) -> Response:
    """Add a unit that can be sent, and its radio station number if it has one."""
    uid = str(given.pop("uid"))
    require_meant(post(), given.get("lon"), given.get("lat"), given.pop("confirmed", False), "lon")
    return answer(post().do(_add_unit, me().name, uid, **given), 201)


def _add_unit(act: Any, station: int | None = None, **given: Any) -> dict[str, Any]:
    if earlier := act.earlier("unit.added"):  # its station came with it then
        return earlier.told()
    people.check_agency(act.conn, given.get("agency_code"))
    entry = actions.add_unit(act, **given)
    for joined in after_unit_added:
        joined(act, entry["body"]["cards"]["units"][0], station)
    return entry


after_unit_added: list[Any] = []  # a room to the right may give a new unit what it needs, in the same transaction


@api.post("/units/<int:unit_id>/position")
@rule(api, "unit.move", 404, 409)
@api.response(200, s.EntryOut)
@api.arguments(s.PositionIn)
def move_unit(given: dict[str, Any], unit_id: int) -> Response:
    """Where a unit is; a field team may only say it of itself."""
    someone = me()
    if someone.role == "field" and unit_id != someone.unit_id:
        raise NotFound("Satuan itu tidak ada.")
    uid, at = str(given["uid"]), given.get("at")
    require_meant(post(), given["lon"], given["lat"], given.get("confirmed"), "lon")
    by_hand = given.get("by_hand", False)
    entry = post().do(actions.move_unit, someone.name, uid, s_id(unit_id), given["lon"], given["lat"], at, by_hand)
    return answer(entry)


@api.get("/recommendations")
@rule(api, "unit.read", 404)
@api.response(200, s.Anything)
@api.arguments(s.RecommendQuery, location="query")
def recommend(given: dict[str, Any]) -> Response:
    """Units in order for an incident, with reasons and shortfalls."""
    _require_shown(me(), given["incident"])
    with post().database.read() as conn:
        incident = queries.find_incident(conn, given["incident"])
        if incident is None:
            raise NotFound("Kejadian itu tidak ada.", "incident")
        kind = queries.find_type(conn, post(), incident["type"])
        wanted = queries.words_of(kind) if kind else set()
        units = recommendation.recommend(conn, incident, wanted, post().clock())
    shown = [one for one in units if lens.sees(me().viewer, "units", one["unit"])]
    return answer({"units": shown, "basis": ranking.ETA_BASIS})


# the board and the journal


@api.get("/board")
@rule(api, "board.read")
@api.response(200, s.Anything)
@api.arguments(s.BoardQuery, location="query")
def get_board(given: dict[str, Any]) -> Response:
    """The snapshot a screen starts from, with its seq. Of a long queue the worst `most`: GET /queue has the rest."""
    here = post()
    site = here.settings.site
    words = {"name": site.name, "area_code": site.area_code, "zone": site.zone, "zone_label": site.zone_label}
    ground = {"exercise": here.settings.exercise, "outline": None, "bounds": None}
    for lay in grounds:
        ground |= lay(here)
    return packed({"site": words | ground, **board.snapshot(here, me().viewer, given["most"])})


grounds: list[Any] = []  # what the map stands on, given by whoever knows it: the site's outline and bounds


@api.get("/journal")
@rule(api, "journal.read", 410)
@api.response(200, s.JournalOut)
@api.arguments(s.JournalQuery, location="query")
def read_journal(given: dict[str, Any]) -> Response:
    """Entries after a number, as the caller's role may see them; 410 when the journal no longer reaches back."""
    return answer(replay.page(post(), me().viewer, given["after"], given["limit"]))


# people


@api.get("/people")
@rule(api, "person.manage")
@api.response(200, s.Anything)
def list_people() -> Response:
    """Everyone who works or worked here."""
    with post().database.read() as conn:
        return answer({"people": [_plain(one) for one in people.people(conn)]})


def _plain(one: dict[str, Any]) -> dict[str, Any]:
    return {**one, "revoked_at": queries.iso(one["revoked_at"])}


@api.post("/people")
@rule(api, "person.manage", 409)
@api.response(201, s.EntryOut)
@api.arguments(s.PersonIn)
def add_person(given: dict[str, Any]) -> Response:
    """Let someone in."""
    uid = str(given.pop("uid"))
    return answer(post().do(people.add_person, me().name, uid, **given), 201)


@api.post("/people/<int:person_id>/revoke")
@rule(api, "person.manage", 404, 409)
@api.response(200, s.EntryOut)
@api.arguments(s.UidIn)
def revoke_person(given: dict[str, Any], person_id: int) -> Response:
    """End someone's access."""
    someone = me()
    if person_id == someone.id:
        raise WrongState("Anda tidak dapat mencabut akses sendiri.", allowed=[])
    return answer(post().do(people.revoke_person, someone.name, str(given["uid"]), s_id(person_id)))
