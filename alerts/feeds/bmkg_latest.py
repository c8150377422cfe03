"""The newest earthquake of BMKG. Pure."""

from alerts.feeds._bmkg_quakes import quakes
from alerts.feeds.shape import N_

FEED = quakes("bmkg_latest", "autogempa.json", N_("Gempa terbaru BMKG"), 60.0)
