"""The public page `/info` and its RSS, open to everybody; the page on which staff write it, and its API."""

from functools import partial
from typing import Any

from flask import Blueprint, Flask, Response, current_app, render_template, request
from flask_babel import force_locale
from flask_smorest import Api
from werkzeug.wrappers import Response as Answer

from alerts.cap_feed import Feed, write_rss
from alerts.public import actions, page, queries
from alerts.public import schemas as p
from alerts.public.kept import Kept
from alerts.public.publishing import sender_of_site
from alerts.public.rush import Rush
from alerts.public.watch import Watch
from incident import pages
from incident import schemas as s
from incident.api import Door, answer, me, post, rule
from incident.people import may, public
from incident.routes import s_id
from incident.words import role_word

info = Blueprint("info", __name__)
api = Door("public", __name__, url_prefix="/api/v1", description="What everybody may know: clarifications, open posts")
LANGUAGES = ("id", "en")
RSS_MIME = "application/rss+xml"


# for everybody


@info.get("/info")
@public
def show() -> Answer:
    """Informasi untuk masyarakat: the same bytes for everybody, made anew every few seconds."""
    return _kept("info", _language()).answer(request)


@info.get("/info/rss.xml")
@public
def show_rss() -> Answer:
    """The same as a feed."""
    return _kept("rss", _language()).answer(request)


def _language() -> str:
    asked = request.args.get("lang", "")
    return asked if asked in LANGUAGES else "id"


def _kept(name: str, language: str) -> Kept:
    return current_app.extensions["public_kept"][(name, language)]


def write_page(language: str) -> bytes:
    """The page as it is now."""
    settings = post().settings
    with force_locale(language):
        told = page.gather(post(), language)
        words = {"site": settings.site, "exercise": settings.exercise, "language": language, "role_word": role_word}
        return render_template(
            "public/info.html", **told, **words, robots="noindex" if settings.exercise else "all"
        ).encode()


def write_feed(language: str) -> bytes:
    """The RSS as it is now; it changed when its newest line did."""
    settings = post().settings
    items = page.items(post(), language)
    changed_at = max((one.at for one in items), default=post().clock().replace(hour=0, minute=0, second=0))
    key = f"{sender_of_site(settings).id} rss {language}"
    feed = Feed(key, _title(language), settings.site.name, settings.public_url, "/info/rss.xml", changed_at)
    return write_rss(feed, items, language)


def _title(language: str) -> str:
    settings = post().settings
    words = "informasi untuk masyarakat" if language == "id" else "information for everybody"
    return f"{settings.site.name}: {words}" + (" (LATIHAN)" if settings.exercise else "")


# for staff


@info.get("/info/edit")
@may("clarification.write")
def edit() -> str:
    """Halaman publik: what everybody reads, written and approved here."""
    return pages.page("public/edit.html")


@api.get("/clarifications")
@rule(api, "clarification.write")
@api.response(200, s.Anything)
def list_clarifications() -> Response:
    """Answers to rumours: drafts first, then what is public, then what was."""
    with post().database.read() as conn:
        return answer({"clarifications": queries.clarification_cards(conn)})


@api.post("/clarifications")
@rule(api, "clarification.write", 404, 409)
@api.response(201, s.EntryOut)
@api.arguments(p.ClarificationIn)
def write_clarification(given: dict[str, Any]) -> Response:
    """Write an answer to a rumour; a second person approves it."""
    uid = str(given.pop("uid"))
    return answer(post().do(actions.write_clarification, me().name, uid, **given), 201)


@api.post("/clarifications/<int:clarification_id>/approve")
@rule(api, "clarification.approve", 404, 409)
@api.response(200, s.EntryOut)
@api.arguments(p.ClarificationApproveIn)
def approve_clarification(given: dict[str, Any], clarification_id: int) -> Response:
    """Approve the words that were read, as a second, different person: they are public from now on."""
    uid, read = str(given["uid"]), given["text_hash"]
    return answer(post().do(actions.approve_clarification, me().name, uid, s_id(clarification_id), read))


@api.post("/clarifications/<int:clarification_id>/withdraw")
@rule(api, "clarification.write", 404, 409)
@api.response(200, s.EntryOut)
@api.arguments(p.ClarificationWithdrawIn)
def withdraw_clarification(given: dict[str, Any], clarification_id: int) -> Response:
    """Take an answer off the public page, or drop a draft, with a reason."""
    uid, why = str(given["uid"]), given["why"]
    return answer(post().do(actions.withdraw_clarification, me().name, uid, s_id(clarification_id), why))


@api.get("/openings")
@rule(api, "opening.change")
@api.response(200, s.Anything)
def list_openings() -> Response:
    """Every post and facility on the map, with what the public is told of it."""
    with post().database.read() as conn:
        return answer({"openings": queries.openings(conn)})


@api.post("/openings/<int:facility_id>")
@rule(api, "opening.change", 404, 409)
@api.response(200, s.EntryOut)
@api.arguments(p.OpeningIn)
def change_opening(given: dict[str, Any], facility_id: int) -> Response:
    """Say whether a post or shelter is open, when, and whether the public page shows it."""
    uid = str(given.pop("uid"))
    return answer(post().do(actions.change_opening, me().name, uid, s_id(facility_id), **given))


def join(app: Flask, site_api: Api) -> None:
    """Add the public page, its feed, and the doors of those who write it."""
    watch = Watch(app.extensions["posko"])
    shelf = {
        **{("info", one): Kept(partial(write_page, one), "text/html", stamp=watch.stamp) for one in LANGUAGES},
        **{("rss", one): Kept(partial(write_feed, one), RSS_MIME, stamp=watch.stamp) for one in LANGUAGES},
    }
    app.extensions["public_kept"] = shelf
    paths = {"/info": "info", "/info/rss.xml": "rss"}
    quick = {(path, f"lang={one}"): shelf[(name, one)] for path, name in paths.items() for one in LANGUAGES}
    quick |= {(path, ""): shelf[(name, "id")] for path, name in paths.items()}
    app.wsgi_app = Rush(app.wsgi_app, quick | {("/cap", ""): app.extensions["cap_feed"]})  # type: ignore
    app.register_blueprint(info)
    site_api.register_blueprint(api)
