"""The API of units at work: what they say, their alarms, crews and shifts, kinds, run cards."""

import datetime as dt
from typing import Any
from zoneinfo import ZoneInfo

from flask import Response
from flask_smorest import Api

from incident import lens, queries, sayings
from incident import schemas as s
from incident.api import Door, answer, me, post, rule
from incident.duty import alarms, ranking, recommendation, roster, run_cards, sending, status, unit_facts, words
from incident.duty import queries as duty
from incident.duty import schemas as d
from incident.duty.run_card_shelf import shelf
from incident.errors import NotFound
from incident.routes import _not_ahead, _require_shown, s_id

api = Door("duty", __name__, url_prefix="/api/v1", description="Units at work: status, alarms, crews, run cards")


def join(rooms: Api) -> None:
    """Add the routes."""
    rooms.register_blueprint(api)


def _own_unit(unit_id: int) -> int:
    """A field team speaks for its own unit alone; raises NotFound."""
    someone = me()
    if someone.role == "field" and unit_id != someone.unit_id:
        raise NotFound("Satuan itu tidak ada.")
    return s_id(unit_id)


# what a unit says


@api.post("/units/<int:unit_id>/status")
@rule(api, "assignment.verb", 404, 409)
@api.response(200, s.EntryOut)
@api.arguments(d.DigitIn)
def say_digit(given: dict[str, Any], unit_id: int) -> Response:
    """A unit's status as its radio digit: 1 and 8 ready, 2 to 7 and 9 of its newest task, 0 mayday."""
    uid, at = str(given["uid"]), _not_ahead(given["at"]) if given.get("at") else None
    said = given["digit"], at, given.get("note"), given.get("seen")
    return answer(post().do(status.say_digit, me().name, uid, _own_unit(unit_id), *said))


@api.post("/units/<int:unit_id>/service")
@rule(api, "assignment.verb", 404, 409)
@api.response(200, s.EntryOut)
@api.arguments(d.ServiceIn)
def change_service(given: dict[str, Any], unit_id: int) -> Response:
    """Put a unit out of service with a reason, or back."""
    said = given["in_service"], given.get("reason"), given.get("seen")
    return answer(post().do(status.change_service, me().name, str(given["uid"]), _own_unit(unit_id), *said))


@api.post("/units/<int:unit_id>")
@rule(api, "unit.manage", 404, 409)
@api.response(200, s.EntryOut)
@api.arguments(d.UnitFactsIn)
def change_unit(given: dict[str, Any], unit_id: int) -> Response:
    """Change a unit's kind, capabilities, agency or base; its call sign stays."""
    uid = str(given.pop("uid"))
    return answer(post().do(unit_facts.change_unit, me().name, uid, s_id(unit_id), **given))


@api.post("/units/<int:unit_id>/calm")
@rule(api, "alarm.acknowledge", 404, 409)
@api.response(200, s.EntryOut)
@api.arguments(d.CalmIn)
def calm(given: dict[str, Any], unit_id: int) -> Response:
    """Say why a unit's mayday is over."""
    said = given["text"], given.get("seen")
    return answer(post().do(status.calm, me().name, str(given["uid"]), s_id(unit_id), *said))


@api.post("/units/<int:unit_id>/welfare")
@rule(api, "assignment.verb", 404, 409)
@api.response(200, s.EntryOut)
@api.arguments(d.SafeIn)
def say_safe(given: dict[str, Any], unit_id: int) -> Response:
    """A unit is safe: it pressed the one button, or said so by voice to whoever writes it down."""
    said = given["how"], given.get("text")
    return answer(post().do(status.say_safe, me().name, str(given["uid"]), _own_unit(unit_id), *said))


@api.post("/alarms/<int:alarm_id>/acknowledge")
@rule(api, "alarm.acknowledge", 404, 409)
@api.response(200, s.EntryOut)
@api.arguments(s.UidIn)
def acknowledge(given: dict[str, Any], alarm_id: int) -> Response:
    """Take an alarm on: it sounds no more."""
    return answer(post().do(alarms.acknowledge, me().name, str(given["uid"]), s_id(alarm_id)))


# crews and shifts


@api.get("/duty")
@rule(api, "unit.read")
@api.response(200, s.Anything)
@api.arguments(d.DutyQuery, location="query")
def get_duty(given: dict[str, Any]) -> Response:
    """Crews, the shifts of a day, who is on shift now, log-ins of units, when each unit was last heard."""
    here, viewer = post(), me().viewer
    begins, ends = _day(given.get("day"))
    with here.database.read() as conn:
        shown = {card["id"] for card in lens.pick(viewer, "units", queries.unit_cards(conn))}
        on = duty.on_shift(conn, here.clock())
        found = {
            "crew": duty.crew_of(conn),
            "shifts": duty.shifts_between(conn, begins, ends),
            "log_ins": duty.log_ins(conn),
        }
        words_at = duty.words_at(conn)
    told: dict[str, Any] = {name: [one for one in rows if one["unit_id"] in shown] for name, rows in found.items()}
    told["on_shift"] = {str(unit): is_on for unit, is_on in on.items() if unit in shown}
    told["word_at"] = {str(unit): at for unit, at in words_at.items() if unit in shown}
    if not viewer.sees_all and me().role != "field":
        told |= {"crew": [], "log_ins": []}  # names are the room's
    return answer(told | {"day": begins.date().isoformat(), "begins": queries.iso(begins), "ends": queries.iso(ends)})


def _day(day: dt.date | None) -> tuple[dt.datetime, dt.datetime]:
    """A day of the site from midnight to midnight."""
    zone = ZoneInfo(post().settings.site.zone)
    day = day or post().clock().astimezone(zone).date()
    begins = dt.datetime.combine(day, dt.time(), zone)
    return begins, begins + dt.timedelta(days=1)


