"""The door to what of a long queue is not on a screen yet: its next page, narrowed by the queue's own filters."""

from typing import Any

from flask import Response

from incident import board, queue
from incident import schemas as s
from incident.api import Door, me, packed, post, rule

api = Door("queue", __name__, url_prefix="/api/v1", description="The rest of a long queue")


@api.get("/queue")
@rule(api, "board.read")
@api.response(200, s.Anything)
@api.arguments(s.QueueQuery, location="query")
def get_queue(given: dict[str, Any]) -> Response:
    """The next cards behind a place of the queue (`after`: the `until` of the answer before), with their seq."""
    after = queue.FRONT if given["after"] is None else queue.read_place(given["after"])
    someone, said = me(), {name: given[name] for name in ("show", "priority", "q", "state", "type", "agency", "area")}
    wanted = queue.Filter(**said, mine=someone.name if given["show"] == "mine" else None)
    return packed(board.more(post(), someone.viewer, after, given["limit"], wanted))
