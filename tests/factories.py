"""Calls and bodies with everything filled in; a test names only what it is about."""

from typing import Any
from uuid import uuid4

import pytest

from incident import intake
from incident.post import Post


def uid() -> str:
    return str(uuid4())


def report(post: Post, **said: Any) -> intake.Report:
    """A normal flood call in Pringgabaya, as an action takes it."""
    place = {"method": "map", "lon": 116.6, "lat": -8.5, "radius_m": 50.0, "text": "Pringgabaya"} | said.pop(
        "place", {}
    )
    words: dict[str, Any] = {"uid": uid(), "class_": "normal", "channel": "112", "type": "flood"}
    return intake.Report(**{**words, "received_at": post.clock(), **said}, place=intake.Place(**place))


def call_body(**said: Any) -> dict[str, Any]:
    """The body of POST /calls."""
    body = {
        "uid": uid(),
        "class": "normal",
        "type": "flood",
        "channel": "112",
        "narrative": "Air setinggi pinggang",
        "caller": {"name": "Bu Sri", "phone": "081234567321"},
        "place": {"lon": 116.6, "lat": -8.5, "method": "map", "radius_m": 50, "text": "Pringgabaya"},
    }
    return body | said


on_spatialite = pytest.mark.parametrize("database_url", ["spatialite"], indirect=True)
"""For what does not depend on the database: once is enough."""
