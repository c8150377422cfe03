"""Early warnings of weather by BMKG: an RSS index of provinces, a CAP message for each. Pure.

Shape: data.bmkg.go.id/peringatan-dini-cuaca. A message is asked for once: its address changes with every warning.
"""

from functools import partial

from alerts.feeds import _cap
from alerts.feeds.rss import read_items
from alerts.feeds.shape import MOST_ITEMS, N_, Feed, Reading, fixed, link_of

URL = "https://www.bmkg.go.id/alerts/nowcast/id"


def read(data: bytes) -> Reading:
    """The addresses of the messages that stand; the index itself says nothing worth keeping."""
    links = [link for one in read_items(data) if (link := link_of(one.link))]
    return Reading([], [], list(dict.fromkeys(links))[:MOST_ITEMS])


FEED = Feed(
    name="bmkg_nowcast",
    words=N_("Peringatan dini cuaca BMKG"),
    credit="BMKG (Badan Meteorologi, Klimatologi, dan Geofisika)",
    credit_url="https://data.bmkg.go.id/peringatan-dini-cuaca/",
    interval_s=300.0,
    targets=fixed(URL),
    read=read,
    read_link=partial(_cap.read, "bmkg_nowcast"),
    agency="bmkg",
)
