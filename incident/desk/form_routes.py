"""The API of the form: clues while a call is typed, notes of places, the times of an incident, question cards."""

from typing import Any

from flask import Response, current_app

from gis.coordinates import Position
from incident import intake, overlays, queries, sayings
from incident import schemas as s
from incident.api import Door, answer, me, post, rule
from incident.desk import card_actions, cards, clues, deck, moments, notes
from incident.desk import form_schemas as f
from incident.doubtful import require_meant
from incident.errors import BadReport, NotFound
from incident.routes import _repeats, _require_shown, s_id
from incident.whereabouts import with_area

api = Door("desk_form", __name__, url_prefix="/api/v1", description="Clues, notes of places, times, question cards")


# clues


@api.post("/clues")
@rule(api, "call.record", 409)
@api.response(200, s.Anything)
@api.arguments(f.CluesIn)
def ask_clues(given: dict[str, Any]) -> Response:
    """All that bears on a call being typed, in one answer; in a body, for a number may not stand in an address."""
    where = Position(given["lon"], given["lat"]) if "lon" in given and "lat" in given else None
    given = with_area(given) if where else given
    found = {"repeats": _repeats(given), **_of_number(given)}
    return answer(found | (_of_place(given, where) if where and given["with_place"] else {}))


def _of_number(given: dict[str, Any]) -> dict[str, Any]:
    site, phone = post().settings.site.name, intake.dialled(given.get("phone"))
    with post().database.read() as conn:
        return {
            "phone": clues.of_phone(conn, phone, site),
            "rt": clues.rt_calls(conn, given.get("area_code"), given.get("text"), site),
        }


def _of_place(given: dict[str, Any], where: Position) -> dict[str, Any]:
    here, now = post(), post().clock()
    database, site, doubt_m = here.database, here.settings.site.name, given.get("radius_m") or 0.0
    with database.read() as conn:
        kind = queries.find_type(conn, here, given.get("type"))
        maps = [row for row in overlays.every(conn) if row["kind"] == "geojson"]
        found = {
            "near": clues.near_calls(conn, database, where, site) if doubt_m <= clues.PRECISE_M else [],
            "notes": clues.notes(conn, database, where, doubt_m, now),
            "zones": clues.zones(conn, database, where),
            "facilities": clues.facilities(conn, database, where),
            "units": clues.units(conn, where, kind, now),
        }
    return found | {"hazards": _hazards(maps, where) if maps else []}


def _hazards(maps: list[dict[str, Any]], where: Position) -> list[dict[str, Any]]:
    """Off the event loop: a hazard map may be large the first time it is read."""
    data = post().settings.data
    found: list[dict[str, Any]] = current_app.extensions["run_apart"](lambda: clues.hazards(data, maps, where))
    return found


# notes of places


@api.get("/place-notes")
@rule(api, "place_note.write")
@api.response(200, s.Anything)
@api.arguments(f.NotesQuery, location="query")
def list_notes(given: dict[str, Any]) -> Response:
    """Notes of places, the newest first."""
    with post().database.read() as conn:
        return answer({"notes": notes.every(conn, given["struck"], given["limit"])})


@api.post("/place-notes")
@rule(api, "place_note.write", 409)
@api.response(201, s.Anything)
@api.arguments(f.NoteIn)
def add_note(given: dict[str, Any]) -> Response:
    """Write a note of a place: a hazard, a gate's code, a dog, a patient."""
    uid, where = str(given.pop("uid")), s.checked_position(given.pop("lon"), given.pop("lat"))
    require_meant(post(), where.lon, where.lat, given.pop("confirmed", False), "lon")
    return answer(post().do(notes.add, me().name, uid, where=where, **given), 201)


@api.post("/place-notes/<int:note_id>/strike")
@rule(api, "place_note.write", 404, 409)
@api.response(200, s.Anything)
@api.arguments(f.NoteStrikeIn)
def strike_note(given: dict[str, Any], note_id: int) -> Response:
    """Strike a note of a place through, with a reason."""
    return answer(post().do(notes.strike, me().name, str(given["uid"]), s_id(note_id), given["why"]))


# times


