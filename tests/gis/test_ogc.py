"""What a question to /ogc means, value by value, and what its documents say."""

import datetime as dt
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gis import ogc, ogc_api, ogc_query
from gis.ogc import Links
from gis.ogc_query import BadParameter, Query, Span

LINKS = Links("https://posko.test/ogc")
ABOUT = ogc.Collection("areas", "Area", "…", {"kind": "string", "drawn_at": "date-time"})


def utc(*parts: int) -> dt.datetime:
    return dt.datetime(*parts, tzinfo=dt.UTC)


@pytest.mark.parametrize(
    ("words", "crs", "box"),
    [
        ("116,-9,117,-8", ogc_query.CRS84, (116, -9, 117, -8)),
        ("116,-9,0,117,-8,3000", ogc_query.CRS84, (116, -9, 117, -8)),
        ("-9,116,-8,117", ogc_query.EPSG4326, (116, -9, 117, -8)),
        ("-9,116,0,-8,117,3000", ogc_query.EPSG4326, (116, -9, 117, -8)),
        ("-180,-90,180,90", ogc_query.CRS84, (-180, -90, 180, 90)),
        ("116,-8,116,-8", ogc_query.CRS84, (116, -8, 116, -8)),
    ],
)
def test_a_box_is_read_in_the_order_of_its_axes(words, crs, box):
    assert ogc_query.read_box(words, crs) == box


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ("", "angka"),
        ("1,2,3", "empat angka"),
        ("1,2,3,4,5", "empat angka"),
        ("a,b,c,d", "angka"),
        ("1,2,inf,4", "angka biasa"),
        ("179,-9,-179,-8", "bujur 180"),
        ("-9,116,-8,117", "tertukar"),
        ("0,0,0,91", "keluar dari bumi"),
        ("116,-8,117,-9", "Selatan"),
    ],
)
def test_a_box_that_is_none_is_refused_with_a_sentence(words, said):
    with pytest.raises(BadParameter, match=said) as refused:
        ogc_query.read_box(words)
    assert refused.value.name == "bbox"


@pytest.mark.parametrize(
    ("words", "span"),
    [
        ("2026-11-22T03:00:00Z", Span(utc(2026, 11, 22, 3), utc(2026, 11, 22, 3))),
        ("2026-11-22T11:00:00+08:00/..", Span(utc(2026, 11, 22, 3), None)),
        ("2026-11-22T11:00:00 08:00/", Span(utc(2026, 11, 22, 3), None)),
        ("../2026-11-22T03:00:00.5Z", Span(None, utc(2026, 11, 22, 3, 0, 0, 500_000))),
        ("2026-11-21T00:00:00Z/2026-11-22T00:00:00Z", Span(utc(2026, 11, 21), utc(2026, 11, 22))),
        ("../..", Span()),
        ("2026-11-22", Span(utc(2026, 11, 22), utc(2026, 11, 22, 23, 59, 59, 999_999))),
    ],
)
def test_a_time_is_a_moment_or_a_span_with_open_ends(words, span):
    assert ogc_query.read_span(words) == span


@pytest.mark.parametrize(
    "words", ["", "..", "now", "2026-11-22T03:00:00", "2026-13-01", "1/2/3", "2026-11-23/2026-11-22", "0001-01-01"]
)
def test_a_time_without_meaning_is_refused(words):
    with pytest.raises(BadParameter) as refused:
        ogc_query.read_span(words)
    assert refused.value.name == "datetime"


def test_a_limit_is_at_least_one_and_at_most_the_most():
    assert [ogc_query.read_limit(words) for words in ("1", "10", "10000", "999999")] == [1, 10, 10_000, 10_000]
    for words in ("0", "-3", "", "1.5", "²", "1e3", "9" * 40):
        with pytest.raises(BadParameter):
            ogc_query.read_limit(words)


@pytest.mark.parametrize(
    "words", [ogc_query.EPSG4326, "EPSG:4326", f"[{ogc_query.EPSG4326}]", f"<{ogc_query.EPSG4326}>"]
)
def test_a_coordinate_system_is_known_by_its_uri_and_its_short_name(words):
    assert ogc_query.read_crs(words, "crs") == ogc_query.EPSG4326


