"""Before an alert goes out: its words from a template, whom it would reach, what it costs; then the frozen whole."""

from typing import Any

import pytest
from sqlalchemy import insert

from alerts import templates
from gis.models import Area, Boundary
from gis.population import Row
from incident.population import import_population
from tests.factories import on_spatialite, uid

GIVEN = {"what": "Air setinggi pinggang", "where": "Desa Sembalun", "when": "15.00 WITA", "until": "18.00 WITA"}
SQUARE = {"type": "Polygon", "coordinates": [[[116.5, -8.5], [116.6, -8.5], [116.6, -8.6], [116.5, -8.5]]]}


@pytest.mark.parametrize("name", templates.table())
def test_every_template_says_what_where_when_what_to_do_until_when_and_from_whom_in_both_languages(name):
    told = templates.compose(name, {**GIVEN, "sender": "BPBD"})
    for words in (told, told["english"]):
        assert not any("{" in value for value in words.values() if isinstance(value, str))
        assert all(one in words["text"] for one in ("Air setinggi pinggang", "18.00", "BPBD", words["instruction"]))
        assert 0 < len(words["text"]) <= 500 and len(words["headline"]) <= 120
    assert told["retraction"].startswith("PENCABUTAN") and "BPBD" in told["retraction"]


@pytest.mark.parametrize("name", templates.table())
def test_a_sentence_whose_word_is_missing_is_left_out_whole(name):
    told = templates.compose(name, {"where": "Selong"})
    assert not any("{" in str(value) for value in (told["text"], told["english"]["text"]))
    assert "sejak ." not in told["text"] and "None" not in told["text"]


@pytest.fixture
def book(ask) -> dict[str, int]:
    """Three heads of villages, one without an address, and a duty officer."""
    ids = {}
    for name, code, addresses in (
        (
            "Kades A",
            "52.03.19.2001",
            [{"channel": "telegram", "address": "1"}, {"channel": "sms", "address": "081234500001"}],
        ),
        ("Kades B", "52.03.19.2002", [{"channel": "sms", "address": "081234500002"}]),
        ("Kades C", "52.03.20.2001", []),
    ):
        body = {"uid": uid(), "name": name, "office": "kades", "area_code": code, "addresses": addresses}
        ids[name] = ask("coordinator", "POST", "/contacts", body).json["body"]["contact"]
    body = {"uid": uid(), "name": "Piket PLN", "office": "duty", "agency_code": "BPBD", "addresses": []}
    ids["Piket"] = ask("coordinator", "POST", "/contacts", body).json["body"]["contact"]
    return ids


def reach(ask: Any, **said: Any) -> dict[str, Any]:
    body = {"priority": "P0", "order": "inform", "text": "Banjir", **said}
    answer = ask("dispatcher", "POST", "/alerts/reach", body)
    assert answer.status_code == 200, answer.json
    return dict(answer.json)


def test_the_reach_is_said_before_anything_is_sent(ask, cast, book):
    told = reach(ask, village_heads=["52.03.19"], agencies=["BPBD"])
    assert (told["units"], told["contacts"], told["total"]) == (1, 3, 4)
    assert {one["name"]: one["count"] for one in told["channels"]} == {"screen": 1, "radio": 1}
    assert told["air"]["bytes"] > 20 and told["air"]["seconds"] > 0
    assert sorted(told["unreached"]) == ["Kades A", "Kades B", "Piket PLN"], "no outside channel is on"
    assert told["unreached_count"] == 3
    assert ask("dispatcher", "GET", "/alerts").json["alerts"] == []


@on_spatialite
def test_a_channel_that_is_on_counts_and_a_public_alert_is_said_to_need_two(ask, cast, book):
    settings = {"is_on": True, "settings": {"folder": "var"}}
    assert ask("admin", "PUT", "/channels/console", {"uid": uid(), **settings, "settings": {}}).status_code == 200
    told = reach(ask, contact_ids=list(book.values()), public=True)
    assert told["needs_second"] is True and told["public"] is True


@on_spatialite
def test_heads_of_the_villages_in_the_drawn_area_need_a_boundary_or_a_point(ask, cast, book):
    told = reach(ask, heads_in_area=True, area=SQUARE, unit_ids=[cast.units["TRC-1"]])
    assert told["contacts"] == 0 and isinstance(told["villages"], list)


@on_spatialite
@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"area": {"type": "Point", "coordinates": [1, 2]}}, "area"),
        ({"area": {"type": "Polygon", "coordinates": [[[999, 0], [1, 1], [2, 2], [999, 0]]]}}, "area"),
        ({"area": {"type": "Polygon", "coordinates": "x"}}, "area"),
        ({"contact_ids": [999]}, "contact_ids"),
        ({"group_ids": [999]}, "group_ids"),
        ({"village_heads": ["5203"]}, "village_heads"),
        ({"roles": ["raja"]}, "roles"),
        ({"template": "ufo"}, "template"),
    ],
)
def test_what_is_wrong_with_an_audience_is_named(ask, cast, change, field):
    answer = ask("dispatcher", "POST", "/alerts/reach", {"priority": "P1", "order": "go", "text": "x", **change})
    assert (answer.status_code, answer.json["field"].split(".")[0]) == (422, field)


