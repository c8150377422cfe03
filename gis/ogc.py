"""OGC API - Features: its links and documents written. Pure.

Part 1 core (OGC 17-069r4) with GeoJSON, HTML and OpenAPI 3.0, and the coordinate systems of Part 2 (OGC 18-058r1).
What is asked is read in `gis.ogc_query`, the service's own description stands in `gis.ogc_api`.
"""

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote, urlencode

from gis.ogc_query import ALWAYS, CRS, CRS84, Box, Query

GREGORIAN = "http://www.opengis.net/def/uom/ISO-8601/0/Gregorian"
JSON, GEOJSON, HTML = "application/json", "application/geo+json", "text/html"
SCHEMA_JSON = "application/schema+json"
OPENAPI = "application/vnd.oai.openapi+json;version=3.0"
CONFORMS_TO = (
    "http://www.opengis.net/spec/ogcapi-features-1/1.0/conf/core",
    "http://www.opengis.net/spec/ogcapi-features-1/1.0/conf/oas30",
    "http://www.opengis.net/spec/ogcapi-features-1/1.0/conf/html",
    "http://www.opengis.net/spec/ogcapi-features-1/1.0/conf/geojson",
    "http://www.opengis.net/spec/ogcapi-features-2/1.0/conf/crs",
)


@dataclass(frozen=True, slots=True)
class Collection:
    """What a stranger is told of a collection; `fields` are the properties' names and JSON types."""

    id: str
    title: str
    description: str
    fields: Mapping[str, str]
    is_text_id: bool = False
    box: Box | None = None
    begins: dt.datetime | None = None
    has_times: bool = False


@dataclass(frozen=True, slots=True)
class Links:
    """Addresses of this service below `base`; each carries `token` when the request did, and never otherwise."""

    base: str
    token: str | None = None

    def to(self, path: str = "", **query: Any) -> str:
        """The address of a path below `base`, such as `/collections`; `bbox_crs` stands for `bbox-crs`."""
        given = {name.replace("_", "-"): str(value) for name, value in query.items() if value is not None}
        given |= {"token": self.token} if self.token else {}
        return self.base + quote(path) + (f"?{urlencode(given, safe=',:/')}" if given else "")


# axes


def in_axes_of(crs: str, geometry: Mapping[str, Any] | None) -> Mapping[str, Any] | None:
    """A GeoJSON geometry kept longitude first, in the axis order of `crs` (18-058r1, requirement 16)."""
    if geometry is None or crs == CRS84:
        return geometry
    if "geometries" in geometry:
        return {**geometry, "geometries": [in_axes_of(crs, one) for one in geometry["geometries"]]}
    return {**geometry, "coordinates": _turned(geometry["coordinates"])}


def _turned(coordinates: Any) -> Any:
    if coordinates and not isinstance(coordinates[0], list | tuple):
        return [coordinates[1], coordinates[0], *coordinates[2:]]
    return [_turned(one) for one in coordinates]


# documents


def link(href: str, rel: str, kind: str, title: str = "") -> dict[str, str]:
    """A link as RFC 8288 names its parts."""
    return {"href": href, "rel": rel, "type": kind, **({"title": title} if title else {})}


def both(links: Links, path: str, of: str, is_html: bool, kind: str = JSON, **query: Any) -> list[dict[str, str]]:
    """A document's address to itself and to its other form; `of` is the form that `f` names, `json` or `html`."""
    json = link(links.to(path, **query, f="json"), "alternate" if is_html else "self", kind, f"{of} (JSON)")
    html = link(links.to(path, **query, f="html"), "self" if is_html else "alternate", HTML, f"{of} (HTML)")
    return [html, json] if is_html else [json, html]


def landing(links: Links, title: str, description: str, is_html: bool) -> dict[str, Any]:
    """The landing page (17-069r4, 7.2)."""
    return {
        "title": title,
        "description": description,
        "links": [
            *both(links, "", title, is_html),
            link(links.to("/api", f="json"), "service-desc", OPENAPI, "OpenAPI 3.0"),
            link(links.to("/api", f="html"), "service-doc", HTML, "OpenAPI (HTML)"),
            link(links.to("/conformance", f="json"), "conformance", JSON),
            link(links.to("/conformance", f="html"), "conformance", HTML),
            link(links.to("/collections", f="json"), "data", JSON),
            link(links.to("/collections", f="html"), "data", HTML),
        ],
    }


def conformance() -> dict[str, Any]:
    """The classes this service keeps to, and no others (17-069r4, 7.4)."""
    return {"conformsTo": list(CONFORMS_TO)}


