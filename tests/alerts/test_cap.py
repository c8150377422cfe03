"""Our alerts as CAP: what the world reads is what was approved, in every language, for every reader; drafts never."""

import datetime as dt
import json
import os
from pathlib import Path
from typing import Any

import lxml.etree as lxml
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from shapely.geometry import mapping, shape
from sqlalchemy import func, select, update

import alerts.actions as alerting
from alerts import cap, cap_out, cap_table, rules
from alerts.cap_form import CAP_SPACE, CapReference
from alerts.cap_in import read_cap
from alerts.cap_out import About
from alerts.models import Alert
from alerts.public import queries
from incident import actions
from incident.models import Parked
from incident.seeds import TYPES
from tests.alerts.cap_checks import parsed, wrong
from tests.factories import on_spatialite
from tests.room import Room, open_room

FEEDS = Path(__file__).resolve().parents[3] / "shared" / "data" / "feeds"
SCHEMA = FEEDS / "CAP-v1.2-schema.xsd"
NOW = dt.datetime(2026, 11, 22, 3, 0, tzinfo=dt.UTC)
WITA = dt.timezone(dt.timedelta(hours=8))
SENDER = cap_out.sender_of("Kabupaten Lombok Timur", "52.03", "https://posko.example/info")
SQUARE = {"type": "Polygon", "coordinates": [[[116.5, -8.5], [116.6, -8.5], [116.6, -8.6], [116.5, -8.5]]]}


def row(**said: Any) -> dict[str, Any]:
    """An alert's row to the public; a test names what it is about."""
    empty = dict.fromkeys(column.name for column in Alert.__table__.columns)
    words = {"id": 7, "priority": "P1", "order": "evacuate", "headline": "Banjir bandang", "place": "rumah Bu Sri"}
    words |= {"text": "Segera ke tempat tinggi.", "exercise": False, "expires_at": NOW + dt.timedelta(hours=2)}
    return {**empty, **words, **said}


def xml_of(
    alert: dict[str, Any], message_type: str = "Alert", past: tuple[CapReference, ...] = (), **about: Any
) -> bytes:
    known = About(about.get("kind", "banjir"), about.get("area_code"), about.get("names", {}))
    return cap.write_cap(cap_out.message(alert, message_type, SENDER, NOW, past, known), WITA)


# the message


def test_a_message_says_all_that_cap_asks():
    told = read_cap(xml_of(row()))
    assert wrong(xml_of(row())) == [] and told.faults == ()
    assert (told.identifier, told.sender) == ("posko.52.03-7-alert-20261122T030000Z", "posko.52.03")
    assert (told.status, told.message_type, told.scope, told.sent_at) == ("Actual", "Alert", "Public", NOW)
    assert [one.language for one in told.infos] == ["id-ID", "en-US"]
    for info in told.infos:
        assert (info.urgency, info.severity, info.certainty) == ("Immediate", "Severe", "Observed")
        assert (info.responses, info.categories) == (("Evacuate",), ("Met", "Safety"))
        assert (info.expires_at, info.contact) == (NOW + dt.timedelta(hours=2), "112")
        assert (info.sender_name, info.web) == ("Kabupaten Lombok Timur", "https://posko.example/info")


def test_times_are_written_in_the_zone_of_the_site():
    assert b"<sent>2026-11-22T11:00:00+08:00</sent>" in xml_of(row())
    assert b"+00:00</sent>" in cap.write_cap(read_cap(xml_of(row())))


def test_what_a_person_wrote_in_english_is_taken_and_what_nobody_wrote_is_put_together():
    written = json.dumps({"headline": "Flash flood", "text": "Go to high ground.", "instruction": "Leave now."})
    english = read_cap(xml_of(row(english=written))).infos[1]
    assert (english.headline, english.description, english.instruction) == (
        "Flash flood",
        "Go to high ground.",
        "Leave now.",
    )
    made = read_cap(xml_of(row(), area_code="52.03", names={"52.03": "Kab. Lombok Timur"})).infos[1]
    assert made.headline == "Flood: evacuate now, Kab. Lombok Timur"
    assert made.description == "(In Indonesian) Segera ke tempat tinggi."


def test_words_of_our_own_win_over_the_table():
    said = {"event": "Tsunami", "category": "Geo", "urgency": "Expected", "severity": "Extreme", "certainty": "Likely"}
    info = read_cap(xml_of(row(**said, instruction="Lari ke bukit.", sender_name="BPBD Lombok Timur"))).infos[0]
    assert (info.event, info.categories, info.urgency, info.severity) == ("Tsunami", ("Geo",), "Expected", "Extreme")
    assert (info.certainty, info.instruction, info.sender_name) == ("Likely", "Lari ke bukit.", "BPBD Lombok Timur")


