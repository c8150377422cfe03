"""The villages that are lent: with their boundaries where imported, else as points; those of the site first."""

from typing import Any

from flask_babel import lazy_gettext
from sqlalchemy import Float, Select, and_, case, literal, not_, null, or_, select, true, union, union_all
from sqlalchemy.engine import RowMapping

from gis.database import Database
from gis.models import Area, Boundary
from gis.ogc_query import Box
from incident.catalogue import TEXT, TRUTH, Reader, Shelf, binary, meets

GROUND: Box = (94.0, -12.0, 142.0, 7.0)  # every village of Indonesia lies in it
_area, _boundary = Area.__table__, Boundary.__table__

_named = union_all(
    select(_area.c.code, _area.c.name, _area.c.postcode, _area.c.lon, _area.c.lat).where(_area.c.level == 4),
    select(_boundary.c.code, _boundary.c.name, null(), literal(None, Float), literal(None, Float)).where(
        _boundary.c.level == 4, _boundary.c.code.not_in(select(_area.c.code))
    ),
).subquery("village")
_village = _named.c


def _village_cards(_reader: Reader, rows: list[RowMapping]) -> list[dict[str, Any]]:
    return [{**row, "has_boundary": row["wkb"] is not None} for row in rows]


def _villages_inside(database: Database, box: Box) -> Any:
    """Its boundary meets the box; where none was imported, its point lies in it. Both are asked of their index."""
    west, south, east, north = box
    bounded = select(_boundary.c.code).where(_boundary.c.level == 4, meets(database, "boundary", "outline", box))
    drawn = select(_boundary.c.code).where(_boundary.c.code == _area.c.code).exists()
    near = and_(_area.c.lat.between(south, north), _area.c.lon.between(west, east))
    pointed = select(_area.c.code).where(_area.c.level == 4, near, ~drawn)
    return _village.code.in_(union(bounded, pointed))


def _site_first(site_code: str, found: Select[Any], cursor: str | None) -> Select[Any]:
    ours = _village.code.startswith(site_code, autoescape=True) if site_code else true()
    if cursor is not None:
        later = _village.code > cursor
        is_ours = cursor.startswith(site_code)
        found = found.where(or_(and_(ours, later), not_(ours)) if is_ours else and_(not_(ours), later))
    return found.order_by(case((ours, 0), else_=1), _village.code)


VILLAGES = Shelf(
    "villages",
    lazy_gettext("Desa dan kelurahan"),
    lazy_gettext("Batas desa di mana diimpor, selain itu titiknya; yang di wilayah posko ini lebih dahulu."),
    "place.read",
    {"code": TEXT, "name": TEXT, "postcode": TEXT, "has_boundary": TRUTH},
    select(
        _village.code.label("id"),
        *(_village[name] for name in ("code", "name", "postcode", "lon", "lat")),
        binary(_boundary.c.outline),
    ).select_from(_named.outerjoin(_boundary, and_(_boundary.c.code == _village.code, _boundary.c.level == 4))),
    _village.code,
    ("boundary", "outline"),
    lambda viewer: true(),
    _village_cards,
    is_text_id=True,
    is_point=False,
    inside=_villages_inside,
    order=_site_first,
    ground=GROUND,
)
