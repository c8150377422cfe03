"""The newest earthquake of BMKG. Pure."""

from alerts.feeds._bmkg_quakes import quakes

FEED = quakes("bmkg_latest", "autogempa.json", "Gempa terbaru BMKG", 60.0)