def collections(links: Links, title: str, found: Iterable[Collection], is_html: bool) -> dict[str, Any]:
    """Every collection the reader may see (17-069r4, 7.13)."""
    return {
        "links": both(links, "/collections", title, is_html),
        "crs": list(CRS),
        "collections": [described(links, one) for one in found],
    }


def described(links: Links, about: Collection, is_html: bool | None = None) -> dict[str, Any]:
    """One collection (17-069r4, 7.14); with `is_html` as a document of its own."""
    path = f"/collections/{about.id}"
    own = [] if is_html is None else both(links, path, about.title, is_html)
    return {
        "id": about.id,
        "title": about.title,
        "description": about.description,
        "itemType": "feature",
        **_extent(about),
        "crs": list(CRS),
        "storageCrs": CRS84,
        "links": [
            *own,
            link(links.to(f"{path}/items"), "items", GEOJSON, about.title),  # bare: GDAL puts /{id} behind it
            link(links.to(f"{path}/items", f="html"), "items", HTML, about.title),
            # RFC 8288 compares relations without case; GDAL before 3.7 knows this spelling alone
            link(links.to(f"{path}/schema"), "describedBy", SCHEMA_JSON),
        ],
    }


def _extent(about: Collection) -> dict[str, Any]:
    extent: dict[str, Any] = {}
    if about.box:
        extent["spatial"] = {"bbox": [list(about.box)], "crs": CRS84}
    if about.has_times and about.begins:
        extent["temporal"] = {"interval": [[stamp(about.begins), None]], "trs": GREGORIAN}
    return {"extent": extent} if extent else {}


def stamp(at: dt.datetime) -> str:
    """RFC 3339 in UTC, to the second."""
    return at.astimezone(dt.UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


@dataclass(frozen=True, slots=True)
class Page:
    """What was found: features with longitude first, how many there are in all, and where the next page begins."""

    features: list[dict[str, Any]]
    matched: int
    following: str | None = None


def items(
    links: Links, about: Collection, query: Query, given: Mapping[str, str], page: Page, now: dt.datetime, is_html: bool
) -> dict[str, Any]:
    """A page of features (17-069r4, 7.15); `given` are the parameters as they came, for the links."""
    path = f"/collections/{about.id}/items"
    kept = {name: value for name, value in given.items() if name not in ALWAYS}
    own = both(links, path, about.title, is_html, GEOJSON, **kept)
    if page.following is not None:
        onward = {**kept, "limit": query.limit, "cursor": page.following}
        kind, form = (HTML, "html") if is_html else (GEOJSON, "json")
        own.append(link(links.to(path, **onward, f=form), "next", kind))
    own.append(link(links.to(f"/collections/{about.id}", f="json"), "collection", JSON, about.title))
    return {
        "type": "FeatureCollection",
        "features": [{**one, "geometry": in_axes_of(query.crs, one["geometry"])} for one in page.features],
        "numberMatched": page.matched,
        "numberReturned": len(page.features),
        "timeStamp": stamp(now),
        "links": own,
    }


def item(links: Links, about: Collection, feature: dict[str, Any], crs: str, is_html: bool) -> dict[str, Any]:
    """One feature (17-069r4, 7.16)."""
    path = f"/collections/{about.id}/items/{feature['id']}"
    named = None if crs == CRS84 else crs
    return {
        **feature,
        "geometry": in_axes_of(crs, feature["geometry"]),
        "links": [
            *both(links, path, about.title, is_html, GEOJSON, crs=named),
            link(links.to(f"/collections/{about.id}", f="json"), "collection", JSON, about.title),
        ],
    }


def schema(links: Links, about: Collection) -> dict[str, Any]:
    """The JSON Schema of a collection's features, so that an empty one has its columns too."""
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": links.to(f"/collections/{about.id}/schema"),
        "title": about.title,
        **feature_schema(about),
    }


def feature_schema(about: Collection) -> dict[str, Any]:
    """The JSON Schema of one feature of a collection."""
    return {
        "type": "object",
        "required": ["type", "geometry", "properties"],
        "properties": {
            "type": {"type": "string", "enum": ["Feature"]},
            "id": {"type": "string" if about.is_text_id else "integer"},
            "geometry": {"type": "object"},
            "properties": {
                "type": "object",
                "properties": {name: _field_schema(kind) for name, kind in about.fields.items()},
            },
        },
    }


def _field_schema(kind: str) -> dict[str, str]:
    return {"type": "string", "format": kind} if kind == "date-time" else {"type": kind}