def test_an_exercise_says_so_in_status_note_and_headline():
    told = read_cap(xml_of(row(exercise=True, text="LATIHAN. Ke bukit. LATIHAN")))
    assert (told.status, told.note, told.is_real) == ("Exercise", "LATIHAN", False)
    assert all(info.headline.startswith("LATIHAN") for info in told.infos)


@pytest.mark.parametrize("order", rules.ORDERS)
@pytest.mark.parametrize("priority", rules.PRIORITIES)
def test_every_order_and_priority_has_its_words(order: str, priority: str):
    assert wrong(xml_of(row(order=order, priority=priority))) == []


@pytest.mark.parametrize("kind", [*(one[0] for one in TYPES), None])
def test_every_type_of_incident_is_an_event(kind: str | None):
    assert wrong(xml_of(row(), kind=kind)) == []
    assert cap_table.event_of(kind).categories


# the ground


def test_what_was_drawn_goes_out_as_lat_lon_closed_and_comes_back():
    xml = xml_of(row(area=json.dumps(SQUARE), area_words="Pesisir Labuhan Lombok"))
    ring = parsed(xml).findtext(f".//{{{CAP_SPACE}}}polygon")
    assert ring.split()[0] == ring.split()[-1] and ring.startswith("-8.5")
    told = read_cap(xml).infos[0].areas[0]
    assert told.words == "Pesisir Labuhan Lombok"
    assert told.shape is not None and told.shape.equals(shape(SQUARE))


def test_several_polygons_and_several_areas_by_code_all_go_out():
    two = {"type": "MultiPolygon", "coordinates": [SQUARE["coordinates"], [[[117, -9], [117.1, -9], [117, -9.1]] * 1]]}
    two["coordinates"][1][0].append([117, -9])  # type: ignore[index]
    codes = ["52.03.01.2001", "52.03.02.2004"]
    names = {"52.03.01.2001": "Desa Sepit, Kec. Keruak"}
    told = read_cap(xml_of(row(area=json.dumps(two), area_codes=json.dumps(codes)), names=names))
    assert [one.words for one in told.infos[0].areas] == [SENDER.name, names[codes[0]], codes[1]]
    assert [one.geocodes for one in told.infos[0].areas[1:]] == [(("Kemendagri", code),) for code in codes]
    ground = told.shape()
    assert ground is not None and len(mapping(ground)["coordinates"]) == 2


def test_a_hundred_and_more_codes_are_kept_whole():
    codes = [f"52.03.{n // 50 + 1:02}.{2000 + n % 50}" for n in range(150)]
    told = read_cap(xml_of(row(area_codes=json.dumps(codes))))
    found = [code for area in told.infos[0].areas for _, code in area.geocodes]
    assert found == codes


def test_a_place_alone_is_a_circle_that_points_at_no_house():
    """The place of an incident is a caller's: its words never leave the house, its middle is rounded to a kilometre."""
    xml = xml_of(row(lon=116.61234, lat=-8.51234, headline="Banjir"))
    told = read_cap(xml)
    (circle,) = told.infos[0].areas[0].circles
    assert (circle.lon, circle.lat, circle.radius_km) == (116.61, -8.51, 2.0)
    assert b"Bu Sri" not in xml and b"116.612" not in xml


def test_nothing_known_of_the_ground_means_the_whole_site():
    area = read_cap(xml_of(row())).infos[0].areas[0]
    assert (area.words, area.geocodes) == ("Kabupaten Lombok Timur", (("Kemendagri", "52.03"),))


# what is safe to read for everybody

any_words = st.text(min_size=1, max_size=120)


@settings(deadline=None)
@given(headline=any_words, text=any_words, instruction=any_words, words=any_words)
def test_whatever_is_written_comes_back_the_same_through_our_reader_and_through_lxml(
    headline: str, text: str, instruction: str, words: str
):
    xml = xml_of(row(headline=headline, text=text, instruction=instruction, area_words=words, area=json.dumps(SQUARE)))
    said = [cap.clean(one) for one in (headline, text, instruction or "x")]
    info = read_cap(xml).infos[0]
    assert (info.headline, info.description) == (said[0], said[1])
    assert info.instruction in (said[2], "")
    found = parsed(xml).find(f"{{{CAP_SPACE}}}info")
    assert (found.findtext(f"{{{CAP_SPACE}}}headline") or "").strip() == said[0]
    assert (found.findtext(f"{{{CAP_SPACE}}}description") or "").strip() == said[1]


