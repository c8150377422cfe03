"""The doors of the handover: the API, the page, the sheet that is printed, the log of decisions as a table."""

import csv
import io
from typing import Any

from flask import Blueprint, Flask, Response
from flask_babel import get_locale
from flask_smorest import Api

from incident import queries
from incident import schemas as s
from incident.api import Door, answer, me, post, rule
from incident.errors import NotFound, WrongState
from incident.handover import actions, items, words
from incident.handover import queries as handover
from incident.handover import schemas as h
from incident.handover.rules import DECISION_VERBS
from incident.pages import page
from incident.people import may
from incident.routes import s_id

api = Door("handover", __name__, url_prefix="/api/v1", description="Shifts of the room and decisions of the meeting")
sheets = Blueprint("handover_pages", __name__)
SIGNED_SHOWN = 30
CSV_COLUMNS = (
    "id",
    "decided_at",
    "meeting",
    "words",
    "basis",
    "owner",
    "due_at",
    "state",
    "late",
    "number",
    "made_by",
    "ended_by",
    "ended_at",
    "why",
)


def join(app: Flask, door: Api) -> None:
    """Add the API and the pages."""
    door.register_blueprint(api)
    app.register_blueprint(sheets)


# shifts


@api.get("/shifts")
@rule(api, "handover.read")
@api.response(200, h.ShiftsOut)
def list_shifts() -> Response:
    """The shift that stands and what it handed over, what is open in the room now, and the newest that were signed."""
    with post().database.read() as conn:
        standing = handover.standing_shift(conn)
        found = {
            "standing": handover.whole_shift(standing) if standing else None,
            "items": items.open_items(conn, post()),
            "signed": handover.signed_shifts(conn, SIGNED_SHOWN),
        }
    return answer(found)


@api.get("/shifts/<int:shift_id>")
@rule(api, "handover.read", 404)
@api.response(200, s.Anything)
def get_shift(shift_id: int) -> Response:
    """One shift with what it handed over; `fits` says whether the list is still the one that was signed."""
    return answer(_whole(shift_id))


def _whole(shift_id: int) -> dict[str, Any]:
    with post().database.read() as conn:
        row = handover.find_shift(conn, s_id(shift_id))
    if row is None:
        raise NotFound("Piket itu tidak ada.")
    return handover.whole_shift(row)


def _handed_over(shift_id: int) -> dict[str, Any]:
    shift = _whole(shift_id)
    if shift["handed"] is None:
        raise WrongState("Piket ini belum diserahkan.", allowed=["leave"])
    return shift


@api.get("/shifts/<int:shift_id>/text")
@rule(api, "handover.read", 404, 409)
@api.response(200, s.Anything, content_type="text/plain")
def get_text(shift_id: int) -> Response:
    """The handover as a text for WhatsApp, with no personal data in it."""
    text = words.text_of(_handed_over(shift_id), post().settings, _type_names())
    return Response(text, mimetype="text/plain", headers={"Cache-Control": "no-store"})


def _type_names() -> dict[str, str]:
    name = "name_en" if str(get_locale()) == "en" else "name_id"
    with post().database.read() as conn:
        return {row["code"]: row[name] for row in queries.types(conn)}


@api.post("/shifts")
@rule(api, "handover.write", 409)
@api.response(201, s.EntryOut)
@api.arguments(h.ShiftIn)
def start_shift(given: dict[str, Any]) -> Response:
    """Begin a shift where none stands; the one who says so leads it."""
    uid = str(given.pop("uid"))
    return answer(post().do(actions.start_shift, me().name, uid, **given), 201)


@api.post("/shifts/<int:shift_id>/leave")
@rule(api, "handover.write", 404, 409)
@api.response(200, s.EntryOut)
@api.arguments(h.LeaveIn)
def leave_shift(given: dict[str, Any], shift_id: int) -> Response:
    """Freeze the list of open items with the leaving shift's words; again before the signature freezes anew."""
    uid = str(given.pop("uid"))
    return answer(post().do(actions.leave_shift, me().name, uid, s_id(shift_id), **given))


