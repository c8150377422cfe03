"""Places that look wrong are confirmed, not refused: what every route with a position asks before it acts."""

from collections.abc import Sequence
from typing import Any
from weakref import WeakKeyDictionary

from sqlalchemy import func, select

from gis.doubts import doubt_at
from gis.models import Area
from gis.outline import ground
from incident.errors import BadReport
from incident.post import Post

_published: WeakKeyDictionary[Post, Sequence[float]] = WeakKeyDictionary()


def site_box(post: Post) -> Sequence[float] | None:
    """West, south, east, north of the site in degrees: its outline and the points of its villages.

    The outline may be that of one imported village alone. None for a site of which neither is known.
    """
    boxes = [box for box in (ground(post)["bounds"], _of_villages(post)) if box]
    if not boxes:
        return None
    west, south, east, north = zip(*boxes, strict=True)
    return min(west), min(south), max(east), max(north)


def ground_box(post: Post) -> dict[str, Any]:
    """What a map opens on: the whole site, also where only a part of it was imported."""
    return {"bounds": site_box(post)}


def _of_villages(post: Post) -> Sequence[float]:
    """The box of the published points, or nothing; kept, for every call asks."""
    if post not in _published:
        _published[post] = _edges(post, post.settings.site.area_code)
    return _published[post]


def _edges(post: Post, code: str) -> Sequence[float]:
    if not code:
        return ()
    edges = func.min(Area.lon), func.min(Area.lat), func.max(Area.lon), func.max(Area.lat)
    with post.database.read() as conn:
        found = conn.execute(select(*edges).where(Area.code.startswith(f"{code}."), Area.level == 4)).one()
    return [edge for edge in found if edge is not None]


def require_meant(post: Post, lon: float | None, lat: float | None, confirmed: bool | None, field: str) -> None:
    """Raise BadReport with `confirm` for a point outside Indonesia, or far outside the site, that nobody confirmed."""
    if confirmed or lon is None or lat is None:
        return
    if why := doubt_at(lon, lat, site_box(post)):
        raise BadReport(why, field, confirm=True)
