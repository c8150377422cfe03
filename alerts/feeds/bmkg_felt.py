"""Earthquakes people felt, of BMKG. Pure."""

from alerts.feeds._bmkg_quakes import quakes
from alerts.feeds.shape import N_

FEED = quakes("bmkg_felt", "gempadirasakan.json", N_("Gempa dirasakan BMKG"), 120.0)
