"""How well a station was heard stands beside it, and nothing stands there where the modem does not say."""

from collections.abc import Callable
from typing import Any

from incident.config import Settings
from incident.post import Post
from radio_bridge.devices import Quality
from radio_bridge.net.stations import add_station
from radio_bridge.rig import quality_card
from radio_bridge.spool import FILE, Spool


def stations(ask: Callable[..., Any]) -> dict[int, Any]:
    listed = ask("dispatcher", "GET", "/radio/log").json["stations"]
    return {one["number"]: one["quality"] for one in listed}


def test_the_page_is_told_how_well_each_station_was_heard(ask: Callable[..., Any], post: Post) -> None:
    post.do(add_station, "test", None, "TRC-1", None, 17)
    post.do(add_station, "test", None, "TRC-2", None, 18)
    spool = Spool(post.settings.data / FILE)
    spool.put(quality_card(17, Quality(-97, -6.25), 1_700_000_000.0))
    assert stations(ask) == {17: {"rssi_dbm": -97, "snr_db": -6.25, "at": 1_700_000_000.0}, 18: None}
    spool.put(quality_card(17, Quality(-80), 1_700_000_060.0))
    assert stations(ask)[17] == {"rssi_dbm": -80, "snr_db": None, "at": 1_700_000_060.0}
    spool.close()


def test_without_a_spool_or_with_a_broken_one_the_page_still_opens(
    ask: Callable[..., Any], post: Post, settings: Settings
) -> None:
    post.do(add_station, "test", None, "TRC-1", None, 17)
    assert stations(ask) == {17: None}
    (settings.data / FILE).write_bytes(b"this is no database")
    assert stations(ask) == {17: None}