@api.post("/shifts/<int:shift_id>/sign")
@rule(api, "handover.write", 404, 409)
@api.response(200, s.EntryOut)
@api.arguments(h.SignIn)
def sign_shift(given: dict[str, Any], shift_id: int) -> Response:
    """Sign the list whose hash was read and begin the next shift; once, and never by the one who left."""
    uid, digest = str(given.pop("uid")), given.pop("hash")
    return answer(post().do(actions.sign_shift, me().name, uid, s_id(shift_id), digest, **given))


# decisions


@api.get("/decisions")
@rule(api, "handover.read")
@api.response(200, h.DecisionsOut)
@api.arguments(h.DecisionsQuery, location="query")
def list_decisions(given: dict[str, Any]) -> Response:
    """Decisions, the newest first; `late` are those that are open and should have been done."""
    return answer({"decisions": _decisions(given)})


def _decisions(given: dict[str, Any]) -> list[dict[str, Any]]:
    wanted = {"incident_id" if name == "incident" else name: value for name, value in given.items()}
    with post().database.read() as conn:
        return handover.decisions(conn, post(), **wanted)


@api.get("/decisions.csv")
@rule(api, "handover.read")
@api.response(200, s.Anything, content_type="text/csv")
@api.arguments(h.DecisionsQuery, location="query")
def export_decisions(given: dict[str, Any]) -> Response:
    """The same as a table for a spreadsheet; what begins like a formula is kept from being one."""
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(CSV_COLUMNS)
    writer.writerows([_cell(card[name]) for name in CSV_COLUMNS] for card in _decisions(given))
    headers = {"Cache-Control": "no-store", "Content-Disposition": "attachment; filename=keputusan.csv"}
    return Response("\ufeff" + out.getvalue(), mimetype="text/csv", headers=headers)


def _cell(value: Any) -> Any:
    return f"'{value}" if isinstance(value, str) and value[:1] in ("=", "+", "-", "@", "\t", "\r") else value


@api.post("/decisions")
@rule(api, "decision.write", 409)
@api.response(201, s.EntryOut)
@api.arguments(h.DecisionIn)
def make_decision(given: dict[str, Any]) -> Response:
    """Write down what a meeting decided."""
    uid = str(given.pop("uid"))
    links = {f"{name}_id": given.pop(name) for name in ("incident", "status") if name in given}
    return answer(post().do(actions.make_decision, me().name, uid, **given, **links), 201)


@api.post("/decisions/<int:decision_id>/<string:verb>")
@rule(api, "decision.write", 404, 409)
@api.response(200, s.EntryOut)
@api.arguments(h.DecisionVerbIn)
def do_decision(given: dict[str, Any], decision_id: int, verb: str) -> Response:
    """Do a verb of a decision: done, drop, reopen, strike; all but done need a reason."""
    if verb not in DECISION_VERBS:
        raise NotFound(f"Langkah itu tidak ada; yang ada: {', '.join(DECISION_VERBS)}.")
    uid = str(given["uid"])
    return answer(post().do(actions.change_decision, me().name, uid, s_id(decision_id), verb, given.get("text")))


# pages


@sheets.get("/handover")
@may("handover.read")
def handover_page() -> str:
    """Serah terima & rapat."""
    return page("incident/handover.html")


@sheets.get("/handover/<int:shift_id>")
@may("handover.read")
def handover_sheet(shift_id: int) -> str:
    """A handover on A4, to be signed by hand too."""
    times, types = words.Times(post().settings), _type_names()
    said = {"kinds": words.KINDS, "times": times, "row_words": lambda row: words.row_words(row, types, times)}
    return page("incident/handover_sheet.html", shift=_handed_over(shift_id), **said)
