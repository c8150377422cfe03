"""The API of the incoming side: calls that ring, call-backs, counts, numbers held back, the declared status."""

from typing import Any
from zoneinfo import ZoneInfo

from flask import Response

from incident import rules
from incident import schemas as s
from incident.api import Door, answer, me, post, rule
from incident.desk import arrivals, holds, incoming_queries, ringing, statuses
from incident.desk import incoming_schemas as d
from incident.duty.hours import shift_start
from incident.errors import BadReport, NotAllowed, NotFound
from incident.ground_schemas import WhyIn
from incident.people import Someone
from incident.routes import _not_ahead, s_id

api = Door("incoming", __name__, url_prefix="/api/v1", description="Calls that ring, held numbers, declared status")


# rings


@api.post("/calls/ringing")
@rule(api, "ring.take", 409)
@api.response(201, d.RingOut)
@api.alt_response(200, schema=d.RingOut, description="The same uid again: nothing new was written")
@api.arguments(d.RingIn)
def announce_ring(given: dict[str, Any]) -> Response:
    """Announce a call that rings; the same uid again is harmless."""
    uid, source = str(given["uid"]), given.get("source", "exchange")
    rang_at = _not_ahead(given["rang_at"]) if given.get("rang_at") else None
    said = {name: given.get(name) or None for name in ("line", "phone")}
    claim = given.get("claim", False)
    facts = post().do(arrivals.announce, me().name, uid, source, rang_at=rang_at, claim=claim, **said)
    again = facts.pop("again", False)
    return answer(facts, 200 if again else 201)


@api.get("/calls/ringing")
@rule(api, "ring.take")
@api.response(200, s.Anything)
@api.arguments(d.RingsQuery, location="query")
def list_rings(given: dict[str, Any]) -> Response:
    """The numbers of the open rings: masked, and whole for the one who holds it; with `settled` also what is done."""
    who = me().name
    with post().database.read() as conn:
        found = {"rings": incoming_queries.board_cards(conn, post())["rings"]}
        shown = {one.pop("ring"): one for one in incoming_queries.numbers(conn, who)}
        done = incoming_queries.settled_rings(conn, who, given["settled"]) if given["settled"] else []
    rings = [card | shown[card["id"]] for card in found["rings"]]
    return answer({"rings": rings, "settled": done})


@api.get("/calls/counts")
@rule(api, "call.read")
@api.response(200, s.Anything)
def count_calls() -> Response:
    """What came in today and in this shift: by class, and of what rang how many were missed, dropped, held."""
    local = post().clock().astimezone(ZoneInfo(post().settings.site.zone))
    midnight = local.replace(hour=0, minute=0, second=0, microsecond=0)
    with post().database.read() as conn:
        day = incoming_queries.counts(conn, midnight)
        shift = incoming_queries.counts(conn, shift_start(local))
    return answer({"day": day, "shift": shift})


@api.post("/calls/ringing/<int:ring_id>/<string:verb>")
@rule(api, "ring.take", 404, 409)
@api.response(200, s.EntryOut)
@api.arguments(d.RingVerbIn)
def do_ring(given: dict[str, Any], ring_id: int, verb: str) -> Response:
    """Do a verb to a ring: claim, release, lift, answer, end, missed, dropped, callback, close, unmask."""
    someone = me()
    if verb not in ringing.RING_VERBS:
        raise NotFound(f"Langkah itu tidak ada; yang ada: {', '.join(ringing.RING_VERBS)}.")
    if verb == "lift" and not rules.may(someone.role, "ring.lift"):
        raise NotAllowed("Hanya pengawas yang boleh melepas kunci orang lain.")
    uid = str(given["uid"])
    if verb == "unmask":
        return answer(post().do(arrivals.unmask, someone.name, uid, s_id(ring_id)))
    entry = post().do(arrivals.change_ring, someone.name, uid, s_id(ring_id), verb, _said(someone, given))
    return answer(entry | _number_for(someone, ring_id))


