"""The floor: the same server stack (gunicorn, gevent, Flask-SocketIO) that only broadcasts or answers given bytes."""

import json
import sys
from typing import Any


def serve(port: int) -> None:
    """Serve until killed. POST /emit broadcasts its JSON body now; POST /keep keeps it and GET /kept answers it."""
    from gevent import monkey

    monkey.patch_all()
    from gunicorn.app.base import BaseApplication

    from incident.serve import options

    class Bare(BaseApplication):
        def load_config(self) -> None:
            for name, value in options(f"127.0.0.1:{port}").items():
                self.cfg.set(name, value)

        def load(self) -> Any:
            return application()

    Bare().run()


def application(async_mode: str = "gevent") -> Any:
    """The least Flask-SocketIO application that can broadcast."""
    from flask import Flask, request
    from flask_socketio import SocketIO

    from incident.journal import stamp
    from incident.post import utc_now

    app = Flask("bare")
    socketio = SocketIO(app, async_mode=async_mode, cors_allowed_origins="*", serve_client=False)
    kept: dict[str, bytes] = {}

    @app.get("/healthz")
    def say_alive() -> str:
        return "{}"

    @app.post("/emit")
    def emit() -> str:
        words = json.loads(request.get_data())
        words["entries"][0]["at"] = stamp(utc_now())
        socketio.emit("entries", words)
        return "{}"

    @app.post("/keep")
    def keep() -> str:
        kept["body"] = request.get_data()
        return "{}"

    @app.get("/kept")
    def answer() -> bytes:
        return kept.get("body", b"{}")

    return app


if __name__ == "__main__":
    serve(int(sys.argv[1]))