@settings(deadline=None)
@given(
    st.lists(
        st.tuples(st.floats(95, 141), st.floats(-11, 6), st.floats(0.01, 0.5)).map(
            lambda one: {
                "type": "Polygon",
                "coordinates": [
                    [
                        [one[0], one[1]],
                        [one[0] + one[2], one[1]],
                        [one[0] + one[2], one[1] + one[2]],
                        [one[0], one[1]],
                    ]
                ],
            }
        ),
        min_size=1,
        max_size=5,
    )
)
def test_any_ground_comes_back_where_it_was(polygons: list[dict[str, Any]]):
    drawn = {"type": "MultiPolygon", "coordinates": [one["coordinates"] for one in polygons]}
    told = read_cap(xml_of(row(area=json.dumps(drawn)))).shape()
    assert told is not None
    meant = shape(drawn).buffer(0)
    assert told.symmetric_difference(meant).area < 1e-3 * meant.area + 1e-4


@settings(max_examples=30, deadline=None)
@given(st.data())
def test_a_message_read_and_written_again_says_the_same(data: st.DataObject):
    past = data.draw(st.lists(st.builds(CapReference, st.just("a"), st.sampled_from("bcd"), st.just(NOW)), max_size=3))
    kind = data.draw(st.sampled_from(["Alert", "Update", "Cancel"]))
    told = read_cap(xml_of(row(text=data.draw(any_words) + "x"), kind, tuple(past)))
    assert read_cap(cap.write_cap(told)) == told


def test_what_xml_cannot_carry_is_left_out():
    xml = xml_of(row(text="a\x00b\x0bc\ud800d\u202ee\r\nf", headline="<script>&'\""))
    info = read_cap(xml).infos[0]
    assert (info.description, info.headline) == ("abcde\nf", "<script>&'\"")


if SCHEMA.exists():

    @pytest.fixture(scope="module")
    def schema() -> Any:
        return lxml.XMLSchema(lxml.parse(os.fspath(SCHEMA)))

    @pytest.mark.parametrize("kind", ["Alert", "Update", "Cancel"])
    @pytest.mark.parametrize("is_exercise", [False, True])
    def test_a_message_is_valid_against_the_schema_of_oasis(schema: Any, kind: str, is_exercise: bool):
        past = (CapReference("posko.52.03", "x", NOW),)
        said = {"exercise": is_exercise, "area": json.dumps(SQUARE), "area_codes": '["52.03.01"]', "lon": 116.5}
        schema.assertValid(parsed(xml_of(row(**said), kind, past)))
        schema.assertValid(parsed(xml_of(row(lon=116.5, lat=-8.5), kind, past)))

    def test_the_schema_refuses_what_is_wrong(schema: Any):
        assert not schema.validate(parsed(xml_of(row()).replace(b"Severe", b"Awful")))


# the doors


def public_alert(room: Room, **more: Any) -> int:
    alert = room.alert(audience="public", order="inform", text="Air naik di Pringgabaya, jauhi sungai", **more)
    room.do(alerting.approve_alert, alert, by="komang")
    room.relay()
    return alert


def messages(room: Room) -> list[Any]:
    with room.post.database.read() as conn:
        return [read_cap(str(one["xml"]).encode()) for one in queries.messages_in_force(conn, room.post.clock())][::-1]


def test_a_draft_and_an_alert_to_units_never_go_out(room: Room):
    room.alert(audience="public", order="inform")
    room.alert()
    room.relay()
    assert messages(room) == []


def test_an_approved_alert_to_the_public_goes_out_once_whatever_the_relay_does(room: Room):
    public_alert(room)
    room.relay()
    (told,) = messages(room)
    with room.post.database.read() as conn:
        assert conn.scalar(select(func.count()).select_from(Parked)) == 0
    assert (told.message_type, told.infos[0].description) == ("Alert", "Air naik di Pringgabaya, jauhi sungai")


def test_an_update_refers_to_what_it_follows_and_so_does_the_cancel_of_it(room: Room):
    first = public_alert(room)
    room.clock.on(60)
    entry = room.do(alerting.update_alert, first, "Air makin naik", 60, by="dewi")
    newer = entry["body"]["alert"]
    room.do(alerting.approve_alert, newer, by="komang")
    room.relay()
    room.clock.on(60)
    room.do(alerting.cancel_alert, newer, by="dewi")
    room.relay()
    one, two, three = messages(room)
    assert [told.message_type for told in (one, two, three)] == ["Alert", "Update", "Cancel"]
    assert two.references == (one.key,)
    assert three.references == (one.key, two.key)
    assert three.infos[0].headline.startswith("DICABUT") and three.infos[0].responses == ("None",)


