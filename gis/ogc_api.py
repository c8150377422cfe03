"""OGC API - Features describes itself: the OpenAPI 3.0 document of what is served. Pure.

17-069r4, 7.3 and clause 9.
"""

from collections.abc import Iterable, Mapping
from typing import Any

from gis.ogc import GEOJSON, HTML, JSON, OPENAPI, SCHEMA_JSON, Collection, Links, feature_schema
from gis.ogc_query import ALWAYS, CRS, CRS84, MOST, OF_ITEM, OF_ITEMS, USUAL


def api(links: Links, title: str, description: str, found: Iterable[Collection]) -> dict[str, Any]:
    """The OpenAPI 3.0 document of what is served here."""
    found = list(found)
    paths: dict[str, Any] = {
        "/": _operation("getLandingPage", title, JSON),
        "/api": _operation("getApi", "OpenAPI 3.0", OPENAPI),
        "/conformance": _operation("getConformance", "Conformance classes", JSON),
        "/collections": _operation("getCollections", "Collections", JSON),
    }
    for about in found:
        paths |= _paths_of(about)
    return {
        "openapi": "3.0.3",
        "info": {"title": title, "description": description, "version": "1.0"},
        "servers": [{"url": links.base}],
        "security": [{"bearer": []}, {"query": []}, {"cookie": []}],
        "tags": [{"name": about.id, "description": about.description} for about in found],
        "paths": paths,
        "components": {
            "parameters": _parameters(),
            "responses": {"problem": {"description": "RFC 9457", "content": {"application/problem+json": {}}}},
            "schemas": {about.id: feature_schema(about) for about in found},
            "securitySchemes": {
                "bearer": {"type": "http", "scheme": "bearer"},
                "query": {"type": "apiKey", "in": "query", "name": "token"},
                "cookie": {"type": "apiKey", "in": "cookie", "name": "posko_session"},
            },
        },
    }


def _paths_of(about: Collection) -> dict[str, Any]:
    path, many = f"/collections/{about.id}", {"type": "object"}
    one = {"name": "featureId", "in": "path", "required": True}
    one["schema"] = {"type": "string" if about.is_text_id else "integer"}
    ref = {"$ref": f"#/components/schemas/{about.id}"}
    return {
        path: _operation(f"describe_{about.id}", about.title, JSON, tag=about.id),
        f"{path}/items": _operation(f"get_{about.id}", about.title, GEOJSON, OF_ITEMS, tag=about.id, schema=many),
        f"{path}/items/{{featureId}}": _operation(
            f"get_one_of_{about.id}", about.title, GEOJSON, OF_ITEM, [one], tag=about.id, schema=ref
        ),
        f"{path}/schema": _operation(f"schema_of_{about.id}", about.title, SCHEMA_JSON, tag=about.id),
    }


def _operation(
    name: str,
    summary: str,
    kind: str,
    known: Iterable[str] = ALWAYS,
    more: Iterable[Mapping[str, Any]] = (),
    tag: str = "server",
    schema: Mapping[str, Any] | None = None,
) -> dict[str, Any]:
    content: dict[str, Any] = {kind: {"schema": schema or {"type": "object"}}}
    if kind != SCHEMA_JSON:
        content[HTML] = {"schema": {"type": "string"}}
    problem = {"$ref": "#/components/responses/problem"}
    return {
        "get": {
            "operationId": name,
            "summary": summary,
            "tags": [tag],
            "parameters": [*more, *({"$ref": f"#/components/parameters/{one}"} for one in known)],
            "responses": {
                "200": {"description": summary, "content": content},
                **dict.fromkeys(("400", "401", "403", "404"), problem),
            },
        }
    }


def _parameters() -> dict[str, Any]:
    box = {"type": "array", "items": {"type": "number"}, "minItems": 4, "maxItems": 6}
    uri = {"type": "string", "format": "uri", "enum": list(CRS), "default": CRS84}
    return {
        "bbox": _parameter("bbox", box, style="form", explode=False),
        "bbox-crs": _parameter("bbox-crs", uri),
        "crs": _parameter("crs", uri),
        "datetime": _parameter("datetime", {"type": "string"}, style="form", explode=False),
        "limit": _parameter(
            "limit",
            {"type": "integer", "minimum": 1, "maximum": MOST, "default": USUAL},
            style="form",
            explode=False,
        ),
        "cursor": _parameter("cursor", {"type": "string"}),
        "f": _parameter("f", {"type": "string", "enum": ["json", "html"]}),
        "token": _parameter("token", {"type": "string"}),
    }


def _parameter(name: str, schema: Mapping[str, Any], **more: Any) -> dict[str, Any]:
    return {"name": name, "in": "query", "required": False, "schema": dict(schema), **more}
