"""The API of bulletins: what stands, what is proposed and decided, which sources are asked."""

import datetime as dt
from typing import Any

from flask import Flask, Response
from flask_babel import gettext
from flask_smorest import Api

from alerts.bulletins import actions, feed_actions, feed_queries, queries
from alerts.bulletins import schemas as b
from incident import board
from incident import schemas as s
from incident.api import Door, answer, me, post, rule
from incident.errors import NotFound
from incident.routes import s_id

api = Door("bulletins", __name__, url_prefix="/api/v1", description="News of sources outside, and what they propose")


@api.get("/bulletins")
@rule(api, "bulletin.read")
@api.response(200, s.Anything)
@api.arguments(b.BulletinsQuery, location="query")
def list_bulletins(given: dict[str, Any]) -> Response:
    """What happened in the last hours, each quake once with all who told it; `gone` says what does not stand."""
    since = post().clock() - dt.timedelta(hours=given["hours"])
    with post().database.read() as conn:
        found = queries.told_since(conn, since, given.get("kind"), given["limit"])
    cards = [{"gone": False, **queries.card(group)} for group in found]
    credits = sorted({one["attribution"] for card in cards for one in card["sources"]})
    return answer({"bulletins": cards, "attribution": credits})


@api.post("/bulletins/volcano")
@rule(api, "bulletin.write", 409)
@api.response(201, s.EntryOut)
@api.arguments(b.VolcanoIn)
def write_volcano(given: dict[str, Any]) -> Response:
    """Write down the level of a volcano by hand."""
    uid = str(given.pop("uid"))
    return answer(post().do(actions.write_volcano, me().name, uid, **given), 201)


@api.get("/proposals")
@rule(api, "proposal.read")
@api.response(200, s.Anything)
@api.arguments(b.ProposalsQuery, location="query")
def list_proposals(given: dict[str, Any]) -> Response:
    """The newest proposals, the newest first, with who decided."""
    with post().database.read() as conn:
        return answer({"proposals": queries.proposals(conn, given.get("state"), given["limit"])})


@api.get("/proposals/<int:proposal_id>")
@rule(api, "proposal.read", 404)
@api.response(200, s.Anything)
def get_proposal(proposal_id: int) -> Response:
    """One proposal with its villages and the draft an alert would begin with."""
    with post().database.read() as conn:
        row = queries.find_proposal(conn, s_id(proposal_id))
        if row is None:
            raise NotFound("Usulan itu tidak ada.")
        return answer(queries.whole_proposal(conn, row))


@api.post("/proposals/<int:proposal_id>/<string:verb>")
@rule(api, "proposal.decide", 404, 409)
@api.response(200, s.EntryOut)
@api.arguments(b.ProposalVerbIn)
def decide(given: dict[str, Any], proposal_id: int, verb: str) -> Response:
    """Accept or decline a proposal. Nothing is declared and nothing is sent by it: that a person does."""
    if verb not in actions.DECISIONS:
        raise NotFound(f"Langkah itu tidak ada; yang ada: {', '.join(actions.DECISIONS)}.")
    uid = str(given["uid"])
    return answer(post().do(actions.decide, me().name, uid, s_id(proposal_id), verb, given.get("text")))


@api.get("/feeds")
@rule(api, "system.read")
@api.response(200, s.Anything)
def list_feeds() -> Response:
    """Every source that can be asked, what was chosen of it, and how it fares; `missing` is why nothing is proposed."""
    with post().database.read() as conn:
        rows, missing = feed_queries.listed(conn, post().settings), feed_queries.missing(conn, post().settings)
    spoken = [{**row, **{name: gettext(row[name]) for name in ("label", "credit")}} for row in rows]
    return answer({"feeds": spoken, "missing": missing, "exercise": post().settings.exercise})


@api.put("/feeds/<string:name>")
@rule(api, "feed.manage", 404, 409)
@api.response(200, s.EntryOut)
@api.arguments(b.FeedIn)
def switch_feed(given: dict[str, Any], name: str) -> Response:
    """Switch a source on or off, and choose what it is asked for."""
    uid = str(given.pop("uid"))
    return answer(post().do(feed_actions.switch, me().name, uid, name, **given))


def join(app: Flask, rooms: Api) -> None:
    """Add the routes and the part of the board."""
    rooms.register_blueprint(api)
    board.join(queries.board_cards, queries.incident_cards)
