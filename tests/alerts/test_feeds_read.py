"""What each source says, read from its bytes alone; what cannot be read is said and costs the others nothing."""

import datetime as dt
import json
import time
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alerts.feeds import REGISTER, NoSuchFeed, get_feed
from alerts.feeds.rss import read_items
from alerts.feeds.shape import KINDS, MOST_ITEMS, SEVERITIES, Bulletin, Reading, Wanted, each, host_of
from alerts.xml_in import BadBulletin
from tests.alerts import feed_words as words

LENT = Path(__file__).parents[3] / "shared" / "data" / "feeds"
ANSWERS: dict[str, bytes] = {
    "bmkg_latest": words.bmkg(words.QUAKE, is_list=False),
    "bmkg_felt": words.bmkg({**words.QUAKE, "Dirasakan": "VI Lombok Timur"}),
    "bmkg_strong": words.bmkg(words.QUAKE),
    "bmkg_nowcast": words.index("https://www.bmkg.go.id/alerts/nowcast/id/A_alert.xml"),
    "bmkg_forecast": words.forecast(("2026-11-22T03:00:00Z", "Hujan Lebat")),
    "usgs": words.usgs(),
    "gdacs": words.gdacs_rss(words.gdacs_item()),
    "petabencana": words.reports_geojson(words.REPORT),
    "cap_rss": words.cap(),
}


def read(name: str, data: bytes) -> Reading:
    return get_feed(name).read(data)


def only(reading: Reading) -> Bulletin:
    assert reading.faults == []
    (one,) = reading.bulletins
    return one


# every feed of the register


@pytest.mark.parametrize("name", REGISTER)
def test_a_feed_names_itself_its_source_and_safe_addresses(name: str):
    feed = get_feed(name)
    wanted = Wanted(villages=("52.03.01.2001",), addresses=("https://cap.example.id/rss.xml",))
    targets = feed.targets(wanted)
    assert feed.name == name and feed.words and feed.credit
    assert targets and all(one.url.startswith("https://") and host_of(one.url) in one.hosts for one in targets)
    assert feed.interval_s >= 60, "asked no oftener than once a minute"
    assert feed.needs in ("", "villages", "addresses")
    assert not feed.needs or feed.targets(Wanted()) == []


@pytest.mark.parametrize("name", REGISTER)
def test_a_feed_reads_its_answer_into_bulletins_of_its_own_that_can_be_kept(name: str):
    reading = read(name, ANSWERS[name])
    assert reading.faults == [] and (reading.bulletins or reading.links)
    for one in reading.bulletins:
        assert one.source == name and one.key and one.title and one.kind in KINDS
        assert one.at.tzinfo is not None and one.severity in (*SEVERITIES, None) and len(one.digest) == 32
        json.dumps([dict(one.facts), one.area])


@pytest.mark.parametrize("name", REGISTER)
@pytest.mark.parametrize(
    "data", [b"", b"\x00\xff", b"<html><body>Maintenance</body></html>", b"[]", b"null", b'{"a": 1}']
)
def test_what_is_no_answer_of_the_source_is_refused_in_a_sentence(name: str, data: bytes):
    with pytest.raises(BadBulletin, match=r"\w+ .*\."):
        read(name, data)


@pytest.mark.slow
@pytest.mark.parametrize("name", REGISTER)
@given(data=st.data())
def test_an_answer_cut_or_stirred_anywhere_is_read_or_refused_and_nothing_else(name: str, data: Any):
    whole = bytearray(ANSWERS[name])
    at = data.draw(st.integers(0, len(whole) - 1))
    stirred = whole[:at] + bytes([data.draw(st.integers(0, 255))]) + whole[at + data.draw(st.integers(0, 40)) :]
    try:
        reading = read(name, bytes(stirred))
    except BadBulletin:
        return
    assert all(isinstance(one, Bulletin) for one in reading.bulletins)


def test_a_feed_nobody_listed_is_not_there():
    with pytest.raises(NoSuchFeed):
        get_feed("tiktok")


def test_one_bad_item_does_not_lose_the_others():
    bad = ({**words.QUAKE, "Magnitude": "kuat"}, {"Tanggal": "x"}, None, {**words.QUAKE, "Coordinates": "0,0"})
    reading = read(
        "bmkg_strong", words.bmkg(words.QUAKE, *bad, {**words.QUAKE, "DateTime": "2018-08-05T12:00:00+00:00"})
    )
    assert [one.key for one in reading.bulletins] == ["2018-08-05T11:46:37Z", "2018-08-05T12:00:00Z"]
    assert len(reading.faults) == 4 and reading.faults[0] == "butir ke-2: magnitudo bukan angka"