def test_a_name_that_no_document_names_is_refused():
    with pytest.raises(BadParameter, match="tidak dikenal"):
        ogc_query.read_query({"bboks": ["1,2,3,4"]})
    with pytest.raises(BadParameter, match="hanya boleh satu"):
        ogc_query.read_query({"limit": ["1", "2"]})
    assert ogc_query.read_query({"limit": ["7", "7"], "f": ["json"]}) == Query(limit=7)


@given(st.text(max_size=60))
def test_whatever_is_said_is_understood_or_refused(words):
    for name in ("bbox", "datetime", "limit", "crs", "bbox-crs", "cursor"):
        try:
            assert isinstance(ogc_query.read_query({name: [words]}), Query)
        except BadParameter as refused:
            assert refused.name == name and str(refused)


GEOMETRIES = [
    {"type": "Point", "coordinates": [116.5, -8.5]},
    {"type": "LineString", "coordinates": [[116.5, -8.5], [116.6, -8.6, 12.0]]},
    {"type": "MultiPolygon", "coordinates": [[[[116, -8], [117, -8], [117, -9], [116, -8]]]]},
    {"type": "GeometryCollection", "geometries": [{"type": "Point", "coordinates": (116.5, -8.5)}]},
    {"type": "MultiPoint", "coordinates": []},
]


@pytest.mark.parametrize("geometry", GEOMETRIES)
def test_turning_the_axes_twice_changes_nothing(geometry):
    turned = ogc.in_axes_of(ogc_query.EPSG4326, geometry)
    assert json.loads(json.dumps(ogc.in_axes_of(ogc_query.EPSG4326, turned))) == json.loads(json.dumps(geometry))
    assert ogc.in_axes_of(ogc_query.CRS84, geometry) is geometry


def test_latitude_stands_first_in_epsg_4326_and_the_height_stays():
    assert ogc.in_axes_of(ogc_query.EPSG4326, GEOMETRIES[1])["coordinates"] == [[-8.5, 116.5], [-8.6, 116.6, 12.0]]
    assert ogc.in_axes_of(ogc_query.EPSG4326, None) is None


def test_an_address_keeps_what_was_asked_and_the_token_only_when_given():
    assert LINKS.to("/collections") == "https://posko.test/ogc/collections"
    assert LINKS.to("/x", bbox="1,2,3,4", cursor=None) == "https://posko.test/ogc/x?bbox=1,2,3,4"
    assert Links("b", "a&b").to("/x", f="json") == "b/x?f=json&token=a%26b"


def test_a_page_names_itself_its_other_form_and_the_next():
    query, given_words = ogc_query.read_query({"limit": ["2"], "bbox": ["1,2,3,4"]}), {"limit": "2", "bbox": "1,2,3,4"}
    page = ogc.Page([{"type": "Feature", "id": 7, "geometry": None, "properties": {}}], 9, "7")
    document = ogc.items(LINKS, ABOUT, query, given_words, page, utc(2026, 11, 22), False)
    links = {one["rel"]: one["href"].partition("?")[2] for one in document["links"]}
    assert links["next"] == "limit=2&bbox=1,2,3,4&cursor=7&f=json"
    assert links["self"] == "limit=2&bbox=1,2,3,4&f=json" and links["alternate"].endswith("f=html")
    assert (document["numberMatched"], document["numberReturned"]) == (9, 1)
    assert document["timeStamp"] == "2026-11-22T00:00:00Z"
    last = ogc.items(LINKS, ABOUT, query, given_words, ogc.Page([], 0), utc(2026, 11, 22), False)
    assert "next" not in {one["rel"] for one in last["links"]}


def test_the_api_document_points_only_at_what_it_holds():
    text = json.dumps(document := ogc_api.api(LINKS, "Posko", "…", [ABOUT]))
    for part in text.split('"$ref": "#/')[1:]:
        found = document
        for step in part.partition('"')[0].split("/"):
            assert step in found, part[:80]
            found = found[step]
