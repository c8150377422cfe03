"""Somebody else's CAP: what can be borne is read and said, what is hostile is refused before it costs anything."""

import datetime as dt
import random
import time
import tracemalloc
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from shapely import Point

from alerts import cap_in
from alerts.cap_area import BadShape, Circle, read_circle, read_ring
from alerts.cap_form import CapAlert, standing
from alerts.cap_in import read_cap
from alerts.xml_in import BadBulletin

FEEDS = Path(__file__).resolve().parents[3] / "shared" / "data" / "feeds"
NOW = dt.datetime(2026, 8, 23, 5, 0, tzinfo=dt.UTC)
SQUARE = "-8.5,116.5 -8.5,116.6 -8.6,116.6 -8.6,116.5 -8.5,116.5"


def message(*infos: str, identifier: str = "A1", sent: str = "2026-08-23T11:15:00+07:00", **more: str) -> bytes:
    """A message in which everything is right that is not named."""
    head = {"identifier": identifier, "sender": "cuaca@bmkg.go.id", "sent": sent, "status": "Actual"}
    head |= {"msgType": "Alert", "scope": "Public"} | more
    words = "".join(f"<{name}>{said}</{name}>" for name, said in head.items() if said)
    return f'<alert xmlns="urn:oasis:names:tc:emergency:cap:1.2">{words}{"".join(infos)}</alert>'.encode()


def info(*areas: str, **more: str) -> str:
    said = {"language": "id", "category": "Met", "event": "Hujan Lebat", "urgency": "Immediate"}
    said |= {"severity": "Moderate", "certainty": "Observed"} | more
    return (
        f"<info>{''.join(f'<{name}>{words}</{name}>' for name, words in said.items() if words)}{''.join(areas)}</info>"
    )


def area(*polygons: str, circles: tuple[str, ...] = (), words: str = "Lombok Timur") -> str:
    shapes = "".join(f"<polygon>{one}</polygon>" for one in polygons) + "".join(
        f"<circle>{one}</circle>" for one in circles
    )
    return f"<area><areaDesc>{words}</areaDesc>{shapes}</area>"


# what is right


def test_a_message_says_who_what_where_and_until_when():
    told = read_cap(message(info(area(SQUARE), expires="2026-08-23T13:00:00+07:00", headline="Hujan &amp; petir")))
    assert (told.identifier, told.sender, told.status, told.is_real) == ("A1", "cuaca@bmkg.go.id", "Actual", True)
    assert told.sent_at == dt.datetime(2026, 8, 23, 4, 15, tzinfo=dt.UTC)
    assert told.expires_at == dt.datetime(2026, 8, 23, 6, 0, tzinfo=dt.UTC)
    assert told.infos[0].headline == "Hujan & petir"
    assert told.faults == ()


def test_polygons_are_turned_from_lat_lon_to_lon_lat():
    ground = read_cap(message(info(area(SQUARE)))).shape()
    assert ground is not None
    assert ground.bounds == (116.5, -8.6, 116.6, -8.5)
    assert ground.contains(Point(116.55, -8.55))


def test_a_circle_is_as_wide_as_it_says():
    told = read_cap(message(info(area(circles=("-8.5,116.5 11.132",)))))
    ground = told.shape()
    assert ground is not None
    west, south, east, north = ground.bounds
    assert (north - south, east - west) == pytest.approx((0.2, 0.2022), abs=0.002)
    assert told.infos[0].areas[0].circles == (Circle(116.5, -8.5, 11.132),)


def test_each_language_is_found_and_another_one_stands_in():
    told = read_cap(message(info(event="Hujan Lebat"), info(language="en", event="Heavy Rain")))
    assert [told.info("id").event, told.info("en").event, told.info("jv").event] == [  # type: ignore[union-attr]
        "Hujan Lebat",
        "Heavy Rain",
        "Hujan Lebat",
    ]


def test_an_older_version_of_the_protocol_is_read_too():
    old = message(info(certainty="Very Likely")).replace(b"cap:1.2", b"cap:1.1")
    assert read_cap(old).infos[0].certainty == "Likely"


def test_codes_and_parameters_are_pairs():
    code = "<geocode><valueName>Kemendagri</valueName><value>52.03.01</value></geocode>"
    where = f"<area><areaDesc>Keruak</areaDesc>{code}</area>"
    told = read_cap(message(info("<parameter><valueName>Mag</valueName><value>6,8</value></parameter>", where)))
    assert told.infos[0].areas[0].geocodes == (("Kemendagri", "52.03.01"),)
    assert told.infos[0].parameters == (("Mag", "6,8"),)
    assert told.shape() is None


# what can be borne


def test_150_polygons_are_one_sound_ground():
    squares = [
        f"{-8 - n / 200:.3f},116.000 {-8 - n / 200:.3f},116.004 {-8.004 - n / 200:.3f},116.004" for n in range(150)
    ]
    ground = read_cap(message(info(area(*squares)))).shape()
    assert ground is not None and ground.is_valid
    assert ground.area == pytest.approx(150 * 0.004 * 0.004 / 2, rel=0.01)


