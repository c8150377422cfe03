"""The API of the figures, and the page that shows them. Reading and counting happen off the event loop."""

from collections.abc import Callable
from typing import Any

from flask import Blueprint, Flask, Response, current_app
from flask_smorest import Api
from sqlalchemy import Connection

from incident import rules as house
from incident import schemas as s
from incident import wall
from incident.api import Door, me, packed, post, rule
from incident.errors import NotAllowed, NotFound
from incident.figures import report, rules, sheets
from incident.figures.schemas import FORMS, FiguresQuery
from incident.pages import page
from incident.people import Someone, may

api = Door("figures", __name__, url_prefix="/api/v1", description="How long everything took, as true percentiles")
pages = Blueprint("figure_pages", __name__)
FILE = {"schema": {"type": "string", "format": "binary"}}


def join(app: Flask, rooms: Api) -> None:
    """Add the routes and the pages; the wall shows the figures of the day."""
    rooms.register_blueprint(api)
    app.register_blueprint(pages)
    app.register_blueprint(wall.pages)


@pages.get("/figures")
@may("figures.read")
def figures_page() -> str:
    """Angka kinerja."""
    return page("incident/figures.html", page={"by": rules.BY, "own_agency": own_agency(me())})


@api.get("/figures")
@rule(api, "figures.read")
@api.response(200, s.Anything)
@api.arguments(FiguresQuery, location="query")
def show_figures(given: dict[str, Any]) -> Response:
    """P50 and P90 of every measure by group, with n, what was left out and why, and the share within each target."""
    return packed(_made(given, lambda one: one))


@api.get("/figures.<string:form>")
@rule(api, "figures.read", 404)
@api.doc(responses={200: {"description": "The file", "content": dict.fromkeys(sheets.KINDS.values(), FILE)}})
@api.arguments(FiguresQuery, location="query")
def export_figures(given: dict[str, Any], form: str) -> Response:
    """The same figures as a file: csv (UTF-8, commas) or xlsx."""
    if form not in FORMS:
        raise NotFound(f"Bentuk berkas itu tidak ada; yang ada: {', '.join(FORMS)}.")
    told: dict[str, Any] = {}
    content = _made(given, lambda one: (told.update(one), sheets.written(one, form))[1])
    response = Response(content, content_type=sheets.KINDS[form])
    response.headers["Content-Disposition"] = f'attachment; filename="{sheets.file_name(told, form)}"'
    response.headers["Cache-Control"] = "no-store"
    return response


def _made(given: dict[str, Any], turn: Callable[[dict[str, Any]], Any]) -> Any:
    here, one = post(), report.asked(post(), given, own_agency(me()))
    with here.database.read() as conn:
        return _apart(conn, lambda: turn(report.report(conn, here, one)))


def _apart(conn: Connection, work: Callable[[], Any]) -> Any:
    """Off the event loop, with the request's language: a month of a busy city must not freeze a screen."""
    from flask import copy_current_request_context

    return current_app.extensions["run_apart"](copy_current_request_context(work))


def own_agency(someone: Someone) -> str | None:
    """The agency whose figures alone this person sees; None for those who see all. Raises NotAllowed."""
    if house.ROLE_SEES[someone.role]["incidents"] == "all":
        return None
    if not someone.agency_code:
        raise NotAllowed("Angka dilihat untuk instansi; Anda belum terdaftar pada satu instansi.")
    return someone.agency_code