def test_an_alert_to_contacts_counts_them_on_its_card_and_lists_them_by_page(ask, cast, book):
    body = {"uid": uid(), "priority": "P1", "order": "go", "text": "Siap", "contact_ids": list(book.values())}
    body |= {"unit_ids": [cast.units["TRC-1"]], "area": SQUARE, "area_words": "Lereng", "event": "Banjir"}
    written = ask("dispatcher", "POST", "/alerts", body)
    assert written.status_code == 201, written.json
    alert, cards = written.json["body"]["alert"], written.json["body"]["cards"]
    assert cards["alerts"][0]["contacts"] == {"waiting": 4} and len(cards["recipients"]) == 1
    assert "Kades" not in str(written.json)
    page = ask("dispatcher", "GET", f"/alerts/{alert}/recipients?limit=2").json
    rest = ask("dispatcher", "GET", f"/alerts/{alert}/recipients?limit=9&cursor={page['cursor']}").json
    names = [one["call_sign"] or one["name"] for one in page["recipients"] + rest["recipients"]]
    assert sorted(names) == ["Kades A", "Kades B", "Kades C", "Piket PLN", "TRC-1"] and page["total"] == 5
    found = ask("dispatcher", "GET", f"/alerts/{alert}/recipients?q=kades b&state=waiting,sent").json["recipients"]
    assert [one["name"] for one in found] == ["Kades B"]
    whole = ask("dispatcher", "GET", f"/alerts/{alert}/deliveries").json["alert"]
    assert whole["area"] == SQUARE and whole["to"]["contact_ids"] == sorted(book.values())
    listed = ask("dispatcher", "GET", "/alerts").json["alerts"][0]
    assert sum(listed["counts"].values()) == 5


@on_spatialite
def test_an_approval_is_bound_to_everything_that_is_frozen(ask, cast, book, app):
    from sqlalchemy import update

    from alerts.models import Alert

    body = {"uid": uid(), "priority": "P0", "order": "evacuate", "text": "Mengungsi", "contact_ids": [book["Kades A"]]}
    alert = ask("dispatcher", "POST", "/alerts", {**body, "area": SQUARE}).json["body"]["alert"]
    post = app.extensions["posko"]
    post.do(lambda act: act.conn.execute(update(Alert).where(Alert.id == alert).values(area=None)), "x", None)
    answer = ask("coordinator", "POST", f"/alerts/{alert}/approve", {"uid": uid()})
    assert answer.status_code == 409 and "berubah" in answer.json["detail"]


@on_spatialite
def test_an_alert_is_taken_back_with_the_words_that_were_frozen_for_that(ask, cast, book):
    body = {"uid": uid(), "priority": "P1", "order": "go", "text": "Ke Selong", "contact_ids": [book["Kades A"]]}
    alert = ask("dispatcher", "POST", "/alerts", {**body, "retraction": "Batal, tetap di tempat"}).json["body"]["alert"]
    ended = ask("dispatcher", "POST", f"/alerts/{alert}/cancel", {"uid": uid()}).json
    assert ended["body"]["cards"]["alerts"][0]["retraction"] == "Batal, tetap di tempat"
    (card,) = ask("dispatcher", "GET", "/alerts").json["alerts"]
    assert (card["state"], card["cancelled_by"]) == ("cancelled", "dewi")


@on_spatialite
def test_the_phone_list_shows_numbers_once_it_is_written_down(ask, cast, book, app):
    from incident import journal

    body = {"uid": uid(), "priority": "P1", "order": "go", "text": "Ke Selong", "contact_ids": list(book.values())}
    alert = ask("dispatcher", "POST", "/alerts", body).json["body"]["alert"]
    told = ask("dispatcher", "GET", f"/alerts/{alert}/missing").json
    assert {one["name"]: one["phones"] for one in told["missing"]}["Kades B"] == ["081234500002"]
    with app.extensions["posko"].database.read() as conn:
        line = journal.after(conn, 0, 1000)[-1]
    assert (line.kind, line.by, line.body["many"]) == ("alert.missing_shown", "dewi", 4)
    assert "081234500002" not in str(line.body)
    assert ask("field", "GET", f"/alerts/{alert}/missing").status_code == 403


