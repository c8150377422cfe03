"""Online base maps: off until someone who may change the ground switches one on for the site.

A row of kind `online` in the table of overlays is switched on; `online_off` keeps the words of one that was. What is
on, and nothing else, may be fetched by a page: its Content-Security-Policy is computed from here.
"""

import re
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

from sqlalchemy import Connection, delete, insert, select

from gis import tiles
from gis.models import Overlay
from incident.errors import BadReport, NotFound, WrongState
from incident.post import Act

ON, OFF = "online", "online_off"
FETCHED = (ON, "wms", "tiles")  # kinds of rows whose pictures a browser fetches elsewhere
MAX_ZOOM = 19
OSM = {
    "id": "osm",
    "name": "OpenStreetMap",
    "source": "https://tile.openstreetmap.org/{z}/{x}/{y}.png",
    "attribution": "© kontributor OpenStreetMap",
}
_table = Overlay.__table__
_HOST = re.compile(r"[a-z0-9]([a-z0-9.-]{0,250}[a-z0-9])?|\[[0-9a-f:]{2,45}\]")


def offered(conn: Connection) -> list[dict[str, Any]]:
    """Every online map this site knows, OpenStreetMap first, each with whether it is switched on."""
    rows = conn.execute(select(_table).where(_table.c.kind.in_((ON, OFF))).order_by(_table.c.id)).mappings()
    known = {row["id"]: _told(dict(row)) for row in rows}
    street_map = known.pop("osm") if "osm" in known else _told({**OSM, "kind": OFF})
    return [street_map, *known.values()]


def _told(row: Mapping[str, Any]) -> dict[str, Any]:
    words = {name: row[name] for name in ("id", "name", "attribution")}
    return {**words, "url": row["source"], "maxzoom": MAX_ZOOM, "on": row["kind"] == ON}


def switch(act: Act, basemap: str, on: bool, **words: Any) -> dict[str, Any]:
    """Switch an online map on or off for the whole site; words are name, url, attribution of one of the site's own."""
    if earlier := act.earlier("basemap.switched"):
        return earlier.told()
    row = _row(act.conn, basemap, words)
    act.conn.execute(delete(Overlay).where(_table.c.id == basemap))
    act.conn.execute(insert(Overlay).values(**row, kind=ON if on else OFF, added_at=act.now))
    return act.append("basemap.switched", {"basemap": basemap, "name": row["name"], "on": on}).told()


def _row(conn: Connection, basemap: str, words: Mapping[str, Any]) -> dict[str, Any]:
    """What is kept of the map: what was known of it, with the new words; raises BadReport."""
    found = conn.execute(select(_table).where(_table.c.id == basemap)).mappings().first()
    known = dict(found) if found else {"kind": OFF}
    if known["kind"] not in (ON, OFF):
        raise WrongState("Nama itu sudah dipakai sebuah lapisan; pilih nama lain.", "id", allowed=[])
    row = {name: known.get(name, "") for name in ("name", "source", "attribution")}
    row |= {name: words[key] for name, key in _GIVEN.items() if words.get(key)}
    row = {"id": basemap, **(OSM if basemap == "osm" else row)}
    require_address(row["source"])
    row["name"] = row["name"] or basemap
    return row


def remove_tiles(act: Act, name: str) -> dict[str, Any]:
    """Delete an installed file of tiles; raises NotFound."""
    if earlier := act.earlier("basemap.removed"):
        return earlier.told()
    data = act.post.settings.data
    if tiles.find(data, name) is None:
        raise NotFound("Peta dasar itu tidak ada.")
    entry = act.append("basemap.removed", {"basemap": name, "name": name}).told()
    tiles.remove(name, data)
    return entry


_GIVEN = {"name": "name", "source": "url", "attribution": "attribution"}


def require_address(url: str) -> None:
    """Raise BadReport unless it is the address of tiles by zoom, column and row, on one host, without a password."""
    if not url:
        raise BadReport("Sebut alamat ubinnya, misalnya https://peta.contoh.go.id/{z}/{x}/{y}.jpg.", "url")
    if origin(url) is None or "@" in url.split("/")[2]:
        raise BadReport("Alamatnya harus lengkap, dimulai dengan https:// atau http:// dan nama servernya.", "url")
    if not all(part in url for part in ("{z}", "{x}", "{y}")):
        raise BadReport("Alamatnya harus memuat {z}, {x} dan {y}.", "url")


def origin(url: str) -> str | None:
    """Scheme, host and port as a Content-Security-Policy writes them; None for what is no plain address."""
    try:
        parts = urlsplit(url)
        host, port = parts.netloc.rpartition("@")[2].removesuffix(f":{parts.port}"), parts.port
    except ValueError:
        return None
    host, many = host.lower().removeprefix("{s}."), host.startswith("{s}.")
    if parts.scheme not in ("http", "https") or not _HOST.fullmatch(host):
        return None
    return f"{parts.scheme}://{'*.' if many else ''}{host}" + (f":{port}" if port else "")


def origins(conn: Connection) -> list[str]:
    """Where pages may fetch pictures from now: of the online maps and layers that are switched on, nothing else."""
    sources = conn.scalars(select(_table.c.source).where(_table.c.kind.in_(FETCHED)))
    return sorted({found for source in sources if (found := origin(source))})


def policy(strict: str, admitted: list[str]) -> str:
    """The Content-Security-Policy with these origins added to where pictures may come from."""
    return strict.replace("img-src ", f"img-src {' '.join(admitted)} ", 1) if admitted else strict
