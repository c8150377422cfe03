"""Places that look wrong are confirmed, not refused: what every route with a position asks before it acts."""

from collections.abc import Sequence
from weakref import WeakKeyDictionary

from sqlalchemy import func, select

from gis.doubts import doubt_at
from gis.models import Area
from gis.outline import ground
from incident.errors import BadReport
from incident.post import Post

_published: WeakKeyDictionary[Post, Sequence[float]] = WeakKeyDictionary()


def site_box(post: Post) -> Sequence[float] | None:
    """West, south, east, north of the site in degrees: of its outline, before an import of its villages' points.

    None for a site without a code, and while the gazetteer has no points.
    """
    drawn: Sequence[float] | None = ground(post)["bounds"]
    return drawn or _published.get(post) or _of_villages(post)


def _of_villages(post: Post) -> Sequence[float] | None:
    """The box of the published points; kept, for every call asks."""
    code = post.settings.site.area_code
    if not code:
        return None
    edges = func.min(Area.lon), func.min(Area.lat), func.max(Area.lon), func.max(Area.lat)
    with post.database.read() as conn:
        found = conn.execute(select(*edges).where(Area.code.startswith(f"{code}."), Area.level == 4)).one()
    box = [edge for edge in found if edge is not None]
    return _published.setdefault(post, box) if box else None


def require_meant(post: Post, lon: float | None, lat: float | None, confirmed: bool | None, field: str) -> None:
    """Raise BadReport with `confirm` for a point outside Indonesia, or far outside the site, that nobody confirmed."""
    if confirmed or lon is None or lat is None:
        return
    if why := doubt_at(lon, lat, site_box(post)):
        raise BadReport(why, field, confirm=True)
