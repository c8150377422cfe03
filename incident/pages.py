"""The pages people open: each is a frame that the live picture fills."""

from typing import Any
from urllib.parse import urlsplit

from flask import Blueprint, Response, current_app, make_response, redirect, render_template, request
from flask_babel import get_locale
from flask_babel import gettext as _

from gis import gazetteer
from incident import people, queries, rules, sayings
from incident.api import post
from incident.desk import deck
from incident.desk.status_words import declared_words
from incident.duty import queries as duty
from incident.errors import NotFound, Refused
from incident.guesses import bounded
from incident.people import COOKIE, find_someone, may, public
from incident.words import page_context

pages = Blueprint("pages", __name__)
HOME = {"field": "/field"}
FIELD_KEPT_S = 30 * 86400  # a phone without a network cannot log in again; who is revoked is out at once all the same
PLACES_CREDIT = gazetteer.ATTRIBUTION  # the licence of the names asks for it wherever they are shown


def words() -> dict[str, Any]:
    """What every page is given: place, exercise, who is here, what they may, and the types by name."""
    someone = find_someone()
    settings = post().settings
    return {
        "site": settings.site,
        "exercise": settings.exercise,
        "person": someone,
        "verbs": rules.ROLE_VERBS.get(someone.role, frozenset()) if someone else frozenset(),
        "csrf": someone.csrf if someone else "",
        "language": str(get_locale()),
        "types": _types(),
        "roles": rules.ROLES,
        "places_credit": PLACES_CREDIT,
        "declared": declared_words(post()) if someone else None,
        "unit_words": _unit_words() if someone else {},
        **page_context(someone.role if someone else None),
    }


def _types() -> list[dict[str, Any]]:
    name = "name_en" if str(get_locale()) == "en" else "name_id"
    kinds = current_app.extensions.get("types")
    if kinds is None:
        with post().database.read() as conn:
            kinds = current_app.extensions["types"] = [dict(row) for row in queries.types(conn)]
    return [
        {**{key: kind[key] for key in ("code", "family", "priority", "icon")}, "name": kind[name]} for kind in kinds
    ]


def _unit_words() -> dict[str, dict[str, str]]:
    with post().database.read() as conn:
        return duty.names_of_page(conn, str(get_locale()))


def page(template: str, **more: Any) -> str:
    """A page with what every page is given."""
    return render_template(template, **words(), **more)


@pages.get("/")
@may("board.read")
def board() -> Any:
    """Papan Kejadian."""
    someone = find_someone()
    if someone and someone.role in HOME:
        return redirect(HOME[someone.role])
    return page("incident/board.html")


@pages.get("/calls")
@may("call.record")
def desk() -> str:
    """Meja 112."""
    cards = deck.of(post().settings.data).shown(str(get_locale()))
    return page("incident/desk.html", question_cards=cards)


@pages.get("/cards")
@may("card.manage")
def cards_page() -> str:
    """Kartu pertanyaan."""
    return page("incident/cards.html")


@pages.get("/field")
@may("alert.acknowledge")
def field() -> str:
    """Lapangan."""
    return page("alerts/field.html", takes_photos=_has_door("/api/v1/attachments"))


def _has_door(path: str) -> bool:
    """Whether this Posko has a route of that address."""
    return any(known.rule == path for known in current_app.url_map.iter_rules())


@pages.get("/radio")
@may("radio.read")
def radio() -> str:
    """Jurnal radio."""
    return page("radio/radio.html")


@pages.get("/units")
@may("radio.read")
def units_page() -> str:
    """Satuan: who is free, on what, since when, who is silent."""
    with post().database.read() as conn:
        return page("incident/units.html", agencies=queries.agencies(conn))


@pages.get("/people")
@may("person.manage")
def people_page() -> str:
    """Orang dan satuan."""
    with post().database.read() as conn:
        return page("people/people.html", agencies=queries.agencies(conn))


@pages.get("/ground")
@may("ground.manage")
def ground_page() -> str:
    """Peta dan wilayah: what the map stands on, and files for it."""
    return page("incident/ground.html")


# coming in and going out


@pages.get("/login")
@public
def show_log_in() -> str:
    """The log-in form."""
    return page("people/login.html", error="", next=_safe_next())


@pages.post("/login")
@public
@bounded
def log_in() -> Any:
    """Check name and secret off the event loop, start a session, go where one wanted to."""
    name, secret = request.form.get("name", "").strip(), request.form.get("secret", "")
    person_id = people.check_secret(post(), name, secret, current_app.extensions["run_apart"])
    if person_id is None:
        return page("people/login.html", error=_("Nama atau kata sandi salah."), next=_safe_next(), name=name), 401
    return _let_in(person_id, _safe_next())


def _let_in(person_id: int, target: str) -> Response:
    key = post().do(people.open_session, "login", None, person_id)
    response = make_response(redirect(target))
    kept_s = FIELD_KEPT_S if _is_of_field(person_id) else None
    response.set_cookie(COOKIE, key, max_age=kept_s, httponly=True, samesite="Lax", secure=request.is_secure, path="/")
    return response


def _is_of_field(person_id: int) -> bool:
    """Whether this is a field team's log-in: their phones forget a browser's session whenever they tidy up."""
    with post().database.read() as conn:
        return people.role_of(conn, person_id) == "field"


def _safe_next() -> str:
    """Where to go after the log-in: a path of ours, nothing else."""
    return _ours(request.values.get("next", "/"))


def _ours(target: str) -> str:
    """The target if it is a path of ours, else the start."""
    parts = urlsplit(target)
    ours = target.startswith("/") and not target.startswith(("//", "/\\")) and not parts.netloc and not parts.scheme
    return target if ours else "/"


@pages.post("/logout")
@may("board.read")
def log_out() -> Response:
    """End this session."""
    key = request.cookies.get(COOKIE)
    if key:
        post().do(people.close_session, "logout", None, key)
        current_app.extensions["people"].forget()
    response = make_response(redirect("/login"))
    response.delete_cookie(COOKIE)
    return response


@pages.get("/setup/<key>")
@public
def show_setup(key: str) -> str:
    """The first start: make the first administrator."""
    _require_link(key)
    return page("people/setup.html", error="", key=key)


@pages.post("/setup/<key>")
@public
def set_up(key: str) -> Any:
    """Make the first administrator and let them in; the link works once."""
    _require_link(key)
    name, secret = request.form.get("name", "").strip(), request.form.get("secret", "")
    if secret != request.form.get("again", ""):
        return page("people/setup.html", error=_("Kedua kata sandi tidak sama."), key=key, name=name), 422
    try:
        person_id = post().do(people.use_setup_link, "setup", None, key, name, secret)
    except Refused as refused:
        return page("people/setup.html", error=sayings.here(refused.sentence), key=key, name=name), refused.status
    return _let_in(person_id, "/")


def _require_link(key: str) -> None:
    with post().database.read() as conn:
        if not people.is_setup_link(conn, key):
            raise NotFound(_("Tautan ini sudah dipakai atau tidak berlaku."))


@pages.get("/language/<code>")
@public
def choose(code: str) -> Response:
    """Choose the language of this browser and go back."""
    back = _ours(urlsplit(request.referrer or "/").path)
    response = make_response(redirect(back))
    if code in ("id", "en"):
        response.set_cookie("posko_language", code, samesite="Lax", max_age=10 * 365 * 86400)
    return response
