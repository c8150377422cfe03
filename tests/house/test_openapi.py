"""The document says what the doors do: OpenAPI 3.1, every route in it, and no answer it does not describe."""

from concurrent.futures import ThreadPoolExecutor
from contextlib import nullcontext, suppress
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis.errors import Unsatisfiable
from schemathesis import GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from incident.people import COOKIE
from tests.factories import call_body, on_spatialite, uid

CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
]
PLAIN = {"Accept-Encoding": "identity"}  # schemathesis asks a WSGI application for gzip and does not unpack it
ROUTES = {
    "/api/v1/calls": {"get", "post"},
    "/api/v1/incidents": {"get"},
    "/api/v1/incidents/{incident_id}": {"get"},
    "/api/v1/incidents/{incident_id}/{verb}": {"post"},
    "/api/v1/incidents/{incident_id}/assignments": {"post"},
    "/api/v1/assignments/{assignment_id}/{verb}": {"post"},
    "/api/v1/units": {"get", "post"},
    "/api/v1/units/{unit_id}/position": {"post"},
    "/api/v1/recommendations": {"get"},
    "/api/v1/alerts": {"post"},
    "/api/v1/alerts/{alert_id}/approve": {"post"},
    "/api/v1/alerts/{alert_id}/cancel": {"post"},
    "/api/v1/alerts/{alert_id}/update": {"post"},
    "/api/v1/alerts/{alert_id}/deliveries": {"get"},
    "/api/v1/board": {"get"},
    "/api/v1/queue": {"get"},
    "/api/v1/journal": {"get"},
    "/api/v1/places": {"get"},
    "/api/v1/places/reverse": {"get"},
    "/api/v1/radio/log": {"get"},
}


@pytest.fixture
def document(app: Any) -> dict[str, Any]:
    return app.test_client().get("/api/v1/openapi.json").json


@on_spatialite
def test_the_document_is_openapi_3_1_and_names_every_route_we_promised(document):
    assert document["openapi"].startswith("3.1")
    for path, methods in ROUTES.items():
        assert methods <= set(document["paths"].get(path, {})), path


@on_spatialite
def test_every_route_of_the_api_stands_in_the_document(app, document):
    for found in app.url_map.iter_rules():
        if found.rule.startswith("/api/v1/") and not found.rule.endswith("openapi.json"):
            path = found.rule
            for name in found.arguments:
                for kind in ("int:", "string:", ""):
                    path = path.replace(f"<{kind}{name}>", f"{{{name}}}")
            assert {method.lower() for method in found.methods - {"HEAD", "OPTIONS"}} <= set(document["paths"][path])


def _is_open(ways: dict[str, Any]) -> bool:
    return any(way.get("security") == [] for method, way in ways.items() if method in ("get", "post", "put"))


@on_spatialite
def test_a_stranger_reads_how_to_say_who_asks_and_which_doors_are_open_to_all(document):
    schemes = document["components"]["securitySchemes"]
    assert {name for way in document["security"] for name in way} == set(schemes) == {"token", "session", "csrf"}
    assert (schemes["token"]["scheme"], schemes["session"]["name"]) == ("bearer", COOKIE)
    assert schemes["csrf"]["name"] == "X-CSRF-Token"
    everybodys = {path for path, ways in document["paths"].items() if _is_open(ways)}
    assert everybodys == {"/api/v1/webhooks/{door}", "/api/v1/webhooks/whatsapp"}
    assert "problem+json" in document["info"]["description"]


@on_spatialite
def test_every_operation_says_what_it_does_and_how_it_may_fail(document):
    for path, operations in document["paths"].items():
        for method, operation in operations.items():
            if method == "parameters":
                continue
            assert operation.get("summary"), (method, path)
            problems = [status for status in operation["responses"] if status.startswith("4")]
            for status in problems:
                assert "application/problem+json" in operation["responses"][status].get("content", {}), (path, status)
            assert {"401", "403"} <= set(problems), path


@pytest.mark.slow(60)
def test_every_answer_to_anything_is_described(app, cast, ask, request):
    """schemathesis asks every operation, with a room that has something in it: no 500, no undescribed answer.

    What it asks is the same in every run; `--cases 20` asks more.
    """
    cases = request.config.getoption("--cases")
    incident = ask("call_taker", "POST", "/calls", call_body()).json["incident"]
    ask("dispatcher", "POST", f"/incidents/{incident}/assignments", {"uid": uid(), "unit_id": cast.units["TRC-1"]})
    words = {"uid": uid(), "priority": "P1", "order": "evacuate", "text": "Ke atas", "unit_ids": [cast.units["TRC-1"]]}
    ask("dispatcher", "POST", "/alerts", words)
    schema = schemathesis.openapi.from_wsgi("/api/v1/openapi.json", app)
    faults: dict[str, str] = {}
    for operation in schema.get_all_operations():
        one = operation.ok()
        role = "admin" if "/people" in one.path else "coordinator"
        try:
            headers = {**cast.headers(role), **PLAIN}
            _ask_anything(one, headers, cases if app.extensions["posko"].database.is_spatialite else (cases + 1) // 2)
        except Exception as fault:  # noqa: BLE001 - all of them are wanted at once
            faults[one.label] = str(fault)[:1500]
    assert not faults, "\n\n".join(f"{name}: {fault}" for name, fault in faults.items())


def _ask_anything(operation: Any, headers: dict[str, str], examples: int) -> None:
    """What the document allows, and what it does not: both are answered as described."""
    for mode in (GenerationMode.POSITIVE, GenerationMode.NEGATIVE):
        ask = given(case=operation.as_strategy(generation_mode=mode))(_checked(headers))
        bounded = settings(
            max_examples=examples,
            deadline=None,
            database=None,
            derandomize=True,
            phases=[Phase.generate],
            suppress_health_check=list(HealthCheck),
        )
        with suppress(Unsatisfiable) if mode == GenerationMode.NEGATIVE else nullcontext():  # it takes nothing at all
            bounded(ask)()


def _checked(headers: dict[str, str]) -> Any:
    def ask(case: Any) -> None:
        case.call_and_validate(headers=headers, checks=CHECKS)

    return ask


@on_spatialite
def test_all_who_ask_at_once_are_given_the_same_whole_document(app):
    with ThreadPoolExecutor(4) as askers:
        given_to = list(askers.map(lambda _: app.test_client().get("/api/v1/openapi.json").data, range(8)))
    assert set(given_to) == {given_to[0]}
    assert set(ROUTES) <= set(app.test_client().get("/api/v1/openapi.json").json["paths"])
