"""A gevent server of its own that broadcasts numbered events, by the short way or by python-socketio's own.

Run as a program: `python -m tests.incident.broadcaster BIND short|plain`. POST /emit?from=0&count=50 broadcasts;
every seventh event is larger than a socket's buffer, so that frames are cut.
"""

import sys
from typing import Any

ROOM = "all"
LARGE, SMALL = 600_000, 300


def event(number: int) -> dict[str, Any]:
    """The event with this number; its words show when a byte is lost or doubled."""
    size = LARGE if number % 7 == 3 else SMALL
    return {"n": number, "words": f"{number:06d}é" * (size // 7)}


def _application(way: str) -> Any:
    from flask import Flask, request
    from flask_socketio import SocketIO, join_room

    from incident import fanout
    from incident.live import Json

    app = Flask("broadcaster")
    more = fanout.socketio_options() if way == "short" else {}
    socketio = SocketIO(app, async_mode="gevent", json=Json, cors_allowed_origins="*", serve_client=False, **more)
    fanout.take_over(socketio)  # the library's own websocket cuts frames for a screen that reads slowly

    @socketio.on("connect")
    def connect(auth: Any = None) -> None:
        join_room(ROOM)

    @app.get("/healthz")
    def say_alive() -> str:
        return "{}"

    @app.post("/emit")
    def emit() -> dict[str, int]:
        first, count = int(request.args["from"]), int(request.args["count"])
        for number in range(first, first + count):
            socketio.emit("numbered", event(number), to=ROOM)
            if number % 10 == 0:
                socketio.sleep(0)
        return {"emitted": count}

    return app


def serve(bind: str, way: str) -> None:
    """Serve until killed."""
    from gevent import monkey

    monkey.patch_all()
    from gunicorn.app.base import BaseApplication

    from incident.serve import options

    class Web(BaseApplication):
        def load_config(self) -> None:
            for name, value in options(bind).items():
                self.cfg.set(name, value)

        def load(self) -> Any:
            return _application(way)

    Web().run()


if __name__ == "__main__":
    serve(sys.argv[1], sys.argv[2])
