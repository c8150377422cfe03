"""The same verb as the tutorials write it: Flask-SocketIO on threads, ORM objects, commit, emit. To be beaten."""

import datetime as dt
import sys
from typing import Any

from flask import Flask, request
from flask_socketio import SocketIO
from sqlalchemy import create_engine, event
from sqlalchemy.orm import Session

from gis.database import Database
from incident.models import Call, Incident


def serve(port: int, url: str) -> None:
    """Serve until killed: POST /calls."""
    app = Flask("tutorial")
    socketio = SocketIO(app, async_mode="threading", cors_allowed_origins="*")
    engine = _engine(url)

    @app.post("/calls")
    def take() -> tuple[dict[str, Any], int]:
        given = request.get_json()
        with Session(engine) as session:
            incident = _incident(given)
            session.add(incident)
            session.flush()
            call = _call(given, incident.id)
            session.add(call)
            session.commit()
            facts = {"call": call.id, "incident": incident.id, "state": incident.state}
        socketio.emit("saved", facts)
        return facts, 201

    @app.get("/healthz")
    def say_alive() -> str:
        return "{}"

    socketio.run(app, "127.0.0.1", port, allow_unsafe_werkzeug=True)


def _engine(url: str) -> Any:
    """As a tutorial opens it: SpatiaLite loaded, everything else by default but a durable WAL."""
    database = Database(url)
    if not database.is_spatialite:
        return create_engine(url)
    engine = create_engine(url, module=database.writer.dialect.dbapi, connect_args={"timeout": 30})

    @event.listens_for(engine, "connect")
    def prepare(connection: Any, _: Any) -> None:
        connection.enable_load_extension(True)
        connection.load_extension("mod_spatialite")
        connection.execute("PRAGMA busy_timeout=30000")
        connection.execute("PRAGMA synchronous=FULL")

    return engine


def _incident(given: dict[str, Any]) -> Incident:
    now, place = dt.datetime.now(dt.UTC), given["place"]
    words = {"type": given["type"], "priority": "P2", "state": "new", "place": place["text"], "method": "map"}
    return Incident(**words, **_where(place), opened_at=now, changed_at=now)


def _call(given: dict[str, Any], incident_id: int) -> Call:
    now, place = dt.datetime.now(dt.UTC), given["place"]
    words = {"uid": given["uid"], "class_": "normal", "type": given["type"], "channel": "112", "taken_by": "bench"}
    caller = {"narrative": given["narrative"], "caller_name": given["caller"]["name"]}
    moments = {"received_at": now, "recorded_at": now}
    return Call(**words, **caller, **moments, **_where(place), incident_id=incident_id)


def _where(place: dict[str, Any]) -> dict[str, Any]:
    point = f"SRID=4326;POINT({place['lon']} {place['lat']})"
    return {"lon": place["lon"], "lat": place["lat"], "radius_m": place["radius_m"], "point": point}


if __name__ == "__main__":
    serve(int(sys.argv[1]), sys.argv[2])