@on_spatialite
def test_a_contact_on_the_telephone_is_noted_and_read_back_by_its_place_on_the_list(ask, cast, book):
    body = {"uid": uid(), "priority": "P1", "order": "go", "text": "Ke Selong", "contact_ids": list(book.values())}
    alert = ask("dispatcher", "POST", "/alerts", body).json["body"]["alert"]
    first, second = ask("dispatcher", "GET", f"/alerts/{alert}/recipients").json["recipients"][:2]
    given = {"uid": uid(), "recipient_id": first["id"]}
    assert ask("dispatcher", "POST", f"/alerts/{alert}/acknowledge", given).status_code == 200
    given = {"uid": uid(), "recipient_id": second["id"], "words": "Ke Selong sekarang"}
    told = ask("dispatcher", "POST", f"/alerts/{alert}/read-back", given)
    assert told.status_code == 200 and "Ke Selong sekarang" not in str(told.json["body"].get("words", ""))
    states = {one["id"]: one for one in ask("dispatcher", "GET", f"/alerts/{alert}/recipients").json["recipients"]}
    assert (states[first["id"]]["state"], states[first["id"]]["seen_via"]) == ("seen", "phone")
    assert states[second["id"]]["read_back"] == "Ke Selong sekarang"
    again = ask("dispatcher", "POST", f"/alerts/{alert}/read-back", {**given, "uid": uid()})
    assert again.status_code == 409
    other = {"uid": uid(), "recipient_id": 999}
    assert ask("dispatcher", "POST", f"/alerts/{alert}/acknowledge", other).status_code == 404


@on_spatialite
def test_the_list_as_a_file_has_everybody_and_no_address_and_no_formula(ask, cast, book):
    name = {
        "uid": uid(),
        "name": "=cmd()",
        "office": "other",
        "addresses": [{"channel": "sms", "address": "081234500099"}],
    }
    odd = ask("coordinator", "POST", "/contacts", name).json["body"]["contact"]
    body = {"uid": uid(), "priority": "P1", "order": "go", "text": "Ke Selong", "contact_ids": [*book.values(), odd]}
    alert = ask("dispatcher", "POST", "/alerts", body).json["body"]["alert"]
    answer = ask("dispatcher", "GET", f"/alerts/{alert}/export.csv")
    text = answer.data.decode("utf-8-sig")
    assert len(text.splitlines()) == 6 and "\n'=cmd()" in text
    assert not any(number in text for number in ("081234500001", "081234500002", "081234500099"))


CODES = ["52.03.19.2001", "52.03.19.2002"]


@pytest.fixture
def counted(post: Any) -> None:
    """One of two villages of Sembalun with its people; both have their outlines, the second beside the first."""
    rows = [Row(1, CODES[0], "", "", 8412, 2100, 2025)]
    post.do(import_population, "ayu", uid(), rows, "dukcapil_2025.xlsx")
    bare = {"level": 4, "postcode": None, "radius_m": None, "lon": None, "lat": None}
    named = {CODES[0]: "Sembalun Lawang", CODES[1]: "Sembalun Bumbung"}
    areas = [{**bare, "code": code, "name": name, "folded": name.lower()} for code, name in named.items()]
    lines = "SRID=4326;MULTIPOLYGON((({0} -8.4, {1} -8.4, {1} -8.3, {0} -8.3, {0} -8.4)))"
    drawn = [
        {"code": code, "level": 4, "name": named[code], "source": "test", "area_m2": 1.0, "imported_at": post.clock()}
        | {"outline": lines.format(west, west + 0.1)}
        for code, west in zip(CODES, (116.5, 116.6), strict=True)
    ]

    def lay(conn: Any) -> None:
        conn.execute(insert(Area), areas)
        conn.execute(insert(Boundary), drawn)

    post.database.write(lay)


def test_how_many_people_live_there_is_said_and_what_nobody_counted_too(ask, cast, counted):
    told = reach(ask, roles=["field"], area_codes=CODES)
    assert told["people"] == 8410
    assert (told["people_of"]["counted"], told["people_of"]["unknown"]) == (1, 1)
    assert told["people_of"]["years"] == [2025] and told["people_of"]["sources"] == ["dukcapil_2025.xlsx"]
    assert all(one.startswith("Desa Sembalun") for one in told["villages"]), "names, not codes"
    assert told["area_names"][CODES[0]].startswith("Desa Sembalun Lawang")


def test_of_a_village_that_the_area_cuts_its_share_is_counted(ask, cast, counted):
    half = [[116.5, -8.4], [116.55, -8.4], [116.55, -8.3], [116.5, -8.3], [116.5, -8.4]]
    told = reach(ask, roles=["field"], area={"type": "Polygon", "coordinates": [half]})
    assert told["people"] == 4210 and told["people_of"]["unknown"] == 0


def test_where_nobody_counted_the_people_are_unknown_and_not_nought(ask, cast, counted):
    assert reach(ask, roles=["field"], area_codes=CODES[1:])["people"] is None
    assert reach(ask, roles=["field"])["people"] is None
    assert reach(ask, village_heads=["52.03.19"])["people"] == 8410, "the villages of the heads are meant"
