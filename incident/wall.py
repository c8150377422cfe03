"""The wall (`/wall`): the page for the projector, and the names it may say: of villages, never what a caller said."""

from flask import Blueprint
from sqlalchemy import Connection, select

from gis.codes import full_name
from gis.models import Area
from incident.api import post
from incident.pages import page
from incident.people import may

pages = Blueprint("wall", __name__)
MOST_AREAS = 3000  # a regency has some 250 villages; of a province only the districts are named
DISTRICT, VILLAGE = 3, 4


@pages.get("/wall")
@may("board.read")
def wall() -> str:
    """Dinding: what the room shows to everybody in it, and to whoever comes in."""
    with post().database.read() as conn:
        areas = area_names(conn, post().settings.site.area_code)
    return page("wall/wall.html", page={"areas": areas})


def area_names(conn: Connection, site_code: str) -> dict[str, str]:
    """Code -> "Desa X, Kec. Y" of the site; nothing where the site has no code."""
    if not site_code:
        return {}
    found = select(Area.code, Area.name).where(Area.code.startswith(site_code, autoescape=True))
    for levels in ((DISTRICT, VILLAGE), (DISTRICT,)):
        rows = list(conn.execute(found.where(Area.level.in_(levels)).limit(MOST_AREAS + 1)))
        if len(rows) <= MOST_AREAS:
            break
    above = {row.code: row.name for row in rows if len(row.code) == 8}
    return {row.code: full_name(row.code, row.name, above) for row in rows[:MOST_AREAS]}
