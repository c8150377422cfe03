"""OGC API - Features at /ogc: QGIS, GDAL and other rooms read incidents, calls, units, areas, facilities, villages."""

import threading
from collections.abc import Callable, Mapping
from functools import wraps
from typing import Any, TypeVar

import orjson
from flask import Blueprint, Response, current_app, render_template, request
from flask_babel import force_locale, format_decimal
from flask_babel import gettext as _
from sqlalchemy import Connection

from gis import ogc, ogc_api, ogc_query
from incident import catalogue, lent
from incident.api import me, post, prefers_page
from incident.catalogue import Reader, Shelf
from incident.errors import NotAllowed, NotFound, Refused
from incident.people import may, with_query_token
from incident.rules import may as role_may

api = Blueprint("ogc", __name__, url_prefix="/ogc")
LANGUAGES = ("id", "en")
View = Callable[..., Any]
Found = TypeVar("Found")
AT_ONCE = threading.BoundedSemaphore(4)  # readings at a time: the threads are those that commits need too


def _served(path: str) -> Callable[[View], View]:
    """A route of the service: for all who may see the board, in their language; it takes a token from the query."""

    def mark(view: View) -> View:
        @wraps(view)
        def spoken(**named: Any) -> Response:
            with force_locale(_language()):
                response = _read(view, named)
            response.headers["Content-Language"] = _language()
            response.headers["Cache-Control"] = "no-store"
            response.vary.update(("Accept", "Accept-Language", "Authorization", "Cookie"))
            return response

        marked = with_query_token(may("board.read")(spoken))
        return api.get(path, strict_slashes=False)(marked)

    return mark


def _read(view: View, named: Mapping[str, Any]) -> Response:
    try:
        return view(**named)
    except ogc_query.BadParameter as fault:
        raise Refused(str(fault), fault.name) from None


def _language() -> str:
    """The language chosen by cookie, else the one the program asks for, else the site's."""
    chosen = request.cookies.get("posko_language")
    wished = request.accept_languages.best_match(LANGUAGES)
    return chosen if chosen in LANGUAGES else wished or post().settings.language


def _wants_html() -> bool:
    """By `f`, else by Accept; a program that accepts anything gets JSON."""
    form = request.args.get("f")
    if form not in (None, "json", "html"):
        raise ogc_query.BadParameter("f", "f adalah json atau html.")
    if form is not None:
        return form == "html"
    return prefers_page()


def _links() -> ogc.Links:
    return ogc.Links(request.host_url.rstrip("/") + "/ogc", request.args.get("token"))


def _given(known: tuple[str, ...] = ogc_query.ALWAYS) -> dict[str, str]:
    return ogc_query.read_parameters(dict(request.args.lists()), known)


def _title() -> str:
    settings = post().settings
    return (_("LATIHAN") + " · " if settings.exercise else "") + f"Posko {settings.site.name}"


def _description() -> str:
    return _("Keadaan posko ini untuk QGIS, GDAL dan program lain; setiap pembaca mendapat apa yang boleh dilihatnya.")


def _answer(document: dict[str, Any], kind: str = ogc.JSON) -> Response:
    return Response(orjson.dumps(document), mimetype=kind.partition(";")[0], content_type=kind)


def _page(template: str, document: dict[str, Any], **more: Any) -> Response:
    from incident.pages import words  # pages render templates and need the app's own doors first

    html = render_template(f"ogc/{template}", doc=document, links=_links(), title=_title(), **words(), **more)
    return Response(html, mimetype=ogc.HTML)


def _said(template: str, document: dict[str, Any], kind: str = ogc.JSON, **more: Any) -> Response:
    return _page(template, document, **more) if _wants_html() else _answer(document, kind)


# the service


@_served("")
def landing() -> Response:
    """The landing page."""
    _given()
    return _said("landing.html", ogc.landing(_links(), _title(), _description(), _wants_html()))


@_served("/conformance")
def conformance() -> Response:
    """The conformance classes."""
    _given()
    return _said("conformance.html", ogc.conformance())


