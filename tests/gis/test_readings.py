"""Positions read out of words: the spellings people use, the swap that is offered, and nothing that is not on earth."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gis.coordinates import Position, distance_m
from gis.readings import ABROAD, HEMISPHERE, SWAPPED, is_short_link, read_positions

SAJANG = Position(116.5273, -8.3812)
SELONG = Position(116.53, -8.65)
lons, lats = st.floats(95, 141), st.floats(-11, 6)


def first(text, site=None):
    found = read_positions(text, site)
    assert found, f"nothing read in {text!r}"
    return found[0]


@pytest.mark.parametrize(
    "text",
    [
        "-8.3812, 116.5273",
        "−8.3812 116.5273",
        "  -8,3812 116,5273 ",
        "-8,3812,116,5273",
        "-8,3812; 116,5273",
        "-8.3812° 116.5273°",
        "posisi -8.3812,116.5273 ya",
        "lat -8.3812 long 116.5273",
        "Lintang: -8,3812, Bujur: 116,5273",
        "8.3812 S 116.5273 E",
        "116.5273 E, 8.3812 S",
        "8,3812 LS, 116,5273 BT",
        "LS 8,3812 BT 116,5273",
        "8°22'52.3\"S116°31'38.3\"E",
        "8°22′52,3″ LS, 116°31′38,3″ BT",
        "8 22 52 S 116 31 38 E",
        "8°22.872'S 116°31.638'E",
        "https://maps.google.com/?q=-8.3812,116.5273",
        "https://maps.google.com/maps?q=-8.3812%2C116.5273&z=17&hl=id",
        "https://www.google.com/maps/@-8.3812,116.5273,17z",
        "https://www.google.com/maps/place/8%C2%B022'52.3%22S+116%C2%B031'38.3%22E",
        "geo:-8.3812,116.5273?z=16",
    ],
)
def test_the_usual_spellings_are_read(text):
    one = first(text)
    assert distance_m(Position(one.lon, one.lat), SAJANG) < 60 and one.doubt == ""


def test_a_pin_counts_more_than_the_camera_of_a_link():
    one = first("https://www.google.com/maps/place/x/@-8.1,116.1,9z/data=!4m5!3d-8.3812!4d116.5273")
    assert (one.lat, one.how) == (-8.3812, "link")


def test_the_words_beside_a_position_are_kept():
    assert first("masjid nurul huda -8.3812, 116.5273 rt 2").rest == "masjid nurul huda rt 2"


def test_swapped_numbers_are_offered_as_swapped_and_as_written():
    swapped, *others = read_positions("116.5273, -8.3812")
    assert (swapped.lon, swapped.lat, swapped.doubt) == (116.5273, -8.3812, SWAPPED)
    assert others == []  # as written it is not on earth


def test_a_forgotten_minus_is_offered_and_so_is_what_was_written():
    south, written = read_positions("8.3812 116.5273")
    assert (south.lat, south.doubt) == (-8.3812, HEMISPHERE)
    assert (written.lat, written.doubt) == (8.3812, ABROAD)


def test_near_the_equator_the_site_tells_whether_a_minus_is_missing():
    garut = Position(107.9, -7.2)
    assert [one.lat for one in read_positions("6.91, 107.61", Position(107.61, -6.9))] == [-6.91, 6.91]
    assert [one.lat for one in read_positions("-6.91, 107.61", garut)] == [-6.91]
    assert [one.lat for one in read_positions("5.55, 95.32", Position(95.3, 5.5))] == [5.55]


def test_london_is_abroad():
    assert first("51.5074, -0.1278").doubt == ABROAD


def test_a_plus_code_is_read_and_a_short_one_lies_near_the_site():
    assert first("6P3QJG92+GR").how == "plus_code"
    short = first("9G22+22 Selong", SELONG)
    assert distance_m(Position(short.lon, short.lat), SELONG) < 60_000 and short.rest == "Selong"


def test_a_short_plus_code_says_nothing_without_a_site():
    assert read_positions("9G22+22") == []


@pytest.mark.parametrize(
    "text",
    ["", "12 13 jalan raya", "2.5 juta", "1,5 2,5 liter", "RT 02/RW 01", "8°75'00\"S 116°31'38\"E",
     "-98.3812, 216.5273", "8.3812 S 116.5273 S", "0812-3456-7890", "jl. pahlawan 8", "nan, inf", "1e5, 1e6"],
)  # fmt: skip
def test_what_is_no_position_is_none(text):
    assert read_positions(text) == []


def test_digits_say_how_sure_a_position_is():
    assert first("-8.38, 116.53").radius_m == 1112.0
    assert first("-8.38120, 116.52730").radius_m == 20.0
    assert first("8 22 S 116 31 E").radius_m == 1854.0


@given(lons, lats, st.integers(2, 6), st.sampled_from([", ", " ", ";", " / "]), st.booleans())
def test_decimals_come_back_within_their_radius(lon, lat, digits, gap, is_comma):
    text = f"{lat:.{digits}f}{gap}{lon:.{digits}f}"
    one = first(text.replace(".", ",") if is_comma else text)
    assert distance_m(Position(one.lon, one.lat), Position(lon, lat)) <= one.radius_m


@given(lons, lats, st.sampled_from([("LS", "LU", "BT"), ("S", "N", "E"), ("S", "U", "T")]), st.booleans())
def test_degrees_minutes_seconds_come_back_within_their_radius(lon, lat, sides, is_before):
    south, north, east = sides
    parts = [(_dms(lat), south if lat < 0 else north), (_dms(lon), east)]
    text = " ".join(f"{side} {angle}" if is_before else f"{angle} {side}" for angle, side in parts)
    one = first(text)
    assert distance_m(Position(one.lon, one.lat), Position(lon, lat)) <= one.radius_m * 1.5


def _dms(degrees):
    seconds = round(abs(degrees) * 36_000) / 10
    return f"{int(seconds // 3600)}°{int(seconds % 3600 // 60)}'{seconds % 60:.1f}\""


@given(st.text(max_size=500), st.sampled_from([None, SELONG]))
def test_whatever_is_written_no_position_leaves_the_globe(text, site):
    for one in read_positions(text, site):
        assert abs(one.lon) <= 180 and abs(one.lat) <= 90 and one.radius_m > 0


@given(st.text("0123456789.,°'\"-+ LSBTUNEWlat!34d@?q=", max_size=400))
def test_number_soup_is_read_quickly_and_stays_on_the_globe(text):
    assert all(abs(one.lat) <= 90 for one in read_positions(text))


@pytest.mark.parametrize("text", ["1" * 10_000, "1.11," * 2_000, "S8" * 5_000, "\x00" * 9_999])
def test_ten_thousand_characters_are_read_like_four_hundred(text):
    assert read_positions(text) == read_positions(text[:400])


def test_a_short_link_is_known_and_not_followed():
    assert is_short_link("https://maps.app.goo.gl/AbCdEf") and read_positions("https://maps.app.goo.gl/AbCdEf") == []
    assert not is_short_link("https://maps.google.com/?q=-8.3812,116.5273")
