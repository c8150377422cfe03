"""Earthquakes of magnitude 5 and more, of BMKG. Pure."""

from alerts.feeds._bmkg_quakes import quakes
from alerts.feeds.shape import N_

FEED = quakes("bmkg_strong", "gempaterkini.json", N_("Gempa kuat BMKG"), 120.0)
