"""The doors a browser needs before it can do without: its worker, its manifest, who it is, and its outbox's secret."""

from pathlib import Path
from typing import Any

import orjson
from flask import Blueprint, Flask, Response, current_app, render_template, request, url_for
from flask_babel import force_locale, get_locale
from flask_babel import gettext as _

from incident import schemas as s
from incident.api import Door, answer, me, post, rule
from incident.errors import NotFound
from incident.offline import actions, schemas
from incident.people import find_someone, public
from incident.shelf import version_of

KEPT_PAGES = ("/calls", "/field")  # a browser that opened them opens them again without a server
KINDS = (".js", ".css", ".svg", ".png", ".json", ".woff2")
LANGUAGES = ("id", "en")
WORKER = "js/service_worker.js"
ICONS = (
    ("icon-192.png", "192x192", "any"),
    ("icon-512.png", "512x512", "any"),
    ("icon-mask.png", "512x512", "maskable"),
)

api = Door("me", __name__, url_prefix="/api/v1", description="What a browser asks before it is cut off")
pages = Blueprint("offline", __name__)


def join(app: Flask, rest: Any) -> None:
    """Add the doors, and say on every page for whom and of which version it is."""
    rest.register_blueprint(api)
    app.register_blueprint(pages)
    app.after_request(_mark)


def _mark(response: Response) -> Response:
    """A page names its person and its version to the worker, and no cache but the worker's keeps it.

    A page that is the same for everybody says so by itself (`Cache-Control: public`) and names nobody.
    """
    if response.mimetype != "text/html" or response.status_code != 200 or request.endpoint == "offline.stand_in":
        return response
    if response.cache_control.public:
        return response
    someone = find_someone()
    response.headers["Posko-Person"] = str(someone.id if someone else 0)
    response.headers["Posko-Version"] = version_of(_static())
    response.headers["Cache-Control"] = "no-store" if someone else "no-cache"
    return response


def _static() -> Path:
    return Path(str(current_app.static_folder))


# the worker and what it keeps


@pages.get("/sw.js")
@public
def worker() -> Response:
    """The service worker with the list of what it keeps; another version of any file makes it another worker."""
    facts = orjson.dumps(_facts()).decode()
    words = (_static() / WORKER).read_text()
    response = Response(f"self.POSKO = {facts};\n{words}", mimetype="text/javascript")
    response.headers["Cache-Control"] = "no-cache"
    return response


def _facts() -> dict[str, Any]:
    return {
        "version": version_of(_static()),
        "files": [url_for("static", filename=name) for name in _files()],
        "pages": KEPT_PAGES,
        "standIn": url_for("offline.stand_in", language=_language()),
    }


def _files() -> list[str]:
    """Every file a kept page may ask for, by its name under static/."""
    folder = _static()
    found = (path for path in folder.rglob("*") if path.is_file() and path.suffix in KINDS)
    return sorted(path.relative_to(folder).as_posix() for path in found)


def _language() -> str:
    locale = get_locale()
    return locale.language if locale and locale.language in LANGUAGES else LANGUAGES[0]


@pages.get("/offline/<language>")
@public
def stand_in(language: str) -> str:
    """What stands in for a page that is not kept; it names nobody."""
    from incident.pages import words  # pages need the application's own doors first

    if language not in LANGUAGES:
        raise NotFound("Halaman itu tidak ada.")
    with force_locale(language):
        return render_template("offline.html", **{**words(), "person": None, "csrf": "", "verbs": frozenset()})


@pages.get("/manifest.webmanifest")
@public
def manifest() -> Response:
    """How a phone puts the field page among its programs."""
    words = {
        "id": "/field",
        "name": f"Posko {post().settings.site.name}",
        "short_name": "Posko",
        "description": _("Tugas, status, catatan dan kaji cepat tim lapangan, juga tanpa jaringan."),
        "lang": _language(),
        "start_url": "/field",
        "scope": "/",
        "display": "standalone",
        "orientation": "portrait",
        "background_color": "#0b0f17",
        "theme_color": "#0b0f17",
        "icons": [_icon(*one) for one in ICONS],
    }
    return Response(orjson.dumps(words), mimetype="application/manifest+json", headers={"Cache-Control": "no-cache"})


def _icon(name: str, sizes: str, purpose: str) -> dict[str, str]:
    return {"src": url_for("static", filename=f"img/{name}"), "sizes": sizes, "type": "image/png", "purpose": purpose}


# who this browser is


@api.get("/me")
@rule(api, "board.read")
@api.response(200, schemas.MeOut)
def who_am_i() -> Response:
    """Who is logged in, with the token a page needs: one that was opened without a server has an old one."""
    someone = me()
    return answer({"name": someone.name, "role": someone.role, "csrf": someone.csrf})


@api.post("/me/outbox-secret")
@rule(api, "board.read")
@api.response(200, schemas.OutboxSecretOut)
@api.arguments(s.Strict)
def give_outbox_secret(given: dict[str, Any]) -> Response:
    """The secret this person's browsers seal the key of their outbox with; always the same, never kept there."""
    someone = me()
    return answer({"secret": post().do(actions.give_outbox_secret, someone.name, None, someone.id)})
