"""The feeds: sources we ask, one file and one line each.

A file holds `FEED`, a `Feed` of `shape.py`: where to ask, how often, whom to name, and a pure reader of its bytes.
Nothing here is imported before it is asked for, and nothing at all in an exercise.
"""

from collections.abc import Mapping
from importlib import import_module

from alerts.feeds.shape import Feed

REGISTER: Mapping[str, str] = {
    "bmkg_latest": "alerts.feeds.bmkg_latest:FEED",
    "bmkg_felt": "alerts.feeds.bmkg_felt:FEED",
    "bmkg_strong": "alerts.feeds.bmkg_strong:FEED",
    "bmkg_nowcast": "alerts.feeds.bmkg_nowcast:FEED",
    "bmkg_forecast": "alerts.feeds.bmkg_forecast:FEED",
    "usgs": "alerts.feeds.usgs:FEED",
    "gdacs": "alerts.feeds.gdacs:FEED",
    "petabencana": "alerts.feeds.petabencana:FEED",
    "cap_rss": "alerts.feeds.cap_rss:FEED",
}


class NoSuchFeed(LookupError):
    """No feed has that name."""


def get_feed(name: str) -> Feed:
    """The feed of that name, imported now if it was not; raises NoSuchFeed."""
    if name not in REGISTER:
        raise NoSuchFeed(name)
    module, _, attribute = REGISTER[name].partition(":")
    feed: Feed = getattr(import_module(module), attribute)
    return feed