@api.post("/units/<int:unit_id>/crew")
@rule(api, "duty.plan", 404, 409)
@api.response(201, s.EntryOut)
@api.arguments(d.CrewIn)
def join_crew(given: dict[str, Any], unit_id: int) -> Response:
    """Somebody rides on a unit from now on."""
    uid = str(given.pop("uid"))
    return answer(post().do(roster.join_crew, me().name, uid, s_id(unit_id), **given), 201)


@api.post("/crew/<int:member_id>/leave")
@rule(api, "duty.plan", 404, 409)
@api.response(200, s.EntryOut)
@api.arguments(s.UidIn)
def leave_crew(given: dict[str, Any], member_id: int) -> Response:
    """Somebody no longer rides on a unit."""
    return answer(post().do(roster.leave_crew, me().name, str(given["uid"]), s_id(member_id)))


@api.post("/units/<int:unit_id>/shifts")
@rule(api, "duty.plan", 404, 409)
@api.response(201, s.EntryOut)
@api.arguments(d.DutyShiftIn)
def plan_shift(given: dict[str, Any], unit_id: int) -> Response:
    """A unit is on duty from then till then."""
    uid = str(given.pop("uid"))
    return answer(post().do(roster.plan_shift, me().name, uid, s_id(unit_id), **given), 201)


@api.post("/shifts/<int:shift_id>/strike")
@rule(api, "duty.plan", 404, 409)
@api.response(200, s.EntryOut)
@api.arguments(d.UnitTextIn)
def strike_shift(given: dict[str, Any], shift_id: int) -> Response:
    """A planned shift does not hold any more."""
    return answer(post().do(roster.strike_shift, me().name, str(given["uid"]), s_id(shift_id), given["text"]))


# kinds and capabilities


@api.get("/unit-kinds")
@rule(api, "unit.read")
@api.response(200, s.Anything)
def list_kinds() -> Response:
    """The kinds of units and what units can do, each in two languages."""
    with post().database.read() as conn:
        return answer({"kinds": duty.kinds(conn), "capabilities": duty.capabilities(conn)})


@api.post("/unit-kinds")
@rule(api, "unit.manage", 409)
@api.response(200, s.EntryOut)
@api.arguments(d.KindIn)
def keep_kind(given: dict[str, Any]) -> Response:
    """Add a kind of unit, or change it."""
    uid, agency = str(given.pop("uid")), given.pop("agency_code", None)
    return answer(post().do(words.keep_kind, me().name, uid, agency_code=agency, **given))


@api.post("/capabilities")
@rule(api, "unit.manage", 409)
@api.response(200, s.EntryOut)
@api.arguments(d.CapabilityIn)
def keep_capability(given: dict[str, Any]) -> Response:
    """Add a capability, or change it."""
    return answer(post().do(words.keep_capability, me().name, str(given.pop("uid")), **given))


# run cards


@api.get("/incidents/<int:incident_id>/run-card")
@rule(api, "unit.read", 404)
@api.response(200, s.Anything)
@api.arguments(d.RunCardQuery, location="query")
def get_run_card(given: dict[str, Any], incident_id: int) -> Response:
    """The run card of an incident's type at a level (the lowest where left out), filled with the units there are."""
    _require_shown(me(), incident_id)
    here, now = post(), post().clock()
    with here.database.read() as conn:
        incident = queries.find_incident(conn, s_id(incident_id))
        if incident is None:
            raise NotFound("Kejadian itu tidak ada.")
        kind = queries.find_type(conn, here, incident["type"])
        ranked = recommendation.recommend(conn, incident, queries.words_of(kind) if kind else set(), now)
        named = {"kinds": duty.kinds(conn), "capabilities": duty.capabilities(conn)}
    ranked = [one for one in ranked if lens.sees(me().viewer, "units", one["unit"])]
    return answer(_filled(incident, ranked, named, given.get("level")))


def _filled(incident: Any, ranked: list[Any], named: dict[str, Any], level: int | None) -> dict[str, Any]:
    here = shelf(post().settings.data)
    cards = run_cards.of_type(here.cards, incident["type"])
    levels = [{"level": card.level, **card.words} for card in cards]
    card = next((one for one in cards if level in (None, one.level)), None)
    told = {"levels": levels, "fault": here.fault and sayings.here(here.fault), "basis": ranking.ETA_BASIS}
    if card is None:
        return {**told, "level": None, "needs": []}
    there = [one["unit"] for one in ranked if incident["id"] in one["unit"]["incident_ids"]]
    away = [one for one in ranked if incident["id"] not in one["unit"]["incident_ids"]]
    needs = run_cards.fill(card, there, away)
    return {**told, "level": card.level, "needs": [one | _names(one, named) for one in needs]}


def _names(need: dict[str, Any], named: dict[str, Any]) -> dict[str, str]:
    rows = named["kinds" if need["is_kind"] else "capabilities"]
    row = next((one for one in rows if one["code"] == need["code"]), None)
    return {name: row[name] if row else need["code"] for name in ("name_id", "name_en")}


@api.post("/incidents/<int:incident_id>/run-card")
@rule(api, "assignment.create", 404, 409)
@api.response(200, d.SentOut)
@api.arguments(d.SendAllIn)
def send_all(given: dict[str, Any], incident_id: int) -> Response:
    """Send all units that were proposed, in one stroke, each with an assignment of its own."""
    said = s_id(incident_id), given["unit_ids"]
    return answer(post().do(sending.send_all, me().name, str(given["uid"]), *said))
