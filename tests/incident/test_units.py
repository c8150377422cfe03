"""A unit is added once, with its radio, however often it is sent."""

from tests.factories import uid


def test_a_unit_with_a_station_sent_again_is_the_same_unit(ask):
    body = {"uid": uid(), "call_sign": "TRC-7", "kind": "trc", "station": 17}
    first = ask("admin", "POST", "/units", body)
    again = ask("admin", "POST", "/units", body)
    assert (first.status_code, again.status_code) == (201, 201), again.json
    assert again.json == first.json
    stations = ask("admin", "GET", "/radio/log").json["stations"]
    assert [one["number"] for one in stations if one["call_sign"] == "TRC-7"] == [17]
