"""Makes the web application: settings, rooms, doors, and what every answer carries."""

from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from typing import Any

from flask import Flask, Request, Response, redirect, render_template, request
from flask.sessions import SessionInterface
from flask_babel import Babel
from flask_socketio import SocketIO
from werkzeug.exceptions import HTTPException, TooManyRequests

from gis.database import Database, is_unreachable
from incident import api as doors
from incident import failpoints, people, sayings
from incident.config import Settings, load_settings
from incident.errors import NotKnown, Refused
from incident.guesses import Guesses
from incident.live import Json, Live
from incident.openapi import OPTIONS, LateApi
from incident.post import Post
from incident.shelf import Shelved
from incident.upgrade import upgrade
from incident.whereabouts import lay_ground

ROOT = Path(__file__).parent.parent
ROOMS = ("incident.join:join", "alerts.routes:join", "radio_bridge.routes:join")
MAX_BODY = 1_000_000
LANGUAGES = ("id", "en")
CSP = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; font-src 'self'; "
    "media-src 'self' blob:; connect-src 'self'; manifest-src 'self'; form-action 'self'; base-uri 'none'; "
    "frame-ancestors 'none'"
)


def create_app(
    settings: Settings | None = None,
    async_mode: str = "threading",
    run_apart: Callable[[Callable[[], Any]], Any] | None = None,
    migrate: bool = True,
    **given: Any,
) -> Flask:
    """Make the application; `given` are settings by name, as in `create_app(database="sqlite://")`."""
    settings = settings or load_settings(**given)
    app = Shelved("posko", ROOT, template_folder="templates")
    app.config.update(_config(settings))
    app.session_interface = NoCookieSession()
    database = Database(settings.database, run_apart)
    if migrate:
        upgrade(database)
    app.extensions["posko"] = Post(settings, database)
    app.extensions["people"] = people.Register(database)
    app.extensions["run_apart"] = run_apart or (lambda work: work())
    app.extensions["api"] = LateApi(app)
    lay_ground(app)
    app.extensions["guesses"] = Guesses()
    Babel(app, locale_selector=choose_language)
    _open_doors(app)
    _join_rooms(app)
    _go_live(app, async_mode)
    return app


class NoCookieSession(SessionInterface):
    """Sessions are kept on the server (people.Register): Flask's signed cookie is neither read nor written."""

    def open_session(self, app: Flask, request: Request) -> None:
        return None


def _config(settings: Settings) -> dict[str, Any]:
    return {
        "SECRET_KEY": settings.secret_key,
        "ORIGINS": people.origins_of(settings),
        "MAX_CONTENT_LENGTH": MAX_BODY,
        "BABEL_DEFAULT_LOCALE": settings.language,
        "BABEL_TRANSLATION_DIRECTORIES": str(ROOT / "incident" / "translations"),
        "API_TITLE": "Posko",
        "API_VERSION": "v1",
        "OPENAPI_VERSION": "3.1.0",
        "OPENAPI_URL_PREFIX": "/api/v1",
        "OPENAPI_JSON_PATH": "openapi.json",
        "API_SPEC_OPTIONS": OPTIONS,
    }


def _join_rooms(app: Flask) -> None:
    """Every room adds its routes and cards; a room to the right is known here by its path alone."""
    for path in ROOMS:
        module, _, name = path.partition(":")
        getattr(import_module(module), name)(app, app.extensions["api"])
    for rule in ("api-docs.openapi_json", "static", "any_static"):
        if rule in app.view_functions:
            app.view_functions[rule] = people.public(_wrapped(app.view_functions[rule]))


def _wrapped(view: Callable[..., Any]) -> Callable[..., Any]:
    """The view as a function of its own, so that a mark can be set on it."""
    return lambda *args, **kwargs: view(*args, **kwargs)