@pytest.mark.parametrize(
    "said", [{"updated": 1e300}, {"mag": 1e300}, {"time": 253402300799000}, {"time": -1e14}, {"mag": "6,8 SR"}]
)
def test_a_number_that_cannot_be_is_a_fault_before_it_reaches_a_table(said: dict[str, Any]):
    assert (read("usgs", words.usgs(**said)).bulletins, len(read("usgs", words.usgs(**said)).faults)) == ([], 1)


def test_words_and_keys_carry_nothing_that_cannot_be_kept_or_turns_other_words_around():
    (told,) = read("usgs", words.usgs(place="Lom\x00bok\u202e", key="us\x001", url="https://usgs.gov/\x00")).bulletins
    assert (told.title, told.key, told.url) == ("Gempa M6,9, Lombok", "us1", None)


@pytest.mark.parametrize("objects", [-8.5, [], {"output": {"geometries": 7}}, {"output": 7}])
def test_a_topology_of_another_shape_is_a_fault_or_nothing(objects: Any):
    given = {"type": "Topology", "objects": objects}
    assert read("petabencana", json.dumps(given).encode()).bulletins == []


@pytest.mark.parametrize("name", ["gdacs", "bmkg_nowcast", "cap_rss"])
def test_a_page_of_the_web_in_place_of_an_answer_is_called_that(name: str):
    with pytest.raises(BadBulletin, match="halaman web"):
        read(name, b"\n<!DOCTYPE html><html><body>Sedang dirawat</body></html>")


def test_a_list_without_an_end_is_read_so_far_and_it_is_said():
    reading = each(range(10_000), lambda number: None)
    assert reading.faults == [f"hanya {MOST_ITEMS} butir pertama yang dibaca"]


# BMKG


def test_the_time_of_bmkg_is_that_of_datetime_never_of_jam():
    said = {**words.QUAKE, "Jam": "19:46:37 WITA", "DateTime": "2018-08-05T19:46:37+08:00"}
    assert only(read("bmkg_strong", words.bmkg(said))).at == dt.datetime(2018, 8, 5, 11, 46, 37, tzinfo=dt.UTC)


def test_the_place_of_bmkg_is_lat_first_and_south_is_negative():
    one = only(read("bmkg_strong", words.bmkg(words.QUAKE)))
    old = {name: value for name, value in words.QUAKE.items() if name != "Coordinates"}
    other = only(read("bmkg_strong", words.bmkg(old)))
    assert (one.lon, one.lat, one.magnitude, one.depth_km) == (116.47, -8.35, 6.8, 32.0)
    assert (other.lon, other.lat) == (one.lon, one.lat)


@pytest.mark.parametrize(
    ("said", "is_tsunami"),
    [
        ("Tidak berpotensi tsunami", False),
        ("Gempa ini dirasakan untuk diteruskan pada masyarakat", False),
        ("Berpotensi TSUNAMI untuk diteruskan pada masyarakat", True),
        ("", False),
    ],
)
def test_that_no_tsunami_will_come_is_no_tsunami(said: str, is_tsunami: bool):
    one = only(read("bmkg_latest", words.bmkg({**words.QUAKE, "Potensi": said}, is_list=False)))
    assert bool(one.facts.get("tsunami")) is is_tsunami


def test_the_same_quake_told_otherwise_keeps_its_key_and_changes_its_digest():
    first, second = (
        only(read("bmkg_felt", words.bmkg({**words.QUAKE, "Dirasakan": felt}))) for felt in ("V Mataram", "VI Mataram")
    )
    assert first.key == second.key and first.digest != second.digest and second.facts["felt"] == "VI Mataram"


def test_a_forecast_tells_the_worst_of_the_next_day():
    steps = [
        ("2026-11-22T00:00:00Z", "Cerah"),
        ("2026-11-22T06:00:00Z", "Hujan Petir"),
        ("2026-11-23T06:00:00Z", "Hujan Lebat"),
    ]
    one = only(read("bmkg_forecast", words.forecast(*steps)))
    assert (one.key, one.severity, one.title) == ("52.03.01.2001", "severe", "Prakiraan Sembalun: hujan petir")
    assert one.at == dt.datetime(2026, 11, 22, 6, tzinfo=dt.UTC)


