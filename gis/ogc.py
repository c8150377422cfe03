"""OGC API - Features: its parameters read, its links and documents written. Pure.

Part 1 core (OGC 17-069r4) with GeoJSON, HTML and OpenAPI 3.0, and the coordinate systems of Part 2 (OGC 18-058r1):
CRS84 (longitude first) and EPSG:4326 (latitude first). Both are WGS 84, so only the axes change places.
"""

import datetime as dt
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from math import isfinite
from typing import Any
from urllib.parse import quote, urlencode

CRS84 = "http://www.opengis.net/def/crs/OGC/1.3/CRS84"
EPSG4326 = "http://www.opengis.net/def/crs/EPSG/0/4326"
CRS = (CRS84, EPSG4326)
_SPOKEN = {"crs84": CRS84, "ogc:crs84": CRS84, "epsg:4326": EPSG4326, **{uri.lower(): uri for uri in CRS}}
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
FEW, USUAL, MOST = 100, 1000, 10_000  # features of a page for a reader, of a page for a program, of any page
ALWAYS = ("f", "token")
OF_ITEM = ("crs", *ALWAYS)
OF_ITEMS = ("bbox", "bbox-crs", "datetime", "limit", "cursor", *OF_ITEM)
Box = tuple[float, float, float, float]


class BadParameter(ValueError):
    """A parameter of the query cannot be used: `name` says which, the message what is wrong with it."""

    def __init__(self, name: str, sentence: str):
        super().__init__(sentence)
        self.name = name


@dataclass(frozen=True, slots=True)
class Span:
    """A stretch of time, both ends in it, UTC; None is an open end."""

    begins: dt.datetime | None = None
    ends: dt.datetime | None = None


@dataclass(frozen=True, slots=True)
class Query:
    """What is asked of a collection: `box` is west, south, east, north in degrees whatever `bbox-crs` said."""

    box: Box | None = None
    span: Span | None = None
    limit: int = USUAL
    cursor: str | None = None
    crs: str = CRS84


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


# parameters


def read_query(given: Mapping[str, list[str]], usual: int = USUAL) -> Query:
    """The question of an items request; raises BadParameter."""
    one = read_parameters(given, OF_ITEMS)
    bbox_crs = read_crs(one.get("bbox-crs"), "bbox-crs")
    return Query(
        box=read_box(one["bbox"], bbox_crs) if "bbox" in one else None,
        span=read_span(one["datetime"]) if "datetime" in one else None,
        limit=read_limit(one["limit"]) if "limit" in one else usual,
        cursor=_read_cursor(one["cursor"]) if "cursor" in one else None,
        crs=read_crs(one.get("crs"), "crs"),
    )


def read_parameters(given: Mapping[str, list[str]], known: Iterable[str]) -> dict[str, str]:
    """One value each; raises BadParameter for a name nobody documented (17-069r4, 7.6) and for two different values."""
    known = tuple(known)
    for name, values in given.items():
        if name not in known:
            raise BadParameter(name[:40], f"Parameter {name[:40]} tidak dikenal; yang ada: {', '.join(known)}.")
        if len(set(values)) > 1:
            raise BadParameter(name, f"Parameter {name} hanya boleh satu.")
    return {name: values[0] for name, values in given.items()}


def read_box(words: str, crs: str = CRS84) -> Box:
    """The `bbox` of four or six numbers, in the axis order of `crs`; heights are left aside. Raises BadParameter."""
    numbers = _numbers(words)
    if len(numbers) == 6:
        numbers = [numbers[0], numbers[1], numbers[3], numbers[4]]
    if len(numbers) != 4:
        raise BadParameter("bbox", "bbox adalah empat angka (atau enam dengan ketinggian): barat,selatan,timur,utara.")
    if crs == EPSG4326:
        numbers = [numbers[1], numbers[0], numbers[3], numbers[2]]
    return _checked(*numbers)


def _numbers(words: str) -> list[float]:
    try:
        numbers = [float(part) for part in words.split(",")]
    except ValueError:
        raise BadParameter("bbox", "bbox hanya berisi angka, dipisah koma.") from None
    if not all(isfinite(number) for number in numbers):
        raise BadParameter("bbox", "bbox hanya berisi angka biasa, dipisah koma.")
    return numbers


def _checked(west: float, south: float, east: float, north: float) -> Box:
    if abs(west) > 180 or abs(east) > 180 or abs(south) > 90 or abs(north) > 90:
        hint = " Apakah lintang dan bujur tertukar?" if max(abs(south), abs(north)) <= 180 else ""
        raise BadParameter("bbox", f"bbox keluar dari bumi.{hint}")
    if south > north:
        raise BadParameter("bbox", "Selatan bbox lebih tinggi daripada utaranya.")
    if west > east:
        raise BadParameter("bbox", "bbox yang melewati bujur 180 tidak dilayani; Indonesia tidak melewatinya.")
    return west, south, east, north


def read_span(words: str) -> Span:
    """`datetime`: a moment, or two with `/` between them of which one may be open (`..` or nothing)."""
    begins, slash, ends = words.partition("/")
    if not slash:
        return Span(_moment(begins, False), _moment(begins, True))
    span = Span(_open_moment(begins, False), _open_moment(ends, True))
    if span.begins and span.ends and span.begins > span.ends:
        raise BadParameter("datetime", "Awal datetime lebih lambat daripada akhirnya.")
    return span


def _open_moment(words: str, is_end: bool) -> dt.datetime | None:
    return None if words in ("", "..") else _moment(words, is_end)


def _moment(words: str, is_end: bool) -> dt.datetime:
    """RFC 3339, with its zone; a bare date is the whole day in UTC."""
    try:
        if re.fullmatch(r"(19[789]\d|2[01]\d\d)-\d\d-\d\d", words):
            clock = dt.time.max if is_end else dt.time.min
            return dt.datetime.combine(dt.date.fromisoformat(words), clock, dt.UTC)
        at = dt.datetime.fromisoformat(words.replace(" ", "+"))  # a plus in a query is a space
        if at.tzinfo and 1970 < at.year < 2200:
            return at.astimezone(dt.UTC)
    except ValueError:
        pass
    raise BadParameter(
        "datetime", "datetime adalah waktu RFC 3339 dengan zonanya, misalnya 2026-11-22T03:00:00Z, atau awal/akhir."
    )


def read_limit(words: str) -> int:
    """`limit`: at least 1; more than the most is the most, not an error (17-069r4, 7.15.2). Raises BadParameter."""
    if not re.fullmatch(r"\d{1,12}", words) or int(words) < 1:
        raise BadParameter("limit", f"limit adalah bilangan bulat dari 1 sampai {MOST}.")
    return min(int(words), MOST)


def _read_cursor(words: str) -> str:
    if not re.fullmatch(r"[\d.]{1,20}", words):
        raise BadParameter("cursor", "cursor diambil dari tautan next, tidak dibuat sendiri.")
    return words


def read_crs(words: str | None, name: str) -> str:
    """The URI of a coordinate system we serve, CRS84 when none is named; raises BadParameter."""
    if words is None:
        return CRS84
    found = _SPOKEN.get(words.strip("[]<>").lower())
    if found is None:
        raise BadParameter(name, f"{name} yang dilayani: {CRS84} (bujur,lintang) dan {EPSG4326} (lintang,bujur).")
    return found


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
        **_feature_schema(about),
    }


def _feature_schema(about: Collection) -> dict[str, Any]:
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


# the API's own description, OpenAPI 3.0 (17-069r4, 7.3 and clause 9)


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
            "schemas": {about.id: _feature_schema(about) for about in found},
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
