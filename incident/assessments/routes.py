"""The API of the rapid assessment."""

from typing import Any

from flask import Response

from incident import board
from incident import rules as roles
from incident import schemas as s
from incident.api import Door, answer, me, post, rule
from incident.assessments import actions, queries, schemas
from incident.errors import NotAllowed, NotFound
from incident.people import Someone
from incident.routes import _not_ahead, _require_shown, s_id

api = Door("assessments", __name__, url_prefix="/api/v1", description="Rapid assessment (kaji cepat)")


def join(rest: Any) -> None:
    """Add the doors, and the figures to what an incident's page is given."""
    rest.register_blueprint(api)
    board.join(queries.no_cards, queries.whole_cards)


@api.post("/incidents/<int:incident_id>/assessments")
@rule(api, "assessment.write", 404, 409)
@api.response(201, s.EntryOut)
@api.arguments(schemas.AssessIn)
def assess(given: dict[str, Any], incident_id: int) -> Response:
    """Tell figures: each a number, nihil, or still being counted; what is not named stays unknown."""
    someone, uid = me(), str(given.pop("uid"))
    _require_shown(someone, incident_id)
    at = _not_ahead(given.pop("at", None))
    return answer(post().do(actions.assess, someone.name, uid, s_id(incident_id), at=at, **given), 201)


@api.get("/incidents/<int:incident_id>/assessments")
@rule(api, "incident.read", 404)
@api.response(200, s.Anything)
def list_assessments(incident_id: int) -> Response:
    """For each matter the official figure, the last of each source, whether they differ; and every row."""
    someone = me()
    _require_shown(someone, incident_id)
    with post().database.read() as conn:
        rows = queries.assessments_of(conn, s_id(incident_id))
    cards = [queries.figure_card(row) for row in reversed(rows)]
    return answer({"figures": queries.side_by_side(rows), "rows": cards})


@api.post("/assessments/<int:assessment_id>/strike")
@rule(api, "assessment.write", 404, 409)
@api.response(200, s.EntryOut)
@api.arguments(schemas.FigureStrikeIn)
def strike(given: dict[str, Any], assessment_id: int) -> Response:
    """Strike a figure through with a reason: one's own, or any for those who judge figures."""
    someone = me()
    _require_own(someone, assessment_id)
    return answer(post().do(actions.strike, someone.name, str(given["uid"]), assessment_id, given["why"]))


@api.post("/assessments/<int:assessment_id>/choose")
@rule(api, "assessment.judge", 404, 409)
@api.response(200, s.EntryOut)
@api.arguments(schemas.FigureChooseIn)
def choose(given: dict[str, Any], assessment_id: int) -> Response:
    """Choose the official figure of its matter; the one chosen last counts."""
    return answer(post().do(actions.choose, me().name, str(given["uid"]), s_id(assessment_id)))


def _require_own(someone: Someone, assessment_id: int) -> None:
    with post().database.read() as conn:
        row = queries.find_assessment(conn, s_id(assessment_id))
    if row is None:
        raise NotFound("Angka itu tidak ada.")
    if row["by"] != someone.name and not roles.may(someone.role, "assessment.judge"):
        raise NotAllowed("Hanya yang menulis angka ini, atau koordinator, yang mencoretnya.")
