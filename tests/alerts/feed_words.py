"""Answers of sources outside, written for the tests after their published field lists."""

import json
from typing import Any

QUAKE = {
    "Tanggal": "05 Agu 2018",
    "Jam": "18:46:37 WIB",
    "DateTime": "2018-08-05T11:46:37+00:00",
    "Coordinates": "-8.35,116.47",
    "Lintang": "8.35 LS",
    "Bujur": "116.47 BT",
    "Magnitude": "6.8",
    "Kedalaman": "32 km",
    "Wilayah": "Pusat gempa berada di darat 18 km barat laut Lombok Timur",
    "Potensi": "Tidak berpotensi tsunami",
}


def bmkg(*quakes: Any, is_list: bool = True) -> bytes:
    """A list of BMKG, or its newest alone."""
    return json.dumps({"Infogempa": {"gempa": list(quakes) if is_list else quakes[0]}}).encode()


def usgs(**said: Any) -> bytes:
    """One earthquake of the USGS; `said` changes its properties, `where` its coordinates, `key` its id."""
    where, key = said.pop("where", [116.44, -8.29, 34]), said.pop("key", "us1000g3ub")
    about = {"mag": 6.9, "place": "0 km SSW of Loloan, Indonesia", "time": 1533469598000, "updated": 1533470000000}
    about |= {"url": "https://earthquake.usgs.gov/earthquakes/eventpage/us1000g3ub", "status": "reviewed"}
    about |= {"type": "earthquake", "tsunami": 0, "alert": "orange"} | said
    point = {"type": "Point", "coordinates": where}
    return json.dumps(
        {"type": "FeatureCollection", "features": [{"id": key, "properties": about, "geometry": point}]}
    ).encode()


def gdacs_item(
    event: str = "EQ", number: int = 7, episode: int = 1, title: str = "Earthquake", level: str = "Orange"
) -> str:
    return f"""<item><title>{title}</title><link>https://www.gdacs.org/report.aspx?eventid={number}</link>
<pubDate>Sun, 05 Aug 2018 12:00:00 GMT</pubDate><georss:point>-8.3 116.4</georss:point>
<geo:Point><geo:lat>-8.3</geo:lat><geo:long>116.4</geo:long></geo:Point><gdacs:eventtype>{event}</gdacs:eventtype>
<gdacs:eventid>{number}</gdacs:eventid><gdacs:episodeid>{episode}</gdacs:episodeid><gdacs:alertlevel>{level}</gdacs:alertlevel>
<gdacs:severity unit="M" value="6.9">Magnitude 6.9M, Depth:31km</gdacs:severity><gdacs:country>Indonesia</gdacs:country>
<gdacs:fromdate>Sun, 05 Aug 2018 11:46:38 GMT</gdacs:fromdate></item>"""


def gdacs_rss(*items: str) -> bytes:
    spaces = 'xmlns:gdacs="http://www.gdacs.org" xmlns:geo="urn:geo" xmlns:georss="urn:georss"'
    return f'<rss version="2.0" {spaces}><channel>{"".join(items)}</channel></rss>'.encode()


def gdacs_json(**said: Any) -> bytes:
    about = {"eventtype": "EQ", "eventid": 7, "episodeid": 2, "name": "Earthquake in Indonesia", "alertlevel": "Red"}
    about |= {"fromdate": "2018-08-05T11:46:38", "iscurrent": "true", "country": "Indonesia"}
    about |= {
        "severitydata": {"severity": 6.9, "severitytext": "Magnitude 6.9M, Depth:31km", "severityunit": "M"}
    } | said
    point = {"type": "Point", "coordinates": [116.4, -8.3]}
    return json.dumps({"type": "FeatureCollection", "features": [{"properties": about, "geometry": point}]}).encode()


REPORT = {
    "pkey": "5519",
    "created_at": "2024-12-09T21:37:00.000Z",
    "source": "grasp",
    "status": "confirmed",
    "disaster_type": "flood",
    "report_data": {"report_type": "flood", "flood_depth": 80},
    "title": "Rumah saya",
    "text": "Tolong pak RT, hubungi 081234567321",
    "image_url": "https://images.petabencana.id/x.jpg",
}


def reports_geojson(*reports: Any, where: tuple[float, float] = (116.5, -8.6)) -> bytes:
    point = {"type": "Point", "coordinates": where}
    features = [{"type": "Feature", "properties": one, "geometry": point} for one in reports]
    return json.dumps({"statusCode": 200, "result": {"type": "FeatureCollection", "features": features}}).encode()


def reports_topojson(*places: tuple[int, int], scale: Any = (0.0001, 0.0001), corner: Any = (116.4, -8.7)) -> bytes:
    """Quantised as their server does it: whole numbers, a scale and a corner."""
    points = [
        {"type": "Point", "coordinates": list(one), "properties": {**REPORT, "pkey": str(number)}}
        for number, one in enumerate(places)
    ]
    objects = {"output": {"type": "GeometryCollection", "geometries": points}}
    transform = {"scale": list(scale), "translate": list(corner)}
    topology = {"type": "Topology", "arcs": [], "objects": objects, "transform": transform}
    return json.dumps({"statusCode": 200, "result": topology}).encode()


def forecast(*steps: tuple[str, str], code: str = "52.03.01.2001") -> bytes:
    """The weather of a village: (RFC 3339 time, words) for each step, all in one day."""
    where = {"adm4": code, "desa": "Sembalun", "kecamatan": "Sembalun", "lon": 116.55, "lat": -8.37}
    day = [{"datetime": at, "weather_desc": words, "t": 24} for at, words in steps]
    return json.dumps({"lokasi": where, "data": [{"lokasi": where, "cuaca": [day]}]}).encode()


def cap(
    identifier: str = "BMKG-1",
    kind: str = "Alert",
    sent: str = "2026-11-22T10:00:00+07:00",
    references: str = "",
    polygon: str = "-8.2,116.4 -8.2,116.8 -8.9,116.8 -8.9,116.4 -8.2,116.4",
    severity: str = "Severe",
    headline: str = "Hujan lebat di Lombok Timur",
    status: str = "Actual",
) -> bytes:
    """A warning of weather as BMKG writes one."""
    refers = f"<references>{references}</references>" if references else ""
    return f"""<alert xmlns="urn:oasis:names:tc:emergency:cap:1.2"><identifier>{identifier}</identifier>
<sender>cuaca@example.id</sender><sent>{sent}</sent><status>{status}</status><msgType>{kind}</msgType><scope>Public</scope>
{refers}<info><language>id</language><category>Met</category><event>Hujan Lebat</event><urgency>Immediate</urgency>
<severity>{severity}</severity><certainty>Observed</certainty><expires>2026-11-22T13:00:00+07:00</expires>
<headline>{headline}</headline><area><areaDesc>Lombok Timur</areaDesc><polygon>{polygon}</polygon></area></info>
</alert>""".encode()


def index(*links: str) -> bytes:
    items = "".join(f"<item><title>Hujan</title><link>{one}</link></item>" for one in links)
    return f'<rss version="2.0"><channel><title>Peringatan</title>{items}</channel></rss>'.encode()
