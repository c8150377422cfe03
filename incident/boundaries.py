"""The verb that keeps boundaries of areas: rows and, last, the entry that makes open maps draw the new lines."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from gis import boundary_file
from gis.boundaries import Rows, put, rows_of
from gis.boundary_file import Ready, Told, Wish
from incident.post import Act, Post


def import_boundaries(act: Act, rows: Rows, facts: dict[str, Any]) -> dict[str, Any]:
    """Keep areas in the place of those with the same codes, all or none; sent again with its key it does nothing."""
    if earlier := act.earlier("boundary.imported"):
        return earlier.told()
    new = put(act.conn, [{**row, "imported_at": act.now} for row in rows])
    return act.append("boundary.imported", {**facts, "new": new, "replaced": len(rows) - new}).told()


def bring_in(
    post: Post, by: str, uid: str, file: Path, name: str, wish: Wish, told: Told = lambda done, of: None
) -> dict[str, Any]:
    """Take a whole file or nothing; answers what was taken, mended and left out. Raises BadLayer.

    `name` is what the file is called here, `told` hears how many shapes were looked at, of how many.
    """
    chosen = post.settings
    ready = boundary_file.make_ready(post.database, chosen.site.area_code, chosen.data, file, wish, told)
    entry = post.do(import_boundaries, by, uid, rows_of(ready.judged.taken, name[:120]), _facts(ready, name))
    if ready.drawn:
        boundary_file.keep_outline(chosen.data, chosen.site.area_code, ready.drawn, name)
    return boundary_file.facts(ready, entry["body"]["new"])


def _facts(ready: Ready, name: str) -> dict[str, Any]:
    """What the journal says: how much, not each area."""
    judged = ready.judged
    counts = {what: len(getattr(judged, what)) for what in ("mended", "refused")}
    return {"source": name[:120], "areas": len(judged.taken), "levels": _levels(judged.taken), **counts}


def _levels(taken: Sequence[Any]) -> dict[str, int]:
    levels = [one.level for one in taken]
    return {str(level): levels.count(level) for level in sorted(set(levels))}
