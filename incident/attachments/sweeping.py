"""A step of the relay: once an hour what no row tells of is swept off the shelf."""

import time

from incident.attachments import queries, rules
from incident.attachments.shelf import Shelf
from incident.post import Post

EVERY_S = rules.ORPHAN_S
_next = 0.0


def step(post: Post) -> bool:
    """Sweep when it is time again; a round between costs one look at the clock."""
    global _next
    now = time.monotonic()
    if now < _next:
        return False
    _next = now + EVERY_S
    return sweep(post) > 0


def sweep(post: Post, older_than_s: float = rules.ORPHAN_S) -> int:
    """Remove orphans and what was left on its way; answers how many."""

    def is_known(digest: str) -> bool:
        with post.database.read() as conn:
            return queries.is_known(conn, digest)

    swept = Shelf(post.settings.data).sweep(is_known, older_than_s)
    if swept:
        post.log.info("attachments.swept", count=swept)
    return swept
