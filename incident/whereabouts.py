"""Where a call is: the village of its point, from boundaries in memory. What the application keeps of the ground."""

from typing import Any

from flask import Flask, current_app

from gis.drawn import Drawings
from gis.finder import Finder
from gis.reverse import Ground


def lay_ground(app: Flask) -> None:
    """Give the application its ground: boundaries in memory once `start` was called, drawings as they are asked for."""
    post, run_apart = app.extensions["posko"], app.extensions["run_apart"]
    database = post.database
    app.extensions["ground"] = ground = Ground(database, run_apart)
    app.extensions["finder"] = Finder(database, ground, post.settings.site.area_code, run_apart)
    app.extensions["drawings"] = Drawings(database, app.extensions["run_apart"])


def with_area(place: dict[str, Any]) -> dict[str, Any]:
    """The place with the code of the village its point lies in; whoever named one is believed.

    Only from memory: a call is never kept waiting for the boundaries.
    """
    if place.get("area_code") or place.get("lon") is None:
        return place
    code = current_app.extensions["ground"].code_at(place["lon"], place["lat"])
    return {**place, "area_code": code} if code else place
