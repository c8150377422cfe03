"""Tracks out of GPX and KML as receivers write them, and files made to hurt refused cheaply."""

import datetime as dt
import time
import tracemalloc

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gis import tracks
from gis.tracks import BadTrack

GPX = """<?xml version="1.0"?>
<gpx version="1.1" creator="eTrex" xmlns="http://www.topografix.com/GPX/1/1">
<metadata><name>Patroli pagi</name><time>2026-11-22T00:00:00Z</time></metadata>
<wpt lat="-8.4" lon="116.4"><name>pos</name></wpt>
<trk><name>satu</name><trkseg>
<trkpt lat="-8.5" lon="116.5"><ele>12</ele><time>2026-11-22T03:00:00Z</time></trkpt>
<trkpt lat="-8.51" lon="116.52"><time>2026-11-22T03:10:00.250Z</time></trkpt></trkseg>
<trkseg><trkpt lat="-8.6" lon="116.6"/><trkpt lat="-8.61" lon="116.6"/><trkpt lat="-8.62" lon="116.6"/></trkseg>
<trkseg><trkpt lat="-8.7" lon="116.7"/></trkseg></trk></gpx>"""
KML = """<kml xmlns="http://www.opengis.net/kml/2.2" xmlns:gx="http://www.google.com/kml/ext/2.2"><Document>
<name>Jalur</name><Placemark><Point><coordinates>116.1,-8.1,0</coordinates></Point></Placemark>
<Placemark><LineString><coordinates>
 116.5,-8.5,10 116.6,-8.6
</coordinates></LineString></Placemark>
<Placemark><gx:Track><when>2026-11-22T11:00:00+08:00</when><when>2026-11-22T12:00:00+08:00</when>
<gx:coord>116.7 -8.7 3</gx:coord><gx:coord>116.8 -8.8 3</gx:coord></gx:Track></Placemark></Document></kml>"""


SOON_S = 60  # of the processor; each takes a fraction of a second, and what a hostile file asks for would take hours


def utc(*parts: int) -> dt.datetime:
    return dt.datetime(*parts, tzinfo=dt.UTC)


def test_a_gpx_gives_its_segments_its_times_and_its_name():
    trail = tracks.read(GPX.encode())
    assert trail.name == "Patroli pagi"
    assert trail.lines[0] == ((116.5, -8.5), (116.52, -8.51)) and [len(line) for line in trail.lines] == [2, 3]
    assert trail.ended_at == utc(2026, 11, 22, 3, 10, 0, 250_000) and trail.points == 5
    assert trail.wkt.startswith("MULTILINESTRING((116.5 -8.5, 116.52 -8.51), (116.6 -8.6,")


def test_a_kml_gives_its_lines_and_its_tracks_and_no_single_point():
    trail = tracks.read(KML.encode())
    assert trail.lines == (((116.5, -8.5), (116.6, -8.6)), ((116.7, -8.7), (116.8, -8.8)))
    assert (trail.name, trail.began_at, trail.ended_at) == ("Jalur", utc(2026, 11, 22, 3), utc(2026, 11, 22, 4))


def test_a_route_and_an_old_gpx_without_a_namespace_are_tracks_too():
    route = '<gpx version="1.0"><rte><rtept lat="-8.5" lon="116.5"/><rtept lat="-8.5" lon="116.6"/></rte></gpx>'
    trail = tracks.read(route.encode("utf-16"))
    assert trail.points == 2 and trail.began_at is None
    assert trail.length_m == pytest.approx(10_997, rel=0.005)


def test_a_track_says_in_which_box_it_lies():
    assert tracks.read(GPX.encode()).box == (116.5, -8.62, 116.6, -8.5)