def test_a_calm_forecast_is_told_too_and_is_no_warning():
    one = only(read("bmkg_forecast", words.forecast(("2026-11-22T00:00:00Z", "Cerah Berawan"))))
    assert one.severity is None and one.title == "Prakiraan Sembalun: cerah berawan"


def test_only_codes_of_villages_are_asked_for():
    targets = get_feed("bmkg_forecast").targets(Wanted(villages=("52.03", "5203012001", "mataram", "52.03.01.2001")))
    assert [one.url.rpartition("=")[2] for one in targets] == ["52.03.01.2001"]


# USGS and GDACS


def test_times_of_usgs_are_milliseconds():
    one = only(read("usgs", words.usgs()))
    assert one.at == dt.datetime(2018, 8, 5, 11, 46, 38, tzinfo=dt.UTC)
    assert (one.lon, one.lat, one.depth_km, one.severity, one.revision) == (
        116.44,
        -8.29,
        34.0,
        "severe",
        1533470000000,
    )


def test_a_quarry_blast_is_no_earthquake_and_a_deleted_one_is_over():
    assert read("usgs", words.usgs(type="quarry blast")).bulletins == []
    assert only(read("usgs", words.usgs(status="deleted"))).is_over


@pytest.mark.parametrize("where", [[0, 0, 10], [200, 0, 10], ["x", 1], [None, None], []])
def test_a_place_that_cannot_be_is_a_fault(where: Any):
    reading = read("usgs", words.usgs(where=where))
    assert reading.bulletins == [] and len(reading.faults) == 1


def test_of_an_event_of_gdacs_the_newest_episode_wins_wherever_it_stands():
    items = [words.gdacs_item(episode=episode, title=f"Episode {episode}") for episode in (2, 3, 1)]
    one = only(read("gdacs", words.gdacs_rss(*items)))
    assert (one.key, one.revision, one.title) == ("EQ7", 3, "Episode 3")
    assert (one.lon, one.lat, one.magnitude, one.depth_km) == (116.4, -8.3, 6.9, 31.0)


def test_events_of_gdacs_with_one_number_and_two_types_are_two():
    reading = read("gdacs", words.gdacs_rss(words.gdacs_item("EQ", 7), words.gdacs_item("FL", 7)))
    assert [one.key for one in reading.bulletins] == ["EQ7", "FL7"]
    assert reading.bulletins[1].magnitude is None, "a flood has no magnitude whatever its number means"


def test_gdacs_is_read_from_its_geojson_as_well():
    one = only(read("gdacs", words.gdacs_json()))
    assert (one.key, one.revision, one.severity, one.lon) == ("EQ7", 2, "extreme", 116.4)
    assert only(read("gdacs", words.gdacs_json(eventtype="FL", iscurrent="false"))).is_over


# PetaBencana


def test_a_report_keeps_what_happens_and_nothing_of_who_said_it():
    one = only(read("petabencana", words.reports_geojson(words.REPORT)))
    assert (one.title, one.severity, one.kind) == ("Laporan warga: banjir, air 80 cm", "severe", "flood")
    assert not any(word in str(one) for word in ("Tolong", "0812", "Rumah saya", "images."))


@pytest.mark.slow
@given(
    places=st.lists(st.tuples(st.integers(1, 4000), st.integers(1, 3000)), min_size=1, max_size=20),
    corner=st.tuples(st.floats(95, 140), st.floats(-11, 5)),
)
def test_quantised_positions_are_decoded_to_where_they_were(places: list[tuple[int, int]], corner: tuple[float, float]):
    reading = read("petabencana", words.reports_topojson(*places, corner=corner))
    assert reading.faults == []
    for (x, y), one in zip(places, reading.bulletins, strict=True):
        assert one.lon == pytest.approx(x * 0.0001 + corner[0]) and one.lat == pytest.approx(y * 0.0001 + corner[1])


def test_topojson_of_a_single_point_lies_on_its_corner_and_never_at_zero():
    one = only(read("petabencana", words.reports_topojson((0, 0), scale=(1, 1), corner=(106.817276, -6.138229))))
    assert (one.lon, one.lat) == (106.817276, -6.138229)