def _said(someone: Someone, given: dict[str, Any]) -> arrivals.Said:
    at = _not_ahead(given["at"]) if given.get("at") else None
    more = {name: given.get(name) or None for name in ("result", "why", "agent")}
    return arrivals.Said(at=at, is_supervisor=rules.may(someone.role, "ring.lift"), **more)


def _number_for(someone: Someone, ring_id: int) -> dict[str, Any]:
    """The whole number beside the entry, for the one who holds the call now; the entry itself never carries it."""
    with post().database.read() as conn:
        row = incoming_queries.find_ring(conn, ring_id)
    return incoming_queries.shown_number(row, someone.name) if row is not None else {}


# numbers held back


@api.post("/holds")
@rule(api, "number.hold", 409)
@api.response(201, s.EntryOut)
@api.arguments(d.HoldIn)
def place_hold(given: dict[str, Any]) -> Response:
    """Hold a number back for at most a day, with a reason; its calls are still recorded, counted and listed."""
    if not any(given.get(name) for name in ("phone", "ring", "call")):
        raise BadReport("Sebut nomornya, atau panggilan asalnya.", "phone")
    whose = {"phone": given.get("phone"), "ring_id": given.get("ring"), "call_id": given.get("call")}
    entry = post().do(holds.place, me().name, str(given["uid"]), given["reason"], given["hours"], **whose)
    return answer(entry, 201)


@api.get("/holds")
@rule(api, "number.hold")
@api.response(200, s.Anything)
def list_holds() -> Response:
    """Numbers held back, masked; those without `over_at` stand. In a declared emergency every hold is suspended."""
    with post().database.read() as conn:
        found = incoming_queries.holds(conn, 100)
        suspended = incoming_queries.find_standing_status(conn) is not None
    return answer({"holds": found, "suspended": suspended})


@api.post("/holds/<int:hold_id>/lift")
@rule(api, "number.hold", 404, 409)
@api.response(200, s.EntryOut)
@api.arguments(WhyIn)
def lift_hold(given: dict[str, Any], hold_id: int) -> Response:
    """End a hold before its time."""
    return answer(post().do(holds.lift, me().name, str(given["uid"]), s_id(hold_id), given["why"]))


# the declared status


@api.post("/status")
@rule(api, "status.declare", 409)
@api.response(201, s.EntryOut)
@api.arguments(d.DeclarationIn)
def declare_status(given: dict[str, Any]) -> Response:
    """Write down a status of emergency declared by decree; it takes the place of the one that stands."""
    said = (given["kind"], given["decree"], given["starts_on"], given["days"])
    return answer(post().do(statuses.declare, me().name, str(given["uid"]), *said), 201)


@api.get("/status")
@rule(api, "board.read")
@api.response(200, s.Anything)
def list_statuses() -> Response:
    """The declared statuses, the newest first; the one that stands has no `ended_at`."""
    with post().database.read() as conn:
        return answer({"status": incoming_queries.statuses(conn, 50)})


@api.post("/status/<int:status_id>/extend")
@rule(api, "status.declare", 404, 409)
@api.response(200, s.EntryOut)
@api.arguments(d.ExtensionIn)
def extend_status(given: dict[str, Any], status_id: int) -> Response:
    """Add days to a declared status by a further decree."""
    said = (s_id(status_id), given["days"], given["decree"])
    return answer(post().do(statuses.extend, me().name, str(given["uid"]), *said))


@api.post("/status/<int:status_id>/end")
@rule(api, "status.declare", 404, 409)
@api.response(200, s.EntryOut)
@api.arguments(WhyIn)
def end_status(given: dict[str, Any], status_id: int) -> Response:
    """A declared status is over."""
    return answer(post().do(statuses.end, me().name, str(given["uid"]), s_id(status_id), given["why"]))
