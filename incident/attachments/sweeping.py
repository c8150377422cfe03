"""A step of the relay: once an hour what no row tells of is swept off the shelf."""

from incident.attachments import queries, rules
from incident.attachments.shelf import Shelf
from incident.pace import at_most_every
from incident.post import Post

EVERY_S = rules.ORPHAN_S


@at_most_every(EVERY_S)
def step(post: Post) -> bool:
    """Sweep; answers whether there was anything."""
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
