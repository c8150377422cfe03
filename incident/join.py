"""What the room brings into the application: its API, its pages, its health."""

from flask import Flask
from flask_smorest import Api

from gis import outline
from incident import (
    boundary_routes,
    doubtful,
    export_routes,
    ground_import_routes,
    ground_routes,
    health,
    layer_routes,
    ogc_routes,
    pages,
    place_routes,
    queue_routes,
    routes,
    situation_routes,
    tile_routes,
    track_routes,
    view_routes,
)
from incident.assessments import routes as assessment_routes
from incident.attachments import routes as attachment_routes
from incident.casework import routes as casework_routes
from incident.desk import form_routes, incoming_routes
from incident.duty import routes as duty_routes
from incident.figures import routes as figure_routes
from incident.finding import routes as finding_routes
from incident.handover import routes as handover_routes
from incident.offline import routes as offline_routes
from incident.queueing import routes as queueing_routes


def join(app: Flask, api: Api) -> None:
    """Add the room's routes."""
    routes.grounds[:] = [outline.ground, doubtful.ground_box]
    api.register_blueprint(routes.api)
    api.register_blueprint(incoming_routes.api)
    api.register_blueprint(form_routes.api)
    api.register_blueprint(boundary_routes.api)
    api.register_blueprint(ground_routes.api)
    api.register_blueprint(ground_import_routes.api)
    api.register_blueprint(layer_routes.api)
    api.register_blueprint(export_routes.api)
    app.register_blueprint(ogc_routes.api)
    api.register_blueprint(place_routes.api)
    api.register_blueprint(queue_routes.api)
    tile_routes.join(app, api)
    api.register_blueprint(track_routes.api)
    api.register_blueprint(view_routes.api)
    app.register_blueprint(pages.pages)
    app.register_blueprint(situation_routes.situation)
    app.register_blueprint(health.health)
    assessment_routes.join(api)
    offline_routes.join(app, api)
    casework_routes.join(app, api)
    figure_routes.join(app, api)
    handover_routes.join(app, api)
    api.register_blueprint(finding_routes.api)
    attachment_routes.join(app, api)
    duty_routes.join(api)
    queueing_routes.join(api)