def _go_live(app: Flask, async_mode: str) -> None:
    """Open the sockets; under gevent one broadcast is encoded once for all its screens."""
    fast = import_module("incident.fanout") if async_mode == "gevent" else None
    socketio = SocketIO(
        app,
        async_mode=async_mode,
        json=Json,
        cors_allowed_origins=app.config["ORIGINS"],
        ping_interval=5,
        ping_timeout=5,
        max_http_buffer_size=10_000,
        manage_session=False,
        serve_client=False,
        **(fast.socketio_options() if fast else {}),
    )
    if fast:
        fast.take_over(socketio)
    app.extensions["live"] = Live(socketio, app.extensions["posko"], app.extensions["people"])


def choose_language() -> str:
    """The language of this screen: chosen by cookie, else the site's."""
    chosen = request.cookies.get("posko_language")
    return chosen if chosen in LANGUAGES else doors.post().settings.language


# the edge: what comes in is checked, what goes wrong is said


def _open_doors(app: Flask) -> None:
    app.before_request(_begin)
    app.before_request(people.authorise)
    app.after_request(_finish)
    for kind in (HTTPException, Exception):
        app.register_error_handler(kind, _refuse)


def _begin() -> None:
    failpoints.reach("received")


def _finish(response: Response) -> Response:
    headers = response.headers
    headers.setdefault("Content-Security-Policy", CSP)
    headers["X-Content-Type-Options"] = "nosniff"
    headers["Referrer-Policy"] = "same-origin"
    headers["Permissions-Policy"] = "geolocation=(self), camera=(self), microphone=(self)"
    if request.method == "POST":
        response.call_on_close(lambda: failpoints.reach("answered"))
    return response


def _refuse(failure: Exception) -> Any:
    """The HTTP edge: every failure becomes a sentence with the right status; an unknown one also a log line."""
    if isinstance(failure, Refused):
        return _say(failure.status, failure.sentence, field=failure.field, **failure.more)
    if isinstance(failure, HTTPException):
        return _say_http(failure)
    if isinstance(failure, RecursionError):  # json gives up before the body ends
        return _say(400, "Badan permintaan bersarang terlalu dalam.")
    if is_unreachable(failure):
        doors.post().log.error("database.unreachable", failure=type(failure).__name__)
        return _say(
            503, "Basis data tidak dapat dicapai; tidak ada yang tersimpan. Coba lagi, laporan Anda tetap di layar."
        )
    doors.post().log.error("request.failed", endpoint=request.endpoint, exc_info=failure)
    return _say(500, "Posko tersandung; kejadian ini tercatat. Coba lagi, tidak ada yang tersimpan dua kali.")


def _say_http(failure: HTTPException) -> Any:
    status = failure.code or 500
    if status < 400:
        return failure.get_response()
    messages = getattr(failure, "data", {}).get("messages") if getattr(failure, "data", None) else None
    if messages:
        field, sentence = _first_fault(messages)
        return _say(status, sentence, field=field)
    usual = doors.STATUS_WORDS.get(status, failure.name) + "."
    response = _say(status, (failure.description if isinstance(failure, TooManyRequests) else None) or usual)
    for name, value in failure.get_headers():
        if name.lower() in ("retry-after", "allow"):
            response.headers[name] = value
    return response


def _first_fault(messages: Any, path: tuple[str, ...] = ()) -> tuple[str, str]:
    """The first field at fault and its sentence, out of marshmallow's nested messages."""
    if isinstance(messages, dict) and messages:
        name, inner = next(iter(messages.items()))
        outer = path if name in ("json", "query", "_schema") else (*path, str(name))
        return _first_fault(inner, outer)
    sentence = messages[0] if isinstance(messages, list) and messages else messages
    return ".".join(path), str(sentence)


def _say(status: int, sentence: str, **more: Any) -> Any:
    is_page = doors.prefers_page() if request.path.startswith("/ogc") else request.accept_mimetypes.accept_html
    if request.path.startswith("/api/") or not is_page:
        return doors.problem(status, sentence, **more)
    if status == NotKnown.status and request.method == "GET":
        return redirect(f"/login?next={request.path}")
    page = render_template("error.html", status=status, sentence=sayings.here(sentence), **page_words())
    return Response(page, status, mimetype="text/html")


def page_words() -> dict[str, Any]:
    """What every page is given: place, exercise, who is here, what they may."""
    from incident.pages import words  # pages render templates and need the app's own doors first

    return words()
