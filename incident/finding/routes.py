"""The door of the search over everything."""

from typing import Any

from flask import Response

from incident.api import Door, answer, me, post, rule
from incident.finding import schemas as f
from incident.finding import search

api = Door("finding", __name__, url_prefix="/api/v1", description="Search over everything")


@api.post("/find")
@rule(api, "incident.read")
@api.response(200, f.FindOut)
@api.arguments(f.FindIn)
def find(given: dict[str, Any]) -> Response:
    """Everything that has these words, this number or this part of a phone number, as the caller may see it.

    Each row says by what it was found (`by`: number, phone, name, place, words), and its `words` as [piece, is it a
    hit] in a row; phone numbers are masked. Nothing of the question is written down anywhere.
    """
    return answer(search.find(post(), me(), given["q"], given["limit"]))
