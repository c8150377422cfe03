"""What the room brings into the application: its API, its pages, its health."""

from flask import Flask
from flask_smorest import Api

from gis import outline
from incident import health, pages, routes


def join(app: Flask, api: Api) -> None:
    """Add the room's routes."""
    routes.grounds[:] = [outline.ground]
    api.register_blueprint(routes.api)
    app.register_blueprint(pages.pages)
    app.register_blueprint(health.health)