@pytest.mark.parametrize(
    ("urgency", "hours"), [("Immediate", 3), ("Expected", 6), ("Future", 24), ("Past", 1), ("Unknown", 6)]
)
def test_without_an_end_a_message_stands_as_long_as_its_urgency_says(urgency: str, hours: int):
    told = read_cap(message(info(urgency=urgency, onset="2026-08-23T12:00:00+07:00")))
    assert told.expires_at == dt.datetime(2026, 8, 23, 5, 0, tzinfo=dt.UTC) + dt.timedelta(hours=hours)


def test_an_open_ring_is_closed_and_one_that_crosses_itself_is_mended():
    told = read_cap(message(info(area("-8.5,116.5 -8.5,116.6 -8.6,116.6", "-9,117 -9.1,117.1 -9,117.1 -9.1,117"))))
    ground = told.shape()
    assert ground is not None and ground.is_valid
    assert ground.area == pytest.approx(0.005 + 0.005, rel=0.01)  # a triangle, and a bow tie of two small ones


def test_exchanged_axes_are_turned_where_they_can_only_be_that():
    assert read_ring("116.5,-8.5 116.6,-8.5 116.6,-8.6") == read_ring("-8.5,116.5 -8.5,116.6 -8.6,116.6")


@pytest.mark.parametrize("words", ["", "1,2", "-8.5,116.5 -8.5,116.5 -8.5,116.5", "a,b c,d e,f", "nan,1 2,3 4,5"])
def test_a_polygon_that_is_none_is_left_out_and_said(words: str):
    with pytest.raises(BadShape):
        read_ring(words)
    told = read_cap(message(info(area(words or "x", SQUARE))))
    assert told.shape() is not None
    assert told.faults


@pytest.mark.parametrize("words", ["-8.5,116.5 -1", "-8.5 3", "-8.5,116.5 inf", "99,200 3", "-8.5,116.5 30000"])
def test_a_circle_that_is_none_is_refused(words: str):
    with pytest.raises(BadShape):
        read_circle(words)


def test_a_time_without_a_zone_is_western_indonesian_and_said_so():
    told = read_cap(message(info(), sent="2026-08-23T11:15:00"))
    assert told.sent_at == dt.datetime(2026, 8, 23, 4, 15, tzinfo=dt.UTC)
    assert any("WIB" in fault for fault in told.faults)


def test_a_year_from_which_no_end_can_be_counted_is_a_time_that_cannot_be_read():
    end_of_time = "9999-12-31T23:59:59+00:00"
    told = read_cap(message(info(onset=end_of_time, expires=end_of_time)))
    assert told.expires_at == told.sent_at + dt.timedelta(hours=3) and told.faults
    with pytest.raises(BadBulletin, match="Waktu kirim"):
        read_cap(message(info(), sent=end_of_time))


def test_unknown_words_become_unknown_and_are_said():
    told = read_cap(message(info(urgency="segera", severity="", certainty="observed")))
    assert (told.infos[0].urgency, told.infos[0].severity, told.infos[0].certainty) == (
        "Unknown",
        "Unknown",
        "Observed",
    )
    assert len(told.faults) == 2


def test_an_address_that_could_run_something_is_left_out():
    assert read_cap(message(info(web="javascript:alert(1)"))).infos[0].web == ""
    assert read_cap(message(info(web="https://bmkg.go.id/a"))).infos[0].web == "https://bmkg.go.id/a"


def test_a_signature_is_noticed_and_not_believed():
    signed = message(info()).replace(b"</alert>", b'<Signature xmlns="http://www.w3.org/2000/09/xmldsig#"/></alert>')
    assert read_cap(signed).is_signed and not read_cap(message(info())).is_signed


# what is one message, and what still stands


def follow(kind: str, past: CapAlert, identifier: str, sent: str = "2026-08-23T11:30:00+07:00") -> CapAlert:
    named = f"{past.sender},{past.identifier},2026-08-23T12:15:00+08:00"  # the same moment in another zone
    return read_cap(message(info(), identifier=identifier, sent=sent, msgType=kind, references=named))


def test_the_same_message_twice_is_one():
    first, again = read_cap(message(info())), read_cap(message(info(event="Hujan"), sent="2026-08-23T12:15:00+08:00"))
    assert first.key == again.key
    assert len(standing([first, again], NOW)) == 1


def test_an_update_takes_the_place_of_what_it_refers_to_and_a_cancel_ends_it():
    first = read_cap(message(info()))
    newer = follow("Update", first, "A2")
    assert [one.identifier for one in standing([newer, first], NOW)] == ["A2"]
    assert standing([first, follow("Cancel", first, "A3")], NOW) == []


def test_what_is_over_does_not_stand():
    told = read_cap(message(info()))
    assert standing([told], told.expires_at - dt.timedelta(seconds=1)) == [told]
    assert standing([told], told.expires_at) == []


def test_a_reference_that_cannot_be_read_is_said_and_harms_nothing():
    told = read_cap(message(info(), references="nonsense a,b,c", msgType="Update"))
    assert told.references == () and len(told.faults) == 3


