"""Places that look wrong are confirmed, not refused: what every route with a position asks before it acts."""

from collections.abc import Sequence

from gis.doubts import doubt_at
from gis.outline import ground
from incident.errors import BadReport
from incident.post import Post


def site_box(post: Post) -> Sequence[float] | None:
    """West, south, east, north of the site's outline in degrees; None before anyone has imported it."""
    bounds: Sequence[float] | None = ground(post)["bounds"]
    return bounds


def require_meant(post: Post, lon: float | None, lat: float | None, confirmed: bool | None, field: str) -> None:
    """Raise BadReport with `confirm` for a point outside Indonesia, or far outside the site, that nobody confirmed."""
    if confirmed or lon is None or lat is None:
        return
    if why := doubt_at(lon, lat, site_box(post)):
        raise BadReport(why, field, confirm=True)