ENTITY = '<!DOCTYPE gpx [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;"><!ENTITY c "&b;&b;&b;&b;&b;">]>'
HOSTILE = {
    "nothing": b"",
    "blanks": b"   \n",
    "a zip": b"PK\x03\x04rest",
    "noise": bytes(range(256)) * 10,
    "half a file": GPX[: len(GPX) // 2].encode(),
    "two roots": (GPX.partition("\n")[2] * 2).encode(),
    "another language": b"<html><body>masuk dahulu</body></html>",
    "a billion laughs": f"{ENTITY}<gpx><trk><name>&c;</name></trk></gpx>".encode(),
    "a file of the server": b'<!DOCTYPE gpx [<!ENTITY x SYSTEM "file:///etc/passwd">]><gpx><name>&x;</name></gpx>',
    "a document type alone": b'<!DOCTYPE gpx SYSTEM "http://127.0.0.1:9/x.dtd"><gpx/>',
    "a deep well": b"<gpx>" + b"<a>" * 1000 + b"</a>" * 1000 + b"</gpx>",
    "many parts": b"<gpx>" + b"<a/>" * 700_000 + b"</gpx>",
    "many points": b"<gpx><trk><trkseg>" + b'<trkpt lat="1" lon="100"/>' * 100_001 + b"</trkseg></trk></gpx>",
    "many points in one word": b"<kml><coordinates>" + b"1,1 " * 100_001 + b"</coordinates></kml>",
    "too large": b"<gpx>" + b" " * 5_000_000 + b"</gpx>",
    "no track": b"<gpx><wpt lat='1' lon='2'/></gpx>",
    "one point": b"<gpx><trk><trkseg><trkpt lat='1' lon='100'/></trkseg></trk></gpx>",
    "a point without a track": b"<gpx><trkpt lat='1' lon='100'/></gpx>",
    "no numbers": b"<gpx><trk><trkseg><trkpt lat='x' lon='100'/></trkseg></trk></gpx>",
    "no latitude": b"<gpx><trk><trkseg><trkpt lon='100'/></trkseg></trk></gpx>",
    "not a number": b"<gpx><trk><trkseg><trkpt lat='nan' lon='100'/></trkseg></trk></gpx>",
    "off the globe": b"<gpx><trk><trkseg><trkpt lat='1' lon='181'/></trkseg></trk></gpx>",
    "an unknown coding": b'<?xml version="1.0" encoding="x-nosuch"?><gpx/>',
}


@pytest.mark.slow
@pytest.mark.parametrize("what", HOSTILE)
def test_a_file_that_is_none_is_refused_with_a_sentence_and_soon(what):
    began = time.process_time()
    with pytest.raises(BadTrack) as refused:
        tracks.read(HOSTILE[what])
    assert str(refused.value).endswith((".", "?")) and len(str(refused.value)) > 15
    assert time.process_time() - began < SOON_S


def test_a_swapped_position_is_named_as_one():
    with pytest.raises(BadTrack, match="tertukar"):
        tracks.read(GPX.replace('lat="-8.5" lon="116.5"', 'lat="116.5" lon="-8.5"').encode())


@pytest.mark.slow
@pytest.mark.parametrize("what", ["a billion laughs", "a deep well", "many parts", "too large"])
def test_a_hostile_file_costs_little_memory(what):
    content = HOSTILE[what]
    tracemalloc.start()
    with pytest.raises(BadTrack):
        tracks.read(content)
    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert most < 2_000_000


@pytest.mark.slow
def test_a_day_of_one_position_a_second_is_read_in_a_breath():
    points = "".join(f'<trkpt lat="-8.{at:05d}" lon="116.5"/>' for at in range(86_400))
    began = time.process_time()
    assert tracks.read(f"<gpx><trk><trkseg>{points}</trkseg></trk></gpx>".encode()).points == 86_400
    assert time.process_time() - began < SOON_S


@given(
    st.binary(max_size=300) | st.text(max_size=200).map(lambda words: f"<gpx>{words}</gpx>".encode("utf-8", "replace"))
)
def test_whatever_is_sent_is_a_track_or_a_sentence(content):
    try:
        assert tracks.read(content).points >= 2
    except BadTrack as refused:
        assert str(refused)
