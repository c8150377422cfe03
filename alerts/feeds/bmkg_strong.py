"""Earthquakes of magnitude 5 and more, of BMKG. Pure."""

from alerts.feeds._bmkg_quakes import quakes

FEED = quakes("bmkg_strong", "gempaterkini.json", "Gempa kuat BMKG", 120.0)
