"""Villages of Lombok Timur for tests of what comes from outside, and quakes told by sources."""

import datetime as dt
from typing import Any

from sqlalchemy import insert

from alerts.bulletins import actions, queries
from alerts.feeds.shape import Bulletin, digest
from alerts.models import Contact
from gis.models import Area
from incident.post import Post

NOW = dt.datetime(2026, 11, 22, 3, 0, tzinfo=dt.UTC)
VILLAGES = {
    "52.03.19.2001": ("Sembalun Lawang", 116.53, -8.36),
    "52.03.19.2002": ("Sembalun Bumbung", 116.54, -8.39),
    "52.03.20.2001": ("Sajang", 116.48, -8.32),
    "52.03.01.2001": ("Pringgabaya", 116.62, -8.56),
    "52.03.02.2004": ("Keruak", 116.49, -8.76),
}
ABOVE = {"52.03": ("Lombok Timur", 2), "52.03.19": ("Sembalun", 3), "52.03.20": ("Sajang", 3)}
HERE = (116.5, -8.35)
FAR_AWAY = (130.0, -3.0)


def lay_villages(post: Post, heads: tuple[str, ...] = ()) -> None:
    """Put the villages into the gazetteer, and the heads of some of them into the phone book."""
    nothing = {"postcode": None, "radius_m": None}
    rows = [
        {"code": code, "level": 4, "name": name, "folded": name.lower(), "lon": lon, "lat": lat, **nothing}
        for code, (name, lon, lat) in VILLAGES.items()
    ]
    rows += [
        {"code": code, "level": level, "name": name, "folded": name.lower(), "lon": None, "lat": None, **nothing}
        for code, (name, level) in ABOVE.items()
    ]
    people = [{"name": f"Kades {code}", "office": "kades", "area_code": code, **_made()} for code in heads]
    post.database.write(lambda conn: conn.execute(insert(Area), rows))
    if people:
        post.database.write(lambda conn: conn.execute(insert(Contact), people))


def _made() -> dict[str, Any]:
    return {"made_by": "ayu", "made_at": NOW, "changed_at": NOW}


def quake(source: str = "bmkg_latest", magnitude: float = 6.8, at: dt.datetime = NOW, **said: Any) -> Bulletin:
    """A quake near Sembalun, told by a source."""
    lon, lat = said.pop("where", HERE)
    words = {"key": at.isoformat(), "title": f"Gempa M{magnitude}", "depth_km": 12.0} | said
    seen = digest([magnitude, lon, lat, {name: str(value) for name, value in words.items()}])
    return Bulletin(source=source, kind="quake", at=at, lon=lon, lat=lat, magnitude=magnitude, digest=seen, **words)


def take(post: Post, *told: Bulletin) -> dict[str, int]:
    """Let the sources tell it."""
    counts: dict[str, int] = {}
    for one in told:
        counts = post.do(actions.take, f"feed:{one.source}", None, one.source, [one], f"Kata {one.source}")
    return counts


def shown(post: Post) -> list[dict[str, Any]]:
    """The bulletins on the board."""
    with post.database.read() as conn:
        return queries.board_cards(conn, post)["bulletins"]


def proposed(post: Post) -> list[dict[str, Any]]:
    """The proposals on the board."""
    with post.database.read() as conn:
        return queries.board_cards(conn, post)["proposals"]


def every_proposal(post: Post) -> list[dict[str, Any]]:
    """Also those that are over, the oldest first."""
    with post.database.read() as conn:
        return queries.proposals(conn, None, 100)[::-1]