def test_topojson_without_its_transform_is_a_fault_and_not_a_place_at_zero():
    given = json.loads(words.reports_topojson((0, 0)))
    del given["result"]["transform"]
    reading = read("petabencana", json.dumps(given).encode())
    assert reading.bulletins == [] and "0,0" in reading.faults[0]


# CAP and indexes


def test_a_warning_is_kept_with_its_area_its_end_and_the_name_of_its_message():
    one = only(read("cap_rss", words.cap()))
    assert (one.key, one.kind, one.severity) == ("cuaca@example.id,BMKG-1", "weather", "severe")
    assert one.expires_at == dt.datetime(2026, 11, 22, 6, tzinfo=dt.UTC)
    assert one.area and one.lon and 116.4 < one.lon < 116.8


def test_an_update_names_what_it_takes_the_place_of_and_a_cancel_ends_it():
    refers = "cuaca@example.id,BMKG-1,2026-11-22T10:00:00+07:00"
    update = only(read("cap_rss", words.cap("BMKG-2", "Update", references=refers)))
    cancel = only(read("cap_rss", words.cap("BMKG-3", "Cancel", references=refers)))
    assert update.follows == ("cuaca@example.id,BMKG-1",) and not update.is_over
    assert cancel.follows == update.follows and cancel.is_over


@pytest.mark.parametrize("status", ["Exercise", "Test", "Draft", "System"])
def test_an_exercise_of_somebody_else_is_no_news(status: str):
    assert read("cap_rss", words.cap(status=status)).bulletins == []


def test_an_index_leads_to_its_messages_in_rss_and_in_atom():
    atom = '<feed xmlns="http://www.w3.org/2005/Atom"><entry><link href="https://a.id/1.xml"/></entry></feed>'
    assert read("cap_rss", words.index("https://a.id/1.xml", "javascript:alert(1)", "https://a.id/1.xml")).links == [
        "https://a.id/1.xml"
    ]
    assert read("cap_rss", atom.encode()).links == ["https://a.id/1.xml"]


BOMB = b'<!DOCTYPE rss [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;&a;">]><rss><item><title>&b;</title></item></rss>'


@pytest.mark.slow
@pytest.mark.parametrize(
    "data",
    [
        BOMB,
        b'<!DOCTYPE rss SYSTEM "file:///etc/passwd"><rss/>',
        b"<rss>" + b"<a>" * 5000,
        b"<rss>" + b"<item/>" * 70_000 + b"</rss>",
        b"<rss>" + b" " * 5_000_000 + b"</rss>",
    ],
)
def test_a_hostile_index_is_refused_before_it_costs_anything(data: bytes):
    began = time.process_time()
    with pytest.raises(BadBulletin):
        read_items(data)
    assert time.process_time() - began < 2


def test_json_larger_than_a_source_may_say_is_not_even_parsed():
    with pytest.raises(BadBulletin, match="terlalu besar"):
        read("usgs", b"[" + b"1," * 3_000_000 + b"1]")


def test_deep_json_is_refused():
    with pytest.raises(BadBulletin):
        read("usgs", b"[" * 100_000)


# what sources really sent

if LENT.is_dir():

    @pytest.mark.parametrize(
        ("name", "file", "key"),
        [
            ("bmkg_latest", "bmkg_autogempa.json", "2026-08-06T02:59:47Z"),
            ("bmkg_latest", "bmkg_autogempa_manggarai.json", "2026-08-21T01:18:05Z"),
            ("usgs", "usgs_fdsn_min.geojson", "us7000cbyq"),
            ("gdacs", "gdacs_item_shape.xml", "EQ99002"),
            ("petabencana", "petabencana_reports_topojson.json", "5519"),
            (
                "cap_rss",
                "bmkg_cap_nowcast_banten_id.xml",
                "cuaca.ekstrem@bmkg.go.id,2.49.0.1.360.0.2026.05.20.01.36.001",
            ),
        ],
    )
    def test_a_real_answer_is_read_without_a_fault(name: str, file: str, key: str):
        one = only(read(name, (LENT / file).read_bytes()))
        assert one.key == key and one.lon and one.lat

    def test_three_real_polygons_without_an_end_are_one_area_that_ends():
        reading = read("cap_rss", (LENT / "bmkg_cap_nowcast_sumut_en_3polygons.xml").read_bytes())
        (one,) = reading.bulletins
        assert one.area and one.area["type"] == "MultiPolygon" and one.expires_at and one.expires_at > one.at
