"""The journal for screens that come back, encoded once for all who see the same: after a restart they ask as one."""

from weakref import WeakKeyDictionary

import orjson

from incident import journal, lens
from incident.errors import Trimmed
from incident.post import Post

KEPT = 32  # pages; the oldest goes first
Key = tuple[str, int, int, int]
_pages: WeakKeyDictionary[Post, dict[Key, orjson.Fragment]] = WeakKeyDictionary()


def page(post: Post, viewer: lens.Viewer, after: int, limit: int) -> dict[str, object]:
    """Entries after a number as this viewer may see them, and the head; raises Trimmed when it is too far back."""
    pages = _pages.setdefault(post, {})
    with post.database.read() as conn:
        head = journal.head(conn)
        if after < journal.first(conn) - 1:
            raise Trimmed("Jurnal tidak lagi menyimpan sejauh itu; muat ulang papan.")
        # what was appended never changes, so a page is good for as long as the head stands
        key = (viewer.room, after, limit, head)
        lines = [] if key in pages else journal.after(conn, after, limit)
    if key not in pages:
        pages[key] = orjson.Fragment(orjson.dumps([lens.told(viewer, line.told()) for line in lines]))
    entries = pages[key]
    while len(pages) > KEPT:
        pages.pop(next(iter(pages)), None)
    return {"entries": entries, "head": head}