@api.get("/incidents/<int:incident_id>/times")
@rule(api, "incident.read", 404)
@api.response(200, s.Anything)
def list_times(incident_id: int) -> Response:
    """The times t0 to t15 of an incident that are known, each with how it is known."""
    _require_shown(me(), incident_id)
    here = post()
    with here.database.read() as conn:
        if queries.find_incident(conn, s_id(incident_id)) is None:
            raise NotFound("Kejadian itu tidak ada.")
        held = moments.of_incident(conn, incident_id)
    return answer({"times": moments.told(held, here.clock())})


@api.post("/incidents/<int:incident_id>/times")
@rule(api, "time.correct", 404, 409)
@api.response(200, s.Anything)
@api.arguments(f.TimeIn)
def correct_time(given: dict[str, Any], incident_id: int) -> Response:
    """Correct one of the times, with a reason; 422 with `confirm` when the line of times then looks odd."""
    uid = str(given.pop("uid"))
    return answer(post().do(moments.correct, me().name, uid, s_id(incident_id), **given))


@api.post("/incidents/<int:incident_id>/handed")
@rule(api, "incident.verb", 404, 409)
@api.response(200, s.Anything)
@api.arguments(s.UidIn)
def note_handed(given: dict[str, Any], incident_id: int) -> Response:
    """A dispatcher has this incident before their eyes: t5, the first time only."""
    return answer(post().do(moments.hand_over, me().name, str(given["uid"]), s_id(incident_id)))


# question cards


@api.get("/cards")
@rule(api, "card.manage")
@api.response(200, s.Anything)
def list_cards() -> Response:
    """Which types have a question card, whose it is, and the site's files that cannot be used."""
    here = _deck()
    mine = [
        {"type": card.type, "own": here.is_own(card.type), "questions": len(card.questions)} for card in here.every()
    ]
    return answer(
        {"cards": mine, "faults": [{"file": one.file, "sentence": sayings.here(one.sentence)} for one in here.faults]}
    )


@api.get("/cards/<string:type_code>")
@rule(api, "card.manage", 404)
@api.response(200, s.Anything)
def get_card(type_code: str) -> Response:
    """The card of a type: the site's text, the built-in text, and how it reads in both languages."""
    _require_type(type_code)
    own, built_in = _deck().text(type_code), deck.built_in_text(type_code)
    shown = _read(own or built_in or "", type_code)
    return answer({"type": type_code, "own": own, "built_in": built_in, **shown})


@api.post("/cards/<string:type_code>")
@rule(api, "card.manage", 404, 409)
@api.response(200, s.Anything)
@api.arguments(f.CardIn)
def change_card(given: dict[str, Any], type_code: str) -> Response:
    """Keep the site's own card of a type, or with `check` only say how it reads; 422 says where it fails."""
    _require_type(type_code)
    shown = _read(given["text"], type_code)
    if shown["fault"]:
        raise BadReport(shown["fault"], "text")
    if not given["check"]:
        post().do(card_actions.change, me().name, str(given["uid"]), type_code, given["text"])
    return answer({"type": type_code, **shown})


@api.post("/cards/<string:type_code>/restore")
@rule(api, "card.manage", 404, 409)
@api.response(200, s.EntryOut)
@api.arguments(s.UidIn)
def restore_card(given: dict[str, Any], type_code: str) -> Response:
    """Use the card that comes with Posko again; the site's file is laid aside."""
    _require_type(type_code)
    return answer(post().do(card_actions.restore, me().name, str(given["uid"]), type_code))


def _deck() -> deck.Deck:
    return deck.of(post().settings.data)


def _require_type(type_code: str) -> None:
    with post().database.read() as conn:
        kind = queries.find_type(conn, post(), type_code)
    if kind is None or kind["code"] != type_code:
        raise NotFound("Jenis kejadian itu tidak ada.")


def _read(text: str, type_code: str) -> dict[str, Any]:
    """How a card reads in each language, or why it cannot be used."""
    try:
        card = cards.read(text, type_code)
    except cards.BadCard as fault:
        return {"fault": sayings.here(str(fault)), "shown": None}
    return {"fault": None, "shown": {language: cards.shown(card, language) for language in cards.LANGUAGES}}