@_served("/api")
def describe_api() -> Response:
    """The OpenAPI 3.0 document of the service, with the collections this role may see."""
    _given()
    found = [_named(shelf) for shelf in lent.open_to(me().role)]
    return _said("api.html", ogc_api.api(_links(), _title(), _description(), found), ogc.OPENAPI)


@_served("/collections")
def collections() -> Response:
    """Every collection this role may see."""
    _given()
    found = _with_extents(lent.open_to(me().role))
    return _said("collections.html", ogc.collections(_links(), _title(), found, _wants_html()))


@_served("/collections/<shelf_id>")
def collection(shelf_id: str) -> Response:
    """One collection."""
    _given()
    (about,) = _with_extents([_shelf(shelf_id)])
    return _said("collection.html", ogc.described(_links(), about, _wants_html()), fields=about.fields)


@_served("/collections/<shelf_id>/schema")
def schema(shelf_id: str) -> Response:
    """The JSON Schema of a collection's features."""
    _given()
    return _answer(ogc.schema(_links(), _named(_shelf(shelf_id))), ogc.SCHEMA_JSON)


@_served("/collections/<shelf_id>/items")
def items(shelf_id: str) -> Response:
    """A page of features: in a box, of a time, after a cursor."""
    given = _given(ogc_query.OF_ITEMS)
    is_html = _wants_html()
    query = ogc_query.read_query(dict(request.args.lists()), ogc_query.FEW if is_html else ogc_query.USUAL)
    shelf = _shelf(shelf_id)
    with post().database.read() as conn:
        reader = _reader(conn)
        found = _apart(lambda: catalogue.page(reader, shelf, query))
    about = _named(shelf)
    document = ogc.items(_links(), about, query, given, found, reader.now, is_html)
    return _with_crs(
        _said("items.html", document, ogc.GEOJSON, about=about, query=query, numbered=format_decimal), query.crs
    )


@_served("/collections/<shelf_id>/items/<item_id>")
def item(shelf_id: str, item_id: str) -> Response:
    """One feature."""
    crs = ogc_query.read_crs(_given(ogc_query.OF_ITEM).get("crs"), "crs")
    shelf = _shelf(shelf_id)
    with post().database.read() as conn:
        found = catalogue.one(_reader(conn), shelf, item_id)
    if found is None:
        raise NotFound(_("Tidak ada yang bernomor itu di sini."))
    about = _named(shelf)
    document = ogc.item(_links(), about, found, crs, _wants_html())
    return _with_crs(_said("item.html", document, ogc.GEOJSON, about=about), crs)


def _with_crs(response: Response, crs: str) -> Response:
    """Which axes the coordinates have (18-058r1, requirement 16)."""
    response.headers["Content-Crs"] = f"<{crs}>"
    return response


def _shelf(shelf_id: str) -> Shelf:
    shelf = lent.SHELVES.get(shelf_id)
    if shelf is None:
        raise NotFound(_("Koleksi itu tidak ada; yang ada: {names}.").format(names=", ".join(lent.SHELVES)))
    if not role_may(me().role, shelf.verb):
        raise NotAllowed(_("Peran Anda tidak boleh melihat koleksi ini."))
    return shelf


def _named(shelf: Shelf) -> ogc.Collection:
    return catalogue.described(shelf, post().settings.exercise)


def _with_extents(shelves: list[Shelf]) -> list[ogc.Collection]:
    with post().database.read() as conn:
        reader = _reader(conn)
        extents = _apart(lambda: [catalogue.extent(reader, shelf) for shelf in shelves])
    exercise = post().settings.exercise
    return [catalogue.described(shelf, exercise, *found) for shelf, found in zip(shelves, extents, strict=True)]


def _apart(work: Callable[[], Found]) -> Found:
    """Off the event loop: 10,000 features take a second, and every screen waits on that loop."""
    with AT_ONCE:
        done: Found = current_app.extensions["run_apart"](work)
    return done


def _reader(conn: Connection) -> Reader:
    here, site = post(), post().settings.site
    return Reader(
        conn, here.database, me().viewer, here.clock(), site.name, site.area_code or "", here.settings.exercise
    )
