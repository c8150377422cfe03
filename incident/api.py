"""How a route of the API is made: its rule, its problem answers, and the way an answer is written."""

import gzip
import json
from collections.abc import Callable, Mapping
from functools import wraps
from typing import Any, TypeVar

import orjson
from flask import Response, current_app, request
from flask_smorest import Blueprint
from marshmallow import Schema, ValidationError
from werkzeug.exceptions import BadRequest, UnprocessableEntity

from incident import sayings
from incident.people import Someone, may, require
from incident.post import Post
from incident.rules import PUBLIC_VERBS
from incident.schemas import Problem

SMALL = 2_000  # bytes that are not worth packing
GZIP_LEVEL = 3
PROBLEM = "application/problem+json"
STATUS_WORDS = {
    400: "Permintaan tidak terbaca",
    401: "Masuk dahulu",
    403: "Tidak boleh",
    404: "Tidak ada",
    405: "Cara ini tidak ada di sini",
    406: "Bentuk ini tidak tersedia",
    409: "Tidak mungkin sekarang",
    410: "Sudah tidak disimpan",
    413: "Terlalu besar",
    415: "Kirim sebagai application/json",
    416: "Bagian itu tidak ada",
    422: "Ada yang harus diperbaiki",
    429: "Terlalu sering",
    500: "Posko tersandung",
    503: "Basis data tidak tersedia",
}
_PROBLEM = Problem()
View = TypeVar("View", bound=Callable[..., Any])


class Door(Blueprint):
    """A blueprint that documents as flask-smorest does, and calls the view itself.

    Its decorators write the OpenAPI document from functions wrapped nine deep; a call saved would pay for each of
    them. Here they only leave their words on the view, and the body is loaded by its schema without a detour.
    """

    def arguments(self, schema: Any, *, location: str = "json", **more: Any) -> Any:
        ready = schema() if isinstance(schema, type) else schema
        document = super().arguments(ready, location=location, **more)
        source = _SOURCES[location]

        def decorate(view: View) -> View:
            @wraps(view)
            def loaded(*path: Any, **named: Any) -> Any:
                return view(_load(ready, source()), *path, **named)

            return _with_words_of(document, loaded)  # type: ignore[return-value]

        return decorate

    def response(self, *given: Any, **more: Any) -> Any:
        document = super().response(*given, **more)
        return lambda view: _with_words_of(document, view)

    def alt_response(self, *given: Any, **more: Any) -> Any:
        document = super().alt_response(*given, **more)
        return lambda view: _with_words_of(document, view)


def _with_words_of(document: Callable[[Callable[..., Any]], Any], view: View) -> View:
    """The view itself, with what the decorator has to say of it.

    The decorator is shown a view without words: it would copy all that were said before, schemas included, and did so
    for a third of the time in which a server starts.
    """
    words = view.__dict__.setdefault("_apidoc", {})
    _add(words, document(lambda: None)._apidoc)
    return view


def _add(words: dict[Any, Any], more: Mapping[Any, Any]) -> None:
    for name, value in more.items():
        if isinstance(value, Mapping):
            _add(words.setdefault(name, {}), value)
        elif isinstance(value, list):
            words[name] = [*words.get(name, ()), *value]
        else:
            words[name] = value


def _load(schema: Schema, given: Any) -> Any:
    """The checked values; raises UnprocessableEntity with marshmallow's sentences."""
    try:
        return schema.load(given)
    except ValidationError as fault:
        refusal = UnprocessableEntity()
        refusal.data = {"messages": fault.messages}  # type: ignore[attr-defined]
        raise refusal from fault


def _body() -> Any:
    """The JSON of the request; nothing when it says that it is something else. Raises BadRequest."""
    if not request.is_json or not (words := request.get_data()):
        return {}
    try:
        return orjson.loads(words)
    except orjson.JSONDecodeError:
        return _lenient(words)


def _lenient(words: bytes) -> Any:
    """What orjson refuses and Python reads (NaN, a lone surrogate), so that the field at fault is named."""
    try:
        return json.loads(words)
    except ValueError as fault:
        raise BadRequest from fault


_SOURCES: Mapping[str, Callable[[], Any]] = {"json": _body, "query": lambda: request.args.to_dict()}


def rule(blueprint: Blueprint, verb: str, *statuses: int) -> Callable[[View], View]:
    """Give a route its verb and document the problems it may answer with."""

    def mark(view: View) -> View:
        for status in sorted({400, 401, 403, 422, 429, 503, *statuses}, reverse=True):
            document = blueprint.alt_response(
                status, schema=_PROBLEM, description=STATUS_WORDS[status], content_type=PROBLEM
            )
            view = document(view)
        if verb in PUBLIC_VERBS:
            view = blueprint.doc(security=[])(view)
        return may(verb)(view)

    return mark


def answer(thing: Any, status: int = 200) -> Response:
    """The thing as JSON, never cached."""
    response = Response(orjson.dumps(thing), status, mimetype="application/json")
    response.headers["Cache-Control"] = "no-store"
    return response


def packed(thing: Any) -> Response:
    """The thing as JSON, packed by gzip for those who can read it: a screen in a village has a thin line."""
    given = answer(thing)
    content = given.get_data()
    if len(content) > SMALL and "gzip" in request.accept_encodings:
        given.set_data(gzip.compress(content, GZIP_LEVEL, mtime=0))
        given.headers["Content-Encoding"] = "gzip"
    given.headers["Vary"] = "Accept-Encoding"
    return given


def problem(status: int, sentence: str, **more: Any) -> Response:
    """An error as RFC 9457 asks, with a sentence for the operator in the language of their screen."""
    title, detail = sayings.here(STATUS_WORDS.get(status, "Galat")), sayings.here(sentence)
    words = {"type": "about:blank", "title": title, "status": status, "detail": detail}
    body = {**words, **{name: value for name, value in more.items() if value is not None}}
    return Response(orjson.dumps(body), status, mimetype=PROBLEM)


def prefers_page() -> bool:
    """Whether a browser asks: it names HTML, and likes it better than anything that comes."""
    accepted = request.accept_mimetypes
    return accepted["text/html"] > max(accepted["application/json"], accepted["application/geo+json"])


def post() -> Post:
    """The command post of this application."""
    return current_app.extensions["posko"]


def me() -> Someone:
    """Who asks; raises NotKnown."""
    return require()


def features(cards: list[dict[str, Any]], following: int | None = None) -> dict[str, Any]:
    """Cards as a GeoJSON FeatureCollection; one without a place has a null geometry (RFC 7946 section 3.2)."""
    return {"type": "FeatureCollection", "features": [feature(card) for card in cards], "next": following}


def feature(card: Mapping[str, Any]) -> dict[str, Any]:
    lon, lat = card.get("lon"), card.get("lat")
    geometry = None if lon is None or lat is None else {"type": "Point", "coordinates": [lon, lat]}
    return {"type": "Feature", "id": card["id"], "geometry": geometry, "properties": dict(card)}
