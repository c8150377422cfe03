"""The OpenAPI document, written when somebody asks for it: most processes are never asked, and it takes a while."""

from threading import Lock
from typing import Any

from flask import Response
from flask_smorest import Api, Blueprint

ABOUT = """Calls, incidents, units, alerts, radio: what the screens of Posko do, and what other programs may do too.

Who asks says so by `Authorization: Bearer TOKEN` (`posko token add NAME`), or by the session of a log-in; then what
changes something carries the page's CSRF token too. What is refused is answered as application/problem+json (RFC 9457)
with a sentence and, for a bad field, its name. Times are RFC 3339 in UTC, positions lon and lat in degrees (WGS 84).
A `uid` is the sender's key: the same one again is answered as before, and nothing new happens."""
SCHEMES = {
    "token": {"type": "http", "scheme": "bearer", "description": "Printed once by `posko token add NAME`."},
    "session": {"type": "apiKey", "in": "cookie", "name": "posko_session", "description": "Given by the log-in."},
    "csrf": {"type": "apiKey", "in": "header", "name": "X-CSRF-Token", "description": "Told by `GET /me`."},
}
OPTIONS = {
    "info": {"description": ABOUT},
    "components": {"securitySchemes": SCHEMES},
    "security": [{"token": []}, {"session": [], "csrf": []}],
}
"""Of the document as a whole; an operation that anybody may call says so itself."""


class LateApi(Api):
    """An Api that registers its routes at once and describes them at the first request for the document."""

    def __init__(self, *given: Any, **more: Any):
        self._undescribed: list[tuple[Blueprint, str, Any]] = []
        self._document = b""
        self._lock = Lock()
        super().__init__(*given, **more)

    def register_blueprint(self, blueprint: Blueprint, *, parameters: Any = None, **options: Any) -> None:
        name = options.get("name", blueprint.name)
        self._app.extensions["flask-smorest"]["blp_name_to_api"][name] = self
        self._app.register_blueprint(blueprint, **options)
        self._undescribed.append((blueprint, name, parameters))

    def _openapi_json(self) -> Response:
        """The document, the same until the process ends."""
        with self._lock:
            self._document = self._document or self._written()
        return Response(self._document, mimetype="application/json")

    def _written(self) -> bytes:
        while self._undescribed:
            self._describe(*self._undescribed.pop(0))
        return bytes(super()._openapi_json().get_data())

    def _describe(self, blueprint: Blueprint, name: str, parameters: Any) -> None:
        blueprint.register_views_in_doc(self, self._app, self.spec, name=name, parameters=parameters)
        self.spec.tag({"name": name, "description": blueprint.description})