def test_a_closed_incident_takes_its_alert_back_from_the_public(room: Room):
    incident = room.open()
    public_alert(room, incident_id=incident)
    room.do(actions.change_incident, incident, "close", disposition="handled")
    room.relay()
    assert [one.message_type for one in messages(room)] == ["Alert", "Cancel"]


def test_what_was_approved_is_never_published_late(room: Room):
    alert = room.alert(audience="public", order="inform", expires_in_min=5)
    room.do(alerting.approve_alert, alert, by="komang")
    room.clock.on(301)
    room.relay()
    assert messages(room) == []


def test_what_went_out_stays_as_it_was_whatever_becomes_of_the_row(room: Room):
    alert = public_alert(room)
    before = messages(room)
    room.post.database.write(lambda conn: conn.execute(update(Alert).where(Alert.id == alert).values(text="lain")))
    assert messages(room) == before


def test_the_feed_of_a_quiet_day_is_empty_and_whole(app: Any):
    empty = app.test_client().get("/cap")
    assert (empty.status_code, empty.mimetype) == (200, "application/atom+xml")
    assert parsed(empty.data).findall("{http://www.w3.org/2005/Atom}entry") == []


@pytest.fixture
def client(app: Any) -> Any:
    """A browser of somebody outside, after an alert to the public went out."""
    public_alert(open_room(app.extensions["posko"]))
    return app.test_client()


ATOM = "{http://www.w3.org/2005/Atom}"


def test_the_feed_leads_to_the_message(client: Any):
    feed = client.get("/cap")
    (entry,) = parsed(feed.data).findall(f"{ATOM}entry")
    found = client.get(entry.find(f"{ATOM}link").get("href"))
    assert (found.status_code, found.mimetype) == (200, "application/cap+xml")
    assert wrong(found.data) == []
    assert read_cap(found.data).infos[0].headline == entry.findtext(f"{ATOM}title")


def test_who_has_the_feed_is_told_so_in_a_line(client: Any):
    feed = client.get("/cap")
    assert "max-age" in feed.headers["Cache-Control"] and "public" in feed.headers["Cache-Control"]
    assert feed.headers["Last-Modified"]
    again = client.get("/cap", headers={"If-None-Match": feed.headers["ETag"]})
    assert (again.status_code, again.data) == (304, b"")
    later = client.get("/cap", headers={"If-Modified-Since": feed.headers["Last-Modified"]})
    assert later.status_code == 304


def test_a_message_is_for_ever_the_same(client: Any):
    (entry,) = parsed(client.get("/cap").data).findall(f"{ATOM}entry")
    path = entry.find(f"{ATOM}link").get("href")
    found = client.get(path)
    assert "immutable" in found.headers["Cache-Control"]
    assert client.get(path, headers={"If-None-Match": found.headers["ETag"]}).status_code == 304
    assert client.get(path).data == found.data


@pytest.mark.parametrize("path", ["/cap/nothing.xml", "/cap/../../etc/passwd.xml", "/cap/1.xml"])
def test_what_there_is_not_is_not_found(client: Any, path: str):
    assert client.get(path).status_code == 404


def test_no_cookie_and_no_name_of_a_person_goes_out(client: Any):
    feed = client.get("/cap")
    (entry,) = parsed(feed.data).findall(f"{ATOM}entry")
    message = client.get(entry.find(f"{ATOM}link").get("href"))
    for given_out in (feed, message):
        assert "Set-Cookie" not in given_out.headers
        assert not [name for name in (b"dewi", b"komang", b"sari") if name in given_out.data]


@on_spatialite
def test_a_message_that_was_published_twice_by_two_relays_is_one(room: Room):
    from incident.relay import Relay

    alert = room.alert(audience="public", order="inform")
    room.do(alerting.approve_alert, alert, by="komang")
    first, second = Relay(room.post), Relay(room.post)
    while first.step() or second.step():
        pass
    assert len(messages(room)) == 1


def test_the_key_of_a_message_is_its_own():
    one = cap_out.identifier(SENDER, 1, "Alert", NOW)
    assert len({one, cap_out.identifier(SENDER, 1, "Cancel", NOW), cap_out.identifier(SENDER, 11, "Alert", NOW)}) == 3
    assert not set(one) & set(" ,<&")
