"""The verb that keeps how many people live in areas, from an office's list; all of a file or nothing."""

from collections.abc import Sequence
from typing import Any

from gis import population
from gis.population import Row, Table
from incident.post import Act, Post

ENTRY = "population.imported"
POPULATION = "population"


def import_population(act: Act, rows: Sequence[Row], source: str) -> dict[str, Any]:
    """Keep the people of areas in the place of what was known; sent again with its key it does nothing."""
    if earlier := act.earlier(ENTRY):
        return earlier.told()
    counts = population.put(act.conn, rows, source=source, changed_by=act.by, changed_at=act.now)
    people = sum(row.people for row in rows)
    return act.append(ENTRY, {"source": source, "areas": len(rows), "people": people, **counts}).told()


def read_list(post: Post, given: bytes) -> Table:
    """A file with a code for every row; raises BadTable, changes nothing."""
    table = population.read(given)
    with post.database.read() as conn:
        return population.placed(conn, table, post.settings.site.area_code)


def bring_in(post: Post, by: str, uid: str, rows: Sequence[Row], source: str) -> dict[str, int]:
    """Keep a whole list; answers how many areas were new, changed, the same."""
    body = post.do(import_population, by, uid, rows, source[:120])["body"]
    return {name: int(body[name]) for name in ("added", "changed", "same", "gone")}
