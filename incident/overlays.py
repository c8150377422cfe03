"""The layers a site added itself: verbs that add and remove one, and what the map is told of them."""

import json
import re
import secrets
from collections.abc import Mapping
from typing import Any

from sqlalchemy import Connection, delete, insert, select

from gis import overlays
from gis.geometry import BadLayer
from gis.models import Overlay
from gis.overlays import Checked
from incident import journal, online, queries
from incident.errors import BadReport, NotFound
from incident.post import Act

KINDS = ("geojson", "wms", "tiles")
ONLINE = ("wms", "tiles")
_table = Overlay.__table__

journal.declare(
    {
        "overlay.added": "The site added a layer of its own to the map: a hazard map, or an address on the network.",
        "overlay.removed": "A layer of the site was taken off the map.",
    }
)


def add(
    act: Act,
    name: str,
    kind: str,
    source: str = "",
    attribution: str = "",
    opacity: float = 1.0,
    shapes: Checked | None = None,
) -> dict[str, Any]:
    """Add a layer: checked shapes that are kept as a file, or the address of a WMS or of tiles."""
    if earlier := act.earlier("overlay.added"):
        return earlier.told()
    row = {"id": _free_id(act.conn, name), "name": name, "kind": kind, "source": source, "attribution": attribution}
    facts = _keep_file(act, row, shapes) if shapes else {}
    act.conn.execute(insert(Overlay).values(**row, opacity=opacity, added_at=act.now))
    return act.append("overlay.added", {"overlay": row["id"], "name": name, "kind": kind, **facts}).told()


def checked(kind: str, source: str = "", collection: Any = None) -> Checked | None:
    """The shapes of a GeoJSON layer, None for one that lies elsewhere; takes a while. Raises BadReport."""
    if kind != "geojson":
        _check_address(kind, source)
        return None
    try:
        return overlays.checked(collection)
    except BadLayer as fault:
        raise BadReport(str(fault), "collection") from None


def _free_id(conn: Connection, name: str) -> str:
    """A short name for addresses, made of the words: "Bahaya banjir 2024" -> bahaya-banjir-2024."""
    wish = re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-")[:30] or "lapisan"
    taken = conn.scalar(select(_table.c.id).where(_table.c.id == wish))
    return f"{wish}-{secrets.token_hex(3)}" if taken else wish


def _keep_file(act: Act, row: dict[str, Any], shapes: Checked) -> dict[str, Any]:
    features, bounds, mended = shapes
    path = overlays.keep(act.post.settings.data, row["id"], features)
    row["source"], row["bounds"] = path.name, json.dumps([round(one, 5) for one in bounds])
    return {"features": len(features), "mended": mended}


def _check_address(kind: str, source: str) -> None:
    """A browser fetches it by itself: http or https to a host, and for tiles the three numbers in braces."""
    if online.origin(source) is None or re.search(r"\s", source):
        raise BadReport("Alamatnya harus lengkap, dimulai dengan https:// atau http:// dan nama servernya.", "source")
    if kind == "tiles" and not all(part in source for part in ("{z}", "{x}", "{y}")):
        raise BadReport("Alamat ubin harus memuat {z}, {x} dan {y}.", "source")


def remove(act: Act, overlay_id: str) -> dict[str, Any]:
    """Take a layer off the map; its file stays in POSKO_DATA until it is overwritten by one of the same name."""
    if earlier := act.earlier("overlay.removed"):
        return earlier.told()
    row = find(act.conn, overlay_id)
    if row is None:
        raise NotFound("Lapisan itu tidak ada.")
    act.conn.execute(delete(Overlay).where(_table.c.id == overlay_id))
    return act.append("overlay.removed", {"overlay": overlay_id, "name": row["name"]}).told()


def find(conn: Connection, overlay_id: str) -> Mapping[str, Any] | None:
    mine = select(_table).where(_table.c.id == overlay_id, _table.c.kind.in_(KINDS))
    row = conn.execute(mine).mappings().first()
    return dict(row) if row else None


def every(conn: Connection) -> list[dict[str, Any]]:
    """All layers of the site, the oldest first."""
    mine = select(_table).where(_table.c.kind.in_(KINDS))
    rows = conn.execute(mine.order_by(_table.c.added_at, _table.c.id)).mappings()
    return [{**row, "added_at": queries.iso(row["added_at"])} for row in rows]
