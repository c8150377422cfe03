"""Earthquakes people felt, of BMKG. Pure."""

from alerts.feeds._bmkg_quakes import quakes

FEED = quakes("bmkg_felt", "gempadirasakan.json", "Gempa dirasakan BMKG", 120.0)
