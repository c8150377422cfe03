"""The relay's round: what is past its time leaves the board, whether or not a feed is asked."""

from alerts.bulletins import actions, queries
from incident.post import Post

BY = "relay"


def step(post: Post) -> bool:
    """End what is over; answers whether anything was."""
    with post.database.read() as conn:
        over = queries.over_at(conn, post.clock())
    return bool(over) and post.do(actions.end_over, BY, None) > 0