@pytest.mark.parametrize("said", [{"status": "Exercise"}, {"status": "Test"}, {"msgType": "Ack"}, {"status": "draft"}])
def test_an_exercise_a_test_or_a_receipt_is_not_real(said: dict[str, str]):
    assert not read_cap(message(info(), **said)).is_real


# what is refused


@pytest.mark.parametrize("name", ["identifier", "sender", "sent", "status", "msgType"])
def test_what_nobody_can_do_without_is_named_when_it_is_missing(name: str):
    with pytest.raises(BadBulletin, match=name):
        read_cap(message(info(), **{name: ""}))


@pytest.mark.parametrize(
    "data",
    [b"", b"   ", b"{}", b"<rss/>", b"<alert>", b"\xff\xfe\x00", b'<alert xmlns="http://evil/"/>', b"PK\x03\x04"],
)
def test_what_is_no_message_is_refused_in_a_sentence(data: bytes):
    with pytest.raises(BadBulletin):
        read_cap(data)


def laughs() -> bytes:
    steps = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 10))
    return f'<!DOCTYPE a [<!ENTITY l0 "ha">{steps}]><alert>&l9;</alert>'.encode()


HOSTILE = {
    "a billion laughs": laughs(),
    "a file of this machine": b'<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]><alert>&x;</alert>',
    "a document type alone": b"<!DOCTYPE alert><alert/>",
    "depth": b"<alert>" + b"<a>" * 1_000_000,
    "width": b"<alert>" + b"<a/>" * 900_000,
}


@pytest.mark.slow
@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_xml_is_refused_with_little_memory(name: str):
    tracemalloc.start()
    try:
        with pytest.raises(BadBulletin):
            read_cap(HOSTILE[name])
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert peak < 30_000_000


def test_200_megabytes_cost_nothing_at_all():
    """Refused by their length: cheaper than reading one honest message."""
    huge = b"<alert>" + b"x" * 200_000_000
    honest = message(info(area(SQUARE)))

    def spent(data: bytes) -> float:
        begin = time.process_time()
        for _ in range(20):
            try:
                read_cap(data)
            except BadBulletin as refused:
                assert "lebih besar" in str(refused)
        return time.process_time() - begin

    assert spent(huge) < spent(honest)


def test_a_ring_of_thousands_of_crossings_is_wrapped_instead_of_mended():
    """Mending it whole takes many seconds and hundreds of megabytes; its hull covers all that it could mean."""
    dice = random.Random(112)
    ring = " ".join(f"{dice.uniform(-9, -8):.4f},{dice.uniform(116, 117):.4f}" for _ in range(1_500))
    begin = time.process_time()
    told = read_cap(message(info(area(ring))))
    assert time.process_time() - begin < 3
    ground = told.shape()
    assert ground is not None and ground.area > 0.98
    assert any("bungkusnya" in fault for fault in told.faults)


def test_shapes_that_cross_each_other_thousands_of_times_are_wrapped_too():
    def comb(turned: bool) -> str:
        there = [(-9 + n / 2_000, 116.0 + n % 2) for n in range(2_000)]
        ring = there + [(lat + 1e-4, lon) for lat, lon in reversed(there)]
        return " ".join(f"{lon - 125:.6f},{lat + 125:.6f}" if turned else f"{lat:.6f},{lon:.6f}" for lat, lon in ring)

    begin = time.process_time()
    ground = read_cap(message(info(area(comb(False), comb(True))))).shape()
    assert time.process_time() - begin < 5
    assert ground is not None and ground.is_valid


def test_too_many_polygons_are_cut_and_said():
    told = read_cap(message(info(area(*[SQUARE] * 501))))
    assert any("terlalu banyak" in fault for fault in told.faults)
    assert told.shape() is not None


@settings(deadline=None)
@given(st.binary(max_size=300))
def test_no_bytes_do_anything_but_be_refused(data: bytes):
    with pytest.raises(BadBulletin):
        read_cap(data)


@settings(deadline=None)
@given(st.data())
def test_a_message_broken_anywhere_is_read_or_refused(data: st.DataObject):
    whole = message(info(area(SQUARE), expires="2026-08-23T13:00:00+07:00"))
    at = data.draw(st.integers(0, len(whole) - 1))
    broken = whole[:at] + data.draw(st.binary(max_size=5)) + whole[at + data.draw(st.integers(0, 5)) :]
    try:
        told = read_cap(broken)
    except BadBulletin:
        return
    assert told.expires_at.tzinfo is not None


# the real ones, where they lie


REAL = sorted(FEEDS.glob("bmkg_cap_*.xml"))
if REAL:

    @pytest.mark.parametrize("path", REAL, ids=lambda path: path.stem)
    def test_what_bmkg_sends_is_read(path: Path):
        told = read_cap(path.read_bytes())
        ground = told.shape()
        assert told.is_real and told.faults == ()
        assert ground is not None and ground.is_valid
        assert 95 < ground.bounds[0] < ground.bounds[2] < 141
        assert told.expires_at > told.sent_at


def test_the_limits_are_wider_than_what_bmkg_has_sent():
    assert cap_in.cap_area.MAX_POLYGONS >= 3 * 150
